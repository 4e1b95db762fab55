//! The claims of the debate: each as a test, with evidence for and against and its share in each camp's futures.

use study::case::{Claim, EvidenceItem, SaidBy};
use study::findings::ClaimVerdict;

use super::{Page, all_of, list};
use crate::markup::{Markup, Table, join, tag};
use crate::number::{count, number as rounded};
use crate::words;

/// A card for each claim.
pub(super) fn claims(page: &mut Page) -> Markup {
    let case = page.memo.case;
    if case.claims.is_empty() {
        return Markup::default();
    }
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
    all_of([
        tag("p", "", words::claims_intro(page.language)),
        shares(page),
        tag("div", "grid cards claims", cards),
    ])
}

/// In how many futures each claim holds: all futures, and each camp's.
fn shares(page: &Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let mut head = vec![words::column_claim(language), words::column_all(language)];
    head.extend(memo.case.camps.iter().map(|camp| page.text(&camp.name)));
    let rows: Vec<Vec<Markup>> = memo
        .findings
        .claims
        .iter()
        .filter_map(|verdict| {
            let mut row = vec![
                (verdict.claim + 1).to_string().into(),
                page.hundred(verdict.holds.as_ref()?),
            ];
            row.extend(verdict.by_camp.iter().map(|share| page.hundred(share)));
            Some(row)
        })
        .collect();
    if rows.is_empty() {
        return Markup::default();
    }
    let table = Table {
        class: "numbers",
        caption: words::claims_caption(language),
        head,
        rows,
    };
    table.html()
}

fn card(page: &Page, number: usize, claim: &Claim, verdict: Option<&ClaimVerdict>) -> Markup {
    let language = page.language;
    let whose = match claim.camp {
        Some(camp) => words::claim_of(language, page.text(&page.memo.case.camps[camp].name)),
        None => words::claim_of_nobody(language),
    };
    let said = match &claim.said_by {
        SaidBy::Office { office, date, source } => {
            let said = words::said_by(language, page.text(office), date);
            all_of([said, Markup::raw(" "), page.source(&source.value)])
        }
        SaidBy::Constructed => words::constructed(language),
    };
    let mut blocks = vec![
        tag(
            "h3",
            "",
            Markup::raw(format!("{number}. {}", page.text(&claim.text))),
        ),
        tag("p", "note", join([whose, said], ". ")),
        tag("p", "", judged(page, verdict)),
    ];
    if let Some(verdict) = verdict {
        if !verdict.moved_by.is_empty() {
            let labels = join(verdict.moved_by.iter().take(3).map(|(u, _)| page.label(*u)), "; ");
            blocks.push(tag(
                "p",
                "note",
                all_of([words::claim_moved(language), Markup::raw(" "), labels]),
            ));
        }
    }
    if let Some(proposition) = &claim.proposition {
        let code = tag("code", "", Markup::from(&proposition.value));
        blocks.push(tag(
            "p",
            "note test",
            all_of([words::claim_test(language), Markup::raw(" "), code]),
        ));
    }
    let sides = [
        (words::claim_for(language), &claim.evidence_for),
        (words::claim_against(language), &claim.evidence_against),
    ];
    let sides =
        sides.map(|(name, items)| tag("div", "", all_of([tag("h4", "", name), evidence(page, items)])));
    blocks.push(tag("div", "sides", all_of(sides)));
    tag("div", "card", all_of(blocks))
}

/// In how many futures it holds; or whether it holds of the ensemble; or that it is only shown.
fn judged(page: &Page, verdict: Option<&ClaimVerdict>) -> Markup {
    let language = page.language;
    let Some(verdict) = verdict else {
        return words::claim_shown(language);
    };
    let mut said = vec![];
    if let Some(holds) = &verdict.holds {
        said.push(words::claim_holds(language, tag("strong", "", page.share(holds))));
    } else if let Some(holds) = verdict.ensemble {
        let text = if holds {
            words::claim_true(language)
        } else {
            words::claim_false(language)
        };
        said.push(tag("strong", "", text));
        if let Some((left, right)) = verdict.sides {
            said.push(words::claim_sides(language, rounded(left), rounded(right)));
        }
    } else {
        said.push(words::claim_shown(language));
    }
    if verdict.undecided > 0 {
        said.push(words::claim_undecided(language, count(verdict.undecided)));
    }
    join(said, " ")
}

fn evidence(page: &Page, items: &[EvidenceItem]) -> Markup {
    if items.is_empty() {
        return tag("p", "note", words::no_evidence(page.language));
    }
    list(
        "",
        items.iter().map(|item| {
            all_of([
                page.text(&item.text),
                Markup::raw(" "),
                page.source(&item.source.value),
            ])
        }),
    )
}
