//! The work of a step as primitive operations: what a back end that writes instructions starts from.
//!
//! In: a [`Program`](crate::Program). Out: [`Routine`]s, straight lists of [`Node`]s without repetition, which a back end translates one by
//! one. Every operation and every elementary function is *traced*: its one generic text runs over a lane that writes down
//! what is asked of it, so no back end repeats a formula. It refuses to know registers, instructions and widths of lanes.
//!
//! A node is a word of 64 bits or a *mask*, a truth value. Words are read as doubles or as integers, as in
//! [`Lane`](crate::math::Lane). Rewrites keep every bit but a NaN's.

mod graph;
mod hoist;
mod kinds;
mod order;
mod start;
mod step;
mod word;

pub use graph::{Binary, Fused, Graph, Id, Logic, Node, Predicate, Unary};
pub use hoist::hoist;
pub use kinds::{Kind, kinds};
#[cfg(all(feature = "native", target_arch = "x86_64"))]
pub(crate) use kinds::{first, seen};
pub use order::Action;
pub use start::{Delayed, Start};
#[cfg(all(feature = "native", target_arch = "x86_64"))]
pub(crate) use start::{extra_at, half_word};
pub use step::{
    Advance, Common, Extra, Layout, Observe, Place, Routine, Store, Taken, Target, lanes, uniform,
    uniform_advance,
};
