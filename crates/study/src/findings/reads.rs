//! Which results the findings read. A large run has tens of measures for claims under every option, and most of them are read under one or
//! two: what nobody reads need not be held.

use crate::proposition::{Proposition, Quantity};
use crate::results::{Futures, OptionId, Results, Triggers};
use crate::run::Group;
use crate::study::Study;

/// For each option and measure, whether findings read it: every outcome under every option, and what claims compare.
pub fn reads(study: &Study, options: &[OptionId]) -> Vec<Vec<bool>> {
    let outcomes = study.case.outcomes.len();
    let row: Vec<bool> = (0..study.measures.len())
        .map(|measure| measure < outcomes)
        .collect();
    let mut all = vec![row; options.len()];
    for claim in study.claims.iter().flatten() {
        in_proposition(claim, &mut |measure, option| {
            if let Some(at) = options.iter().position(|known| *known == option) {
                all[at][measure] = true;
            }
        });
    }
    all
}

fn in_proposition(says: &Proposition, seen: &mut dyn FnMut(usize, OptionId)) {
    match says {
        Proposition::Or(all) | Proposition::And(all) => all.iter().for_each(|one| in_proposition(one, seen)),
        Proposition::Not(one) => in_proposition(one, seen),
        Proposition::Compare(_, sides) => sides.iter().for_each(|side| in_quantity(side, seen)),
    }
}

fn in_quantity(quantity: &Quantity, seen: &mut dyn FnMut(usize, OptionId)) {
    match quantity {
        Quantity::Measure { measure, option } => seen(*measure, *option),
        Quantity::Negate(one) | Quantity::Abs(one) => in_quantity(one, seen),
        Quantity::Binary(_, sides) => sides.iter().for_each(|side| in_quantity(side, seen)),
        Quantity::Share(inner) => in_proposition(inner, seen),
        // Outcomes, which are read in any case, and draws.
        Quantity::Leads(..)
        | Quantity::Beats(..)
        | Quantity::Hinge { .. }
        | Quantity::Number(..)
        | Quantity::Uncertainty(_)
        | Quantity::Part { .. } => {}
    }
}

/// A run gathered from its groups, of the results only what findings read: columns that nobody reads stay empty.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The futures.
    pub futures: Futures,
    /// What became of them.
    pub results: Results,
    /// In which of them triggers fired.
    pub triggers: Triggers,
    reads: Vec<Vec<bool>>,
}

impl Gathered {
    /// Nothing yet; `expected` futures will come.
    pub fn new(study: &Study, options: &[OptionId], expected: usize) -> Self {
        Self::of(study, options, expected, reads(study, options))
    }

    /// The same with all results.
    pub fn whole(study: &Study, options: &[OptionId], expected: usize) -> Self {
        let all = vec![vec![true; study.measures.len()]; options.len()];
        Self::of(study, options, expected, all)
    }

    fn of(study: &Study, options: &[OptionId], expected: usize, reads: Vec<Vec<bool>>) -> Self {
        let column = |read: &bool| Vec::with_capacity(if *read { expected } else { 0 });
        let uncertainties = study.case.uncertainties.len();
        Self {
            futures: Futures {
                ids: Vec::with_capacity(expected),
                rejected: Vec::with_capacity(expected),
                columns: (0..uncertainties).map(|_| Vec::with_capacity(expected)).collect(),
            },
            results: Results {
                options: options.to_vec(),
                measures: study.measures.len(),
                values: reads.iter().map(|row| row.iter().map(column).collect()).collect(),
                status: options.iter().map(|_| Vec::with_capacity(expected)).collect(),
                series: Vec::new(),
                experiments: Vec::new(),
            },
            triggers: Triggers::new(),
            reads,
        }
    }

    /// Adds the next group.
    pub fn add(&mut self, group: &Group) {
        let futures = &mut self.futures;
        futures.ids.extend_from_slice(&group.futures.ids);
        futures.rejected.extend_from_slice(&group.futures.rejected);
        for (column, more) in futures.columns.iter_mut().zip(&group.futures.columns) {
            column.extend_from_slice(more);
        }
        let read = self.reads.iter().flatten();
        let columns = self.results.values.iter_mut().flatten();
        let more = group.results.values.iter().flatten();
        for ((column, more), _) in columns.zip(more).zip(read).filter(|(_, read)| **read) {
            column.extend_from_slice(more);
        }
        for (status, more) in self.results.status.iter_mut().zip(&group.results.status) {
            status.extend_from_slice(more);
        }
        if self.triggers.is_empty() {
            self.triggers = group.triggers.clone();
        } else {
            for ((_, _, fired), (_, _, more)) in self.triggers.iter_mut().zip(&group.triggers) {
                fired.extend_from_slice(more);
            }
        }
    }
}
