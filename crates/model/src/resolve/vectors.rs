//! Functions of whole vectors: which elements they take, and which of their result an equation defines.

use super::calls::{At, Call};
use super::subscripts::Scope;
use super::translate::{Failed, Translator};
use crate::diagnostic::Diagnostic;
use crate::function::VectorFunction;
use crate::model::{BinaryOp, Expr, ExprId, Model, ReducedIndex, Subscript, VarId};
use crate::source::Span;
use crate::syntax::Node;

impl Translator<'_> {
    /// A call of a function of whole vectors.
    pub(super) fn vector(
        &mut self,
        call: &Call<'_>,
        function: VectorFunction,
        scope: &mut Scope<'_>,
        model: &mut Model,
        at: At<'_>,
    ) -> Result<Expr, Failed> {
        let parameters = function.parameters();
        if call.args.len() != parameters.len() {
            return Err(self.wrong_count(call, parameters));
        }
        for (position, arg) in call.args.iter().enumerate() {
            let is_array = matches!(
                &self.syntax.nodes[*arg as usize],
                Node::Name { subscripts, .. } if subscripts.len() >= function.rank().max(1)
            );
            let needed = function.runs(position).is_some()
                || (position == 0 && matches!(function, VectorFunction::ElementMap | VectorFunction::Lookup));
            if needed && !is_array {
                return Err(self.fail(
                    Diagnostic::error(
                        "expected-vector",
                        format!("the {} of `{}` is no array", parameters[position], call.name.name),
                    )
                    .label(self.syntax.spans[*arg as usize], "")
                    .help("give it a variable of its own with subscripts, and name that"),
                ));
            }
        }
        let mut args = call
            .args
            .iter()
            .map(|arg| at(*arg))
            .collect::<Result<Vec<ExprId>, _>>()?;
        match function {
            VectorFunction::ElementMap => return self.element_map(call, &args, scope, model),
            VectorFunction::Lookup => {
                let (vector, over) = self.vector_from(call, args[0], scope, model)?;
                args[0] = vector;
                return Ok(Expr::Vector {
                    function,
                    over: vec![over],
                    args,
                    at: Vec::new(),
                });
            }
            VectorFunction::Marketp | VectorFunction::FindMarketPrice => {
                let args = self.market(call, function, &args, model)?;
                return Ok(written_out(function, args));
            }
            VectorFunction::DemandAtPrice | VectorFunction::SupplyAtPrice => {
                let profile = self.profile(args[1], model)?;
                args.splice(1..2, profile);
                return Ok(written_out(function, args));
            }
            _ => {}
        }
        let over = scope.indices_of(call.node);
        let rank = function.rank();
        if over.is_empty() || (rank > 0 && over.len() != rank) {
            return Err(self.fail(
                Diagnostic::error(
                    "misplaced-reduction",
                    format!("`{}` has nothing to run over", call.name.name),
                )
                .label(call.span, "no subscript with `!`")
                .help("mark the dimension: `VECTOR SELECT(chosen[dimension!], x[dimension!], ...)`"),
            ));
        }
        let places: Option<Vec<Subscript>> = (0..rank).rev().map(|at| scope.place_on_left(at)).collect();
        let Some(places) = places else {
            return Err(self.fail(
                Diagnostic::error(
                    "expected-vector",
                    format!(
                        "`{}` gives an array, but the left-hand side is none",
                        call.name.name
                    ),
                )
                .label(call.span, ""),
            ));
        };
        if function == VectorFunction::AllocateAvailable {
            let profile = self.profile(args[1], model)?;
            args.splice(1..2, profile);
        }
        Ok(Expr::Vector {
            function,
            over,
            args,
            at: places,
        })
    }

    /// The four vectors of a priority profile: they begin at the named element of its last dimension.
    fn profile(&mut self, named: ExprId, model: &mut Model) -> Result<[ExprId; 4], Failed> {
        let span = model.expr_spans[named];
        if let Expr::Variable { variable, subscripts } = model.exprs[named].clone()
            && let Some((Subscript::Element(first), others)) = subscripts.split_last()
            && !others.is_empty()
            && *first as usize + 4 <= size(model, variable, others.len())
        {
            return Ok([0, 1, 2, 3].map(|more| {
                let mut subscripts = others.to_vec();
                subscripts.push(Subscript::Element(first + more));
                push(model, Expr::Variable { variable, subscripts }, span)
            }));
        }
        Err(self.fail(
            Diagnostic::error(
                "expected-vector",
                "a priority profile ends with the first of four elements: kind, priority, width, extra",
            )
            .label(span, "")
            .help("name the first of the four: `profile[buyer,ptype]`"),
        ))
    }

    /// The arguments of a function of a market, with the elements of its vectors one by one. They are given by their first
    /// elements.
    fn market(
        &mut self,
        call: &Call<'_>,
        function: VectorFunction,
        args: &[ExprId],
        model: &mut Model,
    ) -> Result<Vec<ExprId>, Failed> {
        if function == VectorFunction::Marketp {
            let (requests, priorities) = (
                self.elements_from(call, args[0], 0, model)?,
                self.elements_from(call, args[1], 0, model)?,
            );
            let all = requests.len().min(priorities.len());
            let size = match model.exprs[args[2]] {
                Expr::Number(size) if size >= 1.0 && size <= all as f64 && size.fract() == 0.0 => {
                    size as usize
                }
                _ => {
                    return Err(self.fail(
                        Diagnostic::error(
                            "bad-argument",
                            format!("the size must be a number from 1 to {all}"),
                        )
                        .label(self.syntax.spans[call.args[2] as usize], "")
                        .help("count the elements: `ELMCOUNT(dimension)`"),
                    ));
                }
            };
            let vectors = requests[..size].iter().chain(&priorities[..size]).copied();
            return Ok([args[2]]
                .into_iter()
                .chain(vectors)
                .chain([args[3], args[4]])
                .collect());
        }
        let span = call.span;
        let (mut counts, mut curves) = (Vec::new(), Vec::new());
        for pair in args.chunks_exact(2) {
            let quantities = self.elements_from(call, pair[0], 0, model)?;
            let profiles = self.elements_from(call, pair[1], 1, model)?;
            if quantities.len() != profiles.len() {
                return Err(self.fail(
                    Diagnostic::error(
                        "expected-vector",
                        format!(
                            "{} quantities and {} profiles do not go together",
                            quantities.len(),
                            profiles.len()
                        ),
                    )
                    .label(span, ""),
                ));
            }
            counts.push(push(model, Expr::Number(quantities.len() as f64), span));
            for (quantity, profile) in quantities.into_iter().zip(profiles) {
                curves.push(quantity);
                curves.extend(self.profile(profile, model)?);
            }
        }
        counts.extend(curves);
        Ok(counts)
    }

    /// The elements from the named one on along a subscript, counted from the last.
    fn elements_from(
        &mut self,
        call: &Call<'_>,
        named: ExprId,
        from_last: usize,
        model: &mut Model,
    ) -> Result<Vec<ExprId>, Failed> {
        let span = model.expr_spans[named];
        if let Expr::Variable { variable, subscripts } = model.exprs[named].clone()
            && let Some(at) = subscripts.len().checked_sub(from_last + 1)
            && let Subscript::Element(first) = subscripts[at]
        {
            let length = size(model, variable, at) as u32;
            let element = |position: u32| {
                let mut subscripts = subscripts.clone();
                subscripts[at] = Subscript::Element(position);
                push(model, Expr::Variable { variable, subscripts }, span)
            };
            return Ok((first..length).map(element).collect());
        }
        Err(self.fail(
            Diagnostic::error(
                "expected-vector",
                format!("a vector of `{}` is given by its first element", call.name.name),
            )
            .label(span, "")
            .help("name an element: `FIND MARKET PRICE(need[a], need profile[a,ptype], ...)`"),
        ))
    }

    /// The vector that begins at an element: from there on along its last subscript.
    fn vector_from(
        &mut self,
        call: &Call<'_>,
        named: ExprId,
        scope: &mut Scope<'_>,
        model: &mut Model,
    ) -> Result<(ExprId, ReducedIndex), Failed> {
        let span = self.syntax.spans[call.args[0] as usize];
        if let Expr::Variable { variable, subscripts } = model.exprs[named].clone()
            && let Some((Subscript::Element(first), others)) = subscripts.split_last()
        {
            let length = size(model, variable, others.len()) as u32;
            let index = scope.own_index(call.node, length - first);
            let mut subscripts = others.to_vec();
            subscripts.push(Subscript::Reduced {
                index: index.index,
                positions: (*first..length).collect(),
            });
            return Ok((push(model, Expr::Variable { variable, subscripts }, span), index));
        }
        Err(self.fail(
            Diagnostic::error(
                "expected-vector",
                format!(
                    "the first argument of `{}` names no element of an array",
                    call.name.name
                ),
            )
            .label(span, "")
            .help("name the first element of the last subscript: `VECTOR LOOKUP(x[a], ...)`"),
        ))
    }

    /// `VECTOR ELM MAP(x[a], offset)`: all elements of `x`, the offset, and the place of `x[a]` among them.
    fn element_map(
        &mut self,
        call: &Call<'_>,
        args: &[ExprId],
        scope: &mut Scope<'_>,
        model: &mut Model,
    ) -> Result<Expr, Failed> {
        let span = self.syntax.spans[call.args[0] as usize];
        let Expr::Variable { variable, subscripts } = model.exprs[args[0]].clone() else {
            return Err(self.fail(
                Diagnostic::error("expected-vector", "the first argument is no element of an array")
                    .label(span, ""),
            ));
        };
        let sizes: Vec<usize> = (0..subscripts.len())
            .map(|at| size(model, variable, at))
            .collect();
        let count: usize = sizes.iter().product();
        let index = scope.own_index(call.node, count as u32);
        let mut stride = count;
        let mut whole = Vec::new();
        let mut base = push(model, Expr::Number(0.0), span);
        for (subscript, size) in subscripts.into_iter().zip(&sizes) {
            stride /= size;
            whole.push(Subscript::Reduced {
                index: index.index,
                positions: (0..count).map(|at| (at / stride % size) as u32).collect(),
            });
            let place = push(model, Expr::Position(subscript), span);
            let one = push(model, Expr::Number(1.0), span);
            let place = binary(model, BinaryOp::Subtract, place, one, span);
            let weight = push(model, Expr::Number(stride as f64), span);
            let place = binary(model, BinaryOp::Multiply, place, weight, span);
            base = binary(model, BinaryOp::Add, base, place, span);
        }
        let whole = push(
            model,
            Expr::Variable {
                variable,
                subscripts: whole,
            },
            span,
        );
        Ok(Expr::Vector {
            function: VectorFunction::ElementMap,
            over: vec![ReducedIndex { ..index }],
            args: vec![whole, args[1], base],
            at: Vec::new(),
        })
    }
}

/// A call whose vectors are written out.
fn written_out(function: VectorFunction, args: Vec<ExprId>) -> Expr {
    Expr::Vector {
        function,
        over: Vec::new(),
        args,
        at: Vec::new(),
    }
}

fn size(model: &Model, variable: VarId, dimension: usize) -> usize {
    let id = model.variables[variable].dimensions[dimension];
    model.dimensions[id].elements.len()
}

fn push(model: &mut Model, expr: Expr, span: Span) -> ExprId {
    model.expr_spans.push(span);
    model.exprs.push(expr)
}

fn binary(model: &mut Model, op: BinaryOp, left: ExprId, right: ExprId, span: Span) -> ExprId {
    push(model, Expr::Binary { op, left, right }, span)
}
