//! Delays of a whole number of steps: rings beside the frames.

use super::run::Frames;
use crate::block::{Level, Plan, Ring};
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
    pub(super) fn pass(&mut self, level: Level, step: usize, frames: &mut Frames) {
        let width = frames.width;
        let [first, second] = self.ring.entering(step);
        let twice = first.chunks_exact_mut(width).zip(second.chunks_exact_mut(width));
        for ((one, other), group) in twice.zip(frames.groups(self.entering)) {
            copy(one, group);
            copy(other, group);
        }
        if let Some(leaving) = self.ring.leaving(level, step) {
            let numbers = leaving.chunks_exact(width);
            for (group, numbers) in frames.groups_mut(self.home).zip(numbers) {
                copy(group, numbers);
            }
        }
    }
}

/// A group of lanes, in a move or two instead of a call.
fn copy(to: &mut [f64], from: &[f64]) {
    fn whole<const N: usize>(to: &mut [f64], from: &[f64]) -> Option<()> {
        *to.as_mut_array::<N>()? = *from.as_array::<N>()?;
        Some(())
    }
    if whole::<8>(to, from).or_else(|| whole::<4>(to, from)).is_none() {
        to.copy_from_slice(from);
    }
}
