//! Delays of a whole number of steps: rings beside the frames.

use super::run::Frames;
use crate::block::Plan;
use crate::ir::Update;
use crate::primitive::{Layout, Place};
use crate::scalar::delay_steps;

/// One element of a delayed state.
#[derive(Clone, Debug)]
pub(super) struct Delay {
    entering: usize,
    home: usize,
    /// By how many steps, for each lane.
    steps: Vec<usize>,
    /// The same for every lane, if it is.
    all: Option<usize>,
    /// Rows of a number for each lane.
    ring: Vec<f64>,
    capacity: usize,
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
            // What would come out after the end of the run need not be kept.
            let within = steps.iter().copied().filter(|steps| *steps <= timeline.steps);
            let capacity = within.max().unwrap_or(1);
            delays.push(Delay {
                entering,
                home,
                all: steps
                    .first()
                    .copied()
                    .filter(|first| steps.iter().all(|steps| steps == first)),
                steps,
                ring: vec![0.0; capacity * lanes],
                capacity,
            });
        }
    }
    delays
}

impl Delay {
    /// Takes in what a step leaves, and gives out what the next one sees.
    pub(super) fn pass(&mut self, step: usize, frames: &mut Frames) {
        let lanes = self.steps.len();
        let entering = &mut self.ring[step % self.capacity * lanes..][..lanes];
        for (group, numbers) in entering.chunks_exact_mut(frames.width).enumerate() {
            numbers.copy_from_slice(frames.group(self.entering, group));
        }
        match self.all {
            Some(steps) if step + 1 < steps => {}
            Some(steps) => {
                let leaving = &self.ring[(step + 1 - steps) % self.capacity * lanes..][..lanes];
                for (group, numbers) in leaving.chunks_exact(frames.width).enumerate() {
                    frames.group_mut(self.home, group).copy_from_slice(numbers);
                }
            }
            None => {
                for (lane, steps) in self.steps.iter().enumerate() {
                    if step + 1 >= *steps {
                        let row = (step + 1 - steps) % self.capacity;
                        frames.set(self.home, lane, self.ring[row * lanes + lane]);
                    }
                }
            }
        }
    }
}
