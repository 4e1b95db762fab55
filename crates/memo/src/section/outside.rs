//! What stands outside the score: law, what is left out, dissent, and what a sceptic should know.

use study::findings::Extreme;

use super::{Page, all_of, list, options};
use crate::Language;
use crate::markup::{Markup, Table, join, tag};
use crate::{number, words};

/// Law, gaps, dissents, notes.
pub(super) fn outside(page: &mut Page) -> Markup {
    let (language, case) = (page.language, page.memo.case);
    let mut blocks = vec![];
    if !case.left_out.is_empty() {
        blocks.push(tag("h3", "", words::outside_list(language)));
        blocks.push(list("", case.left_out.iter().map(|text| page.text(text))));
    }
    blocks.push(tag("h3", "", words::outside_law(language)));
    blocks.push(tag("p", "", words::outside_law_text(language)));
    if !case.authorities.is_empty() {
        let law = law(page);
        blocks.push(page.wide("law", law));
    }
    blocks.push(tag("h3", "", words::dissent_heading(language)));
    if case.dissents.is_empty() {
        blocks.push(tag("p", "", words::dissent_none(language)));
    }
    let dissents = case.dissents.iter().map(|dissent| {
        let by = tag("cite", "", page.text(&dissent.by));
        let said = all_of([tag("p", "", page.text(&dissent.text)), by]);
        tag("blockquote", "dissent", said)
    });
    blocks.push(tag("div", "dissents", all_of(dissents)));
    blocks.push(tag("h3", "", words::fairness_heading(language)));
    let notes = notes(page);
    if notes.is_empty() {
        blocks.push(tag("p", "", words::fairness_none(language)));
    } else {
        blocks.push(list("", notes));
    }
    all_of(blocks)
}

fn law(page: &Page) -> Table {
    let (language, case) = (page.language, page.memo.case);
    let mut rows = vec![];
    let mut last = None;
    for authority in &case.authorities {
        let name = page.text(&authority.name);
        // A row with one cell is a group's heading.
        if last.as_ref() != Some(&name) {
            rows.push(vec![name.clone()]);
            last = Some(name);
        }
        rows.push(vec![
            join(authority.policies.iter().map(|&policy| page.badge(policy)), " "),
            options::status(language, authority.status),
            all_of([
                page.text(&authority.needs),
                Markup::raw(" "),
                page.sources(&authority.sources),
            ]),
        ]);
    }
    Table {
        class: "",
        caption: Markup::default(),
        head: vec![
            words::column_options(language),
            words::column_status(language),
            words::column_needs(language),
        ],
        rows,
    }
}

/// Near-clones, triggers, extreme shares, and the fairness checks.
fn notes(page: &Page) -> Vec<Markup> {
    let (language, case, findings) = (page.language, page.memo.case, page.memo.findings);
    let mut notes = vec![];
    for (at, policy) in case.policies.iter().enumerate() {
        if let Some(other) = policy.near_clone_of {
            notes.push(words::clone_note(language, page.policy(at), page.policy(other)));
        }
    }
    for (option, trigger, share) in findings
        .triggers
        .iter()
        .filter(|(option, _, _)| option.addon == 0)
    {
        notes.push(words::trigger_fires(
            language,
            page.policy(option.policy),
            trigger,
            page.share(share),
        ));
    }
    let (usual, extreme): (Vec<&Extreme>, Vec<&Extreme>) =
        findings.extremes.iter().partition(|extreme| is_usual(extreme));
    notes.extend(extreme.into_iter().map(|extreme| explain(page, extreme)));
    let usual = usual.into_iter().map(|extreme| {
        let (option, outcome) = (page.policy(extreme.policy), page.outcome(extreme.outcome));
        words::extreme_on(language, option, outcome, page.share(&extreme.share))
    });
    let usual = join(usual, "; ");
    if !usual.is_empty() {
        notes.push(words::extreme_rest(language, usual));
    }
    notes.extend(findings.fairness.iter().map(|note| match language {
        Language::En => Markup::from(&note.en),
        Language::Es => Markup::from(&note.es),
    }));
    notes
}

/// Whether a policy's best share is neither above 95 nor below 5 of 100.
fn is_usual(extreme: &Extreme) -> bool {
    (5..=95).contains(&number::per_hundred(extreme.share.count, extreme.share.of))
}

/// A policy's best share, above 95 or below 5 of 100, and its cause.
fn explain(page: &Page, extreme: &Extreme) -> Markup {
    let language = page.language;
    let option = page.policy(extreme.policy);
    let share = &extreme.share;
    let said = if share.count == 0 {
        words::extreme_never(language, option)
    } else {
        words::extreme_share(language, option, page.outcome(extreme.outcome), page.share(share))
    };
    let cause = match &extreme.cause {
        Some((uncertainty, low, high)) => words::extreme_cause(
            language,
            page.label(*uncertainty),
            page.share(low),
            page.share(high),
        ),
        None => words::extreme_no_cause(language),
    };
    join([said, cause], " ")
}
