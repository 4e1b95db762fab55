//! Arrays: [`element`] reads subscripts, [`choice`] those that are known only while the model runs, [`over`] the functions that
//! run over arrays, and [`rank`] the one that sorts.

mod choice;
mod element;
mod over;
mod rank;

pub(super) use element::Part;

use super::emit::{Emitter, Failed};
use crate::diagnostic::Diagnostic;
use crate::name::Name;
use crate::source::Span;
use crate::syntax::NodeId;

/// What an expression stands within, beside its equation.
#[derive(Clone, Debug, Default)]
pub(super) struct Within {
    /// A sum over subscripts or the like.
    pub reduced: bool,
    /// Where the subscripts stand that such a call runs over one by one.
    pub places: Vec<Place>,
    /// The dimension whose element a subscript computes: there, the names of its elements are numbers.
    pub index_of: Option<Name>,
}

/// The element at which one of the subscripts stands that a call runs over.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub dimension: Name,
    /// Which of the subscripts of this dimension within one name it is.
    pub turn: usize,
    /// How many elements lie before it.
    pub offset: usize,
}

/// The most elements that may be written out for one subscript, or for all subscripts of one call.
const MOST_WRITTEN_OUT: usize = 10_000;

/// The most of them for all elements that an equation defines together.
const MOST_FOR_ALL: usize = 2_000_000;

/// How many nodes may come of all that is written out in a file: what is written out within what is written out multiplies.
const MOST_NODES: u32 = 4_000_000;

/// What has been written out so far.
#[derive(Debug, Default)]
pub(super) struct WrittenOut {
    nodes: u32,
    /// The first node of the call or the name that is being written out.
    since: Option<NodeId>,
    is_told: bool,
}

impl Emitter<'_, '_> {
    /// Writes out element by element what `write` does.
    fn writing_out<T>(&mut self, write: impl FnOnce(&mut Self) -> Result<T, Failed>) -> Result<T, Failed> {
        if self.written_out.since.is_some() {
            return write(self);
        }
        self.written_out.since = Some(self.next());
        let result = write(self);
        let since = self.written_out.since.take().unwrap_or(0);
        self.written_out.nodes += self.next() - since;
        result
    }

    /// Refuses to write out one more element where there are too many already.
    fn one_more(&mut self, span: Span) -> Result<(), Failed> {
        let since = self.written_out.since.map_or(0, |since| self.next() - since);
        if self.written_out.nodes.saturating_add(since) <= MOST_NODES {
            return Ok(());
        }
        if !std::mem::replace(&mut self.written_out.is_told, true) {
            self.diagnostics.push(
                Diagnostic::error(
                    "unsupported-subscripts",
                    "ranges, choices and ranks are too large to be written out",
                )
                .label(span, "up to here they make some millions of operations")
                .help("give inner sums and choices variables of their own"),
            );
        }
        Err(Failed)
    }
}
