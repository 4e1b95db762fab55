//! How long the findings of a case take: `cargo bench -p study --bench findings -- CASE_FOLDER FUTURES THREADS FILE` (by default the
//! flagship, 10,000 futures, 2 threads). The file, if one is named, gets the findings, so that those before and after a change can be
//! held against each other.
//!
//! Prints the seconds of every part. Up to 10,000 futures are simulated; beyond that their rows are repeated in order, which gives tables
//! of the size asked for without simulating for an hour. Name the machine when you quote the times.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads files and the clock, and prints"
)]

mod support;

use std::cell::RefCell;
use std::time::Instant;

use study::design;
use study::findings::{self, Evidence, Settings};
use study::results::{Futures, Results};
use study::run;
use support::{Quiet, case, number, processor_time, words};

/// Futures that are simulated at most.
const SIMULATED: usize = 10_000;

fn main() {
    let words = words();
    let (rows, threads) = (number(&words, 1, SIMULATED), number(&words, 2, 2));
    let (_, model, study) = case(&words);

    let settings = design::Settings {
        futures: rows.min(SIMULATED) as u64,
        ..design::Settings::of(&study.case)
    };
    let mut futures = study.sample(&settings).expect("futures");
    let how = run::Settings {
        seed: settings.seed,
        threads,
        options: Vec::new(),
        fans: 500,
        every_addon: false,
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
    };
    let mut results = run::run(&study, &model, &futures, &how, &Quiet)
        .expect("a run")
        .results;
    // As a large run does: what findings never read is not held.
    let reads = findings::reads(&study, &results.options);
    for (columns, read) in results.values.iter_mut().zip(&reads) {
        for (column, _) in columns.iter_mut().zip(read).filter(|(_, read)| !**read) {
            *column = Vec::new();
        }
    }
    repeat(&mut futures, &mut results, rows);
    println!(
        "{} of {} columns of results are read",
        reads.iter().flatten().filter(|read| **read).count(),
        reads.iter().flatten().count()
    );

    let processor = || processor_time().unwrap_or(f64::NAN);
    let last = RefCell::new((Instant::now(), processor()));
    let (began, before_all) = (Instant::now(), processor());
    let done = |part: &'static str| {
        let now = (Instant::now(), processor());
        let before = last.replace(now);
        println!(
            "{part:<32} {:>8.3} s   {:>8.3} s in all   processor {:>7.2} s",
            (now.0 - before.0).as_secs_f64(),
            (now.0 - began).as_secs_f64(),
            now.1 - before.1
        );
    };
    let evidence = Evidence {
        futures: &futures,
        results: &results,
        triggers: &[],
        second: None,
        middle: None,
    };
    let found = findings::weigh(&study, &evidence, &Settings { threads, done: &done }).expect("findings");
    println!(
        "{} futures under {} options, {threads} threads: {:.3} s, processor {:.2} s",
        found.tally.drawn,
        found.options.len(),
        began.elapsed().as_secs_f64(),
        processor() - before_all
    );
    println!("searched with care: {:?}", found.decision.subsample);
    if let Some(file) = words.get(3) {
        let text = serde_json::to_string_pretty(&found).expect("findings are plain data");
        std::fs::write(file, text).expect("a file that can be written");
    }
    if let Some(peak) = peak_memory() {
        println!("memory at most: {peak}");
    }
}

/// The most memory the process ever held, where the system tells (Linux).
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line["VmHWM:".len()..].trim().to_owned())
}

/// Makes tables of so many rows by repeating those there are.
fn repeat(futures: &mut Futures, results: &mut Results, rows: usize) {
    fn column<T: Clone>(values: &mut Vec<T>, rows: usize) {
        let there = values.len();
        if there == 0 {
            return;
        }
        values.reserve_exact(rows.saturating_sub(there));
        for at in there..rows {
            values.push(values[at % there].clone());
        }
    }
    let there = futures.ids.len();
    futures.ids.extend(there as u64..rows as u64);
    column(&mut futures.rejected, rows);
    futures.columns.iter_mut().for_each(|values| column(values, rows));
    for option in &mut results.values {
        option.iter_mut().for_each(|values| column(values, rows));
    }
    results.status.iter_mut().for_each(|values| column(values, rows));
}
