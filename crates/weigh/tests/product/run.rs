//! `weigh run` and what follows from a run folder, on the template case.

use std::fs;

use crate::scratch::Scratch;

/// A short run of the template case.
const RUN: [&str; 4] = ["run", "case", "--futures", "300"];

fn run(scratch: &Scratch, more: &[&str]) -> crate::scratch::Said {
    scratch.weigh(&[&RUN[..], more].concat())
}

fn bytes(scratch: &Scratch, name: &str) -> Vec<u8> {
    fs::read(scratch.path.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_template_runs_as_it_stands() {
    let scratch = Scratch::new("template");
    let made = scratch.weigh(&["new", "case"]).all();
    let checked = scratch.weigh(&["check", "case"]).all();
    let ran = run(&scratch, &["--threads", "1"]).all();
    insta::assert_snapshot!(format!("{made}\n{checked}\n{ran}"));
    assert_eq!(
        scratch
            .listing()
            .into_iter()
            .filter(|name| name.starts_with("runs/"))
            .collect::<Vec<_>>(),
        [
            "runs/",
            "runs/case-1/",
            "runs/case-1/case/",
            "runs/case-1/case/case.toml",
            "runs/case-1/case/model.mdl",
            "runs/case-1/case/sources.bib",
            "runs/case-1/findings.json",
            "runs/case-1/futures.parquet",
            "runs/case-1/memo.html",
            "runs/case-1/outcomes.parquet",
            "runs/case-1/receipt.json",
            "runs/case-1/run.json",
            "runs/case-1/summary.txt",
        ]
    );
    insta::assert_snapshot!("summary", scratch.read("runs/case-1/summary.txt"));
    insta::assert_snapshot!("run_json", scratch.read("runs/case-1/run.json"));
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let scratch = Scratch::with_case("threads");
    for threads in ["1", "2", "5"] {
        let said = run(
            &scratch,
            &[
                "--threads",
                threads,
                "--out",
                &format!("run-{threads}"),
                "--series",
                "--csv",
            ],
        );
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
    let files = [
        "run.json",
        "futures.parquet",
        "outcomes.parquet",
        "series.parquet",
        "findings.json",
        "summary.txt",
        "memo.html",
        "futures.csv",
        "outcomes.csv",
        "series.csv",
    ];
    for name in files {
        let one = bytes(&scratch, &format!("run-1/{name}"));
        assert!(!one.is_empty(), "{name}");
        for threads in ["2", "5"] {
            assert!(
                one == bytes(&scratch, &format!("run-{threads}/{name}")),
                "{name} with {threads} threads"
            );
        }
    }
}

#[test]
fn a_run_is_never_overwritten() {
    let scratch = Scratch::with_case("numbers");
    fs::create_dir_all(scratch.path.join("runs/case-7")).expect("a folder");
    for number in ["8", "9"] {
        let said = run(&scratch, &[]);
        assert!(
            said.out
                .ends_with(&format!("Memo: runs/case-{number}/memo.html\n")),
            "{}",
            said.all()
        );
    }
    let said = run(&scratch, &["--out", "runs/case-8"]);
    assert_eq!(said.code, Some(6));
    assert_eq!(
        said.err,
        "error: cannot make the folder `runs/case-8`: it exists already, and nothing is overwritten\n = help: give another path\n\n"
    );
    assert!(
        scratch.listing().iter().all(|name| !name.contains(".part")),
        "no temporary folder is left"
    );
}

#[test]
fn the_seed_and_the_design_matter_and_zero_is_a_seed() {
    let scratch = Scratch::with_case("seeds");
    let draws = |name: &str, more: &[&str]| {
        let said = run(&scratch, &[&["--out", name], more].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        bytes(&scratch, &format!("{name}/futures.parquet"))
    };
    let zero = draws("zero", &["--seed", "0"]);
    assert!(zero == draws("again", &["--seed", "0"]));
    assert!(zero != draws("one", &["--seed", "1"]));
    assert!(zero != draws("sobol", &["--seed", "0", "--design", "sobol"]));
    assert!(scratch.read("zero/run.json").contains("\"seed\": 0"));
}

#[test]
fn some_options_and_always_the_baseline() {
    let scratch = Scratch::with_case("options");
    let said = run(
        &scratch,
        &["--options", "quota,closed_season+patrols", "--out", "some"],
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
    let record: serde_json::Value = serde_json::from_str(&scratch.read("some/run.json")).expect("JSON");
    assert_eq!(
        record["options"],
        serde_json::json!([
            "no_limit+none",
            "quota+none",
            "no_limit+patrols",
            "closed_season+patrols"
        ])
    );
    let said = run(&scratch, &["--options", "quotta"]);
    assert_eq!(said.code, Some(2));
    insta::assert_snapshot!(said.err, @r"
    error: `--options quotta`: the case has no policy `quotta`; did you mean `quota`?
     = help: it has no_limit, quota, closed_season
    ");
}

#[test]
fn a_result_for_a_program() {
    let scratch = Scratch::with_case("json");
    let said = run(&scratch, &["--json"]);
    let value: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(
        (
            value["schema"].as_u64(),
            value["command"].as_str(),
            value["exit"].as_u64()
        ),
        (Some(1), Some("run"), Some(0))
    );
    assert_eq!(value["memo"], "runs/case-1/memo.html");
    let verdict = &value["verdicts"][0];
    assert_eq!(
        (verdict["outcome"].as_str(), verdict["addon"].as_str()),
        (Some("fish_left"), Some("none"))
    );
    let counts = |verdict: &serde_json::Value| -> u64 {
        let leads: u64 = verdict["leads"]
            .as_object()
            .expect("leads")
            .values()
            .filter_map(|share| share["count"].as_u64())
            .sum();
        leads + verdict["close_calls"]["count"].as_u64().expect("a count")
    };
    assert_eq!(
        counts(verdict),
        value["tally"]["compared"].as_u64().expect("a count")
    );
    let stored: serde_json::Value =
        serde_json::from_str(&scratch.read("runs/case-1/findings.json")).expect("JSON");
    assert_eq!(stored["summary"]["verdicts"], value["verdicts"]);
}

#[test]
fn a_memo_again_is_the_same_memo() {
    let scratch = Scratch::with_case("memo");
    assert_eq!(run(&scratch, &[]).code, Some(0));
    // The case may change or go: the run has its own copy.
    fs::remove_dir_all(scratch.path.join("case")).expect("it can be removed");
    let said = scratch.weigh(&["memo", "runs/case-1", "-o", "memo.html"]);
    assert_eq!(said.all(), "--- exit 0\n");
    assert!(scratch.read("memo.html") == scratch.read("runs/case-1/memo.html"));
    assert!(scratch.weigh(&["memo", "runs/case-1", "-o", "-"]).out == scratch.read("memo.html"));
}

#[test]
fn a_memo_that_was_tampered_with_is_found_out() {
    let scratch = Scratch::with_case("verify");
    run(&scratch, &[]);
    let verify = |memo: &str| scratch.weigh(&["memo", "runs/case-1", "--verify", "-o", memo]);
    let said = scratch.weigh(&["memo", "runs/case-1", "--verify"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("64 futures under"), "{}", said.out);
    // Either the page was opened and gave the numbers, or the reader is told that nobody opened it.
    let opened = said
        .out
        .contains("So does the page in Chromium, in both forms. It says of itself: The page ran 64 futures");
    assert!(
        opened || said.out.contains("No Chromium was found"),
        "{}",
        said.out
    );

    let memo = scratch.read("runs/case-1/memo.html");
    let start = |part: &str| {
        let tag = format!("id=\"machine-{part}\">");
        memo.find(&tag).unwrap_or_else(|| panic!("no {part}")) + tag.len()
    };
    for part in ["catalogue", "calls", "simd", "scalar", "outcomes", "record"] {
        // One letter in the middle of what is packed.
        let end = start(part) + memo[start(part)..].find('<').expect("its end");
        let at = (start(part) + end) / 2;
        let other = if memo.as_bytes()[at] == b'A' { "B" } else { "A" };
        let mut changed = memo.clone();
        changed.replace_range(at..=at, other);
        scratch.write("changed.html", changed);
        let said = verify("changed.html");
        assert_eq!(said.code, Some(5), "{part}: {}{}", said.out, said.err);
        assert!(said.err.contains(part), "{part}: {}", said.err);
        // Nothing at all.
        let mut without = memo.clone();
        without.replace_range(start(part)..end, "");
        scratch.write("without.html", without);
        assert_eq!(verify("without.html").code, Some(5), "{part}");
    }
    // A record that is whole and says something else: of another seed.
    scratch.weigh(&["run", "case", "--futures", "300", "--seed", "9", "--out", "other"]);
    assert_eq!(verify("other/memo.html").code, Some(5));
    assert_eq!(scratch.weigh(&["memo", "runs/case-1"]).code, Some(2));
}

#[test]
fn fast_numerics_tell_how_far_they_moved_and_the_memo_stays_exact() {
    let scratch = Scratch::with_case("fast-numerics");
    let said = run(&scratch, &["--numerics", "fast"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.contains("Fast numerics: of"), "{}", said.out);
    let record: serde_json::Value =
        serde_json::from_str(&scratch.read("runs/case-1/run.json")).expect("valid JSON");
    let fast = &record["fast"];
    assert_eq!(fast["otherwise"], 0, "{fast}");
    let moved: Vec<f64> = fast["outcomes"]
        .as_array()
        .expect("every outcome")
        .iter()
        .map(|outcome| outcome["of_range"].as_f64().expect("a number"))
        .collect();
    assert_eq!(moved.len(), 3, "{fast}");
    assert!(moved.iter().all(|share| *share < 1e-9), "{fast}");
    assert!(
        moved.iter().any(|share| *share > 0.0),
        "something is cheaper: {fast}"
    );
    assert!(scratch.read("runs/case-1/memo.html").contains("fast numerics"));

    // The memo's model computes exactly; what the record says of the tables is checked, to the last digit.
    let verify = || scratch.weigh(&["memo", "runs/case-1", "--verify"]);
    let said = verify();
    assert_eq!(said.code, Some(0), "{}", said.all());
    let written = scratch.read("runs/case-1/run.json");
    let largest = fast["outcomes"][0]["of_range"].to_string();
    scratch.write("runs/case-1/run.json", written.replacen(&largest, "0.5", 1));
    let said = verify();
    assert_eq!(said.code, Some(5), "{}", said.all());
    assert!(said.err.contains("fast numerics"), "{}", said.err);

    // Exact runs do not speak of it.
    let said = run(&scratch, &[]);
    assert!(!said.out.contains("Fast numerics"), "{}", said.out);
    assert!(!scratch.read("runs/case-2/memo.html").contains("fast numerics"));
}

#[test]
fn a_memo_makes_no_request_and_names_no_clock_or_machine() {
    let scratch = Scratch::with_case("offline");
    assert_eq!(run(&scratch, &[]).code, Some(0));
    let memo = scratch.read("runs/case-1/memo.html");
    for load in ["src=\"http", "src=\"//", "url(http", "@import", "<link", "fetch("] {
        assert!(!memo.contains(load), "{load}");
    }
    let receipt: serde_json::Value =
        serde_json::from_str(&scratch.read("runs/case-1/receipt.json")).expect("JSON");
    let day = &receipt["started"].as_str().expect("a time")[..10];
    assert!(!memo.contains(day), "{day}");
    assert!(!memo.contains(scratch.path.to_str().expect("UTF-8")));
}

#[test]
fn what_changed_between_two_runs_and_why() {
    let scratch = Scratch::with_case("diff");
    assert_eq!(run(&scratch, &["--out", "a"]).code, Some(0));
    assert_eq!(run(&scratch, &["--out", "same"]).code, Some(0));
    scratch.change(
        "case/case.toml",
        "low = 0\nhigh = 0.03",
        "low = 0.025\nhigh = 0.03",
    );
    assert_eq!(run(&scratch, &["--out", "b"]).code, Some(0));
    let same = scratch.weigh(&["diff", "a", "same"]).all();
    let other = scratch.weigh(&["diff", "a", "b"]).all();
    insta::assert_snapshot!(format!("{same}\n{other}"));
    let value: serde_json::Value =
        serde_json::from_str(&scratch.weigh(&["diff", "a", "b", "--json"]).out).expect("JSON");
    assert_eq!(value["inputs"][0]["what"], "range of `gear_growth`");
}

#[test]
fn folders_that_are_no_run() {
    let scratch = Scratch::with_case("no-run");
    assert_eq!(run(&scratch, &["--out", "a"]).code, Some(0));
    scratch.write("empty/run.json", "{}");
    scratch.write("words/run.json", "run!");
    let mut said = String::new();
    for arguments in [
        &["diff", "a", "empty"][..],
        &["diff", "words", "a"],
        &["memo", "empty", "-o", "x.html"],
        &["diff", "a", "nowhere"],
    ] {
        said.push_str(&format!(
            "$ weigh {}\n{}\n",
            arguments.join(" "),
            scratch.weigh(arguments).all()
        ));
    }
    scratch.write("a/outcomes.parquet", "PAR1 but not really PAR1");
    said.push_str(&scratch.weigh(&["memo", "a", "-o", "x.html"]).all());
    insta::assert_snapshot!(said);
    assert!(!scratch.path.join("x.html").exists());
}

#[test]
fn a_run_in_which_every_future_breaks() {
    let scratch = Scratch::with_case("breaks");
    scratch.change(
        "case/model.mdl",
        "Regrowth = Growth Rate * Fish *",
        "Regrowth = Growth Rate / (3 - Time) * Fish *",
    );
    let said = run(&scratch, &[]);
    insta::assert_snapshot!(said.all());
    assert_eq!(said.code, Some(4));
    assert!(
        scratch
            .listing()
            .iter()
            .all(|name| !name.starts_with("runs/case")),
        "nothing is written"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_was_done() {
    use std::process::{Command, Stdio};
    let scratch = Scratch::with_case("interrupt");
    let child = scratch
        .command(&[
            "run",
            "case",
            "--futures",
            "60000000",
            "--design",
            "monte_carlo",
            "--threads",
            "1",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    std::thread::sleep(std::time::Duration::from_secs(4));
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(killed.success());
    let said = crate::scratch::Said::of(&child.wait_with_output().expect("it ends"));
    assert_eq!(said.code, Some(130), "{}", said.all());
    if said.out.is_empty() {
        // Too slow a machine to finish a block: then nothing is left behind.
        assert!(said.err.contains("nothing was written"), "{}", said.all());
        return;
    }
    assert!(
        said.out
            .contains("Interrupted: the result holds for the futures that were finished"),
        "{}",
        said.out
    );
    let record: serde_json::Value =
        serde_json::from_str(&scratch.read("runs/case-1/run.json")).expect("JSON");
    assert_eq!(record["interrupted"], true);
    let table =
        study::store::read_parquet(bytes(&scratch, "runs/case-1/futures.parquet")).expect("a valid table");
    assert_eq!(Some(table.rows() as u64), record["drawn"].as_u64());
    assert!(
        scratch.read("runs/case-1/memo.html").ends_with("</html>\n"),
        "a whole memo"
    );
}

#[test]
fn tables_alone_are_those_of_a_whole_run() {
    let scratch = Scratch::with_case("tables");
    let many = ["run", "case", "--futures", "5000", "--csv"];
    let whole = scratch.weigh(&[&many[..], &["--out", "whole"]].concat());
    assert_eq!(whole.code, Some(0), "{}", whole.err);
    for threads in ["1", "3"] {
        let out = format!("tables-{threads}");
        let said = scratch.weigh(&[&many[..], &["--tables", "--threads", threads, "--out", &out]].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        if threads == "1" {
            insta::assert_snapshot!(said.out);
        }
        for table in [
            "run.json",
            "futures.parquet",
            "futures.csv",
            "outcomes.parquet",
            "outcomes.csv",
        ] {
            let same =
                bytes(&scratch, &format!("{out}/{table}")) == bytes(&scratch, &format!("whole/{table}"));
            assert!(same, "{table}");
        }
        assert!(!scratch.path.join(&out).join("memo.html").exists());
    }
    // What the tables mean can be asked afterwards.
    let said = scratch.weigh(&["memo", "tables-3", "-o", "memo.html"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(bytes(&scratch, "memo.html") == bytes(&scratch, "whole/memo.html"));
    let said = scratch.weigh(&["run", "case", "--tables", "--series"]);
    assert_eq!(said.code, Some(2), "{}", said.out);
}

#[test]
fn paper_and_pictures_need_a_browser_and_say_so_before_the_work() {
    let scratch = Scratch::with_case("pictures");
    assert_eq!(run(&scratch, &["--out", "done"]).code, Some(0));
    let said = |arguments: &[&str]| {
        let output = scratch
            .command(arguments)
            .env("CHROMIUM", "no-such-browser")
            .output()
            .expect("the command runs");
        crate::scratch::Said::of(&output).all()
    };
    let text = [
        said(&["memo", "done", "-o", "memo.pdf"]),
        said(&["memo", "done", "-o", "card.png"]),
        said(&["memo", "done", "-o", "card.svg"]),
        said(&["open", "nowhere"]),
    ];
    insta::assert_snapshot!(text.join("\n"));
}
