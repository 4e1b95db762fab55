//! When things happen: the times of the steps, which of them are stored, and which a window covers.
//!
//! In: a program whose constants, uniform inputs and `once.uniform` are filled in. Out: a [`Timeline`], the same for all
//! futures. Within a stretch of constant `TIME STEP` the k-th time is `base + k * step`, never a running sum. The
//! time controls may depend on `Time`: the run goes on while `FINAL TIME`, as it stands at the current time, is at least half a step
//! ahead.

use std::ops::Range;
use std::sync::Arc;

use crate::ir::Program;
use crate::request::{Reducer, Window};
use crate::scalar;

/// The largest number of steps of a run.
pub(crate) const MOST_STEPS: usize = 10_000_000;

/// Why time cannot run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum TimeFault {
    /// The time step is not a finite number above 0.
    Step(f64),
    /// The start or the end is not finite, or the end lies before the start.
    Span(f64, f64),
    /// The interval between stored results is not a finite number above 0.
    Saveper(f64),
    /// More than [`MOST_STEPS`].
    TooLong,
}

/// A stretch of constant time step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    first: usize,
    base: f64,
    step: f64,
}

/// The times of a run. Steps are numbered from 0 to `steps`, the last being where the run ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timeline {
    /// The number of the last step.
    pub(crate) steps: usize,
    stretches: Vec<Stretch>,
    /// The steps whose values are stored.
    pub(crate) saved: Vec<usize>,
    /// Whether a value is stored at another time than `SAVEPER` says.
    pub(crate) moved_saves: bool,
    /// For each step the values of the controls that depend on time, in the order of the program's latches.
    latched: Vec<f64>,
    latches: usize,
}

impl Timeline {
    fn stretch(&self, step: usize) -> Stretch {
        match self.stretches.as_slice() {
            [only] => *only,
            all => all[all.partition_point(|stretch| stretch.first <= step).max(1) - 1],
        }
    }
    /// The time of a step.
    pub(crate) fn time(&self, step: usize) -> f64 {
        let stretch = self.stretch(step);
        stretch.base + (step - stretch.first) as f64 * stretch.step
    }
    /// The time from a step to the next.
    pub(crate) fn length(&self, step: usize) -> f64 {
        self.stretch(step).step
    }
    /// The time of the first step and the time from each step to the next, if that is the same for all.
    pub(crate) fn even(&self) -> Option<(f64, f64)> {
        match self.stretches.as_slice() {
            [only] => Some((only.base, only.step)),
            _ => None,
        }
    }
    /// The values of the controls that depend on time.
    pub(crate) fn latched(&self, step: usize) -> &[f64] {
        &self.latched[step * self.latches..(step + 1) * self.latches]
    }
    /// The stored times.
    pub(crate) fn saved_times(&self) -> Vec<f64> {
        self.saved.iter().map(|step| self.time(*step)).collect()
    }

    /// The first step that is not more than half a step before a time, if the run lasts that long.
    fn nearest(&self, time: f64) -> Option<usize> {
        let (mut low, mut high) = (0, self.steps + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.time(middle) + 0.5 * self.length(middle) > time {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        (low <= self.steps).then_some(low)
    }

    /// The steps whose values a reducer sees; `None` if its window lies outside of the run.
    pub(crate) fn window(&self, reducer: Reducer, window: Window) -> Option<Range<usize>> {
        let before_start = |time: f64| time <= self.time(0) - 0.5 * self.length(0);
        if let Reducer::At(time) = reducer {
            let step = self.nearest(time).filter(|_| !before_start(time))?;
            return Some(step..step + 1);
        }
        let first = window.from.map_or(Some(0), |from| self.nearest(from))?;
        let last = match window.to {
            Some(to) if before_start(to) => return None,
            Some(to) => self.nearest(to).unwrap_or(self.steps),
            None => self.steps,
        };
        match reducer {
            _ if last < first => None,
            Reducer::Final | Reducer::At(_) => Some(last..last + 1),
            Reducer::Mean | Reducer::Min | Reducer::Max | Reducer::FirstAbove(_) => Some(first..last + 1),
            Reducer::Integral
            | Reducer::TimeAbove(_)
            | Reducer::TimeBelow(_)
            | Reducer::LongestAbove(_)
            | Reducer::LongestBelow(_) => Some(first..last),
        }
    }
}

/// Whether two reducers see the same steps of any window.
pub(crate) fn see_alike(a: Reducer, b: Reducer) -> bool {
    let group = |reducer| match reducer {
        Reducer::At(time) => (0, time),
        Reducer::Final => (1, 0.0),
        Reducer::Mean | Reducer::Min | Reducer::Max | Reducer::FirstAbove(_) => (2, 0.0),
        Reducer::Integral
        | Reducer::TimeAbove(_)
        | Reducer::TimeBelow(_)
        | Reducer::LongestAbove(_)
        | Reducer::LongestBelow(_) => (3, 0.0),
    };
    group(a) == group(b)
}

/// The timeline of a program whose time controls depend on no input; `None` if they do.
pub(crate) fn without_inputs(program: &Program) -> Option<Result<Arc<Timeline>, TimeFault>> {
    if let Some(known) = &program.timeline {
        return Some(Ok(known.clone()));
    }
    if program.controls.set_by_inputs {
        return None;
    }
    let mut slots = vec![0.0; program.uniform_len as usize];
    for (slot, value) in &program.constants {
        slots[slot.0 as usize] = *value;
    }
    scalar::execute(program, &program.once.uniform, &mut slots, None);
    Some(timeline(program, &mut slots).map(Arc::new))
}

/// The timeline of a program; `slots` holds its uniform slots after `once.uniform`.
pub(crate) fn timeline(program: &Program, slots: &mut [f64]) -> Result<Timeline, TimeFault> {
    let at = |slot: crate::ir::Slot| slot.0 as usize;
    let controls = &program.controls;
    let start = slots[at(controls.start)];
    let mut timeline = Timeline {
        steps: 0,
        stretches: Vec::new(),
        saved: Vec::new(),
        moved_saves: false,
        latched: Vec::new(),
        latches: program.latches.len(),
    };
    let mut saves = Saves::new(start);
    let mut time = start;
    for step in 0.. {
        slots[at(program.time)] = time;
        scalar::execute(program, &program.clock.uniform, slots, None);
        timeline
            .latched
            .extend(program.latches.iter().map(|latch| slots[at(latch.source)]));
        let end = slots[at(controls.final_time)];
        let length = slots[at(controls.time_step)];
        let saveper = slots[at(controls.saveper)];
        if !(length.is_finite() && length > 0.0) {
            return Err(TimeFault::Step(length));
        }
        if !(start.is_finite() && end.is_finite() && (step > 0 || end >= start)) {
            return Err(TimeFault::Span(start, end));
        }
        if !(saveper.is_finite() && saveper > 0.0) {
            return Err(TimeFault::Saveper(saveper));
        }
        let stretch = match timeline.stretches.last() {
            Some(last) if last.step == length => *last,
            _ => {
                let next = Stretch {
                    first: step,
                    base: time,
                    step: length,
                };
                timeline.stretches.push(next);
                next
            }
        };
        timeline.steps = step;
        if saves.due(time, length, saveper) {
            timeline.saved.push(step);
        }
        // Comparing whole numbers of steps: `(end - base) / length` is off by a rounding at most.
        let wanted = ((end - stretch.base) / length).round();
        let done = (step - stretch.first) as f64;
        if done >= wanted {
            break;
        }
        if wanted - done > MOST_STEPS as f64 || step >= MOST_STEPS {
            return Err(TimeFault::TooLong);
        }
        let next = stretch.base + (done + 1.0) * length;
        if next <= time {
            // The step is lost in the rounding of the time.
            return Err(TimeFault::Step(length));
        }
        time = next;
    }
    timeline.moved_saves = saves.moved;
    Ok(timeline)
}

/// Which steps are stored: the nearest to each multiple of `SAVEPER`.
struct Saves {
    base: f64,
    count: f64,
    saveper: f64,
    due: f64,
    moved: bool,
}

impl Saves {
    fn new(start: f64) -> Self {
        Self {
            base: start,
            count: 0.0,
            saveper: f64::NAN,
            due: start,
            moved: false,
        }
    }
    fn due(&mut self, time: f64, length: f64, saveper: f64) -> bool {
        if time + 0.5 * length <= self.due {
            return false;
        }
        let slack = 1e-6 * length;
        self.moved |= (time - self.due).abs() > slack || saveper < length - slack;
        if saveper != self.saveper {
            self.base = time;
            self.count = 0.0;
            self.saveper = saveper;
        }
        let passed = ((time + 0.5 * length - self.base) / saveper).floor();
        self.count = passed.max(self.count) + 1.0;
        self.due = self.base + self.count * saveper;
        true
    }
}
