//! The bibliography: BibTeX entries as far as the memo shows them.

use std::collections::BTreeMap;

use biblatex::{ChunksExt, Entry, Person, RawBibliography};
use model::{Diagnostic, Diagnostics, SourceId, Span};

use super::check::Keys;
use super::types::{Bibliography, Reference};

/// Reads a BibTeX text; the places are those of the keys, if it could be read.
pub(crate) fn read(source: SourceId, text: &str, notes: &mut Diagnostics) -> (Bibliography, Keys) {
    let mut references = Bibliography::new();
    let mut places = BTreeMap::new();
    let mut fail = |error: biblatex::ParseError| {
        let place = span(source, error.span);
        let diagnostic = Diagnostic::error("case-bibliography", format!("not valid BibTeX: {}", error.kind));
        notes.push(diagnostic.label(place, "here"));
    };
    let raw = match RawBibliography::parse(text) {
        Ok(raw) => raw,
        Err(error) => {
            fail(error);
            return (references, None);
        }
    };
    for entry in &raw.entries {
        let key = &entry.v.key;
        places
            .entry(key.v.to_owned())
            .or_insert(span(source, key.span.clone()));
    }
    match biblatex::Bibliography::from_raw(raw) {
        Ok(entries) => {
            for entry in entries.iter() {
                references.insert(entry.key.clone(), reference(entry));
            }
        }
        Err(error) => {
            fail(error);
            return (references, None);
        }
    }
    (references, Some(places))
}

fn span(source: SourceId, range: std::ops::Range<usize>) -> Span {
    Span {
        source,
        start: range.start as u32,
        end: range.end as u32,
    }
}

fn reference(entry: &Entry) -> Reference {
    let field = |key: &str| {
        entry
            .get(key)
            .map(|chunks| chunks.format_verbatim())
            .filter(|text| !text.trim().is_empty())
    };
    let authors = entry.author().map(|authors| people(&authors)).unwrap_or_default();
    let editors = field("editor").unwrap_or_default();
    let publisher = [
        "journal",
        "journaltitle",
        "booktitle",
        "publisher",
        "organization",
        "institution",
        "howpublished",
    ]
    .into_iter()
    .find_map(field);
    let mut place = publisher.unwrap_or_default();
    if let Some(volume) = field("volume") {
        place = format!("{place} {volume}").trim().to_owned();
        if let Some(number) = field("number") {
            place = format!("{place}({number})");
        }
    }
    if let Some(pages) = field("pages") {
        place = if place.is_empty() {
            pages
        } else {
            format!("{place}, {pages}")
        };
    }
    let date = field("date").or_else(|| field("year")).unwrap_or_default();
    let who = if authors.is_empty() { editors } else { authors };
    let parts = [who, field("title").unwrap_or_default(), place, date];
    let parts: Vec<&str> = parts
        .iter()
        .map(|part| part.trim().trim_end_matches('.'))
        .filter(|part| !part.is_empty())
        .collect();
    Reference {
        key: entry.key.clone(),
        citation: format!("{}.", parts.join(". ")),
        url: field("url").or_else(|| field("doi").map(|doi| format!("https://doi.org/{doi}"))),
        note: field("note"),
    }
}

fn people(people: &[Person]) -> String {
    let one = |person: &Person| {
        let parts = [&person.given_name, &person.prefix, &person.name, &person.suffix];
        let parts: Vec<&str> = parts
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        parts.join(" ")
    };
    // The memo is in two languages and a citation in one: no word for "and".
    match people {
        [first, _, _, _, ..] => format!("{} et al.", one(first)),
        few => few.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}
