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
    /// The average attribute of the oldest that make up a quantity.
    AttributeAverage,
    /// How many of the oldest have a total attribute.
    AttributeQuantity,
}

/// What came together.
#[derive(Clone, Copy, Debug)]
struct Entry {
    amount: f64,
    /// When it came.
    came: f64,
    attribute: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Fifo {
    /// What came, the oldest first.
    entries: VecDeque<Entry>,
    /// What is in it: below zero if more was taken than came.
    content: f64,
    /// Time since the start, and the length of the last step.
    now: f64,
    length: f64,
    /// The quantity, or the bounds, that are asked about.
    asked: [f64; 2],
}

impl Fifo {
    /// Inputs: the points of the profile (their number, abscissae and ordinates), with attributes those of theirs, how much there is,
    /// with attributes which, over what range of ages, and two numbers that are asked about.
    pub(super) fn new(inputs: &[f64], attributes: bool, length: f64) -> Self {
        let (profile, mut rest) = points(inputs);
        let mut factors = None;
        if attributes {
            let (found, behind) = points(rest);
            (factors, rest) = (Some(found), behind);
        }
        let (content, attribute, range, asked) = match *rest {
            [content, attribute, range, one, other] => (content, attribute, range, [one, other]),
            [content, range, one, other] => (content, 0.0, range, [one, other]),
            _ => unreachable!("four inputs or five lie behind the profiles"),
        };
        let mut fifo = Self {
            entries: VecDeque::new(),
            content,
            now: 0.0,
            length,
            asked,
        };
        if content > 0.0 {
            fifo.fill(profile, range, |at| {
                attribute * factors.map_or(1.0, |[x, y]| value(x, y, at))
            });
        }
        fifo
    }

    /// Lays what is there at the start in steps of age, from that of one step on, each with what the profile has around it.
    fn fill(&mut self, [x, y]: [&[f64]; 2], range: f64, attribute: impl Fn(f64) -> f64) {
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
            let at = if last == 0 {
                0.0
            } else {
                number as f64 / last as f64
            };
            self.entries.push_front(Entry {
                amount,
                came: -self.length * (number + 1) as f64,
                attribute: attribute(at),
            });
            before = until;
        }
    }

    /// Inputs: the rates at which something comes and goes, with attributes which what comes has, and how fast all change.
    pub(super) fn step(&mut self, inputs: &[f64], length: f64) {
        let (inflow, outflow) = (inputs[0] * length, inputs[1] * length);
        // What flows backwards is a flow the other way.
        let forward = |flow: f64| if flow < 0.0 { 0.0 } else { flow };
        let comes = forward(inflow) + forward(-outflow);
        let goes = forward(outflow) + forward(-inflow);
        let owed = if self.content < 0.0 { -self.content } else { 0.0 };
        self.content += comes - goes;
        let (attribute, change) = match inputs {
            [_, _, attribute, change] => (*attribute, change * length),
            _ => (0.0, 0.0),
        };
        if comes > 0.0 {
            self.entries.push_back(Entry {
                amount: comes,
                came: self.now,
                attribute,
            });
        }
        self.entries
            .iter_mut()
            .for_each(|entry| entry.attribute += change);
        self.now += length;
        self.length = length;
        let mut taken = goes + owed;
        while let Some(entry) = self.entries.front_mut() {
            let rest = entry.amount - taken;
            if rest > NOTHING * entry.amount {
                entry.amount = rest;
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
                FifoPart::AttributeAverage => 0.0,
                FifoPart::AttributeQuantity => self.content,
            };
        }
        match part {
            FifoPart::Content => self.content,
            FifoPart::AgeOldest => self.entries.front().map_or(0.0, |entry| self.now - entry.came),
            FifoPart::AgeInRange => {
                let entries = self.entries.iter();
                entries
                    .filter(|entry| self.is_asked_about(self.now - entry.came))
                    .map(|entry| entry.amount)
                    .sum::<f64>()
                    + 0.0
            }
            FifoPart::AgeAverage => self.average(|entry| self.now - entry.came),
            FifoPart::AttributeAverage => self.average(|entry| entry.attribute),
            FifoPart::AttributeQuantity => {
                let [mut left, _] = self.asked;
                let mut amount = 0.0;
                for entry in &self.entries {
                    let all = entry.amount * entry.attribute;
                    if all > left {
                        return amount + if left > 0.0 { left / entry.attribute } else { 0.0 };
                    }
                    left -= all;
                    amount += entry.amount;
                }
                self.content
            }
        }
    }

    /// The average over the oldest that make up the quantity that is asked about.
    fn average(&self, of: impl Fn(&Entry) -> f64) -> f64 {
        let [quantity, _] = self.asked;
        let all = quantity <= 0.0 || quantity > self.content;
        let mut left = if all { self.content } else { quantity };
        let (mut sum, mut amounts) = (0.0, 0.0);
        for entry in &self.entries {
            let amount = if entry.amount < left { entry.amount } else { left };
            sum += amount * of(entry);
            amounts += amount;
            left -= amount;
            if left <= 0.0 {
                break;
            }
        }
        if amounts > 0.0 { sum / amounts } else { 0.0 }
    }

    fn is_asked_about(&self, age: f64) -> bool {
        let [low, high] = self.asked;
        let slack = ROUNDING * self.length;
        (low == NOT_AVAILABLE || age >= low - slack) && (high == NOT_AVAILABLE || age <= high + slack)
    }
}

/// Points out of inputs: abscissae and ordinates; and what lies behind them.
fn points(inputs: &[f64]) -> ([&[f64]; 2], &[f64]) {
    let count = inputs[0] as usize;
    let (x, rest) = inputs[1..].split_at(count);
    let (y, rest) = rest.split_at(count);
    ([x, y], rest)
}

/// The value of a table at a share of its breadth.
fn value(x: &[f64], y: &[f64], share: f64) -> f64 {
    let (low, high) = (x[0], x[x.len() - 1]);
    let at = low + share * (high - low);
    let place = x.iter().rposition(|x| *x <= at).unwrap_or(0);
    match (x.get(place + 1), y.get(place + 1)) {
        (Some(next), Some(there)) if *next > x[place] => {
            y[place] + (there - y[place]) * ((at - x[place]) / (next - x[place]))
        }
        _ => y[place],
    }
}
