//! Excel 97 to 2003 workbooks, `.xls`: a stream of records.

use super::address::{Area, Place};
use super::compound::{self, u16_at, u32_at};
use super::{Book, Cell, DefinedName, MOST_CELLS, Sheet, SheetError};

const CUT: SheetError = SheetError::Malformed("a record of it is cut off");

/// The sheets and names of a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, SheetError> {
    let stream = compound::stream(bytes, &["Workbook", "Book"])?;
    let mut globals = Globals::default();
    let mut records = Records {
        stream: &stream,
        at: 0,
    };
    let first = records.next().ok_or(CUT)?;
    if first.kind != kind::BOF || u16_at(first.body, 0) != Some(0x0600) {
        return Err(SheetError::Old);
    }
    while let Some(record) = records.next() {
        match record.kind {
            kind::EOF => break,
            kind::FILEPASS => return Err(SheetError::Encrypted),
            kind::BOUNDSHEET => {
                let position = u32_at(record.body, 0).ok_or(CUT)?;
                let length = usize::from(*record.body.get(6).ok_or(CUT)?);
                let mut text = Characters::new(vec![record.body.get(7..).ok_or(CUT)?]);
                globals
                    .sheets
                    .push((text.with_flag(length).ok_or(CUT)?, position as usize));
            }
            kind::EXTERNSHEET => {
                let count = usize::from(u16_at(record.body, 0).ok_or(CUT)?);
                globals.references = (0..count)
                    .filter_map(|at| u16_at(record.body, 4 + 6 * at))
                    .collect();
            }
            kind::NAME => globals.names.extend(name(record.body)),
            kind::SST => globals.strings = shared_strings(record.body, &mut records)?,
            _ => {}
        }
    }
    let mut book = Book::default();
    let mut left = MOST_CELLS;
    for (name, position) in &globals.sheets {
        let mut sheet = Sheet {
            name: name.clone(),
            ..Sheet::default()
        };
        if let Some(rest) = stream.get(*position..) {
            cells(rest, &globals.strings, &mut sheet, &mut left)?;
        }
        book.sheets.push(sheet);
    }
    for (name, reference, area) in globals.names {
        let sheet = globals.references.get(usize::from(reference));
        if let Some((sheet, _)) = sheet.and_then(|sheet| globals.sheets.get(usize::from(*sheet))) {
            let sheet = sheet.clone();
            book.names.push(DefinedName { name, sheet, area });
        }
    }
    Ok(book)
}

mod kind {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const EXTERNSHEET: u16 = 0x0017;
    pub(super) const NAME: u16 = 0x0018;
    pub(super) const FILEPASS: u16 = 0x002F;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const BOUNDSHEET: u16 = 0x0085;
    pub(super) const MULRK: u16 = 0x00BD;
    pub(super) const SST: u16 = 0x00FC;
    pub(super) const LABELSST: u16 = 0x00FD;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const STRING: u16 = 0x0207;
    pub(super) const RK: u16 = 0x027E;
    pub(super) const BOF: u16 = 0x0809;
}

#[derive(Default)]
struct Globals {
    /// Names of sheets and where their records begin.
    sheets: Vec<(String, usize)>,
    strings: Vec<String>,
    /// For each reference the sheet that it leads to.
    references: Vec<u16>,
    /// Names with reference and area.
    names: Vec<(String, u16, Area)>,
}

struct Record<'a> {
    kind: u16,
    body: &'a [u8],
}

struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    fn peek(&self) -> Option<(Record<'a>, usize)> {
        let kind = u16_at(self.stream, self.at)?;
        let start = self.at + 4;
        let end = start + usize::from(u16_at(self.stream, self.at + 2)?);
        let body = self.stream.get(start..end)?;
        Some((Record { kind, body }, end))
    }
    fn next(&mut self) -> Option<Record<'a>> {
        let (record, end) = self.peek()?;
        self.at = end;
        Some(record)
    }
    /// The next record, if it goes on with the one before.
    fn next_part(&mut self) -> Option<&'a [u8]> {
        let (record, end) = self.peek().filter(|(record, _)| record.kind == kind::CONTINUE)?;
        self.at = end;
        Some(record.body)
    }
}

/// Characters that may go on in a further record, where the flag that says how wide they are is given anew.
struct Characters<'a> {
    parts: Vec<&'a [u8]>,
    part: usize,
    at: usize,
}

impl<'a> Characters<'a> {
    fn new(parts: Vec<&'a [u8]>) -> Self {
        Self {
            parts,
            part: 0,
            at: 0,
        }
    }
    /// Whether the part ends here; moves on to the next.
    fn at_end_of_part(&mut self) -> bool {
        if self.parts.get(self.part).is_some_and(|part| self.at < part.len()) {
            return false;
        }
        self.part += 1;
        self.at = 0;
        true
    }
    fn byte(&mut self) -> Option<u8> {
        if self.at_end_of_part() && self.parts.get(self.part)?.is_empty() {
            return None;
        }
        let byte = *self.parts.get(self.part)?.get(self.at)?;
        self.at += 1;
        Some(byte)
    }
    fn number(&mut self, bytes: u32) -> Option<usize> {
        let mut number = 0;
        for place in 0..bytes {
            number |= usize::from(self.byte()?) << (8 * place);
        }
        Some(number)
    }
    fn skip(&mut self, count: usize) -> Option<()> {
        for _ in 0..count {
            self.byte()?;
        }
        Some(())
    }
    /// `length` characters behind their flag.
    fn with_flag(&mut self, length: usize) -> Option<String> {
        let wide = self.byte()? & 1 == 1;
        self.plain(length, wide)
    }
    fn plain(&mut self, length: usize, mut wide: bool) -> Option<String> {
        let mut units = Vec::with_capacity(length.min(1 << 12));
        for place in 0..length {
            let ends = self.parts.get(self.part).is_none_or(|part| self.at >= part.len());
            if place > 0 && ends {
                wide = self.byte()? & 1 == 1;
            }
            units.push(self.number(if wide { 2 } else { 1 })? as u16);
        }
        Some(String::from_utf16_lossy(&units))
    }
}

fn shared_strings(body: &[u8], records: &mut Records<'_>) -> Result<Vec<String>, SheetError> {
    let mut parts = vec![body];
    while let Some(part) = records.next_part() {
        parts.push(part);
    }
    let mut characters = Characters::new(parts);
    let mut strings = Vec::new();
    characters.skip(4).ok_or(CUT)?;
    let count = characters.number(4).ok_or(CUT)?;
    for _ in 0..count {
        // Writers have been seen to promise more strings than there are; cells that need them will be empty.
        let Some(string) = shared_string(&mut characters) else {
            break;
        };
        strings.push(string);
    }
    Ok(strings)
}

fn shared_string(characters: &mut Characters<'_>) -> Option<String> {
    let length = characters.number(2)?;
    let flags = characters.byte()?;
    let runs = if flags & 8 == 0 { 0 } else { characters.number(2)? };
    let extra = if flags & 4 == 0 { 0 } else { characters.number(4)? };
    let text = characters.plain(length, flags & 1 == 1)?;
    characters.skip(4 * runs + extra)?;
    Some(text)
}

/// A name for an area: its spelling, a reference to its sheet, and the area.
fn name(body: &[u8]) -> Option<(String, u16, Area)> {
    let length = usize::from(*body.get(3)?);
    let mut characters = Characters::new(vec![body.get(14..)?]);
    let name = characters.with_flag(length)?;
    let formula = body.get(14 + characters.at..)?;
    // The class of the token (bits 5 and 6) does not matter.
    let (token, rest) = formula.split_first()?;
    let at = |field: usize| u16_at(rest, 2 * field).map(u32::from);
    let column = |field: usize| at(field).map(|column| column & 0x3FFF);
    let area = match token & 0x1F {
        0x1B => Area {
            first: Place {
                row: at(1)?,
                column: column(3)?,
            },
            last: Place {
                row: at(2)?,
                column: column(4)?,
            },
        },
        0x1A => {
            let place = Place {
                row: at(1)?,
                column: column(2)?,
            };
            Area {
                first: place,
                last: place,
            }
        }
        _ => return None,
    };
    let sound = area.first.row <= area.last.row && area.first.column <= area.last.column;
    sound.then_some((name, u16_at(rest, 0)?, area))
}

/// The cells of a sheet; `left` is how many may still be read.
fn cells(stream: &[u8], strings: &[String], sheet: &mut Sheet, left: &mut usize) -> Result<(), SheetError> {
    let mut records = Records { stream, at: 0 };
    let mut depth = 0_usize;
    // A formula that gives a text is followed by the text.
    let mut awaited: Option<Place> = None;
    while let Some(record) = records.next() {
        let body = record.body;
        let place = || {
            let (row, column) = (u16_at(body, 0)?, u16_at(body, 2)?);
            Some(Place {
                row: row.into(),
                column: column.into(),
            })
        };
        let mut set = |place: Place, cell: Cell| {
            *left = left.checked_sub(1).ok_or(SheetError::TooManyCells)?;
            sheet.set(place, cell);
            Ok(())
        };
        match record.kind {
            // A chart within the sheet has a beginning and an end of its own.
            kind::BOF => depth += 1,
            kind::EOF => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Ok(());
                }
            }
            _ if depth != 1 => {}
            kind::NUMBER => set(place().ok_or(CUT)?, Cell::Number(double(body, 6).ok_or(CUT)?))?,
            kind::RK => set(
                place().ok_or(CUT)?,
                Cell::Number(packed(u32_at(body, 6).ok_or(CUT)?)),
            )?,
            kind::MULRK => {
                let first = place().ok_or(CUT)?;
                let list = body.get(4..body.len().saturating_sub(2)).ok_or(CUT)?;
                for (column, entry) in (first.column..).zip(list.chunks_exact(6)) {
                    let number = packed(u32_at(entry, 2).ok_or(CUT)?);
                    set(Place { column, ..first }, Cell::Number(number))?;
                }
            }
            kind::LABELSST => {
                let number = u32_at(body, 6).ok_or(CUT)? as usize;
                if let Some(text) = strings.get(number).filter(|text| !text.trim().is_empty()) {
                    set(place().ok_or(CUT)?, Cell::Text(text.clone()))?;
                }
            }
            kind::LABEL => {
                if let Some(text) = long_text(body.get(6..).unwrap_or_default()) {
                    set(place().ok_or(CUT)?, Cell::Text(text))?;
                }
            }
            kind::FORMULA => {
                let place = place().ok_or(CUT)?;
                let result = body.get(6..14).ok_or(CUT)?;
                if result.ends_with(&[0xFF, 0xFF]) {
                    match result[0] {
                        0 => awaited = Some(place),
                        1 => set(place, Cell::Number(f64::from(result[2])))?,
                        2 => set(place, Cell::Text("#error".to_owned()))?,
                        _ => {}
                    }
                } else {
                    set(place, Cell::Number(double(body, 6).ok_or(CUT)?))?;
                }
            }
            kind::STRING => {
                if let (Some(place), Some(text)) = (awaited.take(), long_text(body)) {
                    set(place, Cell::Text(text))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A text with two bytes of length.
fn long_text(body: &[u8]) -> Option<String> {
    let length = usize::from(u16_at(body, 0)?);
    let text = Characters::new(vec![body.get(2..)?]).with_flag(length)?;
    (!text.trim().is_empty()).then_some(text)
}

fn double(body: &[u8], at: usize) -> Option<f64> {
    let found: [u8; 8] = body.get(at..at + 8)?.try_into().ok()?;
    Some(f64::from_le_bytes(found))
}

/// A number in 30 bits: an integer or the upper part of a double, perhaps to be divided by a hundred.
fn packed(word: u32) -> f64 {
    let number = if word & 2 == 0 {
        f64::from_bits(u64::from(word & !3) << 32)
    } else {
        f64::from(word.cast_signed() >> 2)
    };
    if word & 1 == 0 { number } else { number / 100.0 }
}
