//! Facts or values, which values speak for which option, and whether robustness depends on its measure.

use study::findings::Quarrel;

use super::super::{Page, all_of, numeral};
use crate::markup::{Markup, Table, join, tag};
use crate::{number, words};

/// So many outcomes are named that weigh most.
const WEIGHED: usize = 2;
/// So many pairs of camps have a row.
const PAIRS: usize = 6;
/// Camps less far apart than this, in points of 100, would choose alike.
const ALIKE: f64 = 0.05;

/// Every pair of camps that would choose differently, those furthest apart first.
pub(in super::super) fn quarrels(page: &mut Page) -> Markup {
    let (language, decision) = (page.language, &page.memo.findings.decision);
    if decision.quarrels.is_empty() {
        return Markup::default();
    }
    let points = |score: Option<f64>| score.unwrap_or(0.0) * 100.0;
    let mut apart: Vec<&Quarrel> = decision
        .quarrels
        .iter()
        .filter(|quarrel| points(quarrel.total) >= ALIKE)
        .collect();
    apart.sort_by(|x, y| points(y.total).total_cmp(&points(x.total)));
    let heading = tag("h3", "", words::quarrels_heading(language));
    if apart.is_empty() {
        return all_of([heading, tag("p", "", words::quarrels_none(language))]);
    }
    let side = |camp: usize, prefers: Option<usize>| {
        let choice = prefers.map_or_else(|| "–".into(), |policy| page.badge(policy));
        join([numeral(camp).into(), choice], " ")
    };
    let cell = |score: Option<f64>| Markup::from(format!("{:.1}", points(score)));
    let rows = apart
        .iter()
        .take(PAIRS)
        .map(|quarrel| {
            vec![
                join(
                    [
                        side(quarrel.a, quarrel.a_prefers),
                        side(quarrel.b, quarrel.b_prefers),
                    ],
                    " – ",
                ),
                cell(quarrel.total),
                cell(quarrel.facts),
                cell(quarrel.values),
            ]
        })
        .collect();
    let table = Table {
        class: "numbers",
        caption: Markup::default(),
        head: vec![
            words::column_pair(language),
            words::column_apart(language),
            words::column_beliefs(language),
            words::column_weights(language),
        ],
        rows,
    };
    let mut note = vec![words::quarrels_note(language)];
    if apart.len() > PAIRS {
        note.push(words::quarrels_more(language, (apart.len() - PAIRS).to_string()));
    }
    all_of([
        heading,
        tag("p", "", words::quarrels_intro(language)),
        table.html(),
        tag("p", "note", join(note, " ")),
    ])
}

/// Each option's ranks under weights drawn evenly, and the weights of those who put it first.
pub(in super::super) fn acceptability(page: &mut Page) -> Markup {
    let (language, decision) = (page.language, &page.memo.findings.decision);
    let Some(found) = &decision.acceptability else {
        return Markup::default();
    };
    let hundred = |share: Option<&f64>| -> Markup {
        let count = (share.copied().unwrap_or(0.0) * found.draws as f64).round() as u64;
        match number::per_hundred(count, found.draws) {
            0 if count > 0 => "<1".into(),
            100 if count < found.draws => ">99".into(),
            rounded => rounded.to_string().into(),
        }
    };
    let rows = found
        .policies
        .iter()
        .map(|one| {
            let mut weights: Vec<(usize, f64)> = one
                .central_weights
                .iter()
                .flatten()
                .copied()
                .enumerate()
                .collect();
            weights.sort_by(|x, y| y.1.total_cmp(&x.1));
            let told = weights.iter().take(WEIGHED).map(|(outcome, weight)| {
                let parts = number::number((weight * 100.0).round());
                words::weigh(language, page.outcome(*outcome), parts)
            });
            let told = join(told, ", ");
            vec![
                page.policy(one.policy),
                hundred(one.ranks.first()),
                hundred(one.ranks.last()),
                if told.is_empty() { "–".into() } else { told },
            ]
        })
        .collect();
    let table = Table {
        class: "",
        caption: Markup::default(),
        head: vec![
            words::column_option(language),
            words::column_first(language),
            words::column_last(language),
            words::column_weigh(language),
        ],
        rows,
    };
    all_of([
        tag("h3", "", words::weights_heading(language)),
        tag(
            "p",
            "",
            words::weights_intro(language, number::count(found.draws)),
        ),
        page.wide("weights", table),
    ])
}

/// By how many measures each option ranks first, on each headline outcome.
pub(in super::super) fn rankings(page: &mut Page) -> Markup {
    let (language, findings) = (page.language, page.memo.findings);
    let rankings = &findings.decision.rankings;
    if rankings.is_empty() {
        return Markup::default();
    }
    let policies: Vec<usize> = (0..page.memo.case.policies.len())
        .filter(|&policy| page.ran(policy))
        .collect();
    let mut head = vec![words::column_outcome(language)];
    head.extend(policies.iter().map(|&policy| page.badge(policy)));
    head.push(words::column_agreement(language));
    let rows = rankings
        .iter()
        .map(|one| {
            let mut row = vec![page.outcome(one.outcome)];
            row.extend(
                policies
                    .iter()
                    .map(|&policy| Markup::from(one.firsts[policy].to_string())),
            );
            let agreement = one
                .agreement
                .map_or_else(|| "–".into(), |tau| format!("{tau:.2}"));
            row.push(agreement.replace('-', "−").into());
            row
        })
        .collect();
    let table = Table {
        class: "numbers",
        caption: Markup::default(),
        head,
        rows,
    };
    all_of([
        tag("h3", "", words::rankings_heading(language)),
        tag("p", "", words::rankings_intro(language)),
        table.html(),
    ])
}
