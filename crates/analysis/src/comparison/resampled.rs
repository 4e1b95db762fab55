//! How sure the robustness measures are: 95 % intervals by resampling the futures.
//!
//! The percentile bootstrap (Efron, 1979, "Bootstrap methods: another look at the jackknife"): futures are drawn again with replacement, the
//! same for every option, and a measure's interval runs from the 2.5th to the 97.5th percentile of what it then is. The worst and the
//! best future of a resample are never beyond those seen, so the intervals of measures that look at them are one-sided.
//!
//! A resample is a weight for each future. Columns are sorted once; a quantile of a resample is found by walking the weights.

use serde::{Deserialize, Serialize};

use super::robustness::{Measure, ORDER, RobustnessOptions};
use crate::numbers::quantile::quantile;
use crate::numbers::random::Stream;
use crate::table::{Direction, Outcomes, TableError};

/// A measure's intervals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureIntervals {
    /// Which measure.
    pub measure: Measure,
    /// For each option the lower and the upper end; none where the measure is not defined in some resample.
    pub by_option: Vec<Option<(f64, f64)>>,
}

/// One option's futures, ready to be weighed.
struct Prepared {
    oriented: Vec<f64>,
    rising: Vec<u32>,
    regret: Vec<f64>,
    regret_rising: Vec<u32>,
}

/// The intervals of all measures, in the order of [`Measure`], from so many resamples.
pub fn robustness_intervals(
    outcomes: &Outcomes,
    options: &RobustnessOptions,
    resamples: usize,
    seed: u64,
) -> Result<Vec<MeasureIntervals>, TableError> {
    let rows = outcomes.compared()?.rows;
    let n = rows.len();
    let count = outcomes.columns.len();
    let best: Vec<f64> = rows
        .iter()
        .map(|&r| (0..count).fold(f64::NEG_INFINITY, |best, o| best.max(outcomes.oriented(o, r))))
        .collect();
    let prepared: Vec<Prepared> = (0..count)
        .map(|o| {
            let oriented: Vec<f64> = rows.iter().map(|&r| outcomes.oriented(o, r)).collect();
            let regret: Vec<f64> = best.iter().zip(&oriented).map(|(b, f)| b - f).collect();
            Prepared {
                rising: rising(&oriented),
                regret_rising: rising(&regret),
                oriented,
                regret,
            }
        })
        .collect();
    let mut seen: Vec<Vec<[Option<f64>; 11]>> = vec![Vec::with_capacity(resamples); count];
    let mut weights = vec![0_u32; n];
    for resample in 0..if n == 0 { 0 } else { resamples } {
        let stream = Stream::new(seed, resample as u64);
        weights.fill(0);
        (0..n as u64).for_each(|draw| weights[stream.below(draw, n)] += 1);
        for (option, seen) in prepared.iter().zip(&mut seen) {
            seen.push(option.measures(&weights, outcomes.direction, options));
        }
    }
    let interval = |option: usize, measure: usize| {
        let mut values: Vec<f64> = seen[option].iter().map(|m| m[measure]).collect::<Option<_>>()?;
        Some((quantile(&mut values, 0.025)?, quantile(&mut values, 0.975)?))
    };
    let row = |(at, (measure, _)): (usize, &(Measure, Option<Direction>))| MeasureIntervals {
        measure: *measure,
        by_option: (0..count).map(|option| interval(option, at)).collect(),
    };
    Ok(ORDER.iter().enumerate().map(row).collect())
}

fn rising(values: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|&x, &y| values[x as usize].total_cmp(&values[y as usize]).then(x.cmp(&y)));
    order
}

/// Quantiles (rising `qs`) of weighed values: those of the values written out as often as their weights say.
fn weighed_quantiles<const K: usize>(
    values: &[f64],
    rising: &[u32],
    weights: &[u32],
    qs: [f64; K],
) -> [f64; K] {
    let last = values.len() - 1;
    let places = qs.map(|q| {
        let rank = last as f64 * q;
        (rank as usize, rank - (rank as usize) as f64)
    });
    let mut found = [0.0; K];
    // `before` values stand before the one at `at`; ranks only rise, but two quantiles may share one: `low` is kept.
    let (mut before, mut at) = (0_usize, 0_usize);
    let mut known = (usize::MAX, f64::NAN, f64::NAN);
    for (found, (below, share)) in found.iter_mut().zip(places) {
        if known.0 != below {
            let weight = |at: usize| weights[rising[at] as usize] as usize;
            while before + weight(at) <= below {
                before += weight(at);
                at += 1;
            }
            let low = values[rising[at] as usize];
            // The next rank: the same value again, or the next that has a weight.
            let next = if before + weight(at) > below + 1 {
                Some(at)
            } else {
                (at + 1..rising.len()).find(|&later| weight(later) > 0)
            };
            known = (below, low, next.map_or(low, |next| values[rising[next] as usize]));
        }
        let (_, low, high) = known;
        *found = low + (high - low) * share;
    }
    found
}

impl Prepared {
    fn measures(
        &self,
        weights: &[u32],
        direction: Direction,
        options: &RobustnessOptions,
    ) -> [Option<f64>; 11] {
        let f = &self.oriented;
        let n = f.len() as f64;
        let there = |row: &&u32| weights[**row as usize] > 0;
        let value = |values: &[f64], row: Option<&u32>| row.map_or(f64::NAN, |&r| values[r as usize]);
        let worst = value(f, self.rising.iter().find(there));
        let top = value(f, self.rising.iter().rev().find(there));
        let most_regret = value(&self.regret, self.regret_rising.iter().rev().find(there));
        let weighed = |of: &dyn Fn(f64) -> f64| -> f64 {
            f.iter().zip(weights).map(|(f, w)| f64::from(*w) * of(*f)).sum()
        };
        let mean = weighed(&|f| f) / n;
        let sd = (n > 1.0).then(|| (weighed(&|f| (f - mean) * (f - mean)) / (n - 1.0)).sqrt());
        let [q10, q25, q50, q75, q90] =
            weighed_quantiles(f, &self.rising, weights, [0.1, 0.25, 0.5, 0.75, 0.9]);
        let [regret90] = weighed_quantiles(&self.regret, &self.regret_rising, weights, [0.9]);
        let (below, short) = f
            .iter()
            .zip(weights)
            .filter(|(f, _)| **f <= q50)
            .fold((0.0, 0.0), |(count, short), (f, w)| {
                (count + f64::from(*w), short + f64::from(*w) * (q50 - f))
            });
        let own = |value: f64| Some(direction.oriented(value));
        [
            own(worst),
            own(top),
            own(options.optimism * top + (1.0 - options.optimism) * worst),
            own(mean),
            Some(most_regret),
            Some(regret90),
            sd.map(|sd| match direction {
                Direction::Higher => (mean + 1.0) / (sd + 1.0),
                Direction::Lower => (-mean + 1.0) * (sd + 1.0),
            }),
            Some(short / below),
            (q90 > q10).then(|| ((q90 + q10) / 2.0 - q50) / ((q90 - q10) / 2.0)),
            (q75 > q25).then(|| (q90 - q10) / (q75 - q25)),
            options
                .threshold
                .map(|t| weighed(&|f| f64::from(u8::from(f >= direction.oriented(t)))) / n),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::robustness;
    use crate::table::{Column, Status};

    const X: [f64; 7] = [3.0, -1.0, 4.0, 1.5, 9.0, 2.0, 6.0];
    const Y: [f64; 7] = [2.0, 7.0, 1.0, 8.0, 2.5, 8.0, 0.0];

    /// Weights of one give the measures themselves, whatever the weights' way of counting.
    #[test]
    fn every_future_once_is_the_measure_itself() {
        for direction in [Direction::Higher, Direction::Lower] {
            let outcomes = Outcomes::new(vec![Column::ran(&X), Column::ran(&Y)], direction);
            let options = RobustnessOptions {
                threshold: Some(2.0),
                ..RobustnessOptions::default()
            };
            let expected = robustness(&outcomes, &options).expect("well formed");
            for (option, column) in [X, Y].iter().enumerate() {
                let oriented: Vec<f64> = column.iter().map(|v| direction.oriented(*v)).collect();
                let best = |i: usize| direction.oriented(X[i]).max(direction.oriented(Y[i]));
                let regret: Vec<f64> = (0..7).map(|i| best(i) - oriented[i]).collect();
                let prepared = Prepared {
                    rising: rising(&oriented),
                    regret_rising: rising(&regret),
                    oriented,
                    regret,
                };
                let found = prepared.measures(&[1; 7], direction, &options);
                for (row, found) in expected.measures.iter().zip(found) {
                    let (a, b) = (row.by_option[option].expect("defined"), found.expect("defined"));
                    assert!((a - b).abs() < 1e-12, "{:?} {direction:?}: {a} {b}", row.measure);
                }
            }
        }
    }

    /// A weight of two is the value written twice: 1, 1, 3, 4, 4, 4.
    #[test]
    fn quantiles_of_weighed_values_by_hand() {
        let values = [4.0, 1.0, 2.0, 3.0, 0.0, 9.0];
        let weights = [3, 2, 0, 1, 0, 0];
        let found = weighed_quantiles(&values, &rising(&values), &weights, [0.0, 0.2, 0.3, 0.5, 1.0]);
        assert_eq!(found, [1.0, 1.0, 2.0, 3.5, 4.0]);
    }

    /// Of 400 even numbers from 0 to 1 the mean has a standard error of 1 / sqrt(12 x 400) = 0.0144.
    #[test]
    fn the_mean_has_its_known_interval_and_broken_futures_are_left_out() {
        let mut x: Vec<f64> = (0..400).map(|i| (f64::from(i) + 0.5) / 400.0).collect();
        let mut status = vec![Status::Ok; 400];
        x.push(1e9);
        status.push(Status::Broken);
        let column = Column {
            values: &x,
            status: &status,
        };
        let outcomes = Outcomes::new(vec![column], Direction::Higher);
        let found = robustness_intervals(&outcomes, &RobustnessOptions::default(), 1_000, 0).expect("formed");
        let (low, high) = found[3].by_option[0].expect("the mean is always defined");
        assert_eq!(found[3].measure, Measure::Laplace);
        assert!(
            (0.5 - low - 0.0283).abs() < 0.003 && (high - 0.5 - 0.0283).abs() < 0.003,
            "{low} {high}"
        );
        assert_eq!(found[10].by_option[0], None, "no threshold");
        let again = robustness_intervals(&outcomes, &RobustnessOptions::default(), 1_000, 0).expect("formed");
        assert_eq!(found, again);
    }
}
