//! Quantiles, one definition for the whole crate.
//!
//! Between the order statistics around rank `(n - 1) q`, by linear interpolation (definition 7 of Hyndman and Fan, 1996,
//! "Sample quantiles in statistical packages"; the default of R, NumPy and Excel).

use crate::slices::{from_ordinal, ordinal};

/// The `q`-quantile of `values` (any order, no NaN), which are reordered; `None` for no values.
///
/// ```
/// assert_eq!(analysis::quantile(&mut [4.0, 1.0, 2.0, 3.0], 0.5), Some(2.5));
/// ```
pub fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    let (below, share) = position(values.len(), q)?;
    // Selection is linear in n; sorting a million values for three quantiles is not.
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    if share == 0.0 {
        return Some(low);
    }
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(between(low, high, share))
}

/// The `q`-quantile of `sorted` values (ascending); `None` for no values.
pub fn quantile_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    let (below, share) = position(sorted.len(), q)?;
    let high = sorted.get(below + 1).copied().unwrap_or(sorted[below]);
    Some(between(sorted[below], high, share))
}

/// Several quantiles of `values` (any order, no NaN): by selection, so in a time that is linear in their number. None for no values.
pub fn quantiles(values: &[f64], qs: &[f64]) -> Vec<f64> {
    let places: Vec<(usize, f64)> = qs.iter().filter_map(|&q| position(values.len(), q)).collect();
    let last = values.len().saturating_sub(1);
    let mut ranks: Vec<usize> = places
        .iter()
        .flat_map(|&(below, _)| [below, (below + 1).min(last)])
        .collect();
    ranks.sort_unstable();
    ranks.dedup();
    // Whole numbers are compared in one instruction.
    let mut keys: Vec<u64> = values.iter().map(|value| ordinal(*value)).collect();
    select(&mut keys, 0, &ranks);
    let value = |rank: usize| from_ordinal(keys[rank]);
    places
        .into_iter()
        .map(|(below, share)| between(value(below), value((below + 1).min(last)), share))
        .collect()
}

/// Brings the keys of these ranks (ascending, counted with `before` smaller keys elsewhere) to their places.
fn select(keys: &mut [u64], before: usize, ranks: &[usize]) {
    let Some(&middle) = ranks.get(ranks.len() / 2) else {
        return;
    };
    let at = middle - before;
    let (low, _, high) = keys.select_nth_unstable(at);
    select(low, before, &ranks[..ranks.len() / 2]);
    select(high, middle + 1, &ranks[ranks.len() / 2 + 1..]);
}

/// The rank below the quantile and the share of the way to the next.
fn position(count: usize, q: f64) -> Option<(usize, f64)> {
    if count == 0 || q.is_nan() {
        return None;
    }
    let rank = (count - 1) as f64 * q.clamp(0.0, 1.0);
    let below = rank as usize;
    Some((below, rank - below as f64))
}

fn between(low: f64, high: f64, share: f64) -> f64 {
    // From the nearer end, so that share = 1 gives `high` exactly and equal ends give themselves.
    if share < 0.5 {
        low + (high - low) * share
    } else {
        high - (high - low) * (1.0 - share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], q: f64, expected: Option<f64>) {
        let mut copy = values.to_vec();
        assert_eq!(quantile(&mut copy, q), expected, "{q} of {values:?}");
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        assert_eq!(quantile_sorted(&sorted, q), expected, "{q} of sorted {values:?}");
        if !q.is_nan() {
            let several = quantiles(values, &[0.9, q, 0.1, q]);
            assert_eq!(
                several.get(1).copied(),
                expected,
                "{q} among others of {values:?}"
            );
        }
    }

    #[test]
    fn by_hand() {
        check(&[], 0.5, None);
        check(&[7.0], 0.9, Some(7.0));
        check(&[2.0, 1.0], 0.5, Some(1.5));
        check(&[1.0, 2.0], 0.0, Some(1.0));
        check(&[1.0, 2.0], 1.0, Some(2.0));
        check(&[5.0, 1.0, 4.0, 2.0, 3.0], 0.25, Some(2.0));
        check(&[5.0, 1.0, 4.0, 2.0, 3.0], 0.9, Some(4.6));
        check(&[3.0, 3.0, 3.0], 0.37, Some(3.0));
        check(&[1.0], f64::NAN, None);
    }
}
