//! Noise as models see it: by variable, future and step alone.

use crate::support::{Draft, Tree, call, n, v};

use engine::{Batch, Binding, Input, InputTarget, Outputs, Request, Value, block, lower, scalar};
use model::{Function, Integration};

fn run(draft: &Draft, names: &[&str], seed: u64, futures: &[u64], lever: Option<f64>) -> Outputs {
    let input = |_| Input {
        target: InputTarget::Variable(draft.id("lever")),
        binding: Binding::Uniform,
    };
    let request = Request {
        inputs: lever.map(input).into_iter().collect(),
        series: names.iter().map(|name| draft.id(name)).collect(),
        ..Request::default()
    };
    let program = lower(&draft.model(), &request).expect("a model that runs");
    let inputs: Vec<Value> = lever.map(Value::Uniform).into_iter().collect();
    let batch = Batch {
        seed,
        futures,
        inputs: &inputs,
    };
    let expected = scalar::run(&program, &batch);
    for width in [1, 3, 64] {
        assert_eq!(
            block::run(&program, &batch, &mut block::Scratch::new(width)),
            expected
        );
    }
    expected
}

fn random(low: f64, high: f64) -> Tree {
    call(Function::RandomUniform, [n(low), n(high), n(1.0)])
}

fn draft() -> Draft {
    let mut draft = Draft::new(0.0, 200.0, 1.0);
    draft.is("lever", n(1.0));
    draft.is("demand", random(2.0, 4.0));
    draft.is("supply", random(2.0, 4.0));
    draft.is("twice", random(0.0, 1.0) - random(0.0, 1.0));
    draft.is(
        "price",
        call(Function::RandomNormal, [n(-3.0), n(9.0), n(1.0), n(2.0), n(1.0)]),
    );
    draft.stock("store", (v("supply") - v("demand")) * v("lever"), n(0.0));
    draft
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn draws_are_spread_as_they_should_be() {
    let futures: Vec<u64> = (0..100).collect();
    let found = run(&draft(), &["demand", "price"], 0, &futures, None);
    let (demand, price) = (&found.series[0], &found.series[1]);
    assert!(demand.iter().all(|value| (2.0..4.0).contains(value)));
    assert!((mean(demand) - 3.0).abs() < 0.02);
    // Cut two deviations below and four above the mean: the cut moves the mean up by 0.11.
    assert!(price.iter().all(|value| (-3.0..=9.0).contains(value)));
    assert!((mean(price) - 1.11).abs() < 0.05, "{}", mean(price));
}

#[test]
fn a_draw_depends_on_seed_variable_future_and_step_alone() {
    let draft = draft();
    let found = run(&draft, &["demand", "supply", "twice"], 0, &[5, 6], None);
    let rows = found.times.len();
    let demand = &found.series[0];
    // Another lever, another place in the batch, other outputs: the same noise.
    let other = run(&draft, &["demand"], 0, &[9, 8, 6, 5], Some(7.0));
    assert_eq!(demand[..rows], other.series[0][3 * rows..]);
    assert_eq!(demand[rows..], other.series[0][2 * rows..3 * rows]);
    // Other futures, steps, variables and seeds: other noise.
    assert_ne!(demand[..rows], demand[rows..]);
    assert_ne!(demand[0], demand[1]);
    assert_ne!(demand, &found.series[1]);
    assert_ne!(demand, &run(&draft, &["demand"], 1, &[5, 6], None).series[0]);
    // Two calls in one equation do not draw the same.
    assert!(found.series[2].iter().all(|difference| *difference != 0.0));
}

#[test]
fn a_draw_at_the_start_is_that_of_the_first_step() {
    let mut draft = draft();
    draft.stock("kept", n(0.0), v("demand"));
    let found = run(&draft, &["kept", "demand"], 3, &[0], None);
    assert_eq!(found.series[0][10], found.series[1][0]);
}

#[test]
fn noise_does_not_change_within_a_step() {
    let mut draft = draft();
    draft.stock("sum", v("demand"), n(0.0));
    let euler = run(&draft, &["sum"], 0, &[0], None);
    draft.integration = Integration::Rk4;
    let rk4 = run(&draft, &["sum"], 0, &[0], None);
    for (euler, rk4) in euler.series[0].iter().zip(&rk4.series[0]) {
        assert!(
            (euler - rk4).abs() < 1e-9 * euler.abs().max(1.0),
            "{euler} and {rk4}"
        );
    }
}
