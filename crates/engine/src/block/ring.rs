//! Delays of a whole number of steps.

use super::vector::with_vectors;
use crate::timeline::Timeline;

/// The last rows of numbers that went into a delay, a row for each step, the oldest being overwritten. It holds the initial values until
/// something enters. Every row lies there twice, a ring apart, so that no number has to see where the ring ends.
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    /// Numbers of a row.
    len: usize,
    /// Number of rows: the longest delay that ends within the run.
    capacity: usize,
    rows: Vec<f64>,
    leaving: Leaving,
}

/// What leaves next, counted from the row that is entered next.
#[derive(Clone, Debug)]
enum Leaving {
    /// Nothing does within the run.
    Nothing,
    /// This row.
    Row(usize),
    /// For each place this number; but where the delay outlasts the run, what was there stays.
    Numbers {
        places: Vec<u32>,
        kept: Vec<(usize, f64)>,
    },
}

impl Ring {
    /// A ring for numbers that are delayed by so many steps each.
    pub(crate) fn new(delays: &[usize], initial: &[f64], timeline: &Timeline) -> Self {
        let len = delays.len();
        // What would come out after the end of the run need not be kept.
        let within = |steps: usize| steps <= timeline.steps;
        let ending = delays.iter().copied().filter(|steps| within(*steps));
        let capacity = ending.max().unwrap_or(1);
        let same = delays
            .first()
            .filter(|first| delays.iter().all(|steps| steps == *first));
        let leaving = match same {
            Some(steps) if within(*steps) => Leaving::Row(capacity - steps),
            Some(_) => Leaving::Nothing,
            None => {
                let place = |(place, steps): (usize, &usize)| {
                    let row = capacity.saturating_sub(*steps);
                    (row * len + place) as u32
                };
                let outlasts = |place: &usize| !within(delays[*place]);
                Leaving::Numbers {
                    places: delays.iter().enumerate().map(place).collect(),
                    kept: (0..len)
                        .filter(outlasts)
                        .map(|place| (place, initial[place]))
                        .collect(),
                }
            }
        };
        Self {
            len,
            capacity,
            rows: initial.repeat(2 * capacity),
            leaving,
        }
    }

    /// The two places of the row that enters at a step.
    pub(crate) fn entering(&mut self, step: usize) -> [&mut [f64]; 2] {
        let at = step % self.capacity * self.len;
        let (first, second) = self.rows.split_at_mut(self.capacity * self.len);
        [&mut first[at..][..self.len], &mut second[at..][..self.len]]
    }

    /// What the step after sees.
    pub(crate) fn leaving(&self, step: usize) -> Leaves<'_> {
        let next = &self.rows[(step + 1) % self.capacity * self.len..];
        match &self.leaving {
            Leaving::Nothing => Leaves::Nothing,
            Leaving::Row(row) => Leaves::Row(&next[*row * self.len..][..self.len]),
            Leaving::Numbers { places, kept } => Leaves::Numbers {
                places,
                from: next,
                kept,
            },
        }
    }
}

/// What leaves a ring.
pub(crate) enum Leaves<'a> {
    /// Nothing: what was there stays.
    Nothing,
    /// These numbers.
    Row(&'a [f64]),
    /// The numbers at these places, but some that stay.
    Numbers {
        places: &'a [u32],
        from: &'a [f64],
        kept: &'a [(usize, f64)],
    },
}

with_vectors! {
    /// The numbers at these places.
    pub(super) fn gather[V](out: &mut [f64], places: &[u32], from: &[f64]) {
        for (out, places) in out.chunks_exact_mut(V::LANES).zip(places.chunks_exact(V::LANES)) {
            V::gather(places, from).store(out);
        }
        let whole = out.len() - out.len() % V::LANES;
        for (out, place) in out[whole..].iter_mut().zip(&places[whole..]) {
            *out = from[*place as usize];
        }
    }
}
