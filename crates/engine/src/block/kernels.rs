//! One operation for all lanes of a block: loops that the compiler turns into vector instructions.
//!
//! In: operations, and the slots of both kinds. Out: the slots, changed. What an operation means is written in
//! [`operation`](crate::operation); here it is only applied lane by lane, so the bits are those of the reference.

use super::level::{Level, at_each_level};
use crate::ir::{Code, Op, Program, Segments, Slot};
use crate::noise::{Stream, TruncatedNormal};
#[cfg(all(feature = "native", target_arch = "x86_64"))]
use crate::observe::{self, Memory, Seen};
use crate::operation::{self, binary_operations, unary_operations};
#[cfg(all(feature = "native", target_arch = "x86_64"))]
use crate::request::Reducer;

/// The noise of the futures of a block at one step.
#[derive(Clone, Copy)]
pub(super) struct Draws<'a> {
    pub(super) streams: &'a [Stream],
    pub(super) futures: &'a [u64],
    pub(super) step: u64,
}

/// An operand: a number for each lane, or one for all.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Lanes(&'a [f64]),
    One(f64),
}

impl Source<'_> {
    #[inline(always)]
    pub(super) fn at(self, lane: usize) -> f64 {
        match self {
            Source::Lanes(values) => values[lane],
            Source::One(value) => value,
        }
    }
}

/// The slots that futures differ in, lane after lane, seen around the range that is being written.
pub(super) struct Around<'a> {
    uniform: &'a [f64],
    before: &'a [f64],
    after: &'a [f64],
    /// First and one past the last number of the range that is being written.
    gap: (usize, usize),
    width: usize,
}

impl<'a> Around<'a> {
    /// Cuts the range of `len` elements from `slot` on out of the lanes.
    pub(super) fn new(
        uniform: &'a [f64],
        lanes: &'a mut [f64],
        width: usize,
        slot: Slot,
        len: usize,
    ) -> (&'a mut [f64], Self) {
        let start = (slot.0 as usize - uniform.len()) * width;
        let end = start + len * width;
        let (before, rest) = lanes.split_at_mut(start);
        let (gap, after) = rest.split_at_mut(end - start);
        (
            gap,
            Self {
                uniform,
                before,
                after,
                gap: (start, end),
                width,
            },
        )
    }

    /// `len` elements from a slot on: of a slot that is the same for all futures, the first.
    #[inline(always)]
    pub(super) fn source(&self, slot: usize, len: usize) -> Source<'a> {
        match slot.checked_sub(self.uniform.len()) {
            None => Source::One(self.uniform[slot]),
            Some(place) => {
                let (start, count) = (place * self.width, len * self.width);
                Source::Lanes(if start < self.gap.0 {
                    &self.before[start..start + count]
                } else {
                    &self.after[start - self.gap.1..start - self.gap.1 + count]
                })
            }
        }
    }
}

/// Walks a list of operations whose results futures differ in.
pub(super) fn execute(
    program: &Program,
    ops: &[Op],
    uniform: &[f64],
    lanes: &mut [f64],
    width: usize,
    draws: Draws,
    level: Level,
) {
    for op in ops {
        let places = op.reads(&program.operands);
        let uniform_len = uniform.len() as u32;
        let in_one_go =
            op.len == 1 || op.fixed == 0 && places.iter().flatten().all(|slot| slot.0 >= uniform_len);
        if in_one_go {
            one(
                program,
                op,
                places,
                0,
                usize::from(op.len),
                uniform,
                lanes,
                width,
                draws,
                level,
            );
        } else {
            for element in 0..usize::from(op.len) {
                one(
                    program, op, places, element, 1, uniform, lanes, width, draws, level,
                );
            }
        }
    }
}

/// `len` elements of an operation, from `element` on.
#[expect(
    clippy::too_many_arguments,
    reason = "the state of one loop, and it is called in one place"
)]
#[inline(always)]
fn one(
    program: &Program,
    op: &Op,
    places: [Option<Slot>; 4],
    element: usize,
    len: usize,
    uniform: &[f64],
    lanes: &mut [f64],
    width: usize,
    draws: Draws,
    level: Level,
) {
    let (out, around) = Around::new(uniform, lanes, width, Slot(op.dst.0 + element as u32), len);
    let source = |place: usize| {
        let slot = places[place].expect("the operation has this operand").0 as usize;
        let fixed = op.fixed >> place & 1 == 1;
        around.source(slot + if fixed { 0 } else { element }, len)
    };
    match op.code {
        Code::PowerOfInteger => power_of_integer(level, out, source(0), op.b),
        Code::Select => select(level, out, source(0), source(1), source(2)),
        Code::MultiplyAdd => multiply_add(level, out, source(0), source(1), source(2)),
        Code::MultiplySubtract => multiply_subtract(level, out, source(0), source(1), source(2)),
        Code::SubtractProduct => subtract_product(level, out, source(0), source(1), source(2)),
        Code::Lookup => lookup(level, out, source(0), &program.tables[op.b as usize]),
        Code::Uniform => {
            let stream = draws.streams[op.b as usize];
            for (out, future) in out.iter_mut().zip(draws.futures) {
                *out = stream.uniform(*future, draws.step);
            }
        }
        Code::Normal => {
            let stream = draws.streams[program.operands[op.b as usize + 3].0 as usize];
            let [low, high, mean, deviation] = [0, 1, 2, 3].map(source);
            for (lane, (out, future)) in out.iter_mut().zip(draws.futures).enumerate() {
                let normal = TruncatedNormal {
                    low: low.at(lane),
                    high: high.at(lane),
                    mean: mean.at(lane),
                    deviation: deviation.at(lane),
                };
                *out = stream.truncated_normal(&normal, *future, draws.step);
            }
        }
        code if code < Code::Add => unary(level, code, out, source(0)),
        code => binary(level, code, out, source(0), source(1)),
    }
}

// Each operation gets a function with loops of its own, in which its meaning is written out: a closure would be called
// for every lane where it is long, and a function of its own tells the compiler that the slices are disjoint.

fn unary(level: Level, code: Code, out: &mut [f64], a: Source) {
    macro_rules! apply {
        ($($name:ident => $function:path,)*) => {
            match code {
                $(Code::$name => {
                    at_each_level! {
                        fn run[](out: &mut [f64], a: Source) {
                            match a {
                                Source::Lanes(a) => {
                                    for (out, a) in out.iter_mut().zip(a) {
                                        *out = $function(*a);
                                    }
                                }
                                Source::One(a) => out.fill($function(a)),
                            }
                        }
                    }
                    run(level, out, a);
                })*
                _ => unreachable!("no operation with one operand"),
            }
        };
    }
    unary_operations!(apply)
}

fn binary(level: Level, code: Code, out: &mut [f64], a: Source, b: Source) {
    macro_rules! apply {
        ($($name:ident => $function:path,)*) => {
            match code {
                $(Code::$name => {
                    at_each_level! {
                        fn run[](out: &mut [f64], a: Source, b: Source) {
                        match (a, b) {
                            (Source::Lanes(a), Source::Lanes(b)) => {
                                for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                                    *out = $function(*a, *b);
                                }
                            }
                            (Source::Lanes(a), Source::One(b)) => {
                                for (out, a) in out.iter_mut().zip(a) {
                                    *out = $function(*a, b);
                                }
                            }
                            (Source::One(a), Source::Lanes(b)) => {
                                for (out, b) in out.iter_mut().zip(b) {
                                    *out = $function(a, *b);
                                }
                            }
                            (Source::One(a), Source::One(b)) => out.fill($function(a, b)),
                        }
                    }
                    }
                    run(level, out, a, b);
                })*
                _ => unreachable!("no operation with two operands"),
            }
        };
    }
    binary_operations!(apply)
}

fn power_of_integer(level: Level, out: &mut [f64], a: Source, exponent: u32) {
    // The common exponents get loops of their own, without a loop over digits in them.
    match exponent.cast_signed() {
        2 => each(level, out, a, |a| operation::power_of_integer(a, 2)),
        3 => each(level, out, a, |a| operation::power_of_integer(a, 3)),
        _ => each(level, out, a, |a| operation::power_of_integer(a, exponent)),
    }
}

at_each_level! {
    fn each[F: Fn(f64) -> f64](out: &mut [f64], a: Source, f: F) {
    match a {
        Source::Lanes(a) => {
            for (out, a) in out.iter_mut().zip(a) {
                *out = f(*a);
            }
        }
        Source::One(a) => out.fill(f(a)),
    }
}
}

fn select(level: Level, out: &mut [f64], condition: Source, yes: Source, no: Source) {
    let condition = match condition {
        Source::Lanes(condition) => condition,
        // The same way for all futures: no lane chooses.
        Source::One(condition) => {
            return each(
                level,
                out,
                if operation::select(condition, 1.0, 0.0) == 1.0 {
                    yes
                } else {
                    no
                },
                |a| a,
            );
        }
    };
    select_lanes(level, out, condition, yes, no);
}

at_each_level! {
    fn select_lanes[](out: &mut [f64], condition: &[f64], yes: Source, no: Source) {
    let lanes = out.iter_mut().zip(condition);
    match (yes, no) {
        (Source::Lanes(yes), Source::Lanes(no)) => {
            for (((out, condition), yes), no) in lanes.zip(yes).zip(no) {
                *out = operation::select(*condition, *yes, *no);
            }
        }
        (Source::Lanes(yes), Source::One(no)) => {
            for ((out, condition), yes) in lanes.zip(yes) {
                *out = operation::select(*condition, *yes, no);
            }
        }
        (Source::One(yes), Source::Lanes(no)) => {
            for ((out, condition), no) in lanes.zip(no) {
                *out = operation::select(*condition, yes, *no);
            }
        }
        (Source::One(yes), Source::One(no)) => {
            for (out, condition) in lanes {
                *out = operation::select(*condition, yes, no);
            }
        }
    }
}
}

macro_rules! fused_operations {
    ($($function:ident => $code:ident;)*) => {$(
        at_each_level! {
            fn $function[](out: &mut [f64], a: Source, b: Source, c: Source) {
                let fused = |a, b, c| {
                    operation::fused(Code::$code, a, b, c).expect("the code has three operands")
                };
                // The factors may change places.
                let (a, b) = match a {
                    Source::Lanes(_) => (a, b),
                    Source::One(_) => (b, a),
                };
                match (a, b, c) {
                    (Source::Lanes(a), Source::Lanes(b), Source::Lanes(c)) => {
                        for (((out, a), b), c) in out.iter_mut().zip(a).zip(b).zip(c) {
                            *out = fused(*a, *b, *c);
                        }
                    }
                    (Source::Lanes(a), Source::One(b), Source::Lanes(c)) => {
                        for ((out, a), c) in out.iter_mut().zip(a).zip(c) {
                            *out = fused(*a, b, *c);
                        }
                    }
                    (Source::Lanes(a), Source::Lanes(b), Source::One(c)) => {
                        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                            *out = fused(*a, *b, c);
                        }
                    }
                    (Source::Lanes(a), Source::One(b), Source::One(c)) => {
                        for (out, a) in out.iter_mut().zip(a) {
                            *out = fused(*a, b, c);
                        }
                    }
                    (Source::One(a), b, Source::Lanes(c)) => {
                        for (lane, (out, c)) in out.iter_mut().zip(c).enumerate() {
                            *out = fused(a, b.at(lane), *c);
                        }
                    }
                    (Source::One(a), b, Source::One(c)) => {
                        for (lane, out) in out.iter_mut().enumerate() {
                            *out = fused(a, b.at(lane), c);
                        }
                    }
                }
            }
        }
    )*};
}
fused_operations! {
    multiply_add => MultiplyAdd;
    multiply_subtract => MultiplySubtract;
    subtract_product => SubtractProduct;
}

/// Lanes that count the points of a table together.
const GROUP: usize = 8;

at_each_level! {
    fn lookup[](out: &mut [f64], at: Source, table: &Segments) {
    let at = match at {
        Source::Lanes(at) => at,
        Source::One(at) => return out.fill(operation::lookup(table, at)),
    };
    let (low, high) = (table.x[0], table.x[table.x.len() - 1]);
    let moved = |at: f64| {
        if table.extrapolate {
            at
        } else {
            operation::within(at, low, high)
        }
    };
    let (groups, rest) = out.as_chunks_mut::<GROUP>();
    let (at_groups, at_rest) = at.as_chunks::<GROUP>();
    for (out, at) in groups.iter_mut().zip(at_groups) {
        let at = at.map(moved);
        let mut begun = [0_u64; GROUP];
        for x in &table.x {
            for (begun, at) in begun.iter_mut().zip(&at) {
                *begun += u64::from(*x <= *at);
            }
        }
        for ((out, begun), at) in out.iter_mut().zip(begun).zip(at) {
            *out = operation::on_segment(table, begun.max(1) as usize - 1, at);
        }
    }
    for (out, at) in rest.iter_mut().zip(at_rest) {
        *out = operation::lookup(table, *at);
    }
}
}

/// One step of stocks, in place.
pub(super) fn integrate(level: Level, stock: &mut [f64], rate: Source, length: f64) {
    go_on(level, stock, rate, length);
}

at_each_level! {
    fn go_on[](stock: &mut [f64], rate: Source, length: f64) {
    match rate {
        Source::Lanes(rate) => {
            for (stock, rate) in stock.iter_mut().zip(rate) {
                *stock = operation::integrate(*stock, *rate, length);
            }
        }
        Source::One(rate) => {
            for stock in stock {
                *stock = operation::integrate(*stock, rate, length);
            }
        }
    }
}
}

/// What a metric remembers of each lane: its results, and then its current stretches.
#[cfg(all(feature = "native", target_arch = "x86_64"))]
pub(super) fn observe(
    level: Level,
    reducer: Reducer,
    memory: &mut [f64],
    value: Source,
    time: f64,
    length: f64,
) {
    let (results, currents) = memory.split_at_mut(memory.len() / 2);
    macro_rules! with_each {
        ($($pattern:pat => $reducer:expr,)*) => {
            // The same call in each arm: in each the reducer is known, and the loop does nothing else.
            match reducer {
                $($pattern => see(level, results, currents, value, |memory, value| {
                    observe::see($reducer, Seen::Value, memory, value, time, length)
                }),)*
            }
        };
    }
    with_each! {
        Reducer::Final => Reducer::Final,
        Reducer::At(when) => Reducer::At(when),
        Reducer::Mean => Reducer::Mean,
        Reducer::Min => Reducer::Min,
        Reducer::Max => Reducer::Max,
        Reducer::Integral => Reducer::Integral,
        Reducer::TimeAbove(level) => Reducer::TimeAbove(level),
        Reducer::TimeBelow(level) => Reducer::TimeBelow(level),
        Reducer::LongestAbove(level) => Reducer::LongestAbove(level),
        Reducer::LongestBelow(level) => Reducer::LongestBelow(level),
        Reducer::FirstAbove(level) => Reducer::FirstAbove(level),
    }
}

#[cfg(all(feature = "native", target_arch = "x86_64"))]
at_each_level! {
    fn see[F: Fn(Memory<f64>, f64) -> Memory<f64>](results: &mut [f64], currents: &mut [f64], value: Source, f: F) {
    let lanes = results.iter_mut().zip(currents);
    match value {
        Source::Lanes(values) => {
            for ((result, current), value) in lanes.zip(values) {
                [*result, *current] = f([*result, *current], *value);
            }
        }
        Source::One(value) => {
            for (result, current) in lanes {
                [*result, *current] = f([*result, *current], value);
            }
        }
    }
}
}
