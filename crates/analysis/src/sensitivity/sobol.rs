//! Sobol' indices from Saltelli's design (Saltelli et al., 2010, "Variance based sensitivity analysis of model output. Design and
//! estimator for the total sensitivity index"; second order: Saltelli, 2002).

use serde::{Deserialize, Serialize};

use super::{Estimate, SensitivityError, half_width};
use crate::numbers::random::Stream;
use crate::numbers::sum::{mean, squares};

/// How to estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SobolOptions {
    /// Whether the design has the rows for second-order indices.
    pub second_order: bool,
    /// Bootstrap resamples of blocks for the intervals; 0 for none.
    pub resamples: usize,
    /// Any number, 0 too.
    pub seed: u64,
}

impl Default for SobolOptions {
    fn default() -> Self {
        SobolOptions {
            second_order: true,
            resamples: 100,
            seed: 0,
        }
    }
}

/// Shares of the variance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SobolIndices {
    /// Blocks of rows in the design.
    pub blocks: usize,
    /// Blocks in which every row has a number; the others are left out whole.
    pub used: usize,
    /// What each factor explains alone. Empty when the outcome does not vary.
    pub first_order: Vec<Estimate>,
    /// What each factor explains alone and together with others.
    pub total_order: Vec<Estimate>,
    /// What pairs explain beyond their factors alone, if the design tells.
    pub second_order: Vec<SobolPair>,
}

/// The second-order index of two factors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SobolPair {
    /// The first factor.
    pub a: usize,
    /// The second factor.
    pub b: usize,
    /// The share of variance they explain only together.
    pub index: Estimate,
}

/// Estimates the indices from the results `y` of [`crate::designs::saltelli`].
pub fn sobol_indices(
    y: &[f64],
    dimensions: usize,
    options: &SobolOptions,
) -> Result<SobolIndices, SensitivityError> {
    if dimensions == 0 {
        return Err(SensitivityError::NoFactor);
    }
    let step = if options.second_order {
        2 * dimensions + 2
    } else {
        dimensions + 2
    };
    if y.is_empty() || !y.len().is_multiple_of(step) {
        return Err(SensitivityError::Shape {
            found: y.len(),
            factors: dimensions,
            multiple: step,
        });
    }
    let used: Vec<f64> = y
        .chunks(step)
        .filter(|b| b.iter().all(|v| v.is_finite()))
        .flatten()
        .copied()
        .collect();
    let n = used.len() / step;
    if n < 2 {
        return Err(SensitivityError::TooFew { found: n, least: 2 });
    }
    let centre = mean(&used);
    let sd = (squares(&used, centre) / used.len() as f64).sqrt();
    let mut indices = SobolIndices {
        blocks: y.len() / step,
        used: n,
        first_order: Vec::new(),
        total_order: Vec::new(),
        second_order: Vec::new(),
    };
    if sd <= f64::EPSILON * centre.abs() {
        return Ok(indices);
    }
    // Estimates are biased for outcomes far from zero, so they are standardised first.
    let column = |at: usize| -> Vec<f64> { used.chunks(step).map(|b| (b[at] - centre) / sd).collect() };
    let terms = Terms::new(dimensions, options.second_order, column);
    let weights = vec![1.0; n];
    let variance = terms.variance(&weights);
    let resampled: Vec<(Vec<f64>, f64)> = (0..options.resamples as u64)
        .map(|r| {
            let stream = Stream::new(options.seed, r);
            let mut weights = vec![0.0; n];
            (0..n as u64).for_each(|i| weights[stream.below(i, n)] += 1.0);
            let variance = terms.variance(&weights);
            (weights, variance)
        })
        .collect();
    let estimate = |term: &dyn Fn(&[f64], f64) -> f64| Estimate {
        value: term(&weights, variance),
        half_width: half_width(&resampled.iter().map(|(w, v)| term(w, *v)).collect::<Vec<f64>>()),
    };
    for j in 0..dimensions {
        indices.first_order.push(estimate(&|w, v| terms.first(j, w, v)));
        indices.total_order.push(estimate(&|w, v| terms.total(j, w, v)));
    }
    if options.second_order {
        for a in 0..dimensions {
            for b in a + 1..dimensions {
                let product: Vec<f64> = terms.ba[a].iter().zip(&terms.ab[b]).map(|(x, y)| x * y).collect();
                let index = estimate(&|w, v| {
                    let joint = (dot(w, &product) - dot(w, &terms.a_times_b)) / n as f64;
                    ratio(joint, v) - terms.first(a, w, v) - terms.first(b, w, v)
                });
                indices.second_order.push(SobolPair { a, b, index });
            }
        }
    }
    Ok(indices)
}

/// The products the estimators sum, one entry per block, so that a resample is a weighted sum.
struct Terms {
    /// B (AB_j - A)
    first: Vec<Vec<f64>>,
    /// (A - AB_j)² / 2
    total: Vec<Vec<f64>>,
    ab: Vec<Vec<f64>>,
    ba: Vec<Vec<f64>>,
    /// A + B and A² + B² for the variance, A B for the pairs.
    sum: Vec<f64>,
    squares: Vec<f64>,
    a_times_b: Vec<f64>,
}

impl Terms {
    fn new(dimensions: usize, second_order: bool, column: impl Fn(usize) -> Vec<f64>) -> Self {
        let a = column(0);
        let b = column(if second_order {
            2 * dimensions + 1
        } else {
            dimensions + 1
        });
        let ab: Vec<Vec<f64>> = (0..dimensions).map(|j| column(1 + j)).collect();
        let ba = if second_order {
            (0..dimensions).map(|j| column(1 + dimensions + j)).collect()
        } else {
            Vec::new()
        };
        let zip =
            |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(&b).map(|(a, b)| f(*a, *b)).collect::<Vec<f64>>();
        Terms {
            first: ab
                .iter()
                .map(|ab| (0..a.len()).map(|i| b[i] * (ab[i] - a[i])).collect())
                .collect(),
            total: ab
                .iter()
                .map(|ab| {
                    (0..a.len())
                        .map(|i| 0.5 * (a[i] - ab[i]) * (a[i] - ab[i]))
                        .collect()
                })
                .collect(),
            sum: zip(&|a, b| a + b),
            squares: zip(&|a, b| a * a + b * b),
            a_times_b: zip(&|a, b| a * b),
            ab,
            ba,
        }
    }

    /// The variance of A and B together.
    fn variance(&self, weights: &[f64]) -> f64 {
        let n = 2.0 * weights.len() as f64;
        let mean = dot(weights, &self.sum) / n;
        dot(weights, &self.squares) / n - mean * mean
    }

    fn first(&self, j: usize, weights: &[f64], variance: f64) -> f64 {
        ratio(dot(weights, &self.first[j]) / weights.len() as f64, variance)
    }

    fn total(&self, j: usize, weights: &[f64], variance: f64) -> f64 {
        ratio(dot(weights, &self.total[j]) / weights.len() as f64, variance)
    }
}

/// Nothing is explained where nothing varies.
fn ratio(part: f64, variance: f64) -> f64 {
    if variance > f64::EPSILON {
        part / variance
    } else {
        0.0
    }
}

/// A weighted sum in four parts, in a fixed order.
fn dot(weights: &[f64], values: &[f64]) -> f64 {
    let (w, v) = (weights.chunks_exact(4), values.chunks_exact(4));
    let rest: f64 = w.remainder().iter().zip(v.remainder()).map(|(w, v)| w * v).sum();
    let mut parts = [0.0; 4];
    for (w, v) in w.zip(v) {
        for i in 0..4 {
            parts[i] += w[i] * v[i];
        }
    }
    (parts[0] + parts[1]) + (parts[2] + parts[3]) + rest
}
