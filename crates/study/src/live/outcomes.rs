//! Outcomes of some futures under all options, rounded to 16 bits and laid out so that they deflate well.
//!
//! A value is its place between the least and the greatest of its outcome, in 65,534 steps. Options of one future differ little, so an
//! option is written as its difference from the earlier option that it resembles most.

use serde_json::{Value, json};

use crate::results::{Results, Status};
use crate::study::Study;

/// Stands for a broken future.
const BROKEN: u16 = u16::MAX;
/// The number of steps from the least value to the greatest.
const STEPS: f64 = 65_534.0;

/// The bytes, and for each outcome how they are read: least value, width of a step, and for each option the earlier one that it
/// differs from, or -1.
///
/// For each outcome and option there are the low bytes of all futures and then the high ones.
pub(super) fn rounded(study: &Study, results: &Results, rows: &[usize]) -> (Vec<u8>, Value) {
    let mut bytes = Vec::new();
    let mut scales = Vec::new();
    for outcome in 0..study.case.outcomes.len() {
        let value = |option: usize, row: usize| {
            let ok = results.status[option][row] == Status::Ok;
            let value = results.values[option][outcome][row];
            (ok && value.is_finite()).then_some(value)
        };
        let options = 0..results.options.len();
        let all = || {
            let values = options
                .clone()
                .flat_map(|option| rows.iter().map(move |&row| (option, row)));
            values.filter_map(|(option, row)| value(option, row))
        };
        let low = all().fold(f64::INFINITY, f64::min);
        let high = all().fold(f64::NEG_INFINITY, f64::max);
        let (low, step) = match high > low {
            true => (low, (high - low) / STEPS),
            false => (if low.is_finite() { low } else { 0.0 }, 0.0),
        };
        let code = |value: f64| match step > 0.0 {
            true => engine::math::round((value - low) / step).clamp(0.0, STEPS) as u16,
            false => 0,
        };
        let columns: Vec<Vec<u16>> = options
            .clone()
            .map(|option| {
                let codes = rows.iter().map(|&row| value(option, row).map_or(BROKEN, code));
                codes.collect()
            })
            .collect();
        let mut from = Vec::new();
        for option in options.clone() {
            let earlier = (0..option).min_by_key(|&earlier| cost(&columns[option], Some(&columns[earlier])));
            let alone = cost(&columns[option], None);
            let earlier = earlier.filter(|&earlier| cost(&columns[option], Some(&columns[earlier])) < alone);
            let words: Vec<u16> =
                differences(&columns[option], earlier.map(|earlier| &columns[earlier])).collect();
            bytes.extend(words.iter().map(|word| *word as u8));
            bytes.extend(words.iter().map(|word| (word >> 8) as u8));
            from.push(earlier.map_or(-1, |earlier| earlier as i64));
        }
        scales.push(json!({ "low": low, "step": step, "from": from }));
    }
    (bytes, Value::Array(scales))
}

/// What is written: the difference from another column, small ones of either sign as small numbers.
fn differences<'a>(column: &'a [u16], other: Option<&'a Vec<u16>>) -> impl Iterator<Item = u16> + 'a {
    column.iter().enumerate().map(move |(at, &value)| match other {
        None => value,
        Some(other) => {
            let difference = value.wrapping_sub(other[at]).cast_signed();
            ((difference << 1) ^ (difference >> 15)).cast_unsigned()
        }
    })
}

/// About how many bits a column takes.
fn cost(column: &[u16], other: Option<&Vec<u16>>) -> u32 {
    differences(column, other)
        .map(|word| u16::BITS - word.leading_zeros())
        .sum()
}
