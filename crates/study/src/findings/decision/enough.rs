//! Whether there were enough futures.

use analysis::half_width;

use super::super::verdict::ENOUGH;
use super::super::{CampView, Share, Verdict};
use super::Enough;
use crate::case::Case;

/// Whether every count of the first sentences is sure enough: of the headline outcomes, and of the camps.
pub(in super::super) fn enough(
    case: &Case,
    verdicts: &[Verdict],
    camps: &[CampView],
    accepted: u64,
) -> Enough {
    let headline: Vec<&Verdict> = verdicts
        .iter()
        .filter(|v| v.addon == 0 && case.headline.contains(&v.outcome))
        .collect();
    let unsure: Vec<usize> = headline.iter().filter(|v| !v.enough).map(|v| v.outcome).collect();
    let sure = |share: &Share| share.of > 0 && half_width(part(share), share.of as f64) <= ENOUGH;
    let unsure_camps = camps
        .iter()
        .filter(|view| !counts(view).all(&sure))
        .map(|view| view.camp)
        .collect();
    let needed = |share: &Share| {
        let count = analysis::share(share.count as usize, share.of as usize);
        analysis::needed(&count, ENOUGH).unwrap_or(0) as f64 * accepted as f64 / share.of.max(1) as f64
    };
    let of_camps = camps.iter().flat_map(counts).map(needed).fold(0.0, f64::max);
    Enough {
        enough: unsure.is_empty(),
        enough_at: headline.iter().map(|v| v.enough_at).max().unwrap_or(0),
        unsure,
        unsure_camps,
        camps_enough_at: of_camps.ceil() as u64,
    }
}

/// The counts of a camp's line.
fn counts(view: &CampView) -> impl Iterator<Item = &Share> {
    let ruled_out = |policy: usize| view.struck_out.iter().any(|(out, _)| *out == policy);
    let admitted = view.leads.iter().enumerate();
    admitted
        .filter(move |(policy, share)| !ruled_out(*policy) && share.of > 0)
        .map(|(_, share)| share)
}

fn part(share: &Share) -> f64 {
    share.count as f64 / share.of as f64
}
