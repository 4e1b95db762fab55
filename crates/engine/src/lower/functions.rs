//! What the functions without memory are made of.

use super::graph::{Graph, NodeId};
use super::vectors;
use crate::carrier::carrying;
use crate::ir::Code;
use crate::math::POWI_LIMIT;
use model::{BinaryOp, Function, UnaryOp};

/// Below this magnitude a denominator counts as zero for ZIDZ and XIDZ, as Vensim documents.
const NEARLY_ZERO: f64 = 1e-6;

/// The time and the time step, as the context of an expression sees them.
#[derive(Clone, Copy)]
pub(super) struct Now {
    pub(super) time: NodeId,
    pub(super) step: NodeId,
}

/// Whether a function looks at the clock, and so needs [`Now`].
pub(super) fn uses_time(function: Function) -> bool {
    matches!(
        function,
        Function::Step | Function::Ramp | Function::Pulse | Function::PulseTrain
    )
}

/// Whether what a function gives changes at each step only, or jumps at a time that is given: nothing that a method with automatic
/// steps can follow.
pub(super) fn moves_by_steps(function: Function) -> bool {
    matches!(
        function,
        Function::Step
            | Function::Pulse
            | Function::PulseTrain
            | Function::DelayFixed
            | Function::DelayInformation
            | Function::DelayMaterial
            | Function::SampleIfTrue
            | Function::ShiftIfTrue
    ) || function.draws()
        || carrying(function).is_some()
}

pub(super) fn unary(graph: &mut Graph, op: UnaryOp, a: NodeId) -> NodeId {
    match op {
        UnaryOp::Negate => graph.unary(Code::Negate, a),
        UnaryOp::Not => graph.unary(Code::Not, a),
    }
}

pub(super) fn binary(graph: &mut Graph, op: BinaryOp, a: NodeId, b: NodeId) -> NodeId {
    match op {
        BinaryOp::Add => graph.binary(Code::Add, a, b),
        BinaryOp::Subtract => graph.binary(Code::Subtract, a, b),
        BinaryOp::Multiply => graph.binary(Code::Multiply, a, b),
        BinaryOp::Divide => graph.binary(Code::Divide, a, b),
        BinaryOp::Power => power(graph, a, b),
        BinaryOp::Less => graph.binary(Code::Less, a, b),
        BinaryOp::LessOrEqual => graph.binary(Code::LessOrEqual, a, b),
        BinaryOp::Greater => graph.binary(Code::Less, b, a),
        BinaryOp::GreaterOrEqual => graph.binary(Code::LessOrEqual, b, a),
        BinaryOp::Equal => graph.binary(Code::Equal, a, b),
        BinaryOp::NotEqual => graph.binary(Code::NotEqual, a, b),
        BinaryOp::And => graph.binary(Code::And, a, b),
        BinaryOp::Or => graph.binary(Code::Or, a, b),
    }
}

/// `a ^ b`: repeated multiplication where `b` is a small integer that is known now.
fn power(graph: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    let small = |b: &f64| *b == crate::math::trunc(*b) && crate::math::abs(*b) <= f64::from(POWI_LIMIT);
    match graph.constant(b).filter(small) {
        Some(b) => graph.power_of_integer(a, b as i32),
        None => graph.binary(Code::Power, a, b),
    }
}

/// A function without memory; `None` for one with memory or noise.
pub(super) fn call(
    graph: &mut Graph,
    function: Function,
    args: &[NodeId],
    now: Option<Now>,
) -> Option<NodeId> {
    let one = |code: Code, graph: &mut Graph| graph.unary(code, args[0]);
    let two = |code: Code, graph: &mut Graph| graph.binary(code, args[0], args[1]);
    let now = || now.expect("a function that looks at the clock was given it");
    let value = match function {
        Function::Abs => one(Code::Abs, graph),
        Function::Exp => one(Code::Exp, graph),
        Function::Ln => one(Code::Ln, graph),
        Function::Log => two(Code::Log, graph),
        Function::Log10 => one(Code::Log10, graph),
        Function::Sqrt => one(Code::Sqrt, graph),
        Function::GammaLn => ln_gamma(graph, args[0]),
        Function::Sin => one(Code::Sin, graph),
        Function::Cos => one(Code::Cos, graph),
        Function::Tan => one(Code::Tan, graph),
        Function::Arcsin => one(Code::Arcsin, graph),
        Function::Arccos => one(Code::Arccos, graph),
        Function::Arctan => one(Code::Arctan, graph),
        Function::Sinh => one(Code::Sinh, graph),
        Function::Cosh => one(Code::Cosh, graph),
        Function::Tanh => one(Code::Tanh, graph),
        Function::Integer => one(Code::Trunc, graph),
        Function::Floor => floor(graph, args[0]),
        Function::Modulo => two(Code::Modulo, graph),
        Function::FlooredModulo => {
            let quotient = graph.binary(Code::Divide, args[0], args[1]);
            let whole = floor(graph, quotient);
            let taken = graph.binary(Code::Multiply, args[1], whole);
            graph.binary(Code::Subtract, args[0], taken)
        }
        Function::Quantum => two(Code::Quantum, graph),
        Function::Min => two(Code::Min, graph),
        Function::Max => two(Code::Max, graph),
        Function::Power => power(graph, args[0], args[1]),
        Function::Game => args[0],
        Function::AllocP => vectors::given(graph, args),
        Function::IfThenElse => graph.select(args[0], args[1], args[2]),
        Function::Xidz => quotient_or(graph, args[0], args[1], args[2]),
        Function::Zidz => {
            let zero = graph.number(0.0);
            quotient_or(graph, args[0], args[1], zero)
        }
        Function::Step => {
            let begun = begun(graph, args[1], now());
            let zero = graph.number(0.0);
            graph.select(begun, args[0], zero)
        }
        Function::Ramp => ramp(graph, args[0], args[1], args[2], now()),
        Function::Pulse => pulse(graph, args[0], args[1], now()),
        Function::PulseTrain => pulse_train(graph, args, now()),
        Function::Initial
        | Function::Smooth
        | Function::SmoothI
        | Function::Smooth3
        | Function::Smooth3I
        | Function::SmoothN
        | Function::Delay1
        | Function::Delay1I
        | Function::Delay3
        | Function::Delay3I
        | Function::DelayN
        | Function::DelayFixed
        | Function::DelayInformation
        | Function::DelayMaterial
        | Function::DelayBatch
        | Function::DelayConveyor
        | Function::DepreciateBySchedule
        | Function::SampleIfTrue
        | Function::ShiftIfTrue
        | Function::Simultaneous
        | Function::FindZero
        | Function::QueueFifo
        | Function::QueueFifoAttrib
        | Function::QueueAttribAverage
        | Function::QueueAttribQuantity
        | Function::QueueAgeAverage
        | Function::QueueAgeInRange
        | Function::QueueAgeOldest
        | Function::Conveyor(..)
        | Function::Queue { .. }
        | Function::RandomUniform
        | Function::RandomNormal
        | Function::Random01
        | Function::RandomBeta
        | Function::RandomBinomial
        | Function::RandomGamma
        | Function::RandomNegativeBinomial
        | Function::RandomPoisson => return None,
    };
    Some(value)
}

/// The next lower whole number.
fn floor(graph: &mut Graph, x: NodeId) -> NodeId {
    let whole = graph.unary(Code::Trunc, x);
    let above = graph.binary(Code::Less, x, whole);
    graph.binary(Code::Subtract, whole, above)
}

/// The logarithm of the gamma function of a positive number: Stirling's series at `x + 8`, taken back by the product of
/// the eight numbers from `x` on. Its terms beyond those written are below 1e-13 there.
fn ln_gamma(graph: &mut Graph, x: NodeId) -> NodeId {
    let number = |graph: &mut Graph, value: f64| graph.number(value);
    let mut product = x;
    for step in 1..8 {
        let step = number(graph, f64::from(step));
        let factor = graph.binary(Code::Add, x, step);
        product = graph.binary(Code::Multiply, product, factor);
    }
    let eight = number(graph, 8.0);
    let far = graph.binary(Code::Add, x, eight);
    let half = number(graph, 0.5);
    let power = graph.binary(Code::Subtract, far, half);
    let ln_far = graph.unary(Code::Ln, far);
    let main = graph.binary(Code::Multiply, power, ln_far);
    let main = graph.binary(Code::Subtract, main, far);
    // Half of the logarithm of 2 pi.
    let constant = number(graph, 0.918_938_533_204_672_8);
    let main = graph.binary(Code::Add, main, constant);
    let one = number(graph, 1.0);
    let inverse = graph.binary(Code::Divide, one, far);
    let square = graph.binary(Code::Multiply, inverse, inverse);
    // B(2k) / (2k (2k - 1)), from the last.
    let terms = [
        -691.0 / 360_360.0,
        1.0 / 1188.0,
        -1.0 / 1680.0,
        1.0 / 1260.0,
        -1.0 / 360.0,
        1.0 / 12.0,
    ];
    let mut series = number(graph, 1.0 / 156.0);
    for term in terms {
        let term = number(graph, term);
        series = graph.binary(Code::Multiply, series, square);
        series = graph.binary(Code::Add, series, term);
    }
    let series = graph.binary(Code::Multiply, series, inverse);
    let at_far = graph.binary(Code::Add, main, series);
    let ln_product = graph.unary(Code::Ln, product);
    let value = graph.binary(Code::Subtract, at_far, ln_product);
    let zero = number(graph, 0.0);
    let nothing = number(graph, f64::NAN);
    let positive = graph.binary(Code::Less, zero, x);
    graph.select(positive, value, nothing)
}

/// `a / b`, or `otherwise` where `b` is nearly zero.
fn quotient_or(graph: &mut Graph, a: NodeId, b: NodeId, otherwise: NodeId) -> NodeId {
    let size = graph.unary(Code::Abs, b);
    let limit = graph.number(NEARLY_ZERO);
    let nearly_zero = graph.binary(Code::Less, size, limit);
    let quotient = graph.binary(Code::Divide, a, b);
    graph.select(nearly_zero, otherwise, quotient)
}

/// The time half a step ahead: what starts at a step has begun there, whatever the last bits of the time are.
fn ahead(graph: &mut Graph, now: Now) -> NodeId {
    let half = graph.number(0.5);
    let half_step = graph.binary(Code::Multiply, half, now.step);
    graph.binary(Code::Add, now.time, half_step)
}

fn begun(graph: &mut Graph, start: NodeId, now: Now) -> NodeId {
    let ahead = ahead(graph, now);
    graph.binary(Code::Less, start, ahead)
}

/// Zero, from `start` on `slope` times the time since, from `end` on what was reached there. Nothing jumps, so there
/// is no guard.
fn ramp(graph: &mut Graph, slope: NodeId, start: NodeId, end: NodeId, now: Now) -> NodeId {
    let rising = graph.binary(Code::Less, now.time, end);
    let until = graph.select(rising, now.time, end);
    let since = graph.binary(Code::Subtract, until, start);
    let height = graph.binary(Code::Multiply, slope, since);
    let begun = graph.binary(Code::Less, start, now.time);
    let zero = graph.number(0.0);
    graph.select(begun, height, zero)
}

/// A pulse lasts at least one time step.
fn pulse(graph: &mut Graph, start: NodeId, width: NodeId, now: Now) -> NodeId {
    let ahead = ahead(graph, now);
    let begun = graph.binary(Code::Less, start, ahead);
    let width = graph.binary(Code::Max, width, now.step);
    let end = graph.binary(Code::Add, start, width);
    let lasts = graph.binary(Code::Less, ahead, end);
    graph.binary(Code::And, begun, lasts)
}

/// Pulses from `start` on, one each `between`, until `end`.
fn pulse_train(graph: &mut Graph, args: &[NodeId], now: Now) -> NodeId {
    let &[start, width, between, end] = args else {
        unreachable!("PULSE TRAIN has four arguments")
    };
    let ahead = ahead(graph, now);
    let begun = graph.binary(Code::Less, start, ahead);
    let goes_on = graph.binary(Code::Less, ahead, end);
    let since_start = graph.binary(Code::Subtract, ahead, start);
    let since_pulse = graph.binary(Code::Modulo, since_start, between);
    let width = graph.binary(Code::Max, width, now.step);
    let lasts = graph.binary(Code::Less, since_pulse, width);
    let within = graph.binary(Code::And, begun, goes_on);
    graph.binary(Code::And, within, lasts)
}
