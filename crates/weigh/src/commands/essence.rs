//! What of a run's inputs can change its result, as words by key: wording and sources are left out.

use std::collections::BTreeMap;

use study::case::{At, Belief, Case, CloseCall, Distribution, LegalStatus, Outcome, Policy, Setting};

use crate::commands::stored::Stored;
use crate::render::number::shortest;

/// The inputs of a run by what they are.
pub(crate) fn essence(stored: &Stored) -> BTreeMap<String, String> {
    let (record, case, model) = (&stored.record, &stored.bound.study.case, &stored.bound.model);
    let mut found = BTreeMap::new();
    let mut add = |key: String, value: String| {
        found.insert(key, value);
    };
    add("version of weigh".into(), record.version.clone());
    add("seed".into(), record.seed.to_string());
    add("design".into(), record.design.clone());
    add("futures".into(), record.futures.to_string());
    add("options".into(), record.options.join(", "));
    add(
        "interrupted".into(),
        if record.interrupted { "yes" } else { "no" }.into(),
    );
    add("start of the policies".into(), shortest(case.start));
    add("baseline".into(), case.policies[case.baseline].id.value.clone());
    add(
        "headline".into(),
        ids(&case.headline, |at| case.outcomes[at].id.value.clone()),
    );
    for (what, list) in [("policy", &case.policies), ("add-on", &case.addons)] {
        for policy in list {
            add(format!("{what} `{}`", policy.id.value), levers(policy));
        }
    }
    for (what, list) in [("outcome", &case.outcomes), ("quantity", &case.quantities)] {
        for one in list {
            add(format!("{what} `{}`", one.id.value), outcome(one));
        }
    }
    for uncertainty in &case.uncertainties {
        add(
            format!("range of `{}`", uncertainty.id.value),
            distribution(&uncertainty.distribution),
        );
    }
    for constraint in &case.constraints {
        add(
            format!("constraint `{}`", constraint.id.value),
            constraint.rule.value.clone(),
        );
    }
    for camp in &case.camps {
        add(format!("camp `{}`", camp.id.value), view(case, camp));
    }
    for claim in &case.claims {
        let says = claim
            .proposition
            .as_ref()
            .map_or("shown only", |says| says.value.as_str());
        add(format!("claim `{}`", claim.id.value), says.to_owned());
    }
    for id in model.variables.ids() {
        let variable = &model.variables[id];
        if !variable.hidden {
            add(
                format!("model: `{}`", variable.name),
                model::print_equations(model, id),
            );
        }
    }
    found
}

fn ids(indices: &[usize], id: impl Fn(usize) -> String) -> String {
    indices.iter().map(|&at| id(at)).collect::<Vec<_>>().join(", ")
}

fn levers(policy: &Policy) -> String {
    let lever = |lever: &study::case::Lever| {
        let setting = match &lever.setting {
            Setting::Value(value) => shortest(*value),
            Setting::Steps(steps) => {
                let step =
                    |(time, value): &(f64, f64)| format!("{} from {}", shortest(*value), shortest(*time));
                steps.iter().map(step).collect::<Vec<_>>().join(", ")
            }
        };
        format!("{} = {setting}", lever.variable.value)
    };
    if policy.levers.is_empty() {
        return "no lever".to_owned();
    }
    policy.levers.iter().map(lever).collect::<Vec<_>>().join("; ")
}

fn outcome(outcome: &Outcome) -> String {
    let end = |end: Option<f64>, none: &str| end.map_or_else(|| none.to_owned(), shortest);
    let close = match outcome.close_call {
        CloseCall::Absolute(margin) => shortest(margin),
        CloseCall::ShareOfBaseline(share) => format!("{} of the baseline", shortest(share)),
    };
    format!(
        "{:?} of {} from {} to {}, {} is better, scored from {} to {}, close call {close}",
        outcome.reduce,
        outcome.variable.value,
        end(outcome.from, "the start"),
        end(outcome.to, "the end"),
        if outcome.higher_is_better {
            "higher"
        } else {
            "lower"
        },
        shortest(outcome.worst),
        shortest(outcome.best),
    )
}

fn distribution(distribution: &Distribution) -> String {
    let n = |value: &f64| shortest(*value);
    match distribution {
        Distribution::Uniform { low, high } => format!("uniform, {} to {}", n(low), n(high)),
        Distribution::LogUniform { low, high } => format!("log-uniform, {} to {}", n(low), n(high)),
        Distribution::Triangular { low, mode, high } => {
            format!("triangular, {} to {}, mode {}", n(low), n(high), n(mode))
        }
        Distribution::Pert { low, mode, high } => {
            format!("PERT, {} to {}, mode {}", n(low), n(high), n(mode))
        }
        Distribution::TruncatedNormal { mean, sd, low, high } => {
            format!(
                "normal, mean {}, deviation {}, cut to {} to {}",
                n(mean),
                n(sd),
                n(low),
                n(high)
            )
        }
        Distribution::Integer { low, high } => format!("whole numbers, {low} to {high}"),
        Distribution::Categorical { values, .. } => {
            format!("one of {}", values.iter().map(n).collect::<Vec<_>>().join(", "))
        }
    }
}

fn view(case: &Case, camp: &study::case::Camp) -> String {
    let belief = |(at, belief): &(usize, Belief)| {
        let id = &case.uncertainties[*at].id.value;
        match belief {
            Belief::Between(low, high) => format!("{id} {} to {}", shortest(*low), shortest(*high)),
            Belief::OneOf(values) => {
                format!(
                    "{id} in {}",
                    values
                        .iter()
                        .map(|value| shortest(*value))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
        }
    };
    let weight =
        |(at, weight): &(usize, f64)| format!("{} {}", case.outcomes[*at].id.value, shortest(*weight));
    let out = |(law, status): &(At<String>, LegalStatus)| format!("{} {status:?}", law.value);
    let part = |name: &str, parts: Vec<String>| {
        format!(
            "{name} {}",
            if parts.is_empty() {
                "nothing".into()
            } else {
                parts.join(", ")
            }
        )
    };
    [
        part("believes", camp.beliefs.iter().map(belief).collect()),
        part("values", camp.values.iter().map(weight).collect()),
        part("strikes out", camp.inadmissible.iter().map(out).collect()),
    ]
    .join("; ")
}
