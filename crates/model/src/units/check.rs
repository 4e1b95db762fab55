//! Whether the equations of a model agree with its units.
//!
//! What is not known raises no alarm: a variable without units agrees with all, and so does a plain number in a sum or a
//! comparison (in a product it has the unit 1). After a mismatch the unit of an expression counts as unknown, so that one
//! mistake is told once.

use super::{Exponent, Unit, UnitError, Units};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::{Function, VectorFunction};
use crate::index::IndexVec;
use crate::model::{
    BinaryOp, Definition, Expr, ExprId, Model, Reading, Reduction, Statistic, UnaryOp, VarId,
};

/// Compares each equation with the units that the model declares; all that disagrees, as warnings.
pub fn check_units(model: &Model) -> Diagnostics {
    let units = Units::of(model);
    let mut diagnostics = Diagnostics::new();
    let declared = model
        .variables
        .iter()
        .map(|variable| match units.parse(&variable.units) {
            Ok(unit) => Measure::Unit(unit),
            Err(error) => {
                if error != UnitError::Empty {
                    let mut diagnostic = Diagnostic::warning(
                        "units-syntax",
                        format!("the units of `{}` cannot be read: {error}", variable.name),
                    )
                    .help("units are words with `*`, `/`, `^` and brackets: `Person/(Day*Region)`");
                    if let Some(span) = variable.units_span {
                        diagnostic = diagnostic.label(span, "");
                    }
                    diagnostics.push(diagnostic);
                }
                Measure::Unknown
            }
        })
        .collect();
    let mut checker = Checker {
        model,
        declared,
        measures: IndexVec::new(),
        time: None,
        diagnostics: &mut diagnostics,
    };
    checker.time = checker.time_unit();
    for id in model.exprs.ids() {
        let measure = checker.measure(id);
        checker.measures.push(measure);
    }
    for id in model.variables.ids() {
        checker.variable(id);
    }
    diagnostics.items.sort_by_key(|item| {
        item.labels
            .first()
            .map(|label| (label.span.source, label.span.start))
    });
    diagnostics
}

/// What is known of an expression's unit.
#[derive(Clone, Debug)]
enum Measure {
    Unit(Unit),
    /// A plain number, which takes any unit in a sum and the unit 1 in a product.
    Number(f64),
    Unknown,
}

struct Checker<'a> {
    model: &'a Model,
    declared: IndexVec<VarId, Measure>,
    /// For each expression before the current one.
    measures: IndexVec<ExprId, Measure>,
    time: Option<Unit>,
    diagnostics: &'a mut Diagnostics,
}

impl Checker<'_> {
    /// The unit of `TIME STEP`, with which the other control variables must agree.
    fn time_unit(&mut self) -> Option<Unit> {
        let controls = self.model.time;
        let unit = |id: VarId| match &self.declared[id] {
            Measure::Unit(unit) => Some(unit.clone()),
            _ => None,
        };
        let all = [
            controls.time_step,
            controls.initial_time,
            controls.final_time,
            controls.saveper,
        ];
        let (first, time) = all.iter().find_map(|id| Some((*id, unit(*id)?)))?;
        for other in all {
            if let Some(found) = unit(other).filter(|found| *found != time) {
                let (one, two) = (&self.model.variables[first], &self.model.variables[other]);
                let mut diagnostic = Diagnostic::warning(
                    "units-mismatch",
                    format!(
                        "`{}` is in `{time}`, but `{}` is in `{found}`",
                        one.name, two.name
                    ),
                );
                for (variable, unit) in [(two, &found), (one, &time)] {
                    diagnostic =
                        diagnostic.label(variable.units_span.unwrap_or(variable.span), format!("`{unit}`"));
                }
                self.diagnostics
                    .push(diagnostic.help("all four control variables count the same time"));
            }
        }
        Some(time)
    }

    fn time(&self) -> Measure {
        self.time.clone().map_or(Measure::Unknown, Measure::Unit)
    }

    /// The unit of an expression whose children are known; says what disagrees within it.
    fn measure(&mut self, id: ExprId) -> Measure {
        match &self.model.exprs[id] {
            Expr::Number(value) => Measure::Number(*value),
            Expr::Time => self.time(),
            Expr::Variable { variable, .. } => self.declared[*variable].clone(),
            // An area and a slope have the units of both axes, and those of the other are not declared.
            Expr::LookupCall {
                reading: Reading::Area | Reading::Quantile | Reading::Slope(_),
                ..
            } => Measure::Unknown,
            Expr::LookupCall { lookup, .. } => self.declared[*lookup].clone(),
            Expr::Statistic { statistic, data, .. } => match statistic {
                Statistic::FirstTime | Statistic::LastTime => self.time(),
                Statistic::Points => Measure::Unit(Unit::one()),
                _ => self.declared[*data].clone(),
            },
            // A table turns any unit into any other.
            Expr::WithLookup { .. } => Measure::Unknown,
            Expr::Unary {
                op: UnaryOp::Negate,
                operand,
            } => match &self.measures[*operand] {
                Measure::Number(value) => Measure::Number(-value),
                other => other.clone(),
            },
            Expr::Position(_) => Measure::Unit(Unit::one()),
            Expr::Reduce { reduction, body, .. } => match (reduction, &self.measures[*body]) {
                // A product of a number of things has a unit that depends on the number.
                (Reduction::Product, Measure::Unit(unit)) if !unit.is_one() => Measure::Unknown,
                (_, measure) => measure.clone(),
            },
            Expr::Unary { op: UnaryOp::Not, .. } => Measure::Unit(Unit::one()),
            Expr::Binary { op, left, right } => self.binary(*op, *left, *right),
            Expr::Vector { function, args, .. } => match function {
                VectorFunction::SortOrder | VectorFunction::Rank => Measure::Unit(Unit::one()),
                VectorFunction::Reorder
                | VectorFunction::Lookup
                | VectorFunction::ElementMap
                | VectorFunction::AllocateByPriority
                | VectorFunction::AllocateAvailable
                | VectorFunction::DemandAtPrice
                | VectorFunction::SupplyAtPrice => self.measures[args[0]].clone(),
                VectorFunction::Marketp => self.measures[args[args.len() / 2]].clone(),
                VectorFunction::Select | VectorFunction::InvertMatrix | VectorFunction::FindMarketPrice => {
                    Measure::Unknown
                }
            },
            Expr::Call { function, args } => self.call(*function, args),
        }
    }

    fn binary(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> Measure {
        use BinaryOp as Op;
        match op {
            Op::Add => self.same(&[left, right], "added"),
            Op::Subtract => self.same(&[left, right], "subtracted"),
            Op::Multiply => self.product(left, right),
            Op::Divide => self.quotient(left, right),
            Op::Power => self.power(left, right),
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual | Op::Equal | Op::NotEqual => {
                self.same(&[left, right], "compared");
                Measure::Unit(Unit::one())
            }
            Op::And | Op::Or => Measure::Unit(Unit::one()),
        }
    }

    fn product(&self, left: ExprId, right: ExprId) -> Measure {
        match (&self.measures[left], &self.measures[right]) {
            (Measure::Number(one), Measure::Number(two)) => Measure::Number(one * two),
            (Measure::Number(_), Measure::Unit(unit)) | (Measure::Unit(unit), Measure::Number(_)) => {
                Measure::Unit(unit.clone())
            }
            (Measure::Unit(one), Measure::Unit(two)) => {
                one.times(two).map_or(Measure::Unknown, Measure::Unit)
            }
            _ => Measure::Unknown,
        }
    }

    fn quotient(&self, left: ExprId, right: ExprId) -> Measure {
        let one = Unit::one();
        let (above, below) = match (&self.measures[left], &self.measures[right]) {
            // The value matters as an exponent: `x^(1/2)`.
            (Measure::Number(above), Measure::Number(below)) => return Measure::Number(above / below),
            (Measure::Number(_), Measure::Unit(unit)) => (&one, unit),
            (Measure::Unit(unit), Measure::Number(_)) => (unit, &one),
            (Measure::Unit(above), Measure::Unit(below)) => (above, below),
            _ => return Measure::Unknown,
        };
        above.per(below).map_or(Measure::Unknown, Measure::Unit)
    }

    fn power(&mut self, base: ExprId, exponent: ExprId) -> Measure {
        self.expect_one(exponent, "an exponent");
        match (&self.measures[base], &self.measures[exponent]) {
            (Measure::Unit(unit), _) if unit.is_one() => Measure::Unit(Unit::one()),
            (Measure::Unit(unit), Measure::Number(value)) => Exponent::from_number(*value)
                .and_then(|exponent| unit.power(exponent))
                .map_or(Measure::Unknown, Measure::Unit),
            (Measure::Unit(unit), _) => {
                let diagnostic = Diagnostic::warning(
                    "units-mismatch",
                    format!("`{unit}` is raised to a power that is not a plain number"),
                )
                .label(self.model.expr_spans[base], format!("`{unit}`"))
                .label(self.model.expr_spans[exponent], "not a plain number")
                .help("divide by a reference of the same unit first");
                self.diagnostics.push(diagnostic);
                Measure::Unknown
            }
            (Measure::Number(_), Measure::Number(_)) => Measure::Number(f64::NAN),
            (Measure::Number(_), _) => Measure::Unit(Unit::one()),
            (Measure::Unknown, _) => Measure::Unknown,
        }
    }

    fn call(&mut self, function: Function, args: &[ExprId]) -> Measure {
        use Function as F;
        let one = Measure::Unit(Unit::one());
        let what = format!("an argument of `{}`", function.name());
        match (function, args) {
            (F::Abs | F::Integer | F::Game | F::Initial, [x]) => self.measures[*x].clone(),
            (
                F::Exp
                | F::Ln
                | F::Log10
                | F::Sin
                | F::Cos
                | F::Tan
                | F::Arcsin
                | F::Arccos
                | F::Arctan
                | F::Sinh
                | F::Cosh
                | F::Tanh
                | F::Log
                | F::GammaLn,
                args,
            ) => {
                for arg in args {
                    self.expect_one(*arg, &what);
                }
                one
            }
            (F::Sqrt, [x]) => match &self.measures[*x] {
                Measure::Unit(unit) => Exponent::new(1, 2)
                    .and_then(|half| unit.power(half))
                    .map_or(Measure::Unknown, Measure::Unit),
                _ => Measure::Unknown,
            },
            (F::Modulo | F::Quantum | F::Min | F::Max, args) => self.same(args, &in_call(function)),
            (F::Power, [base, exponent]) => self.power(*base, *exponent),
            (F::IfThenElse, [_, yes, no]) => self.same(&[*yes, *no], "chosen between"),
            (F::Zidz, [a, b]) => self.quotient(*a, *b),
            (F::Xidz, [a, b, x]) => {
                let quotient = self.quotient(*a, *b);
                self.agree(*x, &quotient, "the value if the divisor is zero");
                quotient
            }
            (F::Step, [height, start]) => {
                self.expect_time(*start, &what);
                self.measures[*height].clone()
            }
            (F::Ramp, [slope, start, end]) => {
                self.expect_time(*start, &what);
                self.expect_time(*end, &what);
                match (&self.measures[*slope], &self.time) {
                    (Measure::Unit(slope), Some(time)) => {
                        slope.times(time).map_or(Measure::Unknown, Measure::Unit)
                    }
                    _ => Measure::Unknown,
                }
            }
            (F::Pulse | F::PulseTrain, args) => {
                for arg in args {
                    self.expect_time(*arg, &what);
                }
                one
            }
            (F::Smooth | F::Smooth3 | F::Delay1 | F::Delay3, [input, delay]) => {
                self.expect_time(*delay, "a delay time");
                self.measures[*input].clone()
            }
            (
                F::SmoothI | F::Smooth3I | F::Delay1I | F::Delay3I | F::DelayFixed | F::DelayInformation,
                [input, delay, initial],
            ) => {
                self.expect_time(*delay, "a delay time");
                self.same(&[*input, *initial], &in_call(function))
            }
            (F::DelayMaterial, [input, delay, initial, missing]) => {
                self.expect_time(*delay, "a delay time");
                self.same(&[*input, *initial, *missing], &in_call(function))
            }
            (F::DelayN | F::SmoothN, [input, delay, initial, order]) => {
                self.expect_time(*delay, "a delay time");
                self.expect_one(*order, "the order of a delay");
                self.same(&[*input, *initial], &in_call(function))
            }
            (F::DelayBatch, [input, _, time, initial, start, _]) => {
                self.expect_time(*time, "a batch time");
                self.expect_time(*start, "an initial time");
                self.same(&[*input, *initial], &in_call(function))
            }
            (F::DelayConveyor, [input, time, _, _, _, start]) => {
                self.expect_time(*time, "a conveyance time");
                self.expect_time(*start, "a conveyance time");
                self.measures[*input].clone()
            }
            (F::DepreciateBySchedule, [stream, _, _, time, start]) => {
                self.expect_time(*time, "a depreciation time");
                self.expect_time(*start, "a fiscal start");
                self.measures[*stream].clone()
            }
            (F::ShiftIfTrue, [element, _, size, _, new]) => {
                self.expect_one(*size, "a number of elements");
                self.same(&[*element, *new], &in_call(function))
            }
            (F::QueueFifo, [_, _, _, initial, range]) => {
                self.expect_time(*range, "an age range");
                self.measures[*initial].clone()
            }
            (F::QueueFifoAttrib, [_, _, attribute, _, _, _, initial, initial_attribute, range]) => {
                self.expect_time(*range, "an age range");
                self.same(&[*attribute, *initial_attribute], &in_call(function));
                self.measures[*initial].clone()
            }
            (F::QueueAttribQuantity, [queue, _]) => self.measures[*queue].clone(),
            (F::QueueAgeOldest, [_]) => self.time(),
            (F::QueueAgeAverage, [queue, quantity]) => {
                self.same(&[*queue, *quantity], &in_call(function));
                self.time()
            }
            (F::QueueAgeInRange, [queue, low, high]) => {
                self.expect_time(*low, "an age");
                self.expect_time(*high, "an age");
                self.measures[*queue].clone()
            }
            (F::AllocP, [request, priority, width, market]) => {
                self.same(&[*priority, *width, *market], &in_call(function));
                self.measures[*request].clone()
            }
            (F::Simultaneous, [expression, guess]) => self.same(&[*expression, *guess], &in_call(function)),
            (F::FindZero, [_, _, _, guess, ..]) => self.measures[*guess].clone(),
            (F::SampleIfTrue, [_, input, initial]) => self.same(&[*input, *initial], &in_call(function)),
            (F::RandomUniform, [low, high, _]) => self.same(&[*low, *high], &in_call(function)),
            (F::RandomNormal, [low, high, mean, deviation, _]) => {
                self.same(&[*low, *high, *mean, *deviation], &in_call(function))
            }
            (F::Random01, _) => one,
            (F::RandomPoisson | F::RandomGamma, [low, high, _, shift, stretch, _])
            | (
                F::RandomBeta | F::RandomBinomial | F::RandomNegativeBinomial,
                [low, high, _, _, shift, stretch, _],
            ) => self.same(&[*low, *high, *shift, *stretch], &in_call(function)),
            _ => Measure::Unknown,
        }
    }

    /// The common unit of expressions that must have one.
    fn same(&mut self, exprs: &[ExprId], what: &str) -> Measure {
        let mut common: Option<(ExprId, &Unit)> = None;
        let mut numbers = true;
        for expr in exprs {
            match (&self.measures[*expr], common) {
                (Measure::Unit(unit), None) => common = Some((*expr, unit)),
                (Measure::Unit(unit), Some((first, before))) if unit != before => {
                    let diagnostic =
                        Diagnostic::warning("units-mismatch", format!("`{before}` and `{unit}` are {what}"))
                            .label(self.model.expr_spans[first], format!("`{before}`"))
                            .label(self.model.expr_spans[*expr], format!("`{unit}`"));
                    self.diagnostics.push(diagnostic);
                    return Measure::Unknown;
                }
                _ => {}
            }
            numbers &= matches!(self.measures[*expr], Measure::Number(_));
        }
        match common {
            Some((_, unit)) => Measure::Unit(unit.clone()),
            None if numbers => Measure::Number(f64::NAN),
            None => Measure::Unknown,
        }
    }

    fn expect_one(&mut self, expr: ExprId, what: &str) {
        self.agree(expr, &Measure::Unit(Unit::one()), what);
    }

    fn expect_time(&mut self, expr: ExprId, what: &str) {
        let time = self.time();
        self.agree(expr, &time, what);
    }

    fn agree(&mut self, expr: ExprId, expected: &Measure, what: &str) {
        if let (Measure::Unit(found), Measure::Unit(expected)) = (&self.measures[expr], expected)
            && found != expected
        {
            let diagnostic = Diagnostic::warning(
                "units-mismatch",
                format!("{what} is in `{found}`, not in `{expected}`"),
            )
            .label(self.model.expr_spans[expr], format!("`{found}`"));
            self.diagnostics.push(diagnostic);
        }
    }

    fn variable(&mut self, id: VarId) {
        let Measure::Unit(unit) = self.declared[id].clone() else {
            return;
        };
        for equation in &self.model.variables[id].equations {
            match &equation.definition {
                Definition::Expression(root) | Definition::Derived { root, .. } => {
                    self.side(id, &unit, *root, "its equation gives");
                }
                Definition::Stock { rate, initial, .. } => {
                    if let Some(per_time) = self.time.as_ref().and_then(|time| unit.per(time)) {
                        self.rate(id, &unit, &per_time, *rate);
                    }
                    self.side(id, &unit, *initial, "its initial value is in");
                }
                Definition::ActiveInitial { active, initial } => {
                    self.side(id, &unit, *active, "its equation gives");
                    self.side(id, &unit, *initial, "its initial value is in");
                }
                Definition::Lookup(_) | Definition::Data(_) => {}
            }
        }
    }

    fn side(&mut self, id: VarId, unit: &Unit, expr: ExprId, what: &str) {
        if let Measure::Unit(found) = &self.measures[expr]
            && found != unit
        {
            let variable = &self.model.variables[id];
            let diagnostic = Diagnostic::warning(
                "units-mismatch",
                format!("`{}` is in `{unit}`, but {what} `{found}`", variable.name),
            )
            .label(self.model.expr_spans[expr], format!("`{found}`"))
            .label(variable.units_span.unwrap_or(variable.span), format!("`{unit}`"));
            self.diagnostics.push(diagnostic);
        }
    }

    fn rate(&mut self, id: VarId, unit: &Unit, expected: &Unit, rate: ExprId) {
        if let Measure::Unit(found) = &self.measures[rate]
            && found != expected
        {
            let variable = &self.model.variables[id];
            let diagnostic = Diagnostic::warning(
                "units-mismatch",
                format!(
                    "the stock `{}` is in `{unit}`, so its rate should be in `{expected}`, not in `{found}`",
                    variable.name
                ),
            )
            .label(self.model.expr_spans[rate], format!("`{found}`"))
            .label(variable.units_span.unwrap_or(variable.span), format!("`{unit}`"));
            self.diagnostics.push(diagnostic);
        }
    }
}

fn in_call(function: Function) -> String {
    format!("mixed in `{}`", function.name())
}
