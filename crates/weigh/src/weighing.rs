//! From a bound case to findings: futures drawn, run, run again under a second sampling, and judged.
//!
//! The same steps serve `run`, `memo` (from the tables of a run) and the sample that `check` takes.

use std::cell::RefCell;
use std::time::Instant;

use model::Model;
use study::Study;
use study::case::DesignKind;
use study::design;
use study::findings::{self, Evidence, Findings};
use study::results::{Futures, OptionId, Results, Status};
use study::run::{self, Progress};

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
    /// Whether to keep every future's series.
    pub(crate) series: bool,
}

/// Everything that was computed.
pub(crate) struct Weighed {
    /// The futures that were run: fewer than drawn only if interrupted.
    pub(crate) futures: Futures,
    /// What became of them.
    pub(crate) results: Results,
    /// In which futures triggers fired.
    pub(crate) triggers: Vec<(OptionId, String, Vec<Option<bool>>)>,
    /// What it means.
    pub(crate) findings: Findings,
    /// Whether Ctrl-C ended it early.
    pub(crate) interrupted: bool,
    /// What each part took, in seconds.
    pub(crate) timings: Vec<(&'static str, f64)>,
    /// What ran the programs.
    pub(crate) back_ends: Vec<String>,
}

/// Draws, runs and judges.
pub(crate) fn weigh(
    study: &Study,
    model: &Model,
    plan: &Plan,
    progress: &dyn Progress,
) -> Result<Weighed, Failure> {
    let mut watch = Stopwatch::new();
    let drawn = sample(study, &plan.design)?;
    watch.lap("draw");
    let outcome = simulate(
        study,
        model,
        &drawn,
        plan,
        if plan.series { usize::MAX } else { FANS },
        progress,
    )?;
    let interrupted = outcome.futures < drawn.ids.len();
    let futures = first_rows(drawn, outcome.futures);
    watch.lap("run");
    can_be_compared(&outcome.results, &futures, model, interrupted)?;
    let second = if interrupted {
        None
    } else {
        second(study, model, plan, progress)?
    };
    watch.lap("second_sampling");
    let parts = RefCell::new(Stopwatch::new());
    let mut findings = judge(
        study,
        &Judged {
            futures: &futures,
            results: &outcome.results,
            triggers: &outcome.triggers,
            second: second.as_ref(),
        },
        &findings::Settings {
            threads: plan.threads,
            done: &|part| parts.borrow_mut().lap(part),
        },
    )?;
    watch.lap("findings");
    watch.laps.extend(parts.into_inner().laps);
    if !interrupted {
        watch.last = Instant::now();
        try_flips(
            study,
            model,
            (&futures, &outcome.results),
            plan,
            &mut findings,
            progress,
        )?;
        watch.lap("trials");
    }
    Ok(Weighed {
        futures,
        results: outcome.results,
        triggers: outcome.triggers,
        findings,
        interrupted,
        timings: watch.laps,
        back_ends: outcome.back_ends,
    })
}

/// Runs below which it is not worth finding out what is fastest.
const MANY_RUNS: u64 = 50_000;
/// Futures that it takes to find out.
const TRIED: u64 = 2_048;

/// What runs the model fastest, if that was left open: each of the candidates runs some futures of the first option. They give
/// the same bits, so the choice moves no result; which is faster depends on the model and the machine.
pub(crate) fn fastest(study: &Study, model: &Model, plan: &Plan) -> engine::Choice {
    let runs = plan.design.futures.saturating_mul(plan.options.len() as u64);
    if plan.engine != engine::Choice::Auto || runs < MANY_RUNS {
        return plan.engine;
    }
    let seconds = |engine| -> Option<f64> {
        let plan = Plan {
            design: design::Settings {
                futures: TRIED.min(plan.design.futures),
                ..plan.design
            },
            options: plan.options.iter().copied().take(1).collect(),
            threads: 1,
            engine,
            series: false,
        };
        let futures = sample(study, &plan.design).ok()?;
        let began = Instant::now();
        simulate(study, model, &futures, &plan, 0, &Silent).ok()?;
        Some(began.elapsed().as_secs_f64())
    };
    // What cannot run will tell why when it is asked to run all.
    match (seconds(engine::Choice::Native), seconds(engine::Choice::Block)) {
        (Some(native), Some(block)) if block < native => engine::Choice::Block,
        _ => plan.engine,
    }
}

/// The futures of a design.
pub(crate) fn sample(study: &Study, settings: &design::Settings) -> Result<Futures, Failure> {
    study
        .sample(settings)
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
    let settings = run::Settings {
        seed: plan.design.seed,
        threads: plan.threads,
        options: plan.options.clone(),
        fans,
        every_addon: plan.series,
        engine: plan.engine,
    };
    run::run(study, model, futures, &settings, progress).map_err(cannot_run)
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
        options: plan
            .options
            .iter()
            .copied()
            .filter(|option| option.addon == 0)
            .collect(),
        ..plan.clone()
    };
    if plan.options.is_empty() {
        return Ok(None);
    }
    let futures = sample(study, &plan.design)?;
    let outcome = simulate(study, model, &futures, &plan, 0, &Quietly(progress))?;
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
    };
    findings::weigh(study, &evidence, settings)
        .map_err(|error| Failure::new(Exit::Invalid, format!("the results cannot be judged: {error}")))
}

/// Tries the smallest changes that the findings tell of in the model.
pub(crate) fn try_flips(
    study: &Study,
    model: &Model,
    tables: (&Futures, &Results),
    plan: &Plan,
    findings: &mut Findings,
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let trials = findings::Trials {
        futures: TRIALS,
        seed: plan.design.seed,
        threads: plan.threads,
    };
    findings::try_flips(study, model, tables, &trials, findings, &Quietly(progress)).map_err(cannot_run)
}

/// Passes on the wish to stop, but draws no bar.
struct Quietly<'a>(&'a dyn Progress);
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

/// What each part takes.
struct Stopwatch {
    last: Instant,
    laps: Vec<(&'static str, f64)>,
}

impl Stopwatch {
    fn new() -> Self {
        Self {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }
    fn lap(&mut self, part: &'static str) {
        self.laps.push((part, self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
    }
}
