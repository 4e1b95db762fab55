//! What a camp values: outcomes scored between two fixed anchors, weighted, and ranked.
//!
//! The anchors are fixed by the case, never by the options compared, so that an irrelevant option changes no score.

use serde::{Deserialize, Serialize};

use super::leads::{Leads, leads};
use super::regret::{Regret, regret_from_best};
use crate::table::{Column, Direction, Outcomes, Status, TableError, same_length};

/// A straight line from 0 at one anchor to 1 at the other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueFunction {
    /// The outcome that scores 0.
    pub zero: f64,
    /// The outcome that scores 1; it may lie below `zero` where less is better.
    pub one: f64,
    /// Whether outcomes beyond an anchor score as the anchor. Unclipped, they score below 0 or above 1: then a difference counts
    /// the same everywhere, and one outcome far out may outweigh all others.
    pub clipped: bool,
}

impl ValueFunction {
    /// The score of an outcome.
    pub fn score(&self, outcome: f64) -> f64 {
        let score = (outcome - self.zero) / (self.one - self.zero);
        if self.clipped {
            score.clamp(0.0, 1.0)
        } else {
            score
        }
    }
}

/// One outcome as a camp sees it.
#[derive(Clone, Debug)]
pub struct Criterion<'a> {
    /// One column per option.
    pub columns: Vec<Column<'a>>,
    /// How its outcomes are scored.
    pub value: ValueFunction,
    /// Its weight, zero or more; only the proportions between weights matter.
    pub weight: f64,
}

/// Why outcomes cannot be scored.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScoreError {
    /// The table has a wrong shape.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Criteria speak of different options.
    #[error("criterion {criterion} has {found} options where the first has {expected}")]
    Options {
        /// Position of the criterion.
        criterion: usize,
        /// Options of the first.
        expected: usize,
        /// Options found.
        found: usize,
    },
    /// The anchors do not differ or are not finite.
    #[error("the anchors of criterion {criterion} are {zero} and {one}: they must be finite and differ")]
    Anchors {
        /// Position of the criterion.
        criterion: usize,
        /// The anchor that scores 0.
        zero: f64,
        /// The anchor that scores 1.
        one: f64,
    },
    /// A weight is negative or not finite.
    #[error("the weight of criterion {criterion} is {weight}: it must be zero or more")]
    Weight {
        /// Position of the criterion.
        criterion: usize,
        /// The weight.
        weight: f64,
    },
    /// No criterion has a weight above zero.
    #[error("no criterion has a weight above zero: there is nothing to score")]
    NoWeight,
}

/// One option's weighted score in every future.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The score; NaN where it could not be formed.
    pub values: Vec<f64>,
    /// Why not, as the criteria say.
    pub status: Vec<Status>,
}

impl Score {
    /// The score as a column to compare.
    pub fn column(&self) -> Column<'_> {
        Column {
            values: &self.values,
            status: &self.status,
        }
    }
}

/// The weighted score of every option in every future, one entry per option.
///
/// Weights are divided by their sum. A future has no score under an option when any criterion with a weight lacks a finite
/// number. Criteria without weight are not looked at.
pub fn scores(criteria: &[Criterion]) -> Result<Vec<Score>, ScoreError> {
    let total = weigh(criteria)?;
    let options = criteria[0].columns.len();
    let futures = criteria[0]
        .columns
        .first()
        .ok_or(TableError::NoOptions)?
        .values
        .len();
    let mut all = Vec::with_capacity(options);
    for option in 0..options {
        let mut score = vec![0.0; futures];
        let mut status = vec![Status::Ok; futures];
        for (position, criterion) in criteria.iter().enumerate().filter(|(_, c)| c.weight > 0.0) {
            let column = &criterion.columns[option];
            if column.values.len() != futures {
                let found = column.values.len();
                return Err(TableError::Length {
                    column: position * options + option,
                    expected: futures,
                    found,
                }
                .into());
            }
            if !column.status.is_empty() {
                same_length("the list of statuses", futures, column.status.len())?;
            }
            let share = criterion.weight / total;
            for future in 0..futures {
                status[future] = status[future].max(column.status(future));
                score[future] += share * criterion.value.score(column.values[future]);
            }
        }
        for (score, status) in score.iter_mut().zip(&status) {
            if *status != Status::Ok {
                *score = f64::NAN;
            }
        }
        all.push(Score {
            values: score,
            status,
        });
    }
    Ok(all)
}

/// A camp's rules for ranking scores.
#[derive(Clone, Debug)]
pub struct Camp<'a> {
    /// Which options the camp admits, one entry per option; the others are shown but not ranked.
    pub admissible: &'a [bool],
    /// A difference in score of at most this much is too close to call.
    pub margin: f64,
    /// The futures the camp believes possible; all when `None`.
    pub only: Option<&'a [bool]>,
}

/// Who leads in a camp's view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampView {
    /// The admissible options: the entries of `ranked` and `regret` in order.
    pub admissible: Vec<usize>,
    /// Leads among the admissible options; none when there is none.
    pub ranked: Option<Leads>,
    /// Regret of score among the admissible options; none when there is none.
    pub regret: Option<Regret>,
    /// Leads among all options, shown beside it.
    pub unrestricted: Leads,
    /// Regret of score among all options.
    pub unrestricted_regret: Regret,
}

/// Ranks scores (as [`scores`] gives them) in a camp's view: with the options it admits, and beside that with all.
pub fn camp_view(scores: &[Score], camp: &Camp) -> Result<CampView, TableError> {
    same_length(
        "the list of admissible options",
        scores.len(),
        camp.admissible.len(),
    )?;
    let columns = scores.iter().map(Score::column).collect();
    let all = Outcomes {
        columns,
        direction: Direction::Higher,
        margin: camp.margin,
        only: camp.only,
    };
    let admissible: Vec<usize> = (0..scores.len()).filter(|&o| camp.admissible[o]).collect();
    let (ranked, regret) = if admissible.is_empty() {
        (None, None)
    } else {
        let some = all.select(&admissible)?;
        (Some(leads(&some)?), Some(regret_from_best(&some)?))
    };
    Ok(CampView {
        admissible,
        ranked,
        regret,
        unrestricted: leads(&all)?,
        unrestricted_regret: regret_from_best(&all)?,
    })
}

/// Checks criteria, their weights aside.
pub(crate) fn check_criteria(criteria: &[Criterion]) -> Result<(), ScoreError> {
    let expected = criteria.first().ok_or(ScoreError::NoWeight)?.columns.len();
    for (criterion, c) in criteria.iter().enumerate() {
        if c.columns.len() != expected {
            return Err(ScoreError::Options {
                criterion,
                expected,
                found: c.columns.len(),
            });
        }
        let ValueFunction { zero, one, .. } = c.value;
        if !zero.is_finite() || !one.is_finite() || zero == one {
            return Err(ScoreError::Anchors { criterion, zero, one });
        }
    }
    Ok(())
}

/// Checks criteria and returns the sum of weights.
fn weigh(criteria: &[Criterion]) -> Result<f64, ScoreError> {
    check_criteria(criteria)?;
    let mut total = 0.0;
    for (criterion, c) in criteria.iter().enumerate() {
        if !c.weight.is_finite() || c.weight < 0.0 {
            return Err(ScoreError::Weight {
                criterion,
                weight: c.weight,
            });
        }
        total += c.weight;
    }
    if total > 0.0 {
        Ok(total)
    } else {
        Err(ScoreError::NoWeight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEATHS: ValueFunction = ValueFunction {
        zero: 100.0,
        one: 0.0,
        clipped: true,
    };
    const MONEY: ValueFunction = ValueFunction {
        zero: 0.0,
        one: 10.0,
        clipped: false,
    };

    fn check(value: ValueFunction, outcome: f64, expected: f64) {
        assert_eq!(value.score(outcome), expected, "{value:?} of {outcome}");
    }

    #[test]
    fn anchors() {
        check(DEATHS, 100.0, 0.0);
        check(DEATHS, 25.0, 0.75);
        check(DEATHS, 140.0, 0.0);
        check(DEATHS, -5.0, 1.0);
        check(MONEY, 5.0, 0.5);
        check(MONEY, 20.0, 2.0);
        check(MONEY, -10.0, -1.0);
    }

    #[test]
    fn weighted_and_ranked_by_hand() {
        static D: [[f64; 3]; 2] = [[50.0, 0.0, 100.0], [0.0, 50.0, 0.0]];
        static M: [[f64; 3]; 2] = [[10.0, 0.0, f64::NAN], [0.0, 0.0, 10.0]];
        let criterion = |columns: &'static [[f64; 3]; 2], value, weight| Criterion {
            columns: columns.iter().map(|c| Column::ran(c)).collect(),
            value,
            weight,
        };
        let s = scores(&[criterion(&D, DEATHS, 3.0), criterion(&M, MONEY, 1.0)]).expect("well formed");
        assert_eq!(s[0].values[..2], [0.625, 0.75]);
        assert!(s[0].values[2].is_nan() && s[0].status[2] == Status::Missing);
        assert_eq!(s[1].values, [0.75, 0.375, 1.0]);

        let camp = Camp {
            admissible: &[true, true],
            margin: 0.1,
            only: None,
        };
        let view = camp_view(&s, &camp).expect("well formed");
        let ranked = view.ranked.expect("two options");
        assert_eq!(
            (ranked.by_option[0].leads.count, ranked.by_option[1].leads.count),
            (1, 1)
        );
        assert_eq!(ranked.counts.missing, 1);

        // Struck out: the second is not ranked, and stands in the unrestricted row.
        let strict = Camp {
            admissible: &[true, false],
            ..camp.clone()
        };
        let view = camp_view(&s, &strict).expect("well formed");
        assert_eq!(view.admissible, [0]);
        assert_eq!(view.ranked.expect("one option").by_option[0].leads.count, 2);
        assert_eq!(view.unrestricted.by_option[1].leads.count, 1);

        let none = Camp {
            admissible: &[false, false],
            ..camp
        };
        assert_eq!(camp_view(&s, &none).expect("well formed").ranked, None);

        // Without weight a criterion is not looked at, so its gap does not matter.
        let s = scores(&[criterion(&D, DEATHS, 1.0), criterion(&M, MONEY, 0.0)]).expect("well formed");
        assert_eq!(s[0].values, [0.5, 1.0, 0.0]);
    }

    #[test]
    fn what_is_refused() {
        let x = [1.0];
        let c = |value, weight| Criterion {
            columns: vec![Column::ran(&x)],
            value,
            weight,
        };
        let flat = ValueFunction { one: 100.0, ..DEATHS };
        assert!(matches!(
            scores(&[c(flat, 1.0)]),
            Err(ScoreError::Anchors { criterion: 0, .. })
        ));
        assert!(matches!(
            scores(&[c(DEATHS, -1.0)]),
            Err(ScoreError::Weight { .. })
        ));
        assert!(matches!(scores(&[c(DEATHS, 0.0)]), Err(ScoreError::NoWeight)));
        assert!(matches!(scores(&[]), Err(ScoreError::NoWeight)));
        let two = Criterion {
            columns: vec![Column::ran(&x); 2],
            value: DEATHS,
            weight: 1.0,
        };
        assert!(matches!(
            scores(&[c(DEATHS, 1.0), two]),
            Err(ScoreError::Options { criterion: 1, .. })
        ));
    }
}
