//! What `lower` is asked for: which variables come from the caller, what is reduced, what is stored.

use model::{Integration, VarId};

/// What a program shall take in and give out; everything that does not serve an output is left out of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Variables whose value comes from the caller, in the order in which a batch gives them.
    pub inputs: Vec<Input>,
    /// Numbers reduced from a run, in the order of [`Outputs::metrics`](crate::Outputs::metrics).
    pub metrics: Vec<Metric>,
    /// Variables stored at every `SAVEPER`, in the order of [`Outputs::series`](crate::Outputs::series); each
    /// element of an array is a series of its own, in row-major order.
    pub series: Vec<VarId>,
    /// Overrides the model's method of integration.
    pub integration: Option<Integration>,
    /// The error that a step of a method with automatic steps may have, as a share of each stock; a millionth unless it is said.
    pub tolerance: Option<f64>,
    /// Which operations may be used.
    pub numerics: Numerics,
}

/// Which operations a program may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numerics {
    /// Those of the model, each rounded by itself.
    #[default]
    Exact,
    /// Fewer and cheaper ones: multiplication by a reciprocal that was computed before, a product fused with a sum, exponentials,
    /// logarithms and powers of a lower accuracy. The same bits everywhere, but other bits than those of exact numerics.
    Fast,
}

/// A value that the caller brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it replaces.
    pub target: InputTarget,
    /// When it is known, and whether futures differ in it.
    pub binding: Binding,
}

/// What an input replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InputTarget {
    /// The equation of a constant, an auxiliary or a flow. Of the time controls only with [`Binding::Uniform`].
    Variable(VarId),
    /// The initial value of a stock.
    InitialOf(VarId),
}

/// When the value of an input is known, and whether futures differ in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// One number for the whole batch.
    Uniform,
    /// One number for each future.
    PerFuture,
    /// A number that steps in time, the same for all futures.
    Schedule,
}

/// A variable reduced to one number over a window of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// Which variable.
    pub variable: VarId,
    /// Which of its elements, in row-major order; 0 for a scalar.
    pub element: u32,
    /// How.
    pub reducer: Reducer,
    /// Over which time.
    pub window: Window,
}

/// A stretch of model time, both ends included; an end that is no step is moved to the nearest one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// First time; `None` is the start of the run.
    pub from: Option<f64>,
    /// Last time; `None` is the end of the run.
    pub to: Option<f64>,
}

/// How the values of a window become one number.
///
/// Values are seen at every `TIME STEP`. Sums over time are left Riemann sums, as Euler's method makes them: the value
/// at a step counts for the `TIME STEP` that follows it, so that the integral of a rate is the change of its stock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reducer {
    /// The value at the window's last step.
    Final,
    /// The value at the step nearest to a time; the window does not matter.
    At(f64),
    /// The arithmetic mean of the values at all steps, both ends included.
    Mean,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// The integral over time.
    Integral,
    /// The time during which the value lies above a threshold.
    TimeAbove(f64),
    /// The time during which the value lies below a threshold.
    TimeBelow(f64),
    /// The longest unbroken time above a threshold.
    LongestAbove(f64),
    /// The longest unbroken time below a threshold.
    LongestBelow(f64),
    /// The first time at which the value lies above a threshold; `+∞` if it never does, which is not a broken future.
    FirstAbove(f64),
}
