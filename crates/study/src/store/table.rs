//! A table of named columns, and what is known of each.

use std::collections::BTreeMap;

/// Named columns of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// What is known of the whole: where it comes from.
    pub about: BTreeMap<String, String>,
}

/// A named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its cells.
    pub cells: Cells,
    /// What is known of it: `unit`, `origin` (file and line) and the like.
    pub about: BTreeMap<String, String>,
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Whole numbers from 0.
    Counts(Vec<u64>),
    /// Numbers; NaN is a cell without one.
    Numbers(Vec<f64>),
    /// Words; none is an empty cell.
    Words(Vec<Option<String>>),
    /// Yes or no; none is an empty cell.
    Flags(Vec<Option<bool>>),
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }
}

impl Column {
    /// A column of which nothing more is known.
    pub fn new(name: impl Into<String>, cells: Cells) -> Self {
        Self {
            name: name.into(),
            cells,
            about: BTreeMap::new(),
        }
    }

    /// Adds what is known; an empty word is nothing known.
    pub fn about(mut self, key: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.about.insert(key.to_owned(), value);
        }
        self
    }
}

impl Cells {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Cells::Counts(cells) => cells.len(),
            Cells::Numbers(cells) => cells.len(),
            Cells::Words(cells) => cells.len(),
            Cells::Flags(cells) => cells.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
