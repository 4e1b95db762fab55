//! The decision maker's own questions: what would it be worth to know, what is the smallest change that turns the answer, is a quarrel
//! about facts or about values, which values speak for which option, in which futures does a claim hold, does the ranking of options
//! depend on how one measures, and were there enough futures.
//!
//! All speak of the first add-on, with equal weight on the tested futures: never money, never how likely a future is.

mod answers;
mod boxes;
mod enough;
mod flips;
mod information;
mod quarrels;
mod rankings;
mod sample;
mod trial;
mod values;

use serde::Serialize;

use super::Share;

pub(super) use answers::{Asked, decide};
pub use boxes::BOXES_AMONG;
pub(super) use enough::enough;
pub use trial::{Middle, Trials};

/// The answers to the decision maker's own questions.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Decision {
    /// How many futures the parts rest on that may use a part of them only.
    pub subsample: Subsample,
    /// Whether the counts of the first sentences are sure enough.
    pub enough: Enough,
    /// What it would be worth to know, one for each headline outcome.
    pub information: Vec<OutcomeInformation>,
    /// The smallest changes that make another option lead, one for each headline outcome.
    pub flips: Vec<OutcomeFlips>,
    /// Every pair of camps.
    pub quarrels: Vec<Quarrel>,
    /// Which values speak for which option.
    pub acceptability: Option<Acceptability>,
    /// Where claims hold and fail: one for each claim that is judged in every future.
    pub claims: Vec<ClaimBoxes>,
    /// Where options fail, one for each headline outcome and option.
    pub options: Vec<OptionBoxes>,
    /// How options rank by each measure of robustness, one for each headline outcome.
    pub rankings: Vec<Ranking>,
    /// Hinges whose ranges rest on judgement alone, one for each headline outcome that has some.
    pub judgement: Vec<OnJudgement>,
}

/// Some of the futures, where looking at all would take too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Subsample {
    /// Futures drawn.
    pub of: u64,
    /// Futures used: for the value of information, the fit behind the smallest changes, the search for boxes and the intervals of robustness
    /// measures. Boxes are counted in all futures whatever was searched.
    pub used: u64,
}

/// What a number rests on: futures that were compared, and what became of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// Compared: every option has a finite number.
    pub compared: u64,
    /// Without a number.
    pub missing: u64,
    /// Broken under some option.
    pub broken: u64,
    /// Rejected by a constraint.
    pub rejected: u64,
}

impl From<&analysis::Counts> for Basis {
    fn from(counts: &analysis::Counts) -> Self {
        Self {
            compared: counts.compared as u64,
            missing: counts.missing as u64,
            broken: counts.broken as u64,
            rejected: counts.rejected as u64,
        }
    }
}

/// Whether there were enough futures: the 95 % interval of each count of the first sentences lies within 2 of 100.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Enough {
    /// Whether all counts of headline outcomes are sure enough.
    pub enough: bool,
    /// How many accepted futures would do for them.
    pub enough_at: u64,
    /// Headline outcomes with a count that is not.
    pub unsure: Vec<usize>,
    /// Camps with a count that is not: they believe in few of the futures.
    pub unsure_camps: Vec<usize>,
    /// How many accepted futures would do for the camps' counts, if they go on believing in the same share of them.
    pub camps_enough_at: u64,
}

/// What it would be worth to know, on one outcome, in its unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeInformation {
    /// Outcome.
    pub outcome: usize,
    /// What everything rests on.
    pub basis: Basis,
    /// The policy that is best on average, chosen without knowing.
    pub best: Option<usize>,
    /// What it would be worth to know everything (EVPI).
    pub perfect: Option<Worth>,
    /// What it would be worth to know one uncertainty (EVPPI), the largest first.
    pub singles: Vec<Knowing>,
    /// The same of each pair of the first eight, the largest first.
    pub pairs: Vec<Knowing>,
}

/// A gain, averaged over the tested futures with equal weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Worth {
    /// In the unit of the outcome.
    pub value: f64,
    /// Its standard error.
    pub error: Option<f64>,
}

/// What it would be worth to know some uncertainties.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Knowing {
    /// Which.
    pub uncertainties: Vec<usize>,
    /// The gain, its bias taken out; none with too few futures.
    pub worth: Option<Worth>,
    /// The gain as first estimated, too large by chance.
    pub uncorrected: Option<f64>,
    /// Futures left out because an uncertainty has no value in them.
    pub without_value: u64,
    /// For one uncertainty: its share of the variance of the gap between the two leading policies, if that is looked into.
    pub share: Option<f64>,
}

/// The smallest changes that make another policy lead on an outcome. One stands at the middle of every assumption's range; luck is as
/// drawn. Distance is the largest change as a share of its tested range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeFlips {
    /// Outcome.
    pub outcome: usize,
    /// What the fit rests on.
    pub basis: Basis,
    /// Who leads there, by the fit.
    pub from: Option<usize>,
    /// The smallest change of one assumption; none if no single change is enough.
    pub single: Option<SmallestFlip>,
    /// The smallest change of several; none if no joint change is enough.
    pub joint: Option<SmallestFlip>,
}

/// A smallest change, found by a fit over the tested futures and tried in the model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SmallestFlip {
    /// Who comes to lead, by more than the margin.
    pub to: usize,
    /// The largest change as a share of its tested range.
    pub distance: f64,
    /// The changes, the most helpful first.
    pub changes: Vec<FlipChange>,
    /// The share of the gap's variance that the fit explains.
    pub explained: f64,
    /// What the model says when the change is made; none if it was not tried.
    pub trial: Option<Trial>,
}

/// The change of one assumption.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FlipChange {
    /// Which.
    pub uncertainty: usize,
    /// Its middle.
    pub from: f64,
    /// What it becomes.
    pub to: f64,
}

/// A change tried in the model: every assumption at its middle, luck as drawn in some futures. The changes are made larger or smaller
/// together until the lead just passes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// Futures that were compared.
    pub futures: u64,
    /// The policy that is best on average without a change.
    pub before: Option<usize>,
    /// The largest change, as a share of its tested range, at which the new policy is ahead of that one by more than the margin, on
    /// average; none if it never is within the ranges tested, or was so without any change.
    pub distance: Option<f64>,
    /// The changes at that distance; empty without one.
    pub changes: Vec<FlipChange>,
}

/// How far two camps are apart in what they would choose, in points of score, and why.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quarrel {
    /// First camp.
    pub a: usize,
    /// Second camp.
    pub b: usize,
    /// Futures that either believes possible.
    pub basis: Basis,
    /// The policy that the first prefers, whatever the law.
    pub a_prefers: Option<usize>,
    /// The policy that the second prefers.
    pub b_prefers: Option<usize>,
    /// What the first would lose by its own lights under the other's policy.
    pub a_loses: Option<f64>,
    /// What the second would lose.
    pub b_loses: Option<f64>,
    /// Both losses.
    pub total: Option<f64>,
    /// How much of it goes away when they share beliefs (averaged over both orders).
    pub facts: Option<f64>,
    /// How much of it goes away when they share weights.
    pub values: Option<f64>,
}

/// Which values speak for which option: weights over all outcomes drawn evenly (SMAA).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Acceptability {
    /// What it rests on: futures in which every outcome has a number under every policy.
    pub basis: Basis,
    /// Sets of weights that were drawn, each with a future in turn.
    pub draws: u64,
    /// One for each policy that was run.
    pub policies: Vec<PolicyAcceptability>,
}

/// For one policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyAcceptability {
    /// Policy.
    pub policy: usize,
    /// Under which share of the weights drawn it comes first, second and so on.
    pub ranks: Vec<f64>,
    /// The mean weights, by outcome, of those who put it first; none if nobody does.
    pub central_weights: Option<Vec<f64>>,
}

/// A set of futures told by one to three limits, in which something crowds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundBox {
    /// The limits; all have to be met.
    pub limits: Vec<BoxLimit>,
    /// In how many of the futures inside it is so (density).
    pub inside: Share,
    /// In how many of all futures that could be judged.
    pub everywhere: Share,
    /// Of the futures in which it is so, how many lie inside (coverage).
    pub covers: Share,
}

/// A limit on one uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BoxLimit {
    /// Which.
    pub uncertainty: usize,
    /// At least this.
    pub low: Option<f64>,
    /// At most this.
    pub high: Option<f64>,
    /// Of categories: one of these values.
    pub one_of: Vec<f64>,
}

/// Where a claim holds and where it fails.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimBoxes {
    /// Claim.
    pub claim: usize,
    /// Where it holds more often than elsewhere; none if no simple box says so.
    pub holds: Option<FoundBox>,
    /// Where it fails more often than elsewhere.
    pub fails: Option<FoundBox>,
}

/// Where a policy fails on an outcome: another is better by more than the margin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptionBoxes {
    /// Outcome.
    pub outcome: usize,
    /// Policy.
    pub policy: usize,
    /// Futures in which it fails.
    pub beaten: Share,
    /// Where it fails more often than elsewhere.
    pub fails: Option<FoundBox>,
    /// Where it does well (is best or within the margin of the best) more often than elsewhere.
    pub does_well: Option<FoundBox>,
}

/// How policies rank on an outcome by each measure of robustness (McPhail et al. 2018).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranking {
    /// Outcome.
    pub outcome: usize,
    /// What it rests on.
    pub basis: Basis,
    /// The measures that are defined.
    pub measures: Vec<RankedMeasure>,
    /// For each policy: by how many measures it ranks first.
    pub firsts: Vec<u64>,
    /// Kendall's tau-b between rankings, averaged over pairs of measures: 1 where all agree.
    pub agreement: Option<f64>,
    /// The two measures (places in `measures`) whose rankings differ most, with their tau-b.
    pub apart: Option<(usize, usize, f64)>,
    /// What Starr's measure asks a future to reach: the median of the baseline policy.
    pub threshold: Option<f64>,
}

/// One measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedMeasure {
    /// Its name.
    pub measure: String,
    /// Whether higher values are better.
    pub higher_is_better: bool,
    /// For each policy: the value.
    pub values: Vec<Option<f64>>,
    /// For each policy: a 95 % interval by resampling futures.
    pub intervals: Vec<Option<(f64, f64)>>,
    /// For each policy: 1 for the best; equal values share a rank.
    pub ranks: Vec<Option<u64>>,
}

/// Hinges whose range rests on judgement alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OnJudgement {
    /// Outcome.
    pub outcome: usize,
    /// Uncertainties with their share of the gap's variance, the largest first.
    pub hinges: Vec<(usize, f64)>,
}

#[cfg(test)]
mod tests;
