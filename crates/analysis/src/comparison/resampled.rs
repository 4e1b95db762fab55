//! How sure the robustness measures are: 95 % intervals by resampling the futures.
//!
//! The percentile bootstrap (Efron, 1979, "Bootstrap methods: another look at the jackknife"): futures are drawn again with replacement, the
//! same for every option, and a measure's interval runs from the 2.5th to the 97.5th percentile of what it then is. The worst and the
//! best future of a resample are never beyond those seen, so the intervals of measures that look at them are one-sided.
//!
//! A resample is a weight for each future. Columns are sorted once, and the weights brought into their order: what is left reads forwards.

use serde::{Deserialize, Serialize};

use super::robustness::{Measure, ORDER, RobustnessOptions};
use crate::numbers::quantile::quantile;
use crate::numbers::random::Stream;
use crate::slices::{Factor, Sorted};
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
    /// Futures by value, rising, and their values.
    rising: Vec<u32>,
    values: Vec<f64>,
    /// Futures by regret, falling, and their regrets.
    falling: Vec<u32>,
    regrets: Vec<f64>,
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
            Prepared::new(&oriented, &regret)
        })
        .collect();
    let mut seen: Vec<Vec<[Option<f64>; 11]>> = vec![Vec::with_capacity(resamples); count];
    let mut weights = vec![0_u32; n];
    let mut scratch = vec![0_u32; n];
    for resample in 0..if n == 0 { 0 } else { resamples } {
        let stream = Stream::new(seed, resample as u64);
        weights.fill(0);
        (0..n as u64).for_each(|draw| weights[stream.below(draw, n)] += 1);
        for (option, seen) in prepared.iter().zip(&mut seen) {
            seen.push(option.measures(&weights, &mut scratch, outcomes.direction, options));
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

/// The places of some numbers in rising order, and the numbers.
fn rising(values: &[f64]) -> (Vec<u32>, Vec<f64>) {
    let order = Sorted::new(Factor::Numeric(values)).order;
    let sorted = order.iter().map(|&at| values[at as usize]).collect();
    (order, sorted)
}

/// The rank below a quantile of so many values, and the share of the way to the next.
fn place(count: usize, q: f64) -> (usize, f64) {
    let rank = (count - 1) as f64 * q;
    (rank as usize, rank - (rank as usize) as f64)
}

/// Quantiles (rising `qs`) of weighed values in rising order: those of the values written out as often as their weights say.
fn weighed_quantiles<const K: usize>(values: &[f64], weights: &[u32], qs: [f64; K]) -> [f64; K] {
    let mut found = [0.0; K];
    // `before` values stand before the one at `at`; ranks only rise, but two quantiles may share one: `low` is kept.
    let (mut before, mut at) = (0_usize, 0_usize);
    let mut known = (usize::MAX, f64::NAN, f64::NAN);
    for (found, q) in found.iter_mut().zip(qs) {
        let (below, share) = place(values.len(), q);
        if known.0 != below {
            let weight = |at: usize| weights[at] as usize;
            while before + weight(at) <= below {
                before += weight(at);
                at += 1;
            }
            let low = values[at];
            // The next rank: the same value again, or the next that has a weight.
            let next = if before + weight(at) > below + 1 {
                Some(at)
            } else {
                (at + 1..values.len()).find(|&later| weight(later) > 0)
            };
            known = (below, low, next.map_or(low, |next| values[next]));
        }
        let (_, low, high) = known;
        *found = low + (high - low) * share;
    }
    found
}

/// The sum of weights times what is made of the values, several side by side.
fn weighed(values: &[f64], weights: &[u32], of: impl Fn(f64) -> f64) -> f64 {
    const SIDE: usize = 8;
    let mut sums = [0.0; SIDE];
    let (values, last_values) = values.as_chunks::<SIDE>();
    let (weights, last_weights) = weights.as_chunks::<SIDE>();
    for (values, weights) in values.iter().zip(weights) {
        for ((sum, value), weight) in sums.iter_mut().zip(values).zip(weights) {
            *sum += f64::from(*weight) * of(*value);
        }
    }
    let last = last_values.iter().zip(last_weights);
    sums.iter().sum::<f64>()
        + last
            .map(|(value, weight)| f64::from(*weight) * of(*value))
            .sum::<f64>()
}

impl Prepared {
    fn new(oriented: &[f64], regret: &[f64]) -> Self {
        let (rising_values, values) = rising(oriented);
        let (mut falling, mut regrets) = rising(regret);
        falling.reverse();
        regrets.reverse();
        Prepared {
            rising: rising_values,
            values,
            falling,
            regrets,
        }
    }

    /// The measures under weights by future; `scratch` is as long.
    fn measures(
        &self,
        weights: &[u32],
        scratch: &mut [u32],
        direction: Direction,
        options: &RobustnessOptions,
    ) -> [Option<f64>; 11] {
        let (most_regret, regret90) = self.regret(weights);
        for (weight, &future) in scratch.iter_mut().zip(&self.rising) {
            *weight = weights[future as usize];
        }
        let (f, weights) = (&self.values[..], &*scratch);
        let n = f.len() as f64;
        let value = |at: Option<usize>| at.map_or(f64::NAN, |at| f[at]);
        let worst = value(weights.iter().position(|w| *w > 0));
        let top = value(weights.iter().rposition(|w| *w > 0));
        let mean = weighed(f, weights, |f| f) / n;
        let sd = (n > 1.0).then(|| (weighed(f, weights, |f| (f - mean) * (f - mean)) / (n - 1.0)).sqrt());
        let [q10, q25, q50, q75, q90] = weighed_quantiles(f, weights, [0.1, 0.25, 0.5, 0.75, 0.9]);
        let count = |weights: &[u32]| weights.iter().map(|w| u64::from(*w)).sum::<u64>() as f64;
        let no_better = f.partition_point(|f| *f <= q50);
        let below = count(&weights[..no_better]);
        let short = weighed(&f[..no_better], &weights[..no_better], |f| q50 - f);
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
            options.threshold.map(|t| {
                let met = f.partition_point(|f| *f < direction.oriented(t));
                count(&weights[met..]) / n
            }),
        ]
    }

    /// The largest regret and the 90th percentile: from the largest on, for few are beyond.
    fn regret(&self, weights: &[u32]) -> (f64, f64) {
        let (below, share) = place(self.regrets.len(), 0.9);
        // Counted from the largest, the lower of the two ranks has so many before it.
        let above = self.regrets.len() - 1 - below;
        let (mut most, mut high, mut before) = (f64::NAN, f64::NAN, 0_usize);
        for (&future, &regret) in self.falling.iter().zip(&self.regrets) {
            let weight = weights[future as usize] as usize;
            if weight == 0 {
                continue;
            }
            if before == 0 {
                most = regret;
            }
            // The last that has fewer than `above` before it holds the higher of the two ranks; with none there is only the lower.
            if before < above || high.is_nan() {
                high = regret;
            }
            before += weight;
            if before > above {
                return (most, regret + (high - regret) * share);
            }
        }
        (most, most)
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
                let prepared = Prepared::new(&oriented, &regret);
                let found = prepared.measures(&[1; 7], &mut [0; 7], direction, &options);
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
        let (order, sorted) = rising(&values);
        let weights: Vec<u32> = order.iter().map(|&at| weights[at as usize]).collect();
        let found = weighed_quantiles(&sorted, &weights, [0.0, 0.2, 0.3, 0.5, 1.0]);
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
