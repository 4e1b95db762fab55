//! What the gap between two options hinges on: how much of its variance each uncertainty explains alone, and where along it
//! the leader changes.
//!
//! The share is the correlation ratio of the gap over slices of the factor (Pearson, 1905), that is the first-order Sobol' index
//! estimated from given data (Plischke, 2012, "How to compute variance-based sensitivity indicators with your spreadsheet
//! software"). Chance alone makes slice means differ, which inflates the ratio by about `(k - 1) / (n - 1)`; Kelley's epsilon
//! squared (1935, "An unbiased correlation ratio measure") takes that out: `1 - (SSW / (n - k)) / (SST / (n - 1))`. It may come
//! out slightly below zero for a factor without influence, and is left so. It sees no interactions: a factor that matters only
//! together with another has a share near zero.

use serde::{Deserialize, Serialize};

use crate::numbers::sum::{squares, sum};
use crate::slices::{Factor, Place, Sliced, check_factors, check_sliced, slices, suitable};
use crate::table::{Counts, Outcomes, Status, TableError, compared, same_length};

/// What the gap between two options hinges on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hinges {
    /// The first option.
    pub a: usize,
    /// The second option.
    pub b: usize,
    /// What the numbers rest on: futures in which both options have a number.
    pub counts: Counts,
    /// The mean gap, positive where `a` does better; none when nothing was compared.
    pub mean_gap: Option<f64>,
    /// The gap's variance (n - 1); none for fewer than two futures.
    pub variance: Option<f64>,
    /// One entry per factor, in the order given.
    pub factors: Vec<Hinge>,
    /// Positions of the factors, largest share first; those without a share last.
    pub ranking: Vec<usize>,
}

/// One factor's part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hinge {
    /// The share of the gap's variance it explains alone; none when the gap or the factor does not vary.
    pub share: Option<f64>,
    /// One standard deviation of what chance alone would give for `share`: a share below twice this is not told from none.
    pub noise: Option<f64>,
    /// Futures left out here because the factor has no value in them.
    pub without_value: usize,
    /// The smallest mean gap of a slice.
    pub gap_low: Option<f64>,
    /// The largest mean gap of a slice.
    pub gap_high: Option<f64>,
    /// The slices in order of the factor.
    pub slices: Vec<HingeSlice>,
    /// Where the leader changes; empty for a categorical factor, whose order means nothing.
    pub crossings: Vec<Crossing>,
}

/// The gap in one slice of a factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HingeSlice {
    /// Where the slice lies.
    pub place: Place,
    /// Futures inside.
    pub futures: usize,
    /// The mean gap inside.
    pub mean_gap: f64,
    /// Its standard error; none for one future.
    pub standard_error: Option<f64>,
    /// Futures in which `a` is better by more than the margin.
    pub a_better: usize,
    /// Futures too close to call.
    pub ties: usize,
    /// Futures in which `b` is better by more than the margin.
    pub b_better: usize,
}

/// How much of a variance a factor explains.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// The share it explains alone; none when nothing varies.
    pub share: Option<f64>,
    /// One standard deviation of what chance alone would give.
    pub noise: Option<f64>,
}

/// A change of leader along a factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// The factor's value where the mean gap passes zero, between slice means by straight lines.
    pub at: f64,
    /// Whether `a` leads below and `b` above.
    pub a_leads_below: bool,
}

/// Finds what the gap between options `a` and `b` hinges on. `slices` is the number of slices of a numeric factor; by default
/// the cube root of the number of futures, from 2 to 32.
///
/// A slice counts as led when its mean gap exceeds both the margin and three times its standard error (with up to 32
/// slices, twice would find a chance leader in most factors); a crossing lies between two led slices of different leaders.
pub fn hinges(
    outcomes: &Outcomes,
    (a, b): (usize, usize),
    factors: &[Factor],
    count: Option<usize>,
) -> Result<Hinges, TableError> {
    check_factors(factors, outcomes.futures())?;
    let gap = Gap::new(outcomes, (a, b))?;
    let count = count.unwrap_or_else(|| suitable(gap.rows.len())).max(1);
    let hinge = |f: &Factor| gap.along(&slices(f, &gap.rows, count));
    Ok(gap.ranked((a, b), factors.iter().map(hinge).collect()))
}

/// The same over factors that were cut before: what many questions about the same futures should ask.
pub fn hinges_sliced(
    outcomes: &Outcomes,
    (a, b): (usize, usize),
    factors: &[Sliced],
) -> Result<Hinges, TableError> {
    check_sliced(factors, outcomes.futures())?;
    let gap = Gap::new(outcomes, (a, b))?;
    let hinge = |f: &Sliced| gap.along(f);
    Ok(gap.ranked((a, b), factors.iter().map(hinge).collect()))
}

/// How much of a statement's variance (0 where it fails, 1 where it holds) each factor explains: [`hinges_sliced`] of that, by counting.
/// `holds` is none where it could not be judged; `status` may be empty. One entry for each factor.
pub fn statement_hinges(
    holds: &[Option<bool>],
    status: &[Status],
    factors: &[Sliced],
) -> Result<Vec<Explained>, TableError> {
    check_sliced(factors, holds.len())?;
    if !status.is_empty() {
        same_length("the list of statuses", holds.len(), status.len())?;
    }
    // 0 fails, 1 holds, 2 is not judged: one byte for each future, read once for each factor.
    let judged: Vec<u8> = holds
        .iter()
        .enumerate()
        .map(
            |(row, held)| match (status.get(row).copied().unwrap_or_default(), held) {
                (Status::Ok, Some(held)) => u8::from(*held),
                _ => 2,
            },
        )
        .collect();
    let share = |factor: &Sliced| {
        let mut counts = vec![[0_u64; 3]; factor.slices.len() + 1];
        let last = factor.slices.len();
        for (&slice, &judged) in factor.of_row.iter().zip(&judged) {
            counts[usize::from(slice).min(last)][usize::from(judged)] += 1;
        }
        let filled: Vec<(f64, f64)> = counts[..last]
            .iter()
            .filter(|c| c[0] + c[1] > 0)
            .map(|c| ((c[0] + c[1]) as f64, c[1] as f64))
            .collect();
        let spread = |n: f64, held: f64| held * (1.0 - held / n);
        let (n, held) = filled
            .iter()
            .fold((0.0, 0.0), |(n, held), (m, h)| (n + m, held + h));
        let within: f64 = filled.iter().map(|&(m, h)| spread(m, h)).sum();
        let (share, noise) = epsilon_squared(within, spread(n, held), n as usize, filled.len());
        Explained { share, noise }
    };
    Ok(factors.iter().map(share).collect())
}

/// The gap between two options.
struct Gap {
    /// By row; NaN where one of them has no number.
    values: Vec<f64>,
    /// Rows in which both have one.
    rows: Vec<usize>,
    counts: Counts,
    margin: f64,
}

impl Gap {
    fn new(outcomes: &Outcomes, (a, b): (usize, usize)) -> Result<Self, TableError> {
        outcomes.compared()?;
        let (first, second) = (*outcomes.option(a)?, *outcomes.option(b)?);
        let both = compared(&[first, second], outcomes.only)?;
        let mut values = vec![f64::NAN; outcomes.futures()];
        for &row in &both.rows {
            values[row] = outcomes.oriented(a, row) - outcomes.oriented(b, row);
        }
        Ok(Gap {
            values,
            rows: both.rows,
            counts: both.counts,
            margin: outcomes.margin,
        })
    }

    fn ranked(&self, (a, b): (usize, usize), factors: Vec<Hinge>) -> Hinges {
        let n = self.rows.len();
        let of_rows: Vec<f64> = self.rows.iter().map(|&r| self.values[r]).collect();
        let mean_gap = (n > 0).then(|| crate::numbers::sum::mean(&of_rows));
        let variance = mean_gap
            .filter(|_| n > 1)
            .map(|m| squares(&of_rows, m) / (n - 1) as f64);
        let mut ranking: Vec<usize> = (0..factors.len()).collect();
        let key = |f: usize| factors[f].share.unwrap_or(f64::NEG_INFINITY);
        ranking.sort_by(|&x, &y| key(y).total_cmp(&key(x)));
        Hinges {
            a,
            b,
            counts: self.counts.clone(),
            mean_gap,
            variance,
            factors,
            ranking,
        }
    }

    fn along(&self, sliced: &Sliced) -> Hinge {
        let parts = sliced.group(&self.rows);
        let n: usize = parts.iter().map(Vec::len).sum();
        let mean = sum(parts.iter().flatten().map(|&r| self.values[r])) / n as f64;
        let mut within = 0.0;
        let mut total = 0.0;
        let mut found = Vec::with_capacity(parts.len());
        let mut centres = Vec::with_capacity(parts.len());
        // A factor that was cut over more futures than are compared here may have slices without any.
        let filled = sliced
            .slices
            .iter()
            .zip(&parts)
            .filter(|(_, rows)| !rows.is_empty());
        for (slice, rows) in filled {
            let values: Vec<f64> = rows.iter().map(|&r| self.values[r]).collect();
            let m = crate::numbers::sum::mean(&values);
            let spread = squares(&values, m);
            within += spread;
            total += squares(&values, mean);
            let size = values.len();
            let a_better = values.iter().filter(|g| **g > self.margin).count();
            let b_better = values.iter().filter(|g| -**g > self.margin).count();
            centres.push(slice.centre);
            found.push(HingeSlice {
                place: slice.place,
                futures: size,
                mean_gap: m,
                standard_error: (size > 1).then(|| (spread / (size - 1) as f64 / size as f64).sqrt()),
                a_better,
                ties: size - a_better - b_better,
                b_better,
            });
        }
        let (share, noise) = epsilon_squared(within, total, n, found.len());
        let crossings = if sliced.categorical {
            Vec::new()
        } else {
            crossings(&found, &centres, self.margin)
        };
        Hinge {
            share,
            noise,
            without_value: self.rows.len() - n,
            gap_low: found.iter().map(|s| s.mean_gap).min_by(f64::total_cmp),
            gap_high: found.iter().map(|s| s.mean_gap).max_by(f64::total_cmp),
            slices: found,
            crossings,
        }
    }
}

/// Kelley's epsilon squared and its standard deviation under independence (the ratio is then nearly Beta((k-1)/2, (n-k)/2)).
pub(crate) fn epsilon_squared(within: f64, total: f64, n: usize, k: usize) -> (Option<f64>, Option<f64>) {
    // A total of rounding errors only is a gap that does not vary.
    if k < 2 || n <= k || total <= 0.0 {
        return (None, None);
    }
    let (n, k) = (n as f64, k as f64);
    let inflation = (n - 1.0) / (n - k);
    let share = 1.0 - within / total * inflation;
    let noise = (2.0 * (k - 1.0) * (n - k) / (n + 1.0)).sqrt() / (n - 1.0) * inflation;
    (Some(share), Some(noise))
}

fn crossings(slices: &[HingeSlice], centres: &[f64], margin: f64) -> Vec<Crossing> {
    let led = |s: &HingeSlice| {
        let bar = margin.max(3.0 * s.standard_error.unwrap_or(f64::INFINITY));
        if s.mean_gap > bar {
            Some(true)
        } else if -s.mean_gap > bar {
            Some(false)
        } else {
            None
        }
    };
    let mut all = Vec::new();
    let mut last: Option<(usize, bool)> = None;
    for (i, slice) in slices.iter().enumerate() {
        let Some(a_leads) = led(slice) else { continue };
        if let Some((from, before)) = last
            && before != a_leads
        {
            // Between the two led slices the mean gap passes zero at least once; take the first passage.
            let step = (from..i)
                .find(|&j| (slices[j + 1].mean_gap > 0.0) != before)
                .unwrap_or(i - 1);
            let (x, y) = (centres[step], centres[step + 1]);
            let (g, h) = (slices[step].mean_gap, slices[step + 1].mean_gap);
            let at = if g == h {
                (x + y) / 2.0
            } else {
                x + (y - x) * (g / (g - h))
            };
            all.push(Crossing {
                at,
                a_leads_below: before,
            });
        }
        last = Some((i, a_leads));
    }
    all
}
