//! Values over time to one number, as they come: written once over a lane type, for every evaluator.
//!
//! A NaN that is seen makes the result NaN. What "seen" means for each reducer is said in
//! [`Timeline::window`](crate::timeline::Timeline::window).

use crate::ir::{Program, Slot, State};
use crate::math::Lane;
use crate::request::Reducer;

/// What a reducer remembers: its result so far, and for the longest stretches the length of the current one.
pub(crate) type Memory<L> = [L; 2];

/// The memory before anything is seen.
pub(crate) fn start(reducer: Reducer) -> Memory<f64> {
    match reducer {
        Reducer::Min | Reducer::FirstAbove(_) => [f64::INFINITY, 0.0],
        Reducer::Max => [f64::NEG_INFINITY, 0.0],
        Reducer::Final | Reducer::At(_) => [f64::NAN, 0.0],
        Reducer::Mean
        | Reducer::Integral
        | Reducer::TimeAbove(_)
        | Reducer::TimeBelow(_)
        | Reducer::LongestAbove(_)
        | Reducer::LongestBelow(_) => [0.0, 0.0],
    }
}

/// What a metric looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A stock: a NaN stays to the end, where it makes the whole run unsound, so that no metric need remember it.
    Stock,
    /// Anything else.
    Value,
}

/// The stock that a metric of the program looks at, if it does.
pub(crate) fn stock(program: &Program, metric: usize) -> Option<Slot> {
    let source = program.metrics[metric].source;
    let is_it = |state: &State| {
        let first = state.slot.0;
        state.update.is_stock() && (first..first + state.len).contains(&source.0)
    };
    program.states.iter().any(is_it).then_some(source)
}

/// What a metric of the program looks at.
pub(crate) fn seen(program: &Program, metric: usize) -> Seen {
    match stock(program, metric) {
        Some(_) => Seen::Stock,
        None => Seen::Value,
    }
}

/// Takes in the value at a time; `length` is the time to the next step.
#[inline(always)]
pub(crate) fn see<L: Lane>(
    reducer: Reducer,
    of: Seen,
    memory: Memory<L>,
    value: L,
    time: L,
    length: L,
) -> Memory<L> {
    let [result, current] = memory;
    let constant = |number: f64| value.constant(number);
    let spent = |mask: L| mask.and(length);
    let unless_nan = |result: L| match of {
        Seen::Stock => result,
        Seen::Value => value.is_nan().select(value, result),
    };
    match reducer {
        Reducer::Final | Reducer::At(_) => [value, current],
        Reducer::Mean => [result + value, current],
        Reducer::Min => [unless_nan(value.less(result).select(value, result)), current],
        Reducer::Max => [unless_nan(result.less(value).select(value, result)), current],
        Reducer::Integral => [result + value * length, current],
        Reducer::TimeAbove(level) => [unless_nan(result + spent(constant(level).less(value))), current],
        Reducer::TimeBelow(level) => [unless_nan(result + spent(value.less(constant(level)))), current],
        Reducer::LongestAbove(level) => {
            let [result, current] = longest(result, current, constant(level).less(value), length);
            [unless_nan(result), current]
        }
        Reducer::LongestBelow(level) => {
            let [result, current] = longest(result, current, value.less(constant(level)), length);
            [unless_nan(result), current]
        }
        Reducer::FirstAbove(level) => {
            let now = constant(level)
                .less(value)
                .and(result.equal(constant(f64::INFINITY)));
            [unless_nan(now.select(time, result)), current]
        }
    }
}

#[inline(always)]
fn longest<L: Lane>(result: L, current: L, inside: L, length: L) -> Memory<L> {
    let current = inside.and(current + length);
    [result.less(current).select(current, result), current]
}

/// The number for the caller, when `count` values have been seen.
pub(crate) fn finish(reducer: Reducer, memory: Memory<f64>, count: usize) -> f64 {
    match reducer {
        Reducer::Mean => memory[0] / count as f64,
        _ => memory[0],
    }
}

/// Whether a number is one that a run may end with.
pub(crate) fn is_sound(reducer: Reducer, result: f64) -> bool {
    result.is_finite() || matches!(reducer, Reducer::FirstAbove(_)) && result == f64::INFINITY
}
