//! A progress bar on a terminal, nothing in a pipe; and Ctrl-C for whoever works.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use study::run::Progress;

use crate::terminal::Terminal;

/// The progress of a run.
pub(crate) struct Bar<'a> {
    terminal: &'a Terminal,
    bar: ProgressBar,
}

impl<'a> Bar<'a> {
    /// A bar with a word for what is done.
    pub(crate) fn new(terminal: &'a Terminal, what: &'static str) -> Self {
        let bar = if terminal.progress {
            ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        let style = ProgressStyle::with_template(
            "{msg} {bar:30} {percent:>3} % {human_pos} of {human_len}, {per_sec}, {eta} left",
        )
        .expect("the template is well formed");
        bar.set_style(style);
        bar.set_message(what);
        Self { terminal, bar }
    }
}

impl Progress for Bar<'_> {
    fn done(&self, runs: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(runs);
    }
    fn stop(&self) -> bool {
        self.terminal.interrupted()
    }
}

impl Drop for Bar<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
