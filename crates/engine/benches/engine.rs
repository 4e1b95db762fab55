//! Futures per second of the evaluators on included models: `cargo bench -p engine --bench engine`.
//!
//! One thread, and its processor time where the system tells it (Linux), else the clock. Each line is the best and the
//! median of several timings; compare lines of one run only.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads files and the clock"
)]

use std::hint::black_box;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use engine::{
    Batch, Binding, Input, InputTarget, Metric, Outputs, Program, Reducer, Request, Value, Window, block,
    lower, scalar,
};
use model::{Definition, Expr, FileError, Files, Model, Sources, VarId, VariableKind};

struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }
}

/// A model, what varies between futures (name, low, high), and what is asked of it (name, reducer). Where nothing is
/// named, every constant varies by a tenth, and every stock is asked for at its end and at its peak.
struct Case {
    path: &'static str,
    uncertain: &'static [(&'static str, f64, f64)],
    metrics: &'static [(&'static str, Reducer)],
}

const CASES: &[Case] = &[
    Case {
        path: "benches/models/SIR.mdl",
        uncertain: &[("Contact Infectivity", 0.2, 0.5), ("Duration", 3.0, 8.0)],
        metrics: &[("Infectious", Reducer::Max), ("Recovered", Reducer::Final)],
    },
    Case {
        path: "../../cases/us-mexico-2025/model.mdl",
        uncertain: &[],
        metrics: &[],
    },
];

/// Seconds that this thread has computed, or seconds on the clock since some moment.
fn seconds() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let computed = told.and_then(|told| told.split_whitespace().next()?.parse::<f64>().ok());
    match computed {
        Some(nanoseconds) => nanoseconds * 1e-9,
        None => START.get_or_init(Instant::now).elapsed().as_secs_f64(),
    }
}

fn main() {
    for case in CASES {
        bench(case);
    }
}

fn read(path: &str) -> Model {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("an included model");
    let (model, problems) = model::read(path, &bytes, &Nothing, &mut Sources::new());
    model.unwrap_or_else(|| panic!("{path}: {problems:#?}"))
}

/// Scalar constants that are plain numbers, without the time controls.
fn constants(model: &Model) -> Vec<(VarId, f64)> {
    let time = &model.time;
    let controls = [time.initial_time, time.final_time, time.time_step, time.saveper];
    let plain = model.variables.enumerate().filter_map(|(id, variable)| {
        let Definition::Expression(root) = variable.equations.first()?.definition else {
            return None;
        };
        match model.exprs[root] {
            Expr::Number(value) if variable.dimensions.is_empty() && !controls.contains(&id) => {
                Some((id, value))
            }
            _ => None,
        }
    });
    plain.collect()
}

fn bench(case: &Case) {
    let model = read(case.path);
    let find = |name: &str| model.find(name).unwrap_or_else(|| panic!("no variable `{name}`"));
    let mut uncertain: Vec<(VarId, f64, f64)> = case
        .uncertain
        .iter()
        .map(|(name, low, high)| (find(name), *low, *high))
        .collect();
    if uncertain.is_empty() {
        uncertain = constants(&model)
            .into_iter()
            .map(|(id, value)| (id, 0.9 * value, 1.1 * value))
            .collect();
    }
    let mut metrics: Vec<(VarId, Reducer)> = case
        .metrics
        .iter()
        .map(|(name, reducer)| (find(name), *reducer))
        .collect();
    if metrics.is_empty() {
        let stocks = model
            .variables
            .ids()
            .filter(|id| model.variables[*id].kind == VariableKind::Stock);
        metrics = stocks
            .flat_map(|id| [(id, Reducer::Final), (id, Reducer::Max)])
            .collect();
    }
    let request = Request {
        inputs: uncertain
            .iter()
            .map(|(id, ..)| Input {
                target: InputTarget::Variable(*id),
                binding: Binding::PerFuture,
            })
            .collect(),
        metrics: metrics
            .iter()
            .map(|(variable, reducer)| Metric {
                variable: *variable,
                element: 0,
                reducer: *reducer,
                window: Window::default(),
            })
            .collect(),
        ..Request::default()
    };
    let start = Instant::now();
    let program = lower(&model, &request).expect("a model that runs");
    println!(
        "{}: lowered in {:.0} µs",
        case.path,
        start.elapsed().as_secs_f64() * 1e6
    );

    let futures = 8192;
    // Low discrepancy is enough: multiples of an irrational number.
    let share = |row: usize, column: usize| (row as f64 * 0.618_033_988_75 * (column + 1) as f64).fract();
    let columns: Vec<Vec<f64>> = uncertain
        .iter()
        .enumerate()
        .map(|(column, (_, low, high))| {
            (0..futures)
                .map(|row| low + (high - low) * share(row, column))
                .collect()
        })
        .collect();
    let run = |name: &str, futures: usize, evaluate: &mut dyn FnMut(&Program, &Batch) -> Outputs| {
        let numbers: Vec<u64> = (0..futures as u64).collect();
        let inputs: Vec<Value> = columns
            .iter()
            .map(|column| Value::PerFuture(&column[..futures]))
            .collect();
        let batch = Batch {
            seed: 0,
            futures: &numbers,
            inputs: &inputs,
        };
        let mut times: Vec<f64> = (0..7)
            .map(|_| {
                let start = seconds();
                black_box(evaluate(&program, &batch));
                seconds() - start
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let per_second = |time: f64| futures as f64 / time;
        println!(
            "  {name:<12} {:>9.0} best {:>9.0} median futures/s",
            per_second(times[0]),
            per_second(times[3])
        );
    };
    run("scalar", 256, &mut scalar::run);
    for width in [8, 16, 32, 64, 128, 256] {
        let mut scratch = block::Scratch::new(width);
        run(&format!("block {width}"), futures, &mut |program, batch| {
            block::run(program, batch, &mut scratch)
        });
    }
}
