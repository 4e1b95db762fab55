//! Where claims hold and fail, and where options fail, each in a sentence.

use study::findings::{BoxLimit, FoundBox};

use super::super::{Page, all_of, list};
use crate::markup::{Markup, join, tag};
use crate::{number, words};

/// Where each option fails on each headline outcome.
pub(in super::super) fn fails(page: &mut Page) -> Markup {
    let (language, findings) = (page.language, page.memo.findings);
    let decision = &findings.decision;
    if decision.options.is_empty() {
        return Markup::default();
    }
    let cards: Vec<Markup> = page
        .memo
        .case
        .headline
        .iter()
        .map(|&outcome| {
            let of = decision.options.iter().filter(|one| one.outcome == outcome);
            let lines = of.map(|one| {
                let told = match &one.fails {
                    Some(found) => words::box_beaten(
                        language,
                        page.hundred(&found.inside),
                        limits(page, found),
                        page.share(&found.everywhere),
                        page.hundred(&found.covers),
                    ),
                    None => words::box_none(language, page.share(&one.beaten)),
                };
                join([page.badge(one.policy), told], " ")
            });
            let lines = list("plain", lines);
            tag(
                "div",
                "card",
                all_of([tag("h3", "", page.outcome(outcome)), lines]),
            )
        })
        .collect();
    let mut intro = vec![words::fails_intro(language)];
    let sample = decision.subsample;
    if sample.used < sample.of {
        intro.push(words::fails_sample(
            language,
            number::count(sample.used),
            number::count(sample.of),
        ));
    }
    all_of([
        tag("p", "", join(intro, " ")),
        tag("div", "grid cards boxes", all_of(cards)),
    ])
}

/// Where a claim holds and fails.
pub(in super::super) fn claim(page: &Page, claim: usize) -> Markup {
    let language = page.language;
    let boxes = &page.memo.findings.decision.claims;
    let Some(found) = boxes.iter().find(|one| one.claim == claim) else {
        return Markup::default();
    };
    let holds = found.holds.as_ref().map(|found| {
        words::box_holds(
            language,
            page.hundred(&found.inside),
            limits(page, found),
            page.hundred(&found.covers),
        )
    });
    let fails = found.fails.as_ref().map(|found| {
        words::box_fails(
            language,
            page.hundred(&found.inside),
            limits(page, found),
            page.hundred(&found.covers),
        )
    });
    let told = join([holds, fails].into_iter().flatten(), " ");
    if told.is_empty() { told } else { tag("p", "", told) }
}

/// The limits of a box in words.
fn limits(page: &Page, found: &FoundBox) -> Markup {
    let one = |limit: &BoxLimit| {
        let (language, label) = (page.language, page.label(limit.uncertainty));
        let value = |value: f64| page.value(limit.uncertainty, value);
        match (limit.low, limit.high) {
            (Some(low), Some(high)) => words::limit_between(language, label, value(low), value(high)),
            (Some(low), None) => words::limit_above(language, label, value(low)),
            (None, Some(high)) => words::limit_below(language, label, value(high)),
            (None, None) => {
                let names = join(limit.one_of.iter().map(|&kind| value(kind)), ", ");
                words::limit_kinds(language, label, names)
            }
        }
    };
    join(found.limits.iter().map(one), words::and(page.language).as_str())
}
