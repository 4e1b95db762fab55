//! The logarithm of the gamma function.

use super::lane::{Lane, polynomial};
use super::logarithm::ln_pair;
use super::pair::{ordered_sum, product, sum};

/// ln √(2π).
const LN_ROOT_TWO_PI: f64 = 0.9189385332046728;
/// The largest double whose result is finite.
const LARGEST: f64 = 2.5599833278516387e305;

/// (ln Γ(z) − (z − ½) ln z + z − ln √(2π)) · z as a polynomial in 1/z², for z ≥ 8.
const STIRLING: [f64; 7] = [
    0.08333333333333333,
    -0.002777777777773988,
    0.0007936507897524026,
    -0.0005952365845050077,
    0.0008414700851761257,
    -0.0018903829900965,
    0.005065905285617103,
];

/// ln Γ(x) for positive x; ∞ at zero, NaN below, exactly 0 at 1 and 2.
///
/// Stirling's series from 8 on; smaller arguments are first raised by 8, ln (x (x+1) … (x+7)) being taken off again.
#[inline(always)]
pub fn ln_gamma<L: Lane>(x: L) -> L {
    let c = |value: f64| x.constant(value);
    let raised = x.less(c(8.0));
    let z = raised.select(x + c(8.0), x);
    // The eight factors in pairs from both ends: x (x+7), and that plus 6, 10 and 12.
    let outer = x * (x + c(7.0));
    let factors = (outer * (outer + c(6.0))) * ((outer + c(10.0)) * (outer + c(12.0)));
    let taken_off = ln_pair(raised.select(factors, c(1.0)));

    let ln = ln_pair(z);
    let power = z - c(0.5);
    let main = product(ln.high, power);
    let less = sum(main.high, -z);
    let net = sum(less.high, -taken_off.high);
    let inverse = c(1.0) / z;
    let series = inverse * polynomial(inverse * inverse, &STIRLING) + c(LN_ROOT_TWO_PI);
    // What the sum x + 8 lost, times the derivative there.
    let lost = raised.and(x - (z - c(8.0)));
    let for_lost = lost * (ln.high - c(0.5) * inverse);
    let small = (main.low + ln.low * power + for_lost) + (less.low + net.low - taken_off.low);
    let total = sum(net.high, series);
    let value = ordered_sum(total.high, total.low + small).high;

    let value = x.equal(c(1.0)).or(x.equal(c(2.0))).select(c(0.0), value);
    let value = c(LARGEST).less(x).select(c(f64::INFINITY), value);
    let value = x.less(c(0.0)).or(x.is_nan()).select(c(f64::NAN), value);
    x.equal(c(0.0)).select(c(f64::INFINITY), value)
}
