//! Powers.

use super::exponential::exp_of_sum;
use super::lane::Lane;
use super::logarithm::ln_pair;
use super::pair::product_in_range;
use super::rounding::{TWO_TO_52, is_integer};

/// The largest magnitude of a constant integer exponent for which `^` is [`powi`].
pub const POWI_LIMIT: i32 = 8;

/// x raised to a small constant integer, by repeated multiplication.
///
/// The binary digits of |n| are read from the highest: each squares the product, and a one then multiplies it by x
/// (x⁷ is `((x·x)·x)·((x·x)·x)·x`). A negative power is that of 1/x; x⁰ is 1, also for NaN. Every evaluator must
/// use this order, for `^` with a constant integer of at most [`POWI_LIMIT`] in magnitude and nothing else.
#[inline(always)]
pub fn powi<L: Lane>(x: L, n: i32) -> L {
    let base = if n < 0 { x.constant(1.0) / x } else { x };
    let digits = n.unsigned_abs();
    if digits == 0 {
        return x.constant(1.0);
    }
    let mut value = base;
    let mut place = digits.ilog2();
    while place > 0 {
        place -= 1;
        value = value * value;
        if digits >> place & 1 == 1 {
            value = value * base;
        }
    }
    value
}

/// x raised to y, with the special cases of IEEE 754 `pow`: x⁰ and 1ʸ are 1 also for NaN, a negative x has powers
/// only for integral y.
#[inline(always)]
pub fn pow<L: Lane>(x: L, y: L) -> L {
    let c = |value: f64| x.constant(value);
    let size = x.magnitude();

    // |ln x| is 0 or at least 2⁻⁵⁴: beyond 2⁶⁶ every exponent says the same, and the product stays finite.
    let bound = c(TWO_TO_66);
    let near = y.magnitude().less(bound).select(y, bound.or(y.sign()));
    let ln = ln_pair(size);
    // A product so small that its rest is not exact leaves 1 alone, whatever the rest.
    let exponent = product_in_range(ln.high, near);
    let ordinary = exp_of_sum(exponent.high, Some(exponent.low + ln.low * near), 0.0);

    with_special_powers(x, y, ordinary)
}

/// The power of x by y, of which `ordinary` is the power of x's size, with the special cases of IEEE 754 `pow`.
#[inline(always)]
pub(super) fn with_special_powers<L: Lane>(x: L, y: L, ordinary: L) -> L {
    let c = |value: f64| x.constant(value);
    let (zero, one, infinite) = (c(0.0), c(1.0), c(f64::INFINITY));
    let size = x.magnitude();
    let rising = zero.less(y);
    let at_zero = rising.select(zero, infinite);
    let at_infinity = rising.select(infinite, zero);
    let value = size.equal(zero).select(at_zero, ordinary);
    let value = size.equal(infinite).select(at_infinity, value);

    let integral = is_integer(y);
    let odd = integral
        .and(is_integer(y * c(0.5)).not())
        .and(y.magnitude().less(c(2.0 * TWO_TO_52)));
    let value = value.or(odd.and(x.sign()));
    let undefined = x.less(zero).and(c(f64::NEG_INFINITY).less(x)).and(integral.not());
    let value = undefined.or(x.is_nan()).or(y.is_nan()).select(c(f64::NAN), value);
    y.equal(zero).or(x.equal(one)).select(one, value)
}

const TWO_TO_66: f64 = 73786976294838206464.0;
