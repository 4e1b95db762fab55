//! Which value is in which register.
//!
//! A routine is straight, so it is known when each value is read next: when registers are short, the value whose next read lies
//! furthest ahead goes to memory (Belady 1966). What lies in memory anyway, or has been put there once, is only forgotten.

use std::collections::BTreeMap;

use super::encode::Memory;
use crate::primitive::{Action, Id, Node, Routine, Store, Target};

/// The two files of registers. Masks have registers of their own on wide machines only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    Vectors,
    Masks,
}

/// What is known of each value.
#[derive(Clone, Debug, Default)]
struct Value {
    register: Option<u8>,
    /// Where it lies in memory, if it does.
    home: Option<Memory>,
    /// The actions that read it, the next one last.
    reads: Vec<u32>,
}

/// Who holds a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Nobody,
    /// Someone within the instruction being written.
    Passing,
    Value(Id),
    /// What a place of the frame holds, from step to step.
    Place,
}

/// The registers and the values of a routine.
pub(super) struct Registers {
    values: Vec<Value>,
    vectors: Vec<Holder>,
    masks: Vec<Holder>,
    /// Registers that the instruction being written still reads.
    locked: Vec<(File, u8)>,
    /// The register that a value is to be computed into, where it is the next one of a place that stays in a register.
    meant: BTreeMap<Id, u8>,
    free_homes: Vec<Memory>,
    /// Homes of values that the action being written is the last to read: free when it has been written.
    leaving_homes: Vec<Memory>,
    homes: u32,
    line_bytes: i32,
}

/// What must be done before a register can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) register: u8,
    /// The value that was in it must be stored here first.
    pub(super) save: Option<Memory>,
}

impl Registers {
    pub(super) fn new(routine: &Routine, vectors: usize, masks: usize, line_bytes: i32) -> Self {
        let mut values = vec![Value::default(); routine.graph.nodes().len()];
        for (number, action) in routine.actions.iter().enumerate().rev() {
            let mut read = |id: Id| values[id.index()].reads.push(number as u32);
            match action {
                Action::Compute(id) => routine.graph.node(*id).operands().for_each(read),
                Action::Store(store) => read(store.value),
            }
        }
        let mut mask_holders = vec![Holder::Nobody; masks];
        // Mask register 0 means "all lanes".
        if let Some(first) = mask_holders.first_mut() {
            *first = Holder::Passing;
        }
        Self {
            values,
            vectors: vec![Holder::Nobody; vectors],
            masks: mask_holders,
            locked: Vec::new(),
            meant: BTreeMap::new(),
            free_homes: Vec::new(),
            leaving_homes: Vec::new(),
            homes: 0,
            line_bytes,
        }
    }

    /// Gives every place that the routine stores to a register of its own for good, from 0 on; which places, in that order.
    ///
    /// A new value is computed right there where the old one is not read later; otherwise it is copied when it is stored.
    pub(super) fn settle(&mut self, routine: &Routine) -> Vec<u32> {
        let stores = routine.actions.iter().filter_map(|action| match action {
            Action::Store(Store {
                target: Target::Lane(place),
                value,
            }) => Some((*place, *value)),
            _ => None,
        });
        let places: BTreeMap<u32, (u8, Id)> = stores
            .zip(0..)
            .map(|((place, value), register)| (place, (register, value)))
            .collect();
        let mut last_read = vec![0; self.vectors.len().max(places.len())];
        for (index, node) in routine.graph.nodes().iter().enumerate() {
            if let Node::Lane(place) = node
                && let Some((register, _)) = places.get(place)
            {
                let value = &mut self.values[index];
                value.register = Some(*register);
                last_read[usize::from(*register)] = value.reads.first().copied().unwrap_or(0);
            }
        }
        let mut computed = BTreeMap::new();
        for (number, action) in (0_u32..).zip(&routine.actions) {
            if let Action::Compute(id) = action {
                computed.insert(*id, number);
            }
        }
        for (register, value) in places.values() {
            let at = computed.get(value);
            if at.is_some_and(|at| last_read[usize::from(*register)] <= *at) {
                self.meant.entry(*value).or_insert(*register);
            }
        }
        let mut settled: Vec<(u8, u32)> = places
            .iter()
            .map(|(place, (register, _))| (*register, *place))
            .collect();
        settled.sort_unstable();
        for (register, _) in &settled {
            self.vectors[usize::from(*register)] = Holder::Place;
        }
        settled.into_iter().map(|(_, place)| place).collect()
    }

    /// Number of lines that values were put into.
    pub(super) fn homes(&self) -> usize {
        self.homes as usize
    }

    pub(super) fn register(&self, id: Id) -> Option<u8> {
        self.values[id.index()].register
    }

    pub(super) fn home(&self, id: Id) -> Option<Memory> {
        self.values[id.index()].home
    }

    pub(super) fn set_home(&mut self, id: Id, home: Memory) {
        self.values[id.index()].home = Some(home);
    }

    /// How many reads are still to come.
    pub(super) fn reads(&self, id: Id) -> usize {
        self.values[id.index()].reads.len()
    }

    fn file(&mut self, file: File) -> &mut Vec<Holder> {
        match file {
            File::Vectors => &mut self.vectors,
            File::Masks => &mut self.masks,
        }
    }

    pub(super) fn has_free(&mut self, file: File) -> bool {
        self.file(file).contains(&Holder::Nobody)
    }

    /// A register for `id`, or for the instruction being written. The value that has to go, if any, is forgotten or gets a home.
    pub(super) fn take(&mut self, file: File, id: Option<Id>) -> Taken {
        if let Some(id) = id
            && let Some(register) = self.meant.get(&id).copied()
        {
            self.values[id.index()].register = Some(register);
            return Taken { register, save: None };
        }
        let free = self
            .file(file)
            .iter()
            .position(|holder| *holder == Holder::Nobody);
        let (register, save) = match free {
            Some(register) => (register as u8, None),
            None => {
                let (register, leaving) = self.furthest(file);
                let save = self.leave(leaving);
                (register, save)
            }
        };
        self.file(file)[register as usize] = match id {
            Some(id) => {
                self.values[id.index()].register = Some(register);
                Holder::Value(id)
            }
            None => Holder::Passing,
        };
        Taken { register, save }
    }

    /// The register whose value is read last of all.
    fn furthest(&mut self, file: File) -> (u8, Id) {
        let holders = match file {
            File::Vectors => &self.vectors,
            File::Masks => &self.masks,
        };
        let candidates = holders
            .iter()
            .zip(0_u8..)
            .filter_map(|(holder, register)| match holder {
                Holder::Value(id) if !self.locked.contains(&(file, register)) => {
                    let value = &self.values[id.index()];
                    let next = value.reads.last().copied().unwrap_or(u32::MAX);
                    Some((next, value.home.is_some(), register, *id))
                }
                _ => None,
            });
        let (_, _, register, id) = candidates
            .max()
            .expect("an instruction holds fewer registers than there are");
        (register, id)
    }

    fn leave(&mut self, id: Id) -> Option<Memory> {
        self.values[id.index()].register = None;
        if self.values[id.index()].home.is_some() {
            return None;
        }
        let home = self.free_homes.pop().unwrap_or_else(|| {
            self.homes += 1;
            Memory {
                base: super::encode::Base::Spill,
                offset: (self.homes as i32 - 1) * self.line_bytes,
                one: false,
            }
        });
        self.values[id.index()].home = Some(home);
        Some(home)
    }

    pub(super) fn lock(&mut self, file: File, register: u8) {
        self.locked.push((file, register));
    }

    pub(super) fn unlock(&mut self) {
        self.locked.clear();
    }

    /// An action has been written.
    pub(super) fn written(&mut self) {
        self.locked.clear();
        self.free_homes.append(&mut self.leaving_homes);
    }

    /// Gives back a register that only the instruction being written needed.
    pub(super) fn pass(&mut self, file: File, register: u8) {
        self.file(file)[register as usize] = Holder::Nobody;
    }

    /// One read of a value is done; after the last its register and its home are free.
    pub(super) fn done(&mut self, file: File, id: Id) {
        let value = &mut self.values[id.index()];
        value.reads.pop();
        if !value.reads.is_empty() {
            return;
        }
        let (register, home) = (value.register.take(), value.home);
        if let Some(home) = home.filter(|home| home.base == super::encode::Base::Spill) {
            self.leaving_homes.push(home);
            self.values[id.index()].home = None;
        }
        if let Some(register) = register {
            let holder = &mut self.file(file)[register as usize];
            if *holder != Holder::Place {
                *holder = Holder::Nobody;
            }
        }
    }
}
