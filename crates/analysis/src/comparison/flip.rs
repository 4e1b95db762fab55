//! The smallest change of one assumption that makes another option lead, read off the tested futures.
//!
//! Along each factor the futures are cut into bands; in a band the option with the best mean outcome leads if it is ahead by
//! more than the margin and by more than three times the standard error of the difference, so that chance hardly ever makes a flip. The flip
//! nearest to a reference point is the answer; its distance is a share of the factor's tested range.

use serde::{Deserialize, Serialize};

use super::leads::{Leader, leader_counts};
use crate::numbers::sum::{squares, sum};
use crate::slices::{Factor, Place, Slice, Sliced, check_factors, check_sliced, slices, suitable};
use crate::table::{Compared, Counts, Outcomes, TableError};

/// Who leads along one factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Along {
    /// What the numbers rest on.
    pub counts: Counts,
    /// Compared futures left out here because the factor has no value in them.
    pub without_value: usize,
    /// The bands in order of the factor.
    pub bands: Vec<Band>,
}

/// One band of a factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Where it lies.
    pub place: Place,
    /// The mean of the factor inside (the category's number for a category).
    pub centre: f64,
    /// Futures inside.
    pub futures: usize,
    /// Futures inside in which each option leads.
    pub leads: Vec<usize>,
    /// Futures inside too close to call.
    pub ties: usize,
    /// The mean outcome of each option inside.
    pub means: Vec<f64>,
    /// Who leads by mean outcome.
    pub leader: Leader,
}

/// The nearest change of leader along one factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// Position of the factor.
    pub factor: usize,
    /// Who leads at the reference point.
    pub from: usize,
    /// Who leads beyond the flip.
    pub to: usize,
    /// Where: a value, or the category with the other leader.
    pub at: f64,
    /// Whether the other option leads above `at` (true) or below it (false); true for a category.
    pub above: bool,
    /// How far from the reference point, as a share of the tested range; 1 for another category.
    pub distance: f64,
}

/// Who leads along a factor, in `count` bands (by default the cube root of the number of futures, 2 to 32).
pub fn along(outcomes: &Outcomes, factor: &Factor, count: Option<usize>) -> Result<Along, TableError> {
    let compared = outcomes.compared()?;
    check_factors(&[*factor], outcomes.futures())?;
    let count = count.unwrap_or_else(|| suitable(compared.rows.len())).max(1);
    Ok(bands(outcomes, &compared, factor, count))
}

/// One slice of a factor, and who leads in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadSlice {
    /// Where it lies.
    pub place: Place,
    /// Compared futures inside.
    pub futures: usize,
    /// Futures inside in which each option leads; the rest are too close to call.
    pub leads: Vec<usize>,
}

/// Who leads along a factor that was cut before, from the leader of every future (as [`super::leaders`] gives it). Slices without a
/// compared future are left out.
pub fn leads_along(
    leaders: &[Leader],
    options: usize,
    factor: &Sliced,
) -> Result<Vec<LeadSlice>, TableError> {
    check_sliced(std::slice::from_ref(factor), leaders.len())?;
    let mut all: Vec<LeadSlice> = factor
        .places()
        .map(|place| LeadSlice {
            place,
            futures: 0,
            leads: vec![0; options],
        })
        .collect();
    for (row, leader) in leaders.iter().enumerate() {
        let (Some(slice), false) = (factor.of(row), *leader == Leader::NotCompared) else {
            continue;
        };
        all[slice].futures += 1;
        if let Leader::Option(option) = leader {
            all[slice].leads[*option] += 1;
        }
    }
    all.retain(|slice| slice.futures > 0);
    Ok(all)
}

/// The nearest flip along each factor, nearest first; factors along which the leader never changes are left out.
///
/// `reference` has one value per factor (a category's number for a categorical one): where the reader stands. Where the band
/// there has no leader, the nearest band that has one is taken as the start.
pub fn flips(
    outcomes: &Outcomes,
    factors: &[Factor],
    reference: &[f64],
    count: Option<usize>,
) -> Result<Vec<Flip>, TableError> {
    let compared = outcomes.compared()?;
    check_factors(factors, outcomes.futures())?;
    crate::table::same_length("the reference point", factors.len(), reference.len())?;
    let count = count.unwrap_or_else(|| suitable(compared.rows.len())).max(1);
    let mut all: Vec<Flip> = Vec::new();
    for (position, (factor, &stand)) in factors.iter().zip(reference).enumerate() {
        let bands = bands(outcomes, &compared, factor, count).bands;
        let found = match factor {
            Factor::Numeric(_) | Factor::Integer(_) => nearest(outcomes, &bands, stand),
            Factor::Categorical { .. } => other_category(&bands, stand),
        };
        all.extend(found.map(|flip| Flip {
            factor: position,
            ..flip
        }));
    }
    all.sort_by(|x, y| x.distance.total_cmp(&y.distance));
    Ok(all)
}

fn bands(outcomes: &Outcomes, compared: &Compared, factor: &Factor, count: usize) -> Along {
    bands_of(outcomes, compared, &slices(factor, &compared.rows, count))
}

fn bands_of(outcomes: &Outcomes, compared: &Compared, sliced: &Sliced) -> Along {
    let parts = sliced.group(&compared.rows);
    let used: usize = parts.iter().map(Vec::len).sum();
    // A factor that was cut over more futures than are compared here may have slices without any.
    let filled = sliced
        .slices
        .iter()
        .zip(&parts)
        .filter(|(_, rows)| !rows.is_empty());
    let bands = filled.map(|(slice, rows)| band(outcomes, slice, rows)).collect();
    Along {
        counts: compared.counts.clone(),
        without_value: compared.rows.len() - used,
        bands,
    }
}

fn band(outcomes: &Outcomes, slice: &Slice, rows: &[usize]) -> Band {
    let n = rows.len();
    let (leads, ties) = leader_counts(outcomes, rows);
    let means: Vec<f64> = outcomes
        .columns
        .iter()
        .map(|c| sum(rows.iter().map(|&r| c.values[r])) / n as f64)
        .collect();
    let mut order: Vec<usize> = (0..means.len()).collect();
    let key = |o: usize| outcomes.direction.oriented(means[o]);
    order.sort_by(|&x, &y| key(y).total_cmp(&key(x)));
    let leader = match order[..] {
        [only] => Leader::Option(only),
        [first, second, ..] => {
            let gap: Vec<f64> = rows
                .iter()
                .map(|&r| outcomes.oriented(first, r) - outcomes.oriented(second, r))
                .collect();
            let ahead = key(first) - key(second);
            let error = (squares(&gap, ahead) / (n.max(2) - 1) as f64 / n as f64).sqrt();
            if n > 1 && ahead > outcomes.margin.max(3.0 * error) {
                Leader::Option(first)
            } else {
                Leader::Tie
            }
        }
        [] => Leader::Tie,
    };
    Band {
        place: slice.place,
        centre: slice.centre,
        futures: n,
        leads,
        ties,
        means,
        leader,
    }
}

fn led(band: &Band) -> Option<usize> {
    match band.leader {
        Leader::Option(option) => Some(option),
        Leader::Tie | Leader::NotCompared => None,
    }
}

/// The nearest band to either side with another leader than at `stand`.
fn nearest(outcomes: &Outcomes, bands: &[Band], stand: f64) -> Option<Flip> {
    let ends = |b: &Band| match b.place {
        Place::Range { low, high } => (low, high),
        Place::Category(c) => (f64::from(c), f64::from(c)),
    };
    let range = ends(bands.last()?).1 - ends(bands.first()?).0;
    let gap = |b: &Band| {
        let (low, high) = ends(b);
        (low - stand).max(stand - high).max(0.0)
    };
    let start = (0..bands.len())
        .filter(|&i| led(&bands[i]).is_some())
        .min_by(|&i, &j| gap(&bands[i]).total_cmp(&gap(&bands[j])))?;
    let from = led(&bands[start])?;
    let other = |i: &usize| led(&bands[*i]).is_some_and(|o| o != from);
    let up = (start + 1..bands.len()).find(other);
    let down = (0..start).rev().find(other);
    let flip = |band: usize, above: bool| {
        let to = led(&bands[band])?;
        // The last band on the way in which `from` is still ahead of `to`, and the next.
        let ahead = |i: usize| {
            outcomes.direction.oriented(bands[i].means[from])
                - outcomes.direction.oriented(bands[i].means[to])
        };
        let path: Vec<usize> = if above {
            (start..=band).collect()
        } else {
            (band..=start).rev().collect()
        };
        let step = path
            .windows(2)
            .find(|w| ahead(w[0]) > 0.0 && ahead(w[1]) <= 0.0)?;
        let (x, y, g, h) = (
            bands[step[0]].centre,
            bands[step[1]].centre,
            ahead(step[0]),
            ahead(step[1]),
        );
        let at = x + (y - x) * (g / (g - h));
        let distance = if range > 0.0 {
            (at - stand).abs() / range
        } else {
            0.0
        };
        Some(Flip {
            factor: 0,
            from,
            to,
            at,
            above,
            distance,
        })
    };
    let found = [up.and_then(|b| flip(b, true)), down.and_then(|b| flip(b, false))];
    found
        .into_iter()
        .flatten()
        .min_by(|x, y| x.distance.total_cmp(&y.distance))
}

/// The first category with another leader than that of category `stand`.
fn other_category(bands: &[Band], stand: f64) -> Option<Flip> {
    let here = bands.iter().find(|b| b.centre == stand)?;
    let from = led(here)?;
    let there = bands.iter().find(|b| led(b).is_some_and(|o| o != from))?;
    Some(Flip {
        factor: 0,
        from,
        to: led(there)?,
        at: there.centre,
        above: true,
        distance: 1.0,
    })
}
