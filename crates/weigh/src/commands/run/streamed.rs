//! `weigh run --tables`: a case to its tables, as they come. Memory does not grow with the number of futures.

use std::time::Instant;

use serde_json::json;
use study::design::Drawing;
use study::results::{Futures, OptionId, Results};
use study::run::{self, Group, Streamed};
use study::store::{Context, Counts};

use crate::args::high::Run;
use crate::commands::run::tables::Tables;
use crate::commands::run_folder::{self, pretty, receipt_of};
use crate::exit::{Exit, Failure};
use crate::files::NewFolder;
use crate::input::BoundCase;
use crate::progress::Bar;
use crate::render::number::{counted, grouped};
use crate::render::verdict;
use crate::terminal::Terminal;
use crate::weighing::{self, Plan};
use crate::{JSON_SCHEMA, clock};

/// Draws, runs and writes.
pub(crate) fn run(
    settings: &Run,
    plan: &Plan,
    bound: &BoundCase,
    sources: &model::Sources,
    folder: NewFolder,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let started = clock::now();
    let (study, case) = (&bound.study, &bound.study.case);
    let record = |counts| run_folder::record(bound, plan, counts);
    let blank = record(Counts::default());
    let context = Context {
        study,
        model: &bound.model,
        sources,
        case_path: &bound.case_path,
        record: &blank,
    };
    let began = Instant::now();
    let rejects = |row: &[f64]| study.rejects(row);
    let drawing = Drawing::new(case, &plan.design, study.constrained(&rejects))
        .map_err(|error| Failure::new(Exit::Simulation, error.to_string()))?;
    let drawn = began.elapsed().as_secs_f64();
    let mut tables = Tables::new(&folder, settings.csv);
    let mut counts = Counts::default();
    let mut first: Option<(Futures, Results)> = None;
    let mut take = |group: Group| -> Result<(), Failure> {
        counts.add(Counts::of(&group.futures, &group.results));
        if first.is_none() && plan.numerics == engine::Numerics::Fast {
            first = Some((group.futures.clone(), group.results.clone()));
        }
        tables.add(&context, &group.futures, &group.results, &group.triggers)
    };
    let Streamed { whole, back_ends } = {
        let bar = Bar::new(terminal, "simulating");
        let how = run::Settings {
            seed: plan.design.seed,
            threads: plan.threads,
            options: plan.options.clone(),
            fans: 0,
            every_addon: false,
            engine: plan.engine,
            numerics: plan.numerics,
        };
        run::stream(study, &bound.model, &drawing, &how, &bar, &mut take).map_err(weighing::cannot_run)??
    };
    let ran = began.elapsed().as_secs_f64() - drawn;
    counts.interrupted = !whole;
    if counts.drawn == 0 {
        return Err(Failure::new(
            Exit::Interrupted,
            "interrupted before any group of futures was finished; nothing was written",
        ));
    }
    let mut record = record(counts);
    if let Some((futures, results)) = &first {
        let exact = weighing::exact(study, &bound.model, (futures, results), plan)?;
        record.fast = exact.map(|exact| exact.deviation);
    }
    tables.finish(&record)?;
    folder.write("run.json", pretty(&record).as_bytes())?;
    for (path, bytes) in &bound.files {
        folder.write(&format!("case/{path}"), bytes)?;
    }
    let runs = (counts.drawn - counts.rejected) * plan.options.len() as u64;
    let timings = [("draw", drawn), ("run", ran)];
    let receipt = receipt_of(bound, (plan.threads, &back_ends), &started, &timings, runs);
    folder.write("receipt.json", receipt.as_bytes())?;
    let path = folder.finish()?;

    let exit = if whole { Exit::Done } else { Exit::Interrupted };
    if settings.json {
        let summary = json!({
            "schema": JSON_SCHEMA, "command": "run", "exit": exit.code(), "run": path.to_string_lossy(),
            "options": record.options, "drawn": counts.drawn, "rejected": counts.rejected, "broken": counts.broken,
            "fast": record.fast,
        });
        terminal.print(&format!("{summary:#}\n"))?;
    } else {
        let end = if whole {
            ""
        } else {
            "Interrupted: the tables hold the futures that were finished.\n"
        };
        terminal.print(&format!(
            "{}{end}{}\nTables: {}\n",
            told(counts, &plan.options),
            record
                .fast
                .as_ref()
                .map_or_else(String::new, |fast| verdict::deviation(fast) + "\n"),
            path.display()
        ))?;
    }
    Ok(exit)
}

fn told(counts: Counts, options: &[OptionId]) -> String {
    format!(
        "{} futures under {}: {} rejected by a constraint, {} broken under at least one option.\n",
        grouped(counts.drawn),
        counted(options.len() as u64, "option"),
        grouped(counts.rejected),
        grouped(counts.broken),
    )
}
