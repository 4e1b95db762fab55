//! PRIM: boxes in which the futures of interest crowd (Friedman and Fisher, 1999, "Bump hunting in high-dimensional data"; Bryant
//! and Lempert, 2010, "Thinking inside the box").
//!
//! A box starts as everything and loses a thin slice at a time (peeling), each time the slice whose loss raises the density of
//! interesting futures most by the chosen [`Objective`]; then slices are put back while that helps (pasting). Every box on the
//! way is kept, for the choice between coverage and density is the reader's. The details are those of the EMA Workbench, so that
//! its trajectories come out exactly: numeric factors are tried before whole-numbered before categorical ones, each in the order
//! given and from above before from below; a quantile is the middle of the two order statistics about `(n - 1) q`, walking
//! outwards over equal values; equal scores go to the box with more free factors, then to the first candidate.

mod resample;
mod rotate;
mod search;

use serde::{Deserialize, Serialize};

use crate::slices::{Factor, Sorted};
use search::Search;

pub use resample::{Reproduced, reproduce};
pub use rotate::{Rotation, rotate};

/// What makes one candidate better than another, with the means and sizes of the old and the new box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Gain in mean by future lost: slices of different size, as categories make them, compare fairly.
    #[default]
    Lenient1,
    /// Gain in mean by share lost: `new size (new mean - old mean) / futures lost`.
    Lenient2,
    /// The new mean, as first proposed.
    Original,
}

/// Which box of a trajectory stands for it: its futures are taken out before the next box is sought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The last, that is the densest by the search's own lights.
    #[default]
    Last,
    /// The first whose density reaches this, or the last when none does.
    Density(f64),
}

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrimOptions {
    /// The share of a box that one peel takes off, above 0 and below one half.
    pub peel_alpha: f64,
    /// The share of the neighbouring futures that one paste takes in, above 0 and below one half.
    pub paste_alpha: f64,
    /// No box may hold a smaller share of the futures than this.
    pub mass_min: f64,
    /// What makes a candidate better.
    pub objective: Objective,
    /// How many boxes to seek at most, one after the other.
    pub boxes: usize,
    /// Which box of a trajectory stands for it.
    pub choice: Choice,
}

impl Default for PrimOptions {
    fn default() -> Self {
        PrimOptions {
            peel_alpha: 0.05,
            paste_alpha: 0.05,
            mass_min: 0.05,
            objective: Objective::default(),
            boxes: 1,
            choice: Choice::default(),
        }
    }
}

/// What PRIM found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prim {
    /// Futures searched: those with a verdict and a value of every factor.
    pub futures: usize,
    /// Futures left out because they have no verdict (rejected, broken, missing).
    pub without_verdict: usize,
    /// Futures left out because some factor has no value in them.
    pub without_value: usize,
    /// Futures of interest among those searched.
    pub of_interest: usize,
    /// The range of every factor over the futures searched.
    pub ranges: Vec<Limit>,
    /// One trajectory per box sought, in order. None when no future or no future of interest is left.
    pub trajectories: Vec<Trajectory>,
}

/// The boxes on the way to one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trajectory {
    /// From everything to the last; peeling first, then pasting.
    pub boxes: Vec<PrimBox>,
    /// The box that stands for it.
    pub chosen: usize,
}

/// One box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrimBox {
    /// Its share of all futures of interest.
    pub coverage: f64,
    /// The share of its futures that are of interest.
    pub density: f64,
    /// Its share of all futures.
    pub mass: f64,
    /// Futures inside.
    pub futures: usize,
    /// Futures of interest inside.
    pub of_interest: usize,
    /// Its limits on the factors it restricts, in the order of the factors.
    pub limits: Vec<Limit>,
}

/// A box's limit on one factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Position of the factor.
    pub factor: usize,
    /// What is inside.
    pub inside: Inside,
    /// The chance of so many interesting futures if this limit meant nothing, from below (or of a set of categories): the one-sided
    /// binomial test of Bryant and Lempert. None where there is no such limit.
    pub quasi_p_low: Option<f64>,
    /// The same from above.
    pub quasi_p_high: Option<f64>,
}

/// The values of a factor that are inside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inside {
    /// From low to high, both included.
    Range {
        /// The smallest value.
        low: f64,
        /// The largest value.
        high: f64,
    },
    /// These categories, ascending.
    Categories(Vec<u32>),
}

/// Why PRIM cannot search.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PrimError {
    /// No factor was given.
    #[error("there is no factor to restrict: give at least one column of inputs")]
    NoFactor,
    /// A column has a wrong length.
    #[error("factor {factor} has {found} rows where the verdicts have {expected}")]
    Length {
        /// Position of the factor.
        factor: usize,
        /// Verdicts given.
        expected: usize,
        /// Rows found.
        found: usize,
    },
    /// A peel or paste of a share that makes no slice.
    #[error("the {what} share is {value}: it must be above 0 and below 0.5")]
    Alpha {
        /// Peel or paste.
        what: &'static str,
        /// The share.
        value: f64,
    },
    /// A smallest mass that is no share.
    #[error("the smallest mass is {0}: it must be from 0 to 1")]
    Mass(f64),
    /// More rows than can be numbered.
    #[error("{0} futures are more than PRIM can number: take a subsample")]
    TooMany(usize),
    /// A resample of no use.
    #[error(
        "{resamples} resamples of a share of {share} make no sense: give at least one, of a share above 0 and at most 1"
    )]
    Resample {
        /// How many.
        resamples: usize,
        /// Of which share.
        share: f64,
    },
}

/// Seeks boxes in which futures of interest crowd. `of_interest` is none for a future without verdict; it is left out and counted.
pub fn prim(
    factors: &[Factor],
    of_interest: &[Option<bool>],
    options: &PrimOptions,
) -> Result<Prim, PrimError> {
    // Before sorting: a request that is refused costs nothing.
    check(factors, of_interest, options)?;
    let sorted: Vec<Sorted> = factors.iter().map(|f| Sorted::new(*f)).collect();
    prim_sorted(&sorted.iter().collect::<Vec<_>>(), of_interest, options)
}

/// The same over factors that were sorted before: what many questions about the same futures should ask.
pub fn prim_sorted(
    sorted: &[&Sorted],
    of_interest: &[Option<bool>],
    options: &PrimOptions,
) -> Result<Prim, PrimError> {
    let factors: Vec<Factor> = sorted.iter().map(|sorted| sorted.factor()).collect();
    check(&factors, of_interest, options)?;
    // Factors with a value in every future need not be asked.
    let gappy = sorted
        .iter()
        .filter(|sorted| sorted.order().len() < of_interest.len());
    let gappy: Vec<Factor> = gappy.map(|sorted| sorted.factor()).collect();
    let rows = valued(&gappy, of_interest);
    let verdicts = of_interest.iter().flatten().count();
    let mut search = Search::new(sorted, of_interest, &rows);
    let mut trajectories = Vec::new();
    while trajectories.len() < options.boxes && search.interesting_left() > 0 {
        let boxes = search.trajectory(options);
        let last = boxes.len() - 1;
        let chosen = match options.choice {
            Choice::Last => last,
            Choice::Density(least) => boxes.iter().position(|b| b.density >= least).unwrap_or(last),
        };
        if trajectories.len() + 1 < options.boxes {
            search.take_out(&boxes[chosen]);
        }
        trajectories.push(Trajectory { boxes, chosen });
    }
    Ok(Prim {
        futures: rows.len(),
        without_verdict: of_interest.len() - verdicts,
        without_value: verdicts - rows.len(),
        of_interest: search.interesting,
        ranges: search.ranges(),
        trajectories,
    })
}

/// Whether each row lies inside the limits; a row without a value of a limited factor does not.
pub fn inside(limits: &[Limit], factors: &[Factor]) -> Vec<bool> {
    let rows = factors.first().map_or(0, Factor::len);
    let mut all = vec![true; rows];
    for limit in limits {
        for (row, inside) in all.iter_mut().enumerate() {
            *inside &= match (&limit.inside, &factors[limit.factor]) {
                (Inside::Range { low, high }, Factor::Numeric(x) | Factor::Integer(x)) => {
                    *low <= x[row] && x[row] <= *high
                }
                (Inside::Categories(set), Factor::Categorical { codes, .. }) => set.contains(&codes[row]),
                _ => false,
            };
        }
    }
    all
}

/// Checks the request.
fn check(factors: &[Factor], of_interest: &[Option<bool>], options: &PrimOptions) -> Result<(), PrimError> {
    if factors.is_empty() {
        return Err(PrimError::NoFactor);
    }
    let expected = of_interest.len();
    for (factor, f) in factors.iter().enumerate() {
        if f.len() != expected {
            return Err(PrimError::Length {
                factor,
                expected,
                found: f.len(),
            });
        }
    }
    for (what, value) in [("peel", options.peel_alpha), ("paste", options.paste_alpha)] {
        if !(value > 0.0 && value < 0.5) {
            return Err(PrimError::Alpha { what, value });
        }
    }
    if !(0.0..=1.0).contains(&options.mass_min) {
        return Err(PrimError::Mass(options.mass_min));
    }
    if u32::try_from(expected).is_err() {
        return Err(PrimError::TooMany(expected));
    }
    Ok(())
}

/// The rows that can be searched: with a verdict and a value of each factor.
fn valued(factors: &[Factor], of_interest: &[Option<bool>]) -> Vec<usize> {
    let valued = |row: usize| factors.iter().all(|f| f.has_value(row));
    (0..of_interest.len())
        .filter(|&row| of_interest[row].is_some() && valued(row))
        .collect()
}
