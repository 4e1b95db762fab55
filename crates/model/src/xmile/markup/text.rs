//! Text of an XML file without its escapes, from which every byte leads back to its place in the file.

use crate::source::{SourceId, Span};

/// The value of an attribute, or the text within an element.
#[derive(Clone, Debug)]
pub(in crate::xmile) struct Text {
    pub value: String,
    /// Where pieces begin: in the value, in the file, and whether the piece stands in the file as it is.
    pieces: Vec<(u32, u32, bool)>,
    /// All of it in the file.
    pub span: Span,
}

impl Text {
    /// No text, at a place where some could be.
    pub(in crate::xmile) fn empty(source: SourceId, at: usize) -> Self {
        let at = at as u32;
        Self {
            value: String::new(),
            pieces: Vec::new(),
            span: Span {
                source,
                start: at,
                end: at,
            },
        }
    }

    /// Adds what stands in the file as it is, at byte `start`.
    pub(in crate::xmile) fn literal(&mut self, text: &str, start: usize) {
        self.piece(text, start, text.len(), true);
    }

    /// Adds what `length` bytes of the file at byte `start` stand for.
    pub(in crate::xmile) fn escape(&mut self, text: &str, start: usize, length: usize) {
        self.piece(text, start, length, false);
    }

    fn piece(&mut self, text: &str, start: usize, length: usize, literal: bool) {
        if self.pieces.is_empty() {
            self.span.start = start as u32;
        }
        self.pieces.push((self.value.len() as u32, start as u32, literal));
        self.value.push_str(text);
        self.span.end = (start + length) as u32;
    }

    /// The place of the bytes `start..end` of the value.
    pub(in crate::xmile) fn place(&self, start: usize, end: usize) -> Span {
        let first = self.in_file(start);
        let last = if end > start {
            // One past the last byte: the byte itself may end a piece.
            let last = self.value[start..end]
                .chars()
                .next_back()
                .map_or(0, char::len_utf8);
            let at = self.piece_at(end - last);
            match at.and_then(|at| self.pieces.get(at)) {
                Some((_, _, true)) => self.in_file(end - last) + last as u32,
                Some(_) => self.piece_end(end - last),
                None => first,
            }
        } else {
            first
        };
        Span {
            source: self.span.source,
            start: first,
            end: last.max(first),
        }
    }

    /// The place of the value without white space around it.
    pub(in crate::xmile) fn trimmed(&self) -> Span {
        let start = self.value.len() - self.value.trim_start().len();
        let end = start + self.value.trim().len();
        self.place(start, end)
    }

    fn piece_at(&self, byte: usize) -> Option<usize> {
        self.pieces
            .partition_point(|(start, _, _)| *start as usize <= byte)
            .checked_sub(1)
    }

    fn in_file(&self, byte: usize) -> u32 {
        match self.piece_at(byte).map(|at| self.pieces[at]) {
            Some((start, place, true)) => place + (byte as u32 - start),
            Some((_, place, false)) => place,
            None => self.span.start,
        }
    }

    /// The end in the file of an escape that stands for `byte`.
    fn piece_end(&self, byte: usize) -> u32 {
        self.piece_at(byte)
            .and_then(|at| self.pieces.get(at + 1))
            .map_or(self.span.end, |(_, place, _)| *place)
    }
}
