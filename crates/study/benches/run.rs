//! How fast a case is run, beside the engine alone: `cargo bench -p study --bench run -- CASE_FOLDER FUTURES` (by default the flagship,
//! 1,024 futures). One worker; seconds of processor time where the system tells them (Linux), else of the clock.
//!
//! For each evaluator: making the programs of all options ready, and runs per second over all options. Evaluators take turns, so that a
//! busy machine disturbs all alike: compare within one run.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads files and the clock, and prints"
)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

use engine::Choice;
use model::{FileError, Files, Sources};
use study::run::{self, Progress};
use study::{bind, case, design};

/// Turns of each evaluator.
const TURNS: usize = 3;

struct Folder<'a>(&'a Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        std::fs::read(self.0.join(path)).map_err(|error| FileError::Unreadable(error.to_string()))
    }
}

struct Quiet;

impl Progress for Quiet {
    fn done(&self, _: u64, _: u64) {}
}

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let flagship = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/us-mexico-2025");
    let folder = words.first().map_or(flagship, PathBuf::from);
    let count: u64 = words
        .get(1)
        .map_or(1024, |word| word.parse().expect("a whole number"));

    let mut sources = Sources::new();
    let text = std::fs::read_to_string(folder.join("case.toml")).expect("a case");
    let (case, _) = case::read("case.toml", &text, &Folder(&folder), &mut sources);
    let case = case.expect("a valid case");
    let bytes = std::fs::read(folder.join(&case.model.value)).expect("a model");
    let (model, _) = model::read(&case.model.value, &bytes, &Folder(&folder), &mut sources);
    let model = model.expect("a valid model");
    let study = bind::bind(case, &model).0.expect("a case that fits its model");
    let options = run::all_options(&study).len();

    // (ready, all) for each evaluator and turn.
    let engines = [("native", Choice::Native), ("block", Choice::Block)];
    let mut times = [[(f64::INFINITY, f64::INFINITY); TURNS]; 2];
    for turn in 0..TURNS {
        for ((_, engine), times) in engines.iter().zip(&mut times) {
            let took = |futures: u64| {
                let settings = design::Settings {
                    futures,
                    ..design::Settings::of(&study.case)
                };
                let futures = study.sample(&settings).expect("futures");
                let how = run::Settings {
                    seed: settings.seed,
                    threads: 1,
                    options: Vec::new(),
                    fans: 0,
                    every_addon: false,
                    engine: *engine,
                    numerics: engine::Numerics::Exact,
                };
                let began = seconds();
                run::run(&study, &model, &futures, &how, &Quiet).expect("a run");
                seconds() - began
            };
            times[turn] = (took(1), took(count));
        }
    }
    println!(
        "{}: {options} options, {count} futures, medians of {TURNS}",
        folder.display()
    );
    for ((name, _), times) in engines.iter().zip(&mut times) {
        let mut median = |part: fn(&(f64, f64)) -> f64| {
            times.sort_by(|a, b| part(a).total_cmp(&part(b)));
            part(&times[TURNS / 2])
        };
        let (ready, all) = (median(|times| times.0), median(|times| times.1));
        let runs = (options as u64 * (count - 1)) as f64;
        println!(
            "  {name:<8} ready in {:>7.1} ms, {:>9.0} runs/s",
            ready * 1e3,
            runs / (all - ready).max(1e-9)
        );
    }
}

/// Seconds that all threads have computed, or seconds on the clock since some moment.
fn seconds() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let told = std::fs::read_to_string("/proc/self/stat").ok();
    // Behind the name in brackets the twelfth field is the time in user code, in hundredths of a second.
    let computed = told.and_then(|told| {
        let behind = told.rsplit(')').next()?;
        behind.split_whitespace().nth(11)?.parse::<f64>().ok()
    });
    match computed {
        Some(hundredths) => hundredths * 1e-2,
        None => START.get_or_init(Instant::now).elapsed().as_secs_f64(),
    }
}
