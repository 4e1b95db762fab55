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

/// The blocks of a text, and where its settings begin: behind the sketches, or, where nothing closes these, with them.
pub(super) fn blocks(source: &Source, diagnostics: &mut Diagnostics) -> (Vec<Block>, usize) {
    let sketch = sketch_start(&source.text);
    let mut cutter = Cutter {
        source,
        text: &source.text[..sketch],
        at: 0,
        unclosed: false,
        diagnostics,
    };
    let mut blocks = Vec::new();
    while let Some(block) = cutter.block() {
        blocks.push(block);
    }
    let settings = source.text[sketch..]
        .find(SKETCH_END)
        .map_or(sketch, |found| sketch + found + SKETCH_END.len());
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
    /// Whether a comment was found that is never closed.
    unclosed: bool,
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

    /// The byte behind the comment in braces that starts at `start`; braces nest. A comment that is never closed is told
    /// once, and then only its brace is passed over, so that the rest of the text is still read.
    fn braces(&mut self, start: usize) -> usize {
        if !self.unclosed {
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
            self.unclosed = true;
            self.diagnostics.push(
                Diagnostic::error("unclosed-comment", "a comment is opened by `{` and never closed")
                    .label(self.span(start, start + 1), "opened here")
                    .help("close it with `}`"),
            );
        }
        start + 1
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
        let mut more = None;
        if !ended && self.byte(self.at) == Some(b'~') {
            // More parts than there are: pass over them to the end of the block.
            more = Some(self.at);
            self.at += self.rest().find('|').unwrap_or(self.rest().len());
            ended = self.byte(self.at) == Some(b'|');
        }
        if ended {
            self.at += 1;
        } else {
            self.diagnostics.push(
                Diagnostic::error("missing-end", "the last equation is not ended by `|`")
                    .label(self.span(head.start, head.end), "starts here")
                    .help("write `~ units ~ comment |` behind each equation"),
            );
        }
        let [units, comment, flags] = parts;
        let block = Block {
            kind,
            head,
            units,
            comment,
            flags,
        };
        if kind == BlockKind::Equation && ended {
            self.swallowed(&block, more);
        }
        block
    }

    /// Says so if the parts of a block look as if the block had swallowed the next equation.
    fn swallowed(&mut self, block: &Block, more: Option<usize>) {
        let text = self.text;
        let flags = block
            .flags
            .map_or("", |extent| text[extent.start..extent.end].trim());
        let plain = flags.is_empty() || flags.starts_with(':');
        let found = [
            block.units,
            block.comment.filter(|_| block.flags.is_some()),
            block.flags,
        ]
        .into_iter()
        .flatten()
        .find_map(|extent| Some((extent, line_like_equation(text, extent)?)));
        match (found, more) {
            (Some((extent, line)), _) if block.units == Some(extent) || more.is_some() || !plain => {
                self.diagnostics.push(
                    Diagnostic::error("missing-end", "an equation is not ended by `|`")
                        .label(
                            self.span(line.start, line.end),
                            "this looks like the next equation",
                        )
                        .label(
                            self.span(block.head.start, block.head.end),
                            "this is the one that goes on",
                        )
                        .help("write `|` between the two"),
                );
            }
            (_, Some(more)) => self.diagnostics.push(
                Diagnostic::warning("extra-part", "an equation has more than three parts behind `~`")
                    .label(self.span(more, more + 1), "this and what follows is passed over")
                    .help("write `~ units ~ comment |` or `~ units ~ comment ~ :SUPPLEMENTARY |`"),
            ),
            _ => {}
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
                // An open quote ends with its line: it must not swallow the next equations.
                b'"' => at = quoted_end(self.text, at).unwrap_or(at + 1),
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

/// The byte behind the closing quote of the name that starts at `start`; none if it is not closed in its line.
pub(super) fn quoted_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' => return None,
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
}

/// The first line of an extent that starts with a name and `=`.
fn line_like_equation(text: &str, extent: Extent) -> Option<Extent> {
    let mut start = extent.start;
    for line in text[extent.start..extent.end].split_inclusive('\n') {
        if looks_like_equation(line) {
            let indent = line.len() - line.trim_start().len();
            return Some(Extent {
                start: start + indent,
                end: start + line.trim_end().len(),
            });
        }
        start += line.len();
    }
    None
}

/// Whether a line starts with a name and `=`.
fn looks_like_equation(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim();
        name.starts_with(|c: char| c.is_alphabetic() || c == '"')
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || " _$'\"[],".contains(c))
    })
}

/// The length of `word` at the start of `text`, whatever its case.
fn keyword(text: &str, word: &str) -> Option<usize> {
    let start = text.get(..word.len())?;
    start.eq_ignore_ascii_case(word).then_some(word.len())
}
