//! What stands behind the functions with memory: hidden stocks, rings and samples.
//!
//! Smoothing and delays are the chains of stocks that Vensim documents: `SMOOTH3` three stages of a third of the time
//! each, `DELAY N` `order` stages. `DELAY FIXED` is a ring, `SAMPLE IF TRUE` a value that holds. One thing Vensim
//! does and does not document, its output for the conformance model `delays` shows: in a `DELAY N` whose time changes, the
//! first stage sees the new time at once and each further stage one step after the one before it. What stands behind the
//! delays of discrete things, [`queue`] says.

use super::graph::{Graph, NodeId, Phase};
use super::queue::{self, Arriving};
use super::walk::Context;
use crate::ir::Code;
use model::{Function, VarId};

/// A state in the making: created when something reads it, completed when its equation has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct StateValue {
    pub(super) variable: VarId,
    pub(super) element: u32,
    pub(super) life: Option<Life>,
}

/// How a state begins and goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    pub(super) initial: NodeId,
    pub(super) update: UpdateValue,
}

/// See [`Update`](crate::ir::Update).
#[derive(Clone, Copy, Debug)]
pub(super) enum UpdateValue {
    Integrate(NodeId),
    Hold(NodeId),
    Next(NodeId),
    Delay { input: NodeId, delay: NodeId },
}

/// A function with memory, taken apart: which argument is what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Remembering {
    pub(super) kind: RememberingKind,
    /// The argument that is remembered.
    pub(super) input: usize,
    /// The argument that says how long (for a sample: when).
    pub(super) time: usize,
    /// The argument with the value at the start.
    pub(super) initial: usize,
    /// The argument with the number of stages, if it is not fixed.
    pub(super) order: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RememberingKind {
    /// Stages of a smoothing, if their number is fixed; otherwise 0.
    Smooth { stages: u32 },
    /// Stages of a delay, if their number is fixed; otherwise 0.
    Delay { stages: u32 },
    /// `DELAY FIXED`
    Ring,
    /// `SAMPLE IF TRUE`
    Sample,
    /// `DELAY INFORMATION`, or `DELAY MATERIAL` with the argument that stands for what is missing
    Queue { missing: Option<usize> },
}

/// The function, if it has memory.
pub(super) fn remembering(function: Function) -> Option<Remembering> {
    use RememberingKind::{Delay, Queue, Ring, Sample, Smooth};
    let of = |kind, input, time, initial| Remembering {
        kind,
        input,
        time,
        initial,
        order: None,
    };
    let found = match function {
        Function::Smooth => of(Smooth { stages: 1 }, 0, 1, 0),
        Function::SmoothI => of(Smooth { stages: 1 }, 0, 1, 2),
        Function::Smooth3 => of(Smooth { stages: 3 }, 0, 1, 0),
        Function::Smooth3I => of(Smooth { stages: 3 }, 0, 1, 2),
        Function::SmoothN => Remembering {
            order: Some(3),
            ..of(Smooth { stages: 0 }, 0, 1, 2)
        },
        Function::Delay1 => of(Delay { stages: 1 }, 0, 1, 0),
        Function::Delay1I => of(Delay { stages: 1 }, 0, 1, 2),
        Function::Delay3 => of(Delay { stages: 3 }, 0, 1, 0),
        Function::Delay3I => of(Delay { stages: 3 }, 0, 1, 2),
        Function::DelayN => Remembering {
            order: Some(3),
            ..of(Delay { stages: 0 }, 0, 1, 2)
        },
        Function::DelayFixed => of(Ring, 0, 1, 2),
        Function::DelayInformation => of(Queue { missing: None }, 0, 1, 2),
        Function::DelayMaterial => of(Queue { missing: Some(3) }, 0, 1, 2),
        Function::SampleIfTrue => of(Sample, 1, 0, 2),
        _ => return None,
    };
    Some(found)
}

impl Remembering {
    /// The arguments that the function's value needs, and in which context.
    pub(super) fn needs(&self, context: Context) -> Vec<(usize, Context)> {
        let mut needs = match (self.kind, context) {
            (RememberingKind::Delay { .. }, Context::Init) => {
                vec![(self.initial, Context::Init), (self.time, Context::Init)]
            }
            (_, Context::Init) => vec![(self.initial, Context::Init)],
            (RememberingKind::Delay { .. }, _) => vec![(self.time, Context::Step)],
            (RememberingKind::Sample, _) => vec![(self.time, Context::Step), (self.input, Context::Step)],
            (RememberingKind::Queue { missing }, _) => {
                missing.iter().map(|missing| (*missing, Context::Step)).collect()
            }
            (RememberingKind::Smooth { .. } | RememberingKind::Ring, _) => Vec::new(),
        };
        needs.extend(self.order.map(|order| (order, Context::Init)));
        needs
    }

    /// The arguments that its states need, and in which context.
    pub(super) fn state_needs(&self) -> Vec<(usize, Context)> {
        let mut needs = vec![(self.initial, Context::Init), (self.input, Context::Step)];
        if matches!(
            self.kind,
            RememberingKind::Delay { .. } | RememberingKind::Ring | RememberingKind::Queue { .. }
        ) {
            needs.push((self.time, Context::Init));
        }
        if self.kind != RememberingKind::Ring {
            needs.push((self.time, Context::Step));
        }
        needs.extend(self.order.map(|order| (order, Context::Init)));
        needs
    }

    /// The value at the start, for one element.
    pub(super) fn value_at_start(
        &self,
        graph: &mut Graph,
        stages: u32,
        initial: NodeId,
        time: Option<NodeId>,
    ) -> NodeId {
        match (self.kind, time) {
            // As at every later time: what the last stage holds, divided by the time of a stage.
            (RememberingKind::Delay { .. }, Some(time)) => {
                let stage = stage_time(graph, time, stages);
                let held = graph.binary(Code::Multiply, initial, stage);
                graph.binary(Code::Divide, held, stage)
            }
            _ => initial,
        }
    }

    /// How many times of earlier steps must be held, if the time has this value.
    pub(super) fn lags(&self, graph: &Graph, stages: u32, time: NodeId) -> u32 {
        let changes = graph.node(time).phase == Phase::Step;
        if matches!(self.kind, RememberingKind::Delay { .. }) && self.order.is_some() && changes {
            stages - 1
        } else {
            0
        }
    }

    /// The lives of the states of one element, first the stages, then the lags, in order, from the nodes that read
    /// them.
    pub(super) fn lives(
        &self,
        graph: &mut Graph,
        stages: &[NodeId],
        lags: &[NodeId],
        time_step: NodeId,
        args: &dyn Fn(usize, Context) -> NodeId,
    ) -> Vec<Life> {
        let initial = args(self.initial, Context::Init);
        let input = || args(self.input, Context::Step);
        match self.kind {
            RememberingKind::Smooth { .. } => {
                let time = stage_time(graph, args(self.time, Context::Step), stages.len() as u32);
                let mut before = input();
                let mut lives = Vec::new();
                for &stage in stages {
                    let gap = graph.binary(Code::Subtract, before, stage);
                    let rate = graph.binary(Code::Divide, gap, time);
                    lives.push(Life {
                        initial,
                        update: UpdateValue::Integrate(rate),
                    });
                    before = stage;
                }
                lives
            }
            RememberingKind::Delay { .. } => {
                let time_at_start = stage_time(graph, args(self.time, Context::Init), stages.len() as u32);
                let time = stage_time(graph, args(self.time, Context::Step), stages.len() as u32);
                let initial = graph.binary(Code::Multiply, initial, time_at_start);
                let mut inflow = input();
                let mut lives = Vec::new();
                for (place, &stage) in stages.iter().enumerate() {
                    let outflow = graph.binary(Code::Divide, stage, time_of_stage(time, lags, place));
                    let rate = graph.binary(Code::Subtract, inflow, outflow);
                    let update = UpdateValue::Integrate(rate);
                    lives.push(Life { initial, update });
                    inflow = outflow;
                }
                for place in 0..lags.len() {
                    let update = UpdateValue::Hold(time_of_stage(time, lags, place));
                    lives.push(Life {
                        initial: time_at_start,
                        update,
                    });
                }
                lives
            }
            RememberingKind::Ring => {
                let delay = args(self.time, Context::Init);
                vec![Life {
                    initial,
                    update: UpdateValue::Delay {
                        input: input(),
                        delay,
                    },
                }]
            }
            RememberingKind::Queue { missing } => {
                let of = Arriving {
                    input: input(),
                    delay: [Context::Step, Context::Init].map(|context| args(self.time, context)),
                    time_step,
                    initial,
                };
                match missing {
                    None => queue::information(graph, stages, &of),
                    Some(_) => queue::material(graph, stages, lags, &of),
                }
            }
            RememberingKind::Sample => {
                let value = graph.select(args(self.time, Context::Step), input(), stages[0]);
                vec![Life {
                    initial,
                    update: UpdateValue::Hold(value),
                }]
            }
        }
    }

    /// The value from the start on, for one element; `args` are those of [`needs`](Self::needs).
    pub(super) fn value(
        &self,
        graph: &mut Graph,
        stages: &[NodeId],
        lags: &[NodeId],
        args: &dyn Fn(usize, Context) -> NodeId,
    ) -> NodeId {
        let last = stages[stages.len() - 1];
        match self.kind {
            RememberingKind::Smooth { .. } | RememberingKind::Ring => last,
            RememberingKind::Queue { missing } => match (lags.first(), missing) {
                (Some(mark), Some(missing)) => {
                    let missing = args(missing, Context::Step);
                    graph.select(*mark, stages[0], missing)
                }
                _ => stages[0],
            },
            RememberingKind::Delay { .. } => {
                let time = stage_time(graph, args(self.time, Context::Step), stages.len() as u32);
                graph.binary(Code::Divide, last, time_of_stage(time, lags, stages.len() - 1))
            }
            RememberingKind::Sample => {
                let (condition, input) = (args(self.time, Context::Step), args(self.input, Context::Step));
                graph.select(condition, input, last)
            }
        }
    }
}

/// What a stage of a delay takes for the time of a stage: the current one, or one that lags behind.
fn time_of_stage(now: NodeId, lags: &[NodeId], place: usize) -> NodeId {
    place
        .checked_sub(1)
        .and_then(|lag| lags.get(lag))
        .copied()
        .unwrap_or(now)
}

/// The time of one of several equal stages.
fn stage_time(graph: &mut Graph, time: NodeId, stages: u32) -> NodeId {
    let stages = graph.number(f64::from(stages));
    graph.binary(Code::Divide, time, stages)
}
