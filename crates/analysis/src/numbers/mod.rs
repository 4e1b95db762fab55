//! The arithmetic below the analyses: sums, quantiles, special functions, random numbers, splines, least squares.

pub(crate) mod beta;
pub(crate) mod quantile;
pub(crate) mod random;
pub(crate) mod regression;
pub(crate) mod special;
pub(crate) mod spline;
pub(crate) mod sum;
