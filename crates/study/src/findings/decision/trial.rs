//! The smallest changes tried in the model: what a fit promised is simulated.

use model::Model;

use super::super::Findings;
use super::super::table::Compared;
use super::flips::middle;
use super::sample::Sample;
use super::{FlipChange, SmallestFlip, Trial};
use crate::case::{Case, Distribution, Role};
use crate::parallel::each;
use crate::results::{Futures, OptionId, Results};
use crate::run::{self, Progress, Ready, RunError};
use crate::study::Study;

/// A change's size is found to a sixty-fourth.
const HALVINGS: u32 = 6;

/// How to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// Futures whose luck is tried, at most.
    pub futures: usize,
    /// Seed of the noise.
    pub seed: u64,
    /// Threads; the answer is the same for any number.
    pub threads: usize,
}

/// Asks the model how the options of the first add-on stand at the middle of every assumption, seeks the smallest changes from there
/// again, tries each in the model, and writes down what came of it. Stopped by `progress`, it leaves the rest untried. Options that are
/// `ready` with exact numerics need not be made so again.
pub fn try_flips(
    study: &Study,
    model: &Model,
    ready: Option<&Ready>,
    (futures, tested): (&Futures, &Results),
    trials: &Trials,
    findings: &mut Findings,
    progress: &dyn Progress,
) -> Result<(), RunError> {
    let options: Vec<OptionId> = findings
        .options
        .iter()
        .copied()
        .filter(|option| option.addon == 0)
        .collect();
    if options.len() < 2 {
        return Ok(());
    }
    let accepted = (0..futures.ids.len()).filter(|&row| futures.rejected[row].is_none());
    let rows: Vec<usize> = accepted.take(trials.futures).collect();
    let how = run::Settings {
        seed: trials.seed,
        threads: trials.threads,
        options: options.clone(),
        fans: 0,
        every_addon: false,
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
    };
    let own;
    let ready = match ready {
        Some(ready) if ready.has(&options, how.numerics) => ready,
        _ => {
            own = Ready::new(study, model, &how)?;
            &own
        }
    };
    let model = Simulated {
        study,
        ready,
        futures,
        rows,
        seed: trials.seed,
        progress,
    };
    let Some(without) = model.run(&options, &[]) else {
        return Ok(());
    };
    let case = &study.case;
    let compared = Compared::new(case, tested, 0);
    let sample = Sample::new(case, futures);
    let sliced = sample.sliced(&sample.sorted(case, trials.threads), trials.threads);
    let stand = |outcome: usize| {
        let standing = standing(study, &without, outcome);
        // Nobody stands anywhere if every future broke.
        let known = standing.futures > 0;
        let means = standing
            .means
            .iter()
            .map(|(_, mean)| standing.direction.oriented(*mean));
        if known { means.collect() } else { Vec::new() }
    };
    if let Ok(again) = super::flips::flips(case, &compared, &sample, &sliced, &stand, trials.threads) {
        findings.decision.flips = again;
    }
    // Each change asks for run after run, but asks nobody else.
    let flips = &findings.decision.flips;
    let tried = each(trials.threads, 2 * flips.len(), |at| {
        let one = &flips[at / 2];
        let flip = [&one.single, &one.joint][at % 2].as_ref()?;
        let before = standing(study, &without, one.outcome);
        model.trial(one.outcome, before.best?, flip, before.futures)
    });
    let mut tried = tried.into_iter();
    for one in &mut findings.decision.flips {
        for flip in [&mut one.single, &mut one.joint] {
            let trial = tried.next().flatten();
            if let Some(flip) = flip {
                flip.trial = trial;
            }
        }
    }
    Ok(())
}

/// The model with some futures' luck.
struct Simulated<'a> {
    study: &'a Study,
    ready: &'a Ready<'a>,
    futures: &'a Futures,
    rows: Vec<usize>,
    seed: u64,
    progress: &'a dyn Progress,
}

impl Simulated<'_> {
    /// What some options come to after changes; none if stopped.
    fn run(&self, options: &[OptionId], changes: &[FlipChange]) -> Option<Results> {
        let how = run::Settings {
            seed: self.seed,
            threads: 1,
            options: options.to_vec(),
            fans: 0,
            every_addon: false,
            engine: engine::Choice::Auto,
            numerics: engine::Numerics::Exact,
        };
        let set = changed(self.study, self.futures, &self.rows, changes);
        let outcome = self.ready.run(&set, &how, self.progress);
        (outcome.futures == set.ids.len()).then_some(outcome.results)
    }

    /// Follows a change until the lead passes from `first`; none if stopped.
    fn trial(&self, outcome: usize, first: usize, flip: &SmallestFlip, futures: u64) -> Option<Trial> {
        let mut trial = Trial {
            futures,
            before: Some(first),
            distance: None,
            changes: Vec::new(),
        };
        let case = &self.study.case;
        if first == flip.to {
            return Some(trial);
        }
        // The two, and the baseline: a margin may be a share of it.
        let mut policies = vec![first, flip.to, case.baseline];
        policies.sort_unstable();
        policies.dedup();
        let options: Vec<OptionId> = policies
            .into_iter()
            .map(|policy| OptionId { policy, addon: 0 })
            .collect();
        let passes = |size: f64| {
            let results = self.run(&options, &sized(case, &flip.changes, size))?;
            Some(standing(self.study, &results, outcome).ahead(flip.to, first))
        };
        // As far as the first of the changes that comes to an end of its range.
        let farthest = flip
            .changes
            .iter()
            .map(|change| room(case, change))
            .fold(f64::INFINITY, f64::min);
        let (mut low, mut high) = (0.0, 1.0);
        let mut found = passes(high)?;
        if !found && farthest.is_finite() && farthest > high {
            (low, high) = (high, farthest);
            found = passes(high)?;
        }
        if !found {
            return Some(trial);
        }
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            if passes(middle)? {
                high = middle;
            } else {
                low = middle;
            }
        }
        trial.distance = Some(flip.distance * high);
        trial.changes = sized(case, &flip.changes, high);
        Some(trial)
    }
}

/// Changes made so many times as large. Categories stay, whole numbers stay whole.
fn sized(case: &Case, changes: &[FlipChange], size: f64) -> Vec<FlipChange> {
    let sized = |change: &FlipChange| {
        let to = change.from + size * (change.to - change.from);
        let to = match case.uncertainties[change.uncertainty].distribution {
            Distribution::Categorical { .. } => change.to,
            Distribution::Integer { .. } => to.round(),
            _ => to,
        };
        FlipChange { to, ..*change }
    };
    changes.iter().map(sized).collect()
}

/// How many times as large a change can become before its range ends; endless for categories.
fn room(case: &Case, change: &FlipChange) -> f64 {
    let of = &case.uncertainties[change.uncertainty].distribution;
    let step = change.to - change.from;
    if step == 0.0 || matches!(of, Distribution::Categorical { .. }) {
        return f64::INFINITY;
    }
    let end = of.quantile(if step > 0.0 { 1.0 } else { 0.0 });
    (end - change.from) / step
}

/// Some futures with every assumption at its middle, luck as drawn, and then changed. A constraint may reject them.
fn changed(study: &Study, futures: &Futures, rows: &[usize], changes: &[FlipChange]) -> Futures {
    let case = &study.case;
    let mut set = futures.picked(rows);
    for (u, column) in set.columns.iter_mut().enumerate() {
        let change = changes.iter().find(|change| change.uncertainty == u);
        match (change, case.uncertainties[u].role) {
            (Some(change), _) => column.fill(change.to),
            (None, Role::Assumption) => column.fill(middle(case, u)),
            (None, Role::Chance) => {}
        }
    }
    let rejected =
        |at: usize| study.rejects(&set.columns.iter().map(|column| column[at]).collect::<Vec<_>>());
    set.rejected = (0..rows.len()).map(rejected).collect();
    set
}

/// How policies stand on average.
struct Standing {
    futures: u64,
    /// By policy, turned so that more is better.
    means: Vec<(usize, f64)>,
    margin: f64,
    direction: analysis::Direction,
    best: Option<usize>,
}

fn standing(study: &Study, results: &Results, outcome: usize) -> Standing {
    let compared = Compared::new(&study.case, results, 0);
    let values = compared.values(outcome);
    let ranked = compared.averaged(&values);
    let rows: Vec<usize> = analysis::leaders(&ranked)
        .unwrap_or_default()
        .iter()
        .enumerate()
        .filter(|(_, leader)| **leader != analysis::Leader::NotCompared)
        .map(|(row, _)| row)
        .collect();
    let mean = |column: &analysis::Column| {
        let total: f64 = rows
            .iter()
            .map(|&row| ranked.direction.oriented(column.values[row]))
            .sum();
        total / rows.len() as f64
    };
    let means: Vec<(usize, f64)> = compared
        .policies
        .iter()
        .copied()
        .zip(ranked.columns.iter().map(mean))
        .collect();
    // The first of equals.
    let best = means.iter().fold(None::<(usize, f64)>, |best, &one| match best {
        Some(known) if known.1 >= one.1 => Some(known),
        _ => Some(one),
    });
    Standing {
        futures: rows.len() as u64,
        margin: ranked.margin,
        direction: ranked.direction,
        best: best.filter(|_| !rows.is_empty()).map(|best| best.0),
        means,
    }
}

impl Standing {
    /// Whether one policy is ahead of another by more than the margin.
    fn ahead(&self, one: usize, other: usize) -> bool {
        let mean = |policy: usize| {
            self.means
                .iter()
                .find(|(p, _)| *p == policy)
                .map(|(_, mean)| *mean)
        };
        match (mean(one), mean(other)) {
            (Some(one), Some(other)) => one - other > self.margin,
            _ => false,
        }
    }
}
