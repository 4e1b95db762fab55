//! `weigh show`: what a model consists of, for a reader or a program.

use std::path::Path;

use model::{Model, Outline, Sector, VarId, VariableKind, print_equations, print_name};
use serde_json::{Value, json};

use crate::JSON_SCHEMA;
use crate::args::low::Show;
use crate::exit::{Exit, Failure};
use crate::input::{self, Read};
use crate::render::diagnostics;
use crate::render::number::shortest;
use crate::render::table::Table;
use crate::terminal::Terminal;

/// Kinds in the order in which a reader meets them.
const KINDS: [(VariableKind, &str, &str); 6] = [
    (VariableKind::Stock, "stock", "stocks"),
    (VariableKind::Flow, "flow", "flows"),
    (VariableKind::Auxiliary, "auxiliary", "auxiliaries"),
    (VariableKind::Constant, "constant", "constants"),
    (VariableKind::Lookup, "lookup", "lookups"),
    (VariableKind::Data, "data", "data variables"),
];

/// Feedback loops shown to a reader.
const MOST_LOOPS: usize = 10;

/// The word for a kind.
pub(crate) fn kind_name(kind: VariableKind) -> &'static str {
    KINDS
        .iter()
        .find(|(other, _, _)| *other == kind)
        .map_or("variable", |(_, name, _)| name)
}

/// Shows the model.
pub(crate) fn run(settings: &Show, terminal: &Terminal) -> Result<Exit, Failure> {
    let mut read = input::model(&settings.model, settings.outside)?;
    input::give_data(&mut read, &settings.data)?;
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
fn control_text(model: &Model, id: VarId) -> String {
    model
        .number(id)
        .map_or_else(|| equation_text(model, id), shortest)
}

/// The right-hand side on one line.
fn equation_text(model: &Model, id: VarId) -> String {
    let name = print_name(&model.variables[id].name);
    let equations = print_equations(model, id);
    let sides = equations.lines().map(|line| {
        let right = line.strip_prefix(&name).unwrap_or(line);
        right.strip_prefix(" = ").unwrap_or(right)
    });
    sides.collect::<Vec<_>>().join("; ")
}

/// The range that the author suggests, `0 to 10 in steps of 1`; empty without one.
fn range_text(model: &Model, id: VarId) -> String {
    let Some(range) = model.variables[id].range else {
        return String::new();
    };
    let end = |end: Option<f64>| end.map_or("?".to_owned(), shortest);
    let steps = range
        .step
        .map(|step| format!(" in steps of {}", shortest(step)))
        .unwrap_or_default();
    format!("{} to {}{steps}", end(range.low), end(range.high))
}

/// The names of a dimension's elements.
fn element_names(dimension: &model::Dimension) -> Vec<&str> {
    dimension.elements.iter().map(model::Name::written).collect()
}

/// A feedback loop, back to where it starts.
fn loop_text(model: &Model, variables: &[VarId]) -> String {
    let names = variables.iter().chain(variables.first());
    let names: Vec<&str> = names.map(|id| model.variables[*id].name.written()).collect();
    names.join(" → ")
}

/// A sector's variables, stocks first.
fn members(sector: &Sector) -> impl Iterator<Item = VarId> + '_ {
    let kinds = [
        &sector.stocks,
        &sector.flows,
        &sector.auxiliaries,
        &sector.constants,
        &sector.tables,
    ];
    kinds.into_iter().flatten().copied()
}

fn heading<'a>(model: &'a Model, sector: &Sector) -> &'a str {
    sector
        .group
        .map_or("(no group)", |group| model.groups[group].name.written())
}

/// How many there are of each kind: "3 stocks, 2 flows".
fn counts(model: &Model, outline: &Outline) -> String {
    let ids: Vec<VarId> = outline.sectors.iter().flat_map(members).collect();
    let parts: Vec<String> = KINDS
        .iter()
        .map(|(kind, one, many)| {
            (
                ids.iter()
                    .filter(|id| model.variables[**id].kind == *kind)
                    .count(),
                one,
                many,
            )
        })
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    if parts.is_empty() {
        "no variables".to_owned()
    } else {
        parts.join(", ")
    }
}

fn time_line(model: &Model) -> String {
    let [start, stop, step, saveper] = controls(model).map(|(_, id)| control_text(model, id));
    format!("time {start} to {stop} in steps of {step}, saved every {saveper}")
}

fn as_text(read: &Read<Model>, path: &Path) -> String {
    let model = &read.value;
    let outline = model::outline(model);
    let mut out = format!(
        "{}\n{}\n{}\n",
        path.display(),
        counts(model, &outline),
        time_line(model)
    );
    for sector in &outline.sectors {
        out.push_str(&format!("\n{}\n", heading(model, sector)));
        let mut table = Table::flush_left();
        for id in members(sector) {
            let variable = &model.variables[id];
            let units = if variable.units.is_empty() {
                "–".to_owned()
            } else {
                variable.units.clone()
            };
            let mut equation = clipped(&equation_text(model, id), 70);
            let range = range_text(model, id);
            if !range.is_empty() {
                equation.push_str(&format!(" ({range})"));
            }
            table.row([
                variable.name.written().to_owned(),
                kind_name(variable.kind).to_owned(),
                units,
                equation,
            ]);
        }
        out.push_str(&table.text("  "));
    }
    if !model.dimensions.is_empty() {
        out.push_str("\nDimensions\n");
        let mut table = Table::flush_left();
        for dimension in model.dimensions.iter() {
            table.row([
                dimension.name.written().to_owned(),
                dimension.elements.len().to_string(),
                clipped(&element_names(dimension).join(", "), 70),
            ]);
        }
        out.push_str(&table.text("  "));
    }
    if !outline.loops.is_empty() {
        out.push_str("\nFeedback loops, short ones first\n");
        for feedback in outline.loops.iter().take(MOST_LOOPS) {
            out.push_str(&format!("  {}\n", loop_text(model, &feedback.variables)));
        }
        let more = outline.loops.len().saturating_sub(MOST_LOOPS);
        if more > 0 {
            out.push_str(&format!("  ... and {more} more\n"));
        }
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

fn as_markdown(read: &Read<Model>, path: &Path) -> String {
    let model = &read.value;
    let outline = model::outline(model);
    // A bar would end the cell, a backtick the code.
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut out = format!("# {name}\n\n{}; {}.\n", counts(model, &outline), time_line(model));
    for sector in &outline.sectors {
        out.push_str(&format!("\n## {}\n\n", heading(model, sector)));
        out.push_str(
            "| variable | kind | unit | equation | range | comment |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        for id in members(sector) {
            let variable = &model.variables[id];
            out.push_str(&format!(
                "| {} | {} | {} | `{}` | {} | {} |\n",
                cell(variable.name.written()),
                kind_name(variable.kind),
                cell(&variable.units),
                cell(&equation_text(model, id)).replace('`', "'"),
                range_text(model, id),
                cell(&variable.comment),
            ));
        }
    }
    if !model.dimensions.is_empty() {
        out.push_str("\n## Dimensions\n\n| dimension | elements |\n| --- | --- |\n");
        for dimension in model.dimensions.iter() {
            let elements = element_names(dimension).join(", ");
            out.push_str(&format!(
                "| {} | {} |\n",
                cell(dimension.name.written()),
                cell(&elements)
            ));
        }
    }
    if !outline.loops.is_empty() {
        out.push_str("\n## Feedback loops\n\n");
        for feedback in &outline.loops {
            out.push_str(&format!("- {}\n", loop_text(model, &feedback.variables)));
        }
    }
    out
}

fn as_json(read: &Read<Model>) -> Value {
    let Read {
        value: model,
        sources,
        notes,
    } = read;
    let outline = model::outline(model);
    let names = |ids: &[VarId]| {
        ids.iter()
            .map(|id| model.variables[*id].name.written())
            .collect::<Vec<_>>()
    };
    let variables: Vec<Value> = outline
        .sectors
        .iter()
        .flat_map(members)
        .map(|id| {
            let variable = &model.variables[id];
            let (line, _) = sources.get(variable.span.source).position(variable.span.start);
            json!({
                "name": variable.name.written(),
                "kind": kind_name(variable.kind),
                "units": variable.units,
                "group": variable.group.map(|group| model.groups[group].name.written()),
                "equation": equation_text(model, id),
                "value": model.number(id),
                "range": variable.range.map(|range| json!({
                    "low": range.low, "high": range.high, "step": range.step,
                })),
                "dimensions": variable
                    .dimensions
                    .iter()
                    .map(|id| model.dimensions[*id].name.written())
                    .collect::<Vec<_>>(),
                "uses": names(&outline.uses[id]),
                "used_by": names(&outline.used_by[id]),
                "comment": variable.comment,
                "path": sources.get(variable.span.source).path,
                "line": line,
            })
        })
        .collect();
    let mut time = serde_json::Map::new();
    for (key, id) in controls(model) {
        let value = model
            .number(id)
            .map_or_else(|| json!(equation_text(model, id)), Value::from);
        time.insert(key.to_owned(), value);
    }
    json!({
        "schema": JSON_SCHEMA, "command": "show", "exit": Exit::Done.code(),
        "time": time, "variables": variables,
        "dimensions": model
            .dimensions
            .iter()
            .map(|dimension| json!({ "name": dimension.name.written(), "elements": element_names(dimension) }))
            .collect::<Vec<_>>(),
        "loops": outline.loops.iter().map(|feedback| names(&feedback.variables)).collect::<Vec<_>>(),
        "diagnostics": diagnostics::json(notes, sources),
    })
}

/// The program that the model becomes if every shown variable is saved.
fn program(read: &Read<Model>) -> Result<String, Failure> {
    let model = &read.value;
    let request = engine::Request {
        series: input::with_series(model),
        ..engine::Request::default()
    };
    let program = engine::lower(model, &request).map_err(|diagnostics| Failure::Input {
        diagnostics,
        sources: read.sources.clone(),
    })?;
    let place = |span: model::Span| {
        let source = read.sources.get(span.source);
        let (line, _) = source.position(span.start);
        format!("({}:{line})", source.path)
    };
    Ok(engine::show(&program, model, &place))
}
