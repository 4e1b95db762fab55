//! Each policy's best share, and which range causes a share near none or near all.

use analysis::{Leader, Sorted, TableError, share};

use super::table::{Compared, Factors};
use super::{Extreme, Share, Verdict};
use crate::case::{Case, Distribution};

/// One entry for each policy that was compared.
pub(super) fn extremes(
    case: &Case,
    compared: &Compared,
    factors: &Factors,
    verdicts: &[Verdict],
) -> Result<Vec<Extreme>, TableError> {
    let here: Vec<&Verdict> = verdicts.iter().filter(|v| v.addon == compared.addon).collect();
    let mut all = Vec::new();
    for &policy in &compared.policies {
        let Some(best) = here.iter().rev().max_by_key(|v| v.leads[policy].count) else {
            continue;
        };
        let lead = best.leads[policy];
        let part = if lead.of == 0 {
            0.5
        } else {
            lead.count as f64 / lead.of as f64
        };
        let cause = if (0.05..=0.95).contains(&part) {
            None
        } else {
            cause(case, compared, factors, best.outcome, policy)?
        };
        all.push(Extreme {
            policy,
            outcome: best.outcome,
            share: lead,
            cause,
        });
    }
    Ok(all)
}

/// The uncertainty between whose lowest and highest tenth (or categories) the policy's share differs most, if more than chance.
fn cause(
    case: &Case,
    compared: &Compared,
    factors: &Factors,
    outcome: usize,
    policy: usize,
) -> Result<Option<(usize, Share, Share)>, TableError> {
    let values = compared.values(outcome);
    let leaders = analysis::leaders(&compared.ranked(&values))?;
    let position = compared.position(policy);
    let rows = Rows {
        compared: leaders
            .iter()
            .map(|leader| *leader != Leader::NotCompared)
            .collect(),
        count: leaders
            .iter()
            .filter(|leader| **leader != Leader::NotCompared)
            .count(),
    };
    let mut best: Option<(f64, usize, Share, Share)> = None;
    for uncertainty in 0..case.uncertainties.len() {
        let (low, high) = ends(
            &factors.sorted[uncertainty],
            factors.column(uncertainty),
            &case.uncertainties[uncertainty].distribution,
            &rows,
        );
        let of = |rows: &[u32]| {
            share(
                rows.iter()
                    .filter(|&&row| Some(leaders[row as usize]) == position.map(Leader::Option))
                    .count(),
                rows.len(),
            )
        };
        let (low, high) = (of(&low), of(&high));
        let apart = low.low > high.high || high.low > low.high;
        let (Some(p), Some(q), true) = (low.share, high.share, apart) else {
            continue;
        };
        let size = (p - q).abs();
        if best.as_ref().is_none_or(|(largest, ..)| size > *largest) {
            best = Some((size, uncertainty, low.into(), high.into()));
        }
    }
    Ok(best.map(|(_, uncertainty, low, high)| (uncertainty, low, high)))
}

/// The futures that are compared.
struct Rows {
    compared: Vec<bool>,
    count: usize,
}

/// Rows in the lowest and the highest tenth of a column; the first and the last value of a categorical one.
fn ends(sorted: &Sorted, column: &[f64], distribution: &Distribution, rows: &Rows) -> (Vec<u32>, Vec<u32>) {
    let compared = |row: &u32| rows.compared[*row as usize];
    if let Distribution::Categorical { values, .. } = distribution {
        let with = |value: Option<&f64>| {
            let order = sorted.order().iter().copied().filter(compared);
            order
                .filter(|&row| Some(&column[row as usize]) == value)
                .collect()
        };
        return (with(values.first()), with(values.last()));
    }
    let tenth = rows.count / 10;
    let order = || sorted.order().iter().copied();
    (
        order().filter(compared).take(tenth).collect(),
        order().rev().filter(compared).take(tenth).collect(),
    )
}
