//! Which values speak for which option.

use analysis::decision::{SmaaOptions, acceptability};
use analysis::{Criterion, ScoreError};

use super::super::camps::anchored;
use super::super::table::Compared;
use super::{Acceptability, PolicyAcceptability};
use crate::case::Case;

/// Weights over all outcomes, drawn evenly; none when there is nothing to rank.
pub(super) fn values(case: &Case, compared: &Compared) -> Result<Option<Acceptability>, ScoreError> {
    if case.outcomes.is_empty() || compared.policies.len() < 2 {
        return Ok(None);
    }
    let values: Vec<_> = (0..case.outcomes.len())
        .map(|outcome| compared.values(outcome))
        .collect();
    let criteria: Vec<Criterion> = case
        .outcomes
        .iter()
        .zip(&values)
        .map(|(outcome, values)| Criterion {
            columns: compared.columns(&values.raw),
            value: anchored(outcome),
            weight: 1.0,
        })
        .collect();
    let found = acceptability(&criteria, None, &SmaaOptions::default())?;
    let policies = compared.policies.iter().zip(found.by_option);
    Ok(Some(Acceptability {
        basis: (&found.counts).into(),
        draws: found.draws as u64,
        policies: policies
            .map(|(&policy, one)| PolicyAcceptability {
                policy,
                ranks: one.ranks,
                central_weights: one.central_weights,
            })
            .collect(),
    }))
}
