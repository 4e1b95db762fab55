//! The functions that walk a program: `prepare` computes once what is the same for all futures and leaves a row of numbers for
//! each time; `futures` takes as many futures as the form has lanes through all of them; `run` calls it for a column.
//!
//! The order is that of the reference. Both walks are one text: what states do from step to step is the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasm_encoder::{BlockType, Function, ValType};

use super::body::{Body, at};
use super::clock::{Clock, Rows};
use super::memory::{self, Known, LENGTH, Memory};
use super::observations::Observations;
use super::shared::{Routine, Shared};
use super::trace::{Base, Callee, Graph, Node, NodeId, One, Spread, Traced, Two};
use super::{Form, InputPlace};
use crate::ir::{Code, Op, Program, Slot, Update};
use crate::math::{Lane, kernel};
use crate::method::{Share, Weight, Within, within};
use crate::operation;
use crate::request::Reducer;
use crate::timeline::Timeline;

/// What all functions of a module know.
pub(super) struct Setting<'a> {
    pub(super) program: &'a Program,
    pub(super) timeline: &'a Timeline,
    pub(super) memory: &'a Memory,
    pub(super) capacity: u32,
}

impl Setting<'_> {
    fn method(&self) -> Option<&'static Within> {
        within(self.program.integration)
    }
}

/// `run(count, save)`: takes futures through the program, as many at a time as the form has lanes.
pub(super) fn run(setting: &Setting, form: Form) -> Function {
    const COUNT: u32 = 0;
    const SAVE: u32 = 1;
    const ROW: u32 = 2;
    const FUTURES: u32 = 2;
    let _ = setting;
    let mut function = Function::new([(1, ValType::I32)]);
    let mut sink = function.instructions();
    sink.local_get(COUNT).i32_const(3).i32_shl().local_set(COUNT);
    sink.block(BlockType::Empty).loop_(BlockType::Empty);
    sink.local_get(ROW).local_get(COUNT).i32_ge_u().br_if(1);
    sink.local_get(ROW).local_get(SAVE).call(FUTURES);
    let bytes = form.word_bytes() as i32;
    sink.local_get(ROW).i32_const(bytes).i32_add().local_set(ROW);
    sink.br(0).end().end().end();
    function
}

/// `prepare()`: everything that is the same for all futures.
pub(super) fn prepare(setting: &Setting, shared: &mut Shared) -> Function {
    let graph = RefCell::default();
    let mut walk = Walk::new(setting, shared, &graph, 0, true);
    walk.keys();
    let clock = Clock::new(&mut walk);
    clock.set(&mut walk);
    walk.before();
    walk.steps(&mut Rows::new(clock));
    walk.sound_for_all();
    walk.body.finish()
}

/// `futures(row, save)`: the futures at a row of the columns.
pub(super) fn futures(setting: &Setting, shared: &mut Shared) -> Function {
    let graph = RefCell::default();
    let mut walk = Walk::new(setting, shared, &graph, 2, false);
    walk.before();
    let mut seen = Observations::new(&mut walk);
    walk.steps(&mut seen);
    walk.finish(&seen);
    walk.body.finish()
}

/// An element of a state on its way.
pub(super) struct Element {
    /// Its number among the program's states, and which of its elements it is.
    state: usize,
    element: u32,
    slot: u32,
    local: u32,
    update: Update,
    /// For a delay: by how many steps, for each lane.
    delays: Vec<u32>,
    /// What it will be after the step, where the method looks at times within the step.
    next: u32,
    /// For a stock, where the method looks within the step: its value at the start, and the weighted sum of its rates.
    start: u32,
    weighted: u32,
}

/// A walk in the making.
pub(super) struct Walk<'a, 'm> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) body: Body<'m>,
    /// Whether it is the walk for all futures at once.
    uniform: bool,
    known: BTreeMap<u32, Known>,
    given: BTreeMap<u32, u32>,
    pub(super) values: BTreeMap<u32, NodeId>,
    elements: Vec<Element>,
    /// Where the rows of the current step begin, counted from the first.
    pub(super) place: u32,
    stage: u32,
}

/// What is done with the values of a step.
pub(super) trait Sink<'a, 'm> {
    /// The nodes that it will ask for, and what it needs beside them.
    fn plan(&mut self, walk: &mut Walk<'a, 'm>) -> Vec<NodeId>;
    /// At every computation of rates.
    fn computed(&mut self, walk: &mut Walk<'a, 'm>);
    /// At every step.
    fn at_step(&mut self, walk: &mut Walk<'a, 'm>);
    /// When the next computation of rates is for another time; `ahead` is the time from the start of the step, if within one.
    fn moved(&mut self, walk: &mut Walk<'a, 'm>, ahead: Option<u32>);
}

impl<'a, 'm> Walk<'a, 'm> {
    fn new(
        setting: &'a Setting<'a>,
        shared: &'m mut Shared,
        graph: &'m RefCell<Graph>,
        params: u32,
        uniform: bool,
    ) -> Self {
        let form = shared.form;
        let mut body = Body::new(form, shared, graph, params);
        let [step, place, stage] = std::array::from_fn(|_| body.local(ValType::I32));
        (body.row, body.step) = (0, step);
        let program = setting.program;
        let mut given = BTreeMap::new();
        for (input, found) in program.inputs.iter().zip(&setting.memory.inputs) {
            if let (Some(slot), InputPlace::PerFuture { at }) = (input.slot, found) {
                given.insert(slot.0, *at);
            }
        }
        Self {
            setting,
            body,
            uniform,
            known: memory::known(program, &setting.memory.inputs),
            given,
            values: BTreeMap::new(),
            elements: Vec::new(),
            place,
            stage,
        }
    }

    fn ours(&self, slot: Slot) -> bool {
        (slot.0 < self.setting.program.uniform_len) == self.uniform
    }

    /// What stands in a slot.
    pub(super) fn value(&self, slot: u32) -> Traced<'m> {
        if let Some(id) = self.values.get(&slot) {
            return self.body.lane(*id);
        }
        let memory = self.setting.memory;
        if let Some(place) = self.given.get(&slot) {
            return self.body.load(Base::Local(self.body.row), *place, Spread::Each);
        }
        match self.known.get(&slot) {
            Some(Known::Constant(value)) => self.body.constant(*value),
            Some(Known::Given(place)) => self.body.load(Base::Zero, *place, Spread::One),
            Some(Known::Before) => self.body.load(Base::Zero, memory.before[&slot], Spread::Each),
            Some(Known::AtStep) => self.in_row(slot),
            None => unreachable!("slot {slot} is read before anything was written to it"),
        }
    }

    fn in_row(&self, slot: u32) -> Traced<'m> {
        let memory = self.setting.memory;
        let offset = memory.rows + memory.row_slots[&slot];
        self.body.load(Base::Local(self.place), offset, Spread::Each)
    }

    /// The time to the next step.
    pub(super) fn length(&self) -> Traced<'m> {
        match self.setting.timeline.even() {
            Some((_, length)) => self.body.constant(length),
            None if self.uniform => self.value(LENGTH),
            None => self.in_row(LENGTH),
        }
    }

    /// Follows a list of operations.
    fn trace(&mut self, ops: &[Op]) {
        let program = self.setting.program;
        for op in ops {
            for element in 0..u32::from(op.len) {
                let operand = |place: usize, slot: Slot| {
                    let fixed = op.fixed >> place & 1 == 1;
                    self.value(slot.0 + if fixed { 0 } else { element })
                };
                let further = |place: usize| operand(place, program.operands[op.b as usize + place - 1]);
                let a = || operand(0, op.a);
                let value = match op.code {
                    Code::PowerOfInteger => operation::power_of_integer(a(), op.b),
                    Code::Select => operation::select(a(), further(1), further(2)),
                    Code::MultiplyAdd | Code::MultiplySubtract | Code::SubtractProduct => {
                        unreachable!("a fast program is not written as a module")
                    }
                    Code::Lookup => self.lookup(op.b, a()),
                    Code::Uniform => Traced::of(self.body.graph, Node::Call(Callee::Uniform(op.b), NONE)),
                    Code::Normal => {
                        let stream = program.operands[op.b as usize + 3].0;
                        let share =
                            Traced::of(self.body.graph, Node::Call(Callee::OpenUniform(stream), NONE));
                        Traced::call(
                            Callee::Truncated,
                            &[a(), further(1), further(2), further(3), share],
                        )
                    }
                    code if code < Code::Add => unary(code, a()),
                    code => binary(code, a(), operand(1, Slot(op.b))),
                };
                self.values.insert(op.dst.0 + element, value.id);
            }
        }
    }

    fn lookup(&self, number: u32, place: Traced<'m>) -> Traced<'m> {
        let table = &self.setting.program.tables[number as usize];
        let place = if table.extrapolate {
            place
        } else {
            operation::within(place, table.x[0], table.x[table.x.len() - 1])
        };
        Traced::call(Callee::Lookup(number), &[place])
    }

    /// Everything before the first step: what depends on inputs, the values at the start, the states.
    fn before(&mut self) {
        let program = self.setting.program;
        let (once, init, step) = match self.uniform {
            true => (
                &program.once.uniform,
                &program.init.uniform,
                &program.step.uniform,
            ),
            false => (&program.once.lanes, &program.init.lanes, &program.step.lanes),
        };
        self.trace(once);
        self.trace(init);

        let mut later: BTreeSet<u32> = memory::reads(program, step);
        later.extend(memory::update_reads(program, self.uniform));
        if self.uniform {
            later.extend(self.setting.memory.row_slots.keys());
        } else {
            later.extend(program.metrics.iter().map(|metric| metric.source.0));
            later.extend(program.series.iter().map(|stored| stored.source.0));
        }
        let written: BTreeSet<u32> = [once, init]
            .into_iter()
            .flatten()
            .flat_map(|op| op.dst.0..op.dst.0 + u32::from(op.len))
            .collect();
        let mut assigned = Vec::new();
        let mut kept = Vec::new();
        for slot in later.into_iter().filter(|slot| written.contains(slot)) {
            let id = self.values[&slot];
            let node = self.body.graph.borrow().node(id);
            let stays = match node {
                Node::Constant(_) => true,
                Node::Load(base, ..) => base != Base::Local(self.place),
                _ => false,
            };
            if !stays {
                let local = self.body.word_local();
                assigned.push((id, local));
                kept.push((slot, local));
            }
        }
        let stored: Vec<(NodeId, u32)> = match self.uniform {
            true => {
                let before = self.setting.memory.before.iter();
                before.map(|(slot, place)| (self.values[slot], *place)).collect()
            }
            false => Vec::new(),
        };
        let rounds = self.states(&mut assigned);

        let wanted: Vec<NodeId> = assigned
            .iter()
            .chain(&stored)
            .map(|(id, _)| *id)
            .chain(rounds.iter().map(|(_, id)| *id))
            .collect();
        self.body.section(&wanted);
        for (id, place) in stored {
            self.body.sink().i32_const(0);
            self.body.word(id);
            self.body.store_word(place);
        }
        for (element, id) in rounds {
            self.delay_steps(element, id);
        }
        self.body.assign(&assigned);
        for (slot, local) in kept {
            self.values.insert(slot, self.body.of_local(local).id);
        }
        for element in &self.elements {
            self.values
                .insert(element.slot, self.body.of_local(element.local).id);
        }
    }

    /// Makes room for the states, and tells what they start from; for the delays also by how many steps, rounded.
    fn states(&mut self, assigned: &mut Vec<(NodeId, u32)>) -> Vec<(usize, NodeId)> {
        let mut rounds = Vec::new();
        let within = self.setting.method().is_some();
        for (number, state) in self.setting.program.states.iter().enumerate() {
            if !self.ours(state.slot) {
                continue;
            }
            for element in 0..state.len {
                let local = self.body.word_local();
                assigned.push((self.value(state.initial.0 + element).id, local));
                let stock = matches!(state.update, Update::Integrate { .. });
                let mut delays = Vec::new();
                if let Update::Delay { delay, .. } = state.update {
                    let delay = self.value(delay.0 + element);
                    let length = self.body.constant(self.setting.timeline.length(0));
                    let steps = kernel::round(delay / length);
                    rounds.push((self.elements.len(), steps.id));
                    delays = (0..self.body.form.lanes())
                        .map(|_| self.body.local(ValType::I32))
                        .collect();
                }
                let mut word_if = |needed: bool| if needed { self.body.word_local() } else { 0 };
                let next = word_if(matches!(state.update, Update::Delay { .. }) || within && !stock);
                let [start, weighted] = [word_if(within && stock), word_if(within && stock)];
                self.elements.push(Element {
                    state: number,
                    element,
                    slot: state.slot.0 + element,
                    local,
                    update: state.update,
                    delays,
                    next,
                    start,
                    weighted,
                });
            }
        }
        rounds
    }

    /// See [`delay_steps`](crate::scalar::delay_steps); the rounded quotient is a node.
    fn delay_steps(&mut self, element: usize, id: NodeId) {
        let simd = self.body.form == Form::Simd;
        let steps = self.setting.timeline.steps;
        let most = self.body.shared.pool((steps as f64).to_bits());
        let (wanted, whole) = (self.body.local(ValType::F64), self.body.local(ValType::I32));
        let word = self.body.word_local();
        self.body.word(id);
        self.body.sink().local_set(word);
        for (lane, delay) in self.elements[element].delays.iter().enumerate() {
            let mut sink = self.body.sink();
            sink.local_get(word);
            if simd {
                sink.f64x2_extract_lane(lane as u8);
            }
            sink.local_set(wanted);
            sink.i32_const(steps as i32 + 1);
            sink.local_get(wanted).i32_trunc_sat_f64_s().local_tee(whole);
            sink.i32_const(1)
                .local_get(whole)
                .i32_const(1)
                .i32_gt_s()
                .select();
            sink.local_get(wanted);
            sink.i32_const(0).f64_load(at(most)).f64_gt().select();
            sink.local_set(*delay);
        }
    }

    /// All steps.
    fn steps(&mut self, sink: &mut dyn Sink<'a, 'm>) {
        let program = self.setting.program;
        self.trace(match self.uniform {
            true => &program.step.uniform,
            false => &program.step.lanes,
        });
        match self.setting.method() {
            None => self.euler(sink),
            Some(method) => self.look_within(method, sink),
        }
    }

    /// What an element reads when it goes on.
    fn update_source(&self, element: &Element) -> Traced<'m> {
        let first = match element.update {
            Update::Integrate { rate } => rate,
            Update::Hold { value } | Update::Next { value } => value,
            Update::Delay { input, .. } => input,
        };
        self.value(first.0 + element.element)
    }

    fn next_step(&mut self) {
        let (step, place) = (self.body.step, self.place);
        let row = self.setting.memory.row_len as i32;
        let mut sink = self.body.sink();
        sink.local_get(step).i32_const(1).i32_add().local_set(step);
        sink.local_get(place).i32_const(row).i32_add().local_set(place);
    }

    /// Whether this is the last step, on the stack.
    fn is_last(&mut self) {
        let (step, steps) = (self.body.step, self.setting.timeline.steps as i32);
        self.body.sink().local_get(step).i32_const(steps).i32_eq();
    }

    fn euler(&mut self, sink: &mut dyn Sink<'a, 'm>) {
        let mut wanted = sink.plan(self);
        let length = self.length();
        let mut updates = Vec::new();
        for element in &self.elements {
            let source = self.update_source(element);
            let next = match element.update {
                Update::Integrate { .. } => {
                    operation::integrate(self.body.of_local(element.local), source, length)
                }
                Update::Hold { .. } | Update::Next { .. } => source,
                Update::Delay { .. } => {
                    wanted.push(source.id);
                    self.body.of_local(element.next)
                }
            };
            updates.push((next.id, element.local));
        }
        wanted.extend(updates.iter().map(|(id, _)| *id));

        self.body.sink().block(BlockType::Empty).loop_(BlockType::Empty);
        self.body.section(&wanted);
        sink.computed(self);
        sink.at_step(self);
        self.is_last();
        self.body.sink().br_if(1);
        self.delays();
        self.body.assign(&updates);
        self.next_step();
        self.body.section(&[]);
        sink.moved(self, None);
        self.body.sink().br(0).end().end();
    }

    /// A share of a step.
    fn share(&self, share: Share) -> Traced<'m> {
        let length = self.length();
        match share {
            Share::Whole => length,
            Share::Half => self.body.constant(0.5) * length,
            Share::Sixth => length / self.body.constant(6.0),
        }
    }

    /// Sets a local to what the current stage finds in a list, the first stage being `first`.
    fn by_stage(&mut self, local: u32, first: i32, list: &[NodeId]) {
        let stage = self.stage;
        let (last, others) = list.split_last().expect("a method has a further look");
        self.body.word(*last);
        self.body.sink().local_set(local);
        for (id, number) in others.iter().zip(first..) {
            if id == last {
                continue;
            }
            self.body.word(*id);
            let mut sink = self.body.sink();
            sink.local_get(local);
            sink.local_get(stage)
                .i32_const(number)
                .i32_eq()
                .select()
                .local_set(local);
        }
    }

    /// A method that looks within the step: the rates at the start, and then those of each further look, in one loop over its stages.
    fn look_within(&mut self, method: &Within, sink: &mut dyn Sink<'a, 'm>) {
        let mut wanted = sink.plan(self);
        let looks = method.looks.len() as i32;
        let shares: Vec<NodeId> = method
            .looks
            .iter()
            .map(|look| self.share(look.ahead).id)
            .collect();
        let whole = self.share(method.whole);
        // A method either sums its rates or takes those of its only further look.
        let weights: Vec<NodeId> = method
            .looks
            .iter()
            .filter_map(|look| match look.weight {
                Weight::Times(weight) => Some(self.body.constant(weight).id),
                Weight::Alone => None,
            })
            .collect();
        assert!(
            weights.len() == method.looks.len() || looks == 1,
            "rates that count alone are those of the only look"
        );
        let (ahead, weight) = (self.body.word_local(), self.body.word_local());
        let (mut rates, mut starts, mut sums, mut advances, mut ends) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for element in &self.elements {
            let source = self.update_source(element);
            wanted.push(source.id);
            let now = self.body.of_local(element.local);
            if let Update::Integrate { .. } = element.update {
                rates.push(source.id);
                starts.push((now.id, element.start));
                starts.push((source.id, element.weighted));
                let weighted = self.body.of_local(element.weighted);
                let sum = match weights.is_empty() {
                    true => source,
                    false => operation::integrate(weighted, source, self.body.of_local(weight)),
                };
                sums.push((sum.id, element.weighted));
                let start = self.body.of_local(element.start);
                let advanced = operation::integrate(start, source, self.body.of_local(ahead));
                advances.push((advanced.id, element.local));
                let end = operation::integrate(start, weighted, whole);
                ends.push((end.id, element.local));
            } else {
                if let Update::Hold { .. } | Update::Next { .. } = element.update {
                    starts.push((source.id, element.next));
                }
                ends.push((self.body.of_local(element.next).id, element.local));
            }
        }
        for list in [&starts, &sums, &advances, &ends] {
            wanted.extend(list.iter().map(|(id, _)| *id));
        }
        wanted.extend(shares.iter().chain(&weights));
        let (stage, place) = (self.stage, self.place);
        let row = self.setting.memory.row_len as i32;

        self.body
            .sink()
            .block(BlockType::Empty)
            .loop_(BlockType::Empty)
            .loop_(BlockType::Empty);
        self.body.section(&wanted);
        for rate in &rates {
            self.body.hold(*rate);
        }
        sink.computed(self);
        self.body.sink().local_get(stage).i32_eqz().if_(BlockType::Empty);
        let held = self.body.snapshot();
        sink.at_step(self);
        self.is_last();
        self.body.sink().br_if(3);
        self.delays();
        self.body.assign(&starts);
        self.body.restore(held);
        self.body.sink().else_();
        let held = self.body.snapshot();
        if !weights.is_empty() {
            self.by_stage(weight, 1, &weights);
        }
        self.body.assign(&sums);
        self.body.restore(held);
        self.body.sink().end();
        self.body
            .sink()
            .local_get(stage)
            .i32_const(looks)
            .i32_lt_u()
            .if_(BlockType::Empty);
        let held = self.body.snapshot();
        self.by_stage(ahead, 0, &shares);
        self.body.assign(&advances);
        self.body.restore(held);
        let mut code = self.body.sink();
        code.local_get(stage).i32_const(1).i32_add().local_set(stage);
        code.local_get(place).i32_const(row).i32_add().local_set(place);
        self.body.section(&[]);
        sink.moved(self, Some(ahead));
        self.body.sink().br(1).end().end();
        self.body
            .section(&ends.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        self.body.assign(&ends);
        self.body.sink().i32_const(0).local_set(stage);
        self.next_step();
        self.body.section(&[]);
        sink.moved(self, None);
        self.body.sink().br(0).end().end();
    }

    /// What goes into the delays at this step, and what comes out for the next.
    fn delays(&mut self) {
        let form = self.body.form;
        let (shift, step) = (form.word_bytes().ilog2() as i32, self.body.step);
        let elements = std::mem::take(&mut self.elements);
        for element in &elements {
            let Update::Delay { .. } = element.update else {
                continue;
            };
            let history = self.setting.memory.histories[&(element.state, element.element)];
            let source = self.update_source(element).id;
            self.body.sink().local_get(step).i32_const(shift).i32_shl();
            self.body.word(source);
            self.body.store_word(history);
            let row = self.body.local(ValType::I32);
            let mut sink = self.body.sink();
            sink.local_get(element.local).local_set(element.next);
            for (lane, delay) in element.delays.iter().enumerate() {
                sink.local_get(step).i32_const(1).i32_add();
                sink.local_get(*delay).i32_sub().local_tee(row);
                sink.i32_const(0).i32_ge_s().if_(BlockType::Empty);
                sink.local_get(row).i32_const(shift).i32_shl();
                match form {
                    Form::Simd => sink
                        .local_get(element.next)
                        .v128_load64_lane(at(history + 8 * lane as u32), lane as u8),
                    Form::Scalar => sink.f64_load(at(history)),
                };
                sink.local_set(element.next).end();
            }
        }
        self.elements = elements;
    }

    /// The mask of futures whose stocks are all finite.
    fn stocks_sound(&self) -> Traced<'m> {
        let all = self.body.constant(f64::from_bits(!0));
        self.elements
            .iter()
            .filter(|element| element.update.is_stock())
            .fold(all, |sound, element| {
                sound.and(is_finite(self.body.of_local(element.local)))
            })
    }

    fn sound_for_all(&mut self) {
        let sound = self.stocks_sound().id;
        self.body.section(&[sound]);
        self.body.sink().i32_const(0);
        self.body.word(sound);
        self.body.store_word(self.setting.memory.sound);
    }

    /// The key of each stream under the seed.
    fn keys(&mut self) {
        let memory = self.setting.memory;
        for (number, stream) in self.setting.program.streams.iter().enumerate() {
            let philox = self.body.shared.number(Routine::Philox);
            self.body
                .sink()
                .i32_const(0)
                .i64_const(stream.cast_signed())
                .i64_const(0)
                .i32_const(0)
                .i64_load(at(memory.seed))
                .call(philox)
                .i64_store(at(memory.keys + 8 * number as u32));
        }
    }

    /// Metrics and statuses.
    fn finish(&mut self, seen: &Observations) {
        let (memory, program) = (self.setting.memory, self.setting.program);
        let nan = self.body.constant(f64::NAN);
        let mut results = Vec::new();
        let mut sound = self
            .body
            .load(Base::Zero, memory.sound, Spread::Each)
            .and(self.stocks_sound());
        for ((metric, locals), window) in program.metrics.iter().zip(&seen.locals).zip(&seen.windows) {
            let count = window.as_ref().map_or(0, Range::len);
            let result = self.body.of_local(locals[0]);
            let result = match metric.reducer {
                Reducer::Mean => result / self.body.constant(count as f64),
                _ => result,
            };
            let mut good = is_finite(result);
            if let Reducer::FirstAbove(_) = metric.reducer {
                good = good.or(result.equal(result.constant(f64::INFINITY)));
            }
            sound = sound.and(good);
            results.push(result);
        }
        // A sound future has no NaN to make canonical.
        let outputs: Vec<NodeId> = results
            .into_iter()
            .map(|result| sound.select(result, nan).id)
            .collect();
        let status = sound.not().and(self.body.constant(1.0)).id;
        let mut wanted = outputs.clone();
        wanted.extend([sound.id, status]);
        self.body.section(&wanted);
        self.body.hold(sound.id);
        let row = self.body.row;
        let columns = outputs.into_iter().zip(0..).map(|(id, number)| {
            let column = memory.metrics + 8 * self.setting.capacity * number;
            (id, column)
        });
        for (id, column) in columns.chain([(status, memory.status)]).collect::<Vec<_>>() {
            self.body.sink().local_get(row);
            self.body.word(id);
            self.body.store_word(column);
        }
    }
}

/// No operands.
const NONE: [NodeId; 5] = [NodeId(0); 5];

fn is_finite(value: Traced<'_>) -> Traced<'_> {
    value.magnitude().less(value.constant(f64::INFINITY))
}

/// Short operations are written where they are used, and those that WebAssembly has as it has them: its minimum, maximum and integer
/// part mean what the kernels mean.
fn unary(code: Code, a: Traced<'_>) -> Traced<'_> {
    match code {
        Code::Trunc => a.one(One::Trunc),
        Code::Copy | Code::Negate | Code::Not | Code::Abs | Code::Sqrt => {
            operation::unary(code, a).expect("an operation of one operand")
        }
        _ => Traced::call(Callee::Kernel(code), &[a]),
    }
}

/// The same for two operands.
fn binary<'g>(code: Code, a: Traced<'g>, b: Traced<'g>) -> Traced<'g> {
    match code {
        Code::Min => a.two(Two::Min, b),
        Code::Max => a.two(Two::Max, b),
        Code::Power | Code::Log | Code::Modulo | Code::Quantum => Traced::call(Callee::Kernel(code), &[a, b]),
        _ => operation::binary(code, a, b).expect("an operation of two operands"),
    }
}
