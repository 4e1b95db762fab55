//! Office Open XML workbooks, `.xlsx`.

use std::collections::HashMap;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::address::{Area, MOST_COLUMNS, MOST_ROWS, Place};
use super::zip::Archive;
use super::{Book, Cell, DefinedName, MOST_CELLS, Sheet, SheetError};

/// The sheets and names of a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, SheetError> {
    let archive = Archive::open(bytes)?;
    let root = targets(&archive, "_rels/.rels")?;
    let main = root
        .into_iter()
        .find(|(_, (kind, _))| kind.ends_with("/officeDocument"));
    let main = main.map_or("xl/workbook.xml".to_owned(), |(_, (_, target))| {
        inside("", &target)
    });
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
    let Some(text) = archive.text(&main)? else {
        return Err(SheetError::Malformed("it has no list of sheets"));
    };
    let (listed, names) = contents(&text)?;
    let parts = targets(&archive, &inside(folder, &format!("_rels/{file}.rels")))?;
    let strings = match parts.values().find(|(kind, _)| kind.ends_with("/sharedStrings")) {
        Some((_, target)) => match archive.text(&inside(folder, target))? {
            Some(text) => shared_strings(&text)?,
            None => Vec::new(),
        },
        None => Vec::new(),
    };
    let mut book = Book::default();
    let mut left = MOST_CELLS;
    for (name, part) in listed {
        let mut sheet = Sheet {
            name,
            ..Sheet::default()
        };
        if let Some((_, target)) = parts.get(&part)
            && let Some(text) = archive.text(&inside(folder, target))?
        {
            cells(&text, &strings, &mut sheet, &mut left)?;
        }
        book.sheets.push(sheet);
    }
    book.names = names
        .into_iter()
        .filter_map(|(name, formula)| {
            let (sheet, area) = Area::parse(&formula)?;
            Some(DefinedName { name, sheet, area })
        })
        .collect();
    Ok(book)
}

/// The path of a part that another in `folder` names.
fn inside(folder: &str, target: &str) -> String {
    match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None if folder.is_empty() => target.to_owned(),
        None => format!("{folder}/{target}"),
    }
}

/// Parts by their ids: what they are and where they lie.
fn targets(archive: &Archive<'_>, path: &str) -> Result<HashMap<String, (String, String)>, SheetError> {
    let mut found = HashMap::new();
    let Some(text) = archive.text(path)? else {
        return Ok(found);
    };
    elements(&text, &mut |event| {
        if let Part::Start(start) = event
            && start.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(kind), Some(target)) = (
                attribute(start, "Id"),
                attribute(start, "Type"),
                attribute(start, "Target"),
            )
        {
            found.insert(id, (kind, target));
        }
        Ok(())
    })?;
    Ok(found)
}

/// Sheets with the ids of their parts, and names with their formulas.
type Contents = (Vec<(String, String)>, Vec<(String, String)>);

fn contents(text: &str) -> Result<Contents, SheetError> {
    let (mut sheets, mut names) = (Vec::new(), Vec::new());
    let mut open: Option<(String, String)> = None;
    elements(text, &mut |event| {
        match event {
            Part::Start(start) => match start.local_name().as_ref() {
                "sheet" => {
                    if let (Some(name), Some(id)) = (attribute(start, "name"), attribute(start, "id")) {
                        sheets.push((name, id));
                    }
                }
                "definedName" => open = attribute(start, "name").map(|name| (name, String::new())),
                _ => {}
            },
            Part::Text(text) => {
                if let Some((_, formula)) = &mut open {
                    formula.push_str(text);
                }
            }
            Part::End("definedName") => names.extend(open.take()),
            Part::End(_) => {}
        }
        Ok(())
    })?;
    Ok((sheets, names))
}

/// The texts that cells refer to by number.
fn shared_strings(text: &str) -> Result<Vec<String>, SheetError> {
    let mut strings: Vec<String> = Vec::new();
    let (mut in_text, mut in_phonetic) = (false, false);
    elements(text, &mut |event| {
        match event {
            Part::Start(start) => match start.local_name().as_ref() {
                "si" => strings.push(String::new()),
                "t" => in_text = true,
                "rPh" => in_phonetic = true,
                _ => {}
            },
            Part::Text(text) => {
                if let (true, false, Some(last)) = (in_text, in_phonetic, strings.last_mut()) {
                    last.push_str(text);
                }
            }
            Part::End("t") => in_text = false,
            Part::End("rPh") => in_phonetic = false,
            Part::End(_) => {}
        }
        Ok(())
    })?;
    Ok(strings)
}

/// The cells of a sheet; `left` is how many may still be read.
pub(super) fn cells(
    text: &str,
    strings: &[String],
    sheet: &mut Sheet,
    left: &mut usize,
) -> Result<(), SheetError> {
    let mut row = 0;
    let mut next = Place { row: 0, column: 0 };
    let mut open: Option<(Place, String)> = None;
    let mut value = String::new();
    let mut in_value = false;
    let mut has_formula = false;
    elements(text, &mut |event| {
        match event {
            Part::Start(start) => match start.local_name().as_ref() {
                "row" => {
                    let number = attribute(start, "r").and_then(|r| r.parse::<u32>().ok());
                    row = number.map_or(row + 1, |number| number).min(MOST_ROWS);
                    next = Place {
                        row: row.saturating_sub(1),
                        column: 0,
                    };
                }
                "c" => {
                    let place = attribute(start, "r")
                        .and_then(|r| Place::parse(&r))
                        .unwrap_or(next);
                    next = Place {
                        column: (place.column + 1).min(MOST_COLUMNS),
                        ..place
                    };
                    value.clear();
                    has_formula = false;
                    open = Some((place, attribute(start, "t").unwrap_or_default()));
                }
                // Of the formula behind a value it matters only that it is there.
                "f" => has_formula = true,
                "v" | "t" => in_value = true,
                _ => {}
            },
            Part::Text(text) => {
                if in_value {
                    value.push_str(text);
                }
            }
            Part::End("v" | "t") => in_value = false,
            Part::End("c") => {
                if let Some((place, kind)) = open.take()
                    && let Some(cell) = match has_formula && value.is_empty() {
                        // A formula may well give an empty text.
                        true => (kind != "str").then_some(Cell::Uncomputed),
                        false => cell(&kind, &value, strings),
                    }
                {
                    *left = left.checked_sub(1).ok_or(SheetError::TooManyCells)?;
                    sheet.set(place, cell);
                }
            }
            Part::End(_) => {}
        }
        Ok(())
    })
}

fn cell(kind: &str, value: &str, strings: &[String]) -> Option<Cell> {
    let text = |text: &str| (!text.trim().is_empty()).then(|| Cell::Text(text.to_owned()));
    match kind {
        "s" => text(strings.get(value.trim().parse::<usize>().ok()?)?),
        "str" | "inlineStr" | "e" => text(value),
        "b" => value.trim().parse().ok().map(Cell::Number),
        _ => match value.trim().parse::<f64>() {
            Ok(number) => Some(Cell::Number(number)),
            Err(_) => text(value),
        },
    }
}

/// What happens in an XML text.
enum Part<'a> {
    Start(&'a BytesStart<'a>),
    Text(&'a str),
    End(&'a str),
}

fn elements(text: &str, visit: &mut dyn FnMut(Part<'_>) -> Result<(), SheetError>) -> Result<(), SheetError> {
    let malformed = SheetError::Malformed("a part of it is not well-formed XML");
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|_| malformed.clone())? {
            Event::Start(start) => visit(Part::Start(&start))?,
            Event::Empty(start) => {
                visit(Part::Start(&start))?;
                visit(Part::End(start.local_name().as_ref()))?;
            }
            Event::End(end) => visit(Part::End(end.local_name().as_ref()))?,
            Event::Text(text) => visit(Part::Text(&text.xml10_content()))?,
            Event::CData(text) => visit(Part::Text(&text.xml10_content()))?,
            Event::GeneralRef(entity) => {
                // Entities that the file declares itself are never expanded.
                let known = match entity.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    _ => resolve_predefined_entity(&entity.xml10_content())
                        .unwrap_or_default()
                        .to_owned(),
                };
                visit(Part::Text(&known))?;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute, whatever its prefix.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    start
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .and_then(|attribute| {
            Some(
                attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .ok()?
                    .into_owned(),
            )
        })
}
