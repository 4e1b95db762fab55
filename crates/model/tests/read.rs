//! Whole texts through the front door.

mod support;

use model::{Definition, Integration, Model, VarId, VariableKind, order};
use support::{read_bytes, read_sound};

fn sir() -> Model {
    read_sound(include_str!("models/sir.mdl"))
}

fn names(model: &Model, ids: &[VarId]) -> Vec<String> {
    ids.iter()
        .map(|id| model.variables[*id].name.to_string())
        .collect()
}

#[test]
fn sir_has_its_kinds() {
    let model = sir();
    let kind = |name: &str| model.variables[model.find(name).expect("in the model")].kind;
    assert_eq!(kind("infectious"), VariableKind::Stock);
    assert_eq!(kind("succumbing"), VariableKind::Flow);
    assert_eq!(kind("contact_INFECTIVITY"), VariableKind::Constant);
    assert_eq!(kind("saveper"), VariableKind::Auxiliary);
    assert_eq!(
        model.number(model.find("TIME STEP").expect("in the model")),
        Some(0.03125)
    );
    assert_eq!(model.integration, Integration::Euler);
    assert_eq!(model.groups.len(), 2);
    assert_eq!(model.unit_equivalents.len(), 8);
    let rate = &model.variables[model.find("succumbing").expect("in the model")];
    assert_eq!(rate.units, "Persons/Day");
}

#[test]
fn sir_has_its_orders() {
    let model = sir();
    let order = order(&model);
    assert_eq!(order.step.len(), 12);
    assert_eq!(
        names(&model, &order.step[..3]),
        ["Infectious", "Recovered", "Susceptible"]
    );
    let place = |list: &[VarId], name: &str| {
        let id = model.find(name).expect("in the model");
        list.iter().position(|other| *other == id).expect("in the order")
    };
    assert!(place(&order.initial, "total population") < place(&order.initial, "susceptible"));
    assert!(place(&order.initial, "susceptible") < place(&order.initial, "succumbing"));
}

#[test]
fn expressions_lie_in_post_order() {
    let model = sir();
    for (id, expr) in model.exprs.enumerate() {
        assert!(expr.children().iter().all(|child| *child < id));
    }
    assert_eq!(model.exprs.len(), model.expr_spans.len());
}

#[test]
fn line_ends_and_encodings_make_no_difference() {
    let text = include_str!("models/sir.mdl").replace("Contact Infectivity", "Contagio por día");
    let expected = read_sound(&text);
    let same = |bytes: &[u8], what: &str| {
        let (model, diagnostics) = read_bytes("sir.mdl", bytes);
        let model = model.unwrap_or_else(|| panic!("{what}: {diagnostics:?}"));
        assert_eq!(model.exprs, expected.exprs, "{what}");
        let names = |model: &Model| {
            model
                .variables
                .iter()
                .map(|variable| variable.name.written().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&model), names(&expected), "{what}");
    };
    let unix = text.replace("\r\n", "\n");
    same(unix.as_bytes(), "line feed");
    same(
        unix.replace('\n', "\r\n").as_bytes(),
        "carriage return and line feed",
    );
    same(unix.replace('\n', "\r").as_bytes(), "carriage return");
    same(format!("\u{feff}{unix}").as_bytes(), "byte order mark");
    let latin: Vec<u8> = unix
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
        .collect();
    same(&latin, "Latin-1");
    let little: Vec<u8> = unix.encode_utf16().flat_map(u16::to_le_bytes).collect();
    same(&little, "UTF-16 without a mark");
    same(&[&[0xFF, 0xFE][..], &little].concat(), "UTF-16, little end first");
    let big: Vec<u8> = unix.encode_utf16().flat_map(u16::to_be_bytes).collect();
    same(&[&[0xFE, 0xFF][..], &big].concat(), "UTF-16, big end first");
}

#[test]
fn active_initial_breaks_the_loop_of_initial_values() {
    let model = read_sound(
        "a = ACTIVE INITIAL(s + 1, 1) ~~|\n s = SMOOTH(a, 2) ~~|\n INITIAL TIME = 0 ~~| FINAL TIME = 1 ~~| \
         TIME STEP = 1 ~~| SAVEPER = 1 ~~|",
    );
    let order = order(&model);
    assert_eq!(names(&model, &order.initial[..2]), ["a", "s"]);
    assert_eq!(names(&model, &order.step[..2]), ["s", "a"]);
    assert!(matches!(
        model.variables[VarId(0)].equations[0].definition,
        Definition::ActiveInitial { .. }
    ));
}

#[test]
fn units_of_xmile_are_made_of_others() {
    let model = |rate: &str| {
        format!(
            "<xmile><sim_specs time_units=\"Months\"><start>0</start><stop>1</stop></sim_specs><model_units><unit name=\"pace\"><eqn>speed*1</eqn></unit>\
             <unit name=\"Widgets\"><alias>Widget</alias></unit><unit name=\"speed\"><eqn>Widgets/Month</eqn><alias>wpm</alias></unit>\
             <unit name=\"Widget\" disabled=\"true\"><alias>Month</alias></unit></model_units><model><variables>\
             <stock name=\"s\"><eqn>1</eqn><inflow>f</inflow><units>Widget</units></stock><flow name=\"f\"><eqn>r</eqn><units>pace</units></flow>\
             <aux name=\"r\"><eqn>2</eqn><units>{rate}</units></aux></variables></model></xmile>"
        )
    };
    for (rate, problems) in [
        ("wpm", 0),
        ("Widgets*per_month", 0),
        ("Widgets/mo", 0),
        ("Widgets", 1),
    ] {
        let text = model(rate);
        let (model, diagnostics) = model::read(
            "m.xmile",
            text.as_bytes(),
            &support::NoFiles,
            &mut model::Sources::new(),
        );
        let model = model.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let found = model::check_units(&model);
        assert_eq!(found.items.len(), problems, "{rate}: {found:?}");
    }
}
