//! Which kinds of step a run has: the usual one, in which metrics take in their values, and the rare one, in which values are left in
//! the outbox.
//!
//! A metric that sees a good part of the steps belongs to the usual kind: where it does not see all, a number of the common row tells
//! at which, and its memory stays what it is at the others. So a run whose metrics have many windows still is one long stretch of the
//! same code. What is seen seldom, at the end of the run above all, is computed at those steps only.

use std::ops::Range;

use super::step::{Advance, Observe, Taken};
use crate::ir::Program;
use crate::method::within;
use crate::request::Reducer;
use crate::timeline::{self, Timeline};

/// One step in so many makes a metric usual.
const USUAL: usize = 32;

/// What is observed at a step, and how states go on.
pub type Kind = (Observe, Advance);

/// The metrics that see a step.
pub(crate) fn seen(windows: &[Option<Range<usize>>], step: usize) -> Vec<u32> {
    let sees = |window: &Option<Range<usize>>| window.as_ref().is_some_and(|window| window.contains(&step));
    (0..)
        .zip(windows)
        .filter(|(_, window)| sees(window))
        .map(|(metric, _)| metric)
        .collect()
}

/// What states do at the start of a step.
pub(crate) fn first(program: &Program) -> Advance {
    match within(program.integration) {
        None => Advance::Euler,
        Some(_) => Advance::Look(0),
    }
}

/// The kinds of step that the runs of a program may need; the first is the usual one.
pub fn kinds(program: &Program) -> Vec<Kind> {
    let first = first(program);
    let known = timeline::without_inputs(program).and_then(Result::ok);
    let (usual, outbox) = match &known {
        Some(timeline) => usual(program, timeline),
        None => (unless_once(program), true),
    };
    let mut kinds: Vec<Kind> = vec![(Observe::Metrics(usual), first)];
    if outbox {
        kinds.push((Observe::Outbox, first));
    }
    let looks = within(program.integration).map_or(0, |method| method.looks.len());
    kinds.extend((1..=looks as u8).map(|look| (Observe::Metrics(Vec::new()), Advance::Look(look))));
    kinds.push((Observe::Outbox, Advance::Stay));
    kinds
}

/// The usual metrics, and whether there are steps, the last one apart, at which something else is seen.
fn usual(program: &Program, timeline: &Timeline) -> (Vec<Taken>, bool) {
    let mut usual = Vec::new();
    let mut rare =
        !program.series.is_empty() && timeline.saved.first().is_some_and(|step| *step < timeline.steps);
    for (metric, number) in program.metrics.iter().zip(0..) {
        let window = timeline.window(metric.reducer, metric.window).unwrap_or(0..0);
        let seen = window.start..window.end.min(timeline.steps);
        if seen.len() * USUAL > timeline.steps {
            usual.push(Taken {
                metric: number,
                always: seen == (0..timeline.steps),
            });
        } else {
            rare |= !seen.is_empty();
        }
    }
    (usual, rare)
}

/// The metrics that see more than one step, where it is not known how many.
fn unless_once(program: &Program) -> Vec<Taken> {
    let metrics = program.metrics.iter().zip(0..);
    metrics
        .filter(|(metric, _)| !matches!(metric.reducer, Reducer::Final | Reducer::At(_)))
        .map(|(_, metric)| Taken {
            metric,
            always: false,
        })
        .collect()
}
