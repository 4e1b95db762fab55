//! PCA-PRIM: factors turned to the principal axes of the futures of interest before boxes are sought, so that a box may lean (Dalal
//! et al., 2013, "Improving scenario discovery using orthogonal rotations").

use serde::{Deserialize, Serialize};

use super::PrimError;
use crate::numbers::sum::{mean, squares};

/// Turned factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rotation {
    /// The turned factors, one column each, by falling variance among the futures of interest; NaN in a row without a value.
    pub columns: Vec<Vec<f64>>,
    /// One row per factor, one column per turned factor: how much the standardised factor weighs in it. The largest weight of each
    /// column is positive.
    pub weights: Vec<Vec<f64>>,
    /// The mean of each factor, taken away first.
    pub means: Vec<f64>,
    /// The standard deviation of each factor, divided by; 1 for a factor that does not vary.
    pub deviations: Vec<f64>,
}

/// Turns numeric factors to the principal axes of the futures of interest. Rows without a verdict or without a value count for nothing.
pub fn rotate(columns: &[&[f64]], of_interest: &[Option<bool>]) -> Result<Rotation, PrimError> {
    if columns.is_empty() {
        return Err(PrimError::NoFactor);
    }
    let expected = of_interest.len();
    for (factor, c) in columns.iter().enumerate() {
        if c.len() != expected {
            return Err(PrimError::Length {
                factor,
                expected,
                found: c.len(),
            });
        }
    }
    let valued = |r: &usize| columns.iter().all(|c| c[*r].is_finite());
    let rows: Vec<usize> = (0..expected)
        .filter(valued)
        .filter(|&r| of_interest[r].is_some())
        .collect();
    let pick = |c: &[f64]| rows.iter().map(|&r| c[r]).collect::<Vec<f64>>();
    let means: Vec<f64> = columns
        .iter()
        .map(|c| if rows.is_empty() { 0.0 } else { mean(&pick(c)) })
        .collect();
    let deviations: Vec<f64> = columns
        .iter()
        .zip(&means)
        .map(|(c, m)| (squares(&pick(c), *m) / rows.len() as f64).sqrt())
        .map(|d| if d > 0.0 { d } else { 1.0 })
        .collect();
    let standard = |f: usize, r: usize| (columns[f][r] - means[f]) / deviations[f];
    let interesting: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|&r| of_interest[r] == Some(true))
        .collect();
    let count = columns.len();
    let centres: Vec<f64> = (0..count)
        .map(|f| interesting.iter().map(|&r| standard(f, r)).sum::<f64>() / interesting.len().max(1) as f64)
        .collect();
    let covariance = |i: usize, j: usize| {
        let product = |&r: &usize| (standard(i, r) - centres[i]) * (standard(j, r) - centres[j]);
        interesting.iter().map(product).sum::<f64>() / (interesting.len().max(2) - 1) as f64
    };
    let matrix = (0..count)
        .map(|i| (0..count).map(|j| covariance(i, j)).collect())
        .collect();
    let weights = principal_axes(matrix);
    let turned = |axis: usize| {
        let at = |r: usize| {
            if !valued(&r) {
                f64::NAN
            } else {
                (0..count).map(|f| standard(f, r) * weights[f][axis]).sum()
            }
        };
        (0..expected).map(at).collect()
    };
    Ok(Rotation {
        columns: (0..count).map(turned).collect(),
        weights,
        means,
        deviations,
    })
}

/// The eigenvectors of a symmetric matrix as columns, by falling eigenvalue (Jacobi's rotations, 1846).
fn principal_axes(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    let mut v: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect())
        .collect();
    for _ in 0..100 {
        let off: f64 = (0..n)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| a[i][j] * a[i][j])
            .sum();
        let all: f64 = a.iter().flatten().map(|x| x * x).sum();
        if off <= 1e-30 * all {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let sign = if theta >= 0.0 { 1.0 } else { -1.0 };
                let t = sign / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in a.iter_mut().chain(&mut v) {
                    let (x, y) = (row[p], row[q]);
                    row[p] = c * x - s * y;
                    row[q] = s * x + c * y;
                }
                let (above, below) = a.split_at_mut(q);
                for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[j][j].total_cmp(&a[i][i]));
    let sign = |axis: usize| {
        let largest = (0..n).fold(0, |b, f| if v[f][axis].abs() > v[b][axis].abs() { f } else { b });
        if v[largest][axis] < 0.0 { -1.0 } else { 1.0 }
    };
    (0..n)
        .map(|f| order.iter().map(|&axis| sign(axis) * v[f][axis]).collect())
        .collect()
}
