//! The case read once for each test, and its model run with some constants set.

use std::path::Path;

use engine::{Batch, Binding, Input, InputTarget, Metric, Outputs, Request, Value};
use model::{FileError, Files, Model, Sources, VarId};
use study::case::{Case, DesignKind, Setting};
use study::findings::{self, Evidence, Findings};
use study::results::{Futures, OptionId};
use study::run::{self, Progress};
use study::{Study, bind, design};

/// The folder of the case.
pub(crate) struct Folder;

impl Files for Folder {
    #[allow(clippy::disallowed_methods, reason = "a test reads the case's folder")]
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/us-mexico-2025");
        std::fs::read(folder.join(path)).map_err(|_| FileError::NotFound)
    }
}

/// A file of the case.
pub(crate) fn text(name: &str) -> String {
    let bytes = Folder
        .read(name)
        .unwrap_or_else(|_| panic!("{name} is in the case"));
    String::from_utf8(bytes).expect("UTF-8")
}

/// The case as it stands.
pub(crate) fn case() -> Case {
    let (case, notes) = study::case::read("case.toml", &text("case.toml"), &Folder, &mut Sources::new());
    case.unwrap_or_else(|| panic!("{notes:?}"))
}

/// The model with texts replaced; each is there exactly once.
pub(crate) fn model_with(changes: &[(&str, &str)]) -> Model {
    let mut text = text("model.mdl");
    for (old, new) in changes {
        assert_eq!(text.matches(old).count(), 1, "`{old}`");
        text = text.replace(old, new);
    }
    let (model, notes) = model::read("model.mdl", text.as_bytes(), &Folder, &mut Sources::new());
    model.unwrap_or_else(|| panic!("{notes:?}"))
}

/// The case bound to its model.
pub(crate) fn bound(case: Case, model: &Model) -> Study {
    let (study, notes) = bind::bind(case, model);
    study.unwrap_or_else(|| panic!("{notes:?}"))
}

/// Futures of the case, by Latin hypercube.
pub(crate) fn futures(study: &Study, count: u64, seed: u64) -> Futures {
    let settings = design::Settings {
        futures: count,
        seed,
        design: DesignKind::LatinHypercube,
        centred: false,
        levels: 2,
    };
    study.sample(&settings).expect("the case can be sampled")
}

/// Options of a study run over futures, and what follows for it and for others that differ in their camps only.
pub(crate) fn found(
    studies: &[&Study],
    model: &Model,
    drawn: &Futures,
    seed: u64,
    options: Vec<OptionId>,
) -> Vec<Findings> {
    let settings = run::Settings {
        seed,
        threads: 2,
        options,
        fans: 0,
        every_addon: false,
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
    };
    let ran = run::run(studies[0], model, drawn, &settings, &Quiet).expect("the model runs");
    let evidence = Evidence {
        futures: drawn,
        results: &ran.results,
        triggers: &ran.triggers,
        second: None,
        middle: None,
    };
    let settings = findings::Settings {
        threads: 2,
        done: &|_| {},
    };
    let weigh = |study: &&Study| findings::weigh(study, &evidence, &settings).expect("it can be judged");
    studies.iter().map(weigh).collect()
}

struct Quiet;

impl Progress for Quiet {
    fn done(&self, _: u64, _: u64) {}
}

/// What a run sets: a number for all futures, or one for each.
pub(crate) type Given = (VarId, Vec<f64>);

/// The variable of this name.
pub(crate) fn variable(model: &Model, name: &str) -> VarId {
    model
        .find(name)
        .unwrap_or_else(|| panic!("`{name}` is in the model"))
}

/// Everything drawn, for all futures.
pub(crate) fn draws(study: &Study, futures: &Futures) -> Vec<Given> {
    let mut given = Vec::new();
    for (of, column) in study.uncertainties.iter().zip(&futures.columns) {
        given.extend(of.map(|variable| (variable, column.clone())));
    }
    for (split, variables) in study.case.splits.iter().zip(&study.splits) {
        for (part, &variable) in variables.iter().enumerate() {
            let value = |row: usize| split.value(part, |uncertainty| futures.columns[uncertainty][row]);
            given.push((variable, (0..futures.ids.len()).map(value).collect()));
        }
    }
    given
}

/// The levers of an option.
pub(crate) fn levers(study: &Study, option: OptionId) -> Vec<Given> {
    let all = study.policies[option.policy]
        .iter()
        .chain(&study.addons[option.addon]);
    all.map(|lever| match lever.setting {
        Setting::Value(value) => (lever.variable, vec![value]),
        Setting::Steps(_) => panic!("no lever of the case moves in steps"),
    })
    .collect()
}

/// Runs the model; what stands later in `given` has the last word. A column of one number holds for all futures.
pub(crate) fn simulate(model: &Model, given: &[Given], metrics: Vec<Metric>, series: &[&str]) -> Outputs {
    let mut last: Vec<&Given> = Vec::new();
    for one in given {
        last.retain(|known| known.0 != one.0);
        last.push(one);
    }
    let rows = last.iter().map(|(_, column)| column.len()).max().unwrap_or(1);
    let input = |(variable, column): &&Given| Input {
        target: InputTarget::Variable(*variable),
        binding: if column.len() == 1 {
            Binding::Uniform
        } else {
            Binding::PerFuture
        },
    };
    let request = Request {
        inputs: last.iter().map(input).collect(),
        metrics,
        series: series.iter().map(|name| variable(model, name)).collect(),
        integration: None,
        ..Request::default()
    };
    let program = engine::lower(model, &request).unwrap_or_else(|notes| panic!("{notes:?}"));
    let values: Vec<Value> = last
        .iter()
        .map(|(_, column)| match column.as_slice() {
            [one] => Value::Uniform(*one),
            _ => Value::PerFuture(column),
        })
        .collect();
    let ids: Vec<u64> = (0..rows as u64).collect();
    let batch = Batch {
        seed: 1,
        futures: &ids,
        inputs: &values,
    };
    engine::block::run(&program, &batch, &mut engine::block::Scratch::default())
}
