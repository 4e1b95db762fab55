//! Logistic regression of a verdict, factors entering one at a time while Schwarz' criterion (BIC, 1978) falls.
//!
//! Factors are scaled to run from 0 to 1 over the futures used, so that coefficients compare; each category is a factor of its own.

use serde::{Deserialize, Serialize};

use crate::numbers::special::{exp, ln, ln_1p};
use crate::numbers::sum::sum;
use crate::slices::Factor;
use crate::tree::TreeCounts;

/// What the fits found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logit {
    /// What became of the futures.
    pub counts: TreeCounts,
    /// One model per factor that entered, each with the ones before.
    pub models: Vec<LogitModel>,
}

/// One fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogitModel {
    /// The terms in the order of entry.
    pub terms: Vec<LogitTerm>,
    /// The constant.
    pub intercept: f64,
    /// The logarithm of the likelihood.
    pub log_likelihood: f64,
    /// Schwarz' criterion.
    pub bic: f64,
    /// Of all futures of interest, the share for which the model is surer than the threshold.
    pub coverage: f64,
    /// Of the futures for which it is surer, the share of interest; none when there is no such future.
    pub density: Option<f64>,
}

/// One term of a model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogitTerm {
    /// Position of the factor.
    pub factor: usize,
    /// The category, for a factor of categories.
    pub category: Option<u32>,
    /// The coefficient on the factor scaled to run from 0 to 1.
    pub coefficient: f64,
}

/// Why no model can be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogitError {
    /// No factor was given.
    #[error("there is no factor to explain with: give at least one column of inputs")]
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
    /// The verdicts do not differ.
    #[error("all {futures} futures have the same verdict: there is nothing to explain")]
    OneVerdict {
        /// Futures with a verdict and a value of every factor.
        futures: usize,
    },
}

/// Fits models by forward selection. A model is surer than the threshold where its probability is above `threshold`.
pub fn logit(factors: &[Factor], of_interest: &[Option<bool>], threshold: f64) -> Result<Logit, LogitError> {
    if factors.is_empty() {
        return Err(LogitError::NoFactor);
    }
    let expected = of_interest.len();
    for (factor, f) in factors.iter().enumerate() {
        if f.len() != expected {
            return Err(LogitError::Length {
                factor,
                expected,
                found: f.len(),
            });
        }
    }
    let known = of_interest.iter().flatten().count();
    let rows: Vec<usize> = (0..expected)
        .filter(|&r| of_interest[r].is_some() && factors.iter().all(|f| f.has_value(r)))
        .collect();
    let counts = TreeCounts {
        used: rows.len(),
        without_target: expected - known,
        without_value: known - rows.len(),
    };
    let y: Vec<f64> = rows
        .iter()
        .map(|&r| if of_interest[r] == Some(true) { 1.0 } else { 0.0 })
        .collect();
    let interesting = y.iter().filter(|y| **y > 0.0).count();
    if interesting == 0 || interesting == y.len() {
        return Err(LogitError::OneVerdict { futures: y.len() });
    }
    let candidates = candidates(factors, &rows);
    let mut models: Vec<LogitModel> = Vec::new();
    let mut chosen: Vec<usize> = Vec::new();
    let mut start = vec![0.0];
    let mut score = f64::INFINITY;
    loop {
        let mut best: Option<(f64, usize, Fitted)> = None;
        for candidate in (0..candidates.len()).filter(|c| !chosen.contains(c)) {
            let columns: Vec<&[f64]> = chosen
                .iter()
                .chain([&candidate])
                .map(|&c| candidates[c].values.as_slice())
                .collect();
            // From the model without the candidate, which is near.
            let Some(fitted) = fit(&columns, &y, &start) else {
                continue;
            };
            let bic = ln(y.len() as f64) * (columns.len() + 1) as f64 - 2.0 * fitted.log_likelihood;
            if best.as_ref().is_none_or(|(b, ..)| bic < *b) {
                best = Some((bic, candidate, fitted));
            }
        }
        let Some((bic, candidate, fitted)) = best.filter(|(bic, ..)| *bic < score) else {
            break;
        };
        score = bic;
        chosen.push(candidate);
        let sure: Vec<bool> = fitted.probability.iter().map(|p| *p > threshold).collect();
        let count = sure.iter().filter(|s| **s).count();
        let hits = sure.iter().zip(&y).filter(|(s, y)| **s && **y > 0.0).count();
        let term = |(&c, &coefficient): (&usize, &f64)| {
            let Candidate { factor, category, .. } = candidates[c];
            LogitTerm {
                factor,
                category,
                coefficient,
            }
        };
        models.push(LogitModel {
            terms: chosen.iter().zip(&fitted.coefficients[1..]).map(term).collect(),
            intercept: fitted.coefficients[0],
            log_likelihood: fitted.log_likelihood,
            bic,
            coverage: hits as f64 / interesting as f64,
            density: (count > 0).then(|| hits as f64 / count as f64),
        });
        start = fitted.coefficients;
    }
    Ok(Logit { counts, models })
}

struct Candidate {
    factor: usize,
    category: Option<u32>,
    values: Vec<f64>,
}

/// Factors scaled from 0 to 1; those that do not vary explain nothing and are left out.
fn candidates(factors: &[Factor], rows: &[usize]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (factor, f) in factors.iter().enumerate() {
        match *f {
            Factor::Numeric(x) | Factor::Integer(x) => {
                let low = rows.iter().map(|&r| x[r]).fold(f64::INFINITY, f64::min);
                let high = rows.iter().map(|&r| x[r]).fold(f64::NEG_INFINITY, f64::max);
                if high > low {
                    let values = rows.iter().map(|&r| (x[r] - low) / (high - low)).collect();
                    all.push(Candidate {
                        factor,
                        category: None,
                        values,
                    });
                }
            }
            Factor::Categorical { codes, categories } => {
                for category in 0..categories {
                    let values: Vec<f64> = rows
                        .iter()
                        .map(|&r| if codes[r] == category { 1.0 } else { 0.0 })
                        .collect();
                    if values.contains(&1.0) && values.contains(&0.0) {
                        all.push(Candidate {
                            factor,
                            category: Some(category),
                            values,
                        });
                    }
                }
            }
        }
    }
    all
}

struct Fitted {
    /// The constant first.
    coefficients: Vec<f64>,
    log_likelihood: f64,
    probability: Vec<f64>,
}

/// Newton's method; none where columns say the same.
///
/// Where the verdicts can be told apart without error the likelihood has no top: the steps end when it no longer rises, with
/// probabilities of nearly 0 and 1.
fn fit(columns: &[&[f64]], y: &[f64], start: &[f64]) -> Option<Fitted> {
    let size = columns.len() + 1;
    let mut coefficients = start.to_vec();
    coefficients.resize(size, 0.0);
    let mut state = State::new(columns, y, &coefficients);
    for _ in 0..100 {
        let (gradient, information) = state.slopes(columns, y);
        let step = solve(information, gradient)?;
        // Halve a step that goes too far.
        let mut length = 1.0;
        let next = loop {
            let trial: Vec<f64> = coefficients
                .iter()
                .zip(&step)
                .map(|(c, s)| c + length * s)
                .collect();
            let trial_state = State::new(columns, y, &trial);
            if trial_state.log_likelihood >= state.log_likelihood || length < 1e-6 {
                break (trial, trial_state);
            }
            length /= 2.0;
        };
        let gain = next.1.log_likelihood - state.log_likelihood;
        (coefficients, state) = next;
        if gain <= 1e-13 * state.log_likelihood.abs().max(1.0) {
            break;
        }
    }
    Some(Fitted {
        coefficients,
        log_likelihood: state.log_likelihood,
        probability: state.probability,
    })
}

struct State {
    probability: Vec<f64>,
    log_likelihood: f64,
}

impl State {
    fn new(columns: &[&[f64]], y: &[f64], coefficients: &[f64]) -> Self {
        let mut z = vec![coefficients[0]; y.len()];
        for (column, c) in columns.iter().zip(&coefficients[1..]) {
            z.iter_mut().zip(*column).for_each(|(z, x)| *z += c * x);
        }
        let probability = z.iter().map(|&z| {
            if z >= 0.0 {
                1.0 / (1.0 + exp(-z))
            } else {
                1.0 - 1.0 / (1.0 + exp(z))
            }
        });
        let probability = probability.collect();
        // ln p = -ln(1 + exp(-z)), ln(1 - p) = -ln(1 + exp(z)), neither of which may overflow.
        let softplus = |z: f64| {
            if z > 0.0 {
                z + ln_1p(exp(-z))
            } else {
                ln_1p(exp(z))
            }
        };
        let log_likelihood = sum(z
            .iter()
            .zip(y)
            .map(|(&z, &y)| if y > 0.0 { -softplus(-z) } else { -softplus(z) }));
        State {
            probability,
            log_likelihood,
        }
    }

    fn slopes(&self, columns: &[&[f64]], y: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let size = columns.len() + 1;
        let mut gradient = vec![0.0; size];
        let mut information = vec![vec![0.0; size]; size];
        let mut x = vec![1.0; size];
        for (row, (p, y)) in self.probability.iter().zip(y).enumerate() {
            columns
                .iter()
                .enumerate()
                .for_each(|(c, column)| x[c + 1] = column[row]);
            let weight = p * (1.0 - p);
            for i in 0..size {
                gradient[i] += (y - p) * x[i];
                for j in 0..=i {
                    information[i][j] += weight * x[i] * x[j];
                }
            }
        }
        (gradient, information)
    }
}

/// Solves a symmetric positive system given by its lower half; none where it is not definite.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for i in 0..n {
        let size = a[i][i];
        for j in 0..=i {
            let part: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            if i == j {
                let pivot = a[i][i] - part;
                if pivot.is_nan() || pivot <= 1e-12 * size {
                    return None;
                }
                a[i][i] = pivot.sqrt();
            } else {
                a[i][j] = (a[i][j] - part) / a[j][j];
            }
        }
        b[i] = (b[i] - (0..i).map(|k| a[i][k] * b[k]).sum::<f64>()) / a[i][i];
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|k| a[k][i] * b[k]).sum::<f64>()) / a[i][i];
    }
    Some(b)
}
