//! The compound file that an `.xls` lies in: sectors chained by a table, as in an old disk.

use super::SheetError;

/// How a compound file begins.
pub(super) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

const MALFORMED: SheetError = SheetError::Malformed("its sectors make no file");

/// Sector numbers from here on have a meaning of their own: free, end of chain, table.
const LARGEST_SECTOR: u32 = 0xFFFF_FFFA;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let found: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(u16::from_le_bytes(found))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let found: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_le_bytes(found))
}

/// The bytes of the first of the streams `names` that the file holds.
pub(super) fn stream(bytes: &[u8], names: &[&str]) -> Result<Vec<u8>, SheetError> {
    let field = |at: usize| u32_at(bytes, at).ok_or(MALFORMED);
    let shift = u32::from(u16_at(bytes, 30).ok_or(MALFORMED)?);
    let mini_shift = u32::from(u16_at(bytes, 32).ok_or(MALFORMED)?);
    if !(7..=16).contains(&shift) || mini_shift >= shift {
        return Err(MALFORMED);
    }
    let size = 1_usize << shift;
    let disk = Disk { bytes, size };
    let table = disk.table()?;
    let directory = disk.chain(field(48)?, &table)?;
    let entries: Vec<Entry> = directory.chunks_exact(128).filter_map(entry).collect();
    let root = entries.first().ok_or(MALFORMED)?;
    let found = names
        .iter()
        .find_map(|name| entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)));
    let Some(found) = found else {
        let encrypted = entries.iter().any(|entry| entry.name == "EncryptedPackage");
        return Err(if encrypted {
            SheetError::Encrypted
        } else {
            SheetError::Malformed("it holds no workbook")
        });
    };
    let mut content = if found.size < field(56)? {
        // Short streams lie in small sectors of their own, within the stream of the root.
        let small = disk.chain(root.start, &table)?;
        let mini = disk.chain(field(60)?, &table)?;
        let mini_table: Vec<u32> = mini
            .chunks_exact(4)
            .filter_map(|entry| u32_at(entry, 0))
            .collect();
        let small = Disk {
            bytes: &small,
            size: 1 << mini_shift,
        };
        small.chain_from(found.start, &mini_table, 0)?
    } else {
        disk.chain(found.start, &table)?
    };
    content.truncate(found.size as usize);
    Ok(content)
}

struct Entry {
    name: String,
    start: u32,
    size: u32,
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64)?).min(64) / 2;
    let units: Vec<u16> = (0..length.saturating_sub(1))
        .filter_map(|at| u16_at(bytes, 2 * at))
        .collect();
    Some(Entry {
        name: String::from_utf16_lossy(&units),
        start: u32_at(bytes, 116)?,
        size: u32_at(bytes, 120)?,
    })
}

struct Disk<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl Disk<'_> {
    /// The table that says which sector follows which.
    fn table(&self) -> Result<Vec<u32>, SheetError> {
        let most = self.bytes.len() / self.size + 1;
        let mut sectors: Vec<u32> = (0..109)
            .filter_map(|at| u32_at(self.bytes, 76 + 4 * at))
            .collect();
        let mut further = u32_at(self.bytes, 68).ok_or(MALFORMED)?;
        while further < LARGEST_SECTOR && sectors.len() <= most {
            let list = self.sector(further, 1).ok_or(MALFORMED)?;
            let (entries, next) = list.split_at(self.size.min(list.len()).saturating_sub(4));
            sectors.extend(entries.chunks_exact(4).filter_map(|entry| u32_at(entry, 0)));
            further = u32_at(next, 0).ok_or(MALFORMED)?;
        }
        let mut table = Vec::new();
        for sector in sectors
            .into_iter()
            .filter(|sector| *sector < LARGEST_SECTOR)
            .take(most)
        {
            let list = self.sector(sector, 1).ok_or(MALFORMED)?;
            table.extend(list.chunks_exact(4).filter_map(|entry| u32_at(entry, 0)));
        }
        Ok(table)
    }
    /// A sector; the header takes the place of the first `before` ones.
    fn sector(&self, number: u32, before: usize) -> Option<&[u8]> {
        let start = (number as usize).checked_add(before)?.checked_mul(self.size)?;
        // The last sector may be cut off.
        let end = (start + self.size).min(self.bytes.len());
        self.bytes.get(start..end)
    }
    fn chain(&self, start: u32, table: &[u32]) -> Result<Vec<u8>, SheetError> {
        self.chain_from(start, table, 1)
    }
    fn chain_from(&self, start: u32, table: &[u32], before: usize) -> Result<Vec<u8>, SheetError> {
        let mut content = Vec::new();
        let mut sector = start;
        while sector < LARGEST_SECTOR {
            // A chain that bites its tail is longer than the file.
            if content.len() > self.bytes.len() {
                return Err(MALFORMED);
            }
            let found = self.sector(sector, before).ok_or(MALFORMED)?;
            if found.is_empty() {
                return Err(MALFORMED);
            }
            content.extend_from_slice(found);
            sector = table.get(sector as usize).copied().ok_or(MALFORMED)?;
        }
        Ok(content)
    }
}
