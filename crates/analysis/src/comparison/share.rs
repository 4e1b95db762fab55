//! A share of the futures tested, how sure the count is, and how many futures would make it sure enough.
//!
//! The interval is Wilson's (E. B. Wilson, 1927, "Probable inference, the law of succession, and statistical inference"): it
//! stays inside 0 to 1 and is right for shares near the ends, where the usual one collapses. It speaks of the sampling of
//! futures only: it says nothing about how likely a future is.

use serde::{Deserialize, Serialize};

/// The normal deviate of a two-sided 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

/// A count out of a number of futures, with its 95 % Wilson interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Futures in which it holds.
    pub count: usize,
    /// Futures in which it could be judged.
    pub of: usize,
    /// `count / of`; none when nothing could be judged.
    pub share: Option<f64>,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The share of `count` in `of` futures.
pub fn share(count: usize, of: usize) -> Share {
    if of == 0 {
        return Share {
            count,
            of,
            share: None,
            low: 0.0,
            high: 1.0,
        };
    }
    let p = count as f64 / of as f64;
    let n = of as f64;
    let centre = (p + Z95 * Z95 / (2.0 * n)) / (1.0 + Z95 * Z95 / n);
    let half = half_width(p, n);
    // The ends are exact at 0 and n futures; rounding must not say otherwise.
    let low = if count == 0 { 0.0 } else { centre - half };
    let high = if count == of { 1.0 } else { centre + half };
    Share {
        count,
        of,
        share: Some(p),
        low,
        high,
    }
}

/// Half the width of the 95 % Wilson interval of a share `p` seen in `n` futures.
pub fn half_width(p: f64, n: f64) -> f64 {
    let z2 = Z95 * Z95;
    Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt()
}

/// The smallest number of futures whose interval for the same share is at most `target` to either side (0.02 for "within 2 of
/// 100"); none when nothing could be judged or `target` is not above zero.
pub fn needed(seen: &Share, target: f64) -> Option<usize> {
    let p = seen.share?;
    if target.is_nan() || target <= 0.0 {
        return None;
    }
    let (mut low, mut high) = (0_usize, 1_usize);
    // The half width falls as n grows: double until it is small enough, then bisect.
    while half_width(p, high as f64) > target {
        low = high;
        high = high.checked_mul(2)?;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if half_width(p, middle as f64) > target {
            low = middle
        } else {
            high = middle
        }
    }
    Some(high)
}

/// How far one share lies from another that was counted on other futures (a second sampling of the same case).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Second share less the first.
    pub difference: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
}

/// The difference of two independent shares with Newcombe's hybrid score interval (R. G. Newcombe, 1998, "Interval estimation for
/// the difference between independent proportions", method 10); none when either could not be judged.
pub fn difference(first: &Share, second: &Share) -> Option<Difference> {
    let (p, q) = (first.share?, second.share?);
    let d = q - p;
    let distance = |x: f64, y: f64| (x * x + y * y).sqrt();
    Some(Difference {
        difference: d,
        low: d - distance(q - second.low, first.high - p),
        high: d + distance(second.high - q, p - first.low),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Intervals printed in Newcombe 1998 ("Two-sided confidence intervals for the single proportion", table I, method 3).
    #[test]
    fn wilson_as_printed() {
        for (count, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let s = share(count, of);
            assert!(
                (s.low - low).abs() < 5e-5 && (s.high - high).abs() < 5e-5,
                "{s:?}"
            );
        }
    }

    /// Newcombe 1998 on differences, table II, method 10: 56/70 - 48/80 is 0.0524 to 0.3339.
    #[test]
    fn difference_as_printed() {
        let d = difference(&share(48, 80), &share(56, 70)).expect("both judged");
        assert!((d.difference - 0.2).abs() < 1e-12);
        assert!(
            (d.low - 0.0524).abs() < 5e-5 && (d.high - 0.3339).abs() < 5e-5,
            "{d:?}"
        );
    }

    #[test]
    fn nothing_judged() {
        let s = share(0, 0);
        assert_eq!((s.share, s.low, s.high), (None, 0.0, 1.0));
        assert_eq!(needed(&s, 0.02), None);
        assert_eq!(difference(&s, &share(1, 2)), None);
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(share(0, 10_000).low, 0.0);
        assert_eq!(share(10_000, 10_000).high, 1.0);
    }

    #[test]
    fn needed_is_the_smallest() {
        for (count, of) in [(1, 2), (0, 10), (30, 100), (97, 100), (100, 100)] {
            let s = share(count, of);
            let p = s.share.expect("judged");
            let n = needed(&s, 0.02).expect("reachable");
            assert!(
                half_width(p, n as f64) <= 0.02 && half_width(p, (n - 1) as f64) > 0.02,
                "{s:?} {n}"
            );
        }
        // The textbook 1.96² / (4 × 0.02²) = 2401 less z², at one half.
        assert_eq!(needed(&share(1, 2), 0.02), Some(2398));
        assert_eq!(needed(&share(1, 2), 0.0), None);
    }
}
