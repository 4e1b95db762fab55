//! What a sceptic should know about a case before reading its verdicts.
//!
//! In comes a case (and, for dominated options, verdicts of a run); out go concerns, in the order of the case. None of
//! them is an error: a case may have its reasons, but the reader is told.

use engine::math::ln;
use model::Span;

use crate::case::{Case, Distribution, Grade, Role, Text, Uncertainty};
use crate::findings::{FairnessNote, Verdict};

/// A range is one-sided if its neutral value lies within this share of its width from an end.
const NEAR_END: f64 = 0.05;
/// A camp's text is much longer than another's from this ratio on.
const MUCH_LONGER: f64 = 1.5;

/// A note and where in the case it arises.
#[derive(Clone, Debug, PartialEq)]
pub struct Concern {
    /// What the reader is told.
    pub note: FairnessNote,
    /// Its place.
    pub span: Option<Span>,
}

/// What can be seen without running the case.
pub fn of_case(case: &Case) -> Vec<Concern> {
    let mut concerns = Vec::new();
    concerns.extend(case.uncertainties.iter().filter_map(neutral));
    concerns.extend(unsourced(case));
    concerns.extend(one_sided_claims(case));
    concerns.extend(camp_texts(case));
    concerns.extend(homeless_statements(case));
    concerns
}

/// Options that another one beats wherever they differ: over all outcomes at the same add-on it never is better by more than
/// the margin, and on one at least it is worse in some future.
pub fn dominated(case: &Case, verdicts: &[Verdict]) -> Vec<Concern> {
    let mut concerns = Vec::new();
    for (addon, added) in case.addons.iter().enumerate() {
        let here: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.addon == addon).collect();
        let judged = |a: usize, b: usize| here.iter().all(|verdict| verdict.pairs[a][b].of > 0);
        let beats = |a: usize, b: usize| here.iter().any(|verdict| verdict.pairs[a][b].count > 0);
        for (weak, policy) in case.policies.iter().enumerate() {
            let strong = (0..case.policies.len()).find(|&strong| {
                strong != weak && judged(strong, weak) && beats(strong, weak) && !beats(weak, strong)
            });
            let Some(strong) = strong else { continue };
            let other = &case.policies[strong].name;
            concerns.push(Concern {
                note: note(
                    "dominated_option",
                    &format!("{}+{}", policy.id.value, added.id.value),
                    format!(
                        "“{}” ({}) is nowhere better than “{}” by more than a close call, on any outcome, and sometimes worse.",
                        policy.name.en, added.name.en, other.en
                    ),
                    format!(
                        "«{}» ({}) nunca es mejor que «{}» por más de un empate técnico, en ningún resultado, y a veces es peor.",
                        policy.name.es, added.name.es, other.es
                    ),
                ),
                span: Some(policy.id.span),
            });
        }
    }
    concerns
}

fn note(kind: &str, subject: &str, en: String, es: String) -> FairnessNote {
    FairnessNote {
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        en,
        es,
    }
}

/// A contested effect whose absence lies outside or at an end of its range.
fn neutral(uncertainty: &Uncertainty) -> Option<Concern> {
    let neutral = uncertainty.neutral?;
    let place = match &uncertainty.distribution {
        Distribution::Categorical { values, .. } if values.contains(&neutral) => return None,
        Distribution::Categorical { .. } => Place::Outside,
        // Far out on a logarithmic scale is far out in the draws.
        Distribution::LogUniform { low, high } if neutral > 0.0 => place(ln(neutral / low), ln(high / low)),
        Distribution::LogUniform { .. } => Place::Outside,
        Distribution::Uniform { low, high }
        | Distribution::Triangular { low, high, .. }
        | Distribution::Pert { low, high, .. }
        | Distribution::TruncatedNormal { low, high, .. } => place(neutral - low, high - low),
        Distribution::Integer { low, high } => place(neutral - *low as f64, *high as f64 - *low as f64),
    };
    let Text { en, es } = &uncertainty.label;
    let (kind, in_english, in_spanish) = match place {
        Place::Inside => return None,
        Place::Outside => (
            "neutral_outside",
            "lies outside its range",
            "queda fuera de su rango",
        ),
        Place::AtEnd => (
            "neutral_at_end",
            "lies at an end of its range",
            "queda en un extremo de su rango",
        ),
    };
    Some(Concern {
        note: note(
            kind,
            &uncertainty.id.value,
            format!(
                "The value {neutral} of “{en}”, at which the contested effect is absent, {in_english}: only one side can be right."
            ),
            format!(
                "El valor {neutral} de «{es}», con el que el efecto en disputa desaparece, {in_spanish}: solo un lado puede tener razón."
            ),
        ),
        span: Some(uncertainty.range_span),
    })
}

enum Place {
    Inside,
    AtEnd,
    Outside,
}

/// Where a value lies that is `above` over the lower end of a range of this `width`.
fn place(above: f64, width: f64) -> Place {
    let near = NEAR_END * width;
    if above < 0.0 || above > width {
        Place::Outside
    } else if above <= near || width - above <= near {
        Place::AtEnd
    } else {
        Place::Inside
    }
}

/// Ranges and histories without a source. An event's luck has none by its nature, and the weights of a split only share
/// out a total that has its own.
fn unsourced(case: &Case) -> Vec<Concern> {
    let mut concerns = Vec::new();
    let parts = case.splits.iter().flat_map(|split| &split.parts);
    let weights: Vec<usize> = parts.map(|part| part.weight).collect();
    for (index, uncertainty) in case.uncertainties.iter().enumerate() {
        let exempt = uncertainty.role == Role::Chance || weights.contains(&index);
        if uncertainty.sources.is_empty() && !exempt {
            let Text { en, es } = &uncertainty.label;
            let (in_english, in_spanish) = match uncertainty.grade {
                Grade::J => ("rests on judgement alone", "descansa solo en juicio"),
                _ => ("has no source", "no tiene fuente"),
            };
            concerns.push(Concern {
                note: note(
                    "without_source",
                    &uncertainty.id.value,
                    format!("The range of “{en}” {in_english}."),
                    format!("El rango de «{es}» {in_spanish}."),
                ),
                span: Some(uncertainty.range_span),
            });
        }
    }
    for history in &case.history {
        if history.sources.is_empty() {
            let Text { en, es } = &history.label;
            concerns.push(Concern {
                note: note(
                    "without_source",
                    &history.series.value,
                    format!("The history of “{en}” has no source."),
                    format!("La historia de «{es}» no tiene fuente."),
                ),
                span: Some(history.series.span),
            });
        }
    }
    concerns
}

fn one_sided_claims(case: &Case) -> Vec<Concern> {
    let mut concerns = Vec::new();
    for claim in &case.claims {
        let (in_english, in_spanish) =
            match (claim.evidence_for.is_empty(), claim.evidence_against.is_empty()) {
                (false, false) => continue,
                (true, true) => (
                    "no evidence, neither for nor against",
                    "ninguna prueba, ni a favor ni en contra",
                ),
                (true, false) => ("evidence against only", "solo pruebas en contra"),
                (false, true) => ("evidence for only", "solo pruebas a favor"),
            };
        let Text { en, es } = &claim.text;
        concerns.push(Concern {
            note: note(
                "one_sided_claim",
                &claim.id.value,
                format!("The claim “{}” has {in_english}.", without_stop(en)),
                format!("La afirmación «{}» tiene {in_spanish}.", without_stop(es)),
            ),
            span: Some(claim.id.span),
        });
    }
    concerns
}

fn without_stop(text: &str) -> &str {
    text.trim_end().trim_end_matches('.')
}

/// One note for each camp whose text is much longer than the shortest, in either language.
fn camp_texts(case: &Case) -> Vec<Concern> {
    let length = |text: &str| text.chars().count().max(1) as f64;
    let shortest = |of: fn(&Text) -> &str| {
        case.camps
            .iter()
            .min_by_key(|camp| of(&camp.text).chars().count())
            .map(|camp| (&camp.name, length(of(&camp.text))))
    };
    let english: fn(&Text) -> &str = |text| &text.en;
    let spanish: fn(&Text) -> &str = |text| &text.es;
    let mut concerns = Vec::new();
    for camp in &case.camps {
        let longest = [english, spanish]
            .into_iter()
            .filter_map(|of| shortest(of).map(|(name, least)| (name, length(of(&camp.text)) / least)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((other, ratio)) = longest.filter(|(_, ratio)| *ratio >= MUCH_LONGER) else {
            continue;
        };
        concerns.push(Concern {
            note: note(
                "long_camp_text",
                &camp.id.value,
                format!(
                    "The view of “{}” is {ratio:.1} times as long as that of “{}”.",
                    camp.name.en, other.en
                ),
                format!(
                    "La postura de «{}» es {ratio:.1} veces más larga que la de «{}».",
                    camp.name.es, other.es
                ),
            ),
            span: Some(camp.id.span),
        });
    }
    concerns
}

fn homeless_statements(case: &Case) -> Vec<Concern> {
    let homeless = case
        .statements
        .iter()
        .filter(|statement| statement.places.is_empty());
    homeless
        .map(|statement| Concern {
            note: note(
                "statement_without_place",
                &statement.number.to_string(),
                format!(
                    "Statement {} of the debate has no place in the case.",
                    statement.number
                ),
                format!(
                    "La declaración {} del debate no tiene lugar en el caso.",
                    statement.number
                ),
            ),
            span: None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
