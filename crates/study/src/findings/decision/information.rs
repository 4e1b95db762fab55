//! What it would be worth to know, on one outcome.

use analysis::decision::{Choice, Information, PartialInformation, learning};
use analysis::{Sorted, TableError};

use super::super::Hinges;
use super::super::table::Compared;
use super::sample::Sample;
use super::{Knowing, OutcomeInformation, Worth};
use crate::case::Case;
use crate::parallel::each;

/// So many of the strongest uncertainties are paired.
const PAIRED: usize = 8;

/// The choice among policies on each headline outcome: in the futures of the sample, and what it rests on in all.
pub(super) struct Choices {
    sampled: Vec<Choice>,
    whole: Vec<Information>,
}

impl Choices {
    pub(super) fn new(
        case: &Case,
        compared: &Compared,
        sample: &Sample,
        threads: usize,
    ) -> Result<Self, TableError> {
        let found = each(threads, case.headline.len(), |at| {
            let values = compared.values(case.headline[at]);
            let choice = Choice::new(&sample.plain(compared, &values).outcomes())?;
            let size = sample.size();
            let whole = if size.used == size.of {
                choice.information()
            } else {
                analysis::decision::information(&compared.plain(&values), &[], &[])?
            };
            Ok((choice, whole))
        });
        let (sampled, whole) = found
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .unzip();
        Ok(Choices { sampled, whole })
    }
}

/// EVPI of every headline outcome and EVPPI of every uncertainty. EVPI rests on all futures, EVPPI on the sample.
pub(super) fn singles(
    case: &Case,
    compared: &Compared,
    sorted: &[Sorted],
    choices: &Choices,
    hinges: &[Hinges],
    threads: usize,
) -> Result<Vec<OutcomeInformation>, TableError> {
    let asked: Vec<&Choice> = choices.sampled.iter().collect();
    let found = each(threads, case.uncertainties.len(), |u| {
        learning(&asked, sorted, &[u])
    });
    let mut by_outcome = vec![Vec::with_capacity(found.len()); case.headline.len()];
    for of_outcomes in found {
        for (all, one) in by_outcome.iter_mut().zip(of_outcomes?) {
            all.push(knowing(one));
        }
    }
    let mut all = Vec::with_capacity(case.headline.len());
    for ((&outcome, whole), mut singles) in case.headline.iter().zip(&choices.whole).zip(by_outcome) {
        let of_gap = hinges.iter().find(|h| h.outcome == outcome);
        for one in &mut singles {
            let item = of_gap.and_then(|h| h.items.iter().find(|i| i.uncertainty == one.uncertainties[0]));
            one.share = item.map(|item| item.share);
        }
        strongest_first(&mut singles);
        all.push(of_everything(outcome, compared, whole, singles));
    }
    Ok(all)
}

/// EVPPI of each pair of an outcome's strongest uncertainties.
pub(super) fn pairs(
    sorted: &[Sorted],
    choices: &Choices,
    all: &mut [OutcomeInformation],
    threads: usize,
) -> Result<(), TableError> {
    // A pair that several outcomes ask for is made ready once.
    let mut sets: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for (at, one) in all.iter().enumerate() {
        let strongest = one.singles.iter().take(PAIRED).map(|k| k.uncertainties[0]);
        let top: Vec<usize> = strongest.collect();
        for (place, &a) in top.iter().enumerate() {
            for &b in &top[place + 1..] {
                match sets.iter_mut().find(|(set, _)| *set == [a, b]) {
                    Some((_, outcomes)) => outcomes.push(at),
                    None => sets.push((vec![a, b], vec![at])),
                }
            }
        }
    }
    let found = each(threads, sets.len(), |at| {
        let (set, outcomes) = &sets[at];
        let asked: Vec<&Choice> = outcomes.iter().map(|&at| &choices.sampled[at]).collect();
        learning(&asked, sorted, set)
    });
    for ((_, outcomes), found) in sets.iter().zip(found) {
        for (&at, one) in outcomes.iter().zip(found?) {
            all[at].pairs.push(knowing(one));
        }
    }
    all.iter_mut().for_each(|one| strongest_first(&mut one.pairs));
    Ok(())
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
