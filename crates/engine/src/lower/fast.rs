//! Fast numerics: the same program in fewer and cheaper operations, which round otherwise.
//!
//! In: the values of a program. Out: values in which a division by what is known before becomes a multiplication by its
//! reciprocal, factors known before the run are multiplied once, a product that is added to something is fused with the sum, a stock
//! is multiplied by what its flows of a share of itself make of it and takes in the others one by one, each fused with its length of time,
//! and exponentials, logarithms and powers are the cheaper ones. What comes out is an ordinary program: every evaluator gives the same bits
//! for it, on every machine.
//!
//! What is computed once, and what the time controls need, stays exact: it costs nothing, and times must not move.

use std::collections::BTreeMap;

use super::graph::{Graph, Kind, NodeId, Phase};
use super::states::{Life, UpdateValue};
use super::walk::Values;
use crate::ir::Code;

/// The values of the fast program. `varies` says for each value whether futures differ in it, `alive` whether anything needs it; `step` is
/// the length of all steps, where stocks go along their rates from one to the next and it is known.
pub(super) fn hasten(values: Values, alive: &[bool], varies: &[bool], step: Option<f64>) -> Values {
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
                let alone = |place: usize| uses.count[node.operands()[place].index()] == 1;
                // Noise has no operand.
                let (a, b) = (operands.first().copied().unwrap_or(id), operands.get(1).copied());
                match (code, b) {
                    (Code::Divide, Some(b)) if known_before(node.operands()[1]) => {
                        let one = new.number(1.0);
                        let reciprocal = new.binary(Code::Divide, one, b);
                        Some(product_of(&mut new, [(a, alone(0)), (reciprocal, true)]))
                    }
                    (Code::Multiply, Some(b)) => Some(product_of(&mut new, [(a, alone(0)), (b, alone(1))])),
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
    let stocks = match step {
        Some(step) => stocks(&values, &uses, &mut new, &moved, step),
        None => Vec::new(),
    };
    let mut values = rebased(values, new, &moved);
    for (state, next) in stocks {
        if let Some(life) = &mut values.states[state].life {
            life.update = UpdateValue::Next(next);
        }
    }
    values
}

/// Whether a value is known before the run.
fn is_known(graph: &Graph, id: NodeId) -> bool {
    graph.node(id).phase <= Phase::Once
}

/// What is known before of a product, and the rest of it.
fn known_factor(graph: &Graph, id: NodeId) -> Option<(NodeId, NodeId)> {
    let [a, b] = graph.product(id)?;
    match (is_known(graph, a), is_known(graph, b)) {
        (true, false) => Some((a, b)),
        (false, true) => Some((b, a)),
        _ => None,
    }
}

/// A product in which what is known before stands together, outermost; of each operand whether nothing else needs it.
fn product_of(graph: &mut Graph, operands: [(NodeId, bool); 2]) -> NodeId {
    let [(a, _), (b, _)] = operands;
    let (known, other) = match (is_known(graph, a), is_known(graph, b)) {
        (true, false) => (a, b),
        (false, true) => (b, a),
        (true, true) => return graph.binary(Code::Multiply, a, b),
        (false, false) => {
            // What others need too stays as it is.
            let [(k, x), (l, y)] = operands.map(|(of, alone)| match known_factor(graph, of) {
                Some((factor, rest)) if alone => (Some(factor), rest),
                _ => (None, of),
            });
            let product = graph.binary(Code::Multiply, x, y);
            return match (k, l) {
                (Some(k), Some(l)) => {
                    let known = graph.binary(Code::Multiply, k, l);
                    graph.binary(Code::Multiply, product, known)
                }
                (Some(known), None) | (None, Some(known)) => graph.binary(Code::Multiply, product, known),
                (None, None) => product,
            };
        }
    };
    let (known, other) = match known_factor(graph, other) {
        Some((factor, rest)) => (graph.binary(Code::Multiply, factor, known), rest),
        None => (known, other),
    };
    graph.binary(Code::Multiply, other, known)
}

/// What the stocks are after a step of such a length: what is left of each and what it makes of itself, and then flow by flow.
fn stocks(
    values: &Values,
    uses: &Uses,
    new: &mut Graph,
    moved: &[NodeId],
    step: f64,
) -> Vec<(usize, NodeId)> {
    let step = new.number(step);
    let mut stocks: Vec<Stock> = Vec::new();
    // How many stocks read each value as a flow.
    let mut readers: BTreeMap<NodeId, u32> = BTreeMap::new();
    for (number, state) in values.states.iter().enumerate() {
        let Some(Life {
            update: UpdateValue::Integrate(rate),
            ..
        }) = state.life
        else {
            continue;
        };
        new.origin = Some(state.variable);
        let leaf = new.leaf(Kind::State(number as u32), Phase::Step);
        let flows: Vec<Flow> = flows(values, uses, rate)
            .into_iter()
            .map(|(is_out, of)| {
                *readers.entry(of).or_default() += 1;
                Flow::new(new, leaf, step, is_out, of, moved[of.index()])
            })
            .collect();
        stocks.push(Stock { number, leaf, flows });
    }
    // Growth at a rate that varies is computed for all stocks that it flows between, by the one that has it as its own. What others need
    // too stays the product that it is.
    let mut growths: BTreeMap<NodeId, (NodeId, NodeId)> = BTreeMap::new();
    let mut follows = vec![None; stocks.len()];
    for (stock, follows) in stocks.iter().zip(&mut follows) {
        let own = |flow: &&Flow| match flow.of_itself {
            None => false,
            Some(OfItself::Known) => true,
            Some(OfItself::Varying(_)) => {
                uses.count[flow.of.index()] == readers[&flow.of] && !growths.contains_key(&flow.of)
            }
        };
        let own: Vec<&Flow> = stock.flows.iter().filter(own).collect();
        // One alone is one operation either way.
        if own.len() < 2 {
            continue;
        }
        new.origin = Some(values.states[stock.number].variable);
        let mut growth = new.number(1.0);
        for flow in &own {
            if let Some(OfItself::Known) = flow.of_itself {
                growth = new.binary(flow.sign(), growth, flow.factor);
            }
        }
        let mut done = Vec::new();
        for flow in &own {
            done.push(flow.of);
            let Some(OfItself::Varying(other)) = flow.of_itself else {
                continue;
            };
            if readers[&flow.of] == 1 {
                growth = new.fused(flow.fused(), [other, flow.factor, growth]);
            } else {
                let rate = new.binary(Code::Multiply, other, flow.factor);
                growth = new.binary(flow.sign(), growth, rate);
                growths.insert(flow.of, (rate, stock.leaf));
            }
        }
        *follows = Some((growth, done));
    }
    let mut next = Vec::new();
    for (stock, follows) in stocks.iter().zip(follows) {
        new.origin = Some(values.states[stock.number].variable);
        let mut value = stock.leaf;
        let mut done = Vec::new();
        if let Some((growth, of)) = follows {
            value = new.binary(Code::Multiply, value, growth);
            done = of;
        }
        for flow in stock.flows.iter().filter(|flow| !done.contains(&flow.of)) {
            value = match (growths.get(&flow.of), flow.rest) {
                (Some((rate, grows)), _) => new.fused(flow.fused(), [*rate, *grows, value]),
                (None, Some(rest)) => new.fused(flow.fused(), [rest, flow.factor, value]),
                (None, None) => new.binary(flow.sign(), value, flow.factor),
            };
        }
        if value == stock.leaf {
            value = new.copy(value);
        }
        next.push((stock.number, value));
    }
    next
}

/// A stock and its flows.
struct Stock {
    number: usize,
    /// What it is at the start of a step.
    leaf: NodeId,
    flows: Vec<Flow>,
}

/// What flows in a step: a factor that is known before, times a rest.
struct Flow {
    is_out: bool,
    /// The flow in the old graph.
    of: NodeId,
    /// With the length of a step.
    factor: NodeId,
    /// Nothing, if all of it is known before.
    rest: Option<NodeId>,
    of_itself: Option<OfItself>,
}

/// A flow that is the stock times something.
#[derive(Clone, Copy)]
enum OfItself {
    /// Nothing but its factor.
    Known,
    /// Its factor times this.
    Varying(NodeId),
}

impl Flow {
    fn new(graph: &mut Graph, stock: NodeId, step: NodeId, is_out: bool, of: NodeId, flow: NodeId) -> Self {
        let (factor, rest) = if is_known(graph, flow) {
            (graph.binary(Code::Multiply, flow, step), None)
        } else {
            match known_factor(graph, flow) {
                Some((factor, rest)) => (graph.binary(Code::Multiply, factor, step), Some(rest)),
                None => (step, Some(flow)),
            }
        };
        let of_itself = rest.and_then(|rest| match graph.product(rest) {
            _ if rest == stock => Some(OfItself::Known),
            Some([a, b]) if a == stock && b != stock => Some(OfItself::Varying(b)),
            Some([a, b]) if b == stock && a != stock => Some(OfItself::Varying(a)),
            _ => None,
        });
        Self {
            is_out,
            of,
            factor,
            rest,
            of_itself,
        }
    }

    fn sign(&self) -> Code {
        if self.is_out { Code::Subtract } else { Code::Add }
    }

    fn fused(&self) -> Code {
        if self.is_out {
            Code::SubtractProduct
        } else {
            Code::MultiplyAdd
        }
    }
}

/// The values that add up to a rate, and whether each is taken off. A sum that others need too is one value.
fn flows(values: &Values, uses: &Uses, rate: NodeId) -> Vec<(bool, NodeId)> {
    let mut flows = Vec::new();
    let mut waiting = vec![(false, rate)];
    while let Some((is_out, id)) = waiting.pop() {
        let node = values.graph.node(id);
        let code = match node.kind {
            Kind::Operation(code, _) if uses.count[id.index()] == 1 => Some(code),
            _ => None,
        };
        match (code, node.operands()) {
            (Some(Code::Add), [a, b]) => waiting.extend([(is_out, *b), (is_out, *a)]),
            (Some(Code::Subtract), [a, b]) => waiting.extend([(!is_out, *b), (is_out, *a)]),
            (_, [a]) if matches!(node.kind, Kind::Operation(Code::Negate, _)) => waiting.push((!is_out, *a)),
            _ => flows.push((is_out, id)),
        }
    }
    flows
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
                UpdateValue::Integrate(value) | UpdateValue::Hold(value) | UpdateValue::Next(value) => {
                    read(value)
                }
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
pub(super) fn rebased(mut values: Values, graph: Graph, moved: &[NodeId]) -> Values {
    let to = |id: &mut NodeId| *id = moved[id.index()];
    values.metrics.iter_mut().for_each(to);
    values.series.iter_mut().for_each(|(_, _, id)| to(id));
    to(&mut values.start);
    values.clock.iter_mut().for_each(to);
    for life in values.states.iter_mut().filter_map(|state| state.life.as_mut()) {
        to(&mut life.initial);
        match &mut life.update {
            UpdateValue::Integrate(value) | UpdateValue::Hold(value) | UpdateValue::Next(value) => to(value),
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
