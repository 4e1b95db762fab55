//! Fast numerics: the same program in fewer and cheaper operations, which round otherwise.
//!
//! In: the values of a program. Out: values in which a division by what is known before becomes a multiplication by its
//! reciprocal, a product that is added to something is fused with the sum, and exponentials, logarithms and powers are the
//! cheaper ones. What comes out is an ordinary program: every evaluator gives the same bits for it, on every machine.
//!
//! What is computed once, and what the time controls need, stays exact: it costs nothing, and times must not move.

use super::graph::{Graph, Kind, NodeId, Phase};
use super::states::UpdateValue;
use super::walk::Values;
use crate::ir::Code;

/// The values of the fast program. `varies` says for each value whether futures differ in it, `alive` whether anything needs it.
pub(super) fn hasten(values: Values, alive: &[bool], varies: &[bool]) -> Values {
    let old = &values.graph;
    let uses = Uses::new(&values, alive);
    let mut new = old.emptied();
    let mut moved: Vec<NodeId> = Vec::with_capacity(old.len());
    for index in 0..old.len() {
        let id = NodeId(index as u32);
        let node = old.node(id);
        let operands: Vec<NodeId> = node
            .operands()
            .iter()
            .map(|operand| moved[operand.index()])
            .collect();
        new.origin = Some(old.origin(id));
        let later = matches!(node.phase, Phase::Init | Phase::Step);
        let fast = match node.kind {
            Kind::Operation(code, _) if alive[index] && later => {
                let known_before = |operand: NodeId| {
                    let of = old.node(operand);
                    of.phase < node.phase.min(Phase::Init)
                        || !varies[operand.index()] && varies[index]
                        || uses.divides[operand.index()] > 1
                };
                // A product that nothing else needs, computed no earlier than the sum.
                let product = |place: usize| {
                    let operand = node.operands()[place];
                    let alike = old.node(operand).phase == node.phase
                        && varies[operand.index()] == varies[index]
                        && uses.count[operand.index()] == 1;
                    new.product(operands[place]).filter(|_| alike)
                };
                // Noise has no operand.
                let (a, b) = (operands.first().copied().unwrap_or(id), operands.get(1).copied());
                match (code, b) {
                    (Code::Divide, Some(b)) if known_before(node.operands()[1]) => {
                        let one = new.number(1.0);
                        let reciprocal = new.binary(Code::Divide, one, b);
                        Some(new.binary(Code::Multiply, a, reciprocal))
                    }
                    (Code::Add, Some(b)) => match (product(0), product(1)) {
                        (_, Some([x, y])) => Some(new.fused(Code::MultiplyAdd, [x, y, a])),
                        (Some([x, y]), None) => Some(new.fused(Code::MultiplyAdd, [x, y, b])),
                        (None, None) => None,
                    },
                    (Code::Subtract, Some(b)) => match (product(0), product(1)) {
                        (_, Some([x, y])) => Some(new.fused(Code::SubtractProduct, [x, y, a])),
                        (Some([x, y]), None) => Some(new.fused(Code::MultiplySubtract, [x, y, b])),
                        (None, None) => None,
                    },
                    (Code::Exp, _) => Some(new.unary(Code::ExpFast, a)),
                    (Code::Ln, _) => Some(new.unary(Code::LnFast, a)),
                    (Code::Power, Some(b)) => Some(new.binary(Code::PowerFast, a, b)),
                    _ => None,
                }
            }
            _ => None,
        };
        moved.push(fast.unwrap_or_else(|| new.again(node, &operands)));
    }
    rebased(values, new, &moved)
}

/// How often values are used.
struct Uses {
    /// For each value how many others, outputs and states read it.
    count: Vec<u32>,
    /// For each value how many others it divides.
    divides: Vec<u32>,
}

impl Uses {
    fn new(values: &Values, alive: &[bool]) -> Self {
        let graph = &values.graph;
        let (mut count, mut divides) = (vec![0; graph.len()], vec![0; graph.len()]);
        let mut read = |id: NodeId| count[id.index()] += 1;
        for index in (0..graph.len()).filter(|index| alive[*index]) {
            let node = graph.node(NodeId(index as u32));
            node.operands().iter().copied().for_each(&mut read);
            if let Kind::Operation(Code::Divide, _) = node.kind {
                divides[node.operands()[1].index()] += 1;
            }
        }
        values.metrics.iter().copied().for_each(&mut read);
        values.series.iter().for_each(|(_, _, id)| read(*id));
        for life in values.states.iter().filter_map(|state| state.life) {
            read(life.initial);
            match life.update {
                UpdateValue::Integrate(value) | UpdateValue::Hold(value) => read(value),
                UpdateValue::Delay { input, delay } => {
                    read(input);
                    read(delay);
                }
            }
        }
        let carried = values.carriers.iter().flat_map(|carrier| carrier.inputs());
        carried.for_each(&mut read);
        Self { count, divides }
    }
}

/// The values with another graph, in which each old node has a new one.
fn rebased(mut values: Values, graph: Graph, moved: &[NodeId]) -> Values {
    let to = |id: &mut NodeId| *id = moved[id.index()];
    values.metrics.iter_mut().for_each(to);
    values.series.iter_mut().for_each(|(_, _, id)| to(id));
    to(&mut values.start);
    values.clock.iter_mut().for_each(to);
    for life in values.states.iter_mut().filter_map(|state| state.life.as_mut()) {
        to(&mut life.initial);
        match &mut life.update {
            UpdateValue::Integrate(value) | UpdateValue::Hold(value) => to(value),
            UpdateValue::Delay { input, delay } => {
                to(input);
                to(delay);
            }
        }
    }
    for carrier in &mut values.carriers {
        carrier.start.iter_mut().chain(&mut carrier.step).for_each(to);
    }
    values.graph = graph;
    values
}
