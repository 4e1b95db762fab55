//! Each camp's view: its beliefs as a mask of futures, its values as weights, its law as options struck out.

use analysis::{Camp as Rules, Criterion, Outcomes, Score, ScoreError, Sliced, ValueFunction};

use super::table::{Compared, Factors};
use super::{CampView, Share};
use crate::case::{Belief, Camp, Case, CloseCall, Outcome};
use crate::parallel::each;
use crate::results::Futures;

/// What the camps see: the scores of every option in every future by each camp's weights, and the futures each believes in.
pub(super) struct Sides {
    /// By camp: one score for each compared policy.
    pub(super) scores: Vec<Vec<Score>>,
    /// By camp: a mask of futures.
    pub(super) believed: Vec<Vec<bool>>,
    /// By camp: scores closer than this are a tie.
    margins: Vec<f64>,
}

impl Sides {
    pub(super) fn new(
        case: &Case,
        futures: &Futures,
        compared: &Compared,
        threads: usize,
    ) -> Result<Self, ScoreError> {
        let found = each(threads, case.camps.len(), |camp| {
            scores(case, compared, &case.camps[camp])
        });
        let (mut scores, mut margins) = (Vec::new(), Vec::new());
        for one in found {
            let (score, margin) = one?;
            scores.push(score);
            margins.push(margin);
        }
        let believed = case.camps.iter().map(|camp| believed(camp, futures)).collect();
        Ok(Self {
            scores,
            believed,
            margins,
        })
    }
}

/// The views of all camps at the first add-on.
pub(super) fn camps(
    case: &Case,
    compared: &Compared,
    factors: &Factors,
    sides: &Sides,
    threads: usize,
) -> Result<Vec<CampView>, ScoreError> {
    let views = each(threads, case.camps.len(), |camp| {
        view(case, compared, factors, sides, camp)
    });
    views.into_iter().collect()
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

/// A camp's scores of the compared policies, and how close is a tie.
fn scores(case: &Case, compared: &Compared, camp: &Camp) -> Result<(Vec<Score>, f64), ScoreError> {
    let values: Vec<_> = camp
        .values
        .iter()
        .map(|&(outcome, _)| compared.values(outcome))
        .collect();
    let criteria: Vec<Criterion> = camp
        .values
        .iter()
        .zip(&values)
        .map(|(&(outcome, weight), values)| Criterion {
            columns: compared.columns(&values.raw),
            value: anchored(&case.outcomes[outcome]),
            weight,
        })
        .collect();
    Ok((
        analysis::scores(&criteria)?,
        margin(case, camp, compared, &values),
    ))
}

/// The score of an outcome between its anchors. Not clipped: a difference counts the same everywhere, also beyond an anchor.
pub(super) fn anchored(outcome: &Outcome) -> ValueFunction {
    ValueFunction {
        zero: outcome.worst,
        one: outcome.best,
        clipped: false,
    }
}

fn view(
    case: &Case,
    compared: &Compared,
    factors: &Factors,
    sides: &Sides,
    index: usize,
) -> Result<CampView, ScoreError> {
    let camp = &case.camps[index];
    let (scores, mask, margin) = (&sides.scores[index], &sides.believed[index], sides.margins[index]);
    let struck_out = struck_out(case, camp, compared);
    let admissible: Vec<bool> = compared
        .policies
        .iter()
        .map(|p| struck_out.iter().all(|(policy, _)| policy != p))
        .collect();
    let found = analysis::camp_view(
        scores,
        &Rules {
            admissible: &admissible,
            margin,
            only: Some(mask),
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
    let believed: Vec<Sliced> = camp
        .beliefs
        .iter()
        .map(|(uncertainty, _)| factors.sliced[*uncertainty].clone())
        .collect();
    let found = analysis::hinges_sliced(outcomes, (first, second), &believed)?;
    let top = found
        .ranking
        .first()
        .filter(|&&at| found.factors[at].share.is_some_and(|share| share > 0.0));
    Ok(top.map(|&at| camp.beliefs[at].0))
}
