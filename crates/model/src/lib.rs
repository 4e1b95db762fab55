//! Text to a checked system-dynamics model.
//!
//! In come the texts of a model's files (through the caller's [`Files`] door); out goes a [`Model`] in which every
//! name is an id, or the list of all [`Diagnostic`]s. This crate refuses to know how a model is simulated, what a
//! case is, and where a file lies on a disk.

mod data;
mod decode;
mod diagnostic;
mod function;
mod index;
mod mdl;
mod model;
mod name;
mod order;
mod outline;
mod print;
mod read;
mod resolve;
mod sheets;
mod source;
mod suggest;
mod syntax;
mod units;
mod xmile;

pub use data::give_data;
pub use diagnostic::{Diagnostic, Diagnostics, Label, Severity};
pub use function::{Conveyor, ConveyorPart, Function, Needs, QueuePart, VectorFunction};
pub use index::{Id, IndexVec};
pub use model::{
    Beyond, BinaryOp, Definition, Dimension, DimensionId, Equation, Expr, ExprId, Group, GroupId,
    Integration, Interpolation, Model, NOT_AVAILABLE, Range, Reading, ReducedIndex, Reduction, Series,
    Statistic, Subscript, Table, TimeControls, UnaryOp, VarId, Variable, VariableKind,
};
pub use name::Name;
pub use order::{Dependencies, Order, dependencies, order};
pub use outline::{FeedbackLoop, Outline, Sector, outline};
pub use print::{print, print_equations, print_name, print_number};
pub use read::read;
pub use source::{FileError, Files, Source, SourceId, Sources, Span};
pub use suggest::nearest;
pub use units::{Exponent, Unit, UnitError, Units, check_units};
