//! The case of the lake.

use model::{SourceId, Span};
use study::case::*;

fn span() -> Span {
    Span {
        source: SourceId(0),
        start: 0,
        end: 0,
    }
}
fn at<T>(value: T) -> At<T> {
    At { value, span: span() }
}
fn id(text: &str) -> At<String> {
    at(text.to_string())
}
fn t(en: &str, es: &str) -> Text {
    Text {
        en: en.into(),
        es: es.into(),
    }
}
fn keys(keys: &[&str]) -> Vec<At<String>> {
    keys.iter().map(|key| id(key)).collect()
}

fn policy(name: &str, title: Text, lever: &str, includes: Text, excludes: Text, cost: Text) -> Policy {
    Policy {
        id: id(name),
        name: title,
        includes,
        excludes,
        cost,
        levers: vec![Lever {
            variable: id(lever),
            setting: Setting::Value(1.0),
            trigger: None,
        }],
        sources: keys(&["survey_2022"]),
        near_clone_of: None,
    }
}

fn outcome(
    name: &str,
    title: Text,
    variable: &str,
    unit: &str,
    higher: bool,
    worst: f64,
    best: f64,
) -> Outcome {
    Outcome {
        id: id(name),
        name: title,
        text: t(
            "Summed over ten years from the start.",
            "Suma de diez años desde el inicio.",
        ),
        variable: id(variable),
        reduce: Reduce::Integral,
        from: Some(0.0),
        to: Some(520.0),
        higher_is_better: higher,
        unit: id(unit),
        worst,
        best,
        close_call: CloseCall::ShareOfBaseline(0.01),
        series: id(variable),
        tail: false,
    }
}

struct Range(
    &'static str,
    &'static str,
    &'static str,
    f64,
    f64,
    &'static str,
    &'static str,
);

const RANGES: [Range; 11] = [
    Range(
        "farm_loss",
        "Nutrients lost from fields",
        "Nutrientes que pierden los campos",
        2.0,
        9.0,
        "kg/week",
        "water",
    ),
    Range(
        "trap",
        "Share trapped by wetlands",
        "Parte que retienen los humedales",
        0.05,
        0.6,
        "dmnl",
        "water",
    ),
    Range(
        "uptake",
        "Farmers who join when paid",
        "Productores que se suman si se les paga",
        0.1,
        0.9,
        "dmnl",
        "farms",
    ),
    Range(
        "price_response",
        "Response of farmers to a fee",
        "Respuesta de los productores a una cuota",
        0.0,
        0.5,
        "dmnl",
        "farms",
    ),
    Range(
        "plant_delay",
        "Time to build the plant",
        "Tiempo para construir la planta",
        52.0,
        260.0,
        "week",
        "plant",
    ),
    Range(
        "plant_yield",
        "Share the plant removes",
        "Parte que elimina la planta",
        0.2,
        0.8,
        "dmnl",
        "plant",
    ),
    Range(
        "sediment",
        "Release from old sediment",
        "Liberación del sedimento viejo",
        0.5,
        4.0,
        "kg/week",
        "water",
    ),
    Range(
        "visitors",
        "Visitors a year",
        "Visitantes por año",
        20_000.0,
        160_000.0,
        "person/year",
        "town",
    ),
    Range(
        "flood",
        "Loss in the worst flood",
        "Pérdida en la peor inundación",
        0.0,
        3.5,
        "million dollar",
        "town",
    ),
    Range(
        "trust",
        "Trust lost after a ban",
        "Confianza perdida tras una prohibición",
        0.0,
        0.8,
        "dmnl",
        "town",
    ),
    Range(
        "growth",
        "Growth of the town",
        "Crecimiento del pueblo",
        -0.01,
        0.03,
        "1/year",
        "town",
    ),
];

pub(crate) fn case() -> Case {
    let policies = vec![
        policy(
            "as_is",
            t("Nothing new", "Nada nuevo"),
            "Base Lever",
            t(
                "The rules and the budget of last year.",
                "Las reglas y el presupuesto del año pasado.",
            ),
            t(
                "Any new rule, payment or building.",
                "Toda regla, pago u obra nueva.",
            ),
            t(
                "Nothing beyond today’s budget.",
                "Nada más allá del presupuesto actual.",
            ),
        ),
        policy(
            "ban",
            t("Ban on winter spreading", "Prohibición de abonar en invierno"),
            "Ban Lever",
            t(
                "No manure on fields from November to March; inspections.",
                "Sin abono en los campos de noviembre a marzo; inspecciones.",
            ),
            t("Payments to farmers.", "Pagos a productores."),
            t(
                "About 0.4 million dollars a year for inspections.",
                "Unos 0.4 millones de dólares al año en inspecciones.",
            ),
        ),
        policy(
            "pay",
            t("Payments for buffer strips", "Pagos por franjas de vegetación"),
            "Payment Lever",
            t(
                "A yearly payment for each metre of planted bank.",
                "Un pago anual por cada metro de orilla sembrada.",
            ),
            t("Duties and fines.", "Obligaciones y multas."),
            t(
                "About 1.1 million dollars a year.",
                "Alrededor de 1.1 millones de dólares al año.",
            ),
        ),
        policy(
            "plant",
            t("A new treatment plant", "Una nueva planta de tratamiento"),
            "Plant Lever",
            t(
                "A plant at the mouth of the river, built by the county.",
                "Una planta en la boca del río, construida por el condado.",
            ),
            t("Changes on farms.", "Cambios en las parcelas."),
            t(
                "9 to 14 million dollars once, 0.6 million a year.",
                "De 9 a 14 millones de dólares una vez; 0.6 millones al año.",
            ),
        ),
        Policy {
            near_clone_of: Some(1),
            ..policy(
                "warn",
                t("Warning first, then the ban", "Primero advertir, luego prohibir"),
                "Warning Lever",
                t(
                    "Two years of advice; the ban if the lake is not better.",
                    "Dos años de asesoría; la prohibición si el lago no mejora.",
                ),
                t("Payments to farmers.", "Pagos a productores."),
                t(
                    "As the ban, two years later.",
                    "Como la prohibición, dos años después.",
                ),
            )
        },
    ];
    let addon = |name: &str, title: Text, includes: Text| Policy {
        id: id(name),
        name: title,
        includes,
        excludes: t("–", "–"),
        cost: t("0.2 million dollars a year.", "0.2 millones de dólares al año."),
        levers: vec![],
        sources: vec![],
        near_clone_of: None,
    };
    let outcomes = vec![
        outcome(
            "algae",
            t("Weeks with algae", "Semanas con algas"),
            "Algae",
            "week",
            false,
            260.0,
            20.0,
        ),
        outcome(
            "cost",
            t("Cost to the town", "Costo para el pueblo"),
            "Spending",
            "million dollar",
            false,
            40.0,
            0.0,
        ),
        outcome(
            "fish",
            t("Fish caught", "Pesca"),
            "Fish",
            "kg",
            true,
            0.0,
            900_000.0,
        ),
        outcome(
            "jobs",
            t("Jobs in tourism", "Empleos en turismo"),
            "Jobs",
            "person",
            true,
            0.0,
            900.0,
        ),
        Outcome {
            tail: true,
            ..outcome(
                "harm",
                t("People made ill", "Personas enfermas"),
                "Ill",
                "person",
                false,
                900.0,
                0.0,
            )
        },
        outcome(
            "trust",
            t("Trust in the council", "Confianza en el cabildo"),
            "Trust",
            "dmnl",
            true,
            0.0,
            1.0,
        ),
    ];
    let mut uncertainties: Vec<Uncertainty> = RANGES
        .iter()
        .enumerate()
        .map(|(k, range)| Uncertainty {
            id: id(range.0),
            name: Some(id(range.0)),
            label: t(range.1, range.2),
            text: t(
                "Measured in two streams for three years; other streams may differ.",
                "Medido en dos arroyos durante tres años; otros pueden ser distintos.",
            ),
            sector: range.6.into(),
            distribution: match k {
                0 => Distribution::LogUniform {
                    low: range.3,
                    high: range.4,
                },
                1 => Distribution::Triangular {
                    low: range.3,
                    mode: 0.2,
                    high: range.4,
                },
                2 => Distribution::Pert {
                    low: range.3,
                    mode: 0.4,
                    high: range.4,
                },
                10 => Distribution::TruncatedNormal {
                    mean: 0.01,
                    sd: 0.01,
                    low: range.3,
                    high: range.4,
                },
                _ => Distribution::Uniform {
                    low: range.3,
                    high: range.4,
                },
            },
            range_span: span(),
            unit: id(range.5),
            neutral: (k % 3 == 0).then_some(range.3),
            high_favours: if k == 5 { vec![2] } else { vec![] },
            low_favours: if k == 2 { vec![0] } else { vec![] },
            sources: if k == 7 {
                vec![]
            } else {
                keys(&["survey_2022", "lake_study"])
            },
            grade: [Grade::A, Grade::B, Grade::C, Grade::J][k % 4],
            contested_by: if k == 3 { vec![1] } else { vec![] },
            role: if k == 8 { Role::Chance } else { Role::Assumption },
        })
        .collect();
    uncertainties.push(Uncertainty {
        id: id("reading"),
        name: Some(id("reading")),
        label: t("What the 2019 survey measured", "Qué midió el sondeo de 2019"),
        text: t(
            "Two readings of the same table.",
            "Dos lecturas de la misma tabla.",
        ),
        sector: "water".into(),
        distribution: Distribution::Categorical {
            values: vec![0.0, 1.0],
            labels: vec![
                t("whole catchment", "toda la cuenca"),
                t("one stream", "un arroyo"),
            ],
        },
        range_span: span(),
        unit: id("dmnl"),
        neutral: None,
        high_favours: vec![],
        low_favours: vec![],
        sources: keys(&["lake_study"]),
        grade: Grade::B,
        contested_by: vec![0, 2],
        role: Role::Assumption,
    });
    Case {
        id: "lake".into(),
        title: t(
            "How should Aldervale keep its lake clean?",
            "¿Cómo debe Aldervale mantener limpio su lago?",
        ),
        question: t(
            "Which of five measures keeps the lake open for bathing over the next ten years, and at what price?",
            "¿Cuál de cinco medidas mantiene el lago abierto al baño en los próximos diez años, y a qué precio?",
        ),
        summary: t(
            "The lake was closed for nine weeks last summer. Farms, the town and old sediment all feed the algae. Nobody knows well how much each does.",
            "El lago cerró nueve semanas el verano pasado. Las parcelas, el pueblo y el sedimento viejo alimentan las algas. Nadie sabe bien cuánto aporta cada uno.",
        ),
        as_of: "2025-06-30".into(),
        model: id("model.mdl"),
        sources: Some(id("sources.bib")),
        start: 0.0,
        start_span: span(),
        baseline: 0,
        data: Vec::new(),
        headline: vec![0, 1],
        run: RunDefaults {
            futures: 2000,
            seed: 1,
            design: DesignKind::LatinHypercube,
        },
        policies,
        addons: vec![
            addon("none", t("No add-on", "Sin complemento"), t("Nothing.", "Nada.")),
            addon(
                "aeration",
                t("Aeration in summer", "Aireación en verano"),
                t(
                    "Air pumps in the two deepest basins.",
                    "Bombas de aire en las dos cuencas más hondas.",
                ),
            ),
        ],
        outcomes,
        quantities: vec![],
        uncertainties,
        sectors: vec![],
        splits: vec![],
        constraints: vec![Constraint {
            id: id("balance"),
            text: t(
                "Sediment may not release more than fields lose.",
                "El sedimento no puede liberar más de lo que pierden los campos.",
            ),
            rule: id("sediment <= farm_loss"),
        }],
        camps: camps(),
        claims: claims(),
        authorities: vec![
            Authority {
                policies: vec![1, 4],
                law: "state".into(),
                name: t("State law", "Ley estatal"),
                needs: t(
                    "A rule of the water board, after a hearing.",
                    "Una norma de la junta del agua, previa audiencia.",
                ),
                status: LegalStatus::Contested,
                sources: keys(&["board_2024"]),
            },
            Authority {
                policies: vec![3],
                law: "federal".into(),
                name: t("Federal law", "Ley federal"),
                needs: t(
                    "A permit to build on the shore.",
                    "Un permiso para construir en la orilla.",
                ),
                status: LegalStatus::NotMet,
                sources: keys(&["board_2024"]),
            },
            Authority {
                policies: vec![0, 2],
                law: "state".into(),
                name: t("State law", "Ley estatal"),
                needs: t("Nothing new.", "Nada nuevo."),
                status: LegalStatus::Met,
                sources: vec![],
            },
        ],
        history: vec![History {
            variable: id("Algae"),
            label: t(
                "Share of the week with algae, county monitoring",
                "Parte de la semana con algas, monitoreo del condado",
            ),
            file: id("history.csv"),
            series: id("algae"),
            sources: keys(&["lake_study"]),
            points: (0..9)
                .map(|k| {
                    (
                        -208.0 + 26.0 * f64::from(k),
                        0.24 + 0.015 * f64::from(k) + 0.03 * f64::from(k % 3),
                    )
                })
                .collect(),
        }],
        experiments: vec![Experiment {
            id: id("hindcast"),
            title: t("Started in 2021", "Desde 2021"),
            set: vec![(id("INITIAL TIME"), -208.0), (id("FINAL TIME"), 0.0)],
            initial: vec![],
            policy: 0,
            compare: vec![],
            compare_from: None,
        }],
        bibliography: references(),
        left_out: vec![
            t(
                "The price of land along the shore.",
                "El precio de la tierra en la orilla.",
            ),
            t(
                "Birds, which nobody has counted since 2012.",
                "Las aves, que nadie ha contado desde 2012.",
            ),
        ],
        dissents: vec![Dissent {
            by: t("The anglers’ association", "La asociación de pescadores"),
            text: t(
                "Weeks with algae are the wrong measure. Oxygen at the bottom is what matters, and the model has none.",
                "Las semanas con algas son la medida equivocada. Importa el oxígeno del fondo, y el modelo no lo tiene.",
            ),
        }],
        statements: vec![
            Statement {
                number: 1,
                text: t("A ban works at once.", "Una prohibición funciona de inmediato."),
                said_by: t("the council", "el cabildo"),
                places: keys(&["claim:c1", "policy:ban"]),
            },
            Statement {
                number: 2,
                text: t("The lake was always like this.", "El lago siempre ha sido así."),
                said_by: t("a reader’s letter", "una carta de un lector"),
                places: keys(&["context"]),
            },
        ],
    }
}

fn camps() -> Vec<Camp> {
    vec![
        Camp {
            id: id("farmers"),
            name: t("Farm union", "Unión de productores"),
            text: t(
                "We lose far less to the lake than the survey says. Paid work on the banks is fair; bans break trust.",
                "Perdemos mucho menos de lo que dice el sondeo. El trabajo pagado en las orillas es justo; prohibir rompe la confianza.",
            ),
            sources: keys(&["board_2024"]),
            beliefs: vec![(0, Belief::Between(2.0, 4.5)), (11, Belief::OneOf(vec![1.0]))],
            values: vec![(0, 2.0), (1, 1.0), (5, 2.0)],
            inadmissible: vec![(id("state"), LegalStatus::Contested)],
        },
        Camp {
            id: id("bathers"),
            name: t("Bathers’ league", "Liga de bañistas"),
            text: t(
                "The lake belongs to all. What counts is that it stays open in summer, whoever has to change.",
                "El lago es de todos. Lo que cuenta es que siga abierto en verano, cambie quien tenga que cambiar.",
            ),
            sources: keys(&["lake_study"]),
            beliefs: vec![(0, Belief::Between(4.0, 9.0)), (3, Belief::Between(0.2, 0.5))],
            values: vec![(0, 4.0), (4, 2.0)],
            inadmissible: vec![],
        },
        Camp {
            id: id("council"),
            name: t("Town treasury", "Tesorería del pueblo"),
            text: t(
                "We can spend a dollar only once. A plant that works in ten years helps nobody this decade.",
                "Un dólar solo se gasta una vez. Una planta que funcione en diez años no ayuda a nadie en esta década.",
            ),
            sources: vec![],
            beliefs: vec![(4, Belief::Between(150.0, 260.0))],
            values: vec![(1, 3.0), (0, 1.0), (3, 1.0)],
            inadmissible: vec![(id("federal"), LegalStatus::NotMet)],
        },
    ]
}

fn claims() -> Vec<Claim> {
    let evidence = |source: &str, en: &str, es: &str| EvidenceItem {
        source: id(source),
        text: t(en, es),
    };
    (1..=8)
        .map(|k| Claim {
            id: id(&format!("c{k}")),
            camp: [Some(0), Some(1), Some(2), None][k % 4],
            kind: [
                ClaimKind::Outcome,
                ClaimKind::Outcome,
                ClaimKind::Ensemble,
                ClaimKind::Evidence,
            ][k % 4],
            text: t(
                &format!(
                    "A ban cuts the weeks with algae by at least {} in the first five years.",
                    10 * k
                ),
                &format!(
                    "Una prohibición reduce las semanas con algas en al menos {} en los primeros cinco años.",
                    10 * k
                ),
            ),
            proposition: (k % 4 != 3).then(|| {
                id(&format!(
                    "algae(ban, weeks 1..260) <= algae(as_is, weeks 1..260) - {}",
                    10 * k
                ))
            }),
            said_by: if k % 2 == 0 {
                SaidBy::Constructed
            } else {
                SaidBy::Office {
                    office: t(
                        "a former head of the water board",
                        "un antiguo titular de la junta del agua",
                    ),
                    date: "2024-11".into(),
                    source: id("board_2024"),
                }
            },
            evidence_for: vec![evidence(
                "lake_study",
                "Two lakes upstream cleared within four years.",
                "Dos lagos río arriba se limpiaron en cuatro años.",
            )],
            evidence_against: if k == 5 {
                vec![]
            } else {
                vec![
                    evidence(
                        "survey_2022",
                        "Only a third of the load arrives in winter.",
                        "Solo un tercio de la carga llega en invierno.",
                    ),
                    evidence(
                        "board_2024",
                        "Inspections reached one farm in nine.",
                        "Las inspecciones llegaron a una de cada nueve parcelas.",
                    ),
                ]
            },
        })
        .collect()
}

fn references() -> Bibliography {
    let entry = |key: &str, citation: &str, url: Option<&str>, note: Option<&str>| {
        let reference = Reference {
            key: key.into(),
            citation: citation.into(),
            url: url.map(Into::into),
            note: note.map(Into::into),
        };
        (key.to_string(), reference)
    };
    [
        entry("board_2024", "Water Board of Aldervale: Minutes of the autumn session. 2024.", Some("https://example.org/minutes?id=7&lang=en"), None),
        entry("lake_study", "Okafor, L. and Brandt, M.: Nutrients in three small lakes. Journal of Made-up Limnology 4, 2021.", Some("https://example.org/lakes"), Some("A. Seen.")),
        entry("survey_2022", "County of Aldervale: Survey of field losses. 2022.", None, Some("B. Contested by the farm union.")),
    ]
    .into_iter()
    .collect()
}
