//! The eleven robustness measures against reference values.

use analysis::{Column, Direction, Measure, Outcomes, RobustnessOptions, robustness};
use serde_json::Value;

const METRICS: &str = include_str!("data/robustness/robustness_metrics.json");
const LAKE: &str = include_str!("data/robustness/lake_intertemporal.outcomes.csv");
const SYNTHETIC: &str = include_str!("data/robustness/robustness_synthetic.performance.csv");

fn value(expected: &Value) -> Option<f64> {
    expected.as_f64()
}

/// Compares all measures of one table; returns how many values were compared.
fn check(columns: &[Vec<f64>], direction: Direction, threshold: f64, expected: &Value) -> usize {
    let outcomes = Outcomes::new(columns.iter().map(|c| Column::ran(c)).collect(), direction);
    let at = |optimism: f64| {
        robustness(
            &outcomes,
            &RobustnessOptions {
                optimism,
                threshold: Some(threshold),
            },
        )
        .expect("well formed")
    };
    let (half, third) = (at(0.5), at(0.3));
    let mut compared = 0;
    for (key, expected) in expected.as_object().expect("an object of measures") {
        let (measure, result) = match key.as_str() {
            "maximin" => (Measure::Maximin, &half),
            "maximax" => (Measure::Maximax, &half),
            "hurwicz_optimism_0.5" => (Measure::Hurwicz, &half),
            "hurwicz_optimism_0.3" => (Measure::Hurwicz, &third),
            "laplace_mean" => (Measure::Laplace, &half),
            "minimax_regret" => (Measure::MinimaxRegret, &half),
            "p90_regret" => (Measure::P90MinimaxRegret, &half),
            "mean_variance" => (Measure::MeanVariance, &half),
            "undesirable_deviations_mean" => (Measure::UndesirableDeviations, &half),
            "percentile_skewness" => (Measure::PercentileSkewness, &half),
            "percentile_peakedness" => (Measure::PercentilePeakedness, &half),
            "starr_domain" => (Measure::StarrDomain, &half),
            // The sum of the same deviations whose mean is compared.
            "undesirable_deviations_sum" => continue,
            other => panic!("the reference has a measure the test does not know: {other}"),
        };
        let row = result
            .measures
            .iter()
            .find(|row| row.measure == measure)
            .expect("every measure has a row");
        for (option, expected) in expected
            .as_array()
            .expect("one value per option")
            .iter()
            .enumerate()
        {
            let found = row.by_option[option];
            let close = match (found, value(expected)) {
                (Some(f), Some(e)) => (f - e).abs() <= 1e-12 * e.abs().max(f.abs()),
                (f, e) => f == e,
            };
            assert!(
                close,
                "{key} of option {option}: found {found:?}, expected {expected}"
            );
            compared += 1;
        }
    }
    compared
}

#[test]
fn lake() {
    let golden: Value = serde_json::from_str(METRICS).expect("valid JSON");
    let mut rows = LAKE.lines();
    let header: Vec<&str> = rows.next().expect("a header").split(',').collect();
    let rows: Vec<Vec<f64>> = rows
        .map(|line| {
            line.split(',')
                .map(|cell| cell.parse().expect("a number"))
                .collect()
        })
        .collect();
    let mut compared = 0;
    for (outcome, direction) in [
        ("max_p", Direction::Lower),
        ("utility", Direction::Higher),
        ("inertia", Direction::Higher),
        ("reliability", Direction::Higher),
    ] {
        let at = header
            .iter()
            .position(|name| *name == outcome)
            .expect("a column of that name");
        let columns: Vec<Vec<f64>> = (0..4)
            .map(|policy| {
                rows.iter()
                    .filter(|row| row[1] == f64::from(policy))
                    .map(|row| row[at])
                    .collect()
            })
            .collect();
        let threshold = golden["thresholds"][outcome].as_f64().expect("a threshold");
        compared += check(&columns, direction, threshold, &golden["lake"][outcome]);
    }
    assert_eq!(compared, 4 * 4 * 12);
    println!("goldens, set d: the lake's robustness: {compared} numbers within tolerance");
}

#[test]
fn synthetic() {
    let golden: Value = serde_json::from_str(METRICS).expect("valid JSON");
    let columns: Vec<Vec<f64>> = SYNTHETIC
        .lines()
        .map(|line| {
            line.split(',')
                .map(|cell| cell.parse().expect("a number"))
                .collect()
        })
        .collect();
    let threshold = golden["synthetic_threshold"].as_f64().expect("a threshold");
    let higher = check(
        &columns,
        Direction::Higher,
        threshold,
        &golden["synthetic_maximise"],
    );
    let lower = check(
        &columns,
        Direction::Lower,
        threshold,
        &golden["synthetic_minimise"],
    );
    assert_eq!((higher, lower), (5 * 12, 5 * 12));
    println!(
        "goldens, set d: synthetic robustness: {} numbers within tolerance",
        higher + lower
    );
}
