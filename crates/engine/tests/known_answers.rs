//! Models whose answers are known in closed form, and the order at which the methods come near them.

mod support;

use engine::{
    Batch, Binding, Input, InputTarget, Metric, Outputs, Reducer, Request, RunStatus, Value, Window, block,
    lower, scalar,
};
use model::{BinaryOp, Function, Integration, Table};
use support::{Draft, Tree, call, n, op, v};

/// Runs a model once and gives a variable at every step; both evaluators must agree.
fn series(draft: &Draft, name: &str) -> Vec<f64> {
    let request = Request {
        series: vec![draft.id(name)],
        ..Request::default()
    };
    run(draft, &request, &[], 1).series.remove(0)
}

fn run(draft: &Draft, request: &Request, inputs: &[Value], futures: u64) -> Outputs {
    let program = lower(&draft.model(), request).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let numbers: Vec<u64> = (0..futures).collect();
    let batch = Batch {
        seed: 0,
        futures: &numbers,
        inputs,
    };
    let expected = scalar::run(&program, &batch);
    let found = block::run(&program, &batch, &mut block::Scratch::default());
    assert_eq!(bits(&expected), bits(&found));
    expected
}

fn bits(outputs: &Outputs) -> Vec<Vec<u64>> {
    let columns = outputs
        .metrics
        .iter()
        .chain(&outputs.series)
        .chain([&outputs.times]);
    columns
        .map(|column| column.iter().map(|value| value.to_bits()).collect())
        .collect()
}

fn check(draft: &Draft, name: &str, expected: &[f64]) {
    let found = series(draft, name);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let near = (found - expected).abs() <= 1e-12 * expected.abs().max(1.0);
        assert!(
            near || found.is_nan() && expected.is_nan(),
            "{name} at {place}: {found}, not {expected}"
        );
    }
}

fn check_is(start: f64, end: f64, step: f64, tree: Tree, expected: &[f64]) {
    let mut draft = Draft::new(start, end, step);
    draft.is("x", tree);
    check(&draft, "x", expected);
}

fn metric(draft: &Draft, name: &str, reducer: Reducer, from: Option<f64>, to: Option<f64>) -> f64 {
    let metric = Metric {
        variable: draft.id(name),
        element: 0,
        reducer,
        window: Window { from, to },
    };
    let request = Request {
        metrics: vec![metric],
        ..Request::default()
    };
    run(draft, &request, &[], 1).metrics[0][0]
}

/// One future without inputs.
const BATCH: Batch = Batch {
    seed: 0,
    futures: &[0],
    inputs: &[],
};

fn last(draft: &Draft, name: &str) -> f64 {
    metric(draft, name, Reducer::Final, None, None)
}

/// x' = -x / 2 from 8.
fn decay(step: f64, integration: Integration) -> Draft {
    let mut draft = Draft::new(0.0, 4.0, step);
    draft.integration = integration;
    draft.stock("x", -v("x") / n(2.0), n(8.0));
    draft
}

#[test]
fn decay_comes_near_the_exponential() {
    let exact = 8.0 * engine::math::exp(-2.0);
    let error = |step, method| (last(&decay(step, method), "x") - exact).abs();
    assert!(error(0.0625, Integration::Euler) < 0.05);
    assert!(error(0.0625, Integration::Rk4) < 2e-8);
}

#[test]
fn methods_have_their_order() {
    let oscillator = |step: f64, method: Integration| {
        let mut draft = Draft::new(0.0, 8.0, step);
        draft.integration = method;
        draft
            .stock("position", v("speed"), n(1.0))
            .stock("speed", -v("position"), n(0.0));
        (last(&draft, "position") - engine::math::cos(8.0)).abs()
    };
    let logistic = |step: f64, method: Integration| {
        let mut draft = Draft::new(0.0, 4.0, step);
        draft.integration = method;
        draft.stock("x", v("x") * (n(1.0) - v("x")), n(0.1));
        let exact = 1.0 / (1.0 + 9.0 * engine::math::exp(-4.0));
        (last(&draft, "x") - exact).abs()
    };
    // x' = sin t - x from 1: the rates depend on the time themselves.
    let driven = |step: f64, method: Integration| {
        let mut draft = Draft::new(0.0, 4.0, step);
        draft.integration = method;
        draft.stock("x", call(Function::Sin, [Tree::Time]) - v("x"), n(1.0));
        let [sin, cos, exp] = [
            engine::math::sin(4.0),
            engine::math::cos(4.0),
            engine::math::exp(-4.0),
        ];
        (last(&draft, "x") - (0.5 * (sin - cos) + 1.5 * exp)).abs()
    };
    // x' = t^2 / x^2 from 1: x^3 = 1 + t^3, time and stock in one term.
    let coupled = |step: f64, method: Integration| {
        let mut draft = Draft::new(0.0, 4.0, step);
        draft.integration = method;
        let rate = Tree::Time * Tree::Time / (v("x") * v("x"));
        draft.stock("x", rate, n(1.0));
        (last(&draft, "x") - engine::math::pow(65.0, 1.0 / 3.0)).abs()
    };
    type Error<'a> = &'a dyn Fn(f64, Integration) -> f64;
    for error in [
        &oscillator as Error,
        &logistic,
        &driven,
        &coupled,
        &|step, method| (last(&decay(step, method), "x") - 8.0 * engine::math::exp(-2.0)).abs(),
    ] {
        let halved = |method, step: f64| error(step, method) / error(step / 2.0, method);
        let euler = halved(Integration::Euler, 1.0 / 256.0);
        assert!((1.8..2.2).contains(&euler), "Euler: {euler}");
        for method in [Integration::Midpoint, Integration::Heun] {
            let rk2 = halved(method, 1.0 / 128.0);
            assert!((3.6..4.4).contains(&rk2), "{}: {rk2}", method.name());
        }
        let rk4 = halved(Integration::Rk4, 1.0 / 16.0);
        assert!((14.0..18.0).contains(&rk4), "RK4: {rk4}");
    }
}

#[test]
fn automatic_steps_keep_to_their_tolerance() {
    let exact = 8.0 * engine::math::exp(-2.0);
    let error = |method, tolerance: f64| {
        // One TIME STEP, or a few: what is right does not depend on them.
        // With a whole step of 2 the pair of lower order would see no error.
        let errors = [4.0, 2.0, 1.0].map(|step| {
            let draft = decay(step, method);
            let request = Request {
                series: vec![draft.id("x")],
                tolerance: Some(tolerance),
                ..Request::default()
            };
            let program = lower(&draft.model(), &request).expect("a model that runs");
            let outputs = scalar::run(&program, &BATCH);
            assert_eq!(outputs.status, [RunStatus::Ok]);
            let last = *outputs.series[0].last().expect("a value");
            (last - exact).abs() / exact
        });
        errors[0].max(errors[1]).max(errors[2])
    };
    for method in [Integration::Rk2Auto, Integration::Rk4Auto] {
        let errors = [1e-3, 1e-6, 1e-9].map(|tolerance| error(method, tolerance));
        for (error, tolerance) in errors.iter().zip([1e-3, 1e-6, 1e-9]) {
            assert!(
                *error < 10.0 * tolerance,
                "{}: {error} for {tolerance}",
                method.name()
            );
        }
        assert!(errors[2] < 1e-3 * errors[0], "{errors:?}");
    }
}

#[test]
fn automatic_steps_follow_what_depends_on_time_and_what_runs_fast_and_slow() {
    // x' = -200 (x - cos t) - sin t from 2 runs quickly to cos t and stays there: steps must be short at the start.
    let mut draft = Draft::new(0.0, 3.0, 0.5);
    draft.integration = Integration::Rk4Auto;
    let far = v("x") - call(Function::Cos, [Tree::Time]);
    draft.stock("x", n(-200.0) * far - call(Function::Sin, [Tree::Time]), n(2.0));
    let found = last(&draft, "x");
    assert!((found - engine::math::cos(3.0)).abs() < 1e-5, "{found}");
    // A jump of a rate within a TIME STEP, at a value of the stock: x' = 1 up to 0.7, then 0.5.
    let mut draft = Draft::new(0.0, 2.0, 2.0);
    draft.integration = Integration::Rk4Auto;
    let low = op(BinaryOp::Less, v("x"), n(0.7));
    draft.stock("x", call(Function::IfThenElse, [low, n(1.0), n(0.5)]), n(0.0));
    let found = last(&draft, "x");
    assert!((found - 1.35).abs() < 1e-4, "{found}");
}

#[test]
fn automatic_steps_that_get_too_small_end_a_future_and_say_so() {
    // x' = x^2 from 1 has no value at 1.
    let mut draft = Draft::new(0.0, 2.0, 0.5);
    draft.integration = Integration::Rk4Auto;
    draft.stock("x", v("x") * v("x"), n(1.0));
    draft.is("y", v("x") + n(1.0));
    let request = Request {
        series: vec![draft.id("y")],
        ..Request::default()
    };
    let program = lower(&draft.model(), &request).expect("a model that runs");
    let outputs = scalar::run(&program, &BATCH);
    let RunStatus::Unresolved { variable, time } = outputs.status[0] else {
        panic!("{:?}", outputs.status)
    };
    assert_eq!(variable, draft.id("x"));
    assert!((time - 1.0).abs() < 1e-6, "{time}");
    assert_eq!(
        outputs.status,
        block::run(&program, &BATCH, &mut block::Scratch::new(4)).status
    );
    // A rate that is no number is another matter: nothing was too small.
    let mut draft = Draft::new(0.0, 2.0, 0.5);
    draft.integration = Integration::Rk4Auto;
    draft.stock("x", call(Function::Sqrt, [n(1.0) - Tree::Time]), n(1.0));
    let request = Request {
        series: vec![draft.id("x")],
        ..Request::default()
    };
    let program = lower(&draft.model(), &request).expect("a model that runs");
    for outputs in [
        scalar::run(&program, &BATCH),
        block::run(&program, &BATCH, &mut block::Scratch::new(4)),
    ] {
        assert!(outputs.status[0].trouble().is_some(), "{:?}", outputs.status);
    }
}

#[test]
fn second_order_steps_by_hand() {
    // x' = t x + 1 from 2, one step of 1.
    let one = |method| {
        let mut draft = Draft::new(0.0, 1.0, 1.0);
        draft.integration = method;
        draft.stock("x", Tree::Time * v("x") + n(1.0), n(2.0));
        last(&draft, "x")
    };
    // The rate at the start is 1: at 0.5 the stock is 2.5, the rate 0.5 * 2.5 + 1; at 1 it is 3, the rate 3 + 1.
    assert_eq!(one(Integration::Euler), 3.0);
    assert_eq!(one(Integration::Midpoint), 2.0 + 2.25);
    assert_eq!(one(Integration::Heun), 2.0 + 0.5 * (1.0 + 4.0));
}

#[test]
fn time_is_never_a_running_sum() {
    let mut draft = Draft::new(0.0, 100.0, 0.1);
    draft.is("x", Tree::Time);
    let found = series(&draft, "x");
    assert_eq!(found.len(), 1001);
    assert_eq!(found[1000], 100.0);
    assert_eq!(found[3], 3.0 * 0.1);
}

#[test]
fn time_controls_may_depend_on_time() {
    let when = |op_: BinaryOp, limit: f64, yes: Tree, no: Tree| {
        call(Function::IfThenElse, [op(op_, Tree::Time, n(limit)), yes, no])
    };
    let mut draft = Draft::new(0.0, 0.0, 1.0);
    draft.is("FINAL TIME", when(BinaryOp::Less, 5.0, n(10.0), n(12.0)));
    draft.is("INITIAL TIME", when(BinaryOp::Less, 3.0, n(0.0), n(0.5)));
    draft.is("TIME STEP", when(BinaryOp::Less, 4.0, n(1.0), n(0.5)));
    draft.is("SAVEPER", when(BinaryOp::Less, 6.0, v("TIME STEP"), n(3.0)));
    draft.stock("x", n(1.0), n(0.0));
    check(
        &draft,
        "x",
        &[0.0, 1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 5.5, 6.0, 9.0, 12.0],
    );
    check(
        &draft,
        "INITIAL TIME",
        &[0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    );
    check(
        &draft,
        "TIME STEP",
        &[1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    );
}

#[test]
fn saveper_moves_to_the_nearest_step_with_a_note() {
    let mut draft = Draft::new(0.0, 3.0, 0.3);
    draft.is("SAVEPER", n(1.0)).is("x", Tree::Time);
    let request = Request {
        series: vec![draft.id("x")],
        ..Request::default()
    };
    let program = lower(&draft.model(), &request).expect("a model that runs");
    assert_eq!(program.notes.items[0].code, "time-saveper-moved");
    check(&draft, "x", &[0.0, 0.9, 2.1, 3.0]);
}

#[test]
fn functions_of_time_start_at_their_step() {
    use Function::{Pulse, PulseTrain, Ramp, Step};
    check_is(0.0, 3.0, 1.0, call(Step, [n(5.0), n(2.0)]), &[0.0, 0.0, 5.0, 5.0]);
    // 0.1 * 3 is not 0.3: the guard of half a step makes no difference of it.
    let expected = [0.0, 0.0, 0.0, 5.0, 5.0];
    check_is(0.0, 0.4, 0.1, call(Step, [n(5.0), n(0.3)]), &expected);
    check_is(
        0.0,
        4.0,
        1.0,
        call(Pulse, [n(1.0), n(2.0)]),
        &[0.0, 1.0, 1.0, 0.0, 0.0],
    );
    check_is(
        0.0,
        3.0,
        1.0,
        call(Pulse, [n(1.0), n(0.0)]),
        &[0.0, 1.0, 0.0, 0.0],
    );
    let train = call(PulseTrain, [n(1.0), n(1.0), n(3.0), n(8.0)]);
    check_is(
        0.0,
        9.0,
        1.0,
        train,
        &[0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    );
    let ramp = call(Ramp, [n(2.0), n(1.0), n(3.0)]);
    check_is(0.0, 4.0, 1.0, ramp, &[0.0, 0.0, 2.0, 4.0, 4.0]);
}

#[test]
fn delay_fixed_is_a_ring() {
    let delayed = |delay: f64| call(Function::DelayFixed, [Tree::Time * n(10.0), n(delay), n(-1.0)]);
    check_is(0.0, 4.0, 1.0, delayed(2.0), &[-1.0, -1.0, 0.0, 10.0, 20.0]);
    check_is(0.0, 2.0, 0.5, delayed(1.2), &[-1.0, -1.0, 0.0, 5.0, 10.0]);
    // It looks back by one step at least.
    check_is(0.0, 3.0, 1.0, delayed(0.0), &[-1.0, 0.0, 10.0, 20.0]);
    check_is(0.0, 3.0, 1.0, delayed(1e9), &[-1.0; 4]);
    // Of a delay that changes, the value at the start counts.
    let changing = call(Function::DelayFixed, [Tree::Time, n(2.0) + Tree::Time, n(7.0)]);
    check_is(0.0, 4.0, 1.0, changing, &[7.0, 7.0, 0.0, 1.0, 2.0]);
}

#[test]
fn a_ring_of_a_ring_looks_back_twice() {
    let mut draft = Draft::new(0.0, 5.0, 1.0);
    draft.is("a", call(Function::DelayFixed, [Tree::Time, n(1.0), n(-1.0)]));
    draft.is("b", call(Function::DelayFixed, [v("a"), n(2.0), n(-2.0)]));
    check(&draft, "b", &[-2.0, -2.0, -1.0, 0.0, 1.0, 2.0]);
}

#[test]
fn sub_steps_do_not_advance_rings_and_samples() {
    let mut draft = Draft::new(0.0, 4.0, 1.0);
    draft.integration = Integration::Rk4;
    draft.is("ring", call(Function::DelayFixed, [Tree::Time, n(1.0), n(-1.0)]));
    let even = op(
        BinaryOp::Equal,
        call(Function::Modulo, [Tree::Time, n(2.0)]),
        n(0.0),
    );
    draft.is("sample", call(Function::SampleIfTrue, [even, Tree::Time, n(9.0)]));
    draft.stock("x", v("ring") + n(0.0) * v("sample"), n(0.0));
    check(&draft, "ring", &[-1.0, 0.0, 1.0, 2.0, 3.0]);
    check(&draft, "sample", &[0.0, 0.0, 2.0, 2.0, 4.0]);
    check(&draft, "x", &[0.0, -1.0, -1.0, 0.0, 2.0]);
}

#[test]
fn a_sample_holds_and_starts_with_its_initial_value() {
    let late = op(BinaryOp::Greater, Tree::Time, n(2.0));
    let sample = call(Function::SampleIfTrue, [late, Tree::Time * n(2.0), n(5.0)]);
    check_is(0.0, 4.0, 1.0, sample, &[5.0, 5.0, 5.0, 6.0, 8.0]);
}

#[test]
fn smoothing_and_delays_by_hand() {
    use Function::{Delay1, Delay1I, Delay3, DelayN, Smooth, Smooth3, SmoothI};
    let input = || call(Function::Step, [n(8.0), n(1.0)]);
    // Each step the gap closes by half.
    check_is(
        0.0,
        4.0,
        1.0,
        call(Smooth, [input(), n(2.0)]),
        &[0.0, 0.0, 4.0, 6.0, 7.0],
    );
    check_is(
        0.0,
        2.0,
        1.0,
        call(SmoothI, [input(), n(2.0), n(16.0)]),
        &[16.0, 8.0, 8.0],
    );
    check_is(
        0.0,
        4.0,
        1.0,
        call(Delay1, [input(), n(2.0)]),
        &[0.0, 0.0, 4.0, 6.0, 7.0],
    );
    check_is(
        0.0,
        2.0,
        1.0,
        call(Delay1I, [input(), n(2.0), n(16.0)]),
        &[16.0, 8.0, 8.0],
    );
    // Three stages of two time units, one behind the other.
    let expected = [0.0, 0.0, 0.0, 0.0, 1.0, 2.5];
    check_is(0.0, 5.0, 1.0, call(Smooth3, [input(), n(6.0)]), &expected);
    check_is(0.0, 5.0, 1.0, call(Delay3, [input(), n(6.0)]), &expected);
    check_is(
        0.0,
        5.0,
        1.0,
        call(DelayN, [input(), n(6.0), n(0.0), n(3.0)]),
        &expected,
    );
    // With stages as short as the step a delay is a ring of so many steps.
    let pipe = call(DelayN, [Tree::Time, n(4.0), n(-1.0), n(4.0)]);
    check_is(0.0, 6.0, 1.0, pipe, &[-1.0, -1.0, -1.0, -1.0, 0.0, 1.0, 2.0]);
}

#[test]
fn initial_values_have_their_own_order() {
    let mut draft = Draft::new(10.0, 12.0, 1.0);
    draft.stock("b", n(1.0), v("a") + v("c"));
    draft.stock("a", n(1.0), v("c") * n(2.0));
    draft.stock("c", n(1.0), Tree::Time);
    draft.is("start of b", call(Function::Initial, [v("b")]));
    check(&draft, "b", &[30.0, 31.0, 32.0]);
    check(&draft, "start of b", &[30.0; 3]);
    // ACTIVE INITIAL breaks a loop of initial values.
    let mut draft = Draft::new(0.0, 2.0, 1.0);
    draft.rule(
        "x",
        support::Rule::Active {
            active: v("s") * n(3.0),
            initial: n(7.0),
        },
    );
    draft.stock("s", n(1.0), v("x"));
    check(&draft, "s", &[7.0, 8.0, 9.0]);
    check(&draft, "x", &[21.0, 24.0, 27.0]);
}

#[test]
fn stocks_advance_together() {
    // Each takes the other's value: done one after the other, both would end equal.
    let mut draft = Draft::new(0.0, 1.0, 1.0);
    draft.stock("a", v("b"), n(1.0)).stock("b", v("a"), n(10.0));
    check(&draft, "a", &[1.0, 11.0]);
    check(&draft, "b", &[10.0, 11.0]);
}

#[test]
fn lookups_hold_their_ends_or_go_on() {
    let table = |extrapolate| Table {
        x: vec![0.0, 1.0, 1.0, 3.0],
        y: vec![1.0, 3.0, 5.0, 9.0],
        extrapolate,
    };
    let at = |extrapolate| Tree::WithLookup(Box::new(Tree::Time), table(extrapolate));
    check_is(
        -1.0,
        4.0,
        0.5,
        at(false),
        &[1.0, 1.0, 1.0, 2.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.0, 9.0],
    );
    check_is(
        -1.0,
        4.0,
        0.5,
        at(true),
        &[-1.0, 0.0, 1.0, 2.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0],
    );
    let mut draft = Draft::new(0.0, 1.0, 1.0);
    draft.rule("table", support::Rule::Table(table(false)));
    draft.is("x", Tree::Lookup("table".into(), Box::new(n(0.25))));
    check(&draft, "x", &[1.5, 1.5]);
}

#[test]
fn reducers_by_hand() {
    // 0 1 2 3 2 1 0 at the times 0 to 6, and from there on.
    let mut draft = Draft::new(0.0, 6.0, 1.0);
    draft.is("x", n(3.0) - call(Function::Abs, [Tree::Time - n(3.0)]));
    draft.stock("inflow", v("x"), n(0.0));
    let all = |reducer| metric(&draft, "x", reducer, None, None);
    assert_eq!(all(Reducer::Final), 0.0);
    assert_eq!(all(Reducer::At(3.2)), 3.0);
    assert_eq!(all(Reducer::Mean), 9.0 / 7.0);
    assert_eq!(all(Reducer::Max), 3.0);
    assert_eq!(all(Reducer::Min), 0.0);
    assert_eq!(all(Reducer::Integral), 9.0);
    assert_eq!(all(Reducer::Integral), last(&draft, "inflow"));
    assert_eq!(all(Reducer::TimeAbove(1.5)), 3.0);
    assert_eq!(all(Reducer::TimeBelow(1.5)), 3.0);
    assert_eq!(all(Reducer::LongestBelow(1.5)), 2.0);
    assert_eq!(all(Reducer::LongestAbove(0.5)), 5.0);
    assert_eq!(all(Reducer::FirstAbove(1.5)), 2.0);
    assert_eq!(all(Reducer::FirstAbove(9.0)), f64::INFINITY);
    let some = |reducer| metric(&draft, "x", reducer, Some(1.0), Some(4.0));
    assert_eq!(some(Reducer::Final), 2.0);
    assert_eq!(some(Reducer::Mean), 2.0);
    assert_eq!(some(Reducer::Min), 1.0);
    assert_eq!(some(Reducer::Integral), 6.0);
    assert_eq!(some(Reducer::TimeAbove(1.5)), 2.0);
}

#[test]
fn inputs_of_all_kinds() {
    let mut draft = Draft::new(0.0, 3.0, 1.0);
    draft.is("rate", n(1.0)).is("lever", n(5.0)).is("known", n(2.0));
    draft.stock("x", v("rate") * v("known") + v("lever"), n(0.0));
    let input = |target, binding| Input { target, binding };
    let request = Request {
        inputs: vec![
            input(InputTarget::Variable(draft.id("rate")), Binding::PerFuture),
            input(InputTarget::InitialOf(draft.id("x")), Binding::PerFuture),
            input(InputTarget::Variable(draft.id("lever")), Binding::Schedule),
            input(InputTarget::Variable(draft.id("FINAL TIME")), Binding::Uniform),
        ],
        series: vec![draft.id("x")],
        ..Request::default()
    };
    let schedule = engine::Schedule {
        times: vec![1.0, 2.0],
        values: vec![0.0, 100.0],
    };
    let inputs = [
        Value::PerFuture(&[1.0, 10.0]),
        Value::PerFuture(&[0.0, 0.5]),
        Value::Schedule(&schedule),
        Value::Uniform(4.0),
    ];
    let found = run(&draft, &request, &inputs, 2);
    // Before the schedule begins, the lever keeps the model's 5.
    assert_eq!(
        found.series[0],
        [0.0, 7.0, 9.0, 111.0, 213.0, 0.5, 25.5, 45.5, 165.5, 285.5]
    );
    assert_eq!(found.times, [0.0, 1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn a_broken_future_is_a_row() {
    let mut draft = Draft::new(0.0, 10.0, 1.0);
    draft.is("rate", n(0.0)).stock("fine", n(1.0), n(0.0));
    draft.stock("x", call(Function::Sqrt, [v("rate") - Tree::Time]), n(0.0));
    let request = Request {
        inputs: vec![Input {
            target: InputTarget::Variable(draft.id("rate")),
            binding: Binding::PerFuture,
        }],
        metrics: ["fine", "x"]
            .map(|name| Metric {
                variable: draft.id(name),
                element: 0,
                reducer: Reducer::Final,
                window: Window::default(),
            })
            .into(),
        ..Request::default()
    };
    let found = run(&draft, &request, &[Value::PerFuture(&[20.0, 4.5, 20.0])], 3);
    assert_eq!(found.status[0], RunStatus::Ok);
    // The root of a negative number is taken at time 5, and stands in the stock at 6.
    assert_eq!(
        found.status[1],
        RunStatus::NonFinite {
            variable: draft.id("x"),
            time: 6.0
        }
    );
    assert_eq!(found.status[2], RunStatus::Ok);
    assert!(found.metrics[0][1].is_nan() && found.metrics[1][1].is_nan());
    assert_eq!(found.metrics[0][2], 10.0);
}

#[test]
fn a_metric_that_sees_a_nan_breaks_its_future() {
    let mut draft = Draft::new(0.0, 4.0, 1.0);
    draft.is("x", call(Function::Ln, [Tree::Time - n(1.5)]));
    for reducer in [
        Reducer::Max,
        Reducer::Min,
        Reducer::TimeAbove(0.0),
        Reducer::FirstAbove(0.0),
        Reducer::Mean,
    ] {
        let metric = |from| Metric {
            variable: draft.id("x"),
            element: 0,
            reducer,
            window: Window { from, to: None },
        };
        let request = Request {
            metrics: vec![metric(Some(1.0))],
            ..Request::default()
        };
        let found = run(&draft, &request, &[], 1);
        assert_eq!(
            found.status[0],
            RunStatus::NonFinite {
                variable: draft.id("x"),
                time: 1.0
            },
            "{reducer:?}"
        );
        let request = Request {
            metrics: vec![metric(Some(2.0))],
            ..Request::default()
        };
        assert_eq!(
            run(&draft, &request, &[], 1).status[0],
            RunStatus::Ok,
            "{reducer:?}"
        );
    }
}

#[test]
fn time_that_inputs_stop_breaks_every_future() {
    let mut draft = Draft::new(0.0, 4.0, 1.0);
    draft.stock("x", n(1.0), n(0.0));
    let request = Request {
        inputs: vec![Input {
            target: InputTarget::Variable(draft.id("TIME STEP")),
            binding: Binding::Uniform,
        }],
        series: vec![draft.id("x")],
        ..Request::default()
    };
    let found = run(&draft, &request, &[Value::Uniform(0.0)], 2);
    assert!(found.status.iter().all(|status| *status != RunStatus::Ok));
    assert!(found.times.is_empty());
}
