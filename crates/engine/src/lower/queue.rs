//! What stands behind `DELAY INFORMATION` and `DELAY MATERIAL`: places in a row, one for each step to come.
//!
//! Each place holds what will come out at its step, as far as is known; at each step all move up by one, and the input goes
//! to the place that its delay says. There is no operation for this in a program: the places are held states, and how
//! many are needed is found from the equation of the delay, or is the number of steps of the run.

use std::collections::BTreeSet;

use super::graph::{Graph, NodeId};
use super::states::{Life, UpdateValue};
use super::walk::{Context, Walk};
use crate::ir::Code;
use crate::request::InputTarget;
use model::{BinaryOp, Definition, Expr, ExprId, Function, UnaryOp, VarId};

/// The most steps that a delay may last.
const MOST_PLACES: f64 = 4_000.0;

/// How many expressions are looked into for a bound: enough for a delay, little enough for a model.
const MOST_LOOKED_INTO: u32 = 2_000;

/// The number of steps that a delay lasts, at least one.
fn steps(graph: &mut Graph, delay: NodeId, time_step: NodeId) -> NodeId {
    let half = graph.number(0.5);
    let one = graph.number(1.0);
    let steps = graph.binary(Code::Divide, delay, time_step);
    let steps = graph.binary(Code::Add, steps, half);
    let steps = graph.unary(Code::Trunc, steps);
    graph.binary(Code::Max, steps, one)
}

/// What a queue is made of at a step.
pub(super) struct Arriving {
    /// What goes in.
    pub(super) input: NodeId,
    /// How long it takes, now and at the start.
    pub(super) delay: [NodeId; 2],
    pub(super) time_step: NodeId,
    pub(super) initial: NodeId,
}

/// The lives of the places of a `DELAY INFORMATION`: what comes later overtakes, and holds until something else arrives.
pub(super) fn information(graph: &mut Graph, places: &[NodeId], of: &Arriving) -> Vec<Life> {
    let last = steps(graph, of.delay[0], of.time_step);
    (0..places.len())
        .map(|place| {
            let next = places[(place + 1).min(places.len() - 1)];
            let behind = graph.number(place as f64 + 1.5);
            let arrived = graph.binary(Code::Less, last, behind);
            let value = graph.select(arrived, of.input, next);
            Life {
                initial: of.initial,
                update: UpdateValue::Hold(value),
            }
        })
        .collect()
}

/// The lives of the places of a `DELAY MATERIAL`, and of as many marks of what is taken if there are any: what arrives
/// together is added up.
pub(super) fn material(graph: &mut Graph, places: &[NodeId], marks: &[NodeId], of: &Arriving) -> Vec<Life> {
    let (zero, one) = (graph.number(0.0), graph.number(1.0));
    let at_start = steps(graph, of.delay[1], of.time_step);
    let now = steps(graph, of.delay[0], of.time_step);
    let mut lives = Vec::with_capacity(places.len() + marks.len());
    for (row, filled, added) in [(places, of.initial, of.input), (marks, one, one)] {
        for place in 0..row.len() {
            let next = row.get(place + 1).copied().unwrap_or(zero);
            let number = graph.number(place as f64 + 1.0);
            let here = graph.binary(Code::Equal, now, number);
            let added = graph.select(here, added, zero);
            let value = graph.binary(Code::Add, next, added);
            let number = graph.number(place as f64 + 0.5);
            let waits = graph.binary(Code::Less, number, at_start);
            lives.push(Life {
                initial: graph.select(waits, filled, zero),
                update: UpdateValue::Hold(value),
            });
        }
    }
    lives
}

impl Walk<'_> {
    /// How many places the queue of a delay needs, or why that is not known.
    pub(super) fn queue_places(&self, delay: ExprId) -> Result<u32, String> {
        let time = self.model.time;
        let [start, stop, step] = [time.initial_time, time.final_time, time.time_step]
            .map(|control| self.graph.constant(self.element_of(control, Context::Clock, 0)));
        let (Some(start), Some(stop), Some(step)) = (start, stop, step) else {
            return Err("the time controls must be known before the run".to_owned());
        };
        let whole = ((stop - start) / step).round().max(1.0);
        let mut bound = Bound {
            walk: self,
            open: BTreeSet::new(),
            left: MOST_LOOKED_INTO,
        };
        let [_, most] = bound.of(delay);
        // What takes longer than the run never comes out; the last step still needs its place.
        let places = (most / step).round().clamp(1.0, whole + 1.0);
        if places.is_nan() || places > MOST_PLACES {
            return Err(format!(
                "the delay may last {whole} steps, and at most {MOST_PLACES} are supported: limit it with `MIN(delay, ...)`"
            ));
        }
        Ok(places as u32)
    }
}

/// Looks for the range that an expression cannot leave.
struct Bound<'a, 'm> {
    walk: &'a Walk<'m>,
    /// Variables that are being looked into.
    open: BTreeSet<VarId>,
    /// How many expressions may still be looked into.
    left: u32,
}

const ANYTHING: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

impl Bound<'_, '_> {
    fn of(&mut self, id: ExprId) -> [f64; 2] {
        if self.left == 0 {
            return ANYTHING;
        }
        self.left -= 1;
        let model = self.walk.model;
        let both = |one: [f64; 2], other: [f64; 2]| [one[0].min(other[0]), one[1].max(other[1])];
        let found = match &model.exprs[id] {
            Expr::Number(number) => [*number; 2],
            Expr::Variable { variable, .. } => self.variable(*variable),
            Expr::Unary {
                op: UnaryOp::Negate,
                operand,
            } => self.of(*operand).map(|end| -end),
            Expr::Binary { op, left, right } => {
                let (left, right) = (self.of(*left), self.of(*right));
                match op {
                    BinaryOp::Add => [left[0] + right[0], left[1] + right[1]],
                    BinaryOp::Subtract => [left[0] - right[1], left[1] - right[0]],
                    BinaryOp::Multiply if left[0] >= 0.0 && right[0] >= 0.0 => {
                        [left[0] * right[0], left[1] * right[1]]
                    }
                    BinaryOp::Divide if left[0] >= 0.0 && right[0] > 0.0 => {
                        [left[0] / right[1], left[1] / right[0]]
                    }
                    _ => ANYTHING,
                }
            }
            Expr::WithLookup { table, .. } if !table.extrapolate => [
                table.y.iter().copied().fold(f64::INFINITY, f64::min),
                table.y.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ],
            Expr::Call { function, args } => match (function, args.as_slice()) {
                (Function::Min, [a, b]) => {
                    let (a, b) = (self.of(*a), self.of(*b));
                    [a[0].min(b[0]), a[1].min(b[1])]
                }
                (Function::Max, [a, b]) => {
                    let (a, b) = (self.of(*a), self.of(*b));
                    [a[0].max(b[0]), a[1].max(b[1])]
                }
                (Function::IfThenElse, [_, yes, no]) => {
                    let (yes, no) = (self.of(*yes), self.of(*no));
                    both(yes, no)
                }
                (Function::Step, [height, _]) => {
                    let height = self.of(*height);
                    both([0.0; 2], height)
                }
                (Function::RandomUniform, [low, high, _]) | (Function::RandomNormal, [low, high, ..]) => {
                    let (low, high) = (self.of(*low), self.of(*high));
                    both(low, high)
                }
                (Function::Initial | Function::Game | Function::Integer | Function::Smooth, [x, ..]) => {
                    let x = self.of(*x);
                    if *function == Function::Integer {
                        both(x, [0.0; 2])
                    } else {
                        x
                    }
                }
                _ => ANYTHING,
            },
            _ => ANYTHING,
        };
        if found.iter().any(|end| end.is_nan()) {
            ANYTHING
        } else {
            found
        }
    }

    fn variable(&mut self, id: VarId) -> [f64; 2] {
        let inputs = &self.walk.inputs;
        let is_input = inputs.contains_key(&InputTarget::Variable(id));
        if is_input || !self.open.insert(id) {
            return ANYTHING;
        }
        let mut found = [f64::INFINITY, f64::NEG_INFINITY];
        for equation in &self.walk.model.variables[id].equations {
            let own = match equation.definition {
                Definition::Expression(root) => self.of(root),
                _ => ANYTHING,
            };
            found = [found[0].min(own[0]), found[1].max(own[1])];
        }
        self.open.remove(&id);
        if found[0] <= found[1] { found } else { ANYTHING }
    }
}
