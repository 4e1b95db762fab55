//! Files that mean harm, or are merely enormous, are read, lowered and run within two gigabytes. Each has a process of its own, of which the
//! largest memory is taken; the figures are printed.

#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test starts itself again, measures time and memory, and tells them"
)]

use std::process::Command;
use std::time::Instant;

use engine::{Batch, Request, lower, scalar};
use model::{FileError, Files, Sources, VariableKind};

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

/// Each with what it ends in.
const HOSTILE: [(&str, &str); 18] = [
    ("entity bomb", "message"),
    ("zip bomb", "message"),
    ("zip of a gigabyte", "message"),
    ("brackets", "message"),
    ("brackets of xmile", "message"),
    ("nested elements", "message"),
    ("lines", "values"),
    ("lines of xmile", "values"),
    ("equation", "values"),
    ("equation of xmile", "values"),
    ("number", "message"),
    ("list", "message"),
    ("array", "values"),
    ("macro of itself", "message"),
    ("macros of macros", "message"),
    ("sums of ranges", "message"),
    ("ranks", "message"),
    ("conveyors", "values"),
];

/// The file, and its name.
fn hostile(name: &str) -> (&'static str, String) {
    let brackets = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
    let lines = |line: &dyn Fn(usize) -> String| (1..50_000).map(line).collect::<String>();
    match name {
        "entity bomb" => {
            let level = |at: usize| format!("<!ENTITY a{at} \"{}\">", format!("&a{};", at - 1).repeat(10));
            let levels: String = (1..60).map(level).collect();
            let text = format!(
                "<?xml version=\"1.0\"?><!DOCTYPE xmile [<!ENTITY a0 \"aaaaaaaaaa\">{levels}]>{}",
                xmile("<aux name=\"x\"><eqn>&a59;</eqn></aux>")
            );
            ("m.xmile", text)
        }
        "zip bomb" | "zip of a gigabyte" => (
            "m.mdl",
            format!("x = GET XLS CONSTANTS('{name}', 'Sheet1', 'A1') ~~|\n{CONTROL}"),
        ),
        "brackets" => ("m.mdl", format!("x = {brackets} ~~|\n{CONTROL}")),
        "brackets of xmile" => (
            "m.xmile",
            xmile(&format!("<aux name=\"x\"><eqn>{brackets}</eqn></aux>")),
        ),
        "nested elements" => ("m.xmile", format!("<xmile>{}", "<model>".repeat(500_000))),
        "lines" => (
            "m.mdl",
            format!(
                "x0 = 1 ~~|\n{}{CONTROL}",
                lines(&|at| format!("x{at} = x{} * 0.5 + 1 ~~|\n", at - 1))
            ),
        ),
        "lines of xmile" => {
            let variable =
                |at: usize| format!("<aux name=\"x{at}\"><eqn>x{} * 0.5 + 1</eqn></aux>\n", at - 1);
            (
                "m.xmile",
                xmile(&format!(
                    "<aux name=\"x0\"><eqn>1</eqn></aux>{}",
                    lines(&variable)
                )),
            )
        }
        "equation" => (
            "m.mdl",
            format!(
                "y = Time ~~|\nx = 1{} ~~|\n{CONTROL}",
                " + 1.5 * y".repeat(1 << 20)
            ),
        ),
        "equation of xmile" => (
            "m.xmile",
            xmile(&format!(
                "<aux name=\"y\"><eqn>TIME</eqn></aux><aux name=\"x\"><eqn>1{}</eqn></aux>",
                " + 1.5 * y".repeat(1 << 20)
            )),
        ),
        "number" => ("m.mdl", format!("x = {} ~~|\n{CONTROL}", "9".repeat(10 << 20))),
        "list" => (
            "m.xmile",
            xmile(&format!(
                "<aux name=\"x\"><dimensions><dim name=\"d\"/></dimensions><eqn>{}1</eqn></aux>",
                "1, ".repeat(3 << 20)
            )),
        ),
        "array" => (
            "m.mdl",
            format!(
                "d: (a1-a300) ~~|\ne: (b1-b300) ~~|\ny[d,e] = d + e * Time ~~|\nx = SUM(y[d!,e!]) ~~|\n{CONTROL}"
            ),
        ),
        "macro of itself" => (
            "m.xmile",
            xmile("<aux name=\"y\"><eqn>m(1)</eqn></aux>").replace(
                "<model>",
                "<macro name=\"m\"><parm>x</parm><eqn>s + m(x)</eqn><variables><aux name=\"s\"><eqn>m(m(x))</eqn></aux></variables></macro><model>",
            ),
        ),
        "macros of macros" => {
            let level = |at: usize| {
                format!(
                    "<macro name=\"m{at}\"><parm>x</parm><eqn>m{}(x) + s</eqn><variables><aux name=\"s\"><eqn>m{}(x)</eqn></aux></variables></macro>",
                    at - 1,
                    at - 1
                )
            };
            let levels: String = (1..49).map(level).collect();
            let macros = format!("<macro name=\"m0\"><parm>x</parm><eqn>x</eqn></macro>{levels}<model>");
            (
                "m.xmile",
                xmile("<aux name=\"y\"><eqn>m48(1)</eqn></aux>").replace("<model>", &macros),
            )
        }
        "sums of ranges" => {
            let sum = "SUM(x[1:3] * ".repeat(40);
            let text = xmile(&format!(
                "<aux name=\"x\"><dimensions><dim name=\"d\"/></dimensions><eqn>1</eqn></aux><aux name=\"y\"><eqn>{sum}x[1]{}</eqn></aux>",
                ")".repeat(40)
            ));
            ("m.xmile", text)
        }
        "ranks" => {
            let rank = format!("RANK(x{}, 3)", " + TIME".repeat(1000));
            let ranks = (0..1000).map(|at| format!("<aux name=\"y{at}\"><eqn>{rank}</eqn></aux>"));
            let text = xmile(&format!(
                "<aux name=\"x\"><dimensions><dim name=\"d\"/></dimensions><eqn>1</eqn></aux>{}",
                ranks.collect::<String>()
            ));
            ("m.xmile", text.replace("size=\"3\"", "size=\"200\""))
        }
        _ => {
            // A thousand belts that never end.
            let belt = |at: usize| {
                format!(
                    "<stock name=\"s{at}\"><eqn>0</eqn><inflow>i{at}</inflow><outflow>o{at}</outflow><outflow>l{at}</outflow><conveyor><len>1e7</len></conveyor></stock>\
                     <flow name=\"i{at}\"><eqn>1</eqn></flow><flow name=\"o{at}\"/><flow name=\"l{at}\"><eqn>0.1</eqn><leak/></flow>\n"
                )
            };
            ("m.xmile", xmile(&(0..1000).map(belt).collect::<String>()))
        }
    }
}

fn xmile(variables: &str) -> String {
    format!(
        "<xmile version=\"1.0\" xmlns=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\"><sim_specs><start>0</start><stop>4</stop><dt>1</dt></sim_specs>\
         <dimensions><dim name=\"d\" size=\"3\"/></dimensions><model><variables>{variables}</variables></model></xmile>"
    )
}

struct Bombs;

impl Files for Bombs {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        Ok(match path {
            "zip bomb" => zip(40 << 20, 1 << 40),
            _ => zip(7 << 20, 1 << 30),
        })
    }
}

/// An archive with one part: `packed` bytes that unpack to some 160 times as many, while it says that they are `told`.
fn zip(packed: usize, told: u64) -> Vec<u8> {
    // A fixed block of deflate: an `a`, then copies of 258 bytes from one byte back, each of 13 bits.
    let mut bits: Vec<u8> = vec![0];
    let mut used = 0;
    let mut put = |bits: &mut Vec<u8>, value: u32, count: u32| {
        for bit in 0..count {
            if used == 8 {
                bits.push(0);
                used = 0;
            }
            *bits.last_mut().expect("there is one") |= ((value >> bit & 1) as u8) << used;
            used += 1;
        }
    };
    put(&mut bits, 0b011, 3);
    put(&mut bits, 0b1000_1001, 8);
    while bits.len() < packed {
        // Length 258 is the code 11000101, distance 1 the code 00000.
        put(&mut bits, 0b1010_0011, 8);
        put(&mut bits, 0, 5);
    }
    put(&mut bits, 0, 7);
    let name = b"xl/workbook.xml";
    let sizes = |out: &mut Vec<u8>| {
        out.extend([8, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        out.extend((bits.len() as u32).to_le_bytes());
        out.extend((told.min(u64::from(u32::MAX)) as u32).to_le_bytes());
        out.extend((name.len() as u16).to_le_bytes());
        out.extend([0, 0]);
    };
    let mut out = b"PK\x03\x04\x14\0\0\0".to_vec();
    sizes(&mut out);
    out.extend(name);
    out.extend(&bits);
    let directory = out.len() as u32;
    out.extend(b"PK\x01\x02\x14\0\x14\0\0\0");
    sizes(&mut out);
    out.extend([0; 14]);
    out.extend(name);
    let length = out.len() as u32 - directory;
    out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend(length.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// What a file ends in.
fn end(name: &str) -> &'static str {
    let (path, text) = hostile(name);
    let (model, diagnostics) = model::read(path, text.as_bytes(), &Bombs, &mut Sources::new());
    drop(text);
    let Some(model) = model else {
        let said = format!("{diagnostics:?}");
        assert!(diagnostics.has_errors());
        assert!(!name.starts_with("zip") || said.contains("unpack"), "{said}");
        return "message";
    };
    let last = model.variables.ids().filter(|id| {
        let variable = &model.variables[*id];
        !variable.hidden && variable.dimensions.is_empty() && variable.kind != VariableKind::Lookup
    });
    let request = Request {
        series: last.collect(),
        ..Request::default()
    };
    let Ok(program) = lower(&model, &request) else {
        return "message of lowering";
    };
    let batch = Batch {
        seed: 0,
        futures: &[0],
        inputs: &[],
    };
    scalar::run(&program, &batch);
    "values"
}

/// One of them, if the environment asks for it: see below.
#[test]
fn one_of_them() {
    if let Ok(name) = std::env::var("WEIGH_HOSTILE") {
        println!("\nended in {}.", end(&name));
        let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells it");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        println!("peak {}.", peak.expect("Linux tells it").trim());
    }
}

#[test]
fn all_of_them_end_soon_within_two_gigabytes() {
    let own = std::env::current_exe().expect("a test is a file");
    for (name, expected) in HOSTILE {
        let start = Instant::now();
        let output = Command::new(&own)
            .args(["--exact", "one_of_them", "--nocapture"])
            .env("WEIGH_HOSTILE", name)
            .output()
            .expect("it can be started again");
        let seconds = start.elapsed().as_secs_f64();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{name}: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let after = |word: &str| {
            let found = said.lines().find_map(|line| line.strip_prefix(word));
            found
                .unwrap_or_else(|| panic!("{name}: {said}"))
                .trim_end_matches('.')
                .to_owned()
        };
        let peak: u64 = after("peak ")
            .trim_end_matches(" kB")
            .trim()
            .parse()
            .expect("a number of kB");
        println!(
            "{name}: {} after {seconds:.1} s, {} MB at most",
            after("ended in "),
            peak / 1024
        );
        assert_eq!(after("ended in "), expected, "{name}");
        assert!(peak < 2 << 20, "{name}: {peak} kB");
        // Generous: the machine that tests may be slow and busy.
        assert!(seconds < 60.0, "{name}: {seconds} s");
    }
}
