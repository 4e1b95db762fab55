//! Trees: one to read (CART), and many to score factors (extra trees, random forests).

mod cart;
mod forest;

use serde::{Deserialize, Serialize};

use crate::slices::Factor;

pub use cart::{Cart, CartOptions, Leaf, Node, Split, cart};
pub use forest::{Forest, ForestKind, ForestOptions, forest};

/// What a tree is to tell apart.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// Futures of interest from the others; none for a future without verdict, which is left out.
    Interest(&'a [Option<bool>]),
    /// The height of a number; a future without a finite one is left out.
    Number(&'a [f64]),
}

/// Why no tree can be grown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// No factor was given.
    #[error("there is no factor to split on: give at least one column of inputs")]
    NoFactor,
    /// A column has a wrong length.
    #[error("factor {factor} has {found} rows where the target has {expected}")]
    Length {
        /// Position of the factor.
        factor: usize,
        /// Rows of the target.
        expected: usize,
        /// Rows found.
        found: usize,
    },
    /// Nothing to learn from.
    #[error("no future has both a target and a value of every factor")]
    NoFuture,
    /// More rows than can be numbered.
    #[error("{0} futures are more than a tree can number: take a subsample")]
    TooMany(usize),
    /// No tree was asked for.
    #[error("a forest needs at least one tree")]
    NoTree,
}

/// What became of the futures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeCounts {
    /// Futures learned from.
    pub used: usize,
    /// Futures left out because they have no target.
    pub without_target: usize,
    /// Futures left out because some factor has no value in them.
    pub without_value: usize,
}

/// The table a tree is grown on: features in single precision, as scikit-learn has them, so that its trees come out exactly. A factor
/// of categories becomes one feature for each, 1 inside and 0 outside.
struct Table {
    counts: TreeCounts,
    features: Vec<Vec<f32>>,
    of: Vec<Feature>,
    target: Vec<f64>,
    binary: bool,
}

/// Where a feature comes from.
#[derive(Clone, Copy)]
struct Feature {
    factor: usize,
    category: Option<u32>,
}

impl Table {
    fn new(factors: &[Factor], target: &Target) -> Result<Self, TreeError> {
        if factors.is_empty() {
            return Err(TreeError::NoFactor);
        }
        let (expected, binary) = match target {
            Target::Interest(verdicts) => (verdicts.len(), true),
            Target::Number(values) => (values.len(), false),
        };
        for (factor, f) in factors.iter().enumerate() {
            if f.len() != expected {
                return Err(TreeError::Length {
                    factor,
                    expected,
                    found: f.len(),
                });
            }
        }
        if u32::try_from(expected).is_err() {
            return Err(TreeError::TooMany(expected));
        }
        let at = |row: usize| match target {
            Target::Interest(verdicts) => verdicts[row].map(|v| if v { 1.0 } else { 0.0 }),
            Target::Number(values) => Some(values[row]).filter(|v| v.is_finite()),
        };
        let known = (0..expected).filter(|&r| at(r).is_some()).count();
        let rows: Vec<usize> = (0..expected)
            .filter(|&r| at(r).is_some() && factors.iter().all(|f| f.has_value(r)))
            .collect();
        if rows.is_empty() {
            return Err(TreeError::NoFuture);
        }
        let mut features = Vec::new();
        let mut of = Vec::new();
        for (factor, f) in factors.iter().enumerate() {
            match *f {
                Factor::Numeric(x) | Factor::Integer(x) => {
                    features.push(rows.iter().map(|&r| x[r] as f32).collect());
                    of.push(Feature {
                        factor,
                        category: None,
                    });
                }
                Factor::Categorical { codes, categories } => {
                    for category in 0..categories {
                        let inside = |&r: &usize| if codes[r] == category { 1.0 } else { 0.0 };
                        features.push(rows.iter().map(inside).collect());
                        of.push(Feature {
                            factor,
                            category: Some(category),
                        });
                    }
                }
            }
        }
        let counts = TreeCounts {
            used: rows.len(),
            without_target: expected - known,
            without_value: known - rows.len(),
        };
        Ok(Table {
            counts,
            features,
            of,
            target: rows.iter().filter_map(|&r| at(r)).collect(),
            binary,
        })
    }

    /// How well predictions fit: the share of right verdicts (above one half is yes), or the share of variance explained.
    fn score(&self, rows: impl Iterator<Item = usize>, prediction: impl Fn(usize) -> f64) -> Option<f64> {
        let rows: Vec<usize> = rows.collect();
        if rows.is_empty() {
            return None;
        }
        if self.binary {
            let right = rows
                .iter()
                .filter(|&&r| (prediction(r) > 0.5) == (self.target[r] > 0.5))
                .count();
            return Some(right as f64 / rows.len() as f64);
        }
        let values: Vec<f64> = rows.iter().map(|&r| self.target[r]).collect();
        let total = crate::numbers::sum::squares(&values, crate::numbers::sum::mean(&values));
        let left = crate::numbers::sum::sum(rows.iter().map(|&r| {
            let miss = self.target[r] - prediction(r);
            miss * miss
        }));
        (total > 0.0).then(|| 1.0 - left / total)
    }
}
