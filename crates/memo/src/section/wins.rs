//! Which option is best under which assumptions: win maps, and strips along single assumptions.

use study::case::{Case, Distribution};
use study::findings::{Hinge, WinMap};

use super::{Page, all_of};
use crate::chart;
use crate::leaders::{Front, front};
use crate::markup::{Markup, Table, join, tag};
use crate::{colour, number, words};

/// Strips for this many of the strongest hinges of each headline outcome.
const STRIPS: usize = 3;

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
        let (mut cards, mut steady) = (vec![], vec![]);
        for hinge in hinges.items.iter().take(STRIPS) {
            let mut fronts = hinge.slices.iter().map(|slice| front(slice.count, &slice.leads));
            let first = fronts.next();
            if fronts.any(|front| Some(front) != first) {
                cards.push(strip(page, hinge, hinges.outcome, hinges.addon));
            } else {
                steady.push(page.label(hinge.uncertainty));
            }
        }
        let mut block = vec![
            tag("h4", "", page.outcome(hinges.outcome)),
            tag("div", "grid strips", all_of(cards)),
        ];
        if !steady.is_empty() {
            block.push(tag(
                "p",
                "note",
                words::strips_steady(language, join(steady, "; ")),
            ));
        }
        strips.push(tag("div", "run", all_of(block)));
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
        let name = page.badge(policy);
        let (leads, hatched) = (clear.to_string(), ahead.to_string());
        match (clear > 0, ahead > 0) {
            (true, true) => said.push(words::map_leads_and(language, name, leads, hatched)),
            (true, false) => said.push(words::map_leads(language, name, leads)),
            (false, true) => said.push(words::map_ahead(language, name, hatched)),
            (false, false) => {}
        }
    }
    let nobody = said.is_empty() && ties > 0;
    if ties > 0 {
        said.push(words::map_ties(language, ties.to_string()));
    }
    if few > 0 {
        said.push(words::map_few(language, few.to_string()));
    }
    let mut said = words::map_of(language, map.cells.len().to_string(), join(said, "; "));
    if nobody {
        said = join([said, words::map_nobody(language)], " ");
    }
    let title = words::map_title(language, page.outcome(map.outcome));
    let id = format!("m{}", map.outcome);
    let by = format!("{id}-{}", language.tag());
    let drawing = chart::win_map(&ended(page.memo.case, map));
    let picture = page.sheet.described(&id, &drawing, title, &by);
    let (x, y) = (axis(page, map.x), axis(page, map.y));
    let keys = all_of([categories(page, map.x), categories(page, map.y)]);
    let table = thirds(page, map);
    let caption = all_of([
        tag("h3", "", page.outcome(map.outcome)),
        tag("p", "axis", words::map_up(language, y)),
    ]);
    let across = tag("p", "axis", words::map_across(language, x));
    let figure = all_of([
        tag("figcaption", "", caption),
        picture,
        across,
        keys,
        Markup::raw(format!("<p class=\"note\" id=\"{by}\">{said}</p>")),
        page.details(words::show_table(language), table),
    ]);
    tag("figure", "map", figure)
}

/// The ends of an uncertainty's range as the case gives them; none for one of a few values.
fn range(case: &Case, uncertainty: usize) -> Option<(f64, f64)> {
    match case.uncertainties[uncertainty].distribution {
        Distribution::Uniform { low, high }
        | Distribution::LogUniform { low, high }
        | Distribution::Triangular { low, high, .. }
        | Distribution::Pert { low, high, .. }
        | Distribution::TruncatedNormal { low, high, .. } => Some((low, high)),
        Distribution::Integer { .. } | Distribution::Categorical { .. } => None,
    }
}

/// The map with its outermost edges where the ranges end, not where the outermost draws happened to fall.
fn ended(case: &Case, map: &WinMap) -> WinMap {
    let mut map = map.clone();
    let (x, y) = (range(case, map.x), range(case, map.y));
    for (bins, range) in [(&mut map.x_bins, x), (&mut map.y_bins, y)] {
        if let (Some((low, high)), false) = (range, bins.is_empty()) {
            bins[0].0 = low;
            bins.last_mut().expect("there are bins").1 = high;
        }
    }
    map
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
    let mut hinge = hinge.clone();
    if let (Some((low, high)), false) = (range(page.memo.case, hinge.uncertainty), hinge.slices.is_empty()) {
        hinge.slices[0].low = low;
        hinge.slices.last_mut().expect("there are slices").high = high;
    }
    let drawing = chart::verdict_strip(&hinge);
    let said = strip_words(page, &hinge);
    let title = words::strip_title(language, &label, page.outcome(outcome));
    let id = format!("t{outcome}-{addon}-{}", hinge.uncertainty);
    let picture = page.sheet.picture(&id, &drawing, title, said);
    let keys = categories(page, hinge.uncertainty);
    tag(
        "figure",
        "along",
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
            Front::Clear(policy) => colour::letter(policy).into(),
            Front::Ahead(policy) => words::strip_ahead(language, colour::letter(policy)),
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
