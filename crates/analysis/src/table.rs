//! What every function takes: the columns of one outcome, one per option, and what happened to each row.

use serde::{Deserialize, Serialize};

/// Which end of an outcome is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Less is better (deaths, cost).
    Lower,
    /// More is better (reliability, a score).
    Higher,
}

impl Direction {
    /// `value` turned so that more is better.
    pub fn oriented(self, value: f64) -> f64 {
        match self {
            Direction::Lower => -value,
            Direction::Higher => value,
        }
    }
}

/// What happened to one future under one option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It ran; its number counts if it is finite and is missing otherwise.
    #[default]
    Ok,
    /// No number was recorded.
    Missing,
    /// The simulation left the finite numbers.
    Broken,
    /// A constraint of the case refused the future.
    Rejected,
}

/// One option's column of an outcome.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// One value per future.
    pub values: &'a [f64],
    /// One status per future, or empty where every row ran.
    pub status: &'a [Status],
}

impl<'a> Column<'a> {
    /// A column in which every row ran.
    pub fn ran(values: &'a [f64]) -> Self {
        Column { values, status: &[] }
    }

    /// Whether every row ran and has a finite number.
    fn is_whole(&self) -> bool {
        // Without a way out in the middle, so that a processor looks at several at once.
        let finite = self
            .values
            .iter()
            .fold(true, |all, value| all & value.is_finite());
        finite
            && self
                .status
                .iter()
                .fold(true, |all, status| all & (*status == Status::Ok))
    }

    /// The status of a row; a row that ran without a finite number is missing.
    pub fn status(&self, future: usize) -> Status {
        match self.status.get(future) {
            None | Some(Status::Ok) if self.values[future].is_finite() => Status::Ok,
            None | Some(Status::Ok) => Status::Missing,
            Some(status) => *status,
        }
    }
}

/// One outcome of the options to be compared, in the same futures.
#[derive(Clone, Debug)]
pub struct Outcomes<'a> {
    /// One column per option, all of the same length.
    pub columns: Vec<Column<'a>>,
    /// Which end is better.
    pub direction: Direction,
    /// A difference of at most this much is too close to call.
    pub margin: f64,
    /// The futures to look at (a camp's narrowed ranges); all of them when `None`.
    pub only: Option<&'a [bool]>,
}

/// Why a table cannot be analysed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TableError {
    /// No column was given.
    #[error("there is no option to compare: give at least one column")]
    NoOptions,
    /// A column has another length than the first.
    #[error(
        "column {column} has {found} rows where {expected} are expected: every column needs one row per future"
    )]
    Length {
        /// Position of the column among those given.
        column: usize,
        /// Rows of the first column.
        expected: usize,
        /// Rows found.
        found: usize,
    },
    /// A list of statuses or a mask has another length than the columns.
    #[error("{what} has {found} entries where the columns have {expected} rows")]
    ListLength {
        /// What was too long or too short.
        what: &'static str,
        /// Rows of the columns.
        expected: usize,
        /// Entries found.
        found: usize,
    },
    /// The margin is negative or not a number.
    #[error("the close-call margin is {0}: it must be zero or more")]
    Margin(f64),
    /// An option's number lies outside the table.
    #[error("there is no option {option}: the table has {options}, counted from 0")]
    NoSuchOption {
        /// The number asked for.
        option: usize,
        /// How many there are.
        options: usize,
    },
    /// A factor's number lies outside those given.
    #[error("there is no factor {factor}: {factors} were given, counted from 0")]
    NoSuchFactor {
        /// The number asked for.
        factor: usize,
        /// How many there are.
        factors: usize,
    },
}

/// How many futures a result rests on, and what became of the others.
///
/// `compared + missing + broken + rejected` is the number of futures looked at. A future in which options fared differently
/// is counted once, under the first that applies: rejected, broken, missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Futures that were not rejected: `compared + missing + broken`.
    pub tested: usize,
    /// Futures in which every compared option has a finite number.
    pub compared: usize,
    /// Futures in which some option has no number.
    pub missing: usize,
    /// Futures in which the simulation of some option broke.
    pub broken: usize,
    /// Futures refused by a constraint.
    pub rejected: usize,
    /// The same by option, in the order of the columns.
    pub by_option: Vec<OptionCounts>,
}

/// What became of one option's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionCounts {
    /// Rows with a finite number.
    pub ok: usize,
    /// Rows without a number.
    pub missing: usize,
    /// Rows whose simulation broke.
    pub broken: usize,
    /// Rows refused by a constraint.
    pub rejected: usize,
}

/// The rows in which a comparison is allowed.
pub(crate) struct Compared {
    pub(crate) rows: Vec<usize>,
    pub(crate) counts: Counts,
}

impl<'a> Outcomes<'a> {
    /// Outcomes over all futures with no margin.
    pub fn new(columns: Vec<Column<'a>>, direction: Direction) -> Self {
        Outcomes {
            columns,
            direction,
            margin: 0.0,
            only: None,
        }
    }

    /// The number of futures in the table, looked at or not.
    pub fn futures(&self) -> usize {
        self.columns.first().map_or(0, |c| c.values.len())
    }

    /// A value turned so that more is better.
    pub(crate) fn oriented(&self, option: usize, future: usize) -> f64 {
        self.direction.oriented(self.columns[option].values[future])
    }

    /// The same outcome with only some of its options, in the order given.
    pub fn select(&self, options: &[usize]) -> Result<Outcomes<'a>, TableError> {
        let columns = options
            .iter()
            .map(|&o| self.option(o).copied())
            .collect::<Result<_, _>>()?;
        Ok(Outcomes { columns, ..*self })
    }

    pub(crate) fn option(&self, option: usize) -> Result<&Column<'a>, TableError> {
        self.columns.get(option).ok_or(TableError::NoSuchOption {
            option,
            options: self.columns.len(),
        })
    }

    /// Checks the shape and finds the rows in which all options have a finite number.
    pub(crate) fn compared(&self) -> Result<Compared, TableError> {
        if self.margin.is_nan() || self.margin < 0.0 {
            return Err(TableError::Margin(self.margin));
        }
        compared(&self.columns, self.only)
    }
}

/// [`Outcomes::compared`] for columns of any kind.
pub(crate) fn compared(columns: &[Column], only: Option<&[bool]>) -> Result<Compared, TableError> {
    let futures = columns.first().ok_or(TableError::NoOptions)?.values.len();
    for (column, c) in columns.iter().enumerate() {
        if c.values.len() != futures {
            return Err(TableError::Length {
                column,
                expected: futures,
                found: c.values.len(),
            });
        }
        if !c.status.is_empty() {
            same_length("the list of statuses", futures, c.status.len())?;
        }
    }
    if let Some(mask) = only {
        same_length("the mask of futures", futures, mask.len())?;
    }
    let mut counts = Counts {
        by_option: vec![OptionCounts::default(); columns.len()],
        ..Counts::default()
    };
    if only.is_none() && columns.iter().all(Column::is_whole) {
        counts.by_option.iter_mut().for_each(|count| count.ok = futures);
        (counts.compared, counts.tested) = (futures, futures);
        let rows = (0..futures).collect();
        return Ok(Compared { rows, counts });
    }
    let mut rows = Vec::with_capacity(futures);
    for future in 0..futures {
        if only.is_some_and(|mask| !mask[future]) {
            continue;
        }
        let mut worst = Status::Ok;
        for (column, count) in columns.iter().zip(&mut counts.by_option) {
            let status = column.status(future);
            match status {
                Status::Ok => count.ok += 1,
                Status::Missing => count.missing += 1,
                Status::Broken => count.broken += 1,
                Status::Rejected => count.rejected += 1,
            }
            worst = worst.max(status);
        }
        match worst {
            Status::Ok => rows.push(future),
            Status::Missing => counts.missing += 1,
            Status::Broken => counts.broken += 1,
            Status::Rejected => counts.rejected += 1,
        }
    }
    counts.compared = rows.len();
    counts.tested = counts.compared + counts.missing + counts.broken;
    Ok(Compared { rows, counts })
}

pub(crate) fn same_length(what: &'static str, expected: usize, found: usize) -> Result<(), TableError> {
    if expected == found {
        Ok(())
    } else {
        Err(TableError::ListLength {
            what,
            expected,
            found,
        })
    }
}
