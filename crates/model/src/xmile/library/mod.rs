//! Functions that are written in XMILE itself, as macros that every file has.

use std::sync::OnceLock;

use super::document::MacroPart;
use super::{markup, reader};
use crate::diagnostic::Diagnostics;
use crate::source::Sources;

/// The functions; their places are in no file of the user, and stand in no message.
pub(super) fn functions() -> &'static [MacroPart] {
    static FUNCTIONS: OnceLock<Vec<MacroPart>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let mut sources = Sources::new();
        let id = sources.add("library", include_str!("functions.xmile").to_owned());
        let mut diagnostics = Diagnostics::new();
        let tree = markup::tree(sources.get(id), &mut diagnostics);
        let functions = tree.map(|tree| reader::macros(&tree, &mut diagnostics));
        functions.unwrap_or_default()
    })
}

/// The names that a message may suggest.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    functions()
        .iter()
        .map(|part| part.name.name.written())
        .filter(|name| !name.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_sound() {
        let mut sources = Sources::new();
        let id = sources.add("library", include_str!("functions.xmile").to_owned());
        let mut diagnostics = Diagnostics::new();
        let tree = markup::tree(sources.get(id), &mut diagnostics).expect("it is XML");
        reader::macros(&tree, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        for name in names() {
            assert!(!super::super::functions::is_unsupported(name), "{name}");
            assert!(super::super::functions::builtin(name).is_none(), "{name}");
        }
    }
}
