//! The fast evaluator: a block of futures per operation, structure of arrays.
//!
//! In: a [`Program`], a [`Batch`] and a [`Scratch`]. Out: the [`Outputs`] of [`scalar::run`], bit
//! for bit, for any width of the block. What is the same for all futures is computed once for a block; a future that ends
//! badly is run again by the reference, which finds out where that began.

mod adaptive;
mod kernels;
pub(crate) mod level;
mod machine;
pub(crate) mod ring;
pub(crate) mod states;
pub(crate) mod vector;

use std::borrow::Cow;
use std::ops::Range;

use crate::batch::{Batch, Outputs, RunStatus, Schedule, Value};
use crate::carrier::{Loads, Numbers};
use crate::ir::{Program, Slot, Tape, Update};
use crate::math::canonical_nan;
use crate::method;
use crate::noise::Stream;
use crate::observe;
use crate::request::Reducer;
use crate::scalar;
use crate::timeline::{Timeline, timeline};
use adaptive::Paces;
use kernels::{Draws, Source};
use machine::{Doing, Machine, Script, Surroundings};
pub(crate) use states::States;

#[cfg(all(feature = "native", target_arch = "x86_64"))]
pub(crate) use level::Kind as LevelKind;
pub use level::Level;

/// The most futures of a block unless it is said otherwise: so many that what is done once for a block costs little. A large model
/// has fewer, so that the first cache holds what a step computes.
pub const DEFAULT_WIDTH: usize = 512;

/// The memory that one thread needs to run programs.
#[derive(Clone, Debug)]
pub struct Scratch {
    pub(crate) width: usize,
    level: Level,
    pub(crate) uniform: Vec<f64>,
    lanes: Vec<f64>,
    futures: Vec<u64>,
    states: States,
    loads: Loads,
    memories: Vec<Vec<f64>>,
    paces: Paces,
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new(DEFAULT_WIDTH)
    }
}

impl Scratch {
    /// Memory for blocks of `width` futures. The width changes how fast a program runs and nothing else.
    pub fn new(width: usize) -> Self {
        Self::at_level(width, Level::best())
    }

    /// The same, with the instructions of a level. The level changes how fast a program runs and nothing else.
    pub fn at_level(width: usize, level: Level) -> Self {
        Self {
            width: width.max(1),
            level,
            uniform: Vec::new(),
            lanes: Vec::new(),
            futures: Vec::new(),
            states: States::default(),
            loads: Loads::default(),
            memories: Vec::new(),
            paces: Paces::default(),
        }
    }
}

/// Runs a program for every future of a batch: [`scalar::run`], only faster.
///
/// # Panics
/// If the batch does not have the program's inputs, bound as requested, in columns as long as `futures`.
pub fn run(program: &Program, batch: &Batch, scratch: &mut Scratch) -> Outputs {
    let plan = match Plan::new(program, batch, &mut scratch.uniform) {
        Ok(plan) => plan,
        Err(outputs) => return outputs,
    };
    let mut outputs = plan.outputs();
    let machine = Machine::new(program, scratch.width);
    for rows in plan.blocks(scratch.width.min(machine.width)) {
        scratch
            .wide_block(&plan, rows, &machine)
            .run(&machine, &mut outputs);
    }
    outputs
}

fn no_futures(program: &Program) -> Outputs {
    Outputs {
        metrics: vec![Vec::new(); program.metrics.len()],
        ..Outputs::default()
    }
}

/// What all blocks of a batch share.
pub(crate) struct Plan<'a> {
    pub(crate) program: &'a Program,
    pub(crate) batch: &'a Batch<'a>,
    pub(crate) timeline: Cow<'a, Timeline>,
    pub(crate) windows: Vec<Option<Range<usize>>>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) schedules: Vec<(Slot, &'a Schedule)>,
}

impl<'a> Plan<'a> {
    /// Fills in what is the same for all futures at all times; the outputs, if nothing is to be run.
    pub(crate) fn new(
        program: &'a Program,
        batch: &'a Batch<'a>,
        uniform: &mut Vec<f64>,
    ) -> Result<Self, Outputs> {
        scalar::check(program, batch);
        let mut schedules = Vec::new();
        uniform.clear();
        uniform.resize(program.uniform_len as usize, 0.0);
        for (slot, value) in &program.constants {
            uniform[slot.0 as usize] = *value;
        }
        for (input, value) in program.inputs.iter().zip(batch.inputs) {
            match (input.slot, value) {
                (Some(slot), Value::Uniform(value)) => uniform[slot.0 as usize] = *value,
                (Some(slot), Value::Schedule(schedule)) => schedules.push((slot, *schedule)),
                _ => {}
            }
        }
        scalar::execute(program, &program.once.uniform, uniform, None);
        let timeline = match program.timeline.as_deref() {
            Some(known) => Ok(Cow::Borrowed(known)),
            None => timeline(program, uniform).map(Cow::Owned),
        };
        let timeline = match timeline {
            Ok(timeline) if !batch.futures.is_empty() => timeline,
            Ok(_) => {
                return Err(Outputs {
                    series: vec![Vec::new(); program.series.len()],
                    ..no_futures(program)
                });
            }
            Err(_) => return Err(scalar::stillborn(program, batch)),
        };
        Ok(Self {
            program,
            batch,
            windows: program
                .metrics
                .iter()
                .map(|metric| timeline.window(metric.reducer, metric.window))
                .collect(),
            streams: program
                .streams
                .iter()
                .map(|variable| Stream::new(batch.seed, *variable))
                .collect(),
            schedules,
            timeline,
        })
    }

    /// Outputs to be filled in.
    pub(crate) fn outputs(&self) -> Outputs {
        let (futures, times) = (self.batch.futures.len(), self.timeline.saved_times());
        Outputs {
            metrics: vec![vec![0.0; futures]; self.program.metrics.len()],
            status: vec![RunStatus::Ok; futures],
            // Each by itself: memory that comes zeroed is not written twice.
            series: (0..self.program.series.len())
                .map(|_| vec![0.0; futures * times.len()])
                .collect(),
            times,
        }
    }

    /// The rows of each block.
    pub(crate) fn blocks(&self, width: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let futures = self.batch.futures.len();
        (0..futures)
            .step_by(width)
            .map(move |start| start..futures.min(start + width))
    }

    /// Sets what the timeline and the schedules say.
    pub(crate) fn set_time(&self, uniform: &mut [f64], step: usize) {
        let timeline = &self.timeline;
        let (time, length) = (timeline.time(step), timeline.length(step));
        uniform[self.program.time.0 as usize] = time;
        for (latch, value) in self.program.latches.iter().zip(timeline.latched(step)) {
            uniform[latch.slot.0 as usize] = *value;
        }
        for (slot, schedule) in &self.schedules {
            uniform[slot.0 as usize] = scalar::scheduled(schedule, time, length);
        }
    }
}

/// Numbers of a line of the cache.
const LINE: usize = 8;

/// Some neighbouring futures on their way.
pub(crate) struct Block<'a> {
    plan: &'a Plan<'a>,
    rows: Range<usize>,
    width: usize,
    level: Level,
    pub(crate) uniform: &'a mut Vec<f64>,
    /// The number of each lane's future.
    futures: &'a [u64],
    pub(crate) lanes: &'a mut [f64],
    pub(crate) states: &'a mut States,
    loads: &'a mut Loads,
    pub(crate) memories: &'a mut [Vec<f64>],
    paces: &'a mut Paces,
}

impl Scratch {
    /// A block of futures, of which nothing is computed yet.
    pub(crate) fn block<'a>(&'a mut self, plan: &'a Plan<'a>, rows: Range<usize>) -> Block<'a> {
        let width = rows.len();
        let numbers = plan.program.lane_len as usize * width;
        self.padded_block(plan, rows, width, numbers)
    }

    /// The same as wide as a machine: beyond the last future, lanes do what that one does.
    fn wide_block<'a>(&'a mut self, plan: &'a Plan<'a>, rows: Range<usize>, machine: &Machine) -> Block<'a> {
        self.padded_block(plan, rows, machine.width, machine.numbers())
    }

    fn padded_block<'a>(
        &'a mut self,
        plan: &'a Plan<'a>,
        rows: Range<usize>,
        width: usize,
        numbers: usize,
    ) -> Block<'a> {
        let program = plan.program;
        // Vectors are moved faster where they do not lie across two lines of the cache.
        self.lanes.resize((numbers + LINE).max(self.lanes.len()), 0.0);
        let ahead = self
            .lanes
            .as_ptr()
            .align_offset(LINE * size_of::<f64>())
            .min(LINE);
        let column = &plan.batch.futures[rows.clone()];
        self.futures.clear();
        self.futures.extend_from_slice(column);
        self.futures
            .resize(width, *column.last().expect("a block has futures"));
        self.memories.resize(program.metrics.len(), Vec::new());
        for (memory, metric) in self.memories.iter_mut().zip(&program.metrics) {
            let [result, current] = observe::start(metric.reducer);
            memory.clear();
            memory.resize(width, result);
            memory.resize(2 * width, current);
        }
        Block {
            plan,
            rows,
            width,
            level: self.level,
            uniform: &mut self.uniform,
            futures: &self.futures,
            lanes: &mut self.lanes[ahead..ahead + numbers],
            states: &mut self.states,
            loads: &mut self.loads,
            memories: &mut self.memories,
            paces: &mut self.paces,
        }
    }
}

impl Block<'_> {
    /// Everything up to the first step.
    pub(crate) fn begin(&mut self) {
        let Plan {
            program,
            batch,
            timeline,
            ..
        } = self.plan;
        for (input, value) in program.inputs.iter().zip(batch.inputs) {
            if let (Some(slot), Value::PerFuture(column)) = (input.slot, value) {
                let first = (slot.0 - program.uniform_len) as usize * self.width;
                let column = &column[self.rows.clone()];
                let (here, beyond) = self.lanes[first..first + self.width].split_at_mut(column.len());
                here.copy_from_slice(column);
                beyond.fill(*column.last().expect("a block has futures"));
            }
        }
        // `once.uniform` has been walked for the whole batch.
        self.walk_lanes(&program.once, 0);
        self.plan.set_time(self.uniform, 0);
        for _ in 0..=program.carrier_passes {
            self.walk(&program.init, 0);
            let mut numbers = Numbers {
                uniform: self.uniform,
                lanes: self.lanes,
                width: self.width,
            };
            self.loads.begin(program, timeline, &mut numbers);
        }
        self.states
            .begin(program, timeline, self.uniform, self.lanes, self.width);
        self.paces.begin(self.width);
    }

    fn run(mut self, machine: &Machine, outputs: &mut Outputs) {
        let Plan {
            program, timeline, ..
        } = self.plan;
        self.begin();
        for (number, memory) in self.memories.iter().enumerate() {
            let [result, current] = machine.memory(number);
            self.lanes[current].copy_from_slice(&memory[self.width..]);
            self.lanes[result].copy_from_slice(&memory[..self.width]);
        }
        let mut scripts = Scripts::new(self.plan, machine);
        let leaps = Leaps::of(program, machine.advances());
        let alike = self.steps_are_alike(machine, leaps);
        let mut saved = timeline.saved.iter().copied().enumerate().peekable();
        let mut step = 0;
        while step <= timeline.steps {
            self.plan.set_time(self.uniform, step);
            if let Some(own) = program.own_time {
                let first = (own.0 - program.uniform_len) as usize * self.width;
                self.lanes[first..first + self.width].fill(timeline.time(step));
            }
            let number = saved
                .next_if(|(_, saved)| *saved == step)
                .map(|(number, _)| number);
            let number = number.filter(|_| !program.series.is_empty());
            let doing = Doing {
                advance: step < timeline.steps,
                save: number.is_some(),
            };
            let (script, end) = scripts.at(step, doing);
            let times = if alike && doing.advance && !doing.save {
                let next = saved.peek().filter(|_| !program.series.is_empty());
                let end = next.map_or(end, |(_, saved)| end.min(*saved));
                end.min(timeline.steps) - step
            } else {
                1
            };
            self.step(machine, script, times, step);
            if let Some(number) = number {
                self.save(machine, number, outputs);
            }
            if doing.advance {
                self.update(machine, &scripts.plain, leaps, step);
            }
            step += times;
        }
        for (number, memory) in self.memories.iter_mut().enumerate() {
            let [result, _] = machine.memory(number);
            memory[..self.width].copy_from_slice(&self.lanes[result]);
        }
        self.finish(outputs);
    }

    /// Whether nothing tells one step from another but what the machine keeps: then it may take many at once.
    fn steps_are_alike(&self, machine: &Machine, leaps: Leaps) -> bool {
        let program = self.plan.program;
        machine.advances()
            && !machine.knows_time
            && !leaps.any
            && !leaps.integrates
            && program.step.uniform.is_empty()
            && program.own_time.is_none()
            && program.latches.is_empty()
            && self.plan.schedules.is_empty()
            && self.plan.timeline.even().is_some()
    }

    /// Computes what a step says, for all futures at once and for each, and the same for the steps after it where more are alike.
    fn step(&mut self, machine: &Machine, script: &Script, times: usize, step: usize) {
        scalar::execute(
            self.plan.program,
            &self.plan.program.step.uniform,
            self.uniform,
            None,
        );
        self.step_lanes(machine, script, times, step);
    }

    fn step_lanes(&mut self, machine: &Machine, script: &Script, times: usize, step: usize) {
        let timeline = &self.plan.timeline;
        let around = Surroundings {
            level: self.level,
            uniform: self.uniform,
            streams: &self.plan.streams,
            futures: self.futures,
            // Lanes that choose their steps must all arrive.
            used: match crate::adaptive::pair(self.plan.program.integration) {
                None => self.rows.len(),
                Some(_) => self.width,
            },
            step: step as u64,
            time: timeline.time(step),
            length: timeline.length(step),
        };
        machine.run(script, times, self.lanes, around);
    }

    fn walk(&mut self, tape: &Tape, step: usize) {
        scalar::execute(self.plan.program, &tape.uniform, self.uniform, None);
        self.walk_lanes(tape, step);
    }

    fn walk_lanes(&mut self, tape: &Tape, step: usize) {
        let draws = Draws {
            streams: &self.plan.streams,
            futures: self.futures,
            step: step as u64,
        };
        kernels::execute(
            self.plan.program,
            &tape.lanes,
            self.uniform,
            self.lanes,
            self.width,
            draws,
            self.level,
        );
    }

    /// Takes every state from this step to the next, but for those that the machine has taken there.
    fn update(&mut self, machine: &Machine, plain: &Script, leaps: Leaps, step: usize) {
        let Plan {
            program, timeline, ..
        } = self.plan;
        if let Some(pair) = crate::adaptive::pair(program.integration) {
            return self.adapt(pair, machine, plain, step);
        }
        let (time, length) = (timeline.time(step), timeline.length(step));
        let done = if machine.advances() {
            program.uniform_len
        } else {
            u32::MAX
        };
        if !program.carriers.is_empty() {
            let mut numbers = Numbers {
                uniform: self.uniform,
                lanes: self.lanes,
                width: self.width,
            };
            self.loads.go_on(program, length, &mut numbers);
        }
        if leaps.any {
            self.states
                .look_below(program, done, step, self.uniform, self.lanes, self.width);
        }
        match method::within(program.integration) {
            None if leaps.integrates => states::euler_below(
                self.level,
                program,
                done,
                self.uniform,
                self.lanes,
                self.width,
                length,
            ),
            None => {}
            Some(method) => {
                self.states.keep(program, self.uniform, self.lanes, self.width);
                for look in method.looks {
                    let ahead = look.ahead.of(length);
                    self.states
                        .advance(self.level, program, self.uniform, self.lanes, self.width, ahead);
                    self.uniform[program.time.0 as usize] = time + ahead;
                    self.step(machine, plain, 1, step);
                    self.states.weigh(
                        self.level,
                        program,
                        self.uniform,
                        self.lanes,
                        self.width,
                        look.weight,
                    );
                }
                let whole = method.whole.of(length);
                self.states
                    .conclude(self.level, program, self.uniform, self.lanes, self.width, whole);
            }
        }
        if leaps.any {
            self.states
                .leap(self.level, program, step, self.uniform, self.lanes, self.width);
        }
        if !program.carriers.is_empty() {
            let mut numbers = Numbers {
                uniform: self.uniform,
                lanes: self.lanes,
                width: self.width,
            };
            self.loads.show(program, &mut numbers);
        }
    }

    /// A metric takes in its values at a step.
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    pub(crate) fn see(&mut self, metric: usize, values: &[f64], step: usize) {
        let timeline = &self.plan.timeline;
        let (time, length) = (timeline.time(step), timeline.length(step));
        let (reducer, memory) = (
            self.plan.program.metrics[metric].reducer,
            &mut self.memories[metric],
        );
        kernels::observe(self.level, reducer, memory, Source::Lanes(values), time, length);
    }

    fn save(&self, machine: &Machine, number: usize, outputs: &mut Outputs) {
        let count = outputs.times.len();
        for (series, table) in outputs.series.iter_mut().enumerate() {
            let values = &self.lanes[machine.saved(series)];
            for (value, row) in values.iter().zip(self.rows.clone()) {
                table[row * count + number] = canonical_nan(*value);
            }
        }
    }

    /// Metrics and statuses.
    pub(crate) fn finish(self, outputs: &mut Outputs) {
        let Plan {
            program,
            batch,
            timeline,
            windows,
            ..
        } = self.plan;
        // Zero where all is finite, else NaN.
        let mut trouble = vec![0.0; self.width];
        let not_finite = |value: f64| value * 0.0;
        for state in &program.states {
            if !state.update.is_stock() {
                continue;
            }
            for element in 0..state.len {
                match source(self.uniform, self.lanes, self.width, Slot(state.slot.0 + element)) {
                    Source::One(value) if value.is_finite() => {}
                    Source::One(_) => trouble.fill(f64::NAN),
                    Source::Lanes(values) => {
                        for (trouble, value) in trouble.iter_mut().zip(values) {
                            *trouble += not_finite(*value);
                        }
                    }
                }
            }
        }
        for (((metric, memory), window), column) in program
            .metrics
            .iter()
            .zip(self.memories.iter())
            .zip(windows)
            .zip(&mut outputs.metrics)
        {
            let count = window.as_ref().map_or(0, Range::len);
            let results = column[self.rows.clone()].iter_mut();
            // A loop for each reducer, which finds nothing out anew for each number.
            macro_rules! each {
                ($reducer:expr) => {
                    for ((result, trouble), memory) in results.zip(&mut trouble).zip(memory) {
                        let value = observe::finish($reducer, [*memory, 0.0], count);
                        let sound = observe::is_sound($reducer, value);
                        *trouble += if sound { 0.0 } else { f64::NAN };
                        *result = canonical_nan(value);
                    }
                };
            }
            match metric.reducer {
                Reducer::Final => each!(Reducer::Final),
                Reducer::Max => each!(Reducer::Max),
                Reducer::Min => each!(Reducer::Min),
                other => each!(other),
            }
        }
        for (row, trouble) in self.rows.clone().zip(trouble) {
            if trouble.is_nan() {
                outputs.status[row] = scalar::first_trouble(program, batch, row, timeline);
                outputs
                    .metrics
                    .iter_mut()
                    .for_each(|column| column[row] = f64::NAN);
            }
        }
    }
}

/// Which states are left to the block when the machine has done its part.
#[derive(Clone, Copy)]
struct Leaps {
    /// Any that hold or delay.
    any: bool,
    /// Any stocks.
    integrates: bool,
}

impl Leaps {
    fn of(program: &Program, advances: bool) -> Self {
        let mut left = Self {
            any: false,
            integrates: false,
        };
        for state in &program.states {
            let done = advances && state.slot.0 >= program.uniform_len;
            match state.update {
                Update::Integrate { .. } => left.integrates |= !done,
                Update::Hold { .. } | Update::Next { .. } => left.any |= !done,
                Update::Delay { .. } => left.any = true,
            }
        }
        left
    }
}

/// The instructions for the steps of a block. What changes from step to step is mostly nothing: scripts are kept until a metric's window
/// begins or ends.
struct Scripts<'a> {
    plan: &'a Plan<'a>,
    machine: &'a Machine,
    /// Only what a look within a step needs.
    plain: Script,
    /// With values saved and without, as long as metrics see the same.
    kept: [(bool, Script); 2],
    /// The last step, which goes nowhere.
    last: Script,
    /// Where a window begins or ends, the next one last.
    edges: Vec<usize>,
}

impl<'a> Scripts<'a> {
    fn new(plan: &'a Plan<'a>, machine: &'a Machine) -> Self {
        let nothing = Doing {
            advance: false,
            save: false,
        };
        let mut plain = Script::default();
        machine.script(nothing, |_| false, &mut plain);
        let windows = plan.windows.iter().flatten();
        let mut edges: Vec<usize> = windows.flat_map(|window| [window.start, window.end]).collect();
        edges.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            plan,
            machine,
            plain,
            kept: Default::default(),
            last: Script::default(),
            edges,
        }
    }

    /// The instructions for a step, and the next step for which they may be others.
    fn at(&mut self, step: usize, doing: Doing) -> (&Script, usize) {
        while self.edges.pop_if(|edge| *edge <= step).is_some() {
            self.kept[0].0 = false;
            self.kept[1].0 = false;
        }
        let end = self.edges.last().copied().unwrap_or(usize::MAX);
        let sees = |metric: usize| {
            let window = &self.plan.windows[metric];
            window.as_ref().is_some_and(|window| window.contains(&step))
        };
        if !doing.advance {
            self.machine.script(doing, sees, &mut self.last);
            return (&self.last, end);
        }
        let (known, script) = &mut self.kept[usize::from(doing.save)];
        if !std::mem::replace(known, true) {
            self.machine.script(doing, sees, script);
        }
        (script, end)
    }
}

/// The values of one slot.
fn source<'a>(uniform: &'a [f64], lanes: &'a [f64], width: usize, slot: Slot) -> Source<'a> {
    match (slot.0 as usize).checked_sub(uniform.len()) {
        None => Source::One(uniform[slot.0 as usize]),
        Some(place) => Source::Lanes(&lanes[place * width..(place + 1) * width]),
    }
}
