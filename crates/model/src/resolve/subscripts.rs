//! Subscripts of used variables: which elements an equation takes for each element that it defines.

use std::collections::{BTreeMap, BTreeSet};

use super::dimensions::{Dimensions, SubscriptName};
use super::shapes::{LeftSubscript, subscript_count};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::is_unsupported;
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
        for (subscript, dimension) in written.iter().zip(&variable.dimensions) {
            match self.subscript(variable, *dimension, subscript, node) {
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

    fn subscript(
        &mut self,
        variable: &Variable,
        dimension: DimensionId,
        written: &SubscriptSyntax,
        node: NodeId,
    ) -> Result<Subscript, Box<Diagnostic>> {
        let named = &written.name;
        let dimensions = self.dimensions;
        let place = |element| {
            dimensions.position(dimension, element).ok_or_else(|| {
                Box::new(
                    Diagnostic::error(
                        "undefined-element",
                        format!(
                            "`{}` is not defined for `{}`",
                            variable.name,
                            dimensions.name(element)
                        ),
                    )
                    .label(named.span, "used here")
                    .label(variable.span, "defined here"),
                )
            })
        };
        let found = dimensions
            .find(&named.name)
            .ok_or_else(|| Box::new(dimensions.undefined(named)))?;
        match (found, written.reduced) {
            (SubscriptName::Element(element), false) => place(element).map(Subscript::Element),
            (SubscriptName::Element(_), true) => Err(Box::new(
                Diagnostic::error(
                    "misplaced-reduction",
                    format!("`{}` is one element: there is nothing to run over", named.name),
                )
                .label(named.span, "")
                .help("leave out the `!`, or name a dimension"),
            )),
            (SubscriptName::Dimension(used), true) => {
                let Some(reducer) = self.reducers[(node - self.first) as usize] else {
                    return Err(Box::new(
                        Diagnostic::error(
                            "misplaced-reduction",
                            format!("`{}!` stands outside of `SUM` and its kin", named.name),
                        )
                        .label(named.span, "")
                        .help("only `SUM`, `PROD`, `VMIN` and `VMAX` run over a dimension"),
                    ));
                };
                let elements = dimensions.elements(used);
                let positions = elements
                    .iter()
                    .map(|element| place(*element))
                    .collect::<Result<_, _>>()?;
                let next = self.indices.len() as u32;
                let index = self.indices.entry((reducer, used)).or_insert(ReducedIndex {
                    index: next,
                    length: elements.len() as u32,
                });
                Ok(Subscript::Reduced {
                    index: index.index,
                    positions,
                })
            }
            (SubscriptName::Dimension(used), false) => {
                let (left, elements) = self.follow(used, named)?;
                let positions = elements
                    .into_iter()
                    .map(|element| element.map_or(Ok(0), place))
                    .collect::<Result<_, _>>()?;
                Ok(Subscript::Follows { left, positions })
            }
        }
    }

    /// A dimension used as a number: the number of the element that the equation is being evaluated for.
    pub(super) fn number(&self, used: DimensionId, named: &Named) -> Result<Subscript, Box<Diagnostic>> {
        let (left, elements) = self.follow(used, named)?;
        let positions = elements
            .into_iter()
            .map(|element| element.map_or(0, |element| self.dimensions.number_of(element) - 1))
            .collect();
        Ok(Subscript::Follows { left, positions })
    }

    /// Which dimension of the left-hand side a used dimension follows, and for each of its elements the element of the
    /// used dimension that belongs to it; none where the equation does not define the element.
    fn follow(
        &self,
        used: DimensionId,
        named: &Named,
    ) -> Result<(u32, Vec<Option<super::dimensions::ElementId>>), Box<Diagnostic>> {
        let dimensions = self.dimensions;
        let on_left = |fits: &dyn Fn(DimensionId) -> bool| {
            self.left.iter().position(|left| left.dimension.is_some_and(fits))
        };
        let same = on_left(&|left| left == used);
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
