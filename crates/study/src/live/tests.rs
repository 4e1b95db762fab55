//! One program for all options gives what a program for each gives; a future drawn alone is that of its design.

use engine::{Batch, Schedule, Value, scalar};

use super::*;
use crate::bind::bind;
use crate::case;
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
    for design in [DesignKind::LatinHypercube, DesignKind::MonteCarlo] {
        let settings = settings(&study, design);
        let (futures, results) = weighed(&study, &model, &settings);
        let live = live(&study, &model, &futures, &results, &settings).expect("a live memo");
        assert!(!live.simd.is_empty() && live.record.len() == 4 * 64 * results.options.len());
        // Another seed gives other futures, and so no record that a page could replay.
        let other = design::Settings { seed: 4, ..settings };
        let found = super::live(&study, &model, &futures, &results, &other);
        assert_eq!(found, Err(NotLive::Futures));
    }
    let settings = settings(&study, DesignKind::Sobol);
    let (futures, results) = weighed(&study, &model, &settings);
    let found = live(&study, &model, &futures, &results, &settings);
    assert_eq!(found, Err(NotLive::Design("sobol")));
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
