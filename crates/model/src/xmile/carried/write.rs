//! Conveyors and queues in equations.
//!
//! What a flow of one is depends on what stands at the exit or lies in a zone at the start of the step, which a function of
//! the model's language sees; so a flow never depends on what it drives in the same step.

use super::plan::{Flow, Store, StoreId};
use super::{CarriedPart, ConveyorPart, LeakPart, Spread};
use crate::diagnostic::Diagnostic;
use crate::function::{Conveyor, ConveyorPart as Seen, Function, QueuePart};
use crate::model::BinaryOp as Op;
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{Named, Node, NodeId, Right};
use crate::xmile::document::{Equation, VariablePart};
use crate::xmile::emit::{Context, Emitter, Failed, Slice, plain_subscripts};

/// Rounding that must not keep a whole unit, or a batch, from being one.
const HAIR: f64 = 1e-9;

/// The name of what a reader needs to know of a stock or a flow: `stock.exit`.
fn part_of(name: &Name, what: &str) -> Name {
    Name::new(format!("{}.{what}", name.written()))
}

impl<'d> Emitter<'d, '_> {
    /// Everything that a conveyor or a queue needs beside its own equation.
    pub(in crate::xmile) fn store(&mut self, id: StoreId) {
        let store = &self.plan.stores[id];
        let context = Context {
            own: store.name.clone(),
            scope: store.scope,
            left: store.part.dimensions.clone(),
            over: store.part.dimensions.clone(),
            within: crate::xmile::arrays::Within::default(),
        };
        match &store.part.carried {
            Some(CarriedPart::Conveyor(conveyor)) => self.conveyor(id, conveyor, &context),
            Some(CarriedPart::Queue) => self.queue(id, &context),
            None => {}
        }
    }

    /// A hidden variable like the stock or the flow `of`.
    fn hidden(
        &mut self,
        of: &Name,
        what: &str,
        context: &Context,
        span: Span,
        value: impl FnOnce(&mut Self) -> Result<NodeId, Failed>,
    ) {
        let name = part_of(of, what);
        let first = self.next();
        let right = match value(self) {
            Ok(root) => Right::Expression { root },
            Err(Failed) => Right::Broken,
        };
        let named = Named { name, span };
        self.equation(named, &context.left, first, right, span).hidden = true;
    }

    /// A hidden variable that holds what an element of the file says, if it says anything.
    fn setting(&mut self, of: &Name, what: &str, equation: &'d Equation, context: &Context, span: Span) {
        match equation {
            Equation::Given(expression) => {
                self.hidden(of, what, context, span, |emitter| {
                    emitter.slice(Slice::whole(expression), context)
                });
            }
            Equation::Broken => self.hidden(of, what, context, span, |_| Err(Failed)),
            Equation::Missing | Equation::List(..) => {}
        }
    }

    /// A hidden variable, which is an array where its owner is.
    fn see(&mut self, of: &Name, what: &str, context: &Context, span: Span) -> NodeId {
        let subscripts = if self.scopes.arrays.contains(of.key()) {
            plain_subscripts(&context.left)
        } else {
            Vec::new()
        };
        let name = part_of(of, what);
        self.push(Node::Name { name, subscripts }, span)
    }

    fn conveyor(&mut self, id: StoreId, part: &'d ConveyorPart, context: &Context) {
        let (name, leaks, has_inflows) = {
            let store = &self.plan.stores[id];
            (store.name.clone(), store.leaks(), !store.inflows.is_empty())
        };
        let span = part.span;
        self.setting(&name, "length", &part.length, context, span);
        self.setting(&name, "sample", &part.sample, context, span);
        self.setting(&name, "capacity", &part.capacity, context, span);
        self.setting(&name, "inflow limit", &part.in_limit, context, span);
        self.setting(&name, "arrest", &part.arrest, context, span);
        if !matches!(part.sample, Equation::Missing) {
            self.hidden(&name, "transit time", context, span, |emitter| {
                let see = |emitter: &mut Self, what: &str| emitter.see(&name, what, context, span);
                let (mut sample, now) = (see(emitter, "sample"), see(emitter, "length"));
                if !matches!(part.arrest, Equation::Missing) {
                    // What is arrested takes no samples.
                    let arrest = see(emitter, "arrest");
                    let zero = emitter.number(0.0, span);
                    let runs = emitter.binary(Op::Equal, arrest, zero, span);
                    sample = emitter.binary(Op::And, sample, runs, span);
                }
                let first = see(emitter, "length");
                Ok(emitter.function(Function::SampleIfTrue, [sample, now, first], span))
            });
        }
        self.seen(id, part, context, "exit", Seen::Exit);
        for (number, leak) in (0..).zip(&leaks) {
            self.seen(
                id,
                part,
                context,
                &format!("zone {}", number + 1),
                Seen::Zone(number),
            );
            self.seen(
                id,
                part,
                context,
                &format!("exit in zone {}", number + 1),
                Seen::ExitZone(number),
            );
            if !part.exponential {
                self.seen(
                    id,
                    part,
                    context,
                    &format!("leak {}", number + 1),
                    Seen::Leak(number),
                );
            }
            self.share(part, &leaks, usize::from(number), context, span);
            self.carry(part, &name, leak, number, context, span);
        }
        if part.discrete && has_inflows && !matches!(part.in_limit, Equation::Missing) {
            self.used(id, context, span);
        }
    }

    /// What is seen of a conveyor.
    fn seen(&mut self, id: StoreId, part: &'d ConveyorPart, context: &Context, what: &str, seen: Seen) {
        let name = self.plan.stores[id].name.clone();
        self.hidden(&name, what, context, part.span, |emitter| {
            emitter.conveyor_call(id, part, context, seen)
        });
    }

    fn conveyor_call(
        &mut self,
        id: StoreId,
        part: &'d ConveyorPart,
        context: &Context,
        seen: Seen,
    ) -> Result<NodeId, Failed> {
        let span = part.span;
        let (name, leaks) = (self.plan.stores[id].name.clone(), self.plan.stores[id].leaks());
        let is_sampled = !matches!(part.sample, Equation::Missing);
        let length = if is_sampled { "transit time" } else { "length" };
        let mut args = vec![self.see(&name, length, context, span)];
        args.push(match part.arrest {
            Equation::Missing => self.number(0.0, span),
            _ => self.see(&name, "arrest", context, span),
        });
        let exit = self.plan.stores[id].exit();
        args.push(match exit {
            Some(exit) => self.alike(&exit, context, span),
            None => self.number(0.0, span),
        });
        for spread in [Spread::Beginning, Spread::Evenly, Spread::Alike] {
            let flows = self.plan.stores[id].laid(spread);
            args.push(self.sum(&flows, context, span));
        }
        let mut integers = 0;
        for (number, leak) in leaks.iter().enumerate() {
            args.push(self.alike(&leak.name, context, span));
            args.push(self.see(&leak.name, "fraction", context, span));
            let LeakPart {
                zone,
                integers: whole,
                ..
            } = leak.leak();
            args.push(self.number(zone.0, span));
            args.push(self.number(zone.1, span));
            integers |= u32::from(*whole) << number;
        }
        self.at_start(id, context, &mut args)?;
        let conveyor = Conveyor {
            leaks: leaks.len() as u8,
            exponential: part.exponential,
            discrete: part.discrete,
            integers,
        };
        let function = Function::Conveyor(conveyor, seen);
        Ok(self.push(Node::Function { function, args }, span))
    }

    /// What is in a store at the start: a list, or its initial value.
    fn at_start(&mut self, id: StoreId, context: &Context, args: &mut Vec<NodeId>) -> Result<(), Failed> {
        let (part, name) = (self.plan.stores[id].part, self.plan.stores[id].name.clone());
        match &part.own.equation {
            Equation::List(expression, roots) if part.elements.is_empty() && part.dimensions.is_empty() => {
                for root in roots {
                    args.push(self.slice(Slice::whole(expression).below(*root), context)?);
                }
            }
            _ => args.push(self.alike(&name, context, part.own.equation_span)),
        }
        Ok(())
    }

    /// The initial value of a store that is given as a list.
    pub(in crate::xmile) fn listed(&mut self, id: StoreId, context: &Context) -> Result<NodeId, Failed> {
        match &self.plan.stores[id].part.carried {
            Some(CarriedPart::Conveyor(part)) => self.conveyor_call(id, part, context, Seen::Content),
            _ => self.queue_call(id, context, QueuePart::Content),
        }
    }

    /// The share of what lies in the zone that an exponential leak takes in a step; all shares together are at most 1.
    fn share(
        &mut self,
        part: &ConveyorPart,
        leaks: &[Flow<'d>],
        number: usize,
        context: &Context,
        span: Span,
    ) {
        if !part.exponential {
            return;
        }
        let leak = &leaks[number];
        self.hidden(&leak.name, "share", context, span, |emitter| {
            let fraction = emitter.see(&leak.name, "fraction", context, span);
            let step = emitter.time_step(span);
            let share = emitter.binary(Op::Multiply, fraction, step, span);
            let zero = emitter.number(0.0, span);
            let share = emitter.function(Function::Max, [share, zero], span);
            let mut most = emitter.number(1.0, span);
            for before in &leaks[..number] {
                let taken = emitter.see(&before.name, "share", context, span);
                most = emitter.binary(Op::Subtract, most, taken, span);
            }
            Ok(emitter.function(Function::Min, [share, most], span))
        });
    }

    /// What has leaked in a step, before whole units are counted.
    fn leaked(
        &mut self,
        part: &ConveyorPart,
        name: &Name,
        leak: &Flow<'d>,
        number: u8,
        context: &Context,
        span: Span,
    ) -> NodeId {
        if part.exponential {
            let share = self.see(&leak.name, "share", context, span);
            let zone = self.see(name, &format!("zone {}", number + 1), context, span);
            self.binary(Op::Multiply, share, zone, span)
        } else {
            self.see(name, &format!("leak {}", number + 1), context, span)
        }
    }

    /// What has leaked and is no whole unit yet: what had, what leaks now, less what was taken.
    fn carry(
        &mut self,
        part: &ConveyorPart,
        name: &Name,
        leak: &Flow<'d>,
        number: u8,
        context: &Context,
        span: Span,
    ) {
        if !leak.leak().integers {
            return;
        }
        self.hidden(&leak.name, "carry", context, span, |emitter| {
            let carry = emitter.see(&leak.name, "carry", context, span);
            let leaked = emitter.leaked(part, name, leak, number, context, span);
            let sum = emitter.binary(Op::Add, carry, leaked, span);
            let flow = emitter.alike(&leak.name, context, span);
            let step = emitter.time_step(span);
            let taken = emitter.binary(Op::Multiply, flow, step, span);
            let rest = emitter.binary(Op::Subtract, sum, taken, span);
            let (step, nothing) = (emitter.time_step(span), emitter.number(0.0, span));
            Ok(emitter.function(Function::DelayFixed, [rest, step, nothing], span))
        });
    }

    /// How much a discrete conveyor has taken in since the last unit of time began.
    fn used(&mut self, id: StoreId, context: &Context, span: Span) {
        let name = self.plan.stores[id].name.clone();
        let limited = self.plan.stores[id].limited(&self.plan);
        self.hidden(&name, "inflow used", context, span, |emitter| {
            let step = emitter.time_step(span);
            let came = emitter.sum(&limited, context, span);
            let came = emitter.binary(Op::Multiply, came, step, span);
            let used = emitter.see(&name, "inflow used", context, span);
            let used = emitter.binary(Op::Add, used, came, span);
            let unit = |emitter: &mut Self, ahead: bool| {
                let mut time = emitter.push(Node::Time, span);
                if ahead {
                    let step = emitter.time_step(span);
                    time = emitter.binary(Op::Add, time, step, span);
                }
                let hair = emitter.number(HAIR, span);
                let time = emitter.binary(Op::Add, time, hair, span);
                emitter.function(Function::Integer, [time], span)
            };
            let (now, next) = (unit(emitter, false), unit(emitter, true));
            let ends = emitter.binary(Op::NotEqual, now, next, span);
            let nothing = emitter.number(0.0, span);
            let used = emitter.function(Function::IfThenElse, [ends, nothing, used], span);
            let (step, nothing) = (emitter.time_step(span), emitter.number(0.0, span));
            Ok(emitter.function(Function::DelayFixed, [used, step, nothing], span))
        });
    }

    fn queue(&mut self, id: StoreId, context: &Context) {
        let (name, span) = {
            let store = &self.plan.stores[id];
            (store.name.clone(), store.part.name.span)
        };
        self.hidden(&name, "front", context, span, |emitter| {
            emitter.queue_call(id, context, QueuePart::Front)
        });
        for place in 0..self.plan.stores[id].outflows.len() {
            let flow = self.plan.stores[id].outflows[place].clone();
            if self.plan.into.contains_key(flow.name.key()) && self.conveyor_of(&flow).is_some() {
                self.hidden(&flow.name, "wanted", context, span, |emitter| {
                    Ok(emitter.wanted(id, place, context, span))
                });
            }
        }
    }

    fn queue_call(&mut self, id: StoreId, context: &Context, part: QueuePart) -> Result<NodeId, Failed> {
        let store = &self.plan.stores[id];
        let span = store.part.name.span;
        let (inflows, outflows) = (store.inflows.clone(), store.outflows.clone());
        let mut args = vec![self.sum(&outflows, context, span)];
        for inflow in &inflows {
            args.push(self.alike(&inflow.name, context, span));
        }
        self.at_start(id, context, &mut args)?;
        let function = Function::Queue {
            inflows: inflows.len() as u8,
            part,
        };
        Ok(self.push(Node::Function { function, args }, span))
    }

    /// The conveyor that a flow goes into.
    fn conveyor_of(&self, flow: &Flow<'d>) -> Option<(StoreId, &'d ConveyorPart)> {
        let id = *self.plan.into.get(flow.name.key())?;
        match &self.plan.stores[id].part.carried {
            Some(CarriedPart::Conveyor(part)) => Some((id, part)),
            _ => None,
        }
    }

    /// What is left in a queue when its outflows before this one have taken theirs, as a rate.
    fn left(&mut self, id: StoreId, place: usize, context: &Context, span: Span) -> NodeId {
        let name = self.plan.stores[id].name.clone();
        let before = self.plan.stores[id].outflows[..place].to_vec();
        let content = self.alike(&name, context, span);
        let step = self.time_step(span);
        let mut left = self.binary(Op::Divide, content, step, span);
        for flow in &before {
            let taken = self.alike(&flow.name, context, span);
            left = self.binary(Op::Subtract, left, taken, span);
        }
        let zero = self.number(0.0, span);
        self.function(Function::Max, [left, zero], span)
    }

    /// What a queue offers a conveyor.
    fn wanted(&mut self, id: StoreId, place: usize, context: &Context, span: Span) -> NodeId {
        let flow = self.plan.stores[id].outflows[place].clone();
        let left = self.left(id, place, context, span);
        let one = self
            .conveyor_of(&flow)
            .is_some_and(|(_, part)| part.one_at_a_time);
        if !one {
            return left;
        }
        let name = self.plan.stores[id].name.clone();
        let front = self.see(&name, "front", context, span);
        let step = self.time_step(span);
        let front = self.binary(Op::Divide, front, step, span);
        self.function(Function::Min, [front, left], span)
    }

    fn sum(&mut self, flows: &[Flow<'d>], context: &Context, span: Span) -> NodeId {
        let mut sum: Option<NodeId> = None;
        for flow in flows {
            let flow = self.alike(&flow.name, context, span);
            sum = Some(match sum {
                Some(sum) => self.binary(Op::Add, sum, flow, span),
                None => flow,
            });
        }
        sum.unwrap_or_else(|| self.number(0.0, span))
    }

    /// What a flow is that a conveyor or a queue drives.
    pub(in crate::xmile) fn driven(
        &mut self,
        id: StoreId,
        place: usize,
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        let (part, flow) = (
            self.plan.stores[id].part,
            self.plan.stores[id].outflows[place].clone(),
        );
        let value = match &part.carried {
            Some(CarriedPart::Conveyor(conveyor)) if place == 0 => self.out(id, conveyor, context, span),
            Some(CarriedPart::Conveyor(conveyor)) => self.leak(id, conveyor, place, context, span)?,
            _ => self.served(id, place, context, span)?,
        };
        let mut value = value;
        let mut stopped_by = vec![self.plan.stores[id].name.clone()];
        stopped_by.extend(
            self.conveyor_of(&flow)
                .map(|(id, _)| self.plan.stores[id].name.clone()),
        );
        for name in stopped_by {
            value = self.unless_arrested(&name, value, context, span);
        }
        Ok(value)
    }

    fn unless_arrested(&mut self, name: &Name, value: NodeId, context: &Context, span: Span) -> NodeId {
        let store = self.plan.store(name.key()).map(|id| self.plan.stores[id].part);
        let has_arrest = store.is_some_and(|part| match &part.carried {
            Some(CarriedPart::Conveyor(part)) => !matches!(part.arrest, Equation::Missing),
            _ => false,
        });
        if !has_arrest {
            return value;
        }
        let arrest = self.see(name, "arrest", context, span);
        let nothing = self.number(0.0, span);
        self.function(Function::IfThenElse, [arrest, nothing, value], span)
    }

    /// What leaves a conveyor at its exit.
    fn out(&mut self, id: StoreId, part: &ConveyorPart, context: &Context, span: Span) -> NodeId {
        let (name, leaks) = (self.plan.stores[id].name.clone(), self.plan.stores[id].leaks());
        let mut out = self.see(&name, "exit", context, span);
        for (number, leak) in (1..).zip(&leaks) {
            let in_zone = self.see(&name, &format!("exit in zone {number}"), context, span);
            if leak.leak().integers {
                // Whole units are taken from behind; what they take beyond that comes from the exit.
                let flow = self.alike(&leak.name, context, span);
                let step = self.time_step(span);
                let taken = self.binary(Op::Multiply, flow, step, span);
                let zone = self.see(&name, &format!("zone {number}"), context, span);
                let behind = self.binary(Op::Subtract, zone, in_zone, span);
                let behind = self.after_shares(part, &leaks, behind, context, span);
                let beyond = self.binary(Op::Subtract, taken, behind, span);
                let zero = self.number(0.0, span);
                let beyond = self.function(Function::Max, [beyond, zero], span);
                out = self.binary(Op::Subtract, out, beyond, span);
            } else if part.exponential {
                let share = self.see(&leak.name, "share", context, span);
                let taken = self.binary(Op::Multiply, share, in_zone, span);
                out = self.binary(Op::Subtract, out, taken, span);
            }
        }
        if part.exponential || leaks.iter().any(|leak| leak.leak().integers) {
            let zero = self.number(0.0, span);
            out = self.function(Function::Max, [out, zero], span);
        }
        let step = self.time_step(span);
        self.binary(Op::Divide, out, step, span)
    }

    /// What leaks from a conveyor.
    fn leak(
        &mut self,
        id: StoreId,
        part: &ConveyorPart,
        place: usize,
        context: &Context,
        span: Span,
    ) -> Result<NodeId, Failed> {
        let store = &self.plan.stores[id];
        let (name, leak) = (store.name.clone(), store.outflows[place].clone());
        let number = store.leaks().iter().position(|other| other.name == leak.name);
        // A second way out that is no leakage has been refused.
        let number = number.ok_or(Failed)? as u8;
        let mut leaked = self.leaked(part, &name, &leak, number, context, span);
        if leak.leak().integers {
            let carry = self.see(&leak.name, "carry", context, span);
            let sum = self.binary(Op::Add, carry, leaked, span);
            let zone = self.see(&name, &format!("zone {}", number + 1), context, span);
            let leaks = self.plan.stores[id].leaks();
            let mut zone = self.after_shares(part, &leaks, zone, context, span);
            for before in leaks
                .iter()
                .take(usize::from(number))
                .filter(|leak| leak.leak().integers)
            {
                let flow = self.alike(&before.name, context, span);
                let step = self.time_step(span);
                let taken = self.binary(Op::Multiply, flow, step, span);
                zone = self.binary(Op::Subtract, zone, taken, span);
            }
            let sum = self.function(Function::Min, [sum, zone], span);
            let hair = self.number(HAIR, span);
            let sum = self.binary(Op::Add, sum, hair, span);
            leaked = self.function(Function::Integer, [sum], span);
        }
        let step = self.time_step(span);
        Ok(self.binary(Op::Divide, leaked, step, span))
    }

    /// What is left of what lies in a zone when the leaks that are no whole units have taken their shares, wherever these lie.
    fn after_shares(
        &mut self,
        part: &ConveyorPart,
        leaks: &[Flow<'d>],
        zone: NodeId,
        context: &Context,
        span: Span,
    ) -> NodeId {
        let mut rest = self.number(1.0, span);
        for leak in leaks
            .iter()
            .filter(|leak| part.exponential && !leak.leak().integers)
        {
            let share = self.see(&leak.name, "share", context, span);
            rest = self.binary(Op::Subtract, rest, share, span);
        }
        self.binary(Op::Multiply, zone, rest, span)
    }

    /// What a queue gives one of its outflows.
    fn served(&mut self, id: StoreId, place: usize, context: &Context, span: Span) -> Result<NodeId, Failed> {
        let outflows = self.plan.stores[id].outflows.clone();
        let flow = &outflows[place];
        let mut value = self.left(id, place, context, span);
        if flow.part.is_some_and(|part| part.flow.overflow) {
            // What the flows before it wanted and did not get.
            let blocked: Vec<&Flow<'d>> = outflows[..place]
                .iter()
                .filter(|flow| self.conveyor_of(flow).is_some())
                .collect();
            let mut sum = self.number(0.0, span);
            for flow in blocked.iter().take(1) {
                let wanted = self.see(&flow.name, "wanted", context, span);
                sum = self.binary(Op::Add, sum, wanted, span);
            }
            for flow in &outflows[..place] {
                let taken = self.alike(&flow.name, context, span);
                sum = self.binary(Op::Subtract, sum, taken, span);
            }
            let zero = self.number(0.0, span);
            let sum = self.function(Function::Max, [sum, zero], span);
            value = self.function(Function::Min, [value, sum], span);
        } else if self.conveyor_of(flow).is_some() {
            value = self.see(&flow.name, "wanted", context, span);
        }
        let Some((conveyor, part)) = self.conveyor_of(flow) else {
            return Ok(value);
        };
        let Some(room) = self.room(conveyor, flow, part, context, span) else {
            return Ok(value);
        };
        if !part.batch_integrity {
            return Ok(self.function(Function::Min, [value, room], span));
        }
        if !part.one_at_a_time {
            let name = &self.plan.stores[conveyor].part.name;
            self.diagnostics.push(
                Diagnostic::error(
                    "unsupported-conveyor",
                    format!(
                        "`{}` takes several whole batches at a time, which is not read yet",
                        name.name
                    ),
                )
                .label(part.span, "`batch_integrity` without `one_at_a_time`")
                .help("leave out one of them"),
            );
            return Err(Failed);
        }
        let step = self.time_step(span);
        let hair = self.number(HAIR, span);
        let hair = self.binary(Op::Divide, hair, step, span);
        let with_hair = self.binary(Op::Add, room, hair, span);
        let fits = self.binary(Op::LessOrEqual, value, with_hair, span);
        let value = if self.plan.stores[id].outflows[place]
            .part
            .is_some_and(|part| part.flow.overflow)
        {
            value
        } else {
            self.see(&flow.name, "wanted", context, span)
        };
        let nothing = self.number(0.0, span);
        Ok(self.function(Function::IfThenElse, [fits, value, nothing], span))
    }

    /// What a flow is that goes into a conveyor or a queue and is driven by none: never backwards, and no more than there is
    /// room for.
    pub(in crate::xmile) fn admitted(
        &mut self,
        flow: &Name,
        value: NodeId,
        context: &Context,
        span: Span,
    ) -> NodeId {
        let Some(id) = self.plan.into.get(flow.key()).copied() else {
            return value;
        };
        let zero = self.number(0.0, span);
        let mut value = self.function(Function::Max, [value, zero], span);
        let store = &self.plan.stores[id];
        let name = store.name.clone();
        let inflow = store.inflows.iter().find(|inflow| inflow.name == *flow).cloned();
        if let (Some(inflow), Some(CarriedPart::Conveyor(part))) = (inflow, &store.part.carried)
            && let Some(room) = self.room(id, &inflow, part, context, span)
        {
            value = self.function(Function::Min, [value, room], span);
        }
        self.unless_arrested(&name, value, context, span)
    }

    /// How much of a flow a conveyor takes, as a rate: what its capacity and its limit leave when the flows before it have theirs;
    /// nothing if it has neither.
    fn room(
        &mut self,
        id: StoreId,
        flow: &Flow<'d>,
        part: &ConveyorPart,
        context: &Context,
        span: Span,
    ) -> Option<NodeId> {
        let store = &self.plan.stores[id];
        let name = store.name.clone();
        let limited = store.limited(&self.plan);
        let (outflows, driven): (Vec<Flow<'d>>, Vec<Flow<'d>>) = (
            store.outflows.clone(),
            store
                .inflows
                .iter()
                .filter(|inflow| !limited.iter().any(|other| other.name == inflow.name))
                .cloned()
                .collect(),
        );
        let before: Vec<Flow<'d>> = limited
            .iter()
            .take_while(|other| other.name != flow.name)
            .cloned()
            .collect();
        let mut room: Option<NodeId> = None;
        if !matches!(part.capacity, Equation::Missing) {
            let capacity = self.see(&name, "capacity", context, span);
            let content = self.alike(&name, context, span);
            let free = self.binary(Op::Subtract, capacity, content, span);
            let step = self.time_step(span);
            let free = self.binary(Op::Divide, free, step, span);
            let goes = self.sum(&outflows, context, span);
            let free = self.binary(Op::Add, free, goes, span);
            let comes = self.sum(&driven, context, span);
            room = Some(self.binary(Op::Subtract, free, comes, span));
        }
        if !matches!(part.in_limit, Equation::Missing) {
            let mut limit = self.see(&name, "inflow limit", context, span);
            if part.discrete {
                let used = self.see(&name, "inflow used", context, span);
                let rest = self.binary(Op::Subtract, limit, used, span);
                let step = self.time_step(span);
                limit = self.binary(Op::Divide, rest, step, span);
            }
            room = Some(match room {
                Some(room) => self.function(Function::Min, [room, limit], span),
                None => limit,
            });
        }
        let mut room = room?;
        for other in &before {
            let taken = self.alike(&other.name, context, span);
            room = self.binary(Op::Subtract, room, taken, span);
        }
        let zero = self.number(0.0, span);
        Some(self.function(Function::Max, [room, zero], span))
    }

    /// Where the equation of a leak goes: it is no flow but a fraction.
    pub(in crate::xmile) fn fraction_of(
        &mut self,
        part: &'d VariablePart,
        name: &Name,
        context: &Context,
    ) -> Option<Name> {
        let leak = part.flow.leak.as_ref()?;
        let (id, place) = *self.plan.out_of.get(name.key())?;
        if place == 0 || !matches!(self.plan.stores[id].part.carried, Some(CarriedPart::Conveyor(_))) {
            return None;
        }
        if matches!(leak.fraction, Equation::Missing) {
            return Some(part_of(name, "fraction"));
        }
        self.setting(name, "fraction", &leak.fraction, context, part.name.span);
        None
    }
}

impl<'d> Store<'d> {
    /// What leaves at the exit of a conveyor.
    fn exit(&self) -> Option<Name> {
        self.outflows.first().map(|flow| flow.name.clone())
    }
    /// What leaks from a conveyor.
    fn leaks(&self) -> Vec<Flow<'d>> {
        let is_leak = |flow: &&Flow<'d>| flow.part.is_some_and(|part| part.flow.leak.is_some());
        self.outflows.iter().skip(1).filter(is_leak).cloned().collect()
    }
    /// The flows that are laid on a conveyor so.
    fn laid(&self, spread: Spread) -> Vec<Flow<'d>> {
        let is_so = |flow: &&Flow<'d>| flow.part.is_none_or(|part| part.flow.spread == spread);
        self.inflows.iter().filter(is_so).cloned().collect()
    }
    /// The inflows of a conveyor that it can hold back: those that no other conveyor drives.
    fn limited(&self, plan: &super::Plan<'d>) -> Vec<Flow<'d>> {
        let is_limited = |flow: &&Flow<'d>| match plan.out_of.get(flow.name.key()) {
            Some((id, _)) => matches!(plan.stores[*id].part.carried, Some(CarriedPart::Queue)),
            None => true,
        };
        self.inflows.iter().filter(is_limited).cloned().collect()
    }
}

impl<'d> Flow<'d> {
    fn leak(&self) -> &'d LeakPart {
        const NO_LEAK: &LeakPart = &LeakPart {
            fraction: Equation::Missing,
            integers: false,
            zone: (0.0, 1.0),
        };
        self.part
            .and_then(|part| part.flow.leak.as_ref())
            .unwrap_or(NO_LEAK)
    }
}
