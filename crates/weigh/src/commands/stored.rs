//! A run folder read back: the case as it was, what determined the run, and its tables.

use std::path::Path;

use study::case::DesignKind;
use study::design;
use study::results::{Futures, OptionId, Results};
use study::store::{self, RunRecord, Table};

use crate::exit::{Exit, Failure};
use crate::files::{self, LARGEST_TABLE, LARGEST_TEXT};
use crate::input::{self, BoundCase};
use crate::weighing::Plan;

/// A run folder.
pub(crate) struct Stored {
    /// What determined the run.
    pub(crate) record: RunRecord,
    /// The case as it was.
    pub(crate) bound: BoundCase,
}

/// In which futures triggers fired.
type Triggers = Vec<(OptionId, String, Vec<Option<bool>>)>;

impl Stored {
    /// Reads what determined a run, and its case.
    pub(crate) fn read(run: &Path) -> Result<Self, Failure> {
        let record = json(&run.join("run.json")).map_err(named_by_run)?;
        let record: RunRecord = serde_json::from_value(record)
            .map_err(|error| not_a_run(run, &format!("its `run.json` cannot be understood ({error})")))?;
        let bound = input::case(&run.join("case"))?.value;
        Ok(Self { record, bound })
    }

    /// How it was weighed.
    pub(crate) fn plan(&self, run: &Path, threads: usize) -> Result<Plan, Failure> {
        let of_case = design::Settings::of(&self.bound.study.case);
        let all = [
            DesignKind::MonteCarlo,
            DesignKind::LatinHypercube,
            DesignKind::Sobol,
            DesignKind::SobolScrambled,
            DesignKind::FullFactorial,
            DesignKind::OneAtATime,
        ];
        let design = all
            .into_iter()
            .find(|design| design.word() == self.record.design)
            .ok_or_else(|| not_a_run(run, &format!("its design `{}` is unknown", self.record.design)))?;
        let known = study::run::all_options(&self.bound.study);
        let named = |option: &OptionId| {
            self.record
                .options
                .contains(&store::option_name(&self.bound.study.case, *option))
        };
        Ok(Plan {
            design: design::Settings {
                futures: self.record.futures,
                seed: self.record.seed,
                design,
                ..of_case
            },
            options: known.into_iter().filter(named).collect(),
            threads,
            engine: engine::Choice::Auto,
            numerics: match self.record.fast {
                Some(_) => engine::Numerics::Fast,
                None => engine::Numerics::Exact,
            },
            series: false,
        })
    }

    /// The futures and what became of them, without series.
    pub(crate) fn tables(&self, run: &Path) -> Result<(Futures, Results, Triggers), Failure> {
        let wrong = |error: store::TableError| not_a_run(run, &error.to_string());
        let futures = store::read_futures(&self.bound.study.case, &table(&run.join("futures.parquet"))?)
            .map_err(wrong)?;
        let outcomes = table(&run.join("outcomes.parquet"))?;
        let (results, triggers) =
            store::read_outcomes(&self.bound.study, &self.bound.model, &futures, &outcomes).map_err(wrong)?;
        Ok((futures, results, triggers))
    }
}

/// A JSON file of a run folder.
pub(crate) fn json(path: &Path) -> Result<serde_json::Value, Failure> {
    let bytes = files::read(path, LARGEST_TEXT)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(
            Exit::Invalid,
            format!("`{}` is not JSON: {error}", path.display()),
        )
    })
}

fn table(path: &Path) -> Result<Table, Failure> {
    let bytes = files::read(path, LARGEST_TABLE)?;
    store::read_parquet(bytes).map_err(|error| {
        Failure::new(
            Exit::Invalid,
            format!("`{}` cannot be read: {error}", path.display()),
        )
    })
}

/// What to do if there is no record: the folder that was named is none of a run.
pub(crate) fn named_by_run(failure: Failure) -> Failure {
    failure.help("name a run folder, as `weigh run` writes it")
}

fn not_a_run(run: &Path, why: &str) -> Failure {
    Failure::new(
        Exit::Invalid,
        format!("`{}` is not a run folder of this version: {why}", run.display()),
    )
}
