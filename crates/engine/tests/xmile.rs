//! What XMILE's words mean, by models whose answers are known.

#[path = "support/text.rs"]
mod text;

use model::{Sources, read};
use text::{NoFiles, request, run};

/// A file of one model with these variables, from 0 to `stop` in steps of `dt`.
fn file(stop: f64, dt: f64, variables: &str) -> String {
    format!(
        "<xmile xmlns=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\"><sim_specs><start>0</start><stop>{stop}</stop><dt>{dt}</dt></sim_specs>\
         <model><variables>{variables}</variables></model></xmile>"
    )
}

/// The values of a variable at every step; both evaluators must agree.
fn series(text: &str, name: &str) -> Vec<f64> {
    let model = text::model("model.xmile", text);
    run(&model, &request(&model, &[name])).remove(0)
}

fn check(text: &str, name: &str, expected: &[f64]) {
    let found = series(text, name);
    let near = |found: f64, expected: f64| {
        (found - expected).abs() <= 1e-12 * expected.abs().max(1.0) || (found.is_nan() && expected.is_nan())
    };
    assert!(
        found.len() == expected.len()
            && found
                .iter()
                .zip(expected)
                .all(|(found, expected)| near(*found, *expected)),
        "{name}: {found:?}, not {expected:?}"
    );
}

/// The first value of an expression.
fn check_value(expression: &str, expected: f64) {
    let escaped = expression.replace('&', "&amp;").replace('<', "&lt;");
    let text = file(1.0, 1.0, &format!("<aux name=\"x\"><eqn>{escaped}</eqn></aux>"));
    let found = series(&text, "x")[0];
    assert!(
        (found - expected).abs() <= 1e-12 * expected.abs().max(1.0) || (found.is_nan() && expected.is_nan()),
        "{expression} = {found}, not {expected}"
    );
}

/// The values of an expression in steps of 1, from 0 on.
fn check_series(expression: &str, expected: &[f64]) {
    let escaped = expression.replace('&', "&amp;").replace('<', "&lt;");
    let stop = expected.len() as f64 - 1.0;
    check(
        &file(stop, 1.0, &format!("<aux name=\"x\"><eqn>{escaped}</eqn></aux>")),
        "x",
        expected,
    );
}

#[test]
fn operators() {
    check_value("2 + 3 * 4 ^ 2 / 8 - 1", 7.0);
    check_value("2 ^ 3 ^ 2", 512.0);
    check_value("-2 ^ 2", -4.0);
    check_value("2 ^ -1", 0.5);
    check_value("+ 3 - -2", 5.0);
    check_value("10 - 4 - 3", 3.0);
    check_value("7 MOD 3 + 1", 2.0);
    check_value("-7 mod 3", 2.0);
    check_value("7 MOD -3 + 6 MOD 3", -2.0);
    check_value("0.7 MOD 0.25", 0.7 - 0.5);
    check_value("1 < 2 AND 3 >= 3 AND 2 > 1 AND 1 <= 1", 1.0);
    check_value("1 = 2 OR 3 <> 3", 0.0);
    check_value("NOT 0 + 1", 2.0);
    check_value("1 < 2 = 1", 1.0);
    check_value("IF 1 > 2 THEN 3 ELSE IF 0 THEN 4 ELSE 5 + 6", 11.0);
    check_value("2 * (if 1 then 2 else 3) + 1", 5.0);
    check_value("1 {one} + {two\n} 2", 3.0);
    check_value(".5 + 1e2 + 2.5E-1", 100.75);
    check_value("6 // 3 + 1 // 0", 2.0);
}

#[test]
fn constants() {
    check_value("PI", std::f64::consts::PI);
    check_value("pi()", std::f64::consts::PI);
    check_value("MIN(INF, 3)", 3.0);
    check_series("TIME + DT + STARTTIME + STOPTIME", &[3.0, 4.0, 5.0]);
}

#[test]
fn functions() {
    check_value("MEAN(1, 2, 6) * 2", 6.0);
    check_value("ABS(-3) + INT(3.7) + INT(-3.7) + INT(-4)", -2.0);
    check_value("MAX(1, 5, 2, 4) - MIN(3, 1, 2)", 4.0);
    check_value("SQRT(16) + LN(EXP(2)) + LOG10(1000)", 9.0);
    check_value("SIN(0) + COS(0) + TAN(0) + ARCTAN(0) + ARCSIN(0)", 1.0);
    check_value("SAFEDIV(6, 3) + SAFEDIV(6, 0) + SAFEDIV(6, 2 - 2, 7)", 9.0);
    check_value("SAFEDIV(1e-9, 1e-9)", 1.0);
    check_value("ROOTN(27, 3)", 3.0);
    check_value("ROOTN(-27, 3)", -3.0);
    check_value("ROOTN(-16, 4)", f64::NAN);
    check_series("STEP(3, 2)", &[0.0, 0.0, 3.0, 3.0]);
    check_series("RAMP(2, 1)", &[0.0, 0.0, 2.0, 4.0]);
    check_series("RAMP(2, 1, 2)", &[0.0, 0.0, 2.0, 2.0]);
    check_series("INIT(TIME + 3)", &[3.0, 3.0, 3.0]);
    check_series("PULSE(8, 1)", &[0.0, 8.0, 0.0, 0.0]);
    check_series("PULSE(8, 1, 2)", &[0.0, 8.0, 0.0, 8.0, 0.0, 8.0]);
    check_series("PULSE(8, 1, 0)", &[0.0, 8.0, 0.0, 0.0]);
    check_series("PULSE(8, 1, 1 + 1)", &[0.0, 8.0, 0.0, 8.0]);
    check_series("PULSE(8, 1, 1 - 1)", &[0.0, 8.0, 0.0, 0.0]);
}

#[test]
fn a_pulse_brings_its_volume_whatever_the_step() {
    // Also where it begins half between two steps.
    let half = "<aux name=\"p\"><eqn>PULSE(12, 1.5) + 100 * PULSE(1, 0.5, 2)</eqn></aux>";
    check(&file(4.0, 1.0, half), "p", &[0.0, 100.0, 12.0, 100.0, 0.0]);
    let variables = "<flow name=\"f\"><eqn>PULSE(8, 1)</eqn></flow><stock name=\"s\"><eqn>0</eqn><inflow>f</inflow></stock>";
    check(
        &file(2.0, 0.25, variables),
        "s",
        &[0.0, 0.0, 0.0, 0.0, 0.0, 8.0, 8.0, 8.0, 8.0],
    );
}

#[test]
fn functions_that_look_back() {
    check_series("PREVIOUS(TIME, -1)", &[-1.0, 0.0, 1.0, 2.0]);
    check_series("PREVIOUS(SELF, 3) * 2", &[6.0, 12.0, 24.0]);
    check_series("DELAY(TIME + 5, 2)", &[5.0, 5.0, 5.0, 6.0, 7.0]);
    check_series("DELAY(TIME, 2, 9)", &[9.0, 9.0, 0.0, 1.0]);
    check_series("SMTH1(STEP(8, 1), 2)", &[0.0, 0.0, 4.0, 6.0]);
    check_series("SMTH1(8, 2, 0)", &[0.0, 4.0, 6.0]);
    check_series("DELAY1(STEP(8, 1), 2)", &[0.0, 0.0, 4.0, 6.0]);
    check_series("DELAY1(8, 2, 0)", &[0.0, 4.0, 6.0]);
    // Of the first order, all are the same.
    check_series("SMTHN(STEP(8, 1), 2, 1)", &[0.0, 0.0, 4.0, 6.0]);
    check_series("DELAYN(STEP(8, 1), 2, 1)", &[0.0, 0.0, 4.0, 6.0]);
    check_series("SMTHN(8, 2, 1, 0)", &[0.0, 4.0, 6.0]);
    check_series("DELAYN(8, 2, 1, 0)", &[0.0, 4.0, 6.0]);
    // A chain of three is the function of the third order.
    let text =
        "<aux name=\"x\"><eqn>SMTHN(STEP(8, 1) + TIME, 6, 3, 1) - SMTH3(STEP(8, 1) + TIME, 6, 1)</eqn></aux>";
    check(&file(3.0, 1.0, text), "x", &[0.0; 4]);
    let text =
        "<aux name=\"x\"><eqn>DELAYN(STEP(8, 1) + TIME, 6, 3) - DELAY3(STEP(8, 1) + TIME, 6)</eqn></aux>";
    check(&file(3.0, 1.0, text), "x", &[0.0; 4]);
}

#[test]
fn trends() {
    // The average starts at the input: there is no trend yet. Then it lags: 1, 1 + (2 - 1) / 2 = 1.5.
    check_series("TREND(1 + STEP(1, 1), 2)", &[0.0, 0.5, (2.0 / 1.5 - 1.0) / 2.0]);
    check_series("TREND(3, 4, 0.25)", &[0.25]);
    check_series("FORCST(3, 4, 2, 0.25)", &[4.5]);
    check_series("TREND(0 * TIME, 4)", &[0.0, 0.0]);
}

#[test]
fn random_numbers_stay_where_they_belong() {
    let long = |expression: &str| {
        series(
            &file(
                999.0,
                1.0,
                &format!("<aux name=\"x\"><eqn>{expression}</eqn></aux>"),
            ),
            "x",
        )
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let uniform = long("RANDOM(2, 4)");
    assert!(uniform.iter().all(|value| (2.0..4.0).contains(value)));
    assert!((mean(&uniform) - 3.0).abs() < 0.1);
    let normal = long("NORMAL(5, 2)");
    assert!((mean(&normal) - 5.0).abs() < 0.25, "{}", mean(&normal));
    let spread: Vec<f64> = normal.iter().map(|value| (value - 5.0) * (value - 5.0)).collect();
    assert!((mean(&spread) - 4.0).abs() < 0.6, "{}", mean(&spread));
    assert!(
        long("NORMAL(5, 2, 1, 4, 6)")
            .iter()
            .all(|value| (4.0..=6.0).contains(value))
    );
    let waiting = long("EXPRND(3, 7)");
    assert!(waiting.iter().all(|value| *value >= 0.0));
    assert!((mean(&waiting) - 3.0).abs() < 0.4, "{}", mean(&waiting));
    // What is needed twice is drawn once.
    assert!(
        long("SAFEDIV(1, RANDOM(-1, 1)) * 0 + 1")
            .iter()
            .all(|value| *value == 1.0)
    );
}

#[test]
fn names() {
    let variables = "<aux name=\"birth\\nrate\"><eqn>2</eqn></aux><aux name=\"&quot;a.b&quot;\"><eqn>3</eqn></aux><aux name=\"step\"><eqn>5</eqn></aux>\
                     <aux name=\"x\"><eqn>Birth_Rate + \"birth rate\" + \"a.b\" + step + STEP(1, 0)</eqn></aux>";
    check(&file(0.0, 1.0, variables), "x", &[13.0]);
}

#[test]
fn text_with_escapes() {
    let variables = "<aux name=\"x\"><eqn><![CDATA[1 < 2]]> <!-- and --> + (3 &lt;&#x3E; 4)</eqn></aux>";
    check(&file(0.0, 1.0, variables), "x", &[1.0]);
    check_value("1 < (2 + (3 <> 4))", 1.0);
}

#[test]
fn time_steps() {
    let text = |dt: &str| {
        format!(
            "<xmile><sim_specs method=\"Euler\"><start>1</start><stop>2</stop>{dt}</sim_specs><model><aux name=\"x\"><eqn>TIME</eqn></aux></model></xmile>"
        )
    };
    check(
        &text("<dt reciprocal=\"true\">4</dt>"),
        "x",
        &[1.0, 1.25, 1.5, 1.75, 2.0],
    );
    check(&text("<dt reciprocal=\"false\">0.5</dt>"), "x", &[1.0, 1.5, 2.0]);
    check(&text(""), "x", &[1.0, 2.0]);
}

#[test]
fn rk4_and_euler() {
    let text = |method: &str| {
        format!(
            "<xmile><sim_specs method=\"{method}\"><start>0</start><stop>1</stop><dt>1</dt></sim_specs><model><stock name=\"s\"><eqn>0</eqn><inflow>f</inflow></stock><flow name=\"f\"><eqn>TIME</eqn></flow></model></xmile>"
        )
    };
    check(&text("Euler"), "s", &[0.0, 0.0]);
    check(&text("RK2"), "s", &[0.0, 0.5]);
    check(&text("rk4"), "s", &[0.0, 0.5]);
}

#[test]
fn graphical_functions() {
    let gf = |attributes: &str| {
        file(
            5.0,
            1.0,
            &format!(
                "<aux name=\"x\"><eqn>TIME - 1</eqn><gf{attributes}><xscale min=\"0\" max=\"2\"/><yscale min=\"0\" max=\"1\"/><ypts>10,20,40</ypts></gf></aux>"
            ),
        )
    };
    check(&gf(""), "x", &[10.0, 10.0, 20.0, 40.0, 40.0, 40.0]);
    check(
        &gf(" type=\"extrapolate\""),
        "x",
        &[0.0, 10.0, 20.0, 40.0, 60.0, 80.0],
    );
    check(
        &gf(" type=\"discrete\""),
        "x",
        &[10.0, 10.0, 20.0, 40.0, 40.0, 40.0],
    );
    let halves = |attributes: &str| {
        file(
            2.0,
            0.5,
            &format!(
                "<aux name=\"x\"><eqn>TIME</eqn><gf{attributes}><xpts>0,1,2</xpts><ypts>10,20,40</ypts></gf></aux>"
            ),
        )
    };
    check(&halves(""), "x", &[10.0, 15.0, 20.0, 30.0, 40.0]);
    check(
        &halves(" type=\"discrete\""),
        "x",
        &[10.0, 10.0, 20.0, 20.0, 40.0],
    );
    check(
        &halves(" discrete=\"true\""),
        "x",
        &[10.0, 10.0, 20.0, 20.0, 40.0],
    );
    let called = "<gf name=\"table\"><xpts sep=\";\">0; 1; 2</xpts><ypts>10 20\n40</ypts></gf>\
                  <aux name=\"both\"><eqn>0</eqn><gf><xpts>0,1</xpts><ypts>5,7</ypts></gf></aux>\
                  <aux name=\"x\"><eqn>table(0.5) + LOOKUP(table, TIME + 1) + both + both(0.5) + LOOKUP(both, 1)</eqn></aux>";
    check(&file(0.0, 1.0, called), "x", &[15.0 + 20.0 + 5.0 + 6.0 + 7.0]);
}

#[test]
fn flows_that_only_run_forwards() {
    let variables = "<flow name=\"f\"><eqn>TIME - 1</eqn><non_negative/></flow><flow name=\"g\"><eqn>TIME - 1</eqn></flow>";
    check(&file(2.0, 1.0, variables), "f", &[0.0, 0.0, 1.0]);
    check(&file(2.0, 1.0, variables), "g", &[-1.0, 0.0, 1.0]);
}

#[test]
fn an_outflow_takes_no_more_than_there_is() {
    let variables = "<stock name=\"s\"><eqn>10</eqn><inflow>in</inflow><outflow>first</outflow><outflow>second</outflow><non_negative/></stock>\
                     <stock name=\"t\"><eqn>0</eqn><inflow>first</inflow></stock><stock name=\"u\"><eqn>0</eqn><inflow>second</inflow></stock>\
                     <flow name=\"in\"><eqn>1</eqn><non_negative/></flow><flow name=\"first\"><eqn>6</eqn><non_negative/></flow>\
                     <flow name=\"second\"><eqn>3</eqn><non_negative/></flow>";
    let text = file(3.0, 1.0, variables);
    check(&text, "s", &[10.0, 2.0, 0.0, 0.0]);
    check(&text, "first", &[6.0, 3.0, 1.0, 1.0]);
    check(&text, "second", &[3.0, 0.0, 0.0, 0.0]);
    check(&text, "t", &[0.0, 6.0, 9.0, 10.0]);
    check(&text, "u", &[0.0, 3.0, 3.0, 3.0]);
}

#[test]
fn stocks_in_a_ring_conserve_what_they_hold() {
    let variables = "<stock name=\"a\"><eqn>5</eqn><inflow>back</inflow><outflow>there</outflow><non_negative/></stock>\
                     <stock name=\"b\"><eqn>0</eqn><inflow>there</inflow><outflow>back</outflow><non_negative/></stock>\
                     <flow name=\"there\"><eqn>4</eqn><non_negative/></flow><flow name=\"back\"><eqn>3</eqn><non_negative/></flow>\
                     <aux name=\"sum\"><eqn>a + b</eqn></aux><aux name=\"least\"><eqn>MIN(a, b)</eqn></aux>";
    let text = file(20.0, 1.0, variables);
    check(&text, "sum", &[5.0; 21]);
    assert!(series(&text, "least").iter().all(|value| *value >= -1e-12));
}

#[test]
fn values_at_the_start() {
    let variables = "<aux name=\"x\"><eqn>s * 2</eqn><init_eqn>7</init_eqn></aux><stock name=\"s\"><eqn>x</eqn><inflow>f</inflow></stock><flow name=\"f\"><eqn>1</eqn></flow>";
    check(&file(2.0, 1.0, variables), "s", &[7.0, 8.0, 9.0]);
}

#[test]
fn a_flow_brings_as_many_units_as_its_multiplier_says() {
    let variables = "<stock name=\"herd\"><eqn>10</eqn><outflow>slaughter</outflow><non_negative/></stock><stock name=\"meat\"><eqn>0</eqn><inflow>slaughter</inflow><outflow>meals</outflow><non_negative/></stock>\
                     <flow name=\"slaughter\"><eqn>4</eqn><multiplier>weight * 2</multiplier><non_negative/></flow><flow name=\"meals\"><eqn>30</eqn><non_negative/></flow><aux name=\"weight\"><eqn>3 + TIME</eqn></aux>";
    let text = file(3.0, 1.0, variables);
    check(&text, "herd", &[10.0, 6.0, 2.0, 0.0]);
    // What comes in may leave in the same step: 24, then 32 - 2, then 2 + 20.
    check(&text, "meat", &[0.0, 0.0, 2.0, 0.0]);
    let text = arrays(&format!(
        "<stock name=\"s\">{D}<eqn>0</eqn><inflow>f</inflow></stock><flow name=\"f\">{D}<eqn>1</eqn><multiplier>d * 2</multiplier></flow><aux name=\"z\"><eqn>100 * s[a] + 10 * s[b] + s[c]</eqn></aux>"
    ));
    check(&text, "z", &[0.0, 246.0]);
}

#[test]
fn connections_lead_out_of_modules_too() {
    let text = "<xmile><sim_specs><start>0</start><stop>1</stop></sim_specs><model><variables>\
        <module name=\"Sub\"><connect to=\"Input\" from=\".out\"/><connect to=\".back\" from=\"Sub.Output\"/></module>\
        <aux name=\"out\" access=\"output\"><eqn>7</eqn></aux><aux name=\"back\" access=\"input\"/><aux name=\"y\"><eqn>back + 1</eqn></aux></variables></model>\
        <model name=\"Sub\"><variables><aux name=\"Input\" access=\"input\"/><aux name=\"Output\" access=\"output\"><eqn>Input * 2</eqn></aux></variables></model></xmile>";
    check(text, "y", &[15.0, 15.0]);
}

#[test]
fn functions_of_namespaces_and_macros_by_their_arguments() {
    check_value("std.ABS(-3) + isee.ROUND(2.6) + if_then_else(1 > 2, 5, 6)", 12.0);
    let text = "<xmile><sim_specs><start>0</start><stop>0</stop></sim_specs>\
        <macro name=\"m\"><parm>x</parm><eqn>x * 2</eqn></macro><macro name=\"m\"><parm>x</parm><parm>y</parm><eqn>x * y</eqn></macro>\
        <model><variables><aux name=\"y\"><eqn>m(3) + m(4, 5)</eqn></aux></variables></model></xmile>";
    check(text, "y", &[26.0]);
}

#[test]
fn graphical_functions_are_named_and_jump() {
    let points = "<xscale min=\"0\" max=\"2\"/><ypts>0,5,20</ypts>";
    let variables = format!(
        "<gf name=\"rising\">{points}</gf><aux name=\"x\"><eqn>TIME</eqn><gf name=\"rising\"/></aux><aux name=\"y\"><eqn>TIME</eqn><gf name=\"inner\">{points}</gf></aux><aux name=\"z\"><eqn>x + 10 * inner(1.5)</eqn></aux>"
    );
    check(&file(2.0, 1.0, &variables), "z", &[125.0, 130.0, 145.0]);
    let jump = "<aux name=\"x\"><eqn>TIME / 2</eqn><gf><xpts>0,1,1,2</xpts><ypts>0,1,5,7</ypts></gf></aux>";
    check(&file(4.0, 1.0, jump), "x", &[0.0, 0.5, 5.0, 6.0, 7.0]);
}

#[test]
fn graphical_functions_are_lists_of_their_values() {
    let variables = "<gf name=\"g\"><xscale min=\"0\" max=\"3\"/><ypts>1,4,2,5</ypts></gf>\
                     <aux name=\"x\"><eqn>g[2] + 10 * SIZE(g) + 100 * MAX(g) + 1000 * SUM(g) + 10000 * MIN(g) + 100000 * MEAN(g) * 2 + 1000000 * PROD(g) + STDDEV(g)</eqn></aux>";
    let expected = 4.0 + 40.0 + 500.0 + 12_000.0 + 10_000.0 + 600_000.0 + 40_000_000.0 + 2.5_f64.sqrt();
    check(&file(0.0, 1.0, variables), "x", &[expected]);
}

#[test]
fn elements_are_named_by_their_numbers_too() {
    let text = arrays(&format!(
        "<aux name=\"x\">{D}<element subscript=\"1\"><eqn>1</eqn></element><element subscript=\"2\"><eqn>2</eqn></element><element subscript=\"c\"><eqn>4</eqn></element></aux>\
         <aux name=\"z\"><eqn>100 * x[a] + 10 * x[b] + x[c]</eqn></aux>"
    ));
    check(&text, "z", &[124.0, 124.0]);
}

#[test]
fn modules_have_names_of_their_own() {
    let text = "<xmile><sim_specs><start>0</start><stop>1</stop></sim_specs>\
        <model><variables><aux name=\"x\"><eqn>3</eqn></aux><module name=\"m\"><connect to=\"m.input\" from=\".x\"/></module>\
        <aux name=\"y\"><eqn>m.output + m.inner.z</eqn></aux></variables></model>\
        <model name=\"m\"><variables><aux name=\"input\"><eqn>99</eqn></aux><aux name=\"x\"><eqn>input * 2</eqn></aux>\
        <aux name=\"output\"><eqn>x + 1</eqn></aux><module name=\"inner\"><connect to=\"inner.from outside\" from=\"x\"/></module></variables></model>\
        <model name=\"inner\"><variables><aux name=\"z\"><eqn>from_outside ^ 2</eqn></aux><aux name=\"from outside\"><eqn/></aux></variables></model></xmile>";
    check(text, "m.x", &[6.0, 6.0]);
    check(text, "m.inner.from outside", &[6.0, 6.0]);
    check(text, "y", &[43.0, 43.0]);
}

#[test]
fn macros_have_variables_of_their_own() {
    let text = "<xmile><sim_specs><start>0</start><stop>2</stop></sim_specs>\
        <macro name=\"twice\"><parm>x</parm><eqn>2 * x</eqn></macro>\
        <macro name=\"sum up\"><parm>x</parm><parm default=\"10\">start</parm><eqn>total</eqn><variables>\
        <stock name=\"total\"><eqn>start</eqn><inflow>rate</inflow></stock><flow name=\"rate\"><eqn>twice(x)</eqn></flow></variables></macro>\
        <model><variables><aux name=\"a\"><eqn>twice(twice(TIME) + 1)</eqn></aux>\
        <aux name=\"b\"><eqn>sum_up(TIME) + sum_up(1, 0)</eqn></aux></variables></model></xmile>";
    check(text, "a", &[2.0, 6.0, 10.0]);
    check(text, "b", &[10.0, 12.0, 16.0]);
}

#[test]
fn namespaces_and_prefixes() {
    let text = "<?xml version=\"1.0\"?><x:xmile xmlns:x=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\" xmlns:isee=\"http://iseesystems.com/XMILE\">\
        <x:sim_specs isee:sim_duration=\"1\"><x:start>0</x:start><x:stop>0</x:stop></x:sim_specs><isee:model/>\
        <x:model><x:variables><isee:aux name=\"x\"/><x:aux name=\"x\"><x:eqn>1</x:eqn><isee:eqn>2</isee:eqn></x:aux></x:variables></x:model></x:xmile>";
    check(text, "x", &[1.0]);
}

/// A file with the dimensions `d` (a, b, c) and `n` (1, 2).
fn arrays(variables: &str) -> String {
    format!(
        "<xmile><sim_specs><start>0</start><stop>1</stop></sim_specs>\
         <dimensions><dim name=\"d\"><elem name=\"a\"/><elem name=\"b\"/><elem name=\"c\"/></dim><dim name=\"n\" size=\"2\"/></dimensions>\
         <model><variables>{variables}</variables></model></xmile>"
    )
}

const D: &str = "<dimensions><dim name=\"d\"/></dimensions>";
const DN: &str = "<dimensions><dim name=\"d\"/><dim name=\"n\"/></dimensions>";

/// The first value of an expression of the arrays `x` (1, 2, 4) and `y` (a: 10, 20; b: 30, 40; c: 50, 60).
fn check_of_arrays(expression: &str, expected: f64) {
    let text = arrays(&format!(
        "<aux name=\"x\">{D}<eqn>1, 2, 4</eqn></aux><aux name=\"y\">{DN}<eqn>10 * (2 * d + n - 2)</eqn></aux><aux name=\"z\"><eqn>{expression}</eqn></aux>"
    ));
    check(&text, "z", &[expected, expected]);
}

#[test]
fn elements_of_arrays() {
    check_of_arrays("x[b] + x[3]", 6.0);
    check_of_arrays("y[a, 1] + y[c, 2] + y[2, 2]", 10.0 + 60.0 + 40.0);
    check_of_arrays("SUM(x[*]) + SUM(x) + SUM(x[d])", 21.0);
    check_of_arrays("SUM(y[*, *]) + SUM(y[b, *]) + SUM(y[*, 1])", 210.0 + 70.0 + 90.0);
    check_of_arrays("MAX(x[*]) - MIN(x[*]) + PROD(x[*])", 11.0);
    check_of_arrays("SUM(x[*] * x[*] + 1)", 24.0);
    check_of_arrays("MAX(SUM(x[*]), 3)", 7.0);
}

#[test]
fn a_dimension_may_stand_twice() {
    let twice = "<dimensions><dim name=\"d\"/><dim name=\"d\"/></dimensions>";
    // Which of the two `x` follows is open.
    let open =
        format!("<aux name=\"x\">{D}<eqn>1, 2, 4</eqn></aux><aux name=\"z\">{twice}<eqn>x[d]</eqn></aux>");
    let (found, problems) = read("m.xmile", arrays(&open).as_bytes(), &NoFiles, &mut Sources::new());
    assert!(found.is_none());
    assert!(
        problems
            .items
            .iter()
            .any(|item| item.code == "ambiguous-subscript")
    );
    // An array with the same two follows them in order.
    let text = arrays(&format!(
        "<aux name=\"z\">{twice}<eqn>1</eqn><element subscript=\"a, b\"><eqn>2</eqn></element><element subscript=\"b, a\"><eqn>3</eqn></element></aux>\
         <aux name=\"whole\">{twice}<eqn>z</eqn></aux><aux name=\"named\">{twice}<eqn>z[d, d]</eqn></aux>\
         <aux name=\"diagonal\">{D}<eqn>z[d, d]</eqn></aux><aux name=\"total\"><eqn>SUM(diagonal[*])</eqn></aux>\
         <aux name=\"cells\"><eqn>1000 * whole[a, b] + 100 * whole[b, a] + 10 * named[a, b] + named[b, b]</eqn></aux>"
    ));
    check(&text, "cells", &[2321.0, 2321.0]);
    check(&text, "total", &[3.0, 3.0]);
}

#[test]
fn a_variable_chooses_an_element() {
    let text = arrays(&format!(
        "<aux name=\"x\">{D}<eqn>1, 2, 4</eqn></aux><aux name=\"y\">{DN}<eqn>10 * (2 * d + n - 2)</eqn></aux><aux name=\"i\"><eqn>2.5 + TIME</eqn></aux>\
         <aux name=\"back\">{D}<eqn>4 - d</eqn></aux><aux name=\"turned\">{D}<eqn>x[back]</eqn></aux><aux name=\"one\"><eqn>x[i] + 100 * y[i, 2]</eqn></aux>\
         <aux name=\"two\"><eqn>1000 * SUM(y[i, *]) + 100 * turned[a] + 10 * turned[b] + turned[c]</eqn></aux><aux name=\"beyond\"><eqn>x[off]</eqn></aux><aux name=\"off\"><eqn>4</eqn></aux>"
    ));
    check(&text, "one", &[2.0 + 4000.0, 4.0 + 6000.0]);
    check(&text, "two", &[70_421.0, 110_421.0]);
    check(&text, "beyond", &[0.0; 2]);
    let options = "<xmile><header><options><uses_arrays maximum_dimensions=\"2\" invalid_index_value=\"NaN\"/></options></header>";
    check(&text.replace("<xmile>", options), "beyond", &[f64::NAN; 2]);
}

#[test]
fn an_equation_beside_elements_is_that_of_all_others() {
    let text = arrays(&format!(
        "<aux name=\"x\">{D}<eqn>10 * d</eqn><element subscript=\"b\"><eqn>7</eqn></element></aux>\
         <stock name=\"s\">{D}<eqn>1</eqn><element subscript=\"c\"><eqn>5</eqn></element><inflow>f</inflow></stock>\
         <flow name=\"f\">{D}<eqn>2</eqn><element subscript=\"a\"><eqn>3</eqn></element></flow>\
         <aux name=\"sum\"><eqn>10000 * x[a] + 100 * x[b] + x[c]</eqn></aux><aux name=\"all\"><eqn>100 * s[a] + 10 * s[b] + s[c]</eqn></aux>"
    ));
    check(&text, "sum", &[100_730.0, 100_730.0]);
    check(&text, "all", &[115.0, 437.0]);
}

#[test]
fn arrays_of_stocks_and_flows() {
    let text = arrays(&format!(
        "<stock name=\"s\">{D}<eqn>10 * rate[d]</eqn><outflow>out</outflow><non_negative/></stock>\
         <flow name=\"out\">{D}<eqn>SAFEDIV(12, rate[d] - 1, 15)</eqn><non_negative/></flow>\
         <aux name=\"rate\">{D}<element subscript=\"a\"><eqn>1</eqn></element><element subscript=\"b\"><eqn>2</eqn></element><element subscript=\"c\"><eqn>rate[b] + 1</eqn></element></aux>\
         <aux name=\"left\"><eqn>s[a]</eqn></aux><aux name=\"more\"><eqn>s[b] * 100 + s[c]</eqn></aux><aux name=\"gone\"><eqn>SUM(out[*])</eqn></aux>"
    ));
    check(&text, "left", &[10.0, 0.0]);
    check(&text, "more", &[2030.0, 824.0]);
    check(&text, "gone", &[10.0 + 12.0 + 6.0, 0.0 + 8.0 + 6.0]);
}

#[test]
fn arrays_of_graphical_functions() {
    let gf = |y: &str| format!("<gf><xpts>0,1</xpts><ypts>{y}</ypts></gf>");
    let text = arrays(&format!(
        "<aux name=\"g\">{D}<element subscript=\"a\">{}</element><element subscript=\"b\">{}</element><element subscript=\"c\">{}</element></aux>\
         <aux name=\"v\">{D}<eqn>0.5</eqn>{}</aux><aux name=\"z\"><eqn>LOOKUP(g[b], 0.5) + v[a]</eqn></aux>",
        gf("0,1"),
        gf("0,2"),
        gf("0,4"),
        gf("10,30")
    ));
    check(&text, "z", &[21.0, 21.0]);
}

#[test]
fn an_expression_chooses_an_element() {
    check_of_arrays("x[1 + 1] + x[b + 1]", 2.0 + 4.0);
    check_of_arrays("y[3 - 1, 1 + 1] + SUM(y[3 - 1, *])", 40.0 + 70.0);
    check_of_arrays("x[4 - 4] + x[-1] + x[2 * x[b]] + y[b, 3 * 1]", 0.0);
    check_of_arrays("x[x[2]] + x[x[d.b] - 1]", 2.0 + 1.0);
    check_of_arrays("y(4) + y(1 + 1) + y(7) + y(0)", 40.0 + 20.0);
    check_of_arrays("d.c + 10 * x[d.c]", 43.0);
    let text = arrays(&format!(
        "<aux name=\"x\">{D}<eqn>1, 2, 4</eqn></aux><aux name=\"next\">{D}<eqn>x[d + 1]</eqn></aux>\
         <aux name=\"z\"><eqn>100 * next[a] + 10 * next[b] + next[c]</eqn></aux><aux name=\"now\"><eqn>x[INT(TIME) + 2]</eqn></aux>"
    ));
    check(&text, "z", &[240.0, 240.0]);
    check(&text, "now", &[2.0, 4.0]);
}

#[test]
fn ranges_of_subscripts() {
    check_of_arrays("SUM(x[1:2]) + 10 * SUM(x[b:c])", 63.0);
    check_of_arrays("SUM(x[2:3] * x[1:2])", 2.0 + 8.0);
    check_of_arrays("MEAN(y[2:3, *]) + 1000 * SUM(y[*, 1:2])", 45.0 + 210_000.0);
    check_of_arrays(
        "MAX(y[a:b, 2]) + MIN(y[b:3, 1]) + PROD(x[1:3])",
        40.0 + 30.0 + 8.0,
    );
    check_of_arrays("SUM(x[d.*]) + 10 * SUM(x[*:d])", 77.0);
    check_of_arrays("SIZE(x[2:3]) + 10 * SIZE(y[1:2, *]) + 100 * SIZE(y[1, *])", 242.0);
    let text = arrays(&format!(
        "<aux name=\"x\">{D}<eqn>1, 2, 4</eqn></aux><aux name=\"moved\">{D}<eqn>10 * x[2:3]</eqn></aux><aux name=\"all\">{D}<eqn>x[*] + x[1:3] + x[@1]</eqn></aux>\
         <aux name=\"short\"><dimensions><dim name=\"n\"/></dimensions><eqn>x[2:3]</eqn></aux>\
         <aux name=\"z\"><eqn>100 * moved[a] + 10 * moved[b] + moved[c]</eqn></aux><aux name=\"both\"><eqn>SUM(all[*]) + 100 * short[1] + 1000 * short[2]</eqn></aux>"
    ));
    check(&text, "z", &[2400.0, 2400.0]);
    check(&text, "both", &[4221.0, 4221.0]);
    let (_, problems) = read("m.xmile", text.as_bytes(), &NoFiles, &mut Sources::new());
    let codes: Vec<&str> = problems.items.iter().map(|item| item.code).collect();
    assert_eq!(codes, ["subscript-range"]);
}

#[test]
fn the_same_dimension_twice_is_run_over_twice() {
    let text = arrays(
        "<aux name=\"z\"><dimensions><dim name=\"d\"/><dim name=\"d\"/></dimensions><eqn>1</eqn><element subscript=\"a, b\"><eqn>2</eqn></element></aux>\
         <aux name=\"all\"><eqn>SUM(z) + 100 * SUM(z[*, *] * z[*, *]) + 10000 * MAX(z) + 100000 * SIZE(z[*, 1:2])</eqn></aux>",
    );
    check(&text, "all", &[621_210.0, 621_210.0]);
}

#[test]
fn arrays_are_transposed() {
    let variables = |eqn: &str| {
        arrays(&format!(
            "<aux name=\"y\">{DN}<eqn>10 * (2 * d + n - 2)</eqn></aux><aux name=\"w\"><dimensions><dim name=\"n\"/><dim name=\"d\"/></dimensions><eqn>{eqn}</eqn></aux>\
             <aux name=\"z\"><eqn>w[1, b] + 100 * w[2, a]</eqn></aux>"
        ))
    };
    for eqn in ["y'", "y[@2, @1]", "y", "y[d, n]", "y[*, *]"] {
        check(&variables(eqn), "z", &[2030.0, 2030.0]);
    }
}

#[test]
fn deviations_and_ranks() {
    check_of_arrays("STDDEV(x)", 14.0_f64.sqrt() / 3.0);
    check_of_arrays(
        "STDDEV(y[*, 1]) + STDDEV(2 * x[2:3])",
        (800.0_f64 / 3.0).sqrt() + 2.0,
    );
    check_of_arrays(
        "RANK(x, 1) + 10 * RANK(x, SIZE) + 100 * RANK(x, 0) + 1000 * RANK(x, 4)",
        31.0,
    );
    check_of_arrays("RANK(y, 6) + 10 * RANK(-y, 6) + 100 * RANK(y[b, *], 2)", 216.0);
    let text = arrays(&format!(
        "<aux name=\"t\">{D}<eqn>5, 3, 5</eqn></aux><aux name=\"u\">{D}<eqn>9, 0, 1</eqn></aux><aux name=\"order\">{D}<eqn>RANK(t[*], d)</eqn></aux>\
         <aux name=\"plain\"><eqn>100 * order[a] + 10 * order[b] + order[c]</eqn></aux><aux name=\"second\"><eqn>10 * RANK(t, 1 + TIME * 0 + 1, u) + RANK(t, 3, u)</eqn></aux>\
         <aux name=\"rows\">{D}<eqn>STDDEV(grid[d, *])</eqn></aux><aux name=\"grid\">{DN}<eqn>1, 3, 2, 8, 5, 5</eqn></aux><aux name=\"spread\"><eqn>100 * rows[a] + 10 * rows[b] + rows[c]</eqn></aux>"
    ));
    check(&text, "plain", &[213.0, 213.0]);
    check(&text, "second", &[31.0, 31.0]);
    check(&text, "spread", &[130.0, 130.0]);
}

#[test]
fn the_greatest_of_arrays_and_numbers() {
    check_of_arrays(
        "MAX(x, 3) + 10 * MAX(3, x[1:2]) + 100 * MAX(x[*], 35, TIME)",
        3534.0,
    );
    check_of_arrays(
        "MIN(x, 0) + MAX(MIN(x[*], 5), 0) + MIN(y[b, *], y[1, 1])",
        0.0 + 1.0 + 10.0,
    );
}

#[test]
fn whole_numbers_are_those_of_the_program_that_made_the_file() {
    let text = file(
        0.0,
        1.0,
        "<aux name=\"x\"><eqn>100 * INT(-1.5) + (-7 MOD 3)</eqn></aux>",
    );
    check(&text, "x", &[-198.0]);
    let vensims = text.replacen(
        "<sim_specs>",
        "<header><vendor>Ventana Systems, xmutil</vendor><product lang=\"en\">Vensim, xmutil</product></header><sim_specs>",
        1,
    );
    check(&vensims, "x", &[-101.0]);
}

/// `x` (1, 2, 4) and `y` (a: 10, 20; b: 30, 40; c: 50, 60).
const XY: &str = "<aux name=\"x\"><dimensions><dim name=\"d\"/></dimensions><eqn>1, 2, 4</eqn></aux>\
                  <aux name=\"y\"><dimensions><dim name=\"d\"/><dim name=\"n\"/></dimensions><eqn>10, 20, 30, 40, 50, 60</eqn></aux>";

/// An array `z` over `d` and `n` with an equation, read at one place.
fn check_element(variables: &str, place: &str, expected: f64) {
    let text = arrays(&format!(
        "{XY}{variables}<aux name=\"found\"><eqn>z[{place}]</eqn></aux>"
    ));
    check(&text, "found", &[expected, expected]);
}

#[test]
fn arrays_of_one_equation_need_no_subscripts() {
    let z = |eqn: &str| {
        format!(
            "<aux name=\"z\"><dimensions><dim name=\"d\"/><dim name=\"n\"/></dimensions><eqn>{eqn}</eqn></aux>"
        )
    };
    // `y` is an array of both dimensions, `x` of the first.
    check_element(&z("y + x"), "b, 2", 40.0 + 2.0);
    check_element(&z("y * SUM(x)"), "a, 1", 10.0 * 7.0);
    check_element(&z("x[d] + MEAN(y[d, *])"), "c, 1", 4.0 + 55.0);
    check_element(
        &z("SIZE(SELF) + SIZE(y[*, 1]) + SIZE(d) + SIZE(y)"),
        "a, 1",
        6.0 + 3.0 + 3.0 + 6.0,
    );
    let by_element = "<aux name=\"z\"><dimensions><dim name=\"d\"/><dim name=\"n\"/></dimensions><eqn>0</eqn>\
                      <element subscript=\"b, 2\"><eqn>y + 100 * x</eqn></element><element subscript=\"a, 1\"><eqn>1</eqn></element></aux>";
    check_element(by_element, "b, 2", 40.0 + 200.0);
}

#[test]
fn macros_and_functions_of_the_library_work_in_arrays() {
    let z = |eqn: &str| {
        format!(
            "<aux name=\"z\"><dimensions><dim name=\"d\"/><dim name=\"n\"/></dimensions><eqn>{eqn}</eqn></aux>"
        )
    };
    check_element(&z("ROUND(y / 3 + x)"), "b, 2", 15.0);
    check_element(&z("SWITCH(x, 1.5) + FACTORIAL(ROUND(x))"), "c, 1", 1.0 + 24.0);
    let text = arrays(&format!("{XY}{}", z("grows(y, x)"))).replace(
        "<model>",
        "<macro name=\"grows\"><parm>from</parm><parm>by</parm><eqn>level * 2</eqn><variables>\
         <stock name=\"level\"><eqn>from</eqn><inflow>rise</inflow></stock><flow name=\"rise\"><eqn>by</eqn></flow></variables></macro><model>",
    );
    let text = text.replacen(
        "<aux name=\"z\">",
        "<aux name=\"found\"><eqn>z[b, 2]</eqn></aux><aux name=\"z\">",
        1,
    );
    check(&text, "found", &[80.0, 84.0]);
}

#[test]
fn lists_define_stocks_and_flows() {
    let z = "<stock name=\"z\"><dimensions><dim name=\"d\"/><dim name=\"n\"/></dimensions><eqn>1, 2, 3, 4, 5, 6</eqn></stock>";
    check_element(z, "c, 1", 5.0);
    let z = "<flow name=\"z\"><dimensions><dim name=\"d\"/><dim name=\"n\"/></dimensions><eqn>1, 2, 3, 4, 5, 6</eqn><gf><xscale min=\"0\" max=\"6\"/><ypts>0,60</ypts></gf></flow>";
    check_element(z, "b, 2", 40.0);
}

#[test]
fn normal_shares_are_exact() {
    check_value("NORMALCDF(-1.96, 1.96)", 0.950_004_209_703_559);
    check_value("NORMALCDF(-8, -6)", 9.865_870_229_416_407e-10);
    check_value("NORMALCDF(-INF, 12, 10, 2)", 0.841_344_746_068_542_9);
    check_value("INVNORM(0.975)", 1.959_963_984_540_054);
    check_value("INVNORM(0.001)", -3.090_232_306_167_813);
    check_value("INVNORM(0.5)", 0.0);
}

#[test]
fn draws_have_the_means_of_their_distributions() {
    for (draw, mean) in [
        ("POISSON(3)", 3.0),
        ("BINOMIAL(20, 0.3)", 6.0),
        ("BETA(2, 3)", 0.4),
        ("GAMMA(2, 3)", 6.0),
        ("GEOMETRIC(0.25)", 4.0),
        ("LOGNORMAL(10, 2)", 10.0),
        ("LOGISTIC(10, 2)", 10.0),
        ("PARETO(3, 2)", 3.0),
        ("WEIBULL(1, 2)", 2.0),
        ("TRIANGULAR(1, 2, 6)", 3.0),
        ("MONTECARLO(25)", 0.25),
    ] {
        let text = file(20_000.0, 1.0, &format!("<aux name=\"x\"><eqn>{draw}</eqn></aux>"));
        let found = series(&text, "x");
        let found = found.iter().sum::<f64>() / found.len() as f64;
        assert!((found - mean).abs() < 0.06 * mean, "{draw}: {found}, not {mean}");
    }
}
