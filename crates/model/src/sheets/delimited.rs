//! Texts of columns: `.csv`, `.tab`.

use super::address::{MOST_COLUMNS, MOST_ROWS, Place};
use super::{Book, Cell, MOST_CELLS, Sheet, SheetError};
use crate::decode::decode;

/// The one sheet of a text. Without a delimiter, the first line says which it is: tab, semicolon or comma.
pub(super) fn read(bytes: &[u8], delimiter: Option<char>) -> Result<Book, SheetError> {
    let (Some(text), _) = decode("data.csv", bytes) else {
        return Err(SheetError::Malformed("it is no text"));
    };
    let first = text.lines().next().unwrap_or_default();
    let delimiter = delimiter.unwrap_or_else(|| {
        let found = ['\t', ';', ','].into_iter().find(|sign| first.contains(*sign));
        found.unwrap_or(',')
    });
    let mut sheet = Sheet::default();
    let mut left = MOST_CELLS;
    let mut place = Place { row: 0, column: 0 };
    let mut field = String::new();
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    let mut finish = |field: &mut String, place: Place| -> Result<(), SheetError> {
        let text = field.trim();
        if !text.is_empty() && place.row < MOST_ROWS && place.column < MOST_COLUMNS {
            left = left.checked_sub(1).ok_or(SheetError::TooManyCells)?;
            let cell = match text.parse::<f64>() {
                Ok(number) => Cell::Number(number),
                Err(_) => Cell::Text(text.to_owned()),
            };
            sheet.set(place, cell);
        }
        field.clear();
        Ok(())
    };
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted = true;
            }
            _ if quoted => field.push(character),
            _ if character == delimiter => {
                finish(&mut field, place)?;
                place.column = (place.column + 1).min(MOST_COLUMNS);
            }
            '\n' => {
                finish(&mut field, place)?;
                place = Place {
                    row: (place.row + 1).min(MOST_ROWS),
                    column: 0,
                };
            }
            _ => field.push(character),
        }
    }
    finish(&mut field, place)?;
    Ok(Book {
        sheets: vec![sheet],
        names: Vec::new(),
    })
}
