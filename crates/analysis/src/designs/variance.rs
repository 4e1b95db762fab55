//! Designs for variance-based indices: Saltelli's blocks and the search curves of eFAST.

use super::screening::Groups;
use super::sobol::{Scramble, Sobol};
use super::{DesignError, not_empty};
use crate::numbers::random::Stream;

/// Saltelli's extension of Sobol' points (2002, "Making best use of model evaluations to compute sensitivity indices"): for each
/// base point a block of rows A, AB_1..AB_D, then (with `second_order`) BA_1..BA_D, then B. A and B are the two halves of a
/// `2 D`-dimensional point; AB_j is A with column j from B. Use a power of two for `points`.
pub fn saltelli(
    points: usize,
    dimensions: usize,
    second_order: bool,
    skip: u32,
    scramble: Scramble,
) -> Result<Vec<Vec<f64>>, DesignError> {
    saltelli_groups((points, dimensions), &[], second_order, skip, scramble)
}

/// [`saltelli`] with factors that move together: AB_j is A with all columns of group j from B, so a block has a row for each group
/// instead of for each factor, and the indices are those of groups.
pub fn saltelli_groups(
    (points, dimensions): (usize, usize),
    groups: Groups,
    second_order: bool,
    skip: u32,
    scramble: Scramble,
) -> Result<Vec<Vec<f64>>, DesignError> {
    not_empty(points, dimensions)?;
    if !groups.is_empty() && groups.len() != dimensions {
        return Err(DesignError::Length {
            what: "the list of groups",
            expected: dimensions,
            found: groups.len(),
        });
    }
    let sequence = Sobol::new(2 * dimensions, scramble)?;
    let available = (1_u128 << 32) - u128::from(skip);
    if points as u128 > available {
        return Err(DesignError::TooManyPoints {
            asked: points as u128,
            available,
        });
    }
    let group = |d: usize| groups.get(d).copied().unwrap_or(d);
    let count = (0..dimensions).map(group).max().map_or(0, |g| g + 1);
    let block = if second_order { 2 * count + 2 } else { count + 2 };
    let column = |d: usize| {
        let a = sequence.column(skip, points, d);
        let b = sequence.column(skip, points, dimensions + d);
        let mut column = Vec::with_capacity(points * block);
        for (a, b) in a.into_iter().zip(b) {
            let start = column.len();
            column.resize(start + 1 + count, a);
            column[start + 1 + group(d)] = b;
            if second_order {
                column.resize(start + 1 + 2 * count, b);
                column[start + 1 + count + group(d)] = a;
            }
            column.push(b);
        }
        column
    };
    Ok((0..dimensions).map(column).collect())
}

/// The frequencies of eFAST (Saltelli, Tarantola and Chan, 1999): the factor of interest's, `(n - 1) / (2 M)` rounded down, and
/// those of the others, spread over 1 to a `2 M`-th of it.
pub fn efast_frequencies(
    points: usize,
    dimensions: usize,
    interference: usize,
) -> Result<(usize, Vec<usize>), DesignError> {
    not_empty(points, dimensions)?;
    let m = interference;
    // Below 4 M² + 1 points the others' frequencies would be zero.
    let least = 4 * m * m + 1;
    if m == 0 || points < least {
        return Err(DesignError::TooFewPoints {
            points,
            interference,
            least,
        });
    }
    let own = (points - 1) / (2 * m);
    let most = own / (2 * m);
    let others = dimensions - 1;
    let frequency = |i: usize| {
        if most >= others {
            // Evenly from 1 to the largest, rounded down.
            if others > 1 {
                1 + i * (most - 1) / (others - 1)
            } else {
                1
            }
        } else {
            i % most + 1
        }
    };
    Ok((own, (0..others).map(frequency).collect()))
}

/// The search curves of eFAST, one block of `points` rows per factor; in its block a factor runs at the high frequency.
pub fn efast(
    points: usize,
    dimensions: usize,
    interference: usize,
    seed: u64,
) -> Result<Vec<Vec<f64>>, DesignError> {
    let (own, others) = efast_frequencies(points, dimensions, interference)?;
    let mut columns = vec![Vec::with_capacity(points * dimensions); dimensions];
    for factor in 0..dimensions {
        let phase = Stream::new(seed, factor as u64).uniform(0);
        for (d, column) in columns.iter_mut().enumerate() {
            let frequency = match d {
                d if d == factor => own,
                d if d < factor => others[d],
                d => others[d - 1],
            };
            // 1/2 + arcsin(sin(2 pi u)) / pi is a triangle wave in u.
            column.extend((0..points).map(|row| {
                let turns = (frequency * row % points) as f64 / points as f64 + phase;
                triangle(turns - turns.floor())
            }));
        }
    }
    Ok(columns)
}

fn triangle(u: f64) -> f64 {
    if u < 0.25 {
        0.5 + 2.0 * u
    } else if u < 0.75 {
        1.5 - 2.0 * u
    } else {
        2.0 * u - 1.5
    }
}
