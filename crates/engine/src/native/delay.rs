//! Delays of a whole number of steps: rings beside the frames.

use super::run::Frames;
use crate::block::Plan;
use crate::ir::Update;
use crate::primitive::{Layout, Place};
use crate::scalar::delay_steps;

/// One element of a delayed state: rows of a number for each lane, in a ring that holds the initial value until something enters.
#[derive(Clone, Debug)]
pub(super) struct Delay {
    entering: usize,
    home: usize,
    lanes: usize,
    /// Number of rows. One more behind them keeps the initial values, for lanes whose delay outlasts the run.
    capacity: usize,
    ring: Vec<f64>,
    /// The row that leaves next, if it is the same for every lane.
    all: Option<usize>,
    /// Else, for each lane, which number of the ring leaves next, how far the one after it lies, and where the ring ends for it.
    cursors: Vec<Cursor>,
}

#[derive(Clone, Copy, Debug)]
struct Cursor {
    at: u32,
    stride: u32,
    end: u32,
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
            let mut ring = vec![0.0; (capacity + 1) * lanes];
            for row in ring.chunks_exact_mut(lanes) {
                row.iter_mut()
                    .enumerate()
                    .for_each(|(lane, number)| *number = value(state.slot.0 + element, lane));
            }
            let (end, width) = ((capacity * lanes) as u32, lanes as u32);
            let cursor = |(lane, steps): (u32, &usize)| match within(steps) {
                true => Cursor {
                    at: ((1 + capacity - steps) % capacity) as u32 * width + lane,
                    stride: width,
                    end,
                },
                false => Cursor {
                    at: end + lane,
                    stride: 0,
                    end: u32::MAX,
                },
            };
            let same = steps
                .first()
                .filter(|first| steps.iter().all(|steps| steps == *first));
            delays.push(Delay {
                entering,
                home,
                lanes,
                capacity,
                ring,
                all: same.map(|steps| {
                    if within(steps) {
                        (1 + capacity - steps) % capacity
                    } else {
                        capacity
                    }
                }),
                cursors: if same.is_some() {
                    Vec::new()
                } else {
                    (0..).zip(&steps).map(cursor).collect()
                },
            });
        }
    }
    delays
}

impl Delay {
    /// Takes in what a step leaves, and gives out what the next one sees.
    pub(super) fn pass(&mut self, step: usize, frames: &mut Frames) {
        let lanes = self.lanes;
        let entering = &mut self.ring[step % self.capacity * lanes..][..lanes];
        for (numbers, group) in entering
            .chunks_exact_mut(frames.width)
            .zip(frames.groups(self.entering))
        {
            numbers.copy_from_slice(group);
        }
        if let Some(row) = &mut self.all {
            let leaving = &self.ring[*row * lanes..][..lanes];
            for (numbers, group) in leaving
                .chunks_exact(frames.width)
                .zip(frames.groups_mut(self.home))
            {
                group.copy_from_slice(numbers);
            }
            if *row < self.capacity {
                *row = (*row + 1) % self.capacity;
            }
            return;
        }
        let cursors = self.cursors.chunks_exact_mut(frames.width);
        for (group, cursors) in frames.groups_mut(self.home).zip(cursors) {
            for (number, cursor) in group.iter_mut().zip(cursors) {
                *number = self.ring[cursor.at as usize];
                let next = cursor.at + cursor.stride;
                cursor.at = if next >= cursor.end {
                    next - cursor.end
                } else {
                    next
                };
            }
        }
    }
}
