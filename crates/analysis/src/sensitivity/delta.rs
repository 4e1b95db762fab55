//! Borgonovo's delta: how far knowing a factor shifts the whole distribution of an outcome, from any table.

use serde::{Deserialize, Serialize};

use super::{Estimate, SensitivityError, complete, half_width, order};
use crate::numbers::random::Stream;
use crate::numbers::special::{exp, pow};
use crate::numbers::sum::mean;

/// Points at which densities are compared, as in the reference implementation of Plischke et al.
const GRID: usize = 100;
/// Cells between two of these points. Each result is shared between its two nearest cells before the kernel is laid over them: with
/// bandwidths of many cells that changes a density by less than a thousandth, and costs a sum instead of an exponential.
const FINE: usize = 4;
const CELLS: usize = (GRID - 1) * FINE + 1;

/// How to estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeltaOptions {
    /// Bootstrap resamples, for the bias and the interval; 0 for neither.
    pub resamples: usize,
    /// Any number, 0 too.
    pub seed: u64,
}

impl Default for DeltaOptions {
    fn default() -> Self {
        DeltaOptions {
            resamples: 100,
            seed: 0,
        }
    }
}

/// Delta of every factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// Rows with a number in every column.
    pub used: usize,
    /// Rows left out.
    pub left_out: usize,
    /// Classes that each factor was cut into.
    pub classes: usize,
    /// One entry per factor. None where the outcome does not vary.
    pub factors: Vec<Option<DeltaFactor>>,
}

/// Delta of one factor, from 0 (no shift) to 1, by three estimators that part where a factor does little.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeltaFactor {
    /// From the table as it is. Chance alone makes classes differ, so an inert factor shows some hundredths.
    pub plain: f64,
    /// With that bias taken out by the bootstrap, as Plischke et al. propose: twice the plain one less the mean over resamples. An
    /// inert factor shows about 0; it may come out below. The plain one when there are no resamples.
    pub reduced: Estimate,
    /// The mean over resamples, in which the bias counts twice. SALib (since 1.5) applies the correction to a resample instead of the
    /// table, so this is what its `delta` is in expectation. None without resamples.
    pub resampled: Option<f64>,
}

/// Delta (Borgonovo, 2007, "A new uncertainty importance measure") from any table, with classes, kernel densities and the bootstrap
/// bias reduction of Plischke, Borgonovo and Smith (2013, "Global sensitivity measures from given data").
pub fn delta(columns: &[&[f64]], y: &[f64], options: &DeltaOptions) -> Result<Delta, SensitivityError> {
    let rows = complete(columns, y, 10)?;
    let n = rows.len();
    let classes = class_count(n);
    let results: Vec<f64> = rows.iter().map(|&r| y[r]).collect();
    let grid = Grid::new(&results);
    let factor = |(f, column): (usize, &&[f64])| {
        let grid = grid.as_ref()?;
        let sorted = order(column, &rows);
        let places: Vec<Place> = sorted.iter().map(|&i| grid.place(results[i])).collect();
        let mut once = vec![1_u32; n];
        let found = shift(&places, &once, classes);
        let resampled: Vec<f64> = (0..options.resamples as u64)
            .map(|r| {
                let stream = Stream::new(options.seed, (f as u64) << 32 | r);
                once.fill(0);
                (0..n as u64).for_each(|i| once[stream.below(i, n)] += 1);
                shift(&places, &once, classes)
            })
            .collect();
        let resampled_mean = (!resampled.is_empty()).then(|| mean(&resampled));
        let value = resampled_mean.map_or(found, |m| 2.0 * found - m);
        let reduced = Estimate {
            value,
            half_width: half_width(&resampled),
        };
        Some(DeltaFactor {
            plain: found,
            reduced,
            resampled: resampled_mean,
        })
    };
    let factors = columns.iter().enumerate().map(factor).collect();
    Ok(Delta {
        used: n,
        left_out: y.len() - n,
        classes,
        factors,
    })
}

/// How many classes suit n rows (Plischke et al., 2013).
fn class_count(n: usize) -> usize {
    let x = (1500.0 - n as f64) / 500.0;
    let tanh = 1.0 - 2.0 / (exp(2.0 * x) + 1.0);
    (pow(n as f64, 2.0 / (7.0 + tanh)).ceil() as usize).clamp(2, 48)
}

/// A result on the fine grid: its cell, the share that goes to the next, and the result itself in cells.
#[derive(Clone, Copy)]
struct Place {
    cell: usize,
    next: f64,
    at: f64,
}

struct Grid {
    low: f64,
    /// Cells per unit of the outcome.
    scale: f64,
}

impl Grid {
    /// The range of the results; none where they do not vary.
    fn new(results: &[f64]) -> Option<Self> {
        let low = results.iter().copied().fold(f64::INFINITY, f64::min);
        let high = results.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let scale = (CELLS - 1) as f64 / (high - low);
        (high > low && scale.is_finite()).then_some(Grid { low, scale })
    }

    fn place(&self, result: f64) -> Place {
        let at = (result - self.low) * self.scale;
        let cell = (at as usize).min(CELLS - 2);
        Place {
            cell,
            next: at - cell as f64,
            at,
        }
    }
}

/// Half the mean distance between the density of each class and that of all, over rows in the order of the factor, each taken as
/// often as `times` says.
fn shift(places: &[Place], times: &[u32], classes: usize) -> f64 {
    let n = places.len();
    let mut all = Density::default();
    let mut parts = vec![Density::default(); classes];
    let mut rank = 0;
    for (place, &times) in places.iter().zip(times) {
        for _ in 0..times {
            rank += 1;
            // Class j holds the ranks above j n / classes, up to (j + 1) n / classes.
            let class = ((rank * classes).div_ceil(n) - 1).min(classes - 1);
            parts[class].add(place);
        }
        if times > 0 {
            all.add_times(place, f64::from(times));
        }
    }
    let Some(whole) = all.at_grid() else { return 0.0 };
    let mut total = 0.0;
    for part in &parts {
        let Some(own) = part.at_grid() else { continue };
        let gaps: Vec<f64> = own.iter().zip(&whole).map(|(a, b)| (a - b).abs()).collect();
        // By the trapezoidal rule, in cells of the fine grid.
        let area = gaps.windows(2).map(|g| (g[0] + g[1]) / 2.0).sum::<f64>() * FINE as f64;
        total += part.count / (2.0 * n as f64) * area;
    }
    total
}

/// Results shared out over cells, with the moments of the results themselves.
#[derive(Clone)]
struct Density {
    cells: Vec<f64>,
    count: f64,
    sum: f64,
    squares: f64,
}

impl Default for Density {
    fn default() -> Self {
        Density {
            cells: vec![0.0; CELLS],
            count: 0.0,
            sum: 0.0,
            squares: 0.0,
        }
    }
}

impl Density {
    fn add(&mut self, place: &Place) {
        self.add_times(place, 1.0);
    }

    fn add_times(&mut self, place: &Place, times: f64) {
        self.cells[place.cell] += times * (1.0 - place.next);
        self.cells[place.cell + 1] += times * place.next;
        self.count += times;
        // About the middle of the grid, where squares lose least.
        let centred = place.at - (CELLS / 2) as f64;
        self.sum += times * centred;
        self.squares += times * centred * centred;
    }

    /// The Gaussian kernel density with Silverman's bandwidth at the points of the grid, per cell; none where the results do not vary.
    fn at_grid(&self) -> Option<Vec<f64>> {
        let n = self.count;
        if n < 2.0 {
            return None;
        }
        let variance = (self.squares - self.sum * self.sum / n) / (n - 1.0);
        if variance <= 1e-12 {
            return None;
        }
        let width = variance.sqrt() * pow(0.75 * n, -0.2);
        // Beyond six bandwidths a kernel is below 2e-8.
        let reach = ((6.0 * width) as usize + 1).min(CELLS);
        let height = 1.0 / (n * width * 2.506_628_274_631_000_7);
        let kernel: Vec<f64> = (0..reach)
            .map(|d| {
                let z = d as f64 / width;
                height * exp(-0.5 * z * z)
            })
            .collect();
        let point = |g: usize| {
            let centre = g * FINE;
            let below = self.cells[centre.saturating_sub(reach - 1)..=centre].iter().rev();
            let above = self.cells[centre + 1..].iter();
            below.zip(&kernel).map(|(c, k)| c * k).sum::<f64>()
                + above.zip(&kernel[1..]).map(|(c, k)| c * k).sum::<f64>()
        };
        Some((0..GRID).map(point).collect())
    }
}
