//! The lane type: what the elementary functions are written over.
//!
//! In: nothing. Out: [`Lane`], the complete list of primitive operations that a kernel may use, and its two
//! plain implementations, one double and a group of doubles. It knows no function of mathematics.
//!
//! A lane is a word of 64 bits. Some operations read it as a double, some as an integer, comparisons answer with
//! a *mask*: a word of all ones or all zeros. One kind of word, as in the registers of x86 and WebAssembly, so
//! that a back end can implement the trait by writing down instructions instead of computing.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::exponential::scaled;
use super::pair::rest_of_product;

/// A double, or several side by side, that a kernel computes with.
///
/// Each operation is exact or rounded once, to nearest even, and means the same in every implementation. There is
/// one fused operation, for fast numerics alone, no conversion between integers and doubles (neither AVX2 nor WebAssembly has one for 64
/// bits; kernels add 1.5 · 2⁵² instead), no shift that keeps a sign and no branch.
pub trait Lane:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The same double in every lane that `self` has.
    fn constant(self, value: f64) -> Self;

    /// The square root, correctly rounded.
    fn root(self) -> Self;

    /// `self * factor + addend`, rounded once. For fast numerics only: exact programs never ask for it, and a lane for which no fast program
    /// is made need not have it.
    fn multiply_add(self, factor: Self, addend: Self) -> Self;

    /// The mask of `self < other`; false where either is NaN.
    fn less(self, other: Self) -> Self;

    /// The mask of `self <= other`; false where either is NaN.
    fn less_equal(self, other: Self) -> Self;

    /// The mask of `self == other`; both zeros are equal, NaN equals nothing.
    fn equal(self, other: Self) -> Self;

    /// `yes` where `self` is a mask of ones, `no` where it is a mask of zeros.
    fn select(self, yes: Self, no: Self) -> Self;

    /// Bitwise and.
    fn and(self, other: Self) -> Self;

    /// Bitwise or.
    fn or(self, other: Self) -> Self;

    /// Bitwise exclusive or.
    fn xor(self, other: Self) -> Self;

    /// Wrapping sum of the words as integers.
    fn integer_add(self, other: Self) -> Self;

    /// Wrapping difference of the words as integers.
    fn integer_sub(self, other: Self) -> Self;

    /// The word shifted towards its high bits, zeros coming in.
    fn shift_left(self, bits: u32) -> Self;

    /// The word shifted towards its low bits, zeros coming in.
    fn shift_right(self, bits: u32) -> Self;

    /// `self` times 2 to `exponent`, which is an integer of at most 2,000 in magnitude; `self` lies between ½ and 2, or is not finite.
    /// Rounded once: a subnormal result too. A machine that has an instruction for it may use that.
    #[inline(always)]
    fn scaled(self, exponent: Self) -> Self {
        scaled(self, exponent)
    }

    /// What rounding took from `product`, which is `self * factor`: exact as long as neither leaves the normal range. Where they do, what a
    /// fused operation gives instead must make no difference to whoever asks.
    #[inline(always)]
    fn rest_of_product(self, factor: Self, product: Self) -> Self {
        rest_of_product(self, factor, product)
    }

    /// `self + a * b` where that product is exact, so that a machine may round once or twice.
    #[inline(always)]
    fn plus_exact(self, a: Self, b: Self) -> Self {
        self + a * b
    }

    /// `self - a * b` where that product is exact.
    #[inline(always)]
    fn minus_exact(self, a: Self, b: Self) -> Self {
        self - a * b
    }

    /// The same word in every lane that `self` has.
    #[inline(always)]
    fn word(self, bits: u64) -> Self {
        self.constant(f64::from_bits(bits))
    }

    /// The sign bit alone.
    #[inline(always)]
    fn sign(self) -> Self {
        self.and(self.word(SIGN))
    }

    /// The magnitude: the word without its sign bit.
    #[inline(always)]
    fn magnitude(self) -> Self {
        self.and(self.word(!SIGN))
    }

    /// The mask that is true where `self` is false.
    #[inline(always)]
    fn not(self) -> Self {
        self.xor(self.word(!0))
    }

    /// The mask of NaN.
    #[inline(always)]
    fn is_nan(self) -> Self {
        self.equal(self).not()
    }
}

/// The sign bit of a double.
pub(super) const SIGN: u64 = 1 << 63;

/// The mask of a truth value.
#[inline(always)]
fn mask(truth: bool) -> f64 {
    f64::from_bits(if truth { !0 } else { 0 })
}

impl Lane for f64 {
    #[inline(always)]
    fn constant(self, value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn root(self) -> f64 {
        self.sqrt()
    }

    #[inline(always)]
    #[expect(clippy::disallowed_methods, reason = "fast numerics ask for it by name")]
    fn multiply_add(self, factor: f64, addend: f64) -> f64 {
        self.mul_add(factor, addend)
    }

    #[inline(always)]
    fn less(self, other: f64) -> f64 {
        mask(self < other)
    }

    #[inline(always)]
    fn less_equal(self, other: f64) -> f64 {
        mask(self <= other)
    }

    #[inline(always)]
    fn equal(self, other: f64) -> f64 {
        mask(self == other)
    }

    #[inline(always)]
    fn select(self, yes: f64, no: f64) -> f64 {
        if self.to_bits() != 0 { yes } else { no }
    }

    #[inline(always)]
    fn and(self, other: f64) -> f64 {
        f64::from_bits(self.to_bits() & other.to_bits())
    }

    #[inline(always)]
    fn or(self, other: f64) -> f64 {
        f64::from_bits(self.to_bits() | other.to_bits())
    }

    #[inline(always)]
    fn xor(self, other: f64) -> f64 {
        f64::from_bits(self.to_bits() ^ other.to_bits())
    }

    #[inline(always)]
    fn integer_add(self, other: f64) -> f64 {
        f64::from_bits(self.to_bits().wrapping_add(other.to_bits()))
    }

    #[inline(always)]
    fn integer_sub(self, other: f64) -> f64 {
        f64::from_bits(self.to_bits().wrapping_sub(other.to_bits()))
    }

    #[inline(always)]
    fn shift_left(self, bits: u32) -> f64 {
        f64::from_bits(self.to_bits() << bits)
    }

    #[inline(always)]
    fn shift_right(self, bits: u32) -> f64 {
        f64::from_bits(self.to_bits() >> bits)
    }
}

/// Several doubles side by side; every operation is that of `f64`, lane by lane.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<const N: usize>(pub [f64; N]);

impl<const N: usize> Lanes<N> {
    #[inline(always)]
    fn each(self, operation: impl Fn(f64) -> f64) -> Self {
        Lanes(self.0.map(operation))
    }

    #[inline(always)]
    fn both(self, other: Self, operation: impl Fn(f64, f64) -> f64) -> Self {
        Lanes(std::array::from_fn(|lane| operation(self.0[lane], other.0[lane])))
    }
}

impl<const N: usize> Add for Lanes<N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.both(other, |a, b| a + b)
    }
}

impl<const N: usize> Sub for Lanes<N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.both(other, |a, b| a - b)
    }
}

impl<const N: usize> Mul for Lanes<N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.both(other, |a, b| a * b)
    }
}

impl<const N: usize> Div for Lanes<N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.both(other, |a, b| a / b)
    }
}

impl<const N: usize> Neg for Lanes<N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.each(|a| -a)
    }
}

impl<const N: usize> Lane for Lanes<N> {
    #[inline(always)]
    fn constant(self, value: f64) -> Self {
        Lanes([value; N])
    }

    #[inline(always)]
    fn root(self) -> Self {
        self.each(Lane::root)
    }

    #[inline(always)]
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        Lanes(std::array::from_fn(|lane| {
            self.0[lane].multiply_add(factor.0[lane], addend.0[lane])
        }))
    }

    #[inline(always)]
    fn less(self, other: Self) -> Self {
        self.both(other, Lane::less)
    }

    #[inline(always)]
    fn less_equal(self, other: Self) -> Self {
        self.both(other, Lane::less_equal)
    }

    #[inline(always)]
    fn equal(self, other: Self) -> Self {
        self.both(other, Lane::equal)
    }

    #[inline(always)]
    fn select(self, yes: Self, no: Self) -> Self {
        Lanes(std::array::from_fn(|lane| {
            Lane::select(self.0[lane], yes.0[lane], no.0[lane])
        }))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self.both(other, Lane::and)
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self.both(other, Lane::or)
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self.both(other, Lane::xor)
    }

    #[inline(always)]
    fn integer_add(self, other: Self) -> Self {
        self.both(other, Lane::integer_add)
    }

    #[inline(always)]
    fn integer_sub(self, other: Self) -> Self {
        self.both(other, Lane::integer_sub)
    }

    #[inline(always)]
    fn shift_left(self, bits: u32) -> Self {
        self.each(|a| a.shift_left(bits))
    }

    #[inline(always)]
    fn shift_right(self, bits: u32) -> Self {
        self.each(|a| a.shift_right(bits))
    }
}

/// The polynomial with these coefficients, lowest first, at `x`.
///
/// The even and the odd powers are summed apart, from the highest down, and then `even + x * odd`: two chains of
/// half the length. The order of operations is part of the result's meaning.
#[inline(always)]
pub(super) fn polynomial<L: Lane, const N: usize>(x: L, coefficients: &[f64; N]) -> L {
    let (even, odd) = even_and_odd(x, coefficients, |sum, square, next| sum * square + next);
    even + x * odd
}

/// The sums of a polynomial's even and odd powers, from the highest down; `step` takes a sum to the next coefficient.
#[inline(always)]
pub(super) fn even_and_odd<L: Lane, const N: usize>(
    x: L,
    coefficients: &[f64; N],
    step: impl Fn(L, L, L) -> L,
) -> (L, L) {
    let square = x * x;
    let (mut even, mut odd) = (x.constant(0.0), x.constant(0.0));
    let mut power = N;
    while power > 0 {
        power -= 1;
        let coefficient = x.constant(coefficients[power]);
        let sum = if power.is_multiple_of(2) {
            &mut even
        } else {
            &mut odd
        };
        *sum = if power + 2 >= N {
            coefficient
        } else {
            step(*sum, square, coefficient)
        };
    }
    (even, odd)
}
