//! The smallest changes tried in the model: what a fit promised is simulated.

mod crossing;

use super::super::Findings;
use super::super::table::Compared;
use super::flips::middle;
use super::{FlipChange, OutcomeFlips, SmallestFlip, Trial};
use crate::case::{Case, CloseCall, Distribution, Role};
use crate::results::{Futures, OptionId, Results};
use crate::run::{Progress, Ready};
use crate::study::Study;
use crossing::Crossing;

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

/// The model at the middle of every assumption, with the luck of some futures: where the smallest changes set out from.
pub struct Middle<'a> {
    ready: &'a Ready<'a>,
    trials: Trials,
    /// The futures, as drawn.
    futures: Futures,
    /// What the options of the first add-on come to without a change.
    without: Results,
}

impl<'a> Middle<'a> {
    /// Asks the model how those of some options that belong to the first add-on stand at the middle. None if stopped, or with fewer than
    /// two to compare.
    ///
    /// # Panics
    /// If one of them was not made ready.
    pub fn ask(
        ready: &'a Ready<'a>,
        (futures, options): (&Futures, &[OptionId]),
        trials: &Trials,
        progress: &dyn Progress,
    ) -> Option<Self> {
        let mut options = options.to_vec();
        options.retain(|option| option.addon == 0);
        if options.len() < 2 {
            return None;
        }
        let accepted = (0..futures.ids.len()).filter(|&row| futures.rejected[row].is_none());
        let rows: Vec<usize> = accepted.take(trials.futures).collect();
        let futures = futures.picked(&rows);
        let set = changed(ready.study(), &futures, &[]);
        let asked: Vec<(OptionId, &Futures)> = options.iter().map(|option| (*option, &set)).collect();
        let found = ready.run_each(&asked, (trials.seed, trials.threads), progress)?;
        let without = Results {
            measures: ready.study().measures.len(),
            options,
            ..Results::default()
        };
        let without = found.into_iter().fold(without, |mut all, (values, status)| {
            all.values.push(values);
            all.status.push(status);
            all
        });
        Some(Self {
            ready,
            trials: trials.clone(),
            futures,
            without,
        })
    }

    /// How the options stand on an outcome, in its unit and turned so that more is better; nothing if every future broke.
    pub(super) fn standing(&self, outcome: usize) -> Vec<f64> {
        let standing = Standing::new(self.ready.study(), &self.without, outcome);
        let means = standing
            .means
            .iter()
            .map(|(_, mean)| standing.direction.oriented(*mean));
        if standing.futures > 0 {
            means.collect()
        } else {
            Vec::new()
        }
    }

    /// Makes the changes that findings tell of larger or smaller until the lead passes, and writes down what came of it. Stopped by
    /// `progress`, it leaves the rest untried.
    pub fn try_flips(&self, findings: &mut Findings, progress: &dyn Progress) {
        let flips = &findings.decision.flips;
        let mut searches: Vec<Option<Search>> = flips
            .iter()
            .flat_map(|one| [&one.single, &one.joint].map(|flip| Search::new(self, one, flip.as_ref()?)))
            .collect();
        while self.round(&mut searches, progress) {}
        let tried = searches.into_iter().map(|search| search?.end);
        let mut tried = tried.collect::<Vec<_>>().into_iter();
        for one in &mut findings.decision.flips {
            for flip in [&mut one.single, &mut one.joint] {
                let trial = tried.next().flatten();
                if let Some(flip) = flip {
                    flip.trial = trial;
                }
            }
        }
    }

    /// One more answer for every search that goes on: what they want of an option is run together, so that its blocks are full. False at
    /// the end, or if stopped.
    fn round(&self, searches: &mut [Option<Search>], progress: &dyn Progress) -> bool {
        let study = self.ready.study();
        let mut going: Vec<(&mut Search, Vec<FlipChange>)> = searches
            .iter_mut()
            .flatten()
            .filter_map(|search| search.wanted(&study.case).map(|changes| (search, changes)))
            .collect();
        if going.is_empty() {
            return false;
        }
        let sets: Vec<Futures> = going
            .iter()
            .map(|(_, changes)| changed(study, &self.futures, changes))
            .collect();
        let mut options: Vec<OptionId> = going
            .iter()
            .flat_map(|(search, _)| search.options.clone())
            .collect();
        options.sort_unstable();
        options.dedup();
        let of = |option: &OptionId| {
            let sets = going.iter().zip(&sets);
            let own = sets.filter(|((search, _), _)| search.options.contains(option));
            own.fold(Futures::default(), |mut all, (_, set)| {
                all.append(set);
                all
            })
        };
        let joined: Vec<Futures> = options.iter().map(of).collect();
        let asked: Vec<(OptionId, &Futures)> = options.iter().copied().zip(&joined).collect();
        let Some(found) = self
            .ready
            .run_each(&asked, (self.trials.seed, self.trials.threads), progress)
        else {
            return false;
        };
        // Where in each option's rows those of the next search begin.
        let mut begin = vec![0; options.len()];
        for (search, _) in &mut going {
            let mut results = Results {
                options: search.options.clone(),
                measures: study.measures.len(),
                ..Results::default()
            };
            for option in &search.options {
                let at = options.binary_search(option).expect("it was asked for");
                let rows = begin[at]..begin[at] + self.futures.ids.len();
                begin[at] = rows.end;
                let (values, status) = &found[at];
                let mut columns = vec![Vec::new(); study.measures.len()];
                columns[search.outcome] = values[search.outcome][rows.clone()].to_vec();
                results.values.push(columns);
                results.status.push(status[rows].to_vec());
            }
            search.tell(&study.case, &Standing::new(study, &results, search.outcome));
        }
        true
    }
}

/// A change that is followed until the lead passes.
struct Search<'a> {
    outcome: usize,
    /// Who is best without it.
    first: usize,
    flip: &'a SmallestFlip,
    /// What has to be run: the two, and the baseline where a margin is a share of it.
    options: Vec<OptionId>,
    /// The size at which it passes.
    crossing: Crossing,
    /// As far as the first of the changes that comes to an end of its range, until it is gone there.
    farthest: Option<f64>,
    trial: Trial,
    /// What came of it.
    end: Option<Trial>,
}

impl<'a> Search<'a> {
    /// None if nobody is best without a change.
    fn new(middle: &Middle, one: &OutcomeFlips, flip: &'a SmallestFlip) -> Option<Self> {
        let study = middle.ready.study();
        let case = &study.case;
        let before = Standing::new(study, &middle.without, one.outcome);
        let first = before.best?;
        let trial = Trial {
            futures: before.futures,
            before: Some(first),
            distance: None,
            changes: Vec::new(),
        };
        let mut policies = vec![first, flip.to];
        if matches!(
            case.outcomes[one.outcome].close_call,
            CloseCall::ShareOfBaseline(_)
        ) {
            let baseline = OptionId {
                policy: case.baseline,
                addon: 0,
            };
            policies.extend(
                middle
                    .without
                    .options
                    .contains(&baseline)
                    .then_some(case.baseline),
            );
        }
        policies.sort_unstable();
        policies.dedup();
        // A change to another category is not made smaller: what it comes to at first is not what it sets out from.
        let known = if flip.changes.iter().any(|change| is_category(case, change)) {
            Vec::new()
        } else {
            vec![(0.0, before.lead(flip.to, first))]
        };
        let farthest = flip
            .changes
            .iter()
            .map(|change| room(case, change))
            .fold(f64::INFINITY, f64::min);
        Some(Self {
            outcome: one.outcome,
            first,
            flip,
            options: policies
                .into_iter()
                .map(|policy| OptionId { policy, addon: 0 })
                .collect(),
            crossing: Crossing::new((0.0, 1.0), known),
            farthest: Some(farthest).filter(|farthest| farthest.is_finite() && *farthest > 1.0),
            end: (first == flip.to).then(|| trial.clone()),
            trial,
        })
    }

    /// The changes of which it has to know what they come to; none at its end.
    fn wanted(&self, case: &Case) -> Option<Vec<FlipChange>> {
        let size = self.crossing.next().filter(|_| self.end.is_none())?;
        Some(sized(case, &self.flip.changes, size))
    }

    /// What the changes that were wanted come to.
    fn tell(&mut self, case: &Case, standing: &Standing) {
        self.crossing.tell(standing.lead(self.flip.to, self.first));
        // Categories are changed or not.
        let whole = self.flip.changes.iter().all(|change| is_category(case, change));
        if !whole && self.crossing.next().is_some() {
            return;
        }
        if let Some(size) = self.crossing.found() {
            self.end = Some(Trial {
                distance: Some(self.flip.distance * size),
                changes: sized(case, &self.flip.changes, size),
                ..self.trial.clone()
            });
        } else if let Some(farthest) = self.farthest.take() {
            self.crossing = self.crossing.beyond(farthest);
        } else {
            self.end = Some(self.trial.clone());
        }
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

fn is_category(case: &Case, change: &FlipChange) -> bool {
    let of = &case.uncertainties[change.uncertainty].distribution;
    matches!(of, Distribution::Categorical { .. })
}

/// How many times as large a change can become before its range ends; endless for categories.
fn room(case: &Case, change: &FlipChange) -> f64 {
    let of = &case.uncertainties[change.uncertainty].distribution;
    let step = change.to - change.from;
    if step == 0.0 || is_category(case, change) {
        return f64::INFINITY;
    }
    let end = of.quantile(if step > 0.0 { 1.0 } else { 0.0 });
    (end - change.from) / step
}

/// Some futures with every assumption at its middle, luck as drawn, and then changed. A constraint may reject them.
fn changed(study: &Study, futures: &Futures, changes: &[FlipChange]) -> Futures {
    let case = &study.case;
    let mut set = futures.clone();
    for (u, column) in set.columns.iter_mut().enumerate() {
        let change = changes.iter().find(|change| change.uncertainty == u);
        match (change, case.uncertainties[u].role) {
            (Some(change), _) => column.fill(change.to),
            (None, Role::Assumption) => column.fill(middle(case, u)),
            (None, Role::Chance) => {}
        }
    }
    if !case.constraints.is_empty() {
        let row = |at: usize| set.columns.iter().map(|column| column[at]).collect::<Vec<_>>();
        set.rejected = (0..set.ids.len()).map(|at| study.rejects(&row(at))).collect();
    }
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

impl Standing {
    fn new(study: &Study, results: &Results, outcome: usize) -> Self {
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
        Self {
            futures: rows.len() as u64,
            margin: ranked.margin,
            direction: ranked.direction,
            best: best.filter(|_| !rows.is_empty()).map(|best| best.0),
            means,
        }
    }

    /// By how much more than the margin one policy is ahead of another.
    fn lead(&self, one: usize, other: usize) -> f64 {
        let mean = |policy: usize| {
            let known = self.means.iter().find(|(p, _)| *p == policy);
            known.map_or(f64::NAN, |(_, mean)| *mean)
        };
        mean(one) - mean(other) - self.margin
    }
}
