//! What each future leaves: metrics reduced as they come, series stored at the saved times.

use std::ops::Range;

use wasm_encoder::{BlockType, MemArg, ValType};

use super::body::at;
use super::trace::{NodeId, Traced};
use super::walk::{Sink, Walk};
use crate::ir::Observation;
use crate::math::kernel;
use crate::observe;
use crate::request::Reducer;

/// Reduces and stores what is seen at each step.
pub(super) struct Observations {
    /// Result and current stretch of each metric.
    pub(super) locals: Vec<[u32; 2]>,
    pub(super) windows: Vec<Option<Range<usize>>>,
    /// What each metric remembers after a step that it sees.
    seen: Vec<[NodeId; 2]>,
    /// Where the next saved values go, counted from the first; how many were saved.
    place: u32,
    saved: u32,
}

impl Observations {
    pub(super) fn new(walk: &mut Walk) -> Self {
        let (program, timeline) = (walk.setting.program, walk.setting.timeline);
        let mut locals = Vec::new();
        let mut starts = Vec::new();
        for metric in &program.metrics {
            let current = match metric.reducer {
                Reducer::LongestAbove(_) | Reducer::LongestBelow(_) => walk.body.word_local(),
                _ => 0,
            };
            let result = walk.body.word_local();
            // Local variables begin as 0.
            let [start, _] = observe::start(metric.reducer);
            if start.to_bits() != 0 {
                starts.push((walk.body.constant(start).id, result));
            }
            locals.push([result, current]);
        }
        let wanted: Vec<NodeId> = starts.iter().map(|(id, _)| *id).collect();
        walk.body.section(&wanted);
        walk.body.assign(&starts);
        let window = |metric: &Observation| timeline.window(metric.reducer, metric.window);
        let [place, saved] = std::array::from_fn(|_| walk.body.local(ValType::I32));
        let row = walk.body.row;
        walk.body.sink().local_get(row).local_set(place);
        Self {
            locals,
            windows: program.metrics.iter().map(window).collect(),
            seen: Vec::new(),
            place,
            saved,
        }
    }

    /// Whether a step lies in a range, on the stack; false if it always does and nothing is written.
    fn inside(walk: &mut Walk, range: &Range<usize>) -> bool {
        let (step, steps) = (walk.body.step, walk.setting.timeline.steps);
        let mut sink = walk.body.sink();
        let (start, end) = (range.start as i32, range.end as i32);
        match (range.start == 0, range.end == steps + 1) {
            (true, true) => return false,
            _ if range.len() == 1 => sink.local_get(step).i32_const(start).i32_eq(),
            (true, false) => sink.local_get(step).i32_const(end).i32_lt_u(),
            (false, true) => sink.local_get(step).i32_const(start).i32_ge_u(),
            (false, false) => {
                sink.local_get(step).i32_const(start).i32_sub();
                sink.i32_const(end - start).i32_lt_u()
            }
        };
        true
    }

    /// Whether a step is one of those that are saved, on the stack; false if all are and nothing is written.
    fn is_saved(&self, walk: &mut Walk) -> bool {
        let (step, timeline) = (walk.body.step, walk.setting.timeline);
        let saved = &timeline.saved;
        let every = saved.get(1).copied().unwrap_or(timeline.steps + 1);
        if every == 1 && saved.len() == timeline.steps + 1 {
            return false;
        }
        let even = saved.iter().copied().eq((0..=timeline.steps).step_by(every));
        if even {
            let every = every as i32;
            walk.body
                .sink()
                .local_get(step)
                .i32_const(every)
                .i32_rem_u()
                .i32_eqz();
        } else {
            // No step is the last of the table.
            let steps = saved.iter().map(|step| *step as u64).chain([u64::MAX]);
            let table = walk.body.shared.words(steps);
            let mut sink = walk.body.sink();
            sink.local_get(self.saved).i32_const(3).i32_shl();
            sink.i32_load(MemArg {
                align: 2,
                ..at(table)
            });
            sink.local_get(step).i32_eq();
        }
        true
    }

    fn save(&self, walk: &mut Walk) {
        const SAVE: u32 = 1;
        let (program, memory) = (walk.setting.program, walk.setting.memory);
        if program.series.is_empty() {
            return;
        }
        let column = 8 * walk.setting.capacity;
        let table = column * walk.setting.timeline.saved.len() as u32;
        walk.body.sink().local_get(SAVE).if_(BlockType::Empty);
        let conditional = self.is_saved(walk);
        if conditional {
            walk.body.sink().if_(BlockType::Empty);
        }
        let held = walk.body.snapshot();
        for (stored, number) in program.series.iter().zip(0..) {
            let id = canonical(walk.value(stored.source.0)).id;
            walk.body.sink().local_get(self.place);
            walk.body.word(id);
            walk.body.store_word(memory.series + table * number);
        }
        walk.body.restore(held);
        let mut sink = walk.body.sink();
        sink.local_get(self.place)
            .i32_const(column as i32)
            .i32_add()
            .local_set(self.place);
        sink.local_get(self.saved)
            .i32_const(1)
            .i32_add()
            .local_set(self.saved);
        if conditional {
            sink.end();
        }
        sink.end();
    }
}

fn canonical(value: Traced<'_>) -> Traced<'_> {
    kernel::canonical_nan(value)
}

impl<'a, 'm> Sink<'a, 'm> for Observations {
    fn plan(&mut self, walk: &mut Walk<'a, 'm>) -> Vec<NodeId> {
        let program = walk.setting.program;
        let length = walk.length();
        let mut wanted = Vec::new();
        for (number, (metric, [result, current])) in program.metrics.iter().zip(&self.locals).enumerate() {
            let source = walk.value(metric.source.0);
            let memory = [*result, *current].map(|local| walk.body.of_local(local));
            let time = match metric.reducer {
                Reducer::FirstAbove(_) => walk.value(program.time.0),
                _ => walk.body.constant(0.0),
            };
            let seen = observe::see(
                metric.reducer,
                observe::seen(program, number),
                memory,
                source,
                time,
                length,
            )
            .map(|value| value.id);
            wanted.push(source.id);
            wanted.extend(seen);
            self.seen.push(seen);
        }
        for stored in &program.series {
            let source = walk.value(stored.source.0);
            wanted.extend([source.id, canonical(source).id]);
        }
        wanted
    }

    fn computed(&mut self, _: &mut Walk<'a, 'm>) {}

    fn at_step(&mut self, walk: &mut Walk<'a, 'm>) {
        let program = walk.setting.program;
        // Metrics that see the same steps share a condition.
        let mut groups: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
        for (number, window) in self.windows.iter().enumerate() {
            let Some(window) = window.clone().filter(|window| !window.is_empty()) else {
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == window) {
                Some((_, metrics)) => metrics.push(number),
                None => groups.push((window, vec![number])),
            }
            walk.body.hold(walk.value(program.metrics[number].source.0).id);
        }
        for (window, metrics) in groups {
            let mut values = Vec::new();
            for number in metrics {
                for (id, local) in self.seen[number].into_iter().zip(self.locals[number]) {
                    if local != 0 && id != walk.body.of_local(local).id {
                        values.push((id, local));
                    }
                }
            }
            let conditional = Self::inside(walk, &window);
            if conditional {
                walk.body.sink().if_(BlockType::Empty);
            }
            let held = walk.body.snapshot();
            walk.body.assign(&values);
            walk.body.restore(held);
            if conditional {
                walk.body.sink().end();
            }
        }
        self.save(walk);
    }

    fn moved(&mut self, _: &mut Walk<'a, 'm>, _: Option<u32>) {}
}
