//! Regret: how much worse an option did than it could have, or than a baseline did.
//!
//! `regret_from_best` measures from the best of the compared options in the same future (Savage, 1951, "The theory of
//! statistical decision"). `regret_from_baseline` measures from a stated baseline; there a gain is a negative regret.
//! Quantiles are those of [`crate::quantile()`].

use serde::{Deserialize, Serialize};

use crate::numbers::quantile::quantiles;
use crate::numbers::sum::mean;
use crate::table::{Counts, Outcomes, TableError, same_length};

/// What regret is measured from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Baseline<'a> {
    /// Another option in the same future.
    Option(usize),
    /// One value per option: what it achieved in a baseline future.
    Values(&'a [f64]),
}

/// Regret of every option in every future.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Regret {
    /// What the numbers rest on.
    pub counts: Counts,
    /// The compared futures, ascending.
    pub futures: Vec<usize>,
    /// One column per option, one row per entry of `futures`, in the unit of the outcome.
    pub columns: Vec<Vec<f64>>,
    /// One summary per option; none when no future was compared.
    pub summary: Vec<Option<RegretSummary>>,
}

/// One option's regret over the compared futures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegretSummary {
    /// Half the futures have at most this.
    pub median: f64,
    /// Nine in ten futures have at most this.
    pub p90: f64,
    /// The largest.
    pub worst: f64,
    /// The future with the largest (the first of equals).
    pub worst_future: usize,
    /// The mean.
    pub mean: f64,
}

/// Regret from the best of the compared options.
pub fn regret_from_best(outcomes: &Outcomes) -> Result<Regret, TableError> {
    // Of all futures, compared or not: those that are not are not looked up. Shapes are checked first.
    outcomes.compared()?;
    let mut best = vec![f64::NEG_INFINITY; outcomes.futures()];
    for option in 0..outcomes.columns.len() {
        best.iter_mut()
            .enumerate()
            .for_each(|(future, best)| *best = best.max(outcomes.oriented(option, future)));
    }
    table(outcomes, |future, _| best[future])
}

/// Regret from a baseline: positive where the option did worse than the baseline, negative where it did better.
pub fn regret_from_baseline(outcomes: &Outcomes, baseline: Baseline) -> Result<Regret, TableError> {
    match baseline {
        Baseline::Option(option) => {
            outcomes.option(option)?;
            table(outcomes, |future, _| outcomes.oriented(option, future))
        }
        Baseline::Values(values) => {
            same_length(
                "the list of baseline values",
                outcomes.columns.len(),
                values.len(),
            )?;
            table(outcomes, |_, option| outcomes.direction.oriented(values[option]))
        }
    }
}

fn table(outcomes: &Outcomes, reference: impl Fn(usize, usize) -> f64) -> Result<Regret, TableError> {
    let compared = outcomes.compared()?;
    let columns: Vec<Vec<f64>> = (0..outcomes.columns.len())
        .map(|o| {
            compared
                .rows
                .iter()
                .map(|&f| reference(f, o) - outcomes.oriented(o, f))
                .collect()
        })
        .collect();
    let summary = columns
        .iter()
        .map(|column| summarise(column, &compared.rows))
        .collect();
    Ok(Regret {
        counts: compared.counts,
        futures: compared.rows,
        columns,
        summary,
    })
}

fn summarise(column: &[f64], futures: &[usize]) -> Option<RegretSummary> {
    let (mut worst, mut at) = (f64::NEG_INFINITY, 0);
    for (row, &value) in column.iter().enumerate() {
        if value > worst {
            (worst, at) = (value, row);
        }
    }
    let [median, p90] = quantiles(column, &[0.5, 0.9])[..] else {
        return None;
    };
    Some(RegretSummary {
        median,
        p90,
        worst,
        worst_future: *futures.get(at)?,
        mean: mean(column),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, Direction, Status};

    /// Savage's table, done by hand: five futures, three options, more is better, the last future broken.
    #[test]
    fn by_hand() {
        let a = [10.0, 4.0, 7.0, 1.0, 0.0];
        let b = [8.0, 9.0, 7.0, 0.0, 0.0];
        let c = [5.0, 5.0, 5.0, 5.0, 0.0];
        let broke = [Status::Ok, Status::Ok, Status::Ok, Status::Ok, Status::Broken];
        let columns = vec![
            Column::ran(&a),
            Column {
                values: &b,
                status: &broke,
            },
            Column::ran(&c),
        ];
        let r = regret_from_best(&Outcomes::new(columns.clone(), Direction::Higher)).expect("well formed");
        assert_eq!(
            r.columns,
            [
                vec![0.0, 5.0, 0.0, 4.0],
                vec![2.0, 0.0, 0.0, 5.0],
                vec![5.0, 4.0, 2.0, 0.0]
            ]
        );
        assert_eq!((r.counts.compared, r.counts.broken), (4, 1));
        let s = r.summary[0].expect("four futures");
        assert_eq!((s.median, s.worst, s.worst_future, s.mean), (2.0, 5.0, 1, 2.25));
        assert!((s.p90 - 4.7).abs() < 1e-12);

        let lower = regret_from_best(&Outcomes::new(columns.clone(), Direction::Lower)).expect("well formed");
        assert_eq!(lower.columns[0], [5.0, 0.0, 2.0, 1.0]);

        let from_c = regret_from_baseline(
            &Outcomes::new(columns.clone(), Direction::Higher),
            Baseline::Option(2),
        );
        assert_eq!(from_c.expect("c exists").columns[0], [-5.0, 1.0, -2.0, 4.0]);

        let base = [10.0, 8.0, 5.0];
        let from_future = regret_from_baseline(
            &Outcomes::new(columns, Direction::Higher),
            Baseline::Values(&base),
        );
        assert_eq!(
            from_future.expect("three values").columns[1],
            [0.0, -1.0, 1.0, 8.0]
        );
    }

    #[test]
    fn no_future_no_summary() {
        let nan = [f64::NAN; 3];
        let r = regret_from_best(&Outcomes::new(vec![Column::ran(&nan)], Direction::Higher))
            .expect("well formed");
        assert_eq!((r.summary[0], r.counts.missing), (None, 3));
    }

    #[test]
    fn an_unknown_baseline_is_said() {
        let a = [1.0];
        let outcomes = Outcomes::new(vec![Column::ran(&a)], Direction::Higher);
        let error = regret_from_baseline(&outcomes, Baseline::Option(4)).expect_err("one option only");
        assert_eq!(
            error.to_string(),
            "there is no option 4: the table has 1, counted from 0"
        );
    }
}
