//! A case bound to a model: every name is an id, every reducer and window in the engine's words.

use engine::Metric;
use model::VarId;

use crate::case::{Case, Setting};
use crate::design;
use crate::proposition::{Proposition, Windowed, rejects};
use crate::results::Futures;

/// A case whose every name is known to the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// The case.
    pub case: Case,
    /// What is measured in every run: outcomes, then quantities, then the windowed uses of claims, in that order.
    pub measures: Vec<Metric>,
    /// The windowed uses of claims.
    pub windows: Vec<Windowed>,
    /// What each claim says; none for evidence.
    pub claims: Vec<Option<Proposition>>,
    /// What each constraint demands.
    pub constraints: Vec<Proposition>,
    /// The constant that each uncertainty of the case sets; none for totals and weights of splits.
    pub uncertainties: Vec<Option<VarId>>,
    /// The constants that each split of the case sets, parallel to `Split::parts`.
    pub splits: Vec<Vec<VarId>>,
    /// Levers of each policy.
    pub policies: Vec<Vec<BoundLever>>,
    /// Levers of each add-on.
    pub addons: Vec<Vec<BoundLever>>,
    /// Variable drawn for each outcome.
    pub series: Vec<VarId>,
    /// Variable of each history.
    pub history: Vec<VarId>,
    /// Experiments: what each sets.
    pub experiments: Vec<BoundExperiment>,
}

/// A lever and its setting.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundLever {
    /// The constant of the model.
    pub variable: VarId,
    /// Its value or steps.
    pub setting: Setting,
    /// The 0/1 variable that tells whether a trigger that this lever arms has fired.
    pub trigger: Option<VarId>,
}

/// What an experiment sets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoundExperiment {
    /// Constants, the time controls among them.
    pub set: Vec<(VarId, f64)>,
    /// Initial values of stocks.
    pub initial: Vec<(VarId, f64)>,
}

impl Study {
    /// The first constraint that a row of draws (one for each uncertainty) violates.
    pub fn rejects(&self, row: &[f64]) -> Option<u32> {
        let violated = |rule: &Proposition| rejects(rule, &self.case, &|uncertainty| row[uncertainty]);
        self.constraints.iter().position(violated).map(|at| at as u32)
    }

    /// Draws the futures of the case.
    pub fn sample(&self, settings: &design::Settings) -> Result<Futures, design::SampleError> {
        self.sample_on(1, settings)
    }

    /// Draws them on so many threads.
    pub fn sample_on(
        &self,
        threads: usize,
        settings: &design::Settings,
    ) -> Result<Futures, design::SampleError> {
        let rejects = |row: &[f64]| self.rejects(row);
        design::sample_on(threads, &self.case, settings, self.constrained(&rejects))
    }

    /// The rule, if the case has constraints at all.
    pub fn constrained<'a>(&self, rule: &'a (dyn Fn(&[f64]) -> Option<u32> + Sync)) -> design::Reject<'a> {
        (!self.case.constraints.is_empty()).then_some(rule)
    }
}
