//! The published core: with couplings neutral and the trend off, the members are the one-stock form of the published model
//! of 150 groups, within the errors that form is stated with (0.14 % of members, 1.5 % of those killed).

use crate::case::{model_with, simulate, variable};

/// Members at the start of the published projection.
const MEMBERS: f64 = 173_837.0;
/// Recruits per member and week, jailed a week, killed and lost per member squared and week.
const RECRUITED: f64 = 2.52747e-3;
const JAILED: f64 = 110.0;
const KILLED: f64 = 4.1133e-9;
const LOST: f64 = 2.1209e-9;
/// The stated errors of the one-stock form, and half of the last digit that is printed.
const OF_MEMBERS: f64 = 0.0014 + 0.0005;
const OF_KILLED: f64 = 0.015 + 0.0005;

/// Members and killed after five years, relative to the start, with arrests and recruitment multiplied.
fn core(arrests: f64, recruitment: f64) -> (f64, f64) {
    let model = model_with(&[]);
    let (killed, lost) = (KILLED * MEMBERS * MEMBERS, LOST * MEMBERS * MEMBERS);
    let scale = 175_000.0 / MEMBERS;
    let net = RECRUITED * MEMBERS * recruitment - JAILED - killed - lost;
    let settings = [
        ("members at the start", MEMBERS),
        ("jailing in 2022", JAILED),
        ("conflict deaths in 2022", killed),
        ("other leavers in 2022", lost * scale),
        ("net growth in 2022", net * scale),
        ("detentions at the start", 660.0),
        ("durable share of detentions", arrests * JAILED / 660.0),
        ("jailing response to members", 0.0),
        ("recruitment response to resources", 0.0),
        ("leavers per removal", 0.0),
        ("precursor control", 0.0),
        ("scarcity violence", 0.0),
        ("local violence multiplier", 1.0),
    ];
    let given: Vec<_> = settings
        .iter()
        .map(|(name, value)| (variable(&model, name), vec![*value]))
        .collect();
    let outputs = simulate(&model, &given, Vec::new(), &["members", "conflict deaths"]);
    let end = |series: &[f64]| series.last().expect("saved times") / series[0];
    (end(&outputs.series[0]), end(&outputs.series[1]))
}

/// Members and killed as the independent reproduction of the published model gives them, relative to 2022.
fn check(arrests: f64, recruitment: f64, members: Option<f64>, killed: Option<f64>) {
    let found = core(arrests, recruitment);
    for (found, expected, error) in [(found.0, members, OF_MEMBERS), (found.1, killed, OF_KILLED)] {
        let Some(expected) = expected else { continue };
        assert!(
            (found / expected - 1.0).abs() <= error,
            "arrests x {arrests}, recruitment x {recruitment}: {found}, not {expected}"
        );
    }
}

#[test]
fn the_core_follows_the_published_projections() {
    check(1.0, 1.0, Some(1.230), Some(1.363));
    check(2.0, 1.0, None, Some(1.017));
    check(1.0, 0.5, Some(0.901), Some(0.742));
    check(1.0, 0.0, Some(113_274.0 / MEMBERS), None);
}

#[test]
fn against_the_same_year_doubled_arrests_lower_both() {
    let (plain, doubled) = (core(1.0, 1.0), core(2.0, 1.0));
    assert!(
        (doubled.0 / plain.0 - 0.86).abs() < 0.005 + OF_MEMBERS,
        "members -14 %"
    );
    assert!(
        (doubled.1 / plain.1 - 0.75).abs() < 0.005 + OF_KILLED,
        "killed -25 %"
    );
}
