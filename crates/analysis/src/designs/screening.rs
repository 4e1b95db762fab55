//! Designs of small steps: Morris' trajectories, and base points with a forward step for derivatives.

use super::sobol::{Scramble, sobol};
use super::{DesignError, not_empty};
use crate::numbers::random::Stream;

/// Which factors move together: one group number per factor, counted from 0 without gaps. Empty: each factor for itself.
pub type Groups<'a> = &'a [usize];

/// How to draw Morris' trajectories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MorrisOptions<'a> {
    /// How many trajectories.
    pub trajectories: usize,
    /// Levels of the grid, even; 4 is usual.
    pub levels: usize,
    /// Which factors move together.
    pub groups: Groups<'a>,
    /// Any number, 0 too.
    pub seed: u64,
}

impl Default for MorrisOptions<'_> {
    fn default() -> Self {
        MorrisOptions {
            trajectories: 20,
            levels: 4,
            groups: &[],
            seed: 0,
        }
    }
}

/// Morris' trajectories (1991, "Factorial sampling plans for preliminary computational experiments"): blocks of one row more than
/// there are groups; from row to row one group steps by `levels / (2 (levels - 1))`, up or down.
pub fn morris(dimensions: usize, options: &MorrisOptions) -> Result<Vec<Vec<f64>>, DesignError> {
    not_empty(options.trajectories, dimensions)?;
    let MorrisOptions {
        trajectories,
        levels,
        groups,
        seed,
    } = *options;
    if levels < 2 || levels % 2 == 1 {
        return Err(DesignError::Levels { levels });
    }
    if !groups.is_empty() && groups.len() != dimensions {
        return Err(DesignError::Length {
            what: "the list of groups",
            expected: dimensions,
            found: groups.len(),
        });
    }
    let group = |d: usize| groups.get(d).copied().unwrap_or(d);
    let count = (0..dimensions).map(group).max().map_or(0, |g| g + 1);
    let step = levels as f64 / (2 * (levels - 1)) as f64;
    let mut columns = vec![Vec::with_capacity(trajectories * (count + 1)); dimensions];
    for t in 0..trajectories {
        let stream = Stream::new(seed, t as u64);
        let place = Stream::new(seed, (trajectories + t) as u64).permutation(count);
        for (d, column) in columns.iter_mut().enumerate() {
            // A level from which a step upwards stays inside, and whether to walk it up or down.
            let low = stream.below(2 * d as u64 + (1 << 32), levels / 2) as f64 / (levels - 1) as f64;
            let up = stream.word(2 * d as u64 + 1 + (1 << 32)) >> 63 == 1;
            let (from, to) = if up { (low, low + step) } else { (low + step, low) };
            let moves_at = place[group(d)];
            column.extend((0..=count).map(|row| if row > moves_at { to } else { from }));
        }
    }
    Ok(columns)
}

/// Base points with one small forward step in each dimension, for derivative-based measures: blocks of `dimensions + 1` rows, the
/// base first. `step` is a share of each range; a base that would leave the cube steps backwards instead.
pub fn dgsm(
    points: usize,
    dimensions: usize,
    step: f64,
    scramble: Scramble,
) -> Result<Vec<Vec<f64>>, DesignError> {
    let base = sobol(points, dimensions, 0, scramble)?;
    let column = |(d, column): (usize, Vec<f64>)| {
        let rows = column.into_iter().flat_map(|x| {
            let moved = if x + step <= 1.0 { x + step } else { x - step };
            (0..=dimensions).map(move |row| if row == d + 1 { moved } else { x })
        });
        rows.collect()
    };
    Ok(base.into_iter().enumerate().map(column).collect())
}
