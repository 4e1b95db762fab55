//! Each kind of wrong case with its message, as a user sees it. Nothing is written.

use crate::scratch::Scratch;

/// What `weigh run` says of the template case with a text replaced.
fn said(name: &str, file: &str, old: &str, new: &str) -> String {
    let scratch = Scratch::with_case(&format!("case-{name}"));
    scratch.change(&format!("case/{file}"), old, new);
    let said = scratch.weigh(&["run", "case", "--futures", "20"]);
    assert_eq!(said.code, Some(3), "{}", said.all());
    assert!(!scratch.path.join("runs").exists(), "nothing is written");
    let checked = scratch.weigh(&["check", "case"]);
    assert_eq!(checked.code, Some(3), "check finds it, too");
    format!("{file}: {old}\n   now: {new}\n{}", said.all())
}

macro_rules! wrong_cases {
    ($($name:ident: $file:expr, $old:expr => $new:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(said(stringify!($name), $file, $old, $new));
        }
    )*};
}

wrong_cases! {
    toml_that_cannot_be_read: "case.toml", "schema = 1" => "schema = = 1";
    an_unknown_key: "case.toml", "as_of = 2025-06-30" => "as_off = 2025-06-30";
    a_missing_language: "case.toml", "title = { en = \"Fishing in the bay\", es = \"La pesca en la bahía\" }" => "title = { en = \"Fishing in the bay\" }";
    a_name_that_the_model_does_not_have: "case.toml", "\"Quota Lever\" =" => "\"Quota Levr\" =";
    a_unit_that_does_not_agree: "case.toml", "unit = \"boat\"" => "unit = \"tonne\"";
    a_range_upside_down: "case.toml", "low = 40000" => "low = 90000";
    an_uncertainty_that_is_computed: "case.toml", "name = \"Gear Growth\"" => "name = \"Reach\"";
    a_source_that_is_not_there: "case.toml", "sources = [\"growth\"]" => "sources = [\"grwth\"]";
    a_proposition_that_cannot_be_read: "case.toml", "catch(quota) > catch(no_limit)" => "catch(quota) > > catch(no_limit)";
    an_option_that_is_not_there: "case.toml", "catch(quota) > catch(no_limit)" => "catch(quotas) > catch(no_limit)";
    a_field_for_a_target: "case.toml", "id = \"quota\"\n" => "id = \"quota\"\ntarget = \"the northern fleet\"\n";
    a_statement_whose_place_is_not_there: "case.toml", "places = [\"claim:quota_pays\"]" => "places = [\"claim:quota_pais\"]";
    a_model_that_is_not_there: "case.toml", "model = \"model.mdl\"" => "model = \"modle.mdl\"";
    a_mistake_in_the_model: "model.mdl", "Regrowth - Catch," => "Regrowth - Cach,";
    a_bibliography_that_cannot_be_read: "sources.bib", "@article{growth," => "@article{growth";
}

#[test]
fn constraints_that_nothing_meets() {
    let scratch = Scratch::with_case("case-impossible");
    scratch.change("case/case.toml", ">= 4000\"", ">= 40000000\"");
    let said = scratch.weigh(&["run", "case", "--futures", "20"]);
    assert_eq!(said.code, Some(4), "{}", said.all());
    assert!(said.err.contains("the constraints accepted 0 of"), "{}", said.err);
    assert!(
        scratch
            .listing()
            .iter()
            .all(|name| !name.starts_with("runs/case")),
        "nothing is written"
    );
}

#[test]
fn checks_that_fail() {
    let scratch = Scratch::with_case("case-strict");
    assert_eq!(scratch.weigh(&["check", "case"]).code, Some(0));
    assert_eq!(scratch.weigh(&["check", "case", "--strict"]).code, Some(5));
    assert_eq!(scratch.weigh(&["check", "case", "--units"]).code, Some(0));
    scratch.change(
        "case/model.mdl",
        "Regrowth = Growth Rate * Fish *",
        "Regrowth = Growth Rate *",
    );
    assert_eq!(scratch.weigh(&["check", "case"]).code, Some(0));
    let said = scratch.weigh(&["check", "case/model.mdl", "--units"]);
    assert_eq!(said.code, Some(5), "{}", said.all());
    let value: serde_json::Value =
        serde_json::from_str(&scratch.weigh(&["check", "case", "--units", "--json"]).out).expect("JSON");
    assert_eq!(
        (value["exit"].as_u64(), value["input"].as_str()),
        (Some(5), Some("case"))
    );
    assert_eq!(value["fairness"].as_array().map(Vec::len), Some(4));
}

#[test]
fn a_dominated_option_is_told() {
    let scratch = Scratch::with_case("case-dominated");
    let worse = r#"[[policy]]
id = "spill"
name = { en = "Spill", es = "Derrame" }
includes = { en = "A bay that feeds fewer fish.", es = "Una bahía que alimenta menos peces." }
excludes = { en = "Everything else.", es = "Todo lo demás." }
cost = { en = "None.", es = "Ninguno." }
levers = { "Capacity" = 60000 }

"#;
    let marker = "# --- Add-ons: each policy";
    scratch.change("case/case.toml", marker, &format!("{worse}{marker}"));
    let said = scratch.weigh(&["check", "case"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    let told = said
        .out
        .lines()
        .filter(|line| line.contains("is nowhere better than"))
        .collect::<Vec<_>>();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_is_no_case_is_told_by_what_it_is() {
    let scratch = Scratch::with_case("no-case");
    scratch.write("empty/notes.txt", "nothing");
    let said: Vec<String> = [["run", "case/model.mdl"], ["run", "empty"], ["check", "empty"]]
        .iter()
        .map(|words| format!("weigh {}\n{}", words.join(" "), scratch.weigh(words).all()))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}
