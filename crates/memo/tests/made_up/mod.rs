//! A made-up case, rich enough to fill every section: how a town may keep its lake clean. The numbers come from
//! formulas over 2,000 draws, so that counts, maps and hinges agree with each other.

mod case;
mod decision;
mod findings;
mod model;

use ::model::Model;
use memo::{Language, Memo, Provenance};
use study::case::Case;
use study::findings::Findings;

/// Owns what a memo borrows.
pub(crate) struct MadeUp {
    pub(crate) case: Case,
    pub(crate) model: Model,
    pub(crate) findings: Findings,
    pub(crate) provenance: Provenance,
}

impl MadeUp {
    pub(crate) fn new() -> Self {
        let case = case::case();
        let findings = findings::findings(&case);
        Self {
            model: model::model(),
            findings,
            provenance: Provenance {
                version: "0.1.0".into(),
                model_hash: "5f2c9a1be07d4c3388aa10d2b6f4e91c7d3350ab12cd99e0f1a2b3c4d5e6f708".into(),
                case_hash: "a91d03f27c55be1840aa77d2c6f9e31b0d42c8ab92fd19e3f8a1b6c2d7e5f401".into(),
                seed: 1,
                design: "latin_hypercube".into(),
                futures: 2000,
                command: "weigh run cases/lake --futures 2000 --seed 1 --design latin_hypercube".into(),
                fast: None,
            },
            case,
        }
    }
    pub(crate) fn render(&self, language: Language) -> String {
        memo::render(&Memo {
            case: &self.case,
            model: &self.model,
            findings: &self.findings,
            provenance: &self.provenance,
            language,
            // Its findings are made up: no model gives them.
            live: Err(&study::live::NotLive::Nothing),
        })
    }
}
