//! The command line: what was typed (`low`), and what it means (`high`).

pub(crate) mod analyze;
pub(crate) mod high;
pub(crate) mod low;
pub(crate) mod sample;
pub(crate) mod texts;
