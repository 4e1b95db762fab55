//! Subscripts: `x[a, 2]`, `x[d, *]`, `x[1:3]`, `x[@2, @1]`, `x[i + 1]`.

use super::super::document::DimensionPart;
use super::super::emit::{Context, Emitter, Failed};
use super::super::equation::{Expression, Index, Reference};
use super::super::functions::{Constant, constant};
use super::super::scopes::Target;
use crate::diagnostic::Diagnostic;
use crate::name::Name;
use crate::source::Span;
use crate::suggest::nearest;
use crate::syntax::{Named, Node, SubscriptSyntax};

/// A name with subscripts, and the expression in which it stands.
#[derive(Clone, Copy)]
pub(in crate::xmile) struct Part<'a, 'd> {
    pub name: &'a Reference,
    pub subscripts: &'a [Index],
    /// Where the subscripts that are expressions stand; needed only if there are any.
    pub expression: Option<&'d Expression>,
    pub span: Span,
}

/// A subscript that stands for one element, or runs over several.
struct Found {
    name: Name,
    reduced: bool,
}

impl<'d> Emitter<'d, '_> {
    /// What a name with subscripts stands for; `SELF` is the variable whose equation it stands in.
    pub(super) fn array(&self, name: &Reference, context: &Context) -> Option<Target<'d>> {
        let is_self = name
            .plain()
            .is_some_and(|name| constant(&Name::key_of(name)) == Some(Constant::Itself));
        if !is_self {
            return self.scopes.find(name, context.scope).cloned();
        }
        let own = Reference {
            absolute: true,
            parts: context.own.written().split('.').map(str::to_owned).collect(),
        };
        self.scopes.find(&own, super::super::scopes::ROOT).cloned()
    }

    /// `x[a, b]`
    pub(in crate::xmile) fn element(
        &mut self,
        part: Part<'_, 'd>,
        context: &Context,
    ) -> Result<Node, Failed> {
        let Part { name, span, .. } = part;
        let Some(target) = self.array(name, context) else {
            return self.name(name, context, span);
        };
        let reversed: Vec<Index>;
        let subscripts = match part.subscripts {
            [Index::Reversed] => {
                let places = (1..=target.dimensions.len()).rev();
                reversed = match context.within.reduced {
                    true => places.map(|_| Index::All).collect(),
                    false => places.map(Index::Place).collect(),
                };
                &reversed
            }
            subscripts => subscripts,
        };
        let part = Part { subscripts, ..part };
        if let (true, Some(table), [Index::Number(number)]) = (target.only_table, target.table, subscripts)
            && target.dimensions.is_empty()
        {
            // A graphical function is a list of its values.
            let place = (*number >= 1.0 && number.fract() == 0.0).then_some(*number as usize);
            return match place.and_then(|place| table.points.get(place - 1)) {
                Some((_, y)) => Ok(Node::Number(*y)),
                None => Err(self.no_such_number(*number, &target.name, table.points.len(), span)),
            };
        }
        if let Some(chosen) = self.chosen(part, &target, context)? {
            return Ok(Node::Plus(chosen));
        }
        let mut found: Vec<SubscriptSyntax> = Vec::with_capacity(subscripts.len());
        // Which dimensions the subscripts have run over so far, and which places on the left they have named.
        let mut run: Vec<Name> = Vec::new();
        let mut places: Vec<usize> = Vec::new();
        for (position, subscript) in subscripts.iter().enumerate() {
            let dimension = target.dimensions.get(position);
            if let Index::Place(place) = subscript {
                if !self.in_order(*place, &places, context) {
                    self.unknown.subscripts.push(span);
                    return Err(Failed);
                }
                places.push(*place);
            }
            let Some(subscript) = self.subscript(subscript, dimension, &mut run, context, span)? else {
                self.unknown.subscripts.push(span);
                return Err(Failed);
            };
            found.push(SubscriptSyntax {
                name: Named {
                    name: subscript.name,
                    span,
                },
                reduced: subscript.reduced,
            });
        }
        Ok(Node::Name {
            name: target.name,
            subscripts: found,
        })
    }

    /// Whether a place on the left can be named after others: a dimension that stands there twice can only be followed in order.
    fn in_order(&self, place: usize, before: &[usize], context: &Context) -> bool {
        let Some(left) = context.left.get(place - 1) else {
            return false;
        };
        let alike: Vec<usize> = (1..=context.left.len())
            .filter(|other| context.left[other - 1].name == left.name)
            .collect();
        let turn = before.iter().filter(|other| alike.contains(other)).count();
        self.dimension(&left.name).is_none() || alike.len() == 1 || alike.get(turn) == Some(&place)
    }

    /// The name of a subscript, and whether a sum runs over it; nothing if it is of a kind that is not read.
    fn subscript(
        &mut self,
        subscript: &Index,
        dimension: Option<&Named>,
        run: &mut Vec<Name>,
        context: &Context,
        span: Span,
    ) -> Result<Option<Found>, Failed> {
        let one = |name: Name| Ok(Some(Found { name, reduced: false }));
        match (subscript, dimension) {
            (Index::All, Some(dimension)) => Ok(self.running(&dimension.name, 1, run, context)),
            (Index::AllOf(name), Some(_)) => {
                let name = last(name);
                if self.dimension(&name).is_none() {
                    return Ok(None);
                }
                Ok(self.running(&name, 1, run, context))
            }
            (Index::Range(low, high), Some(dimension)) => {
                let (low, _) = self.bounds(low, high, dimension, span)?;
                Ok(self
                    .running(&dimension.name, low, run, context)
                    .filter(|found| !found.reduced))
            }
            (Index::Place(place), Some(_)) => match context.left.get(place - 1) {
                Some(left) if !context.within.reduced => one(left.name.clone()),
                _ => Ok(None),
            },
            (Index::Name(name), _) => {
                let name = last(name);
                let is_dimension = self.dimension(&name).is_some();
                let on_left = context.left.iter().any(|left| left.name == name);
                let of = dimension.and_then(|dimension| self.dimension(&dimension.name));
                if let Some(of) = of.filter(|_| !is_dimension) {
                    self.number_of(&name, of, span)?;
                }
                if context.within.reduced && is_dimension && !on_left {
                    return Ok(self.running(&name, 1, run, context));
                }
                one(name)
            }
            (Index::Number(number), Some(dimension)) => {
                let elements = self
                    .dimension(&dimension.name)
                    .map_or(&[][..], |part| &part.elements);
                let position = (*number >= 1.0 && number.fract() == 0.0).then_some(*number as usize);
                match position.and_then(|position| elements.get(position - 1)) {
                    Some(element) => one(element.name.clone()),
                    None => {
                        let count = elements.len();
                        Err(self.no_such_number(*number, &dimension.name, count, span))
                    }
                }
            }
            _ => Ok(None),
        }
    }

    /// A subscript that runs over a dimension, from the element number `low` on: marked for a sum, one of its elements, or that of
    /// the left.
    fn running(&self, name: &Name, low: usize, run: &mut Vec<Name>, context: &Context) -> Option<Found> {
        let turn = run.iter().filter(|other| *other == name).count();
        run.push(name.clone());
        let within = &context.within;
        let place = within
            .places
            .iter()
            .find(|place| place.dimension == *name && place.turn == turn);
        if let Some(place) = place {
            let element = self.dimension(name)?.elements.get(low - 1 + place.offset)?;
            return Some(Found {
                name: element.name.clone(),
                reduced: false,
            });
        }
        // The same dimension twice would run along the diagonal; outside of a sum it is that of the left.
        let on_left = context.left.iter().any(|left| left.name == *name);
        let known = if within.reduced { turn == 0 } else { on_left };
        known.then(|| Found {
            name: name.clone(),
            reduced: within.reduced,
        })
    }

    /// The numbers of the first and the last element of a range.
    pub(super) fn bounds(
        &mut self,
        low: &Index,
        high: &Index,
        dimension: &Named,
        span: Span,
    ) -> Result<(usize, usize), Failed> {
        let Some(of) = self.dimension(&dimension.name) else {
            return Err(Failed);
        };
        let mut end = |index: &Index| match index {
            Index::Name(name) => self.number_of(&last(name), of, span),
            Index::Number(number) => {
                let count = of.elements.len();
                if *number >= 1.0 && number.fract() == 0.0 && *number as usize <= count {
                    Ok(*number as usize)
                } else {
                    Err(self.no_such_number(*number, &of.name.name, count, span))
                }
            }
            _ => Err(Failed),
        };
        let (low, high) = (end(low)?, end(high)?);
        if low > high {
            self.diagnostics.push(
                Diagnostic::error("subscript-range", "a range of subscripts ends before it begins")
                    .label(span, format!("element {high} lies before element {low}"))
                    .help("write the earlier element first"),
            );
            return Err(Failed);
        }
        Ok((low, high))
    }

    /// The number of an element, from 1 on.
    pub(in crate::xmile) fn number_of(
        &mut self,
        name: &Name,
        of: &DimensionPart,
        span: Span,
    ) -> Result<usize, Failed> {
        let elements = || of.elements.iter().map(|element| &element.name);
        if let Some(place) = elements().position(|element| element == name) {
            return Ok(place + 1);
        }
        let diagnostic = Diagnostic::error(
            "undefined-element",
            format!("`{}` has no element `{name}`", of.name.name),
        )
        .label(span, "");
        self.diagnostics
            .push(match nearest(name.key(), elements().map(Name::key)) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("name a dimension or one of its elements"),
            });
        Err(Failed)
    }

    fn no_such_number(&mut self, number: f64, dimension: &Name, count: usize, span: Span) -> Failed {
        self.diagnostics.push(
            Diagnostic::error(
                "undefined-element",
                format!("`{dimension}` has no element {number}"),
            )
            .label(span, "")
            .help(format!("it has {count}")),
        );
        Failed
    }

    /// The dimension of this name.
    pub(in crate::xmile) fn dimension(&self, name: &Name) -> Option<&'d DimensionPart> {
        self.document
            .dimensions
            .iter()
            .find(|part| part.name.name == *name)
    }
}

/// The name of an element or a dimension, without what stands before its dots.
pub(super) fn last(name: &Reference) -> Name {
    Name::new(name.parts.last().map_or("", String::as_str))
}
