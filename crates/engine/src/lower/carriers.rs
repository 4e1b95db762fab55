//! What stands behind conveyors, queues and Vensim's delays of discrete things: carriers, and what is seen of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::graph::{Kind, NodeId, Phase};
use super::walk::{Context, Elements, Pending, Stop, Task, Unit, Walk, element};
use crate::carrier::{self, Carrying, Part, carrying};
use crate::ir::Code;
use model::{Definition, Diagnostic, Expr, ExprId, Function, Subscript, VarId};

/// A carrier in the making, as one call sees it: created when it is looked at, completed when its equation has been read.
#[derive(Clone, Debug)]
pub(super) struct CarrierValue {
    pub(super) kind: carrier::Kind,
    pub(super) part: Part,
    /// The variable whose equation looks at it.
    pub(super) variable: model::VarId,
    pub(super) start: Vec<NodeId>,
    pub(super) step: Vec<NodeId>,
}

/// What carriers need, by the moment and the argument that says it: one row of elements or several.
type Rows = BTreeMap<(Context, usize), Vec<Elements>>;

impl CarrierValue {
    /// All that it needs.
    pub(super) fn inputs(&self) -> impl Iterator<Item = NodeId> {
        self.start.iter().chain(&self.step).copied()
    }

    /// Takes what one of its elements needs, out of what all need.
    fn take(&mut self, rows: &Rows, number: usize) {
        self.start.clear();
        self.step.clear();
        for ((context, _), rows) in rows {
            let inputs = match context {
                Context::Init => &mut self.start,
                _ => &mut self.step,
            };
            inputs.extend(rows.iter().map(|elements| element(elements, number)));
        }
    }
}

impl Walk<'_> {
    /// What is seen of a carrier, for each element of an equation. `of` gives the arguments in the unit's own context.
    pub(super) fn carried<'v>(
        &mut self,
        unit: Unit,
        call: ExprId,
        function: Function,
        count: usize,
        of: &dyn Fn(usize) -> &'v [NodeId],
    ) -> Elements {
        let Carrying { kind, part, at_once } = carrying(function).expect("the call looks at a carrier");
        let parts: Vec<Part> = [part].into_iter().chain(at_once.map(|(part, _)| part)).collect();
        let known = self.call_states.get(&(call, unit.equation)).copied();
        let first = known.unwrap_or_else(|| {
            let first = self.carriers.len() as u32;
            for part in &parts {
                for _ in 0..count {
                    self.carriers.push(CarrierValue {
                        kind,
                        part: *part,
                        variable: unit.variable,
                        start: Vec::new(),
                        step: Vec::new(),
                    });
                }
            }
            self.call_states.insert((call, unit.equation), first);
            self.pending.push(Task::States(Pending {
                variable: unit.variable,
                equation: unit.equation,
                call: Some(call),
                first,
                stages: 0,
                lags: 0,
            }));
            first
        });
        let phase = if unit.context == Context::Init {
            Phase::Init
        } else {
            Phase::Step
        };
        let seen = (first..).map(Kind::Carried).take(parts.len() * count);
        let mut seen: Elements = seen.map(|kind| self.graph.leaf(kind, phase)).collect();
        let shares = seen.split_off(count);
        if let Some((_, argument)) = at_once {
            for (number, (value, share)) in seen.iter_mut().zip(shares).enumerate() {
                let now = self
                    .graph
                    .binary(Code::Multiply, share, element(of(argument), number));
                *value = self.graph.binary(Code::Add, *value, now);
            }
        }
        seen
    }

    /// Reads what carriers need, so that they can live.
    pub(super) fn complete_carriers(
        &mut self,
        pending: Pending,
        function: Function,
        args: &[ExprId],
        count: usize,
    ) -> Result<(), Stop> {
        let Pending {
            variable, equation, ..
        } = pending;
        let Carrying { kind, at_once, .. } = carrying(function).expect("the call looks at a carrier");
        if function.looks_into_queue() {
            return self.complete_views(pending, function, args, count);
        }
        let values = self.rows(variable, equation, function, args)?;
        if kind == carrier::Kind::Ledger {
            self.check_initial(
                args[2],
                &values[&(Context::Init, 2)],
                &values[&(Context::Init, 1)],
                &values[&(Context::Init, 3)],
            )?;
        }
        let parts = 1 + usize::from(at_once.is_some());
        for number in 0..parts * count {
            let nothing = self.graph.number(0.0);
            let carrier = &mut self.carriers[pending.first as usize + number];
            carrier.take(&values, number % count);
            if matches!(kind, carrier::Kind::Fifo { .. }) {
                carrier.start.extend([nothing; 2]);
            }
            if kind.looks_at_clock() {
                carrier.start.push(self.start);
            }
        }
        Ok(())
    }

    /// What the carrier of a call needs, at the start and at a step: for each argument one row of elements or several.
    fn rows(
        &mut self,
        variable: VarId,
        equation: u32,
        function: Function,
        args: &[ExprId],
    ) -> Result<Rows, Stop> {
        let Carrying { kind, at_once, .. } = carrying(function).expect("the call looks at a carrier");
        let mut values = Rows::new();
        let mut missing = Vec::new();
        let needs = |position: usize| {
            let at_start = function.needs(position).at_start && at_once.is_none_or(|(_, at)| at != position);
            [
                (Context::Init, at_start),
                (Context::Step, function.feeds(position)),
            ]
        };
        for (position, arg) in args.iter().enumerate() {
            for (context, is_needed) in needs(position) {
                if !is_needed {
                    continue;
                }
                let unit = Unit {
                    variable,
                    equation,
                    context,
                };
                let found = if function.lookups().contains(&position) {
                    // What is distributed; factors may be anything.
                    self.points(unit, *arg, function.lookups()[0] == position)
                } else if kind == carrier::Kind::Ledger && (position == 1 || position == 2) {
                    self.row_from(unit, *arg, position == 1)
                } else {
                    self.expression(unit, *arg).map(|elements| vec![elements])
                };
                match found {
                    Ok(rows) => {
                        values.insert((context, position), rows);
                    }
                    Err(Stop::Missing(more)) => missing.extend(more),
                    Err(problem) => return Err(problem),
                }
            }
        }
        if !missing.is_empty() {
            return Err(Stop::Missing(missing));
        }
        Ok(values)
    }

    /// Carriers like the one of a queue, for what is asked about it.
    fn complete_views(
        &mut self,
        pending: Pending,
        function: Function,
        args: &[ExprId],
        count: usize,
    ) -> Result<(), Stop> {
        let unit = Unit {
            variable: pending.variable,
            equation: pending.equation,
            context: Context::Step,
        };
        let problem = |arg: ExprId, problem: String| {
            let problem = Diagnostic::error("vector-function", problem);
            Stop::Problem(problem.label(self.model.expr_spans[arg], ""))
        };
        let no_queue = problem(
            args[0],
            match function {
                Function::QueueAttribAverage | Function::QueueAttribQuantity => {
                    "this is no variable that `QUEUE FIFO ATTRIB` defines".to_owned()
                }
                _ => "this is no variable that `QUEUE FIFO` defines".to_owned(),
            },
        );
        let changes = |arg: ExprId| {
            let name = function.name();
            problem(arg, format!("what `{name}` asks about must not change in time"))
        };
        let Expr::Variable { variable: queue, .. } = self.model.exprs[args[0]] else {
            return Err(no_queue);
        };
        let places = self.places_of(unit, args[0])?;
        let mut missing = Vec::new();
        let mut asked = Vec::new();
        for arg in &args[1..] {
            // What is seen at a time is told at the end of the step before: a number that changes would come too late.
            match self.expression(unit, *arg) {
                Ok(elements)
                    if elements
                        .iter()
                        .all(|node| self.graph.node(*node).phase < Phase::Init) =>
                {
                    asked.push(elements);
                }
                Ok(_) => return Err(changes(*arg)),
                Err(Stop::Missing(more)) => missing.extend(more),
                Err(problem) => return Err(problem),
            }
        }
        let mut known: BTreeMap<u32, Rows> = BTreeMap::new();
        for number in 0..count {
            let place = places[if places.len() == 1 { 0 } else { number }];
            let mut pieces = self.whole(queue, Context::Step).into_iter();
            let piece = pieces.find(|piece| self.places(queue, piece.equation).contains(&place));
            let piece = piece.map_or(0, |piece| piece.equation);
            let of_attributes = matches!(
                function,
                Function::QueueAttribAverage | Function::QueueAttribQuantity
            );
            let Some((kind, queue_args)) = self.queue(queue, piece, of_attributes) else {
                return Err(no_queue);
            };
            if let Entry::Vacant(entry) = known.entry(piece) {
                match self.rows(queue, piece, kind, &queue_args) {
                    Ok(rows) => {
                        entry.insert(rows);
                    }
                    Err(Stop::Missing(more)) => missing.extend(more),
                    Err(problem) => return Err(problem),
                }
            }
            if !missing.is_empty() {
                continue;
            }
            let mut own = self.places(queue, piece).iter();
            let at = own.position(|own| *own == place).unwrap_or(0);
            let nothing = self.graph.number(0.0);
            let asked = [0, 1].map(|at| {
                asked
                    .get(at)
                    .map_or(nothing, |elements| element(elements, number))
            });
            let carrier = &mut self.carriers[pending.first as usize + number];
            carrier.kind = carrying(kind).map_or(carrier.kind, |carrying| carrying.kind);
            carrier.take(&known[&piece], at);
            carrier.start.extend(asked);
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Stop::Missing(missing))
        }
    }

    /// The queue that an equation is, and its arguments; one without attributes only if these do not matter.
    fn queue(&self, variable: VarId, equation: u32, of_attributes: bool) -> Option<(Function, Vec<ExprId>)> {
        let Definition::Expression(root) = self.equation(variable, equation)?.definition else {
            return None;
        };
        match &self.model.exprs[root] {
            Expr::Call { function, args }
                if *function == Function::QueueFifoAttrib
                    || (*function == Function::QueueFifo && !of_attributes) =>
            {
                Some((*function, args.clone()))
            }
            _ => None,
        }
    }

    /// The points of a lookup, for each element of an equation: their number, their abscissae, their ordinates.
    fn points(&mut self, unit: Unit, read: ExprId, distributes: bool) -> Result<Vec<Elements>, Stop> {
        let tables = self.tables_of(unit, read)?;
        let problem = |problem: &str| {
            let problem = Diagnostic::error("lookup-table", problem);
            Err(Stop::Problem(problem.label(self.model.expr_spans[read], "")))
        };
        let count = tables[0].x.len();
        if tables.iter().any(|table| table.x.len() != count) {
            return problem("the profiles of all elements must have as many points");
        }
        for table in &tables {
            let rises = table.x[count - 1] > table.x[0];
            let nothing = table.y.iter().any(|y| *y < 0.0) || table.y.iter().all(|y| *y == 0.0);
            if !rises || (distributes && nothing) {
                return problem("a profile must not fall below zero, and must rise above it somewhere");
            }
        }
        let mut rows = vec![vec![self.graph.number(count as f64)]];
        for place in 0..count {
            rows.push(
                tables
                    .iter()
                    .map(|table| self.graph.number(table.x[place]))
                    .collect(),
            );
        }
        for place in 0..count {
            rows.push(
                tables
                    .iter()
                    .map(|table| self.graph.number(table.y[place]))
                    .collect(),
            );
        }
        Ok(rows)
    }

    /// The elements of a vector from the named one on along its last subscript, with their number before them if `counted`; a plain
    /// number is a vector of one.
    fn row_from(&mut self, unit: Unit, named: ExprId, counted: bool) -> Result<Vec<Elements>, Stop> {
        let mut rows = Vec::new();
        match &self.model.exprs[named] {
            Expr::Variable { variable, subscripts } if !subscripts.is_empty() => {
                let sources: Vec<Unit> = self.whole(*variable, unit.context);
                let missing: Vec<Unit> = sources
                    .into_iter()
                    .filter(|source| !self.is_done(*source))
                    .collect();
                if !missing.is_empty() {
                    return Err(Stop::Missing(missing));
                }
                let dimension = self.model.variables[*variable].dimensions.last();
                let length = dimension.map_or(0, |last| self.model.dimensions[*last].elements.len());
                let first = match subscripts.last() {
                    Some(Subscript::Element(first)) => *first as usize,
                    _ => {
                        let problem = "the vector is given by its first element: `schedule[year 1]`";
                        let problem = Diagnostic::error("vector-function", problem);
                        return Err(Stop::Problem(problem.label(self.model.expr_spans[named], "")));
                    }
                };
                let places = self.places_of(unit, named)?;
                for more in 0..length - first {
                    let read = |place: &usize| self.read(*variable, (place + more) as u32, unit.context);
                    rows.push(places.iter().map(read).collect());
                }
            }
            _ => rows.push(self.expression(unit, named)?),
        }
        if counted {
            rows.insert(0, vec![self.graph.number(rows.len() as f64)]);
        }
        Ok(rows)
    }

    /// Refuses what is written off from the start where Vensim's manual leaves open what it means: with fiscal periods that are
    /// no unit of time, an amount and a rate are two numbers, and a single number stands for no period.
    fn check_initial(
        &self,
        named: ExprId,
        initial: &[Elements],
        schedule: &[Elements],
        time: &[Elements],
    ) -> Result<(), Stop> {
        let periods = schedule.len() - 1;
        let constant = |node: &NodeId| self.graph.constant(*node);
        let nothing = initial.iter().flatten().all(|node| constant(node) == Some(0.0));
        let units = time
            .iter()
            .flatten()
            .all(|node| constant(node) == Some(periods as f64));
        if nothing || (units && initial.len() == periods) {
            return Ok(());
        }
        let problem = if initial.len() == periods {
            "an initial depreciation is read only where a fiscal period is one unit of time"
        } else {
            "the initial depreciation must have as many elements as the schedule, or be 0"
        };
        let problem = Diagnostic::error("vector-function", problem);
        Err(Stop::Problem(problem.label(self.model.expr_spans[named], "")))
    }
}
