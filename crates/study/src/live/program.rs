//! One program for all options: levers are inputs, so that a page carries the model once.

use engine::{Binding, Input, InputTarget, Program, Request};
use model::{Definition, Expr, Model, VarId};

use crate::case::Setting;
use crate::results::OptionId;
use crate::run::RunError;
use crate::study::{BoundLever, Study};

/// What an input of the shared program takes its value from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// An uncertainty, by its index in the case.
    Factor(usize),
    /// A part of a split.
    Part {
        /// Index of the split.
        split: usize,
        /// Index of the part.
        part: usize,
    },
    /// A lever that is one number, for each option.
    Value(Vec<f64>),
    /// A lever that steps, or is the model's own equation under some option: pairs of time and value, for each option.
    Steps(Vec<Vec<(Option<f64>, f64)>>),
}

/// A program that serves every option of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// Its metrics are the study's measures, its series the variables of the outcomes.
    pub program: Program,
    /// What each of its inputs is, in their order.
    pub inputs: Vec<Source>,
    /// The variables of its series.
    pub series: Vec<VarId>,
}

impl Shared {
    /// The most steps of a schedule.
    pub fn schedule_steps(&self) -> u32 {
        let steps = self.inputs.iter().map(|source| match source {
            Source::Steps(options) => options.iter().map(Vec::len).max().unwrap_or(0),
            _ => 0,
        });
        steps.max().unwrap_or(0) as u32
    }
}

/// Lowers the model once for all options.
pub fn share(study: &Study, model: &Model, options: &[OptionId]) -> Result<Shared, RunError> {
    let mut inputs = Vec::new();
    let mut sources = Vec::new();
    let mut take = |variable: VarId, binding, source| {
        inputs.push(Input {
            target: InputTarget::Variable(variable),
            binding,
        });
        sources.push(source);
    };
    for (factor, variable) in study.uncertainties.iter().enumerate() {
        if let Some(variable) = variable {
            take(*variable, Binding::PerFuture, Source::Factor(factor));
        }
    }
    for (split, variables) in study.splits.iter().enumerate() {
        for (part, &variable) in variables.iter().enumerate() {
            take(variable, Binding::PerFuture, Source::Part { split, part });
        }
    }
    for variable in levers(study) {
        let settings: Vec<Option<&Setting>> = options
            .iter()
            .map(|&option| setting(study, option, variable))
            .collect();
        let own = own_number(model, variable);
        let number = |setting: &Option<&Setting>| match setting {
            Some(Setting::Value(value)) => Some(*value),
            Some(Setting::Steps(_)) => None,
            None => own,
        };
        match settings.iter().map(number).collect::<Option<Vec<f64>>>() {
            Some(values) => take(variable, Binding::Uniform, Source::Value(values)),
            None => take(
                variable,
                Binding::Schedule,
                Source::Steps(settings.iter().map(|setting| steps(*setting)).collect()),
            ),
        }
    }
    let mut series: Vec<VarId> = Vec::new();
    for &variable in &study.series {
        if !series.contains(&variable) {
            series.push(variable);
        }
    }
    let request = Request {
        inputs,
        metrics: study.measures.clone(),
        series: series.clone(),
        integration: None,
        ..Request::default()
    };
    Ok(Shared {
        program: engine::lower(model, &request).map_err(RunError::Lower)?,
        inputs: sources,
        series,
    })
}

/// Every lever of the case, once.
fn levers(study: &Study) -> Vec<VarId> {
    let mut all = Vec::new();
    for lever in study.policies.iter().chain(&study.addons).flatten() {
        if !all.contains(&lever.variable) {
            all.push(lever.variable);
        }
    }
    all
}

fn setting(study: &Study, option: OptionId, variable: VarId) -> Option<&Setting> {
    let mut of_option = study.policies[option.policy]
        .iter()
        .chain(&study.addons[option.addon]);
    let found: Option<&BoundLever> = of_option.find(|lever| lever.variable == variable);
    found.map(|lever| &lever.setting)
}

/// A setting as steps; a value holds from before all times on, and no step at all is the model's own equation.
fn steps(setting: Option<&Setting>) -> Vec<(Option<f64>, f64)> {
    match setting {
        None => Vec::new(),
        Some(Setting::Value(value)) => vec![(None, *value)],
        Some(Setting::Steps(steps)) => steps.iter().map(|&(time, value)| (Some(time), value)).collect(),
    }
}

/// The number that a variable is in the model, if it is written as one.
fn own_number(model: &Model, variable: VarId) -> Option<f64> {
    match model.variables[variable].equations.as_slice() {
        [only] => match only.definition {
            Definition::Expression(root) => match model.exprs[root] {
                Expr::Number(number) => Some(number),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
