//! The options in full: what each includes, leaves out, costs and needs in law.

use study::case::LegalStatus;

use super::{Page, all_of, list};
use crate::markup::{Markup, Table, join, tag};
use crate::{Language, words};

/// The tables of policies and add-ons.
pub(super) fn options(page: &mut Page) -> Markup {
    let (language, case) = (page.language, page.memo.case);
    let with_law = !case.authorities.is_empty();
    let rows = case.policies.iter().enumerate().map(|(at, policy)| {
        let mut name = page.policy(at);
        if let Some(other) = policy.near_clone_of {
            let note = words::near_clone(language, page.policy(other));
            name = all_of([name, tag("p", "note", note)]);
        }
        let mut row = vec![
            name,
            all_of([
                page.text(&policy.includes),
                Markup::raw(" "),
                page.sources(&policy.sources),
            ]),
            page.text(&policy.excludes),
            page.text(&policy.cost),
        ];
        if with_law {
            row.push(labels(page, at));
        }
        row
    });
    let mut head = vec![
        words::column_option(language),
        words::column_includes(language),
        words::column_excludes(language),
        words::column_cost(language),
    ];
    if with_law {
        head.push(words::column_law(language));
    }
    let policies = Table {
        class: "",
        caption: words::options_caption(language),
        head,
        rows: rows.collect(),
    };
    let mut blocks = vec![page.wide("options", policies)];
    if with_law {
        let section = words::heading_outside(language);
        blocks.push(tag("p", "note", words::options_law(language, section)));
    }
    if case.addons.len() > 1 {
        let rows = case.addons.iter().map(|addon| {
            vec![
                page.text(&addon.name),
                all_of([
                    page.text(&addon.includes),
                    Markup::raw(" "),
                    page.sources(&addon.sources),
                ]),
                page.text(&addon.excludes),
                page.text(&addon.cost),
            ]
        });
        let addons = Table {
            class: "",
            caption: words::addons_caption(language),
            head: vec![
                words::column_addon(language),
                words::column_includes(language),
                words::column_excludes(language),
                words::column_cost(language),
            ],
            rows: rows.collect(),
        };
        blocks.push(page.wide("addons", addons));
    }
    all_of(blocks)
}

/// The legal labels of a policy.
fn labels(page: &Page, policy: usize) -> Markup {
    let language = page.language;
    let mine = page.memo.case.authorities.iter();
    let mine = mine.filter(|authority| authority.policies.contains(&policy));
    let items: Vec<Markup> = [LegalStatus::Met, LegalStatus::Contested, LegalStatus::NotMet]
        .into_iter()
        .filter_map(|kind| {
            let laws = mine.clone().filter(|authority| authority.status == kind);
            let laws = join(laws.map(|authority| page.text(&authority.name)), ", ");
            (!laws.is_empty()).then(|| words::list_item(language, status(language, kind), laws))
        })
        .collect();
    if items.is_empty() {
        words::no_label(language)
    } else {
        list("plain", items)
    }
}

/// A legal status in words.
pub(super) fn status(language: Language, status: LegalStatus) -> Markup {
    match status {
        LegalStatus::Met => words::met(language),
        LegalStatus::Contested => words::contested(language),
        LegalStatus::NotMet => words::not_met(language),
    }
}
