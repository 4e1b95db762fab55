//! PRIM against whole trajectories of a published implementation, and against planted boxes.

mod reference;

use analysis::Factor;
use analysis::prim::{
    Choice, Inside, Objective, Prim, PrimBox, PrimOptions, inside, prim, reproduce, rotate,
};
use proptest::prelude::*;
use reference::{Csv, Goldens, array, close, json, number, size};
use serde_json::Value;

const BRYANT: &str = include_str!("data/discovery/bryant.data.csv");
const FLU: &str = include_str!("data/discovery/flu_no_policy.data.csv");

/// The factors named in the reference and the verdicts.
fn table(data: &str, golden: &Value) -> (Csv, Vec<String>, Vec<Option<bool>>) {
    let csv = Csv::read(data);
    let names = array(&golden["columns"])
        .iter()
        .map(|n| n.as_str().expect("a name").to_owned())
        .collect();
    let verdicts = csv.column("y").iter().map(|y| Some(*y == 1.0)).collect();
    (csv, names, verdicts)
}

/// Compares one box; returns how many numbers were compared.
fn same_box(found: &PrimBox, expected: &Value, names: &[String], at: &str) -> usize {
    assert_eq!(found.futures, size(&expected["n"]), "futures at {at}");
    assert_eq!(
        found.limits.len(),
        size(&expected["res_dim"]),
        "restricted at {at}"
    );
    close(at, found.coverage, number(&expected["coverage"]), 1e-12, 0.0);
    close(at, found.density, number(&expected["density"]), 1e-12, 0.0);
    close(at, found.mass, number(&expected["mass"]), 1e-12, 0.0);
    let restricted = expected["restricted"].as_object().expect("an object");
    assert_eq!(restricted.len(), found.limits.len());
    let mut compared = 5;
    for limit in &found.limits {
        let name = &names[limit.factor];
        let expected_limit = restricted
            .get(name)
            .unwrap_or_else(|| panic!("{name} is not restricted at {at}"));
        let Inside::Range { low, high } = limit.inside else {
            panic!("{name} is numeric")
        };
        close(at, low, number(&expected_limit["min"]), 0.0, 1e-12);
        close(at, high, number(&expected_limit["max"]), 0.0, 1e-12);
        let quasi_p = array(&expected["qp"][name]);
        for (found, expected) in [limit.quasi_p_low, limit.quasi_p_high].iter().zip(quasi_p) {
            match (found, expected.as_f64()) {
                (Some(found), Some(expected)) => close(at, *found, expected, 1e-9, 0.0),
                (found, expected) => assert_eq!(*found, expected, "quasi-p of {name} at {at}"),
            }
        }
        compared += 4;
    }
    compared
}

/// Runs PRIM as the reference did and compares every box of every trajectory.
fn check(data: &str, golden: &str, objective: Objective, trajectories: usize) -> (usize, usize) {
    let golden = json(golden);
    let (csv, names, verdicts) = table(data, &golden);
    let columns: Vec<Factor> = names.iter().map(|n| Factor::Numeric(csv.column(n))).collect();
    let options = PrimOptions {
        peel_alpha: number(&golden["settings"]["peel_alpha"]),
        paste_alpha: number(&golden["settings"]["paste_alpha"]),
        mass_min: number(&golden["settings"]["mass_min"]),
        objective,
        boxes: trajectories,
        choice: Choice::Last,
    };
    let found = prim(&columns, &verdicts, &options).expect("well formed");
    assert_eq!(
        (found.futures, found.of_interest),
        (size(&golden["n"]), size(&golden["cases_of_interest"]))
    );
    assert_eq!(array(&golden["boxes"]).len(), trajectories);
    let (mut boxes, mut compared) = (0, 0);
    for (t, expected) in array(&golden["boxes"]).iter().enumerate() {
        let expected = array(&expected["trajectory"]);
        let found = &found.trajectories[t].boxes;
        assert_eq!(found.len(), expected.len(), "boxes of trajectory {t}");
        for (b, (found, expected)) in found.iter().zip(expected).enumerate() {
            compared += same_box(found, expected, &names, &format!("trajectory {t} box {b}"));
            boxes += 1;
        }
    }
    (boxes, compared)
}

#[test]
fn bryant() {
    let _count = Goldens::of("set b: PRIM on Bryant and Lempert's table");
    let two = check(
        BRYANT,
        include_str!("data/discovery/bryant.prim.default.json"),
        Objective::Lenient1,
        2,
    );
    assert_eq!(two.0, 52 + 51);
    let one = check(
        BRYANT,
        include_str!("data/discovery/bryant.prim.peel0.10.json"),
        Objective::Lenient1,
        1,
    );
    assert_eq!(one.0, 28);
}

#[test]
fn flu() {
    let _count = Goldens::of("set b: PRIM on the flu table");
    let two = check(
        FLU,
        include_str!("data/discovery/flu_no_policy.prim.default.json"),
        Objective::Lenient1,
        2,
    );
    assert_eq!(two.0, 54 + 59);
    let one = check(
        FLU,
        include_str!("data/discovery/flu_no_policy.prim.original_obj.json"),
        Objective::Original,
        1,
    );
    assert_eq!(one.0, 56);
}

/// How often factors come back in resamples, within 30 points of ten random resamples of the reference.
#[test]
fn reproduced() {
    let _count = Goldens::of("set b: resampling");
    let golden = json(include_str!("data/discovery/bryant.prim.peel0.10.json"));
    let (csv, names, verdicts) = table(BRYANT, &golden);
    let columns: Vec<Factor> = names.iter().map(|n| Factor::Numeric(csv.column(n))).collect();
    let options = PrimOptions {
        peel_alpha: 0.1,
        ..PrimOptions::default()
    };
    let boxes = &prim(&columns, &verdicts, &options)
        .expect("well formed")
        .trajectories[0]
        .boxes;
    let found = reproduce(&columns, &verdicts, &options, &boxes[21], (40, 0.5, 0)).expect("well formed");
    for line in include_str!("data/discovery/bryant.prim.peel0.10.resample21.csv")
        .lines()
        .skip(1)
    {
        let cells: Vec<&str> = line.split(',').collect();
        let factor = names.iter().position(|n| n == cells[0]).expect("a known factor");
        let expected: Vec<f64> = cells[1..].iter().map(|c| c.parse().expect("a number")).collect();
        close(
            cells[0],
            100.0 * found[factor].at_coverage,
            expected[0],
            30.0,
            0.0,
        );
        close(cells[0], 100.0 * found[factor].at_density, expected[1], 30.0, 0.0);
    }
    assert!(reproduce(&columns, &verdicts, &options, &boxes[21], (0, 0.5, 0)).is_err());
}

/// PCA-PRIM: the rotation equals the reference's up to signs, and boxes found on it cover and hold as much at every step.
#[test]
fn turned_factors() {
    let _count = Goldens::of("set b: PCA-PRIM");
    let golden = json(include_str!("data/discovery/flu_no_policy.pca_prim.json"));
    let csv = Csv::read(FLU);
    let weights = Csv::read(include_str!("data/discovery/flu_no_policy.pca_rotation.csv"));
    let verdicts: Vec<Option<bool>> = csv.column("y").iter().map(|y| Some(*y == 1.0)).collect();
    let columns: Vec<&[f64]> = csv.columns[..19].iter().map(Vec::as_slice).collect();
    let found = rotate(&columns, &verdicts).expect("well formed");
    for axis in 0..19 {
        let expected = &weights.columns[axis + 1];
        let agree: f64 = (0..19).map(|f| found.weights[f][axis] * expected[f]).sum();
        close("axis", agree.abs(), 1.0, 1e-9, 0.0);
    }
    let factors: Vec<Factor> = found.columns.iter().map(|c| Factor::Numeric(c)).collect();
    let boxes = prim(&factors, &verdicts, &PrimOptions::default())
        .expect("well formed")
        .trajectories
        .remove(0)
        .boxes;
    let expected = array(&golden["boxes"][0]["trajectory"]);
    assert_eq!(boxes.len(), expected.len());
    for (found, expected) in boxes.iter().zip(expected) {
        close(
            "coverage",
            found.coverage,
            number(&expected["coverage"]),
            0.02,
            0.0,
        );
        close("density", found.density, number(&expected["density"]), 0.02, 0.0);
        close("mass", found.mass, number(&expected["mass"]), 0.02, 0.0);
    }
}

/// Coverage, density and mass recomputed from the table and the limits.
fn recompute(found: &Prim, factors: &[Factor], verdicts: &[Option<bool>]) {
    // A row without a value lies in no range.
    let mut left = inside(&found.ranges, factors);
    for trajectory in &found.trajectories {
        for b in &trajectory.boxes {
            let rows = inside(&b.limits, factors);
            let within = |r: &usize| rows[*r] && left[*r] && verdicts[*r].is_some();
            let n = (0..rows.len()).filter(within).count();
            let h = (0..rows.len())
                .filter(within)
                .filter(|r| verdicts[*r] == Some(true))
                .count();
            assert_eq!((b.futures, b.of_interest), (n, h));
            assert_eq!(b.mass, n as f64 / found.futures as f64);
            assert_eq!(b.coverage, h as f64 / found.of_interest as f64);
        }
        let rows = inside(&trajectory.boxes[trajectory.chosen].limits, factors);
        left.iter_mut().zip(rows).for_each(|(l, r)| *l &= !r);
    }
}

fn uniform(seed: u64, count: usize) -> Vec<f64> {
    let options = analysis::designs::LatinOptions {
        seed,
        ..Default::default()
    };
    analysis::designs::latin_hypercube(count, 1, &options)
        .expect("well formed")
        .remove(0)
}

/// x in the lower third and category 1 or 2, and a second box at its top with k = 3.
#[test]
fn planted_boxes_are_found() {
    let n = 6_000;
    let (x, idle) = (uniform(1, n), uniform(2, n));
    let kind: Vec<u32> = uniform(3, n).iter().map(|u| (u * 4.0) as u32).collect();
    let count: Vec<f64> = uniform(4, n).iter().map(|u| (u * 7.0).floor()).collect();
    let verdicts: Vec<Option<bool>> = (0..n)
        .map(|i| Some((x[i] < 0.3 && (kind[i] == 1 || kind[i] == 2)) || (x[i] > 0.8 && count[i] >= 5.0)))
        .collect();
    let factors = [
        Factor::Categorical {
            codes: &kind,
            categories: 4,
        },
        Factor::Numeric(&idle),
        Factor::Integer(&count),
        Factor::Numeric(&x),
    ];
    for objective in [Objective::Lenient1, Objective::Lenient2, Objective::Original] {
        let options = PrimOptions {
            boxes: 2,
            objective,
            mass_min: 0.02,
            ..PrimOptions::default()
        };
        let found = prim(&factors, &verdicts, &options).expect("well formed");
        recompute(&found, &factors, &verdicts);
        assert_eq!(found.trajectories.len(), 2);
        if objective == Objective::Original {
            continue;
        }
        let sure = |t: usize| {
            found.trajectories[t]
                .boxes
                .iter()
                .find(|b| b.density > 0.999)
                .expect("a pure box")
                .clone()
        };
        let (mut first, mut second) = (sure(0), sure(1));
        if first.limits.iter().any(|l| l.factor == 2) {
            std::mem::swap(&mut first, &mut second);
        }
        let of = |b: &PrimBox, f: usize| b.limits.iter().find(|l| l.factor == f).map(|l| l.inside.clone());
        assert_eq!(
            of(&first, 0),
            Some(Inside::Categories(vec![1, 2])),
            "{objective:?}"
        );
        let Some(Inside::Range { high, .. }) = of(&first, 3) else {
            panic!("x is restricted")
        };
        assert!((high - 0.3).abs() < 0.02, "{high}");
        assert_eq!(
            of(&second, 2),
            Some(Inside::Range { low: 5.0, high: 6.0 }),
            "{objective:?}"
        );
        let Some(Inside::Range { low, .. }) = of(&second, 3) else {
            panic!("x is restricted")
        };
        assert!((low - 0.8).abs() < 0.02, "{low}");
    }
}

#[test]
fn gaps_are_counted_and_odd_tables_searched() {
    let x = [1.0, 2.0, f64::NAN, 4.0, 5.0];
    let one = [3.0; 5];
    let factors = [Factor::Numeric(&x), Factor::Numeric(&one)];
    let verdicts = [Some(true), None, Some(true), Some(false), Some(false)];
    let found = prim(&factors, &verdicts, &PrimOptions::default()).expect("well formed");
    assert_eq!(
        (
            found.futures,
            found.without_verdict,
            found.without_value,
            found.of_interest
        ),
        (3, 1, 1, 1)
    );
    recompute(&found, &factors, &verdicts);
    assert_eq!(found.trajectories[0].boxes.last().expect("a box").density, 1.0);

    // None of interest: nothing to seek. All of interest: nothing to gain.
    let none = prim(&factors, &[Some(false); 5], &PrimOptions::default()).expect("well formed");
    assert!(none.trajectories.is_empty());
    let all = prim(
        &factors,
        &[Some(true); 5],
        &PrimOptions {
            boxes: 3,
            ..PrimOptions::default()
        },
    )
    .expect("well formed");
    assert_eq!((all.trajectories.len(), all.trajectories[0].boxes.len()), (1, 1));
    let empty = prim(&factors, &[None; 5], &PrimOptions::default()).expect("well formed");
    assert_eq!((empty.futures, empty.trajectories.len()), (0, 0));
    let single = prim(
        &[Factor::Numeric(&one[..1])],
        &[Some(true)],
        &PrimOptions::default(),
    )
    .expect("well formed");
    assert_eq!(single.trajectories[0].boxes.len(), 1);
}

#[test]
fn what_is_refused() {
    let x = [1.0, 2.0];
    let y = [Some(true), Some(false)];
    let options = PrimOptions::default();
    let said = |factors: &[Factor], options: &PrimOptions| {
        prim(factors, &y, options).expect_err("refused").to_string()
    };
    assert_eq!(
        said(&[], &options),
        "there is no factor to restrict: give at least one column of inputs"
    );
    assert_eq!(
        said(&[Factor::Numeric(&x[..1])], &options),
        "factor 0 has 1 rows where the verdicts have 2"
    );
    let wide = PrimOptions {
        peel_alpha: 0.5,
        ..options
    };
    assert_eq!(
        said(&[Factor::Numeric(&x)], &wide),
        "the peel share is 0.5: it must be above 0 and below 0.5"
    );
    let heavy = PrimOptions {
        mass_min: f64::NAN,
        ..options
    };
    assert_eq!(
        said(&[Factor::Numeric(&x)], &heavy),
        "the smallest mass is NaN: it must be from 0 to 1"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// On any table: counts follow from limits, mass only falls while peeling, and the order of futures does not matter.
    #[test]
    fn laws(rows in prop::collection::vec((0..9_i32, -3..4_i32, 0..3_u32, prop::option::weighted(0.9, any::<bool>())), 1..150)) {
        let x: Vec<f64> = rows.iter().map(|r| f64::from(r.0) / 3.0).collect();
        let k: Vec<f64> = rows.iter().map(|r| f64::from(r.1)).collect();
        let c: Vec<u32> = rows.iter().map(|r| r.2).collect();
        let y: Vec<Option<bool>> = rows.iter().map(|r| r.3).collect();
        let factors = [Factor::Numeric(&x), Factor::Integer(&k), Factor::Categorical { codes: &c, categories: 3 }];
        let options = PrimOptions { boxes: 3, peel_alpha: 0.1, ..PrimOptions::default() };
        let found = prim(&factors, &y, &options).unwrap();
        recompute(&found, &factors, &y);
        for t in &found.trajectories {
            for pair in t.boxes.windows(2) {
                prop_assert!(pair[1].density > pair[0].density);
                prop_assert!(pair[1].futures != pair[0].futures);
            }
        }
        let back = |v: &Vec<f64>| v.iter().rev().copied().collect::<Vec<f64>>();
        let (x, k): (Vec<f64>, Vec<f64>) = (back(&x), back(&k));
        let c: Vec<u32> = c.into_iter().rev().collect();
        let y: Vec<Option<bool>> = y.into_iter().rev().collect();
        let factors = [Factor::Numeric(&x), Factor::Integer(&k), Factor::Categorical { codes: &c, categories: 3 }];
        prop_assert_eq!(prim(&factors, &y, &options).unwrap(), found);
    }
}
