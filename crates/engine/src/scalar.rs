//! The reference: one future at a time, one operation after the other, written to be read.
//!
//! In: a [`Program`] and a [`Batch`]. Out: [`Outputs`], which every other evaluator must equal bit for bit.

use std::ops::Range;

use crate::adaptive::{self, Going, Pace, Pair};
use crate::batch::{Batch, Outputs, RunStatus, Schedule, Value};
use crate::carrier::{Loads, Numbers};
use crate::ir::{Code, Op, Program, Slot, Update};
use crate::math::{self, canonical_nan};
use crate::method::{Weight, Within, within};
use crate::noise::{Stream, TruncatedNormal};
use crate::observe::{self, Memory, Seen};
use crate::operation;
use crate::timeline::{Timeline, timeline};
use model::VarId;

/// Runs a program for every future of a batch.
///
/// A run ends as [`RunStatus::NonFinite`] if at its end a stock that the outputs depend on, or a metric, is not
/// finite; its metrics are then all NaN. (A stock never comes back from infinity or NaN; a `FirstAbove` that is
/// never reached is `+∞` and sound.) If inputs set the time controls to what cannot run, every future ends so, at
/// once, and the variable to blame is `TIME STEP`.
///
/// # Panics
/// If the batch does not have the program's inputs, bound as requested, in columns as long as `futures`.
pub fn run(program: &Program, batch: &Batch) -> Outputs {
    check(program, batch);
    let mut outputs = Outputs {
        metrics: vec![Vec::new(); program.metrics.len()],
        status: Vec::new(),
        series: vec![Vec::new(); program.series.len()],
        times: Vec::new(),
    };
    for row in 0..batch.futures.len() {
        let mut run = Run::new(program, batch, row);
        let timeline = match timeline(program, &mut run.slots) {
            Ok(timeline) => timeline,
            Err(_) => return stillborn(program, batch),
        };
        run.run_through(&timeline, |_, _| true);
        outputs.times = timeline.saved_times();
        let status = run.status(&timeline, batch, row);
        for (column, metric) in outputs.metrics.iter_mut().zip(run.metrics(&timeline)) {
            column.push(if status == RunStatus::Ok { metric } else { f64::NAN });
        }
        for (table, values) in outputs.series.iter_mut().zip(&run.saved) {
            table.extend(values.iter().map(|value| canonical_nan(*value)));
        }
        outputs.status.push(status);
    }
    outputs
}

/// Whether a batch fits a program.
pub(crate) fn check(program: &Program, batch: &Batch) {
    use crate::request::Binding;
    assert_eq!(
        batch.inputs.len(),
        program.inputs.len(),
        "a batch brings every input of its program"
    );
    for (value, input) in batch.inputs.iter().zip(&program.inputs) {
        match (value, input.binding) {
            (Value::Uniform(_), Binding::Uniform) => {}
            (Value::PerFuture(column), Binding::PerFuture) => {
                assert_eq!(
                    column.len(),
                    batch.futures.len(),
                    "a column has a value for each future"
                );
            }
            (Value::Schedule(schedule), Binding::Schedule) => {
                assert_eq!(
                    schedule.times.len(),
                    schedule.values.len(),
                    "a schedule has a value for each time"
                );
            }
            _ => panic!("an input is bound otherwise than its program was made for"),
        }
    }
}

/// The outputs when time cannot run.
pub(crate) fn stillborn(program: &Program, batch: &Batch) -> Outputs {
    let futures = batch.futures.len();
    let status = RunStatus::NonFinite {
        variable: program.controls.blame,
        time: f64::NAN,
    };
    Outputs {
        metrics: vec![vec![f64::NAN; futures]; program.metrics.len()],
        status: vec![status; futures],
        series: vec![Vec::new(); program.series.len()],
        times: Vec::new(),
    }
}

/// The value of a schedule at a time, `length` being the time step; NaN before its first time.
pub(crate) fn scheduled(schedule: &Schedule, time: f64, length: f64) -> f64 {
    let begun = schedule
        .times
        .partition_point(|start| *start < time + 0.5 * length);
    if begun == 0 {
        f64::NAN
    } else {
        schedule.values[begun - 1]
    }
}

/// Number of steps by which a `DELAY FIXED` delays; what would come out after the end of a run needs no longer ring.
pub(crate) fn delay_steps(delay: f64, length: f64, steps: usize) -> usize {
    let wanted = (delay / length).round();
    // NaN counts as no delay.
    if wanted > steps as f64 {
        steps + 1
    } else {
        (wanted.max(1.0)) as usize
    }
}

/// The noise of one future at one step.
#[derive(Clone, Copy)]
pub(crate) struct Draws<'a> {
    pub(crate) streams: &'a [Stream],
    pub(crate) future: u64,
    pub(crate) step: u64,
}

/// Walks a list of operations.
pub(crate) fn execute(program: &Program, ops: &[Op], slots: &mut [f64], draws: Option<Draws>) {
    for op in ops {
        for element in 0..usize::from(op.len) {
            // Operand `place` of this element: a fixed operand is the same for all.
            let operand = |place: u32, slot: Slot| {
                let fixed = op.fixed >> place & 1 == 1;
                slots[slot.0 as usize + if fixed { 0 } else { element }]
            };
            let further = |place: u32| operand(place, program.operands[op.b as usize + place as usize - 1]);
            let a = || operand(0, op.a);
            let value = match op.code {
                Code::PowerOfInteger => operation::power_of_integer(a(), op.b),
                Code::Select => operation::select(a(), further(1), further(2)),
                Code::Lookup => operation::lookup(&program.tables[op.b as usize], a()),
                Code::Uniform => {
                    let draws = draws.expect("draws are made per future only");
                    draws.streams[op.b as usize].uniform(draws.future, draws.step)
                }
                Code::Normal => {
                    let draws = draws.expect("draws are made per future only");
                    let stream = program.operands[op.b as usize + 3].0;
                    let normal = TruncatedNormal {
                        low: a(),
                        high: further(1),
                        mean: further(2),
                        deviation: further(3),
                    };
                    draws.streams[stream as usize].truncated_normal(&normal, draws.future, draws.step)
                }
                Code::MultiplyAdd | Code::MultiplySubtract | Code::SubtractProduct => {
                    operation::fused(op.code, a(), further(1), further(2)).expect("these have three operands")
                }
                code => operation::unary(code, a())
                    .or_else(|| operation::binary(code, a(), operand(1, Slot(op.b))))
                    .expect("every other operation has one or two operands"),
            };
            slots[op.dst.0 as usize + element] = value;
        }
    }
}

/// One future on its way.
struct Run<'a> {
    program: &'a Program,
    future: u64,
    streams: Vec<Stream>,
    schedules: Vec<(Slot, &'a Schedule)>,
    slots: Vec<f64>,
    /// For each state that is delayed, what went in so far: one row for each step.
    rings: Vec<Vec<f64>>,
    loads: Loads,
    memories: Vec<Memory<f64>>,
    saved: Vec<Vec<f64>>,
    /// How it goes through the steps, and the largest magnitude of each stock so far, where it chooses its steps.
    pace: Pace,
    peaks: Vec<f64>,
    /// Where it got stuck.
    unresolved: Option<(VarId, f64)>,
}

impl<'a> Run<'a> {
    /// A future with constants, inputs and what depends on them only.
    fn new(program: &'a Program, batch: &Batch<'a>, row: usize) -> Self {
        let mut slots = vec![0.0; (program.uniform_len + program.lane_len) as usize];
        let mut schedules = Vec::new();
        for (slot, value) in &program.constants {
            slots[slot.0 as usize] = *value;
        }
        for (input, value) in program.inputs.iter().zip(batch.inputs) {
            let Some(slot) = input.slot else { continue };
            match value {
                Value::Uniform(value) => slots[slot.0 as usize] = *value,
                Value::PerFuture(column) => slots[slot.0 as usize] = column[row],
                Value::Schedule(schedule) => schedules.push((slot, *schedule)),
            }
        }
        execute(program, &program.once.uniform, &mut slots, None);
        execute(program, &program.once.lanes, &mut slots, None);
        Self {
            program,
            future: batch.futures[row],
            streams: program
                .streams
                .iter()
                .map(|variable| Stream::new(batch.seed, *variable))
                .collect(),
            schedules,
            slots,
            rings: vec![Vec::new(); program.states.len()],
            loads: Loads::default(),
            memories: program
                .metrics
                .iter()
                .map(|metric| observe::start(metric.reducer))
                .collect(),
            saved: vec![Vec::new(); program.series.len()],
            pace: Pace::new(),
            peaks: Vec::new(),
            unresolved: None,
        }
    }

    /// Runs until the end of the timeline, or until `go_on` says no at a step, after it was computed and observed.
    fn run_through(&mut self, timeline: &Timeline, mut go_on: impl FnMut(&Self, usize) -> bool) {
        let program = self.program;
        let windows: Vec<Option<Range<usize>>> = program
            .metrics
            .iter()
            .map(|metric| timeline.window(metric.reducer, metric.window))
            .collect();
        self.set_time(timeline, 0);
        for _ in 0..=program.carrier_passes {
            self.walk(&program.init.uniform, 0);
            self.walk(&program.init.lanes, 0);
            let mut numbers = Numbers::of_one(&mut self.slots);
            self.loads.begin(program, timeline, &mut numbers);
        }
        for state in &program.states {
            self.copy(state.initial, state.slot, state.len);
        }
        for step in 0..=timeline.steps {
            self.set_time(timeline, step);
            self.compute(step);
            for ((metric, memory), window) in program.metrics.iter().zip(&mut self.memories).zip(&windows) {
                if window.as_ref().is_some_and(|window| window.contains(&step)) {
                    let value = self.slots[metric.source.0 as usize];
                    *memory = observe::see(
                        metric.reducer,
                        Seen::Value,
                        *memory,
                        value,
                        timeline.time(step),
                        timeline.length(step),
                    );
                }
            }
            if timeline.saved.binary_search(&step).is_ok() {
                for (values, stored) in self.saved.iter_mut().zip(&program.series) {
                    values.push(self.slots[stored.source.0 as usize]);
                }
            }
            if step == timeline.steps || !go_on(self, step) {
                break;
            }
            self.update(timeline, step);
        }
    }

    /// Sets what the timeline and the schedules say.
    fn set_time(&mut self, timeline: &Timeline, step: usize) {
        let (time, length) = (timeline.time(step), timeline.length(step));
        self.set_own_time(time);
        for (latch, value) in self.program.latches.iter().zip(timeline.latched(step)) {
            self.slots[latch.slot.0 as usize] = *value;
        }
        for (slot, schedule) in &self.schedules {
            self.slots[slot.0 as usize] = scheduled(schedule, time, length);
        }
    }

    /// The time that the equations see.
    fn set_own_time(&mut self, time: f64) {
        self.slots[self.program.time.0 as usize] = time;
        if let Some(own) = self.program.own_time {
            self.slots[own.0 as usize] = time;
        }
    }

    /// Auxiliaries and rates at the time and the states that stand in the slots.
    fn compute(&mut self, step: usize) {
        self.walk(&self.program.step.uniform, step);
        self.walk(&self.program.step.lanes, step);
    }

    fn walk(&mut self, ops: &[Op], step: usize) {
        let draws = Draws {
            streams: &self.streams,
            future: self.future,
            step: step as u64,
        };
        execute(self.program, ops, &mut self.slots, Some(draws));
    }

    /// Takes every state from this step to the next. What holds and what delays takes the values at the start of the
    /// step, also where the method of integration looks at times within it.
    fn update(&mut self, timeline: &Timeline, step: usize) {
        let states = &self.program.states;
        let length = timeline.length(step);
        self.loads
            .go_on(self.program, length, &mut Numbers::of_one(&mut self.slots));
        let mut next: Vec<Vec<f64>> = Vec::new();
        for (state, ring) in states.iter().zip(&mut self.rings) {
            let range = |slot: Slot| slot.0 as usize..(slot.0 + state.len) as usize;
            match state.update {
                Update::Integrate { .. } => next.push(Vec::new()),
                Update::Hold { value } | Update::Next { value } => {
                    next.push(self.slots[range(value)].to_vec())
                }
                Update::Delay { input, delay } => {
                    let went_in = &self.slots[range(input)];
                    ring.extend(went_in);
                    let mut come_out = self.slots[range(state.slot)].to_vec();
                    for (element, value) in come_out.iter_mut().enumerate() {
                        let delay = self.slots[delay.0 as usize + element];
                        let delay = delay_steps(delay, timeline.length(0), timeline.steps);
                        if step + 1 >= delay {
                            *value = ring[(step + 1 - delay) * state.len as usize + element];
                        }
                    }
                    next.push(come_out);
                }
            }
        }
        let time = timeline.time(step);
        match adaptive::pair(self.program.integration) {
            Some(pair) => self.adapt(pair, time, length, step),
            None => match within(self.program.integration) {
                None => self.euler(length),
                Some(method) => self.look_within(method, time, length, step),
            },
        }
        for (state, values) in states.iter().zip(next) {
            if !matches!(state.update, Update::Integrate { .. }) {
                self.slots[state.slot.0 as usize..][..values.len()].copy_from_slice(&values);
            }
        }
        self.loads
            .show(self.program, &mut Numbers::of_one(&mut self.slots));
    }

    /// Where each element of a stock lies, and its rate.
    fn stocks(&self) -> Vec<(usize, usize)> {
        let mut stocks = Vec::new();
        for state in &self.program.states {
            if let Update::Integrate { rate } = state.update {
                stocks.extend(
                    (0..state.len)
                        .map(|element| ((state.slot.0 + element) as usize, (rate.0 + element) as usize)),
                );
            }
        }
        stocks
    }

    fn euler(&mut self, length: f64) {
        for (stock, rate) in self.stocks() {
            self.slots[stock] = operation::integrate(self.slots[stock], self.slots[rate], length);
        }
    }

    /// A Runge-Kutta method.
    fn look_within(&mut self, method: &Within, time: f64, length: f64, step: usize) {
        let stocks = self.stocks();
        let start: Vec<f64> = stocks.iter().map(|(stock, _)| self.slots[*stock]).collect();
        let mut weighted: Vec<f64> = stocks.iter().map(|(_, rate)| self.slots[*rate]).collect();
        for look in method.looks {
            let ahead = look.ahead.of(length);
            for ((stock, rate), start) in stocks.iter().zip(&start) {
                self.slots[*stock] = operation::integrate(*start, self.slots[*rate], ahead);
            }
            self.set_own_time(time + ahead);
            self.compute(step);
            for ((_, rate), weighted) in stocks.iter().zip(&mut weighted) {
                let rate = self.slots[*rate];
                *weighted = match look.weight {
                    Weight::Times(weight) => operation::integrate(*weighted, rate, weight),
                    Weight::Alone => rate,
                };
            }
        }
        for (((stock, _), start), weighted) in stocks.iter().zip(&start).zip(&weighted) {
            self.slots[*stock] = operation::integrate(*start, *weighted, method.whole.of(length));
        }
    }

    /// A method with automatic steps: as many as it takes to the next time of the timeline.
    fn adapt(&mut self, pair: &Pair, time: f64, length: f64, step: usize) {
        let stocks = self.stocks();
        let values = |run: &Self| -> Vec<f64> { stocks.iter().map(|(stock, _)| run.slots[*stock]).collect() };
        let rates_now =
            |run: &Self| -> Vec<f64> { stocks.iter().map(|(_, rate)| run.slots[*rate]).collect() };
        let mut start = values(self);
        if self.peaks.is_empty() {
            self.peaks = start.iter().map(|value| math::abs(*value)).collect();
        }
        let mut rates = vec![rates_now(self)];
        self.pace.begin();
        while self.pace.going == Going::On {
            // Where a rate is no number no step helps: the stock follows it, and the future ends as broken.
            if rates[0].iter().any(|rate| !rate.is_finite()) {
                let rest = length - self.pace.done;
                for (start, rate) in start.iter_mut().zip(&rates[0]) {
                    *start = operation::integrate(*start, *rate, rest);
                }
                self.pace.going = Going::Arrived;
                break;
            }
            let trial = self.pace.trial(length);
            for (ahead, weights) in pair.looks {
                for (number, (stock, _)) in stocks.iter().enumerate() {
                    let sum = adaptive::sum(weights, |look| rates[look][number]);
                    self.slots[*stock] = operation::integrate(start[number], sum, trial);
                }
                self.set_own_time(time + operation::integrate(self.pace.done, trial, *ahead));
                self.compute(step);
                rates.push(rates_now(self));
            }
            let end = values(self);
            let ratios: Vec<f64> = (0..stocks.len())
                .map(|number| {
                    let apart = trial * adaptive::sum(pair.difference, |look| rates[look][number]);
                    let (start, end, peak) = (start[number], end[number], self.peaks[number]);
                    adaptive::ratio(apart, start, end, peak, self.program.tolerance)
                })
                .collect();
            let worst = ratios.iter().fold(0.0, |worst, ratio| math::max(worst, *ratio));
            let from = time + self.pace.done;
            if self.pace.judge(worst, length, pair) {
                for (peak, end) in self.peaks.iter_mut().zip(&end) {
                    *peak = math::max(*peak, math::abs(*end));
                }
                start = end;
                rates.swap(0, pair.looks.len());
            }
            rates.truncate(1);
            if self.pace.going == Going::Stuck {
                let number = ratios.iter().position(|ratio| *ratio == worst || ratio.is_nan());
                self.unresolved = Some((self.owner(stocks[number.unwrap_or(0)].0), from));
                start.fill(f64::NAN);
            }
        }
        for ((stock, _), value) in stocks.iter().zip(&start) {
            self.slots[*stock] = *value;
        }
    }

    /// The variable that a stock belongs to, by its slot.
    fn owner(&self, slot: usize) -> VarId {
        let mut states = self.program.states.iter();
        let of = states.find(|state| (state.slot.0..state.slot.0 + state.len).contains(&(slot as u32)));
        of.expect("every stock is a state").variable
    }

    fn copy(&mut self, from: Slot, to: Slot, len: u32) {
        for element in 0..len {
            self.slots[(to.0 + element) as usize] = self.slots[(from.0 + element) as usize];
        }
    }

    /// The metrics as they stand.
    fn metrics(&self, timeline: &Timeline) -> Vec<f64> {
        let metrics = self.program.metrics.iter().zip(&self.memories);
        metrics
            .map(|(metric, memory)| {
                let count = timeline
                    .window(metric.reducer, metric.window)
                    .map_or(0, |window| window.len());
                canonical_nan(observe::finish(metric.reducer, *memory, count))
            })
            .collect()
    }

    fn status(&self, timeline: &Timeline, batch: &Batch<'a>, row: usize) -> RunStatus {
        let sound = self.broken_stock().is_none() && self.broken_metric(timeline).is_none();
        if sound {
            RunStatus::Ok
        } else {
            first_trouble(self.program, batch, row, timeline)
        }
    }

    /// The first stock that is not finite.
    fn broken_stock(&self) -> Option<VarId> {
        let broken = |state: &&crate::ir::State| {
            let values = &self.slots[state.slot.0 as usize..][..state.len as usize];
            state.update.is_stock() && !values.iter().all(|value| value.is_finite())
        };
        self.program
            .states
            .iter()
            .find(broken)
            .map(|state| state.variable)
    }

    /// The first metric that is not sound.
    fn broken_metric(&self, timeline: &Timeline) -> Option<VarId> {
        let mut metrics = self.program.metrics.iter().zip(self.metrics(timeline));
        metrics
            .find(|(metric, result)| !observe::is_sound(metric.reducer, *result))
            .map(|(metric, _)| metric.variable)
    }
}

/// Runs a future that is known to end badly, and finds where that began: the first step at which a stock, or the memory of
/// a metric, is not finite.
pub(crate) fn first_trouble(program: &Program, batch: &Batch, row: usize, timeline: &Timeline) -> RunStatus {
    let mut run = Run::new(program, batch, row);
    let mut found = None;
    run.run_through(timeline, |run, step| {
        let stock = run.broken_stock();
        let metric = || {
            let mut metrics = run.program.metrics.iter().zip(&run.memories);
            let begun = |metric: &crate::ir::Observation| {
                let window = timeline.window(metric.reducer, metric.window);
                window.is_some_and(|window| window.start <= step && !window.is_empty())
            };
            let broken = metrics
                .find(|(metric, memory)| begun(metric) && !observe::is_sound(metric.reducer, memory[0]));
            broken.map(|(metric, _)| metric.variable)
        };
        found = stock
            .or_else(metric)
            .map(|variable| (variable, timeline.time(step)));
        found.is_none()
    });
    if let Some((variable, time)) = run.unresolved {
        return RunStatus::Unresolved { variable, time };
    }
    let at_the_end = || {
        let variable = run.broken_stock().or_else(|| run.broken_metric(timeline));
        (
            variable.unwrap_or(program.controls.blame),
            timeline.time(timeline.steps),
        )
    };
    let (variable, time) = found.unwrap_or_else(at_the_end);
    RunStatus::NonFinite { variable, time }
}
