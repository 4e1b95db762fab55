//! The tables of a run folder as they grow, group of futures by group.

use std::fs::File;
use std::io::{BufWriter, Write};

use study::results::{Futures, Results, Triggers};
use study::store::{self, Context, ParquetWriter, RunRecord, Table};

use crate::exit::Failure;
use crate::files::{NewFolder, reason};

/// `futures` and `outcomes`, begun.
pub(crate) struct Tables<'a> {
    folder: &'a NewFolder,
    csv: bool,
    futures: Option<Growing>,
    outcomes: Option<Growing>,
}

impl<'a> Tables<'a> {
    /// Tables in a folder, in CSV too if asked.
    pub(crate) fn new(folder: &'a NewFolder, csv: bool) -> Self {
        Self {
            folder,
            csv,
            futures: None,
            outcomes: None,
        }
    }

    /// Adds consecutive futures, a row group at a time: what is copied is one group.
    pub(crate) fn add(
        &mut self,
        context: &Context<'_>,
        futures: &Futures,
        results: &Results,
        triggers: &Triggers,
    ) -> Result<(), Failure> {
        let (folder, csv) = (self.folder, self.csv);
        for rows in store::groups(&futures.ids) {
            let table = store::futures(context, &futures.rows(rows.clone()));
            Growing::of(&mut self.futures, "futures", &table, folder, csv)?.add(&table, folder)?;
            let table = store::outcomes_in(context, futures, (results, triggers), rows);
            Growing::of(&mut self.outcomes, "outcomes", &table, folder, csv)?.add(&table, folder)?;
        }
        Ok(())
    }

    /// Ends the files with what determines the run.
    pub(crate) fn finish(self, record: &RunRecord) -> Result<(), Failure> {
        let tables = [self.futures, self.outcomes];
        tables
            .into_iter()
            .flatten()
            .try_for_each(|table| table.finish(record, self.folder))
    }
}

/// A table that is begun.
struct Growing {
    name: String,
    parquet: ParquetWriter<BufWriter<File>>,
    csv: Option<(String, BufWriter<File>)>,
}

impl Growing {
    /// The table, begun with the columns of `like` if it was not.
    fn of<'a>(
        slot: &'a mut Option<Self>,
        name: &str,
        like: &Table,
        folder: &NewFolder,
        csv: bool,
    ) -> Result<&'a mut Self, Failure> {
        if slot.is_none() {
            let file = format!("{name}.parquet");
            let parquet = ParquetWriter::new(like, folder.create(&file)?)
                .map_err(|error| folder.cannot_write(&file, &error.to_string()))?;
            let csv = if csv {
                let file = format!("{name}.csv");
                let mut out = folder.create(&file)?;
                out.write_all(store::csv_head(like, ',').as_bytes())
                    .map_err(|error| folder.cannot_write(&file, &reason(&error)))?;
                Some((file, out))
            } else {
                None
            };
            *slot = Some(Self {
                name: file,
                parquet,
                csv,
            });
        }
        Ok(slot.as_mut().expect("it was begun above"))
    }

    fn add(&mut self, table: &Table, folder: &NewFolder) -> Result<(), Failure> {
        self.parquet
            .group(table)
            .map_err(|error| folder.cannot_write(&self.name, &error.to_string()))?;
        if let Some((name, out)) = &mut self.csv {
            out.write_all(store::csv_rows(table, ',').as_bytes())
                .map_err(|error| folder.cannot_write(name, &reason(&error)))?;
        }
        Ok(())
    }

    fn finish(self, record: &RunRecord, folder: &NewFolder) -> Result<(), Failure> {
        let mut out = self
            .parquet
            .finish(&store::about(record))
            .map_err(|error| folder.cannot_write(&self.name, &error.to_string()))?;
        out.flush()
            .map_err(|error| folder.cannot_write(&self.name, &reason(&error)))?;
        if let Some((name, mut out)) = self.csv {
            out.flush()
                .map_err(|error| folder.cannot_write(&name, &reason(&error)))?;
        }
        Ok(())
    }
}
