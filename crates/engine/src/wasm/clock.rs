//! The walk for all futures at once: its times, controls and schedules, and the rows that it leaves for the futures.

use super::Form;
use super::InputPlace;
use super::body::at;
use super::memory::LENGTH;
use super::shared::Routine;
use super::trace::NodeId;
use super::walk::{Sink, Walk};
use wasm_encoder::ValType;

/// The times, the controls and the schedules of a step, for the walk that is the same for all futures.
pub(super) struct Clock {
    /// The time as an `f64`, and as a word; within a step the word is ahead of it.
    time: u32,
    word: u32,
    /// The length as an `f64`, and as a word, where it changes.
    length: u32,
    length_word: u32,
    latches: Vec<u32>,
    /// Address of each schedule, and the word that it gives.
    schedules: Vec<(u32, u32)>,
    /// Address of a row for each step, where times are not even: time, length, latches.
    table: Option<u32>,
}

impl Clock {
    pub(super) fn new(walk: &mut Walk) -> Self {
        let (program, timeline) = (walk.setting.program, walk.setting.timeline);
        let table = (timeline.even().is_none() || !program.latches.is_empty()).then(|| {
            let rows = (0..=timeline.steps).flat_map(|step| {
                let latched = timeline.latched(step).iter().copied();
                [timeline.time(step), timeline.length(step)]
                    .into_iter()
                    .chain(latched)
            });
            walk.body.shared.words(rows.map(f64::to_bits))
        });
        let body = &mut walk.body;
        let clock = Self {
            time: body.local(ValType::F64),
            word: body.word_local(),
            length: body.local(ValType::F64),
            length_word: body.word_local(),
            latches: program.latches.iter().map(|_| body.word_local()).collect(),
            schedules: program
                .inputs
                .iter()
                .zip(&walk.setting.memory.inputs)
                .filter_map(|(input, place)| match (input.slot, place) {
                    (Some(_), InputPlace::Schedule { at }) => Some((*at, body.word_local())),
                    _ => None,
                })
                .collect(),
            table,
        };
        let slots = program
            .inputs
            .iter()
            .zip(&walk.setting.memory.inputs)
            .filter_map(|(input, place)| match place {
                InputPlace::Schedule { .. } => input.slot,
                _ => None,
            });
        let slots: Vec<u32> = slots.map(|slot| slot.0).collect();
        let latches = program.latches.iter().map(|latch| latch.slot.0);
        let words: Vec<(u32, u32)> = slots
            .into_iter()
            .zip(clock.schedules.iter().map(|(_, word)| *word))
            .chain(latches.zip(clock.latches.iter().copied()))
            .chain([(program.time.0, clock.word), (LENGTH, clock.length_word)])
            .collect();
        for (slot, word) in words {
            let id = walk.body.of_local(word).id;
            walk.values.insert(slot, id);
        }
        clock
    }

    /// Sets everything to the current step.
    pub(super) fn set(&self, walk: &mut Walk) {
        let scheduled = match self.schedules.is_empty() {
            true => None,
            false => Some(walk.body.shared.number(Routine::Scheduled)),
        };
        let simd = walk.body.form == Form::Simd;
        let step = walk.body.step;
        let half = walk.body.shared.pool(0.5_f64.to_bits());
        match (self.table, walk.setting.timeline.even()) {
            (None, Some((start, length))) => {
                let [start, length] = [start, length].map(|value| walk.body.shared.pool(value.to_bits()));
                let mut sink = walk.body.sink();
                sink.i32_const(0).f64_load(at(length)).local_set(self.length);
                sink.i32_const(0).f64_load(at(start));
                sink.local_get(step).f64_convert_i32_u();
                sink.local_get(self.length).f64_mul().f64_add();
                sink.local_set(self.time);
            }
            (table, _) => {
                let table = table.expect("uneven times stand in a table");
                let row = 8 * (2 + self.latches.len() as i32);
                let mut sink = walk.body.sink();
                let columns = [self.time, self.length];
                for (offset, local) in (table..).step_by(8).zip(columns) {
                    sink.local_get(step).i32_const(row).i32_mul();
                    sink.f64_load(at(offset)).local_set(local);
                }
                for (offset, local) in (table + 16..).step_by(8).zip(&self.latches) {
                    sink.local_get(step).i32_const(row).i32_mul();
                    if simd {
                        sink.v128_load64_splat(at(offset));
                    } else {
                        sink.f64_load(at(offset));
                    }
                    sink.local_set(*local);
                }
            }
        }
        let mut sink = walk.body.sink();
        let mut spread = |from: u32, to: u32| {
            sink.local_get(from);
            if simd {
                sink.f64x2_splat();
            }
            sink.local_set(to);
        };
        spread(self.time, self.word);
        spread(self.length, self.length_word);
        for (place, word) in &self.schedules {
            sink.i32_const(*place as i32);
            sink.local_get(self.time);
            sink.i32_const(0).f64_load(at(half)).local_get(self.length);
            sink.f64_mul().f64_add();
            sink.call(scheduled.expect("there is a schedule"));
            if simd {
                sink.f64x2_splat();
            }
            sink.local_set(*word);
        }
    }
}

/// Leaves a row for every computation of rates.
pub(super) struct Rows {
    clock: Clock,
}

impl Rows {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

impl<'a, 'm> Sink<'a, 'm> for Rows {
    fn plan(&mut self, walk: &mut Walk<'a, 'm>) -> Vec<NodeId> {
        let slots = walk.setting.memory.row_slots.keys();
        slots.map(|slot| walk.value(*slot).id).collect()
    }

    fn computed(&mut self, walk: &mut Walk<'a, 'm>) {
        let memory = walk.setting.memory;
        for (slot, offset) in &memory.row_slots {
            let (id, place) = (walk.value(*slot).id, walk.place);
            walk.body.sink().local_get(place);
            walk.body.word(id);
            walk.body.store_word(memory.rows + offset);
        }
    }

    fn at_step(&mut self, _: &mut Walk<'a, 'm>) {}

    fn moved(&mut self, walk: &mut Walk<'a, 'm>, ahead: Option<u32>) {
        match ahead {
            None => self.clock.set(walk),
            Some(ahead) => {
                let simd = walk.body.form == Form::Simd;
                let mut sink = walk.body.sink();
                sink.local_get(self.clock.time);
                if simd {
                    sink.f64x2_splat().local_get(ahead).f64x2_add();
                } else {
                    sink.local_get(ahead).f64_add();
                }
                sink.local_set(self.clock.word);
            }
        }
    }
}
