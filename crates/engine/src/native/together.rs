//! How many groups of futures should go through a step hand in hand.
//!
//! A step takes as long as its longest chain of operations that wait for each other, or as long as all its operations take to compute: a
//! [`schedule`](super::schedule) comes near the larger of the two. Where the chain is much longer, several groups in turn fill the gaps; but their
//! code is several times as long, and what is not in the nearest caches of instructions has to be fetched again for each step. Measured on a Zen
//! 5: the flagship, whose code of 25 kB goes alone, was slower by a quarter as 4 hand in hand in 95 kB; a model of 40 stocks and a chain of twelve
//! functions was 3.2 times as fast as 4 as alone.

use super::Turns;
use super::cost::{DIVISION, PARTS, cost};
use crate::primitive::{Action, Routine};

/// Operations a cycle, where nothing waits.
const A_CYCLE: f64 = 2.1;
/// Operations whose code, some 8 bytes each, stays in the first cache of instructions.
const NEAR: f64 = 4_000.0;
/// Cycles to fetch an operation's code from the second one, 16 bytes a cycle.
const FETCH: f64 = 0.56;

/// The most groups that stay in registers hand in hand.
const MOST_RESIDENT: usize = 8;

/// The turns that promise the fewest cycles for each group: as many groups as `fits` finds registers for, if these are enough to fill
/// the machine, since what stays in registers is neither loaded nor stored; else 1, 2 or 4 that carry it in memory.
pub(super) fn turns(routine: &Routine, fits: impl Fn(Turns) -> bool) -> Turns {
    let computes = routine.actions.len() as f64 / A_CYCLE + divides(routine);
    // A step waits for the one before.
    let waits = waits(routine);
    let enough = waits / computes;
    let resident = |together| Turns {
        together,
        resident: true,
    };
    let mut numbers = (1..=MOST_RESIDENT)
        .rev()
        .take_while(|together| *together as f64 >= enough && !mostly_divides(routine));
    if let Some(together) = numbers.find(|together| fits(resident(*together))) {
        return resident(together);
    }
    Turns {
        together: together(routine, waits),
        resident: false,
    }
}

/// Cycles in which a step divides.
fn divides(routine: &Routine) -> f64 {
    let all = routine.actions.iter().map(|action| cost(routine, action));
    cycles(all.filter(|cost| cost.divides).count() as u32 * DIVISION)
}

/// Whether a step divides for as long as it takes for everything else: then there is time to load from the second cache.
pub(super) fn mostly_divides(routine: &Routine) -> bool {
    divides(routine) >= routine.actions.len() as f64 / A_CYCLE
}

/// The number, of 1, 2 and 4, that promises the fewest cycles for each group; a larger one must promise clearly fewer.
fn together(routine: &Routine, waits: f64) -> usize {
    let operations = routine.actions.len() as f64;
    let computes = (operations / A_CYCLE).max(divides(routine));
    let cycles = |groups: usize| {
        let fetches = if operations * groups as f64 > NEAR {
            operations * FETCH
        } else {
            0.0
        };
        (waits / groups as f64).max(computes).max(fetches)
    };
    let mut best = 1;
    for groups in [2, 4] {
        if cycles(groups) < 0.85 * cycles(best) {
            best = groups;
        }
    }
    best
}

fn cycles(parts: u32) -> f64 {
    f64::from(parts) / f64::from(PARTS)
}

/// Cycles of the longest chain of a step.
fn waits(routine: &Routine) -> f64 {
    let mut ready = vec![0; routine.graph.nodes().len()];
    let mut longest = 0;
    for action in &routine.actions {
        let Action::Compute(id) = action else { continue };
        let operands = routine.graph.node(*id).operands();
        let start = operands.map(|operand| ready[operand.index()]).max().unwrap_or(0);
        ready[id.index()] = start + cost(routine, action).latency;
        longest = longest.max(ready[id.index()]);
    }
    cycles(longest)
}
