//! `RANK`: which element of an array has a given rank, in rising order.

use super::super::emit::{Context, Emitter, Failed, Slice};
use super::super::equation::{Term, TermId};
use super::{Place, Within};
use crate::function::Function;
use crate::model::{BinaryOp, UnaryOp};
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{Node, NodeId};

/// The longest array that is sorted: every element is compared with every other.
const MOST_SORTED: usize = 256;

/// What is sorted, and what decides between equal elements.
struct Sorted<'d> {
    by: Vec<Slice<'d>>,
    /// Where the subscripts stand for each element.
    places: Vec<Vec<Place>>,
    span: Span,
}

impl<'d> Emitter<'d, '_> {
    /// `RANK(array, rank, second array)`: 0 if there is no such rank. Of equal elements the first comes first.
    pub(super) fn rank(
        &mut self,
        call: Slice<'d>,
        args: &'d [TermId],
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        if context.within.reduced {
            return Err(self.not_read(span));
        }
        let by: Vec<Slice<'d>> = [0, 2]
            .iter()
            .filter_map(|at| args.get(*at))
            .map(|arg| call.below(*arg))
            .collect();
        let runs = self.runs(by[0], context)?;
        for other in &by[1..] {
            if self.runs(*other, context)? != runs {
                return Err(self.not_read(other.span()));
            }
        }
        // Whether the number would count from the beginning of a range or of its array is open.
        let is_range = runs.iter().any(|run| run.is_range);
        let count = runs.iter().map(|run| run.length).product::<usize>();
        if runs.is_empty() || is_range || count > MOST_SORTED {
            return Err(self.not_read(span));
        }
        let sorted = Sorted {
            by,
            places: self.all_places(&runs, context, span)?,
            span,
        };
        let wanted = call.below(args[1]);
        let hidden = (!wanted.is_small()).then(|| {
            let name = self.own_name(context, "RANK", "rank");
            if !context.left.is_empty() {
                self.scopes.arrays.insert(name.key().to_owned());
            }
            self.hide(name.clone(), wanted, context.clone());
            name
        });
        self.writing_out(|emitter| emitter.number_at(&sorted, (wanted, hidden.as_ref()), context))
    }

    /// The number of the element whose rank is the wanted one.
    fn number_at(
        &mut self,
        sorted: &Sorted<'d>,
        (wanted, hidden): (Slice<'d>, Option<&Name>),
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let (span, count) = (sorted.span, sorted.places.len());
        let mut value = self.number(0.0, span);
        for element in 0..count {
            let wanted = match hidden {
                Some(name) => self.alike(name, context, span),
                None if is_size(wanted) => self.number(count as f64, span),
                None => self.slice(wanted, context)?,
            };
            let wanted = self.function(Function::Integer, [wanted], span);
            let rank = self.rank_of(element, sorted, context)?;
            let here = self.binary(BinaryOp::Equal, wanted, rank, span);
            let number = self.number((element + 1) as f64, span);
            let number = self.binary(BinaryOp::Multiply, here, number, span);
            value = self.binary(BinaryOp::Add, value, number, span);
        }
        Ok(value)
    }

    /// One more than the number of elements that come before one.
    fn rank_of(&mut self, element: usize, sorted: &Sorted<'d>, context: &Context) -> Result<NodeId, Failed> {
        let span = sorted.span;
        let mut rank = self.number(1.0, span);
        for other in 0..sorted.places.len() {
            self.one_more(span)?;
            let comes_before = match other.cmp(&element) {
                std::cmp::Ordering::Equal => continue,
                std::cmp::Ordering::Greater => self.is_less(other, element, sorted, context)?,
                std::cmp::Ordering::Less => {
                    let operand = self.is_less(element, other, sorted, context)?;
                    let op = UnaryOp::Not;
                    self.push(Node::Unary { op, operand }, span)
                }
            };
            rank = self.binary(BinaryOp::Add, rank, comes_before, span);
        }
        Ok(rank)
    }

    /// Whether one element is less than another, or equal and less in the second array.
    fn is_less(
        &mut self,
        one: usize,
        other: usize,
        sorted: &Sorted<'d>,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let span = sorted.span;
        let mut compare = |op: BinaryOp, by: usize| -> Result<NodeId, Failed> {
            let mut at = |element: usize| {
                let within = Within {
                    reduced: true,
                    places: sorted.places[element].clone(),
                    index_of: None,
                };
                let context = Context {
                    within,
                    ..context.clone()
                };
                self.slice(sorted.by[by], &context)
            };
            let (left, right) = (at(one)?, at(other)?);
            Ok(self.binary(op, left, right, span))
        };
        let less = compare(BinaryOp::Less, 0)?;
        if sorted.by.len() == 1 {
            return Ok(less);
        }
        let equal = compare(BinaryOp::Equal, 0)?;
        let second = compare(BinaryOp::Less, 1)?;
        let decided = self.binary(BinaryOp::And, equal, second, span);
        Ok(self.binary(BinaryOp::Or, less, decided, span))
    }
}

/// Whether the rank is that of the last element: `RANK(x, SIZE)`.
fn is_size(rank: Slice<'_>) -> bool {
    match &rank.expression.terms[rank.root] {
        Term::Name(name) => name.plain().is_some_and(|name| Name::key_of(name) == "size"),
        _ => false,
    }
}
