//! Futures per second and core of every evaluator on included models, beside lane C: `cargo bench -p engine --bench engine`.
//!
//! One thread, and its processor time where the system tells it (Linux), else the clock. The evaluators take turns, so that a busy
//! machine disturbs all alike; figures are medians of the turns. Absolute figures drift from machine to machine: compare within
//! one run. `-- --quick` runs little and without C, to see that everything works; `-- --together` tries many ways in which groups take
//! turns; `-- NAME` runs the models whose path holds NAME.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads files and the clock"
)]

mod lane_c;

use std::hint::black_box;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

#[cfg(all(feature = "native", target_arch = "x86_64"))]
use engine::native;
use engine::{
    Batch, Binding, Input, InputTarget, Metric, Numerics, Outputs, Program, Reducer, Request, Value, Window,
    block, lower, scalar,
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
        path: "benches/models/regions.mdl",
        uncertain: &[],
        metrics: &[("Total Infectious", Reducer::Max), ("Total Dead", Reducer::Final)],
    },
    Case {
        path: "benches/models/sectors.mdl",
        uncertain: &[],
        metrics: &[],
    },
    Case {
        path: "benches/models/chain.mdl",
        uncertain: &[],
        metrics: &[],
    },
    Case {
        path: "benches/models/markets.mdl",
        uncertain: &[],
        metrics: &[],
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
    // The system counts when a thread's turn ends; otherwise only every few milliseconds.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let computed = told.and_then(|told| told.split_whitespace().next()?.parse::<f64>().ok());
    match computed {
        Some(nanoseconds) => nanoseconds * 1e-9,
        None => START.get_or_init(Instant::now).elapsed().as_secs_f64(),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments
        .iter()
        .any(|argument| argument == "--quick" || argument == "--test");
    let all_ways = arguments.iter().any(|argument| argument == "--together");
    let wanted = |case: &&Case| {
        let mut names = arguments
            .iter()
            .filter(|argument| !argument.starts_with("--"))
            .peekable();
        names.peek().is_none() || names.any(|name| case.path.contains(name.as_str()))
    };
    println!(
        "futures per second on one core; instructions: {}",
        block::Level::best().name()
    );
    for case in CASES.iter().filter(wanted) {
        bench(case, quick, all_ways);
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

#[cfg_attr(
    not(all(feature = "native", target_arch = "x86_64")),
    expect(unused_variables, reason = "there are many ways only for machine code")
)]
fn bench(case: &Case, quick: bool, all_ways: bool) {
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
        "\n{} (lowered in {:.1} ms)",
        case.path,
        start.elapsed().as_secs_f64() * 1e3
    );
    let futures = if quick { 64 } else { 4096 };
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
    let numbers: Vec<u64> = (0..futures as u64).collect();
    let inputs: Vec<Value> = columns.iter().map(|column| Value::PerFuture(column)).collect();
    let all = Batch {
        seed: 0,
        futures: &numbers,
        inputs: &inputs,
    };
    let few: Vec<Value> = columns
        .iter()
        .map(|column| Value::PerFuture(&column[..64]))
        .collect();
    let few = Batch {
        seed: 0,
        futures: &numbers[..64],
        inputs: &few,
    };

    let mut rows: Vec<Row> = Vec::new();
    rows.push(Row::of("scalar", few, &program, Box::new(scalar::run)));
    let mut scratch = block::Scratch::default();
    let block = Box::new(move |program: &Program, batch: &Batch| block::run(program, batch, &mut scratch));
    rows.push(Row::of("block", all, &program, block));
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    for level in block::Level::available() {
        let turns = |together, resident| Some(native::Turns { together, resident });
        for turns in if all_ways {
            let in_memory = [1, 2, 4].map(|together| turns(together, false));
            let resident = [1, 2, 3, 4, 6, 8].map(|together| turns(together, true));
            in_memory.into_iter().chain(resident).chain([None]).collect()
        } else {
            vec![None]
        } {
            let start = Instant::now();
            if let Ok(code) = native::compile_with(&program, level, turns)
                && turns.is_none_or(|turns| turns == code.turns())
            {
                println!(
                    "  machine code ({}, {} hand in hand{}): {} bytes in {:.1} ms",
                    level.name(),
                    code.turns().together,
                    if code.turns().resident { ", resident" } else { "" },
                    code.len(),
                    start.elapsed().as_secs_f64() * 1e3
                );
                let mut scratch = native::Scratch::default();
                let run =
                    move |program: &Program, batch: &Batch| native::run(program, &code, batch, &mut scratch);
                rows.push(Row::of(
                    &match turns {
                        None => format!("native {}", level.name()),
                        Some(native::Turns { together, resident }) => {
                            let kind = if resident { "resident" } else { "" };
                            format!("native {} {together} {kind}", level.name())
                        }
                    },
                    all,
                    &program,
                    Box::new(run),
                ));
            }
        }
    }
    let expected = rows[1].outputs.clone();
    for row in &rows[2..] {
        assert!(same(&row.outputs, &expected), "{} gives other bits", row.name);
    }

    // Fast numerics are another program: their bits are compared among themselves, and with the exact ones in size.
    let fast = Request {
        numerics: Numerics::Fast,
        ..request.clone()
    };
    let fast = lower(&model, &fast).expect("what runs exactly runs fast");
    let first_fast = rows.len();
    let mut scratch = block::Scratch::default();
    let hastened = fast.clone();
    let block = Box::new(move |_: &Program, batch: &Batch| block::run(&hastened, batch, &mut scratch));
    rows.push(Row::of("fast block", all, &program, block));
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    if let Ok(code) = native::compile(&fast, block::Level::best()) {
        let (mut scratch, hastened) = (native::Scratch::default(), fast.clone());
        let run = move |_: &Program, batch: &Batch| native::run(&hastened, &code, batch, &mut scratch);
        rows.push(Row::of("fast native", all, &program, Box::new(run)));
    }
    for row in &rows[first_fast + 1..] {
        assert!(
            same(&row.outputs, &rows[first_fast].outputs),
            "{} gives other bits",
            row.name
        );
    }
    println!(
        "  fast numerics move a metric by at most {:.1e} of itself",
        largest_move(&expected, &rows[first_fast].outputs)
    );

    let name = Path::new(case.path).with_extension("");
    let name = name.to_string_lossy().replace(['/', '.'], "_");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lane_c");
    let mut in_c: Vec<(String, lane_c::LaneC, Vec<f64>)> = Vec::new();
    if !quick {
        use lane_c::Vectors;
        for (title, width, vectors) in [
            ("C scalar", 8, Vectors::None),
            ("C lanes auto", 64, Vectors::Automatic),
            ("C lanes", 16, Vectors::Explicit),
            ("C lanes", 64, Vectors::Explicit),
        ] {
            let options = lane_c::Options { width, vectors };
            let start = Instant::now();
            if let Some(c) = lane_c::compile(&program, &all, &folder, &name, &options) {
                let ran = c.run();
                let alike = alike(&ran.metrics, &expected, &metrics);
                println!(
                    "  {title} of {width}: compiled in {:.1} s, {alike} of {} metrics have our bits",
                    start.elapsed().as_secs_f64(),
                    metrics.len() * futures
                );
                in_c.push((format!("{title} {width}"), c, Vec::new()));
            }
        }
    }
    for _ in 0..if quick { 1 } else { 5 } {
        for row in &mut rows {
            row.time(&program);
        }
        for (_, c, rates) in &mut in_c {
            rates.push(futures as f64 / c.run().seconds);
        }
    }
    let mut figures: Vec<(String, f64)> = rows
        .iter_mut()
        .map(|row| (row.name.clone(), row.median()))
        .collect();
    figures.extend(
        in_c.iter_mut()
            .map(|(name, _, rates)| (name.clone(), median(rates))),
    );
    let of = |start: &str| {
        let rates = figures.iter().filter(|(name, _)| name.starts_with(start));
        rates.map(|(_, rate)| *rate).fold(f64::NAN, f64::max)
    };
    let (lanes, plain) = (of("C lanes"), of("C scalar"));
    for (name, rate) in &figures {
        println!(
            "  {name:<16} {rate:>10.0}   {:>6.2} x C lanes  {:>6.2} x C scalar",
            rate / lanes,
            rate / plain
        );
    }
}

type Evaluate = Box<dyn FnMut(&Program, &Batch) -> Outputs>;

/// An evaluator, what it gives, and how fast.
struct Row<'a> {
    name: String,
    batch: Batch<'a>,
    evaluate: Evaluate,
    outputs: Outputs,
    rates: Vec<f64>,
}

impl<'a> Row<'a> {
    fn of(name: &str, batch: Batch<'a>, program: &Program, mut evaluate: Evaluate) -> Self {
        Self {
            name: name.to_owned(),
            outputs: evaluate(program, &batch),
            batch,
            evaluate,
            rates: Vec::new(),
        }
    }

    fn time(&mut self, program: &Program) {
        let (start, mut futures) = (seconds(), 0);
        while seconds() - start < 0.2 {
            black_box((self.evaluate)(program, &self.batch));
            futures += self.batch.futures.len();
        }
        self.rates.push(futures as f64 / (seconds() - start));
    }

    fn median(&mut self) -> f64 {
        median(&mut self.rates)
    }
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// The largest difference of two numbers of one metric and future, as a share of the exact one.
fn largest_move(exact: &Outputs, fast: &Outputs) -> f64 {
    let columns = exact.metrics.iter().zip(&fast.metrics);
    let pairs = columns.flat_map(|(exact, fast)| exact.iter().zip(fast));
    pairs
        .filter(|(exact, fast)| exact.is_finite() && fast.is_finite() && **exact != 0.0)
        .map(|(exact, fast)| ((fast - exact) / exact).abs())
        .fold(0.0, f64::max)
}

fn same(a: &Outputs, b: &Outputs) -> bool {
    let bits = |outputs: &Outputs| -> Vec<u64> {
        outputs
            .metrics
            .iter()
            .flatten()
            .map(|value| value.to_bits())
            .collect()
    };
    bits(a) == bits(b)
}

/// How many numbers of C are ours, or belong to a future that ended badly.
fn alike(c: &[Vec<f64>], ours: &Outputs, metrics: &[(VarId, Reducer)]) -> usize {
    let columns = c.iter().zip(&ours.metrics).zip(metrics);
    columns
        .map(|((c, ours), (_, reducer))| {
            assert_ne!(*reducer, Reducer::Mean, "C keeps the sum");
            c.iter()
                .zip(ours)
                .filter(|(c, ours)| c.to_bits() == ours.to_bits() || ours.is_nan())
                .count()
        })
        .sum()
}
