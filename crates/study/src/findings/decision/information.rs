//! What it would be worth to know, on one outcome.

use analysis::TableError;
use analysis::decision::{Information, PartialInformation};

use super::super::Hinges;
use super::super::table::{Compared, Values};
use super::sample::Sample;
use super::{Knowing, OutcomeInformation, Worth};
use crate::case::Case;
use crate::parallel::each;

/// So many of the strongest uncertainties are paired.
const PAIRED: usize = 8;
/// Uncertainties that a thread takes at a time.
const TOGETHER: usize = 4;

/// EVPI of every headline outcome and EVPPI of every uncertainty. EVPI rests on all futures, EVPPI on the sample.
pub(super) fn singles(
    case: &Case,
    compared: &Compared,
    sample: &Sample,
    hinges: &[Hinges],
    threads: usize,
) -> Result<Vec<OutcomeInformation>, TableError> {
    let mut all = Vec::with_capacity(case.headline.len());
    for &outcome in &case.headline {
        let values = compared.values(outcome);
        let whole = analysis::decision::information(&compared.plain(&values), &[], &[])?;
        let sets: Vec<Vec<usize>> = (0..case.uncertainties.len()).map(|u| vec![u]).collect();
        let mut singles = ask(case, compared, &values, sample, &sets, threads)?;
        let of_gap = hinges.iter().find(|h| h.outcome == outcome);
        for one in &mut singles {
            let item = of_gap.and_then(|h| h.items.iter().find(|i| i.uncertainty == one.uncertainties[0]));
            one.share = item.map(|item| item.share);
        }
        strongest_first(&mut singles);
        all.push(of_everything(outcome, compared, &whole, singles));
    }
    Ok(all)
}

/// EVPPI of each pair of an outcome's strongest uncertainties.
pub(super) fn pairs(
    case: &Case,
    compared: &Compared,
    sample: &Sample,
    all: &mut [OutcomeInformation],
    threads: usize,
) -> Result<(), TableError> {
    for one in all {
        let top: Vec<usize> = one
            .singles
            .iter()
            .take(PAIRED)
            .map(|k| k.uncertainties[0])
            .collect();
        let sets: Vec<Vec<usize>> = (0..top.len())
            .flat_map(|a| (a + 1..top.len()).map(move |b| (a, b)))
            .map(|(a, b)| vec![top[a], top[b]])
            .collect();
        let values = compared.values(one.outcome);
        one.pairs = ask(case, compared, &values, sample, &sets, threads)?;
        strongest_first(&mut one.pairs);
    }
    Ok(())
}

/// The worth of each set, by threads.
fn ask(
    case: &Case,
    compared: &Compared,
    values: &Values,
    sample: &Sample,
    sets: &[Vec<usize>],
    threads: usize,
) -> Result<Vec<Knowing>, TableError> {
    let sampled = sample.plain(compared, values);
    let factors = sample.factors(case);
    let parts: Vec<&[Vec<usize>]> = sets.chunks(TOGETHER).collect();
    let found = each(threads, parts.len(), |at| {
        analysis::decision::information(&sampled.outcomes(), &factors, parts[at])
    });
    let mut all = Vec::with_capacity(sets.len());
    for part in found {
        all.extend(part?.partial.into_iter().map(knowing));
    }
    Ok(all)
}

fn of_everything(
    outcome: usize,
    compared: &Compared,
    found: &Information,
    singles: Vec<Knowing>,
) -> OutcomeInformation {
    OutcomeInformation {
        outcome,
        basis: (&found.counts).into(),
        best: found.best.map(|at| compared.policies[at]),
        perfect: found.perfect.map(|perfect| Worth {
            value: perfect.value,
            error: perfect.standard_error,
        }),
        singles,
        pairs: Vec::new(),
    }
}

fn knowing(partial: PartialInformation) -> Knowing {
    Knowing {
        uncertainties: partial.factors,
        worth: partial.value.map(|value| Worth {
            value,
            error: partial.standard_error,
        }),
        uncorrected: partial.uncorrected,
        without_value: partial.without_value as u64,
        share: None,
    }
}

/// By falling worth; those without one last.
fn strongest_first(all: &mut [Knowing]) {
    let key = |one: &Knowing| one.worth.map_or(f64::NEG_INFINITY, |worth| worth.value);
    all.sort_by(|x, y| key(y).total_cmp(&key(x)));
}
