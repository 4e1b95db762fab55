//! Propositions: what a claim or a constraint says, as a small language over outcomes and uncertainties.
//!
//! In come a string of the case and the case's names; out goes a [`Proposition`] in which every id is an index, or messages
//! that point into the string. The grammar stands in `docs/case-file.md`. [`evaluate`] gives its verdict in each future,
//! [`judge`] that about the ensemble. This module refuses to know how outcomes are simulated.

mod evaluate;
mod lex;
mod parse;

#[cfg(test)]
mod tests;

use model::Span;

pub use evaluate::{Ensemble, Verdict, evaluate, judge, rejects};
pub use parse::{Level, Names, parse};

use crate::results::OptionId;

/// A proposition: true, false or undecided.
#[derive(Clone, Debug, PartialEq)]
pub enum Proposition {
    /// At least one holds.
    Or(Vec<Proposition>),
    /// All hold.
    And(Vec<Proposition>),
    /// It does not hold.
    Not(Box<Proposition>),
    /// Two numbers compare so.
    Compare(Comparison, Box<[Quantity; 2]>),
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A number in a proposition.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// A threshold as written.
    Number(f64, Span),
    /// `-a`
    Negate(Box<Quantity>),
    /// Two operands.
    Binary(Operator, Box<[Quantity; 2]>),
    /// `abs(a)`
    Abs(Box<Quantity>),
    /// An outcome or a quantity of the case under an option: the index of the measure.
    Measure {
        /// Index into the study's measures.
        measure: usize,
        /// Under which option.
        option: OptionId,
    },
    /// An uncertainty, by index.
    Uncertainty(usize),
    /// A part of a split: its value.
    Part {
        /// Index of the split.
        split: usize,
        /// Index of the part.
        part: usize,
    },
    /// The share of futures in which a proposition holds, of those in which it can be judged.
    Share(Box<Proposition>),
    /// The share of futures in which an option leads on an outcome, among the options at its add-on.
    Leads(OptionId, usize),
    /// The share of futures in which the first option beats the second on an outcome by more than the margin.
    Beats(OptionId, OptionId, usize),
    /// The share of the variance of the gap between two options that an uncertainty explains.
    Hinge {
        /// Index of the uncertainty.
        uncertainty: usize,
        /// Index of the outcome.
        outcome: usize,
        /// The two options.
        options: [OptionId; 2],
    },
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `max(a, b)`
    Max,
    /// `min(a, b)`
    Min,
}

/// An outcome or a quantity, reduced over a window that only a claim asks for: a measure more.
#[derive(Clone, Debug, PartialEq)]
pub struct Windowed {
    /// Index into the case's outcomes, then its quantities.
    pub outcome: usize,
    /// First model time.
    pub from: f64,
    /// Last model time.
    pub to: f64,
    /// The words for the unit of time and their places, one for each use.
    pub units: Vec<(String, Span)>,
}
