//! What the tests of this crate share: texts in, models and rendered messages out.
#![allow(dead_code, reason = "each test file uses a part")]

use std::fmt::Write;

use model::{
    Diagnostics, FileError, Files, Model, Severity, Sources, Span, check_units, order, outline,
    print_equations, read,
};

/// No further file can be had.
pub(crate) struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _path: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }
}

/// The files beside a model.
pub(crate) struct Beside<'a>(pub(crate) &'a std::path::Path);

impl Files for Beside<'_> {
    #[allow(clippy::disallowed_methods, reason = "the test reads the collection")]
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        std::fs::read(self.0.join(path)).map_err(|_| FileError::NotFound)
    }
}

/// The model in `bytes`, and what is said of it.
pub(crate) fn read_bytes(path: &str, bytes: &[u8]) -> (Option<Model>, Diagnostics) {
    let mut sources = Sources::new();
    read(path, bytes, &NoFiles, &mut sources)
}

/// Reads the bytes and looks at all that comes out: a model or a reason, and every place inside the text.
pub(crate) fn survives(path: &str, bytes: &[u8]) {
    let mut sources = Sources::new();
    let (model, mut all) = read(path, bytes, &NoFiles, &mut sources);
    match &model {
        Some(model) => {
            all.append(check_units(model));
            let order = order(model);
            assert_eq!(order.initial.len(), order.step.len());
            outline(model);
            for id in model.variables.ids() {
                print_equations(model, id);
            }
            let variables = model.variables.iter().map(|variable| variable.span);
            for span in model.expr_spans.iter().copied().chain(variables) {
                inside(&sources, span);
            }
        }
        None => assert!(all.has_errors(), "no model and no reason"),
    }
    for label in all.items.iter().flat_map(|item| &item.labels) {
        inside(&sources, label.span);
    }
}

fn inside(sources: &Sources, span: Span) {
    let text = &sources.get(span.source).text;
    assert!(span.start <= span.end);
    assert!(
        text.get(span.start as usize..span.end as usize).is_some(),
        "{span:?}"
    );
}

/// The model in `text`, which must be sound.
pub(crate) fn read_sound(text: &str) -> Model {
    let (model, diagnostics) = read_bytes("model.mdl", text.as_bytes());
    assert!(!diagnostics.has_errors(), "{}", rendered(text, &diagnostics));
    model.expect("no error, so a model")
}

/// Messages as plain text: the command draws them more finely.
pub(crate) fn rendered(text: &str, diagnostics: &Diagnostics) -> String {
    let mut sources = Sources::new();
    let id = sources.add("model.mdl", text);
    let source = sources.get(id);
    let mut out = String::new();
    for item in &diagnostics.items {
        let severity = match item.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        writeln!(out, "{severity}[{}]: {}", item.code, item.message).expect("a string takes all");
        for label in &item.labels {
            let (line, column) = source.position(label.span.start);
            let (last, _) = source.position(label.span.end);
            let content = text.lines().nth(line - 1).unwrap_or("").replace('\t', " ");
            let width = if last == line {
                sources.slice(label.span).chars().count()
            } else {
                content.chars().count().saturating_sub(column - 1)
            };
            writeln!(out, "  {line}:{column} | {content}").expect("a string takes all");
            let indent = format!("  {line}:{column} | ").len() + column - 1;
            writeln!(
                out,
                "{}{} {}",
                " ".repeat(indent),
                "^".repeat(width.max(1)),
                label.text
            )
            .expect("a string takes all");
        }
        for help in &item.help {
            writeln!(out, "  help: {help}").expect("a string takes all");
        }
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}
