//! Functions that Vensim documents, or that its models are seen to use, and that are refused: by name, with what to do.

use crate::name::Name;

const QUEUE: &str =
    "of the attributes in a queue, `QUEUE ATTRIB AVERAGE` and `QUEUE ATTRIB QUANTITY` are read";
const SOLVE: &str = "let a stock adjust the unknown until the equation holds";
const OTHER_FILE: &str = "save what it reads as a text or workbook and use `GET DIRECT ...`";

/// Their keys, in order, and what to do instead; nothing where no other function does the like.
const UNSUPPORTED: &[(&str, &str)] = &[
    (
        "delay lookup",
        "it is no function of Vensim: use `DELAY N`, or add up several `DELAY FIXED`",
    ),
    (
        "delay profile",
        "use `DELAY N`, or add up several `DELAY FIXED`, each with its share of the input",
    ),
    ("get 123 constants", OTHER_FILE),
    ("get 123 data", OTHER_FILE),
    ("get 123 lookups", OTHER_FILE),
    ("get lookup", "call the lookup: `lookup(x)`"),
    ("get odbc constants", OTHER_FILE),
    ("get odbc data", OTHER_FILE),
    ("get odbc lookups", OTHER_FILE),
    ("get vdf constants", OTHER_FILE),
    ("get vdf data", OTHER_FILE),
    ("get vdf lookups", OTHER_FILE),
    ("internal rate of return", SOLVE),
    ("matrix inverse", "use `INVERT MATRIX`"),
    ("message", "remove it: it shows a text and computes nothing"),
    (
        "multi find zero",
        "write a `FIND ZERO` for each set of equations, or one with all of them",
    ),
    ("queue attrib in range", QUEUE),
    ("queue attrib max", QUEUE),
    ("queue attrib min", QUEUE),
    (
        "ramp from to",
        "it is no function of Vensim: copy the macro of this name from the model it comes from",
    ),
    (
        "random logistic",
        "draw it: `shift + stretch * LN(u / (1 - u))` of a `RANDOM UNIFORM(0, 1, seed)`",
    ),
    ("rc compare", "it belongs in a reality check"),
    ("rc compare check", "it belongs in a reality check"),
    ("rc decay", "it belongs in a reality check"),
    ("rc decay check", "it belongs in a reality check"),
    ("rc grow", "it belongs in a reality check"),
    ("rc grow check", "it belongs in a reality check"),
    ("rc ramp", "it belongs in a reality check"),
    ("rc ramp check", "it belongs in a reality check"),
    ("rc step", "it belongs in a reality check"),
    ("rc step check", "it belongs in a reality check"),
    (
        "sinteg",
        "write `INTEG`, and let the rate bring the stock to the value it is set to",
    ),
    (
        "sshape",
        "it is no function of Vensim: copy the macro of this name from the model it comes from",
    ),
];

fn found(name: &Name) -> Option<usize> {
    UNSUPPORTED
        .binary_search_by(|(key, _)| (*key).cmp(name.key()))
        .ok()
}

/// Whether a function of this name is refused.
pub(crate) fn is_unsupported(name: &Name) -> bool {
    found(name).is_some()
}

/// What to write instead of a function that is refused.
pub(crate) fn what_to_do(name: &Name) -> Option<&'static str> {
    found(name).map(|place| UNSUPPORTED[place].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(UNSUPPORTED.is_sorted_by_key(|(key, _)| *key));
    }
}
