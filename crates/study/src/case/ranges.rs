//! Uncertainties and split totals: their distributions, and what a range must satisfy.

use model::{Diagnostic, Diagnostics, Name, Span};

use super::form::keys::{DISTRIBUTION_KEYS, DISTRIBUTIONS};
use super::form::row::Row;
use super::form::shape::{quoted, snake};
use super::ids::Ids;
use super::types::{At, Distribution, Grade, Part, Role, Split, Text, Uncertainty};

/// All uncertainties in the order of the file, and the splits that made some of them.
pub(crate) fn read(
    uncertainties: &[Row<'_>],
    splits: &[Row<'_>],
    camps: &Ids,
    notes: &mut Diagnostics,
) -> (Vec<Uncertainty>, Vec<Split>) {
    enum Made {
        Free(Box<Uncertainty>),
        Split(Split, Vec<Uncertainty>),
    }
    let mut made: Vec<(Span, Made)> = Vec::new();
    for row in uncertainties {
        made.push((row.span(), Made::Free(Box::new(uncertainty(row, camps, notes)))));
    }
    for row in splits {
        let (split, parts) = split(row, notes);
        made.push((row.span(), Made::Split(split, parts)));
    }
    // Sobol' designs count places: what is appended to the file moves nothing.
    made.sort_by_key(|(place, _)| *place);
    let (mut all, mut read_splits) = (Vec::new(), Vec::new());
    for (_, item) in made {
        match item {
            Made::Free(uncertainty) => all.push(*uncertainty),
            Made::Split(mut split, uncertainties) => {
                split.total += all.len();
                split.parts.iter_mut().for_each(|part| part.weight += all.len());
                all.extend(uncertainties);
                read_splits.push(split);
            }
        }
    }
    (all, read_splits)
}

/// Up to here every whole number is a double.
const LARGEST_WHOLE: u64 = 1 << 53;

/// Stands for a range that could not be read, which was said: everything lies inside it.
const UNKNOWN: Distribution = Distribution::Uniform {
    low: f64::NEG_INFINITY,
    high: f64::INFINITY,
};

fn uncertainty(row: &Row<'_>, camps: &Ids, notes: &mut Diagnostics) -> Uncertainty {
    let name = row.string("name");
    let id = row
        .string("id")
        .unwrap_or_else(|| id_of_name(name.as_ref(), row.span(), notes));
    let (distribution, range_span) = distribution(row, notes);
    let neutral = row.number("neutral");
    let grade = grade(row);
    let sources = row.strings("sources");
    if sources.is_empty() && row.has("grade") && grade != Grade::J {
        notes.push(without_source(&id, row.span_of("grade")));
    }
    Uncertainty {
        label: row.text("label"),
        text: row.text("text"),
        sector: row
            .string("sector")
            .map_or_else(|| "general".to_owned(), |sector| sector.value),
        distribution: distribution.unwrap_or(UNKNOWN),
        range_span,
        unit: row.needed("unit"),
        neutral: neutral.map(|neutral| neutral.value),
        high_favours: camps.find_all(&row.strings("high_favours"), notes),
        low_favours: camps.find_all(&row.strings("low_favours"), notes),
        sources,
        grade,
        contested_by: camps.find_all(&row.strings("contested_by"), notes),
        role: match row.string("role") {
            Some(role) if role.value == "chance" => Role::Chance,
            _ => Role::Assumption,
        },
        name,
        id,
    }
}

fn without_source(id: &At<String>, span: Span) -> Diagnostic {
    Diagnostic::error(
        "case-no-source",
        format!("`{}` has a grade of evidence but no source", id.value),
    )
    .label(span, "a grade is that of the evidence for the range")
    .help("name its `sources`, or say `grade = \"J\"` (judgement) and keep the range openly wide")
}

fn grade(row: &Row<'_>) -> Grade {
    match row.needed("grade").value.as_str() {
        "A" => Grade::A,
        "B" => Grade::B,
        "C" => Grade::C,
        _ => Grade::J,
    }
}

fn id_of_name(name: Option<&At<String>>, place: Span, notes: &mut Diagnostics) -> At<String> {
    let Some(name) = name else {
        return At {
            value: String::new(),
            span: place,
        };
    };
    let id = snake(&name.value);
    if id.is_none() {
        let message = format!("no id can be made of the name `{}`", name.value);
        let diagnostic = Diagnostic::error("case-bad-id", message).label(name.span, "needs an `id`");
        notes.push(diagnostic.help("add `id = \"...\"` in `lower_snake_case`"));
    }
    At {
        value: id.unwrap_or_default(),
        span: name.span,
    }
}

fn split(row: &Row<'_>, notes: &mut Diagnostics) -> (Split, Vec<Uncertainty>) {
    let id = row.needed("id");
    let label = row.text("label");
    let total = row.row("total");
    let (distribution, range_span) = match &total {
        Some(total) => distribution(total, notes),
        None => (None, row.span()),
    };
    let grade = grade(row);
    let sources = row.strings("sources");
    if sources.is_empty() && row.has("grade") && grade != Grade::J {
        notes.push(without_source(&id, row.span_of("grade")));
    }
    let sector = row
        .string("sector")
        .map_or_else(|| "general".to_owned(), |sector| sector.value);
    let base = Uncertainty {
        id: id.clone(),
        name: None,
        text: row.optional_text("text").unwrap_or_else(|| label.clone()),
        label: label.clone(),
        sector,
        distribution: distribution.unwrap_or(UNKNOWN),
        range_span,
        unit: row.needed("unit"),
        neutral: None,
        high_favours: Vec::new(),
        low_favours: Vec::new(),
        sources,
        grade,
        contested_by: Vec::new(),
        role: Role::Assumption,
    };
    let mut made = vec![base];
    let mut parts = Vec::new();
    let rows = row.rows("parts");
    let mut weightless = true;
    for part in &rows {
        let variable = part.needed("name");
        let part_id = part
            .string("id")
            .unwrap_or_else(|| id_of_name(part.string("name").as_ref(), part.span(), notes));
        let (low, high) = (part.number("low"), part.number("high"));
        check_order(&[("low", low.as_ref()), ("high", high.as_ref())], notes);
        if let Some(low) = low.as_ref().filter(|low| low.value < 0.0) {
            let diagnostic = Diagnostic::error("case-range", "a weight cannot be below 0");
            notes.push(diagnostic.label(low.span, "below 0"));
        }
        weightless &= low.as_ref().is_some_and(|low| low.value <= 0.0);
        let part_label = part.optional_text("label").unwrap_or_else(|| Text {
            en: format!("{} ({})", label.en, variable.value),
            es: format!("{} ({})", label.es, variable.value),
        });
        parts.push(Part {
            id: part_id.clone(),
            variable,
            weight: made.len(),
        });
        made.push(Uncertainty {
            id: At {
                value: format!("{}_weight", part_id.value),
                span: part_id.span,
            },
            label: part_label,
            distribution: Distribution::Uniform {
                low: low.map_or(0.0, |low| low.value),
                high: high.map_or(1.0, |high| high.value),
            },
            range_span: part.span(),
            unit: At {
                value: "dmnl".to_owned(),
                span: part.span(),
            },
            sources: Vec::new(),
            grade: Grade::J,
            ..made[0].clone()
        });
    }
    if row.has("parts") && rows.len() < 2 {
        let diagnostic = Diagnostic::error(
            "case-split",
            format!("the split `{}` has fewer than two parts", id.value),
        );
        notes.push(diagnostic.label(row.span_of("parts"), "a total is split into two parts or more"));
    } else if weightless && !rows.is_empty() {
        let message = format!("all weights of the split `{}` may be 0 at once", id.value);
        let diagnostic =
            Diagnostic::error("case-split", message).label(row.span_of("parts"), "nothing to share by");
        notes.push(diagnostic.help("raise one `low` above 0"));
    }
    (Split { id, total: 0, parts }, made)
}

/// Reads a distribution, checks it, and gives the place of its range.
fn distribution(row: &Row<'_>, notes: &mut Diagnostics) -> (Option<Distribution>, Span) {
    let word = row.needed("distribution");
    let Some((_, needed)) = DISTRIBUTIONS.iter().find(|(name, _)| *name == word.value) else {
        return (None, row.span());
    };
    let extra: Vec<&str> = DISTRIBUTION_KEYS
        .into_iter()
        .filter(|key| !needed.contains(key) && row.has(key))
        .collect();
    for key in extra {
        let message = format!("a distribution `{}` takes no `{key}`", word.value);
        let diagnostic = Diagnostic::error("case-unknown-key", message).label(row.line_of(key), "not used");
        notes.push(diagnostic.help(format!("it takes {}", quoted(needed))));
    }
    let missing: Vec<&str> = needed.iter().copied().filter(|key| !row.has(key)).collect();
    if !missing.is_empty() {
        let message = format!("a distribution `{}` needs {}", word.value, quoted(&missing));
        notes.push(Diagnostic::error("case-missing-key", message).label(word.span, "chosen here"));
        return (None, row.span());
    }
    let span = match needed[0] {
        "values" => row.line_of("values"),
        _ => enclosing(row.line_of("low"), row.line_of("high")),
    };
    let before = notes.items.len();
    let distribution = parameters(row, &word.value, notes);
    let sound = notes.items.len() == before;
    (distribution.filter(|_| sound), span)
}

/// From the first of two places to the last, if they lie in one text.
fn enclosing(a: Span, b: Span) -> Span {
    if a.source == b.source { a.to(b) } else { a }
}

fn parameters(row: &Row<'_>, word: &str, notes: &mut Diagnostics) -> Option<Distribution> {
    if word == "categorical" {
        return categorical(row, notes);
    }
    let (low, high) = (row.number("low")?, row.number("high")?);
    let ends = [("low", Some(&low)), ("high", Some(&high))];
    let distribution = match word {
        "uniform" => {
            check_order(&ends, notes);
            Distribution::Uniform {
                low: low.value,
                high: high.value,
            }
        }
        "log_uniform" => {
            check_order(&ends, notes);
            if low.value <= 0.0 {
                let diagnostic = Diagnostic::error("case-range", "a log-uniform range begins above 0");
                notes.push(diagnostic.label(low.span, "not above 0"));
            }
            Distribution::LogUniform {
                low: low.value,
                high: high.value,
            }
        }
        "triangular" | "pert" => {
            let mode = row.number("mode")?;
            check_order(&ends, notes);
            if low.value < high.value && !(low.value..=high.value).contains(&mode.value) {
                let diagnostic = Diagnostic::error("case-range", "the mode lies outside the range");
                notes.push(
                    diagnostic.label(mode.span, format!("not between {} and {}", low.value, high.value)),
                );
            }
            let (low, mode, high) = (low.value, mode.value, high.value);
            match word {
                "pert" => Distribution::Pert { low, mode, high },
                _ => Distribution::Triangular { low, mode, high },
            }
        }
        "truncated_normal" => {
            let (mean, sd) = (row.number("mean")?, row.number("sd")?);
            check_order(&ends, notes);
            if sd.value <= 0.0 {
                let diagnostic = Diagnostic::error("case-range", "a standard deviation is above 0");
                notes.push(diagnostic.label(sd.span, "not above 0"));
            } else if low.value < high.value {
                // Beyond 8 standard deviations the truncated shape is lost in rounding.
                let nearest = mean.value.clamp(low.value, high.value);
                if (nearest - mean.value).abs() > 8.0 * sd.value {
                    let message = "the range lies more than 8 standard deviations from the mean";
                    let diagnostic = Diagnostic::error("case-range", message).label(mean.span, "the mean");
                    notes.push(diagnostic.label(enclosing(low.span, high.span), "the range"));
                }
            }
            Distribution::TruncatedNormal {
                mean: mean.value,
                sd: sd.value,
                low: low.value,
                high: high.value,
            }
        }
        _ => {
            let (low, high) = (row.integer("low"), row.integer("high"));
            for (key, whole) in [("low", &low), ("high", &high)] {
                if whole.is_none() {
                    let message = format!("`{key}` of a distribution `integer` must be a whole number");
                    let diagnostic = Diagnostic::error("case-wrong-type", message);
                    notes.push(diagnostic.label(row.span_of(key), "not whole"));
                }
                if let Some(large) = whole
                    .as_ref()
                    .filter(|whole| whole.value.unsigned_abs() > LARGEST_WHOLE)
                {
                    let diagnostic =
                        Diagnostic::error("case-range", "beyond 2^53 not every whole number is a double");
                    notes.push(diagnostic.label(large.span, "too large"));
                }
            }
            check_order(&ends, notes);
            Distribution::Integer {
                low: low?.value,
                high: high?.value,
            }
        }
    };
    Some(distribution)
}

fn categorical(row: &Row<'_>, notes: &mut Diagnostics) -> Option<Distribution> {
    let (values, labels) = (row.numbers("values"), row.texts("labels"));
    if values.len() < 2 {
        let diagnostic = Diagnostic::error("case-range", "a categorical uncertainty has two values or more");
        notes.push(diagnostic.label(row.span_of("values"), "too few"));
    }
    for (at, value) in values.iter().enumerate() {
        if let Some(first) = values[..at].iter().find(|first| first.value == value.value) {
            let diagnostic =
                Diagnostic::error("case-range", format!("the value {} is there twice", value.value));
            notes.push(
                diagnostic
                    .label(value.span, "here again")
                    .label(first.span, "first here"),
            );
        }
    }
    if values.len() != labels.len() {
        let message = format!("{} values, but {} labels", values.len(), labels.len());
        let diagnostic = Diagnostic::error("case-range", message).label(row.span_of("values"), "the values");
        notes.push(diagnostic.label(row.span_of("labels"), "the labels"));
    }
    Some(Distribution::Categorical {
        values: values.iter().map(|value| value.value).collect(),
        labels,
    })
}

/// Says that a lower end is not below its upper end.
pub(crate) fn check_order(ends: &[(&str, Option<&At<f64>>); 2], notes: &mut Diagnostics) {
    if let [(low_name, Some(low)), (high_name, Some(high))] = ends
        && low.value >= high.value
    {
        let message = format!("`{low_name}` is not below `{high_name}`");
        notes.push(
            Diagnostic::error("case-range", message)
                .label(low.span, format!("{}", low.value))
                .label(high.span, format!("{}", high.value)),
        );
    } else if let [(_, Some(low)), (_, Some(high))] = ends
        && !(high.value - low.value).is_finite()
    {
        let diagnostic = Diagnostic::error("case-range", "the range is too wide to be computed with");
        notes.push(
            diagnostic
                .label(low.span, "from here")
                .label(high.span, "to here"),
        );
    }
}

/// Says that a constant of the model is drawn twice.
pub(crate) fn check_names(uncertainties: &[Uncertainty], splits: &[Split], notes: &mut Diagnostics) {
    let mut names: Vec<&At<String>> = uncertainties
        .iter()
        .filter_map(|uncertainty| uncertainty.name.as_ref())
        .collect();
    names.extend(
        splits
            .iter()
            .flat_map(|split| &split.parts)
            .map(|part| &part.variable),
    );
    names.sort_by_key(|name| name.span);
    for (at, name) in names.iter().enumerate() {
        let key = Name::key_of(&name.value);
        if let Some(first) = names[..at]
            .iter()
            .find(|first| !key.is_empty() && Name::key_of(&first.value) == key)
        {
            let diagnostic =
                Diagnostic::error("case-duplicate-name", format!("`{}` is drawn twice", name.value));
            notes.push(
                diagnostic
                    .label(name.span, "here again")
                    .label(first.span, "first here"),
            );
        }
    }
}

impl Distribution {
    /// The least and the greatest value.
    pub fn ends(&self) -> (f64, f64) {
        match self {
            Distribution::Uniform { low, high }
            | Distribution::LogUniform { low, high }
            | Distribution::Triangular { low, high, .. }
            | Distribution::Pert { low, high, .. }
            | Distribution::TruncatedNormal { low, high, .. } => (*low, *high),
            Distribution::Integer { low, high } => (*low as f64, *high as f64),
            Distribution::Categorical { values, .. } => {
                let least = values.iter().copied().fold(f64::INFINITY, f64::min);
                (least, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
            }
        }
    }
}
