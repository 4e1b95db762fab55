//! Fast numerics: which operations are left, how near the exact results they stay, and that a run that breaks is found to be broken.

#[path = "support/text.rs"]
mod text;

use engine::{
    Batch, Binding, Input, InputTarget, Metric, Numerics, Outputs, Program, Reducer, Request, RunStatus,
    Value, Window, lower, show,
};
use model::Model;
use text::{in_both, model};

/// An epidemic in two places: what falls ill leaves one stock and enters another, which is left in two ways.
const EPIDEMIC: &str = "
place: north, south ~~|
contacts[place] = 0.3, 0.4 ~~|
duration = 5 ~~|
dying = 0.01 ~~|
falling ill[place] = contacts[place] * well[place] * ill[place] / 1000 ~~|
well[place] = INTEG(-falling ill[place], 1000) ~~|
ill[place] = INTEG(falling ill[place] - ill[place] / duration - ill[place] * dying, 5) ~~|
again well[place] = INTEG(ill[place] / duration, 0) ~~|
total = SUM(again well[place!]) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 100 ~~|
TIME STEP = 0.125 ~~|
SAVEPER = TIME STEP ~~|
";

fn request(model: &Model, inputs: &[&str], metrics: &[(&str, Reducer)], numerics: Numerics) -> Request {
    let find = |name: &str| model.find(name).unwrap_or_else(|| panic!("no `{name}`"));
    let input = |name: &&str| Input {
        target: InputTarget::Variable(find(name)),
        binding: Binding::PerFuture,
    };
    let metric = |(name, reducer): &(&str, Reducer)| Metric {
        variable: find(name),
        element: 0,
        reducer: *reducer,
        window: Window::default(),
    };
    Request {
        inputs: inputs.iter().map(input).collect(),
        metrics: metrics.iter().map(metric).collect(),
        numerics,
        ..Request::default()
    }
}

/// The same from every evaluator.
fn run(program: &Program, batch: &Batch) -> Outputs {
    let expected = in_both(program, batch);
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    for level in engine::block::Level::available() {
        if let Ok(code) = engine::native::compile(program, level) {
            let found = engine::native::run(program, &code, batch, &mut engine::native::Scratch::default());
            assert_eq!(bits(&expected), bits(&found));
            assert_eq!(expected.status, found.status);
        }
    }
    let blocks = engine::block::run(program, batch, &mut engine::block::Scratch::default());
    assert_eq!(bits(&expected), bits(&blocks));
    assert_eq!(expected.status, blocks.status);
    expected
}

fn bits(outputs: &Outputs) -> Vec<Vec<u64>> {
    let column = |column: &Vec<f64>| column.iter().map(|value| value.to_bits()).collect();
    outputs.metrics.iter().map(column).collect()
}

const SEEN: [(&str, Reducer); 3] = [
    ("ill", Reducer::Max),
    ("total", Reducer::Final),
    ("well", Reducer::Min),
];

#[test]
fn a_stock_grows_at_once_by_what_is_a_share_of_itself() {
    let model = model("epidemic.mdl", EPIDEMIC);
    let program = lower(&model, &request(&model, &["duration"], &SEEN, Numerics::Fast)).expect("it runs");
    insta::assert_snapshot!(show(&program, &model, &|_| String::new()));
}

#[test]
fn growth_at_once_stays_near_the_exact_numbers() {
    let model = model("epidemic.mdl", EPIDEMIC);
    let durations: Vec<f64> = (0..100).map(|number| 3.0 + 0.05 * f64::from(number)).collect();
    let futures: Vec<u64> = (0..100).collect();
    let batch = Batch {
        seed: 0,
        futures: &futures,
        inputs: &[Value::PerFuture(&durations)],
    };
    let [exact, fast] = [Numerics::Exact, Numerics::Fast].map(|numerics| {
        let program = lower(&model, &request(&model, &["duration"], &SEEN, numerics)).expect("it runs");
        run(&program, &batch)
    });
    for (exact, fast) in exact.metrics.iter().flatten().zip(fast.metrics.iter().flatten()) {
        assert!((exact - fast).abs() <= 1e-11 * exact.abs(), "{exact} {fast}");
    }
}

#[test]
fn a_stock_that_breaks_unseen_breaks_its_run() {
    let text = "
growth = 0.1 ~~|
x = INTEG(x * x * growth, 1) ~~|
y = INTEG(IF THEN ELSE(x > 2, 1, 0), 0) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 60 ~~|
TIME STEP = 1 ~~|
SAVEPER = 1 ~~|
";
    let model = model("square.mdl", text);
    let batch = Batch {
        seed: 0,
        futures: &[0, 1],
        inputs: &[Value::PerFuture(&[0.1, 0.001])],
    };
    for numerics in [Numerics::Exact, Numerics::Fast] {
        let request = request(&model, &["growth"], &[("y", Reducer::Final)], numerics);
        let found = run(&lower(&model, &request).expect("it runs"), &batch);
        assert!(
            matches!(found.status[0], RunStatus::NonFinite { variable, .. } if Some(variable) == model.find("x")),
            "{numerics:?}: {:?}",
            found.status
        );
        assert_eq!(found.status[1], RunStatus::Ok, "{numerics:?}");
    }
}

#[test]
fn a_metric_of_a_stock_ends_where_the_stock_breaks() {
    let text = "
start = 1 ~~|
x = INTEG(LN(start - Time), 1) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 40 ~~|
TIME STEP = 1 ~~|
SAVEPER = 1 ~~|
";
    let model = model("logarithm.mdl", text);
    let batch = Batch {
        seed: 0,
        futures: &[0, 1, 2],
        inputs: &[Value::PerFuture(&[10.5, 50.0, 38.5])],
    };
    let reducers = [
        Reducer::Max,
        Reducer::Min,
        Reducer::Final,
        Reducer::Mean,
        Reducer::TimeAbove(2.0),
        Reducer::LongestBelow(2.0),
    ];
    for reducer in reducers {
        for numerics in [Numerics::Exact, Numerics::Fast] {
            let mut request = request(&model, &["start"], &[("x", reducer)], numerics);
            // The window may be over before the stock breaks: the run is broken all the same.
            for to in [None, Some(20.0), Some(5.0)] {
                request.metrics[0].window = Window { from: None, to };
                let found = run(&lower(&model, &request).expect("it runs"), &batch);
                let broke: Vec<bool> = found
                    .status
                    .iter()
                    .map(|status| *status != RunStatus::Ok)
                    .collect();
                assert_eq!(broke, [true, false, true], "{reducer:?} {numerics:?} {to:?}");
                assert!(found.metrics[0][0].is_nan() && found.metrics[0][1].is_finite());
            }
        }
    }
}
