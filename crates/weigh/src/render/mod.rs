//! Plain data to text for a terminal or JSON for a program: diagnostics, numbers, tables.

pub(crate) mod decision;
pub(crate) mod diagnostics;
pub(crate) mod number;
pub(crate) mod summary;
pub(crate) mod table;
pub(crate) mod verdict;
