//! A checked model to a program, a program to numbers.
//!
//! In come a [`Model`](model::Model) and a [`Request`]: which variables the caller brings, which numbers he wants. Out
//! comes a program, and from it and a [`Batch`] of futures the [`Outputs`]. This crate refuses to know what a
//! case, a file or an option is.

mod adaptive;
mod batch;
pub mod block;
mod carrier;
mod evaluator;
mod ir;
mod lower;
pub mod math;
mod method;
#[cfg(all(feature = "native", target_arch = "x86_64"))]
pub mod native;
pub mod noise;
mod observe;
mod operation;
pub mod primitive;
mod request;
pub mod scalar;
mod show;
mod timeline;
pub mod wasm;

pub use batch::{Batch, Outputs, RunStatus, Schedule, Value};
pub use evaluator::{Choice, Evaluator, Scratch};
pub use ir::Program;
pub use lower::lower;
pub use request::{Binding, Input, InputTarget, Metric, Numerics, Reducer, Request, Window};
pub use show::show;
