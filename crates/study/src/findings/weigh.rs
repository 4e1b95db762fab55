//! All findings of one run, in the order in which a reader asks.

use analysis::{ScoreError, TableError};

use super::claims;
use super::decision::{self, Asked, Middle};
use super::table::{Codes, Compared, Factors};
use super::{Findings, Hinges, Repeat, Share, Tally, Verdict, WinMap};
use super::{camps, extremes, fans, hinge, verdict};
use crate::case::Case;
use crate::fairness;
use crate::parallel::each;
use crate::results::{Futures, OptionId, Results, Status};
use crate::study::Study;

/// The version of the findings' shape.
const SCHEMA: u32 = 2;

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
    /// How the options stand at the middle of every assumption, if the model was asked; otherwise a fit says it.
    pub middle: Option<&'a Middle<'a>>,
}

/// How to weigh.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// Threads; the findings are the same for any number.
    pub threads: usize,
    /// Told the name of every part that is done, in order, so that whoever has a clock can say what it took.
    pub done: &'a dyn Fn(&'static str),
}

/// Everything that the memo, the summary and `diff` say. What the memo's first page needs is found first.
pub fn weigh(study: &Study, evidence: &Evidence, settings: &Settings) -> Result<Findings, ScoreError> {
    let &Evidence { futures, results, .. } = evidence;
    let &Settings { threads, done } = settings;
    let case = &study.case;
    let rejected: Vec<bool> = futures.rejected.iter().map(Option::is_some).collect();
    let looked_at: Vec<bool> = rejected.iter().map(|rejected| !rejected).collect();
    let codes = Codes::new(case, &futures.columns);
    let factors = Factors::new(case, &futures.columns, &codes, &looked_at, threads);
    done("findings.sort");
    let compared = Compared::new(case, results, 0);
    let verdicts = verdict::verdicts(case, results, threads)?;
    let sides = camps::Sides::new(case, futures, &compared, threads)?;
    let views = camps::camps(case, &compared, &factors, &sides, threads)?;
    let (hinges, maps) = hinges(case, futures, &compared, &factors, &verdicts, threads)?;
    let accepted = rejected.iter().filter(|rejected| !**rejected).count() as u64;
    let enough = decision::enough(case, &verdicts, &views, accepted);
    done("findings.first_page");
    let judgements = each(threads, case.claims.len(), |index| {
        claims::judgement(study, index, futures, results)
    });
    let claims = each(threads, case.claims.len(), |index| {
        claims::claim(index, &judgements[index], &rejected, &sides.believed, &factors)
    });
    let claims = claims.into_iter().collect::<Result<_, _>>()?;
    done("findings.claims");
    let robustness = verdict::robustness(case, results, threads)?;
    done("findings.robustness");
    let repeat = match evidence.second {
        Some((sampling, second)) => {
            let headline = verdict::verdicts(case, second, threads)?
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
    let extremes = extremes::extremes(case, &compared, &factors, &verdicts)?;
    let (fans, experiments) = (
        fans::fans(case, results, threads),
        fans::experiments(case, results, threads),
    );
    done("findings.fans_and_extremes");
    let asked = Asked {
        case,
        futures,
        compared: &compared,
        factors: &factors,
        sides: &sides,
        hinges: &hinges,
        judgements: &judgements,
        enough,
        middle: evidence.middle,
    };
    let decision = decision::decide(asked, settings)?;
    Ok(Findings {
        schema: SCHEMA,
        tally: tally(futures, results),
        options: results.options.clone(),
        robustness,
        camps: views,
        extremes,
        fans,
        experiments,
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
        decision,
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
    threads: usize,
) -> Result<(Vec<Hinges>, Vec<WinMap>), ScoreError> {
    let found = each(threads, case.headline.len(), |at| {
        let outcome = case.headline[at];
        let verdict = verdicts.iter().find(|v| v.addon == 0 && v.outcome == outcome);
        let Some(pair) = verdict.and_then(|v| hinge::leading_pair(&v.ranking)) else {
            return Ok(None);
        };
        let Some(found) = hinge::hinges(compared, factors, outcome, pair)? else {
            return Ok(None);
        };
        let map = hinge::map(case, futures, compared, &found)?;
        Ok::<_, TableError>(Some((found, map)))
    });
    let (mut all, mut maps) = (Vec::new(), Vec::new());
    for one in found {
        if let Some((hinges, map)) = one? {
            all.push(hinges);
            maps.extend(map);
        }
    }
    Ok((all, maps))
}
