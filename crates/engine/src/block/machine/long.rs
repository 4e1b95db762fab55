//! Operations that take long: from rows to a row, in loops of their own.

use super::super::level::Level;
use super::Setting;
use crate::block::vector::with_vectors;
use crate::ir::{Code, Segments, Slot};
use crate::math::kernel;
use crate::noise::{Interval, Stream};
use crate::observe::{self, Seen};
use crate::operation::{self, binary_operations, unary_operations};
use crate::request::Reducer;

/// The most numbers of a row that are worked on at once.
pub(super) const MOST: usize = 64;

/// What a long operation reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operand {
    /// A row; when the code is ready to run, the place of its first group of futures.
    Row(u32),
    /// A number that is the same for all futures.
    Uniform(u32),
}

/// What it does.
#[derive(Clone, Copy, Debug)]
pub(super) enum LongKind {
    /// What the code says, `number` being a table, a stream or an exponent.
    Of { code: Code, number: u32 },
    /// A metric takes in a value.
    See { reducer: Reducer, memory: [u32; 2] },
}

/// A long operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Long {
    pub(super) kind: LongKind,
    pub(super) operands: [Option<Operand>; 4],
    pub(super) out: u32,
}

impl Long {
    /// Whether it tells one step from another: by the time, a slot that is the same for all futures, or by noise.
    pub(super) fn knows_time(&self, time: Slot) -> bool {
        let draws = match self.kind {
            LongKind::Of { code, .. } => matches!(code, Code::Uniform | Code::Normal),
            LongKind::See { reducer, .. } => matches!(reducer, Reducer::FirstAbove(_)),
        };
        let reads = |operand: &Operand| matches!(operand, Operand::Uniform(slot) if *slot == time.0);
        draws || self.operands.iter().flatten().any(reads)
    }
}

/// A piecewise-linear function, its columns as long as registers like them.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Where segments begin, but for the first.
    later: Vec<f64>,
    ends: Option<(f64, f64)>,
    x: Vec<f64>,
    y: Vec<f64>,
    slope: Vec<f64>,
}

impl Table {
    pub(super) fn new(segments: &Segments) -> Self {
        let len = segments.x.len();
        let padded = |column: &[f64]| {
            let mut column = column.to_vec();
            column.resize(if len <= 8 { 8 } else { len.max(16) }, 0.0);
            column
        };
        Self {
            later: segments.x[1..].to_vec(),
            ends: (!segments.extrapolate).then(|| (segments.x[0], segments.x[len - 1])),
            x: padded(&segments.x),
            y: padded(&segments.y),
            slope: padded(&segments.slope),
        }
    }
}

/// Some futures of a block: a group, and in it `len` from `at` on.
#[derive(Clone, Copy)]
pub(super) struct Few {
    pub(super) group: usize,
    pub(super) at: usize,
    pub(super) len: usize,
}

impl Few {
    fn of(self, lanes: &[[f64; MOST]], row: u32) -> &[f64] {
        &lanes[row as usize + self.group][self.at..][..self.len]
    }

    fn of_mut(self, lanes: &mut [[f64; MOST]], row: u32) -> &mut [f64] {
        &mut lanes[row as usize + self.group][self.at..][..self.len]
    }

    fn futures<'a>(self, setting: &Setting<'a>) -> &'a [u64] {
        &setting.futures[self.group * MOST + self.at..][..self.len]
    }
}

/// The numbers of an operand.
fn fetch(operand: Option<Operand>, lanes: &[[f64; MOST]], uniform: &[f64], few: Few, to: &mut [f64]) {
    match operand.expect("the operation has this operand") {
        Operand::Row(row) => to.copy_from_slice(few.of(lanes, row)),
        Operand::Uniform(slot) => to.fill(uniform[slot as usize]),
    }
}

/// Does a long operation for some futures.
pub(super) fn run(level: Level, long: &Long, lanes: &mut [[f64; MOST]], few: Few, setting: &Setting) {
    let len = few.len;
    let mut numbers = [[0.0; MOST]; 2];
    let [a, b] = &mut numbers;
    let (a, b) = (&mut a[..len], &mut b[..len]);
    let operand = |place: usize, to: &mut [f64]| fetch(long.operands[place], lanes, setting.uniform, few, to);
    match long.kind {
        LongKind::Of { code, number } => {
            match code {
                Code::Uniform => uniform_noise(
                    level,
                    a,
                    setting.streams[number as usize],
                    few.futures(setting),
                    setting.step,
                ),
                Code::Normal => {
                    let stream = setting.streams[number as usize];
                    normal_noise(level, a, b, lanes, few, long, stream, setting);
                }
                Code::Lookup => {
                    operand(0, a);
                    lookup(level, a, &setting.tables[number as usize]);
                }
                Code::PowerOfInteger => {
                    operand(0, a);
                    power_of_integer(level, a, number);
                }
                code if code < Code::Add => {
                    operand(0, a);
                    unary(level, code, a);
                }
                code => {
                    operand(0, a);
                    operand(1, b);
                    binary(level, code, a, b);
                }
            }
            few.of_mut(lanes, long.out).copy_from_slice(a);
        }
        LongKind::See {
            reducer,
            memory: [result, current],
        } => {
            operand(0, a);
            let mut memory = [[0.0; MOST]; 2];
            let [results, currents] = &mut memory;
            let (results, currents) = (&mut results[..len], &mut currents[..len]);
            results.copy_from_slice(few.of(lanes, result));
            if current != result {
                currents.copy_from_slice(few.of(lanes, current));
            }
            see(level, reducer, results, currents, a, setting.time, setting.length);
            few.of_mut(lanes, result).copy_from_slice(results);
            if current != result {
                few.of_mut(lanes, current).copy_from_slice(currents);
            }
        }
    }
}

// Loops are written by macros, not called with closures: the text of a function has to stand in the body that is compiled for a level.

/// Each number of a slice becomes a function of itself.
macro_rules! each {
    ($vector:ident, $numbers:ident, $name:ident => $result:expr) => {
        for numbers in $numbers.chunks_exact_mut($vector::LANES) {
            let $name = $vector::load(numbers);
            $result.store(numbers);
        }
    };
}

/// Each number of a slice becomes a function of itself and of another.
macro_rules! both {
    ($vector:ident, $numbers:ident, $others:ident, $name:ident, $other:ident => $result:expr) => {
        for (numbers, others) in $numbers
            .chunks_exact_mut($vector::LANES)
            .zip($others.chunks_exact($vector::LANES))
        {
            let ($name, $other) = ($vector::load(numbers), $vector::load(others));
            $result.store(numbers);
        }
    };
}

fn unary(level: Level, code: Code, a: &mut [f64]) {
    macro_rules! apply {
        ($($name:ident => $function:path,)*) => {
            match code {
                $(Code::$name => {
                    with_vectors! {
                        fn run[V](a: &mut [f64]) {
                            each!(V, a, number => $function(number));
                        }
                    }
                    run(level, a);
                })*
                _ => unreachable!("no operation with one operand"),
            }
        };
    }
    unary_operations!(apply)
}

fn binary(level: Level, code: Code, a: &mut [f64], b: &[f64]) {
    macro_rules! apply {
        ($($name:ident => $function:path,)*) => {
            match code {
                $(Code::$name => {
                    with_vectors! {
                        fn run[V](a: &mut [f64], b: &[f64]) {
                            both!(V, a, b, number, other => $function(number, other));
                        }
                    }
                    run(level, a, b);
                })*
                _ => unreachable!("no operation with two operands"),
            }
        };
    }
    binary_operations!(apply)
}

fn power_of_integer(level: Level, a: &mut [f64], exponent: u32) {
    // The common exponents get loops of their own, without a loop over digits in them.
    match exponent.cast_signed() {
        2 => square(level, a),
        3 => cube(level, a),
        _ => power(level, a, exponent),
    }
}

with_vectors! {
    fn square[V](a: &mut [f64]) {
        each!(V, a, number => operation::power_of_integer(number, 2));
    }
}
with_vectors! {
    fn cube[V](a: &mut [f64]) {
        each!(V, a, number => operation::power_of_integer(number, 3));
    }
}
with_vectors! {
    fn power[V](a: &mut [f64], exponent: u32) {
        each!(V, a, number => operation::power_of_integer(number, exponent));
    }
}

with_vectors! {
    fn lookup[V](at: &mut [f64], table: &Table) {
        each!(V, at, at => {
            let at = match table.ends {
                None => at,
                Some((low, high)) => operation::within(at, low, high),
            };
            // A mask of ones is the integer -1.
            let mut begun = V::of(0.0);
            for x in &table.later {
                begun = begun.integer_sub(V::of(*x).less_equal(at));
            }
            begun.pick(&table.y) + (at - begun.pick(&table.x)) * begun.pick(&table.slope)
        });
    }
}

with_vectors! {
    fn uniform_noise[V](out: &mut [f64], stream: Stream, futures: &[u64], step: u64) {
        for (out, future) in out.iter_mut().zip(futures) {
            *out = stream.uniform(*future, step);
        }
    }
}

with_vectors! {
    fn open_noise[V](out: &mut [f64], stream: Stream, futures: &[u64], step: u64) {
        for (out, future) in out.iter_mut().zip(futures) {
            *out = stream.open_uniform(*future, step);
        }
    }
}

/// Normal numbers; both slices are changed, and the first is the result.
#[expect(clippy::too_many_arguments, reason = "called in one place")]
fn normal_noise(
    level: Level,
    a: &mut [f64],
    b: &mut [f64],
    lanes: &[[f64; MOST]],
    few: Few,
    long: &Long,
    stream: Stream,
    setting: &Setting,
) {
    let mut others = [[0.0; MOST]; 3];
    let [high, mean, deviation] = &mut others;
    let (high, mean, deviation) = (
        &mut high[..a.len()],
        &mut mean[..a.len()],
        &mut deviation[..a.len()],
    );
    for (place, to) in [
        (0, &mut *b),
        (1, &mut *high),
        (2, &mut *mean),
        (3, &mut *deviation),
    ] {
        fetch(long.operands[place], lanes, setting.uniform, few, to);
    }
    open_noise(level, a, stream, few.futures(setting), setting.step);
    quantile(level, a, b, high, mean, deviation);
}

with_vectors! {
    fn quantile[V](share: &mut [f64], low: &[f64], high: &[f64], mean: &[f64], deviation: &[f64]) {
        let bounds = low.chunks_exact(V::LANES).zip(high.chunks_exact(V::LANES));
        let shape = mean.chunks_exact(V::LANES).zip(deviation.chunks_exact(V::LANES));
        for ((share, (low, high)), (mean, deviation)) in share.chunks_exact_mut(V::LANES).zip(bounds).zip(shape) {
            let normal = [V::load(low), V::load(high), V::load(mean), V::load(deviation)];
            let (interval, p) = (Interval::of(normal), V::load(share));
            let (below, above) = (kernel::normal_cdf(interval.from), kernel::normal_cdf(interval.to));
            let z = kernel::inverse_normal(interval.share(p, below, above));
            interval.value(normal, p, above, z).store(share);
        }
    }
}

with_vectors! {
    fn see[V](reducer: Reducer, results: &mut [f64], currents: &mut [f64], values: &[f64], time: f64, length: f64) {
        macro_rules! with_each {
            ($($pattern:pat => $reducer:expr,)*) => {
                // The same loop in each arm: in each the reducer is known.
                match reducer {
                    $($pattern => {
                        let memory = results.chunks_exact_mut(V::LANES).zip(currents.chunks_exact_mut(V::LANES));
                        for ((result, current), value) in memory.zip(values.chunks_exact(V::LANES)) {
                            let before = [V::load(result), V::load(current)];
                            let [after, now] = observe::see($reducer, Seen::Value, before, V::load(value), V::of(time), V::of(length));
                            after.store(result);
                            now.store(current);
                        }
                    })*
                }
            };
        }
        with_each! {
            Reducer::Final | Reducer::At(_) => Reducer::Final,
            Reducer::Mean => Reducer::Mean,
            Reducer::Min => Reducer::Min,
            Reducer::Max => Reducer::Max,
            Reducer::Integral => Reducer::Integral,
            Reducer::TimeAbove(bound) => Reducer::TimeAbove(bound),
            Reducer::TimeBelow(bound) => Reducer::TimeBelow(bound),
            Reducer::LongestAbove(bound) => Reducer::LongestAbove(bound),
            Reducer::LongestBelow(bound) => Reducer::LongestBelow(bound),
            Reducer::FirstAbove(bound) => Reducer::FirstAbove(bound),
        }
    }
}
