//! XMILE's functions: their names, what their arguments are called, and what they are in the model's language.

use crate::function::Function;
use crate::name::Name;

/// A function of XMILE.
#[derive(Clone, Copy, Debug)]
pub(super) struct Builtin {
    pub name: &'static str,
    pub parameters: &'static [&'static str],
    /// How many of the parameters must be given.
    pub required: usize,
    pub meaning: Meaning,
}

/// What a function is in the model's language.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// The function with as many arguments as are given, in the same order.
    Same(&'static [Function]),
    /// An expression made of several parts.
    Made(Made),
}

/// Functions that are expressions of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    SafeDivide,
    Ramp,
    Pulse,
    Delay,
    DelayN,
    SmoothN,
    Trend,
    Forecast,
    Previous,
    Random,
    Normal,
    Exponential,
    RootN,
    Lookup,
    LookupInverse,
    Size,
    Beta,
    Binomial,
    Gamma,
    Poisson,
}

impl Made {
    /// The arguments that stand more than once in the expression; they are computed once, in a variable of their own.
    pub(super) fn repeated(self, count: usize) -> &'static [usize] {
        match self {
            Made::SafeDivide => &[1],
            Made::Pulse => &[1, 2],
            Made::Delay if count == 2 => &[0],
            Made::DelayN if count == 3 => &[0],
            Made::SmoothN => &[1, 3],
            Made::Trend => &[0, 1, 2],
            Made::Forecast => &[0, 1, 3],
            Made::RootN => &[0, 1],
            _ => &[],
        }
    }
}

impl Builtin {
    /// Whether its value in a step does not depend on its arguments in that step.
    pub(super) fn looks_back(&self) -> bool {
        match self.meaning {
            Meaning::Same(functions) => functions.iter().any(|function| !function.needs(0).in_step),
            Meaning::Made(made) => {
                matches!(made, Made::Delay | Made::DelayN | Made::SmoothN | Made::Previous)
            }
        }
    }
}

const fn same(
    name: &'static str,
    parameters: &'static [&'static str],
    functions: &'static [Function],
) -> Builtin {
    Builtin {
        name,
        parameters,
        required: parameters.len() + 1 - functions.len(),
        meaning: Meaning::Same(functions),
    }
}

const fn made(
    name: &'static str,
    parameters: &'static [&'static str],
    required: usize,
    made: Made,
) -> Builtin {
    Builtin {
        name,
        parameters,
        required,
        meaning: Meaning::Made(made),
    }
}

/// Every function that is read, by name.
const BUILTINS: &[Builtin] = &[
    same("ABS", &["x"], &[Function::Abs]),
    same("ARCCOS", &["x"], &[Function::Arccos]),
    same("ARCSIN", &["x"], &[Function::Arcsin]),
    same("ARCTAN", &["x"], &[Function::Arctan]),
    made("BETA", &["alpha", "beta", "seed"], 2, Made::Beta),
    made(
        "BINOMIAL",
        &["trials", "success probability", "seed"],
        2,
        Made::Binomial,
    ),
    same("COS", &["x"], &[Function::Cos]),
    made("DELAY", &["input", "delay time", "initial value"], 2, Made::Delay),
    same(
        "DELAY1",
        &["input", "delay time", "initial value"],
        &[Function::Delay1, Function::Delay1I],
    ),
    same(
        "DELAY3",
        &["input", "delay time", "initial value"],
        &[Function::Delay3, Function::Delay3I],
    ),
    made(
        "DELAYN",
        &["input", "delay time", "order", "initial value"],
        3,
        Made::DelayN,
    ),
    same("EXP", &["x"], &[Function::Exp]),
    made("GAMMA", &["shape", "scale", "seed"], 2, Made::Gamma),
    same("GAMMALN", &["x"], &[Function::GammaLn]),
    made("EXPRND", &["mean", "seed"], 1, Made::Exponential),
    made(
        "FORCST",
        &["input", "averaging time", "horizon", "initial trend"],
        3,
        Made::Forecast,
    ),
    // As a statement it is a part of the language.
    same(
        "IF THEN ELSE",
        &["condition", "value if true", "value if false"],
        &[Function::IfThenElse],
    ),
    same("INIT", &["x"], &[Function::Initial]),
    same("INT", &["x"], &[Function::Floor]),
    same("LN", &["x"], &[Function::Ln]),
    same("LOG10", &["x"], &[Function::Log10]),
    made("LOOKUP", &["graphical function", "x"], 2, Made::Lookup),
    made("LOOKUPINV", &["graphical function", "y"], 2, Made::LookupInverse),
    same("MAX", &["a", "b"], &[Function::Max]),
    same("MIN", &["a", "b"], &[Function::Min]),
    made(
        "NORMAL",
        &["mean", "standard deviation", "seed", "low", "high"],
        2,
        Made::Normal,
    ),
    made("POISSON", &["mean", "seed"], 1, Made::Poisson),
    made("PREVIOUS", &["x", "initial value"], 2, Made::Previous),
    made("PULSE", &["volume", "start", "interval"], 2, Made::Pulse),
    made("RAMP", &["slope", "start", "end"], 1, Made::Ramp),
    made("RANDOM", &["low", "high", "seed"], 2, Made::Random),
    made("ROOTN", &["x", "order"], 2, Made::RootN),
    made(
        "SAFEDIV",
        &["dividend", "divisor", "value if the divisor is zero"],
        2,
        Made::SafeDivide,
    ),
    same("SIN", &["x"], &[Function::Sin]),
    made("SIZE", &["array"], 1, Made::Size),
    same(
        "SMTH1",
        &["input", "averaging time", "initial value"],
        &[Function::Smooth, Function::SmoothI],
    ),
    same(
        "SMTH3",
        &["input", "averaging time", "initial value"],
        &[Function::Smooth3, Function::Smooth3I],
    ),
    made(
        "SMTHN",
        &["input", "averaging time", "order", "initial value"],
        3,
        Made::SmoothN,
    ),
    same("SQRT", &["x"], &[Function::Sqrt]),
    same("STEP", &["height", "start"], &[Function::Step]),
    same("TAN", &["x"], &[Function::Tan]),
    made(
        "TREND",
        &["input", "averaging time", "initial trend"],
        2,
        Made::Trend,
    ),
    made("UNIFORM", &["low", "high", "seed"], 2, Made::Random),
];

/// The function of this name, whatever its case.
pub(super) fn builtin(name: &str) -> Option<&'static Builtin> {
    let key = Name::key_of(name);
    BUILTINS
        .iter()
        .find(|builtin| builtin.name.eq_ignore_ascii_case(&key))
}

/// Names that stand for numbers, by their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Constant {
    Time,
    Start,
    Stop,
    Step,
    Itself,
    Pi,
    Infinity,
}

/// The number that a name stands for in every model.
pub(super) fn constant(key: &str) -> Option<Constant> {
    Some(match key {
        "time" => Constant::Time,
        "starttime" => Constant::Start,
        "stoptime" => Constant::Stop,
        "dt" => Constant::Step,
        "self" => Constant::Itself,
        "pi" => Constant::Pi,
        "inf" => Constant::Infinity,
        _ => return None,
    })
}

/// The words that a message may suggest.
pub(super) fn known_words() -> impl Iterator<Item = &'static str> {
    BUILTINS
        .iter()
        .map(|builtin| builtin.name)
        .chain(super::library::names())
        .chain(["SUM", "PROD", "MEAN", "STDDEV", "RANK"])
        .chain(["TIME", "STARTTIME", "STOPTIME", "DT", "PI", "INF"])
}

/// Functions of XMILE and of its vendors that are not read yet, by their keys.
const UNSUPPORTED: &[&str] = &[
    "allocate",
    "arrivals",
    "capacity",
    "cooktime",
    "counter",
    "cycletime",
    "ctflow",
    "ctmax",
    "ctmean",
    "ctmin",
    "ctstddev",
    "derivn",
    "endval",
    "hastransit",
    "histmean",
    "histmin",
    "histmax",
    "history",
    "histstddev",
    "irr",
    "interpolate",
    "itemcount",
    "lifo",
    "lookuparea",
    "lookupmean",
    "lookupxy",
    "modulo",
    "negbinomial",
    "npv",
    "osstate",
    "pause",
    "previousval",
    "priority",
    "qelem",
    "quantum",
    "queuelength",
    "residencetime",
    "rewind",
    "sensirunnumber",
    "sort",
    "stop",
    "throughput",
    "transittime",
];

/// Whether XMILE or one of its vendors has a function of this name that is not read yet.
pub(super) fn is_unsupported(name: &str) -> bool {
    UNSUPPORTED.contains(&Name::key_of(name).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_takes_as_many_arguments_as_its_meaning() {
        for builtin in BUILTINS {
            assert!(builtin.required <= builtin.parameters.len(), "{}", builtin.name);
            if let Meaning::Same(functions) = builtin.meaning {
                for (more, function) in functions.iter().enumerate() {
                    assert_eq!(
                        function.parameters().len(),
                        builtin.required + more,
                        "{}",
                        builtin.name
                    );
                }
            }
        }
    }

    #[test]
    fn no_function_is_both_supported_and_not() {
        for builtin in BUILTINS {
            assert!(!is_unsupported(builtin.name), "{}", builtin.name);
        }
    }
}
