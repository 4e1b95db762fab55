//! `weigh simulate --futures N`: a row for each future, written as they come. Memory does not grow with their number.

use std::io::Write;
use std::path::Path;

use engine::noise::{Stream, stable_hash};
use engine::{
    Batch, Binding, Evaluator, Input, InputTarget, Metric, Numerics, Program, Reducer, Request, RunStatus,
    Value, Window,
};
use model::{Diagnostics, Model, Sources, VarId};
use serde_json::json;
use study::run::{Groups, Tell};
use study::store::{self, Cells, Column, GROUP, ParquetWriter, Table};

use super::{Moved, all_or_told, constant, uniform};
use crate::JSON_SCHEMA;
use crate::args::high::{Form, Many, Out, Simulate};
use crate::exit::{Exit, Failure};
use crate::files::{self, GrowingFile};
use crate::input;
use crate::progress::Bar;
use crate::render::diagnostics;
use crate::terminal::Terminal;

/// Futures in a block of the engine.
const BLOCK: u64 = 256;

/// What to simulate.
pub(super) struct Sought<'a> {
    /// Constants with their new values.
    pub(super) inputs: &'a [(VarId, f64)],
    /// Variables whose last value is wanted.
    pub(super) saved: &'a [VarId],
    /// How many, and what varies.
    pub(super) wanted: &'a Many,
}

/// A constant that is drawn.
struct Drawn {
    variable: VarId,
    low: f64,
    high: f64,
    stream: Stream,
}

/// A group of futures: what was drawn, where they end, what became of them.
struct Rows {
    first: u64,
    drawn: Vec<Vec<f64>>,
    last: Vec<Vec<f64>>,
    status: Vec<RunStatus>,
}

/// Simulates and writes the table.
pub(super) fn run(
    settings: &Simulate,
    sought: &Sought<'_>,
    model: &Model,
    (sources, notes): (&Sources, &Diagnostics),
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let drawn = drawn(settings.seed, sought, model)?;
    // What varies is no fixed input any more.
    let fixed: Vec<(VarId, f64)> = sought
        .inputs
        .iter()
        .copied()
        .filter(|(id, _)| drawn.iter().all(|one| one.variable != *id))
        .collect();
    let ready = |numerics| {
        let program = program(model, &fixed, &drawn, sought.saved, settings, numerics);
        program.map_err(|diagnostics| Failure::Input {
            diagnostics,
            sources: sources.clone(),
        })
    };
    let program = ready(settings.numerics)?;
    input::tell(terminal, &program.notes, sources);
    let evaluator = Evaluator::new(program, settings.engine);
    let (count, threads) = (sought.wanted.futures, sought.wanted.threads);
    let elements = sought.saved.iter().map(|&id| model.element_count(id)).sum();
    let moved = match settings.numerics {
        Numerics::Exact => None,
        Numerics::Fast => {
            let exact = Evaluator::new(ready(Numerics::Exact)?, settings.engine);
            let ids: Vec<u64> = (0..count.min(BLOCK)).collect();
            let [fast, exact] = [&evaluator, &exact].map(|evaluator| {
                let mut rows = Rows::new(0, drawn.len(), elements);
                rows.add(
                    evaluator,
                    &fixed,
                    &drawn,
                    &ids,
                    settings.seed,
                    &mut engine::Scratch::default(),
                );
                rows.last
            });
            Some(Moved::of(ids.len() as u64, &fast, &exact))
        }
    };
    if let Some(moved) = &moved {
        terminal.tell(&moved.text());
    }
    let make = |at: u64, scratch: &mut engine::Scratch, tell: Tell<'_>| {
        let first = at * GROUP;
        let mut rows = Rows::new(first, drawn.len(), elements);
        let end = count.min(first + GROUP);
        let mut from = first;
        while from < end {
            let ids: Vec<u64> = (from..end.min(from + BLOCK)).collect();
            rows.add(&evaluator, &fixed, &drawn, &ids, settings.seed, scratch);
            from += ids.len() as u64;
            if !tell(ids.len() as u64) {
                return None;
            }
        }
        Some(rows)
    };
    terminal.watch_interrupt();
    let mut written = Written::new(&settings.out, terminal)?;
    let mut broken = 0u64;
    let mut take = |rows: Rows| -> Result<(), Failure> {
        broken += rows
            .status
            .iter()
            .filter(|status| **status != RunStatus::Ok)
            .count() as u64;
        written.add(&table(rows, &drawn, sought.saved, model))
    };
    let whole = {
        let bar = Bar::new(terminal, "simulating");
        let groups = Groups {
            count: count.div_ceil(GROUP),
            threads,
            work: count,
        };
        groups.in_order(&make, &bar, &mut take)?
    };
    let rows = written.finish()?;
    if settings.json {
        let exit = if whole { Exit::Done } else { Exit::Interrupted };
        let summary = json!({
            "schema": JSON_SCHEMA, "command": "simulate", "exit": exit.code(),
            "rows": rows, "broken": broken, "diagnostics": diagnostics::json(notes, sources),
            "fast": moved.as_ref().map(Moved::json),
        });
        terminal.print(&format!("{summary:#}\n"))?;
    }
    Ok(if whole { Exit::Done } else { Exit::Interrupted })
}

/// The constants that vary. All mistakes are told at once.
fn drawn(seed: u64, sought: &Sought<'_>, model: &Model) -> Result<Vec<Drawn>, Failure> {
    let mut drawn: Vec<Drawn> = Vec::new();
    let mut wrong = Vec::new();
    for (assignment, high) in &sought.wanted.vary {
        match constant(assignment, model) {
            Ok(id) if drawn.iter().any(|one| one.variable == id) => {
                wrong.push(format!("`--vary {}`: it is given twice", assignment.name));
            }
            Ok(id) => drawn.push(Drawn {
                variable: id,
                low: assignment.value,
                high: *high,
                stream: Stream::new(seed, stable_hash(model.variables[id].name.key())),
            }),
            Err(text) => wrong.push(text),
        }
    }
    all_or_told(drawn, wrong)
}

fn program(
    model: &Model,
    fixed: &[(VarId, f64)],
    drawn: &[Drawn],
    saved: &[VarId],
    settings: &Simulate,
    numerics: Numerics,
) -> Result<Program, Diagnostics> {
    let mut inputs: Vec<Input> = fixed.iter().map(|&(variable, _)| uniform(variable)).collect();
    inputs.extend(drawn.iter().map(|one| Input {
        target: InputTarget::Variable(one.variable),
        binding: Binding::PerFuture,
    }));
    let last = |id: VarId| {
        (0..model.element_count(id)).map(move |element| Metric {
            variable: id,
            element: element as u32,
            reducer: Reducer::Final,
            window: Window { from: None, to: None },
        })
    };
    let request = Request {
        inputs,
        metrics: saved.iter().copied().flat_map(last).collect(),
        series: Vec::new(),
        integration: settings.integration,
        tolerance: settings.tolerance,
        numerics,
    };
    engine::lower(model, &request)
}

impl Rows {
    fn new(first: u64, drawn: usize, elements: usize) -> Self {
        Self {
            first,
            drawn: vec![Vec::new(); drawn],
            last: vec![Vec::new(); elements],
            status: Vec::new(),
        }
    }

    /// Draws and runs a block.
    fn add(
        &mut self,
        evaluator: &Evaluator,
        fixed: &[(VarId, f64)],
        drawn: &[Drawn],
        ids: &[u64],
        seed: u64,
        scratch: &mut engine::Scratch,
    ) {
        let before = self.status.len();
        for (column, one) in self.drawn.iter_mut().zip(drawn) {
            column.extend(
                ids.iter()
                    .map(|id| one.low + (one.high - one.low) * one.stream.uniform(*id, 0)),
            );
        }
        let mut inputs: Vec<Value<'_>> = fixed.iter().map(|&(_, value)| Value::Uniform(value)).collect();
        inputs.extend(
            self.drawn
                .iter()
                .map(|column| Value::PerFuture(&column[before..])),
        );
        let batch = Batch {
            seed,
            futures: ids,
            inputs: &inputs,
        };
        let outputs = evaluator.run(&batch, scratch);
        for (column, values) in self.last.iter_mut().zip(outputs.metrics) {
            column.extend(values);
        }
        self.status.extend(outputs.status);
    }
}

fn table(rows: Rows, drawn: &[Drawn], saved: &[VarId], model: &Model) -> Table {
    let count = rows.status.len() as u64;
    let broken = |status: &RunStatus| {
        let (variable, _) = status.trouble()?;
        Some(model.variables[variable].name.written().to_owned())
    };
    let when = |status: &RunStatus| status.trouble().map_or(f64::NAN, |(_, time)| time);
    let word = |status: &RunStatus| Some(status.word().to_owned());
    let mut columns = vec![
        Column::new(
            "future",
            Cells::Counts((rows.first..rows.first + count).collect()),
        ),
        Column::new("status", Cells::Words(rows.status.iter().map(word).collect())),
        Column::new(
            "broken_variable",
            Cells::Words(rows.status.iter().map(broken).collect()),
        ),
        Column::new(
            "broken_time",
            Cells::Numbers(rows.status.iter().map(when).collect()),
        ),
    ];
    let of = |name: String, variable: VarId, kind: &str, values: Vec<f64>| {
        Column::new(name, Cells::Numbers(values))
            .about("kind", kind)
            .about("unit", &model.variables[variable].units)
    };
    for (one, values) in drawn.iter().zip(rows.drawn) {
        columns.push(of(
            model.variables[one.variable].name.written().to_owned(),
            one.variable,
            "draw",
            values,
        ));
    }
    let elements = saved
        .iter()
        .flat_map(|&id| (0..model.element_count(id)).map(move |element| (id, element)));
    for ((id, element), mut values) in elements.zip(rows.last) {
        if drawn.iter().any(|one| one.variable == id) {
            continue;
        }
        for (value, status) in values.iter_mut().zip(&rows.status) {
            if *status != RunStatus::Ok {
                *value = f64::NAN;
            }
        }
        columns.push(of(model.element_name(id, element), id, "final", values));
    }
    Table {
        columns,
        about: Default::default(),
    }
}

/// Where the rows go, and how many there are.
pub(crate) struct Written<'a> {
    to: To<'a>,
    rows: usize,
}

enum To<'a> {
    Stdout(&'a Terminal),
    Text(GrowingFile, char, &'a Path),
    Parquet(
        Option<GrowingFile>,
        Option<Box<ParquetWriter<GrowingFile>>>,
        &'a Path,
    ),
}

impl<'a> Written<'a> {
    /// Begins.
    pub(crate) fn new(out: &'a Out, terminal: &'a Terminal) -> Result<Self, Failure> {
        let to = match out {
            Out::Stdout => To::Stdout(terminal),
            Out::File(path, Form::Csv) => To::Text(GrowingFile::new(path)?, ',', path),
            Out::File(path, Form::Tab) => To::Text(GrowingFile::new(path)?, '\t', path),
            Out::File(path, Form::Parquet) => To::Parquet(Some(GrowingFile::new(path)?), None, path),
        };
        Ok(Self { to, rows: 0 })
    }

    /// Writes further rows.
    pub(crate) fn add(&mut self, table: &Table) -> Result<(), Failure> {
        let text = |delimiter| {
            let head = if self.rows == 0 {
                store::csv_head(table, delimiter)
            } else {
                String::new()
            };
            head + &store::csv_rows(table, delimiter)
        };
        match &mut self.to {
            To::Stdout(terminal) => terminal.print(&text(','))?,
            To::Text(out, delimiter, path) => out
                .write_all(text(*delimiter).as_bytes())
                .map_err(|error| files::cannot_write(path, &files::reason(&error)))?,
            To::Parquet(file, writer, path) => {
                let wrong = |error: store::WriteError| files::cannot_write(path, &error.to_string());
                if let Some(file) = file.take() {
                    *writer = Some(Box::new(ParquetWriter::new(table, file).map_err(wrong)?));
                }
                let writer = writer.as_mut().expect("it was begun with the first rows");
                writer.group(table).map_err(wrong)?;
            }
        }
        self.rows += table.rows();
        Ok(())
    }

    /// Ends the file. If nothing came, nothing is left.
    pub(crate) fn finish(self) -> Result<usize, Failure> {
        if self.rows == 0 {
            return Err(Failure::new(
                Exit::Interrupted,
                "interrupted before any group of futures was finished; nothing was written",
            ));
        }
        match self.to {
            To::Stdout(_) => {}
            To::Text(out, ..) => out.finish()?,
            To::Parquet(_, writer, path) => writer
                .expect("it was begun with the first rows")
                .finish(&Default::default())
                .map_err(|error| files::cannot_write(path, &error.to_string()))?
                .finish()?,
        }
        Ok(self.rows)
    }
}
