//! Inverse sine, cosine and tangent.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::lane::{Lane, polynomial};
use super::pair::{ordered_sum, product};

const HALF_PI_LOW: f64 = 6.123233995736766e-17;
const PI_LOW: f64 = 1.2246467991473532e-16;
const ATAN_HALF: (f64, f64) = (0.4636476090008061, 2.2698777452961687e-17);
const ATAN_THREE_HALVES: (f64, f64) = (0.982793723247329, 1.3903311031230998e-17);
const QUARTER_PI_LOW: f64 = 3.061616997868383e-17;

/// (atan t / t − 1) / t² as a polynomial in t², for |t| ≤ 7/16.
const ATAN_TAIL: [f64; 11] = [
    -0.33333333333333326,
    0.1999999999998777,
    -0.1428571428314864,
    0.1111111090056045,
    -0.09090900195559425,
    0.07692087348754836,
    -0.06663239298975389,
    0.05847724719755996,
    -0.050339427728059175,
    0.037825218575802635,
    -0.017547235072603355,
];

/// (asin t / t − 1) / t² as a polynomial in t², for |t| ≤ 1/2.
const ASIN_TAIL: [f64; 13] = [
    0.16666666666666669,
    0.07499999999998425,
    0.04464285714637338,
    0.030381944137085167,
    0.022372173002007063,
    0.017352391265880077,
    0.013971235301502854,
    0.011478952686959197,
    0.010324318308209832,
    0.005450878110995214,
    0.01741935815831295,
    -0.014881409674851229,
    0.02877844279349127,
];

/// The angle whose sine is x, in −π/2 ..= π/2; NaN outside −1 ..= 1.
#[inline(always)]
pub fn asin<L: Lane>(x: L) -> L {
    let arc = Arc::of(x.magnitude());
    let from_top = ordered_sum(x.constant(FRAC_PI_2), -arc.main);
    let large = from_top.high + ((from_top.low + x.constant(HALF_PI_LOW)) - arc.rest);
    arc.small.select(arc.main + arc.rest, large).or(x.sign())
}

/// The angle whose cosine is x, in 0 ..= π; NaN outside −1 ..= 1.
#[inline(always)]
pub fn acos<L: Lane>(x: L) -> L {
    let c = |value: f64| x.constant(value);
    let arc = Arc::of(x.magnitude());
    // Near 1 the arc itself; else π/2 less the signed arc sine; near −1, π less the arc.
    let flip = arc.small.and(x.sign());
    let (start, start_low) = (
        arc.small.select(c(FRAC_PI_2), c(PI)),
        arc.small.select(c(HALF_PI_LOW), c(PI_LOW)),
    );
    let left = ordered_sum(start, -arc.main.xor(flip));
    let from_start = left.high + ((left.low + start_low) - arc.rest.xor(flip));
    let near_one = c(0.5).less_equal(x);
    near_one.select(arc.main + arc.rest, from_start)
}

/// An arc as `main + rest`: below one half asin size, from there acos size, which is 2 asin √((1 − size)/2).
struct Arc<L> {
    /// The mask of sizes below one half.
    small: L,
    main: L,
    rest: L,
}

impl<L: Lane> Arc<L> {
    #[inline(always)]
    fn of(size: L) -> Arc<L> {
        let c = |value: f64| size.constant(value);
        let small = size.less(c(0.5));
        let half_gap = (c(1.0) - size) * c(0.5);
        let square = small.select(size * size, half_gap);
        let root = half_gap.root();
        let back = product(root, root);
        // What the rounded root lacks; the smallest normal number keeps 0/0 out where the gap is zero.
        let root_low = ((half_gap - back.high) - back.low) / (root + root + c(f64::MIN_POSITIVE));
        let main = small.select(size, root + root);
        let low = small.select(c(0.0), root_low + root_low);
        Arc {
            small,
            main,
            rest: main * (square * polynomial(square, &ASIN_TAIL)) + low,
        }
    }
}

/// The angle whose tangent is x, in −π/2 ..= π/2.
///
/// atan x = atan c + atan ((x − c) / (1 + c x)) with c among 0, 1/2, 1, 3/2 and ∞, so that what is left is at most
/// 7/16.
#[inline(always)]
pub fn atan<L: Lane>(x: L) -> L {
    let c = |value: f64| x.constant(value);
    let size = x.magnitude();
    let mut above = size;
    let mut below = c(1.0);
    let (mut main, mut low) = (c(0.0), c(0.0));
    let steps = [
        (7.0 / 16.0, size + size - c(1.0), c(2.0) + size, ATAN_HALF),
        (
            11.0 / 16.0,
            size - c(1.0),
            size + c(1.0),
            (FRAC_PI_4, QUARTER_PI_LOW),
        ),
        (
            19.0 / 16.0,
            size - c(1.5),
            c(1.0) + c(1.5) * size,
            ATAN_THREE_HALVES,
        ),
        (39.0 / 16.0, c(-1.0), size, (FRAC_PI_2, HALF_PI_LOW)),
    ];
    for (from, numerator, denominator, angle) in steps {
        let beyond = c(from).less_equal(size);
        above = beyond.select(numerator, above);
        below = beyond.select(denominator, below);
        main = beyond.select(c(angle.0), main);
        low = beyond.select(c(angle.1), low);
    }
    let t = above / below;
    let square = t * t;
    let value = main + (t + (t * (square * polynomial(square, &ATAN_TAIL)) + low));
    value.or(x.sign())
}
