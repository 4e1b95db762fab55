//! Each kind of wrong model with its message, as a user sees it: source and message together.

use crate::scratch::Scratch;

const TIMES: &str = "INITIAL TIME = 0 ~ minute ~|\nFINAL TIME = 3 ~ minute ~|\nTIME STEP = 1 ~ minute ~|\nSAVEPER = 1 ~ minute ~|\n";

/// The model, and what `weigh check` says of it.
fn said(name: &str, model: &str) -> String {
    let scratch = Scratch::new(&format!("model-{name}"));
    scratch.write("model.mdl", format!("{model}{TIMES}"));
    let said = scratch.weigh(&["check", "model.mdl"]);
    let refused = scratch.weigh(&["simulate", "model.mdl", "-o", "out.csv"]);
    assert_eq!(
        refused.code == Some(3),
        said.code == Some(3),
        "check and simulate agree on `{name}`"
    );
    assert_eq!(
        refused.code == Some(0),
        scratch.path.join("out.csv").exists(),
        "nothing is written on an error"
    );
    format!("{model}\n{}", said.all())
}

macro_rules! wrong_models {
    ($($name:ident: $model:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(said(stringify!($name), $model));
        }
    )*};
}

wrong_models! {
    an_undefined_name: "Water = INTEG(-Drian, 8) ~~|\nDrain = Water / 2 ~~|\n";
    a_loop: "a = b + 1 ~~|\nb = c * 2 ~~|\nc = a - 1 ~~|\n";
    a_redefinition: "Rate = 1 ~~|\nrate = 2 ~~|\n";
    units_that_disagree: "Water = INTEG(Flow, 8) ~ litre ~|\nFlow = Water ~ litre ~|\n";
    an_unused_variable: "a = 1 ~~|\n";
    an_unsupported_function: "a = GET VDF CONSTANTS('base.vdf', 'a', 1) ~~|\n";
    an_undefined_subscript: "region: north, south ~~|\npeople[region] = 1, 2 ~~|\na = people[suoth] ~~|\n";
    a_list_that_does_not_fit: "region: north, south ~~|\npeople[region] = 1, 2, 3 ~~|\n";
    a_macro_called_with_too_much: ":MACRO: TWICE(x)\nTWICE = 2 * x ~~|\n:END OF MACRO:\na = TWICE(2, 3) ~~|\n";
    several_mistakes_at_once: "a = MAX(1) ~~|\nb = (2 + ~~|\nc = d ~~|\n1st = 3 ~~|\n";
}

#[test]
fn check_finds_what_a_run_would_stumble_over() {
    let scratch = Scratch::new("check-model");
    let model =
        "stock = INTEG(given, 1) ~ ~ |\nINITIAL TIME = 0 ~ ~ |\nFINAL TIME = 10 ~ ~ |\nSAVEPER = 1 ~ ~ |\n";
    scratch.write(
        "step.mdl",
        format!("{model}given = 1 ~ ~ |\nTIME STEP = 0 ~ ~ |\n"),
    );
    scratch.write("data.mdl", format!("{model}given ~ ~ |\nTIME STEP = 1 ~ ~ |\n"));
    let said: Vec<String> = ["step.mdl", "data.mdl"]
        .iter()
        .map(|name| scratch.weigh(&["check", name]).all())
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}
