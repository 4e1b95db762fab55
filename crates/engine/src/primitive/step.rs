//! A program's step as routines: what each future computes, observes and passes on, and what is the same for all.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::graph::{Binary, Graph, Id, Node};
use super::order::{Action, order};
use super::word::Word;
use crate::ir::{Code, Op, Program, Slot, State, Update};
use crate::math::{Lane, kernel};
use crate::method::{Share, Weight, within};
use crate::request::Reducer;
use crate::{noise, observe, operation, timeline};

/// What lies at a place of a future's frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A slot of the program that outlives the step, counted from the first that futures differ in.
    Slot(u32),
    /// What a metric remembers: its result so far, and of longest stretches the current one.
    Memory {
        /// Which metric.
        metric: u32,
        /// 0 for the result.
        part: u8,
    },
    /// The value of a metric's variable at a step at which [`Observe::Outbox`] was asked for.
    Seen(u32),
    /// The same for a series.
    Saved(u32),
    /// What goes into an element of a delay, by the number of the state.
    Entering {
        /// Which state.
        state: u32,
        /// Which of its elements.
        element: u32,
    },
    /// A stock at the start of a step, where the method looks within it.
    AtStart(u32),
    /// The weighted sum of its rates.
    Weighted(u32),
    /// What a state that holds will be after the step, where the method looks within it.
    Next(u32),
    /// The number of the future, its low and its high half.
    Future(u8),
    /// What is computed before the first step and read by all, by its number there.
    Kept(u32),
}

/// A number that is the same for all futures and stands in no slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extra {
    /// The time from this step to the next.
    Length,
    /// Half of it.
    Half,
    /// A sixth of it.
    Sixth,
    /// The number of the step, its low and its high half, as integers.
    Step(u8),
    /// 1 at the steps that a metric sees, else 0.
    Sees(u32),
    /// The key of a stream of noise in a round, its low and its high half, as integers.
    Key {
        /// Which stream.
        stream: u32,
        /// Which round, of ten.
        round: u8,
        /// 0 for the low half.
        half: u8,
    },
}

/// What stands in the common row, which is the same for all futures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Common {
    /// A slot of the program.
    Slot(u32),
    /// A number beside them.
    Extra(Extra),
}

/// Where everything lies: the frames of the futures, and the row of what they share. Routines of one program share it, and each adds what
/// it needs.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    places: Vec<Place>,
    known: BTreeMap<Place, u32>,
    row: Vec<Common>,
    known_in_row: BTreeMap<Common, u32>,
}

impl Layout {
    /// The places of a frame, in order.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The common row, in order.
    pub fn row(&self) -> &[Common] {
        &self.row
    }

    /// Where a place is, if any routine uses it.
    pub fn find(&self, place: Place) -> Option<usize> {
        self.known.get(&place).map(|at| *at as usize)
    }

    /// Where something is in the common row, if any routine uses it.
    pub fn find_in_row(&self, common: Common) -> Option<usize> {
        self.known_in_row.get(&common).map(|at| *at as usize)
    }

    pub(super) fn place(&mut self, place: Place) -> u32 {
        let next = self.places.len() as u32;
        let at = *self.known.entry(place).or_insert(next);
        if at == next {
            self.places.push(place);
        }
        at
    }

    fn common(&mut self, common: Common) -> u32 {
        let next = self.row.len() as u32;
        let at = *self.known_in_row.entry(common).or_insert(next);
        if at == next {
            self.row.push(common);
        }
        at
    }
}

/// Where a result goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A place of the frame.
    Lane(u32),
    /// A place of the common row.
    Uniform(u32),
}

/// A result of a routine. All stores happen as if after all reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Store {
    /// Where it goes.
    pub target: Target,
    /// What it is.
    pub value: Id,
}

/// A straight list of nodes, and what is kept of them.
#[derive(Clone, Debug)]
pub struct Routine {
    /// The nodes; not all of them serve a result.
    pub graph: Graph,
    /// What to do, in an order that needs few registers: a store stands behind the last read of its place.
    pub actions: Vec<Action>,
}

impl Routine {
    /// The same for several frames at once, `stride` places apart: their operations in turn, or one frame after the other.
    pub fn together(&self, frames: usize, stride: u32, in_turn: bool) -> Routine {
        let mut graph = Graph::default();
        let mut copies: Vec<Vec<Id>> = vec![Vec::with_capacity(self.graph.nodes().len()); frames];
        for node in self.graph.nodes() {
            for (copy, frame) in (0..frames).zip(0_u32..) {
                let known = &copies[copy];
                let shared = |id: Id| known[id.index()] == copies[0][id.index()];
                let id = match *node {
                    Node::Lane(at) => graph.push(Node::Lane(at + frame * stride)),
                    // What is made from what all share is shared.
                    other if copy > 0 && other.operands().all(shared) => copies[0][copies[0].len() - 1],
                    other => graph.push(other.with_operands(|id| known[id.index()])),
                };
                copies[copy].push(id);
            }
        }
        let of_frame = &|action: &Action, frame: usize| match *action {
            Action::Compute(id) => Action::Compute(copies[frame][id.index()]),
            Action::Store(Store { target, value }) => Action::Store(Store {
                target: match target {
                    Target::Lane(at) => Target::Lane(at + frame as u32 * stride),
                    common => common,
                },
                value: copies[frame][value.index()],
            }),
        };
        let all: Vec<Action> = if in_turn {
            let turn = |action| (0..frames).map(move |frame| of_frame(action, frame));
            self.actions.iter().flat_map(turn).collect()
        } else {
            let whole = |frame| self.actions.iter().map(move |action| of_frame(action, frame));
            (0..frames).flat_map(whole).collect()
        };
        let mut actions: Vec<Action> = Vec::with_capacity(all.len());
        let mut done = vec![false; graph.nodes().len()];
        for action in all {
            // What all futures share is computed for the first frame.
            if let Action::Compute(id) = action
                && std::mem::replace(&mut done[id.index()], true)
            {
                continue;
            }
            actions.push(action);
        }
        Routine { graph, actions }
    }
}

/// A metric that takes in its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// Its number.
    pub metric: u32,
    /// Whether it does so at every step; otherwise the common row tells at which.
    pub always: bool,
}

/// What a step's observers do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Observe {
    /// These metrics take in their values.
    Metrics(Vec<Taken>),
    /// The values of all metrics and series are left in the frame.
    Outbox,
}

/// What a step does with the states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advance {
    /// Nothing: the run ends here.
    Stay,
    /// One step of Euler's method.
    Euler,
    /// A look of a method that looks within the step, the one at its start being 0.
    Look(u8),
}

/// The work of one step for each future.
pub fn lanes(program: &Program, layout: &mut Layout, observe: &Observe, advance: Advance) -> Routine {
    let graph = RefCell::new(Graph::default());
    let mut trace = Trace::new(program, layout, &graph);
    trace.walk(&program.step.lanes);
    // A metric of a stock looks at it where it goes on, and so is in a register anyway.
    let mut at_stocks: BTreeMap<u32, Vec<Taken>> = BTreeMap::new();
    match observe {
        Observe::Metrics(metrics) => {
            for metric in metrics {
                let stock = match advance {
                    Advance::Euler => observe::stock(program, metric.metric as usize),
                    _ => None,
                };
                let stock = stock.filter(|slot| slot.0 >= program.uniform_len);
                match stock {
                    Some(slot) => at_stocks.entry(slot.0).or_default().push(*metric),
                    None => trace.observe(*metric),
                }
            }
        }
        Observe::Outbox => trace.leave_out(),
    }
    trace.advance(advance, &at_stocks);
    trace.finish()
}

/// What is the same for all futures in one step.
pub fn uniform(program: &Program, layout: &mut Layout) -> Routine {
    let graph = RefCell::new(Graph::default());
    let mut trace = Trace::new(program, layout, &graph);
    let ops = &program.step.uniform;
    trace.walk(ops);
    for op in ops {
        for element in 0..u32::from(op.len) {
            let slot = op.dst.0 + element;
            let value = trace.slot(slot);
            trace.store_common(slot, value);
        }
    }
    trace.finish()
}

/// What takes the states that are the same for all futures one step of Euler's method further; delays are left out.
pub fn uniform_advance(program: &Program, layout: &mut Layout) -> Routine {
    let graph = RefCell::new(Graph::default());
    let mut trace = Trace::new(program, layout, &graph);
    for state in &program.states {
        for element in 0..state.len {
            let home = state.slot.0 + element;
            if home >= program.uniform_len {
                continue;
            }
            let next = match state.update {
                Update::Integrate { rate } => {
                    let (stock, rate) = (trace.slot(home), trace.slot(rate.0 + element));
                    operation::integrate(stock, rate, trace.extra(Extra::Length))
                }
                Update::Hold { value } | Update::Next { value } => trace.slot(value.0 + element),
                Update::Delay { .. } => continue,
            };
            trace.store_common(home, next);
        }
    }
    trace.finish()
}

/// A walk through operations that writes down what they do.
struct Trace<'a> {
    program: &'a Program,
    layout: &'a mut Layout,
    graph: &'a RefCell<Graph>,
    /// What each slot holds at this point of the walk, if it has been written.
    slots: Vec<Option<Id>>,
    stores: Vec<Store>,
}

impl<'a> Trace<'a> {
    fn new(program: &'a Program, layout: &'a mut Layout, graph: &'a RefCell<Graph>) -> Self {
        Self {
            program,
            layout,
            graph,
            slots: vec![None; (program.uniform_len + program.lane_len) as usize],
            stores: Vec::new(),
        }
    }

    fn word(&self, node: Node) -> Word<'a> {
        let id = self.graph.borrow_mut().intern(node);
        Word {
            graph: self.graph,
            id,
        }
    }

    fn number(&self, value: f64) -> Word<'a> {
        self.word(Node::Constant(value.to_bits()))
    }

    fn at(&mut self, place: Place) -> Word<'a> {
        let at = self.layout.place(place);
        self.word(Node::Lane(at))
    }

    fn extra(&mut self, extra: Extra) -> Word<'a> {
        let at = self.layout.common(Common::Extra(extra));
        self.word(Node::Uniform(at))
    }

    /// What a slot holds now.
    fn slot(&mut self, slot: u32) -> Word<'a> {
        if let Some(id) = self.slots[slot as usize] {
            return Word {
                graph: self.graph,
                id,
            };
        }
        match slot.checked_sub(self.program.uniform_len) {
            Some(place) => self.at(Place::Slot(place)),
            None => match self.program.constants.iter().find(|(of, _)| of.0 == slot) {
                Some((_, value)) => self.number(*value),
                None => {
                    let at = self.layout.common(Common::Slot(slot));
                    self.word(Node::Uniform(at))
                }
            },
        }
    }

    fn store(&mut self, place: Place, value: Word) {
        let target = Target::Lane(self.layout.place(place));
        self.stores.push(Store {
            target,
            value: value.id,
        });
    }

    fn store_common(&mut self, slot: u32, value: Word) {
        let target = Target::Uniform(self.layout.common(Common::Slot(slot)));
        self.stores.push(Store {
            target,
            value: value.id,
        });
    }

    fn finish(self) -> Routine {
        let graph = self.graph.take();
        let actions = order(&graph, self.stores);
        Routine { graph, actions }
    }

    fn walk(&mut self, ops: &[Op]) {
        for op in ops {
            for element in 0..u32::from(op.len) {
                let value = self.element(op, element);
                self.slots[(op.dst.0 + element) as usize] = Some(value.id);
            }
        }
    }

    /// One element of an operation.
    fn element(&mut self, op: &Op, element: u32) -> Word<'a> {
        let program = self.program;
        let mut operand = |place: u32, slot: Slot| {
            let fixed = op.fixed >> place & 1 == 1;
            self.slot(slot.0 + if fixed { 0 } else { element })
        };
        let further = |place: u32| program.operands[(op.b + place) as usize - 1];
        match op.code {
            Code::PowerOfInteger => operation::power_of_integer(operand(0, op.a), op.b),
            Code::Select => {
                let (yes, no) = (operand(1, further(1)), operand(2, further(2)));
                operation::select(operand(0, op.a), yes, no)
            }
            Code::MultiplyAdd | Code::MultiplySubtract | Code::SubtractProduct => {
                let (b, c) = (operand(1, further(1)), operand(2, further(2)));
                operation::fused(op.code, operand(0, op.a), b, c).expect("these have three operands")
            }
            Code::Lookup => {
                let table = &program.tables[op.b as usize];
                let at = operand(0, op.a);
                let at = if table.extrapolate {
                    at
                } else {
                    operation::within(at, table.x[0], table.x[table.x.len() - 1])
                };
                self.word(Node::Lookup(op.b, at.id))
            }
            Code::Uniform => {
                let bits = self.bits(op.b);
                share(bits.shift_right(11))
            }
            Code::Normal => {
                let [low, high, mean, deviation] = [
                    operand(0, op.a),
                    operand(1, further(1)),
                    operand(2, further(2)),
                    operand(3, further(3)),
                ];
                let bits = self.bits(further(4).0);
                let cell = bits.shift_right(12).shift_left(1).or(bits.word(1));
                noise::truncated_quantile(
                    [low, high, mean, deviation],
                    share(cell),
                    kernel::normal_cdf,
                    kernel::inverse_normal,
                )
            }
            Code::Min | Code::Max => {
                let (a, b) = (operand(0, op.a), operand(1, Slot(op.b)));
                let mut graph = self.graph.borrow_mut();
                let id = match op.code {
                    Code::Min => graph.min(a.id, b.id),
                    _ => graph.max(a.id, b.id),
                };
                Word {
                    graph: self.graph,
                    id,
                }
            }
            code if code < Code::Add => {
                operation::unary(code, operand(0, op.a)).expect("every code before `Add` has one operand")
            }
            code => {
                let (a, b) = (operand(0, op.a), operand(1, Slot(op.b)));
                operation::binary(code, a, b).expect("every other code has two operands")
            }
        }
    }

    /// 64 bits of a stream for this future and step: [`Stream::bits`](noise::Stream::bits), in words of which the low halves count.
    fn bits(&mut self, stream: u32) -> Word<'a> {
        let [mut c0, mut c1] = [0, 1].map(|half| self.at(Place::Future(half)));
        let [mut c2, mut c3] = [0, 1].map(|half| self.extra(Extra::Step(half)));
        for round in 0..noise::ROUNDS {
            let key = |half| Extra::Key { stream, round, half };
            let (k0, k1) = (self.extra(key(0)), self.extra(key(1)));
            let by = |word: Word<'a>, multiplier: u32| {
                word.binary(Binary::MultiplyHalves, word.word(multiplier.into()))
            };
            let (a, b) = (by(c0, noise::MULTIPLIERS[0]), by(c2, noise::MULTIPLIERS[1]));
            (c0, c1, c2, c3) = (
                b.shift_right(32).xor(c1).xor(k0),
                b,
                a.shift_right(32).xor(c3).xor(k1),
                a,
            );
        }
        let low = c0.and(c0.word(0xffff_ffff));
        low.or(c1.shift_left(32))
    }

    fn observe(&mut self, Taken { metric, always }: Taken) {
        let observation = &self.program.metrics[metric as usize];
        let value = self.slot(observation.source.0);
        let part = |part| Place::Memory { metric, part };
        let two = matches!(
            observation.reducer,
            Reducer::LongestAbove(_) | Reducer::LongestBelow(_)
        );
        // What is not remembered takes no place.
        let current = if two { self.at(part(1)) } else { self.number(0.0) };
        let memory = [self.at(part(0)), current];
        let (time, length) = (self.slot(self.program.time.0), self.extra(Extra::Length));
        let of = observe::seen(self.program, metric as usize);
        let seen = observe::see(observation.reducer, of, memory, value, time, length);
        // Those that see the same steps share a number of the row.
        let alike = self.program.metrics.iter().position(|other| {
            other.window == observation.window && timeline::see_alike(other.reducer, observation.reducer)
        });
        let sees = alike
            .filter(|_| !always)
            .map(|first| self.extra(Extra::Sees(first as u32)));
        for at in 0..if two { 2 } else { 1 } {
            let (before, after) = (memory[usize::from(at)], seen[usize::from(at)]);
            let kept = sees.map_or(after, |sees| sees.select(after, before));
            self.store(part(at), kept);
        }
    }

    fn leave_out(&mut self) {
        for (number, metric) in self.program.metrics.iter().enumerate() {
            let value = self.slot(metric.source.0);
            self.store(Place::Seen(number as u32), value);
        }
        for (number, stored) in self.program.series.iter().enumerate() {
            let value = self.slot(stored.source.0);
            self.store(Place::Saved(number as u32), value);
        }
    }

    fn advance(&mut self, advance: Advance, at_stocks: &BTreeMap<u32, Vec<Taken>>) {
        let program = self.program;
        for (number, state) in program.states.iter().enumerate() {
            let Some(first) = state.slot.0.checked_sub(program.uniform_len) else {
                continue;
            };
            for element in 0..state.len {
                let home = first + element;
                for metric in at_stocks.get(&(state.slot.0 + element)).into_iter().flatten() {
                    self.observe(*metric);
                }
                match advance {
                    Advance::Stay => {}
                    Advance::Euler => self.euler(number, state, element, home),
                    Advance::Look(look) => self.look(number, state, element, home, look.into()),
                }
            }
        }
    }

    fn euler(&mut self, number: usize, state: &State, element: u32, home: u32) {
        let next = match state.update {
            Update::Integrate { rate } => {
                let (stock, rate) = (self.at(Place::Slot(home)), self.slot(rate.0 + element));
                operation::integrate(stock, rate, self.extra(Extra::Length))
            }
            Update::Hold { value } | Update::Next { value } => self.slot(value.0 + element),
            Update::Delay { input, .. } => return self.enter(number, element, input),
        };
        self.store(Place::Slot(home), next);
    }

    fn enter(&mut self, number: usize, element: u32, input: Slot) {
        let value = self.slot(input.0 + element);
        let state = number as u32;
        self.store(Place::Entering { state, element }, value);
    }

    /// A look within the step: the sum of the rates goes on, and stocks go to the next look or to the end of the step.
    fn look(&mut self, number: usize, state: &State, element: u32, home: u32, look: usize) {
        let method = within(self.program.integration).expect("only such a method has looks");
        let last = look == method.looks.len();
        let rate = match state.update {
            Update::Integrate { rate } => self.slot(rate.0 + element),
            Update::Hold { value } | Update::Next { value } => {
                let value = self.slot(value.0 + element);
                if look == 0 {
                    self.store(Place::Next(home), value);
                } else if last {
                    let next = self.at(Place::Next(home));
                    self.store(Place::Slot(home), next);
                }
                return;
            }
            Update::Delay { input, .. } if look == 0 => return self.enter(number, element, input),
            Update::Delay { .. } => return,
        };
        let (start, weighted) = match look {
            0 => (self.at(Place::Slot(home)), rate),
            _ => {
                let weighted = match method.looks[look - 1].weight {
                    Weight::Alone => rate,
                    Weight::Times(weight) => {
                        let (sum, weight) = (self.at(Place::Weighted(home)), self.number(weight));
                        operation::integrate(sum, rate, weight)
                    }
                };
                (self.at(Place::AtStart(home)), weighted)
            }
        };
        let (along, share) = match method.looks.get(look) {
            Some(next) => (rate, next.ahead),
            None => (weighted, method.whole),
        };
        let stock = operation::integrate(start, along, self.share(share));
        if look == 0 {
            self.store(Place::AtStart(home), start);
        }
        let summed = method.looks.get(look);
        if summed.is_some_and(|next| next.weight != Weight::Alone) {
            self.store(Place::Weighted(home), weighted);
        }
        self.store(Place::Slot(home), stock);
    }

    /// A share of the step.
    fn share(&mut self, share: Share) -> Word<'a> {
        self.extra(match share {
            Share::Whole => Extra::Length,
            Share::Half => Extra::Half,
            Share::Sixth => Extra::Sixth,
        })
    }
}

/// An integer of at most 53 bits as a multiple of 2⁻⁵³: exact.
fn share(integer: Word) -> Word {
    const TWO_TO_52: f64 = 4503599627370496.0;
    const TWO_TO_84: f64 = 19342813113834066795298816.0;
    let c = |value: f64| integer.constant(value);
    let high = integer.shift_right(32).or(c(TWO_TO_84));
    let low = integer.and(integer.word(0xffff_ffff)).or(c(TWO_TO_52));
    let number = (high - c(TWO_TO_84 + TWO_TO_52)) + low;
    number * c(noise::PER_TWO_TO_53)
}
