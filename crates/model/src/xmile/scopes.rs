//! Where names live: the outermost model, one scope for each module (with a name of its own for each of its variables,
//! `module.variable`), and one for each call of a macro.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Connection, Contents, Document, Equation, ModelPart, PartKind, VariablePart};
use super::equation::Reference;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{Named, TableSyntax};

/// The position of a scope in [`Scopes::scopes`].
pub(super) type ScopeId = usize;

/// The outermost model.
pub(super) const ROOT: ScopeId = 0;

/// How deep modules and macros may nest.
pub(super) const MAX_DEPTH: usize = 50;

/// How many variables modules may make of one file, and how many scopes there may be.
pub(super) const MAX_VARIABLES: usize = 1_000_000;

/// How many letters the names may have that macros make of one file.
pub(super) const MAX_LETTERS: usize = 16 << 20;

/// The names of a file.
#[derive(Debug, Default)]
pub(super) struct Scopes<'d> {
    pub scopes: Vec<Scope<'d>>,
    /// The outermost model and its modules, outer ones first.
    pub instances: Vec<Instance<'d>>,
    /// The keys of flows that only run forwards.
    pub uniflows: BTreeSet<String>,
    /// The keys of inputs of modules.
    pub inputs: BTreeSet<String>,
    /// The keys of arrays.
    pub arrays: BTreeSet<String>,
    /// The keys of flows that bring another number of units than they take.
    pub converted: BTreeSet<String>,
}

/// The names of one place.
#[derive(Debug)]
pub(super) struct Scope<'d> {
    /// What stands before the names of its variables, with a dot; empty for the outermost model.
    pub prefix: String,
    variables: BTreeMap<String, Target<'d>>,
    modules: BTreeMap<String, ScopeId>,
    /// How many scopes it lies within.
    pub depth: usize,
    /// The macros that are being called, outer ones first.
    pub calls: Vec<usize>,
    /// Of the call of a macro in an array: the subscripts on the left there, which all its variables have.
    pub left: Vec<Named>,
    /// The dimensions of that array.
    pub over: Vec<Named>,
    /// Of a function of the library: where it is called, for its own text is in no file.
    pub place: Option<Span>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) struct Target<'d> {
    /// Its name in the whole file.
    pub name: Name,
    pub kind: PartKind,
    /// Its graphical function, if it has one.
    pub table: Option<&'d TableSyntax>,
    /// Whether the graphical function is all it has.
    pub only_table: bool,
    /// Its dimensions; empty for a scalar.
    pub dimensions: &'d [Named],
}

/// A model at its place in the file's hierarchy.
#[derive(Debug)]
pub(super) struct Instance<'d> {
    pub scope: ScopeId,
    pub model: &'d ModelPart,
    /// The variables that are fed from outside: by which name, in which scope.
    pub inputs: BTreeMap<String, Input<'d>>,
}

/// The outer end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'d> {
    pub from: &'d Reference,
    pub span: Span,
    /// The scope in which the connection stands.
    pub scope: ScopeId,
}

impl<'d> Scope<'d> {
    pub(super) fn new(prefix: String, depth: usize) -> Self {
        Self {
            prefix,
            variables: BTreeMap::new(),
            modules: BTreeMap::new(),
            depth,
            calls: Vec::new(),
            left: Vec::new(),
            over: Vec::new(),
            place: None,
        }
    }
    /// The name in the whole file of one of its own names.
    pub(super) fn full(&self, name: &Name) -> Name {
        if self.prefix.is_empty() {
            name.clone()
        } else {
            Name::new(format!("{}{}", self.prefix, name.written()))
        }
    }
    /// Adds the names of variables; of several with one name the first counts (the others are refused later).
    pub(super) fn declare(&mut self, variables: &'d [VariablePart]) {
        for part in variables {
            let full = self.full(&part.name.name);
            self.variables
                .entry(part.name.name.key().to_owned())
                .or_insert_with(|| Target {
                    name: full,
                    kind: part.kind,
                    table: table_of(part),
                    only_table: is_only_table(part),
                    dimensions: &part.dimensions,
                });
        }
    }
    /// Adds a name that stands for a number.
    pub(super) fn declare_number(&mut self, name: &Name, full: Name) {
        self.variables.insert(
            name.key().to_owned(),
            Target {
                name: full,
                kind: PartKind::Aux,
                table: None,
                only_table: false,
                dimensions: &[],
            },
        );
    }
    /// The keys of its names.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
    pub(super) fn get(&self, key: &str) -> Option<&Target<'d>> {
        self.variables.get(key)
    }
}

/// The variable that holds the multiplier of a flow.
pub(super) fn multiplier_of(flow: &Name) -> Name {
    Name::new(format!("{}.multiplier", flow.written()))
}

/// Whether a graphical function is all a variable has.
pub(super) fn is_only_table(part: &VariablePart) -> bool {
    let missing = |contents: &Contents| matches!(contents.equation, Equation::Missing);
    let no_equation = missing(&part.own) && part.elements.iter().all(|element| missing(&element.own));
    let has_table =
        part.own.table.is_some() || part.elements.iter().any(|element| element.own.table.is_some());
    part.kind == PartKind::Table || (part.kind == PartKind::Aux && has_table && no_equation)
}

/// The one graphical function that a call of a variable means; of an array of them, any.
fn table_of(part: &VariablePart) -> Option<&TableSyntax> {
    let of_elements = || {
        part.elements
            .iter()
            .find_map(|element| element.own.table.as_ref())
    };
    part.own
        .table
        .as_ref()
        .or_else(|| is_only_table(part).then(of_elements).flatten())
}

impl<'d> Scopes<'d> {
    /// Notes that a flow has a multiplier, which becomes a variable.
    pub(super) fn convert(&mut self, part: &VariablePart, name: &Name, is_array: bool) {
        if !matches!(part.flow.multiplier, Equation::Missing) {
            self.converted.insert(name.key().to_owned());
            if is_array {
                self.arrays.insert(multiplier_of(name).key().to_owned());
            }
        }
    }

    /// What a reference stands for, seen from a scope: a name of its own, or one behind modules of its own, or else of the
    /// outermost model's.
    pub(super) fn find(&self, reference: &Reference, from: ScopeId) -> Option<&Target<'d>> {
        let (last, modules) = reference.parts.split_last()?;
        let walk = |start: ScopeId| {
            let mut scope = start;
            for module in modules {
                scope = *self.scopes[scope].modules.get(&Name::key_of(module))?;
            }
            self.scopes[scope].variables.get(&Name::key_of(last))
        };
        if reference.absolute {
            return walk(from).or_else(|| walk(ROOT));
        }
        walk(from).or_else(|| (!modules.is_empty()).then(|| walk(ROOT)).flatten())
    }
}

/// The scopes of a document.
pub(super) fn scopes<'d>(document: &'d Document, diagnostics: &mut Diagnostics) -> Scopes<'d> {
    let mut builder = Builder {
        document,
        scopes: Scopes::default(),
        count: 0,
        full: false,
        diagnostics,
    };
    builder.names_of_models();
    builder.instance(0, String::new(), &mut Vec::new(), BTreeMap::new());
    builder.scopes
}

struct Builder<'d, 'x> {
    document: &'d Document,
    scopes: Scopes<'d>,
    count: usize,
    full: bool,
    diagnostics: &'x mut Diagnostics,
}

impl<'d> Builder<'d, '_> {
    fn names_of_models(&mut self) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for model in self.document.models.iter().skip(1) {
            match &model.name {
                Some(name) => {
                    if let Some(first) = seen.insert(name.name.key(), name.span) {
                        self.diagnostics.push(
                            Diagnostic::error(
                                "redefinition",
                                format!("the model `{}` is defined twice", name.name),
                            )
                            .label(name.span, "defined again")
                            .label(first, "first defined here")
                            .help("rename or remove one of them"),
                        );
                    }
                }
                None => {
                    let mut diagnostic = Diagnostic::error("xmile-missing-name", "a `<model>` has no name");
                    if let Some(part) = model.variables.first() {
                        diagnostic = diagnostic.label(part.name.span, "a variable in it");
                    }
                    self.diagnostics
                        .push(diagnostic.help("only one model, the outermost, may be without a name"));
                }
            }
        }
    }

    /// Adds the scope and the instance of a model, then those of its modules. `path` holds the models it lies within.
    fn instance(
        &mut self,
        model: usize,
        prefix: String,
        path: &mut Vec<usize>,
        inputs: BTreeMap<String, Input<'d>>,
    ) -> ScopeId {
        let part = &self.document.models[model];
        let scope = self.scopes.scopes.len();
        let mut names = Scope::new(prefix.clone(), path.len());
        names.declare(&part.variables);
        self.count += part.variables.len();
        for variable in &part.variables {
            let name = names.full(&variable.name.name);
            if !variable.dimensions.is_empty() {
                self.scopes.arrays.insert(name.key().to_owned());
            }
            if inputs.contains_key(variable.name.name.key()) {
                self.scopes.inputs.insert(name.key().to_owned());
                continue;
            }
            self.scopes
                .convert(variable, &name, !variable.dimensions.is_empty());
            if variable.kind == PartKind::Flow && variable.non_negative {
                self.scopes.uniflows.insert(name.key().to_owned());
            }
        }
        self.scopes.scopes.push(names);
        let instance = self.scopes.instances.len();
        self.scopes.instances.push(Instance {
            scope,
            model: part,
            inputs,
        });
        path.push(model);
        for module in &part.modules {
            let key = module.name.name.key();
            let found = self
                .document
                .models
                .iter()
                .enumerate()
                .skip(1)
                .find(|(_, model)| model.name.as_ref().is_some_and(|name| name.name.key() == key))
                .map(|(at, _)| at);
            let Some(inner) = found else {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-module",
                        format!("the module `{}` has no model", module.name.name),
                    )
                    .label(module.name.span, "")
                    .help(format!(
                        "add a `<model name=\"{}\">` to the file",
                        module.name.name
                    )),
                );
                continue;
            };
            if path.contains(&inner) || path.len() >= MAX_DEPTH {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-module",
                        format!("the module `{}` contains itself", module.name.name),
                    )
                    .label(module.name.span, ""),
                );
                continue;
            }
            if self.scopes.scopes[scope].modules.contains_key(key) {
                self.diagnostics.push(
                    Diagnostic::error(
                        "redefinition",
                        format!("the module `{}` is there twice", module.name.name),
                    )
                    .label(module.name.span, "again"),
                );
                continue;
            }
            if self.count > MAX_VARIABLES || self.scopes.scopes.len() > MAX_VARIABLES {
                if !self.full {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "xmile-module",
                            format!("modules within modules make more than {MAX_VARIABLES} variables"),
                        )
                        .label(module.name.span, "the one that is too much"),
                    );
                }
                self.full = true;
                continue;
            }
            let mut inner_inputs = BTreeMap::new();
            for connection in &module.connections {
                if self.leads_out(connection, part, inner, (scope, instance)) {
                    continue;
                }
                // The inner end is written with the module's name or without.
                let input = match connection.to.parts.as_slice() {
                    [name] => Some(name),
                    [.., owner, name] if Name::key_of(owner) == key => Some(name),
                    _ => None,
                };
                let known = &self.document.models[inner].variables;
                let part = input.and_then(|name| {
                    let key = Name::key_of(name);
                    known.iter().find(|part| part.name.name.key() == key)
                });
                let Some(part) = part else {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "xmile-connection",
                            format!(
                                "the module `{}` has no variable `{}`",
                                module.name.name, connection.to
                            ),
                        )
                        .label(connection.to_span, "nothing to connect to"),
                    );
                    continue;
                };
                let outer = Input {
                    from: &connection.from,
                    span: connection.from_span,
                    scope,
                };
                let key = part.name.name.key().to_owned();
                if inner_inputs.contains_key(&key) {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "xmile-connection",
                            format!("`{}` is connected twice", connection.to),
                        )
                        .label(connection.to_span, "connected again")
                        .help("remove one of the connections"),
                    );
                    continue;
                }
                inner_inputs.insert(key, outer);
            }
            let prefix = format!("{prefix}{}.", module.name.name);
            let inner_scope = self.instance(inner, prefix, path, inner_inputs);
            self.scopes.scopes[scope]
                .modules
                .insert(key.to_owned(), inner_scope);
        }
        path.pop();
        scope
    }

    /// Whether a connection of a module goes the other way: from it to a variable of the outermost model, which is then fed by it.
    fn leads_out(
        &mut self,
        connection: &'d Connection,
        model: &'d ModelPart,
        inner: usize,
        (scope, instance): (ScopeId, usize),
    ) -> bool {
        let ([name], true) = (connection.to.parts.as_slice(), connection.to.absolute) else {
            return false;
        };
        let key = Name::key_of(name);
        let has = |model: &ModelPart| model.variables.iter().any(|part| part.name.name.key() == key);
        if scope != ROOT || !has(model) || has(&self.document.models[inner]) {
            return false;
        }
        let input = Input {
            from: &connection.from,
            span: connection.from_span,
            scope,
        };
        let full = self.scopes.scopes[scope].full(&Name::new(name.as_str()));
        self.scopes.uniflows.remove(full.key());
        self.scopes.inputs.insert(full.key().to_owned());
        self.scopes.instances[instance].inputs.insert(key, input);
        true
    }
}
