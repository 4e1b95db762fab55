//! A program as text: operation, binding time, and the variable each serves.

use std::fmt::Write;

use crate::adaptive;
use crate::ir::{Code, Op, Program, Slot, Tape, Update};
use crate::lower::element_name;
use crate::request::{Binding, InputTarget};
use model::{Model, Span, VarId};

/// A listing of a program for readers: what is computed, when, and for which variable of the model it was made from; `place` tells where
/// that stands, and may say nothing.
///
/// `u7` is a slot that holds one number for all futures, `f7` one that holds a number for each future; `f7..9` are three
/// neighbouring slots, on which an operation works element by element.
pub fn show(program: &Program, model: &Model, place: &dyn Fn(Span) -> String) -> String {
    let listing = Listing {
        program,
        model,
        place,
    };
    let mut text = String::new();
    listing
        .write(&mut text)
        .expect("writing to a string does not fail");
    text
}

struct Listing<'a> {
    program: &'a Program,
    model: &'a Model,
    place: &'a dyn Fn(Span) -> String,
}

impl Listing<'_> {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        let program = self.program;
        let method = match adaptive::pair(program.integration) {
            None => program.integration.name().to_owned(),
            Some(pair) => format!("{} to {}", pair.name, program.tolerance),
        };
        writeln!(
            out,
            "slots: {} for all futures, {} for each; {method}",
            program.uniform_len, program.lane_len
        )?;
        writeln!(out, "\nconstants")?;
        for (slot, value) in &program.constants {
            writeln!(out, "  {} = {value}", self.slot(*slot))?;
        }
        writeln!(out, "\ninputs")?;
        for input in &program.inputs {
            let binding = match input.binding {
                Binding::Uniform => "one for all futures",
                Binding::PerFuture => "one for each future",
                Binding::Schedule => "a schedule",
            };
            let name = match input.target {
                InputTarget::Variable(id) => self.name(id),
                InputTarget::InitialOf(id) => format!("{} at the start", self.name(id)),
            };
            let slot = input.slot.map_or("not needed".to_owned(), |slot| self.slot(slot));
            self.line(out, &format!("{slot}: {binding}"), &name)?;
        }
        self.tape(out, "once", &program.once)?;
        self.tape(out, "clock", &program.clock)?;
        self.tape(out, "init", &program.init)?;
        self.tape(out, "step", &program.step)?;
        writeln!(out, "\nadvance")?;
        for state in &program.states {
            let slots = self.range(state.slot, state.len, false);
            let update = match state.update {
                Update::Integrate { rate } => format!("integrates {}", self.range(rate, state.len, false)),
                Update::Hold { value } | Update::Next { value } => {
                    format!("becomes {}", self.range(value, state.len, false))
                }
                Update::Delay { input, delay } => {
                    let (input, delay) = (
                        self.range(input, state.len, false),
                        self.range(delay, state.len, false),
                    );
                    format!("delays {input} by {delay}")
                }
            };
            let initial = self.range(state.initial, state.len, false);
            let name = element_name(self.model, state.variable, state.element);
            self.line(out, &format!("{slots} {update}, from {initial}"), &name)?;
        }
        for carrier in &program.carriers {
            let slots = |slots: &[Slot]| {
                let slots: Vec<String> = slots.iter().map(|slot| self.slot(*slot)).collect();
                slots.join(" ")
            };
            writeln!(
                out,
                "{:?}, from {}, takes {}",
                carrier.kind,
                slots(&carrier.start),
                slots(&carrier.step)
            )?;
            for seen in &carrier.seen {
                let at: Vec<String> = [seen.slot, seen.at_start]
                    .into_iter()
                    .flatten()
                    .map(|slot| self.slot(slot))
                    .collect();
                writeln!(out, "  shows {:?} in {}", seen.part, at.join(" "))?;
            }
        }
        writeln!(out, "\noutputs")?;
        for metric in &program.metrics {
            let name = element_name(self.model, metric.variable, metric.element);
            self.line(
                out,
                &format!("{:?} of {}", metric.reducer, self.slot(metric.source)),
                &name,
            )?;
        }
        for stored in &program.series {
            let name = element_name(self.model, stored.variable, stored.element);
            self.line(out, &format!("series of {}", self.slot(stored.source)), &name)?;
        }
        Ok(())
    }

    fn tape(&self, out: &mut String, name: &str, tape: &Tape) -> std::fmt::Result {
        for (ops, origins, which) in [
            (&tape.uniform, &tape.uniform_origins, "for all futures"),
            (&tape.lanes, &tape.lane_origins, "for each future"),
        ] {
            if ops.is_empty() {
                continue;
            }
            writeln!(out, "\n{name}, {which}")?;
            for (op, origin) in ops.iter().zip(origins) {
                let place = (self.place)(self.model.variables[*origin].span);
                let name = format!("{} {place}", self.name(*origin));
                self.line(out, &self.operation(op), name.trim_end())?;
            }
        }
        Ok(())
    }

    fn line(&self, out: &mut String, what: &str, name: &str) -> std::fmt::Result {
        writeln!(out, "  {what:<60} ; {name}")
    }

    fn name(&self, id: VarId) -> String {
        self.model.variables[id].name.written().to_owned()
    }

    fn slot(&self, slot: Slot) -> String {
        match slot.0.checked_sub(self.program.uniform_len) {
            None => format!("u{}", slot.0),
            Some(place) => format!("f{place}"),
        }
    }

    fn range(&self, slot: Slot, len: u32, fixed: bool) -> String {
        if len == 1 || fixed {
            return self.slot(slot);
        }
        let last = self.slot(Slot(slot.0 + len - 1));
        format!("{}..{}", self.slot(slot), &last[1..])
    }

    fn operation(&self, op: &Op) -> String {
        let operand =
            |place: u32, slot: Slot| self.range(slot, u32::from(op.len), op.fixed >> place & 1 == 1);
        let further = |place: u32| operand(place, self.program.operands[(op.b + place) as usize - 1]);
        let dst = self.range(op.dst, u32::from(op.len), false);
        let a = operand(0, op.a);
        let b = || operand(1, Slot(op.b));
        let infix = |sign: &str| format!("{a} {sign} {}", b());
        let value = match op.code {
            Code::Copy => a,
            Code::Negate => format!("-{a}"),
            Code::Not => format!("not {a}"),
            Code::Add => infix("+"),
            Code::Subtract => infix("-"),
            Code::Multiply => infix("*"),
            Code::Divide => infix("/"),
            Code::Power => infix("^"),
            Code::PowerOfInteger => format!("{a} ^ {}", op.b.cast_signed()),
            Code::Less => infix("<"),
            Code::LessOrEqual => infix("<="),
            Code::Equal => infix("="),
            Code::NotEqual => infix("<>"),
            Code::And => infix("and"),
            Code::Or => infix("or"),
            Code::Select => format!("{a} ? {} : {}", further(1), further(2)),
            Code::MultiplyAdd => format!("fused {a} * {} + {}", further(1), further(2)),
            Code::MultiplySubtract => format!("fused {a} * {} - {}", further(1), further(2)),
            Code::SubtractProduct => format!("fused {} - {a} * {}", further(2), further(1)),
            Code::Lookup => format!("table {} at {a}", op.b),
            Code::Uniform => format!("random from stream {}", op.b),
            Code::Normal => {
                let stream = self.program.operands[op.b as usize + 3].0;
                let (high, mean, deviation) = (further(1), further(2), further(3));
                format!("normal {a} to {high} about {mean} by {deviation} from stream {stream}")
            }
            Code::Log | Code::Modulo | Code::Quantum | Code::Min | Code::Max => {
                format!("{} {a}, {}", name_of(op.code), b())
            }
            _ => format!("{} {a}", name_of(op.code)),
        };
        format!("{dst} = {value}")
    }
}

/// The name of a code, in small letters.
fn name_of(code: Code) -> String {
    format!("{code:?}").to_lowercase()
}
