//! Which value is in which register.
//!
//! A routine is straight, so it is known when each value is read next: when registers are short, the value whose next read lies
//! furthest ahead goes to memory (Belady 1966). What lies in memory anyway, or has been put there once, is only forgotten.

use super::encode::Memory;
use crate::primitive::{Action, Id, Routine};

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
}

/// The registers and the values of a routine.
pub(super) struct Registers {
    values: Vec<Value>,
    vectors: Vec<Holder>,
    masks: Vec<Holder>,
    /// Registers that the instruction being written still reads.
    locked: Vec<(File, u8)>,
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
            free_homes: Vec::new(),
            leaving_homes: Vec::new(),
            homes: 0,
            line_bytes,
        }
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
            self.file(file)[register as usize] = Holder::Nobody;
        }
    }
}
