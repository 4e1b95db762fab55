//! How to make the memo again, how to cite it, and the glossary.

use super::{Page, all_of};
use crate::markup::{Markup, Table, tag};
use crate::{number, words};

/// Command, hashes, counts, citation.
pub(super) fn reproduce(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let (tally, from) = (&memo.findings.tally, memo.provenance);
    let code = |text: &String| tag("code", "", Markup::from(text));
    let rows: Vec<(Markup, Markup)> = vec![
        (words::fact_version(language), (&from.version).into()),
        (words::fact_case(language), code(&from.case_hash)),
        (words::fact_model(language), code(&from.model_hash)),
        (words::fact_seed(language), from.seed.to_string().into()),
        (words::fact_design(language), code(&from.design)),
        (words::fact_asked(language), number::count(from.futures).into()),
        (words::fact_drawn(language), number::count(tally.drawn).into()),
        (
            words::fact_rejected(language),
            number::count(tally.rejected).into(),
        ),
        (words::fact_broken(language), number::count(tally.broken).into()),
        (
            words::fact_compared(language),
            number::count(tally.compared).into(),
        ),
    ];
    let table = Table {
        class: "facts",
        caption: words::reproduce_facts(language),
        head: vec![words::fact(language), words::fact_value(language)],
        rows: rows.into_iter().map(|(name, value)| vec![name, value]).collect(),
    };
    let hash: String = from.case_hash.chars().take(12).collect();
    let title = page.text(&memo.case.title);
    let citation = words::citation(
        language,
        title,
        &memo.case.as_of,
        &from.version,
        hash,
        from.seed.to_string(),
    );
    all_of([
        fast_numerics(page),
        tag("p", "", words::reproduce_how(language)),
        tag("pre", "", code(&from.command)),
        table.html(),
        tag("h3", "", words::cite(language)),
        tag("p", "", citation),
    ])
}

/// How far fast numerics moved the outcomes, if the run used them.
fn fast_numerics(page: &Page) -> Markup {
    let language = page.language;
    let Some((fast, most)) = page
        .memo
        .provenance
        .fast
        .as_ref()
        .and_then(|fast| Some((fast, fast.most()?)))
    else {
        return all_of([]);
    };
    let outcomes = &page.memo.case.outcomes;
    let name = outcomes
        .iter()
        .find(|outcome| outcome.id.value == most.outcome)
        .map_or_else(|| most.outcome.clone().into(), |outcome| page.text(&outcome.name));
    let live = match page.memo.live {
        Ok(_) => words::fast_live(language),
        Err(_) => all_of([]),
    };
    let told = words::fast_numerics(
        language,
        number::count(fast.futures),
        format!("{:.1e}", most.of_range),
        name,
        number::count(fast.otherwise),
    );
    tag("p", "", all_of([told, live]))
}

/// The words a reader may not know.
pub(super) fn glossary(page: &mut Page) -> Markup {
    let language = page.language;
    let terms = [
        (words::future(language), words::future_meaning(language)),
        (words::option(language), words::option_meaning(language)),
        (words::addon(language), words::addon_meaning(language)),
        (words::outcome(language), words::outcome_meaning(language)),
        (words::assumption(language), words::assumption_meaning(language)),
        (words::leads(language), words::leads_meaning(language)),
        (words::close_call(language), words::close_call_meaning(language)),
        (words::regret(language), words::regret_meaning(language)),
        (words::robust(language), words::robust_meaning(language)),
        (words::hinge(language), words::hinge_meaning(language)),
        (words::camp(language), words::camp_meaning(language)),
        (words::fan(language), words::fan_meaning(language)),
        (words::hindcast(language), words::hindcast_meaning(language)),
    ];
    let terms =
        terms.map(|(term, meaning)| Markup::raw(format!("<div><dt>{term}</dt><dd>{meaning}</dd></div>")));
    tag("dl", "glossary", all_of(terms))
}
