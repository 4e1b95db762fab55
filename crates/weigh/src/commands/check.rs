//! `weigh check`: everything that is wrong with a case or a model, at once, and how fair the case is.

use std::path::Path;

use model::{Diagnostics, Severity, Sources};
use serde_json::{Value, json};
use study::case::DesignKind;
use study::design;
use study::fairness::{self, Concern};

use crate::JSON_SCHEMA;
use crate::args::high::all_cores;
use crate::args::low::Check;
use crate::exit::{Exit, Failure};
use crate::input::{self, BoundCase, Checked};
use crate::render::diagnostics;
use crate::terminal::Terminal;
use crate::weighing::{self, Plan, Silent};

/// Futures of the sample that shows whether an option is dominated.
const SAMPLE: u64 = 500;

/// The order and the headings of the fairness report.
const KINDS: [(&str, &str); 8] = [
    (
        "dominated_option",
        "Options that another one beats wherever they differ",
    ),
    (
        "neutral_outside",
        "Ranges that leave out the value at which the contested effect is absent",
    ),
    (
        "neutral_at_end",
        "Ranges that end at the value at which the contested effect is absent",
    ),
    ("without_source", "Numbers without a source"),
    (
        "one_sided_claim",
        "Claims with evidence on one side only, or on none",
    ),
    ("long_camp_text", "Camps that get more room than others"),
    (
        "statement_without_place",
        "Statements of the debate without a place",
    ),
    ("", "Other"),
];

/// What was found.
struct Report {
    what: &'static str,
    diagnostics: Diagnostics,
    sources: Sources,
    concerns: Vec<Concern>,
}

/// Checks the input.
pub(crate) fn run(settings: &Check, terminal: &Terminal) -> Result<Exit, Failure> {
    let report = if input::is_case(&settings.input) {
        if !settings.data.is_empty() {
            return Err(Failure::new(
                Exit::Usage,
                "a case names its own tables: write `data = [\"FILE\"]` into it, and leave out `--data`"
                    .to_owned(),
            ));
        }
        check_case(&settings.input)?
    } else {
        check_model(settings)?
    };
    let exit = exit(&report, settings);
    terminal.tell(&diagnostics::text(
        &report.diagnostics,
        &report.sources,
        terminal.colour,
    ));
    let out = if settings.json {
        format!("{:#}\n", as_json(&report, exit))
    } else {
        as_text(&report, exit, &settings.input)
    };
    terminal.print(&out)?;
    Ok(exit)
}

fn check_model(settings: &Check) -> Result<Report, Failure> {
    let mut checked = input::try_model(&settings.input, settings.outside)?;
    input::try_give_data(&mut checked, &settings.data)?;
    let Checked {
        value,
        mut diagnostics,
        sources,
    } = checked;
    if let Some(model) = &value {
        diagnostics.append(model::check_units(model));
        // What a run would stumble over: times that make no sense, data that nobody gave.
        if !diagnostics.has_errors() {
            let request = engine::Request {
                series: input::with_series(model),
                ..engine::Request::default()
            };
            diagnostics.append(engine::lower(model, &request).err().unwrap_or_default());
        }
    }
    Ok(Report {
        what: "model",
        diagnostics,
        sources,
        concerns: Vec::new(),
    })
}

fn check_case(path: &Path) -> Result<Report, Failure> {
    let Checked {
        value,
        mut diagnostics,
        sources,
    } = input::try_case(path)?;
    let mut concerns = Vec::new();
    if let Some(found) = &value {
        diagnostics.append(model::check_units(&found.model));
        concerns.extend(of_a_sample(found)?);
        concerns.extend(fairness::of_case(&found.study.case));
    }
    Ok(Report {
        what: "case",
        diagnostics,
        sources,
        concerns,
    })
}

/// Options that another one beats wherever they differ, in a sample of futures.
fn of_a_sample(found: &BoundCase) -> Result<Vec<Concern>, Failure> {
    let (study, model) = (&found.study, &found.model);
    let plan = Plan {
        design: design::Settings {
            futures: SAMPLE,
            design: DesignKind::LatinHypercube,
            ..design::Settings::of(&study.case)
        },
        options: study::run::all_options(study),
        threads: all_cores(),
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
        series: false,
    };
    let futures = weighing::sample(study, &plan.design, plan.threads)?;
    let results = weighing::simulate(study, model, &futures, &plan, 0, &Silent)?.results;
    let verdicts = study::findings::verdicts(&study.case, &results, 1).map_err(|error| {
        Failure::new(
            Exit::Simulation,
            format!("a sample of futures cannot be judged: {error}"),
        )
    })?;
    Ok(fairness::dominated(&study.case, &verdicts))
}

fn exit(report: &Report, settings: &Check) -> Exit {
    let units = report
        .diagnostics
        .items
        .iter()
        .any(|item| item.code.starts_with("units-"));
    let warned = report
        .diagnostics
        .items
        .iter()
        .any(|item| item.severity >= Severity::Warning);
    if report.diagnostics.has_errors() {
        Exit::Invalid
    } else if (settings.units && units) || (settings.strict && (warned || !report.concerns.is_empty())) {
        Exit::Check
    } else {
        Exit::Done
    }
}

fn kind_of(concern: &Concern) -> usize {
    KINDS
        .iter()
        .position(|(kind, _)| *kind == concern.note.kind)
        .unwrap_or(KINDS.len() - 1)
}

fn as_text(report: &Report, exit: Exit, path: &Path) -> String {
    let mut out = String::new();
    if !report.concerns.is_empty() {
        let count = report.concerns.len();
        let things = if count == 1 {
            "1 thing".to_owned()
        } else {
            format!("{count} things")
        };
        out.push_str(&format!(
            "Fairness: {things} a sceptic should know about this case\n"
        ));
        for (at, (_, heading)) in KINDS.iter().enumerate() {
            let mut of_kind = report
                .concerns
                .iter()
                .filter(|concern| kind_of(concern) == at)
                .peekable();
            if of_kind.peek().is_some() {
                out.push_str(&format!("\n  {heading}\n"));
            }
            for concern in of_kind {
                let place = concern
                    .span
                    .map(|span| format!("{}  ", diagnostics::place(span, &report.sources)));
                out.push_str(&format!("    {}{}\n", place.unwrap_or_default(), concern.note.en));
            }
        }
        out.push('\n');
    }
    let verdict = match exit {
        Exit::Done if report.what == "case" && report.concerns.is_empty() => {
            "valid, and nothing to say on fairness"
        }
        Exit::Done => "valid",
        Exit::Check => "a check failed",
        _ => "not valid",
    };
    out.push_str(&format!("{}: {verdict}\n", path.display()));
    out
}

fn as_json(report: &Report, exit: Exit) -> Value {
    let fairness: Vec<Value> = report
        .concerns
        .iter()
        .map(|concern| {
            let place = concern.span.map(|span| {
                let source = report.sources.get(span.source);
                let (line, column) = source.position(span.start);
                json!({ "path": source.path, "line": line, "column": column })
            });
            json!({
                "kind": concern.note.kind, "subject": concern.note.subject,
                "en": concern.note.en, "es": concern.note.es, "place": place,
            })
        })
        .collect();
    json!({
        "schema": JSON_SCHEMA, "command": "check", "exit": exit.code(), "input": report.what,
        "diagnostics": diagnostics::json(&report.diagnostics, &report.sources),
        "fairness": fairness,
    })
}
