//! The step of a program as code for a machine of two wide registers, and that machine.
//!
//! In: a [`Program`], made ready once for a batch. Out: what a step leaves in the rows of a block. A row is a slot of the program: a number
//! for each future of the block.
//!
//! An instruction works on eight vectors at once, 64 futures where a vector has eight. Its left operand is mostly what the
//! instruction before it left in the registers, so that of two or three movements between memory and registers for each operation one is
//! left; and as a step is walked through for those futures alone before the next ones have their turn, what it computes stays in the first
//! cache. What takes long, such as `exp`, goes from rows to a row.

mod form;
mod graph;
mod long;
mod run;
mod write;

use std::ops::Range;

use super::level::Level;
use crate::ir::Program;
use crate::noise::Stream;
use form::{Form, Instruction, Then};
use graph::Graph;
use long::{Long, LongKind, MOST, Operand, Table};

/// Futures of a block come in such groups, one after another through a step.
pub(super) const GROUP: usize = MOST;

/// Bytes of rows that stay in the first cache beside everything else. A block has no more groups than that, and an odd number: a group's
/// part of neighbouring rows then has other low bits in its address, by which a processor finds out whether a load waits for a store.
/// That made SIR a tenth faster, and a chain of sums with rows a third.
const NEAR_BYTES: usize = 32 << 10;

/// When an instruction has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    /// At every step, and at every look within one.
    Always,
    /// Where a step is taken to the next.
    Advance,
    /// At steps that are saved.
    Save,
    /// At steps that a metric sees.
    Metric(u32),
}

/// The number of an operand that an instruction has not.
const NOWHERE: u32 = u32::MAX;

/// An instruction with rows by number, and when it has to be done.
#[derive(Clone, Copy, Debug)]
struct Line {
    tag: Tag,
    form: Form,
    x: u32,
    y: u32,
    row: u32,
    then: Then,
    x_is_row: bool,
    y_is_row: bool,
}

/// The step of a program.
struct Code {
    lines: Vec<Line>,
    longs: Vec<Long>,
    /// How many rows it needs, those of the program among them.
    rows: u32,
    /// For each metric the rows of what it remembers, twice the same where that is one number.
    memories: Vec<[u32; 2]>,
    /// For each series the row of the value to be saved.
    saved: Vec<u32>,
    /// Whether it takes stocks and what holds to the next step.
    advances: bool,
}

/// A step ready to run for blocks of some width.
pub(super) struct Machine {
    code: Code,
    longs: Vec<Long>,
    tables: Vec<Table>,
    /// Futures of a block, a multiple of [`GROUP`].
    pub(super) width: usize,
    /// Whether the code tells one step from another.
    pub(super) knows_time: bool,
}

/// What instructions read beside the rows.
pub(super) struct Setting<'a> {
    pub(super) level: Level,
    pub(super) uniform: &'a [f64],
    pub(super) streams: &'a [Stream],
    pub(super) futures: &'a [u64],
    pub(super) step: u64,
    pub(super) time: f64,
    pub(super) length: f64,
    longs: &'a [Long],
    tables: &'a [Table],
}

/// Which instructions are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doing {
    /// Whether stocks go on.
    pub(super) advance: bool,
    /// Whether values are saved.
    pub(super) save: bool,
}

/// The instructions of a step, some left out.
#[derive(Default)]
pub(super) struct Script(Vec<Instruction>);

impl Machine {
    /// Makes a program's step ready, for blocks of about `width` futures.
    pub(super) fn new(program: &Program, width: usize) -> Self {
        let code = write::write(program, &Graph::new(program));
        let group_bytes = code.rows as usize * GROUP * size_of::<f64>();
        let most = (NEAR_BYTES / group_bytes.max(1)) | 1;
        let mut groups = width.div_ceil(GROUP).clamp(1, most);
        if groups > 1 && groups.is_multiple_of(2) {
            groups -= 1;
        }
        let width = groups * GROUP;
        assert!(
            u32::try_from(code.rows as usize * width).is_ok(),
            "places in a block have 32 bits"
        );
        let at = |row: u32| row * (width / GROUP) as u32;
        let longs = code.longs.iter().map(|long| Long {
            kind: match long.kind {
                LongKind::See { reducer, memory } => LongKind::See {
                    reducer,
                    memory: memory.map(at),
                },
                kind => kind,
            },
            operands: long.operands.map(|operand| match operand {
                Some(Operand::Row(row)) => Some(Operand::Row(at(row))),
                other => other,
            }),
            out: at(long.out),
        });
        let is_time = |number: u32, is_row: bool| !is_row && number == program.time.0;
        let knows_time = code
            .lines
            .iter()
            .filter(|line| line.form != Form::Long)
            .any(|line| is_time(line.x, line.x_is_row) || is_time(line.y, line.y_is_row))
            || code.longs.iter().any(|long| long.knows_time(program.time));
        Self {
            knows_time,
            longs: longs.collect(),
            tables: program.tables.iter().map(Table::new).collect(),
            width,
            code,
        }
    }

    /// Numbers of a block.
    pub(super) fn numbers(&self) -> usize {
        self.code.rows as usize * self.width
    }

    /// Whether it takes stocks and what holds to the next step.
    pub(super) fn advances(&self) -> bool {
        self.code.advances
    }

    fn row(&self, row: u32) -> Range<usize> {
        row as usize * self.width..(row as usize + 1) * self.width
    }

    /// Where a metric keeps its result and its current stretch; twice the same if it has none.
    pub(super) fn memory(&self, metric: usize) -> [Range<usize>; 2] {
        self.code.memories[metric].map(|row| self.row(row))
    }

    /// Where a saved value is.
    pub(super) fn saved(&self, series: usize) -> Range<usize> {
        self.row(self.code.saved[series])
    }

    /// Writes the instructions for steps that these metrics see.
    pub(super) fn script(&self, doing: Doing, sees: impl Fn(usize) -> bool, script: &mut Script) {
        let groups = (self.width / GROUP) as u32;
        let at = |number: u32, is_row: bool| if is_row { number * groups } else { number };
        let lines = self.code.lines.iter().filter(|line| match line.tag {
            Tag::Always => true,
            Tag::Advance => doing.advance,
            Tag::Save => doing.save,
            Tag::Metric(metric) => sees(metric as usize),
        });
        script.0.clear();
        script.0.extend(lines.map(|line| Instruction {
            form: line.form,
            x: at(line.x, line.x_is_row),
            y: at(line.y, line.y_is_row),
            row: line.row * groups,
            // A result goes on only where its line goes on.
            then: match line.then {
                Then::Advance | Then::Withdraw | Then::Next if !doing.advance => Then::Stay,
                Then::PushAdvance | Then::PushWithdraw if !doing.advance => Then::Push,
                then => then,
            },
        }));
    }

    /// Does the instructions for all futures of a block, some times over.
    pub(super) fn run(&self, script: &Script, times: usize, lanes: &mut [f64], around: Surroundings) {
        let setting = Setting {
            level: around.level,
            uniform: around.uniform,
            streams: around.streams,
            futures: around.futures,
            step: around.step,
            time: around.time,
            length: around.length,
            longs: &self.longs,
            tables: &self.tables,
        };
        let (groups, _) = lanes.as_chunks_mut();
        run::walk(
            setting.level,
            &script.0,
            times,
            groups,
            self.width / GROUP,
            around.used,
            &setting,
        );
    }
}

/// What a block brings to a step.
pub(super) struct Surroundings<'a> {
    pub(super) level: Level,
    pub(super) uniform: &'a [f64],
    pub(super) streams: &'a [Stream],
    /// As many as the block is wide.
    pub(super) futures: &'a [u64],
    /// How many of them count.
    pub(super) used: usize,
    pub(super) step: u64,
    pub(super) time: f64,
    pub(super) length: f64,
}
