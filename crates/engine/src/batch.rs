//! What goes into a run of a program and what comes out of it.

use model::VarId;

/// The value of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// One number for the whole batch.
    Uniform(f64),
    /// One number for each future of the batch.
    PerFuture(&'a [f64]),
    /// A number that steps in time.
    Schedule(&'a Schedule),
}

/// Steps in time: value `k` holds from `times[k]` on, to half a time step's accuracy. Before the first time the
/// variable keeps the value that the model gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    /// Rising times.
    pub times: Vec<f64>,
    /// As many values.
    pub values: Vec<f64>,
}

/// The futures to run.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The seed of the noise; 0 is a seed like any other.
    pub seed: u64,
    /// The number of each future: noise depends on it, not on the place in the batch.
    pub futures: &'a [u64],
    /// Values in the order of the program's inputs; columns are as long as `futures`.
    pub inputs: &'a [Value<'a>],
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunStatus {
    /// All stocks and metrics are finite.
    Ok,
    /// A stock or a metric is not finite; the metrics of this run are all NaN.
    NonFinite {
        /// The variable that was the first to be so.
        variable: VarId,
        /// When.
        time: f64,
    },
    /// The method of integration, which chooses its steps, could not keep to its tolerance; the metrics of this run are all NaN.
    Unresolved {
        /// The variable whose stock was the worst.
        variable: VarId,
        /// When.
        time: f64,
    },
}

impl RunStatus {
    /// The variable to blame and the time at which it began, if it did not end well.
    pub fn trouble(&self) -> Option<(VarId, f64)> {
        match *self {
            RunStatus::Ok => None,
            RunStatus::NonFinite { variable, time } | RunStatus::Unresolved { variable, time } => {
                Some((variable, time))
            }
        }
    }

    /// The word for it in tables.
    pub fn word(&self) -> &'static str {
        match self {
            RunStatus::Ok => "ok",
            RunStatus::NonFinite { .. } => "non_finite",
            RunStatus::Unresolved { .. } => "unresolved",
        }
    }
}

/// What a batch of runs gives. A row is a future of the batch, in its order; NaN has one bit pattern.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outputs {
    /// A column for each metric: `metrics[m][row]`.
    pub metrics: Vec<Vec<f64>>,
    /// How each run ended.
    pub status: Vec<RunStatus>,
    /// A table for each series: `series[s][row * times.len() + k]`.
    pub series: Vec<Vec<f64>>,
    /// The saved times.
    pub times: Vec<f64>,
}
