//! The case file, its binding to a model, designs, runs and result tables.
//!
//! In come the texts of a case and a checked model; out go futures, results and findings as plain data. This crate
//! refuses to know files, clocks, terminals and HTML.

pub mod bind;
pub mod case;
pub mod design;
pub mod fairness;
pub mod findings;
pub mod live;
mod parallel;
pub mod problem;
pub mod proposition;
pub mod results;
pub mod run;
pub mod schema;
pub mod store;
mod study;

#[cfg(test)]
mod testing;

pub use study::{BoundExperiment, BoundLever, Study};
