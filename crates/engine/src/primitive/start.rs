//! Where a batch starts: the first values of all frames and of the common row, as plain numbers, for back ends that run elsewhere.

use std::ops::Range;

use super::kinds::seen;
use super::step::{Common, Extra, Layout, Place};
use crate::batch::{Batch, Outputs};
use crate::block::{self, Plan};
use crate::ir::{Program, Slot, Update};
use crate::observe;
use crate::scalar::{delay_steps, scheduled};

/// A delay as a back end runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delayed {
    /// The place of the frame in which a step leaves what enters.
    pub entering: usize,
    /// The place in which steps see what comes out, if any does.
    pub home: usize,
    /// By how many steps, for each future.
    pub steps: Vec<usize>,
}

/// The state of a batch before its first step, after everything that happens once.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// For each place of the frame a number for each future.
    pub frames: Vec<Vec<f64>>,
    /// The common row.
    pub row: Vec<f64>,
    /// Places of the row that follow the timeline, with a number for each step; the last step is where the run ends.
    pub clockwork: Vec<(usize, Vec<f64>)>,
    /// The delays.
    pub delays: Vec<Delayed>,
    /// For each metric the steps that it sees.
    pub windows: Vec<Option<Range<usize>>>,
    /// Number of steps, without the end of the run.
    pub steps: usize,
    /// The piecewise-linear functions: where segments begin, the values there, the slopes.
    pub tables: Vec<[Vec<f64>; 3]>,
}

impl Start {
    /// The metrics that see a step.
    pub fn seen(&self, step: usize) -> Vec<u32> {
        seen(&self.windows, step)
    }

    /// Computes it; the outputs, if there is nothing to run. Delays must have places: the routines come first.
    ///
    /// # Panics
    /// As [`scalar::run`](crate::scalar::run).
    pub fn new(program: &Program, layout: &Layout, batch: &Batch) -> Result<Self, Outputs> {
        let futures = batch.futures.len();
        let mut scratch = block::Scratch::new(futures.max(1));
        let mut uniform = Vec::new();
        let plan = Plan::new(program, batch, &mut uniform)?;
        scratch.uniform = uniform;
        let mut block = scratch.block(&plan, 0..futures);
        block.begin();
        let (timeline, first) = (&plan.timeline, program.uniform_len as usize);
        let column = |place: &Place| -> Vec<f64> {
            match *place {
                Place::Slot(slot) => block.lanes[slot as usize * futures..][..futures].to_vec(),
                Place::Memory { metric, part } => {
                    let start = observe::start(program.metrics[metric as usize].reducer);
                    vec![start[usize::from(part)]; futures]
                }
                Place::Future(half) => batch
                    .futures
                    .iter()
                    .map(|future| half_word(*future, half))
                    .collect(),
                _ => vec![0.0; futures],
            }
        };
        let frames = layout.places().iter().map(column).collect();
        let mut clockwork = Vec::new();
        let mut follow = |at: usize, value: &dyn Fn(usize) -> f64| {
            clockwork.push((at, (0..=timeline.steps).map(value).collect()));
        };
        let at_slot = |slot: Slot| layout.find_in_row(Common::Slot(slot.0));
        if let Some(at) = at_slot(program.time) {
            follow(at, &|step| timeline.time(step));
        }
        for (number, latch) in program.latches.iter().enumerate() {
            if let Some(at) = at_slot(latch.slot) {
                follow(at, &|step| timeline.latched(step)[number]);
            }
        }
        for (slot, schedule) in &plan.schedules {
            if let Some(at) = at_slot(*slot) {
                follow(at, &|step| {
                    scheduled(schedule, timeline.time(step), timeline.length(step))
                });
            }
        }
        let mut row = Vec::new();
        for (at, common) in layout.row().iter().enumerate() {
            row.push(match *common {
                Common::Slot(slot) => block.uniform[slot as usize],
                Common::Extra(extra) => {
                    if !matches!(extra, Extra::Key { .. }) {
                        follow(at, &|step| extra_at(&plan, extra, step));
                    }
                    extra_at(&plan, extra, 0)
                }
            });
        }
        let mut delays = Vec::new();
        for (state, number) in program.states.iter().zip(0..) {
            let (Update::Delay { delay, .. }, Some(home)) =
                (state.update, state.slot.0.checked_sub(program.uniform_len))
            else {
                continue;
            };
            for element in 0..state.len {
                let entering = layout.find(Place::Entering {
                    state: number,
                    element,
                });
                let home = layout.find(Place::Slot(home + element));
                let (Some(entering), Some(home)) = (entering, home) else {
                    continue;
                };
                let slot = (delay.0 + element) as usize;
                let value = |future: usize| match slot.checked_sub(first) {
                    None => block.uniform[slot],
                    Some(place) => block.lanes[place * futures + future],
                };
                let steps = |future| delay_steps(value(future), timeline.length(0), timeline.steps);
                delays.push(Delayed {
                    entering,
                    home,
                    steps: (0..futures).map(steps).collect(),
                });
            }
        }
        Ok(Self {
            frames,
            row,
            clockwork,
            delays,
            steps: timeline.steps,
            windows: plan.windows.clone(),
            tables: program
                .tables
                .iter()
                .map(|table| [table.x.clone(), table.y.clone(), table.slope.clone()])
                .collect(),
        })
    }
}

/// An extra at a step.
pub(crate) fn extra_at(plan: &Plan, extra: Extra, step: usize) -> f64 {
    let length = plan.timeline.length(step);
    match extra {
        Extra::Length => length,
        Extra::Half => 0.5 * length,
        Extra::Sixth => length / 6.0,
        Extra::Sees(metric) => {
            let window = &plan.windows[metric as usize];
            f64::from(u8::from(
                window.as_ref().is_some_and(|window| window.contains(&step)),
            ))
        }
        Extra::Step(half) => half_word(step as u64, half),
        Extra::Key { stream, round, half } => {
            let key = plan.streams[stream as usize].key_in_round(round)[usize::from(half)];
            f64::from_bits(key.into())
        }
    }
}

/// The low or the high half of a word, as a word.
pub(crate) fn half_word(word: u64, half: u8) -> f64 {
    f64::from_bits(word >> (32 * u32::from(half)) & 0xffff_ffff)
}
