//! The exponential and the hyperbolic functions.

use super::lane::{Lane, polynomial};

/// Adding and subtracting it rounds to the nearest integer, which the low bits of the sum then show.
pub(crate) const ROUNDER: f64 = 6755399441055744.0;
/// ln 2 to 32 bits, so that its product with an exponent is exact, and the rest.
pub(super) const LN_2: (f64, f64) = (0.6931471803691238, 1.9082149292705877e-10);
const PER_LN_2: f64 = std::f64::consts::LOG2_E;

/// (eʳ − 1 − r − r²/2) / r³ for |r| ≤ (ln 2)/2.
const EXP_TAIL: [f64; 10] = [
    0.16666666666666669,
    0.041666666666666664,
    0.008333333333330063,
    0.0013888888888886554,
    0.00019841269863042963,
    2.4801587317136892e-05,
    2.7557268476553695e-06,
    2.75572829813734e-07,
    2.5100377619606372e-08,
    2.091123100592285e-09,
];

/// (sinh x / x − 1) / x² as a polynomial in x², for |x| ≤ 1.
const SINH_TAIL: [f64; 8] = [
    0.16666666666666666,
    0.008333333333333333,
    0.00019841269841269773,
    2.755731922404061e-06,
    2.5052108363972185e-08,
    1.605904841008131e-10,
    7.646624280323266e-13,
    2.844559673675541e-15,
];

/// eˣ.
#[inline(always)]
pub fn exp<L: Lane>(x: L) -> L {
    exp_of_sum(x, None, 0.0)
}

/// e^(high + low) · 2^doublings, rounded as one: `low` is small beside `high`, and 0 if there is none; `doublings` a small integer.
///
/// With k the nearest integer to high / ln 2 and r = high + low − k ln 2, the sum is 2ᵏ (1 + r + …). The first
/// two terms are added without error, and a subnormal result is rounded only once more.
#[inline(always)]
pub(super) fn exp_of_sum<L: Lane>(high: L, low: Option<L>, doublings: f64) -> L {
    let c = |value: f64| high.constant(value);
    // Beyond these bounds the result is 0 or infinite anyway; within them no exponent below leaves its field.
    let high = c(1000.0).less(high).select(c(1000.0), high);
    let high = high.less(c(-1000.0)).select(c(-1000.0), high);
    let exponent = (high * c(PER_LN_2) + c(ROUNDER)) - c(ROUNDER);
    let rest_high = high.minus_exact(exponent, c(LN_2.0));
    let less = exponent * c(LN_2.1);
    let (rest, rest_low) = match low {
        Some(low) => (rest_high + (low - less), low - less),
        None => (rest_high - less, -less),
    };
    let beyond_linear = rest * rest * (c(0.5) + rest * polynomial(rest, &EXP_TAIL));
    let linear = c(1.0) + rest_high;
    let lost = rest_high - (linear - c(1.0));
    let value = linear + (lost + (beyond_linear + rest_low));
    value.scaled(exponent + c(doublings))
}

/// [`Lane::scaled`] in two steps, of which only the second may round: no power of two leaves its field.
#[inline(always)]
pub(super) fn scaled<L: Lane>(value: L, exponent: L) -> L {
    let c = |value: f64| exponent.constant(value);
    let half = (exponent * c(0.5) + c(ROUNDER)) - c(ROUNDER);
    value * power_of_two(half) * power_of_two(exponent - half)
}

/// 2ᵏ for an integral k in −1022 ..= 1023.
#[inline(always)]
pub(super) fn power_of_two<L: Lane>(k: L) -> L {
    (k + k.constant(ROUNDER)).integer_add(k.word(1023)).shift_left(52)
}

/// The hyperbolic sine.
#[inline(always)]
pub fn sinh<L: Lane>(x: L) -> L {
    let size = x.magnitude();
    let half_exp = exp_of_sum(size, None, -1.0);
    let large = (half_exp - x.constant(0.25) / half_exp).or(x.sign());
    size.less(x.constant(1.0)).select(small_sinh(x), large)
}

/// The hyperbolic cosine.
#[inline(always)]
pub fn cosh<L: Lane>(x: L) -> L {
    let half_exp = exp_of_sum(x.magnitude(), None, -1.0);
    half_exp + x.constant(0.25) / half_exp
}

/// The hyperbolic tangent.
#[inline(always)]
pub fn tanh<L: Lane>(x: L) -> L {
    let one = x.constant(1.0);
    let size = x.magnitude();
    let sinh = small_sinh(x);
    let small = sinh / (one + sinh * sinh).root();
    let large = one - (one + one) / (exp(size + size) + one);
    size.less(one).select(small, large.or(x.sign()))
}

/// The hyperbolic sine for |x| ≤ 1.
#[inline(always)]
fn small_sinh<L: Lane>(x: L) -> L {
    let square = x * x;
    x + x * (square * polynomial(square, &SINH_TAIL))
}
