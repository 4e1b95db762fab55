//! From a bound case to findings: futures drawn, run, run again under a second sampling, and judged.
//!
//! The same steps serve `run`, `memo` (from the tables of a run) and the sample that `check` takes.

use std::cell::RefCell;
use std::time::Instant;

use model::Model;
use study::Study;
use study::case::DesignKind;
use study::design::{self, Drawing};
use study::findings::{self, Evidence, Findings, Gathered, Middle, Trials};
use study::live;
use study::results::{Futures, OptionId, Results, Status, Triggers};
use study::run::numerics::{self, Deviation};
use study::run::{self, Group, Progress, Ready};

use crate::exit::{Exit, Failure};

/// Futures whose series the memo's fans are drawn from.
pub(crate) const FANS: usize = 500;
/// Futures of the second sampling, at most: enough for shares within about 3 of 100.
const SECOND: u64 = 1_000;
/// Futures in which a smallest change is tried.
const TRIALS: usize = 200;

/// How to weigh.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// How futures are chosen.
    pub(crate) design: design::Settings,
    /// The options.
    pub(crate) options: Vec<OptionId>,
    /// Threads.
    pub(crate) threads: usize,
    /// What runs the model.
    pub(crate) engine: engine::Choice,
    /// How numbers are computed.
    pub(crate) numerics: engine::Numerics,
    /// Whether to keep every future's series.
    pub(crate) series: bool,
}

/// Everything that was computed.
pub(crate) struct Weighed {
    /// The futures that were run: fewer than drawn only if interrupted.
    pub(crate) futures: Futures,
    /// What became of them; of a large run only what findings read.
    pub(crate) results: Results,
    /// All results of the first futures of a large run.
    pub(crate) head: Option<Results>,
    /// What it means.
    pub(crate) findings: Findings,
    /// Whether Ctrl-C ended it early.
    pub(crate) interrupted: bool,
    /// What each part took.
    pub(crate) watch: Stopwatch,
    /// What ran the programs.
    pub(crate) back_ends: Vec<String>,
    /// Of a run with fast numerics, some futures run exactly.
    pub(crate) exact: Option<Exact>,
}

impl Weighed {
    /// How far fast numerics moved the outcomes, if they were used.
    pub(crate) fn deviation(&self) -> Option<&Deviation> {
        self.exact.as_ref().map(|exact| &exact.deviation)
    }
}

/// Some futures of a run with fast numerics, run exactly.
pub(crate) struct Exact {
    /// The results with their exact numbers.
    pub(crate) results: Results,
    /// How far they are from the fast ones.
    pub(crate) deviation: Deviation,
}

/// Numbers that are held in memory whole (2 GB); of a larger run only what findings read is.
const MOST_HELD: u64 = 1 << 28;

/// Accepted futures of a large run that are held with all results: more than the memo carries, and than fans are drawn from.
const HEAD: u64 = 4_096;

/// Whether a run is so large that its tables are written as they come and only what findings read is held.
pub(crate) fn is_large(study: &Study, plan: &Plan) -> bool {
    let runs = plan.design.futures.saturating_mul(plan.options.len() as u64);
    runs.saturating_mul(study.measures.len() as u64) > MOST_HELD
}

/// Who writes tables: given futures with what became of them, in order.
pub(crate) type Take<'a> = &'a mut (dyn FnMut(&Futures, &Results, &Triggers) -> Result<(), Failure> + Send);

/// Draws, runs and judges. `take` is given the groups of a large run as they come, and all of any other while it is judged.
pub(crate) fn weigh(
    study: &Study,
    model: &Model,
    plan: &Plan,
    progress: &dyn Progress,
    take: Take<'_>,
    mut watch: Stopwatch,
) -> Result<Weighed, Failure> {
    let mut simulated = if is_large(study, plan) {
        in_groups(study, model, plan, progress, take, &mut watch)?
    } else {
        at_once(study, model, plan, progress, &mut watch)?
    };
    let ready = simulated.ready.take();
    let Simulated {
        futures,
        outcome,
        head,
        interrupted,
        ..
    } = &simulated;
    can_be_compared(&outcome.results, futures, model, *interrupted)?;
    let (findings, exact) = std::thread::scope(|scope| {
        let taken = || take(futures, &outcome.results, &outcome.triggers);
        let taken = head.is_none().then(|| scope.spawn(taken));
        let found = found(study, model, ready, &simulated, plan, progress, &mut watch);
        if let Some(taken) = taken {
            taken.join().expect("no thread panicked")?;
        }
        watch.lap("tables");
        found
    })?;
    Ok(Weighed {
        futures: simulated.futures,
        results: simulated.outcome.results,
        head: simulated.head,
        findings,
        interrupted: simulated.interrupted,
        watch,
        back_ends: simulated.outcome.back_ends,
        exact,
    })
}

/// What simulated futures come to.
fn found(
    study: &Study,
    model: &Model,
    ready: Option<Ready>,
    simulated: &Simulated,
    plan: &Plan,
    progress: &dyn Progress,
    watch: &mut Stopwatch,
) -> Result<(Findings, Option<Exact>), Failure> {
    let Simulated {
        futures,
        outcome,
        head,
        interrupted,
        ..
    } = simulated;
    // Of a large run only the first futures have all their results here.
    let whole = head.as_ref().unwrap_or(&outcome.results);
    let exact = exact(study, model, (futures, whole), plan)?;
    watch.lap("exact_sample");
    let second = if *interrupted {
        None
    } else {
        second(study, model, ready.as_ref(), plan, progress)?
    };
    watch.lap("second_sampling");
    let ready = exactly_ready(study, model, ready, plan)?;
    let middle = if *interrupted {
        None
    } else {
        middle(&ready, futures, plan, progress)
    };
    watch.lap("middle");
    let parts = RefCell::new(Stopwatch::new());
    let mut findings = judge(
        study,
        &Judged {
            futures,
            results: &outcome.results,
            triggers: &outcome.triggers,
            second: second.as_ref(),
            middle: middle.as_ref(),
        },
        &findings::Settings {
            threads: plan.threads,
            done: &|part| parts.borrow_mut().lap(part),
        },
    )?;
    watch.lap("findings");
    watch.laps.extend(parts.into_inner().laps);
    if let Some(middle) = &middle {
        middle.try_flips(&mut findings, &Quietly(progress));
        watch.lap("trials");
    }
    Ok((findings, exact))
}

/// Futures with what became of them.
struct Simulated<'a> {
    futures: Futures,
    outcome: run::Outcome,
    head: Option<Results>,
    interrupted: bool,
    /// The options, ready to be run again.
    ready: Option<Ready<'a>>,
}

/// A run that is held in memory.
fn at_once<'a>(
    study: &'a Study,
    model: &'a Model,
    plan: &Plan,
    progress: &dyn Progress,
    watch: &mut Stopwatch,
) -> Result<Simulated<'a>, Failure> {
    let drawn = sample(study, &plan.design, plan.threads)?;
    watch.lap("draw");
    let fans = if plan.series { usize::MAX } else { FANS };
    let settings = how(plan, fans);
    let ready = Ready::new(study, model, &settings, drawn.ids.len() as u64).map_err(cannot_run)?;
    watch.lap("compile");
    let mut outcome = ready.run(&drawn, &settings, progress);
    watch.lap("run");
    if !progress.stop() {
        ready
            .add_series(&mut outcome, &drawn, &settings)
            .map_err(cannot_run)?;
    }
    watch.lap("series");
    Ok(Simulated {
        interrupted: outcome.futures < drawn.ids.len(),
        futures: first_rows(drawn, outcome.futures),
        outcome,
        head: None,
        ready: Some(ready),
    })
}

/// A large run: groups are handed on as they come, what findings read is gathered, and fans are drawn from the first group.
fn in_groups<'a>(
    study: &'a Study,
    model: &'a Model,
    plan: &Plan,
    progress: &dyn Progress,
    take: Take<'_>,
    watch: &mut Stopwatch,
) -> Result<Simulated<'a>, Failure> {
    let rejects = |row: &[f64]| study.rejects(row);
    let drawing = Drawing::new(&study.case, &plan.design, study.constrained(&rejects))
        .map_err(|error| Failure::new(Exit::Simulation, error.to_string()))?;
    watch.lap("draw");
    let mut gathered = Gathered::new(study, &plan.options, drawing.count() as usize);
    let mut head = Gathered::whole(study, &plan.options, 0);
    let mut each = |group: Group| -> Result<(), Failure> {
        take(&group.futures, &group.results, &group.triggers)?;
        gathered.add(&group);
        if head.futures.accepted() < HEAD {
            head.add(&group);
        }
        Ok(())
    };
    let streamed =
        run::stream(study, model, &drawing, &how(plan, 0), progress, &mut each).map_err(cannot_run)??;
    watch.lap("run");
    let mut results = gathered.results;
    if streamed.whole {
        // As many of the first futures as leave enough that are accepted.
        let accepted = (0..head.futures.ids.len()).filter(|&row| head.futures.rejected[row].is_none());
        let rows = accepted.take(FANS).last().map_or(0, |row| row + 1);
        let first = head.futures.rows(0..rows);
        let few = simulate(study, model, &first, plan, FANS, &Quietly(progress))?;
        results.series = few.results.series;
        results.experiments = few.results.experiments;
    }
    watch.lap("series");
    Ok(Simulated {
        outcome: run::Outcome {
            results,
            triggers: gathered.triggers,
            futures: gathered.futures.ids.len(),
            back_ends: streamed.back_ends,
        },
        futures: gathered.futures,
        head: Some(head.results),
        interrupted: !streamed.whole,
        ready: None,
    })
}

/// The futures that a memo carries, run exactly, if the run used fast numerics.
pub(crate) fn exact(
    study: &Study,
    model: &Model,
    (futures, results): (&Futures, &Results),
    plan: &Plan,
) -> Result<Option<Exact>, Failure> {
    if plan.numerics == engine::Numerics::Exact {
        return Ok(None);
    }
    let rows = live::embedded(futures, results.options.len());
    let settings = how(plan, 0);
    let exact = numerics::exactly(study, model, (futures, results), &rows, &settings, &Silent)
        .map_err(cannot_run)?
        .expect("nobody stops it");
    Ok(Some(Exact {
        deviation: numerics::deviation(study, results, &exact, &rows),
        results: exact,
    }))
}

/// The futures of a design.
pub(crate) fn sample(study: &Study, settings: &design::Settings, threads: usize) -> Result<Futures, Failure> {
    study
        .sample_on(threads, settings)
        .map_err(|error| Failure::new(Exit::Simulation, error.to_string()))
}

/// Runs options over futures.
pub(crate) fn simulate(
    study: &Study,
    model: &Model,
    futures: &Futures,
    plan: &Plan,
    fans: usize,
    progress: &dyn Progress,
) -> Result<run::Outcome, Failure> {
    run::run(study, model, futures, &how(plan, fans), progress).map_err(cannot_run)
}

fn how(plan: &Plan, fans: usize) -> run::Settings {
    run::Settings {
        seed: plan.design.seed,
        threads: plan.threads,
        options: plan.options.clone(),
        fans,
        every_addon: plan.series,
        engine: plan.engine,
        numerics: plan.numerics,
    }
}

/// What to say if nothing could be run.
pub(crate) fn cannot_run(error: run::RunError) -> Failure {
    match error {
        run::RunError::Lower(diagnostics) => {
            let messages: Vec<String> = diagnostics.items.into_iter().map(|item| item.message).collect();
            Failure::new(
                Exit::Invalid,
                format!(
                    "the model cannot be simulated as the case asks: {}",
                    messages.join("; ")
                ),
            )
        }
    }
}

/// The headline's options under draws that crowd towards the middle of their ranges; none for a grid, which has no draws.
pub(crate) fn second(
    study: &Study,
    model: &Model,
    ready: Option<&Ready>,
    plan: &Plan,
    progress: &dyn Progress,
) -> Result<Option<Results>, Failure> {
    if matches!(
        plan.design.design,
        DesignKind::FullFactorial | DesignKind::OneAtATime
    ) {
        return Ok(None);
    }
    let plan = Plan {
        design: design::Settings {
            centred: true,
            futures: plan.design.futures.min(SECOND),
            ..plan.design
        },
        ..first_addon(plan)
    };
    if plan.options.is_empty() {
        return Ok(None);
    }
    let futures = sample(study, &plan.design, plan.threads)?;
    let outcome = match ready {
        Some(ready) if ready.has(&plan.options, plan.numerics) => {
            ready.run(&futures, &how(&plan, 0), &Quietly(progress))
        }
        _ => simulate(study, model, &futures, &plan, 0, &Quietly(progress))?,
    };
    Ok((outcome.futures == futures.ids.len()).then_some(outcome.results))
}

/// A run to be judged.
pub(crate) struct Judged<'a> {
    /// The futures.
    pub(crate) futures: &'a Futures,
    /// What became of them.
    pub(crate) results: &'a Results,
    /// In which futures triggers fired.
    pub(crate) triggers: &'a [(OptionId, String, Vec<Option<bool>>)],
    /// The second sampling.
    pub(crate) second: Option<&'a Results>,
    /// How the options stand at the middle, if the model was asked.
    pub(crate) middle: Option<&'a Middle<'a>>,
}

/// What it all means.
pub(crate) fn judge(
    study: &Study,
    judged: &Judged,
    settings: &findings::Settings,
) -> Result<Findings, Failure> {
    let evidence = Evidence {
        futures: judged.futures,
        results: judged.results,
        triggers: judged.triggers,
        second: judged.second.map(|second| ("centred", second)),
        middle: judged.middle,
    };
    findings::weigh(study, &evidence, settings)
        .map_err(|error| Failure::new(Exit::Invalid, format!("the results cannot be judged: {error}")))
}

/// The options of the first add-on ready to be run exactly, as those of a run may be already.
pub(crate) fn exactly_ready<'a>(
    study: &'a Study,
    model: &'a Model,
    ready: Option<Ready<'a>>,
    plan: &Plan,
) -> Result<Ready<'a>, Failure> {
    let plan = Plan {
        numerics: engine::Numerics::Exact,
        ..first_addon(plan)
    };
    match ready.filter(|ready| ready.has(&plan.options, plan.numerics)) {
        Some(ready) => Ok(ready),
        None => Ready::new(study, model, &how(&plan, 0), TRIALS as u64).map_err(cannot_run),
    }
}

fn first_addon(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.options.retain(|option| option.addon == 0);
    plan
}

/// Where the smallest changes set out from.
pub(crate) fn middle<'a>(
    ready: &'a Ready<'a>,
    futures: &Futures,
    plan: &Plan,
    progress: &dyn Progress,
) -> Option<Middle<'a>> {
    let trials = Trials {
        futures: TRIALS,
        seed: plan.design.seed,
        threads: plan.threads,
    };
    Middle::ask(ready, (futures, &plan.options), &trials, &Quietly(progress))
}

/// Passes on the wish to stop, but draws no bar.
pub(crate) struct Quietly<'a>(pub(crate) &'a dyn Progress);
impl Progress for Quietly<'_> {
    fn done(&self, _: u64, _: u64) {}
    fn stop(&self) -> bool {
        self.0.stop()
    }
}

/// No progress to show and nobody to stop.
pub(crate) struct Silent;
impl Progress for Silent {
    fn done(&self, _: u64, _: u64) {}
}

/// The first rows of some futures.
pub(crate) fn first_rows(mut futures: Futures, rows: usize) -> Futures {
    futures.ids.truncate(rows);
    futures.rejected.truncate(rows);
    futures
        .columns
        .iter_mut()
        .for_each(|column| column.truncate(rows));
    futures
}

/// At least one future has to be whole under every option; otherwise the first that broke says why.
fn can_be_compared(
    results: &Results,
    futures: &Futures,
    model: &Model,
    interrupted: bool,
) -> Result<(), Failure> {
    let whole = |row: usize| results.status.iter().all(|status| status[row] == Status::Ok);
    if (0..futures.ids.len()).any(whole) {
        return Ok(());
    }
    if interrupted {
        return Err(Failure::new(
            Exit::Interrupted,
            "interrupted before any future was finished; nothing was written",
        ));
    }
    let broke = results
        .status
        .iter()
        .flatten()
        .find_map(|status| Some((status, status.trouble()?)));
    let why = broke.map_or_else(String::new, |(status, (variable, time))| {
        let name = model
            .variables
            .iter()
            .nth(variable as usize)
            .map_or("?", |variable| variable.name.written());
        match status {
            Status::Unresolved { .. } => format!(
                " (in the first, the steps for `{name}` became too small at time {time}: a method with fixed steps may serve)"
            ),
            _ => format!(" (in the first, `{name}` is no finite number any more at time {time})"),
        }
    });
    Err(Failure::new(
        Exit::Simulation,
        format!(
            "no future is whole under every option, so nothing can be compared; nothing was written{why}"
        ),
    )
    .help("`weigh simulate` runs the model by itself, `--set` gives a constant the value of a future"))
}

/// What each part takes, in seconds.
#[derive(Clone)]
pub(crate) struct Stopwatch {
    last: Instant,
    pub(crate) laps: Vec<(&'static str, f64)>,
}

impl Stopwatch {
    pub(crate) fn new() -> Self {
        Self {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }

    /// The part that has just ended.
    pub(crate) fn lap(&mut self, part: &'static str) {
        let took = self.last.elapsed().as_secs_f64();
        self.last = Instant::now();
        match self.laps.iter_mut().find(|(known, _)| *known == part) {
            Some((_, seconds)) => *seconds += took,
            None => self.laps.push((part, took)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::input;

    /// Two groups and a part of a third, under every option of a case with claims and triggers.
    #[test]
    fn a_large_run_is_judged_as_one_that_is_held_whole() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/epidemic");
        let Ok(read) = input::case(&folder) else {
            panic!("the case is valid");
        };
        let (study, model) = (&read.value.study, &read.value.model);
        let plan = Plan {
            design: design::Settings {
                futures: 9_000,
                ..design::Settings::of(&study.case)
            },
            options: run::all_options(study),
            threads: 2,
            engine: engine::Choice::Auto,
            numerics: engine::Numerics::Exact,
            series: false,
        };
        let mut watch = Stopwatch::new();
        let failed = |_: Failure| panic!("the case runs");
        let whole = at_once(study, model, &plan, &Silent, &mut watch).unwrap_or_else(failed);
        let mut rows = 0;
        let mut take = |futures: &Futures, _: &Results, _: &Triggers| {
            rows += futures.ids.len();
            Ok(())
        };
        let large = in_groups(study, model, &plan, &Silent, &mut take, &mut watch).unwrap_or_else(failed);
        assert_eq!(rows, 9_000);
        assert!(whole.futures == large.futures && whole.outcome.triggers == large.outcome.triggers);
        let read_of = findings::reads(study, &plan.options);
        let held = |results: &Results| results.values.iter().flatten().filter(|c| !c.is_empty()).count();
        assert_eq!(
            held(&large.outcome.results),
            read_of.iter().flatten().filter(|read| **read).count()
        );
        assert!(held(&large.outcome.results) < held(&whole.outcome.results));
        // The page's part: all results of the first futures.
        let head = large.head.as_ref().expect("a large run has one");
        let rows = head.status[0].len();
        assert!((4_096..9_000).contains(&rows), "{rows}");
        assert_eq!(
            format!("{:?}", head.values),
            format!("{:?}", whole.outcome.results.rows(0..rows).values)
        );
        let judged = |of: &Simulated| {
            let judged = Judged {
                futures: &of.futures,
                results: &of.outcome.results,
                triggers: &of.outcome.triggers,
                second: None,
                middle: None,
            };
            let settings = findings::Settings {
                threads: 2,
                done: &|_| {},
            };
            format!(
                "{:?}",
                judge(study, &judged, &settings).unwrap_or_else(|_| panic!("it can be judged"))
            )
        };
        assert!(judged(&whole) == judged(&large), "the findings differ");
    }
}
