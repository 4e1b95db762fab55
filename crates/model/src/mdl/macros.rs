//! Macros, written out: each call becomes hidden variables of its own, and a name in the place of the call.
//!
//! `x[r] = M(a, b)` with `:MACRO: M(p, q)` gives the hidden variables `p`, `q` and those of the macro's equations, all with
//! the dimensions of the equation that calls; `x[r]` then uses the one that is called like the macro. What stays a call
//! after this is no macro.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use super::parser::parse;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::{Function, WRITTEN_OUT};
use crate::name::Name;
use crate::source::{Sources, Span};
use crate::syntax::{EquationSyntax, Item, MacroHead, Named, Node, NodeId, Right, SubscriptSyntax, Syntax};

/// How many calls are written out: beyond, macros that call each other have run away.
const MOST_CALLS: usize = 10_000;

/// How deep macros may call macros.
const MOST_DEPTH: usize = 50;

/// Takes the macros out of a text and writes their calls out.
pub(super) fn expand(syntax: &mut Syntax, diagnostics: &mut Diagnostics) {
    let items = std::mem::take(&mut syntax.items);
    let library = library(&items, syntax);
    let (mut macros, items) = collect(library.into_iter().chain(items), diagnostics);
    if macros.is_empty() {
        syntax.items = items;
        return;
    }
    for found in macros.values_mut() {
        found.called = called(found, syntax);
        found.locals.extend(defined_by_calls(found, syntax));
    }
    let dimensions = items.iter().filter_map(|item| match item {
        Item::Equation(equation) if matches!(equation.right, Right::Range(_) | Right::Alias(_)) => {
            Some(equation.name.name.key().to_owned())
        }
        _ => None,
    });
    let mut writer = Writer {
        dimensions: dimensions.collect(),
        macros: &macros,
        syntax,
        diagnostics,
        calls: 0,
        told: BTreeSet::new(),
    };
    let mut written = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Item::Equation(equation) => writer.write_out(equation, &mut written),
            other => written.push(other),
        }
    }
    syntax.items = written;
}

/// Functions that Vensim defines by equations.
const LIBRARY: &str = include_str!("library.mdl");

/// The macros of the library that a text calls and does not define itself.
fn library(items: &[Item], syntax: &mut Syntax) -> Vec<Item> {
    let called: BTreeSet<&str> = syntax
        .nodes
        .iter()
        .filter_map(|node| match node {
            Node::Call { name, .. } => WRITTEN_OUT.into_iter().find(|known| *known == name.name.key()),
            _ => None,
        })
        .collect();
    if called.is_empty() {
        return Vec::new();
    }
    let mut sources = Sources::new();
    let id = sources.add("library.mdl", LIBRARY);
    let mut diagnostics = Diagnostics::new();
    let known = parse(sources.get(id), &mut diagnostics);
    assert!(diagnostics.is_empty(), "the library of macros is sound");
    let offset = syntax.nodes.len() as NodeId;
    syntax.spans.extend(known.spans);
    for mut node in known.nodes {
        for child in children(&mut node) {
            *child += offset;
        }
        syntax.nodes.push(node);
    }
    let own: BTreeSet<&str> = items
        .iter()
        .filter_map(|item| match item {
            Item::MacroStart(head) => Some(head.name.key()),
            Item::Equation(equation) => Some(equation.name.name.key()),
            _ => None,
        })
        .collect();
    let mut taken = false;
    let mut found = Vec::new();
    for mut item in known.items {
        match &mut item {
            Item::MacroStart(head) => {
                taken = called.contains(head.name.key()) && !own.contains(head.name.key());
                head.is_known = true;
            }
            Item::Equation(equation) => {
                equation.first += offset;
                if let Right::Expression { root } = &mut equation.right {
                    *root += offset;
                }
            }
            _ => {}
        }
        if taken {
            found.push(item);
        }
    }
    found
}

/// A macro as it is defined.
struct Macro {
    head: MacroHead,
    equations: Vec<EquationSyntax>,
    /// The keys of its parameters and variables.
    locals: BTreeSet<String>,
    /// The keys of parameters that are called like lookups.
    called: BTreeSet<String>,
}

fn collect(
    items: impl Iterator<Item = Item>,
    diagnostics: &mut Diagnostics,
) -> (BTreeMap<String, Macro>, Vec<Item>) {
    let mut macros: BTreeMap<String, Macro> = BTreeMap::new();
    let mut rest = Vec::new();
    let mut open: Option<Macro> = None;
    let mut close = |open: &mut Option<Macro>, diagnostics: &mut Diagnostics| {
        let Some(found) = open.take() else { return };
        let name = &found.head.name;
        if Function::from_vensim(name).is_some() {
            diagnostics.push(
                Diagnostic::error(
                    "name-is-taken",
                    format!("`{name}` is a function and cannot be a macro, too"),
                )
                .label(found.head.span, "defined here")
                .help("give the macro another name"),
            );
        }
        for output in std::iter::once(name).chain(&found.head.outputs) {
            if !found
                .equations
                .iter()
                .any(|equation| equation.name.name == *output)
            {
                diagnostics.push(
                    Diagnostic::error(
                        "macro-without-output",
                        format!("the macro `{name}` has no equation for `{output}`"),
                    )
                    .label(found.head.span, "defined here")
                    .help("the value of a macro is the variable that is called like it"),
                );
            }
        }
        if let Some(first) = macros.get(name.key()) {
            diagnostics.push(
                Diagnostic::error("redefinition", format!("the macro `{name}` is defined twice"))
                    .label(found.head.span, "defined again")
                    .label(first.head.span, "first defined here")
                    .help("rename or remove one of them"),
            );
        }
        macros.insert(name.key().to_owned(), found);
    };
    for item in items {
        match (item, &mut open) {
            (Item::MacroStart(head), _) => {
                unended(&open, diagnostics);
                close(&mut open, diagnostics);
                let locals = head.parameters.iter().map(|name| name.key().to_owned()).collect();
                open = Some(Macro {
                    head,
                    equations: Vec::new(),
                    locals,
                    called: BTreeSet::new(),
                });
            }
            (Item::MacroEnd, _) => close(&mut open, diagnostics),
            (Item::Equation(equation), Some(open)) => {
                open.locals.insert(equation.name.name.key().to_owned());
                open.equations.push(*equation);
            }
            (other, _) => rest.push(other),
        }
    }
    unended(&open, diagnostics);
    close(&mut open, diagnostics);
    (macros, rest)
}

/// Says that a macro goes on where it should have ended: it takes in all equations that follow.
fn unended(open: &Option<Macro>, diagnostics: &mut Diagnostics) {
    if let Some(found) = open {
        let name = &found.head.name;
        diagnostics.push(
            Diagnostic::error("macro-without-end", format!("the macro `{name}` is not ended"))
                .label(found.head.span, "begins here")
                .help("write `:END OF MACRO:` behind its last equation"),
        );
    }
}

struct Writer<'a> {
    /// The keys of all dimensions.
    dimensions: BTreeSet<String>,
    macros: &'a BTreeMap<String, Macro>,
    syntax: &'a mut Syntax,
    diagnostics: &'a mut Diagnostics,
    /// How many calls have been written out.
    calls: usize,
    /// What is wrong within a macro is told once, not for each call.
    told: BTreeSet<Span>,
}

/// The nodes of a macro's equations.
fn nodes_of<'a>(found: &'a Macro, syntax: &'a Syntax) -> impl Iterator<Item = &'a Node> {
    let nodes = found.equations.iter().flat_map(|equation| match &equation.right {
        Right::Expression { root } => equation.first..*root + 1,
        _ => 0..0,
    });
    nodes.map(|node| &syntax.nodes[node as usize])
}

/// The parameters of a macro that its equations call like lookups.
fn called(found: &Macro, syntax: &Syntax) -> BTreeSet<String> {
    nodes_of(found, syntax)
        .filter_map(|node| match node {
            Node::Call { name, .. } if found.head.parameters.contains(&name.name) => {
                Some(name.name.key().to_owned())
            }
            _ => None,
        })
        .collect()
}

/// The variables of a macro that calls in its equations define.
fn defined_by_calls(found: &Macro, syntax: &Syntax) -> Vec<String> {
    nodes_of(found, syntax)
        .filter_map(|node| match node {
            Node::Output { name, .. } => Some(name.name.key().to_owned()),
            _ => None,
        })
        .collect()
}

/// An equation that may call macros, and the macros it was itself written out from.
struct Pending {
    equation: EquationSyntax,
    within: Vec<String>,
}

/// What the names in the equations of a macro stand for, in one call of it.
struct Instance<'a> {
    of: &'a Macro,
    /// Distinguishes the variables of this call.
    prefix: String,
    /// The dimensions of the equation that calls.
    subscripts: Vec<SubscriptSyntax>,
    /// The place of the call.
    call: Span,
    /// Lookups given for parameters, by the keys of the parameters.
    lookups: BTreeMap<String, (Name, Vec<SubscriptSyntax>)>,
}

impl Instance<'_> {
    /// A place in the macro; of the call, if the macro stands in no text of the user.
    fn place(&self, span: Span) -> Span {
        if self.of.head.is_known { self.call } else { span }
    }
    fn name(&self, local: &Name) -> Name {
        Name::new(format!("{}{local}", self.prefix))
    }
}

impl Writer<'_> {
    fn write_out(&mut self, equation: Box<EquationSyntax>, written: &mut Vec<Item>) {
        let mut queue = VecDeque::from([Pending {
            equation: *equation,
            within: Vec::new(),
        }]);
        while let Some(mut pending) = queue.pop_front() {
            // A list of numbers or a table calls nothing that could be written out; it is refused as it stands.
            if let Right::Expression { root } = pending.equation.right
                && (pending.equation.first..=root).any(|node| self.macro_call(node).is_some())
            {
                self.replace_calls(&mut pending, root, &mut queue);
            }
            written.push(Item::Equation(Box::new(pending.equation)));
        }
    }

    /// The name and the arguments of a node that calls a macro.
    fn macro_call(&self, node: NodeId) -> Option<(&Named, &[NodeId])> {
        match &self.syntax.nodes[node as usize] {
            Node::Call { name, args, .. } if self.macros.contains_key(name.name.key()) => Some((name, args)),
            _ => None,
        }
    }

    /// Copies an equation's expression with a name in the place of each macro call, and queues what the calls stand for.
    fn replace_calls(&mut self, pending: &mut Pending, root: NodeId, queue: &mut VecDeque<Pending>) {
        let first = pending.equation.first;
        let starts = starts(self.syntax, first, root);
        // Outer calls first: what stands in their arguments goes into the equations of the arguments.
        let mut inside: Option<NodeId> = None;
        let mut calls = Vec::new();
        for node in (first..=root).rev() {
            if inside.is_some_and(|start| node >= start) {
                continue;
            }
            inside = None;
            if let Some((name, args)) = self.macro_call(node) {
                calls.push((node, name.clone(), args.to_vec()));
                inside = Some(starts[(node - first) as usize]);
            }
        }
        calls.reverse();
        let mut outputs: BTreeMap<NodeId, Node> = BTreeMap::new();
        for (node, name, args) in &calls {
            match self.call(*node, name, args, &starts, pending, queue) {
                Some(output) => {
                    outputs.insert(*node, output);
                }
                None => {
                    pending.equation.right = Right::Broken;
                    return;
                }
            }
        }
        let skipped: Vec<Range<NodeId>> = calls
            .iter()
            .map(|(node, ..)| starts[(*node - first) as usize]..*node)
            .collect();
        let start = self.syntax.nodes.len() as NodeId;
        let root = self.copy(first..root + 1, &skipped, &mut |node, old, span| {
            (outputs.remove(&old).unwrap_or(node), span)
        });
        pending.equation.first = start;
        pending.equation.right = Right::Expression { root };
    }

    /// Queues the equations of one call; the name that stands for its value, or nothing if a message was given.
    fn call(
        &mut self,
        node: NodeId,
        name: &Named,
        args: &[NodeId],
        starts: &[NodeId],
        pending: &Pending,
        queue: &mut VecDeque<Pending>,
    ) -> Option<Node> {
        let macros = self.macros;
        let of = &macros[name.name.key()];
        let parameters = &of.head.parameters;
        let span = self.syntax.spans[node as usize];
        if !of.locals.contains(of.head.name.key()) {
            return None;
        }
        let outputs = &of.head.outputs;
        let is_output = |arg: &NodeId| matches!(self.syntax.nodes[*arg as usize], Node::Output { .. });
        let given = args.iter().filter(|arg| is_output(arg)).count();
        let (args, defined) = args.split_at(args.len() - given);
        if args.len() != parameters.len() || (given > 0 && given != outputs.len()) {
            let join = |names: &[Name]| {
                let names: Vec<&str> = names.iter().map(Name::written).collect();
                names.join(", ")
            };
            let mut list = vec![join(parameters)];
            let mut count = match parameters.len() {
                1 => "1 argument".to_owned(),
                count => format!("{count} arguments"),
            };
            if given > 0 {
                count = match outputs.len() {
                    0 => format!("{count} and no output"),
                    1 => format!("{count} and 1 output"),
                    outputs => format!("{count} and {outputs} outputs"),
                };
            }
            if !outputs.is_empty() {
                list.push(join(outputs));
            }
            let found = match given {
                0 => format!("{}", args.len()),
                _ => format!("{} and {given}", args.len()),
            };
            let what = if of.head.is_known { "" } else { "the macro " };
            let mut diagnostic = Diagnostic::error(
                "argument-count",
                format!("{what}`{}` takes {count}, not {found}", name.name),
            )
            .label(span, "")
            .help(format!("write `{}({})`", name.name, list.join(" : ")));
            if !of.head.is_known {
                diagnostic = diagnostic.label(of.head.span, "defined here");
            }
            self.diagnostics.push(diagnostic);
            return None;
        }
        let key = name.name.key().to_owned();
        if pending.within.contains(&key) || pending.within.len() >= MOST_DEPTH || self.calls >= MOST_CALLS {
            self.diagnostics.push(
                Diagnostic::error(
                    "macro-loop",
                    format!("the macro `{}` calls itself without end", name.name),
                )
                .label(name.span, "called here")
                .label(of.head.span, "defined here"),
            );
            return None;
        }
        self.calls += 1;
        let mut instance = Instance {
            of,
            prefix: format!("{}>{} {}>", pending.equation.name.name, name.name, self.calls),
            subscripts: self.followed(&pending.equation),
            call: span,
            lookups: BTreeMap::new(),
        };
        let mut within = pending.within.clone();
        within.push(key);
        let first = pending.equation.first;
        for (parameter, arg) in parameters.iter().zip(args) {
            if of.called.contains(parameter.key())
                && let Node::Name { name, subscripts } = &self.syntax.nodes[*arg as usize]
            {
                let given = (name.clone(), subscripts.clone());
                instance.lookups.insert(parameter.key().to_owned(), given);
                continue;
            }
            let start = self.syntax.nodes.len() as NodeId;
            let range = starts[(*arg - first) as usize]..*arg + 1;
            let root = self.copy(range, &[], &mut |node, _, span| (node, span));
            let equation = hidden(
                &instance,
                parameter,
                self.syntax.spans[*arg as usize],
                start,
                root,
            );
            queue.push_back(Pending {
                equation,
                within: pending.within.clone(),
            });
        }
        for equation in &of.equations {
            let equation = self.instantiate(equation, &instance);
            queue.push_back(Pending {
                equation,
                within: within.clone(),
            });
        }
        for (output, arg) in outputs.iter().zip(defined) {
            let equation = self.output(output, *arg, &instance, !pending.within.is_empty());
            queue.extend(equation.map(|equation| Pending {
                equation,
                within: Vec::new(),
            }));
        }
        Some(Node::Name {
            name: instance.name(&of.head.name),
            subscripts: instance.subscripts,
        })
    }

    /// The equation of a variable that a call defines beside its value.
    fn output(
        &mut self,
        local: &Name,
        arg: NodeId,
        instance: &Instance<'_>,
        within_call: bool,
    ) -> Option<EquationSyntax> {
        let span = self.syntax.spans[arg as usize];
        let Node::Output { name, subscripts } = self.syntax.nodes[arg as usize].clone() else {
            return None;
        };
        let node = self.syntax.nodes.len() as NodeId;
        self.syntax.nodes.push(Node::Name {
            name: instance.name(local),
            subscripts: instance.subscripts.clone(),
        });
        self.syntax.spans.push(span);
        Some(EquationSyntax {
            name,
            subscripts,
            hidden: within_call,
            ..hidden(instance, local, span, node, node)
        })
    }

    /// The subscripts of a left-hand side that are dimensions: the variables of a call have them, too.
    fn followed(&self, equation: &EquationSyntax) -> Vec<SubscriptSyntax> {
        let is_dimension = |subscript: &&SubscriptSyntax| self.dimensions.contains(subscript.name.name.key());
        equation.subscripts.iter().filter(is_dimension).cloned().collect()
    }

    /// An equation of a macro for one call; broken if it is refused. Its units may name parameters, and are left out.
    fn instantiate(&mut self, equation: &EquationSyntax, instance: &Instance<'_>) -> EquationSyntax {
        let place = instance.place(equation.name.span);
        let first_time = self.told.insert(equation.name.span);
        let broken = EquationSyntax {
            right: Right::Broken,
            ..hidden(instance, &equation.name.name, place, 0, 0)
        };
        let mut refuse = |what: String| {
            if first_time {
                self.diagnostics.push(
                    Diagnostic::error("unsupported-macros", what)
                        .label(equation.name.span, "not read yet")
                        .help("write the equations of the macro out"),
                );
            }
        };
        if !equation.subscripts.is_empty() {
            refuse(format!("the macro `{}` defines an array", instance.of.head.name));
            return broken;
        }
        let root = match &equation.right {
            Right::Expression { root } => *root,
            Right::Lookup(table) => {
                return EquationSyntax {
                    right: Right::Lookup(table.clone()),
                    ..broken
                };
            }
            Right::Broken => return broken,
            _ => {
                refuse(format!(
                    "`{}` in a macro has no plain equation",
                    equation.name.name
                ));
                return broken;
            }
        };
        let start = self.syntax.nodes.len() as NodeId;
        let mut strangers = Vec::new();
        let root = self.copy(equation.first..root + 1, &[], &mut |node, _, span| {
            (
                renamed(node, instance, span, &mut strangers),
                instance.place(span),
            )
        });
        let sound = strangers.is_empty();
        strangers.retain(|(_, span)| self.told.insert(*span));
        for (name, span) in strangers {
            self.diagnostics.push(
                Diagnostic::error(
                    "undefined-name",
                    format!("`{name}` is not defined in the macro `{}`", instance.of.head.name),
                )
                .label(span, "used here")
                .help(format!("write `{name}$` for a variable of the model")),
            );
        }
        if !sound {
            return broken;
        }
        EquationSyntax {
            comment: equation.comment.clone(),
            span: instance.place(equation.span),
            ..hidden(instance, &equation.name.name, place, start, root)
        }
    }

    /// Appends copies of the nodes of a range, changed, without those that are skipped; the id of the last one.
    fn copy(
        &mut self,
        range: Range<NodeId>,
        skipped: &[Range<NodeId>],
        change: &mut dyn FnMut(Node, NodeId, Span) -> (Node, Span),
    ) -> NodeId {
        let first = range.start;
        let mut ids = Vec::with_capacity(range.len());
        let mut skipped = skipped.iter().peekable();
        for old in range {
            while skipped.peek().is_some_and(|range| range.end <= old) {
                skipped.next();
            }
            if skipped.peek().is_some_and(|range| range.contains(&old)) {
                ids.push(NodeId::MAX);
                continue;
            }
            let (mut node, span) = change(
                self.syntax.nodes[old as usize].clone(),
                old,
                self.syntax.spans[old as usize],
            );
            for child in children(&mut node) {
                *child = ids[(*child - first) as usize];
            }
            ids.push(self.syntax.nodes.len() as NodeId);
            self.syntax.nodes.push(node);
            self.syntax.spans.push(span);
        }
        ids.last().copied().expect("an expression has a node")
    }
}

/// A variable of a call.
fn hidden(instance: &Instance<'_>, local: &Name, span: Span, first: NodeId, root: NodeId) -> EquationSyntax {
    EquationSyntax {
        name: Named {
            name: instance.name(local),
            span,
        },
        subscripts: instance.subscripts.clone(),
        except: Vec::new(),
        right: Right::Expression { root },
        first,
        span,
        units: String::new(),
        units_span: None,
        range: None,
        comment: String::new(),
        supplementary: false,
        hidden: true,
    }
}

/// A node of a macro as it is in one call: its own names get the call's prefix, and `name$` is the model's `name`.
fn renamed(node: Node, instance: &Instance<'_>, span: Span, strangers: &mut Vec<(Name, Span)>) -> Node {
    match node {
        Node::Name { name, subscripts } => {
            if instance.of.locals.contains(name.key()) {
                return Node::Name {
                    name: instance.name(&name),
                    subscripts: instance.subscripts.clone(),
                };
            }
            if let Some(of_model) = name.written().strip_suffix('$') {
                return Node::Name {
                    name: Name::new(of_model),
                    subscripts,
                };
            }
            if name.key() != "time" {
                strangers.push((name.clone(), span));
            }
            Node::Name { name, subscripts }
        }
        Node::Output { mut name, .. } => {
            name.name = instance.name(&name.name);
            Node::Output {
                name,
                subscripts: instance.subscripts.clone(),
            }
        }
        Node::Call {
            mut name,
            subscripts,
            args,
        } => {
            if let Some((lookup, subscripts)) = instance.lookups.get(name.name.key()) {
                name.name = lookup.clone();
                return Node::Call {
                    name,
                    subscripts: subscripts.clone(),
                    args,
                };
            }
            // Within itself a macro's name is its output, which is no lookup; a call of it is a call of the macro.
            let is_own = name.name == instance.of.head.name;
            if instance.of.locals.contains(name.name.key()) && !is_own {
                name.name = instance.name(&name.name);
                return Node::Call {
                    name,
                    subscripts: instance.subscripts.clone(),
                    args,
                };
            }
            if let Some(of_model) = name.name.written().strip_suffix('$') {
                name.name = Name::new(of_model);
            }
            Node::Call {
                name,
                subscripts,
                args,
            }
        }
        other => other,
    }
}

/// The nodes that a node is made of.
fn children(node: &mut Node) -> Vec<&mut NodeId> {
    match node {
        Node::Number(_)
        | Node::NotAvailable
        | Node::Text(_)
        | Node::Name { .. }
        | Node::Output { .. }
        | Node::Time
        | Node::Table(_) => Vec::new(),
        Node::Plus(operand) | Node::Unary { operand, .. } => vec![operand],
        Node::Binary { left, right, .. } => vec![left, right],
        Node::Call { args, .. } | Node::Function { args, .. } => args.iter_mut().collect(),
    }
}

/// For each node up to the root the first node of what lies below it.
fn starts(syntax: &Syntax, first: NodeId, root: NodeId) -> Vec<NodeId> {
    let mut starts: Vec<NodeId> = Vec::with_capacity((root - first + 1) as usize);
    for node in first..=root {
        let below = match &syntax.nodes[node as usize] {
            Node::Plus(operand) | Node::Unary { operand, .. } => Some(operand),
            Node::Binary { left, .. } => Some(left),
            Node::Call { args, .. } | Node::Function { args, .. } => args.first(),
            _ => None,
        };
        starts.push(below.map_or(node, |child| starts[(*child - first) as usize]));
    }
    starts
}
