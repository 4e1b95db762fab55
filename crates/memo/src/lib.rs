//! Results and findings to one self-contained HTML page.
//!
//! In come a case, its bibliography, its model and the findings; out goes one string: one language as plain HTML, complete
//! without JavaScript, without network and on paper, the other packed beside it; the same bytes for the same input. This crate refuses to know
//! files, clocks and how findings are computed; it computes nothing but positions, roundings and sentences.

mod card;
mod chart;
mod colour;
mod leaders;
mod machine;
mod markup;
mod number;
mod packed;
mod page;
mod section;
mod shorten;
mod units;
mod words;

use model::Model;
use study::case::Case;
use study::findings::Findings;
use study::live::{Live, NotLive};
use study::run::numerics::Deviation;

pub use machine::carried;
pub use units::unit as unit_in_words;

/// Everything a memo is made from.
#[derive(Clone, Copy, Debug)]
pub struct Memo<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its model.
    pub model: &'a Model,
    /// What the run found.
    pub findings: &'a Findings,
    /// Where the findings come from.
    pub provenance: &'a Provenance,
    /// The language of the plain page; the other is packed, one click away where scripts run.
    pub language: Language,
    /// The model for the page, or why there is none.
    pub live: Result<&'a Live, &'a NotLive>,
}

/// What one needs to make the same memo again.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// Hash of the model's text.
    pub model_hash: String,
    /// Hash of the case's files.
    pub case_hash: String,
    /// Seed of the draws.
    pub seed: u64,
    /// Design, as the command line names it.
    pub design: String,
    /// Accepted futures that were asked for.
    pub futures: u64,
    /// The command that repeats the run.
    pub command: String,
    /// How far fast numerics moved the outcomes, if the run used them.
    pub fast: Option<Deviation>,
}

/// A language of the memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish (es-MX).
    Es,
}

impl Language {
    /// Both, English first.
    pub const ALL: [Language; 2] = [Language::En, Language::Es];

    /// The language tag of HTML.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Es => "es",
        }
    }

    /// The other one.
    pub(crate) fn other(self) -> Self {
        match self {
            Language::En => Language::Es,
            Language::Es => Language::En,
        }
    }

    /// The text of a case in this language.
    pub(crate) fn of(self, text: &study::case::Text) -> &str {
        match self {
            Language::En => &text.en,
            Language::Es => &text.es,
        }
    }
}

/// The memo as one HTML file.
///
/// Indices inside the findings must belong to the case; a mismatch is a mistake of the caller and panics.
pub fn render(memo: &Memo) -> String {
    page::render(memo)
}

/// Width and height, in CSS pixels, of what [`card`] makes.
pub const CARD: (u32, u32) = (card::WIDTH, card::HEIGHT);

/// The verdict on one small page of the size [`CARD`], for a picture of it.
pub fn card(memo: &Memo) -> String {
    card::render(memo)
}
