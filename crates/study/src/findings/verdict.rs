//! Who leads on an outcome, and how safely.

use analysis::{TableError, half_width, needed};

use super::table::Compared;
use super::{OptionRobustness, QUANTILES, Share, Verdict};
use crate::case::Case;
use crate::parallel::each;
use crate::results::{OptionId, Results};

/// A headline count is sure enough when its 95 % interval lies within 2 of 100 to either side.
pub(super) const ENOUGH: f64 = 0.02;

/// Verdicts for every add-on and outcome.
pub fn verdicts(case: &Case, results: &Results, threads: usize) -> Result<Vec<Verdict>, TableError> {
    let compared: Vec<Compared> = (0..case.addons.len())
        .map(|addon| Compared::new(case, results, addon))
        .filter(|compared| !compared.policies.is_empty())
        .collect();
    let outcomes = case.outcomes.len();
    let answers = each(threads, compared.len() * outcomes, |at| {
        verdict(&compared[at / outcomes], at % outcomes)
    });
    answers.into_iter().collect()
}

fn verdict(compared: &Compared, outcome: usize) -> Result<Verdict, TableError> {
    let values = compared.values(outcome);
    let ranked = compared.ranked(&values);
    let found = analysis::leads(&ranked)?;
    let leads = compared.spread(found.by_option.iter().map(|o| Share::from(o.leads)));
    let near_best = compared.spread(found.by_option.iter().map(|o| Share::from(o.near_best)));
    let mut pairs = vec![vec![Share::default(); leads.len()]; leads.len()];
    for pair in analysis::pairs(&ranked)? {
        let (a, b) = (compared.policies[pair.a], compared.policies[pair.b]);
        pairs[a][b] = pair.a_better.into();
        pairs[b][a] = pair.b_better.into();
    }
    let mut ranking = compared.policies.clone();
    ranking.sort_by_key(|&policy| std::cmp::Reverse(leads[policy].count));
    let close_calls = Share::from(found.ties);
    let leader = leader(&leads, &ranking, close_calls);
    let shares = found.by_option.iter().map(|o| o.leads).chain([found.ties]);
    let enough = |share: &analysis::Share| {
        share
            .share
            .is_some_and(|p| half_width(p, share.of as f64) <= ENOUGH)
    };
    let shares: Vec<analysis::Share> = shares.collect();
    Ok(Verdict {
        outcome,
        addon: compared.addon,
        leads,
        close_calls,
        near_best,
        pairs,
        leader,
        ranking,
        enough: shares.iter().all(enough),
        enough_at: shares.iter().filter_map(|s| needed(s, ENOUGH)).max().unwrap_or(0) as u64,
    })
}

/// The policy with most leads, when that is more than chance: its interval lies above the second's, and more futures have
/// it in the lead than have nobody.
fn leader(leads: &[Share], ranking: &[usize], close_calls: Share) -> Option<usize> {
    let (&first, rest) = ranking.split_first()?;
    let clear = rest
        .first()
        .is_none_or(|&second| leads[first].low > leads[second].high);
    (clear && leads[first].count > close_calls.count).then_some(first)
}

/// Quantiles, regret and the robustness measures of every option on every outcome.
pub(super) fn robustness(
    case: &Case,
    results: &Results,
    threads: usize,
) -> Result<Vec<OptionRobustness>, TableError> {
    let compared: Vec<Compared> = (0..case.addons.len())
        .map(|addon| Compared::new(case, results, addon))
        .filter(|compared| !compared.policies.is_empty())
        .collect();
    let addons = compared.len();
    let answers = each(threads, case.outcomes.len() * addons, |at| {
        of_outcome(case, &compared[at % addons], at / addons)
    });
    let answers: Vec<Vec<OptionRobustness>> = answers.into_iter().collect::<Result<_, _>>()?;
    Ok(answers.concat())
}

fn of_outcome(case: &Case, compared: &Compared, outcome: usize) -> Result<Vec<OptionRobustness>, TableError> {
    let values = compared.values(outcome);
    let plain = compared.plain(&values);
    let regret = analysis::regret_from_best(&plain)?;
    let measures = analysis::robustness(&plain, &analysis::RobustnessOptions::default())?;
    let baseline = compared.position(case.baseline);
    let mut all = Vec::with_capacity(compared.policies.len());
    for (position, &policy) in compared.policies.iter().enumerate() {
        let column = &values.raw[position];
        let kept: Vec<f64> = regret.futures.iter().map(|&row| column[row]).collect();
        let found = analysis::quantiles(&kept, &QUANTILES);
        let quantiles = std::array::from_fn(|at| found.get(at).copied().unwrap_or(f64::NAN));
        let summary = regret.summary[position];
        let from_baseline = baseline.map_or(f64::NAN, |b| {
            let mut gaps: Vec<f64> = regret
                .futures
                .iter()
                .map(|&row| column[row] - values.raw[b][row])
                .collect();
            analysis::quantile(&mut gaps, 0.5).unwrap_or(f64::NAN)
        });
        let by_measure = measures.measures.iter().filter_map(|row| {
            let name = serde_json::to_value(row.measure).ok()?.as_str()?.to_owned();
            Some((name, row.by_option[position]?))
        });
        all.push(OptionRobustness {
            outcome,
            option: OptionId {
                policy,
                addon: compared.addon,
            },
            quantiles,
            regret: summary.map_or([f64::NAN; 3], |s| [s.median, s.p90, s.worst]),
            from_baseline,
            measures: by_measure.collect(),
        });
    }
    Ok(all)
}
