//! The functions a model may call: the meeting point of Vensim's and XMILE's names.
//!
//! One table says how each is spelled, what its arguments are called, and when their values are needed.

mod carried;
mod unsupported;
mod vector;

pub use carried::{Conveyor, ConveyorPart, QueuePart};
pub(crate) use unsupported::{is_unsupported, what_to_do};
pub use vector::VectorFunction;

use crate::name::Name;

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
    /// `GAMMA LN(x)`: the logarithm of the gamma function
    GammaLn,
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
    /// `INT(x)` of XMILE: the next lower whole number
    Floor,
    /// `MODULO(x, y)`
    Modulo,
    /// `x MOD y` of XMILE, with the sign of y
    FlooredModulo,
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
    /// `SMOOTH N(input, time, initial, order)`
    SmoothN,
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
    /// `DELAY INFORMATION(input, time, initial)`: as fixed, but what comes later and arrives earlier replaces the rest
    DelayInformation,
    /// `DELAY MATERIAL(input, time, initial, missing)`: as fixed, but what arrives together is added up
    DelayMaterial,
    /// `DELAY BATCH(input, batch size, batch time, initial batch, initial time, initial backlog)`
    DelayBatch,
    /// `DELAY CONVEYOR(input, conveyance time, leak, initial profile, initial total, initial conveyance time)`: its profile
    /// is a lookup, in the model a reading of it at nothing
    DelayConveyor,
    /// `DEPRECIATE BY SCHEDULE(stream, schedule, initial depreciation, depreciation time, fiscal start)`: of its schedule, and
    /// of its initial depreciation, the first element of a vector
    DepreciateBySchedule,
    /// `SAMPLE IF TRUE(condition, input, initial)`
    SampleIfTrue,
    /// `SHIFT IF TRUE(first element, condition, size, accumulate, new value)`: what leaves the last element of a stock
    /// whose elements it moves on
    ShiftIfTrue,
    /// `SIMULTANEOUS(expression, initial guess)`: what equals an expression that depends on it
    Simultaneous,
    /// `FIND ZERO(scale, zero, zero scale, initial guess, number, skip, tolerance, most iterations, method)`: what makes an
    /// expression zero that depends on it, for all elements of the last subscript together
    FindZero,
    /// `QUEUE FIFO(inflow, outflow, profile, initial, age range)`: what waits, the oldest first to go
    QueueFifo,
    /// `QUEUE FIFO ATTRIB(inflow, outflow, attribute, change of attribute, profile, attribute profile, initial,
    /// initial attribute, age range)`: the same, of things that have an attribute
    QueueFifoAttrib,
    /// `QUEUE ATTRIB AVERAGE(queue, quantity)`: of the oldest that make up a quantity
    QueueAttribAverage,
    /// `QUEUE ATTRIB QUANTITY(queue, total attribute)`: how many of the oldest make up a total
    QueueAttribQuantity,
    /// `QUEUE AGE AVERAGE(queue, quantity)`: of the oldest that make up a quantity
    QueueAgeAverage,
    /// `QUEUE AGE IN RANGE(queue, minimum age, maximum age)`
    QueueAgeInRange,
    /// `QUEUE AGE OLDEST(queue)`
    QueueAgeOldest,
    /// `RANDOM UNIFORM(min, max, seed)`
    RandomUniform,
    /// `RANDOM NORMAL(min, max, mean, standard deviation, seed)`
    RandomNormal,
    /// `RANDOM 0 1()`
    Random01,
    /// `RANDOM BETA(low, high, alpha, beta, shift, stretch, seed)`
    RandomBeta,
    /// `RANDOM BINOMIAL(low, high, probability, trials, shift, stretch, seed)`
    RandomBinomial,
    /// `RANDOM GAMMA(low, high, order, shift, stretch, seed)`
    RandomGamma,
    /// `RANDOM NEGATIVE BINOMIAL(low, high, probability, successes, shift, stretch, seed)`: the trials it takes
    RandomNegativeBinomial,
    /// `RANDOM POISSON(low, high, mean, shift, stretch, seed)`
    RandomPoisson,
    /// `ALLOC P(request, priority, width, market priority)`: what a request gets at a priority of the market
    AllocP,
    /// `GAME(x)`: outside a game, `x`
    Game,
    /// What is seen of a conveyor; no text calls it. Its arguments are the time of the way, whether it is arrested, its outflow, what is
    /// laid on at the beginning, evenly, and in the shares of what lies there, then for each leak what it takes, its fraction, and
    /// begin and end of its zone, at last what lies on it at the start (one number or several).
    Conveyor(Conveyor, ConveyorPart),
    /// What is seen of a queue; no text calls it. Its arguments are the rate at which it is served, its inflows, and the
    /// batches at the start.
    Queue {
        /// How many inflows there are.
        inflows: u8,
        /// What is seen.
        part: QueuePart,
    },
}

impl Function {
    /// Every function that a text can call, in the order of the declaration.
    pub const ALL: &[Function] = &[
        Function::Abs,
        Function::Exp,
        Function::Ln,
        Function::Log,
        Function::Log10,
        Function::Sqrt,
        Function::GammaLn,
        Function::Sin,
        Function::Cos,
        Function::Tan,
        Function::Arcsin,
        Function::Arccos,
        Function::Arctan,
        Function::Sinh,
        Function::Cosh,
        Function::Tanh,
        Function::Integer,
        Function::Floor,
        Function::Modulo,
        Function::FlooredModulo,
        Function::Quantum,
        Function::Power,
        Function::Min,
        Function::Max,
        Function::IfThenElse,
        Function::Xidz,
        Function::Zidz,
        Function::Step,
        Function::Ramp,
        Function::Pulse,
        Function::PulseTrain,
        Function::Initial,
        Function::Smooth,
        Function::SmoothI,
        Function::Smooth3,
        Function::Smooth3I,
        Function::SmoothN,
        Function::Delay1,
        Function::Delay1I,
        Function::Delay3,
        Function::Delay3I,
        Function::DelayN,
        Function::DelayFixed,
        Function::DelayInformation,
        Function::DelayMaterial,
        Function::DelayBatch,
        Function::DelayConveyor,
        Function::DepreciateBySchedule,
        Function::SampleIfTrue,
        Function::ShiftIfTrue,
        Function::Simultaneous,
        Function::FindZero,
        Function::QueueFifo,
        Function::QueueFifoAttrib,
        Function::QueueAttribAverage,
        Function::QueueAttribQuantity,
        Function::QueueAgeAverage,
        Function::QueueAgeInRange,
        Function::QueueAgeOldest,
        Function::RandomUniform,
        Function::RandomNormal,
        Function::Random01,
        Function::RandomBeta,
        Function::RandomBinomial,
        Function::RandomGamma,
        Function::RandomNegativeBinomial,
        Function::RandomPoisson,
        Function::AllocP,
        Function::Game,
    ];

    /// Those that only XMILE has.
    const OF_XMILE: [Function; 3] = [Function::Log10, Function::Floor, Function::FlooredModulo];

    /// The function that Vensim spells so, whatever the case and the blanks.
    pub fn from_vensim(name: &Name) -> Option<Function> {
        // Keys are lower case, spellings are upper case, and both have single blanks.
        Self::ALL.iter().copied().find(|function| {
            !Self::OF_XMILE.contains(function) && function.name().eq_ignore_ascii_case(name.key())
        })
    }
    /// Its spelling: Vensim's, or XMILE's where only XMILE has it.
    pub fn name(self) -> &'static str {
        self.signature().0
    }
    /// What its arguments are called.
    pub fn parameters(self) -> &'static [&'static str] {
        self.signature().1
    }
    /// Whether its value depends on its arguments alone: not on time, on the past, or on chance.
    pub fn is_pure(self) -> bool {
        !matches!(
            self,
            Function::Step | Function::Ramp | Function::Pulse | Function::PulseTrain
        ) && !self.has_state()
            && !self.draws()
    }
    /// Whether it is drawn by chance.
    pub fn draws(self) -> bool {
        use Function as F;
        matches!(
            self,
            F::RandomUniform
                | F::RandomNormal
                | F::Random01
                | F::RandomBeta
                | F::RandomBinomial
                | F::RandomGamma
                | F::RandomNegativeBinomial
                | F::RandomPoisson
        )
    }
    /// Whether it remembers: the engine gives it stocks, a ring or a sample of its own.
    pub fn has_state(self) -> bool {
        use Function as F;
        matches!(
            self,
            F::Initial
                | F::Smooth
                | F::SmoothI
                | F::Smooth3
                | F::Smooth3I
                | F::SmoothN
                | F::Delay1
                | F::Delay1I
                | F::Delay3
                | F::Delay3I
                | F::DelayN
                | F::DelayFixed
                | F::DelayInformation
                | F::DelayMaterial
                | F::DelayBatch
                | F::DelayConveyor
                | F::DepreciateBySchedule
                | F::SampleIfTrue
                | F::ShiftIfTrue
                | F::Simultaneous
                | F::FindZero
                | F::QueueFifo
                | F::QueueFifoAttrib
                | F::QueueAttribAverage
                | F::QueueAttribQuantity
                | F::QueueAgeAverage
                | F::QueueAgeInRange
                | F::QueueAgeOldest
                | F::Conveyor(..)
                | F::Queue { .. }
        )
    }
    /// When the argument at position `argument` must be known for the function's own value to be known.
    ///
    /// What is not needed for the value may still be needed for the state: `SMOOTH(x, t)` gives its stock, and `x` and
    /// `t` only matter to how the stock changes.
    pub fn needs(self, argument: usize) -> Needs {
        use Function as F;
        let (at_start, in_step): (&[bool], &[bool]) = match self {
            F::Initial => (&[true], &[false]),
            F::Smooth | F::Smooth3 => (&[true, false], &[false, false]),
            F::SmoothI | F::Smooth3I => (&[false, false, true], &[false, false, false]),
            F::SmoothN => (&[false, false, true, true], &[false; 4]),
            F::Delay1 | F::Delay3 => (&[true, true], &[false, true]),
            F::Delay1I | F::Delay3I => (&[false, true, true], &[false, true, false]),
            F::DelayN => (&[false, true, true, true], &[false, true, false, false]),
            F::DelayFixed => (&[false, true, true], &[false, false, false]),
            F::DelayInformation => (&[false, false, true], &[false; 3]),
            F::DelayMaterial => (&[false, false, true, false], &[false, false, false, true]),
            F::DelayBatch => (&[false, false, false, true, true, true], &[false; 6]),
            F::DelayConveyor => (&[false, false, false, true, true, true], &[false; 6]),
            F::DepreciateBySchedule => (&[true; 5], &[true, false, false, false, false]),
            F::SampleIfTrue => (&[true, true, true], &[true, true, false]),
            // What it is to equal may depend on it.
            F::Simultaneous => (&[false], &[false]),
            F::FindZero => (&[true, false], &[true, false]),
            F::QueueFifo => (&[false, false, true, true, true], &[false; 5]),
            F::QueueFifoAttrib => (
                &[false, false, false, false, true, true, true, true, true],
                &[false; 9],
            ),
            F::QueueAgeAverage
            | F::QueueAgeInRange
            | F::QueueAgeOldest
            | F::QueueAttribAverage
            | F::QueueAttribQuantity => (&[true; 3], &[true, false, false]),
            F::Conveyor(conveyor, _) => return conveyor.needs(argument),
            F::Queue { inflows, .. } => {
                return Needs {
                    at_start: argument > usize::from(inflows),
                    in_step: false,
                };
            }
            _ => (&[], &[]),
        };
        Needs {
            at_start: at_start.get(argument).copied().unwrap_or(true),
            in_step: in_step.get(argument).copied().unwrap_or(true),
        }
    }
    /// Whether a carrier takes the argument at this position in from each step.
    pub fn feeds(self, argument: usize) -> bool {
        match self {
            Function::Conveyor(conveyor, _) => conveyor.feeds(argument),
            Function::Queue { inflows, .. } => argument <= usize::from(inflows),
            Function::DelayBatch | Function::DelayConveyor => argument < 3,
            Function::DepreciateBySchedule => argument == 0,
            Function::QueueFifo => argument < 2,
            Function::QueueFifoAttrib => argument < 4,
            _ => false,
        }
    }
    /// Where among its arguments lookups stand that it looks at whole.
    pub fn lookups(self) -> &'static [usize] {
        match self {
            Function::DelayConveyor => &[3],
            Function::QueueFifo => &[2],
            Function::QueueFifoAttrib => &[4, 5],
            _ => &[],
        }
    }
    /// Whether it looks into a queue, the variable that its first argument names.
    pub fn looks_into_queue(self) -> bool {
        matches!(
            self,
            Function::QueueAgeAverage
                | Function::QueueAgeInRange
                | Function::QueueAgeOldest
                | Function::QueueAttribAverage
                | Function::QueueAttribQuantity
        )
    }

    fn signature(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Function::Abs => ("ABS", &["x"]),
            Function::Exp => ("EXP", &["x"]),
            Function::Ln => ("LN", &["x"]),
            Function::Log => ("LOG", &["x", "base"]),
            Function::Log10 => ("LOG10", &["x"]),
            Function::Sqrt => ("SQRT", &["x"]),
            Function::GammaLn => ("GAMMA LN", &["x"]),
            Function::Sin => ("SIN", &["x"]),
            Function::Cos => ("COS", &["x"]),
            Function::Tan => ("TAN", &["x"]),
            Function::Arcsin => ("ARCSIN", &["x"]),
            Function::Arccos => ("ARCCOS", &["x"]),
            Function::Arctan => ("ARCTAN", &["x"]),
            Function::Sinh => ("SINH", &["x"]),
            Function::Cosh => ("COSH", &["x"]),
            Function::Tanh => ("TANH", &["x"]),
            Function::Integer => ("INTEGER", &["x"]),
            Function::Floor => ("INT", &["x"]),
            Function::Modulo => ("MODULO", &["number", "divisor"]),
            Function::FlooredModulo => ("MOD", &["number", "divisor"]),
            Function::Quantum => ("QUANTUM", &["number", "quantum"]),
            Function::Power => ("POWER", &["base", "exponent"]),
            Function::Min => ("MIN", &["a", "b"]),
            Function::Max => ("MAX", &["a", "b"]),
            Function::IfThenElse => ("IF THEN ELSE", &["condition", "value if true", "value if false"]),
            Function::Xidz => ("XIDZ", &["dividend", "divisor", "value if the divisor is zero"]),
            Function::Zidz => ("ZIDZ", &["dividend", "divisor"]),
            Function::Step => ("STEP", &["height", "start"]),
            Function::Ramp => ("RAMP", &["slope", "start", "end"]),
            Function::Pulse => ("PULSE", &["start", "width"]),
            Function::PulseTrain => ("PULSE TRAIN", &["start", "width", "interval", "end"]),
            Function::Initial => ("INITIAL", &["x"]),
            Function::Smooth => ("SMOOTH", &["input", "delay time"]),
            Function::SmoothI => ("SMOOTHI", &["input", "delay time", "initial value"]),
            Function::Smooth3 => ("SMOOTH3", &["input", "delay time"]),
            Function::Smooth3I => ("SMOOTH3I", &["input", "delay time", "initial value"]),
            Function::SmoothN => ("SMOOTH N", &["input", "delay time", "initial value", "order"]),
            Function::Delay1 => ("DELAY1", &["input", "delay time"]),
            Function::Delay1I => ("DELAY1I", &["input", "delay time", "initial value"]),
            Function::Delay3 => ("DELAY3", &["input", "delay time"]),
            Function::Delay3I => ("DELAY3I", &["input", "delay time", "initial value"]),
            Function::DelayN => ("DELAY N", &["input", "delay time", "initial value", "order"]),
            Function::DelayFixed => ("DELAY FIXED", &["input", "delay time", "initial value"]),
            Function::DelayInformation => ("DELAY INFORMATION", &["input", "delay time", "initial value"]),
            Function::DelayMaterial => (
                "DELAY MATERIAL",
                &["input", "delay time", "initial value", "missing value"],
            ),
            Function::DelayBatch => (
                "DELAY BATCH",
                &[
                    "input",
                    "batch size",
                    "batch time",
                    "initial batch",
                    "initial time",
                    "initial backlog",
                ],
            ),
            Function::DelayConveyor => (
                "DELAY CONVEYOR",
                &[
                    "input",
                    "conveyance time",
                    "leak",
                    "initial profile",
                    "initial total",
                    "initial conveyance time",
                ],
            ),
            Function::DepreciateBySchedule => (
                "DEPRECIATE BY SCHEDULE",
                &[
                    "stream",
                    "schedule",
                    "initial depreciation",
                    "depreciation time",
                    "fiscal start",
                ],
            ),
            Function::SampleIfTrue => ("SAMPLE IF TRUE", &["condition", "input", "initial value"]),
            Function::ShiftIfTrue => (
                "SHIFT IF TRUE",
                &["first element", "condition", "size", "accumulate", "new value"],
            ),
            Function::Simultaneous => ("SIMULTANEOUS", &["expression", "initial guess"]),
            Function::FindZero => (
                "FIND ZERO",
                &[
                    "scale",
                    "zero",
                    "zero scale",
                    "initial guess",
                    "number",
                    "skip",
                    "tolerance",
                    "most iterations",
                    "method",
                ],
            ),
            Function::QueueFifo => (
                "QUEUE FIFO",
                &["inflow", "outflow", "profile", "initial", "age range"],
            ),
            Function::QueueFifoAttrib => (
                "QUEUE FIFO ATTRIB",
                &[
                    "inflow",
                    "outflow",
                    "attribute",
                    "change of attribute",
                    "profile",
                    "attribute profile",
                    "initial",
                    "initial attribute",
                    "age range",
                ],
            ),
            Function::QueueAttribAverage => ("QUEUE ATTRIB AVERAGE", &["queue", "quantity"]),
            Function::QueueAttribQuantity => ("QUEUE ATTRIB QUANTITY", &["queue", "total attribute"]),
            Function::QueueAgeAverage => ("QUEUE AGE AVERAGE", &["queue", "quantity"]),
            Function::QueueAgeInRange => ("QUEUE AGE IN RANGE", &["queue", "minimum age", "maximum age"]),
            Function::QueueAgeOldest => ("QUEUE AGE OLDEST", &["queue"]),
            Function::RandomUniform => ("RANDOM UNIFORM", &["low", "high", "seed"]),
            Function::RandomNormal => (
                "RANDOM NORMAL",
                &["low", "high", "mean", "standard deviation", "seed"],
            ),
            Function::Random01 => ("RANDOM 0 1", &[]),
            Function::RandomBeta => (
                "RANDOM BETA",
                &["low", "high", "alpha", "beta", "shift", "stretch", "seed"],
            ),
            Function::RandomBinomial => (
                "RANDOM BINOMIAL",
                &["low", "high", "probability", "trials", "shift", "stretch", "seed"],
            ),
            Function::RandomGamma => (
                "RANDOM GAMMA",
                &["low", "high", "order", "shift", "stretch", "seed"],
            ),
            Function::RandomNegativeBinomial => (
                "RANDOM NEGATIVE BINOMIAL",
                &[
                    "low",
                    "high",
                    "probability",
                    "successes",
                    "shift",
                    "stretch",
                    "seed",
                ],
            ),
            Function::RandomPoisson => (
                "RANDOM POISSON",
                &["low", "high", "mean", "shift", "stretch", "seed"],
            ),
            Function::AllocP => ("ALLOC P", &["request", "priority", "width", "market priority"]),
            Function::Game => ("GAME", &["x"]),
            Function::Conveyor(..) => ("CONVEYOR", &[]),
            Function::Queue { .. } => ("QUEUE", &[]),
        }
    }
}

/// When the value of an argument must be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// For the function's value at the start.
    pub at_start: bool,
    /// For the function's value in a step.
    pub in_step: bool,
}

/// Functions of Vensim that are macros of the library, by their keys.
pub(crate) const WRITTEN_OUT: [&str; 13] = [
    "delayp",
    "depreciate straightline",
    "forecast",
    "npv",
    "npve",
    "random exponential",
    "random pink noise",
    "random triangular",
    "random weibull",
    "reinitial",
    "sample until",
    "time base",
    "trend",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_is_both_supported_and_not() {
        for function in Function::ALL {
            assert!(!is_unsupported(&Name::new(function.name())), "{function:?}");
        }
        for known in WRITTEN_OUT {
            assert!(!is_unsupported(&Name::new(known)), "{known}");
        }
    }

    #[test]
    fn spellings_lead_back() {
        for function in Function::ALL
            .iter()
            .filter(|function| !Function::OF_XMILE.contains(function))
        {
            assert_eq!(
                Function::from_vensim(&Name::new(function.name())),
                Some(*function)
            );
        }
        assert_eq!(
            Function::from_vensim(&Name::new("if then_Else")),
            Some(Function::IfThenElse)
        );
        assert_eq!(Function::from_vensim(&Name::new("LOG10")), None);
    }
}
