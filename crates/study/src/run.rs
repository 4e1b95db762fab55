//! Every option over every future.
//!
//! Futures are cut into blocks; threads take blocks from a common queue and share nothing else. What a block gives depends
//! on its futures alone, so the results are the same bytes for any number of threads and any block size. All options see
//! the same futures and the same noise. [`stream()`] does the same for futures that are too many to be held.

mod stream;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use engine::{
    Batch, Binding, Choice, Evaluator, Input, InputTarget, Metric, Program, Reducer, Request, RunStatus,
    Schedule, Value, Window,
};
use model::{Diagnostics, Id, Model, VarId};

use crate::case::Setting;
use crate::results::{ExperimentSeries, Futures, OptionId, Results, Series, Status, Triggers};
use crate::study::{BoundLever, Study};

pub use stream::{Group, Groups, Streamed, Tell, stream};

/// Futures in a block: enough for the engine's lanes, few enough that threads end together.
const BLOCK: usize = 256;

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
    let options = if settings.options.is_empty() {
        all_options(study)
    } else {
        settings.options.clone()
    };
    let setup = Setup::new(study, model);
    let evaluators = setup.evaluators(&options, settings.engine)?;
    let accepted: Vec<usize> = (0..futures.ids.len())
        .filter(|&row| futures.rejected[row].is_none())
        .collect();
    let blocks = simulate(
        &setup,
        &evaluators,
        &options,
        &accepted,
        futures,
        settings,
        progress,
    );

    let run = blocks.iter().take_while(|block| block.is_some()).count();
    let kept = accepted.len().min(run * BLOCK);
    let rows = if kept == accepted.len() {
        futures.ids.len()
    } else {
        accepted.get(kept).copied().unwrap_or(0)
    };
    let mut results = empty(&options, study.measures.len(), &futures.rejected[..rows]);
    let mut triggers = setup.untold(&options, rows);
    for (block, rows) in blocks.into_iter().take(run).flatten().zip(accepted.chunks(BLOCK)) {
        place(&mut results, &mut triggers, study.measures.len(), block, rows);
    }
    let fans: Vec<usize> = accepted
        .iter()
        .copied()
        .filter(|row| *row < rows)
        .take(settings.fans)
        .collect();
    if !progress.stop() {
        results.series = setup.fans(&options, futures, &fans, settings)?;
        results.experiments = setup.experiments(futures, &fans, (settings.seed, settings.engine))?;
    }
    Ok(Outcome {
        results,
        triggers: setup.named(triggers),
        futures: rows,
        back_ends: back_ends(&evaluators),
    })
}

/// The names of evaluators, each once.
fn back_ends(evaluators: &[Evaluator]) -> Vec<String> {
    let names: BTreeSet<String> = evaluators.iter().map(Evaluator::name).collect();
    names.into_iter().collect()
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

/// Numbers of a block: for each option its metrics by column, and statuses.
type Block = Vec<(Vec<Vec<f64>>, Vec<RunStatus>)>;

/// Runs blocks on threads; a block is none if it was not run.
fn simulate(
    setup: &Setup,
    evaluators: &[Evaluator],
    options: &[OptionId],
    accepted: &[usize],
    futures: &Futures,
    settings: &Settings,
    progress: &dyn Progress,
) -> Vec<Option<Block>> {
    let blocks: Vec<&[usize]> = accepted.chunks(BLOCK).collect();
    let total = (accepted.len() * options.len()) as u64;
    let (next, done, stopped) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let finished: Mutex<Vec<Option<Block>>> = Mutex::new(blocks.iter().map(|_| None).collect());
    let work = || {
        let mut scratch = engine::Scratch::default();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(rows) = blocks.get(at) else { break };
            if stopped.load(Ordering::Relaxed) || progress.stop() {
                stopped.store(true, Ordering::Relaxed);
                break;
            }
            let mut block = Block::with_capacity(options.len());
            for (evaluator, option) in evaluators.iter().zip(options) {
                let inputs = setup.inputs(*option, futures, rows);
                let outputs = inputs.run(evaluator, settings.seed, &mut scratch);
                block.push((outputs.metrics, outputs.status));
                let runs = done.fetch_add(rows.len() as u64, Ordering::Relaxed) + rows.len() as u64;
                progress.done(runs, total);
            }
            finished.lock().expect("no thread panics while it holds the lock")[at] = Some(block);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..settings.threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    finished.into_inner().expect("no thread panicked")
}

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

/// Puts a block's numbers where they belong: measures first, triggers behind them.
fn place(results: &mut Results, triggers: &mut [Fired], measures: usize, block: Block, rows: &[usize]) {
    for (option, (metrics, status)) in block.into_iter().enumerate() {
        for (at, &row) in rows.iter().enumerate() {
            let ok = match status[at] {
                RunStatus::Ok => true,
                RunStatus::NonFinite { variable, time } => {
                    results.status[option][row] = Status::NonFinite {
                        variable: variable.index() as u32,
                        time,
                    };
                    false
                }
                RunStatus::Unresolved { variable, time } => {
                    results.status[option][row] = Status::Unresolved {
                        variable: variable.index() as u32,
                        time,
                    };
                    false
                }
            };
            for (measure, column) in metrics[..measures].iter().enumerate() {
                results.values[option][measure][row] = if ok { column[at] } else { f64::NAN };
            }
            let id = results.options[option];
            let of_option = triggers.iter_mut().filter(|(option, ..)| *option == id);
            for ((_, _, fired), column) in of_option.zip(&metrics[measures..]) {
                fired[row] = ok.then(|| column[at] > 0.5);
            }
        }
    }
}

/// What every option of a study shares.
struct Setup<'a> {
    study: &'a Study,
    model: &'a Model,
}

impl<'a> Setup<'a> {
    fn new(study: &'a Study, model: &'a Model) -> Self {
        Self { study, model }
    }

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

    /// The programs that give each option's metrics, made ready to run.
    fn evaluators(&self, options: &[OptionId], choice: Choice) -> Result<Vec<Evaluator>, RunError> {
        let ready = |option: &OptionId| {
            let program = self.lower(*option, self.metrics(*option), Vec::new(), None)?;
            Ok(Evaluator::new(program, choice))
        };
        options.iter().map(ready).collect()
    }

    /// A program for an option: its levers are numbers of the batch, its uncertainties columns. A program for each option costs
    /// microseconds and lets what a lever switches off fold away.
    fn lower(
        &self,
        option: OptionId,
        metrics: Vec<Metric>,
        series: Vec<VarId>,
        experiment: Option<usize>,
    ) -> Result<Program, RunError> {
        let input = |target, binding| Input { target, binding };
        let mut inputs = Vec::new();
        let bound = self
            .study
            .uncertainties
            .iter()
            .flatten()
            .chain(self.study.splits.iter().flatten());
        inputs.extend(bound.map(|&v| input(InputTarget::Variable(v), Binding::PerFuture)));
        for lever in self.levers(option) {
            let binding = match lever.setting {
                Setting::Value(_) => Binding::Uniform,
                Setting::Steps(_) => Binding::Schedule,
            };
            inputs.push(input(InputTarget::Variable(lever.variable), binding));
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
        let request = Request {
            inputs,
            metrics,
            series,
            integration: None,
            ..Request::default()
        };
        engine::lower(self.model, &request).map_err(RunError::Lower)
    }

    /// The values of an option's inputs in some rows, in the order of [`Setup::lower`].
    fn inputs(&self, option: OptionId, futures: &Futures, rows: &[usize]) -> Inputs {
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
        for lever in self.levers(option) {
            let given = match &lever.setting {
                Setting::Value(value) => Given::Uniform(*value),
                Setting::Steps(steps) => {
                    let (times, values) = steps.iter().copied().unzip();
                    Given::Schedule(Schedule { times, values })
                }
            };
            values.push((InputTarget::Variable(lever.variable), given));
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
        option: OptionId,
        futures: &Futures,
        rows: &[usize],
    ) -> Inputs {
        let bound = &self.study.experiments[experiment];
        let mut inputs = self.inputs(option, futures, rows);
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

    /// Series of the outcomes' variables under every option of the first add-on, or of all.
    fn fans(
        &self,
        options: &[OptionId],
        futures: &Futures,
        rows: &[usize],
        settings: &Settings,
    ) -> Result<Vec<Series>, RunError> {
        let variables = distinct(&self.study.series);
        let mut all = Vec::new();
        if rows.is_empty() {
            return Ok(all);
        }
        let drawn = |option: &OptionId| settings.every_addon || option.addon == 0;
        for (at, &option) in options.iter().enumerate().filter(|(_, option)| drawn(option)) {
            let program = self.lower(option, Vec::new(), variables.clone(), None)?;
            let (times, tables) = self.series(program, rows, (settings.seed, settings.engine), |rows| {
                self.inputs(option, futures, rows)
            });
            for (variable, values) in variables.iter().zip(tables) {
                let variable = self.model.variables[*variable].name.written().to_owned();
                all.push(Series {
                    option: at,
                    variable,
                    times: times.clone(),
                    rows: rows.to_vec(),
                    values,
                });
            }
        }
        Ok(all)
    }

    /// Series of every experiment, for each history.
    fn experiments(
        &self,
        futures: &Futures,
        rows: &[usize],
        how: (u64, Choice),
    ) -> Result<Vec<ExperimentSeries>, RunError> {
        let variables = distinct(&self.study.history);
        let mut all = Vec::new();
        if rows.is_empty() {
            return Ok(all);
        }
        for (experiment, of) in self.study.case.experiments.iter().enumerate() {
            let option = OptionId {
                policy: of.policy,
                addon: 0,
            };
            let program = self.lower(option, Vec::new(), variables.clone(), Some(experiment))?;
            let inputs = |rows: &[usize]| self.experiment_inputs(experiment, option, futures, rows);
            let (times, tables) = self.series(program, rows, how, inputs);
            for (history, variable) in self.study.history.iter().enumerate() {
                if !of.compares(&self.study.case.history[history]) {
                    continue;
                }
                let at = variables
                    .iter()
                    .position(|v| v == variable)
                    .expect("every history's variable is asked for");
                let (times, values) = (times.clone(), tables[at].clone());
                all.push(ExperimentSeries {
                    experiment,
                    history,
                    times,
                    rows: rows.to_vec(),
                    values,
                });
            }
        }
        Ok(all)
    }

    /// Saved times, and a table for each series of a program, in some rows.
    fn series(
        &self,
        program: Program,
        rows: &[usize],
        (seed, choice): (u64, Choice),
        inputs: impl Fn(&[usize]) -> Inputs,
    ) -> (Vec<f64>, Vec<Vec<f64>>) {
        let evaluator = Evaluator::new(program, choice);
        let mut scratch = engine::Scratch::default();
        let (mut times, mut tables): (Vec<f64>, Vec<Vec<f64>>) = (Vec::new(), Vec::new());
        for block in rows.chunks(BLOCK) {
            let outputs = inputs(block).run(&evaluator, seed, &mut scratch);
            times = outputs.times;
            tables.resize(outputs.series.len(), Vec::new());
            for (table, more) in tables.iter_mut().zip(outputs.series) {
                table.extend(more);
            }
        }
        (times, tables)
    }
}

fn distinct(variables: &[VarId]) -> Vec<VarId> {
    let mut all = Vec::new();
    for &variable in variables {
        if !all.contains(&variable) {
            all.push(variable);
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
