//! The elementary functions: the same bits on every machine, in every evaluator.
//!
//! In: doubles. Out: doubles. It knows no model and no program.
//!
//! Each function is written once, over a [`Lane`], as a straight list of the primitive operations that the trait
//! names: no branch, no table in memory, nothing from the platform's mathematics library, and no fused operation but
//! where the bits are the same with one. The functions of this module apply it to one double, [`map`] to slices, [`kernel`] holds the generic text for
//! evaluators that bring their own lanes. Error bounds and the meaning on awkward values are in
//! `docs/numerics.md`, and tested.

mod arc;
mod exponential;
mod fast;
mod gamma;
mod lane;
mod logarithm;
pub mod map;
mod normal;
mod pair;
mod power;
mod rounding;
mod trigonometric;

#[cfg(all(feature = "native", target_arch = "x86_64"))]
pub(crate) use exponential::ROUNDER;
pub use lane::{Lane, Lanes};
pub use power::POWI_LIMIT;
pub use trigonometric::LARGEST_ANGLE;

/// The functions over any [`Lane`].
pub mod kernel {
    pub use super::arc::{acos, asin, atan};
    pub use super::exponential::{cosh, exp, sinh, tanh};
    pub use super::fast::{exp_fast, ln_fast, pow_fast};
    pub use super::gamma::ln_gamma;
    pub use super::logarithm::{ln, log, log10};
    pub use super::normal::{inverse_normal, normal_cdf};
    pub use super::power::{pow, powi};
    pub use super::rounding::{abs, canonical_nan, floor, max, min, modulo, quantum, round, sqrt, trunc};
    pub use super::trigonometric::{cos, sin, tan};
}

macro_rules! of_one_double {
    ($($(#[$doc:meta])* $name:ident($($argument:ident),+);)*) => {$(
        $(#[$doc])*
        pub fn $name($($argument: f64),+) -> f64 {
            kernel::$name($($argument),+)
        }
    )*};
}

of_one_double! {
    /// eˣ.
    exp(x);
    /// The natural logarithm: −∞ at zero, NaN below.
    ln(x);
    /// eˣ for fast numerics: 0 below −707.
    exp_fast(x);
    /// The natural logarithm for fast numerics.
    ln_fast(x);
    /// x raised to y for fast numerics, with the special cases of IEEE 754 `pow`.
    pow_fast(x, y);
    /// The logarithm to base ten; exact at the powers of ten.
    log10(x);
    /// The logarithm of `x` to a base.
    log(x, base);
    /// x raised to y, with the special cases of IEEE 754 `pow`.
    pow(x, y);
    /// The hyperbolic sine.
    sinh(x);
    /// The hyperbolic cosine.
    cosh(x);
    /// The hyperbolic tangent.
    tanh(x);
    /// The sine of an angle in radians; NaN beyond [`LARGEST_ANGLE`].
    sin(x);
    /// The cosine of an angle in radians; NaN beyond [`LARGEST_ANGLE`].
    cos(x);
    /// The tangent of an angle in radians; NaN beyond [`LARGEST_ANGLE`].
    tan(x);
    /// The angle whose sine is x, in −π/2 ..= π/2; NaN outside −1 ..= 1.
    asin(x);
    /// The angle whose cosine is x, in 0 ..= π; NaN outside −1 ..= 1.
    acos(x);
    /// The angle whose tangent is x, in −π/2 ..= π/2.
    atan(x);
    /// ln Γ(x) for positive x; ∞ at zero, NaN below.
    ln_gamma(x);
    /// The share of a standard normal distribution that lies below x.
    normal_cdf(x);
    /// The x below which a share p of a standard normal distribution lies: −∞ at 0, ∞ at 1, NaN outside.
    inverse_normal(p);
    /// The square root, correctly rounded.
    sqrt(x);
    /// The absolute value.
    abs(x);
    /// The integer part, towards zero: Vensim's INTEGER.
    trunc(x);
    /// The largest integer that is not above x.
    floor(x);
    /// The nearest integer; halves go away from zero.
    round(x);
    /// Vensim's QUANTUM: `q * trunc(x / q)`, and x itself where q is not positive.
    quantum(x, q);
    /// Vensim's MODULO: `x - quantum(x, y)`; NaN where x / y is 2⁵³ or more.
    modulo(x, y);
    /// The smaller of two; NaN if either is NaN, and −0 is below +0.
    min(a, b);
    /// The larger of two; NaN if either is NaN, and +0 is above −0.
    max(a, b);
    /// x, or the one quiet NaN (bits `7ff8000000000000`) where x is any NaN.
    canonical_nan(x);
}

/// x raised to a small constant integer by repeated multiplication, in the order that [`kernel::powi`] gives.
pub fn powi(x: f64, n: i32) -> f64 {
    kernel::powi(x, n)
}
