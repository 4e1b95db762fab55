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

/// A whole number that stands to others as the number to others by `total_cmp`.
pub(crate) fn ordinal(value: f64) -> u64 {
    let bits = value.to_bits();
    // Of negative numbers the larger pattern is the smaller number.
    bits ^ (((bits as i64 >> 63) as u64) | 1 << 63)
}

/// The number of an [`ordinal`].
pub(crate) fn from_ordinal(ordinal: u64) -> f64 {
    f64::from_bits(ordinal ^ (((!ordinal as i64 >> 63) as u64) | 1 << 63))
}

/// Bits that a pass of the sort looks at.
const DIGIT: u32 = 11;
/// Below this many numbers the passes cost more than they spare.
const MANY: usize = 4_096;

/// The rows of pairs by their keys, and rows with the same key in the order given, which must be rising. Many are sorted digit by
/// digit, the last first: keys and rows go together, so that each pass reads in order.
fn rising(mut keyed: Vec<(u64, u32)>) -> Vec<u32> {
    if keyed.len() < MANY {
        keyed.sort_unstable();
    } else {
        let mut other = vec![(0, 0); keyed.len()];
        for shift in (0..u64::BITS).step_by(DIGIT as usize) {
            let digit = |key: u64| (key >> shift) as usize & ((1 << DIGIT) - 1);
            let mut starts = [0_usize; 1 << DIGIT];
            keyed.iter().for_each(|(key, _)| starts[digit(*key)] += 1);
            // Nothing to do where all share the digit.
            if starts[digit(keyed[0].0)] == keyed.len() {
                continue;
            }
            let mut sum = 0;
            for start in &mut starts {
                sum += std::mem::replace(start, sum);
            }
            for pair in &keyed {
                let start = &mut starts[digit(pair.0)];
                other[*start] = *pair;
                *start += 1;
            }
            std::mem::swap(&mut keyed, &mut other);
        }
    }
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// A factor and its futures in rising order: sorted once for every analysis that needs the order.
#[derive(Clone, Debug)]
pub struct Sorted<'a> {
    pub(crate) factor: Factor<'a>,
    /// Futures with a value, by value and then by number.
    pub(crate) order: Vec<u32>,
}

impl<'a> Sorted<'a> {
    /// Sorts a factor. Futures without a value stand nowhere in the order.
    ///
    /// # Panics
    /// With more than four billion futures, which no memory holds.
    pub fn new(factor: Factor<'a>) -> Self {
        let rows = u32::try_from(factor.len()).expect("fewer futures than a u32 counts");
        let order = match factor {
            Factor::Numeric(values) | Factor::Integer(values) => {
                let known = (0..rows).filter(|&row| values[row as usize].is_finite());
                rising(known.map(|row| (ordinal(values[row as usize]), row)).collect())
            }
            Factor::Categorical { codes, .. } => {
                let mut order: Vec<u32> = (0..rows).filter(|&row| factor.has_value(row as usize)).collect();
                order.sort_by_key(|&row| codes[row as usize]);
                order
            }
        };
        Sorted { factor, order }
    }

    /// The factor.
    pub fn factor(&self) -> Factor<'a> {
        self.factor
    }

    /// Futures with a value, by value and then by number.
    pub fn order(&self) -> &[u32] {
        &self.order
    }
}

/// A slice that a row falls in; this one for rows in none.
const NO_SLICE: u16 = u16::MAX;

/// A factor cut into slices that hold about equally many futures, once for every analysis that looks along it.
#[derive(Clone, Debug)]
pub struct Sliced {
    /// The slice of every row.
    pub(crate) of_row: Vec<u16>,
    /// The slices in order of the factor.
    pub(crate) slices: Vec<Slice>,
    /// Whether the order of slices means nothing.
    pub(crate) categorical: bool,
}

/// One slice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slice {
    pub(crate) place: Place,
    /// The mean of the factor inside (the category's number for a category).
    pub(crate) centre: f64,
}

impl Sliced {
    /// Cuts a factor over the futures that `only` marks (all when `None`) into `count` slices, by default as many as suit so many
    /// futures: the cube root, from 2 to 32. Equal values stay together, so fewer slices than asked for may come back, and a factor with
    /// few distinct values gets one slice for each.
    pub fn new(sorted: &Sorted, only: Option<&[bool]>, count: Option<usize>) -> Self {
        let looked_at = |row: &u32| only.is_none_or(|mask| mask[*row as usize]);
        let order: Vec<u32> = sorted.order.iter().copied().filter(looked_at).collect();
        let count = count.unwrap_or_else(|| suitable(order.len()));
        cut(&sorted.factor, &order, count.clamp(1, usize::from(NO_SLICE)))
    }

    /// The slice of a row, if it falls in one.
    pub(crate) fn of(&self, row: usize) -> Option<usize> {
        let slice = self.of_row[row];
        (slice != NO_SLICE).then_some(usize::from(slice))
    }

    /// The rows in each slice, in the order given.
    pub(crate) fn group(&self, rows: &[usize]) -> Vec<Vec<usize>> {
        let mut counts = vec![0; self.slices.len()];
        for slice in rows.iter().filter_map(|&row| self.of(row)) {
            counts[slice] += 1;
        }
        let mut all: Vec<Vec<usize>> = counts.into_iter().map(Vec::with_capacity).collect();
        for &row in rows {
            if let Some(slice) = self.of(row) {
                all[slice].push(row);
            }
        }
        all
    }

    /// Where the slices lie, in order of the factor.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        self.slices.iter().map(|slice| slice.place)
    }

    /// The number of futures in the table, looked at or not.
    pub(crate) fn futures(&self) -> usize {
        self.of_row.len()
    }
}

/// Cuts a factor over the futures in `rows`. Rows without a value fall in no slice.
pub(crate) fn slices(factor: &Factor, rows: &[usize], count: usize) -> Sliced {
    let mut mask = vec![false; factor.len()];
    rows.iter().for_each(|&row| mask[row] = true);
    Sliced::new(&Sorted::new(*factor), Some(&mask), Some(count))
}

/// Cuts a factor over futures in rising order.
fn cut(factor: &Factor, order: &[u32], count: usize) -> Sliced {
    let mut of_row = vec![NO_SLICE; factor.len()];
    let mut slices: Vec<Slice> = Vec::new();
    match *factor {
        Factor::Categorical { codes, .. } => {
            let mut last = None;
            for &row in order {
                let code = codes[row as usize];
                if last != Some(code) {
                    last = Some(code);
                    let place = Place::Category(code);
                    slices.push(Slice {
                        place,
                        centre: f64::from(code),
                    });
                }
                // Categories beyond what a number of a slice can tell fall in none.
                of_row[row as usize] = u16::try_from(slices.len() - 1).unwrap_or(NO_SLICE);
            }
        }
        Factor::Numeric(values) | Factor::Integer(values) => {
            let mut current = usize::MAX;
            let (mut from, mut slice) = (f64::NAN, 0);
            let mut begins = Vec::with_capacity(count);
            for (rank, &row) in order.iter().enumerate() {
                let value = values[row as usize];
                // A slice is chosen where a run of equal values begins.
                if rank == 0 || value != from {
                    from = value;
                    slice = rank * count / order.len();
                }
                if slice != current {
                    current = slice;
                    begins.push(rank);
                }
                of_row[row as usize] = (begins.len() - 1) as u16;
            }
            for (at, &begin) in begins.iter().enumerate() {
                let end = begins.get(at + 1).copied().unwrap_or(order.len());
                let value = |rank: usize| values[order[rank] as usize];
                let total = crate::numbers::sum::sum((begin..end).map(value));
                slices.push(Slice {
                    place: Place::Range {
                        low: value(begin),
                        high: value(end - 1),
                    },
                    centre: total / (end - begin) as f64,
                });
            }
        }
    }
    Sliced {
        of_row,
        slices,
        categorical: matches!(factor, Factor::Categorical { .. }),
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

pub(crate) fn check_sliced(factors: &[Sliced], futures: usize) -> Result<(), TableError> {
    factors
        .iter()
        .try_for_each(|f| same_length("a factor", futures, f.futures()))
}

pub(crate) fn check_factors(factors: &[Factor], futures: usize) -> Result<(), TableError> {
    factors
        .iter()
        .try_for_each(|f| same_length("a factor", futures, f.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_are_turned_back() {
        for value in [
            0.0,
            -0.0,
            1.5,
            -1.5,
            f64::MAX,
            f64::MIN,
            5e-324,
            f64::NEG_INFINITY,
        ] {
            assert_eq!(from_ordinal(ordinal(value)).to_bits(), value.to_bits());
        }
    }

    #[test]
    fn many_are_sorted_as_few_are() {
        let odd = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            f64::MAX,
            f64::MIN,
            5e-324,
            -5e-324,
            1e300,
            -1e-300,
        ];
        let mut state = 1_u64;
        for spread in [1_u64, 40, 1 << 20, u64::MAX] {
            let mut values: Vec<f64> = (0..MANY + 500)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 11) as f64 % spread as f64 - spread as f64 / 3.0
                })
                .chain(odd)
                .collect();
            values[7] = f64::NAN;
            values[9] = f64::INFINITY;
            let mut expected: Vec<u32> = (0..values.len() as u32)
                .filter(|&row| values[row as usize].is_finite())
                .collect();
            expected.sort_by(|&x, &y| values[x as usize].total_cmp(&values[y as usize]));
            assert_eq!(Sorted::new(Factor::Numeric(&values)).order, expected, "{spread}");
        }
    }

    fn check(values: &[f64], count: usize, expected: &[&[usize]]) {
        let rows: Vec<usize> = (0..values.len()).collect();
        let found = members(&slices(&Factor::Numeric(values), &rows, count));
        assert_eq!(found, expected, "{values:?} in {count}");
    }

    fn members(sliced: &Sliced) -> Vec<Vec<usize>> {
        sliced.group(&(0..sliced.futures()).collect::<Vec<_>>())
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
        let places: Vec<Place> = s.places().collect();
        assert_eq!(places, [Place::Category(0), Place::Category(2)]);
        assert_eq!(members(&s), [vec![1], vec![0, 2]]);
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
