//! The claims of the debate: in how many futures each holds, and in an appendix the evidence for and against.

use study::case::{Claim, EvidenceItem, SaidBy};
use study::findings::ClaimVerdict;

use super::{Page, all_of, decision, numeral};
use crate::Memo;
use crate::markup::{Markup, join, tag};
use crate::number::{count, number};
use crate::words;

/// A table: each claim, and in how many of 100 futures it holds, in all and in each camp's.
pub(super) fn claims(page: &mut Page) -> Markup {
    let (language, case) = (page.language, page.memo.case);
    if case.claims.is_empty() {
        return Markup::default();
    }
    let mut html = format!(
        "<table class=\"numbers shares\"><caption>{}</caption><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>",
        words::claims_caption(language),
        words::column_claim(language),
        words::column_all(language)
    );
    for (camp, named) in case.camps.iter().enumerate() {
        html.push_str(&format!(
            "<th scope=\"col\" title=\"{}\">{}</th>",
            page.text(&named.name),
            numeral(camp)
        ));
    }
    html.push_str("</tr></thead><tbody>");
    for (at, claim) in case.claims.iter().enumerate() {
        let verdict = page
            .memo
            .findings
            .claims
            .iter()
            .find(|verdict| verdict.claim == at);
        let said = said(page, claim);
        let text = page.text(&claim.text);
        html.push_str(&format!(
            "<tr id=\"c{}-{}\"><th>{}. {text} <small>({said})</small></th>",
            at + 1,
            language.tag(),
            at + 1
        ));
        match verdict.and_then(|verdict| Some((verdict, verdict.holds.as_ref()?))) {
            Some((verdict, holds)) => {
                html.push_str(&format!("<td><strong>{}</strong></td>", page.hundred(holds)));
                for share in &verdict.by_camp {
                    html.push_str(&format!("<td>{}</td>", page.hundred(share)));
                }
            }
            None => {
                let judged = judged(page, verdict);
                html.push_str(&format!(
                    "<td class=\"text\" colspan=\"{}\">{judged}</td>",
                    case.camps.len() + 1
                ));
            }
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    let intro = join([words::claims_intro(language), words::claims_note(language)], " ");
    let names = join((0..case.camps.len()).map(|camp| page.camp(camp)), "; ");
    all_of([
        tag("p", "", intro),
        tag("p", "note", words::ledger_camps(language, names)),
        Markup::raw(html),
    ])
}

/// Whose claim it is, and who said it.
fn said(page: &Page, claim: &Claim) -> Markup {
    let language = page.language;
    let whose = claim
        .camp
        .map_or_else(|| words::claim_of_nobody(language), |camp| numeral(camp).into());
    match &claim.said_by {
        SaidBy::Office { office, date, source } => {
            let said = words::said_by(language, page.text(office), date);
            join(
                [
                    whose,
                    all_of([said, Markup::raw(" "), page.source(&source.value)]),
                ],
                "; ",
            )
        }
        SaidBy::Constructed => whose,
    }
}

/// Of a claim that is not judged future by future: whether it holds of the ensemble, or that it is only shown.
fn judged(page: &Page, verdict: Option<&ClaimVerdict>) -> Markup {
    let language = page.language;
    let Some((verdict, holds)) = verdict.and_then(|verdict| Some((verdict, verdict.ensemble?))) else {
        return words::claim_shown(language);
    };
    let told = tag(
        "strong",
        "",
        if holds {
            words::claim_true(language)
        } else {
            words::claim_false(language)
        },
    );
    match verdict.sides {
        Some((left, right)) => join(
            [told, words::claim_sides(language, number(left), number(right))],
            " ",
        ),
        None => told,
    }
}

/// For each claim: what moves it, and the evidence for and against.
pub(super) fn tests(page: &mut Page) -> Markup {
    let case = page.memo.case;
    let cards = case.claims.iter().enumerate().map(|(at, claim)| {
        let verdict = page
            .memo
            .findings
            .claims
            .iter()
            .find(|verdict| verdict.claim == at);
        card(page, at + 1, claim, verdict)
    });
    let cards = all_of(cards.collect::<Vec<_>>());
    if cards.is_empty() {
        cards
    } else {
        tag("div", "grid cards claims", cards)
    }
}

fn card(page: &Page, at: usize, claim: &Claim, verdict: Option<&ClaimVerdict>) -> Markup {
    let language = page.language;
    let mut blocks = vec![Markup::raw(format!("<h3>{at}. {}</h3>", page.text(&claim.text)))];
    if let Some(verdict) = verdict {
        let limits = decision::claim(page, verdict.claim);
        // The limits name what moves it.
        let told = !limits.is_empty();
        blocks.push(limits);
        if verdict.undecided > 0 {
            blocks.push(tag(
                "p",
                "note",
                words::claim_undecided(language, count(verdict.undecided)),
            ));
        }
        if !told && !verdict.moved_by.is_empty() {
            let labels = join(verdict.moved_by.iter().take(2).map(|(u, _)| page.label(*u)), "; ");
            blocks.push(tag(
                "p",
                "note",
                join([words::claim_moved(language), labels], " "),
            ));
        }
    }
    for (name, items) in [
        (words::claim_for(language), &claim.evidence_for),
        (words::claim_against(language), &claim.evidence_against),
    ] {
        let evidence = if items.is_empty() {
            words::no_evidence(language)
        } else {
            evidence(page, items)
        };
        blocks.push(tag("p", "", join([tag("b", "", name), evidence], " ")));
    }
    tag("div", "card", all_of(blocks))
}

fn evidence(page: &Page, items: &[EvidenceItem]) -> Markup {
    let item = |item: &EvidenceItem| join([page.text(&item.text), page.source(&item.source.value)], " ");
    join(items.iter().map(item), " ")
}

/// The claims as propositions, numbered; the same in both languages.
pub(crate) fn propositions(memo: &Memo) -> Markup {
    let numbered = memo.case.claims.iter().enumerate();
    let items: String = numbered
        .filter_map(|(at, claim)| {
            let proposition = Markup::from(&claim.proposition.as_ref()?.value);
            Some(format!(
                "<li value=\"{}\"><code>{proposition}</code></li>",
                at + 1
            ))
        })
        .collect();
    if items.is_empty() {
        Markup::default()
    } else {
        tag("ol", "propositions", items)
    }
}
