//! Typed access to a checked table.
//!
//! What does not fit its shape has been said already, so the readers here answer with nothing or a neutral value and keep
//! silent. Asking for a key that the table of keys does not know, or for another type, is our mistake and panics.

use model::Span;

use super::shape::{Record, Shape};
use super::tree::{Entry, Node, Table, Value};
use crate::case::{At, Text};

/// A table and what it should hold.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    record: &'static Record,
    table: &'a Table,
}

impl<'a> Row<'a> {
    /// A table with the keys of `record`.
    pub(crate) fn new(record: &'static Record, table: &'a Table) -> Self {
        Self { record, table }
    }

    /// Place of the whole.
    pub(crate) fn span(&self) -> Span {
        self.table.span
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Place of a key's value, or of the whole.
    pub(crate) fn span_of(&self, key: &str) -> Span {
        self.entry(key).map_or(self.table.span, |entry| entry.node.span)
    }

    /// Place of a key with its value, or of the whole.
    pub(crate) fn line_of(&self, key: &str) -> Span {
        self.entry(key)
            .map_or(self.table.span, |entry| entry.key_span.to(entry.node.span))
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.shape(key);
        self.table.get(key)
    }

    fn shape(&self, key: &str) -> &'static Shape {
        #[cfg(test)]
        crate::case::tests::note_read(self.record.name, key);
        match self.record.field(key) {
            Some(field) => &field.shape,
            None => panic!("{} has no key `{key}` in the table of keys", self.record.name),
        }
    }

    /// A text in both languages; empty where it is missing.
    pub(crate) fn text(&self, key: &str) -> Text {
        self.optional_text(key).unwrap_or_default()
    }

    /// A text in both languages.
    pub(crate) fn optional_text(&self, key: &str) -> Option<Text> {
        self.entry(key).map(|entry| text(&entry.node))
    }

    /// Texts in both languages.
    pub(crate) fn texts(&self, key: &str) -> Vec<Text> {
        self.list(key).iter().map(text).collect()
    }

    /// A string or a word.
    pub(crate) fn string(&self, key: &str) -> Option<At<String>> {
        self.entry(key).and_then(|entry| string(&entry.node))
    }

    /// A string that must be there; empty where it is missing.
    pub(crate) fn needed(&self, key: &str) -> At<String> {
        self.string(key).unwrap_or(At {
            value: String::new(),
            span: self.table.span,
        })
    }

    /// A date as written.
    pub(crate) fn date(&self, key: &str) -> String {
        match self.entry(key).map(|entry| &entry.node.value) {
            Some(Value::Date(date)) => date.clone(),
            _ => String::new(),
        }
    }

    /// Strings; what is no string is left out.
    pub(crate) fn strings(&self, key: &str) -> Vec<At<String>> {
        self.list(key).iter().filter_map(string).collect()
    }

    /// A number.
    pub(crate) fn number(&self, key: &str) -> Option<At<f64>> {
        self.entry(key).and_then(|entry| number(&entry.node))
    }

    /// Numbers; what is no number is left out.
    pub(crate) fn numbers(&self, key: &str) -> Vec<At<f64>> {
        self.list(key).iter().filter_map(number).collect()
    }

    /// Pairs of numbers with the place of each pair.
    pub(crate) fn pairs(&self, key: &str) -> Vec<At<(f64, f64)>> {
        let pair = |node: &Node| match &node.value {
            Value::List(items) => match (items.first().and_then(number), items.get(1).and_then(number)) {
                (Some(first), Some(second)) => Some(At {
                    value: (first.value, second.value),
                    span: node.span,
                }),
                _ => None,
            },
            _ => None,
        };
        self.list(key).iter().filter_map(pair).collect()
    }

    /// A whole number.
    pub(crate) fn integer(&self, key: &str) -> Option<At<i64>> {
        let entry = self.entry(key)?;
        match entry.node.value {
            Value::Integer(value) => Some(At {
                value,
                span: entry.node.span,
            }),
            _ => None,
        }
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.entry(key)?.node.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// A table inside.
    pub(crate) fn row(&self, key: &str) -> Option<Row<'a>> {
        let Value::Table(table) = &self.entry(key)?.node.value else {
            return None;
        };
        match record_of(self.shape(key)) {
            Some(record) => Some(Row { record, table }),
            None => panic!("`{key}` holds no table with known keys"),
        }
    }

    /// The tables of a list.
    pub(crate) fn rows(&self, key: &str) -> Vec<Row<'a>> {
        let Shape::List(item) = self.shape(key) else {
            panic!("`{key}` is no list")
        };
        let Some(record) = record_of(item) else {
            panic!("`{key}` is no list of tables")
        };
        let row = |node: &'a Node| match &node.value {
            Value::Table(table) => Some(Row { record, table }),
            _ => None,
        };
        self.list(key).iter().filter_map(row).collect()
    }

    /// The entries of a table whose keys are names: number or table each.
    pub(crate) fn map(&self, key: &str) -> Vec<(At<String>, Item<'a>)> {
        let Shape::Map { of, .. } = self.shape(key) else {
            panic!("`{key}` is no table with names as keys")
        };
        let Some(Value::Table(table)) = self.entry(key).map(|entry| &entry.node.value) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        for entry in &table.entries {
            let name = At {
                value: entry.key.clone(),
                span: entry.key_span,
            };
            let item = match &entry.node.value {
                Value::Table(table) => record_of(of).map(|record| Item::Row(Row { record, table })),
                _ => number(&entry.node).map(Item::Number),
            };
            items.extend(item.map(|item| (name, item)));
        }
        items
    }

    fn list(&self, key: &str) -> &'a [Node] {
        match self.entry(key).map(|entry| &entry.node.value) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }
}

/// A value of a table whose keys are names.
pub(crate) enum Item<'a> {
    /// A number.
    Number(At<f64>),
    /// A table.
    Row(Row<'a>),
}

fn record_of(shape: &'static Shape) -> Option<&'static Record> {
    match shape {
        Shape::Record(record) => Some(record),
        Shape::Either(shapes) => shapes.iter().find_map(record_of),
        _ => None,
    }
}

fn number(node: &Node) -> Option<At<f64>> {
    let value = match node.value {
        Value::Integer(value) => value as f64,
        Value::Float(value) => value,
        _ => return None,
    };
    Some(At {
        value,
        span: node.span,
    })
}

fn string(node: &Node) -> Option<At<String>> {
    match &node.value {
        Value::String(value, span) => Some(At {
            value: value.clone(),
            span: *span,
        }),
        _ => None,
    }
}

fn text(node: &Node) -> Text {
    let part = |key: &str| match &node.value {
        Value::Table(table) => match table.get(key).map(|entry| &entry.node.value) {
            Some(Value::String(text, _)) => text.clone(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    Text {
        en: part("en"),
        es: part("es"),
    }
}
