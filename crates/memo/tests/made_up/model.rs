//! The model of the lake: small, with sectors, stocks, levers and loops.

use model::*;

pub(crate) fn model() -> Model {
    let span = Span {
        source: SourceId(0),
        start: 0,
        end: 0,
    };
    let mut groups = IndexVec::new();
    for (name, comment) in [
        (
            ".Water",
            "Nutrients flow from fields and sediment into the lake and feed algae.",
        ),
        (
            ".Farms",
            "Farmers join programmes when they are paid or trust the council.",
        ),
        (
            ".Plant",
            "A plant is built, then removes a share of what arrives.",
        ),
        (".Town", "Visitors bring money; algae keep them away."),
    ] {
        groups.push(Group {
            name: Name::new(name),
            comment: comment.into(),
            span,
        });
    }
    let mut model = Model {
        variables: IndexVec::new(),
        exprs: IndexVec::new(),
        expr_spans: IndexVec::new(),
        dimensions: IndexVec::new(),
        groups,
        time: TimeControls {
            initial_time: VarId(0),
            final_time: VarId(1),
            time_step: VarId(2),
            saveper: VarId(3),
        },
        integration: Integration::Euler,
    };
    // Name, unit, group (4: none), kind, names used.
    let table: &[(&str, &str, usize, VariableKind, &[&str])] = &[
        ("INITIAL TIME", "week", 4, VariableKind::Constant, &[]),
        ("FINAL TIME", "week", 4, VariableKind::Constant, &[]),
        ("TIME STEP", "week", 4, VariableKind::Constant, &[]),
        ("SAVEPER", "week", 4, VariableKind::Constant, &[]),
        ("Nutrients", "kg", 0, VariableKind::Stock, &["Inflow", "Removal"]),
        ("Algae", "dmnl", 0, VariableKind::Auxiliary, &["Nutrients"]),
        ("Fish", "kg/week", 0, VariableKind::Auxiliary, &["Algae"]),
        (
            "Inflow",
            "kg/week",
            0,
            VariableKind::Flow,
            &["farm_loss", "Buffer Strips", "sediment", "Ban Lever"],
        ),
        (
            "Removal",
            "kg/week",
            0,
            VariableKind::Flow,
            &["Nutrients", "trap", "Plant Capacity"],
        ),
        ("farm_loss", "kg/week", 0, VariableKind::Constant, &[]),
        ("trap", "dmnl", 0, VariableKind::Constant, &[]),
        ("sediment", "kg/week", 0, VariableKind::Constant, &[]),
        ("Buffer Strips", "km", 1, VariableKind::Stock, &["Planting"]),
        (
            "Planting",
            "km/week",
            1,
            VariableKind::Flow,
            &["Payment Lever", "uptake", "Trust"],
        ),
        ("uptake", "dmnl", 1, VariableKind::Constant, &[]),
        ("Payment Lever", "dmnl", 1, VariableKind::Constant, &[]),
        ("Ban Lever", "dmnl", 1, VariableKind::Constant, &[]),
        (
            "Plant Capacity",
            "kg/week",
            2,
            VariableKind::Stock,
            &["Plant Lever", "plant_delay"],
        ),
        ("plant_delay", "week", 2, VariableKind::Constant, &[]),
        ("Plant Lever", "dmnl", 2, VariableKind::Constant, &[]),
        ("Trust", "dmnl", 3, VariableKind::Stock, &["Ban Lever", "Algae"]),
        (
            "Jobs",
            "person",
            3,
            VariableKind::Auxiliary,
            &["visitors", "Algae"],
        ),
        (
            "Spending",
            "million dollar/week",
            3,
            VariableKind::Auxiliary,
            &["Payment Lever", "Plant Capacity"],
        ),
        (
            "Ill",
            "person/week",
            3,
            VariableKind::Auxiliary,
            &["Algae", "visitors"],
        ),
        ("visitors", "person/year", 3, VariableKind::Constant, &[]),
    ];
    let find = |name: &str| {
        VarId(
            table
                .iter()
                .position(|row| row.0 == name)
                .expect("a name of the table") as u32,
        )
    };
    for (name, units, group, kind, used) in table {
        let mut expr = model.exprs.push(Expr::Number(1.0));
        for used in *used {
            let right = model.exprs.push(Expr::Variable {
                variable: find(used),
                subscripts: vec![],
            });
            expr = model.exprs.push(Expr::Binary {
                op: BinaryOp::Multiply,
                left: expr,
                right,
            });
        }
        let definition = match kind {
            VariableKind::Stock => {
                let initial = model.exprs.push(Expr::Number(0.0));
                Definition::Stock {
                    rate: expr,
                    initial,
                    non_negative: false,
                }
            }
            _ => Definition::Expression(expr),
        };
        model.variables.push(Variable {
            name: Name::new(*name),
            kind: *kind,
            dimensions: vec![],
            equations: vec![Equation {
                region: vec![],
                definition,
                span,
            }],
            units: (*units).into(),
            units_span: None,
            range: None,
            comment: String::new(),
            group: (*group < 4).then_some(GroupId(*group as u32)),
            span,
            hidden: false,
        });
    }
    for _ in 0..model.exprs.len() {
        model.expr_spans.push(span);
    }
    model
}
