//! Which flows conveyors and queues drive, and which they limit.

use std::collections::BTreeMap;

use super::{CarriedPart, FlowPart};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Integration;
use crate::name::Name;
use crate::source::Span;
use crate::xmile::document::{Document, PartKind, VariablePart};
use crate::xmile::equation::Reference;
use crate::xmile::scopes::{ScopeId, Scopes, Target};

/// The position of a stock in [`Plan::stores`].
pub(in crate::xmile) type StoreId = usize;

/// The conveyors and queues of a file.
#[derive(Debug, Default)]
pub(in crate::xmile) struct Plan<'d> {
    pub stores: Vec<Store<'d>>,
    /// The store that a flow comes out of, and as which of its outflows, by the key of the flow.
    pub out_of: BTreeMap<String, (StoreId, usize)>,
    /// The store that a flow goes into, by the key of the flow.
    pub into: BTreeMap<String, StoreId>,
    by_key: BTreeMap<String, StoreId>,
}

/// A conveyor or a queue.
#[derive(Debug)]
pub(in crate::xmile) struct Store<'d> {
    pub name: Name,
    pub scope: ScopeId,
    pub part: &'d VariablePart,
    pub inflows: Vec<Flow<'d>>,
    pub outflows: Vec<Flow<'d>>,
}

/// A flow of a store.
#[derive(Clone, Debug)]
pub(in crate::xmile) struct Flow<'d> {
    pub name: Name,
    pub part: Option<&'d VariablePart>,
}

impl<'d> Plan<'d> {
    /// What the stocks of a file say; the flows that they drive never run backwards, which is noted among the names.
    pub(in crate::xmile) fn new(
        document: &Document,
        scopes: &mut Scopes<'d>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut plan = Plan::default();
        for instance in &scopes.instances {
            for part in &instance.model.variables {
                if part.carried.is_some() && !instance.inputs.contains_key(part.name.name.key()) {
                    plan.add(scopes, instance.scope, part);
                }
            }
        }
        plan.connect(diagnostics);
        plan.look_for_strays(scopes, diagnostics);
        for flow in plan
            .stores
            .iter()
            .flat_map(|store| store.inflows.iter().chain(&store.outflows))
        {
            scopes.uniflows.insert(flow.name.key().to_owned());
        }
        let not_euler = document.specs.integration != Integration::Euler;
        if let Some(first) = plan.stores.first().filter(|_| not_euler) {
            diagnostics.push(
                Diagnostic::warning(
                    "integration-method",
                    "the model is integrated with Euler's method, for conveyors and queues move by whole steps",
                )
                .label(first.part.name.span, "the first of them")
                .help("ask for `Euler` in `<sim_specs>`, with a smaller `<dt>` if the rest needs it"),
            );
        }
        plan
    }

    /// The store of this name.
    pub(in crate::xmile) fn store(&self, key: &str) -> Option<StoreId> {
        self.by_key.get(key).copied()
    }

    fn add(&mut self, scopes: &Scopes<'d>, scope: ScopeId, part: &'d VariablePart) {
        let flows = |list: &[(Reference, Span)]| -> Vec<Flow<'d>> {
            let targets = list
                .iter()
                .filter_map(|(reference, _)| scopes.find(reference, scope));
            targets.map(|target| flow(scopes, target)).collect()
        };
        let mut outflows = flows(&part.outflows);
        // What leaves at the exit is the first that is no leakage.
        let is_leak = |flow: &Flow| flow.part.is_some_and(|part| part.flow.leak.is_some());
        if matches!(part.carried, Some(CarriedPart::Conveyor(_)))
            && let Some(exit) = outflows.iter().position(|flow| !is_leak(flow))
        {
            let exit = outflows.remove(exit);
            outflows.insert(0, exit);
        }
        let name = scopes.scopes[scope].full(&part.name.name);
        self.by_key.insert(name.key().to_owned(), self.stores.len());
        self.stores.push(Store {
            name,
            scope,
            part,
            inflows: flows(&part.inflows),
            outflows,
        });
    }

    /// Says which flows leak or overflow, and come out of nothing that can.
    fn look_for_strays(&self, scopes: &Scopes<'d>, diagnostics: &mut Diagnostics) {
        for instance in &scopes.instances {
            for part in &instance.model.variables {
                let key = scopes.scopes[instance.scope].full(&part.name.name);
                let (what, owner) = match part.flow {
                    FlowPart { leak: Some(_), .. } => ("leakage", "conveyor"),
                    FlowPart { overflow: true, .. } => ("overflow", "queue"),
                    _ => continue,
                };
                if !self.out_of.contains_key(key.key()) {
                    diagnostics.push(
                        Diagnostic::error(
                            "xmile-conveyor",
                            format!("`{}` is the {what} of no {owner}", part.name.name),
                        )
                        .label(part.name.span, "")
                        .help(format!(
                            "list it among the outflows of a {owner}, or leave out the element"
                        )),
                    );
                }
            }
        }
    }

    fn connect(&mut self, diagnostics: &mut Diagnostics) {
        let mut refuse = |store: &Store<'_>, flow: &Flow<'_>, what: &str, help: &str| {
            diagnostics.push(
                Diagnostic::error("xmile-conveyor", format!("`{}` {what}", flow.name))
                    .label(flow.part.map_or(store.part.name.span, |part| part.name.span), "")
                    .label(store.part.name.span, "the conveyor or queue")
                    .help(help),
            );
        };
        for (id, store) in self.stores.iter().enumerate() {
            for flow in store.inflows.iter().chain(&store.outflows) {
                if flow.part.is_none_or(|part| part.kind != PartKind::Flow) {
                    refuse(store, flow, "is no flow of this model", "connect a `<flow>`");
                }
            }
            for (place, flow) in store.outflows.iter().enumerate() {
                let key = flow.name.key().to_owned();
                if self.out_of.insert(key, (id, place)).is_some() {
                    refuse(
                        store,
                        flow,
                        "comes out of two conveyors or queues",
                        "give each a flow of its own",
                    );
                }
                let Some(part) = flow.part else { continue };
                let is_conveyor = matches!(store.part.carried, Some(CarriedPart::Conveyor(_)));
                if is_conveyor && (place > 0) != part.flow.leak.is_some() {
                    let (what, help) = if place == 0 {
                        (
                            "leaks, and nothing leaves the conveyor at its exit",
                            "add an outflow without `<leak>`",
                        )
                    } else {
                        (
                            "is a second way out of a conveyor",
                            "mark it as a leakage: `<leak/>`",
                        )
                    };
                    refuse(store, flow, what, help);
                }
                if is_conveyor && part.flow.overflow {
                    refuse(
                        store,
                        flow,
                        "is the overflow of a conveyor",
                        "only queues overflow",
                    );
                }
                if !is_conveyor && part.flow.leak.is_some() {
                    refuse(store, flow, "is the leakage of a queue", "only conveyors leak");
                }
                if !is_conveyor && part.flow.overflow && place == 0 {
                    refuse(
                        store,
                        flow,
                        "is an overflow and the first outflow",
                        "list the flow that it relieves before it",
                    );
                }
            }
            for flow in &store.inflows {
                if self.into.insert(flow.name.key().to_owned(), id).is_some() {
                    refuse(
                        store,
                        flow,
                        "goes into two conveyors or queues",
                        "give each a flow of its own",
                    );
                }
            }
        }
    }
}

/// A flow with the part of the file that defines it.
fn flow<'d>(scopes: &Scopes<'d>, target: &Target<'d>) -> Flow<'d> {
    let part = scopes.instances.iter().find_map(|instance| {
        let scope = &scopes.scopes[instance.scope];
        let inner = target.name.written().strip_prefix(scope.prefix.as_str())?;
        let key = Name::key_of(inner);
        let part = instance
            .model
            .variables
            .iter()
            .find(|part| part.name.name.key() == key)?;
        (scope.full(&part.name.name) == target.name).then_some(part)
    });
    Flow {
        name: target.name.clone(),
        part,
    }
}
