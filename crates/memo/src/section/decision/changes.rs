//! What it would be worth to know, and the smallest changes that make another option lead.

use study::findings::{FlipChange, Knowing, OutcomeInformation, SmallestFlip};

use super::super::{Page, all_of};
use crate::markup::{Markup, Table, join, tag};
use crate::{number, units, words};

/// So many uncertainties and pairs have a row.
const SINGLES: usize = 3;
const PAIRS: usize = 1;
/// So many changes of a joint change are named.
const NAMED: usize = 3;

/// A small table for each headline outcome.
pub(in super::super) fn worth(page: &mut Page) -> Markup {
    let (language, decision) = (page.language, &page.memo.findings.decision);
    let tables: Vec<Markup> = decision
        .information
        .iter()
        .filter_map(|one| worth_on(page, one))
        .collect();
    if tables.is_empty() {
        return Markup::default();
    }
    let mut intro = vec![words::worth_intro(language)];
    let sample = decision.subsample;
    if sample.used < sample.of {
        intro.push(words::worth_sample(
            language,
            number::count(sample.used),
            number::count(sample.of),
        ));
    }
    all_of([
        tag("h3", "", words::worth_heading(language)),
        tag("p", "", join(intro, " ")),
        tag("div", "grid cards", all_of(tables)),
    ])
}

fn worth_on(page: &Page, one: &OutcomeInformation) -> Option<Markup> {
    let language = page.language;
    let perfect = one.perfect?;
    let row = |name: Markup, value: f64, error: Option<f64>| {
        vec![
            name,
            number::number(value.max(0.0)).into(),
            error.map_or_else(|| "–".into(), |error| number::number(error).into()),
        ]
    };
    let mut rows = vec![row(words::worth_all(language), perfect.value, perfect.error)];
    let mut add = |all: &[Knowing], most: usize| {
        for knowing in all.iter().take(most) {
            let Some(worth) = knowing.worth.filter(|worth| worth.value > 0.0) else {
                continue;
            };
            let names: Vec<Markup> = knowing.uncertainties.iter().map(|&u| page.label(u)).collect();
            let name = match &names[..] {
                [a, b] => words::worth_pair(language, a, b),
                _ => join(names, ""),
            };
            rows.push(row(name, worth.value, worth.error));
        }
    };
    add(&one.singles, SINGLES);
    add(&one.pairs, PAIRS);
    let unit = units::unit(language, &page.memo.case.outcomes[one.outcome].unit.value);
    let name = page.outcome(one.outcome);
    let caption = if unit.is_empty() {
        words::worth_caption_pure(language, name)
    } else {
        words::worth_caption(language, name, unit)
    };
    let table = Table {
        class: "numbers",
        caption,
        head: vec![
            words::column_known(language),
            words::column_gain(language),
            words::column_within(language),
        ],
        rows,
    };
    Some(tag("div", "card", table.html()))
}

/// A table: for each headline outcome the smallest change of one assumption and of several.
pub(in super::super) fn smallest(page: &mut Page) -> Markup {
    let (language, decision) = (page.language, &page.memo.findings.decision);
    let mut rows = Vec::new();
    for one in &decision.flips {
        let kinds = [
            (words::smallest_one(language), &one.single),
            (words::smallest_several(language), &one.joint),
        ];
        for (kind, flip) in kinds {
            let name = join([page.outcome(one.outcome), kind], ", ");
            rows.push(match flip {
                Some(flip) => row(page, name, flip),
                None => vec![
                    name,
                    words::smallest_none(language),
                    "–".into(),
                    "–".into(),
                    "–".into(),
                ],
            });
        }
    }
    if rows.is_empty() {
        return Markup::default();
    }
    let table = Table {
        class: "",
        caption: Markup::default(),
        head: vec![
            words::column_outcome(language),
            words::column_changes(language),
            words::column_far(language),
            words::column_then(language),
            words::column_holds(language),
        ],
        rows,
    };
    let intro = join(
        [words::smallest_intro(language), words::smallest_how(language)],
        " ",
    );
    all_of([
        tag("h3", "", words::smallest_heading(language)),
        tag("p", "", intro),
        page.wide("least", table),
    ])
}

fn row(page: &Page, name: Markup, flip: &SmallestFlip) -> Vec<Markup> {
    let language = page.language;
    let (distance, changes, said) = match &flip.trial {
        None => (flip.distance, &flip.changes, words::trial_untried(language)),
        Some(trial) => match trial.distance {
            Some(distance) => (distance, &trial.changes, words::trial_model(language)),
            None if trial.before == Some(flip.to) => {
                (flip.distance, &flip.changes, words::trial_already(language))
            }
            None => (flip.distance, &flip.changes, words::trial_fit(language)),
        },
    };
    let change = |change: &FlipChange| {
        let at = |value: f64| page.value(change.uncertainty, value);
        words::change_from_to(
            language,
            page.label(change.uncertainty),
            at(change.from),
            at(change.to),
        )
    };
    let mut told: Vec<Markup> = changes.iter().take(NAMED).map(change).collect();
    if changes.len() > NAMED {
        told.push(words::smallest_more(
            language,
            (changes.len() - NAMED).to_string(),
        ));
    }
    vec![
        name,
        join(told, "; "),
        number::number((distance * 100.0).ceil()).into(),
        page.policy(flip.to),
        said,
    ]
}
