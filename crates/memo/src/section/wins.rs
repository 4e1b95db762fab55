//! Which option is best under which assumptions: win maps, and strips along single assumptions.

use study::case::Distribution;
use study::findings::{Hinge, WinMap};

use super::{Page, all_of};
use crate::chart;
use crate::leaders::{Front, front};
use crate::markup::{Markup, Table, join, tag};
use crate::{number, words};

/// Strips for this many of the strongest hinges of each headline outcome.
const STRIPS: usize = 6;

/// A map and strips for each headline outcome.
pub(super) fn wins(page: &mut Page) -> Markup {
    let (language, findings) = (page.language, page.memo.findings);
    let maps: Vec<Markup> = findings.maps.iter().map(|map| win_map(page, map)).collect();
    let mut blocks = vec![];
    if !maps.is_empty() {
        blocks.push(tag(
            "p",
            "",
            join([words::map_intro(language), words::map_hatch(language)], " "),
        ));
        blocks.push(tag("div", "grid maps", all_of(maps)));
    }
    let mut strips = vec![];
    for hinges in &findings.hinges {
        let outcome = page.outcome(hinges.outcome);
        let cards: Vec<Markup> = hinges
            .items
            .iter()
            .take(STRIPS)
            .map(|hinge| strip(page, hinge, hinges.outcome, hinges.addon))
            .collect();
        if !cards.is_empty() {
            strips.push(all_of([
                tag("h4", "", outcome),
                tag("div", "grid", all_of(cards)),
            ]));
        }
    }
    if !strips.is_empty() {
        blocks.push(tag("h3", "", words::strips_heading(language)));
        blocks.push(tag("p", "", words::strips_intro(language)));
        blocks.extend(strips);
    }
    all_of(blocks)
}

fn win_map(page: &mut Page, map: &WinMap) -> Markup {
    let language = page.language;
    let policies = page.memo.case.policies.len();
    let (counts, ties, few) = chart::census(map, policies);
    let mut said: Vec<Markup> = vec![];
    for (policy, &(clear, ahead)) in counts.iter().enumerate() {
        let name = page.policy_plain(policy);
        if clear > 0 {
            said.push(words::map_leads(
                language,
                &name,
                clear.to_string(),
                map.cells.len().to_string(),
            ));
        }
        if ahead > 0 {
            said.push(words::map_ahead(language, &name, ahead.to_string()));
        }
    }
    if ties > 0 {
        said.push(words::map_ties(language, ties.to_string()));
    }
    if few > 0 {
        said.push(words::map_few(language, few.to_string()));
    }
    let said = Markup::raw(format!("{}.", join(said, "; ")));
    let title = words::map_title(language, page.outcome(map.outcome));
    let id = format!("map-{}-{}", map.outcome, map.addon);
    let picture = page
        .sheet
        .picture(language, &id, &chart::win_map(map), title, said.clone());
    let (x, y) = (axis(page, map.x), axis(page, map.y));
    let keys = all_of([categories(page, map.x), categories(page, map.y)]);
    let table = thirds(page, map);
    let caption = all_of([
        tag("h4", "", page.outcome(map.outcome)),
        tag("p", "axis", words::map_up(language, y)),
    ]);
    let across = tag("p", "axis", words::map_across(language, x));
    let figure = all_of([
        tag("figcaption", "", caption),
        picture,
        across,
        keys,
        tag("p", "note", said),
        page.details(words::show_table(language), table),
    ]);
    tag("figure", "map", figure)
}

/// Label and unit of an axis.
fn axis(page: &Page, uncertainty: usize) -> Markup {
    let unit = crate::units::unit(
        page.language,
        &page.memo.case.uncertainties[uncertainty].unit.value,
    );
    let label = page.label(uncertainty);
    if unit.is_empty() {
        label
    } else {
        Markup::raw(format!("{label} ({})", Markup::from(unit)))
    }
}

/// What the numbers of a categorical axis mean.
fn categories(page: &Page, uncertainty: usize) -> Markup {
    let Distribution::Categorical { values, labels } =
        &page.memo.case.uncertainties[uncertainty].distribution
    else {
        return Markup::default();
    };
    let pairs = values
        .iter()
        .zip(labels)
        .map(|(&value, label)| words::key(page.language, number::tick(value), page.text(label)));
    tag("p", "axis", join(pairs, "; "))
}

/// The map again in thirds, as a table of words.
fn thirds(page: &Page, map: &WinMap) -> Markup {
    let language = page.language;
    let names = [
        words::third_low(language),
        words::third_middle(language),
        words::third_high(language),
    ];
    let cut = |count: usize, third: usize| (count * third / 3, count * (third + 1) / 3);
    let (columns, rows) = (map.x_bins.len(), map.y_bins.len());
    let mut table = Table {
        class: "",
        caption: words::map_table(language, page.label(map.x), page.label(map.y)),
        head: vec![Markup::default()],
        rows: vec![],
    };
    let filled = |count: usize| (0..3).filter(move |&third| cut(count, third).0 < cut(count, third).1);
    // The header cell of the corner is empty on purpose; the caption says what rows and columns are.
    table
        .head
        .extend(filled(columns).map(|third| names[third].clone()));
    for up in filled(rows).collect::<Vec<_>>().into_iter().rev() {
        let mut row = vec![names[up].clone()];
        for across in filled(columns) {
            let (mut count, mut leads) = (0, vec![0; page.memo.case.policies.len()]);
            for iy in cut(rows, up).0..cut(rows, up).1 {
                for ix in cut(columns, across).0..cut(columns, across).1 {
                    let cell = &map.cells[iy * columns + ix];
                    count += cell.count;
                    for (sum, lead) in leads.iter_mut().zip(&cell.leads) {
                        *sum += lead;
                    }
                }
            }
            row.push(in_words(page, front(count, &leads), count, &leads));
        }
        table.rows.push(row);
    }
    table.html()
}

fn in_words(page: &Page, front: Front, count: u64, leads: &[u64]) -> Markup {
    let language = page.language;
    match front {
        Front::Clear(policy) => {
            words::leads_short(language, page.badge(policy), page.count_of(leads[policy], count))
        }
        Front::Ahead(policy) => {
            words::mostly_short(language, page.badge(policy), page.count_of(leads[policy], count))
        }
        Front::Tie => words::nobody_short(language),
        Front::Few => words::strip_few(language),
    }
}

/// A strip of who leads along one assumption.
fn strip(page: &mut Page, hinge: &Hinge, outcome: usize, addon: usize) -> Markup {
    let language = page.language;
    let label = axis(page, hinge.uncertainty);
    let said = strip_words(page, hinge);
    let title = words::strip_title(language, &label, page.outcome(outcome));
    let id = format!("strip-{outcome}-{addon}-{}", hinge.uncertainty);
    let picture = page
        .sheet
        .picture(language, &id, &chart::verdict_strip(hinge), title, said);
    let keys = categories(page, hinge.uncertainty);
    tag(
        "figure",
        "strip",
        all_of([tag("figcaption", "", label), picture, keys]),
    )
}

/// "0.1 to 0.4: A; 0.4 to 0.9: B", equal neighbours joined.
fn strip_words(page: &Page, hinge: &Hinge) -> Markup {
    let language = page.language;
    let mut parts: Vec<Markup> = vec![];
    let fronts: Vec<Front> = hinge
        .slices
        .iter()
        .map(|slice| front(slice.count, &slice.leads))
        .collect();
    let mut start = 0;
    while start < fronts.len() {
        let end = (start..fronts.len())
            .find(|&k| fronts[k] != fronts[start])
            .unwrap_or(fronts.len());
        let name = match fronts[start] {
            Front::Clear(policy) => page.policy_plain(policy).into(),
            Front::Ahead(policy) => words::strip_ahead(language, page.policy_plain(policy)),
            Front::Tie => words::nobody_short(language),
            Front::Few => words::strip_few(language),
        };
        let (low, high) = (hinge.slices[start].low, hinge.slices[end - 1].high);
        parts.push(if low == high {
            words::strip_value(language, page.value(hinge.uncertainty, low), name)
        } else {
            words::strip_part(language, number::number(low), number::number(high), name)
        });
        start = end;
    }
    join(parts, "; ")
}
