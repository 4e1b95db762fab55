//! In how many futures each claim holds, in whose futures, and what moves it.

use analysis::{Status as RowStatus, TableError, claim_share};

use super::ensemble::Counted;
use super::table::Factors;
use super::{ClaimVerdict, Share};
use crate::case::ClaimKind;
use crate::proposition::{evaluate, judge};
use crate::results::{Futures, Results};
use crate::study::Study;

/// How many uncertainties are named as moving a claim.
const MOVERS: usize = 3;

/// What the proposition of a claim says: nothing, a verdict in each future, or one about the ensemble.
pub(super) enum Judgement {
    /// Evidence is shown, never judged.
    Evidence,
    /// In each future: holds, does not, or cannot be judged.
    Futures(Vec<Option<bool>>),
    /// In this ensemble: whether it holds, and the two sides compared. None if it cannot be judged.
    Ensemble(Option<(bool, f64, f64)>),
}

/// Judges the proposition of a claim.
pub(super) fn judgement(study: &Study, claim: usize, futures: &Futures, results: &Results) -> Judgement {
    let case = &study.case;
    match (&study.claims[claim], case.claims[claim].kind) {
        (None, _) | (_, ClaimKind::Evidence) => Judgement::Evidence,
        (Some(says), ClaimKind::Outcome) => Judgement::Futures(evaluate(says, case, futures, results)),
        (Some(says), ClaimKind::Ensemble) => {
            let verdict = judge(
                says,
                case,
                futures,
                results,
                &Counted::new(case, futures, results),
            );
            Judgement::Ensemble(verdict.map(|v| (v.holds, v.left, v.right)))
        }
    }
}

/// The verdict on claim number `claim`. `masks` are the camps' believed futures; `rejected` marks futures never run.
pub(super) fn claim(
    claim: usize,
    judgement: &Judgement,
    rejected: &[bool],
    masks: &[Vec<bool>],
    factors: &Factors,
) -> Result<ClaimVerdict, TableError> {
    let mut verdict = ClaimVerdict {
        claim,
        holds: None,
        undecided: 0,
        ensemble: None,
        sides: None,
        by_camp: Vec::new(),
        moved_by: Vec::new(),
    };
    match judgement {
        Judgement::Evidence => {}
        Judgement::Ensemble(found) => {
            verdict.ensemble = found.map(|(holds, _, _)| holds);
            verdict.sides = found.map(|(_, left, right)| (left, right));
        }
        Judgement::Futures(holds) => {
            let status: Vec<RowStatus> = rejected
                .iter()
                .map(|&r| if r { RowStatus::Rejected } else { RowStatus::Ok })
                .collect();
            let all = claim_share(holds, &status, None)?;
            verdict.holds = Some(all.holds.into());
            verdict.undecided = (all.counts.missing + all.counts.broken) as u64;
            for mask in masks {
                verdict
                    .by_camp
                    .push(Share::from(claim_share(holds, &status, Some(mask))?.holds));
            }
            verdict.moved_by = movers(holds, &status, factors)?;
        }
    }
    Ok(verdict)
}

/// The uncertainties that explain most of the variance of "it holds" (0 or 1), largest first, beyond twice their noise.
fn movers(
    holds: &[Option<bool>],
    status: &[RowStatus],
    factors: &Factors,
) -> Result<Vec<(usize, f64)>, TableError> {
    let found = analysis::statement_hinges(holds, status, &factors.sliced)?;
    let mut all: Vec<(usize, f64)> = found
        .iter()
        .enumerate()
        .filter_map(|(u, one)| {
            let share = one
                .share
                .filter(|share| *share > 2.0 * one.noise.unwrap_or(f64::INFINITY))?;
            Some((u, share))
        })
        .collect();
    all.sort_by(|x, y| y.1.total_cmp(&x.1));
    all.truncate(MOVERS);
    Ok(all)
}
