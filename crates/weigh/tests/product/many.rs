//! `weigh simulate --futures`: a row for each future, checked by hand and against single runs.

use study::store::{Cells, Table, read_parquet};

use crate::scratch::Scratch;

/// Money that grows; it cannot be doubled for ever.
const MONEY: &str = "{UTF-8}
Money = INTEG(Rate * Money, Start) ~ peso ~|
Start = 100 ~ peso ~|
Rate = 0.5 ~ 1/year ~|
INITIAL TIME = 0 ~ year ~|
FINAL TIME = 4 ~ year ~|
TIME STEP = 1 ~ year ~|
SAVEPER = 1 ~ year ~|
";

fn money(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("money.mdl", MONEY);
    scratch
}

fn table(scratch: &Scratch, name: &str) -> Table {
    read_parquet(std::fs::read(scratch.path.join(name)).expect("a file")).expect("a table")
}

fn numbers<'a>(table: &'a Table, name: &str) -> &'a [f64] {
    match &table.column(name).unwrap_or_else(|| panic!("{name}")).cells {
        Cells::Numbers(cells) => cells,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_row_is_the_future_that_a_single_run_gives() {
    let scratch = money("many-rows");
    let said = scratch.weigh(&[
        "simulate",
        "money.mdl",
        "-o",
        "out.parquet",
        "--futures",
        "9000",
        "--vary",
        "rate=-0.1..0.3",
        "--set",
        "start=50",
        "--save",
        "Money,Start",
        "--seed",
        "0",
    ]);
    assert_eq!(said.all(), "--- exit 0\n");
    let table = table(&scratch, "out.parquet");
    assert_eq!(table.rows(), 9000);
    let (rates, ends) = (numbers(&table, "Rate"), numbers(&table, "Money"));
    assert!(rates.iter().all(|rate| (-0.1..=0.3).contains(rate)));
    let mean = rates.iter().sum::<f64>() / 9000.0;
    assert!((mean - 0.1).abs() < 0.005, "evenly drawn: {mean}");
    for row in [0, 255, 256, 4096, 8999] {
        let rate = rates[row];
        let by_hand = (0..4).fold(50.0, |money: f64, _| money + rate * money);
        assert_eq!(ends[row], by_hand, "row {row}");
        let single = scratch.weigh(&[
            "simulate",
            "money.mdl",
            "-o",
            "-",
            "--save",
            "Money",
            "--set",
            "start=50",
            "--set",
            &format!("rate={rate}"),
        ]);
        let last = single
            .out
            .lines()
            .last()
            .and_then(|line| line.split(',').nth(1))
            .expect("a number");
        assert_eq!(last.parse::<f64>().expect("a number"), ends[row]);
    }
}

#[test]
fn the_same_bytes_for_any_number_of_threads_and_in_any_form() {
    let scratch = money("many-threads");
    for threads in ["1", "2", "5"] {
        for form in ["csv", "parquet"] {
            let out = format!("{threads}.{form}");
            let said = scratch.weigh(&[
                "simulate",
                "money.mdl",
                "-o",
                &out,
                "--futures",
                "10000",
                "--vary",
                "Rate=0..1",
                "--threads",
                threads,
            ]);
            assert_eq!(said.all(), "--- exit 0\n");
            let bytes = |name: &str| std::fs::read(scratch.path.join(name)).expect("a file");
            assert!(bytes(&out) == bytes(&format!("1.{form}")), "{out}");
        }
    }
    let printed = scratch.weigh(&[
        "simulate",
        "money.mdl",
        "-o",
        "-",
        "--futures",
        "10000",
        "--vary",
        "Rate=0..1",
    ]);
    assert_eq!(printed.out, scratch.read("1.csv"));
    assert!(
        printed
            .out
            .starts_with("future,status,broken_variable,broken_time,Rate,Money,Start,"),
        "{}",
        &printed.out[..80]
    );
    assert_eq!(
        scratch.listing().len(),
        7,
        "nothing else is left: {:?}",
        scratch.listing()
    );
}

#[test]
fn a_future_that_breaks_is_a_row() {
    let scratch = money("many-broken");
    scratch.change("money.mdl", "FINAL TIME = 4", "FINAL TIME = 2000");
    let said = scratch.weigh(&[
        "simulate",
        "money.mdl",
        "-o",
        "out.parquet",
        "--futures",
        "400",
        "--vary",
        "Rate=0..1",
        "--json",
    ]);
    let summary: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let table = table(&scratch, "out.parquet");
    let (rates, ends, times) = (
        numbers(&table, "Rate"),
        numbers(&table, "Money"),
        numbers(&table, "broken_time"),
    );
    // 100 (1 + r)^2000 is above the largest double from about r = 0.425.
    let broken = rates.iter().filter(|rate| **rate > 0.425).count();
    assert!(broken > 100);
    assert_eq!(
        (summary["rows"].as_u64(), summary["broken"].as_u64()),
        (Some(400), Some(broken as u64))
    );
    for row in 0..400 {
        assert_eq!(
            (ends[row].is_nan(), times[row].is_nan()),
            (rates[row] > 0.425, rates[row] <= 0.425)
        );
    }
}

#[test]
fn mistakes() {
    let check = |arguments: &[&str], expected: &str| {
        let said = money("many-mistakes").weigh(&[&["simulate", "money.mdl", "-o", "-"], arguments].concat());
        assert_eq!(said.code, Some(2));
        assert!(said.err.contains(expected), "{}", said.err);
    };
    check(&["--vary", "Rate=0..1"], "--futures <N>");
    check(&["--futures", "0"], "0 is not in 1..=1000000000");
    check(&["--futures", "5", "--vary", "Rat=0..1"], "did you mean `Rate`?");
    check(
        &["--futures", "5", "--vary", "Money=0..1"],
        "only a constant can be set",
    );
    check(
        &["--futures", "5", "--vary", "Rate=0..1", "--vary", "rate=0..2"],
        "it is given twice",
    );
    check(&["--futures", "5", "--vary", "Rate=0-1"], "there is no `..`");
}
