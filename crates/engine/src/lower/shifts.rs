//! What stands behind `SHIFT IF TRUE`: flows between the elements of a stock that carry all of one to the next within a step.
//!
//! The call stands in the equation of another variable, so a stock asks for the calls that move it when it is completed. In a
//! step at whose start the condition holds, each element of the row gives all that it had to the one behind it; what the
//! stock's own flows bring or take in the same step comes on top. The first element takes the new value; the last one gives
//! away what it had, or keeps it.

use super::graph::NodeId;
use super::walk::{Context, Elements, Stop, Unit, Walk, element};
use crate::ir::Code;
use model::{Definition, Diagnostic, Expr, ExprId, Function, Id, Subscript, VarId};

/// A call, and what it moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    /// The variable and the piece in whose equation it stands.
    caller: VarId,
    call: ExprId,
    stock: VarId,
}

/// How the elements that one call moves lie in the stock.
pub(super) struct Row {
    /// For each element of the caller's equation the first place that it moves.
    first: Vec<usize>,
    length: usize,
}

impl Row {
    /// The last place, for an element of the caller's equation.
    fn last(&self, number: usize) -> usize {
        self.first[if self.first.len() == 1 { 0 } else { number }] + self.length - 1
    }
}

/// All calls of a model.
pub(super) fn shifts(model: &model::Model, first: &[u32]) -> Vec<Shift> {
    let is_shift = |expr: &Expr| {
        matches!(
            expr,
            Expr::Call {
                function: Function::ShiftIfTrue,
                ..
            }
        )
    };
    let mut found = Vec::new();
    if !model.exprs.iter().any(is_shift) {
        return found;
    }
    for (caller, variable) in model.variables.enumerate() {
        for equation in &variable.equations {
            let Definition::Expression(root) = equation.definition else {
                continue;
            };
            for call in (first[root.index()]..=root.0).map(ExprId) {
                if let Expr::Call { args, .. } = &model.exprs[call]
                    && is_shift(&model.exprs[call])
                    && let Expr::Variable { variable: stock, .. } = model.exprs[args[0]]
                {
                    found.push(Shift { caller, call, stock });
                }
            }
        }
    }
    found
}

impl Walk<'_> {
    /// Where the elements lie that a call moves, as one equation of its variable says.
    pub(super) fn row(&self, unit: Unit, call: ExprId) -> Result<Row, Stop> {
        let problem = |problem: String| {
            let problem = Diagnostic::error("vector-function", problem);
            Stop::Problem(problem.label(self.model.expr_spans[call], ""))
        };
        let Expr::Call { args, .. } = &self.model.exprs[call] else {
            unreachable!("a shift is a call")
        };
        let (Expr::Variable { variable, subscripts }, Some(size)) =
            (&self.model.exprs[args[0]], self.constant(args[2]))
        else {
            return Err(problem(
                "the size of `SHIFT IF TRUE` must be a number that is known before the run".to_owned(),
            ));
        };
        let Some(Subscript::Element(start)) = subscripts.last() else {
            return Err(problem("`SHIFT IF TRUE` starts at a named element".to_owned()));
        };
        let dimensions = &self.model.variables[*variable].dimensions;
        let count = dimensions
            .last()
            .map_or(0, |last| self.model.dimensions[*last].elements.len());
        let left = count - *start as usize;
        if size.fract() != 0.0 || size < 2.0 || size > left as f64 {
            return Err(problem(format!(
                "`SHIFT IF TRUE` is to move {size} elements, and from the one it names on there are {left}"
            )));
        }
        Ok(Row {
            first: self.places_of(unit, args[0])?,
            length: size as usize,
        })
    }

    /// The units that hold the last elements of a row.
    pub(super) fn ends(&self, unit: Unit, call: ExprId) -> Result<Vec<Unit>, Stop> {
        let row = self.row(unit, call)?;
        let ends: Vec<usize> = (0..row.first.len()).map(|number| row.last(number)).collect();
        let stock = self.shifted(call);
        let mut units = self.whole(stock, unit.context);
        units.retain(|source| {
            let places = self.places(stock, source.equation);
            ends.iter().any(|end| places.contains(end))
        });
        Ok(units)
    }

    /// What leaves the last elements, for each element of the caller's equation.
    pub(super) fn shifted_out<'v>(
        &mut self,
        unit: Unit,
        call: ExprId,
        count: usize,
        of: &dyn Fn(usize) -> &'v [NodeId],
    ) -> Result<Elements, Stop> {
        let row = self.row(unit, call)?;
        let stock = self.shifted(call);
        let zero = self.graph.number(0.0);
        let mut values = Vec::with_capacity(count);
        for number in 0..count {
            let last = self.read(stock, row.last(number) as u32, unit.context);
            let out = self.graph.select(element(of(3), number), zero, last);
            values.push(self.graph.select(element(of(1), number), out, zero));
        }
        Ok(values)
    }

    fn shifted(&self, call: ExprId) -> VarId {
        let shift = self.shifts.iter().find(|shift| shift.call == call);
        shift.expect("all calls are known").stock
    }

    /// The rates of a stock, with what is moved between its elements.
    pub(super) fn with_shifts(&mut self, unit: Unit, mut rates: Elements) -> Result<Elements, Stop> {
        let stock = unit.variable;
        let calls: Vec<Shift> = self
            .shifts
            .iter()
            .copied()
            .filter(|shift| shift.stock == stock)
            .collect();
        if calls.is_empty() {
            return Ok(rates);
        }
        let places = self.places(stock, unit.equation).to_vec();
        if rates.len() == 1 {
            rates = vec![rates[0]; places.len()];
        }
        let mut moved = vec![false; places.len()];
        let mut missing: Vec<Unit> = self
            .whole(stock, Context::Step)
            .into_iter()
            .filter(|source| !self.is_done(*source))
            .collect();
        for shift in calls {
            let mut callers = self.whole(shift.caller, Context::Step);
            callers.retain(|caller| self.stands_in(*caller, shift.call));
            for caller in callers {
                let row = self.row(caller, shift.call)?;
                let Expr::Call { args, .. } = &self.model.exprs[shift.call] else {
                    unreachable!("a shift is a call")
                };
                let mut values = Vec::new();
                for arg in [args[1], args[3], args[4]] {
                    match self.expression(caller, arg) {
                        Ok(elements) => values.push(elements),
                        Err(Stop::Missing(more)) => missing.extend(more),
                        Err(problem) => return Err(problem),
                    }
                }
                let [condition, accumulate, new] = values.as_slice() else {
                    continue;
                };
                if !missing.is_empty() {
                    continue;
                }
                for (number, first) in row.first.iter().enumerate() {
                    for (at, place) in places.iter().enumerate() {
                        if !(*first..=row.last(number)).contains(place) {
                            continue;
                        }
                        if std::mem::replace(&mut moved[at], true) {
                            let name = super::element_name(self.model, stock, *place as u32);
                            let problem = format!("`{name}` is moved by more than one `SHIFT IF TRUE`");
                            let problem = Diagnostic::error("vector-function", problem);
                            return Err(Stop::Problem(
                                problem.label(self.model.expr_spans[shift.call], ""),
                            ));
                        }
                        let own = self.read(stock, *place as u32, Context::Step);
                        let from = if place == first {
                            element(new, number)
                        } else {
                            self.read(stock, *place as u32 - 1, Context::Step)
                        };
                        let mut change = self.graph.binary(Code::Subtract, from, own);
                        if *place == row.last(number) {
                            change = self.graph.select(element(accumulate, number), from, change);
                        }
                        let step = self.read(self.model.time.time_step, 0, Context::Step);
                        let flow = self.graph.binary(Code::Divide, change, step);
                        let zero = self.graph.number(0.0);
                        let flow = self.graph.select(element(condition, number), flow, zero);
                        rates[at] = self.graph.binary(Code::Add, rates[at], flow);
                    }
                }
            }
        }
        if !missing.is_empty() {
            return Err(Stop::Missing(missing));
        }
        self.by_steps = self.by_steps.or(Some(stock));
        Ok(rates)
    }

    /// Whether a call stands in the equation of a unit.
    fn stands_in(&self, unit: Unit, call: ExprId) -> bool {
        let equation = self.equation(unit.variable, unit.equation);
        equation.is_some_and(|equation| match equation.definition {
            Definition::Expression(root) => (self.first[root.index()]..=root.0).contains(&call.0),
            _ => false,
        })
    }
}
