//! The machine at work.

use super::form::{Form, Instruction, Then, forms};
use super::long::{self, Few};
use super::vector::Vector;
use super::{GROUP, Setting, with_vectors};
use crate::ir::Code;
use crate::observe::{self, Memory};
use crate::operation;
use crate::request::Reducer;

/// Vectors in a register of the machine.
const DEEP: usize = 8;

/// The same for each vector of a register, written out: the registers are to be registers, not memory.
macro_rules! each {
    ($number:ident: $body:expr) => {{
        {
            const $number: usize = 0;
            $body;
        }
        {
            const $number: usize = 1;
            $body;
        }
        {
            const $number: usize = 2;
            $body;
        }
        {
            const $number: usize = 3;
            $body;
        }
        {
            const $number: usize = 4;
            $body;
        }
        {
            const $number: usize = 5;
            $body;
        }
        {
            const $number: usize = 6;
            $body;
        }
        {
            const $number: usize = 7;
            $body;
        }
    }};
}

with_vectors! {
    /// Does the instructions for the first `used` futures of a block, which come in some groups.
    pub(super) fn walk[V](script: &[Instruction], rows: &mut [[f64; GROUP]], groups: usize, used: usize, setting: &Setting) {
        let len = DEEP * V::LANES;
        for group in 0..groups.min(used.div_ceil(GROUP)) {
            for at in (0..GROUP.min(used - group * GROUP)).step_by(len) {
                few::<V>(script, rows, Few { group, at, len }, setting);
            }
        }
    }
}

/// Does the instructions for as many futures as a register has.
#[inline(always)]
fn few<V: Vector>(script: &[Instruction], rows: &mut [[f64; GROUP]], few: Few, setting: &Setting) {
    let Few { group, at, len } = few;
    let length = V::of(setting.length);
    let mut a = [V::of(0.0); DEEP];
    let mut b = [V::of(0.0); DEEP];
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
                each!(I: a[I] = fused!($function, a[I], of!(x, I), of!(y, I)));
            }};
            (xu $function:expr) => {{
                let (x, u) = (&row!(x), number!(y));
                each!(I: a[I] = fused!($function, a[I], of!(x, I), u));
            }};
            (ux $function:expr) => {{
                let (u, y) = (number!(x), &row!(y));
                each!(I: a[I] = fused!($function, a[I], u, of!(y, I)));
            }};
            (uv $function:expr) => {{
                let (u, v) = (number!(x), number!(y));
                each!(I: a[I] = fused!($function, a[I], u, v));
            }};
        }
        /// A metric takes in a value; those that come here remember one number.
        macro_rules! see {
            ($reducer:expr, $of:ident => $value:expr) => {{
                let time = V::of(setting.time);
                each!(I: {
                    let $of = I;
                    let before: Memory<V> = [V::load(&row!(x)[I * V::LANES..]), V::of(0.0)];
                    let [after, _] = observe::see($reducer, before, $value, time, length);
                    after.store(&mut row!(x)[I * V::LANES..]);
                });
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
                        each!(I: a[I] = of!(x, I));
                    }
                    Form::LoadU => {
                        let u = number!(y);
                        each!(I: a[I] = u);
                    }
                    Form::Nothing => {}
                    Form::Push => each!(I: b[I] = a[I]),
                    Form::SelectXy => three!(xy operation::select),
                    Form::SelectXu => three!(xu operation::select),
                    Form::SelectUx => three!(ux operation::select),
                    Form::SelectUv => three!(uv operation::select),
                    Form::SeeLast => see!(Reducer::Final, of => V::load(&row!(y)[of * V::LANES..])),
                    Form::SeeLastOfA => see!(Reducer::Final, of => a[of]),
                    Form::SeeMin => see!(Reducer::Min, of => V::load(&row!(y)[of * V::LANES..])),
                    Form::SeeMinOfA => see!(Reducer::Min, of => a[of]),
                    Form::SeeMax => see!(Reducer::Max, of => V::load(&row!(y)[of * V::LANES..])),
                    Form::SeeMaxOfA => see!(Reducer::Max, of => a[of]),
                    Form::SeeSum => see!(Reducer::Mean, of => V::load(&row!(y)[of * V::LANES..])),
                    Form::SeeSumOfA => see!(Reducer::Mean, of => a[of]),
                    Form::SeeIntegral => see!(Reducer::Integral, of => V::load(&row!(y)[of * V::LANES..])),
                    Form::SeeIntegralOfA => see!(Reducer::Integral, of => a[of]),
                    Form::Long => {
                        long::run(setting.level, &setting.longs[x], rows, few, setting);
                        // Nobody asks for them again: they need not be saved across the call.
                        each!(I: a[I] = V::of(0.0));
                        each!(I: b[I] = V::of(0.0));
                        continue;
                    }
                    $(
                        Form::$xy => {
                            let (x, y) = (&row!(x), &row!(y));
                            each!(I: a[I] = $of_two(of!(x, I), of!(y, I)));
                        }
                        Form::$xu => {
                            let (x, u) = (&row!(x), number!(y));
                            each!(I: a[I] = $of_two(of!(x, I), u));
                        }
                        Form::$ux => {
                            let (u, x) = (number!(y), &row!(x));
                            each!(I: a[I] = $of_two(u, of!(x, I)));
                        }
                        Form::$ax => {
                            let x = &row!(x);
                            each!(I: a[I] = $of_two(a[I], of!(x, I)));
                        }
                        Form::$xa => {
                            let x = &row!(x);
                            each!(I: a[I] = $of_two(of!(x, I), a[I]));
                        }
                        Form::$au => {
                            let u = number!(y);
                            each!(I: a[I] = $of_two(a[I], u));
                        }
                        Form::$ua => {
                            let u = number!(y);
                            each!(I: a[I] = $of_two(u, a[I]));
                        }
                        Form::$ab => each!(I: a[I] = $of_two(a[I], b[I])),
                        Form::$ba => each!(I: a[I] = $of_two(b[I], a[I])),
                    )*
                    $(
                        Form::$a => each!(I: a[I] = $of_one(a[I])),
                        Form::$x => {
                            let x = &row!(x);
                            each!(I: a[I] = $of_one(of!(x, I)));
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
        match instruction.then {
            Then::Stay => {}
            Then::Keep => {
                let row = &mut row!(instruction.row as usize);
                each!(I: a[I].store(&mut row[I * V::LANES..]));
            }
            Then::Advance => {
                let row = &mut row!(instruction.row as usize);
                each!(I: operation::integrate(of!(row, I), a[I], length).store(&mut row[I * V::LANES..]));
            }
        }
    }
}
