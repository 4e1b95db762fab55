//! Laws that hold for every table.

use analysis::{
    Column, Direction, Factor, Leads, Measure, Outcomes, Pair, RobustnessOptions, Status, hinges, leads,
    pairs, regret_from_best, robustness,
};
use proptest::prelude::*;

/// One column per option, with statuses; some numbers are missing.
#[derive(Clone, Debug)]
struct Table {
    columns: Vec<(Vec<f64>, Vec<Status>)>,
    direction: Direction,
    margin: f64,
}

impl Table {
    fn outcomes(&self) -> Outcomes<'_> {
        let columns = self
            .columns
            .iter()
            .map(|(values, status)| Column { values, status })
            .collect();
        Outcomes {
            columns,
            direction: self.direction,
            margin: self.margin,
            only: None,
        }
    }
}

fn cell() -> impl Strategy<Value = (f64, Status)> {
    let value = prop_oneof![20 => (-20_i32..20).prop_map(|v| f64::from(v) / 4.0), 1 => Just(f64::NAN)];
    let status = prop_oneof![30 => Just(Status::Ok), 1 => Just(Status::Broken), 1 => Just(Status::Rejected)];
    (value, status)
}

fn table() -> impl Strategy<Value = Table> {
    (1..5_usize, 0..40_usize).prop_flat_map(|(options, futures)| {
        let column = prop::collection::vec(cell(), futures).prop_map(|cells| cells.into_iter().unzip());
        let direction = prop_oneof![Just(Direction::Lower), Just(Direction::Higher)];
        (prop::collection::vec(column, options), direction, 0..4_u8).prop_map(
            |(columns, direction, margin)| Table {
                columns,
                direction,
                margin: f64::from(margin) / 2.0,
            },
        )
    })
}

fn pair_counts(pairs: &[Pair], options: usize) -> Vec<Pair> {
    pairs
        .iter()
        .filter(|p| p.a < options && p.b < options)
        .cloned()
        .collect()
}

fn led(leads: &Leads) -> Vec<usize> {
    leads.by_option.iter().map(|o| o.leads.count).collect()
}

proptest! {
    /// An option far from ever being best changes no lead, no regret and no pairwise count of the others.
    #[test]
    fn an_irrelevant_option_changes_nothing(table in table()) {
        let (futures, options) = (table.columns[0].0.len(), table.columns.len());
        let bad = if table.direction == Direction::Higher { -1e6 } else { 1e6 };
        let mut with = table.clone();
        with.columns.push((vec![bad; futures], vec![Status::Ok; futures]));
        let (before, after) = (leads(&table.outcomes()).unwrap(), leads(&with.outcomes()).unwrap());
        prop_assert_eq!(&before.by_option[..], &after.by_option[..options]);
        prop_assert_eq!(before.ties, after.ties);
        prop_assert_eq!(after.by_option[options].leads.count, 0);
        let (before, after) = (regret_from_best(&table.outcomes()).unwrap(), regret_from_best(&with.outcomes()).unwrap());
        prop_assert_eq!(&before.columns[..], &after.columns[..options]);
        prop_assert_eq!(&before.summary[..], &after.summary[..options]);
        prop_assert_eq!(pairs(&table.outcomes()).unwrap(), pair_counts(&pairs(&with.outcomes()).unwrap(), options));
        let at = RobustnessOptions { threshold: Some(0.0), ..Default::default() };
        let (before, after) = (robustness(&table.outcomes(), &at).unwrap(), robustness(&with.outcomes(), &at).unwrap());
        for (b, a) in before.measures.iter().zip(&after.measures) {
            prop_assert_eq!(&b.by_option[..], &a.by_option[..options]);
        }
    }

    /// A cloned option changes neither regret nor pairwise counts, and ties with its original everywhere.
    #[test]
    fn a_cloned_option_changes_neither_regret_nor_pairs(table in table()) {
        let options = table.columns.len();
        let mut with = table.clone();
        with.columns.push(table.columns[0].clone());
        let (before, after) = (regret_from_best(&table.outcomes()).unwrap(), regret_from_best(&with.outcomes()).unwrap());
        prop_assert_eq!(&before.columns[..], &after.columns[..options]);
        prop_assert_eq!(&after.columns[0], &after.columns[options]);
        let after = pairs(&with.outcomes()).unwrap();
        prop_assert_eq!(pairs(&table.outcomes()).unwrap(), pair_counts(&after, options));
        let twins = after.iter().find(|p| p.a == 0 && p.b == options).unwrap();
        prop_assert_eq!(twins.tie.count, twins.counts.compared);
        prop_assert_eq!(led(&leads(&with.outcomes()).unwrap())[0], 0);
    }

    /// The order of futures moves no count and no quantile, and means only in their last digits.
    #[test]
    fn the_order_of_futures_does_not_matter(table in table(), shift in 0..40_usize) {
        let futures = table.columns[0].0.len();
        let mut moved = table.clone();
        for (values, status) in &mut moved.columns {
            values.reverse();
            status.reverse();
            values.rotate_left(shift % futures.max(1));
            status.rotate_left(shift % futures.max(1));
        }
        prop_assert_eq!(leads(&table.outcomes()).unwrap(), leads(&moved.outcomes()).unwrap());
        prop_assert_eq!(pairs(&table.outcomes()).unwrap(), pairs(&moved.outcomes()).unwrap());
        let (a, b) = (regret_from_best(&table.outcomes()).unwrap(), regret_from_best(&moved.outcomes()).unwrap());
        for (x, y) in a.summary.iter().zip(&b.summary) {
            prop_assert_eq!(x.map(|s| (s.median, s.p90, s.worst)), y.map(|s| (s.median, s.p90, s.worst)));
            if let (Some(x), Some(y)) = (x, y) {
                prop_assert!((x.mean - y.mean).abs() <= 1e-14 * (1.0 + x.mean.abs()));
            }
        }
        let at = RobustnessOptions::default();
        let (a, b) = (robustness(&table.outcomes(), &at).unwrap(), robustness(&moved.outcomes(), &at).unwrap());
        for (x, y) in a.measures.iter().zip(&b.measures) {
            if !matches!(x.measure, Measure::Laplace | Measure::MeanVariance | Measure::UndesirableDeviations) {
                prop_assert_eq!(x, y);
            }
        }
    }

    /// Every future is accounted for, and leads and ties add up to those compared.
    #[test]
    fn counts_add_up(table in table()) {
        let l = leads(&table.outcomes()).unwrap();
        let c = &l.counts;
        prop_assert_eq!(c.tested + c.rejected, table.columns[0].0.len());
        prop_assert_eq!(c.compared + c.missing + c.broken, c.tested);
        prop_assert_eq!(led(&l).iter().sum::<usize>() + l.ties.count, c.compared);
        prop_assert!(l.by_option.iter().all(|o| o.leads.count <= o.near_best.count));
        for row in &c.by_option {
            prop_assert_eq!(row.ok + row.missing + row.broken + row.rejected, table.columns[0].0.len());
        }
        let r = regret_from_best(&table.outcomes()).unwrap();
        for row in 0..r.futures.len() {
            prop_assert!(r.columns.iter().any(|c| c[row] == 0.0) && r.columns.iter().all(|c| c[row] >= 0.0));
        }
    }

    /// Looking only at some futures equals a table that has only those.
    #[test]
    fn a_mask_is_a_smaller_table(table in table(), keep in prop::collection::vec(any::<bool>(), 40)) {
        let futures = table.columns[0].0.len();
        let mask = &keep[..futures];
        let mut small = table.clone();
        for (values, status) in &mut small.columns {
            let mut it = mask.iter();
            values.retain(|_| *it.next().unwrap());
            let mut it = mask.iter();
            status.retain(|_| *it.next().unwrap());
        }
        let masked = Outcomes { only: Some(mask), ..table.outcomes() };
        prop_assert_eq!(leads(&masked).unwrap(), leads(&small.outcomes()).unwrap());
        prop_assert_eq!(pairs(&masked).unwrap(), pairs(&small.outcomes()).unwrap());
        prop_assert_eq!(regret_from_best(&masked).unwrap().columns, regret_from_best(&small.outcomes()).unwrap().columns);
    }

    /// Swapping two options turns the gap around and leaves every share as it was.
    #[test]
    fn hinges_are_symmetric(table in table(), x in prop::collection::vec(-1.0..1.0_f64, 40)) {
        prop_assume!(table.columns.len() > 1);
        let factor = [Factor::Numeric(&x[..table.columns[0].0.len()])];
        let ab = hinges(&table.outcomes(), (0, 1), &factor, Some(3)).unwrap();
        let ba = hinges(&table.outcomes(), (1, 0), &factor, Some(3)).unwrap();
        prop_assert_eq!(ab.factors[0].share, ba.factors[0].share);
        prop_assert_eq!(ab.mean_gap.map(|g| -g + 0.0), ba.mean_gap.map(|g| g + 0.0));
        for (s, t) in ab.factors[0].slices.iter().zip(&ba.factors[0].slices) {
            prop_assert_eq!((s.a_better, s.ties, s.b_better), (t.b_better, t.ties, t.a_better));
        }
    }
}
