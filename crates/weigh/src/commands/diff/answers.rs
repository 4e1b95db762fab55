//! The answers to the decision maker's questions in words that change only when an answer does: numbers that a little sampling moves
//! are left out.

use std::collections::BTreeMap;

use serde_json::Value;

/// So many of the uncertainties most worth knowing are compared.
const MOST: usize = 3;
/// An option that comes first under fewer draws of weights than this is not told.
const SELDOM: f64 = 0.05;

/// The answers of a run's summary, by question.
pub(super) fn answers(summary: &Value) -> BTreeMap<String, String> {
    let decision = &summary["decision"];
    let mut all = BTreeMap::new();
    for one in items(&decision["information"]) {
        let told: Vec<String> = items(&one["singles"])
            .filter(|single| beyond_chance(single))
            .take(MOST)
            .map(|single| words(&single["uncertainties"]).join(" and "))
            .collect();
        let text = if told.is_empty() {
            "no one assumption".to_owned()
        } else {
            in_order(told)
        };
        all.insert(format!("{}, most worth knowing", word(&one["outcome"])), text);
    }
    for one in items(&decision["smallest_changes"]) {
        for (key, what) in [("single", "of one assumption"), ("joint", "of several")] {
            let flip = &one[key];
            let text = if flip.is_null() {
                "none is enough".to_owned()
            } else {
                let changed: Vec<String> = items(&flip["changes"])
                    .take(MOST)
                    .map(|change| word(&change["uncertainty"]).to_owned())
                    .collect();
                let tried = if flip["distance_in_the_model"].is_null() {
                    "not in the model"
                } else {
                    "in the model"
                };
                format!(
                    "{}, then {} leads ({tried})",
                    in_order(changed),
                    word(&flip["to"])
                )
            };
            all.insert(format!("{}, smallest change {what}", word(&one["outcome"])), text);
        }
    }
    for one in items(&decision["quarrels"]) {
        let number = |key: &str| one[key].as_f64().unwrap_or(0.0);
        let about = match (number("total") > 0.0, number("facts") > number("values")) {
            (false, _) => "they would choose alike",
            (true, true) => "more about facts than values",
            (true, false) => "more about values than facts",
        };
        all.insert(
            format!("{} and {}", word(&one["a"]), word(&one["b"])),
            about.to_owned(),
        );
    }
    let first: Vec<String> = items(&decision["acceptability"]["policies"])
        .filter(|one| one["ranks"][0].as_f64().is_some_and(|share| share >= SELDOM))
        .map(|one| word(&one["policy"]).to_owned())
        .collect();
    all.insert(
        "first under some weights drawn evenly".to_owned(),
        first.join(", "),
    );
    for one in items(&decision["claims"]) {
        for key in ["holds", "fails"] {
            all.insert(
                format!("claim {}, where it {key}", word(&one["claim"])),
                limits(&one[key]),
            );
        }
    }
    for one in items(&decision["options"]) {
        let key = format!("{}, where {} fails", word(&one["outcome"]), word(&one["policy"]));
        all.insert(key, limits(&one["fails"]));
    }
    for one in items(&decision["judgement"]) {
        let names = items(&one["hinges"]).map(|hinge| word(&hinge["uncertainty"]).to_owned());
        all.insert(
            format!("{}, judgement that decides", word(&one["outcome"])),
            in_order(names.collect()),
        );
    }
    let enough = if decision["enough"]["enough"].as_bool() == Some(true) {
        "yes"
    } else {
        "no"
    };
    all.insert("enough futures".to_owned(), enough.to_owned());
    all
}

/// Which uncertainties a box limits, and from which side.
fn limits(found: &Value) -> String {
    if found.is_null() {
        return "nowhere more than elsewhere".to_owned();
    }
    let limit = |limit: &Value| {
        let side = match (limit["low"].is_null(), limit["high"].is_null()) {
            (false, false) => "in the middle",
            (false, true) => "high",
            (true, false) => "low",
            (true, true) => "of some kinds",
        };
        format!("{} {side}", word(&limit["uncertainty"]))
    };
    let all: Vec<String> = items(&found["limits"]).map(limit).collect();
    all.join(" and ")
}

fn beyond_chance(single: &Value) -> bool {
    match (single["value"].as_f64(), single["standard_error"].as_f64()) {
        (Some(value), Some(error)) => value > 0.0 && value > 2.0 * error,
        _ => false,
    }
}

fn in_order(mut names: Vec<String>) -> String {
    // Neighbours in rank change places easily: that is no other answer.
    names.sort();
    names.join(", ")
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().map_or(&[][..], Vec::as_slice).iter()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

fn words(list: &Value) -> Vec<&str> {
    items(list).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_changes_only_with_what_it_says() {
        let summary = |order: [&str; 2], high: f64, leads: &str| {
            let single = |id: &str| json!({ "uncertainties": [id], "value": 3.0, "standard_error": 0.5 });
            json!({ "decision": {
                "enough": { "enough": true },
                "information": [{ "outcome": "lost", "singles": [single(order[0]), single(order[1])] }],
                "smallest_changes": [{ "outcome": "lost", "single": {
                    "to": leads, "distance_in_the_model": 0.2, "changes": [{ "uncertainty": "a" }] }, "joint": null }],
                "claims": [{ "claim": "c", "fails": null, "holds": { "limits": [
                    { "uncertainty": "a", "low": null, "high": high }] } }],
                "quarrels": [{ "a": "x", "b": "y", "total": 0.4, "facts": 0.3, "values": 0.1 }],
            } })
        };
        let first = answers(&summary(["a", "b"], 0.5, "wait"));
        assert_eq!(
            first,
            answers(&summary(["b", "a"], 0.6, "wait")),
            "sampling alone"
        );
        let other = answers(&summary(["a", "b"], 0.5, "mend"));
        let changed: Vec<&String> = first.keys().filter(|key| first[*key] != other[*key]).collect();
        assert_eq!(changed, ["lost, smallest change of one assumption"]);
        assert_eq!(
            first["lost, smallest change of one assumption"],
            "a, then wait leads (in the model)"
        );
        assert_eq!(first["claim c, where it holds"], "a low");
        assert_eq!(first["x and y"], "more about facts than values");
    }
}
