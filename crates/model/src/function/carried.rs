//! Stocks that remember the order of what is in them, as functions see them.

use super::Needs;

/// A conveyor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conveyor {
    /// How many flows leak from it.
    pub leaks: u8,
    /// Whether each leak takes a share of what is there; otherwise a share of what was laid on.
    pub exponential: bool,
    /// Whether what is on it at the start stands at the beginning of each unit of time.
    pub discrete: bool,
    /// The leaks that take whole units, by their bits.
    pub integers: u32,
}

/// What is seen of a conveyor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConveyorPart {
    /// All that is on it; known at the start only.
    Content,
    /// What goes out next, without what is settled to leak before.
    Exit,
    /// What is settled to leak next, of a leak that takes a share of what was laid on.
    Leak(u8),
    /// What lies in the zone of a leak.
    Zone(u8),
    /// What goes out next, if it lies in the zone of a leak.
    ExitZone(u8),
}

/// What is seen of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueuePart {
    /// All that is in it.
    Content,
    /// The batch that goes first.
    Front,
}

/// Arguments of a conveyor before those of its leaks.
const BEFORE_LEAKS: usize = 6;
/// Arguments for each leak: what it takes, its fraction, begin and end of its zone.
const FOR_EACH_LEAK: usize = 4;

impl Conveyor {
    pub(super) fn needs(self, argument: usize) -> Needs {
        let at_start = match argument.checked_sub(BEFORE_LEAKS) {
            None => argument == 0,
            Some(place) => place / FOR_EACH_LEAK >= usize::from(self.leaks) || place % FOR_EACH_LEAK > 0,
        };
        Needs {
            at_start,
            in_step: false,
        }
    }

    pub(super) fn feeds(self, argument: usize) -> bool {
        match argument.checked_sub(BEFORE_LEAKS) {
            None => true,
            Some(place) => place / FOR_EACH_LEAK < usize::from(self.leaks) && place % FOR_EACH_LEAK < 2,
        }
    }
}
