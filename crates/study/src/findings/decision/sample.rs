//! A subsample of the futures, small enough for the questions that look at all uncertainties at once.

use analysis::{Column, Direction, Factor, Outcomes, Sliced, Sorted, Status};

use super::super::table::{Codes, Compared, Values, factor};
use super::Subsample;
use crate::case::Case;
use crate::parallel::each;
use crate::results::Futures;

/// About so many futures are used at most.
const MOST: usize = 20_000;

/// Futures that are looked at, and their draws.
pub(super) struct Sample {
    /// Rows of the tables, rejected ones among them.
    pub(super) rows: Vec<usize>,
    columns: Vec<Vec<f64>>,
    codes: Codes,
    of: usize,
}

/// The values of some policies in the futures of a sample.
pub(super) struct Sampled {
    columns: Vec<Vec<f64>>,
    status: Vec<Vec<Status>>,
    margin: f64,
    direction: Direction,
}

impl Sample {
    /// All futures, or about [`MOST`] of them: row `k` if the fractional part of `k` times the golden ratio is small. Such rows lie evenly
    /// among all, and in step with no design's own order.
    pub(super) fn new(case: &Case, futures: &Futures) -> Self {
        Self::of(case, futures, MOST)
    }

    fn of(case: &Case, futures: &Futures, most: usize) -> Self {
        let all = futures.ids.len();
        let part = u64::MAX / (all.max(1) as u64) * (most.min(all) as u64);
        let golden = 0x9E37_79B9_7F4A_7C15_u64;
        let chosen = |row: &usize| all <= most || (*row as u64).wrapping_mul(golden) < part;
        let rows: Vec<usize> = (0..all).filter(chosen).collect();
        let columns: Vec<Vec<f64>> = futures.columns.iter().map(|c| taken(c, &rows)).collect();
        Self {
            codes: Codes::new(case, &columns),
            columns,
            rows,
            of: all,
        }
    }

    pub(super) fn size(&self) -> Subsample {
        Subsample {
            of: self.of as u64,
            used: self.rows.len() as u64,
        }
    }

    /// The uncertainties as factors.
    pub(super) fn factors(&self, case: &Case) -> Vec<Factor<'_>> {
        (0..self.columns.len())
            .map(|u| factor(case, &self.columns, &self.codes, u))
            .collect()
    }

    /// The same in rising order.
    pub(super) fn sorted(&self, case: &Case, threads: usize) -> Vec<Sorted<'_>> {
        each(threads, self.columns.len(), |u| {
            Sorted::new(factor(case, &self.columns, &self.codes, u))
        })
    }

    /// The same in slices.
    pub(super) fn sliced(&self, sorted: &[Sorted], threads: usize) -> Vec<Sliced> {
        each(threads, sorted.len(), |u| Sliced::new(&sorted[u], None, None))
    }

    /// What each row says of a column of the table.
    pub(super) fn take<T: Copy>(&self, column: &[T]) -> Vec<T> {
        taken(column, &self.rows)
    }

    /// An outcome in its own unit, with one margin.
    pub(super) fn averaged(&self, compared: &Compared, values: &Values) -> Sampled {
        self.sampled(&compared.averaged(values))
    }

    /// An outcome in its own unit.
    pub(super) fn plain(&self, compared: &Compared, values: &Values) -> Sampled {
        self.sampled(&compared.plain(values))
    }

    fn sampled(&self, outcomes: &Outcomes) -> Sampled {
        Sampled {
            columns: outcomes.columns.iter().map(|c| self.take(c.values)).collect(),
            status: outcomes.columns.iter().map(|c| self.take(c.status)).collect(),
            margin: outcomes.margin,
            direction: outcomes.direction,
        }
    }
}

impl Sampled {
    pub(super) fn outcomes(&self) -> Outcomes<'_> {
        let columns = self.columns.iter().zip(&self.status);
        let columns = columns.map(|(values, status)| Column { values, status });
        Outcomes {
            margin: self.margin,
            ..Outcomes::new(columns.collect(), self.direction)
        }
    }
}

fn taken<T: Copy>(column: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| column[row]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::toy;

    #[test]
    fn few_futures_are_all_taken_and_many_evenly() {
        let (case, _) = toy();
        let futures = |n: usize| Futures {
            ids: (0..n as u64).collect(),
            rejected: vec![None; n],
            columns: vec![vec![0.0; n]; case.uncertainties.len()],
        };
        assert_eq!(
            Sample::of(&case, &futures(50), 50).rows,
            (0..50).collect::<Vec<_>>()
        );
        let some = Sample::of(&case, &futures(100_000), 1_000);
        assert!(some.rows.len().abs_diff(1_000) <= 2, "{}", some.rows.len());
        // A design whose columns repeat every 2, 7 or 100 rows is seen whole.
        for period in [2, 7, 100] {
            let seen = (0..period).all(|k| some.rows.iter().any(|row| row % period == k));
            assert!(seen, "{period}");
        }
        assert_eq!(
            some.size(),
            Subsample {
                of: 100_000,
                used: some.rows.len() as u64
            }
        );
    }
}
