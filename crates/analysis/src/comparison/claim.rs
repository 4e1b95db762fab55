//! In how many futures a claim holds.

use serde::{Deserialize, Serialize};

use super::share::{Share, share};
use crate::table::{Counts, OptionCounts, Status, TableError, same_length};

/// The share of futures in which a claim holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimShare {
    /// What became of the futures; a claim is one column, so `by_option` has one entry.
    pub counts: Counts,
    /// Futures in which it holds, of those in which it could be judged.
    pub holds: Share,
}

/// Counts the futures in which a claim holds. `holds` is none where it could not be judged; `status` may be empty (every row
/// ran) and `only` restricts the futures looked at.
pub fn claim_share(
    holds: &[Option<bool>],
    status: &[Status],
    only: Option<&[bool]>,
) -> Result<ClaimShare, TableError> {
    if !status.is_empty() {
        same_length("the list of statuses", holds.len(), status.len())?;
    }
    if let Some(mask) = only {
        same_length("the mask of futures", holds.len(), mask.len())?;
    }
    let mut rows = OptionCounts::default();
    let mut count = 0;
    for (future, held) in holds.iter().enumerate() {
        if only.is_some_and(|mask| !mask[future]) {
            continue;
        }
        match (status.get(future).copied().unwrap_or_default(), held) {
            (Status::Rejected, _) => rows.rejected += 1,
            (Status::Broken, _) => rows.broken += 1,
            (Status::Missing, _) | (Status::Ok, None) => rows.missing += 1,
            (Status::Ok, Some(held)) => {
                rows.ok += 1;
                count += usize::from(*held);
            }
        }
    }
    let counts = Counts {
        tested: rows.ok + rows.missing + rows.broken,
        compared: rows.ok,
        missing: rows.missing,
        broken: rows.broken,
        rejected: rows.rejected,
        by_option: vec![rows],
    };
    Ok(ClaimShare {
        holds: share(count, rows.ok),
        counts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_counted() {
        let holds = [Some(true), Some(false), None, Some(true), Some(true), Some(true)];
        let status = [
            Status::Ok,
            Status::Ok,
            Status::Ok,
            Status::Broken,
            Status::Rejected,
            Status::Ok,
        ];
        let all = claim_share(&holds, &status, None).expect("well formed");
        assert_eq!((all.holds.count, all.holds.of), (2, 3));
        let c = &all.counts;
        assert_eq!(
            (c.tested, c.compared, c.missing, c.broken, c.rejected),
            (5, 3, 1, 1, 1)
        );

        let mask = [true, true, false, false, false, false];
        let some = claim_share(&holds, &status, Some(&mask)).expect("well formed");
        assert_eq!((some.holds.count, some.holds.of, some.counts.tested), (1, 2, 2));
    }

    #[test]
    fn a_wrong_length_is_said() {
        let error = claim_share(&[None, None], &[Status::Ok], None).expect_err("one status for two rows");
        assert_eq!(
            error.to_string(),
            "the list of statuses has 1 entries where the columns have 2 rows"
        );
    }
}
