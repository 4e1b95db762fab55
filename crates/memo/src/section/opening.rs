//! Status line, question and verdict.

use study::case::{CloseCall, Grade};
use study::findings::{Flip, Hinge, Verdict};

use super::{Page, all_of, decision, list};
use crate::chart;
use crate::leaders::{Headline, changes, headline};
use crate::markup::{Markup, join, tag};
use crate::{number, units, words};

/// So many of the strongest hinges are named when they rest on judgement, if they explain this much of the gap's spread.
const STRONG: usize = 5;
const LEAST: f64 = 0.03;

/// What this is, from what, up to when.
pub(super) fn status(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let (tally, provenance) = (&memo.findings.tally, memo.provenance);
    let hash: String = provenance.model_hash.chars().take(12).collect();
    let items = [
        tag("strong", "", words::not_a_forecast(language)),
        words::as_of(language, &memo.case.as_of),
        words::tested(language, number::count(tally.compared)),
        words::seed(language, provenance.seed.to_string()),
        words::model_hash(language, hash),
        words::version(language, &provenance.version),
    ];
    let mut note = vec![words::what_it_is(language), words::per_hundred(language)];
    if tally.rejected > 0 {
        note.push(words::tally_rejected(language, number::count(tally.rejected)));
    }
    if tally.broken > 0 {
        note.push(words::tally_broken(language, number::count(tally.broken)));
    }
    all_of([
        list("status", items),
        tag("p", "note", crate::markup::join(note, " ")),
    ])
}

/// Question, stakes, and the key of letters.
pub(super) fn question(page: &mut Page) -> Markup {
    let (language, case) = (page.language, page.memo.case);
    let key: Vec<Markup> = (0..case.policies.len())
        .map(|policy| {
            let mut name = page.policy(policy);
            let marks = [
                (policy == case.baseline, words::baseline_mark(language)),
                (!page.ran(policy), words::not_run_mark(language)),
            ];
            for (_, mark) in marks.into_iter().filter(|(there, _)| *there) {
                name = Markup::raw(format!("{name} <small>({mark})</small>"));
            }
            name
        })
        .collect();
    let key = list("key", key);
    all_of([
        tag("p", "question", page.text(&case.question)),
        page.paragraph(&case.summary),
        tag("h3", "", words::options_key(language)),
        key,
        tag("p", "note", words::options_order(language)),
    ])
}

/// Two sentences for each headline outcome, then the camps in one line each.
pub(super) fn verdict(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let mut blocks = vec![];
    if memo.case.addons.len() > 1 {
        let addon = page.text(&memo.case.addons[0].name);
        blocks.push(tag("p", "note", words::compared_at(language, addon)));
    }
    for &outcome in &memo.case.headline {
        let Some(verdict) = memo
            .findings
            .verdicts
            .iter()
            .find(|v| v.outcome == outcome && v.addon == 0)
        else {
            continue;
        };
        let hinges = memo
            .findings
            .hinges
            .iter()
            .find(|h| h.outcome == outcome && h.addon == 0);
        let sentences = all_of([
            first_sentence(page, verdict),
            Markup::raw(" "),
            second_sentence(page, verdict, hinges.map_or(&[], |h| h.items.as_slice())),
            judgement(page, hinges.map_or(&[], |h| h.items.as_slice())),
        ]);
        let bar = lead_bar(page, verdict);
        let name = page.outcome(outcome);
        blocks.push(tag(
            "div",
            "finding",
            all_of([tag("h3", "", name), tag("p", "big", sentences), bar]),
        ));
    }
    let camps = memo.findings.camps.iter().map(|view| {
        let name = page.text(&memo.case.camps[view.camp].name);
        match super::camps::best(&view.leads) {
            Some(policy) => words::camp_best(
                language,
                name,
                page.policy(policy),
                page.share(&view.leads[policy]),
            ),
            None => words::camp_best_tie(language, name),
        }
    });
    let camps = list("plain inline", camps);
    if !camps.is_empty() {
        blocks.push(tag("p", "", words::by_camp(language)));
        blocks.push(camps);
        blocks.push(decision::enough(page));
    }
    all_of(blocks)
}

/// Question, key of letters, and the headline's bars: all that a card has room for.
pub(crate) fn card(page: &mut Page) -> Markup {
    let case = page.memo.case;
    let key = list(
        "key",
        (0..case.policies.len())
            .map(|policy| page.policy(policy))
            .collect::<Vec<_>>(),
    );
    let mut bars = Vec::new();
    for &outcome in case.headline.iter().take(4) {
        let verdict = page.memo.findings.verdicts.iter();
        if let Some(verdict) = verdict.clone().find(|v| v.outcome == outcome && v.addon == 0) {
            let name = page.outcome(outcome);
            bars.push(tag(
                "div",
                "",
                all_of([tag("h2", "", name), lead_bar(page, verdict)]),
            ));
        }
    }
    all_of([
        tag("p", "question", page.text(&case.question)),
        key,
        tag("p", "lead", words::card_lead(page.language)),
        tag("div", "two", all_of(bars)),
    ])
}

/// Who leads, in how many futures, and how many are close calls.
fn first_sentence(page: &Page, verdict: &Verdict) -> Markup {
    let language = page.language;
    let margin = margin(page, verdict.outcome);
    let close = page.share(&verdict.close_calls);
    let leads = |policy: usize| page.share(&verdict.leads[policy]);
    match headline(verdict) {
        Headline::Leads(first) if verdict.close_calls.count == 0 => {
            words::verdict_leads_always(language, page.policy(first), leads(first), margin)
        }
        Headline::Leads(first) => {
            words::verdict_leads(language, page.policy(first), leads(first), close, margin)
        }
        Headline::MostlyClose(first) => {
            words::verdict_mostly(language, page.policy(first), leads(first), close, margin)
        }
        Headline::TooClose(first, second) => words::verdict_tie(
            language,
            page.policy(first),
            page.policy(second),
            leads(first),
            leads(second),
            close,
            margin,
        ),
        Headline::Nobody => words::verdict_nobody(language, close, margin),
    }
}

/// Names the strong hinges whose range nobody has measured.
fn judgement(page: &Page, hinges: &[Hinge]) -> Markup {
    let unmeasured = hinges.iter().take(STRONG).filter(|hinge| {
        hinge.share >= LEAST && page.memo.case.uncertainties[hinge.uncertainty].grade == Grade::J
    });
    let labels: Vec<Markup> = unmeasured.map(|hinge| page.label(hinge.uncertainty)).collect();
    if labels.is_empty() {
        return Markup::default();
    }
    let said = words::hinges_on_judgement(
        page.language,
        join(labels, words::and_quoted(page.language).as_str()),
    );
    all_of([Markup::raw(" "), said])
}

/// The nearest change of leader along one assumption, or that there is none.
fn second_sentence(page: &Page, verdict: &Verdict, hinges: &[Hinge]) -> Markup {
    let language = page.language;
    let now = match headline(verdict) {
        Headline::Leads(first) => Some(first),
        Headline::MostlyClose(_) | Headline::TooClose(..) | Headline::Nobody => None,
    };
    let change = changes(hinges).into_iter().find_map(|change| {
        let Flip { at, below, above } = change.flip;
        let uncertainty = change.hinge.uncertainty;
        if below == now && above != now {
            Some((above, condition(page, change.hinge, at, true), uncertainty))
        } else if above == now && below != now {
            Some((below, condition(page, change.hinge, at, false), uncertainty))
        } else {
            None
        }
    });
    match change {
        Some((Some(policy), condition, _)) => words::change_to(language, page.policy(policy), condition),
        Some((None, condition, _)) => words::change_to_tie(language, condition),
        None => words::no_change(language),
    }
}

/// "“label” is above 0.4", or the category's name.
pub(super) fn condition(page: &Page, hinge: &Hinge, at: f64, above: bool) -> Markup {
    let language = page.language;
    let label = page.label(hinge.uncertainty);
    let points = hinge.slices.iter().all(|slice| slice.low == slice.high);
    let side: Vec<f64> = hinge
        .slices
        .iter()
        .filter(|slice| (slice.low > at) == above)
        .map(|slice| slice.low)
        .collect();
    if points && !side.is_empty() {
        let names = side.into_iter().map(|value| page.value(hinge.uncertainty, value));
        let names = crate::markup::join(names, words::or_quoted(language).as_str());
        return words::equals(language, label, names);
    }
    let value = page.value(hinge.uncertainty, at);
    if above {
        words::above(language, label, value)
    } else {
        words::below(language, label, value)
    }
}

/// What counts as a tie on an outcome, in words.
pub(super) fn margin(page: &Page, outcome: usize) -> Markup {
    let outcome = &page.memo.case.outcomes[outcome];
    match outcome.close_call {
        CloseCall::Absolute(value) => {
            units::with_unit(page.language, &number::given(value), &outcome.unit.value).into()
        }
        CloseCall::ShareOfBaseline(share) => match number::given(share * 100.0).as_str() {
            "1" => words::margin_share_one(page.language),
            parts => words::margin_share(page.language, parts),
        },
    }
}

/// The bar of 100 futures; the legend describes it.
fn lead_bar(page: &mut Page, verdict: &Verdict) -> Markup {
    let title = words::lead_bar_title(page.language, page.outcome(verdict.outcome));
    let id = format!("b{}", verdict.outcome);
    let by = format!("{id}-{}", page.language.tag());
    let picture = page.sheet.described(&id, &chart::lead_bar(verdict), title, &by);
    tag("div", "bar", all_of([picture, legend(page, verdict, &by)]))
}

/// The policies that lead at least once, with their counts per hundred; then close calls.
pub(super) fn legend(page: &Page, verdict: &Verdict, id: &str) -> Markup {
    let language = page.language;
    let mut items: Vec<Markup> = (0..verdict.leads.len())
        .filter(|&policy| verdict.leads[policy].count > 0)
        .map(|policy| {
            Markup::raw(format!(
                "{} {}",
                page.badge(policy),
                page.hundred(&verdict.leads[policy])
            ))
        })
        .collect();
    items.push(Markup::raw(format!(
        "<b class=\"h\" aria-hidden=\"true\"></b> {}",
        words::close_calls_item(language, page.hundred(&verdict.close_calls))
    )));
    let items: String = items.iter().map(|item| format!("<li>{item}</li>")).collect();
    Markup::raw(format!("<ul id=\"{id}\" class=\"legend\">{items}</ul>"))
}
