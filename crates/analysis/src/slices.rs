//! One uncertainty cut into slices that hold about equally many futures; a categorical one into its categories.

use serde::{Deserialize, Serialize};

use crate::table::{TableError, same_length};

/// A column of uncertain input.
#[derive(Clone, Copy, Debug)]
pub enum Factor<'a> {
    /// Numbers; a value that is not finite is missing.
    Numeric(&'a [f64]),
    /// Whole numbers; only methods that step on a grid treat them otherwise than [`Factor::Numeric`].
    Integer(&'a [f64]),
    /// Categories by number; a number of `categories` or more is missing.
    Categorical {
        /// One category per future.
        codes: &'a [u32],
        /// How many categories there are.
        categories: u32,
    },
}

impl Factor<'_> {
    /// The number of futures.
    pub(crate) fn len(&self) -> usize {
        match self {
            Factor::Numeric(values) | Factor::Integer(values) => values.len(),
            Factor::Categorical { codes, .. } => codes.len(),
        }
    }

    /// Whether the factor has a value in a row.
    pub(crate) fn has_value(&self, row: usize) -> bool {
        match self {
            Factor::Numeric(values) | Factor::Integer(values) => values[row].is_finite(),
            Factor::Categorical { codes, categories } => codes[row] < *categories,
        }
    }
}

/// Where on a factor something lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// From the smallest to the largest value inside.
    Range {
        /// The smallest value.
        low: f64,
        /// The largest value.
        high: f64,
    },
    /// One category.
    Category(u32),
}

/// The futures of one slice.
pub(crate) struct Slice {
    pub(crate) place: Place,
    /// The mean of the factor inside (the category's number for a category).
    pub(crate) centre: f64,
    /// Futures, ascending.
    pub(crate) rows: Vec<usize>,
}

/// Cuts a factor over the futures in `rows`. Equal values stay together, so fewer slices than asked for may come back, and a
/// factor with few distinct values gets one slice for each. Rows without a value fall in no slice.
pub(crate) fn slices(factor: &Factor, rows: &[usize], count: usize) -> Vec<Slice> {
    match *factor {
        Factor::Categorical { codes, categories } => {
            let mut by_category: Vec<Vec<usize>> = vec![Vec::new(); categories as usize];
            for &row in rows {
                if let Some(slice) = by_category.get_mut(codes[row] as usize) {
                    slice.push(row);
                }
            }
            let filled = by_category
                .into_iter()
                .enumerate()
                .filter(|(_, rows)| !rows.is_empty());
            filled
                .map(|(c, rows)| Slice {
                    place: Place::Category(c as u32),
                    centre: c as f64,
                    rows,
                })
                .collect()
        }
        Factor::Numeric(values) | Factor::Integer(values) => {
            let mut order: Vec<usize> = rows
                .iter()
                .copied()
                .filter(|&row| values[row].is_finite())
                .collect();
            order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
            let mut all: Vec<Slice> = Vec::with_capacity(count);
            let mut current = usize::MAX;
            let (mut from, mut slice) = (0, 0);
            for (rank, &row) in order.iter().enumerate() {
                // A slice is chosen where a run of equal values begins.
                if rank == 0 || values[row] != values[order[from]] {
                    from = rank;
                    slice = rank * count / order.len();
                }
                if slice != current {
                    current = slice;
                    let place = Place::Range {
                        low: values[row],
                        high: values[row],
                    };
                    all.push(Slice {
                        place,
                        centre: 0.0,
                        rows: Vec::new(),
                    });
                }
                let last = all.last_mut().expect("a slice was opened at rank 0");
                if let Place::Range { high, .. } = &mut last.place {
                    *high = values[row];
                }
                last.rows.push(row);
            }
            for slice in &mut all {
                slice.centre =
                    crate::numbers::sum::sum(slice.rows.iter().map(|&r| values[r])) / slice.rows.len() as f64;
                slice.rows.sort_unstable();
            }
            all
        }
    }
}

/// How many slices suit `futures`: the cube root, from 2 to 32. Enough to see a bend (a straight line loses 1/k² of its share),
/// few enough that every slice holds `n^(2/3)` futures.
pub(crate) fn suitable(futures: usize) -> usize {
    let mut k = 2;
    while k < 32 && (k + 1) * (k + 1) * (k + 1) <= futures {
        k += 1;
    }
    k
}

pub(crate) fn check_factors(factors: &[Factor], futures: usize) -> Result<(), TableError> {
    factors
        .iter()
        .try_for_each(|f| same_length("a factor", futures, f.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], count: usize, expected: &[&[usize]]) {
        let rows: Vec<usize> = (0..values.len()).collect();
        let found: Vec<Vec<usize>> = slices(&Factor::Numeric(values), &rows, count)
            .into_iter()
            .map(|s| s.rows)
            .collect();
        assert_eq!(found, expected, "{values:?} in {count}");
    }

    #[test]
    fn equal_counts_and_whole_runs() {
        check(&[4.0, 1.0, 3.0, 2.0], 2, &[&[1, 3], &[0, 2]]);
        check(&[1.0, 1.0, 1.0, 2.0], 2, &[&[0, 1, 2], &[3]]);
        check(&[1.0, 2.0, 3.0, 3.0, 3.0, 9.0], 3, &[&[0, 1], &[2, 3, 4], &[5]]);
        check(&[5.0, 5.0], 4, &[&[0, 1]]);
        check(&[f64::NAN, 2.0, f64::INFINITY, 1.0], 2, &[&[3], &[1]]);
        check(&[], 3, &[]);
    }

    #[test]
    fn categories() {
        let factor = Factor::Categorical {
            codes: &[2, 0, 2, 7],
            categories: 3,
        };
        let s = slices(&factor, &[0, 1, 2, 3], 10);
        assert_eq!(
            s.iter().map(|s| (s.place, s.rows.clone())).collect::<Vec<_>>(),
            [(Place::Category(0), vec![1]), (Place::Category(2), vec![0, 2]),]
        );
    }

    #[test]
    fn cube_root() {
        for (n, k) in [
            (0, 2),
            (26, 2),
            (27, 3),
            (1000, 10),
            (10_000, 21),
            (1_000_000, 32),
        ] {
            assert_eq!(suitable(n), k, "{n}");
        }
    }
}
