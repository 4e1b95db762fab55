//! `weigh show`: what a model consists of, for a reader or a program.

use std::collections::BTreeMap;
use std::path::Path;

use model::{GroupId, Model, Sources, Span, VarId, Variable, VariableKind};
use serde_json::{Value, json};

use crate::args::low::Show;
use crate::exit::{Exit, Failure};
use crate::input::{self, ReadModel};
use crate::render::diagnostics;
use crate::render::number::shortest;
use crate::render::table::Table;
use crate::terminal::Terminal;
use crate::JSON_SCHEMA;

/// Kinds in the order in which a reader meets them.
const KINDS: [(VariableKind, &str, &str); 6] = [
    (VariableKind::Stock, "stock", "stocks"),
    (VariableKind::Flow, "flow", "flows"),
    (VariableKind::Auxiliary, "auxiliary", "auxiliaries"),
    (VariableKind::Constant, "constant", "constants"),
    (VariableKind::Lookup, "lookup", "lookups"),
    (VariableKind::Data, "data", "data variables"),
];

/// The word for a kind.
pub(crate) fn kind_name(kind: VariableKind) -> &'static str {
    KINDS.iter().find(|(other, _, _)| *other == kind).map_or("variable", |(_, name, _)| name)
}

/// Shows the model.
pub(crate) fn run(settings: &Show, terminal: &Terminal) -> Result<Exit, Failure> {
    let read = input::model(&settings.model)?;
    input::tell_warnings(terminal, &read.notes, &read.sources);
    let out = if settings.json {
        format!("{:#}\n", as_json(&read))
    } else if settings.markdown {
        as_markdown(&read, &settings.model)
    } else if settings.program {
        program(&read)?
    } else {
        as_text(&read, &settings.model)
    };
    terminal.print(&out)?;
    Ok(Exit::Done)
}

/// Variables that a reader sees: none made by the reader of the file, and no control variable.
fn shown(model: &Model) -> Vec<VarId> {
    let controls = controls(model);
    model.variables.ids().filter(|id| !model.variables[*id].hidden && !controls.iter().any(|(_, other)| other == id)).collect()
}

fn controls(model: &Model) -> [(&'static str, VarId); 4] {
    let time = model.time;
    [
        ("initial_time", time.initial_time),
        ("final_time", time.final_time),
        ("time_step", time.time_step),
        ("saveper", time.saveper),
    ]
}

/// A control variable's value, or its equation where it is no plain number.
fn control_text(model: &Model, sources: &Sources, id: VarId) -> String {
    model.number(id).map_or_else(|| equation_text(&model.variables[id], sources), shortest)
}

/// The right-hand side as written, on one line.
fn equation_text(variable: &Variable, sources: &Sources) -> String {
    let one = |span: Span| {
        let text = sources.slice(span).replace("\\\n", " ").replace("\\\r\n", " ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        text.trim_start_matches('=').trim().to_owned()
    };
    variable.equations.iter().map(|equation| one(equation.span)).collect::<Vec<_>>().join("; ")
}

/// Shown variables by the heading they stand under, in the order of the text.
fn by_group(model: &Model) -> BTreeMap<Option<GroupId>, Vec<VarId>> {
    let mut groups: BTreeMap<Option<GroupId>, Vec<VarId>> = BTreeMap::new();
    for id in shown(model) {
        groups.entry(model.variables[id].group).or_default().push(id);
    }
    groups
}

fn group_name(model: &Model, group: Option<GroupId>) -> &str {
    group.map_or("(no group)", |group| model.groups[group].name.written())
}

/// How many there are of each kind: "3 stocks, 2 flows".
fn counts(model: &Model) -> String {
    let ids = shown(model);
    let parts: Vec<String> = KINDS
        .iter()
        .map(|(kind, one, many)| (ids.iter().filter(|id| model.variables[**id].kind == *kind).count(), one, many))
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    parts.join(", ")
}

fn time_line(model: &Model, sources: &Sources) -> String {
    let [start, stop, step, saveper] = controls(model).map(|(_, id)| control_text(model, sources, id));
    format!("time {start} to {stop} in steps of {step}, saved every {saveper}")
}

fn as_text(read: &ReadModel, path: &Path) -> String {
    let ReadModel { model, sources, .. } = read;
    let mut out = format!("{}\n{}\n{}\n", path.display(), counts(model), time_line(model, sources));
    for (group, ids) in by_group(model) {
        out.push_str(&format!("\n{}\n", group_name(model, group)));
        let mut table = Table::flush_left();
        for id in ids {
            let variable = &model.variables[id];
            let units = if variable.units.is_empty() { "–".to_owned() } else { variable.units.clone() };
            let equation = clipped(&equation_text(variable, sources), 70);
            table.row([variable.name.written().to_owned(), kind_name(variable.kind).to_owned(), units, equation]);
        }
        out.push_str(&table.text("  "));
    }
    out
}

fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most - 1).collect();
    format!("{start}…")
}

fn as_markdown(read: &ReadModel, path: &Path) -> String {
    let ReadModel { model, sources, .. } = read;
    // A bar would end the cell, a backtick the code.
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut out = format!("# {name}\n\n{}; {}.\n", counts(model), time_line(model, sources));
    for (group, ids) in by_group(model) {
        out.push_str(&format!("\n## {}\n\n", group_name(model, group)));
        out.push_str("| variable | kind | unit | equation | comment |\n| --- | --- | --- | --- | --- |\n");
        for id in ids {
            let variable = &model.variables[id];
            out.push_str(&format!(
                "| {} | {} | {} | `{}` | {} |\n",
                cell(variable.name.written()),
                kind_name(variable.kind),
                cell(&variable.units),
                cell(&equation_text(variable, sources)).replace('`', "'"),
                cell(&variable.comment),
            ));
        }
    }
    out
}

fn as_json(read: &ReadModel) -> Value {
    let ReadModel { model, sources, notes } = read;
    let name = |id: &VarId| model.variables[*id].name.written();
    let variables: Vec<Value> = shown(model)
        .iter()
        .map(|id| {
            let variable = &model.variables[*id];
            let (line, _) = sources.get(variable.span.source).position(variable.span.start);
            let uses = model::dependencies(model, *id).all;
            json!({
                "name": variable.name.written(),
                "kind": kind_name(variable.kind),
                "units": variable.units,
                "group": variable.group.map(|group| model.groups[group].name.written()),
                "equation": equation_text(variable, sources),
                "value": model.number(*id),
                "uses": uses.iter().map(name).collect::<Vec<_>>(),
                "comment": variable.comment,
                "path": sources.get(variable.span.source).path,
                "line": line,
            })
        })
        .collect();
    let mut time = serde_json::Map::new();
    for (key, id) in controls(model) {
        let value = model.number(id).map_or_else(|| json!(equation_text(&model.variables[id], sources)), Value::from);
        time.insert(key.to_owned(), value);
    }
    json!({
        "schema": JSON_SCHEMA, "command": "show", "exit": Exit::Done.code(),
        "time": time, "variables": variables,
        "diagnostics": diagnostics::json(notes, sources),
    })
}

/// The program that the model becomes if every shown variable is saved.
fn program(read: &ReadModel) -> Result<String, Failure> {
    let model = &read.model;
    let request = engine::Request {
        series: shown(model).into_iter().filter(|id| model.variables[*id].kind != VariableKind::Lookup).collect(),
        ..engine::Request::default()
    };
    let program = engine::lower(model, &request)
        .map_err(|diagnostics| Failure::Input { diagnostics, sources: read.sources.clone() })?;
    Ok(program.to_string())
}
