//! The F test of a straight line through an outcome, factor by factor: the quickest score, blind to bends and interactions.

use serde::{Deserialize, Serialize};

use crate::numbers::special::beta_cdf;
use crate::numbers::sum::{mean, squares, sum};

/// The F test of one factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnivariateF {
    /// Rows in which both have a number.
    pub used: usize,
    /// Explained by unexplained variance; infinite for a perfect line.
    pub f: f64,
    /// The chance of so large a ratio if the factor did not matter.
    pub p_value: f64,
}

/// The F test of each factor against the outcome; for a verdict, with 0 and 1 as outcome, it is the analysis of variance of two groups.
/// None where either does not vary or fewer than three rows have a number.
pub fn univariate_f(columns: &[&[f64]], y: &[f64]) -> Vec<Option<UnivariateF>> {
    columns
        .iter()
        .map(|x| {
            let rows: Vec<(f64, f64)> = x
                .iter()
                .zip(y)
                .map(|(x, y)| (*x, *y))
                .filter(|(x, y)| x.is_finite() && y.is_finite())
                .collect();
            let n = rows.len();
            if n < 3 {
                return None;
            }
            let (x, y): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            let (mx, my) = (mean(&x), mean(&y));
            let (sx, sy) = (squares(&x, mx), squares(&y, my));
            if sx <= 0.0 || sy <= 0.0 {
                return None;
            }
            let sxy = sum(x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)));
            let explained = (sxy * sxy / (sx * sy)).min(1.0);
            let freedom = (n - 2) as f64;
            let f = explained / (1.0 - explained) * freedom;
            // The upper tail of F(1, n - 2) is the lower tail of a beta distribution.
            let p_value = if f.is_finite() {
                beta_cdf(1.0 - explained, freedom / 2.0, 0.5)
            } else {
                0.0
            };
            Some(UnivariateF { used: n, f, p_value })
        })
        .collect()
}
