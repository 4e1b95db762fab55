//! `weigh simulate`: one future of a model over time, or many futures with a row for each.

pub(crate) mod many;

use engine::{
    Batch, Binding, Choice, Evaluator, Input, InputTarget, Numerics, Outputs, Request, RunStatus, Value,
};
use model::{Model, Name, VarId, VariableKind};
use serde_json::json;
use study::store::{self, Cells};

use crate::args::high::{Assignment, Form, Out, Simulate};
use crate::commands::show::kind_name;
use crate::exit::{Exit, Failure};
use crate::input::{self, Read};
use crate::render::diagnostics;
use crate::render::number::shortest;
use crate::terminal::Terminal;
use crate::{JSON_SCHEMA, files};

/// A saved table: a column of times and one for each variable.
struct Table<'a> {
    times: &'a [f64],
    time_unit: &'a str,
    /// Name as written, unit, values.
    columns: Vec<(String, &'a str, &'a [f64])>,
}

/// Simulates and writes the table.
pub(crate) fn run(settings: &Simulate, terminal: &Terminal) -> Result<Exit, Failure> {
    let mut read = input::model(&settings.model, settings.outside)?;
    input::give_data(&mut read, &settings.data)?;
    let Read {
        value: model,
        sources,
        notes,
    } = read;
    input::tell_warnings(terminal, &notes, &sources);
    let inputs = inputs(settings, &model)?;
    let saved = saved(&settings.save, &model)?;
    if let Some(wanted) = &settings.many {
        let sought = many::Sought {
            inputs: &inputs,
            saved: &saved,
            wanted,
        };
        return many::run(settings, &sought, &model, (&sources, &notes), terminal);
    }
    let request = Request {
        inputs: inputs.iter().map(|&(variable, _)| uniform(variable)).collect(),
        metrics: Vec::new(),
        series: saved.clone(),
        integration: settings.integration,
        tolerance: settings.tolerance,
        numerics: settings.numerics,
    };
    let program = engine::lower(&model, &request).map_err(|diagnostics| Failure::Input {
        diagnostics,
        sources: sources.clone(),
    })?;
    input::tell(terminal, &program.notes, &sources);
    let values: Vec<Value<'_>> = inputs.iter().map(|&(_, value)| Value::Uniform(value)).collect();
    let batch = Batch {
        seed: settings.seed,
        futures: &[0],
        inputs: &values,
    };
    // One future gains nothing from machine code.
    let choice = match settings.engine {
        Choice::Auto => Choice::Scalar,
        chosen => chosen,
    };
    let outputs = Evaluator::new(program, choice).run(&batch, &mut engine::Scratch::default());
    finite(&outputs, &model)?;
    let moved = (settings.numerics == Numerics::Fast).then(|| {
        let request = Request {
            numerics: Numerics::Exact,
            ..request
        };
        let program = engine::lower(&model, &request).expect("what runs fast runs exactly");
        let exact = Evaluator::new(program, choice).run(&batch, &mut engine::Scratch::default());
        Moved::of(1, &outputs.series, &exact.series)
    });
    if let Some(moved) = &moved {
        terminal.tell(&moved.text());
    }

    let table = Table {
        times: &outputs.times,
        time_unit: &model.variables[model.time.initial_time].units,
        columns: saved
            .iter()
            // An array has a series for each of its elements.
            .flat_map(|&id| (0..model.element_count(id)).map(move |element| (id, element)))
            .zip(&outputs.series)
            // Of an array, some elements may not be defined.
            .filter(|((id, element), _)| model.dimensions.is_empty() || model.defined(*id)[*element])
            .map(|((id, element), values)| {
                let units = model.variables[id].units.as_str();
                (model.element_name(id, element), units, values.as_slice())
            })
            .collect(),
    };
    match &settings.out {
        Out::Stdout => terminal.print_bytes(delimited(&table, b',').as_slice())?,
        Out::File(path, form) => files::write(
            path,
            &match form {
                Form::Csv => delimited(&table, b','),
                Form::Tab => delimited(&table, b'\t'),
                Form::Parquet => parquet(&table),
            },
        )?,
    }
    if settings.json {
        let summary = json!({
            "schema": JSON_SCHEMA, "command": "simulate", "exit": Exit::Done.code(),
            "rows": table.times.len(), "columns": table.columns.len() + 1,
            "first_time": table.times.first(), "last_time": table.times.last(),
            "diagnostics": diagnostics::json(&notes, &sources),
            "fast": moved.as_ref().map(Moved::json),
        });
        terminal.print(&format!("{summary:#}\n"))?;
    }
    Ok(Exit::Done)
}

/// How far fast numerics moved the values of some futures.
struct Moved {
    futures: u64,
    share: f64,
}

impl Moved {
    /// From columns of values, those of fast numerics and the exact ones. A difference counts as a share of the largest exact value of
    /// its column; one that is no number counts as all of it.
    fn of(futures: u64, fast: &[Vec<f64>], exact: &[Vec<f64>]) -> Self {
        let of_column = |(fast, exact): (&Vec<f64>, &Vec<f64>)| {
            let finite = exact.iter().filter(|value| value.is_finite());
            let largest = finite.fold(0.0, |largest: f64, value| largest.max(value.abs()));
            let pairs = fast.iter().zip(exact).filter(|(a, b)| a.to_bits() != b.to_bits());
            let share = |(a, b): (&f64, &f64)| {
                let share = (a - b).abs() / largest;
                if share.is_finite() { share } else { 1.0 }
            };
            pairs.map(share).fold(0.0, f64::max)
        };
        Self {
            futures,
            share: fast.iter().zip(exact).map(of_column).fold(0.0, f64::max),
        }
    }

    fn text(&self) -> String {
        let Self { futures, share } = self;
        format!(
            "fast numerics: in {futures} {} run exactly too, no value differs by more than {share:.1e} of its variable's largest\n",
            if *futures == 1 { "future" } else { "futures" }
        )
    }

    fn json(&self) -> serde_json::Value {
        json!({ "futures": self.futures, "share_of_largest": self.share })
    }
}

fn uniform(variable: VarId) -> Input {
    Input {
        target: InputTarget::Variable(variable),
        binding: Binding::Uniform,
    }
}

/// The variables that get another value. All mistakes are told at once.
fn inputs(settings: &Simulate, model: &Model) -> Result<Vec<(VarId, f64)>, Failure> {
    let mut inputs: Vec<(VarId, f64)> = Vec::new();
    let mut wrong = Vec::new();
    for assignment in settings.set.iter().chain(&settings.controls) {
        match constant(assignment, model) {
            Ok(id) => {
                inputs.retain(|&(other, _)| other != id);
                inputs.push((id, assignment.value));
            }
            Err(text) => wrong.push(text),
        }
    }
    all_or_told(inputs, wrong)
}

fn constant(assignment: &Assignment, model: &Model) -> Result<VarId, String> {
    let Assignment { option, name, .. } = assignment;
    let id = model.find(name).ok_or_else(|| unknown(option, name, model))?;
    let controls = [
        model.time.initial_time,
        model.time.final_time,
        model.time.time_step,
        model.time.saveper,
    ];
    match model.variables[id].kind {
        VariableKind::Constant => Ok(id),
        _ if controls.contains(&id) => Ok(id),
        kind => {
            let kind = kind_name(kind);
            Err(format!(
                "`{option} {name}`: the model computes it (kind: {kind}); only a constant can be set"
            ))
        }
    }
}

/// The variables to save: those asked for, else all that have a value at each time.
fn saved(names: &[String], model: &Model) -> Result<Vec<VarId>, Failure> {
    if names.is_empty() {
        return Ok(input::with_series(model));
    }
    let mut ids = Vec::new();
    let mut wrong = Vec::new();
    for name in names {
        match model.find(name) {
            Some(id) if model.variables[id].kind == VariableKind::Lookup => {
                wrong.push(format!("`--save {name}`: a lookup has no value over time"));
            }
            Some(id) if ids.contains(&id) => {}
            Some(id) => ids.push(id),
            None if Name::key_of(name) == "time" => {}
            None => wrong.push(unknown("--save", name, model)),
        }
    }
    all_or_told(ids, wrong)
}

fn unknown(option: &str, name: &str, model: &Model) -> String {
    let key = Name::key_of(name);
    let near = model::nearest(&key, model.variables.iter().map(|variable| variable.name.key()));
    let near = near
        .and_then(|near| model.find(near))
        .map(|id| model.variables[id].name.written());
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("`{option} {name}`: the model has no such variable{hint}")
}

fn all_or_told<T>(found: T, mut wrong: Vec<String>) -> Result<T, Failure> {
    if wrong.is_empty() {
        return Ok(found);
    }
    let rest = wrong.split_off(1);
    let first = Failure::usage(wrong.swap_remove(0));
    let failure = rest.into_iter().fold(first, |failure, text| failure.also(text));
    Err(failure.help("`weigh show MODEL` lists the variables of a model"))
}

/// A stock that is no number any more ends the simulation: nothing is written.
fn finite(outputs: &Outputs, model: &Model) -> Result<(), Failure> {
    match outputs.status.first() {
        Some(&RunStatus::NonFinite { time, .. }) if time.is_nan() => Err(Failure::new(
            Exit::Simulation,
            "the time controls make no run; nothing was written",
        )
        .help("`TIME STEP` is above 0, `FINAL TIME` not before `INITIAL TIME`, all of them are finite, and a run has at most 10 million steps")),
        Some(&RunStatus::NonFinite { variable, time }) => {
            let name = &model.variables[variable].name;
            Err(Failure::new(
                Exit::Simulation,
                format!(
                    "`{name}` is no finite number any more at time {}; nothing was written",
                    shortest(time)
                ),
            )
            .help(format!(
                "look at what leads there: simulate to just before, with `--stop` below {}",
                shortest(time)
            )))
        }
        Some(&RunStatus::Unresolved { variable, time }) => {
            let name = &model.variables[variable].name;
            Err(Failure::new(
                Exit::Simulation,
                format!(
                    "the steps for `{name}` became too small at time {} to keep to the tolerance; nothing was written",
                    shortest(time)
                ),
            )
            .help("allow a larger error with `--tolerance`, or take a method with fixed steps, such as `--method rk4`"))
        }
        Some(RunStatus::Ok) | None => Ok(()),
    }
}

/// The table with a delimiter between columns; `.` is the point, and each number reads back as the same.
fn delimited(table: &Table<'_>, delimiter: u8) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(b"time");
    for (name, _, _) in &table.columns {
        out.push(delimiter);
        out.extend_from_slice(field(name, delimiter).as_bytes());
    }
    out.push(b'\n');
    for (row, &time) in table.times.iter().enumerate() {
        out.extend_from_slice(shortest(time).as_bytes());
        for (_, _, values) in &table.columns {
            out.push(delimiter);
            out.extend_from_slice(shortest(values[row]).as_bytes());
        }
        out.push(b'\n');
    }
    out
}

/// A name as a field: quoted if it holds a delimiter, a quote or a line break.
fn field(name: &str, delimiter: u8) -> String {
    let special = |c: char| c == '"' || c == '\n' || c == '\r' || c as u32 == u32::from(delimiter);
    if name.contains(special) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

fn parquet(table: &Table<'_>) -> Vec<u8> {
    let numbers = |name: &str, unit: &str, values: &[f64]| {
        store::Column::new(name, Cells::Numbers(values.to_vec())).about("unit", unit)
    };
    let mut columns = vec![numbers("time", table.time_unit, table.times)];
    columns.extend(
        table
            .columns
            .iter()
            .map(|(name, unit, values)| numbers(name, unit, values)),
    );
    store::parquet(&store::Table {
        columns,
        about: Default::default(),
    })
}
