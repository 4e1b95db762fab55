//! What must be known before what: the two orders of evaluation, and the loops that make one impossible.
//!
//! Values at the start and values in a step have orders of their own: a stock's initial value may need other initial
//! values, while in a step a stock is simply there.

mod elements;
mod graph;

pub(crate) use elements::{element_loops, undefined_uses};
pub(crate) use graph::{Edges, knots, loop_in, path, shortest_loop};

use crate::index::{Id, IndexVec};
use crate::model::{Definition, Equation, Expr, ExprId, Model, Subscript, VarId};

/// Two orders in which the variables can be computed one after the other. Lookups are in neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// For the values at the start: stocks by their initial values, the rest by their equations.
    ///
    /// The state of a function (`SMOOTH`, `INITIAL` ...) that no value at the start depends on (it stands in the rate of a
    /// stock, say) is not ordered here: it can be set when all variables have their values.
    pub initial: Vec<VarId>,
    /// For the values in a step; stocks, which are already known, come first.
    pub step: Vec<VarId>,
}

/// The variables that one variable's equations mention, by what they are needed for; each list is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// For its value at the start.
    pub initial: Vec<VarId>,
    /// For its value in a step, at the same time.
    pub step: Vec<VarId>,
    /// For how its state changes: the rate of a stock, the input of a delay.
    pub advance: Vec<VarId>,
    /// For anything; lookups it calls are here, too.
    pub all: Vec<VarId>,
}

/// The orders of evaluation of a model that [`crate::read()`] returned.
pub fn order(model: &Model) -> Order {
    let graph = graph(model);
    let sort_by = |edges: Edges<VarId, Dependencies>| {
        graph::sort(&graph, edges)
            .into_iter()
            .map(|id| VarId::from_index(id.index()))
            .filter(|id| !is_lookup(model, *id))
            .collect::<Vec<_>>()
    };
    let (stocks, others): (Vec<VarId>, Vec<VarId>) = sort_by(|dependencies| &dependencies.step)
        .into_iter()
        .partition(|id| is_stock(model, *id));
    Order {
        initial: sort_by(|dependencies| &dependencies.initial),
        step: stocks.into_iter().chain(others).collect(),
    }
}

/// What each equation of a variable mentions.
pub fn dependencies(model: &Model, variable: VarId) -> Dependencies {
    let mut found = Dependencies::default();
    for equation in &model.variables[variable].equations {
        mentions(model, equation, &mut |variable, _, moments| {
            found.all.push(variable);
            let Some(moments) = moments else { return };
            if moments.start {
                found.initial.push(variable);
            }
            if moments.step {
                found.step.push(variable);
            }
            if !moments.start && !moments.step {
                found.advance.push(variable);
            }
        });
    }
    for list in [
        &mut found.initial,
        &mut found.step,
        &mut found.advance,
        &mut found.all,
    ] {
        list.sort_unstable();
        list.dedup();
    }
    found
}

/// The dependencies of all variables.
pub(crate) fn graph(model: &Model) -> IndexVec<VarId, Dependencies> {
    model.variables.ids().map(|id| dependencies(model, id)).collect()
}

fn is_lookup(model: &Model, variable: VarId) -> bool {
    matches!(
        model.variables[variable]
            .equations
            .first()
            .map(|equation| &equation.definition),
        Some(Definition::Lookup(_))
    )
}

fn is_stock(model: &Model, variable: VarId) -> bool {
    matches!(
        model.variables[variable]
            .equations
            .first()
            .map(|equation| &equation.definition),
        Some(Definition::Stock { .. })
    )
}

/// The moments at which a value is needed for the value of the whole equation.
#[derive(Clone, Copy)]
pub(crate) struct Moments {
    pub(crate) start: bool,
    pub(crate) step: bool,
}

/// Called with a variable that is mentioned, its subscripts, and when its value is needed (never for a lookup, whose
/// points are always known).
type Visit<'a> = &'a mut dyn FnMut(VarId, &[Subscript], Option<Moments>);

/// Visits all that an equation mentions.
pub(crate) fn mentions(model: &Model, equation: &Equation, visit: Visit<'_>) {
    let moments = |start, step| Moments { start, step };
    match &equation.definition {
        Definition::Expression(root) | Definition::Derived { root, .. } => {
            walk(model, *root, moments(true, true), visit);
        }
        Definition::Stock { rate, initial, .. } => {
            walk(model, *rate, moments(false, false), visit);
            walk(model, *initial, moments(true, false), visit);
        }
        Definition::ActiveInitial { active, initial } => {
            walk(model, *active, moments(false, true), visit);
            walk(model, *initial, moments(true, false), visit);
        }
        Definition::Lookup(_) | Definition::Data(_) => {}
    }
}

/// Visits all that an expression mentions; without recursion, for a sum may have a hundred thousand terms.
fn walk(model: &Model, root: ExprId, moments: Moments, visit: Visit<'_>) {
    let mut pending = vec![(root, moments)];
    while let Some((id, moments)) = pending.pop() {
        match &model.exprs[id] {
            Expr::Number(_) | Expr::Time | Expr::Position(_) => {}
            Expr::Variable { variable, subscripts } => visit(*variable, subscripts, Some(moments)),
            Expr::LookupCall {
                lookup,
                subscripts,
                x,
                ..
            } => {
                visit(*lookup, subscripts, None);
                pending.push((*x, moments));
            }
            Expr::Statistic {
                data,
                subscripts,
                between,
                ..
            } => {
                visit(*data, subscripts, None);
                pending.extend(between.iter().flatten().map(|time| (*time, moments)));
            }
            Expr::WithLookup { x, .. } => pending.push((*x, moments)),
            Expr::Unary { operand, .. } => pending.push((*operand, moments)),
            Expr::Binary { left, right, .. } => pending.extend([(*right, moments), (*left, moments)]),
            Expr::Reduce { body, .. } => pending.push((*body, moments)),
            Expr::Vector { args, .. } => pending.extend(args.iter().map(|arg| (*arg, moments))),
            Expr::Call { function, args } => {
                for (position, arg) in args.iter().enumerate() {
                    let needs = function.needs(position);
                    let inner = Moments {
                        start: moments.start && needs.at_start,
                        // What a sample takes at the start it takes once: a step does not need it.
                        step: moments.step && needs.in_step,
                    };
                    pending.push((*arg, inner));
                }
            }
        }
    }
}
