//! Laws of the methods on tables: what the order of rows, an input without influence and a planted box must and must not change.

use analysis::decision::information;
use analysis::prim::{PrimOptions, inside, prim};
use analysis::sensitivity::{SobolOptions, pawn, rbd_fast, regional, sobol_indices};
use analysis::{Column, Direction, Factor, Outcomes};
use proptest::prelude::*;

/// Columns of distinct numbers from 0 to 1, by a generator that the seed alone moves.
fn columns(rows: usize, count: usize, seed: u64) -> Vec<Vec<f64>> {
    analysis::designs::latin_hypercube(
        rows,
        count,
        &analysis::designs::LatinOptions {
            seed,
            ..Default::default()
        },
    )
    .expect("well formed")
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

fn numeric(columns: &[Vec<f64>]) -> Vec<Factor<'_>> {
    columns.iter().map(|c| Factor::Numeric(c)).collect()
}

fn reordered<T: Clone>(values: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&r| values[r].clone()).collect()
}

fn shuffled(rows: usize, seed: u64) -> Vec<usize> {
    let keys = &columns(rows, 1, seed ^ 0xABCD)[0];
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    order
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The order of rows moves no index, no distance, no box and no value of information, but for the last digits of sums.
    #[test]
    fn the_order_of_rows_does_not_matter(seed in any::<u64>(), rows in 150..300_usize) {
        let x = columns(rows, 3, seed);
        let y: Vec<f64> = (0..rows).map(|r| x[0][r] + x[1][r] * x[2][r]).collect();
        let failing: Vec<Option<bool>> = y.iter().map(|y| Some(*y > 0.9)).collect();
        let order = shuffled(rows, seed);
        let moved: Vec<Vec<f64>> = x.iter().map(|c| reordered(c, &order)).collect();
        let (y2, failing2) = (reordered(&y, &order), reordered(&failing, &order));
        prop_assert_eq!(regional(&slices(&x), &failing), regional(&slices(&moved), &failing2));
        let options = PrimOptions::default();
        prop_assert_eq!(prim(&numeric(&x), &failing, &options), prim(&numeric(&moved), &failing2, &options));
        let (a, b) = (pawn(&slices(&x), &y, 10).unwrap(), pawn(&slices(&moved), &y2, 10).unwrap());
        for (a, b) in a.factors.iter().zip(&b.factors) {
            let (a, b) = (a.unwrap(), b.unwrap());
            prop_assert_eq!((a.minimum, a.median, a.maximum), (b.minimum, b.median, b.maximum));
        }
        let (a, b) = (rbd_fast(&slices(&x), &y, 4).unwrap(), rbd_fast(&slices(&moved), &y2, 4).unwrap());
        for (a, b) in a.first_order.iter().zip(&b.first_order) {
            prop_assert!((a.unwrap() - b.unwrap()).abs() < 1e-12);
        }
        let zero = vec![0.0; rows];
        let gap: Vec<f64> = y.iter().map(|y| y - 0.75).collect();
        let gap2 = reordered(&gap, &order);
        let value = |gap: &[f64], x: &[Vec<f64>]| {
            let outcomes = Outcomes::new(vec![Column::ran(&zero), Column::ran(gap)], Direction::Higher);
            information(&outcomes, &numeric(x), &[vec![0], vec![1, 2]]).unwrap()
        };
        let (a, b) = (value(&gap, &x), value(&gap2, &moved));
        for (a, b) in a.partial.iter().zip(&b.partial) {
            if let (Some(a), Some(b)) = (a.uncorrected, b.uncorrected) {
                prop_assert!((a - b).abs() < 1e-9);
            }
        }
    }

    /// The order of blocks moves no Sobol' index.
    #[test]
    fn the_order_of_blocks_does_not_matter(seed in any::<u64>(), blocks in 8..40_usize) {
        let y = columns(blocks * 6, 1, seed).swap_remove(0);
        let order = shuffled(blocks, seed);
        let moved: Vec<f64> = order.iter().flat_map(|b| y[6 * b..6 * b + 6].to_vec()).collect();
        let options = SobolOptions { resamples: 0, ..Default::default() };
        let (a, b) = (sobol_indices(&y, 2, &options).unwrap(), sobol_indices(&moved, 2, &options).unwrap());
        for (a, b) in a.first_order.iter().chain(&a.total_order).zip(b.first_order.iter().chain(&b.total_order)) {
            prop_assert!((a.value - b.value).abs() < 1e-12);
        }
    }

    /// Knowing all inputs is knowing everything, within the estimator's error.
    #[test]
    fn knowing_all_inputs_is_knowing_everything(seed in any::<u64>(), slope in 0.5..2.0_f64, centre in 0.3..0.7_f64) {
        let x = columns(2_000, 2, seed);
        let zero = vec![0.0; 2_000];
        let gap: Vec<f64> = (0..2_000).map(|r| slope * (x[0][r] - centre) + 0.5 * (x[1][r] - 0.5)).collect();
        let outcomes = Outcomes::new(vec![Column::ran(&zero), Column::ran(&gap)], Direction::Higher);
        let found = information(&outcomes, &numeric(&x), &[vec![0, 1], vec![0], vec![1]]).unwrap();
        let (whole, both) = (found.perfect.unwrap(), &found.partial[0]);
        let error = whole.standard_error.unwrap() + both.standard_error.unwrap();
        prop_assert!((both.value.unwrap() - whole.value).abs() <= 3.0 * error + 1e-9, "{both:?} {whole:?}");
        // Knowing less is worth no more.
        for one in &found.partial[1..] {
            prop_assert!(one.value.unwrap() <= whole.value + 3.0 * error);
        }
    }

    /// An input without influence changes nothing that is said of the others, and ranks last among inputs that matter.
    #[test]
    fn an_irrelevant_input_changes_no_ranking(seed in any::<u64>(), weight in 1.5..3.0_f64) {
        let rows = 1_500;
        let x = columns(rows, 3, seed);
        let y: Vec<f64> = (0..rows).map(|r| weight * x[0][r] + x[1][r]).collect();
        let failing: Vec<Option<bool>> = y.iter().map(|y| Some(*y > weight * 0.7)).collect();
        let without = slices(&x[..2]);
        let with = slices(&x);
        let (a, b) = (pawn(&without, &y, 10).unwrap(), pawn(&with, &y, 10).unwrap());
        prop_assert_eq!(&a.factors[..], &b.factors[..2]);
        let median = |f: usize| b.factors[f].unwrap().median;
        prop_assert!(median(0) > median(1) && median(1) > median(2));
        let (a, b) = (rbd_fast(&without, &y, 10).unwrap(), rbd_fast(&with, &y, 10).unwrap());
        prop_assert_eq!(&a.first_order[..], &b.first_order[..2]);
        prop_assert!(b.first_order[2].unwrap().abs() < 0.06);
        let (a, b) = (regional(&without, &failing).unwrap(), regional(&with, &failing).unwrap());
        prop_assert_eq!(&a.factors[..], &b.factors[..2]);
        let zero = vec![0.0; rows];
        let gap: Vec<f64> = y.iter().map(|y| y - 0.5 * (weight + 1.0)).collect();
        let outcomes = Outcomes::new(vec![Column::ran(&zero), Column::ran(&gap)], Direction::Higher);
        let sets = [vec![0], vec![1], vec![2]];
        let (a, b) = (
            information(&outcomes, &numeric(&x[..2]), &sets[..2]).unwrap(),
            information(&outcomes, &numeric(&x), &sets).unwrap(),
        );
        prop_assert_eq!(&a.partial[..], &b.partial[..2]);
        let value = |f: usize| b.partial[f].value.unwrap();
        prop_assert!(value(0) > value(2) && value(1) > value(2));
    }

    /// A planted box is found, and its coverage and density are those of the table.
    #[test]
    fn a_planted_box_is_found(seed in any::<u64>(), low in 0.3..0.6_f64, high in 0.4..0.7_f64) {
        let rows = 2_000;
        let x = columns(rows, 4, seed);
        let planted = |r: usize| x[1][r] > low && x[3][r] < high;
        let interesting: Vec<Option<bool>> = (0..rows).map(|r| Some(planted(r))).collect();
        let factors = numeric(&x);
        let found = prim(&factors, &interesting, &PrimOptions::default()).unwrap();
        let trajectory = &found.trajectories[0];
        let best = &trajectory.boxes[trajectory.chosen];
        prop_assert!(best.density > 0.95 && best.coverage > 0.85, "{best:?}");
        for of in &trajectory.boxes {
            let inside = inside(&of.limits, &factors);
            let all = inside.iter().filter(|i| **i).count();
            let hits = (0..rows).filter(|&r| inside[r] && planted(r)).count();
            let every = (0..rows).filter(|&r| planted(r)).count();
            prop_assert_eq!((of.futures, of.of_interest), (all, hits));
            prop_assert_eq!(of.coverage, hits as f64 / every as f64);
            prop_assert_eq!(of.density, hits as f64 / all as f64);
            prop_assert_eq!(of.mass, all as f64 / rows as f64);
        }
    }
}
