//! What the parts of a case say of each other: ids, ranges, sources, places.

use std::collections::{BTreeMap, BTreeSet};

use model::{Diagnostic, Diagnostics, Name, Span, nearest};

use super::form::keys::PLACES;
use super::form::row::Row;
use super::form::shape::quoted;
use super::ids::Ids;
use super::ranges::check_order;

use super::types::*;
use crate::proposition::{Level, Names, parse};

/// Words that a proposition means otherwise.
const RESERVED: [&str; 10] = [
    "abs", "max", "min", "and", "or", "not", "share", "leads", "beats", "hinge",
];

/// Lists that may not be empty, and ids that may not be there twice.
pub(crate) fn lists(row: &Row<'_>, notes: &mut Diagnostics) {
    for (key, least) in [("policy", 2), ("outcome", 1), ("uncertainty", 1)] {
        let count = row.rows(key).len();
        if row.has(key) && count < least {
            let needed = if least == 2 {
                "two policies or more: there is nothing to compare"
            } else {
                "one or more"
            };
            let diagnostic = Diagnostic::error("case-too-few", format!("a case has {needed} (`[[{key}]]`)"));
            notes.push(diagnostic.label(row.span_of(key), "too few"));
        }
    }
    for (what, key) in [
        ("policy", "policy"),
        ("add-on", "addon"),
        ("split", "split"),
        ("constraint", "constraint"),
        ("camp", "camp"),
        ("claim", "claim"),
        ("experiment", "experiment"),
    ] {
        Ids::of(what, &row.rows(key)).check_unique(notes);
    }
    // Propositions name outcomes and quantities alike.
    let both: Vec<Row<'_>> = row
        .rows("outcome")
        .into_iter()
        .chain(row.rows("quantity"))
        .collect();
    Ids::of("outcome", &both).check_unique(notes);
    for id in both.iter().filter_map(|row| row.string("id")) {
        if RESERVED.contains(&id.value.as_str()) {
            let diagnostic =
                Diagnostic::error("case-bad-id", format!("`{}` is a word of propositions", id.value));
            notes.push(diagnostic.label(id.span, "choose another id"));
        }
    }
    let mut seen: BTreeMap<i64, Span> = BTreeMap::new();
    for number in row
        .rows("statement")
        .iter()
        .filter_map(|row| row.integer("number"))
    {
        if number.value < 0 || number.value > i64::from(u32::MAX) {
            let diagnostic = Diagnostic::error("case-range", "the number of a statement is 0 or more");
            notes.push(diagnostic.label(number.span, "not a number to count by"));
        }
        if let Some(first) = seen.get(&number.value) {
            let diagnostic = Diagnostic::error(
                "case-duplicate-id",
                format!("there are two statements {}", number.value),
            );
            notes.push(
                diagnostic
                    .label(number.span, "here again")
                    .label(*first, "first here"),
            );
        }
        seen.entry(number.value).or_insert(number.span);
    }
}

/// A camp's narrowed range, checked against the range of the uncertainty.
pub(crate) fn belief(
    uncertainty: &Uncertainty,
    id: &At<String>,
    row: &Row<'_>,
    notes: &mut Diagnostics,
) -> Option<Belief> {
    let (least, greatest) = uncertainty.distribution.ends();
    if !least.is_finite() {
        return None;
    }
    let outside = |at: &At<f64>, notes: &mut Diagnostics| {
        let message = format!("the belief about `{}` goes beyond its range", id.value);
        notes.push(
            Diagnostic::error("case-belief", message)
                .label(at.span, format!("not between {least} and {greatest}"))
                .label(uncertainty.range_span, "the range that is drawn")
                .help("widen the range of the uncertainty, or narrow the belief"),
        );
    };
    if let Distribution::Categorical { values, .. } = &uncertainty.distribution {
        if !row.has("values") || row.has("low") || row.has("high") {
            let message = format!(
                "`{}` is categorical: a belief about it is `{{ values = [...] }}`",
                id.value
            );
            notes.push(Diagnostic::error("case-belief", message).label(row.span(), "here"));
            return None;
        }
        let chosen = row.numbers("values");
        for value in chosen.iter().filter(|value| !values.contains(&value.value)) {
            let message = format!("{} is not a value of `{}`", value.value, id.value);
            let diagnostic = Diagnostic::error("case-belief", message).label(value.span, "not one of them");
            notes.push(diagnostic.label(uncertainty.range_span, "the values"));
        }
        if chosen.is_empty() {
            let diagnostic = Diagnostic::error(
                "case-belief",
                format!("a belief about `{}` in no value", id.value),
            );
            notes.push(diagnostic.label(row.span(), "nothing is left"));
        }
        return Some(Belief::OneOf(chosen.iter().map(|value| value.value).collect()));
    }
    let (low, high) = (row.number("low"), row.number("high"));
    if row.has("values") || (low.is_none() && high.is_none()) {
        if !row.has("low") && !row.has("high") {
            let message = format!("a belief about `{}` is `{{ low = ..., high = ... }}`", id.value);
            notes.push(Diagnostic::error("case-belief", message).label(row.span(), "here"));
        } else if row.has("values") {
            let message = format!(
                "`{}` is not categorical: a belief about it has no `values`",
                id.value
            );
            notes.push(Diagnostic::error("case-belief", message).label(row.line_of("values"), "here"));
        }
        return None;
    }
    for end in low.iter().chain(&high) {
        if !(least..=greatest).contains(&end.value) {
            outside(end, notes);
        }
    }
    check_order(&[("low", low.as_ref()), ("high", high.as_ref())], notes);
    Some(Belief::Between(
        low.map_or(least, |low| low.value),
        high.map_or(greatest, |high| high.value),
    ))
}

/// Keys of the bibliography and their places; none if there is none, or if it could not be read.
pub(crate) type Keys = Option<BTreeMap<String, Span>>;

/// What holds of the case as a whole.
pub(crate) fn case(case: &Case, keys: &Keys, notes: &mut Diagnostics) {
    inputs(case, notes);
    laws(case, notes);
    places(case, notes);
    sources(case, keys, notes);
    propositions(case, notes);
    compared(case, notes);
}

/// Experiments are held against histories that the case has.
fn compared(case: &Case, notes: &mut Diagnostics) {
    let series: Vec<&str> = case.history.iter().map(|h| h.series.value.as_str()).collect();
    for asked in case.experiments.iter().flat_map(|experiment| &experiment.compare) {
        if series.contains(&asked.value.as_str()) {
            continue;
        }
        let message = format!("there is no history with the series `{}`", asked.value);
        let diagnostic = Diagnostic::error("case-unknown-id", message).label(asked.span, "unknown");
        notes.push(match nearest(&asked.value, series.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic,
        });
    }
}

/// Propositions and rules are read here for their mistakes; binding reads them again for what they say.
fn propositions(case: &Case, notes: &mut Diagnostics) {
    let names = Names::of(case);
    let mut windows = Vec::new();
    for (written, level) in case.claims.iter().filter_map(Claim::proposition_level) {
        parse(written, level, &names, &mut windows, notes);
    }
    for constraint in case
        .constraints
        .iter()
        .filter(|constraint| !constraint.rule.value.is_empty())
    {
        parse(&constraint.rule, Level::Draws, &names, &mut windows, notes);
    }
}

impl Claim {
    /// The proposition as written and what it may speak of; none for evidence.
    pub(crate) fn proposition_level(&self) -> Option<(&At<String>, Level)> {
        let level = match self.kind {
            ClaimKind::Outcome => Level::Future,
            ClaimKind::Ensemble => Level::Ensemble,
            ClaimKind::Evidence => return None,
        };
        let written = self
            .proposition
            .as_ref()
            .filter(|written| !written.value.trim().is_empty())?;
        Some((written, level))
    }
}

/// A constant is set by one thing only: a policy or an add-on or a draw.
fn inputs(case: &Case, notes: &mut Diagnostics) {
    let mut drawn: Vec<&At<String>> = case
        .uncertainties
        .iter()
        .filter_map(|one| one.name.as_ref())
        .collect();
    drawn.extend(
        case.splits
            .iter()
            .flat_map(|split| &split.parts)
            .map(|part| &part.variable),
    );
    let mut said = BTreeSet::new();
    let of = |policies: &'_ [Policy]| -> Vec<At<String>> {
        policies
            .iter()
            .flat_map(|policy| &policy.levers)
            .map(|lever| lever.variable.clone())
            .collect()
    };
    let (policies, addons) = (of(&case.policies), of(&case.addons));
    for lever in policies.iter().chain(&addons) {
        let key = Name::key_of(&lever.value);
        if let Some(draw) = drawn.iter().find(|draw| Name::key_of(&draw.value) == key)
            && said.insert(key)
        {
            let message = format!("`{}` is both a lever and an uncertainty", lever.value);
            let diagnostic =
                Diagnostic::error("case-two-masters", message).label(lever.span, "set by an option");
            notes.push(diagnostic.label(draw.span, "drawn for each future"));
        }
    }
    for lever in &addons {
        let key = Name::key_of(&lever.value);
        if let Some(other) = policies.iter().find(|other| Name::key_of(&other.value) == key) {
            let message = format!("`{}` is set by a policy and by an add-on", lever.value);
            let diagnostic =
                Diagnostic::error("case-two-masters", message).label(lever.span, "by the add-on");
            let diagnostic = diagnostic.label(other.span, "by the policy");
            notes.push(diagnostic.help("an option is a policy with an add-on: let each set its own levers"));
        }
    }
}

fn laws(case: &Case, notes: &mut Diagnostics) {
    let laws: BTreeSet<&str> = case
        .authorities
        .iter()
        .map(|authority| authority.law.as_str())
        .collect();
    for (law, _) in case.camps.iter().flat_map(|camp| &camp.inadmissible) {
        if !law.value.is_empty() && !laws.contains(law.value.as_str()) {
            let message = format!("no `[[authority]]` has the law `{}`", law.value);
            let diagnostic = Diagnostic::error("case-unknown-id", message).label(law.span, "unknown");
            notes.push(match nearest(&law.value, laws.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic,
            });
        }
    }
}

fn places(case: &Case, notes: &mut Diagnostics) {
    let of = |ids: &mut dyn Iterator<Item = &At<String>>| ids.cloned().collect::<Vec<_>>();
    let span = case.model.span;
    let mut laws: Vec<&str> = case
        .authorities
        .iter()
        .map(|authority| authority.law.as_str())
        .collect();
    laws.dedup();
    let known: [Ids; 7] = [
        Ids::new("policy", of(&mut case.policies.iter().map(|one| &one.id))),
        Ids::new("add-on", of(&mut case.addons.iter().map(|one| &one.id))),
        Ids::new("outcome", of(&mut case.outcomes.iter().map(|one| &one.id))),
        Ids::new(
            "uncertainty",
            of(&mut case.uncertainties.iter().map(|one| &one.id)),
        ),
        Ids::new("claim", of(&mut case.claims.iter().map(|one| &one.id))),
        Ids::new(
            "authority",
            laws.iter()
                .map(|law| At {
                    value: (*law).to_owned(),
                    span,
                })
                .collect(),
        ),
        Ids::new("camp", of(&mut case.camps.iter().map(|one| &one.id))),
    ];
    for place in case.statements.iter().flat_map(|statement| &statement.places) {
        if place.value == "context" || place.value.is_empty() {
            continue;
        }
        let parts = place.value.split_once(':');
        let kind = parts.and_then(|(kind, id)| Some((PLACES.iter().position(|place| *place == kind)?, id)));
        let Some((kind, id)) = kind else {
            let diagnostic =
                Diagnostic::error("case-place", format!("`{}` is no place in the case", place.value));
            let help = format!(
                "a place is `context`, or `kind:id` with a kind of {}",
                quoted(&PLACES)
            );
            notes.push(diagnostic.label(place.span, "not a place").help(help));
            continue;
        };
        known[kind].find(
            &At {
                value: id.to_owned(),
                span: place.span,
            },
            notes,
        );
    }
}

/// The places in which a case cites a source.
fn cited(case: &Case) -> Vec<&At<String>> {
    let mut all: Vec<&At<String>> = Vec::new();
    for policy in case.policies.iter().chain(&case.addons) {
        all.extend(&policy.sources);
    }
    all.extend(case.uncertainties.iter().flat_map(|one| &one.sources));
    all.extend(case.camps.iter().flat_map(|camp| &camp.sources));
    for claim in &case.claims {
        if let SaidBy::Office { source, .. } = &claim.said_by {
            all.push(source);
        }
        all.extend(
            claim
                .evidence_for
                .iter()
                .chain(&claim.evidence_against)
                .map(|item| &item.source),
        );
    }
    all.extend(case.authorities.iter().flat_map(|authority| &authority.sources));
    all.extend(case.history.iter().flat_map(|history| &history.sources));
    all.sort_by_key(|source| source.span);
    all.dedup_by_key(|source| source.span);
    all
}

fn sources(case: &Case, keys: &Keys, notes: &mut Diagnostics) {
    let cited = cited(case);
    let Some(keys) = keys else {
        if let (None, Some(first)) = (&case.sources, cited.first()) {
            let diagnostic = Diagnostic::error(
                "case-unknown-source",
                "the case cites sources, but names no bibliography",
            );
            let diagnostic = diagnostic.label(first.span, "the first of them");
            notes.push(diagnostic.help("name a BibTeX file: `sources = \"sources.bib\"`"));
        }
        return;
    };
    for source in cited.iter().filter(|source| !source.value.is_empty()) {
        check_source(&source.value, source.span, keys, notes);
    }
    let used: BTreeSet<&str> = cited.iter().map(|source| source.value.as_str()).collect();
    let mut unused: Vec<(Span, &str)> = keys
        .iter()
        .filter(|(key, _)| !used.contains(key.as_str()))
        .map(|(key, span)| (*span, key.as_str()))
        .collect();
    unused.sort_unstable();
    if let Some((first, _)) = unused.first() {
        let names: Vec<&str> = unused.iter().map(|(_, key)| *key).collect();
        let message = match names.len() {
            1 => format!("the source {} is cited nowhere", quoted(&names)),
            n if n <= 8 => format!("the sources {} are cited nowhere", quoted(&names)),
            n => format!("{n} sources are cited nowhere: {}, ...", quoted(&names[..8])),
        };
        notes.push(Diagnostic::note("case-unused-source", message).label(*first, "the first of them"));
    }
}

/// Says that a source is not in the bibliography, if it is not.
pub(crate) fn check_source(key: &str, place: Span, keys: &BTreeMap<String, Span>, notes: &mut Diagnostics) {
    if keys.contains_key(key) {
        return;
    }
    let diagnostic = Diagnostic::error(
        "case-unknown-source",
        format!("the bibliography has no entry `{key}`"),
    );
    let diagnostic = diagnostic.label(place, "cited here");
    notes.push(match nearest(key, keys.keys().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    });
}
