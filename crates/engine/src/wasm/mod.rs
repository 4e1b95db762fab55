//! A program as a WebAssembly module: the same numbers, bit for bit, in a browser.
//!
//! In: a [`Program`]. Out: the bytes of a module that imports nothing, in one of two forms, and the addresses at which its caller
//! leaves inputs and finds results; `docs/live-memo.md` says how to call it. Every function of mathematics is written
//! from the text of [`math`](crate::math), which is traced rather than repeated. This module refuses to know how a
//! module is run.

mod body;
mod clock;
mod memory;
mod observations;
mod routines;
mod shared;
mod trace;
mod walk;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, FunctionSection, MemorySection,
    MemoryType, Module as Encoder, TypeSection, ValType,
};

use crate::adaptive;
use crate::ir::Program;
use crate::request::Numerics;
use crate::timeline::{self, Timeline};
use memory::Memory;
use shared::Shared;

/// Which instructions a module uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Two futures at a time, by the vector instructions that nearly every browser has.
    Simd,
    /// One future at a time, for those that do not.
    Scalar,
}

impl Form {
    /// How many futures run at a time.
    pub fn lanes(self) -> u32 {
        match self {
            Form::Simd => 2,
            Form::Scalar => 1,
        }
    }

    fn word(self) -> ValType {
        match self {
            Form::Simd => ValType::V128,
            Form::Scalar => ValType::F64,
        }
    }

    fn word_bytes(self) -> u32 {
        8 * self.lanes()
    }
}

/// How to write a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which instructions.
    pub form: Form,
    /// The most futures of one call; an odd number is raised by one.
    pub capacity: u32,
    /// The most steps that a schedule has.
    pub schedule_steps: u32,
}

/// Why a program cannot be written as a module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Missing {
    /// The time controls depend on inputs, or cannot run: a module knows its times when it is written.
    TimeControls,
    /// Each future chooses its own steps.
    Steps,
    /// The program has a conveyor or a queue.
    Carriers,
    /// It is a program of fast numerics, with operations that WebAssembly does not have.
    Fast,
    /// The module would ask for more memory than a page should.
    Memory {
        /// How much it would need.
        bytes: u64,
        /// The most that it may ask for.
        most: u64,
    },
    /// The module would have so many operations that a page should not carry it.
    Operations {
        /// How many the program has, element by element.
        count: usize,
        /// The most that are written.
        most: usize,
    },
}

impl std::fmt::Display for Missing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Missing::TimeControls => write!(out, "its time controls depend on inputs"),
            Missing::Fast => write!(out, "it was made for fast numerics"),
            Missing::Steps => write!(out, "its method of integration chooses its steps"),
            Missing::Carriers => write!(out, "it has a conveyor, a queue, or a delay that works like them"),
            Missing::Memory { bytes, most } => {
                write!(out, "it needs {bytes} bytes of memory, more than {most}")
            }
            Missing::Operations { count, most } => {
                write!(out, "it has {count} operations, more than {most}")
            }
        }
    }
}

impl std::error::Error for Missing {}

/// The most operations, element by element, that are written.
const MOST_OPERATIONS: usize = 50_000;

/// Where the caller leaves an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputPlace {
    /// No output depends on it.
    Unused,
    /// One number.
    Uniform {
        /// Its address.
        at: u32,
    },
    /// A number for each future of a call.
    PerFuture {
        /// The address of the first.
        at: u32,
    },
    /// An `i32`, the number of steps, and from 8 bytes on a pair of time and value for each.
    Schedule {
        /// The address of the number.
        at: u32,
    },
}

/// A module and where its caller finds what.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The module.
    pub bytes: Vec<u8>,
    /// Addresses.
    pub layout: Layout,
}

/// Addresses in the memory of a module.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The most futures of one call: columns lie this many numbers apart.
    pub capacity: u32,
    /// The seed of the noise, as `u64`.
    pub seed: u32,
    /// The number of each future of a call, as `u64`.
    pub futures: u32,
    /// The inputs, in the order of the request.
    pub inputs: Vec<InputPlace>,
    /// A column for each metric.
    pub metrics: u32,
    /// A column of statuses: 0 for a sound future, 1 for a broken one.
    pub status: u32,
    /// For each series and saved time a column.
    pub series: u32,
    /// The saved times.
    pub times: Vec<f64>,
}

/// Writes a program as a module.
pub fn write(program: &Program, settings: &Settings) -> Result<Module, Missing> {
    if adaptive::pair(program.integration).is_some() {
        return Err(Missing::Steps);
    }
    if program.numerics == Numerics::Fast {
        return Err(Missing::Fast);
    }
    let timeline = match timeline::without_inputs(program) {
        Some(Ok(timeline)) => timeline,
        Some(Err(_)) | None => return Err(Missing::TimeControls),
    };
    if !program.carriers.is_empty() {
        return Err(Missing::Carriers);
    }
    let tapes = [&program.once, &program.init, &program.step];
    let operations = tapes
        .into_iter()
        .flat_map(|tape| tape.uniform.iter().chain(&tape.lanes));
    let count = operations.map(|op| usize::from(op.len)).sum();
    if count > MOST_OPERATIONS {
        return Err(Missing::Operations {
            count,
            most: MOST_OPERATIONS,
        });
    }
    let settings = Settings {
        capacity: settings.capacity.max(1).next_multiple_of(2),
        ..*settings
    };
    // How much data there is shows when all code is written; it lies before everything else, where addresses are short.
    let mut data = 0;
    loop {
        let attempt = attempt(program, &timeline, &settings, data)?;
        if attempt.data <= data {
            return Ok(attempt.module);
        }
        data = attempt.data;
    }
}

struct Attempt {
    module: Module,
    data: u32,
}

/// Functions that every module has, in the order of their numbers.
const FUNCTIONS: u32 = 3;

fn attempt(
    program: &Program,
    timeline: &Timeline,
    settings: &Settings,
    data: u32,
) -> Result<Attempt, Missing> {
    let form = settings.form;
    let memory = Memory::new(
        program,
        timeline,
        form,
        settings.capacity,
        settings.schedule_steps,
        data,
    )?;
    let mut shared = Shared::new(form, &program.tables, FUNCTIONS);
    (shared.keys, shared.futures) = (memory.keys, memory.futures);
    let setting = walk::Setting {
        program,
        timeline,
        memory: &memory,
        capacity: settings.capacity,
    };
    let mut bodies = vec![
        walk::prepare(&setting, &mut shared),
        walk::run(&setting, form),
        walk::futures(&setting, &mut shared),
    ];
    let mut types = TypeSection::new();
    let mut functions = FunctionSection::new();
    let of_program: [&[ValType]; FUNCTIONS as usize] = [&[], &[ValType::I32; 2], &[ValType::I32; 2]];
    for (number, params) in of_program.into_iter().enumerate() {
        types.ty().function(params.iter().copied(), []);
        functions.function(number as u32);
    }
    // A routine may ask for further ones.
    let mut done = 0;
    while let Some(routine) = shared.routines.get(done).copied() {
        bodies.push(routines::body(routine, &mut shared));
        let (params, result) = routines::signature(routine, form);
        types.ty().function(params, [result]);
        functions.function(FUNCTIONS + done as u32);
        done += 1;
    }
    let mut code = CodeSection::new();
    bodies.iter().for_each(|body| {
        code.function(body);
    });
    let mut memories = MemorySection::new();
    let pages = u64::from(memory.end.div_ceil(1 << 16).max(1));
    memories.memory(MemoryType {
        minimum: pages,
        maximum: Some(pages),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("prepare", ExportKind::Func, 0);
    exports.export("run", ExportKind::Func, 1);
    let mut segments = DataSection::new();
    let bytes: Vec<u8> = shared.data.iter().flat_map(|word| word.to_le_bytes()).collect();
    let used = bytes.len() as u32;
    segments.active(0, &ConstExpr::i32_const(0), bytes);
    let mut encoder = Encoder::new();
    encoder
        .section(&types)
        .section(&functions)
        .section(&memories)
        .section(&exports)
        .section(&code)
        .section(&segments);
    Ok(Attempt {
        module: Module {
            bytes: encoder.finish(),
            layout: Layout {
                capacity: settings.capacity,
                seed: memory.seed,
                futures: memory.futures,
                inputs: memory.inputs,
                metrics: memory.metrics,
                status: memory.status,
                series: memory.series,
                times: timeline.saved_times(),
            },
        },
        data: used,
    })
}
