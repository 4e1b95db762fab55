//! The beta distribution: its distribution function, the regularised incomplete beta function, and its quantiles.

use super::special::{exp, ln, ln_1p, ln_gamma, normal_quantile};

/// A beta distribution made ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beta {
    a: f64,
    b: f64,
    /// `-ln B(a, b)` as it stands with `a` first and with `b` first: the last bits differ.
    scale: f64,
    mirrored: f64,
}

/// Newton's steps towards a quantile.
const STEPS: usize = 8;

impl Beta {
    /// With both parameters above zero.
    pub(crate) fn new(a: f64, b: f64) -> Self {
        let (whole, of_a, of_b) = (ln_gamma(a + b), ln_gamma(a), ln_gamma(b));
        Self {
            a,
            b,
            scale: whole - of_a - of_b,
            mirrored: whole - of_b - of_a,
        }
    }

    fn mirror(&self) -> Self {
        Self {
            a: self.b,
            b: self.a,
            scale: self.mirrored,
            mirrored: self.scale,
        }
    }

    /// The share of the probability below `x`.
    pub(crate) fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        if x >= 1.0 {
            return 1.0;
        }
        let &Self { a, b, .. } = self;
        // The continued fraction converges fast below the mean; beyond it the mirrored one does.
        if x > (a + 1.0) / (a + b + 2.0) {
            return 1.0 - self.mirror().cdf(1.0 - x);
        }
        let front = self.front(x) / a;
        // Lentz' evaluation of the fraction.
        let keep = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
        let (mut c, mut d) = (1.0, 1.0 / keep(1.0 - (a + b) * x / (a + 1.0)));
        let mut fraction = d;
        for m in 1..2_000 {
            let m = f64::from(m);
            let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
            d = 1.0 / keep(1.0 + even * d);
            c = keep(1.0 + even / c);
            fraction *= c * d;
            let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
            d = 1.0 / keep(1.0 + odd * d);
            c = keep(1.0 + odd / c);
            fraction *= c * d;
            if (c * d - 1.0).abs() < 1e-16 {
                break;
            }
        }
        front * fraction
    }

    /// `x^a (1 - x)^b / B(a, b)`.
    fn front(&self, x: f64) -> f64 {
        exp(self.scale + self.a * ln(x) + self.b * ln_1p(-x))
    }

    /// The value below which the share `u` lies: where the distribution function as computed here reaches `u`, by bisection to the last
    /// bit. Far from there the answers to its questions are known.
    pub(crate) fn quantile(&self, u: f64) -> f64 {
        if u <= 0.0 || u >= 1.0 {
            return u;
        }
        let (below, above) = self.near(u).unwrap_or((0.0, 1.0));
        let (mut low, mut high) = (0.0, 1.0);
        loop {
            let middle = low + (high - low) * 0.5;
            if middle <= low || middle >= high {
                return high;
            }
            if middle <= below || (middle < above && self.cdf(middle) < u) {
                low = middle
            } else {
                high = middle
            }
        }
    }

    /// Two values, at and below the first of which the distribution function as computed is below `u`, and at and above the second of
    /// which it is not: it is so far from `u` there that no error of computing can tell otherwise. None if none are found.
    fn near(&self, u: f64) -> Option<(f64, f64)> {
        let &Self { a, b, .. } = self;
        // Errors of the function and of the density, as a share: what the logarithms of large parameters lose, several times over.
        let noise = 2e-15 * (8.0 + a + b);
        // Abramowitz and Stegun 26.5.22, made for parameters of one and more.
        let y = normal_quantile(u);
        let (first, second) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
        let lambda = (y * y - 3.0) / 6.0;
        let h = 2.0 / (first + second);
        let w =
            y * (h + lambda).max(0.0).sqrt() / h + (second - first) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
        let mut x = a / (a + b * exp(-2.0 * w));
        // What that comes to in x.
        let mut width = f64::NAN;
        for _ in 0..STEPS {
            if !(x > 0.0 && x < 1.0) {
                return None;
            }
            let density = self.front(x) / (x * (1.0 - x));
            let step = (self.cdf(x) - u) / density;
            width = 4.0 * noise * u.max(1.0 - u) / density;
            // Never past an end.
            x = (x - step).clamp(x / 4.0, 1.0 - (1.0 - x) / 4.0);
            if step.abs() <= width {
                break;
            }
        }
        let (below, above) = (x - width, x + width);
        let sure = self.cdf(below) < u * (1.0 - noise) - noise && self.cdf(above) > u * (1.0 + noise) + noise;
        sure.then_some((below, above))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::numbers::special::root;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        /// Skipping questions changes no bit.
        #[test]
        fn quantiles_are_those_of_plain_bisection(
            a in prop_oneof![1.0_f64..5.0, 0.05_f64..200.0],
            b in prop_oneof![1.0_f64..5.0, 0.05_f64..200.0],
            u in prop_oneof![0.0_f64..1.0, 1e-9_f64..1e-3, 0.999_f64..1.0],
        ) {
            let beta = Beta::new(a, b);
            let plain = root(0.0, 1.0, |x| beta.cdf(x) - u);
            prop_assert_eq!(beta.quantile(u).to_bits(), plain.to_bits());
        }
    }

    #[test]
    fn most_questions_of_a_usual_distribution_are_known() {
        for (a, b) in [(1.0, 5.0), (3.0, 3.0), (4.2, 1.8), (5.0, 1.0)] {
            let beta = Beta::new(a, b);
            for k in 1..1_000 {
                let (below, above) = beta
                    .near(f64::from(k) / 1_000.0)
                    .unwrap_or_else(|| panic!("{a} {b} {k}"));
                assert!(above - below < 1e-10, "{a} {b} {k}: {below} {above}");
            }
        }
    }
}
