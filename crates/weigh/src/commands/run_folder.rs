//! What a run leaves behind: what determines it, what was measured, what it means, and the memo.
//!
//! `run.json`, the tables, `findings.json`, `summary.txt` and `memo.html` are the same bytes for the same run; `receipt.json` holds
//! what is not (clock, host, threads) and is never hashed. `case/` holds the files that were read.

use memo::{Language, Memo, Provenance};
use model::Sources;
use serde::Serialize;
use serde_json::json;
use study::design;
use study::findings::Findings;
use study::live::{Live, NotLive};
use study::results::{Futures, Results};
use study::store::{self, Context, Counts, RunRecord};

use crate::args::high::Run;
use crate::commands::run::tables::Tables;
use crate::exit::Failure;
use crate::files::NewFolder;
use crate::input::BoundCase;
use crate::render::verdict;
use crate::weighing::{Plan, Stopwatch, Weighed};
use crate::{JSON_SCHEMA, clock};

/// A run that is done.
#[derive(Clone, Copy)]
pub(crate) struct Ran<'a> {
    /// The case and its model.
    pub(crate) bound: &'a BoundCase,
    /// Their texts.
    pub(crate) sources: &'a Sources,
    /// How it was weighed.
    pub(crate) plan: &'a Plan,
    /// What came of it.
    pub(crate) weighed: &'a Weighed,
    /// When it began.
    pub(crate) started: &'a str,
}

/// What determines a run.
pub(crate) fn record(bound: &BoundCase, plan: &Plan, counts: Counts) -> RunRecord {
    RunRecord::new(
        &bound.study.case,
        bound.hashes(),
        &plan.design,
        &plan.options,
        counts,
    )
}

/// Writes the run folder. Its tables hold all rows already and are ended here.
pub(crate) fn write(
    folder: &NewFolder,
    ran: &Ran<'_>,
    tables: Tables<'_>,
    settings: &Run,
) -> Result<(), Failure> {
    let Ran {
        bound,
        sources,
        plan,
        weighed,
        ..
    } = *ran;
    let mut watch = weighed.watch.clone();
    let study = &bound.study;
    let counts = Counts {
        interrupted: weighed.interrupted,
        ..Counts::of(&weighed.futures, &weighed.results)
    };
    let mut record = record(bound, plan, counts);
    record.fast = weighed.deviation().cloned();
    let context = Context {
        study,
        model: &bound.model,
        sources,
        case_path: &bound.case_path,
        record: &record,
    };

    folder.write("run.json", pretty(&record).as_bytes())?;
    tables.finish(&record)?;
    if settings.series {
        let table = store::series(&context, &weighed.futures, &weighed.results);
        folder.write("series.parquet", &store::parquet(&table))?;
        if settings.csv {
            folder.write("series.csv", store::csv(&table).as_bytes())?;
        }
    }
    watch.lap("files");
    let pages = Pages::new(ran, &record);
    watch.lap("memo");
    folder.write("findings.json", pages.findings.as_bytes())?;
    folder.write("summary.txt", pages.summary.as_bytes())?;
    folder.write("memo.html", pages.memo.as_bytes())?;
    for (path, bytes) in &bound.files {
        folder.write(&format!("case/{path}"), bytes)?;
    }
    watch.lap("files");
    folder.write("receipt.json", receipt(ran, &watch).as_bytes())
}

/// What a run means, in three forms.
struct Pages {
    findings: String,
    summary: String,
    memo: String,
}

impl Pages {
    fn new(ran: &Ran<'_>, record: &RunRecord) -> Self {
        let Ran {
            bound, plan, weighed, ..
        } = *ran;
        let provenance = provenance(bound, record);
        // The page carries some of the first futures, with all their results. It computes exactly, so these must be exact, too.
        let exact = weighed.exact.as_ref().map(|exact| &exact.results);
        let results = exact.or(weighed.head.as_ref()).unwrap_or(&weighed.results);
        std::thread::scope(|scope| {
            let findings = scope.spawn(|| findings(ran));
            let live = live(bound, &weighed.futures, results, &plan.design);
            Self {
                summary: verdict::text(&bound.study.case, &weighed.findings),
                memo: memo::render(&memo(bound, &weighed.findings, &provenance, Language::En, &live)),
                findings: findings.join().expect("no thread panicked"),
            }
        })
    }
}

pub(crate) fn pretty<T: serde::Serialize>(value: &T) -> String {
    let text = serde_json::to_string_pretty(value).expect("plain data with string keys");
    format!("{text}\n")
}

/// The findings twice: by ids, as `--json` prints them and `weigh diff` compares them, and in full.
fn findings(ran: &Ran<'_>) -> String {
    #[derive(Serialize)]
    struct File<'a> {
        schema: u32,
        summary: serde_json::Value,
        findings: &'a Findings,
    }
    let findings = &ran.weighed.findings;
    let file = File {
        schema: JSON_SCHEMA,
        summary: verdict::json(&ran.bound.study.case, findings),
        findings,
    };
    // On one line: the findings of a large case are millions of numbers.
    let mut text = serde_json::to_string(&file).expect("plain data with string keys");
    text.push('\n');
    text
}

/// What the memo of some findings is made from.
pub(crate) fn memo<'a>(
    bound: &'a BoundCase,
    findings: &'a Findings,
    provenance: &'a Provenance,
    language: Language,
    live: &'a Result<Live, NotLive>,
) -> Memo<'a> {
    Memo {
        case: &bound.study.case,
        model: &bound.model,
        findings,
        provenance,
        language,
        live: live.as_ref(),
    }
}

/// The model for the memo's page, or why it cannot carry it.
pub(crate) fn live(
    bound: &BoundCase,
    futures: &Futures,
    results: &Results,
    design: &design::Settings,
) -> Result<Live, NotLive> {
    study::live::live(&bound.study, &bound.model, futures, results, design)
}

/// What the memo says of its origin. Nothing in it depends on the machine.
pub(crate) fn provenance(bound: &BoundCase, record: &RunRecord) -> Provenance {
    let model = record.files.iter().find(|file| file.path == record.model);
    let all: Vec<&str> = record.files.iter().map(|file| file.sha256.as_str()).collect();
    Provenance {
        version: record.version.clone(),
        model_hash: model.map_or_else(String::new, |file| file.sha256.clone()),
        case_hash: store::sha256(all.concat().as_bytes()),
        seed: record.seed,
        design: record.design.clone(),
        futures: record.futures,
        command: command(bound, record),
        fast: record.fast.clone(),
    }
}

/// The command that repeats a run. The case is named by its id: where it lies is the machine's business.
fn command(bound: &BoundCase, record: &RunRecord) -> String {
    let mut command = format!(
        "weigh run {} --futures {} --seed {} --design {}",
        bound.study.case.id, record.futures, record.seed, record.design
    );
    if record.options.len() < study::run::all_options(&bound.study).len() {
        command.push_str(&format!(" --options {}", record.options.join(",")));
    }
    if record.fast.is_some() {
        command.push_str(" --numerics fast");
    }
    command
}

fn receipt(ran: &Ran<'_>, watch: &Stopwatch) -> String {
    let weighed = ran.weighed;
    let runs = weighed.futures.accepted() * weighed.results.options.len() as u64;
    receipt_of(
        ran.bound,
        (ran.plan.threads, &weighed.back_ends),
        ran.started,
        &watch.laps,
        runs,
    )
}

/// What a run took, and on what: everything that another run of the same may do otherwise. `runs` were simulated in the
/// part `run`.
pub(crate) fn receipt_of(
    bound: &BoundCase,
    (threads, back_ends): (usize, &[String]),
    started: &str,
    timings: &[(&'static str, f64)],
    runs: u64,
) -> String {
    let seconds: f64 = timings
        .iter()
        .filter(|(part, _)| *part == "run")
        .map(|(_, s)| s)
        .sum();
    let timings: serde_json::Map<String, serde_json::Value> = timings
        .iter()
        .map(|(part, seconds)| ((*part).to_owned(), json!(seconds)))
        .collect();
    pretty(&json!({
        "schema": JSON_SCHEMA,
        "started": started,
        "finished": clock::now(),
        "host": host(),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "threads": threads,
        "back_end": back_ends.join("; "),
        "seconds": timings,
        "runs_per_second": if seconds > 0.0 { Some((runs as f64 / seconds).round()) } else { None },
        "command": std::env::args().collect::<Vec<_>>(),
        "case": bound.case_path,
    }))
}

/// The machine's name, if it has one that can be had.
fn host() -> Option<String> {
    let named = ["HOSTNAME", "COMPUTERNAME"]
        .iter()
        .find_map(|variable| std::env::var(variable).ok());
    named.or_else(|| {
        std::fs::read_to_string("/etc/hostname")
            .ok()
            .map(|name| name.trim().to_owned())
    })
}
