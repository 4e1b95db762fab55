//! Elements that are chosen while the model runs: by a variable, `x[i]`, by an expression, `x[i + 1]`, by the place in an equation
//! for a whole array, `x[2:3]`, and by the number in a whole array, `x(7)`.
//!
//! A choice is written out, one element after the other. Where a number is that of no element, the result is 0, or no number if the
//! file wants that.

use super::super::document::DimensionPart;
use super::super::emit::{Context, Emitter, Failed, Slice};
use super::super::equation::{Index, Reference};
use super::super::scopes::Target;
use super::element::{Part, last};
use super::{MOST_FOR_ALL, MOST_WRITTEN_OUT, Within};
use crate::diagnostic::Diagnostic;
use crate::function::Function;
use crate::model::BinaryOp;
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{Named, NodeId};

/// What tells which element is meant.
enum Chooser<'d> {
    Variable(Reference),
    /// An expression that is short enough to stand wherever it is needed.
    Short(Slice<'d>),
    /// A variable made for an expression.
    Made(Name),
    /// The number of the element that an equation defines.
    OnLeft(Name),
}

impl<'d> Emitter<'d, '_> {
    /// An element that one of the subscripts chooses; nothing if all are known.
    pub(super) fn chosen(
        &mut self,
        part: Part<'_, 'd>,
        target: &Target<'d>,
        context: &Context,
    ) -> Result<Option<NodeId>, Failed> {
        let span = part.span;
        let mut written_out = 1;
        let mut first: Option<(usize, &'d DimensionPart)> = None;
        for (position, (index, dimension)) in part.subscripts.iter().zip(target.dimensions).enumerate() {
            if let Some(of) = self
                .dimension(&dimension.name)
                .filter(|of| self.is_open(index, of, context))
            {
                written_out *= of.elements.len();
                first = first.or(Some((position, of)));
            }
        }
        let Some((position, of)) = first else {
            return Ok(None);
        };
        self.is_not_too_much(written_out, context, span)?;
        let count = of.elements.len();
        let with = |number: usize| {
            let mut subscripts = part.subscripts.to_vec();
            subscripts[position] = Index::Number(number as f64);
            subscripts
        };
        let (chooser, range) = match &part.subscripts[position] {
            Index::Name(name) => (Chooser::Variable(name.clone()), 1..=count),
            Index::Expression(root) => {
                let expression = part.expression.ok_or(Failed)?;
                let slice = Slice::whole(expression).below(*root);
                if let Some(number) = slice.number() {
                    return self
                        .at_number(part, number.trunc(), 1..=count, with, context)
                        .map(Some);
                }
                (self.chooser(slice, &of.name.name, context)?, 1..=count)
            }
            Index::Range(low, high) => {
                let dimension = &target.dimensions[position];
                let (low, high) = self.bounds(low, high, dimension, span)?;
                let Some(place) = place_on_left(part.subscripts, target.dimensions, position, context) else {
                    return Err(self.not_read(span));
                };
                self.compare_lengths(high + 1 - low, &context.over[place], span);
                let (left, over) = (&context.left[place].name, &context.over[place].name);
                if left != over {
                    // The equation is that of one element.
                    let on_left = self.dimension(over).ok_or(Failed)?;
                    let number = self.number_of(left, on_left, span)?;
                    return self
                        .at_number(part, number as f64, low..=high, with, context)
                        .map(Some);
                }
                (Chooser::OnLeft(over.clone()), low..=high)
            }
            _ => return Ok(None),
        };
        let candidates: Vec<Vec<Index>> = range.map(with).collect();
        self.choose(&chooser, part, &candidates, context).map(Some)
    }

    /// `x(7)`: an element by its number in the whole array, the last subscript running fastest.
    pub(in crate::xmile) fn numbered(
        &mut self,
        name: &Reference,
        target: &Target<'d>,
        number: Slice<'d>,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let span = self.span_of(number, context);
        let mut candidates: Vec<Vec<Index>> = vec![Vec::new()];
        for dimension in target.dimensions {
            let count = self.dimension(&dimension.name).map_or(0, |of| of.elements.len());
            self.is_not_too_much(candidates.len() * count, context, span)?;
            candidates = candidates
                .iter()
                .flat_map(|before| {
                    (1..=count).map(|number| [before.as_slice(), &[Index::Number(number as f64)]].concat())
                })
                .collect();
        }
        let chooser = self.chooser(number, &Name::new(""), context)?;
        let part = Part {
            name,
            subscripts: &[],
            expression: None,
            span,
        };
        self.choose(&chooser, part, &candidates, context)
    }

    /// Whether an element is known only while the model runs.
    fn is_open(&self, index: &Index, of: &DimensionPart, context: &Context) -> bool {
        match index {
            Index::Expression(_) => true,
            Index::Range(..) => !context.within.reduced,
            Index::Name(index) => {
                let name = last(index);
                let is_element = of.elements.iter().any(|element| element.name == name);
                let is_variable = self.scopes.find(index, context.scope).is_some();
                is_variable && !is_element && self.dimension(&name).is_none()
            }
            _ => false,
        }
    }

    /// The element of a number that is known.
    fn at_number(
        &mut self,
        part: Part<'_, 'd>,
        number: f64,
        among: std::ops::RangeInclusive<usize>,
        with: impl Fn(usize) -> Vec<Index>,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let found = among.into_iter().enumerate();
        let mut found = found.filter(|(place, _)| number == (place + 1) as f64);
        let Some((_, element)) = found.next() else {
            return Ok(self.nowhere(part.span));
        };
        let subscripts = with(element);
        let node = self.element(
            Part {
                subscripts: &subscripts,
                ..part
            },
            context,
        )?;
        Ok(self.push(node, part.span))
    }

    /// The value where there is no element.
    fn nowhere(&mut self, span: Span) -> NodeId {
        let zero = self.number(0.0, span);
        if !self.document.no_number_beyond {
            return zero;
        }
        let below = self.number(0.0, span);
        self.binary(BinaryOp::Divide, zero, below, span)
    }

    /// The candidate whose place, from 1 on, is the number that the chooser gives.
    fn choose(
        &mut self,
        chooser: &Chooser<'d>,
        part: Part<'_, 'd>,
        candidates: &[Vec<Index>],
        context: &Context,
    ) -> Result<NodeId, Failed> {
        self.writing_out(|emitter| emitter.choose_one(chooser, part, candidates, context))
    }

    fn choose_one(
        &mut self,
        chooser: &Chooser<'d>,
        part: Part<'_, 'd>,
        candidates: &[Vec<Index>],
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let span = part.span;
        let mut arms = Vec::with_capacity(candidates.len());
        for (place, subscripts) in candidates.iter().enumerate() {
            self.one_more(span)?;
            let chosen = self.number_chosen(chooser, context, span)?;
            let number = self.number((place + 1) as f64, span);
            let here = self.binary(BinaryOp::Equal, chosen, number, span);
            let element = self.element(Part { subscripts, ..part }, context)?;
            let element = self.push(element, span);
            arms.push([here, element]);
        }
        let mut value = self.nowhere(span);
        for [here, element] in arms.into_iter().rev() {
            value = self.function(Function::IfThenElse, [here, element, value], span);
        }
        Ok(value)
    }

    /// The number of the element that is chosen, cut to a whole one.
    fn number_chosen(
        &mut self,
        chooser: &Chooser<'d>,
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        let number = match chooser {
            Chooser::OnLeft(dimension) => return Ok(self.named(dimension, span)),
            Chooser::Variable(name) => {
                let node = self.name(name, context, span)?;
                self.push(node, span)
            }
            Chooser::Short(slice) => self.slice(*slice, context)?,
            Chooser::Made(name) => self.alike(name, context, span),
        };
        Ok(self.function(Function::Integer, [number], span))
    }

    /// What an expression for the number of an element becomes: a variable of its own, if it is long.
    fn chooser(&mut self, slice: Slice<'d>, of: &Name, context: &Context) -> Result<Chooser<'d>, Failed> {
        if slice.is_small() {
            return Ok(Chooser::Short(slice));
        }
        if context.within.reduced && !self.runs(slice, context)?.is_empty() {
            return Err(self.not_read(slice.span()));
        }
        let name = self.own_name(context, "INDEX", "number");
        if !context.left.is_empty() {
            self.scopes.arrays.insert(name.key().to_owned());
        }
        let within = Within {
            index_of: Some(of.clone()),
            ..Within::default()
        };
        self.hide(
            name.clone(),
            slice,
            Context {
                within,
                ..context.clone()
            },
        );
        Ok(Chooser::Made(name))
    }

    /// Says where a range is not as long as the dimension that it is laid along.
    fn compare_lengths(&mut self, length: usize, over: &Named, span: Span) {
        let Some(of) = self
            .dimension(&over.name)
            .filter(|of| of.elements.len() != length)
        else {
            return;
        };
        let (count, name) = (of.elements.len(), &of.name.name);
        let message = format!("a range of {length} stands where `{name}` has {count} elements");
        let help = if length < count {
            "the elements beyond the range get 0"
        } else {
            "the rest of the range is left out"
        };
        self.diagnostics.push(
            Diagnostic::warning("subscript-range", message)
                .label(span, "")
                .help(help),
        );
    }

    /// Refuses to write out what would fill the memory.
    pub(super) fn is_not_too_much(
        &mut self,
        count: usize,
        context: &Context,
        span: Span,
    ) -> Result<(), Failed> {
        let defined = context.left.iter().filter_map(|left| self.dimension(&left.name));
        let defined: usize = defined.map(|of| of.elements.len()).product();
        if count <= MOST_WRITTEN_OUT && count.saturating_mul(defined) <= MOST_FOR_ALL {
            return Ok(());
        }
        self.diagnostics.push(
            Diagnostic::error(
                "unsupported-subscripts",
                format!("these subscripts choose among {count} elements, for each of {defined}"),
            )
            .label(span, "too many to be written out")
            .help("give each subscript that is computed an array of its own: `one[d, e] = x[d + 1, e]`, `two[d, e] = one[d, e + 1]`"),
        );
        Err(Failed)
    }

    /// Keeps a place for the message about subscripts that are not read.
    pub(super) fn not_read(&mut self, span: Span) -> Failed {
        self.unknown.subscripts.push(span);
        Failed
    }
}

/// Which subscript on the left a range lies along: the first of its dimension that no other subscript names, else the first.
fn place_on_left(
    subscripts: &[Index],
    dimensions: &[Named],
    position: usize,
    context: &Context,
) -> Option<usize> {
    let mut taken = vec![false; context.over.len()];
    let mut take = |wanted: &dyn Fn(&Named) -> bool| -> Option<usize> {
        let mut places = context.over.iter().zip(&taken).enumerate();
        let found = places
            .find(|(_, (over, taken))| !**taken && wanted(over))
            .map(|(place, _)| place)?;
        taken[found] = true;
        Some(found)
    };
    for (index, dimension) in subscripts.iter().zip(dimensions) {
        let name = match index {
            Index::Name(name) => last(name),
            Index::All => dimension.name.clone(),
            Index::AllOf(name) => last(name),
            _ => continue,
        };
        take(&|over: &Named| over.name == name);
    }
    for (at, (index, dimension)) in subscripts.iter().zip(dimensions).enumerate().take(position + 1) {
        if !matches!(index, Index::Range(..)) {
            continue;
        }
        let found = take(&|over: &Named| over.name == dimension.name).or_else(|| take(&|_: &Named| true));
        if at == position {
            let place = found?;
            let name = &context.over[place].name;
            let twice = context.over.iter().filter(|over| over.name == *name).count() > 1;
            // The number of an element of a dimension that stands twice cannot be told.
            return (!twice || context.left[place].name != *name).then_some(place);
        }
    }
    None
}
