//! Kernels as data: a lane that computes nothing and writes down what is computed.
//!
//! In: the generic text of `math`, `operation`, `observe` and `noise`, called with a [`Traced`] for its lane. Out: a [`Graph`] of
//! primitive operations, each of which WebAssembly has as an instruction or two. The same operation on the same
//! operands is one node; nothing is re-ordered, and only what is known when the module is written is computed here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::ir::Code;
use crate::math::Lane;

/// A node of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where an address counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Base {
    /// The start of memory.
    Zero,
    /// The address in a local variable.
    Local(u32),
}

/// How a number lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Spread {
    /// One number, for all lanes.
    One,
    /// A number for each lane.
    Each,
}

/// An operation on two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Two {
    Add,
    Subtract,
    Multiply,
    Divide,
    Min,
    Max,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Xor,
    IntegerAdd,
    IntegerSubtract,
}

/// An operation on one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum One {
    Negate,
    Root,
    Trunc,
}

/// A function of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Callee {
    /// An operation with a kernel too long to be written out at each use.
    Kernel(Code),
    /// The distribution function of the standard normal distribution.
    Cdf,
    /// Its inverse.
    InverseNormal,
    /// The quantile of a truncated normal distribution: bounds, mean, deviation, share.
    Truncated,
    /// A piecewise-linear function at a place, by its number.
    Lookup(u32),
    /// A number of [0, 1) from a stream, by its number.
    Uniform(u32),
    /// A number of (0, 1) from a stream.
    OpenUniform(u32),
}

impl Callee {
    /// How many words it takes.
    pub(super) fn arity(self) -> usize {
        match self {
            Callee::Kernel(code) if code < Code::Add => 1,
            Callee::Kernel(_) => 2,
            Callee::Cdf | Callee::InverseNormal | Callee::Lookup(_) => 1,
            Callee::Truncated => 5,
            Callee::Uniform(_) | Callee::OpenUniform(_) => 0,
        }
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// The same word in every lane.
    Constant(u64),
    /// What a local variable holds.
    Local(u32),
    /// What lies in memory.
    Load(Base, u32, Spread),
    One(One, NodeId),
    Two(Two, NodeId, NodeId),
    /// Mask, then what is taken where it is set, then what where it is not.
    Select(NodeId, NodeId, NodeId),
    ShiftLeft(NodeId, u32),
    ShiftRight(NodeId, u32),
    /// A function and its operands, as many as it has.
    Call(Callee, [NodeId; 5]),
}

impl Node {
    /// The nodes that this one is computed from.
    pub(super) fn operands(&self) -> impl Iterator<Item = NodeId> {
        let none = NodeId(0);
        let (all, count) = match *self {
            Node::Constant(_) | Node::Local(_) | Node::Load(..) => ([none; 5], 0),
            Node::One(_, a) | Node::ShiftLeft(a, _) | Node::ShiftRight(a, _) => {
                ([a, none, none, none, none], 1)
            }
            Node::Two(_, a, b) => ([a, b, none, none, none], 2),
            Node::Select(mask, yes, no) => ([mask, yes, no, none, none], 3),
            Node::Call(callee, operands) => (operands, callee.arity()),
        };
        all.into_iter().take(count)
    }
}

/// Nodes; operands come before what is computed from them.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    known: HashMap<Node, NodeId>,
    /// For each node whether its words are masks: all ones or all zeros.
    masks: Vec<bool>,
    /// For each node the longest chain of operations that ends with it.
    pub(super) depths: Vec<u32>,
}

impl Graph {
    pub(super) fn node(&self, id: NodeId) -> Node {
        self.nodes[id.index()]
    }

    pub(super) fn is_mask(&self, id: NodeId) -> bool {
        self.masks[id.index()]
    }

    fn constant(&self, id: NodeId) -> Option<u64> {
        match self.node(id) {
            Node::Constant(bits) => Some(bits),
            _ => None,
        }
    }

    /// The node that is this, an old one if there is one.
    pub(super) fn add(&mut self, node: Node) -> NodeId {
        let node = self.simpler(node);
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let mask = match node {
            Node::Constant(bits) => bits == 0 || bits == !0,
            Node::Two(Two::Less | Two::LessOrEqual | Two::Equal | Two::NotEqual, ..) => true,
            Node::Two(Two::And | Two::Or | Two::Xor, a, b) => self.is_mask(a) && self.is_mask(b),
            Node::Select(_, yes, no) => self.is_mask(yes) && self.is_mask(no),
            _ => false,
        };
        let depth = node.operands().map(|id| self.depths[id.index()] + 1).max();
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node);
        self.masks.push(mask);
        self.depths.push(depth.unwrap_or(0));
        self.known.insert(node, id);
        id
    }

    /// What is known now is computed now; a mask made to 1 or 0 and asked whether it is 0 is the mask again.
    fn simpler(&self, node: Node) -> Node {
        let value = |id: NodeId| self.constant(id).map(f64::from_bits);
        match node {
            Node::One(operation, a) => value(a).map_or(node, |a| of_one(operation, a)),
            Node::Two(operation, a, b) => match (value(a), value(b)) {
                (Some(a), Some(b)) => of_two(operation, a, b),
                _ => self.of_mask(operation, a, b).unwrap_or(node),
            },
            Node::Select(mask, yes, no) => match self.constant(mask) {
                Some(mask) => self.node(if mask == 0 { no } else { yes }),
                None if yes == no => self.node(yes),
                None => match self.node(mask) {
                    Node::Two(Two::Xor, mask, ones) if self.constant(ones) == Some(!0) => {
                        Node::Select(mask, no, yes)
                    }
                    _ => node,
                },
            },
            Node::ShiftLeft(a, bits) => value(a).map_or(node, |a| constant(a.shift_left(bits))),
            Node::ShiftRight(a, bits) => value(a).map_or(node, |a| constant(a.shift_right(bits))),
            _ => node,
        }
    }

    fn of_mask(&self, operation: Two, a: NodeId, b: NodeId) -> Option<Node> {
        let b_bits = self.constant(b)?;
        match operation {
            Two::Xor if b_bits == !0 => match self.node(a) {
                // `not equal` is true where either is NaN, as the opposite of `equal` is.
                Node::Two(Two::Equal, a, b) => Some(Node::Two(Two::NotEqual, a, b)),
                Node::Two(Two::NotEqual, a, b) => Some(Node::Two(Two::Equal, a, b)),
                _ => None,
            },
            Two::NotEqual if f64::from_bits(b_bits) == 0.0 => match self.node(a) {
                Node::Two(Two::And, mask, one)
                    if self.is_mask(mask) && self.constant(one) == Some(1.0_f64.to_bits()) =>
                {
                    Some(self.node(mask))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

fn constant(value: f64) -> Node {
    Node::Constant(value.to_bits())
}

fn of_one(operation: One, a: f64) -> Node {
    constant(match operation {
        One::Negate => -a,
        One::Root => a.root(),
        One::Trunc => crate::math::trunc(a),
    })
}

fn of_two(operation: Two, a: f64, b: f64) -> Node {
    constant(match operation {
        Two::Add => a + b,
        Two::Subtract => a - b,
        Two::Multiply => a * b,
        Two::Divide => a / b,
        Two::Min => crate::math::min(a, b),
        Two::Max => crate::math::max(a, b),
        Two::Less => a.less(b),
        Two::LessOrEqual => a.less_equal(b),
        Two::Equal => a.equal(b),
        Two::NotEqual => a.equal(b).not(),
        Two::And => a.and(b),
        Two::Or => Lane::or(a, b),
        Two::Xor => a.xor(b),
        Two::IntegerAdd => a.integer_add(b),
        Two::IntegerSubtract => a.integer_sub(b),
    })
}

/// A value of a graph, to be used as a lane.
#[derive(Clone, Copy)]
pub(super) struct Traced<'g> {
    graph: &'g RefCell<Graph>,
    pub(super) id: NodeId,
}

impl<'g> Traced<'g> {
    pub(super) fn of(graph: &'g RefCell<Graph>, node: Node) -> Self {
        let id = graph.borrow_mut().add(node);
        Self { graph, id }
    }

    pub(super) fn at(graph: &'g RefCell<Graph>, id: NodeId) -> Self {
        Self { graph, id }
    }

    fn beside(self, node: Node) -> Self {
        Self::of(self.graph, node)
    }

    pub(super) fn two(self, operation: Two, other: Self) -> Self {
        self.beside(Node::Two(operation, self.id, other.id))
    }

    pub(super) fn one(self, operation: One) -> Self {
        self.beside(Node::One(operation, self.id))
    }

    /// A function of the module at these operands, of which there is at least one.
    pub(super) fn call(callee: Callee, operands: &[Self]) -> Self {
        let mut ids = [NodeId(0); 5];
        for (id, operand) in ids.iter_mut().zip(operands) {
            *id = operand.id;
        }
        operands[0].beside(Node::Call(callee, ids))
    }
}

impl Add for Traced<'_> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.two(Two::Add, other)
    }
}

impl Sub for Traced<'_> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.two(Two::Subtract, other)
    }
}

impl Mul for Traced<'_> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.two(Two::Multiply, other)
    }
}

impl Div for Traced<'_> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self.two(Two::Divide, other)
    }
}

impl Neg for Traced<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.one(One::Negate)
    }
}

impl Lane for Traced<'_> {
    fn constant(self, value: f64) -> Self {
        self.beside(constant(value))
    }
    fn root(self) -> Self {
        self.one(One::Root)
    }
    fn multiply_add(self, _: Self, _: Self) -> Self {
        unreachable!("a fast program is not written as a module: WebAssembly has no fused operation")
    }
    fn less(self, other: Self) -> Self {
        self.two(Two::Less, other)
    }
    fn less_equal(self, other: Self) -> Self {
        self.two(Two::LessOrEqual, other)
    }
    fn equal(self, other: Self) -> Self {
        self.two(Two::Equal, other)
    }
    fn select(self, yes: Self, no: Self) -> Self {
        self.beside(Node::Select(self.id, yes.id, no.id))
    }
    fn and(self, other: Self) -> Self {
        self.two(Two::And, other)
    }
    fn or(self, other: Self) -> Self {
        self.two(Two::Or, other)
    }
    fn xor(self, other: Self) -> Self {
        self.two(Two::Xor, other)
    }
    fn integer_add(self, other: Self) -> Self {
        self.two(Two::IntegerAdd, other)
    }
    fn integer_sub(self, other: Self) -> Self {
        self.two(Two::IntegerSubtract, other)
    }
    fn shift_left(self, bits: u32) -> Self {
        self.beside(Node::ShiftLeft(self.id, bits))
    }
    fn shift_right(self, bits: u32) -> Self {
        self.beside(Node::ShiftRight(self.id, bits))
    }
}
