//! The functions over slices: `out[i] = f(a[i], …)`, as loops that the compiler turns into vector instructions.
//!
//! The result of an element depends on that element alone, so any cut of a slice gives the same bits.

use super::kernel;

macro_rules! over_slices {
    ($($name:ident($($argument:ident),+);)*) => {$(
        #[doc = concat!("[`", stringify!($name), "`](fn@super::", stringify!($name), ") of every element; the slices must be equally long.")]
        pub fn $name(out: &mut [f64], $($argument: &[f64]),+) {
            let count = out.len();
            $(assert_eq!($argument.len(), count, "the slices of one operation are equally long");)+
            for i in 0..count {
                out[i] = kernel::$name($($argument[i]),+);
            }
        }
    )*};
}

over_slices! {
    exp(x);
    ln(x);
    log10(x);
    log(x, base);
    pow(x, y);
    sinh(x);
    cosh(x);
    tanh(x);
    sin(x);
    cos(x);
    tan(x);
    asin(x);
    acos(x);
    atan(x);
    ln_gamma(x);
    normal_cdf(x);
    inverse_normal(p);
    sqrt(x);
    abs(x);
    trunc(x);
    floor(x);
    round(x);
    quantum(x, q);
    modulo(x, y);
    min(a, b);
    max(a, b);
    canonical_nan(x);
}

/// [`powi`](fn@super::powi) of every element; the slices must be equally long.
pub fn powi(out: &mut [f64], x: &[f64], n: i32) {
    assert_eq!(x.len(), out.len(), "the slices of one operation are equally long");
    for (out, &x) in out.iter_mut().zip(x) {
        *out = kernel::powi(x, n);
    }
}
