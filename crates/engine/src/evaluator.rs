//! One door to all evaluators: a program, made ready to run by the one that was chosen.
//!
//! Whichever runs, the bits are the same. Where machine code cannot be had, the block interpreter serves, and
//! [`Evaluator::name`] says so.

use std::sync::Arc;

use crate::batch::{Batch, Outputs};
use crate::ir::Program;
use crate::{block, scalar};

/// Which evaluator runs a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The fastest that can: machine code, else the block interpreter.
    #[default]
    Auto,
    /// The reference: one future, one operation after the other.
    Scalar,
    /// The block interpreter.
    Block,
    /// Machine code; the block interpreter where it cannot be had.
    Native,
}

/// A program and what runs it: immutable, shared by threads.
///
/// A clone shares both, and remembers by itself what its batches have in common: one each for batches that differ in uniform values.
#[derive(Clone, Debug)]
pub struct Evaluator {
    program: Arc<Program>,
    back_end: BackEnd,
}

#[derive(Clone, Debug)]
enum BackEnd {
    Scalar,
    /// With the reason why it is not machine code, if that was wanted.
    Block(Option<String>),
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    Native(Box<crate::native::Native>),
}

/// The memory that one thread needs to run programs.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    block: block::Scratch,
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    native: crate::native::Scratch,
}

impl Evaluator {
    /// Makes a program ready.
    pub fn new(program: Program, choice: Choice) -> Self {
        let back_end = match choice {
            Choice::Scalar => BackEnd::Scalar,
            Choice::Block => BackEnd::Block(None),
            Choice::Auto | Choice::Native => compiled(&program),
        };
        Self {
            program: Arc::new(program),
            back_end,
        }
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// What runs it, for a receipt: the evaluator, its instructions, and why it is not the one that was chosen.
    pub fn name(&self) -> String {
        let interpreter = || format!("block interpreter, {}", block::Level::best().name());
        match &self.back_end {
            BackEnd::Scalar => "scalar reference".to_owned(),
            BackEnd::Block(None) => interpreter(),
            BackEnd::Block(Some(why)) => format!("{} (no machine code: {why})", interpreter()),
            #[cfg(all(feature = "native", target_arch = "x86_64"))]
            BackEnd::Native(native) => format!("machine code, {}", native.level().name()),
        }
    }

    /// Runs the program for every future of a batch.
    ///
    /// # Panics
    /// As [`scalar::run`].
    pub fn run(&self, batch: &Batch, scratch: &mut Scratch) -> Outputs {
        match &self.back_end {
            BackEnd::Scalar => scalar::run(&self.program, batch),
            BackEnd::Block(_) => block::run(&self.program, batch, &mut scratch.block),
            #[cfg(all(feature = "native", target_arch = "x86_64"))]
            BackEnd::Native(native) => crate::native::run(&self.program, native, batch, &mut scratch.native),
        }
    }
}

#[cfg(all(feature = "native", target_arch = "x86_64"))]
fn compiled(program: &Program) -> BackEnd {
    match crate::native::compile(program, block::Level::best()) {
        Ok(native) => BackEnd::Native(Box::new(native)),
        Err(refusal) => BackEnd::Block(Some(refusal.to_string())),
    }
}

#[cfg(not(all(feature = "native", target_arch = "x86_64")))]
fn compiled(_: &Program) -> BackEnd {
    BackEnd::Block(Some("it was built without".to_owned()))
}
