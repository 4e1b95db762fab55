//! `cargo run -p study --example check FOLDER/case.toml`: says what is wrong with a case, until the command can.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "an example is a small command"
)]

use std::path::Path;

use model::{FileError, Files, Sources};

struct Folder<'a>(&'a Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        std::fs::read(self.0.join(path)).map_err(|error| FileError::Unreadable(error.to_string()))
    }
}

fn main() {
    let path = std::env::args().nth(1).expect("the path of a case.toml");
    let text = std::fs::read_to_string(&path).expect("a text");
    let folder = Path::new(&path).parent().expect("a folder");
    let mut sources = Sources::new();
    let (case, mut notes) = study::case::read(&path, &text, &Folder(folder), &mut sources);
    let study = case.and_then(|case| {
        let path = folder.join(&case.model.value);
        let bytes = std::fs::read(&path).expect("a model");
        let (model, more) = model::read(&path.to_string_lossy(), &bytes, &Folder(folder), &mut sources);
        notes.append(more);
        let (study, more) = study::bind::bind(case, &model?);
        notes.append(more);
        study
    });
    for note in &notes.items {
        println!("{:?}[{}]: {}", note.severity, note.code, note.message);
        for label in &note.labels {
            let source = sources.get(label.span.source);
            let (line, column) = source.position(label.span.start);
            println!("  {}:{line}:{column}: {}", source.path, label.text);
        }
        for help in &note.help {
            println!("  help: {help}");
        }
    }
    match study.map(|study| study.case) {
        Some(case) => println!(
            "ok: {} policies, {} add-ons, {} outcomes, {} uncertainties, {} camps, {} claims",
            case.policies.len(),
            case.addons.len(),
            case.outcomes.len(),
            case.uncertainties.len(),
            case.camps.len(),
            case.claims.len()
        ),
        None => println!("{} messages", notes.items.len()),
    }
}
