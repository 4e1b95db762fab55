//! Constants and tables, shared by the routines of a program.

use rustc_hash::FxHashMap;

use super::memory::Line;

/// Words in the order of their offsets.
#[derive(Debug, Default)]
pub(super) struct Pool {
    words: Vec<u64>,
    known: FxHashMap<u64, usize>,
    tables: FxHashMap<(u32, u8), usize>,
}

impl Pool {
    /// The offset in bytes of a constant, repeated `copies` times.
    pub(super) fn constant(&mut self, bits: u64, copies: usize) -> i32 {
        let words = &mut self.words;
        let at = *self.known.entry(bits).or_insert_with(|| {
            let at = words.len();
            words.extend(std::iter::repeat_n(bits, copies));
            at
        });
        offset(at)
    }

    /// The offset of a column of a table, padded to whole lines; `part` tells its columns apart.
    pub(super) fn column(&mut self, table: u32, part: u8, numbers: &[f64]) -> i32 {
        let words = &mut self.words;
        let at = *self.tables.entry((table, part)).or_insert_with(|| {
            words.resize(words.len().next_multiple_of(8), 0);
            let at = words.len();
            words.extend(numbers.iter().map(|number| number.to_bits()));
            words.resize(words.len().next_multiple_of(8), 0);
            at
        });
        offset(at)
    }

    /// Number of words.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The words, in lines.
    pub(super) fn lines(&self) -> Vec<Line> {
        let line = |words: &[u64]| {
            let mut line = Line::ZERO;
            for (number, word) in line.0.iter_mut().zip(words) {
                *number = f64::from_bits(*word);
            }
            line
        };
        self.words.chunks(8).map(line).collect()
    }
}

fn offset(word: usize) -> i32 {
    i32::try_from(word * 8).expect("constants of a program fill less than 2 GiB")
}
