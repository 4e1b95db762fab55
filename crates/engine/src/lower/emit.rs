//! Values to a program: what is alive, what futures differ in, where everything lies.
//!
//! In: the graph, with the values that the outputs, the states and the clock need. Out: a [`Program`]. A state is the
//! same for all futures unless its start or its update differs; that is found by assuming it of all of them and taking it back
//! where it proves wrong. Operations that do the same to neighbouring slots become one operation on a range.

use rustc_hash::FxHashMap;

use super::graph::{Control, Graph, Kind, NodeId, Phase};
use super::states::{Life, UpdateValue};
use super::walk::Values;
use super::{fast, integration};
use crate::adaptive;
use crate::carrier::{Carrier, Seen};
use crate::ir::{
    Code, Controls, InputSlot, Latch, Observation, Op, Program, Slot, State, Stored, Tape, Update,
};
use crate::method::within;
use crate::request::{Binding, Request};
use model::{Diagnostic, Diagnostics, Integration, Model, VarId};

/// The program that computes the values.
pub(super) fn program(model: &Model, request: &Request, values: Values) -> Result<Program, Diagnostics> {
    let alive = Alive::new(&values);
    let own_steps = adaptive::pair(integration(model, request)).is_some();
    let varies = varies(&values, request, &alive, own_steps);
    for control in values.clock.iter().chain([&values.start]) {
        if varies[control.index()] {
            let origin = &model.variables[values.graph.origin(*control)];
            let mut problems = Diagnostics::new();
            problems.push(
                Diagnostic::error(
                    "time-control",
                    "the time controls depend on an input that differs between futures",
                )
                .label(origin.span, "")
                .help("give that input one number for all futures"),
            );
            return Err(problems);
        }
    }
    let method = integration(model, request);
    if method != Integration::Euler
        && let Some((variable, what)) = by_steps(&values, &alive)
    {
        let mut problems = Diagnostics::new();
        problems.push(
            Diagnostic::error(
                "conveyor-method",
                format!("{what} by whole steps, as Euler's method does"),
            )
            .label(model.variables[variable].span, "")
            .help("integrate with Euler's method"),
        );
        return Err(problems);
    }
    let layout = Layout::new(&values.graph, &alive, &varies);
    let mut tapes = Tapes::new(layout.uniform_len);
    for &node in &layout.order {
        tapes.push(&values.graph, &layout, node);
    }
    let [once, clock, init, step] = tapes.lists;
    let slot = |node: NodeId| layout.slot(node);
    let graph = &values.graph;

    let constants = layout
        .order
        .iter()
        .filter_map(|node| Some((slot(*node), graph.constant(*node)?)))
        .collect();
    let inputs = request.inputs.iter().enumerate().map(|(place, input)| {
        let kind = match input.binding {
            Binding::Schedule => Kind::Schedule(place as u32),
            Binding::Uniform | Binding::PerFuture => Kind::Input(place as u32),
        };
        InputSlot {
            slot: layout.leaves.get(&kind).copied(),
            binding: input.binding,
            target: input.target,
        }
    });
    let latch = |(control, source): (Control, NodeId)| {
        layout.leaves.get(&Kind::Control(control)).map(|own| Latch {
            source: slot(source),
            slot: *own,
        })
    };
    let controls = [
        Control::InitialTime,
        Control::FinalTime,
        Control::TimeStep,
        Control::Saveper,
    ];
    let [_, final_time, time_step, saveper] = values.clock.map(slot);
    let metrics = request
        .metrics
        .iter()
        .zip(&values.metrics)
        .map(|(metric, source)| Observation {
            source: slot(*source),
            reducer: metric.reducer,
            window: metric.window,
            variable: metric.variable,
            element: metric.element,
        });
    Ok(Program {
        uniform_len: layout.uniform_len,
        lane_len: layout.lane_len,
        time: Slot(0),
        constants,
        inputs: inputs.collect(),
        once,
        clock,
        init,
        step,
        states: states(&values, &layout, &alive),
        carriers: carriers(&values, &layout, &alive),
        carrier_passes: passes(&values, &alive),
        operands: tapes.operands,
        metrics: metrics.collect(),
        series: values
            .series
            .iter()
            .map(|(variable, element, source)| Stored {
                source: slot(*source),
                variable: *variable,
                element: *element,
            })
            .collect(),
        controls: Controls {
            start: slot(values.start),
            final_time,
            time_step,
            saveper,
            blame: model.time.time_step,
            set_by_inputs: reach_inputs(graph, values.clock.iter().chain([&values.start])),
        },
        latches: controls.into_iter().zip(values.clock).filter_map(latch).collect(),
        integration: method,
        tolerance: request.tolerance.unwrap_or(adaptive::TOLERANCE),
        own_time: layout.own_time,
        numerics: request.numerics,
        timeline: None,
        notes: Diagnostics::new(),
        tables: values.graph.tables,
        streams: values.graph.streams,
    })
}

/// What only Euler's method can follow.
fn by_steps(values: &Values, alive: &Alive) -> Option<(VarId, &'static str)> {
    let carriers = values.carriers.iter().zip(&alive.carriers);
    let mut held = carriers.filter(|(carrier, alive)| **alive && carrier.kind.drives_flows());
    let held = held
        .next()
        .map(|(carrier, _)| (carrier.variable, "conveyors and queues move"));
    held.or_else(|| Some((values.by_steps?, "`SHIFT IF TRUE` moves a stock")))
}

/// The values for fast numerics.
pub(super) fn hastened(model: &Model, request: &Request, values: Values) -> Values {
    let alive = Alive::new(&values);
    let own_steps = adaptive::pair(integration(model, request)).is_some();
    let varies = varies(&values, request, &alive, own_steps);
    let euler = !own_steps && within(integration(model, request)).is_none();
    let [_, _, length, _] = values.clock;
    let step = values.graph.constant(length).filter(|_| euler);
    fast::hasten(values, &alive.nodes, &varies, step)
}

/// What the outputs depend on.
struct Alive {
    nodes: Vec<bool>,
    states: Vec<bool>,
    carriers: Vec<bool>,
}

impl Alive {
    fn new(values: &Values) -> Self {
        let mut alive = Self {
            nodes: vec![false; values.graph.len()],
            states: vec![false; values.states.len()],
            carriers: vec![false; values.carriers.len()],
        };
        let mut waiting: Vec<NodeId> = values.metrics.clone();
        waiting.extend(values.series.iter().map(|(_, _, source)| *source));
        waiting.push(values.start);
        waiting.extend(values.clock);
        while let Some(id) = waiting.pop() {
            if std::mem::replace(&mut alive.nodes[id.index()], true) {
                continue;
            }
            let node = values.graph.node(id);
            waiting.extend(node.operands());
            if let Kind::State(state) = node.kind
                && !std::mem::replace(&mut alive.states[state as usize], true)
            {
                waiting.extend(nodes_of(life(values, state)));
            }
            if let Kind::Carried(number) = node.kind
                && !std::mem::replace(&mut alive.carriers[number as usize], true)
            {
                waiting.extend(values.carriers[number as usize].inputs());
            }
        }
        alive
    }
}

fn life(values: &Values, state: u32) -> Life {
    values.states[state as usize]
        .life
        .expect("every state that is read has been completed")
}

fn nodes_of(life: Life) -> Vec<NodeId> {
    match life.update {
        UpdateValue::Integrate(value) | UpdateValue::Hold(value) | UpdateValue::Next(value) => {
            vec![life.initial, value]
        }
        UpdateValue::Delay { input, delay } => vec![life.initial, input, delay],
    }
}

/// For each value whether futures differ in it. Futures that choose their own steps differ in the time within a step, and so in
/// every state.
fn varies(values: &Values, request: &Request, alive: &Alive, own_steps: bool) -> Vec<bool> {
    let mut varies = vec![false; values.graph.len()];
    let mut states = vec![own_steps; values.states.len()];
    let mut carriers = vec![false; values.carriers.len()];
    loop {
        for index in 0..varies.len() {
            let node = values.graph.node(NodeId(index as u32));
            varies[index] = match node.kind {
                Kind::Time => own_steps && node.phase == Phase::Step,
                Kind::Number(_) | Kind::Control(_) | Kind::Schedule(_) | Kind::Unknown(_) => false,
                Kind::Input(input) => request.inputs[input as usize].binding == Binding::PerFuture,
                Kind::State(state) => states[state as usize],
                Kind::Carried(number) => carriers[number as usize],
                Kind::Operation(Code::Uniform | Code::Normal, _) => true,
                Kind::Operation(..) => node.operands().iter().any(|operand| varies[operand.index()]),
            };
        }
        let mut changed = false;
        for (state, alive) in alive.states.iter().enumerate() {
            if *alive
                && !states[state]
                && nodes_of(life(values, state as u32))
                    .iter()
                    .any(|node| varies[node.index()])
            {
                states[state] = true;
                changed = true;
            }
        }
        for (number, carrier) in values.carriers.iter().enumerate() {
            if alive.carriers[number]
                && !carriers[number]
                && carrier.inputs().any(|node| varies[node.index()])
            {
                carriers[number] = true;
                changed = true;
            }
        }
        if !changed {
            return varies;
        }
    }
}

fn reach_inputs<'a>(graph: &Graph, roots: impl Iterator<Item = &'a NodeId>) -> bool {
    let mut seen = vec![false; graph.len()];
    let mut waiting: Vec<NodeId> = roots.copied().collect();
    while let Some(id) = waiting.pop() {
        if matches!(graph.node(id).kind, Kind::Input(_)) {
            return true;
        }
        if !std::mem::replace(&mut seen[id.index()], true) {
            waiting.extend(graph.node(id).operands());
        }
    }
    false
}

/// Where each living value lies. What is the same for all futures comes first; what outlives a step lies before what
/// does not.
struct Layout {
    uniform_len: u32,
    lane_len: u32,
    slots: Vec<Option<Slot>>,
    /// Living values in the order of their slots.
    order: Vec<NodeId>,
    /// Leaves that several contexts read from one slot.
    leaves: FxHashMap<Kind, Slot>,
    /// The time of each future, if futures differ in it.
    own_time: Option<Slot>,
}

impl Layout {
    fn new(graph: &Graph, alive: &Alive, varies: &[bool]) -> Self {
        let mut order: Vec<NodeId> = (0..graph.len() as u32)
            .map(NodeId)
            .filter(|id| alive.nodes[id.index()])
            .collect();
        let rank = |id: &NodeId| {
            let node = graph.node(*id);
            let rank = match node.kind {
                Kind::Time => 0,
                Kind::Number(_) => 1,
                Kind::Input(_) => 2,
                Kind::Schedule(_) => 3,
                Kind::Control(_) => 4,
                Kind::Carried(_) if node.phase == Phase::Init => 7,
                Kind::State(_) | Kind::Carried(_) | Kind::Unknown(_) => 8,
                Kind::Operation(..) => match node.phase {
                    Phase::Constant | Phase::Once => 5,
                    Phase::Clock => 6,
                    Phase::Init => 7,
                    Phase::Step => 9,
                },
            };
            (varies[id.index()], rank)
        };
        order.sort_by_key(rank);
        // The time has the first slot, whether or not anything looks at it.
        let mut layout = Self {
            uniform_len: 1,
            lane_len: 0,
            slots: vec![None; graph.len()],
            order: Vec::new(),
            leaves: FxHashMap::from_iter([(Kind::Time, Slot(0))]),
            own_time: None,
        };
        for id in &order {
            let kind = graph.node(*id).kind;
            let shared = matches!(
                kind,
                Kind::Time | Kind::Schedule(_) | Kind::Control(_) | Kind::Input(_)
            );
            let own_time = kind == Kind::Time && varies[id.index()];
            let shared = shared && !own_time;
            let slot = match layout.leaves.get(&kind).filter(|_| shared) {
                Some(slot) => *slot,
                None if varies[id.index()] => {
                    layout.lane_len += 1;
                    Slot(layout.uniform_len + layout.lane_len - 1)
                }
                None => {
                    layout.uniform_len += 1;
                    Slot(layout.uniform_len - 1)
                }
            };
            if shared {
                layout.leaves.insert(kind, slot);
            }
            if own_time {
                layout.own_time = Some(slot);
            }
            layout.slots[id.index()] = Some(slot);
        }
        layout.order = order;
        layout
    }

    fn slot(&self, node: NodeId) -> Slot {
        self.slots[node.index()].expect("what a living value needs is alive")
    }
}

/// States in the order of their slots, neighbours that live alike as one.
fn states(values: &Values, layout: &Layout, alive: &Alive) -> Vec<State> {
    let mut states: Vec<State> = Vec::new();
    let slot = |node: NodeId| layout.slot(node);
    for &node in &layout.order {
        let Kind::State(number) = values.graph.node(node).kind else {
            continue;
        };
        if !alive.states[number as usize] {
            continue;
        }
        let life = life(values, number);
        let value = &values.states[number as usize];
        let next = State {
            slot: slot(node),
            len: 1,
            initial: slot(life.initial),
            update: match life.update {
                UpdateValue::Integrate(rate) => Update::Integrate { rate: slot(rate) },
                UpdateValue::Hold(value) => Update::Hold { value: slot(value) },
                UpdateValue::Next(value) => Update::Next { value: slot(value) },
                UpdateValue::Delay { input, delay } => Update::Delay {
                    input: slot(input),
                    delay: slot(delay),
                },
            },
            variable: value.variable,
            element: value.element,
        };
        match states.last_mut() {
            Some(last) if follows(last, &next, layout.uniform_len) => last.len += 1,
            _ => states.push(next),
        }
    }
    states
}

/// The carriers; what is seen of one is told together, from however many places it is looked at.
fn carriers(values: &Values, layout: &Layout, alive: &Alive) -> Vec<Carrier> {
    let mut carriers: Vec<Carrier> = Vec::new();
    let mut known = FxHashMap::default();
    // For each number the slots where the steps and the values at the start see it.
    let mut seen_at = vec![[None; 2]; values.carriers.len()];
    for &node in &layout.order {
        let leaf = values.graph.node(node);
        if let Kind::Carried(number) = leaf.kind {
            seen_at[number as usize][usize::from(leaf.phase == Phase::Init)] = Some(layout.slot(node));
        }
    }
    for (number, carrier) in values.carriers.iter().enumerate() {
        if !alive.carriers[number] {
            continue;
        }
        let slots = |nodes: &[NodeId]| nodes.iter().map(|node| layout.slot(*node)).collect();
        let key = (carrier.kind, &carrier.start, &carrier.step);
        let place = *known.entry(key).or_insert_with(|| {
            carriers.push(Carrier {
                kind: carrier.kind,
                start: slots(&carrier.start),
                step: slots(&carrier.step),
                seen: Vec::new(),
            });
            carriers.len() - 1
        });
        let [slot, at_start] = seen_at[number];
        carriers[place].seen.push(Seen {
            part: carrier.part,
            slot,
            at_start,
        });
    }
    carriers
}

/// How often the values at the start must be computed again, as carriers become known to them: as often as one carrier's
/// filling depends on another's.
fn passes(values: &Values, alive: &Alive) -> u32 {
    let mut levels = vec![0_u32; values.graph.len()];
    let mut most = 0;
    for _ in 0..=values.carriers.len() {
        let mut changed = false;
        for index in 0..levels.len() {
            let node = values.graph.node(NodeId(index as u32));
            let level = match node.kind {
                Kind::Carried(number) if node.phase == Phase::Init => {
                    let start = values.carriers[number as usize].start.iter();
                    1 + start.map(|node| levels[node.index()]).max().unwrap_or(0)
                }
                _ => {
                    let operands = node.operands().iter();
                    operands.map(|node| levels[node.index()]).max().unwrap_or(0)
                }
            };
            if alive.nodes[index] && level != levels[index] {
                levels[index] = level;
                most = most.max(level);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    most
}

/// Whether a state can be the next element of another.
fn follows(last: &State, next: &State, uniform_len: u32) -> bool {
    let after = |a: Slot, b: Slot| a.0 + last.len == b.0 && (a.0 < uniform_len) == (b.0 < uniform_len);
    let updates = match (last.update, next.update) {
        (Update::Integrate { rate: a }, Update::Integrate { rate: b }) => after(a, b),
        (Update::Hold { value: a }, Update::Hold { value: b }) => after(a, b),
        (Update::Delay { input: a, delay: c }, Update::Delay { input: b, delay: d }) => {
            after(a, b) && after(c, d)
        }
        _ => false,
    };
    updates
        && last.variable == next.variable
        && last.element + last.len == next.element
        && after(last.slot, next.slot)
        && after(last.initial, next.initial)
}

/// The lists of operations being written.
struct Tapes {
    uniform_len: u32,
    /// Once, clock, init, step.
    lists: [Tape; 4],
    operands: Vec<Slot>,
    last: Option<Written>,
}

/// The operation written last, which the next one may continue.
struct Written {
    list: usize,
    operands: Vec<Slot>,
    /// For each operand whether it moves with the element; unknown for one element.
    moves: Vec<Option<bool>>,
}

impl Tapes {
    fn new(uniform_len: u32) -> Self {
        Self {
            uniform_len,
            lists: Default::default(),
            operands: Vec::new(),
            last: None,
        }
    }

    fn push(&mut self, graph: &Graph, layout: &Layout, id: NodeId) {
        let node = graph.node(id);
        let Kind::Operation(code, number) = node.kind else {
            return;
        };
        let list = match node.phase {
            Phase::Constant | Phase::Once => 0,
            Phase::Clock => 1,
            Phase::Init => 2,
            Phase::Step => 3,
        };
        let dst = layout.slot(id);
        let operands: Vec<Slot> = node
            .operands()
            .iter()
            .map(|operand| layout.slot(*operand))
            .collect();
        if self.extend(list, code, number, dst, &operands) {
            return;
        }
        let b = match code {
            Code::Select
            | Code::Normal
            | Code::MultiplyAdd
            | Code::MultiplySubtract
            | Code::SubtractProduct => {
                let first = self.operands.len() as u32;
                self.operands.extend(&operands[1..]);
                if code == Code::Normal {
                    self.operands.push(Slot(number));
                }
                first
            }
            Code::PowerOfInteger | Code::Lookup | Code::Uniform => number,
            _ => operands.get(1).map_or(0, |operand| operand.0),
        };
        let op = Op {
            code,
            fixed: 0,
            len: 1,
            dst,
            a: operands.first().copied().unwrap_or(Slot(0)),
            b,
        };
        let (ops, origins) = self.side(list, dst);
        ops.push(op);
        origins.push(graph.origin(id));
        let moves = vec![None; operands.len()];
        self.last = Some(Written {
            list,
            operands,
            moves,
        });
    }

    fn side(&mut self, list: usize, dst: Slot) -> (&mut Vec<Op>, &mut Vec<VarId>) {
        let tape = &mut self.lists[list];
        if dst.0 < self.uniform_len {
            (&mut tape.uniform, &mut tape.uniform_origins)
        } else {
            (&mut tape.lanes, &mut tape.lane_origins)
        }
    }

    /// Lets the operation written last go on over one more element, if it can.
    fn extend(&mut self, list: usize, code: Code, number: u32, dst: Slot, operands: &[Slot]) -> bool {
        let uniform_len = self.uniform_len;
        let Some(mut last) = self.last.take_if(|last| last.list == list) else {
            return false;
        };
        let Some(op) = self.side(list, dst).0.last_mut() else {
            return false;
        };
        let same_number = match code {
            Code::Uniform | Code::Normal => false,
            Code::PowerOfInteger | Code::Lookup => op.b == number,
            _ => true,
        };
        let len = u32::from(op.len);
        let mut fits = op.code == code && same_number && op.dst.0 + len == dst.0 && op.len < u16::MAX;
        for ((first, moves), next) in last.operands.iter().zip(&mut last.moves).zip(operands) {
            let on_the_same_side = (first.0 < uniform_len) == (next.0 < uniform_len);
            let moved = first.0 + len == next.0;
            fits &= on_the_same_side && (moved || first == next) && moves.is_none_or(|moves| moves == moved);
            *moves = Some(moved);
            // The result must not overlap an operand.
            let end = if moved { first.0 + len + 1 } else { first.0 + 1 };
            fits &= end <= op.dst.0 || first.0 > dst.0;
        }
        if !fits {
            return false;
        }
        op.len += 1;
        op.fixed = last
            .moves
            .iter()
            .enumerate()
            .map(|(place, moves)| u8::from(*moves == Some(false)) << place)
            .sum();
        self.last = Some(last);
        true
    }
}
