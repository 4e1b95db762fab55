//! The queue of `QUEUE FIFO`: what came in each step, with its age, the oldest first to go.
//!
//! What a step brings has the age of a step at its end. The age of what is looked at is that of the start of a step.

use std::collections::VecDeque;

/// What `:NA:` is.
const NOT_AVAILABLE: f64 = -649_037_107_316_853_453_566_312_041_152_512.0;

/// How far an age may lie beyond a bound, as a share of a step, because ages are sums.
const ROUNDING: f64 = 1e-6;

/// How far from nothing, as a share of what was there, the rest of an entry may be and still be rounding.
const NOTHING: f64 = 1e-13;

/// What is seen of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FifoPart {
    /// All that is in it.
    Content,
    /// The average age of the oldest that make up a quantity.
    AgeAverage,
    /// How much has an age between two bounds.
    AgeInRange,
    /// The age of the oldest.
    AgeOldest,
}

#[derive(Clone, Debug)]
pub(super) struct Fifo {
    /// How much came, and when, the oldest first.
    entries: VecDeque<(f64, f64)>,
    /// What is in it: below zero if more was taken than came.
    content: f64,
    /// Time since the start, and the length of the last step.
    now: f64,
    length: f64,
    /// The quantity, or the bounds, that are asked about.
    asked: [f64; 2],
}

impl Fifo {
    /// Inputs: the number of points of the profile, their abscissae and ordinates, how much there is, over what range of ages, and two
    /// numbers that are asked about.
    pub(super) fn new(inputs: &[f64], length: f64) -> Self {
        let points = inputs[0] as usize;
        let (x, rest) = inputs[1..].split_at(points);
        let (y, rest) = rest.split_at(points);
        let &[content, range, one, other] = rest else {
            unreachable!("four inputs lie behind the profile")
        };
        let mut fifo = Self {
            entries: VecDeque::new(),
            content,
            now: 0.0,
            length,
            asked: [one, other],
        };
        if content > 0.0 {
            fifo.fill(x, y, range);
        }
        fifo
    }

    /// Lays what is there at the start in steps of age, from that of one step on, each with what the profile has around it.
    fn fill(&mut self, x: &[f64], y: &[f64], range: f64) {
        let (low, high) = (x[0], x[x.len() - 1]);
        let steps = range / self.length;
        if !(0.0..=1e6).contains(&steps) {
            self.content = f64::NAN;
            return;
        }
        let below = |at: f64| super::band::area(x, y, low + at * (high - low));
        let all = below(1.0);
        let last = (steps + 0.5) as usize;
        let mut before = 0.0;
        for number in 0..=last {
            let until = if number == last {
                all
            } else {
                below((number as f64 + 0.5) / steps)
            };
            let amount = self.content * ((until - before) / all);
            self.entries
                .push_front((amount, -self.length * (number + 1) as f64));
            before = until;
        }
    }

    /// Inputs: the rates at which something comes and goes.
    pub(super) fn step(&mut self, inputs: &[f64], length: f64) {
        let (inflow, outflow) = (inputs[0] * length, inputs[1] * length);
        // What flows backwards is a flow the other way.
        let forward = |flow: f64| if flow < 0.0 { 0.0 } else { flow };
        let comes = forward(inflow) + forward(-outflow);
        let goes = forward(outflow) + forward(-inflow);
        let owed = if self.content < 0.0 { -self.content } else { 0.0 };
        self.content += comes - goes;
        if comes > 0.0 {
            self.entries.push_back((comes, self.now));
        }
        self.now += length;
        self.length = length;
        let mut taken = goes + owed;
        while let Some((amount, _)) = self.entries.front_mut() {
            let rest = *amount - taken;
            if rest > NOTHING * *amount {
                *amount = rest;
                break;
            }
            taken = -rest;
            self.entries.pop_front();
            if taken <= 0.0 {
                break;
            }
        }
        if self.content.is_nan() || self.content <= 0.0 {
            self.entries.clear();
        }
    }

    pub(super) fn part(&self, part: FifoPart) -> f64 {
        if self.content.is_nan() {
            return f64::NAN;
        }
        // Of what is owed, all is as if it had come in the last step.
        if self.content < 0.0 {
            return match part {
                FifoPart::Content => self.content,
                FifoPart::AgeInRange if !self.is_asked_about(self.length) => 0.0,
                FifoPart::AgeInRange => self.content,
                FifoPart::AgeAverage | FifoPart::AgeOldest => self.length,
            };
        }
        match part {
            FifoPart::Content => self.content,
            FifoPart::AgeOldest => self.entries.front().map_or(0.0, |(_, came)| self.now - came),
            FifoPart::AgeInRange => {
                let entries = self.entries.iter();
                entries
                    .filter(|(_, came)| self.is_asked_about(self.now - came))
                    .map(|(amount, _)| amount)
                    .sum::<f64>()
                    + 0.0
            }
            FifoPart::AgeAverage => {
                let [quantity, _] = self.asked;
                let all = quantity <= 0.0 || quantity > self.content;
                let mut left = if all { self.content } else { quantity };
                let (mut ages, mut amounts) = (0.0, 0.0);
                for (amount, came) in &self.entries {
                    let amount = if *amount < left { *amount } else { left };
                    ages += amount * (self.now - came);
                    amounts += amount;
                    left -= amount;
                    if left <= 0.0 {
                        break;
                    }
                }
                if amounts > 0.0 { ages / amounts } else { 0.0 }
            }
        }
    }

    fn is_asked_about(&self, age: f64) -> bool {
        let [low, high] = self.asked;
        let slack = ROUNDING * self.length;
        (low == NOT_AVAILABLE || age >= low - slack) && (high == NOT_AVAILABLE || age <= high + slack)
    }
}
