//! The decision maker's questions, asked of small tables whose answers are known.
//!
//! Every table has one rejected and one broken future among the others; their numbers are absurd, so that they would be noticed.

use analysis::designs::{LatinOptions, latin_hypercube};
use analysis::distribution::Distribution as Curve;

use super::super::tests::{study, uncertainty};
use super::super::{Evidence, Findings, Settings, weigh};
use super::*;
use crate::Study;
use crate::case::{Belief, Distribution, Role};
use crate::results::{Futures, OptionId, Results, Status};
use crate::testing::{TOY, toy_with};
use crate::{design, run};

const N: usize = 2_000;
const REJECTED: usize = 700;
const BROKEN: usize = 1_300;
/// Places of the toy case's outcomes, and of the windowed use of leaks that its first claim makes.
const SHORTAGE: usize = 0;
const LOST: usize = 1;
const YEARS: usize = 2;
const LEAKS: usize = 5;

/// A study over even draws between 0 and 1 of every uncertainty that is no category, with a table to be filled.
struct Table {
    study: Study,
    futures: Futures,
    results: Results,
}

impl Table {
    fn new() -> Self {
        let mut study = study();
        let count = study.case.uncertainties.len();
        let options = LatinOptions {
            seed: 3,
            ..LatinOptions::default()
        };
        let mut columns = latin_hypercube(N, count, &options).expect("well formed");
        for (uncertainty, column) in study.case.uncertainties.iter_mut().zip(&mut columns) {
            match &uncertainty.distribution {
                Distribution::Categorical { values, .. } => {
                    let at = |u: &f64| values[(u * values.len() as f64) as usize];
                    *column = column.iter().map(at).collect();
                }
                _ => uncertainty.distribution = Distribution::Uniform { low: 0.0, high: 1.0 },
            }
        }
        for (what, camp) in study.case.camps.iter_mut().enumerate() {
            camp.beliefs.clear();
            camp.inadmissible.clear();
            camp.values = vec![(if what == 0 { LOST } else { YEARS }, 1.0)];
        }
        let futures = Futures {
            ids: (0..N as u64).collect(),
            rejected: (0..N).map(|row| (row == REJECTED).then_some(0)).collect(),
            columns,
        };
        let measures = study.measures.len();
        let mut status = vec![vec![Status::Ok; N]; 3];
        status.iter_mut().for_each(|s| s[REJECTED] = Status::Rejected(0));
        status[1][BROKEN] = Status::NonFinite {
            variable: 0,
            time: 3.0,
        };
        let results = Results {
            options: (0..3).map(|policy| OptionId { policy, addon: 0 }).collect(),
            measures,
            values: vec![vec![vec![0.0; N]; measures]; 3],
            status,
            series: Vec::new(),
            experiments: Vec::new(),
        };
        Self {
            study,
            futures,
            results,
        }
    }

    fn column(&self, id: &str) -> Vec<f64> {
        self.futures.columns[uncertainty(&self.study.case, id)].clone()
    }

    fn set(&mut self, policy: usize, measure: usize, value: impl Fn(usize) -> f64) {
        let column = &mut self.results.values[policy][measure];
        for (row, cell) in column.iter_mut().enumerate() {
            *cell = if row == REJECTED || row == BROKEN {
                1e12
            } else {
                value(row)
            };
        }
    }

    fn weighed(&self, threads: usize) -> Findings {
        let evidence = Evidence {
            futures: &self.futures,
            results: &self.results,
            triggers: &[],
            second: None,
            middle: None,
        };
        let settings = Settings {
            threads,
            done: &|_| (),
        };
        weigh(&self.study, &evidence, &settings).expect("a well-formed table")
    }

    fn decision(&self) -> Decision {
        self.weighed(2).decision
    }
}

fn close(what: &str, found: f64, expected: f64, bound: f64) {
    assert!(
        (found - expected).abs() <= bound,
        "{what}: found {found}, expected {expected} within {bound}"
    );
}

/// The mean gain max(0, N(mean, sd²)) - max(0, mean), by adding up a fine grid of the normal distribution.
fn normal_gain(mean: f64, sd: f64) -> f64 {
    let normal = Curve::Normal { mean, sd };
    let gain = |i: u32| normal.quantile((f64::from(i) + 0.5) / 20_000.0).max(0.0);
    (0..20_000).map(gain).sum::<f64>() / 20_000.0 - mean.max(0.0)
}

/// Two options of linear normal net benefit, and a third that is never best: what is learnt is a normal number whose variance is known.
#[test]
fn information_of_two_linear_normal_options() {
    for (mean, a, b) in [(0.0, 1.0, 0.5), (-0.4, 2.0, 1.0), (0.8, 0.3, 1.0)] {
        let mut table = Table::new();
        let normal = Curve::Normal { mean: 0.0, sd: 1.0 };
        let drawn = |id: &str| -> Vec<f64> { table.column(id).iter().map(|u| normal.quantile(*u)).collect() };
        let (x, y) = (drawn("mending_gained"), drawn("saving_by_meters"));
        table.set(0, LOST, |_| 0.0);
        table.set(1, LOST, |row| -(mean + a * x[row] + b * y[row]));
        table.set(2, LOST, |_| 100.0);
        let decision = table.decision();
        let found = &decision.information[1];
        assert_eq!(found.outcome, LOST);
        let basis = Basis {
            compared: N as u64 - 2,
            missing: 0,
            broken: 1,
            rejected: 1,
        };
        assert_eq!(found.basis, basis);
        let perfect = found.perfect.expect("compared");
        close(
            "evpi",
            perfect.value,
            normal_gain(mean, (a * a + b * b).sqrt()),
            0.05,
        );
        let single = |id: &str| {
            let u = uncertainty(&table.study.case, id);
            let one = found.singles.iter().find(|k| k.uncertainties == [u]);
            one.and_then(|one| one.worth).expect("enough futures")
        };
        for (id, sd) in [
            ("mending_gained", a),
            ("saving_by_meters", b),
            ("alarm_level", 0.0),
        ] {
            let worth = single(id);
            let expected = if sd > 0.0 { normal_gain(mean, sd) } else { 0.0 };
            close(
                id,
                worth.value,
                expected,
                4.0 * worth.error.expect("an error") + 0.02,
            );
        }
        // The strongest stands first; the pair of both is everything there is to know.
        let strongest = uncertainty(
            &table.study.case,
            if a > b {
                "mending_gained"
            } else {
                "saving_by_meters"
            },
        );
        assert_eq!(found.singles[0].uncertainties, [strongest]);
        let pair = &found.pairs[0];
        assert_eq!(pair.uncertainties.len(), 2);
        close("pair", pair.worth.expect("enough").value, perfect.value, 0.05);
        assert!(
            found.singles[0].share.is_some_and(|share| share > 0.5),
            "beside the share"
        );
        // Nothing differs on the other headline outcome.
        close(
            "nothing",
            decision.information[0].perfect.expect("compared").value,
            0.0,
            0.0,
        );
    }
}

/// The programme is 2x + y - 2 ahead, -0.5 at the middle; the margin is 0.1. x alone must rise by 0.3 of its range, both by 0.2.
#[test]
fn smallest_changes_by_hand() {
    let mut table = Table::new();
    let (x, y) = (table.column("mending_gained"), table.column("saving_by_meters"));
    table.set(0, LOST, |_| 10.0);
    table.set(1, LOST, |row| 10.0 - (2.0 * x[row] + y[row] - 2.0));
    table.set(2, LOST, |_| 20.0);
    let decision = table.decision();
    let found = &decision.flips[1];
    assert_eq!((found.outcome, found.from), (LOST, Some(0)));
    assert_eq!((found.basis.broken, found.basis.rejected), (1, 1));
    let single = found.single.as_ref().expect("x can do it alone");
    let u = uncertainty(&table.study.case, "mending_gained");
    assert_eq!((single.to, single.changes.len()), (1, 1));
    assert_eq!((single.changes[0].uncertainty, single.changes[0].from), (u, 0.5));
    close("x alone", single.distance, 0.3, 0.005);
    close("to", single.changes[0].to, 0.8, 0.005);
    let joint = found.joint.as_ref().expect("both");
    assert_eq!((joint.to, joint.changes.len()), (1, 2));
    close("both", joint.distance, 0.2, 0.005);
    joint
        .changes
        .iter()
        .for_each(|change| close("each", change.to, 0.7, 0.005));
    close("explained", joint.explained, 1.0, 1e-6);
    assert_eq!(joint.trial, None, "not tried before somebody does");
    // Where nothing moves the gap nothing flips.
    assert_eq!(
        (&decision.flips[0].single, &decision.flips[0].joint),
        (&None, &None)
    );
}

/// Scores of the programme are x - 0.5 ahead on losses. One camp believes in x above the middle, the other below: each loses 0.25 under
/// the other's choice, and sharing beliefs ends it. With the same beliefs and different weights, sharing weights ends it.
#[test]
fn facts_or_values_by_hand() {
    let mut table = Table::new();
    let x = table.column("mending_gained");
    let u = uncertainty(&table.study.case, "mending_gained");
    table.set(0, LOST, |_| 10.0);
    table.set(1, LOST, |row| 10.0 - 25.0 * (x[row] - 0.5));
    table.set(2, LOST, |_| 30.0);
    table.set(2, YEARS, |_| 20.0);
    table.study.case.camps[1].values = vec![(LOST, 1.0)];
    table.study.case.camps[0].beliefs = vec![(u, Belief::Between(0.5, 1.0))];
    table.study.case.camps[1].beliefs = vec![(u, Belief::Between(0.0, 0.5))];
    let decision = table.decision();
    let [quarrel] = decision.quarrels[..] else {
        panic!("two camps")
    };
    assert_eq!((quarrel.a_prefers, quarrel.b_prefers), (Some(1), Some(0)));
    assert_eq!((quarrel.basis.broken, quarrel.basis.rejected), (1, 1));
    for (what, found, expected) in [
        ("a", quarrel.a_loses, 0.25),
        ("b", quarrel.b_loses, 0.25),
        ("total", quarrel.total, 0.5),
        ("facts", quarrel.facts, 0.5),
        ("values", quarrel.values, 0.0),
    ] {
        close(what, found.expect("both prefer something"), expected, 0.002);
    }

    // The programme is 0.2 ahead on losses and 0.1 behind in years: beliefs have nothing to do with it.
    table
        .study
        .case
        .camps
        .iter_mut()
        .for_each(|camp| camp.beliefs.clear());
    table.study.case.camps[1].values = vec![(YEARS, 1.0)];
    table.set(1, LOST, |_| 5.0);
    table.set(1, YEARS, |_| 2.0);
    let [quarrel] = table.decision().quarrels[..] else {
        panic!("two camps")
    };
    assert_eq!((quarrel.a_prefers, quarrel.b_prefers), (Some(1), Some(0)));
    for (what, found, expected) in [
        ("total", quarrel.total, 0.3),
        ("facts", quarrel.facts, 0.0),
        ("values", quarrel.values, 0.3),
    ] {
        close(what, found.expect("both prefer something"), expected, 1e-9);
    }
}

/// Today is 0.3 ahead on the first outcome, the programme 0.1 on the second, nothing on the third. Today is first where 0.3 of the first
/// weight exceeds 0.1 of the second: in three of four even draws.
#[test]
fn weights_drawn_evenly_by_hand() {
    let mut table = Table::new();
    let (full, short) = (0.0, 120.0);
    table.set(0, SHORTAGE, |_| full);
    table.set(1, SHORTAGE, |_| short);
    table.set(2, SHORTAGE, |_| 400.0);
    table.set(0, LOST, |_| 7.5);
    table.set(1, LOST, |_| 5.0);
    table.set(2, LOST, |_| 30.0);
    let found = table.decision().acceptability.expect("three options");
    assert_eq!(
        (found.basis.compared, found.basis.broken, found.basis.rejected),
        (N as u64 - 2, 1, 1)
    );
    let rank = |policy: usize, rank: usize| found.policies[policy].ranks[rank];
    close("today first", rank(0, 0), 0.75, 0.02);
    close("programme first", rank(1, 0), 0.25, 0.02);
    close("alarm last", rank(2, 2), 1.0, 1e-9);
    assert_eq!(found.policies[2].central_weights, None);
    let central = found.policies[0].central_weights.as_ref().expect("often first");
    close("weights", central.iter().sum(), 1.0, 1e-9);
    assert!(central[SHORTAGE] > central[LOST], "{central:?}");
}

/// A claim that holds exactly where x > 0.6 and y < 0.5, an option that is beaten exactly where x < 0.3.
#[test]
fn planted_boxes_are_found() {
    let mut table = Table::new();
    let (x, y) = (table.column("mending_gained"), table.column("saving_by_meters"));
    let planted = |row: usize| x[row] > 0.6 && y[row] < 0.5;
    table.set(0, LEAKS, |_| 1.0);
    table.set(1, LEAKS, |row| if planted(row) { 0.5 } else { 1.0 });
    table.set(0, LOST, |_| 10.0);
    table.set(1, LOST, |row| if x[row] < 0.3 { 12.0 } else { 10.0 });
    table.set(2, LOST, |_| 10.0);
    let decision = table.decision();
    let case = &table.study.case;
    let (u, v) = (
        uncertainty(case, "mending_gained"),
        uncertainty(case, "saving_by_meters"),
    );

    let claim = &decision.claims[0];
    assert_eq!(case.claims[claim.claim].id.value, "fewer_leaks");
    let found = claim.holds.as_ref().expect("a planted box");
    assert_eq!(
        found.limits.iter().map(|l| l.uncertainty).collect::<Vec<_>>(),
        [u.min(v), u.max(v)]
    );
    for limit in &found.limits {
        if limit.uncertainty == u {
            close("x", limit.low.expect("from below"), 0.6, 0.02);
            assert_eq!(limit.high, None);
        } else {
            close("y", limit.high.expect("from above"), 0.5, 0.02);
            assert_eq!(limit.low, None);
        }
    }
    let rows = || (0..N).filter(|&row| row != REJECTED && row != BROKEN);
    let holds = rows().filter(|&row| planted(row)).count() as u64;
    assert_eq!(
        (found.everywhere.count, found.everywhere.of),
        (holds, N as u64 - 2)
    );
    assert_eq!(found.covers.of, holds);
    assert!(found.inside.low > 0.9 && found.covers.low > 0.9, "{found:?}");
    // Counted again from the table.
    let inside = |row: &usize| {
        let of = |limit: &BoxLimit| {
            let value = table.futures.columns[limit.uncertainty][*row];
            limit.low.is_none_or(|low| value >= low) && limit.high.is_none_or(|high| value <= high)
        };
        found.limits.iter().all(of)
    };
    let within = rows().filter(inside).count() as u64;
    let both = rows().filter(inside).filter(|&row| planted(row)).count() as u64;
    assert_eq!(
        (found.inside.count, found.inside.of, found.covers.count),
        (both, within, both)
    );
    assert!(claim.fails.is_some(), "where it fails");

    let programme = decision
        .options
        .iter()
        .find(|one| one.outcome == LOST && one.policy == 1)
        .expect("one for each option");
    let beaten = rows().filter(|&row| x[row] < 0.3).count() as u64;
    assert_eq!(
        (programme.beaten.count, programme.beaten.of),
        (beaten, N as u64 - 2)
    );
    let fails = programme.fails.as_ref().expect("below 0.3");
    assert_eq!((fails.limits[0].uncertainty, fails.limits[0].low), (u, None));
    close("below", fails.limits[0].high.expect("from above"), 0.3, 0.02);
    let well = programme.does_well.as_ref().expect("above 0.3");
    close("above", well.limits[0].low.expect("from below"), 0.3, 0.02);
    // The others are never beaten: nowhere to look.
    assert!(
        decision
            .options
            .iter()
            .all(|one| one.policy == 1 || one.fails.is_none())
    );
}

/// Half of the futures have one leader, half a close call: 1.96² / (4 x 0.02²) = 2401 less 1.96² futures are needed.
#[test]
fn enough_futures_by_hand() {
    let mut table = Table::new();
    table.set(1, LOST, |row| if row % 2 == 0 { -1.0 } else { 0.0 });
    let findings = table.weighed(2);
    let enough = &findings.decision.enough;
    assert!(!enough.enough);
    assert_eq!((enough.enough_at, &enough.unsure[..]), (2_398, &[LOST][..]));
    // The camp that weighs losses is as unsure, and asks for as many of the futures it believes in: of 1,999 accepted one broke.
    assert_eq!(enough.unsure_camps, [0]);
    close(
        "camps",
        enough.camps_enough_at as f64,
        2_398.0 * 1_999.0 / 1_998.0,
        1.0,
    );

    table.set(1, LOST, |_| -1.0);
    let enough = table.decision().enough;
    assert!(enough.enough && enough.unsure.is_empty() && enough.unsure_camps.is_empty());
}

/// One option is better in every future by the same: every measure of location ranks it first, and its interval holds its value.
#[test]
fn rankings_agree_where_one_option_is_always_better() {
    let mut table = Table::new();
    let x = table.column("mending_gained");
    table.set(0, LOST, |row| 10.0 + x[row]);
    table.set(1, LOST, |row| 8.0 + x[row]);
    table.set(2, LOST, |row| 12.0 + x[row]);
    let decision = table.decision();
    let found = &decision.rankings[1];
    assert_eq!((found.basis.broken, found.basis.rejected), (1, 1));
    assert_eq!(found.measures.len(), 11);
    close("threshold", found.threshold.expect("a baseline"), 10.5, 0.01);
    for measure in &found.measures {
        let same_shape = [
            "undesirable_deviations",
            "percentile_skewness",
            "percentile_peakedness",
        ];
        if same_shape.contains(&measure.measure.as_str()) {
            continue;
        }
        assert_eq!(measure.ranks, [Some(2), Some(1), Some(3)], "{}", measure.measure);
    }
    assert!(found.firsts[1] >= 8, "{:?}", found.firsts);
    let mean = found
        .measures
        .iter()
        .find(|m| m.measure == "laplace")
        .expect("the mean");
    let (low, high) = mean.intervals[1].expect("resampled");
    let value = mean.values[1].expect("defined");
    assert!(
        low < value && value < high && high - low < 0.06,
        "{low} {value} {high}"
    );
    assert!(found.agreement.is_some_and(|tau| tau > 0.5) && found.apart.is_some());
}

/// Whether pipes age is judgement alone, and decides; what mending gains has a source.
#[test]
fn judgement_that_decides_is_named() {
    let mut table = Table::new();
    let (ages, x) = (table.column("ageing_counts"), table.column("mending_gained"));
    table.set(1, LOST, |row| 2.0 * ages[row] - 1.0 + x[row]);
    let decision = table.decision();
    let [one] = &decision.judgement[..] else {
        panic!("{:?}", decision.judgement)
    };
    assert_eq!(one.outcome, LOST);
    let named: Vec<usize> = one.hinges.iter().map(|hinge| hinge.0).collect();
    assert_eq!(named, [uncertainty(&table.study.case, "ageing_counts")]);
}

/// Findings are the same bytes for any number of threads, and one option alone asks nothing.
#[test]
fn any_number_of_threads_and_one_option() {
    let mut table = Table::new();
    let (x, y) = (table.column("mending_gained"), table.column("saving_by_meters"));
    table.set(0, LEAKS, |_| 1.0);
    table.set(1, LEAKS, |row| x[row] + y[row]);
    table.set(1, LOST, |row| x[row] * y[row] - 0.3);
    table.set(2, SHORTAGE, |row| 3.0 * y[row]);
    let bytes = |threads: usize| serde_json::to_string(&table.weighed(threads)).expect("plain data");
    let one = bytes(1);
    for threads in [2, 5] {
        assert!(one == bytes(threads), "{threads} threads");
    }
    table.results.options.truncate(1);
    table.results.values.truncate(1);
    table.results.status.truncate(1);
    let alone = table.decision();
    assert!(alone.information.is_empty() && alone.acceptability.is_none() && alone.claims.is_empty());
}

/// No progress to show and nobody to stop.
struct Quiet;

impl run::Progress for Quiet {
    fn done(&self, _: u64, _: u64) {}
}

/// The smallest changes of a real run, tried in its model, and held to what the model says when everything is set by hand.
#[test]
fn changes_are_tried_in_the_model() {
    let study = study();
    let (model, _) = model::read(
        "model.mdl",
        TOY[2].1.as_bytes(),
        &toy_with(&[]),
        &mut model::Sources::new(),
    );
    let model = model.expect("the toy model");
    let case = &study.case;
    let design = design::Settings {
        futures: 600,
        ..design::Settings::of(case)
    };
    let futures = study.sample(&design).expect("drawn");
    let how = |options: Vec<OptionId>, threads: usize| run::Settings {
        seed: design.seed,
        threads,
        options,
        fans: 0,
        every_addon: false,
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
    };
    let ready = run::Ready::new(&study, &model, &how(Vec::new(), 2), 100).expect("made ready");
    let results = ready.run(&futures, &how(Vec::new(), 2), &Quiet).results;
    let tried = |threads: usize| {
        let trials = Trials {
            futures: 50,
            seed: design.seed,
            threads,
        };
        let tables = (&futures, &results.options[..]);
        let middle = Middle::ask(&ready, tables, &trials, &Quiet).expect("nobody stops it");
        let evidence = Evidence {
            futures: &futures,
            results: &results,
            triggers: &[],
            second: None,
            middle: Some(&middle),
        };
        let settings = Settings {
            threads,
            done: &|_| (),
        };
        let mut findings = weigh(&study, &evidence, &settings).expect("well formed");
        middle.try_flips(&mut findings, &Quiet);
        findings.decision.flips
    };
    let flips = tried(1);
    assert_eq!(flips, tried(5), "threads change nothing");

    // By hand: every assumption at its middle, luck as drawn in the first 50 accepted futures, then the changes times a size.
    let lead = |outcome: usize, to: usize, first: usize, changes: &[FlipChange], size: f64| -> f64 {
        let rows: Vec<usize> = (0..futures.ids.len())
            .filter(|&row| futures.rejected[row].is_none())
            .take(50)
            .collect();
        let column = |u: usize| -> Vec<f64> {
            let one = &case.uncertainties[u];
            let middle = one.distribution.quantile(0.5);
            let change = changes.iter().find(|change| change.uncertainty == u);
            let value = change.map_or(middle, |c| c.from + size * (c.to - c.from));
            let drawn = |&row: &usize| match one.role {
                Role::Assumption => value,
                Role::Chance => futures.columns[u][row],
            };
            rows.iter().map(drawn).collect()
        };
        let set = Futures {
            ids: rows.iter().map(|&row| futures.ids[row]).collect(),
            rejected: vec![None; rows.len()],
            columns: (0..case.uncertainties.len()).map(column).collect(),
        };
        let options = (0..3).map(|policy| OptionId { policy, addon: 0 }).collect();
        let found = run::run(&study, &model, &set, &how(options, 1), &Quiet)
            .expect("run")
            .results;
        let total: f64 = (0..rows.len())
            .map(|row| found.values[first][outcome][row] - found.values[to][outcome][row])
            .sum();
        total / rows.len() as f64
    };
    let mut passed = 0;
    // Losses have a margin in their own unit: 0.1, and less is better.
    for flip in [&flips[1].single, &flips[1].joint].into_iter().flatten() {
        let trial = flip.trial.as_ref().expect("tried");
        let first = trial.before.expect("somebody is best");
        assert!(trial.futures > 0);
        let best = (0..3).all(|other| lead(LOST, other, first, &[], 1.0) <= 1e-9);
        assert!(best, "{first} is best at the middle");
        if trial.distance.is_some() {
            passed += 1;
            assert!(lead(LOST, flip.to, first, &trial.changes, 1.0) > 0.1, "{flip:?}");
            assert!(lead(LOST, flip.to, first, &trial.changes, 0.9) <= 0.1, "{flip:?}");
        }
    }
    assert!(passed > 0, "some change turns the toy case: {flips:?}");
}
