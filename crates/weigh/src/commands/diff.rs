//! `weigh diff`: which verdicts changed between two runs, and why.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::JSON_SCHEMA;
use crate::args::low;
use crate::commands::essence::essence;
use crate::commands::stored::{self, Stored};
use crate::exit::{Exit, Failure};
use crate::render::number::of_hundred;
use crate::terminal::Terminal;

/// Something that was one way and is another.
struct Change {
    what: String,
    before: String,
    after: String,
}

/// Compares two run folders.
pub(crate) fn run(settings: &low::Diff, terminal: &Terminal) -> Result<Exit, Failure> {
    let (a, b) = (Stored::read(&settings.a)?, Stored::read(&settings.b)?);
    let summary = |run: &std::path::Path| -> Result<Value, Failure> {
        Ok(stored::json(&run.join("findings.json"))?["summary"].take())
    };
    let (before, after) = (summary(&settings.a)?, summary(&settings.b)?);
    let inputs = changes(&essence(&a), &essence(&b));
    let verdicts = verdicts(&before, &after);
    let claims = claims(&before, &after);
    let hinges = changes(&hinges(&before), &hinges(&after));
    let out = if settings.json {
        let list = |changes: &[Change]| -> Vec<Value> {
            let one = |c: &Change| json!({ "what": c.what, "before": c.before, "after": c.after });
            changes.iter().map(one).collect()
        };
        let value = json!({
            "schema": JSON_SCHEMA, "command": "diff", "exit": Exit::Done.code(),
            "inputs": list(&inputs), "verdicts": list(&verdicts), "claims": list(&claims), "hinges": list(&hinges),
            "diagnostics": [],
        });
        format!("{value:#}\n")
    } else {
        text(&inputs, &verdicts, &claims, &hinges)
    };
    terminal.print(&out)?;
    Ok(Exit::Done)
}

fn text(inputs: &[Change], verdicts: &[Change], claims: &[Change], hinges: &[Change]) -> String {
    let mut out = String::new();
    let mut part = |heading: &str, none: &str, changes: &[Change]| {
        if changes.is_empty() {
            out.push_str(&format!("{none}\n\n"));
            return;
        }
        out.push_str(&format!("{heading}\n"));
        for Change { what, before, after } in changes {
            out.push_str(&format!("  {what}\n    was  {before}\n    is   {after}\n"));
        }
        out.push('\n');
    };
    part("Verdicts that changed", "No verdict changed.", verdicts);
    part("Claims that changed", "No claim changed.", claims);
    part("What it hinges on changed", "It hinges on the same.", hinges);
    part("Because these inputs differ", "The inputs are the same.", inputs);
    out.push_str(why(
        inputs,
        !(verdicts.is_empty() && claims.is_empty() && hinges.is_empty()),
    ));
    out
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
        (_, false, true) => "Several inputs differ: change one at a time to see which is the reason.\n",
        (_, false, false) => "The inputs differ, and nothing depends on it.\n",
    }
}

/// What stands in one and not, or differently, in the other.
fn changes(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Change> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let side = |map: &BTreeMap<String, String>, key: &String| {
        map.get(key).cloned().unwrap_or_else(|| "not there".to_owned())
    };
    keys.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| Change {
            what: key.clone(),
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

/// Verdicts with another leader, or with shares that moved by more than chance.
fn verdicts(before: &Value, after: &Value) -> Vec<Change> {
    let later: BTreeMap<String, &Value> = by_keys(after, "verdicts", &["outcome", "addon"])
        .into_iter()
        .collect();
    let mut found = Vec::new();
    for (key, first) in by_keys(before, "verdicts", &["outcome", "addon"]) {
        let Some(second) = later.get(&key) else { continue };
        let policies: BTreeSet<&String> = [first, *second]
            .into_iter()
            .filter_map(|verdict| verdict["leads"].as_object())
            .flat_map(|leads| leads.keys())
            .collect();
        let moved = policies
            .iter()
            .any(|policy| differ(&first["leads"][*policy], &second["leads"][*policy]));
        if first["leader"] != second["leader"]
            || moved
            || differ(&first["close_calls"], &second["close_calls"])
        {
            found.push(Change {
                what: key,
                before: verdict_text(first),
                after: verdict_text(second),
            });
        }
    }
    found
}

fn verdict_text(verdict: &Value) -> String {
    let mut parts = vec![match verdict["leader"].as_str() {
        Some(leader) => format!("{leader} leads"),
        None => "too close to call".to_owned(),
    }];
    for (policy, leads) in verdict["leads"].as_object().into_iter().flatten() {
        if let Some(count) = count(leads) {
            parts.push(format!("{policy} {}", count.hundred));
        }
    }
    if let Some(count) = count(&verdict["close_calls"]) {
        parts.push(format!("close call {} (of 100)", count.hundred));
    }
    parts.join("; ")
}

/// Claims that hold in another share of futures, by more than chance, or turned.
fn claims(before: &Value, after: &Value) -> Vec<Change> {
    let later: BTreeMap<String, &Value> = by_keys(after, "claims", &["claim"]).into_iter().collect();
    let text = |claim: &Value| match (count(&claim["holds"]), claim["ensemble"].as_bool()) {
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
    for (key, first) in by_keys(before, "claims", &["claim"]) {
        let Some(second) = later.get(&key) else { continue };
        if differ(&first["holds"], &second["holds"]) || first["ensemble"] != second["ensemble"] {
            found.push(Change {
                what: key,
                before: text(first),
                after: text(second),
            });
        }
    }
    found
}

/// The strongest hinges of each outcome, by id and in order.
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
        let (a, b) = (
            item["a"].as_str().unwrap_or("?"),
            item["b"].as_str().unwrap_or("?"),
        );
        let names = if names.is_empty() {
            "no single assumption".to_owned()
        } else {
            names.join(", ")
        };
        format!("the gap between {a} and {b}: {names}")
    };
    by_keys(summary, "hinges", &["outcome", "addon"])
        .into_iter()
        .map(|(key, item)| (key, strongest(item)))
        .collect()
}
