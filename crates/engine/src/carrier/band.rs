//! The band of `DELAY CONVEYOR`: pieces one behind the other, which together are as long as the way.
//!
//! A piece takes a share of the way and is spread evenly over it. In a step the band moves on by the share of the way that the time of
//! conveyance of the step before allows, so that all that lies on it goes faster or slower together; a piece that is only partly
//! over the end is cut. With a constant time of so many whole steps, each piece is what one step brought.

use std::collections::VecDeque;

/// The most pieces that lie there at the start.
const MOST_PIECES: f64 = 1e6;

/// How much of a piece may be missed, as a share of it, because widths are sums.
const ROUNDING: f64 = 1e-9;

#[derive(Clone, Debug)]
pub(super) struct Band {
    /// The pieces, the first at the end of the way: what lies there, and the share of the way that it takes.
    pieces: VecDeque<(f64, f64)>,
    /// The share of the way that the band moves by in this step.
    moves: f64,
    /// What is over the end then.
    over: f64,
    /// The rate that it is in this step.
    out: f64,
}

impl Band {
    /// Inputs: the number of points of the profile, their abscissae and ordinates, how much there is, and how long it takes to come
    /// out.
    pub(super) fn new(inputs: &[f64], length: f64) -> Self {
        let points = inputs[0] as usize;
        let (x, rest) = inputs[1..].split_at(points);
        let (y, rest) = rest.split_at(points);
        let &[total, time] = rest else {
            unreachable!("two inputs lie behind the profile")
        };
        let moves = share_of_way(time, length);
        let mut band = Self {
            pieces: VecDeque::new(),
            moves,
            over: 0.0,
            out: 0.0,
        };
        if total == 0.0 {
            band.pieces.push_back((0.0, 1.0));
        } else if total.is_finite() && moves * MOST_PIECES >= 1.0 {
            band.lay_out(x, y, total);
        } else {
            band.moves = f64::NAN;
        }
        band.look(length);
        band
    }

    /// Lays what is there at the start in pieces as wide as a step moves, each with what the profile has over it.
    fn lay_out(&mut self, x: &[f64], y: &[f64], total: f64) {
        let (low, high) = (x[0], x[x.len() - 1]);
        let below = |at: f64| area(x, y, low + at * (high - low));
        let all = below(1.0);
        let count = 1.0 / self.moves;
        let whole = (count - ROUNDING) as usize;
        let mut before = 0.0;
        for number in 0..=whole {
            let last = number == whole;
            let to = if last { 1.0 } else { (number + 1) as f64 / count };
            let until = if last { all } else { below(to) };
            let width = if last {
                1.0 - number as f64 / count
            } else {
                self.moves
            };
            self.pieces.push_back((total * ((until - before) / all), width));
            before = until;
        }
    }

    /// Inputs: the rate that comes in, the time of conveyance, and the share that leaks in a unit of time.
    pub(super) fn step(&mut self, inputs: &[f64], length: f64) {
        let &[input, time, leak] = inputs else {
            unreachable!("a band has three inputs at a step")
        };
        let mut left = self.moves;
        while let Some((content, width)) = self.pieces.pop_front() {
            if width > left * (1.0 + ROUNDING) {
                self.pieces
                    .push_front((content * ((width - left) / width), width - left));
                break;
            }
            left -= width;
            if left <= self.moves * ROUNDING {
                break;
            }
        }
        self.pieces.push_back((input * length, self.moves));
        if leak != 0.0 {
            let stays = 1.0 - leak * length;
            self.pieces.iter_mut().for_each(|(content, _)| *content *= stays);
        }
        self.moves = if self.moves.is_nan() || !input.is_finite() || !leak.is_finite() {
            f64::NAN
        } else {
            share_of_way(time, length)
        };
        self.look(length);
    }

    /// Sees what will be over the end.
    fn look(&mut self, length: f64) {
        if self.moves.is_nan() {
            self.pieces.clear();
            self.out = f64::NAN;
            return;
        }
        let mut left = self.moves;
        self.over = 0.0;
        for (content, width) in &self.pieces {
            if *width > left * (1.0 + ROUNDING) {
                self.over += content * (left / width);
                break;
            }
            self.over += content;
            left -= width;
            if left <= self.moves * ROUNDING {
                break;
            }
        }
        self.out = self.over / length;
    }

    pub(super) fn out(&self) -> f64 {
        self.out
    }
}

/// The share of the way that a step takes: all of it at most, for what comes in is there for a step.
fn share_of_way(time: f64, length: f64) -> f64 {
    let share = length / time;
    if time.is_nan() || share == 0.0 {
        f64::NAN
    } else if share > 0.0 && share < 1.0 {
        share
    } else {
        1.0
    }
}

/// The area below a table from its beginning on.
pub(super) fn area(x: &[f64], y: &[f64], at: f64) -> f64 {
    let mut area = 0.0;
    for (place, pair) in x.windows(2).enumerate() {
        if at <= pair[0] {
            break;
        }
        let to = if at < pair[1] { at } else { pair[1] };
        let width = pair[1] - pair[0];
        if width > 0.0 {
            let rise = (y[place + 1] - y[place]) * ((to - pair[0]) / width);
            area += (to - pair[0]) * (y[place] + rise / 2.0);
        }
    }
    area
}
