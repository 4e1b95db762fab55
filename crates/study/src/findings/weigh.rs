//! All findings of one run, in the order in which a reader asks.

use analysis::ScoreError;

use super::claims;
use super::table::{Compared, Factors};
use super::{Findings, Hinges, Repeat, Share, Tally, Verdict, WinMap};
use super::{camps, extremes, fans, hinge, verdict};
use crate::case::Case;
use crate::fairness;
use crate::results::{Futures, OptionId, Results, Status};
use crate::study::Study;

/// The version of the findings' shape.
const SCHEMA: u32 = 1;

/// What the findings are made of, beside the case.
pub struct Evidence<'a> {
    /// The futures.
    pub futures: &'a Futures,
    /// What became of them.
    pub results: &'a Results,
    /// In which futures each option's trigger fired: option, variable, fired or not (none: not run).
    pub triggers: &'a [(OptionId, String, Vec<Option<bool>>)],
    /// The case run again under another sampling, with its id.
    pub second: Option<(&'a str, &'a Results)>,
}

/// Everything that the memo, the summary and `diff` say.
pub fn weigh(study: &Study, evidence: &Evidence) -> Result<Findings, ScoreError> {
    let &Evidence { futures, results, .. } = evidence;
    let case = &study.case;
    let factors = Factors::new(case, futures);
    let compared = Compared::new(case, results, 0);
    let verdicts = verdict::verdicts(case, results)?;
    let (hinges, maps) = hinges(case, futures, &compared, &factors, &verdicts)?;
    let masks: Vec<Vec<bool>> = case
        .camps
        .iter()
        .map(|camp| camps::believed(camp, futures))
        .collect();
    let rejected: Vec<bool> = futures.rejected.iter().map(Option::is_some).collect();
    let mut claims = Vec::with_capacity(case.claims.len());
    for index in 0..case.claims.len() {
        let judgement = claims::judgement(study, index, futures, results);
        claims.push(claims::claim(index, &judgement, &rejected, &masks, &factors)?);
    }
    let repeat = match evidence.second {
        Some((sampling, second)) => {
            let headline = verdict::verdicts(case, second)?
                .into_iter()
                .filter(|v| v.addon == 0)
                .collect();
            Some(Repeat {
                sampling: sampling.to_owned(),
                verdicts: headline,
            })
        }
        None => None,
    };
    let concerns = fairness::of_case(case)
        .into_iter()
        .chain(fairness::dominated(case, &verdicts));
    Ok(Findings {
        schema: SCHEMA,
        tally: tally(futures, results),
        options: results.options.clone(),
        robustness: verdict::robustness(case, results)?,
        camps: camps::camps(case, futures, &compared, &factors)?,
        extremes: extremes::extremes(case, &compared, &factors, &verdicts)?,
        fans: fans::fans(case, results),
        experiments: fans::experiments(case, results),
        triggers: evidence
            .triggers
            .iter()
            .map(|(option, name, fired)| (*option, name.clone(), fires(fired)))
            .collect(),
        fairness: concerns.map(|concern| concern.note).collect(),
        verdicts,
        hinges,
        maps,
        claims,
        repeat,
    })
}

fn tally(futures: &Futures, results: &Results) -> Tally {
    let mut tally = Tally {
        drawn: futures.ids.len() as u64,
        ..Tally::default()
    };
    for row in 0..futures.ids.len() {
        if futures.rejected[row].is_some() {
            tally.rejected += 1;
        } else if results.status.iter().any(|status| status[row] != Status::Ok) {
            tally.broken += 1;
        } else {
            tally.compared += 1;
        }
    }
    tally
}

fn fires(fired: &[Option<bool>]) -> Share {
    let judged = fired.iter().flatten().count();
    analysis::share(fired.iter().flatten().filter(|fired| **fired).count(), judged).into()
}

/// The gap between the two leading policies of each headline outcome, and the map of its two strongest hinges.
fn hinges(
    case: &Case,
    futures: &Futures,
    compared: &Compared,
    factors: &Factors,
    verdicts: &[Verdict],
) -> Result<(Vec<Hinges>, Vec<WinMap>), ScoreError> {
    let (mut all, mut maps) = (Vec::new(), Vec::new());
    for &outcome in &case.headline {
        let verdict = verdicts.iter().find(|v| v.addon == 0 && v.outcome == outcome);
        let Some(pair) = verdict.and_then(|v| hinge::leading_pair(&v.ranking)) else {
            continue;
        };
        let Some(found) = hinge::hinges(compared, factors, outcome, pair)? else {
            continue;
        };
        maps.extend(hinge::map(case, futures, compared, &found)?);
        all.push(found);
    }
    Ok((all, maps))
}
