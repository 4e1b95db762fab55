//! How a command ends: its exit code, and what stands in the way when it cannot go on.

use model::{Diagnostics, Sources};

/// Exit codes, as `docs/exit-codes.md` and `weigh --help` tell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done, perhaps with warnings.
    Done = 0,
    /// The command line makes no sense.
    Usage = 2,
    /// A case, a model or a run folder says something that cannot be.
    Invalid = 3,
    /// The simulation failed.
    Simulation = 4,
    /// A check failed.
    Check = 5,
    /// Input or output could not be read or written.
    Io = 6,
    /// Our mistake.
    Bug = 70,
    /// Interrupted by Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// The code that the operating system sees.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

/// Why a command cannot go on.
pub(crate) enum Failure {
    /// Something that was read is wrong; all messages come at once, with the texts they point into.
    Input {
        diagnostics: Diagnostics,
        sources: Sources,
    },
    /// One sentence, further ones of the same kind, and what to do.
    Message {
        exit: Exit,
        message: String,
        also: Vec<String>,
        help: Vec<String>,
    },
    /// Nobody reads what we print any more: not worth a word.
    BrokenPipe,
}

impl Failure {
    /// A failure told in one sentence.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self::Message {
            exit,
            message: message.into(),
            also: Vec::new(),
            help: Vec::new(),
        }
    }
    /// The command line makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }
    /// Adds another mistake of the same kind.
    pub(crate) fn also(mut self, text: impl Into<String>) -> Self {
        if let Self::Message { also, .. } = &mut self {
            also.push(text.into());
        }
        self
    }
    /// Adds a piece of advice to a failure told in one sentence.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        if let Self::Message { help, .. } = &mut self {
            help.push(text.into());
        }
        self
    }
    /// The exit code of this failure.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Input { .. } => Exit::Invalid,
            Self::Message { exit, .. } => *exit,
            Self::BrokenPipe => Exit::Done,
        }
    }
}
