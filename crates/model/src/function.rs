//! The functions a model may call: the meeting point of Vensim's and XMILE's names.

/// A function of the modelling language, by its meaning; the front ends map their spellings to it.
///
/// Functions with state (`Smooth`, `Delay3`, `DelayFixed`, `SampleIfTrue`) stand in the model as calls; the engine gives
/// them their stocks and rings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Function {
    /// `ABS(x)`
    Abs,
    /// `EXP(x)`
    Exp,
    /// `LN(x)`
    Ln,
    /// `LOG(x, base)`
    Log,
    /// `LOG10(x)` of XMILE
    Log10,
    /// `SQRT(x)`
    Sqrt,
    /// `SIN(x)`
    Sin,
    /// `COS(x)`
    Cos,
    /// `TAN(x)`
    Tan,
    /// `ARCSIN(x)`
    Arcsin,
    /// `ARCCOS(x)`
    Arccos,
    /// `ARCTAN(x)`
    Arctan,
    /// `SINH(x)`
    Sinh,
    /// `COSH(x)`
    Cosh,
    /// `TANH(x)`
    Tanh,
    /// `INTEGER(x)`: towards zero
    Integer,
    /// `MODULO(x, y)`
    Modulo,
    /// `QUANTUM(x, q)`
    Quantum,
    /// `POWER(x, y)`
    Power,
    /// `MIN(a, b)`
    Min,
    /// `MAX(a, b)`
    Max,
    /// `IF THEN ELSE(condition, a, b)`
    IfThenElse,
    /// `XIDZ(a, b, x)`
    Xidz,
    /// `ZIDZ(a, b)`
    Zidz,
    /// `STEP(height, time)`
    Step,
    /// `RAMP(slope, start, end)`
    Ramp,
    /// `PULSE(start, width)`
    Pulse,
    /// `PULSE TRAIN(start, width, between, end)`
    PulseTrain,
    /// `INITIAL(x)`
    Initial,
    /// `SMOOTH(input, time)`
    Smooth,
    /// `SMOOTHI(input, time, initial)`
    SmoothI,
    /// `SMOOTH3(input, time)`
    Smooth3,
    /// `SMOOTH3I(input, time, initial)`
    Smooth3I,
    /// `DELAY1(input, time)`
    Delay1,
    /// `DELAY1I(input, time, initial)`
    Delay1I,
    /// `DELAY3(input, time)`
    Delay3,
    /// `DELAY3I(input, time, initial)`
    Delay3I,
    /// `DELAY N(input, time, initial, order)`
    DelayN,
    /// `DELAY FIXED(input, time, initial)`
    DelayFixed,
    /// `SAMPLE IF TRUE(condition, input, initial)`
    SampleIfTrue,
    /// `RANDOM UNIFORM(min, max, seed)`
    RandomUniform,
    /// `RANDOM NORMAL(min, max, mean, standard deviation, seed)`
    RandomNormal,
    /// `RANDOM 0 1()`
    Random01,
    /// `GAME(x)`: outside a game, `x`
    Game,
}
