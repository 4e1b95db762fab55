//! What outlives a step, for all lanes of a block: stocks, samples and rings.

use super::kernels::{Around, Source, integrate};
use super::level::Level;
use super::ring::{Leaves, Ring, gather};
use super::source;
use crate::ir::{Program, Slot, State, Update};
use crate::method::Weight;
use crate::scalar::delay_steps;
use crate::timeline::Timeline;

/// Memory for states beside their slots.
#[derive(Clone, Debug, Default)]
pub(crate) struct States {
    /// The states that hold or delay, by number.
    leaping: Vec<usize>,
    /// For each state, the values that it will take after the step, if it holds one.
    next: Vec<Vec<f64>>,
    /// For each state, a ring for each element, if it delays.
    rings: Vec<Vec<Ring>>,
    /// For each state the values at the start of the step, if it is a stock and the method looks within the step.
    start: Vec<Vec<f64>>,
    /// For each such state the weighted sum of its rates.
    weighted: Vec<Vec<f64>>,
}

/// The slots that a state is at home in: as many numbers for each element as futures differ in it.
fn home_width(program: &Program, state: &State, width: usize) -> usize {
    if state.slot.0 < program.uniform_len {
        1
    } else {
        width
    }
}

/// One element of a stock, and its rate.
fn stock_and_rate<'a>(
    state: &State,
    rate: Slot,
    element: u32,
    uniform: &'a mut [f64],
    lanes: &'a mut [f64],
    width: usize,
) -> (&'a mut [f64], Source<'a>) {
    let (stock, rate) = (Slot(state.slot.0 + element), Slot(rate.0 + element));
    if (stock.0 as usize) < uniform.len() {
        let rate = Source::One(uniform[rate.0 as usize]);
        return (std::slice::from_mut(&mut uniform[stock.0 as usize]), rate);
    }
    let (stock, around) = Around::new(uniform, lanes, width, stock, 1);
    (stock, around.source(rate.0 as usize, 1))
}

/// Euler's method: every stock goes on along its rate.
#[cfg(all(feature = "native", target_arch = "x86_64"))]
pub(crate) fn euler(
    level: Level,
    program: &Program,
    uniform: &mut [f64],
    lanes: &mut [f64],
    width: usize,
    length: f64,
) {
    euler_below(level, program, u32::MAX, uniform, lanes, width, length);
}

/// The same for stocks below slot `done`.
pub(crate) fn euler_below(
    level: Level,
    program: &Program,
    done: u32,
    uniform: &mut [f64],
    lanes: &mut [f64],
    width: usize,
    length: f64,
) {
    for state in &program.states {
        let Update::Integrate { rate } = state.update else {
            continue;
        };
        if state.slot.0 >= done {
            continue;
        }
        for element in 0..state.len {
            let (stock, rate) = stock_and_rate(state, rate, element, uniform, lanes, width);
            integrate(level, stock, rate, length);
        }
    }
}

impl States {
    /// Sets all states to their initial values, and empties the rings.
    pub(crate) fn begin(
        &mut self,
        program: &Program,
        timeline: &Timeline,
        uniform: &mut [f64],
        lanes: &mut [f64],
        width: usize,
    ) {
        let count = program.states.len();
        let leaps = |number: &usize| !matches!(program.states[*number].update, Update::Integrate { .. });
        self.leaping.clear();
        self.leaping.extend((0..count).filter(leaps));
        self.next.resize(count, Vec::new());
        self.rings.resize(count, Vec::new());
        self.start.resize(count, Vec::new());
        self.weighted.resize(count, Vec::new());
        for (state, rings) in program.states.iter().zip(&mut self.rings) {
            for element in 0..state.len {
                let (initial, slot) = (Slot(state.initial.0 + element), Slot(state.slot.0 + element));
                if (slot.0 as usize) < uniform.len() {
                    uniform[slot.0 as usize] = uniform[initial.0 as usize];
                } else {
                    let (out, around) = Around::new(uniform, lanes, width, slot, 1);
                    fill(out, around.source(initial.0 as usize, 1));
                }
            }
            rings.clear();
            if let Update::Delay { delay, .. } = state.update {
                let home = home_width(program, state, width);
                let (mut delays, mut initial) = (Vec::new(), vec![0.0; home]);
                for element in 0..state.len {
                    let delay = source(uniform, lanes, width, Slot(delay.0 + element));
                    let steps = |lane| delay_steps(delay.at(lane), timeline.length(0), timeline.steps);
                    delays.clear();
                    delays.extend((0..home).map(steps));
                    fill(
                        &mut initial,
                        source(uniform, lanes, width, Slot(state.slot.0 + element)),
                    );
                    rings.push(Ring::new(&delays, &initial, timeline));
                }
            }
        }
    }

    /// Looks at the start of a step: what holds and what delays will take values from here.
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    pub(crate) fn look(
        &mut self,
        program: &Program,
        step: usize,
        uniform: &[f64],
        lanes: &[f64],
        width: usize,
    ) {
        self.look_below(program, u32::MAX, step, uniform, lanes, width);
    }

    /// The same for what delays, and what holds below slot `done`.
    pub(crate) fn look_below(
        &mut self,
        program: &Program,
        done: u32,
        step: usize,
        uniform: &[f64],
        lanes: &[f64],
        width: usize,
    ) {
        for &number in &self.leaping {
            let (state, next) = (&program.states[number], &mut self.next[number]);
            next.clear();
            match state.update {
                Update::Integrate { .. } => {}
                Update::Hold { .. } | Update::Next { .. } if state.slot.0 >= done => {}
                Update::Hold { value } | Update::Next { value } => {
                    let home = home_width(program, state, width);
                    next.resize(state.len as usize * home, 0.0);
                    for (next, element) in next.chunks_mut(home).zip(0..) {
                        fill(next, source(uniform, lanes, width, Slot(value.0 + element)));
                    }
                }
                Update::Delay { input, .. } => {
                    for (ring, element) in self.rings[number].iter_mut().zip(0..) {
                        let input = source(uniform, lanes, width, Slot(input.0 + element));
                        for row in ring.entering(step) {
                            fill(row, input);
                        }
                    }
                }
            }
        }
    }

    /// What holds and what delays takes the values found by [`look`](Self::look).
    pub(crate) fn leap(
        &self,
        level: Level,
        program: &Program,
        step: usize,
        uniform: &mut [f64],
        lanes: &mut [f64],
        width: usize,
    ) {
        for &number in &self.leaping {
            let (state, next) = (&program.states[number], &self.next[number]);
            let home = home_width(program, state, width);
            let slots = match (state.slot.0 as usize).checked_sub(uniform.len()) {
                None => &mut uniform[state.slot.0 as usize..],
                Some(place) => &mut lanes[place * width..],
            };
            slots[..next.len()].copy_from_slice(next);
            for (ring, slots) in self.rings[number].iter().zip(slots.chunks_exact_mut(home)) {
                match ring.leaving(step) {
                    Leaves::Nothing => {}
                    Leaves::Row(row) => slots.copy_from_slice(row),
                    Leaves::Numbers { places, from, kept } => {
                        gather(level, slots, places, from);
                        kept.iter().for_each(|(place, number)| slots[*place] = *number);
                    }
                }
            }
        }
    }

    /// Keeps stocks and rates at the start of a step.
    pub(crate) fn keep(&mut self, program: &Program, uniform: &mut [f64], lanes: &mut [f64], width: usize) {
        for ((state, start), weighted) in program.states.iter().zip(&mut self.start).zip(&mut self.weighted) {
            let Update::Integrate { rate } = state.update else {
                continue;
            };
            start.clear();
            weighted.clear();
            for element in 0..state.len {
                let (stock, rate) = stock_and_rate(state, rate, element, uniform, lanes, width);
                start.extend_from_slice(stock);
                weighted.extend((0..stock.len()).map(|lane| rate.at(lane)));
            }
        }
    }

    /// Takes stocks from the start of the step some way along the rates as they stand.
    pub(crate) fn advance(
        &self,
        level: Level,
        program: &Program,
        uniform: &mut [f64],
        lanes: &mut [f64],
        width: usize,
        ahead: f64,
    ) {
        for (state, start) in program.states.iter().zip(&self.start) {
            let Update::Integrate { rate } = state.update else {
                continue;
            };
            for element in 0..state.len {
                let (stock, rate) = stock_and_rate(state, rate, element, uniform, lanes, width);
                stock.copy_from_slice(&start[element as usize * stock.len()..][..stock.len()]);
                integrate(level, stock, rate, ahead);
            }
        }
    }

    /// Takes the rates as they stand into the weighted sum.
    pub(crate) fn weigh(
        &mut self,
        level: Level,
        program: &Program,
        uniform: &mut [f64],
        lanes: &mut [f64],
        width: usize,
        weight: Weight,
    ) {
        for (state, weighted) in program.states.iter().zip(&mut self.weighted) {
            let Update::Integrate { rate } = state.update else {
                continue;
            };
            for element in 0..state.len {
                let (stock, rate) = stock_and_rate(state, rate, element, uniform, lanes, width);
                let weighted = &mut weighted[element as usize * stock.len()..][..stock.len()];
                match weight {
                    Weight::Times(weight) => integrate(level, weighted, rate, weight),
                    Weight::Alone => fill(weighted, rate),
                }
            }
        }
    }

    /// Takes stocks from the start of the step `whole` along the weighted sum of rates.
    pub(crate) fn conclude(
        &self,
        level: Level,
        program: &Program,
        uniform: &mut [f64],
        lanes: &mut [f64],
        width: usize,
        whole: f64,
    ) {
        for ((state, start), weighted) in program.states.iter().zip(&self.start).zip(&self.weighted) {
            let Update::Integrate { rate } = state.update else {
                continue;
            };
            for element in 0..state.len {
                let (stock, _) = stock_and_rate(state, rate, element, uniform, lanes, width);
                let range = element as usize * stock.len()..(element as usize + 1) * stock.len();
                stock.copy_from_slice(&start[range.clone()]);
                integrate(level, stock, Source::Lanes(&weighted[range]), whole);
            }
        }
    }
}

fn fill(out: &mut [f64], value: Source) {
    match value {
        Source::Lanes(values) => out.copy_from_slice(values),
        Source::One(value) => out.fill(value),
    }
}
