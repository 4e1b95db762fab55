//! Series: those that are computed from others before the run, and what is said of their points.

pub(super) mod tables;

use std::collections::BTreeMap;

use super::element_name;
use super::functions;
use super::graph::{Graph, NodeId};
use super::walk::Walk;
use crate::ir::Code;
use model::{
    Definition, Diagnostic, Equation, Expr, ExprId, Id, Interpolation, NOT_AVAILABLE, Reading, Series,
    Statistic, Subscript, VarId,
};

/// How many series may be computed from each other in a row.
const MOST_DEPTH: u32 = 100;

/// The most points between times that are not known before the run.
const MOST_POINTS: usize = 2_000;

/// The points of a series that the time of the simulation lies between, as a number; or why there is none.
pub(super) fn statistic(
    graph: &mut Graph,
    statistic: Statistic,
    series: &Series,
    between: Option<[NodeId; 2]>,
) -> Result<NodeId, String> {
    let first = series.times.first().copied().unwrap_or(NOT_AVAILABLE);
    let last = series.times.last().copied().unwrap_or(NOT_AVAILABLE);
    match statistic {
        Statistic::FirstTime => return Ok(graph.number(first)),
        Statistic::LastTime => return Ok(graph.number(last)),
        _ => {}
    }
    let [start, end] = between.unwrap_or_else(|| [first, last].map(|end| graph.number(end)));
    if let (Some(start), Some(end)) = (graph.constant(start), graph.constant(end)) {
        let breadth = |time: f64| 1e-9 * time.abs().max(1.0);
        let points = series.times.iter().zip(&series.values);
        let points =
            points.filter(|(time, _)| start <= **time + breadth(**time) && **time - breadth(**time) <= end);
        let mut values: Vec<f64> = points.map(|(_, value)| *value).collect();
        return Ok(of_values(graph, statistic, &mut values));
    }
    if series.times.len() > MOST_POINTS {
        return Err(format!(
            "between times that change, at most {MOST_POINTS} points are supported, and these are {}",
            series.times.len()
        ));
    }
    if statistic == Statistic::Median {
        return Err("the times of `GET DATA MEDIAN` must be known before the run".to_owned());
    }
    Ok(between_times(graph, statistic, series, [start, end]))
}

/// A statistic of numbers that are known now.
fn of_values(graph: &mut Graph, statistic: Statistic, values: &mut [f64]) -> NodeId {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    if values.is_empty() && statistic != Statistic::Points {
        return graph.number(NOT_AVAILABLE);
    }
    values.sort_by(f64::total_cmp);
    let value = match statistic {
        Statistic::Maximum => values[values.len() - 1],
        Statistic::Minimum => values[0],
        Statistic::Mean => mean,
        Statistic::Median => (values[(values.len() - 1) / 2] + values[values.len() / 2]) * 0.5,
        Statistic::Deviation if values.len() < 2 => NOT_AVAILABLE,
        Statistic::Deviation => {
            let squares = values.iter().map(|value| (value - mean) * (value - mean));
            (squares.sum::<f64>() / (count - 1.0)).sqrt()
        }
        Statistic::Points | Statistic::FirstTime | Statistic::LastTime => count,
    };
    graph.number(value)
}

/// A statistic of the points between times that are known in the run only.
fn between_times(graph: &mut Graph, statistic: Statistic, series: &Series, ends: [NodeId; 2]) -> NodeId {
    let [zero, one, missing] = [0.0, 1.0, NOT_AVAILABLE].map(|number| graph.number(number));
    let inside: Vec<NodeId> = series
        .times
        .iter()
        .map(|time| {
            let breadth = 1e-9 * time.abs().max(1.0);
            let (late, early) = (graph.number(time + breadth), graph.number(time - breadth));
            let begun = graph.binary(Code::LessOrEqual, ends[0], late);
            let goes_on = graph.binary(Code::LessOrEqual, early, ends[1]);
            graph.binary(Code::And, begun, goes_on)
        })
        .collect();
    let mut fold = |code: Code, nothing: f64, of: &mut dyn FnMut(&mut Graph, NodeId) -> NodeId| {
        let nothing = graph.number(nothing);
        let mut total = nothing;
        for (inside, value) in inside.iter().zip(&series.values) {
            let value = graph.number(*value);
            let value = of(graph, value);
            let value = graph.select(*inside, value, nothing);
            total = graph.binary(code, total, value);
        }
        total
    };
    let count = fold(Code::Add, 0.0, &mut |_, _| one);
    let value = match statistic {
        Statistic::Maximum => fold(Code::Max, f64::NEG_INFINITY, &mut |_, value| value),
        Statistic::Minimum => fold(Code::Min, f64::INFINITY, &mut |_, value| value),
        Statistic::Mean | Statistic::Deviation => {
            let sum = fold(Code::Add, 0.0, &mut |_, value| value);
            if statistic == Statistic::Mean {
                graph.binary(Code::Divide, sum, count)
            } else {
                let squares = {
                    let mean = graph.binary(Code::Divide, sum, count);
                    let mut total = zero;
                    for (inside, value) in inside.iter().zip(&series.values) {
                        let value = graph.number(*value);
                        let apart = graph.binary(Code::Subtract, value, mean);
                        let square = graph.binary(Code::Multiply, apart, apart);
                        let square = graph.select(*inside, square, zero);
                        total = graph.binary(Code::Add, total, square);
                    }
                    total
                };
                let less = graph.binary(Code::Subtract, count, one);
                let mean = graph.binary(Code::Divide, squares, less);
                let root = graph.unary(Code::Sqrt, mean);
                let enough = graph.binary(Code::Less, one, count);
                graph.select(enough, root, missing)
            }
        }
        _ => return count,
    };
    graph.select(count, value, missing)
}

impl Walk<'_> {
    /// The series of an element of a data variable.
    pub(super) fn series(&self, variable: VarId, place: usize) -> Result<Series, Diagnostic> {
        self.series_within(variable, place, 0)
    }

    fn series_within(&self, variable: VarId, place: usize, depth: u32) -> Result<Series, Diagnostic> {
        let name = element_name(self.model, variable, place as u32);
        let span = self.model.variables[variable].span;
        let equation = self.equation_of(variable, place);
        match equation.map(|equation| &equation.definition) {
            Some(Definition::Data(series)) if series.times.is_empty() => Err(Diagnostic::error(
                "data-missing",
                format!("the data variable `{name}` has no values"),
            )
            .label(span, "")
            .help("give them with `--data FILE`, or read them from a file with `GET XLS DATA`")),
            Some(Definition::Data(series)) => Ok(series.clone()),
            Some(Definition::Derived { .. }) if depth > MOST_DEPTH => Err(Diagnostic::error(
                "data-loop",
                format!("the data variable `{name}` is computed from itself"),
            )
            .label(span, "")),
            Some(Definition::Derived { root, interpolation }) => {
                let equation = equation.expect("its definition was found");
                let derived = Derived {
                    walk: self,
                    variable,
                    equation,
                    place,
                    depth: depth + 1,
                    first: self.first[root.index()],
                    root: *root,
                };
                derived.series(*interpolation)
            }
            _ => Err(
                Diagnostic::error("data-missing", format!("`{name}` is no data variable")).label(span, ""),
            ),
        }
    }

    /// The equation that defines an element.
    fn equation_of(&self, variable: VarId, place: usize) -> Option<&Equation> {
        let equations = self.model.variables[variable].equations.iter();
        let mut found = equations.filter(|equation| {
            self.model
                .elements_of(variable, &equation.region)
                .contains(&place)
        });
        found.next()
    }
}

/// A series in the making: one element of a data equation.
struct Derived<'w, 'm> {
    walk: &'w Walk<'m>,
    variable: VarId,
    equation: &'w Equation,
    place: usize,
    depth: u32,
    first: u32,
    root: ExprId,
}

impl Derived<'_, '_> {
    fn series(&self, interpolation: Interpolation) -> Result<Series, Diagnostic> {
        let model = self.walk.model;
        let exprs = || (self.first..=self.root.0).map(|id| (ExprId(id), &model.exprs[ExprId(id)]));
        // The series it uses, by the expressions that name them.
        let mut used: BTreeMap<ExprId, Series> = BTreeMap::new();
        for (id, expr) in exprs() {
            let (Expr::Variable {
                variable, subscripts, ..
            }
            | Expr::LookupCall {
                lookup: variable,
                subscripts,
                ..
            }) = expr
            else {
                continue;
            };
            let place = self.place_of(*variable, subscripts);
            let definition = self
                .walk
                .equation_of(*variable, place)
                .map(|found| &found.definition);
            if matches!(definition, Some(Definition::Data(_) | Definition::Derived { .. })) {
                used.insert(id, self.walk.series_within(*variable, place, self.depth)?);
            }
        }
        if let (
            Expr::LookupCall {
                reading: Reading::Shifted,
                x,
                ..
            },
            Some(series),
        ) = (&model.exprs[self.root], used.get(&self.root))
        {
            let shift = self.value(*x, 0.0, &used)?;
            return Ok(Series {
                interpolation,
                times: series.times.iter().map(|time| time - shift).collect(),
                values: series.values.clone(),
            });
        }
        if let (Expr::LookupCall { reading, .. }, Some(series)) =
            (&model.exprs[self.root], used.get(&self.root))
            && matches!(reading, Reading::Sums | Reading::Sum)
        {
            let mut sum = 0.0;
            let sums = series.values.iter().map(|value| {
                sum += value;
                sum
            });
            let (mut times, mut values) = (series.times.clone(), sums.collect::<Vec<f64>>());
            if *reading == Reading::Sum {
                times.drain(..times.len().saturating_sub(1));
                values.drain(..values.len().saturating_sub(1));
            }
            return Ok(Series {
                interpolation,
                times,
                values,
            });
        }
        let mut times: Vec<f64> = used
            .values()
            .flat_map(|series| series.times.iter().copied())
            .collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let mut series = Series {
            interpolation,
            times: Vec::new(),
            values: Vec::new(),
        };
        for time in times {
            let missing =
                |used: &Series| used.interpolation == Interpolation::Raw && !used.times.contains(&time);
            if used.values().any(missing) {
                continue;
            }
            let value = self.value(self.root, time, &used)?;
            if value.is_finite() && value != NOT_AVAILABLE {
                series.times.push(time);
                series.values.push(value);
            }
        }
        if series.times.is_empty() {
            let problem = format!(
                "the data variable `{}` is computed from no data",
                model.variables[self.variable].name
            );
            return Err(Diagnostic::error("data-missing", problem)
                .label(self.equation.span, "")
                .help("use a data variable, or write `=` for `:=`"));
        }
        Ok(series)
    }

    /// The value of an expression at a time, all of it being known.
    fn value(&self, root: ExprId, time: f64, used: &BTreeMap<ExprId, Series>) -> Result<f64, Diagnostic> {
        let model = self.walk.model;
        let mut graph = Graph::default();
        let mut values: BTreeMap<ExprId, NodeId> = BTreeMap::new();
        for id in (self.walk.first[root.index()]..=root.0).map(ExprId) {
            let at = |id: &ExprId, values: &BTreeMap<ExprId, NodeId>| values[id];
            let value = match &model.exprs[id] {
                Expr::Number(number) => graph.number(*number),
                Expr::Time => graph.number(time),
                Expr::Variable { variable, subscripts } => match used.get(&id) {
                    Some(series) => {
                        let table = tables::segments(&series.table(series.interpolation))
                            .map_err(|problem| self.refuse(id, &problem))?;
                        let time = graph.number(time);
                        graph.lookup(table, time)
                    }
                    None => {
                        let value = self.constant(id, *variable, self.place_of(*variable, subscripts))?;
                        graph.number(value)
                    }
                },
                Expr::Unary { op, operand } => {
                    let operand = at(operand, &values);
                    functions::unary(&mut graph, *op, operand)
                }
                Expr::Binary { op, left, right } => {
                    let (left, right) = (at(left, &values), at(right, &values));
                    functions::binary(&mut graph, *op, left, right)
                }
                Expr::Call { function, args } if function.is_pure() => {
                    let args: Vec<NodeId> = args.iter().map(|arg| at(arg, &values)).collect();
                    functions::call(&mut graph, *function, &args, None)
                        .ok_or_else(|| self.refuse(id, "it has a memory"))?
                }
                Expr::WithLookup { x, table } => {
                    let table = tables::segments(table).map_err(|problem| self.refuse(id, &problem))?;
                    let x = at(x, &values);
                    graph.lookup(table, x)
                }
                Expr::LookupCall {
                    lookup,
                    reading,
                    subscripts,
                    x,
                } => {
                    let place = self.place_of(*lookup, subscripts);
                    let definition = self
                        .walk
                        .equation_of(*lookup, place)
                        .map(|found| &found.definition);
                    let table = match (used.get(&id), definition, reading) {
                        (Some(series), _, Reading::Between(interpolation)) => {
                            series.table_within(*interpolation)
                        }
                        (None, Some(Definition::Lookup(table)), Reading::Lines) => table.clone(),
                        _ => return Err(self.refuse(id, "not in a data equation")),
                    };
                    let table = tables::segments(&table).map_err(|problem| self.refuse(id, &problem))?;
                    let x = at(x, &values);
                    graph.lookup(table, x)
                }
                _ => return Err(self.refuse(id, "not in a data equation")),
            };
            values.insert(id, value);
        }
        graph
            .constant(values[&root])
            .ok_or_else(|| self.refuse(root, "not known before the run"))
    }

    /// The number of a constant that no input replaces.
    fn constant(&self, id: ExprId, variable: VarId, place: usize) -> Result<f64, Diagnostic> {
        let is_input = |target| self.walk.inputs.contains_key(&target);
        if is_input(crate::request::InputTarget::Variable(variable)) {
            return Err(self.refuse(id, "it is given by the caller, and a series is computed before"));
        }
        let equation = self.walk.equation_of(variable, place);
        match equation.map(|equation| &equation.definition) {
            Some(Definition::Expression(root)) => {
                let constant = Derived {
                    variable,
                    equation: equation.expect("its definition was found"),
                    place,
                    first: self.walk.first[root.index()],
                    root: *root,
                    ..*self
                };
                constant.value(*root, 0.0, &BTreeMap::new())
            }
            _ => Err(self.refuse(id, "not known before the run")),
        }
    }

    fn refuse(&self, id: ExprId, why: &str) -> Diagnostic {
        Diagnostic::error(
            "unsupported-data",
            format!(
                "the data variable `{}` cannot be computed before the run",
                self.walk.model.variables[self.variable].name
            ),
        )
        .label(self.walk.model.expr_spans[id], why)
        .help("write `=` for `:=`: it is then computed at each time")
    }

    /// The element of a used variable that belongs to the one that is being computed.
    fn place_of(&self, used: VarId, subscripts: &[Subscript]) -> usize {
        let model = self.walk.model;
        let own = model.region_of(self.variable, self.place);
        let mut place = 0;
        for (dimension, subscript) in model.variables[used].dimensions.iter().zip(subscripts) {
            let position = match subscript {
                Subscript::Element(position) => *position,
                Subscript::Follows { left, positions } => positions[own[*left as usize][0] as usize],
                // Reductions are refused before.
                Subscript::Reduced { positions, .. } => positions[0],
            };
            place = place * model.dimensions[*dimension].elements.len() + position as usize;
        }
        place
    }
}
