//! What the page shows and evaluates, as JSON: the shape is `Catalogue` of `crates/memo/live/types.ts`.

use model::Model;
use serde_json::{Value, json};

use super::place;
use crate::case::{Belief, Camp, Case, CloseCall, Distribution, Policy, Reduce, Text, Uncertainty};
use crate::design::Settings;
use crate::proposition::{Comparison, Operator, Proposition, Quantity};
use crate::results::{OptionId, Results};
use crate::study::Study;

/// Version of the shape.
const SCHEMA: u32 = 1;

/// What is to be known of a run.
pub(super) struct Run<'a> {
    pub(super) results: &'a Results,
    pub(super) settings: &'a Settings,
    /// The design by its name in a case, and its strata.
    pub(super) design: &'a str,
    pub(super) strata: u64,
    /// Futures whose outcomes are embedded.
    pub(super) embedded: usize,
    /// The last saved time.
    pub(super) end: Option<f64>,
}

pub(super) fn catalogue(study: &Study, model: &Model, run: &Run) -> Value {
    let (case, results, settings) = (&study.case, run.results, run.settings);
    let mut series: Vec<model::VarId> = Vec::new();
    for variable in &study.series {
        if !series.contains(variable) {
            series.push(*variable);
        }
    }
    let outcomes = case
        .outcomes
        .iter()
        .zip(&study.series)
        .map(|(outcome, variable)| {
            let close_call = match outcome.close_call {
                CloseCall::Absolute(absolute) => json!({ "absolute": absolute }),
                CloseCall::ShareOfBaseline(share) => json!({ "shareOfBaseline": share }),
            };
            json!({
                "id": outcome.id.value, "name": text(&outcome.name), "unit": outcome.unit.value,
                "higherIsBetter": outcome.higher_is_better, "worst": outcome.worst, "best": outcome.best,
                "closeCall": close_call, "tail": outcome.tail,
                "series": series.iter().position(|known| known == variable),
            })
        });
    let claims = case.claims.iter().zip(&study.claims).map(|(claim, proposition)| {
        let mut writer = Writer {
            options: &results.options,
            thresholds: Vec::new(),
        };
        // A claim about an option that was not run cannot be judged here.
        let proposition = proposition.as_ref().and_then(|one| writer.proposition(one));
        json!({
            "id": claim.id.value, "text": text(&claim.text), "camp": claim.camp, "kind": claim.kind,
            "proposition": proposition, "thresholds": writer.thresholds,
        })
    });
    let constraints = case.constraints.iter().zip(&study.constraints).map(|(constraint, rule)| {
        let mut writer = Writer { options: &[], thresholds: Vec::new() };
        let rule = writer.proposition(rule);
        json!({ "id": constraint.id.value, "text": text(&constraint.text), "rule": rule, "thresholds": writer.thresholds })
    });
    json!({
        "schema": SCHEMA,
        "case": {
            "id": case.id, "title": text(&case.title), "asOf": case.as_of, "start": case.start,
            "end": run.end,
        },
        "seed": settings.seed.to_string(),
        "design": { "kind": run.design, "strata": run.strata, "futures": settings.futures },
        "factors": case.uncertainties.iter().map(factor).collect::<Vec<_>>(),
        "sectors": case.sectors.iter().map(|(id, name)| (id.clone(), text(name))).collect::<serde_json::Map<_, _>>(),
        "splits": case.splits.iter().map(|split| json!({
            "id": split.id.value, "total": split.total,
            "parts": split.parts.iter().map(|part| json!({ "id": part.id.value, "weight": part.weight })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "policies": case.policies.iter().map(policy).collect::<Vec<_>>(),
        "addons": case.addons.iter().map(policy).collect::<Vec<_>>(),
        "baseline": case.baseline,
        "options": results.options,
        "measures": (0..results.measures).map(|measure| of_measure(study, measure)).collect::<Vec<_>>(),
        "outcomes": outcomes.collect::<Vec<_>>(),
        "headline": case.headline,
        "camps": case.camps.iter().map(|one| camp(case, one)).collect::<Vec<_>>(),
        "claims": claims.collect::<Vec<_>>(),
        "constraints": constraints.collect::<Vec<_>>(),
        "series": series.iter().map(|&variable| json!({
            "variable": model.variables[variable].name.written(), "unit": model.variables[variable].units,
        })).collect::<Vec<_>>(),
        "embedded": { "futures": run.embedded, "measures": (0..case.outcomes.len()).collect::<Vec<_>>() },
    })
}

fn text(text: &Text) -> Value {
    json!({ "en": text.en, "es": text.es })
}

fn policy(policy: &Policy) -> Value {
    json!({ "id": policy.id.value, "name": text(&policy.name), "nearCloneOf": policy.near_clone_of })
}

fn factor(factor: &Uncertainty) -> Value {
    let (low, high) = factor.distribution.ends();
    json!({
        "id": factor.id.value, "label": text(&factor.label), "sector": factor.sector, "unit": factor.unit.value,
        "distribution": distribution(&factor.distribution), "low": low, "high": high,
        "middle": factor.distribution.quantile(0.5), "neutral": factor.neutral, "role": factor.role,
        "grade": factor.grade, "highFavours": factor.high_favours, "lowFavours": factor.low_favours,
        "contestedBy": factor.contested_by, "direct": factor.name.is_some(),
    })
}

pub(super) fn distribution(distribution: &Distribution) -> Value {
    match distribution {
        Distribution::Uniform { low, high } => json!({ "kind": "uniform", "low": low, "high": high }),
        Distribution::LogUniform { low, high } => json!({ "kind": "log_uniform", "low": low, "high": high }),
        Distribution::Triangular { low, mode, high } => {
            json!({ "kind": "triangular", "low": low, "mode": mode, "high": high })
        }
        Distribution::Pert { low, mode, high } => {
            json!({ "kind": "pert", "low": low, "mode": mode, "high": high })
        }
        Distribution::TruncatedNormal { mean, sd, low, high } => {
            json!({ "kind": "truncated_normal", "mean": mean, "sd": sd, "low": low, "high": high })
        }
        Distribution::Integer { low, high } => json!({ "kind": "integer", "low": low, "high": high }),
        Distribution::Categorical { values, labels } => json!({
            "kind": "categorical", "values": values, "labels": labels.iter().map(text).collect::<Vec<_>>(),
        }),
    }
}

fn of_measure(study: &Study, measure: usize) -> Value {
    let case = &study.case;
    let known = case.outcomes.len() + case.quantities.len();
    let windowed = measure.checked_sub(known).map(|at| &study.windows[at]);
    let at = windowed.map_or(measure, |window| window.outcome);
    let outcome = case
        .outcomes
        .iter()
        .chain(&case.quantities)
        .nth(at)
        .expect("a measure is of an outcome or a quantity");
    let id = windowed.map_or_else(
        || outcome.id.value.clone(),
        |window| format!("{}@{}..{}", outcome.id.value, window.from, window.to),
    );
    let censored = match outcome.reduce {
        Reduce::FirstAbove(_) => windowed.map(|window| window.to).or(outcome.to),
        _ => None,
    };
    let direction = (at < case.outcomes.len()).then_some(outcome.higher_is_better);
    json!({
        "id": id, "name": text(&outcome.name), "unit": outcome.unit.value, "higherIsBetter": direction,
        "censoredAt": censored,
    })
}

fn camp(case: &Case, camp: &Camp) -> Value {
    let beliefs = camp.beliefs.iter().map(|(factor, belief)| match belief {
        Belief::Between(low, high) => json!({ "factor": factor, "between": [low, high] }),
        Belief::OneOf(values) => json!({ "factor": factor, "oneOf": values }),
    });
    let values = camp
        .values
        .iter()
        .map(|(outcome, weight)| json!({ "outcome": outcome, "weight": weight }));
    let struck_out = (0..case.policies.len()).filter_map(|policy| {
        let mut needs = case
            .authorities
            .iter()
            .filter(|authority| authority.policies.contains(&policy));
        let ruled = needs.find(|authority| {
            camp.inadmissible
                .iter()
                .any(|(law, status)| law.value == authority.law && *status == authority.status)
        })?;
        Some(json!({ "policy": policy, "law": ruled.law }))
    });
    json!({
        "id": camp.id.value, "name": text(&camp.name), "beliefs": beliefs.collect::<Vec<_>>(),
        "values": values.collect::<Vec<_>>(), "struckOut": struck_out.collect::<Vec<_>>(),
    })
}

/// Writes a proposition as a tree, its numbers apart. None where it speaks of an option that was not run.
struct Writer<'a> {
    options: &'a [OptionId],
    thresholds: Vec<f64>,
}

impl Writer<'_> {
    fn proposition(&mut self, proposition: &Proposition) -> Option<Value> {
        Some(match proposition {
            Proposition::Or(all) => json!({ "or": self.all(all)? }),
            Proposition::And(all) => json!({ "and": self.all(all)? }),
            Proposition::Not(inner) => json!({ "not": self.proposition(inner)? }),
            Proposition::Compare(comparison, sides) => {
                let word = match comparison {
                    Comparison::Less => "<",
                    Comparison::LessOrEqual => "<=",
                    Comparison::Greater => ">",
                    Comparison::GreaterOrEqual => ">=",
                };
                json!({ "compare": word, "sides": self.sides(sides)? })
            }
        })
    }

    fn all(&mut self, all: &[Proposition]) -> Option<Vec<Value>> {
        all.iter().map(|one| self.proposition(one)).collect()
    }

    fn sides(&mut self, [left, right]: &[Quantity; 2]) -> Option<[Value; 2]> {
        Some([self.quantity(left)?, self.quantity(right)?])
    }

    fn option(&self, option: OptionId) -> Option<usize> {
        place(self.options, option)
    }

    fn quantity(&mut self, quantity: &Quantity) -> Option<Value> {
        Some(match quantity {
            Quantity::Number(number, _) => {
                self.thresholds.push(*number);
                json!({ "threshold": self.thresholds.len() - 1 })
            }
            Quantity::Negate(inner) => json!({ "negate": self.quantity(inner)? }),
            Quantity::Abs(inner) => json!({ "abs": self.quantity(inner)? }),
            Quantity::Binary(operator, sides) => {
                let word = match operator {
                    Operator::Add => "+",
                    Operator::Subtract => "-",
                    Operator::Multiply => "*",
                    Operator::Divide => "/",
                    Operator::Max => "max",
                    Operator::Min => "min",
                };
                json!({ "op": word, "sides": self.sides(sides)? })
            }
            Quantity::Measure { measure, option } => {
                json!({ "measure": measure, "option": self.option(*option)? })
            }
            Quantity::Uncertainty(factor) => json!({ "factor": factor }),
            Quantity::Part { split, part } => json!({ "split": split, "part": part }),
            Quantity::Share(inner) => json!({ "share": self.proposition(inner)? }),
            Quantity::Leads(option, outcome) => json!({ "leads": self.option(*option)?, "outcome": outcome }),
            Quantity::Beats(a, b, outcome) => {
                json!({ "beats": [self.option(*a)?, self.option(*b)?], "outcome": outcome })
            }
            Quantity::Hinge {
                uncertainty,
                outcome,
                options: [a, b],
            } => json!({
                "hinge": uncertainty, "outcome": outcome, "options": [self.option(*a)?, self.option(*b)?],
            }),
        })
    }
}
