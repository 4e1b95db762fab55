//! Memory that can be executed, and the calls into it: the only unsafe code of the back end.

use std::io;

use memmap2::{Mmap, MmapMut};

/// Sixty-four bytes in one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Line(pub(super) [f64; 8]);

impl Line {
    pub(super) const ZERO: Line = Line([0.0; 8]);
}

/// Machine code, ready to be called.
#[derive(Debug)]
pub(super) struct Executable {
    code: Mmap,
}

/// A function in it, and how far it reaches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Its first byte.
    pub(super) at: usize,
    /// Lines of the frames of groups that go hand in hand.
    pub(super) frame_lines: usize,
    /// Numbers of a row.
    pub(super) row_len: usize,
    /// Words of the pool.
    pub(super) pool_len: usize,
    /// Lines for values without a register.
    pub(super) spill_lines: usize,
}

/// What a call works on.
pub(super) struct Operands<'a> {
    /// Frames, one behind the other.
    pub(super) frames: &'a mut [Line],
    /// Rows, one for each step.
    pub(super) rows: &'a [f64],
    pub(super) pool: &'a [Line],
    pub(super) spill: &'a mut [Line],
}

type Function = extern "sysv64" fn(*mut Line, *const f64, *const Line, usize, *mut Line, usize);

impl Executable {
    pub(super) fn new(code: &[u8]) -> io::Result<Self> {
        let mut map = MmapMut::map_anon(code.len().max(1))?;
        map[..code.len()].copy_from_slice(code);
        Ok(Self {
            code: map.make_exec()?,
        })
    }

    /// Calls a function: for each of `steps` rows and in it for each of `groups` frames, or as many together as its groups go hand in hand.
    #[allow(unsafe_code, reason = "calling machine code is what this module is for")]
    pub(super) fn call(&self, entry: Entry, groups: usize, steps: usize, operands: &mut Operands) {
        assert!(entry.at < self.code.len(), "the function lies in this memory");
        assert!(groups > 0 && operands.frames.len() >= groups * entry.frame_lines);
        assert!(steps > 0 && operands.rows.len() >= steps * entry.row_len);
        assert!(operands.pool.len() * 8 >= entry.pool_len);
        assert!(operands.spill.len() >= entry.spill_lines);
        // SAFETY: `at` is the first byte of a function that `Translator` wrote for this convention; the mapping is executable
        // and lives as long as `self`. The function reads, and of frames and spilled lines writes, by construction of its offsets, only `groups` frames of
        // `frame_lines` lines, `steps` rows of `row_len` numbers, `pool_len` words and `spill_lines` lines, which the assertions have found there and
        // which the borrows keep from everyone else; it calls nothing, keeps the stack, and changes only registers
        // that the convention lets it change. The machine has its instructions: a `Level` is the proof.
        unsafe {
            let function: Function = std::mem::transmute(self.code.as_ptr().add(entry.at));
            function(
                operands.frames.as_mut_ptr(),
                operands.rows.as_ptr(),
                operands.pool.as_ptr(),
                groups,
                operands.spill.as_mut_ptr(),
                steps,
            );
        }
    }
}
