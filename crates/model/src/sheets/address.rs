//! Places in a sheet, and how they are written.

/// A row and a column, counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub row: u32,
    pub column: u32,
}

impl Place {
    /// The place of `B12` or `$B$12`.
    pub(crate) fn parse(written: &str) -> Option<Place> {
        let plain: String = written.trim().chars().filter(|c| *c != '$').collect();
        let digits = plain.find(|c: char| c.is_ascii_digit())?;
        let (letters, number) = plain.split_at(digits);
        let row: u32 = number.parse().ok().filter(|row| (1..=MOST_ROWS).contains(row))?;
        Some(Place {
            row: row - 1,
            column: column_of(letters)?,
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", column_name(self.column), self.row + 1)
    }
}

/// The largest sheet that Excel knows.
pub(super) const MOST_ROWS: u32 = 1 << 20;
pub(super) const MOST_COLUMNS: u32 = 1 << 14;

/// The column that letters stand for.
pub(crate) fn column_of(letters: &str) -> Option<u32> {
    let letters = letters.trim();
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let number = letters.bytes().fold(0_u32, |number, byte| {
        number * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1
    });
    (number <= MOST_COLUMNS).then(|| number - 1)
}

/// The letters of a column.
pub(crate) fn column_name(column: u32) -> String {
    let mut number = column + 1;
    let mut letters = Vec::new();
    while number > 0 {
        letters.push(char::from(b'A' + ((number - 1) % 26) as u8));
        number = (number - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// A rectangle, both corners included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub first: Place,
    pub last: Place,
}

impl Area {
    /// The sheet and the area of `Sheet1!$B$2:$D$2` or `'My sheet'!B2`.
    pub(super) fn parse(formula: &str) -> Option<(String, Area)> {
        let (sheet, cells) = formula.trim().trim_start_matches('=').rsplit_once('!')?;
        let sheet = match sheet
            .strip_prefix('\'')
            .and_then(|sheet| sheet.strip_suffix('\''))
        {
            Some(quoted) => quoted.replace("''", "'"),
            None => sheet.to_owned(),
        };
        let (first, last) = cells.split_once(':').unwrap_or((cells, cells));
        let (first, last) = (Place::parse(first)?, Place::parse(last)?);
        (first.row <= last.row && first.column <= last.column).then_some((sheet, Area { first, last }))
    }
}
