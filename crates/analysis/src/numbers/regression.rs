//! Least squares on a few terms for each row: the conditional means that several methods need.
//!
//! Columns that are fitted stand side by side, [`LANES`] at a time, so that a processor works on several at once.

use super::spline::Run;

/// Columns that are computed side by side; those that are missing are zero.
pub(crate) const LANES: usize = 8;
/// A number of each of so many columns.
pub(crate) type Lanes = [f64; LANES];

/// Some columns, row by row.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// How many [`Lanes`] a row has.
    pub(crate) parts: usize,
    /// One row after the other.
    pub(crate) rows: Vec<Lanes>,
}

impl Table {
    /// A table of zeros.
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        let parts = columns.div_ceil(LANES).max(1);
        Table {
            parts,
            rows: vec![[0.0; LANES]; rows * parts],
        }
    }

    /// A row.
    pub(crate) fn row(&self, row: usize) -> &[Lanes] {
        &self.rows[row * self.parts..][..self.parts]
    }

    /// One number.
    pub(crate) fn get(&self, row: usize, column: usize) -> f64 {
        self.rows[row * self.parts + column / LANES][column % LANES]
    }

    /// One number to be set.
    pub(crate) fn set(&mut self, row: usize, column: usize, value: f64) {
        self.rows[row * self.parts + column / LANES][column % LANES] = value;
    }
}

/// The terms of many rows: of each as many runs, in rising order and apart.
#[derive(Clone, Debug)]
pub(crate) struct Design {
    /// The number of terms.
    pub(crate) terms: usize,
    /// Runs of a row.
    pub(crate) each: usize,
    pub(crate) runs: Vec<Run>,
}

impl Design {
    /// The runs of a row.
    pub(crate) fn row(&self, row: usize) -> &[Run] {
        &self.runs[row * self.each..][..self.each]
    }

    /// Products of terms, summed over rows: the lower half.
    fn gram(&self) -> Vec<f64> {
        let terms = self.terms;
        let mut gram = vec![0.0; terms * terms];
        for row in self.runs.chunks_exact(self.each) {
            for (at, a) in row.iter().enumerate() {
                for b in &row[..=at] {
                    for (i, x) in a.x.iter().enumerate() {
                        let products = &mut gram[(a.first + i) * terms + b.first..][..4];
                        let products: &mut [f64; 4] = products.try_into().expect("a run has four terms");
                        *products = std::array::from_fn(|j| products[j] + x * b.x[j]);
                    }
                }
            }
        }
        gram
    }

    /// Products of terms and columns, summed over rows; row `i` of the design belongs to row `of(i)` of the table.
    pub(crate) fn against(&self, columns: &Table, of: impl Fn(usize) -> usize) -> Table {
        let parts = columns.parts;
        let mut sums = Table::zeros(self.terms, parts * LANES);
        for (at, row) in self.runs.chunks_exact(self.each).enumerate() {
            for (part, lanes) in columns.row(of(at)).iter().enumerate() {
                for run in row {
                    for (i, x) in run.x.iter().enumerate() {
                        let sums = &mut sums.rows[(run.first + i) * parts + part];
                        *sums = std::array::from_fn(|lane| sums[lane] + x * lanes[lane]);
                    }
                }
            }
        }
        sums
    }
}

/// Adds to a row of columns what runs of terms make of coefficients.
pub(crate) fn predict(runs: &[Run], coefficients: &Table, row: &mut [Lanes]) {
    let parts = coefficients.parts;
    for (part, row) in row.iter_mut().enumerate() {
        let mut values = *row;
        for run in runs {
            for (i, x) in run.x.iter().enumerate() {
                let coefficients = &coefficients.rows[(run.first + i) * parts + part];
                values = std::array::from_fn(|lane| values[lane] + x * coefficients[lane]);
            }
        }
        *row = values;
    }
}

/// What a design explains, ready for any columns: the Cholesky root of its normal equations, row by row. Terms that those before explain
/// are zero throughout, and get a coefficient of zero.
pub(crate) struct Normal {
    terms: usize,
    root: Vec<f64>,
}

impl Normal {
    /// The normal equations of a design.
    pub(crate) fn new(design: &Design) -> Self {
        let terms = design.terms;
        let mut root = design.gram();
        for i in 0..terms {
            let (done, rest) = root.split_at_mut(i * terms);
            let own = &mut rest[..terms];
            let size = own[i];
            for j in 0..i {
                let done = &done[j * terms..][..terms];
                let part: f64 = own[..j].iter().zip(done).map(|(x, y)| x * y).sum();
                own[j] = if done[j] > 0.0 {
                    (own[j] - part) / done[j]
                } else {
                    0.0
                };
            }
            let pivot = size - own[..i].iter().map(|x| x * x).sum::<f64>();
            if pivot > 1e-9 * size {
                own[i] = pivot.sqrt();
            } else {
                own[..=i].fill(0.0);
            }
            own[i + 1..].fill(0.0);
        }
        Normal { terms, root }
    }

    /// Number of terms that carry a coefficient.
    pub(crate) fn rank(&self) -> usize {
        (0..self.terms)
            .filter(|&i| self.root[i * self.terms + i] > 0.0)
            .count()
    }

    /// The coefficients, from the products of terms and columns.
    pub(crate) fn solve(&self, mut sums: Table) -> Table {
        let (terms, parts) = (self.terms, sums.parts);
        let root = |i: usize, j: usize| self.root[i * terms + j];
        for part in 0..parts {
            let mut column: Vec<Lanes> = (0..terms).map(|t| sums.rows[t * parts + part]).collect();
            for i in 0..terms {
                let mut rest = column[i];
                for (j, known) in column[..i].iter().enumerate() {
                    take(&mut rest, root(i, j), known);
                }
                column[i] = over(rest, root(i, i));
            }
            for i in (0..terms).rev() {
                let mut rest = column[i];
                for (j, known) in column.iter().enumerate().skip(i + 1) {
                    take(&mut rest, root(j, i), known);
                }
                column[i] = over(rest, root(i, i));
            }
            for (t, lanes) in column.into_iter().enumerate() {
                sums.rows[t * parts + part] = lanes;
            }
        }
        sums
    }

    /// The inverse of the normal equations, zero where a term was dropped.
    pub(crate) fn inverse(&self) -> Vec<f64> {
        let mut unit = Table::zeros(self.terms, self.terms);
        (0..self.terms).for_each(|t| unit.set(t, t, 1.0));
        let solved = self.solve(unit);
        let row = |t: usize| solved.row(t).as_flattened()[..self.terms].iter().copied();
        (0..self.terms).flat_map(row).collect()
    }
}

/// The variance of a fitted value at runs of terms, where the rows scatter by one (its leverage), by the inverse of the normal equations.
pub(crate) fn leverage(runs: &[Run], inverse: &[f64], terms: usize) -> f64 {
    let mut sum = 0.0;
    for (at, a) in runs.iter().enumerate() {
        for (before, b) in runs[..=at].iter().enumerate() {
            let mut product = 0.0;
            for (i, x) in a.x.iter().enumerate() {
                let inverse = &inverse[(a.first + i) * terms + b.first..][..4];
                product += x * inverse.iter().zip(&b.x).map(|(c, y)| c * y).sum::<f64>();
            }
            // The block on the other side of the diagonal is the same.
            sum += if before < at { 2.0 * product } else { product };
        }
    }
    sum
}

fn take(rest: &mut Lanes, factor: f64, known: &Lanes) {
    for (rest, known) in rest.iter_mut().zip(known) {
        *rest -= factor * known;
    }
}

/// Nothing where the term was dropped.
fn over(lanes: Lanes, pivot: f64) -> Lanes {
    if pivot > 0.0 {
        lanes.map(|x| x / pivot)
    } else {
        [0.0; LANES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::spline::Basis;
    use crate::slices::{Factor, Sorted};

    fn column(values: &[f64]) -> Table {
        let mut table = Table::zeros(values.len(), 1);
        values
            .iter()
            .enumerate()
            .for_each(|(row, v)| table.set(row, 0, *v));
        table
    }

    #[test]
    fn splines_follow_a_cubic() {
        let x: Vec<f64> = (0..200).map(|i| f64::from(i * i % 199) / 50.0).collect();
        let factor = Factor::Numeric(&x);
        let basis = Basis::new(&factor, Sorted::new(factor).order(), 4);
        let design = Design {
            terms: basis.width(),
            each: 1,
            runs: (0..200).map(|row| basis.row(&factor, row)).collect(),
        };
        let cubic: Vec<f64> = x
            .iter()
            .map(|x| 1.0 - 2.0 * x + 0.5 * x * x - 0.3 * x * x * x)
            .collect();
        let normal = Normal::new(&design);
        let fitted = normal.solve(design.against(&column(&cubic), |row| row));
        assert_eq!(normal.rank(), 8);
        let inverse = normal.inverse();
        let mut total = 0.0;
        for (row, y) in cubic.iter().enumerate() {
            let mut found = [[0.0; LANES]];
            predict(design.row(row), &fitted, &mut found);
            assert!((found[0][0] - y).abs() < 1e-10 && found[0][1] == 0.0);
            total += leverage(design.row(row), &inverse, 8);
        }
        // The leverages of all rows sum to the number of terms.
        assert!((total - 8.0).abs() < 1e-9, "{total}");
    }

    #[test]
    fn surplus_terms_are_dropped() {
        let x = [1.0, 2.0, 1.0, 5.0, 2.0, 5.0];
        let factor = Factor::Integer(&x);
        let basis = Basis::new(&factor, Sorted::new(factor).order(), 4);
        // The same terms twice: the second set explains nothing more.
        let twice = |row: usize| {
            let own = basis.row(&factor, row);
            let first = own.first + basis.width();
            [own, Run { first, ..own }]
        };
        let design = Design {
            terms: 2 * basis.width(),
            each: 2,
            runs: (0..6).flat_map(twice).collect(),
        };
        let normal = Normal::new(&design);
        assert_eq!(normal.rank(), 3);
        let fitted = normal.solve(design.against(&column(&[1.0, 2.0, 3.0, 4.0, 4.0, 6.0]), |row| row));
        for (term, expected) in [2.0, 3.0, 5.0].into_iter().enumerate() {
            assert!((fitted.get(term, 0) - expected).abs() < 1e-12);
        }
        assert!((3..12).all(|term| fitted.get(term, 0) == 0.0));
        // One of two rows that share a level.
        let here = leverage(design.row(0), &normal.inverse(), design.terms);
        assert!((here - 0.5).abs() < 1e-12, "{here}");
    }
}
