//! What the functions of a module share: numbers in memory, and each other.

use std::collections::HashMap;

use super::Form;
use super::trace::Callee;
use crate::ir::Segments;

/// A function that is not part of every module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Routine {
    /// A function of words, as the callee says.
    Kernel(Callee),
    /// A piecewise-linear function: place, table, number of points.
    Lookup,
    /// A draw of [0, 1), or of (0, 1): row, stream, step.
    Draw {
        /// Whether the ends are left out.
        open: bool,
    },
    /// 64 random bits: variable or future, step, key.
    Philox,
    /// The value of a schedule: its place, the time up to which a step counts as begun.
    Scheduled,
}

/// Constants, tables, and the functions that have been asked for.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) form: Form,
    /// What lies at the start of memory, in words of eight bytes.
    pub(super) data: Vec<u64>,
    constants: HashMap<u64, u32>,
    tables: Vec<Segments>,
    placed: HashMap<u32, u32>,
    /// Number of the first routine among the functions.
    first: u32,
    /// Routines in the order of their numbers.
    pub(super) routines: Vec<Routine>,
    /// Where the keys of the streams and the numbers of the futures lie.
    pub(super) keys: u32,
    pub(super) futures: u32,
}

impl Shared {
    pub(super) fn new(form: Form, tables: &[Segments], first: u32) -> Self {
        Self {
            form,
            data: Vec::new(),
            constants: HashMap::new(),
            tables: tables.to_vec(),
            placed: HashMap::new(),
            first,
            routines: Vec::new(),
            keys: 0,
            futures: 0,
        }
    }

    /// The address of a constant.
    pub(super) fn pool(&mut self, bits: u64) -> u32 {
        let next = 8 * self.data.len() as u32;
        let place = *self.constants.entry(bits).or_insert(next);
        if place == next {
            self.data.push(bits);
        }
        place
    }

    /// Puts words into memory and gives their address.
    pub(super) fn words(&mut self, words: impl IntoIterator<Item = u64>) -> u32 {
        let place = 8 * self.data.len() as u32;
        self.data.extend(words);
        place
    }

    /// The address of a table and how many points it has: all x, all y, all slopes.
    pub(super) fn table(&mut self, number: u32) -> (u32, u32) {
        let count = self.tables[number as usize].x.len() as u32;
        if let Some(place) = self.placed.get(&number) {
            return (*place, count);
        }
        let table = &self.tables[number as usize];
        let columns = [&table.x, &table.y, &table.slope];
        let words: Vec<u64> = columns
            .into_iter()
            .flatten()
            .map(|value| value.to_bits())
            .collect();
        let place = self.words(words);
        self.placed.insert(number, place);
        (place, count)
    }

    /// The number of the function that a node calls.
    pub(super) fn routine(&mut self, callee: Callee) -> u32 {
        self.number(match callee {
            Callee::Lookup(_) => Routine::Lookup,
            Callee::Uniform(_) => Routine::Draw { open: false },
            Callee::OpenUniform(_) => Routine::Draw { open: true },
            _ => Routine::Kernel(callee),
        })
    }

    /// The number of a function.
    pub(super) fn number(&mut self, routine: Routine) -> u32 {
        let known = self.routines.iter().position(|known| *known == routine);
        let place = known.unwrap_or_else(|| {
            self.routines.push(routine);
            self.routines.len() - 1
        });
        self.first + place as u32
    }
}
