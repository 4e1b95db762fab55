//! What cannot be lowered, and what the reader of the message sees.

use engine::{Binding, Input, InputTarget, Metric, Reducer, Request, Window, lower};
use model::{Diagnostics, FileError, Files, Model, Sources, VarId};

struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }
}

const MODEL: &str = "{UTF-8}
    x = INTEG(rate, 5) ~~|
    rate = table(x) * constant ~~|
    constant = 2 ~~|
    table((0,0),(10,1)) ~~|
";
const TIME: &str = "
    INITIAL TIME = 0 ~~|
    FINAL TIME = 10 ~~|
    TIME STEP = 1 ~~|
    SAVEPER = TIME STEP ~~|
";

/// Lowers a model and gives it back with all that was said.
fn messages(text: &str, request: impl Fn(&Model) -> Request) -> String {
    let mut sources = Sources::new();
    let (model, problems) = model::read("model.mdl", text.as_bytes(), &Nothing, &mut sources);
    let model = model.unwrap_or_else(|| panic!("the reader refuses the model: {problems:#?}"));
    let said = match lower(&model, &request(&model)) {
        Ok(program) => program.notes,
        Err(problems) => problems,
    };
    format!("{}\n\n{}", text.trim(), rendered(&said, &sources))
}

fn rendered(problems: &Diagnostics, sources: &Sources) -> String {
    let mut text = String::new();
    for item in &problems.items {
        let severity = format!("{:?}", item.severity).to_lowercase();
        text += &format!("{severity}[{}]: {}\n", item.code, item.message);
        for label in &item.labels {
            text += &format!("  at `{}` {}\n", sources.slice(label.span), label.text);
        }
        for help in &item.help {
            text += &format!("  help: {help}\n");
        }
    }
    text
}

fn id(model: &Model, name: &str) -> VarId {
    model.find(name).unwrap_or_else(|| panic!("no variable `{name}`"))
}

fn inputs(model: &Model, inputs: &[(&str, bool, Binding)]) -> Request {
    let input = |(name, initial, binding): &(&str, bool, Binding)| {
        let target = if *initial {
            InputTarget::InitialOf
        } else {
            InputTarget::Variable
        };
        Input {
            target: target(id(model, name)),
            binding: *binding,
        }
    };
    Request {
        inputs: inputs.iter().map(input).collect(),
        series: all(model),
        ..Request::default()
    }
}

/// Every variable that has a value.
fn all(model: &Model) -> Vec<VarId> {
    let with_value = |id: &VarId| model.variables[*id].kind != model::VariableKind::Lookup;
    model.variables.ids().filter(with_value).collect()
}

fn metric(model: &Model, name: &str, element: u32, window: Window) -> Request {
    let metric = Metric {
        variable: id(model, name),
        element,
        reducer: Reducer::Mean,
        window,
    };
    Request {
        metrics: vec![metric],
        ..Request::default()
    }
}

#[test]
fn inputs_that_cannot_be() {
    let text = format!("{MODEL}{TIME}");
    insta::assert_snapshot!(messages(&text, |model| inputs(
        model,
        &[
            ("x", false, Binding::PerFuture),
            ("constant", true, Binding::PerFuture),
            ("x", true, Binding::Schedule),
            ("table", false, Binding::Uniform),
            ("TIME STEP", false, Binding::PerFuture),
            ("constant", false, Binding::Uniform),
            ("constant", false, Binding::PerFuture),
        ]
    )));
    insta::assert_snapshot!(messages(&text, |model| Request {
        inputs: vec![Input {
            target: InputTarget::Variable(VarId(99)),
            binding: Binding::Uniform
        }],
        ..inputs(model, &[])
    }));
}

#[test]
fn outputs_that_cannot_be() {
    let text = format!("{MODEL}{TIME}");
    let window = |from: f64, to: f64| Window {
        from: Some(from),
        to: Some(to),
    };
    insta::assert_snapshot!(messages(&text, |model| metric(
        model,
        "table",
        0,
        Window::default()
    )));
    insta::assert_snapshot!(messages(&text, |model| metric(model, "x", 3, Window::default())));
    insta::assert_snapshot!(messages(&text, |model| metric(model, "x", 0, window(5.0, 2.0))));
    insta::assert_snapshot!(messages(&text, |model| metric(model, "x", 0, window(20.0, 30.0))));
    insta::assert_snapshot!(messages(&text, |_| Request {
        series: vec![VarId(99)],
        ..Request::default()
    }));
}

#[test]
fn time_that_cannot_run() {
    let with = |line: &str, by: &str| format!("{MODEL}{}", TIME.replace(line, by));
    let all = |model: &Model| inputs(model, &[]);
    insta::assert_snapshot!(messages(&with("TIME STEP = 1", "TIME STEP = 0"), all));
    insta::assert_snapshot!(messages(&with("FINAL TIME = 10", "FINAL TIME = -10"), all));
    insta::assert_snapshot!(messages(&with("TIME STEP = 1", "TIME STEP = 1e-9"), all));
    insta::assert_snapshot!(messages(&with("SAVEPER = TIME STEP", "SAVEPER = 0"), all));
    insta::assert_snapshot!(messages(&with("SAVEPER = TIME STEP", "SAVEPER = 1.5"), all));
    insta::assert_snapshot!(messages(&with("SAVEPER = TIME STEP", "SAVEPER = 20"), all));
    insta::assert_snapshot!(messages(&with("FINAL TIME = 10", "FINAL TIME = x"), all));
    insta::assert_snapshot!(messages(
        &with("FINAL TIME = 10", "FINAL TIME = SMOOTH(Time, 3)"),
        all
    ));
    insta::assert_snapshot!(messages(
        &with("FINAL TIME = 10", "FINAL TIME = constant"),
        |model| inputs(model, &[("constant", false, Binding::PerFuture)])
    ));
    insta::assert_snapshot!(messages(
        &with("FINAL TIME = 10", "FINAL TIME = constant"),
        |model| inputs(model, &[("constant", false, Binding::Schedule)])
    ));
}

#[test]
fn a_listing_says_what_is_computed_when() {
    let text = format!(
        "{MODEL}late = DELAY FIXED(x, 2 * constant, 0) ~~| luck = RANDOM UNIFORM(0, time step, 1) ~~|{TIME}"
    );
    let mut sources = Sources::new();
    let (model, problems) = model::read("model.mdl", text.as_bytes(), &Nothing, &mut sources);
    let model = model.unwrap_or_else(|| panic!("{problems:#?}"));
    let request = Request {
        metrics: metric(&model, "late", 0, Window::default()).metrics,
        series: vec![id(&model, "x"), id(&model, "luck")],
        ..inputs(
            &model,
            &[
                ("constant", false, Binding::PerFuture),
                ("TIME STEP", false, Binding::Uniform),
            ],
        )
    };
    let program = lower(&model, &request).expect("a model that runs");
    insta::assert_snapshot!(engine::show(&program, &model, &|_| String::new()));
}

#[test]
fn delays_of_unknown_order() {
    let with = |order: &str| format!("{MODEL}late = DELAY N(x, 5, 0, {order}) ~~|{TIME}");
    insta::assert_snapshot!(messages(&with("0.2"), |model| inputs(model, &[])));
    insta::assert_snapshot!(messages(&with("constant"), |model| inputs(
        model,
        &[("constant", false, Binding::Uniform)]
    )));
}

#[test]
fn automatic_steps_of_models_that_are_not_smooth() {
    let with = |text: &str, integration: Option<model::Integration>| {
        let text = format!("{text}\nx = INTEG(y - x, 1) ~~|\n{TIME}");
        let told = messages(&text, |model| Request {
            series: vec![id(model, "x")],
            integration,
            ..Request::default()
        });
        format!("{told}\n")
    };
    let all = [
        "y = PULSE(2, 1) ~~|",
        "y = DELAY FIXED(x, 3, 0) ~~|",
        "y = SAMPLE IF TRUE(x > 2, x, 0) ~~|",
        "y = RANDOM NORMAL(0, 1, 0, 1, 5) ~~|",
        "y = 1 + STEP(1, 5) ~~|",
        "t = 3 + Time ~~|\ny = DELAY N(x, t, 0, 3) ~~|",
    ];
    let told = all.map(|text| with(text, Some(model::Integration::Rk4Auto)));
    insta::assert_snapshot!(told.concat());
    // What no output depends on, and what bends without a jump, may be anything.
    let smooth = [
        "y = SMOOTH3(x, 2) ~~|\nz = PULSE(2, 1) ~~|",
        "y = RAMP(1, 2, 3) + MAX(x, 0) ~~|",
        "y = IF THEN ELSE(x > 1, 1, 0) ~~|",
    ];
    for text in smooth {
        let told = with(text, Some(model::Integration::Rk4Auto));
        assert!(!told.contains("integration-"), "{told}");
    }
    // A model that asks for them itself runs with fixed steps, and says so.
    let sketch = "\\\\\\---/// Sketch\n///---\\\\\\\n:L\u{7f}<%^E!@\n15:0,0,0,3,0,0\n";
    let text = format!("y = PULSE(2, 1) ~~|\nx = INTEG(y - x, 1) ~~|\n{TIME}{sketch}");
    insta::assert_snapshot!(messages(&text, |model| Request {
        series: vec![id(model, "x")],
        ..Request::default()
    }));
}
