//! Options side by side: robustness, regret, the value of information, flips, weights, quarrels; and how evenly a sample lies.

use analysis::decision::{
    JointOptions, Side, SmaaOptions, acceptability, disagreement, information, joint_flips,
};
use analysis::designs::{self, Discrepancy};
use analysis::{
    Baseline, Criterion, Measure, RobustnessOptions, ValueFunction, flips, quantile, ranking_agreement,
    regret_from_baseline, regret_from_best, robustness, robustness_intervals, scores,
};

use super::columns::{
    Held, Input, SideBySide, Takes, direction, evaluate, inputs, names, parse, side_by_side,
};
use super::expression::Values;
use super::report::{Cell, Report, ResultTable, RowCounts};
use super::sensitivity::Scene;
use crate::args::analyze as args;
use crate::exit::{Exit, Failure};

fn invalid(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Invalid, error.to_string())
}

/// The word for a measure, as in JSON and docs.
fn measure_word(measure: Measure) -> String {
    serde_json::to_value(measure)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// `robustness`
pub(crate) fn robust(scene: Scene<'_>, m: &args::Robustness) -> Result<Report, Failure> {
    let side = side_by_side(scene.frame, scene.time, &m.compared, None)?;
    let direction = direction(scene.frame, &m.compared)?;
    if !(0.0..=1.0).contains(&m.optimism) {
        return Err(Failure::usage(format!(
            "`--optimism {}`: a share from 0 to 1 is needed",
            m.optimism
        )));
    }
    let outcomes = side.outcomes(direction, m.compared.margin);
    let options = RobustnessOptions {
        optimism: m.optimism,
        threshold: m.threshold,
    };
    let found = robustness(&outcomes, &options).map_err(invalid)?;
    // Without resamples there is nothing to sort for.
    let intervals = match m.resampling.resamples {
        0 => Vec::new(),
        resamples => {
            robustness_intervals(&outcomes, &options, resamples, m.resampling.seed).map_err(invalid)?
        }
    };
    let mut report = Report {
        title: format!("Robustness of {} options by {}", side.names.len(), side.told),
        rows: side.counts(&[]),
        ..Report::default()
    };
    report.facts = vec![("compared", found.counts.compared.into())];
    let mut table = ResultTable::new(
        "measures",
        "Measures, their 95 % intervals, and ranks",
        &["measure", "better", "option", "value", "low", "high", "rank"],
    );
    for (at, row) in found.measures.iter().enumerate() {
        for (o, name) in side.names.iter().enumerate() {
            let ends = intervals.get(at).and_then(|i| i.by_option[o]);
            table.row([
                measure_word(row.measure).into(),
                match row.better {
                    analysis::Direction::Higher => "higher".into(),
                    analysis::Direction::Lower => "lower".into(),
                },
                name.as_str().into(),
                row.by_option[o].into(),
                ends.map(|e| e.0).into(),
                ends.map(|e| e.1).into(),
                row.rank[o].into(),
            ]);
        }
    }
    let mut ranks = ResultTable::new("ranks", "Ranks by measure", &["measure"]);
    ranks.columns.extend(side.names.iter().cloned());
    for row in &found.measures {
        let mut cells = vec![Cell::from(measure_word(row.measure))];
        cells.extend(row.rank.iter().map(|r| Cell::from(*r)));
        ranks.rows.push(cells);
    }
    let mut agreement = ResultTable::new(
        "agreement",
        "How far two measures rank the options alike: Kendall's tau-b, whether the first is the same, pairs of options in reverse order",
        &["a", "b", "tau", "same_first", "reversed"],
    );
    for of in ranking_agreement(&found) {
        agreement.row([
            measure_word(of.a).into(),
            measure_word(of.b).into(),
            of.tau.into(),
            of.same_first.into(),
            of.reversed.into(),
        ]);
    }
    report.tables.extend([table, ranks, agreement]);
    report.notes.extend(few(found.counts.compared));
    if m.threshold.is_none() {
        report.notes.push(
            "Starr's domain criterion needs `--threshold`: the value that an acceptable future reaches"
                .into(),
        );
    }
    Ok(report)
}

/// `regret`
pub(crate) fn regret(scene: Scene<'_>, m: &args::Regret) -> Result<Report, Failure> {
    let side = side_by_side(scene.frame, scene.time, &m.compared, None)?;
    let outcomes = side.outcomes(direction(scene.frame, &m.compared)?, m.compared.margin);
    let found = match &m.baseline {
        None => regret_from_best(&outcomes),
        Some(name) => {
            let at = side.names.iter().position(|n| n == name).ok_or_else(|| {
                Failure::usage(format!("`--baseline {name}`: there is no such option"))
                    .help(format!("options: {}", side.names.join(", ")))
            })?;
            regret_from_baseline(&outcomes, Baseline::Option(at))
        }
    }
    .map_err(invalid)?;
    let from = m
        .baseline
        .as_ref()
        .map_or_else(|| "from the best".to_owned(), |b| format!("from `{b}`"));
    let mut report = Report {
        title: format!("Regret {from} by {}", side.told),
        rows: side.counts(&[]),
        ..Report::default()
    };
    report.facts = vec![("compared", found.counts.compared.into())];
    let mut table = ResultTable::new(
        "regret",
        "Regret over the compared futures; futures are counted from 0",
        &["option", "mean", "median", "p90", "worst", "worst_future"],
    );
    for (name, summary) in side.names.iter().zip(&found.summary) {
        table.row([
            name.as_str().into(),
            summary.map(|s| s.mean).into(),
            summary.map(|s| s.median).into(),
            summary.map(|s| s.p90).into(),
            summary.map(|s| s.worst).into(),
            summary.map(|s| s.worst_future).into(),
        ]);
    }
    report.tables.push(table);
    report.notes.extend(few(found.counts.compared));
    Ok(report)
}

/// What to say where hardly anything is compared.
fn few(compared: usize) -> Option<String> {
    (compared < 2).then(|| {
        format!("{compared} future was compared: nothing can be said of how options do across futures; give a row for each future")
    })
}

/// Options and the inputs of their futures.
fn with_inputs(
    scene: Scene<'_>,
    compared: &args::Compared,
    asked: &args::Inputs,
    report: &mut Report,
) -> Result<(SideBySide, Vec<Input>), Failure> {
    let side = side_by_side(scene.frame, scene.time, compared, Some(asked))?;
    let used: Vec<&str> = side.used.iter().map(String::as_str).collect();
    let inputs = inputs(
        scene.frame,
        &side.rows,
        asked,
        scene.problem,
        &used,
        Takes::Anything,
        &mut report.notes,
    )?;
    report.rows = side.counts(&inputs);
    Ok((side, inputs))
}

/// `voi`
pub(crate) fn voi(scene: Scene<'_>, m: &args::Voi) -> Result<Report, Failure> {
    let mut report = Report::default();
    let (side, inputs) = with_inputs(scene, &m.compared, &m.inputs, &mut report)?;
    let outcomes = side.outcomes(direction(scene.frame, &m.compared)?, m.compared.margin);
    let factors: Vec<_> = inputs.iter().map(Input::factor).collect();
    let single: Vec<Vec<usize>> = (0..factors.len()).map(|f| vec![f]).collect();
    let found = information(&outcomes, &factors, &single).map_err(invalid)?;
    report.title = format!(
        "The value of knowing, by {}, with equal weight on the tested futures",
        side.told
    );
    report.facts = vec![
        ("compared", found.counts.compared.into()),
        (
            "best_on_average",
            found.best.map(|b| side.names[b].clone()).into(),
        ),
        ("evpi", found.perfect.map(|p| p.value).into()),
        (
            "evpi_standard_error",
            found.perfect.and_then(|p| p.standard_error).into(),
        ),
    ];
    let mut order: Vec<usize> = (0..factors.len()).collect();
    let value = |f: usize| found.partial[f].value.unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
    let mut table = ResultTable::new(
        "evppi",
        "The value of knowing one input, worth most first",
        &["input", "evppi", "standard_error", "uncorrected", "without_value"],
    );
    for &f in &order {
        let of = &found.partial[f];
        table.row([
            inputs[f].name.as_str().into(),
            of.value.into(),
            of.standard_error.into(),
            of.uncorrected.into(),
            of.without_value.into(),
        ]);
    }
    report.tables.push(table);
    if m.pairs > 1 {
        let top = &order[..m.pairs.min(order.len())];
        let sets: Vec<Vec<usize>> = (0..top.len())
            .flat_map(|b| (0..b).map(move |a| (a, b)))
            .map(|(a, b)| vec![top[a], top[b]])
            .collect();
        let mut pairs = information(&outcomes, &factors, &sets).map_err(invalid)?.partial;
        pairs.sort_by(|x, y| {
            y.value
                .unwrap_or(f64::NEG_INFINITY)
                .total_cmp(&x.value.unwrap_or(f64::NEG_INFINITY))
        });
        let mut table = ResultTable::new(
            "evppi_pairs",
            format!(
                "The value of knowing two inputs, pairs of the first {}",
                top.len()
            ),
            &[
                "a",
                "b",
                "evppi",
                "standard_error",
                "uncorrected",
                "without_value",
            ],
        );
        for of in &pairs {
            table.row([
                inputs[of.factors[0]].name.as_str().into(),
                inputs[of.factors[1]].name.as_str().into(),
                of.value.into(),
                of.standard_error.into(),
                of.uncorrected.into(),
                of.without_value.into(),
            ]);
        }
        report.tables.push(table);
    }
    if found.partial.iter().any(|p| p.value.is_none()) {
        report.notes.push("an input without a value has too few rows: ten for each fitted term are needed (about 100, 250 for a pair)".into());
    }
    Ok(report)
}

/// A value of an input as the reader writes it.
fn shown(input: &Input, value: f64) -> Cell {
    match &input.values {
        Held::Numbers { .. } => value.into(),
        Held::Categories { names, .. } => names.get(value as usize).cloned().into(),
    }
}

/// Where the reader stands on each input.
fn reference(inputs: &[Input], at: &[String]) -> Result<Vec<f64>, Failure> {
    let middle = |input: &Input| match &input.values {
        Held::Numbers { values, whole } => {
            let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
            let median = quantile(&mut finite, 0.5).unwrap_or(0.0);
            if *whole { median.floor() } else { median }
        }
        Held::Categories { codes, names } => {
            let count = |c: usize| codes.iter().filter(|code| **code as usize == c).count();
            (0..names.len()).rev().max_by_key(|&c| count(c)).unwrap_or(0) as f64
        }
    };
    let mut all: Vec<f64> = inputs.iter().map(middle).collect();
    for text in at {
        let wrong = |why: String| {
            Failure::usage(format!("`--at {text}`: {why}")).help("write it like `--at rate=0.3`")
        };
        let (name, value) = text
            .rsplit_once('=')
            .ok_or_else(|| wrong("there is no `=`".into()))?;
        let (name, value) = (name.trim(), value.trim());
        let Some(f) = inputs.iter().position(|i| i.name == name) else {
            let near = model::nearest(name, inputs.iter().map(|i| i.name.as_str()));
            return Err(wrong(format!(
                "there is no input `{name}`{}",
                near.map_or_else(String::new, |n| format!("; did you mean `{n}`?"))
            )));
        };
        all[f] = match &inputs[f].values {
            Held::Numbers { .. } => value
                .parse::<f64>()
                .ok()
                .filter(|v| v.is_finite())
                .ok_or_else(|| wrong(format!("`{value}` is not a number")))?,
            Held::Categories { names, .. } => {
                let found = names.iter().position(|n| n == value);
                found.ok_or_else(|| wrong(format!("`{name}` is one of {}", names.join(", "))))? as f64
            }
        };
    }
    Ok(all)
}

/// `flips`
pub(crate) fn flip(scene: Scene<'_>, m: &args::Flips) -> Result<Report, Failure> {
    let mut report = Report::default();
    let (side, inputs) = with_inputs(scene, &m.compared, &m.inputs, &mut report)?;
    let outcomes = side.outcomes(direction(scene.frame, &m.compared)?, m.compared.margin);
    let factors: Vec<_> = inputs.iter().map(Input::factor).collect();
    let stand = reference(&inputs, &m.at)?;
    let fixed = m.fixed.as_deref().map(names).unwrap_or_default();
    for name in &fixed {
        if !inputs.iter().any(|i| i.name == *name) {
            return Err(scene.frame.unknown(name, "--fixed"));
        }
    }
    let found = flips(&outcomes, &factors, &stand, m.bands).map_err(invalid)?;
    let movable = inputs.iter().map(|i| !fixed.contains(&i.name)).collect();
    let (counts, joint) = joint_flips(
        &outcomes,
        &factors,
        &stand,
        &JointOptions {
            movable,
            ..JointOptions::default()
        },
    )
    .map_err(invalid)?;
    report.title = format!("What makes another option lead by {}", side.told);
    report.facts = vec![("compared", counts.compared.into())];
    let mut single = ResultTable::new(
        "single",
        "The smallest change of one input, nearest first (distance as a share of its range)",
        &["input", "reference", "at", "beyond", "from", "to", "distance"],
    );
    for of in &found {
        let input = &inputs[of.factor];
        let beyond = match (&input.values, of.above) {
            (Held::Categories { .. }, _) => "is",
            (_, true) => "above",
            (_, false) => "below",
        };
        single.row([
            input.name.as_str().into(),
            shown(input, stand[of.factor]),
            shown(input, of.at),
            beyond.into(),
            side.names[of.from].as_str().into(),
            side.names[of.to].as_str().into(),
            of.distance.into(),
        ]);
    }
    let mut together = ResultTable::new(
        "joint",
        "The smallest joint change that puts another option ahead (distance: the largest change as a share of its range)",
        &["from", "to", "ahead", "distance", "inputs", "explained"],
    );
    let mut changes = ResultTable::new(
        "changes",
        "The changes, those that help most first",
        &["to", "input", "reference", "changed_to", "gain"],
    );
    for of in &joint {
        together.row([
            side.names[of.from].as_str().into(),
            side.names[of.to].as_str().into(),
            of.ahead.into(),
            of.distance.into(),
            of.changes.len().into(),
            of.explained.into(),
        ]);
        for change in &of.changes {
            let input = &inputs[change.factor];
            changes.row([
                side.names[of.to].as_str().into(),
                input.name.as_str().into(),
                shown(input, change.from),
                shown(input, change.to),
                change.gain.into(),
            ]);
        }
    }
    if found.is_empty() {
        report
            .notes
            .push("no single change within the tested ranges makes another option lead".into());
    }
    if joint.is_empty() {
        report
            .notes
            .push("joint changes need ten rows for each fitted term, about fifty for each input".into());
    } else if joint.iter().all(|j| j.distance.is_none()) {
        report
            .notes
            .push("no joint change within the tested ranges makes another option lead".into());
    }
    report.tables.extend([single, together, changes]);
    Ok(report)
}

/// Outcomes of every option under each criterion, and the anchors.
struct Judged {
    options: Vec<String>,
    names: Vec<String>,
    anchors: Vec<ValueFunction>,
    sides: Vec<SideBySide>,
}

impl Judged {
    fn criteria(&self, weights: &[f64]) -> Vec<Criterion<'_>> {
        let column = |(values, status)| analysis::Column { values, status };
        let anchors = self.anchors.iter().zip(weights);
        self.sides
            .iter()
            .zip(anchors)
            .map(|(side, (&value, &weight))| Criterion {
                columns: side
                    .columns
                    .iter()
                    .map(|(v, s)| column((v.as_slice(), s.as_slice())))
                    .collect(),
                value,
                weight,
            })
            .collect()
    }

    fn counts(&self) -> RowCounts {
        let all = SideBySide {
            names: Vec::new(),
            columns: self
                .sides
                .iter()
                .flat_map(|s| s.columns.iter().cloned())
                .collect(),
            rows: self.sides[0].rows.clone(),
            used: Vec::new(),
            told: String::new(),
        };
        all.counts(&[])
    }
}

fn judged(scene: Scene<'_>, valued: &args::Valued) -> Result<Judged, Failure> {
    let frame = scene.frame;
    let mut judged = Judged {
        options: Vec::new(),
        names: Vec::new(),
        anchors: Vec::new(),
        sides: Vec::new(),
    };
    for text in &valued.criterion {
        let wrong = |why: &str| {
            Failure::usage(format!("`--criterion {text}`: {why}"))
                .help("write it like `--criterion 'deaths: 100..0'`: the outcome, the value that scores 0, the value that scores 1")
        };
        let (name, ends) = text.rsplit_once(':').ok_or_else(|| wrong("there is no `:`"))?;
        let (zero, one) = ends
            .split_once("..")
            .ok_or_else(|| wrong("there is no `..` between two numbers"))?;
        let number = |text: &str| {
            text.trim()
                .parse::<f64>()
                .ok()
                .filter(|v| v.is_finite())
                .ok_or_else(|| wrong("an anchor is not a number"))
        };
        let (zero, one) = (number(zero)?, number(one)?);
        if zero == one {
            return Err(wrong("the two anchors are the same"));
        }
        let name = name.trim().to_owned();
        let compared = |options: Option<String>, outcome: Option<String>| args::Compared {
            options,
            outcome,
            better: None,
            margin: 0.0,
        };
        let side = if frame.options.is_empty() {
            // Columns are called `outcome|option`.
            let of: Vec<String> = match valued.options.as_deref().map(names) {
                Some(listed) => listed,
                None => frame
                    .columns
                    .iter()
                    .filter_map(|c| c.name.strip_prefix(&format!("{name}|")))
                    .map(str::to_owned)
                    .collect(),
            };
            if of.is_empty() {
                return Err(wrong(&format!(
                    "there is no column `{name}|OPTION`, and no column that names the option"
                ))
                .help(format!("columns: {}", frame.names())));
            }
            let listed: Vec<String> = of.iter().map(|o| format!("\"{name}|{o}\"")).collect();
            let mut side = side_by_side(frame, scene.time, &compared(Some(listed.join(",")), None), None)?;
            side.names = of;
            side
        } else {
            side_by_side(
                frame,
                scene.time,
                &compared(valued.options.clone(), Some(name.clone())),
                None,
            )?
        };
        if judged.options.is_empty() {
            judged.options = side.names.clone();
        } else if judged.options != side.names {
            return Err(wrong("its options are not those of the first criterion")
                .help(format!("the first has {}", judged.options.join(", "))));
        }
        judged.names.push(name);
        judged.anchors.push(ValueFunction {
            zero,
            one,
            clipped: valued.clipped,
        });
        judged.sides.push(side);
    }
    Ok(judged)
}

/// `smaa`
pub(crate) fn smaa(scene: Scene<'_>, m: &args::Smaa) -> Result<Report, Failure> {
    let judged = judged(scene, &m.valued)?;
    if m.draws == 0 {
        return Err(Failure::usage("`--draws 0`: at least one draw is needed"));
    }
    let criteria = judged.criteria(&vec![1.0; judged.names.len()]);
    let found = acceptability(
        &criteria,
        None,
        &SmaaOptions {
            draws: m.draws,
            seed: m.seed,
        },
    )
    .map_err(invalid)?;
    let mut report = Report {
        title: format!(
            "Acceptability of {} options under all weights of {}",
            judged.options.len(),
            judged.names.join(", ")
        ),
        rows: judged.counts(),
        ..Report::default()
    };
    report.facts = vec![
        ("compared", found.counts.compared.into()),
        ("draws", found.draws.into()),
    ];
    let mut ranks = ResultTable::new(
        "ranks",
        "Share of draws in which an option takes a rank",
        &["option"],
    );
    ranks
        .columns
        .extend((1..=judged.options.len()).map(|r| format!("rank_{r}")));
    let mut weights = ResultTable::new(
        "central_weights",
        "The mean weights of those that put it first",
        &["option"],
    );
    weights.columns.extend(judged.names.iter().cloned());
    for (name, of) in judged.options.iter().zip(&found.by_option) {
        let mut row = vec![Cell::from(name.as_str())];
        row.extend(of.ranks.iter().map(|r| Cell::Number(*r)));
        ranks.rows.push(row);
        let mut row = vec![Cell::from(name.as_str())];
        row.extend((0..judged.names.len()).map(|c| Cell::from(of.central_weights.as_ref().map(|w| w[c]))));
        weights.rows.push(row);
    }
    report.tables.extend([ranks, weights]);
    Ok(report)
}

/// `disagreement`
pub(crate) fn quarrel(scene: Scene<'_>, m: &args::Disagreement) -> Result<Report, Failure> {
    let judged = judged(scene, &m.valued)?;
    let scored = |weights: &[f64], from: &str| {
        if weights.len() != judged.names.len() {
            return Err(Failure::usage(format!(
                "`{from}`: {} weights for {} criteria",
                weights.len(),
                judged.names.len()
            ))
            .help(format!("one for each of {}", judged.names.join(", "))));
        }
        scores(&judged.criteria(weights)).map_err(invalid)
    };
    let (a, b) = (
        scored(&m.weights_a, "--weights-a")?,
        scored(&m.weights_b, "--weights-b")?,
    );
    let rows = &judged.sides[0].rows;
    let mask = |text: &Option<String>, from: &str| -> Result<Option<Vec<bool>>, Failure> {
        let Some(text) = text else { return Ok(None) };
        match evaluate(scene.frame, rows, &parse(scene.frame, text, from)?, from)? {
            // A future of which the condition says nothing is not believed.
            Values::Flags(flags) if flags.contains(&Some(true)) => {
                Ok(Some(flags.into_iter().map(|f| f == Some(true)).collect()))
            }
            Values::Flags(_) => Err(Failure::new(
                Exit::Invalid,
                format!("`{from} {text}`: no future meets it"),
            )
            .help("beliefs leave some futures possible")),
            _ => Err(Failure::usage(format!("`{from} {text}`: a condition is needed"))
                .help("for example `rate > 0.3`")),
        }
    };
    let (in_a, in_b) = (
        mask(&m.believes_a, "--believes-a")?,
        mask(&m.believes_b, "--believes-b")?,
    );
    let found = disagreement(
        &Side {
            believes: in_a.as_deref(),
            values: &a,
        },
        &Side {
            believes: in_b.as_deref(),
            values: &b,
        },
    )
    .map_err(invalid)?;
    let mut report = Report {
        title: "The disagreement of two sides, in units of score".into(),
        rows: judged.counts(),
        ..Report::default()
    };
    let prefers = |o: Option<usize>| Cell::from(o.map(|o| judged.options[o].clone()));
    report.facts = vec![
        ("compared", found.counts.compared.into()),
        ("a_prefers", prefers(found.a_prefers)),
        ("b_prefers", prefers(found.b_prefers)),
        ("a_loses", found.a_loses.into()),
        ("b_loses", found.b_loses.into()),
        ("total", found.total.into()),
        ("facts", found.facts.into()),
        ("values", found.values.into()),
    ];
    Ok(report)
}

/// `discrepancy`
pub(crate) fn evenness(scene: Scene<'_>, m: &args::Discrepancy) -> Result<Report, Failure> {
    let mut report = Report {
        title: "How evenly the sample fills its ranges (less is more even)".into(),
        ..Report::default()
    };
    let rows = scene.frame.rows_at(None, scene.time)?;
    let inputs = inputs(
        scene.frame,
        &rows,
        &m.inputs,
        scene.problem,
        &[],
        Takes::Numbers,
        &mut report.notes,
    )?;
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for input in &inputs {
        let Held::Numbers { values, .. } = &input.values else {
            continue;
        };
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        let (low, high) = match scene
            .problem
            .and_then(|p| p.inputs.iter().find(|i| i.name == input.name))
        {
            Some(of) => of.range(),
            None => (
                finite().fold(f64::INFINITY, f64::min),
                finite().fold(f64::NEG_INFINITY, f64::max),
            ),
        };
        if !(low.is_finite() && high.is_finite()) {
            return Err(Failure::new(
                Exit::Invalid,
                format!(
                    "`{}` has no ends, so it cannot be scaled to the unit cube",
                    input.name
                ),
            )
            .help("leave it out with `--inputs`, or give a problem with ranges"));
        }
        if finite().any(|v| v < low || v > high) {
            return Err(Failure::new(
                Exit::Invalid,
                format!(
                    "`{}` has values outside its range from {low} to {high}",
                    input.name
                ),
            )
            .help("give the problem that the sample was made for"));
        }
        columns.push(values.iter().map(|v| (v - low) / (high - low)).collect());
    }
    let whole: Vec<usize> = (0..rows.len())
        .filter(|&r| columns.iter().all(|c| c[r].is_finite()))
        .collect();
    report.rows = RowCounts {
        rows: rows.len(),
        whole: whole.len(),
        without_input: rows.len() - whole.len(),
        ..RowCounts::default()
    };
    let points: Vec<Vec<f64>> = columns
        .iter()
        .map(|c| whole.iter().map(|&r| c[r]).collect())
        .collect();
    if scene.problem.is_none() {
        report
            .notes
            .push("without a problem file ranges are taken from the sample itself".into());
    }
    let mut table = ResultTable::new("discrepancies", "Discrepancies", &["kind", "value"]);
    for (word, kind) in [
        ("centred", Discrepancy::Centred),
        ("wrap_around", Discrepancy::WrapAround),
        ("mixture", Discrepancy::Mixture),
        ("l2_star", Discrepancy::L2Star),
    ] {
        table.row([
            word.into(),
            designs::discrepancy(&points, kind).map_err(invalid)?.into(),
        ]);
    }
    report.tables.push(table);
    Ok(report)
}
