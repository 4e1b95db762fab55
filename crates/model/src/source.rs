//! Texts with a name, places in them, and the door through which further files are asked for.

use crate::index::{Id, id};

id! {
    /// A text that was read.
    pub SourceId
}

/// A place in a text: bytes `start..end` of source `source`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

const _: () = assert!(size_of::<Span>() == 12);

impl Span {
    /// The span from the start of `self` to the end of `other`, which lies in the same text.
    pub fn to(self, other: Span) -> Span {
        Span {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A text and where its lines begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// The path as the user gave it; only for messages.
    pub path: String,
    /// The text, decoded to UTF-8.
    pub text: String,
    /// Byte offset of the start of each line.
    pub lines: Vec<u32>,
}

impl Source {
    /// One-based line and column (in characters) of a byte.
    pub fn position(&self, byte: u32) -> (usize, usize) {
        let line = self.lines.partition_point(|&start| start <= byte).max(1);
        let start = self.lines[line - 1] as usize;
        let end = (byte as usize).clamp(start, self.text.len());
        let column = self
            .text
            .get(start..end)
            .map_or(0, |before| before.chars().count())
            + 1;
        (line, column)
    }
}

/// All the texts of one reading, so that a [`Span`] can always be led home.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    items: Vec<Source>,
}

impl Sources {
    /// No text yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds a text. Offsets are `u32`: a text of 4 GiB or more is cut by the caller's own limit long before.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId::from_index(self.items.len());
        let text = text.into();
        let mut lines = vec![0];
        lines.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| at as u32 + 1),
        );
        self.items.push(Source {
            id,
            path: path.into(),
            text,
            lines,
        });
        id
    }
    /// The text with this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.items[id.index()]
    }
    /// The texts in the order in which they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Source> {
        self.items.iter()
    }
    /// The text under a span.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source)
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }
}

/// Why a file that a model asks for could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// There is no such file.
    NotFound,
    /// The file lies outside the folder the model may read from.
    Outside,
    /// The file could not be read; the text says why.
    Unreadable(String),
}

/// The door through which bytes come: the caller decides what a path means and what may be read.
pub trait Files {
    /// The bytes of the file `path`, which is relative to the model that names it.
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError>;
}
