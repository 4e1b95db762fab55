//! The files in a ZIP archive, as far as workbooks need it.

use super::{MOST_BYTES, SheetError};

/// An archive whose directory has been read.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    method: u16,
    /// Where the file's own header lies.
    header: usize,
    packed: usize,
    encrypted: bool,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let found: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(u16::from_le_bytes(found))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let found: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_le_bytes(found))
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, SheetError> {
        let malformed = SheetError::Malformed("its archive has no directory");
        let end = end_of_directory(bytes).ok_or(malformed.clone())?;
        let count = u16_at(bytes, end + 10).ok_or(malformed.clone())?;
        let mut at = u32_at(bytes, end + 16).ok_or(malformed.clone())? as usize;
        let mut entries = Vec::new();
        for _ in 0..count {
            let (entry, next) = entry(bytes, at).ok_or(malformed.clone())?;
            entries.push(entry);
            at = next;
        }
        Ok(Self { bytes, entries })
    }

    /// The text of a file in the archive; none if there is no such file.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, SheetError> {
        let Some(entry) = self
            .entries
            .iter()
            .find(|entry| entry.name.eq_ignore_ascii_case(name))
        else {
            return Ok(None);
        };
        if entry.encrypted {
            return Err(SheetError::Encrypted);
        }
        let malformed = SheetError::Malformed("a part of it is cut off");
        let header = entry.header;
        let lengths = u16_at(self.bytes, header + 26).zip(u16_at(self.bytes, header + 28));
        let (name, extra) = lengths.ok_or(malformed.clone())?;
        let start = header + 30 + usize::from(name) + usize::from(extra);
        let packed = start
            .checked_add(entry.packed)
            .and_then(|end| self.bytes.get(start..end))
            .ok_or(malformed)?;
        let unpacked = match entry.method {
            0 => packed.to_vec(),
            8 => miniz_oxide::inflate::decompress_to_vec_with_limit(packed, MOST_BYTES).map_err(|error| {
                match error.status {
                    miniz_oxide::inflate::TINFLStatus::HasMoreOutput => SheetError::TooLarge,
                    _ => SheetError::Malformed("a part of it cannot be unpacked"),
                }
            })?,
            _ => return Err(SheetError::Malformed("a part of it is packed in an unknown way")),
        };
        String::from_utf8(unpacked)
            .map(Some)
            .map_err(|_| SheetError::Malformed("a part of it is not UTF-8"))
    }
}

/// Where the record lies that ends the directory: searched from the end, for a comment may stand behind it.
fn end_of_directory(bytes: &[u8]) -> Option<usize> {
    const SIZE: usize = 22;
    let last = bytes.len().checked_sub(SIZE)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last)
        .rev()
        .find(|at| bytes[*at..].starts_with(b"PK\x05\x06"))
}

/// An entry of the directory, and where the next begins.
fn entry(bytes: &[u8], at: usize) -> Option<(Entry, usize)> {
    if !bytes.get(at..)?.starts_with(b"PK\x01\x02") {
        return None;
    }
    let field = |offset: usize| u16_at(bytes, at + offset);
    let name = usize::from(field(28)?);
    let rest = usize::from(field(30)?) + usize::from(field(32)?);
    let start = at + 46;
    let written = bytes.get(start..start + name)?;
    let entry = Entry {
        name: String::from_utf8_lossy(written).into_owned(),
        method: field(10)?,
        header: u32_at(bytes, at + 42)? as usize,
        packed: u32_at(bytes, at + 20)? as usize,
        encrypted: field(8)? & 1 == 1,
    };
    Some((entry, start + name + rest))
}
