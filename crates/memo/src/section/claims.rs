//! The claims of the debate: each as a test, with evidence for and against and its share in each camp's futures.

use study::case::{Claim, EvidenceItem, SaidBy};
use study::findings::ClaimVerdict;

use super::{Page, all_of, list};
use crate::markup::{Markup, join, tag};
use crate::{number, words};

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
        card(page, claim, verdict)
    });
    let cards = all_of(cards.collect::<Vec<_>>());
    all_of([
        tag("p", "", words::claims_intro(page.language)),
        tag("div", "grid cards claims", cards),
    ])
}

fn card(page: &Page, claim: &Claim, verdict: Option<&ClaimVerdict>) -> Markup {
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
        tag("h3", "", page.text(&claim.text)),
        tag("p", "note", join([whose, said], ". ")),
        tag("p", "", judged(page, verdict)),
    ];
    if let Some(verdict) = verdict {
        blocks.push(by_camp(page, verdict));
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
            said.push(words::claim_sides(
                language,
                number::number(left),
                number::number(right),
            ));
        }
    } else {
        said.push(words::claim_shown(language));
    }
    if verdict.undecided > 0 {
        said.push(words::claim_undecided(language, number::count(verdict.undecided)));
    }
    join(said, " ")
}

fn by_camp(page: &Page, verdict: &ClaimVerdict) -> Markup {
    if verdict.by_camp.is_empty() {
        return Markup::default();
    }
    let camps = verdict.by_camp.iter().zip(&page.memo.case.camps);
    let items =
        camps.map(|(share, camp)| words::list_item(page.language, page.text(&camp.name), page.share(share)));
    let items = join(items, "; ");
    tag(
        "p",
        "note",
        all_of([words::claim_by_camp(page.language), Markup::raw(" "), items]),
    )
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
