//! Options against each other in the same futures: who leads, by how much, how safely, in whose view, and what it hinges on.

mod agreement;
mod claim;
mod flip;
mod hinge;
mod leads;
mod regret;
mod resampled;
mod robustness;
mod score;
mod share;

pub use agreement::{Agreement, ranking_agreement};
pub use claim::{ClaimShare, claim_share};
pub use flip::{Along, Band, Flip, LeadSlice, along, flips, leads_along};
pub(crate) use hinge::epsilon_squared;
pub use hinge::{Crossing, Explained, Hinge, HingeSlice, Hinges, hinges, hinges_sliced, statement_hinges};
pub use leads::{Leader, Leads, OptionLeads, Pair, leaders, leads, near_best, pairs};
pub use regret::{Baseline, Regret, RegretSummary, regret_from_baseline, regret_from_best};
pub use resampled::{MeasureIntervals, robustness_intervals};
pub use robustness::{Measure, MeasureRow, Robustness, RobustnessOptions, robustness};
pub(crate) use score::check_criteria;
pub use score::{Camp, CampView, Criterion, Score, ScoreError, ValueFunction, camp_view, scores};
pub use share::{Difference, Share, Z95, difference, half_width, needed, share};
