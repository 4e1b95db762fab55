//! Delays of a whole number of steps: rings beside the frames.

use super::run::Frames;
use crate::block::Plan;
use crate::ir::Update;
use crate::primitive::{Layout, Place};
use crate::scalar::delay_steps;

/// One element of a delayed state: rows of a number for each lane, in a ring that holds the initial value until something enters. Every
/// row lies there twice, a ring apart, so that no lane has to see where the ring ends.
#[derive(Clone, Debug)]
pub(super) struct Delay {
    entering: usize,
    home: usize,
    lanes: usize,
    /// Number of rows of the ring.
    capacity: usize,
    ring: Vec<f64>,
    leaving: Leaving,
}

/// What leaves next, counted from the row that is entered next.
#[derive(Clone, Debug)]
enum Leaving {
    /// Nothing does within the run.
    Nothing,
    /// This row.
    Row(usize),
    /// For each lane this number; but those lanes whose delay outlasts the run keep what they see.
    Numbers {
        places: Vec<u32>,
        kept: Vec<(usize, f64)>,
    },
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
            let within = |steps: &usize| *steps <= timeline.steps;
            let capacity = steps.iter().copied().filter(within).max().unwrap_or(1);
            let initial: Vec<f64> = (0..lanes)
                .map(|lane| value(state.slot.0 + element, lane))
                .collect();
            let same = steps
                .first()
                .filter(|first| steps.iter().all(|steps| steps == *first));
            let leaving = match same {
                Some(steps) if within(steps) => Leaving::Row(capacity - steps),
                Some(_) => Leaving::Nothing,
                None => {
                    let place = |(lane, steps): (usize, &usize)| {
                        let row = if within(steps) { capacity - steps } else { 0 };
                        (row * lanes + lane) as u32
                    };
                    let outlasts = |lane: &usize| !within(&steps[*lane]);
                    Leaving::Numbers {
                        places: steps.iter().enumerate().map(place).collect(),
                        kept: (0..lanes)
                            .filter(outlasts)
                            .map(|lane| (lane, initial[lane]))
                            .collect(),
                    }
                }
            };
            delays.push(Delay {
                entering,
                home,
                lanes,
                capacity,
                ring: initial.repeat(2 * capacity),
                leaving,
            });
        }
    }
    delays
}

impl Delay {
    /// Takes in what a step leaves, and gives out what the next one sees.
    pub(super) fn pass(&mut self, step: usize, frames: &mut Frames) {
        let (lanes, capacity) = (self.lanes, self.capacity);
        let (first, second) = self.ring.split_at_mut(capacity * lanes);
        let at = step % capacity * lanes;
        let twice = first[at..][..lanes]
            .chunks_exact_mut(frames.width)
            .zip(second[at..][..lanes].chunks_exact_mut(frames.width));
        for ((one, other), group) in twice.zip(frames.groups(self.entering)) {
            one.copy_from_slice(group);
            other.copy_from_slice(group);
        }
        let next = &self.ring[(step + 1) % capacity * lanes..];
        match &self.leaving {
            Leaving::Nothing => {}
            Leaving::Row(row) => {
                let leaving = next[row * lanes..][..lanes].chunks_exact(frames.width);
                for (numbers, group) in leaving.zip(frames.groups_mut(self.home)) {
                    group.copy_from_slice(numbers);
                }
            }
            Leaving::Numbers { places, kept } => {
                let width = frames.width;
                for (group, places) in frames.groups_mut(self.home).zip(places.chunks_exact(width)) {
                    for (number, place) in group.iter_mut().zip(places) {
                        *number = next[*place as usize];
                    }
                }
                for (lane, number) in kept {
                    let mut groups = frames.groups_mut(self.home).skip(lane / width);
                    groups.next().expect("every lane is in a group")[lane % width] = *number;
                }
            }
        }
    }
}
