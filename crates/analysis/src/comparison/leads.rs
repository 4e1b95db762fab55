//! Who leads: the option that is best by more than the close-call margin. Anything closer is a tie, and counted as one.

use serde::{Deserialize, Serialize};

use super::share::{Share, share};
use crate::table::{Counts, Outcomes, TableError, compared};

/// Who leads in one future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leader {
    /// The future was not compared (not looked at, rejected, broken or missing).
    NotCompared,
    /// The best two are within the margin of each other.
    Tie,
    /// The option at this position is best by more than the margin.
    Option(usize),
}

/// In how many futures each option leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leads {
    /// What the counts rest on.
    pub counts: Counts,
    /// One entry per option, in the order of the columns.
    pub by_option: Vec<OptionLeads>,
    /// Futures in which no option is best by more than the margin.
    pub ties: Share,
}

/// One option's counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionLeads {
    /// Futures in which it is best by more than the margin.
    pub leads: Share,
    /// Futures in which it is the best or within the margin of the best.
    pub near_best: Share,
}

/// Two options against each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The first option.
    pub a: usize,
    /// The second option.
    pub b: usize,
    /// What the counts rest on: only these two options need a number, so a third option changes nothing here.
    pub counts: Counts,
    /// Futures in which `a` is better by more than the margin.
    pub a_better: Share,
    /// Futures in which they are within the margin of each other.
    pub tie: Share,
    /// Futures in which `b` is better by more than the margin.
    pub b_better: Share,
}

/// Counts who leads. One option alone leads wherever it has a number.
pub fn leads(outcomes: &Outcomes) -> Result<Leads, TableError> {
    let compared = outcomes.compared()?;
    let options = outcomes.columns.len();
    let mut led = vec![0; options];
    let mut near = vec![0; options];
    let mut ties = 0;
    for &future in &compared.rows {
        let (leader, best) = leader(outcomes, future);
        match leader {
            Some(option) => led[option] += 1,
            None => ties += 1,
        }
        for (option, near) in near.iter_mut().enumerate() {
            *near += usize::from(best - outcomes.oriented(option, future) <= outcomes.margin);
        }
    }
    let of = compared.counts.compared;
    let by_option = led
        .iter()
        .zip(&near)
        .map(|(&l, &n)| OptionLeads {
            leads: share(l, of),
            near_best: share(n, of),
        })
        .collect();
    Ok(Leads {
        counts: compared.counts,
        by_option,
        ties: share(ties, of),
    })
}

/// Who leads in every future of the table.
pub fn leaders(outcomes: &Outcomes) -> Result<Vec<Leader>, TableError> {
    let compared = outcomes.compared()?;
    let mut all = vec![Leader::NotCompared; outcomes.futures()];
    for &future in &compared.rows {
        all[future] = leader(outcomes, future).0.map_or(Leader::Tie, Leader::Option);
    }
    Ok(all)
}

/// For each option, whether it is the best or within the margin of the best in every future of the table; none where the future was
/// not compared.
pub fn near_best(outcomes: &Outcomes) -> Result<Vec<Vec<Option<bool>>>, TableError> {
    let compared = outcomes.compared()?;
    let mut all = vec![vec![None; outcomes.futures()]; outcomes.columns.len()];
    for &future in &compared.rows {
        let (_, best) = leader(outcomes, future);
        for (option, near) in all.iter_mut().enumerate() {
            near[future] = Some(best - outcomes.oriented(option, future) <= outcomes.margin);
        }
    }
    Ok(all)
}

/// Every option against every other, in order.
pub fn pairs(outcomes: &Outcomes) -> Result<Vec<Pair>, TableError> {
    outcomes.compared()?;
    let options = outcomes.columns.len();
    let mut all = Vec::with_capacity(options * options.saturating_sub(1) / 2);
    for a in 0..options {
        for b in a + 1..options {
            let both = compared(&[outcomes.columns[a], outcomes.columns[b]], outcomes.only)?;
            let (mut a_better, mut b_better) = (0, 0);
            for &future in &both.rows {
                let gap = outcomes.oriented(a, future) - outcomes.oriented(b, future);
                a_better += usize::from(gap > outcomes.margin);
                b_better += usize::from(-gap > outcomes.margin);
            }
            let of = both.counts.compared;
            all.push(Pair {
                a,
                b,
                counts: both.counts,
                a_better: share(a_better, of),
                tie: share(of - a_better - b_better, of),
                b_better: share(b_better, of),
            });
        }
    }
    Ok(all)
}

/// How many of `rows` (compared futures) each option leads, and in how many no option does.
pub(crate) fn leader_counts(outcomes: &Outcomes, rows: &[usize]) -> (Vec<usize>, usize) {
    let mut led = vec![0; outcomes.columns.len()];
    let mut ties = 0;
    for &future in rows {
        match leader(outcomes, future).0 {
            Some(option) => led[option] += 1,
            None => ties += 1,
        }
    }
    (led, ties)
}

/// The leader of a compared future, if there is one, and the best (oriented) value.
fn leader(outcomes: &Outcomes, future: usize) -> (Option<usize>, f64) {
    let (mut best, mut second, mut at) = (f64::NEG_INFINITY, f64::NEG_INFINITY, 0);
    for option in 0..outcomes.columns.len() {
        let value = outcomes.oriented(option, future);
        if value > best {
            (second, best, at) = (best, value, option);
        } else if value > second {
            second = value;
        }
    }
    ((best - second > outcomes.margin).then_some(at), best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, Direction, Status};

    const A: [f64; 6] = [1.0, 5.0, 3.0, 2.0, f64::NAN, 0.0];
    const B: [f64; 6] = [2.0, 1.0, 3.0, 2.5, 1.0, 9.0];
    const C: [f64; 6] = [4.0, 4.0, 3.0, 9.0, 1.0, 9.0];
    const BROKE: [Status; 6] = [
        Status::Ok,
        Status::Ok,
        Status::Ok,
        Status::Ok,
        Status::Ok,
        Status::Rejected,
    ];

    fn table(margin: f64) -> Outcomes<'static> {
        let columns = vec![
            Column {
                values: &A,
                status: &BROKE,
            },
            Column::ran(&B),
            Column::ran(&C),
        ];
        Outcomes {
            margin,
            ..Outcomes::new(columns, Direction::Lower)
        }
    }

    fn check(margin: f64, led: [usize; 3], near: [usize; 3], ties: usize) {
        let l = leads(&table(margin)).expect("well formed");
        assert_eq!(
            l.by_option.iter().map(|o| o.leads.count).collect::<Vec<_>>(),
            led,
            "leads at {margin}"
        );
        assert_eq!(
            l.by_option.iter().map(|o| o.near_best.count).collect::<Vec<_>>(),
            near,
            "near best at {margin}"
        );
        assert_eq!((l.ties.count, l.ties.of), (ties, 4), "ties at {margin}");
    }

    #[test]
    fn by_hand() {
        check(0.0, [2, 1, 0], [3, 2, 1], 1);
        check(0.5, [1, 1, 0], [3, 3, 1], 2);
        check(1.0, [0, 1, 0], [3, 4, 1], 3);
        check(100.0, [0, 0, 0], [4, 4, 4], 4);
    }

    #[test]
    fn counts_cover_every_future() {
        let l = leads(&table(0.0)).expect("well formed");
        let c = &l.counts;
        assert_eq!(
            (c.tested, c.compared, c.missing, c.broken, c.rejected),
            (5, 4, 1, 0, 1)
        );
        assert_eq!(
            (c.by_option[0].ok, c.by_option[0].missing, c.by_option[0].rejected),
            (4, 1, 1)
        );
        assert_eq!(c.by_option[1].ok, 6);
    }

    #[test]
    fn leaders_by_future() {
        let expected = [
            Leader::Option(0),
            Leader::Option(1),
            Leader::Tie,
            Leader::Option(0),
            Leader::NotCompared,
            Leader::NotCompared,
        ];
        assert_eq!(leaders(&table(0.0)).expect("well formed"), expected);
    }

    #[test]
    fn a_pair_needs_only_its_two() {
        let p = pairs(&table(0.0)).expect("well formed");
        let bc = &p[2];
        assert_eq!((bc.a, bc.b, bc.counts.compared), (1, 2, 6));
        assert_eq!((bc.a_better.count, bc.tie.count, bc.b_better.count), (3, 3, 0));
        let ab = &p[0];
        assert_eq!((ab.a_better.count, ab.tie.count, ab.b_better.count), (2, 1, 1));
    }

    #[test]
    fn what_is_refused() {
        let none = Outcomes::new(vec![], Direction::Higher);
        assert_eq!(leads(&none), Err(TableError::NoOptions));
        let short = Outcomes::new(vec![Column::ran(&A), Column::ran(&B[..2])], Direction::Higher);
        assert_eq!(
            leads(&short),
            Err(TableError::Length {
                column: 1,
                expected: 6,
                found: 2
            })
        );
        assert_eq!(leads(&table(-1.0)), Err(TableError::Margin(-1.0)));
        let mask = [true; 2];
        let masked = Outcomes {
            only: Some(&mask),
            ..table(0.0)
        };
        assert!(matches!(leads(&masked), Err(TableError::ListLength { .. })));
    }

    #[test]
    fn a_mask_restricts_and_nothing_compared_is_no_share() {
        let mask = [true, true, false, false, true, true];
        let l = leads(&Outcomes {
            only: Some(&mask),
            ..table(0.0)
        })
        .expect("well formed");
        assert_eq!(
            (
                l.by_option[0].leads.count,
                l.by_option[1].leads.count,
                l.counts.compared
            ),
            (1, 1, 2)
        );
        let mask = [false, false, false, false, true, true];
        let l = leads(&Outcomes {
            only: Some(&mask),
            ..table(0.0)
        })
        .expect("well formed");
        assert_eq!((l.counts.compared, l.ties.share), (0, None));
    }
}
