//! `weigh sample` and `weigh analyze`: from a problem to points, through a function of known indices, and back.
#![allow(
    clippy::disallowed_methods,
    reason = "the test functions are given with sines; their last bits do not matter here"
)]

use serde_json::Value;

use crate::scratch::Scratch;

const ISHIGAMI: &str = "[inputs]\nx1 = [-3.141592653589793, 3.141592653589793]\nx2 = [-3.141592653589793, 3.141592653589793]\nx3 = [-3.141592653589793, 3.141592653589793]\n";

/// SALib's form.
const G: &str =
    r#"{"num_vars": 4, "names": ["a", "b", "c", "d"], "bounds": [[0, 1], [0, 1], [0, 1], [0, 1]]}"#;
const G_A: [f64; 4] = [0.0, 1.0, 4.5, 9.0];

fn ishigami(x: &[f64]) -> f64 {
    x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
}

fn g(x: &[f64]) -> f64 {
    x.iter()
        .zip(G_A)
        .map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a))
        .product()
}

/// First- and total-order indices of the g-function: V_j = 1/3 / (1 + a_j)^2.
fn g_indices() -> Vec<(f64, f64)> {
    let v: Vec<f64> = G_A.iter().map(|a| 1.0 / 3.0 / (1.0 + a) / (1.0 + a)).collect();
    let whole = v.iter().map(|v| 1.0 + v).product::<f64>() - 1.0;
    let others = |j: usize| (0..4).filter(|i| *i != j).map(|i| 1.0 + v[i]).product::<f64>();
    (0..4).map(|j| (v[j] / whole, v[j] * others(j) / whole)).collect()
}

/// First- and total-order indices of Ishigami's function with a = 7, b = 0.1.
fn ishigami_indices() -> Vec<(f64, f64)> {
    let pi4 = std::f64::consts::PI.powi(4);
    let v1 = 0.5 * (1.0 + 0.1 * pi4 / 5.0).powi(2);
    let v2 = 49.0 / 8.0;
    let v13 = 0.01 * pi4 * pi4 * (1.0 / 18.0 - 1.0 / 50.0);
    let v = v1 + v2 + v13;
    vec![(v1 / v, (v1 + v13) / v), (v2 / v, v2 / v), (0.0, v13 / v)]
}

/// Samples, applies a function to every row, and leaves `x.csv` and `y.csv`.
fn sampled(scratch: &Scratch, problem: &str, arguments: &[&str], function: fn(&[f64]) -> f64) {
    scratch.write("p.toml", problem);
    let said = scratch.weigh(&[&["sample"], arguments, &["--problem", "p.toml", "-o", "x.csv"]].concat());
    assert_eq!(said.all(), "--- exit 0\n");
    let mut y = String::from("y\n");
    for line in scratch.read("x.csv").lines().skip(1) {
        let x: Vec<f64> = line
            .split(',')
            .map(|cell| cell.parse().expect("a number"))
            .collect();
        y.push_str(&format!("{:?}\n", function(&x)));
    }
    scratch.write("y.csv", y);
}

fn json(scratch: &Scratch, arguments: &[&str]) -> Value {
    let said = scratch.weigh(&[&["analyze"], arguments, &["--json"]].concat());
    assert_eq!(said.code, Some(0), "{}", said.all());
    serde_json::from_str(&said.out).expect("JSON")
}

fn column(table: &Value, name: &str) -> Vec<f64> {
    table
        .as_array()
        .expect("a table")
        .iter()
        .map(|row| row[name].as_f64().unwrap_or(f64::NAN))
        .collect()
}

fn near(found: &[f64], expected: &[f64], within: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= within, "{what}: {found:?} for {expected:?}");
    }
}

fn first(indices: &[(f64, f64)]) -> Vec<f64> {
    indices.iter().map(|i| i.0).collect()
}

fn total(indices: &[(f64, f64)]) -> Vec<f64> {
    indices.iter().map(|i| i.1).collect()
}

#[test]
fn sobol_and_back() {
    for (name, problem, function, expected) in [
        (
            "ishigami",
            ISHIGAMI,
            ishigami as fn(&[f64]) -> f64,
            ishigami_indices(),
        ),
        ("g", G, g, g_indices()),
    ] {
        let scratch = Scratch::new(&format!("sobol-{name}"));
        sampled(&scratch, problem, &["saltelli", "-n", "4096"], function);
        // The results alone, and beside their sample.
        for tables in [&["y.csv"][..], &["x.csv", "y.csv"]] {
            let found = json(&scratch, &[&["sobol"], tables, &["--problem", "p.toml"]].concat());
            let indices = &found["result"]["indices"];
            near(&column(indices, "first_order"), &first(&expected), 0.03, name);
            near(&column(indices, "total_order"), &total(&expected), 0.03, name);
            assert_eq!(found["rows"]["whole"], found["rows"]["rows"]);
        }
    }
}

#[test]
fn efast_and_back() {
    let scratch = Scratch::new("efast");
    sampled(&scratch, G, &["efast", "-n", "2049"], g);
    let found = json(&scratch, &["efast", "y.csv", "--problem", "p.toml"]);
    near(
        &column(&found["result"]["indices"], "first_order"),
        &first(&g_indices()),
        0.03,
        "first",
    );
    near(
        &column(&found["result"]["indices"], "total_order"),
        &total(&g_indices()),
        0.06,
        "total",
    );
}

#[test]
fn any_table_and_back() {
    let scratch = Scratch::new("tables");
    sampled(&scratch, ISHIGAMI, &["sobol", "-n", "8192"], ishigami);
    let found = json(&scratch, &["rbd-fast", "x.csv", "y.csv"]);
    near(
        &column(&found["result"]["indices"], "first_order"),
        &first(&ishigami_indices()),
        0.03,
        "rbd-fast",
    );
    // SALib 1.6 finds 0.204, 0.358, 0.167, each to about 0.01, in 4,096 rows.
    let found = json(&scratch, &["delta", "x.csv", "y.csv", "--resamples", "20"]);
    near(
        &column(&found["result"]["indices"], "delta"),
        &[0.204, 0.358, 0.167],
        0.02,
        "delta",
    );
    let found = json(&scratch, &["pawn", "x.csv", "y.csv"]);
    let median = column(&found["result"]["indices"], "median");
    assert!(median[1] > median[0] && median[0] > median[2], "{median:?}");
}

#[test]
fn dgsm_bounds_the_total_order_and_morris_finds_what_is_inert() {
    let scratch = Scratch::new("steps");
    sampled(&scratch, G, &["dgsm", "-n", "2000"], g);
    let found = json(&scratch, &["dgsm", "x.csv", "y.csv", "--problem", "p.toml"]);
    for (bound, total) in column(&found["result"]["measures"], "bound")
        .iter()
        .zip(total(&g_indices()))
    {
        assert!(*bound > total, "{bound} for {total}");
    }
    sampled(&scratch, ISHIGAMI, &["morris", "-n", "200", "--seed", "0"], |x| {
        2.0 * x[0] - x[1]
    });
    let found = json(&scratch, &["morris", "x.csv", "y.csv", "--problem", "p.toml"]);
    let range = 2.0 * std::f64::consts::PI;
    near(
        &column(&found["result"]["effects"], "mu"),
        &[2.0 * range, -range, 0.0],
        1e-9,
        "mu",
    );
    near(
        &column(&found["result"]["effects"], "sigma"),
        &[0.0; 3],
        1e-9,
        "sigma",
    );
}

/// A group's index is that of its inputs together: for a sum, the sum of theirs.
#[test]
fn groups_move_together() {
    let scratch = Scratch::new("groups");
    let problem =
        "names = ['a', 'b', 'c']\nbounds = [[0, 1], [0, 1], [0, 1]]\ngroups = ['left', 'right', 'left']\n";
    sampled(&scratch, problem, &["saltelli", "-n", "4096"], |x| {
        x[0] + 2.0 * x[1] + 2.0 * x[2]
    });
    let found = json(&scratch, &["sobol", "y.csv", "--problem", "p.toml"]);
    let indices = &found["result"]["indices"];
    assert_eq!(indices[0]["input"], "left");
    near(
        &column(indices, "first_order"),
        &[5.0 / 9.0, 4.0 / 9.0],
        0.02,
        "groups",
    );
    near(
        &column(indices, "total_order"),
        &[5.0 / 9.0, 4.0 / 9.0],
        0.02,
        "groups",
    );
    sampled(&scratch, problem, &["morris", "-n", "20"], |x| {
        x[0] + 2.0 * x[1] + 2.0 * x[2]
    });
    let found = json(&scratch, &["morris", "x.csv", "y.csv", "--problem", "p.toml"]);
    let right = &found["result"]["effects"][1];
    assert!(
        (right["mu_star"].as_f64().expect("a number") - 2.0).abs() < 1e-9,
        "{right}"
    );
}

/// A planted box is found, and coverage and density recomputed from the table agree with what is said.
#[test]
fn a_planted_box_and_its_numbers() {
    let scratch = Scratch::new("box");
    sampled(&scratch, G, &["lhs", "-n", "4000", "--seed", "3"], |x| {
        f64::from(u8::from(x[0] > 0.6 && x[2] < 0.3))
    });
    let found = json(&scratch, &["prim", "x.csv", "y.csv", "--peel", "0.05"]);
    let of = &found["result"]["boxes"][0];
    let limits: Vec<(String, Option<f64>, Option<f64>)> = found["result"]["limits"]
        .as_array()
        .expect("limits")
        .iter()
        .map(|l| {
            (
                l["input"].as_str().expect("a name").to_owned(),
                l["low"].as_f64(),
                l["high"].as_f64(),
            )
        })
        .collect();
    let a = limits
        .iter()
        .find(|l| l.0 == "a")
        .and_then(|l| l.1)
        .expect("a is limited from below");
    let c = limits
        .iter()
        .find(|l| l.0 == "c")
        .and_then(|l| l.2)
        .expect("c is limited from above");
    assert!((a - 0.6).abs() < 0.05 && (c - 0.3).abs() < 0.05, "{limits:?}");
    let rows: Vec<Vec<f64>> = scratch
        .read("x.csv")
        .lines()
        .skip(1)
        .map(|l| l.split(',').map(|c| c.parse().expect("a number")).collect())
        .collect();
    let y: Vec<bool> = scratch
        .read("y.csv")
        .lines()
        .skip(1)
        .map(|l| l.starts_with('1'))
        .collect();
    let names = ["a", "b", "c", "d"];
    let inside = |x: &[f64]| {
        limits.iter().all(|(name, low, high)| {
            let x = x[names.iter().position(|n| n == name).expect("an input")];
            low.is_none_or(|l| x >= l) && high.is_none_or(|h| x <= h)
        })
    };
    let (mut all, mut hits) = (0, 0);
    rows.iter().zip(&y).filter(|(x, _)| inside(x)).for_each(|(_, y)| {
        all += 1;
        hits += usize::from(*y);
    });
    let interesting = y.iter().filter(|y| **y).count();
    assert_eq!(
        (of["rows"].as_u64(), of["of_interest"].as_u64()),
        (Some(all), Some(hits as u64))
    );
    // The reader of JSON may be off by a last digit.
    let near = |name: &str, value: f64| {
        let found = of[name].as_f64().expect("a number");
        assert!((found - value).abs() < 1e-15, "{name}: {found} for {value}");
    };
    near("coverage", hits as f64 / interesting as f64);
    near("density", hits as f64 / all as f64);
}

/// Two options with linear benefit, as a table with a row for each future, and with a row for each option.
fn options(scratch: &Scratch) {
    let (mut wide, mut long) = (
        String::from("u,v,safe,bold\n"),
        String::from("future,u,v,option,gain,cost\n"),
    );
    for i in 0..400_u32 {
        let (u, v) = (f64::from(i % 20) / 20.0 + 0.025, f64::from(i / 20) / 20.0 + 0.025);
        let bold = 2.0 * u - 1.0 + 0.1 * v;
        wide.push_str(&format!("{u},{v},0,{bold}\n"));
        long.push_str(&format!("{i},{u},{v},safe,0,1\n{i},{u},{v},bold,{bold},{v}\n"));
    }
    scratch.write("wide.csv", wide);
    scratch.write("long.csv", long);
}

#[test]
fn options_side_by_side_in_two_forms() {
    let scratch = Scratch::new("options");
    options(&scratch);
    for method in ["robustness", "regret"] {
        let wide = json(
            &scratch,
            &[method, "wide.csv", "--options", "safe,bold", "--better", "higher"],
        );
        let long = json(
            &scratch,
            &[method, "long.csv", "--outcome", "gain", "--better", "higher"],
        );
        assert_eq!(wide["result"], long["result"]);
    }
    let wide = json(
        &scratch,
        &[
            "voi",
            "wide.csv",
            "--inputs",
            "u,v",
            "--options",
            "safe,bold",
            "--better",
            "higher",
        ],
    );
    let long = json(
        &scratch,
        &[
            "voi",
            "long.csv",
            "--inputs",
            "u,v",
            "--outcome",
            "gain",
            "--better",
            "higher",
        ],
    );
    assert_eq!(wide["result"]["evppi"], long["result"]["evppi"]);
    let evpi = wide["result"]["evpi"].as_f64().expect("a number");
    assert!((evpi - 0.2257).abs() < 0.01, "{evpi}");
    assert_eq!(wide["result"]["evppi"][0]["input"], "u");
}

#[test]
fn the_gap_between_two_options_is_an_outcome() {
    let scratch = Scratch::new("gap");
    options(&scratch);
    let wide = json(
        &scratch,
        &[
            "rbd-fast",
            "wide.csv",
            "--inputs",
            "u,v",
            "--outcome",
            "bold - safe",
        ],
    );
    let long = json(
        &scratch,
        &[
            "rbd-fast",
            "long.csv",
            "--inputs",
            "u,v",
            "--outcome",
            "gain",
            "--gap",
            "bold,safe",
        ],
    );
    assert_eq!(wide["result"], long["result"]);
    assert_eq!(long["rows"]["whole"], 400);
}

#[test]
fn values_and_facts() {
    let scratch = Scratch::new("values");
    options(&scratch);
    let criteria = ["--criterion", "gain:-1..1", "--criterion", "cost: 1..0"];
    let found = json(
        &scratch,
        &[&["smaa", "long.csv", "--draws", "4000"][..], &criteria].concat(),
    );
    let first = column(&found["result"]["ranks"], "rank_1");
    assert!(
        (first.iter().sum::<f64>() - 1.0).abs() < 1e-9 && first[1] > 0.5,
        "{first:?}"
    );
    let said = [
        &[
            "disagreement",
            "long.csv",
            "--weights-a",
            "1,0",
            "--weights-b",
            "1,0",
        ][..],
        &criteria,
    ];
    let same = json(&scratch, &said.concat());
    assert_eq!(same["result"]["total"], 0.0);
    let beliefs = ["--believes-a", "u > 0.8", "--believes-b", "u < 0.2"];
    let facts = json(&scratch, &[&said.concat()[..], &beliefs].concat());
    assert_eq!(
        (
            facts["result"]["a_prefers"].as_str(),
            facts["result"]["b_prefers"].as_str()
        ),
        (Some("bold"), Some("safe"))
    );
    assert_eq!(facts["result"]["facts"], facts["result"]["total"]);
}

/// The same at every time, in a table with a row for each future and time.
#[test]
fn over_time() {
    let scratch = Scratch::new("time");
    let mut text = String::from("run,t,a,b,y\n");
    for i in 0..200_u32 {
        let (a, b) = (f64::from(i % 14) / 14.0, f64::from((i * 37) % 200) / 200.0);
        for t in 0..3_u32 {
            text.push_str(&format!(
                "{i},{t},{a},{b},{}\n",
                f64::from(t) * a + 0.1 * b * f64::from(t > 0)
            ));
        }
    }
    scratch.write("t.csv", text);
    let found = json(
        &scratch,
        &[
            "rbd-fast",
            "t.csv",
            "--key",
            "run",
            "--time",
            "t",
            "--inputs",
            "a,b",
            "--outcome",
            "y",
        ],
    );
    let times: Vec<f64> = column(&found["result"]["indices"], "time");
    assert_eq!(times, [1.0, 1.0, 2.0, 2.0]);
    let note = found["notes"].to_string();
    assert!(
        note.contains("at time 0") && note.contains("nothing to explain"),
        "{note}"
    );
    let groups = json(
        &scratch,
        &[
            "clusters",
            "t.csv",
            "--key",
            "run",
            "--time",
            "t",
            "--outcome",
            "y",
            "-k",
            "2",
        ],
    );
    assert_eq!(groups["result"]["members"].as_array().map(Vec::len), Some(200));
}

/// What is broken is counted once, under what it is, and changes no other row's part.
#[test]
fn broken_rows_are_counted() {
    let scratch = Scratch::new("broken");
    let mut text = String::from("a,b,y,status\n");
    for i in 0..60_u32 {
        let (a, b) = (f64::from(i % 7), f64::from(i % 11));
        let (y, status) = match i {
            3 => (String::new(), "rejected"),
            4 => ("9e9".into(), "broken"),
            5 => ("NaN".into(), "ok"),
            6 => ("inf".into(), "ok"),
            _ => ((a + 0.1 * b).to_string(), "ok"),
        };
        let b = if i == 7 { String::new() } else { b.to_string() };
        text.push_str(&format!("{a},{b},{y},{status}\n"));
    }
    scratch.write("t.csv", text);
    let found = json(&scratch, &["rbd-fast", "t.csv", "--harmonics", "4"]);
    assert_eq!(
        found["rows"],
        serde_json::json!({"rows": 60, "whole": 55, "rejected": 1, "broken": 1, "without_outcome": 2, "without_input": 1})
    );
    assert_eq!(found["result"]["used"], 55);
}

/// Categories, yes or no, whole numbers, and Parquet that comes back the same.
#[test]
fn kinds_of_columns() {
    let scratch = Scratch::new("kinds");
    let mut text = String::from("where,level,flag,y\n");
    for i in 0..300_u32 {
        let place = ["north", "south", "west"][i as usize % 3];
        let y = f64::from(u8::from(place == "south" && i % 5 > 2)) + 0.001 * f64::from(i);
        text.push_str(&format!("{place},{},{},{y}\n", i % 5, i % 2 == 0));
    }
    scratch.write("t.csv", text);
    let found = json(&scratch, &["prim", "t.csv", "--outcome", "y > 0.9"]);
    let limits = found["result"]["limits"].to_string();
    assert!(limits.contains("south") && !limits.contains("north"), "{limits}");
    let tree = json(&scratch, &["cart", "t.csv", "--outcome", "y", "--depth", "1"]);
    assert_eq!(tree["result"]["nodes"][0]["input"], "where");
    let said = scratch.weigh(&[
        "analyze",
        "features",
        "t.csv",
        "--outcome",
        "y",
        "-o",
        "scores.parquet",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let said = scratch.weigh(&["analyze", "logit", "t.csv", "--outcome", "y > 0.9"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn correlated_samples() {
    let scratch = Scratch::new("correlated");
    let problem = |method: &str| {
        format!(
            "[inputs]\na = [0, 1]\nb = {{ distribution = 'normal', mean = 0, sd = 1 }}\n[correlation]\nmethod = '{method}'\npairs = [['a', 'b', 0.7]]\n"
        )
    };
    for method in ["iman_conover", "copula"] {
        sampled(&scratch, &problem(method), &["lhs", "-n", "2000"], |x| x[0]);
        let x: Vec<(f64, f64)> = scratch
            .read("x.csv")
            .lines()
            .skip(1)
            .map(|l| l.split_once(',').expect("two"))
            .map(|(a, b)| (a.parse().expect("a number"), b.parse().expect("a number")))
            .collect();
        let mean = |f: &dyn Fn(&(f64, f64)) -> f64| x.iter().map(f).sum::<f64>() / x.len() as f64;
        let (a, b) = (mean(&|x| x.0), mean(&|x| x.1));
        let covariance = mean(&|x| (x.0 - a) * (x.1 - b));
        let r = covariance / (mean(&|x| (x.0 - a).powi(2)) * mean(&|x| (x.1 - b).powi(2))).sqrt();
        assert!((r - 0.69).abs() < 0.04, "{method}: {r}");
    }
    let said = scratch.weigh(&[
        "sample",
        "morris",
        "--problem",
        "p.toml",
        "-n",
        "4",
        "-o",
        "x.csv",
    ]);
    insta::assert_snapshot!(said.all());
}

/// A run folder is a table like any other.
#[test]
fn a_run_folder() {
    let scratch = Scratch::with_case("analyze-run");
    let said = scratch.weigh(&["run", "case", "--futures", "300", "--out", "run", "--series"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let outcomes = json(&scratch, &["regret", "run", "--outcome", "fish_left"]);
    assert!(
        outcomes["result"]["regret"]
            .as_array()
            .is_some_and(|r| r.len() > 1),
        "{outcomes}"
    );
    let options: Vec<String> = outcomes["result"]["regret"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|r| r["option"].as_str().expect("a name").to_owned())
        .collect();
    let gap = options[..2].join(",");
    let found = json(
        &scratch,
        &["rbd-fast", "run", "--outcome", "fish_left", "--gap", &gap],
    );
    let record: Value = serde_json::from_str(&scratch.read("run/run.json")).expect("JSON");
    assert_eq!(
        (&found["rows"]["rows"], &found["rows"]["rejected"]),
        (&record["drawn"], &record["rejected"])
    );
    assert!(found["rows"]["whole"].as_u64() >= Some(300), "{found}");
}

#[test]
fn help_gives_formula_and_paper_and_the_page_tells_the_same() {
    let scratch = Scratch::new("help");
    let methods = [
        "sobol",
        "morris",
        "efast",
        "rbd-fast",
        "pawn",
        "delta",
        "dgsm",
        "regional",
        "prim",
        "pca-prim",
        "cart",
        "logit",
        "features",
        "clusters",
        "robustness",
        "regret",
        "voi",
        "flips",
        "smaa",
        "disagreement",
        "discrepancy",
    ];
    let page = include_str!("../../../../docs/analyses.md");
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let page = plain(page);
    for method in methods {
        let said = scratch.weigh(&["analyze", method, "--help"]);
        assert_eq!(said.code, Some(0));
        let help = plain(&said.out);
        let between = |from: &str, to: &str| {
            let rest = help
                .split_once(from)
                .unwrap_or_else(|| panic!("{method} has no {from}"))
                .1;
            if to.is_empty() {
                rest.to_owned()
            } else {
                rest.split_once(to).expect("in order").0.to_owned()
            }
        };
        for text in [
            between("Formula: ", " Source: "),
            between(" Source: ", " Broken rows: "),
            between(" Broken rows: ", ""),
        ] {
            assert!(
                page.contains(&text),
                "docs/analyses.md does not say of {method}: {text}"
            );
        }
        assert!(
            page.contains(&format!("## `{method}`")),
            "{method} has no part in docs/analyses.md"
        );
    }
}

/// A long sequence is written in parts, and is the same as its parts.
#[test]
fn a_sequence_can_be_entered_anywhere() {
    let scratch = Scratch::new("parts");
    scratch.write("p.toml", ISHIGAMI);
    for design in ["sobol", "saltelli", "halton"] {
        let rows = |arguments: &[&str]| -> Vec<String> {
            let said = scratch.weigh(&[&["sample", design, "-p", "p.toml", "-o", "-"], arguments].concat());
            assert_eq!(said.code, Some(0), "{}", said.err);
            said.out.lines().skip(1).map(str::to_owned).collect()
        };
        let whole = rows(&["-n", "20000"]);
        let (first, second) = (rows(&["-n", "9000"]), rows(&["-n", "11000", "--skip", "9000"]));
        assert_eq!(whole[..first.len()], first, "{design}");
        assert_eq!(whole[first.len()..], second, "{design}");
    }
}
