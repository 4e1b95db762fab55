//! A model and a request to a program.
//!
//! The stages: [`walk`] goes through the equations that the outputs need, in the order of their dependencies, and
//! [`expressions`] reads them into a [`graph`] without repetition ([`functions`] says what each function of the modelling
//! language is made of, [`states`] what stands behind the functions with memory, [`carriers`] behind conveyors and queues, [`shifts`] behind cohorts that are moved on, [`solve`] behind unknowns); [`emit`] finds what is alive, which values futures differ in and when
//! each is computed, and writes the program; [`reuse`] makes it small. What cannot be lowered is a diagnostic.

mod carriers;
mod data;
mod emit;
mod expressions;
mod fast;
mod functions;
mod graph;
mod queue;
mod random;
mod reuse;
mod shifts;
mod solve;
mod states;
mod vectors;
mod walk;

use std::collections::BTreeSet;

use crate::adaptive;
use crate::ir::Program;
use crate::request::{Binding, InputTarget, Numerics, Reducer, Request};
use crate::timeline::{self, TimeFault};
use model::{Definition, Diagnostic, Diagnostics, Id, Integration, Model, VarId, VariableKind};
use walk::Rough;

/// The program that computes what the request asks for, or why there is none.
pub fn lower(model: &Model, request: &Request) -> Result<Program, Diagnostics> {
    let mut problems = Diagnostics::new();
    check_inputs(model, request, &mut problems);
    check_outputs(model, request, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    let values = walk::values(model, request)?;
    if adaptive::pair(integration(model, request)).is_some()
        && let Some(rough) = values.rough(model)
    {
        return with_fixed_steps(model, request, rough);
    }
    let values = match request.numerics {
        Numerics::Exact => values,
        Numerics::Fast => emit::hastened(model, request, values),
    };
    let mut program = reuse::slots(emit::program(model, request, values)?);
    check_time(model, request, &mut program)?;
    Ok(program)
}

/// The method that a request asks for, else the model.
fn integration(model: &Model, request: &Request) -> Integration {
    request.integration.unwrap_or(model.integration)
}

/// A model with something that automatic steps cannot follow: refused if the request asks for them. If only the model itself does, it
/// runs with fixed steps, and a note says so.
fn with_fixed_steps(model: &Model, request: &Request, rough: Rough) -> Result<Program, Diagnostics> {
    let wanted = integration(model, request);
    let fixed = wanted.with_fixed_steps();
    let what = format!("`{}` {}", model.variables[rough.variable].name, rough.what);
    if request.integration.is_some() {
        let mut problems = Diagnostics::new();
        problems.push(
            Diagnostic::error(
                "integration-rough",
                format!("{} cannot follow this model: {what}", wanted.name()),
            )
            .label(rough.span, "changes at each `TIME STEP` only, or at once")
            .help(format!("choose fixed steps, such as those of {}", fixed.name())),
        );
        return Err(problems);
    }
    let request = Request {
        integration: Some(fixed),
        tolerance: None,
        ..request.clone()
    };
    let mut program = lower(model, &request)?;
    program.notes.push(
        Diagnostic::note(
            "integration-fixed",
            format!(
                "the model asks for {}; {} with the fixed `TIME STEP` is used",
                wanted.name(),
                fixed.name()
            ),
        )
        .label(rough.span, format!("{what}, which automatic steps cannot follow")),
    );
    Ok(program)
}

fn check_inputs(model: &Model, request: &Request, problems: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for input in &request.inputs {
        let (InputTarget::Variable(id) | InputTarget::InitialOf(id)) = input.target;
        let Some(variable) = model.variables.get(id) else {
            problems.push(Diagnostic::error(
                "input-unknown",
                "an input names a variable that the model does not have",
            ));
            continue;
        };
        let mut refuse = |message: String, help: &str| {
            problems.push(
                Diagnostic::error("input-target", message)
                    .label(variable.span, "")
                    .help(help),
            );
        };
        if !seen.insert(input.target) {
            refuse(
                format!("`{}` is given twice", variable.name),
                "leave one of them out",
            );
        }
        if !variable.dimensions.is_empty() {
            refuse(
                format!("`{}` is an array and cannot be set", variable.name),
                "set a scalar that the array is computed from",
            );
        }
        let is_stock = is_stock(model, id);
        match input.target {
            InputTarget::InitialOf(_) if !is_stock => {
                refuse(
                    format!("`{}` is no stock and has no initial value", variable.name),
                    "set the variable itself",
                );
            }
            InputTarget::InitialOf(_) if input.binding == Binding::Schedule => {
                refuse(
                    format!(
                        "the initial value of `{}` cannot follow a schedule",
                        variable.name
                    ),
                    "give one number",
                );
            }
            InputTarget::Variable(_) if is_stock => {
                refuse(
                    format!("`{}` is a stock and cannot be set", variable.name),
                    "set its initial value, or one of its flows",
                );
            }
            InputTarget::Variable(_) if variable.kind == VariableKind::Lookup => {
                refuse(
                    format!("`{}` is a lookup and cannot be set to a number", variable.name),
                    "set what it is called with",
                );
            }
            InputTarget::Variable(_) if is_control(model, id) && input.binding != Binding::Uniform => {
                refuse(
                    format!("`{}` must be the same for all futures and times", variable.name),
                    "give one number for all futures",
                );
            }
            _ => {}
        }
    }
}

fn check_outputs(model: &Model, request: &Request, problems: &mut Diagnostics) {
    let metrics = request
        .metrics
        .iter()
        .map(|metric| (metric.variable, metric.element));
    let series = request.series.iter().map(|variable| (*variable, 0));
    for (id, element) in metrics.chain(series) {
        let Some(variable) = model.variables.get(id) else {
            problems.push(Diagnostic::error(
                "output-unknown",
                "an output names a variable that the model does not have",
            ));
            continue;
        };
        if variable.kind == VariableKind::Lookup {
            let message = format!("`{}` is a lookup and has no value of its own", variable.name);
            problems.push(Diagnostic::error("output-lookup", message).label(variable.span, ""));
        }
        let count = element_count(model, id);
        if element as usize >= count {
            let message = if variable.dimensions.is_empty() {
                format!("`{}` is no array and has no element {element}", variable.name)
            } else {
                format!(
                    "`{}` has the elements 0 to {}, and no {element}",
                    variable.name,
                    count.saturating_sub(1)
                )
            };
            problems.push(Diagnostic::error("output-element", message).label(variable.span, ""));
        }
    }
    for metric in &request.metrics {
        let Some(variable) = model.variables.get(metric.variable) else {
            continue;
        };
        let numbers = [metric.window.from, metric.window.to, parameter(metric.reducer)];
        let backwards = matches!((metric.window.from, metric.window.to), (Some(from), Some(to)) if from > to);
        if backwards || numbers.into_iter().flatten().any(f64::is_nan) {
            let message = format!("the window over which `{}` is seen is empty", variable.name);
            problems.push(Diagnostic::error("output-window", message).label(variable.span, ""));
        }
    }
}

/// The number inside a reducer.
fn parameter(reducer: Reducer) -> Option<f64> {
    match reducer {
        Reducer::At(number)
        | Reducer::TimeAbove(number)
        | Reducer::TimeBelow(number)
        | Reducer::LongestAbove(number)
        | Reducer::LongestBelow(number)
        | Reducer::FirstAbove(number) => Some(number),
        Reducer::Final | Reducer::Mean | Reducer::Min | Reducer::Max | Reducer::Integral => None,
    }
}

/// Tries the time controls. Where inputs set them, their values are not known yet and a run says what is wrong.
fn check_time(model: &Model, request: &Request, program: &mut Program) -> Result<(), Diagnostics> {
    let Some(known) = timeline::without_inputs(program) else {
        return Ok(());
    };
    let step = &model.variables[model.time.time_step];
    let error = |code: &'static str, message: String, variable: VarId, help: &str| {
        let mut problems = Diagnostics::new();
        problems.push(
            Diagnostic::error(code, message)
                .label(model.variables[variable].span, "")
                .help(help),
        );
        Err(problems)
    };
    let timeline = match known {
        Ok(timeline) => timeline,
        Err(TimeFault::Step(value)) => {
            return error(
                "time-step",
                format!("`{}` is {value}", step.name),
                model.time.time_step,
                "a time step is a finite number above 0",
            );
        }
        Err(TimeFault::Span(from, to)) => {
            return error(
                "time-span",
                format!("time runs from {from} to {to}"),
                model.time.final_time,
                "the final time must be a finite number that is not before the initial time",
            );
        }
        Err(TimeFault::Saveper(value)) => {
            return error(
                "time-saveper",
                format!("`{}` is {value}", model.variables[model.time.saveper].name),
                model.time.saveper,
                "results are stored at a finite interval above 0",
            );
        }
        Err(TimeFault::TooLong) => {
            return error(
                "time-too-long",
                format!(
                    "a run would take more than {} million steps",
                    timeline::MOST_STEPS / 1_000_000
                ),
                model.time.time_step,
                "take a larger time step, or end earlier",
            );
        }
    };
    if timeline.steps > 0 && timeline.saved.len() == 1 {
        let saveper = &model.variables[model.time.saveper];
        let message = format!(
            "`{}` is longer than the run: only the start is stored",
            saveper.name
        );
        program.notes.push(
            Diagnostic::warning("time-saveper-beyond", message)
                .label(saveper.span, "")
                .help(format!(
                    "take `{}`, or a multiple of it that the run reaches",
                    step.name
                )),
        );
    } else if timeline.moved_saves {
        let message = format!(
            "`{}` is no multiple of `{}`: results are stored at the nearest step",
            model.variables[model.time.saveper].name, step.name
        );
        let note = Diagnostic::note("time-saveper-moved", message);
        program
            .notes
            .push(note.label(model.variables[model.time.saveper].span, ""));
    }
    let mut problems = Diagnostics::new();
    for metric in &request.metrics {
        if timeline.window(metric.reducer, metric.window).is_none() {
            let variable = &model.variables[metric.variable];
            let (first, last) = (timeline.time(0), timeline.time(timeline.steps));
            let message = format!(
                "`{}` is to be seen at a time outside of the run, which goes from {first} to {last}",
                variable.name
            );
            problems.push(Diagnostic::error("output-window", message).label(variable.span, ""));
        }
    }
    if problems.is_empty() {
        // Where values are computed on the way, a batch computes them for itself.
        program.timeline = program.clock.uniform.is_empty().then_some(timeline);
        Ok(())
    } else {
        Err(problems)
    }
}

fn is_stock(model: &Model, id: VarId) -> bool {
    model.variables[id]
        .equations
        .iter()
        .any(|equation| matches!(equation.definition, Definition::Stock { .. }))
}

fn is_control(model: &Model, id: VarId) -> bool {
    let time = &model.time;
    [time.initial_time, time.final_time, time.time_step, time.saveper].contains(&id)
}

/// Number of elements of a variable; 1 for a scalar.
pub(crate) fn element_count(model: &Model, id: VarId) -> usize {
    let dimensions = &model.variables[id].dimensions;
    dimensions
        .iter()
        .map(|dimension| model.dimensions[*dimension].elements.len())
        .product()
}

/// A name as messages show it: of an element of an array with its subscripts.
pub(crate) fn element_name(model: &Model, id: VarId, element: u32) -> String {
    let variable = &model.variables[id];
    let mut rest = element as usize;
    let mut subscripts: Vec<&str> = Vec::new();
    for dimension in variable.dimensions.iter().rev() {
        let elements = &model.dimensions[*dimension].elements;
        subscripts.push(elements[rest % elements.len()].written());
        rest /= elements.len();
    }
    subscripts.reverse();
    if subscripts.is_empty() {
        variable.name.written().to_owned()
    } else {
        format!("{}[{}]", variable.name.written(), subscripts.join(","))
    }
}

/// The id of the `index`-th variable.
fn variable_id(index: usize) -> VarId {
    VarId::from_index(index)
}
