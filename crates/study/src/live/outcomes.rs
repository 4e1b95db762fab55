//! Outcomes of some futures under all options, rounded and laid out so that they deflate well.
//!
//! A value is its place above the least of its outcome, in steps of a quarter of a close call, or finer where 16 bits allow no more.
//! Options of one future differ little, so an option is written as its difference from what earlier ones let expect: one that it
//! resembles, or for an add-on what the same add-on does to another policy.

use serde_json::{Value, json};

use crate::case::CloseCall;
use crate::results::{OptionId, Results, Status};
use crate::study::Study;

use super::place;

/// Stands for a broken future.
const BROKEN: u16 = u16::MAX;
/// The most steps from the least value to the greatest.
const STEPS: f64 = 65_534.0;
/// Steps in a close call.
const PER_CLOSE_CALL: f64 = 4.0;

/// The bytes, and for each outcome how they are read: least value, width of a step, and for each option the earlier ones that it is the
/// difference from: none, one, or three, of which the first two are added and the third is taken off.
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
        let close_call = margin(study, results, rows, outcome);
        let (low, step) = match high > low {
            true => (low, (close_call / PER_CLOSE_CALL).max((high - low) / STEPS)),
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
            let choices = expectations(&results.options, option);
            let best = choices
                .into_iter()
                .min_by_key(|choice| cost(&columns, option, choice))
                .unwrap_or_default();
            let words: Vec<u16> = differences(&columns, option, &best).collect();
            bytes.extend(words.iter().map(|word| *word as u8));
            bytes.extend(words.iter().map(|word| (word >> 8) as u8));
            from.push(best);
        }
        scales.push(json!({ "low": low, "step": step, "from": from }));
    }
    (bytes, Value::Array(scales))
}

/// What counts as a tie, in the unit of the outcome: a share is taken of the baseline's middle future.
fn margin(study: &Study, results: &Results, rows: &[usize], outcome: usize) -> f64 {
    let share = match study.case.outcomes[outcome].close_call {
        CloseCall::Absolute(margin) => return margin,
        CloseCall::ShareOfBaseline(share) => share,
    };
    let baseline = OptionId {
        policy: study.case.baseline,
        addon: 0,
    };
    let column = place(&results.options, baseline).map(|option| &results.values[option][outcome]);
    let sizes = column
        .into_iter()
        .flat_map(|column| rows.iter().map(|&row| column[row].abs()));
    let mut sizes: Vec<f64> = sizes.filter(|size| size.is_finite()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).map_or(0.0, |middle| share * middle)
}

/// What an option may be written as the difference from.
fn expectations(options: &[OptionId], option: usize) -> Vec<Vec<usize>> {
    let OptionId { policy, addon } = options[option];
    let mut all = vec![Vec::new()];
    all.extend((0..option).map(|earlier| vec![earlier]));
    if let Some(plain) = place(&options[..option], OptionId { policy, addon: 0 }) {
        for (other, with) in options[..option].iter().enumerate() {
            let without = place(options, OptionId { addon: 0, ..*with });
            if let (true, Some(without)) = (with.addon == addon, without.filter(|at| *at < option)) {
                all.push(vec![plain, other, without]);
            }
        }
    }
    all
}

/// What is written: the difference from what is expected, small ones of either sign as small numbers.
fn differences<'a>(
    columns: &'a [Vec<u16>],
    option: usize,
    from: &'a [usize],
) -> impl Iterator<Item = u16> + 'a {
    columns[option].iter().enumerate().map(move |(at, &value)| {
        let expected = match *from {
            [] => return value,
            [one] => columns[one][at],
            [a, b, c] => columns[a][at]
                .wrapping_add(columns[b][at])
                .wrapping_sub(columns[c][at]),
            _ => unreachable!("an expectation has none, one or three columns"),
        };
        let difference = value.wrapping_sub(expected).cast_signed();
        ((difference << 1) ^ (difference >> 15)).cast_unsigned()
    })
}

/// About how many bits a column takes.
fn cost(columns: &[Vec<u16>], option: usize, from: &[usize]) -> u32 {
    differences(columns, option, from)
        .map(|word| u16::BITS - word.leading_zeros())
        .sum()
}
