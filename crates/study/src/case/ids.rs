//! Ids of one kind and what refers to them.

use model::{Diagnostic, Diagnostics, nearest};

use super::form::row::Row;
use super::form::shape::{quoted, snake};

use super::types::At;

/// The ids of one kind of part, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    what: &'static str,
    ids: Vec<At<String>>,
}

impl Ids {
    /// Ids that are known already.
    pub(crate) fn new(what: &'static str, ids: Vec<At<String>>) -> Self {
        Self { what, ids }
    }

    /// The ids of some rows; a row without one keeps its position.
    pub(crate) fn of(what: &'static str, rows: &[Row<'_>]) -> Self {
        Self::new(what, rows.iter().map(|row| row.needed("id")).collect())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Says which ids are there twice.
    pub(crate) fn check_unique(&self, notes: &mut Diagnostics) {
        for (at, id) in self.ids.iter().enumerate() {
            if id.value.is_empty() {
                continue;
            }
            if let Some(first) = self.ids[..at].iter().find(|first| first.value == id.value) {
                let message = format!("there are two {} with the id `{}`", plural(self.what), id.value);
                notes.push(
                    Diagnostic::error("case-duplicate-id", message)
                        .label(id.span, "here again")
                        .label(first.span, "first here"),
                );
            }
        }
    }

    /// The position of an id, without a word if there is none.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        // What is badly written was said; whoever refers to it rightly shall not hear of it again.
        let is =
            |known: &At<String>| known.value == id || snake(&known.value).is_some_and(|snake| snake == id);
        self.ids
            .iter()
            .position(|known| known.value == id)
            .or_else(|| self.ids.iter().position(is))
    }

    /// The position of the id that is referred to; says so if there is none.
    pub(crate) fn find(&self, id: &At<String>, notes: &mut Diagnostics) -> Option<usize> {
        if id.value.is_empty() {
            return None;
        }
        let found = self.position(&id.value);
        if found.is_none() {
            let message = format!("there is no {} with the id `{}`", self.what, id.value);
            let diagnostic = Diagnostic::error("case-unknown-id", message).label(id.span, "unknown");
            notes.push(diagnostic.help(self.help(&id.value)));
        }
        found
    }

    /// What to write instead of an id that is not there.
    pub(crate) fn help(&self, id: &str) -> String {
        let known: Vec<&str> = self
            .ids
            .iter()
            .map(|id| id.value.as_str())
            .filter(|id| !id.is_empty())
            .collect();
        match nearest(id, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("the case has no {}", self.what),
            None if known.len() <= 12 => format!("the {} are {}", plural(self.what), quoted(&known)),
            None => format!(
                "the case has {} {}, none with a similar id",
                known.len(),
                plural(self.what)
            ),
        }
    }

    /// The positions of the ids that are referred to; says which are not there.
    pub(crate) fn find_all(&self, ids: &[At<String>], notes: &mut Diagnostics) -> Vec<usize> {
        ids.iter().filter_map(|id| self.find(id, notes)).collect()
    }
}

fn plural(what: &str) -> String {
    match what.strip_suffix('y') {
        Some(stem) if !what.ends_with("ay") => format!("{stem}ies"),
        _ => format!("{what}s"),
    }
}
