//! The lane that writes down what is asked of it.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::graph::{Binary, Fused, Graph, Id, Predicate, Unary};
use crate::math::Lane;

/// A word or a mask that is not known yet: a node of a graph that grows.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) graph: &'a RefCell<Graph>,
    pub(super) id: Id,
}

impl Word<'_> {
    fn with(self, id: Id) -> Self {
        Self { id, ..self }
    }

    pub(super) fn binary(self, binary: Binary, other: Self) -> Self {
        self.with(self.graph.borrow_mut().binary(binary, self.id, other.id))
    }

    fn unary(self, unary: Unary) -> Self {
        self.with(self.graph.borrow_mut().unary(unary, self.id))
    }

    fn compare(self, predicate: Predicate, other: Self) -> Self {
        self.with(self.graph.borrow_mut().compare(predicate, self.id, other.id))
    }
}

macro_rules! written_down {
    ($($operator:ident $method:ident $binary:ident)*) => {$(
        impl $operator for Word<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.binary(Binary::$binary, other)
            }
        }
    )*};
}

written_down!(Add add Add Sub sub Subtract Mul mul Multiply Div div Divide);

impl Neg for Word<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.xor(self.constant(-0.0))
    }
}

impl Lane for Word<'_> {
    fn constant(self, value: f64) -> Self {
        self.with(self.graph.borrow_mut().constant(value.to_bits()))
    }
    fn root(self) -> Self {
        self.unary(Unary::Root)
    }
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        self.with(self.graph.borrow_mut().fused(self.id, factor.id, addend.id))
    }
    fn scaled(self, exponent: Self) -> Self {
        self.binary(Binary::Scale, exponent)
    }
    fn rest_of_product(self, factor: Self, product: Self) -> Self {
        let mut graph = self.graph.borrow_mut();
        let rest = graph.exactly_fused(Fused::Subtract, self.id, factor.id, product.id);
        self.with(rest)
    }
    fn plus_exact(self, a: Self, b: Self) -> Self {
        let sum = self
            .graph
            .borrow_mut()
            .exactly_fused(Fused::Add, a.id, b.id, self.id);
        self.with(sum)
    }
    fn minus_exact(self, a: Self, b: Self) -> Self {
        let sum = self
            .graph
            .borrow_mut()
            .exactly_fused(Fused::SubtractFrom, a.id, b.id, self.id);
        self.with(sum)
    }
    fn less(self, other: Self) -> Self {
        self.compare(Predicate::Less, other)
    }
    fn less_equal(self, other: Self) -> Self {
        self.compare(Predicate::LessOrEqual, other)
    }
    fn equal(self, other: Self) -> Self {
        self.compare(Predicate::Equal, other)
    }
    fn select(self, yes: Self, no: Self) -> Self {
        self.with(self.graph.borrow_mut().select(self.id, yes.id, no.id))
    }
    fn and(self, other: Self) -> Self {
        self.binary(Binary::And, other)
    }
    fn or(self, other: Self) -> Self {
        self.binary(Binary::Or, other)
    }
    fn xor(self, other: Self) -> Self {
        self.binary(Binary::Xor, other)
    }
    fn integer_add(self, other: Self) -> Self {
        self.binary(Binary::IntegerAdd, other)
    }
    fn integer_sub(self, other: Self) -> Self {
        self.binary(Binary::IntegerSubtract, other)
    }
    fn shift_left(self, bits: u32) -> Self {
        self.unary(Unary::ShiftLeft(bits as u8))
    }
    fn shift_right(self, bits: u32) -> Self {
        self.unary(Unary::ShiftRight(bits as u8))
    }
}
