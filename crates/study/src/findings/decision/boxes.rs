//! Boxes, told by one to three limits, in which something crowds: PRIM over the uncertainties that explain most of it, then over the few
//! whose limits chance could least have made.

use analysis::prim::{Inside, Limit, Prim, PrimBox, PrimOptions, prim_sorted};
use analysis::{Sliced, Sorted, TableError};

use super::super::Share;
use super::super::claims::Judgement;
use super::super::table::{Compared, Factors};
use super::sample::Sample;
use super::{BoxLimit, ClaimBoxes, FoundBox, OptionBoxes};
use crate::case::{Case, Distribution};
use crate::parallel::each;

/// A sentence holds no more limits than this.
const LIMITS: usize = 3;
/// A box is sought among so many uncertainties: those that alone explain most of what it is about.
pub const BOXES_AMONG: usize = 30;
/// A limit that chance would make as good as this is dropped (the quasi-p value of Bryant and Lempert).
const CHANCE: f64 = 0.05;
/// Where it is so, or is not so, in fewer futures than this, no box is sought.
const FEW: usize = 20;

/// What boxes are sought with.
pub(super) struct Search<'a> {
    pub(super) case: &'a Case,
    pub(super) sample: &'a Sample,
    /// Uncertainties of the sample.
    pub(super) sorted: &'a [Sorted<'a>],
    /// The same in slices.
    pub(super) sliced: &'a [Sliced],
    /// Uncertainties of all futures, in which a box is counted.
    pub(super) factors: &'a Factors<'a>,
}

/// Where each claim that is judged in every future holds and fails.
pub(super) fn of_claims(search: &Search, judgements: &[Judgement], threads: usize) -> Vec<ClaimBoxes> {
    let judged: Vec<(usize, &[Option<bool>])> = judgements
        .iter()
        .enumerate()
        .filter_map(|(claim, judgement)| match judgement {
            Judgement::Futures(holds) => Some((claim, holds.as_slice())),
            Judgement::Evidence | Judgement::Ensemble(_) => None,
        })
        .collect();
    each(threads, judged.len(), |at| {
        let (claim, holds) = judged[at];
        let (holds, fails) = search.both(holds);
        ClaimBoxes { claim, holds, fails }
    })
}

/// Where each policy fails and does well on each headline outcome.
pub(super) fn of_options(
    search: &Search,
    compared: &Compared,
    threads: usize,
) -> Result<Vec<OptionBoxes>, TableError> {
    let case = search.case;
    let mut all = Vec::new();
    for &outcome in &case.headline {
        let values = compared.values(outcome);
        let near = analysis::near_best(&compared.ranked(&values))?;
        all.extend(each(threads, compared.policies.len(), |position| {
            let (does_well, fails) = search.both(&near[position]);
            let judged = near[position].iter().flatten();
            let count = judged.clone().filter(|near| !**near).count();
            OptionBoxes {
                outcome,
                policy: compared.policies[position],
                beaten: analysis::share(count, judged.count()).into(),
                fails,
                does_well,
            }
        }));
    }
    Ok(all)
}

impl Search<'_> {
    /// The box of a statement, and that of its opposite. The statement is none where it cannot be judged.
    fn both(&self, so: &[Option<bool>]) -> (Option<FoundBox>, Option<FoundBox>) {
        let here = self.sample.take(so);
        let judged = here.iter().flatten().count();
        let holds = here.iter().flatten().filter(|so| **so).count();
        if holds < FEW || judged - holds < FEW {
            return (None, None);
        }
        // What explains that it is so explains that it is not. Shapes are right and shares are sound: nothing can be refused.
        let Some(screened) = self.screened(&here) else {
            return (None, None);
        };
        let opposite = |so: &[Option<bool>]| so.iter().map(|so| so.map(|so| !so)).collect::<Vec<_>>();
        (
            self.found(so, &here, &screened),
            self.found(&opposite(so), &opposite(&here), &screened),
        )
    }

    /// The best box that a sentence can tell, if futures in which it is so crowd in it beyond chance; `here` is the sample's part.
    fn found(&self, so: &[Option<bool>], here: &[Option<bool>], screened: &[usize]) -> Option<FoundBox> {
        let options = PrimOptions::default();
        let among = |of: &[usize]| of.iter().map(|&u| &self.sorted[u]).collect::<Vec<&Sorted>>();
        let all = prim_sorted(&among(screened), here, &options).ok()?;
        let few = strongest(best(&all)?);
        if few.is_empty() {
            return None;
        }
        let few: Vec<usize> = few.into_iter().map(|at| screened[at]).collect();
        let again = prim_sorted(&among(&few), here, &options).ok()?;
        let limits: Vec<BoxLimit> = best(&again)?
            .limits
            .iter()
            .map(|limit| self.limit(few[limit.factor], limit, &again))
            .collect();
        let found = self.counted(limits, so);
        (!found.limits.is_empty() && found.inside.low > found.everywhere.high).then_some(found)
    }

    /// The uncertainties that alone explain most of whether it is so, in the order of the case: a box that leaves the others free is
    /// found in a fraction of the time.
    fn screened(&self, so: &[Option<bool>]) -> Option<Vec<usize>> {
        let shares = analysis::statement_hinges(so, &[], self.sliced).ok()?;
        let share = |u: usize| shares[u].share.unwrap_or(f64::NEG_INFINITY);
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by(|&x, &y| share(y).total_cmp(&share(x)));
        order.truncate(BOXES_AMONG);
        order.sort_unstable();
        Some(order)
    }

    /// A limit in the case's own values; a side at the end of what was tested limits nothing.
    fn limit(&self, uncertainty: usize, limit: &Limit, of: &Prim) -> BoxLimit {
        let mut told = BoxLimit {
            uncertainty,
            low: None,
            high: None,
            one_of: Vec::new(),
        };
        match (&limit.inside, &of.ranges[limit.factor].inside) {
            (
                Inside::Range { low, high },
                Inside::Range {
                    low: lowest,
                    high: highest,
                },
            ) => {
                told.low = (low > lowest).then_some(*low);
                told.high = (high < highest).then_some(*high);
            }
            (Inside::Categories(inside), _) => {
                if let Distribution::Categorical { values, .. } =
                    &self.case.uncertainties[uncertainty].distribution
                {
                    told.one_of = inside.iter().map(|&c| values[c as usize]).collect();
                }
            }
            (Inside::Range { .. }, Inside::Categories(_)) => {
                unreachable!("a limit is of the kind of its factor")
            }
        }
        told
    }

    /// A box counted in all futures.
    fn counted(&self, limits: Vec<BoxLimit>, so: &[Option<bool>]) -> FoundBox {
        let mut inside = vec![true; so.len()];
        for limit in &limits {
            let column = self.factors.column(limit.uncertainty);
            for (inside, value) in inside.iter_mut().zip(column) {
                *inside &= limit.low.is_none_or(|low| *value >= low)
                    && limit.high.is_none_or(|high| *value <= high)
                    && (limit.one_of.is_empty() || limit.one_of.contains(value));
            }
        }
        let [mut judged, mut holds, mut judged_inside, mut holds_inside] = [0_usize; 4];
        for (so, inside) in so.iter().zip(&inside) {
            let Some(so) = so else { continue };
            let (so, inside) = (usize::from(*so), usize::from(*inside));
            judged += 1;
            holds += so;
            judged_inside += inside;
            holds_inside += so * inside;
        }
        let share = |count, of| Share::from(analysis::share(count, of));
        FoundBox {
            limits,
            inside: share(holds_inside, judged_inside),
            everywhere: share(holds, judged),
            covers: share(holds_inside, holds),
        }
    }
}

/// Of the boxes on the way, the one that tells best where it is so from where it is not: its share of the one less its share of the
/// other is largest (Youden, 1950). It needs no threshold, and prefers neither thin dense boxes nor wide thin ones.
fn best(prim: &Prim) -> Option<&PrimBox> {
    let others = (prim.futures - prim.of_interest).max(1) as f64;
    let tells = |found: &PrimBox| found.coverage - (found.futures - found.of_interest) as f64 / others;
    let boxes = prim.trajectories.first()?.boxes.iter();
    // The first of equals: the wider one.
    boxes.fold(None, |best: Option<&PrimBox>, found| match best {
        Some(known) if tells(known) >= tells(found) => Some(known),
        _ => Some(found),
    })
}

/// The factors whose limits chance could least have made, in the order of the factors.
fn strongest(found: &PrimBox) -> Vec<usize> {
    let chance = |limit: &Limit| {
        let sides = [limit.quasi_p_low, limit.quasi_p_high].into_iter().flatten();
        sides.fold(1.0, f64::min)
    };
    let mut limits: Vec<(f64, usize)> = found
        .limits
        .iter()
        .map(|limit| (chance(limit), limit.factor))
        .filter(|(chance, _)| *chance < CHANCE)
        .collect();
    limits.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    let mut few: Vec<usize> = limits
        .into_iter()
        .take(LIMITS)
        .map(|(_, factor)| factor)
        .collect();
    few.sort_unstable();
    few
}
