//! How the model works: sectors, stocks, levers, outcomes, and which sector feeds which, all from the model itself.

use std::collections::{BTreeMap, BTreeSet};

use model::{Definition, Expr, ExprId, Id, Model, Name, VarId, VariableKind};

use super::{Page, all_of, list};
use crate::chart::{self, Link};
use crate::markup::{Markup, join, tag};
use crate::{number, units, words};

/// A sector: a group of the model, or the variables without one.
struct Sector {
    name: Option<String>,
    comment: String,
    members: Vec<VarId>,
}

/// The page about the model.
pub(super) fn mechanism(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let model = memo.model;
    let (sectors, sector_of) = sectors(model);
    let links = links(model, &sector_of);
    let stocks = |members: &[VarId]| {
        members
            .iter()
            .filter(|&&v| model.variables[v].kind == VariableKind::Stock)
            .count()
    };
    let everything: usize = sectors.iter().map(|sector| sector.members.len()).sum();
    let mut intro = vec![words::model_intro(
        language,
        everything.to_string(),
        sectors
            .iter()
            .map(|sector| stocks(&sector.members))
            .sum::<usize>()
            .to_string(),
        sectors.len().to_string(),
    )];
    if let Some(step) = number_of(model, model.time.time_step) {
        let unit = units::unit(language, &model.variables[model.time.time_step].units);
        intro.push(words::model_steps(language, number::given(step), unit));
    }
    intro.push(words::model_names(language));
    intro.push(words::model_continues(language));
    let names: Vec<Markup> = sectors
        .iter()
        .map(|sector| {
            sector
                .name
                .as_ref()
                .map_or_else(|| words::model_other(language), english)
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
        language,
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
            all_of([figure, tag("div", "sectors", all_of(cards))]),
        ),
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
            .flat_map(|split| split.parts.iter().map(|(name, _)| name));
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
    let stocks: Vec<Markup> = sector
        .members
        .iter()
        .filter(|&&v| model.variables[v].kind == VariableKind::Stock)
        .map(written)
        .collect();
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
        let to = fed
            .iter()
            .map(|&to| Markup::raw(format!("{} {}", to + 1, names[to])))
            .collect();
        lines.push(named(words::model_feeds_label(language), to, false));
    }
    let comment = if sector.comment.is_empty() {
        Markup::default()
    } else {
        Markup::raw(format!("<p lang=\"en\">{}</p>", Markup::from(&sector.comment)))
    };
    let heading = Markup::raw(format!("<span class=\"n\">{}</span> {}", at + 1, names[at]));
    tag(
        "div",
        "card",
        all_of([tag("h4", "", heading), comment, list("plain", lines)]),
    )
}

fn english(name: &String) -> Markup {
    Markup::raw(format!("<span lang=\"en\">{}</span>", Markup::from(name)))
}

/// Groups that hold anything but control variables, in the order of the model, then what stands in no group.
fn sectors(model: &Model) -> (Vec<Sector>, BTreeMap<VarId, usize>) {
    let control = [
        model.time.initial_time,
        model.time.final_time,
        model.time.time_step,
        model.time.saveper,
    ];
    let mut sectors = vec![];
    let mut sector_of = BTreeMap::new();
    let groups = model
        .groups
        .enumerate()
        .map(|(id, group)| (Some(id), Some(group)));
    for (id, group) in groups.chain([(None, None)]) {
        let members: Vec<VarId> = model
            .variables
            .enumerate()
            .filter(|(v, variable)| variable.group == id && !variable.hidden && !control.contains(v))
            .map(|(v, _)| v)
            .collect();
        if members.is_empty() {
            continue;
        }
        for &member in &members {
            sector_of.insert(member, sectors.len());
        }
        sectors.push(Sector {
            name: group.map(|group| group.name.written().trim_start_matches('.').to_string()),
            comment: group.map(|group| group.comment.clone()).unwrap_or_default(),
            members,
        });
    }
    (sectors, sector_of)
}

/// How many variables of one sector are used in another.
fn links(model: &Model, sector_of: &BTreeMap<VarId, usize>) -> Vec<Link> {
    let mut used: BTreeMap<(usize, usize), BTreeSet<VarId>> = BTreeMap::new();
    for (user, variable) in model.variables.enumerate() {
        let Some(&to) = sector_of.get(&user) else { continue };
        let mut open: Vec<ExprId> = vec![];
        for equation in &variable.equations {
            match &equation.definition {
                Definition::Expression(expr) => open.push(*expr),
                Definition::Stock {
                    rate: a, initial: b, ..
                }
                | Definition::ActiveInitial {
                    active: a,
                    initial: b,
                } => {
                    open.extend([*a, *b]);
                }
                Definition::Lookup(_) => {}
            }
        }
        while let Some(expr) = open.pop() {
            let source = match &model.exprs[expr] {
                Expr::Number(_) | Expr::Time => None,
                Expr::Variable { variable, .. } => Some(*variable),
                Expr::LookupCall { lookup, x, .. } => {
                    open.push(*x);
                    Some(*lookup)
                }
                Expr::WithLookup { x, .. } => {
                    open.push(*x);
                    None
                }
                Expr::Unary { operand, .. } => {
                    open.push(*operand);
                    None
                }
                Expr::Binary { left, right, .. } => {
                    open.extend([*left, *right]);
                    None
                }
                Expr::Call { args, .. } => {
                    open.extend(args);
                    None
                }
            };
            if let Some((source, &from)) = source.and_then(|source| Some((source, sector_of.get(&source)?))) {
                used.entry((from, to)).or_default().insert(source);
            }
        }
    }
    used.into_iter()
        .filter(|((from, to), _)| from != to)
        .map(|((from, to), variables)| Link {
            from,
            to,
            uses: variables.len(),
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

/// The value of a variable that is a plain number.
fn number_of(model: &Model, variable: VarId) -> Option<f64> {
    debug_assert!(
        variable.index() < model.variables.len(),
        "a variable of this model"
    );
    match model.variables[variable].equations.first()?.definition {
        Definition::Expression(expr) => match model.exprs[expr] {
            Expr::Number(value) => Some(value),
            _ => None,
        },
        _ => None,
    }
}
