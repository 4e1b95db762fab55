//! Stocks that may not fall below zero: which of their outflows are limited, and by what.
//!
//! As in Stella, an outflow is at most what the stock holds and what flows in during the step, less what outflows of a
//! higher priority (those listed before it) take: so what leaves one stock and what reaches the next are the same. A flow
//! that several stocks lose at once cannot be limited so; then each stock is held at zero by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Equation, PartKind, VariablePart};
use super::equation::{Expression, Term};
use super::functions::{builtin, constant};
use super::scopes::{Scopes, Target};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Integration;
use crate::name::Name;

/// What keeps the stocks of a file above zero.
#[derive(Debug, Default)]
pub(super) struct Limits {
    flows: BTreeMap<String, Limit>,
    held: BTreeSet<String>,
}

/// What an outflow can be at most: the stock by the time step, with what flows in, without what others take first.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub stock: Name,
    pub adds: Vec<Name>,
    pub takes: Vec<Name>,
}

impl Limits {
    /// The limit of a flow.
    pub(super) fn of_flow(&self, key: &str) -> Option<&Limit> {
        self.flows.get(key)
    }
    /// Whether a stock is held at zero by itself.
    pub(super) fn holds_at_zero(&self, key: &str) -> bool {
        self.held.contains(key)
    }

    /// The limits of all stocks of a document; those of macros are held by themselves.
    pub(super) fn new(document: &Document, scopes: &Scopes<'_>, diagnostics: &mut Diagnostics) -> Self {
        let mut limits = Limits::default();
        let stocks = stocks(scopes);
        if stocks.is_empty() {
            return limits;
        }
        let mut graph = graph(scopes);
        // How many stocks lose each flow.
        let mut losers: BTreeMap<&str, usize> = BTreeMap::new();
        for stock in &stocks {
            for flow in &stock.outflows {
                *losers.entry(flow.name.key()).or_insert(0) += 1;
            }
        }
        let mut limited_within = None;
        for stock in stocks.iter().filter(|stock| stock.part.non_negative) {
            let shared: Vec<&Name> = stock
                .outflows
                .iter()
                .filter(|flow| losers.get(flow.name.key()) != Some(&1) || flow.kind != PartKind::Flow)
                .map(|flow| &flow.name)
                .collect();
            let backwards = stock.inflows.iter().any(|flow| !runs_forwards(scopes, flow));
            if !shared.is_empty() || backwards {
                limits.held.insert(stock.name.key().to_owned());
            }
            if !shared.is_empty() {
                let list: Vec<String> = shared.iter().map(|name| format!("`{name}`")).collect();
                diagnostics.push(
                    Diagnostic::warning(
                        "non-negative-shared",
                        format!("`{}` is held at zero without limiting {}", stock.name, list.join(", ")),
                    )
                    .label(stock.part.name.span, "may not fall below zero")
                    .help("a flow that several stocks lose cannot be limited for one of them: give each stock a flow of its own"),
                );
                continue;
            }
            limited_within = limited_within.or((!stock.outflows.is_empty()).then_some(stock));
            limits.limit(stock, &mut graph, diagnostics);
        }
        if let Some(stock) = limited_within.filter(|_| document.specs.integration != Integration::Euler) {
            diagnostics.push(
                Diagnostic::note("non-negative-rk4", "outflows of stocks that may not fall below zero are limited within each part of a Runge-Kutta step")
                    .label(stock.part.name.span, "such a stock")
                    .help("other programs may limit them otherwise; Euler is free of the question"),
            );
        }
        limits
    }

    fn limit(&mut self, stock: &Stock<'_>, graph: &mut Graph, diagnostics: &mut Diagnostics) {
        // Priority is the order of the list, except that what an outflow needs must be known before it.
        let mut waiting: Vec<&Name> = stock.outflows.iter().map(|flow| &flow.name).collect();
        let mut taken: Vec<Name> = Vec::new();
        while !waiting.is_empty() {
            let free = waiting.iter().position(|flow| {
                let others = waiting.iter().filter(|other| *other != flow);
                !others
                    .into_iter()
                    .any(|other| graph.reaches(flow.key(), other.key()))
            });
            let flow = waiting.remove(free.unwrap_or(0));
            let mut adds = Vec::new();
            let mut left_out = Vec::new();
            for inflow in &stock.inflows {
                if graph.reaches(inflow.name.key(), flow.key()) {
                    left_out.push(format!("`{}`", inflow.name));
                } else {
                    graph.add(flow.key(), inflow.name.key());
                    adds.push(inflow.name.clone());
                }
            }
            if !left_out.is_empty() {
                diagnostics.push(
                    Diagnostic::warning(
                        "non-negative-loop",
                        format!(
                            "the limit of `{flow}` leaves out {}, which depends on it",
                            left_out.join(", ")
                        ),
                    )
                    .label(stock.part.name.span, "this stock may not fall below zero")
                    .help("near zero, what flows in reaches the outflow one step later"),
                );
            }
            for other in &taken {
                graph.add(flow.key(), other.key());
            }
            self.flows.insert(
                flow.key().to_owned(),
                Limit {
                    stock: stock.name.clone(),
                    adds,
                    takes: taken.clone(),
                },
            );
            taken.push(flow.clone());
        }
    }
}

/// A stock with its flows.
struct Stock<'d> {
    name: Name,
    part: &'d VariablePart,
    inflows: Vec<Target<'d>>,
    outflows: Vec<Target<'d>>,
}

fn stocks<'d>(scopes: &Scopes<'d>) -> Vec<Stock<'d>> {
    let mut found = Vec::new();
    for instance in &scopes.instances {
        for part in &instance.model.variables {
            if part.kind != PartKind::Stock || instance.inputs.contains_key(part.name.name.key()) {
                continue;
            }
            let flows = |list: &[(super::equation::Reference, crate::source::Span)]| {
                list.iter()
                    .filter_map(|(reference, _)| scopes.find(reference, instance.scope).cloned())
                    .collect()
            };
            found.push(Stock {
                name: scopes.scopes[instance.scope].full(&part.name.name),
                part,
                inflows: flows(&part.inflows),
                outflows: flows(&part.outflows),
            });
        }
    }
    if found.iter().any(|stock: &Stock<'_>| stock.part.non_negative) {
        found
    } else {
        Vec::new()
    }
}

/// Whether a flow can only run forwards.
fn runs_forwards(scopes: &Scopes<'_>, flow: &Target<'_>) -> bool {
    flow.kind == PartKind::Flow && scopes.uniflows.contains(flow.name.key())
}

/// Which variables each needs in the same step, by keys.
struct Graph {
    needs: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn add(&mut self, from: &str, to: &str) {
        self.needs.entry(from.to_owned()).or_default().push(to.to_owned());
    }
    /// Whether `from` needs `to`, directly or not, or is it.
    fn reaches(&self, from: &str, to: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut pending = vec![from];
        while let Some(at) = pending.pop() {
            if at == to {
                return true;
            }
            if seen.insert(at) {
                pending.extend(self.needs.get(at).into_iter().flatten().map(String::as_str));
            }
        }
        false
    }
}

fn graph(scopes: &Scopes<'_>) -> Graph {
    let mut graph = Graph {
        needs: BTreeMap::new(),
    };
    for instance in &scopes.instances {
        let scope = &scopes.scopes[instance.scope];
        for part in &instance.model.variables {
            let own = scope.full(&part.name.name);
            let mut add = |target: &Target<'_>| {
                if target.kind != PartKind::Stock || is_input(scopes, &target.name) {
                    graph.add(own.key(), target.name.key());
                }
            };
            if let Some(input) = instance.inputs.get(part.name.name.key()) {
                scopes
                    .find(input.from, input.scope)
                    .into_iter()
                    .for_each(&mut add);
                continue;
            }
            if !matches!(part.kind, PartKind::Flow | PartKind::Aux) {
                continue;
            }
            let contents = std::iter::once(&part.own).chain(part.elements.iter().map(|element| &element.own));
            let expressions = contents.filter_map(|contents| match &contents.equation {
                Equation::Given(expression) | Equation::List(expression, _) => Some(expression),
                Equation::Missing | Equation::Broken => None,
            });
            for term in expressions.flat_map(used_now) {
                let (Term::Name(name) | Term::Element { name, .. } | Term::Call { name, .. }) = term else {
                    continue;
                };
                let is_constant = name
                    .plain()
                    .is_some_and(|name| constant(&Name::key_of(name)).is_some());
                if !is_constant {
                    scopes.find(name, instance.scope).into_iter().for_each(&mut add);
                }
            }
        }
    }
    graph
}

/// Whether a name is an input of a module, which stands for another variable even if it is declared as a stock.
fn is_input(scopes: &Scopes<'_>, name: &Name) -> bool {
    scopes.inputs.contains(name.key())
}

/// The terms whose values are needed in the same step: not those within delays.
fn used_now(expression: &Expression) -> Vec<&Term> {
    let mut used = Vec::new();
    let mut at = expression.terms.len();
    while at > 0 {
        at -= 1;
        let term = &expression.terms[at];
        used.push(term);
        if let Term::Call { name, .. } = term {
            let looks_back = name
                .plain()
                .and_then(builtin)
                .is_some_and(|builtin| builtin.looks_back());
            if looks_back {
                at = expression.first[at];
            }
        }
    }
    used
}
