//! What it would be worth to know an uncertainty before choosing, with equal weight on the tested futures: in the unit of the outcome,
//! never money, and no statement of how likely a future is.
//!
//! EVPI is the mean gain from choosing the best option in every future over the best single option. EVPPI of a set of factors is the
//! same for one who learns those factors only (Raiffa, 1968); [`super::learning`] fits it.

use serde::{Deserialize, Serialize};

use super::learning::{Moments, learning, luck};
use crate::numbers::regression::{LANES, Lanes, Table};
use crate::numbers::sum::{mean, squares};
use crate::slices::{Factor, Sorted, check_factors};
use crate::table::{Counts, Outcomes, TableError};

/// The value of information.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Information {
    /// What the numbers rest on.
    pub counts: Counts,
    /// The option that is best on average, chosen without knowing; none when no future was compared.
    pub best: Option<usize>,
    /// Of knowing everything.
    pub perfect: Option<PerfectInformation>,
    /// Of knowing each set of factors asked for, in order.
    pub partial: Vec<PartialInformation>,
}

/// The value of knowing everything.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PerfectInformation {
    /// The mean gain, in the unit of the outcome.
    pub value: f64,
    /// Its standard error; none for one future.
    pub standard_error: Option<f64>,
}

/// The value of knowing some factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartialInformation {
    /// The factors.
    pub factors: Vec<usize>,
    /// Futures left out here because a factor has no value in them.
    pub without_value: usize,
    /// The mean gain with its bias taken out; for a factor without influence it may come out below zero. None when there are fewer than
    /// ten futures for every fitted term, or two.
    pub value: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// The mean gain as first estimated, too large by chance.
    pub uncorrected: Option<f64>,
}

/// Computes the value of perfect information and that of each set of factors.
pub fn information(
    outcomes: &Outcomes,
    factors: &[Factor],
    sets: &[Vec<usize>],
) -> Result<Information, TableError> {
    check_factors(factors, outcomes.futures())?;
    let choice = Choice::new(outcomes)?;
    let sorted: Vec<Sorted> = if sets.is_empty() {
        Vec::new()
    } else {
        factors.iter().map(|factor| Sorted::new(*factor)).collect()
    };
    let mut found = choice.information();
    for set in sets {
        found.partial.extend(learning(&[&choice], &sorted, set)?);
    }
    Ok(found)
}

/// The choice among options before anything is learnt: made ready once, for any number of questions about what learning is worth.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Futures in the table, compared or not.
    pub(super) futures: usize,
    /// Futures that are compared.
    pub(super) rows: Vec<usize>,
    /// How much better each other option does than the best on average, by future, about its mean.
    pub(super) gaps: Table,
    pub(super) means: Vec<Lanes>,
    /// The options behind the gaps.
    pub(super) others: usize,
    pub(super) moments: Moments,
    /// Standard normal numbers for each of them.
    pub(super) luck: Vec<Vec<f64>>,
    counts: Counts,
    best: Option<usize>,
    perfect: Option<PerfectInformation>,
}

impl Choice {
    /// Who is best on average, and how far the others are from it in every future.
    pub fn new(outcomes: &Outcomes) -> Result<Self, TableError> {
        let compared = outcomes.compared()?;
        let rows = compared.rows;
        let futures = outcomes.futures();
        let options = outcomes.columns.len();
        let others = options - 1;
        let mut gaps = Table::zeros(futures, others);
        let mut middles = vec![[0.0; LANES]; gaps.parts];
        let columns: Vec<Vec<f64>> = (0..options)
            .map(|o| rows.iter().map(|&r| outcomes.oriented(o, r)).collect())
            .collect();
        let means: Vec<f64> = columns.iter().map(|column| mean(column)).collect();
        // The first of equals.
        let best = (0..options).fold(0, |best, o| if means[o] > means[best] { o } else { best });
        let mut gains = vec![0.0_f64; rows.len()];
        for (place, option) in (0..options).filter(|o| *o != best).enumerate() {
            let middle = means[option] - means[best];
            middles[place / LANES][place % LANES] = middle;
            for (at, &row) in rows.iter().enumerate() {
                let gap = columns[option][at] - columns[best][at];
                gains[at] = gains[at].max(gap);
                gaps.set(row, place, gap - middle);
            }
        }
        let perfect = PerfectInformation {
            value: mean(&gains),
            standard_error: standard_error(&gains),
        };
        let some = !rows.is_empty();
        Ok(Choice {
            futures,
            moments: Moments::new(&gaps, &middles, others, rows.iter().copied()),
            luck: luck(others),
            gaps,
            means: middles,
            others,
            counts: compared.counts,
            best: some.then_some(best),
            perfect: some.then_some(perfect),
            rows,
        })
    }

    /// What it would be worth to know everything; of no set of factors yet.
    pub fn information(&self) -> Information {
        Information {
            counts: self.counts.clone(),
            best: self.best,
            perfect: self.perfect,
            partial: Vec::new(),
        }
    }
}

fn standard_error(values: &[f64]) -> Option<f64> {
    let n = values.len();
    (n > 1).then(|| (squares(values, mean(values)) / (n - 1) as f64 / n as f64).sqrt())
}
