//! How much each factor alone explains of how far the other options are from the one that is best on average.

use super::information::Choice;
use crate::comparison::{Explained, epsilon_squared};
use crate::numbers::regression::{LANES, Lanes};
use crate::slices::{Sliced, check_sliced};
use crate::table::TableError;

/// For each option but the best on average, in the order of the columns, and in it for each factor: the share of the variance of the gap
/// between the two options that the factor explains, as [`crate::hinges_sliced`] has it, over the futures in which all options are compared.
pub fn explained(choice: &Choice, factors: &[Sliced]) -> Result<Vec<Vec<Explained>>, TableError> {
    check_sliced(factors, choice.futures)?;
    let mut all = vec![Vec::with_capacity(factors.len()); choice.others];
    for factor in factors {
        for (of_option, one) in all.iter_mut().zip(along(choice, factor)) {
            of_option.push(one);
        }
    }
    Ok(all)
}

fn along(choice: &Choice, factor: &Sliced) -> Vec<Explained> {
    let parts = choice.gaps.parts;
    // The last slice is for futures in none.
    let slices = factor.slices.len();
    let mut counts = vec![0_usize; slices + 1];
    let mut sums: Vec<Lanes> = vec![[0.0; LANES]; (slices + 1) * parts];
    let mut outside: Vec<Lanes> = vec![[0.0; LANES]; parts];
    for &row in &choice.rows {
        let slice = usize::from(factor.of_row[row]).min(slices);
        let gaps = choice.gaps.row(row);
        counts[slice] += 1;
        for (sums, gaps) in sums[slice * parts..][..parts].iter_mut().zip(gaps) {
            for (sum, gap) in sums.iter_mut().zip(gaps) {
                *sum += gap;
            }
        }
        if slice == slices {
            for (squares, gaps) in outside.iter_mut().zip(gaps) {
                for (square, gap) in squares.iter_mut().zip(gaps) {
                    *square += gap * gap;
                }
            }
        }
    }
    let n: usize = counts[..slices].iter().sum();
    let filled = counts[..slices].iter().filter(|count| **count > 0).count();
    let of_option = |option: usize| {
        let squares = choice.moments.square(option) - outside.as_flattened()[option];
        let sum = |slice: usize| sums[slice * parts..].as_flattened()[option];
        let between = (0..slices).filter(|slice| counts[*slice] > 0).map(|slice| {
            let sum = sum(slice);
            sum * sum / counts[slice] as f64
        });
        let whole: f64 = (0..slices).map(sum).sum();
        let total = squares - whole * whole / n as f64;
        // Gaps that are all the same vary by rounding only.
        let rounding = 4.0 * f64::EPSILON * choice.means.as_flattened()[option];
        let (share, noise) = if total > n as f64 * rounding * rounding {
            epsilon_squared(squares - between.sum::<f64>(), total, n, filled)
        } else {
            (None, None)
        };
        Explained { share, noise }
    };
    (0..choice.others).map(of_option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::hinges_sliced;
    use crate::slices::{Factor, Sorted};
    use crate::table::{Column, Direction, Outcomes};

    /// The same as one pair after the other.
    #[test]
    fn shares_are_those_of_the_gaps() {
        let n = 500_u32;
        let x: Vec<f64> = (0..n).map(|i| f64::from(i * 37 % n)).collect();
        let mut gappy = x.clone();
        gappy[7] = f64::NAN;
        let y: Vec<f64> = x.iter().map(|x| 3.0 + x * x / 8192.0).collect();
        let z: Vec<f64> = (0..n)
            .map(|i| f64::from(i * 91 % 211) / 50.0 + x[i as usize] / 200.0)
            .collect();
        let level: Vec<f64> = y.iter().map(|y| y - 8.0).collect();
        for direction in [Direction::Higher, Direction::Lower] {
            let outcomes = Outcomes::new([&y, &z, &level].map(|c| Column::ran(c)).to_vec(), direction);
            let choice = Choice::new(&outcomes).expect("well formed");
            let best = choice.information().best.expect("compared");
            let factors = [&x, &gappy].map(|x| Sliced::new(&Sorted::new(Factor::Numeric(x)), None, None));
            let found = explained(&choice, &factors).expect("well formed");
            for (place, other) in (0..3).filter(|o| *o != best).enumerate() {
                let expected = hinges_sliced(&outcomes, (best, other), &factors).expect("well formed");
                for (found, expected) in found[place].iter().zip(expected.factors) {
                    assert_eq!(found.noise, expected.noise);
                    match (found.share, expected.share) {
                        (Some(x), Some(y)) => assert!((x - y).abs() < 1e-12, "{x} {y}"),
                        (x, y) => assert_eq!(x, y),
                    }
                }
            }
        }
    }
}
