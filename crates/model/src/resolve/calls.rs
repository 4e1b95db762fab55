//! Names with brackets behind them: functions, lookups, reductions.

use super::dimensions::SubscriptName;
use super::external::{External, external};
use super::names::is_definition_form;
use super::subscripts::{Scope, is_count, reduction};
use super::tables;
use super::translate::{Failed, Translator};
use crate::diagnostic::Diagnostic;
use crate::function::{Function, VectorFunction, is_unsupported};
use crate::model::{
    Beyond, BinaryOp, Expr, ExprId, Interpolation, Model, Reading, Reduction, Statistic, Subscript, VarId,
};
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{EquationSyntax, Named, Node, NodeId, Right, SubscriptSyntax};

/// A call as written.
pub(super) struct Call<'a> {
    pub(super) name: &'a Named,
    pub(super) subscripts: &'a [SubscriptSyntax],
    pub(super) args: &'a [NodeId],
    pub(super) node: NodeId,
    pub(super) span: Span,
}

/// What a call has become.
pub(super) enum Called {
    /// An expression of its own.
    Expr(Expr),
    /// One that is there already.
    Known(ExprId),
}

/// A function whose first argument is a table.
#[derive(Clone, Copy)]
pub(super) enum TableFunction {
    Lookup(Reading),
    Area,
    Slope,
    Random,
    DataAt,
    DataBetween,
    Shift,
    /// Up to each point, or of all.
    Cumulate(Reading),
    Statistic(Statistic),
}

/// The function of this name whose first argument is a table.
pub(super) fn table_function(name: &Name) -> Option<TableFunction> {
    Some(match name.key() {
        "lookup extrapolate" => TableFunction::Lookup(Reading::Extrapolate),
        "lookup forward" => TableFunction::Lookup(Reading::Forward),
        "lookup backward" => TableFunction::Lookup(Reading::Backward),
        "lookup invert" => TableFunction::Lookup(Reading::Inverse),
        "lookup area" => TableFunction::Area,
        "lookup slope" => TableFunction::Slope,
        "random lookup" => TableFunction::Random,
        "get data at time" => TableFunction::DataAt,
        "get data between times" => TableFunction::DataBetween,
        "time shift" => TableFunction::Shift,
        "cumulate" => TableFunction::Cumulate(Reading::Sums),
        "cumulatef" => TableFunction::Cumulate(Reading::Sum),
        _ => {
            let mut statistics = Statistic::ALL.iter().copied();
            let known = statistics.find(|known| known.name().eq_ignore_ascii_case(name.key()));
            return known.map(TableFunction::Statistic);
        }
    })
}

impl TableFunction {
    /// What its arguments are called, `given` of them being written.
    fn parameters(self, given: usize) -> &'static [&'static str] {
        match self {
            TableFunction::Lookup(_) => &["lookup", "x"],
            TableFunction::Area => &["lookup", "start", "end"],
            TableFunction::Slope => &["lookup", "x", "mode"],
            TableFunction::Random => &["lookup", "low", "high", "shift", "stretch", "seed"],
            TableFunction::DataAt => &["data", "time"],
            TableFunction::DataBetween => &["data", "time", "mode"],
            TableFunction::Shift => &["data", "shift"],
            TableFunction::Cumulate(_) => &["data"],
            TableFunction::Statistic(Statistic::FirstTime | Statistic::LastTime) => &["data"],
            TableFunction::Statistic(Statistic::Points) if given == 1 => &["data"],
            TableFunction::Statistic(_) => &["data", "start", "end"],
        }
    }
    fn is_of_data(self) -> bool {
        !matches!(
            self,
            TableFunction::Lookup(_) | TableFunction::Area | TableFunction::Slope | TableFunction::Random
        )
    }
}

/// The expressions of the nodes before.
pub(super) type At<'a> = &'a dyn Fn(NodeId) -> Result<ExprId, Failed>;

impl Translator<'_> {
    pub(super) fn call(
        &mut self,
        call: &Call<'_>,
        scope: &mut Scope<'_>,
        model: &mut Model,
        at: At<'_>,
    ) -> Result<Called, Failed> {
        let name = &call.name.name;
        if let Some(variable) = self.names.get(name) {
            return match self.lookups.get(&variable) {
                Some(true) => {
                    let [x] = call.args else {
                        return Err(self.wrong_count(call, &["x"]));
                    };
                    Ok(Called::Expr(Expr::LookupCall {
                        lookup: variable,
                        reading: Reading::Lines,
                        subscripts: self.subscripts(variable, call.subscripts, call.node, scope, model)?,
                        x: at(*x)?,
                    }))
                }
                Some(false) => Err(self.fail(
                    Diagnostic::error(
                        "variable-as-lookup",
                        format!("`{name}` is a variable, not a lookup or a function"),
                    )
                    .label(call.span, "called like a function")
                    .help(format!("if a product is meant, write `{name} * (...)`")),
                )),
                None => Err(Failed),
            };
        }
        if let Some(reduction) = reduction(name) {
            return self.reduce(call, reduction, scope, at).map(Called::Expr);
        }
        if is_count(name) {
            return self.element_count(call, at).map(Called::Known);
        }
        if let Some(function) = VectorFunction::from_vensim(name) {
            return self.vector(call, function, scope, model, at).map(Called::Expr);
        }
        if let Some(reads) = table_function(name) {
            return self.read_table(call, reads, scope, model, at).map(Called::Expr);
        }
        if name.key() == "get time value" {
            return self.time_value(call, model, at).map(Called::Expr);
        }
        if name.key() == "with lookup" {
            return self.with_lookup(call, at).map(Called::Expr);
        }
        if external(name).is_some() || is_definition_form(name) {
            for arg in call.args {
                self.texts.remove(arg);
            }
            return Err(self.fail(
                Diagnostic::error(
                    "misplaced-function",
                    format!("`{name}` must be the whole right-hand side"),
                )
                .label(call.span, "stands within an expression")
                .help("give it a variable of its own and use that variable here"),
            ));
        }
        if let Some(function) = Function::from_vensim(name) {
            if call.args.len() != function.parameters().len() {
                return Err(self.wrong_count(call, function.parameters()));
            }
            return self.function(call, function, scope, model, at).map(Called::Expr);
        }
        let list = if is_unsupported(name) {
            for arg in call.args {
                self.texts.remove(arg);
            }
            &mut self.unsupported
        } else {
            &mut self.undefined
        };
        list.entry(name.key().to_owned())
            .or_insert_with(|| (name.clone(), Vec::new()))
            .1
            .push(call.name.span);
        Err(Failed)
    }

    /// A function by its meaning, with as many arguments as it takes.
    fn function(
        &mut self,
        call: &Call<'_>,
        function: Function,
        scope: &mut Scope<'_>,
        model: &mut Model,
        at: At<'_>,
    ) -> Result<Expr, Failed> {
        let mut args = Vec::with_capacity(call.args.len());
        for (position, arg) in call.args.iter().enumerate() {
            args.push(if function.lookups().contains(&position) {
                let (lookup, subscripts) =
                    self.table(*arg, function.parameters()[position], false, scope, model)?;
                let span = self.syntax.spans[*arg as usize];
                model.expr_spans.push(span);
                let x = model.exprs.push(Expr::Number(0.0));
                model.expr_spans.push(span);
                model.exprs.push(Expr::LookupCall {
                    lookup,
                    reading: Reading::Lines,
                    subscripts,
                    x,
                })
            } else {
                at(*arg)?
            });
        }
        Ok(Expr::Call { function, args })
    }

    /// `ELMCOUNT(dimension)`: its argument has become the number already.
    fn element_count(&mut self, call: &Call<'_>, at: At<'_>) -> Result<ExprId, Failed> {
        let [arg] = call.args else {
            return Err(self.wrong_count(call, &["dimension"]));
        };
        match &self.syntax.nodes[*arg as usize] {
            Node::Name { name, .. }
                if matches!(self.dimensions.find(name), Some(SubscriptName::Dimension(_)))
                    && self.names.get(name).is_none() =>
            {
                at(*arg)
            }
            _ => Err(self.fail(
                Diagnostic::error(
                    "expected-dimension",
                    "the argument of `ELMCOUNT` is not a dimension",
                )
                .label(self.syntax.spans[*arg as usize], ""),
            )),
        }
    }

    /// `SUM(body)` and its kin.
    fn reduce(
        &mut self,
        call: &Call<'_>,
        reduction: Reduction,
        scope: &Scope<'_>,
        at: At<'_>,
    ) -> Result<Expr, Failed> {
        let [body] = call.args else {
            return Err(self.wrong_count(call, &["x[dimension!]"]));
        };
        let body = at(*body)?;
        let over = scope.indices_of(call.node);
        if over.is_empty() {
            let name = &call.name.name;
            return Err(self.fail(
                Diagnostic::error("misplaced-reduction", format!("`{name}` has nothing to run over"))
                    .label(call.span, "no subscript with `!`")
                    .help(format!("mark the dimension: `{name}(x[dimension!])`")),
            ));
        }
        Ok(Expr::Reduce {
            reduction,
            over,
            body,
        })
    }

    /// `GET TIME VALUE(0, offset, 0)`: the time, moved. Of the calendar nothing is known here, and of the clock least.
    fn time_value(&mut self, call: &Call<'_>, model: &mut Model, at: At<'_>) -> Result<Expr, Failed> {
        let [relative_to, offset, measure] = call.args else {
            return Err(self.wrong_count(call, &["relative to", "offset", "measure"]));
        };
        if self.number(*relative_to) != Some(0.0) || self.number(*measure) != Some(0.0) {
            return Err(self.fail(
                Diagnostic::error(
                    "unsupported-function",
                    "of `GET TIME VALUE` only the current time in the model's own units is read",
                )
                .label(call.span, "")
                .help("write `GET TIME VALUE(0, offset, 0)`"),
            ));
        }
        let right = at(*offset)?;
        model.expr_spans.push(call.span);
        let left = model.exprs.push(Expr::Time);
        Ok(Expr::Binary {
            op: BinaryOp::Add,
            left,
            right,
        })
    }

    /// `LOOKUP FORWARD(lookup, x)`, `GET DATA BETWEEN TIMES(data, time, mode)` and their kin.
    fn read_table(
        &mut self,
        call: &Call<'_>,
        reads: TableFunction,
        scope: &mut Scope<'_>,
        model: &mut Model,
        at: At<'_>,
    ) -> Result<Expr, Failed> {
        let parameters = reads.parameters(call.args.len());
        if call.args.len() != parameters.len() {
            return Err(self.wrong_count(call, parameters));
        }
        let of_data = reads.is_of_data();
        let (variable, subscripts) = self.table(call.args[0], parameters[0], of_data, scope, model)?;
        let read = |reading: Reading, x: ExprId| Expr::LookupCall {
            lookup: variable,
            reading,
            subscripts: subscripts.clone(),
            x,
        };
        let mut push = |expr: Expr| {
            model.expr_spans.push(call.span);
            model.exprs.push(expr)
        };
        Ok(match reads {
            TableFunction::Lookup(reading) => read(reading, at(call.args[1])?),
            TableFunction::Slope => {
                let beyond = match self.number(call.args[2]) {
                    Some(-1.0) => Beyond::Nothing,
                    Some(0.0) => Beyond::Level,
                    Some(1.0) => Beyond::Line,
                    _ => {
                        return Err(self.fail(
                            Diagnostic::error("bad-argument", "the mode must be written as -1, 0 or 1")
                                .label(self.syntax.spans[call.args[2] as usize], "")
                                .help("beyond the ends, -1 gives `:NA:`, 0 gives 0, 1 the slope of the next line"),
                        ));
                    }
                };
                read(Reading::Slope(beyond), at(call.args[1])?)
            }
            TableFunction::DataAt => read(Reading::Between(Interpolation::Raw), at(call.args[1])?),
            TableFunction::DataBetween => {
                let mode = self.mode(call.args[2])?;
                read(Reading::Between(mode), at(call.args[1])?)
            }
            TableFunction::Shift if self.computed == Some(call.node) => {
                read(Reading::Shifted, at(call.args[1])?)
            }
            TableFunction::Cumulate(reading) if self.computed == Some(call.node) => {
                let x = push(Expr::Number(0.0));
                read(reading, x)
            }
            TableFunction::Shift | TableFunction::Cumulate(_) => {
                let name = &call.name.name;
                let rest = if call.args.len() == 1 { "data" } else { "data, 1" };
                return Err(self.fail(
                    Diagnostic::error(
                        "misplaced-function",
                        format!("`{name}` must follow `:=` by itself"),
                    )
                    .label(call.span, "")
                    .help(format!(
                        "give it a data variable of its own: `later := {name}({rest})`"
                    )),
                ));
            }
            TableFunction::Area => {
                let (start, end) = (at(call.args[1])?, at(call.args[2])?);
                let left = push(read(Reading::Area, end));
                let right = push(read(Reading::Area, start));
                Expr::Binary {
                    op: BinaryOp::Subtract,
                    left,
                    right,
                }
            }
            TableFunction::Random => {
                let [low, high, shift, stretch] = [1, 2, 3, 4].map(|arg| at(call.args[arg]));
                let (shift, stretch, seed) = (shift?, stretch?, at(call.args[5])?);
                let mut binary = |op, left, right| push(Expr::Binary { op, left, right });
                let [low, high] = [low?, high?].map(|bound| {
                    let moved = binary(BinaryOp::Subtract, bound, shift);
                    binary(BinaryOp::Divide, moved, stretch)
                });
                let end = push(Expr::Number(f64::MAX));
                let all = push(read(Reading::Area, end));
                // The shares of the area below the bounds; of a stretch below zero the other way round.
                let [low, high] = [low, high].map(|bound| {
                    let left = push(read(Reading::Area, bound));
                    let op = BinaryOp::Divide;
                    push(Expr::Binary { op, left, right: all })
                });
                let function = Function::RandomUniform;
                let share = push(Expr::Call {
                    function,
                    args: vec![low, high, seed],
                });
                let x = push(read(Reading::Quantile, share));
                let op = BinaryOp::Multiply;
                let right = push(Expr::Binary {
                    op,
                    left: stretch,
                    right: x,
                });
                Expr::Binary {
                    op: BinaryOp::Add,
                    left: shift,
                    right,
                }
            }
            TableFunction::Statistic(statistic) => {
                let between = match call.args {
                    [_, start, end] => Some([at(*start)?, at(*end)?]),
                    _ => None,
                };
                if statistic == Statistic::Deviation {
                    self.diagnostics.push(
                        Diagnostic::note(
                            "data-deviation",
                            "the deviation is that of a sample, with one less than the number of points below the line",
                        )
                        .label(call.span, "Vensim's manual does not say which it is"),
                    );
                }
                Expr::Statistic {
                    statistic,
                    data: variable,
                    subscripts,
                    between,
                }
            }
        })
    }

    /// The lookup, or the data variable, that an argument names.
    fn table(
        &mut self,
        arg: NodeId,
        parameter: &str,
        of_data: bool,
        scope: &mut Scope<'_>,
        model: &mut Model,
    ) -> Result<(VarId, Vec<Subscript>), Failed> {
        let span = self.syntax.spans[arg as usize];
        let Node::Name { name, subscripts } = &self.syntax.nodes[arg as usize] else {
            return Err(self.fail(
                Diagnostic::error("expected-table", format!("this argument is no {parameter}"))
                    .label(span, ""),
            ));
        };
        let Some(variable) = self.names.get(name) else {
            self.undefined
                .entry(name.key().to_owned())
                .or_insert_with(|| (name.clone(), Vec::new()))
                .1
                .push(span);
            return Err(Failed);
        };
        let fits = match self.lookups.get(&variable) {
            Some(is_lookup) if of_data => !is_lookup && self.is_data(variable),
            Some(is_lookup) => *is_lookup,
            None => return Err(Failed),
        };
        if !fits {
            let what = if of_data { "data variable" } else { "lookup" };
            return Err(self.fail(
                Diagnostic::error("expected-table", format!("`{name}` is no {what}")).label(span, ""),
            ));
        }
        let subscripts = self.subscripts(variable, subscripts, arg, scope, model)?;
        Ok((variable, subscripts))
    }

    /// The mode of `GET DATA BETWEEN TIMES`.
    fn mode(&mut self, mode: NodeId) -> Result<Interpolation, Failed> {
        Ok(match self.number(mode) {
            Some(-1.0) => Interpolation::HoldBackward,
            Some(0.0) => Interpolation::Linear,
            Some(1.0) => Interpolation::LookForward,
            _ => {
                return Err(self.fail(
                    Diagnostic::error("bad-argument", "the mode must be written as -1, 0 or 1")
                        .label(self.syntax.spans[mode as usize], "")
                        .help("-1 holds the last value, 0 interpolates, 1 takes the next"),
                ));
            }
        })
    }

    /// Whether all equations of a variable are series.
    fn is_data(&self, variable: VarId) -> bool {
        let own = |(id, _): &&(VarId, &EquationSyntax)| *id == variable;
        self.names.definitions.iter().filter(own).all(|(_, equation)| {
            matches!(equation.right, Right::Data { .. })
                || matches!(equation.right, Right::Expression { root } if self.brings(root) == Some(External::Data))
        })
    }

    fn with_lookup(&mut self, call: &Call<'_>, at: At<'_>) -> Result<Expr, Failed> {
        let [x, table] = call.args else {
            return Err(self.wrong_count(call, &["x", "table"]));
        };
        let Node::Table(table) = &self.syntax.nodes[*table as usize] else {
            return Err(self.fail(
                Diagnostic::error(
                    "expected-table",
                    "the second argument of `WITH LOOKUP` is not a table",
                )
                .label(self.syntax.spans[*table as usize], "")
                .help("write the points: `WITH LOOKUP(x, ((0,0),(1,1)))`"),
            ));
        };
        let table = tables::table(table, self.diagnostics);
        Ok(Expr::WithLookup {
            x: at(*x)?,
            table: Box::new(table),
        })
    }

    pub(super) fn fail(&mut self, diagnostic: Diagnostic) -> Failed {
        self.diagnostics.push(diagnostic);
        Failed
    }

    pub(super) fn wrong_count(&mut self, call: &Call<'_>, parameters: &[&str]) -> Failed {
        self.count(call.name, parameters, call.args.len(), call.span);
        Failed
    }

    /// Says that a call has the wrong number of arguments.
    pub(super) fn count(&mut self, name: &Named, parameters: &[&str], found: usize, span: Span) {
        let takes = match parameters.len() {
            0 => "no argument".to_owned(),
            1 => "1 argument".to_owned(),
            count => format!("{count} arguments"),
        };
        self.diagnostics.push(
            Diagnostic::error(
                "argument-count",
                format!("`{}` takes {takes}, not {found}", name.name),
            )
            .label(span, "")
            .help(format!("write `{}({})`", name.name, parameters.join(", "))),
        );
    }
}
