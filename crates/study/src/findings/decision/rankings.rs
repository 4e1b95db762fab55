//! How policies rank by each measure of robustness, and how much the ranking depends on the measure.

use analysis::{Direction, MeasureRow, RobustnessOptions, TableError};

use super::super::table::Compared;
use super::sample::Sample;
use super::{RankedMeasure, Ranking};
use crate::case::Case;
use crate::parallel::each;

/// Resamples behind an interval.
const RESAMPLES: usize = 100;

/// One entry for each headline outcome. Values rest on all futures, intervals on the sample.
pub(super) fn rankings(
    case: &Case,
    compared: &Compared,
    sample: &Sample,
    threads: usize,
) -> Result<Vec<Ranking>, TableError> {
    let found = each(threads, case.headline.len(), |at| {
        ranking(case, compared, sample, case.headline[at])
    });
    found.into_iter().collect()
}

fn ranking(case: &Case, compared: &Compared, sample: &Sample, outcome: usize) -> Result<Ranking, TableError> {
    let values = compared.values(outcome);
    let plain = compared.plain(&values);
    let threshold = compared.position(case.baseline).and_then(|at| {
        let column = plain.columns[at];
        let mut known: Vec<f64> = (0..column.values.len())
            .filter(|&row| column.status(row) == analysis::Status::Ok)
            .map(|row| column.values[row])
            .collect();
        analysis::quantile(&mut known, 0.5)
    });
    let options = RobustnessOptions {
        threshold,
        ..RobustnessOptions::default()
    };
    let found = analysis::robustness(&plain, &options)?;
    let sampled = sample.plain(compared, &values);
    let intervals = analysis::robustness_intervals(&sampled.outcomes(), &options, RESAMPLES, 0)?;
    let mut measures = Vec::new();
    for (row, interval) in found.measures.iter().zip(&intervals) {
        if row.by_option.iter().all(Option::is_none) {
            continue;
        }
        let Some(measure) = name(row) else { continue };
        measures.push(RankedMeasure {
            measure,
            higher_is_better: row.better == Direction::Higher,
            values: compared.spread(row.by_option.iter().copied()),
            intervals: compared.spread(interval.by_option.iter().copied()),
            ranks: compared.spread(row.rank.iter().map(|rank| rank.map(|rank| rank as u64))),
        });
    }
    let mut firsts = vec![0; case.policies.len()];
    for measure in &measures {
        for (policy, rank) in measure.ranks.iter().enumerate() {
            firsts[policy] += u64::from(*rank == Some(1));
        }
    }
    let (agreement, apart) = agreement(&measures);
    Ok(Ranking {
        outcome,
        basis: (&found.counts).into(),
        measures,
        firsts,
        agreement,
        apart,
        threshold,
    })
}

/// The name of a measure as it is written in the tables.
fn name(row: &MeasureRow) -> Option<String> {
    Some(serde_json::to_value(row.measure).ok()?.as_str()?.to_owned())
}

/// The mean of Kendall's tau-b over pairs of measures, and the pair with the least.
fn agreement(measures: &[RankedMeasure]) -> (Option<f64>, Option<(usize, usize, f64)>) {
    let mut all: Vec<(usize, usize, f64)> = Vec::new();
    for a in 0..measures.len() {
        for b in a + 1..measures.len() {
            all.extend(tau(&measures[a].ranks, &measures[b].ranks).map(|tau| (a, b, tau)));
        }
    }
    let total: f64 = all.iter().map(|(_, _, tau)| tau).sum();
    let mean = (!all.is_empty()).then(|| total / all.len() as f64);
    let apart = all.iter().copied().min_by(|x, y| x.2.total_cmp(&y.2));
    (mean, apart)
}

/// Kendall's tau-b of two rankings over the policies that have a rank in both; none where all share one rank in either.
fn tau(a: &[Option<u64>], b: &[Option<u64>]) -> Option<f64> {
    let both: Vec<(i64, i64)> = a
        .iter()
        .zip(b)
        .filter_map(|(a, b)| Some(((*a)? as i64, (*b)? as i64)))
        .collect();
    let (mut agree, mut apart_a, mut apart_b) = (0_i64, 0_i64, 0_i64);
    for (i, x) in both.iter().enumerate() {
        for y in &both[..i] {
            let (d, e) = ((x.0 - y.0).signum(), (x.1 - y.1).signum());
            agree += d * e;
            apart_a += d * d;
            apart_b += e * e;
        }
    }
    (apart_a > 0 && apart_b > 0).then(|| agree as f64 / ((apart_a * apart_b) as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::tau;

    #[test]
    fn tau_by_hand() {
        let ranks = |ranks: &[u64]| ranks.iter().map(|r| Some(*r)).collect::<Vec<_>>();
        let check = |a: &[u64], b: &[u64], expected: f64| {
            let found = tau(&ranks(a), &ranks(b)).expect("defined");
            assert!((found - expected).abs() < 1e-12, "{a:?} {b:?}: {found}");
        };
        check(&[1, 2, 3], &[1, 2, 3], 1.0);
        check(&[1, 2, 3], &[3, 2, 1], -1.0);
        check(&[1, 2, 3], &[1, 3, 2], 1.0 / 3.0);
        // Two of the three pairs are apart in both, one is tied in the second: 2 / sqrt(3 x 2).
        check(&[1, 2, 3], &[1, 2, 2], 2.0 / 6.0_f64.sqrt());
        assert_eq!(tau(&ranks(&[1, 1]), &ranks(&[1, 2])), None);
        assert_eq!(tau(&[Some(1), None, Some(2)], &ranks(&[1, 1, 2])), Some(1.0));
    }
}
