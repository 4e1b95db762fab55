//! How long the findings of a case take: `cargo bench -p study --bench findings -- CASE_FOLDER FUTURES THREADS` (by default the
//! flagship, 10,000 futures, 2 threads).
//!
//! Prints the seconds of every part. Up to 10,000 futures are simulated; beyond that their rows are repeated in order, which gives tables
//! of the size asked for without simulating for an hour. Name the machine when you quote the times.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads files and the clock, and prints"
)]

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Instant;

use model::{FileError, Files, Sources};
use study::findings::{self, Evidence, Settings};
use study::results::{Futures, Results};
use study::run::{self, Progress};
use study::{bind, case, design};

/// Futures that are simulated at most.
const SIMULATED: usize = 10_000;

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
    let number = |at: usize, default: usize| {
        words
            .get(at)
            .map_or(default, |word| word.parse().expect("a whole number"))
    };
    let (rows, threads) = (number(1, SIMULATED), number(2, 2));

    let mut sources = Sources::new();
    let text = std::fs::read_to_string(folder.join("case.toml")).expect("a case");
    let (case, _) = case::read("case.toml", &text, &Folder(&folder), &mut sources);
    let case = case.expect("a valid case");
    let bytes = std::fs::read(folder.join(&case.model.value)).expect("a model");
    let (model, _) = model::read(&case.model.value, &bytes, &Folder(&folder), &mut sources);
    let model = model.expect("a valid model");
    let study = bind::bind(case, &model).0.expect("a case that fits its model");

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

    let last = RefCell::new((Instant::now(), processor_time()));
    let (began, before_all) = (Instant::now(), processor_time());
    let done = |part: &'static str| {
        let now = (Instant::now(), processor_time());
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
    };
    let found = findings::weigh(&study, &evidence, &Settings { threads, done: &done }).expect("findings");
    println!(
        "{} futures under {} options, {threads} threads: {:.3} s, processor {:.2} s",
        found.tally.drawn,
        found.options.len(),
        began.elapsed().as_secs_f64(),
        processor_time() - before_all
    );
    println!("searched with care: {:?}", found.decision.subsample);
    if let Some(peak) = peak_memory() {
        println!("memory at most: {peak}");
    }
}

/// The processor time of all threads so far, in seconds, where the system tells (Linux, in its ticks of 10 ms): on a busy machine it says
/// more than the clock.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything but ends with the last parenthesis.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    ticks(11)
        .zip(ticks(12))
        .map_or(f64::NAN, |(user, system)| (user + system) / 100.0)
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
