//! Conveyors and queues: stocks that remember the order of what is in them, and so drive their own outflows.
//!
//! [`read`] finds what the file says of them, [`plan`] which flow is driven or limited by which of them, [`write`] says it in
//! equations: a carrier of the engine for the order of things, ordinary operations for everything else.

mod plan;
mod read;
mod write;

use super::document::Equation;
use crate::source::Span;

pub(super) use plan::Plan;

/// A stock that is more than a stock.
#[derive(Debug)]
pub(super) enum CarriedPart {
    Conveyor(Box<ConveyorPart>),
    Queue,
}

/// `<conveyor>`
#[derive(Debug)]
pub(super) struct ConveyorPart {
    pub length: Equation,
    pub capacity: Equation,
    pub in_limit: Equation,
    pub sample: Equation,
    pub arrest: Equation,
    pub discrete: bool,
    pub exponential: bool,
    pub batch_integrity: bool,
    pub one_at_a_time: bool,
    pub span: Span,
}

/// What a flow says beside its equation.
#[derive(Debug)]
pub(super) struct FlowPart {
    /// `<multiplier>`: how much reaches the stock behind the flow for each unit that leaves the one before it.
    pub multiplier: Equation,
    pub leak: Option<LeakPart>,
    pub overflow: bool,
    pub spread: Spread,
}

/// `<leak>`
#[derive(Debug)]
pub(super) struct LeakPart {
    /// Its fraction, if it stands here and not in `<eqn>`.
    pub fraction: Equation,
    pub integers: bool,
    /// Where its zone begins and ends; 0 is the beginning of the belt, 1 the exit.
    pub zone: (f64, f64),
}

/// Where a flow is laid on a conveyor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Spread {
    #[default]
    Beginning,
    Evenly,
    Alike,
}
