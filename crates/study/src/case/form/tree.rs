//! Text to a tree of tables, lists and values, each with its place; syntax errors are collected, not fatal.

use model::{Diagnostic, Diagnostics, SourceId, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Its place: for a table made by a header, the header.
    pub(crate) span: Span,
    /// The value.
    pub(crate) value: Value,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A string, and the place of its text: inside the quotes if it holds no escape, else with them.
    String(String, Span),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A date or time, as written.
    Date(String),
    /// An array.
    List(Vec<Node>),
    /// A table.
    Table(Table),
    /// A value that could not be read, which was said: it fits everywhere, so that nothing is said twice.
    Broken,
}

/// Keys and values in the order of the text.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Place of the header, or of the braces.
    pub(crate) span: Span,
    /// The entries.
    pub(crate) entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// Its place.
    pub(crate) key_span: Span,
    /// The value.
    pub(crate) node: Node,
}

impl Table {
    /// The entry with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Value {
    /// What a user would call this kind of value.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::String(..) => "a string",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Flag(_) => "`true` or `false`",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Broken => "nothing",
        }
    }
}

/// Reads a text; the table holds what could be understood.
pub(crate) fn read(source: SourceId, text: &str, notes: &mut Diagnostics) -> Table {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut broken = Vec::new();
    for error in errors {
        let place = error.span().unwrap_or(0..0);
        broken.push(place.clone());
        let message = error
            .message()
            .lines()
            .next()
            .unwrap_or("cannot be read")
            .to_owned();
        let diagnostic = Diagnostic::error("case-syntax", format!("not valid TOML: {message}"));
        notes.push(diagnostic.label(span(source, place), "here"));
    }
    let mut reader = Reader {
        source,
        text,
        broken,
        notes,
    };
    let mut table = reader.table(document.get_ref(), span(source, document.span()));
    // A missing key of the whole file is said at its beginning.
    table.span = span(source, 0..text.find('\n').unwrap_or(text.len()));
    table
}

fn span(source: SourceId, range: std::ops::Range<usize>) -> Span {
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        source,
        start: byte(range.start),
        end: byte(range.end),
    }
}

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    /// Places of syntax errors: what was made of such a place is a guess.
    broken: Vec<std::ops::Range<usize>>,
    notes: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, place: Span) -> Table {
        let mut entries = Vec::new();
        for (key, value) in table {
            entries.push(Entry {
                key: key.get_ref().to_string(),
                key_span: span(self.source, key.span()),
                node: self.node(value),
            });
        }
        // The map is sorted by key; the order that counts is that of the text.
        entries.sort_by_key(|entry| entry.key_span);
        Table { span: place, entries }
    }

    fn node(&mut self, value: &Spanned<DeValue<'_>>) -> Node {
        let place = span(self.source, value.span());
        let range = value.span();
        let guessed = |error: &std::ops::Range<usize>| range.start <= error.end && error.start <= range.end;
        let scalar = !matches!(value.get_ref(), DeValue::Array(_) | DeValue::Table(_));
        if scalar && (range.is_empty() || self.broken.iter().any(guessed)) {
            return Node {
                span: place,
                value: Value::Broken,
            };
        }
        let value = match value.get_ref() {
            DeValue::String(string) => {
                let string = string.to_string();
                let inner = self.inside_quotes(&string, value.span());
                Value::String(string, inner)
            }
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => self.bad_number(place, "does not fit 64 bits"),
            },
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Float(number),
                _ => self.bad_number(place, "is not finite"),
            },
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Array(items) => Value::List(items.iter().map(|item| self.node(item)).collect()),
            DeValue::Table(table) => Value::Table(self.table(table, place)),
        };
        Node { span: place, value }
    }

    fn bad_number(&mut self, place: Span, why: &str) -> Value {
        let diagnostic = Diagnostic::error("case-number", format!("this number {why}"));
        self.notes
            .push(diagnostic.label(place, "a finite number is needed"));
        Value::Broken
    }

    /// The place of a string's text: places inside the string can be told only if text and value are the same bytes.
    fn inside_quotes(&self, string: &str, token: std::ops::Range<usize>) -> Span {
        let raw = self.text.get(token.clone()).unwrap_or("");
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
            3
        } else {
            1
        };
        let inner = raw
            .len()
            .checked_sub(quotes)
            .and_then(|end| raw.get(quotes..end))
            .unwrap_or("");
        let skipped = match quotes {
            3 if inner.starts_with("\r\n") => 2,
            3 if inner.starts_with('\n') => 1,
            _ => 0,
        };
        if !string.is_empty() && inner.get(skipped..) == Some(string) {
            let start = token.start + quotes + skipped;
            span(self.source, start..start + string.len())
        } else {
            span(self.source, token)
        }
    }
}

/// Appends an included file: lists grow, tables are merged, and a single value may stand in one file only.
pub(crate) fn merge(into: &mut Table, other: Table, notes: &mut Diagnostics) {
    for entry in other.entries {
        let Some(at) = into.entries.iter().position(|known| known.key == entry.key) else {
            into.entries.push(entry);
            continue;
        };
        let known = &mut into.entries[at];
        match (&mut known.node.value, entry.node.value) {
            (Value::List(items), Value::List(more)) => items.extend(more),
            (Value::Table(table), Value::Table(more)) => merge(table, more, notes),
            _ => notes.push(
                Diagnostic::error(
                    "case-duplicate-key",
                    format!("`{}` is given in two files", entry.key),
                )
                .label(entry.key_span, "here again")
                .label(known.key_span, "first here"),
            ),
        }
    }
}
