//! `weigh run`: a case to a result in plain language and a run folder.

mod streamed;
pub(crate) mod tables;

use study::Study;
use study::case::Case;
use study::design;
use study::results::OptionId;
use study::store::{Context, Counts};

use crate::args::high::Run;
use crate::commands::run::tables::Tables;
use crate::commands::run_folder::{self, Ran};

use crate::exit::{Exit, Failure};
use crate::files::NewFolder;
use crate::input::{self, Read};
use crate::progress::Bar;
use crate::render::{diagnostics, summary, verdict};
use crate::terminal::Terminal;
use crate::weighing::{self, Plan, Stopwatch};
use crate::{JSON_SCHEMA, clock};

/// Runs whose series are kept at most: some gigabytes.
const MOST_SERIES: u64 = 20_000;

/// Weighs a case.
pub(crate) fn run(settings: &Run, terminal: &Terminal) -> Result<Exit, Failure> {
    let started = clock::now();
    let mut watch = Stopwatch::new();
    let Read {
        value: bound,
        sources,
        notes,
    } = input::case(&settings.case)?;
    input::tell_warnings(terminal, &notes, &sources);
    let study = &bound.study;
    let plan = Plan {
        design: design(settings, study),
        options: options(&settings.options, study)?,
        threads: settings.threads,
        engine: settings.engine,
        numerics: settings.numerics,
        series: settings.series,
    };
    let runs = plan.design.futures.saturating_mul(plan.options.len() as u64);
    if plan.series && runs > MOST_SERIES {
        return Err(Failure::usage(format!(
            "`--series` of {} futures under {} options would not fit into memory",
            plan.design.futures,
            plan.options.len()
        ))
        .help(format!(
            "it keeps up to {MOST_SERIES} runs: ask for fewer with `--futures` or `--options`"
        )));
    }
    // Before the work, so that a folder that cannot be written to is known at once.
    let folder = match &settings.out {
        Some(path) => NewFolder::exactly(path)?,
        None => NewFolder::numbered("runs".as_ref(), &study.case.id)?,
    };
    terminal.watch_interrupt();
    if settings.tables {
        return streamed::run(settings, &plan, &bound, &sources, folder, terminal);
    }
    watch.lap("read");
    // Tables are written before all is known of the run; what determines it is written at their end.
    let blank = run_folder::record(&bound, &plan, Counts::default());
    let context = Context {
        study,
        model: &bound.model,
        sources: &sources,
        case_path: &bound.case_path,
        record: &blank,
    };
    let mut tables = Tables::new(&folder, settings.csv);
    let weighed = {
        let bar = Bar::new(terminal, "weighing");
        let mut take =
            |futures: &_, results: &_, triggers: &_| tables.add(&context, futures, results, triggers);
        weighing::weigh(study, &bound.model, &plan, &bar, &mut take, watch)?
    };
    let ran = Ran {
        bound: &bound,
        sources: &sources,
        plan: &plan,
        weighed: &weighed,
        started: &started,
    };
    run_folder::write(&folder, &ran, tables, settings)?;
    let path = folder.finish()?;

    let case = &study.case;
    let exit = if weighed.interrupted {
        Exit::Interrupted
    } else {
        Exit::Done
    };
    if settings.json {
        let mut value = verdict::json(case, &weighed.findings);
        let head = serde_json::json!({
            "schema": JSON_SCHEMA, "command": "run", "exit": exit.code(), "run": path.to_string_lossy(),
            "memo": path.join("memo.html").to_string_lossy(),
            "diagnostics": diagnostics::json(&notes, &sources),
            "fast": weighed.deviation(),
        });
        if let (Some(value), serde_json::Value::Object(head)) = (value.as_object_mut(), head) {
            let body = std::mem::take(value);
            *value = head.into_iter().chain(body).collect();
        }
        terminal.print(&format!("{value:#}\n"))?;
    } else {
        let mut out = summary::text(case, &weighed.findings);
        if weighed.interrupted {
            out.push_str("\nInterrupted: the result holds for the futures that were finished.\n");
        }
        if let Some(deviation) = weighed.deviation() {
            out.push_str(&format!("\n{}\n", verdict::deviation(deviation)));
        }
        out.push_str(&format!(
            "\nEverything in words: {}\nMemo: {}\n",
            path.join("summary.txt").display(),
            path.join("memo.html").display()
        ));
        terminal.print(&out)?;
    }
    Ok(exit)
}

fn design(settings: &Run, study: &Study) -> design::Settings {
    let of_case = design::Settings::of(&study.case);
    design::Settings {
        futures: settings.futures.unwrap_or(of_case.futures),
        seed: settings.seed.unwrap_or(of_case.seed),
        design: settings.design.unwrap_or(of_case.design),
        ..of_case
    }
}

/// The options that were asked for, in the order of the case. The baseline is always run beside them: it is what they
/// are compared with.
fn options(asked: &[String], study: &Study) -> Result<Vec<OptionId>, Failure> {
    let all = study::run::all_options(study);
    if asked.is_empty() {
        return Ok(all);
    }
    let mut wanted = Vec::new();
    for text in asked {
        wanted.push(option(text.trim(), &study.case)?);
    }
    let baselines: Vec<OptionId> = wanted
        .iter()
        .map(|option| OptionId {
            policy: study.case.baseline,
            addon: option.addon,
        })
        .collect();
    Ok(all
        .into_iter()
        .filter(|option| wanted.contains(option) || baselines.contains(option))
        .collect())
}

/// `policy` (with the first add-on) or `policy+addon`.
fn option(text: &str, case: &Case) -> Result<OptionId, Failure> {
    let (policy, addon) = match text.split_once('+') {
        Some((policy, addon)) => (policy.trim(), Some(addon.trim())),
        None => (text, None),
    };
    let ids = |list: &[study::case::Policy]| list.iter().map(|one| one.id.value.clone()).collect::<Vec<_>>();
    Ok(OptionId {
        policy: index_of(policy, &ids(&case.policies), text, "policy")?,
        addon: addon.map_or(Ok(0), |addon| index_of(addon, &ids(&case.addons), text, "add-on"))?,
    })
}

fn index_of(id: &str, known: &[String], text: &str, what: &str) -> Result<usize, Failure> {
    known.iter().position(|other| other == id).ok_or_else(|| {
        let near = model::nearest(id, known.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Failure::usage(format!("`--options {text}`: the case has no {what} `{id}`{hint}"))
            .help(format!("it has {}", known.join(", ")))
    })
}
