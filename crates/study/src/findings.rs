//! Findings: everything that the summary, the memo and `weigh diff` say, as plain data.
//!
//! Indices refer to the case: policies, add-ons, outcomes, uncertainties, camps, claims in the order of the file.
//! Every share is a count of futures with its denominator, never a bare percentage.

mod camps;
mod claims;
mod decision;
mod ensemble;
mod extremes;
mod fans;
mod hinge;
mod reads;
mod table;
mod verdict;
mod weigh;

use serde::Serialize;

use crate::results::OptionId;

pub use camps::believed;
pub use decision::{
    Acceptability, BOXES_AMONG, Basis, BoxLimit, ClaimBoxes, Decision, Enough, FlipChange, FoundBox, Knowing,
    Middle, OnJudgement, OptionBoxes, OutcomeFlips, OutcomeInformation, PolicyAcceptability, Quarrel,
    RankedMeasure, Ranking, SmallestFlip, Subsample, Trial, Trials, Worth,
};
pub use ensemble::Counted;
pub use reads::{Gathered, reads};
pub use verdict::verdicts;
pub use weigh::{Evidence, Settings, weigh};

/// The quantiles that fans and tables show.
pub const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// A count of futures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// In how many.
    pub count: u64,
    /// Of how many that could be judged.
    pub of: u64,
    /// 95 % Wilson interval of the share, lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl From<analysis::Share> for Share {
    fn from(share: analysis::Share) -> Self {
        Self {
            count: share.count as u64,
            of: share.of as u64,
            low: share.low,
            high: share.high,
        }
    }
}

/// How many futures there are, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// Drawn.
    pub drawn: u64,
    /// Rejected by a constraint.
    pub rejected: u64,
    /// Accepted and finite under every option that is compared.
    pub compared: u64,
    /// Accepted, but broken under at least one option.
    pub broken: u64,
}

/// All findings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Findings {
    /// Version of this shape.
    pub schema: u32,
    /// Futures.
    pub tally: Tally,
    /// Options that were run.
    pub options: Vec<OptionId>,
    /// One for each add-on and outcome: policies compared at that add-on. The first add-on is the headline.
    pub verdicts: Vec<Verdict>,
    /// Regret and robustness, one for each outcome and option.
    pub robustness: Vec<OptionRobustness>,
    /// What the gap between the two leading policies hinges on, one for each headline outcome.
    pub hinges: Vec<Hinges>,
    /// Who leads where along the two strongest hinges, one for each headline outcome that has two.
    pub maps: Vec<WinMap>,
    /// Camps.
    pub camps: Vec<CampView>,
    /// Claims, in the order of the case.
    pub claims: Vec<ClaimVerdict>,
    /// Fans, one for each outcome.
    pub fans: Vec<Fan>,
    /// Hindcasts, one for each experiment.
    pub experiments: Vec<ExperimentFan>,
    /// Options whose trigger fired, and in how many futures.
    pub triggers: Vec<(OptionId, String, Share)>,
    /// Each policy's best share over the outcomes, and what causes any share above 95 or below 5 of 100.
    pub extremes: Vec<Extreme>,
    /// The headline again under a second, stated sampling.
    pub repeat: Option<Repeat>,
    /// What a sceptic should know about the case itself.
    pub fairness: Vec<FairnessNote>,
    /// The decision maker's own questions, answered.
    pub decision: Decision,
}

/// Who leads on an outcome at an add-on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Outcome.
    pub outcome: usize,
    /// Add-on at which policies are compared.
    pub addon: usize,
    /// For each policy: futures in which it is best by more than the margin.
    pub leads: Vec<Share>,
    /// Futures in which nobody is.
    pub close_calls: Share,
    /// For each policy: futures in which it is within the margin of the best.
    pub near_best: Vec<Share>,
    /// `pairs[a][b]`: futures in which policy a beats policy b by more than the margin.
    pub pairs: Vec<Vec<Share>>,
    /// The policy with most leads, if its interval does not overlap the second's and it is no close call.
    pub leader: Option<usize>,
    /// The policies in falling order of leads (ties by order of the case).
    pub ranking: Vec<usize>,
    /// Whether the counts are within 2 of 100 (95 %).
    pub enough: bool,
    /// How many futures would do.
    pub enough_at: u64,
}

/// Regret and robustness of one option on one outcome (policies compared at the option's add-on).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptionRobustness {
    /// Outcome.
    pub outcome: usize,
    /// Option.
    pub option: OptionId,
    /// Quantiles 0.05, 0.25, 0.5, 0.75, 0.95 of the outcome.
    pub quantiles: [f64; 5],
    /// Median, 90 % and worst regret from the best.
    pub regret: [f64; 3],
    /// Median difference from the baseline policy.
    pub from_baseline: f64,
    /// The measures of McPhail et al. 2018: name and value.
    pub measures: Vec<(String, f64)>,
}

/// What the gap between two policies hinges on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hinges {
    /// Outcome.
    pub outcome: usize,
    /// Add-on.
    pub addon: usize,
    /// First policy.
    pub a: usize,
    /// Second policy.
    pub b: usize,
    /// Whether the gap is a share of the baseline's value rather than in the outcome's unit.
    pub relative: bool,
    /// Uncertainties by falling share of the gap's variance.
    pub items: Vec<Hinge>,
}

/// One uncertainty's part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hinge {
    /// Uncertainty.
    pub uncertainty: usize,
    /// Share of the gap's variance that it explains by itself, bias-corrected.
    pub share: f64,
    /// Its standard error.
    pub share_error: f64,
    /// Mean gap (positive favours a) in the lowest slice of the uncertainty and in the highest.
    pub gap_low: f64,
    /// See `gap_low`.
    pub gap_high: f64,
    /// Slices of the range in rising order, without gaps: lower edge, upper edge, count, and leads of each policy in it.
    /// A categorical uncertainty (or a narrow integer one) has a slice for each value, with equal edges.
    pub slices: Vec<Slice>,
    /// Values at which the policy with most leads changes.
    pub flips: Vec<Flip>,
}

/// A slice of an uncertainty's range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slice {
    /// Lower edge.
    pub low: f64,
    /// Upper edge.
    pub high: f64,
    /// Futures in it.
    pub count: u64,
    /// Leads of each policy; the rest are close calls.
    pub leads: Vec<u64>,
}

/// A change of leader along an uncertainty.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Flip {
    /// Where.
    pub at: f64,
    /// Leader below; `None` is a close call.
    pub below: Option<usize>,
    /// Leader above.
    pub above: Option<usize>,
}

/// Who leads where along two uncertainties, policies compared at one add-on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WinMap {
    /// Outcome.
    pub outcome: usize,
    /// Add-on.
    pub addon: usize,
    /// Uncertainty that runs across.
    pub x: usize,
    /// Uncertainty that runs upwards.
    pub y: usize,
    /// Bins across, `(low, high)` in rising order; a categorical uncertainty has a bin for each value, with equal ends.
    pub x_bins: Vec<(f64, f64)>,
    /// Bins upwards.
    pub y_bins: Vec<(f64, f64)>,
    /// `cells[iy * x_bins.len() + ix]`, rows rising in y.
    pub cells: Vec<WinCell>,
}

/// A cell of a [`WinMap`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WinCell {
    /// Futures in it.
    pub count: u64,
    /// Leads of each policy; the rest are close calls.
    pub leads: Vec<u64>,
}

/// A camp's view of the options.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CampView {
    /// Camp.
    pub camp: usize,
    /// Futures that agree with its beliefs.
    pub futures: u64,
    /// For each option of the first add-on (by policy): mean score between the anchors by the camp's weights, in its futures.
    pub score: Vec<f64>,
    /// Mean regret in score from the best admissible option.
    pub regret: Vec<f64>,
    /// The same from the best of all options, as if nothing were struck out.
    pub regret_unrestricted: Vec<f64>,
    /// Futures in which it leads by score, among the options the camp admits.
    pub leads: Vec<Share>,
    /// The same among all options.
    pub leads_unrestricted: Vec<Share>,
    /// Policies that its legal view strikes out, with the law that does.
    pub struck_out: Vec<(usize, String)>,
    /// The assumption that separates its futures most from the rest.
    pub dividing: Option<usize>,
}

/// What the ensemble says of a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimVerdict {
    /// Claim.
    pub claim: usize,
    /// Share of futures in which it holds; none for evidence.
    pub holds: Option<Share>,
    /// Futures in which it cannot be judged.
    pub undecided: u64,
    /// For an ensemble claim: whether it holds in this ensemble.
    pub ensemble: Option<bool>,
    /// The number an ensemble claim compares, left and right.
    pub sides: Option<(f64, f64)>,
    /// Among each camp's futures: share in which it holds.
    pub by_camp: Vec<Share>,
    /// Uncertainties that move it most: index and share of variance.
    pub moved_by: Vec<(usize, f64)>,
}

/// Quantiles over time, all policies of an add-on on one scale.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fan {
    /// Outcome.
    pub outcome: usize,
    /// Variable drawn.
    pub variable: String,
    /// Times.
    pub times: Vec<f64>,
    /// For each policy at the first add-on: quantiles 0.05, 0.25, 0.5, 0.75, 0.95 at each time.
    pub policies: Vec<[Vec<f64>; 5]>,
    /// Number of futures behind the quantiles.
    pub futures: u64,
}

/// An experiment's fan against history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExperimentFan {
    /// Experiment.
    pub experiment: usize,
    /// History (index) it is compared with.
    pub history: usize,
    /// Times.
    pub times: Vec<f64>,
    /// Quantiles 0.05, 0.25, 0.5, 0.75, 0.95 at each time.
    pub quantiles: [Vec<f64>; 5],
    /// Mean of (median - observed) / observed over the points of history in the window.
    pub mean_relative_error: f64,
    /// Mean of the sizes of the same errors, so that misses on both sides do not cancel.
    pub mean_size_of_error: f64,
    /// Points of history inside the 5-95 % band, and all points compared.
    pub covered: (u64, u64),
}

/// A policy's best share and its reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Extreme {
    /// Policy.
    pub policy: usize,
    /// The outcome on which it leads most often.
    pub outcome: usize,
    /// That share.
    pub share: Share,
    /// If above 95 or below 5 of 100: the uncertainty whose range causes it most, if one does, and the share in its
    /// lowest and highest tenth.
    pub cause: Option<(usize, Share, Share)>,
}

/// The headline again under a second sampling.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Repeat {
    /// What the second sampling is, in a stable id: `log_ranges`, `second_seed`, `monte_carlo`.
    pub sampling: String,
    /// Verdicts at the first add-on.
    pub verdicts: Vec<Verdict>,
}

/// Something a sceptic should know about the case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FairnessNote {
    /// Kind, a stable id.
    pub kind: String,
    /// Index of the thing it is about, in its kind.
    pub subject: String,
    /// In English.
    pub en: String,
    /// In Spanish.
    pub es: String,
}

#[cfg(test)]
mod tests;
