//! Where everything lies in a module's memory.
//!
//! In: a program, its timeline and how many futures run in one call. Out: addresses, and for every slot that is the same for all
//! futures the place where the functions of futures find it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Form, InputPlace, Missing};
use crate::ir::{Op, Program, Slot, Update};
use crate::method::within;
use crate::request::{Binding, Reducer};
use crate::timeline::Timeline;

/// The largest memory that a module may ask for.
const LARGEST: u64 = 1 << 29;

/// Stands among the slots of a row for the time to the next step, where that changes.
pub(super) const LENGTH: u32 = u32::MAX;

/// What a slot that is the same for all futures is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Known {
    /// Known when the module is written.
    Constant(f64),
    /// A number from the caller, at this address.
    Given(u32),
    /// Computed before the first step.
    Before,
    /// Computed anew at each step.
    AtStep,
}

/// Addresses.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) seed: u32,
    pub(super) keys: u32,
    /// Whether all stocks that futures share ended finite, as a mask.
    pub(super) sound: u32,
    pub(super) futures: u32,
    pub(super) inputs: Vec<InputPlace>,
    pub(super) metrics: u32,
    pub(super) status: u32,
    pub(super) series: u32,
    /// For each slot that a future reads and that was computed before the first step, its address.
    pub(super) before: BTreeMap<u32, u32>,
    /// A row for each time that rates are computed: which slots it holds, and where it begins.
    pub(super) row_slots: BTreeMap<u32, u32>,
    pub(super) rows: u32,
    pub(super) row_len: u32,
    /// For each element of each state that is delayed, the address of what went in.
    pub(super) histories: BTreeMap<(usize, u32), u32>,
    pub(super) end: u32,
}

/// What every slot that is the same for all futures is.
pub(super) fn known(program: &Program, inputs: &[InputPlace]) -> BTreeMap<u32, Known> {
    let mut all = BTreeMap::new();
    for (slot, value) in &program.constants {
        all.insert(slot.0, Known::Constant(*value));
    }
    for (input, place) in program.inputs.iter().zip(inputs) {
        if let (Some(slot), InputPlace::Uniform { at }) = (input.slot, place) {
            all.insert(slot.0, Known::Given(*at));
        }
        if let (Some(slot), InputPlace::Schedule { .. }) = (input.slot, place) {
            all.insert(slot.0, Known::AtStep);
        }
    }
    let results = |ops: &[Op]| -> Vec<u32> {
        let range = |op: &Op| op.dst.0..op.dst.0 + u32::from(op.len);
        ops.iter().flat_map(range).collect()
    };
    for slot in results(&program.once.uniform)
        .into_iter()
        .chain(results(&program.init.uniform))
    {
        all.insert(slot, Known::Before);
    }
    all.insert(program.time.0, Known::AtStep);
    for latch in &program.latches {
        all.insert(latch.slot.0, Known::AtStep);
    }
    for slot in results(&program.step.uniform) {
        all.insert(slot, Known::AtStep);
    }
    for state in &program.states {
        if state.slot.0 < program.uniform_len {
            (0..state.len).for_each(|element| {
                all.insert(state.slot.0 + element, Known::AtStep);
            });
        }
    }
    all
}

/// The slots that a list of operations reads.
pub(super) fn reads(program: &Program, ops: &[Op]) -> BTreeSet<u32> {
    let mut all = BTreeSet::new();
    for op in ops {
        for (place, slot) in op.reads(&program.operands).into_iter().enumerate() {
            let Some(slot) = slot else { continue };
            let fixed = op.fixed >> place & 1 == 1;
            all.extend(slot.0..slot.0 + if fixed { 1 } else { u32::from(op.len) });
        }
    }
    all
}

/// The slots that states read when they go on.
pub(super) fn update_reads(program: &Program, uniform: bool) -> BTreeSet<u32> {
    let mut all = BTreeSet::new();
    let mut range = |slot: Slot, len: u32| all.extend(slot.0..slot.0 + len);
    for state in &program.states {
        if (state.slot.0 < program.uniform_len) != uniform {
            continue;
        }
        match state.update {
            Update::Integrate { rate } => range(rate, state.len),
            Update::Hold { value } | Update::Next { value } => range(value, state.len),
            Update::Delay { input, .. } => range(input, state.len),
        }
    }
    all
}

/// The slots that states read at the start.
pub(super) fn start_reads(program: &Program, uniform: bool) -> BTreeSet<u32> {
    let mut all = BTreeSet::new();
    for state in &program.states {
        if (state.slot.0 < program.uniform_len) != uniform {
            continue;
        }
        all.extend(state.initial.0..state.initial.0 + state.len);
        if let Update::Delay { delay, .. } = state.update {
            all.extend(delay.0..delay.0 + state.len);
        }
    }
    all
}

impl Memory {
    pub(super) fn new(
        program: &Program,
        timeline: &Timeline,
        form: Form,
        capacity: u32,
        schedule_steps: u32,
        data: u32,
    ) -> Result<Self, Missing> {
        let word = u64::from(form.word_bytes());
        let mut next = u64::from(data).next_multiple_of(16);
        let mut take = |bytes: u64| {
            let place = next;
            next = (next + bytes).next_multiple_of(16);
            // A place beyond the largest memory is never used: the sum is compared before anything is written.
            place.min(LARGEST) as u32
        };
        let lanes = 8 * u64::from(capacity);
        let seed = take(8);
        let keys = take(8 * program.streams.len() as u64);
        let sound = take(word);
        let futures = take(lanes);
        let inputs = program
            .inputs
            .iter()
            .map(|input| match (input.slot, input.binding) {
                (None, _) => InputPlace::Unused,
                (_, Binding::Uniform) => InputPlace::Uniform { at: take(8) },
                (_, Binding::PerFuture) => InputPlace::PerFuture { at: take(lanes) },
                (_, Binding::Schedule) => InputPlace::Schedule {
                    at: take(8 + 16 * u64::from(schedule_steps)),
                },
            })
            .collect::<Vec<_>>();
        let metrics = take(lanes * program.metrics.len() as u64);
        let status = take(lanes);

        let known = known(program, &inputs);
        let mut wanted = reads(program, &program.once.lanes);
        wanted.extend(reads(program, &program.init.lanes));
        wanted.extend(reads(program, &program.step.lanes));
        wanted.extend(update_reads(program, false));
        wanted.extend(start_reads(program, false));
        wanted.extend(program.metrics.iter().map(|metric| metric.source.0));
        wanted.extend(program.series.iter().map(|stored| stored.source.0));
        if program
            .metrics
            .iter()
            .any(|metric| matches!(metric.reducer, Reducer::FirstAbove(_)))
        {
            wanted.insert(program.time.0);
        }
        let mut before = BTreeMap::new();
        let mut row_slots = BTreeMap::new();
        for slot in wanted.into_iter().filter(|slot| *slot < program.uniform_len) {
            match known.get(&slot) {
                Some(Known::Before) => {
                    before.insert(slot, take(word));
                }
                Some(Known::AtStep) => {
                    let place = row_slots.len() as u32 * form.word_bytes();
                    row_slots.insert(slot, place);
                }
                _ => {}
            }
        }
        if timeline.even().is_none() {
            let place = row_slots.len() as u32 * form.word_bytes();
            row_slots.insert(LENGTH, place);
        }
        let row_len = (row_slots.len() as u64 * word).max(word);
        let steps = timeline.steps as u64 + 1;
        let stages = 1 + within(program.integration).map_or(0, |method| method.looks.len() as u64);
        let rows = take(steps.saturating_mul(stages * row_len));
        let series = take(
            (program.series.len() as u64)
                .saturating_mul(timeline.saved.len() as u64)
                .saturating_mul(lanes),
        );
        let mut histories = BTreeMap::new();
        for (number, state) in program.states.iter().enumerate() {
            if let Update::Delay { .. } = state.update {
                for element in 0..state.len {
                    histories.insert((number, element), take(steps * word));
                }
            }
        }
        if next > LARGEST {
            return Err(Missing::Memory {
                bytes: next,
                most: LARGEST,
            });
        }
        Ok(Self {
            seed,
            keys,
            sound,
            futures,
            inputs,
            metrics,
            status,
            series,
            before,
            row_slots,
            rows,
            row_len: row_len as u32,
            histories,
            end: next as u32,
        })
    }
}
