//! A document's variables, group by group and module by module, as equations of the shared syntax.

use std::collections::{BTreeMap, BTreeSet};

use super::arrays::Within;
use super::carried::Plan;
use super::document::{Contents, Document, Equation, PartKind, Setting, VariablePart};
use super::emit::{Cell, Context, Emitter, Failed, Slice, plain_subscripts};
use super::equation::{Expression, Reference, TermId};
use super::functions::{constant, known_words};
use super::limits::Limits;
use super::scopes::{Input, ROOT, ScopeId, is_only_table, multiplier_of, scopes};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Function;
use crate::model::{BinaryOp, Integration};
use crate::name::Name;
use crate::resolve::places;
use crate::source::Span;
use crate::suggest::nearest;
use crate::syntax::{
    EquationSyntax, Heading, Item, Named, Node, NodeId, RangeItem, RangeSyntax, Right, Syntax,
};

/// The syntax of a document.
pub(super) fn write(document: &Document, diagnostics: &mut Diagnostics) -> Syntax {
    let mut scopes = scopes(document, diagnostics);
    let plan = Plan::new(document, &mut scopes, diagnostics);
    let limits = Limits::new(document, &scopes, diagnostics);
    let mut emitter = Emitter::new(document, scopes, limits, plan, diagnostics);
    emitter.dimensions();
    emitter.settings();

    emitter.macros();
    emitter.models();
    emitter.report();
    emitter.syntax
}

/// What the control variables are called: as in Vensim, unless the file has variables of these names.
const CONTROLS: [(&str, &str); 4] = [
    ("INITIAL TIME", "STARTTIME"),
    ("FINAL TIME", "STOPTIME"),
    ("TIME STEP", "DT"),
    ("SAVEPER", "SAVE INTERVAL"),
];

/// Names of units of time that every file of XMILE may use for each other.
const UNITS_OF_TIME: [&[&str]; 19] = [
    &["nanoseconds", "nanosecond", "ns"],
    &["microseconds", "microsecond", "us"],
    &["milliseconds", "millisecond", "ms"],
    &["seconds", "second", "s"],
    &["per_second", "1/seconds"],
    &["minutes", "minute", "min"],
    &["per_minute", "1/minutes"],
    &["hours", "hour", "hr"],
    &["per_hour", "1/hours"],
    &["days", "day"],
    &["per_day", "1/days"],
    &["weeks", "week", "wk"],
    &["per_week", "1/weeks"],
    &["months", "month", "mo"],
    &["per_month", "1/months"],
    &["quarters", "quarter", "qtr"],
    &["per_quarter", "1/quarters"],
    &["years", "year", "yr"],
    &["per_year", "1/years"],
];

impl<'d> Emitter<'d, '_> {
    /// The dimensions, as ranges of elements.
    fn dimensions(&mut self) {
        let document = self.document;
        for part in &document.dimensions {
            let first = self.next();
            let items = part.elements.iter().cloned().map(RangeItem::Name).collect();
            let right = Right::Range(RangeSyntax {
                items,
                mappings: Vec::new(),
            });
            self.equation(part.name.clone(), &[], first, right, part.name.span);
        }
    }

    /// The settings and the control variables.
    fn settings(&mut self) {
        let specs = &self.document.specs;
        self.syntax.settings.functions_are_reserved = false;
        self.syntax.settings.integration = if self.plan.stores.is_empty() {
            specs.integration
        } else {
            Integration::Euler
        };
        self.syntax.settings.equivalents = self.document.equivalents.clone();
        let span = specs.dt.span;
        let known = UNITS_OF_TIME
            .iter()
            .map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        self.syntax
            .settings
            .equivalents
            .extend(known.map(|names| (names, span)));
        let values = [Some(specs.start), Some(specs.stop), Some(specs.dt), specs.save];
        for (position, ((name, other), value)) in CONTROLS.into_iter().zip(values).enumerate() {
            let name = Name::new(name);
            match (self.variable_of(&name), value) {
                (None, value) => self.control(position, name, value),
                // Files made of Vensim models say these things twice.
                (Some(part), Some(value)) if number_of(part) == Some(value.value) => {
                    self.syntax.settings.controls[position] = name;
                }
                (Some(_), None) => self.syntax.settings.controls[position] = name,
                (Some(part), Some(value)) => {
                    self.diagnostics.push(
                        Diagnostic::warning(
                            "control-variable",
                            format!("the variable `{name}` is not what `<sim_specs>` says"),
                        )
                        .label(part.own.equation_span, "a variable like any other")
                        .label(value.span, "this counts")
                        .help("change both, or rename the variable"),
                    );
                    self.control(position, Name::new(other), Some(value));
                }
            }
        }
    }

    fn variable_of(&self, name: &Name) -> Option<&'d VariablePart> {
        let root = self.document.models.first()?;
        root.variables.iter().find(|part| part.name.name == *name)
    }

    fn control(&mut self, position: usize, name: Name, value: Option<Setting>) {
        let specs = &self.document.specs;
        self.syntax.settings.controls[position] = name.clone();
        let first = self.next();
        let span = value.map_or(specs.dt.span, |value| value.span);
        let root = match value {
            Some(value) => self.number(value.value, span),
            None => self.time_step(span),
        };
        let equation = self.equation(Named { name, span }, &[], first, Right::Expression { root }, span);
        equation.units.clone_from(&specs.time_units);
        equation.units_span = specs.time_units_span;
    }

    /// Refuses macros that no call could tell apart.
    fn macros(&mut self) {
        let macros = &self.document.macros;
        for (at, part) in macros.iter().enumerate() {
            let before = macros[..at].iter().find(|other| {
                let (one, two) = (part.takes(), other.takes());
                other.name.name == part.name.name && one.start() <= two.end() && two.start() <= one.end()
            });
            if let Some(first) = before {
                self.diagnostics.push(
                    Diagnostic::error(
                        "redefinition",
                        format!(
                            "the macro `{}` is defined twice for as many arguments",
                            part.name.name
                        ),
                    )
                    .label(part.name.span, "defined again")
                    .label(first.name.span, "first defined here")
                    .help("rename or remove one of them"),
                );
            }
        }
    }

    fn models(&mut self) {
        let document = self.document;
        let instances = std::mem::take(&mut self.scopes.instances);
        for instance in &instances {
            let model = instance.model;
            let mut grouped: BTreeMap<&str, usize> = BTreeMap::new();
            for (at, group) in model.groups.iter().enumerate() {
                for member in group.members.iter().filter_map(Reference::plain) {
                    let key = Name::key_of(member);
                    if let Some(part) = model.variables.iter().find(|part| part.name.name.key() == key) {
                        grouped.entry(part.name.name.key()).or_insert(at);
                    }
                }
            }
            if instance.scope != ROOT {
                let path = self.scopes.scopes[instance.scope]
                    .prefix
                    .trim_end_matches('.')
                    .to_owned();
                let span = model
                    .name
                    .as_ref()
                    .map_or(document.specs.dt.span, |name| name.span);
                self.syntax.items.push(Item::Group(Heading {
                    name: Name::new(path),
                    comment: String::new(),
                    span,
                }));
            }
            for group in std::iter::once(None).chain((0..model.groups.len()).map(Some)) {
                if let Some(group) = group.map(|at| &model.groups[at]) {
                    let name = self.scopes.scopes[instance.scope].full(&group.name.name);
                    self.syntax.items.push(Item::Group(Heading {
                        name,
                        comment: group.comment.clone(),
                        span: group.name.span,
                    }));
                }
                for part in &model.variables {
                    let key = part.name.name.key();
                    if grouped.get(key).copied() != group {
                        continue;
                    }
                    match instance.inputs.get(key) {
                        Some(input) => self.connected(part, instance.scope, *input),
                        None => self.variable(part, instance.scope, false),
                    }
                    self.hidden_equations();
                }
            }
        }
        self.scopes.instances = instances;
    }

    /// An input of a module: what it is connected to.
    fn connected(&mut self, part: &'d VariablePart, scope: ScopeId, input: Input<'d>) {
        let name = self.scopes.scopes[scope].full(&part.name.name);
        let first = self.next();
        let right = match self.scopes.find(input.from, input.scope) {
            Some(target) => {
                let source = target.name.clone();
                let context = Context {
                    own: name.clone(),
                    scope,
                    left: part.dimensions.clone(),
                    over: part.dimensions.clone(),
                    within: Within::default(),
                };
                let root = self.alike(&source, &context, input.span);
                Right::Expression { root }
            }
            None => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-connection",
                        format!("there is no variable `{}` to connect from", input.from),
                    )
                    .label(input.span, "")
                    .label(part.name.span, "the input it should feed"),
                );
                Right::Broken
            }
        };
        let named = Named {
            name,
            span: part.name.span,
        };
        describe(
            self.equation(named, &part.dimensions, first, right, input.span),
            part,
            false,
        );
    }

    /// Writes the equation of a variable.
    pub(super) fn variable(&mut self, part: &'d VariablePart, scope: ScopeId, hidden: bool) {
        let name = self.scopes.scopes[scope].full(&part.name.name);
        let span = part.name.span;
        if constant(part.name.name.key()).is_some_and(|constant| {
            use super::functions::Constant;
            !matches!(constant, Constant::Pi | Constant::Infinity)
        }) {
            self.diagnostics.push(
                Diagnostic::error(
                    "name-is-taken",
                    format!("`{}` has a meaning in every model", part.name.name),
                )
                .label(span, "defined here")
                .help("give the variable another name"),
            );
        }
        if let Some(unknown) = part
            .dimensions
            .iter()
            .find(|dimension| self.dimension(&dimension.name).is_none())
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "undefined-subscript",
                    format!("`{}` is not a dimension", unknown.name),
                )
                .label(unknown.span, "")
                .help(format!(
                    "add a `<dim name=\"{}\">` to the `<dimensions>` of the file",
                    unknown.name
                )),
            );
            let first = self.next();
            let named = Named { name, span };
            describe(
                self.equation(named, &[], first, Right::Broken, part.own.equation_span),
                part,
                hidden,
            );
            return;
        }
        // Within a call of a macro a variable has the subscripts of the equation that calls.
        let (left, over) = if part.dimensions.is_empty() {
            let scope = &self.scopes.scopes[scope];
            (scope.left.clone(), scope.over.clone())
        } else {
            (part.dimensions.clone(), part.dimensions.clone())
        };
        let whole = Context {
            own: name.clone(),
            scope,
            left,
            over,
            within: Within::default(),
        };
        let span = self.scopes.scopes[scope].place.unwrap_or(span);
        if let Equation::Given(multiplier) = &part.flow.multiplier {
            self.hide(multiplier_of(&name), Slice::whole(multiplier), whole.clone());
        }
        let driver = self.plan.out_of.get(name.key()).copied();
        let mut name = name;
        let mut hidden = hidden;
        if let Some((id, place)) = driver.filter(|_| part.kind == PartKind::Flow) {
            let fraction = self.fraction_of(part, &name, &whole);
            let first = self.next();
            let right = match self.driven(id, place, &whole, part.own.equation_span) {
                Ok(root) => expression_of(root),
                Err(Failed) => Right::Broken,
            };
            let named = Named { name, span };
            describe(
                self.equation(named, &whole.left, first, right, part.own.equation_span),
                part,
                hidden,
            );
            // What stands in the equation of a leak is its fraction; that of any other driven flow means nothing.
            match fraction {
                Some(fraction) => (name, hidden) = (fraction, true),
                None => return,
            }
        }
        let is_fraction = driver.is_some();
        let table_only = is_only_table(part);
        let of_all = cell(&part.own, &part.own);
        let listed = self.elements_of_list(part);
        let located: Vec<(Vec<Named>, &Contents)> = part
            .elements
            .iter()
            .filter_map(|element| {
                let place = self.located(&element.subscripts, &part.dimensions).ok()?;
                Some((place, &element.own))
            })
            .collect();
        let cells: Vec<(&[Named], Cell<'d>)> = if !part.elements.is_empty() {
            let each = located.iter();
            let each = each.map(|(place, own)| (place.as_slice(), cell(own, &part.own)));
            // What stands beside the elements is of those that are not among them.
            each.chain(self.has_others(part).then_some((whole.left.as_slice(), of_all)))
                .collect()
        } else if let Some(elements) = &listed {
            let of = |root: TermId| Cell {
                of_list: Some(root),
                ..of_all
            };
            let each = elements.iter();
            each.map(|(left, root)| (left.as_slice(), of(*root))).collect()
        } else {
            vec![(&whole.left, of_all)]
        };
        for (place, (left, mut cell)) in cells.into_iter().enumerate() {
            let context = Context {
                left: left.to_vec(),
                own: name.clone(),
                ..whole.clone()
            };
            cell.span = self.scopes.scopes[scope].place.unwrap_or(cell.span);
            let first = self.next();
            let right = match part.kind {
                _ if table_only => match cell.table {
                    Some(table) => Right::Lookup(table.clone()),
                    None => Right::Broken,
                },
                PartKind::Stock => self.stock(cell, part, &context).unwrap_or(Right::Broken),
                PartKind::Flow | PartKind::Aux | PartKind::Table => {
                    let right = match (part.kind, cell.equation) {
                        (PartKind::Aux, Equation::List(expression, roots))
                            if cell.table.is_none() && cell.of_list.is_none() =>
                        {
                            self.list(expression, roots, &context)
                        }
                        (PartKind::Flow, _) if !is_fraction => {
                            self.flow(cell, part, &context).map(expression_of)
                        }
                        _ => self.auxiliary(cell, part, &context).map(expression_of),
                    };
                    right.unwrap_or(Right::Broken)
                }
            };
            let named = Named {
                name: name.clone(),
                span,
            };
            let of_others = !part.elements.is_empty() && place == located.len();
            let equation = self.equation(named, left, first, right, cell.span);
            if of_others {
                equation.except = located.iter().map(|(place, _)| plain_subscripts(place)).collect();
            }
            describe(equation, part, hidden);
            if is_fraction {
                equation.units.clear();
                equation.units_span = None;
            }
        }
        if let Some(id) = self.plan.store(name.key()) {
            self.store(id);
        }
    }

    /// The elements of its dimensions that an `<element>` names; those with names may be named by their numbers, too.
    fn located(&mut self, subscripts: &[Named], dimensions: &[Named]) -> Result<Vec<Named>, Failed> {
        let mut found = subscripts.to_vec();
        for (named, dimension) in found.iter_mut().zip(dimensions) {
            let Some(of) = self.dimension(&dimension.name) else {
                continue;
            };
            let is_known = of.elements.iter().any(|element| element.name == named.name);
            let number: Option<usize> = named.name.written().parse().ok();
            let by_number = number.and_then(|number| of.elements.get(number.checked_sub(1)?));
            match by_number {
                _ if is_known => {}
                Some(element) => named.name = element.name.clone(),
                // Tells that it is none.
                None => _ = self.number_of(&named.name, of, named.span)?,
            }
        }
        Ok(found)
    }

    /// Whether an array with equations for some elements has another for all others.
    fn has_others(&self, part: &VariablePart) -> bool {
        let sizes = part.dimensions.iter();
        let sizes = sizes.map(|dimension| {
            self.dimension(&dimension.name)
                .map_or(0, |found| found.elements.len())
        });
        matches!(part.own.equation, Equation::Given(_)) && part.elements.len() < sizes.product()
    }

    /// The elements of an array whose values are listed, with what is listed for each; not for an auxiliary of one dimension, whose
    /// list the resolver takes as it is.
    fn elements_of_list(&self, part: &'d VariablePart) -> Option<Vec<(Vec<Named>, TermId)>> {
        let Equation::List(_, roots) = &part.own.equation else {
            return None;
        };
        let is_plain = part.kind == PartKind::Aux && part.own.table.is_none() && part.dimensions.len() == 1;
        if part.dimensions.is_empty() || is_plain {
            return None;
        }
        let mut elements: Vec<Vec<Named>> = vec![Vec::new()];
        for dimension in &part.dimensions {
            let names = &self.dimension(&dimension.name)?.elements;
            if elements.len() * names.len() > roots.len() {
                return None;
            }
            let with = |element: &Vec<Named>, name: &Named| {
                [element.as_slice(), std::slice::from_ref(name)].concat()
            };
            elements = elements
                .iter()
                .flat_map(|element| names.iter().map(|name| with(element, name)))
                .collect();
        }
        (elements.len() == roots.len()).then(|| elements.into_iter().zip(roots.iter().copied()).collect())
    }

    /// A list of values for the elements of an array.
    fn list(
        &mut self,
        expression: &'d Expression,
        roots: &'d [TermId],
        context: &Context,
    ) -> Result<Right, Failed> {
        let mut row = Vec::with_capacity(roots.len());
        for root in roots {
            row.push(self.slice(Slice::whole(expression).below(*root), context)?);
        }
        Ok(Right::List { rows: vec![row] })
    }

    /// An equation, with the one for the start if there is one.
    fn auxiliary(
        &mut self,
        cell: Cell<'d>,
        part: &VariablePart,
        context: &Context,
    ) -> Result<NodeId, Failed> {
        let active = self.value(cell, part, context);
        let initial = match cell.initial {
            Equation::Missing => return active,
            Equation::Broken | Equation::List(..) => return Err(Failed),
            Equation::Given(initial) => self.slice(Slice::whole(initial), context),
        };
        let (active, initial) = (active?, initial?);
        let span = cell.span;
        Ok(self.push(
            Node::Call {
                name: Named {
                    name: Name::new("ACTIVE INITIAL"),
                    span,
                },
                subscripts: Vec::new(),
                args: vec![active, initial],
            },
            span,
        ))
    }

    /// A flow never runs backwards if it is not to be negative, and takes no more from a stock than there is.
    fn flow(&mut self, cell: Cell<'d>, part: &VariablePart, context: &Context) -> Result<NodeId, Failed> {
        let span = cell.span;
        let mut root = match cell.initial {
            Equation::Missing => self.value(cell, part, context)?,
            Equation::Broken | Equation::Given(_) | Equation::List(..) => {
                return self.auxiliary(cell, part, context);
            }
        };
        if part.non_negative {
            let zero = self.number(0.0, span);
            root = self.function(Function::Max, [root, zero], span);
        }
        let root = self.admitted(&context.own, root, context, span);
        let Some(limit) = self.limits.of_flow(context.own.key()).cloned() else {
            return Ok(root);
        };
        let stock = self.alike(&limit.stock, context, span);
        let step = self.time_step(span);
        let mut left = self.binary(BinaryOp::Divide, stock, step, span);
        for (op, names) in [(BinaryOp::Add, &limit.adds), (BinaryOp::Subtract, &limit.takes)] {
            for name in names {
                let flow = match op {
                    BinaryOp::Add => self.inflow(name, context, span),
                    _ => self.alike(name, context, span),
                };
                left = self.binary(op, left, flow, span);
            }
        }
        let zero = self.number(0.0, span);
        let left = self.function(Function::Max, [left, zero], span);
        Ok(self.function(Function::Min, [root, left], span))
    }

    /// What a flow brings to the stock behind it.
    fn inflow(&mut self, name: &Name, context: &Context, span: Span) -> NodeId {
        let flow = self.alike(name, context, span);
        if !self.scopes.converted.contains(name.key()) {
            return flow;
        }
        let multiplier = self.alike(&multiplier_of(name), context, span);
        self.binary(BinaryOp::Multiply, flow, multiplier, span)
    }

    fn stock(&mut self, cell: Cell<'d>, part: &VariablePart, context: &Context) -> Result<Right, Failed> {
        let store = self.plan.store(context.own.key());
        let initial = match (cell.equation, store) {
            (Equation::List(..), Some(store)) if part.elements.is_empty() && cell.of_list.is_none() => {
                self.listed(store, context)
            }
            _ => self
                .expected(cell, part)
                .and_then(|slice| self.slice(slice, context)),
        };
        let span = part.name.span;
        let mut rate: Option<NodeId> = None;
        let mut failed = false;
        let inflows = part.inflows.iter().map(|flow| (flow, BinaryOp::Add));
        let outflows = part.outflows.iter().map(|flow| (flow, BinaryOp::Subtract));
        let mut seen = BTreeSet::new();
        for ((reference, place), op) in inflows.chain(outflows) {
            let Some(target) = self.scopes.find(reference, context.scope) else {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-flow",
                        format!(
                            "`{}` has the flow `{reference}`, which is not defined",
                            part.name.name
                        ),
                    )
                    .label(*place, "")
                    .help("add a `<flow>` of this name, or remove the line"),
                );
                failed = true;
                continue;
            };
            let name = target.name.clone();
            if !seen.insert((op == BinaryOp::Add, name.key().to_owned())) {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-flow",
                        format!("`{}` has the flow `{reference}` twice", part.name.name),
                    )
                    .label(*place, "again")
                    .help("remove one of the lines"),
                );
            }
            let flow = match op {
                BinaryOp::Add => self.inflow(&name, context, *place),
                _ => self.alike(&name, context, *place),
            };
            if op == BinaryOp::Add && store.is_some() && self.scopes.converted.contains(name.key()) {
                self.diagnostics.push(
                    Diagnostic::error(
                        "unsupported-conveyor",
                        format!("`{name}` goes into a conveyor or a queue with a `<multiplier>`, which is not read yet"),
                    )
                    .label(*place, "")
                    .help("let the flow end in a plain stock, and another one go on from there"),
                );
            }
            rate = Some(match (rate, op) {
                (Some(rate), op) => self.binary(op, rate, flow, span),
                (None, BinaryOp::Add) => flow,
                (None, _) => self.negate(flow, *place),
            });
        }
        let mut rate = match rate {
            Some(rate) => rate,
            None => self.number(0.0, span),
        };
        if self.limits.holds_at_zero(context.own.key()) {
            // What is left is the most that can go.
            let stock = self.alike(&context.own, context, span);
            let step = self.time_step(span);
            let left = self.binary(BinaryOp::Divide, stock, step, span);
            let least = self.negate(left, span);
            rate = self.function(Function::Max, [rate, least], span);
        }
        let initial = initial?;
        if failed {
            return Err(Failed);
        }
        Ok(Right::Stock { rate, initial })
    }

    /// Says what was kept for the end.
    fn report(&mut self) {
        let unknown = std::mem::take(&mut self.unknown);
        if !unknown.subscripts.is_empty() {
            self.diagnostics.push(places(
                Diagnostic::error("unsupported-subscripts", "these subscripts cannot be read")
                    .help("`*` stands within functions that run over arrays, such as `SUM`, or for a dimension on the left; what runs side by side is equally long"),
                &unknown.subscripts,
                "used here",
            ));
        }
        for (written, spans) in unknown.functions.into_values() {
            let diagnostic = if super::functions::is_unsupported(&written) {
                Diagnostic::error(
                    "unsupported-function",
                    format!("the function `{written}` is not read yet"),
                )
            } else {
                let macros = self.document.macros.iter().map(|part| part.name.name.written());
                let macros: Vec<String> = macros.map(str::to_ascii_lowercase).collect();
                let known: Vec<String> = known_words().map(str::to_ascii_lowercase).chain(macros).collect();
                let near = nearest(&Name::key_of(&written), known.iter().map(String::as_str));
                let diagnostic =
                    Diagnostic::error("undefined-name", format!("`{written}` is not a function"));
                match near {
                    Some(near) => diagnostic.help(format!("did you mean `{}`?", near.to_ascii_uppercase())),
                    None => diagnostic.help(
                        "define a `<macro>` or a graphical function of this name, or correct its spelling",
                    ),
                }
            };
            self.diagnostics.push(places(diagnostic, &spans, "used here"));
        }
        for (written, scope, spans) in unknown.names.into_values() {
            let words: Vec<String> = known_words().map(str::to_ascii_lowercase).collect();
            let known = self.scopes.scopes[scope]
                .keys()
                .chain(words.iter().map(String::as_str));
            let near =
                nearest(&Name::key_of(&written), known).map(|key| match self.scopes.scopes[scope].get(key) {
                    Some(target) => {
                        let prefix = self.scopes.scopes[scope].prefix.len();
                        target.name.written()[prefix..].to_owned()
                    }
                    None => key.to_ascii_uppercase(),
                });
            let diagnostic = places(
                Diagnostic::error("undefined-name", format!("`{written}` is not defined")),
                &spans,
                "used here",
            );
            self.diagnostics.push(match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("define it, or correct its spelling"),
            });
        }
    }
}

/// Adds what its author says of a variable.
fn describe(equation: &mut EquationSyntax, part: &VariablePart, hidden: bool) {
    equation.units.clone_from(&part.units);
    equation.units_span = part.units_span;
    equation.range = part.range;
    equation.comment.clone_from(&part.comment);
    equation.hidden = hidden;
}

/// What defines an element, with what it does not say itself taken from the whole.
fn cell<'d>(own: &'d Contents, whole: &'d Contents) -> Cell<'d> {
    let has_equation = !matches!(own.equation, Equation::Missing);
    let has_initial = !matches!(own.initial, Equation::Missing);
    let equation = if has_equation { own } else { whole };
    Cell {
        equation: &equation.equation,
        of_list: None,
        span: equation.equation_span,
        initial: if has_initial { &own.initial } else { &whole.initial },
        table: own.table.as_ref().or(whole.table.as_ref()),
        broken_table: own.broken_table || whole.broken_table,
    }
}

fn expression_of(root: NodeId) -> Right {
    Right::Expression { root }
}

/// The number that is all of a variable's equation.
fn number_of(part: &VariablePart) -> Option<f64> {
    match &part.own.equation {
        Equation::Given(expression) => Slice::whole(expression).number(),
        Equation::Missing | Equation::Broken | Equation::List(..) => None,
    }
}
