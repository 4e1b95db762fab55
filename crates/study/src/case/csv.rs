//! Comma-separated values with quotes, and the history of a variable out of them.

use model::{Diagnostic, Diagnostics, SourceId, Span};

/// A row's fields and their places.
pub(crate) type Record = Vec<(String, Span)>;

/// Splits a text into rows of fields; empty lines are passed over.
pub(crate) fn records(source: SourceId, text: &str, notes: &mut Diagnostics) -> Vec<Record> {
    let bytes = text.as_bytes();
    let mut records = Vec::new();
    let mut row: Record = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    loop {
        let (field, end) = field(source, text, at, notes);
        row.push(field);
        at = end;
        if bytes.get(at) == Some(&b',') {
            at += 1;
            continue;
        }
        if row.len() > 1 || !row[0].0.is_empty() {
            records.push(std::mem::take(&mut row));
        }
        row.clear();
        if bytes.get(at) == Some(&b'\r') {
            at += 1;
        }
        if bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
        if at >= bytes.len() {
            return records;
        }
    }
}

/// One field from byte `start` on, and where it ends.
fn field(source: SourceId, text: &str, start: usize, notes: &mut Diagnostics) -> ((String, Span), usize) {
    let place = |end: usize| Span {
        source,
        start: start as u32,
        end: end as u32,
    };
    if !text[start..].starts_with('"') {
        let length = text[start..]
            .find([',', '\r', '\n'])
            .unwrap_or(text.len() - start);
        let end = start + length;
        return ((text[start..end].trim().to_owned(), place(end)), end);
    }
    let mut value = String::new();
    let mut at = start + 1;
    loop {
        let Some(quote) = text[at..].find('"') else {
            let diagnostic = Diagnostic::error("case-history", "a quoted field is not closed");
            notes.push(diagnostic.label(place(start + 1), "opened here"));
            return ((value, place(text.len())), text.len());
        };
        value.push_str(&text[at..at + quote]);
        at += quote + 1;
        if !text[at..].starts_with('"') {
            break;
        }
        value.push('"');
        at += 1;
    }
    let rest = text[at..].find([',', '\r', '\n']).unwrap_or(text.len() - at);
    if !text[at..at + rest].trim().is_empty() {
        let diagnostic = Diagnostic::error("case-history", "text behind a closing quote");
        notes.push(diagnostic.label(
            Span {
                source,
                start: at as u32,
                end: (at + rest) as u32,
            },
            "here",
        ));
    }
    ((value, place(at)), at + rest)
}

/// One row of a history: series, time, value, and the source's key if the file tells it.
pub(crate) struct Point {
    /// Value of the column `series`.
    pub(crate) series: String,
    /// Model time.
    pub(crate) time: f64,
    /// Value.
    pub(crate) value: f64,
    /// Keys of the bibliography, with their place.
    pub(crate) sources: Vec<(String, Span)>,
}

/// The points of a file with the columns `series,time,value` and perhaps `source`.
pub(crate) fn points(source: SourceId, text: &str, notes: &mut Diagnostics) -> Vec<Point> {
    let records = records(source, text, notes);
    let Some((header, rows)) = records.split_first() else {
        let diagnostic = Diagnostic::error("case-history", "the file is empty");
        notes.push(diagnostic.label(
            Span {
                source,
                start: 0,
                end: 0,
            },
            "here",
        ));
        return Vec::new();
    };
    let column = |name: &str| header.iter().position(|(field, _)| field == name);
    let columns = [column("series"), column("time"), column("value")];
    let [Some(series), Some(time), Some(value)] = columns else {
        let place = header[0].1.to(header[header.len() - 1].1);
        let diagnostic = Diagnostic::error(
            "case-history",
            "the columns `series`, `time` and `value` are needed",
        );
        notes.push(diagnostic.label(place, "the first line names the columns"));
        return Vec::new();
    };
    let mut points = Vec::new();
    for row in rows {
        if row.len() != header.len() {
            let message = format!("{} fields in this line, but {} columns", row.len(), header.len());
            let place = row[0].1.to(row[row.len() - 1].1);
            notes.push(Diagnostic::error("case-history", message).label(place, "here"));
            continue;
        }
        let mut number = |at: usize, what: &str| {
            let (field, place) = &row[at];
            let number = field.parse::<f64>().ok().filter(|number| number.is_finite());
            if number.is_none() {
                let message = format!("the {what} `{field}` is not a number");
                notes.push(Diagnostic::error("case-history", message).label(*place, "here"));
            }
            number
        };
        let (Some(time), Some(value)) = (number(time, "time"), number(value, "value")) else {
            continue;
        };
        let sources = match column("source") {
            Some(at) => row[at]
                .0
                .split_whitespace()
                .map(|key| (key.to_owned(), row[at].1))
                .collect(),
            None => Vec::new(),
        };
        points.push(Point {
            series: row[series].0.clone(),
            time,
            value,
            sources,
        });
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&[&str]]) {
        let mut notes = Diagnostics::new();
        let rows = records(SourceId(0), text, &mut notes);
        let fields: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.iter().map(|(field, _)| field.as_str()).collect())
            .collect();
        assert_eq!(fields, expected, "{text:?}");
        assert!(notes.is_empty(), "{notes:?}");
        for (field, place) in rows.iter().flatten() {
            let written = &text[place.start as usize..place.end as usize];
            assert!(
                written.replace("\"\"", "\"").contains(field.as_str()),
                "{field:?} is not at {written:?}"
            );
        }
    }

    #[test]
    fn rows_and_fields() {
        check("a,b\n1,2\n", &[&["a", "b"], &["1", "2"]]);
        check("a,b\r\n1,2", &[&["a", "b"], &["1", "2"]]);
        check("a,\n,b\n\n", &[&["a", ""], &["", "b"]]);
        check(
            "\"a, \"\"b\"\"\",c\n\"two\nlines\",d",
            &[&["a, \"b\"", "c"], &["two\nlines", "d"]],
        );
        check("\u{feff}a,b\n", &[&["a", "b"]]);
        check("", &[]);
    }
}
