//! A case as its author wrote it: question, policies, uncertainties, outcomes, camps, claims.
//!
//! In come the text of a `case.toml` and, through the caller's door, the files it names; out goes a [`Case`] in which
//! every id is an index and every default is filled in, or all [`Diagnostics`](model::Diagnostics) at once. Text becomes a tree with
//! places, the tree is held against a table of keys (of which the JSON Schema is made too), its values become the plain types
//! here, and what the parts say of each other is checked. Names of the model stay strings: binding them is [`crate::bind`]'s.

mod bibliography;
mod check;
mod csv;
pub(crate) mod form;
pub(crate) mod ids;
mod ranges;
mod read;
mod types;

#[cfg(test)]
mod tests;

pub use read::read;
pub use types::*;
