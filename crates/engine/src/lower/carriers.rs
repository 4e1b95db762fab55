//! What stands behind conveyors and queues: carriers, and what is seen of them.

use std::collections::BTreeMap;

use super::graph::{Kind, NodeId, Phase};
use super::walk::{Context, Elements, Pending, Stop, Task, Unit, Walk, element};
use crate::carrier::{self, Part, carrying};
use model::{ExprId, Function};

/// A carrier in the making, as one call sees it: created when it is looked at, completed when its equation has been read.
#[derive(Clone, Debug)]
pub(super) struct CarrierValue {
    pub(super) kind: carrier::Kind,
    pub(super) part: Part,
    /// The variable whose equation looks at it.
    pub(super) variable: model::VarId,
    pub(super) start: Vec<NodeId>,
    pub(super) step: Vec<NodeId>,
}

impl CarrierValue {
    /// All that it needs.
    pub(super) fn inputs(&self) -> impl Iterator<Item = NodeId> {
        self.start.iter().chain(&self.step).copied()
    }
}

impl Walk<'_> {
    /// What is seen of a carrier, for each element of an equation.
    pub(super) fn carried(&mut self, unit: Unit, call: ExprId, function: Function, count: usize) -> Elements {
        let known = self.call_states.get(&(call, unit.equation)).copied();
        let first = known.unwrap_or_else(|| {
            let (kind, part) = carrying(function).expect("the call looks at a carrier");
            let first = self.carriers.len() as u32;
            for _ in 0..count {
                self.carriers.push(CarrierValue {
                    kind,
                    part,
                    variable: unit.variable,
                    start: Vec::new(),
                    step: Vec::new(),
                });
            }
            self.call_states.insert((call, unit.equation), first);
            self.pending.push(Task::States(Pending {
                variable: unit.variable,
                equation: unit.equation,
                call: Some(call),
                first,
                stages: 0,
                lags: 0,
            }));
            first
        });
        let phase = if unit.context == Context::Init {
            Phase::Init
        } else {
            Phase::Step
        };
        (first..first + count as u32)
            .map(|number| self.graph.leaf(Kind::Carried(number), phase))
            .collect()
    }

    /// Reads what carriers need, so that they can live.
    pub(super) fn complete_carriers(
        &mut self,
        pending: Pending,
        function: Function,
        args: &[ExprId],
        count: usize,
    ) -> Result<(), Stop> {
        let Pending {
            variable, equation, ..
        } = pending;
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        let needs = |position: usize| {
            let at_start = function.needs(position).at_start;
            [
                (Context::Init, at_start),
                (Context::Step, function.feeds(position)),
            ]
        };
        for (position, arg) in args.iter().enumerate() {
            for (context, is_needed) in needs(position) {
                if !is_needed {
                    continue;
                }
                let unit = Unit {
                    variable,
                    equation,
                    context,
                };
                match self.expression(unit, *arg) {
                    Ok(elements) => {
                        values.insert((context, position), elements);
                    }
                    Err(Stop::Missing(more)) => missing.extend(more),
                    Err(problem) => return Err(problem),
                }
            }
        }
        if !missing.is_empty() {
            return Err(Stop::Missing(missing));
        }
        for number in 0..count {
            let carrier = &mut self.carriers[pending.first as usize + number];
            for ((context, _), elements) in &values {
                let inputs = match context {
                    Context::Init => &mut carrier.start,
                    _ => &mut carrier.step,
                };
                inputs.push(element(elements, number));
            }
        }
        Ok(())
    }
}
