//! Vensim models whose answers are known: functions of vectors, tables and data, and functions written out.

#![allow(
    clippy::disallowed_methods,
    reason = "the expected values are computed in another way"
)]

use engine::{Batch, Request, lower, scalar};
use model::{FileError, Files, Model, Sources, VarId};

struct Few;

impl Files for Few {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        match path {
            "data.csv" => Ok(b"time,0,2,3\nx,10,30,20\n".to_vec()),
            _ => Err(FileError::NotFound),
        }
    }
}

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

fn read(text: &str) -> Model {
    let text = format!("{text}\n{CONTROL}");
    let (model, diagnostics) = model::read("model.mdl", text.as_bytes(), &Few, &mut Sources::new());
    model.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

/// The values of a variable, one list of elements for each time.
fn values(text: &str, name: &str) -> Vec<Vec<f64>> {
    let model = read(text);
    let variable: VarId = model.find(name).expect("the variable");
    let request = Request {
        series: vec![variable],
        ..Request::default()
    };
    let program = lower(&model, &request).unwrap_or_else(|problems| panic!("{problems:?}"));
    let batch = Batch {
        seed: 7,
        futures: &[0],
        inputs: &[],
    };
    let outputs = scalar::run(&program, &batch);
    (0..outputs.times.len())
        .map(|time| outputs.series.iter().map(|series| series[time]).collect())
        .collect()
}

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?} {expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        let scale = expected.abs().max(1e-12);
        assert!(
            (found - expected).abs() <= 1e-9 * scale,
            "{found} is not {expected}"
        );
    }
}

/// The elements of `y` at the start.
fn check(text: &str, expected: &[f64]) {
    close(&values(text, "y")[0], expected);
}

/// The scalar `y` at each time.
fn check_series(text: &str, expected: &[f64]) {
    let found: Vec<f64> = values(text, "y")
        .into_iter()
        .map(|elements| elements[0])
        .collect();
    close(&found, expected);
}

const MISSING: f64 = -649_037_107_316_853_453_566_312_041_152_512.0;

#[test]
fn vectors_are_sorted_ranked_and_reordered() {
    let r = "r: (r1-r4) ~~|\ns: (s1-s4) ~~|\nx[r] = 3, 1, 4, 1 ~~|\n";
    check(
        &format!("{r}y[s] = VECTOR SORT ORDER(x[r], 1) ~~|"),
        &[1.0, 3.0, 0.0, 2.0],
    );
    check(
        &format!("{r}y[s] = VECTOR SORT ORDER(x[r], -1) ~~|"),
        &[2.0, 0.0, 1.0, 3.0],
    );
    check(
        &format!("{r}y[r] = VECTOR RANK(x[r], 1) ~~|"),
        &[3.0, 1.0, 4.0, 2.0],
    );
    check(
        &format!("{r}o[s] = VECTOR SORT ORDER(x[r], 1) ~~|\ny[s] = VECTOR REORDER(x[r], o[s]) ~~|"),
        &[1.0, 1.0, 3.0, 4.0],
    );
    // One element on the left takes its own place.
    check(
        &format!(
            "{r}o[s] = VECTOR SORT ORDER(x[r], 1) ~~|\nz[s2] = VECTOR RANK(x[r], 1) ~~|\nz[s1] = 0 ~~|\nz[s3] = 0 ~~|\nz[s4] = 0 ~~|\ny = z[s2] + o[s3] ~~|"
        ),
        &[1.0],
    );
}

#[test]
fn elements_are_found_by_their_distance() {
    let text = "r: a, b, c ~~|\ns: d, e ~~|\nx[r,s] = 1, 2; 3, 4; 5, 6; ~~|\n";
    check(
        &format!("{text}y[r] = VECTOR ELM MAP(x[a,d], (r - 1) * 2 + 1) ~~|"),
        &[2.0, 4.0, 6.0],
    );
    check(
        &format!("{text}y[r] = VECTOR ELM MAP(x[r,d], 2) ~~|"),
        &[3.0, 5.0, MISSING],
    );
    check(&format!("{text}y = VECTOR ELM MAP(x[b,d], -3) ~~|"), &[MISSING]);
}

#[test]
fn matrices_are_inverted_where_the_first_pivot_is_zero() {
    let text = "r: (r1-r3) ~~|\ns: (s1-s3) ~~|\nx[r,s] = 0, 2, 1; 1, 1, 0; 2, 0, 3; ~~|\n";
    let inverse = [-3.0, 6.0, 1.0, 3.0, 2.0, -1.0, 2.0, -4.0, 2.0].map(|value| value / 8.0);
    check(&format!("{text}y[r,s] = INVERT MATRIX(x[r,s], 3) ~~|"), &inverse);
}

#[test]
fn what_is_available_is_shared_by_curves() {
    let head = "buyer: (b1-b3) ~~|\nprofile: ptype, ppriority, pwidth, pextra ~~|\nneed[buyer] = 500, 300, 750 ~~|\n";
    let share = |kind: u8, supply: f64| {
        let text = format!(
            "{head}pp[b1,profile] = {kind}, 5, 2, 0 ~~|\npp[b2,profile] = {kind}, 7, 4, 0 ~~|\npp[b3,profile] = {kind}, 3, 4, 0 ~~|\n\
             y[buyer] = ALLOCATE AVAILABLE(need[buyer], pp[buyer,ptype], {supply}) ~~|"
        );
        values(&text, "y")[0].clone()
    };
    for kind in 1..=4 {
        close(&share(kind, 2000.0), &[500.0, 300.0, 750.0]);
        close(&share(kind, 0.0), &[0.0, 0.0, 0.0]);
        for supply in [1.0, 100.0, 775.0, 1549.0] {
            let given = share(kind, supply);
            close(&[given.iter().sum()], &[supply]);
            // The one with the highest priority gets the largest part of what it asked for, the one with the lowest the
            // smallest, wherever their curves are alike.
            assert!(given[1] / 300.0 >= given[2] / 750.0, "{kind} {supply}: {given:?}");
        }
    }
    // Rectangles: at the price 6 the first has nothing more, the second three quarters, the third nothing.
    close(&share(1, 225.0), &[0.0, 225.0, 0.0]);
    // A normal curve: the price at which all three together take half of all is where each takes its own share.
    let given = share(3, 775.0);
    let quantile = |part: f64, centre: f64, width: f64| {
        // By halving, from the error function's series.
        let tail = |z: f64| {
            let mut term = z;
            let mut sum = z;
            for k in 1..200 {
                term *= z * z / f64::from(2 * k + 1);
                sum += term;
            }
            0.5 - sum * (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
        };
        let (mut low, mut high) = (-6.0, 6.0);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if tail(middle) > part {
                low = middle;
            } else {
                high = middle;
            }
        }
        centre + width * low
    };
    let prices = [
        quantile(given[0] / 500.0, 5.0, 2.0),
        quantile(given[1] / 300.0, 7.0, 4.0),
        quantile(given[2] / 750.0, 3.0, 4.0),
    ];
    assert!(
        (prices[0] - prices[1]).abs() < 1e-9 && (prices[1] - prices[2]).abs() < 1e-9,
        "{prices:?}"
    );
}

#[test]
fn priorities_without_a_width_are_strict() {
    let text = "r: (r1-r3) ~~|\nneed[r] = 4, 5, 6 ~~|\nrank[r] = 1, 3, 2 ~~|\n\
                y[r] = ALLOCATE BY PRIORITY(need[r], rank[r], ELMCOUNT(r), 0, 8) ~~|";
    check(text, &[0.0, 5.0, 3.0]);
}

#[test]
fn tables_are_read_in_several_ways() {
    let table = "t((0,1),(1,1),(2,2)) ~~|\nx = Time * 0.75 - 0.5 ~~|\n";
    // At -0.5, 0.25, 1, 1.75, 2.5.
    check_series(&format!("{table}y = t(x) ~~|"), &[1.0, 1.0, 1.0, 1.75, 2.0]);
    check_series(
        &format!("{table}y = LOOKUP EXTRAPOLATE(t, x) ~~|"),
        &[1.0, 1.0, 1.0, 1.75, 2.5],
    );
    check_series(
        &format!("{table}y = LOOKUP FORWARD(t, x) ~~|"),
        &[1.0, 1.0, 1.0, 2.0, 2.0],
    );
    check_series(
        &format!("{table}y = LOOKUP BACKWARD(t, x) ~~|"),
        &[1.0, 1.0, 1.0, 1.0, 2.0],
    );
}

#[test]
fn tables_are_inverted_and_times_are_moved() {
    let falling = "f((0,9),(2,5),(4,1)) ~~|\n";
    check_series(
        &format!("{falling}y = LOOKUP INVERT(f, Time * 2) ~~|"),
        &[4.0, 3.5, 2.5, 1.5, 0.5],
    );
    check_series("y = GET TIME VALUE(0, 1.5, 0) ~~|", &[1.5, 2.5, 3.5, 4.5, 5.5]);
}

#[test]
fn data_between_and_at_its_points() {
    let data = |keyword: &str| format!("d {keyword} := GET DIRECT DATA('data.csv', ',', '1', 'B2') ~~|\n");
    check_series(&format!("{}y = d ~~|", data("")), &[10.0, 20.0, 30.0, 20.0, 20.0]);
    check_series(
        &format!("{}y = d ~~|", data(":HOLD BACKWARD:")),
        &[10.0, 10.0, 30.0, 20.0, 20.0],
    );
    check_series(
        &format!("{}y = d ~~|", data(":LOOK FORWARD:")),
        &[10.0, 30.0, 30.0, 20.0, 20.0],
    );
    check_series(
        &format!("{}y = d ~~|", data(":RAW:")),
        &[10.0, MISSING, 30.0, 20.0, MISSING],
    );
    check_series(
        &format!("{}y = GET DATA BETWEEN TIMES(d, Time + 0.5, 0) ~~|", data("")),
        &[15.0, 25.0, 25.0, MISSING, MISSING],
    );
    check_series(
        &format!("{}y = GET DATA BETWEEN TIMES(d, Time - 1, 1) ~~|", data("")),
        &[MISSING, 10.0, 30.0, 30.0, 20.0],
    );
    check_series(
        &format!("{}y = GET DATA BETWEEN TIMES(d, Time - 1, -1) ~~|", data("")),
        &[MISSING, 10.0, 10.0, 30.0, 20.0],
    );
    check_series(&format!("{}y = GET DATA AT TIME(d, 2) ~~|", data("")), &[30.0; 5]);
    check_series(
        &format!("{}y = GET DATA AT TIME(d, Time - 1) ~~|", data("")),
        &[MISSING, 10.0, MISSING, 30.0, 20.0],
    );
}

#[test]
fn functions_that_are_written_out() {
    // Two payments of 100 after the first, at 10 % a period.
    check_series(
        "flow = IF THEN ELSE(Time < 2, 100, 0) ~~|\ny = NPV(flow, 0.1, 5, 2) ~~|",
        &[
            210.0,
            210.0 + 200.0 / 1.1,
            210.0 + 200.0 / 1.1,
            210.0 + 200.0 / 1.1,
            210.0 + 200.0 / 1.1,
        ],
    );
    check_series(
        "y = NPVE(100, 0.1, 0, 1) ~~|",
        &[1, 2, 3, 4, 5].map(|n| (1..=n).map(|k| 100.0 / 1.1_f64.powi(k)).sum::<f64>()),
    );
    check_series(
        "y = SAMPLE UNTIL(2, Time * 10, -1) ~~|",
        &[0.0, 10.0, 20.0, 20.0, 20.0],
    );
    check_series("y = REINITIAL(Time + 3) ~~|", &[3.0; 5]);
    check("y = GAMMA LN(5) ~~|", &[24.0_f64.ln()]);
    check("y = GAMMA LN(0.5) ~~|", &[std::f64::consts::PI.sqrt().ln()]);
}

#[test]
fn draws_keep_to_their_bounds_and_their_means() {
    // One variable with many elements: as many draws.
    let of = |call: &str| -> Vec<f64> {
        let text = format!("r: (r1-r400) ~~|\ny[r] = {call} ~~|");
        values(&text, "y").concat()
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let within =
        |values: &[f64], low: f64, high: f64| values.iter().all(|value| (low..=high).contains(value));
    let exponential = of("RANDOM EXPONENTIAL(0, 1e6, 2, 3, 1)");
    assert!(within(&exponential, 2.0, 1e6) && (mean(&exponential) - 5.0).abs() < 0.3);
    let cut = of("RANDOM EXPONENTIAL(3, 4, 2, 3, 1)");
    assert!(
        within(&cut, 3.0, 4.0) && (mean(&cut) - 3.47).abs() < 0.05,
        "{}",
        mean(&cut)
    );
    let weibull = of("RANDOM WEIBULL(0, 1e6, 2, 1, 4, 1)");
    assert!(
        within(&weibull, 1.0, 1e6) && (mean(&weibull) - 5.0).abs() < 0.3,
        "{}",
        mean(&weibull)
    );
    let triangular = of("RANDOM TRIANGULAR(0, 10, 2, 3, 7, 1)");
    assert!(within(&triangular, 2.0, 7.0) && (mean(&triangular) - 4.0).abs() < 0.1);
    let cut = of("RANDOM TRIANGULAR(4, 5, 2, 3, 7, 1)");
    assert!(within(&cut, 4.0, 5.0), "{cut:?}");
}

#[test]
fn a_sum_over_a_vector_that_is_too_long_is_refused() {
    let model = read("r: (r1-r300) ~~|\nx[r] = Time ~~|\ny[r] = VECTOR RANK(x[r], 1) ~~|");
    let request = Request {
        series: vec![model.find("y").expect("y")],
        ..Request::default()
    };
    let problems = lower(&model, &request).expect_err("too long");
    assert_eq!(problems.items[0].code, "vector-function");
}
