//! Equations to values: a walk over what the outputs need, dependencies first.
//!
//! In: a model and a request. Out: [`Values`]. An expression means different values in different contexts (a stock is
//! its initial value at the start and a state later), so what is computed is a *unit*: one equation in one context.
//! The walk keeps its own stack, and within an equation goes forward over the arena: nothing recurses.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::carriers::CarrierValue;
use super::graph::{Control, Graph, Kind, NodeId, Phase};
use super::shifts::{Shift, shifts};
use super::solve::{self, Asked, Unknown};
use super::states::{Life, StateValue, UpdateValue, remembering};
use super::{element_count, element_name, variable_id};
use crate::carrier::carrying;
use crate::ir::Code;
use crate::request::{Binding, InputTarget, Request};
use model::{Definition, Diagnostic, Diagnostics, Equation, Expr, ExprId, Id, Model, Span, VarId, Variable};

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
    pub(super) carriers: Vec<CarrierValue>,
    pub(super) metrics: Vec<NodeId>,
    /// Variable, element and value.
    pub(super) series: Vec<(VarId, u32, NodeId)>,
    /// The time at which a run starts.
    pub(super) start: NodeId,
    /// The controls at each time, in the order of [`Control`].
    pub(super) clock: [NodeId; 4],
    /// Calls that a method with automatic steps cannot follow.
    rough: Vec<Rough>,
    /// A stock that is moved by whole steps.
    pub(super) by_steps: Option<VarId>,
}

/// Something that a method with automatic steps cannot follow.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rough {
    pub(super) variable: VarId,
    pub(super) span: Span,
    /// What it does, after the name of the variable.
    pub(super) what: String,
}

impl Values {
    /// The first thing in the equations that a method with automatic steps cannot follow.
    pub(super) fn rough(&self, model: &Model) -> Option<Rough> {
        let remembers = |state: &StateValue| {
            let life = state.life?;
            (!matches!(life.update, UpdateValue::Integrate(_))).then(|| Rough {
                variable: state.variable,
                span: model.variables[state.variable].span,
                what: "remembers what it was at earlier steps".to_owned(),
            })
        };
        let called = self.rough.first().cloned();
        called.or_else(|| self.states.iter().find_map(remembers))
    }
}

/// One equation of a variable, or one of its elements, in one context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Unit {
    pub(super) variable: VarId,
    /// The number of its piece among those of the variable.
    pub(super) equation: u32,
    pub(super) context: Context,
}

/// Elements of one equation that are computed together.
struct Piece {
    equation: usize,
    /// For each dimension of the variable, the elements.
    region: Vec<Vec<u32>>,
    /// The elements, in row-major order.
    places: Vec<usize>,
}

/// States that have been read and must be completed: of a stock, or of a call of a function with memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub(super) variable: VarId,
    pub(super) equation: u32,
    pub(super) call: Option<ExprId>,
    /// The first state; as many follow as there are elements, stages and lags.
    pub(super) first: u32,
    pub(super) stages: u32,
    pub(super) lags: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    Unit(Unit),
    States(Pending),
    Asked(Asked),
}

/// Why something cannot be evaluated (yet).
pub(super) enum Stop {
    Missing(Vec<Unit>),
    Problem(Diagnostic),
}

/// Elements of an equation: one number for each, or one for all.
pub(super) type Elements = Vec<NodeId>;

pub(super) fn element(elements: &[NodeId], place: usize) -> NodeId {
    elements[if elements.len() == 1 { 0 } else { place }]
}

/// The values that a request needs, or what cannot be lowered.
///
/// Equations are read whole. Where that finds a loop, elements may still depend on each other in some order, as in
/// `x[year] = x[year before] + 1`: then each element is read alone.
pub(super) fn values(model: &Model, request: &Request) -> Result<Values, Diagnostics> {
    let is_loop = |problems: &Diagnostics| problems.items.iter().any(|item| item.code == "value-loop");
    match read(model, request, false) {
        Err(problems) if is_loop(&problems) && !model.dimensions.is_empty() => read(model, request, true),
        done => done,
    }
}

fn read(model: &Model, request: &Request, element_by_element: bool) -> Result<Values, Diagnostics> {
    let mut walk = Walk::new(model, request, element_by_element);
    let time = &model.time;
    let controls = [time.initial_time, time.final_time, time.time_step, time.saveper];
    walk.finish(walk.whole(time.initial_time, Context::Start));
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
    let metrics = metrics
        .iter()
        .map(|(variable, element)| walk.read(*variable, *element, Context::Step))
        .collect();
    // An element that nothing defines has no value to store.
    let nothing = walk.graph.number(f64::NAN);
    let series = series
        .into_iter()
        .map(|(variable, element)| {
            let pieces = walk.whole(variable, Context::Step);
            let mut pieces = pieces.iter().map(|unit| walk.places(variable, unit.equation));
            let value = if pieces.any(|places| places.contains(&(element as usize))) {
                walk.read(variable, element, Context::Step)
            } else {
                nothing
            };
            (variable, element, value)
        })
        .collect();
    if walk.problems.has_errors() {
        return Err(walk.problems);
    }
    walk.copy_states_read_by_states();
    let unknowns = std::mem::take(&mut walk.unknowns);
    let values = Values {
        graph: walk.graph,
        states: walk.states,
        carriers: walk.carriers,
        metrics,
        series,
        start,
        clock,
        rough: walk.rough,
        by_steps: walk.by_steps,
    };
    solve::solved(model, values, &unknowns)
}

pub(super) struct Walk<'a> {
    pub(super) model: &'a Model,
    /// For each variable what it is computed in.
    pieces: Vec<Vec<Piece>>,
    /// For each expression the first one of its subtree.
    pub(super) first: Vec<u32>,
    pub(super) inputs: BTreeMap<InputTarget, (u32, Binding)>,
    pub(super) graph: Graph,
    pub(super) problems: Diagnostics,
    pub(super) start: NodeId,
    /// By context and variable the value of each element; `None` until its unit is done.
    pub(super) known: [Vec<Vec<Option<NodeId>>>; 4],
    /// Units that are waiting for others.
    pub(super) waiting: FxHashMap<Unit, ()>,
    pub(super) states: Vec<StateValue>,
    pub(super) carriers: Vec<CarrierValue>,
    pub(super) stock_states: FxHashMap<(VarId, u32), u32>,
    pub(super) call_states: FxHashMap<(ExprId, u32), u32>,
    /// What equations ask for, and the first of the unknowns of each call.
    pub(super) unknowns: Vec<Unknown>,
    pub(super) call_unknowns: FxHashMap<(ExprId, u32, Context), u32>,
    /// For each call that draws, how many draws stand before it in its variable.
    pub(super) draws: FxHashMap<ExprId, u32>,
    pub(super) pending: Vec<Task>,
    /// Calls that a method with automatic steps cannot follow.
    pub(super) rough: Vec<Rough>,
    /// The calls of `SHIFT IF TRUE`.
    pub(super) shifts: Vec<Shift>,
    /// A stock that one of them moves.
    pub(super) by_steps: Option<VarId>,
}

impl<'a> Walk<'a> {
    fn new(model: &'a Model, request: &Request, element_by_element: bool) -> Self {
        let mut graph = Graph::default();
        let start = graph.number(0.0);
        let first = first_of_subtrees(model);
        let inputs = request.inputs.iter().enumerate();
        Self {
            model,
            pieces: model
                .variables
                .iter()
                .map(|variable| pieces(model, variable, element_by_element))
                .collect(),
            shifts: shifts(model, &first),
            by_steps: None,
            first,
            inputs: inputs
                .map(|(place, input)| (input.target, (place as u32, input.binding)))
                .collect(),
            graph,
            problems: Diagnostics::new(),
            start,
            known: CONTEXTS.map(|_| vec![Vec::new(); model.variables.len()]),
            waiting: FxHashMap::default(),
            states: Vec::new(),
            carriers: Vec::new(),
            stock_states: FxHashMap::default(),
            call_states: FxHashMap::default(),
            unknowns: Vec::new(),
            call_unknowns: FxHashMap::default(),
            draws: draws_before(model),
            pending: Vec::new(),
            rough: Vec::new(),
        }
    }

    /// All units of a variable in a context.
    pub(super) fn whole(&self, variable: VarId, context: Context) -> Vec<Unit> {
        let pieces = self.pieces[variable.index()].len().max(1);
        (0..pieces as u32)
            .map(|equation| Unit {
                variable,
                equation,
                context,
            })
            .collect()
    }

    pub(super) fn element_of(&self, variable: VarId, context: Context, element: u32) -> NodeId {
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
                Task::Asked(asked) => self.ask(asked),
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

    pub(super) fn is_done(&self, unit: Unit) -> bool {
        let elements = &self.known[unit.context as usize][unit.variable.index()];
        let places = self.places(unit.variable, unit.equation);
        !elements.is_empty() && places.iter().all(|place| elements[*place].is_some())
    }

    fn store(&mut self, unit: Unit, values: &[NodeId]) {
        let count = element_count(self.model, unit.variable);
        let places = self.places(unit.variable, unit.equation).to_vec();
        let elements = &mut self.known[unit.context as usize][unit.variable.index()];
        elements.resize(count, None);
        for (value, place) in places.into_iter().enumerate() {
            elements[place] = Some(element(values, value));
        }
    }

    fn piece(&self, variable: VarId, equation: u32) -> Option<&Piece> {
        self.pieces[variable.index()].get(equation as usize)
    }

    pub(super) fn equation(&self, variable: VarId, equation: u32) -> Option<&'a Equation> {
        let piece = self.piece(variable, equation)?;
        self.model.variables[variable].equations.get(piece.equation)
    }

    /// For each dimension of a variable, the elements of one of its pieces.
    pub(super) fn region(&self, variable: VarId, equation: u32) -> &[Vec<u32>] {
        self.piece(variable, equation).map_or(&[], |piece| &piece.region)
    }

    /// The elements of a piece, in row-major order.
    pub(super) fn places(&self, variable: VarId, equation: u32) -> &[usize] {
        self.piece(variable, equation).map_or(&[0], |piece| &piece.places)
    }

    /// The value of an element that is done, with states and controls as the context sees them.
    pub(super) fn read(&mut self, variable: VarId, element: u32, context: Context) -> NodeId {
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
    pub(super) fn source(&self, variable: VarId, equation: u32, context: Context) -> Unit {
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
            Definition::Data(ref series) if !series.times.is_empty() => {
                let table = super::data::tables::segments(&series.table(series.interpolation));
                let table = table.map_err(|problem| {
                    Stop::Problem(Diagnostic::error("lookup-table", problem).label(equation.span, ""))
                })?;
                let time = self.time(unit.context);
                Ok(vec![self.graph.lookup(table, time)])
            }
            Definition::Data(_) | Definition::Derived { .. } => {
                let places = self.places(unit.variable, unit.equation);
                let mut tables = Vec::with_capacity(places.len());
                for place in places {
                    let series = self.series(unit.variable, *place).map_err(Stop::Problem)?;
                    let table = series.table(series.interpolation);
                    tables.push(super::data::tables::segments(&table).map_err(|problem| {
                        Stop::Problem(Diagnostic::error("lookup-table", problem).label(equation.span, ""))
                    })?);
                }
                let time = self.time(unit.context);
                let values = tables.into_iter().map(|table| self.graph.lookup(table, time));
                Ok(values.collect())
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
                            lags: 0,
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

    pub(super) fn control_problem(&self, variable: VarId, what: &str) -> Diagnostic {
        let name = &self.model.variables[variable].name;
        let problem = format!("the time controls depend on {what}, through `{name}`");
        Diagnostic::error("time-control", problem)
            .label(self.model.variables[variable].span, "")
            .help("let them depend on `Time` and constants only")
    }

    /// States for each element of an equation, `stages` of them one after the other.
    pub(super) fn new_states(&mut self, variable: VarId, equation: u32, stages: u32) -> u32 {
        let first = self.states.len() as u32;
        for _ in 0..stages {
            for place in self.places(variable, equation).to_vec() {
                self.states.push(StateValue {
                    variable,
                    element: place as u32,
                    life: None,
                });
            }
        }
        first
    }

    /// Reads what is known of unknowns.
    fn ask(&mut self, asked: Asked) -> Result<(), Stop> {
        let Expr::Call { function, args } = &self.model.exprs[asked.call] else {
            unreachable!("unknowns belong to a call");
        };
        self.graph.origin = Some(asked.unit.variable);
        self.complete_unknowns(asked, *function, args)
    }

    /// Reads the equation of states, so that they can live.
    fn complete(&mut self, pending: Pending) -> Result<(), Stop> {
        self.graph.origin = Some(pending.variable);
        let Pending {
            variable,
            equation,
            first,
            ..
        } = pending;
        let places = self.places(variable, equation).to_vec();
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
            let unit = Unit {
                context: Context::Step,
                ..unit
            };
            let rates = self.with_shifts(unit, rates)?;
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
        if carrying(*function).is_some() {
            return self.complete_carriers(pending, *function, args, count);
        }
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
        let time_step = self.read(self.model.time.time_step, 0, Context::Step);
        for number in 0..count {
            let state = |stage: usize| first as usize + stage * count + number;
            let all = (0..(pending.stages + pending.lags) as usize)
                .map(|stage| self.graph.leaf(Kind::State(state(stage) as u32), Phase::Step));
            let all: Vec<NodeId> = all.collect();
            let (stages, lags) = all.split_at(pending.stages as usize);
            let args = |arg: usize, context: Context| element(&values[&(arg, context)], number);
            let lives = memory.lives(&mut self.graph, stages, lags, time_step, &args);
            for (stage, life) in lives.into_iter().enumerate() {
                self.states[state(stage)].life = Some(life);
            }
        }
        Ok(())
    }

    /// A state must not take its next value straight from a state, which might already have gone on.
    fn copy_states_read_by_states(&mut self) {
        let graph = &mut self.graph;
        for state in &mut self.states {
            let Some(life) = &mut state.life else { continue };
            graph.origin = Some(state.variable);
            let mut settle = |node: &mut NodeId| {
                if matches!(graph.node(*node).kind, Kind::State(_) | Kind::Carried(_)) {
                    *node = graph.copy(*node);
                }
            };
            match &mut life.update {
                UpdateValue::Integrate(value) | UpdateValue::Hold(value) | UpdateValue::Next(value) => {
                    settle(value)
                }
                UpdateValue::Delay { input, .. } => settle(input),
            }
        }
    }
}

/// What a variable is computed in: whole equations, or single elements.
fn pieces(model: &Model, variable: &Variable, element_by_element: bool) -> Vec<Piece> {
    let sizes: Vec<usize> = variable
        .dimensions
        .iter()
        .map(|dimension| model.dimensions[*dimension].elements.len())
        .collect();
    let mut pieces = Vec::new();
    for (equation, written) in variable.equations.iter().enumerate() {
        let mut elements: Vec<Vec<u32>> = vec![Vec::new()];
        for positions in &written.region {
            let with = |element: &Vec<u32>, position: u32| [element.as_slice(), &[position]].concat();
            elements = elements
                .iter()
                .flat_map(|element| positions.iter().map(|position| with(element, *position)))
                .collect();
        }
        let place = |element: &Vec<u32>| {
            element
                .iter()
                .zip(&sizes)
                .fold(0, |place, (position, size)| place * size + *position as usize)
        };
        if element_by_element && !written.region.is_empty() {
            pieces.extend(elements.iter().map(|element| Piece {
                equation,
                region: element.iter().map(|position| vec![*position]).collect(),
                places: vec![place(element)],
            }));
        } else {
            let places = elements.iter().map(place).collect();
            pieces.push(Piece {
                equation,
                region: written.region.clone(),
                places,
            });
        }
    }
    pieces
}

/// For each expression the first one of its subtree: expressions lie in post-order.
fn first_of_subtrees(model: &Model) -> Vec<u32> {
    let mut first: Vec<u32> = Vec::with_capacity(model.exprs.len());
    for (id, expr) in model.exprs.enumerate() {
        let children = expr.children().into_iter();
        let start = children.map(|child| first[child.index()]).min().unwrap_or(id.0);
        first.push(start);
    }
    first
}

/// For each call that draws, how many draws stand before it in the equations of its variable.
fn draws_before(model: &Model) -> FxHashMap<ExprId, u32> {
    let is_draw = |expr: &Expr| {
        let Expr::Call { function, .. } = expr else {
            return false;
        };
        function.draws()
    };
    let mut before = FxHashMap::default();
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
                Definition::Lookup(_) | Definition::Data(_) | Definition::Derived { .. } => Vec::new(),
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
