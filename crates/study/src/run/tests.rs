//! Runs do not depend on threads, order or company.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::bind::bind;
use crate::design;
use crate::testing::{Memory, TOY};

/// The toy case and its model, with a change to each.
fn toy() -> (Study, Model) {
    let files = Memory(
        TOY.iter()
            .map(|(name, text)| (*name, text.as_bytes().to_vec()))
            .collect(),
    );
    let mut sources = model::Sources::new();
    let (case, notes) = crate::case::read("case.toml", TOY[0].1, &files, &mut sources);
    assert!(!notes.has_errors(), "{notes:?}");
    let model = model::read("model.mdl", TOY[2].1.as_bytes(), &files, &mut sources)
        .0
        .expect("a model");
    let study = bind(case.expect("complete"), &model).0.expect("bound");
    (study, model)
}

struct Quiet;

impl Progress for Quiet {
    fn done(&self, _: u64, _: u64) {}
}

fn settings(threads: usize) -> Settings {
    Settings {
        seed: 3,
        threads,
        options: Vec::new(),
        fans: 100,
        every_addon: false,
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
    }
}

fn futures(study: &Study, count: u64) -> Futures {
    study
        .sample(&design::Settings {
            futures: count,
            ..design::Settings::of(&study.case)
        })
        .expect("drawn")
}

/// Bits, so that NaN equals NaN.
fn bits(outcome: &Outcome) -> Vec<u64> {
    outcome
        .results
        .values
        .iter()
        .flatten()
        .flatten()
        .map(|v| v.to_bits())
        .collect()
}

#[test]
fn options_that_share_a_program_come_to_the_same_as_with_their_own() {
    let (study, model) = toy();
    let futures = futures(&study, 200);
    let ready = |count| Ready::new(&study, &model, &settings(2), count).expect("made ready");
    let (shared, own) = (ready(WORTH_ITS_OWN - 1), ready(WORTH_ITS_OWN));
    let programs = |ready: &Ready| {
        let inputs = |option: &OptionId| ready.setup.requested(*option, ready.sharing, None);
        distinct(ready.options.iter().map(inputs)).len()
    };
    // A lever that changes over time is another kind of input than one that stays.
    assert!(
        programs(&shared) < programs(&own),
        "{} {}",
        programs(&shared),
        programs(&own)
    );
    let [shared, own] = [shared, own].map(|ready| ready.run(&futures, &settings(2), &Quiet));
    assert_eq!(bits(&shared), bits(&own));
    assert_eq!(
        (&shared.results.status, &shared.triggers),
        (&own.results.status, &own.triggers)
    );
}

#[test]
fn a_future_comes_to_the_same_however_many_there_are() {
    let (study, model) = toy();
    for numerics in [Numerics::Exact, Numerics::Fast] {
        let how = Settings {
            numerics,
            ..settings(2)
        };
        let many = futures(&study, WORTH_ITS_OWN);
        let few = many.rows(0..100);
        let ready = |futures: &Futures| {
            Ready::new(&study, &model, &how, futures.ids.len() as u64).expect("made ready")
        };
        let [many, few] = [&many, &few].map(|futures| ready(futures).run(futures, &how, &Quiet).results);
        let columns = |results: &Results| -> Vec<Vec<u64>> {
            let all = results.values.iter().flatten();
            all.map(|column| column[..100].iter().map(|v| v.to_bits()).collect())
                .collect()
        };
        assert_eq!(columns(&many), columns(&few), "{numerics:?}");
    }
}

#[test]
fn the_same_for_any_number_of_threads() {
    let (study, model) = toy();
    let futures = futures(&study, 700);
    let one = run(&study, &model, &futures, &settings(1), &Quiet).expect("runs");
    assert_eq!(one.futures, futures.ids.len());
    for threads in [2, 5] {
        let more = run(&study, &model, &futures, &settings(threads), &Quiet).expect("runs");
        assert_eq!(bits(&one), bits(&more), "{threads} threads");
        assert_eq!(
            (&one.results.status, &one.triggers),
            (&more.results.status, &more.triggers)
        );
        assert_eq!(one.results.series, more.results.series);
    }
}

#[test]
fn shuffled_futures_give_shuffled_results() {
    let (study, model) = toy();
    let futures = futures(&study, 300);
    let count = futures.ids.len();
    let order: Vec<usize> = (0..count).map(|at| (at * 7 + 5) % count).collect();
    let pick = |column: &Vec<f64>| order.iter().map(|&row| column[row]).collect();
    let shuffled = Futures {
        ids: order.iter().map(|&row| futures.ids[row]).collect(),
        rejected: order.iter().map(|&row| futures.rejected[row]).collect(),
        columns: futures.columns.iter().map(pick).collect(),
    };
    let plain = run(&study, &model, &futures, &settings(2), &Quiet)
        .expect("runs")
        .results;
    let other = run(&study, &model, &shuffled, &settings(2), &Quiet)
        .expect("runs")
        .results;
    for (option, values) in plain.values.iter().enumerate() {
        for (measure, column) in values.iter().enumerate() {
            let expected: Vec<u64> = order.iter().map(|&row| column[row].to_bits()).collect();
            let found: Vec<u64> = other.values[option][measure]
                .iter()
                .map(|v| v.to_bits())
                .collect();
            assert_eq!(expected, found);
        }
    }
}

#[test]
fn an_option_alone_gives_what_it_gives_among_others() {
    let (study, model) = toy();
    let futures = futures(&study, 50);
    let all = run(&study, &model, &futures, &settings(1), &Quiet)
        .expect("runs")
        .results;
    let last = *all.options.last().expect("options");
    let alone = run(
        &study,
        &model,
        &futures,
        &Settings {
            options: vec![last],
            ..settings(1)
        },
        &Quiet,
    )
    .expect("runs");
    let found: Vec<u64> = bits(&alone);
    let expected: Vec<u64> = all.values[all.options.len() - 1]
        .iter()
        .flatten()
        .map(|v| v.to_bits())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn experiments_start_where_they_say_and_triggers_are_told() {
    let (study, model) = toy();
    let futures = futures(&study, 60);
    let outcome = run(&study, &model, &futures, &settings(1), &Quiet).expect("runs");
    let hindcast = &outcome.results.experiments[0];
    assert_eq!(
        (hindcast.times.first(), hindcast.times.last()),
        (Some(&-5.0), Some(&0.0))
    );
    assert!(hindcast.values.iter().all(|v| v.is_finite()));
    let [(option, variable, fired), ..] = &outcome.triggers[..] else {
        panic!("the alarm has a trigger")
    };
    assert_eq!(
        (option.policy, variable.as_str(), fired.len()),
        (2, "Emergency", futures.ids.len())
    );
    let told = fired.iter().zip(&futures.rejected);
    assert!(
        told.clone().any(|(_, rule)| rule.is_some()),
        "the toy case rejects some"
    );
    assert!(
        told.into_iter()
            .all(|(fired, rule)| fired.is_some() == rule.is_none())
    );
}

/// Stops after a block's runs.
struct Impatient {
    done: AtomicU64,
    most: u64,
}

impl Progress for Impatient {
    fn done(&self, runs: u64, _: u64) {
        self.done.fetch_max(runs, Ordering::Relaxed);
    }
    fn stop(&self) -> bool {
        self.done.load(Ordering::Relaxed) >= self.most
    }
}

#[test]
fn what_was_finished_before_a_stop_is_kept() {
    let (study, model) = toy();
    let futures = futures(&study, 2000);
    let all = run(&study, &model, &futures, &settings(1), &Quiet).expect("runs");
    let some = run(
        &study,
        &model,
        &futures,
        &settings(1),
        &Impatient {
            done: AtomicU64::new(0),
            most: (BLOCK * all_options(&study).len()) as u64,
        },
    )
    .expect("runs");
    assert!(
        some.futures >= BLOCK && some.futures < futures.ids.len(),
        "{}",
        some.futures
    );
    for (few, many) in some
        .results
        .values
        .iter()
        .flatten()
        .zip(all.results.values.iter().flatten())
    {
        let bits = |column: &[f64]| column.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(few), bits(&many[..some.futures]));
    }
}

/// Everything that [`stream()`] hands over, put together again.
fn streamed(study: &Study, model: &Model, count: u64, threads: usize, most: usize) -> (bool, Vec<Group>) {
    let settings_of_design = design::Settings {
        futures: count,
        ..design::Settings::of(&study.case)
    };
    let rejects = |row: &[f64]| study.rejects(row);
    let drawing = design::Drawing::new(&study.case, &settings_of_design, study.constrained(&rejects))
        .expect("can be drawn");
    let mut groups = Vec::new();
    let mut take = |group: Group| {
        groups.push(group);
        if groups.len() == most { Err(()) } else { Ok(()) }
    };
    let whole = stream(study, model, &drawing, &settings(threads), &Quiet, &mut take).expect("runs");
    (whole.is_ok_and(|streamed| streamed.whole), groups)
}

#[test]
fn streamed_groups_are_the_run_in_pieces() {
    let (study, model) = toy();
    let count = 9_000;
    let futures = futures(&study, count);
    assert!(
        futures.accepted() >= count && futures.ids.len() > 9_000,
        "some are rejected"
    );
    let whole = run(&study, &model, &futures, &settings(2), &Quiet).expect("runs");
    for threads in [1, 3] {
        let (complete, groups) = streamed(&study, &model, count, threads, usize::MAX);
        assert!(complete);
        let mut at = 0;
        for group in groups {
            let rows = at..at + group.futures.ids.len();
            assert_eq!(group.futures, futures.rows(rows.clone()));
            let part = whole.results.rows(rows.clone());
            assert_eq!(group.results.status, part.status);
            let bits = |results: &Results| -> Vec<u64> {
                results
                    .values
                    .iter()
                    .flatten()
                    .flatten()
                    .map(|v| v.to_bits())
                    .collect()
            };
            assert_eq!(bits(&group.results), bits(&part));
            for ((option, name, fired), part) in whole.triggers.iter().zip(&group.triggers) {
                assert_eq!((*option, name.clone(), fired[rows.clone()].to_vec()), *part);
            }
            at = rows.end;
        }
        assert_eq!(at, futures.ids.len());
    }
}

#[test]
fn whoever_takes_the_groups_may_end_it() {
    let (study, model) = toy();
    let (complete, groups) = streamed(&study, &model, 30_000, 3, 2);
    assert!(!complete);
    assert_eq!(groups.len(), 2);
    assert_eq!(groups[1].futures.ids[0], crate::store::GROUP);
}

#[test]
fn fast_numerics_give_the_same_bytes_for_any_threads_and_tell_how_far_they_moved() {
    use engine::Numerics;
    let (study, model) = toy();
    let futures = futures(&study, 300);
    let of = |threads, numerics, engine| {
        let settings = Settings {
            numerics,
            engine,
            ..settings(threads)
        };
        run(&study, &model, &futures, &settings, &Quiet).expect("runs")
    };
    let fast = of(1, Numerics::Fast, engine::Choice::Block);
    assert_eq!(bits(&fast), bits(&of(3, Numerics::Fast, engine::Choice::Auto)));
    let exact = of(2, Numerics::Exact, engine::Choice::Auto).results;
    let fast = fast.results;

    let rows = crate::live::embedded(&futures, fast.options.len());
    let both = (&futures, &fast);
    let found = numerics::exactly(&study, &model, both, &rows, &settings(2), &Quiet)
        .expect("runs")
        .expect("nobody stops it");
    for (found, exact) in found.values.iter().flatten().zip(exact.values.iter().flatten()) {
        for &row in &rows {
            assert_eq!(found[row].to_bits(), exact[row].to_bits());
        }
    }
    let deviation = numerics::deviation(&study, &fast, &exact, &rows);
    assert_eq!(deviation.futures, rows.len() as u64);
    assert_eq!(deviation.otherwise, 0);
    assert_eq!(deviation.outcomes.len(), study.case.outcomes.len());
    let most = deviation.most().expect("an outcome");
    assert!(most.of_range < 1e-9, "{most:?}");
    // What was not moved says so, and what broke in one only is counted.
    let none = numerics::deviation(&study, &exact, &exact, &rows);
    assert!(none.outcomes.iter().all(|moved| moved.largest == 0.0), "{none:?}");
    let mut broken = fast.clone();
    broken.status[0][rows[0]] = Status::NonFinite {
        variable: 0,
        time: 1.0,
    };
    assert_eq!(numerics::deviation(&study, &broken, &exact, &rows).otherwise, 1);
}
