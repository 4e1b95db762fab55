//! Tables of a run: futures, outcomes, series; to Parquet and CSV bytes, and back.
//!
//! In come plain columns with what is known of them (unit, place of origin); out go bytes, the same for the same run. This is
//! the only place that knows Parquet and Arrow; it refuses to know folders and files.
//!
//! A run folder is read back to the same bits: [`read_futures`], [`read_outcomes`] and [`read_series`] undo
//! [`futures`], [`outcomes`] and [`series`].

mod csv;
mod parquet;
mod record;
mod table;
mod tables;
mod uncsv;
mod untables;

#[cfg(test)]
mod tests;

pub use csv::{csv, csv_head, csv_rows};
pub use parquet::{GROUP, ParquetError, ParquetWriter, WriteError, groups, parquet, read_parquet};
pub use record::{Counts, FileHash, RunRecord, files, option_name, sha256};
pub use table::{Cells, Column, Table};
pub use tables::{Context, about, futures, outcomes, outcomes_in, series};
pub use uncsv::{CsvError, CsvOptions, CsvTable, EMPTY, csv_place, is_empty, read_csv};
pub use untables::{TableError, read_futures, read_outcomes, read_series};
