//! Steps that each future of a block chooses for itself: all take a step together, each one of its own length, and those that
//! have arrived wait with steps of length zero.

use super::machine::{Machine, Script};
use super::{Block, source};
use crate::adaptive::{self, Going, Pace, Pair};
use crate::ir::{Slot, Update};
use crate::math;
use crate::operation::integrate;

/// Memory for a block's steps. Numbers of stocks lie element after element, in each a number for every lane.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paces {
    paces: Vec<Pace>,
    /// The largest magnitude of each stock so far.
    peaks: Vec<f64>,
    start: Vec<f64>,
    /// For each look the rates.
    rates: Vec<Vec<f64>>,
    /// For each lane the length of the step, and how wrong it is.
    trials: Vec<f64>,
    ratios: Vec<f64>,
}

impl Paces {
    /// Before the run of a block.
    pub(super) fn begin(&mut self, width: usize) {
        self.paces.clear();
        self.paces.resize(width, Pace::new());
        self.peaks.clear();
        self.ratios.clear();
        self.ratios.resize(width, 0.0);
    }
}

impl Block<'_> {
    /// All futures through one `TIME STEP`.
    pub(super) fn adapt(&mut self, pair: &Pair, machine: &Machine, plain: &Script, step: usize) {
        let program = self.plan.program;
        let timeline = &self.plan.timeline;
        let (time, length) = (timeline.time(step), timeline.length(step));
        let width = self.width;
        let stocks: Vec<(u32, u32)> = program
            .states
            .iter()
            .flat_map(|state| {
                let rate = match state.update {
                    Update::Integrate { rate } => rate.0,
                    Update::Hold { .. } | Update::Next { .. } | Update::Delay { .. } => {
                        unreachable!("a method with automatic steps has stocks only")
                    }
                };
                (0..state.len).map(move |element| (state.slot.0 + element, rate + element))
            })
            .collect();
        let place = |slot: u32| (slot as usize - program.uniform_len as usize) * width;

        let mut paces = std::mem::take(self.paces);
        paces.start.clear();
        for (stock, _) in &stocks {
            paces.start.extend(&self.lanes[place(*stock)..][..width]);
        }
        if paces.peaks.is_empty() {
            paces
                .peaks
                .extend(paces.start.iter().map(|value| math::abs(*value)));
        }
        paces.rates.resize(pair.looks.len() + 1, Vec::new());
        self.gather(&stocks, &mut paces.rates[0]);
        paces.paces.iter_mut().for_each(Pace::begin);
        // Where a rate is no number no step helps: the stock follows it, and the future ends as broken.
        for (at, rate) in paces.rates[0].iter().enumerate() {
            if !rate.is_finite() {
                paces.paces[at % width].going = Going::Arrived;
            }
        }
        for (at, start) in paces.start.iter_mut().enumerate() {
            if paces.paces[at % width].going == Going::Arrived {
                *start = integrate(*start, paces.rates[0][at], length);
            }
        }

        while paces.paces.iter().any(|pace| pace.going == Going::On) {
            paces.trials.clear();
            paces
                .trials
                .extend(paces.paces.iter().map(|pace| match pace.going {
                    Going::On => pace.trial(length),
                    Going::Arrived | Going::Stuck => 0.0,
                }));
            for (number, (ahead, weights)) in (1..).zip(pair.looks) {
                for (element, (stock, _)) in stocks.iter().enumerate() {
                    let at = element * width;
                    let out = &mut self.lanes[place(*stock)..][..width];
                    for (lane, (out, trial)) in out.iter_mut().zip(&paces.trials).enumerate() {
                        let sum = adaptive::sum(weights, |look| paces.rates[look][at + lane]);
                        *out = integrate(paces.start[at + lane], sum, *trial);
                    }
                }
                if let Some(own) = program.own_time {
                    let out = &mut self.lanes[place(own.0)..][..width];
                    for ((out, pace), trial) in out.iter_mut().zip(&paces.paces).zip(&paces.trials) {
                        *out = time + integrate(pace.done, *trial, *ahead);
                    }
                }
                self.step_lanes(machine, plain, 1, step);
                let mut rates = std::mem::take(&mut paces.rates[number]);
                self.gather(&stocks, &mut rates);
                paces.rates[number] = rates;
            }
            paces.ratios.fill(0.0);
            for (element, (stock, _)) in stocks.iter().enumerate() {
                let at = element * width;
                let end = &self.lanes[place(*stock)..][..width];
                for (lane, (ratio, trial)) in paces.ratios.iter_mut().zip(&paces.trials).enumerate() {
                    let apart = *trial * adaptive::sum(pair.difference, |look| paces.rates[look][at + lane]);
                    let (start, peak) = (paces.start[at + lane], paces.peaks[at + lane]);
                    let own = adaptive::ratio(apart, start, end[lane], peak, program.tolerance);
                    *ratio = math::max(*ratio, own);
                }
            }
            for lane in 0..width {
                let pace = &mut paces.paces[lane];
                if pace.going != Going::On {
                    continue;
                }
                let good = pace.judge(paces.ratios[lane], length, pair);
                let stuck = pace.going == Going::Stuck;
                let lanes_of = (0..stocks.len()).map(|element| element * width + lane);
                for (at, (stock, _)) in lanes_of.zip(&stocks) {
                    if good {
                        let end = self.lanes[place(*stock) + lane];
                        paces.start[at] = end;
                        paces.peaks[at] = math::max(paces.peaks[at], math::abs(end));
                        paces.rates[0][at] = paces.rates[pair.looks.len()][at];
                    }
                    if stuck {
                        paces.start[at] = f64::NAN;
                    }
                }
                // The rates of the end are those of the next start.
                let mut rates = (0..stocks.len()).map(|element| element * width + lane);
                if pace.going == Going::On && rates.any(|at| !paces.rates[0][at].is_finite()) {
                    let rest = length - pace.done;
                    pace.going = Going::Arrived;
                    for at in (0..stocks.len()).map(|element| element * width + lane) {
                        paces.start[at] = integrate(paces.start[at], paces.rates[0][at], rest);
                    }
                }
            }
        }
        for (element, (stock, _)) in stocks.iter().enumerate() {
            let end = &paces.start[element * width..][..width];
            self.lanes[place(*stock)..][..width].copy_from_slice(end);
        }
        *self.paces = paces;
    }

    /// The rates of all stocks as they stand.
    fn gather(&self, stocks: &[(u32, u32)], out: &mut Vec<f64>) {
        out.clear();
        for (_, rate) in stocks {
            let rate = source(self.uniform, self.lanes, self.width, Slot(*rate));
            out.extend((0..self.width).map(|lane| rate.at(lane)));
        }
    }
}
