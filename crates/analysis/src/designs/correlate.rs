//! Correlated inputs: two ways to give the columns of a design a wanted correlation.

use super::DesignError;
use crate::numbers::special::{normal_cdf, normal_quantile};

/// Draws correlated columns from independent ones by a Gaussian copula: normal quantiles, mixed by the root of `correlation` (which
/// is that of the normal scores), and back. Values must lie strictly between 0 and 1. Strata of a Latin hypercube do not survive.
pub fn gaussian_copula(columns: &[Vec<f64>], correlation: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, DesignError> {
    let root = cholesky(correlation, columns.len())?;
    let scores: Vec<Vec<f64>> = columns
        .iter()
        .map(|c| c.iter().map(|&u| normal_quantile(u)).collect())
        .collect();
    Ok(mix(&scores, &root)
        .into_iter()
        .map(|c| c.into_iter().map(normal_cdf).collect())
        .collect())
}

/// Reorders each column so that the ranks are correlated as wanted (Iman and Conover, 1982, "A distribution-free approach to inducing
/// rank correlation among input variables"). The values of every column stay, so the strata of a Latin hypercube survive.
pub fn iman_conover(columns: &[Vec<f64>], correlation: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, DesignError> {
    let wanted = cholesky(correlation, columns.len())?;
    let points = columns.first().map_or(0, Vec::len);
    // Van der Waerden scores in the order that the columns already have.
    let scores: Vec<Vec<f64>> = columns
        .iter()
        .map(|c| {
            ranks(c)
                .iter()
                .map(|&r| normal_quantile((r + 1) as f64 / (points + 1) as f64))
                .collect()
        })
        .collect();
    // Their accidental correlation is taken out first (the paper's step with Q).
    let accidental = cholesky(&correlations(&scores), columns.len())?;
    let target = mix(&solve(&accidental, &scores), &wanted);
    Ok(columns
        .iter()
        .zip(target)
        .map(|(column, target)| {
            let mut sorted = column.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            ranks(&target).into_iter().map(|r| sorted[r]).collect()
        })
        .collect())
}

/// The rank of each value, from 0; equal values in the order given.
fn ranks(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0; values.len()];
    for (rank, row) in order.into_iter().enumerate() {
        ranks[row] = rank;
    }
    ranks
}

fn correlations(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let means: Vec<f64> = columns.iter().map(|c| crate::numbers::sum::mean(c)).collect();
    let product = |i: usize, j: usize| -> f64 {
        crate::numbers::sum::sum(
            columns[i]
                .iter()
                .zip(&columns[j])
                .map(|(x, y)| (x - means[i]) * (y - means[j])),
        )
    };
    let own: Vec<f64> = (0..columns.len()).map(|i| product(i, i)).collect();
    let one = |i: usize, j: usize| {
        if i == j {
            1.0
        } else {
            product(i, j) / (own[i] * own[j]).sqrt()
        }
    };
    (0..columns.len())
        .map(|i| (0..columns.len()).map(|j| one(i, j)).collect())
        .collect()
}

/// The lower root L of a correlation matrix, L Lᵀ.
fn cholesky(matrix: &[Vec<f64>], size: usize) -> Result<Vec<Vec<f64>>, DesignError> {
    if matrix.len() != size || matrix.iter().any(|row| row.len() != size) {
        return Err(DesignError::Length {
            what: "the correlation matrix",
            expected: size,
            found: matrix.len(),
        });
    }
    let mut root = vec![vec![0.0; size]; size];
    for i in 0..size {
        if (matrix[i][i] - 1.0).abs() > 1e-12 || (0..i).any(|j| (matrix[i][j] - matrix[j][i]).abs() > 1e-12) {
            return Err(DesignError::Correlation);
        }
        for j in 0..=i {
            let rest = matrix[i][j] - (0..j).map(|k| root[i][k] * root[j][k]).sum::<f64>();
            if i != j {
                root[i][j] = rest / root[j][j];
            } else if rest > 1e-14 {
                root[i][i] = rest.sqrt();
            } else {
                return Err(DesignError::Correlation);
            }
        }
    }
    Ok(root)
}

fn mix(columns: &[Vec<f64>], root: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let points = columns.first().map_or(0, Vec::len);
    let row = |weights: &Vec<f64>| {
        (0..points)
            .map(|p| weights.iter().zip(columns).map(|(w, c)| w * c[p]).sum())
            .collect()
    };
    root.iter().map(row).collect()
}

/// The columns from which `mix` with this root makes the given ones.
fn solve(root: &[Vec<f64>], columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut solved: Vec<Vec<f64>> = Vec::with_capacity(columns.len());
    for (i, column) in columns.iter().enumerate() {
        let value = |(p, x): (usize, &f64)| {
            (x - solved.iter().zip(&root[i]).map(|(c, w)| w * c[p]).sum::<f64>()) / root[i][i]
        };
        let next = column.iter().enumerate().map(value).collect();
        solved.push(next);
    }
    solved
}
