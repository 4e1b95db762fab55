//! In which order to do things, so that few values wait at a time.

use rustc_hash::FxHashMap;

use super::graph::{Graph, Id, Node};
use super::step::{Store, Target};

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Computes a node; its operands have been computed or lie in memory.
    Compute(Id),
    /// Keeps a result. Everything that reads what lay there before has been done.
    Store(Store),
}

/// The nodes that the stores need, depth first, the operand that needs more registers first.
pub(super) fn order(graph: &Graph, stores: Vec<Store>) -> Vec<Action> {
    let stores: Vec<Store> = stores.into_iter().filter(|store| !keeps(graph, store)).collect();
    let needs = needs(graph);
    let mut order = Order {
        graph,
        needs,
        actions: Vec::new(),
        done: vec![false; graph.nodes().len()],
        readers: readers(graph, &stores),
        waiting: Vec::new(),
    };
    for store in stores {
        order.compute(store.value);
        order.waiting.push(store);
        order.release();
    }
    assert!(
        order.waiting.is_empty(),
        "every reader of a place has been computed"
    );
    order.actions
}

/// Whether a store writes what is there.
fn keeps(graph: &Graph, store: &Store) -> bool {
    match (store.target, graph.node(store.value)) {
        (Target::Lane(to), Node::Lane(from)) => to == from,
        (Target::Uniform(to), Node::Uniform(from)) => to == from,
        _ => false,
    }
}

/// Roughly how many registers each node needs (Sethi and Ullman 1970, as if the graph were a tree).
fn needs(graph: &Graph) -> Vec<u32> {
    let mut needs: Vec<u32> = Vec::with_capacity(graph.nodes().len());
    for node in graph.nodes() {
        let mut of_operands: Vec<u32> = node.operands().map(|id| needs[id.index()]).collect();
        of_operands.sort_unstable_by(|a, b| b.cmp(a));
        let need = of_operands.iter().zip(0..).map(|(need, held)| need + held).max();
        needs.push(need.map_or(0, |need| need.max(1)));
    }
    needs
}

/// For each place of the frame or the row that is stored to, how many living nodes and stores read it.
fn readers(graph: &Graph, stores: &[Store]) -> FxHashMap<Target, usize> {
    let mut readers: FxHashMap<Target, usize> = stores.iter().map(|store| (store.target, 0)).collect();
    let mut read = |id: Id| {
        if let Some(count) = place(graph, id).and_then(|place| readers.get_mut(&place)) {
            *count += 1;
        }
    };
    let mut alive = vec![false; graph.nodes().len()];
    for store in stores {
        alive[store.value.index()] = true;
        read(store.value);
    }
    for (index, node) in graph.nodes().iter().enumerate().rev() {
        if alive[index] {
            for operand in node.operands() {
                alive[operand.index()] = true;
                read(operand);
            }
        }
    }
    readers
}

fn place(graph: &Graph, id: Id) -> Option<Target> {
    match graph.node(id) {
        Node::Lane(place) => Some(Target::Lane(place)),
        Node::Uniform(place) => Some(Target::Uniform(place)),
        _ => None,
    }
}

struct Order<'a> {
    graph: &'a Graph,
    needs: Vec<u32>,
    actions: Vec<Action>,
    done: Vec<bool>,
    readers: FxHashMap<Target, usize>,
    /// Stores whose value is computed and whose place is still to be read.
    waiting: Vec<Store>,
}

impl Order<'_> {
    fn compute(&mut self, root: Id) {
        // Twice on the stack: first to be opened, then, its operands done, to be computed.
        let mut stack = vec![(root, false)];
        while let Some((id, open)) = stack.pop() {
            let node = self.graph.node(id);
            if self.done[id.index()] || node.is_stored() {
                continue;
            }
            if open {
                self.done[id.index()] = true;
                self.actions.push(Action::Compute(id));
                node.operands().for_each(|operand| self.has_read(operand));
                self.release();
                continue;
            }
            stack.push((id, true));
            let mut operands: Vec<Id> = node.operands().collect();
            operands.sort_by_key(|operand| self.needs[operand.index()]);
            stack.extend(operands.into_iter().map(|operand| (operand, false)));
        }
    }

    fn has_read(&mut self, id: Id) {
        if let Some(count) = place(self.graph, id).and_then(|place| self.readers.get_mut(&place)) {
            *count -= 1;
        }
    }

    /// Does the stores whose places nobody reads any more.
    fn release(&mut self) {
        while let Some(at) = self.waiting.iter().position(|store| {
            // A store that reads its place itself may do so last.
            let own = usize::from(place(self.graph, store.value) == Some(store.target));
            self.readers[&store.target] == own
        }) {
            let store = self.waiting.remove(at);
            self.actions.push(Action::Store(store));
            self.has_read(store.value);
        }
    }
}
