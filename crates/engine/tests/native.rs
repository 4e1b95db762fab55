//! Machine code against the reference, operation by operation, on ordinary and awkward numbers, at every level of this machine and
//! with every number of groups hand in hand.

#![cfg(all(feature = "native", target_arch = "x86_64"))]

mod support;

use engine::{
    Batch, Binding, Choice, Evaluator, Input, InputTarget, Metric, Outputs, Reducer, Request, Scratch, Value,
    Window, block, lower, math, native, scalar,
};
use model::{BinaryOp, Function, Integration, Table, UnaryOp};
use support::{Draft, Tree, call, n, op, v};

const NUMBERS: [f64; 27] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    0.5,
    3.0,
    -2.5,
    7.25,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    5e-324,
    -1e-310,
    1e-6,
    -9.999e-7,
    1e300,
    -1e-300,
    4503599627370496.5,
    9007199254740993.0,
    1e9,
    0.1,
    709.8,
    -745.2,
];

/// Every pair of numbers, as the futures of the inputs `a` and `b`.
fn pairs() -> [Vec<f64>; 2] {
    let pairs = NUMBERS.iter().flat_map(|a| NUMBERS.iter().map(move |b| (*a, *b)));
    let (a, b) = pairs.unzip();
    [a, b]
}

/// A model of four steps with the inputs `a` and `b`, and `p` and `q`, which hold the same numbers but might change from step to step:
/// what depends on inputs alone is not computed in steps.
fn draft() -> Draft {
    let mut draft = Draft::new(0.0, 2.0, 0.5);
    let never = op(BinaryOp::Less, Tree::Time, n(-1.0));
    let held = |name: &str| call(Function::SampleIfTrue, [never.clone(), n(0.0), v(name)]);
    let (p, q) = (held("a"), held("b"));
    draft.is("a", n(1.0)).is("b", n(1.0)).is("p", p).is("q", q);
    draft
}

fn bits(outputs: &Outputs) -> (Vec<Vec<u64>>, String) {
    let columns = outputs.metrics.iter().chain(&outputs.series);
    let bits = |column: &Vec<f64>| column.iter().map(|value| value.to_bits()).collect();
    (columns.map(bits).collect(), format!("{:?}", outputs.status))
}

/// Runs a model over pairs of inputs in every way; its variables are stored and measured.
fn check(what: &str, draft: &Draft, [a, b]: &[Vec<f64>; 2]) {
    let inputs = ["a", "b"].map(|name| Input {
        target: InputTarget::Variable(draft.id(name)),
        binding: Binding::PerFuture,
    });
    let variables: Vec<_> = draft.rules[8..]
        .iter()
        .filter(|(_, rule)| !matches!(rule, support::Rule::Table(_)))
        .map(|(name, _)| draft.id(name))
        .collect();
    let reducers = [
        Reducer::Final,
        Reducer::At(1.0),
        Reducer::Mean,
        Reducer::Min,
        Reducer::Max,
        Reducer::Integral,
        Reducer::TimeAbove(0.5),
        Reducer::TimeBelow(0.5),
        Reducer::LongestAbove(0.5),
        Reducer::LongestBelow(0.5),
        Reducer::FirstAbove(0.5),
    ];
    let metric = |(place, variable): (usize, &model::VarId)| {
        let reducers = if variables.len() > reducers.len() {
            &reducers[place % reducers.len()..][..1]
        } else {
            &reducers[..]
        };
        let of = |reducer: &Reducer| Metric {
            variable: *variable,
            element: 0,
            reducer: *reducer,
            window: Window::default(),
        };
        reducers.iter().map(of).collect::<Vec<_>>()
    };
    let metrics: Vec<Metric> = variables.iter().enumerate().flat_map(metric).collect();
    let futures: Vec<u64> = (0..a.len() as u64).map(|row| row << 31 | row).collect();
    for (series, integration) in [
        (true, Integration::Euler),
        (false, Integration::Euler),
        (false, Integration::Midpoint),
        (true, Integration::Heun),
        (false, Integration::Rk4),
    ] {
        let request = Request {
            inputs: inputs.to_vec(),
            metrics: metrics.clone(),
            series: if series { variables.clone() } else { Vec::new() },
            integration: Some(integration),
            ..Request::default()
        };
        let program = lower(&draft.model(), &request).expect("a model that can be lowered");
        let batch = Batch {
            seed: 5,
            futures: &futures,
            inputs: &[Value::PerFuture(a), Value::PerFuture(b)],
        };
        let expected = bits(&scalar::run(&program, &batch));
        for level in block::Level::available() {
            let turns = |together, resident| Some(native::Turns { together, resident });
            for turns in [
                None,
                turns(1, false),
                turns(2, false),
                turns(4, false),
                turns(1, true),
                turns(3, true),
                turns(6, true),
            ] {
                let native = match native::compile_with(&program, level, turns) {
                    Ok(native) => native,
                    Err(native::Refusal::Instructions(_)) => continue,
                    Err(refusal) => panic!("{what}: {refusal}"),
                };
                let found = native::run(&program, &native, &batch, &mut native::Scratch::new(200));
                assert!(
                    bits(&found) == expected,
                    "{what} ({}, {turns:?}, {integration:?})",
                    level.name()
                );
            }
        }
    }
}

/// One expression of `p` and `q`, and a stock that integrates it.
fn check_tree(what: &str, tree: Tree) {
    let mut draft = draft();
    draft.is("x", tree).stock("s", v("x"), v("b"));
    check(what, &draft, &pairs());
}

#[test]
fn operators() {
    use BinaryOp::{
        Add, And, Divide, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Multiply, NotEqual, Or, Power,
        Subtract,
    };
    for operator in [
        Add,
        Subtract,
        Multiply,
        Divide,
        Power,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Equal,
        NotEqual,
        And,
        Or,
    ] {
        check_tree(&format!("{operator:?}"), op(operator, v("p"), v("q")));
        for number in [0.0, -0.0, 0.25, 3.0, f64::INFINITY] {
            check_tree(&format!("{operator:?} {number}"), op(operator, v("p"), n(number)));
            check_tree(&format!("{number} {operator:?}"), op(operator, n(number), v("p")));
        }
    }
    for operator in [UnaryOp::Negate, UnaryOp::Not] {
        check_tree(&format!("{operator:?}"), Tree::Unary(operator, Box::new(v("p"))));
    }
}

#[test]
fn functions() {
    use Function::{
        Abs, Arccos, Arcsin, Arctan, Cos, Cosh, Exp, IfThenElse, Integer, Ln, Log, Log10, Max, Min, Modulo,
        Power, Quantum, Sin, Sinh, Sqrt, Tan, Tanh, Xidz, Zidz,
    };
    for function in [
        Abs, Exp, Ln, Log10, Sqrt, Sin, Cos, Tan, Arcsin, Arccos, Arctan, Sinh, Cosh, Tanh, Integer,
    ] {
        check_tree(&format!("{function:?}"), call(function, [v("p")]));
    }
    for function in [Log, Modulo, Quantum, Power, Min, Max, Zidz] {
        check_tree(&format!("{function:?}"), call(function, [v("p"), v("q")]));
    }
    // Half of it known before the first step.
    for function in [Log, Modulo, Quantum, Power, Min, Max, Zidz] {
        check_tree(
            &format!("{function:?} of an input"),
            call(function, [v("a"), v("q")]),
        );
        check_tree(
            &format!("{function:?} by an input"),
            call(function, [v("p"), v("b")]),
        );
    }
    for function in [Min, Max] {
        for number in [0.0, -0.0, 1.0, f64::NAN, f64::NEG_INFINITY] {
            check_tree(
                &format!("{function:?} {number}"),
                call(function, [v("p"), n(number)]),
            );
            check_tree(
                &format!("{number} {function:?}"),
                call(function, [n(number), v("p")]),
            );
        }
    }
    for function in [IfThenElse, Xidz] {
        check_tree(
            &format!("{function:?}"),
            call(function, [v("p"), v("q"), v("p") - v("q")]),
        );
    }
    let less = op(BinaryOp::Less, v("p"), v("q"));
    check_tree("a branch", call(IfThenElse, [less, n(0.0), v("q")]));
}

/// Machine code scales by powers of two and takes the rests of products in instructions of its own: over all magnitudes, where results
/// become subnormal, and where a product is too small for its rest.
#[test]
fn exponentials_and_logarithms_at_every_magnitude() {
    // Bits of a multiplicative sequence: every exponent, every sign, every mantissa.
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state ^ state >> 29
    };
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for place in 0..4000_u64 {
        let (x, y) = (f64::from_bits(next()), f64::from_bits(next()));
        let share = (next() >> 11) as f64 / (1_u64 << 53) as f64;
        let near_one = 1.0 + (share - 0.5) * f64::from_bits((1023 - place % 53) << 52);
        let (x, y) = match place % 5 {
            0 => (x, y),
            1 => (near_one, y),
            // Results from subnormal to infinite.
            2 => (x.abs(), 1040.0 * (share - 0.5) / math::ln(x.abs())),
            3 => (share * 1500.0 - 750.0, share),
            _ => (share * 40.0, share * 6.0 - 3.0),
        };
        a.push(x);
        b.push(y);
    }
    let mut draft = draft();
    let small = call(Function::Ln, [v("p")]) * v("q");
    draft
        .is("power", call(Function::Power, [v("p"), v("q")]))
        .is("exponential", call(Function::Exp, [v("p")]))
        .is("logarithm", call(Function::Ln, [v("p")]))
        .is("decimal", call(Function::Log10, [v("p")]))
        .is("to a base", call(Function::Log, [v("p"), v("q")]))
        .is("of a product", call(Function::Exp, [small]))
        .is("hyperbolic", call(Function::Sinh, [v("p")]))
        .is("larger", call(Function::Max, [v("p"), v("q")]));
    check("every magnitude", &draft, &[a, b]);
}

#[test]
fn tables_of_every_size() {
    for count in [1, 2, 7, 8, 9, 16, 17, 40] {
        for extrapolate in [false, true] {
            let x: Vec<f64> = (0..count).map(|place| f64::from(place / 2 * 2) - 3.0).collect();
            let table = Table {
                y: x.iter().map(|x| x * x * 0.3 - 1.0).collect(),
                x,
                extrapolate,
            };
            let at = Tree::WithLookup(Box::new(v("p")), table);
            check_tree(&format!("a table of {count}"), at);
        }
    }
}

#[test]
fn noise_depends_on_futures_and_steps() {
    let mut draft = draft();
    let uniform = call(Function::RandomUniform, [v("a"), v("b"), n(1.0)]);
    let normal = call(Function::RandomNormal, [v("a"), v("b"), n(0.5), v("b"), n(2.0)]);
    draft
        .is("x", uniform)
        .is("y", normal)
        .stock("s", v("x") - v("y"), v("a"));
    check("noise", &draft, &pairs());
}

#[test]
fn delays_and_samples_of_every_length() {
    let mut draft = draft();
    let delayed = |by: Tree| call(Function::DelayFixed, [v("s"), by, v("a")]);
    draft
        .is("same for all", delayed(n(1.0)))
        .is("beyond the end", delayed(n(9.0)))
        .is("by future", delayed(v("b")))
        .is(
            "sample",
            call(Function::SampleIfTrue, [v("s") - v("a"), v("s"), v("b")]),
        )
        .is("smooth", call(Function::Smooth3, [v("s"), v("b")]))
        .stock("s", v("same for all") + v("b") * Tree::Time, v("a"));
    check("delays", &draft, &pairs());
}

#[test]
fn more_values_than_registers() {
    let mut draft = draft();
    let mut sums = [n(0.0), n(0.0), n(0.0)];
    for place in 0..90 {
        let name = format!("x{place}");
        let factor = v("a") * n(f64::from(place) + 0.5);
        let less = op(BinaryOp::Less, factor.clone(), v("s"));
        draft.is(&name, call(Function::IfThenElse, [less, v("s"), factor]));
        let weight = n(f64::from(place * 37 % 90));
        sums = [
            sums[0].clone() + v(&name),
            v(&name) * weight - sums[1].clone(),
            call(Function::Max, [sums[2].clone(), v(&name)]),
        ];
    }
    let [sum, weighted, greatest] = sums;
    draft
        .is("sum", sum)
        .is("weighted", weighted)
        .is("greatest", greatest)
        .stock("s", v("sum") / (v("weighted") + v("greatest")), v("b"));
    check("many values", &draft, &pairs());
}

#[test]
fn the_evaluator_says_what_it_is() {
    let draft = {
        let mut draft = draft();
        draft.stock("s", v("a"), v("b"));
        draft
    };
    let request = Request {
        series: vec![draft.id("s")],
        ..Request::default()
    };
    let batch = Batch {
        seed: 0,
        futures: &[1, 2, 3],
        inputs: &[],
    };
    let has_code = native::compile(
        &lower(&draft.model(), &request).expect("a program"),
        block::Level::best(),
    )
    .is_ok();
    let expected = [
        (Choice::Scalar, "scalar reference"),
        (Choice::Block, "block interpreter, "),
        (
            Choice::Native,
            if has_code {
                "machine code, "
            } else {
                "block interpreter, "
            },
        ),
        (
            Choice::Auto,
            if has_code {
                "machine code, "
            } else {
                "block interpreter, "
            },
        ),
    ];
    let mut all = Vec::new();
    for (choice, name) in expected {
        let program = lower(&draft.model(), &request).expect("a program");
        let evaluator = Evaluator::new(program, choice);
        assert!(
            evaluator.name().starts_with(name),
            "{choice:?}: {}",
            evaluator.name()
        );
        all.push(bits(&evaluator.run(&batch, &mut Scratch::default())));
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_program_too_long_for_code_is_left_to_the_interpreter() {
    let mut draft = draft();
    // The time makes it work of each step.
    draft.is("x0", v("a") * Tree::Time);
    for part in 0..100 {
        let mut tree = v(&format!("x{part}"));
        for place in 0..40 {
            tree = call(Function::Sin, [tree * n(f64::from(part * 40 + place) + 1.5)]);
        }
        draft.is(&format!("x{}", part + 1), tree);
    }
    let request = Request {
        inputs: vec![Input {
            target: InputTarget::Variable(draft.id("a")),
            binding: Binding::PerFuture,
        }],
        metrics: vec![Metric {
            variable: draft.id("x100"),
            element: 0,
            reducer: Reducer::Max,
            window: Window::default(),
        }],
        ..Request::default()
    };
    let program = lower(&draft.model(), &request).expect("a program");
    let name = Evaluator::new(program, Choice::Native).name();
    assert!(name.starts_with("block interpreter, "), "{name}");
}
