//! From counts to words: who leads clearly, who is merely ahead, what is too close to call.

use study::findings::{Flip, Hinge, Verdict};

/// Who is in front in a part of the futures (a cell of a map, a slice of a range).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// Too few futures to say.
    Few,
    /// The first two are as near as chance makes them.
    Tie,
    /// This policy leads more often than any other, but most often nobody does.
    Ahead(usize),
    /// This policy leads more often than any other, and more often than nobody does.
    Clear(usize),
}

/// Fewer futures than this say nothing.
const FEW: u64 = 10;

/// Judges a part of the futures by its counts. The first two are a tie when the Wilson intervals of their shares overlap.
pub(crate) fn front(count: u64, leads: &[u64]) -> Front {
    if count < FEW {
        return Front::Few;
    }
    let (mut best, mut first, mut second) = (0, 0, 0);
    for (policy, &lead) in leads.iter().enumerate() {
        if lead > first {
            (best, second, first) = (policy, first, lead);
        } else if lead > second {
            second = lead;
        }
    }
    let share = |lead: u64| analysis::share(lead as usize, count as usize);
    if share(first).low <= share(second).high {
        return Front::Tie;
    }
    let close = count.saturating_sub(leads.iter().sum());
    if close >= first {
        Front::Ahead(best)
    } else {
        Front::Clear(best)
    }
}

/// The verdict on an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Headline {
    /// One policy leads, and more often than nobody does.
    Leads(usize),
    /// Nobody leads most often; among the rest this policy does.
    MostlyClose(usize),
    /// The first two cannot be told apart.
    TooClose(usize, usize),
    /// There is only one policy, or no policy ever leads.
    Nobody,
}

/// Judges a verdict. Its `leader` is set only when a policy leads beyond chance and more often than nobody does.
pub(crate) fn headline(verdict: &Verdict) -> Headline {
    let lead = |policy: usize| &verdict.leads[policy];
    match (verdict.leader, verdict.ranking.as_slice()) {
        (Some(leader), _) => Headline::Leads(leader),
        (None, &[first, ref rest @ ..]) if lead(first).count > 0 => match rest.first() {
            Some(&second) if lead(first).low <= lead(second).high => Headline::TooClose(first, second),
            _ => Headline::MostlyClose(first),
        },
        _ => Headline::Nobody,
    }
}

/// A change of leader on the way out from the middle of an assumption's range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Change<'a> {
    /// Along which assumption.
    pub(crate) hinge: &'a Hinge,
    /// Where, from whom to whom.
    pub(crate) flip: Flip,
    /// How far from the middle of what was tested: share of futures between, 0 to 0.5.
    pub(crate) distance: f64,
}

/// All changes of leader along single assumptions, nearest to the middle first (ties in the order of the hinges).
pub(crate) fn changes(hinges: &[Hinge]) -> Vec<Change<'_>> {
    let mut changes: Vec<Change> = Vec::new();
    for hinge in hinges {
        for &flip in &hinge.flips {
            changes.push(Change {
                hinge,
                flip,
                distance: (share_below(hinge, flip.at) - 0.5).abs(),
            });
        }
    }
    changes.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    changes
}

/// Share of the futures of a hinge's slices that lie below a value.
fn share_below(hinge: &Hinge, value: f64) -> f64 {
    let total: u64 = hinge.slices.iter().map(|slice| slice.count).sum();
    if total == 0 {
        return 0.5;
    }
    let mut below = 0.0;
    for slice in &hinge.slices {
        let part = if value >= slice.high && value > slice.low {
            1.0
        } else if value <= slice.low {
            0.0
        } else {
            (value - slice.low) / (slice.high - slice.low)
        };
        below += part * slice.count as f64;
    }
    below / total as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::findings::Slice;

    #[test]
    fn a_part_of_the_futures_is_judged_by_its_counts() {
        let check =
            |count, leads: &[u64], expected| assert_eq!(front(count, leads), expected, "{count} {leads:?}");
        check(9, &[9, 0], Front::Few);
        check(100, &[30, 29, 0], Front::Tie);
        check(100, &[0, 0, 0], Front::Tie);
        check(100, &[10, 60, 5], Front::Clear(1));
        check(100, &[20, 2, 0], Front::Ahead(0));
        check(100, &[1, 1, 50], Front::Clear(2));
    }

    #[test]
    fn the_nearest_change_comes_first() {
        let slice = |low, high| Slice {
            low,
            high,
            count: 50,
            leads: vec![0, 0],
        };
        let hinge = |uncertainty, at| Hinge {
            uncertainty,
            share: 0.1,
            share_error: 0.01,
            gap_low: -1.0,
            gap_high: 1.0,
            slices: vec![slice(0.0, 1.0), slice(1.0, 10.0)],
            flips: vec![Flip {
                at,
                below: Some(0),
                above: Some(1),
            }],
        };
        let hinges = [hinge(0, 10.0), hinge(1, 1.9), hinge(2, 0.8)];
        let order: Vec<(usize, f64)> = changes(&hinges)
            .iter()
            .map(|change| (change.hinge.uncertainty, change.distance))
            .collect();
        assert_eq!(order.iter().map(|c| c.0).collect::<Vec<_>>(), [1, 2, 0]);
        assert!((order[0].1 - 0.05).abs() < 1e-9);
        assert!((order[2].1 - 0.5).abs() < 1e-9);
    }
}
