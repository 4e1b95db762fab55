//! Names in expressions: variables, and the numbers that every model knows.

use super::arrays::Part;
use super::emit::{Context, Emitter, Failed, plain_subscripts};
use super::equation::{Index, Reference};
use super::functions::{Constant, constant};
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{Named, Node, SubscriptSyntax};

impl Emitter<'_, '_> {
    /// What a name stands for.
    pub(super) fn name(&mut self, name: &Reference, context: &Context, span: Span) -> Result<Node, Failed> {
        let named = |name: &Name| Node::Name {
            name: name.clone(),
            subscripts: Vec::new(),
        };
        if let Some(number) = self.number_of_element(name, context) {
            return Ok(Node::Number(number));
        }
        let constant = name.plain().and_then(|name| constant(&Name::key_of(name)));
        let may_be_redefined = matches!(constant, None | Some(Constant::Pi | Constant::Infinity));
        if let Some(target) = self.scopes.find(name, context.scope).filter(|_| may_be_redefined) {
            // An array by its name alone, within a sum: all of it.
            let all = vec![
                Index::All;
                if context.within.reduced {
                    target.dimensions.len()
                } else {
                    0
                }
            ];
            if !all.is_empty() {
                let part = Part {
                    name,
                    subscripts: &all,
                    expression: None,
                    span,
                };
                return self.element(part, context);
            }
            let scope = &self.scopes.scopes[context.scope];
            let is_own = name.plain().is_some() && !scope.left.is_empty();
            let subscripts = if is_own {
                // What a macro makes has the subscripts of the equation that calls.
                plain_subscripts(&context.left)
            } else {
                self.like_the_left(target.dimensions, context)
            };
            return Ok(Node::Name {
                name: target.name.clone(),
                subscripts,
            });
        }
        let controls = &self.syntax.settings.controls;
        Ok(match constant {
            Some(Constant::Time) => Node::Time,
            Some(Constant::Start) => named(&controls[0]),
            Some(Constant::Stop) => named(&controls[1]),
            Some(Constant::Step) => named(&controls[2]),
            Some(Constant::Itself) => Node::Name {
                name: context.own.clone(),
                subscripts: plain_subscripts(&context.left),
            },
            Some(Constant::Pi) => Node::Number(std::f64::consts::PI),
            Some(Constant::Infinity) => Node::Number(f64::INFINITY),
            // The number of an element.
            None if name
                .plain()
                .is_some_and(|name| self.dimension(&Name::new(name)).is_some()) =>
            {
                named(&Name::new(name.to_string()))
            }
            None => {
                let written = name.to_string();
                self.unknown
                    .names
                    .entry(format!("{} {}", context.scope, Name::key_of(&written)))
                    .or_insert_with(|| (written, context.scope, Vec::new()))
                    .2
                    .push(span);
                return Err(Failed);
            }
        })
    }

    /// The subscripts of an array that is named without any, in an equation for the elements of an array: those of its
    /// dimensions on the left, if all are there.
    fn like_the_left(&self, dimensions: &[Named], context: &Context) -> Vec<SubscriptSyntax> {
        let mut used = vec![false; context.over.len()];
        let mut found = Vec::with_capacity(dimensions.len());
        for dimension in dimensions {
            let over = context.over.iter().zip(&used);
            let Some(place) = over
                .enumerate()
                .find(|(_, (over, used))| over.name == dimension.name && !**used)
                .map(|(place, _)| place)
            else {
                return Vec::new();
            };
            used[place] = true;
            let Some(left) = context.left.get(place) else {
                return Vec::new();
            };
            found.push(left.clone());
        }
        plain_subscripts(&found)
    }

    /// The number of an element that is named as one: by its dimension, `Location.Boston`, or within a subscript.
    fn number_of_element(&self, name: &Reference, context: &Context) -> Option<f64> {
        let (dimension, element) = match (name.parts.as_slice(), &context.within.index_of) {
            ([dimension, element], _) if self.scopes.find(name, context.scope).is_none() => {
                (self.dimension(&Name::new(dimension))?, element)
            }
            ([element], Some(dimension)) => (self.dimension(dimension)?, element),
            _ => return None,
        };
        let element = Name::new(element);
        let mut elements = dimension.elements.iter();
        elements
            .position(|other| other.name == element)
            .map(|place| (place + 1) as f64)
    }
}
