//! Is a quarrel about facts or about values?
//!
//! The disagreement of two sides is what each would lose, by its own beliefs and values, under the option that the other prefers, summed.
//! It is split by letting the sides share beliefs, or values, or both (then nothing is left): what goes away when beliefs are shared,
//! before and after values are, on average, is due to facts; the rest to values (the Shapley value of the two causes). Shared beliefs
//! may be either side's; the mean of both is taken, and likewise for values.

use serde::{Deserialize, Serialize};

use crate::comparison::Score;
use crate::numbers::sum::mean;
use crate::table::{Column, Counts, TableError, compared, same_length};

/// One side of a quarrel.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The futures it believes possible; all when `None`.
    pub believes: Option<&'a [bool]>,
    /// What it values: the score of every option in every future of the table, in its beliefs or not.
    pub values: &'a [Score],
}

/// How far two sides are apart, in units of score, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disagreement {
    /// What the numbers rest on: futures that either side believes possible and in which both can score every option.
    pub counts: Counts,
    /// The option the first side prefers (the first of equals); none when no future it believes in can be scored.
    pub a_prefers: Option<usize>,
    /// The option the second side prefers.
    pub b_prefers: Option<usize>,
    /// The first side's loss under the other's preferred option, by its own beliefs and values; none without preferences.
    pub a_loses: Option<f64>,
    /// The second side's loss.
    pub b_loses: Option<f64>,
    /// Both losses together: `facts + values`.
    pub total: Option<f64>,
    /// What goes away by sharing beliefs.
    pub facts: Option<f64>,
    /// What goes away by sharing values.
    pub values: Option<f64>,
}

/// Measures and splits a disagreement.
pub fn disagreement(a: &Side, b: &Side) -> Result<Disagreement, TableError> {
    same_length("the second side's scores", a.values.len(), b.values.len())?;
    let futures = a.values.first().ok_or(TableError::NoOptions)?.values.len();
    let mask = |side: &Side| -> Result<Vec<bool>, TableError> {
        let mask = side.believes.map_or(vec![true; futures], <[bool]>::to_vec);
        same_length("the mask of futures", futures, mask.len()).map(|()| mask)
    };
    let (in_a, in_b) = (mask(a)?, mask(b)?);
    let either: Vec<bool> = in_a.iter().zip(&in_b).map(|(a, b)| a | b).collect();
    let columns: Vec<Column> = a.values.iter().chain(b.values).map(Score::column).collect();
    let mut found = compared(&columns, Some(&either))?;
    found.counts.by_option.truncate(0);
    let rows = |mask: &[bool]| {
        found
            .rows
            .iter()
            .copied()
            .filter(|&r| mask[r])
            .collect::<Vec<usize>>()
    };
    let (rows_a, rows_b) = (rows(&in_a), rows(&in_b));
    let mut result = Disagreement {
        counts: found.counts,
        a_prefers: None,
        b_prefers: None,
        a_loses: None,
        b_loses: None,
        total: None,
        facts: None,
        values: None,
    };
    if rows_a.is_empty() || rows_b.is_empty() {
        return Ok(result);
    }
    // Mean scores by whose beliefs and whose values.
    let means = |rows: &[usize], values: &[Score]| -> Vec<f64> {
        values
            .iter()
            .map(|s| mean(&rows.iter().map(|&r| s.values[r]).collect::<Vec<f64>>()))
            .collect()
    };
    let view = [
        [means(&rows_a, a.values), means(&rows_a, b.values)],
        [means(&rows_b, a.values), means(&rows_b, b.values)],
    ];
    // (beliefs, values) of each side: 0 for the first side's, 1 for the second's.
    let apart = |one: (usize, usize), other: (usize, usize)| {
        let (x, y) = (&view[one.0][one.1], &view[other.0][other.1]);
        loss(x, preferred(y)) + loss(y, preferred(x))
    };
    let total = apart((0, 0), (1, 1));
    let beliefs_shared = (apart((0, 0), (0, 1)) + apart((1, 0), (1, 1))) / 2.0;
    let values_shared = (apart((0, 0), (1, 0)) + apart((0, 1), (1, 1))) / 2.0;
    let (first, second) = (preferred(&view[0][0]), preferred(&view[1][1]));
    result.a_prefers = Some(first);
    result.b_prefers = Some(second);
    result.a_loses = Some(loss(&view[0][0], second));
    result.b_loses = Some(loss(&view[1][1], first));
    result.total = Some(total);
    result.facts = Some((total - beliefs_shared + values_shared) / 2.0);
    result.values = Some((total - values_shared + beliefs_shared) / 2.0);
    Ok(result)
}

/// The option of the largest mean, the first of equals.
fn preferred(means: &[f64]) -> usize {
    (0..means.len()).fold(0, |best, o| if means[o] > means[best] { o } else { best })
}

fn loss(means: &[f64], option: usize) -> f64 {
    means[preferred(means)] - means[option]
}
