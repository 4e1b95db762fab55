//! Designs on given levels: every combination, or one factor at a time. Values are the levels themselves.

use super::DesignError;

/// The most runs a full factorial may have: more would not fit a table.
const MOST: u128 = 1 << 32;

/// Every combination of the levels of every factor, one column per factor; the last factor changes fastest.
pub fn full_factorial(levels: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, DesignError> {
    if levels.is_empty() {
        return Err(DesignError::NoDimension);
    }
    let mut runs: u128 = 1;
    for factor in levels {
        if factor.is_empty() {
            return Err(DesignError::Length {
                what: "a list of levels",
                expected: 1,
                found: 0,
            });
        }
        runs = runs.saturating_mul(factor.len() as u128);
    }
    if runs > MOST {
        return Err(DesignError::TooManyPoints {
            asked: runs,
            available: MOST,
        });
    }
    let runs = runs as usize;
    let mut repeat = runs;
    let column = |factor: &Vec<f64>| {
        repeat /= factor.len();
        (0..runs).map(|run| factor[run / repeat % factor.len()]).collect()
    };
    Ok(levels.iter().map(column).collect())
}

/// The reference point, then each factor at each of its levels with all others at the reference; a level that equals the
/// reference is not run again.
pub fn one_at_a_time(levels: &[Vec<f64>], reference: &[f64]) -> Result<Vec<Vec<f64>>, DesignError> {
    if levels.is_empty() {
        return Err(DesignError::NoDimension);
    }
    if levels.len() != reference.len() {
        let (expected, found) = (levels.len(), reference.len());
        return Err(DesignError::Length {
            what: "the reference point",
            expected,
            found,
        });
    }
    let mut columns: Vec<Vec<f64>> = reference.iter().map(|r| vec![*r]).collect();
    for (factor, levels) in levels.iter().enumerate() {
        for &level in levels.iter().filter(|l| **l != reference[factor]) {
            for (other, column) in columns.iter_mut().enumerate() {
                column.push(if other == factor { level } else { reference[other] });
            }
        }
    }
    Ok(columns)
}
