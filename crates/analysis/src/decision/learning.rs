//! What it would be worth to know some factors (EVPPI).
//!
//! The conditional means it needs are fitted by regression (Strong, Oakley and Brennan, 2014, "Estimating multiparameter partial expected
//! value of perfect information from a probabilistic sensitivity analysis sample: a nonparametric regression approach"): cubic splines of
//! one factor, their products for two, and for more factors splines of each with products of their straight lines.
//!
//! The largest of several fitted means is too large by chance. That bias is estimated by moving the fits about as their own
//! uncertainty lets them, and seeing how much larger the largest becomes. Moved by as much as they are uncertain they would show 0.41
//! of the bias of a factor that matters nothing (its fits are already off by chance, and the mean of the larger of 0 and a normal
//! number grows with its deviation: from 1 to the root of 2); moved by the root of 3 times as much, the root of 4 gives all of it. Where
//! a factor matters the bias is of second order and so is the error of this correction.
//!
//! What is sought is a mean over futures, so it matters only how uncertain the fits are in each future, not how they move together from
//! one to the next: the leverage of a future tells how much, the covariance of what the fits leave unexplained how the options go together. A
//! few moves for each future, evenly spread normal numbers and their opposites, give the mean far better than many moves of whole curves: with
//! two options it is within 1 % of the closed form. With seven options, four outcomes and 123 factors a sixtyfold number of moves changes a
//! value by 0.02 of its standard error (0.03 for pairs; root of the mean square), where a hundred moves of whole curves left 0.16 (0.13).

use super::information::{Choice, PartialInformation};
use crate::designs::{SOBOL_DIMENSIONS, Scramble, Sobol};
use crate::numbers::regression::{Design, LANES, Lanes, Normal, Table, leverage, predict};
use crate::numbers::special::normal_quantile;
use crate::numbers::spline::{Basis, Run, rising_among};
use crate::numbers::sum::mean;
use crate::slices::{Factor, Sorted};
use crate::table::{TableError, same_length};

/// About how many futures the bias is evaluated over; the fit itself uses all.
const MOVED: usize = 1_000;
/// Moves over all those futures at least, each in both directions.
const MOVES: usize = 4_096;
/// Different moves.
const LUCK: usize = 512;

/// What it would be worth to know a set of factors, before each of some choices among options in the same futures.
pub fn learning(
    choices: &[&Choice],
    factors: &[Sorted],
    set: &[usize],
) -> Result<Vec<PartialInformation>, TableError> {
    if let Some(&factor) = set.iter().find(|f| **f >= factors.len()) {
        let factors = factors.len();
        return Err(TableError::NoSuchFactor { factor, factors });
    }
    for choice in choices {
        for &factor in set {
            same_length("a factor", choice.futures, factors[factor].factor.len())?;
        }
    }
    let mut all = Vec::with_capacity(choices.len());
    let mut known: Option<(Vec<u32>, Option<Fitted>)> = None;
    for choice in choices {
        let used = used(choice, factors, set);
        let found = match known.take_if(|known| known.0 == used) {
            Some((_, fitted)) => fitted,
            None => Fitted::new(factors, set, &used),
        };
        let without_value = choice.rows.len() - used.len();
        all.push(match &found {
            Some(fitted) => fitted.worth(choice, &used, set, without_value),
            None => PartialInformation {
                factors: set.to_vec(),
                without_value,
                value: None,
                standard_error: None,
                uncorrected: None,
            },
        });
        known = Some((used, found));
    }
    Ok(all)
}

/// The compared futures in which every factor of the set has a value.
fn used(choice: &Choice, factors: &[Sorted], set: &[usize]) -> Vec<u32> {
    let gappy = |f: &&usize| factors[**f].order.len() < choice.futures;
    let gappy: Vec<Factor> = set.iter().filter(gappy).map(|&f| factors[f].factor).collect();
    let valued = |row: &&usize| gappy.iter().all(|factor| factor.has_value(**row));
    choice.rows.iter().filter(valued).map(|&row| row as u32).collect()
}

/// The same in rising order of the first factor, then of the others: so the order of futures does not matter.
fn rising(factors: &[Sorted], set: &[usize], used: &[u32]) -> Vec<u32> {
    let Some((first, rest)) = set.split_first() else {
        return used.to_vec();
    };
    let value = |factor: usize, row: u32| match factors[factor].factor {
        Factor::Numeric(x) | Factor::Integer(x) => x[row as usize],
        Factor::Categorical { codes, .. } => f64::from(codes[row as usize]),
    };
    let mut rows = rising_among(&factors[*first], used);
    if !rest.is_empty() {
        for equal in rows.chunk_by_mut(|&x, &y| value(*first, x) == value(*first, y)) {
            if equal.len() > 1 {
                equal.sort_by(|&x, &y| {
                    let differ = rest.iter().map(|&f| value(f, x).total_cmp(&value(f, y)));
                    differ.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                });
            }
        }
    }
    rows
}

/// A set of factors in some futures, ready for any choice that was compared in them.
struct Fitted {
    design: Design,
    normal: Normal,
    /// Whether the terms of a row are shares (none below zero, all together one) and the first tells which they are, as those of splines and
    /// their products do.
    shares: bool,
    /// Rows of the design over which the bias is evaluated, evenly along the first factor.
    moved: Vec<usize>,
    /// How far a fit moves in each of them, where rows scatter by one.
    reach: Vec<f64>,
}

impl Fitted {
    /// None with fewer than ten futures for every term, or two.
    fn new(factors: &[Sorted], set: &[usize], used: &[u32]) -> Option<Self> {
        let n = used.len();
        let order = rising(factors, set, used);
        let (design, terms) = design(factors, set, used, &order)?;
        if n < 2 || n < 10 * terms {
            return None;
        }
        let normal = Normal::new(&design);
        let inverse = normal.inverse();
        let step = n.div_ceil(MOVED);
        let place = |row: &u32| {
            used.binary_search(row)
                .expect("the same futures in another order")
        };
        let moved: Vec<usize> = order[step / 2..].iter().step_by(step).map(place).collect();
        // A fit keeps the mean over its rows, so only its shape is uncertain: what the mean has of a leverage does not count.
        let shape = |&row: &usize| leverage(design.row(row), &inverse, design.terms) - 1.0 / n as f64;
        let reach = moved
            .iter()
            .map(|row| (3.0 * shape(row).max(0.0)).sqrt())
            .collect();
        Some(Fitted {
            design,
            normal,
            shares: set.len() <= 2,
            moved,
            reach,
        })
    }

    fn worth(
        &self,
        choice: &Choice,
        used: &[u32],
        set: &[usize],
        without_value: usize,
    ) -> PartialInformation {
        let n = used.len();
        let sums = self.design.against(&choice.gaps, |at| used[at] as usize);
        let coefficients = self.normal.solve(sums.clone());
        let mut leads = choice.means.clone();
        let mut fitted = Vec::with_capacity(n);
        // What the chosen option really gained scatters more than what was fitted, and is what the standard error must answer for.
        let mut gained = Vec::with_capacity(n);
        let mut known = vec![None; self.design.terms];
        for (at, &row) in used.iter().enumerate() {
            let runs = self.design.row(at);
            let may = || may_lead(runs, &coefficients, &choice.means);
            if self.shares && !*known[runs[0].first].get_or_insert_with(may) {
                fitted.push(0.0);
                gained.push(0.0);
                continue;
            }
            leads.copy_from_slice(&choice.means);
            predict(runs, &coefficients, &mut leads);
            // The option with the largest fitted lead over the best on average, if any has one: by selects, for it can hardly be guessed.
            let (mut most, mut gain) = (0.0, 0.0);
            let parts = leads.iter().zip(&choice.means).zip(choice.gaps.row(row as usize));
            for ((leads, means), gaps) in parts {
                for ((lead, mean), gap) in leads.iter().zip(means).zip(gaps) {
                    let really = mean + gap;
                    gain = if *lead > most { really } else { gain };
                    most = larger(most, *lead);
                }
            }
            fitted.push(most);
            gained.push(gain);
        }
        // Among these futures another option may be ahead on average: that much needs no information.
        let few;
        let moments = if n == choice.rows.len() {
            &choice.moments
        } else {
            let rows = used.iter().map(|&row| row as usize);
            few = Moments::new(&choice.gaps, &choice.means, choice.others, rows);
            &few
        };
        let ahead = moments.means.iter().fold(0.0, |ahead, &mean| larger(ahead, mean));
        let uncorrected = sum(&fitted) / n as f64 - ahead;
        let middle = sum(&gained) / n as f64;
        gained.iter_mut().for_each(|g| *g = (*g - middle) * (*g - middle));
        let freedom = n.saturating_sub(self.normal.rank()).max(1) as f64;
        let root = moments.unexplained(&sums, &coefficients, freedom);
        PartialInformation {
            factors: set.to_vec(),
            without_value,
            value: Some(uncorrected - self.bias(choice, &coefficients, &root)),
            standard_error: Some((sum(&gained) / (n - 1) as f64 / n as f64).sqrt()),
            uncorrected: Some(uncorrected),
        }
    }

    /// By how much the mean of the largest lead is too large by chance. `root` is that of the covariance of what the fits leave.
    fn bias(&self, choice: &Choice, coefficients: &Table, root: &[f64]) -> f64 {
        let count = choice.others;
        // Moves of the options as they go together.
        let mut moves = Table::zeros(LUCK, count);
        for at in 0..LUCK {
            for option in 0..count {
                let own = (0..=option).map(|part| root[option * count + part] * choice.luck[part][at]);
                moves.set(at, option, own.sum());
            }
        }
        let mut farthest = vec![[0.0; LANES]; moves.parts];
        for by in moves.rows.chunks_exact(moves.parts) {
            for (farthest, by) in farthest.iter_mut().zip(by) {
                *farthest = std::array::from_fn(|lane| larger(farthest[lane], by[lane].abs()));
            }
        }
        let each = (MOVES / self.moved.len()).max(1);
        let mut leads = choice.means.clone();
        let (mut moved, mut unmoved) = (0.0, 0.0);
        for (at, (&row, &reach)) in self.moved.iter().zip(&self.reach).enumerate() {
            leads.copy_from_slice(&choice.means);
            predict(self.design.row(row), coefficients, &mut leads);
            if largest(&leads, &farthest, reach) == 0.0 {
                // No option comes to lead, however it is moved.
                continue;
            }
            unmoved += largest(&leads, &leads, 0.0);
            for one in 0..each {
                let by = moves.row((at * each + one) % LUCK);
                moved += largest(&leads, by, reach) + largest(&leads, by, -reach);
            }
        }
        let rows = self.moved.len() as f64;
        moved / (2 * each) as f64 / rows - unmoved / rows
    }
}

/// Whether any option may come to lead with shares of these terms: none does where all its coefficients are behind.
fn may_lead(runs: &[Run], coefficients: &Table, means: &[Lanes]) -> bool {
    let terms = || runs.iter().flat_map(|run| run.first..run.first + run.x.len());
    let ahead = |(part, means): (usize, &Lanes)| {
        let mut most = [f64::NEG_INFINITY; LANES];
        for term in terms() {
            let coefficients = &coefficients.rows[term * coefficients.parts + part];
            most = std::array::from_fn(|lane| larger(most[lane], coefficients[lane]));
        }
        most.iter().zip(means).any(|(most, mean)| mean + most > 0.0)
    };
    means.iter().enumerate().any(ahead)
}

/// The largest lead when each is moved, or 0 where there is none. Lanes without an option stay at 0.
fn largest(leads: &[Lanes], moves: &[Lanes], reach: f64) -> f64 {
    // Column by column, so that a processor compares several at once.
    let mut best = [0.0; LANES];
    for (leads, moves) in leads.iter().zip(moves) {
        for ((best, lead), by) in best.iter_mut().zip(leads).zip(moves) {
            *best = larger(*best, lead + reach * by);
        }
    }
    best.into_iter().fold(0.0, larger)
}

/// The larger of two numbers that are not NaN, in one instruction.
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// The sum, several numbers side by side.
fn sum(values: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes.iter().chain(rest).sum()
}

/// Evenly spread standard normal numbers: for each option a column.
pub(super) fn luck(options: usize) -> Vec<Vec<f64>> {
    let mut all = Vec::with_capacity(options);
    for first in (0..options).step_by(SOBOL_DIMENSIONS) {
        let seed = (first / SOBOL_DIMENSIONS) as u64;
        let here = SOBOL_DIMENSIONS.min(options - first);
        let sequence =
            Sobol::new(here, Scramble::DigitalShift { seed }).expect("so many dimensions there are");
        let normal = |dimension| {
            sequence
                .column(0, LUCK, dimension)
                .into_iter()
                .map(normal_quantile)
        };
        all.extend((0..here).map(|dimension| normal(dimension).collect::<Vec<f64>>()));
    }
    all
}

/// Gaps over some futures.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    /// Their means.
    means: Vec<f64>,
    /// Sums of their products about the means over all futures, row by row; the lower half.
    products: Vec<f64>,
}

impl Moments {
    pub(super) fn new(
        gaps: &Table,
        middles: &[Lanes],
        count: usize,
        rows: impl Iterator<Item = usize>,
    ) -> Self {
        let (mut sums, mut products) = (vec![0.0; count], vec![0.0; count * count]);
        let mut n = 0.0;
        for row in rows {
            let gaps = gaps.row(row).as_flattened();
            n += 1.0;
            for (option, gap) in gaps[..count].iter().enumerate() {
                sums[option] += gap;
                let products = &mut products[option * count..][..=option];
                for (product, other) in products.iter_mut().zip(gaps) {
                    *product += gap * other;
                }
            }
        }
        let means = sums
            .iter()
            .zip(middles.as_flattened())
            .map(|(sum, middle)| middle + sum / n);
        Moments {
            means: means.collect(),
            products,
        }
    }

    /// The sum of an option's squares.
    pub(super) fn square(&self, option: usize) -> f64 {
        self.products[option * (self.means.len() + 1)]
    }

    /// The root of the covariance of what fits leave unexplained, from the products of terms and gaps (a fit leaves nothing that its
    /// terms explain) and the degrees of freedom.
    fn unexplained(&self, sums: &Table, coefficients: &Table, freedom: f64) -> Vec<f64> {
        let count = self.means.len();
        let mut left = self.products.clone();
        for (sums, coefficients) in sums
            .rows
            .chunks_exact(sums.parts)
            .zip(coefficients.rows.chunks_exact(sums.parts))
        {
            let (sums, coefficients) = (sums.as_flattened(), coefficients.as_flattened());
            for option in 0..count {
                let left = &mut left[option * count..][..=option];
                for (left, sum) in left.iter_mut().zip(sums) {
                    *left -= coefficients[option] * sum;
                }
            }
        }
        let mut root = vec![0.0; count * count];
        for i in 0..count {
            for j in 0..=i {
                let part: f64 = (0..j).map(|m| root[i * count + m] * root[j * count + m]).sum();
                let rest = left[i * count + j] / freedom - part;
                root[i * count + j] = if i == j {
                    rest.max(0.0).sqrt()
                } else if root[j * count + j] > 0.0 {
                    rest / root[j * count + j]
                } else {
                    0.0
                };
            }
        }
        root
    }
}

/// The terms of a set of factors in each of the futures, and how many are not always zero; none without futures. `order` has the futures in
/// rising order of the first factor.
fn design(factors: &[Sorted], set: &[usize], used: &[u32], order: &[u32]) -> Option<(Design, usize)> {
    let rows = || used.iter().map(|&row| row as usize);
    let basis = |(at, &f): (usize, &usize)| {
        let interior = if set.len() == 1 { 6 } else { 2 };
        let factor = factors[f].factor;
        let basis = if at == 0 {
            Basis::new(&factor, order, interior)
        } else {
            Basis::new(&factor, &rising_among(&factors[f], used), interior)
        };
        (factor, basis)
    };
    let bases: Vec<(Factor, Basis)> = set.iter().enumerate().map(basis).collect();
    used.first()?;
    let lens: Vec<usize> = bases.iter().map(|(_, basis)| basis.len()).collect();
    let (terms, each, count);
    let mut runs = Vec::new();
    match &bases[..] {
        [] => {
            (terms, each, count) = (Run::one(0).x.len(), 1, 1);
            runs.resize(used.len(), Run::one(0));
        }
        [(factor, basis)] => {
            (terms, each, count) = (basis.width(), 1, lens[0]);
            runs.extend(rows().map(|row| basis.row(factor, row)));
        }
        [(one, basis_of_one), (two, basis_of_two)] => {
            let width = basis_of_two.width();
            (terms, each, count) = (basis_of_one.width() * width, 4, lens[0] * lens[1]);
            runs.reserve(4 * used.len());
            for row in rows() {
                let (a, b) = (basis_of_one.row(one, row), basis_of_two.row(two, row));
                for (i, x) in a.x.iter().enumerate() {
                    runs.push(Run {
                        first: (a.first + i) * width + b.first,
                        x: b.x.map(|y| x * y),
                    });
                }
            }
        }
        many => {
            // Numeric factors about their middle, so that products add little to what the splines say.
            let lines: Vec<(&[f64], f64)> = many
                .iter()
                .filter_map(|(factor, _)| match *factor {
                    Factor::Numeric(x) | Factor::Integer(x) => Some(x),
                    Factor::Categorical { .. } => None,
                })
                .map(|x| (x, mean(&rows().map(|row| x[row]).collect::<Vec<f64>>())))
                .collect();
            let products = lines.len() * lines.len().saturating_sub(1) / 2;
            let own: usize = many.iter().map(|(_, basis)| basis.width()).sum();
            let further = products.div_ceil(4);
            (terms, each, count) = (
                own + 4 * further,
                many.len() + further,
                lens.iter().sum::<usize>() + products,
            );
            for row in rows() {
                let mut first = 0;
                for (factor, basis) in many {
                    let own = basis.row(factor, row);
                    runs.push(Run {
                        first: first + own.first,
                        ..own
                    });
                    first += basis.width();
                }
                let products: Vec<f64> = lines
                    .iter()
                    .enumerate()
                    .flat_map(|(i, (x, middle))| {
                        lines[..i]
                            .iter()
                            .map(move |(y, other)| (x[row] - middle) * (y[row] - other))
                    })
                    .collect();
                for four in products.chunks(4) {
                    let mut x = [0.0; 4];
                    x[..four.len()].copy_from_slice(four);
                    runs.push(Run { first, x });
                    first += 4;
                }
            }
        }
    }
    Some((Design { terms, each, runs }, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::special::{normal_cdf, normal_density};
    use crate::table::{Column, Direction, Outcomes};

    /// Two options, and a fit that is moved by what it is uncertain: the mean of the larger of 0 and a normal number is known.
    #[test]
    fn the_bias_of_two_options_is_the_closed_form() {
        let x: Vec<f64> = (0..2_000).map(|i| f64::from(i * 7 % 2_000) / 2_000.0).collect();
        let factors = [Sorted::new(Factor::Numeric(&x))];
        let zero = vec![0.0; x.len()];
        for (slope, noise) in [(0.0, 1.0), (0.3, 1.0), (1.0, 0.5), (3.0, 2.0)] {
            let y: Vec<f64> = (0..x.len())
                .map(|i| slope * (x[i] - 0.6) + noise * (f64::from(i as u32 * 37 % 101) / 50.0 - 1.0))
                .collect();
            let columns = vec![Column::ran(&zero), Column::ran(&y)];
            let choice = Choice::new(&Outcomes::new(columns, Direction::Higher)).expect("well formed");
            let used = used(&choice, &factors, &[0]);
            let fitted = Fitted::new(&factors, &[0], &used).expect("enough futures");
            let sums = fitted.design.against(&choice.gaps, |at| used[at] as usize);
            let coefficients = fitted.normal.solve(sums.clone());
            let root = choice.moments.unexplained(&sums, &coefficients, 1_991.0);
            let expected = fitted.moved.iter().zip(&fitted.reach).map(|(&row, reach)| {
                let mut lead = choice.means.clone();
                predict(fitted.design.row(row), &coefficients, &mut lead);
                let (lead, spread) = (lead[0][0], root[0] * reach);
                let moved = lead * normal_cdf(lead / spread) + spread * normal_density(lead / spread);
                moved - lead.max(0.0)
            });
            let expected = expected.sum::<f64>() / fitted.moved.len() as f64;
            let found = fitted.bias(&choice, &coefficients, &root);
            assert!(
                (found / expected - 1.0).abs() < 0.01,
                "{slope}: {found}, not {expected}"
            );
        }
    }
}
