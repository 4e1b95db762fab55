//! Monte Carlo: independent numbers, the plainest design.

use super::{DesignError, not_empty};
use crate::numbers::random::Stream;

/// Independent points, one column per dimension; a further point or dimension moves no other. Values lie strictly between 0 and 1.
pub fn monte_carlo(points: usize, dimensions: usize, seed: u64) -> Result<Vec<Vec<f64>>, DesignError> {
    not_empty(points, dimensions)?;
    Ok((0..dimensions as u64)
        .map(|d| {
            let stream = Stream::new(seed, d);
            (0..points as u64).map(|i| stream.uniform(i)).collect()
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_or_wider_sample_begins_with_the_shorter() {
        let (small, large) = (
            monte_carlo(10, 2, 0).expect("well formed"),
            monte_carlo(20, 3, 0).expect("well formed"),
        );
        assert!((0..2).all(|d| small[d][..] == large[d][..10]));
        assert_ne!(small, monte_carlo(10, 2, 1).expect("well formed"));
        assert_eq!(monte_carlo(0, 2, 1), Err(DesignError::NoPoint));
    }
}
