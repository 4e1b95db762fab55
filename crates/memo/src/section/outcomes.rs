//! How sturdy each option is: a card for each outcome, other add-ons, a second way of drawing.

use study::findings::{OptionRobustness, Verdict};

use super::opening::legend;
use super::{Page, all_of, decision};
use crate::chart;
use crate::leaders::{Headline, headline};
use crate::markup::{Markup, Table, join, tag};
use crate::{number, units, words};

/// Options within the margin of the best in so many of 100 futures are best together.
const TOGETHER: u64 = 90;

/// Cards and tables.
pub(super) fn outcomes(page: &mut Page) -> Markup {
    let (language, findings) = (page.language, page.memo.findings);
    let mut blocks = vec![tag(
        "p",
        "",
        join(
            [words::robust_intro(language), words::regret_intro(language)],
            " ",
        ),
    )];
    let mut cards: Vec<Markup> = findings
        .verdicts
        .iter()
        .filter(|verdict| verdict.addon == 0)
        .map(|verdict| card(page, verdict))
        .collect();
    // On paper these stand beside the last card where there is room.
    let rest = [enough(page), decision::rankings(page), repeat(page)];
    cards.push(tag("div", "rest", all_of(rest)));
    blocks.push(tag("div", "grid cards threes", all_of(cards)));
    blocks.push(addons(page));
    all_of(blocks)
}

/// Whether more futures would tell.
fn enough(page: &Page) -> Markup {
    let language = page.language;
    let mut verdicts = page.memo.findings.verdicts.iter().filter(|v| v.addon == 0);
    let said = if let Some(verdict) = verdicts.clone().find(|v| !v.enough) {
        words::not_enough(language, number::count(verdict.enough_at))
    } else if let Some(most) = verdicts.by_ref().map(|v| v.enough_at).max() {
        words::enough(language, number::count(most))
    } else {
        return Markup::default();
    };
    tag("p", "note", said)
}

fn card(page: &mut Page, verdict: &Verdict) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let outcome = &memo.case.outcomes[verdict.outcome];
    let direction = if outcome.higher_is_better {
        words::higher_better(language)
    } else {
        words::lower_better(language)
    };
    let mut notes = vec![page.text(&outcome.text), Markup::raw(format!("({direction})"))];
    if outcome.tail {
        notes.push(tag("strong", "", words::tail_note(language)));
    }
    let title = words::dots_title(language, page.outcome(verdict.outcome));
    let id = format!("d{}", verdict.outcome);
    let by = format!("{id}-{}", language.tag());
    let picture = page.sheet.described_over(
        &id,
        &chart::dot_grid(verdict),
        title,
        &by,
        ("dots", &chart::dot_frame()),
    );
    let mut content = vec![
        tag("h3", "", page.outcome(verdict.outcome)),
        tag("p", "note", join(notes, " ")),
        tag("div", "dots", all_of([picture, legend(page, verdict, &by)])),
    ];
    content.extend(tied(page, verdict));
    content.push(regret(page, verdict.outcome));
    // Who beats whom is asked of the outcomes in the first sentences; all pairs of all outcomes are in the run's tables.
    if memo.case.headline.contains(&verdict.outcome) {
        content.push(page.details(words::show_table(language), pairs(page, verdict)));
    }
    tag("div", "card", all_of(content))
}

/// Why nobody leads, where it is because several options are best together.
fn tied(page: &Page, verdict: &Verdict) -> Option<Markup> {
    let best = (0..verdict.near_best.len()).filter(|&policy| {
        let share = &verdict.near_best[policy];
        page.ran(policy) && number::per_hundred(share.count, share.of) >= TOGETHER
    });
    let best: Vec<Markup> = best
        .map(|policy| {
            join(
                [page.badge(policy), page.hundred(&verdict.near_best[policy])],
                " ",
            )
        })
        .collect();
    let nobody = matches!(headline(verdict), Headline::Nobody);
    (nobody && best.len() > 1).then(|| tag("p", "note", words::tied_best(page.language, join(best, ", "))))
}

/// Regret of each policy at the first add-on.
fn regret(page: &mut Page, outcome: usize) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let rows: Vec<&OptionRobustness> = memo
        .findings
        .robustness
        .iter()
        .filter(|row| row.outcome == outcome && row.option.addon == 0)
        .collect();
    let worst = rows.iter().map(|row| row.regret[2]).fold(0.0, f64::max);
    let unit = units::unit(language, &memo.case.outcomes[outcome].unit.value);
    let caption = if unit.is_empty() {
        words::regret_caption_pure(language)
    } else {
        words::regret_caption(language, unit)
    };
    let rows = rows
        .into_iter()
        .map(|row| {
            let policy = row.option.policy;
            let strip = chart::regret_bar(policy, row.regret, worst);
            let mut cells = vec![all_of([
                strip,
                page.badge(policy),
                Markup::raw(" "),
                tag("i", "", page.text(&memo.case.policies[policy].name)),
            ])];
            cells.extend(row.regret.map(|value| number::number(value).into()));
            cells
        })
        .collect();
    Table {
        class: "numbers rb",
        caption,
        head: vec![
            words::column_option(language),
            words::column_median_regret(language),
            words::column_ninety_regret(language),
            words::column_worst_regret(language),
        ],
        rows,
    }
    .html()
}

/// Who beats whom, and how often each is the best or within the margin.
fn pairs(page: &Page, verdict: &Verdict) -> Markup {
    let language = page.language;
    let policies: Vec<usize> = (0..verdict.leads.len())
        .filter(|&policy| page.ran(policy))
        .collect();
    let mut head = vec![words::column_option(language)];
    head.extend(policies.iter().map(|&policy| page.badge(policy)));
    head.push(words::column_near(language));
    let row = |&a: &usize| {
        let mut row = vec![page.badge(a)];
        for &b in &policies {
            row.push(if a == b {
                "·".into()
            } else {
                page.hundred(&verdict.pairs[a][b])
            });
        }
        row.push(page.hundred(&verdict.near_best[a]));
        row
    };
    Table {
        class: "numbers",
        caption: words::pair_caption(language, page.outcome(verdict.outcome)),
        rows: policies.iter().map(row).collect(),
        head,
    }
    .html()
}

/// Where an add-on changes who is in front.
fn addons(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    if memo.case.addons.len() < 2 {
        return Markup::default();
    }
    let find = |outcome: usize, addon: usize| {
        let mut verdicts = memo.findings.verdicts.iter();
        verdicts.find(|v| v.outcome == outcome && v.addon == addon)
    };
    let front = |outcome: usize, addon: usize| find(outcome, addon).map(headline);
    let others = 1..memo.case.addons.len();
    let changed: Vec<usize> = (0..memo.case.outcomes.len())
        .filter(|&outcome| {
            others
                .clone()
                .any(|addon| front(outcome, addon) != front(outcome, 0))
        })
        .collect();
    let heading = tag("h3", "", words::addons_heading(language));
    if changed.is_empty() {
        return all_of([heading, tag("p", "", words::addons_none(language))]);
    }
    let mut head = vec![words::column_outcome(language)];
    head.extend(memo.case.addons.iter().map(|addon| page.text(&addon.name)));
    let rows = changed.iter().map(|&outcome| {
        let mut row = vec![page.outcome(outcome)];
        row.extend(
            (0..memo.case.addons.len()).map(|addon| match find(outcome, addon) {
                Some(verdict) if addon == 0 || front(outcome, addon) != front(outcome, 0) => {
                    short(page, verdict)
                }
                _ => words::addons_same(language),
            }),
        );
        row
    });
    let table = Table {
        class: "",
        caption: Markup::default(),
        head,
        rows: rows.collect(),
    };
    let plain = page.text(&memo.case.addons[0].name);
    let [some, all] = [changed.len(), memo.case.outcomes.len()].map(|count| count.to_string());
    let intro = words::addons_intro(language, plain, some, all);
    all_of([heading, tag("p", "", intro), page.wide("with", table)])
}

/// The headline under a second way of drawing.
fn repeat(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let Some(repeat) = &memo.findings.repeat else {
        return Markup::default();
    };
    let how = match repeat.sampling.as_str() {
        "log_ranges" => words::repeat_log(language),
        "second_seed" => words::repeat_seed(language),
        "centred" => words::repeat_centred(language),
        "monte_carlo" => words::repeat_monte(language),
        other => words::repeat_other(language, other),
    };
    let pairs: Vec<(usize, &Verdict, &Verdict)> = memo
        .case
        .headline
        .iter()
        .filter_map(|&outcome| {
            let find =
                |verdicts: &'_ [Verdict]| verdicts.iter().position(|v| v.outcome == outcome && v.addon == 0);
            let first = &memo.findings.verdicts[find(&memo.findings.verdicts)?];
            Some((outcome, first, &repeat.verdicts[find(&repeat.verdicts)?]))
        })
        .collect();
    let heading = tag("h3", "", words::repeat_heading(language));
    // Where one option is in front in both draws, its two counts say all.
    let in_front = |verdict: &Verdict| match headline(verdict) {
        Headline::Leads(policy) | Headline::MostlyClose(policy) => Some(policy),
        Headline::TooClose(..) | Headline::Nobody => None,
    };
    let told: Option<Vec<Markup>> = pairs
        .iter()
        .map(|&(outcome, first, second)| {
            let policy = in_front(first).filter(|_| headline(first) == headline(second))?;
            Some(words::repeat_pair(
                language,
                page.outcome(outcome),
                page.badge(policy),
                page.hundred(&first.leads[policy]),
                page.hundred(&second.leads[policy]),
            ))
        })
        .collect();
    if let Some(told) = told {
        let told = join([how, words::repeat_same(language), join(told, "; ")], " ");
        return all_of([heading, tag("p", "", told)]);
    }
    let rows = pairs
        .into_iter()
        .map(|(outcome, first, second)| vec![page.outcome(outcome), short(page, first), short(page, second)]);
    let table = Table {
        class: "",
        caption: Markup::default(),
        head: vec![
            words::column_outcome(language),
            words::repeat_first(language),
            words::repeat_second(language),
        ],
        rows: rows.collect(),
    };
    all_of([heading, tag("p", "", how), page.wide("again", table)])
}

/// A verdict in a cell.
fn short(page: &Page, verdict: &Verdict) -> Markup {
    let language = page.language;
    let share = |policy: usize| page.share(&verdict.leads[policy]);
    match headline(verdict) {
        Headline::Leads(first) => words::leads_short(language, page.badge(first), share(first)),
        Headline::MostlyClose(first) => words::mostly_short(language, page.badge(first), share(first)),
        Headline::TooClose(first, second) => {
            words::tie_short(language, page.badge(first), page.badge(second))
        }
        Headline::Nobody => words::nobody_short(language),
    }
}
