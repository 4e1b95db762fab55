//! A batch of futures by machine code: blocks of frames, a call for each step.
//!
//! A frame holds everything that a register's width of futures keeps between steps. The block interpreter fills the frames' first values
//! in and takes the last ones out; what no instruction does for us, delays and rare observations, happens between the calls.

use std::ops::Range;

use super::memory::{Line, Operands};
use super::Native;
use crate::batch::{Batch, Outputs};
use crate::block::states::{self, States};
use crate::block::{self, Block, Plan};
use crate::ir::{Program, Update};
use crate::math::canonical_nan;
use crate::primitive::{Advance, Extra, Kind, Observe, Place, half_word, seen};
use crate::{observe, scalar};
use model::Integration;

/// The memory that one thread needs to run programs.
#[derive(Clone, Debug)]
pub struct Scratch {
    block: block::Scratch,
    frames: Vec<Line>,
    row: Vec<f64>,
    spill: Vec<Line>,
    common: States,
    passing: Vec<f64>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new(block::DEFAULT_WIDTH)
    }
}

impl Scratch {
    /// Memory for blocks of `width` futures. The width changes how fast a program runs and nothing else.
    pub fn new(width: usize) -> Self {
        Self {
            block: block::Scratch::new(width),
            frames: Vec::new(),
            row: Vec::new(),
            spill: Vec::new(),
            common: States::default(),
            passing: Vec::new(),
        }
    }
}

/// Runs a program for every future of a batch by its machine code: [`scalar::run`], only faster.
///
/// # Panics
/// If the code was not compiled from the program, or the batch does not have the program's inputs, bound as requested, in columns as
/// long as `futures`.
pub fn run(program: &Program, native: &Native, batch: &Batch, scratch: &mut Scratch) -> Outputs {
    let plan = match Plan::new(program, batch, &mut scratch.block.uniform) {
        Ok(plan) => plan,
        Err(outputs) => return outputs,
    };
    let mut outputs = plan.outputs();
    for rows in plan.blocks(scratch.block.width) {
        Run::new(&plan, native, scratch, rows).run(&mut outputs);
    }
    outputs
}

/// A block of futures on their way.
struct Run<'a> {
    plan: &'a Plan<'a>,
    native: &'a Native,
    rows: Range<usize>,
    groups: usize,
    frame_lines: usize,
    block: Block<'a>,
    frames: &'a mut [Line],
    row: &'a mut Vec<f64>,
    spill: &'a mut [Line],
    common: &'a mut States,
    passing: &'a mut Vec<f64>,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Plan<'a>, native: &'a Native, scratch: &'a mut Scratch, rows: Range<usize>) -> Self {
        let groups = rows.len().div_ceil(native.width.lanes());
        let frame_lines = Native::frame_lines(&native.layout, native.width);
        scratch.frames.clear();
        scratch.frames.resize(groups * frame_lines, Line::ZERO);
        scratch.spill.resize(native.spill_lines.max(scratch.spill.len()), Line::ZERO);
        Self {
            plan,
            native,
            groups,
            frame_lines,
            block: scratch.block.block(plan, rows.clone()),
            rows,
            frames: &mut scratch.frames,
            row: &mut scratch.row,
            spill: &mut scratch.spill,
            common: &mut scratch.common,
            passing: &mut scratch.passing,
        }
    }

    /// Where a lane's number at a place is.
    fn at(&self, place: usize, lane: usize) -> (usize, usize) {
        let lanes = self.native.width.lanes();
        let number = place * lanes + lane % lanes;
        (lane / lanes * self.frame_lines + number / 8, number % 8)
    }

    fn get(&self, place: usize, lane: usize) -> f64 {
        let (line, number) = self.at(place, lane);
        self.frames[line].0[number]
    }

    fn set(&mut self, place: usize, lane: usize, value: f64) {
        let (line, number) = self.at(place, lane);
        self.frames[line].0[number] = value;
    }

    fn run(mut self, outputs: &mut Outputs) {
        let plan = self.plan;
        let timeline = &plan.timeline;
        self.begin();
        let mut saved = timeline.saved.iter().copied().enumerate().peekable();
        for step in 0..=timeline.steps {
            plan.set_time(self.block.uniform, step);
            self.set_length(step);
            let save = saved.next_if(|(_, saved)| *saved == step);
            let kind = self.kind(step, save.is_some());
            self.compute(&kind);
            if kind.0 == Observe::Outbox {
                self.observe(step);
                if let Some((number, _)) = save {
                    self.save(number, outputs);
                }
            }
            if step < timeline.steps {
                self.update(step);
            }
        }
        self.finish(outputs);
    }

    /// First values of frames and row.
    fn begin(&mut self) {
        let (plan, native) = (self.plan, self.native);
        self.block.begin();
        let no_lanes = &mut [];
        self.common
            .begin(&native.common, &plan.timeline, self.block.uniform, no_lanes, 1);
        let width = self.rows.len();
        // Lanes beyond the last future do what the last one does.
        for lane in 0..self.groups * native.width.lanes() {
            let future = lane.min(width - 1);
            for (at, place) in native.layout.places().iter().enumerate() {
                let value = match *place {
                    Place::Slot(slot) => self.block.lanes[slot as usize * width + future],
                    Place::Memory { metric, part } => {
                        observe::start(plan.program.metrics[metric as usize].reducer)[usize::from(part)]
                    }
                    Place::Future(half) => half_word(plan.batch.futures[self.rows.start + future], half),
                    _ => 0.0,
                };
                self.set(at, lane, value);
            }
        }
        self.row.clear();
        self.row.resize(native.layout.row_len(), 0.0);
        let first = plan.program.uniform_len as usize;
        for (at, extra) in native.layout.extras().iter().enumerate() {
            if let Extra::Key { stream, round, half } = *extra {
                let key = plan.streams[stream as usize].key_in_round(round)[usize::from(half)];
                self.row[first + at] = f64::from_bits(key.into());
            }
        }
    }

    fn set_length(&mut self, step: usize) {
        let length = self.plan.timeline.length(step);
        let first = self.plan.program.uniform_len as usize;
        for (at, extra) in self.native.layout.extras().iter().enumerate() {
            self.row[first + at] = match *extra {
                Extra::Length => length,
                Extra::Half => 0.5 * length,
                Extra::Sixth => length / 6.0,
                Extra::Step(half) => half_word(step as u64, half),
                Extra::Key { .. } => continue,
            };
        }
    }

    fn kind(&self, step: usize, save: bool) -> Kind {
        let first = match self.plan.program.integration {
            _ if step == self.plan.timeline.steps => return (Observe::Outbox, Advance::Stay),
            Integration::Euler => Advance::Euler,
            Integration::Rk4 => Advance::Rk4(0),
        };
        let set = (Observe::Metrics(seen(&self.plan.windows, step)), first);
        let outbox = save && !self.plan.program.series.is_empty() || !self.native.entries.contains_key(&set);
        if outbox { (Observe::Outbox, first) } else { set }
    }

    /// What is the same for all futures, and then the futures.
    fn compute(&mut self, kind: &Kind) {
        let program = self.plan.program;
        scalar::execute(program, &program.step.uniform, self.block.uniform, None);
        self.row[..self.block.uniform.len()].copy_from_slice(self.block.uniform);
        let native = self.native;
        let entry = *native.entries.get(kind).expect("every kind of step of a run has code");
        let mut operands = Operands {
            frames: self.frames,
            row: self.row,
            pool: &native.pool,
            spill: self.spill,
        };
        native.executable.call(entry, self.groups, &mut operands);
    }

    /// Metrics take in what a step has left in the outbox.
    fn observe(&mut self, step: usize) {
        let plan = self.plan;
        let (time, length) = (plan.timeline.time(step), plan.timeline.length(step));
        for metric in seen(&plan.windows, step) {
            let reducer = plan.program.metrics[metric as usize].reducer;
            let value = self.place(Place::Seen(metric));
            let parts = [0, 1].map(|part| self.native.layout.find(Place::Memory { metric, part }));
            for lane in 0..self.rows.len() {
                // A memory without a place belongs to a metric that has no code of its own: the block keeps it.
                let width = self.rows.len();
                let memory = [0, 1].map(|part| match parts[part] {
                    Some(at) => self.get(at, lane),
                    None => self.block.memories[metric as usize][part * width + lane],
                });
                let memory = observe::see(reducer, memory, self.get(value, lane), time, length);
                for part in [0, 1] {
                    match parts[part] {
                        Some(at) => self.set(at, lane, memory[part]),
                        None => self.block.memories[metric as usize][part * width + lane] = memory[part],
                    }
                }
            }
        }
    }

    fn place(&self, place: Place) -> usize {
        self.native
            .layout
            .find(place)
            .expect("the code that has run stores to this place")
    }

    fn save(&mut self, number: usize, outputs: &mut Outputs) {
        let count = outputs.times.len();
        for (series, table) in outputs.series.iter_mut().enumerate() {
            let place = self.place(Place::Saved(series as u32));
            for (lane, row) in self.rows.clone().enumerate() {
                table[row * count + number] = canonical_nan(self.get(place, lane));
            }
        }
    }

    /// Takes to the next step what the code has not taken there.
    fn update(&mut self, step: usize) {
        let plan = self.plan;
        let (time, length) = (plan.timeline.time(step), plan.timeline.length(step));
        let (common, none) = (&self.native.common, &mut [][..]);
        self.common.look(common, step, self.block.uniform, none, 1);
        match plan.program.integration {
            Integration::Euler => states::euler(common, self.block.uniform, none, 1, length),
            Integration::Rk4 => {
                self.common.keep(common, self.block.uniform, none, 1);
                for (look, weight, ahead) in [(1, 2.0, 0.5 * length), (2, 2.0, 0.5 * length), (3, 1.0, length)] {
                    self.common.advance(common, self.block.uniform, none, 1, ahead);
                    self.block.uniform[plan.program.time.0 as usize] = time + ahead;
                    self.compute(&(Observe::Metrics(Vec::new()), Advance::Rk4(look)));
                    self.common.weigh(common, self.block.uniform, none, 1, weight);
                }
                self.common.conclude(common, self.block.uniform, none, 1, length);
            }
        }
        self.common.leap(common, self.block.uniform, none, 1);
        for (number, state) in plan.program.states.iter().enumerate() {
            if let (Update::Delay { .. }, Some(first)) =
                (state.update, state.slot.0.checked_sub(plan.program.uniform_len))
            {
                self.delay(number, first, state.len, step);
            }
        }
    }

    /// Lets a delay take in and give out.
    fn delay(&mut self, number: usize, first: u32, len: u32, step: usize) {
        let width = self.rows.len();
        let mut passing = std::mem::take(self.passing);
        passing.clear();
        for element in 0..len {
            let state = number as u32;
            let entering = self.place(Place::Entering { state, element });
            passing.extend((0..width).map(|lane| self.get(entering, lane)));
        }
        let homes: Vec<Option<usize>> = (first..first + len)
            .map(|slot| self.native.layout.find(Place::Slot(slot)))
            .collect();
        let mut states = std::mem::take(self.block.states);
        states.pass(number, step, &mut passing, |place| {
            homes[place / width].map_or(f64::NAN, |home| self.get(home, place % width))
        });
        *self.block.states = states;
        for (home, values) in homes.into_iter().zip(passing.chunks(width)) {
            // Without a home nobody looks at the element.
            if let Some(home) = home {
                for (lane, value) in values.iter().enumerate() {
                    self.set(home, lane, *value);
                }
            }
        }
        *self.passing = passing;
    }

    /// Gives the last values back to the block, which judges them.
    fn finish(self, outputs: &mut Outputs) {
        let width = self.rows.len();
        for (at, place) in self.native.layout.places().iter().enumerate() {
            for lane in 0..width {
                let value = self.get(at, lane);
                match *place {
                    Place::Slot(slot) => self.block.lanes[slot as usize * width + lane] = value,
                    Place::Memory { metric, part } => {
                        self.block.memories[metric as usize][usize::from(part) * width + lane] = value;
                    }
                    _ => {}
                }
            }
        }
        self.block.finish(outputs);
    }
}
