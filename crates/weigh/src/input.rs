//! Models read from a path: all that is wrong with one is a single failure.

use std::path::Path;

use model::{Diagnostics, Model, Severity, Sources, VarId, VariableKind};

use crate::exit::Failure;
use crate::files::{self, Folder, LARGEST_TEXT};
use crate::render::diagnostics;
use crate::terminal::Terminal;

/// A model that can be simulated, the texts it was read from, and what else is to be said of it.
pub(crate) struct ReadModel {
    /// The model.
    pub(crate) model: Model,
    /// Its texts.
    pub(crate) sources: Sources,
    /// Warnings and notes.
    pub(crate) notes: Diagnostics,
}

/// Reads a model file and whatever it asks for.
pub(crate) fn model(path: &Path) -> Result<ReadModel, Failure> {
    let bytes = files::read(path, LARGEST_TEXT)?;
    let mut sources = Sources::new();
    let (model, diagnostics) = model::read(&path.to_string_lossy(), &bytes, &Folder::of(path), &mut sources);
    match model {
        Some(model) if !diagnostics.has_errors() => Ok(ReadModel { model, sources, notes: diagnostics }),
        _ => Err(Failure::Input { diagnostics, sources }),
    }
}

/// Tells the warnings; notes are for `weigh check`.
pub(crate) fn tell_warnings(terminal: &Terminal, notes: &Diagnostics, sources: &Sources) {
    let items: Vec<_> = notes.items.iter().filter(|item| item.severity >= Severity::Warning).cloned().collect();
    if !items.is_empty() {
        terminal.tell(&diagnostics::text(&Diagnostics { items }, sources, terminal.colour));
    }
}

/// The variables that have a value at each time and are the author's own, in the order of the text.
pub(crate) fn with_series(model: &Model) -> Vec<VarId> {
    let has_series = |id: &VarId| {
        let variable = &model.variables[*id];
        !variable.hidden && variable.kind != VariableKind::Lookup
    };
    model.variables.ids().filter(has_series).collect()
}
