//! The smallest change of several assumptions at once that makes another option lead.
//!
//! How far ahead the leader is of another option is fitted by a sum of smooth curves, one per factor (least squares on cubic splines).
//! Of such a sum the smallest joint change can be found exactly: let every factor move by at most a share r of its tested range, in
//! the direction that helps the other option most, and find the smallest r at which the other option is ahead. What the sum does not
//! explain is said with the answer; with a share explained far from one, the answer is a hint to be tried in the model.

use serde::{Deserialize, Serialize};

use crate::numbers::regression::{Design, LANES, Lanes, Normal, Table, predict};
use crate::numbers::spline::{Basis, Run, rising_among};
use crate::numbers::sum::{mean, squares};
use crate::slices::{Factor, Sorted, check_factors};
use crate::table::{Counts, Outcomes, TableError, same_length};

/// Steps along the range at which a curve is looked at.
const STEPS: usize = 200;

/// The run of the constant term.
const CONSTANT: usize = 4;

/// How to look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JointOptions {
    /// Which factors may move; all when empty.
    pub movable: Vec<bool>,
    /// How the options stand at the reference point (in the outcome's unit), where that is known better than by the fit, which then
    /// tells only what changes do; by the fit when empty.
    pub standing: Vec<f64>,
}

/// The smallest joint change that puts one other option ahead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JointFlip {
    /// The option that leads at the reference point.
    pub from: usize,
    /// The option that comes ahead of it by more than the margin.
    pub to: usize,
    /// How far ahead `from` is of `to` at the reference point.
    pub ahead: f64,
    /// The largest change, as a share of the factor's tested range; none when no joint change within the tested ranges is enough. A
    /// factor of categories moves only at a share of 1.
    pub distance: Option<f64>,
    /// The changes, in the order of how much they help; factors that help by less than a hundredth of the lead stay.
    pub changes: Vec<JointChange>,
    /// The smallest change of one factor alone that is enough, if any is; its share of the tested range.
    pub alone: Option<(JointChange, f64)>,
    /// The share of the gap's variance that the fit explains.
    pub explained: f64,
}

/// The change of one factor in a joint change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct JointChange {
    /// Position of the factor.
    pub factor: usize,
    /// Its value at the reference point.
    pub from: f64,
    /// Its value after the change (a category's number for a categorical one).
    pub to: f64,
    /// By how much this brings the other option forward.
    pub gain: f64,
}

/// What was tested of a factor.
struct Tested {
    /// Values from the lowest to the highest, or categories.
    at: Vec<f64>,
    range: f64,
    /// Categories: any other is a whole range away.
    stepwise: bool,
    /// Whole numbers: nothing lies between.
    whole: bool,
}

/// One factor's curve.
struct Curve<'a> {
    tested: &'a Tested,
    /// What the curve adds to the lead at each value tested.
    adds: Vec<f64>,
    reference: f64,
    here: f64,
}

/// For every option but the leader, the smallest joint change from `reference` (one value per factor) that puts it ahead; the nearest
/// first, those out of reach last. Empty when fewer than ten futures for each fitted term have a number.
pub fn joint_flips(
    outcomes: &Outcomes,
    factors: &[Factor],
    reference: &[f64],
    options: &JointOptions,
) -> Result<(Counts, Vec<JointFlip>), TableError> {
    let compared = outcomes.compared()?;
    check_factors(factors, outcomes.futures())?;
    same_length("the reference point", factors.len(), reference.len())?;
    if !options.movable.is_empty() {
        same_length(
            "the list of movable factors",
            factors.len(),
            options.movable.len(),
        )?;
    }
    if !options.standing.is_empty() {
        same_length(
            "the list of standings",
            outcomes.columns.len(),
            options.standing.len(),
        )?;
    }
    let usable = |r: &usize| factors.iter().all(|f| f.has_value(*r));
    let rows: Vec<usize> = compared.rows.iter().copied().filter(usable).collect();
    if rows.is_empty() {
        return Ok((compared.counts, Vec::new()));
    }
    let used: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
    let basis = |factor: &Factor| Basis::new(factor, &rising_among(&Sorted::new(*factor), &used), 2);
    let bases: Vec<Basis> = factors.iter().map(basis).collect();
    let mut start = vec![CONSTANT];
    bases
        .iter()
        .for_each(|b| start.push(start[start.len() - 1] + b.width()));
    let count: usize = 1 + bases.iter().map(Basis::len).sum::<usize>();
    if rows.len() < 10 * count {
        return Ok((compared.counts, Vec::new()));
    }
    let shifted = |f: usize, run: Run| Run {
        first: start[f] + run.first,
        ..run
    };
    let mut design = Design {
        terms: start[bases.len()],
        each: 1 + factors.len(),
        runs: Vec::with_capacity(rows.len() * (1 + factors.len())),
    };
    for &row in &rows {
        design.runs.push(Run::one(0));
        let runs = (0..factors.len()).map(|f| shifted(f, bases[f].row(&factors[f], row)));
        design.runs.extend(runs);
    }
    let columns: Vec<Vec<f64>> = (0..outcomes.columns.len())
        .map(|o| rows.iter().map(|&r| outcomes.oriented(o, r)).collect())
        .collect();
    let mut left = Table::zeros(rows.len(), columns.len());
    for (option, column) in columns.iter().enumerate() {
        column
            .iter()
            .enumerate()
            .for_each(|(at, value)| left.set(at, option, *value));
    }
    let coefficients = Normal::new(&design).solve(design.against(&left, |at| at));
    let mut fitted: Vec<Lanes> = vec![[0.0; LANES]; left.parts];
    for (at, left) in left.rows.chunks_exact_mut(left.parts).enumerate() {
        fitted.fill([0.0; LANES]);
        predict(design.row(at), &coefficients, &mut fitted);
        let fitted = fitted.as_flattened();
        left.as_flattened_mut()
            .iter_mut()
            .zip(fitted)
            .for_each(|(left, fitted)| *left -= fitted);
    }

    let standing: Vec<f64> = if options.standing.is_empty() {
        let mut here = vec![Run::one(0)];
        here.extend((0..factors.len()).map(|f| shifted(f, bases[f].at(reference[f]))));
        fitted.fill([0.0; LANES]);
        predict(&here, &coefficients, &mut fitted);
        fitted.as_flattened()[..columns.len()].to_vec()
    } else {
        options
            .standing
            .iter()
            .map(|v| outcomes.direction.oriented(*v))
            .collect()
    };
    let from = (0..standing.len()).fold(0, |best, o| if standing[o] > standing[best] { o } else { best });
    let tested: Vec<Tested> = factors.iter().map(|factor| Tested::new(factor, &rows)).collect();
    let mut all = Vec::new();
    for to in (0..standing.len()).filter(|o| *o != from) {
        let lead: Vec<f64> = (0..design.terms)
            .map(|term| coefficients.get(term, from) - coefficients.get(term, to))
            .collect();
        let gap: Vec<f64> = columns[from]
            .iter()
            .zip(&columns[to])
            .map(|(x, y)| x - y)
            .collect();
        let left: Vec<f64> = (0..rows.len())
            .map(|at| left.get(at, from) - left.get(at, to))
            .collect();
        let spread = squares(&gap, mean(&gap));
        let explained = if spread > 0.0 {
            1.0 - squares(&left, 0.0) / spread
        } else {
            1.0
        };
        let curves: Vec<Option<Curve>> = (0..factors.len())
            .map(|f| {
                let may = options.movable.get(f).copied().unwrap_or(true);
                let adds = |value: f64| {
                    let run = shifted(f, bases[f].at(value));
                    let terms = run.x.iter().zip(&lead[run.first..]);
                    terms.map(|(x, c)| x * c).sum()
                };
                may.then(|| Curve {
                    tested: &tested[f],
                    adds: tested[f].at.iter().map(|value| adds(*value)).collect(),
                    reference: reference[f],
                    here: adds(reference[f]),
                })
            })
            .collect();
        let ahead = standing[from] - standing[to];
        let (distance, changes) = smallest(&curves, ahead, outcomes.margin);
        let alone = alone(&curves, ahead, outcomes.margin);
        all.push(JointFlip {
            from,
            to,
            ahead,
            distance,
            changes,
            alone,
            explained,
        });
    }
    all.sort_by(|x, y| {
        x.distance
            .unwrap_or(f64::INFINITY)
            .total_cmp(&y.distance.unwrap_or(f64::INFINITY))
    });
    Ok((compared.counts, all))
}

impl Tested {
    fn new(factor: &Factor, rows: &[usize]) -> Self {
        let whole = matches!(factor, Factor::Integer(_));
        match *factor {
            Factor::Categorical { codes, categories } => {
                let mut seen = vec![false; categories as usize];
                rows.iter().for_each(|&r| seen[codes[r] as usize] = true);
                let there = (0..categories).filter(|c| seen[*c as usize]);
                Tested {
                    at: there.map(f64::from).collect(),
                    range: 1.0,
                    stepwise: true,
                    whole,
                }
            }
            Factor::Numeric(x) | Factor::Integer(x) => {
                let low = rows.iter().map(|&r| x[r]).fold(f64::INFINITY, f64::min);
                let high = rows.iter().map(|&r| x[r]).fold(f64::NEG_INFINITY, f64::max);
                let step = |s: usize| low + (high - low) * (s as f64 / STEPS as f64);
                let mut at: Vec<f64> = (0..=STEPS).map(step).collect();
                if whole {
                    at.iter_mut().for_each(|v| *v = v.round());
                    at.dedup();
                }
                Tested {
                    at,
                    range: high - low,
                    stepwise: false,
                    whole,
                }
            }
        }
    }
}

impl Curve<'_> {
    /// The most that a move within a share of the range takes off the lead, and where to.
    fn best(&self, share: f64) -> (f64, f64) {
        let mut best = (0.0, self.reference);
        let mut consider = |at: f64, adds: f64| {
            if self.here - adds > best.0 {
                best = (self.here - adds, at);
            }
        };
        let far = |at: f64| {
            if self.tested.stepwise {
                1.0
            } else {
                (at - self.reference).abs() / self.tested.range
            }
        };
        let within = |at: f64| far(at) <= share || (self.tested.whole && far(at) <= share + 1e-12);
        self.tested
            .at
            .iter()
            .zip(&self.adds)
            .filter(|(at, _)| within(**at))
            .for_each(|(at, adds)| consider(*at, *adds));
        if !self.tested.stepwise && !self.tested.whole {
            for end in [
                self.reference - share * self.tested.range,
                self.reference + share * self.tested.range,
            ] {
                if let Some(adds) = self.between(end) {
                    consider(end, adds);
                }
            }
        }
        best
    }

    /// The curve between two of its points, by straight lines; none outside the tested range.
    fn between(&self, x: f64) -> Option<f64> {
        let above = self.tested.at.partition_point(|v| *v < x);
        if above == 0 || above == self.tested.at.len() {
            return None;
        }
        let share = (x - self.tested.at[above - 1]) / (self.tested.at[above] - self.tested.at[above - 1]);
        Some(self.adds[above - 1] + share * (self.adds[above] - self.adds[above - 1]))
    }
}

/// The factor that alone, with the smallest change, gains more than the lead and the margin (the first of equals).
fn alone(curves: &[Option<Curve>], ahead: f64, margin: f64) -> Option<(JointChange, f64)> {
    let mut nearest: Option<(JointChange, f64)> = None;
    for (factor, curve) in curves.iter().enumerate() {
        let Some(curve) = curve else { continue };
        let Some(distance) = smallest_share(|share| curve.best(share).0, ahead + margin) else {
            continue;
        };
        if nearest.is_none_or(|(_, least)| distance < least) {
            let (gain, to) = curve.best(distance);
            let from = curve.reference;
            nearest = Some((
                JointChange {
                    factor,
                    from,
                    to,
                    gain,
                },
                distance,
            ));
        }
    }
    nearest
}

/// The smallest share of the range at which a rising gain exceeds what is wanted; none when a whole range is not enough.
fn smallest_share(gain: impl Fn(f64) -> f64, wanted: f64) -> Option<f64> {
    if gain(1.0) <= wanted {
        return None;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if gain(middle) > wanted {
            high = middle
        } else {
            low = middle
        }
    }
    Some(high)
}

/// The smallest share at which the gains together exceed the lead and the margin.
fn smallest(curves: &[Option<Curve>], ahead: f64, margin: f64) -> (Option<f64>, Vec<JointChange>) {
    let gain = |share: f64| curves.iter().flatten().map(|c| c.best(share).0).sum::<f64>();
    let Some(high) = smallest_share(gain, ahead + margin) else {
        return (None, Vec::new());
    };
    let mut changes: Vec<JointChange> = curves
        .iter()
        .enumerate()
        .filter_map(|(factor, c)| c.as_ref().map(|c| (factor, c)))
        .map(|(factor, c)| {
            let (gain, to) = c.best(high);
            JointChange {
                factor,
                from: c.reference,
                to,
                gain,
            }
        })
        .filter(|c| c.gain > 0.01 * (ahead + margin).max(0.0) && c.to != c.from)
        .collect();
    changes.sort_by(|x, y| y.gain.total_cmp(&x.gain));
    (Some(high), changes)
}
