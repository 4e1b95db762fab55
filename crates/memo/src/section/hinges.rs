//! What the answer hinges on, and what would change it.

use study::findings::Hinges;

use super::{Page, all_of, decision, list};
use crate::chart;
use crate::leaders::changes as all_changes;
use crate::markup::{Markup, Table, join, tag};
use crate::{number, units, words};

/// This many of the strongest hinges have a row.
const ROWS: usize = 5;
/// A hinge with less than this share of the gap's spread has none, but for the strongest two.
const LEAST: f64 = 0.01;
const ALWAYS: usize = 2;
/// This many changes of leader along one assumption are told.
const FLIPS: usize = 3;
/// This many of the nearest changes have a row.
const CHANGES: usize = 6;

/// A table of bars for each headline outcome.
pub(super) fn hinges(page: &mut Page) -> Markup {
    let (language, findings) = (page.language, page.memo.findings);
    if findings.hinges.is_empty() {
        return Markup::default();
    }
    let mut blocks = vec![tag("p", "", words::hinges_intro(language))];
    let tables: Vec<Markup> = findings.hinges.iter().map(|hinges| one(page, hinges)).collect();
    blocks.push(tag("div", "full", all_of(tables)));
    let note = [words::spread_note(language), words::hinges_rest(language)];
    blocks.push(tag("p", "note", join(note, " ")));
    blocks.push(decision::worth(page));
    all_of(blocks)
}

fn one(page: &mut Page, hinges: &Hinges) -> Markup {
    let language = page.language;
    let (a, b) = (page.policy(hinges.a), page.policy(hinges.b));
    let strong = hinges
        .items
        .iter()
        .take(ROWS)
        .filter(|hinge| hinge.share >= LEAST);
    let shown = &hinges.items[..strong.count().max(ALWAYS).min(hinges.items.len())];
    let reach = shown
        .iter()
        .flat_map(|hinge| [hinge.gap_low.abs(), hinge.gap_high.abs()])
        .fold(0.0, f64::max);
    let unit = units::unit(language, &page.memo.case.outcomes[hinges.outcome].unit.value);
    let caption = if hinges.relative {
        words::gap_relative(language)
    } else if unit.is_empty() {
        words::gap_plain(language)
    } else {
        words::gap_unit(language, unit)
    };
    let scale = if hinges.relative { 100.0 } else { 1.0 };
    let rows = shown
        .iter()
        .map(|hinge| {
            let bar = chart::gap_bar(hinge, reach);
            let mut flips: Vec<Markup> = hinge
                .flips
                .iter()
                .take(FLIPS)
                .map(|flip| {
                    if hinge.slices.iter().all(|slice| slice.low == slice.high) {
                        super::opening::condition(page, hinge, flip.at, true)
                    } else {
                        page.value(hinge.uncertainty, flip.at)
                    }
                })
                .collect();
            if hinge.flips.len() > FLIPS {
                let more = (hinge.flips.len() - FLIPS).to_string();
                flips.push(words::smallest_more(language, more));
            }
            vec![
                tag(
                    "div",
                    "hb",
                    all_of([tag("span", "", page.label(hinge.uncertainty)), bar]),
                ),
                number::signed(scale * hinge.gap_low).into(),
                number::signed(scale * hinge.gap_high).into(),
                format!("{:.2}", hinge.share.max(0.0)).into(),
                if flips.is_empty() {
                    words::never_changes(language)
                } else {
                    join(flips, "; ")
                },
            ]
        })
        .collect();
    let heading = words::hinges_pair(language, page.outcome(hinges.outcome), &a, &b);
    let table = Table {
        class: "numbers",
        caption: words::hinges_sides(language, caption, page.badge(hinges.a), page.badge(hinges.b)),
        head: vec![
            words::column_assumption(language),
            words::column_gap_low(language),
            words::column_gap_high(language),
            words::column_share(language),
            words::column_change(language),
        ],
        rows,
    };
    let blocks = [tag("h3", "", heading), page.wide("bars", table)];
    tag("div", "card", all_of(blocks))
}

/// The list of changes, nearest first.
pub(super) fn changes(page: &mut Page) -> Markup {
    let (language, findings) = (page.language, page.memo.findings);
    let mut rows: Vec<(f64, Vec<Markup>)> = vec![];
    let mut never = vec![];
    for hinges in &findings.hinges {
        let found = all_changes(&hinges.items);
        if found.is_empty() {
            never.push(words::no_change_on(language, page.outcome(hinges.outcome)));
        }
        let mut told = vec![];
        for change in found {
            let uncertainty = change.hinge.uncertainty;
            // Farther out the lead may change again; the strips show that.
            if told.contains(&uncertainty) {
                continue;
            }
            told.push(uncertainty);
            let points = change.hinge.slices.iter().all(|slice| slice.low == slice.high);
            let at = if points {
                super::opening::condition(page, change.hinge, change.flip.at, true)
            } else {
                page.value(uncertainty, change.flip.at)
            };
            let side = |leader: Option<usize>| {
                leader.map_or_else(|| words::nobody_short(language), |p| page.policy(p))
            };
            let steps = (change.distance * 100.0).round();
            rows.push((
                change.distance,
                vec![
                    page.label(uncertainty),
                    page.outcome(hinges.outcome),
                    at,
                    side(change.flip.below),
                    side(change.flip.above),
                    words::distance(language, number::number(steps)),
                ],
            ));
        }
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let hidden = rows.len().saturating_sub(CHANGES);
    rows.truncate(CHANGES);
    let mut blocks = vec![tag("p", "", words::changes_intro(language))];
    if !rows.is_empty() {
        let table = Table {
            class: "",
            caption: Markup::default(),
            head: vec![
                words::column_assumption(language),
                words::column_outcome(language),
                words::column_at(language),
                words::column_below(language),
                words::column_above(language),
                words::column_distance(language),
            ],
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        };
        blocks.push(page.wide("changes", table));
    }
    blocks.push(list("", never));
    if hidden > 0 {
        blocks.push(tag(
            "p",
            "note",
            words::changes_more(language, hidden.to_string()),
        ));
    }
    blocks.push(decision::smallest(page));
    all_of(blocks)
}
