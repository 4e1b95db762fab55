//! Latin hypercubes (McKay, Beckman and Conover, 1979): every column visits each of n equal strata once.

use super::discrepancy::Centred;
use super::{DesignError, not_empty};
use crate::numbers::random::Stream;

/// Where in its stratum a value lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    /// Anywhere.
    #[default]
    Random,
    /// In the middle.
    Centre,
}

/// What a hypercube is improved by, swapping two strata of one column at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Improve {
    /// Nothing.
    #[default]
    No,
    /// Swaps that do not reduce the smallest distance between two points, so many tried (Johnson, Moore and Ylvisaker, 1990).
    Maximin {
        /// Swaps to try.
        swaps: usize,
    },
    /// Swaps that reduce the centred discrepancy, so many tried (Jin, Chen and Sudjianto, 2005).
    Discrepancy {
        /// Swaps to try.
        swaps: usize,
    },
}

/// How to draw a hypercube.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LatinOptions {
    /// Any number, 0 too.
    pub seed: u64,
    /// Where in its stratum a value lies.
    pub within: Within,
    /// What it is improved by.
    pub improve: Improve,
}

/// A Latin hypercube, one column per dimension. Without improvement a column depends only on the seed, the number of points and
/// its place, so that a further dimension moves no other.
pub fn latin_hypercube(
    points: usize,
    dimensions: usize,
    options: &LatinOptions,
) -> Result<Vec<Vec<f64>>, DesignError> {
    not_empty(points, dimensions)?;
    let mut columns: Vec<Vec<f64>> = (0..dimensions as u64)
        .map(|d| {
            let (order, place) = (
                Stream::new(options.seed, 2 * d),
                Stream::new(options.seed, 2 * d + 1),
            );
            let strata = order.permutation(points);
            let within = |row: usize| match options.within {
                Within::Random => place.uniform(row as u64),
                Within::Centre => 0.5,
            };
            strata
                .iter()
                .enumerate()
                .map(|(row, &s)| latin_value(s, points, within(row)))
                .collect()
        })
        .collect();
    let swaps = Stream::new(options.seed, u64::MAX);
    match options.improve {
        Improve::No => {}
        Improve::Maximin { swaps: tries } => maximin(&mut columns, tries, swaps),
        Improve::Discrepancy { swaps: tries } => centred(&mut columns, tries, swaps),
    }
    Ok(columns)
}

/// The value a share `within` of the way through one of `count` equal strata; it never leaves the stratum by rounding.
pub fn latin_value(stratum: usize, count: usize, within: f64) -> f64 {
    let (low, high) = (stratum as f64 / count as f64, (stratum + 1) as f64 / count as f64);
    let value = (stratum as f64 + within) / count as f64;
    // A share just below 1 may round up onto the next stratum.
    if value < high {
        value
    } else {
        low + (high - low) * 0.5
    }
}

/// A column and two rows to swap.
fn swap(columns: &[Vec<f64>], stream: Stream, attempt: usize) -> (usize, usize, usize) {
    let at = 3 * attempt as u64;
    let rows = columns[0].len();
    let first = stream.below(at + 1, rows);
    let second = (first + 1 + stream.below(at + 2, rows - 1)) % rows;
    (stream.below(at, columns.len()), first, second)
}

fn centred(columns: &mut [Vec<f64>], tries: usize, stream: Stream) {
    if columns[0].len() < 2 {
        return;
    }
    for attempt in 0..tries {
        let (column, i, j) = swap(columns, stream, attempt);
        let before = Centred::of_rows(columns, i, j);
        columns[column].swap(i, j);
        if Centred::of_rows(columns, i, j) >= before {
            columns[column].swap(i, j);
        }
    }
}

fn maximin(columns: &mut [Vec<f64>], tries: usize, stream: Stream) {
    let rows = columns[0].len();
    if rows < 2 {
        return;
    }
    // Only the distances from the two swapped rows change.
    let nearest = |columns: &[Vec<f64>], i: usize, j: usize| {
        let distance =
            |a: usize, b: usize| columns.iter().map(|c| (c[a] - c[b]) * (c[a] - c[b])).sum::<f64>();
        let from = |a: usize| (0..rows).filter(move |b| *b != a).map(move |b| distance(a, b));
        from(i).chain(from(j)).fold(f64::INFINITY, f64::min)
    };
    for attempt in 0..tries {
        let (column, i, j) = swap(columns, stream, attempt);
        let before = nearest(columns, i, j);
        columns[column].swap(i, j);
        if nearest(columns, i, j) < before {
            columns[column].swap(i, j);
        }
    }
}
