//! Expressions to values: what one equation says in one context, for each of its elements.
//!
//! In: a [`Walk`] and the expressions of an equation, children before parents. Out: nodes of its graph, or the units
//! that must come first. An expression is gone through twice, without recursion: backwards to find what is needed (an
//! `INITIAL` needs its argument at the start only, a `SMOOTH` does not need it at all), forwards to compute it.

use rustc_hash::FxHashMap;

use super::functions::{self, Now};
use super::graph::{Kind, NodeId, Phase};
use super::random::Source;
use super::states::{Remembering, RememberingKind, remembering};
use super::walk::{Context, Elements, Pending, Rough, Stop, Task, Unit, Walk, element};
use super::{data, element_count, element_name, vectors};
use crate::carrier::carrying;
use crate::ir::{Code, Segments};
use crate::noise::stable_hash;
use crate::request::InputTarget;
use model::{
    Definition, Diagnostic, Expr, ExprId, Function, Id, Interpolation, Reading, ReducedIndex, Reduction,
    Series, Subscript, Table, VarId,
};

/// The most stages of a `DELAY N`.
const MOST_STAGES: f64 = 10_000.0;

/// What the elements of an expression are: those of the equation, within a sum for all values of its indices. The
/// equation's own run fastest, then those of the outermost sum.
#[derive(Clone, Debug, Default)]
struct Scope {
    count: usize,
    indices: Vec<Running>,
}

/// An index of a sum: its value for element `n` is `n / stride % length`.
#[derive(Clone, Copy, Debug)]
struct Running {
    index: u32,
    length: usize,
    stride: usize,
}

impl Scope {
    /// The scope within a sum.
    fn within(&self, over: &[ReducedIndex]) -> Self {
        let mut inner = self.clone();
        for reduced in over.iter().rev() {
            let length = reduced.length as usize;
            inner.indices.push(Running {
                index: reduced.index,
                length,
                stride: inner.count,
            });
            inner.count *= length;
        }
        inner
    }
}

/// What is needed of an expression.
#[derive(Clone, Copy, Debug)]
struct Need {
    /// Whether in the unit's own context, and whether at the start.
    sides: [bool; 2],
    /// The number of its scope.
    scope: usize,
}

/// What is needed of the expressions of a tree, and their scopes.
type Needs = (Vec<Need>, Vec<Scope>);

impl Walk<'_> {
    /// The values of an expression for the elements of a unit's equation.
    pub(super) fn expression(&mut self, unit: Unit, root: ExprId) -> Result<Elements, Stop> {
        let first = self.first[root.index()] as usize;
        let (needed, scopes) = self.needed(unit, root, first)?;
        // One list for the unit's own context and one for the start, which some functions look back to.
        let mut values: Vec<[Elements; 2]> = vec![[Vec::new(), Vec::new()]; root.index() + 1 - first];
        for (place, need) in needed.into_iter().enumerate() {
            for (side, context) in [unit.context, Context::Init].into_iter().enumerate() {
                if need.sides[side] {
                    let id = ExprId::from_index(first + place);
                    let read = |id: ExprId, context: Context| {
                        let side = usize::from(context != unit.context);
                        values[id.index() - first][side].as_slice()
                    };
                    values[place][side] =
                        self.one(Unit { context, ..unit }, id, &scopes[need.scope], &read)?;
                }
            }
        }
        Ok(std::mem::take(&mut values[root.index() - first][0]))
    }

    /// Which expressions of a tree are needed, in the unit's own context and at the start; or the units that must come
    /// first.
    fn needed(&self, unit: Unit, root: ExprId, first: usize) -> Result<Needs, Stop> {
        let count = self.places(unit.variable, unit.equation).len();
        let mut scopes = vec![Scope {
            count,
            indices: Vec::new(),
        }];
        let mut needed = vec![
            Need {
                sides: [false; 2],
                scope: 0
            };
            root.index() + 1 - first
        ];
        let mut missing = Vec::new();
        needed[root.index() - first].sides[0] = true;
        for index in (first..=root.index()).rev() {
            let id = ExprId::from_index(index);
            let Need { sides, scope } = needed[index - first];
            let own_scope = scope;
            let scope_of_children = match &self.model.exprs[id] {
                Expr::Reduce { over, .. } | Expr::Vector { over, .. } => {
                    scopes.push(scopes[scope].within(over));
                    scopes.len() - 1
                }
                _ => scope,
            };
            let scope = &scopes[scope];
            for (side, context) in [unit.context, Context::Init].into_iter().enumerate() {
                if !sides[side] {
                    continue;
                }
                let mut need_in = |id: ExprId, context: Context, scope: usize| {
                    let need = &mut needed[id.index() - first];
                    need.sides[usize::from(context != unit.context)] = true;
                    need.scope = scope;
                };
                let mut need = |id: ExprId, context: Context| need_in(id, context, scope_of_children);
                let mut need_unit = |walk: &Self, source: Unit| {
                    let source = walk.source(source.variable, source.equation, source.context);
                    if !walk.is_done(source) {
                        missing.push(source);
                    }
                };
                match &self.model.exprs[id] {
                    Expr::Number(_) | Expr::Time | Expr::Position(_) => {}
                    Expr::Reduce { body, .. } => need(*body, context),
                    Expr::Vector { function, args, .. } => {
                        for (position, arg) in args.iter().enumerate() {
                            let inner = position < function.vectors();
                            need_in(*arg, context, if inner { scope_of_children } else { own_scope });
                        }
                    }
                    Expr::Variable { variable, subscripts } => {
                        let used = self.subscripted(unit, id, *variable, subscripts, scope)?;
                        let mut is_used = vec![subscripts.is_empty(); element_count(self.model, *variable)];
                        used.into_iter().for_each(|place| is_used[place] = true);
                        for source in self.whole(*variable, context) {
                            // Elements may depend on other elements of the same variable.
                            if self
                                .places(source.variable, source.equation)
                                .iter()
                                .any(|place| is_used[*place])
                            {
                                need_unit(self, source);
                            }
                        }
                    }
                    Expr::LookupCall { x, .. } | Expr::WithLookup { x, .. } => need(*x, context),
                    Expr::Statistic { between, .. } => {
                        between.iter().flatten().for_each(|time| need(*time, context));
                    }
                    Expr::Unary { operand, .. } => need(*operand, context),
                    Expr::Binary { left, right, .. } => {
                        need(*left, context);
                        need(*right, context);
                    }
                    Expr::Call { function, args } => {
                        let of_time = context <= Context::Clock;
                        if let Some(carrying) = carrying(*function) {
                            if of_time {
                                return Err(Stop::Problem(
                                    self.control_problem(unit.variable, "a conveyor, a queue or the like"),
                                ));
                            }
                            if let Some((_, argument)) = carrying.at_once {
                                need(args[argument], context);
                            }
                            continue;
                        }
                        if let Some(memory) = remembering(*function) {
                            if of_time {
                                return Err(Stop::Problem(
                                    self.control_problem(unit.variable, "a function with memory"),
                                ));
                            }
                            for (arg, context) in memory.needs(context) {
                                need(args[arg], context);
                            }
                            continue;
                        }
                        match function {
                            _ if of_time && (*function == Function::Initial || function.draws()) => {
                                return Err(Stop::Problem(
                                    self.control_problem(unit.variable, "INITIAL or noise"),
                                ));
                            }
                            Function::Initial => need(args[0], Context::Init),
                            Function::Simultaneous | Function::FindZero => {
                                if of_time {
                                    return Err(Stop::Problem(
                                        self.control_problem(unit.variable, "an unknown"),
                                    ));
                                }
                            }
                            Function::ShiftIfTrue => {
                                [args[1], args[3]].into_iter().for_each(|arg| need(arg, context));
                                self.ends(unit, id)?
                                    .into_iter()
                                    .for_each(|source| need_unit(self, Unit { context, ..source }));
                            }
                            _ => args.iter().for_each(|arg| need(*arg, context)),
                        }
                        if functions::uses_time(*function) {
                            let variable = self.model.time.time_step;
                            need_unit(
                                self,
                                Unit {
                                    variable,
                                    equation: 0,
                                    context,
                                },
                            );
                        }
                    }
                }
            }
        }
        if missing.is_empty() {
            Ok((needed, scopes))
        } else {
            Err(Stop::Missing(missing))
        }
    }

    /// The values of one expression, given those of its children.
    fn one<'v>(
        &mut self,
        unit: Unit,
        id: ExprId,
        scope: &Scope,
        read: &dyn Fn(ExprId, Context) -> &'v [NodeId],
    ) -> Result<Elements, Stop> {
        let context = unit.context;
        let in_sum = !scope.indices.is_empty();
        let of = |id: ExprId| read(id, context);
        match &self.model.exprs[id] {
            Expr::Number(number) => Ok(vec![self.graph.number(*number)]),
            Expr::Time => Ok(vec![self.time(context)]),
            Expr::Position(subscript) => {
                let mut elements = vec![0; if is_constant(subscript) { 1 } else { scope.count }];
                for (number, element) in elements.iter_mut().enumerate() {
                    *element = self.position(unit, id, subscript, scope, number)?;
                }
                let number = |element| self.graph.number(f64::from(element) + 1.0);
                Ok(elements.into_iter().map(number).collect())
            }
            Expr::Reduce {
                reduction,
                over,
                body,
            } => {
                let length = over.iter().map(|index| index.length as usize).product();
                Ok(self.reduce(*reduction, length, of(*body)))
            }
            Expr::Vector {
                function,
                over,
                args,
                at,
            } => {
                let (vectors, numbers) = args.split_at(function.vectors());
                let length: usize = over.iter().map(|index| index.length as usize).product();
                let lengths: Vec<usize> = over.iter().map(|index| index.length as usize).collect();
                let mut known: FxHashMap<Vec<NodeId>, Vec<NodeId>> = FxHashMap::default();
                let mut values = Vec::with_capacity(scope.count);
                for number in 0..scope.count {
                    let elements = vectors.iter().flat_map(|vector| {
                        let vector = of(*vector);
                        (0..length).map(move |turn| element(vector, turn * scope.count + number))
                    });
                    let mut inputs: Vec<NodeId> = elements.collect();
                    inputs.extend(numbers.iter().map(|arg| element(of(*arg), number)));
                    let results = match known.get(&inputs) {
                        Some(results) => results,
                        None => {
                            let results = vectors::results(&mut self.graph, *function, &lengths, &inputs)
                                .map_err(|problem| {
                                    let problem = Diagnostic::error("vector-function", problem);
                                    Stop::Problem(problem.label(self.model.expr_spans[id], ""))
                                })?;
                            known.entry(inputs).or_insert(results)
                        }
                    };
                    let mut place = 0;
                    for (subscript, length) in at.iter().zip(&lengths) {
                        place = place * length + self.position(unit, id, subscript, scope, number)? as usize;
                    }
                    let Some(value) = results.get(place) else {
                        let problem = "the left-hand side has more elements than the vector";
                        let problem = Diagnostic::error("vector-function", problem);
                        return Err(Stop::Problem(problem.label(self.model.expr_spans[id], "")));
                    };
                    values.push(*value);
                }
                Ok(values)
            }
            Expr::Variable { variable, subscripts } => {
                let places = self.subscripted(unit, id, *variable, subscripts, scope)?;
                Ok(places
                    .into_iter()
                    .map(|place| self.read(*variable, place as u32, context))
                    .collect())
            }
            Expr::LookupCall {
                lookup,
                reading,
                subscripts,
                x,
            } => {
                let places = self.subscripted(unit, id, *lookup, subscripts, scope)?;
                let x = of(*x);
                let count = places.len().max(x.len());
                if matches!(reading, Reading::Area | Reading::Quantile | Reading::Slope(_)) {
                    let tables: Vec<Segments> = places
                        .iter()
                        .map(|place| self.table(id, *lookup, Reading::Lines, *place))
                        .collect::<Result<_, _>>()?;
                    let one = |number: usize| {
                        let table = &tables[if tables.len() == 1 { 0 } else { number }];
                        let (graph, x) = (&mut self.graph, element(x, number));
                        match reading {
                            Reading::Area => data::tables::area(graph, table, x),
                            Reading::Slope(beyond) => data::tables::slope(graph, table, x, *beyond),
                            _ => data::tables::quantile(graph, table, x),
                        }
                    };
                    return (0..count)
                        .map(one)
                        .collect::<Result<_, _>>()
                        .map_err(|problem| self.table_problem(id, problem));
                }
                let tables: Vec<Segments> = places
                    .iter()
                    .map(|place| self.table(id, *lookup, *reading, *place))
                    .collect::<Result<_, _>>()?;
                let table = |number: usize| tables[if tables.len() == 1 { 0 } else { number }].clone();
                Ok((0..count)
                    .map(|number| self.graph.lookup(table(number), element(x, number)))
                    .collect())
            }
            Expr::Statistic {
                statistic,
                data,
                subscripts,
                between,
            } => {
                let places = self.subscripted(unit, id, *data, subscripts, scope)?;
                let ends = between.map(|ends| ends.map(of));
                let longest = ends.iter().flatten().map(|end| end.len()).max().unwrap_or(1);
                let mut values = Vec::new();
                for number in 0..places.len().max(longest) {
                    let place = places[if places.len() == 1 { 0 } else { number }];
                    let series = self.series(*data, place).map_err(Stop::Problem)?;
                    let ends = ends.map(|ends| ends.map(|end| element(end, number)));
                    let value = data::statistic(&mut self.graph, *statistic, &series, ends);
                    values.push(value.map_err(|problem| self.table_problem(id, problem))?);
                }
                Ok(values)
            }
            Expr::WithLookup { x, table } => {
                let table =
                    data::tables::segments(table).map_err(|problem| self.table_problem(id, problem))?;
                Ok(of(*x)
                    .iter()
                    .map(|x| self.graph.lookup(table.clone(), *x))
                    .collect())
            }
            Expr::Unary { op, operand } => Ok(of(*operand)
                .iter()
                .map(|operand| functions::unary(&mut self.graph, *op, *operand))
                .collect()),
            Expr::Binary { op, left, right } => {
                let (left, right) = (of(*left), of(*right));
                let count = left.len().max(right.len());
                let one = |number| {
                    functions::binary(
                        &mut self.graph,
                        *op,
                        element(left, number),
                        element(right, number),
                    )
                };
                Ok((0..count).map(one).collect())
            }
            Expr::Call { function, args } => {
                if *function == Function::Initial {
                    return Ok(read(args[0], Context::Init).to_vec());
                }
                if context == Context::Step && functions::moves_by_steps(*function) {
                    self.rough.push(Rough {
                        variable: unit.variable,
                        span: self.model.expr_spans[id],
                        what: format!("uses {}", function.name()),
                    });
                }
                if carrying(*function).is_some() {
                    if in_sum {
                        return Err(self.refuse_in_sum(id, "a conveyor, a queue or the like"));
                    }
                    return Ok(self.carried(unit, id, *function, scope.count, &|at| of(args[at])));
                }
                if let Some(memory) = remembering(*function) {
                    if in_sum {
                        return Err(self.refuse_in_sum(id, "a function with memory"));
                    }
                    return self.remember(unit, id, memory, args, scope.count, read);
                }
                if function.draws() {
                    if in_sum {
                        return Err(self.refuse_in_sum(id, "noise"));
                    }
                    return self.draw(unit, id, *function, args, scope.count, &of);
                }
                if matches!(function, Function::Simultaneous | Function::FindZero) {
                    if in_sum {
                        return Err(self.refuse_in_sum(id, "an unknown"));
                    }
                    return Ok(self.unknown(unit, id, *function));
                }
                if *function == Function::ShiftIfTrue {
                    if in_sum {
                        return Err(self.refuse_in_sum(id, "SHIFT IF TRUE"));
                    }
                    return self.shifted_out(unit, id, scope.count, &|at| of(args[at]));
                }
                let now = functions::uses_time(*function).then(|| self.now(context));
                let count = args.iter().map(|arg| of(*arg).len()).max().unwrap_or(1);
                let mut values = Vec::with_capacity(count);
                for number in 0..count {
                    let args: Vec<NodeId> = args.iter().map(|arg| element(of(*arg), number)).collect();
                    let value = functions::call(&mut self.graph, *function, &args, now);
                    values.push(value.expect("functions with memory and noise are dealt with above"));
                }
                Ok(values)
            }
        }
    }

    pub(super) fn time(&mut self, context: Context) -> NodeId {
        match context {
            Context::Start => self.graph.number(0.0),
            Context::Clock => self.graph.leaf(Kind::Time, Phase::Clock),
            Context::Init => self.start,
            Context::Step => self.graph.leaf(Kind::Time, Phase::Step),
        }
    }

    fn now(&mut self, context: Context) -> Now {
        let step = self.read(self.model.time.time_step, 0, context);
        Now {
            time: self.time(context),
            step,
        }
    }

    /// The elements of a variable that an expression uses: one, or one for each element of the scope.
    fn subscripted(
        &self,
        unit: Unit,
        id: ExprId,
        variable: VarId,
        subscripts: &[Subscript],
        scope: &Scope,
    ) -> Result<Vec<usize>, Stop> {
        let dimensions = &self.model.variables[variable].dimensions;
        let one = subscripts.iter().all(is_constant);
        let mut places = vec![0; if one { 1 } else { scope.count }];
        for (dimension, subscript) in dimensions.iter().zip(subscripts) {
            let size = self.model.dimensions[*dimension].elements.len();
            for (number, place) in places.iter_mut().enumerate() {
                *place = *place * size + self.position(unit, id, subscript, scope, number)? as usize;
            }
        }
        Ok(places)
    }

    /// The elements of the variable that an expression names, outside of any sum.
    pub(super) fn places_of(&self, unit: Unit, named: ExprId) -> Result<Vec<usize>, Stop> {
        let Expr::Variable { variable, subscripts } = &self.model.exprs[named] else {
            unreachable!("the reader has made sure that it names a variable")
        };
        let scope = Scope {
            count: self.places(unit.variable, unit.equation).len(),
            indices: Vec::new(),
        };
        self.subscripted(unit, named, *variable, subscripts, &scope)
    }

    /// The position that a subscript means for an element of the scope.
    fn position(
        &self,
        unit: Unit,
        id: ExprId,
        subscript: &Subscript,
        scope: &Scope,
        number: usize,
    ) -> Result<u32, Stop> {
        match subscript {
            Subscript::Element(position) => Ok(*position),
            Subscript::Follows { left, positions } => {
                let region = self.region(unit.variable, unit.equation);
                let elements: usize = region.iter().map(Vec::len).product();
                Ok(positions[position_in(region, *left as usize, number % elements) as usize])
            }
            Subscript::Reduced { index, positions } => {
                let running = scope.indices.iter().find(|running| running.index == *index);
                match running {
                    Some(running) => Ok(positions[number / running.stride % running.length]),
                    None => {
                        let problem = "a subscript with `!` stands outside of a function that reduces";
                        let problem = Diagnostic::error("subscript-reduced", problem);
                        Err(Stop::Problem(problem.label(self.model.expr_spans[id], "")))
                    }
                }
            }
        }
    }

    /// Brings together the values of a body, `length` of them for each element, in order, the first being the start.
    fn reduce(&mut self, reduction: Reduction, length: usize, body: &[NodeId]) -> Elements {
        let code = match reduction {
            Reduction::Sum => Code::Add,
            Reduction::Product => Code::Multiply,
            Reduction::Minimum => Code::Min,
            Reduction::Maximum => Code::Max,
        };
        let count = if body.len() == 1 { 1 } else { body.len() / length };
        let mut values: Elements = (0..count).map(|number| element(body, number)).collect();
        for turn in 1..length {
            for (number, value) in values.iter_mut().enumerate() {
                *value = self
                    .graph
                    .binary(code, *value, element(body, turn * count + number));
            }
        }
        values
    }

    fn refuse_in_sum(&self, id: ExprId, what: &str) -> Stop {
        let problem = format!("{what} stands within a sum over subscripts");
        let problem = Diagnostic::error("memory-in-sum", problem).label(self.model.expr_spans[id], "");
        Stop::Problem(problem.help("give it a variable of its own, over the same subscripts, and sum that"))
    }

    fn table(&self, call: ExprId, lookup: VarId, reading: Reading, place: usize) -> Result<Segments, Stop> {
        let mut pieces = self.whole(lookup, Context::Step).into_iter();
        let piece = pieces.find(|unit| self.places(lookup, unit.equation).contains(&place));
        let equation = piece.and_then(|unit| self.equation(lookup, unit.equation));
        let stepwise = |table: &Table, interpolation: Interpolation| {
            let series = Series {
                interpolation,
                times: table.x.clone(),
                values: table.y.clone(),
            };
            series.table(interpolation)
        };
        match (equation.map(|equation| &equation.definition), reading) {
            (Some(Definition::Lookup(table)), _) => {
                let table = match reading {
                    Reading::Lines
                    | Reading::Between(_)
                    | Reading::Shifted
                    | Reading::Sums
                    | Reading::Sum
                    | Reading::Area
                    | Reading::Quantile
                    | Reading::Slope(_) => table.clone(),
                    Reading::Extrapolate => Table {
                        extrapolate: true,
                        ..table.clone()
                    },
                    Reading::Forward => stepwise(table, Interpolation::LookForward),
                    Reading::Backward => stepwise(table, Interpolation::HoldBackward),
                    Reading::Inverse => data::tables::inverse(table).ok_or_else(|| {
                        let problem = "a table that is inverted must rise all along, or fall".to_owned();
                        self.table_problem(call, problem)
                    })?,
                };
                data::tables::segments(&table).map_err(|problem| self.table_problem(call, problem))
            }
            (Some(Definition::Data(_) | Definition::Derived { .. }), Reading::Between(interpolation)) => {
                let table = self.series(lookup, place).map_err(Stop::Problem)?;
                let table = table.table_within(interpolation);
                data::tables::segments(&table).map_err(|problem| self.table_problem(call, problem))
            }
            _ => {
                let name = element_name(self.model, lookup, place as u32);
                Err(self.table_problem(call, format!("`{name}` is called like a lookup but is none")))
            }
        }
    }

    /// The tables that a reading of a lookup reads, one or one for each element of an equation.
    pub(super) fn tables_of(&self, unit: Unit, read: ExprId) -> Result<Vec<Segments>, Stop> {
        let Expr::LookupCall {
            lookup, subscripts, ..
        } = &self.model.exprs[read]
        else {
            unreachable!("the reader has made sure that it is a lookup")
        };
        let scope = Scope {
            count: self.places(unit.variable, unit.equation).len(),
            indices: Vec::new(),
        };
        let places = self.subscripted(unit, read, *lookup, subscripts, &scope)?;
        let table = |place: &usize| self.table(read, *lookup, Reading::Lines, *place);
        places.iter().map(table).collect()
    }

    fn table_problem(&self, call: ExprId, problem: String) -> Stop {
        Stop::Problem(Diagnostic::error("lookup-table", problem).label(self.model.expr_spans[call], ""))
    }

    /// A function with memory.
    fn remember<'v>(
        &mut self,
        unit: Unit,
        call: ExprId,
        memory: Remembering,
        args: &[ExprId],
        count: usize,
        read: &dyn Fn(ExprId, Context) -> &'v [NodeId],
    ) -> Result<Elements, Stop> {
        let stages = match memory.kind {
            RememberingKind::Smooth { stages } | RememberingKind::Delay { stages } if stages > 0 => stages,
            RememberingKind::Ring | RememberingKind::Sample => 1,
            // At the start, what comes out is the initial value.
            RememberingKind::Queue { .. } if unit.context == Context::Init => 1,
            RememberingKind::Queue { .. } => self.queue_places(args[memory.time]).map_err(|problem| {
                let problem = Diagnostic::error("delay-places", problem);
                Stop::Problem(problem.label(self.model.expr_spans[call], ""))
            })?,
            _ => self.stages(
                call,
                memory
                    .order
                    .map_or(&[][..], |order| read(args[order], Context::Init)),
            )?,
        };
        let stages = match memory.kind {
            RememberingKind::Delay { stages: 0 } => {
                self.fewer_stages(stages, read(args[memory.time], unit.context))
            }
            _ => stages,
        };
        if unit.context == Context::Init {
            let initial = read(args[memory.initial], Context::Init);
            let time = match memory.kind {
                RememberingKind::Delay { .. } => read(args[memory.time], Context::Init),
                _ => &[],
            };
            let at_start = |number: usize| {
                let time = (!time.is_empty()).then(|| element(time, number));
                memory.value_at_start(&mut self.graph, stages, element(initial, number), time)
            };
            return Ok((0..initial.len().max(time.len())).map(at_start).collect());
        }
        let times = match memory.kind {
            RememberingKind::Delay { .. } => read(args[memory.time], Context::Step),
            _ => &[],
        };
        let lags = times.iter().map(|time| memory.lags(&self.graph, stages, *time));
        let mut lags = lags.max().unwrap_or(0);
        if let RememberingKind::Queue {
            missing: Some(missing),
        } = memory.kind
            && self.constant(args[missing]) != Some(0.0)
        {
            // What is missing must be told from nothing.
            lags = stages;
        }
        let known = self.call_states.get(&(call, unit.equation)).copied();
        let first = known.unwrap_or_else(|| {
            let Unit {
                variable, equation, ..
            } = unit;
            let first = self.new_states(variable, equation, stages + lags);
            self.call_states.insert((call, equation), first);
            self.pending.push(Task::States(Pending {
                variable,
                equation,
                call: Some(call),
                first,
                stages,
                lags,
            }));
            first
        });
        let mut values = Vec::with_capacity(count);
        for number in 0..count {
            let state = |stage: u32| Kind::State(first + stage * count as u32 + number as u32);
            let all = (0..stages + lags).map(|stage| self.graph.leaf(state(stage), Phase::Step));
            let all: Vec<NodeId> = all.collect();
            let (stages, lags) = all.split_at(stages as usize);
            let args = |arg: usize, context: Context| element(read(args[arg], context), number);
            values.push(memory.value(&mut self.graph, stages, lags, &args));
        }
        Ok(values)
    }

    /// The order of a `DELAY N` whose stages would be shorter than a time step: Vensim then takes as many as there are
    /// steps. A time that is not known now, or differs between elements, leaves the order as it is.
    fn fewer_stages(&self, stages: u32, times: &[NodeId]) -> u32 {
        let step = self.element_of(self.model.time.time_step, Context::Clock, 0);
        let (Some(step), Some(first)) = (self.graph.constant(step), times.first()) else {
            return stages;
        };
        let Some(time) = self.graph.constant(*first) else {
            return stages;
        };
        let most = (time / step + 1e-9).max(1.0);
        let alike = times.iter().all(|time| time == first);
        if alike && most < f64::from(stages) {
            most as u32
        } else {
            stages
        }
    }

    /// The number that an expression is, if it is one that no input replaces.
    pub(super) fn constant(&self, id: ExprId) -> Option<f64> {
        match &self.model.exprs[id] {
            Expr::Number(number) => Some(*number),
            Expr::Variable { variable, .. }
                if !self.inputs.contains_key(&InputTarget::Variable(*variable)) =>
            {
                self.model.number(*variable)
            }
            _ => None,
        }
    }

    /// The order of a `DELAY N`: it says how many stocks there are, so it must be known now, and the same for all
    /// elements.
    fn stages(&self, call: ExprId, order: &[NodeId]) -> Result<u32, Stop> {
        let refuse = |problem: String| {
            Err(Stop::Problem(
                Diagnostic::error("delay-order", problem).label(self.model.expr_spans[call], ""),
            ))
        };
        let mut orders = order.iter().map(|order| self.graph.constant(*order));
        let Some(Some(first)) = orders.next() else {
            return refuse("the order of a delay must be known before the run".to_owned());
        };
        if !orders.all(|order| order == Some(first)) {
            return refuse("the order of a delay must be the same for all elements".to_owned());
        }
        let order = first.round();
        if order != first && (1.0..=MOST_STAGES).contains(&order) {
            return refuse(format!(
                "the order of a delay is a whole number, and this one is {first}"
            ));
        }
        if (1.0..=MOST_STAGES).contains(&order) {
            Ok(order as u32)
        } else {
            refuse(format!(
                "the order of a delay lies between 1 and {MOST_STAGES}, and this one is {first}"
            ))
        }
    }

    /// A function that draws. The model's own seed does not matter: the stream is known by the variable's name and the
    /// place of the call in it, so that options and futures share noise, and other equations do not disturb it.
    fn draw<'v>(
        &mut self,
        unit: Unit,
        call: ExprId,
        function: Function,
        args: &[ExprId],
        count: usize,
        of: &dyn Fn(ExprId) -> &'v [NodeId],
    ) -> Result<Elements, Stop> {
        let phase = if unit.context == Context::Init {
            Phase::Init
        } else {
            Phase::Step
        };
        let before = self.draws.get(&call).copied().unwrap_or(0);
        let places = self.places(unit.variable, unit.equation).to_vec();
        let mut values = Vec::with_capacity(count);
        for (number, place) in places.into_iter().enumerate() {
            let name = element_name(self.model, unit.variable, place as u32);
            let name = model::Name::key_of(&name);
            let name = if before == 0 {
                name
            } else {
                format!("{name} #{before}")
            };
            let stream = stable_hash(&name);
            let arg = |arg: usize| element(of(args[arg]), number);
            let graph = &mut self.graph;
            values.push(match function {
                Function::RandomNormal => {
                    let [low, high, mean, deviation] = [0, 1, 2, 3].map(arg);
                    graph.draw(Code::Normal, stream, phase, &[low, high, mean, deviation])
                }
                Function::RandomUniform => {
                    let (low, high) = (arg(0), arg(1));
                    let share = graph.draw(Code::Uniform, stream, phase, &[]);
                    let width = graph.binary(Code::Subtract, high, low);
                    let offset = graph.binary(Code::Multiply, width, share);
                    graph.binary(Code::Add, low, offset)
                }
                Function::Random01 => graph.draw(Code::Uniform, stream, phase, &[]),
                _ => {
                    let args: Vec<NodeId> = (0..args.len()).map(arg).collect();
                    let mut source = Source {
                        graph,
                        name: &name,
                        phase,
                        drawn: 0,
                    };
                    source.draw(function, &args).map_err(|problem| {
                        let problem = Diagnostic::error("random-arguments", problem);
                        Stop::Problem(problem.label(self.model.expr_spans[call], ""))
                    })?
                }
            });
        }
        Ok(values)
    }
}

/// Whether a subscript means the same for all elements of an equation.
fn is_constant(subscript: &Subscript) -> bool {
    matches!(subscript, Subscript::Element(_))
}

/// The position along the left-hand side's dimension `left` of the `number`-th element of a region.
fn position_in(region: &[Vec<u32>], left: usize, number: usize) -> u32 {
    let inner: usize = region[left + 1..].iter().map(Vec::len).product();
    region[left][number / inner % region[left].len()]
}
