//! JSON to the same tree of places that TOML becomes.

use model::{Diagnostic, Diagnostics, SourceId, Span};

use crate::case::form::tree::{Entry, Node, Table, Value};

/// Deeper than anything that a problem says.
const DEEPEST: usize = 32;

/// Reads an object; nothing comes back if the text is none.
pub(super) fn read(source: SourceId, text: &str, notes: &mut Diagnostics) -> Option<Table> {
    let mut reader = Reader { source, text, at: 0 };
    let result = reader.value(0).and_then(|node| {
        reader.blank();
        match (reader.at == text.len(), node.value) {
            (false, _) => Err(reader.wrong("nothing is expected behind the object")),
            (true, Value::Table(table)) => Ok(table),
            (true, _) => Err((node.span, "an object is expected, from `{` to `}`".into())),
        }
    });
    match result {
        Ok(mut table) => {
            table.span = Span {
                source,
                start: 0,
                end: text.find('\n').unwrap_or(text.len()) as u32,
            };
            Some(table)
        }
        Err((span, why)) => {
            notes.push(
                Diagnostic::error("problem-syntax", format!("not valid JSON: {why}")).label(span, "here"),
            );
            None
        }
    }
}

type Wrong = (Span, String);

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn span(&self, start: usize) -> Span {
        Span {
            source: self.source,
            start: start as u32,
            end: self.at as u32,
        }
    }

    fn wrong(&self, why: &str) -> Wrong {
        let end = self.text[self.at..]
            .chars()
            .next()
            .map_or(self.at, |c| self.at + c.len_utf8());
        (
            Span {
                source: self.source,
                start: self.at as u32,
                end: end as u32,
            },
            why.to_owned(),
        )
    }

    fn blank(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn take(&mut self, sign: char) -> bool {
        self.blank();
        let found = self.text[self.at..].starts_with(sign);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Node, Wrong> {
        self.blank();
        let start = self.at;
        if depth > DEEPEST {
            return Err(self.wrong("it is nested too deep"));
        }
        let value = match self.text.as_bytes().get(start) {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => {
                let text = self.string()?;
                let span = self.span(start);
                Value::String(text, span)
            }
            _ => self.word()?,
        };
        let value = match value {
            Value::Table(mut table) => {
                table.span = self.span(start);
                Value::Table(table)
            }
            value => value,
        };
        Ok(Node {
            span: self.span(start),
            value,
        })
    }

    fn object(&mut self, depth: usize) -> Result<Value, Wrong> {
        let mut entries: Vec<Entry> = Vec::new();
        self.take('{');
        if !self.take('}') {
            loop {
                self.blank();
                let start = self.at;
                let key = self.string()?;
                let key_span = self.span(start);
                if !self.take(':') {
                    return Err(self.wrong("a `:` is expected behind a key"));
                }
                let node = self.value(depth + 1)?;
                if entries.iter().any(|e| e.key == key) {
                    return Err((key_span, format!("`{key}` is given twice")));
                }
                entries.push(Entry { key, key_span, node });
                if self.take('}') {
                    break;
                }
                if !self.take(',') {
                    return Err(self.wrong("a `,` or `}` is expected"));
                }
            }
        }
        Ok(Value::Table(Table {
            span: self.span(self.at),
            entries,
        }))
    }

    fn list(&mut self, depth: usize) -> Result<Value, Wrong> {
        let mut items = Vec::new();
        self.take('[');
        if !self.take(']') {
            loop {
                items.push(self.value(depth + 1)?);
                if self.take(']') {
                    break;
                }
                if !self.take(',') {
                    return Err(self.wrong("a `,` or `]` is expected"));
                }
            }
        }
        Ok(Value::List(items))
    }

    fn string(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        if !self.text[start..].starts_with('"') {
            return Err(self.wrong("a text in double quotes is expected"));
        }
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        while bytes.get(end).is_some_and(|b| *b != b'"') {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        if end >= bytes.len() {
            return Err(self.wrong("a text is not closed"));
        }
        self.at = end + 1;
        // Escapes are left to the reader that knows them all.
        serde_json::from_str(&self.text[start..self.at])
            .map_err(|error| (self.span(start), error.to_string()))
    }

    fn word(&mut self) -> Result<Value, Wrong> {
        let start = self.at;
        let rest = &self.text[start..];
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        let length = rest.find(|c| !inside(c)).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.wrong("a value is expected"));
        }
        self.at += length;
        let word = &rest[..length];
        match word {
            "true" => return Ok(Value::Flag(true)),
            "false" => return Ok(Value::Flag(false)),
            // What is null is not given: it fits everywhere.
            "null" => return Ok(Value::Broken),
            _ => {}
        }
        if let Ok(whole) = word.parse::<i64>() {
            return Ok(Value::Integer(whole));
        }
        match word.parse::<f64>() {
            Ok(number)
                if number.is_finite()
                    && word.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) =>
            {
                Ok(Value::Float(number))
            }
            _ => Err((
                self.span(start),
                format!("`{word}` is no value; a text stands in double quotes"),
            )),
        }
    }
}
