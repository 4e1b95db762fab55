//! One program for all options gives what a program for each gives; a future drawn alone is that of its design.

use engine::{Batch, Schedule, Value, scalar};

use super::*;
use crate::bind::bind;
use crate::case;
use crate::case::Distribution;
use crate::run;
use crate::testing::toy_with;

fn toy(changes: &[(&str, &str)]) -> (Study, Model) {
    let files = toy_with(changes);
    let mut sources = model::Sources::new();
    let text = model::Files::read(&files, "case.toml").expect("the toy case");
    let text = String::from_utf8(text).expect("text");
    let (case, problems) = case::read("case.toml", &text, &files, &mut sources);
    let case = case.unwrap_or_else(|| panic!("{problems:#?}"));
    let bytes = model::Files::read(&files, "model.mdl").expect("the toy model");
    let (model, problems) = model::read("model.mdl", &bytes, &files, &mut sources);
    let model = model.unwrap_or_else(|| panic!("{problems:#?}"));
    let (study, problems) = bind(case, &model);
    (study.unwrap_or_else(|| panic!("{problems:#?}")), model)
}

struct Silent;
impl run::Progress for Silent {
    fn done(&self, _: u64, _: u64) {}
}

fn settings(study: &Study, design: DesignKind) -> design::Settings {
    design::Settings {
        futures: 70,
        seed: 3,
        design,
        ..design::Settings::of(&study.case)
    }
}

fn weighed(study: &Study, model: &Model, settings: &design::Settings) -> (Futures, Results) {
    let futures = study.sample(settings).expect("futures");
    let run = run::Settings {
        seed: settings.seed,
        threads: 1,
        options: Vec::new(),
        fans: 0,
        every_addon: false,
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
    };
    let outcome = run::run(study, model, &futures, &run, &Silent).expect("a run");
    (futures, outcome.results)
}

#[test]
fn one_program_serves_all_options() {
    let (study, model) = toy(&[]);
    let settings = settings(&study, DesignKind::LatinHypercube);
    let (futures, results) = weighed(&study, &model, &settings);
    let shared = share(&study, &model, &results.options).expect("a program");
    let schedule = |steps: &Vec<(Option<f64>, f64)>| Schedule {
        times: steps
            .iter()
            .map(|(time, _)| time.unwrap_or(f64::NEG_INFINITY))
            .collect(),
        values: steps.iter().map(|(_, value)| *value).collect(),
    };
    for option in 0..results.options.len() {
        let columns: Vec<Vec<f64>> = shared
            .inputs
            .iter()
            .map(|source| match source {
                Source::Factor(factor) => futures.columns[*factor].clone(),
                Source::Part { split, part } => (0..futures.ids.len())
                    .map(|row| study.case.splits[*split].value(*part, |u| futures.columns[u][row]))
                    .collect(),
                _ => Vec::new(),
            })
            .collect();
        let schedules: Vec<Schedule> = shared
            .inputs
            .iter()
            .map(|source| match source {
                Source::Steps(steps) => schedule(&steps[option]),
                _ => Schedule::default(),
            })
            .collect();
        let values: Vec<Value> = (0..shared.inputs.len())
            .map(|input| match &shared.inputs[input] {
                Source::Value(values) => Value::Uniform(values[option]),
                Source::Steps(_) => Value::Schedule(&schedules[input]),
                _ => Value::PerFuture(&columns[input]),
            })
            .collect();
        let outputs = scalar::run(
            &shared.program,
            &Batch {
                seed: settings.seed,
                futures: &futures.ids,
                inputs: &values,
            },
        );
        let bits = |value: &f64| value.to_bits();
        for (found, expected) in outputs.metrics.iter().zip(&results.values[option]) {
            for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
                if futures.rejected[row].is_none() {
                    assert_eq!(bits(found), bits(expected), "option {option}, row {row}");
                }
            }
        }
    }
}

#[test]
fn a_future_drawn_alone_is_that_of_its_design() {
    let (study, model) = toy(&[]);
    for design in [
        DesignKind::LatinHypercube,
        DesignKind::MonteCarlo,
        DesignKind::SobolScrambled,
        DesignKind::Sobol,
        DesignKind::FullFactorial,
        DesignKind::OneAtATime,
    ] {
        let settings = settings(&study, design);
        let (futures, results) = weighed(&study, &model, &settings);
        let made = live(&study, &model, &futures, &results, &settings).expect("a live memo");
        let recorded = futures.accepted().min(64) as usize;
        assert!(!made.simd.is_empty() && made.record.len() == 4 * recorded * results.options.len());
        // Other draws than those of the design: no record that a page could replay.
        let mut other = futures.clone();
        let row = futures
            .rejected
            .iter()
            .position(Option::is_none)
            .expect("an accepted future");
        other.columns[0][row] += 1.0;
        let found = live(&study, &model, &other, &results, &settings);
        assert!(found == Err(NotLive::Futures), "{design:?}");
    }
}

/// What the page has to draw alike: `crates/memo/live/test.mjs` reads this snapshot and compares bit by bit.
#[test]
fn draws_as_the_page_has_to_make_them() {
    let mut lines = Vec::new();
    let hex = |value: f64| format!("{:016x}", value.to_bits());
    let shapes = [
        Distribution::Uniform { low: -0.1, high: 0.7 },
        Distribution::LogUniform {
            low: 0.003,
            high: 40.0,
        },
        Distribution::Triangular {
            low: 2.0,
            mode: 2.5,
            high: 9.0,
        },
        Distribution::Triangular {
            low: -1.0,
            mode: -1.0,
            high: 1.0,
        },
        Distribution::Pert {
            low: 0.0,
            mode: 0.2,
            high: 1.0,
        },
        Distribution::Pert {
            low: -3.0,
            mode: 5.0,
            high: 5.5,
        },
        Distribution::TruncatedNormal {
            mean: 0.0,
            sd: 1.0,
            low: -2.0,
            high: 0.5,
        },
        Distribution::TruncatedNormal {
            mean: 10.0,
            sd: 2.0,
            low: 13.0,
            high: 30.0,
        },
        Distribution::Integer { low: 3, high: 9 },
    ];
    let shares = [
        0.0,
        1e-9,
        0.001,
        0.1,
        0.25,
        0.5,
        1.0 / 3.0,
        0.6180339887498949,
        0.9,
        0.999,
        1.0,
    ];
    for shape in &shapes {
        let values = shares.map(|share| hex(shape.quantile(share)));
        lines.push(format!(
            "quantile {} {}",
            catalogue::distribution(shape),
            values.join(" ")
        ));
    }
    let (study, _) = toy(&[]);
    for design in [
        DesignKind::LatinHypercube,
        DesignKind::MonteCarlo,
        DesignKind::Sobol,
        DesignKind::SobolScrambled,
        DesignKind::FullFactorial,
        DesignKind::OneAtATime,
    ] {
        let settings = settings(&study, design);
        let futures = study.sample(&settings).expect("futures");
        let of = |factor: &crate::case::Uncertainty| catalogue::distribution(&factor.distribution);
        let shapes: Vec<_> = study.case.uncertainties.iter().map(of).collect();
        let told = json!({
            "seed": settings.seed, "kind": design.word(), "strata": futures.ids.len(),
            "factors": drawing::factors(&study.case, &settings), "distributions": shapes,
        });
        let row = |row: usize| {
            futures
                .columns
                .iter()
                .map(|column| hex(column[row]))
                .collect::<Vec<_>>()
                .join(" ")
        };
        lines.push(format!("design {told}"));
        for at in [0, 1, 2, 5, 6].into_iter().filter(|&at| at < futures.ids.len()) {
            lines.push(format!("future {} {}", futures.ids[at], row(at)));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn numbers_in_a_row_are_told_by_their_first() {
    let check = |ids: &[u64], expected: &[(u64, u64)]| assert_eq!(compact(ids), expected, "{ids:?}");
    check(&[], &[]);
    check(&[0, 1, 2], &[(0, 3)]);
    check(&[1, 2, 5, 7, 8], &[(1, 2), (5, 1), (7, 2)]);
}

#[test]
fn a_fingerprint_is_fnv_1a() {
    // Of eight zero bytes, and of the bytes of 1.0.
    let by_hand = |bytes: [u8; 8]| {
        bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        })
    };
    assert_eq!(fingerprint([0.0]), by_hand([0; 8]));
    assert_eq!(fingerprint([1.0]), by_hand([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]));
    assert_ne!(fingerprint([1.0, 2.0]), fingerprint([2.0, 1.0]));
}
