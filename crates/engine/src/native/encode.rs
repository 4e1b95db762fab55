//! Instructions to bytes: the few dozen vector instructions that programs need, in their two encodings.
//!
//! In: an instruction's [`Form`], registers, a place in memory. Out: bytes. It knows the layout of VEX (256 bits) and EVEX (512 bits)
//! as Intel's manual, volume 2, chapter 2 gives it, and nothing of programs. An assembler crate knows a thousand instructions more and
//! takes 12 s to compile, longer than this crate.

/// A register that addresses memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// `rdi`: the frame of this group of futures.
    Frame,
    /// `rsi`: the row of what all futures share.
    Row,
    /// `rdx`: constants and tables.
    Pool,
    /// `r8`: values for which there was no register.
    Spill,
}

impl Base {
    fn number(self) -> u8 {
        match self {
            Base::Frame => 7,
            Base::Row => 6,
            Base::Pool => 2,
            Base::Spill => 8,
        }
    }
}

/// A place in memory, in bytes from a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    pub(super) base: Base,
    pub(super) offset: i32,
    /// One number, to be taken for every lane; otherwise a number for each.
    pub(super) one: bool,
}

/// An operand that may lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Register(u8),
    Memory(Memory),
}

/// The numbers that tell instructions apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Opcode map: 1 is `0F`, 2 is `0F 38`, 3 is `0F 3A`.
    pub(super) map: u8,
    /// Implied prefix: 0 none, 1 is `66`, 2 is `F3`, 3 is `F2`.
    pub(super) prefix: u8,
    pub(super) opcode: u8,
    /// The W bit in VEX; in EVEX it is set for all of our instructions.
    pub(super) w: bool,
}

const fn form(map: u8, prefix: u8, opcode: u8) -> Form {
    Form {
        map,
        prefix,
        opcode,
        w: false,
    }
}

pub(super) const ADD: Form = form(1, 1, 0x58);
pub(super) const MULTIPLY: Form = form(1, 1, 0x59);
pub(super) const SUBTRACT: Form = form(1, 1, 0x5c);
pub(super) const LESSER: Form = form(1, 1, 0x5d);
pub(super) const DIVIDE: Form = form(1, 1, 0x5e);
pub(super) const GREATER: Form = form(1, 1, 0x5f);
pub(super) const ROOT: Form = form(1, 1, 0x51);
pub(super) const AND: Form = form(1, 1, 0x54);
pub(super) const OR: Form = form(1, 1, 0x56);
pub(super) const XOR: Form = form(1, 1, 0x57);
pub(super) const INTEGER_ADD: Form = form(1, 1, 0xd4);
pub(super) const INTEGER_SUBTRACT: Form = form(1, 1, 0xfb);
pub(super) const MULTIPLY_HALVES: Form = form(1, 1, 0xf4);
/// EVEX only: a number times 2 to another.
pub(super) const SCALE: Form = form(2, 1, 0x2c);
/// Shift by a constant; the register field says which way.
pub(super) const SHIFT: Form = form(1, 1, 0x73);
pub(super) const COMPARE: Form = form(1, 1, 0xc2);
pub(super) const LOAD: Form = form(1, 1, 0x10);
pub(super) const STORE: Form = form(1, 1, 0x11);
pub(super) const BROADCAST: Form = form(2, 1, 0x19);
/// EVEX only: where the mask holds the second operand, else the first.
pub(super) const BLEND_MASK: Form = form(2, 1, 0x65);
/// VEX only: the same with a mask in a vector register.
pub(super) const BLEND: Form = form(3, 1, 0x4b);
/// EVEX only: all ones where the mask holds.
pub(super) const WORD_OF_MASK: Form = form(2, 2, 0x38);
/// EVEX only: eight numbers by index.
pub(super) const PERMUTE: Form = form(2, 1, 0x16);
/// EVEX only: sixteen numbers by index, which is overwritten.
pub(super) const PERMUTE_TWO: Form = form(2, 1, 0x77);
pub(super) const GATHER: Form = Form {
    w: true,
    ..form(2, 1, 0x93)
};
pub(super) const INTEGER_EQUAL: Form = form(2, 1, 0x29);
/// A product and a sum, rounded once, in two orders: where the result's register holds the first factor (132) and where it holds the
/// addend (231).
const fn fused(opcode: u8) -> Form {
    Form {
        w: true,
        ..form(2, 1, opcode)
    }
}
pub(super) const FUSED_ADD_132: Form = fused(0x98);
pub(super) const FUSED_SUBTRACT_132: Form = fused(0x9a);
pub(super) const FUSED_FROM_132: Form = fused(0x9c);
pub(super) const FUSED_ADD_231: Form = fused(0xb8);
pub(super) const FUSED_SUBTRACT_231: Form = fused(0xba);
pub(super) const FUSED_FROM_231: Form = fused(0xbc);
// On mask registers.
pub(super) const MASK_AND: Form = form(1, 0, 0x41);
pub(super) const MASK_NOT: Form = form(1, 0, 0x44);
pub(super) const MASK_OR: Form = form(1, 0, 0x45);
pub(super) const MASK_EQUAL: Form = form(1, 0, 0x46);
pub(super) const MASK_XOR: Form = form(1, 0, 0x47);
pub(super) const MASK_LOAD: Form = form(1, 0, 0x90);
pub(super) const MASK_STORE: Form = form(1, 0, 0x91);

/// Which lanes an EVEX instruction writes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Masking {
    /// The mask register, or 0 for all lanes.
    pub(super) register: u8,
    /// Whether the other lanes become zero; otherwise they stay.
    pub(super) zero: bool,
}

/// Bytes being written.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    pub(super) bytes: Vec<u8>,
}

impl Encoder {
    /// A VEX instruction. `long` is the length bit: 256 bits, or what an instruction on masks wants.
    pub(super) fn vex(&mut self, form: Form, long: bool, register: u8, second: u8, third: Operand) {
        let high = |number: u8| number >> 3 & 1;
        let base_high = match third {
            Operand::Register(number) => high(number),
            Operand::Memory(memory) => high(memory.base.number()),
        };
        self.vex_prefix(form, long, [high(register), 0, base_high], second);
        self.modrm(register, third, 1);
    }

    fn vex_prefix(&mut self, form: Form, long: bool, [register, index, base]: [u8; 3], second: u8) {
        self.bytes.extend([
            0xc4,
            (register ^ 1) << 7 | (index ^ 1) << 6 | (base ^ 1) << 5 | form.map,
            u8::from(form.w) << 7 | (!second & 0xf) << 3 | u8::from(long) << 2 | form.prefix,
            form.opcode,
        ]);
    }

    /// An EVEX instruction on 512 bits.
    pub(super) fn evex(&mut self, form: Form, register: u8, second: u8, third: Operand, masking: Masking) {
        let (base, index, one) = match third {
            Operand::Register(number) => (number >> 3 & 1, number >> 4 & 1, false),
            Operand::Memory(memory) => (memory.base.number() >> 3 & 1, 0, memory.one),
        };
        // The bit says that one number is for all lanes, but for the instructions that do nothing else with it.
        let alone = form.map == BROADCAST.map && form.opcode == BROADCAST.opcode;
        self.evex_prefix(form, register, [base, index], second, masking, one && !alone);
        let scale = match third {
            Operand::Memory(memory) if memory.one => 8,
            _ => 64,
        };
        self.modrm(register, third, scale);
    }

    fn evex_prefix(
        &mut self,
        form: Form,
        register: u8,
        [base, index]: [u8; 2],
        second: u8,
        masking: Masking,
        broadcast: bool,
    ) {
        let (register_3, register_4) = (register >> 3 & 1, register >> 4 & 1);
        self.bytes.extend([
            0x62,
            (register_3 ^ 1) << 7 | (index ^ 1) << 6 | (base ^ 1) << 5 | (register_4 ^ 1) << 4 | form.map,
            1 << 7 | (!second & 0xf) << 3 | 1 << 2 | form.prefix,
            u8::from(masking.zero) << 7
                | 0b10 << 5
                | u8::from(broadcast) << 4
                | (second >> 4 & 1 ^ 1) << 3
                | masking.register,
            form.opcode,
        ]);
    }

    /// Registers and addresses; an offset that is a small multiple of `scale` takes one byte.
    fn modrm(&mut self, register: u8, third: Operand, scale: i32) {
        let register = (register & 7) << 3;
        match third {
            Operand::Register(number) => self.bytes.push(0b11 << 6 | register | number & 7),
            Operand::Memory(memory) => {
                let base = memory.base.number() & 7;
                self.offset(register | base, None, memory.offset, scale);
            }
        }
    }

    fn offset(&mut self, low_bits: u8, index: Option<u8>, offset: i32, scale: i32) {
        let short = i8::try_from(offset / scale).ok().filter(|_| offset % scale == 0);
        let mode = if short.is_some() { 0b01 } else { 0b10 };
        self.bytes.push(mode << 6 | low_bits);
        self.bytes.extend(index);
        match short {
            Some(short) => self.bytes.push(short.cast_unsigned()),
            None => self.bytes.extend(offset.to_le_bytes()),
        }
    }

    /// Gathers from the pool by indices of eight bytes: in EVEX where the mask register says, in VEX where the signs of a vector
    /// register say.
    pub(super) fn gather(&mut self, wide: bool, register: u8, index: u8, mask: u8, offset: i32) {
        let base = Base::Pool.number();
        let index_3 = index >> 3 & 1;
        if wide {
            let masking = Masking {
                register: mask,
                zero: false,
            };
            // The fifth bit of the index stands where that of the second operand would.
            self.evex_prefix(GATHER, register, [0, index_3], index & 0x10, masking, false);
            // Of the second operand's other bits all are inverted zeros, as `index & 0x10` leaves them.
        } else {
            self.vex_prefix(GATHER, true, [register >> 3 & 1, index_3, 0], mask);
        }
        let scaled = 3 << 6 | (index & 7) << 3 | base;
        self.offset(
            (register & 7) << 3 | 0b100,
            Some(scaled),
            offset,
            if wide { 8 } else { 1 },
        );
    }

    /// A last byte that says more.
    pub(super) fn immediate(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// The beginning of a function that takes all groups through a step and then goes on to the next: keeps what the loop over groups
    /// uses up, and begins that loop.
    pub(super) fn begin(&mut self) -> Loops {
        let outer = self.bytes.len();
        // mov rax, rdi; mov r10, rcx
        self.bytes.extend([0x48, 0x89, 0xf8, 0x49, 0x89, 0xca]);
        Loops {
            outer,
            inner: self.bytes.len(),
        }
    }

    /// Its end: on to the next group, after the last one to the next step, after the last one back.
    pub(super) fn end(&mut self, loops: Loops, strides: Strides) {
        self.next_group(strides, loops.inner);
        // mov rdi, rax; mov rcx, r10
        self.bytes.extend([0x48, 0x89, 0xc7, 0x4c, 0x89, 0xd1]);
        self.next_step(strides, loops.outer);
        self.back();
    }

    /// The beginning of a function that takes a group through all steps and then goes on to the next: keeps what the loop over steps
    /// uses up. What is written between here and [`first_step`](Self::first_step) happens once for each group.
    pub(super) fn begin_group(&mut self) -> Loops {
        let outer = self.bytes.len();
        // mov rax, rsi; mov r10, r9
        self.bytes.extend([0x48, 0x89, 0xf0, 0x4d, 0x89, 0xca]);
        Loops { outer, inner: outer }
    }

    /// Begins the loop over steps.
    pub(super) fn first_step(&mut self, loops: &mut Loops) {
        loops.inner = self.bytes.len();
    }

    /// Its end. What is written between here and [`end_group`](Self::end_group) happens once for each group.
    pub(super) fn last_step(&mut self, loops: Loops, strides: Strides) {
        self.next_step(strides, loops.inner);
    }

    /// On to the next group, after the last one back.
    pub(super) fn end_group(&mut self, loops: Loops, strides: Strides) {
        // mov rsi, rax; mov r9, r10
        self.bytes.extend([0x48, 0x89, 0xc6, 0x4d, 0x89, 0xd1]);
        self.next_group(strides, loops.outer);
        self.back();
    }

    fn next_group(&mut self, strides: Strides, from: usize) {
        // add rdi, frame; dec rcx; jnz
        self.bytes.extend([0x48, 0x81, 0xc7]);
        self.bytes.extend(strides.frame.to_le_bytes());
        self.bytes.extend([0x48, 0xff, 0xc9]);
        self.jump_unless_zero(from);
    }

    fn next_step(&mut self, strides: Strides, from: usize) {
        // add rsi, row; dec r9; jnz
        self.bytes.extend([0x48, 0x81, 0xc6]);
        self.bytes.extend(strides.row.to_le_bytes());
        self.bytes.extend([0x49, 0xff, 0xc9]);
        self.jump_unless_zero(from);
    }

    fn back(&mut self) {
        // vzeroupper; ret
        self.bytes.extend([0xc5, 0xf8, 0x77, 0xc3]);
    }

    fn jump_unless_zero(&mut self, to: usize) {
        self.bytes.extend([0x0f, 0x85]);
        let back = to as i64 - (self.bytes.len() as i64 + 4);
        let back = i32::try_from(back).expect("a routine is shorter than 2 GiB");
        self.bytes.extend(back.to_le_bytes());
    }
}

/// Where the loops of a function begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loops {
    outer: usize,
    inner: usize,
}

/// Bytes from one group to the next, and from one step to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strides {
    pub(super) frame: i32,
    pub(super) row: i32,
}
