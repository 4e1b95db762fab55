//! Functions that run over arrays: `SUM`, `PROD`, `MIN`, `MAX`, `MEAN`, `STDDEV` and `SIZE`.
//!
//! A subscript `*` becomes a mark on which the resolver sums. What no mark can say (a range, the same dimension twice in one name) is
//! written out element by element.

use super::super::emit::{Context, Emitter, Failed, Hidden, Slice};
use super::super::equation::{Index, Term, TermId};
use super::element::last;
use super::{Place, Within};
use crate::diagnostic::Diagnostic;
use crate::function::Function;
use crate::model::BinaryOp;
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{Named, Node, NodeId};

/// A function that runs over arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::xmile) enum ArrayFunction {
    /// It puts all elements together.
    Reduction(Reduction),
    /// `MEAN`
    Mean,
    /// `STDDEV`
    Deviation,
    /// `RANK`
    Rank,
    /// `MAX` or `MIN` of two, one of which is an array.
    Mixed(Reduction),
}

/// How elements are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::xmile) enum Reduction {
    Sum,
    Product,
    Minimum,
    Maximum,
}

impl Reduction {
    /// The function of the shared syntax that runs over marked subscripts.
    fn name(self) -> &'static str {
        match self {
            Reduction::Sum => "SUM",
            Reduction::Product => "PROD",
            Reduction::Minimum => "VMIN",
            Reduction::Maximum => "VMAX",
        }
    }
    /// Its name in XMILE.
    fn written(self) -> &'static str {
        match self {
            Reduction::Sum => "SUM",
            Reduction::Product => "PROD",
            Reduction::Minimum => "MIN",
            Reduction::Maximum => "MAX",
        }
    }
}

/// A dimension over which a call runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub dimension: Name,
    /// Which of the subscripts of this dimension within one name it is.
    pub turn: usize,
    pub length: usize,
    /// Whether it is a part of the dimension.
    pub is_range: bool,
}

impl Run {
    /// Whether no mark can say it.
    fn is_written_out(&self) -> bool {
        self.is_range || self.turn > 0
    }
}

/// The functions of this name, by how many arguments there are.
fn function(name: &str, arguments: usize) -> Option<ArrayFunction> {
    use ArrayFunction as F;
    Some(match (Name::key_of(name).as_str(), arguments) {
        ("sum", 1) => F::Reduction(Reduction::Sum),
        ("prod", 1) => F::Reduction(Reduction::Product),
        ("min", 1) => F::Reduction(Reduction::Minimum),
        ("max", 1) => F::Reduction(Reduction::Maximum),
        ("min", 2) => F::Mixed(Reduction::Minimum),
        ("max", 2) => F::Mixed(Reduction::Maximum),
        ("mean", 1) => F::Mean,
        ("stddev", 1) => F::Deviation,
        ("rank", 2 | 3) => F::Rank,
        _ => return None,
    })
}

impl<'d> Emitter<'d, '_> {
    /// What a call is, if it runs over arrays; `MIN` and `MAX` do if there is an array in an argument.
    pub(in crate::xmile) fn array_function(
        &self,
        call: Slice<'d>,
        context: &Context,
    ) -> Option<ArrayFunction> {
        let Term::Call { name, args } = &call.expression.terms[call.root] else {
            return None;
        };
        let word = name.plain()?;
        let found = function(word, args.len())?;
        if self.is_of_the_file(word, context) {
            return None;
        }
        match found {
            ArrayFunction::Reduction(Reduction::Minimum | Reduction::Maximum) => {
                if self.values_of_table(call.below(args[0]), context).is_some() {
                    return Some(found);
                }
                let terms = &call.expression.terms[call.first..call.root];
                let is_array = |term: &Term| match term {
                    Term::Element { .. } => true,
                    Term::Name(name) => self
                        .scopes
                        .find(name, context.scope)
                        .is_some_and(|target| !target.dimensions.is_empty()),
                    _ => false,
                };
                terms.iter().any(is_array).then_some(found)
            }
            ArrayFunction::Mixed(_) => {
                let is_array = |arg: &TermId| self.spreads(call.below(*arg), context);
                (!context.within.reduced && args.iter().any(is_array)).then_some(found)
            }
            _ => Some(found),
        }
    }

    /// Whether a graphical function or a macro of the file has the name of a function.
    fn is_of_the_file(&self, word: &str, context: &Context) -> bool {
        let key = Name::key_of(word);
        let target = self.scopes.scopes[context.scope].get(&key);
        target.is_some_and(|target| target.table.is_some())
            || self
                .document
                .macros
                .iter()
                .any(|part| part.name.name.key() == key)
    }

    /// Whether an argument of `MAX` or `MIN` names more than one element: with `*` or a range, or an array by its name alone where
    /// the equation is none for an array.
    fn spreads(&self, arg: Slice<'d>, context: &Context) -> bool {
        outer_terms(arg)
            .into_iter()
            .any(|at| match &arg.expression.terms[at] {
                Term::Element { subscripts, .. } => subscripts
                    .iter()
                    .any(|index| matches!(index, Index::All | Index::AllOf(_) | Index::Range(..))),
                Term::Name(name) => {
                    let target = self.scopes.find(name, context.scope);
                    context.left.is_empty() && target.is_some_and(|target| !target.dimensions.is_empty())
                }
                _ => false,
            })
    }

    /// A call that runs over arrays.
    pub(in crate::xmile) fn over_array(
        &mut self,
        function: ArrayFunction,
        call: Slice<'d>,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let Term::Call { args, .. } = &call.expression.terms[call.root] else {
            unreachable!("a function is called")
        };
        let span = self.span_of(call, context);
        let arg = call.below(args[0]);
        if let Some(values) = self.values_of_table(arg, context)
            && let Some(value) = of_values(function, &values)
        {
            return Ok(self.number(value, span));
        }
        match function {
            ArrayFunction::Reduction(reduction) => self.reduce(reduction, arg, None, context, span),
            ArrayFunction::Mean => self.mean(arg, context, span),
            ArrayFunction::Deviation => {
                if context.within.reduced {
                    return Err(self.not_read(span));
                }
                let mean = self.own_name(context, "STDDEV", "mean");
                if !context.left.is_empty() {
                    self.scopes.arrays.insert(mean.key().to_owned());
                }
                self.hidden.push_back(Hidden::Mean {
                    name: Named {
                        name: mean.clone(),
                        span,
                    },
                    context: context.clone(),
                    slice: arg,
                });
                let count = self.count(arg, context)?;
                let squares = self.reduce(Reduction::Sum, arg, Some(&mean), context, span)?;
                let count = self.number(count, span);
                let mean_square = self.binary(BinaryOp::Divide, squares, count, span);
                Ok(self.function(Function::Sqrt, [mean_square], span))
            }
            ArrayFunction::Rank => self.rank(call, args, context, span),
            ArrayFunction::Mixed(reduction) => {
                let mut of = |arg: TermId| {
                    let arg = call.below(arg);
                    if self.spreads(arg, context) {
                        self.reduce(reduction, arg, None, context, span)
                    } else {
                        self.slice(arg, context)
                    }
                };
                let (one, other) = (of(args[0])?, of(args[1])?);
                Ok(self.put_together(reduction, one, other, span))
            }
        }
    }

    /// The sum divided by the number.
    pub(in crate::xmile) fn mean(
        &mut self,
        arg: Slice<'d>,
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        let count = self.count(arg, context)?;
        let sum = self.reduce(Reduction::Sum, arg, None, context, span)?;
        let count = self.number(count, span);
        Ok(self.binary(BinaryOp::Divide, sum, count, span))
    }

    /// All elements put together; with a mean, their squared distances from it.
    fn reduce(
        &mut self,
        reduction: Reduction,
        arg: Slice<'d>,
        mean: Option<&Name>,
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        let runs = self.runs(arg, context)?;
        if runs.is_empty() {
            let name = if mean.is_some() {
                "STDDEV"
            } else {
                reduction.written()
            };
            self.diagnostics.push(
                Diagnostic::error("misplaced-reduction", format!("`{name}` has nothing to run over"))
                    .label(span, "no array")
                    .help(format!("name an array, or a part of one: `{name}(x[*])`")),
            );
            return Err(Failed);
        }
        let (written_out, marked): (Vec<Run>, Vec<Run>) = runs.into_iter().partition(Run::is_written_out);
        if written_out.is_empty() {
            return self.reduce_at(reduction, (arg, mean), (Vec::new(), true), context, span);
        }
        let all = self.all_places(&written_out, context, span)?;
        self.writing_out(|emitter| {
            let mut value: Option<NodeId> = None;
            for places in all {
                emitter.one_more(span)?;
                let x = emitter.reduce_at(
                    reduction,
                    (arg, mean),
                    (places, !marked.is_empty()),
                    context,
                    span,
                )?;
                value = Some(match value {
                    Some(value) => emitter.put_together(reduction, value, x, span),
                    None => x,
                });
            }
            value.ok_or(Failed)
        })
    }

    /// The elements put together over which marks run, while the other subscripts stand at these places.
    fn reduce_at(
        &mut self,
        reduction: Reduction,
        (arg, mean): (Slice<'d>, Option<&Name>),
        (places, is_marked): (Vec<Place>, bool),
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        let within = Within {
            reduced: true,
            places,
            index_of: None,
        };
        let context = Context {
            within,
            ..context.clone()
        };
        let mut x = self.slice(arg, &context)?;
        if let Some(mean) = mean {
            let mean = self.alike(mean, &context, span);
            let distance = self.binary(BinaryOp::Subtract, x, mean, span);
            let two = self.number(2.0, span);
            x = self.binary(BinaryOp::Power, distance, two, span);
        }
        if is_marked {
            let name = Name::new(reduction.name());
            let call = Node::Call {
                name: Named { name, span },
                subscripts: Vec::new(),
                args: vec![x],
            };
            x = self.push(call, span);
        }
        Ok(x)
    }

    fn put_together(&mut self, reduction: Reduction, one: NodeId, other: NodeId, span: Span) -> NodeId {
        match reduction {
            Reduction::Sum => self.binary(BinaryOp::Add, one, other, span),
            Reduction::Product => self.binary(BinaryOp::Multiply, one, other, span),
            Reduction::Minimum => self.function(Function::Min, [one, other], span),
            Reduction::Maximum => self.function(Function::Max, [one, other], span),
        }
    }

    /// Every way in which subscripts can stand that run over these, the last one fastest.
    pub(super) fn all_places(
        &mut self,
        runs: &[Run],
        context: &Context,
        span: Span,
    ) -> Result<Vec<Vec<Place>>, Failed> {
        let mut all: Vec<Vec<Place>> = vec![Vec::new()];
        for run in runs {
            self.is_not_too_much(all.len() * run.length, context, span)?;
            let at = |offset: usize| Place {
                dimension: run.dimension.clone(),
                turn: run.turn,
                offset,
            };
            all = all
                .iter()
                .flat_map(|before| (0..run.length).map(|offset| [before.as_slice(), &[at(offset)]].concat()))
                .collect();
        }
        Ok(all)
    }

    /// The dimensions over which an argument runs: those it names with `*`, with a range, or without subscripts at all.
    pub(super) fn runs(&mut self, arg: Slice<'d>, context: &Context) -> Result<Vec<Run>, Failed> {
        let mut runs: Vec<Run> = Vec::new();
        for at in outer_terms(arg) {
            let span = arg.expression.spans[at];
            let all: Vec<Index>;
            let (name, subscripts): (_, &[Index]) = match &arg.expression.terms[at] {
                Term::Name(name) => (name, &[]),
                Term::Element { name, subscripts } => (name, subscripts),
                _ => continue,
            };
            let Some(target) = self
                .array(name, context)
                .filter(|target| !target.dimensions.is_empty())
            else {
                continue;
            };
            let subscripts = if matches!(subscripts, [] | [Index::Reversed]) {
                all = vec![Index::All; target.dimensions.len()];
                &all
            } else {
                subscripts
            };
            let mut own: Vec<Run> = Vec::new();
            for (index, dimension) in subscripts.iter().zip(target.dimensions) {
                let (dimension, range) = match index {
                    Index::All => (dimension.name.clone(), None),
                    Index::AllOf(name) => (last(name), None),
                    Index::Range(low, high) => {
                        let (low, high) = self.bounds(low, high, dimension, span)?;
                        (dimension.name.clone(), Some(high + 1 - low))
                    }
                    Index::Name(name) => {
                        let name = last(name);
                        let on_left = context.left.iter().any(|left| left.name == name);
                        if on_left || self.dimension(&name).is_none() {
                            continue;
                        }
                        (name, None)
                    }
                    _ => continue,
                };
                let Some(of) = self.dimension(&dimension) else {
                    continue;
                };
                own.push(Run {
                    turn: own.iter().filter(|run| run.dimension == dimension).count(),
                    length: range.unwrap_or(of.elements.len()),
                    is_range: range.is_some(),
                    dimension,
                });
            }
            for run in own {
                let known = runs
                    .iter_mut()
                    .find(|known| known.dimension == run.dimension && known.turn == run.turn);
                match known {
                    // Side by side they can run only if they are of one length.
                    Some(known) if known.length != run.length => return Err(self.not_read(span)),
                    Some(known) => known.is_range |= run.is_range,
                    None => runs.push(run),
                }
            }
        }
        Ok(runs)
    }

    /// How many values an argument has.
    fn count(&mut self, arg: Slice<'d>, context: &Context) -> Result<f64, Failed> {
        let runs = self.runs(arg, context)?;
        Ok(runs.iter().map(|run| run.length as f64).product())
    }

    /// The values of a graphical function, if an argument is the name of one.
    fn values_of_table(&self, arg: Slice<'d>, context: &Context) -> Option<Vec<f64>> {
        let Term::Name(name) = &arg.expression.terms[arg.root] else {
            return None;
        };
        let target = self.scopes.find(name, context.scope)?;
        let table = target
            .table
            .filter(|_| target.only_table && target.dimensions.is_empty())?;
        Some(table.points.iter().map(|(_, y)| *y).collect())
    }

    /// `SIZE` of an array, of a part of one, or of a dimension.
    pub(in crate::xmile) fn size(&mut self, arg: Slice<'d>, context: &Context) -> Result<f64, Failed> {
        match &arg.expression.terms[arg.root] {
            Term::Name(name) => {
                if let Some(values) = self.values_of_table(arg, context) {
                    return Ok(values.len() as f64);
                }
                if self.array(name, context).is_some() {
                    return self.count(arg, context);
                }
                if let Some(dimension) = name.plain().and_then(|name| self.dimension(&Name::new(name))) {
                    return Ok(dimension.elements.len() as f64);
                }
                self.name(name, context, arg.span()).map(|_| 1.0)
            }
            Term::Element { .. } => self.count(arg, context),
            _ => Err(self.not_read(arg.span())),
        }
    }
}

/// What a function gives for these values; nothing if it takes more than them.
fn of_values(function: ArrayFunction, values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    let sum = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |sum, value| sum + value);
    let mean = sum(&mut values.iter().copied()) / count;
    Some(match function {
        ArrayFunction::Reduction(Reduction::Sum) => sum(&mut values.iter().copied()),
        ArrayFunction::Reduction(Reduction::Product) => values.iter().product(),
        ArrayFunction::Reduction(Reduction::Minimum) => values.iter().copied().fold(f64::INFINITY, f64::min),
        ArrayFunction::Reduction(Reduction::Maximum) => {
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        }
        ArrayFunction::Mean => mean,
        ArrayFunction::Deviation => {
            let squares = sum(&mut values.iter().map(|value| (value - mean) * (value - mean)));
            (squares / count).sqrt()
        }
        ArrayFunction::Rank | ArrayFunction::Mixed(_) => return None,
    })
}

/// The terms of an argument that stand neither in a subscript nor within another call that runs over arrays.
fn outer_terms(arg: Slice<'_>) -> Vec<TermId> {
    let expression = arg.expression;
    let mut found = Vec::new();
    let mut end = arg.root + 1;
    while end > arg.first {
        let at = end - 1;
        end = match &expression.terms[at] {
            Term::Element { .. } => {
                found.push(at);
                expression.first[at]
            }
            Term::Call { name, args }
                if name.plain().and_then(|name| function(name, args.len())).is_some() =>
            {
                expression.first[at]
            }
            _ => {
                found.push(at);
                at
            }
        };
    }
    found.reverse();
    found
}
