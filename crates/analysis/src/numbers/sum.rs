//! Sums whose rounding does not grow with the number of futures.

/// The sum by Neumaier's compensated summation, in the order given.
///
/// Plain summation of a million terms loses about five digits; the goldens ask for twelve.
pub(crate) fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let mut total = 0.0;
    let mut lost = 0.0;
    for term in terms {
        let next: f64 = total + term;
        lost += if f64::abs(total) >= f64::abs(term) {
            (total - next) + term
        } else {
            (term - next) + total
        };
        total = next;
    }
    // An overflowed total has made `lost` meaningless (inf - inf).
    if total.is_finite() { total + lost } else { total }
}

/// The arithmetic mean; NaN for no values.
pub(crate) fn mean(values: &[f64]) -> f64 {
    sum(values.iter().copied()) / values.len() as f64
}

/// The sum of squared distances from `centre`.
pub(crate) fn squares(values: &[f64], centre: f64) -> f64 {
    sum(values.iter().map(|v| (v - centre) * (v - centre)))
}
