//! Arrays: [`element`] reads subscripts, [`choice`] those that are known only while the model runs, [`over`] the functions that
//! run over arrays, and [`rank`] the one that sorts.

mod choice;
mod element;
mod over;
mod rank;

pub(super) use element::Part;

use crate::name::Name;

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
