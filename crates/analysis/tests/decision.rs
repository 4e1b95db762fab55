//! The decision maker's questions against closed forms and cases worked by hand.

use analysis::decision::{
    JointOptions, Side, SmaaOptions, acceptability, disagreement, information, joint_flips,
};
use analysis::designs::{LatinOptions, Scramble, latin_hypercube, sobol};
use analysis::distribution::Distribution;
use analysis::{Column, Criterion, Direction, Factor, Outcomes, Score, ScoreError, Status, ValueFunction};
use proptest::prelude::*;

fn close(what: &str, found: f64, expected: f64, bound: f64) {
    assert!(
        (found - expected).abs() <= bound,
        "{what}: found {found}, expected {expected} within {bound}"
    );
}

/// Independent standard normal columns.
fn normals(rows: usize, columns: usize, seed: u64) -> Vec<Vec<f64>> {
    let normal = Distribution::Normal { mean: 0.0, sd: 1.0 };
    let unit = sobol(rows, columns, 0, Scramble::Owen { seed }).expect("well formed");
    unit.into_iter()
        .map(|c| c.into_iter().map(|u| normal.quantile(u)).collect())
        .collect()
}

fn uniforms(rows: usize, columns: usize, seed: u64) -> Vec<Vec<f64>> {
    latin_hypercube(
        rows,
        columns,
        &LatinOptions {
            seed,
            ..Default::default()
        },
    )
    .expect("well formed")
}

/// The expected gain max(0, N(mean, sd²)) - max(0, mean), by adding up a fine grid of the normal distribution.
fn normal_gain(mean: f64, sd: f64) -> f64 {
    let normal = Distribution::Normal { mean, sd };
    let n = 20_000;
    (0..n)
        .map(|i| normal.quantile((f64::from(i) + 0.5) / f64::from(n)).max(0.0))
        .sum::<f64>()
        / f64::from(n)
        - mean.max(0.0)
}

/// Two options of linear normal net benefit: 0 and mean + sum of a_j x_j. Whoever learns a set of factors learns a normal number whose
/// variance is the sum of their a_j².
#[test]
fn two_options_of_linear_normal_benefit() {
    let n = 8_192;
    for (mean, weights) in [
        (0.0, [1.0, 0.5, 0.0, 0.25]),
        (-0.4, [2.0, 1.0, 0.0, 0.5]),
        (0.8, [0.3, 1.0, 0.0, 0.6]),
    ] {
        let x = normals(n, 4, 3);
        let zero = vec![0.0; n];
        let benefit: Vec<f64> = (0..n)
            .map(|i| mean + (0..4).map(|j| weights[j] * x[j][i]).sum::<f64>())
            .collect();
        let outcomes = Outcomes::new(vec![Column::ran(&zero), Column::ran(&benefit)], Direction::Higher);
        let factors: Vec<Factor> = x.iter().map(|c| Factor::Numeric(c)).collect();
        let sets = vec![
            vec![0],
            vec![1],
            vec![2],
            vec![3],
            vec![0, 1],
            vec![1, 3],
            vec![0, 1, 3],
            vec![0, 1, 2, 3],
        ];
        let found = information(&outcomes, &factors, &sets).expect("well formed");
        let total: f64 = weights.iter().map(|w| w * w).sum();
        let perfect = found.perfect.expect("compared");
        let expected = normal_gain(mean, total.sqrt());
        close("evpi", perfect.value, expected, 0.02 * total.sqrt());
        // At a mean of zero either may be ahead by chance.
        assert!(mean == 0.0 || found.best == Some(usize::from(mean > 0.0)));
        for (set, partial) in sets.iter().zip(&found.partial) {
            let variance: f64 = set.iter().map(|&f| weights[f] * weights[f]).sum();
            let expected = if variance > 0.0 {
                normal_gain(mean, variance.sqrt())
            } else {
                0.0
            };
            let (value, error) = (
                partial.value.expect("enough"),
                partial.standard_error.expect("enough"),
            );
            close(
                &format!("evppi of {set:?} at {mean}"),
                value,
                expected,
                4.0 * error + 0.003,
            );
            assert!(error < 0.03, "{error}");
        }
        // All inputs together are everything there is to know.
        let all = &found.partial[7];
        close(
            "all",
            all.value.expect("enough"),
            perfect.value,
            4.0 * all.standard_error.expect("enough") + 1e-6,
        );
    }
}

/// Three options: 0, x and -x with x uniform on -1 to 1. Knowing x gains E|x| = 1/2, and the fit must bend at 0.
#[test]
fn three_options() {
    let n = 4_096;
    let u = uniforms(n, 2, 5);
    let x: Vec<f64> = u[0].iter().map(|u| 2.0 * u - 1.0).collect();
    let minus: Vec<f64> = x.iter().map(|x| -x).collect();
    let zero = vec![0.0; n];
    let columns = vec![Column::ran(&zero), Column::ran(&x), Column::ran(&minus)];
    let outcomes = Outcomes::new(columns, Direction::Lower);
    let sets = [vec![0], vec![1]];
    let factors = [Factor::Numeric(&x), Factor::Numeric(&u[1])];
    let found = information(&outcomes, &factors, &sets).expect("well formed");
    close("evpi", found.perfect.expect("compared").value, 0.5, 1e-3);
    close("evppi", found.partial[0].value.expect("enough"), 0.5, 1e-3);
    let idle = &found.partial[1];
    close(
        "idle",
        idle.value.expect("enough"),
        0.0,
        3.0 * idle.standard_error.expect("enough"),
    );
}

/// A category that decides: two states, each option right in one, gain by hand.
#[test]
fn a_category_to_learn() {
    let n = 1_000;
    let codes: Vec<u32> = (0..n).map(|i| u32::from(i % 4 == 0)).collect();
    let a: Vec<f64> = codes.iter().map(|c| if *c == 0 { 1.0 } else { 0.0 }).collect();
    let b: Vec<f64> = codes.iter().map(|c| if *c == 0 { 0.0 } else { 2.0 }).collect();
    let outcomes = Outcomes::new(vec![Column::ran(&a), Column::ran(&b)], Direction::Higher);
    let factor = [Factor::Categorical {
        codes: &codes,
        categories: 2,
    }];
    let found = information(&outcomes, &factor, &[vec![0], vec![]]).expect("well formed");
    // Without knowing: a is worth 0.75, b 0.5. Knowing: 0.75 × 1 + 0.25 × 2 = 1.25.
    assert_eq!(found.best, Some(0));
    close("evpi", found.perfect.expect("compared").value, 0.5, 1e-12);
    close("evppi", found.partial[0].value.expect("enough"), 0.5, 1e-12);
    close("raw", found.partial[0].uncorrected.expect("enough"), 0.5, 1e-12);
    // Learning nothing is worth nothing.
    close(
        "nothing",
        found.partial[1].uncorrected.expect("enough"),
        0.0,
        1e-12,
    );
}

/// The bias is seen and taken out: an idle factor among few futures, drawn independently.
#[test]
fn the_bias_is_taken_out() {
    let normal = Distribution::Normal { mean: 0.0, sd: 1.0 };
    let (mut raw, mut corrected) = (0.0, 0.0);
    for seed in 0..60 {
        let x: Vec<Vec<f64>> = uniforms(256, 3, seed)
            .iter()
            .map(|c| c.iter().map(|u| normal.quantile(*u)).collect())
            .collect();
        let outcomes = Outcomes::new(vec![Column::ran(&x[0]), Column::ran(&x[1])], Direction::Higher);
        let found = information(&outcomes, &[Factor::Numeric(&x[2])], &[vec![0]]).expect("well formed");
        raw += found.partial[0].uncorrected.expect("enough") / 60.0;
        corrected += found.partial[0].value.expect("enough") / 60.0;
    }
    assert!(
        raw > 0.05 && corrected.abs() < 0.2 * raw,
        "{raw} becomes {corrected}"
    );
}

#[test]
fn information_counts_gaps_and_says_when_it_cannot() {
    let a = [1.0, 2.0, f64::NAN, 4.0];
    let b = [0.0; 4];
    let x = [1.0, f64::NAN, 3.0, 4.0];
    let outcomes = Outcomes::new(vec![Column::ran(&a), Column::ran(&b)], Direction::Higher);
    let found = information(&outcomes, &[Factor::Numeric(&x)], &[vec![0]]).expect("well formed");
    assert_eq!((found.counts.compared, found.counts.missing), (3, 1));
    assert_eq!(
        (found.partial[0].without_value, found.partial[0].value),
        (1, None)
    );
    let error = information(&outcomes, &[], &[vec![3]]).expect_err("no factor 3");
    assert_eq!(
        error.to_string(),
        "there is no factor 3: 0 were given, counted from 0"
    );
    let nothing = Outcomes {
        only: Some(&[false; 4]),
        ..outcomes
    };
    let found = information(&nothing, &[Factor::Numeric(&x)], &[vec![0]]).expect("well formed");
    assert_eq!((found.best, found.perfect), (None, None));
}

const UNIT: ValueFunction = ValueFunction {
    zero: 0.0,
    one: 1.0,
    clipped: false,
};

fn criteria<'a>(columns: &'a [Vec<Vec<f64>>]) -> Vec<Criterion<'a>> {
    let criterion = |c: &'a Vec<Vec<f64>>| Criterion {
        columns: c.iter().map(|v| Column::ran(v)).collect(),
        value: UNIT,
        weight: 0.0,
    };
    columns.iter().map(criterion).collect()
}

/// Two options, two criteria: the first is ahead by p on one and behind by q on the other. It comes first for weights above q / (p + q),
/// so in a share of p / (p + q), with central weight half way from there to 1.
#[test]
fn acceptability_of_two_options() {
    for (p, q) in [(1.0, 1.0), (0.3, 0.6), (0.9, 0.1)] {
        let columns = [vec![vec![p], vec![0.0]], vec![vec![0.0], vec![q]]];
        let options = SmaaOptions {
            draws: 40_000,
            seed: 0,
        };
        let found = acceptability(&criteria(&columns), None, &options).expect("well formed");
        let share = p / (p + q);
        close("first", found.by_option[0].ranks[0], share, 0.01);
        close("second", found.by_option[0].ranks[1], 1.0 - share, 0.01);
        let central = found.by_option[0].central_weights.as_ref().expect("comes first");
        close("central", central[0], (1.0 + q / (p + q)) / 2.0, 0.01);
        close("sum", central[0] + central[1], 1.0, 1e-12);
        let other = found.by_option[1].central_weights.as_ref().expect("comes first");
        close("other", other[0], q / (p + q) / 2.0, 0.01);
    }
}

/// Three criteria, three options each best on one by the same amount: a third each. A fourth, worst on all, comes last always and has no
/// central weights; a clone shares ranks with its original.
#[test]
fn acceptability_of_several_options() {
    let one = |at: usize| {
        (0..4)
            .map(|o| {
                vec![if o == at {
                    1.0
                } else if o == 3 {
                    -1.0
                } else {
                    0.0
                }]
            })
            .collect()
    };
    let columns: Vec<Vec<Vec<f64>>> = (0..3).map(one).collect();
    let options = SmaaOptions {
        draws: 30_000,
        seed: 0,
    };
    let found = acceptability(&criteria(&columns), None, &options).expect("well formed");
    for o in 0..3 {
        close("first", found.by_option[o].ranks[0], 1.0 / 3.0, 0.012);
    }
    assert_eq!(
        (
            found.by_option[3].ranks[3],
            found.by_option[3].central_weights.clone()
        ),
        (1.0, None)
    );

    let cloned: Vec<Vec<Vec<f64>>> = columns
        .iter()
        .map(|c| c.iter().chain(&c[..1]).cloned().collect())
        .collect();
    let twins = acceptability(&criteria(&cloned), None, &options).expect("well formed");
    close(
        "shared",
        twins.by_option[0].ranks[0],
        found.by_option[0].ranks[0] / 2.0,
        1e-12,
    );
    assert_eq!(twins.by_option[0], twins.by_option[4]);
    assert_eq!(twins.by_option[1].ranks[0], found.by_option[1].ranks[0]);
}

#[test]
fn acceptability_over_futures_and_gaps() {
    // In half the futures the first option is better on both criteria, in half worse.
    let columns = vec![vec![vec![1.0, 0.0, f64::NAN], vec![0.0, 1.0, 0.0]]; 2];
    let found = acceptability(
        &criteria(&columns),
        None,
        &SmaaOptions {
            draws: 1_000,
            seed: 0,
        },
    )
    .expect("well formed");
    assert_eq!(
        (
            found.by_option[0].ranks[0],
            found.counts.compared,
            found.counts.missing
        ),
        (0.5, 2, 1)
    );
    let none =
        acceptability(&criteria(&columns), Some(&[false; 3]), &SmaaOptions::default()).expect("well formed");
    assert_eq!((none.draws, none.by_option[0].central_weights.clone()), (0, None));
    assert_eq!(
        acceptability(&[], None, &SmaaOptions::default()),
        Err(ScoreError::NoWeight)
    );
}

fn score(values: &[f64]) -> Score {
    Score {
        values: values.to_vec(),
        status: vec![Status::Ok; values.len()],
    }
}

/// Same values, other beliefs: all of it is facts. Same beliefs, other values: all of it is values.
#[test]
fn quarrels_of_one_kind() {
    let values = [score(&[1.0, 0.0]), score(&[0.0, 1.0])];
    let (first, second) = ([true, false], [false, true]);
    let a = Side {
        believes: Some(&first),
        values: &values,
    };
    let b = Side {
        believes: Some(&second),
        values: &values,
    };
    let d = disagreement(&a, &b).expect("well formed");
    assert_eq!(
        (d.a_prefers, d.b_prefers, d.a_loses, d.b_loses),
        (Some(0), Some(1), Some(1.0), Some(1.0))
    );
    assert_eq!((d.total, d.facts, d.values), (Some(2.0), Some(2.0), Some(0.0)));

    let other = [score(&[0.0, 0.0]), score(&[0.5, 0.5])];
    let a = Side {
        believes: None,
        values: &[score(&[1.0, 1.0]), score(&[0.0, 0.0])],
    };
    let b = Side {
        believes: None,
        values: &other,
    };
    let d = disagreement(&a, &b).expect("well formed");
    assert_eq!((d.total, d.facts, d.values), (Some(1.5), Some(0.0), Some(1.5)));

    let d = disagreement(&a, &a).expect("well formed");
    assert_eq!((d.total, d.facts, d.values), (Some(0.0), Some(0.0), Some(0.0)));
}

/// Worked by hand. Futures 0 and 1; options p and q.
/// A believes 0 and scores p 4, 0 and q 1, 1 there; B believes 1 and scores p 2, 0 and q 0, 6.
/// Means by (beliefs, values): AA (4, 1), AB (2, 0), BA (0, 1), BB (0, 6).
/// Total: A loses 3 by q, B loses 6 by p: 9.
/// Beliefs shared: at A's, AA and AB both prefer p: 0; at B's, BA and BB both prefer q: 0; so 0.
/// Values shared: A's: AA prefers p, BA q: 3 + 1 = 4; B's: AB prefers p, BB q: 2 + 6 = 8; mean 6.
/// Facts: (9 - 0 + 6) / 2 = 7.5; values: (9 - 6 + 0) / 2 = 1.5.
#[test]
fn a_mixed_quarrel_by_hand() {
    let (at_0, at_1) = ([true, false], [false, true]);
    let a = Side {
        believes: Some(&at_0),
        values: &[score(&[4.0, 0.0]), score(&[1.0, 1.0])],
    };
    let b = Side {
        believes: Some(&at_1),
        values: &[score(&[2.0, 0.0]), score(&[0.0, 6.0])],
    };
    let d = disagreement(&a, &b).expect("well formed");
    assert_eq!((d.a_loses, d.b_loses, d.total), (Some(3.0), Some(6.0), Some(9.0)));
    assert_eq!((d.facts, d.values), (Some(7.5), Some(1.5)));
    let back = disagreement(&b, &a).expect("well formed");
    assert_eq!(
        (back.total, back.facts, back.values),
        (d.total, d.facts, d.values)
    );
}

#[test]
fn a_quarrel_without_futures() {
    let nothing = [false, false];
    let values = [score(&[4.0, 0.0]), score(&[1.0, f64::NAN])];
    let a = Side {
        believes: Some(&nothing),
        values: &values,
    };
    let b = Side {
        believes: None,
        values: &values,
    };
    let d = disagreement(&a, &b).expect("well formed");
    assert_eq!(
        (d.total, d.a_prefers, d.counts.compared, d.counts.missing),
        (None, None, 1, 1)
    );
    let short = Side {
        believes: None,
        values: &values[..1],
    };
    assert!(disagreement(&a, &short).is_err());
}

/// The lead is 1/2 + x + 2 y - z, all from 0 to 1 and the reference in the middle: 1.5. All three move against it at once, so a share r
/// takes off r (1 + 2 + 1), and the lead falls at r = 0.375. With x only, no change within the range is enough.
#[test]
fn the_smallest_joint_change() {
    let n = 3_000;
    let u = uniforms(n, 4, 9);
    let a: Vec<f64> = (0..n).map(|i| 0.5 + u[0][i] + 2.0 * u[1][i]).collect();
    let b: Vec<f64> = u[2].clone();
    let outcomes = Outcomes::new(vec![Column::ran(&b), Column::ran(&a)], Direction::Higher);
    let factors: Vec<Factor> = u.iter().map(|c| Factor::Numeric(c)).collect();
    let look = |outcomes: &Outcomes, options: &JointOptions| {
        let (counts, mut found) = joint_flips(outcomes, &factors, &[0.5; 4], options).expect("well formed");
        assert_eq!(
            (counts.compared, found.len(), found[0].from, found[0].to),
            (n, 1, 1, 0)
        );
        found.remove(0)
    };
    let found = look(&outcomes, &JointOptions::default());
    close("ahead", found.ahead, 1.5, 1e-9);
    close("distance", found.distance.expect("in reach"), 0.375, 1e-3);
    close("explained", found.explained, 1.0, 1e-9);
    let mut changes: Vec<usize> = found.changes.iter().map(|c| c.factor).collect();
    assert_eq!(changes[0], 1);
    changes.sort_unstable();
    assert_eq!(changes, [0, 1, 2]);
    close("down", found.changes[0].to, 0.125, 1e-3);

    let only_x = JointOptions {
        movable: vec![true, false, false, false],
        ..JointOptions::default()
    };
    let stuck = look(&outcomes, &only_x);
    assert_eq!((stuck.distance, stuck.changes.len()), (None, 0));

    // A margin must be overcome too: 1.9 at 4 r.
    let close_call = Outcomes {
        margin: 0.4,
        ..outcomes
    };
    close(
        "margin",
        look(&close_call, &JointOptions::default())
            .distance
            .expect("in reach"),
        0.475,
        1e-3,
    );
    let wide = Outcomes {
        margin: 0.6,
        ..close_call
    };
    assert_eq!(look(&wide, &JointOptions::default()).distance, None);
}

/// The lead is 0.5 at the middle and falls by 2 y and by x: y alone must fall by 0.25, x alone by 0.5. Known to stand 1.2 apart instead
/// of 0.5, y alone is not enough any more (it takes off 1 at most), and both must fall by 0.4.
#[test]
fn one_change_alone_and_a_known_standing() {
    let n = 3_000;
    let u = uniforms(n, 3, 12);
    let a: Vec<f64> = (0..n)
        .map(|i| 0.5 + (u[0][i] - 0.5) + 2.0 * (u[1][i] - 0.5))
        .collect();
    let b = vec![0.0; n];
    let outcomes = Outcomes::new(vec![Column::ran(&b), Column::ran(&a)], Direction::Higher);
    let factors: Vec<Factor> = u.iter().map(|c| Factor::Numeric(c)).collect();
    let look = |options: &JointOptions| {
        let (_, mut found) = joint_flips(&outcomes, &factors, &[0.5; 3], options).expect("well formed");
        found.remove(0)
    };
    let (change, distance) = look(&JointOptions::default()).alone.expect("y alone");
    assert_eq!(change.factor, 1);
    close("y alone", distance, 0.25, 1e-3);
    close("to", change.to, 0.25, 1e-3);
    close("from", change.from, 0.5, 0.0);
    let known = JointOptions {
        standing: vec![0.3, 1.5],
        ..JointOptions::default()
    };
    let found = look(&known);
    close("ahead", found.ahead, 1.2, 1e-12);
    assert_eq!((found.from, found.to, found.alone), (1, 0, None));
    close("both", found.distance.expect("in reach"), 0.4, 1e-3);
    let short = JointOptions {
        standing: vec![1.0],
        ..JointOptions::default()
    };
    assert!(joint_flips(&outcomes, &factors, &[0.5; 3], &short).is_err());
}

/// Of several others the nearest comes first; categories and whole numbers move in steps.
#[test]
fn joint_changes_in_steps() {
    let n = 3_000;
    let u = uniforms(n, 3, 10);
    let code: Vec<u32> = u[0].iter().map(|u| (u * 3.0) as u32).collect();
    let whole: Vec<f64> = u[1].iter().map(|u| (u * 11.0).floor()).collect();
    let lead: Vec<f64> = vec![5.0; n];
    let by_code: Vec<f64> = code.iter().map(|c| if *c == 2 { 9.0 } else { 0.0 }).collect();
    let by_count = whole.clone();
    let columns = vec![Column::ran(&by_code), Column::ran(&lead), Column::ran(&by_count)];
    let outcomes = Outcomes::new(columns, Direction::Higher);
    let factors = [
        Factor::Categorical {
            codes: &code,
            categories: 3,
        },
        Factor::Integer(&whole),
        Factor::Numeric(&u[2]),
    ];
    let (_, found) =
        joint_flips(&outcomes, &factors, &[0.0, 3.0, 0.5], &JointOptions::default()).expect("well formed");
    // Whole numbers: 6 is the first beyond 5, three steps of a range of 10 away.
    assert_eq!((found[0].to, found[0].changes[0].factor), (2, 1));
    close("count", found[0].changes[0].to, 6.0, 0.0);
    close("distance", found[0].distance.expect("in reach"), 0.3, 1e-9);
    assert_eq!(
        (found[1].to, found[1].changes[0].factor, found[1].changes[0].to),
        (0, 0, 2.0)
    );
    close("category", found[1].distance.expect("in reach"), 1.0, 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Permuting futures moves the value of information in its last digits only; an irrelevant option moves nothing.
    #[test]
    fn information_laws(seed in 0..1_000_u64, shift in 1..200_usize) {
        let x = uniforms(240, 3, seed);
        let a: Vec<f64> = x[0].iter().map(|v| v - 0.4).collect();
        let b: Vec<f64> = x[1].iter().map(|v| 0.3 * v).collect();
        let zero = vec![0.0; 240];
        let bad = vec![-9.0; 240];
        let run = |columns: Vec<&[f64]>, factor: &[f64]| {
            let outcomes = Outcomes::new(columns.iter().map(|c| Column::ran(c)).collect(), Direction::Higher);
            information(&outcomes, &[Factor::Numeric(factor)], &[vec![0]]).unwrap()
        };
        let found = run(vec![&zero, &a, &b], &x[0]);
        let turn = |v: &[f64]| { let mut v = v.to_vec(); v.rotate_left(shift); v };
        let (ta, tb, tx) = (turn(&a), turn(&b), turn(&x[0]));
        let turned = run(vec![&zero, &ta, &tb], &tx);
        let pick = |i: &analysis::decision::Information| (i.perfect.unwrap().value, i.partial[0].value.unwrap());
        prop_assert!((pick(&found).0 - pick(&turned).0).abs() < 1e-12);
        prop_assert!((pick(&found).1 - pick(&turned).1).abs() < 1e-9);
        let with = run(vec![&zero, &a, &b, &bad], &x[0]);
        prop_assert_eq!(with.perfect, found.perfect);
        prop_assert!((with.partial[0].uncorrected.unwrap() - found.partial[0].uncorrected.unwrap()).abs() < 1e-12);
    }
}
