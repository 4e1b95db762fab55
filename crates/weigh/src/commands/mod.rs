//! One module for each command: plain settings in, an exit code out.

pub(crate) mod analyze;
pub(crate) mod check;
pub(crate) mod diff;
mod essence;
pub(crate) mod memo;
pub(crate) mod new;
pub(crate) mod open;
pub(crate) mod run;
mod run_folder;
pub(crate) mod sample;
pub(crate) mod show;
pub(crate) mod simulate;
mod stored;
pub(crate) mod verify;
