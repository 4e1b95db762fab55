//! `weigh memo`: the memo of a run again, from its tables; with `--verify` the memo that is there, checked against them.

use std::path::Path;

use memo::Language;

use crate::args::high::all_cores;
use crate::args::low;
use crate::browser::{self, Picture};
use crate::commands::run_folder;
use crate::commands::stored::Stored;
use crate::commands::verify;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::progress::Bar;
use crate::terminal::Terminal;
use crate::weighing::{self, FANS, Judged, Plan};

/// Writes the memo.
pub(crate) fn run(settings: &low::Memo, terminal: &Terminal) -> Result<Exit, Failure> {
    let Some(out) = settings.out.as_ref().filter(|_| !settings.verify) else {
        let memo = settings
            .out
            .clone()
            .unwrap_or_else(|| settings.run.join("memo.html"));
        return verify::run(&settings.run, &memo, &Stored::read(&settings.run)?, terminal);
    };
    let form = form(out)?;
    let chromium = match form {
        Form::Page => None,
        Form::Paper | Form::Card => Some(browser::chromium()?),
    };
    let stored = Stored::read(&settings.run)?;
    let plan = stored.plan(&settings.run, all_cores())?;
    let (futures, mut results, triggers) = stored.tables(&settings.run)?;
    let (study, model) = (&stored.bound.study, &stored.bound.model);
    terminal.watch_interrupt();
    {
        // The tables hold no series: the futures that the fans are drawn from run again, and so does the second sampling.
        let bar = Bar::new(terminal, "drawing");
        let drawn = weighing::first_rows(futures.clone(), rows_with(&futures.rejected, FANS));
        let first = Plan {
            options: results.options.clone(),
            ..plan.clone()
        };
        let again = weighing::simulate(study, model, &drawn, &first, FANS, &bar)?;
        results.series = again.results.series;
        results.experiments = again.results.experiments;
        let second = if stored.record.interrupted {
            None
        } else {
            weighing::second(study, model, None, &plan, &bar)?
        };
        if terminal.interrupted() {
            return Err(Failure::new(
                Exit::Interrupted,
                "interrupted; nothing was written",
            ));
        }
        let ready = weighing::exactly_ready(study, model, None, &plan)?;
        let middle = if stored.record.interrupted {
            None
        } else {
            weighing::middle(&ready, &futures, &plan, &bar)
        };
        let judged = Judged {
            futures: &futures,
            results: &results,
            triggers: &triggers,
            second: second.as_ref(),
            middle: middle.as_ref(),
        };
        let how = study::findings::Settings {
            threads: plan.threads,
            done: &|_| (),
        };
        let mut findings = weighing::judge(study, &judged, &how)?;
        if let Some(middle) = &middle {
            middle.try_flips(&mut findings, &weighing::Quietly(&bar));
        }
        let provenance = run_folder::provenance(&stored.bound, &stored.record);
        let language = match settings.lang {
            low::Language::En => Language::En,
            low::Language::Es => Language::Es,
        };
        let exact = weighing::exact(study, model, (&futures, &results), &plan)?;
        let carried = exact.as_ref().map_or(&results, |exact| &exact.results);
        let live = run_folder::live(&stored.bound, &futures, carried, &plan.design);
        let memo = run_folder::memo(&stored.bound, &findings, &provenance, language, &live);
        let (page, picture) = match form {
            Form::Page | Form::Paper => (memo::render(&memo), Picture::Pdf),
            Form::Card => (memo::card(&memo), card()),
        };
        match chromium {
            Some(chromium) => browser::picture(&chromium, &page, picture, out)?,
            None if out.as_os_str() == "-" => {
                drop(bar);
                terminal.print(&page)?;
            }
            None => files::write(out, page.as_bytes())?,
        }
    }
    Ok(Exit::Done)
}

/// The card's width in dots: what pages that show cards ask for.
const CARD_DOTS: f64 = 1200.0;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// The memo as a page.
    Page,
    /// The memo on paper.
    Paper,
    /// The verdict as a picture.
    Card,
}

fn card() -> Picture {
    let (width, height) = memo::CARD;
    Picture::Png {
        width,
        height,
        scale: CARD_DOTS / f64::from(width),
    }
}

/// The form, from the name's end.
fn form(out: &Path) -> Result<Form, Failure> {
    let extension = out
        .extension()
        .and_then(|extension| extension.to_str())
        .map(str::to_lowercase);
    match extension.as_deref() {
        Some("html" | "htm") | None => Ok(Form::Page),
        Some("pdf") => Ok(Form::Paper),
        Some("png") => Ok(Form::Card),
        Some(_) => Err(Failure::usage(format!(
            "cannot tell the form of `{}` from its name",
            out.display()
        ))
        .help("end it in `.html`, `.pdf` or `.png`, or give `-` for the page on standard output")),
    }
}

/// Rows until so many are accepted.
fn rows_with(rejected: &[Option<u32>], accepted: usize) -> usize {
    let mut seen = 0;
    for (row, rule) in rejected.iter().enumerate() {
        seen += usize::from(rule.is_none());
        if seen == accepted {
            return row + 1;
        }
    }
    rejected.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_until_enough_are_accepted() {
        let rejected = [None, Some(0), None, Some(1), None];
        assert_eq!(rows_with(&rejected, 1), 1);
        assert_eq!(rows_with(&rejected, 2), 3);
        assert_eq!(rows_with(&rejected, 9), 5);
        assert_eq!(rows_with(&[], 1), 0);
    }
}
