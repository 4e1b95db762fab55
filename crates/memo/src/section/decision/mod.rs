//! The decision maker's own questions, as blocks of the sections they belong to.

mod boxes;
mod camps;
mod changes;

pub(super) use boxes::{claim, fails};
pub(super) use camps::{acceptability, quarrels, rankings};
pub(super) use changes::{smallest, worth};

use super::Page;
use crate::markup::{Markup, join, tag};
use crate::{number, words};

/// With the camps: on which counts more futures would tell.
pub(super) fn enough(page: &Page) -> Markup {
    let enough = &page.memo.findings.decision.enough;
    if enough.unsure_camps.is_empty() {
        return Markup::default();
    }
    let names = join(
        enough
            .unsure_camps
            .iter()
            .map(|&camp| super::numeral(camp).into()),
        ", ",
    );
    let count = number::count(enough.camps_enough_at);
    tag("p", "note", words::enough_camps(page.language, count, names))
}
