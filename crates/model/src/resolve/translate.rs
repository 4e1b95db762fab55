//! Expressions as written to expressions of the model.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{Meaning, Names, is_definition_form};
use super::{places, tables};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::{Function, is_unsupported};
use crate::model::{Definition, Expr, ExprId, Model, UnaryOp};
use crate::name::Name;
use crate::source::Span;
use crate::suggest::nearest;
use crate::syntax::{EquationSyntax, Named, Node, NodeId, Right, Syntax};

/// Vensim's "not available", -2^109.
pub(crate) const NOT_AVAILABLE: f64 = -649_037_107_316_853_453_566_312_041_152_512.0;

/// Turns equations into definitions, and keeps what is to be said of many places at once.
pub(super) struct Translator<'a> {
    syntax: &'a Syntax,
    names: &'a Names<'a>,
    diagnostics: &'a mut Diagnostics,
    /// Names that nothing defines, with their uses.
    undefined: BTreeMap<String, (Name, Vec<Span>)>,
    /// Functions that are not read yet, with their uses.
    unsupported: BTreeMap<String, (Name, Vec<Span>)>,
    /// Texts in quotes; those that are arguments of a function that is not read yet are taken out again.
    texts: BTreeSet<NodeId>,
    /// Lookups by id: known before the equations that call them are translated.
    lookups: BTreeMap<crate::model::VarId, bool>,
}

/// A part that could not be translated; a message was given.
#[derive(Clone, Copy)]
struct Failed;

impl<'a> Translator<'a> {
    pub(super) fn new(syntax: &'a Syntax, names: &'a Names<'a>, diagnostics: &'a mut Diagnostics) -> Self {
        let lookups = names
            .definitions
            .iter()
            .filter_map(|(id, equation)| match equation.right {
                Right::Lookup(_) => Some((*id, true)),
                // What could not be read may be anything.
                Right::Broken | Right::Data | Right::List { .. } => None,
                _ => Some((*id, false)),
            })
            .collect();
        Self {
            syntax,
            names,
            diagnostics,
            undefined: BTreeMap::new(),
            unsupported: BTreeMap::new(),
            texts: BTreeSet::new(),
            lookups,
        }
    }

    /// The definition an equation gives; nothing if it is in error.
    pub(super) fn equation(&mut self, equation: &EquationSyntax, model: &mut Model) -> Option<Definition> {
        match &equation.right {
            Right::Expression { root } => self.definition(equation, *root, model).ok(),
            Right::Stock { rate, initial } => self.stock(equation, *rate, *initial, model).ok(),
            Right::Lookup(table) => tables::table(table, self.diagnostics).map(Definition::Lookup),
            Right::List { .. } | Right::Data | Right::Range | Right::Other(_) | Right::Broken => None,
        }
    }

    fn definition(
        &mut self,
        equation: &EquationSyntax,
        root: NodeId,
        model: &mut Model,
    ) -> Result<Definition, Failed> {
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
        let mut ids = Vec::with_capacity((end - equation.first) as usize);
        for node in equation.first..end {
            let id = self.node(node, equation.first, &ids, model);
            ids.push(id);
        }
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
        equation: &EquationSyntax,
        rate: NodeId,
        initial: NodeId,
        model: &mut Model,
    ) -> Result<Definition, Failed> {
        let mut ids = Vec::new();
        for node in equation.first..=rate.max(initial) {
            let id = self.node(node, equation.first, &ids, model);
            ids.push(id);
        }
        let at = |node: NodeId| ids[(node - equation.first) as usize];
        Ok(Definition::Stock {
            rate: at(rate)?,
            initial: at(initial)?,
            non_negative: false,
        })
    }

    /// Translates one node, whose children are in `ids`.
    fn node(
        &mut self,
        node: NodeId,
        first: NodeId,
        ids: &[Result<ExprId, Failed>],
        model: &mut Model,
    ) -> Result<ExprId, Failed> {
        let span = self.syntax.spans[node as usize];
        let at = |node: NodeId| ids[(node - first) as usize];
        let expr = match &self.syntax.nodes[node as usize] {
            Node::Number(value) => Expr::Number(*value),
            Node::NotAvailable => Expr::Number(NOT_AVAILABLE),
            Node::Text => {
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
            Node::Name { name, subscripts } => self.name(name, !subscripts.is_empty(), span)?,
            Node::Call { name, args, .. } => self.call(name, args, span, &at)?,
            Node::Function { function, args } => Expr::Call {
                function: *function,
                args: args.iter().map(|arg| at(*arg)).collect::<Result<_, _>>()?,
            },
            Node::Time => Expr::Time,
        };
        let id = model.exprs.push(expr);
        model.expr_spans.push(span);
        Ok(id)
    }

    fn name(&mut self, name: &Name, subscripted: bool, span: Span) -> Result<Expr, Failed> {
        match self.names.get(name) {
            Some(Meaning::Variable(variable)) => {
                if subscripted {
                    return Err(Failed);
                }
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
                    subscripts: Vec::new(),
                })
            }
            Some(Meaning::Refused) => Err(Failed),
            None if name.key() == "time" => Ok(Expr::Time),
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

    fn call(
        &mut self,
        name: &Named,
        args: &[NodeId],
        span: Span,
        at: &dyn Fn(NodeId) -> Result<ExprId, Failed>,
    ) -> Result<Expr, Failed> {
        match self.names.get(&name.name) {
            Some(Meaning::Variable(variable)) => {
                return match self.lookups.get(&variable) {
                    Some(true) => match args {
                        [x] => Ok(Expr::LookupCall {
                            lookup: variable,
                            subscripts: Vec::new(),
                            x: at(*x)?,
                        }),
                        _ => {
                            self.count(name, &["x"], args.len(), span);
                            Err(Failed)
                        }
                    },
                    Some(false) => {
                        self.diagnostics.push(
                            Diagnostic::error(
                                "variable-as-lookup",
                                format!("`{}` is a variable, not a lookup or a function", name.name),
                            )
                            .label(span, "called like a function")
                            .help(format!("if a product is meant, write `{} * (...)`", name.name)),
                        );
                        Err(Failed)
                    }
                    None => Err(Failed),
                };
            }
            Some(Meaning::Refused) => return Err(Failed),
            None => {}
        }
        if name.name.key() == "with lookup" {
            return self.with_lookup(name, args, span, at);
        }
        if is_definition_form(&name.name) {
            self.diagnostics.push(
                Diagnostic::error(
                    "misplaced-function",
                    format!("`{}` must be the whole right-hand side", name.name),
                )
                .label(span, "stands within an expression")
                .help("give it a variable of its own and use that variable here"),
            );
            return Err(Failed);
        }
        if let Some(function) = Function::from_vensim(&name.name) {
            if args.len() != function.parameters().len() {
                self.count(name, function.parameters(), args.len(), span);
                return Err(Failed);
            }
            let args = args.iter().map(|arg| at(*arg)).collect::<Result<_, _>>()?;
            return Ok(Expr::Call { function, args });
        }
        let list = if is_unsupported(&name.name) {
            for arg in args {
                self.texts.remove(arg);
            }
            &mut self.unsupported
        } else {
            &mut self.undefined
        };
        list.entry(name.name.key().to_owned())
            .or_insert_with(|| (name.name.clone(), Vec::new()))
            .1
            .push(name.span);
        Err(Failed)
    }

    fn with_lookup(
        &mut self,
        name: &Named,
        args: &[NodeId],
        span: Span,
        at: &dyn Fn(NodeId) -> Result<ExprId, Failed>,
    ) -> Result<Expr, Failed> {
        let [x, table] = args else {
            self.count(name, &["x", "table"], args.len(), span);
            return Err(Failed);
        };
        let Node::Table(table) = &self.syntax.nodes[*table as usize] else {
            self.diagnostics.push(
                Diagnostic::error(
                    "expected-table",
                    "the second argument of `WITH LOOKUP` is not a table",
                )
                .label(self.syntax.spans[*table as usize], "")
                .help("write the points: `WITH LOOKUP(x, ((0,0),(1,1)))`"),
            );
            return Err(Failed);
        };
        let table = tables::table(table, self.diagnostics).ok_or(Failed)?;
        Ok(Expr::WithLookup {
            x: at(*x)?,
            table: Box::new(table),
        })
    }

    fn count(&mut self, name: &Named, parameters: &[&str], found: usize, span: Span) {
        let takes = match parameters.len() {
            0 => "no argument".to_owned(),
            1 => "1 argument".to_owned(),
            count => format!("{count} arguments"),
        };
        self.diagnostics.push(
            Diagnostic::error(
                "argument-count",
                format!("`{}` takes {takes}, not {found}", name.name),
            )
            .label(span, "")
            .help(format!("write `{}({})`", name.name, parameters.join(", "))),
        );
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
            self.diagnostics.push(places(diagnostic, &spans, "used here"));
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
                None if is_unsupported(&name) || is_definition_form(&name) => {
                    diagnostic.help("it is a function of Vensim and needs arguments in brackets")
                }
                None => {
                    let variables = self
                        .names
                        .definitions
                        .iter()
                        .map(|(_, equation)| equation.name.name.key());
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
