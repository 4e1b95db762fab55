//! The toy case bound to its model, and what is said when the two do not agree.

use model::{Diagnostics, Files, Sources};

use super::*;
use crate::testing::{Memory, render, toy_with};

fn bind_files(files: &Memory) -> (Option<Study>, Diagnostics, Sources) {
    let text = |name: &str| String::from_utf8(files.read(name).unwrap()).unwrap();
    let mut sources = Sources::new();
    let (case, notes) = crate::case::read("toy/case.toml", &text("case.toml"), files, &mut sources);
    let case = case.unwrap_or_else(|| panic!("{}", render(&notes, &sources)));
    let (model, notes) = model::read("toy/model.mdl", text("model.mdl").as_bytes(), files, &mut sources);
    let model = model.unwrap_or_else(|| panic!("{}", render(&notes, &sources)));
    let (study, notes) = bind(case, &model);
    assert_eq!(study.is_none(), notes.has_errors());
    (study, notes, sources)
}

#[test]
fn the_toy_case_is_bound() {
    let (study, notes, sources) = bind_files(&toy_with(&[]));
    assert_eq!(render(&notes, &sources), "");
    let study = study.unwrap();
    assert_eq!(
        study.measures.len(),
        3 + 2 + 1,
        "outcomes, quantities, and the one window that two uses share"
    );
    assert_eq!(
        study.measures[5].window,
        Window {
            from: Some(3.0),
            to: Some(7.0)
        }
    );
    assert_eq!(study.measures[5].variable, study.measures[3].variable);
    let bound: Vec<bool> = study.uncertainties.iter().map(Option::is_some).collect();
    assert_eq!(
        bound,
        [true, true, true, false, false, false, true, true],
        "totals and weights set nothing themselves"
    );
    assert_eq!(study.splits[0].len(), 2);
    assert!(study.policies[2][0].trigger.is_some());
    assert_eq!(study.experiments[0].set.len(), 2);
    assert_eq!(study.claims.iter().filter(|claim| claim.is_some()).count(), 4);
    assert_eq!(study.constraints.len(), 1);
}

macro_rules! wrong {
    ($($name:ident: [$(($old:expr, $new:expr)),+ $(,)?];)+) => { $(
        #[test]
        fn $name() {
            let changes: &[(&str, &str)] = &[$(($old, $new)),+];
            let (_, notes, sources) = bind_files(&toy_with(changes));
            let said = render(&notes, &sources);
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
    unknown_names: [
        ("name = \"mending gained\"", "name = \"mending ganied\"\nid = \"mending_gained\""),
        ("variable = \"Spent\"", "variable = \"Expenses\""),
        ("trigger = \"Emergency\"", "trigger = \"Emergancy\""),
    ];
    an_uncertainty_that_is_computed: [("name = \"alarm level\"\n", "name = \"mending rate\"\nid = \"alarm_level\"\n")];
    a_lever_that_is_a_stock: [("levers = { Meters = 0.8 }", "levers = { Leaks = 0.8 }")];
    a_lever_that_controls_time: [("levers = { Meters = 0.8 }", "levers = { \"TIME STEP\" = 0.5 }")];
    an_initial_value_of_no_stock: [("initial = { \"Leaks\" = 380 }", "initial = { \"mended\" = 380 }")];
    units_of_an_uncertainty: [("unit = \"leak/Year\"", "unit = \"leak/Month\"")];
    units_of_a_split: [("low = 0.3, high = 0.5 },\n]", "low = 0.3, high = 0.5, id = \"industry\" },\n]"), ("high = 115 }\nunit = \"Ml/Year\"", "high = 115 }\nunit = \"Ml\"")];
    units_of_reduced_variables: [
        ("unit = \"Ml\"\nanchors", "unit = \"Ml/(Year)\"\nanchors"),
        ("unit = \"Year\"", "unit = \"Ml/Year^2\""),
        ("unit = \"leak\"\n\n[[quantity]]", "unit = \"leak/Year\"\n\n[[quantity]]"),
    ];
    units_that_are_none: [("unit = \"money\"", "unit = \"money per ( year\"")];
    a_range_beyond_the_models: [("mean = 0.1\nsd = 0.1\nlow = -0.1\nhigh = 0.3", "mean = 0.1\nsd = 0.1\nlow = -0.1\nhigh = 0.5"), ("{ Meters = 0.8 }", "{ Meters = 1.5 }")];
    times_outside_the_run: [
        ("start = 2\n", "start = 25\n"),
        ("window = { from = 2 }", "window = { from = -2 }"),
        ("reduce = { time_above = 5 }", "reduce = { at = 30 }"),
    ];
    a_claim_in_another_unit_of_time: [("leaks(as_today, year 1..5)", "leaks(as_today, weeks 1..5)")];
    a_claim_beyond_the_run: [("leaks(as_today, year 1..5)", "leaks(as_today, years 1..50)")];
}

#[test]
fn a_model_with_tables_and_arrays() {
    let model = toy_with(&[
        (
            "alarm level=\n\t450",
            "alarm level( (0,1),(2,3) )~~|\nother=\n\talarm level(450)",
        ),
        ("Leaks > alarm level", "Leaks > other"),
    ]);
    let mut files = toy_with(&[
        ("variable = \"Spent\"", "variable = \"alarm level\""),
        ("name = \"alarm level\"", "name = \"other\"\nid = \"alarm_level\""),
    ]);
    files.0[2] = model.0[2].clone();
    let (_, notes, sources) = bind_files(&files);
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(render(&notes, &sources)) });
}
