//! Methods with automatic steps: embedded pairs of Runge-Kutta formulas, and how a future chooses its steps.
//!
//! Within each `TIME STEP` a future takes as many steps as its tolerance wants, and arrives at the end of it exactly: what is
//! observed and stored, and what schedules say, keep their times. A future's steps depend on that future alone, so results
//! are the same bits for any width of a block. Both evaluators that serve these methods, the reference and the block
//! interpreter, take their formulas and their decisions from here.

use model::Integration;

use crate::math;
use crate::operation::integrate;

/// The error that a step may have, as a share of the stock, unless another is asked for.
pub(crate) const TOLERANCE: f64 = 1e-6;
/// A stock counts as at least this share of the largest it has been: near zero no share of it could be kept.
const FLOOR: f64 = 1e-3;
/// The first step of a run, as a share of `TIME STEP`. A long first step may meet a place where the two formulas agree by
/// chance; steps that grow with what they find pass it by.
const FIRST: f64 = 1.0 / 128.0;
/// The smallest step, as a share of `TIME STEP`.
const SMALLEST: f64 = 1.0 / (1_u64 << 36) as f64;
/// The most steps within a `TIME STEP`, those taken back with them.
const MOST_TRIALS: u32 = 20_000;

/// Two formulas of neighbouring orders over the same looks; the last look is at the end of the step, by the higher one.
#[derive(Debug)]
pub(crate) struct Pair {
    /// Its name, for listings.
    pub(crate) name: &'static str,
    /// For each look after the first how far ahead it is, and how much of each former look's rates leads there.
    pub(crate) looks: &'static [(f64, &'static [f64])],
    /// How much of each look's rates makes the difference of the two formulas.
    pub(crate) difference: &'static [f64],
    /// One over the order of that difference.
    exponent: f64,
}

/// Orders 5 and 4: J. R. Dormand, P. J. Prince, "A family of embedded Runge-Kutta formulae", Journal of Computational and
/// Applied Mathematics 6 (1980), 19-26, table 2 on page 23.
static DORMAND_PRINCE: Pair = Pair {
    name: "Dormand-Prince 5(4)",
    looks: &[
        (1.0 / 5.0, &[1.0 / 5.0]),
        (3.0 / 10.0, &[3.0 / 40.0, 9.0 / 40.0]),
        (4.0 / 5.0, &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0]),
        (
            8.0 / 9.0,
            &[
                19372.0 / 6561.0,
                -25360.0 / 2187.0,
                64448.0 / 6561.0,
                -212.0 / 729.0,
            ],
        ),
        (
            1.0,
            &[
                9017.0 / 3168.0,
                -355.0 / 33.0,
                46732.0 / 5247.0,
                49.0 / 176.0,
                -5103.0 / 18656.0,
            ],
        ),
        (
            1.0,
            &[
                35.0 / 384.0,
                0.0,
                500.0 / 1113.0,
                125.0 / 192.0,
                -2187.0 / 6784.0,
                11.0 / 84.0,
            ],
        ),
    ],
    difference: &[
        71.0 / 57600.0,
        0.0,
        -71.0 / 16695.0,
        71.0 / 1920.0,
        -17253.0 / 339200.0,
        22.0 / 525.0,
        -1.0 / 40.0,
    ],
    exponent: 1.0 / 5.0,
};

/// Orders 3 and 2: P. Bogacki, L. F. Shampine, "A 3(2) pair of Runge-Kutta formulas", Applied Mathematics Letters 2 (1989),
/// 321-325, the pair given on page 322.
static BOGACKI_SHAMPINE: Pair = Pair {
    name: "Bogacki-Shampine 3(2)",
    looks: &[
        (1.0 / 2.0, &[1.0 / 2.0]),
        (3.0 / 4.0, &[0.0, 3.0 / 4.0]),
        (1.0, &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0]),
    ],
    difference: &[-5.0 / 72.0, 1.0 / 12.0, 1.0 / 9.0, -1.0 / 8.0],
    exponent: 1.0 / 3.0,
};

/// The formulas of a method with automatic steps; `None` if its steps are fixed.
pub(crate) fn pair(integration: Integration) -> Option<&'static Pair> {
    match integration {
        Integration::Rk4Auto => Some(&DORMAND_PRINCE),
        Integration::Rk2Auto => Some(&BOGACKI_SHAMPINE),
        Integration::Euler | Integration::Midpoint | Integration::Heun | Integration::Rk4 => None,
    }
}

/// The sum of one stock's rates at the looks so far, so much of each.
#[inline(always)]
pub(crate) fn sum(weights: &[f64], rate: impl Fn(usize) -> f64) -> f64 {
    let mut sum = 0.0;
    for (look, weight) in weights.iter().enumerate() {
        if *weight != 0.0 {
            sum = integrate(sum, rate(look), *weight);
        }
    }
    sum
}

/// The error of one stock over what it may be: the step is good if this is at most 1 for all. `apart` is how far the two
/// formulas end from each other.
#[inline(always)]
pub(crate) fn ratio(apart: f64, start: f64, end: f64, peak: f64, tolerance: f64) -> f64 {
    let apart = math::abs(apart);
    if apart == 0.0 {
        return 0.0;
    }
    let size = math::max(math::max(math::abs(start), math::abs(end)), FLOOR * peak);
    apart / (tolerance * size)
}

/// How a future goes through a `TIME STEP`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    /// How far it has come.
    pub(crate) done: f64,
    /// The step that it would take next, kept from one `TIME STEP` to the next; 0 before the first.
    next: f64,
    /// Steps tried in this `TIME STEP`.
    trials: u32,
    /// Whether the last one was taken back.
    taken_back: bool,
    /// Whether it goes on.
    pub(crate) going: Going,
}

/// Whether a future goes on within a `TIME STEP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Going {
    /// It does.
    On,
    /// It has arrived at the end.
    Arrived,
    /// Its steps have become too small, or too many.
    Stuck,
}

impl Pace {
    /// Before the run.
    pub(crate) fn new() -> Self {
        Self {
            done: 0.0,
            next: 0.0,
            trials: 0,
            taken_back: false,
            going: Going::On,
        }
    }

    /// At the start of a `TIME STEP`. A future that got stuck stays so.
    pub(crate) fn begin(&mut self) {
        if self.going == Going::Arrived {
            *self = Self {
                next: self.next,
                ..Self::new()
            };
        }
    }

    /// The step to be tried; the rest of the `TIME STEP` if what would be left is hardly worth a step.
    pub(crate) fn trial(&self, length: f64) -> f64 {
        let rest = length - self.done;
        let next = if self.next == 0.0 {
            FIRST * length
        } else {
            self.next
        };
        if next >= 0.99 * rest { rest } else { next }
    }

    /// Takes the step that was tried, or takes it back, by the largest ratio of its stocks; returns whether it was taken. The
    /// rule for the next step is that of E. Hairer, S. P. Norsett, G. Wanner, "Solving Ordinary Differential Equations I",
    /// second edition, 1993, pages 167-168.
    pub(crate) fn judge(&mut self, ratio: f64, length: f64, pair: &Pair) -> bool {
        let trial = self.trial(length);
        let good = ratio <= 1.0;
        self.trials += 1;
        let wish = 0.9 * math::pow(ratio, -pair.exponent);
        let most = if self.taken_back { 1.0 } else { 5.0 };
        // A ratio that is no number wishes for nothing: the step was far too long.
        let factor = if wish >= most {
            most
        } else if wish >= 0.2 {
            wish
        } else {
            0.2
        };
        self.taken_back = !good;
        if good {
            let is_rest = trial == length - self.done;
            // A step that the end cut short says nothing against the longer one.
            let next = factor * trial;
            self.next = if is_rest && next < self.next && self.next < length {
                self.next
            } else {
                next
            };
            self.done = if is_rest { length } else { self.done + trial };
            if is_rest {
                self.going = Going::Arrived;
            }
        } else {
            self.next = factor * trial;
        }
        let small = self.next < SMALLEST * length || self.trials >= MOST_TRIALS;
        if self.going == Going::On && small {
            self.going = Going::Stuck;
        }
        good
    }
}
