//! Names in expressions: variables, elements of arrays, and the numbers that every model knows.

use super::document::DimensionPart;
use super::emit::{Context, Emitter, Failed, Slice, plain_subscripts};
use super::equation::{Index, Reference, Term, TermId};
use super::functions::{Constant, constant};
use crate::diagnostic::Diagnostic;
use crate::function::Function;
use crate::model::BinaryOp;
use crate::name::Name;
use crate::source::Span;
use crate::suggest::nearest;
use crate::syntax::{Named, Node, NodeId, SubscriptSyntax};

/// The most elements among which an index may choose.
const MOST_CHOICES: usize = 100;

/// An element that a variable chooses.
struct Choice<'a> {
    name: &'a Reference,
    subscripts: &'a [Index],
    /// Which subscript is the variable.
    position: usize,
    index: &'a Reference,
    /// How many elements there are.
    count: usize,
}

impl<'d> Emitter<'d, '_> {
    /// The first subscript that is a variable, if there is one: `x[i]`.
    fn computed_index<'a>(
        &self,
        dimensions: &[Named],
        subscripts: &'a [Index],
        context: &Context,
    ) -> Option<(usize, &'a Reference, usize)> {
        let mut all = subscripts.iter().zip(dimensions).enumerate();
        all.find_map(|(position, (subscript, dimension))| {
            let Index::Name(index) = subscript else {
                return None;
            };
            let of = self.dimension(&dimension.name)?;
            let name = Name::new(index.parts.last().map_or("", String::as_str));
            let is_element = of.elements.iter().any(|element| element.name == name);
            let is_variable = self.scopes.find(index, context.scope).is_some();
            let count = of.elements.len();
            let chooses = is_variable && !is_element && self.dimension(&name).is_none();
            (chooses && count <= MOST_CHOICES).then_some((position, index, count))
        })
    }

    /// The element whose number the variable is, cut to a whole number, among those from `from` on; beyond them there is no number.
    fn choose(
        &mut self,
        choice: &Choice<'_>,
        from: usize,
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        if from > choice.count {
            let (above, below) = (self.number(0.0, span), self.number(0.0, span));
            return Ok(self.binary(BinaryOp::Divide, above, below, span));
        }
        let index = self.name(choice.index, context, span)?;
        let index = self.push(index, span);
        let index = self.function(Function::Integer, [index], span);
        let number = self.number(from as f64, span);
        let here = self.binary(BinaryOp::Equal, index, number, span);
        let mut subscripts = choice.subscripts.to_vec();
        subscripts[choice.position] = Index::Number(from as f64);
        let element = self.element(choice.name, &subscripts, context, span)?;
        let element = self.push(element, span);
        let others = self.choose(choice, from + 1, context, span)?;
        Ok(self.function(Function::IfThenElse, [here, element, others], span))
    }

    /// `x[a, b]`
    pub(super) fn element(
        &mut self,
        name: &Reference,
        subscripts: &[Index],
        context: &Context,
        span: Span,
    ) -> Result<Node, Failed> {
        let Some(target) = self.scopes.find(name, context.scope).cloned() else {
            return self.name(name, context, span);
        };
        if let Some((position, index, count)) = self.computed_index(target.dimensions, subscripts, context) {
            let choice = Choice {
                name,
                subscripts,
                position,
                index,
                count,
            };
            return self.choose(&choice, 1, context, span).map(Node::Plus);
        }
        let mut found: Vec<SubscriptSyntax> = Vec::with_capacity(subscripts.len());
        for (position, subscript) in subscripts.iter().enumerate() {
            let Some((name, reduced)) =
                self.subscript(subscript, target.dimensions.get(position), context, span)?
            else {
                self.unknown.subscripts.push(span);
                return Err(Failed);
            };
            // The same dimension twice would run along the diagonal.
            let twice = |other: &SubscriptSyntax| reduced && other.reduced && other.name.name == name;
            if found.iter().any(twice) || (reduced && !context.reduced) {
                self.unknown.subscripts.push(span);
                return Err(Failed);
            }
            found.push(SubscriptSyntax {
                name: Named { name, span },
                reduced,
            });
        }
        Ok(Node::Name {
            name: target.name,
            subscripts: found,
        })
    }

    /// The name of a subscript, and whether a sum runs over it; nothing if it is of a kind that is not read.
    fn subscript(
        &mut self,
        subscript: &Index,
        dimension: Option<&Named>,
        context: &Context,
        span: Span,
    ) -> Result<Option<(Name, bool)>, Failed> {
        Ok(match (subscript, dimension) {
            (Index::All, Some(dimension)) => Some((dimension.name.clone(), true)),
            (Index::Name(name), _) => {
                let name = Name::new(name.parts.last().map_or("", String::as_str));
                let is_dimension = self.dimension(&name).is_some();
                let on_left = context.left.iter().any(|left| left.name == name);
                let of = dimension.and_then(|dimension| self.dimension(&dimension.name));
                if let Some(of) = of.filter(|_| !is_dimension) {
                    let elements = || of.elements.iter().map(|element| &element.name);
                    if !elements().any(|element| *element == name) {
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
                        return Err(Failed);
                    }
                }
                Some((name, context.reduced && is_dimension && !on_left))
            }
            (Index::Number(number), Some(dimension)) => {
                let elements = self
                    .dimension(&dimension.name)
                    .map_or(&[][..], |part| &part.elements);
                let position = (*number >= 1.0 && number.fract() == 0.0).then_some(*number as usize);
                match position.and_then(|position| elements.get(position - 1)) {
                    Some(element) => Some((element.name.clone(), false)),
                    None => {
                        self.diagnostics.push(
                            Diagnostic::error(
                                "undefined-element",
                                format!("`{}` has no element {number}", dimension.name),
                            )
                            .label(span, "")
                            .help(format!("it has {}", elements.len())),
                        );
                        return Err(Failed);
                    }
                }
            }
            _ => None,
        })
    }

    /// The dimension of this name.
    pub(super) fn dimension(&self, name: &Name) -> Option<&'d DimensionPart> {
        self.document
            .dimensions
            .iter()
            .find(|part| part.name.name == *name)
    }

    pub(super) fn name(&mut self, name: &Reference, context: &Context, span: Span) -> Result<Node, Failed> {
        let named = |name: &Name| Node::Name {
            name: name.clone(),
            subscripts: Vec::new(),
        };
        let constant = name.plain().and_then(|name| constant(&Name::key_of(name)));
        let may_be_redefined = matches!(constant, None | Some(Constant::Pi | Constant::Infinity));
        if let Some(target) = self.scopes.find(name, context.scope).filter(|_| may_be_redefined) {
            // An array by its name alone, within a sum: all of it.
            let all = vec![
                Index::All;
                if context.reduced {
                    target.dimensions.len()
                } else {
                    0
                }
            ];
            if !all.is_empty() {
                return self.element(name, &all, context, span);
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

    /// The sum over subscripts, or its like, that a call is; `MIN` and `MAX` are, if their one argument has an array in it.
    pub(super) fn reduction(&self, call: Slice<'d>, context: &Context) -> Option<&'static str> {
        let Term::Call { name, args } = &call.expression.terms[call.root] else {
            return None;
        };
        let word = name.plain().filter(|_| args.len() == 1)?;
        if self.scopes.find(name, context.scope).is_some() {
            return None;
        }
        let (reduction, takes_numbers) = match Name::key_of(word).as_str() {
            "sum" => ("SUM", false),
            // Divided by their number later.
            "mean" => ("SUM", false),
            "prod" => ("PROD", false),
            "min" => ("VMIN", true),
            "max" => ("VMAX", true),
            _ => return None,
        };
        let has_array = || {
            call.expression.terms[call.first..call.root]
                .iter()
                .any(|term| match term {
                    Term::Element { .. } => true,
                    Term::Name(name) => {
                        let target = self.scopes.find(name, context.scope);
                        target.is_some_and(|target| !target.dimensions.is_empty())
                    }
                    _ => false,
                })
        };
        (!takes_numbers || has_array()).then_some(reduction)
    }

    /// How many values such a call runs over: as many as the dimensions that its arguments name with `*`, or without subscripts,
    /// have elements.
    pub(super) fn count_of(&self, call: Slice<'d>, context: &Context) -> f64 {
        let mut names: Vec<Name> = Vec::new();
        let mut add = |name: &Name| {
            if !names.contains(name) {
                names.push(name.clone());
            }
        };
        for term in &call.expression.terms[call.first..=call.root] {
            match term {
                Term::Name(name) => {
                    if let Some(target) = self.scopes.find(name, context.scope) {
                        target
                            .dimensions
                            .iter()
                            .for_each(|dimension| add(&dimension.name));
                    }
                }
                Term::Element { name, subscripts } => {
                    let Some(target) = self.scopes.find(name, context.scope) else {
                        continue;
                    };
                    for (subscript, dimension) in subscripts.iter().zip(target.dimensions) {
                        match subscript {
                            Index::All => add(&dimension.name),
                            Index::Name(name) => {
                                let name = Name::new(name.parts.last().map_or("", String::as_str));
                                let on_left = context.left.iter().any(|left| left.name == name);
                                if self.dimension(&name).is_some() && !on_left {
                                    add(&name);
                                }
                            }
                            Index::Number(_) | Index::Other => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let sizes = names.iter().filter_map(|name| self.dimension(name));
        sizes.map(|dimension| dimension.elements.len() as f64).product()
    }

    /// `SIZE` of an array, of a part of one, or of a dimension.
    pub(super) fn size(&mut self, arg: Slice<'d>, context: &Context) -> Result<f64, Failed> {
        match &arg.expression.terms[arg.root] {
            Term::Name(name) => {
                let plain = name.plain().map(Name::new);
                if plain.as_ref().is_some_and(|name| name.key() == "self") {
                    let sizes = context.over.iter().filter_map(|over| self.dimension(&over.name));
                    return Ok(sizes.map(|dimension| dimension.elements.len() as f64).product());
                }
                if self.scopes.find(name, context.scope).is_some() {
                    return Ok(self.count_of(arg, context));
                }
                if let Some(dimension) = plain.and_then(|name| self.dimension(&name)) {
                    return Ok(dimension.elements.len() as f64);
                }
                self.name(name, context, arg.span()).map(|_| 1.0)
            }
            Term::Element { .. } => Ok(self.count_of(arg, context)),
            _ => {
                self.unknown.subscripts.push(arg.span());
                Err(Failed)
            }
        }
    }

    /// Where the arguments of such calls begin, and where the calls are: outermost ones only, in order.
    pub(super) fn reductions(&self, slice: Slice<'d>, context: &Context) -> Vec<(TermId, TermId)> {
        let expression = slice.expression;
        let mut found = Vec::new();
        let mut end = slice.root + 1;
        while end > slice.first {
            let at = end - 1;
            end = if self.reduction(slice.below(at), context).is_some() {
                found.push((expression.first[at], at));
                expression.first[at]
            } else {
                at
            };
        }
        found.reverse();
        found
    }
}
