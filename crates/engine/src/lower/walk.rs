//! Equations to values: a walk over what the outputs need, dependencies first.
//!
//! In: a model and a request. Out: [`Values`]. An expression means different values in different contexts (a stock is
//! its initial value at the start and a state later), so what is computed is a *unit*: one equation in one context.
//! The walk keeps its own stack, and within an equation goes forward over the arena: nothing recurses.

use std::collections::{BTreeMap, HashMap};

use super::functions::{self, Now};
use super::graph::{Control, Graph, Kind, NodeId, Phase};
use super::states::{Life, Remembering, RememberingKind, StateValue, UpdateValue, remembering};
use super::{element_count, element_name, tables, variable_id};
use crate::ir::{Code, Segments};
use crate::noise::stable_hash;
use crate::request::{Binding, InputTarget, Request};
use model::{
    Definition, Diagnostic, Diagnostics, Equation, Expr, ExprId, Function, Id, Model, Subscript, VarId,
};

/// The most stages of a `DELAY N`.
const MOST_STAGES: f64 = 10_000.0;

/// What an expression is evaluated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Context {
    /// `INITIAL TIME`, as if `Time` were 0.
    Start,
    /// The time controls at each time.
    Clock,
    /// The first time.
    Init,
    /// Each time.
    Step,
}

const CONTEXTS: [Context; 4] = [Context::Start, Context::Clock, Context::Init, Context::Step];

/// The values that a program computes.
pub(super) struct Values {
    pub(super) graph: Graph,
    pub(super) states: Vec<StateValue>,
    pub(super) metrics: Vec<NodeId>,
    pub(super) series: Vec<NodeId>,
    /// The time at which a run starts.
    pub(super) start: NodeId,
    /// The controls at each time, in the order of [`Control`].
    pub(super) clock: [NodeId; 4],
}

/// One equation of a variable in one context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Unit {
    variable: VarId,
    equation: u32,
    context: Context,
}

/// States that have been read and must be completed: of a stock, or of a call of a function with memory.
#[derive(Clone, Copy, Debug)]
struct Pending {
    variable: VarId,
    equation: u32,
    call: Option<ExprId>,
    /// The first state; as many follow as there are elements and stages.
    first: u32,
    stages: u32,
}

#[derive(Clone, Copy, Debug)]
enum Task {
    Unit(Unit),
    States(Pending),
}

/// Why something cannot be evaluated (yet).
enum Stop {
    Missing(Vec<Unit>),
    Problem(Diagnostic),
}

/// Elements of an equation: one number for each, or one for all.
type Elements = Vec<NodeId>;

fn element(elements: &[NodeId], place: usize) -> NodeId {
    elements[if elements.len() == 1 { 0 } else { place }]
}

/// The values that a request needs, or what cannot be lowered.
pub(super) fn values(model: &Model, request: &Request) -> Result<Values, Diagnostics> {
    let mut walk = Walk::new(model, request);
    let time = &model.time;
    let controls = [time.initial_time, time.final_time, time.time_step, time.saveper];
    walk.finish(vec![walk.whole(time.initial_time, Context::Start)].concat());
    let start = walk.element_of(time.initial_time, Context::Start, 0);
    walk.start = start;
    walk.finish(
        controls
            .iter()
            .flat_map(|control| walk.whole(*control, Context::Clock))
            .collect(),
    );
    let clock = controls.map(|control| walk.element_of(control, Context::Clock, 0));

    let metrics = request
        .metrics
        .iter()
        .map(|metric| (metric.variable, metric.element));
    let metrics: Vec<(VarId, u32)> = metrics.collect();
    let mut series = Vec::new();
    for variable in &request.series {
        series.extend((0..element_count(model, *variable) as u32).map(|element| (*variable, element)));
    }
    let wanted = metrics.iter().chain(&series).map(|(variable, _)| *variable);
    let wanted: Vec<Unit> = wanted
        .flat_map(|variable| walk.whole(variable, Context::Step))
        .collect();
    walk.finish(wanted);
    if walk.problems.has_errors() {
        return Err(walk.problems);
    }
    let mut read = |outputs: &[(VarId, u32)]| -> Vec<NodeId> {
        outputs
            .iter()
            .map(|(variable, element)| walk.read(*variable, *element, Context::Step))
            .collect()
    };
    let (metrics, series) = (read(&metrics), read(&series));
    if walk.problems.has_errors() {
        return Err(walk.problems);
    }
    walk.copy_states_read_by_states();
    Ok(Values {
        graph: walk.graph,
        states: walk.states,
        metrics,
        series,
        start,
        clock,
    })
}

struct Walk<'a> {
    model: &'a Model,
    /// For each expression the first one of its subtree.
    first: Vec<u32>,
    inputs: BTreeMap<InputTarget, (u32, Binding)>,
    graph: Graph,
    problems: Diagnostics,
    start: NodeId,
    /// By context and variable the value of each element; `None` until its unit is done.
    known: [Vec<Vec<Option<NodeId>>>; 4],
    /// Units that are waiting for others.
    waiting: HashMap<Unit, ()>,
    states: Vec<StateValue>,
    stock_states: HashMap<(VarId, u32), u32>,
    call_states: HashMap<ExprId, u32>,
    /// For each call that draws, how many draws stand before it in its variable.
    draws: HashMap<ExprId, u32>,
    pending: Vec<Task>,
}

impl<'a> Walk<'a> {
    fn new(model: &'a Model, request: &Request) -> Self {
        let mut graph = Graph::default();
        let start = graph.number(0.0);
        let inputs = request.inputs.iter().enumerate();
        Self {
            model,
            first: first_of_subtrees(model),
            inputs: inputs
                .map(|(place, input)| (input.target, (place as u32, input.binding)))
                .collect(),
            graph,
            problems: Diagnostics::new(),
            start,
            known: CONTEXTS.map(|_| vec![Vec::new(); model.variables.len()]),
            waiting: HashMap::new(),
            states: Vec::new(),
            stock_states: HashMap::new(),
            call_states: HashMap::new(),
            draws: draws_before(model),
            pending: Vec::new(),
        }
    }

    /// All units of a variable in a context.
    fn whole(&self, variable: VarId, context: Context) -> Vec<Unit> {
        let equations = self.model.variables[variable].equations.len().max(1);
        (0..equations as u32)
            .map(|equation| Unit {
                variable,
                equation,
                context,
            })
            .collect()
    }

    fn element_of(&self, variable: VarId, context: Context, element: u32) -> NodeId {
        let elements = &self.known[context as usize][variable.index()];
        elements
            .get(element as usize)
            .copied()
            .flatten()
            .unwrap_or(self.start)
    }

    /// Works until the units, all that they need and all states that they read are done.
    fn finish(&mut self, units: Vec<Unit>) {
        let mut stack: Vec<Task> = units.into_iter().rev().map(Task::Unit).collect();
        loop {
            let Some(task) = stack.pop() else {
                stack.append(&mut self.pending);
                if stack.is_empty() {
                    return;
                }
                continue;
            };
            if matches!(task, Task::Unit(unit) if self.is_done(unit)) {
                continue;
            }
            let done = match task {
                Task::Unit(unit) => self.unit(unit),
                Task::States(pending) => self.complete(pending),
            };
            match done {
                Ok(()) => self.leave(task),
                Err(Stop::Problem(problem)) => self.give_up(task, problem),
                Err(Stop::Missing(missing)) => {
                    if let Some(again) = missing.iter().find(|unit| self.waiting.contains_key(unit)) {
                        let problem = self.loop_problem(*again);
                        self.give_up(task, problem);
                        continue;
                    }
                    if let Task::Unit(unit) = task {
                        self.waiting.insert(unit, ());
                    }
                    stack.push(task);
                    stack.extend(missing.into_iter().map(Task::Unit));
                }
            }
        }
    }

    fn leave(&mut self, task: Task) {
        if let Task::Unit(unit) = task {
            self.waiting.remove(&unit);
        }
    }

    /// Notes a problem, and lets what depends on this go on with a number, so that other problems are found too.
    fn give_up(&mut self, task: Task, problem: Diagnostic) {
        if !self.problems.items.contains(&problem) {
            self.problems.push(problem);
        }
        if let Task::Unit(unit) = task {
            let count = self.places(unit.variable, unit.equation).len();
            let nothing = self.graph.number(f64::NAN);
            self.store(unit, &vec![nothing; count]);
        }
        self.leave(task);
    }

    fn loop_problem(&self, unit: Unit) -> Diagnostic {
        let variable = &self.model.variables[unit.variable];
        let what = match unit.context {
            Context::Start | Context::Clock => "time control",
            Context::Init => "initial value",
            Context::Step => "value",
        };
        Diagnostic::error(
            "value-loop",
            format!("the {what} `{}` depends on itself", variable.name),
        )
        .label(variable.span, "")
        .help("break the loop with a stock, or its initial value with ACTIVE INITIAL")
    }

    fn is_done(&self, unit: Unit) -> bool {
        let elements = &self.known[unit.context as usize][unit.variable.index()];
        let places = self.places(unit.variable, unit.equation);
        !elements.is_empty() && places.iter().all(|place| elements[*place].is_some())
    }

    fn store(&mut self, unit: Unit, values: &[NodeId]) {
        let count = element_count(self.model, unit.variable);
        let places = self.places(unit.variable, unit.equation);
        let elements = &mut self.known[unit.context as usize][unit.variable.index()];
        elements.resize(count, None);
        for (value, place) in places.into_iter().enumerate() {
            elements[place] = Some(element(values, value));
        }
    }

    fn equation(&self, variable: VarId, equation: u32) -> Option<&'a Equation> {
        self.model.variables[variable].equations.get(equation as usize)
    }

    /// The elements of a variable that an equation defines, in row-major order.
    fn places(&self, variable: VarId, equation: u32) -> Vec<usize> {
        let region = self
            .equation(variable, equation)
            .map_or(&[][..], |equation| &equation.region);
        let mut places = vec![0];
        for (dimension, positions) in self.model.variables[variable].dimensions.iter().zip(region) {
            let size = self.model.dimensions[*dimension].elements.len();
            places = places
                .iter()
                .flat_map(|place| {
                    positions
                        .iter()
                        .map(move |position| place * size + *position as usize)
                })
                .collect();
        }
        places
    }

    /// The value of an element that is done, with states and controls as the context sees them.
    fn read(&mut self, variable: VarId, element: u32, context: Context) -> NodeId {
        if let Some(control) = self.control(variable)
            && matches!(context, Context::Init | Context::Step)
        {
            return self.control_value(control, variable, context);
        }
        let elements = &self.known[context as usize][variable.index()];
        if let Some(value) = elements.get(element as usize).copied().flatten() {
            return value;
        }
        let name = element_name(self.model, variable, element);
        let span = self.model.variables[variable].span;
        let problem =
            Diagnostic::error("element-undefined", format!("no equation defines `{name}`")).label(span, "");
        if !self.problems.items.contains(&problem) {
            self.problems.push(problem);
        }
        self.start
    }

    fn control(&self, variable: VarId) -> Option<Control> {
        let time = &self.model.time;
        match variable {
            _ if variable == time.initial_time => Some(Control::InitialTime),
            _ if variable == time.final_time => Some(Control::FinalTime),
            _ if variable == time.time_step => Some(Control::TimeStep),
            _ if variable == time.saveper => Some(Control::Saveper),
            _ => None,
        }
    }

    /// A control as an ordinary equation sees it: if it depends on time, the timeline sets it at each step.
    fn control_value(&mut self, control: Control, variable: VarId, context: Context) -> NodeId {
        let value = self.element_of(variable, Context::Clock, 0);
        if self.graph.node(value).phase <= Phase::Once {
            return value;
        }
        let phase = if context == Context::Init {
            Phase::Init
        } else {
            Phase::Step
        };
        self.graph.leaf(Kind::Control(control), phase)
    }

    /// The unit in which a variable is read from a context.
    fn source(&self, variable: VarId, equation: u32, context: Context) -> Unit {
        let of_control = self.control(variable).is_some() && context > Context::Clock;
        Unit {
            variable,
            equation,
            context: if of_control { Context::Clock } else { context },
        }
    }

    fn unit(&mut self, unit: Unit) -> Result<(), Stop> {
        self.graph.origin = Some(unit.variable);
        let own = |walk: &mut Self| walk.own_value(unit);
        let values = match self.inputs.get(&InputTarget::Variable(unit.variable)).copied() {
            None => own(self)?,
            Some((input, Binding::Uniform | Binding::PerFuture)) => {
                vec![self.graph.leaf(Kind::Input(input), Phase::Once)]
            }
            Some((_, Binding::Schedule)) if unit.context <= Context::Clock => {
                let problem = self.control_problem(unit.variable, "a schedule");
                return Err(Stop::Problem(problem));
            }
            Some((input, Binding::Schedule)) => {
                let own = own(self)?;
                let phase = if unit.context == Context::Init {
                    Phase::Init
                } else {
                    Phase::Step
                };
                let scheduled = self.graph.leaf(Kind::Schedule(input), phase);
                let is_set = self.graph.binary(Code::Equal, scheduled, scheduled);
                vec![self.graph.select(is_set, scheduled, own[0])]
            }
        };
        self.store(unit, &values);
        Ok(())
    }

    /// What the equation of a unit says.
    fn own_value(&mut self, unit: Unit) -> Result<Elements, Stop> {
        let variable = &self.model.variables[unit.variable];
        let Some(equation) = self.equation(unit.variable, unit.equation) else {
            let problem =
                Diagnostic::error("equation-missing", format!("`{}` has no equation", variable.name));
            return Err(Stop::Problem(problem.label(variable.span, "")));
        };
        match equation.definition {
            Definition::Expression(root) => self.expression(unit, root),
            Definition::ActiveInitial { initial, .. } if unit.context == Context::Init => {
                self.expression(unit, initial)
            }
            Definition::ActiveInitial { active, .. } => self.expression(unit, active),
            Definition::Lookup(_) => {
                let problem = format!("`{}` is a lookup and is used as a number", variable.name);
                Err(Stop::Problem(
                    Diagnostic::error("lookup-as-number", problem).label(equation.span, ""),
                ))
            }
            Definition::Stock {
                non_negative: true, ..
            } => {
                let problem = format!(
                    "the stock `{}` may not fall below zero, which is not supported",
                    variable.name
                );
                Err(Stop::Problem(
                    Diagnostic::error("stock-non-negative", problem).label(equation.span, ""),
                ))
            }
            Definition::Stock { initial, .. } => match unit.context {
                Context::Start | Context::Clock => {
                    Err(Stop::Problem(self.control_problem(unit.variable, "a stock")))
                }
                Context::Init => match self.inputs.get(&InputTarget::InitialOf(unit.variable)) {
                    Some((input, _)) => Ok(vec![self.graph.leaf(Kind::Input(*input), Phase::Once)]),
                    None => self.expression(unit, initial),
                },
                Context::Step => {
                    let count = self.places(unit.variable, unit.equation).len() as u32;
                    let first = self.stock_states.get(&(unit.variable, unit.equation)).copied();
                    let first = first.unwrap_or_else(|| {
                        let first = self.new_states(unit.variable, unit.equation, 1);
                        self.stock_states.insert((unit.variable, unit.equation), first);
                        self.pending.push(Task::States(Pending {
                            variable: unit.variable,
                            equation: unit.equation,
                            call: None,
                            first,
                            stages: 1,
                        }));
                        first
                    });
                    Ok((first..first + count)
                        .map(|state| self.graph.leaf(Kind::State(state), Phase::Step))
                        .collect())
                }
            },
        }
    }

    fn control_problem(&self, variable: VarId, what: &str) -> Diagnostic {
        let name = &self.model.variables[variable].name;
        let problem = format!("the time controls depend on {what}, through `{name}`");
        Diagnostic::error("time-control", problem)
            .label(self.model.variables[variable].span, "")
            .help("let them depend on `Time` and constants only")
    }

    /// States for each element of an equation, `stages` of them one after the other.
    fn new_states(&mut self, variable: VarId, equation: u32, stages: u32) -> u32 {
        let first = self.states.len() as u32;
        for _ in 0..stages {
            for place in self.places(variable, equation) {
                self.states.push(StateValue {
                    variable,
                    element: place as u32,
                    life: None,
                });
            }
        }
        first
    }

    /// Reads the equation of states, so that they can live.
    fn complete(&mut self, pending: Pending) -> Result<(), Stop> {
        self.graph.origin = Some(pending.variable);
        let Pending {
            variable,
            equation,
            first,
            stages,
            ..
        } = pending;
        let places = self.places(variable, equation);
        let count = places.len();
        let Some(call) = pending.call else {
            let rate = match self
                .equation(variable, equation)
                .map(|equation| &equation.definition)
            {
                Some(Definition::Stock { rate, .. }) => *rate,
                _ => unreachable!("states without a call belong to a stock"),
            };
            let unit = Unit {
                variable,
                equation,
                context: Context::Init,
            };
            let mut missing = if self.is_done(unit) {
                Vec::new()
            } else {
                vec![unit]
            };
            let rates = match self.expression(
                Unit {
                    context: Context::Step,
                    ..unit
                },
                rate,
            ) {
                Ok(rates) => rates,
                Err(Stop::Missing(more)) => {
                    missing.extend(more);
                    Vec::new()
                }
                Err(problem) => return Err(problem),
            };
            if !missing.is_empty() {
                return Err(Stop::Missing(missing));
            }
            for (number, place) in places.into_iter().enumerate() {
                let initial = self.element_of(variable, Context::Init, place as u32);
                let update = UpdateValue::Integrate(element(&rates, number));
                self.states[first as usize + number].life = Some(Life { initial, update });
            }
            return Ok(());
        };
        let Expr::Call { function, args } = &self.model.exprs[call] else {
            unreachable!("states of a call belong to a call");
        };
        let memory = remembering(*function).expect("states of a call belong to a function with memory");
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (arg, context) in memory.state_needs() {
            match self.expression(
                Unit {
                    variable,
                    equation,
                    context,
                },
                args[arg],
            ) {
                Ok(elements) => {
                    values.insert((arg, context), elements);
                }
                Err(Stop::Missing(more)) => missing.extend(more),
                Err(problem) => return Err(problem),
            }
        }
        if !missing.is_empty() {
            return Err(Stop::Missing(missing));
        }
        for number in 0..count {
            let state = |stage: usize| first as usize + stage * count + number;
            let stages: Vec<NodeId> = (0..stages as usize)
                .map(|stage| self.graph.leaf(Kind::State(state(stage) as u32), Phase::Step))
                .collect();
            let args = |arg: usize, context: Context| element(&values[&(arg, context)], number);
            for (stage, life) in memory
                .lives(&mut self.graph, &stages, &args)
                .into_iter()
                .enumerate()
            {
                self.states[state(stage)].life = Some(life);
            }
        }
        Ok(())
    }

    /// The values of an expression for the elements of a unit's equation.
    fn expression(&mut self, unit: Unit, root: ExprId) -> Result<Elements, Stop> {
        let first = self.first[root.index()] as usize;
        let needed = self.needed(unit, root, first)?;
        let count = self.places(unit.variable, unit.equation).len();
        // One list for the unit's own context and one for the start, which some functions look back to.
        let mut values: Vec<[Elements; 2]> = vec![[Vec::new(), Vec::new()]; root.index() + 1 - first];
        for (place, needs) in needed.into_iter().enumerate() {
            for (side, context) in [unit.context, Context::Init].into_iter().enumerate() {
                if needs[side] {
                    let id = ExprId::from_index(first + place);
                    let read = |id: ExprId, context: Context| {
                        let side = usize::from(context != unit.context);
                        values[id.index() - first][side].as_slice()
                    };
                    values[place][side] = self.one(Unit { context, ..unit }, id, count, &read)?;
                }
            }
        }
        Ok(std::mem::take(&mut values[root.index() - first][0]))
    }

    /// Which expressions of a tree are needed, in the unit's own context and at the start; or the units that must come
    /// first.
    fn needed(&self, unit: Unit, root: ExprId, first: usize) -> Result<Vec<[bool; 2]>, Stop> {
        let mut needed = vec![[false; 2]; root.index() + 1 - first];
        let mut missing = Vec::new();
        needed[root.index() - first][0] = true;
        for index in (first..=root.index()).rev() {
            for (side, context) in [unit.context, Context::Init].into_iter().enumerate() {
                if !needed[index - first][side] {
                    continue;
                }
                let mut need = |id: ExprId, context: Context| {
                    needed[id.index() - first][usize::from(context != unit.context)] = true;
                };
                let mut need_unit = |walk: &Self, source: Unit| {
                    let source = walk.source(source.variable, source.equation, source.context);
                    if !walk.is_done(source) {
                        missing.push(source);
                    }
                };
                match &self.model.exprs[ExprId::from_index(index)] {
                    Expr::Number(_) | Expr::Time => {}
                    Expr::Position(_) | Expr::Reduce { .. } => {
                        return Err(Stop::Problem(self.array_problem(ExprId::from_index(index))));
                    }
                    Expr::Variable { variable, .. } => {
                        for source in self.whole(*variable, context) {
                            need_unit(self, source);
                        }
                    }
                    Expr::LookupCall { x, .. } | Expr::WithLookup { x, .. } => need(*x, context),
                    Expr::Unary { operand, .. } => need(*operand, context),
                    Expr::Binary { left, right, .. } => {
                        need(*left, context);
                        need(*right, context);
                    }
                    Expr::Call { function, args } => {
                        let of_time = context <= Context::Clock;
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
                            Function::Initial
                            | Function::RandomUniform
                            | Function::RandomNormal
                            | Function::Random01
                                if of_time =>
                            {
                                return Err(Stop::Problem(
                                    self.control_problem(unit.variable, "INITIAL or noise"),
                                ));
                            }
                            Function::Initial => need(args[0], Context::Init),
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
            Ok(needed)
        } else {
            Err(Stop::Missing(missing))
        }
    }

    /// The values of one expression, given those of its children.
    fn one<'v>(
        &mut self,
        unit: Unit,
        id: ExprId,
        count: usize,
        read: &dyn Fn(ExprId, Context) -> &'v [NodeId],
    ) -> Result<Elements, Stop> {
        let context = unit.context;
        let of = |id: ExprId| read(id, context);
        match &self.model.exprs[id] {
            Expr::Number(number) => Ok(vec![self.graph.number(*number)]),
            Expr::Time => Ok(vec![self.time(context)]),
            Expr::Position(_) | Expr::Reduce { .. } => Err(Stop::Problem(self.array_problem(id))),
            Expr::Variable { variable, subscripts } => {
                let places = self.subscripted(unit, id, *variable, subscripts, count)?;
                Ok(places
                    .into_iter()
                    .map(|place| self.read(*variable, place as u32, context))
                    .collect())
            }
            Expr::LookupCall {
                lookup,
                subscripts,
                x,
            } => {
                let places = self.subscripted(unit, id, *lookup, subscripts, count)?;
                let x = of(*x);
                let count = places.len().max(x.len());
                let tables: Vec<Segments> = places
                    .iter()
                    .map(|place| self.table(id, *lookup, *place))
                    .collect::<Result<_, _>>()?;
                let table = |number: usize| tables[if tables.len() == 1 { 0 } else { number }].clone();
                Ok((0..count)
                    .map(|number| self.graph.lookup(table(number), element(x, number)))
                    .collect())
            }
            Expr::WithLookup { x, table } => {
                let table = tables::segments(table).map_err(|problem| self.table_problem(id, problem))?;
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
                if let Some(memory) = remembering(*function) {
                    return self.remember(unit, id, memory, args, count, read);
                }
                if matches!(
                    function,
                    Function::RandomUniform | Function::RandomNormal | Function::Random01
                ) {
                    return Ok(self.draw(unit, id, *function, args, count, &of));
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

    fn array_problem(&self, id: ExprId) -> Diagnostic {
        let problem = "subscripts as numbers, and sums over subscripts, are not simulated yet";
        Diagnostic::error("unsupported-array-function", problem).label(self.model.expr_spans[id], "")
    }

    fn time(&mut self, context: Context) -> NodeId {
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

    /// The elements of a variable that an expression uses: one, or one for each element of the unit's equation.
    fn subscripted(
        &self,
        unit: Unit,
        id: ExprId,
        variable: VarId,
        subscripts: &[Subscript],
        count: usize,
    ) -> Result<Vec<usize>, Stop> {
        let region = self
            .equation(unit.variable, unit.equation)
            .map_or(&[][..], |equation| &equation.region);
        let dimensions = &self.model.variables[variable].dimensions;
        let follows = subscripts
            .iter()
            .any(|subscript| matches!(subscript, Subscript::Follows { .. }));
        let mut places = vec![0; if follows { count } else { 1 }];
        for (dimension, subscript) in dimensions.iter().zip(subscripts) {
            let size = self.model.dimensions[*dimension].elements.len();
            for (number, place) in places.iter_mut().enumerate() {
                let position = match subscript {
                    Subscript::Element(position) => *position,
                    Subscript::Follows { left, positions } => {
                        positions[position_in(region, *left as usize, number) as usize]
                    }
                    Subscript::Reduced { .. } => {
                        let problem = "a subscript with `!` stands outside of a function that reduces";
                        let problem = Diagnostic::error("subscript-reduced", problem);
                        return Err(Stop::Problem(problem.label(self.model.expr_spans[id], "")));
                    }
                };
                *place = *place * size + position as usize;
            }
        }
        Ok(places)
    }

    fn table(&self, call: ExprId, lookup: VarId, place: usize) -> Result<Segments, Stop> {
        let equations = self.model.variables[lookup].equations.iter().enumerate();
        let mut tables = equations.filter(|(number, _)| self.places(lookup, *number as u32).contains(&place));
        match tables.next().map(|(_, equation)| &equation.definition) {
            Some(Definition::Lookup(table)) => {
                tables::segments(table).map_err(|problem| self.table_problem(call, problem))
            }
            _ => {
                let name = element_name(self.model, lookup, place as u32);
                Err(self.table_problem(call, format!("`{name}` is called like a lookup but is none")))
            }
        }
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
            _ => self.stages(
                call,
                memory
                    .order
                    .map_or(&[][..], |order| read(args[order], Context::Init)),
            )?,
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
        let known = self.call_states.get(&call).copied();
        let first = known.unwrap_or_else(|| {
            let Unit {
                variable, equation, ..
            } = unit;
            let first = self.new_states(variable, equation, stages);
            self.call_states.insert(call, first);
            self.pending.push(Task::States(Pending {
                variable,
                equation,
                call: Some(call),
                first,
                stages,
            }));
            first
        });
        let mut values = Vec::with_capacity(count);
        for number in 0..count {
            let state = |stage: u32| Kind::State(first + stage * count as u32 + number as u32);
            let stages: Vec<NodeId> = (0..stages)
                .map(|stage| self.graph.leaf(state(stage), Phase::Step))
                .collect();
            let args = |arg: usize, context: Context| element(read(args[arg], context), number);
            values.push(memory.value(&mut self.graph, &stages, &args));
        }
        Ok(values)
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
    ) -> Elements {
        let phase = if unit.context == Context::Init {
            Phase::Init
        } else {
            Phase::Step
        };
        let before = self.draws.get(&call).copied().unwrap_or(0);
        let places = self.places(unit.variable, unit.equation);
        let mut values = Vec::with_capacity(count);
        for (number, place) in places.into_iter().enumerate() {
            let name = element_name(self.model, unit.variable, place as u32);
            let name = model::Name::key_of(&name);
            let stream = stable_hash(&if before == 0 {
                name
            } else {
                format!("{name} #{before}")
            });
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
                _ => graph.draw(Code::Uniform, stream, phase, &[]),
            });
        }
        values
    }

    /// A state must not take its next value straight from a state, which might already have gone on.
    fn copy_states_read_by_states(&mut self) {
        let graph = &mut self.graph;
        for state in &mut self.states {
            let Some(life) = &mut state.life else { continue };
            graph.origin = Some(state.variable);
            let mut settle = |node: &mut NodeId| {
                if matches!(graph.node(*node).kind, Kind::State(_)) {
                    *node = graph.copy(*node);
                }
            };
            match &mut life.update {
                UpdateValue::Integrate(value) | UpdateValue::Hold(value) => settle(value),
                UpdateValue::Delay { input, .. } => settle(input),
            }
        }
    }
}

/// The position along the left-hand side's dimension `left` of the `number`-th element of a region.
fn position_in(region: &[Vec<u32>], left: usize, number: usize) -> u32 {
    let inner: usize = region[left + 1..].iter().map(Vec::len).product();
    region[left][number / inner % region[left].len()]
}

/// For each expression the first one of its subtree: expressions lie in post-order.
fn first_of_subtrees(model: &Model) -> Vec<u32> {
    let mut first: Vec<u32> = Vec::with_capacity(model.exprs.len());
    for (id, expr) in model.exprs.enumerate() {
        let own = id.0;
        let of = |child: &ExprId| first[child.index()];
        let start = match expr {
            Expr::Number(_) | Expr::Time | Expr::Variable { .. } | Expr::Position(_) => own,
            Expr::Reduce { body, .. } => of(body),
            Expr::LookupCall { x, .. } | Expr::WithLookup { x, .. } => of(x),
            Expr::Unary { operand, .. } => of(operand),
            Expr::Binary { left, right, .. } => of(left).min(of(right)),
            Expr::Call { args, .. } => args.iter().map(of).min().unwrap_or(own),
        };
        first.push(start);
    }
    first
}

/// For each call that draws, how many draws stand before it in the equations of its variable.
fn draws_before(model: &Model) -> HashMap<ExprId, u32> {
    let is_draw = |expr: &Expr| {
        let Expr::Call { function, .. } = expr else {
            return false;
        };
        matches!(
            function,
            Function::RandomUniform | Function::RandomNormal | Function::Random01
        )
    };
    let mut before = HashMap::new();
    if !model.exprs.iter().any(is_draw) {
        return before;
    }
    let first = first_of_subtrees(model);
    for index in 0..model.variables.len() {
        let mut count = 0;
        for equation in &model.variables[variable_id(index)].equations {
            let roots = match equation.definition {
                Definition::Expression(root) => vec![root],
                Definition::Stock { rate, initial, .. } => vec![rate, initial],
                Definition::ActiveInitial { active, initial } => vec![active, initial],
                Definition::Lookup(_) => Vec::new(),
            };
            for root in roots {
                for id in (first[root.index()]..=root.0).map(ExprId) {
                    if is_draw(&model.exprs[id]) {
                        before.insert(id, count);
                        count += 1;
                    }
                }
            }
        }
    }
    before
}
