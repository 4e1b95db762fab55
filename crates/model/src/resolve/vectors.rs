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
            let profile = self.profile(call, args[1], model)?;
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
    fn profile(&mut self, call: &Call<'_>, named: ExprId, model: &mut Model) -> Result<[ExprId; 4], Failed> {
        let span = self.syntax.spans[call.args[1] as usize];
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
            .help("write `ALLOCATE AVAILABLE(request[buyer], profile[buyer,ptype], available)`"),
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
