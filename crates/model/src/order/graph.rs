//! Graphs: an order in which every vertex comes behind all it needs, and the loops that make one impossible.
//!
//! Everything here is a loop with a list of its own: a chain of a hundred thousand variables overflows no stack.

use std::collections::VecDeque;

use crate::index::{Id, IndexVec};

/// Which of a vertex's needs count.
pub(crate) type Edges<I, N> = fn(&N) -> &[I];

/// Every vertex behind all that it needs, otherwise in the order of the text. In a loop, some edge is passed over.
pub(crate) fn sort<I: Id, N>(graph: &IndexVec<I, N>, edges: Edges<I, N>) -> Vec<I> {
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

/// A shortest loop of a knot (sorted), starting at its first vertex; each is followed by what it needs.
pub(crate) fn loop_in<I: Id, N>(graph: &IndexVec<I, N>, edges: Edges<I, N>, knot: &[I]) -> Option<Vec<I>> {
    let mut best: Option<Vec<I>> = None;
    for start in knot.iter().take(SEARCHED) {
        if let Some(found) = shortest_loop(graph, edges, knot, *start)
            && best.as_ref().is_none_or(|best| found.len() < best.len())
        {
            best = Some(found);
        }
    }
    let mut found = best?;
    let first = found.iter().enumerate().min_by_key(|(_, id)| **id);
    let first = first.map_or(0, |(at, _)| at);
    found.rotate_left(first);
    Some(found)
}

/// From how many vertices of a knot a shortest loop is searched.
const SEARCHED: usize = 200;

/// The shortest loop through `start` within `knot` (sorted); each member is followed by what it needs.
pub(crate) fn shortest_loop<I: Id, N>(
    graph: &IndexVec<I, N>,
    edges: Edges<I, N>,
    knot: &[I],
    start: I,
) -> Option<Vec<I>> {
    path(graph, edges, knot, start, start)
}

/// The shortest path from `start` to what needs `goal`, within `knot` (sorted): breadth first. `goal` is not part of it.
pub(crate) fn path<I: Id, N>(
    graph: &IndexVec<I, N>,
    edges: Edges<I, N>,
    knot: &[I],
    start: I,
    goal: I,
) -> Option<Vec<I>> {
    let place = |id: I| knot.binary_search(&id).ok();
    let mut from: Vec<Option<I>> = vec![None; knot.len()];
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
pub(crate) fn knots<I: Id, N>(graph: &IndexVec<I, N>, edges: Edges<I, N>) -> Vec<Vec<I>> {
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
