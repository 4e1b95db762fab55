//! Methods that compare distributions, from any table: PAWN and regional sensitivity analysis.

use serde::{Deserialize, Serialize};

use super::{SensitivityError, at_least, check_columns, complete, order};
use crate::numbers::quantile::{quantile, quantile_sorted};
use crate::numbers::special::exp;
use crate::numbers::sum::{mean, squares};

/// PAWN indices of every factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pawn {
    /// Rows with a number in every column.
    pub used: usize,
    /// Rows left out.
    pub left_out: usize,
    /// One entry per factor; none where no slide holds a row (a factor that does not vary).
    pub factors: Vec<Option<PawnFactor>>,
}

/// The Kolmogorov-Smirnov distances between the outcome in each slide of a factor and the outcome everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PawnFactor {
    /// Slides that hold a row.
    pub slides: usize,
    /// The smallest distance.
    pub minimum: f64,
    /// The mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The largest.
    pub maximum: f64,
    /// The standard deviation as a share of the mean.
    pub variation: f64,
}

/// PAWN from any table (Pianosi and Wagener, 2018, "Distribution-based sensitivity analysis from a generic input-output sample"). A
/// slide is half open, from one quantile of the factor up to the next, so the row with the largest value falls in none.
pub fn pawn(columns: &[&[f64]], y: &[f64], slides: usize) -> Result<Pawn, SensitivityError> {
    at_least("the number of slides", slides, 1)?;
    let rows = complete(columns, y, 2)?;
    let by_result = order(y, &rows);
    let step = 1.0 / slides as f64;
    let factor = |column: &&[f64]| {
        let mut sorted: Vec<f64> = rows.iter().map(|&r| column[r]).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let edges: Vec<f64> = (0..=slides)
            .filter_map(|s| quantile_sorted(&sorted, (s as f64 * step).min(1.0)))
            .collect();
        // The last slide whose lower edge a value reaches, unless it reaches the upper edge of all.
        let slide = |x: f64| (x < edges[slides]).then(|| edges.partition_point(|e| *e <= x) - 1);
        let slide_of: Vec<Option<usize>> = rows.iter().map(|&r| slide(column[r])).collect();
        let values: Vec<f64> = by_result.iter().map(|&i| y[rows[i]]).collect();
        let classes: Vec<Option<usize>> = by_result.iter().map(|&i| slide_of[i]).collect();
        let mut distances: Vec<f64> = distances(&values, &classes, slides)
            .into_iter()
            .flatten()
            .collect();
        let mean = mean(&distances);
        let spread = (squares(&distances, mean) / distances.len() as f64).sqrt();
        Some(PawnFactor {
            slides: distances.len(),
            minimum: distances.iter().copied().min_by(f64::total_cmp)?,
            maximum: distances.iter().copied().max_by(f64::total_cmp)?,
            median: quantile(&mut distances, 0.5)?,
            mean,
            variation: spread / mean,
        })
    };
    Ok(Pawn {
        used: rows.len(),
        left_out: y.len() - rows.len(),
        factors: columns.iter().map(factor).collect(),
    })
}

/// The distance between each class and all, from values in ascending order; none for an empty class.
///
/// A class's own distribution is flat between its rows, so its distance to all is largest just before or just after one of them.
fn distances(values: &[f64], classes: &[Option<usize>], count: usize) -> Vec<Option<f64>> {
    let mut sizes = vec![0_usize; count];
    classes.iter().flatten().for_each(|&c| sizes[c] += 1);
    let n = values.len() as f64;
    let mut seen = vec![0_usize; count];
    let mut largest = vec![0.0_f64; count];
    let mut start = 0;
    while start < values.len() {
        let end = start
            + values[start..]
                .iter()
                .take_while(|v| **v == values[start])
                .count();
        let mut compare = |class: usize, seen: usize, all: usize| {
            let distance = (seen as f64 / sizes[class] as f64 - all as f64 / n).abs();
            largest[class] = largest[class].max(distance);
        };
        let group = &classes[start..end];
        group
            .iter()
            .flatten()
            .for_each(|&class| compare(class, seen[class], start));
        group.iter().flatten().for_each(|&class| seen[class] += 1);
        group
            .iter()
            .flatten()
            .for_each(|&class| compare(class, seen[class], end));
        start = end;
    }
    (0..count).map(|c| (sizes[c] > 0).then_some(largest[c])).collect()
}

/// Regional sensitivity of every factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Regional {
    /// Rows of interest and others, with a verdict.
    pub of_interest: usize,
    /// Rows with a verdict that are not of interest.
    pub others: usize,
    /// Rows left out for want of a verdict.
    pub left_out: usize,
    /// One entry per factor; none where either side has no value.
    pub factors: Vec<Option<RegionalFactor>>,
}

/// How far apart a factor's values lie in the rows of interest and in the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegionalFactor {
    /// The Kolmogorov-Smirnov distance.
    pub distance: f64,
    /// The chance of at least that distance if the factor did not matter (Kolmogorov's limit with Stephens' correction, 1970).
    pub p_value: f64,
}

/// Regional sensitivity analysis (Spear and Hornberger, 1980): for each factor, the distance between its values where the outcome
/// is of interest and where it is not.
pub fn regional(columns: &[&[f64]], of_interest: &[Option<bool>]) -> Result<Regional, SensitivityError> {
    check_columns(columns, of_interest.len())?;
    let verdicts: Vec<usize> = (0..of_interest.len())
        .filter(|&r| of_interest[r].is_some())
        .collect();
    let interesting = of_interest.iter().filter(|v| **v == Some(true)).count();
    let factor = |column: &&[f64]| {
        let rows: Vec<usize> = verdicts
            .iter()
            .copied()
            .filter(|&r| column[r].is_finite())
            .collect();
        let sorted = order(column, &rows);
        let side = |i: &usize| of_interest[rows[*i]] == Some(true);
        let (m, n) = (
            sorted.iter().filter(|i| side(i)).count(),
            sorted.iter().filter(|i| !side(i)).count(),
        );
        if m == 0 || n == 0 {
            return None;
        }
        let (mut yes, mut no, mut distance, mut at) = (0, 0, 0.0_f64, 0);
        while at < sorted.len() {
            let value = column[rows[sorted[at]]];
            while at < sorted.len() && column[rows[sorted[at]]] == value {
                if side(&sorted[at]) {
                    yes += 1
                } else {
                    no += 1
                }
                at += 1;
            }
            distance = distance.max((yes as f64 / m as f64 - no as f64 / n as f64).abs());
        }
        let root = (m as f64 * n as f64 / (m + n) as f64).sqrt();
        Some(RegionalFactor {
            distance,
            p_value: kolmogorov((root + 0.12 + 0.11 / root) * distance),
        })
    };
    Ok(Regional {
        of_interest: interesting,
        others: verdicts.len() - interesting,
        left_out: of_interest.len() - verdicts.len(),
        factors: columns.iter().map(factor).collect(),
    })
}

/// The upper tail of Kolmogorov's distribution.
fn kolmogorov(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0;
    }
    let mut tail = 0.0;
    for k in 1..=100 {
        let k = f64::from(k);
        let term = exp(-2.0 * k * k * x * x);
        tail += if k % 2.0 == 1.0 { 2.0 * term } else { -2.0 * term };
        if term < 1e-17 {
            break;
        }
    }
    tail.clamp(0.0, 1.0)
}
