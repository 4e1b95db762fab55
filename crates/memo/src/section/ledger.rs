//! The evidence ledger, the statements of the debate, and the list of sources.

use study::case::{Distribution, Grade, Role, Uncertainty};

use super::{Page, all_of, list};
use crate::markup::{Markup, Table, join, tag};
use crate::{Memo, number, units, words};

/// A table of uncertain numbers for each sector, in the order of the case.
pub(super) fn ledger(page: &mut Page) -> Markup {
    let (language, case) = (page.language, page.memo.case);
    let intro = [
        words::ledger_intro(language, case.uncertainties.len().to_string()),
        words::ledger_grades(language),
        words::ledger_uniform_note(language),
        words::ledger_neutral_note(language),
    ];
    let mut blocks = vec![tag("p", "", join(intro, " "))];
    if !case.camps.is_empty() {
        let names = join((0..case.camps.len()).map(|camp| page.camp(camp)), "; ");
        blocks.push(tag("p", "note", words::ledger_camps(language, names)));
    }
    let mut sectors: Vec<&str> = vec![];
    for uncertainty in case
        .uncertainties
        .iter()
        .filter(|uncertainty| uncertainty.role == Role::Assumption)
    {
        if !sectors.contains(&uncertainty.sector.as_str()) {
            sectors.push(&uncertainty.sector);
        }
    }
    let head = vec![
        words::column_assumption(language),
        words::column_range(language),
        words::column_neutral(language),
        words::column_grade(language),
        words::column_favours(language),
        words::column_sources(language),
    ];
    let columns = head.len();
    let mut rows = vec![];
    for sector in sectors {
        // A row with one cell is a group's heading.
        rows.push(vec![sector_name(page, sector)]);
        let of = case.uncertainties.iter().enumerate();
        let of = of.filter(|(_, u)| u.sector == sector && u.role == Role::Assumption);
        rows.extend(of.map(|(at, uncertainty)| row(page, at, uncertainty)));
    }
    debug_assert!(
        rows.iter().all(|row| row.len() == 1 || row.len() == columns),
        "a cell for each column"
    );
    let table = Table {
        class: "ledger",
        caption: Markup::default(),
        head,
        rows,
    };
    blocks.push(page.wide("ledger", table));
    let luck = case
        .uncertainties
        .iter()
        .filter(|uncertainty| uncertainty.role == Role::Chance);
    let luck = luck.map(|uncertainty| {
        let code = uncertainty
            .name
            .as_ref()
            .map(|name| tag("code", "", Markup::from(&name.value)));
        join(
            [
                page.text(&uncertainty.label),
                code.unwrap_or_default(),
                distribution(page, uncertainty),
            ],
            " · ",
        )
    });
    let luck = list("", luck);
    if !luck.is_empty() {
        blocks.push(tag("h3", "", words::chance_heading(language)));
        blocks.push(tag("p", "", words::chance_text(language)));
        blocks.push(luck);
    }
    if !case.constraints.is_empty() {
        blocks.push(tag("h3", "", words::constraints_heading(language)));
        let rules = case.constraints.iter().map(|constraint| {
            let rule = tag("code", "", Markup::from(&constraint.rule.value));
            all_of([page.text(&constraint.text), Markup::raw(" "), rule])
        });
        blocks.push(list("", rules));
    }
    all_of(blocks)
}

/// A sector's name; its id as words where the case gives none, which is the same in both languages.
fn sector_name(page: &Page, id: &str) -> Markup {
    if let Some((_, name)) = page.memo.case.sectors.iter().find(|(sector, _)| sector == id) {
        return page.text(name);
    }
    Markup::raw(format!(
        "<span lang=\"en\">{}</span>",
        Markup::from(id.replace('_', " "))
    ))
}

fn row(page: &Page, at: usize, uncertainty: &Uncertainty) -> Vec<Markup> {
    let language = page.language;
    let mut small = vec![page.text(&uncertainty.text)];
    let split = page
        .memo
        .case
        .splits
        .iter()
        .find(|split| split.total == at || split.parts.iter().any(|part| part.weight == at));
    if let Some(constant) = &uncertainty.name {
        small.push(tag("code", "", Markup::from(&constant.value)));
    } else if let Some(split) = split {
        small.push(words::split_of(language, &split.id.value));
    }
    let small = join(small.into_iter().filter(|text| !text.is_empty()), " ");
    let name = all_of([page.text(&uncertainty.label), tag("p", "", small)]);
    let mut contested = vec![];
    if !uncertainty.high_favours.is_empty() {
        contested.push(words::high_favours(
            language,
            page.camps(&uncertainty.high_favours),
        ));
    }
    if !uncertainty.low_favours.is_empty() {
        contested.push(words::low_favours(language, page.camps(&uncertainty.low_favours)));
    }
    if !uncertainty.contested_by.is_empty() {
        contested.push(words::contested_by(
            language,
            page.camps(&uncertainty.contested_by),
        ));
    }
    let grade = match uncertainty.grade {
        Grade::A => "A",
        Grade::B => "B",
        Grade::C => "C",
        Grade::J => "J",
    };
    vec![
        name,
        distribution(page, uncertainty),
        uncertainty
            .neutral
            .map_or_else(|| "–".into(), |value| page.value(at, value)),
        grade.into(),
        if contested.is_empty() {
            "–".into()
        } else {
            join(contested, "; ")
        },
        if uncertainty.sources.is_empty() {
            "–".into()
        } else {
            page.sources(&uncertainty.sources)
        },
    ]
}

/// A distribution in words, with the unit.
fn distribution(page: &Page, uncertainty: &Uncertainty) -> Markup {
    let language = page.language;
    let unit = &uncertainty.unit.value;
    let range = |low: f64, high: f64| {
        words::range(
            language,
            number::given(low),
            units::with_unit(language, &number::given(high), unit),
        )
    };
    match &uncertainty.distribution {
        Distribution::Uniform { low, high } => words::uniform(language, range(*low, *high)),
        Distribution::LogUniform { low, high } => words::log_uniform(language, range(*low, *high)),
        Distribution::Triangular { low, mode, high } => {
            words::triangular(language, range(*low, *high), number::given(*mode))
        }
        Distribution::Pert { low, mode, high } => {
            words::pert(language, range(*low, *high), number::given(*mode))
        }
        Distribution::TruncatedNormal { mean, sd, low, high } => words::truncated_normal(
            language,
            range(*low, *high),
            number::given(*mean),
            number::given(*sd),
        ),
        Distribution::Integer { low, high } => words::integer(language, range(*low as f64, *high as f64)),
        Distribution::Categorical { values, labels } => {
            let pairs = values.iter().zip(labels);
            let pairs =
                pairs.map(|(value, label)| words::key(language, number::given(*value), page.text(label)));
            words::categorical(language, join(pairs, "; "))
        }
    }
}

/// Every statement and where it went.
pub(super) fn statements(page: &mut Page) -> Markup {
    let (language, case) = (page.language, page.memo.case);
    if case.statements.is_empty() {
        return Markup::default();
    }
    let rows = case.statements.iter().map(|statement| {
        vec![
            Markup::raw(format!("{}. {}", statement.number, page.text(&statement.text))),
            page.text(&statement.said_by),
            list(
                "plain",
                statement
                    .places
                    .iter()
                    .map(|place| self::place(page, &place.value)),
            ),
        ]
    });
    let table = Table {
        class: "",
        caption: words::statements_caption(language),
        head: vec![
            words::column_statement(language),
            words::column_said_by(language),
            words::column_places(language),
        ],
        rows: rows.collect(),
    };
    all_of([
        tag("p", "", words::statements_intro(language)),
        page.wide("statements", table),
    ])
}

/// `claim:s1` in words; a place that is not in the case stays as it is written.
fn place(page: &Page, written: &str) -> Markup {
    let (language, case) = (page.language, page.memo.case);
    let Some((kind, id)) = written.split_once(':') else {
        return if written == "context" {
            words::place_context(language)
        } else {
            written.into()
        };
    };
    let found = match kind {
        "policy" => case
            .policies
            .iter()
            .position(|policy| policy.id.value == id)
            .map(|policy| words::place_policy(language, page.policy(policy))),
        "addon" => {
            let found = case.addons.iter().find(|addon| addon.id.value == id);
            found.map(|addon| words::place_addon(language, page.text(&addon.name)))
        }
        "outcome" => {
            let found = case.outcomes.iter().find(|outcome| outcome.id.value == id);
            found.map(|outcome| words::place_outcome(language, page.text(&outcome.name)))
        }
        "uncertainty" => {
            let found = case
                .uncertainties
                .iter()
                .find(|uncertainty| uncertainty.id.value == id);
            found.map(|uncertainty| words::place_uncertainty(language, page.text(&uncertainty.label)))
        }
        "claim" => {
            let found = case.claims.iter().position(|claim| claim.id.value == id);
            found.map(|claim| {
                let number = claim + 1;
                let link = format!("<a href=\"#c{number}-{}\">{number}</a>", language.tag());
                words::place_claim(language, Markup::raw(link))
            })
        }
        "authority" => {
            let found = case.authorities.iter().find(|authority| authority.law == id);
            found.map(|authority| words::place_authority(language, page.text(&authority.name)))
        }
        "camp" => {
            let found = case.camps.iter().find(|camp| camp.id.value == id);
            found.map(|camp| words::place_camp(language, page.text(&camp.name)))
        }
        _ => None,
    };
    found.unwrap_or_else(|| written.into())
}

/// Citations are cut behind the word that passes this many characters: the address leads on, the bibliography has all.
const LONGEST_CITATION: usize = 70;

/// A text up to the word that passes a length.
fn cut(text: &str, longest: usize) -> String {
    let passed = text.char_indices().skip(longest).find(|(_, c)| *c == ' ');
    match passed {
        Some((end, _)) => format!("{}…", text[..end].trim_end_matches([',', ';', ':', '.'])),
        None => text.to_owned(),
    }
}

/// The list of sources, the same in both languages, numbered as the links are. An address is written once: as the citation's
/// link, which the print style spells out. Of a note the first clause is shown (the grade); the rest is in the
/// bibliography.
pub(crate) fn references(memo: &Memo) -> Markup {
    let mut html = String::from("<ol class=\"sources\">");
    for (at, reference) in memo.case.bibliography.values().enumerate() {
        let citation = Markup::from(&cut(&reference.citation, LONGEST_CITATION));
        html.push_str(&format!("<li id=\"s{}\">", at + 1));
        let url = reference
            .url
            .as_deref()
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        match url {
            Some(url) => html.push_str(&format!("<a href=\"{}\">{citation}</a>", Markup::from(url))),
            None => html.push_str(citation.as_str()),
        }
        if let Some(note) = &reference.note {
            html.push_str(&format!(" <i>{}</i>", Markup::from(first_clause(note))));
        }
        html.push_str("</li>");
    }
    html.push_str("</ol>");
    Markup::raw(html)
}

/// A text up to its first full stop or semicolon.
fn first_clause(text: &str) -> &str {
    let end = text.find([';', '.']).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_and_notes_are_cut_where_they_end() {
        assert_eq!(first_clause("Grade B; seen. Value: 3."), "Grade B");
        assert_eq!(first_clause("Grade B"), "Grade B");
        assert_eq!(cut("A short one.", 70), "A short one.");
        assert_eq!(cut("Más de cuatro, o cinco", 8), "Más de cuatro…");
    }
}
