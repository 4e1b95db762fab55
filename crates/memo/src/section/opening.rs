//! Status line, question and verdict.

use study::case::{CloseCall, Grade};
use study::findings::{Flip, Hinge, Verdict};

use super::{Page, all_of, list};
use crate::chart;
use crate::leaders::{Front, Headline, changes, headline};
use crate::markup::{Markup, join, tag};
use crate::{number, units, words};

/// So many of the strongest hinges of an outcome are named in short, if they explain this much of the gap's spread.
const STRONG: usize = 2;
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
    let mut note = vec![words::what_it_is(language)];
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

/// In short; then a sentence or two for each headline outcome.
pub(super) fn verdict(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let mut blocks = vec![in_short(page)];
    if memo.case.addons.len() > 1 {
        let addon = page.text(&memo.case.addons[0].name);
        blocks.push(tag("p", "note", words::compared_at(language, addon)));
    }
    for verdict in headlines(page) {
        let bar = lead_bar(page, verdict);
        let name = page.outcome(verdict.outcome);
        let said = tag("p", "big", first_sentence(page, verdict));
        blocks.push(tag("div", "finding", all_of([tag("h3", "", name), said, bar])));
    }
    all_of(blocks)
}

/// The verdicts on the headline outcomes at the first add-on.
fn headlines<'a>(page: &Page<'a>) -> Vec<&'a Verdict> {
    let memo = page.memo;
    let of = memo.case.headline.iter();
    of.filter_map(|&outcome| {
        let mut verdicts = memo.findings.verdicts.iter();
        verdicts.find(|v| v.outcome == outcome && v.addon == 0)
    })
    .collect()
}

/// The hinges of an outcome at the first add-on.
fn hinges_on<'a>(page: &Page<'a>, outcome: usize) -> &'a [Hinge] {
    let memo = page.memo;
    let mut hinges = memo.findings.hinges.iter();
    hinges
        .find(|h| h.outcome == outcome && h.addon == 0)
        .map_or(&[], |h| h.items.as_slice())
}

/// What a reader of half a minute takes along: who does best, on what it hinges, what would change it, what the camps say.
fn in_short(page: &Page) -> Markup {
    let language = page.language;
    let mut lines = vec![
        (words::short_who(language), who(page)),
        (words::short_hinges(language), hinged(page)),
        (words::short_flips(language), flips(page)),
    ];
    if !page.memo.findings.camps.is_empty() {
        lines.push((words::short_camps(language), by_camp(page)));
    }
    let lines = lines.into_iter().filter(|(_, said)| !said.is_empty());
    let lines = lines.map(|(name, said)| Markup::raw(format!("<div><dt>{name}</dt><dd>{said}</dd></div>")));
    let heading = tag("h3", "vh", words::short_caption(language));
    all_of([heading, tag("dl", "short", all_of(lines))])
}

/// The headline outcomes, those with the same verdict together, in the order of the case.
fn who(page: &Page) -> Markup {
    let language = page.language;
    let mut kinds: Vec<(Headline, Vec<Markup>)> = vec![];
    for verdict in headlines(page) {
        let kind = headline(verdict);
        let name = page.outcome(verdict.outcome);
        let told = match kind {
            Headline::Leads(policy) | Headline::MostlyClose(policy) => {
                words::short_counted(language, name, page.share(&verdict.leads[policy]))
            }
            Headline::TooClose(..) | Headline::Nobody => name,
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, outcomes)) => outcomes.push(told),
            None => kinds.push((kind, vec![told])),
        }
    }
    let told = kinds.into_iter().map(|(kind, outcomes)| {
        let outcomes = join(outcomes, ", ");
        match kind {
            Headline::Leads(policy) => words::short_leads(language, page.policy(policy), outcomes),
            Headline::MostlyClose(policy) => words::short_mostly(language, page.policy(policy), outcomes),
            Headline::TooClose(a, b) => words::short_tie(language, page.policy(a), page.policy(b), outcomes),
            Headline::Nobody => words::short_nobody(language, outcomes),
        }
    });
    join(told, " ")
}

/// The strongest hinges of each headline outcome, each named once; said if nobody has measured one.
fn hinged(page: &Page) -> Markup {
    let language = page.language;
    let mut named: Vec<usize> = vec![];
    for verdict in headlines(page) {
        let strong = hinges_on(page, verdict.outcome).iter().take(STRONG);
        for hinge in strong.filter(|hinge| hinge.share >= LEAST) {
            if !named.contains(&hinge.uncertainty) {
                named.push(hinge.uncertainty);
            }
        }
    }
    let labels = named.into_iter().map(|uncertainty| {
        let label = page.label(uncertainty);
        if page.memo.case.uncertainties[uncertainty].grade == Grade::J {
            words::short_judged(language, label)
        } else {
            words::short_quoted(language, label)
        }
    });
    join(labels, "; ")
}

/// The smallest change of one assumption that makes another option lead, where the model bears it out; of a run in which that was
/// not sought, the nearest change of leader.
fn flips(page: &Page) -> Markup {
    let language = page.language;
    let flips = &page.memo.findings.decision.flips;
    if flips.is_empty() {
        let told = headlines(page).into_iter().map(|verdict| {
            let nearest = nearest(page, verdict, hinges_on(page, verdict.outcome));
            words::list_item(language, page.outcome(verdict.outcome), nearest)
        });
        return join(told, " ");
    }
    let mut told: Vec<Markup> = vec![];
    for flip in flips.iter() {
        let Some(single) = flip.single.as_ref() else {
            continue;
        };
        let Some(trial) = single.trial.as_ref().filter(|trial| trial.distance.is_some()) else {
            continue;
        };
        let (Some(before), [change]) = (trial.before, trial.changes.as_slice()) else {
            continue;
        };
        // Who is ahead at the middle need not be who leads in most futures: without it the change reads as if it came from there.
        told.push(words::short_flip(
            language,
            page.outcome(flip.outcome),
            page.policy(before),
            page.policy(single.to),
            page.label(change.uncertainty),
            page.value(change.uncertainty, change.from),
            page.value(change.uncertainty, change.to),
        ));
    }
    if told.is_empty() {
        return words::short_no_flip(language);
    }
    list("plain inline", told)
}

/// Each option's camps; then the camps for which it is too close to call.
fn by_camp(page: &Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let mut bests: Vec<(Front, Vec<Markup>)> = vec![];
    for view in &memo.findings.camps {
        let best = super::camps::front_of(&view.leads);
        let name = page.text(&memo.case.camps[view.camp].name);
        let told = match best {
            Front::Clear(policy) | Front::Ahead(policy) => {
                words::short_counted(language, name, page.share(&view.leads[policy]))
            }
            Front::Tie | Front::Few => name,
        };
        match bests.iter_mut().find(|(known, _)| *known == best) {
            Some((_, camps)) => camps.push(told),
            None => bests.push((best, vec![told])),
        }
    }
    // Options in the order of the case; those that lead, those that are merely ahead, close calls.
    bests.sort_by_key(|(best, _)| match best {
        Front::Clear(policy) => (0, *policy),
        Front::Ahead(policy) => (1, *policy),
        Front::Tie | Front::Few => (2, 0),
    });
    let told = bests.into_iter().map(|(best, camps)| {
        let camps = join(camps, ", ");
        match best {
            Front::Clear(policy) => words::short_camp(language, page.policy(policy), camps),
            Front::Ahead(policy) => words::short_camp_mostly(language, page.policy(policy), camps),
            Front::Tie | Front::Few => words::short_camp_tie(language, camps),
        }
    });
    Markup::raw(format!("{}.", join(told, "; ")))
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
    for verdict in headlines(page).into_iter().take(4) {
        let name = page.outcome(verdict.outcome);
        bars.push(tag(
            "div",
            "",
            all_of([tag("h2", "", name), lead_bar(page, verdict)]),
        ));
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

/// The nearest change of leader along one assumption, or that there is none.
fn nearest(page: &Page, verdict: &Verdict, hinges: &[Hinge]) -> Markup {
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
