//! Spreadsheets: the bytes of a workbook or a text of columns to cells.
//!
//! In come the bytes of an `.xlsx` ([`zip`], [`xlsx`]), an `.xls` ([`compound`], [`biff`]) or a text ([`delimited`]); out
//! goes a [`Book`], or one sentence that says what is wrong. The files come from strangers: nothing here trusts a length
//! or an offset in them, and what they unpack to is limited.

mod address;
mod biff;
mod compound;
mod delimited;
mod xlsx;
mod zip;

pub(crate) use address::{Area, Place, column_name, column_of};

use std::collections::BTreeMap;

/// What a cell holds; an empty cell is not there at all.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Number(f64),
    Text(String),
    /// A formula without a value: what wrote the workbook computed none.
    Uncomputed,
}

impl Cell {
    /// Whether it is, or may be meant as, a number.
    pub(crate) fn has_digits(&self) -> bool {
        !matches!(self, Cell::Text(text) if !text.contains(|c: char| c.is_ascii_digit()))
    }

    /// What it holds that is neither a number nor a mark for a missing one, and what to do about it.
    pub(crate) fn is_no_number(&self) -> Option<(String, &'static str)> {
        let text = match self {
            Cell::Number(_) => return None,
            Cell::Uncomputed => {
                let help = "open the workbook in a spreadsheet program, which computes it, and save it";
                return Some(("a formula whose value was never stored".to_owned(), help));
            }
            Cell::Text(text) => text.trim(),
        };
        let mark = text.trim_matches(':').to_ascii_lowercase();
        if ["na", "n/a", "#n/a", "nan", "null", "none", "-", "", ".", ".."].contains(&mark.as_str()) {
            return None;
        }
        let shown: String = text.chars().take(30).collect();
        let help = if text.parse::<f64>().is_ok() {
            "format the cell as a number, and enter it again"
        } else if text.replace(',', ".").parse::<f64>().is_ok() {
            "decimals follow a point, and thousands have no comma"
        } else {
            "enter a number, or correct which cell is meant"
        };
        Some((format!("the text `{shown}`"), help))
    }
}

/// One sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    pub name: String,
    cells: BTreeMap<Place, Cell>,
    /// One past the last row and the last column that hold anything.
    pub rows: u32,
    pub columns: u32,
}

impl Sheet {
    pub(crate) fn get(&self, place: Place) -> Option<&Cell> {
        self.cells.get(&place)
    }
    fn set(&mut self, place: Place, cell: Cell) {
        self.rows = self.rows.max(place.row + 1);
        self.columns = self.columns.max(place.column + 1);
        self.cells.insert(place, cell);
    }
}

/// A name for an area of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DefinedName {
    pub name: String,
    pub sheet: String,
    pub area: Area,
}

/// A workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Book {
    pub sheets: Vec<Sheet>,
    pub names: Vec<DefinedName>,
}

impl Book {
    /// The sheet of this name, whatever its case.
    pub(crate) fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets
            .iter()
            .find(|sheet| sheet.name.eq_ignore_ascii_case(name.trim()))
    }
    /// What a name stands for; if several sheets define it, what `sheet` does.
    pub(crate) fn named(&self, name: &str, sheet: &str) -> Option<&DefinedName> {
        let mut found = self
            .names
            .iter()
            .filter(|known| known.name.eq_ignore_ascii_case(name.trim()));
        let here = |known: &&DefinedName| known.sheet.eq_ignore_ascii_case(sheet.trim());
        found.clone().find(here).or_else(|| found.next())
    }
}

/// Why a file gave no cells.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SheetError {
    #[error("it is no workbook: {0}")]
    Malformed(&'static str),
    #[error("it is protected by a password")]
    Encrypted,
    #[error("it is an old workbook, of Excel 95 or before: save it as `.xlsx`")]
    Old,
    #[error("it would unpack to more than {} MB", MOST_BYTES >> 20)]
    TooLarge,
    #[error("it holds more than {MOST_CELLS} cells")]
    TooManyCells,
    #[error("`{0}` is no kind of file that data is read from: `.xlsx`, `.xls`, `.csv`, `.tab` or `.txt` is")]
    UnknownKind(String),
}

/// To how much one file may unpack.
const MOST_BYTES: usize = 256 << 20;

/// How many cells are read.
const MOST_CELLS: usize = 4_000_000;

/// Whether the file is a text of columns rather than a workbook.
pub(crate) fn is_text(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".csv", ".tab", ".tsv", ".txt", ".dat"]
        .iter()
        .any(|ending| path.ends_with(ending))
}

/// The cells of a file. What kind it is, its first bytes say, and its name if it is a text.
pub(crate) fn open(path: &str, bytes: &[u8], delimiter: Option<char>) -> Result<Book, SheetError> {
    if bytes.len() > MOST_BYTES {
        return Err(SheetError::TooLarge);
    }
    if bytes.starts_with(b"PK") {
        return xlsx::read(bytes);
    }
    if bytes.starts_with(&compound::SIGNATURE) {
        return biff::read(bytes);
    }
    if is_text(path) {
        return delimited::read(bytes, delimiter);
    }
    let lower = path.to_ascii_lowercase();
    if lower.ends_with(".xlsx") || lower.ends_with(".xlsm") || lower.ends_with(".xls") {
        return Err(SheetError::Malformed("it does not begin like one"));
    }
    let ending = path.rsplit_once('.').map_or(path, |(_, ending)| ending);
    Err(SheetError::UnknownKind(ending.chars().take(20).collect()))
}

#[cfg(test)]
mod tests;
