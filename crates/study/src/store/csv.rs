//! A table as comma-separated values.

use super::table::{Cells, Table};

/// The table as CSV: a line of names, then a line per row. Numbers are the shortest that read back to the same bits; an
/// empty cell is empty.
pub fn csv(table: &Table) -> String {
    csv_head(table, ',') + &csv_rows(table, ',')
}

/// The line of names, with this between them.
pub fn csv_head(table: &Table, delimiter: char) -> String {
    let mut out = String::new();
    line(
        &mut out,
        delimiter,
        table.columns.iter().map(|column| column.name.clone()),
    );
    out
}

/// The lines of the rows, which may be a group of a larger table.
pub fn csv_rows(table: &Table, delimiter: char) -> String {
    let mut out = String::new();
    for row in 0..table.rows() {
        line(
            &mut out,
            delimiter,
            table.columns.iter().map(|column| cell(&column.cells, row)),
        );
    }
    out
}

fn line(out: &mut String, delimiter: char, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(delimiter);
        }
        if cell.contains([delimiter, '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push('\n');
}

fn cell(cells: &Cells, row: usize) -> String {
    match cells {
        Cells::Counts(cells) => cells[row].to_string(),
        Cells::Numbers(cells) if cells[row].is_nan() => String::new(),
        Cells::Numbers(cells) => number(cells[row]),
        Cells::Words(cells) => cells[row].clone().unwrap_or_default(),
        Cells::Flags(cells) => cells[row].map_or(String::new(), |flag| flag.to_string()),
    }
}

fn number(value: f64) -> String {
    let text = format!("{value:?}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}
