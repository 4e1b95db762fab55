//! From columns of a table to what the methods take: inputs, an outcome or a verdict, outcomes of options, and counts of rows.

use analysis::{Direction, Factor, Status};
use study::problem::Problem;
use study::store::Cells;

use super::expression::{self, Expression, Values};
use super::load::{Frame, gather, words};
use super::report::{RowCounts, significant};
use crate::args::analyze::{Better, Compared, Explained, Inputs};
use crate::exit::{Exit, Failure};

/// A column of inputs over the rows looked at.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) values: Held,
}

/// Its values.
#[derive(Debug)]
pub(crate) enum Held {
    Numbers {
        values: Vec<f64>,
        whole: bool,
    },
    /// Codes and the categories they stand for, in alphabetical order; a code beyond them is an empty cell.
    Categories {
        codes: Vec<u32>,
        names: Vec<String>,
    },
}

impl Input {
    /// As the methods take it.
    pub(crate) fn factor(&self) -> Factor<'_> {
        match &self.values {
            Held::Numbers { values, whole: false } => Factor::Numeric(values),
            Held::Numbers { values, whole: true } => Factor::Integer(values),
            Held::Categories { codes, names } => Factor::Categorical {
                codes,
                categories: names.len() as u32,
            },
        }
    }

    fn has_value(&self, row: usize) -> bool {
        match &self.values {
            Held::Numbers { values, .. } => values[row].is_finite(),
            Held::Categories { codes, names } => (codes[row] as usize) < names.len(),
        }
    }

    fn varies(&self) -> bool {
        match &self.values {
            Held::Numbers { values, .. } => {
                let mut finite = values.iter().filter(|v| v.is_finite());
                let first = finite.next();
                first.is_some_and(|first| finite.any(|v| v != first))
            }
            Held::Categories { codes, .. } => codes.iter().any(|c| *c != codes[0]),
        }
    }
}

/// An outcome over the rows looked at; a row that did not end well has none.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Numbers(Vec<f64>),
    Verdicts(Vec<Option<bool>>),
}

/// Inputs and one outcome, ready for a method.
pub(crate) struct Prepared {
    pub(crate) inputs: Vec<Input>,
    pub(crate) outcome: Outcome,
    /// How a reader would call the outcome.
    pub(crate) told: String,
    pub(crate) rows: RowCounts,
    pub(crate) notes: Vec<String>,
}

/// Splits a list of names at commas, except inside double quotes.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(String::new()),
            c => all.last_mut().expect("never empty").push(c),
        }
    }
    all.into_iter()
        .map(|n| n.trim().to_owned())
        .filter(|n| !n.is_empty())
        .collect()
}

/// Whether a method can do with categories.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Numbers,
    Anything,
}

/// The inputs asked for, over the rows given; columns in `others` are outcomes.
pub(crate) fn inputs(
    frame: &Frame,
    rows: &[u32],
    asked: &Inputs,
    problem: Option<&Problem>,
    others: &[&str],
    takes: Takes,
    notes: &mut Vec<String>,
) -> Result<Vec<Input>, Failure> {
    let listed = asked.inputs.as_deref().map(names);
    let categorical = asked.categorical.as_deref().map(names).unwrap_or_default();
    for name in &categorical {
        frame.column(name, "--categorical")?;
    }
    let chosen: Vec<String> = match (&listed, problem) {
        (Some(listed), _) => {
            for name in listed {
                frame.column(name, "--inputs")?;
            }
            listed.clone()
        }
        (None, Some(problem)) => {
            for input in &problem.inputs {
                frame.column(&input.name, "--problem")?;
            }
            problem.inputs.iter().map(|i| i.name.clone()).collect()
        }
        (None, None) => {
            let draws = frame.columns.iter().any(|c| c.kind == "draw");
            let free = |name: &String| !frame.taken.contains(name) && !others.contains(&name.as_str());
            let found: Vec<String> = frame
                .columns
                .iter()
                .filter(|c| if draws { c.kind == "draw" } else { free(&c.name) })
                .filter(|c| {
                    takes == Takes::Anything || !matches!(c.cells, Cells::Words(_)) || !only_words(&c.cells)
                })
                .map(|c| c.name.clone())
                .collect();
            if found.is_empty() {
                return Err(Failure::usage("there is no column left for the inputs")
                    .help(format!("columns: {}", frame.names())));
            }
            if !draws {
                notes.push(format!(
                    "inputs taken: {} (`--inputs` chooses others)",
                    shortened(&found)
                ));
            }
            found
        }
    };
    let mut all = Vec::new();
    for name in &chosen {
        let column = frame.column(name, "--inputs")?;
        let named = categorical.contains(name) || matches!(column.cells, Cells::Words(_));
        let values = match gather(&column.cells, rows) {
            _ if named && takes == Takes::Numbers => return Err(frame.text(name, "a number")),
            cells if named => {
                // One stray word among numbers is a mistake, not a category.
                if !categorical.contains(name) && !only_words(&column.cells) {
                    return Err(frame.text(name, "a number"));
                }
                categories(&words(Some(&cells)))
            }
            Cells::Numbers(values) => Held::Numbers {
                values,
                whole: column.whole,
            },
            Cells::Counts(values) => Held::Numbers {
                values: values.into_iter().map(|v| v as f64).collect(),
                whole: true,
            },
            Cells::Flags(flags) if takes == Takes::Numbers => Held::Numbers {
                values: flags
                    .iter()
                    .map(|f| f.map_or(f64::NAN, |f| f64::from(u8::from(f))))
                    .collect(),
                whole: true,
            },
            cells => categories(&words(Some(&cells))),
        };
        all.push(Input {
            name: name.clone(),
            values,
        });
    }
    if rows.len() == 1 {
        return Err(Failure::new(
            Exit::Invalid,
            "there is only one row: nothing varies, so nothing can be explained",
        )
        .help("give a table with a row for each future; `weigh sample` makes one to start from"));
    }
    let constant: Vec<String> = all
        .iter()
        .filter(|i| !i.varies())
        .map(|i| i.name.clone())
        .collect();
    if constant.len() == all.len() {
        return Err(Failure::new(
            Exit::Invalid,
            format!(
                "no input varies: {} {} the same value in every row",
                shortened(&constant),
                if constant.len() == 1 { "has" } else { "have" }
            ),
        )
        .help("a sample varies its inputs: `weigh sample` makes one"));
    }
    if !constant.is_empty() {
        notes.push(format!(
            "{} the same in every row, so nothing can be said of {}",
            match constant.len() {
                1 => format!("{} is", shortened(&constant)),
                _ => format!("{} are", shortened(&constant)),
            },
            if constant.len() == 1 { "it" } else { "them" }
        ));
    }
    Ok(all)
}

/// The first names of a list.
fn shortened(names: &[String]) -> String {
    let told = |names: &[String]| {
        names
            .iter()
            .map(|n| format!("`{n}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match names.len() {
        0..=12 => told(names),
        many => format!("{} and {} more", told(&names[..12]), many - 12),
    }
}

/// Whether most cells are words: then the column is one of categories, and no number has been mistyped.
fn only_words(cells: &Cells) -> bool {
    let Cells::Words(words) = cells else { return false };
    let numbers = words
        .iter()
        .flatten()
        .filter(|w| w.parse::<f64>().is_ok())
        .count();
    2 * numbers < words.iter().flatten().count()
}

fn categories(words: &[String]) -> Held {
    let mut names: Vec<String> = words.iter().filter(|w| !w.is_empty()).cloned().collect();
    names.sort();
    names.dedup();
    let codes = words
        .iter()
        .map(|w| names.binary_search(w).map_or(u32::MAX, |at| at as u32))
        .collect();
    Held::Categories { codes, names }
}

/// An expression over columns, said with an option.
pub(crate) fn parse(frame: &Frame, text: &str, from: &str) -> Result<Expression, Failure> {
    let parsed = expression::parse(text, &|name| frame.find(name).is_some()).map_err(|why| {
        Failure::usage(format!("`{from} {text}`: {why}"))
            .help("write it like `y`, `a - b`, `y > 3 and x <= 2` or `\"a name, with signs\" = 'a word'`")
    })?;
    for name in parsed.columns() {
        frame.column(name, &format!("{from} {text}"))?;
    }
    Ok(parsed)
}

/// A failure of evaluation as text, so that expressions need not know failures.
struct Told(Failure);
impl From<String> for Told {
    fn from(text: String) -> Self {
        Told(Failure::usage(text))
    }
}

/// The values of an expression over some rows.
pub(crate) fn evaluate(
    frame: &Frame,
    rows: &[u32],
    expression: &Expression,
    from: &str,
) -> Result<Values, Failure> {
    let compared_with_word = |name: &str| is_compared_with_word(expression, name);
    let column = |name: &str| -> Result<Cells, Told> {
        let column = frame.column(name, from).map_err(Told)?;
        if matches!(column.cells, Cells::Words(_)) && !compared_with_word(name) {
            return Err(Told(frame.text(name, "a number")));
        }
        Ok(gather(&column.cells, rows))
    };
    expression
        .evaluate(rows.len(), &column)
        .map_err(|Told(failure)| failure)
}

fn is_compared_with_word(expression: &Expression, name: &str) -> bool {
    match expression {
        Expression::Comparison(_, a, b) => {
            let word = |e: &Expression| matches!(e, Expression::Word(_));
            (word(a) && b.columns().contains(&name)) || (word(b) && a.columns().contains(&name))
        }
        Expression::Negative(one) | Expression::Not(one) => is_compared_with_word(one, name),
        Expression::Arithmetic(_, a, b) | Expression::Both(_, a, b) => {
            is_compared_with_word(a, name) || is_compared_with_word(b, name)
        }
        _ => false,
    }
}

/// The number of an option by name.
pub(crate) fn option(frame: &Frame, name: &str, from: &str) -> Result<usize, Failure> {
    frame.options.iter().position(|o| o == name).ok_or_else(|| {
        let near = model::nearest(name, frame.options.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Failure::usage(format!("`{from}`: there is no option `{name}`{hint}"))
            .help(format!("options: {}", frame.options.join(", ")))
    })
}

/// The outcome that is meant when none is said: the only free column.
pub(crate) fn only_outcome(
    frame: &Frame,
    inputs: &Inputs,
    problem: Option<&Problem>,
) -> Result<String, Failure> {
    let mut used: Vec<String> = inputs.inputs.as_deref().map(names).unwrap_or_default();
    used.extend(problem.iter().flat_map(|p| &p.inputs).map(|i| i.name.clone()));
    let outcome = |c: &&super::load::Column| {
        !frame.taken.contains(&c.name)
            && !used.contains(&c.name)
            && !matches!(c.kind.as_str(), "draw" | "part")
    };
    let free: Vec<&str> = frame
        .columns
        .iter()
        .filter(outcome)
        .map(|c| c.name.as_str())
        .collect();
    match free[..] {
        [one] => Ok(one.to_owned()),
        [] => Err(Failure::usage("no column is left for the outcome")
            .help(format!("name it with `--outcome`; columns: {}", frame.names()))),
        _ => {
            // The name that everybody gives it.
            if let Some(y) = free.iter().find(|n| matches!(**n, "y" | "Y" | "outcome")) {
                return Ok((*y).to_owned());
            }
            Err(
                Failure::usage("which column is the outcome? Name it with `--outcome`")
                    .help(format!("columns: {}", frame.names())),
            )
        }
    }
}

/// Inputs and outcome at one time.
pub(crate) fn prepare(
    frame: &Frame,
    time: Option<usize>,
    explained: &Explained,
    asked: &Inputs,
    problem: Option<&Problem>,
    takes: Takes,
    needs_inputs: bool,
) -> Result<Prepared, Failure> {
    let text = match &explained.outcome {
        Some(text) => text.clone(),
        None => only_outcome(frame, asked, problem)?,
    };
    let parsed = parse(frame, &text, "--outcome")?;
    let mut notes = Vec::new();
    let (rows, values, mut status, told) = if !explained.gap.is_empty() {
        let [a, b] = &explained.gap[..] else {
            return Err(Failure::usage(format!(
                "`--gap {}`: two options are needed, with a comma between",
                explained.gap.join(",")
            )));
        };
        if frame.options.is_empty() {
            return Err(Failure::usage(format!("`--gap {a},{b}`: the table has no column of options"))
                .help(format!("where the options are columns, write `--outcome 'A - B'` (in double quotes if a name has signs); else name their column with `--option-column`; columns: {}", frame.names())));
        }
        let one = frame.rows_at(Some(option(frame, a, "--gap")?), time)?;
        let other = frame.rows_at(Some(option(frame, b, "--gap")?), time)?;
        let (Values::Numbers(x), Values::Numbers(y)) = (
            evaluate(frame, &one, &parsed, "--outcome")?,
            evaluate(frame, &other, &parsed, "--outcome")?,
        ) else {
            return Err(Failure::usage(format!(
                "`--outcome {text}`: a gap is a difference of numbers, not of conditions"
            )));
        };
        let gap = x.iter().zip(&y).map(|(x, y)| x - y).collect();
        let status: Vec<Status> = frame
            .status_at(&one)
            .into_iter()
            .zip(frame.status_at(&other))
            .map(|(a, b)| a.max(b))
            .collect();
        // Inputs are the future's, so either row tells them.
        let rows: Vec<u32> = one.iter().zip(&other).map(|(a, b)| *a.min(b)).collect();
        (
            rows,
            Values::Numbers(gap),
            status,
            format!("`{text}` under `{a}` less `{text}` under `{b}`"),
        )
    } else {
        let chosen = match (&explained.option, frame.options.len()) {
            (Some(name), 0) => {
                return Err(
                    Failure::usage(format!("`--option {name}`: the table has no column of options")).help(
                        format!("name it with `--option-column`; columns: {}", frame.names()),
                    ),
                );
            }
            (Some(name), _) => Some(option(frame, name, "--option")?),
            (None, 0) => None,
            (None, 1) => Some(0),
            (None, _) => {
                return Err(Failure::usage(
                    "the table has rows for several options: say which with `--option NAME` or `--gap A,B`",
                )
                .help(format!("options: {}", frame.options.join(", "))));
            }
        };
        let rows = frame.rows_at(chosen, time)?;
        let values = evaluate(frame, &rows, &parsed, "--outcome")?;
        let status = frame.status_at(&rows);
        let under = match chosen {
            Some(o) if frame.options.len() > 1 => format!(" under `{}`", frame.options[o]),
            _ => String::new(),
        };
        (rows, values, status, format!("`{text}`{under}"))
    };
    let outcome = match values {
        Values::Numbers(mut values) => {
            values
                .iter_mut()
                .zip(&status)
                .filter(|(_, s)| **s != Status::Ok)
                .for_each(|(v, _)| *v = f64::NAN);
            Outcome::Numbers(values)
        }
        Values::Flags(mut flags) => {
            flags
                .iter_mut()
                .zip(&status)
                .filter(|(_, s)| **s != Status::Ok)
                .for_each(|(f, _)| *f = None);
            Outcome::Verdicts(flags)
        }
        Values::Words(_) => return Err(frame.text(&text, "a number")),
    };
    let used = parsed.columns();
    let inputs = if needs_inputs {
        inputs(frame, &rows, asked, problem, &used, takes, &mut notes)?
    } else {
        Vec::new()
    };
    for (row, status) in status.iter_mut().enumerate() {
        let known = match &outcome {
            Outcome::Numbers(values) => values[row].is_finite(),
            Outcome::Verdicts(flags) => flags[row].is_some(),
        };
        if !known && *status == Status::Ok {
            *status = Status::Missing;
        }
    }
    let mut counts = RowCounts {
        rows: rows.len(),
        ..RowCounts::default()
    };
    for (row, status) in status.iter().enumerate() {
        *match status {
            Status::Rejected => &mut counts.rejected,
            Status::Broken => &mut counts.broken,
            Status::Missing => &mut counts.without_outcome,
            Status::Ok if inputs.iter().all(|i| i.has_value(row)) => &mut counts.whole,
            Status::Ok => &mut counts.without_input,
        } += 1;
    }
    Ok(Prepared {
        inputs,
        outcome,
        told,
        rows: counts,
        notes,
    })
}

impl Prepared {
    /// The inputs as columns of numbers.
    pub(crate) fn numbers(&self) -> Vec<&[f64]> {
        // Categories were refused when the inputs were chosen.
        self.inputs
            .iter()
            .filter_map(|i| match &i.values {
                Held::Numbers { values, .. } => Some(values.as_slice()),
                Held::Categories { .. } => None,
            })
            .collect()
    }

    /// The inputs as factors.
    pub(crate) fn factors(&self) -> Vec<Factor<'_>> {
        self.inputs.iter().map(Input::factor).collect()
    }

    /// The outcome as a number that varies.
    pub(crate) fn number(&self) -> Result<&[f64], Failure> {
        let Outcome::Numbers(values) = &self.outcome else {
            return Err(Failure::usage(format!(
                "{}: this method explains a number, not a yes or no",
                self.told
            ))
            .help("`weigh analyze regional`, `prim`, `cart` and `logit` explain a yes or no"));
        };
        let mut finite = values.iter().copied().filter(|v| v.is_finite());
        let Some(first) = finite.next() else {
            return Err(self.nothing());
        };
        if finite.all(|v| v == first) {
            let rows = values.iter().filter(|v| v.is_finite()).count();
            let why = match rows {
                1 => format!("only one row has a number for {}", self.told),
                _ => format!(
                    "{} is {} in all {rows} rows that have a number",
                    self.told,
                    significant(first)
                ),
            };
            return Err(
                Failure::new(Exit::Invalid, format!("{why}: there is nothing to explain"))
                    .help("look at another outcome, or at another time of it"),
            );
        }
        Ok(values)
    }

    fn nothing(&self) -> Failure {
        let r = self.rows;
        Failure::new(
            Exit::Invalid,
            format!(
                "no row has a value for {}: of {} rows {} were rejected, {} broke, {} have no value",
                self.told, r.rows, r.rejected, r.broken, r.without_outcome
            ),
        )
        .help("a value is missing where the cell is empty or no finite number, or the status is not `ok`")
    }

    /// The outcome as a yes or no, both of which occur.
    pub(crate) fn verdicts(&self) -> Result<Vec<Option<bool>>, Failure> {
        let verdicts: Vec<Option<bool>> = match &self.outcome {
            Outcome::Verdicts(verdicts) => verdicts.clone(),
            Outcome::Numbers(values) => {
                let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
                if finite.is_empty() {
                    return Err(self.nothing());
                }
                if finite.iter().any(|v| *v != 0.0 && *v != 1.0) {
                    let (median, high) = (
                        analysis::quantile(&mut finite, 0.5).unwrap_or(0.0),
                        analysis::quantile(&mut finite, 0.9).unwrap_or(0.0),
                    );
                    let name = self.told.trim_matches('`');
                    return Err(Failure::usage(format!("{} holds numbers: say which of them are of interest", self.told)).help(format!(
                        "for example `--outcome '{name} > {}'` (a tenth of the rows) or `--outcome '{name} < {}'` (half of them)",
                        significant(high),
                        significant(median)
                    )));
                }
                values
                    .iter()
                    .map(|v| v.is_finite().then_some(*v == 1.0))
                    .collect()
            }
        };
        let known: Vec<bool> = verdicts.iter().flatten().copied().collect();
        let yes = known.iter().filter(|v| **v).count();
        if known.is_empty() {
            return Err(self.nothing());
        }
        if yes == 0 || yes == known.len() {
            let which = if yes == 0 { "none" } else { "all" };
            return Err(Failure::new(
                Exit::Invalid,
                format!("{which} of the {} rows with a verdict are of interest by {}: there is nothing to tell apart", known.len(), self.told),
            )
            .help(if yes == 0 { "choose a condition that some rows meet" } else { "choose a condition that some rows do not meet" }));
        }
        Ok(verdicts)
    }
}

/// Outcomes of options side by side.
pub(crate) struct SideBySide {
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<(Vec<f64>, Vec<Status>)>,
    /// For each future a row that tells its inputs.
    pub(crate) rows: Vec<u32>,
    /// Columns used as outcomes.
    pub(crate) used: Vec<String>,
    pub(crate) told: String,
}

impl SideBySide {
    /// As the methods take it.
    pub(crate) fn outcomes(&self, direction: Direction, margin: f64) -> analysis::Outcomes<'_> {
        analysis::Outcomes {
            columns: self
                .columns
                .iter()
                .map(|(values, status)| analysis::Column { values, status })
                .collect(),
            direction,
            margin,
            only: None,
        }
    }

    /// The rows that can be compared; a future in which options fared differently counts under the worst.
    pub(crate) fn counts(&self, inputs: &[Input]) -> RowCounts {
        let futures = self.rows.len();
        let mut counts = RowCounts {
            rows: futures,
            ..RowCounts::default()
        };
        for future in 0..futures {
            let of = |(values, status): &(Vec<f64>, Vec<Status>)| {
                analysis::Column { values, status }.status(future)
            };
            let worst = self.columns.iter().map(of).max().unwrap_or(Status::Missing);
            *match worst {
                Status::Rejected => &mut counts.rejected,
                Status::Broken => &mut counts.broken,
                Status::Missing => &mut counts.without_outcome,
                Status::Ok if inputs.iter().all(|i| i.has_value(future)) => &mut counts.whole,
                Status::Ok => &mut counts.without_input,
            } += 1;
        }
        counts
    }
}

/// The outcomes of the options asked for at one time.
pub(crate) fn side_by_side(
    frame: &Frame,
    time: Option<usize>,
    asked: &Compared,
    inputs: Option<&Inputs>,
) -> Result<SideBySide, Failure> {
    let listed = asked.options.as_deref().map(names);
    if frame.options.is_empty() {
        // Each option is a column.
        let not_inputs = inputs
            .and_then(|i| i.inputs.as_deref())
            .map(names)
            .unwrap_or_default();
        let chosen = match listed {
            Some(listed) => listed,
            None if inputs.is_some() && not_inputs.is_empty() => {
                return Err(Failure::usage("which columns are the options, and which the inputs? Name the options with `--options A,B`")
                    .help(format!("columns: {}", frame.names())));
            }
            None => frame
                .columns
                .iter()
                .filter(|c| {
                    !frame.taken.contains(&c.name)
                        && !not_inputs.contains(&c.name)
                        && !matches!(c.cells, Cells::Words(_))
                })
                .map(|c| c.name.clone())
                .collect(),
        };
        let rows = frame.rows_at(None, time)?;
        let status = frame.status_at(&rows);
        let column = |name: &String| {
            frame.column(name, "--options")?;
            match evaluate(frame, &rows, &Expression::Column(name.clone()), "--options")? {
                Values::Numbers(values) => Ok((values, status.clone())),
                _ => Err(frame.text(name, "a number")),
            }
        };
        let columns = chosen.iter().map(column).collect::<Result<Vec<_>, Failure>>()?;
        let told = asked.outcome.clone().unwrap_or_else(|| "the outcome".into());
        return compared_at_all(SideBySide {
            used: chosen.clone(),
            names: chosen,
            columns,
            rows,
            told,
        });
    }
    let none = Inputs {
        inputs: None,
        categorical: None,
        problem: None,
    };
    let outcome = match &asked.outcome {
        Some(text) => text.clone(),
        None => only_outcome(frame, inputs.unwrap_or(&none), None)?,
    };
    let parsed = parse(frame, &outcome, "--outcome")?;
    let numbers: Vec<usize> = match listed {
        Some(listed) => listed
            .iter()
            .map(|name| option(frame, name, "--options"))
            .collect::<Result<_, _>>()?,
        None => (0..frame.options.len()).collect(),
    };
    let mut columns = Vec::new();
    let mut told_by: Vec<u32> = vec![u32::MAX; frame.futures];
    for o in &numbers {
        let rows = frame.rows_at(Some(*o), time)?;
        let Values::Numbers(values) = evaluate(frame, &rows, &parsed, "--outcome")? else {
            return Err(Failure::usage(format!(
                "`--outcome {outcome}`: options are compared by a number, not by a condition"
            )));
        };
        told_by
            .iter_mut()
            .zip(&rows)
            .for_each(|(known, row)| *known = (*known).min(*row));
        columns.push((values, frame.status_at(&rows)));
    }
    compared_at_all(SideBySide {
        names: numbers.iter().map(|o| frame.options[*o].clone()).collect(),
        columns,
        rows: told_by,
        used: parsed.columns().into_iter().map(str::to_owned).collect(),
        told: format!("`{outcome}`"),
    })
}

/// Two options at least, and a future in which all have a number.
fn compared_at_all(side: SideBySide) -> Result<SideBySide, Failure> {
    if side.names.len() < 2 {
        return Err(Failure::usage(format!(
            "{} to compare: give at least two options",
            if side.names.is_empty() {
                "there is no option"
            } else {
                "there is only one option"
            }
        ))
        .help(
            "options are columns named with `--options`, or words in a column named with `--option-column`",
        ));
    }
    let counts = side.counts(&[]);
    if counts.whole == 0 {
        return Err(Failure::new(
            Exit::Invalid,
            format!(
                "no future has a number for every option: of {} futures {} were rejected, {} broke, {} lack a number",
                counts.rows, counts.rejected, counts.broken, counts.without_outcome
            ),
        )
        .help("compare fewer options with `--options`"));
    }
    Ok(side)
}

/// Which end is better, as said or as the case of a run folder says.
pub(crate) fn direction(frame: &Frame, asked: &Compared) -> Result<Direction, Failure> {
    match asked.better {
        Some(Better::Higher) => return Ok(Direction::Higher),
        Some(Better::Lower) => return Ok(Direction::Lower),
        None => {}
    }
    if let (Some(run), Some(outcome)) = (&frame.run, &asked.outcome) {
        let bound = crate::input::case(&run.join("case"))?.value;
        let known = bound.study.case.outcomes.iter().find(|o| o.id.value == *outcome);
        if let Some(known) = known {
            return Ok(if known.higher_is_better {
                Direction::Higher
            } else {
                Direction::Lower
            });
        }
    }
    Err(Failure::usage(
        "which end of the outcome is better? Say `--better higher` or `--better lower`",
    ))
}
