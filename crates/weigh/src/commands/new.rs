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

/// The line that the case's own id replaces.
const TEMPLATE_ID: &str = "id = \"bay\"";

/// The id of a case in this folder: its name in `lower_snake_case`, as far as it can be written so.
fn id_of(folder: &Path) -> String {
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let id: String = name.chars().map(letters).collect();
    let id = id.trim_matches('_');
    if id.starts_with(|c: char| c.is_ascii_lowercase()) {
        id.to_owned()
    } else {
        format!("case_{id}").trim_end_matches('_').to_owned()
    }
}

/// Writes the template into a new folder.
pub(crate) fn run(folder: &Path, terminal: &Terminal) -> Result<Exit, Failure> {
    let new = NewFolder::exactly(folder)?;
    for (name, text) in TEMPLATE {
        new.write(
            name,
            text.replacen(TEMPLATE_ID, &format!("id = \"{}\"", id_of(folder)), 1)
                .as_bytes(),
        )?;
    }
    let folder = new.finish()?;
    let shown = folder.display();
    terminal.print(&format!(
        "{shown} holds a small case that runs as it stands:\n\n  weigh check {shown}\n  weigh run {shown}\n\n\
         Edit {shown}/case.toml; each part is explained there.\n"
    ))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_folders() {
        let check = |folder: &str, expected: &str| assert_eq!(id_of(Path::new(folder)), expected);
        check("my-case", "my_case");
        check("cases/US Mexico (2025)", "us_mexico__2025");
        check("2025-water", "case_2025_water");
        check("añil", "a_il");
        check("水", "case");
    }

    #[test]
    fn the_template_has_the_line_that_is_replaced() {
        assert_eq!(TEMPLATE[0].1.matches(TEMPLATE_ID).count(), 1);
    }
}
