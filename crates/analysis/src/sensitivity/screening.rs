//! Measures from small steps: Morris' elementary effects and derivative-based measures.

use serde::{Deserialize, Serialize};

use super::{Estimate, SensitivityError, at_least, check_columns, half_width};
use crate::numbers::random::Stream;
use crate::numbers::sum::{mean, squares, sum};

/// Elementary effects of every factor or group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MorrisEffects {
    /// Trajectories in the design.
    pub trajectories: usize,
    /// One entry per factor, or per group.
    pub effects: Vec<MorrisEffect>,
}

/// The elementary effects of one factor or group (Morris, 1991; Campolongo et al., 2007).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MorrisEffect {
    /// Effects with a number at both ends; the others are left out.
    pub used: usize,
    /// Their mean; none for a group, whose factors may move in opposite directions, and where there is no effect.
    pub mu: Option<f64>,
    /// The mean of their absolute values: how strong.
    pub mu_star: Option<Estimate>,
    /// Their standard deviation: how far from straight or from acting alone; none for a group and for fewer than two effects.
    pub sigma: Option<f64>,
}

/// Elementary effects from the results `y` of [`crate::designs::morris`]: the change of the result per unit of the design's cube,
/// where a step is `levels / (2 (levels - 1))`. `columns` may be in any unit; they tell which factor moved and in which direction.
/// `groups` as in the design; `resamples` bootstrap resamples of effects, 0 for none.
pub fn morris_effects(
    columns: &[&[f64]],
    y: &[f64],
    levels: usize,
    groups: &[usize],
    (resamples, seed): (usize, u64),
) -> Result<MorrisEffects, SensitivityError> {
    check_columns(columns, y.len())?;
    at_least("the number of levels", levels, 2)?;
    let dimensions = columns.len();
    if !groups.is_empty() && groups.len() != dimensions {
        let (expected, found) = (dimensions, groups.len());
        return Err(SensitivityError::ListLength {
            what: "the list of groups",
            expected,
            found,
        });
    }
    let group = |d: usize| groups.get(d).copied().unwrap_or(d);
    let count = (0..dimensions).map(group).max().map_or(0, |g| g + 1);
    if y.is_empty() || !y.len().is_multiple_of(count + 1) {
        return Err(SensitivityError::Shape {
            found: y.len(),
            factors: count,
            multiple: count + 1,
        });
    }
    let step = levels as f64 / (2 * (levels - 1)) as f64;
    let mut effects: Vec<Vec<f64>> = vec![Vec::new(); count];
    for start in (0..y.len()).step_by(count + 1) {
        for row in start + 1..=start + count {
            let mut moved = (0..dimensions).filter(|&d| columns[d][row] != columns[d][row - 1]);
            let first = moved.next().ok_or(SensitivityError::NoStep { row })?;
            if moved.any(|d| group(d) != group(first)) {
                return Err(SensitivityError::NoStep { row });
            }
            let up = columns[first][row] > columns[first][row - 1];
            let change = if up {
                y[row] - y[row - 1]
            } else {
                y[row - 1] - y[row]
            };
            if change.is_finite() {
                effects[group(first)].push(change / step);
            }
        }
    }
    let alone = |g: usize| (0..dimensions).filter(|&d| group(d) == g).count() == 1;
    let effects = effects
        .iter()
        .enumerate()
        .map(|(g, effects)| {
            let n = effects.len();
            let absolute: Vec<f64> = effects.iter().map(|e| e.abs()).collect();
            let resampled: Vec<f64> = (0..resamples as u64)
                .filter(|_| n > 0)
                .map(|r| resampled_mean(&absolute, seed, r))
                .collect();
            MorrisEffect {
                used: n,
                mu: (n > 0 && alone(g)).then(|| mean(effects)),
                mu_star: (n > 0).then(|| Estimate {
                    value: mean(&absolute),
                    half_width: half_width(&resampled),
                }),
                sigma: (n > 1 && alone(g)).then(|| (squares(effects, mean(effects)) / (n - 1) as f64).sqrt()),
            }
        })
        .collect();
    Ok(MorrisEffects {
        trajectories: y.len() / (count + 1),
        effects,
    })
}

fn resampled_mean(values: &[f64], seed: u64, resample: u64) -> f64 {
    let stream = Stream::new(seed, resample);
    sum((0..values.len() as u64).map(|i| values[stream.below(i, values.len())])) / values.len() as f64
}

/// Derivative-based measures of every factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DgsmMeasures {
    /// Base points in the design.
    pub points: usize,
    /// One entry per factor.
    pub factors: Vec<DgsmMeasure>,
}

/// The derivative-based measure of one factor (Sobol' and Kucherenko, 2009).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DgsmMeasure {
    /// Steps with a number at both ends; the others are left out.
    pub used: usize,
    /// The mean squared derivative; none without a step.
    pub nu: Option<f64>,
    /// The standard deviation of the squared derivatives.
    pub nu_sd: Option<f64>,
    /// `nu range² / (pi² variance)`: the total-order index of a uniform factor is at most this. None where the outcome does not vary.
    pub bound: Option<Estimate>,
}

/// Derivative-based measures from the results `y` of [`crate::designs::dgsm`]. `columns` in the units the ranges are given in;
/// `resamples` bootstrap resamples, 0 for none.
pub fn dgsm_measures(
    columns: &[&[f64]],
    y: &[f64],
    ranges: &[(f64, f64)],
    (resamples, seed): (usize, u64),
) -> Result<DgsmMeasures, SensitivityError> {
    check_columns(columns, y.len())?;
    let dimensions = columns.len();
    if ranges.len() != dimensions {
        let (expected, found) = (dimensions, ranges.len());
        return Err(SensitivityError::ListLength {
            what: "the list of ranges",
            expected,
            found,
        });
    }
    let step = dimensions + 1;
    if y.is_empty() || !y.len().is_multiple_of(step) {
        return Err(SensitivityError::Shape {
            found: y.len(),
            factors: dimensions,
            multiple: step,
        });
    }
    let base: Vec<f64> = y
        .iter()
        .step_by(step)
        .copied()
        .filter(|v| v.is_finite())
        .collect();
    let centre = mean(&base);
    let variance = squares(&base, centre) / base.len() as f64;
    let measure = |(d, column): (usize, &&[f64])| {
        let squared: Vec<f64> = (0..y.len())
            .step_by(step)
            .map(|r| {
                let slope = (y[r + d + 1] - y[r]) / (column[r + d + 1] - column[r]);
                slope * slope
            })
            .filter(|s| s.is_finite())
            .collect();
        let n = squared.len();
        if n == 0 {
            return DgsmMeasure {
                used: 0,
                nu: None,
                nu_sd: None,
                bound: None,
            };
        }
        let nu = mean(&squared);
        let range = ranges[d].1 - ranges[d].0;
        let scale = range * range / (variance * std::f64::consts::PI * std::f64::consts::PI);
        let resampled: Vec<f64> = (0..resamples as u64)
            .map(|r| scale * resampled_mean(&squared, seed, r))
            .collect();
        DgsmMeasure {
            used: n,
            nu: Some(nu),
            nu_sd: Some((squares(&squared, nu) / n as f64).sqrt()),
            bound: (variance > 0.0).then(|| Estimate {
                value: nu * scale,
                half_width: half_width(&resampled),
            }),
        }
    };
    Ok(DgsmMeasures {
        points: y.len() / step,
        factors: columns.iter().enumerate().map(measure).collect(),
    })
}
