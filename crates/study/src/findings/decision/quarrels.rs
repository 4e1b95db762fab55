//! Facts or values: what every two camps disagree about.

use analysis::TableError;
use analysis::decision::{Side, disagreement};

use super::super::camps::Sides;
use super::super::table::Compared;
use super::Quarrel;
use crate::parallel::each;

/// Every pair of camps, in the order of the case.
pub(super) fn quarrels(
    compared: &Compared,
    sides: &Sides,
    threads: usize,
) -> Result<Vec<Quarrel>, TableError> {
    let camps = sides.scores.len();
    let pairs: Vec<(usize, usize)> = (0..camps)
        .flat_map(|a| (a + 1..camps).map(move |b| (a, b)))
        .collect();
    let side = |camp: usize| Side {
        believes: Some(&sides.believed[camp]),
        values: &sides.scores[camp],
    };
    let found = each(threads, pairs.len(), |at| {
        let (a, b) = pairs[at];
        let found = disagreement(&side(a), &side(b))?;
        let policy = |at: Option<usize>| at.map(|at| compared.policies[at]);
        Ok(Quarrel {
            a,
            b,
            basis: (&found.counts).into(),
            a_prefers: policy(found.a_prefers),
            b_prefers: policy(found.b_prefers),
            a_loses: found.a_loses,
            b_loses: found.b_loses,
            total: found.total,
            facts: found.facts,
            values: found.values,
        })
    });
    found.into_iter().collect()
}
