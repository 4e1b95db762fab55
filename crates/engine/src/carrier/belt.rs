//! The belt of a conveyor: a row of slats, one for each step of the way, that moves by one a step.
//!
//! A flow out of it takes what the flow says, whatever that was made of: so what leaves the belt and what reaches the next
//! stock are the same, and nothing is lost. Linear leakage is settled when something is laid on the belt (a share of it, in equal parts,
//! over the slats of the zone that it will pass); exponential leakage takes a share of what lies in the zone.

use std::collections::VecDeque;

use super::Clock;
use crate::math;
use model::{Conveyor, ConveyorPart};

/// The most slats that are laid out one by one.
const MOST_SLATS: f64 = 1e6;

/// How far from nothing, as a share of what was there, what is left may be and still be rounding.
const ROUNDING: f64 = 1e-13;

/// Inputs at each step before those of the leaks: length, arrest, outflow, and what is laid on at the beginning, evenly, and where
/// there is something already.
const BEFORE_LEAKS: usize = 6;

#[derive(Clone, Debug)]
pub(super) struct Belt {
    kind: Conveyor,
    /// What lies on each slat; the first is at the exit.
    content: VecDeque<f64>,
    leaks: Vec<Leak>,
    /// Number of slats from the beginning to the exit, as the way was last.
    way: f64,
    /// Slats beyond this one need not be told apart: what lies there does not come out within the run.
    far: usize,
    /// A length that is none: everything is not a number from then on.
    broken: bool,
    /// What is seen, as of the last step.
    seen: Seen,
}

#[derive(Clone, Debug)]
struct Leak {
    /// Where the zone begins and ends: 0 is the beginning of the belt, 1 the exit.
    from: f64,
    to: f64,
    /// What each slat loses in a step (linear leakage).
    each: VecDeque<f64>,
    /// What each slat may still lose (linear leakage).
    left: VecDeque<f64>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    /// What stands at the exit, without what is settled to leak from it now.
    exit: f64,
    /// For each leak what is settled that it takes (linear leakage).
    leaks: Vec<f64>,
    /// For each leak what lies in its zone.
    zone: Vec<f64>,
    /// For each leak what stands at the exit, if that is in its zone.
    exit_zone: Vec<f64>,
}

impl Belt {
    /// A belt on which `inputs` lie: length, then fraction, begin and end of each leak's zone, then what is on it: one number, spread as
    /// it would be after a long time of steady inflow, or several, each what comes out in a unit of time.
    pub(super) fn new(kind: Conveyor, inputs: &[f64], clock: Clock) -> Self {
        let length = inputs[0];
        let (leaks, contents) = inputs[1..].split_at(3 * usize::from(kind.leaks));
        let fractions: Vec<f64> = leaks.iter().step_by(3).copied().collect();
        let leaks: Vec<Leak> = leaks
            .chunks_exact(3)
            .map(|leak| Leak {
                from: leak[1],
                to: leak[2],
                each: VecDeque::new(),
                left: VecDeque::new(),
            })
            .collect();
        let whole = |leak: &Leak| leak.from <= 0.0 && leak.to >= 1.0;
        let far = if leaks.iter().all(whole) {
            (clock.steps + 1).min(MOST_SLATS as usize)
        } else {
            MOST_SLATS as usize
        };
        let mut belt = Self {
            kind,
            content: VecDeque::new(),
            leaks,
            way: slats(length, clock.length),
            far,
            broken: false,
            seen: Seen::default(),
        };
        belt.fill(&fractions, contents, clock.length);
        belt.look();
        belt
    }

    /// Lays on the belt what is there at the start.
    fn fill(&mut self, fractions: &[f64], contents: &[f64], length: f64) {
        let empty = contents.iter().all(|content| *content == 0.0);
        let is_long = self.way > MOST_SLATS && !(empty && self.way.is_finite());
        if is_long || contents.iter().any(|content| !content.is_finite()) {
            self.broken = true;
            return;
        }
        if empty {
            return;
        }
        let count = self.way as usize;
        // What a unit laid on in each step is worth when it has come to a slat.
        let mut steady = vec![1.0; count];
        let passed: Vec<f64> = self
            .leaks
            .iter()
            .map(|leak| leak.passed(self.way, self.way))
            .collect();
        for at in (1..count).rev() {
            let mut lost = 0.0;
            for ((leak, fraction), passed) in self.leaks.iter().zip(fractions).zip(&passed) {
                if leak.covers(at, self.way) {
                    lost += if self.kind.exponential {
                        steady[at] * at_most(share(*fraction) * length, 1.0)
                    } else {
                        share(*fraction) / passed
                    };
                }
            }
            steady[at - 1] = at_least(steady[at] - lost, 0.0);
        }
        // How many units were laid on for what lies on each slat.
        let mut laid = vec![0.0; count];
        if let [total] = contents {
            if self.kind.discrete {
                let blocks = blocks(count, length);
                for block in &blocks {
                    laid[block.end - 1] = 1.0;
                }
            } else {
                laid.fill(1.0);
            }
            let sum: f64 = laid.iter().zip(&steady).map(|(laid, worth)| laid * worth).sum();
            let scale = if sum > 0.0 { total / sum } else { 0.0 };
            laid.iter_mut().for_each(|laid| *laid *= scale);
        } else {
            let worth = |at: usize| if steady[at] > 0.0 { steady[at] } else { 1.0 };
            if contents.len() == count {
                laid.iter_mut()
                    .zip(contents)
                    .enumerate()
                    .for_each(|(at, (laid, content))| *laid = content / worth(at));
            } else {
                for (number, block) in blocks(count, length).into_iter().enumerate() {
                    // A short list goes on with its last number.
                    let content = contents[number.min(contents.len() - 1)];
                    if self.kind.discrete {
                        laid[block.end - 1] = content / worth(block.end - 1);
                    } else {
                        let slats = block.len() as f64;
                        block.for_each(|at| laid[at] = content / slats / worth(at));
                    }
                }
            }
        }
        for (at, laid) in laid.iter().enumerate() {
            self.add(at, laid * steady[at]);
            if !self.kind.exponential {
                for ((leak, fraction), passed) in self.leaks.iter_mut().zip(fractions).zip(&passed) {
                    let each = if *passed > 0.0 {
                        share(*fraction) * laid / passed
                    } else {
                        0.0
                    };
                    leak.settle(
                        at.min(self.far),
                        each,
                        each * leak.passed((at + 1) as f64, self.way),
                    );
                }
            }
        }
    }

    fn add(&mut self, at: usize, content: f64) {
        let at = at.min(self.far);
        if self.content.len() <= at {
            self.content.resize(at + 1, 0.0);
        }
        self.content[at] += content;
    }

    /// Inputs: those of [`BEFORE_LEAKS`], then for each leak the rate that it takes and its fraction.
    pub(super) fn step(&mut self, inputs: &[f64], length: f64) {
        let (inputs, leaks) = inputs.split_at(BEFORE_LEAKS);
        let &[way, arrest, out, at_beginning, evenly, alike] = inputs else {
            unreachable!("a belt has {BEFORE_LEAKS} inputs before those of its leaks")
        };
        let way = slats(way, length);
        let taken: Vec<f64> = leaks.chunks_exact(2).map(|leak| leak[0] * length).collect();
        let fractions: Vec<f64> = leaks.chunks_exact(2).map(|leak| leak[1]).collect();
        let rates = [way, arrest, out, at_beginning, evenly, alike];
        if rates.iter().chain(&taken).any(|number| !number.is_finite()) {
            self.broken = true;
        }
        if self.broken {
            self.look();
            return;
        }
        if arrest != 0.0 {
            return;
        }
        self.leak(&taken);
        self.exit(out * length);
        self.way = way;
        self.lay(way, at_beginning * length, &fractions);
        if evenly != 0.0 {
            let count = at_most(way, MOST_SLATS);
            for at in 1..=count as usize {
                self.lay(at as f64, evenly * length / count, &fractions);
            }
        }
        if alike != 0.0 {
            let shares: Vec<f64> = self.content.iter().copied().collect();
            let sum: f64 = shares.iter().sum();
            if sum > 0.0 {
                for (at, content) in shares.into_iter().enumerate() {
                    self.lay((at + 1) as f64, alike * length * (content / sum), &fractions);
                }
            } else {
                self.lay(way, alike * length, &fractions);
            }
        }
        self.look();
    }

    /// Takes off what leaks: from each slat of the zone its part, or whole units from behind.
    fn leak(&mut self, taken: &[f64]) {
        let before = self.content.clone();
        let kind = self.kind;
        let in_turn = |units: bool| (0..taken.len()).filter(move |number| in_units(kind, *number) == units);
        for number in in_turn(false).chain(in_turn(true)) {
            let (leak, taken) = (&mut self.leaks[number], taken[number]);
            let in_units = in_units(kind, number);
            let expected = if self.kind.exponential {
                self.seen.zone[number]
            } else {
                self.seen.leaks[number]
            };
            // A flow that takes what was seen takes exactly that; one that was held back takes of all alike.
            let rate = match taken / expected {
                rate if math::abs(rate - 1.0) < ROUNDING => 1.0,
                rate if rate.is_finite() => rate,
                _ => 0.0,
            };
            let mut units = taken;
            for at in (0..self.content.len()).rev() {
                if !leak.covers(at, self.way) {
                    continue;
                }
                let settled = leak.part(at, self.content[at]);
                let part = match (in_units, self.kind.exponential) {
                    (true, _) => at_least(at_most(units, self.content[at]), 0.0),
                    (false, true) => before[at] * rate,
                    (false, false) => settled * rate,
                };
                units -= part;
                self.content[at] -= part;
                if let Some(left) = leak.left.get_mut(at) {
                    *left -= if in_units { settled } else { part };
                }
            }
        }
    }

    /// Takes off what goes out, and moves the belt by a slat. What a flow that was held back leaves stays at the exit.
    fn exit(&mut self, out: f64) {
        let stood = self.content.pop_front().unwrap_or(0.0);
        let stays = stood - out;
        let stays = if math::abs(stays) <= ROUNDING * math::abs(stood) {
            0.0
        } else {
            stays
        };
        if stays != 0.0 {
            self.add(0, stays);
        }
        for leak in &mut self.leaks {
            let (each, left) = (leak.each.pop_front(), leak.left.pop_front());
            if let (Some(each), Some(left)) = (each, left)
                && stays > 0.0
            {
                leak.settle(0, each, left);
            }
        }
    }

    /// Lays something on the belt, so many slats from the exit.
    fn lay(&mut self, slats: f64, content: f64, fractions: &[f64]) {
        if content == 0.0 {
            return;
        }
        let at = at_most(slats - 1.0, self.far as f64) as usize;
        self.add(at, content);
        if self.kind.exponential {
            return;
        }
        for (leak, fraction) in self.leaks.iter_mut().zip(fractions) {
            let passed = leak.passed(self.way, self.way);
            if passed > 0.0 {
                let each = share(*fraction) * content / passed;
                let own = at_most(leak.passed(slats, self.way), passed);
                leak.settle(at, each, each * own);
            }
        }
    }

    /// Sees what the next step is to see.
    fn look(&mut self) {
        let seen = &mut self.seen;
        seen.exit = self.content.front().copied().unwrap_or(0.0);
        seen.leaks.clear();
        seen.zone.clear();
        seen.exit_zone.clear();
        let mut rest = VecDeque::new();
        if !self.leaks.is_empty() {
            rest.clone_from(&self.content);
        }
        seen.leaks.resize(self.leaks.len(), 0.0);
        for (number, leak) in self.leaks.iter().enumerate() {
            if in_units(self.kind, number) {
                continue;
            }
            for (at, rest) in rest.iter_mut().enumerate() {
                if leak.covers(at, self.way) {
                    let part = leak.part(at, *rest);
                    *rest -= part;
                    seen.leaks[number] += part;
                }
            }
        }
        for (number, leak) in self.leaks.iter().enumerate() {
            // What takes whole units sees what the others leave.
            let content = if in_units(self.kind, number) {
                &rest
            } else {
                &self.content
            };
            let mut zone = 0.0;
            for (at, content) in content.iter().enumerate() {
                if leak.covers(at, self.way) {
                    zone += content;
                    if in_units(self.kind, number) {
                        seen.leaks[number] += leak.part(at, *content);
                    }
                }
            }
            seen.zone.push(zone);
            seen.exit_zone.push(match content.front() {
                Some(first) if leak.covers(0, self.way) => *first,
                _ => 0.0,
            });
        }
        seen.exit = rest.front().copied().unwrap_or(seen.exit);
        if self.broken {
            seen.exit = f64::NAN;
            for list in [&mut seen.leaks, &mut seen.zone, &mut seen.exit_zone] {
                list.fill(f64::NAN);
            }
        }
    }

    pub(super) fn part(&self, part: ConveyorPart) -> f64 {
        let of = |list: &[f64], leak: u8| list[usize::from(leak)];
        match part {
            ConveyorPart::Content if self.broken => f64::NAN,
            ConveyorPart::Content => self.content.iter().sum::<f64>() + 0.0,
            ConveyorPart::Exit => self.seen.exit,
            ConveyorPart::Leak(leak) => of(&self.seen.leaks, leak),
            ConveyorPart::Zone(leak) => of(&self.seen.zone, leak),
            ConveyorPart::ExitZone(leak) => of(&self.seen.exit_zone, leak),
        }
    }
}

impl Leak {
    /// Whether a slat lies in the zone, of a belt of so many slats; slats beyond its beginning count as its beginning.
    fn covers(&self, at: usize, way: f64) -> bool {
        let place = at_least(1.0 - (at as f64 + 0.5) / way, 0.0);
        self.from <= place && place <= self.to
    }

    /// How many slats of the zone lie from the one so many slats before the exit on.
    fn passed(&self, slats: f64, way: f64) -> f64 {
        if self.from <= 0.0 && self.to >= 1.0 {
            return slats;
        }
        let count = at_most(slats, MOST_SLATS) as usize;
        (0..count).filter(|at| self.covers(*at, way)).count() as f64
    }

    /// What a slat with so much on it loses in a step.
    fn part(&self, at: usize, content: f64) -> f64 {
        match (self.each.get(at), self.left.get(at)) {
            (Some(each), Some(left)) => at_least(at_most(at_most(*each, *left), content), 0.0),
            _ => 0.0,
        }
    }

    /// Settles what something laid on a slat will lose.
    fn settle(&mut self, at: usize, each: f64, left: f64) {
        if self.each.len() <= at {
            self.each.resize(at + 1, 0.0);
            self.left.resize(at + 1, 0.0);
        }
        self.each[at] += each;
        self.left[at] += left;
    }
}

/// Whether a leak takes whole units.
fn in_units(kind: Conveyor, leak: usize) -> bool {
    kind.integers >> leak & 1 == 1
}

/// How many slats a way takes: at least one.
fn slats(way: f64, length: f64) -> f64 {
    let slats = math::trunc(way / length + 0.5);
    if slats < 1.0 { 1.0 } else { slats }
}

/// A fraction that can be leaked.
fn share(fraction: f64) -> f64 {
    at_least(fraction, 0.0)
}

fn at_most(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

fn at_least(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// The slats of a belt by the unit of time in which what lies on them comes out.
fn blocks(count: usize, length: f64) -> Vec<std::ops::Range<usize>> {
    let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
    let unit = |at: usize| math::trunc(at as f64 * length + 1e-9);
    for at in 0..count {
        match blocks.last_mut().filter(|last| unit(last.start) == unit(at)) {
            Some(last) => last.end = at + 1,
            None => blocks.push(at..at + 1),
        }
    }
    blocks
}
