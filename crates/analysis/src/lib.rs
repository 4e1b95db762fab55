//! Plain functions on columns: who leads, by how much, how safely, and what it hinges on.
//!
//! What comes in are slices: one column of numbers per option (one row per future), columns of uncertain inputs, masks.
//! What goes out are plain structs with public fields that serialise. This crate knows no cases, no models and no engine:
//! it works on any table, also one that Weighhouse did not produce.
//!
//! Three rules hold in every module:
//! - *A future is compared only when every option that the statement compares has a finite number in it.* Rejected, broken
//!   and missing futures are counted in every result ([`Counts`]), never dropped silently.
//! - Shares are of the compared futures and carry a Wilson interval ([`Share`]).
//! - Everything is a pure function with a fixed order of arithmetic: the same table gives the same bytes.

mod claim;
pub mod decision;
pub mod designs;
pub mod distribution;
mod flip;
mod hinge;
mod leads;
pub mod logit;
pub mod prim;
mod quantile;
mod random;
mod regression;
mod regret;
mod robustness;
mod score;
pub mod sensitivity;
pub mod series;
mod share;
mod slices;
mod special;
mod sum;
mod table;
pub mod tree;
mod univariate;

pub use claim::{ClaimShare, claim_share};
pub use flip::{Along, Band, Flip, along, flips};
pub use hinge::{Crossing, Hinge, HingeSlice, Hinges, hinges};
pub use leads::{Leader, Leads, OptionLeads, Pair, leaders, leads, pairs};
pub use quantile::{quantile, quantile_sorted};
pub use regret::{Baseline, Regret, RegretSummary, regret_from_baseline, regret_from_best};
pub use robustness::{Measure, MeasureRow, Robustness, RobustnessOptions, robustness};
pub use score::{Camp, CampView, Criterion, Score, ScoreError, ValueFunction, camp_view, scores};
pub use share::{Difference, Share, Z95, difference, half_width, needed, share};
pub use slices::{Factor, Place};
pub use table::{Column, Counts, Direction, OptionCounts, Outcomes, Status, TableError};
pub use univariate::{UnivariateF, univariate_f};
