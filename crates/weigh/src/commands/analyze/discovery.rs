//! Where the rows of interest lie: boxes, trees, regressions, forests, groups of series.

use analysis::logit::logit;
use analysis::prim::{self, Choice, Inside, Limit, Objective, PrimBox, PrimOptions, prim_sorted, rotate};
use analysis::series::{cid_distances, clusters};
use analysis::tree::{CartOptions, ForestKind, ForestOptions, Target, cart, forest};
use analysis::{Factor, Sorted, univariate_f};
use study::store::Cells;

use super::columns::{Held, Input, Outcome, Takes, evaluate, option, parse};
use super::load::gather;
use super::report::{Cell, Report, ResultTable, RowCounts};
use super::sensitivity::{Scene, report};
use crate::args::analyze as args;
use crate::args::high::all_cores;
use crate::exit::{Exit, Failure};

fn invalid(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Invalid, error.to_string())
}

/// The words behind codes.
fn categories(input: &Input, codes: &[u32]) -> String {
    match &input.values {
        Held::Categories { names, .. } => codes
            .iter()
            .filter_map(|c| names.get(*c as usize))
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" | "),
        Held::Numbers { .. } => String::new(),
    }
}

/// What is inside, as three cells: lowest, highest, categories.
fn inside_cells(inside: &Inside, input: Option<&Input>) -> [Cell; 3] {
    match inside {
        Inside::Range { low, high } => [(*low).into(), (*high).into(), Cell::None],
        Inside::Categories(codes) => [Cell::None, Cell::None, input.map(|i| categories(i, codes)).into()],
    }
}

/// `prim`, `pca-prim`
pub(crate) fn boxes(scene: Scene<'_>, m: &args::Prim, turned: bool) -> Result<Report, Failure> {
    let takes = if turned { Takes::Numbers } else { Takes::Anything };
    let prepared = scene.prepare(&m.plain, takes)?;
    let verdicts = prepared.verdicts()?;
    let options = PrimOptions {
        peel_alpha: m.peel,
        paste_alpha: m.paste,
        mass_min: m.mass_min,
        objective: match m.objective {
            args::Objective::Lenient1 => Objective::Lenient1,
            args::Objective::Lenient2 => Objective::Lenient2,
            args::Objective::Original => Objective::Original,
        },
        boxes: m.boxes,
        choice: m.density.map_or(Choice::Last, Choice::Density),
    };
    let rotation = turned
        .then(|| rotate(&prepared.numbers(), &verdicts))
        .transpose()
        .map_err(invalid)?;
    let factors: Vec<Factor<'_>> = match &rotation {
        Some(rotation) => rotation.columns.iter().map(|c| Factor::Numeric(c)).collect(),
        None => prepared.factors(),
    };
    let input = |at: usize| if turned { None } else { prepared.inputs.get(at) };
    let name = |at: usize| input(at).map_or_else(|| format!("axis_{}", at + 1), |i| i.name.clone());
    let sorted = sorted(&factors);
    let found = prim_sorted(&sorted.iter().collect::<Vec<_>>(), &verdicts, &options).map_err(invalid)?;
    let method = if turned { "PCA-PRIM" } else { "PRIM" };
    let mut report = report(
        &prepared,
        format!("{method} boxes of rows of interest by {}", prepared.told),
    );
    report.facts = vec![
        ("searched", found.futures.into()),
        ("of_interest", found.of_interest.into()),
        ("without_verdict", found.without_verdict.into()),
        ("without_value", found.without_value.into()),
    ];
    let columns = [
        "box",
        "coverage",
        "density",
        "mass",
        "rows",
        "of_interest",
        "restricted",
    ];
    let cells = |number: usize, of: &PrimBox| -> [Cell; 7] {
        [
            number.into(),
            of.coverage.into(),
            of.density.into(),
            of.mass.into(),
            of.futures.into(),
            of.of_interest.into(),
            of.limits.len().into(),
        ]
    };
    let mut chosen = ResultTable::new("boxes", "The boxes", &columns);
    let mut limits = ResultTable::new(
        "limits",
        "Their limits (both ends inside)",
        &[
            "box",
            "input",
            "low",
            "high",
            "categories",
            "quasi_p_low",
            "quasi_p_high",
            "significant",
        ],
    );
    let limit_cells = |limit: &Limit| -> Vec<Cell> {
        let [low, high, named] = inside_cells(&limit.inside, input(limit.factor));
        let largest = limit
            .quasi_p_low
            .into_iter()
            .chain(limit.quasi_p_high)
            .fold(0.0, f64::max);
        vec![
            name(limit.factor).into(),
            if limit.quasi_p_low.is_some() {
                low
            } else {
                Cell::None
            },
            if limit.quasi_p_high.is_some() {
                high
            } else {
                Cell::None
            },
            named,
            limit.quasi_p_low.into(),
            limit.quasi_p_high.into(),
            (largest <= m.quasi_p).into(),
        ]
    };
    let mut steps = ResultTable::new(
        "trajectory",
        "The way to them",
        &[
            "box",
            "step",
            "coverage",
            "density",
            "mass",
            "rows",
            "of_interest",
            "restricted",
            "limits",
        ],
    );
    for (at, trajectory) in found.trajectories.iter().enumerate() {
        let of = &trajectory.boxes[trajectory.chosen];
        chosen.row(cells(at + 1, of));
        for limit in &of.limits {
            limits
                .rows
                .push([vec![Cell::Count(at + 1)], limit_cells(limit)].concat());
        }
        for (step, of) in trajectory.boxes.iter().enumerate() {
            let mut row = cells(at + 1, of).to_vec();
            row.insert(1, step.into());
            row.push(
                of.limits
                    .iter()
                    .map(|l| sentence(l, &name(l.factor), input(l.factor)))
                    .collect::<Vec<_>>()
                    .join(" and ")
                    .into(),
            );
            steps.rows.push(row);
        }
    }
    report.tables.extend([chosen, limits]);
    if m.resamples > 0
        && let Some(first) = found.trajectories.first()
    {
        let like = &first.boxes[first.chosen];
        let again = prim::reproduce(
            &factors,
            &verdicts,
            &options,
            like,
            (m.resamples, m.share, m.seed),
        )
        .map_err(invalid)?;
        let mut table = ResultTable::new(
            "reproduced",
            "Share of resamples whose box of like coverage, or density, restricts an input again",
            &["input", "at_coverage", "at_density"],
        );
        for (at, found) in again
            .iter()
            .enumerate()
            .filter(|(_, f)| f.at_coverage > 0.0 || f.at_density > 0.0)
        {
            table.row([name(at).into(), found.at_coverage.into(), found.at_density.into()]);
        }
        report.tables.push(table);
    }
    if let Some(rotation) = &rotation {
        let mut table = ResultTable::new(
            "rotation",
            "How much each standardised input weighs in the axes",
            &["input", "mean", "standard_deviation"],
        );
        table
            .columns
            .extend((0..rotation.columns.len()).map(|a| format!("axis_{}", a + 1)));
        for (at, input) in prepared.inputs.iter().enumerate() {
            let mut row: Vec<Cell> = vec![
                input.name.as_str().into(),
                rotation.means[at].into(),
                rotation.deviations[at].into(),
            ];
            row.extend(rotation.weights[at].iter().map(|w| Cell::Number(*w)));
            table.rows.push(row);
        }
        report.tables.push(table);
    }
    report.tables.push(steps);
    Ok(report)
}

/// Every factor with its futures in rising order, sorted by all cores.
fn sorted<'a>(factors: &[Factor<'a>]) -> Vec<Sorted<'a>> {
    let share = factors.len().div_ceil(all_cores()).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = factors
            .chunks(share)
            .map(|part| {
                scope.spawn(move || part.iter().map(|factor| Sorted::new(*factor)).collect::<Vec<_>>())
            })
            .collect();
        let parts = parts.into_iter();
        parts
            .flat_map(|part| part.join().expect("sorting does not panic"))
            .collect()
    })
}

/// A limit as words.
fn sentence(limit: &Limit, name: &str, input: Option<&Input>) -> String {
    let number = super::report::significant;
    match &limit.inside {
        Inside::Categories(codes) => format!(
            "{name} is {}",
            input.map_or_else(String::new, |i| categories(i, codes))
        ),
        Inside::Range { low, high } => match (limit.quasi_p_low, limit.quasi_p_high) {
            (Some(_), Some(_)) => format!("{} <= {name} <= {}", number(*low), number(*high)),
            (Some(_), None) => format!("{name} >= {}", number(*low)),
            _ => format!("{name} <= {}", number(*high)),
        },
    }
}

/// `cart`
pub(crate) fn tree(scene: Scene<'_>, m: &args::Cart) -> Result<Report, Failure> {
    let prepared = scene.prepare(&m.plain, Takes::Anything)?;
    let options = CartOptions {
        mass_min: m.mass_min,
        depth: m.depth,
    };
    if !(0.0..0.5).contains(&m.mass_min) {
        return Err(Failure::usage(format!(
            "`--mass-min {}`: a share from 0 to below 0.5 is needed",
            m.mass_min
        )));
    }
    let verdicts;
    let target = match &prepared.outcome {
        Outcome::Verdicts(_) => {
            verdicts = prepared.verdicts()?;
            Target::Interest(&verdicts)
        }
        Outcome::Numbers(_) => Target::Number(prepared.number()?),
    };
    let found = cart(&prepared.factors(), &target, &options).map_err(invalid)?;
    let mut report = report(&prepared, format!("A tree of {}", prepared.told));
    report.facts = vec![
        ("used", found.counts.used.into()),
        ("leaves", found.leaves.len().into()),
        ("impurity", found.impurity.into()),
        ("score", found.score.into()),
    ];
    let name = |at: usize| prepared.inputs[at].name.clone();
    let mut leaves = ResultTable::new(
        "leaves",
        "Leaves as boxes",
        &["leaf", "mean", "mass", "coverage", "rows", "box"],
    );
    let mut limits = ResultTable::new(
        "limits",
        "Their limits (above low, up to high)",
        &["leaf", "input", "low", "high", "categories"],
    );
    for (at, leaf) in found.leaves.iter().enumerate() {
        let words: Vec<String> = leaf
            .limits
            .iter()
            .map(|(f, inside)| leaf_words(&name(*f), inside, &prepared.inputs[*f]))
            .collect();
        leaves.row([
            (at + 1).into(),
            leaf.mean.into(),
            leaf.mass.into(),
            leaf.coverage.into(),
            found.nodes[leaf.node].futures.into(),
            words.join(" and ").into(),
        ]);
        for (f, inside) in &leaf.limits {
            let [low, high, named] = inside_cells(inside, Some(&prepared.inputs[*f]));
            limits.row([(at + 1).into(), name(*f).into(), low, high, named]);
        }
    }
    let mut nodes = ResultTable::new(
        "nodes",
        "Nodes: up to the threshold to the left, above it to the right; a category to the right, the others to the left",
        &[
            "node",
            "rows",
            "mean",
            "impurity",
            "input",
            "threshold",
            "category",
            "left",
            "right",
        ],
    );
    for (at, node) in found.nodes.iter().enumerate() {
        let split = node.split;
        nodes.row([
            at.into(),
            node.futures.into(),
            node.mean.into(),
            node.impurity.into(),
            split.map(|s| name(s.factor)).into(),
            split.filter(|s| s.category.is_none()).map(|s| s.threshold).into(),
            split
                .and_then(|s| s.category.map(|c| categories(&prepared.inputs[s.factor], &[c])))
                .into(),
            split.map(|s| s.left).into(),
            split.map(|s| s.right).into(),
        ]);
    }
    report.tables.extend([leaves, limits, nodes]);
    Ok(report)
}

fn leaf_words(name: &str, inside: &Inside, input: &Input) -> String {
    let number = super::report::significant;
    let ends = match &input.values {
        Held::Numbers { values, .. } => {
            let finite = || values.iter().copied().filter(|v| v.is_finite());
            (
                finite().fold(f64::INFINITY, f64::min),
                finite().fold(f64::NEG_INFINITY, f64::max),
            )
        }
        Held::Categories { .. } => (0.0, 0.0),
    };
    // The tree sees single precision, so an end may differ from the column's by its rounding.
    let at_end = |x: f64, end: f64| (x - end).abs() <= 1e-6 * end.abs().max(1e-30);
    match inside {
        Inside::Categories(codes) => format!("{name} is {}", categories(input, codes)),
        Inside::Range { low, high } if at_end(*low, ends.0) => format!("{name} <= {}", number(*high)),
        Inside::Range { low, high } if at_end(*high, ends.1) => format!("{name} > {}", number(*low)),
        Inside::Range { low, high } => format!("{} < {name} <= {}", number(*low), number(*high)),
    }
}

/// `logit`
pub(crate) fn regression(scene: Scene<'_>, m: &args::Logit) -> Result<Report, Failure> {
    let prepared = scene.prepare(&m.plain, Takes::Anything)?;
    let verdicts = prepared.verdicts()?;
    let found = logit(&prepared.factors(), &verdicts, m.threshold).map_err(invalid)?;
    let mut report = report(&prepared, format!("Logistic regression of {}", prepared.told));
    report.facts = vec![
        ("used", found.counts.used.into()),
        ("entered", found.models.len().into()),
    ];
    let term = |factor: usize, category: Option<u32>| match category {
        None => prepared.inputs[factor].name.clone(),
        Some(c) => format!(
            "{} = {}",
            prepared.inputs[factor].name,
            categories(&prepared.inputs[factor], &[c])
        ),
    };
    let mut models = ResultTable::new(
        "models",
        "Models, one input more in each",
        &["terms", "entered", "bic", "log_likelihood", "coverage", "density"],
    );
    for (at, model) in found.models.iter().enumerate() {
        let last = model.terms.last().map(|t| term(t.factor, t.category));
        models.row([
            (at + 1).into(),
            last.into(),
            model.bic.into(),
            model.log_likelihood.into(),
            model.coverage.into(),
            model.density.into(),
        ]);
    }
    let mut coefficients = ResultTable::new(
        "coefficients",
        "The last model, on inputs scaled from 0 to 1",
        &["term", "coefficient"],
    );
    if let Some(model) = found.models.last() {
        coefficients.row(["(constant)".into(), model.intercept.into()]);
        for t in &model.terms {
            coefficients.row([term(t.factor, t.category).into(), t.coefficient.into()]);
        }
    } else {
        report.notes.push("no input lowers the criterion: the verdict does not depend on any of them in a way that this model sees".into());
    }
    report.tables.extend([models, coefficients]);
    Ok(report)
}

/// `features`
pub(crate) fn features(scene: Scene<'_>, m: &args::Features) -> Result<Report, Failure> {
    let prepared = scene.prepare(&m.plain, Takes::Anything)?;
    let verdicts;
    let target = match &prepared.outcome {
        Outcome::Verdicts(_) => {
            verdicts = prepared.verdicts()?;
            Target::Interest(&verdicts)
        }
        Outcome::Numbers(_) => Target::Number(prepared.number()?),
    };
    let options = ForestOptions {
        kind: match m.forest {
            args::Forest::ExtraTrees => ForestKind::ExtraTrees,
            args::Forest::RandomForest => ForestKind::RandomForest,
        },
        trees: m.trees,
        tried: m.tried,
        leaf: m.leaf,
        seed: m.seed,
        threads: m.threads.map_or_else(all_cores, usize::from),
    };
    let found = forest(&prepared.factors(), &target, &options).map_err(invalid)?;
    let y: Vec<f64> = match &prepared.outcome {
        Outcome::Numbers(values) => values.clone(),
        Outcome::Verdicts(flags) => flags
            .iter()
            .map(|f| f.map_or(f64::NAN, |f| f64::from(u8::from(f))))
            .collect(),
    };
    let straight: Vec<Option<_>> = prepared
        .inputs
        .iter()
        .map(|input| match &input.values {
            Held::Numbers { values, .. } => univariate_f(&[values], &y)[0],
            Held::Categories { .. } => None,
        })
        .collect();
    let mut report = report(&prepared, format!("Feature scores for {}", prepared.told));
    report.facts = vec![
        ("used", found.counts.used.into()),
        ("trees", m.trees.into()),
        ("out_of_bag_score", found.score.into()),
    ];
    let mut table = ResultTable::new(
        "scores",
        "Importance (shares that sum to one) and the F test of a straight line, most important first",
        &["input", "importance", "f", "f_p_value"],
    );
    let mut order: Vec<usize> = (0..prepared.inputs.len()).collect();
    order.sort_by(|&a, &b| found.importance[b].total_cmp(&found.importance[a]));
    for at in order {
        table.row([
            prepared.inputs[at].name.as_str().into(),
            found.importance[at].into(),
            straight[at].map(|f| f.f).into(),
            straight[at].map(|f| f.p_value).into(),
        ]);
    }
    report.tables.push(table);
    Ok(report)
}

/// `clusters`
pub(crate) fn groups(scene: Scene<'_>, m: &args::Clusters) -> Result<Report, Failure> {
    let frame = scene.frame;
    let series: Vec<Vec<f64>> = if frame.times.is_empty() {
        // Each row is a series; its numbers are its values in time.
        let columns: Vec<&Vec<f64>> = frame
            .columns
            .iter()
            .filter(|c| !frame.taken.contains(&c.name))
            .filter_map(|c| match &c.cells {
                Cells::Numbers(values) => Some(values),
                _ => None,
            })
            .collect();
        if columns.len() < 2 {
            return Err(Failure::usage("a series has at least two values")
                .help("give one row for each series with its values in columns, or one row for each time with `--time COLUMN --outcome COLUMN`"));
        }
        (0..frame.rows)
            .map(|row| columns.iter().map(|c| c[row]).collect())
            .collect()
    } else {
        let Some(name) = &m.outcome else {
            return Err(Failure::usage("which variable? Name it with `--outcome`")
                .help(format!("columns: {}", frame.names())));
        };
        let parsed = parse(frame, name, "--outcome")?;
        let chosen = match (&m.option, frame.options.len()) {
            (Some(name), _) => Some(option(frame, name, "--option")?),
            (None, 0 | 1) => None,
            (None, _) => {
                return Err(Failure::usage(
                    "the table has rows for several options: say which with `--option NAME`",
                )
                .help(format!("options: {}", frame.options.join(", "))));
            }
        };
        let mut series = vec![Vec::with_capacity(frame.times.len()); frame.futures];
        for time in 0..frame.times.len() {
            let rows = frame.rows_at(chosen, Some(time))?;
            let super::expression::Values::Numbers(values) = evaluate(frame, &rows, &parsed, "--outcome")?
            else {
                return Err(frame.text(name, "a number"));
            };
            series.iter_mut().zip(values).for_each(|(s, v)| s.push(v));
        }
        series
    };
    let whole: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let found = clusters(&whole, m.groups).map_err(|error| {
        invalid(error).help("choose fewer groups with `-k`; a series with a missing value is left out")
    })?;
    let used = whole.len() - found.left_out;
    let mut report = Report {
        title: format!(
            "{} groups of {used} series of {} values",
            m.groups,
            whole.first().map_or(0, |s| s.len())
        ),
        rows: RowCounts {
            rows: whole.len(),
            whole: used,
            without_outcome: found.left_out,
            ..RowCounts::default()
        },
        ..Report::default()
    };
    let label = |at: usize| -> Cell {
        let key = frame.taken.first().and_then(|k| frame.find(k));
        match key {
            Some(key) if frame.times.is_empty() => {
                super::load::words(Some(&gather(&key.cells, &[at as u32])))
                    .swap_remove(0)
                    .into()
            }
            _ => at.into(),
        }
    };
    let mut sizes = ResultTable::new(
        "groups",
        "Groups; series are counted from 0",
        &["group", "size", "representative"],
    );
    for (group, size) in found.sizes.iter().enumerate() {
        sizes.row([group.into(), (*size).into(), label(found.representatives[group])]);
    }
    let mut members = ResultTable::new("members", "The group of each series", &["series", "group"]);
    for (at, group) in found.group.iter().enumerate() {
        members.row([label(at), (*group).into()]);
    }
    report.tables.extend([sizes, members]);
    if m.distances {
        let matrix = cid_distances(&whole).map_err(invalid)?;
        let mut table = ResultTable::new("distances", "Distances", &["series"]);
        table.columns.extend((0..matrix.len()).map(|at| at.to_string()));
        for (at, row) in matrix.iter().enumerate() {
            let mut cells = vec![label(at)];
            cells.extend(row.iter().map(|d| Cell::Number(*d)));
            table.rows.push(cells);
        }
        report.tables.push(table);
    }
    Ok(report)
}
