//! Macros, written out.

mod support;

use model::{VariableKind, print_equations};
use support::{read_bytes, read_sound, rendered};

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 9 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

/// All equations of the model but those of the control variables.
fn written(text: &str) -> String {
    let model = read_sound(&format!("{text}\n{CONTROL}"));
    let own = model.variables.enumerate().filter(|(id, _)| {
        let time = model.time;
        ![time.initial_time, time.final_time, time.time_step, time.saveper].contains(id)
    });
    let equations: Vec<String> = own
        .map(|(id, variable)| {
            let mark = if variable.hidden { "  " } else { "" };
            format!(
                "{mark}{}",
                print_equations(&model, id).replace('\n', &format!("\n{mark}"))
            )
        })
        .collect();
    equations.join("\n")
}

/// One snapshot for each case.
macro_rules! written_out {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(format!("{}\n----\n{}", $text, written($text)));
        })*
    };
}

written_out! {
    a_macro_with_a_stock: ":MACRO: GROW(rate, start)\nGROW = INTEG(GROW * rate + inner, start) ~~|\ninner = rate * 2 ~~|\n:END OF MACRO:\n\
        x = GROW(a + 1, 5) * 2 + GROW(Time, a) ~~|\na = 3 ~~|";
    macros_call_macros: "x = OUTER(OUTER(1, 2), INNER(3)) ~~|\n\
        :MACRO: INNER(p)\nINNER = p + 1 ~~|\n:END OF MACRO:\n\
        :MACRO: OUTER(p, q)\nOUTER = INNER(p * q) - INNER(help) ~~|\nhelp = q ~~|\n:END OF MACRO:";
    a_macro_in_an_array: "r: a, b, c ~~|\ny[r] = 1, 2, 3 ~~|\nx[r] = TWICE(y[r]) ~~|\nz[a] = TWICE(y[b]) ~~|\nz[b] = 4 ~~|\n\
        :MACRO: TWICE(p)\nTWICE = INTEG(p, 0) ~~|\n:END OF MACRO:";
    a_macro_with_a_lookup: "t((0,0),(1,1)) ~~|\nx = LOOK(t, 3) ~~|\n\
        :MACRO: LOOK(table, p)\nLOOK = table(p) + own(p) ~~|\nown((0,0),(1,2)) ~~|\n:END OF MACRO:";
    functions_that_are_macros: "r: a, b ~~|\nx[r] = TREND(Time, 5, r) ~~|\ny = FORECAST(Time, 5, 10) * 2 ~~|";
    a_macro_may_replace_a_function: "x = TREND(3) ~~|\n:MACRO: TREND(p)\nTREND = p ~~|\n:END OF MACRO:";
    a_macro_with_several_outputs: "y = M(Time, 3 : p, q) + z ~~|\nz = p + M(1, 1) ~~|\nr: a, b ~~|\nv[r] = M(r, 1 : o[r], s[r]) ~~|\n\
        :MACRO: M(a, b : c, d)\nM = a * b ~~|\nc = a + b ~~|\nd = c * 2 ~~|\n:END OF MACRO:";
    outputs_of_macros_within_macros: "y = OUTER(Time : w) ~~|\nz = w ~~|\n\
        :MACRO: INNER(a : b)\nINNER = INTEG(a, 0) ~~|\nb = INNER * 2 ~~|\n:END OF MACRO:\n\
        :MACRO: OUTER(x : o)\nOUTER = INNER(x : own) + own ~~|\no = own + 1 ~~|\n:END OF MACRO:";
    a_macro_that_uses_the_model: "k = 2 ~~|\nx = SCALED(3) ~~|\n\
        :MACRO: SCALED(p)\nSCALED = p * k$ + Time + TIME STEP$ + Time$ ~~|\n:END OF MACRO:";
}

#[test]
fn hidden_variables_have_kinds() {
    let text = "x = GROW(1) ~~|\n:MACRO: GROW(p)\nGROW = INTEG(p, 0) ~~|\n:END OF MACRO:\n";
    let model = read_sound(&format!("{text}{CONTROL}"));
    let kinds: Vec<(bool, VariableKind)> = model
        .variables
        .iter()
        .take(3)
        .map(|variable| (variable.hidden, variable.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            (false, VariableKind::Auxiliary),
            (true, VariableKind::Constant),
            (true, VariableKind::Stock)
        ]
    );
}

/// One snapshot for each case.
macro_rules! messages {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            let text = $text;
            let whole = format!("{text}\n{CONTROL}");
            let (model, diagnostics) = read_bytes("model.mdl", whole.as_bytes());
            assert_eq!(model.is_none(), diagnostics.has_errors());
            insta::assert_snapshot!(format!("{text}\n----\n{}", rendered(&whole, &diagnostics)));
        })*
    };
}

messages! {
    wrong_calls_of_macros: ":MACRO: M(p, q)\nM = p ~~|\n:END OF MACRO:\nx = M(1) ~~|\ny = M ~~|\nz = M(1, nothing) ~~|";
    wrong_calls_of_functions_that_are_macros: "x = TREND(1, 2) ~~|\ny = FORECAST ~~|\nz = TREND(w, Time, 1) ~~|\nw = TREND(z, 1, z) ~~|";
    names_in_macros: "k = 2 ~~|\n:MACRO: M(p)\nM = p + k + p2 ~~|\n:END OF MACRO:\nx = M(1) + M(2) + k ~~|";
    macros_without_end: ":MACRO: M(p)\nM = N(p) ~~|\n:END OF MACRO:\n:MACRO: N(p)\nN = M(p) ~~|\n:END OF MACRO:\nx = M(1) ~~|";
    macros_that_are_refused: ":MACRO: M(p : q)\nM = p ~~|\nq = 2 ~~|\n:END OF MACRO:\n\
        :MACRO: MAX(p)\nMAX = p ~~|\n:END OF MACRO:\n:MACRO: A(p)\nA[r] = p ~~|\n:END OF MACRO:\n:MACRO: D(p)\nD ~~|\n:END OF MACRO:\n\
        :MACRO: A(p)\nA[r] = p ~~|\n:END OF MACRO:\nr: a, b ~~|\nx = A(1) + A(2) + D(3) + M(1) ~~|";
    a_macro_without_its_output: ":MACRO: M(p)\nN = p ~~|\n:END OF MACRO:\nx = M(1) ~~|";
}

#[test]
fn many_calls_end() {
    // Each macro calls the next twice: a thousand and more calls of the last, a billion at thirty.
    for (depth, sound) in [(8, true), (30, false)] {
        let mut text = String::from("x = M0(1) ~~|\n");
        for at in 0..depth {
            let next = at + 1;
            text.push_str(&format!(
                ":MACRO: M{at}(p)\nM{at} = M{next}(p) + M{next}(p) ~~|\n:END OF MACRO:\n"
            ));
        }
        text.push_str(&format!(
            ":MACRO: M{depth}(p)\nM{depth} = p ~~|\n:END OF MACRO:\n{CONTROL}"
        ));
        let (model, diagnostics) = read_bytes("model.mdl", text.as_bytes());
        assert_eq!(model.is_some(), sound);
        assert!(diagnostics.items.len() < 20_000);
    }
}
