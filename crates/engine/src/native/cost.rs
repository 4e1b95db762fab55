//! What operations cost, roughly: how long each takes, and how soon the next may begin. Measured on a Zen 5 with 512 bits; only the order of
//! instructions depends on it.

use crate::primitive::{Action, Binary, Node, Routine, Unary};

/// Parts of a cycle in which costs are counted.
pub(super) const PARTS: u32 = 8;
/// From a division to the next.
pub(super) const DIVISION: u32 = 4 * PARTS;

/// What an action costs, in parts of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// From its operands to its result.
    pub(super) latency: u32,
    /// To the next action.
    pub(super) issue: u32,
    /// Whether it occupies the divider.
    pub(super) divides: bool,
}

/// What an action of a routine costs.
pub(super) fn cost(routine: &Routine, action: &Action) -> Cost {
    match action {
        Action::Compute(id) => of_node(routine.graph.node(*id)),
        Action::Store(_) => Cost {
            latency: 0,
            issue: PARTS / 4,
            divides: false,
        },
    }
}

fn of_node(node: Node) -> Cost {
    let (latency, issue) = match node {
        Node::Constant(_) | Node::Uniform(_) | Node::Lane(_) => (0, 0),
        Node::Unary(Unary::Root, _) => (20 * PARTS, PARTS / 4),
        Node::Binary(Binary::Divide, ..) => (14 * PARTS, PARTS / 4),
        Node::Binary(Binary::Scale, ..) => (8 * PARTS, PARTS),
        // Of additions two can begin in a cycle, and of products two.
        Node::Binary(Binary::Add | Binary::Subtract | Binary::Multiply, ..) | Node::Fused(..) => {
            (4 * PARTS, PARTS / 2)
        }
        Node::Binary(Binary::MultiplyHalves, ..) | Node::Compare(..) | Node::Select(..) => {
            (4 * PARTS, PARTS / 4)
        }
        // Many instructions.
        Node::Lookup(..) => (40 * PARTS, 8 * PARTS),
        _ => (3 * PARTS / 2, PARTS / 4),
    };
    Cost {
        latency,
        issue,
        divides: matches!(
            node,
            Node::Binary(Binary::Divide, ..) | Node::Unary(Unary::Root, _)
        ),
    }
}
