//! What an analysis says: facts, tables of named columns, notes. One definition serves terminal, JSON and files.

use serde_json::{Map, Value, json};
use study::store::{Cells, Column, Table};

use crate::JSON_SCHEMA;
use crate::render::number::{grouped, shortest};
use crate::render::table;

/// One cell of a result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing can be said.
    None,
    /// How many.
    Count(usize),
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
    /// Yes or no.
    Flag(bool),
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Cell::Count(count)
    }
}
impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Cell::Number(number)
    }
}
impl From<&str> for Cell {
    fn from(word: &str) -> Self {
        Cell::Word(word.to_owned())
    }
}
impl From<String> for Cell {
    fn from(word: String) -> Self {
        Cell::Word(word)
    }
}
impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Cell::Flag(flag)
    }
}
impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Cell::None, Into::into)
    }
}

impl Cell {
    /// As a reader sees it: five significant digits.
    fn text(&self) -> String {
        match self {
            Cell::None => "–".into(),
            Cell::Count(count) => grouped(*count as u64),
            Cell::Number(number) => significant(*number),
            Cell::Word(word) => word.clone(),
            Cell::Flag(flag) => (if *flag { "yes" } else { "no" }).into(),
        }
    }

    /// As a program sees it: every digit; what is not finite is null.
    fn json(&self) -> Value {
        match self {
            Cell::None => Value::Null,
            Cell::Count(count) => json!(count),
            Cell::Number(number) => json!(number),
            Cell::Word(word) => json!(word),
            Cell::Flag(flag) => json!(flag),
        }
    }
}

/// A number with five significant digits, or all of a whole number below ten million.
pub(crate) fn significant(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e7 {
        return shortest(value);
    }
    format!("{value:.4e}")
        .parse()
        .map_or_else(|_| shortest(value), shortest)
}

/// A table of a result.
#[derive(Clone, Debug)]
pub(crate) struct ResultTable {
    /// Its key in JSON.
    pub(crate) key: &'static str,
    /// What it holds, in a few words.
    pub(crate) title: String,
    /// Names of the columns.
    pub(crate) columns: Vec<String>,
    /// Its rows.
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl ResultTable {
    /// An empty table with these columns.
    pub(crate) fn new(key: &'static str, title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            key,
            title: title.into(),
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    /// As a table for a file.
    pub(crate) fn stored(&self) -> Table {
        let column = |(at, name): (usize, &String)| {
            let cells = || self.rows.iter().map(|row| &row[at]);
            let cells = if cells().all(|c| matches!(c, Cell::None | Cell::Count(_) | Cell::Number(_))) {
                Cells::Numbers(
                    cells()
                        .map(|c| match c {
                            Cell::Count(count) => *count as f64,
                            Cell::Number(number) => *number,
                            _ => f64::NAN,
                        })
                        .collect(),
                )
            } else {
                Cells::Words(cells().map(|c| (*c != Cell::None).then(|| c.text())).collect())
            };
            Column::new(name, cells)
        };
        Table {
            columns: self.columns.iter().enumerate().map(column).collect(),
            about: Default::default(),
        }
    }
}

/// What became of the rows that were looked at: each is counted once, under the first that applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowCounts {
    /// Rows (futures) of the tables.
    pub(crate) rows: usize,
    /// Refused by a constraint.
    pub(crate) rejected: usize,
    /// The simulation broke.
    pub(crate) broken: usize,
    /// Without an outcome.
    pub(crate) without_outcome: usize,
    /// With an outcome, but without a value of some input.
    pub(crate) without_input: usize,
    /// All others.
    pub(crate) whole: usize,
}

impl RowCounts {
    fn text(&self) -> String {
        let mut left_out = Vec::new();
        for (count, what) in [
            (self.rejected, "rejected"),
            (self.broken, "broken"),
            (self.without_outcome, "without an outcome"),
            (self.without_input, "without an input"),
        ] {
            if count > 0 {
                left_out.push(format!("{} {what}", grouped(count as u64)));
            }
        }
        let rows = grouped(self.rows as u64);
        match left_out.is_empty() {
            true => format!("{rows}, all whole"),
            false => format!(
                "{rows}, of them {} whole, {}",
                grouped(self.whole as u64),
                left_out.join(", ")
            ),
        }
    }

    fn json(&self) -> Value {
        json!({
            "rows": self.rows, "whole": self.whole, "rejected": self.rejected, "broken": self.broken,
            "without_outcome": self.without_outcome, "without_input": self.without_input,
        })
    }
}

/// What an analysis says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// What was done, as a sentence without a full stop.
    pub(crate) title: String,
    /// What became of the rows.
    pub(crate) rows: RowCounts,
    /// Single facts.
    pub(crate) facts: Vec<(&'static str, Cell)>,
    /// Tables.
    pub(crate) tables: Vec<ResultTable>,
    /// What a reader should know.
    pub(crate) notes: Vec<String>,
}

impl Report {
    /// For a terminal.
    pub(crate) fn text(&self) -> String {
        let mut out = format!("{}\n", self.title);
        let mut facts = table::Table::flush_left();
        facts.row(["rows".to_owned(), self.rows.text()]);
        for (name, cell) in &self.facts {
            facts.row([name.replace('_', " "), cell.text()]);
        }
        out.push_str(&facts.text("  "));
        for part in &self.tables {
            out.push_str(&format!("\n{}\n", part.title));
            let mut drawn = table::Table::default();
            // Words begin at the left of their column, numbers end at its right.
            let width = |at: usize| {
                let words = part.rows.iter().map(|row| &row[at]);
                let all = words.clone().all(|c| matches!(c, Cell::Word(_) | Cell::None));
                let widest = words.map(|c| c.text().chars().count()).max().unwrap_or(0);
                if all {
                    widest.max(part.columns[at].chars().count())
                } else {
                    0
                }
            };
            let widths: Vec<usize> = (0..part.columns.len()).map(width).collect();
            let padded = |(text, width): (String, &usize)| format!("{text:<width$}", width = *width);
            drawn.row(
                part.columns
                    .iter()
                    .map(|name| name.replace('_', " "))
                    .zip(&widths)
                    .map(padded),
            );
            for row in &part.rows {
                drawn.row(row.iter().map(Cell::text).zip(&widths).map(padded));
            }
            out.push_str(&drawn.text("  "));
        }
        for (at, note) in self.notes.iter().enumerate() {
            let gap = if at == 0 { "\n" } else { "" };
            out.push_str(&format!("{gap}note: {note}\n"));
        }
        out
    }

    /// For a program.
    pub(crate) fn json(&self, method: &str) -> Value {
        let mut result = Map::new();
        for (name, cell) in &self.facts {
            result.insert((*name).to_owned(), cell.json());
        }
        for part in &self.tables {
            let object = |row: &Vec<Cell>| -> Value {
                let pairs = part.columns.iter().zip(row);
                pairs
                    .map(|(name, cell)| (name.clone(), cell.json()))
                    .collect::<Map<String, Value>>()
                    .into()
            };
            result.insert(part.key.to_owned(), part.rows.iter().map(object).collect());
        }
        json!({
            "schema": JSON_SCHEMA, "command": "analyze", "method": method, "exit": 0,
            "title": self.title, "rows": self.rows.json(), "result": result, "notes": self.notes,
        })
    }

    /// Several reports of one method at different times as one: facts and tables get a column of times in front.
    pub(crate) fn over_time(reports: Vec<(f64, Report)>) -> Report {
        let mut all = Report::default();
        let mut counts = ResultTable::new(
            "times",
            "At each time",
            &[
                "time",
                "rows",
                "whole",
                "rejected",
                "broken",
                "without_outcome",
                "without_input",
            ],
        );
        for (time, report) in reports {
            let r = report.rows;
            counts.row([
                time.into(),
                r.rows.into(),
                r.whole.into(),
                r.rejected.into(),
                r.broken.into(),
                r.without_outcome.into(),
                r.without_input.into(),
            ]);
            if counts.rows.len() == 1 {
                let names = report.facts.iter().map(|(name, _)| (*name).to_owned());
                counts.columns.extend(names);
            }
            if let Some(row) = counts.rows.last_mut() {
                row.extend(report.facts.into_iter().map(|(_, cell)| cell));
            }
            all.title = report.title;
            all.rows = report.rows;
            for mut part in report.tables {
                part.rows.iter_mut().for_each(|row| row.insert(0, time.into()));
                match all.tables.iter_mut().find(|known| known.key == part.key) {
                    Some(known) => known.rows.extend(part.rows),
                    None => {
                        part.columns.insert(0, "time".into());
                        all.tables.push(part);
                    }
                }
            }
            for note in report.notes {
                if !all.notes.contains(&note) {
                    all.notes.push(note);
                }
            }
        }
        all.tables.push(counts);
        all
    }
}
