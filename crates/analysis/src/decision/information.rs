//! What it would be worth to know an uncertainty before choosing, with equal weight on the tested futures: in the unit of the outcome,
//! never money, and no statement of how likely a future is.
//!
//! EVPI is the mean gain from choosing the best option in every future over the best single option. EVPPI of a set of factors is the
//! same for one who learns those factors only (Raiffa, 1968). The conditional means it needs are fitted by regression (Strong, Oakley
//! and Brennan, 2014, "Estimating multiparameter partial expected value of perfect information from a probabilistic sensitivity
//! analysis sample: a nonparametric regression approach"): cubic splines of one factor, their products for two, and for more factors
//! splines of each with products of their straight lines.
//!
//! The largest of several fitted means is too large by chance. That bias is estimated by moving the fits about as their own
//! uncertainty lets them, and seeing how much larger the largest becomes. Moved by as much as they are uncertain they would show 0.41
//! of the bias of a factor that matters nothing (its fits are already off by chance, and the mean of the larger of 0 and a normal
//! number grows with its deviation: from 1 to the root of 2); moved by the root of 3 times as much, the root of 4 gives all of it. Where
//! a factor matters the bias is of second order and so is the error of this correction.

use serde::{Deserialize, Serialize};

use crate::numbers::random::Stream;
use crate::numbers::regression::{Basis, Fit, Terms, predict, tensor};
use crate::numbers::special::normal_quantile;
use crate::numbers::sum::{mean, squares};
use crate::slices::{Factor, check_factors};
use crate::table::{Counts, Outcomes, TableError};

/// Draws of the fits' uncertainty.
const DRAWS: u64 = 100;
/// About how many futures a draw is evaluated over; the fit itself uses all.
const DRAWN: usize = 1_000;

/// The value of information.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Information {
    /// What the numbers rest on.
    pub counts: Counts,
    /// The option that is best on average, chosen without knowing; none when no future was compared.
    pub best: Option<usize>,
    /// Of knowing everything.
    pub perfect: Option<PerfectInformation>,
    /// Of knowing each set of factors asked for, in order.
    pub partial: Vec<PartialInformation>,
}

/// The value of knowing everything.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PerfectInformation {
    /// The mean gain, in the unit of the outcome.
    pub value: f64,
    /// Its standard error; none for one future.
    pub standard_error: Option<f64>,
}

/// The value of knowing some factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartialInformation {
    /// The factors.
    pub factors: Vec<usize>,
    /// Futures left out here because a factor has no value in them.
    pub without_value: usize,
    /// The mean gain with its bias taken out; for a factor without influence it may come out below zero. None when there are fewer than
    /// ten futures for every fitted term, or two.
    pub value: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// The mean gain as first estimated, too large by chance.
    pub uncorrected: Option<f64>,
}

/// Computes the value of perfect information and that of each set of factors.
pub fn information(
    outcomes: &Outcomes,
    factors: &[Factor],
    sets: &[Vec<usize>],
) -> Result<Information, TableError> {
    let compared = outcomes.compared()?;
    check_factors(factors, outcomes.futures())?;
    for &factor in sets.iter().flatten() {
        if factor >= factors.len() {
            return Err(TableError::NoSuchFactor {
                factor,
                factors: factors.len(),
            });
        }
    }
    let rows = &compared.rows;
    let options = outcomes.columns.len();
    let means: Vec<f64> = (0..options)
        .map(|o| {
            mean(
                &rows
                    .iter()
                    .map(|&r| outcomes.oriented(o, r))
                    .collect::<Vec<f64>>(),
            )
        })
        .collect();
    if rows.is_empty() {
        let partial = sets.iter().map(|s| unknown(s, 0)).collect();
        return Ok(Information {
            counts: compared.counts,
            best: None,
            perfect: None,
            partial,
        });
    }
    // The first of equals.
    let best = (0..options).fold(0, |best, o| if means[o] > means[best] { o } else { best });
    let gain = |r: usize| {
        let top = (0..options)
            .map(|o| outcomes.oriented(o, r))
            .fold(f64::NEG_INFINITY, f64::max);
        top - outcomes.oriented(best, r)
    };
    let gains: Vec<f64> = rows.iter().map(|&r| gain(r)).collect();
    let value = mean(&gains);
    let partial = sets
        .iter()
        .map(|set| partial(outcomes, factors, set, rows, best))
        .collect();
    Ok(Information {
        counts: compared.counts,
        best: Some(best),
        perfect: Some(PerfectInformation {
            value,
            standard_error: standard_error(&gains),
        }),
        partial,
    })
}

fn unknown(set: &[usize], without_value: usize) -> PartialInformation {
    PartialInformation {
        factors: set.to_vec(),
        without_value,
        value: None,
        standard_error: None,
        uncorrected: None,
    }
}

fn standard_error(values: &[f64]) -> Option<f64> {
    let n = values.len();
    (n > 1).then(|| (squares(values, mean(values)) / (n - 1) as f64 / n as f64).sqrt())
}

fn partial(
    outcomes: &Outcomes,
    factors: &[Factor],
    set: &[usize],
    rows: &[usize],
    best: usize,
) -> PartialInformation {
    let used: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|&r| set.iter().all(|&f| factors[f].has_value(r)))
        .collect();
    let without_value = rows.len() - used.len();
    let n = used.len();
    let (terms, count) = design(factors, set, &used);
    // How much better each other option does than the best on average.
    let gaps: Vec<Vec<f64>> = (0..outcomes.columns.len())
        .filter(|&o| o != best)
        .map(|o| {
            used.iter()
                .map(|&r| outcomes.oriented(o, r) - outcomes.oriented(best, r))
                .collect()
        })
        .collect();
    if n < 2 || n < 10 * count {
        return unknown(set, without_value);
    }
    if gaps.is_empty() {
        let zero = Some(0.0);
        return PartialInformation {
            value: zero,
            standard_error: zero,
            uncorrected: zero,
            ..unknown(set, without_value)
        };
    }
    let fit = Fit::new(&terms, count, &gaps);
    // The option with the largest fitted lead over the best on average, if any has one.
    let choice = |row: &Terms| {
        let mut best = (0.0, None);
        for (option, c) in fit.coefficients.iter().enumerate() {
            let lead = predict(row, c);
            if lead > best.0 {
                best = (lead, Some(option));
            }
        }
        best
    };
    let choices: Vec<(f64, Option<usize>)> = terms.iter().map(choice).collect();
    let fitted: Vec<f64> = choices.iter().map(|c| c.0).collect();
    // What the chosen option really gained scatters more than what was fitted, and is what the standard error must answer for.
    let gained: Vec<f64> = choices
        .iter()
        .enumerate()
        .map(|(i, c)| c.1.map_or(0.0, |option| gaps[option][i]))
        .collect();
    // Among these futures another option may be ahead on average: that much needs no information.
    let ahead = gaps.iter().map(|g| mean(g)).fold(0.0, f64::max);
    let uncorrected = mean(&fitted) - ahead;
    let some: Vec<&Terms> = spread_out(factors, set, &used, &gaps)
        .into_iter()
        .map(|i| &terms[i])
        .collect();
    let stream = Stream::new(0, set.iter().fold(0, |key, f| key * 1_009 + *f as u64 + 1));
    PartialInformation {
        factors: set.to_vec(),
        without_value,
        value: Some(uncorrected - bias(&some, &fit, &residuals(&terms, &gaps, &fit), count, stream)),
        standard_error: standard_error(&gained),
        uncorrected: Some(uncorrected),
    }
}

/// Some rows, evenly along the first factor (equal values by their gaps), so that the order of futures does not matter.
fn spread_out(factors: &[Factor], set: &[usize], rows: &[usize], gaps: &[Vec<f64>]) -> Vec<usize> {
    let value = |r: usize| match set.first().map(|f| factors[*f]) {
        Some(Factor::Numeric(x) | Factor::Integer(x)) => x[r],
        Some(Factor::Categorical { codes, .. }) => f64::from(codes[r]),
        None => 0.0,
    };
    let by_gap = |i: usize, j: usize| {
        let differ = gaps.iter().map(|g| g[i].total_cmp(&g[j])).find(|o| o.is_ne());
        differ.unwrap_or(std::cmp::Ordering::Equal).then(i.cmp(&j))
    };
    let mut order: Vec<(f64, usize)> = rows.iter().enumerate().map(|(i, &r)| (value(r), i)).collect();
    order.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then_with(|| by_gap(x.1, y.1)));
    let step = rows.len().div_ceil(DRAWN);
    order.into_iter().step_by(step).map(|(_, i)| i).collect()
}

/// By how much the mean of the largest lead is too large by chance.
fn bias(rows: &[&Terms], fit: &Fit, spread: &[Vec<f64>], terms: usize, stream: Stream) -> f64 {
    let k = spread.len();
    let m = rows.len() as f64;
    // A fit keeps the mean over its rows, so only the shape is uncertain: terms are taken about their means.
    let mut middle = vec![0.0; terms];
    for (term, x) in rows.iter().flat_map(|row| row.iter()) {
        middle[*term] += x / m;
    }
    let parts = k.div_ceil(COLUMNS);
    let mut fitted = vec![[0.0; COLUMNS]; terms * parts];
    for (column, coefficients) in fit.coefficients.iter().enumerate() {
        for (term, c) in coefficients.iter().enumerate() {
            fitted[term * parts + column / COLUMNS][column % COLUMNS] = *c;
        }
    }
    let top = |coefficients: &[[f64; COLUMNS]], add: &[[f64; COLUMNS]]| largest(rows, coefficients, add) / m;
    let unmoved = top(&fitted, &vec![[0.0; COLUMNS]; parts]);
    let mut total = 0.0;
    for draw in 0..DRAWS {
        let normal = |column: usize, term: usize| {
            let at = (draw * k as u64 + column as u64) * terms as u64 + term as u64;
            normal_quantile(stream.uniform(at))
        };
        let shapes: Vec<Vec<f64>> = (0..k)
            .map(|c| fit.draw((0..terms).map(|t| normal(c, t)).collect()))
            .collect();
        let mut moved = fitted.clone();
        let mut add = vec![[0.0; COLUMNS]; parts];
        for (column, spread) in spread.iter().enumerate() {
            for (part, shape) in spread[..=column].iter().zip(&shapes) {
                let part = 3.0_f64.sqrt() * part;
                for (term, c) in shape.iter().enumerate() {
                    let (part_of, column) = (column / COLUMNS, column % COLUMNS);
                    moved[term * parts + part_of][column] += part * c;
                    add[part_of][column] -= part * c * middle[term];
                }
            }
        }
        total += top(&moved, &add);
    }
    total / DRAWS as f64 - unmoved
}

/// Columns that are computed side by side; those that are too many are zero, and so never the largest lead.
const COLUMNS: usize = 8;

/// The sum over rows of the largest lead, or 0 where there is none: from coefficients that stand term by term, and what to add to every
/// column.
fn largest(rows: &[&Terms], coefficients: &[[f64; COLUMNS]], add: &[[f64; COLUMNS]]) -> f64 {
    let parts = add.len();
    let mut sum = 0.0;
    for row in rows {
        // Column by column, so that a processor compares several at once.
        let mut best = [0.0_f64; COLUMNS];
        for (part, add) in add.iter().enumerate() {
            let mut leads = *add;
            for &(term, x) in row.iter() {
                let of_term = &coefficients[term * parts + part];
                for (lead, c) in leads.iter_mut().zip(of_term) {
                    *lead += x * c;
                }
            }
            for (best, lead) in best.iter_mut().zip(leads) {
                *best = larger(*best, lead);
            }
        }
        sum += best.into_iter().fold(0.0, larger);
    }
    sum
}

/// The larger of two numbers that are not NaN, in one instruction.
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// The root of the covariance of what the fits leave unexplained.
fn residuals(terms: &[Terms], gaps: &[Vec<f64>], fit: &Fit) -> Vec<Vec<f64>> {
    let left: Vec<Vec<f64>> = gaps
        .iter()
        .zip(&fit.coefficients)
        .map(|(gap, c)| {
            gap.iter()
                .zip(terms)
                .map(|(g, row)| g - predict(row, c))
                .collect()
        })
        .collect();
    let freedom = terms.len().saturating_sub(fit.rank()).max(1) as f64;
    let k = left.len();
    let mut root = vec![vec![0.0; k]; k];
    for i in 0..k {
        for j in 0..=i {
            let covariance = left[i].iter().zip(&left[j]).map(|(x, y)| x * y).sum::<f64>() / freedom;
            let rest = covariance - (0..j).map(|m| root[i][m] * root[j][m]).sum::<f64>();
            root[i][j] = if i == j {
                rest.max(0.0).sqrt()
            } else if root[j][j] > 0.0 {
                rest / root[j][j]
            } else {
                0.0
            };
        }
    }
    root
}

/// The terms of a set of factors at each row, and how many there are.
fn design(factors: &[Factor], set: &[usize], rows: &[usize]) -> (Vec<Terms>, usize) {
    let interior = |n: usize| {
        set.iter()
            .map(|&f| Basis::new(&factors[f], rows, n))
            .collect::<Vec<Basis>>()
    };
    if rows.is_empty() {
        return (Vec::new(), 1);
    }
    match set {
        [] => (vec![vec![(0, 1.0)]; rows.len()], 1),
        [one] => {
            let basis = &interior(6)[0];
            (
                rows.iter().map(|&r| basis.row(&factors[*one], r)).collect(),
                basis.len(),
            )
        }
        [one, two] => {
            let basis = interior(2);
            let width = basis[1].len();
            let row = |&r: &usize| {
                tensor(
                    &basis[0].row(&factors[*one], r),
                    &basis[1].row(&factors[*two], r),
                    width,
                )
            };
            (rows.iter().map(row).collect(), basis[0].len() * width)
        }
        many => {
            let basis = interior(2);
            let mut start = vec![0];
            basis
                .iter()
                .for_each(|b| start.push(start[start.len() - 1] + b.len()));
            let own = start[many.len()];
            // Numeric factors about their middle, so that products add little to what the splines say.
            let lines: Vec<(&[f64], f64)> = many
                .iter()
                .filter_map(|&f| match factors[f] {
                    Factor::Numeric(x) | Factor::Integer(x) => Some(x),
                    Factor::Categorical { .. } => None,
                })
                .map(|x| (x, mean(&rows.iter().map(|&r| x[r]).collect::<Vec<f64>>())))
                .collect();
            let row = |&r: &usize| {
                let mut terms: Terms = Vec::new();
                for (i, &f) in many.iter().enumerate() {
                    terms.extend(
                        basis[i]
                            .row(&factors[f], r)
                            .iter()
                            .map(|(t, x)| (start[i] + t, *x)),
                    );
                }
                let mut at = own;
                for (i, (x, middle)) in lines.iter().enumerate() {
                    for (y, other) in &lines[..i] {
                        terms.push((at, (x[r] - middle) * (y[r] - other)));
                        at += 1;
                    }
                }
                terms
            };
            let products = lines.len() * lines.len().saturating_sub(1) / 2;
            (rows.iter().map(row).collect(), own + products)
        }
    }
}
