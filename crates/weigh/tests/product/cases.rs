//! The two small cases: nothing wrong with them, no future that breaks, and models that stay sound under extreme settings.

use std::collections::BTreeMap;
use std::path::Path;

use crate::scratch::Scratch;

const SMALL: [&str; 2] = ["shallow-lake", "epidemic"];

fn folder(case: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../cases")
        .join(case);
    path.to_string_lossy().into_owned()
}

#[test]
fn nothing_is_wrong_with_the_small_cases() {
    for case in SMALL {
        let scratch = Scratch::new(&format!("check-{case}"));
        let said = scratch.weigh(&["check", "--units", "--json", &folder(case)]);
        assert_eq!(said.code, Some(0), "{}", said.all());
        let found: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
        assert_eq!(
            found["diagnostics"].as_array().map(Vec::len),
            Some(0),
            "{}",
            said.all()
        );
        // Judgement alone is allowed where it is said so; nothing else that a sceptic could hold against the case is.
        for note in found["fairness"].as_array().expect("notes") {
            assert_eq!(note["kind"], "without_source", "{note}");
            assert!(
                note["en"]
                    .as_str()
                    .is_some_and(|text| text.ends_with("rests on judgement alone.")),
                "{note}"
            );
        }
    }
}

#[test]
fn a_thousand_futures_of_a_small_case_run_without_a_broken_one() {
    for case in SMALL {
        let scratch = Scratch::new(&format!("run-{case}"));
        let said = scratch.weigh(&["run", &folder(case), "--futures", "1000", "--out", "run"]);
        assert_eq!(said.code, Some(0), "{}", said.all());
        let run: serde_json::Value = serde_json::from_str(&scratch.read("run/run.json")).expect("JSON");
        assert_eq!(
            (&run["drawn"], &run["broken"]),
            (&1000.into(), &0.into()),
            "{case}"
        );
        assert!(scratch.read("run/memo.html").len() > 50_000, "{case}");
    }
}

/// Columns of one simulation of a case's model with some constants set.
struct Simulation(BTreeMap<String, Vec<f64>>);

impl Simulation {
    fn of(scratch: &Scratch, case: &str, constants: &[(&str, f64)]) -> Self {
        let model = format!("{}/model.mdl", folder(case));
        let settings: Vec<String> = constants
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut arguments = vec!["simulate", model.as_str(), "-o", "out.csv"];
        for setting in &settings {
            arguments.extend(["--set", setting.as_str()]);
        }
        let said = scratch.weigh(&arguments);
        assert_eq!(said.code, Some(0), "{}", said.all());
        let text = scratch.read("out.csv");
        let mut lines = text.lines();
        let names: Vec<&str> = lines.next().expect("a heading").split(',').collect();
        let mut columns: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for line in lines {
            for (name, cell) in names.iter().zip(line.split(',')) {
                columns
                    .entry((*name).to_owned())
                    .or_default()
                    .push(cell.parse().expect("a number"));
            }
        }
        Self(columns)
    }

    fn of_variable(&self, name: &str) -> &[f64] {
        self.0.get(name).unwrap_or_else(|| panic!("no column `{name}`"))
    }

    fn last(&self, name: &str) -> f64 {
        *self.of_variable(name).last().expect("a value")
    }
}

fn near(found: f64, expected: f64, relative: f64) {
    assert!(
        (found - expected).abs() <= relative * expected.abs(),
        "{found}, not {expected}"
    );
}

/// Levers and length of the measures of the epidemic's options, and ten times as much.
const MEASURES: [[(&str, f64); 5]; 4] = [
    [
        ("schools lever", 0.0),
        ("distancing lever", 0.0),
        ("protection lever", 0.0),
        ("testing lever", 0.0),
        ("days of measures", 120.0),
    ],
    [
        ("schools lever", 1.0),
        ("distancing lever", 1.0),
        ("protection lever", 1.0),
        ("testing lever", 1.0),
        ("days of measures", 728.0),
    ],
    [
        ("schools lever", 0.0),
        ("distancing lever", 1.0),
        ("protection lever", 0.0),
        ("testing lever", 0.0),
        ("days of measures", 7280.0),
    ],
    [
        ("schools lever", 0.0),
        ("distancing lever", 0.0),
        ("protection lever", 1.0),
        ("testing lever", 1.0),
        ("days of measures", 0.0),
    ],
];

#[test]
fn people_are_neither_made_nor_lost_whatever_is_set() {
    let scratch = Scratch::new("epidemic-people");
    let extremes: [&[(&str, f64)]; 8] = [
        &[],
        &[("reproduction number", 45.0)],
        &[("reproduction number", 0.0)],
        &[
            ("fatality of vulnerable", 1.0),
            ("fatality of others", 1.0),
            ("deaths by overload", 10.0),
        ],
        &[
            ("beds", 1.0),
            ("deaths by overload", 1.2),
            ("bed days of vulnerable", 30.0),
        ],
        &[("duration of immunity", 10.0)],
        &[
            ("vaccine day", 0.0),
            ("vaccination days", 20.0),
            ("effect of vaccine", 1.0),
        ],
        &[
            ("effect of distancing", 1.0),
            ("effect of protection", 1.0),
            ("effect of isolation", 1.0),
            ("effect of closed schools", 1.0),
            ("largest caution", 1.0),
        ],
    ];
    let mut runs = 0;
    for measures in MEASURES {
        for extreme in extremes {
            let simulation = Simulation::of(&scratch, "epidemic", &[&measures[..], extreme].concat());
            for (name, values) in &simulation.0 {
                let person = ["susceptible", "infected", "immune", "dead"]
                    .iter()
                    .any(|word| name.starts_with(word));
                for value in values {
                    assert!(value.is_finite(), "{name} {measures:?} {extreme:?}");
                    // A millionth of a person is rounding.
                    assert!(
                        !person || *value >= -1e-6,
                        "{name} is {value} {measures:?} {extreme:?}"
                    );
                }
            }
            for value in simulation.of_variable("people accounted for") {
                near(*value, 1e6, 1e-12);
            }
            runs += 1;
        }
    }
    assert_eq!(runs, 32);
}

#[test]
fn an_epidemic_without_answers_has_the_known_final_size() {
    // One group, no caution, no fading, no vaccine: the share z that is ever infected solves z = 1 - exp(-R z).
    let scratch = Scratch::new("epidemic-size");
    for (number, size) in [(1.5, 0.582_811_6), (2.0, 0.796_812_1), (3.0, 0.940_479_8)] {
        let simulation = Simulation::of(
            &scratch,
            "epidemic",
            &[
                ("reproduction number", number),
                ("contacts of vulnerable", 1.0),
                ("largest caution", 0.0),
                ("duration of immunity", 1e12),
                ("vaccine day", 1e6),
                ("fatality of others", 0.0),
                ("fatality of vulnerable", 0.0),
                ("TIME STEP", 0.0625),
            ],
        );
        let infected =
            1e6 - simulation.last("susceptible others") - simulation.last("susceptible vulnerable");
        // Half a percent: a hundred are infected at first, and steps are short, not infinitely so.
        near(infected / 1e6, size, 5e-3);
    }
}

#[test]
fn an_epidemic_needs_infected_and_contacts() {
    let scratch = Scratch::new("epidemic-none");
    let none = Simulation::of(&scratch, "epidemic", &[("infected at first", 0.0)]);
    assert_eq!(none.last("deaths so far"), 0.0);
    assert_eq!(none.last("output lost so far"), 0.0);
    let few = Simulation::of(&scratch, "epidemic", &[("reproduction number", 0.5)]);
    let infected = few.of_variable("infected others");
    assert!(infected.windows(2).all(|pair| pair[1] < pair[0]), "it only falls");
    // Where no measure has an effect, options differ in their costs only.
    let neutral = [
        "effect of distancing",
        "effect of protection",
        "effect of isolation",
        "effect of closed schools",
    ];
    let neutral: Vec<(&str, f64)> = neutral.iter().map(|name| (*name, 0.0)).collect();
    let [nothing, everything] =
        [0, 1].map(|at| Simulation::of(&scratch, "epidemic", &[&neutral[..], &MEASURES[at][..]].concat()));
    assert_eq!(
        nothing.last("dead vulnerable"),
        everything.last("dead vulnerable")
    );
    assert!(everything.last("output lost so far") > nothing.last("output lost so far"));
}

#[test]
fn a_lake_without_recycling_is_a_leaking_bucket() {
    let scratch = Scratch::new("lake-bucket");
    for (loss, inflow, emission) in [(0.1, 0.05, 0.0), (0.45, 0.01, 0.1), (0.3, 0.03, 1.0)] {
        let lake = Simulation::of(
            &scratch,
            "shallow-lake",
            &[
                ("recycling strength", 0.0),
                ("spread of natural inflow", 0.0),
                ("loss rate", loss),
                ("mean natural inflow", inflow),
                ("planned emission", emission),
            ],
        );
        let mut expected = 0.0;
        for found in lake.of_variable("Phosphorus") {
            near(*found, expected, 1e-12);
            expected = (1.0 - loss) * expected + inflow + emission;
        }
        assert!(
            lake.of_variable("clear").iter().all(|clear| *clear == 1.0),
            "nothing to tip over"
        );
    }
}

#[test]
fn a_lake_on_either_side_of_its_critical_level_goes_another_way() {
    let scratch = Scratch::new("lake-edge");
    for (loss, exponent, strength) in [(0.42, 2.0, 1.0), (0.1, 4.5, 1.0), (0.2, 3.0, 0.5)] {
        let alone = |start: f64| {
            let constants = [
                ("loss rate", loss),
                ("recycling exponent", exponent),
                ("recycling strength", strength),
                ("mean natural inflow", 1e-300),
                ("spread of natural inflow", 0.0),
                ("initial phosphorus", start),
                ("FINAL TIME", 1000.0),
            ];
            Simulation::of(&scratch, "shallow-lake", &constants)
        };
        let level = alone(0.0).of_variable("critical level")[0];
        let (below, above) = (alone(level * 0.999), alone(level * 1.001));
        assert!(below.last("Phosphorus") < 1e-6, "{}", below.last("Phosphorus"));
        assert!(
            above.last("Phosphorus") > level * 1.01,
            "{}",
            above.last("Phosphorus")
        );
        assert!(below.of_variable("clear").iter().all(|clear| *clear == 1.0));
        assert!(above.of_variable("clear").iter().all(|clear| *clear == 0.0));
    }
}

/// A case names the tables of what its model leaves open: they are read beside it, kept with the run, and the run's record has their hashes.
#[test]
fn a_case_names_its_tables() {
    let scratch = Scratch::with_case("tables-of-a-case");
    let model = scratch.read("case/model.mdl").replace(
        "Time To Build Boats = 4\n",
        "Time Of Yards ~ Year ~ What the yards took, as they told it. |\nTime To Build Boats = Time Of Yards\n",
    );
    scratch.write("case/model.mdl", &model);
    let run = ["run", "case", "--futures", "300", "--out", "run"];
    let left_open = scratch.weigh(&run);
    assert!(left_open.err.contains("data-missing"), "{}", left_open.all());
    assert!(!scratch.weigh(&["check", "case"]).err.contains("panicked"));

    let case = scratch.read("case/case.toml");
    let named = |tables: &str| case.replacen("model = ", &format!("data = {tables}\nmodel = "), 1);
    scratch.write("case/case.toml", named("[\"none.csv\"]"));
    let missing = scratch.weigh(&["check", "case"]);
    assert!(
        missing.err.contains("error[case-data-unreadable]"),
        "{}",
        missing.all()
    );
    scratch.write("case/case.toml", named("[\"../paid.csv\"]"));
    scratch.write("paid.csv", "time,Time Of Yards\n0,4\n100,4\n");
    let outside = scratch.weigh(&["check", "case"]);
    assert!(
        outside.err.contains("outside the case's folder"),
        "{}",
        outside.all()
    );

    scratch.write("case/case.toml", named("[\"paid.csv\"]"));
    scratch.write("case/paid.csv", "time,Time Of Yards\n0,4\n100,4\n");
    let said = scratch.weigh(&run);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert_eq!(scratch.read("run/case/paid.csv"), scratch.read("case/paid.csv"));
    assert!(
        scratch.read("run/run.json").contains("paid.csv"),
        "{}",
        scratch.read("run/run.json")
    );
    // What a run folder keeps is enough to weigh it again.
    let again = scratch.weigh(&["memo", "run", "-o", "again.html"]);
    assert_eq!(again.code, Some(0), "{}", again.all());

    // A model alone takes the same tables from the command line.
    for command in ["check", "show"] {
        let said = scratch.weigh(&[command, "case/model.mdl", "--data", "case/paid.csv"]);
        assert_eq!(said.code, Some(0), "{}", said.all());
    }
    let wrong = scratch.weigh(&["check", "case", "--data", "case/paid.csv"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.all());
}
