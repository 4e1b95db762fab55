//! Findings of the lake, counted honestly over draws of made-up formulas.

use study::case::{Belief, Case, Distribution, LegalStatus};
use study::findings::*;
use study::results::OptionId;

const DRAWS: usize = 2000;

/// A number in [0, 1) for a draw and a column: a fixed scramble, so that the test data never change.
fn luck(draw: usize, column: usize) -> f64 {
    let mut x = (draw as u64) << 20 | column as u64;
    for _ in 0..3 {
        x = (x ^ (x >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bd1;
    }
    (x >> 11) as f64 / (1u64 << 53) as f64
}

fn draw(case: &Case, future: usize) -> Vec<f64> {
    let of = |(column, distribution): (usize, &Distribution)| {
        let u = luck(future, column);
        match distribution {
            Distribution::Uniform { low, high }
            | Distribution::LogUniform { low, high }
            | Distribution::Triangular { low, high, .. }
            | Distribution::Pert { low, high, .. }
            | Distribution::TruncatedNormal { low, high, .. } => low + u * (high - low),
            Distribution::Integer { low, .. } => *low as f64,
            Distribution::Categorical { values, .. } => values[(u * values.len() as f64) as usize],
        }
    };
    case.uncertainties
        .iter()
        .map(|u| &u.distribution)
        .enumerate()
        .map(of)
        .collect()
}

/// Outcome of a future under a policy and an add-on.
fn value(x: &[f64], outcome: usize, policy: usize, addon: usize) -> f64 {
    let (loss, trap, uptake, fee) = (x[0], x[1], x[2], x[3]);
    let (delay, yields, sediment, visitors, flood, broken) = (x[4], x[5], x[6], x[7], x[8], x[9]);
    let reading = 1.0 - 0.4 * x[11];
    let cut = match policy {
        1 => 0.15 + fee * reading - 0.25 * broken,
        2 => 0.55 * uptake * reading,
        3 => yields * (1.0 - delay / 400.0) * 0.9,
        4 => 0.12 + 0.95 * fee * reading - 0.15 * broken,
        _ => 0.0,
    };
    let load = (loss * (1.0 - cut.max(0.0)) + sediment) * (1.0 - trap);
    let algae = 22.0 * load * if addon == 1 { 0.8 } else { 1.0 };
    match outcome {
        0 => algae,
        1 => {
            [1.0, 4.0 + 3.0 * broken, 11.0, 16.0, 4.2 + 2.0 * broken][policy]
                + algae / 40.0
                + 2.0 * addon as f64
                + flood
        }
        2 => 900_000.0 - 2_500.0 * algae,
        3 => visitors / 200.0 - 1.2 * algae,
        4 => algae * visitors / 60_000.0,
        _ => 0.7 - [0.0, 0.6 * broken, -0.1, 0.02, 0.4 * broken][policy] - algae / 900.0,
    }
}

fn share(count: u64, of: u64) -> Share {
    let p = count as f64 / of.max(1) as f64;
    let half = 2.0 * (p * (1.0 - p) / of.max(1) as f64).sqrt();
    Share {
        count,
        of,
        low: (p - half).max(0.0),
        high: (p + half).min(1.0),
    }
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * q).round() as usize]
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// Who is best by more than the margin.
fn leader(values: &[f64], higher: bool, margin: f64) -> Option<usize> {
    let sign = if higher { -1.0 } else { 1.0 };
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| (sign * values[a]).total_cmp(&(sign * values[b])));
    (sign * values[order[1]] - sign * values[order[0]] > margin).then_some(order[0])
}

struct Run<'a> {
    case: &'a Case,
    draws: Vec<Vec<f64>>,
    policies: usize,
}

impl Run<'_> {
    fn values(&self, future: usize, outcome: usize, addon: usize) -> Vec<f64> {
        (0..self.policies)
            .map(|policy| value(&self.draws[future], outcome, policy, addon))
            .collect()
    }
    fn leader(&self, future: usize, outcome: usize, addon: usize) -> Option<usize> {
        let values = self.values(future, outcome, addon);
        leader(
            &values,
            self.case.outcomes[outcome].higher_is_better,
            0.01 * values[0].abs(),
        )
    }
    fn leads(&self, futures: impl Iterator<Item = usize>, outcome: usize, addon: usize) -> (u64, Vec<u64>) {
        let (mut count, mut leads) = (0, vec![0; self.policies]);
        for future in futures {
            count += 1;
            if let Some(policy) = self.leader(future, outcome, addon) {
                leads[policy] += 1;
            }
        }
        (count, leads)
    }

    fn verdict(&self, outcome: usize, addon: usize) -> Verdict {
        let n = DRAWS as u64;
        let (_, leads) = self.leads(0..DRAWS, outcome, addon);
        let sign = if self.case.outcomes[outcome].higher_is_better {
            -1.0
        } else {
            1.0
        };
        let mut pairs = vec![vec![0; self.policies]; self.policies];
        let mut near = vec![0; self.policies];
        for future in 0..DRAWS {
            let values = self.values(future, outcome, addon);
            let margin = 0.01 * values[0].abs();
            let best = values.iter().map(|v| sign * v).fold(f64::INFINITY, f64::min);
            for a in 0..self.policies {
                near[a] += u64::from(sign * values[a] <= best + margin);
                for b in 0..self.policies {
                    pairs[a][b] += u64::from(sign * values[b] - sign * values[a] > margin);
                }
            }
        }
        let mut ranking: Vec<usize> = (0..self.policies).collect();
        ranking.sort_by_key(|&policy| std::cmp::Reverse(leads[policy]));
        let shares: Vec<Share> = leads.iter().map(|&count| share(count, n)).collect();
        let clear = shares[ranking[0]].low > shares[ranking[1]].high;
        Verdict {
            outcome,
            addon,
            leader: (clear && 2 * leads[ranking[0]] > n - leads.iter().sum::<u64>() + leads[ranking[0]])
                .then_some(ranking[0]),
            close_calls: share(n - leads.iter().sum::<u64>(), n),
            leads: shares,
            near_best: near.into_iter().map(|count| share(count, n)).collect(),
            pairs: pairs
                .into_iter()
                .map(|row| row.into_iter().map(|count| share(count, n)).collect())
                .collect(),
            ranking,
            enough: true,
            enough_at: 1600,
        }
    }

    /// Bins of an uncertainty: its values, or equal widths.
    fn bins(&self, uncertainty: usize, count: usize) -> Vec<(f64, f64)> {
        if let Distribution::Categorical { values, .. } = &self.case.uncertainties[uncertainty].distribution {
            return values.iter().map(|&value| (value, value)).collect();
        }
        let values = sorted(self.draws.iter().map(|draw| draw[uncertainty]).collect());
        let (low, high) = (values[0], values[DRAWS - 1]);
        let edge = |k: usize| low + (high - low) * k as f64 / count as f64;
        (0..count).map(|k| (edge(k), edge(k + 1))).collect()
    }
    fn inside(&self, uncertainty: usize, bin: (f64, f64)) -> impl Iterator<Item = usize> + '_ {
        (0..DRAWS).filter(move |&future| {
            let x = self.draws[future][uncertainty];
            (x >= bin.0 && x < bin.1) || (bin.0 == bin.1 && x == bin.0)
        })
    }

    fn hinges(&self, outcome: usize, verdict: &Verdict) -> Hinges {
        let (a, b) = (verdict.ranking[0], verdict.ranking[1]);
        let sign = if self.case.outcomes[outcome].higher_is_better {
            1.0
        } else {
            -1.0
        };
        let gap = |future: usize| {
            let values = self.values(future, outcome, 0);
            sign * (values[a] - values[b])
        };
        let mean =
            |futures: &[usize]| futures.iter().map(|&f| gap(f)).sum::<f64>() / futures.len().max(1) as f64;
        let everything: Vec<usize> = (0..DRAWS).collect();
        let centre = mean(&everything);
        let total: f64 = everything
            .iter()
            .map(|&f| (gap(f) - centre) * (gap(f) - centre))
            .sum();
        let mut items: Vec<Hinge> = (0..self.case.uncertainties.len())
            .map(|uncertainty| {
                let bins = self.bins(uncertainty, 16);
                let mut between = 0.0;
                let mut slices = vec![];
                for &bin in &bins {
                    let futures: Vec<usize> = self.inside(uncertainty, bin).collect();
                    between += futures.len() as f64 * (mean(&futures) - centre) * (mean(&futures) - centre);
                    let (count, leads) = self.leads(futures.into_iter(), outcome, 0);
                    slices.push(Slice {
                        low: bin.0,
                        high: bin.1,
                        count,
                        leads,
                    });
                }
                let most = |slice: &Slice| {
                    let best = (0..self.policies).max_by_key(|&p| (slice.leads[p], std::cmp::Reverse(p)))?;
                    let close = slice.count - slice.leads.iter().sum::<u64>();
                    (slice.leads[best] >= close).then_some(best)
                };
                // Two slices in a row on each side, so that chance alone does not flip.
                let flips = slices
                    .windows(4)
                    .filter(|w| {
                        most(&w[0]) == most(&w[1]) && most(&w[2]) == most(&w[3]) && most(&w[1]) != most(&w[2])
                    })
                    .map(|w| Flip {
                        at: w[2].low,
                        below: most(&w[1]),
                        above: most(&w[2]),
                    })
                    .collect();
                let by = |low: bool| {
                    let mut order = everything.clone();
                    order.sort_by(|&x, &y| self.draws[x][uncertainty].total_cmp(&self.draws[y][uncertainty]));
                    mean(if low {
                        &order[..DRAWS / 10]
                    } else {
                        &order[DRAWS - DRAWS / 10..]
                    })
                };
                Hinge {
                    uncertainty,
                    share: between / total,
                    share_error: 0.01,
                    gap_low: by(true),
                    gap_high: by(false),
                    slices,
                    flips,
                }
            })
            .collect();
        items.sort_by(|x, y| y.share.total_cmp(&x.share));
        Hinges {
            outcome,
            addon: 0,
            a,
            b,
            relative: false,
            items,
        }
    }

    fn map(&self, hinges: &Hinges) -> WinMap {
        let (x, y) = (hinges.items[0].uncertainty, hinges.items[1].uncertainty);
        let (x_bins, y_bins) = (self.bins(x, 12), self.bins(y, 12));
        let mut cells = vec![];
        for &up in &y_bins {
            for &across in &x_bins {
                let row: Vec<usize> = self.inside(y, up).collect();
                let here = self.inside(x, across).filter(|future| row.contains(future));
                let (count, leads) = self.leads(here, hinges.outcome, 0);
                cells.push(WinCell { count, leads });
            }
        }
        WinMap {
            outcome: hinges.outcome,
            addon: 0,
            x,
            y,
            x_bins,
            y_bins,
            cells,
        }
    }

    fn robustness(&self, outcome: usize, option: OptionId) -> OptionRobustness {
        let sign = if self.case.outcomes[outcome].higher_is_better {
            -1.0
        } else {
            1.0
        };
        let (mut values, mut regrets) = (vec![], vec![]);
        for future in 0..DRAWS {
            let all = self.values(future, outcome, option.addon);
            let best = all.iter().map(|v| sign * v).fold(f64::INFINITY, f64::min);
            values.push(all[option.policy]);
            regrets.push(sign * all[option.policy] - best);
        }
        let (values, regrets) = (sorted(values), sorted(regrets));
        OptionRobustness {
            outcome,
            option,
            quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(|q| quantile(&values, q)),
            regret: [0.5, 0.9, 1.0].map(|q| quantile(&regrets, q)),
            from_baseline: 0.0,
            measures: vec![],
        }
    }

    fn camp(&self, camp: usize) -> CampView {
        let view = &self.case.camps[camp];
        let fits = |future: &usize| {
            view.beliefs.iter().all(|(u, belief)| match belief {
                Belief::Between(low, high) => (*low..=*high).contains(&self.draws[*future][*u]),
                Belief::OneOf(values) => values.contains(&self.draws[*future][*u]),
            })
        };
        let futures: Vec<usize> = (0..DRAWS).filter(fits).collect();
        let mut struck: Vec<(usize, String)> = vec![];
        for authority in &self.case.authorities {
            if view
                .inadmissible
                .iter()
                .any(|(law, status)| law.value == authority.law && *status == authority.status)
            {
                struck.extend(
                    authority
                        .policies
                        .iter()
                        .map(|&policy| (policy, authority.law.clone())),
                );
            }
            assert!(authority.status != LegalStatus::Met || authority.law == "state");
        }
        let total: f64 = view.values.iter().map(|(_, weight)| weight).sum();
        let score = |future: usize, policy: usize| -> f64 {
            let weigh = |(outcome, weight): &(usize, f64)| {
                let outcome_ = &self.case.outcomes[*outcome];
                let v = value(&self.draws[future], *outcome, policy, 0);
                weight / total * ((v - outcome_.worst) / (outcome_.best - outcome_.worst)).clamp(0.0, 1.0)
            };
            view.values.iter().map(weigh).sum()
        };
        let admitted = |policy: usize| !struck.iter().any(|(out, _)| *out == policy);
        let n = futures.len().max(1) as f64;
        let zero = || vec![0.0; self.policies];
        let (mut mean, mut regret, mut regret_all) = (zero(), zero(), zero());
        let (mut leads, mut leads_all) = (vec![0; self.policies], vec![0; self.policies]);
        for &future in &futures {
            let scores: Vec<f64> = (0..self.policies).map(|policy| score(future, policy)).collect();
            let best = |some: &dyn Fn(usize) -> bool| {
                let mut order: Vec<usize> = (0..self.policies).filter(|&p| some(p)).collect();
                order.sort_by(|&x, &y| scores[y].total_cmp(&scores[x]));
                order[0]
            };
            let (mine, any) = (best(&admitted), best(&|_| true));
            leads[mine] += 1;
            leads_all[any] += 1;
            for policy in 0..self.policies {
                mean[policy] += scores[policy] / n;
                regret[policy] += (scores[mine] - scores[policy]) / n;
                regret_all[policy] += (scores[any] - scores[policy]) / n;
            }
        }
        let of = futures.len() as u64;
        CampView {
            camp,
            futures: of,
            score: mean,
            regret,
            regret_unrestricted: regret_all,
            leads: leads.into_iter().map(|count| share(count, of)).collect(),
            leads_unrestricted: leads_all.into_iter().map(|count| share(count, of)).collect(),
            struck_out: struck,
            dividing: view.beliefs.first().map(|(u, _)| *u),
        }
    }

    fn fan(&self, outcome: usize) -> Fan {
        let times: Vec<f64> = (0..=40).map(|k| f64::from(k) * 13.0).collect();
        let policies = (0..self.policies).map(|policy| {
            let mut bands: [Vec<f64>; 5] = Default::default();
            for &time in &times {
                let part = (time / 520.0).min(1.0);
                let rate = |future: usize| {
                    let (base, changed) = (
                        value(&self.draws[future], outcome, 0, 0),
                        value(&self.draws[future], outcome, policy, 0),
                    );
                    (base + part * (changed - base)) / 520.0
                };
                let values = sorted((0..300).map(rate).collect());
                for (band, q) in bands.iter_mut().zip([0.05, 0.25, 0.5, 0.75, 0.95]) {
                    band.push(quantile(&values, q));
                }
            }
            bands
        });
        let variable = self.case.outcomes[outcome].variable.value.clone();
        Fan {
            outcome,
            variable,
            policies: policies.collect(),
            times,
            futures: 300,
        }
    }
}

pub(crate) fn findings(case: &Case) -> Findings {
    let draws = (0..DRAWS).map(|future| draw(case, future)).collect();
    let run = Run {
        case,
        draws,
        policies: case.policies.len(),
    };
    let outcomes = case.outcomes.len();
    let all = |addon: usize| (0..outcomes).map(move |outcome| (outcome, addon));
    let verdicts: Vec<Verdict> = all(0)
        .chain(all(1))
        .map(|(outcome, addon)| run.verdict(outcome, addon))
        .collect();
    let hinges: Vec<Hinges> = case
        .headline
        .iter()
        .map(|&outcome| run.hinges(outcome, &verdicts[outcome]))
        .collect();
    let options: Vec<OptionId> = (0..2)
        .flat_map(|addon| (0..run.policies).map(move |policy| OptionId { policy, addon }))
        .collect();
    let extremes = (0..run.policies).map(|policy| {
        let best = (0..outcomes)
            .max_by_key(|&outcome| verdicts[outcome].leads[policy].count)
            .expect("outcomes");
        let share_ = verdicts[best].leads[policy];
        let rare = share_.count * 100 < 5 * share_.of;
        Extreme {
            policy,
            outcome: best,
            share: share_,
            cause: rare.then(|| (9, share(6, 200), share(1, 200))),
        }
    });
    Findings {
        schema: 1,
        tally: Tally { drawn: 2412, rejected: 409, compared: 2000, broken: 3 },
        robustness: all(0)
            .flat_map(|(outcome, addon)| {
                (0..run.policies).map(move |policy| (outcome, OptionId { policy, addon }))
            })
            .map(|(outcome, option)| run.robustness(outcome, option))
            .collect(),
        maps: hinges.iter().map(|hinges| run.map(hinges)).collect(),
        camps: (0..case.camps.len()).map(|camp| run.camp(camp)).collect(),
        claims: (0..case.claims.len())
            .map(|claim| ClaimVerdict {
                claim,
                holds: ((claim + 1) % 4 < 2).then(|| share(1900 / (claim as u64 + 1), 1990)),
                undecided: if claim == 0 { 10 } else { 0 },
                ensemble: ((claim + 1) % 4 == 2).then_some(claim % 3 == 0),
                sides: ((claim + 1) % 4 == 2).then_some((0.31, 0.2)),
                by_camp: if (claim + 1) % 4 < 2 {
                    (0..case.camps.len()).map(|camp| share(100 * camp as u64 + 7, 412)).collect()
                } else {
                    vec![]
                },
                moved_by: if (claim + 1) % 4 < 2 { vec![(0, 0.4), (3, 0.2)] } else { vec![] },
            })
            .collect(),
        fans: (0..outcomes).map(|outcome| run.fan(outcome)).collect(),
        experiments: vec![ExperimentFan {
            experiment: 0,
            history: 0,
            times: (0..=16).map(|k| -208.0 + 13.0 * f64::from(k)).collect(),
            quantiles: [0.14, 0.2, 0.27, 0.33, 0.4].map(|q| (0..=16).map(|k| q + 0.006 * f64::from(k)).collect()),
            mean_relative_error: -0.08,
            mean_size_of_error: 0.11,
            covered: (8, 9),
        }],
        triggers: vec![(OptionId { policy: 4, addon: 0 }, "Ban Starts".into(), share(1946, 2000))],
        extremes: extremes.collect(),
        repeat: Some(Repeat { sampling: "log_ranges".into(), verdicts: case.headline.iter().map(|&o| verdicts[o].clone()).collect() }),
        fairness: vec![FairnessNote {
            kind: "neutral_at_end".into(),
            subject: "3".into(),
            en: "The neutral value of “Response of farmers to a fee” lies at the end of its range.".into(),
            es: "El valor neutro de «Respuesta de los productores a una cuota» está en el extremo de su rango.".into(),
        }],
        options,
        verdicts,
        hinges,
        decision: super::decision::decision(case),
    }
}
