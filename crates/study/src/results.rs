//! Futures and results as plain columns.

use std::ops::Range;

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
    /// The method of integration, which chooses its steps, could not keep to its tolerance: the variable and the time.
    Unresolved {
        /// Which variable.
        variable: u32,
        /// When.
        time: f64,
    },
}

impl Status {
    /// The variable (by id in the model) and the time at which a future broke, if it did.
    pub fn trouble(&self) -> Option<(u32, f64)> {
        match *self {
            Status::Ok | Status::Rejected(_) => None,
            Status::NonFinite { variable, time } | Status::Unresolved { variable, time } => {
                Some((variable, time))
            }
        }
    }

    /// The word for it in tables.
    pub fn word(&self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Rejected(_) => "rejected",
            Status::NonFinite { .. } => "non_finite",
            Status::Unresolved { .. } => "unresolved",
        }
    }
}

/// The design's rows: one column per uncertainty of the case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Futures {
    /// Number of each future, rising; rejected futures keep theirs.
    pub ids: Vec<u64>,
    /// The constraint that rejected it, if any.
    pub rejected: Vec<Option<u32>>,
    /// `columns[u][row]`: the value of uncertainty `u`.
    pub columns: Vec<Vec<f64>>,
}

impl Futures {
    /// Some of the rows.
    pub fn rows(&self, rows: Range<usize>) -> Self {
        Self {
            ids: self.ids[rows.clone()].to_vec(),
            rejected: self.rejected[rows.clone()].to_vec(),
            columns: self
                .columns
                .iter()
                .map(|column| column[rows.clone()].to_vec())
                .collect(),
        }
    }

    /// Adds the rows of others behind these.
    pub fn append(&mut self, others: &Self) {
        self.ids.extend(&others.ids);
        self.rejected.extend(&others.rejected);
        self.columns.resize(others.columns.len(), Vec::new());
        for (column, more) in self.columns.iter_mut().zip(&others.columns) {
            column.extend(more);
        }
    }

    /// Rows by their numbers.
    pub fn picked(&self, rows: &[usize]) -> Self {
        Self {
            ids: rows.iter().map(|&row| self.ids[row]).collect(),
            rejected: rows.iter().map(|&row| self.rejected[row]).collect(),
            columns: self
                .columns
                .iter()
                .map(|column| rows.iter().map(|&row| column[row]).collect())
                .collect(),
        }
    }
}

impl Results {
    /// Some of the rows, without series.
    pub fn rows(&self, rows: Range<usize>) -> Self {
        let cut = |columns: &Vec<Vec<f64>>| {
            columns
                .iter()
                .map(|column| column[rows.clone()].to_vec())
                .collect()
        };
        Self {
            options: self.options.clone(),
            measures: self.measures,
            values: self.values.iter().map(cut).collect(),
            status: self
                .status
                .iter()
                .map(|status| status[rows.clone()].to_vec())
                .collect(),
            series: Vec::new(),
            experiments: Vec::new(),
        }
    }
}

/// In which futures each option's triggers fired: by option and variable, none where it was not run.
pub type Triggers = Vec<(OptionId, String, Vec<Option<bool>>)>;

/// One option: a policy with an add-on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OptionId {
    /// Index of the policy.
    pub policy: usize,
    /// Index of the add-on.
    pub addon: usize,
}

/// Every measure of every future under every option that was run.
#[derive(Clone, Debug, Default, PartialEq)]
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
