//! What `weigh run` prints: who leads, what add-ons change, who leads by view, and of each headline outcome what its answer hinges on.
//! A page or so; everything else is in the run's `summary.txt` and in the memo.

use study::case::{Case, Grade};
use study::findings::{Findings, Verdict};

use crate::render::number::{grouped, of_hundred, rounded};
use crate::render::{decision, verdict};

/// Hinges told for each outcome.
const MOST_HINGES: usize = 3;
/// Outcomes told for each add-on.
const MOST_MOVED: usize = 3;
/// An add-on that moves no count by more than this, in futures of 100, moves nothing worth a word.
const LEAST_MOVE: f64 = 2.0;

/// The result for a reader who has a minute.
pub(crate) fn text(case: &Case, findings: &Findings) -> String {
    let mut out = format!("{}\n{}\n\n", case.title.en, case.question.en);
    out.push_str(&verdict::tally(case, findings));
    out.push_str(&enough(findings));
    out.push_str("\nOptions\n");
    out.push_str(&verdict::options(case));
    let first = findings
        .verdicts
        .iter()
        .map(|verdict| verdict.addon)
        .min()
        .unwrap_or(0);
    out.push_str(&verdict::who_leads(case, findings, first));
    out.push_str(&addons(case, findings, first));
    if !verdict::can_compare(case, findings) {
        out.push_str("\nOnly one option was run with the first add-on: there is nothing to compare.\n");
        return out;
    }
    out.push_str(&verdict::views(case, findings));
    let enough = &findings.decision.enough;
    if !enough.unsure_camps.is_empty() {
        out.push_str(&format!(
            "  Rows of few futures may be off by more than 2 of 100; {} futures in all would do for every row.\n",
            grouped(enough.camps_enough_at)
        ));
    }
    for &outcome in &case.headline {
        out.push_str(&headline(case, findings, outcome));
    }
    out.push_str(&quarrel(case, findings));
    out.push_str(&verdict::repeat(case, findings));
    out
}

/// Whether there were enough futures, in a line.
fn enough(findings: &Findings) -> String {
    let enough = &findings.decision.enough;
    let mut out = if findings.decision.information.is_empty() {
        String::new()
    } else if enough.enough {
        "Every count of the headline outcomes is sure within 2 of 100.\n".to_owned()
    } else {
        format!(
            "Some counts of the headline outcomes may be off by more than 2 of 100; {} futures would do.\n",
            grouped(enough.enough_at)
        )
    };
    out.push_str(&decision::subsample(&findings.decision));
    out
}

/// What every further add-on changes.
fn addons(case: &Case, findings: &Findings, first: usize) -> String {
    let mut out = String::new();
    for (addon, added) in case.addons.iter().enumerate() {
        let of = |addon: usize, outcome: usize| {
            let mut all = findings.verdicts.iter();
            all.find(|verdict| verdict.addon == addon && verdict.outcome == outcome)
        };
        if addon == first || !findings.verdicts.iter().any(|verdict| verdict.addon == addon) {
            continue;
        }
        let mut moved: Vec<(f64, String)> = (0..case.outcomes.len())
            .filter_map(|outcome| moved(case, outcome, (of(first, outcome)?, of(addon, outcome)?)))
            .collect();
        moved.sort_by(|x, y| y.0.total_cmp(&x.0));
        let told: Vec<&str> = moved
            .iter()
            .take(MOST_MOVED)
            .map(|(_, text)| text.as_str())
            .collect();
        let more = match moved.len().saturating_sub(MOST_MOVED) {
            0 => String::new(),
            1 => "; and another outcome".to_owned(),
            more => format!("; and {more} more outcomes"),
        };
        let told = match told.as_slice() {
            [] => format!("no count moves by more than {LEAST_MOVE} of 100"),
            told => told.join("; ") + &more,
        };
        out.push_str(&format!("  {}: {told}.\n", added.name.en));
    }
    if out.is_empty() {
        out
    } else {
        format!("\nWhat an add-on changes in these counts\n{out}")
    }
}

/// The count of an outcome that moves most from one add-on to another, and by how much: "Public cost, Status quo from 100 to 0".
fn moved(case: &Case, outcome: usize, (before, after): (&Verdict, &Verdict)) -> Option<(f64, String)> {
    let share = |count: u64, of: u64| count as f64 * 100.0 / of as f64;
    let shares = before.leads.iter().zip(&after.leads).enumerate();
    let (by, policy) = shares
        .filter(|(_, (x, y))| x.of > 0 && y.of > 0)
        .map(|(policy, (x, y))| (share(y.count, y.of) - share(x.count, x.of), policy))
        .max_by(|x, y| x.0.abs().total_cmp(&y.0.abs()))?;
    let hundred = |of: &Verdict| verdict::hundred(&of.leads[policy]);
    (by.abs() > LEAST_MOVE).then(|| {
        let text = format!(
            "{}, {} from {} to {}",
            case.outcomes[outcome].name.en,
            case.policies[policy].name.en,
            hundred(before),
            hundred(after)
        );
        (by.abs(), text)
    })
}

/// A headline outcome: the verdict in words, its hinges, what turns it, what it is worth to know, where the option in front fails.
fn headline(case: &Case, findings: &Findings, outcome: usize) -> String {
    let mut all = findings.verdicts.iter();
    let Some(found) = all.find(|verdict| verdict.addon == 0 && verdict.outcome == outcome) else {
        return String::new();
    };
    let mut out = format!("\n{}\n", case.outcomes[outcome].name.en);
    let mut line = |text: String| out.push_str(&format!("  {text}.\n"));
    line(capital(&verdict::sentence(case, found)));
    line(hinges(case, findings, outcome));
    let decision = &findings.decision;
    if let Some(flips) = decision.flips.iter().find(|one| one.outcome == outcome) {
        line(decision::turns(case, flips));
    }
    let information = decision.information.iter().find(|one| one.outcome == outcome);
    if let Some(worth) = information.and_then(|one| decision::worth_of_most(case, one)) {
        line(worth);
    }
    if let Some(fails) = decision::fails(case, findings, outcome) {
        line(fails);
    }
    out
}

/// With a capital at the start.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// "The gap between Quota and Closed season hinges on “A” (50 of 100 parts) and “B” (19, a range by judgement)"
fn hinges(case: &Case, findings: &Findings, outcome: usize) -> String {
    let Some(found) = findings.hinges.iter().find(|one| one.outcome == outcome) else {
        return "Nothing is known of what it hinges on".to_owned();
    };
    let policy = |index: usize| &case.policies[index].name.en;
    let strong = found
        .items
        .iter()
        .filter(|hinge| hinge.share >= verdict::LEAST_HINGE);
    let told: Vec<String> = strong
        .take(MOST_HINGES)
        .enumerate()
        .map(|(at, hinge)| {
            let of = &case.uncertainties[hinge.uncertainty];
            let share = of_hundred((hinge.share * 1e6) as u64, 1_000_000);
            let parts = if at == 0 { " of 100 parts" } else { "" };
            let judged = if of.grade == Grade::J {
                ", a range by judgement"
            } else {
                ""
            };
            format!("“{}” ({share}{parts}{judged})", of.label.en)
        })
        .collect();
    let on = if told.is_empty() {
        "no single assumption much".to_owned()
    } else {
        told.join(", ")
    };
    format!(
        "The gap between {} and {} hinges on {on}",
        policy(found.a),
        policy(found.b)
    )
}

/// The two camps that are furthest apart, and why.
fn quarrel(case: &Case, findings: &Findings) -> String {
    match decision::quarrels(case, &findings.decision).next() {
        Some(furthest) => {
            format!("\nThe camps that are furthest apart in what they would choose\n  {furthest}.\n")
        }
        None => String::new(),
    }
}

/// "43 parts in 100"
pub(super) fn parts_in_100(distance: f64) -> String {
    format!("{} parts in 100", rounded((distance * 100.0).ceil()))
}
