//! Files that mean harm, or are merely enormous, end in a result or a message soon.

mod support;

use std::time::{Duration, Instant};

use model::Severity;
use support::read_bytes;

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 9 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

/// Generous: the machine that tests may be slow and busy.
const SOON: Duration = Duration::from_secs(20);

/// The codes of the errors, or nothing if there is a model.
#[allow(clippy::disallowed_methods, reason = "a test measures time")]
fn codes(path: &str, text: &str) -> Vec<&'static str> {
    let start = Instant::now();
    let (model, diagnostics) = read_bytes(path, text.as_bytes());
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    let errors: Vec<&'static str> = diagnostics
        .items
        .iter()
        .filter(|item| item.severity == Severity::Error)
        .map(|item| item.code)
        .collect();
    assert_eq!(model.is_some(), errors.is_empty());
    errors
}

#[test]
fn ten_thousand_brackets() {
    let open = "(".repeat(10_000);
    let close = ")".repeat(10_000);
    assert_eq!(
        codes("m.mdl", &format!("x = {open}1{close} ~~|\n{CONTROL}")),
        ["nesting-too-deep"]
    );
    assert!(!codes("m.mdl", &format!("x = {open}1 ~~|\n{CONTROL}")).is_empty());
    assert_eq!(
        codes("m.mdl", &format!("x = {}1 ~~|\n{CONTROL}", "-".repeat(10_000))),
        ["nesting-too-deep"]
    );
    let nested = "ABS(".repeat(10_000);
    assert_eq!(
        codes("m.mdl", &format!("x = {nested}1{close} ~~|\n{CONTROL}")),
        ["nesting-too-deep"]
    );
    let equation = format!("<eqn>{open}1{close}</eqn>");
    assert!(!codes("m.xmile", &xmile(&format!("<aux name=\"x\">{equation}</aux>"))).is_empty());
}

/// An XMILE file with these variables.
fn xmile(variables: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><xmile version=\"1.0\" xmlns=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\">\
         <sim_specs><start>0</start><stop>9</stop><dt>1</dt></sim_specs><model><variables>{variables}</variables></model></xmile>"
    )
}

#[test]
fn an_equation_of_ten_megabytes() {
    let terms = " + 1.5 * y".repeat(1 << 20);
    assert!(codes("m.mdl", &format!("y = 2 ~~|\nx = 1{terms} ~~|\n{CONTROL}")).is_empty());
    let number = "9".repeat(10 << 20);
    assert!(!codes("m.mdl", &format!("x = {number} ~~|\n{CONTROL}")).is_empty());
    let name = "n".repeat(10 << 20);
    assert!(!codes("m.mdl", &format!("x = {name} ~~|\n{CONTROL}")).is_empty());
    let terms = " + 1.5 * y".repeat(1 << 20);
    let variables = format!("<aux name=\"y\"><eqn>2</eqn></aux><aux name=\"x\"><eqn>1{terms}</eqn></aux>");
    assert!(codes("m.xmile", &xmile(&variables)).is_empty());
}

#[test]
fn fifty_thousand_lines() {
    let mut text = String::from(CONTROL);
    text.push_str("x0 = 1 ~~|\n");
    for number in 1..50_000 {
        text.push_str(&format!("x{number} = x{} * 0.5 + 1 ~~|\n", number - 1));
    }
    assert!(codes("m.mdl", &text).is_empty());
}

#[test]
fn fifty_thousand_variables_in_one_loop() {
    let mut text = String::from(CONTROL);
    for number in 0..50_000 {
        text.push_str(&format!("x{number} = x{} + 1 ~~|\n", (number + 1) % 50_000));
    }
    assert_eq!(codes("m.mdl", &text), ["loop"]);
}

#[test]
fn entities_of_entities() {
    let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE xmile [<!ENTITY a0 \"aaaaaaaaaa\">");
    for number in 1..30 {
        let before = format!("&a{};", number - 1).repeat(10);
        text.push_str(&format!("<!ENTITY a{number} \"{before}\">"));
    }
    text.push_str(
        "]><xmile><model><variables><aux name=\"x\"><eqn>&a29;</eqn></aux></variables></model></xmile>",
    );
    assert!(!codes("m.xmile", &text).is_empty());
}

#[test]
fn ten_thousand_elements_within_each_other() {
    let text = format!(
        "<xmile>{}{}</xmile>",
        "<model>".repeat(10_000),
        "</model>".repeat(10_000)
    );
    assert!(codes("m.xmile", &text).contains(&"xml-nesting"));
}

#[test]
fn macros_that_call_each_other() {
    let mut text = String::new();
    for number in 0..40 {
        let body = format!("M{}(x) + M{}(x)", number + 1, number + 1);
        text.push_str(&format!(
            ":MACRO: M{number}(x)\nM{number} = {body} ~~|\n:END OF MACRO:\n"
        ));
    }
    text.push_str(&format!(
        ":MACRO: M40(x)\nM40 = x ~~|\n:END OF MACRO:\ny = M0(1) ~~|\n{CONTROL}"
    ));
    assert!(codes("m.mdl", &text).contains(&"macro-loop"));
}

#[test]
fn dimensions_of_dimensions() {
    let mut text = String::from(CONTROL);
    text.push_str("d0: a, b ~~|\n");
    for number in 1..40 {
        text.push_str(&format!("d{number}: d{0}, d{0} ~~|\n", number - 1));
    }
    text.push_str("x[d39] = 1 ~~|\n");
    assert!(codes("m.mdl", &text).contains(&"element-twice"));
}
