//! For tests only: the toy case, files in memory, and messages as text.

use model::{Diagnostics, FileError, Files, Severity, Sources};

/// Files by name.
pub(crate) struct Memory(pub(crate) Vec<(&'static str, Vec<u8>)>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        match self.0.iter().find(|(name, _)| *name == path) {
            Some((_, bytes)) => Ok(bytes.clone()),
            None if path.contains("..") => Err(FileError::Outside),
            None => Err(FileError::NotFound),
        }
    }
}

/// The files of the toy case.
pub(crate) const TOY: [(&str, &str); 5] = [
    ("case.toml", include_str!("../tests/data/toy/case.toml")),
    ("debate.toml", include_str!("../tests/data/toy/debate.toml")),
    ("model.mdl", include_str!("../tests/data/toy/model.mdl")),
    ("sources.bib", include_str!("../tests/data/toy/sources.bib")),
    ("history.csv", include_str!("../tests/data/toy/history.csv")),
];

/// The toy case with replacements: each text must be there exactly once, in one of the files.
pub(crate) fn toy_with(changes: &[(&str, &str)]) -> Memory {
    let mut files: Vec<(&'static str, String)> = TOY
        .iter()
        .map(|(name, text)| (*name, (*text).to_owned()))
        .collect();
    for (old, new) in changes {
        let found: usize = files.iter().map(|(_, text)| text.matches(old).count()).sum();
        assert_eq!(found, 1, "`{old}` is in the toy case {found} times");
        for (_, text) in &mut files {
            *text = text.replace(old, new);
        }
    }
    Memory(
        files
            .into_iter()
            .map(|(name, text)| (name, text.into_bytes()))
            .collect(),
    )
}

/// Messages as a user would read them.
pub(crate) fn render(notes: &Diagnostics, sources: &Sources) -> String {
    let mut out = String::new();
    for note in &notes.items {
        let severity = match note.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        out += &format!("{severity}[{}]: {}\n", note.code, note.message);
        for label in &note.labels {
            let source = sources.get(label.span.source);
            let (line, column) = source.position(label.span.start);
            let text = source.text.lines().nth(line - 1).unwrap_or("");
            let length = sources
                .slice(label.span)
                .lines()
                .next()
                .unwrap_or("")
                .chars()
                .count()
                .max(1);
            let marks = "^".repeat(length);
            out += &format!(
                "  --> {}:{line}:{column}\n   | {text}\n   | {}{marks} {}\n",
                source.path,
                " ".repeat(column - 1),
                label.text
            );
        }
        for help in &note.help {
            out += &format!("  help: {help}\n");
        }
    }
    out.lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

/// The toy case, read.
pub(crate) fn toy() -> (crate::case::Case, Sources) {
    let mut sources = Sources::new();
    let (case, notes) = crate::case::read("toy/case.toml", TOY[0].1, &toy_with(&[]), &mut sources);
    (
        case.unwrap_or_else(|| panic!("{}", render(&notes, &sources))),
        sources,
    )
}
