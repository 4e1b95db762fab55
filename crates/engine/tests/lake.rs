//! The shallow lake of `cases/shallow-lake` against published outcomes: plans fixed in advance and rules that look at
//! the lake, in every scenario and for every sample of inflows, with the standard normals behind them given.

use std::fs;
use std::path::{Path, PathBuf};

use engine::{
    Batch, Binding, Input, InputTarget, Metric, Outputs, Program, Reducer, Request, RunStatus, Schedule,
    Value, Window, block, lower,
};
use model::{FileError, Files, Model, Sources, VarId};

/// Years that are judged, and the samples of inflows.
const YEARS: usize = 100;
const SAMPLES: usize = 150;
/// As in the published runs; the case has the 0.4 of the literature.
const VALUE_OF_EMISSION: f64 = 0.41;
/// What a rule emits before it has seen the lake; the model's own value.
const OPENING: f64 = 0.1;

struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/shallow-lake")
}

#[allow(clippy::disallowed_methods, reason = "a test reads its references")]
fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn published(name: &str) -> String {
    text(&folder().join("published").join(name))
}

fn numbers(line: &str) -> Vec<f64> {
    line.split(',')
        .map(|cell| cell.parse().expect("a number"))
        .collect()
}

/// The rows of a table behind its heading.
fn table(text: &str) -> Vec<Vec<f64>> {
    text.lines().skip(1).map(numbers).collect()
}

/// The number behind a key of a JSON text.
fn keyed(text: &str, key: &str) -> f64 {
    let after = text
        .split(&format!("\"{key}\":"))
        .nth(1)
        .unwrap_or_else(|| panic!("{key}"));
    let number = after.split([',', '}']).next().unwrap_or("");
    number.trim().parse().expect("a number")
}

/// The lake, and what is seen of it.
struct Lake {
    program: Program,
    /// Columns of the scenarios: b, q, mean, stdev, delta.
    scenarios: Vec<Vec<f64>>,
    normals: Vec<Vec<f64>>,
}

const UNCERTAIN: [&str; 5] = [
    "loss rate",
    "recycling exponent",
    "mean natural inflow",
    "spread of natural inflow",
    "discount factor",
];
const RULE: [&str; 5] = [
    "first centre",
    "second centre",
    "first radius",
    "second radius",
    "first weight",
];
/// Places of the metrics.
const CLEAR: usize = 0;
const BENEFIT: usize = 1;
const SHARP: usize = 2;
const NOT_RISING: usize = 3;
const CRITICAL: usize = 4;
const BENEFIT_BUT_ONE: usize = 5;

impl Lake {
    /// With the first `count` scenarios; `uniform` are further constants, the same for all.
    fn new(count: usize, uniform: &[&str]) -> Self {
        let path = folder().join("model.mdl");
        let (model, notes) = model::read("model.mdl", text(&path).as_bytes(), &Nothing, &mut Sources::new());
        let model = model.unwrap_or_else(|| panic!("{notes:?}"));
        let input = |name: &str, binding| Input {
            target: InputTarget::Variable(id(&model, name)),
            binding,
        };
        let metric = |name: &str, reducer, from: f64, to: f64| Metric {
            variable: id(&model, name),
            element: 0,
            reducer,
            window: Window {
                from: Some(from),
                to: Some(to),
            },
        };
        let last = YEARS as f64;
        let mut inputs: Vec<Input> = UNCERTAIN
            .iter()
            .map(|name| input(name, Binding::PerFuture))
            .collect();
        inputs.push(input("luck of the year", Binding::Schedule));
        inputs.push(input("planned emission", Binding::Schedule));
        inputs.push(input("value of emission", Binding::Uniform));
        inputs.extend(uniform.iter().map(|name| input(name, Binding::Uniform)));
        let request = Request {
            inputs,
            metrics: vec![
                metric("clear", Reducer::Mean, 0.0, last - 1.0),
                metric("benefit", Reducer::Integral, 0.0, last),
                metric("sharp change", Reducer::Mean, 1.0, last - 1.0),
                metric("change of emission", Reducer::TimeBelow(0.02), 0.0, last - 1.0),
                metric("critical level", Reducer::At(0.0), 0.0, last),
                metric("benefit", Reducer::Integral, 0.0, last - 1.0),
            ],
            series: vec![id(&model, "Phosphorus")],
            integration: None,
            ..Request::default()
        };
        let rows = table(&published("lake_intertemporal.scenarios.csv"));
        let column = |k: usize| rows.iter().take(count).map(|row| row[k + 1]).collect();
        Self {
            program: lower(&model, &request).unwrap_or_else(|problems| panic!("{problems:#?}")),
            scenarios: (0..UNCERTAIN.len()).map(column).collect(),
            normals: published("lake.standard_normals.csv")
                .lines()
                .map(numbers)
                .collect(),
        }
    }

    /// All scenarios, once for each sample of inflows.
    fn runs(&self, plan: &[f64], uniform: &[f64]) -> Vec<Outputs> {
        assert_eq!(self.normals.len(), SAMPLES);
        let years: Vec<f64> = (0..YEARS).map(|year| year as f64).collect();
        let schedule = |values: &[f64]| Schedule {
            times: years[..values.len()].to_vec(),
            values: values.to_vec(),
        };
        let futures: Vec<u64> = (0..self.scenarios[0].len() as u64).collect();
        let plan = schedule(plan);
        let mut scratch = block::Scratch::default();
        let one = |normals: &Vec<f64>| {
            assert_eq!(normals.len(), YEARS);
            let luck = schedule(normals);
            let mut inputs: Vec<Value> = self
                .scenarios
                .iter()
                .map(|column| Value::PerFuture(column))
                .collect();
            inputs.extend([Value::Schedule(&luck), Value::Schedule(&plan)]);
            inputs.push(Value::Uniform(VALUE_OF_EMISSION));
            inputs.extend(uniform.iter().map(|value| Value::Uniform(*value)));
            let batch = Batch {
                seed: 0,
                futures: &futures,
                inputs: &inputs,
            };
            let outputs = block::run(&self.program, &batch, &mut scratch);
            assert!(outputs.status.iter().all(|status| *status == RunStatus::Ok));
            outputs
        };
        self.normals.iter().map(one).collect()
    }
}

fn id(model: &Model, name: &str) -> VarId {
    model.find(name).unwrap_or_else(|| panic!("{name}"))
}

/// The largest over the years of the phosphorus averaged over the samples.
fn max_p(runs: &[Outputs], row: usize) -> f64 {
    let stored = runs[0].times.len();
    let mean = |year: usize| {
        let of = |run: &Outputs| run.series[0][row * stored + year];
        runs.iter().map(of).sum::<f64>() / runs.len() as f64
    };
    (0..YEARS).map(mean).fold(0.0, f64::max)
}

fn mean_of(runs: &[Outputs], metric: usize, row: usize) -> f64 {
    runs.iter().map(|run| run.metrics[metric][row]).sum::<f64>() / runs.len() as f64
}

/// Years and samples below the critical level.
fn clear_years(runs: &[Outputs], row: usize) -> f64 {
    let of = |run: &Outputs| (run.metrics[CLEAR][row] * YEARS as f64).round();
    runs.iter().map(of).sum()
}

/// What is compared, with the largest difference of each kind.
#[derive(Default)]
struct Comparison {
    compared: usize,
    worst: f64,
    wrong: Vec<String>,
}

impl Comparison {
    fn close(&mut self, what: &str, place: (usize, usize), found: f64, expected: f64, relative: f64) {
        let gap = (found - expected).abs() / expected.abs();
        self.compared += 1;
        self.worst = self.worst.max(gap);
        // A NaN is wrong, too.
        if gap > relative || gap.is_nan() {
            self.wrong
                .push(format!("{what} at {place:?}: {found}, not {expected}"));
        }
    }

    #[allow(clippy::print_stdout, reason = "a count for the log")]
    fn finish(self, name: &str, expected: usize) {
        println!(
            "{name}: {} outcomes compared, {} wrong, largest relative difference {:.1e}",
            self.compared,
            self.wrong.len(),
            self.worst
        );
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert_eq!(self.compared, expected);
    }
}

#[test]
fn plans_fixed_in_advance_have_their_published_outcomes() {
    let lake = Lake::new(100, &[]);
    let outcomes = table(&text(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../analysis/tests/data/robustness/lake_intertemporal.outcomes.csv"),
    ));
    let scenarios = table(&published("lake_intertemporal.scenarios.csv"));
    let mut comparison = Comparison::default();
    for (number, plan) in table(&published("lake_intertemporal.policies.csv"))
        .iter()
        .enumerate()
    {
        let plan = &plan[1..];
        assert_eq!(plan.len(), YEARS);
        let runs = lake.runs(plan, &[]);
        for (row, scenario) in scenarios.iter().enumerate() {
            let found = outcomes
                .iter()
                .find(|line| line[0] == scenario[0] && line[1] == number as f64);
            let [_, _, peak, utility, inertia, reliability] =
                found.expect("an outcome for each scenario and plan")[..]
            else {
                panic!("six columns")
            };
            let place = (scenario[0] as usize, number);
            comparison.close("max_p", place, max_p(&runs, row), peak, 1e-10);
            comparison.close("utility", place, mean_of(&runs, BENEFIT, row), utility, 1e-10);
            // The same in every sample, and exact.
            for run in &runs {
                assert_eq!(run.metrics[SHARP][row], inertia, "inertia at {place:?}");
            }
            comparison.close("inertia", place, runs[0].metrics[SHARP][row], inertia, 0.0);
            let years = (reliability * (YEARS * SAMPLES) as f64).round();
            comparison.close("reliability", place, clear_years(&runs, row), years, 0.0);
        }
    }
    comparison.finish("plans", 4 * 400);
}

#[test]
fn rules_that_look_at_the_lake_have_their_published_outcomes() {
    let uniform: Vec<&str> = ["rule lever"].into_iter().chain(RULE).collect();
    let lake = Lake::new(40, &uniform);
    let outcomes = table(&published("lake_dps.outcomes.csv"));
    let text = published("lake_dps.policies.json");
    let mut comparison = Comparison::default();
    for (number, rule) in text.split('{').skip(1).enumerate() {
        let mut values = vec![1.0];
        values.extend(["c1", "c2", "r1", "r2", "w1"].map(|key| keyed(rule, key)));
        let runs = lake.runs(&[0.0], &values);
        for (row, line) in outcomes
            .iter()
            .filter(|line| line[1] == number as f64)
            .enumerate()
        {
            let [scenario, _, peak, utility, inertia, reliability] = line[..] else {
                panic!("six columns")
            };
            let place = (scenario as usize, number);
            comparison.close("max_p", place, max_p(&runs, row), peak, 1e-9);
            // The example books what a rule asks for a year late, and the opening emission twice.
            let discount = lake.scenarios[4][row];
            let late = VALUE_OF_EMISSION * OPENING + discount * mean_of(&runs, BENEFIT_BUT_ONE, row);
            comparison.close("utility", place, late, utility, 1e-9);
            let not_rising = mean_of(&runs, NOT_RISING, row) / YEARS as f64;
            comparison.close("inertia", place, not_rising, inertia, 1e-9);
            let reliable = clear_years(&runs, row) / (YEARS * SAMPLES) as f64;
            comparison.close("reliability", place, reliable, reliability, 1e-9);
        }
    }
    comparison.finish("rules", 3 * 160);
}

#[test]
fn the_critical_level_is_the_published_one() {
    let lake = Lake::new(100, &[]);
    let run = &lake.runs(&[0.0], &[])[0];
    let text = published("lake_intertemporal.json");
    let text = text.split("\"p_crit_first5\"").nth(1).expect("critical levels");
    let mut comparison = Comparison::default();
    for (row, scenario) in table(&published("lake_intertemporal.scenarios.csv"))
        .iter()
        .enumerate()
    {
        let level = run.metrics[CRITICAL][row];
        // It solves its equation, to the last bits.
        let (b, q) = (scenario[1], scenario[2]);
        let power = engine::math::pow(level, q);
        comparison.close("recycling", (row, 0), power / (1.0 + power), b * level, 1e-13);
        if row < 5 {
            let expected = keyed(text, &format!("{:.1}", scenario[0]));
            // The reference stopped within 2e-12 of the solution.
            comparison.close("critical level", (row, 1), level, expected, 1e-11);
        }
    }
    comparison.finish("critical levels", 105);
}
