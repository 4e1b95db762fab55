//! The front door: which reader takes a file.

use crate::decode::decode;
use crate::diagnostic::{Diagnostics, Severity};
use crate::mdl;
use crate::model::Model;
use crate::source::{Files, Sources};
use crate::xmile;

/// Reads a model from the bytes of the file `path`; its text is added to `sources`.
///
/// All problems come at once, in the order of their places. There is a model exactly if none of them is an error.
/// `files` gives the bytes of further files that equations ask for; `path` is never opened.
pub fn read(
    path: &str,
    bytes: &[u8],
    files: &dyn Files,
    sources: &mut Sources,
) -> (Option<Model>, Diagnostics) {
    let (text, mut diagnostics) = decode(path, bytes);
    let Some(text) = text else {
        return (None, diagnostics);
    };
    let is_xmile = is_xmile(path, &text);
    let source = sources.add(path, text);
    let (model, found) = if is_xmile {
        xmile::read(sources.get(source), files)
    } else {
        mdl::read(sources.get(source), files)
    };
    diagnostics.append(found);
    // Stable: messages at one place stay in the order in which they were found.
    diagnostics.items.sort_by_key(|item| {
        item.labels
            .first()
            .map(|label| (label.span.source, label.span.start))
    });
    let sound = !diagnostics
        .items
        .iter()
        .any(|item| item.severity == Severity::Error);
    (model.filter(|_| sound), diagnostics)
}

fn is_xmile(path: &str, text: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let by_name = [".xmile", ".stmx", ".itmx", ".xml"]
        .iter()
        .any(|ending| path.ends_with(ending));
    by_name
        || text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with("<?xml")
}
