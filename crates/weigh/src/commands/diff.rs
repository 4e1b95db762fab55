//! `weigh diff`: which verdicts changed between two runs, and why.

mod answers;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use study::case::Case;

use crate::JSON_SCHEMA;
use crate::args::low;
use crate::commands::essence::essence;
use crate::commands::stored::{self, Stored};
use crate::exit::{Exit, Failure};
use crate::render::number::{grouped, of_hundred};
use crate::terminal::Terminal;

/// Something that was one way and is another.
struct Change {
    /// Its ids.
    what: String,
    /// The case's own words for it, where it has any.
    name: Option<String>,
    before: String,
    after: String,
}

/// What a side says that does not have the thing.
const NOT_THERE: &str = "not there";

/// Compares two run folders.
pub(crate) fn run(settings: &low::Diff, terminal: &Terminal) -> Result<Exit, Failure> {
    let (a, b) = (Stored::read(&settings.a)?, Stored::read(&settings.b)?);
    let summary = |run: &std::path::Path| -> Result<Value, Failure> {
        Ok(stored::json(&run.join("findings.json"))?["summary"].take())
    };
    let (before, after) = (summary(&settings.a)?, summary(&settings.b)?);
    let words = Words::of([&a.bound.study.case, &b.bound.study.case]);
    let parts = [
        Part {
            key: "verdicts",
            heading: "Verdicts that changed",
            none: "No verdict changed.",
            changes: verdicts(&before, &after, &words),
        },
        Part {
            key: "views",
            heading: "Camps whose view of the options changed",
            none: "No camp's view changed.",
            changes: views(&before, &after, &words),
        },
        Part {
            key: "claims",
            heading: "Claims that changed",
            none: "No claim changed.",
            changes: claims(&before, &after, &words),
        },
        Part {
            key: "hinges",
            heading: "What it hinges on changed",
            none: "It hinges on the same.",
            changes: changes(&hinges(&before), &hinges(&after), |key| words.outcome(key)),
        },
        Part {
            key: "answers",
            heading: "Answers to the decision maker's questions that changed",
            none: "The decision maker's questions have the same answers.",
            changes: changed_answers(&before, &after),
        },
        Part {
            key: "inputs",
            heading: "Because these inputs differ",
            none: "The inputs are the same.",
            changes: changes(&essence(&a), &essence(&b), |_| None),
        },
    ];
    let out = if settings.json {
        as_json(&parts)
    } else {
        text(&parts)
    };
    terminal.print(&out)?;
    Ok(Exit::Done)
}

/// Answers to the decision maker's questions; none of a run from before they were asked.
fn changed_answers(before: &Value, after: &Value) -> Vec<Change> {
    if before["decision"].is_null() || after["decision"].is_null() {
        return Vec::new();
    }
    changes(&answers::answers(before), &answers::answers(after), |_| None)
}

/// A list of changes.
struct Part {
    key: &'static str,
    heading: &'static str,
    none: &'static str,
    changes: Vec<Change>,
}

fn as_json(parts: &[Part]) -> String {
    let mut value =
        json!({ "schema": JSON_SCHEMA, "command": "diff", "exit": Exit::Done.code(), "diagnostics": [] });
    for part in parts {
        let one =
            |c: &Change| json!({ "what": c.what, "name": c.name, "before": c.before, "after": c.after });
        value[part.key] = part.changes.iter().map(one).collect();
    }
    format!("{value:#}\n")
}

fn text(parts: &[Part; 6]) -> String {
    let mut out = String::new();
    for part in parts {
        if part.changes.is_empty() {
            out.push_str(&format!("{}\n\n", part.none));
            continue;
        }
        out.push_str(&format!("{}\n", part.heading));
        for Change {
            what,
            name,
            before,
            after,
        } in &part.changes
        {
            let name = name.as_ref().map(|name| format!(": {name}")).unwrap_or_default();
            out.push_str(&format!("  {what}{name}\n    was  {before}\n    is   {after}\n"));
        }
        out.push('\n');
    }
    let [results @ .., inputs] = parts;
    out.push_str(why(
        &inputs.changes,
        results.iter().any(|part| !part.changes.is_empty()),
    ));
    out
}

/// The words of both cases, by id; where they differ, those of the later one.
#[derive(Default)]
struct Words {
    outcomes: BTreeMap<String, String>,
    addons: BTreeMap<String, String>,
    camps: BTreeMap<String, String>,
    claims: BTreeMap<String, String>,
}

impl Words {
    fn of(cases: [&Case; 2]) -> Self {
        let mut words = Self::default();
        for case in cases {
            let outcomes = case
                .outcomes
                .iter()
                .map(|one| (one.id.value.clone(), one.name.en.clone()));
            words.outcomes.extend(outcomes);
            let addons = case
                .addons
                .iter()
                .map(|one| (one.id.value.clone(), one.name.en.clone()));
            words.addons.extend(addons);
            let camps = case
                .camps
                .iter()
                .map(|one| (one.id.value.clone(), one.name.en.clone()));
            words.camps.extend(camps);
            let claims = case
                .claims
                .iter()
                .map(|one| (one.id.value.clone(), one.text.en.clone()));
            words.claims.extend(claims);
        }
        words
    }

    /// For a key of an outcome and an add-on; a case with one add-on does not name it.
    fn outcome(&self, key: &str) -> Option<String> {
        let (outcome, addon) = key.split_once(", ")?;
        let outcome = self.outcomes.get(outcome)?;
        let addon = self.addons.get(addon).filter(|_| self.addons.len() > 1);
        Some(addon.map_or_else(|| outcome.clone(), |addon| format!("{outcome} ({addon})")))
    }
}

/// What kind of difference it is.
fn why(inputs: &[Change], changed: bool) -> &'static str {
    let sampling = ["seed", "design", "futures"];
    let of_sampling = inputs
        .iter()
        .all(|change| sampling.contains(&change.what.as_str()));
    match (inputs.is_empty(), of_sampling, changed) {
        (true, _, false) => "The two runs are the same.\n",
        (true, _, true) => "The inputs are the same, so a version of weigh makes the difference.\n",
        (_, true, true) => "Only the sampling differs: what changed is not settled by this many futures.\n",
        (_, true, false) => "Only the sampling differs, and nothing depends on it.\n",
        (_, false, true) if inputs.len() == 1 => "Only this one input differs, so it is the reason.\n",
        (_, false, true) => {
            "Several inputs differ, and together they are the reason: change one at a time to see which does it.\n"
        }
        (_, false, false) => "The inputs differ, and nothing depends on it.\n",
    }
}

/// What stands in one and not, or differently, in the other.
fn changes(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    name: impl Fn(&str) -> Option<String>,
) -> Vec<Change> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let side = |map: &BTreeMap<String, String>, key: &String| {
        map.get(key).cloned().unwrap_or_else(|| NOT_THERE.to_owned())
    };
    keys.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| Change {
            what: key.clone(),
            name: name(key),
            before: side(before, key),
            after: side(after, key),
        })
        .collect()
}

/// Items of a list by the words under some keys.
fn by_keys<'a>(summary: &'a Value, list: &str, keys: &[&str]) -> Vec<(String, &'a Value)> {
    let items = summary[list].as_array().map_or(&[][..], Vec::as_slice);
    let key = |item: &Value| {
        let words: Vec<&str> = keys.iter().filter_map(|key| item[*key].as_str()).collect();
        words.join(", ")
    };
    items.iter().map(|item| (key(item), item)).collect()
}

/// The items of both sides, in the order of the first and then what only the second has; null where one is not there.
fn pairs<'a>(
    before: &'a Value,
    after: &'a Value,
    list: &str,
    keys: &[&str],
) -> Vec<(String, &'a Value, &'a Value)> {
    let (first, second) = (by_keys(before, list, keys), by_keys(after, list, keys));
    let of = |side: &[(String, &'a Value)], key: &str| {
        let found = side.iter().find(|(known, _)| known == key);
        found.map_or(&Value::Null, |(_, item)| *item)
    };
    let all: Vec<&String> = first.iter().chain(&second).map(|(key, _)| key).collect();
    let mut found: Vec<(String, &Value, &Value)> = Vec::new();
    for key in all {
        if !found.iter().any(|(known, ..)| known == key) {
            found.push((key.clone(), of(&first, key), of(&second, key)));
        }
    }
    found
}

/// A count of futures with its interval, as it was written.
struct Count {
    hundred: String,
    low: f64,
    high: f64,
}

fn count(value: &Value) -> Option<Count> {
    let hundred = of_hundred(value["count"].as_u64()?, value["of"].as_u64()?);
    Some(Count {
        hundred,
        low: value["low"].as_f64()?,
        high: value["high"].as_f64()?,
    })
}

/// Whether two counts differ by more than chance: their intervals do not meet.
fn differ(a: &Value, b: &Value) -> bool {
    match (count(a), count(b)) {
        (Some(a), Some(b)) => a.high < b.low || b.high < a.low,
        _ => a != b,
    }
}

/// The policies that lead anywhere on either side, in the order of the case, and whether any lead moved by more than chance.
fn leading<'a>(first: &'a Value, second: &'a Value) -> (Vec<&'a str>, bool) {
    let mut policies: Vec<&str> = Vec::new();
    for (policy, _) in [second, first]
        .iter()
        .filter_map(|side| side["leads"].as_object())
        .flatten()
    {
        if !policies.contains(&policy.as_str()) {
            policies.push(policy);
        }
    }
    let moved = policies
        .iter()
        .any(|policy| differ(&first["leads"][*policy], &second["leads"][*policy]));
    let leads = |side: &Value, policy: &str| {
        side["leads"][policy]["count"]
            .as_u64()
            .is_some_and(|count| count > 0)
    };
    policies.retain(|policy| leads(first, policy) || leads(second, policy));
    (policies, moved)
}

/// Verdicts with another leader, or with shares that moved by more than chance; outcomes that came or went.
fn verdicts(before: &Value, after: &Value, words: &Words) -> Vec<Change> {
    let mut found = Vec::new();
    for (key, first, second) in pairs(before, after, "verdicts", &["outcome", "addon"]) {
        let (policies, moved) = leading(first, second);
        if first["leader"] != second["leader"]
            || moved
            || differ(&first["close_calls"], &second["close_calls"])
        {
            found.push(Change {
                name: words.outcome(&key),
                what: key,
                before: verdict_text(first, &policies),
                after: verdict_text(second, &policies),
            });
        }
    }
    found
}

fn verdict_text(verdict: &Value, policies: &[&str]) -> String {
    if verdict.is_null() {
        return NOT_THERE.to_owned();
    }
    let leader = match verdict["leader"].as_str() {
        Some(leader) => format!("{leader} leads"),
        None => "too close to call".to_owned(),
    };
    let mut counts = leads(verdict, policies);
    if let Some(count) = count(&verdict["close_calls"]) {
        counts.push(format!("close call {}", count.hundred));
    }
    format!("{leader}; of 100: {}", counts.join(", "))
}

fn leads(item: &Value, policies: &[&str]) -> Vec<String> {
    let of = |policy: &&str| Some(format!("{policy} {}", count(&item["leads"][*policy])?.hundred));
    policies.iter().filter_map(of).collect()
}

/// Camps in whose futures leads moved by more than chance; camps that came or went.
fn views(before: &Value, after: &Value, words: &Words) -> Vec<Change> {
    let mut found = Vec::new();
    for (key, first, second) in pairs(before, after, "camps", &["camp"]) {
        let (policies, moved) = leading(first, second);
        if !moved && first.is_null() == second.is_null() {
            continue;
        }
        let text = |view: &Value| {
            let Some(futures) = view["futures"].as_u64() else {
                return NOT_THERE.to_owned();
            };
            let counts = match leads(view, &policies) {
                none if none.is_empty() => "no option leads".to_owned(),
                counts => counts.join(", "),
            };
            format!(
                "of 100 of the {} futures it believes in: {counts}",
                grouped(futures)
            )
        };
        found.push(Change {
            name: words.camps.get(&key).cloned(),
            before: text(first),
            after: text(second),
            what: key,
        });
    }
    found
}

/// Claims that hold in another share of futures, by more than chance, or turned; claims that came or went.
fn claims(before: &Value, after: &Value, words: &Words) -> Vec<Change> {
    let text = |claim: &Value| match (count(&claim["holds"]), claim["ensemble"].as_bool()) {
        _ if claim.is_null() => NOT_THERE.to_owned(),
        (Some(count), _) => format!("holds in {} of 100 futures tested", count.hundred),
        (None, Some(holds)) => if holds {
            "holds of the ensemble"
        } else {
            "does not hold of the ensemble"
        }
        .to_owned(),
        (None, None) => "not judged".to_owned(),
    };
    let mut found = Vec::new();
    for (key, first, second) in pairs(before, after, "claims", &["claim"]) {
        if differ(&first["holds"], &second["holds"])
            || first["ensemble"] != second["ensemble"]
            || first.is_null() != second.is_null()
        {
            found.push(Change {
                name: words.claims.get(&key).cloned(),
                before: text(first),
                after: text(second),
                what: key,
            });
        }
    }
    found
}

/// The strongest hinges of each outcome, by id and in order; the two options in the order of the alphabet.
fn hinges(summary: &Value) -> BTreeMap<String, String> {
    let strongest = |item: &Value| {
        let items = item["items"].as_array().map_or(&[][..], Vec::as_slice);
        let strong = items
            .iter()
            .filter(|hinge| hinge["share"].as_f64().is_some_and(|share| share >= 0.1));
        let names: Vec<&str> = strong
            .filter_map(|hinge| hinge["uncertainty"].as_str())
            .take(3)
            .collect();
        let mut pair = [&item["a"], &item["b"]].map(|option| option.as_str().unwrap_or("?"));
        pair.sort_unstable();
        let names = if names.is_empty() {
            "no single assumption".to_owned()
        } else {
            names.join(", ")
        };
        format!("the gap between {} and {}: {names}", pair[0], pair[1])
    };
    by_keys(summary, "hinges", &["outcome", "addon"])
        .into_iter()
        .map(|(key, item)| (key, strongest(item)))
        .collect()
}
