//! The command line: what was typed (`low`), and what it means (`high`).

pub(crate) mod high;
pub(crate) mod low;
