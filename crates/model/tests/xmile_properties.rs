//! What holds for every XMILE text: no panic, places inside the text, an end within reason.

mod support;

use proptest::prelude::*;

/// A file that uses most of the format.
const RICH: &str = include_str!("models/rich.xmile");

/// What must hold for any bytes.
fn survives(bytes: &[u8]) {
    support::survives("model.xmile", bytes);
}

/// A change to a text: remove, repeat or insert something somewhere.
#[derive(Clone, Debug)]
enum Change {
    Remove(usize, usize),
    Repeat(usize, usize),
    Insert(usize, &'static str),
    /// Exchange one piece that occurs in the file by another.
    Exchange(usize, &'static str, &'static str),
}

const PIECES: [&str; 56] = [
    "<",
    ">",
    "/>",
    "</",
    "&",
    "&amp;",
    "&#0;",
    "&#x10FFFF;",
    "&lt;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?",
    "?>",
    "<!DOCTYPE a [",
    "\"",
    "'",
    "=",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "é",
    "\u{feff}",
    "\u{a0}",
    "\\n",
    "1e9",
    "IF ",
    " THEN ",
    " ELSE ",
    " MOD ",
    "NOT ",
    "SELF",
    "TIME",
    "PREVIOUS(",
    "SAFEDIV(",
    "DELAY(",
    "SMTHN(",
    "TREND(",
    "MAX(",
    "twice(",
    "sum_up(",
    "m.",
    ".x",
    "<gf>",
    "<eqn>",
    "</eqn>",
    "<aux name=\"x\">",
    "<model>",
    "</flow>",
    "<non_negative/>",
];

const EXCHANGES: [(&str, &str); 14] = [
    ("stock", "flow"),
    ("flow", "aux"),
    ("aux", "stock"),
    ("inflow", "outflow"),
    ("<eqn>", "<eqn/>"),
    ("TIME", "x"),
    ("+", "*"),
    (",", ")"),
    ("(", ""),
    ("name", "nam"),
    ("module", "model"),
    ("macro", "model"),
    ("0", "-1"),
    ("\"", ""),
];

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<usize>(), 1_usize..60).prop_map(|(at, length)| Change::Remove(at, length)),
        (any::<usize>(), 1_usize..300).prop_map(|(at, length)| Change::Repeat(at, length)),
        (any::<usize>(), 0..PIECES.len()).prop_map(|(at, piece)| Change::Insert(at, PIECES[piece])),
        (any::<usize>(), 0..EXCHANGES.len()).prop_map(|(at, pair)| Change::Exchange(
            at,
            EXCHANGES[pair].0,
            EXCHANGES[pair].1
        )),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut text = text.to_owned();
    for change in changes {
        let place = |at: usize| {
            let mut at = at % (text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        match change {
            Change::Remove(at, length) => {
                let (start, end) = (
                    place(*at),
                    place((at % (text.len() + 1) + length).min(text.len())),
                );
                text.replace_range(start.min(end)..end.max(start), "");
            }
            Change::Repeat(at, length) => {
                let (start, end) = (
                    place(*at),
                    place((at % (text.len() + 1) + length).min(text.len())),
                );
                let piece = text[start.min(end)..end.max(start)].to_owned();
                text.insert_str(start, &piece);
            }
            Change::Insert(at, piece) => {
                let at = place(*at);
                text.insert_str(at, piece);
            }
            Change::Exchange(at, from, to) => {
                let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
                if !places.is_empty() {
                    let start = places[at % places.len()];
                    text.replace_range(start..start + from.len(), to);
                }
            }
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_pieces_panic(pieces in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        survives(text.as_bytes());
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        survives(RICH.replacen("<eqn>3</eqn>", &format!("<eqn>{escaped}</eqn>"), 1).as_bytes());
    }

    #[test]
    fn no_change_of_a_model_panics(changes in prop::collection::vec(change(), 1..5)) {
        survives(changed(RICH, &changes).as_bytes());
    }
}

#[test]
fn the_rich_model_is_sound() {
    let (model, diagnostics) = support::read_bytes("rich.xmile", RICH.as_bytes());
    assert!(model.is_some(), "{}", support::rendered(RICH, &diagnostics));
}

#[test]
fn large_and_deep_files_end_in_a_result() {
    let file = |variables: &str| {
        format!(
            "<xmile><sim_specs><start>0</start><stop>1</stop></sim_specs><model><variables>{variables}</variables></model></xmile>"
        )
    };
    let long = file(&format!(
        "<aux name=\"a\"><eqn>{}1</eqn></aux>",
        "1 + ".repeat(300_000)
    ));
    assert!(support::read_bytes("a.xmile", long.as_bytes()).0.is_some());
    let mut many = String::from("<aux name=\"v0\"><eqn>1</eqn></aux>");
    for at in 1..30_000 {
        many.push_str(&format!("<aux name=\"v{at}\"><eqn>v{} * 2</eqn></aux>", at - 1));
    }
    assert!(support::read_bytes("a.xmile", file(&many).as_bytes()).0.is_some());
    // What is needed twice, a hundred levels deep: no doubling at each level.
    let nested = format!("{}1{}", "SAFEDIV(1, 1 + ".repeat(100), ")".repeat(100));
    let nested = file(&format!("<aux name=\"a\"><eqn>{nested}</eqn></aux>"));
    assert!(support::read_bytes("a.xmile", nested.as_bytes()).0.is_some());
    for piece in [
        "(",
        "-",
        "MAX(",
        "NOT ",
        "IF 1 THEN ",
        "IF ",
        "{",
        "\"",
        "[",
        "2^",
        "SAFEDIV(1,",
        "a.",
        ".",
    ] {
        survives(
            file(&format!(
                "<aux name=\"a\"><eqn>{}</eqn></aux>",
                piece.repeat(20_000)
            ))
            .as_bytes(),
        );
    }
    for piece in [
        "<a>",
        "<a/>",
        "<!--",
        "&",
        "</a>",
        "<![CDATA[",
        "<aux name=\"a\">",
        "<a b=\"",
        "<model>",
    ] {
        survives(piece.repeat(20_000).as_bytes());
        survives(file(&piece.repeat(20_000)).as_bytes());
    }
}

#[test]
fn modules_that_multiply_end_in_a_message() {
    let mut text = String::from(
        "<xmile><sim_specs><start>0</start><stop>1</stop></sim_specs><model><module name=\"m0\"/></model>",
    );
    // Each model holds the next one's twice: under two names, of which only one has a model. So a chain, not a tree...
    for at in 0..60 {
        text.push_str(&format!(
            "<model name=\"m{at}\"><module name=\"m{}\"/><module name=\"m{}\"/></model>",
            at + 1,
            at + 2
        ));
    }
    text.push_str("</xmile>");
    let (model, diagnostics) = support::read_bytes("a.xmile", text.as_bytes());
    assert!(model.is_none());
    assert!(diagnostics.items.iter().all(|item| item.code == "xmile-module"));
}
