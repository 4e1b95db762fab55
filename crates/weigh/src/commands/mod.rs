//! One module for each command: plain settings in, an exit code out.

pub(crate) mod check;
pub(crate) mod new;
pub(crate) mod show;
pub(crate) mod simulate;
