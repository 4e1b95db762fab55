//! Shapes: what may stand where in a case file, as data, and the check of a tree against it.
//!
//! One [table of shapes](super::keys) serves the check here, the typed readers (which refuse a key that the table does not
//! know) and the JSON Schema, so that the three cannot drift apart.

use model::{Diagnostic, Diagnostics, Span, nearest};

use super::tree::{Node, Table, Value};

/// What may stand somewhere.
#[derive(Debug)]
pub(crate) enum Shape {
    /// `{ en = "...", es = "..." }`, both with words in them.
    Text,
    /// A `lower_snake_case` word.
    Id,
    /// Any string with something in it.
    String,
    /// A finite number.
    Number,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Flag,
    /// A date: `2025-06-30`.
    Date,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of one kind of thing.
    List(&'static Shape),
    /// Two numbers.
    Pair,
    /// A table with known keys.
    Record(&'static Record),
    /// A table whose keys are names or ids.
    Map {
        /// What a key is, in words.
        key: &'static str,
        /// What each value is.
        of: &'static Shape,
    },
    /// One of several, told apart by being a table or not.
    Either(&'static [Shape]),
}

/// A table with known keys.
#[derive(Debug)]
pub(crate) struct Record {
    /// What it is, in words.
    pub(crate) name: &'static str,
    /// What it is for, in a sentence.
    pub(crate) doc: &'static str,
    /// Its keys.
    pub(crate) fields: &'static [Field],
    /// Keys of which exactly one is needed; empty for no such rule.
    pub(crate) exactly_one_of: &'static [&'static str],
}

/// A key of a record.
#[derive(Debug)]
pub(crate) struct Field {
    /// The key.
    pub(crate) key: &'static str,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it holds.
    pub(crate) shape: Shape,
    /// What it means.
    pub(crate) doc: &'static str,
}

/// The two languages of a text.
pub(crate) const LANGUAGES: [(&str, &str); 2] = [("en", "English"), ("es", "Spanish")];

impl Record {
    /// The field with this key.
    pub(crate) fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

impl Shape {
    /// What the shape is, in words.
    fn words(&self) -> String {
        match self {
            Shape::Text => "a text in both languages, `{ en = \"...\", es = \"...\" }`".to_owned(),
            Shape::Id => "an id in `lower_snake_case`".to_owned(),
            Shape::String => "a string".to_owned(),
            Shape::Number => "a number".to_owned(),
            Shape::Integer => "a whole number".to_owned(),
            Shape::Flag => "`true` or `false`".to_owned(),
            Shape::Date => "a date such as `2025-06-30`, without quotes".to_owned(),
            Shape::Word(words) => format!("one of {}", quoted(words)),
            Shape::List(item) => format!("a list, each item {}", item.words()),
            Shape::Pair => "two numbers, `[time, value]`".to_owned(),
            Shape::Record(record) => format!("a table ({})", record.name),
            Shape::Map { key, .. } => format!("a table with {key} as keys"),
            Shape::Either(shapes) => {
                let words: Vec<String> = shapes.iter().map(Shape::words).collect();
                words.join(", or ")
            }
        }
    }

    /// Whether a value is of the right kind at first sight; what is inside is checked after.
    fn admits(&self, value: &Value) -> bool {
        match self {
            Shape::Text | Shape::Record(_) | Shape::Map { .. } => matches!(value, Value::Table(_)),
            Shape::Id | Shape::String | Shape::Word(_) => matches!(value, Value::String(..)),
            Shape::Number => matches!(value, Value::Integer(_) | Value::Float(_)),
            Shape::Integer => matches!(value, Value::Integer(_)),
            Shape::Flag => matches!(value, Value::Flag(_)),
            Shape::Date => matches!(value, Value::Date(_)),
            Shape::List(_) | Shape::Pair => matches!(value, Value::List(_)),
            Shape::Either(shapes) => shapes.iter().any(|shape| shape.admits(value)),
        }
    }
}

/// Words in backticks, with commas.
pub(crate) fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// Whether a word is `lower_snake_case`.
pub(crate) fn is_id(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Says everything about a tree that does not fit its shape.
pub(crate) struct Checker<'a> {
    /// Where messages go.
    pub(crate) notes: &'a mut Diagnostics,
    /// Whether missing keys are said; not after a syntax error, which may have swallowed them.
    pub(crate) missing: bool,
}

impl Checker<'_> {
    /// Checks a record: unknown and missing keys, then each value.
    pub(crate) fn record(&mut self, record: &Record, table: &Table) {
        for entry in &table.entries {
            match record.field(&entry.key) {
                Some(field) => self.node(&field.shape, &entry.node, &format!("`{}`", entry.key)),
                None => {
                    let known = record.fields.iter().map(|field| field.key);
                    self.unknown_key(&entry.key, entry.key_span, record.name, known);
                }
            }
        }
        let missing: Vec<&str> = (record.fields.iter())
            .filter(|field| field.required && table.get(field.key).is_none())
            .map(|field| field.key)
            .collect();
        if self.missing && !missing.is_empty() {
            let keys = if missing.len() == 1 { "key" } else { "keys" };
            let message = format!("{} misses the {keys} {}", record.name, quoted(&missing));
            let mut diagnostic = Diagnostic::error("case-missing-key", message).label(table.span, "in here");
            for key in missing {
                let field = record.field(key).expect("it was just found missing");
                diagnostic = diagnostic.help(format!("`{key}`: {}, {}", field.doc, field.shape.words()));
            }
            self.notes.push(diagnostic);
        }
        self.exactly_one(record, table);
    }

    fn exactly_one(&mut self, record: &Record, table: &Table) {
        let keys = record.exactly_one_of;
        let found: Vec<Span> = keys
            .iter()
            .filter_map(|key| table.get(key))
            .map(|entry| entry.key_span)
            .collect();
        if keys.is_empty() || found.len() == 1 || (found.is_empty() && !self.missing) {
            return;
        }
        let message = format!("{} takes exactly one of {}", record.name, quoted(keys));
        let mut diagnostic = Diagnostic::error("case-one-of", message);
        if found.is_empty() {
            diagnostic = diagnostic.label(table.span, "none is here");
        }
        for (index, span) in found.into_iter().enumerate() {
            diagnostic = diagnostic.label(span, if index == 0 { "one" } else { "another" });
        }
        self.notes.push(diagnostic);
    }

    fn unknown_key(&mut self, key: &str, span: Span, place: &str, known: impl Iterator<Item = &'static str>) {
        let known: Vec<&str> = known.collect();
        let diagnostic = Diagnostic::error("case-unknown-key", format!("{place} has no key `{key}`"))
            .label(span, "unknown");
        let help = match nearest(key, known.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("its keys are {}", quoted(&known)),
        };
        self.notes.push(diagnostic.help(help));
    }

    fn node(&mut self, shape: &Shape, node: &Node, what: &str) {
        if matches!(node.value, Value::Broken) {
            return;
        }
        if !shape.admits(&node.value) {
            let diagnostic =
                Diagnostic::error("case-wrong-type", format!("{what} must be {}", shape.words()));
            self.notes
                .push(diagnostic.label(node.span, format!("this is {}", node.value.kind())));
            return;
        }
        match (shape, &node.value) {
            (Shape::Text, Value::Table(table)) => self.text(table, node.span, what),
            (Shape::Id, Value::String(word, span)) if !is_id(word) => {
                let message = format!("`{word}` is not an id in `lower_snake_case`");
                let diagnostic = Diagnostic::error("case-bad-id", message).label(*span, "not an id");
                self.notes.push(match snake(word) {
                    Some(id) => diagnostic.help(format!("write `{id}`")),
                    None => diagnostic.help("a letter a-z first, then letters a-z, digits and `_`"),
                });
            }
            (Shape::String, Value::String(text, _)) if text.trim().is_empty() => {
                let diagnostic = Diagnostic::error("case-empty", format!("{what} is empty"));
                self.notes.push(diagnostic.label(node.span, "say something here"));
            }
            (Shape::Word(words), Value::String(word, span)) if !words.contains(&word.as_str()) => {
                let message = format!("{what} must be one of {}", quoted(words));
                let mut diagnostic =
                    Diagnostic::error("case-unknown-word", message).label(*span, "not one of them");
                if let Some(near) = nearest(word, words.iter().copied()) {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                }
                self.notes.push(diagnostic);
            }
            (Shape::Date, Value::Date(date)) if date.len() != "2025-06-30".len() => {
                let diagnostic =
                    Diagnostic::error("case-wrong-type", format!("{what} must be {}", shape.words()));
                self.notes
                    .push(diagnostic.label(node.span, "this has a time of day, or no day"));
            }
            (Shape::Pair, Value::List(items))
                if items.len() != 2 || !items.iter().all(|item| Shape::Number.admits(&item.value)) =>
            {
                let message = format!("an item of {what} must be {}", shape.words());
                self.notes
                    .push(Diagnostic::error("case-wrong-type", message).label(node.span, "here"));
            }
            (Shape::List(shape), Value::List(items)) => {
                for item in items {
                    let words = if matches!(shape, Shape::Pair) {
                        what.to_owned()
                    } else {
                        format!("an item of {what}")
                    };
                    self.node(shape, item, &words);
                }
            }
            (Shape::Record(record), Value::Table(table)) => self.record(record, table),
            (Shape::Map { of, .. }, Value::Table(table)) => {
                for entry in &table.entries {
                    self.node(of, &entry.node, &format!("`{}`", entry.key));
                }
            }
            (Shape::Either(shapes), value) => {
                let shape = shapes.iter().find(|shape| shape.admits(value));
                self.node(
                    shape.expect("one of them admits it, or we had stopped above"),
                    node,
                    what,
                );
            }
            _ => {}
        }
    }

    fn text(&mut self, table: &Table, span: Span, what: &str) {
        for entry in &table.entries {
            if !LANGUAGES.iter().any(|(key, _)| *key == entry.key) {
                self.unknown_key(
                    &entry.key,
                    entry.key_span,
                    "a text",
                    LANGUAGES.iter().map(|(key, _)| *key),
                );
            }
        }
        for (key, language) in LANGUAGES {
            match table.get(key).map(|entry| &entry.node) {
                Some(node) => match &node.value {
                    Value::String(text, _) if text.trim().is_empty() => {
                        let message = format!("{what} is empty in {language}");
                        let diagnostic = Diagnostic::error("case-missing-language", message);
                        self.notes
                            .push(diagnostic.label(node.span, "say it in both languages"));
                    }
                    _ => self.node(&Shape::String, node, &format!("`{key}`")),
                },
                None if self.missing => {
                    let message = format!("{what} is missing in {language}");
                    let diagnostic = Diagnostic::error("case-missing-language", message);
                    self.notes
                        .push(diagnostic.label(span, format!("`{key}` is not here")));
                }
                None => {}
            }
        }
    }
}

/// The id that a name would have in snake case, if any.
pub(crate) fn snake(name: &str) -> Option<String> {
    let mut id = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with('_') {
            id.push('_');
        }
    }
    let id = id.trim_end_matches('_');
    is_id(id).then(|| id.to_owned())
}
