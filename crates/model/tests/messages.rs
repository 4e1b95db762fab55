//! Every message with the text that causes it, as a reader sees them.

mod support;

use model::{Diagnostics, Sources, check_units, read};
use support::{NoFiles, read_bytes, rendered};

const CONTROL: &str =
    "INITIAL TIME = 0 ~ Day~|\nFINAL TIME = 9 ~ Day~|\nTIME STEP = 1 ~ Day~|\nSAVEPER = 1 ~ Day~|\n";

/// The text and all that is said of it, units included.
fn told(text: &str) -> String {
    let whole = format!("{text}\n{CONTROL}");
    let mut sources = Sources::new();
    let (model, mut diagnostics) = read("model.mdl", whole.as_bytes(), &NoFiles, &mut sources);
    assert_eq!(model.is_none(), diagnostics.has_errors());
    if let Some(model) = &model {
        diagnostics.append(check_units(model));
    }
    assert!(!diagnostics.is_empty(), "nothing is said");
    format!("{text}\n----\n{}", rendered(&whole, &diagnostics))
}

/// What is said of a file.
fn told_of(path: &str, bytes: &[u8]) -> String {
    let (_, diagnostics): (_, Diagnostics) = read_bytes(path, bytes);
    rendered("", &diagnostics)
}

/// One snapshot for each case.
macro_rules! messages {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(told($text));
        })*
    };
}

messages! {
    undefined_name: "birth rate = 2 ~~|\na = birth rte * 2 ~~|\nb = birth rte + Birth_Rte + birth rte + nothing like it ~~|";
    undefined_function: "a = SMOTH(1, 2) ~~|\nb = SMOOTH ~~|\nc = INTEG ~~|";
    unsupported_function: "a = SSHAPE(1, 2, 3) + NPV(1, 2, 3, 4) ~~|\nb = GET XLS DATA('a.xls', 'b', 'c', 'd') ~~|";
    redefinition: "birth rate = 2 ~~|\nBirth_Rate = 3 ~~|";
    name_is_taken: "MAX = 3 ~~|\ntime = 2 ~~|\nInteg = 4 ~~|";
    empty_name: "\"\" = 3 ~~|\n\" _ \" = 4 ~~|";
    argument_count: "a = MAX(1) ~~|\nb = RANDOM 0 1(3) ~~|\nc = INTEG(1) ~~|\nt((0,0),(1,1)) ~~|\nd = t(1, 2) ~~|\n\
        e = WITH LOOKUP(1) ~~|\nf = ABS() ~~|";
    lookup_as_variable: "t((0,0),(1,1)) ~~|\na = t + 1 ~~|";
    variable_as_lookup: "a = 2 ~~|\nb = a(3 + 4) ~~|";
    misplaced_function: "a = 1 + INTEG(1, 2) ~~|\nb = MAX(ACTIVE INITIAL(1, 2), 3) ~~|";
    expected_table: "a = WITH LOOKUP(Time, 3) ~~|";
    table_not_rising: "t((0,0),(2,1),(1,2)) ~~|\nu((0,0),(0,1)) ~~|\nv((1,1),(1,1),(2,0)) ~~|\na = WITH LOOKUP(Time, ((1,1),(0,0))) ~~|";
    odd_table: "t(0,1,2) ~~|";
    incomplete_equation: "b = 1 ~~|\na = A FUNCTION OF(b) ~~|";
    unexpected_text: "a = 'text' + 1 ~~|\nb = MAX('x', 2) ~~|";
    unexpected_token: "a = 1 + * 2 ~~|\nb = (1 + 2 ~~|\nc = 3 4 ~~|\nd = MAX(1, 2]~~|\ne = one\n two ~~|\n= 3 ~~|\nf + 3 ~~|";
    unexpected_end: "a = ~~|\nb = 1 + ~~|\nc = MAX(1, ~~|\nd = ( ~~|";
    unexpected_character: "a = R&D ~~|\nb = 3 % 4 ~~|\nc = \u{201c}x\u{201d} ~~|\nd = 3 \\ 4 ~~|\ne = 3 } ~~|";
    bad_number: "a = 1st class ~~|\nb = 1e999 ~~|";
    unclosed_quote: "a = \"x + 1 ~~|\nb = 'x ~~|";
    unclosed_comment: "a = 1 {one ~~|\nb = 2 ~~|";
    missing_end_in_units: "a = 1 ~ Dmnl\nb = 2 ~ Dmnl ~|\nc = b ~~|";
    missing_end_in_comment: "a = 1 ~ Dmnl ~ the first\nb = 2 ~ Dmnl ~ the second ~ :SUP |\nc = a ~~|";
    extra_part: "a = 1 ~ Dmnl ~ about ~ 5 ~ or 6 |\nb = a ~~~|";
    missing_end: "a = 1 ~ Dmnl ~ first\nb = 2 ~ Dmnl ~ second |\nc = b ~ Dmnl ~ third |";
    bad_range: "a = 1 ~ Dmnl [0, one] ~|\nb = a ~ Dmnl [0,1,2,3] ~|\nc = b ~ Dmnl [0 ~|";
    unused_variable: "a = 1 ~~|\nt((0,0),(1,1)) ~~|\nb = 2 ~~~ :SUP|\nc = 3 ~~~ :SUPPLEMENTARY |\nd = 4 ~~|\ne = d ~~|";
    one_loop: "a = b + 1 ~~|\nb = MAX(c, 2) ~~|\nc = a * 2 ~~|\nd = d ~~|";
    loop_of_initial_values: "s = INTEG(1, a) ~~|\na = u ~~|\nu = INTEG(2, s + 1) ~~|\nx = INITIAL(y) ~~|\ny = x + Time ~~|";
    reality_check: "a = 1 ~~|\nc :THE CONDITION: a = 0 :IMPLIES: a = 1 ~~|\nd :TEST INPUT: a = 3 ~~|\nb = a ~~|";
    text_constants: "a :IS: 'text' ~~|\nb = a * 2 ~~|\nc :IS: 3 ~~|\nd :IS: 'one', 'two' ~~|\na = 3 ~~|\ne = 1 ~~|\ne :IS: 'text' ~~|";
    unexpected_output: "a = MAX(1, 2 : b) ~~|\nc = DELAYP(1, 2 : d, e) ~~|\nf = TREND(1, 2, 3 : g) ~~|\nh = DELAYP(1, 2 : 3) ~~|";
    computed_data: "d ~~|\nr: a, b ~~|\nv[r] = 1, 2 ~~|\ns = INTEG(1, 0) ~~|\ne := d * s ~~|\nf := SUM(v[r!]) + d ~~|\ng := SMOOTH(d, 2) ~~|\n\
        h = TIME SHIFT(d, 1) ~~|\nk := 2 * TIME SHIFT(d, 1) ~~|\nl := TIME SHIFT(s, 1) ~~|\nm = e + f + g ~~|";
    statistics_of_data: "d ~~|\na = GET DATA STDV(d, 0, 1) + GET DATA MEAN(d) ~~|\nb = GET DATA MAX(a, 0, 1) ~~|";
    what_the_manual_leaves_open: "r: a, b ~~|\nx[r] = INTEG(1, 0) ~~|\nc = 3 ~~|\ny = SHIFT IF TRUE(x[a], 1, 2, 0, 0) ~~|\n\
        z = SHIFT IF TRUE(c, 1, 2, 0, 0) ~~|\nt((0,1),(1,1)) ~~|\nv = DELAY BATCH(1, 2, 3, 0, 0, 0) ~~|\nw = DELAY CONVEYOR(1, 2, 0, c, 0, 2) ~~|\n\
        u = DELAY CONVEYOR(v, 2, 0, t, 0, 2) + QUEUE FIFO(1, 2, t, 3, 4) ~~|\n\
        s = SIMULTANEOUS(s / 2, 1) ~~|\no[r] = 1 ~~|\nq[r] = FIND ZERO(o[r], p[r], o[r], o[r], 2, 0, 1e-6, 9, 1) ~~|\np[r] = q[r] - s ~~|\n";
    unsupported_data: "series ~~|\nother :INTERPOLATE: ~~|\nthird := 3 ~~|\na = series + other ~~|";
    units_of_equations: "person = 2 ~ Person ~|\nrate = person ~ Person/Day ~|\nsum = person + rate ~ Person ~|\n\
        high = person^rate ~~|\nroot = SQRT(person) ~ Person ~|\nwave = SIN(person) ~ Dmnl ~|\n\
        choice = IF THEN ELSE(person > rate, person, rate) ~ Person ~|\nratio = XIDZ(person, rate, person) ~ Day ~|";
    units_of_stocks: "stock = INTEG(flow, start) ~ Person ~|\nflow = 3 ~ Person ~|\nstart = 2 ~ Day ~|\n\
        even = SMOOTH(stock, stock) ~ Person ~|\njump = STEP(stock, stock) ~ Person ~|\nslope = RAMP(flow, 1, 2) ~ Person ~|";
    signs_of_other_programs: "a = Time != 2 ~~|\nb = IF THEN ELSE(a => 2, 1, 0) ~~|\nc = IF THEN ELSE(a == 2, 1, 0) ~~|\nd = 2 ** 3 ~~|\n\
        e = 3 \u{2013} 2 ~~|\nf = a \u{2265} 2 ~~|\ng = 5% ~~|\nh = 1 # one ~~|\nk = (a != 2) ~~|";
    words_of_other_programs: "a = IF(Time > 2, 1, 0) ~~|\nb = IF Time > 2 THEN 1 ELSE 0 ~~|\nc = IF THEN ELSE(a > 2 AND b < 3, 1, 0) ~~|\n\
        d = AVERAGE(a, b) ~~|\ne = 3,5 ~~|";
    brackets_and_commas: "a = IF THEN ELSE(Time > 2 1, 0) ~~|\nb = MAX(3, a ~~|\nc = 3 + 4) ~~|\nd = * 3 ~~|\ne = 3 * / a ~~|";
    macro_without_end: ":MACRO: acc(in)\nacc = INTEG(in, 0) ~~|\na = 1 ~~|\nb = acc(a) ~~|";
    comparisons_in_a_row: "a = IF THEN ELSE(0 < Time < 2, 1, 0) ~~|\nb = a = 1 = a ~~|\nc = (a < 1) = (b < 1) ~~|\nd = a < 1 :AND: b < 1 :OR: c = 0 ~~|\ne = d + b ~~|";
    names_of_two_things: "r: a, b ~~|\na = 5 ~~|\nx[r] = IF THEN ELSE(r = a, 1, 2) ~~|\ny = x[a] ~~|";
    a_dimension_twice_on_the_left: "r: a, b ~~|\nv[r] = 1, 2 ~~|\nw[r,r] = v[r] ~~|\nx[r,r] = r ~~|\ny[r,r] = 2 * w[r,r] ~~|";
    elements_of_another_dimension: "r: a, b ~~|\nq: c, d ~~|\nx[r] = 1 ~~|\ny[q] = x[q] ~~|\nz = x[d] + y[c] ~~|";
    units_that_cannot_be_read: "a = 1 ~ Person/ ~|\nb = a ~ (Day ~|\nc = b ~ 12*Day ~|";
}

#[test]
fn control_variables_are_missing() {
    let text = "INITIAL TIME = 0 ~~|\nTIME STEP = 1 ~~|\n";
    let (_, diagnostics) = read_bytes("model.mdl", text.as_bytes());
    insta::assert_snapshot!(format!("{text}----\n{}", rendered(text, &diagnostics)));
}

#[test]
fn control_variables_count_different_times() {
    let text = "INITIAL TIME = 0 ~Day~|\nFINAL TIME = 1 ~Week~|\nTIME STEP = 1 ~Day~|\nSAVEPER = 1 ~~|\n";
    let model = support::read_sound(text);
    insta::assert_snapshot!(format!("{text}----\n{}", rendered(text, &check_units(&model))));
}

#[test]
fn methods_of_integration() {
    let all: Vec<String> = (0..7)
        .map(|method| {
            let settings = format!(
                "\\\\\\---/// Sketch\n///---\\\\\\\n:L\u{7f}<%^E!@\n1:x.vdf\n15:0,0,0,{method},0,0\n"
            );
            let text = format!("{CONTROL}{settings}");
            let (model, diagnostics) = read_bytes("model.mdl", text.as_bytes());
            let used = model.map(|model| model.integration);
            format!("{method}: {used:?}\n{}", rendered(&text, &diagnostics))
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn the_last_equation_is_not_ended() {
    let text = format!("{CONTROL}a = 3 ~ Dmnl\n\\\\\\---/// Sketch | |\n");
    let (_, diagnostics) = read_bytes("model.mdl", text.as_bytes());
    insta::assert_snapshot!(rendered(&text, &diagnostics));
}

#[test]
fn brackets_nest_too_deep() {
    let deep = format!("a = {}1{} ~~|\n{CONTROL}", "(".repeat(10_000), ")".repeat(10_000));
    let (model, diagnostics) = read_bytes("model.mdl", deep.as_bytes());
    assert!(model.is_none());
    assert_eq!(diagnostics.items.len(), 1);
    // The line itself is 20,000 characters long.
    let told = rendered(&deep, &diagnostics);
    let short: Vec<&str> = told.lines().filter(|line| line.len() < 200).collect();
    insta::assert_snapshot!(short.join("\n"));
}

#[test]
fn files_that_are_no_model() {
    let latin = [b"a = caf\xe9 ~~|\n".as_slice(), CONTROL.as_bytes()].concat();
    let all = [
        ("model.vpmx", told_of("model.vpmx", b"anything")),
        ("packed.mdl", told_of("packed.mdl", b"PK\x03\x04...")),
        (
            "picture.mdl",
            told_of("picture.mdl", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ),
        ("odd.mdl", told_of("odd.mdl", b"\xff\xfea\0b")),
        ("large.mdl", told_of("large.mdl", &vec![b' '; 100 << 20])),
        ("latin.mdl", told_of("latin.mdl", &latin)),
        ("empty.mdl", told_of("empty.mdl", b"")),
    ];
    let all: Vec<String> = all
        .iter()
        .map(|(path, told)| format!("# {path}\n{told}"))
        .collect();
    insta::assert_snapshot!(all.join("\n\n"));
}

/// Every code stands in the documentation, every documented code in the source, and each is shown by a snapshot.
#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "the test reads the sources of this crate and its own snapshots"
)]
fn codes_are_documented_and_shown() {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    fn texts(folder: &Path) -> String {
        let mut found = Vec::new();
        files(folder, &mut found);
        found
            .iter()
            .map(|path| std::fs::read_to_string(path).expect("a text"))
            .collect()
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut raised = BTreeSet::new();
    let source = texts(&root.join("src"));
    for start in [
        "Diagnostic::error(",
        "Diagnostic::warning(",
        "Diagnostic::note(",
        "refuse(",
    ] {
        for (at, _) in source.match_indices(start) {
            let rest = source[at + start.len()..].trim_start();
            if let Some(code) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                raised.insert(code.to_owned());
            }
        }
    }
    let page = std::fs::read_to_string(root.join("../../docs/errors.md")).expect("docs/errors.md");
    let section = page
        .split("\n## ")
        .find(|section| section.starts_with("Models\n"))
        .expect("a section `Models`");
    let documented: BTreeSet<String> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(raised, documented);
    let shown = texts(&root.join("tests/snapshots"));
    let missing: Vec<&String> = raised
        .iter()
        .filter(|code| !shown.contains(&format!("[{code}]")))
        .collect();
    assert!(missing.is_empty(), "no snapshot shows {missing:?}");
}
