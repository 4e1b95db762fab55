//! Discrepancies: how far a set of points is from filling the unit cube evenly. Smaller is better.
//!
//! The value is a small difference of numbers near one, and carries some 1e-14 of rounding whichever way it is summed. It is summed
//! plainly and in row order, as the field's reference code does, so that printed values agree to their last digits.

use super::{DesignError, not_empty};

/// Which discrepancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discrepancy {
    /// Centred L2, squared (Hickernell, 1998, "A generalized discrepancy and quadrature error bound").
    Centred,
    /// Wrap-around L2, squared (Hickernell, 1998, "Lattice rules: how well do they measure up?").
    WrapAround,
    /// Mixture, squared (Zhou, Fang and Ning, 2013, "Mixture discrepancy for quasi-random point sets").
    Mixture,
    /// L2 star (Warnock, 1972), with its root taken.
    L2Star,
}

/// The discrepancy of points given as columns.
pub fn discrepancy(columns: &[Vec<f64>], kind: Discrepancy) -> Result<f64, DesignError> {
    let points = columns.first().map_or(0, Vec::len);
    not_empty(points, columns.len())?;
    for column in columns {
        if column.len() != points {
            return Err(DesignError::Length {
                what: "a column",
                expected: points,
                found: column.len(),
            });
        }
    }
    let value = match kind {
        Discrepancy::Centred => expand(columns, 13.0 / 12.0, 2.0, Centred::one, Centred::two),
        Discrepancy::WrapAround => {
            let two = |a: f64, b: f64| {
                let d = (a - b).abs();
                1.5 - d * (1.0 - d)
            };
            // It has no middle term; and the constant is taken away.
            expand(columns, -4.0 / 3.0, 0.0, |_| 1.0, two)
        }
        Discrepancy::Mixture => expand(
            columns,
            19.0 / 12.0,
            2.0,
            |x| {
                let d = (x - 0.5).abs();
                5.0 / 3.0 - 0.25 * d - 0.25 * d * d
            },
            |a, b| {
                let d = (a - b).abs();
                1.875 - 0.25 * (a - 0.5).abs() - 0.25 * (b - 0.5).abs() - 0.75 * d + 0.5 * d * d
            },
        ),
        Discrepancy::L2Star => {
            // The middle term's 2^(1-d) is spread over the dimensions.
            expand(
                columns,
                1.0 / 3.0,
                2.0,
                |x| 0.5 * (1.0 - x * x),
                |a, b| 1.0 - a.max(b),
            )
            .max(0.0)
            .sqrt()
        }
    };
    Ok(value)
}

/// `constant^d - middle/n Σ Π one + 1/n² ΣΣ Π two`; a negative constant is taken away instead (wrap-around).
fn expand(
    columns: &[Vec<f64>],
    constant: f64,
    middle: f64,
    one: impl Fn(f64) -> f64,
    two: impl Fn(f64, f64) -> f64,
) -> f64 {
    let points = columns[0].len();
    let n = points as f64;
    let whole: f64 = columns.iter().map(|_| constant.abs()).product::<f64>() * constant.signum();
    let ones: f64 = (0..points)
        .map(|i| columns.iter().map(|c| one(c[i])).product::<f64>())
        .sum();
    let mut pairs = 0.0;
    for i in 0..points {
        for j in 0..points {
            pairs += columns.iter().map(|c| two(c[i], c[j])).product::<f64>();
        }
    }
    whole - middle / n * ones + pairs / (n * n)
}

/// The parts of the centred discrepancy.
pub(super) struct Centred;

impl Centred {
    fn one(x: f64) -> f64 {
        let d = (x - 0.5).abs();
        1.0 + 0.5 * d - 0.5 * d * d
    }

    fn two(a: f64, b: f64) -> f64 {
        1.0 + 0.5 * (a - 0.5).abs() + 0.5 * (b - 0.5).abs() - 0.5 * (a - b).abs()
    }

    /// What rows `i` and `j` contribute: the rest does not change when the two swap a value.
    pub(super) fn of_rows(columns: &[Vec<f64>], i: usize, j: usize) -> f64 {
        let rows = columns[0].len();
        let product = |a: usize, b: usize| columns.iter().map(|c| Self::two(c[a], c[b])).product::<f64>();
        let pairs = |a: usize, skip: usize| {
            (0..rows)
                .filter(|b| *b != a && *b != skip)
                .map(|b| 2.0 * product(a, b))
                .sum::<f64>()
                + product(a, a)
        };
        let ones: f64 = [i, j]
            .iter()
            .map(|&r| columns.iter().map(|c| Self::one(c[r])).product::<f64>())
            .sum();
        let n = rows as f64;
        (pairs(i, j) + pairs(j, i) + 2.0 * product(i, j)) / (n * n) - 2.0 / n * ones
    }
}
