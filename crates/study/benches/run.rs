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

mod support;

use std::sync::OnceLock;
use std::time::Instant;

use engine::Choice;
use study::{design, run};
use support::{Quiet, case, number, processor_time, words};

/// Turns of each evaluator.
const TURNS: usize = 3;

fn main() {
    let words = words();
    let count = number(&words, 1, 1024) as u64;
    let (folder, model, study) = case(&words);
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
    processor_time().unwrap_or_else(|| START.get_or_init(Instant::now).elapsed().as_secs_f64())
}
