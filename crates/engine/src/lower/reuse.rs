//! A small working set: what is used up within a step makes room for what comes next.
//!
//! In: a program in which every value of `step` has slots of its own. Out: the same program, in which a value takes over the
//! slots of one that is needed no more. The slots freed last are taken first, for they are still in the cache.

use std::collections::BTreeMap;

use crate::ir::{Op, Program, Slot, Update};

/// Neighbouring slots that move together: what one operation writes, or several, where an operation reads on from the
/// results of one into those of the next.
struct Range {
    /// The first slot.
    start: u32,
    len: u32,
    /// The operation that writes the first of it.
    writer: usize,
    /// The last operation that reads any of it; none for what must stay until the end of the step.
    last_reader: Option<usize>,
    /// The first of the slots that it moves to.
    place: u32,
}

/// What the operations of `step` write for each future.
struct Ranges {
    /// The first slot that belongs to `step` alone.
    base: u32,
    /// For each slot from there on the range that it belongs to.
    range_of: Vec<usize>,
    ranges: Vec<Range>,
}

/// The program with as few slots for the values of a step as a linear scan finds.
pub(super) fn slots(mut program: Program) -> Program {
    let mut ops = std::mem::take(&mut program.step.lanes);
    let Some(first) = ops.first() else { return program };
    let base = first.dst.0;
    let mut ranges = Ranges::new(&program, &ops, base);
    program.lane_len = ranges.place(&program, &ops) - program.uniform_len;

    let settle = |slot: &mut Slot| *slot = ranges.moved(*slot);
    for op in &mut ops {
        if let Some(mut second) = op.second() {
            settle(&mut second);
            op.b = second.0;
        }
        program.operands[op.further()].iter_mut().for_each(settle);
        settle(&mut op.a);
        settle(&mut op.dst);
    }
    for state in &mut program.states {
        settle(update_operand(&mut state.update));
    }
    let of_carriers = program.carriers.iter_mut().flat_map(|carrier| &mut carrier.step);
    of_carriers.for_each(settle);
    program
        .metrics
        .iter_mut()
        .for_each(|metric| settle(&mut metric.source));
    program
        .series
        .iter_mut()
        .for_each(|stored| settle(&mut stored.source));
    program.step.lanes = ops;
    program
}

/// What a state reads at the end of a step.
fn update_operand(update: &mut Update) -> &mut Slot {
    match update {
        Update::Integrate { rate } => rate,
        Update::Hold { value } | Update::Next { value } => value,
        Update::Delay { input, .. } => input,
    }
}

impl Ranges {
    fn new(program: &Program, ops: &[Op], base: u32) -> Self {
        let end = program.uniform_len + program.lane_len;
        let mut writer_of = vec![0; (end - base) as usize];
        for (number, op) in ops.iter().enumerate() {
            let first = (op.dst.0 - base) as usize;
            writer_of[first..first + usize::from(op.len)].fill(number);
        }
        // Whether an operation's range goes on in that of the next operation.
        let mut goes_on = vec![false; ops.len()];
        let mut reads = Vec::new();
        let mut read = |reader: Option<usize>, slot: Slot, len: u32| {
            if let Some(first) = slot.0.checked_sub(base) {
                let writers = writer_of[first as usize]..writer_of[(first + len - 1) as usize];
                goes_on[writers].fill(true);
                reads.push((reader, first as usize));
            }
        };
        for (number, op) in ops.iter().enumerate() {
            for (place, slot) in op.reads(&program.operands).into_iter().enumerate() {
                let fixed = op.fixed >> place & 1 == 1;
                slot.into_iter()
                    .for_each(|slot| read(Some(number), slot, if fixed { 1 } else { op.len.into() }));
            }
        }
        for state in &program.states {
            let mut update = state.update;
            read(None, *update_operand(&mut update), state.len);
        }
        let metrics = program.metrics.iter().map(|metric| metric.source);
        let carried = program
            .carriers
            .iter()
            .flat_map(|carrier| carrier.step.iter().copied());
        let stored = program.series.iter().map(|stored| stored.source);
        for source in metrics.chain(stored).chain(carried) {
            read(None, source, 1);
        }

        let mut ranges: Vec<Range> = Vec::new();
        let mut range_of = Vec::with_capacity(writer_of.len());
        for (number, op) in ops.iter().enumerate() {
            let len = u32::from(op.len);
            match ranges.last_mut().filter(|_| number > 0 && goes_on[number - 1]) {
                Some(last) => {
                    last.len += len;
                    last.last_reader = Some(number);
                }
                None => ranges.push(Range {
                    start: op.dst.0,
                    len,
                    writer: number,
                    last_reader: Some(number),
                    place: op.dst.0,
                }),
            }
            range_of.resize(range_of.len() + len as usize, ranges.len() - 1);
        }
        for (reader, slot) in reads {
            let last = &mut ranges[range_of[slot]].last_reader;
            *last = last.zip(reader).map(|(last, reader)| last.max(reader));
        }
        Self {
            base,
            range_of,
            ranges,
        }
    }

    /// Finds a place for every range, and returns the end of all places.
    fn place(&mut self, program: &Program, ops: &[Op]) -> u32 {
        let mut free: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut end = self.base;
        for (number, op) in ops.iter().enumerate() {
            // The new place is taken before the operands give up theirs: a result must not overlap an operand.
            let written = self.range_of[(op.dst.0 - self.base) as usize];
            let range = &mut self.ranges[written];
            if range.writer == number {
                range.place = free.get_mut(&range.len).and_then(Vec::pop).unwrap_or_else(|| {
                    end += range.len;
                    end - range.len
                });
            }
            let reads = op.reads(&program.operands).into_iter().flatten();
            let mut done: Vec<usize> = reads
                .filter_map(|slot| Some(self.range_of[slot.0.checked_sub(self.base)? as usize]))
                .collect();
            done.push(written);
            done.sort_unstable();
            done.dedup();
            for range in done.into_iter().map(|range| &self.ranges[range]) {
                if range.last_reader == Some(number) {
                    free.entry(range.len).or_default().push(range.place);
                }
            }
        }
        end
    }

    /// Where a slot is now.
    fn moved(&self, slot: Slot) -> Slot {
        let Some(place) = slot.0.checked_sub(self.base) else {
            return slot;
        };
        let range = &self.ranges[self.range_of[place as usize]];
        Slot(range.place + slot.0 - range.start)
    }
}
