//! Delays of a whole number of steps: rings beside the frames.

use super::run::Frames;
use crate::block::Plan;
use crate::block::ring::{Leaves, Ring};
use crate::block::vector::with_vectors;
use crate::ir::Update;
use crate::primitive::{Layout, Place};
use crate::scalar::delay_steps;

/// One element of a delayed state, with a number for each lane.
#[derive(Clone, Debug)]
pub(super) struct Delay {
    entering: usize,
    home: usize,
    ring: Ring,
}

/// The delays of a block; `value` tells what a slot holds at the start, in a lane.
pub(super) fn delays(
    plan: &Plan,
    layout: &Layout,
    lanes: usize,
    value: impl Fn(u32, usize) -> f64,
) -> Vec<Delay> {
    let program = plan.program;
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
            // Without a home nobody looks at the element.
            let (Some(entering), Some(home)) = (entering, layout.find(Place::Slot(home + element))) else {
                continue;
            };
            let timeline = &plan.timeline;
            let steps: Vec<usize> = (0..lanes)
                .map(|lane| delay_steps(value(delay.0 + element, lane), timeline.length(0), timeline.steps))
                .collect();
            let initial: Vec<f64> = (0..lanes)
                .map(|lane| value(state.slot.0 + element, lane))
                .collect();
            delays.push(Delay {
                entering,
                home,
                ring: Ring::new(&steps, &initial, timeline),
            });
        }
    }
    delays
}

impl Delay {
    /// Takes in what a step leaves, and gives out what the next one sees.
    pub(super) fn pass(&mut self, step: usize, frames: &mut Frames) {
        let level = frames.level;
        let [first, second] = self.ring.entering(step);
        enter(level, first, second, frames, self.entering);
        match self.ring.leaving(step) {
            Leaves::Nothing => {}
            Leaves::Row(row) => leave(level, row, frames, self.home),
            Leaves::Numbers { places, from, kept } => {
                pick(level, places, from, frames, self.home);
                let width = frames.width;
                for (lane, number) in kept {
                    let mut groups = frames.groups_mut(self.home).skip(lane / width);
                    groups.next().expect("every lane is in a group")[lane % width] = *number;
                }
            }
        }
    }
}

with_vectors! {
    /// Both rows take the numbers of a place.
    fn enter[V](first: &mut [f64], second: &mut [f64], frames: &Frames, place: usize) {
        let twice = first.chunks_exact_mut(V::LANES).zip(second.chunks_exact_mut(V::LANES));
        for ((one, other), group) in twice.zip(frames.groups(place)) {
            let numbers = V::load(group);
            numbers.store(one);
            numbers.store(other);
        }
    }
}

with_vectors! {
    /// A place takes the numbers of a row.
    fn leave[V](row: &[f64], frames: &mut Frames, place: usize) {
        for (group, numbers) in frames.groups_mut(place).zip(row.chunks_exact(V::LANES)) {
            V::load(numbers).store(group);
        }
    }
}

with_vectors! {
    /// A place takes the numbers at other places of a ring.
    fn pick[V](places: &[u32], from: &[f64], frames: &mut Frames, place: usize) {
        for (group, places) in frames.groups_mut(place).zip(places.chunks_exact(V::LANES)) {
            V::gather(places, from).store(group);
        }
    }
}
