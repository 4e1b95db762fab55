//! Made-up answers to the decision maker's own questions: every kind of answer once.

use study::case::Case;
use study::findings::*;

fn share(count: u64, of: u64) -> Share {
    analysis::share(count as usize, of as usize).into()
}

fn knowing(uncertainties: &[usize], value: f64, error: f64) -> Knowing {
    Knowing {
        uncertainties: uncertainties.to_vec(),
        worth: Some(Worth {
            value,
            error: Some(error),
        }),
        uncorrected: Some(value + error),
        without_value: 0,
        share: None,
    }
}

fn above(uncertainty: usize, low: f64) -> BoxLimit {
    BoxLimit {
        uncertainty,
        low: Some(low),
        high: None,
        one_of: Vec::new(),
    }
}

fn crowd(limits: Vec<BoxLimit>, inside: (u64, u64), everywhere: u64) -> FoundBox {
    FoundBox {
        limits,
        inside: share(inside.0, inside.1),
        everywhere: share(everywhere, 2000),
        covers: share(inside.0, everywhere),
    }
}

fn flip(to: usize, changes: &[(usize, f64, f64)], trial: Option<Trial>) -> SmallestFlip {
    let change = |&(uncertainty, from, to): &(usize, f64, f64)| FlipChange {
        uncertainty,
        from,
        to,
    };
    SmallestFlip {
        to,
        distance: 0.214,
        changes: changes.iter().map(change).collect(),
        explained: 0.93,
        trial,
    }
}

pub(crate) fn decision(case: &Case) -> Decision {
    let basis = Basis {
        compared: 2000,
        missing: 0,
        broken: 3,
        rejected: 409,
    };
    let policies = case.policies.len();
    let tried = |distance: Option<f64>, before: usize| {
        Some(Trial {
            futures: 200,
            before: Some(before),
            distance,
            changes: vec![FlipChange {
                uncertainty: 0,
                from: 0.5,
                to: 0.62,
            }],
        })
    };
    let below = BoxLimit {
        high: Some(0.3),
        ..above(2, 0.1)
    };
    let kinds = BoxLimit {
        low: None,
        one_of: vec![1.0],
        ..above(9, 0.0)
    };
    let information = |(at, &outcome): (usize, &usize)| OutcomeInformation {
        outcome,
        basis,
        best: Some(2),
        perfect: Some(Worth {
            value: 3.25 + at as f64,
            error: Some(0.11),
        }),
        singles: vec![
            knowing(&[0], 1.4, 0.1),
            knowing(&[3], 0.6, 0.08),
            knowing(&[1], -0.01, 0.02),
        ],
        pairs: vec![knowing(&[0, 3], 2.2, 0.1)],
    };
    let flips = |(at, &outcome): (usize, &usize)| OutcomeFlips {
        outcome,
        basis,
        from: Some(2),
        single: match at % 3 {
            0 => Some(flip(3, &[(0, 0.5, 0.7)], tried(Some(0.12), 2))),
            1 => None,
            _ => Some(flip(1, &[(3, 0.2, 0.4)], tried(None, 1))),
        },
        joint: match at % 2 {
            0 => Some(flip(
                3,
                &[
                    (0, 0.5, 0.6),
                    (1, 0.4, 0.3),
                    (2, 0.2, 0.3),
                    (3, 0.1, 0.2),
                    (4, 30.0, 20.0),
                ],
                None,
            )),
            _ => Some(flip(4, &[(0, 0.5, 0.6), (1, 0.4, 0.3)], tried(None, 2))),
        },
    };
    let ranking = |&outcome: &usize| Ranking {
        outcome,
        basis,
        measures: Vec::new(),
        firsts: (0..policies as u64).rev().collect(),
        agreement: Some(0.412),
        apart: None,
        threshold: None,
    };
    Decision {
        subsample: Subsample { of: 2412, used: 1200 },
        enough: Enough {
            enough: true,
            enough_at: 1900,
            unsure: Vec::new(),
            unsure_camps: vec![0, 1],
            camps_enough_at: 11_650,
        },
        information: case.headline.iter().enumerate().map(information).collect(),
        flips: case.headline.iter().enumerate().map(flips).collect(),
        quarrels: vec![Quarrel {
            a: 0,
            b: 1,
            basis,
            a_prefers: Some(2),
            b_prefers: Some(1),
            a_loses: Some(0.031),
            b_loses: Some(0.052),
            total: Some(0.083),
            facts: Some(0.05),
            values: Some(0.033),
        }],
        acceptability: Some(Acceptability {
            basis,
            draws: 10_000,
            policies: (0..policies)
                .map(|policy| PolicyAcceptability {
                    policy,
                    ranks: (0..policies)
                        .map(|rank| {
                            if rank == policy {
                                0.6
                            } else {
                                0.4 / (policies - 1) as f64
                            }
                        })
                        .collect(),
                    central_weights: (policy > 0).then(|| {
                        let outcomes = case.outcomes.len();
                        let weight = |at: usize| 2.0 * (at + 1) as f64 / (outcomes * (outcomes + 1)) as f64;
                        (0..outcomes).map(weight).collect()
                    }),
                })
                .collect(),
        }),
        claims: vec![ClaimBoxes {
            claim: 0,
            holds: Some(crowd(vec![above(0, 0.62), kinds], (480, 520), 900)),
            fails: Some(crowd(vec![below.clone()], (700, 950), 1100)),
        }],
        options: case
            .headline
            .iter()
            .flat_map(|&outcome| (0..policies).map(move |policy| (outcome, policy)))
            .map(|(outcome, policy)| OptionBoxes {
                outcome,
                policy,
                beaten: share(1200, 2000),
                fails: (policy % 2 == 0).then(|| crowd(vec![above(0, 0.4), below.clone()], (610, 700), 1200)),
                does_well: None,
            })
            .collect(),
        rankings: case.headline.iter().map(ranking).collect(),
        judgement: vec![OnJudgement {
            outcome: case.headline[0],
            hinges: vec![(3, 0.2)],
        }],
    }
}
