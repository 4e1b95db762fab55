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
//! | `schedule` | the operations of a step in an order in which few wait, by what they `cost` |
//! | `translate` | nodes to instructions, with `registers` and a `pool` of constants |
//! | `encode` | instructions to bytes |
//! | `memory` | bytes that can be called |
//! | `run` | the run of a batch, with `rows` of what all futures share and its `delay`s |

mod cost;
mod delay;
mod encode;
mod memory;
mod pool;
mod registers;
mod rows;
mod run;
mod schedule;
mod together;
mod translate;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::adaptive;
use crate::block::{Level, LevelKind};
use crate::ir::{Program, Segments, Update};
use crate::method;
use crate::primitive::{self, Action, Advance, Binary, Kind, Layout, Node, Observe, Routine, Taken, first};
use encode::{Encoder, Strides};
use memory::{Entry, Executable, Line};
use pool::Pool;
use rows::{Origins, Rows};
use schedule::{AHEAD, scheduled};
use translate::{Shape, Width, translate};

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
            Refusal::Carriers => write!(
                out,
                "the model has a conveyor, a queue, or a delay that works like them"
            ),
            Refusal::TooLong(nodes) => write!(out, "the model takes {nodes} operations a step"),
            Refusal::Steps => write!(out, "each future chooses its own steps"),
            Refusal::Memory(why) => write!(out, "no executable memory: {why}"),
        }
    }
}

/// The largest number of primitive operations of a step; beyond it the code would not stay in any cache.
pub const MOST_NODES: usize = 200_000;

/// Machine code for a program, shared by threads. A clone has the same code, but remembers rows of its own.
#[derive(Debug)]
pub struct Native {
    code: Arc<Code>,
    /// The rows of the first run that had them whole, for batches that have the same.
    rows: OnceLock<(Origins, Rows)>,
}

impl Clone for Native {
    fn clone(&self) -> Self {
        Self {
            code: Arc::clone(&self.code),
            rows: OnceLock::new(),
        }
    }
}

/// What never changes.
#[derive(Debug)]
struct Code {
    level: Level,
    width: Width,
    turns: Turns,
    layout: Layout,
    /// The metrics that the usual kind of step observes.
    usual: Vec<Taken>,
    mostly_divides: bool,
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
        self.code.level
    }

    /// In which order futures and steps take turns.
    pub fn turns(&self) -> Turns {
        self.code.turns
    }

    /// Bytes of machine code.
    #[expect(clippy::len_without_is_empty, reason = "code is never empty")]
    pub fn len(&self) -> usize {
        self.code.bytes
    }
}

impl Code {
    /// Lines of a frame: all its places, each with a number for every lane. Odd, so that the same place of neighbouring frames does not
    /// fall into one set of the cache.
    fn frame_lines(layout: &Layout, width: Width) -> usize {
        (layout.places().len() * width.lanes()).div_ceil(8) | 1
    }
}

/// In which order futures and steps take turns; that changes how fast a program runs and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turns {
    /// Groups of futures, a register's width each, that go through a step hand in hand.
    pub together: usize,
    /// Whether these go through all steps before the next ones begin, so that what lives on stays in registers; where there are not
    /// enough of them, all groups go through a step before any goes on to the next.
    pub resident: bool,
}

/// Compiles a program for a level of this machine.
pub fn compile(program: &Program, level: Level) -> Result<Native, Refusal> {
    compile_with(program, level, None)
}

/// The same with turns that are not chosen by the routine.
pub fn compile_with(program: &Program, level: Level, turns: Option<Turns>) -> Result<Native, Refusal> {
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
    let (frame_lines, row_len) = (Code::frame_lines(&layout, width), layout.row().len());
    let mut writer = Writer {
        tables: &program.tables,
        width,
        frame_lines,
        row_len,
        pool: Pool::default(),
        encoder: Encoder::default(),
    };
    let many_steps = method::within(program.integration).is_none() && !delays(program);
    let fits = |turns: Turns| many_steps && writer.fits(&routines[0].1, turns.together);
    let turns = turns.unwrap_or_else(|| together::turns(&routines[0].1, fits));
    let resident = turns.resident && fits(turns);
    let mut entries = BTreeMap::new();
    for (number, (kind, routine)) in routines.iter().enumerate() {
        let shape = if resident && number == 0 {
            Shape::Groups
        } else {
            Shape::Steps
        };
        let together = if is_rare(program, kind) { 1 } else { turns.together };
        entries.insert(kind.clone(), writer.write(routine, shape, together));
    }
    // It looks at no row.
    let before = before.map(|routine| Entry {
        row_len: 0,
        ..writer.write(&routine, Shape::Steps, 1)
    });
    let spills = entries.values().chain(&before).map(|entry| entry.spill_lines);
    let spill_lines = spills.max().unwrap_or(0);
    let mut common = program.clone();
    common.states.retain(|state| state.slot.0 < program.uniform_len);
    let Writer { pool, encoder, .. } = writer;
    let pool = pool.lines();
    let executable = Executable::placed(&encoder.bytes, entries[&routines[0].0], &pool);
    let code = Code {
        level,
        width,
        turns: Turns { resident, ..turns },
        layout,
        usual,
        mostly_divides: together::mostly_divides(&routines[0].1),
        spill_lines,
        entries,
        before,
        bytes: encoder.bytes.len(),
        executable: executable.map_err(|error| Refusal::Memory(error.to_string()))?,
        pool,
        common,
    };
    Ok(Native {
        code: Arc::new(code),
        rows: OnceLock::new(),
    })
}

/// Whether only a few steps of a run are of a kind: then it is not worth the code of many groups.
fn is_rare(program: &Program, kind: &Kind) -> bool {
    match kind {
        (_, Advance::Stay) => true,
        (Observe::Outbox, advance) => *advance == first(program) && program.series.is_empty(),
        (Observe::Metrics(_), _) => false,
    }
}

/// Whether any state is a delay: what goes into it is handed over after every step.
fn delays(program: &Program) -> bool {
    let mut states = program.states.iter();
    states.any(|state| matches!(state.update, Update::Delay { .. }))
}

/// Writes the routines of a program.
struct Writer<'a> {
    tables: &'a [Segments],
    width: Width,
    frame_lines: usize,
    row_len: usize,
    pool: Pool,
    encoder: Encoder,
}

/// Operations of a step beyond which its loads and stores are too small a part to be worth trying to do without them.
const MOST_RESIDENT: usize = 2000;
/// Registers that one node takes at most, for what it reads, what it makes, and in between: one that becomes an instruction, and one
/// that becomes many.
const WORKING: [usize; 2] = [4, 6];

impl Writer<'_> {
    /// Whether everything that so many groups carry from step to step, and what they compute in between, finds room in registers.
    fn fits(&self, routine: &Routine, together: usize) -> bool {
        let stores = routine
            .actions
            .iter()
            .filter(|action| matches!(action, Action::Store(_)));
        let is_long = |action: &Action| match action {
            Action::Compute(id) => matches!(
                routine.graph.node(*id),
                Node::Lookup(..) | Node::Unary(..) | Node::Binary(Binary::Scale, ..)
            ),
            Action::Store(_) => false,
        };
        let working = WORKING[usize::from(routine.actions.iter().any(is_long))];
        if stores.count() * together + working > self.width.registers()
            || routine.actions.len() > MOST_RESIDENT
        {
            return false;
        }
        let mut trial = Writer {
            pool: Pool::default(),
            encoder: Encoder::default(),
            ..*self
        };
        trial.write(routine, Shape::Groups, together).spill_lines == 0
    }

    fn write(&mut self, routine: &Routine, shape: Shape, together: usize) -> Entry {
        let at = self.encoder.bytes.len();
        let strides = Strides {
            frame: (together * self.frame_lines) as i32 * 64,
            row: self.row_len as i32 * 8,
        };
        // From a place to the same place of the next frame, in registers.
        let stride = (self.frame_lines * 8 / self.width.lanes()) as u32;
        // A short step is over before the machine has looked ahead as far as it can: it takes the groups' turns itself, and fewer values wait.
        let routine = routine.together(together, stride, shape == Shape::Steps);
        let routine = match shape {
            Shape::Steps if routine.actions.len() > AHEAD => scheduled(&routine),
            // Registers that carry a step to the next one have no room for what would be begun meanwhile.
            Shape::Steps | Shape::Groups => routine,
        };
        let homes = translate(
            &routine,
            shape,
            self.tables,
            strides,
            self.width,
            &mut self.pool,
            &mut self.encoder,
        );
        Entry {
            at,
            frame_lines: together * self.frame_lines,
            row_len: self.row_len,
            pool_len: self.pool.len(),
            spill_lines: (homes * self.width.lanes()).div_ceil(8),
        }
    }
}
