//! Each camp's view: its beliefs as a mask of futures, its values as weights, its law as options struck out.

use analysis::{Camp as Rules, Criterion, Factor, Outcomes, ScoreError, ValueFunction};

use super::table::{Compared, Factors};
use super::{CampView, Share};
use crate::case::{Belief, Camp, Case, CloseCall};
use crate::results::Futures;

/// The views of all camps at the first add-on.
pub(super) fn camps(
    case: &Case,
    futures: &Futures,
    compared: &Compared,
    factors: &Factors,
) -> Result<Vec<CampView>, ScoreError> {
    case.camps
        .iter()
        .enumerate()
        .map(|(camp, _)| view(case, futures, compared, factors, camp))
        .collect()
}

/// The futures that agree with a camp's beliefs.
pub fn believed(camp: &Camp, futures: &Futures) -> Vec<bool> {
    let mut mask = vec![true; futures.ids.len()];
    for (uncertainty, belief) in &camp.beliefs {
        for (keep, value) in mask.iter_mut().zip(&futures.columns[*uncertainty]) {
            *keep &= match belief {
                Belief::Between(low, high) => (low..=high).contains(&value),
                Belief::OneOf(values) => values.contains(value),
            };
        }
    }
    mask
}

fn view(
    case: &Case,
    futures: &Futures,
    compared: &Compared,
    factors: &Factors,
    index: usize,
) -> Result<CampView, ScoreError> {
    let camp = &case.camps[index];
    let mask = believed(camp, futures);
    let values: Vec<_> = camp
        .values
        .iter()
        .map(|&(outcome, _)| compared.values(outcome))
        .collect();
    let criteria: Vec<Criterion> = camp
        .values
        .iter()
        .zip(&values)
        .map(|(&(outcome, weight), values)| {
            let of = &case.outcomes[outcome];
            // Not clipped: a difference counts the same everywhere, also beyond an anchor.
            let value = ValueFunction {
                zero: of.worst,
                one: of.best,
                clipped: false,
            };
            Criterion {
                columns: compared.columns(&values.raw),
                value,
                weight,
            }
        })
        .collect();
    let scores = analysis::scores(&criteria)?;
    let struck_out = struck_out(case, camp, compared);
    let admissible: Vec<bool> = compared
        .policies
        .iter()
        .map(|p| struck_out.iter().all(|(policy, _)| policy != p))
        .collect();
    let margin = margin(case, camp, compared, &values);
    let found = analysis::camp_view(
        &scores,
        &Rules {
            admissible: &admissible,
            margin,
            only: Some(&mask),
        },
    )?;

    let rows: Vec<usize> = found.unrestricted_regret.futures.clone();
    let mean = |values: &[f64]| mean(rows.iter().map(|&row| values[row]));
    let score = compared.spread_or(f64::NAN, scores.iter().map(|s| mean(&s.values)));
    let mut leads = vec![Share::default(); case.policies.len()];
    let mut regret = vec![f64::NAN; case.policies.len()];
    for (place, &position) in found.admissible.iter().enumerate() {
        let policy = compared.policies[position];
        if let Some(ranked) = &found.ranked {
            leads[policy] = ranked.by_option[place].leads.into();
        }
        if let Some(summary) = found.regret.as_ref().and_then(|r| r.summary[place]) {
            regret[policy] = summary.mean;
        }
    }
    let all_leads = compared.spread(found.unrestricted.by_option.iter().map(|o| Share::from(o.leads)));
    let all_regret = found
        .unrestricted_regret
        .summary
        .iter()
        .map(|s| s.map_or(f64::NAN, |s| s.mean));
    let columns = scores.iter().map(analysis::Score::column).collect();
    let outcomes = Outcomes {
        margin,
        ..Outcomes::new(columns, analysis::Direction::Higher)
    };
    Ok(CampView {
        camp: index,
        futures: found.unrestricted.counts.compared as u64,
        dividing: dividing(camp, &outcomes, factors, &score, compared)?,
        score,
        regret,
        regret_unrestricted: compared.spread_or(f64::NAN, all_regret),
        leads,
        leads_unrestricted: all_leads,
        struck_out,
    })
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { f64::NAN } else { sum / count as f64 }
}

/// Policies that a camp's legal view rules out, each with the law that does.
fn struck_out(case: &Case, camp: &Camp, compared: &Compared) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for &policy in &compared.policies {
        let needs = case
            .authorities
            .iter()
            .filter(|authority| authority.policies.contains(&policy));
        let mut ruled = needs.filter(|a| {
            camp.inadmissible
                .iter()
                .any(|(law, status)| law.value == a.law && *status == a.status)
        });
        if let Some(authority) = ruled.next() {
            all.push((policy, authority.law.clone()));
        }
    }
    all
}

/// Scores closer than the outcomes' own margins, put on the scale of scores and weighted, are a tie.
fn margin(case: &Case, camp: &Camp, compared: &Compared, values: &[super::table::Values]) -> f64 {
    let total: f64 = camp.values.iter().map(|(_, weight)| weight).sum();
    let mut margin = 0.0;
    for (&(outcome, weight), values) in camp.values.iter().zip(values) {
        let of = &case.outcomes[outcome];
        let absolute = match of.close_call {
            CloseCall::Absolute(absolute) => absolute,
            CloseCall::ShareOfBaseline(share) => {
                let baseline = compared.position(case.baseline).map(|at| &values.raw[at]);
                let mut sizes: Vec<f64> = baseline
                    .into_iter()
                    .flatten()
                    .filter(|v| v.is_finite())
                    .map(|v| v.abs())
                    .collect();
                share * analysis::quantile(&mut sizes, 0.5).unwrap_or(0.0)
            }
        };
        margin += weight / total * absolute / (of.best - of.worst).abs();
    }
    margin
}

/// Of the assumptions on which the camp has a belief, the one that decides most between the option it prefers and the next, in
/// all futures by the camp's own weights.
fn dividing(
    camp: &Camp,
    outcomes: &Outcomes,
    factors: &Factors,
    score: &[f64],
    compared: &Compared,
) -> Result<Option<usize>, ScoreError> {
    let mut order: Vec<usize> = (0..compared.policies.len())
        .filter(|&p| score[compared.policies[p]].is_finite())
        .collect();
    order.sort_by(|&x, &y| score[compared.policies[y]].total_cmp(&score[compared.policies[x]]));
    let [first, second, ..] = order[..] else {
        return Ok(None);
    };
    if camp.beliefs.is_empty() {
        return Ok(None);
    }
    let believed: Vec<Factor> = camp
        .beliefs
        .iter()
        .map(|(uncertainty, _)| factors.get(*uncertainty))
        .collect();
    let found = analysis::hinges(outcomes, (first, second), &believed, None)?;
    let top = found
        .ranking
        .first()
        .filter(|&&at| found.factors[at].share.is_some_and(|share| share > 0.0));
    Ok(top.map(|&at| camp.beliefs[at].0))
}
