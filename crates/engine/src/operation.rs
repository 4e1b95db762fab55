//! What each operation means, written once over a lane type.
//!
//! Comparisons and logic answer 1 or 0. A condition holds unless it is zero; NaN is not zero. MIN and MAX are the
//! selects of [`math`](crate::math), NaN if either operand is; see `docs/numerics.md` for every awkward value.

use crate::ir::{Code, Segments};
use crate::math::{Lane, kernel};

/// The mask of `x <> 0`.
#[inline(always)]
pub(crate) fn holds<L: Lane>(x: L) -> L {
    x.equal(x.constant(0.0)).not()
}

/// 1 where the mask is set, else 0.
#[inline(always)]
fn truth<L: Lane>(mask: L) -> L {
    mask.and(mask.constant(1.0))
}

/// Applies a macro to the table of operations with one operand: code and meaning.
macro_rules! unary_operations {
    ($apply:ident) => {
        $apply! {
            Copy => |a| a,
            Negate => |a| -a,
            Not => |a| $crate::operation::not(a),
            Abs => |a| $crate::math::kernel::abs(a),
            Sqrt => |a| $crate::math::kernel::sqrt(a),
            Exp => |a| $crate::math::kernel::exp(a),
            Ln => |a| $crate::math::kernel::ln(a),
            Log10 => |a| $crate::math::kernel::log10(a),
            Sin => |a| $crate::math::kernel::sin(a),
            Cos => |a| $crate::math::kernel::cos(a),
            Tan => |a| $crate::math::kernel::tan(a),
            Arcsin => |a| $crate::math::kernel::asin(a),
            Arccos => |a| $crate::math::kernel::acos(a),
            Arctan => |a| $crate::math::kernel::atan(a),
            Sinh => |a| $crate::math::kernel::sinh(a),
            Cosh => |a| $crate::math::kernel::cosh(a),
            Tanh => |a| $crate::math::kernel::tanh(a),
            Trunc => |a| $crate::math::kernel::trunc(a),
        }
    };
}
pub(crate) use unary_operations;

/// Applies a macro to the table of operations with two operands: code and meaning.
macro_rules! binary_operations {
    ($apply:ident) => {
        $apply! {
            Add => |a, b| a + b,
            Subtract => |a, b| a - b,
            Multiply => |a, b| a * b,
            Divide => |a, b| a / b,
            Power => |a, b| $crate::math::kernel::pow(a, b),
            Log => |a, b| $crate::math::kernel::log(a, b),
            Modulo => |a, b| $crate::math::kernel::modulo(a, b),
            Quantum => |a, b| $crate::math::kernel::quantum(a, b),
            Min => |a, b| $crate::math::kernel::min(a, b),
            Max => |a, b| $crate::math::kernel::max(a, b),
            Less => |a, b| $crate::operation::less(a, b),
            LessOrEqual => |a, b| $crate::operation::less_or_equal(a, b),
            Equal => |a, b| $crate::operation::equal(a, b),
            NotEqual => |a, b| $crate::operation::not_equal(a, b),
            And => |a, b| $crate::operation::and(a, b),
            Or => |a, b| $crate::operation::or(a, b),
        }
    };
}
pub(crate) use binary_operations;

/// 1 if `a` is 0, else 0.
#[inline(always)]
pub(crate) fn not<L: Lane>(a: L) -> L {
    truth(a.equal(a.constant(0.0)))
}
/// 1 if `a < b`, else 0.
#[inline(always)]
pub(crate) fn less<L: Lane>(a: L, b: L) -> L {
    truth(a.less(b))
}
/// 1 if `a <= b`, else 0.
#[inline(always)]
pub(crate) fn less_or_equal<L: Lane>(a: L, b: L) -> L {
    truth(a.less_equal(b))
}
/// 1 if `a = b`, else 0.
#[inline(always)]
pub(crate) fn equal<L: Lane>(a: L, b: L) -> L {
    truth(a.equal(b))
}
/// 1 if `a <> b`, else 0.
#[inline(always)]
pub(crate) fn not_equal<L: Lane>(a: L, b: L) -> L {
    truth(a.equal(b).not())
}
/// 1 if neither is 0, else 0.
#[inline(always)]
pub(crate) fn and<L: Lane>(a: L, b: L) -> L {
    truth(holds(a).and(holds(b)))
}
/// 1 unless both are 0, else 0.
#[inline(always)]
pub(crate) fn or<L: Lane>(a: L, b: L) -> L {
    truth(holds(a).or(holds(b)))
}
/// `yes` unless `condition` is 0, else `no`.
#[inline(always)]
pub(crate) fn select<L: Lane>(condition: L, yes: L, no: L) -> L {
    holds(condition).select(yes, no)
}
/// One step of a stock.
#[inline(always)]
pub(crate) fn integrate<L: Lane>(stock: L, rate: L, step: L) -> L {
    stock + step * rate
}

/// Operations with one operand; `None` for any other code.
pub(crate) fn unary(code: Code, a: f64) -> Option<f64> {
    macro_rules! apply {
        ($($name:ident => |$a:ident| $meaning:expr,)*) => {
            match code {
                $(Code::$name => { let $a = a; Some($meaning) })*
                _ => None,
            }
        };
    }
    unary_operations!(apply)
}

/// Operations with two operands; `None` for any other code.
pub(crate) fn binary(code: Code, a: f64, b: f64) -> Option<f64> {
    macro_rules! apply {
        ($($name:ident => |$a:ident, $b:ident| $meaning:expr,)*) => {
            match code {
                $(Code::$name => { let ($a, $b) = (a, b); Some($meaning) })*
                _ => None,
            }
        };
    }
    binary_operations!(apply)
}

/// [`Code::PowerOfInteger`]: `b` is the exponent as the operation keeps it.
#[inline(always)]
pub(crate) fn power_of_integer<L: Lane>(a: L, b: u32) -> L {
    kernel::powi(a, b.cast_signed())
}

/// A piecewise-linear function at one place.
pub(crate) fn lookup(table: &Segments, at: f64) -> f64 {
    let at = if table.extrapolate {
        at
    } else {
        within(at, table.x[0], table.x[table.x.len() - 1])
    };
    let begun = table.x.iter().filter(|x| **x <= at).count();
    on_segment(table, begun.max(1) - 1, at)
}

/// `at` moved between the ends; NaN stays NaN.
#[inline(always)]
pub(crate) fn within<L: Lane>(at: L, low: f64, high: f64) -> L {
    let (low, high) = (at.constant(low), at.constant(high));
    let raised = at.less(low).select(low, at);
    high.less(raised).select(high, raised)
}

/// The value on a known segment.
#[inline(always)]
pub(crate) fn on_segment(table: &Segments, segment: usize, at: f64) -> f64 {
    table.y[segment] + (at - table.x[segment]) * table.slope[segment]
}
