//! A table as Parquet bytes, and back.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, Metadata, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions};
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::table::{Cells, Column, Table};

/// Row groups hold the futures from one multiple of this number to the next, so that a longer run begins with the
/// same groups.
pub const GROUP: u64 = 4096;

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

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WriteError(String);

/// A Parquet file that is written row group by row group: what lies in memory is the group at hand.
///
/// What is known of the whole is written at the end, for the counts of a run are known only then.
pub struct ParquetWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: Arc<Schema>,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// A file of tables that look like this one: its columns and what is known of them, not its cells.
    pub fn new(like: &Table, out: W) -> Result<Self, WriteError> {
        let fields: Vec<Field> = like.columns.iter().map(field).collect();
        let schema = Arc::new(Schema::new(fields));
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("weighhouse {}", env!("CARGO_PKG_VERSION")))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_max_row_group_row_count(None);
        for column in &like.columns {
            if matches!(column.cells, Cells::Numbers(_)) {
                // Draws hardly ever repeat: a dictionary of them is work for nothing.
                properties = properties
                    .set_column_dictionary_enabled(ColumnPath::new(vec![column.name.clone()]), false);
            }
        }
        let options = ArrowWriterOptions::new().with_properties(properties.build());
        let writer = ArrowWriter::try_new_with_options(out, Arc::clone(&schema), options).map_err(told)?;
        Ok(Self { writer, schema })
    }

    /// Writes these rows as a row group; none of them makes none.
    pub fn group(&mut self, table: &Table) -> Result<(), WriteError> {
        self.rows(table, 0, table.rows())
    }

    fn rows(&mut self, table: &Table, start: usize, end: usize) -> Result<(), WriteError> {
        if start == end {
            return Ok(());
        }
        let arrays = table
            .columns
            .iter()
            .map(|column| array(&column.cells, start, end))
            .collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)
            .expect("groups of a file have its columns, of one length");
        self.writer.write(&batch).map_err(told)?;
        self.writer.flush().map_err(told)
    }

    /// Ends the file with what is known of the whole, and gives back where it was written to.
    pub fn finish(mut self, about: &BTreeMap<String, String>) -> Result<W, WriteError> {
        for (key, value) in about {
            self.writer
                .append_key_value_metadata(KeyValue::new(key.clone(), value.clone()));
        }
        self.writer.into_inner().map_err(told)
    }
}

fn told(error: parquet::errors::ParquetError) -> WriteError {
    WriteError(error.to_string())
}

/// The table as Parquet. Row groups are cut at fixed numbers of the column `future`, if there is one; what is known of columns and
/// table is in the metadata of fields and schema.
pub fn parquet(table: &Table) -> Vec<u8> {
    const WHY: &str = "columns of known types and one length are written to memory";
    let mut writer = ParquetWriter::new(table, Vec::new()).expect(WHY);
    match table.column("future").map(|column| &column.cells) {
        Some(Cells::Counts(futures)) => {
            for group in groups(futures) {
                writer.rows(table, group.start, group.end).expect(WHY);
            }
        }
        _ => writer.group(table).expect(WHY),
    }
    writer.finish(&table.about).expect(WHY)
}

fn metadata(about: &BTreeMap<String, String>) -> Metadata {
    let mut metadata = Metadata::new();
    for (key, value) in about {
        metadata.insert(key.clone(), value.clone());
    }
    metadata
}

fn field(column: &Column) -> Field {
    // Whether a cell is missing shows only at a file's end: all but counts may be.
    let (kind, nullable) = match &column.cells {
        Cells::Counts(_) => (DataType::UInt64, false),
        Cells::Numbers(_) => (DataType::Float64, true),
        Cells::Words(_) => (DataType::Utf8, true),
        Cells::Flags(_) => (DataType::Boolean, true),
    };
    Field::new(&column.name, kind, nullable).with_metadata(metadata(&column.about))
}

fn array(cells: &Cells, start: usize, end: usize) -> ArrayRef {
    match cells {
        Cells::Counts(cells) => Arc::new(UInt64Array::from_iter_values(cells[start..end].iter().copied())),
        Cells::Numbers(cells) => {
            let cells = &cells[start..end];
            Arc::new(if cells.iter().any(|cell| cell.is_nan()) {
                let cell = |cell: &f64| (!cell.is_nan()).then_some(*cell);
                cells.iter().map(cell).collect()
            } else {
                Float64Array::from_iter_values(cells.iter().copied())
            })
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

/// The rows of each row group, given the number of each row's future.
pub fn groups(futures: &[u64]) -> Vec<Range<usize>> {
    let rows = futures.len();
    let mut groups = Vec::new();
    let mut start = 0;
    for row in 1..=rows {
        if row == rows || futures[row] / GROUP != futures[row - 1] / GROUP {
            groups.push(start..row);
            start = row;
        }
    }
    groups
}

/// The table in Parquet bytes. Tables of other programs may have numbers of other widths: they become numbers, known as `whole` if
/// their type is.
pub fn read_parquet(bytes: Vec<u8>) -> Result<Table, ParquetError> {
    let damaged = |error: &dyn std::fmt::Display| ParquetError::Damaged(error.to_string());
    let bytes = bytes::Bytes::from(bytes);
    let mut reader =
        ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).map_err(|error| damaged(&error))?;
    let coded = |field: &Arc<Field>| matches!(field.data_type(), DataType::Dictionary(..));
    if reader.schema().fields().iter().any(coded) {
        // Categories of other programs: without their own schema they are the words that are stored.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        reader = ParquetRecordBatchReaderBuilder::try_new_with_options(bytes, options)
            .map_err(|error| damaged(&error))?;
    }
    let schema = Arc::clone(reader.schema());
    let mut table = Table {
        columns: Vec::new(),
        about: known(schema.metadata()),
    };
    for field in schema.fields() {
        let (cells, whole) = match field.data_type() {
            DataType::UInt64 if !field.is_nullable() => (Cells::Counts(Vec::new()), false),
            DataType::Float64 | DataType::Float32 => (Cells::Numbers(Vec::new()), false),
            kind if kind.is_integer() => (Cells::Numbers(Vec::new()), true),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => (Cells::Words(Vec::new()), false),
            DataType::Boolean => (Cells::Flags(Vec::new()), false),
            other => {
                return Err(ParquetError::Type {
                    column: field.name().to_string(),
                    found: other.to_string(),
                });
            }
        };
        let mut about = known(field.metadata());
        if whole {
            about.insert("whole".into(), "yes".into());
        }
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

fn known(metadata: &Metadata) -> BTreeMap<String, String> {
    metadata
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect()
}

fn append(cells: &mut Cells, array: &ArrayRef) {
    match cells {
        Cells::Counts(cells) => cells.extend(array.as_primitive::<UInt64Type>().values()),
        Cells::Numbers(cells) => match array.data_type() {
            DataType::Float64 => numbers::<Float64Type>(cells, array, |cell| cell),
            DataType::Float32 => numbers::<Float32Type>(cells, array, f64::from),
            DataType::Int8 => numbers::<Int8Type>(cells, array, f64::from),
            DataType::Int16 => numbers::<Int16Type>(cells, array, f64::from),
            DataType::Int32 => numbers::<Int32Type>(cells, array, f64::from),
            DataType::Int64 => numbers::<Int64Type>(cells, array, |cell| cell as f64),
            DataType::UInt8 => numbers::<UInt8Type>(cells, array, f64::from),
            DataType::UInt16 => numbers::<UInt16Type>(cells, array, f64::from),
            DataType::UInt32 => numbers::<UInt32Type>(cells, array, f64::from),
            DataType::UInt64 => numbers::<UInt64Type>(cells, array, |cell| cell as f64),
            other => unreachable!("a column of {other} was refused before"),
        },
        Cells::Words(cells) => match array.data_type() {
            DataType::Utf8 => words(cells, array.as_string::<i32>().iter()),
            DataType::LargeUtf8 => words(cells, array.as_string::<i64>().iter()),
            _ => words(cells, array.as_string_view().iter()),
        },
        Cells::Flags(cells) => cells.extend(array.as_boolean().iter()),
    }
}

fn numbers<T: ArrowPrimitiveType>(cells: &mut Vec<f64>, array: &ArrayRef, number: fn(T::Native) -> f64) {
    let array = array.as_primitive::<T>();
    cells.extend(array.iter().map(|cell| cell.map_or(f64::NAN, number)));
}

fn words<'a>(cells: &mut Vec<Option<String>>, array: impl Iterator<Item = Option<&'a str>>) {
    cells.extend(array.map(|cell| cell.map(str::to_owned)));
}

#[cfg(test)]
mod tests {
    use arrow_array::DictionaryArray;

    use super::*;

    /// As pandas stores a column of categories.
    #[test]
    fn categories_of_other_programs_are_words() {
        let colours: DictionaryArray<Int8Type> = [Some("red"), None, Some("blue"), Some("red")]
            .into_iter()
            .collect();
        let schema = Arc::new(Schema::new(vec![
            Field::new("colour", colours.data_type().clone(), true),
            Field::new("rate", DataType::Float64, true),
        ]));
        let rates = Float64Array::from(vec![Some(0.5), Some(1.5), None, Some(2.0)]);
        let columns: Vec<ArrayRef> = vec![Arc::new(colours), Arc::new(rates)];
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).expect("columns of one length");
        let mut writer = ArrowWriter::try_new(Vec::new(), schema, None).expect("a writer");
        writer.write(&batch).expect("rows");
        let table = read_parquet(writer.into_inner().expect("bytes")).expect("a table");
        let word = |word: &str| Some(word.to_owned());
        assert_eq!(
            table.columns[0].cells,
            Cells::Words(vec![word("red"), None, word("blue"), word("red")])
        );
        assert!(
            matches!(&table.columns[1].cells, Cells::Numbers(rates) if rates[0] == 0.5 && rates[2].is_nan())
        );
    }
}
