//! How many groups of futures should go through a step hand in hand.
//!
//! An elementary function is a chain of a hundred operations that wait for each other, and a processor looks only some hundred
//! instructions ahead: alone, such a chain leaves most of the machine idle. Several groups in turn fill it, and share what they load;
//! but each then has fewer registers, and their frames take more of the first cache. How long a step waits and how long it computes are estimated
//! here from the list of operations. Measured on a Zen 5: 4 hand in hand made the flagship 1.7 and a noisy model 1.8 times as fast as 1 (2
//! made them 1.35 times as fast), while a large array model, whose operations wait for little, was fastest alone.

use super::Turns;
use crate::primitive::{Action, Binary, Node, Routine, Unary};

/// Instructions that a processor looks ahead.
const AHEAD: usize = 400;
/// Cycles from a division to the next.
const DIVISION: f64 = 4.0;
/// Operations a cycle, where nothing waits.
const A_CYCLE: f64 = 2.1;

/// The most groups that stay in registers hand in hand.
const MOST_RESIDENT: usize = 8;

/// The turns that promise the fewest cycles for each group: as many groups as `fits` finds registers for, if these are enough to fill
/// the machine, since what stays in registers is neither loaded nor stored; else 1, 2 or 4 that carry it in memory.
pub(super) fn turns(routine: &Routine, fits: impl Fn(Turns) -> bool) -> Turns {
    let computes = routine.actions.len() as f64 / A_CYCLE + divides(routine);
    // A step waits for the one before.
    let enough = waits(routine, usize::MAX) / computes;
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
        together: together(routine),
        resident: false,
    }
}

/// Cycles in which a step divides.
fn divides(routine: &Routine) -> f64 {
    let divisions = routine.actions.iter().filter(|action| {
        matches!(action, Action::Compute(id) if matches!(routine.graph.node(*id), Node::Binary(Binary::Divide, ..) | Node::Unary(Unary::Root, _)))
    });
    divisions.count() as f64 * DIVISION
}

/// Whether a step divides for as long as it takes for everything else: then there is time to load from the second cache.
pub(super) fn mostly_divides(routine: &Routine) -> bool {
    divides(routine) >= routine.actions.len() as f64 / A_CYCLE
}

/// The number, of 1, 2 and 4, that promises the fewest cycles for each group; a larger one must promise clearly fewer.
fn together(routine: &Routine) -> usize {
    let computes = routine.actions.len() as f64 / A_CYCLE;
    let cycles = |groups: usize| {
        let waits = waits(routine, AHEAD / groups) / groups as f64;
        // Waiting and computing overlap in part: as this has them, estimates were within 5 % of what was measured.
        (waits * waits + computes * computes).sqrt()
    };
    let mut best = 1;
    for groups in [2, 4] {
        if cycles(groups) < 0.85 * cycles(best) {
            best = groups;
        }
    }
    best
}

/// Cycles of the longest chains within stretches of so many operations, summed.
fn waits(routine: &Routine, stretch: usize) -> f64 {
    let mut ready = vec![0.0_f64; routine.graph.nodes().len()];
    let mut sum = 0.0;
    for actions in routine.actions.chunks(stretch) {
        let mut longest = 0.0_f64;
        for action in actions {
            let Action::Compute(id) = action else { continue };
            let node = routine.graph.node(*id);
            let start = node
                .operands()
                .map(|operand| ready[operand.index()])
                .fold(0.0, f64::max);
            ready[id.index()] = start + latency(node);
            longest = longest.max(ready[id.index()]);
        }
        // What was computed before is there when the next stretch begins.
        for action in actions {
            if let Action::Compute(id) = action {
                ready[id.index()] = 0.0;
            }
        }
        sum += longest;
    }
    sum
}

/// Cycles from the operands to the result, roughly.
fn latency(node: Node) -> f64 {
    match node {
        Node::Constant(_) | Node::Uniform(_) | Node::Lane(_) => 0.0,
        Node::Unary(Unary::Root, _) => 20.0,
        Node::Binary(Binary::Divide, ..) => 14.0,
        Node::Binary(Binary::Scale, ..) => 8.0,
        Node::Binary(Binary::Add | Binary::Subtract | Binary::Multiply | Binary::MultiplyHalves, ..) => 4.0,
        Node::Compare(..) | Node::Select(..) | Node::Fused(..) => 4.0,
        Node::Lookup(..) => 40.0,
        _ => 1.5,
    }
}
