//! Every option over futures that are drawn as they are needed: groups come out in order, and what lies in memory is
//! the groups at hand, however many futures there are.
//!
//! A group is what a row group of a table holds. Threads take the next group, draw it, run it and hand it over; the
//! caller's thread takes the groups in order. A thread that is too far ahead waits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};

use engine::Scratch;
use model::Model;

use super::{BLOCK, Progress, Ready, RunError, Settings, empty, place};
use crate::design::Drawing;
use crate::results::{Futures, Results, Triggers};
use crate::store::GROUP;
use crate::study::Study;

/// Consecutive futures with what became of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The futures, rejected ones with them.
    pub futures: Futures,
    /// Their results, without series.
    pub results: Results,
    /// In which of them triggers fired.
    pub triggers: Triggers,
}

/// Groups that may lie finished for each thread before the first of them is taken.
const AHEAD: u64 = 2;

/// Runs every option over every future of a drawing and hands over the groups in order. `take` may end it by giving an
/// error, and so may `progress`: what was handed over then is whole.
pub fn stream<E: Send>(
    study: &Study,
    model: &Model,
    drawing: &Drawing<'_>,
    settings: &Settings,
    progress: &dyn Progress,
    take: &mut dyn FnMut(Group) -> Result<(), E>,
) -> Result<Result<Streamed, E>, RunError> {
    let ready = Ready::new(study, model, settings, drawing.count())?;
    let worker = Worker {
        ready: &ready,
        drawing,
        seed: settings.seed,
    };
    let groups = Groups {
        count: drawing.count().div_ceil(GROUP),
        threads: settings.threads,
        work: drawing.count() * ready.options.len() as u64,
    };
    let make = |at, scratch: &mut Scratch, tell: Tell<'_>| worker.group(at, scratch, tell);
    let whole = groups.in_order(&make, progress, take);
    Ok(whole.map(|whole| Streamed {
        whole,
        back_ends: ready.back_ends(),
    }))
}

/// What became of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streamed {
    /// Whether every group was handed over.
    pub whole: bool,
    /// What ran the programs, by name.
    pub back_ends: Vec<String>,
}

/// How a group tells what it has done, and hears whether to go on.
pub type Tell<'a> = &'a dyn Fn(u64) -> bool;

/// Pieces of work that threads take from a queue and one thread wants back in order.
#[derive(Clone, Copy, Debug)]
pub struct Groups {
    /// How many there are.
    pub count: u64,
    /// Threads that make them.
    pub threads: usize,
    /// The work in all of them, as `progress` counts it.
    pub work: u64,
}

/// What the threads that make groups and the one that takes them share.
struct Finished<T> {
    groups: BTreeMap<u64, T>,
    /// The first that was not taken yet.
    first: u64,
    /// Threads that may still finish one.
    working: u64,
}

/// Signs a thread off, also one that panics: nobody waits for what it will not finish.
struct Leaves<'a, T>(&'a Mutex<Finished<T>>, &'a Condvar);

impl<T> Drop for Leaves<'_, T> {
    fn drop(&mut self) {
        // A poisoned lock fails whoever waits for it by itself.
        if let Ok(mut state) = self.0.lock() {
            state.working -= 1;
        }
        self.1.notify_all();
    }
}

impl Groups {
    /// Makes the groups on threads and hands them over in order on this one. A group hears through the function that is given
    /// to it whether to go on, and tells there what it has done. `take` may end it all by giving an error, and so may
    /// `progress`: what was handed over then is whole. Gives whether every group was handed over.
    pub fn in_order<T: Send, E: Send>(
        self,
        make: &(impl Fn(u64, &mut Scratch, Tell<'_>) -> Option<T> + Sync),
        progress: &dyn Progress,
        take: &mut dyn FnMut(T) -> Result<(), E>,
    ) -> Result<bool, E> {
        const WHY: &str = "no thread panics while it holds the lock";
        let threads = self.threads.max(1) as u64;
        let next = AtomicU64::new(0);
        let stopped = AtomicBool::new(false);
        let done = AtomicU64::new(0);
        let finished = Mutex::new(Finished {
            groups: BTreeMap::new(),
            first: 0,
            working: threads,
        });
        let changed = Condvar::new();
        let stop = || {
            stopped.store(true, Ordering::Relaxed);
            // With the lock held, so that no thread falls asleep between its look at the flag and this call.
            drop(finished.lock().expect(WHY));
            changed.notify_all();
        };
        let work = || {
            let _leaves = Leaves(&finished, &changed);
            let mut scratch = Scratch::default();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= self.count {
                    break;
                }
                let mut state = finished.lock().expect(WHY);
                while at >= state.first + threads * AHEAD && !stopped.load(Ordering::Relaxed) {
                    state = changed.wait(state).expect(WHY);
                }
                drop(state);
                let tell = |runs: u64| {
                    progress.done(done.fetch_add(runs, Ordering::Relaxed) + runs, self.work);
                    if progress.stop() {
                        stop();
                    }
                    !stopped.load(Ordering::Relaxed)
                };
                let Some(group) = make(at, &mut scratch, &tell) else {
                    break;
                };
                finished.lock().expect(WHY).groups.insert(at, group);
                changed.notify_all();
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
            for at in 0..self.count {
                let mut state = finished.lock().expect(WHY);
                let group = loop {
                    if let Some(group) = state.groups.remove(&at) {
                        break group;
                    }
                    // After a stop, what is under way may still be finished: it is not lost.
                    if state.working == 0 {
                        return Ok(false);
                    }
                    state = changed.wait(state).expect(WHY);
                };
                state.first = at + 1;
                drop(state);
                changed.notify_all();
                if let Err(error) = take(group) {
                    stop();
                    return Err(error);
                }
            }
            Ok(true)
        })
    }
}

/// What every thread shares.
struct Worker<'a> {
    ready: &'a Ready<'a>,
    drawing: &'a Drawing<'a>,
    seed: u64,
}

impl Worker<'_> {
    /// A group drawn and run; none if `tell`, which hears of every block, says to stop.
    fn group(&self, at: u64, scratch: &mut Scratch, tell: Tell<'_>) -> Option<Group> {
        let first = at * GROUP;
        let futures = self.drawing.rows(first, GROUP.min(self.drawing.count() - first));
        let accepted: Vec<usize> = (0..futures.ids.len())
            .filter(|&row| futures.rejected[row].is_none())
            .collect();
        let Ready {
            setup,
            options,
            sharing,
            evaluators,
        } = self.ready;
        let rejected = (futures.ids.len() - accepted.len()) * options.len();
        let measures = setup.study.measures.len();
        let mut results = empty(options, measures, &futures.rejected);
        let mut triggers = setup.untold(options, futures.ids.len());
        for rows in accepted.chunks(BLOCK) {
            for (at, evaluator) in evaluators.iter().enumerate() {
                let inputs = setup.inputs(options[at], *sharing, &futures, rows);
                let outputs = inputs.run(evaluator, self.seed, scratch);
                place(&mut results, &mut triggers, measures, (at, outputs), rows);
                if !tell(rows.len() as u64) {
                    return None;
                }
            }
        }
        if !tell(rejected as u64) {
            return None;
        }
        let triggers = setup.named(triggers);
        Some(Group {
            futures,
            results,
            triggers,
        })
    }
}
