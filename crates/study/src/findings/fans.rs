//! Quantiles over time, every policy on one scale.

use super::{ExperimentFan, Fan, QUANTILES};
use crate::case::Case;
use crate::parallel::each;
use crate::results::{ExperimentSeries, Results, Series};

/// A fan for each outcome whose series was stored.
pub(super) fn fans(case: &Case, results: &Results, threads: usize) -> Vec<Fan> {
    // Every series once, though outcomes may share one.
    let known = each(threads, results.series.len(), |at| {
        let series = &results.series[at];
        (results.options[series.option].addon == 0).then(|| quantiles(&series.times, &series.values))
    });
    let mut all = Vec::new();
    for (outcome, of) in case.outcomes.iter().enumerate() {
        let key = model::Name::key_of(&of.series.value);
        let of_policy = |policy: usize| {
            results.series.iter().zip(&known).find(|(series, _)| {
                let option = results.options[series.option];
                option.policy == policy && option.addon == 0 && model::Name::key_of(&series.variable) == key
            })
        };
        let series: Vec<Option<(&Series, &Option<Quantiles>)>> =
            (0..case.policies.len()).map(of_policy).collect();
        let Some((first, _)) = series.iter().flatten().next() else {
            continue;
        };
        let policies = series
            .iter()
            .map(|one| one.and_then(|(_, known)| known.clone()).unwrap_or_default())
            .collect();
        all.push(Fan {
            outcome,
            variable: of.series.value.clone(),
            times: first.times.clone(),
            policies,
            futures: first.rows.len() as u64,
        });
    }
    all
}

/// An experiment's fan against each history that it can be compared with.
pub(super) fn experiments(case: &Case, results: &Results, threads: usize) -> Vec<ExperimentFan> {
    each(threads, results.experiments.len(), |at| {
        let series = &results.experiments[at];
        let given_before = case.experiments[series.experiment].compare_from;
        against(series, &case.history[series.history].points, given_before)
    })
}

/// Points before `given_before` are what the experiment was given: they prove nothing, and are not counted.
fn against(series: &ExperimentSeries, history: &[(f64, f64)], given_before: Option<f64>) -> ExperimentFan {
    let quantiles = quantiles(&series.times, &series.values);
    let (mut errors, mut sizes, mut inside, mut compared) = (0.0, 0.0, 0, 0);
    let inside_window = |t: f64| {
        series.times.first().is_some_and(|f| *f <= t) && series.times.last().is_some_and(|l| t <= *l)
    };
    let counted = |t: f64| inside_window(t) && given_before.is_none_or(|from| from <= t);
    for &(time, observed) in history.iter().filter(|(time, _)| counted(*time)) {
        let at = |q: usize| interpolate(&series.times, &quantiles[q], time);
        let (low, middle, high) = (at(0), at(2), at(4));
        if middle.is_finite() && observed != 0.0 {
            let error = (middle - observed) / observed;
            errors += error;
            sizes += error.abs();
            compared += 1;
            inside += u64::from((low..=high).contains(&observed));
        }
    }
    let mean = |sum: f64| {
        if compared == 0 {
            f64::NAN
        } else {
            sum / compared as f64
        }
    };
    ExperimentFan {
        experiment: series.experiment,
        history: series.history,
        times: series.times.clone(),
        quantiles,
        mean_relative_error: mean(errors),
        mean_size_of_error: mean(sizes),
        covered: (inside, compared),
    }
}

/// The value at a time between saved times, by a straight line.
fn interpolate(times: &[f64], values: &[f64], time: f64) -> f64 {
    let after = times.partition_point(|t| *t < time).min(times.len() - 1);
    if after == 0 || times[after] == time {
        return values[after];
    }
    let part = (time - times[after - 1]) / (times[after] - times[after - 1]);
    values[after - 1] + part * (values[after] - values[after - 1])
}

/// A column of values over time for each quantile.
type Quantiles = [Vec<f64>; 5];

/// Times whose values are taken out of a table at once: a line of the cache holds so many.
const STEPS: usize = 8;

/// The quantiles of a table of series at each of its times, over the futures in which it is finite.
fn quantiles(times: &[f64], table: &[f64]) -> Quantiles {
    let steps = times.len();
    let mut all: Quantiles = std::array::from_fn(|_| Vec::with_capacity(steps));
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); STEPS];
    for first in (0..steps).step_by(STEPS) {
        let columns = &mut columns[..STEPS.min(steps - first)];
        columns.iter_mut().for_each(Vec::clear);
        for row in table.chunks_exact(steps) {
            for (column, value) in columns.iter_mut().zip(&row[first..]) {
                if value.is_finite() {
                    column.push(*value);
                }
            }
        }
        for column in columns {
            let found = analysis::quantiles(column, &QUANTILES);
            for (at, quantile) in all.iter_mut().enumerate() {
                quantile.push(found.get(at).copied().unwrap_or(f64::NAN));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One future of 10 at all times, held against history: `(mean error, mean size, covered)`.
    fn check(history: &[(f64, f64)], given_before: Option<f64>, expected: (f64, f64, (u64, u64))) {
        let series = ExperimentSeries {
            experiment: 0,
            history: 0,
            times: vec![0.0, 1.0, 2.0],
            rows: vec![0],
            values: vec![10.0; 3],
        };
        let fan = against(&series, history, given_before);
        let found = (fan.mean_relative_error, fan.mean_size_of_error, fan.covered);
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }

    #[test]
    fn errors_on_both_sides_cancel_in_the_mean_and_not_in_the_size() {
        check(&[(0.5, 8.0), (1.5, 16.0)], None, (-0.0625, 0.3125, (0, 2)));
        check(&[(0.0, 10.0), (2.0, 8.0)], None, (0.125, 0.125, (1, 2)));
    }

    #[test]
    fn points_that_were_given_or_lie_outside_are_not_counted() {
        let history = [(0.0, 10.0), (2.0, 8.0), (3.0, 1.0)];
        check(&history, Some(1.0), (0.25, 0.25, (0, 1)));
        check(&history, Some(2.5), (f64::NAN, f64::NAN, (0, 0)));
    }
}
