//! The machine at work.

use super::form::{Form, Instruction, Then, forms};
use super::long::{self, Few};
use super::{GROUP, Setting};
use crate::block::vector::{Vector, with_vectors};
use crate::ir::Code;
use crate::observe::{self, Seen};
use crate::operation;
use crate::request::Reducer;

/// The same for each vector of a register: written out where registers are to be registers, not memory, and else a loop that the compiler
/// turns into what vectors it knows.
macro_rules! each {
    ($number:ident: $body:expr) => {{
        if V::WRITTEN_OUT {
            each!(of $number, $body; 0 1 2 3 4 5 6 7);
        } else {
            for $number in 0..V::DEEP {
                $body;
            }
        }
    }};
    (of $number:ident, $body:expr; $($place:literal)*) => {
        $({
            let $number = $place;
            $body;
        })*
    };
}

with_vectors! {
    /// Does the instructions some times over for the first `used` futures of a block, which come in some groups.
    pub(super) fn walk[V](script: &[Instruction], times: usize, rows: &mut [[f64; GROUP]], groups: usize, used: usize, setting: &Setting) {
        let len = V::DEEP * V::LANES;
        let mut registers = [V::register(0.0); 2];
        for _ in 0..times {
            for group in 0..groups.min(used.div_ceil(GROUP)) {
                for at in (0..GROUP.min(used - group * GROUP)).step_by(len) {
                    few::<V>(script, &mut registers, rows, Few { group, at, len }, setting);
                }
            }
        }
    }
}

/// Does the instructions for as many futures as a register has.
#[inline(always)]
fn few<V: Vector>(
    script: &[Instruction],
    registers: &mut [V::Register; 2],
    rows: &mut [[f64; GROUP]],
    few: Few,
    setting: &Setting,
) {
    let Few { group, at, len } = few;
    let length = V::of(setting.length);
    // What is left of others in them, nothing reads.
    let [mut a, mut b] = *registers;
    for instruction in script {
        let (x, y) = (instruction.x as usize, instruction.y as usize);
        macro_rules! row {
            ($place:expr) => {
                rows[$place + group][at..][..len]
            };
        }
        macro_rules! number {
            ($place:expr) => {
                V::of(setting.uniform[$place])
            };
        }
        /// The vector of a row.
        macro_rules! of {
            ($row:ident, $number:ident) => {
                V::load(&$row[$number * V::LANES..])
            };
        }
        macro_rules! fused {
            ($function:expr, $a:expr, $b:expr, $c:expr) => {
                $function($a, $b, $c)
            };
        }
        /// The four forms of an operation on `a` and two more.
        macro_rules! three {
            (xy $function:expr) => {{
                let (x, y) = (&row!(x), &row!(y));
                each!(i: a[i] = fused!($function, a[i], of!(x, i), of!(y, i)));
            }};
            (xu $function:expr) => {{
                let (x, u) = (&row!(x), number!(y));
                each!(i: a[i] = fused!($function, a[i], of!(x, i), u));
            }};
            (ux $function:expr) => {{
                let (u, y) = (number!(x), &row!(y));
                each!(i: a[i] = fused!($function, a[i], u, of!(y, i)));
            }};
            (uv $function:expr) => {{
                let (u, v) = (number!(x), number!(y));
                each!(i: a[i] = fused!($function, a[i], u, v));
            }};
        }
        /// A metric takes in a value; those that come here remember one number.
        macro_rules! see {
            ($reducer:expr, $of:ident => $value:expr) => {{
                let time = V::of(setting.time);
                remember!($of, result => observe::see($reducer, Seen::Value, [result, V::of(0.0)], $value, time, length)[0]);
            }};
        }
        /// The extreme of what a metric of row `x` remembers and of a value, as [`observe::see`] has it: of a stock, and of anything else.
        macro_rules! extreme {
            ($which:ident of stock $of:ident => $value:expr) => {
                remember!($of, result => $value.$which(result))
            };
            ($which:ident $of:ident => $value:expr) => {
                remember!($of, result => {
                    let value = $value;
                    value.is_nan().select(value, value.$which(result))
                })
            };
        }
        macro_rules! remember {
            ($of:ident, $result:ident => $after:expr) => {{
                let mut memory = V::register(0.0);
                let row = &row!(x);
                each!($of: memory[$of] = of!(row, $of));
                each!($of: {
                    let $result = memory[$of];
                    memory[$of] = $after;
                });
                let row = &mut row!(x);
                each!($of: memory[$of].store(&mut row[$of * V::LANES..]));
            }};
        }
        macro_rules! dispatch {
            (
                binary { $($binary:ident => $of_two:path: $xy:ident $xu:ident $ux:ident $ax:ident $xa:ident $au:ident $ua:ident $ab:ident $ba:ident;)* }
                unary { $($unary:ident => $of_one:path: $a:ident $x:ident;)* }
                fused { $($fused:ident: $fxy:ident $fxu:ident $fux:ident $fuv:ident;)* }
            ) => {
                match instruction.form {
                    Form::LoadX => {
                        let x = &row!(x);
                        each!(i: a[i] = of!(x, i));
                    }
                    Form::LoadU => {
                        let u = number!(y);
                        each!(i: a[i] = u);
                    }
                    Form::Nothing => {}
                    Form::Pull => each!(i: a[i] = b[i]),
                    Form::SelectXy => three!(xy operation::select),
                    Form::SelectXu => three!(xu operation::select),
                    Form::SelectUx => three!(ux operation::select),
                    Form::SelectUv => three!(uv operation::select),
                    Form::SeeLast => {
                        let y = &row!(y);
                        see!(Reducer::Final, of => of!(y, of))
                    }
                    Form::SeeLastOfA => see!(Reducer::Final, of => a[of]),
                    Form::SeeMin => {
                        let y = &row!(y);
                        extreme!(lesser of => of!(y, of))
                    }
                    Form::SeeMinOfA => extreme!(lesser of => a[of]),
                    Form::SeeMax => {
                        let y = &row!(y);
                        extreme!(greater of => of!(y, of))
                    }
                    Form::SeeMaxOfA => extreme!(greater of => a[of]),
                    Form::SeeMinOfStock => {
                        let y = &row!(y);
                        extreme!(lesser of stock of => of!(y, of))
                    }
                    Form::SeeMaxOfStock => {
                        let y = &row!(y);
                        extreme!(greater of stock of => of!(y, of))
                    }
                    Form::SeeSum => {
                        let y = &row!(y);
                        see!(Reducer::Mean, of => of!(y, of))
                    }
                    Form::SeeSumOfA => see!(Reducer::Mean, of => a[of]),
                    Form::SeeIntegral => {
                        let y = &row!(y);
                        see!(Reducer::Integral, of => of!(y, of))
                    }
                    Form::SeeIntegralOfA => see!(Reducer::Integral, of => a[of]),
                    Form::Long => {
                        long::run(setting.level, &setting.longs[x], rows, few, setting);
                        // Nobody asks for them again: they need not be saved across the call.
                        each!(i: a[i] = V::of(0.0));
                        each!(i: b[i] = V::of(0.0));
                        continue;
                    }
                    $(
                        Form::$xy => {
                            let (x, y) = (&row!(x), &row!(y));
                            each!(i: a[i] = $of_two(of!(x, i), of!(y, i)));
                        }
                        Form::$xu => {
                            let (x, u) = (&row!(x), number!(y));
                            each!(i: a[i] = $of_two(of!(x, i), u));
                        }
                        Form::$ux => {
                            let (u, x) = (number!(y), &row!(x));
                            each!(i: a[i] = $of_two(u, of!(x, i)));
                        }
                        Form::$ax => {
                            let x = &row!(x);
                            each!(i: a[i] = $of_two(a[i], of!(x, i)));
                        }
                        Form::$xa => {
                            let x = &row!(x);
                            each!(i: a[i] = $of_two(of!(x, i), a[i]));
                        }
                        Form::$au => {
                            let u = number!(y);
                            each!(i: a[i] = $of_two(a[i], u));
                        }
                        Form::$ua => {
                            let u = number!(y);
                            each!(i: a[i] = $of_two(u, a[i]));
                        }
                        Form::$ab => each!(i: a[i] = $of_two(a[i], b[i])),
                        Form::$ba => each!(i: a[i] = $of_two(b[i], a[i])),
                    )*
                    $(
                        Form::$a => each!(i: a[i] = $of_one(a[i])),
                        Form::$x => {
                            let x = &row!(x);
                            each!(i: a[i] = $of_one(of!(x, i)));
                        }
                    )*
                    $(
                        Form::$fxy => three!(xy |a, b, c| operation::fused(Code::$fused, a, b, c).expect("three operands")),
                        Form::$fxu => three!(xu |a, b, c| operation::fused(Code::$fused, a, b, c).expect("three operands")),
                        Form::$fux => three!(ux |a, b, c| operation::fused(Code::$fused, a, b, c).expect("three operands")),
                        Form::$fuv => three!(uv |a, b, c| operation::fused(Code::$fused, a, b, c).expect("three operands")),
                    )*
                }
            };
        }
        forms!(dispatch);
        if let Then::Push | Then::PushAdvance | Then::PushWithdraw = instruction.then {
            each!(i: b[i] = a[i]);
        }
        match instruction.then {
            Then::Stay | Then::Push => {}
            Then::Keep | Then::Next => {
                let row = &mut row!(instruction.row as usize);
                each!(i: a[i].store(&mut row[i * V::LANES..]));
            }
            Then::Advance | Then::PushAdvance => {
                let row = &mut row!(instruction.row as usize);
                each!(i: operation::integrate(of!(row, i), a[i], length).store(&mut row[i * V::LANES..]));
            }
            Then::Withdraw | Then::PushWithdraw => {
                let row = &mut row!(instruction.row as usize);
                each!(i: operation::withdraw(of!(row, i), a[i], length).store(&mut row[i * V::LANES..]));
            }
        }
    }
    *registers = [a, b];
}
