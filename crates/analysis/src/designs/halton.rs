//! Halton's sequence: in dimension d, the digits of the index in the d-th prime base, mirrored at the point.

use super::{DesignError, not_empty};

/// Points `skip..skip + points` of the plain sequence, one column per dimension. The first point is 0.
///
/// Neighbouring dimensions beyond about ten are strongly related in the first points; prefer Sobol' there.
pub fn halton(points: usize, dimensions: usize, skip: u64) -> Result<Vec<Vec<f64>>, DesignError> {
    not_empty(points, dimensions)?;
    let bases = primes(dimensions);
    Ok(bases
        .iter()
        .map(|&base| {
            (skip..skip + points as u64)
                .map(|i| radical_inverse(i, base))
                .collect()
        })
        .collect())
}

/// The digits of `index` in `base`, mirrored at the point.
pub fn radical_inverse(mut index: u64, base: u64) -> f64 {
    let (mut value, mut scale) = (0.0, 1.0);
    while index > 0 {
        scale /= base as f64;
        value += (index % base) as f64 * scale;
        index /= base;
    }
    value
}

fn primes(count: usize) -> Vec<u64> {
    let mut primes: Vec<u64> = Vec::with_capacity(count);
    let mut candidate = 2;
    while primes.len() < count {
        if primes
            .iter()
            .take_while(|p| *p * *p <= candidate)
            .all(|p| candidate % p != 0)
        {
            primes.push(candidate);
        }
        candidate += 1;
    }
    primes
}
