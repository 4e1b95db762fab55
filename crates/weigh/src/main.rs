//! `weigh`: arguments, files, clock, terminal; the rooms behind it do the work.
//!
//! What is typed becomes plain settings (`args`), a command reads files and calls the rooms (`commands`), and what comes
//! back is rendered here and nowhere else (`render`).

mod args;
mod browser;
mod bug;
mod clock;
mod commands;
mod exit;
mod files;
mod input;
mod progress;
mod render;
mod terminal;
mod weighing;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::high;
use crate::args::low::{Command, Low};
use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;

/// Version of the shape of everything printed under `--json`.
pub(crate) const JSON_SCHEMA: u32 = 1;

fn main() -> ExitCode {
    bug::install();
    let terminal = Terminal::new();
    let low = match Low::try_parse() {
        Ok(low) => low,
        Err(error) => return ExitCode::from(explain(&error, &terminal).code()),
    };
    let (name, json) = (low.command.name(), low.command.json());
    let exit = match obey(low.command, &terminal) {
        Ok(exit) => exit,
        Err(failure) => {
            if json {
                let value = render::diagnostics::failure_json(&failure, name);
                // If standard output is gone the message below is all that can be done.
                let _ = terminal.print(&format!("{value:#}\n"));
            }
            terminal.tell(&render::diagnostics::failure_text(&failure, terminal.colour));
            failure.exit()
        }
    };
    ExitCode::from(exit.code())
}

/// Help, the version, or what is wrong with the command line.
fn explain(error: &clap::Error, terminal: &Terminal) -> Exit {
    let text = error.render().to_string();
    if error.use_stderr() {
        terminal.tell(&text);
        return Exit::Usage;
    }
    match terminal.print(&text) {
        Ok(()) => Exit::Done,
        Err(failure) => {
            terminal.tell(&render::diagnostics::failure_text(&failure, terminal.colour));
            failure.exit()
        }
    }
}

fn obey(command: Command, terminal: &Terminal) -> Result<Exit, Failure> {
    match command {
        Command::Simulate(low) => commands::simulate::run(&high::Simulate::new(low)?, terminal),
        Command::Run(low) => commands::run::run(&high::Run::new(low), terminal),
        Command::Memo(low) => commands::memo::run(&low, terminal),
        Command::Open(low) => commands::open::run(&low.run),
        Command::Diff(low) => commands::diff::run(&low, terminal),
        Command::Check(low) => commands::check::run(&low, terminal),
        Command::Schema => {
            terminal.print(&format!("{:#}\n", study::schema::json_schema()))?;
            Ok(Exit::Done)
        }
        Command::Analyze(low) => commands::analyze::run(&low.method, terminal),
        Command::Sample(low) => commands::sample::run(&low.design, terminal),
        Command::New(low) => commands::new::run(&low.folder, terminal),
        Command::Show(low) => commands::show::run(&low, terminal),
        Command::Completions(low) => {
            let mut script = Vec::new();
            clap_complete::generate(low.shell, &mut Low::command(), "weigh", &mut script);
            terminal.print_bytes(&script)?;
            Ok(Exit::Done)
        }
    }
}

impl Command {
    /// Its name, as typed.
    fn name(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Simulate(_) => "simulate",
            Self::Check(_) => "check",
            Self::Show(_) => "show",
            Self::Memo(_) => "memo",
            Self::Open(_) => "open",
            Self::Diff(_) => "diff",
            Self::Analyze(_) => "analyze",
            Self::Sample(_) => "sample",
            Self::New(_) => "new",
            Self::Schema => "schema",
            Self::Completions(_) => "completions",
        }
    }
    /// Whether the result is asked for as JSON.
    fn json(&self) -> bool {
        match self {
            Self::Run(low) => low.json,
            Self::Simulate(low) => low.json,
            Self::Check(low) => low.json,
            Self::Show(low) => low.json,
            Self::Diff(low) => low.json,
            Self::Analyze(low) => low.method.data().json,
            Self::Memo(_)
            | Self::Open(_)
            | Self::New(_)
            | Self::Sample(_)
            | Self::Schema
            | Self::Completions(_) => false,
        }
    }
}
