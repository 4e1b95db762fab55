//! Expressions as written to expressions of the model.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::{Call, Called};
use super::dimensions::{Dimensions, SubscriptName};
use super::external::{Books, External, external};
use super::names::{Names, is_definition_form};
use super::subscripts::{Scope, sizes};
use super::{places, shapes, tables};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::{Function, WRITTEN_OUT, is_unsupported, what_to_do};
use crate::model::{
    Definition, Equation, Expr, ExprId, Interpolation, Model, NOT_AVAILABLE, Series, Subscript, UnaryOp,
    VarId,
};
use crate::name::Name;
use crate::source::Span;
use crate::suggest::{from_elsewhere, nearest};
use crate::syntax::{Named, Node, NodeId, Right, SubscriptSyntax, Syntax};

/// Turns equations into definitions, and keeps what is to be said of many places at once.
pub(super) struct Translator<'a> {
    pub(super) syntax: &'a Syntax,
    pub(super) names: &'a Names<'a>,
    pub(super) dimensions: &'a Dimensions,
    /// The files that equations ask for.
    pub(super) books: &'a mut Books<'a>,
    pub(super) diagnostics: &'a mut Diagnostics,
    /// Variables whose left-hand sides are wrong.
    unshaped: &'a BTreeSet<VarId>,
    /// Names that nothing defines, with their uses.
    pub(super) undefined: BTreeMap<String, (Name, Vec<Span>)>,
    /// Functions that are not read yet, with their uses.
    pub(super) unsupported: BTreeMap<String, (Name, Vec<Span>)>,
    /// Texts in quotes; those that are arguments of a function that is not read yet are taken out again.
    pub(super) texts: BTreeSet<NodeId>,
    /// The right-hand side of the data equation that is being translated.
    pub(super) computed: Option<NodeId>,
    /// Lookups by id: known before the equations that call them are translated.
    pub(super) lookups: BTreeMap<VarId, bool>,
}

/// Whether an expression is a call that is refused: it may well give a lookup.
fn is_refused(node: &Node) -> bool {
    matches!(node, Node::Call { name, .. } if is_unsupported(&name.name))
}

/// Whether an expression is a table out of a file.
fn is_table(node: &Node) -> bool {
    matches!(node, Node::Call { name, .. } if external(&name.name) == Some(External::Lookups))
}

/// Whether a name is marked with `!` by itself, as the dimension is that a function runs over.
fn is_marked(name: &Name, subscripts: &[SubscriptSyntax]) -> bool {
    matches!(subscripts, [mark] if mark.reduced && mark.name.name == *name)
}

/// A part that could not be translated; a message was given.
#[derive(Clone, Copy)]
pub(super) struct Failed;

impl<'a> Translator<'a> {
    pub(super) fn new(
        syntax: &'a Syntax,
        names: &'a Names<'a>,
        dimensions: &'a Dimensions,
        unshaped: &'a BTreeSet<VarId>,
        books: &'a mut Books<'a>,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let lookups = names
            .definitions
            .iter()
            .filter_map(|(id, equation)| match equation.right {
                Right::Lookup(_) => Some((*id, true)),
                // What could not be read may be anything.
                Right::Broken | Right::List { .. } => None,
                Right::Expression { root } if is_refused(&syntax.nodes[root as usize]) => None,
                Right::Expression { root } if is_table(&syntax.nodes[root as usize]) => Some((*id, true)),
                _ => Some((*id, false)),
            })
            .collect();
        Self {
            syntax,
            names,
            dimensions,
            unshaped,
            books,
            diagnostics,
            undefined: BTreeMap::new(),
            unsupported: BTreeMap::new(),
            texts: BTreeSet::new(),
            computed: None,
            lookups,
        }
    }

    /// The equations that a definition gives; nothing if it is in error.
    pub(super) fn definition(
        &mut self,
        definition: &shapes::Definition<'_>,
        model: &mut Model,
    ) -> Option<Vec<Equation>> {
        let span = definition.syntax.span;
        let equation = |region: &[Vec<u32>], definition: Definition| Equation {
            region: region.to_vec(),
            definition,
            span,
        };
        match &definition.syntax.right {
            Right::Expression { root } | Right::Data { root: Some(root), .. }
                if let Some(kind) = self.brings(*root) =>
            {
                let interpolation = match definition.syntax.right {
                    Right::Data { interpolation, .. } => interpolation,
                    _ => Interpolation::default(),
                };
                self.external(definition, kind, *root, interpolation, model)
            }
            Right::Data {
                interpolation,
                root: None,
            } => {
                let series = Series {
                    interpolation: *interpolation,
                    times: Vec::new(),
                    values: Vec::new(),
                };
                let equations = definition.regions.iter();
                Some(
                    equations
                        .map(|region| equation(region, Definition::Data(series.clone())))
                        .collect(),
                )
            }
            Right::Data {
                root: Some(root),
                interpolation,
            } if self.number(*root).is_none() => {
                self.computed = Some(*root);
                let found = definition.regions.iter().map(|region| {
                    let ids = self.nodes(definition, *root + 1, model);
                    let root = ids[(*root - definition.syntax.first) as usize]?;
                    Ok(equation(
                        region,
                        Definition::Derived {
                            root,
                            interpolation: *interpolation,
                        },
                    ))
                });
                let found: Result<Vec<Equation>, Failed> = found.collect();
                self.computed = None;
                found.ok()
            }
            Right::Expression { root } | Right::Data { root: Some(root), .. } => definition
                .regions
                .iter()
                .map(|region| Ok(equation(region, self.expression(definition, *root, model)?)))
                .collect::<Result<_, Failed>>()
                .ok(),
            Right::Stock { rate, initial } => definition
                .regions
                .iter()
                .map(|region| Ok(equation(region, self.stock(definition, *rate, *initial, model)?)))
                .collect::<Result<_, Failed>>()
                .ok(),
            Right::Lookup(table) => {
                let table = tables::table(table, self.diagnostics);
                let equations = definition.regions.iter();
                Some(
                    equations
                        .map(|region| equation(region, Definition::Lookup(table.clone())))
                        .collect(),
                )
            }
            Right::List { rows } => self.list(definition, rows, model),
            Right::Range(_) | Right::Alias(_) | Right::Text(_) | Right::Check | Right::Broken => None,
        }
    }

    /// One equation for each number of a list.
    fn list(
        &mut self,
        definition: &shapes::Definition<'_>,
        rows: &[Vec<NodeId>],
        model: &mut Model,
    ) -> Option<Vec<Equation>> {
        let sizes = sizes(
            &model.dimensions,
            &model.variables[definition.variable].dimensions,
        );
        let places = match shapes::list_places(definition, &sizes) {
            Ok(places) => places,
            Err(why) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "bad-list",
                        format!("the list does not fit `{}`: {why}", definition.syntax.name.name),
                    )
                    .label(definition.syntax.span, ""),
                );
                return None;
            }
        };
        let mut equations = Vec::with_capacity(places.len());
        for (node, place) in rows.iter().flatten().zip(places) {
            let span = self.syntax.spans[*node as usize];
            let Some(value) = self.number(*node) else {
                self.diagnostics.push(
                    Diagnostic::error("bad-list", "a list holds numbers only")
                        .label(span, "not a number")
                        .help("write one equation for each element instead"),
                );
                return None;
            };
            let id = model.exprs.push(Expr::Number(value));
            model.expr_spans.push(span);
            equations.push(Equation {
                region: shapes::position_of(place, &sizes),
                definition: Definition::Expression(id),
                span,
            });
        }
        Some(equations)
    }

    /// The value of a number with signs before it.
    pub(super) fn number(&self, mut node: NodeId) -> Option<f64> {
        let mut sign = 1.0;
        loop {
            match &self.syntax.nodes[node as usize] {
                Node::Number(value) => return Some(sign * value),
                Node::NotAvailable => return Some(sign * NOT_AVAILABLE),
                Node::Plus(operand) => node = *operand,
                Node::Unary {
                    op: UnaryOp::Negate,
                    operand,
                } => {
                    sign = -sign;
                    node = *operand;
                }
                _ => return None,
            }
        }
    }

    fn expression(
        &mut self,
        definition: &shapes::Definition<'_>,
        root: NodeId,
        model: &mut Model,
    ) -> Result<Definition, Failed> {
        let equation = definition.syntax;
        // A definition form at the root is no expression: only its arguments are.
        let form = match &self.syntax.nodes[root as usize] {
            Node::Call { name, args, .. }
                if is_definition_form(&name.name) && name.name.key() != "with lookup" =>
            {
                Some((name, args))
            }
            _ => None,
        };
        let end = if form.is_some() { root } else { root + 1 };
        let ids = self.nodes(definition, end, model);
        let at = |node: NodeId| ids[(node - equation.first) as usize];
        let Some((name, args)) = form else {
            return at(root).map(Definition::Expression);
        };
        if name.name.key() == "a function of" {
            self.diagnostics.push(
                Diagnostic::error(
                    "incomplete-equation",
                    format!("`{}` has no equation yet", equation.name.name),
                )
                .label(
                    name.span,
                    "Vensim's mark for an equation that is still to be written",
                ),
            );
            return Err(Failed);
        }
        let is_stock = name.name.key() == "integ";
        let parameters: &[&str] = if is_stock {
            &["rate", "initial value"]
        } else {
            &["active equation", "initial value"]
        };
        let [first, second] = args.as_slice() else {
            self.count(name, parameters, args.len(), self.syntax.spans[root as usize]);
            return Err(Failed);
        };
        let (first, second) = (at(*first)?, at(*second)?);
        Ok(if is_stock {
            Definition::Stock {
                rate: first,
                initial: second,
                non_negative: false,
            }
        } else {
            Definition::ActiveInitial {
                active: first,
                initial: second,
            }
        })
    }

    /// A stock that was declared as one: of its two expressions, the later ends the equation's.
    fn stock(
        &mut self,
        definition: &shapes::Definition<'_>,
        rate: NodeId,
        initial: NodeId,
        model: &mut Model,
    ) -> Result<Definition, Failed> {
        let ids = self.nodes(definition, rate.max(initial) + 1, model);
        let at = |node: NodeId| ids[(node - definition.syntax.first) as usize];
        Ok(Definition::Stock {
            rate: at(rate)?,
            initial: at(initial)?,
            non_negative: false,
        })
    }

    /// Translates the nodes of an equation up to `end`.
    fn nodes(
        &mut self,
        definition: &shapes::Definition<'_>,
        end: NodeId,
        model: &mut Model,
    ) -> Vec<Result<ExprId, Failed>> {
        let first = definition.syntax.first;
        let own = model.variables[definition.variable].dimensions.clone();
        let mut scope = Scope::new(self.syntax, self.dimensions, &definition.left, own, first, end);
        let mut ids = Vec::with_capacity((end - first) as usize);
        for node in first..end {
            let id = self.node(node, first, &ids, &mut scope, model);
            ids.push(id);
        }
        ids
    }

    /// Translates one node, whose children are in `ids`.
    fn node(
        &mut self,
        node: NodeId,
        first: NodeId,
        ids: &[Result<ExprId, Failed>],
        scope: &mut Scope<'_>,
        model: &mut Model,
    ) -> Result<ExprId, Failed> {
        let span = self.syntax.spans[node as usize];
        let at = |node: NodeId| ids[(node - first) as usize];
        let expr = match &self.syntax.nodes[node as usize] {
            Node::Number(value) => Expr::Number(*value),
            Node::NotAvailable => Expr::Number(NOT_AVAILABLE),
            Node::Text(_) => {
                self.texts.insert(node);
                return Err(Failed);
            }
            // A table belongs to the call that it is an argument of, and has no expression of its own.
            Node::Table(_) => return Err(Failed),
            Node::Plus(operand) => return at(*operand),
            Node::Unary { op, operand } => {
                let operand = at(*operand)?;
                match (op, &model.exprs[operand]) {
                    (UnaryOp::Negate, Expr::Number(value)) => Expr::Number(-value),
                    _ => Expr::Unary { op: *op, operand },
                }
            }
            Node::Binary { op, left, right } => Expr::Binary {
                op: *op,
                left: at(*left)?,
                right: at(*right)?,
            },
            Node::Name { name, subscripts } => self.name(name, subscripts, node, scope, model)?,
            Node::Call {
                name,
                subscripts,
                args,
            } => {
                let call = Call {
                    name,
                    subscripts,
                    args,
                    node,
                    span,
                };
                match self.call(&call, scope, model, &at)? {
                    Called::Expr(expr) => expr,
                    Called::Known(id) => return Ok(id),
                }
            }
            Node::Function { function, args } => Expr::Call {
                function: *function,
                args: args.iter().map(|arg| at(*arg)).collect::<Result<_, _>>()?,
            },
            Node::Output { name, .. } => {
                return Err(self.fail(
                    Diagnostic::error(
                        "unexpected-output",
                        format!("`{}` stands where a call defines a variable", name.name),
                    )
                    .label(span, "behind `:`")
                    .help("only a macro with several outputs, and `DELAYP`, define variables beside their value"),
                ));
            }
            Node::Time => Expr::Time,
        };
        let id = model.exprs.push(expr);
        model.expr_spans.push(span);
        Ok(id)
    }

    fn name(
        &mut self,
        name: &Name,
        subscripts: &[SubscriptSyntax],
        node: NodeId,
        scope: &mut Scope<'_>,
        model: &Model,
    ) -> Result<Expr, Failed> {
        let span = self.syntax.spans[node as usize];
        let known = self.names.get(name).is_some();
        if !subscripts.is_empty() && !known && name.key() == "time" || known && is_marked(name, subscripts) {
            let problem = Diagnostic::error("misplaced-mark", format!("`{name}` is no dimension"));
            let problem = problem.label(span, "a subscript, or the mark `!`, makes no sense here");
            return Err(self.fail(if is_marked(name, subscripts) {
                problem.help("`!` marks a dimension that a function runs over; for unequal, write `<>`")
            } else {
                problem.help("leave the subscripts out: the time is one number")
            }));
        }
        match self.names.get(name) {
            // A function looks at it whole.
            _ if scope.is_table(node) => Err(Failed),
            // XMILE keeps elements and variables apart; in Vensim no name can be both.
            Some(variable)
                if self.syntax.settings.functions_are_reserved
                    && subscripts.is_empty()
                    && matches!(self.dimensions.find(name), Some(SubscriptName::Element(_))) =>
            {
                let first = model.variables[variable].span;
                let problem = format!("`{name}` is both a variable and an element of a dimension");
                let problem = Diagnostic::error("ambiguous-name", problem)
                    .label(span, "which of the two?")
                    .label(first, "the variable")
                    .help("rename one of them");
                Err(self.fail(problem))
            }
            Some(variable) => {
                if self.lookups.get(&variable) == Some(&true) {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "lookup-as-variable",
                            format!("`{name}` is a lookup, not a number"),
                        )
                        .label(span, "used like a variable")
                        .help(format!("call it: `{name}(x)`")),
                    );
                    return Err(Failed);
                }
                Ok(Expr::Variable {
                    variable,
                    subscripts: self.subscripts(variable, subscripts, node, scope, model)?,
                })
            }
            None if name.key() == "time" => Ok(Expr::Time),
            None if self.names.text(name).is_some() => {
                self.diagnostics.push(
                    Diagnostic::error("unexpected-text", format!("`{name}` is a text, not a number"))
                        .label(span, "used like a variable")
                        .help("a text (`:IS:`) can name a file or a sheet in `GET XLS DATA` and its kin"),
                );
                Err(Failed)
            }
            None => self.subscript_as_number(name, subscripts, node, scope),
        }
    }

    pub(super) fn subscripts(
        &mut self,
        variable: VarId,
        written: &[SubscriptSyntax],
        node: NodeId,
        scope: &mut Scope<'_>,
        model: &Model,
    ) -> Result<Vec<Subscript>, Failed> {
        // Of a variable whose left-hand side is wrong, no dimension is known.
        if self.unshaped.contains(&variable) || scope.is_muted(node) {
            return Err(Failed);
        }
        let span = self.syntax.spans[node as usize];
        scope
            .subscripts(&model.variables[variable], written, node, span, self.diagnostics)
            .ok_or(Failed)
    }

    /// A name that is no variable: an element or a dimension that is used as a number, or undefined.
    fn subscript_as_number(
        &mut self,
        name: &Name,
        subscripts: &[SubscriptSyntax],
        node: NodeId,
        scope: &mut Scope<'_>,
    ) -> Result<Expr, Failed> {
        let span = self.syntax.spans[node as usize];
        match self.dimensions.find(name) {
            Some(SubscriptName::Element(element)) => {
                Ok(Expr::Number(f64::from(self.dimensions.number_of(element))))
            }
            Some(SubscriptName::Dimension(_)) if scope.is_muted(node) => Err(Failed),
            Some(SubscriptName::Dimension(dimension)) => {
                if scope.is_counted(node) {
                    return Ok(Expr::Number(self.dimensions.elements(dimension).len() as f64));
                }
                let named = Named {
                    name: name.clone(),
                    span,
                };
                let number = match subscripts {
                    [] => scope.number(dimension, &named),
                    _ => scope.running_number(dimension, &named, node),
                };
                number.map(Expr::Position).map_err(|diagnostic| {
                    self.diagnostics.push(*diagnostic);
                    Failed
                })
            }
            None => {
                self.undefined
                    .entry(name.key().to_owned())
                    .or_insert_with(|| (name.clone(), Vec::new()))
                    .1
                    .push(span);
                Err(Failed)
            }
        }
    }

    /// Says what was kept for the end.
    pub(super) fn report(mut self) {
        for text in &self.texts {
            self.diagnostics.push(
                Diagnostic::error("unexpected-text", "a text in quotes stands where a number should")
                    .label(self.syntax.spans[*text as usize], "")
                    .help("names are quoted with `\"`, not with `'`"),
            );
        }
        for (name, spans) in std::mem::take(&mut self.unsupported).into_values() {
            let diagnostic = Diagnostic::error(
                "unsupported-function",
                format!("the function `{name}` is not read yet"),
            );
            let diagnostic = places(diagnostic, &spans, "used here");
            self.diagnostics.push(match what_to_do(&name) {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            });
        }
        for (name, spans) in std::mem::take(&mut self.undefined).into_values() {
            let diagnostic = Diagnostic::error("undefined-name", format!("`{name}` is not defined"));
            let diagnostic = places(diagnostic, &spans, "used here");
            let function = Function::from_vensim(&name);
            self.diagnostics.push(match function {
                Some(function) => diagnostic.help(format!(
                    "it is a function: `{}({})`",
                    function.name(),
                    function.parameters().join(", ")
                )),
                None if from_elsewhere(name.written()).is_some() => {
                    diagnostic.help(from_elsewhere(name.written()).unwrap_or_default())
                }
                None if is_unsupported(&name)
                    || is_definition_form(&name)
                    || WRITTEN_OUT.contains(&name.key()) =>
                {
                    diagnostic.help("it is a function of Vensim and needs arguments in brackets")
                }
                None => {
                    let shown = self
                        .names
                        .definitions
                        .iter()
                        .filter(|(_, equation)| !equation.hidden);
                    let variables = shown.map(|(_, equation)| equation.name.name.key());
                    let functions: Vec<String> = Function::ALL
                        .iter()
                        .map(|function| function.name().to_ascii_lowercase())
                        .collect();
                    let known = variables.chain(functions.iter().map(String::as_str));
                    match nearest(name.key(), known).map(|key| self.written(key)) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                        None => diagnostic.help("define it, or correct its spelling"),
                    }
                }
            });
        }
    }

    /// The spelling of a key of a variable or a function.
    fn written(&self, key: &str) -> String {
        let name = Name::new(key);
        match (self.names.get(&name), Function::from_vensim(&name)) {
            (None, Some(function)) => function.name().to_owned(),
            _ => self
                .names
                .definitions
                .iter()
                .find(|(_, equation)| equation.name.name == name)
                .map_or(key.to_owned(), |(_, equation)| {
                    equation.name.name.written().to_owned()
                }),
        }
    }
}
