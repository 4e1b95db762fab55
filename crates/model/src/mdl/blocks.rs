//! Cuts a Vensim text into blocks: headings, equations with their units and comments, macro limits, the sketches.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};

/// Bytes `start..end` of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub start: usize,
    pub end: usize,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    Heading,
    Equation,
    MacroStart,
    MacroEnd,
}

/// A block and its parts, between `~` and `|`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub kind: BlockKind,
    /// The equation, the stars and the name of a heading, or the head of a macro.
    pub head: Extent,
    /// Units; of a heading, its comment.
    pub units: Option<Extent>,
    pub comment: Option<Extent>,
    pub flags: Option<Extent>,
}

const SKETCH: &str = "\\---///";
const SKETCH_END: &str = "///---\\\\\\";

/// The blocks of a text, and where its settings begin (the end of the text if there are none).
pub(super) fn blocks(source: &Source, diagnostics: &mut Diagnostics) -> (Vec<Block>, usize) {
    let sketch = sketch_start(&source.text);
    let mut cutter = Cutter {
        source,
        text: &source.text[..sketch],
        at: 0,
        diagnostics,
    };
    let mut blocks = Vec::new();
    while let Some(block) = cutter.block() {
        blocks.push(block);
    }
    let settings = source.text[sketch..]
        .find(SKETCH_END)
        .map_or(source.text.len(), |found| sketch + found + SKETCH_END.len());
    (blocks, settings)
}

/// Where the sketches start: at the mark that stands at the start of a line. Vensim writes `\\\---///`; other tools
/// have been seen to write a backslash less.
fn sketch_start(text: &str) -> usize {
    text.match_indices(SKETCH)
        .map(|(at, _)| text[..at].trim_end_matches('\\').len())
        .find(|start| *start == 0 || text.as_bytes()[start - 1] == b'\n')
        .unwrap_or(text.len())
}

struct Cutter<'a> {
    source: &'a Source,
    text: &'a str,
    at: usize,
    diagnostics: &'a mut Diagnostics,
}

impl Cutter<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }
    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            source: self.source.id,
            start: start as u32,
            end: end as u32,
        }
    }
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The next block; none before the sketches or at the end.
    fn block(&mut self) -> Option<Block> {
        self.blank();
        if self.rest().is_empty() {
            return None;
        }
        let start = self.at;
        if let Some(length) = keyword(self.rest(), ":MACRO:") {
            return Some(self.macro_start(start, length));
        }
        if let Some(length) = keyword(self.rest(), ":END OF MACRO:") {
            self.at += length;
            return Some(Block {
                kind: BlockKind::MacroEnd,
                head: Extent { start, end: self.at },
                units: None,
                comment: None,
                flags: None,
            });
        }
        let kind = if self.byte(start) == Some(b'*') {
            BlockKind::Heading
        } else {
            BlockKind::Equation
        };
        Some(self.parts(kind))
    }

    /// White space and comments before a block.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            self.at = self.text.len() - trimmed.len();
            match self.byte(self.at) {
                Some(b'{') => self.at = self.braces(self.at),
                // The end of a block that has nothing else.
                Some(b'|') => self.at += 1,
                _ => return,
            }
        }
    }

    /// The byte behind the comment in braces that starts at `start`; braces nest.
    fn braces(&mut self, start: usize) -> usize {
        let mut depth = 0_usize;
        for (offset, byte) in self.text.as_bytes()[start..].iter().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return start + offset + 1;
            }
        }
        self.diagnostics.push(
            Diagnostic::error("unclosed-comment", "a comment is opened by `{` and never closed")
                .label(self.span(start, start + 1), "opened here")
                .help("close it with `}`"),
        );
        self.text.len()
    }

    fn macro_start(&mut self, start: usize, length: usize) -> Block {
        let rest = &self.text[start + length..];
        // The head ends with its list of parameters; without one, with its line.
        let end = rest.find([')', '\n']).map_or(rest.len(), |found| {
            found + usize::from(rest.as_bytes()[found] == b')')
        });
        self.at = start + length + end;
        Block {
            kind: BlockKind::MacroStart,
            head: Extent {
                start: start + length,
                end: self.at,
            },
            units: None,
            comment: None,
            flags: None,
        }
    }

    fn parts(&mut self, kind: BlockKind) -> Block {
        let head = self.head();
        let mut parts = [None; 3];
        let mut ended = self.byte(self.at) == Some(b'|');
        for part in &mut parts {
            if ended || self.byte(self.at) != Some(b'~') {
                break;
            }
            let start = self.at + 1;
            self.at = start
                + self.text[start..]
                    .find(['~', '|'])
                    .unwrap_or(self.text.len() - start);
            *part = Some(Extent { start, end: self.at });
            ended = self.byte(self.at) == Some(b'|');
        }
        if !ended && self.byte(self.at) == Some(b'~') {
            // More parts than there are: pass over them to the end of the block.
            let start = self.at;
            self.at += self.rest().find('|').unwrap_or(self.rest().len());
            ended = self.byte(self.at) == Some(b'|');
            self.diagnostics.push(
                Diagnostic::warning("extra-part", "an equation has more than three parts behind `~`")
                    .label(
                        self.span(start, start + 1),
                        "this and what follows is passed over",
                    )
                    .help("if another equation starts in between, end the one before with `|`"),
            );
        }
        if ended {
            self.at += 1;
        } else {
            self.diagnostics.push(
                Diagnostic::error("missing-end", "an equation is not ended by `|`")
                    .label(self.span(head.start, head.end), "starts here")
                    .help("write `~ units ~ comment |` behind each equation"),
            );
        }
        let [units, comment, flags] = parts;
        Block {
            kind,
            head,
            units,
            comment,
            flags,
        }
    }

    /// The part before the first `~` or `|`, which may hold quoted names and comments.
    fn head(&mut self) -> Extent {
        let start = self.at;
        let mut at = start;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'~' | b'|' => break,
                b'{' => at = self.braces(at),
                b'"' => at = quoted_end(self.text, at),
                _ => at += 1,
            }
        }
        self.at = at;
        Extent {
            start,
            end: start + self.text[start..at].trim_end().len(),
        }
    }
}

/// The byte behind the quoted name that starts at `start`: behind its closing quote, or the end of its line.
pub(super) fn quoted_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\n' => return at,
            // An escaped quote, or the line goes on.
            b'\\' => {
                at += match bytes.get(at + 1..) {
                    Some([b'\r', b'\n', ..]) => 3,
                    Some([b'"' | b'\n' | b'\\', ..]) => 2,
                    _ => 1,
                }
            }
            _ => at += 1,
        }
    }
    at.min(bytes.len())
}

/// The length of `word` at the start of `text`, whatever its case.
fn keyword(text: &str, word: &str) -> Option<usize> {
    let start = text.get(..word.len())?;
    start.eq_ignore_ascii_case(word).then_some(word.len())
}
