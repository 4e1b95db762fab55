//! What a step would compute anew though it never changes: taken out of it, to be computed once.
//!
//! In: the routines of a program's steps. Out: the same without that work, and a routine that does it before the first step and leaves
//! it in the frames. Most of it lies inside of elementary functions, where the binding times of the program do not reach: the
//! logarithm of a base of which only the exponent moves, what a table is asked for. On the flagship it was one operation in six.

use super::graph::{Graph, Id, Node};
use super::order::{Action, order};
use super::step::{Layout, Place, Routine, Store, Target};
use crate::ir::Program;

/// Takes it out of all routines; the routine that does it, unless there is nothing to do.
pub fn hoist(program: &Program, layout: &mut Layout, routines: &mut [&mut Routine]) -> Option<Routine> {
    let fixed: Vec<bool> = layout
        .places()
        .iter()
        .map(|place| is_fixed(program, *place))
        .collect();
    let mut graph = Graph::default();
    let mut stores: Vec<Store> = Vec::new();
    for routine in routines {
        let nodes = routine.graph.nodes();
        let steady = steady(nodes, &fixed);
        // What the step needs and, beyond what is taken out of it, what that needs.
        let mut wanted = vec![false; nodes.len()];
        let mut deep = vec![false; nodes.len()];
        let mut leaves = vec![false; nodes.len()];
        for action in &routine.actions {
            if let Action::Store(store) = action {
                wanted[store.value.index()] = true;
            }
        }
        for (index, node) in nodes.iter().enumerate().rev() {
            // A mask has no place in a frame: the step makes it again.
            leaves[index] = wanted[index] && steady[index] && !node.is_stored() && !node.is_mask();
            deep[index] |= leaves[index];
            for operand in node.operands() {
                wanted[operand.index()] |= wanted[index] && !leaves[index];
                deep[operand.index()] |= deep[index];
            }
        }
        if !leaves.contains(&true) {
            continue;
        }
        let before = copy(nodes, &deep, &mut graph, |_| None);
        let mut places = vec![None; nodes.len()];
        for (index, _) in leaves.iter().enumerate().filter(|(_, leaves)| **leaves) {
            let value = before[index].expect("what is taken out has been copied");
            let at = layout.place(Place::Kept(value.0));
            places[index] = Some(Node::Lane(at));
            let store = Store {
                target: Target::Lane(at),
                value,
            };
            if !stores.contains(&store) {
                stores.push(store);
            }
        }
        let mut inside = Graph::default();
        let copies = copy(nodes, &wanted, &mut inside, |index| places[index]);
        let moved = routine.actions.iter().filter_map(|action| match action {
            Action::Store(Store { target, value }) => Some(Store {
                target: *target,
                value: copies[value.index()].expect("what is stored has been copied"),
            }),
            Action::Compute(_) => None,
        });
        let actions = order(&inside, moved.collect());
        **routine = Routine {
            graph: inside,
            actions,
        };
    }
    let actions = order(&graph, stores);
    (!actions.is_empty()).then_some(Routine { graph, actions })
}

/// Whether a place holds the same in all steps: inputs, and what depends on nothing else.
fn is_fixed(program: &Program, place: Place) -> bool {
    match place {
        Place::Slot(at) => {
            let slot = at + program.uniform_len;
            let mut states = program.states.iter();
            !states.any(|state| (state.slot.0..state.slot.0 + state.len).contains(&slot))
        }
        Place::Future(_) => true,
        _ => false,
    }
}

fn steady(nodes: &[Node], fixed: &[bool]) -> Vec<bool> {
    let mut steady: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        steady.push(match *node {
            Node::Constant(_) => true,
            Node::Uniform(_) => false,
            Node::Lane(at) => fixed[at as usize],
            _ => node.operands().all(|operand| steady[operand.index()]),
        });
    }
    steady
}

/// Copies some nodes, operands first; `instead` may put another node in the place of one.
fn copy(
    nodes: &[Node],
    wanted: &[bool],
    graph: &mut Graph,
    instead: impl Fn(usize) -> Option<Node>,
) -> Vec<Option<Id>> {
    let mut copies: Vec<Option<Id>> = vec![None; nodes.len()];
    for (index, node) in nodes.iter().enumerate().filter(|(index, _)| wanted[*index]) {
        let of = |id: Id| copies[id.index()].expect("operands have been copied");
        let moved = instead(index).unwrap_or_else(|| node.with_operands(of));
        copies[index] = Some(graph.intern(moved));
    }
    copies
}
