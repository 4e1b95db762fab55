//! Random numbers as a pure function of `(seed, stream, counter)`: no state to share, no order to keep, no clock.
//!
//! The mixing step is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014, "Fast splittable pseudorandom number
//! generators"), applied once to each of the three numbers.

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// One stream of random numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    key: u64,
}

impl Stream {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let key = mix(seed.wrapping_add(GOLDEN));
        Stream {
            // Another odd step than the counter's, or stream and counter would trade places.
            key: mix(key.wrapping_add(stream.wrapping_add(1).wrapping_mul(0xD1B5_4A32_D192_ED03))),
        }
    }

    /// The word at a place in the stream.
    pub(crate) fn word(self, counter: u64) -> u64 {
        mix(self.key.wrapping_add(counter.wrapping_mul(GOLDEN)))
    }

    /// A number strictly between 0 and 1, on a grid of 2^-53.
    pub(crate) fn uniform(self, counter: u64) -> f64 {
        unit(self.word(counter))
    }

    /// A whole number below `bound` (its bias is below `bound / 2^64`).
    pub(crate) fn below(self, counter: u64, bound: usize) -> usize {
        ((u128::from(self.word(counter)) * bound as u128) >> 64) as usize
    }

    /// The numbers `0..count` in random order (Fisher and Yates).
    pub(crate) fn permutation(self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last as u64, last + 1));
        }
        order
    }
}

fn unit(word: u64) -> f64 {
    // The middle of one of 2^52 cells: exact, never 0 and never 1.
    ((word >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_seed_zero_is_a_seed() {
        let words = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(seed, stream)| Stream::new(seed, stream).word(0));
        for i in 0..4 {
            assert!(words[i] != 0 && (0..i).all(|j| words[i] != words[j]));
        }
    }

    #[test]
    fn open_interval_and_even() {
        assert!(unit(0) > 0.0 && unit(u64::MAX) < 1.0);
        let stream = Stream::new(0, 3);
        let mut cells = [0; 10];
        (0..100_000).for_each(|i| cells[(stream.uniform(i) * 10.0) as usize] += 1);
        assert!(cells.iter().all(|c| (9_600..10_400).contains(c)), "{cells:?}");
    }

    #[test]
    fn a_permutation_has_every_number_once() {
        let mut order = Stream::new(5, 5).permutation(1_000);
        assert_ne!(order[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        order.sort_unstable();
        assert_eq!(order, (0..1_000).collect::<Vec<_>>());
    }
}
