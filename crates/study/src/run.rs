//! Every option over every future.
//!
//! Futures are cut into blocks; threads take a block under an option from a common queue and share nothing else. What it gives depends
//! on its futures alone, so the results are the same bytes for any number of threads and any block size. All options see
//! the same futures and the same noise. [`stream()`] does the same for futures that are too many to be held.

pub mod numerics;
mod stream;

use std::collections::BTreeSet;
use std::convert::Infallible;

use engine::{
    Batch, Binding, Choice, Evaluator, Input, InputTarget, Metric, Numerics, Program, Reducer, Request,
    RunStatus, Schedule, Value, Window,
};
use model::{Diagnostics, Id, Model, VarId};

use crate::case::Setting;
use crate::parallel::each;
use crate::results::{ExperimentSeries, Futures, OptionId, Results, Series, Status, Triggers};
use crate::study::{BoundLever, Study};

pub use stream::{Group, Groups, Streamed, Tell, stream};

/// Futures in a block: enough that what the engine computes once for a batch costs little, few enough that threads end together.
const BLOCK: usize = 1024;
/// Pieces of work for each thread that blocks are made smaller for.
const PIECES: usize = 32;
/// Where that ends: a few turns of what the engine runs hand in hand.
const LEAST: usize = 4 * TURN;
/// Futures that the engine runs hand in hand.
const TURN: usize = 32;

/// How to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Seed of the noise.
    pub seed: u64,
    /// Worker threads; at least 1.
    pub threads: usize,
    /// Options to run; all of the case's if empty.
    pub options: Vec<OptionId>,
    /// Accepted futures whose series are stored for fans, at the first add-on.
    pub fans: usize,
    /// Whether to store them at every add-on.
    pub every_addon: bool,
    /// What runs the programs; the results do not depend on it.
    pub engine: Choice,
    /// Which operations the programs may use.
    pub numerics: Numerics,
}

/// Told of every finished block; may ask to stop.
pub trait Progress: Sync {
    /// So many runs (a future under an option) of the total are done.
    fn done(&self, runs: u64, total: u64);
    /// Whether to stop at the next block. What is finished then is kept.
    fn stop(&self) -> bool {
        false
    }
}

/// Why nothing was run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The model cannot be lowered with what the case asks of it.
    #[error("the model cannot be simulated as the case asks")]
    Lower(Diagnostics),
}

/// What a run gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The results, over the first `futures` rows.
    pub results: Results,
    /// In which futures each option's trigger fired: none where it was not run.
    pub triggers: Triggers,
    /// Rows of the futures that were run under every option; fewer than all only when stopped.
    pub futures: usize,
    /// What ran the programs, by name.
    pub back_ends: Vec<String>,
}

/// Runs every option over every accepted future.
pub fn run(
    study: &Study,
    model: &Model,
    futures: &Futures,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Outcome, RunError> {
    let ready = Ready::new(study, model, settings, futures.ids.len() as u64)?;
    let mut outcome = ready.run(futures, settings, progress);
    if !progress.stop() {
        ready.add_series(&mut outcome, futures, settings)?;
    }
    Ok(outcome)
}

/// Whether the model can be simulated as the case asks: tried with the first option, from which the others differ in numbers only.
pub fn can_run(study: &Study, model: &Model) -> Result<(), RunError> {
    let first = OptionId { policy: 0, addon: 0 };
    let setup = Setup {
        study,
        model,
        numerics: Numerics::Exact,
    };
    let asked = Asked {
        inputs: setup.requested(first, Sharing::Own, None),
        metrics: setup.metrics(first),
        series: Vec::new(),
    };
    setup.lower(asked).map(|_| ())
}

/// Futures under an option that are worth a program of its own, in which what its levers leave alone folds away. The programs of a model of
/// 300 variables take as long to make as 200 futures to run.
const WORTH_ITS_OWN: u64 = 4_096;

/// Whether options have programs of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sharing {
    /// A program knows which levers its option leaves alone.
    Own,
    /// Those are inputs as well, so that options may share a program.
    Shared,
}

impl Sharing {
    /// How options are run over so many futures. Fast numbers depend on what a program knows, and a future's must not depend on how many
    /// there are: those programs are never shared.
    fn of(futures: u64, numerics: Numerics) -> Self {
        if futures < WORTH_ITS_OWN && numerics == Numerics::Exact {
            Sharing::Shared
        } else {
            Sharing::Own
        }
    }
}

/// What a program is asked to be: equal programs are made once.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    inputs: Vec<Input>,
    metrics: Vec<Metric>,
    series: Vec<VarId>,
}

/// Options made ready to run, again and again if need be.
pub struct Ready<'a> {
    setup: Setup<'a>,
    sharing: Sharing,
    options: Vec<OptionId>,
    evaluators: Vec<Evaluator>,
}

impl<'a> Ready<'a> {
    /// Makes the options of `settings` ready for its engine, to be run over about so many futures; the results do not depend on that number.
    pub fn new(
        study: &'a Study,
        model: &'a Model,
        settings: &Settings,
        futures: u64,
    ) -> Result<Self, RunError> {
        let options = if settings.options.is_empty() {
            all_options(study)
        } else {
            settings.options.clone()
        };
        let setup = Setup {
            study,
            model,
            numerics: settings.numerics,
        };
        let sharing = Sharing::of(futures, settings.numerics);
        let asked = |option: &OptionId| Asked {
            inputs: setup.requested(*option, sharing, None),
            metrics: setup.metrics(*option),
            series: Vec::new(),
        };
        let evaluators = setup.evaluators(options.iter().map(asked).collect(), settings)?;
        Ok(Self {
            setup,
            sharing,
            options,
            evaluators,
        })
    }

    /// Runs some of an outcome's futures again, for the series that fans are drawn from and those of the experiments.
    pub fn add_series(
        &self,
        outcome: &mut Outcome,
        futures: &Futures,
        settings: &Settings,
    ) -> Result<(), RunError> {
        let fans: Vec<usize> = (0..outcome.futures)
            .filter(|&row| futures.rejected[row].is_none())
            .take(settings.fans)
            .collect();
        let results = &mut outcome.results;
        (results.series, results.experiments) =
            self.setup
                .all_series(&results.options, futures, &fans, settings)?;
        Ok(())
    }

    /// Whether options were made ready, with these numerics.
    pub fn has(&self, options: &[OptionId], numerics: Numerics) -> bool {
        self.setup.numerics == numerics && options.iter().all(|option| self.options.contains(option))
    }

    /// Runs the options of `settings`, or all, over every accepted future; without series.
    ///
    /// # Panics
    /// If an option was not made ready.
    pub fn run(&self, futures: &Futures, settings: &Settings, progress: &dyn Progress) -> Outcome {
        let wanted: Vec<usize> = if settings.options.is_empty() {
            (0..self.options.len()).collect()
        } else {
            settings
                .options
                .iter()
                .map(|option| self.place(*option))
                .collect()
        };
        let options: Vec<OptionId> = wanted.iter().map(|&at| self.options[at]).collect();
        let accepted: Vec<usize> = (0..futures.ids.len())
            .filter(|&row| futures.rejected[row].is_none())
            .collect();
        let measures = self.setup.study.measures.len();
        let mut results = empty(&options, measures, &futures.rejected);
        let mut triggers = self.setup.untold(&options, futures.ids.len());

        let runs = accepted.len() * wanted.len();
        let block = block_of(accepted.len(), runs, settings.threads);
        let blocks: Vec<&[usize]> = accepted.chunks(block).collect();
        let make = |at: u64, scratch: &mut engine::Scratch, tell: Tell<'_>| {
            if !tell(0) {
                return None;
            }
            let (rows, option) = (blocks[at as usize / wanted.len()], at as usize % wanted.len());
            let inputs = self.setup.inputs(options[option], self.sharing, futures, rows);
            let outputs = inputs.run(&self.evaluators[wanted[option]], settings.seed, scratch);
            tell(rows.len() as u64);
            Some(outputs)
        };
        let mut taken = 0;
        let mut take = |outputs: engine::Outputs| -> Result<(), Infallible> {
            let (rows, option) = (blocks[taken / wanted.len()], taken % wanted.len());
            place(&mut results, &mut triggers, measures, (option, outputs), rows);
            taken += 1;
            Ok(())
        };
        let groups = Groups {
            count: (blocks.len() * wanted.len()) as u64,
            threads: settings.threads,
            work: runs as u64,
        };
        let Ok(_) = groups.in_order(&make, progress, &mut take);

        // Of blocks that were not run under every option, nothing is kept.
        let kept = if wanted.is_empty() {
            0
        } else {
            taken / wanted.len() * block
        };
        let rows = if kept >= accepted.len() {
            futures.ids.len()
        } else {
            accepted[kept]
        };
        if rows < futures.ids.len() {
            results.status.iter_mut().for_each(|status| status.truncate(rows));
            let columns = results.values.iter_mut().flatten();
            columns.for_each(|column| column.truncate(rows));
            triggers.iter_mut().for_each(|(.., fired)| fired.truncate(rows));
        }
        Outcome {
            results,
            triggers: self.setup.named(triggers),
            futures: rows,
            back_ends: self.back_ends(),
        }
    }

    /// The study whose options they are.
    pub fn study(&self) -> &'a Study {
        self.setup.study
    }

    /// Runs options over futures of their own: what each comes to, by measure and row, and how its rows ended. None if stopped.
    ///
    /// # Panics
    /// If an option was not made ready.
    pub fn run_each(
        &self,
        sets: &[(OptionId, &Futures)],
        (seed, threads): (u64, usize),
        progress: &dyn Progress,
    ) -> Option<Vec<Columns>> {
        let accepted: Vec<Vec<usize>> = sets
            .iter()
            .map(|(_, futures)| {
                let rows = 0..futures.ids.len();
                rows.filter(|&row| futures.rejected[row].is_none()).collect()
            })
            .collect();
        let runs: usize = accepted.iter().map(Vec::len).sum();
        let of_set = |set: usize| {
            let rows = &accepted[set];
            rows.chunks(block_of(rows.len(), runs, threads))
                .map(move |rows| (set, rows))
        };
        let pieces: Vec<(usize, &[usize])> = (0..sets.len()).flat_map(of_set).collect();
        let measures = self.setup.study.measures.len();
        let blank = |(option, futures): &(OptionId, &Futures)| empty(&[*option], measures, &futures.rejected);
        let mut results: Vec<Results> = sets.iter().map(blank).collect();
        let make = |at: u64, scratch: &mut engine::Scratch, tell: Tell<'_>| {
            if !tell(0) {
                return None;
            }
            let (set, rows) = pieces[at as usize];
            let (option, futures) = sets[set];
            let inputs = self.setup.inputs(option, self.sharing, futures, rows);
            let outputs = inputs.run(&self.evaluators[self.place(option)], seed, scratch);
            tell(rows.len() as u64);
            Some(outputs)
        };
        let mut taken = 0;
        let mut take = |outputs: engine::Outputs| -> Result<(), Infallible> {
            let (set, rows) = pieces[taken];
            place(&mut results[set], &mut [], measures, (0, outputs), rows);
            taken += 1;
            Ok(())
        };
        let groups = Groups {
            count: pieces.len() as u64,
            threads,
            work: runs as u64,
        };
        let Ok(whole) = groups.in_order(&make, progress, &mut take);
        let columns = |mut results: Results| (results.values.swap_remove(0), results.status.swap_remove(0));
        whole.then(|| results.into_iter().map(columns).collect())
    }

    /// Where an option is.
    fn place(&self, option: OptionId) -> usize {
        let at = self.options.iter().position(|known| *known == option);
        at.expect("the option was made ready")
    }

    /// The names of what runs the options, each once.
    pub fn back_ends(&self) -> Vec<String> {
        let names: BTreeSet<String> = self.evaluators.iter().map(Evaluator::name).collect();
        names.into_iter().collect()
    }
}

/// What an option comes to, by measure and row, and how its rows ended.
pub type Columns = (Vec<Vec<f64>>, Vec<Status>);

/// Futures in a block, of so many in a set and so many runs in all: cut evenly, so that threads end together and the engine's turns are full.
fn block_of(futures: usize, runs: usize, threads: usize) -> usize {
    let most = (runs / (threads.max(1) * PIECES)).clamp(LEAST, BLOCK);
    let blocks = futures.div_ceil(most).max(1);
    futures.div_ceil(blocks).next_multiple_of(TURN).max(TURN)
}

/// Policies within add-ons, in the order of the case.
pub fn all_options(study: &Study) -> Vec<OptionId> {
    let policies = study.policies.len();
    (0..study.addons.len())
        .flat_map(|addon| (0..policies).map(move |policy| OptionId { policy, addon }))
        .collect()
}

/// In which futures a variable of an option told that a trigger has fired.
type Fired = (OptionId, VarId, Vec<Option<bool>>);

fn empty(options: &[OptionId], measures: usize, rejected: &[Option<u32>]) -> Results {
    let status: Vec<Status> = rejected
        .iter()
        .map(|rule| rule.map_or(Status::Ok, Status::Rejected))
        .collect();
    Results {
        options: options.to_vec(),
        measures,
        values: vec![vec![vec![f64::NAN; rejected.len()]; measures]; options.len()],
        status: vec![status; options.len()],
        series: Vec::new(),
        experiments: Vec::new(),
    }
}

/// Puts an option's numbers of a block where they belong: measures first, triggers behind them.
fn place(
    results: &mut Results,
    triggers: &mut [Fired],
    measures: usize,
    (option, outputs): (usize, engine::Outputs),
    rows: &[usize],
) {
    for (&row, status) in rows.iter().zip(&outputs.status) {
        results.status[option][row] = match *status {
            RunStatus::Ok => continue,
            RunStatus::NonFinite { variable, time } => Status::NonFinite {
                variable: variable.index() as u32,
                time,
            },
            RunStatus::Unresolved { variable, time } => Status::Unresolved {
                variable: variable.index() as u32,
                time,
            },
        };
    }
    // The metrics of a run that broke are NaN already.
    let (measured, told) = outputs.metrics.split_at(measures);
    for (column, numbers) in results.values[option].iter_mut().zip(measured) {
        for (&row, number) in rows.iter().zip(numbers) {
            column[row] = *number;
        }
    }
    let id = results.options[option];
    let of_option = triggers.iter_mut().filter(|(option, ..)| *option == id);
    for ((_, _, fired), numbers) in of_option.zip(told) {
        for ((&row, number), status) in rows.iter().zip(numbers).zip(&outputs.status) {
            fired[row] = (*status == RunStatus::Ok).then_some(*number > 0.5);
        }
    }
}

/// What every option of a study shares.
struct Setup<'a> {
    study: &'a Study,
    model: &'a Model,
    numerics: Numerics,
}

impl<'a> Setup<'a> {
    fn levers(&self, option: OptionId) -> impl Iterator<Item = &'a BoundLever> {
        self.study.policies[option.policy]
            .iter()
            .chain(&self.study.addons[option.addon])
    }

    fn triggers(&self, option: OptionId) -> Vec<VarId> {
        self.levers(option).filter_map(|lever| lever.trigger).collect()
    }

    /// Every trigger of some options, over so many rows of which nothing is told yet.
    fn untold(&self, options: &[OptionId], rows: usize) -> Vec<Fired> {
        let of = |&option: &OptionId| {
            let blank = move |variable| (option, variable, vec![None; rows]);
            self.triggers(option).into_iter().map(blank)
        };
        options.iter().flat_map(of).collect()
    }

    fn named(&self, triggers: Vec<Fired>) -> Triggers {
        let name = |variable: VarId| self.model.variables[variable].name.written().to_owned();
        let named = |(option, variable, fired)| (option, name(variable), fired);
        triggers.into_iter().map(named).collect()
    }

    /// The case's measures, then the largest value of each trigger.
    fn metrics(&self, option: OptionId) -> Vec<Metric> {
        let trigger = |variable| Metric {
            variable,
            element: 0,
            reducer: Reducer::Max,
            window: Window { from: None, to: None },
        };
        self.study
            .measures
            .iter()
            .copied()
            .chain(self.triggers(option).into_iter().map(trigger))
            .collect()
    }

    /// What the levers of options set, each once, in the order of the case.
    fn set_by_options(&self) -> Vec<VarId> {
        let levers = self.study.policies.iter().chain(&self.study.addons).flatten();
        distinct(levers.map(|lever| lever.variable))
    }

    /// What an option sets, and if programs are shared what others set as well, at the number that it has in the model.
    fn set(&self, option: OptionId, sharing: Sharing) -> Vec<(VarId, Setting)> {
        let set = |lever: &BoundLever| (lever.variable, lever.setting.clone());
        let own: Vec<(VarId, Setting)> = self.levers(option).map(set).collect();
        if sharing == Sharing::Own {
            return own;
        }
        let one = |variable: VarId| {
            let known = own.iter().find(|(set, _)| *set == variable);
            let left_alone = || {
                let number = self.model.number(variable)?;
                Some((variable, Setting::Value(number)))
            };
            known.cloned().or_else(left_alone)
        };
        self.set_by_options().into_iter().filter_map(one).collect()
    }

    /// The inputs of an option's program: its levers are numbers of the batch, its uncertainties columns.
    fn requested(&self, option: OptionId, sharing: Sharing, experiment: Option<usize>) -> Vec<Input> {
        let input = |target, binding| Input { target, binding };
        let mut inputs = Vec::new();
        let bound = self
            .study
            .uncertainties
            .iter()
            .flatten()
            .chain(self.study.splits.iter().flatten());
        inputs.extend(bound.map(|&v| input(InputTarget::Variable(v), Binding::PerFuture)));
        for (variable, setting) in self.set(option, sharing) {
            let binding = match setting {
                Setting::Value(_) => Binding::Uniform,
                Setting::Steps(_) => Binding::Schedule,
            };
            inputs.push(input(InputTarget::Variable(variable), binding));
        }
        if let Some(experiment) = experiment.map(|at| &self.study.experiments[at]) {
            // An experiment's word is the last one: what it sets is no uncertainty and no lever any more.
            let set: Vec<VarId> = experiment.set.iter().map(|(variable, _)| *variable).collect();
            inputs.retain(|i| !matches!(i.target, InputTarget::Variable(v) if set.contains(&v)));
            inputs.extend(
                set.iter()
                    .map(|&v| input(InputTarget::Variable(v), Binding::Uniform)),
            );
            inputs.extend(
                experiment
                    .initial
                    .iter()
                    .map(|&(v, _)| input(InputTarget::InitialOf(v), Binding::Uniform)),
            );
        }
        inputs
    }

    fn lower(&self, asked: Asked) -> Result<Program, RunError> {
        let request = Request {
            inputs: asked.inputs,
            metrics: asked.metrics,
            series: asked.series,
            numerics: self.numerics,
            ..Request::default()
        };
        engine::lower(self.model, &request).map_err(RunError::Lower)
    }

    /// Evaluators of what is asked, in its order; those that are asked for the same share it.
    fn evaluators(&self, asked: Vec<Asked>, settings: &Settings) -> Result<Vec<Evaluator>, RunError> {
        let all = distinct(asked.iter());
        let made: Vec<Result<Evaluator, RunError>> = each(settings.threads, all.len(), |at| {
            let program = self.lower(all[at].clone())?;
            Ok(Evaluator::new(program, settings.engine))
        });
        let made: Vec<Evaluator> = made.into_iter().collect::<Result<_, _>>()?;
        let place = |one: &Asked| all.iter().position(|known| *known == one);
        let of = |one: &Asked| made[place(one).expect("it was made")].clone();
        Ok(asked.iter().map(of).collect())
    }

    /// The values of an option's inputs in some rows, in the order of [`Setup::requested`].
    fn inputs(&self, option: OptionId, sharing: Sharing, futures: &Futures, rows: &[usize]) -> Inputs {
        let gather = |column: &[f64]| rows.iter().map(|&row| column[row]).collect::<Vec<f64>>();
        let mut values = Vec::new();
        for (bound, column) in self.study.uncertainties.iter().zip(&futures.columns) {
            if let Some(variable) = bound {
                values.push((InputTarget::Variable(*variable), Given::PerFuture(gather(column))));
            }
        }
        for (split, variables) in self.study.case.splits.iter().zip(&self.study.splits) {
            for (part, &variable) in variables.iter().enumerate() {
                let value = |&row: &usize| split.value(part, |uncertainty| futures.columns[uncertainty][row]);
                let column = rows.iter().map(value).collect();
                values.push((InputTarget::Variable(variable), Given::PerFuture(column)));
            }
        }
        for (variable, setting) in self.set(option, sharing) {
            let given = match setting {
                Setting::Value(value) => Given::Uniform(value),
                Setting::Steps(steps) => {
                    let (times, values) = steps.into_iter().unzip();
                    Given::Schedule(Schedule { times, values })
                }
            };
            values.push((InputTarget::Variable(variable), given));
        }
        Inputs {
            values,
            ids: rows.iter().map(|&row| futures.ids[row]).collect(),
        }
    }

    /// The same with what an experiment sets.
    fn experiment_inputs(
        &self,
        experiment: usize,
        (option, sharing): (OptionId, Sharing),
        futures: &Futures,
        rows: &[usize],
    ) -> Inputs {
        let bound = &self.study.experiments[experiment];
        let mut inputs = self.inputs(option, sharing, futures, rows);
        inputs.values.retain(|(target, _)| {
            !bound
                .set
                .iter()
                .any(|(variable, _)| *target == InputTarget::Variable(*variable))
        });
        let set = bound
            .set
            .iter()
            .map(|&(v, value)| (InputTarget::Variable(v), Given::Uniform(value)));
        let initial = bound
            .initial
            .iter()
            .map(|&(v, value)| (InputTarget::InitialOf(v), Given::Uniform(value)));
        inputs.values.extend(set.chain(initial));
        inputs
    }

    /// Series of the outcomes' variables under every option of the first add-on, or of all, and those of every experiment for each history.
    fn all_series(
        &self,
        options: &[OptionId],
        futures: &Futures,
        rows: &[usize],
        settings: &Settings,
    ) -> Result<(Vec<Series>, Vec<ExperimentSeries>), RunError> {
        if rows.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let experiments = &self.study.case.experiments;
        let drawn = |at: &usize| settings.every_addon || options[*at].addon == 0;
        let drawn: Vec<usize> = (0..options.len()).filter(drawn).collect();
        let sharing = Sharing::of(rows.len() as u64, self.numerics);
        let variables = [&self.study.series, &self.study.history].map(|of| distinct(of.iter().copied()));
        // A program for each table: the options' are one where they differ in numbers only.
        let of_option = |&number: &usize| Asked {
            inputs: self.requested(options[number], sharing, None),
            metrics: Vec::new(),
            series: variables[0].clone(),
        };
        let with = |experiment: usize| OptionId {
            policy: experiments[experiment].policy,
            addon: 0,
        };
        let of_experiment = |experiment| Asked {
            inputs: self.requested(with(experiment), sharing, Some(experiment)),
            metrics: Vec::new(),
            series: variables[1].clone(),
        };
        let asked = drawn
            .iter()
            .map(of_option)
            .chain((0..experiments.len()).map(of_experiment));
        let evaluators = self.evaluators(asked.collect(), settings)?;
        let tables = each(settings.threads, evaluators.len(), |at| {
            let evaluator = &evaluators[at];
            let inputs = |rows: &[usize]| match drawn.get(at) {
                Some(&number) => self.inputs(options[number], sharing, futures, rows),
                None => {
                    let experiment = at - drawn.len();
                    self.experiment_inputs(experiment, (with(experiment), sharing), futures, rows)
                }
            };
            series(evaluator, rows, settings, inputs)
        });
        let mut tables = tables.into_iter();
        let mut series = Vec::new();
        for option in drawn {
            let (times, tables) = tables.next().expect("a table for every option");
            for (variable, values) in variables[0].iter().zip(tables) {
                series.push(Series {
                    option,
                    variable: self.model.variables[*variable].name.written().to_owned(),
                    times: times.clone(),
                    rows: rows.to_vec(),
                    values,
                });
            }
        }
        let mut compared = Vec::new();
        for (experiment, (times, tables)) in tables.enumerate() {
            for (history, variable) in self.study.history.iter().enumerate() {
                if !experiments[experiment].compares(&self.study.case.history[history]) {
                    continue;
                }
                let at = variables[1].iter().position(|v| v == variable);
                compared.push(ExperimentSeries {
                    experiment,
                    history,
                    times: times.clone(),
                    rows: rows.to_vec(),
                    values: tables[at.expect("every history's variable is asked for")].clone(),
                });
            }
        }
        Ok((series, compared))
    }
}

/// Saved times, and a table for each series of a program, in some rows.
fn series(
    evaluator: &Evaluator,
    rows: &[usize],
    settings: &Settings,
    inputs: impl Fn(&[usize]) -> Inputs,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut scratch = engine::Scratch::default();
    let (mut times, mut tables): (Vec<f64>, Vec<Vec<f64>>) = (Vec::new(), Vec::new());
    for block in rows.chunks(BLOCK) {
        let outputs = inputs(block).run(evaluator, settings.seed, &mut scratch);
        times = outputs.times;
        if tables.is_empty() {
            tables = outputs.series;
            continue;
        }
        for (table, more) in tables.iter_mut().zip(outputs.series) {
            table.extend(more);
        }
    }
    (times, tables)
}

/// Each once, in the order in which they come first.
fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = Vec::new();
    for item in items {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}

/// Owned values of a program's inputs, in its order.
struct Inputs {
    values: Vec<(InputTarget, Given)>,
    ids: Vec<u64>,
}

enum Given {
    Uniform(f64),
    PerFuture(Vec<f64>),
    Schedule(Schedule),
}

impl Inputs {
    fn run(&self, evaluator: &Evaluator, seed: u64, scratch: &mut engine::Scratch) -> engine::Outputs {
        let values: Vec<Value> = self
            .values
            .iter()
            .map(|(_, given)| match given {
                Given::Uniform(value) => Value::Uniform(*value),
                Given::PerFuture(column) => Value::PerFuture(column),
                Given::Schedule(schedule) => Value::Schedule(schedule),
            })
            .collect();
        let batch = Batch {
            seed,
            futures: &self.ids,
            inputs: &values,
        };
        evaluator.run(&batch, scratch)
    }
}

#[cfg(test)]
mod tests;
