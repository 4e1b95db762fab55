//! Who is right when: each camp's view, and the options as it scores them.

use study::case::Belief;
use study::findings::{CampView, Share};

use super::{Page, all_of, decision, list, numeral};
use crate::leaders::{Front, front};
use crate::markup::{Markup, Table, join, tag};
use crate::{number, words};

/// Cards, then the table of regret.
pub(super) fn camps(page: &mut Page) -> Markup {
    let (language, findings) = (page.language, page.memo.findings);
    if findings.camps.is_empty() {
        return Markup::default();
    }
    let bests: Vec<Option<usize>> = findings.camps.iter().map(|view| best(&view.leads)).collect();
    let same = match bests[0] {
        Some(first) if bests.iter().all(|&best| best == Some(first)) => {
            words::camps_agree(language, page.policy(first))
        }
        _ => words::camps_differ(language),
    };
    let cards: Vec<Markup> = findings.camps.iter().map(|view| card(page, view)).collect();
    let mut scores = vec![tag("p", "", words::camps_table_intro(language)), table(page)];
    if findings.camps.iter().any(|view| !view.struck_out.is_empty()) {
        scores.push(tag("p", "note", words::struck_note(language, "✕")));
    }
    // Side by side on paper.
    let weighed = [
        tag("div", "", all_of(scores)),
        tag("div", "", all_of([values(page), decision::quarrels(page)])),
    ];
    all_of([
        tag("p", "", join([words::camps_intro(language), same], " ")),
        decision::enough(page),
        tag("div", "grid cards threes views", all_of(cards)),
        tag("div", "weighed", all_of(weighed)),
        decision::acceptability(page),
    ])
}

/// The policy that leads more often than any other by more than chance, if there is one.
fn best(leads: &[Share]) -> Option<usize> {
    match front_of(leads) {
        Front::Clear(policy) | Front::Ahead(policy) => Some(policy),
        Front::Tie | Front::Few => None,
    }
}

/// Who is in front by these shares.
pub(super) fn front_of(leads: &[Share]) -> Front {
    let of = leads.first().map_or(0, |share| share.of);
    let counts: Vec<u64> = leads.iter().map(|share| share.count).collect();
    front(of, &counts)
}

fn card(page: &Page, view: &CampView) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let camp = &memo.case.camps[view.camp];
    let beliefs: Vec<Markup> = camp
        .beliefs
        .iter()
        .map(|(uncertainty, belief)| {
            let held = match belief {
                Belief::Between(low, high) => {
                    words::range(language, number::given(*low), page.value(*uncertainty, *high))
                }
                Belief::OneOf(values) => {
                    let between = format!(" {} ", words::or(language));
                    join(
                        values.iter().map(|&value| page.value(*uncertainty, value)),
                        &between,
                    )
                }
            };
            words::list_item(language, page.label(*uncertainty), held)
        })
        .collect();
    let struck = view.struck_out.iter().map(|(policy, law)| {
        let law = memo
            .case
            .authorities
            .iter()
            .find(|authority| authority.law == *law);
        match law {
            Some(authority) => words::list_item(language, page.policy(*policy), page.text(&authority.name)),
            None => page.policy(*policy),
        }
    });
    let term = |name: Markup, content: Markup| Markup::raw(format!("<dt>{name}</dt><dd>{content}</dd>"));
    let mut terms = vec![term(
        words::camp_believes(language),
        if beliefs.is_empty() {
            words::camp_no_beliefs(language)
        } else {
            list("plain", beliefs)
        },
    )];
    // A case without law says nothing about it.
    if !page.memo.case.authorities.is_empty() {
        let struck = list("plain", struck);
        let out = if struck.is_empty() {
            words::camp_rules_nothing(language)
        } else {
            struck
        };
        terms.push(term(words::camp_rules_out(language), out));
    }
    if let Some(uncertainty) = view.dividing {
        terms.push(term(words::camp_divides(language), page.label(uncertainty)));
    }
    let fits = words::camp_fits(
        language,
        number::count(view.futures),
        number::count(memo.findings.tally.compared),
    );
    let content = all_of([
        tag("h3", "", page.camp(view.camp)),
        tag(
            "p",
            "",
            all_of([
                page.text(&camp.text),
                Markup::raw(" "),
                page.sources(&camp.sources),
            ]),
        ),
        tag("dl", "", all_of(terms)),
        tag("p", "note", fits),
    ]);
    tag("div", "card", content)
}

/// What each camp values, side by side: a row for each outcome that some camp gives weight.
fn values(page: &Page) -> Markup {
    let (language, case) = (page.language, page.memo.case);
    let weight = |camp: usize, outcome: usize| -> f64 {
        let values = &case.camps[camp].values;
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        let of = values.iter().filter(|(known, _)| *known == outcome);
        let weight: f64 = of.map(|(_, weight)| weight).sum();
        if total > 0.0 { weight / total * 100.0 } else { 0.0 }
    };
    let camps: Vec<usize> = page.memo.findings.camps.iter().map(|view| view.camp).collect();
    let valued =
        (0..case.outcomes.len()).filter(|&outcome| camps.iter().any(|&camp| weight(camp, outcome) > 0.0));
    let rows = valued.map(|outcome| {
        let mut row = vec![page.outcome(outcome)];
        row.extend(camps.iter().map(|&camp| match weight(camp, outcome) {
            0.0 => "–".into(),
            parts => number::number(parts.round()).into(),
        }));
        row
    });
    let mut head = vec![words::column_outcome(language)];
    head.extend(camps.iter().map(|&camp| numeral(camp).into()));
    Table {
        class: "numbers shares",
        caption: words::camp_values(language),
        rows: rows.collect(),
        head,
    }
    .html()
}

/// Four rows for each camp: regret and leads, with its legal view and without.
fn table(page: &Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let policies = memo.case.policies.len();
    let regrets = memo
        .findings
        .camps
        .iter()
        .flat_map(|view| view.regret_unrestricted.iter().copied());
    let most = regrets.filter(|regret| regret.is_finite()).fold(0.0, f64::max);
    let mut html = format!(
        "<table class=\"numbers camps\"><caption>{}</caption><thead><tr><th scope=\"col\">{}</th>",
        words::camps_caption(language),
        words::column_row(language)
    );
    for policy in 0..policies {
        html.push_str(&format!("<th scope=\"col\">{}</th>", page.badge(policy)));
    }
    html.push_str("</tr></thead>");
    for view in &memo.findings.camps {
        let name = page.camp(view.camp);
        html.push_str(&format!(
            "<tbody><tr><th scope=\"rowgroup\" class=\"part\" colspan=\"{}\">{name}</th></tr>",
            policies + 1
        ));
        let struck = |policy: usize| view.struck_out.iter().any(|(out, _)| *out == policy);
        let none = |_: usize| false;
        // Without options struck out the two views are one.
        if !view.struck_out.is_empty() {
            row(
                page,
                &mut html,
                words::row_regret_law(language),
                &|p| -view.regret[p],
                |p| regret(view.regret[p], most),
                &struck,
            );
            row(
                page,
                &mut html,
                words::row_best_law(language),
                &|p| view.leads[p].count as f64,
                |p| leads(&view.leads[p]),
                &struck,
            );
        }
        row(
            page,
            &mut html,
            words::row_regret_all(language),
            &|p| -view.regret_unrestricted[p],
            |p| regret(view.regret_unrestricted[p], most),
            &none,
        );
        row(
            page,
            &mut html,
            words::row_best_all(language),
            &|p| view.leads_unrestricted[p].count as f64,
            |p| leads(&view.leads_unrestricted[p]),
            &none,
        );
        html.push_str("</tbody>");
    }
    html.push_str("</table>");
    Markup::raw(html)
}

/// A row of cells; `values` are such that the largest is the best.
fn row(
    page: &Page,
    html: &mut String,
    name: Markup,
    values: &dyn Fn(usize) -> f64,
    cell: impl Fn(usize) -> (&'static str, String),
    struck: &dyn Fn(usize) -> bool,
) {
    html.push_str(&format!("<tr><th scope=\"row\">{name}</th>"));
    let policies = 0..page.memo.case.policies.len();
    let ranked = policies
        .clone()
        .filter(|&policy| !struck(policy) && page.ran(policy));
    let best = ranked
        .map(values)
        .filter(|value| value.is_finite())
        .fold(f64::NEG_INFINITY, f64::max);
    for policy in policies {
        if struck(policy) {
            let out = words::struck_out(page.language);
            html.push_str(&format!(
                "<td class=\"out\"><span aria-hidden=\"true\">✕</span><span class=\"vh\">{out}</span></td>"
            ));
            continue;
        }
        let (shade, text) = cell(policy);
        let frame = if values(policy) == best { " best" } else { "" };
        html.push_str(&format!("<td class=\"{shade}{frame}\">{text}</td>"));
    }
    html.push_str("</tr>");
}

/// Regret in points of 100, shaded in five steps up to the most regret of any camp.
fn regret(regret: f64, most: f64) -> (&'static str, String) {
    let step = if most > 0.0 && regret > 0.0 {
        (regret / most * 4.999) as usize
    } else {
        0
    };
    (["r0", "r1", "r2", "r3", "r4"][step.min(4)], in_points(regret))
}

fn leads(share: &Share) -> (&'static str, String) {
    if share.of == 0 {
        return ("", "–".to_string());
    }
    ("", number::per_hundred(share.count, share.of).to_string())
}

/// A regret in points of 100, one digit behind the point.
fn in_points(regret: f64) -> String {
    if regret.is_finite() {
        format!("{:.1}", (regret * 100.0).max(0.0))
    } else {
        "–".to_string()
    }
}
