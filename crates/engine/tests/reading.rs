//! Vensim models whose answers are known: functions of vectors, tables and data, and functions written out.

#![allow(
    clippy::disallowed_methods,
    reason = "the expected values are computed in another way"
)]

use engine::{Batch, Choice, Evaluator, Request, Scratch, block, lower, scalar};
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

fn data(keyword: &str) -> String {
    format!("d {keyword} := GET DIRECT DATA('data.csv', ',', '1', 'B2') ~~|\n")
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
fn a_market_priority_shares_out_as_priorities_do() {
    let text = |width: f64, supply: f64| {
        format!(
            "r: (r1-r4) ~~|\nneed[r] = 4, 5, 6, 2 ~~|\nrank[r] = 1, 3, 2, 2.5 ~~|\n\
             market = MARKETP(need[r1], rank[r1], ELMCOUNT(r), {width}, {supply}) ~~|\nx[r] = ALLOC P(need[r], rank[r], {width}, market) ~~|\n\
             y[r] = ALLOCATE BY PRIORITY(need[r], rank[r], ELMCOUNT(r), {width}, {supply}) ~~|"
        )
    };
    for width in [0.0, 0.5, 1.0, 4.0] {
        for supply in [-1.0, 0.0, 0.1, 3.0, 8.0, 16.9, 17.0, 30.0] {
            let text = text(width, supply);
            let (shared, by_priority) = (values(&text, "x")[0].clone(), values(&text, "y")[0].clone());
            for (shared, by_priority) in shared.iter().zip(&by_priority) {
                // Without a width, the last bits of a price decide.
                let tolerance = if width > 0.0 { 1e-9 } else { 1e-5 };
                assert!(
                    (shared - by_priority).abs() <= tolerance,
                    "{text}: {shared}, not {by_priority}"
                );
            }
        }
    }
    // 5 (4 - p) / 2 + 6 (3 - p) / 2 + 2 (3.5 - p) / 2 is 5.
    check(
        &text(2.0, 5.0).replace("y[r] =", "z[r] =").replace("market", "y"),
        &[35.0 / 13.0],
    );
}

#[test]
fn a_market_finds_the_price_at_which_it_clears() {
    let text = |kind: u8, more: &str| {
        format!(
            "buyer: b1, b2 ~~|\nseller: s1, s2, s3 ~~|\nprofile: ptype, ppriority, pwidth, pextra ~~|\nneed[buyer] = 10, 0 ~~|\n\
             have[seller] = 20, 0, 0 ~~|\nneeds[b1,profile] = {kind}, 4, 4, 0 ~~|\nneeds[b2,profile] = {kind}, 9, 1, 0 ~~|\n\
             has[s1,profile] = {kind}, 6, 4, 0 ~~|\nhas[s2,profile] = {kind}, 1, 1, 0 ~~|\nhas[s3,profile] = {kind}, 2, 1, 0 ~~|\n\
             price = FIND MARKET PRICE(need[b1], needs[b1,ptype], have[s1], has[s1,ptype]) ~~|\n\
             bought[buyer] = DEMAND AT PRICE(need[buyer], needs[buyer,ptype], price) ~~|\n\
             sold[seller] = SUPPLY AT PRICE(have[seller], has[seller,ptype], price) ~~|\n{more}"
        )
    };
    // Rectangles: 10 (6 - p) / 4 is wanted, 20 (p - 4) / 4 is offered.
    check(&text(1, "y = price ~~|"), &[14.0 / 3.0]);
    check(&text(1, "y[buyer] = bought[buyer] ~~|"), &[10.0 / 3.0, 0.0]);
    check(&text(1, "y[seller] = sold[seller] ~~|"), &[10.0 / 3.0, 0.0, 0.0]);
    for kind in 1..=4 {
        check(
            &text(kind, "y = SUM(bought[buyer!]) / SUM(sold[seller!]) ~~|"),
            &[1.0],
        );
    }
    // As much on both sides: the price lies in the middle, where a normal curve is half a deviation from its centre.
    let alike = text(3, "y = price ~~|").replace("20, 0, 0", "10, 0, 0");
    check(&alike, &[5.0]);
    check(
        &alike
            .replace("y = price", "y = SUM(bought[buyer!]) / 10")
            .replace("4, 4, 0", "4, 2, 0")
            .replace("6, 4, 0", "6, 2, 0"),
        &[0.308_537_538_725_986_9],
    );
    // What is fixed is wanted at any price.
    check(
        &text(0, "y[buyer] = DEMAND AT PRICE(7, needs[buyer,ptype], 99) ~~|"),
        &[7.0, 7.0],
    );
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
fn a_table_is_as_steep_as_its_lines() {
    let table = "t((0,0),(1,1),(2,1.5),(4,1.5)) ~~|\n";
    let at = |x: &str, mode: &str, expected: &[f64]| {
        check_series(&format!("{table}y = LOOKUP SLOPE(t, {x}, {mode}) ~~|"), expected);
    };
    at("Time / 2", "0", &[1.0, 1.0, 0.75, 0.5, 0.25]);
    at("Time * 1.5 - 1.5", "0", &[0.0, 1.0, 0.5, 0.0, 0.0]);
    at("1 - Time", "1", &[0.75, 1.0, 1.0, 1.0, 1.0]);
    at("1 - Time", "-1", &[0.75, 1.0, MISSING, MISSING, MISSING]);
    at("4 + Time", "-1", &[0.0, MISSING, MISSING, MISSING, MISSING]);
}

#[test]
fn a_table_jumps_where_two_points_share_an_x() {
    let table = "t((0,0),(1,1),(1,5),(2,7)) ~~|\ne((0,1),(0,3),(1,5),(1,9)) ~~|\n";
    let is = |equation: &str, expected: &[f64]| check_series(&format!("{table}y = {equation} ~~|"), expected);
    is("t(Time / 2)", &[0.0, 0.5, 5.0, 6.0, 7.0]);
    is("LOOKUP SLOPE(t, Time / 2, 0)", &[1.0, 1.0, MISSING, 2.0, 2.0]);
    is(
        "LOOKUP AREA(t, 0, Time / 2)",
        &[0.0, 0.125, 0.5, 0.5 + 2.75, 0.5 + 6.0],
    );
    is("LOOKUP BACKWARD(t, Time / 2)", &[0.0, 0.0, 5.0, 5.0, 7.0]);
    is("LOOKUP FORWARD(t, Time / 2)", &[0.0, 1.0, 1.0, 7.0, 7.0]);
    // Beyond a jump at an end the outer value holds: a line that falls straight down leads nowhere.
    is("LOOKUP EXTRAPOLATE(e, Time - 1)", &[1.0, 3.0, 9.0, 9.0, 9.0]);
    is(
        "WITH LOOKUP(Time, ((0,1),(2,1),(2,3),(2,4),(4,4)))",
        &[1.0, 1.0, 4.0, 4.0, 4.0],
    );
}

#[test]
fn what_is_written_off_is_all_that_was_spent() {
    // Of what had come in before, a third is left in each of the two years after.
    check_series(
        "y = DEPRECIATE STRAIGHTLINE(30 * PULSE(0, 1), 3, 1, 6) ~~|",
        &[14.0, 12.0, 10.0, 0.0, 0.0],
    );
    check_series("y = DEPRECIATE STRAIGHTLINE(6, 3, 1, 6) ~~|", &[6.0; 5]);
    check_series(
        "y = DEPRECIATE STRAIGHTLINE(Time, 1, 1, 6) ~~|",
        &[0.0, 1.0, 2.0, 3.0, 4.0],
    );
    // Two steps are a fiscal period: 10 and 2 come in at the end of the first and the start of the second.
    check_series(
        "y = DEPRECIATE STRAIGHTLINE(10 * PULSE(1, 1) + 2 * PULSE(2, 1), 4, 2, 0) ~~|",
        &[0.0, 5.0, 2.5 + 1.0, 2.5, 1.0 / 2.0],
    );
}

/// What was worked out by hand from Vensim's definitions.
#[test]
fn functions_at_their_edges() {
    // Remainders have the sign of what is divided, and so have what they leave.
    check("y = MODULO(-7, 3) ~~|", &[-1.0]);
    check("y = MODULO(5.5, 2) ~~|", &[1.5]);
    check("y = QUANTUM(-7, 2) ~~|", &[-6.0]);
    check("y = QUANTUM(7, -2) + QUANTUM(7, 0) ~~|", &[14.0]);
    check("y = INTEGER(-1.9) + INTEGER(1.9) ~~|", &[0.0]);
    check(
        "y = POWER(-2, 3) + 2 ^ -1 - 3 ^ 2 - 2 ^ 3 ^ 2 ~~|",
        &[-8.0 + 0.5 - 9.0 - 512.0],
    );
    check("y = ZIDZ(1, 1e-7) + XIDZ(1, -1e-7, 7) + ZIDZ(4, 2) ~~|", &[9.0]);
    // A pulse is there from half a step before its start, a ramp from its start on.
    check_series("y = PULSE(1.3, 1) ~~|", &[0.0, 1.0, 0.0, 0.0, 0.0]);
    // Half between two steps, Vensim's two strict comparisons leave no step for it.
    check_series("y = PULSE(1.5, 1) ~~|", &[0.0; 5]);
    check_series("y = PULSE(1, 0) ~~|", &[0.0, 1.0, 0.0, 0.0, 0.0]);
    check_series("y = STEP(3, 1.3) ~~|", &[0.0, 3.0, 3.0, 3.0, 3.0]);
    check_series("y = RAMP(2, 1.5, 3.5) ~~|", &[0.0, 0.0, 1.0, 3.0, 4.0]);
    check_series("y = RAMP(2, -1, 2) ~~|", &[2.0, 4.0, 6.0, 6.0, 6.0]);
    check_series("y = PULSE TRAIN(1, 1, 2, 3) ~~|", &[0.0, 1.0, 0.0, 0.0, 0.0]);
    check_series("y = PULSE TRAIN(-2, 1, 3, 9) ~~|", &[0.0, 1.0, 0.0, 0.0, 1.0]);
    // Stages of a third of the time, and of half of it.
    check_series(
        "y = SMOOTH3I(10, 6, 4) ~~|",
        &[
            4.0,
            4.0,
            4.0,
            4.0 + 6.0 / 8.0,
            4.0 + 6.0 * (1.0 / 8.0 + 3.0 / 16.0),
        ],
    );
    check_series(
        "y = SMOOTH N(10, 6, 4, 2) ~~|",
        &[
            4.0,
            4.0,
            4.0 + 6.0 / 9.0,
            4.0 + 6.0 * 7.0 / 27.0,
            4.0 + 6.0 * 33.0 / 81.0,
        ],
    );
    check_series(
        "s = INTEG(1, 5) ~~|\ny = DELAY1(s, 2) ~~|",
        &[5.0, 5.0, 5.5, 6.25, 7.125],
    );
    check_series("y = DELAY3I(Time + 5, 3, 1) ~~|", &[1.0, 1.0, 1.0, 5.0, 6.0]);
    check_series("y = DELAY FIXED(Time, 0, -1) ~~|", &[-1.0, 0.0, 1.0, 2.0, 3.0]);
    check_series(
        "y = SAMPLE IF TRUE(MODULO(Time, 2) = 1, Time, -1) ~~|",
        &[-1.0, 1.0, 1.0, 3.0, 3.0],
    );
    // The trend that is given holds at the start.
    let average = [1.0 / 1.3, 1.0 / 1.3 + (1.0 - 1.0 / 1.3) / 3.0];
    let trend = |input: f64, average: f64| (input - average) / (3.0 * average);
    let found: Vec<f64> = values("y = TREND(Time + 1, 3, 0.1) ~~|", "y").concat();
    close(&found[..2], &[trend(1.0, average[0]), trend(2.0, average[1])]);
    // A window of a dimension that starts later, and of one that ends earlier.
    check_series(
        "a: a1, a2, a3 ~~|\nn: a2, a3 -> p ~~|\np: a1, a2 -> n ~~|\ns[a1] = INTEG(1, 0) ~~|\ns[n] = INTEG(s[p], 0) ~~|\ny = s[a3] ~~|",
        &[0.0, 0.0, 0.0, 1.0, 4.0],
    );
}

#[test]
fn unequal_is_not_the_mark_of_a_dimension() {
    let errors = |text: &str| -> Vec<&'static str> {
        let text = format!("{text}\n{CONTROL}");
        let (_, found) = model::read("model.mdl", text.as_bytes(), &Few, &mut Sources::new());
        found.items.iter().map(|item| item.code).collect()
    };
    assert_eq!(
        errors("a = IF THEN ELSE(Time != 2, 1, 0) ~~|\nb = a ~~|"),
        ["misplaced-mark"]
    );
    assert_eq!(errors("a = 1 ~~|\nb = a != 2 ~~|"), ["misplaced-mark"]);
    assert_eq!(errors("r: p, q ~~|\na = Time[r!] ~~|"), ["misplaced-mark"]);
    check("r: p, q, s ~~|\ny = SUM(IF THEN ELSE(r!=2, 10, r!)) ~~|", &[14.0]);
}

#[test]
fn the_order_of_a_delay_is_whole() {
    let model = read("y = DELAY N(Time, 8, 0, 2.6) ~~|");
    let request = Request {
        series: vec![model.find("y").expect("the variable")],
        ..Request::default()
    };
    let problems = lower(&model, &request).expect_err("an order of 2.6");
    assert!(problems.items.iter().any(|item| item.code == "delay-order"));
}

#[test]
fn settings_are_read_where_the_sketches_were_cut_off() {
    let exact = |tail: &str| {
        let text = format!("y = INTEG(-y, 1) ~~|\n{CONTROL}{tail}");
        let (model, _) = model::read("model.mdl", text.as_bytes(), &Few, &mut Sources::new());
        model.expect("a model").integration
    };
    let rk4 = model::Integration::Rk4;
    let settings = ":L\u{7f}<%^E!@\n15:0,0,0,5,0,0\n";
    assert_eq!(exact(&format!("\\\\\\---/// Sketch\n{settings}")), rk4);
    assert_eq!(
        exact(&format!("\\\\\\---/// Sketch\n///---\\\\\\\n{settings}")),
        rk4
    );
    assert_eq!(exact(""), model::Integration::Euler);
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
fn a_dimension_that_runs_is_a_number() {
    let text = "r: a, b, c ~~|\ns: b, c ~~|\nv[r] = 10, 20, 30 ~~|\n";
    check(&format!("{text}y = SUM(v[r!] * r!) ~~|"), &[140.0]);
    check(
        &format!("{text}y[r] = SUM(IF THEN ELSE(s! > r, v[s!], 0)) ~~|"),
        &[50.0, 30.0, 0.0],
    );
}

#[test]
fn a_selection_that_is_an_error_has_no_number() {
    let of = |chosen: &str, action: u32| {
        let text = format!(
            "r: a, b ~~|\nx[r] = 2, 3 ~~|\nc[r] = {chosen} ~~|\ny = VECTOR SELECT(c[r!], x[r!], -1, 0, {action}) ~~|"
        );
        values(&text, "y")[0][0]
    };
    for (chosen, expected) in [
        ("0, 0", [-1.0, f64::NAN, -1.0, f64::NAN]),
        ("0, 1", [3.0; 4]),
        ("1, 1", [5.0, 5.0, f64::NAN, f64::NAN]),
    ] {
        let found = [0, 1, 2, 3].map(|action| of(chosen, action));
        let same =
            |(found, expected): (&f64, &f64)| found == expected || (found.is_nan() && expected.is_nan());
        assert!(found.iter().zip(&expected).all(same), "{chosen}: {found:?}");
    }
}

/// What a variable is at the end of as many futures, by the block interpreter; the first few also by the others.
fn drawn(call: &str, futures: u64) -> Vec<f64> {
    let model = read(&format!("y = {call} ~~|"));
    let request = Request {
        series: vec![model.find("y").expect("y")],
        ..Request::default()
    };
    let program = lower(&model, &request).unwrap_or_else(|problems| panic!("{call}: {problems:?}"));
    let all: Vec<u64> = (0..futures).collect();
    let batch = |futures| Batch {
        seed: 3,
        futures,
        inputs: &[],
    };
    let few = batch(&all[..5]);
    let expected = scalar::run(&program, &few);
    for width in [1, 3, 64] {
        assert_eq!(
            block::run(&program, &few, &mut block::Scratch::new(width)),
            expected,
            "{call}"
        );
    }
    for choice in [Choice::Native, Choice::Block] {
        let evaluator = Evaluator::new(program.clone(), choice);
        assert_eq!(evaluator.run(&few, &mut Scratch::default()), expected, "{call}");
    }
    let outputs = block::run(&program, &batch(&all), &mut block::Scratch::new(64));
    let times = outputs.times.len();
    outputs.series[0]
        .chunks(times)
        .map(|run| run[times - 1])
        .collect()
}

/// Draws have a mean, a deviation and bounds; the mean within five of its standard errors, the deviation within 5 %.
fn check_moments(call: &str, mean: f64, deviation: f64, bounds: [f64; 2]) {
    const FUTURES: u64 = 4_000;
    let found = drawn(call, FUTURES);
    let count = found.len() as f64;
    let of = found.iter().sum::<f64>() / count;
    let spread = (found.iter().map(|x| (x - of).powi(2)).sum::<f64>() / count).sqrt();
    assert!(
        (of - mean).abs() <= 5.0 * deviation / count.sqrt(),
        "{call}: the mean is {of}, not {mean}"
    );
    assert!(
        (spread - deviation).abs() <= 0.07 * deviation,
        "{call}: the deviation is {spread}, not {deviation}"
    );
    let inside = |x: &&f64| !(bounds[0]..=bounds[1]).contains(*x);
    assert_eq!(found.iter().find(inside), None, "{call}");
}

#[test]
fn draws_have_the_moments_of_their_distributions() {
    let wide = [-1e9, 1e9];
    check_moments(
        "RANDOM POISSON(0, 1000, 3.5, 0, 1, 1)",
        3.5,
        3.5_f64.sqrt(),
        [0.0, 1000.0],
    );
    check_moments("RANDOM POISSON(0, 1e9, 400, 0, 1, 1)", 400.0, 20.0, [0.0, 1e9]);
    // The mean is not known before the run: both ways are computed.
    check_moments(
        "RANDOM POISSON(-1e6, 1e9, 50 + 10 * Time, 5, 2, 1)",
        185.0,
        2.0 * 90.0_f64.sqrt(),
        wide,
    );
    check_moments(
        "RANDOM BINOMIAL(0, 100, 0.3, 20, 0, 1, 1)",
        6.0,
        4.2_f64.sqrt(),
        [0.0, 20.0],
    );
    check_moments(
        "RANDOM BINOMIAL(0, 1e6, 0.3, 1000, 0, 1, 1)",
        300.0,
        210.0_f64.sqrt(),
        [0.0, 1000.0],
    );
    check_moments(
        "RANDOM BINOMIAL(0, 100, 0.5, 4, 10, 2, 1)",
        14.0,
        2.0,
        [10.0, 18.0],
    );
    check_moments(
        "RANDOM NEGATIVE BINOMIAL(0, 1000, 0.4, 3, 0, 1, 1)",
        3.0 / 0.4,
        (3.0_f64 * 0.6).sqrt() / 0.4,
        [3.0, 1000.0],
    );
    check_moments(
        "RANDOM GAMMA(0, 1e6, 2.5, 0, 1, 1)",
        2.5,
        2.5_f64.sqrt(),
        [0.0, 1e6],
    );
    check_moments("RANDOM GAMMA(0, 1e6, 1, 3, 2, 1)", 5.0, 2.0, [3.0, 1e6]);
    // Orders below one count as one.
    check_moments("RANDOM GAMMA(0, 1e6, 0.5, 0, 1, 1)", 1.0, 1.0, [0.0, 1e6]);
    check_moments(
        "RANDOM BETA(0, 1, 2, 3, 0, 1, 1)",
        0.4,
        0.04_f64.sqrt(),
        [0.0, 1.0],
    );
    check_moments(
        "RANDOM BETA(-5, 5, 0.5, 0.5, 1, 2, 1)",
        2.0,
        2.0 * 0.125_f64.sqrt(),
        [1.0, 3.0],
    );
    check_moments("RANDOM PINK NOISE(7, 3, 2.5, 1)", 7.0, 3.0, wide);
    check_moments("RANDOM PINK NOISE(7, 3, 0.1, 1)", 7.0, 3.0, wide);
}

#[test]
fn draws_are_cut_to_their_bounds() {
    // Of a Poisson number of mean 2 only 1 and 2 are left, and as likely as each other.
    check_moments("RANDOM POISSON(1, 2, 2, 0, 1, 1)", 1.5, 0.5, [1.0, 2.0]);
    // A normal number's upper half, nearly.
    let half = 30.0 * (2.0 / std::f64::consts::PI).sqrt();
    let found = drawn("RANDOM POISSON(900, 1e9, 900, 0, 1, 1)", 4_000);
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    assert!(found.iter().all(|x| *x >= 900.0 && x.fract() == 0.0));
    assert!((mean - 900.0 - half).abs() < 1.5, "{mean}");
    check_moments("RANDOM BINOMIAL(1, 2, 0.5, 3, 0, 1, 1)", 1.5, 0.5, [1.0, 2.0]);
    // An exponential number between 0 and 1.
    let e = std::f64::consts::E;
    let mean = (e - 2.0) / (e - 1.0);
    let square = (2.0 * e - 5.0) / (e - 1.0);
    check_moments(
        "RANDOM GAMMA(0, 1, 1, 0, 1, 1)",
        mean,
        (square - mean * mean).sqrt(),
        [0.0, 1.0],
    );
    // The lower half of an even distribution.
    check_moments(
        "RANDOM BETA(0, 0.5, 1, 1, 0, 1, 1)",
        0.25,
        0.25 / 3.0_f64.sqrt(),
        [0.0, 0.5],
    );
    check_moments(
        "RANDOM NEGATIVE BINOMIAL(1, 2, 0.5, 1, 0, 1, 1)",
        4.0 / 3.0,
        2.0_f64.sqrt() / 3.0,
        [1.0, 2.0],
    );
    let model = read("n = Time ~~|\ny = RANDOM NEGATIVE BINOMIAL(1, 2, 0.5, n, 0, 1, 1) ~~|");
    let request = Request {
        series: vec![model.find("y").expect("y")],
        ..Request::default()
    };
    let problems = lower(&model, &request).expect_err("the number of draws is not known");
    assert_eq!(problems.items[0].code, "random-arguments");
}

#[test]
fn draws_by_a_lookup_follow_its_density() {
    let lookup = "t((0,0),(2,1),(2.5,1),(3,0),(4,0)) ~~|\nz = 0 ~~|\n";
    let draw = |low: f64, high: f64| {
        let model = read(&format!(
            "{lookup}r: (r1-r4000) ~~|\ny[r] = RANDOM LOOKUP(t, {low}, {high}, 1, 2, 1) ~~|"
        ));
        let request = Request {
            series: vec![model.find("y").expect("y")],
            ..Request::default()
        };
        let program = lower(&model, &request).expect("a model that runs");
        let batch = Batch {
            seed: 3,
            futures: &[0],
            inputs: &[],
        };
        let outputs = scalar::run(&program, &batch);
        outputs
            .series
            .iter()
            .map(|series| series[0])
            .collect::<Vec<f64>>()
    };
    let below =
        |found: &[f64], limit: f64| found.iter().filter(|x| **x < limit).count() as f64 / found.len() as f64;
    let found = draw(-10.0, 10.0);
    assert!(found.iter().all(|x| (1.0..=7.0).contains(x)));
    // Areas: 1 up to 2, 0.5 up to 2.5, 0.25 up to 3, of 1.75; half of the first quarter up to 1.
    for (limit, area) in [(3.0, 0.25), (5.0, 1.0), (6.0, 1.5)] {
        let share = below(&found, limit);
        assert!((share - area / 1.75).abs() < 0.04, "{share} below {limit}");
    }
    let cut = draw(5.0, 6.0);
    assert!(cut.iter().all(|x| (5.0..=6.0).contains(x)));
    assert!((below(&cut, 5.5) - 0.5).abs() < 0.04);
}

#[test]
fn delays_of_discrete_things() {
    let shorter = "x = Time + 1 ~~|\nd = 3 - STEP(2, 2) ~~|\n";
    let longer = "x = Time + 1 ~~|\nd = 1 + STEP(2, 2) ~~|\n";
    // The inputs 1 and 2 take three steps, what comes later one: 1 and 3 arrive together at 3, 2 and 4 at 4.
    check_series(
        &format!("{shorter}y = DELAY MATERIAL(x, d, 7, 0) ~~|"),
        &[7.0, 7.0, 7.0, 4.0, 6.0],
    );
    check_series(
        &format!("{shorter}y = DELAY INFORMATION(x, d, 7) ~~|"),
        &[7.0, 7.0, 7.0, 3.0, 4.0],
    );
    check_series(
        &format!("{longer}y = DELAY MATERIAL(x, d, 7, -1) ~~|"),
        &[7.0, 1.0, 2.0, -1.0, -1.0],
    );
    check_series(
        &format!("{longer}y = DELAY INFORMATION(x, d, 7) ~~|"),
        &[7.0, 1.0, 2.0, 2.0, 2.0],
    );
    // With a fixed delay they are `DELAY FIXED`; of steps that do not meet, the nearest counts, and one at least.
    for delay in ["2", "0.3", "1.6", "100"] {
        let fixed = values(
            &format!("x = Time + 1 ~~|\ny = DELAY FIXED(x, {delay}, 7) ~~|"),
            "y",
        );
        for call in ["DELAY MATERIAL(x, {}, 7, -1)", "DELAY INFORMATION(x, {}, 7)"] {
            let call = call.replace("{}", delay);
            assert_eq!(
                values(&format!("x = Time + 1 ~~|\ny = {call} ~~|"), "y"),
                fixed,
                "{call}"
            );
        }
    }
    // What goes in comes out, whatever the delay: nothing is left at the end of a long pause.
    check_series(
        "x = IF THEN ELSE(Time < 2, 5, 0) ~~|\ny = INTEG(DELAY MATERIAL(x, 1 + MODULO(Time, 2), 0, 0), 0) ~~|",
        &[0.0, 0.0, 5.0, 5.0, 10.0],
    );
    // A delay may depend on what comes out of it.
    check_series(
        "y = DELAY MATERIAL(Time, MAX(1, 3 - y), 1, 0) ~~|",
        &[1.0, 1.0, 0.0, 1.0, 0.0],
    );
}

#[test]
fn the_pipeline_of_a_delay() {
    let delay = "x = STEP(10, 1) ~~|\n";
    check_series(
        &format!("{delay}y = DELAYP(x, 3 : work) ~~|"),
        &[0.0, 0.0, 0.0, 0.0, 10.0],
    );
    check_series(
        &format!("{delay}z = DELAYP(x, 3 : y) ~~|"),
        &[0.0, 0.0, 10.0, 20.0, 30.0],
    );
}

#[test]
fn series_are_computed_from_series() {
    let data = data("");
    // The points are 10, 30 and 20 at 0, 2 and 3; between them lies a line of the results.
    check_series(
        &format!("{data}e := d * d ~~|\ny = e ~~|"),
        &[100.0, 500.0, 900.0, 400.0, 400.0],
    );
    check_series(
        &format!("{data}e :HOLD BACKWARD: := d + Time ~~|\ny = e ~~|"),
        &[10.0, 10.0, 32.0, 23.0, 23.0],
    );
    check_series(
        &format!("{data}k = 1 ~~|\ne := TIME SHIFT(d, k) ~~|\ny = e ~~|"),
        &[20.0, 30.0, 20.0, 20.0, 20.0],
    );
    check_series(
        &format!(
            "{data}e :HOLD BACKWARD: := CUMULATE(d) ~~|\nf := CUMULATEF(d) ~~|\ng := f - e ~~|\ny = e + f / 1000 + g * 0 ~~|"
        ),
        // 10 at 0, 30 at 2, 20 at 3: in all 60.
        &[10.06, 10.06, 40.06, 60.06, 60.06],
    );
    check_series(
        &format!("{data}e := TIME SHIFT(d, -1) ~~|\nf := MAX(d, e) ~~|\ny = f ~~|"),
        &[10.0, 20.0, 30.0, 30.0, 20.0],
    );
    let model = read(&format!(
        "{data}e := TIME SHIFT(f, 1) ~~|\nf := TIME SHIFT(e, 1) ~~|\ny = f + d ~~|"
    ));
    let request = Request {
        series: vec![model.find("y").expect("y")],
        ..Request::default()
    };
    let problems = lower(&model, &request).expect_err("a loop");
    assert_eq!(problems.items[0].code, "data-loop");
}

#[test]
fn statistics_of_series() {
    let of = |call: &str| format!("{}y = {call} ~~|", data(""));
    check_series(&of("GET DATA FIRST TIME(d)"), &[0.0; 5]);
    check_series(&of("GET DATA LAST TIME(d)"), &[3.0; 5]);
    check_series(&of("GET DATA TOTAL POINTS(d)"), &[3.0; 5]);
    check_series(&of("GET DATA TOTAL POINTS(d, 1, 3)"), &[2.0; 5]);
    check_series(&of("GET DATA MEAN(d, 0, 3)"), &[20.0; 5]);
    check_series(&of("GET DATA MEDIAN(d, INITIAL TIME, FINAL TIME)"), &[20.0; 5]);
    check_series(&of("GET DATA STDV(d, 0, 3)"), &[10.0; 5]);
    check_series(&of("GET DATA MAX(d, 0, 1)"), &[10.0; 5]);
    check_series(&of("GET DATA MIN(d, 2, 9)"), &[20.0; 5]);
    check_series(&of("GET DATA MEAN(d, 0.5, 1.5)"), &[MISSING; 5]);
    // Between times that change with the run.
    check_series(
        &of("GET DATA MEAN(d, Time - 1, Time)"),
        &[10.0, 10.0, 30.0, 25.0, 20.0],
    );
    check_series(&of("GET DATA MAX(d, 0, Time)"), &[10.0, 10.0, 30.0, 30.0, 30.0]);
    check_series(
        &of("GET DATA MIN(d, Time, 9)"),
        &[10.0, 20.0, 20.0, 20.0, MISSING],
    );
    check_series(
        &of("GET DATA TOTAL POINTS(d, 0, Time)"),
        &[1.0, 1.0, 2.0, 3.0, 3.0],
    );
    check_series(
        &of("GET DATA STDV(d, 0, Time)"),
        &[MISSING, MISSING, 200.0_f64.sqrt(), 10.0, 10.0],
    );
}

#[test]
fn areas_under_lookups_and_vectors_as_lookups() {
    let lookup = "t((0,0),(2,4),(3,4)) ~~|\n";
    check_series(
        &format!("{lookup}y = LOOKUP AREA(t, 0, Time) ~~|"),
        &[0.0, 1.0, 4.0, 8.0, 8.0],
    );
    check_series(
        &format!("{lookup}y = LOOKUP AREA(t, Time, 1) ~~|"),
        &[1.0, 0.0, -3.0, -7.0, -7.0],
    );
    let vector = "r: a, b, c ~~|\nv[r] = 1, 2, 4 ~~|\n";
    let of = |call: &str| format!("{vector}y = VECTOR LOOKUP(v[a], {call}) ~~|");
    check_series(&of("Time, 1, 3, 0"), &[1.0, 1.0, 2.0, 4.0, 4.0]);
    check_series(&of("Time, 1, 3, 1"), &[0.0, 0.0, 1.5, 4.5, 4.5]);
    check_series(&of("Time + 0.5, 1, 3, 2"), &[1.0, 1.0, 2.0, 4.0, 4.0]);
    check_series(&of("Time, 1, 3, 3"), &[0.0, 1.0, 2.0, 4.0, 6.0]);
    check_series(&of("Time + 0.5, 1, 3, 4"), &[1.0, 2.0, 4.0, 4.0, 4.0]);
    check_series(&of("Time, 1, 3, 7"), &[-0.5, 0.0, 1.5, 4.5, 9.5]);
    check(
        "r: a, b ~~|\ns: p, q ~~|\nw[r,s] = 1, 3; 10, 30; ~~|\ny[r] = VECTOR LOOKUP(w[r,p], 0.5, 0, 1, 0) ~~|",
        &[2.0, 20.0],
    );
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
