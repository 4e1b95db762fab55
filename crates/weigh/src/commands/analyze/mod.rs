//! `weigh analyze`: the methods on anybody's tables.
//!
//! Tables are read and joined (`load`), what the options say of columns is found in them (`columns`, `expression`), a method is
//! applied (`sensitivity`, `discovery`, `options`), and what it says is printed in one of two forms (`report`).

mod columns;
mod discovery;
mod expression;
mod load;
mod options;
mod report;
mod sensitivity;

use std::path::Path;
use std::time::Instant;

use model::Sources;
use study::problem::{self, Problem};
use study::store;

use self::load::Frame;
use self::report::Report;
use self::sensitivity::Scene;
use crate::args::analyze::{Inputs, Method};
use crate::args::high::{Form, Out, out};
use crate::exit::{Exit, Failure};
use crate::files::{self, LARGEST_TEXT};
use crate::terminal::Terminal;

/// Reads the tables, applies the method, prints what it says.
pub(crate) fn run(method: &Method, terminal: &Terminal) -> Result<Exit, Failure> {
    let data = method.data();
    let target = data.out.as_deref().map(out).transpose()?;
    let problem = inputs(method)
        .and_then(|inputs| inputs.problem.as_deref())
        .map(read_problem)
        .transpose()?;
    let mut watch = Stopwatch::new();
    let frame = load::load(data)?;
    watch.lap("read");
    let mut report = at_all_times(method, &frame, problem.as_ref())?;
    watch.lap("computed");
    if data.timings {
        terminal.tell(&watch.text());
    }
    report.notes.extend(frame.notes.iter().cloned());
    if let (Some(Out::File(path, form)), Some(first)) = (&target, report.tables.first()) {
        write_table(path, *form, &first.stored())?;
    }
    if data.json {
        terminal.print(&format!("{:#}\n", report.json(method.name())))?;
    } else {
        terminal.print(&report.text())?;
    }
    Ok(Exit::Done)
}

/// What each part took; told only if asked for, because it is never the same twice.
pub(crate) struct Stopwatch {
    last: Instant,
    laps: Vec<(&'static str, f64)>,
}

impl Stopwatch {
    /// Starts.
    pub(crate) fn new() -> Self {
        Self {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }

    /// Ends a part and starts the next.
    pub(crate) fn lap(&mut self, part: &'static str) {
        self.laps.push((part, self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
    }

    /// All parts in a line.
    pub(crate) fn text(&self) -> String {
        let parts: Vec<String> = self
            .laps
            .iter()
            .map(|(part, s)| format!("{part} {s:.6} s"))
            .collect();
        format!("{}\n", parts.join(", "))
    }
}

/// Writes a table in a form.
pub(crate) fn write_table(path: &Path, form: Form, table: &store::Table) -> Result<(), Failure> {
    files::write(
        path,
        &match form {
            Form::Csv => store::csv(table).into_bytes(),
            Form::Tab => store::csv(table).replace(',', "\t").into_bytes(),
            Form::Parquet => store::parquet(table),
        },
    )
}

/// A problem file; what is wrong with it is a failure.
pub(crate) fn read_problem(path: &Path) -> Result<Problem, Failure> {
    let shown = path.display().to_string();
    let text = String::from_utf8(files::read(path, LARGEST_TEXT)?).map_err(|_| {
        Failure::new(Exit::Invalid, format!("`{shown}` is not UTF-8")).help("save the file as UTF-8")
    })?;
    let mut sources = Sources::new();
    let (problem, diagnostics) = problem::read(&shown, &text, &mut sources);
    problem.ok_or(Failure::Input { diagnostics, sources })
}

/// What the methods with inputs are told of them.
fn inputs(method: &Method) -> Option<&Inputs> {
    Some(match method {
        Method::Sobol(m) => &m.plain.inputs,
        Method::Morris(m) => &m.plain.inputs,
        Method::Efast(m) => &m.plain.inputs,
        Method::RbdFast(m) => &m.plain.inputs,
        Method::Pawn(m) => &m.plain.inputs,
        Method::Delta(m) => &m.plain.inputs,
        Method::Dgsm(m) => &m.plain.inputs,
        Method::Regional(m) => &m.inputs,
        Method::Prim(m) | Method::PcaPrim(m) => &m.plain.inputs,
        Method::Cart(m) => &m.plain.inputs,
        Method::Logit(m) => &m.plain.inputs,
        Method::Features(m) => &m.plain.inputs,
        Method::Voi(m) => &m.inputs,
        Method::Flips(m) => &m.inputs,
        Method::Discrepancy(m) => &m.inputs,
        Method::Clusters(_)
        | Method::Robustness(_)
        | Method::Regret(_)
        | Method::Smaa(_)
        | Method::Disagreement(_) => return None,
    })
}

/// The method at every time; a time at which it cannot be applied is noted, and only if there is no other it is a failure.
fn at_all_times(method: &Method, frame: &Frame, problem: Option<&Problem>) -> Result<Report, Failure> {
    // Groups of series are made of all times at once.
    if frame.times.is_empty() || matches!(method, Method::Clusters(_)) {
        return apply(
            method,
            Scene {
                frame,
                time: None,
                problem,
            },
        );
    }
    let mut reports = Vec::new();
    let mut failures = Vec::new();
    for (at, &time) in frame.times.iter().enumerate() {
        match apply(
            method,
            Scene {
                frame,
                time: Some(at),
                problem,
            },
        ) {
            Ok(report) => reports.push((time, report)),
            Err(
                failure @ Failure::Message {
                    exit: Exit::Invalid, ..
                },
            ) => failures.push((time, failure)),
            Err(failure) => return Err(failure),
        }
    }
    if reports.is_empty() {
        let first = failures.into_iter().next();
        return Err(first.map_or_else(
            || Failure::new(Exit::Invalid, "no row has a time"),
            |(_, failure)| failure,
        ));
    }
    let mut whole = Report::over_time(reports);
    for (time, failure) in failures {
        if let Failure::Message { message, .. } = failure {
            whole.notes.push(format!("at time {time}: {message}"));
        }
    }
    Ok(whole)
}

fn apply(method: &Method, scene: Scene<'_>) -> Result<Report, Failure> {
    match method {
        Method::Sobol(m) => sensitivity::sobol(scene, m),
        Method::Morris(m) => sensitivity::morris(scene, m),
        Method::Efast(m) => sensitivity::efast(scene, m),
        Method::RbdFast(m) => sensitivity::rbd(scene, m),
        Method::Pawn(m) => sensitivity::pawn_indices(scene, m),
        Method::Delta(m) => sensitivity::delta_indices(scene, m),
        Method::Dgsm(m) => sensitivity::dgsm(scene, m),
        Method::Regional(m) => sensitivity::regional(scene, m),
        Method::Prim(m) => discovery::boxes(scene, m, false),
        Method::PcaPrim(m) => discovery::boxes(scene, m, true),
        Method::Cart(m) => discovery::tree(scene, m),
        Method::Logit(m) => discovery::regression(scene, m),
        Method::Features(m) => discovery::features(scene, m),
        Method::Clusters(m) => discovery::groups(scene, m),
        Method::Robustness(m) => options::robust(scene, m),
        Method::Regret(m) => options::regret(scene, m),
        Method::Voi(m) => options::voi(scene, m),
        Method::Flips(m) => options::flip(scene, m),
        Method::Smaa(m) => options::smaa(scene, m),
        Method::Disagreement(m) => options::quarrel(scene, m),
        Method::Discrepancy(m) => options::evenness(scene, m),
    }
}
