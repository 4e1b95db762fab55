//! What the draws from other distributions than the even and the normal one are made of: those two.
//!
//! A draw may throw nothing away for good, for a program has no loops: numbers of things come from the sums of their
//! probabilities, and where candidates are rejected a fixed number of them is drawn and the first that will do is taken.
//! All draws are streams of their own, so that noise stays a function of the seed, the variable, the future and the step.

use super::graph::{Graph, NodeId, Phase};
use crate::ir::Code;
use crate::noise::stable_hash;
use model::Function;

/// How far to either side of the most likely number the probabilities are added up.
const REACH: i32 = 64;

/// Beyond this deviation, numbers are drawn by their moments: eight of it are within reach.
const WIDE: f64 = 8.0;

/// Candidates of a draw that is cut to its bounds.
const TRIES: usize = 16;

/// Candidates of a gamma draw: each will do in more than 95 of 100 cases.
const GAMMA_TRIES: usize = 8;

/// The most successes of a negative binomial draw.
const MOST_SUCCESSES: f64 = 50.0;

/// Where draws come from: the streams of one call.
pub(super) struct Source<'a> {
    pub(super) graph: &'a mut Graph,
    /// The element that draws, and the place of the call in its equation.
    pub(super) name: &'a str,
    pub(super) phase: Phase,
    /// How many numbers have been drawn.
    pub(super) drawn: u32,
}

/// The bounds of a draw, and how it is moved: `shift + stretch * x`.
#[derive(Clone, Copy)]
struct Bounds {
    low: NodeId,
    high: NodeId,
    shift: NodeId,
    stretch: NodeId,
}

/// A distribution of whole numbers.
#[derive(Clone, Copy)]
struct Counts {
    mean: NodeId,
    deviation: NodeId,
    /// The third and the fourth cumulant of the distribution made standard.
    skewness: NodeId,
    kurtosis: NodeId,
    /// The most likely number, or one near it.
    mode: NodeId,
    /// The probability of `k + 1` over that of `k`: `(up[0] - up[1] * k) / (k + 1)`.
    up: [NodeId; 2],
}

impl Source<'_> {
    /// The value of a call, of element `args`; or why there is none.
    pub(super) fn draw(&mut self, function: Function, args: &[NodeId]) -> Result<NodeId, String> {
        let bounds = |shift: usize| Bounds {
            low: args[0],
            high: args[1],
            shift: args[shift],
            stretch: args[shift + 1],
        };
        match function {
            Function::RandomPoisson => {
                let counts = self.poisson(args[2]);
                Ok(self.whole_number(&counts, bounds(3)))
            }
            Function::RandomBinomial => {
                let counts = self.binomial(args[2], args[3]);
                Ok(self.whole_number(&counts, bounds(4)))
            }
            Function::RandomNegativeBinomial => self.trials(args[2], args[3], bounds(4)),
            Function::RandomGamma => {
                let one = self.number(1.0);
                let order = self.binary(Code::Max, args[2], one);
                Ok(self.first_within(bounds(3), TRIES, |source| {
                    let accepted = source.gamma_candidate(order);
                    (accepted.0, Some(accepted.1))
                }))
            }
            Function::RandomBeta => {
                let bounds = bounds(4);
                let tries = if self.holds_all(bounds) { 1 } else { TRIES };
                Ok(self.first_within(bounds, tries, |source| (source.beta(args[2], args[3]), None)))
            }
            _ => unreachable!("other draws have operations of their own"),
        }
    }

    fn number(&mut self, value: f64) -> NodeId {
        self.graph.number(value)
    }
    fn binary(&mut self, code: Code, a: NodeId, b: NodeId) -> NodeId {
        self.graph.binary(code, a, b)
    }
    fn stream(&mut self) -> u64 {
        self.drawn += 1;
        stable_hash(&format!("{} ~{}", self.name, self.drawn))
    }
    /// A number above 0, at most 1.
    fn share(&mut self) -> NodeId {
        let stream = self.stream();
        let share = self.graph.draw(Code::Uniform, stream, self.phase, &[]);
        let one = self.number(1.0);
        self.binary(Code::Subtract, one, share)
    }
    /// A standard normal number between two bounds.
    fn normal(&mut self, low: NodeId, high: NodeId) -> NodeId {
        let stream = self.stream();
        let (zero, one) = (self.number(0.0), self.number(1.0));
        self.graph
            .draw(Code::Normal, stream, self.phase, &[low, high, zero, one])
    }
    fn floor(&mut self, x: NodeId) -> NodeId {
        let whole = self.graph.unary(Code::Trunc, x);
        let above = self.binary(Code::Less, x, whole);
        self.binary(Code::Subtract, whole, above)
    }
    fn moved(&mut self, bounds: Bounds, x: NodeId) -> NodeId {
        let stretched = self.binary(Code::Multiply, bounds.stretch, x);
        self.binary(Code::Add, bounds.shift, stretched)
    }
    /// The bounds of `x` before it is moved, in order.
    fn before(&mut self, bounds: Bounds) -> [NodeId; 2] {
        let [one, other] = [bounds.low, bounds.high].map(|bound| {
            let back = self.graph.binary(Code::Subtract, bound, bounds.shift);
            self.graph.binary(Code::Divide, back, bounds.stretch)
        });
        [Code::Min, Code::Max].map(|code| self.graph.binary(code, one, other))
    }
    /// Whether the bounds are known to cut nothing off what lies between 0 and 1.
    fn holds_all(&mut self, bounds: Bounds) -> bool {
        let [low, high] = self.before(bounds);
        let (low, high) = (self.graph.constant(low), self.graph.constant(high));
        low.is_some_and(|low| low <= 0.0) && high.is_some_and(|high| high >= 1.0)
    }

    /// The first candidate that is accepted and lies within the bounds; if there is none, the last one moved to them.
    fn first_within(
        &mut self,
        bounds: Bounds,
        tries: usize,
        mut candidate: impl FnMut(&mut Self) -> (NodeId, Option<NodeId>),
    ) -> NodeId {
        let mut candidates = Vec::with_capacity(tries);
        for _ in 0..tries {
            let (x, accepted) = candidate(self);
            let value = self.moved(bounds, x);
            let above = self.binary(Code::LessOrEqual, bounds.low, value);
            let below = self.binary(Code::LessOrEqual, value, bounds.high);
            let mut fits = self.binary(Code::And, above, below);
            if let Some(accepted) = accepted {
                fits = self.binary(Code::And, fits, accepted);
            }
            candidates.push((value, fits));
        }
        let (last, _) = candidates[candidates.len() - 1];
        let last = self.binary(Code::Max, last, bounds.low);
        let last = self.binary(Code::Min, last, bounds.high);
        candidates
            .into_iter()
            .rev()
            .fold(last, |otherwise, (value, fits)| {
                self.graph.select(fits, value, otherwise)
            })
    }

    fn poisson(&mut self, mean: NodeId) -> Counts {
        let (zero, one) = (self.number(0.0), self.number(1.0));
        let mean = self.binary(Code::Max, mean, zero);
        let deviation = self.graph.unary(Code::Sqrt, mean);
        Counts {
            mean,
            deviation,
            skewness: self.binary(Code::Divide, one, deviation),
            kurtosis: self.binary(Code::Divide, one, mean),
            mode: self.floor(mean),
            up: [mean, zero],
        }
    }

    fn binomial(&mut self, probability: NodeId, trials: NodeId) -> Counts {
        let (zero, half, one) = (self.number(0.0), self.number(0.5), self.number(1.0));
        let probability = self.binary(Code::Max, probability, zero);
        let probability = self.binary(Code::Min, probability, one);
        let trials = self.binary(Code::Add, trials, half);
        let trials = self.floor(trials);
        let other = self.binary(Code::Subtract, one, probability);
        let mean = self.binary(Code::Multiply, trials, probability);
        let variance = self.binary(Code::Multiply, mean, other);
        let deviation = self.graph.unary(Code::Sqrt, variance);
        let gap = self.binary(Code::Subtract, other, probability);
        let both = self.binary(Code::Multiply, probability, other);
        let six = self.number(6.0);
        let both = self.binary(Code::Multiply, six, both);
        let rest = self.binary(Code::Subtract, one, both);
        // Certain success has no odds: then all trials but none below.
        let odds = self.binary(Code::Divide, probability, other);
        let certain = self.binary(Code::Equal, other, zero);
        let beyond = self.number(1e300);
        let odds = self.graph.select(certain, beyond, odds);
        let up = self.binary(Code::Multiply, trials, odds);
        Counts {
            mean,
            deviation,
            skewness: self.binary(Code::Divide, gap, deviation),
            kurtosis: self.binary(Code::Divide, rest, variance),
            mode: self.floor(mean),
            up: [up, odds],
        }
    }

    /// A whole number, moved, within its bounds; NaN if none lies there.
    fn whole_number(&mut self, counts: &Counts, bounds: Bounds) -> NodeId {
        let [low, high] = self.before(bounds);
        // Numbers are whole but for the last bits of a bound.
        let hair = self.number(1e-9);
        let low = self.binary(Code::Subtract, low, hair);
        let high = self.binary(Code::Add, high, hair);
        let deviation = self.graph.constant(counts.deviation);
        let x = match deviation {
            Some(deviation) if deviation <= WIDE => self.by_probabilities(counts, low, high),
            Some(_) => self.by_moments(counts, low, high),
            None => {
                let near = self.by_probabilities(counts, low, high);
                let far = self.by_moments(counts, low, high);
                let wide = self.number(WIDE);
                let narrow = self.binary(Code::LessOrEqual, counts.deviation, wide);
                self.graph.select(narrow, near, far)
            }
        };
        self.moved(bounds, x)
    }

    /// The smallest number up to which a share of the probability lies, of the numbers between the bounds. All are
    /// measured by the probability of the mode, which cancels out.
    fn by_probabilities(&mut self, counts: &Counts, low: NodeId, high: NodeId) -> NodeId {
        let one = self.number(1.0);
        let ratio = |source: &mut Self, k: NodeId| {
            let [start, fall] = counts.up;
            let taken = source.binary(Code::Multiply, fall, k);
            let above = source.binary(Code::Subtract, start, taken);
            let one = source.number(1.0);
            let below = source.binary(Code::Add, k, one);
            (above, below)
        };
        let mut numbers = vec![(counts.mode, one)];
        let (mut k, mut weight) = (counts.mode, one);
        for _ in 0..REACH {
            let (above, below) = ratio(self, k);
            let grown = self.binary(Code::Multiply, weight, above);
            weight = self.binary(Code::Divide, grown, below);
            let zero = self.number(0.0);
            weight = self.binary(Code::Max, weight, zero);
            k = self.binary(Code::Add, k, one);
            numbers.push((k, weight));
        }
        (k, weight) = (counts.mode, one);
        for _ in 0..REACH {
            let under = self.binary(Code::Subtract, k, one);
            let (above, below) = ratio(self, under);
            let grown = self.binary(Code::Multiply, weight, below);
            weight = self.binary(Code::Divide, grown, above);
            let zero = self.number(0.0);
            let exists = self.binary(Code::LessOrEqual, zero, under);
            weight = self.graph.select(exists, weight, zero);
            k = under;
            numbers.insert(0, (k, weight));
        }
        let zero = self.number(0.0);
        let mut total = zero;
        let mut up_to = Vec::with_capacity(numbers.len());
        for (k, weight) in &numbers {
            let above = self.binary(Code::LessOrEqual, low, *k);
            let below = self.binary(Code::LessOrEqual, *k, high);
            let inside = self.binary(Code::And, above, below);
            let weight = self.graph.select(inside, *weight, zero);
            total = self.binary(Code::Add, total, weight);
            up_to.push(total);
        }
        let share = self.share();
        let target = self.binary(Code::Multiply, share, total);
        let mut passed = numbers[0].0;
        for sum in &up_to[..up_to.len() - 1] {
            let less = self.binary(Code::Less, *sum, target);
            passed = self.binary(Code::Add, passed, less);
        }
        let nothing = self.number(f64::NAN);
        let something = self.binary(Code::Less, zero, total);
        self.graph.select(something, passed, nothing)
    }

    /// A normal number bent by the third and fourth cumulants (Cornish and Fisher's expansion), and made whole.
    fn by_moments(&mut self, counts: &Counts, low: NodeId, high: NodeId) -> NodeId {
        let half = self.number(0.5);
        let whole_high = self.floor(high);
        let whole_low = self.graph.unary(Code::Negate, low);
        let whole_low = self.floor(whole_low);
        let whole_low = self.graph.unary(Code::Negate, whole_low);
        let [from, to] = [(whole_low, Code::Subtract), (whole_high, Code::Add)].map(|(bound, code)| {
            let edge = self.graph.binary(code, bound, half);
            let apart = self.graph.binary(Code::Subtract, edge, counts.mean);
            self.graph.binary(Code::Divide, apart, counts.deviation)
        });
        let term = |source: &mut Self, factor: NodeId, coefficients: [f64; 3], z: NodeId| {
            // factor * (c0 z^3 + c1 z^2 + c2 z - c1)
            let [cubic, square, linear] = coefficients.map(|number| source.number(number));
            let mut sum = source.binary(Code::Multiply, cubic, z);
            sum = source.binary(Code::Add, sum, square);
            sum = source.binary(Code::Multiply, sum, z);
            sum = source.binary(Code::Add, sum, linear);
            sum = source.binary(Code::Multiply, sum, z);
            sum = source.binary(Code::Subtract, sum, square);
            source.binary(Code::Multiply, factor, sum)
        };
        let skew_square = self.binary(Code::Multiply, counts.skewness, counts.skewness);
        let bend = |source: &mut Self, z: NodeId, terms: [[f64; 3]; 3]| {
            let factors = [counts.skewness, counts.kurtosis, skew_square];
            factors.into_iter().zip(terms).fold(z, |total, (factor, terms)| {
                let term = term(source, factor, terms, z);
                source.binary(Code::Add, total, term)
            })
        };
        let sixth = 1.0 / 6.0;
        let back = [
            [0.0, -sixth, 0.0],
            [-1.0 / 24.0, 0.0, 3.0 / 24.0],
            [4.0 / 36.0, 0.0, -7.0 / 36.0],
        ];
        let forth = [
            [0.0, sixth, 0.0],
            [1.0 / 24.0, 0.0, -3.0 / 24.0],
            [-2.0 / 36.0, 0.0, 5.0 / 36.0],
        ];
        // Far out the expansion turns back, and nothing is ever drawn.
        let [least, most] = [-8.0, 8.0].map(|end| self.number(end));
        let [from, to] = [from, to].map(|edge| {
            let edge = self.graph.binary(Code::Max, edge, least);
            self.graph.binary(Code::Min, edge, most)
        });
        let [from, to] = [from, to].map(|edge| bend(self, edge, back));
        let z = self.normal(from, to);
        let bent = bend(self, z, forth);
        let x = self.binary(Code::Multiply, counts.deviation, bent);
        let x = self.binary(Code::Add, counts.mean, x);
        let x = self.binary(Code::Add, x, half);
        let x = self.floor(x);
        let x = self.binary(Code::Max, x, whole_low);
        self.binary(Code::Min, x, whole_high)
    }

    /// The number of trials until there have been so many successes.
    fn trials(&mut self, probability: NodeId, successes: NodeId, bounds: Bounds) -> Result<NodeId, String> {
        let successes = self.graph.constant(successes).map(f64::round);
        let Some(successes) = successes.filter(|count| (1.0..=MOST_SUCCESSES).contains(count)) else {
            return Err(format!(
                "the number of successes must be known before the run, and lie between 1 and {MOST_SUCCESSES}"
            ));
        };
        let one = self.number(1.0);
        let failure = self.binary(Code::Subtract, one, probability);
        let logarithm = self.graph.unary(Code::Ln, failure);
        Ok(self.first_within(bounds, TRIES, |source| {
            let mut total = source.number(successes);
            for _ in 0..successes as u32 {
                let share = source.share();
                let share = source.graph.unary(Code::Ln, share);
                let failures = source.binary(Code::Divide, share, logarithm);
                let failures = source.floor(failures);
                total = source.binary(Code::Add, total, failures);
            }
            (total, None)
        }))
    }

    /// A gamma number of an order of at least 1, and whether it is accepted (Marsaglia and Tsang, "A simple method for
    /// generating gamma variables", 2000).
    fn gamma_candidate(&mut self, order: NodeId) -> (NodeId, NodeId) {
        let [zero, third, half, one, nine] =
            [0.0, 1.0 / 3.0, 0.5, 1.0, 9.0].map(|number| self.number(number));
        let scale = self.binary(Code::Subtract, order, third);
        let width = self.binary(Code::Multiply, nine, scale);
        let width = self.graph.unary(Code::Sqrt, width);
        let [least, most] = [-9.0, 9.0].map(|end| self.number(end));
        let z = self.normal(least, most);
        let part = self.binary(Code::Divide, z, width);
        let root = self.binary(Code::Add, one, part);
        let cube = self.graph.power_of_integer(root, 3);
        let value = self.binary(Code::Multiply, scale, cube);
        let share = self.share();
        let share = self.graph.unary(Code::Ln, share);
        let square = self.binary(Code::Multiply, z, z);
        let square = self.binary(Code::Multiply, half, square);
        let logarithm = self.graph.unary(Code::Ln, cube);
        let logarithm = self.binary(Code::Multiply, scale, logarithm);
        let limit = self.binary(Code::Add, square, scale);
        let limit = self.binary(Code::Subtract, limit, value);
        let limit = self.binary(Code::Add, limit, logarithm);
        let positive = self.binary(Code::Less, zero, root);
        let accepted = self.binary(Code::Less, share, limit);
        (value, self.graph.binary(Code::And, positive, accepted))
    }

    /// A gamma number of any order above 0.
    fn gamma(&mut self, order: NodeId) -> NodeId {
        let one = self.number(1.0);
        let next = self.binary(Code::Add, order, one);
        let mut found = next;
        for _ in 0..GAMMA_TRIES {
            let (value, accepted) = self.gamma_candidate(next);
            found = self.graph.select(accepted, value, found);
        }
        // From the next order down: times an even number to the power of one over the order.
        let share = self.share();
        let inverse = self.binary(Code::Divide, one, order);
        let factor = self.binary(Code::Power, share, inverse);
        self.binary(Code::Multiply, found, factor)
    }

    /// A beta number: the part of one gamma number in two.
    fn beta(&mut self, alpha: NodeId, beta: NodeId) -> NodeId {
        let one = self.gamma(alpha);
        let other = self.gamma(beta);
        let both = self.binary(Code::Add, one, other);
        self.binary(Code::Divide, one, both)
    }
}
