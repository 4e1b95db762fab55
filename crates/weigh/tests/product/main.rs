//! The command as a user meets it: its output, its messages, and what it leaves on a disk.

mod analyze;
mod cases;
mod documents;
mod many;
mod outside;
mod run;
mod scratch;
mod simulate;
mod wrong_case;
mod wrong_model;
mod wrong_table;
