//! What equations ask of files: series, constants, tables and elements out of workbooks and texts of columns.
//!
//! `model` reads no file itself: the bytes come through [`Files`]. Each file is opened once; whatever is wrong with it, a
//! sheet or a cell is a message at the equation that asked.

use std::collections::BTreeMap;

use super::shapes;
use super::subscripts::sizes;
use super::translate::Translator;
use crate::diagnostic::Diagnostic;
use crate::model::{Definition, Equation, Expr, Interpolation, Model, Series, Table};
use crate::name::Name;
use crate::sheets::{self, Area, Book, Cell, Place, Sheet, column_name, column_of};
use crate::source::{FileError, Files, Span};
use crate::syntax::{Named, Node, NodeId};

/// What a call brings from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum External {
    Data,
    Constants,
    Lookups,
}

/// What a function brings from a file, if it does.
pub(super) fn external(name: &Name) -> Option<External> {
    Some(match name.key() {
        "get xls data" | "get direct data" => External::Data,
        "get xls constants" | "get direct constants" => External::Constants,
        "get xls lookups" | "get direct lookups" => External::Lookups,
        _ => return None,
    })
}

/// Files that have been asked for, by path and delimiter.
pub(super) struct Books<'a> {
    files: &'a dyn Files,
    open: BTreeMap<(String, Option<char>), Result<Book, String>>,
}

type Found<T> = Result<T, Box<Diagnostic>>;

fn cell_problem(message: String, span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("data-cell", message).label(span, ""))
}

impl<'a> Books<'a> {
    pub(super) fn new(files: &'a dyn Files) -> Self {
        Self {
            files,
            open: BTreeMap::new(),
        }
    }

    /// The workbook of a file and one of its sheets.
    fn sheet(&mut self, file: &Named, sheet: &Named) -> Found<(&Book, &Sheet)> {
        let path = file.name.written().replace('\\', "/");
        if path.starts_with('?') {
            let message = format!("`{path}` stands for a file that is chosen in Vensim");
            let problem = Diagnostic::error("data-file", message).label(file.span, "which file?");
            return Err(Box::new(problem.help("write the name of the file")));
        }
        // The sheet of a text is its delimiter.
        let delimiter = sheets::is_text(&path)
            .then(|| match sheet.name.written().trim() {
                "\\t" | "tab" | "Tab" | "TAB" => Some('\t'),
                written => written.chars().next().filter(|sign| !sign.is_alphanumeric()),
            })
            .flatten();
        let files = self.files;
        let book = self
            .open
            .entry((path.clone(), delimiter))
            .or_insert_with(|| match files.read(&path) {
                Ok(bytes) => sheets::open(&path, &bytes, delimiter).map_err(|error| error.to_string()),
                Err(FileError::NotFound) => Err("there is no such file beside the model".to_owned()),
                Err(FileError::Outside) => Err("it lies outside the model's folder".to_owned()),
                Err(FileError::Unreadable(why)) => Err(why),
            });
        let book = match book {
            Ok(book) => book,
            Err(why) => {
                let message = format!("the file `{path}` cannot be read");
                return Err(Box::new(
                    Diagnostic::error("data-file", message)
                        .label(file.span, why.clone())
                        .help(
                            "the name counts from the folder of the model; correct it, or put the file there",
                        ),
                ));
            }
        };
        let found = if sheets::is_text(&path) {
            book.sheets.first()
        } else {
            book.sheet(sheet.name.written())
        };
        match found {
            Some(found) => Ok((book, found)),
            None => {
                let known: Vec<String> = book
                    .sheets
                    .iter()
                    .map(|sheet| format!("`{}`", sheet.name))
                    .collect();
                let message = format!("`{path}` has no sheet `{}`", sheet.name);
                Err(Box::new(
                    Diagnostic::error("data-sheet", message)
                        .label(sheet.span, "")
                        .help(format!("it has {}", known.join(", "))),
                ))
            }
        }
    }

    /// The names of the elements that `GET XLS SUBSCRIPT` and its kin read.
    pub(super) fn elements(&mut self, name: &Named, args: &[Named]) -> Found<Vec<String>> {
        let [file, sheet, first, last, prefix] = args else {
            return Err(Box::new(
                Diagnostic::error(
                    "argument-count",
                    format!("`{}` takes 5 arguments, not {}", name.name, args.len()),
                )
                .label(name.span, "")
                .help(format!(
                    "write `{}('file', 'sheet', 'first cell', 'last cell', 'prefix')`",
                    name.name
                )),
            ));
        };
        let (book, sheet) = self.sheet(file, sheet)?;
        let from = area(book, sheet, first)?;
        let written = last.name.written().trim();
        // Where only the column or only the row is said, the other is the last that holds anything.
        let end = Place {
            row: sheet.rows,
            column: sheet.columns,
        };
        let to = match (column_of(written), written.parse::<u32>()) {
            _ if written.is_empty() => end,
            (Some(column), _) => Place { column, ..end },
            (_, Ok(row)) if row > 0 => Place { row: row - 1, ..end },
            _ => area(book, sheet, last)?.last,
        };
        let mut names = Vec::new();
        // What lies beyond the last cell that holds anything is empty.
        for row in from.first.row..=to.row.min(sheet.rows) {
            for column in from.first.column..=to.column.min(sheet.columns) {
                match sheet.get(Place { row, column }) {
                    Some(Cell::Text(text)) => names.push(format!("{}{}", prefix.name, text.trim())),
                    Some(Cell::Number(number)) => names.push(format!("{}{number}", prefix.name)),
                    Some(Cell::Uncomputed) => {
                        let place = Place { row, column };
                        let message =
                            format!("the cell {place} holds a formula whose value was never stored");
                        return Err(cell_problem(message, first.span.to(last.span)));
                    }
                    None => {}
                }
            }
        }
        if names.is_empty() {
            let message = format!("no element stands between `{}` and `{}`", first.name, last.name);
            return Err(cell_problem(message, first.span.to(last.span)));
        }
        Ok(names)
    }
}

/// The area that `B2`, `B2*` or a name of the workbook stands for.
fn area(book: &Book, sheet: &Sheet, written: &Named) -> Found<Area> {
    let text = written.name.written().trim().trim_end_matches('*');
    if let Some(place) = Place::parse(text) {
        return Ok(Area {
            first: place,
            last: place,
        });
    }
    match book.named(text, &sheet.name) {
        Some(named) if named.sheet.eq_ignore_ascii_case(&sheet.name) => Ok(named.area),
        Some(named) => Err(cell_problem(
            format!("the name `{text}` belongs to the sheet `{}`", named.sheet),
            written.span,
        )),
        None => Err(cell_problem(
            format!("`{text}` is neither a cell nor a name of the workbook"),
            written.span,
        )),
    }
}

/// Where the times (or abscissae) of a series lie.
#[derive(Clone, Copy)]
enum Line {
    /// In a row, from a column on, perhaps up to one.
    Row(u32, Option<(u32, u32)>),
    Column(u32, Option<(u32, u32)>),
}

fn line(book: &Book, sheet: &Sheet, written: &Named) -> Found<Line> {
    let text = written.name.written().trim();
    if let Ok(row) = text.parse::<u32>()
        && row > 0
    {
        return Ok(Line::Row(row - 1, None));
    }
    // A name of up to three letters may look like a column.
    if book.named(text, &sheet.name).is_none()
        && let Some(column) = column_of(text)
    {
        return Ok(Line::Column(column, None));
    }
    let Area { first, last } = area(book, sheet, written)?;
    if first.row == last.row && first.column < last.column {
        Ok(Line::Row(first.row, Some((first.column, last.column))))
    } else if first.column == last.column {
        Ok(Line::Column(first.column, Some((first.row, last.row))))
    } else {
        Err(cell_problem(
            format!("`{text}` is neither one row nor one column"),
            written.span,
        ))
    }
}

/// Points out of a sheet: of the series number `number` of those that begin at `cell`.
fn points(sheet: &Sheet, line: Line, cell: Area, number: u32, span: Span) -> Found<Vec<(f64, f64)>> {
    let mut points = Vec::new();
    let (extent, end) = match line {
        Line::Row(_, extent) => (extent, sheet.columns),
        Line::Column(_, extent) => (extent, sheet.rows),
    };
    let data_start = match line {
        Line::Row(..) => cell.first.column,
        Line::Column(..) => cell.first.row,
    };
    let (start, end) = extent.map_or((data_start, end), |(start, last)| (start, (last + 1).min(end)));
    for (offset, at) in (start..end).enumerate() {
        let along = data_start + offset as u32;
        let (of_time, of_value) = match line {
            Line::Row(row, _) => (
                Place { row, column: at },
                Place {
                    row: cell.first.row + number,
                    column: along,
                },
            ),
            Line::Column(column, _) => (
                Place { row: at, column },
                Place {
                    row: along,
                    column: cell.first.column + number,
                },
            ),
        };
        let no_number = |place: Place| sheet.get(place).and_then(Cell::is_no_number);
        let (time, value) = match (sheet.get(of_time), sheet.get(of_value)) {
            (Some(Cell::Number(time)), Some(Cell::Number(value))) => (*time, *value),
            // A value whose time was meant as a number would be lost without a word; Vensim passes over other words.
            (Some(heading), Some(Cell::Number(_))) => match no_number(of_time) {
                Some((held, help)) if heading.has_digits() => {
                    let message = format!("the cell {of_time} holds {held} where a time should stand");
                    return Err(Box::new(cell_problem(message, span).help(help)));
                }
                _ => continue,
            },
            (Some(Cell::Number(_)), Some(_)) => match no_number(of_value) {
                Some((held, help)) => {
                    let message = format!("the cell {of_value} holds {held}, not a number");
                    return Err(Box::new(cell_problem(message, span).help(help)));
                }
                None => continue,
            },
            // A heading, or a point that is not there.
            _ => continue,
        };
        if time.is_finite() && value.is_finite() {
            points.push((time, value));
        }
    }
    if points.is_empty() {
        let whence = match line {
            Line::Row(row, _) => format!(
                "row {} under the times in row {}",
                cell.first.row + number + 1,
                row + 1
            ),
            Line::Column(column, _) => format!(
                "column {} beside the times in column {}",
                column_name(cell.first.column + number),
                column_name(column)
            ),
        };
        return Err(cell_problem(format!("no number stands in {whence}"), span));
    }
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    if let Some(twice) = points.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(cell_problem(
            format!("there are two values at {}", twice[0].0),
            span,
        ));
    }
    Ok(points)
}

/// A call as it stands in an equation.
struct Asked {
    kind: External,
    args: Vec<Named>,
    span: Span,
}

impl Translator<'_> {
    /// What the call at the root of an equation brings from a file; nothing if it is no such call.
    pub(super) fn brings(&self, root: NodeId) -> Option<External> {
        match &self.syntax.nodes[root as usize] {
            Node::Call { name, .. } => external(&name.name),
            _ => None,
        }
    }

    /// The equations that a call gives that brings something from a file.
    pub(super) fn external(
        &mut self,
        definition: &shapes::Definition<'_>,
        kind: External,
        root: NodeId,
        interpolation: Interpolation,
        model: &mut Model,
    ) -> Option<Vec<Equation>> {
        let asked = self
            .asked(kind, root)
            .map_err(|problem| self.diagnostics.push(*problem))
            .ok()?;
        let own = &model.variables[definition.variable].dimensions;
        let sizes = sizes(&model.dimensions, own);
        let problem = |message: String| {
            Box::new(Diagnostic::error("data-shape", message).label(definition.syntax.span, ""))
        };
        let lengths: Vec<u32> = definition
            .left
            .iter()
            .filter(|left| left.dimension.is_some())
            .map(|left| left.elements.len() as u32)
            .collect();
        let found = shapes::defined_places(definition, &sizes)
            .map_err(|_| problem("what comes from a file cannot have exceptions".to_owned()))
            .and_then(|places| match (kind, lengths.as_slice()) {
                (External::Constants, [_, _, _, ..]) => Err(problem(format!(
                    "a table of constants fills two dimensions, not {}: name elements on the left for the others",
                    lengths.len()
                ))),
                (External::Constants, _) => {
                    let numbers = self.constants(&asked, &lengths)?;
                    let span = asked.span;
                    let definitions = numbers.into_iter().map(|number| {
                        let id = model.exprs.push(Expr::Number(number));
                        model.expr_spans.push(span);
                        Definition::Expression(id)
                    });
                    Ok(places.into_iter().zip(definitions).collect::<Vec<_>>())
                }
                _ => {
                    let series = self.series(&asked, places.len() as u32)?;
                    let definitions = series.into_iter().map(|points| {
                        let (times, values) = points.into_iter().unzip();
                        match kind {
                            External::Lookups => Definition::Lookup(Table {
                                x: times,
                                y: values,
                                extrapolate: false,
                            }),
                            _ => Definition::Data(Series {
                                interpolation,
                                times,
                                values,
                            }),
                        }
                    });
                    Ok(places.into_iter().zip(definitions).collect())
                }
            });
        match found {
            Ok(found) => Some(
                found
                    .into_iter()
                    .map(|(place, definition)| Equation {
                        region: shapes::position_of(place, &sizes),
                        definition,
                        span: asked.span,
                    })
                    .collect(),
            ),
            Err(problem) => {
                self.diagnostics.push(*problem);
                None
            }
        }
    }

    fn asked(&self, kind: External, root: NodeId) -> Found<Asked> {
        let span = self.syntax.spans[root as usize];
        let Node::Call { name, args, .. } = &self.syntax.nodes[root as usize] else {
            unreachable!("it was found to be a call");
        };
        let parameters: &[&str] = match kind {
            External::Data => &["file", "sheet", "row or column of times", "first cell"],
            External::Lookups => &["file", "sheet", "row or column of x", "first cell"],
            External::Constants => &["file", "sheet", "first cell"],
        };
        let texts: Vec<Named> = args
            .iter()
            .filter_map(|arg| match &self.syntax.nodes[*arg as usize] {
                Node::Text(text) => Some((text.as_str(), arg)),
                // A constant that is a text.
                Node::Name { name, subscripts } if subscripts.is_empty() => {
                    self.names.text(name).map(|text| (text, arg))
                }
                _ => None,
            })
            .map(|(text, arg)| Named {
                name: Name::new(text),
                span: self.syntax.spans[*arg as usize],
            })
            .collect();
        if texts.len() != parameters.len() || args.len() != parameters.len() {
            let list: Vec<String> = parameters.iter().map(|name| format!("'{name}'")).collect();
            let message = format!(
                "`{}` takes {} texts in single quotes",
                name.name,
                parameters.len()
            );
            return Err(Box::new(
                Diagnostic::error("argument-count", message)
                    .label(span, "")
                    .help(format!("write `{}({})`", name.name, list.join(", "))),
            ));
        }
        Ok(Asked {
            kind,
            args: texts,
            span,
        })
    }

    /// The points of as many series as there are elements: they lie side by side.
    fn series(&mut self, asked: &Asked, count: u32) -> Found<Vec<Vec<(f64, f64)>>> {
        debug_assert_ne!(asked.kind, External::Constants);
        let [file, sheet, times, cell] = asked.args.as_slice() else {
            unreachable!("the arguments have been counted");
        };
        let (book, sheet) = self.books.sheet(file, sheet)?;
        let line = line(book, sheet, times)?;
        let cell = area(book, sheet, cell)?;
        (0..count)
            .map(|number| points(sheet, line, cell, number, asked.span))
            .collect()
    }

    /// The constants from a cell on: the last dimension runs to the right, or with `*` down.
    fn constants(&mut self, asked: &Asked, lengths: &[u32]) -> Found<Vec<f64>> {
        let [file, sheet, cell] = asked.args.as_slice() else {
            unreachable!("the arguments have been counted");
        };
        let down = cell.name.written().trim().ends_with('*');
        let (book, sheet) = self.books.sheet(file, sheet)?;
        let Area { first, last } = area(book, sheet, cell)?;
        let (rows, columns) = match (lengths, down) {
            ([outer, inner], _) => (*outer, *inner),
            ([length], _) => (1, *length),
            _ => (1, 1),
        };
        let (height, width) = if down { (columns, rows) } else { (rows, columns) };
        // An area that is larger than a cell says how much is meant.
        let given = (last.row - first.row + 1, last.column - first.column + 1);
        if given != (1, 1) && given != (height, width) {
            return Err(cell_problem(
                format!(
                    "`{}` has {} x {} cells (rows x columns), but {height} x {width} are needed",
                    cell.name, given.0, given.1
                ),
                cell.span,
            ));
        }
        let mut numbers = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                let (below, beside) = if down { (column, row) } else { (row, column) };
                let place = Place {
                    row: first.row + below,
                    column: first.column + beside,
                };
                match sheet.get(place) {
                    Some(Cell::Number(number)) if number.is_finite() => numbers.push(*number),
                    Some(cell) if cell.is_no_number().is_some() => {
                        let (held, help) = cell.is_no_number().unwrap_or_default();
                        let message = format!("the cell {place} holds {held}, not a number");
                        return Err(Box::new(cell_problem(message, asked.span).help(help)));
                    }
                    _ => {
                        return Err(cell_problem(
                            match sheet.name.as_str() {
                                "" => format!("the cell {place} is empty"),
                                name => format!("the cell {place} of the sheet `{name}` is empty"),
                            },
                            asked.span,
                        ));
                    }
                }
            }
        }
        Ok(numbers)
    }
}
