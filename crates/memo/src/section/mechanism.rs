//! How the model works: sectors, stocks, loops, levers, outcomes, and which sector feeds which, all from the model itself.

use std::collections::{BTreeMap, BTreeSet};

use model::{FeedbackLoop, Id, Model, Name, Outline, VarId};

use super::{Page, all_of, list};
use crate::chart::{self, Link};
use crate::markup::{Markup, join, tag};
use crate::{number, units, words};

/// This many feedback loops are listed.
const LOOPS: usize = 5;

/// A sector: a group of the model, or the variables without one.
struct Sector<'a> {
    name: Option<&'a str>,
    comment: &'a str,
    stocks: &'a [VarId],
    members: Vec<VarId>,
}

/// The page about the model.
pub(super) fn mechanism(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let model = memo.model;
    let outline = model::outline(model);
    let sectors = sectors(model, &outline);
    let links = links(&outline, &sectors);
    let everything: usize = sectors.iter().map(|sector| sector.members.len()).sum();
    let stocks: usize = sectors.iter().map(|sector| sector.stocks.len()).sum();
    let mut intro = vec![words::model_intro(
        language,
        everything.to_string(),
        stocks.to_string(),
        sectors.len().to_string(),
    )];
    if let Some(step) = model.number(model.time.time_step) {
        let unit = units::unit(language, &model.variables[model.time.time_step].units);
        intro.push(words::model_steps(language, number::given(step), unit));
    }
    intro.push(words::model_names(language));
    if !page.memo.case.history.is_empty() {
        intro.push(words::model_continues(language));
    }
    let names: Vec<Markup> = sectors
        .iter()
        .map(|sector| {
            sector
                .name
                .as_ref()
                .map_or_else(|| words::model_other(language), |name| english(name))
        })
        .collect();
    let said: Vec<Markup> = (0..sectors.len())
        .filter_map(|from| {
            let fed = fed_by(&links, from)
                .into_iter()
                .map(|to| (to + 1).to_string().into());
            let fed = join(fed, ", ");
            (!fed.is_empty()).then(|| words::model_feeds(language, (from + 1).to_string(), fed))
        })
        .collect();
    let picture = page.sheet.picture(
        "ring",
        &chart::ring(sectors.len(), &links),
        words::model_picture(language),
        join(said, "; "),
    );
    let caption = tag("h3", "", words::model_picture(language));
    let figure = tag(
        "figure",
        "ring",
        all_of([
            tag("figcaption", "", caption),
            picture,
            tag("p", "note", words::model_picture_note(language)),
        ]),
    );
    let uses = Uses::of(page);
    let cards: Vec<Markup> = (0..sectors.len())
        .map(|at| card(page, &sectors[at], at, &names, &fed_by(&links, at), &uses))
        .collect();
    all_of([
        tag("p", "", join(intro, " ")),
        tag(
            "div",
            "mechanism",
            all_of([figure, tag("div", "", loops(page, &outline.loops))]),
        ),
        tag("div", "sectors", all_of(cards)),
    ])
}

/// What the case does with the model's variables, by the key of the name.
struct Uses {
    levers: BTreeSet<String>,
    uncertain: BTreeSet<String>,
    outcomes: BTreeMap<String, Vec<usize>>,
}

impl Uses {
    fn of(page: &Page) -> Self {
        let case = page.memo.case;
        let key = |name: &str| Name::key_of(name);
        let options = case.policies.iter().chain(&case.addons);
        let levers = options
            .flat_map(|option| &option.levers)
            .map(|lever| key(&lever.variable.value))
            .collect();
        let free = case
            .uncertainties
            .iter()
            .filter_map(|uncertainty| uncertainty.name.as_ref());
        let shared = case
            .splits
            .iter()
            .flat_map(|split| split.parts.iter().map(|part| &part.variable));
        let uncertain = free.chain(shared).map(|name| key(&name.value)).collect();
        let mut outcomes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, outcome) in case.outcomes.iter().enumerate() {
            outcomes.entry(key(&outcome.variable.value)).or_default().push(at);
        }
        Self {
            levers,
            uncertain,
            outcomes,
        }
    }
}

fn card(page: &Page, sector: &Sector, at: usize, names: &[Markup], fed: &[usize], uses: &Uses) -> Markup {
    let language = page.language;
    let model = page.memo.model;
    let key = |v: &VarId| model.variables[*v].name.key().to_string();
    let written = |v: &VarId| Markup::from(model.variables[*v].name.written());
    let stocks: Vec<Markup> = sector.stocks.iter().map(written).collect();
    let levers: Vec<Markup> = sector
        .members
        .iter()
        .filter(|v| uses.levers.contains(&key(v)))
        .map(written)
        .collect();
    let outcomes: Vec<Markup> = sector
        .members
        .iter()
        .filter_map(|v| uses.outcomes.get(&key(v)))
        .flatten()
        .map(|&outcome| page.outcome(outcome))
        .collect();
    let uncertain = sector
        .members
        .iter()
        .filter(|v| uses.uncertain.contains(&key(v)))
        .count();
    let mut lines = vec![words::model_counts(
        language,
        sector.members.len().to_string(),
        uncertain.to_string(),
    )];
    let named = |label: Markup, items: Vec<Markup>, foreign: bool| {
        let items = join(items, ", ");
        let items = if foreign {
            Markup::raw(format!("<span lang=\"en\">{items}</span>"))
        } else {
            items
        };
        Markup::raw(format!("{label} {items}"))
    };
    if !stocks.is_empty() {
        lines.push(named(words::model_stocks(language), stocks, true));
    }
    if !levers.is_empty() {
        lines.push(named(words::model_levers(language), levers, true));
    }
    if !outcomes.is_empty() {
        lines.push(named(words::model_outcomes(language), outcomes, false));
    }
    if !fed.is_empty() {
        let to = fed.iter().map(|&to| (to + 1).to_string().into()).collect();
        lines.push(named(words::model_feeds_label(language), to, false));
    }
    let comment = if sector.comment.is_empty() {
        Markup::default()
    } else {
        Markup::raw(format!("<p lang=\"en\">{}</p>", Markup::from(sector.comment)))
    };
    let heading = Markup::raw(format!("<span class=\"n\">{}</span> {}", at + 1, names[at]));
    tag(
        "div",
        "card",
        all_of([tag("h4", "", heading), comment, list("plain", lines)]),
    )
}

fn english(name: &str) -> Markup {
    Markup::raw(format!("<span lang=\"en\">{}</span>", Markup::from(name)))
}

/// The shortest feedback loops, as chains of names.
fn loops(page: &Page, loops: &[FeedbackLoop]) -> Markup {
    // A variable that only holds itself back says little about how the model works.
    let loops: Vec<&FeedbackLoop> = loops.iter().filter(|found| found.variables.len() > 1).collect();
    if loops.is_empty() {
        return Markup::default();
    }
    let language = page.language;
    let variables = &page.memo.model.variables;
    let told = loops.iter().take(LOOPS).map(|found| {
        let names = found.variables.iter().chain(found.variables.first());
        join(names.map(|&v| Markup::from(variables[v].name.written())), " → ")
    });
    let told: Vec<Markup> = told
        .map(|names| Markup::raw(format!("<span lang=\"en\">{names}</span>")))
        .collect();
    let mut blocks = vec![
        tag("h3", "", words::model_loops(language)),
        tag("p", "", words::model_loops_note(language)),
        list("loops", told),
    ];
    if loops.len() > LOOPS {
        let more = (loops.len() - LOOPS).to_string();
        blocks.push(tag("p", "note", words::model_more_loops(language, more)));
    }
    all_of(blocks)
}

fn sectors<'a>(model: &'a Model, outline: &'a Outline) -> Vec<Sector<'a>> {
    let told = outline.sectors.iter().map(|sector| {
        let group = sector.group.map(|group| &model.groups[group]);
        let mut members: Vec<VarId> = [
            &sector.stocks,
            &sector.flows,
            &sector.auxiliaries,
            &sector.constants,
            &sector.tables,
        ]
        .into_iter()
        .flatten()
        .copied()
        .collect();
        members.sort_unstable();
        Sector {
            name: group.map(|group| group.name.written().trim_start_matches('.')),
            comment: group.map_or("", |group| group.comment.trim()),
            stocks: &sector.stocks,
            members,
        }
    });
    told.collect()
}

/// How many variables of one sector are used in another.
fn links(outline: &Outline, sectors: &[Sector]) -> Vec<Link> {
    let mut sector_of: Vec<Option<usize>> = vec![None; outline.uses.len()];
    for (at, sector) in sectors.iter().enumerate() {
        for member in &sector.members {
            sector_of[member.index()] = Some(at);
        }
    }
    let mut used: BTreeMap<(usize, usize), BTreeSet<VarId>> = BTreeMap::new();
    for (user, sources) in outline.uses.enumerate() {
        for &source in sources {
            if let (Some(from), Some(to)) = (sector_of[source.index()], sector_of[user.index()])
                && from != to
            {
                used.entry((from, to)).or_default().insert(source);
            }
        }
    }
    used.into_iter()
        .map(|((from, to), sources)| Link {
            from,
            to,
            uses: sources.len(),
        })
        .collect()
}

/// The sectors that a sector feeds.
fn fed_by(links: &[Link], from: usize) -> Vec<usize> {
    links
        .iter()
        .filter(|link| link.from == from)
        .map(|link| link.to)
        .collect()
}
