//! What claims about the ensemble ask: shares of leads and of duels, and what a gap hinges on.

use analysis::TableError;

use super::table::{Codes, Compared, factor};
use crate::case::Case;
use crate::proposition::Ensemble;
use crate::results::{Futures, OptionId, Results};

/// The counts of one run, made when they are asked for.
pub struct Counted<'a> {
    case: &'a Case,
    futures: &'a Futures,
    results: &'a Results,
}

impl<'a> Counted<'a> {
    /// Over the results of a run.
    pub fn new(case: &'a Case, futures: &'a Futures, results: &'a Results) -> Self {
        Self {
            case,
            futures,
            results,
        }
    }

    /// The two options against each other, in whatever add-on each stands.
    fn duel<T>(
        &self,
        pair: [OptionId; 2],
        outcome: usize,
        judge: impl FnOnce(&analysis::Outcomes) -> Result<T, TableError>,
    ) -> Option<T> {
        let compared = Compared::of(self.case, self.results, pair[0].addon, &pair)?;
        let values = compared.values(outcome);
        // A table of two columns of one run is well formed.
        judge(&compared.ranked(&values)).ok()
    }
}

impl Ensemble for Counted<'_> {
    fn leads(&self, option: OptionId, outcome: usize) -> Option<f64> {
        let compared = Compared::new(self.case, self.results, option.addon);
        let position = compared.position(option.policy)?;
        let values = compared.values(outcome);
        let leads = analysis::leads(&compared.ranked(&values)).ok()?;
        leads.by_option[position].leads.share
    }

    fn beats(&self, a: OptionId, b: OptionId, outcome: usize) -> Option<f64> {
        self.duel([a, b], outcome, |outcomes| {
            Ok(analysis::pairs(outcomes)?[0].a_better.share)
        })?
    }

    fn hinge(&self, uncertainty: usize, outcome: usize, pair: [OptionId; 2]) -> Option<f64> {
        let codes = Codes::new(self.case, &self.futures.columns);
        let factor = [factor(self.case, &self.futures.columns, &codes, uncertainty)];
        self.duel(pair, outcome, |outcomes| {
            Ok(analysis::hinges(outcomes, (0, 1), &factor, None)?.factors[0].share)
        })?
    }
}
