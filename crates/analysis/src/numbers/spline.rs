//! Terms of one factor: cubic splines, or one term for each of a few values.
//!
//! Each row has at most four terms that are not zero, and they stand next to each other and sum to one. So a row is a [`Run`]: the first
//! term's number and four values. Where fewer than four are not zero the rest is zero, and a basis has three terms more than it needs, so
//! that every run finds room; terms that are zero in every row explain nothing and are dropped by the fit.

use crate::numbers::quantile::quantile_sorted;
use crate::slices::{Factor, Sorted};

/// Numeric factors with at most this many distinct values get one term for each value.
const LEVELS: usize = 6;

/// Four terms in a row: the number of the first, and how much of each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) first: usize,
    pub(crate) x: [f64; 4],
}

impl Run {
    /// One term alone.
    pub(crate) fn one(first: usize) -> Self {
        Run {
            first,
            x: [1.0, 0.0, 0.0, 0.0],
        }
    }
}

/// The terms of one factor.
pub(crate) enum Basis {
    /// Cubic B-splines between these spans.
    Spline(Vec<Span>),
    /// One term per distinct value.
    Levels(Vec<f64>),
    /// One term per category.
    Categories(usize),
}

/// The stretch between two knots, and the four splines that are not zero on it.
pub(crate) struct Span {
    low: f64,
    high: f64,
    /// By powers of the distance from the low end, rising: what each of the four splines has of it.
    powers: [[f64; 4]; 4],
}

impl Basis {
    /// A basis with about `interior` inner knots, at quantiles of the factor over some rows, which `order` has in the factor's rising order.
    pub(crate) fn new(factor: &Factor, order: &[u32], interior: usize) -> Self {
        let values = match *factor {
            Factor::Categorical { categories, .. } => return Basis::Categories(categories as usize),
            Factor::Numeric(values) | Factor::Integer(values) => values,
        };
        let sorted: Vec<f64> = order.iter().map(|&row| values[row as usize]).collect();
        let mut levels: Vec<f64> = Vec::new();
        for &value in &sorted {
            if levels.last() != Some(&value) {
                levels.push(value);
                if levels.len() > LEVELS {
                    break;
                }
            }
        }
        if levels.len() <= LEVELS {
            return Basis::Levels(levels);
        }
        let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
        let mut knots = vec![low; 4];
        for k in 1..=interior {
            let q = k as f64 / (interior + 1) as f64;
            let knot = quantile_sorted(&sorted, q).unwrap_or(low);
            if knot > knots[knots.len() - 1] && knot < high {
                knots.push(knot);
            }
        }
        knots.extend([high; 4]);
        Basis::Spline((3..knots.len() - 4).map(|at| Span::new(&knots, at)).collect())
    }

    /// The number of terms.
    pub(crate) fn len(&self) -> usize {
        match self {
            Basis::Spline(spans) => spans.len() + 3,
            Basis::Levels(levels) => levels.len(),
            Basis::Categories(count) => *count,
        }
    }

    /// The number of terms with those that are always zero, which only give runs their room.
    pub(crate) fn width(&self) -> usize {
        match self {
            Basis::Spline(_) => self.len(),
            Basis::Levels(_) | Basis::Categories(_) => self.len() + 3,
        }
    }

    /// The terms at a row of the factor.
    pub(crate) fn row(&self, factor: &Factor, row: usize) -> Run {
        match *factor {
            Factor::Categorical { codes, .. } => Run::one(codes[row] as usize),
            Factor::Numeric(values) | Factor::Integer(values) => self.at(values[row]),
        }
    }

    /// The terms at a value (a category's number for categories); beyond the ends those of the end.
    pub(crate) fn at(&self, value: f64) -> Run {
        match self {
            Basis::Categories(_) => Run::one(value as usize),
            Basis::Levels(levels) => {
                // Between two levels, by straight lines.
                let above = levels.partition_point(|l| *l < value);
                if above == 0 || above == levels.len() || levels[above] == value {
                    return Run::one(above.min(levels.len() - 1));
                }
                let share = (value - levels[above - 1]) / (levels[above] - levels[above - 1]);
                Run {
                    first: above - 1,
                    x: [1.0 - share, share, 0.0, 0.0],
                }
            }
            Basis::Spline(spans) => {
                // There are few spans: counting those that end below asks no branch to be guessed.
                let last = spans.len() - 1;
                let first: usize = spans[..last].iter().map(|s| usize::from(s.high <= value)).sum();
                Run {
                    first,
                    x: spans[first].at(value),
                }
            }
        }
    }
}

/// Some futures in a factor's rising order; each has a value.
pub(crate) fn rising_among(sorted: &Sorted, rows: &[u32]) -> Vec<u32> {
    if rows.len() == sorted.order.len() {
        return sorted.order.clone();
    }
    let mut marked = vec![false; sorted.factor.len()];
    rows.iter().for_each(|&row| marked[row as usize] = true);
    let order = sorted.order.iter().copied();
    order.filter(|&row| marked[row as usize]).collect()
}

impl Span {
    /// The span between the knots at `span` and the next (the recursion of de Boor, 1972, on polynomials).
    fn new(knots: &[f64], span: usize) -> Self {
        let low = knots[span];
        let mut splines = [[0.0; 4]; 4];
        splines[0][0] = 1.0;
        for degree in 1..=3 {
            let mut carried = [0.0; 4];
            for r in 0..degree {
                let (left, right) = (knots[span + 1 + r - degree], knots[span + 1 + r]);
                let part = splines[r].map(|c| c / (right - left));
                splines[r] = add(carried, line(part, right - low, -1.0));
                carried = line(part, low - left, 1.0);
            }
            splines[degree] = carried;
        }
        let powers = std::array::from_fn(|power| std::array::from_fn(|spline| splines[spline][power]));
        Span {
            low,
            high: knots[span + 1],
            powers,
        }
    }

    fn at(&self, value: f64) -> [f64; 4] {
        let from = value.clamp(self.low, self.high) - self.low;
        let mut x = self.powers[3];
        for power in self.powers[..3].iter().rev() {
            for (x, power) in x.iter_mut().zip(power) {
                *x = *x * from + power;
            }
        }
        x
    }
}

/// A polynomial (rising powers, at most squares) times a straight line.
fn line(polynomial: [f64; 4], constant: f64, slope: f64) -> [f64; 4] {
    std::array::from_fn(|power| {
        let below = if power > 0 { polynomial[power - 1] } else { 0.0 };
        constant * polynomial[power] + slope * below
    })
}

fn add(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    std::array::from_fn(|power| a[power] + b[power])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splines_sum_to_one_and_meet_at_the_knots() {
        let x: Vec<f64> = (0..200).map(|i| f64::from(i * i % 199) / 50.0).collect();
        let factor = Factor::Numeric(&x);
        let basis = Basis::new(&factor, Sorted::new(factor).order(), 4);
        assert_eq!((basis.len(), basis.width()), (8, 8));
        for row in 0..x.len() {
            let terms = basis.row(&factor, row).x;
            assert!((terms.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            assert!(terms.iter().all(|x| (-1e-15..=1.0).contains(x)), "{terms:?}");
        }
        let Basis::Spline(spans) = &basis else {
            panic!("many values are splines")
        };
        for pair in spans.windows(2) {
            let (end, begin) = (pair[0].at(pair[0].high), pair[1].at(pair[1].low));
            // Moving on by one term, and the one that is left behind has come to nothing.
            assert!(end[0].abs() < 1e-14 && begin[3] == 0.0);
            assert!((0..3).all(|t| (end[t + 1] - begin[t]).abs() < 1e-14));
        }
        let (low, high) = (basis.at(-9.0), basis.at(9.0));
        assert_eq!((low.first, low.x), (0, [1.0, 0.0, 0.0, 0.0]));
        assert!(high.first == 4 && (high.x[3] - 1.0).abs() < 1e-14);
    }

    #[test]
    fn few_values_are_levels() {
        let x = [1.0, 2.0, 1.0, 5.0, 2.0, 5.0];
        let factor = Factor::Integer(&x);
        let basis = Basis::new(&factor, Sorted::new(factor).order(), 4);
        assert_eq!((basis.len(), basis.width()), (3, 6));
        let half = Run {
            first: 1,
            x: [0.5, 0.5, 0.0, 0.0],
        };
        assert_eq!((basis.at(3.5), basis.at(9.0)), (half, Run::one(2)));
    }
}
