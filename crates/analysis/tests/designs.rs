//! Designs against reference points, discrepancies and spreads, and the laws each design keeps.

use analysis::designs::{
    Discrepancy, Improve, LatinOptions, MorrisOptions, Scramble, Sobol, Within, dgsm, discrepancy, efast,
    efast_frequencies, full_factorial, gaussian_copula, halton, iman_conover, latin_hypercube, morris,
    one_at_a_time, saltelli, sobol,
};
use analysis::distribution::Distribution;
use serde_json::{Map, Value};

fn golden() -> Value {
    serde_json::from_str(include_str!("data/designs/sampling.json")).expect("valid JSON")
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn row(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(number).collect()
}

const KINDS: [(&str, Discrepancy); 4] = [
    ("CD", Discrepancy::Centred),
    ("WD", Discrepancy::WrapAround),
    ("MD", Discrepancy::Mixture),
    ("L2-star", Discrepancy::L2Star),
];

#[test]
fn sobol_points_are_exact() {
    let golden = golden();
    let mut compared = 0;
    for (dimensions, points) in object(&golden["sobol_unscrambled"]["first_16_points"]) {
        let d: usize = dimensions.parse().expect("a number of dimensions");
        let columns = sobol(16, d, 0, Scramble::None).expect("well formed");
        for (i, expected) in points.as_array().expect("points").iter().enumerate() {
            assert_eq!(
                columns.iter().map(|c| c[i]).collect::<Vec<_>>(),
                row(expected),
                "point {i} in {d} dimensions"
            );
            compared += d;
        }
    }
    for (dimensions, points) in object(&golden["sobol_unscrambled"]["points_at"]) {
        let sequence =
            Sobol::new(dimensions.parse().expect("a number"), Scramble::None).expect("well formed");
        for (index, expected) in object(points) {
            let index: u32 = index.parse().expect("an index");
            let found: Vec<f64> = (0..sequence.dimensions())
                .map(|d| sequence.point(index, d))
                .collect();
            assert_eq!(found, row(expected), "point {index}");
            compared += found.len();
        }
    }
    assert_eq!(compared, (1 + 2 + 5 + 10 + 21) * (16 + 3));
    println!("goldens, set f: Sobol' points: {compared} numbers within tolerance");
}

#[test]
fn discrepancies() {
    let golden = golden();
    let mut compared = 0;
    for (dimensions, by_count) in object(&golden["sobol_unscrambled"]["discrepancy"]) {
        for (count, by_kind) in object(by_count) {
            let (n, d) = (
                count.parse().expect("a number"),
                dimensions.parse().expect("a number"),
            );
            let columns = sobol(n, d, 0, Scramble::None).expect("well formed");
            for (name, kind) in KINDS {
                let (found, expected) = (
                    discrepancy(&columns, kind).expect("well formed"),
                    number(&by_kind[name]),
                );
                assert!(
                    (found / expected - 1.0).abs() <= 1e-9,
                    "{name} of {n} x {d}: {found} is not {expected}"
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 5 * 3 * 4);
    println!("goldens, set f: discrepancies: {compared} numbers within tolerance");
}

#[test]
fn halton_points() {
    let golden = golden();
    let mut compared = 0;
    for (dimensions, points) in object(&golden["halton_unscrambled"]["first_8"]) {
        let columns = halton(8, dimensions.parse().expect("a number"), 0).expect("well formed");
        for (i, expected) in points.as_array().expect("points").iter().enumerate() {
            for (column, expected) in columns.iter().zip(row(expected)) {
                assert!(
                    (column[i] - expected).abs() <= 1e-15,
                    "point {i}: {} is not {expected}",
                    column[i]
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 8 * (1 + 2 + 5));
    println!("goldens, set f: Halton points: {compared} numbers within tolerance");
    let later = halton(3, 2, 5).expect("well formed");
    assert_eq!(later[1], halton(8, 2, 0).expect("well formed")[1][5..]);
}

/// The mean discrepancy over 25 seeds is that of the reference within 4 sd / sqrt(25), or lower.
///
/// Not more seeds: the reference means are of 100 seeds and have errors of their own. That of centred hypercubes in ten dimensions
/// (wrap-around) lies 3.3 of its standard errors below the exact expectation, which the next test holds.
#[test]
fn spread_over_seeds() {
    type Draw = fn(usize, u64) -> Vec<Vec<f64>>;
    let golden = golden();
    let designs: [(&str, Draw); 4] = [
        ("lhs", |d, seed| draw_latin(d, seed, Within::Random)),
        ("lhs_centered", |d, seed| draw_latin(d, seed, Within::Centre)),
        ("sobol_owen_scrambled_LMS_shift", |d, seed| {
            sobol(256, d, 0, Scramble::Owen { seed }).expect("well formed")
        }),
        ("monte_carlo", |d, seed| {
            // Latin strata of one point are plain random numbers.
            (0..d as u64)
                .map(|c| {
                    (0..256)
                        .map(|r| draw_one(seed * 1_000_003 + c * 1_009 + r))
                        .collect()
                })
                .collect()
        }),
    ];
    let mut compared = 0;
    for d in [2, 5, 10] {
        let spread = &golden["spread_over_100_seeds"][format!("d{d}_n256")];
        for (name, draw) in designs {
            let designs: Vec<Vec<Vec<f64>>> = (0..25).map(|seed| draw(d, seed)).collect();
            for (kind_name, kind) in KINDS {
                let mean = designs
                    .iter()
                    .map(|c| discrepancy(c, kind).expect("well formed"))
                    .sum::<f64>()
                    / designs.len() as f64;
                let expected = &spread[name][kind_name];
                let limit = number(&expected["mean"]) + 4.0 * number(&expected["sd"]) / 5.0;
                assert!(
                    mean <= limit,
                    "{kind_name} of {name} in {d} dimensions: {mean} is above {limit}"
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 3 * 4 * 4);
    println!("goldens, set f: spread over seeds: {compared} numbers within tolerance");
}

/// Two rows of a centred hypercube differ by a multiple of 1/n that is never zero, independently in every dimension, which gives
/// the expected wrap-around discrepancy in closed form.
#[test]
fn centred_hypercubes_have_the_expected_discrepancy() {
    for d in [2, 5, 10] {
        let n = 256.0;
        let power = |x: f64| (0..d).map(|_| x).product::<f64>();
        let expected =
            -power(4.0 / 3.0) + power(1.5) / n + (1.0 - 1.0 / n) * power(1.5 - (n + 1.0) / n / 6.0);
        let found: Vec<f64> = (0..100)
            .map(|seed| {
                discrepancy(&draw_latin(d, seed, Within::Centre), Discrepancy::WrapAround)
                    .expect("well formed")
            })
            .collect();
        let mean = found.iter().sum::<f64>() / 100.0;
        let error = (found.iter().map(|f| (f - mean) * (f - mean)).sum::<f64>() / 99.0 / 100.0).sqrt();
        assert!(
            (mean - expected).abs() <= 4.0 * error,
            "{mean} is not {expected} in {d} dimensions"
        );
    }
}

fn draw_latin(dimensions: usize, seed: u64, within: Within) -> Vec<Vec<f64>> {
    latin_hypercube(
        256,
        dimensions,
        &LatinOptions {
            seed,
            within,
            improve: Improve::No,
        },
    )
    .expect("well formed")
}

fn draw_one(seed: u64) -> f64 {
    latin_hypercube(
        1,
        1,
        &LatinOptions {
            seed,
            ..Default::default()
        },
    )
    .expect("well formed")[0][0]
}

#[test]
fn improved_hypercubes() {
    let golden = golden();
    for d in [2, 5, 10] {
        let reference = &golden["spread_over_100_seeds"][format!("d{d}_n256")]["lhs_random_cd"]["CD"];
        let options = LatinOptions {
            improve: Improve::Discrepancy { swaps: 20_000 },
            ..Default::default()
        };
        let columns = latin_hypercube(256, d, &options).expect("well formed");
        let found = discrepancy(&columns, Discrepancy::Centred).expect("well formed");
        assert!(found <= number(&reference["max"]), "{found} in {d} dimensions");
        strata(&columns);
    }
    let nearest = |columns: &[Vec<f64>]| {
        let square = |a: usize, b: usize| columns.iter().map(|c| (c[a] - c[b]) * (c[a] - c[b])).sum::<f64>();
        (0..64)
            .flat_map(|a| (0..a).map(move |b| (a, b)))
            .map(|(a, b)| square(a, b))
            .fold(f64::INFINITY, f64::min)
    };
    let plain = latin_hypercube(64, 3, &LatinOptions::default()).expect("well formed");
    let options = LatinOptions {
        improve: Improve::Maximin { swaps: 5_000 },
        ..Default::default()
    };
    let apart = latin_hypercube(64, 3, &options).expect("well formed");
    strata(&apart);
    assert!(
        nearest(&apart) > 4.0 * nearest(&plain),
        "{} against {}",
        nearest(&apart),
        nearest(&plain)
    );
}

/// Every column has one point in each stratum.
fn strata(columns: &[Vec<f64>]) {
    for column in columns {
        let n = column.len();
        let mut hit = vec![false; n];
        column.iter().for_each(|x| hit[(x * n as f64) as usize] = true);
        assert!(hit.iter().all(|h| *h));
    }
}

#[test]
fn latin_hypercubes_fill_their_strata() {
    for (n, seed) in [(1, 0), (2, 0), (7, 1), (1000, 2), (4096, 3)] {
        let columns = latin_hypercube(
            n,
            6,
            &LatinOptions {
                seed,
                ..Default::default()
            },
        )
        .expect("well formed");
        strata(&columns);
        // A further dimension moves no other.
        let fewer = latin_hypercube(
            n,
            4,
            &LatinOptions {
                seed,
                ..Default::default()
            },
        )
        .expect("well formed");
        assert_eq!(fewer[..], columns[..4]);
    }
    let centred = draw_latin(2, 9, Within::Centre);
    assert!(centred[0].iter().all(|x| (x * 256.0).fract() == 0.5));
}

/// Integrating a product over scrambled points errs as little as the reference does.
#[test]
fn integration() {
    let golden = golden();
    let g = &golden["integration_rmse"];
    let error = |columns: &[Vec<f64>]| {
        let f = |i: usize| {
            (0..5)
                .map(|d| 1.0 + (columns[d][i] - 0.5) / (2 + d) as f64)
                .product::<f64>()
        };
        (0..1024).map(f).sum::<f64>() / 1024.0 - 1.0
    };
    let rms = |draw: &dyn Fn(u64) -> Vec<Vec<f64>>| {
        ((0..100).map(|s| error(&draw(s))).map(|e| e * e).sum::<f64>() / 100.0).sqrt()
    };
    let owen = rms(&|seed| sobol(1024, 5, 0, Scramble::Owen { seed }).expect("well formed"));
    let latin = rms(&|seed| {
        latin_hypercube(
            1024,
            5,
            &LatinOptions {
                seed,
                ..Default::default()
            },
        )
        .expect("well formed")
    });
    assert!(owen <= 1.5 * number(&g["sobol_scrambled"]), "{owen}");
    assert!(latin <= 1.3 * number(&g["lhs"]), "{latin}");
}

#[test]
fn inverse_distributions() {
    let golden = golden();
    let u = row(&golden["inverse_cdf"]["u"]);
    let known = [
        ("uniform(2,5)", Distribution::Uniform { low: 2.0, high: 5.0 }),
        ("normal(1,2)", Distribution::Normal { mean: 1.0, sd: 2.0 }),
        (
            "lognormal(mu=0.5,sigma=0.75)",
            Distribution::LogNormal { mu: 0.5, sigma: 0.75 },
        ),
        (
            "triangular(1,2,6)",
            Distribution::Triangular {
                low: 1.0,
                mode: 2.0,
                high: 6.0,
            },
        ),
        ("beta(2,5)", Distribution::Beta { a: 2.0, b: 5.0 }),
        (
            "gamma(shape=2.5,scale=1.5)",
            Distribution::Gamma {
                shape: 2.5,
                scale: 1.5,
            },
        ),
        (
            "weibull(shape=1.7,scale=3)",
            Distribution::Weibull {
                shape: 1.7,
                scale: 3.0,
            },
        ),
        (
            "truncnormal(0,1,-1,2)",
            Distribution::TruncatedNormal {
                mean: 0.0,
                sd: 1.0,
                low: -1.0,
                high: 2.0,
            },
        ),
        (
            "pert(0,3,10)",
            Distribution::Pert {
                low: 0.0,
                mode: 3.0,
                high: 10.0,
            },
        ),
        ("exponential(rate=0.4)", Distribution::Exponential { rate: 0.4 }),
    ];
    assert_eq!(object(&golden["inverse_cdf"]["values"]).len(), known.len());
    let mut compared = 0;
    for (name, distribution) in known {
        assert_eq!(distribution.check(), Ok(()));
        for (u, expected) in u.iter().zip(row(&golden["inverse_cdf"]["values"][name])) {
            let found = distribution.quantile(*u);
            let tolerance = if *u < 1e-5 || *u > 1.0 - 1e-5 { 1e-7 } else { 1e-9 };
            assert!(
                (found - expected).abs() <= tolerance * expected.abs(),
                "{name} at {u}: {found} is not {expected}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 90);
    println!("goldens, set f: inverse distribution functions: {compared} numbers within tolerance");
}

#[test]
fn saltelli_blocks() {
    let base = sobol(8, 6, 0, Scramble::None).expect("well formed");
    let both = saltelli(8, 3, true, 0, Scramble::None).expect("well formed");
    let first = saltelli(8, 3, false, 0, Scramble::None).expect("well formed");
    assert_eq!((both[0].len(), first[0].len()), (8 * 8, 8 * 5));
    for i in 0..8 {
        for d in 0..3 {
            let (a, b) = (base[d][i], base[3 + d][i]);
            for j in 0..3 {
                let (ab, ba) = if j == d { (b, a) } else { (a, b) };
                assert_eq!((both[d][8 * i + 1 + j], both[d][8 * i + 4 + j]), (ab, ba));
                assert_eq!(first[d][5 * i + 1 + j], ab);
            }
            assert_eq!((both[d][8 * i], both[d][8 * i + 7]), (a, b));
            assert_eq!((first[d][5 * i], first[d][5 * i + 4]), (a, b));
        }
    }
}

#[test]
fn morris_steps_one_group_at_a_time() {
    let groups = [0, 1, 0, 2, 1];
    for (groups, moves) in [(&groups[..], 3), (&[][..], 5)] {
        let options = MorrisOptions {
            trajectories: 50,
            levels: 6,
            groups,
            seed: 0,
        };
        let columns = morris(5, &options).expect("well formed");
        assert_eq!(columns[0].len(), 50 * (moves + 1));
        for block in 0..50 {
            let start = block * (moves + 1);
            let mut moved = [0; 5];
            for row in start..start + moves {
                let changed: Vec<usize> = (0..5)
                    .filter(|&d| columns[d][row] != columns[d][row + 1])
                    .collect();
                let group = |d: usize| groups.get(d).copied().unwrap_or(d);
                let whole: Vec<usize> = (0..5).filter(|&d| group(d) == group(changed[0])).collect();
                assert_eq!(changed, whole);
                for d in changed {
                    moved[d] += 1;
                    assert!(((columns[d][row] - columns[d][row + 1]).abs() - 0.6).abs() < 1e-12);
                }
            }
            assert_eq!(moved, [1; 5]);
        }
        let on_grid =
            |x: &f64| (0.0..=1.0 + 1e-15).contains(x) && ((x * 5.0).round() - x * 5.0).abs() < 1e-12;
        assert!(columns.iter().flatten().all(on_grid));
    }
    assert!(
        morris(
            3,
            &MorrisOptions {
                levels: 5,
                ..Default::default()
            }
        )
        .is_err()
    );
    assert!(
        morris(
            3,
            &MorrisOptions {
                groups: &[0],
                ..Default::default()
            }
        )
        .is_err()
    );
}

#[test]
fn dgsm_steps_stay_inside() {
    let columns = dgsm(100, 4, 0.01, Scramble::Owen { seed: 0 }).expect("well formed");
    for i in 0..100 {
        for (d, column) in columns.iter().enumerate() {
            let block = &column[5 * i..5 * i + 5];
            for row in 1..5 {
                let step = (block[row] - block[0]).abs();
                assert!(if row == d + 1 {
                    (step - 0.01).abs() < 1e-12
                } else {
                    step == 0.0
                });
            }
        }
    }
    assert!(columns.iter().flatten().all(|x| (0.0..=1.0).contains(x)));
}

#[test]
fn efast_curves() {
    let (own, others) = efast_frequencies(1024, 8, 4).expect("enough points");
    assert_eq!((own, others), (127, vec![1, 3, 5, 8, 10, 12, 15]));
    let columns = efast(1024, 8, 4, 0).expect("enough points");
    assert_eq!(columns[0].len(), 8 * 1024);
    // A triangle wave fills the range evenly.
    for (d, column) in columns.iter().enumerate() {
        for block in column.chunks(1024) {
            let mean = block.iter().sum::<f64>() / 1024.0;
            let square = block.iter().map(|x| (x - 0.5) * (x - 0.5)).sum::<f64>() / 1024.0;
            assert!(
                (mean - 0.5).abs() < 5e-3 && (square - 1.0 / 12.0).abs() < 5e-3,
                "factor {d}: {mean} {square}"
            );
        }
    }
    assert!(efast(64, 3, 4, 0).is_err());
}

#[test]
fn factorials() {
    let levels = [vec![0.0, 1.0], vec![5.0], vec![1.0, 2.0, 3.0]];
    let columns = full_factorial(&levels).expect("six runs");
    assert_eq!(columns[0], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    assert_eq!(columns[1], [5.0; 6]);
    assert_eq!(columns[2], [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    assert!(full_factorial(&vec![vec![0.0, 1.0]; 40]).is_err());
    assert!(full_factorial(&[vec![1.0], vec![]]).is_err());

    let columns = one_at_a_time(&levels, &[0.0, 5.0, 2.0]).expect("a point per factor");
    assert_eq!(columns[0], [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(columns[2], [2.0, 2.0, 1.0, 3.0]);
    assert!(one_at_a_time(&levels, &[0.0]).is_err());
}

#[test]
fn correlated_columns() {
    let wanted = vec![vec![1.0, 0.7, -0.3], vec![0.7, 1.0, 0.0], vec![-0.3, 0.0, 1.0]];
    let columns = latin_hypercube(5_000, 3, &LatinOptions::default()).expect("well formed");
    let reordered = iman_conover(&columns, &wanted).expect("positive definite");
    strata(&reordered);
    let copula = gaussian_copula(&columns, &wanted).expect("positive definite");
    // The rank correlation of normal scores with correlation r is 6/pi arcsin(r/2).
    for (columns, tolerance) in [(reordered, 0.01), (copula, 0.03)] {
        for (i, j, rank) in [(0, 1, 0.683), (0, 2, -0.2876), (1, 2, 0.0)] {
            let product: f64 = columns[i]
                .iter()
                .zip(&columns[j])
                .map(|(x, y)| (x - 0.5) * (y - 0.5))
                .sum::<f64>()
                / 5_000.0;
            assert!(
                (12.0 * product - rank).abs() < tolerance,
                "{i} and {j}: {}",
                12.0 * product
            );
        }
    }
    let impossible = vec![vec![1.0, 0.9, -0.9], vec![0.9, 1.0, 0.9], vec![-0.9, 0.9, 1.0]];
    assert!(iman_conover(&columns, &impossible).is_err());
    assert!(gaussian_copula(&columns, &wanted[..2]).is_err());
}
