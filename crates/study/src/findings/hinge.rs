//! What a verdict hinges on: shares of the gap's variance, slices, flips, and the map of the two strongest hinges.

use analysis::{Leader, TableError, share};

use super::table::{Compared, Factors};
use super::{Flip, Hinge, Hinges, Slice, WinCell, WinMap};
use crate::case::{Case, Role};
use crate::results::Futures;

/// Bins along a side of a win map.
const MAP_BINS: usize = 12;

/// The two policies whose gap is looked into: the first two of the ranking.
pub(super) fn leading_pair(ranking: &[usize]) -> Option<(usize, usize)> {
    match ranking {
        [a, b, ..] => Some((*a, *b)),
        _ => None,
    }
}

/// What the gap between two policies on an outcome hinges on; uncertainties by falling share.
pub(super) fn hinges(
    compared: &Compared,
    factors: &Factors,
    outcome: usize,
    (a, b): (usize, usize),
) -> Result<Option<Hinges>, TableError> {
    let (Some(first), Some(second)) = (compared.position(a), compared.position(b)) else {
        return Ok(None);
    };
    let values = compared.values(outcome);
    let ranked = compared.ranked(&values);
    let found = analysis::hinges_sliced(&ranked, (first, second), &factors.sliced)?;
    let leaders = analysis::leaders(&ranked)?;
    let mut items = Vec::with_capacity(found.ranking.len());
    for &uncertainty in &found.ranking {
        let hinge = &found.factors[uncertainty];
        let slices = slices(compared, factors, &leaders, uncertainty)?;
        let ends = |slice: Option<&analysis::HingeSlice>| slice.map_or(f64::NAN, |s| s.mean_gap);
        items.push(Hinge {
            uncertainty,
            share: hinge.share.unwrap_or(0.0),
            share_error: hinge.noise.unwrap_or(f64::NAN),
            gap_low: ends(hinge.slices.first()),
            gap_high: ends(hinge.slices.last()),
            flips: flips(&slices),
            slices,
        });
    }
    Ok(Some(Hinges {
        outcome,
        addon: compared.addon,
        a,
        b,
        relative: values.relative(),
        items,
    }))
}

/// Leads of every policy along an uncertainty.
fn slices(
    compared: &Compared,
    factors: &Factors,
    leaders: &[Leader],
    uncertainty: usize,
) -> Result<Vec<Slice>, TableError> {
    let along = analysis::leads_along(leaders, compared.policies.len(), &factors.sliced[uncertainty])?;
    let mut all: Vec<Slice> = Vec::with_capacity(along.len());
    for band in &along {
        let (mut low, high) = factors.ends(uncertainty, band.place);
        // Bands are cut between futures: let them touch half-way, so that the strip has no gaps.
        if let (Some(before), analysis::Place::Range { .. }) = (all.last_mut(), band.place) {
            let middle = before.high + (low - before.high) / 2.0;
            before.high = middle;
            low = middle;
        }
        let leads = compared.spread(band.leads.iter().map(|&n| n as u64));
        all.push(Slice {
            low,
            high,
            count: band.futures as u64,
            leads,
        });
    }
    Ok(all)
}

/// Where the policy with most leads changes from slice to slice. A slice whose first two policies cannot be told apart
/// (their Wilson intervals overlap), or in which most futures are close calls, belongs to nobody.
fn flips(slices: &[Slice]) -> Vec<Flip> {
    let mut all: Vec<Flip> = Vec::new();
    let mut before: Option<(Option<usize>, f64)> = None;
    for slice in slices {
        let leader = slice_leader(slice);
        if let Some((last, edge)) = before
            && last != leader
        {
            all.push(Flip {
                at: edge,
                below: last,
                above: leader,
            });
        }
        before = Some((leader, slice.high));
    }
    all
}

fn slice_leader(slice: &Slice) -> Option<usize> {
    let of = slice.count as usize;
    let mut order: Vec<usize> = (0..slice.leads.len()).collect();
    order.sort_by_key(|&policy| std::cmp::Reverse(slice.leads[policy]));
    let at = |place: usize| order.get(place).map_or(0, |&policy| slice.leads[policy] as usize);
    let led: u64 = slice.leads.iter().sum();
    let clear = share(at(0), of).low > share(at(1), of).high;
    (clear && slice.leads[order[0]] > slice.count - led).then_some(order[0])
}

/// The map of the two strongest hinges that a reader can hold an opinion on.
pub(super) fn map(
    case: &Case,
    futures: &Futures,
    compared: &Compared,
    hinges: &Hinges,
) -> Result<Option<WinMap>, TableError> {
    let mut strongest = hinges
        .items
        .iter()
        .map(|h| h.uncertainty)
        .filter(|&u| case.uncertainties[u].role == Role::Assumption);
    let (Some(x), Some(y)) = (strongest.next(), strongest.next()) else {
        return Ok(None);
    };
    let leaders = analysis::leaders(&compared.ranked(&compared.values(hinges.outcome)))?;
    let (x_bins, y_bins) = (bins(&futures.columns[x]), bins(&futures.columns[y]));
    let empty = WinCell {
        count: 0,
        leads: vec![0; case.policies.len()],
    };
    let mut cells = vec![empty; x_bins.len() * y_bins.len()];
    for (row, leader) in leaders.iter().enumerate() {
        let place = |u: usize, bins: &[(f64, f64)]| bin(bins, futures.columns[u][row]);
        let (Some(ix), Some(iy)) = (place(x, &x_bins), place(y, &y_bins)) else {
            continue;
        };
        let cell = &mut cells[iy * x_bins.len() + ix];
        match leader {
            Leader::NotCompared => continue,
            Leader::Tie => {}
            Leader::Option(position) => cell.leads[compared.policies[*position]] += 1,
        }
        cell.count += 1;
    }
    Ok(Some(WinMap {
        outcome: hinges.outcome,
        addon: hinges.addon,
        x,
        y,
        x_bins,
        y_bins,
        cells,
    }))
}

/// Bins of equal counts along an uncertainty, that touch; one for each value where there are few of them.
fn bins(column: &[f64]) -> Vec<(f64, f64)> {
    let mut sorted: Vec<f64> = column.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    if distinct.len() <= MAP_BINS {
        return distinct.into_iter().map(|v| (v, v)).collect();
    }
    let last = sorted.len() - 1;
    let edge = |k: usize| sorted[k * last / MAP_BINS];
    let mut edges: Vec<f64> = (0..=MAP_BINS).map(edge).collect();
    edges.dedup();
    edges.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

fn bin(bins: &[(f64, f64)], value: f64) -> Option<usize> {
    let discrete = bins.iter().all(|(low, high)| low == high);
    if discrete {
        return bins.iter().position(|(low, _)| *low == value);
    }
    // Half-open bins; the last is closed. Rounding of an edge may not lose a future.
    let at = bins.partition_point(|(low, _)| *low <= value).saturating_sub(1);
    value.is_finite().then_some(at.min(bins.len() - 1))
}
