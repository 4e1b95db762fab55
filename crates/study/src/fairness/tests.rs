//! The toy case, made unfair in one way after another.

use model::{Files, Sources};

use super::*;
use crate::findings::Share;
use crate::testing::toy_with;

fn toy(changes: &[(&str, &str)]) -> Case {
    let files = toy_with(changes);
    let text = String::from_utf8(files.read("case.toml").expect("it is there")).expect("UTF-8");
    let (case, notes) = crate::case::read("case.toml", &text, &files, &mut Sources::new());
    case.unwrap_or_else(|| panic!("{notes:?}"))
}

/// The concerns that a change adds to those of the toy case as it is, as `kind subject: text`.
fn check(changes: &[(&str, &str)], expected: &[&str]) {
    let told = |case: &Case| -> Vec<String> {
        of_case(case)
            .into_iter()
            .map(|c| format!("{} {}: {}", c.note.kind, c.note.subject, c.note.en))
            .collect()
    };
    let before = told(&toy(&[]));
    let added: Vec<String> = told(&toy(changes))
        .into_iter()
        .filter(|text| !before.contains(text))
        .collect();
    assert_eq!(added, expected);
}

#[test]
fn the_toy_rests_on_judgement_here_and_there() {
    let concerns = of_case(&toy(&[]));
    let unsourced: Vec<&str> = concerns
        .iter()
        .filter(|concern| concern.note.kind == "without_source")
        .map(|concern| concern.note.subject.as_str())
        .collect();
    assert_eq!(unsourced, ["ageing_counts"]);
    for concern in concerns {
        assert!(concern.span.is_some(), "{:?}", concern.note);
        assert!(concern.note.es.ends_with('.') && concern.note.es != concern.note.en);
    }
}

#[test]
fn an_events_luck_needs_no_source() {
    let told = |case: &Case| {
        let concerns = of_case(case);
        let about = concerns.iter().filter(|c| c.note.subject == "ageing_counts");
        about.count()
    };
    let mut case = toy(&[]);
    assert_eq!(told(&case), 1);
    let ageing = case
        .uncertainties
        .iter()
        .position(|u| u.id.value == "ageing_counts");
    let ageing = ageing.expect("the toy has it");
    case.uncertainties[ageing].role = Role::Chance;
    assert_eq!(told(&case), 0);
}

#[test]
fn neutral_values() {
    check(&[("neutral = 0\n", "neutral = 0.1\n")], &[]);
    check(
        &[("neutral = 0\n", "neutral = -0.05\n")],
        &[
            "neutral_at_end mending_gained: The value -0.05 of “Mending gained by a second crew”, at which the contested effect is absent, lies at an end of its range: only one side can be right.",
        ],
    );
    check(
        &[("neutral = 0\n", "neutral = 1.5\n")],
        &[
            "neutral_outside mending_gained: The value 1.5 of “Mending gained by a second crew”, at which the contested effect is absent, lies outside its range: only one side can be right.",
        ],
    );
}

#[test]
fn where_a_neutral_value_lies_depends_on_the_distribution() {
    let check = |distribution: Distribution, neutral: f64, expected: Option<&str>| {
        let mut uncertainty = toy(&[]).uncertainties.swap_remove(0);
        uncertainty.distribution = distribution;
        uncertainty.neutral = Some(neutral);
        assert_eq!(
            super::neutral(&uncertainty)
                .map(|concern| concern.note.kind)
                .as_deref(),
            expected
        );
    };
    let uniform = || Distribution::Uniform {
        low: 1.0,
        high: 100.0,
    };
    let log = || Distribution::LogUniform {
        low: 1.0,
        high: 100.0,
    };
    check(uniform(), 2.0, Some("neutral_at_end"));
    check(log(), 2.0, None);
    check(log(), 1.1, Some("neutral_at_end"));
    check(log(), 0.0, Some("neutral_outside"));
    check(uniform(), 101.0, Some("neutral_outside"));
    check(
        Distribution::Integer { low: 0, high: 2 },
        0.0,
        Some("neutral_at_end"),
    );
    check(Distribution::Integer { low: 0, high: 2 }, 1.0, None);
    let either = || Distribution::Categorical {
        values: vec![0.0, 1.0],
        labels: Vec::new(),
    };
    check(either(), 0.0, None);
    check(either(), 0.5, Some("neutral_outside"));
}

#[test]
fn camps_that_talk_longer() {
    check(
        &[(
            "Leaks only grow. Mend them now.",
            "Leaks only grow. Mend them now, and the town will have water for years to come.",
        )],
        &["long_camp_text menders: The view of “Menders” is 2.2 times as long as that of “Waiters”."],
    );
}

/// Verdicts of two policies on two outcomes at one add-on, from how often each beats the other.
fn verdicts(pairs: &[(u64, u64)]) -> Vec<Verdict> {
    let share = |count| Share {
        count,
        of: 100,
        ..Share::default()
    };
    pairs
        .iter()
        .enumerate()
        .map(|(outcome, &(first, second))| Verdict {
            outcome,
            addon: 0,
            leads: vec![share(first), share(second)],
            close_calls: share(100 - first - second),
            near_best: vec![share(0); 2],
            pairs: vec![vec![share(0), share(first)], vec![share(second), share(0)]],
            leader: None,
            ranking: vec![0, 1],
            enough: true,
            enough_at: 100,
        })
        .collect()
}

#[test]
fn dominated_options() {
    let check = |pairs: &[(u64, u64)], expected: &[&str]| {
        let mut case = toy(&[]);
        case.policies.truncate(2);
        case.addons.truncate(1);
        let subjects: Vec<String> = super::dominated(&case, &verdicts(pairs))
            .into_iter()
            .map(|concern| concern.note.subject)
            .collect();
        assert_eq!(subjects, expected);
    };
    check(&[(30, 0), (0, 0)], &["programme+none"]);
    check(&[(0, 1), (0, 50)], &["as_today+none"]);
    check(&[(30, 0), (0, 1)], &[]);
    // Alike in every future: neither is worse.
    check(&[(0, 0), (0, 0)], &[]);
}
