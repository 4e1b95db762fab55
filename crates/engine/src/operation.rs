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

/// Applies a macro to the table of operations with one operand: code and function.
macro_rules! unary_operations {
    ($apply:ident) => {
        $apply! {
            Copy => $crate::operation::same,
            Negate => $crate::operation::negate,
            Not => $crate::operation::not,
            Abs => $crate::math::kernel::abs,
            Sqrt => $crate::math::kernel::sqrt,
            Exp => $crate::math::kernel::exp,
            Ln => $crate::math::kernel::ln,
            Log10 => $crate::math::kernel::log10,
            Sin => $crate::math::kernel::sin,
            Cos => $crate::math::kernel::cos,
            Tan => $crate::math::kernel::tan,
            Arcsin => $crate::math::kernel::asin,
            Arccos => $crate::math::kernel::acos,
            Arctan => $crate::math::kernel::atan,
            Sinh => $crate::math::kernel::sinh,
            Cosh => $crate::math::kernel::cosh,
            Tanh => $crate::math::kernel::tanh,
            Trunc => $crate::math::kernel::trunc,
            ExpFast => $crate::math::kernel::exp_fast,
            LnFast => $crate::math::kernel::ln_fast,
        }
    };
}
pub(crate) use unary_operations;

/// Applies a macro to the table of operations with two operands: code and function.
macro_rules! binary_operations {
    ($apply:ident) => {
        $apply! {
            Add => $crate::operation::add,
            Subtract => $crate::operation::subtract,
            Multiply => $crate::operation::multiply,
            Divide => $crate::operation::divide,
            Power => $crate::math::kernel::pow,
            PowerFast => $crate::math::kernel::pow_fast,
            Log => $crate::math::kernel::log,
            Modulo => $crate::math::kernel::modulo,
            Quantum => $crate::math::kernel::quantum,
            Min => $crate::math::kernel::min,
            Max => $crate::math::kernel::max,
            Less => $crate::operation::less,
            LessOrEqual => $crate::operation::less_or_equal,
            Equal => $crate::operation::equal,
            NotEqual => $crate::operation::not_equal,
            And => $crate::operation::and,
            Or => $crate::operation::or,
        }
    };
}
pub(crate) use binary_operations;

/// `a`
#[inline(always)]
pub(crate) fn same<L: Lane>(a: L) -> L {
    a
}
/// Operations with three operands, each rounded once; `None` for any other code.
#[inline(always)]
pub(crate) fn fused<L: Lane>(code: Code, a: L, b: L, c: L) -> Option<L> {
    match code {
        Code::MultiplyAdd => Some(a.multiply_add(b, c)),
        Code::MultiplySubtract => Some(a.multiply_add(b, -c)),
        Code::SubtractProduct => Some((-a).multiply_add(b, c)),
        _ => None,
    }
}
/// `-a`
#[inline(always)]
pub(crate) fn negate<L: Lane>(a: L) -> L {
    -a
}
/// `a + b`
#[inline(always)]
pub(crate) fn add<L: Lane>(a: L, b: L) -> L {
    a + b
}
/// `a - b`
#[inline(always)]
pub(crate) fn subtract<L: Lane>(a: L, b: L) -> L {
    a - b
}
/// `a * b`
#[inline(always)]
pub(crate) fn multiply<L: Lane>(a: L, b: L) -> L {
    a * b
}
/// `a / b`
#[inline(always)]
pub(crate) fn divide<L: Lane>(a: L, b: L) -> L {
    a / b
}
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

/// The same against a rate: what [`integrate`] makes of its opposite, to the bit but a NaN's.
#[inline(always)]
pub(crate) fn withdraw<L: Lane>(stock: L, rate: L, step: L) -> L {
    stock - step * rate
}

/// Operations with one operand; `None` for any other code.
pub(crate) fn unary<L: Lane>(code: Code, a: L) -> Option<L> {
    macro_rules! apply {
        ($($name:ident => $function:path,)*) => {
            match code {
                $(Code::$name => Some($function(a)),)*
                _ => None,
            }
        };
    }
    unary_operations!(apply)
}

/// Operations with two operands; `None` for any other code.
pub(crate) fn binary<L: Lane>(code: Code, a: L, b: L) -> Option<L> {
    macro_rules! apply {
        ($($name:ident => $function:path,)*) => {
            match code {
                $(Code::$name => Some($function(a, b)),)*
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
