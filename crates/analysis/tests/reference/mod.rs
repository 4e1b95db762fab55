//! Reading the reference files: plain CSV of numbers with a header, and JSON.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::print_stdout, reason = "a test run tells how many numbers it held")]

use std::cell::Cell;

use serde_json::Value;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Counts what [`close`] holds in a test and prints it at the end, for those who run with `--nocapture`.
pub(crate) struct Goldens(&'static str);

impl Goldens {
    /// Starts to count for one set of reference values.
    pub(crate) fn of(set: &'static str) -> Self {
        HELD.set(0);
        Goldens(set)
    }
}

impl Drop for Goldens {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            println!("goldens, {}: {} numbers within tolerance", self.0, HELD.get());
        }
    }
}

/// Counts numbers that were held without [`close`].
pub(crate) fn held(numbers: usize) {
    HELD.set(HELD.get() + numbers);
}

/// A table of numbers by columns.
pub(crate) struct Csv {
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<Vec<f64>>,
}

impl Csv {
    pub(crate) fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let names: Vec<String> = lines
            .next()
            .expect("a header")
            .split(',')
            .map(str::to_owned)
            .collect();
        let mut columns = vec![Vec::new(); names.len()];
        for line in lines {
            for (column, cell) in columns.iter_mut().zip(line.split(',')) {
                column.push(cell.parse().unwrap_or(f64::NAN));
            }
        }
        Csv { names, columns }
    }

    pub(crate) fn column(&self, name: &str) -> &[f64] {
        &self.columns[self.position(name)]
    }

    pub(crate) fn position(&self, name: &str) -> usize {
        self.names
            .iter()
            .position(|n| n == name)
            .unwrap_or_else(|| panic!("no column {name}"))
    }
}

pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("valid JSON")
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    array(value).iter().map(number).collect()
}

pub(crate) fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no array"))
}

pub(crate) fn size(value: &Value) -> usize {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{value} is no whole number")) as usize
}

pub(crate) fn close(what: &str, found: f64, expected: f64, absolute: f64, relative: f64) {
    let bound = absolute + relative * expected.abs();
    assert!(
        (found - expected).abs() <= bound,
        "{what}: found {found}, expected {expected} within {bound}"
    );
    held(1);
}
