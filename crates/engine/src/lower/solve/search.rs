//! The search for unknowns: what each try is made of, written out for as many tries as there are.
//!
//! In: how the unknowns' expressions follow from values for them, and guesses. Out: the unknowns. First come plain rounds, in which each
//! unknown takes what its expression says, as `SIMULTANEOUS` is documented; the best of them is where Newton's method starts, whose slopes
//! are differences, and which goes back to shorter steps where a step does not help. Every choice is a select.

use crate::ir::Code;
use crate::lower::graph::{Graph, NodeId};
use crate::lower::vectors;

/// Plain rounds, for unknowns that are to equal their expressions.
const ROUNDS: usize = 32;

/// Steps of Newton's method behind plain rounds, and without them.
const STEPS: [usize; 2] = [20, 28];

/// How far, as a share of it, an unknown may be from its expression, and how far besides, as a share of its guess.
const TOLERANCE: [f64; 2] = [1e-9, 1e-12];

/// The width of a difference, as a share of the unknown.
const WIDTH: f64 = 1e-7;

/// What is to hold of an unknown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// It equals its expression.
    Fixed,
    /// Its expression is zero. The unknown times its scale, and the expression times its own, are of the size of one.
    Zero {
        scale: NodeId,
        zero_scale: NodeId,
        tolerance: NodeId,
    },
}

/// How many values at most the search for so many unknowns is made of, if so many depend on them.
pub(super) fn values(body: usize, unknowns: usize) -> usize {
    let tries = 1 + ROUNDS + STEPS[1] * (unknowns + 1);
    let elimination = 4 * unknowns * unknowns * unknowns;
    tries * (body + 20 * unknowns) + STEPS[1] * elimination
}

/// What follows from values for the unknowns.
type At<'a> = &'a mut dyn FnMut(&mut Graph, &[NodeId]) -> Vec<NodeId>;

/// A try: values, what is left of each equation, and how much that is.
#[derive(Clone)]
struct Try {
    x: Vec<NodeId>,
    left: Vec<NodeId>,
    size: NodeId,
}

pub(super) fn search(graph: &mut Graph, kinds: &[Kind], guesses: &[NodeId], at: At<'_>) -> Vec<NodeId> {
    let is_plain = kinds.iter().all(|kind| matches!(kind, Kind::Fixed));
    let mut search = Search {
        graph,
        kinds,
        guesses,
        at,
    };
    let mut best = search.attempt(guesses.to_vec());
    if is_plain {
        let mut last = best.clone();
        for _ in 0..ROUNDS {
            let next: Vec<NodeId> = (0..kinds.len())
                .map(|place| search.graph.binary(Code::Add, last.x[place], last.left[place]))
                .collect();
            last = search.attempt(next);
            best = search.better(&best, &last).0;
        }
    }
    let one = search.graph.number(1.0);
    let mut stride = one;
    for _ in 0..STEPS[usize::from(!is_plain)] {
        let direction = search.direction(&best);
        let x = (0..kinds.len())
            .map(|place| {
                let moved = search.graph.binary(Code::Multiply, stride, direction[place]);
                search.graph.binary(Code::Subtract, best.x[place], moved)
            })
            .collect();
        let next = search.attempt(x);
        let (better, helped) = search.better(&best, &next);
        best = better;
        let [longer, shorter] = [4.0, 0.25].map(|factor| {
            let factor = search.graph.number(factor);
            search.graph.binary(Code::Multiply, stride, factor)
        });
        let longer = search.graph.binary(Code::Min, one, longer);
        stride = search.graph.select(helped, longer, shorter);
    }
    search.accepted(&best)
}

struct Search<'a, 'g> {
    graph: &'g mut Graph,
    kinds: &'a [Kind],
    guesses: &'a [NodeId],
    at: At<'a>,
}

impl Search<'_, '_> {
    fn attempt(&mut self, x: Vec<NodeId>) -> Try {
        let values = (self.at)(self.graph, &x);
        let mut size = self.graph.number(0.0);
        let mut left = Vec::with_capacity(x.len());
        for (place, value) in values.into_iter().enumerate() {
            let (rest, scaled) = match self.kinds[place] {
                Kind::Fixed => {
                    let rest = self.graph.binary(Code::Subtract, value, x[place]);
                    let allowed = self.allowed(x[place], place);
                    (rest, self.graph.binary(Code::Divide, rest, allowed))
                }
                Kind::Zero { zero_scale, .. } => {
                    (value, self.graph.binary(Code::Multiply, value, zero_scale))
                }
            };
            left.push(rest);
            let scaled = self.graph.unary(Code::Abs, scaled);
            size = self.graph.binary(Code::Max, size, scaled);
        }
        Try { x, left, size }
    }

    /// How far an unknown may be from its expression.
    fn allowed(&mut self, x: NodeId, place: usize) -> NodeId {
        let [own, guess] = [(x, TOLERANCE[0]), (self.guesses[place], TOLERANCE[1])].map(|(value, share)| {
            let size = self.graph.unary(Code::Abs, value);
            let share = self.graph.number(share);
            self.graph.binary(Code::Multiply, size, share)
        });
        let least = self.graph.number(TOLERANCE[0] * TOLERANCE[1]);
        let sum = self.graph.binary(Code::Add, own, guess);
        self.graph.binary(Code::Add, sum, least)
    }

    /// The better of two tries, and whether it is the later one. What is not a number is never better.
    fn better(&mut self, before: &Try, after: &Try) -> (Try, NodeId) {
        let smaller = self.graph.binary(Code::Less, after.size, before.size);
        // A try that is no number helps no more than none.
        let sound = self.graph.binary(Code::Equal, after.size, after.size);
        let lost = self.graph.binary(Code::NotEqual, before.size, before.size);
        let first = self.graph.binary(Code::And, lost, sound);
        let helped = self.graph.binary(Code::Or, smaller, first);
        let choose = |graph: &mut Graph, a: &[NodeId], b: &[NodeId]| -> Vec<NodeId> {
            a.iter()
                .zip(b)
                .map(|(a, b)| graph.select(helped, *a, *b))
                .collect()
        };
        let x = choose(self.graph, &after.x, &before.x);
        let left = choose(self.graph, &after.left, &before.left);
        let size = self.graph.select(helped, after.size, before.size);
        (Try { x, left, size }, helped)
    }

    /// Where Newton's method would go: the differences' matrix, inverted, times what is left.
    fn direction(&mut self, from: &Try) -> Vec<NodeId> {
        let count = from.x.len();
        let mut columns = Vec::with_capacity(count);
        for place in 0..count {
            let width = self.width(from.x[place], place);
            let mut x = from.x.clone();
            x[place] = self.graph.binary(Code::Add, x[place], width);
            // What was added, as far as rounding let it.
            let width = self.graph.binary(Code::Subtract, x[place], from.x[place]);
            let left = self.attempt(x).left;
            let slopes = left.iter().zip(&from.left).map(|(there, here)| {
                let rise = self.graph.binary(Code::Subtract, *there, *here);
                self.graph.binary(Code::Divide, rise, width)
            });
            columns.push(slopes.collect::<Vec<NodeId>>());
        }
        let matrix: Vec<NodeId> = (0..count * count)
            .map(|cell| columns[cell % count][cell / count])
            .collect();
        let inverse = vectors::inverse(self.graph, &matrix, count);
        inverse
            .chunks_exact(count)
            .map(|row| {
                let mut sum = self.graph.number(0.0);
                for (weight, left) in row.iter().zip(&from.left) {
                    let part = self.graph.binary(Code::Multiply, *weight, *left);
                    sum = self.graph.binary(Code::Add, sum, part);
                }
                sum
            })
            .collect()
    }

    /// The width of a difference: a share of the unknown, or of what its scale or its guess makes of one.
    fn width(&mut self, x: NodeId, place: usize) -> NodeId {
        let share = self.graph.number(WIDTH);
        let unit = match self.kinds[place] {
            Kind::Fixed => {
                let least = self.graph.number(1e-3);
                let guess = self.graph.unary(Code::Abs, self.guesses[place]);
                self.graph.binary(Code::Max, guess, least)
            }
            Kind::Zero { scale, .. } => {
                let one = self.graph.number(1.0);
                let scale = self.graph.unary(Code::Abs, scale);
                self.graph.binary(Code::Divide, one, scale)
            }
        };
        let size = self.graph.unary(Code::Abs, x);
        let size = self.graph.binary(Code::Max, size, unit);
        self.graph.binary(Code::Multiply, share, size)
    }

    /// The unknowns, if they solve their equations to the tolerance; otherwise nothing that is a number.
    fn accepted(&mut self, found: &Try) -> Vec<NodeId> {
        let mut holds = self.graph.number(1.0);
        for (place, kind) in self.kinds.iter().enumerate() {
            let (scaled, limit) = match kind {
                Kind::Fixed => (found.left[place], self.allowed(found.x[place], place)),
                Kind::Zero {
                    zero_scale,
                    tolerance,
                    ..
                } => (
                    self.graph.binary(Code::Multiply, found.left[place], *zero_scale),
                    *tolerance,
                ),
            };
            let size = self.graph.unary(Code::Abs, scaled);
            let near = self.graph.binary(Code::LessOrEqual, size, limit);
            holds = self.graph.binary(Code::And, holds, near);
        }
        let nothing = self.graph.number(f64::NAN);
        found
            .x
            .iter()
            .map(|x| self.graph.select(holds, *x, nothing))
            .collect()
    }
}
