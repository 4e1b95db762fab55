//! SMAA: which values make which option the best (Lahdelma, Hokkanen and Salminen, 1998, "SMAA - stochastic multiobjective
//! acceptability analysis"; ranks: Lahdelma and Salminen, 2001).
//!
//! Weights are drawn evenly from all possible ones, futures are taken in turn.

use serde::{Deserialize, Serialize};

use crate::comparison::{Criterion, ScoreError, check_criteria};
use crate::numbers::random::Stream;
use crate::numbers::special::ln;
use crate::table::{Counts, compared};

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmaaOptions {
    /// How many pairs of weights and a future.
    pub draws: usize,
    /// Any number, 0 too.
    pub seed: u64,
}

impl Default for SmaaOptions {
    fn default() -> Self {
        SmaaOptions {
            draws: 10_000,
            seed: 0,
        }
    }
}

/// Acceptability of every option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acceptability {
    /// What the numbers rest on: a future needs a number of every criterion under every option.
    pub counts: Counts,
    /// Pairs of weights and a future that were drawn; zero when no future was compared.
    pub draws: usize,
    /// One entry per option.
    pub by_option: Vec<OptionAcceptability>,
}

/// Acceptability of one option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionAcceptability {
    /// The share of draws in which it comes first, second and so on; options of equal score share their ranks evenly.
    pub ranks: Vec<f64>,
    /// The mean weights of those who put it first: the values that speak for it. None where it never comes first.
    pub central_weights: Option<Vec<f64>>,
}

/// Draws weights over the criteria (their own weights are not looked at) and ranks the options by weighted score.
pub fn acceptability(
    criteria: &[Criterion],
    only: Option<&[bool]>,
    options: &SmaaOptions,
) -> Result<Acceptability, ScoreError> {
    check_criteria(criteria)?;
    let count = criteria[0].columns.len();
    let all: Vec<_> = criteria.iter().flat_map(|c| c.columns.iter().copied()).collect();
    let mut found = compared(&all, only)?;
    // Per option a future counts by its worst criterion: one column per option with the statuses joined would say the same.
    found.counts.by_option.truncate(0);
    let draws = if found.rows.is_empty() { 0 } else { options.draws };
    let mut ranks = vec![vec![0.0; count]; count];
    let mut weights_of_first = vec![vec![0.0; criteria.len()]; count];
    let mut firsts = vec![0.0; count];
    for draw in 0..draws {
        let future = found.rows[draw % found.rows.len()];
        let weights = even_weights(criteria.len(), Stream::new(options.seed, draw as u64));
        let score = |o: usize| -> f64 {
            criteria
                .iter()
                .zip(&weights)
                .map(|(c, w)| w * c.value.score(c.columns[o].values[future]))
                .sum()
        };
        let scores: Vec<f64> = (0..count).map(score).collect();
        for o in 0..count {
            let better = scores.iter().filter(|s| **s > scores[o]).count();
            let equal = scores.iter().filter(|s| **s == scores[o]).count();
            for rank in &mut ranks[o][better..better + equal] {
                *rank += 1.0 / equal as f64;
            }
            if better == 0 {
                let share = 1.0 / equal as f64;
                firsts[o] += share;
                weights_of_first[o]
                    .iter_mut()
                    .zip(&weights)
                    .for_each(|(sum, w)| *sum += share * w);
            }
        }
    }
    let by_option = (0..count)
        .map(|o| OptionAcceptability {
            ranks: ranks[o].iter().map(|r| r / draws.max(1) as f64).collect(),
            central_weights: (firsts[o] > 0.0)
                .then(|| weights_of_first[o].iter().map(|w| w / firsts[o]).collect()),
        })
        .collect();
    Ok(Acceptability {
        counts: found.counts,
        draws,
        by_option,
    })
}

/// Weights that sum to one, drawn evenly from all such: exponential numbers divided by their sum.
fn even_weights(count: usize, stream: Stream) -> Vec<f64> {
    let parts: Vec<f64> = (0..count as u64).map(|c| -ln(stream.uniform(c))).collect();
    let total: f64 = parts.iter().sum();
    parts.into_iter().map(|p| p / total).collect()
}
