//! What could happen: fans on one scale, and tests against the past.

use study::findings::{ExperimentFan, Fan};

use super::{Page, all_of, list};
use crate::chart::{self, FanScale, NARROW};
use crate::markup::{Markup, Table, join, tag};
use crate::{number, units, words};

/// Two panels fit side by side on a phone.
const PANEL: u32 = 168;

/// A row of fans for each headline outcome; experiments beneath.
pub(super) fn futures(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let mut blocks = vec![];
    if let Some(first) = memo.findings.fans.first() {
        let unit = units::unit(language, time_unit(page));
        let baseline = page.policy(memo.case.baseline);
        let mut intro = vec![words::futures_intro(language, baseline)];
        if !memo.case.history.is_empty() {
            intro.push(words::futures_dots(language));
        }
        intro.extend([
            words::futures_axis(language, unit),
            words::fan_behind(language, number::count(first.futures)),
            words::futures_others(language),
        ]);
        blocks.push(tag("p", "", join(intro, " ")));
        let ran = (0..memo.case.policies.len()).filter(|&policy| page.ran(policy));
        blocks.push(list("key", ran.map(|policy| page.policy(policy))));
        let wanted: Vec<&Fan> = wanted(page, true).collect();
        blocks.extend(wanted.into_iter().map(|fan| outcome(page, fan)));
    }
    blocks.push(experiments(page));
    all_of(blocks)
}

/// The other outcomes at the end of the run, in numbers: their fans would cost the room of a third of the drawings.
pub(super) fn others(page: &mut Page) -> Markup {
    let cards = wanted(page, false).map(|fan| {
        let heading = tag("h3", "", heading(page, fan));
        tag("div", "card", all_of([heading, numbers(page, fan)]))
    });
    let cards: Vec<Markup> = cards.collect();
    if cards.is_empty() {
        Markup::default()
    } else {
        tag("div", "grid cards threes", all_of(cards))
    }
}

/// The fans of the outcomes of the first sentences, or of the others.
fn wanted<'a>(page: &Page<'a>, headline: bool) -> impl Iterator<Item = &'a Fan> + use<'a> {
    let memo = page.memo;
    let fans = memo.findings.fans.iter();
    fans.filter(move |fan| memo.case.headline.contains(&fan.outcome) == headline)
}

/// The unit of the model's time.
fn time_unit<'a>(page: &Page<'a>) -> &'a str {
    let model = page.memo.model;
    &model.variables[model.time.time_step].units
}

fn outcome(page: &mut Page, fan: &Fan) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let key = model::Name::key_of(&fan.variable);
    let history = memo
        .case
        .history
        .iter()
        .find(|h| model::Name::key_of(&h.variable.value) == key);
    let (Some(&first), Some(&last)) = (fan.times.first(), fan.times.last()) else {
        return Markup::default();
    };
    // History may reach back for decades: as much of it is shown as there is future.
    let earliest = first - (last - first);
    let seen = history.map_or(&[][..], |history| history.points.as_slice());
    let seen: Vec<(f64, f64)> = seen
        .iter()
        .copied()
        .filter(|(time, _)| *time >= earliest && *time <= last)
        .collect();
    let drawn: Vec<usize> = (0..fan.policies.len())
        .filter(|&policy| !fan.policies[policy][2].is_empty())
        .collect();
    let values = drawn
        .iter()
        .flat_map(|&policy| [&fan.policies[policy][0], &fan.policies[policy][4]])
        .flatten()
        .copied();
    let scale = FanScale {
        span: (seen.iter().map(|(time, _)| *time).fold(first, f64::min), last),
        extent: extent(values.chain(seen.iter().map(|(_, value)| *value))),
        start: memo.case.start,
        width: PANEL,
    };
    let mut panels = vec![];
    let baseline = &fan.policies[memo.case.baseline][2];
    let mut frame = vec![chart::fan_frame(&scale)];
    if !baseline.is_empty() {
        frame.push(chart::fan_line(&scale, &fan.times, baseline));
    }
    if !seen.is_empty() {
        frame.push(chart::fan_dots(&scale, &seen));
    }
    let (frame, under) = (chart::over(&frame), format!("x{}", fan.outcome));
    for policy in drawn {
        let bands = chart::fan_bands(&scale, &fan.times, &fan.policies[policy], Some(policy));
        let id = format!("f{}-{policy}", fan.outcome);
        let (mark, letter) = (format!("k{policy}"), chart::fan_letter(policy, &scale));
        panels.push(
            page.sheet
                .over(&id, &bands, &[(&under, &frame), (&mark, &letter)]),
        );
    }
    let heading = heading(page, fan);
    let mut content = vec![tag("h3", "", &heading)];
    if let Some(history) = history.filter(|_| !seen.is_empty()) {
        let label = all_of([
            page.text(&history.label),
            Markup::raw(" "),
            page.sources(&history.sources),
        ]);
        content.push(tag("p", "note", Markup::raw(format!("● {label}"))));
    }
    let by = format!("n{}-{}", fan.outcome, language.tag());
    content.push(Markup::raw(format!(
        "<div class=\"panels\" role=\"img\" aria-label=\"{heading}\" aria-describedby=\"{by}\">{}</div>",
        all_of(panels)
    )));
    let table = Markup::raw(format!("<div id=\"{by}\">{}</div>", numbers(page, fan)));
    content.push(page.details(words::show_table(language), table));
    tag("div", "fan", all_of(content))
}

/// Name of an outcome, and the unit of what is drawn.
fn heading(page: &Page, fan: &Fan) -> Markup {
    let name = page.outcome(fan.outcome);
    let key = model::Name::key_of(&fan.variable);
    let unit = units::unit(page.language, model_units(page, &key));
    if unit.is_empty() {
        name
    } else {
        words::fan_unit(page.language, name, unit)
    }
}

/// Units of a variable of the model by the key of its name.
fn model_units<'a>(page: &Page<'a>, key: &str) -> &'a str {
    let model = page.memo.model;
    model
        .variables
        .iter()
        .find(|variable| variable.name.key() == key)
        .map_or("", |variable| variable.units.as_str())
}

/// A scale for values: from 0 unless they are negative or all far above it.
fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high {
        return (0.0, 1.0);
    }
    let low = if low >= 0.0 && low < 0.6 * high { 0.0 } else { low };
    if low < high {
        (low, high)
    } else {
        (low - 1.0, high + 1.0)
    }
}

/// Low, middle and high at the end.
fn numbers(page: &Page, fan: &Fan) -> Markup {
    let language = page.language;
    let rows = fan
        .policies
        .iter()
        .enumerate()
        .filter(|(_, quantiles)| !quantiles[2].is_empty());
    let rows = rows.map(|(policy, quantiles)| {
        let mut row = vec![page.badge(policy)];
        row.extend(
            [0, 2, 4].map(|k| number::number(quantiles[k].last().copied().unwrap_or(f64::NAN)).into()),
        );
        row
    });
    Table {
        class: "numbers",
        caption: words::fan_at_end(language),
        head: vec![
            words::column_option(language),
            words::column_low(language),
            words::column_middle(language),
            words::column_high(language),
        ],
        rows: rows.collect(),
    }
    .html()
}

/// Experiments that end where the options begin are tests against the past; the others ask "what if".
fn experiments(page: &mut Page) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let past = |fan: &&ExperimentFan| fan.times.last().is_some_and(|&last| last <= memo.case.start);
    let (tests, what_if): (Vec<&ExperimentFan>, Vec<&ExperimentFan>) =
        memo.findings.experiments.iter().partition(past);
    let mut blocks = vec![tag("h3", "", words::hindcast_heading(language))];
    if tests.is_empty() {
        blocks.push(tag("p", "", words::hindcast_none(language)));
    } else {
        blocks.push(tag("p", "", words::hindcast_intro(language)));
        let tests: Vec<Markup> = by_experiment(&tests)
            .into_iter()
            .map(|of_one| test(page, of_one))
            .collect();
        blocks.push(tag("div", "pasts", all_of(tests)));
    }
    if !what_if.is_empty() {
        blocks.push(tag("h3", "", words::what_if_heading(language)));
        for of_one in by_experiment(&what_if) {
            let title = page.text(&memo.case.experiments[of_one[0].experiment].title);
            let figures: Vec<Markup> = of_one.iter().map(|fan| figure(page, fan, None)).collect();
            blocks.extend([tag("h4", "", title), tag("div", "grid past", all_of(figures))]);
        }
    }
    all_of(blocks)
}

/// Neighbours that belong to one experiment.
fn by_experiment<'a, 'b>(fans: &'b [&'a ExperimentFan]) -> Vec<&'b [&'a ExperimentFan]> {
    fans.chunk_by(|a, b| a.experiment == b.experiment).collect()
}

/// A test against the past: what it comes to, then its charts with their errors.
fn test(page: &mut Page, fans: &[&ExperimentFan]) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let title = page.text(&memo.case.experiments[fans[0].experiment].title);
    let banded = |fan: &&&ExperimentFan| fan.quantiles[0] != fan.quantiles[4];
    let (inside, all) = fans.iter().filter(banded).fold((0, 0), |(inside, all), fan| {
        (inside + fan.covered.0, all + fan.covered.1)
    });
    let comes_to = match (inside * 100).checked_div(all) {
        None => words::past_line(language),
        Some(hundred) => {
            // A band of 9 in 10 futures should hold 9 in 10 points, give or take what so few points allow.
            let judged = match hundred {
                80.. => words::past_held(language),
                50.. => words::past_short(language),
                _ => words::past_missed(language),
            };
            let counted = words::past_inside(language, inside.to_string(), all.to_string());
            join([counted, judged], " ")
        }
    };
    let figures: Vec<Markup> = fans
        .iter()
        .map(|fan| {
            let parts = |share: f64| (share * 100.0).round();
            let (mean, size) = (parts(fan.mean_relative_error), parts(fan.mean_size_of_error));
            // The size of the error tells something more only where misses on both sides cancel.
            let error = if mean.abs() == size {
                words::past_error_one(language, number::signed(mean))
            } else {
                words::past_error(language, number::signed(mean), number::number(size))
            };
            let points = words::past_points(language, fan.covered.0.to_string(), fan.covered.1.to_string());
            let told = if banded(&fan) {
                join([points, error], " ")
            } else {
                error
            };
            figure(page, fan, Some(told))
        })
        .collect();
    // Two small tests stand side by side on paper.
    let class = if figures.len() > 2 { "" } else { "few" };
    let content = all_of([
        tag("h4", "", title),
        tag("p", "", comes_to),
        tag("div", "grid past", all_of(figures)),
    ]);
    tag("div", class, content)
}

fn experiment_name(page: &Page, fan: &ExperimentFan) -> Markup {
    let case = page.memo.case;
    let title = page.text(&case.experiments[fan.experiment].title);
    words::list_item(page.language, title, page.text(&case.history[fan.history].label))
}

fn figure(page: &mut Page, fan: &ExperimentFan, told: Option<Markup>) -> Markup {
    let (language, memo) = (page.language, page.memo);
    let points = &memo.case.history[fan.history].points;
    let (Some(&first), Some(&last)) = (fan.times.first(), fan.times.last()) else {
        return Markup::default();
    };
    let inside = points
        .iter()
        .filter(|(time, _)| *time >= first && *time <= last)
        .map(|(_, value)| *value);
    let values = fan.quantiles[0]
        .iter()
        .chain(&fan.quantiles[4])
        .copied()
        .chain(inside);
    let scale = FanScale {
        span: (first, last),
        extent: extent(values),
        start: memo.case.start,
        width: NARROW - 8,
    };
    let bands = chart::fan_bands(&scale, &fan.times, &fan.quantiles, None);
    let drawing = chart::over(&[chart::fan_frame(&scale), bands, chart::fan_dots(&scale, points)]);
    let name = experiment_name(page, fan);
    let at_end = |k: usize| number::number(fan.quantiles[k].last().copied().unwrap_or(f64::NAN));
    let description = words::fan_desc(language, at_end(0), at_end(2), at_end(4));
    let id = format!("past-{}-{}", fan.experiment, fan.history);
    let picture = page.sheet.picture(&id, &drawing, &name, description);
    let caption = page.text(&memo.case.history[fan.history].label);
    let told = told.map_or_else(Markup::default, |told| tag("p", "note", told));
    tag(
        "figure",
        "",
        all_of([tag("figcaption", "", caption), picture, told]),
    )
}
