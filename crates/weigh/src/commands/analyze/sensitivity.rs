//! How much an outcome owes to each input: the methods on designs of their own and those on any table.

use analysis::sensitivity::{
    self, DeltaOptions, Estimate, SensitivityError, SobolOptions, delta, dgsm_measures, efast_indices,
    morris_effects, pawn, rbd_fast, sobol_indices,
};
use study::problem::Problem;
use study::store::Cells;

use super::columns::{Prepared, Takes, prepare};
use super::load::Frame;
use super::report::{Cell, Report, ResultTable};
use crate::args::analyze as args;
use crate::exit::{Exit, Failure};

/// A frame at one time, and the problem if one was given.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) time: Option<usize>,
    pub(crate) problem: Option<&'a Problem>,
}

impl Scene<'_> {
    /// Inputs and outcome.
    pub(crate) fn prepare(&self, plain: &args::Plain, takes: Takes) -> Result<Prepared, Failure> {
        prepare(
            self.frame,
            self.time,
            &plain.explained,
            &plain.inputs,
            self.problem,
            takes,
            true,
        )
    }

    /// The outcome alone, in the order of a design, and the names of the inputs that the design was made for.
    fn designed(&self, plain: &args::Plain) -> Result<(Prepared, Vec<String>), Failure> {
        let names = match (self.problem, &plain.inputs.inputs) {
            (Some(problem), _) => problem.index_names(),
            (None, Some(listed)) => super::columns::names(listed),
            (None, None) => {
                return Err(Failure::usage("a design has its inputs in a known order: say which")
                    .help("give the problem that the design was made for with `--problem p.toml`, or its inputs in their order with `--inputs a,b,c`"));
            }
        };
        // The table may be one of results only.
        let of_problem: Vec<String> = self
            .problem
            .iter()
            .flat_map(|p| &p.inputs)
            .map(|i| i.name.clone())
            .collect();
        let asked = match of_problem.iter().all(|n| self.frame.find(n).is_some()) {
            true => plain.inputs.clone(),
            false => args::Inputs {
                inputs: Some(
                    of_problem
                        .iter()
                        .filter(|n| self.frame.find(n).is_some())
                        .cloned()
                        .collect::<Vec<_>>()
                        .join(","),
                ),
                ..plain.inputs.clone()
            },
        };
        let prepared = prepare(
            self.frame,
            self.time,
            &plain.explained,
            &asked,
            self.problem,
            Takes::Numbers,
            false,
        )?;
        Ok((prepared, names))
    }
}

/// A report with what every analysis of one outcome says.
pub(crate) fn report(prepared: &Prepared, title: String) -> Report {
    Report {
        title,
        rows: prepared.rows,
        notes: prepared.notes.clone(),
        ..Report::default()
    }
}

fn told(error: SensitivityError, prepared: &Prepared) -> Failure {
    let failure = Failure::new(Exit::Invalid, error.to_string());
    match error {
        SensitivityError::Shape { .. } => failure.help(
            "a design is analysed whole and in its order: check that no row was added, lost or moved, and that inputs, groups and options are those it was made with",
        ),
        SensitivityError::TooFew { .. } => {
            let r = prepared.rows;
            let left_out = [
                (r.rejected, "were rejected"),
                (r.broken, "broke"),
                (r.without_outcome, "have no outcome"),
                (r.without_input, "lack an input"),
            ];
            let told: Vec<String> =
                left_out.iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{count} {why}")).collect();
            failure.help(match told.is_empty() {
                true => "give more rows".to_owned(),
                false => format!("of {} rows {}", r.rows, told.join(", ")),
            })
        }
        SensitivityError::NoStep { row } => Failure::new(
            Exit::Invalid,
            format!("row {} is no step of a trajectory: it must differ from the row before it in exactly one input or group", row + 1),
        )
        .help("the rows must be those of `weigh sample morris`, in its order; inputs of one group move together"),
        SensitivityError::Option { .. } => failure.help("`--help` tells what the options mean"),
        SensitivityError::NoFactor | SensitivityError::Length { .. } | SensitivityError::ListLength { .. } => failure,
    }
}

fn half(estimate: &Estimate) -> Cell {
    estimate.half_width.into()
}

/// `sobol`
pub(crate) fn sobol(scene: Scene<'_>, m: &args::Sobol) -> Result<Report, Failure> {
    let (prepared, names) = scene.designed(&m.plain)?;
    let y = prepared.number()?;
    of_saltelli(scene, &prepared, !m.no_second_order)?;
    let options = SobolOptions {
        second_order: !m.no_second_order,
        resamples: m.resampling.resamples,
        seed: m.resampling.seed,
    };
    let found = sobol_indices(y, names.len(), &options).map_err(|error| {
        let failure = told(error, &prepared);
        let other = if m.no_second_order {
            2 * names.len() + 2
        } else {
            names.len() + 2
        };
        if y.len() % other == 0 {
            let hint = if m.no_second_order {
                "without `--no-second-order` the number of rows fits"
            } else {
                "with `--no-second-order` the number of rows fits"
            };
            return failure.help(hint);
        }
        failure
    })?;
    let mut report = report(&prepared, format!("Sobol' indices of {}", prepared.told));
    report.facts = vec![
        ("blocks", found.blocks.into()),
        ("used_blocks", found.used.into()),
    ];
    if found.first_order.is_empty() {
        return Err(Failure::new(
            Exit::Invalid,
            format!(
                "{} does not vary: no share of its variance can be told",
                prepared.told
            ),
        ));
    }
    let mut table = ResultTable::new(
        "indices",
        "First and total order, with half the width of their 95 % intervals",
        &[
            "input",
            "first_order",
            "first_order_half_width",
            "total_order",
            "total_order_half_width",
        ],
    );
    for (name, (first, total)) in names.iter().zip(found.first_order.iter().zip(&found.total_order)) {
        table.row([
            name.as_str().into(),
            first.value.into(),
            half(first),
            total.value.into(),
            half(total),
        ]);
    }
    report.tables.push(table);
    if !found.second_order.is_empty() {
        let mut pairs = ResultTable::new(
            "second_order",
            "Second order",
            &["a", "b", "second_order", "half_width"],
        );
        for pair in &found.second_order {
            pairs.row([
                names[pair.a].as_str().into(),
                names[pair.b].as_str().into(),
                pair.index.value.into(),
                half(&pair.index),
            ]);
        }
        report.tables.push(pairs);
    }
    if found.used < found.blocks {
        report.notes.push(format!(
            "{} of {} blocks were left out because a row of theirs has no number",
            found.blocks - found.used,
            found.blocks
        ));
    }
    Ok(report)
}

/// Refuses a table whose inputs stand beside the results and are not those of a Saltelli design in its order: any number of rows that
/// fits would give indices that mean nothing.
fn of_saltelli(scene: Scene<'_>, prepared: &Prepared, second_order: bool) -> Result<(), Failure> {
    let (Some(problem), frame) = (scene.problem, scene.frame) else {
        return Ok(());
    };
    let column = |input: &study::problem::Input| match &frame.find(&input.name)?.cells {
        Cells::Numbers(values) => Some(values.as_slice()),
        _ => None,
    };
    let inputs: Option<Vec<&[f64]>> = problem.inputs.iter().map(column).collect();
    let groups = problem.index_names().len();
    let block = if second_order { 2 * groups + 2 } else { groups + 2 };
    let rows = prepared.number()?.len();
    let Some(inputs) = inputs.filter(|_| rows == frame.rows) else {
        return Ok(());
    };
    // A wrong number of rows is told elsewhere.
    if !rows.is_multiple_of(block) {
        return Ok(());
    }
    let of = problem.group_of();
    let group = |input: usize| of.get(input).copied().unwrap_or(input);
    let differs = |x: f64, y: f64| x != y && !x.is_nan() && !y.is_nan();
    for first in (0..rows).step_by(block) {
        let last = first + block - 1;
        for row in first + 1..last {
            let (at, from_b) = ((row - first - 1) % groups, row - first > groups);
            for (input, values) in inputs.iter().enumerate() {
                let of_other = (group(input) == at) != from_b;
                let like = if of_other { last } else { first };
                if differs(values[row], values[like]) {
                    return Err(Failure::new(
                        Exit::Invalid,
                        format!(
                            "row {} is not that of a Saltelli design: its `{}` should be that of row {}",
                            row + 1,
                            problem.inputs[input].name,
                            like + 1
                        ),
                    )
                    .help("the rows must be those of `weigh sample saltelli`, in its order, with groups and second order as it was drawn; any other table: `rbd-fast`, `pawn` or `delta`"));
                }
            }
        }
    }
    Ok(())
}

/// `morris`
pub(crate) fn morris(scene: Scene<'_>, m: &args::Morris) -> Result<Report, Failure> {
    let prepared = scene.prepare(&m.plain, Takes::Numbers)?;
    let groups = scene.problem.map(Problem::group_of).unwrap_or_default();
    let names = match scene.problem {
        Some(problem) => problem.index_names(),
        None => prepared.inputs.iter().map(|i| i.name.clone()).collect(),
    };
    let y = prepared.number()?;
    let found = morris_effects(
        &prepared.numbers(),
        y,
        m.levels,
        &groups,
        (m.resampling.resamples, m.resampling.seed),
    )
    .map_err(|e| told(e, &prepared))?;
    let mut report = report(&prepared, format!("Elementary effects on {}", prepared.told));
    report.facts = vec![("trajectories", found.trajectories.into())];
    let mut table = ResultTable::new(
        "effects",
        "Effects for a step across the whole range of an input",
        &["input", "mu", "mu_star", "mu_star_half_width", "sigma", "steps"],
    );
    for (name, effect) in names.iter().zip(&found.effects) {
        table.row([
            name.as_str().into(),
            effect.mu.into(),
            effect.mu_star.map(|e| e.value).into(),
            effect.mu_star.and_then(|e| e.half_width).into(),
            effect.sigma.into(),
            effect.used.into(),
        ]);
    }
    report.tables.push(table);
    let distributed = scene.problem.is_some_and(|p| {
        p.inputs.iter().any(|i| {
            !matches!(
                i.distribution,
                analysis::distribution::Distribution::Uniform { .. }
            )
        })
    });
    if distributed {
        report.notes.push(
            "effects are for a step in the unit cube, that is in quantiles of inputs that are not uniform"
                .into(),
        );
    }
    Ok(report)
}

/// `efast`
pub(crate) fn efast(scene: Scene<'_>, m: &args::Efast) -> Result<Report, Failure> {
    let (prepared, names) = scene.designed(&m.plain)?;
    let found =
        efast_indices(prepared.number()?, names.len(), m.interference).map_err(|e| told(e, &prepared))?;
    let mut report = report(&prepared, format!("eFAST indices of {}", prepared.told));
    report.facts = vec![("points_per_curve", found.points.into())];
    let mut table = ResultTable::new(
        "indices",
        "First and total order",
        &["input", "first_order", "total_order"],
    );
    for (at, name) in names.iter().enumerate() {
        table.row([
            name.as_str().into(),
            found.first_order[at].into(),
            found.total_order[at].into(),
        ]);
    }
    if found.first_order.iter().any(Option::is_none) {
        report.notes.push("a search curve with a row without a number, or on which the outcome does not vary, gives no index".into());
    }
    report.tables.push(table);
    Ok(report)
}

/// `rbd-fast`
pub(crate) fn rbd(scene: Scene<'_>, m: &args::RbdFast) -> Result<Report, Failure> {
    let prepared = scene.prepare(&m.plain, Takes::Numbers)?;
    let found =
        rbd_fast(&prepared.numbers(), prepared.number()?, m.harmonics).map_err(|e| told(e, &prepared))?;
    let mut report = report(
        &prepared,
        format!("RBD-FAST first-order indices of {}", prepared.told),
    );
    report.facts = vec![("used", found.used.into())];
    let mut table = ResultTable::new("indices", "First order", &["input", "first_order"]);
    for (input, index) in prepared.inputs.iter().zip(&found.first_order) {
        table.row([input.name.as_str().into(), (*index).into()]);
    }
    report.tables.push(table);
    Ok(report)
}

/// `pawn`
pub(crate) fn pawn_indices(scene: Scene<'_>, m: &args::Pawn) -> Result<Report, Failure> {
    let prepared = scene.prepare(&m.plain, Takes::Numbers)?;
    let found = pawn(&prepared.numbers(), prepared.number()?, m.slides).map_err(|e| told(e, &prepared))?;
    let mut report = report(&prepared, format!("PAWN indices of {}", prepared.told));
    report.facts = vec![("used", found.used.into())];
    let mut table = ResultTable::new(
        "indices",
        "Kolmogorov-Smirnov distances between slices of an input and all rows",
        &[
            "input",
            "minimum",
            "mean",
            "median",
            "maximum",
            "variation",
            "slides",
        ],
    );
    for (input, factor) in prepared.inputs.iter().zip(&found.factors) {
        table.row([
            input.name.as_str().into(),
            factor.map(|f| f.minimum).into(),
            factor.map(|f| f.mean).into(),
            factor.map(|f| f.median).into(),
            factor.map(|f| f.maximum).into(),
            factor.map(|f| f.variation).into(),
            factor.map(|f| f.slides).into(),
        ]);
    }
    report.tables.push(table);
    Ok(report)
}

/// `delta`
pub(crate) fn delta_indices(scene: Scene<'_>, m: &args::Delta) -> Result<Report, Failure> {
    let prepared = scene.prepare(&m.plain, Takes::Numbers)?;
    let options = DeltaOptions {
        resamples: m.resampling.resamples,
        seed: m.resampling.seed,
    };
    let found = delta(&prepared.numbers(), prepared.number()?, &options).map_err(|e| told(e, &prepared))?;
    let mut report = report(&prepared, format!("Delta indices of {}", prepared.told));
    report.facts = vec![("used", found.used.into()), ("classes", found.classes.into())];
    let mut table = ResultTable::new(
        "indices",
        "Delta, its chance part taken out, with half the width of its 95 % interval; plain; mean over resamples",
        &["input", "delta", "half_width", "plain", "resampled"],
    );
    for (input, factor) in prepared.inputs.iter().zip(&found.factors) {
        table.row([
            input.name.as_str().into(),
            factor.map(|f| f.reduced.value).into(),
            factor.and_then(|f| f.reduced.half_width).into(),
            factor.map(|f| f.plain).into(),
            factor.and_then(|f| f.resampled).into(),
        ]);
    }
    report.tables.push(table);
    Ok(report)
}

/// `dgsm`
pub(crate) fn dgsm(scene: Scene<'_>, m: &args::Dgsm) -> Result<Report, Failure> {
    let prepared = scene.prepare(&m.plain, Takes::Numbers)?;
    let columns = prepared.numbers();
    let ranges: Vec<(f64, f64)> = match scene.problem {
        Some(problem) => {
            let named = |input: &super::columns::Input| problem.inputs.iter().find(|p| p.name == input.name);
            prepared
                .inputs
                .iter()
                .map(|i| named(i).map_or((0.0, 1.0), |p| p.range()))
                .collect()
        }
        None => {
            return Err(Failure::usage("the bound needs the ranges of the inputs")
                .help("give the problem that the design was made for with `--problem p.toml`"));
        }
    };
    let found = dgsm_measures(
        &columns,
        prepared.number()?,
        &ranges,
        (m.resampling.resamples, m.resampling.seed),
    )
    .map_err(|e| told(e, &prepared))?;
    let mut report = report(
        &prepared,
        format!("Derivative-based measures of {}", prepared.told),
    );
    report.facts = vec![("base_points", found.points.into())];
    let mut table = ResultTable::new(
        "measures",
        "Mean squared derivative, its standard deviation, and the bound on the total order",
        &["input", "nu", "nu_sd", "bound", "bound_half_width", "steps"],
    );
    for ((input, factor), range) in prepared.inputs.iter().zip(&found.factors).zip(&ranges) {
        // The bound is proved for a uniform input only.
        let bound = factor
            .bound
            .filter(|_| range.0.is_finite() && range.1.is_finite());
        table.row([
            input.name.as_str().into(),
            factor.nu.into(),
            factor.nu_sd.into(),
            bound.map(|b| b.value).into(),
            bound.and_then(|b| b.half_width).into(),
            factor.used.into(),
        ]);
    }
    report.tables.push(table);
    Ok(report)
}

/// `regional`
pub(crate) fn regional(scene: Scene<'_>, m: &args::Plain) -> Result<Report, Failure> {
    let prepared = scene.prepare(m, Takes::Numbers)?;
    let found =
        sensitivity::regional(&prepared.numbers(), &prepared.verdicts()?).map_err(|e| told(e, &prepared))?;
    let mut report = report(
        &prepared,
        format!("Regional sensitivity: rows of interest by {}", prepared.told),
    );
    report.facts = vec![
        ("of_interest", found.of_interest.into()),
        ("others", found.others.into()),
    ];
    let mut table = ResultTable::new(
        "distances",
        "Kolmogorov-Smirnov distances, largest first",
        &["input", "distance", "p_value"],
    );
    let mut order: Vec<usize> = (0..found.factors.len()).collect();
    order.sort_by(|&a, &b| {
        let key = |at: usize| found.factors[at].map_or(-1.0, |f| f.distance);
        key(b).total_cmp(&key(a))
    });
    for at in order {
        let factor = found.factors[at];
        table.row([
            prepared.inputs[at].name.as_str().into(),
            factor.map(|f| f.distance).into(),
            factor.map(|f| f.p_value).into(),
        ]);
    }
    report.tables.push(table);
    Ok(report)
}
