//! Futures, outcomes and series as tables.

use std::collections::BTreeMap;
use std::ops::Range;

use model::{Model, Sources, Span, VarId};

use super::record::{RunRecord, option_name, relative};
use super::table::{Cells, Column, Table};
use crate::case::{Case, DesignKind, Outcome};
use crate::design;
use crate::results::{Futures, OptionId, Results};
use crate::study::Study;

/// What tables need beside their numbers: units, places of origin, and where the run comes from.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its model.
    pub model: &'a Model,
    /// The texts of both.
    pub sources: &'a Sources,
    /// Path of the case file in `sources`.
    pub case_path: &'a str,
    /// What determines the run.
    pub record: &'a RunRecord,
}

impl Context<'_> {
    fn table(&self, columns: Vec<Column>) -> Table {
        Table {
            columns,
            about: about(self.record),
        }
    }

    /// File and line.
    fn origin(&self, span: Span) -> String {
        let source = self.sources.get(span.source);
        format!(
            "{}:{}",
            relative(&source.path, self.case_path),
            source.position(span.start).0
        )
    }

    /// A column that shows a variable of the model.
    fn of_variable(&self, column: Column, variable: VarId) -> Column {
        let variable = &self.model.variables[variable];
        column
            .about("variable", variable.name.written())
            .about("variable_unit", &variable.units)
            .about("variable_origin", self.origin(variable.span))
    }
}

/// In which futures a trigger of an option fired.
type Fired = (OptionId, String, Vec<Option<bool>>);

/// What is known of every table of a run: what determines it.
pub fn about(record: &RunRecord) -> BTreeMap<String, String> {
    let record = serde_json::to_string(record).expect("a record is plain data");
    [("weighhouse.run".to_owned(), record)].into()
}

/// A row per future: its number, whether it was rejected and by which constraint, a column per uncertainty, and the
/// values of the parts of splits.
pub fn futures(context: &Context<'_>, futures: &Futures) -> Table {
    let case = &context.study.case;
    let rejected_by = |rule: &Option<u32>| rule.map(|rule| case.constraints[rule as usize].id.value.clone());
    let status = |rule: &Option<u32>| Some(if rule.is_some() { "rejected" } else { "accepted" }.to_owned());
    let mut columns = vec![
        Column::new("future", Cells::Counts(futures.ids.clone())),
        Column::new(
            "status",
            Cells::Words(futures.rejected.iter().map(status).collect()),
        ),
        Column::new(
            "rejected_by",
            Cells::Words(futures.rejected.iter().map(rejected_by).collect()),
        ),
    ];
    let sobol = [DesignKind::Sobol, DesignKind::SobolScrambled]
        .map(DesignKind::word)
        .contains(&context.record.design.as_str());
    for (index, (uncertainty, values)) in case.uncertainties.iter().zip(&futures.columns).enumerate() {
        let mut column = Column::new(&uncertainty.id.value, Cells::Numbers(values.clone()))
            .about("kind", "draw")
            .about("unit", &uncertainty.unit.value)
            .about("origin", context.origin(uncertainty.id.span));
        if sobol {
            column = column.about("sobol_dimension", design::dimension(case, index).to_string());
        }
        if let Some(variable) = context.study.uncertainties[index] {
            column = context.of_variable(column, variable);
        }
        columns.push(column);
    }
    for (split, variables) in case.splits.iter().zip(&context.study.splits) {
        for (index, (part, variable)) in split.parts.iter().zip(variables).enumerate() {
            let value = |row: usize| split.value(index, |uncertainty| futures.columns[uncertainty][row]);
            let column = Column::new(
                &part.id.value,
                Cells::Numbers((0..futures.ids.len()).map(value).collect()),
            )
            .about("kind", "part")
            .about("unit", &case.uncertainties[split.total].unit.value)
            .about("origin", context.origin(part.id.span));
            columns.push(context.of_variable(column, *variable));
        }
    }
    context.table(columns)
}

/// A row per future and option: status, a column per measure, and whether triggers fired.
pub fn outcomes(context: &Context<'_>, futures: &Futures, results: &Results, triggers: &[Fired]) -> Table {
    outcomes_in(context, futures, (results, triggers), 0..futures.ids.len())
}

/// The part of that table for some of the futures.
pub fn outcomes_in(
    context: &Context<'_>,
    futures: &Futures,
    (results, triggers): (&Results, &[Fired]),
    part: Range<usize>,
) -> Table {
    let (study, case) = (context.study, &context.study.case);
    let options = &results.options;
    let mut columns = keys(case, &futures.ids[part.clone()], options);
    let per_row = |cell: &dyn Fn(usize, usize) -> Option<String>| -> Cells {
        Cells::Words(
            rows(part.clone(), options.len())
                .map(|(row, option)| cell(row, option))
                .collect(),
        )
    };
    let status = |row: usize, option: usize| Some(results.status[option][row].word().to_owned());
    let trouble = |row: usize, option: usize| results.status[option][row].trouble();
    let name = |variable: u32| context.model.variables[VarId(variable)].name.written().to_owned();
    let broken = |row: usize, option: usize| trouble(row, option).map(|(variable, _)| name(variable));
    let broken_time = |(row, option): (usize, usize)| trouble(row, option).map_or(f64::NAN, |(_, time)| time);
    let times = rows(part.clone(), options.len()).map(broken_time).collect();
    columns.push(Column::new("status", per_row(&status)));
    columns.push(Column::new("broken_variable", per_row(&broken)));
    columns.push(Column::new("broken_time", Cells::Numbers(times)));
    for measure in 0..results.measures {
        let measured: Vec<&[f64]> = results
            .values
            .iter()
            .map(|of_option| &of_option[measure][part.clone()])
            .collect();
        let mut cells = Vec::with_capacity(part.len() * options.len());
        for row in 0..part.len() {
            cells.extend(measured.iter().map(|column| column[row]));
        }
        let (outcome, window) = match measure.checked_sub(case.outcomes.len() + case.quantities.len()) {
            None => (of_measure(case, measure), None),
            Some(window) => (
                of_measure(case, study.windows[window].outcome),
                Some(&study.windows[window]),
            ),
        };
        let (name, origin) = match window {
            Some(window) => (
                format!("{}@{}..{}", outcome.id.value, window.from, window.to),
                window.units[0].1,
            ),
            None => (outcome.id.value.clone(), outcome.id.span),
        };
        let kind = match (window, measure < case.outcomes.len()) {
            (Some(_), _) => "window",
            (None, true) => "outcome",
            (None, false) => "quantity",
        };
        let column = Column::new(name, Cells::Numbers(cells))
            .about("kind", kind)
            .about("unit", &outcome.unit.value)
            .about("reduce", format!("{:?}", study.measures[measure].reducer))
            .about("origin", context.origin(origin));
        columns.push(context.of_variable(column, study.measures[measure].variable));
    }
    columns.extend(trigger_columns(case, part, options, triggers));
    context.table(columns)
}

/// One column for each variable that tells of a trigger; `options` names those that arm it.
fn trigger_columns(case: &Case, part: Range<usize>, options: &[OptionId], triggers: &[Fired]) -> Vec<Column> {
    let mut names: Vec<&String> = Vec::new();
    for (_, name, _) in triggers {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let column = |name: &&String| {
        let of: Vec<Option<&Vec<Option<bool>>>> = options
            .iter()
            .map(|option| {
                triggers
                    .iter()
                    .find(|(id, known, _)| id == option && known == *name)
                    .map(|(_, _, fired)| fired)
            })
            .collect();
        let armed: Vec<String> = options
            .iter()
            .zip(&of)
            .filter(|(_, fired)| fired.is_some())
            .map(|(option, _)| option_name(case, *option))
            .collect();
        let cells =
            rows(part.clone(), options.len()).map(|(row, option)| of[option].and_then(|fired| fired[row]));
        Column::new(format!("fired:{name}"), Cells::Flags(cells.collect()))
            .about("kind", "trigger")
            .about("variable", name.as_str())
            .about("options", armed.join(" "))
    };
    names.iter().map(column).collect()
}

/// Rows by future, then option.
fn rows(futures: Range<usize>, options: usize) -> impl Iterator<Item = (usize, usize)> {
    futures.flat_map(move |row| (0..options).map(move |option| (row, option)))
}

fn keys(case: &Case, ids: &[u64], options: &[OptionId]) -> Vec<Column> {
    let all = || rows(0..ids.len(), options.len());
    let policy = |option: usize| Some(case.policies[options[option].policy].id.value.clone());
    let addon = |option: usize| Some(case.addons[options[option].addon].id.value.clone());
    vec![
        Column::new("future", Cells::Counts(all().map(|(row, _)| ids[row]).collect())),
        Column::new(
            "policy",
            Cells::Words(all().map(|(_, option)| policy(option)).collect()),
        ),
        Column::new(
            "addon",
            Cells::Words(all().map(|(_, option)| addon(option)).collect()),
        ),
    ]
}

fn of_measure(case: &Case, index: usize) -> &Outcome {
    case.outcomes
        .get(index)
        .unwrap_or_else(|| &case.quantities[index - case.outcomes.len()])
}

/// Columns of the series table that are not variables.
pub(super) const SERIES_KEYS: [&str; 5] = ["future", "experiment", "policy", "addon", "time"];

/// A row per option, future and saved time, of the futures whose series are stored, with a column per variable; those of
/// experiments behind.
pub fn series(context: &Context<'_>, futures: &Futures, results: &Results) -> Table {
    let case = &context.study.case;
    let histories = &context.study.history;
    let mut rows = SeriesRows::default();
    for of_option in results.series.chunk_by(|a, b| a.option == b.option) {
        let option = results.options[of_option[0].option];
        let words = [
            None,
            Some(&case.policies[option.policy].id.value),
            Some(&case.addons[option.addon].id.value),
        ];
        let stored: Vec<(&str, &[f64])> = of_option
            .iter()
            .map(|one| (one.variable.as_str(), &one.values[..]))
            .collect();
        rows.add(
            words,
            &of_option[0].rows,
            &of_option[0].times,
            &futures.ids,
            &stored,
        );
    }
    for of_experiment in results.experiments.chunk_by(|a, b| a.experiment == b.experiment) {
        let experiment = &case.experiments[of_experiment[0].experiment];
        let policy = &case.policies[experiment.policy].id.value;
        let words = [
            Some(&experiment.id.value),
            Some(policy),
            Some(&case.addons[0].id.value),
        ];
        let mut stored: Vec<(&str, &[f64])> = Vec::new();
        for one in of_experiment {
            let name = context.model.variables[histories[one.history]].name.written();
            // Histories of one variable share its series.
            if stored.iter().all(|(known, _)| *known != name) {
                stored.push((name, &one.values));
            }
        }
        rows.add(
            words,
            &of_experiment[0].rows,
            &of_experiment[0].times,
            &futures.ids,
            &stored,
        );
    }
    let [experiment, policy, addon] = rows.words;
    let control = &context.model.variables[context.model.time.time_step];
    let [future_key, experiment_key, policy_key, addon_key, time_key] = SERIES_KEYS;
    let mut columns = vec![
        Column::new(future_key, Cells::Counts(rows.futures)),
        Column::new(experiment_key, Cells::Words(experiment)),
        Column::new(policy_key, Cells::Words(policy)),
        Column::new(addon_key, Cells::Words(addon)),
        Column::new(time_key, Cells::Numbers(rows.times)).about("unit", &control.units),
    ];
    for (name, values) in rows.columns {
        let shown = if SERIES_KEYS.contains(&name.as_str()) {
            format!("{name} (variable)")
        } else {
            name.clone()
        };
        let column = Column::new(shown, Cells::Numbers(values))
            .about("kind", "series")
            .about("variable", name.as_str());
        columns.push(match context.model.find(&name) {
            Some(variable) => context.of_variable(column, variable),
            None => column,
        });
    }
    context.table(columns)
}

/// The series table as it grows.
#[derive(Default)]
struct SeriesRows {
    futures: Vec<u64>,
    /// Experiment, policy, add-on.
    words: [Vec<Option<String>>; 3],
    times: Vec<f64>,
    columns: Vec<(String, Vec<f64>)>,
}

impl SeriesRows {
    /// Rows of one option: `stored` are tables of futures by times; variables of other options are empty here.
    fn add(
        &mut self,
        words: [Option<&String>; 3],
        rows: &[usize],
        times: &[f64],
        ids: &[u64],
        stored: &[(&str, &[f64])],
    ) {
        let before = self.times.len();
        for row in rows {
            self.futures.extend(std::iter::repeat_n(ids[*row], times.len()));
            self.times.extend(times);
        }
        let after = self.times.len();
        for (column, word) in self.words.iter_mut().zip(words) {
            column.resize(after, word.cloned());
        }
        for (name, values) in stored {
            let at = self
                .columns
                .iter()
                .position(|(known, _)| known == name)
                .unwrap_or_else(|| {
                    self.columns.push(((*name).to_owned(), Vec::new()));
                    self.columns.len() - 1
                });
            let column = &mut self.columns[at].1;
            column.resize(before, f64::NAN);
            column.extend_from_slice(values);
        }
        for (_, column) in &mut self.columns {
            column.resize(after, f64::NAN);
        }
    }
}
