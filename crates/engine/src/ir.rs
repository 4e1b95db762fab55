//! The program: straight lists of operations on slots, and the tables they refer to.
//!
//! A slot is an element of one row of numbers; a range of slots is an array. Slots below [`Program::uniform_len`] hold
//! one number for the whole batch, those above it one number for each future. Nothing here branches: an evaluator
//! walks the lists in the order that [`Program`] gives, and every evaluator gives the same bits.

use std::ops::Range;
use std::sync::Arc;

use crate::carrier::Carrier;
use crate::request::{Binding, InputTarget, Numerics, Reducer, Window};
use crate::timeline::Timeline;
use model::{Diagnostics, Integration, VarId};

/// An element, or the first of a range of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot(pub(crate) u32);

/// What an operation computes. `a` and `b` are its operands; what they are otherwise is said here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Code {
    /// `a`
    Copy,
    /// `-a`
    Negate,
    /// 1 if `a` is 0, else 0
    Not,
    /// The magnitude of `a`
    Abs,
    /// The square root of `a`
    Sqrt,
    /// e to the power `a`
    Exp,
    /// The natural logarithm of `a`
    Ln,
    /// The logarithm of `a` to base 10
    Log10,
    /// The sine of `a`
    Sin,
    /// The cosine of `a`
    Cos,
    /// The tangent of `a`
    Tan,
    /// The angle whose sine is `a`
    Arcsin,
    /// The angle whose cosine is `a`
    Arccos,
    /// The angle whose tangent is `a`
    Arctan,
    /// The hyperbolic sine of `a`
    Sinh,
    /// The hyperbolic cosine of `a`
    Cosh,
    /// The hyperbolic tangent of `a`
    Tanh,
    /// `a` without its fraction
    Trunc,
    /// e to the power `a`, for fast numerics
    ExpFast,
    /// The natural logarithm of `a`, for fast numerics
    LnFast,
    /// `a` to a small integer power by repeated multiplication; `b` is that integer, as `i32`
    PowerOfInteger,
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a` to the power `b`
    Power,
    /// `a` to the power `b`, for fast numerics
    PowerFast,
    /// The logarithm of `a` to base `b`
    Log,
    /// The remainder of `a / b`
    Modulo,
    /// `b` times the integer part of `a / b`
    Quantum,
    /// The smaller of `a` and `b`
    Min,
    /// The larger of `a` and `b`
    Max,
    /// 1 if `a < b`, else 0
    Less,
    /// 1 if `a <= b`, else 0
    LessOrEqual,
    /// 1 if `a = b`, else 0
    Equal,
    /// 1 if `a <> b`, else 0
    NotEqual,
    /// 1 if neither is 0, else 0
    And,
    /// 1 unless both are 0, else 0
    Or,
    /// `a * operands[b] + operands[b + 1]`, rounded once
    MultiplyAdd,
    /// `a * operands[b] - operands[b + 1]`, rounded once
    MultiplySubtract,
    /// `operands[b + 1] - a * operands[b]`, rounded once
    SubtractProduct,
    /// `operands[b + 1]` where `a` is 0, else `operands[b]`; both have been computed
    Select,
    /// `tables[b]` at `a`
    Lookup,
    /// A number between 0 and 1 from the stream `streams[b]`; `a` does not matter
    Uniform,
    /// A normal number between `a` and `operands[b]`, of mean `operands[b + 1]` and standard deviation
    /// `operands[b + 2]` before that cut, from the stream `streams[operands[b + 3]]`
    Normal,
}

/// One operation on `len` elements: `dst[i] = code(a[i], b[i])`.
///
/// `dst` overlaps no operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Op {
    /// What is computed.
    pub(crate) code: Code,
    /// Operands that are one element for all `len`: bit 0 for `a`, bit 1 for the next, and so on.
    pub(crate) fixed: u8,
    /// Number of elements.
    pub(crate) len: u16,
    /// The first element of the result.
    pub(crate) dst: Slot,
    /// The first operand.
    pub(crate) a: Slot,
    /// The second operand, or what [`Code`] says.
    pub(crate) b: u32,
}

const _: () = assert!(size_of::<Op>() == 16);

impl Op {
    /// Where the further operands of an operation with more than two lie in [`Program::operands`].
    pub(crate) fn further(&self) -> Range<usize> {
        let first = self.b as usize;
        match self.code {
            Code::Select | Code::MultiplyAdd | Code::MultiplySubtract | Code::SubtractProduct => {
                first..first + 2
            }
            Code::Normal => first..first + 3,
            _ => 0..0,
        }
    }

    /// The second operand, if `b` is one.
    pub(crate) fn second(&self) -> Option<Slot> {
        let other = matches!(
            self.code,
            Code::Select
                | Code::MultiplyAdd
                | Code::MultiplySubtract
                | Code::SubtractProduct
                | Code::Lookup
                | Code::Uniform
                | Code::Normal
        );
        (self.code >= Code::Add && !other).then_some(Slot(self.b))
    }

    /// The slots that the operation reads, `operands` being those of its program; of a range the first.
    #[inline]
    pub(crate) fn reads(&self, operands: &[Slot]) -> [Option<Slot>; 4] {
        let mut reads = [None; 4];
        if self.code != Code::Uniform {
            reads[0] = Some(self.a);
        }
        reads[1] = self.second();
        for (read, slot) in reads[1..].iter_mut().zip(&operands[self.further()]) {
            *read = Some(*slot);
        }
        reads
    }
}

/// A list of operations: what is the same for all futures first, then what each future computes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tape {
    /// Results lie below [`Program::uniform_len`].
    pub(crate) uniform: Vec<Op>,
    /// Results lie above it.
    pub(crate) lanes: Vec<Op>,
    /// The variable each uniform operation serves, for listings.
    pub(crate) uniform_origins: Vec<VarId>,
    /// The variable each lane operation serves, for listings.
    pub(crate) lane_origins: Vec<VarId>,
}

/// A value that outlives a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    /// Where it lies.
    pub(crate) slot: Slot,
    /// Number of elements.
    pub(crate) len: u32,
    /// Its value at the start, computed by `init`.
    pub(crate) initial: Slot,
    /// How it goes on.
    pub(crate) update: Update,
    /// The variable it belongs to; a hidden stock belongs to the variable whose equation calls for it.
    pub(crate) variable: VarId,
    /// The element of that variable that the first element belongs to.
    pub(crate) element: u32,
}

/// How a state goes from one step to the next. No operand is itself a state, so that states can be updated in place
/// and in any order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Update {
    /// A stock: integrates its rate.
    Integrate {
        /// Net rate of change.
        rate: Slot,
    },
    /// Takes the value that was computed at the start of the step.
    Hold {
        /// That value.
        value: Slot,
    },
    /// A stock of which a step computes the next value, not the rate: arithmetic on the stock itself, so that a NaN stays one.
    Next {
        /// That value.
        value: Slot,
    },
    /// Takes the value that was computed `round(delay / TIME STEP)` steps ago, at least one; its initial value until
    /// then.
    Delay {
        /// The value to be delayed.
        input: Slot,
        /// The delay; its value at the start counts.
        delay: Slot,
    },
}

impl Update {
    /// Whether it is that of a stock, which has to be finite, and once it is NaN stays so.
    pub(crate) fn is_stock(self) -> bool {
        matches!(self, Update::Integrate { .. } | Update::Next { .. })
    }
}

/// A piecewise-linear function: on segment `i`, `y[i] + (at - x[i]) * slope[i]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Segments {
    /// Where the segments begin, rising.
    pub(crate) x: Vec<f64>,
    /// The value there.
    pub(crate) y: Vec<f64>,
    /// The slope from there on; of the last segment 0, or with `extrapolate` that of the one before.
    pub(crate) slope: Vec<f64>,
    /// Whether the outer slopes go on; otherwise `at` is first moved between the ends.
    pub(crate) extrapolate: bool,
}

/// Where an input goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct InputSlot {
    /// Its slot; `None` if no output depends on it.
    pub(crate) slot: Option<Slot>,
    /// How it is bound.
    pub(crate) binding: Binding,
    /// What it replaces, for listings.
    pub(crate) target: InputTarget,
}

/// A number reduced from a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Observation {
    /// The value that is seen at each step.
    pub(crate) source: Slot,
    /// How it is reduced.
    pub(crate) reducer: Reducer,
    /// Over which time.
    pub(crate) window: Window,
    /// The variable it is a value of.
    pub(crate) variable: VarId,
    /// Which of its elements.
    pub(crate) element: u32,
}

/// A value stored at every `SAVEPER`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stored {
    /// Where it lies.
    pub(crate) source: Slot,
    /// The variable it is a value of.
    pub(crate) variable: VarId,
    /// Which of its elements.
    pub(crate) element: u32,
}

/// The time controls: where their values lie once `once.uniform`, and for those that depend on `Time`, `clock`, have run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Controls {
    /// The time at which the run starts.
    pub(crate) start: Slot,
    /// `FINAL TIME`, `TIME STEP` and `SAVEPER` at the current time.
    pub(crate) final_time: Slot,
    /// See above.
    pub(crate) time_step: Slot,
    /// See above.
    pub(crate) saveper: Slot,
    /// The variable `TIME STEP`, to be blamed when time cannot run.
    pub(crate) blame: VarId,
    /// Whether any of them depends on an input.
    pub(crate) set_by_inputs: bool,
}

/// A control that depends on `Time`: `clock` computes it for the timeline, and each step sees it in a slot of its own,
/// which does not change within a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Latch {
    /// Where `clock` leaves it.
    pub(crate) source: Slot,
    /// Where the steps see it.
    pub(crate) slot: Slot,
}

/// A model made ready to run: immutable, shared by threads.
///
/// An evaluator fills constants and inputs, then walks `once`; the timeline comes from `clock`; at the first time it
/// walks `init`, fills the carriers (walking `init` again where it looks at them) and sets the states; at each time it walks
/// `step`, observes, and updates carriers and states.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Number of slots that hold one number for the whole batch.
    pub(crate) uniform_len: u32,
    /// Number of slots that hold one number for each future.
    pub(crate) lane_len: u32,
    /// Where the current time lies.
    pub(crate) time: Slot,
    /// Constants and where they lie.
    pub(crate) constants: Vec<(Slot, f64)>,
    /// Where the inputs go.
    pub(crate) inputs: Vec<InputSlot>,
    /// What depends on inputs but not on time.
    pub(crate) once: Tape,
    /// What the time controls need at each time; uniform only.
    pub(crate) clock: Tape,
    /// The values at the start.
    pub(crate) init: Tape,
    /// What depends on time: auxiliaries and rates.
    pub(crate) step: Tape,
    /// What outlives a step.
    pub(crate) states: Vec<State>,
    /// What outlives a step and is no number, but an order of things.
    pub(crate) carriers: Vec<Carrier>,
    /// How often `init` must be walked again when the carriers are full, for values at the start that depend on them.
    pub(crate) carrier_passes: u32,
    /// Third and further operands.
    pub(crate) operands: Vec<Slot>,
    /// Piecewise-linear functions.
    pub(crate) tables: Vec<Segments>,
    /// Streams of noise, each a hash of the variable's name and the place of the call in it.
    pub(crate) streams: Vec<u64>,
    /// Numbers to be reduced.
    pub(crate) metrics: Vec<Observation>,
    /// Values to be stored.
    pub(crate) series: Vec<Stored>,
    /// The time controls.
    pub(crate) controls: Controls,
    /// Controls that depend on time.
    pub(crate) latches: Vec<Latch>,
    /// Method of integration.
    pub(crate) integration: Integration,
    /// Whether the operations are those of fast numerics.
    pub(crate) numerics: Numerics,
    /// The error that a step may have, as a share of each stock, where the method chooses its steps.
    pub(crate) tolerance: f64,
    /// Where the time of each future lies, if futures choose their steps.
    pub(crate) own_time: Option<Slot>,
    /// When things happen, where that is the same in all batches.
    pub(crate) timeline: Option<Arc<Timeline>>,
    /// What the caller should know, such as a `SAVEPER` that is no multiple of `TIME STEP`; never an error.
    pub notes: Diagnostics,
}
