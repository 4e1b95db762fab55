//! The sections of the memo, each a function from the page to HTML, called once for each language.

mod camps;
mod claims;
mod decision;
mod futures;
mod hinges;
mod ledger;
mod mechanism;
mod opening;
mod options;
mod outcomes;
mod outside;
mod reproduce;
mod wins;

pub(crate) use claims::propositions;
pub(crate) use ledger::references;
pub(crate) use opening::card;

use study::case::{At, Distribution, Text};
use study::findings::Share;

use crate::chart::Sheet;
use crate::markup::{Markup, Table, join, tag};
use crate::{Language, Memo, colour, number, units, words};

/// A page in one language: the memo, and the sheet on which both languages' drawings are kept.
pub(crate) struct Page<'a> {
    pub(crate) memo: &'a Memo<'a>,
    pub(crate) language: Language,
    pub(crate) sheet: &'a mut Sheet,
}

/// A section: id, heading, content.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) heading: Markup,
    pub(crate) body: Markup,
    /// An appendix begins a new sheet of paper and has no number.
    pub(crate) appendix: bool,
}

/// Writes a section: its content in one language.
type Writer = fn(&mut Page) -> Markup;
/// A section's heading in one language.
type Heading = fn(Language) -> Markup;

/// All sections in reading order: id, heading, writer, whether it is an appendix.
const SECTIONS: [(&str, Heading, Writer, bool); 19] = [
    ("question", words::heading_question, opening::question, false),
    ("verdict", words::heading_verdict, opening::verdict, false),
    ("options", words::heading_options, options::options, false),
    ("map", words::heading_map, wins::wins, false),
    ("robust", words::heading_robust, outcomes::outcomes, false),
    ("hinges", words::heading_hinges, hinges::hinges, false),
    ("camps", words::heading_camps, camps::camps, false),
    ("changes", words::heading_changes, hinges::changes, false),
    ("futures", words::heading_futures, futures::futures, false),
    ("fails", words::heading_fails, decision::fails, false),
    ("claims", words::heading_claims, claims::claims, false),
    ("model", words::heading_model, mechanism::mechanism, false),
    ("outside", words::heading_outside, outside::outside, false),
    ("reproduce", words::heading_reproduce, reproduce::reproduce, false),
    ("glossary", words::heading_glossary, reproduce::glossary, false),
    ("ledger", words::heading_ledger, ledger::ledger, true),
    ("tests", words::heading_tests, claims::tests, true),
    ("statements", words::heading_statements, ledger::statements, true),
    ("others", words::heading_others, futures::others, true),
];

/// The status line and all sections.
pub(crate) fn all(page: &mut Page) -> (Markup, Vec<Section>) {
    let status = opening::status(page);
    let sections = SECTIONS
        .into_iter()
        .map(|(id, heading, write, appendix)| Section {
            id,
            heading: heading(page.language),
            body: write(page),
            appendix,
        })
        .filter(|section| !section.body.is_empty())
        .collect();
    (status, sections)
}

impl Page<'_> {
    /// A text of the case.
    pub(crate) fn text(&self, text: &Text) -> Markup {
        self.language.of(text).into()
    }

    /// A paragraph of a text of the case; nothing if it is empty.
    pub(crate) fn paragraph(&self, text: &Text) -> Markup {
        if self.language.of(text).is_empty() {
            Markup::default()
        } else {
            tag("p", "", self.text(text))
        }
    }

    /// The letter of a policy on its colour.
    pub(crate) fn badge(&self, policy: usize) -> Markup {
        Markup::raw(format!("<b class=\"o{policy}\">{}</b>", colour::letter(policy)))
    }

    /// Letter and name of a policy.
    pub(crate) fn policy(&self, policy: usize) -> Markup {
        let name = self.text(&self.memo.case.policies[policy].name);
        Markup::raw(format!("{} {name}", self.badge(policy)))
    }

    /// Name of an outcome.
    pub(crate) fn outcome(&self, outcome: usize) -> Markup {
        self.text(&self.memo.case.outcomes[outcome].name)
    }

    /// Label of an uncertainty.
    pub(crate) fn label(&self, uncertainty: usize) -> Markup {
        self.text(&self.memo.case.uncertainties[uncertainty].label)
    }

    /// Numeral and name of a camp.
    pub(crate) fn camp(&self, camp: usize) -> Markup {
        let name = self.text(&self.memo.case.camps[camp].name);
        Markup::raw(format!("{}. {name}", numeral(camp)))
    }

    /// Numerals of camps.
    pub(crate) fn camps(&self, camps: &[usize]) -> Markup {
        join(camps.iter().map(|&camp| numeral(camp).into()), ", ")
    }

    /// A count of futures per hundred: "48 of 100".
    pub(crate) fn share(&self, share: &Share) -> Markup {
        self.count_of(share.count, share.of)
    }

    /// A count of futures per hundred, the number alone.
    pub(crate) fn hundred(&self, share: &Share) -> Markup {
        match number::per_hundred(share.count, share.of) {
            _ if share.of == 0 => "–".into(),
            0 if share.count > 0 => "<1".into(),
            100 if share.count < share.of => ">99".into(),
            rounded => rounded.to_string().into(),
        }
    }

    /// The same from two counts.
    pub(crate) fn count_of(&self, count: u64, of: u64) -> Markup {
        let language = self.language;
        match number::per_hundred(count, of) {
            _ if of == 0 => words::none_judged(language),
            0 if count > 0 => words::under_one(language),
            100 if count < of => words::over_ninety_nine(language),
            rounded => words::in_hundred(language, rounded.to_string()),
        }
    }

    /// A value of an uncertainty: with its unit, or the name of the category.
    pub(crate) fn value(&self, uncertainty: usize, value: f64) -> Markup {
        let uncertainty = &self.memo.case.uncertainties[uncertainty];
        if let Distribution::Categorical { values, labels } = &uncertainty.distribution {
            let known = values.iter().zip(labels).find(|(known, _)| **known == value);
            if let Some((_, label)) = known {
                return self.text(label);
            }
        }
        self.measured(value, &uncertainty.unit.value)
    }

    /// A number with a unit, three significant digits.
    pub(crate) fn measured(&self, value: f64, unit: &str) -> Markup {
        units::with_unit(self.language, &number::number(value), unit).into()
    }

    /// Numbered links into the list of sources.
    pub(crate) fn sources(&self, keys: &[At<String>]) -> Markup {
        join(keys.iter().map(|key| self.source(&key.value)), " ")
    }

    /// A numbered link into the list of sources; the key itself if the bibliography does not have it.
    pub(crate) fn source(&self, key: &str) -> Markup {
        match self.memo.case.bibliography.keys().position(|known| known == key) {
            Some(at) => Markup::raw(format!("<a href=\"#s{0}\">[{0}]</a>", at + 1)),
            None => tag("code", "", Markup::from(key)),
        }
    }

    /// A table of texts: cards on a phone, where each cell is named by its column.
    pub(crate) fn wide(&mut self, id: &'static str, table: Table) -> Markup {
        let tag = self.language.tag();
        self.sheet
            .cards(&table.card_css(&format!("[lang={tag}] .w-{id}")));
        Markup::raw(format!("<div class=\"wide w-{id}\">{}</div>", table.html()))
    }

    /// Whether a policy was run with the first add-on.
    pub(crate) fn ran(&self, policy: usize) -> bool {
        self.memo
            .findings
            .options
            .iter()
            .any(|option| option.policy == policy && option.addon == 0)
    }

    /// A closed block with a table inside.
    pub(crate) fn details(&self, summary: Markup, inner: Markup) -> Markup {
        Markup::raw(format!("<details><summary>{summary}</summary>{inner}</details>"))
    }
}

/// The roman numeral of the camp at this place in the case; options have letters, so the two are never confused.
pub(crate) fn numeral(camp: usize) -> String {
    let mut left = camp + 1;
    let mut text = String::new();
    for (value, letters) in [(10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")] {
        while left >= value {
            text.push_str(letters);
            left -= value;
        }
    }
    text
}

/// A list of points.
pub(crate) fn list(class: &str, items: impl IntoIterator<Item = Markup>) -> Markup {
    let items: String = items.into_iter().map(|item| format!("<li>{item}</li>")).collect();
    if items.is_empty() {
        Markup::default()
    } else {
        tag("ul", class, items)
    }
}

/// Pieces one after the other.
pub(crate) fn all_of(pieces: impl IntoIterator<Item = Markup>) -> Markup {
    join(pieces, "")
}
