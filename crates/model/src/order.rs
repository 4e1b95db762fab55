//! What must be known before what: the two orders of evaluation, and the loops that make one impossible.
//!
//! Values at the start and values in a step have orders of their own: a stock's initial value may need other initial
//! values, while in a step a stock is simply there.

use std::collections::VecDeque;

use crate::index::{Id, IndexVec};
use crate::model::{Definition, Expr, ExprId, Model, VarId};

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

/// The orders of evaluation of a model that [`crate::read`] returned.
pub fn order(model: &Model) -> Order {
    let graph = graph(model);
    let sort_by = |edges: Edges| {
        sort(&graph, edges)
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
        let both = Moments {
            start: true,
            step: true,
        };
        let never = Moments {
            start: false,
            step: false,
        };
        match &equation.definition {
            Definition::Expression(root) => walk(model, *root, both, &mut found),
            Definition::Stock { rate, initial, .. } => {
                walk(model, *rate, never, &mut found);
                walk(model, *initial, Moments { step: false, ..both }, &mut found);
            }
            Definition::ActiveInitial { active, initial } => {
                walk(model, *active, Moments { start: false, ..both }, &mut found);
                walk(model, *initial, Moments { step: false, ..both }, &mut found);
            }
            Definition::Lookup(_) => {}
        }
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
struct Moments {
    start: bool,
    step: bool,
}

/// Adds what the expression mentions; without recursion, for a sum may have a hundred thousand terms.
fn walk(model: &Model, root: ExprId, moments: Moments, found: &mut Dependencies) {
    let mut pending = vec![(root, moments)];
    while let Some((id, moments)) = pending.pop() {
        let mut mention = |variable: VarId| {
            found.all.push(variable);
            if moments.start {
                found.initial.push(variable);
            }
            if moments.step {
                found.step.push(variable);
            }
            if !moments.start && !moments.step {
                found.advance.push(variable);
            }
        };
        match &model.exprs[id] {
            Expr::Number(_) | Expr::Time => {}
            Expr::Variable { variable, .. } => mention(*variable),
            Expr::LookupCall { lookup, x, .. } => {
                found.all.push(*lookup);
                pending.push((*x, moments));
            }
            Expr::WithLookup { x, .. } => pending.push((*x, moments)),
            Expr::Unary { operand, .. } => pending.push((*operand, moments)),
            Expr::Binary { left, right, .. } => pending.extend([(*right, moments), (*left, moments)]),
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

/// Which dependencies count.
pub(crate) type Edges = fn(&Dependencies) -> &[VarId];

/// Every variable behind all that it needs, otherwise in the order of the text. In a loop, some edge is passed over.
fn sort(graph: &IndexVec<VarId, Dependencies>, edges: Edges) -> Vec<VarId> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; graph.len()];
    let mut sorted = Vec::with_capacity(graph.len());
    for start in graph.ids() {
        let mut path = vec![(start, 0)];
        while let Some((id, next)) = path.last_mut() {
            let needs = edges(&graph[*id]);
            if *next == 0 {
                if marks[id.index()] == Mark::Done {
                    path.pop();
                    continue;
                }
                marks[id.index()] = Mark::Open;
            }
            if let Some(need) = needs.get(*next) {
                *next += 1;
                if marks[need.index()] == Mark::New {
                    path.push((*need, 0));
                }
            } else {
                marks[id.index()] = Mark::Done;
                sorted.push(*id);
                path.pop();
            }
        }
    }
    sorted
}

/// Loops among the variables: for each knot of variables that need each other, one shortest loop in it, starting at its
/// first variable in the text; `a` is followed by what `a` needs.
pub(crate) fn loops(graph: &IndexVec<VarId, Dependencies>, edges: Edges) -> Vec<Vec<VarId>> {
    knots(graph, edges)
        .into_iter()
        .filter_map(|knot| {
            let mut best: Option<Vec<VarId>> = None;
            for start in knot.iter().take(SEARCHED) {
                if let Some(found) = shortest_loop(graph, edges, &knot, *start)
                    && best.as_ref().is_none_or(|best| found.len() < best.len())
                {
                    best = Some(found);
                }
            }
            let mut found = best?;
            let first = found
                .iter()
                .enumerate()
                .min_by_key(|(_, id)| **id)
                .map_or(0, |(at, _)| at);
            found.rotate_left(first);
            Some(found)
        })
        .collect()
}

/// From how many variables of a knot a shortest loop is searched.
const SEARCHED: usize = 200;

/// The shortest loop through `start` within `knot` (sorted); each member is followed by what it needs.
pub(crate) fn shortest_loop(
    graph: &IndexVec<VarId, Dependencies>,
    edges: Edges,
    knot: &[VarId],
    start: VarId,
) -> Option<Vec<VarId>> {
    path(graph, edges, knot, start, start)
}

/// The shortest path from `start` to what needs `goal`, within `knot` (sorted): breadth first. `goal` is not part of it.
pub(crate) fn path(
    graph: &IndexVec<VarId, Dependencies>,
    edges: Edges,
    knot: &[VarId],
    start: VarId,
    goal: VarId,
) -> Option<Vec<VarId>> {
    let place = |id: VarId| knot.binary_search(&id).ok();
    let mut from: Vec<Option<VarId>> = vec![None; knot.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(id) = queue.pop_front() {
        for need in edges(&graph[id]) {
            if *need == goal {
                let mut path = vec![id];
                let mut at = id;
                while at != start {
                    at = from[place(at)?]?;
                    path.push(at);
                }
                path.reverse();
                return Some(path);
            }
            let Some(at) = place(*need) else { continue };
            if from[at].is_none() && *need != start {
                from[at] = Some(id);
                queue.push_back(*need);
            }
        }
    }
    None
}

/// The strongly connected sets that hold a loop, each sorted (Tarjan's algorithm, without recursion).
pub(crate) fn knots(graph: &IndexVec<VarId, Dependencies>, edges: Edges) -> Vec<Vec<VarId>> {
    const NEW: usize = usize::MAX;
    let mut number = vec![NEW; graph.len()];
    let mut low = vec![0; graph.len()];
    let mut on_stack = vec![false; graph.len()];
    let mut stack = Vec::new();
    let mut knots = Vec::new();
    let mut count = 0;
    for start in graph.ids() {
        if number[start.index()] != NEW {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((id, next)) = path.last_mut() {
            let at = id.index();
            if *next == 0 {
                number[at] = count;
                low[at] = count;
                count += 1;
                stack.push(*id);
                on_stack[at] = true;
            }
            if let Some(need) = edges(&graph[*id]).get(*next) {
                *next += 1;
                if number[need.index()] == NEW {
                    path.push((*need, 0));
                } else if on_stack[need.index()] {
                    low[at] = low[at].min(number[need.index()]);
                }
                continue;
            }
            let id = *id;
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[parent.index()] = low[parent.index()].min(low[at]);
            }
            if low[at] == number[at] {
                let mut knot = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member.index()] = false;
                    knot.push(member);
                    if member == id {
                        break;
                    }
                }
                if knot.len() > 1 || edges(&graph[id]).contains(&id) {
                    knot.sort_unstable();
                    knots.push(knot);
                }
            }
        }
    }
    knots.sort();
    knots
}
