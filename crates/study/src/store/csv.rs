//! A table as comma-separated values.

use std::fmt::Write;

use super::table::{Cells, Table};

/// The table as CSV: a line of names, then a line per row. Numbers are the shortest that read back to the same bits; an
/// empty cell is empty.
pub fn csv(table: &Table) -> String {
    csv_head(table, ',') + &csv_rows(table, ',')
}

/// The line of names, with this between them.
pub fn csv_head(table: &Table, delimiter: char) -> String {
    let mut out = String::new();
    for (at, column) in table.columns.iter().enumerate() {
        if at > 0 {
            out.push(delimiter);
        }
        word(&mut out, delimiter, &column.name);
    }
    out.push('\n');
    out
}

/// The lines of the rows, which may be a group of a larger table.
pub fn csv_rows(table: &Table, delimiter: char) -> String {
    let mut out = String::with_capacity(table.rows() * table.columns.len() * 20);
    for row in 0..table.rows() {
        for (at, column) in table.columns.iter().enumerate() {
            if at > 0 {
                out.push(delimiter);
            }
            cell(&mut out, delimiter, &column.cells, row);
        }
        out.push('\n');
    }
    out
}

/// A cell, in quotes where it would be taken for more than one.
fn word(out: &mut String, delimiter: char, word: &str) {
    if word.contains([delimiter, '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&word.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(word);
    }
}

fn cell(out: &mut String, delimiter: char, cells: &Cells, row: usize) {
    const WHY: &str = "a string takes what is written";
    match cells {
        Cells::Counts(cells) => write!(out, "{}", cells[row]).expect(WHY),
        Cells::Numbers(cells) if cells[row].is_nan() => {}
        Cells::Numbers(cells) => number(out, cells[row]),
        Cells::Words(cells) => word(out, delimiter, cells[row].as_deref().unwrap_or_default()),
        Cells::Flags(cells) => {
            if let Some(flag) = cells[row] {
                write!(out, "{flag}").expect(WHY);
            }
        }
    }
}

/// The shortest text of a number, as `{:?}` has it but for `.0`. `zmij` finds the same digits in a fraction of the time; it writes
/// exponents differently, so the very small and the very large are left to the standard library.
fn number(out: &mut String, value: f64) {
    let from = out.len();
    if (1e-4..1e15).contains(&value.abs()) {
        out.push_str(zmij::Buffer::new().format_finite(value));
    } else {
        write!(out, "{value:?}").expect("a string takes what is written");
    }
    if out.ends_with(".0") && out.len() > from + 2 {
        out.truncate(out.len() - 2);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::number;

    /// What the standard library says is the measure.
    fn check(value: f64) {
        let mut text = String::new();
        number(&mut text, value);
        let expected = format!("{value:?}");
        assert_eq!(text, expected.strip_suffix(".0").unwrap_or(&expected));
    }

    #[test]
    fn numbers_at_the_ends() {
        for value in [
            0.0,
            -0.0,
            1.0,
            -3.0,
            0.1,
            1e-4,
            9.999e-5,
            1e-5,
            9.9e-6,
            1e15,
            1e16,
            123456789012345.6,
            1e300,
            5e-324,
            0.3,
            f64::INFINITY,
        ] {
            check(value);
            check(-value);
            check(1.0 / value);
        }
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_the_standard_library(bits: u64, whole: i32, share in 0.0..1.0_f64) {
            for value in [f64::from_bits(bits), f64::from(whole), share, share * f64::from(whole)] {
                if value.is_finite() {
                    check(value);
                }
            }
        }
    }
}
