//! The whole way checked against the long way round: for some futures and every option, the draws, shares and levers are
//! written into the text of the toy model by hand, the model is run without any input, and the numbers must be the same bits.
#![allow(missing_docs, reason = "a test")]

use engine::{Batch, Metric, Reducer, Request, RunStatus, Window};
use model::{FileError, Files, Model, Sources};
use study::case::{Case, DesignKind};
use study::results::{Futures, OptionId, Status};
use study::run::{self, Progress};
use study::{Study, bind, design};

const CASE: &str = include_str!("data/toy/case.toml");
const MODEL: &str = include_str!("data/toy/model.mdl");

struct Toy;

impl Files for Toy {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let text = match path {
            "debate.toml" => include_str!("data/toy/debate.toml"),
            "sources.bib" => include_str!("data/toy/sources.bib"),
            "history.csv" => include_str!("data/toy/history.csv"),
            _ => return Err(FileError::NotFound),
        };
        Ok(text.as_bytes().to_vec())
    }
}

struct Quiet;

impl Progress for Quiet {
    fn done(&self, _: u64, _: u64) {}
}

fn read_model(text: &str) -> Model {
    let (model, notes) = model::read("model.mdl", text.as_bytes(), &Toy, &mut Sources::new());
    model.unwrap_or_else(|| panic!("{notes:?}"))
}

/// The definition of a constant replaced.
fn define(text: &str, name: &str, definition: &str) -> String {
    let start = text
        .find(&format!("\n{name}=\n"))
        .unwrap_or_else(|| panic!("{name}"))
        + name.len()
        + 3;
    let end = start + text[start..].find("\n\t~").expect("units follow");
    format!("{}\t{definition}{}", &text[..start], &text[end..])
}

/// The model of one future under one option.
fn by_hand(case: &Case, futures: &Futures, row: usize, option: OptionId) -> String {
    let draw = |id: &str| {
        let index = case
            .uncertainties
            .iter()
            .position(|one| one.id.value == id)
            .expect("in the toy case");
        futures.columns[index][row]
    };
    let demand = draw("demand_2024");
    let weights = draw("households_weight") + draw("industry_weight");
    let constants = [
        ("new leaks per year", draw("new_leaks_per_year")),
        ("mending gained", draw("mending_gained")),
        ("ageing reading", draw("ageing_counts")),
        ("saving by meters", draw("saving_by_meters")),
        ("alarm level", draw("alarm_level")),
        ("households", demand * draw("households_weight") / weights),
        ("industry", demand * draw("industry_weight") / weights),
    ];
    let mut text = MODEL.to_owned();
    for (name, value) in constants {
        // Vensim has no negative literal: a sign and a number.
        text = define(&text, name, &format!("{value:?}"));
    }
    match option.policy {
        1 => {
            text = define(
                &text,
                "Programme",
                "IF THEN ELSE(Time >= 12, 0.5, IF THEN ELSE(Time >= 2, 1, 0))",
            )
        }
        2 => text = define(&text, "Alarm Armed", "1"),
        _ => {}
    }
    if option.addon == 1 {
        text = define(&text, "Meters", "0.8");
    }
    text
}

#[test]
fn a_run_is_what_the_model_says_with_its_numbers_written_in() {
    let (case, notes) = study::case::read("case.toml", CASE, &Toy, &mut Sources::new());
    let case = case.unwrap_or_else(|| panic!("{notes:?}"));
    let model = read_model(MODEL);
    let study: Study = bind::bind(case, &model).0.expect("the toy case is bound");
    let settings = design::Settings {
        futures: 12,
        design: DesignKind::MonteCarlo,
        ..design::Settings::of(&study.case)
    };
    let futures = study.sample(&settings).expect("drawn");
    let how = run::Settings {
        seed: settings.seed,
        threads: 2,
        options: Vec::new(),
        fans: 0,
        every_addon: false,
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
    };
    let run = run::run(&study, &model, &futures, &how, &Quiet).expect("run");
    let mut compared = 0;
    for (at, &option) in run.results.options.iter().enumerate() {
        for row in 0..futures.ids.len() {
            if futures.rejected[row].is_some() {
                assert!(matches!(run.results.status[at][row], Status::Rejected(_)));
                assert!(run.results.values[at].iter().all(|column| column[row].is_nan()));
                continue;
            }
            let alone = read_model(&by_hand(&study.case, &futures, row, option));
            let find = |name: &str| alone.find(name).expect("as in the toy model");
            let metric = |name, reducer, from, to| Metric {
                variable: find(name),
                element: 0,
                reducer,
                window: Window { from, to },
            };
            let metrics = vec![
                metric("Shortage", Reducer::Integral, Some(2.0), Some(20.0)),
                metric("Water Lost", Reducer::Mean, Some(2.0), None),
                metric("Shortage", Reducer::TimeAbove(5.0), None, None),
                metric("Leaks", Reducer::Mean, None, None),
                metric("Spent", Reducer::Final, None, Some(20.0)),
                metric("Leaks", Reducer::Mean, Some(3.0), Some(7.0)),
                metric("Emergency", Reducer::Max, None, None),
            ];
            let program = engine::lower(
                &alone,
                &Request {
                    metrics,
                    ..Request::default()
                },
            )
            .expect("lowered");
            let outputs = engine::scalar::run(
                &program,
                &Batch {
                    seed: settings.seed,
                    futures: &[futures.ids[row]],
                    inputs: &[],
                },
            );
            assert_eq!(outputs.status, [RunStatus::Ok]);
            for measure in 0..run.results.measures {
                let (whole, alone) = (run.results.values[at][measure][row], outputs.metrics[measure][0]);
                assert_eq!(
                    whole.to_bits(),
                    alone.to_bits(),
                    "measure {measure} of future {row} under {option:?}: {whole}, {alone}"
                );
                compared += 1;
            }
            if option.policy == 2 {
                let fired = run
                    .triggers
                    .iter()
                    .find(|(of, ..)| *of == option)
                    .expect("armed")
                    .2[row];
                assert_eq!(fired, Some(outputs.metrics[6][0] > 0.5));
            }
        }
    }
    assert_eq!(
        compared,
        6 * 6 * 12,
        "six options, six measures, twelve accepted futures"
    );
}
