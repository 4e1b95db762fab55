//! Functions of whole vectors: what they take, and how the vectors among their arguments are found.

use crate::name::Name;

/// A function that needs all elements of a vector (or a matrix) to give one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum VectorFunction {
    /// `VECTOR SELECT(selection, expression, missing value, action, error action)`: runs over what is marked with `!`
    Select,
    /// `VECTOR SORT ORDER(vector, direction)`: the places of the elements, from zero, in sorted order
    SortOrder,
    /// `VECTOR RANK(vector, direction)`: the rank of each element, from one
    Rank,
    /// `VECTOR REORDER(vector, order)`: the elements in a given order
    Reorder,
    /// `VECTOR ELM MAP(element, offset)`: the element that lies so many places behind the named one
    ElementMap,
    /// `VECTOR LOOKUP(first element, x, xmin, xmax, mode)`: the vector as a table of equal steps
    Lookup,
    /// `INVERT MATRIX(matrix, size)`
    InvertMatrix,
    /// `ALLOCATE BY PRIORITY(request, priority, size, width, supply)`
    AllocateByPriority,
    /// `ALLOCATE AVAILABLE(request, priority profile, available)`
    AllocateAvailable,
    /// `MARKETP(request, priority, size, width, supply)`: in the model the size, then so many requests and priorities, then
    /// width and supply
    Marketp,
    /// `FIND MARKET PRICE(demand, demand profile, supply, supply profile)`: in the model the numbers of demands and of supplies,
    /// then each demand and each supply with the four numbers of its profile
    FindMarketPrice,
    /// `DEMAND AT PRICE(demand, demand profile, price)`: in the model with the four numbers of its profile
    DemandAtPrice,
    /// `SUPPLY AT PRICE(supply, supply profile, price)`: in the model with the four numbers of its profile
    SupplyAtPrice,
}

impl VectorFunction {
    /// Every one of them.
    pub const ALL: &[VectorFunction] = &[
        VectorFunction::Select,
        VectorFunction::SortOrder,
        VectorFunction::Rank,
        VectorFunction::Reorder,
        VectorFunction::ElementMap,
        VectorFunction::Lookup,
        VectorFunction::InvertMatrix,
        VectorFunction::AllocateByPriority,
        VectorFunction::AllocateAvailable,
        VectorFunction::Marketp,
        VectorFunction::FindMarketPrice,
        VectorFunction::DemandAtPrice,
        VectorFunction::SupplyAtPrice,
    ];

    /// The function that Vensim spells so, whatever the case and the blanks.
    pub fn from_vensim(name: &Name) -> Option<VectorFunction> {
        Self::ALL
            .iter()
            .copied()
            .find(|function| function.name().eq_ignore_ascii_case(name.key()))
    }
    /// Its spelling.
    pub fn name(self) -> &'static str {
        match self {
            VectorFunction::Select => "VECTOR SELECT",
            VectorFunction::SortOrder => "VECTOR SORT ORDER",
            VectorFunction::Rank => "VECTOR RANK",
            VectorFunction::Reorder => "VECTOR REORDER",
            VectorFunction::ElementMap => "VECTOR ELM MAP",
            VectorFunction::Lookup => "VECTOR LOOKUP",
            VectorFunction::InvertMatrix => "INVERT MATRIX",
            VectorFunction::AllocateByPriority => "ALLOCATE BY PRIORITY",
            VectorFunction::AllocateAvailable => "ALLOCATE AVAILABLE",
            VectorFunction::Marketp => "MARKETP",
            VectorFunction::FindMarketPrice => "FIND MARKET PRICE",
            VectorFunction::DemandAtPrice => "DEMAND AT PRICE",
            VectorFunction::SupplyAtPrice => "SUPPLY AT PRICE",
        }
    }
    /// What its arguments are called.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            VectorFunction::Select => &[
                "selection",
                "expression",
                "missing value",
                "action",
                "error action",
            ],
            VectorFunction::SortOrder | VectorFunction::Rank => &["vector", "direction"],
            VectorFunction::Reorder => &["vector", "order"],
            VectorFunction::ElementMap => &["element", "offset"],
            VectorFunction::Lookup => &["first element", "x", "xmin", "xmax", "mode"],
            VectorFunction::InvertMatrix => &["matrix", "size"],
            VectorFunction::AllocateByPriority | VectorFunction::Marketp => {
                &["request", "priority", "size", "width", "supply"]
            }
            VectorFunction::AllocateAvailable => &["request", "priority profile", "available"],
            VectorFunction::FindMarketPrice => &["demand", "demand profile", "supply", "supply profile"],
            VectorFunction::DemandAtPrice => &["demand", "demand profile", "price"],
            VectorFunction::SupplyAtPrice => &["supply", "supply profile", "price"],
        }
    }
    /// How many of the first arguments are vectors, as the model keeps the call: `ALLOCATE AVAILABLE` has a priority profile of
    /// four vectors there.
    pub fn vectors(self) -> usize {
        match self {
            VectorFunction::SortOrder
            | VectorFunction::Rank
            | VectorFunction::ElementMap
            | VectorFunction::Lookup
            | VectorFunction::InvertMatrix => 1,
            VectorFunction::Select | VectorFunction::Reorder | VectorFunction::AllocateByPriority => 2,
            VectorFunction::AllocateAvailable => 5,
            // Their elements are written out.
            VectorFunction::Marketp
            | VectorFunction::FindMarketPrice
            | VectorFunction::DemandAtPrice
            | VectorFunction::SupplyAtPrice => 0,
        }
    }
    /// Which subscript of an argument as written, counted from the last, runs over the vector without a mark; of a matrix
    /// the columns. Nothing for arguments that are numbers, and for those whose subscripts are marked.
    pub(crate) fn runs(self, argument: usize) -> Option<usize> {
        match (self, argument) {
            (VectorFunction::SortOrder | VectorFunction::Rank | VectorFunction::InvertMatrix, 0)
            | (VectorFunction::Reorder | VectorFunction::AllocateByPriority, 0 | 1)
            | (VectorFunction::AllocateAvailable, 0) => Some(0),
            (VectorFunction::AllocateAvailable, 1) => Some(1),
            _ => None,
        }
    }
    /// How many subscripts run: two for a matrix.
    pub(crate) fn rank(self) -> usize {
        match self {
            VectorFunction::InvertMatrix => 2,
            VectorFunction::Select
            | VectorFunction::ElementMap
            | VectorFunction::Lookup
            | VectorFunction::Marketp
            | VectorFunction::FindMarketPrice
            | VectorFunction::DemandAtPrice
            | VectorFunction::SupplyAtPrice => 0,
            _ => 1,
        }
    }
}
