//! The batches of a queue: what came in a step stays together, and the first to come is the first to go.

use std::collections::VecDeque;

use model::QueuePart;

/// Batches, the first to go in front.
#[derive(Clone, Debug)]
pub(super) struct Line {
    batches: VecDeque<f64>,
}

/// How far from nothing, as a share of what was there, the rest of a batch may be and still be rounding.
const ROUNDING: f64 = 1e-13;

impl Line {
    /// A line of the batches at the start.
    pub(super) fn new(batches: &[f64]) -> Self {
        let batches = batches.iter().copied().filter(|batch| *batch != 0.0);
        Self {
            batches: batches.collect(),
        }
    }

    /// Inputs: the rate at which the queue is served, then the rate of each inflow.
    pub(super) fn step(&mut self, inputs: &[f64], length: f64) {
        let mut served = inputs[0] * length;
        while let Some(front) = self.batches.front_mut() {
            let rest = *front - served;
            // What is not a number stays, so that it shows.
            if rest > ROUNDING * *front || rest.is_nan() {
                *front = rest;
                break;
            }
            served = -rest;
            self.batches.pop_front();
            if served <= 0.0 {
                break;
            }
        }
        let came = inputs[1..].iter().map(|rate| rate * length);
        self.batches.extend(came.filter(|batch| *batch != 0.0));
    }

    pub(super) fn part(&self, part: QueuePart) -> f64 {
        match part {
            QueuePart::Content => self.batches.iter().sum::<f64>() + 0.0,
            QueuePart::Front => self.batches.front().copied().unwrap_or(0.0),
        }
    }
}
