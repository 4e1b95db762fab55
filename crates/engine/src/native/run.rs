//! A batch of futures by machine code: blocks of frames, a call for as many steps as need nothing but the code.
//!
//! A frame holds everything that a register's width of futures keeps between steps. The block interpreter fills the frames' first values
//! in and takes the last ones out; what no instruction does for us, delays and rare observations, happens between the calls.

use std::ops::Range;

use super::delay::{Delay, delays};
use super::memory::{Entry, Line, Operands};
use super::rows::{Origins, Rows};
use super::{Code, Native};
use crate::batch::{Batch, Outputs};
use crate::block::vector::with_vectors;
use crate::block::{self, Block, Level, Plan};
use crate::ir::Program;
use crate::math::canonical_nan;
use crate::method::{Within, within};
use crate::observe;
use crate::primitive::{Advance, Observe, Place, first, half_word, seen};

/// The memory that one thread needs to run programs.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// Futures in a block, if that was said.
    width: Option<usize>,
    block: block::Scratch,
    frames: Vec<Line>,
    spill: Vec<Line>,
    values: Vec<f64>,
    rows: Rows,
}

/// The largest width of a block unless it is said otherwise: a call serves a whole block.
const MOST_WIDTH: usize = 256;
/// The smallest where a run is short.
const LEAST_WIDTH: usize = 64;
/// Bytes of frames that stay in the second cache beside everything else, and in the first.
const FRAME_BYTES: [usize; 2] = [640 << 10, 30 << 10];
/// The fewest steps of a run that is worth the first cache: to begin and to end a block takes as long as some steps.
const LONG_RUN: usize = 100;

/// Numbers of rows that stay in the first cache beside everything else.
const ROW_NUMBERS: usize = 2 << 10;
/// The fewest steps worth loading and storing what stays in registers.
const LEAST_STEPS: usize = 16;

impl Code {
    /// The width of a block whose frames stay in the second cache, or, where the frames are walked through many times, in the first. An array
    /// model of 600 numbers for each future was faster by a third in the second, and by a tenth more in the first; a chain of stocks
    /// in fast numerics by a quarter. (With exact divisions it was slower by a twentieth: those take as long as the loads.)
    fn block_width(&self, steps: usize) -> usize {
        let near = !self.turns.resident && !self.mostly_divides && steps >= LONG_RUN;
        let least = if near { 1 } else { LEAST_WIDTH };
        let lines = Code::frame_lines(&self.layout, self.width);
        let groups = FRAME_BYTES[usize::from(near)] / (lines * size_of::<Line>());
        // A power of two, which parts batches evenly, but whole turns.
        let width = (groups * self.width.lanes()).clamp(least, MOST_WIDTH);
        let turn = self.turns.together * self.width.lanes();
        ((1 << width.ilog2()) / turn).max(1) * turn
    }
}

impl Scratch {
    /// Memory for blocks of `width` futures; `default` leaves that to the program. The width changes how fast a program runs and nothing
    /// else.
    pub fn new(width: usize) -> Self {
        Self {
            width: Some(width.max(1)),
            ..Self::default()
        }
    }
}

/// Runs a program for every future of a batch by its machine code: [`scalar::run`](crate::scalar::run), only faster.
///
/// # Panics
/// If the code was not compiled from the program, or the batch does not have the program's inputs, bound as requested, in columns as
/// long as `futures`.
pub fn run(program: &Program, native: &Native, batch: &Batch, scratch: &mut Scratch) -> Outputs {
    let Native {
        code,
        rows: remembered,
    } = native;
    let plan = match Plan::new(program, batch, &mut scratch.block.uniform) {
        Ok(plan) => plan,
        Err(outputs) => return outputs,
    };
    scratch.rows.reset(&plan, &code.layout);
    let known = remembered.get();
    if let Some((_, rows)) = known.filter(|(of, _)| of.are_those_of(batch)) {
        scratch.rows.clone_from(rows);
    }
    let stretches = stretches(&plan, code);
    let mut outputs = plan.outputs();
    let width = scratch
        .width
        .unwrap_or_else(|| code.block_width(plan.timeline.steps));
    for rows in plan.blocks(width) {
        Run::new(&plan, code, &stretches, scratch, rows).run(&mut outputs);
    }
    if scratch.rows.are_whole() {
        remembered.get_or_init(|| (Origins::new(batch), scratch.rows.clone()));
    }
    outputs
}

/// Neighbouring steps that do the same.
struct Stretch {
    steps: Range<usize>,
    entry: Entry,
    /// Whether values wait in the outbox after each.
    outbox: bool,
}

/// The steps of a run, the last one with it.
fn stretches(plan: &Plan, code: &Code) -> Vec<Stretch> {
    let (program, timeline) = (plan.program, &plan.timeline);
    let first = first(program);
    let usual = (Observe::Metrics(code.usual.clone()), first);
    let rare = (Observe::Outbox, first);
    let last = (Observe::Outbox, Advance::Stay);
    // Where what happens changes: around the windows of what is not usual, and around saved steps.
    let saved: &[usize] = if program.series.is_empty() {
        &[]
    } else {
        &timeline.saved
    };
    let is_usual = |metric: u32| code.usual.iter().any(|taken| taken.metric == metric);
    let windows = plan
        .windows
        .iter()
        .zip(0..)
        .filter(|(_, metric)| !is_usual(*metric));
    let windows: Vec<Range<usize>> = windows.filter_map(|(window, _)| window.clone()).collect();
    let mut ends: Vec<usize> = windows
        .iter()
        .flat_map(|window| [window.start, window.end])
        .collect();
    ends.extend(saved.iter().flat_map(|step| [*step, step + 1]));
    ends.extend([timeline.steps, timeline.steps + 1]);
    ends.sort_unstable();
    ends.dedup();
    let mut stretches = Vec::new();
    let mut start = 0;
    for end in ends
        .into_iter()
        .filter(|end| *end > 0 && *end <= timeline.steps + 1)
    {
        let is_last = start == timeline.steps;
        let outbox = is_last
            || saved.binary_search(&start).is_ok()
            || windows.iter().any(|window| window.contains(&start));
        let kind = match (is_last, outbox) {
            (true, _) => &last,
            (_, true) => &rare,
            _ => &usual,
        };
        stretches.push(Stretch {
            steps: start..end,
            entry: *code
                .entries
                .get(kind)
                .expect("every kind of step of a run has code"),
            outbox,
        });
        start = end;
    }
    stretches
}

/// The frames of a block.
pub(super) struct Frames<'a> {
    lines: &'a mut [Line],
    lines_each: usize,
    /// Lanes of a group, as many as a vector of the level has.
    pub(super) width: usize,
    pub(super) level: Level,
}

impl Frames<'_> {
    /// Where in each frame the numbers of a place are.
    fn at(&self, place: usize) -> (usize, Range<usize>) {
        let first = place * self.width;
        (first / 8, first % 8..first % 8 + self.width)
    }

    /// The numbers at a place, group by group.
    pub(super) fn groups(&self, place: usize) -> impl Iterator<Item = &[f64]> {
        let (line, numbers) = self.at(place);
        let frames = self.lines.chunks_exact(self.lines_each);
        frames.map(move |frame| &frame[line].0[numbers.clone()])
    }

    pub(super) fn groups_mut(&mut self, place: usize) -> impl Iterator<Item = &mut [f64]> {
        let (line, numbers) = self.at(place);
        let frames = self.lines.chunks_exact_mut(self.lines_each);
        frames.map(move |frame| &mut frame[line].0[numbers.clone()])
    }

    /// The numbers at a place, lane by lane, for as many lanes as there is room.
    fn get(&self, place: usize, column: &mut [f64]) {
        get(self.level, self, place, column);
    }

    /// Writes the numbers of a place; lanes beyond the last future do what that one does.
    fn put(&mut self, place: usize, column: &[f64]) {
        put(self.level, self, place, column);
    }

    /// Writes one number to every lane of a place.
    fn fill(&mut self, place: usize, number: f64) {
        self.groups_mut(place).for_each(|group| group.fill(number));
    }
}

with_vectors! {
    fn get[V](frames: &Frames, place: usize, column: &mut [f64]) {
        let mut whole = column.chunks_exact_mut(V::LANES);
        let mut groups = frames.groups(place);
        for (here, group) in whole.by_ref().zip(groups.by_ref()) {
            V::load(group).store(here);
        }
        let rest = whole.into_remainder();
        if let Some(group) = groups.next() {
            rest.copy_from_slice(&group[..rest.len()]);
        }
    }
}

with_vectors! {
    fn put[V](frames: &mut Frames, place: usize, column: &[f64]) {
        let last = column.last().copied().unwrap_or(0.0);
        let (mut whole, mut groups) = (column.chunks_exact(V::LANES), frames.groups_mut(place));
        for (numbers, group) in whole.by_ref().zip(groups.by_ref()) {
            V::load(numbers).store(group);
        }
        let rest = whole.remainder();
        for (number, group) in groups.enumerate() {
            let rest = if number == 0 { rest } else { &[] };
            let (here, beyond) = group.split_at_mut(rest.len());
            here.copy_from_slice(rest);
            beyond.fill(last);
        }
    }
}

/// A block of futures on their way.
struct Run<'a> {
    plan: &'a Plan<'a>,
    code: &'a Code,
    stretches: &'a [Stretch],
    futures: Range<usize>,
    groups: usize,
    block: Block<'a>,
    frames: Frames<'a>,
    spill: &'a mut [Line],
    /// A number for each future.
    values: &'a mut Vec<f64>,
    rows: &'a mut Rows,
    delays: Vec<Delay>,
}

impl<'a> Run<'a> {
    fn new(
        plan: &'a Plan<'a>,
        code: &'a Code,
        stretches: &'a [Stretch],
        scratch: &'a mut Scratch,
        futures: Range<usize>,
    ) -> Self {
        let width = code.width.lanes();
        let groups = futures
            .len()
            .div_ceil(width)
            .next_multiple_of(code.turns.together);
        let lines_each = Code::frame_lines(&code.layout, code.width);
        let lines = groups * lines_each;
        scratch.frames.resize(lines.max(scratch.frames.len()), Line::ZERO);
        scratch
            .spill
            .resize(code.spill_lines.max(scratch.spill.len()), Line::ZERO);
        Self {
            plan,
            code,
            stretches,
            groups,
            block: scratch.block.block(plan, futures.clone()),
            futures,
            frames: Frames {
                lines: &mut scratch.frames[..lines],
                lines_each,
                width,
                level: code.level,
            },
            spill: &mut scratch.spill,
            values: &mut scratch.values,
            rows: &mut scratch.rows,
            delays: Vec::new(),
        }
    }

    fn run(mut self, outputs: &mut Outputs) {
        self.begin();
        self.before();
        let method = within(self.plan.program.integration);
        let saved: &[usize] = &self.plan.timeline.saved;
        for stretch in self.stretches {
            let mut step = stretch.steps.start;
            while step < stretch.steps.end {
                let alone = method.is_some() || stretch.outbox || !self.delays.is_empty();
                step += if method.is_some() {
                    self.one(stretch.entry, step);
                    1
                } else {
                    let most = if alone { 1 } else { stretch.steps.end - step };
                    self.some(stretch.entry, step, most)
                };
                let last = step - 1;
                if stretch.outbox {
                    self.observe(last);
                    if let Ok(number) = saved.binary_search(&last) {
                        self.save(number, outputs);
                    }
                }
                if last < self.plan.timeline.steps {
                    if let Some(method) = method {
                        self.look_within(method, last);
                    }
                    for delay in &mut self.delays {
                        delay.pass(last, &mut self.frames);
                    }
                }
            }
        }
        self.finish(outputs);
    }

    /// First values of frames and rows.
    fn begin(&mut self) {
        let (plan, code) = (self.plan, self.code);
        self.block.begin();
        self.rows.begin(plan, &code.common, self.block.uniform);
        let (width, lanes) = (self.futures.len(), self.groups * self.frames.width);
        // Lanes beyond the last future do what the last one does.
        let future = |lane: usize| lane.min(width - 1);
        let mut halves = Vec::new();
        for (at, place) in code.layout.places().iter().enumerate() {
            match *place {
                Place::Slot(slot) => {
                    let column = &self.block.lanes[slot as usize * width..][..width];
                    self.frames.put(at, column);
                }
                Place::Memory { metric, part } => {
                    let start = observe::start(plan.program.metrics[metric as usize].reducer);
                    self.frames.fill(at, start[usize::from(part)]);
                }
                Place::Future(half) => {
                    let futures = &plan.batch.futures[self.futures.clone()];
                    halves.clear();
                    halves.extend(futures.iter().map(|future| half_word(*future, half)));
                    self.frames.put(at, &halves);
                }
                // Written before it is read.
                _ => {}
            }
        }
        let (uniform, slots) = (&self.block.uniform, &self.block.lanes);
        self.delays = delays(plan, &code.layout, lanes, |slot, lane| {
            match (slot as usize).checked_sub(uniform.len()) {
                None => uniform[slot as usize],
                Some(place) => slots[place * width + future(lane)],
            }
        });
    }

    /// Computes what all steps read.
    fn before(&mut self) {
        if let Some(entry) = self.code.before {
            let mut operands = Operands {
                frames: self.frames.lines,
                rows: &[],
                pool: &self.code.pool,
                spill: self.spill,
            };
            let groups = operands.frames.len() / entry.frame_lines;
            self.code.executable.call(entry, groups, 1, &mut operands);
        }
    }

    /// Some steps, at most `most`; returns how many.
    fn some(&mut self, entry: Entry, step: usize, most: usize) -> usize {
        let rows = self
            .rows
            .from(step, self.plan, &self.code.common, self.block.uniform);
        let mut operands = Operands {
            frames: self.frames.lines,
            rows,
            pool: &self.code.pool,
            spill: self.spill,
        };
        let mut steps = match entry.row_len {
            0 => most,
            len => most.min(operands.rows.len() / len),
        };
        if self.code.turns.resident {
            // Every group walks along the rows: they should stay in the first cache.
            steps = steps.min((ROW_NUMBERS / entry.row_len.max(1)).max(LEAST_STEPS));
        }
        let groups = operands.frames.len() / entry.frame_lines;
        self.code.executable.call(entry, groups, steps, &mut operands);
        steps
    }

    /// One step, of which the common slots hold what they should.
    fn one(&mut self, entry: Entry, step: usize) {
        self.plan.set_time(self.block.uniform, step);
        self.again(entry, step);
    }

    /// The same with the common slots as they stand.
    fn again(&mut self, entry: Entry, step: usize) {
        let mut operands = Operands {
            frames: self.frames.lines,
            rows: self.rows.one(step, self.plan, self.block.uniform),
            pool: &self.code.pool,
            spill: self.spill,
        };
        let groups = operands.frames.len() / entry.frame_lines;
        self.code.executable.call(entry, groups, 1, &mut operands);
    }

    /// The further looks of a method that looks within a step.
    fn look_within(&mut self, method: &Within, step: usize) {
        let (time, length) = (self.plan.timeline.time(step), self.plan.timeline.length(step));
        let common = &self.code.common;
        let states = self.rows.states();
        states.look(common, step, self.block.uniform, &[], 1);
        states.keep(common, self.block.uniform, &mut [], 1);
        for (number, look) in (1..).zip(method.looks) {
            let ahead = look.ahead.of(length);
            let states = self.rows.states();
            states.advance(self.code.level, common, self.block.uniform, &mut [], 1, ahead);
            self.block.uniform[self.plan.program.time.0 as usize] = time + ahead;
            let kind = (Observe::Metrics(Vec::new()), Advance::Look(number));
            let entry = self.code.entries.get(&kind).expect("every look has code");
            self.again(*entry, step);
            let states = self.rows.states();
            states.weigh(
                self.code.level,
                common,
                self.block.uniform,
                &mut [],
                1,
                look.weight,
            );
        }
        let states = self.rows.states();
        states.conclude(
            self.code.level,
            common,
            self.block.uniform,
            &mut [],
            1,
            method.whole.of(length),
        );
        states.leap(self.code.level, common, step, self.block.uniform, &mut [], 1);
    }

    /// Metrics take in what a step has left in the outbox.
    fn observe(&mut self, step: usize) {
        let width = self.futures.len();
        self.values.resize(width, 0.0);
        for metric in seen(&self.plan.windows, step) {
            self.frames.get(self.place(Place::Seen(metric)), self.values);
            // A memory without a place belongs to a metric that no code of its own observes: the block keeps it.
            let places = [0, 1].map(|part| self.code.layout.find(Place::Memory { metric, part }));
            let memory = &mut self.block.memories[metric as usize];
            for (part, place) in memory.chunks_mut(width).zip(places) {
                if let Some(place) = place {
                    self.frames.get(place, part);
                }
            }
            self.block.see(metric as usize, self.values, step);
            let memory = &self.block.memories[metric as usize];
            for (part, place) in memory.chunks(width).zip(places) {
                if let Some(place) = place {
                    self.frames.put(place, part);
                }
            }
        }
    }

    fn place(&self, place: Place) -> usize {
        let at = self.code.layout.find(place);
        at.expect("the code that has run stores to this place")
    }

    fn save(&mut self, number: usize, outputs: &mut Outputs) {
        let count = outputs.times.len();
        for (series, table) in outputs.series.iter_mut().enumerate() {
            let place = self.place(Place::Saved(series as u32));
            self.frames.get(place, self.values);
            for (row, value) in self.futures.clone().zip(&*self.values) {
                table[row * count + number] = canonical_nan(*value);
            }
        }
    }

    /// Gives the last values back to the block, which judges them.
    fn finish(self, outputs: &mut Outputs) {
        let width = self.futures.len();
        self.rows.finish(self.block.uniform);
        for (at, place) in self.code.layout.places().iter().enumerate() {
            let numbers = match *place {
                Place::Slot(slot) => &mut self.block.lanes[slot as usize * width..][..width],
                Place::Memory { metric, part } => {
                    &mut self.block.memories[metric as usize][usize::from(part) * width..][..width]
                }
                _ => continue,
            };
            self.frames.get(at, numbers);
        }
        self.block.finish(outputs);
    }
}
