//! Over the conformance models: both evaluators, and both forms of a WebAssembly module, give the same bits, also where futures differ in every constant, for
//! any width of the block and any split of the batch.

#[path = "support/module.rs"]
mod module;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use engine::{
    Batch, Binding, Input, InputTarget, Metric, Outputs, Reducer, Request, Value, Window, block, lower,
    scalar,
};
use model::{FileError, Files, Model, Sources, VarId, VariableKind};

/// Lanes of a block, all of them used.
const BLOCK: usize = 64;

struct Beside<'a>(&'a Path);

impl Files for Beside<'_> {
    #[allow(clippy::disallowed_methods, reason = "a test reads its models")]
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        fs::read(self.0.join(path)).map_err(|_| FileError::NotFound)
    }
}

/// The models of the collection that the reader takes, by path.
#[allow(clippy::disallowed_methods, reason = "a test reads its models")]
fn models() -> Vec<(PathBuf, Model)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut paths = Vec::new();
    for feature in fs::read_dir(folder)
        .expect("the collection")
        .map(|entry| entry.expect("a folder").path())
    {
        if feature.is_dir() {
            paths.extend(
                fs::read_dir(feature)
                    .expect("a folder")
                    .map(|entry| entry.expect("a file").path()),
            );
        }
    }
    // Beside the collection stand our own models, with what it has none of: conveyors, queues, Stella's functions.
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/tests/models");
    let own = fs::read_dir(own).expect("our own models");
    paths.extend(own.map(|entry| entry.expect("a file").path()));
    let is_model = |ending: &str| ["mdl", "xmile", "stmx"].contains(&ending);
    paths.retain(|path| {
        path.extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(is_model)
    });
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).expect("a file");
        let name = path.to_string_lossy();
        let folder = path.parent().expect("a file lies in a folder");
        let (mut model, _) = model::read(&name, &bytes, &Beside(folder), &mut Sources::new());
        if let (Some(model), Ok(data)) = (&mut model, fs::read(folder.join("data.tab"))) {
            model::give_data(model, "data.tab", &data);
        }
        model.map(|model| (path, model))
    };
    paths.into_iter().filter_map(read).collect()
}

fn bits(outputs: &Outputs) -> (Vec<Vec<u64>>, String) {
    let columns = outputs
        .metrics
        .iter()
        .chain(&outputs.series)
        .chain([&outputs.times]);
    let columns = columns
        .map(|column| column.iter().map(|value| value.to_bits()).collect())
        .collect();
    (columns, format!("{:?}", outputs.status))
}

/// The rows of both batches, one after the other.
fn joined(mut first: Outputs, second: Outputs) -> Outputs {
    for (first, second) in first.metrics.iter_mut().zip(second.metrics) {
        first.extend(second);
    }
    for (first, second) in first.series.iter_mut().zip(second.series) {
        first.extend(second);
    }
    first.status.extend(second.status);
    first
}

#[test]
fn every_model_gives_the_same_bits_however_it_is_run() {
    let models = models();
    let mut steps = 0;
    let mut by_format = BTreeMap::new();
    for (path, model) in &models {
        let ending = path
            .extension()
            .map_or(String::new(), |ending| ending.to_string_lossy().into_owned());
        let with_value = |id: &VarId| model.variables[*id].kind != VariableKind::Lookup;
        let series: Vec<VarId> = model.variables.ids().filter(with_value).collect();
        let alone = Request {
            series: series.clone(),
            ..Request::default()
        };
        // Some of our own models are there for the reader, and leave to their caller what a run needs.
        if path.components().any(|part| part.as_os_str() == "models") && lower(model, &alone).is_err() {
            continue;
        }
        *by_format.entry(ending).or_insert(0) += 1;
        let time = &model.time;
        let controls = [time.initial_time, time.final_time, time.time_step, time.saveper];
        let constants: Vec<(VarId, f64)> = model
            .variables
            .enumerate()
            .filter(|(id, variable)| {
                variable.kind == VariableKind::Constant
                    && variable.dimensions.is_empty()
                    && !controls.contains(id)
            })
            .filter_map(|(id, variable)| match variable.equations[0].definition {
                model::Definition::Expression(root) => match model.exprs[root] {
                    model::Expr::Number(number) => Some((id, number)),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        let metric = |variable, reducer| Metric {
            variable,
            element: 0,
            reducer,
            window: Window::default(),
        };
        let reducers = [
            Reducer::Max,
            Reducer::Mean,
            Reducer::TimeAbove(1.0),
            Reducer::FirstAbove(1.0),
        ];
        let mut request = Request {
            metrics: series
                .iter()
                .flat_map(|id| reducers.map(|reducer| metric(*id, reducer)))
                .collect(),
            series,
            ..Request::default()
        };
        // Euler's method for all, and the others by turns.
        use model::Integration::{Euler, Heun, Midpoint, Rk4};
        let other = [Midpoint, Heun, Rk4][model.variables.len() % 3];
        for integration in [Euler, other] {
            // What moves by whole steps is refused by the others.
            request.integration = Some(integration);
            request.inputs = Vec::new();
            let refused = |problems: model::Diagnostics| {
                problems.items.iter().all(|item| item.code == "conveyor-method")
            };
            if integration != Euler && lower(model, &request).is_err_and(refused) {
                continue;
            }
            check(path, model, &request, &[], 1);
            request.inputs = constants
                .iter()
                .map(|(id, _)| Input {
                    target: InputTarget::Variable(*id),
                    binding: Binding::PerFuture,
                })
                .collect();
            // The first future keeps the model's own numbers.
            let moved = |number: f64, row: usize| number * (1.0 + 0.002 * row as f64);
            // A few in all ways; as many lanes as a block has, where the method is the usual one.
            for futures in if integration == Euler {
                &[5, BLOCK][..]
            } else {
                &[5]
            } {
                let columns: Vec<Vec<f64>> = constants
                    .iter()
                    .map(|(_, number)| (0..*futures).map(|row| moved(*number, row)).collect())
                    .collect();
                steps += check(path, model, &request, &columns, *futures);
            }
        }
    }
    assert!(models.len() >= 30, "only {} models could be read", models.len());
    assert!(by_format.len() == 3, "{by_format:?}");
    println!("{by_format:?}");
    println!("{} models, {steps} stored values", models.len());
}

/// Runs a model in all ways and returns how many values it stored.
fn check(path: &Path, model: &Model, request: &Request, columns: &[Vec<f64>], futures: usize) -> usize {
    let program = match lower(model, request) {
        Ok(program) => program,
        // Where a constant decides when the run ends, futures cannot differ in it.
        Err(problems)
            if futures > 1
                && problems
                    .items
                    .iter()
                    .all(|problem| problem.code == "time-control") =>
        {
            return 0;
        }
        Err(problems) => panic!("{}: {problems:#?}", path.display()),
    };
    let numbers: Vec<u64> = (0..futures as u64).collect();
    let inputs = |rows: std::ops::Range<usize>| -> Vec<Value> {
        columns
            .iter()
            .map(|column| Value::PerFuture(&column[rows.clone()]))
            .collect()
    };
    let all = inputs(0..futures);
    let expected = scalar::run(
        &program,
        &Batch {
            seed: 7,
            futures: &numbers,
            inputs: &all,
        },
    );
    let levels = block::Level::available();
    for (width, level) in [4, 64]
        .into_iter()
        .flat_map(|width| levels.iter().map(move |level| (width, *level)))
    {
        let mut scratch = block::Scratch::at_level(width, level);
        let whole = block::run(
            &program,
            &Batch {
                seed: 7,
                futures: &numbers,
                inputs: &all,
            },
            &mut scratch,
        );
        assert!(
            bits(&whole) == bits(&expected),
            "{} in blocks of {width}",
            path.display()
        );
        let cut = futures / 2;
        let mut part = |rows: std::ops::Range<usize>| {
            let inputs = inputs(rows.clone());
            block::run(
                &program,
                &Batch {
                    seed: 7,
                    futures: &numbers[rows],
                    inputs: &inputs,
                },
                &mut scratch,
            )
        };
        if cut > 0 {
            let parts = joined(part(0..cut), part(cut..futures));
            assert!(
                bits(&parts) == bits(&expected),
                "{} in two batches",
                path.display()
            );
        }
    }
    let batch = Batch {
        seed: 7,
        futures: &numbers,
        inputs: &all,
    };
    // A page's module is slow in an interpreter: a few futures show as much.
    if futures < BLOCK {
        module::agrees(&program, &batch, &expected, || path.display().to_string());
    }
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    for level in levels {
        let compiled = engine::native::compile(&program, level);
        if matches!(compiled, Err(engine::native::Refusal::Carriers)) {
            continue;
        }
        let Ok(native) = compiled else {
            assert_eq!(
                level,
                block::Level::available()[0],
                "{} has no machine code",
                path.display()
            );
            continue;
        };
        for width in [3, 64] {
            let found = engine::native::run(
                &program,
                &native,
                &batch,
                &mut engine::native::Scratch::new(width),
            );
            assert!(
                bits(&found) == bits(&expected),
                "{} in machine code, blocks of {width} ({})",
                path.display(),
                level.name()
            );
        }
    }
    expected.series.iter().map(Vec::len).sum()
}
