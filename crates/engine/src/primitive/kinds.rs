//! Which kinds of step a run has: what is observed differs from step to step, and the last one leads nowhere.

use std::collections::BTreeMap;
use std::ops::Range;

use super::step::{Advance, Observe};
use crate::ir::Program;
use crate::method::within;
use crate::timeline::{self, Timeline};

/// How many sets of metrics get a kind of their own. At other steps values are left in the outbox.
const MOST_SETS: usize = 4;

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

/// The kinds of step that the runs of a program may need.
pub fn kinds(program: &Program) -> Vec<Kind> {
    let first = first(program);
    let known = timeline::without_inputs(program).and_then(Result::ok);
    let (sets, outbox) = match &known {
        Some(timeline) => sets(program, timeline),
        // Some steps see every metric that looks at the whole run; others are left to the outbox.
        None => (vec![Vec::new()], true),
    };
    let mut kinds: Vec<Kind> = sets
        .into_iter()
        .map(|set| (Observe::Metrics(set), first))
        .collect();
    if outbox {
        kinds.push((Observe::Outbox, first));
    }
    let looks = within(program.integration).map_or(0, |method| method.looks.len());
    kinds.extend((1..=looks as u8).map(|look| (Observe::Metrics(Vec::new()), Advance::Look(look))));
    kinds.push((Observe::Outbox, Advance::Stay));
    kinds
}

/// The sets of metrics that steps see together, the frequent ones, and whether there are steps without such a set.
fn sets(program: &Program, timeline: &Timeline) -> (Vec<Vec<u32>>, bool) {
    let windows: Vec<_> = program
        .metrics
        .iter()
        .map(|metric| timeline.window(metric.reducer, metric.window))
        .collect();
    let mut counts: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
    let mut outbox = false;
    for step in 0..timeline.steps {
        if !program.series.is_empty() && timeline.saved.binary_search(&step).is_ok() {
            outbox = true;
        } else {
            *counts.entry(seen(&windows, step)).or_default() += 1;
        }
    }
    let mut sets: Vec<(usize, Vec<u32>)> = counts.into_iter().map(|(set, count)| (count, set)).collect();
    sets.sort_by(|a, b| b.cmp(a));
    outbox |= sets.len() > MOST_SETS;
    sets.truncate(MOST_SETS);
    (sets.into_iter().map(|(_, set)| set).collect(), outbox)
}
