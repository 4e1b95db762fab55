//! `weigh new`: a small commented case to start from, which runs as it stands.

use std::path::Path;

use crate::exit::{Exit, Failure};
use crate::files::NewFolder;
use crate::terminal::Terminal;

/// The files of the template.
const TEMPLATE: [(&str, &str); 3] = [
    ("case.toml", include_str!("../../template/case.toml")),
    ("model.mdl", include_str!("../../template/model.mdl")),
    ("sources.bib", include_str!("../../template/sources.bib")),
];

/// Writes the template into a new folder.
pub(crate) fn run(folder: &Path, terminal: &Terminal) -> Result<Exit, Failure> {
    let new = NewFolder::exactly(folder)?;
    for (name, text) in TEMPLATE {
        new.write(name, text.as_bytes())?;
    }
    let folder = new.finish()?;
    let shown = folder.display();
    terminal.print(&format!(
        "{shown} holds a small case that runs as it stands:\n\n  weigh check {shown}\n  weigh run {shown}\n\n\
         Edit {shown}/case.toml; each part is explained there.\n"
    ))?;
    Ok(Exit::Done)
}
