//! Cheaper exponentials, logarithms and powers for fast numerics: fused steps, shorter series, no subnormal results.
//!
//! Like the others each is one text over a lane, so its bits are the same everywhere; they are only not those of the exact
//! functions. Bounds are in `docs/numerics.md`, and tested.

use super::exponential::{LN_2, ROUNDER, power_of_two};
use super::lane::{Lane, even_and_odd};
use super::logarithm::{LN_TAIL, SQRT_HALF, decompose, with_special_cases};
use super::power::with_special_powers;

/// (eʳ − 1 − r) / r² for |r| ≤ (ln 2)/2, interpolated at Chebyshev's points; the error of eʳ is 1.2 · 10⁻¹⁵.
const EXP_TAIL: [f64; 9] = [
    0.5,
    0.1666666666664829,
    0.04166666666665136,
    0.008333333353729397,
    0.0013888888905881542,
    0.00019841208732536384,
    2.4801536388690766e-05,
    2.762511557828763e-06,
    2.761380686153829e-07,
];

/// The polynomial with these coefficients, lowest first, at `x`: even and odd powers apart, each step fused.
#[inline(always)]
fn fused_polynomial<L: Lane, const N: usize>(x: L, coefficients: &[f64; N]) -> L {
    let (even, odd) = even_and_odd(x, coefficients, |sum, square, next| {
        sum.multiply_add(square, next)
    });
    odd.multiply_add(x, even)
}

/// eˣ; 0 below −707 instead of a subnormal number.
#[inline(always)]
pub fn exp_fast<L: Lane>(x: L) -> L {
    let c = |value: f64| x.constant(value);
    let (low, high) = (c(-707.0), c(709.782712893384));
    // Clamped, so that no exponent below leaves its field; NaN stays.
    let raised = x.less(low).select(low, x);
    let within = high.less(raised).select(high, raised);
    let exponent = within.multiply_add(c(std::f64::consts::LOG2_E), c(ROUNDER)) - c(ROUNDER);
    let rest = exponent.multiply_add(c(-LN_2.0), within);
    let rest = exponent.multiply_add(c(-LN_2.1), rest);
    let tail = fused_polynomial(rest, &EXP_TAIL);
    let value = c(1.0) + (rest * rest).multiply_add(tail, rest);
    // Doubled first: the largest exponent is one more than a power of two may have.
    let value = (value + value) * power_of_two(exponent - c(1.0));
    let value = x.less(low).select(c(0.0), value);
    high.less(x).select(c(f64::INFINITY), value)
}

/// The natural logarithm: −∞ at zero, NaN below.
#[inline(always)]
pub fn ln_fast<L: Lane>(x: L) -> L {
    let c = |value: f64| x.constant(value);
    let (exponent, mantissa) = decompose(x, SQRT_HALF);
    let f = mantissa - c(1.0);
    let s = f / (mantissa + c(1.0));
    let square = s * s;
    let series = (s * square).multiply_add(fused_polynomial(square, &LN_TAIL), s + s);
    let value = exponent.multiply_add(c(std::f64::consts::LN_2), series);
    with_special_cases(x, value)
}

/// x raised to y by the fast logarithm and exponential, with the special cases of IEEE 754 `pow`.
#[inline(always)]
pub fn pow_fast<L: Lane>(x: L, y: L) -> L {
    let one = x.constant(1.0);
    let size = x.magnitude();
    let ordinary = exp_fast(y * ln_fast(size));
    // Of ±1 every power is 1 in size, an infinite one too.
    let ordinary = size.equal(one).select(one, ordinary);
    with_special_powers(x, y, ordinary)
}
