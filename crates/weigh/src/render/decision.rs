//! The answers to the decision maker's own questions, a few lines of each.

use memo::Language;
use serde_json::{Map, Value, json};
use study::case::{Case, Distribution};
use study::findings::{
    BOXES_AMONG, BoxLimit, Decision, Findings, FlipChange, FoundBox, Knowing, OutcomeFlips,
    OutcomeInformation, Quarrel, Share, SmallestFlip, Worth,
};

use crate::render::number::{grouped, of_hundred, rounded};
use crate::render::summary::parts_in_100;

/// Of each list, so many lines at most.
const MOST: usize = 3;
/// Two camps less far apart than this, in points of 100, do not quarrel.
const NO_QUARREL: f64 = 0.5;

/// The lines for a reader.
pub(crate) fn text(case: &Case, findings: &Findings) -> String {
    let decision = &findings.decision;
    [
        part(
            "What it would be worth to know, averaged over the futures tested with equal weight",
            decision.information.iter().filter_map(|one| worth(case, one)),
        ),
        part(
            "The smallest change that makes another option lead, from the middle of every range",
            decision.flips.iter().map(|one| flips(case, one)),
        ),
        part(
            &format!("Where the option in front fails (boxes are sought among the {BOXES_AMONG} uncertainties that explain most)"),
            case.headline
                .iter()
                .filter_map(|&at| Some(format!("{}: {}", outcome(case, at), fails(case, findings, at)?))),
        ),
        part(
            "Facts or values: camps that would choose differently",
            quarrels(case, decision),
        ),
        part(
            "Which values speak for which option",
            weights(case, decision).into_iter(),
        ),
        part(
            "Does it depend on how robustness is measured?",
            decision.rankings.iter().filter_map(|one| ranking(case, one)),
        ),
        enough(case, decision),
    ]
    .concat()
}

/// A heading with lines; nothing without lines.
fn part(heading: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.map(|line| format!("  {line}.\n")).collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\n{heading}\n{lines}")
    }
}

fn outcome(case: &Case, at: usize) -> &str {
    &case.outcomes[at].name.en
}

fn policy(case: &Case, at: usize) -> &str {
    &case.policies[at].name.en
}

fn label(case: &Case, at: usize) -> String {
    format!("“{}”", case.uncertainties[at].label.en)
}

/// "US deaths: everything 3,120 people; “A” 812, “B” 640; the best pair, “A” and “C”, 1,400"
fn worth(case: &Case, one: &OutcomeInformation) -> Option<String> {
    let perfect = one.perfect?;
    let unit = unit(case, one.outcome);
    let singles: Vec<String> = one
        .singles
        .iter()
        .filter(|knowing| beyond_chance(knowing))
        .take(MOST)
        .map(|knowing| named(case, knowing))
        .collect();
    let mut text = format!(
        "{}: to know everything before choosing, {}{unit}",
        outcome(case, one.outcome),
        rounded(perfect.value)
    );
    if singles.is_empty() {
        text.push_str("; to know any one assumption, nothing beyond chance");
    } else {
        text.push_str(&format!("; {}", singles.join(", ")));
    }
    if let Some(pair) = one.pairs.first().filter(|pair| beyond_chance(pair)) {
        text.push_str(&format!("; of pairs most, {}", named(case, pair)));
    }
    Some(text)
}

/// Whether a worth is more than twice its error.
fn beyond_chance(knowing: &Knowing) -> bool {
    knowing
        .worth
        .is_some_and(|worth| worth.value > 0.0 && worth.value > 2.0 * worth.error.unwrap_or(f64::INFINITY))
}

fn named(case: &Case, knowing: &Knowing) -> String {
    let names: Vec<String> = knowing.uncertainties.iter().map(|&u| label(case, u)).collect();
    let Worth { value, .. } = knowing.worth.unwrap_or(Worth {
        value: f64::NAN,
        error: None,
    });
    format!("{} {}", names.join(" and "), rounded(value))
}

fn flips(case: &Case, one: &OutcomeFlips) -> String {
    let name = outcome(case, one.outcome);
    let mut parts: Vec<String> = Vec::new();
    if let Some(single) = &one.single {
        parts.push(format!("one assumption, {}", flip(case, single)));
    }
    match &one.joint {
        // Several at once need no larger change than one alone; told only where they need a smaller one.
        Some(joint) if joint.changes.len() > 1 => {
            parts.push(format!("several at once, {}", flip(case, joint)));
        }
        _ => {}
    }
    if parts.is_empty() {
        format!("{name}: no change within the ranges tested is enough, by a fit over the futures")
    } else {
        format!("{name}: {}", parts.join("; "))
    }
}

/// "by 12 parts in 100 of its range: “A” from 0.4 to 0.5; then Cooperation leads". What the model says goes before what a fit says.
fn flip(case: &Case, flip: &SmallestFlip) -> String {
    let to = policy(case, flip.to);
    let (distance, all, said) = match &flip.trial {
        None => (
            flip.distance,
            &flip.changes,
            format!("{to} leads, by a fit that was not tried in the model"),
        ),
        Some(trial) => match trial.distance {
            Some(distance) => (distance, &trial.changes, format!("{to} leads in the model")),
            None if trial.before == Some(flip.to) => {
                return format!("none is needed: with all at its middle {to} leads in the model");
            }
            None => {
                let said =
                    format!("{to} leads by a fit over the futures, though not in the model so far out");
                (flip.distance, &flip.changes, said)
            }
        },
    };
    let changes: Vec<String> = all
        .iter()
        .take(MOST)
        .map(|change| changed(case, change))
        .collect();
    let more = match all.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "by {} of its range: {}{more}; then {said}",
        parts_in_100(distance),
        changes.join(", "),
    )
}

fn changed(case: &Case, change: &FlipChange) -> String {
    format!(
        "{} from {} to {}",
        label(case, change.uncertainty),
        value(case, change.uncertainty, change.from),
        value(case, change.uncertainty, change.to)
    )
}

/// A value of an uncertainty, or the name of the category.
fn value(case: &Case, uncertainty: usize, value: f64) -> String {
    match &case.uncertainties[uncertainty].distribution {
        Distribution::Categorical { values, labels } => values
            .iter()
            .position(|known| *known == value)
            .map_or_else(|| rounded(value), |at| labels[at].en.clone()),
        _ => rounded(value),
    }
}

/// Where the policy with most leads on an outcome is beaten.
pub(super) fn fails(case: &Case, findings: &Findings, at: usize) -> Option<String> {
    let verdict = findings
        .verdicts
        .iter()
        .find(|v| v.addon == 0 && v.outcome == at)?;
    let first = *verdict.ranking.first()?;
    let found = findings
        .decision
        .options
        .iter()
        .find(|one| one.outcome == at && one.policy == first)?;
    let inside = found.fails.as_ref()?;
    Some(format!(
        "{} is beaten in {}",
        policy(case, first),
        crowds(case, inside)
    ))
}

/// "78 of 100 futures tested with “A” above 0.4 (43 of 100 everywhere; these are 60 of 100 of all such futures)"
pub(crate) fn crowds(case: &Case, found: &FoundBox) -> String {
    let limits: Vec<String> = found.limits.iter().map(|one| limit(case, one)).collect();
    format!(
        "{} of 100 futures tested with {} (in {} everywhere; this tells {} of 100 such futures)",
        hundred(&found.inside),
        limits.join(" and "),
        hundred(&found.everywhere),
        hundred(&found.covers)
    )
}

fn limit(case: &Case, limit: &BoxLimit) -> String {
    let name = label(case, limit.uncertainty);
    let text = |bound: f64| value(case, limit.uncertainty, bound);
    match (limit.low, limit.high) {
        (Some(low), Some(high)) => format!("{name} from {} to {}", text(low), text(high)),
        (Some(low), None) => format!("{name} above {}", text(low)),
        (None, Some(high)) => format!("{name} below {}", text(high)),
        (None, None) => {
            let names: Vec<String> = limit.one_of.iter().map(|one| text(*one)).collect();
            format!("{name} {}", names.join(" or "))
        }
    }
}

fn hundred(share: &Share) -> String {
    of_hundred(share.count, share.of)
}

/// The pairs of camps that are furthest apart.
pub(super) fn quarrels<'a>(case: &'a Case, decision: &'a Decision) -> impl Iterator<Item = String> + 'a {
    let points = |score: f64| score * 100.0;
    let mut all: Vec<(&Quarrel, f64)> = decision
        .quarrels
        .iter()
        .filter_map(|quarrel| Some((quarrel, points(quarrel.total?))))
        .filter(|(_, total)| *total >= NO_QUARREL)
        .collect();
    all.sort_by(|x, y| y.1.total_cmp(&x.1));
    all.into_iter().take(MOST).map(move |(quarrel, total)| {
        let camp = |at: usize| &case.camps[at].name.en;
        let prefers = |at: Option<usize>| at.map_or("nothing", |at| policy(case, at));
        format!(
            "{} ({}) and {} ({}): {} points of 100 apart; sharing beliefs takes away {}, sharing weights {}",
            camp(quarrel.a),
            prefers(quarrel.a_prefers),
            camp(quarrel.b),
            prefers(quarrel.b_prefers),
            rounded(total),
            rounded(points(quarrel.facts.unwrap_or(f64::NAN))),
            rounded(points(quarrel.values.unwrap_or(f64::NAN))),
        )
    })
}

/// Who comes first under weights drawn evenly.
fn weights(case: &Case, decision: &Decision) -> Option<String> {
    let found = decision.acceptability.as_ref()?;
    let mut first: Vec<(usize, f64)> = found
        .policies
        .iter()
        .map(|one| (one.policy, one.ranks.first().copied().unwrap_or(0.0)))
        .collect();
    first.sort_by(|x, y| y.1.total_cmp(&x.1));
    let draws = found.draws;
    let text = |(at, share): &(usize, f64)| {
        let count = (share * draws as f64).round() as u64;
        format!("{} {}", policy(case, *at), of_hundred(count, draws))
    };
    let told: Vec<String> = first.iter().filter(|(_, share)| *share > 0.0).map(text).collect();
    Some(format!(
        "with weights over all outcomes drawn evenly, in how many of 100 draws each comes first: {}",
        told.join(", ")
    ))
}

fn ranking(case: &Case, one: &study::findings::Ranking) -> Option<String> {
    let mut firsts: Vec<(usize, u64)> = one.firsts.iter().copied().enumerate().collect();
    firsts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told: Vec<String> = firsts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(at, count)| format!("{} by {count}", policy(case, *at)))
        .collect();
    (!told.is_empty()).then(|| {
        format!(
            "{}: of {} measures, first is {}",
            outcome(case, one.outcome),
            one.measures.len(),
            told.join(", ")
        )
    })
}

/// Whether there were enough futures, and on what the slower parts rest.
fn enough(case: &Case, decision: &Decision) -> String {
    let enough = &decision.enough;
    let mut out = String::from("\nWere there enough futures?\n");
    if enough.enough {
        out.push_str("  Yes: every count of the headline outcomes is sure within 2 of 100.\n");
    } else {
        out.push_str(&format!(
            "  No: some counts of the headline outcomes may be off by more than 2 of 100; {} would do.\n",
            grouped(enough.enough_at)
        ));
    }
    if !enough.unsure_camps.is_empty() {
        let names: Vec<&str> = enough
            .unsure_camps
            .iter()
            .map(|&camp| case.camps[camp].name.en.as_str())
            .collect();
        out.push_str(&format!(
            "  Counts in the futures that these camps believe in may be off by more; {} would do: {}.\n",
            grouped(enough.camps_enough_at),
            names.join("; ")
        ));
    }
    let sample = subsample(decision);
    if !sample.is_empty() {
        out.push_str(&format!("  {sample}"));
    }
    out
}

/// On what the slower parts rest, where that is not all futures.
pub(super) fn subsample(decision: &Decision) -> String {
    let sample = decision.subsample;
    if sample.used >= sample.of {
        return String::new();
    }
    format!(
        "What it is worth to know, smallest changes, boxes and intervals of robustness were sought in {} of the {} futures, spread evenly; boxes are counted in all.\n",
        grouped(sample.used),
        grouped(sample.of)
    )
}

/// The smallest changes in short: "With every assumption at its middle Pressure leads in the model. Turned by one assumption: “A” from 0.4 to 0.5, by 12 parts in 100 of its range; then Cooperation
/// leads in the model. By several at once: each by 5 parts in 100 of its range"
pub(super) fn turns(case: &Case, one: &OutcomeFlips) -> String {
    let tried = [&one.single, &one.joint].into_iter().flatten();
    let before = tried.filter_map(|flip| flip.trial.as_ref()?.before).next();
    // Who leads at the middle need not be who leads in most futures: without it the change reads as if it came from there.
    let from = before.map_or_else(String::new, |at| {
        format!(
            "With every assumption at its middle {} leads in the model. ",
            policy(case, at)
        )
    });
    let Some(single) = &one.single else {
        return match &one.joint {
            Some(joint) => format!(
                "{from}No single assumption turns it; several at once do, {}",
                flip(case, joint)
            ),
            None => {
                format!("{from}No change within the ranges tested turns it, by a fit over the futures")
            }
        };
    };
    let mut out = format!("{from}Turned by one assumption, {}", flip(case, single));
    let in_model = |flip: &SmallestFlip| flip.trial.as_ref().is_none_or(|trial| trial.distance.is_some());
    if let Some(joint) = one
        .joint
        .as_ref()
        .filter(|joint| joint.changes.len() > 1 && in_model(joint))
    {
        let distance = joint.trial.as_ref().and_then(|trial| trial.distance);
        out.push_str(&format!(
            "; by {} assumptions at once, each by {} of its range at most",
            joint.changes.len(),
            parts_in_100(distance.unwrap_or(joint.distance))
        ));
    }
    out
}

/// "Worth knowing: everything 3,120 people, “A” 812", averaged over the futures with equal weight.
pub(super) fn worth_of_most(case: &Case, one: &OutcomeInformation) -> Option<String> {
    let perfect = one.perfect?;
    let unit = unit(case, one.outcome);
    let first = one.singles.first().filter(|knowing| beyond_chance(knowing));
    let first = first.map_or_else(
        || "any one assumption, nothing beyond chance".to_owned(),
        |knowing| format!("most of all {}", named(case, knowing)),
    );
    Some(format!(
        "To know everything before choosing would be worth {}{unit}, on average over the futures with equal weight; {first}",
        rounded(perfect.value)
    ))
}

/// A blank and the unit of an outcome; nothing for a number without one.
fn unit(case: &Case, outcome: usize) -> String {
    match memo::unit_in_words(Language::En, &case.outcomes[outcome].unit.value) {
        unit if unit.is_empty() => unit,
        unit => format!(" {unit}"),
    }
}

/// The answers for a program: ids in place of indices.
pub(crate) fn json(case: &Case, decision: &Decision) -> Value {
    let policy = |at: usize| case.policies[at].id.value.as_str();
    let uncertainty = |at: usize| case.uncertainties[at].id.value.as_str();
    let outcome = |at: usize| case.outcomes[at].id.value.as_str();
    let camp = |at: usize| case.camps[at].id.value.as_str();
    let share =
        |share: &Share| json!({ "count": share.count, "of": share.of, "low": share.low, "high": share.high });
    let knowing = |one: &Knowing| {
        json!({
            "uncertainties": one.uncertainties.iter().map(|&u| uncertainty(u)).collect::<Vec<_>>(),
            "value": one.worth.map(|worth| worth.value),
            "standard_error": one.worth.and_then(|worth| worth.error),
            "share": one.share,
        })
    };
    let flip = |flip: &SmallestFlip| {
        json!({
            "to": policy(flip.to), "distance": flip.distance, "explained": flip.explained,
            "changes": flip.changes.iter().map(|change| json!({
                "uncertainty": uncertainty(change.uncertainty), "from": change.from, "to": change.to,
            })).collect::<Vec<_>>(),
            "distance_in_the_model": flip.trial.as_ref().and_then(|trial| trial.distance),
        })
    };
    let found = |found: &FoundBox| {
        json!({
            "limits": found.limits.iter().map(|limit| json!({
                "uncertainty": uncertainty(limit.uncertainty),
                "low": limit.low, "high": limit.high, "one_of": limit.one_of,
            })).collect::<Vec<_>>(),
            "inside": share(&found.inside), "everywhere": share(&found.everywhere), "covers": share(&found.covers),
            "words": crowds(case, found),
        })
    };
    let list = |items: Vec<Value>| Value::Array(items);
    json!({
        "subsample": decision.subsample,
        "enough": {
            "enough": decision.enough.enough,
            "enough_at": decision.enough.enough_at,
            "unsure": decision.enough.unsure.iter().map(|&at| outcome(at)).collect::<Vec<_>>(),
            "unsure_camps": decision.enough.unsure_camps.iter().map(|&at| camp(at)).collect::<Vec<_>>(),
            "camps_enough_at": decision.enough.camps_enough_at,
        },
        "information": list(decision.information.iter().map(|one| json!({
            "outcome": outcome(one.outcome), "unit": case.outcomes[one.outcome].unit.value,
            "basis": one.basis, "best": one.best.map(policy), "perfect": one.perfect,
            "singles": one.singles.iter().map(knowing).collect::<Vec<_>>(),
            "pairs": one.pairs.iter().map(knowing).collect::<Vec<_>>(),
        })).collect()),
        "smallest_changes": list(decision.flips.iter().map(|one| json!({
            "outcome": outcome(one.outcome), "from": one.from.map(policy),
            "single": one.single.as_ref().map(flip), "joint": one.joint.as_ref().map(flip),
        })).collect()),
        "quarrels": list(decision.quarrels.iter().map(|one| json!({
            "a": camp(one.a), "b": camp(one.b), "basis": one.basis,
            "a_prefers": one.a_prefers.map(policy), "b_prefers": one.b_prefers.map(policy),
            "a_loses": one.a_loses, "b_loses": one.b_loses,
            "total": one.total, "facts": one.facts, "values": one.values,
        })).collect()),
        "acceptability": decision.acceptability.as_ref().map(|found| json!({
            "draws": found.draws, "basis": found.basis,
            "policies": found.policies.iter().map(|one| json!({
                "policy": policy(one.policy), "ranks": one.ranks,
                "central_weights": one.central_weights.as_ref().map(|weights| {
                    let entry = |(at, weight): (usize, &f64)| (outcome(at).to_owned(), json!(weight));
                    Value::Object(weights.iter().enumerate().map(entry).collect::<Map<_, _>>())
                }),
            })).collect::<Vec<_>>(),
        })),
        "claims": list(decision.claims.iter().map(|one| json!({
            "claim": case.claims[one.claim].id.value,
            "holds": one.holds.as_ref().map(found), "fails": one.fails.as_ref().map(found),
        })).collect()),
        "options": list(decision.options.iter().map(|one| json!({
            "outcome": outcome(one.outcome), "policy": policy(one.policy), "beaten": share(&one.beaten),
            "fails": one.fails.as_ref().map(found), "does_well": one.does_well.as_ref().map(found),
        })).collect()),
        "rankings": list(decision.rankings.iter().map(|one| json!({
            "outcome": outcome(one.outcome), "agreement": one.agreement, "threshold": one.threshold,
            "firsts": one.firsts.iter().enumerate().filter(|(_, count)| **count > 0)
                .map(|(at, count)| (policy(at).to_owned(), json!(count))).collect::<Map<_, _>>(),
            "measures": one.measures.len(),
        })).collect()),
        "judgement": list(decision.judgement.iter().map(|one| json!({
            "outcome": outcome(one.outcome),
            "hinges": one.hinges.iter().map(|(u, share)| json!({ "uncertainty": uncertainty(*u), "share": share }))
                .collect::<Vec<_>>(),
        })).collect()),
    })
}
