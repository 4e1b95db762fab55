//! Comma-separated values, ours or anybody's, to a table.
//!
//! A column is numbers if every cell of it is a number or empty, yes or no if every cell is, and words otherwise. What stands for an
//! empty cell is in [`EMPTY`]. Places are bytes of the text, so that a message can show the line.

use std::ops::Range;

use super::table::{Cells, Column, Table};

/// Words that stand for a cell without a value, whatever their case.
pub const EMPTY: [&str; 7] = ["", "na", "n/a", "nan", "null", "none", "#n/a"];

/// Why a text is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvError {
    /// What is wrong.
    pub why: String,
    /// Where, in bytes.
    pub place: Range<usize>,
}

/// A table read from a text.
#[derive(Clone, Debug, PartialEq)]
pub struct CsvTable {
    /// The table; a column of numbers without a point or an exponent is known as `whole`.
    pub table: Table,
    /// Whether the first line names the columns; otherwise they are called `c1`, `c2` and so on.
    pub header: bool,
    /// What stands between the cells.
    pub delimiter: u8,
}

/// Reads a text with a delimiter between cells: the one given, or else the first of tabulator, semicolon and comma that stands in the
/// first line. `header` says whether the first line names the columns; if it is not said, it does unless every cell of it is a number.
pub fn read_csv(text: &str, delimiter: Option<u8>, header: Option<bool>) -> Result<CsvTable, CsvError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first_line = text.lines().next().unwrap_or("");
    let delimiter = delimiter.unwrap_or_else(|| {
        let found = [b'\t', b';', b',']
            .into_iter()
            .find(|d| first_line.as_bytes().contains(d));
        found.unwrap_or(b',')
    });
    let mut rows = Rows {
        text,
        delimiter,
        at: 0,
    };
    let mut first = Vec::new();
    if !rows.next(&mut first)? {
        return Err(CsvError {
            why: "the file is empty".into(),
            place: 0..0,
        });
    }
    let number = |cell: &Range<usize>| unquoted(&text[cell.clone()]).parse::<f64>().is_ok();
    let header = header.unwrap_or_else(|| !first.iter().all(number));
    let names: Vec<String> = if header {
        first.iter().map(|cell| unquoted(&text[cell.clone()])).collect()
    } else {
        (1..=first.len()).map(|at| format!("c{at}")).collect()
    };
    let start = if header { rows.at } else { 0 };
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            return Err(CsvError {
                why: format!("two columns are called `{name}`"),
                place: first[at].clone(),
            });
        }
    }
    let columns = columns(text, delimiter, start, &names, header)?;
    Ok(CsvTable {
        table: Table {
            columns,
            about: Default::default(),
        },
        header,
        delimiter,
    })
}

/// The place of a cell in the text of a table, in bytes; rows are counted without the names.
pub fn csv_place(text: &str, of: &CsvTable, row: usize, column: usize) -> Option<Range<usize>> {
    let skipped = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut rows = Rows {
        text: &text[skipped..],
        delimiter: of.delimiter,
        at: 0,
    };
    let mut cells = Vec::new();
    for _ in 0..=row + usize::from(of.header) {
        if !rows.next(&mut cells).ok()? {
            return None;
        }
    }
    cells
        .get(column)
        .map(|cell| cell.start + skipped..cell.end + skipped)
}

/// Whether a cell holds no value.
pub fn is_empty(cell: &str) -> bool {
    // The longest of them has four letters; most cells are numbers, and longer.
    cell.len() <= 4 && EMPTY.iter().any(|word| word.eq_ignore_ascii_case(cell))
}

/// The cells of every column: first all as numbers, then those that are not as words.
fn columns(
    text: &str,
    delimiter: u8,
    start: usize,
    names: &[String],
    header: bool,
) -> Result<Vec<Column>, CsvError> {
    let mut numbers: Vec<Option<Vec<f64>>> = vec![Some(Vec::new()); names.len()];
    let mut whole = vec![true; names.len()];
    let mut rows = Rows {
        text,
        delimiter,
        at: start,
    };
    let mut cells = Vec::with_capacity(names.len());
    let mut line = 0;
    while rows.next(&mut cells)? {
        line += 1;
        if cells.len() != names.len() {
            let (found, expected) = (cells.len(), names.len());
            let says = if header {
                "the first line names"
            } else {
                "the first line has"
            };
            return Err(CsvError {
                why: format!("row {line} has {found} cells where {says} {expected} columns"),
                place: cells.first().map_or(0, |c| c.start)..cells.last().map_or(0, |c| c.end),
            });
        }
        for (at, cell) in cells.iter().enumerate() {
            let Some(values) = &mut numbers[at] else { continue };
            let raw = &text[cell.clone()];
            match raw.parse::<f64>() {
                Ok(value) => {
                    whole[at] =
                        whole[at] && raw.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'+');
                    values.push(value);
                }
                Err(_) => {
                    let inner = unquoted(raw);
                    match inner.parse::<f64>() {
                        Ok(value) => values.push(value),
                        Err(_) if is_empty(&inner) => values.push(f64::NAN),
                        Err(_) => numbers[at] = None,
                    }
                }
            }
        }
    }
    let mut words: Vec<Vec<Option<String>>> = vec![Vec::new(); names.len()];
    if numbers.iter().any(Option::is_none) {
        let mut rows = Rows {
            text,
            delimiter,
            at: start,
        };
        while rows.next(&mut cells)? {
            for (at, cell) in cells.iter().enumerate().filter(|(at, _)| numbers[*at].is_none()) {
                let word = unquoted(&text[cell.clone()]);
                words[at].push((!is_empty(&word)).then_some(word));
            }
        }
    }
    let column = |(at, name): (usize, &String)| match numbers[at].take() {
        Some(values) => {
            let whole = whole[at] && values.iter().any(|v| v.is_finite());
            Column::new(name, Cells::Numbers(values)).about("whole", if whole { "yes" } else { "" })
        }
        None => Column::new(
            name,
            flags(&words[at]).unwrap_or_else(|| Cells::Words(std::mem::take(&mut words[at]))),
        ),
    };
    Ok(names.iter().enumerate().map(column).collect())
}

/// Words as yes or no, if they all are.
fn flags(words: &[Option<String>]) -> Option<Cells> {
    let flag = |word: &String| match word.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    let cells: Option<Vec<Option<bool>>> = words
        .iter()
        .map(|word| word.as_ref().map_or(Some(None), |w| flag(w).map(Some)))
        .collect();
    cells.map(Cells::Flags)
}

/// A cell without its quotes.
fn unquoted(cell: &str) -> String {
    match cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => cell.to_owned(),
    }
}

/// Goes through the rows of a text; empty lines are passed over.
struct Rows<'a> {
    text: &'a str,
    delimiter: u8,
    at: usize,
}

impl Rows<'_> {
    /// The places of the next row's cells, quotes included, blanks around them not; `false` at the end.
    fn next(&mut self, cells: &mut Vec<Range<usize>>) -> Result<bool, CsvError> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b'\n' | b'\r')) {
            self.at += 1;
        }
        cells.clear();
        if self.at >= bytes.len() {
            return Ok(false);
        }
        loop {
            let start = self.at;
            if bytes.get(start) == Some(&b'"') {
                self.at = self.close(start)?;
            }
            while bytes
                .get(self.at)
                .is_some_and(|b| *b != self.delimiter && *b != b'\n' && *b != b'\r')
            {
                self.at += 1;
            }
            let cell = &bytes[start..self.at];
            let blank = |b: &u8| *b == b' ' || (*b == b'\t' && self.delimiter != b'\t');
            let before = cell.iter().take_while(|b| blank(b)).count();
            let after = cell[before..].iter().rev().take_while(|b| blank(b)).count();
            cells.push(start + before..self.at - after);
            if bytes.get(self.at) != Some(&self.delimiter) {
                return Ok(true);
            }
            self.at += 1;
        }
    }

    /// One past the quote that closes the one at `start`.
    fn close(&self, start: usize) -> Result<usize, CsvError> {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        loop {
            match bytes.get(at) {
                None => {
                    return Err(CsvError {
                        why: "a quoted cell is not closed".into(),
                        place: start..start + 1,
                    });
                }
                Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 2,
                Some(b'"') => return Ok(at + 1),
                Some(_) => at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::csv;

    fn read(text: &str) -> CsvTable {
        read_csv(text, None, None).expect("a table")
    }

    fn check(text: &str, expected: &[(&str, Cells)]) {
        let found = read(text).table.columns;
        let found: Vec<(String, String)> = found
            .into_iter()
            .map(|c| (c.name, format!("{:?}", c.cells)))
            .collect();
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(n, c)| ((*n).to_owned(), format!("{c:?}")))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    fn words(cells: &[&str]) -> Cells {
        Cells::Words(
            cells
                .iter()
                .map(|c| (!c.is_empty()).then(|| (*c).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn kinds_of_columns() {
        let numbers = |cells: &[f64]| Cells::Numbers(cells.to_vec());
        check(
            "a,b\n1,x\n2.5,y\n",
            &[("a", numbers(&[1.0, 2.5])), ("b", words(&["x", "y"]))],
        );
        check(
            "a\r\n1\r\n\r\nNA\r\n\"3\"",
            &[("a", numbers(&[1.0, f64::NAN, 3.0]))],
        );
        check(
            "a;b\n1; -2e3 \n",
            &[("a", numbers(&[1.0])), ("b", numbers(&[-2e3]))],
        );
        check(
            "a\tb c\nTrue\tno\n\tyes",
            &[
                ("a", Cells::Flags(vec![Some(true), None])),
                ("b c", words(&["no", "yes"])),
            ],
        );
        check(
            "1,2\n3,4",
            &[("c1", numbers(&[1.0, 3.0])), ("c2", numbers(&[2.0, 4.0]))],
        );
        check("\"a, \"\"b\"\"\"\n\"x\ny\"", &[("a, \"b\"", words(&["x\ny"]))]);
        check(
            "a,b\n1,inf\n",
            &[("a", numbers(&[1.0])), ("b", numbers(&[f64::INFINITY]))],
        );
    }

    #[test]
    fn whole_numbers_are_known() {
        let table = read("a,b,c\n1,2.0,-3\n,5.0,4\n").table;
        let whole: Vec<bool> = table
            .columns
            .iter()
            .map(|c| c.about.contains_key("whole"))
            .collect();
        assert_eq!(whole, [true, false, true]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let table = Table {
            columns: vec![
                Column::new("n", Cells::Numbers(vec![0.1, f64::NAN, -1e-300])),
                Column::new("w, \"x\"", words(&["a,b", "", "c\"d"])),
                Column::new("f", Cells::Flags(vec![Some(true), Some(false), None])),
            ],
            about: Default::default(),
        };
        let back = read(&csv(&table)).table;
        assert_eq!(format!("{back:?}"), format!("{table:?}"));
    }

    #[test]
    fn mistakes_have_a_place() {
        let wrong = |text: &str| {
            let error = read_csv(text, None, None).expect_err("a mistake");
            format!("{} @ {:?}", error.why, &text[error.place])
        };
        assert_eq!(
            wrong("a,b\n1,2\n3\n"),
            "row 2 has 1 cells where the first line names 2 columns @ \"3\""
        );
        assert_eq!(wrong("a,a\n"), "two columns are called `a` @ \"a\"");
        assert_eq!(wrong("a\n\"x"), "a quoted cell is not closed @ \"\\\"\"");
        assert_eq!(wrong(""), "the file is empty @ \"\"");
    }

    #[test]
    fn the_place_of_a_cell() {
        let text = "\u{feff}a,b\n1,\"x,y\"\n\n2,z\n";
        let table = read(text);
        assert_eq!(csv_place(text, &table, 0, 1).map(|p| &text[p]), Some("\"x,y\""));
        assert_eq!(csv_place(text, &table, 1, 1).map(|p| &text[p]), Some("z"));
        assert_eq!(csv_place(text, &table, 2, 1), None);
    }
}
