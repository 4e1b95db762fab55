//! The whole result of a run in plain language, for `summary.txt`: who leads, by outcome and by view; what it hinges on; what flips it.

use serde_json::{Value, json};
use study::case::{Case, Grade};
use study::findings::{Findings, Flip, Hinges, Share, Verdict};
use study::run::numerics::Deviation;

use crate::render::decision;
use crate::render::number::{counted, grouped, of_hundred, rounded};
use crate::render::table::Table;

/// Hinges told for each outcome.
const MOST_HINGES: usize = 3;
/// A hinge below this share of the gap's variance is not worth a word.
pub(super) const LEAST_HINGE: f64 = 0.03;

/// The result for a reader who wants it whole.
pub(crate) fn text(case: &Case, findings: &Findings) -> String {
    let mut out = format!("{}\n{}\n\n", case.title.en, case.question.en);
    out.push_str(&tally(case, findings));
    out.push_str("\nOptions\n");
    out.push_str(&options(case));
    for addon in 0..case.addons.len() {
        out.push_str(&who_leads(case, findings, addon));
    }
    if !can_compare(case, findings) {
        out.push_str("\nOnly one option was run with the first add-on: there is nothing to compare.\n");
        return out;
    }
    out.push_str(&in_words(case, findings));
    out.push_str(&views(case, findings));
    out.push_str(&hinges(case, findings));
    out.push_str(&flips(case, findings));
    out.push_str(&decision::text(case, findings));
    out.push_str(&extremes(case, findings));
    out.push_str(&repeat(case, findings));
    out
}

/// The options with their letters.
pub(super) fn options(case: &Case) -> String {
    let line = |(letter, policy): (usize, &study::case::Policy)| {
        format!("  {}  {}\n", letter_of(letter), policy.name.en)
    };
    case.policies.iter().enumerate().map(line).collect()
}

/// The table of an add-on; nothing if none of its options was run.
pub(super) fn who_leads(case: &Case, findings: &Findings, addon: usize) -> String {
    let all = findings.verdicts.iter();
    let verdicts: Vec<&Verdict> = all.filter(|verdict| verdict.addon == addon).collect();
    if verdicts.is_empty() {
        return String::new();
    }
    format!(
        "\nWho leads, in how many of 100 futures tested ({})\n{}",
        case.addons[addon].name.en,
        leads(case, findings, &verdicts)
    )
}

/// Whether two options or more were run with the first add-on.
pub(super) fn can_compare(case: &Case, findings: &Findings) -> bool {
    let run = |policy: &usize| was_run(findings, 0, *policy);
    (0..case.policies.len()).filter(run).count() >= 2
}

/// A, B, ... Z, AA, AB, ...
fn letter_of(index: usize) -> String {
    let letter = char::from(b'A' + (index % 26) as u8);
    if index < 26 {
        letter.to_string()
    } else {
        format!("{}{letter}", letter_of(index / 26 - 1))
    }
}

pub(super) fn tally(case: &Case, findings: &Findings) -> String {
    let tally = findings.tally;
    let accepted = tally.compared + tally.broken;
    let mut out = format!(
        "{} futures were tested under {}.",
        grouped(accepted),
        counted(findings.options.len() as u64, "option"),
    );
    if tally.rejected > 0 {
        out.push_str(&format!(
            " {} of {} drawn were rejected by the case's constraints.",
            grouped(tally.rejected),
            grouped(tally.drawn)
        ));
        if tally.rejected > accepted {
            out.push_str(" That is more than half: the ranges and the constraints fit badly.");
        }
    } else if !case.constraints.is_empty() {
        out.push_str(" None was rejected by the case's constraints.");
    }
    match tally.broken {
        0 => out.push_str(" None broke.\n"),
        broken => out.push_str(&format!(
            " {} broke (a variable became infinite or undefined under some option) and could not be compared.\n",
            grouped(broken)
        )),
    }
    out
}

/// The policies that were run at an add-on.
fn was_run(findings: &Findings, addon: usize, policy: usize) -> bool {
    findings
        .options
        .iter()
        .any(|option| option.addon == addon && option.policy == policy)
}

pub(super) fn hundred(share: &Share) -> String {
    of_hundred(share.count, share.of)
}

fn leads(case: &Case, findings: &Findings, verdicts: &[&Verdict]) -> String {
    let mut table = Table::default();
    let addon = verdicts.first().map_or(0, |verdict| verdict.addon);
    let run: Vec<usize> = (0..case.policies.len())
        .filter(|&policy| was_run(findings, addon, policy))
        .collect();
    let letters = run.iter().map(|&policy| letter_of(policy));
    table.row(
        [String::new()]
            .into_iter()
            .chain(letters)
            .chain(["close call".to_owned()]),
    );
    for verdict in verdicts {
        let name = case.outcomes[verdict.outcome].name.en.clone();
        let counts = run.iter().map(|&policy| hundred(&verdict.leads[policy]));
        table.row(
            [name]
                .into_iter()
                .chain(counts)
                .chain([hundred(&verdict.close_calls)]),
        );
    }
    table.text("  ")
}

/// The headline outcomes at the first add-on, one sentence each.
fn in_words(case: &Case, findings: &Findings) -> String {
    let mut out = String::from("\nIn words\n");
    for &outcome in &case.headline {
        let Some(verdict) = findings
            .verdicts
            .iter()
            .find(|verdict| verdict.addon == 0 && verdict.outcome == outcome)
        else {
            continue;
        };
        out.push_str(&format!(
            "  {}: {}.\n",
            case.outcomes[outcome].name.en,
            sentence(case, verdict)
        ));
        if !verdict.enough {
            out.push_str(&format!(
                "    These counts may be off by more than 2 of 100; {} futures would do.\n",
                grouped(verdict.enough_at)
            ));
        }
    }
    out
}

pub(super) fn sentence(case: &Case, verdict: &Verdict) -> String {
    let name = |policy: usize| case.policies[policy].name.en.as_str();
    let count = |policy: usize| hundred(&verdict.leads[policy]);
    let close = hundred(&verdict.close_calls);
    match (verdict.leader, verdict.ranking.as_slice()) {
        (Some(leader), ranking) => {
            let second = ranking.iter().find(|policy| **policy != leader);
            let second = second.map_or_else(String::new, |second| {
                format!(", {} in {}", name(*second), count(*second))
            });
            let (leader, led) = (name(leader), count(leader));
            format!("{leader} leads in {led} of 100 futures tested{second}; a close call in {close}")
        }
        (None, [first, second, ..]) => format!(
            "too close to call; {} leads in {} and {} in {} of 100 futures tested, a close call in {close}",
            name(*first),
            count(*first),
            name(*second),
            count(*second),
        ),
        (None, _) => format!("too close to call; a close call in {close} of 100 futures tested"),
    }
}

/// Each camp's futures and weights.
pub(super) fn views(case: &Case, findings: &Findings) -> String {
    if findings.camps.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "\nBy view: who leads by what each camp values, in how many of 100 of the futures it believes in\n",
    );
    let run: Vec<usize> = (0..case.policies.len())
        .filter(|&policy| was_run(findings, 0, policy))
        .collect();
    let mut table = Table::default();
    let letters = run.iter().map(|&policy| letter_of(policy));
    table.row(
        [String::new()]
            .into_iter()
            .chain(letters)
            .chain(["close call".to_owned(), "futures".to_owned()]),
    );
    let mut struck = false;
    for view in &findings.camps {
        let counts = run.iter().map(|&policy| {
            if view.struck_out.iter().any(|(out, _)| *out == policy) {
                "×".to_owned()
            } else {
                hundred(&view.leads[policy])
            }
        });
        let name = case.camps[view.camp].name.en.clone();
        let ends = [nobody(&view.leads), grouped(view.futures)];
        table.row([name].into_iter().chain(counts).chain(ends));
        if !view.struck_out.is_empty() {
            struck = true;
            let all = run
                .iter()
                .map(|&policy| hundred(&view.leads_unrestricted[policy]));
            let ends = [nobody(&view.leads_unrestricted)];
            table.row(
                ["  if none were struck out".to_owned()]
                    .into_iter()
                    .chain(all)
                    .chain(ends),
            );
        }
    }
    out.push_str(&table.text("  "));
    if struck {
        out.push_str("  × the camp declares the option inadmissible in law: not ranked in its row\n");
    }
    out
}

/// Futures in which no option leads by score.
fn nobody(leads: &[Share]) -> String {
    let of = leads.iter().map(|share| share.of).max().unwrap_or(0);
    let led: u64 = leads.iter().map(|share| share.count).sum();
    of_hundred(of.saturating_sub(led), of)
}

fn hinges(case: &Case, findings: &Findings) -> String {
    let mut out = String::from("\nWhat it hinges on\n");
    for hinges in &findings.hinges {
        let told: Vec<String> = hinges
            .items
            .iter()
            .take(MOST_HINGES)
            .filter(|hinge| hinge.share >= LEAST_HINGE)
            .map(|hinge| {
                let of = &case.uncertainties[hinge.uncertainty];
                let judged = if of.grade == Grade::J {
                    " (a range by judgement)"
                } else {
                    ""
                };
                format!(
                    "“{}”{judged} explains {} of 100 parts",
                    of.label.en,
                    of_hundred((hinge.share * 1e6) as u64, 1_000_000)
                )
            })
            .collect();
        let told = if told.is_empty() {
            "no single assumption explains much".to_owned()
        } else {
            told.join(", ")
        };
        out.push_str(&format!("  {}: {told}.\n", gap(case, hinges)));
    }
    out
}

/// "Fish left, the gap between Quota and Closed season"
fn gap(case: &Case, hinges: &Hinges) -> String {
    let policy = |index: usize| &case.policies[index].name.en;
    let outcome = &case.outcomes[hinges.outcome].name.en;
    format!(
        "{outcome}, the gap between {} and {}",
        policy(hinges.a),
        policy(hinges.b)
    )
}

fn flips(case: &Case, findings: &Findings) -> String {
    let mut out = String::from("\nWhat flips it\n");
    for hinges in &findings.hinges {
        let outcome = &case.outcomes[hinges.outcome].name.en;
        let mut told = 0;
        for hinge in hinges
            .items
            .iter()
            .filter(|hinge| !hinge.flips.is_empty())
            .take(MOST_HINGES)
        {
            let label = &case.uncertainties[hinge.uncertainty].label.en;
            let unit = &case.uncertainties[hinge.uncertainty].unit.value;
            out.push_str(&format!(
                "  {outcome}, along “{label}” ({unit}): {}.\n",
                steps(case, &hinge.flips)
            ));
            told += 1;
        }
        if told == 0 {
            out.push_str(&format!(
                "  {outcome}: no single assumption changes who leads most often, anywhere in its range.\n"
            ));
        }
    }
    out
}

/// "below 0.3 Quota leads; up to 0.4 a close call; above No limit leads"
fn steps(case: &Case, flips: &[Flip]) -> String {
    let side = |policy: Option<usize>| match policy {
        Some(policy) => format!("{} leads", case.policies[policy].name.en),
        None => "a close call".to_owned(),
    };
    let below = flips.iter().enumerate().map(|(at, flip)| {
        let word = if at == 0 { "below" } else { "up to" };
        format!("{word} {} {}", rounded(flip.at), side(flip.below))
    });
    let above = flips.last().map(|flip| format!("above {}", side(flip.above)));
    below.chain(above).collect::<Vec<_>>().join("; ")
}

/// Options that lead nearly always or nearly never.
fn extremes(case: &Case, findings: &Findings) -> String {
    let mut out = String::new();
    for extreme in &findings.extremes {
        let (count, of) = (extreme.share.count, extreme.share.of);
        if of == 0 || (count * 20 >= of && count * 20 <= of * 19) {
            continue;
        }
        let policy = &case.policies[extreme.policy].name.en;
        let outcome = &case.outcomes[extreme.outcome].name.en;
        out.push_str(&format!(
            "  {policy}: at best in {} of 100, on {outcome}",
            of_hundred(count, of)
        ));
        if let Some((uncertainty, low, high)) = &extreme.cause {
            out.push_str(&format!(
                "; the range of “{}” does most of it ({} of 100 in its lowest tenth, {} in its highest)",
                case.uncertainties[*uncertainty].label.en,
                hundred(low),
                hundred(high)
            ));
        }
        out.push_str(".\n");
    }
    if out.is_empty() {
        out
    } else {
        format!("\nLeads nearly always, or nearly never\n{out}")
    }
}

/// Whether another sampling says the same.
pub(super) fn repeat(case: &Case, findings: &Findings) -> String {
    let Some(repeat) = &findings.repeat else {
        return String::new();
    };
    let changed: Vec<String> = repeat
        .verdicts
        .iter()
        .filter(|second| case.headline.contains(&second.outcome))
        .filter_map(|second| {
            let first = findings
                .verdicts
                .iter()
                .find(|first| first.addon == second.addon && first.outcome == second.outcome)?;
            (first.leader != second.leader).then(|| {
                format!(
                    "{}: {}",
                    case.outcomes[second.outcome].name.en,
                    sentence(case, second)
                )
            })
        })
        .collect();
    let sampling = match repeat.sampling.as_str() {
        "centred" => "with draws that crowd towards the middle of their ranges",
        "log_ranges" => "with ranges drawn evenly in their logarithm",
        "second_seed" => "with another seed",
        "monte_carlo" => "with independent draws",
        other => other,
    };
    if changed.is_empty() {
        format!("\nThe same sampled again, {sampling}: the same leaders.\n")
    } else {
        format!(
            "\nThe same sampled again, {sampling}, differs on\n  {}.\n",
            changed.join(".\n  ")
        )
    }
}

/// How far fast numerics moved the outcomes.
pub(crate) fn deviation(deviation: &Deviation) -> String {
    let most = deviation.most().map_or_else(String::new, |most| {
        let share = most.of_range;
        format!(
            "no outcome moved by more than {share:.1e} of its range (`{}`)",
            most.outcome
        )
    });
    format!(
        "Fast numerics: of {} futures that were also run exactly, {most}; {} of their runs ended otherwise.",
        grouped(deviation.futures),
        grouped(deviation.otherwise)
    )
}

/// The result for a program: ids in place of indices.
pub(crate) fn json(case: &Case, findings: &Findings) -> Value {
    let policy = |index: usize| case.policies[index].id.value.as_str();
    let share =
        |share: &Share| json!({ "count": share.count, "of": share.of, "low": share.low, "high": share.high });
    let by_policy = |shares: &[Share], addon: usize| -> Value {
        let run = shares
            .iter()
            .enumerate()
            .filter(|(index, _)| was_run(findings, addon, *index));
        Value::Object(
            run.map(|(index, leads)| (policy(index).to_owned(), share(leads)))
                .collect(),
        )
    };
    let verdicts: Vec<Value> = findings
        .verdicts
        .iter()
        .map(|verdict| {
            json!({
                "outcome": case.outcomes[verdict.outcome].id.value,
                "addon": case.addons[verdict.addon].id.value,
                "leader": verdict.leader.map(policy),
                "leads": by_policy(&verdict.leads, verdict.addon),
                "close_calls": share(&verdict.close_calls),
                "near_best": by_policy(&verdict.near_best, verdict.addon),
                "enough": verdict.enough,
            })
        })
        .collect();
    let camps: Vec<Value> = findings
        .camps
        .iter()
        .map(|view| {
            json!({
                "camp": case.camps[view.camp].id.value,
                "futures": view.futures,
                "leads": by_policy(&view.leads, 0),
                "leads_unrestricted": by_policy(&view.leads_unrestricted, 0),
                "struck_out": view.struck_out.iter()
                    .map(|(index, law)| json!({ "policy": policy(*index), "law": law })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let hinges: Vec<Value> = findings
        .hinges
        .iter()
        .map(|hinges| {
            let items: Vec<Value> = hinges
                .items
                .iter()
                .map(|hinge| {
                    let flips: Vec<Value> = hinge
                        .flips
                        .iter()
                        .map(|flip| json!({
                            "at": flip.at, "below": flip.below.map(policy), "above": flip.above.map(policy),
                        }))
                        .collect();
                    json!({
                        "uncertainty": case.uncertainties[hinge.uncertainty].id.value,
                        "share": hinge.share, "share_error": hinge.share_error, "flips": flips,
                    })
                })
                .collect();
            json!({
                "outcome": case.outcomes[hinges.outcome].id.value,
                "addon": case.addons[hinges.addon].id.value,
                "a": policy(hinges.a), "b": policy(hinges.b), "items": items,
            })
        })
        .collect();
    let claims: Vec<Value> = findings
        .claims
        .iter()
        .map(|claim| {
            json!({
                "claim": case.claims[claim.claim].id.value,
                "holds": claim.holds.as_ref().map(share),
                "undecided": claim.undecided,
                "ensemble": claim.ensemble,
            })
        })
        .collect();
    json!({
        "case": case.id,
        "tally": findings.tally,
        "verdicts": verdicts, "camps": camps, "hinges": hinges, "claims": claims,
        "decision": decision::json(case, &findings.decision),
    })
}
