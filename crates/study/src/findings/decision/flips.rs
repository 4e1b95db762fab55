//! The smallest changes that make another policy lead, by a fit over the tested futures.

use analysis::decision::{Choice, JointChange, JointFlip, JointOptions, explained, joint_flips};
use analysis::{Factor, Sliced, TableError};

use super::super::table::Compared;
use super::sample::Sample;
use super::{FlipChange, OutcomeFlips, SmallestFlip};
use crate::case::{Case, Role};
use crate::parallel::each;

/// Of each pair of policies so many assumptions may move: those that explain most of their gap. The others explain nothing beyond
/// chance, and curves fitted to chance would make changes look easier than they are.
const MOVABLE: usize = 8;
/// The fit has about so many terms for each assumption, and wants ten futures for every term.
const TERMS: usize = 6;

/// One entry for each headline outcome. `standing` tells how the compared policies stand at the middle, where the model was asked.
pub(super) fn flips(
    case: &Case,
    compared: &Compared,
    sample: &Sample,
    sliced: &[Sliced],
    standing: &(dyn Fn(usize) -> Vec<f64> + Sync),
    threads: usize,
) -> Result<Vec<OutcomeFlips>, TableError> {
    let found = each(threads, case.headline.len(), |at| {
        let outcome = case.headline[at];
        let options = JointOptions {
            standing: standing(outcome),
            ..JointOptions::default()
        };
        of_outcome(case, compared, sample, sliced, outcome, &options)
    });
    found.into_iter().collect()
}

fn of_outcome(
    case: &Case,
    compared: &Compared,
    sample: &Sample,
    sliced: &[Sliced],
    outcome: usize,
    options: &JointOptions,
) -> Result<OutcomeFlips, TableError> {
    let sampled = sample.averaged(compared, &compared.values(outcome));
    let outcomes = sampled.outcomes();
    let movable = movable(case, &outcomes, sliced)?;
    let all = sample.factors(case);
    let factors: Vec<Factor> = movable.iter().map(|&u| all[u]).collect();
    let middle: Vec<f64> = movable.iter().map(|&u| middle(case, u)).collect();
    // Categories are numbers of categories to the fit.
    let reference: Vec<f64> = movable
        .iter()
        .zip(&middle)
        .map(|(&u, &value)| number_of(case, u, value))
        .collect();
    let (counts, flips) = joint_flips(&outcomes, &factors, &reference, options)?;
    let policy = |at: usize| compared.policies[at];
    let change = |change: &JointChange| {
        let uncertainty = movable[change.factor];
        FlipChange {
            uncertainty,
            from: middle[change.factor],
            to: value_of(case, uncertainty, change.to),
        }
    };
    let smallest = |flip: &JointFlip, distance: f64, changes: Vec<FlipChange>| SmallestFlip {
        to: policy(flip.to),
        distance,
        changes,
        explained: flip.explained,
        trial: None,
    };
    let mut single: Option<SmallestFlip> = None;
    for flip in &flips {
        if let Some((one, distance)) = &flip.alone
            && single.as_ref().is_none_or(|nearest| *distance < nearest.distance)
        {
            single = Some(smallest(flip, *distance, vec![change(one)]));
        }
    }
    // The nearest comes first.
    let joint = flips.first().and_then(|flip| {
        let changes = flip.changes.iter().map(change).collect();
        Some(smallest(flip, flip.distance?, changes))
    });
    Ok(OutcomeFlips {
        outcome,
        basis: (&counts).into(),
        from: flips.first().map(|flip| policy(flip.from)),
        single,
        joint,
    })
}

/// The assumptions that explain most of the gap between the policy that is best on average and each other one.
fn movable(case: &Case, outcomes: &analysis::Outcomes, sliced: &[Sliced]) -> Result<Vec<usize>, TableError> {
    let choice = Choice::new(outcomes)?;
    let assumptions: Vec<usize> = (0..case.uncertainties.len())
        .filter(|&u| case.uncertainties[u].role == Role::Assumption)
        .collect();
    let mut shares = vec![0.0_f64; assumptions.len()];
    for of_factors in explained(&choice, sliced)? {
        let of = |at: usize| of_factors[assumptions[at]];
        let share = |at: usize| of(at).share.unwrap_or(f64::NEG_INFINITY);
        let mut ranking: Vec<usize> = (0..assumptions.len()).collect();
        ranking.sort_by(|&x, &y| share(y).total_cmp(&share(x)));
        for at in ranking.into_iter().take(MOVABLE) {
            if share(at) > 2.0 * of(at).noise.unwrap_or(f64::INFINITY) {
                shares[at] = shares[at].max(share(at));
            }
        }
    }
    let mut chosen: Vec<usize> = (0..assumptions.len()).filter(|&at| shares[at] > 0.0).collect();
    chosen.sort_by(|&x, &y| shares[y].total_cmp(&shares[x]));
    chosen.truncate(choice.information().counts.compared / (10 * TERMS));
    chosen.sort_unstable();
    Ok(chosen.into_iter().map(|at| assumptions[at]).collect())
}

/// The middle of what is tested of an uncertainty.
pub(super) fn middle(case: &Case, uncertainty: usize) -> f64 {
    case.uncertainties[uncertainty].distribution.quantile(0.5)
}

/// A value as the fit knows it: the number of a category, or the value itself.
fn number_of(case: &Case, uncertainty: usize, value: f64) -> f64 {
    match categories(case, uncertainty) {
        Some(values) => values
            .iter()
            .position(|v| *v == value)
            .map_or(0.0, |at| at as f64),
        None => value,
    }
}

/// The value that the fit's number stands for.
fn value_of(case: &Case, uncertainty: usize, number: f64) -> f64 {
    categories(case, uncertainty).map_or(number, |values| values[number as usize])
}

fn categories(case: &Case, uncertainty: usize) -> Option<&[f64]> {
    match &case.uncertainties[uncertainty].distribution {
        crate::case::Distribution::Categorical { values, .. } => Some(values),
        _ => None,
    }
}
