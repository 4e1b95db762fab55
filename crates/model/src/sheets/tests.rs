//! Workbooks of the conformance collection, and hostile ones.

use super::*;

#[allow(clippy::disallowed_methods, reason = "a test reads its workbooks")]
fn file(path: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance/");
    std::fs::read(format!("{folder}{path}")).expect("a workbook of the collection")
}

fn check(book: &Book, sheet: &str, place: &str, expected: Cell) {
    let sheet = book.sheet(sheet).expect("the sheet");
    let place = Place::parse(place).expect("a place");
    assert_eq!(sheet.get(place), Some(&expected), "{place}");
}

#[test]
fn an_old_workbook() {
    let path = "get_subscript_3d_arrays_xls/input.xls";
    let book = open(path, &file(path), None).expect("a workbook");
    check(&book, "Sheet1", "C4", Cell::Number(0.01));
}

#[test]
fn a_new_workbook_with_names() {
    let path = "with_lookup/inputs.xlsx";
    let book = open(path, &file(path), None).expect("a workbook");
    let named = book.named("VAR1_", "tab1").expect("the name");
    assert_eq!(named.sheet, "tab1");
}

#[test]
fn a_text() {
    let book = open("a.csv", b"time,\"a, b\"\n0, 1.5\n1,\n", None).expect("a table");
    check(&book, "", "B1", Cell::Text("a, b".to_owned()));
    check(&book, "", "B2", Cell::Number(1.5));
    assert_eq!(book.sheets[0].get(Place { row: 2, column: 1 }), None);
}

#[test]
fn formulas_have_their_values() {
    let text = r#"<sheetData><row r="1"><c r="A1"><f>1+2</f><v>3</v></c><c r="B1"><f>1+2</f></c>
        <c r="C1" t="str"><f>A2</f><v></v></c><c r="D1"/></row></sheetData>"#;
    let mut sheet = Sheet::default();
    xlsx::cells(text, &[], &mut sheet, &mut 10).expect("sound");
    let at = |column: u32| sheet.get(Place { row: 0, column });
    assert_eq!(at(0), Some(&Cell::Number(3.0)));
    assert_eq!(at(1), Some(&Cell::Uncomputed));
    assert_eq!([at(2), at(3)], [None, None]);
}

#[test]
fn columns_have_letters() {
    for (column, letters) in [
        (0, "A"),
        (25, "Z"),
        (26, "AA"),
        (701, "ZZ"),
        (702, "AAA"),
        (16383, "XFD"),
    ] {
        assert_eq!(column_name(column), letters);
        assert_eq!(column_of(letters), Some(column));
    }
    assert_eq!(column_of("XFE"), None);
    assert_eq!(Place::parse("B0"), None);
}

/// An archive with one file in it.
fn archive(name: &str, packed: &[u8], method: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let sizes = [packed.len() as u32, 1_u32];
    let common = |bytes: &mut Vec<u8>| {
        bytes.extend([20, 0, 0, 0]);
        bytes.extend(method.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend([0, 0]);
    };
    bytes.extend(b"PK\x03\x04");
    common(&mut bytes);
    bytes.extend(name.as_bytes());
    bytes.extend(packed);
    let directory = bytes.len() as u32;
    bytes.extend(b"PK\x01\x02\x14\x00");
    common(&mut bytes);
    bytes.extend([0; 14]);
    bytes.extend(name.as_bytes());
    let length = bytes.len() as u32 - directory;
    bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    bytes.extend(length.to_le_bytes());
    bytes.extend(directory.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn a_zip_bomb_is_refused() {
    let blanks = vec![b' '; MOST_BYTES + 1];
    let packed = miniz_oxide::deflate::compress_to_vec(&blanks, 6);
    assert!(packed.len() < 1 << 20);
    let bytes = archive("xl/workbook.xml", &packed, 8);
    assert_eq!(open("a.xlsx", &bytes, None), Err(SheetError::TooLarge));
}

#[test]
fn entities_are_not_expanded() {
    let text = "<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\
                <workbook><definedNames><definedName name='n'>&b;S!$A$1&amp;</definedName></definedNames></workbook>";
    let book = open("a.xlsx", &archive("xl/workbook.xml", text.as_bytes(), 0), None).expect("a workbook");
    assert_eq!(book, Book::default());
}

#[test]
fn a_cut_file_is_refused() {
    for path in ["get_subscript_3d_arrays_xls/input.xls", "with_lookup/inputs.xlsx"] {
        let bytes = file(path);
        for length in (0..bytes.len()).step_by(97) {
            // Whatever comes of it, it comes without a panic.
            let _ = open(path, &bytes[..length], None);
        }
    }
}
