//! All answers, in the order in which they cost.

use analysis::ScoreError;

use super::super::camps::Sides;
use super::super::claims::Judgement;
use super::super::table::{Compared, Factors};
use super::super::{Hinges, Settings};
use super::boxes::{self, Search};
use super::information::Choices;
use super::sample::Sample;
use super::{Decision, Enough, Middle, OnJudgement, flips, information, quarrels, rankings, values};
use crate::case::{Case, Grade};
use crate::results::Futures;

/// A hinge explains at least this share of the gap's variance.
const LEAST_HINGE: f64 = 0.03;

/// What is asked, and what is known already.
pub(in super::super) struct Asked<'a> {
    pub(in super::super) case: &'a Case,
    pub(in super::super) futures: &'a Futures,
    pub(in super::super) compared: &'a Compared<'a>,
    pub(in super::super) factors: &'a Factors<'a>,
    pub(in super::super) sides: &'a Sides,
    pub(in super::super) hinges: &'a [Hinges],
    pub(in super::super) judgements: &'a [Judgement],
    pub(in super::super) enough: Enough,
    pub(in super::super) middle: Option<&'a Middle<'a>>,
}

/// Answers all questions.
pub(in super::super) fn decide(asked: Asked, settings: &Settings) -> Result<Decision, ScoreError> {
    let &Settings { threads, done } = settings;
    let Asked { case, compared, .. } = asked;
    let mut decision = Decision {
        judgement: judgement(case, asked.hinges),
        enough: asked.enough,
        ..Decision::default()
    };
    if compared.policies.len() < 2 {
        return Ok(decision);
    }
    decision.quarrels = quarrels::quarrels(compared, asked.sides, threads)?;
    decision.acceptability = values::values(case, compared)?;
    done("findings.values");
    let sample = Sample::new(case, asked.futures);
    let sorted = sample.sorted(case, threads);
    let sliced = sample.sliced(&sorted, threads);
    decision.subsample = sample.size();
    let choices = Choices::new(case, compared, &sample, threads)?;
    decision.information = information::singles(case, compared, &sorted, &choices, asked.hinges, threads)?;
    done("findings.information");
    information::pairs(&sorted, &choices, &mut decision.information, threads)?;
    done("findings.information_of_pairs");
    let standing = |outcome| {
        asked
            .middle
            .map_or_else(Vec::new, |middle| middle.standing(outcome))
    };
    decision.flips = flips::flips(case, compared, &sample, &sliced, &standing, threads)?;
    done("findings.smallest_changes");
    decision.rankings = rankings::rankings(case, compared, &sample, threads)?;
    done("findings.rankings");
    let search = Search {
        case,
        sample: &sample,
        sorted: &sorted,
        sliced: &sliced,
        factors: asked.factors,
    };
    decision.claims = boxes::of_claims(&search, asked.judgements, threads);
    done("findings.boxes_of_claims");
    decision.options = boxes::of_options(&search, compared, threads)?;
    done("findings.boxes_of_options");
    Ok(decision)
}

/// The hinges whose ranges rest on judgement alone.
fn judgement(case: &Case, hinges: &[Hinges]) -> Vec<OnJudgement> {
    let of = |hinges: &Hinges| {
        let strong = hinges
            .items
            .iter()
            .filter(|h| h.share >= LEAST_HINGE && h.share > 2.0 * h.share_error);
        OnJudgement {
            outcome: hinges.outcome,
            hinges: strong
                .filter(|h| case.uncertainties[h.uncertainty].grade == Grade::J)
                .map(|h| (h.uncertainty, h.share))
                .collect(),
        }
    };
    let all = hinges.iter().map(of);
    all.filter(|one| !one.hinges.is_empty()).collect()
}
