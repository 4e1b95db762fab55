//! Sums of two lanes, for the few places where 53 bits are not enough.
//!
//! In and out: lanes. The classical error-free sums and products (Dekker 1971, Knuth) without a fused operation.

use super::lane::Lane;

/// A number held as `high + low`, where `low` is at most about half a unit in the last place of `high`.
#[derive(Clone, Copy)]
pub(super) struct Pair<L> {
    pub(super) high: L,
    pub(super) low: L,
}

/// `a + b` without error; `a` must be zero or have an exponent no smaller than that of `b`.
#[inline(always)]
pub(super) fn ordered_sum<L: Lane>(a: L, b: L) -> Pair<L> {
    let high = a + b;
    Pair {
        high,
        low: b - (high - a),
    }
}

/// `a + b` without error.
#[inline(always)]
pub(super) fn sum<L: Lane>(a: L, b: L) -> Pair<L> {
    let high = a + b;
    let from_b = high - a;
    let from_a = high - from_b;
    Pair {
        high,
        low: (a - from_a) + (b - from_b),
    }
}

/// A double cut to its leading 26 bits: the product of two such is exact.
#[inline(always)]
pub(super) fn leading<L: Lane>(a: L) -> L {
    a.and(a.word(!0 << 27))
}

/// A double as two of at most 26 bits each, the second with its own sign; exact below 2¹⁰²³.
#[inline(always)]
fn halves<L: Lane>(a: L) -> Pair<L> {
    let high = a.integer_add(a.word(1 << 26)).and(a.word(!0 << 27));
    Pair { high, low: a - high }
}

/// `a * b` without error, as long as neither the product nor its error leaves the normal range.
#[inline(always)]
pub(super) fn product<L: Lane>(a: L, b: L) -> Pair<L> {
    let high = a * b;
    let low = rest_of_product(a, b, high);
    Pair { high, low }
}

/// The same for a caller to whom it makes no difference what `low` is where it is not exact: see [`Lane::rest_of_product`].
#[inline(always)]
pub(super) fn product_in_range<L: Lane>(a: L, b: L) -> Pair<L> {
    let high = a * b;
    let low = a.rest_of_product(b, high);
    Pair { high, low }
}

/// What rounding took from a product, by the products of halves (Dekker).
#[inline(always)]
pub(super) fn rest_of_product<L: Lane>(a: L, b: L, product: L) -> L {
    let (x, y) = (halves(a), halves(b));
    ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low
}

impl<L: Lane> Pair<L> {
    /// The product with a constant pair, good to about 2⁻¹⁰².
    #[inline(always)]
    pub(super) fn times(self, (high, low): (f64, f64)) -> Pair<L> {
        let (constant_high, constant_low) = (self.high.constant(high), self.high.constant(low));
        let main = product(self.high, constant_high);
        let rest = self.high * constant_low + self.low * constant_high;
        ordered_sum(main.high, main.low + rest)
    }
}
