//! The values of a program as a graph without repetition: folding and value numbering happen while it grows.
//!
//! In: one value at a time, its operands first. Out: [`Graph`], in which two values are the same node exactly if they
//! are computed alike at the same time. It knows operations, but no model, no slots and no lanes.

use rustc_hash::FxHashMap;

use crate::ir::{Code, Segments};
use crate::operation;
use model::VarId;

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// In which pass a value is computed. A value belongs to the latest pass that its operands need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Phase {
    /// Now.
    Constant,
    /// Once a run.
    Once,
    /// For the timeline, at each time.
    Clock,
    /// At the first time.
    Init,
    /// At each time.
    Step,
}

/// Which of the four time controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Control {
    InitialTime,
    FinalTime,
    TimeStep,
    Saveper,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A number, by its bits.
    Number(u64),
    /// The current time.
    Time,
    /// An input by its place in the request.
    Input(u32),
    /// A scheduled input; NaN while the schedule says nothing.
    Schedule(u32),
    /// A control that depends on time, as the steps see it.
    Control(Control),
    /// A state by its number.
    State(u32),
    /// What is seen of a carrier, by its number.
    Carried(u32),
    /// An unknown, by its number; none is left when all are solved.
    Unknown(u32),
    /// An operation on the node's operands; the number is the table, the stream or the exponent.
    Operation(Code, u32),
}

/// A value and how it comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) phase: Phase,
    operands: [NodeId; 4],
    arity: u8,
}

impl Node {
    pub(super) fn operands(&self) -> &[NodeId] {
        &self.operands[..usize::from(self.arity)]
    }
}

/// All values, operands before what uses them.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    origins: Vec<VarId>,
    known: FxHashMap<Node, NodeId>,
    known_streams: FxHashMap<u64, u32>,
    pub(super) tables: Vec<Segments>,
    pub(super) streams: Vec<u64>,
    /// The variable whose equation is being read.
    pub(super) origin: Option<VarId>,
}

const NONE: [NodeId; 4] = [NodeId(u32::MAX); 4];

impl Graph {
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The variable whose equation first asked for this value.
    pub(super) fn origin(&self, id: NodeId) -> VarId {
        self.origins[id.index()]
    }

    /// The value if it is known now.
    pub(super) fn constant(&self, id: NodeId) -> Option<f64> {
        match self.node(id).kind {
            Kind::Number(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    pub(super) fn number(&mut self, value: f64) -> NodeId {
        let value = crate::math::canonical_nan(value);
        self.leaf(Kind::Number(value.to_bits()), Phase::Constant)
    }

    pub(super) fn leaf(&mut self, kind: Kind, phase: Phase) -> NodeId {
        self.intern(Node {
            kind,
            phase,
            operands: NONE,
            arity: 0,
        })
    }

    pub(super) fn unary(&mut self, code: Code, a: NodeId) -> NodeId {
        if let Some(known) = self.constant(a).and_then(|a| operation::unary(code, a)) {
            return self.number(known);
        }
        let inner = *self.node(a);
        match (code, inner.kind) {
            (Code::Negate, Kind::Operation(Code::Negate, _)) => inner.operands[0],
            _ => self.operation(code, 0, &[a]),
        }
    }

    /// An operation with two operands. Rewrites keep every bit but a NaN's.
    pub(super) fn binary(&mut self, code: Code, a: NodeId, b: NodeId) -> NodeId {
        let (left, right) = (self.constant(a), self.constant(b));
        if let (Some(left), Some(right)) = (left, right)
            && let Some(known) = operation::binary(code, left, right)
        {
            return self.number(known);
        }
        let is =
            |value: Option<f64>, number: f64| value.is_some_and(|value| value.to_bits() == number.to_bits());
        match code {
            Code::Multiply if is(left, 1.0) => b,
            Code::Multiply | Code::Divide if is(right, 1.0) => a,
            Code::Subtract if is(right, 0.0) => a,
            Code::Add if is(right, -0.0) => a,
            Code::Add if is(left, -0.0) => b,
            Code::Add => match (self.negated(a), self.negated(b)) {
                (_, Some(b)) => self.operation(Code::Subtract, 0, &[a, b]),
                (Some(a), _) => self.operation(Code::Subtract, 0, &[b, a]),
                _ => self.commutative(code, a, b),
            },
            Code::Subtract => match self.negated(b) {
                Some(b) => self.commutative(Code::Add, a, b),
                None => self.operation(code, 0, &[a, b]),
            },
            Code::Multiply | Code::Equal | Code::NotEqual | Code::And | Code::Or => {
                self.commutative(code, a, b)
            }
            _ => self.operation(code, 0, &[a, b]),
        }
    }

    /// The operand of a negation.
    fn negated(&self, id: NodeId) -> Option<NodeId> {
        let node = self.node(id);
        matches!(node.kind, Kind::Operation(Code::Negate, _)).then(|| node.operands[0])
    }

    fn commutative(&mut self, code: Code, a: NodeId, b: NodeId) -> NodeId {
        self.operation(code, 0, &[a.min(b), a.max(b)])
    }

    pub(super) fn select(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> NodeId {
        if yes == no {
            return yes;
        }
        match self.constant(condition) {
            Some(condition) => {
                if operation::select(condition, 1.0, 0.0) == 1.0 {
                    yes
                } else {
                    no
                }
            }
            None => self.operation(Code::Select, 0, &[condition, yes, no]),
        }
    }

    /// `a` to a constant integer power of at most `math::POWI_LIMIT` in magnitude.
    pub(super) fn power_of_integer(&mut self, a: NodeId, exponent: i32) -> NodeId {
        let exponent = exponent.cast_unsigned();
        match self.constant(a) {
            Some(a) => self.number(operation::power_of_integer(a, exponent)),
            None => self.operation(Code::PowerOfInteger, exponent, &[a]),
        }
    }

    pub(super) fn lookup(&mut self, table: Segments, at: NodeId) -> NodeId {
        if let Some(at) = self.constant(at) {
            return self.number(operation::lookup(&table, at));
        }
        let number = match self.tables.iter().position(|known| same_bits(known, &table)) {
            Some(number) => number,
            None => {
                self.tables.push(table);
                self.tables.len() - 1
            }
        };
        self.operation(Code::Lookup, number as u32, &[at])
    }

    /// A draw; `code` is `Uniform` or `Normal`. Drawn anew in each of the two passes that may draw.
    pub(super) fn draw(&mut self, code: Code, stream: u64, phase: Phase, operands: &[NodeId]) -> NodeId {
        let next = self.streams.len() as u32;
        let number = *self.known_streams.entry(stream).or_insert(next);
        if number == next {
            self.streams.push(stream);
        }
        let mut node = new_operation(code, number, operands);
        node.phase = phase;
        self.intern(node)
    }

    /// The same value under another name, for states may not be read from states.
    pub(super) fn copy(&mut self, a: NodeId) -> NodeId {
        self.operation(Code::Copy, 0, &[a])
    }

    /// An operation with three operands that is rounded once.
    pub(super) fn fused(&mut self, code: Code, [a, b, c]: [NodeId; 3]) -> NodeId {
        self.operation(code, 0, &[a, b, c])
    }

    /// The factors of a product.
    pub(super) fn product(&self, id: NodeId) -> Option<[NodeId; 2]> {
        let node = self.node(id);
        matches!(node.kind, Kind::Operation(Code::Multiply, _)).then(|| [node.operands[0], node.operands[1]])
    }

    /// A graph without values that has the same tables and streams.
    pub(super) fn emptied(&self) -> Self {
        Self {
            known_streams: self.known_streams.clone(),
            tables: self.tables.clone(),
            streams: self.streams.clone(),
            ..Self::default()
        }
    }

    /// A value of another graph, whose operands are these here.
    pub(super) fn again(&mut self, node: &Node, operands: &[NodeId]) -> NodeId {
        let mut node = *node;
        node.operands[..operands.len()].copy_from_slice(operands);
        self.intern(node)
    }

    fn operation(&mut self, code: Code, number: u32, operands: &[NodeId]) -> NodeId {
        let mut node = new_operation(code, number, operands);
        node.phase = operands
            .iter()
            .map(|operand| self.node(*operand).phase)
            .max()
            .unwrap_or(Phase::Constant)
            .max(Phase::Once);
        self.intern(node)
    }

    fn intern(&mut self, node: Node) -> NodeId {
        let next = NodeId(u32::try_from(self.nodes.len()).expect("fewer than 2^32 values"));
        let id = *self.known.entry(node).or_insert(next);
        if id == next {
            self.nodes.push(node);
            self.origins.push(self.origin.unwrap_or(VarId(0)));
        }
        id
    }
}

fn new_operation(code: Code, number: u32, operands: &[NodeId]) -> Node {
    let mut padded = NONE;
    padded[..operands.len()].copy_from_slice(operands);
    Node {
        kind: Kind::Operation(code, number),
        phase: Phase::Once,
        operands: padded,
        arity: operands.len() as u8,
    }
}

fn same_bits(a: &Segments, b: &Segments) -> bool {
    let same =
        |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
    a.extrapolate == b.extrapolate && same(&a.x, &b.x) && same(&a.y, &b.y) && same(&a.slope, &b.slope)
}
