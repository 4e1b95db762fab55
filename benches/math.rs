//! Nanoseconds for each element of a slice: the elementary functions over slices, beside the platform's own.
//!
//! `cargo bench -p engine --bench math`, and with `RUSTFLAGS="-C target-cpu=native"` for wider vectors.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock, prints, and compares with what the product may not use"
)]

use std::hint::black_box;
use std::time::Instant;

use engine::math::map;

const COUNT: usize = 1024;

/// The best of many rounds: what the machine can do when nothing else runs on it.
fn nanoseconds(mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..200 {
        let start = Instant::now();
        for _ in 0..4 {
            work();
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    best * 1e9 / (4 * COUNT) as f64
}

fn ramp(low: f64, high: f64) -> Vec<f64> {
    (0..COUNT)
        .map(|i| low + (high - low) * (i * 619 % COUNT) as f64 / COUNT as f64)
        .collect()
}

type Map = fn(&mut [f64], &[f64]);

fn one(name: &str, ours: Map, platform: Option<fn(f64) -> f64>, (low, high): (f64, f64)) {
    let x = ramp(low, high);
    let mut out = vec![0.0; COUNT];
    let mine = nanoseconds(|| ours(black_box(&mut out), black_box(&x)));
    let theirs = platform.map(|f| {
        nanoseconds(|| {
            for (out, &x) in black_box(&mut out).iter_mut().zip(black_box(&x)) {
                *out = f(x);
            }
        })
    });
    print_row(name, mine, theirs);
}

fn print_row(name: &str, mine: f64, theirs: Option<f64>) {
    match theirs {
        Some(theirs) => println!("{name:15} {mine:7.2} {theirs:9.2} {:7.2}", theirs / mine),
        None => println!("{name:15} {mine:7.2}"),
    }
}

fn main() {
    println!(
        "{:15} {:>7} {:>9} {:>7}",
        "ns per element", "ours", "platform", "ratio"
    );
    one("exp", map::exp, Some(f64::exp), (-20.0, 20.0));
    one("ln", map::ln, Some(f64::ln), (0.01, 100.0));
    one("log10", map::log10, Some(f64::log10), (0.01, 100.0));
    one("sqrt", map::sqrt, Some(f64::sqrt), (0.0, 100.0));
    one("sin", map::sin, Some(f64::sin), (-100.0, 100.0));
    one("cos", map::cos, Some(f64::cos), (-100.0, 100.0));
    one("tan", map::tan, Some(f64::tan), (-100.0, 100.0));
    one("asin", map::asin, Some(f64::asin), (-1.0, 1.0));
    one("acos", map::acos, Some(f64::acos), (-1.0, 1.0));
    one("atan", map::atan, Some(f64::atan), (-5.0, 5.0));
    one("sinh", map::sinh, Some(f64::sinh), (-5.0, 5.0));
    one("cosh", map::cosh, Some(f64::cosh), (-5.0, 5.0));
    one("tanh", map::tanh, Some(f64::tanh), (-5.0, 5.0));
    one("trunc", map::trunc, Some(f64::trunc), (-100.0, 100.0));
    one("floor", map::floor, Some(f64::floor), (-100.0, 100.0));
    one("round", map::round, Some(f64::round), (-100.0, 100.0));
    one("ln_gamma", map::ln_gamma, None, (0.1, 50.0));
    one("normal_cdf", map::normal_cdf, None, (-5.0, 5.0));
    one("inverse_normal", map::inverse_normal, None, (0.0001, 0.9999));

    let (x, y) = (ramp(0.1, 10.0), ramp(-3.0, 3.0));
    let mut out = vec![0.0; COUNT];
    let mine = nanoseconds(|| map::pow(black_box(&mut out), black_box(&x), black_box(&y)));
    let theirs = nanoseconds(|| {
        for (out, (&x, &y)) in black_box(&mut out)
            .iter_mut()
            .zip(black_box(&x).iter().zip(black_box(&y)))
        {
            *out = x.powf(y);
        }
    });
    print_row("pow", mine, Some(theirs));
    print_row(
        "min",
        nanoseconds(|| map::min(black_box(&mut out), black_box(&x), black_box(&y))),
        None,
    );
    print_row(
        "modulo",
        nanoseconds(|| map::modulo(black_box(&mut out), black_box(&y), black_box(&x))),
        None,
    );
}
