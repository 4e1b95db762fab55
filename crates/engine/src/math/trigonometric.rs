//! Sine, cosine, tangent.

use super::exponential::ROUNDER;
use super::lane::{Lane, polynomial};
use super::pair::{Pair, ordered_sum, product, sum};

const PER_HALF_PI: f64 = std::f64::consts::FRAC_2_PI;
/// π/2 as a sum of three doubles.
const HALF_PI: [f64; 3] = [
    std::f64::consts::FRAC_PI_2,
    6.123233995736766e-17,
    -1.4973849048591698e-33,
];

/// The largest magnitude of which sine, cosine and tangent are taken; beyond it they are NaN.
///
/// 2⁴⁵, about 3.5 · 10¹³: a double of that size is known to 2⁻⁷ of a radian at best, and a model that asks for its
/// phase is better told so than answered.
pub const LARGEST_ANGLE: f64 = 35184372088832.0;

/// (sin r / r − 1) / r² as a polynomial in r², for |r| ≤ 0.79.
const SIN_TAIL: [f64; 7] = [
    -0.16666666666666666,
    0.008333333333333331,
    -0.00019841269841264778,
    2.755731921911718e-06,
    -2.5052106155789558e-08,
    1.605851953954185e-10,
    -7.585989217588698e-13,
];

/// (cos r − 1 + r²/2) / r⁴ as a polynomial in r², for |r| ≤ 0.79.
const COS_TAIL: [f64; 7] = [
    0.041666666666666664,
    -0.0013888888888888887,
    2.4801587301584486e-05,
    -2.7557319221279406e-07,
    2.087675574846015e-09,
    -1.1470454171655886e-11,
    4.7454783206695674e-14,
];

/// The sine of an angle in radians; NaN beyond [`LARGEST_ANGLE`].
#[inline(always)]
pub fn sin<L: Lane>(x: L) -> L {
    let turned = Turned::from(x);
    let value = turned.odd.select(turned.cos, turned.sin);
    // The second bit of the quarter is the sign.
    let negative = turned.quarter.shift_right(1).shift_left(63);
    in_range(x, x.equal(x.constant(0.0)).select(x, value.xor(negative)))
}

/// The cosine of an angle in radians; NaN beyond [`LARGEST_ANGLE`].
#[inline(always)]
pub fn cos<L: Lane>(x: L) -> L {
    let turned = Turned::from(x);
    let value = turned.odd.select(turned.sin, turned.cos);
    // Negative in the second and third quarters: where the two low bits differ.
    let negative = turned.quarter.xor(turned.quarter.shift_right(1)).shift_left(63);
    in_range(x, value.xor(negative))
}

/// The tangent of an angle in radians; NaN beyond [`LARGEST_ANGLE`].
#[inline(always)]
pub fn tan<L: Lane>(x: L) -> L {
    let turned = Turned::from(x);
    let above = turned.odd.select(turned.cos, turned.sin);
    let below = turned.odd.select(turned.sin, turned.cos);
    let negative = turned.odd.and(x.constant(-0.0));
    in_range(
        x,
        x.equal(x.constant(0.0)).select(x, (above / below).xor(negative)),
    )
}

#[inline(always)]
fn in_range<L: Lane>(x: L, value: L) -> L {
    x.magnitude()
        .less_equal(x.constant(LARGEST_ANGLE))
        .select(value, x.constant(f64::NAN))
}

/// An angle as a number of quarter turns and the sine and cosine of what is left, at most π/4.
struct Turned<L> {
    /// The number of quarter turns, as an integer in the low bits.
    quarter: L,
    /// The mask of an odd number of quarter turns.
    odd: L,
    sin: L,
    cos: L,
}

impl<L: Lane> Turned<L> {
    #[inline(always)]
    fn from(x: L) -> Turned<L> {
        let c = |value: f64| x.constant(value);
        let quarter = x * c(PER_HALF_PI) + c(ROUNDER);
        let turns = quarter - c(ROUNDER);
        let rest = without_turns(x, turns);
        // The lowest bit, set into the bits of 2⁵², gives 2⁵² or 2⁵² + 1, to be compared as doubles.
        let lowest = quarter.and(x.word(1)).or(c(TWO_TO_52));
        Turned {
            quarter,
            odd: c(TWO_TO_52).less(lowest),
            sin: small_sin(rest),
            cos: small_cos(rest),
        }
    }
}

const TWO_TO_52: f64 = 4503599627370496.0;

/// x − turns · π/2, with 159 bits of π/2: up to 2⁴⁵ the error is below 2⁻¹¹², and the result, a double never being
/// closer than about 2⁻⁷⁰ to a multiple of π/2 there, good to its last bits.
#[inline(always)]
fn without_turns<L: Lane>(x: L, turns: L) -> Pair<L> {
    let first = product(turns, x.constant(HALF_PI[0]));
    let second = product(turns, x.constant(HALF_PI[1]));
    // The first product is within π/4 of x: the difference is exact.
    let left = sum(x - first.high, -first.low);
    let next = sum(left.high, -second.high);
    let low = left.low + next.low - (second.low + turns * x.constant(HALF_PI[2]));
    ordered_sum(next.high, low)
}

/// sin (high + low) for at most π/4.
#[inline(always)]
fn small_sin<L: Lane>(angle: Pair<L>) -> L {
    let x = angle.high;
    let square = x * x;
    let beyond = x * square * polynomial(square, &SIN_TAIL);
    x + (beyond + angle.low * (x.constant(1.0) - square * x.constant(0.5)))
}

/// cos (high + low) for at most π/4.
#[inline(always)]
fn small_cos<L: Lane>(angle: Pair<L>) -> L {
    let x = angle.high;
    let one = x.constant(1.0);
    let square = x * x;
    let half_square = square * x.constant(0.5);
    let start = one - half_square;
    let lost = (one - start) - half_square;
    start + (lost + (square * square * polynomial(square, &COS_TAIL) - x * angle.low))
}
