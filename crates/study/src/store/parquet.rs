//! A table as Parquet bytes, and back.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt64Type};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Metadata, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions};
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::table::{Cells, Column, Table};

/// Row groups hold the futures from one multiple of this number to the next, so that a longer run begins with the
/// same groups.
const GROUP: u64 = 4096;

/// Why bytes are no table.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParquetError {
    /// Not Parquet, or damaged.
    #[error("not a readable Parquet file: {0}")]
    Damaged(String),
    /// A column of a type that no table of ours has.
    #[error("the column `{column}` holds {found}, which is not read here")]
    Type {
        /// Its name.
        column: String,
        /// Its type.
        found: String,
    },
}

/// The table as Parquet. Row groups are cut at fixed numbers of the column `future`, if there is one; what is known of columns and
/// table is in the metadata of fields and schema.
pub fn parquet(table: &Table) -> Vec<u8> {
    const WHY: &str = "columns of known types and one length are written to memory";
    let fields: Vec<Field> = table.columns.iter().map(field).collect();
    let schema = Arc::new(Schema::new(fields).with_metadata(metadata(&table.about)));
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("weighhouse {}", env!("CARGO_PKG_VERSION")))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(None);
    for column in &table.columns {
        if matches!(column.cells, Cells::Numbers(_)) {
            // Draws hardly ever repeat: a dictionary of them is work for nothing.
            properties =
                properties.set_column_dictionary_enabled(ColumnPath::new(vec![column.name.clone()]), false);
        }
    }
    let options = ArrowWriterOptions::new().with_properties(properties.build());
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&schema), options).expect(WHY);
    for (start, end) in groups(table) {
        let arrays = table
            .columns
            .iter()
            .map(|column| array(&column.cells, start, end))
            .collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).expect(WHY);
        writer.write(&batch).expect(WHY);
        writer.flush().expect(WHY);
    }
    writer.into_inner().expect(WHY)
}

fn metadata(about: &std::collections::BTreeMap<String, String>) -> Metadata {
    let mut metadata = Metadata::new();
    for (key, value) in about {
        metadata.insert(key.clone(), value.clone());
    }
    metadata
}

fn field(column: &Column) -> Field {
    let (kind, nullable) = match &column.cells {
        Cells::Counts(_) => (DataType::UInt64, false),
        Cells::Numbers(cells) => (DataType::Float64, cells.iter().any(|cell| cell.is_nan())),
        Cells::Words(cells) => (DataType::Utf8, cells.iter().any(Option::is_none)),
        Cells::Flags(_) => (DataType::Boolean, true),
    };
    Field::new(&column.name, kind, nullable).with_metadata(metadata(&column.about))
}

fn array(cells: &Cells, start: usize, end: usize) -> ArrayRef {
    match cells {
        Cells::Counts(cells) => Arc::new(UInt64Array::from_iter_values(cells[start..end].iter().copied())),
        Cells::Numbers(cells) => {
            let cells = cells[start..end].iter();
            Arc::new(
                cells
                    .map(|cell| (!cell.is_nan()).then_some(*cell))
                    .collect::<Float64Array>(),
            )
        }
        Cells::Words(cells) => Arc::new(
            cells[start..end]
                .iter()
                .map(Option::as_deref)
                .collect::<StringArray>(),
        ),
        Cells::Flags(cells) => Arc::new(cells[start..end].iter().copied().collect::<BooleanArray>()),
    }
}

/// First and last row of each group.
fn groups(table: &Table) -> Vec<(usize, usize)> {
    let rows = table.rows();
    let Some(Cells::Counts(futures)) = table.column("future").map(|column| &column.cells) else {
        return if rows == 0 { Vec::new() } else { vec![(0, rows)] };
    };
    let mut groups = Vec::new();
    let mut start = 0;
    for row in 1..=rows {
        if row == rows || futures[row] / GROUP != futures[row - 1] / GROUP {
            groups.push((start, row));
            start = row;
        }
    }
    groups
}

/// The table in Parquet bytes.
pub fn read_parquet(bytes: Vec<u8>) -> Result<Table, ParquetError> {
    let damaged = |error: &dyn std::fmt::Display| ParquetError::Damaged(error.to_string());
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))
        .map_err(|error| damaged(&error))?;
    let schema = Arc::clone(reader.schema());
    let mut table = Table {
        columns: Vec::new(),
        about: known(schema.metadata()),
    };
    for field in schema.fields() {
        let cells = match field.data_type() {
            DataType::UInt64 => Cells::Counts(Vec::new()),
            DataType::Float64 => Cells::Numbers(Vec::new()),
            DataType::Utf8 => Cells::Words(Vec::new()),
            DataType::Boolean => Cells::Flags(Vec::new()),
            other => {
                return Err(ParquetError::Type {
                    column: field.name().to_string(),
                    found: other.to_string(),
                });
            }
        };
        let about = known(field.metadata());
        table.columns.push(Column {
            name: field.name().to_string(),
            cells,
            about,
        });
    }
    for batch in reader.build().map_err(|error| damaged(&error))? {
        let batch = batch.map_err(|error| damaged(&error))?;
        for (column, array) in table.columns.iter_mut().zip(batch.columns()) {
            append(&mut column.cells, array);
        }
    }
    Ok(table)
}

fn known(metadata: &Metadata) -> std::collections::BTreeMap<String, String> {
    metadata
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect()
}

fn append(cells: &mut Cells, array: &ArrayRef) {
    match cells {
        Cells::Counts(cells) => cells.extend(array.as_primitive::<UInt64Type>().values()),
        Cells::Numbers(cells) => {
            cells.extend(
                array
                    .as_primitive::<Float64Type>()
                    .iter()
                    .map(|cell| cell.unwrap_or(f64::NAN)),
            );
        }
        Cells::Words(cells) => {
            cells.extend(
                array
                    .as_string::<i32>()
                    .iter()
                    .map(|cell| cell.map(str::to_owned)),
            );
        }
        Cells::Flags(cells) => cells.extend(array.as_boolean().iter()),
    }
}
