//! Sensitivity: how much an outcome, or the gap between two options, owes to each factor.
//!
//! Some methods read the results of their own design ([`crate::designs`]): [`sobol_indices`], [`morris_effects`], [`efast_indices`],
//! [`dgsm_measures`]. The others take any table: [`pawn`], [`rbd_fast`], [`delta`], [`regional`] (and [`crate::hinges`]).
//!
//! Gaps in the data: a table method leaves out rows without a finite number and counts them; a design method leaves out what the
//! gap spoils (a block, a step, a curve) and counts that. Numbers needed by no rule are never filled in.

mod delta;
mod fourier;
mod given;
mod screening;
mod sobol;

pub use delta::{Delta, DeltaFactor, DeltaOptions, delta};
pub use fourier::{EfastIndices, RbdFast, efast_indices, rbd_fast};
pub use given::{Pawn, PawnFactor, Regional, RegionalFactor, pawn, regional};
pub use screening::{DgsmMeasure, DgsmMeasures, MorrisEffect, MorrisEffects, dgsm_measures, morris_effects};
pub use sobol::{SobolIndices, SobolOptions, SobolPair, sobol_indices};

use serde::{Deserialize, Serialize};

use crate::comparison::Z95;
use crate::numbers::sum::{mean, squares};

/// An estimate with half the width of its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Half the width of its interval; none without resamples.
    pub half_width: Option<f64>,
}

/// Why an analysis cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SensitivityError {
    /// No factor was given.
    #[error("there is no factor: give at least one column of inputs")]
    NoFactor,
    /// The results do not fit the design.
    #[error(
        "{found} results do not fit the design: for {factors} factors their number is a multiple of {multiple}"
    )]
    Shape {
        /// Results given.
        found: usize,
        /// Factors given.
        factors: usize,
        /// What their number must be a multiple of.
        multiple: usize,
    },
    /// A column has a wrong length.
    #[error("factor {factor} has {found} rows where the results have {expected}")]
    Length {
        /// Position of the factor.
        factor: usize,
        /// Results given.
        expected: usize,
        /// Rows found.
        found: usize,
    },
    /// Too few rows to say anything.
    #[error("{found} rows with a number are too few: this method needs at least {least}")]
    TooFew {
        /// Rows with a number.
        found: usize,
        /// The least number.
        least: usize,
    },
    /// An option makes no sense.
    #[error("{what} is {found}: it must be at least {least}")]
    Option {
        /// Which option.
        what: &'static str,
        /// Its value.
        found: usize,
        /// The least value.
        least: usize,
    },
    /// A row of a trajectory does not differ from the one before in one group.
    #[error(
        "row {row} is no step of a trajectory: exactly one factor or group must change from the row before"
    )]
    NoStep {
        /// The row, from 0.
        row: usize,
    },
    /// A list has a wrong length.
    #[error("{what} has {found} entries where {expected} are expected")]
    ListLength {
        /// Which list.
        what: &'static str,
        /// Entries expected.
        expected: usize,
        /// Entries found.
        found: usize,
    },
}

/// Half the width of a 95 % interval from bootstrap values.
fn half_width(resampled: &[f64]) -> Option<f64> {
    let n = resampled.len();
    (n > 1).then(|| Z95 * (squares(resampled, mean(resampled)) / (n - 1) as f64).sqrt())
}

fn check_columns(columns: &[&[f64]], expected: usize) -> Result<(), SensitivityError> {
    if columns.is_empty() {
        return Err(SensitivityError::NoFactor);
    }
    for (factor, column) in columns.iter().enumerate() {
        if column.len() != expected {
            return Err(SensitivityError::Length {
                factor,
                expected,
                found: column.len(),
            });
        }
    }
    Ok(())
}

fn at_least(what: &'static str, found: usize, least: usize) -> Result<(), SensitivityError> {
    if found < least {
        Err(SensitivityError::Option { what, found, least })
    } else {
        Ok(())
    }
}

/// Rows in which the result and all factors are finite.
fn complete(columns: &[&[f64]], y: &[f64], least: usize) -> Result<Vec<usize>, SensitivityError> {
    check_columns(columns, y.len())?;
    let rows: Vec<usize> = (0..y.len())
        .filter(|&r| y[r].is_finite() && columns.iter().all(|c| c[r].is_finite()))
        .collect();
    if rows.len() < least {
        return Err(SensitivityError::TooFew {
            found: rows.len(),
            least,
        });
    }
    Ok(rows)
}

/// Positions in `rows` in the order of a column, equal values as they come.
fn order(column: &[f64], rows: &[usize]) -> Vec<usize> {
    let mut keyed: Vec<(f64, usize)> = rows.iter().enumerate().map(|(i, &r)| (column[r], i)).collect();
    keyed.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, i)| i).collect()
}
