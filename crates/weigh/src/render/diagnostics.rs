//! Diagnostics and failures, as text with the underlined source and as JSON.

use codespan_reporting::diagnostic as rendered;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::Buffer;
use codespan_reporting::term::{self, Config, Styles, StylesWriter};
use model::{Diagnostic, Diagnostics, Severity, Source, SourceId, Sources, Span};
use serde_json::{Value, json};

use crate::exit::Failure;

/// Messages beyond this many are counted, not printed: nobody reads the two-hundredth.
const MOST_PRINTED: usize = 100;
/// A line longer than this, in bytes, is not shown under a message: it would fill the screen.
const LONGEST_LINE: usize = 400;

/// All messages and a last line that counts them.
pub(crate) fn text(diagnostics: &Diagnostics, sources: &Sources, colour: bool) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics.items.iter().take(MOST_PRINTED) {
        out.push_str(&one(diagnostic, sources, colour));
    }
    let hidden = diagnostics.items.len().saturating_sub(MOST_PRINTED);
    if hidden > 0 {
        out.push_str(&format!("... and {hidden} more messages\n"));
    }
    out.push_str(&counts(diagnostics));
    out
}

/// "2 errors, 1 warning", or nothing if there is no message.
fn counts(diagnostics: &Diagnostics) -> String {
    let count = |severity| {
        diagnostics
            .items
            .iter()
            .filter(|item| item.severity == severity)
            .count()
    };
    let parts: Vec<String> = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ]
    .into_iter()
    .map(|(severity, word)| (count(severity), word))
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
    .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("{}\n", parts.join(", "))
    }
}

/// One message with its places.
pub(crate) fn one(diagnostic: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => rendered::Severity::Error,
        Severity::Warning => rendered::Severity::Warning,
        Severity::Note => rendered::Severity::Note,
    };
    let mut message = rendered::Diagnostic::new(severity)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message);
    for (at, label) in diagnostic.labels.iter().enumerate() {
        if too_long_to_show(label.span, sources) {
            let place = place(label.span, sources);
            let colon = if label.text.is_empty() { "" } else { ": " };
            message.notes.push(format!("at {place}{colon}{}", label.text));
            continue;
        }
        let range = label.span.start as usize..label.span.end as usize;
        let label_style = if at == 0 {
            rendered::LabelStyle::Primary
        } else {
            rendered::LabelStyle::Secondary
        };
        message
            .labels
            .push(rendered::Label::new(label_style, label.span.source, range).with_message(&label.text));
    }
    message
        .notes
        .extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    draw(&message, &Texts(sources), colour)
}

fn sentence(message: &str, help: &[String], colour: bool) -> String {
    let message = rendered::Diagnostic::error()
        .with_message(message)
        .with_notes(help.iter().map(|help| format!("help: {help}")).collect());
    draw(&message, &Texts(&Sources::new()), colour)
}

fn draw(message: &rendered::Diagnostic<SourceId>, texts: &Texts<'_>, colour: bool) -> String {
    let config = Config::default();
    let styles = Styles::default();
    let mut buffer = if colour {
        Buffer::ansi()
    } else {
        Buffer::no_color()
    };
    let outcome = term::emit_to_write_style(
        &mut StylesWriter::new(&mut buffer, &styles),
        &config,
        texts,
        message,
    );
    match outcome {
        Ok(()) => String::from_utf8_lossy(buffer.as_slice()).into_owned(),
        // A span that does not lie in its text must not hide the message.
        Err(_) => format!("{}\n", message.message),
    }
}

fn too_long_to_show(span: Span, sources: &Sources) -> bool {
    let source = sources.get(span.source);
    let first = line_of(source, span.start as usize);
    let last = line_of(source, span.end as usize);
    (first..=last).any(|line| line_range(source, line).len() > LONGEST_LINE)
}

/// `path:line:column`
pub(crate) fn place(span: Span, sources: &Sources) -> String {
    let source = sources.get(span.source);
    let (line, column) = source.position(span.start);
    format!("{}:{line}:{column}", source.path)
}

fn line_of(source: &Source, byte: usize) -> usize {
    source
        .lines
        .partition_point(|&start| start as usize <= byte)
        .saturating_sub(1)
}

fn line_range(source: &Source, line: usize) -> std::ops::Range<usize> {
    let start = source
        .lines
        .get(line)
        .map_or(source.text.len(), |&at| at as usize);
    let end = source
        .lines
        .get(line + 1)
        .map_or(source.text.len(), |&at| at as usize);
    start..end
}

/// The texts of a reading, in the shape that the renderer asks for.
struct Texts<'a>(&'a Sources);

impl<'a> Files<'a> for Texts<'_> {
    type FileId = SourceId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: SourceId) -> Result<&'a str, Error> {
        Ok(&self.0.get(id).path)
    }
    fn source(&'a self, id: SourceId) -> Result<&'a str, Error> {
        Ok(&self.0.get(id).text)
    }
    fn line_index(&'a self, id: SourceId, byte: usize) -> Result<usize, Error> {
        Ok(line_of(self.0.get(id), byte))
    }
    fn line_range(&'a self, id: SourceId, line: usize) -> Result<std::ops::Range<usize>, Error> {
        Ok(line_range(self.0.get(id), line))
    }
}

/// All messages for a program.
pub(crate) fn json(diagnostics: &Diagnostics, sources: &Sources) -> Value {
    let label = |span: Span, text: &str| {
        let source = sources.get(span.source);
        let (line, column) = source.position(span.start);
        let (end_line, end_column) = source.position(span.end);
        json!({
            "path": source.path, "line": line, "column": column,
            "end_line": end_line, "end_column": end_column, "text": text,
        })
    };
    diagnostics
        .items
        .iter()
        .map(|item| {
            json!({
                "code": item.code,
                "severity": match item.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note => "note",
                },
                "message": item.message,
                "labels": item.labels.iter().map(|at| label(at.span, &at.text)).collect::<Vec<_>>(),
                "help": item.help,
            })
        })
        .collect()
}

/// A failure as text; empty if there is nothing to say.
pub(crate) fn failure_text(failure: &Failure, colour: bool) -> String {
    match failure {
        Failure::Input { diagnostics, sources } => text(diagnostics, sources, colour),
        Failure::Message {
            message, also, help, ..
        } => {
            let mut out = String::new();
            let (last, first) = also
                .split_last()
                .map_or((message, &[][..]), |(last, middle)| (last, middle));
            if !also.is_empty() {
                out.push_str(&sentence(message, &[], colour));
            }
            for text in first {
                out.push_str(&sentence(text, &[], colour));
            }
            out.push_str(&sentence(last, help, colour));
            out
        }
        Failure::BrokenPipe => String::new(),
    }
}

/// A failure for a program, under the same keys as a success.
pub(crate) fn failure_json(failure: &Failure, command: &str) -> Value {
    let (messages, help, diagnostics) = match failure {
        Failure::Input { diagnostics, sources } => (
            vec!["the input is not valid"],
            &[][..],
            json(diagnostics, sources),
        ),
        Failure::Message {
            message, also, help, ..
        } => {
            let messages = std::iter::once(message).chain(also).map(String::as_str).collect();
            (messages, help.as_slice(), json!([]))
        }
        Failure::BrokenPipe => (Vec::new(), &[][..], json!([])),
    };
    json!({
        "schema": crate::JSON_SCHEMA, "command": command, "exit": failure.exit().code(),
        "error": { "messages": messages, "help": help }, "diagnostics": diagnostics,
    })
}
