//! `weigh sample`: points to try, as a table.

use std::time::Instant;

use analysis::designs::{self, Improve, LatinOptions, MorrisOptions, Within};
use study::problem::Problem;
use study::store::{Cells, Column, Table};

use crate::args::high::out;
use crate::args::sample::{self as args, Design};
use crate::commands::analyze::read_problem;
use crate::commands::simulate::many::Written;
use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;

/// A design of more numbers than this is a slip of the hand: 16 GB.
const MOST_CELLS: u128 = 1 << 31;

/// About so many rows are drawn and written at a time, where a design can be drawn in parts: little memory, whatever N.
const ROWS: usize = 8_192;

/// Draws the points and writes the table.
pub(crate) fn run(design: &Design, terminal: &Terminal) -> Result<Exit, Failure> {
    let target = design.target();
    let out = out(&target.out)?;
    let problem = read_problem(&target.problem)?;
    fits(design, &problem)?;
    if problem.correlation.is_some()
        && !matches!(
            design,
            Design::Sobol(_) | Design::Halton(_) | Design::Lhs(_) | Design::Mc(_)
        )
    {
        return Err(
            Failure::usage("this design moves inputs one at a time, so they cannot be correlated")
                .help("draw with `sobol`, `halton`, `lhs` or `mc`, or take `correlation` out of the problem"),
        );
    }
    let mut computed = 0.0;
    let mut written: Option<Written<'_>> = None;
    for (first, count) in parts(design, &problem) {
        let began = Instant::now();
        let part = values(design, &problem, first, count)?;
        computed += began.elapsed().as_secs_f64();
        let column = |(input, values): (&study::problem::Input, Vec<f64>)| {
            Column::new(&input.name, Cells::Numbers(values))
        };
        let table = Table {
            columns: problem.inputs.iter().zip(part).map(column).collect(),
            about: Default::default(),
        };
        // Nothing is begun before the first part is known to be good.
        let written = match &mut written {
            Some(written) => written,
            none => none.insert(Written::new(&out, terminal)?),
        };
        written.add(&table)?;
    }
    if let Some(written) = written {
        written.finish()?;
    }
    if target.timings {
        terminal.tell(&format!("computed {computed:.6} s\n"));
    }
    Ok(Exit::Done)
}

/// First point and number of points of each part. A sequence can be entered anywhere; any other design is drawn whole.
fn parts(design: &Design, problem: &Problem) -> Vec<(usize, usize)> {
    let n = design.target().n as usize;
    let rows = match design {
        Design::Sobol(_) | Design::Halton(_) if problem.correlation.is_none() => 1,
        Design::Saltelli(d) if d.no_second_order => problem.index_names().len() + 2,
        Design::Saltelli(_) => 2 * problem.index_names().len() + 2,
        _ => return vec![(0, n)],
    };
    let share = (ROWS / rows).max(1);
    (0..n)
        .step_by(share)
        .map(|first| (first, share.min(n - first)))
        .collect()
}

/// The values of the inputs at some points.
fn values(design: &Design, problem: &Problem, first: usize, count: usize) -> Result<Vec<Vec<f64>>, Failure> {
    let unit = unit(design, problem, first, count)
        .map_err(|error| Failure::new(Exit::Invalid, error.to_string()))?;
    let unit = problem
        .correlate(unit)
        .map_err(|error| Failure::new(Exit::Invalid, format!("the inputs cannot be correlated: {error}")))?;
    let columns = problem.scale(unit);
    if let Some(at) = columns
        .iter()
        .position(|column| column.iter().any(|v| !v.is_finite()))
    {
        return Err(Failure::new(
            Exit::Invalid,
            format!(
                "`{}` has no end, and this design asks for it: a value is infinite",
                problem.inputs[at].name
            ),
        )
        .help(match design {
            Design::Sobol(_) | Design::Saltelli(_) | Design::Dgsm(_) => {
                "scramble the sequence (`--scramble owen`), or leave its first point out (`--skip 1`)"
            }
            Design::Halton(_) => "leave its first point out (`--skip 1`)",
            _ => "give the input a range with ends, such as a truncated_normal distribution",
        }));
    }
    Ok(columns)
}

/// Refuses what no machine holds.
fn fits(design: &Design, problem: &Problem) -> Result<(), Failure> {
    let (n, inputs) = (u128::from(design.target().n), problem.inputs.len() as u128);
    let groups = problem.index_names().len() as u128;
    let rows = match design {
        Design::Saltelli(d) => {
            n * (if d.no_second_order {
                groups + 2
            } else {
                2 * groups + 2
            })
        }
        Design::Morris(_) => n * (groups + 1),
        Design::Dgsm(_) => n * (inputs + 1),
        Design::Efast(_) => n * inputs,
        Design::Factorial(_) => n.saturating_pow(inputs as u32),
        _ => n,
    };
    if rows.saturating_mul(inputs) > MOST_CELLS {
        return Err(Failure::usage(format!(
            "`-n {n}`: the design would have {rows} rows of {inputs} inputs, too many for a table"
        ))
        .help("choose a smaller N"));
    }
    Ok(())
}

/// Some points in the unit cube.
fn unit(
    design: &Design,
    problem: &Problem,
    first: usize,
    n: usize,
) -> Result<Vec<Vec<f64>>, designs::DesignError> {
    let dimensions = problem.inputs.len();
    // What is beyond the end of a sequence is refused there.
    let from = |skip: u32| u32::try_from(u64::from(skip) + first as u64).unwrap_or(u32::MAX);
    let groups = problem.group_of();
    match design {
        Design::Sobol(d) => designs::sobol(n, dimensions, from(d.scrambled.skip), scramble(&d.scrambled)),
        Design::Halton(d) => designs::halton(n, dimensions, u64::from(d.skip) + first as u64),
        Design::Lhs(d) => {
            let swaps = d.swaps.unwrap_or_else(|| (100 * n).min(100_000));
            let options = LatinOptions {
                seed: d.seed,
                within: if d.centred { Within::Centre } else { Within::Random },
                improve: match d.improve {
                    args::Improve::No => Improve::No,
                    args::Improve::Maximin => Improve::Maximin { swaps },
                    args::Improve::Discrepancy => Improve::Discrepancy { swaps },
                },
            };
            designs::latin_hypercube(n, dimensions, &options)
        }
        Design::Mc(d) => designs::monte_carlo(n, dimensions, d.seed),
        Design::Saltelli(d) => designs::saltelli_groups(
            (n, dimensions),
            &groups,
            !d.no_second_order,
            from(d.scrambled.skip),
            scramble(&d.scrambled),
        ),
        Design::Morris(d) => {
            let options = MorrisOptions {
                trajectories: n,
                levels: d.levels,
                groups: &groups,
                seed: d.seed,
            };
            designs::morris(dimensions, &options)
        }
        Design::Efast(d) => designs::efast(n, dimensions, d.interference, d.seed),
        Design::Dgsm(d) => designs::dgsm(n, dimensions, d.step, scramble(&d.scrambled)),
        Design::Factorial(_) => {
            // One level alone stands in the middle.
            let level = |i: usize| if n == 1 { 0.5 } else { i as f64 / (n - 1) as f64 };
            let levels: Vec<f64> = (0..n).map(level).collect();
            designs::full_factorial(&vec![levels; dimensions])
        }
    }
}

fn scramble(of: &args::Scrambled) -> designs::Scramble {
    match of.scramble {
        args::Scramble::None => designs::Scramble::None,
        args::Scramble::Owen => designs::Scramble::Owen { seed: of.seed },
        args::Scramble::Shift => designs::Scramble::DigitalShift { seed: of.seed },
    }
}
