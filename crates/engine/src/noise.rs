//! Noise without a generator: every draw is a pure function of what it is for.
//!
//! In: a seed, a variable, a future, a step. Out: a number. There is nothing to share, to advance or to store, so
//! the order in which futures, lanes and threads run cannot matter, and options see the same noise.
//!
//! The bits come from Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
//! 2011). Seed and variable choose its key, future and step are its counter.

use crate::math::{self, Lane, kernel};

/// What Philox multiplies by in each round.
pub(crate) const MULTIPLIERS: [u32; 2] = [0xd251_1f53, 0xcd9e_8d57];
/// Number of rounds of [`philox`].
pub(crate) const ROUNDS: u8 = 10;
/// What it adds to its key after each round.
pub(crate) const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];

/// Philox4x32 with ten rounds: four words that look random, from a counter under a key.
#[inline(always)]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..ROUNDS {
        let a = u64::from(MULTIPLIERS[0]) * u64::from(c0);
        let b = u64::from(MULTIPLIERS[1]) * u64::from(c2);
        (c0, c1, c2, c3) = (
            (b >> 32) as u32 ^ c1 ^ k0,
            b as u32,
            (a >> 32) as u32 ^ c3 ^ k1,
            a as u32,
        );
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
    }
    [c0, c1, c2, c3]
}

/// The noise of one variable under one seed: a number for each future and step.
///
/// ```
/// use engine::noise::{Stream, stable_hash};
///
/// let demand = Stream::new(0, stable_hash("demand noise"));
/// assert_eq!(demand.uniform(7, 100), demand.uniform(7, 100));
/// assert_ne!(demand.uniform(7, 100), demand.uniform(8, 100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
}

impl Stream {
    /// The stream of a variable, known by [`stable_hash`] of its canonical name, under a seed. Seed 0 is a seed.
    pub fn new(seed: u64, variable: u64) -> Stream {
        Stream {
            key: key(seed, variable, 0),
        }
    }

    /// The key as [`philox`] has it in a round.
    pub(crate) fn key_in_round(&self, round: u8) -> [u32; 2] {
        let [low, high] = self.key;
        let after = |key: u32, step: u32| key.wrapping_add(step.wrapping_mul(round.into()));
        [after(low, WEYL[0]), after(high, WEYL[1])]
    }

    /// 64 random bits.
    #[inline(always)]
    pub fn bits(&self, future: u64, step: u64) -> u64 {
        let [a, b, ..] = philox(words(future, step), self.key);
        u64::from(a) | u64::from(b) << 32
    }

    /// A number in [0, 1): one of the 2⁵³ multiples of 2⁻⁵³.
    #[inline(always)]
    pub fn uniform(&self, future: u64, step: u64) -> f64 {
        (self.bits(future, step) >> 11) as f64 * PER_TWO_TO_53
    }

    /// A number in (0, 1), never at an end: the middle of one of 2⁵² equal cells.
    #[inline(always)]
    pub fn open_uniform(&self, future: u64, step: u64) -> f64 {
        // Twice the cell plus one has 53 bits: exact.
        ((self.bits(future, step) >> 12) * 2 + 1) as f64 * PER_TWO_TO_53
    }

    /// A standard normal draw, by the inverse of the distribution function; never beyond 8.3 in magnitude.
    pub fn normal(&self, future: u64, step: u64) -> f64 {
        math::inverse_normal(self.open_uniform(future, step))
    }

    /// A normal draw under the condition that it falls between the bounds.
    pub fn truncated_normal(&self, normal: &TruncatedNormal, future: u64, step: u64) -> f64 {
        normal.quantile(self.open_uniform(future, step))
    }
}

/// The key of a variable under a seed, for one of several purposes. It is itself a draw, for a counter has no room
/// for a variable beside future and step.
fn key(seed: u64, variable: u64, purpose: u64) -> [u32; 2] {
    let [a, b, ..] = philox(words(variable, purpose), halves(seed));
    [a, b]
}

pub(crate) const PER_TWO_TO_53: f64 = 1.0 / 9007199254740992.0;

#[inline(always)]
fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

#[inline(always)]
fn words(low: u64, high: u64) -> [u32; 4] {
    let ([a, b], [c, d]) = (halves(low), halves(high));
    [a, b, c, d]
}

/// A normal distribution cut to an interval and scaled up again within it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruncatedNormal {
    /// The smallest value.
    pub low: f64,
    /// The largest value.
    pub high: f64,
    /// The mean before the cut.
    pub mean: f64,
    /// The standard deviation before the cut; at 0 every draw is the mean, moved into the interval.
    pub deviation: f64,
}

impl TruncatedNormal {
    /// The value below which a share `p` of the distribution lies; NaN if the interval is empty, the deviation
    /// negative or any number NaN.
    pub fn quantile(&self, p: f64) -> f64 {
        let &TruncatedNormal {
            low,
            high,
            mean,
            deviation,
        } = self;
        truncated_quantile(
            [low, high, mean, deviation],
            p,
            math::normal_cdf,
            math::inverse_normal,
        )
    }
}

/// [`TruncatedNormal::quantile`] over any lane: bounds, mean and deviation, the share, and the two functions of the standard
/// normal distribution.
#[inline(always)]
pub(crate) fn truncated_quantile<L: Lane>(
    normal: [L; 4],
    p: L,
    cdf: impl Fn(L) -> L,
    inverse: impl Fn(L) -> L,
) -> L {
    let interval = Interval::of(normal);
    let below = cdf(interval.from);
    let above = cdf(interval.to);
    let z = inverse(interval.share(p, below, above));
    interval.value(normal, p, above, z)
}

/// The interval of a truncated normal distribution in standard deviations from its mean. Above the mean, one minus a small share would
/// lose its digits: such intervals are mirrored to the lower tail.
#[derive(Clone, Copy)]
pub(crate) struct Interval<L> {
    mirrored: L,
    pub(crate) from: L,
    pub(crate) to: L,
}

impl<L: Lane> Interval<L> {
    #[inline(always)]
    pub(crate) fn of([low, high, mean, deviation]: [L; 4]) -> Self {
        let (a, b) = ((low - mean) / deviation, (high - mean) / deviation);
        let mirrored = mean.constant(0.0).less(a);
        Self {
            mirrored,
            from: mirrored.select(-b, a),
            to: mirrored.select(-a, b),
        }
    }

    /// The share of the whole distribution below the value that a share `p` of the interval lies below, those below its ends being known.
    #[inline(always)]
    pub(crate) fn share(self, p: L, below: L, above: L) -> L {
        let c = |value: f64| p.constant(value);
        let share = self.mirrored.select(c(1.0) - p, p);
        // A share may round to 0 or 1; its inverse is then infinite and the bounds decide.
        kernel::min(below + share * (above - below), c(1.0))
    }

    /// The value, from what the inverse says of that share.
    #[inline(always)]
    pub(crate) fn value(self, [low, high, mean, deviation]: [L; 4], p: L, above: L, z: L) -> L {
        let c = |value: f64| p.constant(value);
        // So far out that doubles see no mass: all of it lies at the end nearer to the mean.
        let z = above.equal(c(0.0)).select(self.to, z);
        let drawn = mean + deviation * self.mirrored.select(-z, z);
        let drawn = kernel::min(kernel::max(drawn, low), high);
        let fixed = kernel::min(kernel::max(mean, low), high);
        let value = deviation.equal(c(0.0)).select(fixed, drawn);
        let defined = low.less_equal(high).and(c(0.0).less_equal(deviation));
        let known = mean.equal(mean).and(p.equal(p));
        defined.and(known).select(value, c(f64::NAN))
    }
}

/// A hash of a name that never changes: FNV-1a (64 bits) over its UTF-8 bytes, then the finaliser of splitmix64.
pub fn stable_hash(name: &str) -> u64 {
    mix(fnv_1a(name.as_bytes()))
}

fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The finaliser of splitmix64: a bijection of 64-bit words in which every bit of the input moves half the output's.
fn mix(word: u64) -> u64 {
    let z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A random order of `0..count`, of which any place can be asked without computing the others.
///
/// A Feistel network on the smallest number of bits that holds the count, walked until it lands inside: every
/// network is a bijection, so the walk is one too (Black and Rogaway 2002). Below eight bits the networks are too
/// few for all orders to be equally frequent.
#[derive(Clone, Copy, Debug)]
pub struct Permutation {
    count: u64,
    low_bits: u32,
    high_bits: u32,
    round_keys: [u64; Permutation::ROUNDS],
}

impl Permutation {
    const ROUNDS: usize = 10;

    /// The order of `0..count` of a variable, known as in [`Stream::new`], under a seed.
    pub fn new(seed: u64, variable: u64, count: u64) -> Permutation {
        let bits = (u64::BITS - count.saturating_sub(1).leading_zeros()).max(8);
        let key = key(seed, variable, 1);
        let round_keys = std::array::from_fn(|round| {
            let [x, y, ..] = philox(words(count, round as u64), key);
            u64::from(x) | u64::from(y) << 32
        });
        Permutation {
            count,
            low_bits: bits / 2,
            high_bits: bits - bits / 2,
            round_keys,
        }
    }

    /// What stands at a place, which must be below the count.
    pub fn at(&self, place: u64) -> u64 {
        assert!(
            place < self.count,
            "a permutation of {} has no place {place}",
            self.count
        );
        let mut value = self.network(place);
        while value >= self.count {
            value = self.network(value);
        }
        value
    }

    fn network(&self, value: u64) -> u64 {
        let (low_mask, high_mask) = ((1 << self.low_bits) - 1, (1 << self.high_bits) - 1);
        let (mut low, mut high) = (value & low_mask, value >> self.low_bits);
        for keys in self.round_keys.chunks_exact(2) {
            low ^= mix(high ^ keys[0]) & low_mask;
            high ^= mix(low ^ keys[1]) & high_mask;
        }
        high << self.low_bits | low
    }
}
