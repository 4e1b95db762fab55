//! Nodes without repetition: folding and value numbering happen while the list grows.

use rustc_hash::FxHashMap;

use crate::math::Lane;

/// A node, by its place in a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u32);

impl Id {
    /// Its place in the list.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An operation on one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// The square root.
    Root,
    /// The word shifted towards its high bits, zeros coming in.
    ShiftLeft(u8),
    /// The word shifted towards its low bits, zeros coming in.
    ShiftRight(u8),
}

/// An operation on two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a` if `a < b`, else `b`: not symmetric, as x86 has it
    Lesser,
    /// `a` if `a > b`, else `b`: not symmetric, as x86 has it
    Greater,
    /// Bitwise and
    And,
    /// Bitwise or
    Or,
    /// Bitwise exclusive or
    Xor,
    /// Wrapping sum of integers
    IntegerAdd,
    /// Wrapping difference of integers
    IntegerSubtract,
    /// The product of the low halves, as integers without sign
    MultiplyHalves,
    /// `a` times 2 to `b`, as [`Lane::scaled`] has it
    Scale,
}

impl Binary {
    /// Whether the operands may be exchanged.
    pub fn commutes(self) -> bool {
        !matches!(
            self,
            Binary::Subtract
                | Binary::Divide
                | Binary::Lesser
                | Binary::Greater
                | Binary::IntegerSubtract
                | Binary::Scale
        )
    }

    /// What it means.
    pub fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Lesser => a.less(b).select(a, b),
            Binary::Greater => b.less(a).select(a, b),
            Binary::And => a.and(b),
            Binary::Or => a.or(b),
            Binary::Xor => a.xor(b),
            Binary::IntegerAdd => a.integer_add(b),
            Binary::IntegerSubtract => a.integer_sub(b),
            Binary::MultiplyHalves => {
                f64::from_bits((a.to_bits() & 0xffff_ffff) * (b.to_bits() & 0xffff_ffff))
            }
            Binary::Scale => a.scaled(b),
        }
    }
}

/// A product and a sum, rounded once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fused {
    /// `a * b + c`
    Add,
    /// `a * b - c`
    Subtract,
    /// `c - a * b`
    SubtractFrom,
}

impl Fused {
    /// What it means.
    pub fn of(self, a: f64, b: f64, c: f64) -> f64 {
        match self {
            Fused::Add => a.multiply_add(b, c),
            Fused::Subtract => a.multiply_add(b, -c),
            Fused::SubtractFrom => (-a).multiply_add(b, c),
        }
    }
}

/// A comparison of two doubles. The negations hold also where either is NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Predicate {
    /// `a < b`
    Less,
    /// `a <= b`
    LessOrEqual,
    /// `a = b`
    Equal,
    /// Not `a < b`
    NotLess,
    /// Not `a <= b`
    NotLessOrEqual,
    /// Not `a = b`
    NotEqual,
}

impl Predicate {
    /// The one that holds where this one does not.
    pub fn inverse(self) -> Self {
        match self {
            Predicate::Less => Predicate::NotLess,
            Predicate::LessOrEqual => Predicate::NotLessOrEqual,
            Predicate::Equal => Predicate::NotEqual,
            Predicate::NotLess => Predicate::Less,
            Predicate::NotLessOrEqual => Predicate::LessOrEqual,
            Predicate::NotEqual => Predicate::Equal,
        }
    }

    /// What it means.
    pub fn of(self, a: f64, b: f64) -> bool {
        match self {
            Predicate::Less => a < b,
            Predicate::LessOrEqual => a <= b,
            Predicate::Equal => a == b,
            inverted => !inverted.inverse().of(a, b),
        }
    }
}

/// An operation on two masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Logic {
    /// Both hold
    And,
    /// Either holds
    Or,
    /// One holds and the other does not
    Xor,
}

/// A word or a mask, and how it comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A word, by its bits; among masks all ones or all zeros.
    Constant(u64),
    /// A number that is the same for all futures, by its place in their common row.
    Uniform(u32),
    /// A number of each future, by its place in its frame.
    Lane(u32),
    /// A word from one.
    Unary(Unary, Id),
    /// A word from two.
    Binary(Binary, Id, Id),
    /// A word from three, rounded once.
    Fused(Fused, Id, Id, Id),
    /// `y + (at - x) * slope` of the segment that `at` falls into: the last one that begins at or before it, or the first.
    Lookup(u32, Id),
    /// The second where the mask holds, else the third.
    Select(Id, Id, Id),
    /// All ones where the mask holds, else zero.
    WordOf(Id),
    /// A mask from two doubles.
    Compare(Predicate, Id, Id),
    /// A mask from two masks.
    Logic(Logic, Id, Id),
    /// The mask that holds where another does not.
    Not(Id),
}

impl Node {
    /// What it is made from.
    pub fn operands(&self) -> impl DoubleEndedIterator<Item = Id> + use<> {
        let operands = match *self {
            Node::Constant(_) | Node::Uniform(_) | Node::Lane(_) => [None; 3],
            Node::Unary(_, a) | Node::Lookup(_, a) | Node::WordOf(a) | Node::Not(a) => [Some(a), None, None],
            Node::Binary(_, a, b) | Node::Compare(_, a, b) | Node::Logic(_, a, b) => [Some(a), Some(b), None],
            Node::Select(a, b, c) | Node::Fused(_, a, b, c) => [Some(a), Some(b), Some(c)],
        };
        operands.into_iter().flatten()
    }

    /// The same of other operands.
    pub(super) fn with_operands(self, of: impl Fn(Id) -> Id) -> Node {
        match self {
            Node::Constant(_) | Node::Uniform(_) | Node::Lane(_) => self,
            Node::Unary(unary, a) => Node::Unary(unary, of(a)),
            Node::Lookup(table, a) => Node::Lookup(table, of(a)),
            Node::WordOf(a) => Node::WordOf(of(a)),
            Node::Not(a) => Node::Not(of(a)),
            Node::Binary(binary, a, b) => Node::Binary(binary, of(a), of(b)),
            Node::Fused(fused, a, b, c) => Node::Fused(fused, of(a), of(b), of(c)),
            Node::Compare(predicate, a, b) => Node::Compare(predicate, of(a), of(b)),
            Node::Logic(logic, a, b) => Node::Logic(logic, of(a), of(b)),
            Node::Select(mask, yes, no) => Node::Select(of(mask), of(yes), of(no)),
        }
    }

    /// Whether it is a mask; a constant is not, though it may stand for one.
    pub fn is_mask(&self) -> bool {
        matches!(self, Node::Compare(..) | Node::Logic(..) | Node::Not(_))
    }

    /// Whether it lies in memory already.
    pub fn is_stored(&self) -> bool {
        matches!(self, Node::Constant(_) | Node::Uniform(_) | Node::Lane(_))
    }
}

/// Nodes, operands before what uses them; no two are alike.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    known: FxHashMap<Node, Id>,
}

const SIGN: u64 = 1 << 63;
const ONES: u64 = !0;

impl Graph {
    /// All nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// A node.
    pub fn node(&self, id: Id) -> Node {
        self.nodes[id.index()]
    }

    fn bits(&self, id: Id) -> Option<u64> {
        match self.node(id) {
            Node::Constant(bits) => Some(bits),
            _ => None,
        }
    }

    fn number(&self, id: Id) -> Option<f64> {
        self.bits(id).map(f64::from_bits)
    }

    pub(super) fn intern(&mut self, node: Node) -> Id {
        let next = Id(u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes"));
        let id = *self.known.entry(node).or_insert(next);
        if id == next {
            self.nodes.push(node);
        }
        id
    }

    /// Adds a node that is like no other.
    pub(crate) fn push(&mut self, node: Node) -> Id {
        let id = Id(u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes"));
        self.nodes.push(node);
        id
    }

    pub(super) fn constant(&mut self, bits: u64) -> Id {
        self.intern(Node::Constant(bits))
    }

    pub(super) fn unary(&mut self, unary: Unary, a: Id) -> Id {
        let a = self.word(a);
        match self.number(a) {
            Some(a) => {
                let value = match unary {
                    Unary::Root => a.root(),
                    Unary::ShiftLeft(bits) => a.shift_left(bits.into()),
                    Unary::ShiftRight(bits) => a.shift_right(bits.into()),
                };
                self.constant(value.to_bits())
            }
            None => self.intern(Node::Unary(unary, a)),
        }
    }

    pub(super) fn binary(&mut self, binary: Binary, a: Id, b: Id) -> Id {
        if self.node(a).is_mask() || self.node(b).is_mask() {
            if matches!(binary, Binary::And | Binary::Or | Binary::Xor) {
                return self.with_mask(binary, a, b);
            }
            let (a, b) = (self.word(a), self.word(b));
            return self.binary(binary, a, b);
        }
        if let (Some(a), Some(b)) = (self.number(a), self.number(b)) {
            return self.constant(binary.of(a, b).to_bits());
        }
        // A constant stands second where it may.
        let (a, b) = if binary.commutes() && (self.bits(a).is_some() || self.bits(b).is_none() && b < a) {
            (b, a)
        } else {
            (a, b)
        };
        let is = |number: f64| self.bits(b) == Some(number.to_bits());
        let neutral = match binary {
            Binary::Add => is(-0.0),
            Binary::Subtract | Binary::Or | Binary::Xor => is(0.0),
            Binary::Multiply | Binary::Divide => is(1.0),
            Binary::And => self.bits(b) == Some(ONES),
            Binary::IntegerAdd | Binary::IntegerSubtract => self.bits(b) == Some(0),
            Binary::Lesser | Binary::Greater | Binary::MultiplyHalves | Binary::Scale => false,
        };
        if neutral {
            return a;
        }
        match binary {
            Binary::And if is(0.0) => b,
            Binary::Or if self.bits(b) == Some(ONES) => b,
            Binary::Add => match (self.negated(b), self.negated(a)) {
                (Some(b), _) => self.binary(Binary::Subtract, a, b),
                (_, Some(a)) => self.binary(Binary::Subtract, b, a),
                _ => self.intern(Node::Binary(binary, a, b)),
            },
            Binary::Subtract => match self.negated(b) {
                Some(b) => self.binary(Binary::Add, a, b),
                None => self.intern(Node::Binary(binary, a, b)),
            },
            Binary::Divide => match self.number(b).and_then(exact_reciprocal) {
                Some(inverse) => {
                    let inverse = self.constant(inverse.to_bits());
                    self.binary(Binary::Multiply, a, inverse)
                }
                None => self.intern(Node::Binary(binary, a, b)),
            },
            // A sign goes to the result, where a sum takes it in.
            Binary::Multiply => {
                let (factor, other) = match (self.negated(a), self.negated(b)) {
                    (Some(a), Some(b)) => return self.binary(binary, a, b),
                    (Some(a), None) => (a, b),
                    (None, Some(b)) => (b, a),
                    (None, None) => return self.intern(Node::Binary(binary, a, b)),
                };
                let product = self.binary(binary, factor, other);
                self.negation(product)
            }
            _ => self.intern(Node::Binary(binary, a, b)),
        }
    }

    /// A product and a sum that are the same bits whether they are rounded once or twice.
    pub(super) fn exactly_fused(&mut self, fused: Fused, a: Id, b: Id, c: Id) -> Id {
        let (a, b, c) = (self.word(a), self.word(b), self.word(c));
        if let (Some(a), Some(b), Some(c)) = (self.number(a), self.number(b), self.number(c)) {
            return self.constant(fused.of(a, b, c).to_bits());
        }
        // A constant stands second, where it may lie in memory.
        let (a, b) = if self.bits(a).is_some() { (b, a) } else { (a, b) };
        self.intern(Node::Fused(fused, a, b, c))
    }

    /// `a * b + c`, rounded once; negations change the signs.
    pub(super) fn fused(&mut self, a: Id, b: Id, c: Id) -> Id {
        let (a, b, c) = (self.word(a), self.word(b), self.word(c));
        if let (Some(a), Some(b), Some(c)) = (self.number(a), self.number(b), self.number(c)) {
            return self.constant(Fused::Add.of(a, b, c).to_bits());
        }
        let (mut a, mut b) = (a, b);
        let mut minus = false;
        for factor in [&mut a, &mut b] {
            if let Some(inner) = self.negated(*factor) {
                *factor = inner;
                minus = !minus;
            }
        }
        // A constant stands second where it may.
        let (a, b) = if self.bits(a).is_some() || self.bits(b).is_none() && b < a {
            (b, a)
        } else {
            (a, b)
        };
        match (minus, self.negated(c)) {
            (false, None) => self.intern(Node::Fused(Fused::Add, a, b, c)),
            (false, Some(c)) => self.intern(Node::Fused(Fused::Subtract, a, b, c)),
            (true, None) => self.intern(Node::Fused(Fused::SubtractFrom, a, b, c)),
            (true, Some(_)) => {
                let b = self.negation(b);
                self.intern(Node::Fused(Fused::Add, a, b, c))
            }
        }
    }

    fn negation(&mut self, a: Id) -> Id {
        let sign = self.constant(SIGN);
        self.binary(Binary::Xor, a, sign)
    }

    /// The operand of a negation, that is of a changed sign bit.
    fn negated(&self, id: Id) -> Option<Id> {
        match self.node(id) {
            Node::Binary(Binary::Xor, a, b) if self.bits(b) == Some(SIGN) => Some(a),
            _ => None,
        }
    }

    /// Bitwise operations of which at least one operand is a mask.
    fn with_mask(&mut self, binary: Binary, a: Id, b: Id) -> Id {
        let (a, b) = if self.node(a).is_mask() { (a, b) } else { (b, a) };
        let both = self.node(b).is_mask() || matches!(self.bits(b), Some(0 | ONES));
        let zero = self.constant(0);
        match binary {
            Binary::And if both => self.logic(Logic::And, a, b),
            Binary::Or if both => self.logic(Logic::Or, a, b),
            Binary::Xor if both => self.logic(Logic::Xor, a, b),
            Binary::And => self.select(a, b, zero),
            Binary::Or => {
                let ones = self.constant(ONES);
                self.select(a, ones, b)
            }
            _ => {
                let word = self.word(a);
                self.binary(binary, b, word)
            }
        }
    }

    /// A word, of a mask all ones or zero.
    fn word(&mut self, id: Id) -> Id {
        if self.node(id).is_mask() {
            self.intern(Node::WordOf(id))
        } else {
            id
        }
    }

    /// A mask, from a word of all ones, which is a NaN, or zero.
    fn mask(&mut self, id: Id) -> Id {
        match self.node(id) {
            Node::WordOf(mask) => mask,
            Node::Constant(_) => id,
            node if node.is_mask() => id,
            _ => {
                let zero = self.constant(0);
                self.compare(Predicate::NotEqual, id, zero)
            }
        }
    }

    fn logic(&mut self, logic: Logic, a: Id, b: Id) -> Id {
        let (a, b) = (self.mask(a), self.mask(b));
        let (a, b) = if self.bits(a).is_some() {
            (b, a)
        } else {
            (a.min(b), a.max(b))
        };
        let (a, b) = if self.bits(a).is_some() { (b, a) } else { (a, b) };
        match (logic, self.bits(b)) {
            (Logic::And, Some(0)) | (Logic::Or, Some(ONES)) => b,
            (Logic::And, Some(_)) | (Logic::Or | Logic::Xor, Some(0)) => a,
            (Logic::Xor, Some(_)) => self.not(a),
            (Logic::And | Logic::Or, None) if a == b => a,
            _ => self.intern(Node::Logic(logic, a, b)),
        }
    }

    pub(super) fn not(&mut self, mask: Id) -> Id {
        match self.node(mask) {
            Node::Constant(bits) => self.constant(!bits),
            Node::Not(a) => a,
            Node::Compare(predicate, a, b) => self.compare(predicate.inverse(), a, b),
            _ => self.intern(Node::Not(mask)),
        }
    }

    pub(super) fn compare(&mut self, predicate: Predicate, a: Id, b: Id) -> Id {
        let (a, b) = (self.word(a), self.word(b));
        let truth = |holds: bool| if holds { ONES } else { 0 };
        if let (Some(a), Some(b)) = (self.number(a), self.number(b)) {
            return self.constant(truth(predicate.of(a, b)));
        }
        // A truth value as a number, compared with a number, is that truth value again.
        if let (Node::Select(mask, yes, no), Some(b)) = (self.node(a), self.number(b))
            && let (Some(yes), Some(no)) = (self.number(yes), self.number(no))
        {
            return match (predicate.of(yes, b), predicate.of(no, b)) {
                (true, false) => mask,
                (false, true) => self.not(mask),
                (same, _) => self.constant(truth(same)),
            };
        }
        let symmetric = matches!(predicate, Predicate::Equal | Predicate::NotEqual);
        let (a, b) = if symmetric && (self.bits(a).is_some() || self.bits(b).is_none() && b < a) {
            (b, a)
        } else {
            (a, b)
        };
        self.intern(Node::Compare(predicate, a, b))
    }

    pub(super) fn select(&mut self, mask: Id, yes: Id, no: Id) -> Id {
        let (mask, yes, no) = (self.mask(mask), self.word(yes), self.word(no));
        if yes == no {
            return yes;
        }
        match self.node(mask) {
            Node::Constant(0) => no,
            Node::Constant(_) => yes,
            Node::Not(mask) => self.select(mask, no, yes),
            // Instructions can leave zero where a mask does not hold.
            Node::Compare(..) if self.bits(yes) == Some(0) => {
                let mask = self.not(mask);
                self.intern(Node::Select(mask, no, yes))
            }
            // Two instructions are one where what is compared is what is chosen from.
            Node::Compare(Predicate::Less, a, b) if (yes, no) == (a, b) => self.binary(Binary::Lesser, a, b),
            Node::Compare(Predicate::Less, a, b) if (yes, no) == (b, a) => self.binary(Binary::Greater, b, a),
            _ if self.bits(yes) == Some(ONES) && self.bits(no) == Some(0) => self.intern(Node::WordOf(mask)),
            _ => self.intern(Node::Select(mask, yes, no)),
        }
    }

    /// The smaller of two, as [`kernel::min`](crate::math::kernel::min) has it, in few operations.
    pub(super) fn min(&mut self, a: Id, b: Id) -> Id {
        let (a, b) = if self.number(a).is_some() { (b, a) } else { (a, b) };
        match self.number(b) {
            // Neither NaN nor −0: where `b` is not the lesser, `a` is right also for NaN and for both zeros.
            Some(bound) if !bound.is_nan() && bound.to_bits() != SIGN => self.binary(Binary::Lesser, b, a),
            _ => {
                // Where the operands are equal or NaN the two differ, and their union is −0 or NaN as it should be.
                let (one, other) = (
                    self.binary(Binary::Lesser, a, b),
                    self.binary(Binary::Lesser, b, a),
                );
                self.binary(Binary::Or, one, other)
            }
        }
    }

    /// The larger of two, as [`kernel::max`](crate::math::kernel::max) has it, in few operations.
    pub(super) fn max(&mut self, a: Id, b: Id) -> Id {
        let (a, b) = if self.number(a).is_some() { (b, a) } else { (a, b) };
        match self.number(b) {
            Some(bound) if !bound.is_nan() => {
                let greater = self.binary(Binary::Greater, b, a);
                // Of two zeros that is `a`: adding +0 makes +0 of −0 and changes nothing else.
                if bound.to_bits() == 0 {
                    self.binary(Binary::Add, greater, b)
                } else {
                    greater
                }
            }
            _ => {
                let (one, other) = (
                    self.binary(Binary::Greater, a, b),
                    self.binary(Binary::Greater, b, a),
                );
                // Where the operands are equal or NaN the two differ. Their sign is that of both, so that of two zeros +0 is the larger, and
                // their other bits are those of either, which leaves NaN a NaN.
                let (one, other) = (self.negation(one), self.negation(other));
                let either = self.binary(Binary::Or, one, other);
                self.negation(either)
            }
        }
    }
}

/// 1/x if that is exact, so that multiplying by it is dividing by x.
fn exact_reciprocal(x: f64) -> Option<f64> {
    const MANTISSA: u64 = (1 << 52) - 1;
    let inverse = 1.0 / x;
    (x.is_normal() && inverse.is_normal() && x.to_bits() & MANTISSA == 0).then_some(inverse)
}
