//! Subscripts of used variables: which elements an equation takes for each element that it defines.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::table_function;
use super::dimensions::{Dimensions, ElementId, SubscriptName};
use super::shapes::{LeftSubscript, subscript_count};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::{Function, VectorFunction, is_unsupported};
use crate::model::{Dimension, DimensionId, ReducedIndex, Reduction, Subscript, Variable};
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{Named, Node, NodeId, SubscriptSyntax, Syntax};

/// The reduction that a function is.
pub(super) fn reduction(name: &Name) -> Option<Reduction> {
    Some(match name.key() {
        "sum" => Reduction::Sum,
        "prod" => Reduction::Product,
        "vmin" => Reduction::Minimum,
        "vmax" => Reduction::Maximum,
        _ => return None,
    })
}

/// Whether a function counts the elements of a dimension.
pub(super) fn is_count(name: &Name) -> bool {
    name.key() == "elmcount"
}

/// What subscripts mean in one equation.
pub(super) struct Scope<'a> {
    dimensions: &'a Dimensions,
    /// The left-hand side.
    left: &'a [LeftSubscript],
    /// The dimensions of the variable that is defined.
    own: Vec<DimensionId>,
    first: NodeId,
    /// For each node of the equation the innermost reduction around it.
    reducers: Vec<Option<NodeId>>,
    /// The dimensions whose elements are counted.
    counted: BTreeSet<NodeId>,
    /// Whether each node stands in a call that is refused: nothing more is to be said of its subscripts.
    muted: Vec<bool>,
    /// For each reduction and dimension with `!` in it, the index that runs over it.
    indices: BTreeMap<(NodeId, DimensionId), ReducedIndex>,
    /// Arguments whose subscripts run without a mark, with their calls.
    vectors: BTreeMap<NodeId, (NodeId, Running)>,
    /// Arguments that are tables, not numbers.
    tables: BTreeSet<NodeId>,
}

/// Which subscripts of a vector run.
#[derive(Clone, Copy)]
enum Running {
    /// One, counted from the last.
    One(usize),
    /// The last two: rows and columns.
    Matrix,
}

impl Running {
    /// Which of the indices of a call runs at a subscript, counted from the last.
    fn index(self, from_last: usize) -> Option<usize> {
        match self {
            Running::One(place) => (place == from_last).then_some(0),
            Running::Matrix => (from_last < 2).then_some(from_last),
        }
    }
}

/// The dimension that stands for an index of a call whose vectors may run over different ones.
fn stand_in(index: usize) -> DimensionId {
    DimensionId(u32::MAX - index as u32)
}

impl<'a> Scope<'a> {
    /// The scope of the equation with the nodes `first..end`.
    pub(super) fn new(
        syntax: &Syntax,
        dimensions: &'a Dimensions,
        left: &'a [LeftSubscript],
        own: Vec<DimensionId>,
        first: NodeId,
        end: NodeId,
    ) -> Self {
        let mut scope = Self {
            dimensions,
            left,
            own,
            first,
            reducers: vec![None; (end - first) as usize],
            counted: BTreeSet::new(),
            muted: vec![false; (end - first) as usize],
            indices: BTreeMap::new(),
            vectors: BTreeMap::new(),
            tables: BTreeSet::new(),
        };
        // The nodes below a node lie right before it: they start where those of its first child do.
        let mut starts: Vec<NodeId> = Vec::with_capacity(scope.reducers.len());
        for node in first..end {
            let child = match &syntax.nodes[node as usize] {
                Node::Plus(child) | Node::Unary { operand: child, .. } | Node::Binary { left: child, .. } => {
                    Some(child)
                }
                Node::Call { args, .. } | Node::Function { args, .. } => args.first(),
                _ => None,
            };
            let start = child.map_or(node, |child| starts[(*child - first) as usize]);
            starts.push(start);
            let Node::Call { name, args, .. } = &syntax.nodes[node as usize] else {
                continue;
            };
            if reduction(&name.name).is_some() {
                for below in start..node {
                    let reducer = &mut scope.reducers[(below - first) as usize];
                    *reducer = reducer.or(Some(node));
                }
            } else if let Some(function) = VectorFunction::from_vensim(&name.name) {
                for (position, arg) in args.iter().enumerate() {
                    if let Some(place) = function.runs(position) {
                        let running = match function.rank() {
                            2 => Running::Matrix,
                            _ => Running::One(place),
                        };
                        scope.vectors.insert(*arg, (node, running));
                    }
                }
                if function == VectorFunction::Select
                    && let Some(last) = args.get(1)
                {
                    for below in start..=*last {
                        let reducer = &mut scope.reducers[(below - first) as usize];
                        *reducer = reducer.or(Some(node));
                    }
                }
            } else if table_function(&name.name).is_some() {
                scope.tables.extend(args.first());
            } else if let Some(function) = Function::from_vensim(&name.name) {
                let lookups = function.lookups().iter();
                scope.tables.extend(lookups.filter_map(|at| args.get(*at)));
            } else if is_count(&name.name) {
                scope.counted.extend(args);
            } else if is_unsupported(&name.name) {
                for below in start..node {
                    scope.muted[(below - first) as usize] = true;
                }
            }
        }
        scope
    }

    /// Whether the node is a dimension whose elements are counted.
    pub(super) fn is_counted(&self, node: NodeId) -> bool {
        self.counted.contains(&node)
    }
    /// Whether the node is a table that a function reads.
    pub(super) fn is_table(&self, node: NodeId) -> bool {
        self.tables.contains(&node)
    }
    /// An index of a call that no subscript as written runs over.
    pub(super) fn own_index(&mut self, call: NodeId, length: u32) -> ReducedIndex {
        let index = self.indices.len() as u32;
        let index = ReducedIndex { index, length };
        *self.indices.entry((call, stand_in(0))).or_insert(index)
    }
    /// Which element of a vector the equation defines: by its subscript on the left, counted from the last.
    pub(super) fn place_on_left(&self, from_last: usize) -> Option<Subscript> {
        let at = self.left.len().checked_sub(from_last + 1)?;
        let left = &self.left[at];
        let own = self.dimensions.elements(self.own[at]);
        Some(match left.dimension {
            None => {
                let element = left.elements.first()?;
                Subscript::Element(self.dimensions.position(self.own[at], *element)?)
            }
            Some(_) => Subscript::Follows {
                left: at as u32,
                positions: own
                    .iter()
                    .map(|element| {
                        let place = left.elements.iter().position(|known| known == element);
                        place.unwrap_or(0) as u32
                    })
                    .collect(),
            },
        })
    }
    /// Whether the node stands in a call that is refused.
    pub(super) fn is_muted(&self, node: NodeId) -> bool {
        self.muted[(node - self.first) as usize]
    }

    /// The indices that run in a reduction whose argument has been translated.
    pub(super) fn indices_of(&self, reducer: NodeId) -> Vec<ReducedIndex> {
        self.indices
            .range((reducer, DimensionId(0))..=(reducer, DimensionId(u32::MAX)))
            .map(|(_, index)| *index)
            .collect()
    }

    /// The subscripts of `variable` as the node `node` uses it; nothing if a message was given.
    pub(super) fn subscripts(
        &mut self,
        variable: &Variable,
        written: &[SubscriptSyntax],
        node: NodeId,
        span: Span,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<Subscript>> {
        if written.len() != variable.dimensions.len() {
            diagnostics.push(self.wrong_count(variable, written.len(), span));
            return None;
        }
        let mut found = Some(Vec::with_capacity(written.len()));
        let running = self.vectors.get(&node).copied();
        for (place, (subscript, dimension)) in written.iter().zip(&variable.dimensions).enumerate() {
            let from_last = written.len() - 1 - place;
            let runs = running.and_then(|(call, running)| Some((call, running.index(from_last)?)));
            let subscript = match runs {
                Some((call, index)) => self.running(variable, *dimension, subscript, call, index),
                None => {
                    let same =
                        |other: &&SubscriptSyntax| !other.reduced && other.name.name == subscript.name.name;
                    let turn = (
                        written[..place].iter().filter(same).count(),
                        written.iter().filter(same).count(),
                    );
                    self.subscript(variable, *dimension, subscript, turn, node)
                }
            };
            match subscript {
                Ok(subscript) => {
                    if let Some(found) = &mut found {
                        found.push(subscript);
                    }
                }
                Err(diagnostic) => {
                    diagnostics.push(*diagnostic);
                    found = None;
                }
            }
        }
        found
    }

    fn wrong_count(&self, variable: &Variable, given: usize, span: Span) -> Diagnostic {
        let wanted: Vec<&str> = variable
            .dimensions
            .iter()
            .map(|id| self.dimensions.list[*id].name.written())
            .collect();
        let diagnostic = Diagnostic::error(
            "subscript-count",
            match (wanted.len(), given) {
                (0, _) => format!("`{}` has no subscripts", variable.name),
                (_, 0) => format!("`{}` is an array and needs subscripts", variable.name),
                (count, _) => format!(
                    "`{}` takes {}, not {given}",
                    variable.name,
                    subscript_count(count)
                ),
            },
        )
        .label(span, "used here")
        .label(variable.span, "defined here");
        if wanted.is_empty() {
            return diagnostic;
        }
        diagnostic.help(format!("write `{}[{}]`", variable.name, wanted.join(",")))
    }

    /// A subscript that runs over a vector without a mark.
    fn running(
        &mut self,
        variable: &Variable,
        dimension: DimensionId,
        written: &SubscriptSyntax,
        call: NodeId,
        index: usize,
    ) -> Result<Subscript, Box<Diagnostic>> {
        let named = &written.name;
        let Some(SubscriptName::Dimension(used)) = self.dimensions.find(&named.name) else {
            return Err(Box::new(
                Diagnostic::error(
                    "expected-vector",
                    format!(
                        "`{}` is no dimension: the function needs a whole vector",
                        named.name
                    ),
                )
                .label(named.span, ""),
            ));
        };
        let elements = self.dimensions.elements(used);
        let positions = elements
            .iter()
            .map(|element| self.place_of(variable, dimension, *element, named))
            .collect::<Result<Vec<_>, _>>()?;
        let length = elements.len() as u32;
        let next = self.indices.len() as u32;
        let known = self
            .indices
            .entry((call, stand_in(index)))
            .or_insert(ReducedIndex { index: next, length });
        if known.length != length {
            return Err(Box::new(
                Diagnostic::error(
                    "expected-vector",
                    format!(
                        "vectors of {} and of {length} elements do not go together",
                        known.length
                    ),
                )
                .label(named.span, format!("{length} elements")),
            ));
        }
        Ok(Subscript::Reduced {
            index: known.index,
            positions,
        })
    }

    fn place_of(
        &self,
        variable: &Variable,
        dimension: DimensionId,
        element: ElementId,
        named: &Named,
    ) -> Result<u32, Box<Diagnostic>> {
        self.dimensions.position(dimension, element).ok_or_else(|| {
            Box::new(
                Diagnostic::error(
                    "undefined-element",
                    format!(
                        "`{}` is not defined for `{}`",
                        variable.name,
                        self.dimensions.name(element)
                    ),
                )
                .label(named.span, "used here")
                .label(variable.span, "defined here")
                .help(format!("it is defined for {}", self.some_elements(dimension))),
            )
        })
    }

    /// The elements of a dimension, or the first few.
    fn some_elements(&self, dimension: DimensionId) -> String {
        let elements = self.dimensions.elements(dimension);
        let shown = elements.iter().take(5);
        let mut names: Vec<String> = shown
            .map(|element| format!("`{}`", self.dimensions.name(*element)))
            .collect();
        if elements.len() > names.len() {
            names.push("…".to_owned());
        }
        names.join(", ")
    }

    fn subscript(
        &mut self,
        variable: &Variable,
        dimension: DimensionId,
        written: &SubscriptSyntax,
        turn: (usize, usize),
        node: NodeId,
    ) -> Result<Subscript, Box<Diagnostic>> {
        let named = &written.name;
        let dimensions = self.dimensions;
        let found = dimensions
            .find(&named.name)
            .ok_or_else(|| Box::new(dimensions.undefined(named)))?;
        match (found, written.reduced) {
            (SubscriptName::Element(element), false) => self
                .place_of(variable, dimension, element, named)
                .map(Subscript::Element),
            (SubscriptName::Element(_), true) => Err(Box::new(
                Diagnostic::error(
                    "misplaced-reduction",
                    format!("`{}` is one element: there is nothing to run over", named.name),
                )
                .label(named.span, "")
                .help("leave out the `!`, or name a dimension"),
            )),
            (SubscriptName::Dimension(used), true) => {
                let elements = dimensions.elements(used);
                let positions = elements
                    .iter()
                    .map(|element| self.place_of(variable, dimension, *element, named))
                    .collect::<Result<_, _>>()?;
                self.reduced(used, named, node, positions)
            }
            (SubscriptName::Dimension(used), false) => {
                let (left, elements) = self.follow(used, named, turn)?;
                let positions = elements
                    .into_iter()
                    .map(|element| {
                        element.map_or(Ok(0), |element| {
                            self.place_of(variable, dimension, element, named)
                        })
                    })
                    .collect::<Result<_, _>>()?;
                Ok(Subscript::Follows { left, positions })
            }
        }
    }

    /// A dimension used as a number: the number of the element that the equation is being evaluated for.
    pub(super) fn number(&self, used: DimensionId, named: &Named) -> Result<Subscript, Box<Diagnostic>> {
        let (left, elements) = self.follow(used, named, (0, 1))?;
        let positions = elements
            .into_iter()
            .map(|element| element.map_or(0, |element| self.dimensions.number_of(element) - 1))
            .collect();
        Ok(Subscript::Follows { left, positions })
    }

    /// A dimension with `!` used as a number: that of the element that an enclosing function has come to.
    pub(super) fn running_number(
        &mut self,
        used: DimensionId,
        named: &Named,
        node: NodeId,
    ) -> Result<Subscript, Box<Diagnostic>> {
        let elements = self.dimensions.elements(used).iter();
        let positions = elements
            .map(|element| self.dimensions.number_of(*element) - 1)
            .collect();
        self.reduced(used, named, node, positions)
    }

    /// The subscript of a dimension with `!`.
    fn reduced(
        &mut self,
        used: DimensionId,
        named: &Named,
        node: NodeId,
        positions: Vec<u32>,
    ) -> Result<Subscript, Box<Diagnostic>> {
        let Some(reducer) = self.reducers[(node - self.first) as usize] else {
            return Err(Box::new(
                Diagnostic::error(
                    "misplaced-reduction",
                    format!("`{}!` stands outside of `SUM` and its kin", named.name),
                )
                .label(named.span, "")
                .help("only `SUM`, `PROD`, `VMIN`, `VMAX` and `VECTOR SELECT` run over a dimension"),
            ));
        };
        let next = self.indices.len() as u32;
        let index = self.indices.entry((reducer, used)).or_insert(ReducedIndex {
            index: next,
            length: positions.len() as u32,
        });
        Ok(Subscript::Reduced {
            index: index.index,
            positions,
        })
    }

    /// Which dimension of the left-hand side a used dimension follows, and for each of its elements the element of the
    /// used dimension that belongs to it; none where the equation does not define the element. The dimension is the
    /// `turn.0`th of `turn.1` of this name in its brackets: those of an array that has it twice follow it in order.
    fn follow(
        &self,
        used: DimensionId,
        named: &Named,
        turn: (usize, usize),
    ) -> Result<(u32, Vec<Option<ElementId>>), Box<Diagnostic>> {
        let dimensions = self.dimensions;
        let on_left = |fits: &dyn Fn(DimensionId) -> bool| {
            self.left.iter().position(|left| left.dimension.is_some_and(fits))
        };
        let all = self.left.iter().enumerate();
        let places: Vec<usize> = all
            .filter(|(_, left)| left.dimension == Some(used))
            .map(|(at, _)| at)
            .collect();
        if places.len() > 1 && turn.1 != places.len() {
            return Err(Box::new(
                Diagnostic::error(
                    "ambiguous-subscript",
                    format!(
                        "the dimension `{}` is on the left-hand side more than once",
                        named.name
                    ),
                )
                .label(named.span, "which of the two?")
                .help("give the second a name of its own: another dimension with the same elements"),
            ));
        }
        let same = places.get(turn.0.min(places.len().saturating_sub(1))).copied();
        let mapped = || on_left(&|left| dimensions.are_mapped(left, used));
        let Some(at) = same.or_else(mapped) else {
            let left: Vec<String> = self
                .left
                .iter()
                .filter_map(|left| left.dimension)
                .map(|id| format!("`{}`", dimensions.list[id].name))
                .collect();
            let diagnostic = Diagnostic::error(
                "subscript-not-on-left",
                format!("the dimension `{}` is not on the left-hand side", named.name),
            )
            .label(named.span, "which of its elements?");
            return Err(Box::new(match left.as_slice() {
                [] => diagnostic.help("name an element, or run over all with `!` in `SUM` and its kin"),
                _ => diagnostic.help(format!(
                    "use {}, name an element, or map `{}` to a dimension of the left-hand side",
                    left.join(" or "),
                    named.name
                )),
            }));
        };
        let left = &self.left[at];
        let id = left.dimension.expect("it was found by its dimension");
        let mut elements = Vec::new();
        for element in dimensions.elements(self.own[at]) {
            if !left.elements.contains(element) {
                elements.push(None);
                continue;
            }
            let belongs = if same.is_some() {
                Some(*element)
            } else {
                dimensions.mapped(id, used, *element)
            };
            if belongs.is_none() {
                return Err(Box::new(
                    Diagnostic::error(
                        "bad-mapping",
                        format!(
                            "not exactly one element of `{}` belongs to `{}`",
                            named.name,
                            dimensions.name(*element)
                        ),
                    )
                    .label(
                        named.span,
                        format!("used for each element of `{}`", dimensions.list[id].name),
                    ),
                ));
            }
            elements.push(belongs);
        }
        Ok((at as u32, elements))
    }
}

/// The sizes of dimensions.
pub(super) fn sizes(
    list: &crate::index::IndexVec<DimensionId, Dimension>,
    own: &[DimensionId],
) -> Vec<usize> {
    own.iter().map(|id| list[*id].elements.len()).collect()
}
