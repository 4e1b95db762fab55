//! Machine code: the whole step of a program in registers, some futures side by side.
//!
//! In: a [`Program`]. Out: a [`Native`], and with it the [`Outputs`](crate::Outputs) of [`scalar::run`](crate::scalar::run), bit for bit. The step is written down as
//! primitive operations ([`primitive`]), each of which becomes an instruction of AVX2 or AVX-512; elementary functions, tables and noise
//! included. What happens once for a run, and what is rare, is left to the block interpreter, whose blocks it works on.
//!
//! | stage | what it does |
//! |---|---|
//! | [`primitive`] | a step to a straight list of nodes, without what never changes, in an order that needs few registers |
//! | `together` | how many groups of futures take turns, so that none waits |
//! | `translate` | nodes to instructions, with `registers` and a `pool` of constants |
//! | `encode` | instructions to bytes |
//! | `memory` | bytes that can be called |
//! | `run` | the run of a batch, with `rows` of what all futures share and its `delay`s |

mod delay;
mod encode;
mod memory;
mod pool;
mod registers;
mod rows;
mod run;
mod together;
mod translate;

use std::collections::BTreeMap;

use crate::adaptive;
use crate::block::{Level, LevelKind};
use crate::ir::Program;
use crate::primitive::{self, Kind, Layout, Observe, Routine, Taken};
use encode::{Encoder, Strides};
use memory::{Entry, Executable, Line};
use pool::Pool;
use translate::{Width, translate};

pub use run::{Scratch, run};

/// Why a program has no machine code. The block interpreter then serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The level has no vector instructions for it.
    Instructions(Level),
    /// The program takes more primitive operations than [`MOST_NODES`].
    TooLong(usize),
    /// Each future chooses its own steps, and code takes all of them through the same.
    Steps,
    /// The program has a conveyor or a queue.
    Carriers,
    /// The system gives no memory that can be executed; its own words.
    Memory(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Refusal::Instructions(level) => {
                write!(out, "the machine has no AVX2, only {} instructions", level.name())
            }
            Refusal::Carriers => write!(out, "the model has a conveyor or a queue"),
            Refusal::TooLong(nodes) => write!(out, "the model takes {nodes} operations a step"),
            Refusal::Steps => write!(out, "each future chooses its own steps"),
            Refusal::Memory(why) => write!(out, "no executable memory: {why}"),
        }
    }
}

/// The largest number of primitive operations of a step; beyond it the code would not stay in any cache.
pub const MOST_NODES: usize = 200_000;

/// Machine code for a program, immutable and shared by threads.
#[derive(Debug)]
pub struct Native {
    level: Level,
    width: Width,
    /// Groups that go through a step hand in hand.
    together: usize,
    layout: Layout,
    /// The metrics that the usual kind of step observes.
    usual: Vec<Taken>,
    entries: BTreeMap<Kind, Entry>,
    /// What happens before the first step, if anything does.
    before: Option<Entry>,
    executable: Executable,
    pool: Vec<Line>,
    spill_lines: usize,
    bytes: usize,
    /// The part of the program that is the same for all futures.
    common: Program,
}

impl Native {
    /// The level whose instructions it has.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Groups of futures that go through a step hand in hand.
    pub fn together(&self) -> usize {
        self.together
    }

    /// Bytes of machine code.
    #[expect(clippy::len_without_is_empty, reason = "code is never empty")]
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Lines of a frame: all its places, each with a number for every lane. Odd, so that the same place of neighbouring frames does not
    /// fall into one set of the cache.
    fn frame_lines(layout: &Layout, width: Width) -> usize {
        (layout.places().len() * width.lanes()).div_ceil(8) | 1
    }
}

/// Compiles a program for a level of this machine.
pub fn compile(program: &Program, level: Level) -> Result<Native, Refusal> {
    compile_together(program, level, None)
}

/// The same with so many groups of futures, a register's width each, hand in hand; that changes how fast it runs and nothing else.
pub fn compile_together(program: &Program, level: Level, together: Option<usize>) -> Result<Native, Refusal> {
    let width = match level.kind() {
        LevelKind::Portable => return Err(Refusal::Instructions(level)),
        LevelKind::Avx2 => Width::Four,
        LevelKind::Avx512 => Width::Eight,
    };
    if adaptive::pair(program.integration).is_some() {
        return Err(Refusal::Steps);
    }
    if !program.carriers.is_empty() {
        return Err(Refusal::Carriers);
    }
    let mut layout = Layout::default();
    let mut routines = Vec::new();
    let kinds = primitive::kinds(program);
    // The first kind is the one of most steps.
    let usual = match &kinds[0].0 {
        Observe::Metrics(taken) => taken.clone(),
        Observe::Outbox => Vec::new(),
    };
    for (observe, advance) in kinds {
        let routine = primitive::lanes(program, &mut layout, &observe, advance);
        let nodes = routine.graph.nodes().len();
        if nodes > MOST_NODES {
            return Err(Refusal::TooLong(nodes));
        }
        routines.push(((observe, advance), routine));
    }
    let mut steps: Vec<&mut Routine> = routines.iter_mut().map(|(_, routine)| routine).collect();
    let before = primitive::hoist(program, &mut layout, &mut steps);
    let together = together.unwrap_or_else(|| together::together(&routines[0].1));
    let (frame_lines, row_len) = (Native::frame_lines(&layout, width), layout.row().len());
    let strides = Strides {
        frame: (together * frame_lines) as i32 * 64,
        row: row_len as i32 * 8,
    };
    let mut pool = Pool::default();
    let mut encoder = Encoder::default();
    let mut write = |routine: &Routine| {
        let at = encoder.bytes.len();
        // From a place to the same place of the next frame, in registers.
        let routine = routine.together(together, (frame_lines * 8 / width.lanes()) as u32);
        let homes = translate(&routine, &program.tables, strides, width, &mut pool, &mut encoder);
        Entry {
            at,
            frame_lines: together * frame_lines,
            row_len,
            pool_len: pool.len(),
            spill_lines: (homes * width.lanes()).div_ceil(8),
        }
    };
    let mut entries = BTreeMap::new();
    for (kind, routine) in &routines {
        entries.insert(kind.clone(), write(routine));
    }
    // It looks at no row.
    let before = before.map(|routine| Entry {
        row_len: 0,
        ..write(&routine)
    });
    let spills = entries.values().chain(&before).map(|entry| entry.spill_lines);
    let spill_lines = spills.max().unwrap_or(0);
    let mut common = program.clone();
    common.states.retain(|state| state.slot.0 < program.uniform_len);
    Ok(Native {
        level,
        width,
        together,
        layout,
        usual,
        spill_lines,
        entries,
        before,
        bytes: encoder.bytes.len(),
        executable: Executable::new(&encoder.bytes).map_err(|error| Refusal::Memory(error.to_string()))?,
        pool: pool.lines(),
        common,
    })
}
