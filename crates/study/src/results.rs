//! Futures and results as plain columns.

use serde::Serialize;

/// What became of one future under one option.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Simulated, every outcome finite.
    Ok,
    /// Not simulated: a constraint (by index) rejected it.
    Rejected(u32),
    /// Became non-finite: the variable (by id in the model) and the time.
    NonFinite {
        /// Which variable.
        variable: u32,
        /// When.
        time: f64,
    },
}

/// The design's rows: one column per uncertainty of the case.
#[derive(Clone, Debug, PartialEq)]
pub struct Futures {
    /// Number of each future, rising; rejected futures keep theirs.
    pub ids: Vec<u64>,
    /// The constraint that rejected it, if any.
    pub rejected: Vec<Option<u32>>,
    /// `columns[u][row]`: the value of uncertainty `u`.
    pub columns: Vec<Vec<f64>>,
}

/// One option: a policy with an add-on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OptionId {
    /// Index of the policy.
    pub policy: usize,
    /// Index of the add-on.
    pub addon: usize,
}

/// Every measure of every future under every option that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The options, in the order of the case: policies within add-ons.
    pub options: Vec<OptionId>,
    /// Number of measures: outcomes, then quantities, then the windowed uses of claims (see `Study::measures`).
    pub measures: usize,
    /// `values[option][measure][row]`; NaN where the status is not `Ok`.
    pub values: Vec<Vec<Vec<f64>>>,
    /// `status[option][row]`.
    pub status: Vec<Vec<Status>>,
    /// Series of the first futures, for fans.
    pub series: Vec<Series>,
    /// Series of the same futures in the case's experiments, one for each history compared.
    pub experiments: Vec<ExperimentSeries>,
}

/// A variable over time, for some futures under one option.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Index into `Results::options`.
    pub option: usize,
    /// Name of the variable.
    pub variable: String,
    /// Saved times.
    pub times: Vec<f64>,
    /// Rows of `Futures` that are stored.
    pub rows: Vec<usize>,
    /// `values[k * times.len() + t]` for the k-th stored row.
    pub values: Vec<f64>,
}

/// A variable over time in an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentSeries {
    /// Index of the experiment in the case.
    pub experiment: usize,
    /// Index of the history in the case.
    pub history: usize,
    /// Saved times.
    pub times: Vec<f64>,
    /// Rows of `Futures` that are stored.
    pub rows: Vec<usize>,
    /// `values[k * times.len() + t]` for the k-th stored row; NaN after a future broke.
    pub values: Vec<f64>,
}
