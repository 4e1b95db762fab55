//! What the user sees and does while a command runs: standard output and error, colours, interruption.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::{Exit, Failure};

/// The terminal, or the pipe or file in its place.
pub(crate) struct Terminal {
    /// Whether messages on standard error are coloured.
    pub(crate) colour: bool,
    /// Whether a progress bar may be drawn on standard error.
    pub(crate) progress: bool,
    interrupted: Arc<AtomicBool>,
}

impl Terminal {
    /// Looks at the environment: colours and progress are for a terminal only, and `NO_COLOR` is respected.
    pub(crate) fn new() -> Self {
        let terminal = io::stderr().is_terminal();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self {
            colour: terminal && !no_colour && !dumb,
            progress: terminal && !dumb,
            interrupted: Arc::new(AtomicBool::new(false)),
        }
    }

    /// From now on the first Ctrl-C asks the command to stop in good order and the second ends it at once.
    pub(crate) fn watch_interrupt(&self) {
        let interrupted = Arc::clone(&self.interrupted);
        // Without a handler Ctrl-C still ends the command, only less gently: nothing to tell the user.
        let _ = ctrlc::set_handler(move || {
            if interrupted.swap(true, Ordering::Relaxed) {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        });
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Writes the result to standard output.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        self.print_bytes(text.as_bytes())
    }

    /// Writes bytes to standard output.
    pub(crate) fn print_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(|error| match error.kind() {
                io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
                _ => Failure::new(
                    Exit::Io,
                    format!(
                        "cannot write to standard output: {}",
                        crate::files::reason(&error)
                    ),
                ),
            })
    }

    /// Writes a message to standard error. If even that fails there is nobody left to tell.
    pub(crate) fn tell(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}
