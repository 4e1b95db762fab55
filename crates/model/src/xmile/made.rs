//! Functions of XMILE that are expressions of the model's functions.

use super::emit::{Argument, Context, Emitter, Failed};
use super::functions::Made;
use crate::diagnostic::Diagnostic;
use crate::function::Function;
use crate::model::BinaryOp;
use crate::source::Span;
use crate::syntax::NodeId;

impl<'d> Emitter<'d, '_> {
    /// A function that is made of several parts, each written before what it is part of.
    pub(super) fn made(
        &mut self,
        made: Made,
        args: &[Argument<'d>],
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        use BinaryOp as Op;
        macro_rules! arg {
            ($position:expr) => {
                self.argument(&args[$position], context)?
            };
        }
        macro_rules! optional {
            ($position:expr, $otherwise:expr) => {
                match args.get($position) {
                    Some(arg) => self.argument(arg, context)?,
                    None => self.number($otherwise, span),
                }
            };
        }
        Ok(match made {
            Made::SafeDivide => {
                let divisor = arg!(1);
                let zero = self.number(0.0, span);
                let is_zero = self.binary(Op::Equal, divisor, zero, span);
                let otherwise = optional!(2, 0.0);
                let (dividend, divisor) = (arg!(0), arg!(1));
                let quotient = self.binary(Op::Divide, dividend, divisor, span);
                self.function(Function::IfThenElse, [is_zero, otherwise, quotient], span)
            }
            Made::Ramp => {
                let slope = arg!(0);
                let start = match args.get(1) {
                    Some(start) => self.argument(start, context)?,
                    None => {
                        let start = self.syntax.settings.controls[0].clone();
                        self.named(&start, span)
                    }
                };
                let end = match args.get(2) {
                    Some(end) => self.argument(end, context)?,
                    None => {
                        let stop = self.syntax.settings.controls[1].clone();
                        self.named(&stop, span)
                    }
                };
                self.function(Function::Ramp, [slope, start, end], span)
            }
            Made::Pulse => self.pulse(args, context, span)?,
            Made::Delay => {
                let (input, time) = (arg!(0), arg!(1));
                let initial = if args.len() == 3 { arg!(2) } else { arg!(0) };
                self.function(Function::DelayFixed, [input, time, initial], span)
            }
            Made::DelayN => {
                let (input, time) = (arg!(0), arg!(1));
                let initial = if args.len() == 4 { arg!(3) } else { arg!(0) };
                let order = arg!(2);
                self.function(Function::DelayN, [input, time, initial, order], span)
            }
            Made::SmoothN => {
                let order = match &args[2] {
                    Argument::Slice(slice) => slice.number(),
                    Argument::Variable(..) => None,
                };
                let Some(order) = order.filter(|order| (1.0..=100.0).contains(order) && order.fract() == 0.0)
                else {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "unsupported-order",
                            "the order of `SMTHN` must be a number from 1 to 100",
                        )
                        .label(span, "")
                        .help("write the number itself, for example `SMTHN(input, time, 3)`"),
                    );
                    return Err(Failed);
                };
                let mut smooth = arg!(0);
                for _ in 0..order as u32 {
                    let time = arg!(1);
                    let stages = self.number(order, span);
                    let time = self.binary(Op::Divide, time, stages, span);
                    smooth = if args.len() == 4 {
                        let initial = arg!(3);
                        self.function(Function::SmoothI, [smooth, time, initial], span)
                    } else {
                        self.function(Function::Smooth, [smooth, time], span)
                    };
                }
                smooth
            }
            Made::Trend => self.trend(args, 2, context, span)?,
            Made::Forecast => {
                let input = arg!(0);
                let one = self.number(1.0, span);
                let trend = self.trend(args, 3, context, span)?;
                let horizon = arg!(2);
                let change = self.binary(Op::Multiply, trend, horizon, span);
                let factor = self.binary(Op::Add, one, change, span);
                self.binary(Op::Multiply, input, factor, span)
            }
            Made::Previous => {
                let input = arg!(0);
                let time = self.time_step(span);
                let initial = arg!(1);
                self.function(Function::DelayFixed, [input, time, initial], span)
            }
            Made::Random => {
                let (low, high) = (arg!(0), arg!(1));
                let seed = optional!(2, 0.0);
                self.function(Function::RandomUniform, [low, high, seed], span)
            }
            Made::Normal => {
                let low = optional!(3, f64::MIN);
                let high = optional!(4, f64::MAX);
                let (mean, deviation) = (arg!(0), arg!(1));
                let seed = optional!(2, 0.0);
                self.function(Function::RandomNormal, [low, high, mean, deviation, seed], span)
            }
            Made::Beta => {
                let (low, high) = (self.number(0.0, span), self.number(1.0, span));
                let (alpha, beta) = (arg!(0), arg!(1));
                let (shift, stretch) = (self.number(0.0, span), self.number(1.0, span));
                let seed = optional!(2, 0.0);
                let args = [low, high, alpha, beta, shift, stretch, seed];
                self.function(Function::RandomBeta, args, span)
            }
            Made::Binomial => {
                let (low, high) = (self.number(0.0, span), self.number(f64::MAX, span));
                let (trials, probability) = (arg!(0), arg!(1));
                let (shift, stretch) = (self.number(0.0, span), self.number(1.0, span));
                let seed = optional!(2, 0.0);
                let args = [low, high, probability, trials, shift, stretch, seed];
                self.function(Function::RandomBinomial, args, span)
            }
            Made::Gamma => {
                let (low, high) = (self.number(0.0, span), self.number(f64::MAX, span));
                let (shape, scale) = (arg!(0), arg!(1));
                let shift = self.number(0.0, span);
                let seed = optional!(2, 0.0);
                self.function(
                    Function::RandomGamma,
                    [low, high, shape, shift, scale, seed],
                    span,
                )
            }
            Made::Poisson => {
                let (low, high) = (self.number(0.0, span), self.number(f64::MAX, span));
                let mean = arg!(0);
                let (shift, stretch) = (self.number(0.0, span), self.number(1.0, span));
                let seed = optional!(1, 0.0);
                self.function(
                    Function::RandomPoisson,
                    [low, high, mean, shift, stretch, seed],
                    span,
                )
            }
            Made::Exponential => {
                // A uniform share lies in [0, 1), so that its complement has a logarithm.
                let mean = arg!(0);
                let (one, low, high) = (
                    self.number(1.0, span),
                    self.number(0.0, span),
                    self.number(1.0, span),
                );
                let seed = optional!(1, 0.0);
                let share = self.function(Function::RandomUniform, [low, high, seed], span);
                let complement = self.binary(Op::Subtract, one, share, span);
                let logarithm = self.function(Function::Ln, [complement], span);
                let product = self.binary(Op::Multiply, mean, logarithm, span);
                self.negate(product, span)
            }
            Made::RootN => self.root(args, context, span)?,
            Made::Lookup | Made::LookupInverse | Made::Size => {
                unreachable!("functions of arrays and tables are written by `call`")
            }
        })
    }

    /// When a pulse begins: a hair's breadth later than it says, so that one that lies exactly half between two steps is there at the
    /// second. Without that, Vensim's comparisons would find it at neither.
    fn pulse_start(
        &mut self,
        args: &[Argument<'d>],
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        let start = self.argument(&args[1], context)?;
        let step = self.time_step(span);
        let hair = self.number(1.0 / 1_048_576.0, span);
        let hair = self.binary(BinaryOp::Multiply, hair, step, span);
        Ok(self.binary(BinaryOp::Add, start, hair, span))
    }

    /// `volume / DT` in the step at `start`, and again after each interval.
    fn pulse(&mut self, args: &[Argument<'d>], context: &Context, span: Span) -> Result<NodeId, Failed> {
        let volume = self.argument(&args[0], context)?;
        let step = self.time_step(span);
        let height = self.binary(BinaryOp::Divide, volume, step, span);
        let once = |emitter: &mut Self| -> Result<NodeId, Failed> {
            let start = emitter.pulse_start(args, context, span)?;
            let width = emitter.time_step(span);
            Ok(emitter.function(Function::Pulse, [start, width], span))
        };
        let again = |emitter: &mut Self, interval: &Argument<'d>| -> Result<NodeId, Failed> {
            let start = emitter.pulse_start(args, context, span)?;
            let width = emitter.time_step(span);
            let interval = emitter.argument(interval, context)?;
            let end = emitter.number(f64::MAX, span);
            Ok(emitter.function(Function::PulseTrain, [start, width, interval, end], span))
        };
        let number = |argument: &Argument<'d>| match argument {
            Argument::Slice(slice) => slice.number(),
            Argument::Variable(..) => None,
        };
        let is_on = match args.get(2) {
            None => once(self)?,
            Some(interval) => match number(interval) {
                Some(value) if value > 0.0 => again(self, interval)?,
                Some(_) => once(self)?,
                None => {
                    let value = self.argument(interval, context)?;
                    let zero = self.number(0.0, span);
                    let repeats = self.binary(BinaryOp::Greater, value, zero, span);
                    let (again, once) = (again(self, interval)?, once(self)?);
                    self.function(Function::IfThenElse, [repeats, again, once], span)
                }
            },
        };
        Ok(self.binary(BinaryOp::Multiply, height, is_on, span))
    }

    /// The share by which the input exceeds its average, per unit of time; `initial` is where the trend at the start stands.
    fn trend(
        &mut self,
        args: &[Argument<'d>],
        initial: usize,
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        use BinaryOp as Op;
        // The average begins where the input would have come from with the trend at the start.
        let average = |emitter: &mut Self| -> Result<NodeId, Failed> {
            let input = emitter.argument(&args[0], context)?;
            let time = emitter.argument(&args[1], context)?;
            let begin = emitter.argument(&args[0], context)?;
            let Some(trend) = args.get(initial) else {
                return Ok(emitter.function(Function::SmoothI, [input, time, begin], span));
            };
            let one = emitter.number(1.0, span);
            let trend = emitter.argument(trend, context)?;
            let span_of_time = emitter.argument(&args[1], context)?;
            let growth = emitter.binary(Op::Multiply, trend, span_of_time, span);
            let growth = emitter.binary(Op::Add, one, growth, span);
            let begin = emitter.binary(Op::Divide, begin, growth, span);
            Ok(emitter.function(Function::SmoothI, [input, time, begin], span))
        };
        let divisor = average(self)?;
        let zero = self.number(0.0, span);
        let is_zero = self.binary(Op::Equal, divisor, zero, span);
        let none = self.number(0.0, span);
        let input = self.argument(&args[0], context)?;
        let divisor = average(self)?;
        let ratio = self.binary(Op::Divide, input, divisor, span);
        let one = self.number(1.0, span);
        let excess = self.binary(Op::Subtract, ratio, one, span);
        let time = self.argument(&args[1], context)?;
        let trend = self.binary(Op::Divide, excess, time, span);
        Ok(self.function(Function::IfThenElse, [is_zero, none, trend], span))
    }

    /// The root of an odd order of a negative number is negative; one of an even order is not a number.
    fn root(&mut self, args: &[Argument<'d>], context: &Context, span: Span) -> Result<NodeId, Failed> {
        use BinaryOp as Op;
        let exponent = |emitter: &mut Self| -> Result<NodeId, Failed> {
            let one = emitter.number(1.0, span);
            let order = emitter.argument(&args[1], context)?;
            Ok(emitter.binary(Op::Divide, one, order, span))
        };
        let x = self.argument(&args[0], context)?;
        let zero = self.number(0.0, span);
        let is_positive = self.binary(Op::GreaterOrEqual, x, zero, span);
        let x = self.argument(&args[0], context)?;
        let power = exponent(self)?;
        let root = self.binary(Op::Power, x, power, span);
        let order = self.argument(&args[1], context)?;
        let two = self.number(2.0, span);
        let rest = self.function(Function::Modulo, [order, two], span);
        let size = self.function(Function::Abs, [rest], span);
        let one = self.number(1.0, span);
        let is_odd = self.binary(Op::Equal, size, one, span);
        let x = self.argument(&args[0], context)?;
        let x = self.negate(x, span);
        let power = exponent(self)?;
        let mirrored = self.binary(Op::Power, x, power, span);
        let mirrored = self.negate(mirrored, span);
        let (above, below) = (self.number(0.0, span), self.number(0.0, span));
        let none = self.binary(Op::Divide, above, below, span);
        let negative = self.function(Function::IfThenElse, [is_odd, mirrored, none], span);
        Ok(self.function(Function::IfThenElse, [is_positive, root, negative], span))
    }
}
