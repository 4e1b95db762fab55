//! How often the factors of a box come back when PRIM sees only part of the futures (Bryant and Lempert, 2010).

use serde::{Deserialize, Serialize};

use super::search::Search;
use super::{PrimBox, PrimError, PrimOptions, check, valued};
use crate::numbers::random::Stream;
use crate::slices::{Factor, Sorted};

/// How often one factor was restricted again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reproduced {
    /// The share of resamples whose box of most similar coverage restricts the factor.
    pub at_coverage: f64,
    /// The same at most similar density.
    pub at_density: f64,
}

/// Seeks the first box again in `resamples` random parts of the futures, each of the given share, and says for each factor how
/// often it is restricted in the box most like `like`.
pub fn reproduce(
    factors: &[Factor],
    of_interest: &[Option<bool>],
    options: &PrimOptions,
    like: &PrimBox,
    (resamples, share, seed): (usize, f64, u64),
) -> Result<Vec<Reproduced>, PrimError> {
    check(factors, of_interest, options)?;
    let rows = valued(factors, of_interest);
    if resamples == 0 || !(share > 0.0 && share <= 1.0) {
        return Err(PrimError::Resample { resamples, share });
    }
    let sorted: Vec<Sorted> = factors.iter().map(|f| Sorted::new(*f)).collect();
    let sorted: Vec<&Sorted> = sorted.iter().collect();
    let mut found = vec![Reproduced::default(); factors.len()];
    let size = (rows.len() as f64 * share) as usize;
    for resample in 0..resamples {
        let mut part: Vec<usize> = Stream::new(seed, resample as u64).permutation(rows.len());
        part.truncate(size);
        part.sort_unstable();
        let part: Vec<usize> = part.into_iter().map(|i| rows[i]).collect();
        let boxes = Search::new(&sorted, of_interest, &part).trajectory(options);
        // The first of equally near boxes.
        let nearest = |of: fn(&PrimBox) -> f64| {
            boxes
                .iter()
                .min_by(|x, y| (of(x) - of(like)).abs().total_cmp(&(of(y) - of(like)).abs()))
        };
        for limit in nearest(|b| b.coverage).iter().flat_map(|b| &b.limits) {
            found[limit.factor].at_coverage += 1.0 / resamples as f64;
        }
        for limit in nearest(|b| b.density).iter().flat_map(|b| &b.limits) {
            found[limit.factor].at_density += 1.0 / resamples as f64;
        }
    }
    Ok(found)
}
