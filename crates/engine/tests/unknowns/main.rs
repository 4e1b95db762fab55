//! Equations that need themselves, `SIMULTANEOUS` and `FIND ZERO`: solutions that are known, the same bits from every evaluator, and no
//! number where there is no solution.

#![allow(
    clippy::disallowed_methods,
    reason = "the expected values are computed in another way"
)]

#[path = "../support/text.rs"]
mod text;

use engine::{
    Batch, Binding, Choice, Evaluator, Input, InputTarget, Metric, Reducer, Request, RunStatus, Scratch,
    Value, Window, lower, scalar,
};
use model::{Integration, Model};
use text::{ONE, in_both, request, run};

fn read(text: &str) -> Model {
    let text =
        format!("{text}\nINITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n");
    text::model("model.mdl", &text)
}

/// The elements of `y` at each time.
fn series(text: &str) -> Vec<Vec<f64>> {
    let model = read(text);
    run(&model, &request(&model, &["y"]))
}

fn check(text: &str, expected: &[&[f64]]) {
    let found = series(text);
    assert_eq!(found.len(), expected.len(), "{text}");
    for (found, expected) in found.iter().zip(expected) {
        let near = |(found, expected): (&f64, &f64)| (found - expected).abs() <= 1e-9 * expected.abs();
        assert!(
            found.len() == expected.len() && found.iter().zip(*expected).all(near),
            "{text}: {found:?}, not {expected:?}"
        );
    }
}

/// The solution of `x = g(x)` by halving, `g(x) - x` falling from `low` to `high`.
fn halved(g: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if g(middle) > middle {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[test]
fn what_equals_an_expression_of_itself() {
    let dottie = halved(f64::cos, 0.0, 1.0);
    check("y = SIMULTANEOUS(COS(y), 1) ~~|", &[&[dottie; 5]]);
    // Through others, differently at each time, and within an expression.
    let at = |time: f64| 2.0 + halved(|x| (3.0 + time) / (1.0 + x * x), 0.0, 9.0);
    check(
        "y = 2 + SIMULTANEOUS(a / b, 0.5) ~~|\na = 3 + Time ~~|\nb = 1 + (y - 2) ^ 2 ~~|",
        &[&[at(0.0), at(1.0), at(2.0), at(3.0), at(4.0)]],
    );
    // A table in the loop, as in Vensim's example of telephone calls.
    check(
        "y = SIMULTANEOUS(calls / 80, 0.8) ~~|\ncalls = 100 * effect(y) ~~|\neffect((0,1),(1,0.8),(2,0.2)) ~~|",
        &[&[1.0; 5]],
    );
    // Slowly, where plain rounds would take thousands.
    check("y = SIMULTANEOUS(0.999 * y + 0.002, 0) ~~|", &[&[2.0; 5]]);
    // Nothing and small numbers.
    check("y = 1 + SIMULTANEOUS((y - 1) / 3, 7) ~~|", &[&[1.0; 5]]);
    check(
        "y = SIMULTANEOUS(y / 2 + 1e-9 * (1 + Time), 0) ~~|",
        &[&[2e-9, 4e-9, 6e-9, 8e-9, 1e-8]],
    );
    // No loop at all.
    check(
        "x = 3 ~~|\ny = SIMULTANEOUS(x + Time, 7) ~~|",
        &[&[3.0, 4.0, 5.0, 6.0, 7.0]],
    );
}

#[test]
fn several_need_each_other() {
    // x = y / 2 + 1, y = x / 4 + Time: x = (1 + Time / 2) * 8 / 7.
    let x = |time: f64| (1.0 + time / 2.0) * 8.0 / 7.0;
    check(
        "y = SIMULTANEOUS(z / 2 + 1, 0) ~~|\nz = SIMULTANEOUS(y / 4 + Time, 0) ~~|",
        &[&[x(0.0), x(1.0), x(2.0), x(3.0), x(4.0)]],
    );
    // One after the other: what the second needs of the first is known by then.
    check(
        "a = SIMULTANEOUS(a / 2 + Time, 1) ~~|\ny = SIMULTANEOUS(y / (2 + a) + 1, a) ~~|",
        &[&[2.0, 4.0 / 3.0, 1.2, 8.0 / 7.0, 10.0 / 9.0]],
    );
    // Each element by itself, and elements that need their neighbours.
    check(
        "r: a, b ~~|\nx[r] = 1, 2 ~~|\ny[r] = SIMULTANEOUS(y[r] / 4 + x[r], 0) ~~|",
        &[&[4.0 / 3.0; 5], &[8.0 / 3.0; 5]],
    );
    check(
        "r: a, b ~~|\ny[a] = SIMULTANEOUS(y[b] / 2 + 1, 0) ~~|\ny[b] = SIMULTANEOUS(y[a] / 2, 0) ~~|",
        &[&[4.0 / 3.0; 5], &[2.0 / 3.0; 5]],
    );
}

#[test]
fn stocks_start_from_solutions_and_go_along_them() {
    // x = s / 2 + x / 2 is s; a stock that grows by itself, from a solution.
    let text = "start = SIMULTANEOUS(start / 2 + 1, 0) ~~|\ny = INTEG(x, start) ~~|\nx = SIMULTANEOUS(y / 2 + x / 2, 0) ~~|";
    check(text, &[&[2.0, 4.0, 8.0, 16.0, 32.0]]);
    // Runge and Kutta's method looks at solutions within a step.
    let model = read(text);
    let of = Request {
        integration: Some(Integration::Rk4),
        ..request(&model, &["y"])
    };
    let program = lower(&model, &of).expect("it is smooth");
    let found = scalar::run(&program, &ONE).series.remove(0);
    let grown = 1.0 + 1.0 + 0.5 + 1.0 / 6.0 + 1.0 / 24.0;
    assert!((found[1] / 2.0 - grown).abs() < 1e-8, "{found:?}");
}

#[test]
fn what_makes_expressions_zero() {
    let text = "s: a, b ~~|\none[s] = 1 ~~|\ny[s] = FIND ZERO(one[s], z[s], one[s], one[s], ELMCOUNT(s), 0, 1e-9, 100, 1) ~~|\n";
    let (a, b) = (2.0_f64.sqrt(), 3.0 / 2.0_f64.sqrt());
    check(
        &format!("{text}z[a] = y[a] ^ 2 - 2 ~~|\nz[b] = y[a] * y[b] - 3 ~~|"),
        &[&[a; 5], &[b; 5]],
    );
    // Neither equation needs its own unknown.
    check(
        &format!("{text}z[a] = EXP(y[b]) - 2 - Time ~~|\nz[b] = LN(y[a]) - y[b] ~~|"),
        &[
            &[2.0, 3.0, 4.0, 5.0, 6.0],
            &[
                2.0_f64.ln(),
                3.0_f64.ln(),
                4.0_f64.ln(),
                5.0_f64.ln(),
                6.0_f64.ln(),
            ],
        ],
    );
    // A guess from which a whole step of Newton's method leads far away.
    check(
        &format!(
            "{}z[s] = ARCTAN(y[s] - 3) ~~|",
            text.replace("one[s], one[s], ELM", "one[s], far[s], ELM")
        )
        .replace("one[s] = 1 ~~|", "one[s] = 1 ~~|\nfar[s] = 20 ~~|"),
        &[&[3.0; 5], &[3.0; 5]],
    );
    // Only the last subscript is solved together.
    check(
        "r: u, v ~~|\ns: a, b ~~|\none[r,s] = 1 ~~|\ny[r,s] = FIND ZERO(one[r,s], z[r,s], one[r,s], one[r,s], 2, 0, 1e-9, 100, 1) ~~|\n\
         goal[u] = 4 ~~|\ngoal[v] = 9 ~~|\nz[r,a] = y[r,a] * y[r,b] - goal[r] ~~|\nz[r,b] = y[r,a] - y[r,b] ~~|",
        &[&[2.0; 5], &[2.0; 5], &[3.0; 5], &[3.0; 5]],
    );
}

#[test]
fn what_has_no_solution_is_not_made_up() {
    for text in [
        "y = SIMULTANEOUS(y + 1, 0) ~~|",
        "y = SIMULTANEOUS(EXP(y), 0) ~~|",
        "s: a, b ~~|\none[s] = 1 ~~|\nx[s] = FIND ZERO(one[s], z[s], one[s], one[s], 2, 0, 1e-6, 100, 1) ~~|\nz[s] = x[s] ^ 2 + 1 ~~|\ny = x[a] ~~|",
    ] {
        assert!(series(text)[0].iter().all(|value| value.is_nan()), "{text}");
        // The future ends as broken, and is counted.
        let model = read(text);
        let of = Request {
            metrics: vec![Metric {
                variable: model.find("y").expect("it is there"),
                element: 0,
                reducer: Reducer::Final,
                window: Window::default(),
            }],
            ..Request::default()
        };
        let program = lower(&model, &of).expect("it can be lowered");
        let status = scalar::run(&program, &ONE).status[0];
        assert!(
            matches!(status, RunStatus::NonFinite { .. }),
            "{text}: {status:?}"
        );
    }
}

#[test]
fn what_cannot_be_solved_is_told() {
    for (text, message) in [
        (
            "y = SIMULTANEOUS(z / 2, z) ~~|\nz = SIMULTANEOUS(y / 2, 0) ~~|",
            "its initial guess, or a scale, depends on itself",
        ),
        (
            "s: a, b, c ~~|\none[s] = 1 ~~|\ny[s] = FIND ZERO(one[s], z[s], one[s], one[s], 2, 0, 1e-6, 100, 1) ~~|\nz[s] = y[s] - 1 ~~|",
            "its number of elements is not that of its last subscript",
        ),
        (
            "s: a, b ~~|\none[s] = 1 ~~|\ny[s] = FIND ZERO(one[s], z[s], one[s], one[s], 2, 1, 1e-6, 100, 1) ~~|\nz[s] = y[s] - 1 ~~|",
            "none to skip",
        ),
        (
            "s: (s1-s40) ~~|\ny[s] = SIMULTANEOUS(SUM(y[s!]) / 80 + 1, 0) ~~|",
            "40 unknowns need each other, and at most 12 are solved together",
        ),
        (
            "s: (s1-s2000) ~~|\ny[s] = SIMULTANEOUS(y[s] / (1 + s) + 1, 0) ~~|",
            "and a model may have 2000000 in all",
        ),
        (
            "y = INTEG(1, 0) ~~|\nr: a, b ~~|\nx[r] = SIMULTANEOUS(y, 0) ~~|\nz = SUM(x[r!]) ~~|",
            "",
        ),
    ] {
        let model = read(text);
        let told = match lower(&model, &request(&model, &["y"])) {
            Ok(_) => String::new(),
            Err(problems) => {
                let code = problems.items[0].code;
                assert!(code == "unsolvable" || code == "vector-function", "{code}");
                problems.items[0].message.clone()
            }
        };
        assert!(
            told.contains(message) && told.is_empty() == message.is_empty(),
            "{text}: {told}"
        );
    }
}

/// Futures that differ in what they solve run as if each ran alone, in machine code too, and with fast numerics nearly so.
#[test]
fn many_futures_are_as_many_runs() {
    let model = read(
        "speed = 2 ~~|\npart = 0.5 ~~|\ns: a, b ~~|\none[s] = 1 ~~|\nx[s] = FIND ZERO(one[s], z[s], one[s], one[s], 2, 0, 1e-6, 100, 1) ~~|\n\
         z[a] = x[a] ^ 3 + x[b] - speed * stock ~~|\nz[b] = x[b] - part * x[a] ~~|\nstock = INTEG(y - part * stock, speed) ~~|\n\
         y = SIMULTANEOUS(x[a] / (1 + y * y), part) ~~|",
    );
    let target = |name: &str| InputTarget::Variable(model.find(name).expect("it is there"));
    let of = Request {
        inputs: ["speed", "part"]
            .map(|name| Input {
                target: target(name),
                binding: Binding::PerFuture,
            })
            .into(),
        metrics: vec![Metric {
            variable: model.find("stock").expect("it is there"),
            element: 0,
            reducer: Reducer::Final,
            window: Window::default(),
        }],
        ..request(&model, &["y"])
    };
    let program = lower(&model, &of).expect("it can be lowered");
    let futures: Vec<u64> = (0..64).collect();
    let columns: [Vec<f64>; 2] = [
        (0..64)
            .map(|future| 0.5 + f64::from(future * 7 % 64) / 16.0)
            .collect(),
        (0..64).map(|future| f64::from(future * 11 % 64) / 80.0).collect(),
    ];
    let inputs: Vec<Value> = columns.iter().map(|column| Value::PerFuture(column)).collect();
    let batch = Batch {
        seed: 0,
        futures: &futures,
        inputs: &inputs,
    };
    let expected = in_both(&program, &batch);
    assert!(expected.status.iter().all(|status| *status == RunStatus::Ok));
    let only_metrics = lower(
        &model,
        &Request {
            series: Vec::new(),
            ..of
        },
    )
    .expect("it can be lowered");
    for choice in [Choice::Block, Choice::Native] {
        let evaluator = Evaluator::new(only_metrics.clone(), choice);
        let found = evaluator.run(&batch, &mut Scratch::default());
        let same = expected.metrics[0]
            .iter()
            .zip(&found.metrics[0])
            .all(|(a, b)| a.to_bits() == b.to_bits());
        assert!(same, "{}", evaluator.name());
    }
}
