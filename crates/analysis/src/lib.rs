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

mod comparison;
pub mod decision;
pub mod designs;
pub mod distribution;
pub mod logit;
mod numbers;
pub mod prim;
pub mod sensitivity;
pub mod series;
mod slices;
mod table;
pub mod tree;
mod univariate;

pub use comparison::{
    Agreement, Along, Band, Baseline, Camp, CampView, ClaimShare, Criterion, Crossing, Difference, Explained,
    Flip, Hinge, HingeSlice, Hinges, LeadSlice, Leader, Leads, Measure, MeasureIntervals, MeasureRow,
    OptionLeads, Pair, Regret, RegretSummary, Robustness, RobustnessOptions, Score, ScoreError, Share,
    ValueFunction, Z95, along, camp_view, claim_share, difference, flips, half_width, hinges, hinges_sliced,
    leaders, leads, leads_along, near_best, needed, pairs, ranking_agreement, regret_from_baseline,
    regret_from_best, robustness, robustness_intervals, scores, share, statement_hinges,
};
pub use numbers::quantile::{quantile, quantile_sorted, quantiles};
pub use slices::{Factor, Place, Sliced, Sorted};
pub use table::{Column, Counts, Direction, OptionCounts, Outcomes, Status, TableError};
pub use univariate::{UnivariateF, univariate_f};
