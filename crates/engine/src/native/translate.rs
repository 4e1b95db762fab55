//! Routines to machine code.
//!
//! In: a [`Routine`]. Out: a function that walks over steps and, in each, over groups of futures, a register's lanes at a time; within a
//! group every value of the step stays in registers as long as there are enough. One node becomes one instruction, or a few.

use super::encode::{self, Base, Encoder, Form, Masking, Memory, Operand, Strides};
use super::pool::Pool;
use super::registers::{File, Registers, Taken};
use crate::ir::Segments;
use crate::math::ROUNDER;
use crate::primitive::{Action, Binary, Fused, Id, Logic, Node, Predicate, Routine, Store, Target, Unary};

/// The vector instructions of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// AVX2: 256 bits, 16 registers, masks in them.
    Four,
    /// AVX-512: 512 bits, 32 registers, and 7 for masks.
    Eight,
}

impl Width {
    /// Vector registers.
    pub(super) fn registers(self) -> usize {
        match self {
            Width::Four => 16,
            Width::Eight => 32,
        }
    }

    /// Lanes of a register.
    pub(super) fn lanes(self) -> usize {
        match self {
            Width::Four => 4,
            Width::Eight => 8,
        }
    }
}

/// In which order futures and steps take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// All groups go through a step before any goes on to the next: frames carry what lives on.
    Steps,
    /// A group goes through all steps before the next one begins: registers carry it.
    Groups,
}

/// Writes one routine; returns how many lines it needs for values without a register.
pub(super) fn translate(
    routine: &Routine,
    shape: Shape,
    tables: &[Segments],
    strides: Strides,
    width: Width,
    pool: &mut Pool,
    encoder: &mut Encoder,
) -> usize {
    let line_bytes = width.lanes() as i32 * 8;
    let masks = match width {
        Width::Four => 0,
        Width::Eight => 8,
    };
    let mut registers = Registers::new(routine, width.registers(), masks, line_bytes);
    let settled = match shape {
        Shape::Steps => Vec::new(),
        Shape::Groups => registers.settle(routine),
    };
    let mut loops = match shape {
        Shape::Steps => encoder.begin(),
        Shape::Groups => encoder.begin_group(),
    };
    let mut translator = Translator {
        routine,
        tables,
        wide: width == Width::Eight,
        line_bytes,
        registers,
        pool,
        encoder,
    };
    translator.carry(encode::LOAD, &settled);
    if shape == Shape::Groups {
        translator.encoder.first_step(&mut loops);
    }
    for action in &routine.actions {
        match action {
            Action::Compute(id) => translator.compute(*id),
            Action::Store(store) => match settled
                .iter()
                .zip(0..)
                .find(|(place, _)| store.target == Target::Lane(**place))
            {
                Some((_, register)) => translator.keep(store.value, register),
                None => translator.store(*store),
            },
        }
        translator.registers.written();
    }
    if shape == Shape::Groups {
        translator.encoder.last_step(loops, strides);
    }
    translator.carry(encode::STORE, &settled);
    let homes = translator.registers.homes();
    match shape {
        Shape::Steps => encoder.end(loops, strides),
        Shape::Groups => encoder.end_group(loops, strides),
    }
    homes
}

struct Translator<'a> {
    routine: &'a Routine,
    tables: &'a [Segments],
    wide: bool,
    line_bytes: i32,
    registers: Registers,
    pool: &'a mut Pool,
    encoder: &'a mut Encoder,
}

// Immediates of comparisons.
const GREATER_OR_EQUAL: u8 = 0x1d;
const GREATER: u8 = 0x1e;

fn immediate(predicate: Predicate) -> u8 {
    match predicate {
        Predicate::Equal => 0x00,
        Predicate::NotEqual => 0x04,
        Predicate::Less => 0x11,
        Predicate::LessOrEqual => 0x12,
        Predicate::NotLess => 0x15,
        Predicate::NotLessOrEqual => 0x16,
    }
}

/// The same comparison with its operands exchanged.
fn exchanged(predicate: Predicate) -> u8 {
    match predicate {
        Predicate::Equal | Predicate::NotEqual => immediate(predicate),
        Predicate::Less => GREATER,
        Predicate::LessOrEqual => GREATER_OR_EQUAL,
        // Not greater, not greater or equal.
        Predicate::NotLess => 0x1a,
        Predicate::NotLessOrEqual => 0x19,
    }
}

fn binary_form(binary: Binary) -> Form {
    match binary {
        Binary::Add => encode::ADD,
        Binary::Subtract => encode::SUBTRACT,
        Binary::Multiply => encode::MULTIPLY,
        Binary::Divide => encode::DIVIDE,
        Binary::Lesser => encode::LESSER,
        Binary::Greater => encode::GREATER,
        Binary::And => encode::AND,
        Binary::Or => encode::OR,
        Binary::Xor => encode::XOR,
        Binary::IntegerAdd => encode::INTEGER_ADD,
        Binary::IntegerSubtract => encode::INTEGER_SUBTRACT,
        Binary::MultiplyHalves => encode::MULTIPLY_HALVES,
        Binary::Scale => encode::SCALE,
    }
}

impl Translator<'_> {
    fn node(&self, id: Id) -> Node {
        self.routine.graph.node(id)
    }

    fn file(&self, id: Id) -> File {
        if self.wide && self.node(id).is_mask() {
            File::Masks
        } else {
            File::Vectors
        }
    }

    /// A vector instruction with two operands.
    fn vector(&mut self, form: Form, register: u8, second: u8, third: Operand) {
        self.masked(form, register, second, third, Masking::default());
    }

    fn masked(&mut self, form: Form, register: u8, second: u8, third: Operand, masking: Masking) {
        if self.wide {
            self.encoder.evex(form, register, second, third, masking);
        } else {
            self.encoder.vex(form, true, register, second, third);
        }
    }

    /// Where a value lies in memory.
    fn home(&mut self, id: Id) -> Option<Memory> {
        match self.node(id) {
            Node::Constant(bits) => Some(self.constant(bits)),
            Node::Uniform(at) => Some(Memory {
                base: Base::Row,
                offset: at as i32 * 8,
                one: true,
            }),
            Node::Lane(at) => Some(self.line(at)),
            _ => self.registers.home(id),
        }
    }

    /// A constant in memory: once on wide machines, whose instructions repeat it, else in every lane.
    fn constant(&mut self, bits: u64) -> Memory {
        Memory {
            base: Base::Pool,
            offset: self.pool.constant(bits, if self.wide { 1 } else { 4 }),
            one: self.wide,
        }
    }

    /// Loads a number or a line into a register.
    fn load(&mut self, register: u8, from: Memory) {
        let form = if from.one { encode::BROADCAST } else { encode::LOAD };
        self.vector(form, register, 0, Operand::Memory(from));
    }

    /// A register for a value or, without one, for the instruction being written.
    fn take(&mut self, file: File, id: Option<Id>) -> u8 {
        // Told here, before it leaves: what lies in memory anyway need not be put there again.
        let Taken { register, save } = self.registers.take(file, id);
        if let Some(home) = save {
            match file {
                File::Vectors => self.vector(encode::STORE, register, 0, Operand::Memory(home)),
                File::Masks => {
                    self.encoder
                        .vex(encode::MASK_STORE, false, register, 0, Operand::Memory(home))
                }
            }
        }
        register
    }

    /// The value in a register, which stays its own until the instruction is written.
    fn in_register(&mut self, id: Id) -> u8 {
        let file = self.file(id);
        let register = match self.registers.register(id) {
            Some(register) => register,
            None => {
                let home = self.home(id).expect("what is in no register lies in memory");
                self.registers.set_home(id, home);
                let register = self.take(file, Some(id));
                match file {
                    File::Vectors => self.load(register, home),
                    File::Masks => {
                        self.encoder
                            .vex(encode::MASK_LOAD, false, register, 0, Operand::Memory(home));
                    }
                }
                register
            }
        };
        self.registers.lock(file, register);
        register
    }

    /// The value in a register, or in memory if an instruction can take it from there and it is not worth a register.
    fn anywhere(&mut self, id: Id) -> Operand {
        if self.registers.register(id).is_none()
            && let Some(home) = self.home(id)
            && (self.wide || !home.one)
            && (self.registers.reads(id) < 2 || !self.registers.has_free(File::Vectors))
        {
            return Operand::Memory(home);
        }
        Operand::Register(self.in_register(id))
    }

    fn is_in_register(&self, id: Id) -> bool {
        self.registers.register(id).is_some()
    }

    fn done(&mut self, id: Id) {
        let file = self.file(id);
        self.registers.done(file, id);
    }

    /// The operands have been read: their registers may be taken for the result.
    fn result(&mut self, id: Id) -> u8 {
        for operand in self.node(id).operands() {
            self.done(operand);
        }
        self.registers.unlock();
        let file = self.file(id);
        self.take(file, Some(id))
    }

    fn compute(&mut self, id: Id) {
        match self.node(id) {
            Node::Constant(_) | Node::Uniform(_) | Node::Lane(_) => {
                unreachable!("what lies in memory is not computed")
            }
            Node::Unary(unary, a) => self.unary(id, unary, a),
            Node::Binary(Binary::Scale, value, exponent) if !self.wide => self.scale(id, value, exponent),
            Node::Binary(binary, a, b) => {
                let exchange = binary.commutes() && !self.is_in_register(a) && self.is_in_register(b);
                let (a, b) = if exchange { (b, a) } else { (a, b) };
                let (a, b) = (self.in_register(a), self.anywhere(b));
                let result = self.result(id);
                self.vector(binary_form(binary), result, a, b);
            }
            Node::Fused(fused, a, b, c) => self.fused(id, fused, [a, b, c]),
            Node::Compare(predicate, a, b) => {
                let exchange = !self.is_in_register(a) && self.is_in_register(b);
                let (a, b, immediate) = if exchange {
                    (b, a, exchanged(predicate))
                } else {
                    (a, b, immediate(predicate))
                };
                let (a, b) = (self.in_register(a), self.anywhere(b));
                let result = self.result(id);
                self.vector(encode::COMPARE, result, a, b);
                self.encoder.immediate(immediate);
            }
            Node::Logic(logic, a, b) => self.logic(id, logic, a, b),
            Node::Not(a) => self.not(id, a),
            Node::Select(mask, yes, no) => self.select(id, mask, yes, no),
            Node::WordOf(mask) => {
                let mask = self.in_register(mask);
                let result = self.result(id);
                let form = if self.wide {
                    encode::WORD_OF_MASK
                } else {
                    encode::LOAD
                };
                self.vector(form, result, 0, Operand::Register(mask));
            }
            Node::Lookup(table, at) => self.lookup(id, table, at),
        }
    }

    fn unary(&mut self, id: Id, unary: Unary, a: Id) {
        let a = if self.wide || unary == Unary::Root {
            self.anywhere(a)
        } else {
            Operand::Register(self.in_register(a))
        };
        let result = self.result(id);
        match unary {
            Unary::Root => self.vector(encode::ROOT, result, 0, a),
            // The result stands where the second operand does elsewhere; 6 and 2 are part of the opcode.
            Unary::ShiftLeft(bits) => {
                self.vector(encode::SHIFT, 6, result, a);
                self.encoder.immediate(bits);
            }
            Unary::ShiftRight(bits) => {
                self.vector(encode::SHIFT, 2, result, a);
                self.encoder.immediate(bits);
            }
        }
    }

    /// A number times a power of two, in two steps of which only the second may round.
    fn scale(&mut self, id: Id, value: Id, exponent: Id) {
        let [middle, rounder, bias] = [0.5, ROUNDER, f64::from_bits(1023)]
            .map(|number| Operand::Memory(self.constant(number.to_bits())));
        let (value, exponent) = (self.in_register(value), self.in_register(exponent));
        let [half, rest] = [0; 2].map(|_| self.take(File::Vectors, None));
        self.vector(encode::MULTIPLY, half, exponent, middle);
        self.vector(encode::ADD, half, half, rounder);
        self.vector(encode::SUBTRACT, half, half, rounder);
        self.vector(encode::SUBTRACT, rest, exponent, Operand::Register(half));
        for power in [half, rest] {
            // The integer in the low bits becomes an exponent.
            self.vector(encode::ADD, power, power, rounder);
            self.vector(encode::INTEGER_ADD, power, power, bias);
            self.vector(encode::SHIFT, 6, power, Operand::Register(power));
            self.encoder.immediate(52);
        }
        self.vector(encode::MULTIPLY, half, half, Operand::Register(value));
        for register in [half, rest] {
            self.registers.pass(File::Vectors, register);
        }
        // Freed registers still hold their numbers, which this one instruction reads.
        let result = self.result(id);
        self.vector(encode::MULTIPLY, result, half, Operand::Register(rest));
    }

    /// The instruction overwrites one of its operands: the addend, or a factor, or else a copy of the addend.
    fn fused(&mut self, id: Id, fused: Fused, [a, b, c]: [Id; 3]) {
        let (a, b) = if !self.is_in_register(a) && self.is_in_register(b) {
            (b, a)
        } else {
            (a, b)
        };
        let (a, c) = (self.in_register(a), self.in_register(c));
        let b = self.anywhere(b);
        let result = self.result(id);
        let (with_factor, with_addend) = match fused {
            Fused::Add => (encode::FUSED_ADD_132, encode::FUSED_ADD_231),
            Fused::Subtract => (encode::FUSED_SUBTRACT_132, encode::FUSED_SUBTRACT_231),
            Fused::SubtractFrom => (encode::FUSED_FROM_132, encode::FUSED_FROM_231),
        };
        if result == c {
            self.vector(with_addend, result, a, b);
        } else if result == a {
            self.vector(with_factor, result, c, b);
        } else if b == Operand::Register(result) {
            self.vector(with_factor, result, c, Operand::Register(a));
        } else {
            self.vector(encode::LOAD, result, 0, Operand::Register(c));
            self.vector(with_addend, result, a, b);
        }
    }

    fn logic(&mut self, id: Id, logic: Logic, a: Id, b: Id) {
        let (a, b) = (self.in_register(a), self.in_register(b));
        let result = self.result(id);
        if self.wide {
            let form = match logic {
                Logic::And => encode::MASK_AND,
                Logic::Or => encode::MASK_OR,
                Logic::Xor => encode::MASK_XOR,
            };
            self.encoder.vex(form, true, result, a, Operand::Register(b));
        } else {
            let form = match logic {
                Logic::And => encode::AND,
                Logic::Or => encode::OR,
                Logic::Xor => encode::XOR,
            };
            self.vector(form, result, a, Operand::Register(b));
        }
    }

    fn not(&mut self, id: Id, a: Id) {
        let a = self.in_register(a);
        let result = self.result(id);
        if self.wide {
            self.encoder
                .vex(encode::MASK_NOT, false, result, 0, Operand::Register(a));
        } else {
            let ones = self.constant(!0);
            self.vector(encode::XOR, result, a, Operand::Memory(ones));
        }
    }

    fn select(&mut self, id: Id, mask: Id, yes: Id, no: Id) {
        let zero = self.node(no) == Node::Constant(0);
        let mask = self.in_register(mask);
        if zero {
            let yes = self.anywhere(yes);
            let result = self.result(id);
            let form = match yes {
                _ if !self.wide => return self.vector(encode::AND, result, mask, yes),
                Operand::Memory(Memory { one: true, .. }) => encode::BROADCAST,
                _ => encode::LOAD,
            };
            let masking = Masking {
                register: mask,
                zero: true,
            };
            return self.masked(form, result, 0, yes, masking);
        }
        let (no, yes) = (self.in_register(no), self.anywhere(yes));
        let result = self.result(id);
        if self.wide {
            let masking = Masking {
                register: mask,
                zero: false,
            };
            self.masked(encode::BLEND_MASK, result, no, yes, masking);
        } else {
            self.vector(encode::BLEND, result, no, yes);
            self.encoder.immediate(mask << 4);
        }
    }

    /// A number of a table's column for each lane.
    fn column(&mut self, table: u32, part: u8, index: u8, register: u8) {
        let segments = &self.tables[table as usize];
        let numbers = [&segments.x, &segments.y, &segments.slope][usize::from(part)];
        let (count, offset) = (numbers.len(), self.pool.column(table, part, numbers));
        let line = |offset| {
            Operand::Memory(Memory {
                base: Base::Pool,
                offset,
                one: false,
            })
        };
        if self.wide && count <= 8 {
            self.vector(encode::PERMUTE, register, index, line(offset));
        } else if self.wide && count <= 16 {
            let first = self.take(File::Vectors, None);
            self.vector(encode::LOAD, first, 0, line(offset));
            self.vector(encode::LOAD, register, 0, Operand::Register(index));
            self.vector(encode::PERMUTE_TWO, register, first, line(offset + 64));
            self.registers.pass(File::Vectors, first);
        } else if self.wide {
            let all = self.take(File::Masks, None);
            self.encoder
                .vex(encode::MASK_EQUAL, true, all, all, Operand::Register(all));
            self.encoder.gather(true, register, index, all, offset);
            self.registers.pass(File::Masks, all);
        } else {
            let all = self.take(File::Vectors, None);
            self.vector(encode::INTEGER_EQUAL, all, all, Operand::Register(all));
            self.encoder.gather(false, register, index, all, offset);
            self.registers.pass(File::Vectors, all);
        }
    }

    fn lookup(&mut self, id: Id, table: u32, place: Id) {
        let segments = &self.tables[table as usize];
        let (x, y, slope) = (&segments.x, &segments.y, &segments.slope);
        let at = self.in_register(place);
        if let ([x], [y], [slope]) = (x.as_slice(), y.as_slice(), slope.as_slice()) {
            let [x, y, slope] = [x, y, slope].map(|number| Operand::Memory(self.constant(number.to_bits())));
            let result = self.result(id);
            self.vector(encode::SUBTRACT, result, at, x);
            self.vector(encode::MULTIPLY, result, result, slope);
            self.vector(encode::ADD, result, result, y);
            return;
        }
        let index = self.take(File::Vectors, None);
        self.count(&x[1..], at, index);
        let (value, other) = (self.take(File::Vectors, None), self.take(File::Vectors, None));
        self.column(table, 0, index, value);
        self.vector(encode::SUBTRACT, value, at, Operand::Register(value));
        self.column(table, 2, index, other);
        self.vector(encode::MULTIPLY, value, value, Operand::Register(other));
        self.column(table, 1, index, other);
        for register in [index, value, other] {
            self.registers.pass(File::Vectors, register);
        }
        // Freed registers still hold their numbers, which this one instruction reads.
        let result = self.result(id);
        self.vector(encode::ADD, result, value, Operand::Register(other));
    }

    /// How many thresholds are not above the value, in each lane.
    fn count(&mut self, thresholds: &[f64], at: u8, count: u8) {
        if self.wide {
            let (mask, one) = (self.take(File::Masks, None), self.constant(1));
            for (number, threshold) in thresholds.iter().enumerate() {
                let threshold = self.constant(threshold.to_bits());
                self.vector(encode::COMPARE, mask, at, Operand::Memory(threshold));
                self.encoder.immediate(GREATER_OR_EQUAL);
                let masking = |zero| Masking { register: mask, zero };
                if number == 0 {
                    self.masked(encode::BROADCAST, count, 0, Operand::Memory(one), masking(true));
                } else {
                    self.masked(
                        encode::INTEGER_ADD,
                        count,
                        count,
                        Operand::Memory(one),
                        masking(false),
                    );
                }
            }
            self.registers.pass(File::Masks, mask);
        } else {
            let mask = self.take(File::Vectors, None);
            self.vector(encode::XOR, count, count, Operand::Register(count));
            for threshold in thresholds {
                let threshold = self.constant(threshold.to_bits());
                self.vector(encode::COMPARE, mask, at, Operand::Memory(threshold));
                self.encoder.immediate(GREATER_OR_EQUAL);
                self.vector(encode::INTEGER_SUBTRACT, count, count, Operand::Register(mask));
            }
            self.registers.pass(File::Vectors, mask);
        }
    }

    /// Loads or stores what stays in registers from step to step, whose places are given by the number of the register.
    fn carry(&mut self, form: Form, places: &[u32]) {
        for (place, register) in places.iter().zip(0..) {
            let memory = self.line(*place);
            self.vector(form, register, 0, Operand::Memory(memory));
        }
    }

    /// Keeps a result in the register of its place.
    fn keep(&mut self, value: Id, register: u8) {
        let from = self.in_register(value);
        if from != register {
            self.vector(encode::LOAD, register, 0, Operand::Register(from));
        }
        self.done(value);
    }

    /// A place of the frame.
    fn line(&self, place: u32) -> Memory {
        Memory {
            base: Base::Frame,
            offset: place as i32 * self.line_bytes,
            one: false,
        }
    }

    fn store(&mut self, store: Store) {
        let register = self.in_register(store.value);
        let Target::Lane(at) = store.target else {
            unreachable!("what is the same for all futures is computed elsewhere")
        };
        let memory = self.line(at);
        self.vector(encode::STORE, register, 0, Operand::Memory(memory));
        self.done(store.value);
    }
}
