//! Findings against a table made by hand.

use super::*;
use crate::Study;
use crate::bind::bind;
use crate::case::{Case, Role};
use crate::results::{Futures, Results, Status};
use crate::testing::{Memory, TOY};

/// Futures of the made-up table.
const N: usize = 1000;
/// The one that a constraint rejected, and the one that broke under the programme.
const REJECTED: usize = 500;
const BROKEN: usize = 900;

pub(super) fn study() -> Study {
    let files = Memory(
        TOY.iter()
            .map(|(name, text)| (*name, text.as_bytes().to_vec()))
            .collect(),
    );
    let text = TOY[0].1;
    let mut sources = model::Sources::new();
    let (case, notes) = crate::case::read("case.toml", text, &files, &mut sources);
    assert!(!notes.has_errors(), "{notes:?}");
    let (model, _) = model::read("model.mdl", TOY[2].1.as_bytes(), &files, &mut sources);
    let bound = bind(
        case.expect("the toy case is complete"),
        &model.expect("its model too"),
    )
    .0;
    bound.expect("the toy case fits its model")
}

pub(super) fn uncertainty(case: &Case, id: &str) -> usize {
    case.uncertainties
        .iter()
        .position(|u| u.id.value == id)
        .expect("in the toy case")
}

/// Every column rises evenly in an order of its own, so that columns are unrelated.
fn futures(case: &Case) -> Futures {
    let column = |u: usize| {
        let step = [1, 387, 611, 829, 273, 441, 693, 537][u % 8];
        let part = |row: usize| ((row * step) % N) as f64 / N as f64 + 0.5 / N as f64;
        (0..N)
            .map(|row| case.uncertainties[u].distribution.quantile(part(row)))
            .collect()
    };
    let rejected = (0..N).map(|row| (row == REJECTED).then_some(0)).collect();
    let columns = (0..case.uncertainties.len()).map(column).collect();
    Futures {
        ids: (0..N as u64).collect(),
        rejected,
        columns,
    }
}

/// Losses: as today 10; the programme better by 5 x (mending gained - 0.3); the alarm as today. Everything else is zero.
fn results(study: &Study, futures: &Futures) -> Results {
    let case = &study.case;
    let gained = &futures.columns[uncertainty(case, "mending_gained")];
    let options: Vec<OptionId> = (0..3).map(|policy| OptionId { policy, addon: 0 }).collect();
    let measures = study.measures.len();
    let mut values = vec![vec![vec![0.0; N]; measures]; 3];
    let mut status = vec![vec![Status::Ok; N]; 3];
    for option in 0..3 {
        for row in 0..N {
            values[option][1][row] = if option == 1 {
                10.0 - 5.0 * (gained[row] - 0.3)
            } else {
                10.0
            };
        }
        status[option][REJECTED] = Status::Rejected(0);
    }
    status[1][BROKEN] = Status::NonFinite {
        variable: 0,
        time: 3.0,
    };
    for row in [REJECTED, BROKEN] {
        values[1].iter_mut().for_each(|column| column[row] = f64::NAN);
    }
    Results {
        options,
        measures,
        values,
        status,
        series: Vec::new(),
        experiments: Vec::new(),
    }
}

fn found(study: &Study) -> Findings {
    let futures = futures(&study.case);
    let results = results(study, &futures);
    let evidence = Evidence {
        futures: &futures,
        results: &results,
        triggers: &[],
        second: Some(("centred", &results)),
        middle: None,
    };
    let settings = Settings {
        threads: 2,
        done: &|_| (),
    };
    weigh(study, &evidence, &settings).expect("a well-formed table")
}

#[test]
fn a_table_by_hand() {
    let study = study();
    let case = &study.case;
    let findings = found(&study);
    assert_eq!(
        findings.tally,
        Tally {
            drawn: 1000,
            rejected: 1,
            compared: 998,
            broken: 1
        }
    );

    let lost = findings
        .verdicts
        .iter()
        .find(|v| v.outcome == 1)
        .expect("an outcome of the case");
    let futures = futures(case);
    let gained = &futures.columns[uncertainty(case, "mending_gained")];
    let rows = || (0..N).filter(|row| ![REJECTED, BROKEN].contains(row));
    let better = rows().filter(|&row| 5.0 * (gained[row] - 0.3) > 0.1).count() as u64;
    assert_eq!((lost.leads[1].count, lost.leads[1].of), (better, 998));
    // The other two are always within the margin of each other: neither ever leads.
    assert_eq!((lost.leads[0].count, lost.leads[2].count), (0, 0));
    assert_eq!(lost.close_calls.count, 998 - better);
    assert_eq!(lost.leader, Some(1));
    assert_eq!(lost.ranking, [1, 0, 2]);
    let worse = rows().filter(|&row| 5.0 * (0.3 - gained[row]) > 0.1).count() as u64;
    assert_eq!(
        (
            lost.pairs[1][0].count,
            lost.pairs[0][1].count,
            lost.pairs[0][2].count
        ),
        (better, worse, 0)
    );

    // Nothing differs in the other outcomes: every future is a close call, also under a margin relative to zero.
    let shortage = findings
        .verdicts
        .iter()
        .find(|v| v.outcome == 0)
        .expect("an outcome of the case");
    assert_eq!((shortage.close_calls.count, shortage.leader), (998, None));
}

#[test]
fn the_hinge_is_found_and_the_flip_lies_where_the_margin_is_passed() {
    let study = study();
    let case = &study.case;
    let findings = found(&study);
    let hinges = findings
        .hinges
        .iter()
        .find(|h| h.outcome == 1)
        .expect("a headline outcome");
    let top = &hinges.items[0];
    assert_eq!(top.uncertainty, uncertainty(case, "mending_gained"));
    assert!(top.share > 0.95 && hinges.items[1].share < 0.1, "{hinges:?}");
    let [flip] = top.flips[..] else {
        panic!("one flip: {:?}", top.flips)
    };
    assert_eq!((flip.below, flip.above), (None, Some(1)));
    // Half of a slice's futures lead somewhere in the slice that holds the margin.
    assert!((flip.at - 0.32).abs() < 0.12, "{flip:?}");
    assert!(
        top.slices.windows(2).all(|pair| pair[0].high == pair[1].low),
        "slices touch"
    );
    assert_eq!(top.slices.iter().map(|s| s.count).sum::<u64>(), 998);

    let map = findings
        .maps
        .iter()
        .find(|m| m.outcome == 1)
        .expect("two assumptions");
    assert_eq!(map.cells.len(), map.x_bins.len() * map.y_bins.len());
    assert_eq!(map.cells.iter().map(|c| c.count).sum::<u64>(), 998);
    assert_eq!(case.uncertainties[map.x].role, Role::Assumption);
    let led: u64 = map.cells.iter().map(|c| c.leads[1]).sum();
    assert_eq!(
        led,
        findings
            .verdicts
            .iter()
            .find(|v| v.outcome == 1)
            .expect("there")
            .leads[1]
            .count
    );
}

#[test]
fn camps_see_their_futures_and_extremes_have_a_cause() {
    let study = study();
    let case = &study.case;
    let findings = found(&study);
    let [menders, waiters] = &findings.camps[..] else {
        panic!("two camps")
    };
    assert!(menders.futures < 998 && waiters.futures < 998);
    // Menders believe that much is gained: in their futures the programme scores best.
    assert!(menders.score[1] > menders.score[0]);
    assert!(menders.regret[1] < menders.regret[0]);
    // Waiters weigh nothing that differs in the table.
    assert_eq!(waiters.score[0], waiters.score[1]);
    assert!(menders.struck_out.is_empty() && waiters.struck_out.is_empty());

    let never = findings
        .extremes
        .iter()
        .find(|e| e.policy == 0)
        .expect("one for each policy");
    assert_eq!((never.share.count, never.cause), (0, None));
    // The programme leads on losses in most futures; a first comparison's sides are told.
    let of = |id: &str| {
        case.claims
            .iter()
            .position(|claim| claim.id.value == id)
            .expect("in the toy case")
    };
    let lost = findings
        .verdicts
        .iter()
        .find(|v| v.outcome == 1)
        .expect("there")
        .leads[1];
    let leads = &findings.claims[of("programme_leads")];
    assert_eq!(leads.sides, Some((lost.count as f64 / lost.of as f64, 0.5)));
    let decides = &findings.claims[of("mending_decides")];
    assert_eq!(decides.ensemble, Some(true));
    assert_eq!(findings.claims[of("trust")].holds, None);

    let repeat = findings.repeat.expect("a second sampling was given");
    assert!(repeat.verdicts.iter().all(|v| v.addon == 0));
}
