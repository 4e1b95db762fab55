//! `weigh simulate` and `weigh show` on a model one can follow by hand.

use std::process::Stdio;

use crate::scratch::Scratch;

/// Water runs out of a tub: 8, 4, 2, 1.
const TUB: &str = "{UTF-8}
Water = INTEG(-Drain, Water At Start) ~ litre ~ What is in the tub. |
Water At Start = 8 ~ litre ~|
Share = 0.5 ~ 1/minute ~|
Drain = Share * Water ~ litre/minute ~|
\"Depth, seen\" = shape(Water) ~ cm ~|
shape((0,0),(10,20)) ~ ~|
INITIAL TIME = 0 ~ minute ~|
FINAL TIME = 3 ~ minute ~|
TIME STEP = 1 ~ minute ~|
SAVEPER = 1 ~ minute ~|
";

fn tub(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("tub.mdl", TUB);
    scratch
}

fn check(name: &str, arguments: &[&str], expected: &str) {
    let said = tub(name).weigh(&[&["simulate", "tub.mdl", "-o", "-"], arguments].concat());
    assert_eq!(said.all(), format!("--- stdout\n{expected}--- exit 0\n"));
}

#[test]
fn all_variables_as_written_and_in_the_order_of_the_text() {
    check(
        "all",
        &[],
        "time,Water,Water At Start,Share,Drain,\"Depth, seen\",INITIAL TIME,FINAL TIME,TIME STEP,SAVEPER\n\
         0,8,8,0.5,4,16,0,3,1,1\n1,4,8,0.5,2,8,0,3,1,1\n2,2,8,0.5,1,4,0,3,1,1\n3,1,8,0.5,0.5,2,0,3,1,1\n",
    );
}

#[test]
fn some_variables_whatever_their_case_and_blanks() {
    check(
        "some",
        &["--save", "drain, \"depth, SEEN\"", "--save", "water_at_start"],
        "time,Drain,\"Depth, seen\",Water At Start\n0,4,16,8\n1,2,8,8\n2,1,4,8\n3,0.5,2,8\n",
    );
}

#[test]
fn constants_and_times_can_be_set() {
    check(
        "set",
        &[
            "--save",
            "Water",
            "--set",
            "water at start=16",
            "--set",
            "Share=0.1",
            "--set",
            "share=0.25",
            "--stop",
            "2",
        ],
        "time,Water\n0,16\n1,12\n2,9\n",
    );
    check(
        "times",
        &["--save", "Water", "--start=-1", "--stop", "1", "--step", "0.5"],
        "time,Water\n-1,8\n0,4.5\n1,2.53125\n",
    );
}

#[test]
fn runge_kutta_comes_nearer_to_the_exponential() {
    let said = tub("rk4").weigh(&[
        "simulate", "tub.mdl", "-o", "-", "--save", "Water", "--method", "rk4", "--stop", "1",
    ]);
    let last: f64 = said
        .out
        .trim()
        .rsplit(',')
        .next()
        .expect("a number")
        .parse()
        .expect("a number");
    // 8 exp(-1/2), and the method's own 8 (1 - h + h^2/2 - h^3/6 + h^4/24) with h = 1/2.
    assert!((last - 8.0 * 0.606_770_833_333_333_4).abs() < 1e-14, "{last}");
}

#[test]
fn files_of_each_form() {
    let scratch = tub("forms");
    for name in ["out.csv", "out.tab", "out.parquet"] {
        let said = scratch.weigh(&["simulate", "tub.mdl", "-o", name, "--save", "Water"]);
        assert_eq!(said.all(), "--- exit 0\n");
    }
    assert_eq!(scratch.read("out.csv"), "time,Water\n0,8\n1,4\n2,2\n3,1\n");
    assert_eq!(scratch.read("out.tab"), "time\tWater\n0\t8\n1\t4\n2\t2\n3\t1\n");
    let table = study::store::read_parquet(std::fs::read(scratch.path.join("out.parquet")).expect("a file"))
        .expect("a table");
    let water = table.column("Water").expect("a column");
    assert_eq!(
        water.cells,
        study::store::Cells::Numbers(vec![8.0, 4.0, 2.0, 1.0])
    );
    assert_eq!(water.about.get("unit").map(String::as_str), Some("litre"));
    assert_eq!(
        scratch.listing(),
        ["out.csv", "out.parquet", "out.tab", "tub.mdl"]
    );
}

#[test]
fn a_summary_for_a_program() {
    let scratch = tub("summary");
    let said = scratch.weigh(&["simulate", "tub.mdl", "-o", "out.csv", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(value["schema"], 1);
    assert_eq!(
        (value["rows"].as_u64(), value["columns"].as_u64()),
        (Some(4), Some(10))
    );
    assert_eq!(
        (value["first_time"].as_f64(), value["last_time"].as_f64()),
        (Some(0.0), Some(3.0))
    );
}

#[test]
fn mistakes_on_the_command_line() {
    let scratch = tub("usage");
    let mut said = String::new();
    for arguments in [
        &["simulate", "tub.mdl"][..],
        &["simulate", "tub.mdl", "-o", "out.xls"],
        &["simulate", "tub.mdl", "-o", "out.csv", "--set", "Share"],
        &["simulate", "tub.mdl", "-o", "out.csv", "--set", "Share=much"],
        &[
            "simulate",
            "tub.mdl",
            "-o",
            "out.csv",
            "--set",
            "Shore=1",
            "--set",
            "Water=3",
            "--set",
            "nothing at all=1",
        ],
        &[
            "simulate",
            "tub.mdl",
            "-o",
            "out.csv",
            "--save",
            "Watr,shape,Drain",
        ],
        &["simulate", "tub.mdl", "-o", "-", "--json"],
        &["simulate", "tub.mdl", "-o", "out.csv", "--steep", "1"],
        &["weight"],
    ] {
        let answer = scratch.weigh(arguments);
        assert_eq!(answer.code, Some(2), "{arguments:?}");
        said.push_str(&format!("$ weigh {}\n{}\n", arguments.join(" "), answer.all()));
    }
    assert_eq!(scratch.listing(), ["tub.mdl"], "nothing is written");
    insta::assert_snapshot!(said);
}

#[test]
fn a_simulation_that_breaks() {
    let scratch = tub("breaks");
    scratch.write("out.csv", "precious");
    scratch.change(
        "tub.mdl",
        "Drain = Share * Water",
        "Drain = Share * Water / (2 - Time)",
    );
    let said = scratch.weigh(&["simulate", "tub.mdl", "-o", "out.csv"]);
    insta::assert_snapshot!(said.all());
    assert_eq!(scratch.read("out.csv"), "precious");
}

#[test]
fn times_that_make_no_run() {
    let scratch = tub("no-run");
    for control in [
        "--stop=-5",
        "--step=0",
        "--step=-1",
        "--step=1e-9",
        "--step=nan",
        "--stop=inf",
    ] {
        let said = scratch.weigh(&["simulate", "tub.mdl", "-o", "out.csv", control]);
        assert_eq!(said.code, Some(4), "{control}");
        assert!(
            said.err.starts_with("error: the time controls make no run"),
            "{control}: {}",
            said.err
        );
    }
    assert_eq!(scratch.listing(), ["tub.mdl"], "nothing is written");
}

#[test]
fn the_program_of_a_model() {
    let scratch = tub("program");
    insta::assert_snapshot!(scratch.weigh(&["show", "tub.mdl", "--program"]).all());
}

#[test]
fn a_saveper_between_the_steps_is_told() {
    let scratch = tub("saveper");
    scratch.change("tub.mdl", "SAVEPER = 1", "SAVEPER = 1.5");
    insta::assert_snapshot!(
        scratch
            .weigh(&["simulate", "tub.mdl", "-o", "-", "--save", "Water"])
            .all()
    );
}

#[test]
fn what_a_model_consists_of() {
    let scratch = tub("show");
    let text = scratch.weigh(&["show", "tub.mdl"]).all();
    let markdown = scratch.weigh(&["show", "tub.mdl", "--markdown"]).all();
    let json = scratch.weigh(&["show", "tub.mdl", "--json"]).all();
    insta::assert_snapshot!(format!("{text}\n{markdown}\n{json}"));
}

#[test]
fn a_reader_who_stops_reading() {
    let scratch = tub("pipe");
    let mut child = scratch
        .command(&["simulate", "tub.mdl", "-o", "-", "--stop", "100000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).as_ref()
        ),
        (Some(0), "")
    );
}

#[test]
fn help_opens_with_examples() {
    let scratch = Scratch::new("help");
    let mut said = String::new();
    for arguments in [
        &["--help"][..],
        &["run", "--help"],
        &["simulate", "--help"],
        &["check", "--help"],
    ] {
        let answer = scratch.weigh(arguments);
        assert!(answer.out.starts_with("Examples:\n"), "{arguments:?}");
        said.push_str(&format!("$ weigh {}\n{}\n", arguments.join(" "), answer.all()));
    }
    insta::assert_snapshot!(said);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(
            scratch.weigh(&["completions", shell]).out.contains("simulate"),
            "{shell}"
        );
    }
    // What is written of exit codes is one and the same.
    let page = include_str!("../../../../docs/exit-codes.md");
    for code in ["0", "2", "3", "4", "5", "6", "70", "130"] {
        assert!(
            page.contains(&format!("| {code} |")),
            "docs/exit-codes.md: {code}"
        );
        assert!(
            scratch.weigh(&["--help"]).out.contains(&format!(" {code}  ")),
            "help: {code}"
        );
    }
}
