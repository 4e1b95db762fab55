//! A case as its author wrote it: question, policies, uncertainties, outcomes, camps, claims.
//!
//! In come the text of a `case.toml` and, through the caller's door, the files it names; out goes a [`Case`] in which
//! every id is an index and every default is filled in, or all [`Diagnostics`](model::Diagnostics) at once. A case is read
//! in four steps, one file each: text to a [tree](tree) with places; the tree against the [table of keys](keys), which the
//! JSON Schema is made of too; the tree to [types]; and what the parts say of each other ([check]). Names of the model stay strings here: binding them is [`crate::bind`]'s.

mod bibliography;
mod check;
mod csv;
pub(crate) mod ids;
pub(crate) mod keys;
mod ranges;
mod read;
mod row;
pub(crate) mod shape;
mod tree;
mod types;

#[cfg(test)]
mod tests;

pub use read::read;
pub use types::*;
