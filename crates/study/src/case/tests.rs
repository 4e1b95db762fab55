//! Cases, right and wrong.

use std::cell::RefCell;
use std::collections::BTreeSet;

use model::{Diagnostics, Files, Sources};

use super::form::shape::{Record, Shape};
use super::*;
use crate::testing::{Memory, render, toy_with};

thread_local! {
    static READ: RefCell<BTreeSet<(&'static str, String)>> = const { RefCell::new(BTreeSet::new()) };
}

/// Remembers that a reader asked for a key.
pub(super) fn note_read(record: &'static str, key: &str) {
    READ.with_borrow_mut(|read| read.insert((record, key.to_owned())));
}

fn read_files(files: &Memory) -> (Option<Case>, Diagnostics, Sources) {
    let text = String::from_utf8(files.read("case.toml").unwrap()).unwrap();
    let mut sources = Sources::new();
    let (case, notes) = read("toy/case.toml", &text, files, &mut sources);
    (case, notes, sources)
}

fn messages(changes: &[(&str, &str)]) -> String {
    let (case, notes, sources) = read_files(&toy_with(changes));
    assert_eq!(case.is_none(), notes.has_errors());
    for note in &notes.items {
        assert!(!note.message.ends_with('.'), "{}", note.message);
        for label in &note.labels {
            let text = &sources.get(label.span.source).text;
            assert!(
                text.get(label.span.start as usize..label.span.end as usize)
                    .is_some(),
                "{note:?}"
            );
        }
    }
    render(&notes, &sources)
}

#[test]
fn the_toy_case_is_read_whole() {
    let (case, notes, sources) = read_files(&toy_with(&[]));
    assert_eq!(render(&notes, &sources), "");
    let case = case.unwrap();
    assert_eq!(case.policies.len(), 3);
    assert_eq!(case.headline, [0, 1]);
    assert_eq!(case.baseline, 0);
    assert_eq!(case.policies[2].near_clone_of, Some(0));
    assert_eq!(
        case.policies[1].levers[0].setting,
        Setting::Steps(vec![(2.0, 1.0), (12.0, 0.5)])
    );
    let ids: Vec<&str> = case
        .uncertainties
        .iter()
        .map(|one| one.id.value.as_str())
        .collect();
    let expected = [
        "new_leaks_per_year",
        "mending_gained",
        "ageing_counts",
        "demand_2024",
        "households_weight",
        "industry_weight",
        "saving_by_meters",
        "alarm_level",
    ];
    assert_eq!(ids, expected, "in the order of the file, splits where they stand");
    assert_eq!((case.splits[0].total, case.splits[0].parts[1].weight), (3, 5));
    assert_eq!(case.uncertainties[5].label.es, "Demanda de 2024 (industry)");
    assert_eq!(
        case.camps[0].beliefs,
        [(1, Belief::Between(0.3, 1.0)), (2, Belief::OneOf(vec![1.0]))]
    );
    assert_eq!(case.history[0].points, [(-5.0, 19.2), (-2.0, 19.8), (0.0, 20.1)]);
    assert_eq!(case.statements[0].places[0].value, "claim:fewer_leaks");
    let citations: Vec<&str> = case
        .bibliography
        .values()
        .map(|entry| entry.citation.as_str())
        .collect();
    let expected = [
        "A. One et al. A pilot. Council paper. 2022.",
        "Town Waterworks. Yearly report 2024. 2025-02.",
        "Ana Ruiz, Ole Berg. Leaks in two districts. Pipes 4(2), 1–9. 2023.",
    ];
    assert_eq!(citations, expected);
    let proposition = case.claims[0].proposition.as_ref().unwrap();
    assert_eq!(
        sources.slice(proposition.span),
        proposition.value,
        "places inside strings can be told"
    );
}

#[test]
fn every_key_of_the_table_is_read() {
    READ.with_borrow_mut(BTreeSet::clear);
    let (case, ..) = read_files(&toy_with(&[]));
    assert!(case.is_some());
    let mut unread = Vec::new();
    fn walk(record: &'static Record, seen: &mut BTreeSet<&'static str>, unread: &mut Vec<String>) {
        if !seen.insert(record.name) {
            return;
        }
        for field in record.fields {
            let asked = READ.with_borrow(|read| read.contains(&(record.name, field.key.to_owned())));
            if !asked {
                unread.push(format!("{}: {}", record.name, field.key));
            }
            inside(&field.shape, seen, unread);
        }
    }
    fn inside(shape: &'static Shape, seen: &mut BTreeSet<&'static str>, unread: &mut Vec<String>) {
        match shape {
            Shape::Record(record) => walk(record, seen, unread),
            Shape::List(item) | Shape::Map { of: item, .. } => inside(item, seen, unread),
            Shape::Either(shapes) => shapes.iter().for_each(|shape| inside(shape, seen, unread)),
            _ => {}
        }
    }
    walk(&form::keys::CASE, &mut BTreeSet::new(), &mut unread);
    assert_eq!(
        unread,
        Vec::<String>::new(),
        "keys that may be written but mean nothing"
    );
}

/// One snapshot for each kind of mistake: what was changed in the toy case, and what is said.
macro_rules! wrong {
    ($($name:ident: [$(($old:expr, $new:expr)),+ $(,)?];)+) => { $(
        #[test]
        fn $name() {
            let changes: &[(&str, &str)] = &[$(($old, $new)),+];
            let said = messages(changes);
            assert!(!said.is_empty(), "nothing is said");
            let mut text = String::new();
            for (old, new) in changes {
                text += &format!("- {}\n+ {}\n", old.replace('\n', "\n- "), new.replace('\n', "\n+ "));
            }
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(stringify!($name), format!("{text}\n{said}"));
            });
        }
    )+ };
}

wrong! {
    syntax_errors_all_at_once: [("futures = 200", "futures = = 200"), ("low = 60", "low = 60 60")];
    unknown_key: [("contested_by =", "contestedby =")];
    unknown_key_far: [("tail = true", "colour = \"red\"")];
    missing_keys: [("direction = \"lower\"\nunit = \"Ml\"\n", "")];
    missing_language: [("es = \"Medidores\" }\nincludes", "fr = \"Compteurs\" }\nincludes")];
    empty_language: [("es = \"La industria\"", "es = \" \"")];
    wrong_type: [("seed = 7", "seed = \"seven\""), ("tail = true", "tail = 1"), ("low = 60", "low = \"60\"")];
    text_in_one_language: [("label = { en = \"New leaks a year\", es = \"Fugas nuevas por año\" }", "label = \"New leaks a year\"")];
    date_in_quotes: [("as_of = 2025-06-30", "as_of = \"2025-06-30\"")];
    not_finite: [("low = 60", "low = nan"), ("seed = 7", "seed = 99999999999999999999")];
    unknown_word: [("\"log_uniform\"", "\"loguniform\""), ("grade = \"A\"", "grade = \"D\"")];
    one_of_several: [("{ share_of_baseline = 0.02 }", "{ share_of_baseline = 0.02, absolute = 1 }"), ("{ value = 1, trigger", "{ trigger")];
    bad_id: [("id = \"years_short\"", "id = \"Years Short\"")];
    reserved_id: [("id = \"spent\"", "id = \"max\"")];
    duplicate_id: [("id = \"programme\"\n", "id = \"alarm\"\n")];
    name_without_an_id: [("name = \"alarm level\"", "name = \"警報\"")];
    empty_string: [("variable = \"Leaks\"", "variable = \"\"")];
    unknown_ids: [("baseline = \"as_today\"", "baseline = \"as_todya\""), ("contested_by = [\"waiters\"]", "contested_by = [\"nobody\"]"), ("law = \"water_act\", status", "law = \"water_law\", status")];
    clone_of_itself: [("near_clone_of = \"as_today\"", "near_clone_of = \"alarm\"")];
    reversed_range: [("low = 60", "low = 200"), ("window = { from = 2, to = 20 }", "window = { from = 20, to = 2 }")];
    log_range_from_zero: [("low = 60", "low = 0")];
    mode_outside: [("mode = 0.4", "mode = 4")];
    odd_truncated_normal: [("sd = 0.1", "sd = -0.1"), ("mode = 100", "mode = 80")];
    truncated_far_from_its_mean: [("mean = 0.1", "mean = 5")];
    fractional_integer: [("low = 380", "low = 380.5")];
    distribution_parameters: [("mode = 0.4\n", ""), ("sd = 0.1", "sd = 0.1\nmode = 0.1")];
    odd_categories: [("values = [0, 1]\n", "values = [0, 0, 1]\n")];
    grade_without_source: [("sources = [\"pilot\"]\ngrade = \"C\"", "grade = \"C\"")];
    anchors_against_direction: [("worst = 400, best = 0", "worst = 0, best = 400")];
    negative_margin: [("absolute = 0.1", "absolute = -0.1")];
    steps_that_do_not_rise: [("[[2, 1], [12, 0.5]]", "[[12, 1], [2, 0.5]]")];
    steps_that_are_no_pairs: [("[[2, 1], [12, 0.5]]", "[[2, 1], [12]]")];
    lever_twice: [("\"Programme\" = {", "programme = 1\n\"Programme\" = {")];
    lever_and_uncertainty: [("levers = { Meters = 0.8 }", "levers = { \"Saving_by_meters\" = 0.8 }")];
    lever_of_policy_and_addon: [("levers = { Meters = 0.8 }", "levers = { Programme = 0.8 }")];
    drawn_twice: [("name = \"industry\"", "name = \"Alarm Level\", id = \"industry\"")];
    split_of_one: [("    { name = \"industry\", low = 0.3, high = 0.5 },\n", "")];
    split_without_weight: [("low = 0.5, high = 0.7", "low = 0, high = 0.7"), ("low = 0.3, high = 0.5 },", "low = 0, high = 0.5 },")];
    negative_weight_of_a_part: [("low = 0.3, high = 0.5 },", "low = -0.3, high = 0.5 },")];
    belief_beyond_the_range: [("mending_gained = { low = 0.3 }", "mending_gained = { low = 0.3, high = 2 }")];
    belief_of_the_wrong_kind: [("ageing_counts = { values = [1] }", "ageing_counts = { low = 0.5 }, alarm_level = { values = [400] }, saving_by_meters = {}")];
    belief_in_no_such_value: [("ageing_counts = { values = [1] }", "ageing_counts = { values = [2] }")];
    weights: [("shortage = 3, lost = 1", "shortage = -3, lost = 1"), ("shortage = 1, years_short = 1", "shortage = 0, years_short = 0")];
    evidence_with_a_proposition: [("kind = \"evidence\"", "kind = \"evidence\"\nproposition = \"1 < 2\"")];
    claim_without_a_proposition: [("proposition = \"shortage(as_today + meters) < shortage(programme) or max(shortage(alarm), shortage(programme)) < 10\"\n", "")];
    unknown_place: [("places = [\"context\"]", "places = [\"contxt\", \"claim:fewer_leeks\", \"person:x\"]")];
    statement_twice: [("number = 2", "number = 1")];
    unknown_source: [("source = \"survey\", text = { en = \"No effect", "source = \"survy\", text = { en = \"No effect")];
    unused_source: [("for = [{ source = \"pilot\", text = { en = \"One district\", es = \"Un distrito\" } }]\n", ""), ("sources = [\"pilot\"]\nbeliefs", "beliefs"), ("sources = [\"pilot\"]\ngrade = \"C\"", "grade = \"J\""), ("source = \"pilot\" }", "source = \"survey\" }")];
    broken_bibliography: [("title = {Leaks in two districts},", "title = {Leaks in two districts")];
    no_bibliography: [("sources = \"sources.bib\"\n", "")];
    missing_files: [("include = [\"debate.toml\"]", "include = [\"debate.toml\", \"more.toml\", \"../up.toml\", \"debate.toml\"]")];
    nested_include: [("# The debate; merged into case.toml.", "include = [\"case.toml\"]")];
    key_in_two_files: [("# The debate; merged into case.toml.", "start = 3")];
    history_file: [("lost,-2,19.8,report", "lost,-2,many,report\nlost,1"), ("lost,0,20.1,report survey", "lost,0,20.1,repport")];
    history_series: [("series = \"lost\"", "series = \"losst\"")];
    compared_with_no_history: [("compare = [\"lost\"]", "compare = [\"losst\"]")];
    history_columns: [("series,time,value,source", "series,year,value,source")];
    other_schema: [("schema = 1", "schema = 2")];
    numbers_beyond_reason: [("futures = 200", "futures = 1000000000000"), ("low = 380\nhigh = 520", "low = 380\nhigh = 9223372036854775807"), ("mean = 0.1\nsd = 0.1\nlow = -0.1\nhigh = 0.3", "mean = 0.1\nsd = 0.1\nlow = -1.7e308\nhigh = 1.7e308")];
    run_defaults: [("futures = 200", "futures = 0"), ("seed = 7", "seed = -7"), ("\"latin_hypercube\"", "\"latin\"")];
}

#[test]
fn bytes_that_are_no_text() {
    let mut files = toy_with(&[]);
    files.0[1].1 = vec![b'#', 0xff, b'\n'];
    let (case, notes, sources) = read_files(&files);
    assert!(case.is_none());
    let said = render(&notes, &sources);
    assert!(
        said.contains("the file `debate.toml` is not UTF-8 (byte 1)"),
        "{said}"
    );
}

#[test]
fn nothing_and_nonsense_end_in_messages() {
    let files = Memory(Vec::new());
    let deep = format!("x = {}{}", "[".repeat(5_000), "]".repeat(5_000));
    for text in [
        "",
        "\u{feff}",
        "=",
        "[[",
        "[policy]\n[[policy]]",
        "a = 1\na = 2",
        "policy = 3",
        &deep,
    ] {
        let mut sources = Sources::new();
        let (case, notes) = read("case.toml", text, &files, &mut sources);
        assert!(case.is_none() && notes.has_errors(), "{text:?}");
    }
}

#[test]
fn too_little_to_compare() {
    let mut sources = Sources::new();
    let text = "policy = [{ id = \"alone\" }]\noutcome = []\nuncertainty = []\n";
    let (_, mut notes) = read("case.toml", text, &Memory(Vec::new()), &mut sources);
    notes.items.retain(|note| note.code == "case-too-few");
    insta::assert_snapshot!(render(&notes, &sources));
}

#[test]
fn a_case_without_addons_has_the_empty_one() {
    let (addons, _) = crate::testing::TOY[0].1.split_once("[[addon]]").unwrap();
    let (_, rest) = crate::testing::TOY[0].1.split_once("[[outcome]]").unwrap();
    let mut files = toy_with(&[("as_today + meters", "as_today")]);
    files.0[0].1 = format!("{addons}[[outcome]]{rest}").into_bytes();
    let (case, notes, sources) = read_files(&files);
    let case = case.unwrap_or_else(|| panic!("{}", render(&notes, &sources)));
    assert_eq!((case.addons.len(), case.addons[0].id.value.as_str()), (1, "none"));
}

proptest::proptest! {
    /// Whatever a text is damaged to, reading ends in messages whose places lie in the texts.
    #[test]
    fn damaged_texts_end_in_messages(file in 0..5_usize, at in 0.0..1.0_f64, length in 0..200_usize, put in "[ -~\\n\"'\\[\\]={}]{0,6}") {
        let mut files = toy_with(&[]);
        // Not the model: reading a case does not look into it.
        let (_, bytes) = &mut files.0[[0, 1, 3, 4, 0][file]];
        let mut text = String::from_utf8(bytes.clone()).unwrap();
        let mut start = (at * text.len() as f64) as usize;
        let mut end = (start + length).min(text.len());
        while !text.is_char_boundary(start) { start -= 1; }
        while !text.is_char_boundary(end) { end += 1; }
        text.replace_range(start..end, &put);
        *bytes = text.into_bytes();
        let (case, notes, sources) = read_files(&files);
        assert_eq!(case.is_none(), notes.has_errors());
        for label in notes.items.iter().flat_map(|note| &note.labels) {
            let text = &sources.get(label.span.source).text;
            assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{label:?}");
        }
    }
}
