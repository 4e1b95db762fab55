//! What is the same for all futures, step by step: rows that machine code walks along.
//!
//! The rows of a run are computed once for a batch, if they are not too many, and then serve all its blocks.

use crate::batch::{Batch, Schedule, Value};
use crate::block::states::{self, States};
use crate::block::{Level, Plan};
use crate::ir::Program;
use crate::primitive::{Common, Extra, Layout, extra_at};
use crate::scalar;

/// The most numbers that are computed ahead: a megabyte of them.
const MOST_NUMBERS: usize = 1 << 17;

/// What the rows of a run depend on beside the program.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Origins {
    seed: u64,
    /// The inputs that all futures share.
    inputs: Vec<Shared>,
}

#[derive(Clone, Debug, PartialEq)]
enum Shared {
    /// The bits of a number.
    Number(u64),
    Schedule(Schedule),
    /// Each future has its own.
    Nothing,
}

impl Origins {
    pub(super) fn new(batch: &Batch) -> Self {
        let shared = |value: &Value| match *value {
            Value::Uniform(number) => Shared::Number(number.to_bits()),
            Value::Schedule(schedule) => Shared::Schedule(schedule.clone()),
            Value::PerFuture(_) => Shared::Nothing,
        };
        Self {
            seed: batch.seed,
            inputs: batch.inputs.iter().map(shared).collect(),
        }
    }

    /// Whether a batch has the same; a schedule with a NaN in it is no other's.
    pub(super) fn are_those_of(&self, batch: &Batch) -> bool {
        let alike = |(known, value): (&Shared, &Value)| match (known, value) {
            (Shared::Number(bits), Value::Uniform(number)) => *bits == number.to_bits(),
            (Shared::Schedule(known), Value::Schedule(schedule)) => known == *schedule,
            (Shared::Nothing, Value::PerFuture(_)) => true,
            _ => false,
        };
        self.seed == batch.seed
            && self.inputs.len() == batch.inputs.len()
            && self.inputs.iter().zip(batch.inputs).all(alike)
    }
}

/// Rows of some neighbouring steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    numbers: Vec<f64>,
    first: usize,
    count: usize,
    /// The row without what changes from step to step.
    template: Vec<f64>,
    /// Places of the row that change, or may.
    changing: Vec<(usize, Common)>,
    states: States,
    /// The program's common slots after the last step, where the rows of the whole run are here.
    last: Option<Vec<f64>>,
}

impl Rows {
    /// Forgets everything, for a new batch.
    pub(super) fn reset(&mut self, plan: &Plan, layout: &Layout) {
        (self.first, self.count, self.last) = (0, 0, None);
        self.template.clear();
        self.changing.clear();
        for (at, common) in layout.row().iter().enumerate() {
            let fixed = match *common {
                Common::Extra(extra @ Extra::Key { .. }) => extra_at(plan, extra, 0),
                _ => {
                    self.changing.push((at, *common));
                    0.0
                }
            };
            self.template.push(fixed);
        }
    }

    /// Makes ready for a new block, whose first values of common slots are `uniform`.
    pub(super) fn begin(&mut self, plan: &Plan, common: &Program, uniform: &mut [f64]) {
        if self.last.is_none() {
            (self.first, self.count) = (0, 0);
            self.states.begin(common, &plan.timeline, uniform, &mut [], 1);
        }
    }

    /// The rows from a step on, as many as there are; steps are asked for in their order.
    pub(super) fn from(&mut self, step: usize, plan: &Plan, common: &Program, uniform: &mut [f64]) -> &[f64] {
        let len = self.template.len();
        if !(self.first..self.first + self.count).contains(&step) {
            let (steps, level) = (plan.timeline.steps, Level::best());
            let end = (steps + 1).min(step + (MOST_NUMBERS / len.max(1)).max(1));
            self.numbers.clear();
            (self.first, self.count) = (step, end - step);
            for step in step..end {
                plan.set_time(uniform, step);
                self.push(step, plan, uniform);
                if step < steps {
                    let length = plan.timeline.length(step);
                    self.states.look(common, step, uniform, &[], 1);
                    states::euler(level, common, uniform, &mut [], 1, length);
                    self.states.leap(level, common, step, uniform, &mut [], 1);
                }
            }
            if self.count == steps + 1 {
                self.last = Some(uniform.to_vec());
            }
        }
        &self.numbers[(step - self.first) * len..]
    }

    /// Whether the rows of the whole run are here.
    pub(super) fn are_whole(&self) -> bool {
        self.last.is_some()
    }

    /// The common slots at the end of the run.
    pub(super) fn finish(&self, uniform: &mut [f64]) {
        if let Some(last) = &self.last {
            uniform.copy_from_slice(last);
        }
    }

    /// One row, of the common slots as they stand and what `step` computes from them.
    pub(super) fn one(&mut self, step: usize, plan: &Plan, uniform: &mut [f64]) -> &[f64] {
        self.numbers.clear();
        self.push(step, plan, uniform);
        &self.numbers
    }

    fn push(&mut self, step: usize, plan: &Plan, uniform: &mut [f64]) {
        scalar::execute(plan.program, &plan.program.step.uniform, uniform, None);
        let first = self.numbers.len();
        self.numbers.extend_from_slice(&self.template);
        let row = &mut self.numbers[first..];
        for (at, common) in &self.changing {
            row[*at] = match *common {
                Common::Slot(slot) => uniform[slot as usize],
                Common::Extra(extra) => extra_at(plan, extra, step),
            };
        }
    }

    /// The states that are the same for all futures, for methods that look within a step.
    pub(super) fn states(&mut self) -> &mut States {
        &mut self.states
    }
}
