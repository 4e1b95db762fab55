//! Sobol' sequences with the directions of Joe and Kuo (2008), plain or scrambled.
//!
//! The table `joe_kuo.bin` holds dimensions 2 to 2,048 (the first is van der Corput's sequence): first their primitive
//! polynomials as little-endian `u16`, highest power first; then, for a polynomial of degree s, the initial numbers m_1 to m_s, of
//! which m_k is odd and below 2^k and takes k - 1 bits, `(m_k - 1) / 2`, least bit first, all dimensions in one stream. Origin,
//! licence and checksum stand in `joe_kuo.LICENCE.txt`.

use super::{DesignError, not_empty};
use crate::numbers::random::Stream;

/// How many dimensions the table has.
pub const SOBOL_DIMENSIONS: usize = 2_048;

const BITS: usize = 32;
const TABLE: &[u8] = include_bytes!("joe_kuo.bin");

/// How the points are randomised. Scrambled points never are exactly 0 or 1; the first plain point is 0 in every dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scramble {
    /// Not at all.
    None,
    /// One random number per dimension is added without carry.
    DigitalShift {
        /// Any number, 0 too.
        seed: u64,
    },
    /// Nested uniform scrambling (Owen, 1995, "Randomly permuted (t, m, s)-nets and (t, s)-sequences"): each binary digit is
    /// turned or not by a random bit that depends on all digits before it.
    Owen {
        /// Any number, 0 too.
        seed: u64,
    },
}

/// The sequence in a number of dimensions.
#[derive(Clone, Debug)]
pub struct Sobol {
    directions: Vec<[u32; BITS]>,
    scramble: Scramble,
}

impl Sobol {
    /// Unpacks the directions of the first dimensions.
    pub fn new(dimensions: usize, scramble: Scramble) -> Result<Self, DesignError> {
        if dimensions == 0 {
            return Err(DesignError::NoDimension);
        }
        if dimensions > SOBOL_DIMENSIONS {
            return Err(DesignError::TooManyDimensions {
                asked: dimensions,
                available: SOBOL_DIMENSIONS,
            });
        }
        Ok(Sobol {
            directions: directions(dimensions),
            scramble,
        })
    }

    /// The number of dimensions.
    pub fn dimensions(&self) -> usize {
        self.directions.len()
    }

    /// One coordinate of the point at `index` (in Gray-code order, from 0).
    ///
    /// # Panics
    /// When `dimension` is not below [`Sobol::dimensions`].
    pub fn point(&self, index: u32, dimension: usize) -> f64 {
        let directions = &self.directions[dimension];
        let mut gray = index ^ (index >> 1);
        let mut bits = 0;
        while gray != 0 {
            bits ^= directions[gray.trailing_zeros() as usize];
            gray &= gray - 1;
        }
        self.scrambled(bits, dimension)
    }

    /// One coordinate of `count` points from index `first`.
    ///
    /// # Panics
    /// When `dimension` is not below [`Sobol::dimensions`] or the points go beyond 2^32.
    pub fn column(&self, first: u32, count: usize, dimension: usize) -> Vec<f64> {
        assert!(
            count as u64 <= (1 << BITS) - u64::from(first),
            "the sequence has 2^32 points"
        );
        let directions = &self.directions[dimension];
        let mut gray = first ^ (first >> 1);
        let mut bits = 0;
        while gray != 0 {
            bits ^= directions[gray.trailing_zeros() as usize];
            gray &= gray - 1;
        }
        let mut index = first;
        let mut column = Vec::with_capacity(count);
        for _ in 0..count {
            column.push(self.scrambled(bits, dimension));
            // Neighbours in Gray-code order differ in one direction. Past the last index there is no next point.
            bits ^= directions
                .get(index.trailing_ones() as usize)
                .copied()
                .unwrap_or(0);
            index = index.wrapping_add(1);
        }
        column
    }

    fn scrambled(&self, bits: u32, dimension: usize) -> f64 {
        const GRID: f64 = 1.0 / (1_u64 << BITS) as f64;
        match self.scramble {
            Scramble::None => f64::from(bits) * GRID,
            Scramble::DigitalShift { seed } => {
                let shift = (Stream::new(seed, dimension as u64).word(0) >> 32) as u32;
                (f64::from(bits ^ shift) + 0.5) * GRID
            }
            Scramble::Owen { seed } => {
                (f64::from(owen(bits, Stream::new(seed, dimension as u64))) + 0.5) * GRID
            }
        }
    }
}

/// Points `skip..skip + points` of the sequence, one column per dimension.
pub fn sobol(
    points: usize,
    dimensions: usize,
    skip: u32,
    scramble: Scramble,
) -> Result<Vec<Vec<f64>>, DesignError> {
    not_empty(points, dimensions)?;
    let available = (1_u128 << BITS) - u128::from(skip);
    if points as u128 > available {
        return Err(DesignError::TooManyPoints {
            asked: points as u128,
            available,
        });
    }
    let sequence = Sobol::new(dimensions, scramble)?;
    Ok((0..dimensions)
        .map(|d| sequence.column(skip, points, d))
        .collect())
}

/// Turns each digit by a bit that depends on the digits before it and on how many they are.
fn owen(bits: u32, stream: Stream) -> u32 {
    let mut flips = 0;
    for digit in 0..BITS as u32 {
        // A leading one marks how many digits stand before this one.
        let before = (1_u64 << digit) | (u64::from(bits) >> (BITS as u32 - digit));
        flips = (flips << 1) | (stream.word(before) >> 63) as u32;
    }
    bits ^ flips
}

fn directions(dimensions: usize) -> Vec<[u32; BITS]> {
    let packed = &TABLE[2 * (SOBOL_DIMENSIONS - 1)..];
    let mut at = 0;
    let mut take = |count: usize| -> u32 {
        let value = (0..count)
            .map(|b| (u32::from(packed[(at + b) / 8] >> ((at + b) % 8)) & 1) << b)
            .sum();
        at += count;
        value
    };
    let mut all = Vec::with_capacity(dimensions);
    all.push(std::array::from_fn(|k| 1 << (BITS - 1 - k)));
    for dimension in 1..dimensions {
        let polynomial = u32::from(u16::from_le_bytes([
            TABLE[2 * dimension - 2],
            TABLE[2 * dimension - 1],
        ]));
        let degree = polynomial.ilog2() as usize;
        let mut v = [0_u32; BITS];
        for (k, v) in v.iter_mut().enumerate().take(degree) {
            *v = (2 * take(k) + 1) << (BITS - 1 - k);
        }
        for k in degree..BITS {
            v[k] = v[k - degree] ^ (v[k - degree] >> degree);
            for j in 1..degree {
                if polynomial >> (degree - j) & 1 == 1 {
                    v[k] ^= v[k - j];
                }
            }
        }
        all.push(v);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FNV-1a over the bytes, so that a damaged table is noticed without a hashing library.
    #[test]
    fn the_table_is_whole() {
        let hash = TABLE.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3)
        });
        assert_eq!((TABLE.len(), hash), (24_288, 0xfd56_bb91_6692_ed97));
    }

    /// Points that SciPy's copy of the same table gives far out.
    #[test]
    fn far_dimensions() {
        let s = Sobol::new(SOBOL_DIMENSIONS, Scramble::None).expect("all dimensions");
        let found = [999, 1110, 2047].map(|d| s.point(12_345, d));
        assert_eq!(found, [0.13104248046875, 0.43109130859375, 0.73382568359375]);
    }

    #[test]
    fn column_and_point_agree() {
        for scramble in [
            Scramble::None,
            Scramble::DigitalShift { seed: 0 },
            Scramble::Owen { seed: 7 },
        ] {
            let s = Sobol::new(40, scramble).expect("40 dimensions");
            for first in [0, 1, 63, 1_000_003, u32::MAX - 99] {
                let column = s.column(first, 100, 39);
                assert!(
                    column
                        .iter()
                        .zip(first..=u32::MAX)
                        .all(|(x, i)| *x == s.point(i, 39)),
                    "{scramble:?} {first}"
                );
            }
        }
    }

    /// Scrambling keeps the net: each of n strata of every axis holds one of the first n points.
    #[test]
    fn scrambled_points_fill_the_strata() {
        for seed in 0..5 {
            for scramble in [Scramble::DigitalShift { seed }, Scramble::Owen { seed }] {
                for column in sobol(256, 30, 0, scramble).expect("well formed") {
                    let mut hit = [false; 256];
                    column.iter().for_each(|x| hit[(x * 256.0) as usize] = true);
                    assert!(hit.iter().all(|h| *h) && column.iter().all(|x| *x > 0.0 && *x < 1.0));
                }
            }
        }
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(sobol(0, 1, 0, Scramble::None), Err(DesignError::NoPoint));
        assert_eq!(sobol(1, 0, 0, Scramble::None), Err(DesignError::NoDimension));
        assert!(matches!(
            sobol(1, 2_049, 0, Scramble::None),
            Err(DesignError::TooManyDimensions { .. })
        ));
        assert!(matches!(
            sobol(2, 1, u32::MAX, Scramble::None),
            Err(DesignError::TooManyPoints { .. })
        ));
    }
}
