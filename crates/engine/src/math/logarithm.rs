//! Logarithms.

use super::exponential::LN_2;
use super::lane::{Lane, polynomial};
use super::pair::{Pair, leading, ordered_sum, product};

pub(super) const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const SQRT_THREE_QUARTERS: u64 = 0x3feb_b67a_e858_4caa;
const SQRT_THREE_HALVES: f64 = 1.224744871391589;
/// ln 3/2 to 32 bits, and the rest.
const LN_THREE_HALVES: (f64, f64) = (0.4054651079932228, 1.1494160890290935e-10);
const PER_LN_10: (f64, f64) = (std::f64::consts::LOG10_E, 1.098319650216765e-17);
/// 2/3 to 26 bits, and the rest.
const TWO_THIRDS: (f64, f64) = (0.6666666567325592, 9.934107462565104e-9);

/// (2 atanh s / s − 2) / s² as a polynomial in s², for s² ≤ 0.0295.
pub(super) const LN_TAIL: [f64; 7] = [
    0.666666666666667,
    0.39999999999899444,
    0.2857142862600329,
    0.22222211130257052,
    0.18182889455834972,
    0.15331710613859573,
    0.14616585470388274,
];

/// (3 atanh s / s − 3 − s²) / s⁴ as a polynomial in s², for s² ≤ 0.0103.
const LN_PAIR_TAIL: [f64; 8] = [
    0.6,
    0.4285714285714286,
    0.33333333333331877,
    0.2727272727385856,
    0.2307692264626073,
    0.20000088956906353,
    0.17636895212956133,
    0.1639185414126029,
];

/// The natural logarithm.
///
/// With x = 2ᵏ m, m between √½ and √2, f = m − 1 and s = f / (2 + f): ln m = f − f²/2 + s (f²/2 + s² …), where the
/// first term is exact and carries most of the value.
#[inline(always)]
pub fn ln<L: Lane>(x: L) -> L {
    let c = |value: f64| x.constant(value);
    let (exponent, mantissa) = decompose(x, SQRT_HALF);
    let f = mantissa - c(1.0);
    let s = f / (c(2.0) + f);
    let square = s * s;
    let half_square = c(0.5) * f * f;
    let series = s * (half_square + square * polynomial(square, &LN_TAIL));
    // Without error, as the first product is exact and, unless it is zero, larger than `f`.
    let high = f.plus_exact(exponent, c(LN_2.0));
    let low = f - high.minus_exact(exponent, c(LN_2.0));
    let value = high + (low - (half_square - (series + exponent * c(LN_2.1))));
    with_special_cases(x, value)
}

/// The logarithm to base ten; exact at the powers of ten.
#[inline(always)]
pub fn log10<L: Lane>(x: L) -> L {
    let ln = ln_pair(x);
    let value = ln.times(PER_LN_10);
    with_special_cases(x, value.high + value.low)
}

/// The logarithm of `x` to a base: ln x / ln base, rounded once.
#[inline(always)]
pub fn log<L: Lane>(x: L, base: L) -> L {
    let (above, below) = (ln_pair(x), ln_pair(base));
    let (above_high, below_high) = (
        with_special_cases(x, above.high),
        with_special_cases(base, below.high),
    );
    let quotient = above_high / below_high;
    let back = product(quotient, below_high);
    let rest = ((above_high - back.high) - back.low) + (above.low - quotient * below.low);
    let refined = quotient + rest / below_high;
    // A zero or infinite quotient, and NaN, are right as they are, and their correction is not a number.
    let zero = x.constant(0.0);
    let ordinary = zero
        .less(quotient.magnitude())
        .and(quotient.magnitude().less(x.constant(f64::INFINITY)));
    ordinary.select(refined, quotient)
}

/// ln x for positive finite x, as a pair good to about 2⁻⁶⁸ of its size.
///
/// With x = 2ᵏ m, m between √¾ and √3, and c the nearer of 1 and 3/2: ln x = k ln 2 + ln c + 2 atanh s, where
/// s = (m − c) / (m + c) is at most 0.102, and 2 atanh s = ⅔ s (3 + s² + …). The leading factors are cut to 26 bits,
/// so that their products are exact without being taken apart.
#[inline(always)]
pub(super) fn ln_pair<L: Lane>(x: L) -> Pair<L> {
    let c = |value: f64| x.constant(value);
    let (exponent, mantissa) = decompose(x, SQRT_THREE_QUARTERS);
    let upper = c(SQRT_THREE_HALVES).less(mantissa);
    let centre = upper.select(c(1.5), c(1.0));
    let above = mantissa - centre;
    let below = mantissa + centre;
    let inverse = c(1.0) / below;
    let s = leading(above * inverse);
    let below_high = leading(below);
    let below_low = mantissa - (below_high - centre);
    let s_low = (above.minus_exact(s, below_high) - s * below_low) * inverse;

    let square = s * s;
    let square_low = s_low * (s + (s + s_low));
    let whole_square = square + square_low;
    let tail = whole_square * whole_square * polynomial(whole_square, &LN_PAIR_TAIL) + square_low;
    let series = leading(c(3.0) + (square + tail));
    let series_low = tail - ((series - c(3.0)) - square);
    let rest = s_low * series + series_low * (s + s_low);
    let atanh = leading(rest.plus_exact(s, series));
    let atanh_low = rest - atanh.minus_exact(s, series);
    let scaled = atanh * c(TWO_THIRDS.0);
    let scaled_low = atanh * c(TWO_THIRDS.1) + atanh_low * c(TWO_THIRDS.0 + TWO_THIRDS.1);

    // Both constants end at or above 2⁻³³: the sum is exact. It is zero, or larger than what is added to it.
    let start = upper.and(c(LN_THREE_HALVES.0)).plus_exact(exponent, c(LN_2.0));
    let start_low = exponent * c(LN_2.1) + upper.and(c(LN_THREE_HALVES.1));
    let sum = ordered_sum(start, scaled);
    ordered_sum(sum.high, sum.low + (scaled_low + start_low))
}

/// A positive finite x as 2ᵏ · m, with m at least the double whose bits are `least` and less than twice that.
#[inline(always)]
pub(super) fn decompose<L: Lane>(x: L, least: u64) -> (L, L) {
    let c = |value: f64| x.constant(value);
    let subnormal = x.less(c(f64::MIN_POSITIVE));
    let scaled = subnormal.select(x * c(TWO_TO_54), x);
    let above_least = scaled.integer_sub(x.word(least));
    // The exponent plus 1024 is positive: without a sign it may be shifted, and set into the bits of 2⁵².
    let raised = above_least
        .integer_add(x.word(1024 << 52))
        .shift_right(52)
        .or(c(TWO_TO_52));
    let exponent = (raised - c(TWO_TO_52 + 1024.0)) - subnormal.and(c(54.0));
    let mantissa = scaled.integer_sub(above_least.and(x.word(0xfff << 52)));
    (exponent, mantissa)
}

/// The logarithm outside the positive finite numbers: −∞ at both zeros, ∞ at ∞, NaN below zero and at NaN.
#[inline(always)]
pub(super) fn with_special_cases<L: Lane>(x: L, ordinary: L) -> L {
    let zero = x.constant(0.0);
    let infinite = x.constant(f64::INFINITY);
    let positive = zero.less(x).select(ordinary, x.constant(f64::NAN));
    let finite = x.less(infinite).select(positive, x + infinite);
    x.equal(zero).select(-infinite, finite)
}

const TWO_TO_52: f64 = 4503599627370496.0;
const TWO_TO_54: f64 = 18014398509481984.0;
