//! Least squares on spline bases of the factors: the conditional means that several methods need.

use crate::numbers::quantile::quantile_sorted;
use crate::slices::Factor;

/// Numeric factors with at most this many distinct values get one term for each value.
const LEVELS: usize = 6;

/// The terms of one factor: each row has a few that are not zero, and they sum to one.
pub(crate) enum Basis {
    /// Cubic B-splines on these knots, the ends four times.
    Spline(Vec<f64>),
    /// One term per distinct value.
    Levels(Vec<f64>),
    /// One term per category.
    Categories(usize),
}

/// A few terms of one row: which (in rising order), and how much.
pub(crate) type Terms = Vec<(usize, f64)>;

impl Basis {
    /// A basis with about `interior` inner knots, at quantiles of the factor over the rows.
    pub(crate) fn new(factor: &Factor, rows: &[usize], interior: usize) -> Self {
        let values = match *factor {
            Factor::Categorical { categories, .. } => return Basis::Categories(categories as usize),
            Factor::Numeric(values) | Factor::Integer(values) => values,
        };
        let mut sorted: Vec<f64> = rows.iter().map(|&r| values[r]).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut levels: Vec<f64> = Vec::new();
        for &value in &sorted {
            if levels.last() != Some(&value) {
                levels.push(value);
                if levels.len() > LEVELS {
                    break;
                }
            }
        }
        if levels.len() <= LEVELS {
            return Basis::Levels(levels);
        }
        let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
        let mut knots = vec![low; 4];
        for k in 1..=interior {
            let q = k as f64 / (interior + 1) as f64;
            let knot = quantile_sorted(&sorted, q).unwrap_or(low);
            if knot > knots[knots.len() - 1] && knot < high {
                knots.push(knot);
            }
        }
        knots.extend([high; 4]);
        Basis::Spline(knots)
    }

    /// The number of terms.
    pub(crate) fn len(&self) -> usize {
        match self {
            Basis::Spline(knots) => knots.len() - 4,
            Basis::Levels(levels) => levels.len(),
            Basis::Categories(count) => *count,
        }
    }

    /// The terms at a row of the factor.
    pub(crate) fn row(&self, factor: &Factor, row: usize) -> Terms {
        match *factor {
            Factor::Categorical { codes, .. } => vec![(codes[row] as usize, 1.0)],
            Factor::Numeric(values) | Factor::Integer(values) => self.at(values[row]),
        }
    }

    /// The terms at a value (a category's number for categories); beyond the ends those of the end.
    pub(crate) fn at(&self, value: f64) -> Terms {
        match self {
            Basis::Categories(_) => vec![(value as usize, 1.0)],
            Basis::Levels(levels) => {
                // Between two levels, by straight lines.
                let above = levels.partition_point(|l| *l < value);
                if above == 0 || above == levels.len() || levels[above] == value {
                    return vec![(above.min(levels.len() - 1), 1.0)];
                }
                let share = (value - levels[above - 1]) / (levels[above] - levels[above - 1]);
                vec![(above - 1, 1.0 - share), (above, share)]
            }
            Basis::Spline(knots) => cubic(knots, value),
        }
    }
}

/// The four cubic B-splines at a value (de Boor, 1972).
fn cubic(knots: &[f64], value: f64) -> Terms {
    let last = knots.len() - 5;
    let x = value.clamp(knots[3], knots[last + 1]);
    let span = (knots.partition_point(|k| *k <= x) - 1).clamp(3, last);
    let mut b = [1.0, 0.0, 0.0, 0.0];
    for degree in 1..=3 {
        let mut carried = 0.0;
        for (r, b) in b.iter_mut().enumerate().take(degree) {
            let (left, right) = (knots[span + 1 + r - degree], knots[span + 1 + r]);
            let part = *b / (right - left);
            *b = carried + (right - x) * part;
            carried = (x - left) * part;
        }
        b[degree] = carried;
    }
    (0..4).map(|i| (span - 3 + i, b[i])).collect()
}

/// The terms of two factors together: every product of a term of one and a term of the other.
pub(crate) fn tensor(a: &Terms, b: &Terms, width: usize) -> Terms {
    a.iter()
        .flat_map(|(i, x)| b.iter().map(move |(j, y)| (i * width + j, x * y)))
        .collect()
}

/// A fit of several columns on the same terms.
pub(crate) struct Fit {
    /// The Cholesky root of the normal equations, row by row; terms that the others explain are zero throughout.
    root: Vec<Vec<f64>>,
    /// Coefficients, one vector per column.
    pub(crate) coefficients: Vec<Vec<f64>>,
}

impl Fit {
    /// Fits columns (one value per row of terms). Terms that are combinations of those before get a coefficient of zero.
    pub(crate) fn new(rows: &[Terms], terms: usize, columns: &[Vec<f64>]) -> Self {
        let mut gram = vec![vec![0.0; terms]; terms];
        let mut right = vec![vec![0.0; terms]; columns.len()];
        for (r, row) in rows.iter().enumerate() {
            for (place, &(i, x)) in row.iter().enumerate() {
                // Terms stand in rising order.
                let products = &mut gram[i];
                for &(j, y) in &row[..=place] {
                    products[j] += x * y;
                }
                for (right, column) in right.iter_mut().zip(columns) {
                    right[i] += x * column[r];
                }
            }
        }
        let root = cholesky(gram);
        let coefficients = right
            .into_iter()
            .map(|b| back(&root, forward(&root, b)))
            .collect();
        Fit { root, coefficients }
    }

    /// Number of terms that carry a coefficient.
    pub(crate) fn rank(&self) -> usize {
        (0..self.root.len()).filter(|&i| self.root[i][i] > 0.0).count()
    }

    /// Turns standard normal numbers into coefficients that vary as fitted ones do when the rows scatter by one.
    pub(crate) fn draw(&self, z: Vec<f64>) -> Vec<f64> {
        back(&self.root, z)
    }
}

/// The sum of terms times coefficients.
pub(crate) fn predict(row: &Terms, coefficients: &[f64]) -> f64 {
    row.iter().map(|(i, x)| x * coefficients[*i]).sum()
}

fn cholesky(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for i in 0..a.len() {
        let (done, rest) = a.split_at_mut(i);
        let own = &mut rest[0];
        let size = own[i];
        for j in 0..i {
            let part: f64 = (0..j).map(|k| own[k] * done[j][k]).sum();
            own[j] = if done[j][j] > 0.0 {
                (own[j] - part) / done[j][j]
            } else {
                0.0
            };
        }
        let pivot = own[i] - (0..i).map(|k| own[k] * own[k]).sum::<f64>();
        if pivot > 1e-9 * size {
            own[i] = pivot.sqrt();
        } else {
            own.fill(0.0);
        }
    }
    a
}

fn forward(root: &[Vec<f64>], mut b: Vec<f64>) -> Vec<f64> {
    for i in 0..root.len() {
        let part: f64 = (0..i).map(|k| root[i][k] * b[k]).sum();
        b[i] = if root[i][i] > 0.0 {
            (b[i] - part) / root[i][i]
        } else {
            0.0
        };
    }
    b
}

fn back(root: &[Vec<f64>], mut b: Vec<f64>) -> Vec<f64> {
    for i in (0..root.len()).rev() {
        let part: f64 = (i + 1..root.len()).map(|k| root[k][i] * b[k]).sum();
        b[i] = if root[i][i] > 0.0 {
            (b[i] - part) / root[i][i]
        } else {
            0.0
        };
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splines_sum_to_one_and_follow_a_cubic() {
        let x: Vec<f64> = (0..200).map(|i| f64::from(i * i % 199) / 50.0).collect();
        let factor = Factor::Numeric(&x);
        let rows: Vec<usize> = (0..200).collect();
        let basis = Basis::new(&factor, &rows, 4);
        assert_eq!(basis.len(), 8);
        let terms: Vec<Terms> = rows.iter().map(|&r| basis.row(&factor, r)).collect();
        for row in &terms {
            assert!((row.iter().map(|t| t.1).sum::<f64>() - 1.0).abs() < 1e-14);
        }
        let cubic: Vec<f64> = x
            .iter()
            .map(|x| 1.0 - 2.0 * x + 0.5 * x * x - 0.3 * x * x * x)
            .collect();
        let fitted = Fit::new(&terms, 8, std::slice::from_ref(&cubic)).coefficients;
        for (row, y) in terms.iter().zip(&cubic) {
            assert!((predict(row, &fitted[0]) - y).abs() < 1e-10);
        }
    }

    #[test]
    fn few_values_are_levels_and_surplus_terms_are_dropped() {
        let x = [1.0, 2.0, 1.0, 5.0, 2.0, 5.0];
        let factor = Factor::Integer(&x);
        let rows = [0, 1, 2, 3, 4, 5];
        let basis = Basis::new(&factor, &rows, 4);
        assert_eq!(
            (basis.len(), basis.at(3.5), basis.at(9.0)),
            (3, vec![(1, 0.5), (2, 0.5)], vec![(2, 1.0)])
        );
        // The same terms twice: the second set explains nothing more.
        let terms: Vec<Terms> = rows
            .iter()
            .map(|&r| {
                let own = basis.row(&factor, r);
                own.iter()
                    .copied()
                    .chain(own.iter().map(|(i, x)| (i + 3, *x)))
                    .collect()
            })
            .collect();
        let fitted = Fit::new(&terms, 6, &[vec![1.0, 2.0, 3.0, 4.0, 4.0, 6.0]]);
        assert_eq!(fitted.rank(), 3);
        let fitted = fitted.coefficients;
        assert_eq!(fitted[0][3..], [0.0; 3]);
        for (found, expected) in fitted[0].iter().zip([2.0, 3.0, 5.0]) {
            assert!((found - expected).abs() < 1e-12);
        }
    }
}
