//! Trees and forests against scikit-learn's.

mod reference;

use std::collections::BTreeMap;

use analysis::prim::Inside;
use analysis::tree::{Cart, CartOptions, Forest, ForestKind, ForestOptions, Target, TreeError, cart, forest};
use analysis::{Factor, univariate_f};
use reference::{Csv, Goldens, array, close, json, number, size};
use serde_json::Value;

const BRYANT: &str = include_str!("data/discovery/bryant.data.csv");
const FLU: &str = include_str!("data/discovery/flu_no_policy.data.csv");

fn names(value: &Value) -> Vec<String> {
    array(value)
        .iter()
        .map(|n| n.as_str().expect("a name").to_owned())
        .collect()
}

fn numeric<'a>(csv: &'a Csv, names: &[String]) -> Vec<Factor<'a>> {
    names.iter().map(|n| Factor::Numeric(csv.column(n))).collect()
}

fn verdicts(y: &[f64]) -> Vec<Option<bool>> {
    y.iter().map(|y| Some(*y == 1.0)).collect()
}

/// Root, number of leaves, impurity and score; where the reference is unique over seeds, every node.
fn check(csv: &Csv, golden: &Value, target: &Target) -> Cart {
    let names = names(&golden["features"]);
    let found = cart(&numeric(csv, &names), target, &CartOptions::default()).expect("well formed");
    let root = found.nodes[0].split.expect("a split");
    let expected = array(&golden["tree"]);
    assert_eq!(
        names[root.factor],
        expected[0]["feature"].as_str().expect("a name")
    );
    assert_eq!(root.threshold, number(&expected[0]["threshold"]));
    assert_eq!(
        (found.leaves.len(), found.nodes.len()),
        (size(&golden["leaves"]), size(&golden["nodes"]))
    );
    close(
        "impurity",
        found.impurity,
        number(&golden["weighted_leaf_impurity_20_seeds"]["mean"]),
        0.0,
        1e-9,
    );
    close(
        "score",
        found.score.expect("varies"),
        number(&golden["train_score_20_seeds"]["mean"]),
        1e-12,
        0.0,
    );
    if size(&golden["distinct_trees_over_20_seeds"]) == 1 {
        for (id, (node, expected)) in found.nodes.iter().zip(expected).enumerate() {
            assert_eq!(node.futures, size(&expected["n"]), "node {id}");
            close(
                "impurity",
                node.impurity,
                number(&expected["impurity"]),
                0.0,
                1e-9,
            );
            close(
                "mean",
                node.mean,
                number(
                    expected["value"]
                        .as_array()
                        .expect("a list")
                        .last()
                        .expect("a value"),
                ),
                0.0,
                1e-9,
            );
            match node.split {
                None => assert_eq!(expected["feature"], Value::Null, "node {id}"),
                Some(split) => {
                    assert_eq!(
                        names[split.factor],
                        expected["feature"].as_str().expect("a name"),
                        "node {id}"
                    );
                    close(
                        "threshold",
                        split.threshold,
                        number(&expected["threshold"]),
                        0.0,
                        1e-12,
                    );
                    assert_eq!(
                        (split.left, split.right),
                        (size(&expected["left"]), size(&expected["right"]))
                    );
                }
            }
        }
    }
    found
}

#[test]
fn bryant_tree() {
    let _count = Goldens::of("set b: CART on Bryant and Lempert's table");
    let csv = Csv::read(BRYANT);
    let y = verdicts(csv.column("y"));
    let found = check(
        &csv,
        &json(include_str!("data/discovery/bryant.cart.json")),
        &Target::Interest(&y),
    );
    let covered: f64 = found.leaves.iter().map(|l| l.coverage.expect("a verdict")).sum();
    close("coverage", covered, 1.0, 1e-12, 0.0);
}

#[test]
fn flu_trees() {
    let _count = Goldens::of("set b: CART on the flu table");
    let csv = Csv::read(FLU);
    let y = verdicts(csv.column("y"));
    check(
        &csv,
        &json(include_str!("data/discovery/flu_no_policy.cart.json")),
        &Target::Interest(&y),
    );

    let golden = json(include_str!("data/discovery/flu_no_policy.cart_regression.json"));
    let found = check(&csv, &golden, &Target::Number(csv.column("deceased_final")));
    // The leaves as boxes, in the reference's order or not.
    let names = names(&golden["features"]);
    let boxes = array(&golden["boxes"]);
    assert_eq!(boxes.len(), found.leaves.len());
    for expected in boxes {
        let stats = &expected["stats"];
        let same = found
            .leaves
            .iter()
            .find(|l| (l.mean / number(&stats["mean"]) - 1.0).abs() < 1e-9);
        let leaf = same.expect("a leaf of that mean");
        close("mass", leaf.mass, number(&stats["mass"]), 1e-12, 0.0);
        assert_eq!(leaf.limits.len() as f64, number(&stats["res dim"]));
        for (factor, inside) in &leaf.limits {
            let limit = &expected["restricted"][&names[*factor]];
            let Inside::Range { low, high } = inside else {
                panic!("numeric")
            };
            // The ends of the whole range are in single precision here.
            close("low", *low, number(&limit["min"]), 0.0, 1e-6);
            close("high", *high, number(&limit["max"]), 0.0, 1e-6);
        }
    }
}

/// Five highest, ranks, values and out-of-bag score of one forest.
fn check_forest(found: &Forest, expected: &Value, names: &[String]) {
    let mean: BTreeMap<&String, f64> = names.iter().map(|n| (n, number(&expected["mean"][n]))).collect();
    let own: BTreeMap<&String, f64> = names.iter().zip(found.importance.iter().copied()).collect();
    let five = |of: &BTreeMap<&String, f64>| {
        let mut order: Vec<String> = of.keys().map(|n| (*n).clone()).collect();
        order.sort_by(|a, b| of[b].total_cmp(&of[a]));
        order.truncate(5);
        order.sort();
        order
    };
    assert_eq!(five(&own), five(&mean));
    for name in names {
        let bound = (4.0 * number(&expected["sd"][name])).max(0.02);
        close(name, own[name], mean[name], bound, 0.0);
    }
    let strong: Vec<&String> = names
        .iter()
        .filter(|n| mean[n] > 1.5 / names.len() as f64)
        .collect();
    let rank = |of: &BTreeMap<&String, f64>, name: &String| {
        strong.iter().filter(|n| of[*n] > of[name]).count() as f64
    };
    let n = strong.len() as f64;
    let squares: f64 = strong
        .iter()
        .map(|s| (rank(&own, s) - rank(&mean, s)) * (rank(&own, s) - rank(&mean, s)))
        .sum();
    let correlation = 1.0 - 6.0 * squares / (n * (n * n - 1.0));
    assert!(n >= 3.0 && correlation >= 0.9, "{correlation} over {n}");
    close(
        "out of bag",
        found.score.expect("said"),
        number(&expected["oob_score_mean"]),
        0.03,
        0.0,
    );
}

#[test]
fn forests() {
    let _count = Goldens::of("set c: feature scores");
    let csv = Csv::read(FLU);
    let y = verdicts(csv.column("y"));
    let mut compared = 0;
    for (text, target) in [
        (
            include_str!("data/discovery/flu_no_policy.features.deceased_regression.json"),
            Target::Number(csv.column("deceased_final")),
        ),
        (
            include_str!("data/discovery/flu_no_policy.features.max_infected_regression.json"),
            Target::Number(csv.column("max_infected_fraction")),
        ),
        (
            include_str!("data/discovery/flu_no_policy.features.deceased_gt1e6_classification.json"),
            Target::Interest(&y),
        ),
    ] {
        let golden = json(text);
        let names: Vec<String> = golden["extra_trees"]["mean"]
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        let factors = numeric(&csv, &names);
        // The mean of four seeds against the mean of eight: the fifth and sixth place may be a hair apart.
        let grow = |seed| {
            let options = ForestOptions {
                seed,
                threads: 2,
                ..ForestOptions::default()
            };
            forest(&factors, &target, &options).expect("well formed")
        };
        let grown: Vec<Forest> = (0..4).map(grow).collect();
        let mean = |f: usize| grown.iter().map(|g| g.importance[f]).sum::<f64>() / 4.0;
        let score = grown.iter().filter_map(|g| g.score).sum::<f64>() / 4.0;
        let importance = (0..factors.len()).map(mean).collect();
        check_forest(
            &Forest {
                importance,
                score: Some(score),
                ..grown[0]
            },
            &golden["extra_trees"],
            &names,
        );
        let options = ForestOptions {
            kind: ForestKind::RandomForest,
            trees: 250,
            threads: 2,
            ..ForestOptions::default()
        };
        check_forest(
            &forest(&factors, &target, &options).expect("well formed"),
            &golden["random_forest"],
            &names,
        );

        let outcome: Vec<f64> = match target {
            Target::Number(values) => values.to_vec(),
            Target::Interest(_) => csv.column("y").to_vec(),
        };
        let columns: Vec<&[f64]> = names.iter().map(|n| csv.column(n)).collect();
        for (name, found) in names.iter().zip(univariate_f(&columns, &outcome)) {
            let (found, expected) = (found.expect("varies"), &golden["univariate_F"][name]);
            close(name, found.f, number(&expected["F"]), 0.0, 1e-9);
            close(name, found.p_value, number(&expected["p"]), 0.0, 1e-6);
            compared += 1;
        }
    }
    assert_eq!(compared, 3 * 19);
}

#[test]
fn threads_do_not_matter_and_seeds_do() {
    let csv = Csv::read(BRYANT);
    let y = verdicts(csv.column("y"));
    let factors: Vec<Factor> = csv.columns[..9].iter().map(|c| Factor::Numeric(c)).collect();
    let grow = |threads, seed| {
        let options = ForestOptions {
            trees: 13,
            threads,
            seed,
            ..ForestOptions::default()
        };
        forest(&factors, &Target::Interest(&y), &options).expect("well formed")
    };
    assert_eq!(grow(1, 0), grow(2, 0));
    assert_eq!(grow(1, 0), grow(5, 0));
    assert_ne!(grow(1, 0), grow(1, 1));
}

#[test]
fn categories_and_gaps() {
    let code = [0, 1, 2, 0, 1, 2, 0, 1, 2, 9, 0, 2];
    let x: Vec<f64> = (0..12).map(f64::from).collect();
    let y: Vec<f64> = code.iter().map(|c| if *c == 1 { 5.0 } else { 0.0 }).collect();
    let mut y_with_gap = y.clone();
    y_with_gap[11] = f64::NAN;
    let factors = [
        Factor::Numeric(&x),
        Factor::Categorical {
            codes: &code,
            categories: 3,
        },
    ];
    let options = CartOptions {
        mass_min: 0.1,
        depth: None,
    };
    let found = cart(&factors, &Target::Number(&y_with_gap), &options).expect("well formed");
    assert_eq!(
        (
            found.counts.used,
            found.counts.without_target,
            found.counts.without_value
        ),
        (10, 1, 1)
    );
    let split = found.nodes[0].split.expect("a split");
    assert_eq!((split.factor, split.category, found.nodes.len()), (1, Some(1), 3));
    assert_eq!(found.leaves[1].limits, [(1, Inside::Categories(vec![1]))]);
    assert_eq!(
        (found.leaves[0].mean, found.leaves[1].mean, found.score),
        (0.0, 5.0, Some(1.0))
    );

    let forest =
        forest(&factors, &Target::Number(&y_with_gap), &ForestOptions::default()).expect("well formed");
    assert!(forest.importance[1] > 0.7, "{:?}", forest.importance);
}

#[test]
fn nothing_to_tell_apart_and_what_is_refused() {
    let (x, one) = ([1.0, 2.0, 3.0], [4.0, 4.0, 4.0]);
    let found = cart(
        &[Factor::Numeric(&x)],
        &Target::Number(&one),
        &CartOptions::default(),
    )
    .expect("well formed");
    assert_eq!((found.nodes.len(), found.score), (1, None));
    let found = cart(
        &[Factor::Numeric(&one)],
        &Target::Number(&x),
        &CartOptions::default(),
    )
    .expect("well formed");
    assert_eq!(found.nodes.len(), 1);
    let flat = forest(
        &[Factor::Numeric(&one)],
        &Target::Number(&x),
        &ForestOptions::default(),
    )
    .expect("well formed");
    assert_eq!(flat.importance, [0.0]);

    let refused = |factors: &[Factor], target: &Target| {
        cart(factors, target, &CartOptions::default()).expect_err("refused")
    };
    assert_eq!(refused(&[], &Target::Number(&x)), TreeError::NoFactor);
    assert_eq!(
        refused(&[Factor::Numeric(&x)], &Target::Interest(&[None; 3])),
        TreeError::NoFuture
    );
    let error = refused(&[Factor::Numeric(&x[..2])], &Target::Number(&x));
    assert_eq!(error.to_string(), "factor 0 has 2 rows where the target has 3");
    let none = ForestOptions {
        trees: 0,
        ..ForestOptions::default()
    };
    assert_eq!(
        forest(&[Factor::Numeric(&x)], &Target::Number(&x), &none),
        Err(TreeError::NoTree)
    );
}
