//! The world outside: files that are missing, too large, no text or not writable. Each ends in a message, and nothing is lost.

use std::fs;
use std::time::{Duration, Instant};

use crate::scratch::{Said, Scratch};

const TUB: &str = "{UTF-8}\nWater = INTEG(-Water, 8) ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 3 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

/// One message, no half-written file, and the exit code.
fn check(said: &Said, code: i32, words: &str) {
    assert_eq!(said.code, Some(code), "{}", said.all());
    assert!(said.err.contains(words), "{}", said.all());
    assert!(
        !said.err.contains("panicked") && !said.err.contains("mistake of its own"),
        "{}",
        said.all()
    );
}

#[test]
fn missing_files_and_folders() {
    let scratch = Scratch::new("missing");
    scratch.write("tub.mdl", TUB);
    check(
        &scratch.weigh(&["simulate", "no.mdl", "-o", "out.csv"]),
        6,
        "cannot read `no.mdl`: there is no such file",
    );
    check(
        &scratch.weigh(&["run", "no-case"]),
        6,
        "cannot read `no-case`: there is no such file",
    );
    check(
        &scratch.weigh(&["check", "."]),
        6,
        "cannot read `./case.toml`: there is no such file",
    );
    check(
        &scratch.weigh(&["simulate", "tub.mdl", "-o", "no/out.csv"]),
        6,
        "cannot write `no/out.csv`: there is no such",
    );
    check(
        &scratch.weigh(&["simulate", ".", "-o", "out.csv"]),
        6,
        "cannot read `.`: it is a folder",
    );
    check(
        &scratch.weigh(&["memo", "runs/x-1", "-o", "memo.html"]),
        6,
        "cannot read `runs/x-1/run.json`",
    );
    assert_eq!(scratch.listing(), ["tub.mdl"]);
}

#[test]
fn output_that_is_a_folder_or_lies_under_a_file() {
    let scratch = Scratch::new("folder");
    scratch.write("tub.mdl", TUB);
    fs::create_dir(scratch.path.join("out.csv")).expect("a folder");
    check(
        &scratch.weigh(&["simulate", "tub.mdl", "-o", "out.csv"]),
        6,
        "cannot write `out.csv`: it is a folder",
    );
    check(
        &scratch.weigh(&["simulate", "tub.mdl", "-o", "tub.mdl/out.csv"]),
        6,
        "a part of the path is a file",
    );
    assert_eq!(scratch.listing(), ["out.csv/", "tub.mdl"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let scratch = Scratch::with_case("full");
    scratch.write("tub.mdl", TUB);
    check(
        &scratch.weigh(&["simulate", "tub.mdl", "-o", "/dev/full"]),
        6,
        "cannot write `/dev/full`: no space is left",
    );
    let full = || fs::File::create("/dev/full").expect("there is such a device");
    for arguments in [
        &["show", "tub.mdl"][..],
        &["simulate", "tub.mdl", "-o", "-"],
        &["schema"],
        &["--help"],
    ] {
        let output = scratch
            .command(arguments)
            .stdout(full())
            .output()
            .expect("the command starts");
        check(
            &Said::of(&output),
            6,
            "cannot write to standard output: no space is left",
        );
    }
}

/// A folder that even the superuser cannot write to: the kernel's own.
#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_folder() {
    let scratch = Scratch::with_case("unwritable");
    scratch.write("tub.mdl", TUB);
    check(
        &scratch.weigh(&["simulate", "tub.mdl", "-o", "/proc/out.csv"]),
        6,
        "cannot write `/proc/out.csv`",
    );
    check(
        &scratch.weigh(&["run", "case", "--futures", "10", "--out", "/proc/run"]),
        6,
        "cannot make the folder",
    );
    check(
        &scratch.weigh(&["new", "/proc/case"]),
        6,
        "cannot make the folder",
    );
}

#[test]
fn existing_folders_are_left_alone() {
    let scratch = Scratch::with_case("existing");
    let before = scratch.read("case/case.toml");
    check(&scratch.weigh(&["new", "case"]), 6, "it exists already");
    check(
        &scratch.weigh(&["run", "case", "--futures", "10", "--out", "case"]),
        6,
        "it exists already",
    );
    assert_eq!(scratch.read("case/case.toml"), before);
    assert_eq!(
        scratch.listing(),
        ["case/", "case/case.toml", "case/model.mdl", "case/sources.bib"]
    );
}

#[test]
fn a_model_of_a_hundred_megabytes() {
    let scratch = Scratch::new("large");
    let line = "x = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 ~~|\n";
    scratch.write("large.mdl", line.repeat(100_000_000 / line.len()));
    check(
        &scratch.weigh(&["simulate", "large.mdl", "-o", "out.csv"]),
        3,
        "larger than the 64 MB that are read",
    );
    assert_eq!(scratch.listing(), ["large.mdl"]);
    scratch.write("large.mdl", "");
}

#[test]
fn a_model_just_below_the_limit_is_read_in_useful_time() {
    let scratch = Scratch::new("nearly");
    let mut text = String::from(TUB);
    let mut count = 0;
    while text.len() < 8_000_000 {
        text.push_str(&format!(
            "variable number {count} = {count} + 1 ~ unit ~ one of many |\n"
        ));
        count += 1;
    }
    scratch.write("many.mdl", text);
    let began = Instant::now();
    let said = scratch.weigh(&["simulate", "many.mdl", "-o", "out.csv", "--save", "Water"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!(scratch.read("out.csv"), "time,Water\n0,8\n1,0\n2,0\n3,0\n");
    scratch.write("many.mdl", "");
}

#[test]
fn deep_nesting() {
    let scratch = Scratch::new("deep");
    for depth in [100, 100_000] {
        let deep = format!("{TUB}x = {}1{} ~~|\n", "(".repeat(depth), ")".repeat(depth));
        scratch.write("deep.mdl", deep);
        let said = scratch.weigh(&["simulate", "deep.mdl", "-o", "out.csv"]);
        assert!(
            matches!(said.code, Some(0 | 3)),
            "{depth}: {:?} {:.300}",
            said.code,
            said.err
        );
        assert!(said.err.len() < 10_000, "{depth}: a message is short");
    }
    for depth in [100, 100_000] {
        scratch.write(
            "case.toml",
            format!("x = {}{}\n", "[".repeat(depth), "]".repeat(depth)),
        );
        let said = scratch.weigh(&["check", "case.toml"]);
        assert_eq!(said.code, Some(3), "{depth}: {:.300}", said.err);
    }
}

#[test]
fn long_sums_do_not_overflow_the_stack() {
    let scratch = Scratch::new("sum");
    let sum = vec!["1"; 100_000].join(" + ");
    scratch.write("sum.mdl", format!("{TUB}x = {sum} ~~|\n"));
    let said = scratch.weigh(&["simulate", "sum.mdl", "-o", "-", "--save", "x", "--stop", "0"]);
    assert_eq!(said.all(), "--- stdout\ntime,x\n0,100000\n--- exit 0\n");
}

#[test]
fn bytes_that_are_no_text() {
    let scratch = Scratch::with_case("bytes");
    scratch.write("bad.mdl", [TUB.as_bytes(), b"caf\xe9 = 1 ~~|\n"].concat());
    let said = scratch.weigh(&["check", "bad.mdl"]);
    assert!(matches!(said.code, Some(0 | 3)), "{}", said.all());
    scratch.write("zero.mdl", [0_u8; 1000]);
    check(
        &scratch.weigh(&["simulate", "zero.mdl", "-o", "out.csv"]),
        3,
        "error[",
    );
    let text = scratch.read("case/case.toml").replace("Quota\"", "Qu\u{f3}ta\"");
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect();
    scratch.write("case/case.toml", latin);
    let said = scratch.weigh(&["check", "case"]);
    check(&said, 3, "is not UTF-8");
    assert!(said.err.contains("case/case.toml:5:"), "{}", said.err);
}

#[test]
fn endless_input() {
    if fs::metadata("/dev/zero").is_err() {
        return;
    }
    let scratch = Scratch::new("endless");
    check(
        &scratch.weigh(&["simulate", "/dev/zero", "-o", "out.csv"]),
        3,
        "larger than the 64 MB that are read",
    );
}

#[test]
fn a_case_reads_nothing_outside_its_folder() {
    let scratch = Scratch::with_case("escape");
    scratch.write("secret.mdl", TUB);
    scratch.change(
        "case/case.toml",
        "model = \"model.mdl\"",
        "model = \"../secret.mdl\"",
    );
    check(
        &scratch.weigh(&["check", "case"]),
        3,
        "it lies outside the case's folder",
    );
}

#[test]
fn colours_are_for_terminals() {
    let scratch = Scratch::new("colours");
    scratch.write("bad.mdl", "a = b ~~|\n");
    let said = scratch.weigh(&["check", "bad.mdl"]);
    assert!(!said.err.contains('\u{1b}') && !said.out.contains('\u{1b}'));
}
