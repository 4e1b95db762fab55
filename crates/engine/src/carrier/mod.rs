//! Stocks that remember the order of what is in them: the belt of a conveyor, the batches of a queue, and what stands behind Vensim's
//! delays of that kind.
//!
//! Their contents are as many numbers as time demands, and so lie beside the slots. In: at the start and at the end of each
//! step, some slots. Out: a few *parts* (what stands at the exit, what leaks next), which the next step reads like
//! states; all flows are ordinary operations made of them. One text serves every evaluator that has them, one future after the other.

mod band;
mod batch;
mod belt;
mod fifo;
mod ledger;
mod line;
#[cfg(test)]
mod tests;

use crate::ir::{Program, Slot};
use crate::timeline::Timeline;
use band::Band;
use batch::Batch;
use belt::Belt;
use fifo::{Fifo, FifoPart};
use ledger::Ledger;
use line::Line;
use model::{Conveyor, ConveyorPart, Function, QueuePart};

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A belt.
    Conveyor(Conveyor),
    /// Batches in a line; so many flows bring batches of their own.
    Queue {
        /// How many.
        inflows: u8,
    },
    /// What is worked on batch by batch: `DELAY BATCH`.
    Batch,
    /// Pieces on their way: `DELAY CONVEYOR`.
    Band,
    /// What is written off: `DEPRECIATE BY SCHEDULE`.
    Ledger,
    /// What waits, with its age: `QUEUE FIFO`.
    Fifo {
        /// Whether it has an attribute, too.
        attributes: bool,
    },
}

impl Kind {
    /// Whether it drives flows of the model, which then must move by whole steps as it does. What a delay gives holds for a step.
    pub(crate) fn drives_flows(self) -> bool {
        matches!(self, Kind::Conveyor(_) | Kind::Queue { .. })
    }

    /// Whether it has to know the time at which the run starts, as its last input at the start.
    pub(crate) fn looks_at_clock(self) -> bool {
        matches!(self, Kind::Batch | Kind::Ledger)
    }
}

/// What is seen of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// Of a belt.
    Conveyor(ConveyorPart),
    /// Of a line.
    Queue(QueuePart),
    /// Of a delay: what comes out.
    Out,
    /// Of a ledger: the share that is written off at once.
    FirstShare,
    /// Of what waits.
    Fifo(FifoPart),
}

/// The carrier that a function sees, and what of it.
pub(crate) struct Carrying {
    /// Which.
    pub(crate) kind: Kind,
    /// What of it.
    pub(crate) part: Part,
    /// What takes an argument in at once: this part, times the argument at this position, is added.
    pub(crate) at_once: Option<(Part, usize)>,
}

const PLAIN: Kind = Kind::Fifo { attributes: false };
const WITH_ATTRIBUTES: Kind = Kind::Fifo { attributes: true };

/// The carrier that a function sees.
pub(crate) fn carrying(function: Function) -> Option<Carrying> {
    let (kind, part) = match function {
        Function::Conveyor(conveyor, part) => (Kind::Conveyor(conveyor), Part::Conveyor(part)),
        Function::Queue { inflows, part } => (Kind::Queue { inflows }, Part::Queue(part)),
        Function::DelayBatch => (Kind::Batch, Part::Out),
        Function::DelayConveyor => (Kind::Band, Part::Out),
        Function::DepreciateBySchedule => (Kind::Ledger, Part::Out),
        Function::QueueFifoAttrib => (WITH_ATTRIBUTES, Part::Fifo(FifoPart::Content)),
        Function::QueueAttribAverage => (WITH_ATTRIBUTES, Part::Fifo(FifoPart::AttributeAverage)),
        Function::QueueAttribQuantity => (WITH_ATTRIBUTES, Part::Fifo(FifoPart::AttributeQuantity)),
        Function::QueueFifo => (PLAIN, Part::Fifo(FifoPart::Content)),
        Function::QueueAgeAverage => (PLAIN, Part::Fifo(FifoPart::AgeAverage)),
        Function::QueueAgeInRange => (PLAIN, Part::Fifo(FifoPart::AgeInRange)),
        Function::QueueAgeOldest => (PLAIN, Part::Fifo(FifoPart::AgeOldest)),
        _ => return None,
    };
    Some(Carrying {
        kind,
        part,
        at_once: (kind == Kind::Ledger).then_some((Part::FirstShare, 0)),
    })
}

/// A carrier of a program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Carrier {
    /// Which.
    pub(crate) kind: Kind,
    /// What it needs at the start.
    pub(crate) start: Vec<Slot>,
    /// What it needs at the end of a step.
    pub(crate) step: Vec<Slot>,
    /// What is seen of it.
    pub(crate) seen: Vec<Seen>,
}

/// A part of a carrier, and where it is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seen {
    /// Which part.
    pub(crate) part: Part,
    /// Where the steps see it.
    pub(crate) slot: Option<Slot>,
    /// Where the values at the start see it.
    pub(crate) at_start: Option<Slot>,
}

/// What one carrier holds, in one future.
#[derive(Clone, Debug)]
enum Load {
    Belt(Belt),
    Line(Line),
    Batch(Batch),
    Band(Band),
    Ledger(Ledger),
    Fifo(Fifo),
}

/// How long a step is, and how many there are.
#[derive(Clone, Copy, Debug)]
struct Clock {
    length: f64,
    steps: usize,
}

impl Load {
    fn new(kind: Kind, inputs: &[f64], clock: Clock) -> Self {
        match kind {
            Kind::Conveyor(conveyor) => Load::Belt(Belt::new(conveyor, inputs, clock)),
            Kind::Queue { .. } => Load::Line(Line::new(inputs)),
            Kind::Batch => Load::Batch(Batch::new(inputs, clock.length)),
            Kind::Band => Load::Band(Band::new(inputs, clock.length)),
            Kind::Ledger => Load::Ledger(Ledger::new(inputs, clock.length)),
            Kind::Fifo { attributes } => Load::Fifo(Fifo::new(inputs, attributes, clock.length)),
        }
    }

    fn step(&mut self, inputs: &[f64], length: f64) {
        match self {
            Load::Belt(belt) => belt.step(inputs, length),
            Load::Line(line) => line.step(inputs, length),
            Load::Batch(batch) => batch.step(inputs, length),
            Load::Band(band) => band.step(inputs, length),
            Load::Ledger(ledger) => ledger.step(inputs, length),
            Load::Fifo(fifo) => fifo.step(inputs, length),
        }
    }

    fn part(&self, part: Part) -> f64 {
        match (self, part) {
            (Load::Belt(belt), Part::Conveyor(part)) => belt.part(part),
            (Load::Line(line), Part::Queue(part)) => line.part(part),
            (Load::Batch(batch), Part::Out) => batch.out(),
            (Load::Band(band), Part::Out) => band.out(),
            (Load::Ledger(ledger), Part::Out) => ledger.earlier(),
            (Load::Ledger(ledger), Part::FirstShare) => ledger.first_share(),
            (Load::Fifo(fifo), Part::Fifo(part)) => fifo.part(part),
            _ => unreachable!("a part belongs to the kind of its carrier"),
        }
    }
}

/// What the carriers of a program hold, for the futures of a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loads {
    /// For each carrier one load for each future, or one for all.
    loads: Vec<Vec<Load>>,
    inputs: Vec<f64>,
}

/// The numbers of a block of futures: slots that all share first, then those that each has.
pub(crate) struct Numbers<'a> {
    pub(crate) uniform: &'a mut [f64],
    pub(crate) lanes: &'a mut [f64],
    pub(crate) width: usize,
}

impl<'a> Numbers<'a> {
    /// The numbers of one future.
    pub(crate) fn of_one(slots: &'a mut [f64]) -> Self {
        Self {
            uniform: slots,
            lanes: &mut [],
            width: 1,
        }
    }

    fn at(&mut self, slot: Slot, lane: usize) -> &mut f64 {
        match (slot.0 as usize).checked_sub(self.uniform.len()) {
            None => &mut self.uniform[slot.0 as usize],
            Some(place) => &mut self.lanes[place * self.width + lane],
        }
    }

    /// How many loads a carrier needs: one if futures see the same of it.
    fn homes(&self, carrier: &Carrier) -> usize {
        let slots = carrier.seen.iter().flat_map(|seen| [seen.slot, seen.at_start]);
        let shared = slots.flatten().all(|slot| (slot.0 as usize) < self.uniform.len());
        if shared { 1 } else { self.width }
    }
}

impl Loads {
    /// Fills all carriers and shows what is in them.
    pub(crate) fn begin(&mut self, program: &Program, timeline: &Timeline, numbers: &mut Numbers) {
        self.loads.clear();
        let clock = Clock {
            length: timeline.length(0),
            steps: timeline.steps,
        };
        for carrier in &program.carriers {
            let mut loads = Vec::new();
            for lane in 0..numbers.homes(carrier) {
                self.inputs.clear();
                self.inputs
                    .extend(carrier.start.iter().map(|slot| *numbers.at(*slot, lane)));
                let load = Load::new(carrier.kind, &self.inputs, clock);
                for seen in &carrier.seen {
                    for slot in [seen.slot, seen.at_start].into_iter().flatten() {
                        *numbers.at(slot, lane) = load.part(seen.part);
                    }
                }
                loads.push(load);
            }
            self.loads.push(loads);
        }
    }

    /// Takes in and gives out what the flows of a step say, as they stand at its start.
    pub(crate) fn go_on(&mut self, program: &Program, length: f64, numbers: &mut Numbers) {
        for (carrier, loads) in program.carriers.iter().zip(&mut self.loads) {
            for (lane, load) in loads.iter_mut().enumerate() {
                self.inputs.clear();
                self.inputs
                    .extend(carrier.step.iter().map(|slot| *numbers.at(*slot, lane)));
                load.step(&self.inputs, length);
            }
        }
    }

    /// Shows the next step what is in them.
    pub(crate) fn show(&self, program: &Program, numbers: &mut Numbers) {
        for (carrier, loads) in program.carriers.iter().zip(&self.loads) {
            for seen in &carrier.seen {
                let Some(slot) = seen.slot else { continue };
                for (lane, load) in loads.iter().enumerate() {
                    *numbers.at(slot, lane) = load.part(seen.part);
                }
            }
        }
    }
}
