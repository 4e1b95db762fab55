//! Rounding to integers, remainders, and the selects that every evaluator shares.

use super::lane::Lane;

/// From here on every double is an integer.
pub(super) const TWO_TO_52: f64 = 4503599627370496.0;

/// The integer nearest to a magnitude below 2⁵²: halves go to even.
#[inline(always)]
fn nearest<L: Lane>(size: L) -> L {
    (size + size.constant(TWO_TO_52)) - size.constant(TWO_TO_52)
}

/// The mask of integers; the infinities count as (even) integers.
#[inline(always)]
pub(super) fn is_integer<L: Lane>(x: L) -> L {
    let size = x.magnitude();
    x.constant(TWO_TO_52)
        .less_equal(size)
        .or(nearest(size).equal(size))
}

/// The integer part: x without its fraction, towards zero.
#[inline(always)]
pub fn trunc<L: Lane>(x: L) -> L {
    let size = x.magnitude();
    let near = nearest(size);
    let down = near - size.less(near).and(x.constant(1.0));
    size.less(x.constant(TWO_TO_52)).select(down.or(x.sign()), x)
}

/// The largest integer that is not above x.
#[inline(always)]
pub fn floor<L: Lane>(x: L) -> L {
    let size = x.magnitude();
    let near = nearest(size).or(x.sign());
    let down = near - x.less(near).and(x.constant(1.0));
    size.less(x.constant(TWO_TO_52)).select(down, x)
}

/// The nearest integer; halves go away from zero.
#[inline(always)]
pub fn round<L: Lane>(x: L) -> L {
    let whole = trunc(x).magnitude();
    let half = x.constant(0.5).less_equal(x.magnitude() - whole);
    let up = whole + half.and(x.constant(1.0));
    x.magnitude()
        .less(x.constant(TWO_TO_52))
        .select(up.or(x.sign()), x)
}

/// Vensim's QUANTUM: `q * trunc(x / q)`, and x itself where q is not positive.
#[inline(always)]
pub fn quantum<L: Lane>(x: L, q: L) -> L {
    q.less_equal(x.constant(0.0)).select(x, q * trunc(x / q))
}

/// Vensim's MODULO: `x - quantum(x, y)`, so the remainder has the sign of x, and is 0 where y is not positive.
///
/// As x / y is rounded, 1 modulo 0.1 is 0, and a remainder can miss zero or y by one unit in the last place of x.
/// NaN where x / y is 2⁵³ or more: x then no longer says where between two multiples of y it lies.
#[inline(always)]
pub fn modulo<L: Lane>(x: L, y: L) -> L {
    let c = |value: f64| x.constant(value);
    let lost = c(0.0)
        .less(y)
        .and(c(2.0 * TWO_TO_52).less_equal((x / y).magnitude()));
    lost.select(c(f64::NAN), x - quantum(x, y))
}

/// The smaller of two; NaN if either is NaN, and −0 is below +0.
#[inline(always)]
pub fn min<L: Lane>(a: L, b: L) -> L {
    let lesser = a.less(b).or(a.is_nan()).select(a, b);
    a.equal(b).select(a.or(b), lesser)
}

/// The larger of two; NaN if either is NaN, and +0 is above −0.
#[inline(always)]
pub fn max<L: Lane>(a: L, b: L) -> L {
    let greater = b.less(a).or(a.is_nan()).select(a, b);
    a.equal(b).select(a.and(b), greater)
}

/// The absolute value.
#[inline(always)]
pub fn abs<L: Lane>(x: L) -> L {
    x.magnitude()
}

/// The square root, correctly rounded; NaN below zero, −0 at −0.
#[inline(always)]
pub fn sqrt<L: Lane>(x: L) -> L {
    x.root()
}

/// x, or the one quiet NaN (bits `7ff8000000000000`) where x is any NaN: what leaves the engine passes here.
#[inline(always)]
pub fn canonical_nan<L: Lane>(x: L) -> L {
    x.is_nan().select(x.constant(f64::NAN), x)
}
