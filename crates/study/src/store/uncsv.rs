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
    /// What to do.
    pub help: &'static str,
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

/// How to read a text.
#[derive(Clone, Copy, Debug)]
pub struct CsvOptions {
    /// What stands between cells; if it is not said, the first of tabulator, semicolon and comma that stands in the first line.
    pub delimiter: Option<u8>,
    /// Whether the first line names the columns; if it is not said, it does unless every cell of it is a number.
    pub header: Option<bool>,
    /// Threads; the table is the same for any number.
    pub threads: usize,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            delimiter: None,
            header: None,
            threads: 1,
        }
    }
}

/// Reads a text with a delimiter between cells.
pub fn read_csv(text: &str, options: &CsvOptions) -> Result<CsvTable, CsvError> {
    let &CsvOptions {
        delimiter,
        header,
        threads,
    } = options;
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
            help: "a table has a line of names, and below it a line for each row",
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
                help: "rename or remove one of them",
            });
        }
    }
    let body = Body {
        text,
        delimiter,
        start,
        header,
        columns: names.len(),
    };
    let columns = body.columns(&names, threads)?;
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

/// The rows of a text below its names.
struct Body<'a> {
    text: &'a str,
    delimiter: u8,
    start: usize,
    header: bool,
    columns: usize,
}

/// Some rows as numbers.
struct Part {
    /// The cells of each column; none if one of them is no number.
    numbers: Vec<Option<Vec<f64>>>,
    /// Whether no cell of a column has a point or an exponent.
    whole: Vec<bool>,
    rows: usize,
}

/// A part has at least so many bytes: with less to do a thread costs more than it gives.
const PART: usize = 1 << 20;

impl Body<'_> {
    /// The cells of every column: first all as numbers, in parts, then those that are not as words.
    fn columns(&self, names: &[String], threads: usize) -> Result<Vec<Column>, CsvError> {
        let places = self.parts(threads);
        let parts = std::thread::scope(|scope| {
            let others: Vec<_> = places[1..]
                .iter()
                .map(|place| scope.spawn(|| self.part(place.clone())))
                .collect();
            let mut parts = vec![self.part(places[0].clone())];
            parts.extend(
                others
                    .into_iter()
                    .map(|one| one.join().expect("reading does not panic")),
            );
            parts
        });
        let mut read = Vec::with_capacity(parts.len());
        let mut before = 0;
        for part in parts {
            let part = part.map_err(|wrong| wrong.told(before, self.columns, self.header))?;
            before += part.rows;
            read.push(part);
        }
        let mut words: Vec<Vec<Option<String>>> = vec![Vec::new(); self.columns];
        let is_words: Vec<bool> = (0..self.columns)
            .map(|at| read.iter().any(|part| part.numbers[at].is_none()))
            .collect();
        if is_words.contains(&true) {
            let mut rows = self.rows(self.start..self.text.len());
            let mut cells = Vec::with_capacity(self.columns);
            while rows.next(&mut cells)? {
                for (at, cell) in cells.iter().enumerate().filter(|(at, _)| is_words[*at]) {
                    let word = unquoted(&self.text[cell.clone()]);
                    words[at].push((!is_empty(&word)).then_some(word));
                }
            }
        }
        let column = |(at, name): (usize, &String)| {
            if is_words[at] {
                let words = std::mem::take(&mut words[at]);
                return Column::new(name, flags(&words).unwrap_or(Cells::Words(words)));
            }
            let whole = read.iter().all(|part| part.whole[at]);
            let mut values = Vec::new();
            for part in &mut read {
                let more = part.numbers[at].take().unwrap_or_default();
                if values.is_empty() {
                    values = more;
                    values.reserve_exact(before - values.len());
                } else {
                    values.extend_from_slice(&more);
                }
            }
            let whole = whole && values.iter().any(|v| v.is_finite());
            Column::new(name, Cells::Numbers(values)).about("whole", if whole { "yes" } else { "" })
        };
        Ok(names.iter().enumerate().map(column).collect())
    }

    /// Places of parts of about one length that begin with a row. A text with quotes is one part: a line may end within them.
    fn parts(&self, threads: usize) -> Vec<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut count = threads.min((bytes.len() - self.start) / PART);
        if count > 1 && bytes[self.start..].contains(&b'"') {
            count = 1;
        }
        let mut starts = vec![self.start];
        for part in 1..count {
            let about = self.start + (bytes.len() - self.start) / count * part;
            let line = bytes[about..].iter().position(|b| *b == b'\n' || *b == b'\r');
            starts.push(line.map_or(bytes.len(), |at| about + at));
        }
        starts.push(bytes.len());
        starts.windows(2).map(|ends| ends[0]..ends[1]).collect()
    }

    fn rows(&self, place: Range<usize>) -> Rows<'_> {
        Rows {
            text: &self.text[..place.end],
            delimiter: self.delimiter,
            at: place.start,
        }
    }

    /// The cells of some rows as numbers.
    fn part(&self, place: Range<usize>) -> Result<Part, Wrong> {
        let mut part = Part {
            numbers: vec![Some(Vec::new()); self.columns],
            whole: vec![true; self.columns],
            rows: 0,
        };
        let mut rows = self.rows(place);
        let mut cells = Vec::with_capacity(self.columns);
        while rows.next(&mut cells).map_err(Wrong::Text)? {
            part.rows += 1;
            if cells.len() != self.columns {
                return Err(Wrong::Cells {
                    row: part.rows,
                    found: cells.len(),
                    place: cells.first().map_or(0, |c| c.start)..cells.last().map_or(0, |c| c.end),
                });
            }
            for (at, cell) in cells.iter().enumerate() {
                let Some(values) = &mut part.numbers[at] else {
                    continue;
                };
                let raw = &self.text[cell.clone()];
                match raw.parse::<f64>() {
                    Ok(value) => {
                        let digit = |b: u8| b.is_ascii_digit() || b == b'-' || b == b'+';
                        part.whole[at] = part.whole[at] && raw.bytes().all(digit);
                        values.push(value);
                    }
                    Err(_) => {
                        let inner = unquoted(raw);
                        match inner.parse::<f64>() {
                            Ok(value) => values.push(value),
                            Err(_) if is_empty(&inner) => values.push(f64::NAN),
                            Err(_) => part.numbers[at] = None,
                        }
                    }
                }
            }
        }
        Ok(part)
    }
}

/// What is wrong with a part.
enum Wrong {
    Text(CsvError),
    Cells {
        /// In the part, from 1.
        row: usize,
        found: usize,
        place: Range<usize>,
    },
}

impl Wrong {
    /// The same of the whole text, of which so many rows come before.
    fn told(self, before: usize, expected: usize, header: bool) -> CsvError {
        match self {
            Self::Text(error) => error,
            Self::Cells { row, found, place } => {
                let says = if header {
                    "the first line names"
                } else {
                    "the first line has"
                };
                CsvError {
                    why: format!(
                        "row {} has {found} cells where {says} {expected} columns",
                        before + row
                    ),
                    place,
                    help: "each line has as many cells as there are columns; a cell with a comma stands in double quotes",
                }
            }
        }
    }
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
            self.at += before_end(&bytes[self.at..], self.delimiter);
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
                        help: "a cell that begins with a double quote ends with one; within it a double quote is written twice",
                    });
                }
                Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 2,
                Some(b'"') => return Ok(at + 1),
                Some(_) => at += 1,
            }
        }
    }
}

/// The number of bytes before the next delimiter or end of line; eight at a time where there are eight.
fn before_end(bytes: &[u8], delimiter: u8) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The lowest high bit that is left marks the first byte that is zero (Warren, "Hacker's Delight").
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight);
        let found = [delimiter, b'\n', b'\r'].map(|b| zeros(word ^ (ONES * u64::from(b))));
        let any = found[0] | found[1] | found[2];
        if any != 0 {
            return at + (any.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let ends = |b: &u8| *b == delimiter || *b == b'\n' || *b == b'\r';
    at + bytes[at..].iter().position(ends).unwrap_or(bytes.len() - at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::csv;

    fn read(text: &str) -> CsvTable {
        read_csv(text, &CsvOptions::default()).expect("a table")
    }

    #[test]
    fn a_cell_ends_at_the_first_of_its_ends() {
        for length in 0..20 {
            for (end, rest) in [(",", "x\n,"), ("\n", ",,"), ("\r", "\n"), ("", "")] {
                let text = format!("{}{end}{rest}", "é7".repeat(length));
                assert_eq!(before_end(text.as_bytes(), b','), 3 * length, "{text:?}");
            }
        }
    }

    /// Longer than two parts, with words only at the end, blank lines and both ends of line.
    #[test]
    fn threads_change_nothing() {
        let mut text = String::from("n,whole,w\r\n");
        for row in 0..150_000 {
            let end = ["\n", "\r\n", "\n\n"][row % 3];
            let word = if row == 140_000 { "x" } else { "1" };
            text.push_str(&format!("{},{row},{word}{end}", row as f64 / 7.0));
        }
        assert!(text.len() > 3 * PART);
        let by = |text: &str, threads| {
            let options = CsvOptions {
                threads,
                ..CsvOptions::default()
            };
            read_csv(text, &options)
        };
        let one = by(&text, 1);
        assert!(one.as_ref().is_ok_and(|csv| csv.table.rows() == 150_000));
        for threads in [2, 3, 64] {
            assert_eq!(one, by(&text, threads), "{threads}");
        }
        text.push_str("1,2\n");
        let wrong = by(&text, 1).expect_err("a short row");
        assert_eq!(
            wrong.why,
            "row 150001 has 2 cells where the first line names 3 columns"
        );
        assert_eq!(by(&text, 3), Err(wrong));
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
            let error = read_csv(text, &CsvOptions::default()).expect_err("a mistake");
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
