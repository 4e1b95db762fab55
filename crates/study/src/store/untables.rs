//! Tables back to futures, outcomes and series.

use model::{Id, Model, VarId};

use super::record::option_name;
use super::table::{Cells, Column, Table};
use super::tables::SERIES_KEYS;
use crate::case::Case;
use crate::results::{ExperimentSeries, Futures, OptionId, Results, Series, Status};
use crate::run::all_options;
use crate::study::Study;

/// Why a table is not the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A column is not there, or holds something else.
    #[error("the table has no column `{0}` as this case needs it")]
    Column(String),
    /// A word that the case does not know.
    #[error("the table speaks of `{word}`, which the case does not have ({column})")]
    Unknown {
        /// The word.
        word: String,
        /// Where it stands.
        column: &'static str,
    },
    /// Rows that do not belong together.
    #[error("the rows of the table are not those of a run of this case")]
    Rows,
}

fn column<'a>(table: &'a Table, name: &str) -> Result<&'a Column, TableError> {
    table
        .column(name)
        .ok_or_else(|| TableError::Column(name.to_owned()))
}

fn counts<'a>(table: &'a Table, name: &str) -> Result<&'a [u64], TableError> {
    match &column(table, name)?.cells {
        Cells::Counts(cells) => Ok(cells),
        _ => Err(TableError::Column(name.to_owned())),
    }
}

fn numbers<'a>(table: &'a Table, name: &str) -> Result<&'a [f64], TableError> {
    match &column(table, name)?.cells {
        Cells::Numbers(cells) => Ok(cells),
        _ => Err(TableError::Column(name.to_owned())),
    }
}

fn words<'a>(table: &'a Table, name: &str) -> Result<&'a [Option<String>], TableError> {
    match &column(table, name)?.cells {
        Cells::Words(cells) => Ok(cells),
        _ => Err(TableError::Column(name.to_owned())),
    }
}

fn unknown(word: Option<&String>, column: &'static str) -> TableError {
    TableError::Unknown {
        word: word.cloned().unwrap_or_default(),
        column,
    }
}

/// The futures of a table that [`futures`](super::futures) made.
pub fn read_futures(case: &Case, table: &Table) -> Result<Futures, TableError> {
    let rules = words(table, "rejected_by")?;
    let rule = |rule: &Option<String>| match rule {
        None => Ok(None),
        Some(id) => match case
            .constraints
            .iter()
            .position(|constraint| constraint.id.value == *id)
        {
            Some(index) => Ok(Some(index as u32)),
            None => Err(unknown(Some(id), "rejected_by")),
        },
    };
    let columns = case
        .uncertainties
        .iter()
        .map(|one| numbers(table, &one.id.value).map(<[f64]>::to_vec));
    Ok(Futures {
        ids: counts(table, "future")?.to_vec(),
        rejected: rules.iter().map(rule).collect::<Result<_, _>>()?,
        columns: columns.collect::<Result<_, _>>()?,
    })
}

/// In which futures each option's triggers fired.
type Triggers = Vec<(OptionId, String, Vec<Option<bool>>)>;

/// The outcomes of a table that [`outcomes`](super::outcomes) made, without series, and the triggers that fired.
pub fn read_outcomes(
    study: &Study,
    model: &Model,
    futures: &Futures,
    table: &Table,
) -> Result<(Results, Triggers), TableError> {
    let case = &study.case;
    let options = options(study, table)?;
    let rows = futures.ids.len();
    let ids = counts(table, "future")?;
    let in_order = ids.len() == rows * options.len()
        && ids
            .iter()
            .enumerate()
            .all(|(at, id)| *id == futures.ids[at / options.len()]);
    if !in_order {
        return Err(TableError::Rows);
    }
    let count = options.len();
    let at = |option: usize| (0..rows).map(move |row| row * count + option);
    let (states, broken, times) = (
        words(table, "status")?,
        words(table, "broken_variable")?,
        numbers(table, "broken_time")?,
    );
    let status = |cell: usize, row: usize| match states[cell].as_deref() {
        Some("ok") => Ok(Status::Ok),
        Some("rejected") => futures.rejected[row]
            .map(Status::Rejected)
            .ok_or(TableError::Rows),
        Some(word @ ("non_finite" | "unresolved")) => {
            match broken[cell].as_ref().and_then(|name| model.find(name)) {
                Some(variable) => {
                    let (variable, time) = (variable.index() as u32, times[cell]);
                    Ok(match word {
                        "non_finite" => Status::NonFinite { variable, time },
                        _ => Status::Unresolved { variable, time },
                    })
                }
                None => Err(unknown(broken[cell].as_ref(), "broken_variable")),
            }
        }
        _ => Err(unknown(states[cell].as_ref(), "status")),
    };
    let measured: Vec<&Column> = (table.columns.iter())
        .filter(|column| {
            matches!(
                column.about.get("kind").map(String::as_str),
                Some("outcome" | "quantity" | "window")
            )
        })
        .collect();
    if measured.len() != study.measures.len() {
        return Err(TableError::Rows);
    }
    let named = case.outcomes.iter().chain(&case.quantities).zip(&measured);
    if let Some((outcome, _)) = named
        .clone()
        .find(|(outcome, column)| outcome.id.value != column.name)
    {
        return Err(TableError::Column(outcome.id.value.clone()));
    }
    let value = &|column: &&Column, option: usize| match &column.cells {
        Cells::Numbers(cells) => Ok(at(option).map(|cell| cells[cell]).collect()),
        _ => Err(TableError::Column(column.name.clone())),
    };
    let per_option = 0..count;
    let values = per_option
        .clone()
        .map(|option| measured.iter().map(move |column| value(column, option)).collect());
    let states = per_option.map(|option| {
        at(option)
            .enumerate()
            .map(|(row, cell)| status(cell, row))
            .collect()
    });
    let results = Results {
        measures: measured.len(),
        values: values.collect::<Result<_, _>>()?,
        status: states.collect::<Result<_, _>>()?,
        series: Vec::new(),
        experiments: Vec::new(),
        options: options.clone(),
    };
    let triggers = triggers(case, &options, rows, table)?;
    Ok((results, triggers))
}

/// The options of a table, in the order of its first future.
fn options(study: &Study, table: &Table) -> Result<Vec<OptionId>, TableError> {
    let case = &study.case;
    let (policies, addons) = (words(table, "policy")?, words(table, "addon")?);
    let mut options: Vec<OptionId> = Vec::new();
    for (policy, addon) in policies.iter().zip(addons) {
        let known = case
            .policies
            .iter()
            .position(|one| Some(&one.id.value) == policy.as_ref());
        let policy = known.ok_or_else(|| unknown(policy.as_ref(), "policy"))?;
        let known = case
            .addons
            .iter()
            .position(|one| Some(&one.id.value) == addon.as_ref());
        let addon = known.ok_or_else(|| unknown(addon.as_ref(), "addon"))?;
        let option = OptionId { policy, addon };
        if options.contains(&option) {
            return Ok(options);
        }
        options.push(option);
    }
    // A table without rows tells of no option.
    Ok(if options.is_empty() {
        all_options(study)
    } else {
        options
    })
}

fn triggers(case: &Case, options: &[OptionId], rows: usize, table: &Table) -> Result<Triggers, TableError> {
    let mut triggers = Triggers::new();
    for (index, option) in options.iter().enumerate() {
        let name = option_name(case, *option);
        let armed = case.policies[option.policy]
            .levers
            .iter()
            .chain(&case.addons[option.addon].levers);
        for trigger in armed.filter_map(|lever| lever.trigger.as_ref()) {
            let key = model::Name::key_of(&trigger.value);
            let of = |column: &&Column| {
                let variable = column
                    .about
                    .get("variable")
                    .map(|variable| model::Name::key_of(variable));
                column.name.starts_with("fired:") && variable.as_ref() == Some(&key)
            };
            let column = table
                .columns
                .iter()
                .find(of)
                .ok_or_else(|| TableError::Column(format!("fired:{}", trigger.value)))?;
            let Cells::Flags(cells) = &column.cells else {
                return Err(TableError::Column(column.name.clone()));
            };
            let arms = column
                .about
                .get("options")
                .is_some_and(|names| names.split(' ').any(|known| known == name));
            if !arms {
                return Err(TableError::Column(column.name.clone()));
            }
            let fired = (0..rows).map(|row| cells[row * options.len() + index]).collect();
            triggers.push((*option, column.about["variable"].clone(), fired));
        }
    }
    Ok(triggers)
}

/// Puts the series of a table that [`series`](super::series) made into results that were read without.
pub fn read_series(
    study: &Study,
    model: &Model,
    futures: &Futures,
    table: &Table,
    results: &mut Results,
) -> Result<(), TableError> {
    let case = &study.case;
    let [future, experiment, policy, addon, time] = SERIES_KEYS;
    let (ids, times) = (counts(table, future)?, numbers(table, time)?);
    let (experiments, policies, addons) = (
        words(table, experiment)?,
        words(table, policy)?,
        words(table, addon)?,
    );
    let values = |variable: VarId| {
        let name = model.variables[variable].name.written();
        let of = |column: &&Column| column.about.get("variable").is_some_and(|known| known == name);
        match table.columns.iter().find(of).map(|column| &column.cells) {
            Some(Cells::Numbers(cells)) => Ok((name, cells)),
            _ => Err(TableError::Column(name.to_owned())),
        }
    };
    let mut start = 0;
    while start < ids.len() {
        let key = |at: usize| (&experiments[at], &policies[at], &addons[at]);
        let end = (start..ids.len())
            .find(|at| key(*at) != key(start))
            .unwrap_or(ids.len());
        let steps = ids[start..end].iter().take_while(|id| **id == ids[start]).count();
        let row = |chunk: &[u64]| match futures.ids.binary_search(&chunk[0]) {
            Ok(row) if chunk.len() == steps && chunk.iter().all(|id| *id == chunk[0]) => Ok(row),
            _ => Err(TableError::Rows),
        };
        let rows: Vec<usize> = ids[start..end].chunks(steps).map(row).collect::<Result<_, _>>()?;
        let times = times[start..start + steps].to_vec();
        if let Some(id) = &experiments[start] {
            let known = case.experiments.iter().position(|one| one.id.value == *id);
            let experiment = known.ok_or_else(|| unknown(Some(id), "experiment"))?;
            for (history, variable) in study.history.iter().enumerate() {
                let values = values(*variable)?.1[start..end].to_vec();
                let (times, rows) = (times.clone(), rows.clone());
                results.experiments.push(ExperimentSeries {
                    experiment,
                    history,
                    times,
                    rows,
                    values,
                });
            }
        } else {
            let is = |option: &OptionId| {
                Some(&case.policies[option.policy].id.value) == policies[start].as_ref()
                    && Some(&case.addons[option.addon].id.value) == addons[start].as_ref()
            };
            let option = results
                .options
                .iter()
                .position(is)
                .ok_or_else(|| unknown(policies[start].as_ref(), "policy"))?;
            let mut seen = Vec::new();
            for variable in &study.series {
                if seen.contains(variable) {
                    continue;
                }
                seen.push(*variable);
                let (name, cells) = values(*variable)?;
                let (times, rows) = (times.clone(), rows.clone());
                results.series.push(Series {
                    option,
                    variable: name.to_owned(),
                    times,
                    rows,
                    values: cells[start..end].to_vec(),
                });
            }
        }
        start = end;
    }
    Ok(())
}
