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
use crate::slices::{Factor, Place, check_factors, slices, suitable};
use crate::table::{Counts, Outcomes, TableError, compared};

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
    outcomes.compared()?;
    let (first, second) = (*outcomes.option(a)?, *outcomes.option(b)?);
    check_factors(factors, outcomes.futures())?;
    let both = compared(&[first, second], outcomes.only)?;
    let mut gap = vec![f64::NAN; outcomes.futures()];
    for &row in &both.rows {
        gap[row] = outcomes.oriented(a, row) - outcomes.oriented(b, row);
    }
    let of_rows: Vec<f64> = both.rows.iter().map(|&r| gap[r]).collect();
    let n = of_rows.len();
    let mean_gap = (n > 0).then(|| crate::numbers::sum::mean(&of_rows));
    let variance = mean_gap
        .filter(|_| n > 1)
        .map(|m| squares(&of_rows, m) / (n - 1) as f64);
    let count = count.unwrap_or_else(|| suitable(n)).max(1);
    let factors: Vec<Hinge> = factors
        .iter()
        .map(|f| hinge(&gap, f, &both.rows, count, outcomes.margin))
        .collect();
    let mut ranking: Vec<usize> = (0..factors.len()).collect();
    let key = |f: usize| factors[f].share.unwrap_or(f64::NEG_INFINITY);
    ranking.sort_by(|&x, &y| key(y).total_cmp(&key(x)));
    Ok(Hinges {
        a,
        b,
        counts: both.counts,
        mean_gap,
        variance,
        factors,
        ranking,
    })
}

fn hinge(gap: &[f64], factor: &Factor, rows: &[usize], count: usize, margin: f64) -> Hinge {
    let parts = slices(factor, rows, count);
    let n: usize = parts.iter().map(|p| p.rows.len()).sum();
    let k = parts.len();
    let mean = sum(parts.iter().flat_map(|p| &p.rows).map(|&r| gap[r])) / n as f64;
    let mut within = 0.0;
    let mut total = 0.0;
    let mut found = Vec::with_capacity(k);
    let mut centres = Vec::with_capacity(k);
    for part in &parts {
        let values: Vec<f64> = part.rows.iter().map(|&r| gap[r]).collect();
        let m = crate::numbers::sum::mean(&values);
        let spread = squares(&values, m);
        within += spread;
        total += squares(&values, mean);
        let size = values.len();
        let a_better = values.iter().filter(|g| **g > margin).count();
        let b_better = values.iter().filter(|g| -**g > margin).count();
        centres.push(part.centre);
        found.push(HingeSlice {
            place: part.place,
            futures: size,
            mean_gap: m,
            standard_error: (size > 1).then(|| (spread / (size - 1) as f64 / size as f64).sqrt()),
            a_better,
            ties: size - a_better - b_better,
            b_better,
        });
    }
    let (share, noise) = epsilon_squared(within, total, n, k);
    let crossings = match factor {
        Factor::Numeric(_) | Factor::Integer(_) => crossings(&found, &centres, margin),
        Factor::Categorical { .. } => Vec::new(),
    };
    Hinge {
        share,
        noise,
        without_value: rows.len() - n,
        gap_low: found.iter().map(|s| s.mean_gap).min_by(f64::total_cmp),
        gap_high: found.iter().map(|s| s.mean_gap).max_by(f64::total_cmp),
        slices: found,
        crossings,
    }
}

/// Kelley's epsilon squared and its standard deviation under independence (the ratio is then nearly Beta((k-1)/2, (n-k)/2)).
fn epsilon_squared(within: f64, total: f64, n: usize, k: usize) -> (Option<f64>, Option<f64>) {
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
