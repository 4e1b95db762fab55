//! The eleven robustness measures of McPhail et al. (2018), "Robustness metrics: how are they calculated, when should they be
//! used and why do they give different results?", Earth's Future 6.
//!
//! All are computed over the same compared futures, so that no option is judged on a kinder set than another. Values of the
//! measures that speak in the outcome's unit keep its sign; regrets and deviations are zero or more.

use serde::{Deserialize, Serialize};

use crate::numbers::quantile::quantiles;
use crate::numbers::sum::{mean, squares, sum};
use crate::table::{Counts, Direction, Outcomes, TableError};

/// The name of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The worst future (Wald, 1950).
    Maximin,
    /// The best future.
    Maximax,
    /// Optimism times the best future plus the rest times the worst (Hurwicz, 1953).
    Hurwicz,
    /// The mean over futures: Laplace's insufficient reason.
    Laplace,
    /// The largest regret from the best (Savage, 1951).
    MinimaxRegret,
    /// The 90th percentile of regret from the best.
    P90MinimaxRegret,
    /// `(mean + 1) / (sd + 1)` where more is better, `(mean + 1) (sd + 1)` where less is (Hamarat et al., 2014).
    MeanVariance,
    /// The mean distance from the median of the futures that are no better than it (Kwakkel et al., 2016).
    UndesirableDeviations,
    /// `((q90 + q10) / 2 - q50) / ((q90 - q10) / 2)` of the oriented outcome: above zero when the longer tail is the good one
    /// (Voudouris et al., 2014).
    PercentileSkewness,
    /// `(q90 - q10) / (q75 - q25)`: how concentrated the middle is (Voudouris et al., 2014).
    PercentilePeakedness,
    /// The share of futures that meet a threshold (Starr, 1963).
    StarrDomain,
}

/// What the measures need to be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RobustnessOptions {
    /// Hurwicz' weight of the best future.
    pub optimism: f64,
    /// The value that an acceptable future reaches (or does not exceed, where less is better); without one Starr's measure is
    /// not defined.
    pub threshold: Option<f64>,
}

impl Default for RobustnessOptions {
    fn default() -> Self {
        RobustnessOptions {
            optimism: 0.5,
            threshold: None,
        }
    }
}

/// All measures of all options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Robustness {
    /// What the numbers rest on.
    pub counts: Counts,
    /// One row per measure, in the order of [`Measure`].
    pub measures: Vec<MeasureRow>,
}

/// One measure of all options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureRow {
    /// Which measure.
    pub measure: Measure,
    /// Which end of the measure is better.
    pub better: Direction,
    /// One value per option; none where it is not defined (no spread, no threshold, fewer than two futures).
    pub by_option: Vec<Option<f64>>,
    /// One rank per option: 1 for the best, equal values share a rank, none where the measure is not defined.
    pub rank: Vec<Option<usize>>,
}

/// Computes the measures.
pub fn robustness(outcomes: &Outcomes, options: &RobustnessOptions) -> Result<Robustness, TableError> {
    let compared = outcomes.compared()?;
    let best: Vec<f64> = compared
        .rows
        .iter()
        .map(|&f| {
            (0..outcomes.columns.len())
                .map(|o| outcomes.oriented(o, f))
                .fold(f64::NEG_INFINITY, f64::max)
        })
        .collect();
    let by_option: Vec<[Option<f64>; 11]> = (0..outcomes.columns.len())
        .map(|o| {
            let oriented: Vec<f64> = compared.rows.iter().map(|&f| outcomes.oriented(o, f)).collect();
            all(oriented, &best, outcomes.direction, options)
        })
        .collect();
    let measures = ORDER
        .iter()
        .enumerate()
        .map(|(i, &(measure, better))| {
            let better = better.unwrap_or(outcomes.direction);
            let by_option: Vec<Option<f64>> = by_option.iter().map(|values| values[i]).collect();
            let rank = ranks(&by_option, better);
            MeasureRow {
                measure,
                better,
                by_option,
                rank,
            }
        })
        .collect();
    Ok(Robustness {
        counts: compared.counts,
        measures,
    })
}

/// The measures in order, with the better end where it is not the outcome's own.
pub(super) const ORDER: [(Measure, Option<Direction>); 11] = [
    (Measure::Maximin, None),
    (Measure::Maximax, None),
    (Measure::Hurwicz, None),
    (Measure::Laplace, None),
    (Measure::MinimaxRegret, Some(Direction::Lower)),
    (Measure::P90MinimaxRegret, Some(Direction::Lower)),
    (Measure::MeanVariance, None),
    (Measure::UndesirableDeviations, Some(Direction::Lower)),
    (Measure::PercentileSkewness, Some(Direction::Higher)),
    (Measure::PercentilePeakedness, Some(Direction::Higher)),
    (Measure::StarrDomain, Some(Direction::Higher)),
];

/// The measures of one option from its oriented values (more is better) and the best oriented value in each future.
fn all(f: Vec<f64>, best: &[f64], direction: Direction, options: &RobustnessOptions) -> [Option<f64>; 11] {
    let n = f.len();
    if n == 0 {
        return [None; 11];
    }
    let regret: Vec<f64> = best.iter().zip(&f).map(|(b, f)| b - f).collect();
    let mean = mean(&f);
    let sd = (n > 1).then(|| (squares(&f, mean) / (n - 1) as f64).sqrt());
    let (worst, top) = (extreme(&f, f64::min), extreme(&f, f64::max));
    let [q10, q25, q50, q75, q90] = quantiles(&f, &[0.1, 0.25, 0.5, 0.75, 0.9])[..] else {
        unreachable!("five quantiles of at least one value")
    };
    // The measures in the outcome's unit are turned back to it.
    let own = |value: f64| Some(direction.oriented(value));
    let no_better: Vec<f64> = f.iter().filter(|v| **v <= q50).map(|v| q50 - v).collect();
    [
        own(worst),
        own(top),
        own(options.optimism * top + (1.0 - options.optimism) * worst),
        own(mean),
        Some(extreme(&regret, f64::max)),
        quantiles(&regret, &[0.9]).first().copied(),
        sd.map(|sd| match direction {
            Direction::Higher => (mean + 1.0) / (sd + 1.0),
            Direction::Lower => (-mean + 1.0) * (sd + 1.0),
        }),
        Some(sum(no_better.iter().copied()) / no_better.len() as f64),
        (q90 > q10).then(|| ((q90 + q10) / 2.0 - q50) / ((q90 - q10) / 2.0)),
        (q75 > q25).then(|| (q90 - q10) / (q75 - q25)),
        options.threshold.map(|t| {
            let met = f.iter().filter(|v| **v >= direction.oriented(t)).count();
            met as f64 / n as f64
        }),
    ]
}

fn extreme(values: &[f64], of: fn(f64, f64) -> f64) -> f64 {
    values.iter().copied().fold(values[0], of)
}

/// Competition ranks: 1 + the number of options that are strictly better.
fn ranks(values: &[Option<f64>], better: Direction) -> Vec<Option<usize>> {
    values
        .iter()
        .map(|v| {
            let own = better.oriented((*v)?);
            Some(
                1 + values
                    .iter()
                    .flatten()
                    .filter(|other| better.oriented(**other) > own)
                    .count(),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    #[test]
    fn ranks_share_places() {
        let values = [Some(3.0), Some(1.0), None, Some(3.0), Some(2.0)];
        assert_eq!(
            ranks(&values, Direction::Higher),
            [Some(1), Some(4), None, Some(1), Some(3)]
        );
        assert_eq!(
            ranks(&values, Direction::Lower),
            [Some(3), Some(1), None, Some(3), Some(2)]
        );
    }

    #[test]
    fn undefined_is_none() {
        let one = [2.0];
        let r = robustness(
            &Outcomes::new(vec![Column::ran(&one)], Direction::Lower),
            &RobustnessOptions::default(),
        );
        let r = r.expect("well formed");
        let value = |m: Measure| {
            r.measures
                .iter()
                .find(|row| row.measure == m)
                .and_then(|row| row.by_option[0])
        };
        assert_eq!(value(Measure::Maximin), Some(2.0));
        for none in [
            Measure::MeanVariance,
            Measure::PercentileSkewness,
            Measure::PercentilePeakedness,
            Measure::StarrDomain,
        ] {
            assert_eq!(value(none), None, "{none:?}");
        }
        let nan = [f64::NAN];
        let r = robustness(
            &Outcomes::new(vec![Column::ran(&nan)], Direction::Lower),
            &RobustnessOptions::default(),
        );
        let r = r.expect("well formed");
        assert!(r.measures.iter().all(|row| row.by_option == [None]) && r.counts.missing == 1);
    }
}
