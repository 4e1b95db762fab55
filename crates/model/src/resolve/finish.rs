//! What only the whole model shows: control variables, kinds, loops, and what is used by nothing.

use std::collections::BTreeSet;

use super::names::Names;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Function;
use crate::index::{Id, IndexVec};
use crate::model::{
    BinaryOp, Definition, Equation, Expr, ExprId, Model, Subscript, UnaryOp, VarId, Variable, VariableKind,
};
use crate::name::Name;
use crate::order::{Dependencies, Edges, Moments, element_loops, graph, knots, loop_in, undefined_uses};
use crate::source::Span;

/// Completes the model and says what is wrong with it as a whole; nothing if a control variable is missing.
pub(super) fn finish(
    model: &mut Model,
    names: &Names<'_>,
    called: &[Name; 4],
    complete: bool,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let found = controls(model, names, called, diagnostics);
    kinds(model, diagnostics);
    computed_data(model, diagnostics);
    left_open(model, diagnostics);
    let graph = graph(model);
    check_loops(model, &graph, diagnostics);
    for (variable, element, span) in undefined_uses(model) {
        diagnostics.push(
            Diagnostic::error(
                "undefined-element",
                format!("no equation defines `{}`", model.element_name(variable, element)),
            )
            .label(span, "used here")
            .label(model.variables[variable].span, "the array is defined here")
            .help("write an equation for it, or use only elements that have one"),
        );
    }
    // What a broken equation uses is not known.
    if complete && !diagnostics.has_errors() {
        unused(model, &graph, diagnostics);
    }
    found
}

fn controls(
    model: &mut Model,
    names: &Names<'_>,
    called: &[Name; 4],
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let mut missing = Vec::new();
    let mut find = |name: &Name, text: &'static str| match names.get(name) {
        Some(id) => Some(id),
        _ => {
            missing.push((name.clone(), text));
            None
        }
    };
    let [initial_time, final_time, time_step, saveper] = called;
    let initial_time = find(initial_time, "INITIAL TIME = 0 ~~|");
    let final_time = find(final_time, "FINAL TIME = 100 ~~|");
    let time_step = find(time_step, "TIME STEP = 1 ~~|");
    let saveper = find(saveper, "SAVEPER = TIME STEP ~~|");
    // A macro that is not ended has taken them in.
    let lost = diagnostics
        .items
        .iter()
        .any(|item| item.code == "macro-without-end");
    if !missing.is_empty() && !lost {
        let list: Vec<String> = missing.iter().map(|(name, _)| format!("`{name}`")).collect();
        let mut diagnostic = Diagnostic::error(
            "missing-control-variable",
            format!("the model does not say its {}", list.join(", ")),
        );
        for (_, text) in missing {
            diagnostic = diagnostic.help(format!("add, for example, `{text}`"));
        }
        diagnostics.push(diagnostic);
    }
    model.time.initial_time = initial_time?;
    model.time.final_time = final_time?;
    model.time.time_step = time_step?;
    model.time.saveper = saveper?;
    Some(())
}

fn kinds(model: &mut Model, diagnostics: &mut Diagnostics) {
    let mut flows = vec![false; model.variables.len()];
    let mut kinds = Vec::with_capacity(model.variables.len());
    let mut mixed: Vec<&Variable> = Vec::new();
    for variable in model.variables.iter() {
        let mut kind = None;
        for equation in &variable.equations {
            let own = match &equation.definition {
                Definition::Stock { rate, .. } => {
                    mark_terms(model, *rate, &mut flows);
                    VariableKind::Stock
                }
                Definition::Expression(root) if is_constant(model, *root) => VariableKind::Constant,
                Definition::Expression(_) | Definition::ActiveInitial { .. } => VariableKind::Auxiliary,
                Definition::Lookup(_) => VariableKind::Lookup,
                Definition::Data(_) | Definition::Derived { .. } => VariableKind::Data,
            };
            kind = Some(match (kind, own) {
                (None, own) => own,
                // An array is constant if all of its elements are.
                (Some(VariableKind::Constant | VariableKind::Auxiliary), VariableKind::Auxiliary) => own,
                (Some(VariableKind::Auxiliary), VariableKind::Constant) => VariableKind::Auxiliary,
                // A series beside numbers is a variable that changes in time, and no more is to be said.
                (Some(VariableKind::Data), VariableKind::Constant | VariableKind::Auxiliary)
                | (Some(VariableKind::Constant | VariableKind::Auxiliary), VariableKind::Data) => {
                    VariableKind::Auxiliary
                }
                (Some(before), own) => {
                    if before != own {
                        mixed.push(variable);
                    }
                    before
                }
            });
        }
        kinds.push(kind.unwrap_or(variable.kind));
    }
    for variable in mixed {
        diagnostics.push(
            Diagnostic::error(
                "mixed-array",
                format!(
                    "some elements of `{}` are stocks or lookups, and others are not",
                    variable.name
                ),
            )
            .label(variable.span, "")
            .help("split it into two variables"),
        );
    }
    for ((variable, kind), flow) in model.variables.iter_mut().zip(kinds).zip(flows) {
        variable.kind = if kind == VariableKind::Auxiliary && flow {
            VariableKind::Flow
        } else {
            kind
        };
    }
}

/// Says so where a series is computed from what a run changes: it is known before the run.
fn computed_data(model: &Model, diagnostics: &mut Diagnostics) {
    for variable in model.variables.iter() {
        for equation in &variable.equations {
            let Definition::Derived { root, .. } = &equation.definition else {
                continue;
            };
            let mut pending = vec![*root];
            while let Some(id) = pending.pop() {
                let expr = &model.exprs[id];
                let changes = match expr {
                    Expr::Variable { variable, .. } => !matches!(
                        model.variables[*variable].kind,
                        VariableKind::Data | VariableKind::Constant
                    ),
                    Expr::Call { function, .. } => !function.is_pure(),
                    Expr::Reduce { .. } | Expr::Vector { .. } | Expr::Statistic { .. } => true,
                    _ => false,
                };
                if changes {
                    diagnostics.push(
                        Diagnostic::error(
                            "unsupported-data",
                            format!("the data variable `{}` is computed from what is no data", variable.name),
                        )
                        .label(model.expr_spans[id], "not known before the run")
                        .help("use data variables, constants and `Time`; or write `=` for `:=`: it is then computed at each time"),
                    );
                    continue;
                }
                pending.extend(expr.children());
            }
        }
    }
}

/// Functions of which Vensim's manual leaves something open: what is taken for it, and what they need.
fn left_open(model: &Model, diagnostics: &mut Diagnostics) {
    for (id, expr) in model.exprs.enumerate() {
        let Expr::Call { function, args } = expr else {
            continue;
        };
        let span = model.expr_spans[id];
        let taken = match function {
            Function::ShiftIfTrue => {
                let is_row = matches!(
                    &model.exprs[args[0]],
                    Expr::Variable { variable, subscripts }
                        if model.variables[*variable].kind == VariableKind::Stock
                            && matches!(subscripts.last(), Some(Subscript::Element(_)))
                );
                if !is_row {
                    diagnostics.push(
                        Diagnostic::error("bad-argument", "`SHIFT IF TRUE` moves the elements of a stock")
                            .label(model.expr_spans[args[0]], "no element of a stock")
                            .help("name the first element of its last subscript: `SHIFT IF TRUE(people[age 0], ...)`"),
                    );
                    continue;
                }
                "what the stock's own flows bring or take in the step of a shift stays with the element, and is not moved"
            }
            Function::DelayBatch => {
                "a batch takes its size, the rest waits; it is begun at the time at which enough lies there"
            }
            Function::DelayConveyor => {
                "all that lies there goes as fast as the conveyance time of the step before allows"
            }
            Function::QueueFifo | Function::QueueFifoAttrib => {
                "what is there at the start is laid in steps of age, each with the area that the profile has around it"
            }
            Function::Simultaneous => {
                "the loop is gone around from the guess on at each time; of several solutions one that lies in the way is found"
            }
            Function::FindZero => {
                "the search is Newton's, from the guess on at each time; of several solutions one that lies in the way is found"
            }
            _ => continue,
        };
        diagnostics.push(
            Diagnostic::note("manual-silent", format!("`{}`: {taken}", function.name()))
                .label(span, "Vensim's manual does not say so clearly"),
        );
    }
}

/// Marks the variables that are added or subtracted in a rate.
fn mark_terms(model: &Model, rate: ExprId, marks: &mut [bool]) {
    let mut pending = vec![rate];
    while let Some(id) = pending.pop() {
        match &model.exprs[id] {
            Expr::Variable { variable, .. } => marks[variable.index()] = true,
            Expr::Binary {
                op: BinaryOp::Add | BinaryOp::Subtract,
                left,
                right,
            } => pending.extend([*left, *right]),
            Expr::Unary {
                op: UnaryOp::Negate,
                operand,
            } => pending.push(*operand),
            _ => {}
        }
    }
}

/// Whether an expression is made of numbers only.
fn is_constant(model: &Model, root: ExprId) -> bool {
    let mut pending = vec![root];
    while let Some(id) = pending.pop() {
        match &model.exprs[id] {
            Expr::Number(_) => {}
            Expr::Time | Expr::Variable { .. } | Expr::LookupCall { .. } | Expr::Statistic { .. } => {
                return false;
            }
            Expr::Call { function, .. } if !function.is_pure() => return false,
            other => pending.extend(other.children()),
        }
    }
    true
}

/// A member of a loop: a variable, or an element of one.
type Member = (VarId, Option<usize>);

fn check_loops(model: &Model, graph: &IndexVec<VarId, Dependencies>, diagnostics: &mut Diagnostics) {
    let in_step = loops(model, graph, |needs| &needs.step, |moments| moments.step);
    let at_start = loops(model, graph, |needs| &needs.initial, |moments| moments.start);
    for members in &in_step {
        let message = format!(
            "these variables need each other at the same time: {}",
            chain(model, members)
        );
        diagnostics.push(
            describe(model, members, Diagnostic::error("loop", message))
                .help("a loop needs a stock or a delay in it (`INTEG`, `SMOOTH`, `DELAY FIXED`)"),
        );
    }
    for members in &at_start {
        // A loop that also stands in each step has been told.
        if in_step.iter().flatten().any(|member| members.contains(member)) {
            continue;
        }
        let message = format!(
            "these variables need each other's initial values: {}",
            chain(model, members)
        );
        diagnostics.push(
            describe(model, members, Diagnostic::error("initial-loop", message)).help(
                "give one of them an initial value of its own: a number in `INTEG`, or `ACTIVE INITIAL`",
            ),
        );
    }
}

fn loops(
    model: &Model,
    graph: &IndexVec<VarId, Dependencies>,
    edges: Edges<VarId, Dependencies>,
    counts: fn(Moments) -> bool,
) -> Vec<Vec<Member>> {
    let mut found = Vec::new();
    for knot in knots(graph, edges) {
        if knot.iter().all(|id| model.variables[*id].dimensions.is_empty()) {
            let members = loop_in(graph, edges, &knot);
            found.extend(members.map(|members| members.into_iter().map(|id| (id, None)).collect()));
        } else {
            // One loop tells as much as its copies for other elements.
            let mut told = BTreeSet::new();
            let loops = element_loops(model, &knot, counts).into_iter().filter(|members| {
                told.insert(members.iter().map(|(id, _)| *id).collect::<BTreeSet<VarId>>())
            });
            found.extend(loops.map(|members| {
                members
                    .into_iter()
                    .map(|(id, cell)| {
                        (
                            id,
                            Some(cell).filter(|_| !model.variables[id].dimensions.is_empty()),
                        )
                    })
                    .collect()
            }));
        }
    }
    found
}

/// The name of a variable, or of an element of one.
fn member_name(model: &Model, (id, cell): Member) -> String {
    model.element_name(id, cell.unwrap_or(0))
}

/// The place of a variable, or of the equation of an element.
fn member_span(model: &Model, (id, cell): Member) -> Span {
    let variable = &model.variables[id];
    let Some(cell) = cell else {
        return variable.span;
    };
    let defines = |equation: &&Equation| {
        let mut rest = cell;
        variable
            .dimensions
            .iter()
            .zip(&equation.region)
            .rev()
            .all(|(dimension, region)| {
                let size = model.dimensions[*dimension].elements.len();
                let position = (rest % size) as u32;
                rest /= size;
                region.contains(&position)
            })
    };
    variable
        .equations
        .iter()
        .find(defines)
        .map_or(variable.span, |equation| equation.span)
}

fn chain(model: &Model, members: &[Member]) -> String {
    const SHOWN: usize = 12;
    let mut names: Vec<String> = members
        .iter()
        .take(SHOWN)
        .map(|member| format!("`{}`", member_name(model, *member)))
        .collect();
    if members.len() > SHOWN {
        names.push(format!("({} more)", members.len() - SHOWN));
    }
    names.extend(names.first().cloned());
    names.join(" -> ")
}

fn describe(model: &Model, members: &[Member], mut diagnostic: Diagnostic) -> Diagnostic {
    const SHOWN: usize = 8;
    for (at, member) in members.iter().enumerate().take(SHOWN) {
        let next = members[(at + 1) % members.len()];
        diagnostic = diagnostic.label(
            member_span(model, *member),
            format!("needs `{}`", member_name(model, next)),
        );
    }
    diagnostic
}

fn unused(model: &Model, graph: &IndexVec<VarId, Dependencies>, diagnostics: &mut Diagnostics) {
    let mut used = vec![false; model.variables.len()];
    for (id, dependencies) in graph.enumerate() {
        for need in &dependencies.all {
            // A variable that only uses itself is used by nothing.
            used[need.index()] |= *need != id;
        }
    }
    let controls = model.time;
    for id in [
        controls.initial_time,
        controls.final_time,
        controls.time_step,
        controls.saveper,
    ] {
        used[id.index()] = true;
    }
    for (variable, used) in model.variables.iter().zip(used) {
        // Stocks, flows and auxiliaries that nothing uses are what a model is made for: its outputs.
        let input = matches!(
            variable.kind,
            VariableKind::Constant | VariableKind::Lookup | VariableKind::Data
        );
        if !used && input && !variable.supplementary && !variable.hidden {
            diagnostics.push(
                Diagnostic::note("unused-variable", format!("no equation uses `{}`", variable.name))
                    .label(variable.span, "")
                    .help("changing it changes nothing; mark it `:SUPPLEMENTARY` if that is intended"),
            );
        }
    }
}
