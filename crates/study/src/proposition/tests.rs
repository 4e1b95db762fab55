//! Propositions over the toy case: what they mean, and what is said of wrong ones.

use model::{Diagnostics, Sources, Span};

use super::*;
use crate::case::{At, Case};
use crate::results::{Futures, Results, Status};
use crate::testing::{render, toy};

fn read(case: &Case, text: &str, level: Level) -> (Option<Proposition>, Vec<Windowed>, String) {
    let mut sources = Sources::new();
    let source = sources.add("claim", text);
    let span = Span {
        source,
        start: 0,
        end: text.len() as u32,
    };
    let (mut windows, mut notes) = (Vec::new(), Diagnostics::new());
    let written = At {
        value: text.to_owned(),
        span,
    };
    let proposition = parse(&written, level, &Names::of(case), &mut windows, &mut notes);
    assert_eq!(proposition.is_none(), notes.has_errors(), "{text}");
    (proposition, windows, render(&notes, &sources))
}

/// Three futures: the second broke under `programme`, the third was rejected.
fn ensemble(case: &Case) -> (Futures, Results) {
    let rows = 3;
    let futures = Futures {
        ids: vec![0, 1, 2],
        rejected: vec![None, None, Some(0)],
        columns: (0..case.uncertainties.len())
            .map(|u| (0..rows).map(|row| (u + 1) as f64 + row as f64 / 10.0).collect())
            .collect(),
    };
    let options = vec![
        OptionId { policy: 0, addon: 0 },
        OptionId { policy: 1, addon: 0 },
        OptionId { policy: 0, addon: 1 },
    ];
    let measures = 8;
    let value = |option: usize, measure: usize, row: usize| (100 * option + 10 * measure + row) as f64;
    let mut values: Vec<Vec<Vec<f64>>> = (0..options.len())
        .map(|o| {
            (0..measures)
                .map(|m| (0..rows).map(|r| value(o, m, r)).collect())
                .collect()
        })
        .collect();
    let mut status = vec![vec![Status::Ok, Status::Ok, Status::Rejected(0)]; options.len()];
    status[1][1] = Status::NonFinite {
        variable: 0,
        time: 3.0,
    };
    for option in &mut values {
        option.iter_mut().for_each(|column| column[2] = f64::NAN);
    }
    values[1].iter_mut().for_each(|column| column[1] = f64::NAN);
    let results = Results {
        options,
        measures,
        values,
        status,
        series: Vec::new(),
        experiments: Vec::new(),
    };
    (futures, results)
}

struct Counted;

impl Ensemble for Counted {
    fn leads(&self, option: OptionId, outcome: usize) -> Option<f64> {
        Some(0.1 * (option.policy + 1) as f64 + outcome as f64)
    }
    fn beats(&self, a: OptionId, b: OptionId, _: usize) -> Option<f64> {
        (a.addon == b.addon).then_some(0.7)
    }
    fn hinge(&self, uncertainty: usize, _: usize, _: [OptionId; 2]) -> Option<f64> {
        Some(uncertainty as f64 / 10.0)
    }
}

#[test]
fn verdicts_in_each_future() {
    let (case, _) = toy();
    let (futures, results) = ensemble(&case);
    let check = |text: &str, expected: [Option<bool>; 3]| {
        let (proposition, _, said) = read(&case, text, Level::Future);
        let proposition = proposition.unwrap_or_else(|| panic!("{said}"));
        assert_eq!(
            evaluate(&proposition, &case, &futures, &results),
            expected,
            "{text}"
        );
    };
    let (yes, no) = (Some(true), Some(false));
    // Outcomes are measures 0 to 2, quantities 3 and 4; the draw of uncertainty u is u + 1 + row / 10.
    check("shortage(as_today) < 1", [yes, no, None]);
    check("shortage(as_today) <= 0", [yes, no, None]);
    check("lost(as_today) >= 11 or lost(as_today) > 11", [no, yes, None]);
    check("leaks(as_today + meters) > 229.5", [yes, yes, None]);
    check(
        "leaks(as_today+meters) - leaks(as_today) <= 200 and 1 < 2",
        [yes, yes, None],
    );
    check("shortage(programme) > 1", [yes, None, None]);
    check("shortage(programme) > 1 or 1 < 2", [yes, yes, None]);
    check("shortage(programme) > 1 and 2 < 1", [no, no, None]);
    check("not shortage(programme) > 1", [no, None, None]);
    check("not not 1 < 2", [yes, yes, None]);
    check(
        "1 + 2 * 3 - 4 / 2 >= 5 and 1 + 2 * 3 - 4 / 2 <= 5",
        [yes, yes, None],
    );
    check("(1 + 2) * -3 < -8.9e0 and 8 / 4 / 2 < 1.1", [yes, yes, None]);
    check("((1 < 2) and (3) < (4))", [yes, yes, None]);
    check("max(1, min(3, 2)) < 2.5 and abs(-3) > 2", [yes, yes, None]);
    check("1 < 2 or 1 < 2 and 2 < 1", [yes, yes, None]);
    check("mending_gained > 2.05", [no, yes, None]);
    // A part: the total 4 times its weight 5, over both weights 5 + 6.
    check(
        "households > 20 / 11 - 1e-9 and households < 20 / 11 + 1e-9",
        [yes, no, None],
    );
    check("0 / 0 < 1 or shortage(as_today) < 1", [yes, None, None]);
    check("lost(alarm) < 1", [None, None, None]);
}

#[test]
fn windows_become_measures() {
    let (case, _) = toy();
    let (futures, results) = ensemble(&case);
    let text =
        "leaks(as_today, years 1..5) < leaks(programme, year 1..5) and lost(as_today, years 0.5..-1.5e0) < 1";
    let (none, ..) = read(&case, text, Level::Future);
    assert!(none.is_none(), "a window that ends before it begins");
    let text =
        "leaks(as_today, years 1..5) < leaks(programme, year 1..5) and 1 < lost(as_today, years -0.5..1)";
    let (proposition, windows, _) = read(&case, text, Level::Future);
    let spans: Vec<(usize, f64, f64, usize)> = windows
        .iter()
        .map(|one| (one.outcome, one.from, one.to, one.units.len()))
        .collect();
    assert_eq!(
        spans,
        [(3, 3.0, 7.0, 2), (1, 1.5, 3.0, 1)],
        "counted from the start at 2"
    );
    let verdicts = evaluate(&proposition.unwrap(), &case, &futures, &results);
    assert_eq!(verdicts, [Some(true), None, None], "measures 5 and 6");
}

#[test]
fn verdicts_about_the_ensemble() {
    let (case, _) = toy();
    let (futures, results) = ensemble(&case);
    let check = |text: &str, expected: Option<(bool, f64, f64)>| {
        let (proposition, _, said) = read(&case, text, Level::Ensemble);
        let proposition = proposition.unwrap_or_else(|| panic!("{said}"));
        let verdict = judge(&proposition, &case, &futures, &results, &Counted);
        assert_eq!(
            verdict.map(|verdict| (verdict.holds, verdict.left, verdict.right)),
            expected,
            "{text}"
        );
    };
    check("share(shortage(as_today) < 1) >= 0.5", Some((true, 0.5, 0.5)));
    check("share(shortage(programme) < 1) > 0", Some((false, 0.0, 0.0)));
    check("share(shortage(alarm) < 1) > 0", None);
    check(
        "leads(programme, lost) > 1 and leads(as_today + meters, shortage) < 1",
        Some((true, 1.2, 1.0)),
    );
    check(
        "beats(programme, as_today, lost) - 0.5 >= 0.1",
        Some((true, 0.7 - 0.5, 0.1)),
    );
    check(
        "hinge(saving_by_meters, lost, programme, as_today) < 0.7",
        Some((true, 0.6, 0.7)),
    );
    check(
        "not (share(1 < 2) < 1 or leads(alarm, lost) > 9)",
        Some((true, 1.0, 1.0)),
    );
}

#[test]
fn constraints_reject() {
    let (case, _) = toy();
    let check = |text: &str, expected: bool| {
        let (rule, _, said) = read(&case, text, Level::Draws);
        let rule = rule.unwrap_or_else(|| panic!("{said}"));
        assert_eq!(rejects(&rule, &case, &|u| (u + 1) as f64), expected, "{text}");
    };
    check("mending_gained + ageing_counts >= 5", false);
    check("mending_gained + ageing_counts > 5", true);
    check("demand_2024 - households - industry < 1e-9", false);
    check("0 / 0 < 1", true);
}

#[test]
fn wrong_propositions() {
    let (case, _) = toy();
    let mut text = String::new();
    let future = [
        "",
        "shortage(as_today)",
        "1 < 2 < 3",
        "shortage(as_today) = 1",
        "shortage(as_today) <= 0.8 * ",
        "shortage(as_today <= 1",
        "shortge(as_today) < 1",
        "shortage(as_todya) < 1 and lost(as_today + metres) < 1",
        "shortage < 1",
        "leaks + 1 < 1",
        "mending_gian < 1",
        "lost(as_today, year 5..1) < 1",
        "lost(as_today, 1..5) < 1",
        "lost(as_today, year 1-5) < 1",
        "(1 < 2) + 1 < 3",
        "1 and 2 < 3",
        "not 1",
        "max(1) < 2",
        "1 < 2 and or 2 < 3",
        "1 § 2",
        "1e999 < 2",
        "leads(programme, lost) > 0.5",
        ") < 1",
    ];
    let ensemble = [
        "lost(programme) > 0.5",
        "mending_gained > 0.5",
        "share(lost(programme)) > 0.5",
        "share(share(1 < 2) < 1) > 0.5",
        "leads(programme, leaks) > 0.5",
        "beats(programme, programme, lost) > 0.5",
        "hinge(households, lost, programme, alarm) > 0.5",
        "hinge(mending_gained, lost, programme) > 0.5",
    ];
    let draws = ["lost(programme) > 0.5", "share(1 < 2) > 0.5"];
    for (level, wrong) in [
        (Level::Future, &future[..]),
        (Level::Ensemble, &ensemble),
        (Level::Draws, &draws),
    ] {
        for proposition in wrong {
            let (read, _, said) = read(&case, proposition, level);
            assert!(read.is_none(), "{proposition}");
            text += &format!("{level:?}: {proposition}\n{said}\n");
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn nesting_and_length_end_in_messages() {
    let (case, _) = toy();
    for text in [
        format!("{}1{} < 2", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{}1 < 2", "-".repeat(100_000)),
        format!("1{} < 2", " + 1".repeat(100_000)),
        format!("{} 1 < 2", "not ".repeat(100_000)),
    ] {
        let (proposition, _, said) = read(&case, &text, Level::Future);
        assert!(
            proposition.is_none() && said.contains("proposition is too long"),
            "{}",
            &said[..200.min(said.len())]
        );
    }
    for (text, fits) in [
        (format!("{}1{} < 2", "(".repeat(90), ")".repeat(90)), true),
        (format!("{}1{} < 2", "(".repeat(400), ")".repeat(400)), false),
    ] {
        assert_eq!(read(&case, &text, Level::Future).0.is_some(), fits);
    }
    let long = format!("1{} < 2", " + 1".repeat(900));
    let proposition = read(&case, &long, Level::Future).0.unwrap();
    assert!(rejects(&proposition, &case, &|_| 0.0));
}

#[test]
fn a_place_in_a_string_with_escapes_is_the_string() {
    let changes = [(
        "< shortage(programme) or max",
        "< shortage(progamme) \\u006fr max",
    )];
    let files = crate::testing::toy_with(&changes);
    let mut sources = Sources::new();
    let (_, notes) = crate::case::read("toy/case.toml", crate::testing::TOY[0].1, &files, &mut sources);
    let label = &notes.items[0].labels[0];
    assert!(
        sources
            .slice(label.span)
            .starts_with("\"shortage(as_today + meters)")
    );
    assert_eq!(notes.items[0].help, ["did you mean `programme`?"]);
}
