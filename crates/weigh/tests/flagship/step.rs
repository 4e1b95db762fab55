//! The time step decides nothing: half a week, a quarter of that and twice that give the same verdicts.

use study::findings::{Findings, Verdict};
use study::results::OptionId;

use crate::case::{bound, case, found, futures, model_with};

const FUTURES: u64 = 400;

/// Verdicts of the policies without an add-on on every outcome, with this time step.
fn verdicts(step: &str) -> Vec<Verdict> {
    let model = model_with(&[("TIME STEP = 0.5\n", &format!("TIME STEP = {step}\n"))]);
    let study = bound(case(), &model);
    let drawn = futures(&study, FUTURES, 5);
    let options = (0..study.case.policies.len()).map(|policy| OptionId { policy, addon: 0 });
    let found = found(&[&study], &model, &drawn, 5, options.collect());
    let [found] = <[Findings; 1]>::try_from(found).expect("findings for the study");
    assert_eq!(found.tally.compared, FUTURES);
    found.verdicts
}

#[test]
fn a_quarter_of_the_step_and_twice_the_step_change_no_verdict() {
    let plain = verdicts("0.5");
    for step in ["0.125", "1"] {
        let other = verdicts(step);
        assert_eq!(plain.len(), other.len());
        for (a, b) in plain.iter().zip(&other) {
            assert_eq!(a.leader, b.leader, "outcome {}, step {step}", a.outcome);
            let shares = a
                .leads
                .iter()
                .zip(&b.leads)
                .chain([(&a.close_calls, &b.close_calls)]);
            for (x, y) in shares {
                let moved = x.count.abs_diff(y.count);
                // Two of 100: an event falls a step earlier or later, and a close call becomes a narrow lead.
                assert!(
                    moved * 100 <= 2 * FUTURES,
                    "outcome {}, step {step}: {} and {}",
                    a.outcome,
                    x.count,
                    y.count
                );
            }
        }
    }
}
