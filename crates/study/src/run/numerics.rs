//! How far fast numerics move results: some runs are repeated exactly, and compared.
//!
//! In: what a run with fast numerics gave. Out: the same with some futures' exact numbers in their place, and from both a
//! [`Deviation`]. The sample is the first futures, which a memo also carries, so it is the same for the same run.

use serde::{Deserialize, Serialize};

use engine::Numerics;
use model::Model;

use super::{Progress, Ready, RunError, Settings};
use crate::results::{Futures, Results, Status};
use crate::study::Study;

/// How far fast numerics moved the outcomes of some futures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deviation {
    /// Futures that were run exactly, too, under every option of the run.
    pub futures: u64,
    /// Runs that ended otherwise: broken in one way of computing and not in the other, or an outcome that is reached in one only.
    pub otherwise: u64,
    /// Every outcome, in the order of the case.
    pub outcomes: Vec<Moved>,
}

/// How far one outcome was moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Its id.
    pub outcome: String,
    /// The largest difference, in its own unit.
    pub largest: f64,
    /// That as a share of its range, from the smallest to the largest exact value of these runs.
    pub of_range: f64,
}

impl Deviation {
    /// The outcome that moved most, as a share of its range.
    pub fn most(&self) -> Option<&Moved> {
        let all = self.outcomes.iter();
        all.max_by(|a, b| a.of_range.total_cmp(&b.of_range))
    }
}

/// Results with some rows run again by exact numerics; none if it was stopped.
pub fn exactly(
    study: &Study,
    model: &Model,
    (futures, results): (&Futures, &Results),
    rows: &[usize],
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Option<Results>, RunError> {
    let settings = Settings {
        numerics: Numerics::Exact,
        options: results.options.clone(),
        ..settings.clone()
    };
    let ready = Ready::new(study, model, &settings, rows.len() as u64)?;
    let sample = ready.run(&futures.picked(rows), &settings, progress);
    if sample.futures < rows.len() {
        return Ok(None);
    }
    let mut exact = results.clone();
    for (option, status) in exact.status.iter_mut().enumerate() {
        for (at, &row) in rows.iter().enumerate() {
            status[row] = sample.results.status[option][at];
        }
    }
    for (option, columns) in exact.values.iter_mut().enumerate() {
        for (column, numbers) in columns.iter_mut().zip(&sample.results.values[option]) {
            for (&row, number) in rows.iter().zip(numbers) {
                column[row] = *number;
            }
        }
    }
    Ok(Some(exact))
}

/// Compares results with exact ones in some rows.
pub fn deviation(study: &Study, fast: &Results, exact: &Results, rows: &[usize]) -> Deviation {
    let ok = |results: &Results, option: usize, row: usize| results.status[option][row] == Status::Ok;
    let runs = || (0..exact.options.len()).flat_map(|option| rows.iter().map(move |row| (option, *row)));
    let mut other: Vec<bool> = runs()
        .map(|(option, row)| ok(fast, option, row) != ok(exact, option, row))
        .collect();
    let mut outcomes = Vec::new();
    for (measure, outcome) in study.case.outcomes.iter().enumerate() {
        let (mut largest, mut low, mut high) = (0.0_f64, f64::INFINITY, f64::NEG_INFINITY);
        for ((option, row), other) in runs().zip(&mut other) {
            if !(ok(fast, option, row) && ok(exact, option, row)) {
                continue;
            }
            let (a, b) = (
                fast.values[option][measure][row],
                exact.values[option][measure][row],
            );
            if a.is_finite() && b.is_finite() {
                largest = largest.max((a - b).abs());
                (low, high) = (low.min(b), high.max(b));
            } else {
                *other |= a.to_bits() != b.to_bits();
            }
        }
        outcomes.push(Moved {
            outcome: outcome.id.value.clone(),
            largest,
            of_range: if largest > 0.0 {
                largest / (high - low)
            } else {
                0.0
            },
        });
    }
    Deviation {
        futures: rows.len() as u64,
        otherwise: other.iter().filter(|other| **other).count() as u64,
        outcomes,
    }
}
