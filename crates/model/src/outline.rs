//! A model told in lists: its sectors, what uses what, and its feedback loops.

use std::collections::BTreeSet;

use crate::index::{Id, IndexVec};
use crate::model::{GroupId, Model, VarId, VariableKind};
use crate::order::{Dependencies, Edges, graph, knots, path, shortest_loop};

/// A model told in lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// One for each group of the text that holds a variable, in its order; first, if there are any, the variables before
    /// the first group.
    pub sectors: Vec<Sector>,
    /// What each variable's equations mention.
    pub uses: IndexVec<VarId, Vec<VarId>>,
    /// Whose equations mention each variable.
    pub used_by: IndexVec<VarId, Vec<VarId>>,
    /// Feedback loops, short ones first: for each stock, and for each two stocks that feed back on each other, a shortest
    /// one, up to [`Outline::MAX_LOOPS`].
    pub loops: Vec<FeedbackLoop>,
}

impl Outline {
    /// How many loops an outline has at most.
    pub const MAX_LOOPS: usize = 50;
}

/// The variables under one heading, by kind, in the order of the text. Control variables and hidden ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sector {
    /// The heading; none for what stands before the first.
    pub group: Option<GroupId>,
    /// Stocks.
    pub stocks: Vec<VarId>,
    /// Flows.
    pub flows: Vec<VarId>,
    /// Auxiliaries.
    pub auxiliaries: Vec<VarId>,
    /// Constants.
    pub constants: Vec<VarId>,
    /// Lookups and data.
    pub tables: Vec<VarId>,
}

/// Variables each of which acts on the next, and the last on the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackLoop {
    /// The variables from a stock (or another variable with a state) on, cause before effect.
    pub variables: Vec<VarId>,
    /// How many of them are stocks.
    pub stocks: usize,
}

/// The outline of a model.
pub fn outline(model: &Model) -> Outline {
    let graph = graph(model);
    let mut used_by: IndexVec<VarId, Vec<VarId>> = model.variables.ids().map(|_| Vec::new()).collect();
    for (id, dependencies) in graph.enumerate() {
        for need in &dependencies.all {
            used_by[*need].push(id);
        }
    }
    Outline {
        sectors: sectors(model),
        loops: feedback_loops(model, &graph),
        uses: graph
            .iter()
            .map(|dependencies| dependencies.all.clone())
            .collect(),
        used_by,
    }
}

fn sectors(model: &Model) -> Vec<Sector> {
    let controls = model.time;
    let controls = [
        controls.initial_time,
        controls.final_time,
        controls.time_step,
        controls.saveper,
    ];
    let mut sectors: Vec<Sector> = std::iter::once(None)
        .chain(model.groups.ids().map(Some))
        .map(|group| Sector {
            group,
            ..Sector::default()
        })
        .collect();
    for (id, variable) in model.variables.enumerate() {
        if variable.hidden || controls.contains(&id) {
            continue;
        }
        let sector = &mut sectors[variable.group.map_or(0, |group| group.index() + 1)];
        match variable.kind {
            VariableKind::Stock => sector.stocks.push(id),
            VariableKind::Flow => sector.flows.push(id),
            VariableKind::Auxiliary => sector.auxiliaries.push(id),
            VariableKind::Constant => sector.constants.push(id),
            VariableKind::Lookup | VariableKind::Data => sector.tables.push(id),
        }
    }
    sectors.retain(|sector| {
        *sector
            != Sector {
                group: sector.group,
                ..Sector::default()
            }
    });
    sectors
}

/// In how many pairs of stocks loops are searched: 60 stocks that all feed back on each other.
const MAX_PAIRS: usize = 60 * 59 / 2;

fn feedback_loops(model: &Model, graph: &IndexVec<VarId, Dependencies>) -> Vec<FeedbackLoop> {
    let edges: Edges<VarId, Dependencies> = |dependencies| &dependencies.all;
    let is_stock = |id: &VarId| model.variables[*id].kind == VariableKind::Stock;
    let mut found: BTreeSet<(usize, Vec<VarId>)> = BTreeSet::new();
    let mut keep = |members: Vec<VarId>| {
        // Needs run from effect to cause; a reader follows cause to effect, from the first stock on.
        let mut members: Vec<VarId> = members.into_iter().rev().collect();
        let first = members
            .iter()
            .enumerate()
            .min_by_key(|(_, id)| (!is_stock(id), **id));
        let first = first.map_or(0, |(at, _)| at);
        members.rotate_left(first);
        found.insert((members.len(), members));
    };
    let mut pairs = 0;
    for knot in knots(graph, edges) {
        let stocks: Vec<VarId> = knot.iter().copied().filter(is_stock).collect();
        // A loop may run through a delay and no stock.
        let starts = if stocks.is_empty() {
            &knot[..1]
        } else {
            &stocks[..]
        };
        for start in starts {
            shortest_loop(graph, edges, &knot, *start)
                .into_iter()
                .for_each(&mut keep);
        }
        for (at, one) in stocks.iter().enumerate() {
            for other in &stocks[at + 1..] {
                if pairs == MAX_PAIRS {
                    break;
                }
                pairs += 1;
                let there = path(graph, edges, &knot, *one, *other);
                let back = path(graph, edges, &knot, *other, *one);
                if let (Some(there), Some(back)) = (there, back) {
                    let mut members = there;
                    members.extend(back);
                    // Two shortest paths may cross; then they are two loops, which are found by themselves.
                    let distinct: BTreeSet<VarId> = members.iter().copied().collect();
                    if distinct.len() == members.len() {
                        keep(members);
                    }
                }
            }
        }
    }
    found
        .into_iter()
        .take(Outline::MAX_LOOPS)
        .map(|(_, variables)| FeedbackLoop {
            stocks: variables.iter().filter(|id| is_stock(id)).count(),
            variables,
        })
        .collect()
}
