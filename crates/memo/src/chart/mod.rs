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

pub(crate) use bars::{gap_bar, regret_bar};
pub(crate) use dots::{dot_frame, dot_grid};
pub(crate) use fan::{FanScale, fan_bands, fan_dots, fan_frame, fan_letter, fan_line};
pub(crate) use map::{census, win_map};
pub(crate) use ring::{Link, ring};
pub(crate) use strip::{lead_bar, verdict_strip};

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
    sizes: Vec<(u32, u32)>,
    cards: BTreeSet<String>,
}

impl Sheet {
    /// Keeps a drawing under an id that is the same in both languages, and returns the tag that makes room for it.
    fn keep(&mut self, id: &str, drawing: &Drawing) -> String {
        debug_assert!(drawing.width <= NARROW, "{id} is wider than a phone");
        if self.known.insert(id.to_string()) {
            self.defs
                .push_str(&format!("<g id=\"{id}\">{}</g>", drawing.body));
        }
        let size = (drawing.width, drawing.height);
        let known = self.sizes.iter().position(|&known| known == size);
        let at = known.unwrap_or_else(|| {
            self.sizes.push(size);
            self.sizes.len() - 1
        });
        format!("<svg class=\"z{at}\"")
    }

    /// A drawing with a title and a description for those who do not see it.
    pub(crate) fn picture(
        &mut self,
        id: &str,
        drawing: &Drawing,
        title: impl Into<Markup>,
        description: impl Into<Markup>,
    ) -> Markup {
        let svg = self.keep(id, drawing);
        let (title, description): (Markup, Markup) = (title.into(), description.into());
        Markup::raw(format!(
            "{svg} role=\"img\"><title>{title}</title><desc>{description}</desc><use href=\"#{id}\"/></svg>"
        ))
    }

    /// A drawing with a title, described by the element of the page with the id `by`.
    pub(crate) fn described(
        &mut self,
        id: &str,
        drawing: &Drawing,
        title: impl Into<Markup>,
        by: &str,
    ) -> Markup {
        let svg = self.keep(id, drawing);
        let title: Markup = title.into();
        Markup::raw(format!(
            "{svg} role=\"img\" aria-describedby=\"{by}\"><title>{title}</title><use href=\"#{id}\"/></svg>"
        ))
    }

    /// The same, laid over a drawing that many share.
    pub(crate) fn described_over(
        &mut self,
        id: &str,
        drawing: &Drawing,
        title: impl Into<Markup>,
        by: &str,
        shared: (&str, &Drawing),
    ) -> Markup {
        let (under, frame) = shared;
        self.keep(under, frame);
        let mut drawing = drawing.clone();
        drawing.body = format!("<use href=\"#{under}\"/>{}", drawing.body);
        self.described(id, &drawing, title, by)
    }

    /// A drawing whose description stands around it, under others that many share, each kept once.
    pub(crate) fn over(&mut self, id: &str, drawing: &Drawing, shared: &[(&str, &Drawing)]) -> Markup {
        let mut drawing = drawing.clone();
        for (under, frame) in shared {
            self.keep(under, frame);
            drawing.body.push_str(&format!("<use href=\"#{under}\"/>"));
        }
        let svg = self.keep(id, &drawing);
        Markup::raw(format!("{svg}><use href=\"#{id}\"/></svg>"))
    }

    /// Rules for tables that become cards on a phone.
    pub(crate) fn cards(&mut self, css: &str) {
        self.cards.insert(css.to_string());
    }

    /// All those rules.
    pub(crate) fn card_css(&self) -> String {
        self.cards.iter().map(String::as_str).collect()
    }

    /// Rules that give each drawing its size.
    pub(crate) fn size_css(&self) -> String {
        let sizes = self.sizes.iter().enumerate();
        sizes
            .map(|(at, (width, height))| format!(".z{at}{{width:{width}px;height:{height}px}}"))
            .collect()
    }

    /// All drawings, to be placed once in the page.
    pub(crate) fn definitions(&self) -> &str {
        &self.defs
    }
}
