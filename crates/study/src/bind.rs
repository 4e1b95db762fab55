//! Binding: every name of a case to an id of the model.
//!
//! In come a [`Case`] and a checked model; out goes a [`Study`], or all that does not agree, each as one message with a place
//! in the case and one in the model. After this nothing is looked up by name.

mod names;
mod times;
mod units;

#[cfg(test)]
mod tests;

use engine::{Metric, Reducer, Window};
use model::{Diagnostics, Model, VarId, VariableKind};

use crate::case::{Case, Outcome, Policy, Reduce};
use crate::proposition::{Level, Names, Windowed, parse};
use crate::study::{BoundExperiment, BoundLever, Study};

use names::Binder;

/// Binds a case to its model. The study comes back only if nothing is wrong; warnings and notes may come with it.
pub fn bind(case: Case, model: &Model) -> (Option<Study>, Diagnostics) {
    let mut binder = Binder::new(model);
    let study = study(case, &mut binder);
    let mut notes = binder.notes;
    notes
        .items
        .sort_by_key(|note| note.labels.first().map(|label| label.span));
    (study.filter(|_| !notes.has_errors()), notes)
}

/// None if a name is missing, which was said.
fn study(case: Case, binder: &mut Binder<'_>) -> Option<Study> {
    let uncertainties: Vec<Option<VarId>> = case
        .uncertainties
        .iter()
        .map(|one| binder.uncertainty(one))
        .collect();
    let splits: Vec<Vec<Option<VarId>>> = (case.splits.iter())
        .map(|split| {
            split
                .parts
                .iter()
                .map(|part| binder.part(part, &case.uncertainties[split.total]))
                .collect()
        })
        .collect();
    let policies: Vec<Vec<BoundLever>> = case
        .policies
        .iter()
        .map(|policy| levers(policy, binder))
        .collect();
    let addons: Vec<Vec<BoundLever>> = case.addons.iter().map(|addon| levers(addon, binder)).collect();
    let measured: Vec<Option<Metric>> = case
        .outcomes
        .iter()
        .chain(&case.quantities)
        .map(|outcome| measure(outcome, binder))
        .collect();
    let series: Vec<Option<VarId>> = (case.outcomes.iter().zip(&measured))
        .map(|(outcome, metric)| match metric {
            // The default was looked for above.
            Some(metric) if outcome.series.span == outcome.variable.span => Some(metric.variable),
            None if outcome.series.span == outcome.variable.span => None,
            _ => binder.number(&outcome.series),
        })
        .collect();
    let history: Vec<Option<VarId>> = case
        .history
        .iter()
        .map(|history| binder.number(&history.variable))
        .collect();
    let experiments: Vec<BoundExperiment> = (case.experiments.iter())
        .map(|experiment| BoundExperiment {
            set: experiment
                .set
                .iter()
                .filter_map(|(name, value)| Some((binder.setting(name)?, *value)))
                .collect(),
            initial: experiment
                .initial
                .iter()
                .filter_map(|(name, value)| Some((binder.stock(name)?, *value)))
                .collect(),
        })
        .collect();
    binder.start(&case);

    let names = Names::of(&case);
    let mut windows = Vec::new();
    let mut said = Diagnostics::new();
    let claims = (case.claims.iter())
        .map(|claim| {
            claim
                .proposition_level()
                .and_then(|(text, level)| parse(text, level, &names, &mut windows, &mut said))
        })
        .collect();
    let constraints: Vec<_> = (case.constraints.iter())
        .filter_map(|constraint| parse(&constraint.rule, Level::Draws, &names, &mut windows, &mut said))
        .collect();
    // A case that was read has none; one that was made otherwise must not lose what is wrong with it.
    binder.notes.append(said);
    windows.iter().for_each(|window| binder.window(window));

    let mut measures: Vec<Metric> = measured.into_iter().collect::<Option<_>>()?;
    for Windowed {
        outcome, from, to, ..
    } in &windows
    {
        let window = Window {
            from: Some(*from),
            to: Some(*to),
        };
        measures.push(Metric {
            window,
            ..measures[*outcome]
        });
    }
    let bound = |(uncertainty, variable): (&crate::case::Uncertainty, &Option<VarId>)| {
        uncertainty.name.is_none() || variable.is_some()
    };
    if !case.uncertainties.iter().zip(&uncertainties).all(bound) {
        return None;
    }
    Some(Study {
        measures,
        windows,
        claims,
        constraints,
        uncertainties,
        splits: splits
            .into_iter()
            .map(|parts| parts.into_iter().collect())
            .collect::<Option<_>>()?,
        policies,
        addons,
        series: series.into_iter().collect::<Option<_>>()?,
        history: history.into_iter().collect::<Option<_>>()?,
        experiments,
        case,
    })
}

fn levers(policy: &Policy, binder: &mut Binder<'_>) -> Vec<BoundLever> {
    let mut bound = Vec::new();
    for lever in &policy.levers {
        let variable = binder.lever(lever);
        let trigger = lever.trigger.as_ref().and_then(|trigger| binder.number(trigger));
        bound.extend(variable.map(|variable| BoundLever {
            variable,
            setting: lever.setting.clone(),
            trigger,
        }));
    }
    bound
}

fn measure(outcome: &Outcome, binder: &mut Binder<'_>) -> Option<Metric> {
    let variable = binder.number(&outcome.variable)?;
    binder.reduced_unit(outcome, variable);
    binder.outcome_window(outcome);
    let reducer = match outcome.reduce {
        Reduce::Final => Reducer::Final,
        Reduce::At(time) => Reducer::At(time),
        Reduce::Mean => Reducer::Mean,
        Reduce::Min => Reducer::Min,
        Reduce::Max => Reducer::Max,
        Reduce::Integral => Reducer::Integral,
        Reduce::TimeAbove(level) => Reducer::TimeAbove(level),
        Reduce::TimeBelow(level) => Reducer::TimeBelow(level),
        Reduce::LongestAbove(level) => Reducer::LongestAbove(level),
        Reduce::LongestBelow(level) => Reducer::LongestBelow(level),
        Reduce::FirstAbove(level) => Reducer::FirstAbove(level),
    };
    let window = Window {
        from: outcome.from,
        to: outcome.to,
    };
    Some(Metric {
        variable,
        element: 0,
        reducer,
        window,
    })
}

/// What a kind of variable is called in a message.
fn kind(kind: VariableKind) -> &'static str {
    match kind {
        VariableKind::Constant => "a constant",
        VariableKind::Stock => "a stock",
        VariableKind::Flow => "a flow",
        VariableKind::Auxiliary => "computed",
        VariableKind::Lookup => "a table",
        VariableKind::Data => "a series of data",
    }
}
