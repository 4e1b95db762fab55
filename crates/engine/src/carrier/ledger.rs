//! The ledger of `DEPRECIATE BY SCHEDULE`: what was spent in each fiscal period, and what is written off for it.

use std::collections::VecDeque;

use crate::math;

#[derive(Clone, Debug)]
pub(super) struct Ledger {
    /// What is written off in the period in which it is spent, and in those that follow: shares of one.
    shares: Vec<f64>,
    /// What is written off anyway, in the periods from the first on.
    initial: VecDeque<f64>,
    /// What was spent in this period, then in those before.
    spent: VecDeque<f64>,
    /// The length of a period, and the time since the last one that `fiscal start` counts from.
    period: f64,
    since: f64,
}

impl Ledger {
    /// Inputs: the number of shares, the shares, what is written off anyway (for each period or a single number), the time over which
    /// something is written off, when a period starts, and the time now.
    pub(super) fn new(inputs: &[f64], length: f64) -> Self {
        let count = inputs[0] as usize;
        let (shares, rest) = inputs[1..].split_at(count);
        let (initial, rest) = rest.split_at(rest.len() - 3);
        let &[time, start, now] = rest else {
            unreachable!("three inputs lie behind the vectors")
        };
        let all: f64 = shares.iter().sum();
        let period = time / count as f64;
        // A period is no shorter than a step.
        let period = if period < length { length } else { period };
        let since = now - start;
        let within = since - floor(since / period) * period;
        // Times so far apart that no period can be told from the next.
        let is_known = (-length..period + length).contains(&within);
        Self {
            shares: shares.iter().map(|share| share / all).collect(),
            initial: initial.iter().copied().collect(),
            spent: VecDeque::from([0.0]),
            period,
            since: if is_known { within } else { f64::NAN },
        }
    }

    /// Input: what is spent.
    pub(super) fn step(&mut self, inputs: &[f64], length: f64) {
        self.spent[0] += inputs[0] * length;
        self.since += length;
        // Half a step ahead: sums of steps may miss the end of a period by their last bits.
        while self.since + length / 2.0 >= self.period {
            self.since -= self.period;
            self.spent.push_front(0.0);
            self.spent.truncate(self.shares.len());
            self.initial.pop_front();
        }
    }

    /// What is written off now for what was spent in earlier periods.
    pub(super) fn earlier(&self) -> f64 {
        if self.since.is_nan() {
            return f64::NAN;
        }
        let of_periods = self.shares.iter().zip(&self.spent).skip(1);
        let earlier: f64 = of_periods
            .map(|(share, spent)| share * (spent / self.period))
            .sum();
        earlier + self.initial.front().copied().unwrap_or(0.0)
    }

    /// The share that is written off at once.
    pub(super) fn first_share(&self) -> f64 {
        self.shares[0]
    }
}

/// The whole number below.
fn floor(x: f64) -> f64 {
    let whole = math::trunc(x + 1e-9);
    if whole > x + 1e-9 { whole - 1.0 } else { whole }
}
