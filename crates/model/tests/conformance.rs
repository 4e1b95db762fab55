//! Every Vensim model of the conformance collection is read, or refused by name; nothing else is said of it as an error.
//!
//! What the models compute is judged by the command's own test.

mod support;

use std::path::{Path, PathBuf};

use model::{Severity, Sources};
use support::Beside;

#[allow(clippy::disallowed_methods, reason = "the test reads the collection")]
#[test]
fn every_vensim_model_is_read_or_refused_by_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut models = Vec::new();
    collect(&root, &mut models);
    assert!(models.len() > 80, "{} models", models.len());
    let mut refused = Vec::new();
    for path in &models {
        let bytes = std::fs::read(path).expect("the file was listed");
        let shown = path
            .strip_prefix(&root)
            .expect("below the root")
            .display()
            .to_string();
        let folder = path.parent().expect("a file lies in a folder");
        let (model, diagnostics) = model::read(&shown, &bytes, &Beside(folder), &mut Sources::new());
        let errors: Vec<&str> = diagnostics
            .items
            .iter()
            .filter(|item| item.severity == Severity::Error)
            .map(|item| item.code)
            .collect();
        assert_eq!(model.is_some(), errors.is_empty(), "{shown}");
        let other: Vec<_> = errors
            .iter()
            .filter(|code| !code.starts_with("unsupported-"))
            .collect();
        assert!(other.is_empty(), "{shown}: {other:?}");
        if model.is_none() {
            refused.push(shown);
        }
    }
    // What is refused is part of what the reader promises: a model that leaves this list is progress, one that joins it is not.
    insta::assert_snapshot!(format!(
        "{} of {} read\n{}",
        models.len() - refused.len(),
        models.len(),
        refused.join("\n")
    ));
}

#[allow(clippy::disallowed_methods, reason = "the test reads the collection")]
fn collect(folder: &Path, models: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, models);
        } else if path.extension().is_some_and(|extension| extension == "mdl") {
            models.push(path);
        }
    }
}
