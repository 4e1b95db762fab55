//! Memory that can be executed, and the calls into it: the only unsafe code of the back end.

use std::io;
use std::time::{Duration, Instant};

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

/// Bytes of code from which some copies are tried: less stays in nearer caches than the one whose pages push each other out.
const TRIED: usize = 16 << 10;
/// How many copies, how often, and over what.
const COPIES: usize = 3;
const TRIES: usize = 4;
const GROUPS: usize = 2;
const STEPS: usize = 4;

impl Executable {
    pub(super) fn new(code: &[u8]) -> io::Result<Self> {
        let mut map = MmapMut::map_anon(code.len().max(1))?;
        map[..code.len()].copy_from_slice(code);
        Ok(Self {
            code: map.make_exec()?,
        })
    }

    /// Machine code in pages that get along. On some processors two pages of code, one pair in a thousand, push each other out of the first cache
    /// of instructions, whatever their addresses are; which do, only trying tells. A loop over nine pages was slower by two fifths in one
    /// process of sixteen. So some copies are tried with the function that is called most, and the fastest stays; what it computes is the same.
    #[expect(
        clippy::disallowed_methods,
        reason = "which of equal copies is called changes how fast a program runs and nothing else"
    )]
    pub(super) fn placed(code: &[u8], entry: Entry, pool: &[Line]) -> io::Result<Self> {
        if code.len() < TRIED {
            return Self::new(code);
        }
        // All at once, so that each has pages of its own.
        let mut copies = (0..COPIES)
            .map(|_| Self::new(code))
            .collect::<io::Result<Vec<_>>>()?;
        let mut frames = vec![Line::ZERO; GROUPS * entry.frame_lines];
        let rows = vec![0.0; STEPS * entry.row_len];
        let mut spill = vec![Line::ZERO; entry.spill_lines];
        let mut time = |copy: &Self| {
            frames.fill(Line::ZERO);
            let mut operands = Operands {
                frames: &mut frames,
                rows: &rows,
                pool,
                spill: &mut spill,
            };
            let start = Instant::now();
            copy.call(entry, GROUPS, STEPS, &mut operands);
            start.elapsed()
        };
        // In turns: what disturbs one for a while does not disturb all its tries.
        let mut least = [Duration::MAX; COPIES];
        for _ in 0..TRIES {
            for (copy, least) in copies.iter().zip(&mut least) {
                *least = (*least).min(time(copy));
            }
        }
        let fastest = (0..COPIES).min_by_key(|copy| least[*copy]).unwrap_or(0);
        Ok(copies.swap_remove(fastest))
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
