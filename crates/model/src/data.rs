//! Series that a model leaves to its caller: out of a table to the data variables that have none.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Definition, Equation, Model, Series, VarId, VariableKind};
use crate::name::Name;
use crate::sheets::{self, Cell, Place, Sheet};

/// An element of a variable.
type Element = (VarId, usize);

/// Times and values.
type Points = Vec<(f64, f64)>;

/// Gives data variables without values those of a file: a text of columns or a workbook, `path` saying which.
///
/// The first column holds the times and the first row the names, or the other way round; a name is that of a variable or
/// of an element, `demand[north]`. Columns that are no data variable are passed over; a variable that keeps no value is
/// told when it is needed.
pub fn give_data(model: &mut Model, path: &str, bytes: &[u8]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let book = match sheets::open(path, bytes, None) {
        Ok(book) => book,
        Err(error) => {
            diagnostics.push(Diagnostic::error(
                "data-file",
                format!("the file `{path}` cannot be read: {error}"),
            ));
            return diagnostics;
        }
    };
    let wanted = wanted(model);
    let mut given: BTreeMap<Element, Points> = BTreeMap::new();
    for sheet in &book.sheets {
        for across in [true, false] {
            for (id, points) in columns(sheet, across, &wanted, path, &mut diagnostics) {
                given.entry(id).or_insert(points);
            }
        }
    }
    if given.is_empty() && !diagnostics.has_errors() {
        let open: Vec<String> = wanted
            .values()
            .take(3)
            .map(|(id, element)| format!("`{}`", model.element_name(*id, *element)))
            .collect();
        let diagnostic = Diagnostic::warning(
            "data-unused",
            format!("no data variable of the model has a column in `{path}`"),
        );
        diagnostics.push(if open.is_empty() {
            diagnostic.help("no data variable of the model waits for values")
        } else {
            diagnostic.help(format!("what waits for values: {}", open.join(", ")))
        });
    }
    let mut by_variable: BTreeMap<VarId, BTreeMap<usize, Points>> = BTreeMap::new();
    for ((id, element), points) in given {
        by_variable.entry(id).or_default().insert(element, points);
    }
    for (id, elements) in by_variable {
        fill(model, id, elements);
    }
    diagnostics
}

/// The elements without values, by the keys of their names.
fn wanted(model: &Model) -> BTreeMap<String, Element> {
    let mut wanted = BTreeMap::new();
    for (id, variable) in model.variables.enumerate() {
        for equation in &variable.equations {
            if !matches!(&equation.definition, Definition::Data(series) if series.times.is_empty()) {
                continue;
            }
            for element in model.elements_of(id, &equation.region) {
                wanted.insert(key(&model.element_name(id, element)), (id, element));
            }
        }
    }
    wanted
}

/// A name as it is compared: blanks around brackets and commas make no difference.
fn key(written: &str) -> String {
    let key = Name::key_of(&written.replace('"', ""));
    let mut tight = String::with_capacity(key.len());
    for character in key.chars() {
        if matches!(character, '[' | ']' | ',') {
            tight.truncate(tight.trim_end().len());
        }
        if character == ' ' && tight.ends_with(['[', ',']) {
            continue;
        }
        tight.push(character);
    }
    tight
}

/// The series of a sheet that are wanted: its columns, or its rows.
fn columns(
    sheet: &Sheet,
    across: bool,
    wanted: &BTreeMap<String, Element>,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(Element, Points)> {
    let place = |series: u32, point: u32| {
        if across {
            Place {
                row: point,
                column: series,
            }
        } else {
            Place {
                row: series,
                column: point,
            }
        }
    };
    let (count, length) = if across {
        (sheet.columns, sheet.rows)
    } else {
        (sheet.rows, sheet.columns)
    };
    let mut found = Vec::new();
    'series: for series in 1..count {
        let Some(Cell::Text(name)) = sheet.get(place(series, 0)) else {
            continue;
        };
        let Some(id) = wanted.get(&key(name)) else {
            continue;
        };
        let mut points = Vec::new();
        for point in 1..length {
            // A missing value has a time and no number.
            let cells = (sheet.get(place(0, point)), sheet.get(place(series, point)));
            let odd = match cells {
                (Some(Cell::Number(time)), Some(Cell::Number(value))) => {
                    if time.is_finite() && value.is_finite() {
                        points.push((*time, *value));
                    }
                    None
                }
                (Some(Cell::Number(_)), Some(value)) => value.is_no_number().zip(Some(place(series, point))),
                (Some(time), Some(Cell::Number(_))) => time.is_no_number().zip(Some(place(0, point))),
                _ => None,
            };
            if let Some(((held, help), place)) = odd {
                diagnostics.push(
                    Diagnostic::error(
                        "data-cell",
                        format!("of `{name}` the cell {place} of `{path}` holds {held}, not a number"),
                    )
                    .help(help),
                );
                continue 'series;
            }
        }
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        if let Some(twice) = points.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            diagnostics.push(Diagnostic::error(
                "data-cell",
                format!("`{name}` has two values at {} in `{path}`", twice[0].0),
            ));
            continue;
        }
        if points.is_empty() {
            diagnostics.push(Diagnostic::error(
                "data-cell",
                format!("`{name}` has no value in `{path}`"),
            ));
            continue;
        }
        found.push((*id, points));
    }
    found
}

/// Replaces the equations that have no values by one for each element.
fn fill(model: &mut Model, id: VarId, mut given: BTreeMap<usize, Points>) {
    let mut equations = Vec::new();
    for equation in std::mem::take(&mut model.variables[id].equations) {
        let Definition::Data(series) = &equation.definition else {
            equations.push(equation);
            continue;
        };
        if !series.times.is_empty() {
            equations.push(equation);
            continue;
        }
        for element in model.elements_of(id, &equation.region) {
            let (times, values) = given.remove(&element).unwrap_or_default().into_iter().unzip();
            equations.push(Equation {
                region: model.region_of(id, element),
                definition: Definition::Data(Series {
                    interpolation: series.interpolation,
                    times,
                    values,
                }),
                span: equation.span,
            });
        }
    }
    debug_assert!(model.variables[id].kind != VariableKind::Stock);
    model.variables[id].equations = equations;
}
