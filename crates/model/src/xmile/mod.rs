//! XMILE, the exchange format of system dynamics (`.xmile`, Stella's `.stmx`): text to syntax to a checked model.
//!
//! [`markup`] makes a tree of elements of the text, [`reader`] the parts of a [`document`] of the tree, [`write`] one flat list
//! of equations of the parts: modules and macros are written out, names are those of the whole file. From there on a model is
//! like one of Vensim.

mod arrays;
mod carried;
mod document;
mod emit;
mod equation;
mod functions;
mod graph;
mod library;
mod limits;
mod made;
mod markup;
mod names;
mod reader;
mod scopes;
mod steady;
mod write;

use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::resolve::resolve;
use crate::source::{Files, Source};

/// The model in a text.
pub(crate) fn read(source: &Source, files: &dyn Files) -> (Option<Model>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let model = markup::tree(source, &mut diagnostics)
        .and_then(|tree| reader::document(&tree, &mut diagnostics))
        .and_then(|mut document| {
            document.library = library::functions();
            let syntax = write::write(&document, &mut diagnostics);
            resolve(&syntax, files, &mut diagnostics)
        });
    if let Some(model) = &model {
        steady::delays(model, &mut diagnostics);
    }
    (model, diagnostics)
}
