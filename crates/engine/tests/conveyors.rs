//! Conveyors and queues of XMILE: by hand, and by what must hold whatever they are told.

#[path = "support/text.rs"]
mod text;

use engine::{
    Batch, Binding, Choice, Evaluator, Input, InputTarget, Request, Scratch, Value, block, lower, scalar,
};
use model::Model;
use proptest::prelude::*;
use text::{close, request, run};

fn file(stop: f64, dt: f64, variables: &str) -> String {
    format!(
        "<xmile xmlns=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\"><sim_specs><start>0</start><stop>{stop}</stop><dt>{dt}</dt></sim_specs>\
         <dimensions><dim name=\"line\" size=\"2\"/></dimensions><model><variables>{variables}</variables></model></xmile>"
    )
}

/// A conveyor `belt` into which `come` leads and from which `go` leads.
fn belt(initial: &str, inside: &str, more: &str) -> String {
    format!(
        "<stock name=\"belt\"><eqn>{initial}</eqn><inflow>come</inflow><outflow>go</outflow>{more}</stock><flow name=\"go\"/>"
    )
    .replace("</outflow>", &format!("</outflow>{inside}"))
}

fn model(text: &str) -> Model {
    text::model("model.xmile", text)
}

fn evaluate(model: &Model, names: &[&str]) -> Vec<Vec<f64>> {
    run(model, &request(model, names))
}

fn check(text: &str, name: &str, expected: &[f64]) {
    close(name, &evaluate(&model(text), &[name])[0], expected);
}

const STEADY: &str = "<flow name=\"come\"><eqn>10</eqn></flow>";

#[test]
fn what_comes_goes_after_the_time_of_the_way() {
    let text = file(
        6.0,
        1.0,
        &(belt("0", "<conveyor><len>4</len></conveyor>", "") + STEADY),
    );
    check(&text, "go", &[0.0, 0.0, 0.0, 0.0, 10.0, 10.0, 10.0]);
    check(&text, "belt", &[0.0, 10.0, 20.0, 30.0, 40.0, 40.0, 40.0]);
    // In steps of a quarter, and with a way that is no whole number of steps.
    let fine = file(
        2.0,
        0.25,
        &(belt("0", "<conveyor><len>1.1</len></conveyor>", "") + STEADY),
    );
    check(&fine, "go", &[0.0, 0.0, 0.0, 0.0, 10.0, 10.0, 10.0, 10.0, 10.0]);
}

#[test]
fn what_is_there_at_the_start_is_spread_evenly_or_listed() {
    let nothing = "<flow name=\"come\"><eqn>0</eqn></flow>";
    let of = |initial: &str, inside: &str, dt: f64| file(5.0, dt, &(belt(initial, inside, "") + nothing));
    check(
        &of("8", "<conveyor><len>4</len></conveyor>", 1.0),
        "go",
        &[2.0, 2.0, 2.0, 2.0, 0.0, 0.0],
    );
    let listed = of("1, 2, 3, 4", "<conveyor><len>4</len></conveyor>", 1.0);
    check(&listed, "go", &[1.0, 2.0, 3.0, 4.0, 0.0, 0.0]);
    check(&listed, "belt", &[10.0, 9.0, 7.0, 4.0, 0.0, 0.0]);
    // A short list goes on with its last number; with half steps each number is what comes out in a unit of time.
    let half = of("1, 2, 3", "<conveyor><len>4</len></conveyor>", 0.5);
    check(
        &half,
        "go",
        &[1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0, 0.0, 0.0, 0.0],
    );
    // A discrete conveyor has it at the beginning of each unit of time.
    let discrete = of("8", "<conveyor discrete=\"true\"><len>4</len></conveyor>", 0.5);
    check(
        &discrete,
        "go",
        &[0.0, 4.0, 0.0, 4.0, 0.0, 4.0, 0.0, 4.0, 0.0, 0.0, 0.0],
    );
}

fn leaking(fraction: &str, flow: &str, conveyor: &str) -> String {
    let inside = format!("<outflow>lose</outflow><conveyor {conveyor}><len>4</len></conveyor>");
    belt("0", &inside, "") + STEADY + &format!("<flow name=\"lose\" {flow}>{fraction}</flow>")
}

#[test]
fn linear_leakage_takes_equal_parts_of_what_was_laid_on() {
    for fraction in ["<eqn>0.2</eqn><leak/>", "<leak>0.2</leak>"] {
        let text = file(6.0, 1.0, &leaking(fraction, "", ""));
        check(&text, "lose", &[0.0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0]);
        check(&text, "go", &[0.0, 0.0, 0.0, 0.0, 8.0, 8.0, 8.0]);
        check(&text, "belt", &[0.0, 10.0, 19.5, 28.5, 37.0, 37.0, 37.0]);
    }
    let zone = file(
        6.0,
        1.0,
        &leaking("<eqn>0.4</eqn><leak/>", "leak_start=\"0\" leak_end=\"0.5\"", ""),
    );
    check(&zone, "lose", &[0.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0]);
    check(&zone, "go", &[0.0, 0.0, 0.0, 0.0, 6.0, 6.0, 6.0]);
    // A fraction that changes counts as it was when something was laid on.
    let changing = leaking("<eqn>IF TIME = 0 THEN 0.4 ELSE 0</eqn><leak/>", "", "");
    check(
        &file(6.0, 1.0, &changing),
        "lose",
        &[0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
    );
}

#[test]
fn exponential_leakage_takes_a_share_of_what_is_there() {
    let text = file(
        6.0,
        1.0,
        &leaking("<eqn>0.1</eqn><leak/>", "", "exponential_leak=\"true\""),
    );
    let out = 10.0 * 0.9 * 0.9 * 0.9 * 0.9;
    check(&text, "go", &[0.0, 0.0, 0.0, 0.0, out, out, out]);
    check(&text, "lose", &[0.0, 1.0, 1.9, 2.71, 3.439, 3.439, 3.439]);
    let zone = leaking(
        "<eqn>0.5</eqn><leak/>",
        "leak_start=\"0.5\" leak_end=\"1\"",
        "exponential_leak=\"true\"",
    );
    check(&file(5.0, 1.0, &zone), "go", &[0.0, 0.0, 0.0, 0.0, 2.5, 2.5]);
    check(&file(5.0, 1.0, &zone), "lose", &[0.0, 0.0, 0.0, 5.0, 7.5, 7.5]);
}

#[test]
fn a_conveyor_that_leaks_starts_as_after_a_long_time() {
    for (kind, total) in [
        ("", 37.0),
        ("exponential_leak=\"true\"", 10.0 * (1.0 + 0.8 + 0.64 + 0.512)),
    ] {
        let inside = format!("<outflow>lose</outflow><conveyor {kind}><len>4</len></conveyor>");
        let leak = "<flow name=\"lose\"><eqn>0.2</eqn><leak/></flow>";
        let text = file(3.0, 1.0, &(belt(&total.to_string(), &inside, "") + STEADY + leak));
        let found = evaluate(&model(&text), &["belt", "go", "lose"]);
        for values in &found {
            assert!(
                values.iter().all(|value| (value - values[0]).abs() < 1e-12),
                "{kind}: {found:?}"
            );
        }
    }
}

#[test]
fn whole_units_leak_when_they_are_full() {
    let text = leaking("<eqn>0.1</eqn><leak/><leak_integers/>", "", "");
    let found = evaluate(&model(&file(40.0, 1.0, &text)), &["lose", "go", "belt"]);
    assert!(found[0].iter().all(|lost| lost.fract() == 0.0), "{:?}", found[0]);
    // A tenth of what came leaks, the rest goes.
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let (lost, gone) = (sum(&found[0]), sum(&found[1]));
    assert!((36.0..=40.0).contains(&lost), "{lost}");
    assert!((lost + gone + found[2].last().copied().unwrap_or(0.0) - 410.0).abs() < 20.0);
}

#[test]
fn a_way_that_changes_counts_for_what_comes_from_then_on() {
    let len = |sample: &str| {
        let inside = format!("<conveyor><len>IF TIME &lt; 2 THEN 4 ELSE 2</len>{sample}</conveyor>");
        file(7.0, 1.0, &(belt("0", &inside, "") + STEADY))
    };
    check(&len(""), "go", &[0.0, 0.0, 0.0, 0.0, 20.0, 20.0, 10.0, 10.0]);
    check(
        &len("<sample>TIME &lt; 2</sample>"),
        "go",
        &[0.0, 0.0, 0.0, 0.0, 10.0, 10.0, 10.0, 10.0],
    );
    let longer = "<conveyor><len>IF TIME &lt; 2 THEN 2 ELSE 4</len></conveyor>";
    let text = file(7.0, 1.0, &(belt("0", longer, "") + STEADY));
    check(&text, "go", &[0.0, 0.0, 10.0, 10.0, 0.0, 0.0, 10.0, 10.0]);
}

#[test]
fn an_arrested_conveyor_stands_still() {
    let inside = "<conveyor><len>2</len><arrest>TIME >= 2 AND TIME &lt; 4</arrest></conveyor>";
    let text = file(6.0, 1.0, &(belt("4", inside, "") + STEADY));
    check(&text, "go", &[2.0, 2.0, 0.0, 0.0, 10.0, 10.0, 10.0]);
    check(&text, "come", &[10.0, 10.0, 0.0, 0.0, 10.0, 10.0, 10.0]);
}

#[test]
fn capacity_and_limit_hold_back_what_comes() {
    let source = "<stock name=\"yard\"><eqn>100</eqn><outflow>come</outflow></stock>";
    let of = |inside: &str, dt: f64| file(5.0, dt, &(belt("0", inside, "") + STEADY + source));
    let full = of("<conveyor><len>4</len><capacity>25</capacity></conveyor>", 1.0);
    check(&full, "come", &[10.0, 10.0, 5.0, 0.0, 10.0, 10.0]);
    check(&full, "yard", &[100.0, 90.0, 80.0, 75.0, 75.0, 65.0]);
    let slow = of("<conveyor><len>4</len><in_limit>6</in_limit></conveyor>", 1.0);
    check(&slow, "come", &[6.0; 6]);
    // What a discrete conveyor takes in a unit of time may come at once.
    let discrete = of(
        "<conveyor discrete=\"true\"><len>4</len><in_limit>6</in_limit></conveyor>",
        0.5,
    );
    check(
        &discrete,
        "come",
        &[10.0, 2.0, 10.0, 2.0, 10.0, 2.0, 10.0, 2.0, 10.0, 2.0, 10.0],
    );
}

#[test]
fn inflows_may_be_spread_over_the_belt() {
    let of = |spread: &str| {
        let come = format!(
            "<flow name=\"come\" isee:spreadflow=\"{spread}\"><eqn>IF TIME = 0 THEN 8 ELSE 0</eqn></flow>"
        );
        file(
            5.0,
            1.0,
            &(belt("4, 0, 0, 12", "<conveyor><len>4</len></conveyor>", "") + &come),
        )
    };
    check(&of("beginning"), "go", &[4.0, 0.0, 0.0, 12.0, 8.0, 0.0]);
    check(&of("even"), "go", &[4.0, 2.0, 2.0, 14.0, 2.0, 0.0]);
    check(&of("dest"), "go", &[4.0, 0.0, 0.0, 20.0, 0.0, 0.0]);
}

#[test]
fn conveyors_follow_each_other_and_feed_other_functions() {
    let second = "<stock name=\"next\"><eqn>0</eqn><inflow>go</inflow><outflow>end</outflow>\
                  <conveyor><len>2</len><capacity>1</capacity></conveyor></stock><flow name=\"end\"/>\
                  <aux name=\"smooth\"><eqn>SMTH1(go, 1)</eqn></aux><aux name=\"double\"><eqn>2 * INIT(go)</eqn></aux>";
    let text = file(
        6.0,
        1.0,
        &(belt("8", "<conveyor><len>4</len></conveyor>", "") + STEADY + second),
    );
    // What a conveyor gives is never held back.
    check(&text, "end", &[0.0, 0.0, 2.0, 2.0, 2.0, 2.0, 10.0]);
    check(&text, "smooth", &[2.0, 2.0, 2.0, 2.0, 2.0, 10.0, 10.0]);
    check(&text, "double", &[4.0; 7]);
}

#[test]
fn each_element_of_an_array_is_a_conveyor() {
    let dims = "<dimensions><dim name=\"line\"/></dimensions>";
    let text = file(
        4.0,
        1.0,
        &format!(
            "<stock name=\"belt\">{dims}<eqn>4</eqn><inflow>come</inflow><outflow>go</outflow><outflow>lose</outflow>\
             <conveyor><len>time_of[line]</len></conveyor></stock>\
             <flow name=\"come\">{dims}<element subscript=\"1\"><eqn>1</eqn></element><element subscript=\"2\"><eqn>2</eqn></element></flow>\
             <flow name=\"go\">{dims}</flow><flow name=\"lose\">{dims}<eqn>part[line]</eqn><leak/></flow>\
             <aux name=\"part\">{dims}<eqn>0, 0.5</eqn></aux>\
             <aux name=\"time of\">{dims}<eqn>2, 1</eqn></aux><aux name=\"first\"><eqn>go[1]</eqn></aux><aux name=\"second\"><eqn>go[2]</eqn></aux>\
             <aux name=\"lost\"><eqn>lose[2]</eqn></aux>"
        ),
    );
    check(&text, "first", &[2.0, 2.0, 1.0, 1.0, 1.0]);
    check(&text, "second", &[2.0, 1.0, 1.0, 1.0, 1.0]);
    check(&text, "lost", &[2.0, 1.0, 1.0, 1.0, 1.0]);
}

fn queue(inside: &str, more: &str) -> String {
    format!(
        "<stock name=\"line up\"><eqn>0</eqn><inflow>arrive</inflow><outflow>come</outflow>{more}<queue/></stock>\
         <flow name=\"arrive\"><eqn>IF TIME &lt; 3 THEN 10 ELSE 0</eqn></flow><flow name=\"come\"/>"
    ) + &belt("0", inside, "")
}

#[test]
fn a_queue_gives_batches_as_far_as_there_is_room() {
    let free = queue("", "").replace("<stock name=\"belt\"><eqn>0</eqn><inflow>come</inflow><outflow>go</outflow></stock><flow name=\"go\"/>", "");
    check(&file(4.0, 1.0, &free), "come", &[0.0, 10.0, 10.0, 10.0, 0.0]);
    // Room for 15: the second batch is split, or waits.
    let split = queue(
        "<conveyor discrete=\"true\"><len>2</len><capacity>15</capacity></conveyor>",
        "",
    );
    check(
        &file(6.0, 1.0, &split),
        "come",
        &[0.0, 10.0, 5.0, 5.0, 10.0, 0.0, 0.0],
    );
    check(
        &file(6.0, 1.0, &split),
        "line up",
        &[0.0, 10.0, 10.0, 15.0, 10.0, 0.0, 0.0],
    );
    let whole = queue(
        "<conveyor discrete=\"true\" batch_integrity=\"true\"><len>2</len><capacity>15</capacity></conveyor>",
        "",
    );
    check(
        &file(6.0, 1.0, &whole),
        "come",
        &[0.0, 10.0, 0.0, 10.0, 0.0, 10.0, 0.0],
    );
    let all = queue(
        "<conveyor discrete=\"true\" one_at_a_time=\"false\"><len>1</len><capacity>15</capacity></conveyor>",
        "",
    );
    check(&file(5.0, 1.0, &all), "come", &[0.0, 10.0, 10.0, 10.0, 0.0, 0.0]);
    let over = queue(
        "<conveyor discrete=\"true\"><len>2</len><capacity>15</capacity></conveyor>",
        "<outflow>leave</outflow>",
    ) + "<flow name=\"leave\"><overflow/></flow>";
    check(&file(5.0, 1.0, &over), "come", &[0.0, 10.0, 5.0, 10.0, 0.0, 0.0]);
    check(&file(5.0, 1.0, &over), "leave", &[0.0, 0.0, 5.0, 0.0, 0.0, 0.0]);
    let listed = queue("<conveyor discrete=\"true\"><len>9</len></conveyor>", "")
        .replace("<eqn>0</eqn><inflow>arrive", "<eqn>3, 4</eqn><inflow>arrive");
    check(&file(3.0, 1.0, &listed), "come", &[3.0, 4.0, 10.0, 10.0]);
}

#[test]
fn machine_code_stands_aside_and_says_why() {
    let text = file(
        6.0,
        1.0,
        &(belt("0", "<conveyor><len>4</len></conveyor>", "") + STEADY),
    );
    let model = model(&text);
    let request = Request {
        series: vec![model.find("go").expect("there is one")],
        ..Request::default()
    };
    let program = lower(&model, &request).expect("it can be lowered");
    let settings = engine::wasm::Settings {
        form: engine::wasm::Form::Scalar,
        capacity: 2,
        schedule_steps: 0,
    };
    assert_eq!(
        engine::wasm::write(&program, &settings)
            .expect_err("it has a conveyor")
            .to_string(),
        "it has a conveyor, a queue, or a delay that works like them"
    );
    let name = Evaluator::new(program, Choice::Native).name();
    assert!(
        name.contains("block interpreter")
            && (name.contains("the model has a conveyor") || name.contains("machine code")),
        "{name}"
    );
    let problems = lower(
        &model,
        &Request {
            integration: Some(model::Integration::Rk4),
            ..request
        },
    )
    .expect_err("RK4 looks within steps");
    assert_eq!(problems.items[0].code, "conveyor-method");
}

/// Futures that differ in everything a conveyor is told run as if each ran alone.
#[test]
fn many_futures_are_as_many_runs() {
    let inside = "<outflow>lose</outflow><conveyor><len>way</len><capacity>room</capacity></conveyor>";
    let more = "<flow name=\"come\"><eqn>speed + SIN(TIME)</eqn></flow><flow name=\"lose\"><eqn>part</eqn><leak/></flow>\
                <aux name=\"way\"><eqn>4</eqn></aux><aux name=\"room\"><eqn>30</eqn></aux><aux name=\"part\"><eqn>0.1</eqn></aux><aux name=\"speed\"><eqn>5</eqn></aux>";
    let model = model(&file(20.0, 0.25, &(belt("12", inside, "") + more)));
    let names = ["way", "room", "part", "speed"];
    let request = Request {
        inputs: names
            .iter()
            .map(|name| Input {
                target: InputTarget::Variable(model.find(name).expect("it is there")),
                binding: Binding::PerFuture,
            })
            .chain([Input {
                target: InputTarget::InitialOf(model.find("belt").expect("it is there")),
                binding: Binding::PerFuture,
            }])
            .collect(),
        series: ["go", "lose", "belt", "come"]
            .iter()
            .map(|name| model.find(name).expect("it is there"))
            .collect(),
        ..Request::default()
    };
    let program = lower(&model, &request).expect("it can be lowered");
    let futures: Vec<u64> = (0..64).collect();
    let column =
        |low: f64, step: f64| -> Vec<f64> { futures.iter().map(|f| low + step * *f as f64).collect() };
    let columns = [
        column(0.3, 0.21),
        column(5.0, 0.7),
        column(0.0, 0.01),
        column(0.5, 0.2),
        column(0.0, 1.5),
    ];
    let run = |rows: std::ops::Range<usize>, width: usize| {
        let values: Vec<Value> = columns
            .iter()
            .map(|column| Value::PerFuture(&column[rows.clone()]))
            .collect();
        let batch = Batch {
            seed: 0,
            futures: &futures[rows],
            inputs: &values,
        };
        block::run(&program, &batch, &mut block::Scratch::new(width))
    };
    let together = run(0..64, 64);
    let count = together.times.len();
    for row in 0..64 {
        let alone = run(row..row + 1, 1);
        for (together, alone) in together.series.iter().zip(&alone.series) {
            let together = &together[row * count..(row + 1) * count];
            assert!(
                together
                    .iter()
                    .zip(alone)
                    .all(|(a, b)| a.to_bits() == b.to_bits()),
                "future {row}"
            );
        }
    }
    let values: Vec<Value> = columns.iter().map(|column| Value::PerFuture(column)).collect();
    let batch = Batch {
        seed: 0,
        futures: &futures,
        inputs: &values,
    };
    let reference = scalar::run(&program, &batch);
    assert_eq!(reference.status, together.status);
    for (a, b) in reference.series.iter().zip(&together.series) {
        assert!(a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
    let auto = Evaluator::new(program, Choice::Auto).run(&batch, &mut Scratch::default());
    assert_eq!(auto.status, reference.status);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever a conveyor is told: what came in and was there goes out or leaks, in the end all of it, and nothing runs backwards.
    #[test]
    fn nothing_is_lost(
        initial in prop_oneof![Just("0".to_owned()), (0.0..50.0).prop_map(|total: f64| total.to_string()), Just("1,2,3,7".to_owned())],
        dt in prop_oneof![Just(1.0), Just(0.5), Just(0.25)],
        way in 0.2..6.0,
        change in 0.0..3.0,
        fractions in (0.0..0.5, 0.0..0.5),
        zone in (0.0..0.5, 0.5..1.0),
        exponential: bool,
        discrete: bool,
        integers: bool,
        capacity in prop_oneof![Just(String::new()), (1.0..60.0).prop_map(|room: f64| format!("<capacity>{room}</capacity>"))],
        arrest in prop_oneof![Just(""), Just("<arrest>TIME > 3 AND TIME &lt; 5</arrest>")],
        spread in prop_oneof![Just("beginning"), Just("even"), Just("dest")],
    ) {
        let inside = format!(
            "<outflow>lose</outflow><outflow>drop</outflow><conveyor exponential_leak=\"{exponential}\" discrete=\"{discrete}\">\
             <len>{way} + {change} * SIN(TIME)</len>{capacity}{arrest}</conveyor>"
        );
        let whole = if integers { "<leak_integers/>" } else { "" };
        let more = format!(
            "<flow name=\"come\" isee:spreadflow=\"{spread}\"><eqn>IF TIME &lt; 10 THEN 5 + 4 * COS(TIME) ELSE 0</eqn></flow>\
             <flow name=\"lose\"><eqn>{}</eqn><leak/></flow>\
             <flow name=\"drop\" leak_start=\"{}\" leak_end=\"{}\"><eqn>{}</eqn><leak/>{whole}</flow>\
             <stock name=\"gone\"><eqn>0</eqn><inflow>go</inflow><inflow>lose</inflow><inflow>drop</inflow></stock>\
             <stock name=\"came\"><eqn>INIT(belt)</eqn><inflow>come</inflow></stock>",
            fractions.0, zone.0, zone.1, fractions.1
        );
        let text = file(40.0, dt, &(belt(&initial, &inside, "") + &more));
        let found = evaluate(&model(&text), &["come", "go", "lose", "drop", "belt", "gone", "came"]);
        for flow in &found[..5] {
            prop_assert!(flow.iter().all(|value| *value >= -1e-9), "{flow:?}");
        }
        let last = |values: &Vec<f64>| *values.last().expect("there are steps");
        let (belt, gone, came) = (last(&found[4]), last(&found[5]), last(&found[6]));
        // In the end the belt is empty, so what the flows took is what the belt had.
        prop_assert!(belt.abs() < 1e-9 * (1.0 + came), "{belt} of {came} is left");
        prop_assert!((gone - came).abs() < 1e-9 * (1.0 + came), "{gone} of {came}");
    }
}
