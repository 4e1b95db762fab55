//! The pages of `docs/functions`: each function has one, its example gives what the page says; `docs/compatibility.md` tells what
//! this reader takes, found out by asking it.
//!
//! `WEIGH_DOCS=write cargo test -p engine --test documents` writes `docs/compatibility.md` anew, out of `docs/functions/peers.tsv` (what
//! is known of other tools) and the reader's own answers.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use engine::{Batch, Request, lower, scalar};
use model::{FileError, Files, Function, Model, Severity, Sources, VectorFunction};

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

struct Few;

impl Files for Few {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        match path {
            "data.csv" => Ok(b"time,0,2\na,1,3\n".to_vec()),
            _ => Err(FileError::NotFound),
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/functions")
}

#[allow(clippy::disallowed_methods, reason = "a test reads the documents")]
fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages by the names of their functions.
#[allow(clippy::disallowed_methods, reason = "a test reads the documents")]
fn pages() -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .expect("docs/functions")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "md") && !path.ends_with("README.md"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = read(&path);
            let title = text.lines().next().and_then(|line| line.strip_prefix("# "));
            let title = title
                .unwrap_or_else(|| panic!("{} has no title", path.display()))
                .to_owned();
            let file = path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert_eq!(
                file,
                title.to_lowercase().replace(' ', "-"),
                "a page is called like its function"
            );
            (title, text)
        })
        .collect()
}

/// What stands between the marks of an example.
fn fenced<'a>(page: &'a str, kind: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("```{kind}\n"))?;
    rest.split_once("\n```").map(|(text, _)| text)
}

fn xmile(variables: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><xmile version=\"1.0\" xmlns=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\">\
         <sim_specs><start>0</start><stop>4</stop><dt>1</dt></sim_specs><dimensions><dim name=\"d\" size=\"3\"/></dimensions>\
         <model><variables>{variables}</variables></model></xmile>"
    )
}

/// The model, or the codes of the errors.
fn try_read(path: &str, text: &str) -> Result<Model, Vec<&'static str>> {
    let (model, diagnostics) = model::read(path, text.as_bytes(), &Few, &mut Sources::new());
    let errors = diagnostics
        .items
        .iter()
        .filter(|item| item.severity == Severity::Error);
    model.ok_or(errors.map(|item| item.code).collect())
}

fn example(name: &str, page: &str) -> Model {
    let read = match (fenced(page, "mdl"), fenced(page, "xmile")) {
        (Some(text), _) => try_read("m.mdl", &format!("{text}\n{CONTROL}")),
        (None, Some(text)) => try_read("m.xmile", &xmile(text)),
        (None, None) => panic!("{name}: the page has no example"),
    };
    read.unwrap_or_else(|codes| panic!("{name}: {codes:?}"))
}

#[test]
fn examples_give_what_their_pages_say() {
    for (name, page) in pages() {
        let model = example(&name, &page);
        let variable = model.find("y").unwrap_or_else(|| panic!("{name}: no `y`"));
        let request = Request {
            series: vec![variable],
            ..Request::default()
        };
        let program = lower(&model, &request).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        let batch = Batch {
            seed: 0,
            futures: &[0],
            inputs: &[],
        };
        let found = scalar::run(&program, &batch).series.remove(0);
        assert!(found.iter().all(|value| value.is_finite()), "{name}: {found:?}");
        let Some(row) = page.lines().find_map(|line| line.strip_prefix("| y |")) else {
            assert!(
                name.starts_with("RANDOM") || page.contains("It draws anew"),
                "{name}: no table of values"
            );
            continue;
        };
        let expected: Vec<f64> = row
            .split('|')
            .filter(|cell| !cell.trim().is_empty())
            .map(|cell| cell.trim().parse().unwrap_or_else(|_| panic!("{name}: {cell}")))
            .collect();
        assert_eq!(found.len(), expected.len(), "{name}");
        for (found, expected) in found.iter().zip(&expected) {
            let tolerance = 1e-8 * expected.abs().max(1e-6);
            assert!(
                (found - expected).abs() <= tolerance,
                "{name}: {found}, the page says {expected}"
            );
        }
    }
}

#[test]
fn every_function_has_a_page_with_its_arguments() {
    let pages = pages();
    let signatures = Function::ALL
        .iter()
        .map(|function| (function.name(), function.parameters()))
        .chain(
            VectorFunction::ALL
                .iter()
                .map(|function| (function.name(), function.parameters())),
        );
    let list = read(&folder().join("README.md"));
    for (name, parameters) in signatures {
        let (_, page) = pages
            .iter()
            .find(|(title, _)| title == name)
            .unwrap_or_else(|| panic!("docs/functions has no page for {name}"));
        let signature = format!("`{name}({})`", parameters.join(", "));
        assert!(
            page.contains(&signature),
            "{name}: the page should show {signature}"
        );
    }
    for (name, _) in &pages {
        assert!(
            list.contains(&format!("- [{name}](")),
            "README.md does not list {name}"
        );
    }
}

/// Whether the reader takes a probe: a model, variables of an XMILE file, or one that is known by name.
fn ours(name: &str, probe: &str) -> &'static str {
    let text = probe.replace("\\n", "\n");
    let answer = match probe {
        "file" => try_read(
            "m.mdl",
            &format!("d := GET DIRECT DATA('data.csv', ',', '1', 'B2') ~~|\ny = GET XLS CONSTANTS('data.csv', ',', 'B2') ~~|\n{CONTROL}"),
        ),
        settings if settings.starts_with("settings ") => {
            let method = settings.trim_start_matches("settings ");
            let tail = format!("\\\\\\---/// Sketch\n///---\\\\\\\n:L\x7f<%^E!@\n15:0,0,0,{method},0,0\n");
            try_read("m.mdl", &format!("y = 1 ~~|\n{CONTROL}{tail}"))
        }
        "module" => try_read(
            "m.xmile",
            &xmile("<module name=\"m\"/>").replace("</model></xmile>", "</model><model name=\"m\"><variables><aux name=\"x\"><eqn>1</eqn></aux></variables></model></xmile>"),
        ),
        "array" => try_read(
            "m.xmile",
            &xmile("<aux name=\"x\"><dimensions><dim name=\"d\"/></dimensions><eqn>1</eqn></aux>"),
        ),
        _ if probe.starts_with('<') => try_read("m.xmile", &xmile(&text)),
        _ => try_read("m.mdl", &format!("{text}\n{CONTROL}")),
    };
    match answer {
        Ok(_) => "yes",
        Err(codes) => {
            assert!(
                codes.iter().all(|code| code.starts_with("unsupported-")),
                "{name} is neither read nor refused by name: {codes:?}"
            );
            "refused by name"
        }
    }
}

fn compatibility() -> String {
    let table = read(&folder().join("peers.tsv"));
    let known: BTreeSet<String> = pages().into_iter().map(|(name, _)| name).collect();
    let mut out = String::from(
        "# Compatibility\n\nMade by `WEIGH_DOCS=write cargo test -p engine --test documents`. What Weighhouse takes is found out by asking it; what others take is in\n\
         [functions/peers.tsv](functions/peers.tsv): PySD 3.14 by its own table and sources, simlin and SDEverywhere by the lists of functions in their sources of 2026.\n\
         \"unknown\" means that neither a list nor a test was found that settles it. The column XMILE shows how XMILE 1.0 writes it.\n",
    );
    for (kind, heading) in [("function", "Functions"), ("construct", "Constructs")] {
        let _ = write!(
            out,
            "\n## {heading}\n\n| | Vensim | XMILE | Weighhouse | PySD | simlin | SDEverywhere |\n|---|---|---|---|---|---|---|\n"
        );
        let mut rows: Vec<Vec<&str>> = table
            .lines()
            .skip(1)
            .map(|line| line.split('\t').collect())
            .filter(|cells: &Vec<&str>| cells[0] == kind)
            .collect();
        if kind == "function" {
            rows.sort_by_key(|cells| cells[1]);
        }
        for cells in rows {
            let [_, name, vensim, xmile, pysd, simlin, sdeverywhere, probe] = cells.as_slice() else {
                panic!("peers.tsv: {cells:?}");
            };
            let (shown, own) = if known.contains(*name) {
                let file = name.to_lowercase().replace(' ', "-");
                (format!("[{name}](functions/{file}.md)"), "yes")
            } else {
                ((*name).to_owned(), ours(name, probe))
            };
            let _ = writeln!(
                out,
                "| {shown} | {vensim} | {xmile} | {own} | {pysd} | {simlin} | {sdeverywhere} |"
            );
        }
    }
    for name in &known {
        assert!(
            table.contains(&format!("\t{name}\t")),
            "peers.tsv does not know {name}"
        );
    }
    out
}

#[allow(
    clippy::disallowed_methods,
    reason = "a test writes the page that it is asked for"
)]
#[test]
fn the_page_of_compatibility_is_up_to_date() {
    let path = folder().join("../compatibility.md");
    let made = compatibility();
    if std::env::var_os("WEIGH_DOCS").is_some() {
        fs::write(&path, &made).expect("docs/ can be written");
    }
    assert!(
        read(&path) == made,
        "make it anew: WEIGH_DOCS=write cargo test -p engine --test documents"
    );
}
