//! `weigh open`: the memo of a run in the user's browser.

use std::path::Path;

use crate::browser;
use crate::exit::{Exit, Failure};

/// Opens the memo.
pub(crate) fn run(run: &Path) -> Result<Exit, Failure> {
    let memo = if run.is_dir() {
        run.join("memo.html")
    } else {
        run.to_owned()
    };
    if !memo.is_file() {
        return Err(
            Failure::new(Exit::Io, format!("there is no memo at `{}`", memo.display()))
                .help("name a run folder; `weigh memo RUN -o RUN/memo.html` writes the memo of tables alone"),
        );
    }
    browser::open(&memo)?;
    Ok(Exit::Done)
}
