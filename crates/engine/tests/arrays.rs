//! Arrays: operations on ranges of elements.

mod support;

use engine::{
    Batch, Binding, Input, InputTarget, Metric, Reducer, Request, Value, Window, block, lower, scalar, show,
};
use model::{Function, Integration, ReducedIndex, Reduction, Subscript};
use support::{Draft, Rule, Tree, call, n, v};

/// `name[dimension]`, following the left-hand side's first dimension.
fn along(name: &str, count: u32) -> Tree {
    let positions = (0..count).collect();
    Tree::Element(name.to_owned(), vec![Subscript::Follows { left: 0, positions }])
}

fn all(count: u32) -> Vec<Vec<u32>> {
    vec![(0..count).collect()]
}

/// Ten stocks, each fed by the one before it, smoothed and delayed.
fn chain(count: u32) -> Draft {
    let mut draft = Draft::new(0.0, 8.0, 0.5);
    draft.dimensions.push(count);
    let weights = (0..count).map(|element| (vec![vec![element]], Rule::Is(n(f64::from(element) + 1.0))));
    let weights = weights.collect();
    draft.rule("weight", Rule::Array(vec![0], weights));
    draft.is("feed", n(2.0));
    let flow = along("weight", count) * v("feed") - along("stock", count) / n(4.0);
    draft.rule("flow", Rule::Array(vec![0], vec![(all(count), Rule::Is(flow))]));
    let stock = Rule::Stock {
        rate: along("flow", count),
        initial: along("weight", count),
    };
    draft.rule("stock", Rule::Array(vec![0], vec![(all(count), stock)]));
    let smooth = call(Function::Smooth3, [along("flow", count), along("weight", count)]);
    draft.rule(
        "smooth",
        Rule::Array(vec![0], vec![(all(count), Rule::Is(smooth))]),
    );
    let ring = call(
        Function::DelayFixed,
        [along("stock", count), along("weight", count) / v("feed"), n(0.0)],
    );
    draft.rule("ring", Rule::Array(vec![0], vec![(all(count), Rule::Is(ring))]));
    // The first element is a number, each further one builds on its neighbour.
    let shifted = Subscript::Follows {
        left: 0,
        positions: (0..count).map(|place| place.saturating_sub(1)).collect(),
    };
    let mut regions = vec![(
        vec![vec![0]],
        Rule::Is(Tree::Element("ring".into(), vec![Subscript::Element(3)])),
    )];
    for element in 1..count {
        let before = Tree::Element("sum".into(), vec![shifted.clone()]);
        regions.push((vec![vec![element]], Rule::Is(before + along("smooth", count))));
    }
    draft.rule("sum", Rule::Array(vec![0], regions));
    draft
}

#[test]
fn elements_are_computed_as_scalars_would_be() {
    let count = 10;
    let draft = chain(count);
    let series: Vec<_> = ["stock", "smooth", "ring", "sum"]
        .map(|name| draft.id(name))
        .into();
    let request = Request {
        series,
        ..Request::default()
    };
    let program = lower(&draft.model(), &request).expect("a model that runs");
    let found = scalar::run(
        &program,
        &Batch {
            seed: 0,
            futures: &[0],
            inputs: &[],
        },
    );
    assert_eq!(found.series.len(), 4 * count as usize);

    for element in 0..count {
        let weight = f64::from(element) + 1.0;
        let mut alone = Draft::new(0.0, 8.0, 0.5);
        alone.is("feed", n(2.0));
        alone.is("flow", n(weight) * v("feed") - v("stock") / n(4.0));
        alone.stock("stock", v("flow"), n(weight));
        alone.is("smooth", call(Function::Smooth3, [v("flow"), n(weight)]));
        alone.is(
            "ring",
            call(Function::DelayFixed, [v("stock"), n(weight) / v("feed"), n(0.0)]),
        );
        let series = ["stock", "smooth", "ring"].map(|name| alone.id(name)).into();
        let program = lower(
            &alone.model(),
            &Request {
                series,
                ..Request::default()
            },
        )
        .expect("a model that runs");
        let expected = scalar::run(
            &program,
            &Batch {
                seed: 0,
                futures: &[0],
                inputs: &[],
            },
        );
        for (variable, expected) in expected.series.iter().enumerate() {
            assert_eq!(
                &found.series[variable * count as usize + element as usize],
                expected
            );
        }
    }
    let sum = |element: usize| {
        *found.series[3 * count as usize + element]
            .last()
            .expect("a value")
    };
    let smooth = |element: usize| *found.series[count as usize + element].last().expect("a value");
    assert_eq!(sum(3), sum(2) + smooth(3));
}

#[test]
fn ranges_give_the_same_bits_in_blocks() {
    let draft = chain(10);
    use Integration::{Euler, Heun, Midpoint, Rk4};
    for integration in [Euler, Midpoint, Heun, Rk4] {
        let request = Request {
            inputs: vec![Input {
                target: InputTarget::Variable(draft.id("feed")),
                binding: Binding::PerFuture,
            }],
            series: ["stock", "smooth", "ring", "sum"]
                .map(|name| draft.id(name))
                .into(),
            metrics: vec![Metric {
                variable: draft.id("sum"),
                element: 7,
                reducer: Reducer::Max,
                window: Window::default(),
            }],
            integration: Some(integration),
            ..Request::default()
        };
        let program = lower(&draft.model(), &request).expect("a model that runs");
        let futures: Vec<u64> = (0..9).collect();
        let feed: Vec<f64> = futures.iter().map(|future| *future as f64 - 1.5).collect();
        let inputs = [Value::PerFuture(&feed)];
        let batch = Batch {
            seed: 0,
            futures: &futures,
            inputs: &inputs,
        };
        let expected = scalar::run(&program, &batch);
        for width in [1, 4, 64] {
            assert_eq!(
                block::run(&program, &batch, &mut block::Scratch::new(width)),
                expected
            );
        }
    }
}

#[test]
fn neighbouring_elements_become_one_operation() {
    let draft = chain(10);
    let request = Request {
        series: vec![draft.id("stock")],
        ..Request::default()
    };
    let model = draft.model();
    let listing = show(
        &lower(&model, &request).expect("a model that runs"),
        &model,
        &|_| String::new(),
    );
    let divisions: Vec<&str> = listing.lines().filter(|line| line.contains(" / ")).collect();
    assert_eq!(divisions.len(), 1, "{listing}");
    assert!(listing.contains("integrates"), "{listing}");
}

/// `name` along the left-hand side or a running index, for each of its dimensions.
fn element(name: &str, subscripts: &[Subscript]) -> Tree {
    Tree::Element(name.to_owned(), subscripts.to_vec())
}

fn follows(left: u32, count: u32) -> Subscript {
    let positions = (0..count).collect();
    Subscript::Follows { left, positions }
}

fn running(index: u32, count: u32) -> Subscript {
    let positions = (0..count).collect();
    Subscript::Reduced { index, positions }
}

/// The value of every element at the start, both evaluators agreeing.
fn at_start(draft: &Draft, name: &str) -> Vec<f64> {
    let request = Request {
        series: vec![draft.id(name)],
        ..Request::default()
    };
    let program = lower(&draft.model(), &request).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let batch = Batch {
        seed: 0,
        futures: &[0],
        inputs: &[],
    };
    let found = scalar::run(&program, &batch);
    assert_eq!(
        block::run(&program, &batch, &mut block::Scratch::default()),
        found
    );
    found.series.iter().map(|series| series[0]).collect()
}

/// A matrix of two rows and three columns: 11 12 13, 21 22 23.
fn matrix() -> Draft {
    let mut draft = Draft::new(0.0, 1.0, 1.0);
    draft.dimensions.extend([2, 3]);
    let row = Tree::Position(follows(0, 2)) * n(10.0);
    let region = vec![vec![0, 1], vec![0, 1, 2]];
    draft.rule(
        "m",
        Rule::Array(
            vec![0, 1],
            vec![(region, Rule::Is(row + Tree::Position(follows(1, 3))))],
        ),
    );
    draft
}

fn reduce(reduction: Reduction, over: &[(u32, u32)], body: Tree) -> Tree {
    let over = over.iter().map(|(index, length)| ReducedIndex {
        index: *index,
        length: *length,
    });
    Tree::Reduce(reduction, over.collect(), Box::new(body))
}

#[test]
fn reductions_run_over_their_indices() {
    let mut draft = matrix();
    assert_eq!(at_start(&draft, "m"), [11.0, 12.0, 13.0, 21.0, 22.0, 23.0]);

    let of_row = reduce(
        Reduction::Sum,
        &[(0, 3)],
        element("m", &[follows(0, 2), running(0, 3)]),
    );
    draft.rule("rows", Rule::Array(vec![0], vec![(all(2), Rule::Is(of_row))]));
    assert_eq!(at_start(&draft, "rows"), [36.0, 66.0]);

    let of_column = reduce(
        Reduction::Maximum,
        &[(0, 2)],
        element("m", &[running(0, 2), follows(0, 3)]),
    );
    draft.rule(
        "columns",
        Rule::Array(vec![1], vec![(all(3), Rule::Is(of_column))]),
    );
    assert_eq!(at_start(&draft, "columns"), [21.0, 22.0, 23.0]);

    let both = |reduction| {
        reduce(
            reduction,
            &[(0, 2), (1, 3)],
            element("m", &[running(0, 2), running(1, 3)]),
        )
    };
    draft
        .is("total", both(Reduction::Sum))
        .is("least", both(Reduction::Minimum));
    assert_eq!(at_start(&draft, "total"), [102.0]);
    assert_eq!(at_start(&draft, "least"), [11.0]);

    // Within a sum a sum, and an element of the equation: 11 * 36 + 12 * 36 + 13 * 36, and the second row's.
    let inner = reduce(
        Reduction::Sum,
        &[(1, 3)],
        element("m", &[follows(0, 2), running(1, 3)]),
    );
    let outer = reduce(
        Reduction::Sum,
        &[(0, 3)],
        element("m", &[follows(0, 2), running(0, 3)]) * inner,
    );
    draft.rule("squares", Rule::Array(vec![0], vec![(all(2), Rule::Is(outer))]));
    assert_eq!(at_start(&draft, "squares"), [36.0 * 36.0, 66.0 * 66.0]);

    // An inner sum that depends on the outer index: of each column its first entry times its sum.
    let column = reduce(
        Reduction::Sum,
        &[(1, 2)],
        element("m", &[running(1, 2), running(0, 3)]),
    );
    let first = element("m", &[Subscript::Element(0), running(0, 3)]);
    draft.is("nested", reduce(Reduction::Sum, &[(0, 3)], first * column));
    assert_eq!(
        at_start(&draft, "nested"),
        [11.0 * 32.0 + 12.0 * 34.0 + 13.0 * 36.0]
    );

    // What does not depend on the index counts as often as it runs.
    draft.is(
        "product",
        reduce(Reduction::Product, &[(0, 3)], n(2.0) + Tree::Time),
    );
    assert_eq!(at_start(&draft, "product"), [8.0]);
}

#[test]
fn elements_may_depend_on_each_other_in_any_order() {
    let mut draft = Draft::new(0.0, 1.0, 1.0);
    draft.dimensions.push(4);
    // The second to the fourth take from the one before, through another variable, in one equation.
    let before = Subscript::Follows {
        left: 0,
        positions: vec![0, 0, 1, 2],
    };
    draft.rule(
        "half",
        Rule::Array(vec![0], vec![(all(4), Rule::Is(along("x", 4) / n(2.0)))]),
    );
    let rule = element("half", &[before]) + n(1.0);
    let regions = vec![
        (vec![vec![0]], Rule::Is(n(8.0))),
        (vec![vec![1, 2, 3]], Rule::Is(rule)),
    ];
    draft.rule("x", Rule::Array(vec![0], regions));
    assert_eq!(at_start(&draft, "x"), [8.0, 5.0, 3.5, 2.75]);
}
