//! Charts: hand-written SVG, drawn once in CSS pixels and used by both languages.
//!
//! A drawing holds letters and numbers only, which are the same in English and Spanish; whatever needs words stands
//! around it in HTML. No drawing is wider than [`NARROW`], so that none is ever scaled.

mod bars;
mod dots;
mod fan;
mod geometry;
mod map;
mod ring;
mod strip;

use std::collections::BTreeSet;

pub(crate) use bars::{gap_bar, regret_strip};
pub(crate) use dots::dot_grid;
pub(crate) use fan::{FanScale, fan_bands, fan_dots, fan_frame, fan_line};
pub(crate) use map::{census, win_map};
pub(crate) use ring::{Link, ring};
pub(crate) use strip::{lead_bar, verdict_strip};

use crate::Language;
use crate::markup::Markup;

/// The width that fits a window of 320 px with its margins.
pub(crate) const NARROW: u32 = 304;

/// A drawing without words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// Width in CSS pixels.
    pub(crate) width: u32,
    /// Height in CSS pixels.
    pub(crate) height: u32,
    /// SVG elements.
    pub(crate) body: String,
}

/// Drawings of one size, one over the other.
pub(crate) fn over(layers: &[Drawing]) -> Drawing {
    Drawing {
        width: layers.iter().map(|layer| layer.width).max().unwrap_or(0),
        height: layers.iter().map(|layer| layer.height).max().unwrap_or(0),
        body: layers.iter().map(|layer| layer.body.as_str()).collect(),
    }
}

/// The drawings of a memo, each kept once however often it is used.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    known: BTreeSet<String>,
    defs: String,
    cards: BTreeSet<String>,
}

impl Sheet {
    /// Keeps a drawing under an id that is the same in both languages.
    fn keep(&mut self, id: &str, drawing: &Drawing) {
        debug_assert!(drawing.width <= NARROW, "{id} is wider than a phone");
        if self.known.insert(id.to_string()) {
            self.defs
                .push_str(&format!("<g id=\"{id}\">{}</g>", drawing.body));
        }
    }

    /// A drawing with a title and a description for those who do not see it.
    pub(crate) fn picture(
        &mut self,
        language: Language,
        id: &str,
        drawing: &Drawing,
        title: impl Into<Markup>,
        description: impl Into<Markup>,
    ) -> Markup {
        self.keep(id, drawing);
        let (width, height, tag) = (drawing.width, drawing.height, language.tag());
        let (title, description): (Markup, Markup) = (title.into(), description.into());
        Markup::raw(format!(
            "<svg role=\"img\" width=\"{width}\" height=\"{height}\" aria-labelledby=\"{id}-{tag}-t {id}-{tag}-d\">\
             <title id=\"{id}-{tag}-t\">{title}</title><desc id=\"{id}-{tag}-d\">{description}</desc><use href=\"#{id}\"/></svg>"
        ))
    }

    /// A drawing whose numbers stand beside it in the same table row.
    pub(crate) fn ornament(&mut self, id: &str, drawing: &Drawing) -> Markup {
        self.keep(id, drawing);
        let (width, height) = (drawing.width, drawing.height);
        Markup::raw(format!(
            "<svg aria-hidden=\"true\" width=\"{width}\" height=\"{height}\"><use href=\"#{id}\"/></svg>"
        ))
    }

    /// Drawings one over the other, whose description stands in the element around them.
    pub(crate) fn stack(&mut self, layers: &[(String, Drawing)]) -> Markup {
        let (mut width, mut height, mut uses) = (0, 0, String::new());
        for (id, drawing) in layers {
            self.keep(id, drawing);
            (width, height) = (width.max(drawing.width), height.max(drawing.height));
            uses.push_str(&format!("<use href=\"#{id}\"/>"));
        }
        Markup::raw(format!(
            "<svg aria-hidden=\"true\" width=\"{width}\" height=\"{height}\">{uses}</svg>"
        ))
    }

    /// Rules for tables that become cards on a phone.
    pub(crate) fn cards(&mut self, css: &str) {
        self.cards.insert(css.to_string());
    }

    /// All those rules.
    pub(crate) fn card_css(&self) -> String {
        self.cards.iter().map(String::as_str).collect()
    }

    /// All drawings, to be placed once in the page.
    pub(crate) fn definitions(&self) -> &str {
        &self.defs
    }
}
