//! What models ask of files, and what their callers give.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;

use model::{Definition, FileError, Files, Interpolation, Model, Sources, give_data, read};
use support::rendered;

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 9 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

/// A few files by name.
struct Few(BTreeMap<&'static str, &'static str>);

impl Files for Few {
    #[allow(clippy::disallowed_methods, reason = "a test reads a workbook")]
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if path.starts_with("../") {
            return Err(FileError::Outside);
        }
        if path == "book.xlsx" {
            let collection = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance/");
            let book = std::fs::read(format!("{collection}with_lookup/inputs.xlsx"));
            return Ok(book.expect("a workbook of the collection"));
        }
        let found = self.0.get(path).ok_or(FileError::NotFound)?;
        Ok(found.as_bytes().to_vec())
    }
}

fn few() -> Few {
    Few(BTreeMap::from([
        (
            "rows.csv",
            "time,0,1,2,3\nnorth,10,,12,13\nsouth,20,21,22,23\nnames,one,two,,\n",
        ),
        ("columns.tab", "time\tnorth\tsouth\n0\t1\t2\n5\t3\tNA\n9\t5\t6\n"),
        ("matrix.csv", "1;2;3\n4;5;6\n;x;9\n"),
        ("decimals.csv", "time;0;1,5;2\na;1,5;2;x\nb;1;2;3\nc;n/a;;4\n"),
        ("dates.csv", "0,1,1\n1,2,3\n"),
    ]))
}

fn try_read(text: &str) -> (Option<Model>, String) {
    let whole = format!("{text}\n{CONTROL}");
    let (model, diagnostics) = read("model.mdl", whole.as_bytes(), &few(), &mut Sources::new());
    (model, rendered(&whole, &diagnostics))
}

/// What the equations of a variable hold, element by element.
fn check(text: &str, variable: &str, expected: &str) {
    let (model, told) = try_read(text);
    let model = model.unwrap_or_else(|| panic!("{told}"));
    assert_eq!(shown(&model, variable), expected, "{text}");
}

fn shown(model: &Model, variable: &str) -> String {
    let id = model.find(variable).expect("the variable");
    let mut out = String::new();
    for equation in &model.variables[id].equations {
        for element in model.elements_of(id, &equation.region) {
            let name = model.element_name(id, element);
            let value = match &equation.definition {
                Definition::Data(series) => format!("{:?} {:?}", series.times, series.values),
                Definition::Lookup(table) => format!("{:?} {:?}", table.x, table.y),
                Definition::Expression(root) => model::print(model, *root),
                other => panic!("{other:?}"),
            };
            write!(out, "{name}: {value}; ").expect("a string takes all");
        }
    }
    out.trim_end().to_owned()
}

#[test]
fn series_in_rows_and_columns() {
    check(
        "x := GET DIRECT DATA('rows.csv', ',', '1', 'B2') ~~|",
        "x",
        "x: [0.0, 2.0, 3.0] [10.0, 12.0, 13.0];",
    );
    check(
        "r: a, b ~~|\nx[r] := GET XLS DATA('rows.csv', ',', '1', 'C2') ~~|",
        "x",
        "x[a]: [2.0, 3.0] [12.0, 13.0]; x[b]: [1.0, 2.0, 3.0] [21.0, 22.0, 23.0];",
    );
    check(
        "r: a, b ~~|\nx[r] :RAW::= GET DIRECT DATA('columns.tab', 'tab', 'A', 'B2') ~~|",
        "x",
        "x[a]: [0.0, 5.0, 9.0] [1.0, 3.0, 5.0]; x[b]: [0.0, 9.0] [2.0, 6.0];",
    );
    check(
        "t(GET DIRECT LOOKUPS('rows.csv', ',', '1', 'B3')) ~~|\ny = t(Time) ~~|",
        "t",
        "t: [0.0, 1.0, 2.0, 3.0] [20.0, 21.0, 22.0, 23.0];",
    );
}

#[test]
fn constants_run_to_the_right_or_down() {
    let two = "r: a, b ~~|\ns: c, d, e ~~|\n";
    check(
        &format!("{two}x[r,s] = GET DIRECT CONSTANTS('matrix.csv', ';', 'A1') ~~|"),
        "x",
        "x[a,c]: 1; x[a,d]: 2; x[a,e]: 3; x[b,c]: 4; x[b,d]: 5; x[b,e]: 6;",
    );
    check(
        &format!("{two}x[s,r] = GET DIRECT CONSTANTS('matrix.csv', ';', 'A1*') ~~|"),
        "x",
        "x[c,a]: 1; x[c,b]: 4; x[d,a]: 2; x[d,b]: 5; x[e,a]: 3; x[e,b]: 6;",
    );
    check(
        &format!("{two}x[r] = GET DIRECT CONSTANTS('matrix.csv', ';', 'B1*') ~~|"),
        "x",
        "x[a]: 2; x[b]: 5;",
    );
    check(
        &format!(
            "{two}part: e, c ~~|\nx[part] = GET DIRECT CONSTANTS('matrix.csv', ';', 'A2') ~~|\nx[d] = 0 ~~|"
        ),
        "x",
        "x[e]: 4; x[c]: 5; x[d]: 0;",
    );
    check(
        "x = GET DIRECT CONSTANTS('matrix.csv', ';', '$C$3') ~~|",
        "x",
        "x: 9;",
    );
}

#[test]
fn elements_from_a_file() {
    check(
        "r: GET DIRECT SUBSCRIPT('rows.csv', ',', 'B4', 'E4', 'n ') ~~|\nx[n one] = 1 ~~|\nx[n two] = 2 ~~|\ny[r] = x[r] ~~|",
        "x",
        "x[n one]: 1; x[n two]: 2;",
    );
    // Where only the last column, or the last row, or nothing is said, they go to the end of the sheet.
    for (last, count) in [("B", 3), ("2", 2), ("", 6)] {
        let text = format!(
            "r: GET DIRECT SUBSCRIPT('matrix.csv', ';', 'B1', '{last}', 'n') ~~|\nx = ELMCOUNT(r) ~~|"
        );
        let text = match last {
            "2" => text.replace("'B1'", "'C1'"),
            _ => text,
        };
        check(&text, "x", &format!("x: {count};"));
    }
}

#[test]
fn the_caller_gives_what_is_left_open() {
    let (model, told) = try_read(
        "r: a, b ~~|\nx[r] :HOLD BACKWARD: ~~|\n\"y, z\" ~~|\nw := GET DIRECT DATA('columns.tab', 'tab', 'A', 'B2') ~~|",
    );
    let mut model = model.unwrap_or_else(|| panic!("{told}"));
    let table = "time,\"x[A]\",w,\"\"\"y, z\"\"\",x [ b ]\n0,1,9,3,\n1,,9,,4\n";
    let diagnostics = give_data(&mut model, "table.csv", table.as_bytes());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(shown(&model, "x"), "x[a]: [0.0] [1.0]; x[b]: [1.0] [4.0];");
    assert_eq!(shown(&model, "y, z"), "y, z: [0.0] [3.0];");
    assert_eq!(shown(&model, "w"), "w: [0.0, 5.0, 9.0] [1.0, 3.0, 5.0];");
    let id = model.find("x").expect("x");
    for equation in &model.variables[id].equations {
        let Definition::Data(series) = &equation.definition else {
            panic!("{equation:?}")
        };
        assert_eq!(series.interpolation, Interpolation::HoldBackward);
    }
    // The other way round, and nothing that is wanted.
    let (model, _) = try_read("q ~~|");
    let mut model = model.expect("sound");
    let diagnostics = give_data(&mut model, "table.csv", b"q,7,8\n");
    assert_eq!(diagnostics.items[0].code, "data-unused");
    let diagnostics = give_data(&mut model, "table.csv", b"time,7,8\nq,1,2\n");
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(shown(&model, "q"), "q: [7.0, 8.0] [1.0, 2.0];");
    let (model, _) = try_read("q ~~|");
    let mut model = model.expect("sound");
    let diagnostics = give_data(&mut model, "table.csv", b"time,p\n0,1\n");
    insta::assert_snapshot!("data_unused", rendered("", &diagnostics));
}

#[test]
fn numbers_that_are_texts_are_told() {
    let (model, told) = try_read(
        "a := GET DIRECT DATA('decimals.csv', ';', '1', 'B2') ~~|\nb := GET DIRECT DATA('decimals.csv', ';', '1', 'B3') ~~|\n\
         c = GET DIRECT CONSTANTS('decimals.csv', ';', 'B2') ~~|\nd = GET DIRECT CONSTANTS('decimals.csv', ';', 'D2') ~~|",
    );
    assert!(model.is_none());
    insta::assert_snapshot!(told);
    check(
        "c := GET DIRECT DATA('decimals.csv', ';', '1', 'B4') ~~|",
        "c",
        "c: [2.0] [4.0];",
    );
    let (model, _) = try_read("q ~~|\nr ~~|\ns ~~|");
    let mut model = model.expect("sound");
    let table = "time;q;r;s\n0;1,5;1;\n1;2;x;NA\n2;3;4;5\n";
    let diagnostics = give_data(&mut model, "table.csv", table.as_bytes());
    insta::assert_snapshot!("texts_in_a_table", rendered("", &diagnostics));
}

#[test]
fn series_between_their_points() {
    let series = model::Series {
        interpolation: Interpolation::Linear,
        times: vec![0.0, 1.0, 3.0],
        values: vec![10.0, 20.0, 40.0],
    };
    let at = |interpolation: Interpolation, x: f64| {
        let table = series.table(interpolation);
        let begun = table.x.iter().filter(|from| **from <= x).count();
        match (begun, table.x.get(begun)) {
            (0, _) => table.y[0],
            (_, Some(to)) => {
                let (from, below) = (table.x[begun - 1], table.y[begun - 1]);
                below + (table.y[begun] - below) * (x - from) / (to - from)
            }
            (_, None) => table.y[begun - 1],
        }
    };
    let missing = -649_037_107_316_853_453_566_312_041_152_512.0;
    for (interpolation, expected) in [
        (Interpolation::Linear, [10.0, 10.0, 15.0, 20.0, 30.0, 40.0, 40.0]),
        (
            Interpolation::LookForward,
            [10.0, 10.0, 20.0, 20.0, 40.0, 40.0, 40.0],
        ),
        (
            Interpolation::HoldBackward,
            [10.0, 10.0, 10.0, 20.0, 20.0, 40.0, 40.0],
        ),
        (
            Interpolation::Raw,
            [missing, 10.0, missing, 20.0, missing, 40.0, missing],
        ),
    ] {
        for (x, expected) in [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0].into_iter().zip(expected) {
            assert_eq!(at(interpolation, x), expected, "{interpolation:?} at {x}");
        }
    }
}

/// One snapshot for each case.
macro_rules! messages {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            let text = $text;
            let (_, told) = try_read(text);
            insta::assert_snapshot!(format!("{text}\n----\n{told}"));
        })*
    };
}

messages! {
    data_file: "x := GET XLS DATA('none.xlsx', 'Sheet1', '1', 'B2') ~~|\ny = GET DIRECT CONSTANTS('../out.csv', ',', 'A1') ~~|\n\
        z := GET XLS DATA('?book', 'Sheet1', '1', 'B2') ~~|\nw := GET XLS DATA('a.pdf', 'Sheet1', '1', 'B2') ~~|";
    data_sheet: "x := GET XLS DATA('book.xlsx', 'Sheet9', '1', 'B2') ~~|";
    data_cell: "r: a, b, c ~~|\nx = GET DIRECT CONSTANTS('matrix.csv', ';', 'A3') ~~|\ny = GET DIRECT CONSTANTS('matrix.csv', ';', 'B3') ~~|\n\
        z = GET DIRECT CONSTANTS('matrix.csv', ';', 'no such') ~~|\nw := GET DIRECT DATA('rows.csv', ',', '1', 'B4') ~~|\n\
        v := GET DIRECT DATA('dates.csv', ',', '1', 'A2') ~~|\nu := GET DIRECT DATA('rows.csv', ',', 'Z', 'B9') ~~|\n\
        s: GET DIRECT SUBSCRIPT('rows.csv', ',', 'B9', 'E9', '') ~~|";
    data_shape: "r: a, b ~~|\nx[r,r,r] = GET DIRECT CONSTANTS('matrix.csv', ';', 'A1') ~~|\n\
        y[r] :EXCEPT: [a] = GET DIRECT CONSTANTS('matrix.csv', ';', 'A1') ~~|\ny[a] = 1 ~~|";
    data_arguments: "x = GET DIRECT CONSTANTS('matrix.csv', ';') ~~|\ny = GET DIRECT CONSTANTS('matrix.csv', ';', 3) ~~|\n\
        z = 1 + GET DIRECT CONSTANTS('matrix.csv', ';', 'A1') ~~|\nr: GET DIRECT SUBSCRIPT('rows.csv', ',') ~~|";
    data_computed: "x ~~|\ny := 2 * x ~~|\nz := 3 ~~|";
}
