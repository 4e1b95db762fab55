//! Sensitivity indices against closed forms and a published implementation.
#![allow(
    clippy::disallowed_methods,
    reason = "the test functions are given with sines; their last bits do not matter here"
)]

mod reference;

use analysis::designs::{self, MorrisOptions, Scramble};
use analysis::sensitivity::{
    DeltaOptions, Estimate, SensitivityError, SobolOptions, delta, dgsm_measures, efast_indices,
    morris_effects, pawn, rbd_fast, regional, sobol_indices,
};
use reference::{Csv, Goldens, array, close, held, json, number, numbers, size};
use serde_json::Value;

/// A test function with its reference files.
struct Case {
    dimensions: usize,
    ranges: Vec<(f64, f64)>,
    function: fn(&[f64]) -> f64,
    analytic: Value,
    sobol: Value,
    morris: Value,
    morris_samples: Csv,
    efast: Value,
    efast_results: Csv,
    given: Value,
    dgsm: Value,
    dgsm_samples: Csv,
}

macro_rules! case {
    ($name:literal, $function:expr) => {{
        let analytic = json(include_str!(concat!(
            "data/sensitivity/",
            $name,
            ".analytic.json"
        )));
        let ranges: Vec<(f64, f64)> = array(&analytic["bounds"])
            .iter()
            .map(|b| (number(&b[0]), number(&b[1])))
            .collect();
        Case {
            dimensions: ranges.len(),
            ranges,
            function: $function,
            analytic: analytic["analytic"].clone(),
            sobol: json(include_str!(concat!("data/sensitivity/", $name, ".sobol.json"))),
            morris: json(include_str!(concat!("data/sensitivity/", $name, ".morris.json"))),
            morris_samples: Csv::read(include_str!(concat!(
                "data/sensitivity/",
                $name,
                ".morris_t200_l4.samples.csv"
            ))),
            efast: json(include_str!(concat!("data/sensitivity/", $name, ".efast.json"))),
            efast_results: Csv::read(include_str!(concat!(
                "data/sensitivity/",
                $name,
                ".efast_N1024_M4.y.csv"
            ))),
            given: json(include_str!(concat!(
                "data/sensitivity/",
                $name,
                ".given_data.json"
            ))),
            dgsm: json(include_str!(concat!("data/sensitivity/", $name, ".dgsm.json"))),
            dgsm_samples: Csv::read(include_str!(concat!(
                "data/sensitivity/",
                $name,
                ".dgsm_N1000.csv"
            ))),
        }
    }};
}

fn ishigami(x: &[f64]) -> f64 {
    x[0].sin() + 7.0 * x[1].sin() * x[1].sin() + 0.1 * x[2] * x[2] * x[2] * x[2] * x[0].sin()
}

fn g_function(x: &[f64]) -> f64 {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    x.iter()
        .zip(a)
        .map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a))
        .product()
}

fn cases() -> [Case; 2] {
    [case!("ishigami_7_0.1", ishigami), case!("sobol_g_8", g_function)]
}

impl Case {
    /// Columns from the unit cube to the ranges.
    fn scaled(&self, unit: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        let column =
            |(c, (low, high)): (Vec<f64>, &(f64, f64))| c.iter().map(|u| low + u * (high - low)).collect();
        unit.into_iter().zip(&self.ranges).map(column).collect()
    }

    fn results(&self, columns: &[Vec<f64>]) -> Vec<f64> {
        let row = |i: usize| columns.iter().map(|c| c[i]).collect::<Vec<f64>>();
        (0..columns[0].len()).map(|i| (self.function)(&row(i))).collect()
    }

    /// The table of the methods that take any: the first 4,096 plain Sobol' points.
    fn table(&self) -> (Vec<Vec<f64>>, Vec<f64>) {
        let columns =
            self.scaled(designs::sobol(4_096, self.dimensions, 0, Scramble::None).expect("well formed"));
        let y = self.results(&columns);
        (columns, y)
    }
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

#[test]
fn sobol_exact() {
    let _count = Goldens::of("set a: Sobol' indices");
    let mut compared = 0;
    for case in cases() {
        for expected in array(&case.sobol["exact_unscrambled"]) {
            let d = case.dimensions;
            let unit =
                designs::saltelli(size(&expected["N"]), d, true, 0, Scramble::None).expect("well formed");
            let y = case.results(&case.scaled(unit));
            assert_eq!(y.len(), size(&expected["rows"]));
            let options = SobolOptions {
                resamples: 1_000,
                ..Default::default()
            };
            let found = sobol_indices(&y, d, &options).expect("a whole design");
            for j in 0..d {
                let (first, total) = (found.first_order[j], found.total_order[j]);
                close("S1", first.value, number(&expected["S1"][j]), 1e-9, 0.0);
                close("ST", total.value, number(&expected["ST"][j]), 1e-9, 0.0);
                // Intervals are bootstraps of their own: 30 %. The reference for the g-function was made with 10 resamples, not with
                // the 100 it states (SALib gives those very numbers with 10), and such a spread is good to a factor of two.
                for (estimate, expected) in [(first, "S1_conf_bootstrap"), (total, "ST_conf_bootstrap")] {
                    let half_width = number(
                        &array_of(case.sobol["exact_unscrambled"].clone(), expected, &found.blocks)[j],
                    );
                    close(
                        "half width",
                        estimate.half_width.expect("resampled"),
                        half_width,
                        1e-9,
                        if d == 3 { 0.3 } else { 1.0 },
                    );
                }
                compared += 4;
            }
            if d == 8 && found.blocks == 4_096 {
                // SALib 1.6.0 with 1,000 resamples.
                let first = [
                    0.034497, 0.020446, 0.0076934, 0.0045179, 4.4316e-4, 4.3986e-4, 3.9364e-4, 4.4539e-4,
                ];
                let total = [
                    0.035772, 0.014558, 0.0022064, 6.8073e-4, 7.0993e-6, 7.0786e-6, 7.2604e-6, 6.8068e-6,
                ];
                for j in 0..8 {
                    let own = |e: Estimate| e.half_width.expect("resampled");
                    close("S1 half width", own(found.first_order[j]), first[j], 0.0, 0.1);
                    close("ST half width", own(found.total_order[j]), total[j], 0.0, 0.1);
                }
            }
            for pair in &found.second_order {
                let name = format!("x{},x{}", pair.a + 1, pair.b + 1);
                close(&name, pair.index.value, number(&expected["S2"][&name]), 1e-9, 0.0);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 3 * (4 * 3 + 3) + 3 * (4 * 8 + 28));
}

/// The list under `key` in the entry with that number of base points.
fn array_of(entries: Value, key: &str, points: &usize) -> Vec<Value> {
    let entry = array(&entries)
        .iter()
        .find(|e| size(&e["N"]) == *points)
        .expect("an entry")
        .clone();
    array(&entry[key]).to_vec()
}

/// Points shifted at random spread no more than one and a half times the reference, in 62 of 66 indices.
///
/// Not in all: the reference spread is of 20 seeds and heavy-tailed. Over 200 seeds SciPy's own scrambling gives 0.0040 for the total
/// order of the first factor of Ishigami's function at 4,096 points, where the reference has 0.0019.
#[test]
fn sobol_shifted() {
    let _count = Goldens::of("set a: spread of shifted Sobol' points");
    let ratios = scrambled(|seed| Scramble::DigitalShift { seed });
    held(ratios.len());
    assert_eq!(
        (ratios.iter().filter(|r| **r <= 1.5).count(), ratios.len()),
        (62, 66)
    );
    assert!(geometric_mean(&ratios) < 0.5);
}

/// Owen's scrambling spreads as the reference's does.
#[test]
fn sobol_scrambled() {
    let _count = Goldens::of("set a: spread of scrambled Sobol' points");
    let ratios = scrambled(|seed| Scramble::Owen { seed });
    held(ratios.len());
    let mean = geometric_mean(&ratios);
    assert!((0.67..1.5).contains(&mean), "{mean}");
}

fn geometric_mean(values: &[f64]) -> f64 {
    (values.iter().map(|v| v.ln()).sum::<f64>() / values.len() as f64).exp()
}

/// Runs 20 seeds, holds every index to 4 sd of the closed form, and returns own spread by reference spread for each index.
fn scrambled(scramble: fn(u64) -> Scramble) -> Vec<f64> {
    let mut ratios = Vec::new();
    for case in cases() {
        for expected in array(&case.sobol["scrambled_spread"]) {
            let d = case.dimensions;
            let runs: Vec<_> = (0..20)
                .map(|seed| {
                    let unit = designs::saltelli(size(&expected["N"]), d, false, 0, scramble(seed));
                    let y = case.results(&case.scaled(unit.expect("well formed")));
                    let options = SobolOptions {
                        second_order: false,
                        resamples: 0,
                        seed: 0,
                    };
                    sobol_indices(&y, d, &options).expect("a whole design")
                })
                .collect();
            for j in 0..d {
                for (key, of) in [("S1", 0), ("ST", 1)] {
                    let value = |r: &analysis::sensitivity::SobolIndices| {
                        [r.first_order[j], r.total_order[j]][of].value
                    };
                    let found: Vec<f64> = runs.iter().map(value).collect();
                    let mean = found.iter().sum::<f64>() / 20.0;
                    let sd = (found.iter().map(|f| (f - mean) * (f - mean)).sum::<f64>() / 19.0).sqrt();
                    let reference = number(&expected[format!("{key}_sd")][j]);
                    let analytic = number(&case.analytic[key][j]);
                    assert!(
                        found
                            .iter()
                            .all(|f| (f - analytic).abs() <= 4.0 * reference.max(sd)),
                        "{key} {j}: {found:?}"
                    );
                    ratios.push(sd / reference);
                }
            }
        }
    }
    ratios
}

#[test]
fn morris_exact() {
    let _count = Goldens::of("set a: Morris");
    for case in cases() {
        let mut columns = case.morris_samples.columns.clone();
        let y = columns.pop().expect("the last column");
        let found = morris_effects(&slices(&columns), &y, 4, &[], (100, 0)).expect("trajectories");
        assert_eq!(found.trajectories, 200);
        let expected = &case.morris["results"][0];
        for (j, effect) in found.effects.iter().enumerate() {
            let mu_star = effect.mu_star.expect("effects");
            let bound = 1e-9 * mu_star.value.max(1.0);
            close(
                "mu",
                effect.mu.expect("alone"),
                number(&expected["mu"][j]),
                bound,
                0.0,
            );
            close(
                "mu star",
                mu_star.value,
                number(&expected["mu_star"][j]),
                bound,
                0.0,
            );
            close(
                "sigma",
                effect.sigma.expect("alone"),
                number(&expected["sigma"][j]),
                bound,
                0.0,
            );
            let half = number(&expected["mu_star_conf_bootstrap"][j]);
            close(
                "half width",
                mu_star.half_width.expect("resampled"),
                half,
                1e-9,
                0.3,
            );
        }
    }
}

#[test]
fn morris_own_trajectories() {
    let _count = Goldens::of("set a: spread of Morris");
    for case in cases() {
        let options = MorrisOptions {
            trajectories: 200,
            ..Default::default()
        };
        let columns = case.scaled(designs::morris(case.dimensions, &options).expect("well formed"));
        let y = case.results(&columns);
        let found = morris_effects(&slices(&columns), &y, 4, &[], (0, 0)).expect("trajectories");
        let spread = &case.morris["spread_t200_l4_20seeds"];
        for (j, effect) in found.effects.iter().enumerate() {
            for (key, found) in [
                ("mu", effect.mu),
                ("mu_star", effect.mu_star.map(|m| m.value)),
                ("sigma", effect.sigma),
            ] {
                let (mean, sd) = (
                    number(&spread[format!("{key}_mean")][j]),
                    number(&spread[format!("{key}_sd")][j]),
                );
                close(key, found.expect("effects"), mean, 4.0 * sd + 1e-9, 0.0);
            }
        }
    }
}

#[test]
fn groups_of_factors_step_together() {
    // y = 3 (a + b) - 2 c: the group of a and b moves y by 3 per unit of each, with or against each other.
    let options = MorrisOptions {
        trajectories: 30,
        groups: &[0, 0, 1],
        ..Default::default()
    };
    let columns = designs::morris(3, &options).expect("well formed");
    let y: Vec<f64> = (0..columns[0].len())
        .map(|i| 3.0 * columns[0][i] - 2.0 * columns[2][i])
        .collect();
    let found = morris_effects(&slices(&columns), &y, 4, &[0, 0, 1], (0, 0)).expect("trajectories");
    assert_eq!((found.effects.len(), found.trajectories), (2, 30));
    assert_eq!(found.effects[0].mu, None);
    close(
        "group",
        found.effects[0].mu_star.expect("effects").value,
        3.0,
        1e-12,
        0.0,
    );
    close("alone", found.effects[1].mu.expect("alone"), -2.0, 1e-12, 0.0);
    close(
        "straight",
        found.effects[1].sigma.expect("alone"),
        0.0,
        1e-12,
        0.0,
    );
}

#[test]
fn efast() {
    let _count = Goldens::of("set a: eFAST");
    for case in cases() {
        let d = case.dimensions;
        let found = efast_indices(case.efast_results.column("y"), d, 4).expect("curves");
        let expected = &case.efast["results"][0];
        for j in 0..d {
            close(
                "S1",
                found.first_order[j].expect("varies"),
                number(&expected["S1"][j]),
                1e-9,
                0.0,
            );
            close(
                "ST",
                found.total_order[j].expect("varies"),
                number(&expected["ST"][j]),
                1e-9,
                0.0,
            );
        }
        // Our own curves differ in their phases only.
        let columns = case.scaled(designs::efast(1_024, d, 4, 0).expect("enough points"));
        let found = efast_indices(&case.results(&columns), d, 4).expect("curves");
        let spread = &case.efast["spread_N1024_20seeds"];
        for j in 0..d {
            let near = |key: &str, found: f64| {
                let (mean, sd) = (
                    number(&spread[format!("{key}_mean")][j]),
                    number(&spread[format!("{key}_sd")][j]),
                );
                close(key, found, mean, 6.0 * sd + 1e-3, 0.0);
            };
            near("S1", found.first_order[j].expect("varies"));
            near("ST", found.total_order[j].expect("varies"));
        }
    }
}

#[test]
fn pawn_indices() {
    let _count = Goldens::of("set a: PAWN");
    for case in cases() {
        let (columns, y) = case.table();
        for expected in array(&case.given["pawn"]) {
            let found = pawn(&slices(&columns), &y, size(&expected["S"])).expect("a table");
            for (j, found) in found.factors.iter().enumerate() {
                let found = found.expect("varies");
                for (key, found) in [
                    ("minimum", found.minimum),
                    ("mean", found.mean),
                    ("median", found.median),
                    ("maximum", found.maximum),
                    ("CV", found.variation),
                ] {
                    close(key, found, number(&expected[key][j]), 1e-9, 0.0);
                }
            }
        }
    }
}

#[test]
fn rbd_fast_indices() {
    let _count = Goldens::of("set a: RBD-FAST");
    for case in cases() {
        let (columns, y) = case.table();
        let found = rbd_fast(&slices(&columns), &y, size(&case.given["rbd_fast"]["M"])).expect("a table");
        for (found, expected) in found
            .first_order
            .iter()
            .zip(numbers(&case.given["rbd_fast"]["S1"]))
        {
            close("S1", found.expect("varies"), expected, 1e-9, 0.0);
        }
    }
}

#[test]
fn delta_indices() {
    let _count = Goldens::of("set a: delta");
    for case in cases() {
        let (columns, y) = case.table();
        let found = delta(&slices(&columns), &y, &DeltaOptions::default()).expect("a table");
        for (j, found) in found.factors.iter().enumerate() {
            let found = found.expect("varies");
            let expected = number(&case.given["delta"]["delta_raw"][j]);
            close("delta", found.resampled.expect("resampled"), expected, 0.02, 0.0);
            // Factors 5 to 8 of the g-function are inert: the bias is seen and taken out.
            if case.dimensions == 8 && j > 4 {
                assert!(
                    found.plain > 0.02 && found.reduced.value.abs() < 0.01,
                    "{found:?}"
                );
            }
        }
    }
}

#[test]
fn dgsm() {
    let _count = Goldens::of("set a: DGSM");
    for case in cases() {
        let d = case.dimensions;
        let samples = &case.dgsm_samples;
        let points = samples.columns[0].len();
        let columns: Vec<Vec<f64>> = (0..d)
            .map(|k| {
                let base = &samples.columns[k];
                let at = |i: usize, row: usize| {
                    if row == k + 1 {
                        samples.columns[d + k][i]
                    } else {
                        base[i]
                    }
                };
                (0..points)
                    .flat_map(|i| (0..=d).map(move |row| at(i, row)))
                    .collect()
            })
            .collect();
        let y: Vec<f64> = (0..points)
            .flat_map(|i| (0..=d).map(move |row| samples.columns[2 * d + row][i]))
            .collect();
        let found = dgsm_measures(&slices(&columns), &y, &case.ranges, (100, 0)).expect("blocks");
        assert_eq!(found.points, points);
        for (j, found) in found.factors.iter().enumerate() {
            close(
                "nu",
                found.nu.expect("steps"),
                number(&case.dgsm["vi"][j]),
                0.0,
                1e-9,
            );
            close(
                "nu sd",
                found.nu_sd.expect("steps"),
                number(&case.dgsm["vi_std"][j]),
                0.0,
                1e-9,
            );
            close(
                "bound",
                found.bound.expect("varies").value,
                number(&case.dgsm["dgsm"][j]),
                0.0,
                1e-9,
            );
            if let Some(analytic) = case.dgsm["analytic_vi"].get(j) {
                close("analytic", found.nu.expect("steps"), number(analytic), 0.0, 0.15);
            }
        }
    }
}

#[test]
fn regional_distances() {
    let _count = Goldens::of("set c: regional distances");
    let csv = Csv::read(include_str!("data/discovery/flu_no_policy.data.csv"));
    let golden = json(include_str!("data/discovery/flu_no_policy.regional_ks.json"));
    let verdicts: Vec<Option<bool>> = csv.column("y").iter().map(|y| Some(*y == 1.0)).collect();
    let expected = golden["ks"].as_object().expect("an object");
    let columns: Vec<&[f64]> = expected.keys().map(|name| csv.column(name)).collect();
    let found = regional(&columns, &verdicts).expect("a table");
    assert_eq!(
        (found.of_interest, found.others, found.factors.len()),
        (349, 651, 19)
    );
    for ((name, expected), found) in expected.iter().zip(&found.factors) {
        let found = found.expect("both sides have values");
        close(name, found.distance, number(&expected["D"]), 1e-12, 0.0);
        let p = number(&expected["p"]);
        if p > 1e-6 {
            close(name, found.p_value, p, 0.0, 0.05);
        }
    }
}

#[test]
fn gaps_are_left_out_and_counted() {
    let case = &cases()[0];
    let unit = designs::saltelli(512, 3, true, 0, Scramble::Owen { seed: 0 }).expect("well formed");
    let mut y = case.results(&case.scaled(unit));
    let options = SobolOptions {
        resamples: 0,
        ..Default::default()
    };
    let whole = sobol_indices(&y, 3, &options).expect("a whole design");
    y[8 * 7 + 3] = f64::NAN;
    y[8 * 7 + 4] = f64::INFINITY;
    y[8 * 100] = f64::NAN;
    let gaps = sobol_indices(&y, 3, &options).expect("a whole design");
    assert_eq!((whole.used, gaps.blocks, gaps.used), (512, 512, 510));
    let spoiled: Vec<f64> = y
        .chunks(8)
        .filter(|b| b.iter().all(|v| v.is_finite()))
        .flatten()
        .copied()
        .collect();
    let same = sobol_indices(&spoiled, 3, &options).expect("a whole design");
    assert_eq!(same.first_order, gaps.first_order);

    let (columns, mut y) = case.table();
    y[17] = f64::NAN;
    let x = slices(&columns);
    assert_eq!(pawn(&x, &y, 10).expect("a table").left_out, 1);
    assert_eq!(rbd_fast(&x, &y, 10).expect("a table").left_out, 1);
    assert_eq!(
        delta(
            &x,
            &y,
            &DeltaOptions {
                resamples: 0,
                seed: 0
            }
        )
        .expect("a table")
        .left_out,
        1
    );

    let mut curves = case.efast_results.column("y").to_vec();
    curves[1_500] = f64::NAN;
    let found = efast_indices(&curves, 3, 4).expect("curves");
    assert!(found.first_order[1].is_none() && found.first_order[0].is_some());
}

#[test]
fn constants_have_no_index() {
    let one = vec![1.0; 8 * 16];
    assert!(
        sobol_indices(&one, 3, &SobolOptions::default())
            .expect("a whole design")
            .first_order
            .is_empty()
    );
    let x: Vec<f64> = (0..128).map(f64::from).collect();
    assert_eq!(rbd_fast(&[&x], &one, 5).expect("a table").first_order, [None]);
    assert_eq!(
        delta(&[&x], &one, &DeltaOptions::default())
            .expect("a table")
            .factors,
        [None]
    );
    assert_eq!(pawn(&[&one], &x, 5).expect("a table").factors, [None]);
    assert_eq!(efast_indices(&one, 1, 4).expect("curves").first_order, [None]);
}

#[test]
fn what_is_refused() {
    let y = [1.0; 10];
    let said = |error: SensitivityError| error.to_string();
    assert_eq!(
        said(sobol_indices(&y, 3, &SobolOptions::default()).expect_err("ten rows")),
        "10 results do not fit the design: for 3 factors their number is a multiple of 8"
    );
    assert_eq!(
        said(pawn(&[&y[..9]], &y, 10).expect_err("nine rows")),
        "factor 0 has 9 rows where the results have 10"
    );
    assert_eq!(
        said(pawn(&[&y], &y, 0).expect_err("no slide")),
        "the number of slides is 0: it must be at least 1"
    );
    assert_eq!(
        said(rbd_fast(&[&y], &[f64::NAN; 10], 4).expect_err("no number")),
        "0 rows with a number are too few: this method needs at least 10"
    );
    assert_eq!(
        said(morris_effects(&[&y[..4]], &y[..4], 4, &[], (0, 0)).expect_err("nothing moves")),
        "row 1 is no step of a trajectory: exactly one factor or group must change from the row before"
    );
}
