//! Vensim's text format, `.mdl`: text to syntax to a checked model.
//!
//! [`blocks`] cuts the text into equations and their parts, [`lexer`] an equation into tokens, [`parser`] makes the
//! [syntax tree](crate::syntax) of them, [`macros`] writes out
//! what macros stand for; none of them knows what a name means. [`crate::resolve`] gives them their meaning.

mod blocks;
mod lexer;
mod macros;
mod parser;
mod settings;

pub(crate) use lexer::is_plain_name;

use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::resolve::resolve;
use crate::source::{Files, Source};

/// The model in a text.
pub(crate) fn read(source: &Source, files: &dyn Files) -> (Option<Model>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut syntax = parser::parse(source, &mut diagnostics);
    macros::expand(&mut syntax, &mut diagnostics);
    let model = resolve(&syntax, files, &mut diagnostics);
    (model, diagnostics)
}
