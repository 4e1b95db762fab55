//! The parts of a document to the one syntax that all readers share: every name is the name in the whole file, every
//! function one of the model's language.
//!
//! What an equation needs twice (the divisor of `SAFEDIV`, the arguments of a macro) becomes a hidden variable of its own, so
//! that nothing is computed twice and nothing is drawn twice.

use std::collections::{BTreeMap, VecDeque};

use super::arrays::{Part, Within, WrittenOut};
use super::carried::Plan;
use super::document::{Document, Equation, MacroPart, PartKind, VariablePart};
use super::equation::{Expression, Reference, Term, TermId};
use super::functions::{Builtin, Made, Meaning, builtin, constant};
use super::limits::Limits;
use super::scopes::{MAX_DEPTH, MAX_LETTERS, Scope, ScopeId, Scopes, Target};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Function;
use crate::model::{BinaryOp, UnaryOp};
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{EquationSyntax, Item, Named, Node, NodeId, Right, SubscriptSyntax, Syntax, TableSyntax};

/// Part of an expression: the terms from the first to the last, which is its root.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice<'d> {
    pub expression: &'d Expression,
    pub first: TermId,
    pub root: TermId,
}

impl<'d> Slice<'d> {
    pub(super) fn whole(expression: &'d Expression) -> Self {
        Self {
            expression,
            first: 0,
            root: expression.terms.len() - 1,
        }
    }
    pub(super) fn below(self, root: TermId) -> Self {
        Self {
            first: self.expression.first[root],
            root,
            ..self
        }
    }
    pub(super) fn span(self) -> Span {
        self.expression.spans[self.root]
    }
    /// Whether it is a number or a name, with signs at most: not worth a variable of its own.
    pub(super) fn is_small(self) -> bool {
        self.root - self.first <= 2
            && self.expression.terms[self.first..=self.root].iter().all(|term| {
                matches!(
                    term,
                    Term::Number(_)
                        | Term::Name(_)
                        | Term::Element { .. }
                        | Term::Unary { .. }
                        | Term::Plus(_)
                )
            })
    }
    /// The number, if it is one.
    pub(super) fn number(self) -> Option<f64> {
        match self.expression.terms[self.root] {
            Term::Number(value) => Some(value),
            Term::Plus(operand) => self.below(operand).number(),
            Term::Unary {
                op: UnaryOp::Negate,
                operand,
            } => self.below(operand).number().map(|value| -value),
            _ => None,
        }
    }
}

/// In whose equation an expression stands.
#[derive(Clone, Debug)]
pub(super) struct Context {
    /// The variable that the author wrote.
    pub own: Name,
    pub scope: ScopeId,
    /// The subscripts on its left-hand side: dimensions, or the element that the equation is for.
    pub left: Vec<Named>,
    /// The dimensions of the variable; as many as there are subscripts.
    pub over: Vec<Named>,
    /// What the expression stands within.
    pub within: Within,
}

/// What defines a variable, or one element of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'d> {
    pub equation: &'d Equation,
    /// Which of the numbers of a list.
    pub of_list: Option<TermId>,
    pub span: Span,
    pub initial: &'d Equation,
    pub table: Option<&'d TableSyntax>,
    pub broken_table: bool,
}

/// What waits until the equation that asked for it has been written.
pub(super) enum Hidden<'d> {
    /// An expression that has become a variable.
    Expression {
        name: Named,
        context: Context,
        slice: Slice<'d>,
    },
    /// The mean of an array.
    Mean {
        name: Named,
        context: Context,
        slice: Slice<'d>,
    },
    /// A variable of a macro.
    Variable { part: &'d VariablePart, scope: ScopeId },
}

/// A part that could not be written; a message was given or will be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

/// An argument of a function that is made of several parts.
pub(super) enum Argument<'d> {
    Slice(Slice<'d>),
    /// It has a variable of its own.
    Variable(Name, Span),
}

/// Who is called.
enum Callee<'d> {
    Table(Target<'d>),
    Macro(usize),
    Builtin(&'static Builtin),
    Variable(Target<'d>),
    Unknown,
}

/// Writes the syntax of a document.
pub(super) struct Emitter<'d, 'x> {
    pub document: &'d Document,
    pub scopes: Scopes<'d>,
    pub limits: Limits,
    pub plan: Plan<'d>,
    pub syntax: Syntax,
    pub diagnostics: &'x mut Diagnostics,
    pub unknown: Unknown,
    pub written_out: WrittenOut,
    pub hidden: VecDeque<Hidden<'d>>,
    /// Tables that become variables.
    tables: Vec<(Name, TableSyntax, Span)>,
    /// How many calls of each function have got variables of their own, by variable and function.
    counts: BTreeMap<(String, String), usize>,
    macros_are_full: bool,
    /// How many letters the names have that macros have made.
    letters: usize,
}

/// Names and functions that mean nothing here, with their uses, to be told at the end.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    pub names: BTreeMap<String, (String, ScopeId, Vec<Span>)>,
    pub functions: BTreeMap<String, (String, Vec<Span>)>,
    pub subscripts: Vec<Span>,
}

impl Context {
    /// The context of an equation within a call of a macro that stands in this one.
    fn within(&self, own: Name, scope: ScopeId) -> Self {
        Self {
            own,
            scope,
            ..self.clone()
        }
    }
}

/// Subscripts as they stand on the left.
pub(super) fn plain_subscripts(names: &[Named]) -> Vec<SubscriptSyntax> {
    let plain = |name: &Named| SubscriptSyntax {
        name: name.clone(),
        reduced: false,
    };
    names.iter().map(plain).collect()
}

impl<'d, 'x> Emitter<'d, 'x> {
    pub(super) fn new(
        document: &'d Document,
        scopes: Scopes<'d>,
        limits: Limits,
        plan: Plan<'d>,
        diagnostics: &'x mut Diagnostics,
    ) -> Self {
        Self {
            document,
            scopes,
            limits,
            plan,
            syntax: Syntax::default(),
            diagnostics,
            unknown: Unknown::default(),
            written_out: WrittenOut::default(),
            hidden: VecDeque::new(),
            tables: Vec::new(),
            counts: BTreeMap::new(),
            macros_are_full: false,
            letters: 0,
        }
    }

    pub(super) fn push(&mut self, node: Node, span: Span) -> NodeId {
        let id = self.syntax.nodes.len() as NodeId;
        self.syntax.nodes.push(node);
        self.syntax.spans.push(span);
        id
    }
    pub(super) fn next(&self) -> NodeId {
        self.syntax.nodes.len() as NodeId
    }
    /// A variable with the subscripts of the left-hand side, if it is an array.
    pub(super) fn alike(&mut self, name: &Name, context: &Context, span: Span) -> NodeId {
        let subscripts = if self.scopes.arrays.contains(name.key()) {
            plain_subscripts(&context.left)
        } else {
            Vec::new()
        };
        let name = name.clone();
        self.push(Node::Name { name, subscripts }, span)
    }
    pub(super) fn named(&mut self, name: &Name, span: Span) -> NodeId {
        self.push(
            Node::Name {
                name: name.clone(),
                subscripts: Vec::new(),
            },
            span,
        )
    }
    pub(super) fn number(&mut self, value: f64, span: Span) -> NodeId {
        self.push(Node::Number(value), span)
    }
    pub(super) fn binary(&mut self, op: BinaryOp, left: NodeId, right: NodeId, span: Span) -> NodeId {
        self.push(Node::Binary { op, left, right }, span)
    }
    pub(super) fn negate(&mut self, operand: NodeId, span: Span) -> NodeId {
        let op = UnaryOp::Negate;
        self.push(Node::Unary { op, operand }, span)
    }
    pub(super) fn function<const N: usize>(
        &mut self,
        function: Function,
        args: [NodeId; N],
        span: Span,
    ) -> NodeId {
        let args = args.to_vec();
        self.push(Node::Function { function, args }, span)
    }
    /// The variable that holds the time step.
    pub(super) fn time_step(&mut self, span: Span) -> NodeId {
        let name = self.syntax.settings.controls[2].clone();
        self.named(&name, span)
    }

    /// Adds an equation whose nodes begin at `first`.
    pub(super) fn equation(
        &mut self,
        name: Named,
        left: &[Named],
        first: NodeId,
        right: Right,
        span: Span,
    ) -> &mut EquationSyntax {
        self.syntax.items.push(Item::Equation(Box::new(EquationSyntax {
            name,
            subscripts: plain_subscripts(left),
            except: Vec::new(),
            right,
            first,
            span,
            units: String::new(),
            units_span: None,
            range: None,
            comment: String::new(),
            supplementary: false,
            hidden: false,
        })));
        match self.syntax.items.last_mut() {
            Some(Item::Equation(equation)) => equation,
            _ => unreachable!("an equation was added"),
        }
    }

    /// Writes the equations of the hidden variables that others have asked for.
    pub(super) fn hidden_equations(&mut self) {
        self.hidden_expressions();
        for (name, table, span) in std::mem::take(&mut self.tables) {
            let first = self.next();
            let named = Named { name, span };
            self.equation(named, &[], first, Right::Lookup(table), span)
                .hidden = true;
        }
    }

    fn hidden_expressions(&mut self) {
        while let Some(hidden) = self.hidden.pop_front() {
            let first = self.next();
            let (name, context, slice, root) = match hidden {
                Hidden::Expression { name, context, slice } => {
                    let root = self.slice(slice, &context);
                    (name, context, slice, root)
                }
                Hidden::Mean { name, context, slice } => {
                    let root = self.mean(slice, &context, name.span);
                    (name, context, slice, root)
                }
                Hidden::Variable { part, scope } => {
                    self.variable(part, scope, true);
                    continue;
                }
            };
            let right = match root {
                Ok(root) => Right::Expression { root },
                Err(Failed) => Right::Broken,
            };
            let span = self.span_of(slice, &context);
            self.equation(name, &context.left, first, right, span).hidden = true;
        }
    }

    /// The value of a cell that is no stock's: its equation, led through its graphical function.
    pub(super) fn value(
        &mut self,
        cell: Cell<'d>,
        part: &VariablePart,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let slice = self.expected(cell, part)?;
        let x = self.slice(slice, context);
        if cell.broken_table {
            return Err(Failed);
        }
        let x = x?;
        let Some(table) = cell.table else { return Ok(x) };
        Ok(self.with_lookup(x, table.clone(), cell.span))
    }

    /// The equation of a cell, which must be there.
    pub(super) fn expected(&mut self, cell: Cell<'d>, part: &VariablePart) -> Result<Slice<'d>, Failed> {
        match cell.equation {
            Equation::Given(expression) => Ok(Slice::whole(expression)),
            Equation::Broken => Err(Failed),
            Equation::List(expression, _) if cell.of_list.is_some() => {
                Ok(Slice::whole(expression).below(cell.of_list.unwrap_or(0)))
            }
            Equation::List(..) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "bad-list",
                        format!(
                            "the list of values for `{}` does not fit its elements",
                            part.name.name
                        ),
                    )
                    .label(cell.span, "")
                    .help("give one value for each element, the last dimension running fastest"),
                );
                Err(Failed)
            }
            Equation::Missing => {
                let what = match part.kind {
                    PartKind::Stock => "initial value",
                    _ => "equation",
                };
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-missing-equation",
                        format!("`{}` has no {what}", part.name.name),
                    )
                    .label(cell.span, "")
                    .help("write it into `<eqn>`; the input of a module needs a `<connect>` or an equation"),
                );
                Err(Failed)
            }
        }
    }

    fn with_lookup(&mut self, x: NodeId, table: TableSyntax, span: Span) -> NodeId {
        let place = table.span;
        let table = self.push(Node::Table(Box::new(table)), place);
        self.push(
            Node::Call {
                name: Named {
                    name: Name::new("WITH LOOKUP"),
                    span,
                },
                subscripts: Vec::new(),
                args: vec![x, table],
            },
            span,
        )
    }

    /// Writes an expression; all that is wrong with it is told.
    pub(super) fn slice(&mut self, slice: Slice<'d>, context: &Context) -> Result<NodeId, Failed> {
        let jumps = self.jumps(slice, context);
        let expression = slice.expression;
        let mut failed = false;
        let mut ids = vec![0; slice.root + 1 - slice.first];
        let mut at = slice.first;
        let place = self.scopes.scopes[context.scope].place;
        while at <= slice.root {
            let span = place.unwrap_or(expression.spans[at]);
            if let Some(call) = jumps.get(&at) {
                at = *call;
                let id = self.call(slice.below(at), context).unwrap_or_else(|Failed| {
                    failed = true;
                    self.number(0.0, span)
                });
                ids[at - slice.first] = id;
                at += 1;
                continue;
            }
            let of = |term: TermId| ids[term - slice.first];
            let node = match &expression.terms[at] {
                Term::Number(value) => Ok(Node::Number(*value)),
                Term::Name(name) => self.name(name, context, span),
                Term::Element { name, subscripts } => {
                    let part = Part {
                        name,
                        subscripts,
                        expression: Some(expression),
                        span,
                    };
                    self.element(part, context)
                }
                Term::Plus(operand) => Ok(Node::Plus(of(*operand))),
                Term::Unary { op, operand } => Ok(Node::Unary {
                    op: *op,
                    operand: of(*operand),
                }),
                Term::Binary { op, left, right } => Ok(Node::Binary {
                    op: *op,
                    left: of(*left),
                    right: of(*right),
                }),
                Term::Modulo { left, right } => Ok(Node::Function {
                    function: self.of_the_maker(Function::FlooredModulo),
                    args: vec![of(*left), of(*right)],
                }),
                Term::If { condition, yes, no } => Ok(Node::Function {
                    function: Function::IfThenElse,
                    args: vec![of(*condition), of(*yes), of(*no)],
                }),
                Term::Call { name, args } => {
                    let args: Vec<NodeId> = args.iter().map(|arg| of(*arg)).collect();
                    self.plain_call(name, args, context, span)
                }
            };
            let node = node.unwrap_or_else(|Failed| {
                failed = true;
                Node::Number(0.0)
            });
            ids[at - slice.first] = self.push(node, span);
            at += 1;
        }
        if failed {
            return Err(Failed);
        }
        Ok(ids[slice.root - slice.first])
    }

    /// Calls whose arguments are not written as they stand, outermost ones only: where each begins, and where it is.
    fn jumps(&self, slice: Slice<'d>, context: &Context) -> BTreeMap<TermId, TermId> {
        let mut jumps = BTreeMap::new();
        let mut at = slice.root;
        loop {
            let is_made = match &slice.expression.terms[at] {
                Term::Call { name, args } => {
                    self.array_function(slice.below(at), context).is_some()
                        || match self.callee(name, args.len(), context) {
                            Callee::Macro(_) => true,
                            Callee::Builtin(builtin) => matches!(builtin.meaning, Meaning::Made(_)),
                            Callee::Table(target) => !target.only_table,
                            Callee::Variable(target) => !target.dimensions.is_empty() && args.len() == 1,
                            Callee::Unknown => false,
                        }
                }
                Term::Element { .. } => slice.expression.first[at] < at,
                _ => false,
            };
            if is_made {
                jumps.insert(slice.expression.first[at], at);
                at = slice.expression.first[at];
            }
            if at == slice.first {
                return jumps;
            }
            at -= 1;
        }
    }

    fn callee(&self, name: &Reference, arguments: usize, context: &Context) -> Callee<'d> {
        let target = self.scopes.find(name, context.scope);
        if let Some(target) = target.filter(|target| target.table.is_some()) {
            return Callee::Table(target.clone());
        }
        if let Some(name) = name.plain() {
            let key = Name::key_of(name);
            // Of several macros of one name that which takes so many arguments.
            let macros = self.document.macros.iter().enumerate();
            let mut found = macros.filter(|(_, part)| part.name.name.key() == key).peekable();
            let first = found.peek().map(|(at, _)| *at);
            let fits = found.find(|(_, part)| part.takes().contains(&arguments));
            if let Some(found) = fits.map(|(at, _)| at).or(first) {
                return Callee::Macro(found);
            }
            if let Some(builtin) = builtin(name) {
                return Callee::Builtin(builtin);
            }
            let library = &self.document.library;
            if let Some(found) = library.iter().position(|part| part.name.name.key() == key) {
                return Callee::Macro(self.document.macros.len() + found);
            }
        }
        match target {
            Some(target) => Callee::Variable(target.clone()),
            None => Callee::Unknown,
        }
    }

    /// A call whose arguments stand as they are.
    fn plain_call(
        &mut self,
        name: &Reference,
        args: Vec<NodeId>,
        context: &Context,
        span: Span,
    ) -> Result<Node, Failed> {
        match self.callee(name, args.len(), context) {
            Callee::Table(target) | Callee::Variable(target) => Ok(Node::Call {
                name: Named {
                    name: target.name,
                    span,
                },
                subscripts: Vec::new(),
                args,
            }),
            Callee::Builtin(builtin) => {
                self.check_count(builtin, args.len(), span)?;
                match builtin.meaning {
                    Meaning::Same(functions) => Ok(Node::Function {
                        function: self.of_the_maker(functions[args.len() - builtin.required]),
                        args,
                    }),
                    Meaning::Made(_) => unreachable!("made functions are written by `call`"),
                }
            }
            Callee::Macro(_) => unreachable!("macros are written by `call`"),
            Callee::Unknown => {
                // `PI()` and the like are as good as the name alone.
                let is_constant = name
                    .plain()
                    .is_some_and(|name| constant(&Name::key_of(name)).is_some());
                if is_constant && args.is_empty() {
                    return self.name(name, context, span);
                }
                let is_mean = name.plain().is_some_and(|name| name.eq_ignore_ascii_case("mean"));
                if is_mean && let [first, others @ ..] = args.as_slice() {
                    // Of several numbers, not of an array.
                    let add = |left, right: &NodeId| self.binary(BinaryOp::Add, left, *right, span);
                    let left = others.iter().fold(*first, add);
                    let right = self.number(args.len() as f64, span);
                    let op = BinaryOp::Divide;
                    return Ok(Node::Binary { op, left, right });
                }
                let written = name.to_string();
                self.unknown
                    .functions
                    .entry(Name::key_of(&written))
                    .or_insert_with(|| (written, Vec::new()))
                    .1
                    .push(span);
                Err(Failed)
            }
        }
    }

    /// The function as the program means it that made the file.
    fn of_the_maker(&self, function: Function) -> Function {
        match function {
            Function::Floor if self.document.is_vensims => Function::Integer,
            Function::FlooredModulo if self.document.is_vensims => Function::Modulo,
            other => other,
        }
    }

    fn check_count(&mut self, builtin: &Builtin, found: usize, span: Span) -> Result<(), Failed> {
        let most = builtin.parameters.len();
        if (builtin.required..=most).contains(&found) {
            return Ok(());
        }
        let takes = match (builtin.required, most) {
            (1, 1) => "1 argument".to_owned(),
            (least, most) if least == most => format!("{most} arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        };
        let (needed, further) = builtin.parameters.split_at(builtin.required);
        let further: String = further.iter().map(|name| format!("[, {name}]")).collect();
        self.diagnostics.push(
            Diagnostic::error(
                "argument-count",
                format!("`{}` takes {takes}, not {found}", builtin.name),
            )
            .label(span, "")
            .help(format!(
                "write `{}({}{further})`",
                builtin.name,
                needed.join(", ")
            )),
        );
        Err(Failed)
    }

    /// A call that is an expression of its own.
    fn call(&mut self, slice: Slice<'d>, context: &Context) -> Result<NodeId, Failed> {
        let span = self.span_of(slice, context);
        let (name, args) = match &slice.expression.terms[slice.root] {
            Term::Call { name, args } => (name, args),
            Term::Element { name, subscripts } => {
                let part = Part {
                    name,
                    subscripts,
                    expression: Some(slice.expression),
                    span,
                };
                let node = self.element(part, context)?;
                return Ok(self.push(node, span));
            }
            _ => unreachable!("a call begins where a jump leads to"),
        };
        if let Some(function) = self.array_function(slice, context) {
            return self.over_array(function, slice, context);
        }
        match self.callee(name, args.len(), context) {
            Callee::Table(target) => {
                let [x] = args.as_slice() else {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "argument-count",
                            format!("`{name}` takes 1 argument, not {}", args.len()),
                        )
                        .label(span, "a graphical function is called at one place"),
                    );
                    return Err(Failed);
                };
                self.table_at(&target, Vec::new(), slice.below(*x), context)
            }
            Callee::Macro(found) => self.macro_call(found, slice, args, context),
            Callee::Builtin(builtin) => {
                self.check_count(builtin, args.len(), span)?;
                let Meaning::Made(made) = builtin.meaning else {
                    unreachable!("functions of the same form are written by `plain_call`")
                };
                if matches!(made, Made::Lookup | Made::LookupInverse) {
                    return self.lookup(slice, args, made == Made::LookupInverse, context);
                }
                if made == Made::Size {
                    let size = self.size(slice.below(args[0]), context)?;
                    return Ok(self.number(size, span));
                }
                let count = args.len();
                let repeated = made.repeated(count);
                let arguments: Vec<Argument<'d>> = args
                    .iter()
                    .enumerate()
                    .map(|(position, arg)| {
                        let part = slice.below(*arg);
                        if repeated.contains(&position) && !part.is_small() {
                            if context.within.reduced {
                                self.unknown.subscripts.push(self.span_of(part, context));
                            }
                            let name = self.own_name(context, builtin.name, builtin.parameters[position]);
                            self.hide(name.clone(), part, context.clone());
                            Argument::Variable(name, self.span_of(part, context))
                        } else {
                            Argument::Slice(part)
                        }
                    })
                    .collect();
                self.made(made, &arguments, context, span)
            }
            Callee::Variable(target) => self.numbered(name, &target, slice.below(args[0]), context),
            Callee::Unknown => unreachable!("these are written by `plain_call`"),
        }
    }

    /// A name for what belongs to a call: `variable.FUNCTION 1.parameter`.
    pub(super) fn own_name(&mut self, context: &Context, function: &str, parameter: &str) -> Name {
        let key = (context.own.key().to_owned(), format!("{function} {parameter}"));
        let count = self.counts.entry(key).or_insert(0);
        *count += 1;
        Name::new(format!(
            "{}.{function} {count}.{parameter}",
            context.own.written()
        ))
    }

    pub(super) fn hide(&mut self, name: Name, slice: Slice<'d>, context: Context) {
        let span = self.span_of(slice, &context);
        self.hidden.push_back(Hidden::Expression {
            name: Named { name, span },
            context,
            slice,
        });
    }

    pub(super) fn argument(&mut self, argument: &Argument<'d>, context: &Context) -> Result<NodeId, Failed> {
        match argument {
            Argument::Slice(slice) => self.slice(*slice, context),
            Argument::Variable(name, span) => {
                let (name, subscripts) = (name.clone(), plain_subscripts(&context.left));
                Ok(self.push(Node::Name { name, subscripts }, *span))
            }
        }
    }

    fn table_at(
        &mut self,
        target: &Target<'d>,
        subscripts: Vec<SubscriptSyntax>,
        x: Slice<'d>,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let span = self.span_of(x, context);
        let x = self.slice(x, context)?;
        match target.table {
            Some(table) if !target.only_table => Ok(self.with_lookup(x, table.clone(), span)),
            _ => Ok(self.push(
                Node::Call {
                    name: Named {
                        name: target.name.clone(),
                        span,
                    },
                    subscripts,
                    args: vec![x],
                },
                span,
            )),
        }
    }

    /// `LOOKUP(graphical function, x)`
    fn lookup(
        &mut self,
        slice: Slice<'d>,
        args: &[TermId],
        inverse: bool,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let [table, x] = args else {
            unreachable!("the arguments were counted")
        };
        let (target, subscripts) = match &slice.expression.terms[*table] {
            Term::Name(name) => (self.scopes.find(name, context.scope).cloned(), Vec::new()),
            Term::Element { name, subscripts } => {
                let part = Part {
                    name,
                    subscripts,
                    expression: Some(slice.expression),
                    span: slice.expression.spans[*table],
                };
                match self.element(part, context)? {
                    Node::Name { subscripts, .. } => {
                        (self.scopes.find(name, context.scope).cloned(), subscripts)
                    }
                    _ => (None, Vec::new()),
                }
            }
            _ => (None, Vec::new()),
        };
        match target.filter(|target| target.table.is_some()) {
            Some(target) if inverse => self.inverse_at(&target, subscripts, slice.below(*x), context),
            Some(target) => self.table_at(&target, subscripts, slice.below(*x), context),
            None => {
                let function = if inverse { "LOOKUPINV" } else { "LOOKUP" };
                self.diagnostics.push(
                    Diagnostic::error(
                        "expected-table",
                        format!("the first argument of `{function}` is not a graphical function"),
                    )
                    .label(slice.expression.spans[*table], "")
                    .help("name a variable that has a `<gf>`"),
                );
                Err(Failed)
            }
        }
    }

    /// `LOOKUPINV(graphical function, y)`
    fn inverse_at(
        &mut self,
        target: &Target<'d>,
        subscripts: Vec<SubscriptSyntax>,
        y: Slice<'d>,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let span = self.span_of(y, context);
        let y = self.slice(y, context)?;
        let mut name = target.name.clone();
        if let Some(table) = target.table.filter(|_| !target.only_table) {
            // A table that has an input of its own gets a variable without one.
            name = self.own_name(context, "LOOKUPINV", "graphical function");
            self.tables.push((name.clone(), table.clone(), span));
        }
        let table = self.push(Node::Name { name, subscripts }, span);
        Ok(self.push(
            Node::Call {
                name: Named {
                    name: Name::new("LOOKUP INVERT"),
                    span,
                },
                subscripts: Vec::new(),
                args: vec![table, y],
            },
            span,
        ))
    }

    /// A call of a macro: its variables, with those of the arguments, in a scope of their own.
    fn macro_call(
        &mut self,
        found: usize,
        slice: Slice<'d>,
        args: &'d [TermId],
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let part = self.macro_part(found);
        let span = self.span_of(slice, context);
        if context.within.reduced {
            self.unknown.subscripts.push(span);
            return Err(Failed);
        }
        let given = args.len();
        let required = part
            .parameters
            .iter()
            .take_while(|parameter| parameter.default.is_none())
            .count();
        if given < required || given > part.parameters.len() {
            let parameters: Vec<&str> = part
                .parameters
                .iter()
                .map(|parameter| parameter.name.name.written())
                .collect();
            let takes = match parameters.len() {
                1 => "1 argument".to_owned(),
                most if required < most => format!("{required} to {most} arguments"),
                count => format!("{count} arguments"),
            };
            let what = if found < self.document.macros.len() {
                "the macro "
            } else {
                ""
            };
            let mut diagnostic = Diagnostic::error(
                "argument-count",
                format!("{what}`{}` takes {takes}, not {given}", part.name.name),
            )
            .label(span, "");
            if found < self.document.macros.len() {
                diagnostic = diagnostic.label(part.name.span, "the macro");
            }
            let (needed, further) = parameters.split_at(required);
            let further: String = further.iter().map(|name| format!("[, {name}]")).collect();
            self.diagnostics.push(diagnostic.help(format!(
                "write `{}({}{further})`",
                part.name.name,
                needed.join(", ")
            )));
            return Err(Failed);
        }
        let is_library = found >= self.document.macros.len();
        let depth = self.scopes.scopes[context.scope].depth + 1;
        // A macro is written out wherever it is called: one that calls itself has no end.
        let calls = &self.scopes.scopes[context.scope].calls;
        if calls.contains(&found) || depth > MAX_DEPTH || self.letters > MAX_LETTERS {
            if !self.macros_are_full {
                self.macros_are_full = true;
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-macro",
                        format!(
                            "the macro `{}` calls itself, or macros within macros are too many",
                            part.name.name
                        ),
                    )
                    .label(part.name.span, "")
                    .label(span, "called here"),
                );
            }
            return Err(Failed);
        }
        let value = self.own_name(context, part.name.name.written(), "value");
        let prefix = value
            .written()
            .strip_suffix("value")
            .unwrap_or(value.written())
            .to_owned();
        self.letters += prefix.len() * (part.variables.len() + part.parameters.len() + 1);
        let mut scope = Scope::new(prefix, depth);
        scope.calls.clone_from(&self.scopes.scopes[context.scope].calls);
        scope.calls.push(found);
        scope.left.clone_from(&context.left);
        scope.over.clone_from(&context.over);
        scope.place = is_library
            .then_some(span)
            .or(self.scopes.scopes[context.scope].place);
        scope.declare(&part.variables);
        let inner = self.scopes.scopes.len();
        let names = part.variables.iter().map(|variable| &variable.name.name);
        for variable in &part.variables {
            let name = scope.full(&variable.name.name);
            self.scopes.convert(variable, &name, !context.left.is_empty());
        }
        for name in names.chain(part.parameters.iter().map(|parameter| &parameter.name.name)) {
            self.mark_array(&scope.full(name), context);
        }
        self.mark_array(&value, context);
        let mut names = Vec::with_capacity(part.parameters.len());
        for parameter in &part.parameters {
            let name = scope.full(&parameter.name.name);
            scope.declare_number(&parameter.name.name, name.clone());
            names.push(name);
        }
        self.scopes.scopes.push(scope);
        for (position, (parameter, name)) in part.parameters.iter().zip(names).enumerate() {
            match (args.get(position), &parameter.default) {
                (Some(arg), _) => self.hide(name, slice.below(*arg), context.clone()),
                (None, Some(default)) => {
                    let own = context.own.clone();
                    self.hide(name, Slice::whole(default), context.within(own, inner));
                }
                (None, None) => {}
            }
        }
        let inside = context.within(value.clone(), inner);

        for variable in &part.variables {
            self.hidden.push_back(Hidden::Variable {
                part: variable,
                scope: inner,
            });
        }
        match &part.equation {
            Equation::Given(expression) => self.hide(value.clone(), Slice::whole(expression), inside),
            Equation::Broken | Equation::Missing | Equation::List(..) => return Err(Failed),
        }
        Ok(self.alike(&value, context, span))
    }

    /// What a macro makes within an equation for the elements of an array is an array, too.
    fn mark_array(&mut self, name: &Name, context: &Context) {
        if !context.left.is_empty() {
            self.scopes.arrays.insert(name.key().to_owned());
        }
    }

    /// A macro of the document, or behind those one of the library.
    fn macro_part(&self, found: usize) -> &'d MacroPart {
        let own = &self.document.macros;
        own.get(found)
            .unwrap_or_else(|| &self.document.library[found - own.len()])
    }

    /// The place of an expression; within a function of the library that of the call.
    pub(super) fn span_of(&self, slice: Slice<'d>, context: &Context) -> Span {
        let place = self.scopes.scopes[context.scope].place;
        place.unwrap_or_else(|| slice.span())
    }
}
