//! What the machine can be told in one instruction.
//!
//! A letter of a form says where an operand is: `a` and `b` are the registers, `x` and `y` rows of the block, `u` and `v` numbers that are the
//! same for all futures. Every result goes to register `a`, and from there to a row if the instruction names one.

use crate::ir::Code;

/// An instruction: what to do, and with which rows (by the place of their first group of futures) and common numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction {
    pub(super) form: Form,
    /// The row of an `x`, or the number of a `u` that stands before a row.
    pub(super) x: u32,
    /// The row of a `y`, or the number of a `u` or `v`.
    pub(super) y: u32,
    /// The row that the result goes to in the end, if it does.
    pub(super) row: u32,
    /// What becomes of the result.
    pub(super) then: Then,
}

/// What becomes of a result in register `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Then {
    /// It stays there.
    Stay,
    /// It is kept in a row too.
    Keep,
    /// It is what a state in a row will be, and kept there where a step is taken to the next.
    Next,
    /// It is kept in register `b` too.
    Push,
    /// It is the rate of the stock in a row, which goes one step along it.
    Advance,
    /// It is the rate of the stock in a row, which goes one step against it.
    Withdraw,
    /// The same two where it is kept in register `b` too.
    PushAdvance,
    /// See above.
    PushWithdraw,
}

const _: () = assert!(size_of::<Instruction>() == 16);

/// Applies a macro to the tables of operations between registers and rows: code, function and forms.
macro_rules! forms {
    ($apply:ident) => {
        $apply! {
            binary {
                Add => $crate::operation::add: AddXy AddXu AddUx AddAx AddXa AddAu AddUa AddAb AddBa;
                Subtract => $crate::operation::subtract: SubtractXy SubtractXu SubtractUx SubtractAx SubtractXa SubtractAu SubtractUa SubtractAb SubtractBa;
                Multiply => $crate::operation::multiply: MultiplyXy MultiplyXu MultiplyUx MultiplyAx MultiplyXa MultiplyAu MultiplyUa MultiplyAb MultiplyBa;
                Divide => $crate::operation::divide: DivideXy DivideXu DivideUx DivideAx DivideXa DivideAu DivideUa DivideAb DivideBa;
                Min => $crate::math::kernel::min: MinXy MinXu MinUx MinAx MinXa MinAu MinUa MinAb MinBa;
                Max => $crate::math::kernel::max: MaxXy MaxXu MaxUx MaxAx MaxXa MaxAu MaxUa MaxAb MaxBa;
                Less => $crate::operation::less: LessXy LessXu LessUx LessAx LessXa LessAu LessUa LessAb LessBa;
                LessOrEqual => $crate::operation::less_or_equal: LessOrEqualXy LessOrEqualXu LessOrEqualUx LessOrEqualAx LessOrEqualXa LessOrEqualAu LessOrEqualUa LessOrEqualAb LessOrEqualBa;
                Equal => $crate::operation::equal: EqualXy EqualXu EqualUx EqualAx EqualXa EqualAu EqualUa EqualAb EqualBa;
                NotEqual => $crate::operation::not_equal: NotEqualXy NotEqualXu NotEqualUx NotEqualAx NotEqualXa NotEqualAu NotEqualUa NotEqualAb NotEqualBa;
                And => $crate::operation::and: AndXy AndXu AndUx AndAx AndXa AndAu AndUa AndAb AndBa;
                Or => $crate::operation::or: OrXy OrXu OrUx OrAx OrXa OrAu OrUa OrAb OrBa;
            }
            unary {
                Negate => $crate::operation::negate: NegateA NegateX;
                Not => $crate::operation::not: NotA NotX;
                Abs => $crate::math::kernel::abs: AbsA AbsX;
                Sqrt => $crate::math::kernel::sqrt: SqrtA SqrtX;
                Trunc => $crate::math::kernel::trunc: TruncA TruncX;
            }
            fused {
                MultiplyAdd: MultiplyAddXy MultiplyAddXu MultiplyAddUx MultiplyAddUv;
                MultiplySubtract: MultiplySubtractXy MultiplySubtractXu MultiplySubtractUx MultiplySubtractUv;
                SubtractProduct: SubtractProductXy SubtractProductXu SubtractProductUx SubtractProductUv;
            }
        }
    };
}
pub(super) use forms;

macro_rules! declare {
    (
        binary { $($binary:ident => $of_two:path: $($two:ident)*;)* }
        unary { $($unary:ident => $of_one:path: $($one:ident)*;)* }
        fused { $($fused:ident: $($three:ident)*;)* }
    ) => {
        /// What an instruction does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Form {
            /// `a` is row `x`.
            LoadX,
            /// `a` is number `y`.
            LoadU,
            /// Nothing but what becomes of `a`.
            Nothing,
            /// `a` is `b`.
            Pull,
            /// Where `a` is not 0 the first operand, else the second.
            SelectXy,
            /// See above.
            SelectXu,
            /// See above.
            SelectUx,
            /// See above.
            SelectUv,
            /// A metric of row `x` takes in row `y`.
            SeeLast,
            /// See above.
            SeeMin,
            /// See above.
            SeeMax,
            /// See above.
            SeeSum,
            /// See above.
            SeeIntegral,
            /// A metric of row `x` takes in `a`.
            SeeLastOfA,
            /// See above.
            SeeMinOfA,
            /// See above.
            SeeMaxOfA,
            /// See above, where row `y` is a stock.
            SeeMinOfStock,
            /// See above.
            SeeMaxOfStock,
            /// See above.
            SeeSumOfA,
            /// See above.
            SeeIntegralOfA,
            /// The long operation of number `x`, from rows to a row; the registers are lost.
            Long,
            $($(
                /// An operation on two operands.
                $two,
            )*)*
            $($(
                /// An operation on one operand.
                $one,
            )*)*
            $($(
                /// `a` and two more operands, rounded once.
                $three,
            )*)*
        }

        impl Form {
            /// `xy`, `xu`, `ux`, `ax`, `xa`, `au`, `ua`, `ab` and `ba` of an operation with two operands.
            pub(super) fn binary(code: Code) -> Option<[Form; 9]> {
                match code {
                    $(Code::$binary => Some([$(Form::$two),*]),)*
                    _ => None,
                }
            }

            /// `a` and `x` of an operation with one operand.
            pub(super) fn unary(code: Code) -> Option<[Form; 2]> {
                match code {
                    $(Code::$unary => Some([$(Form::$one),*]),)*
                    _ => None,
                }
            }

            /// `xy`, `xu`, `ux` and `uv`, after `a`, of an operation with three operands.
            pub(super) fn three(code: Code) -> Option<[Form; 4]> {
                match code {
                    Code::Select => Some([Form::SelectXy, Form::SelectXu, Form::SelectUx, Form::SelectUv]),
                    $(Code::$fused => Some([$(Form::$three),*]),)*
                    _ => None,
                }
            }
        }
    };
}
forms!(declare);
