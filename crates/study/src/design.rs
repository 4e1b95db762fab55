//! Designs: which futures are tried.
//!
//! In come the uncertainties of a case, out goes a row for each future and a column for each uncertainty. A draw is a
//! function of what it is for, never of what was drawn before:
//!
//! - Monte Carlo: of seed, id and future;
//! - Latin hypercube: of seed, id and the number of futures (a keyed permutation of the strata, and a place within);
//! - Sobol': of the point's number and the dimension. A free uncertainty has the dimension of its place in the case; the
//!   weights and totals of splits follow from [`SPLIT_DIMENSION`] on, so that appending an uncertainty moves no other.
//!
//! A constraint rejects a future before it is run; the future keeps its number. The number of futures asked for counts
//! accepted ones: Monte Carlo and Sobol' go on until there are enough, a Latin hypercube is drawn again with more strata, and
//! the grids stay what they are.

use analysis::designs::{DesignError, Scramble, Sobol, full_factorial, latin_value, one_at_a_time};
use engine::noise::{Permutation, Stream, stable_hash};

use crate::case::{Case, DesignKind, Distribution, Role};
use crate::parallel::each;
use crate::results::Futures;

/// The first Sobol' dimension of totals and weights of splits.
pub const SPLIT_DIMENSION: usize = 512;

/// A rule that has rejected this many futures for each accepted one will not find the number asked for in useful time.
const MOST_PER_ACCEPTED: u64 = 100;

/// How futures are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Accepted futures wanted; grids have their own number.
    pub futures: u64,
    /// The seed; 0 is a seed.
    pub seed: u64,
    /// The design.
    pub design: DesignKind,
    /// Whether draws crowd towards the middle of their ranges: the second sampling under which the headline is repeated.
    /// Assumptions are drawn at the quantiles of a triangle instead of evenly; chances, categories and grids stay as they are.
    pub centred: bool,
    /// Levels of each uncertainty in a grid, spread evenly over its quantiles; categories have one each.
    pub levels: usize,
}

impl Settings {
    /// The settings that a case names.
    pub fn of(case: &Case) -> Self {
        Self {
            futures: case.run.futures,
            seed: case.run.seed,
            design: case.run.design,
            centred: false,
            levels: 3,
        }
    }
}

/// Why no futures could be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SampleError {
    /// The design cannot be made.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The grid is too large to be run.
    #[error(
        "a full factorial of {uncertainties} uncertainties has {points:e} points, more than the {limit} that can be run; \
         use a Latin hypercube, or fewer levels or uncertainties"
    )]
    Grid {
        /// Uncertainties.
        uncertainties: usize,
        /// Points of the grid.
        points: f64,
        /// The most that is run.
        limit: u64,
    },
    /// More futures than can be held.
    #[error("{asked} futures are too many: at most {limit} can be drawn")]
    Futures {
        /// Asked for.
        asked: u64,
        /// The most.
        limit: u64,
    },
    /// The constraints reject nearly everything.
    #[error("the constraints accepted {accepted} of {drawn} futures; loosen them, or ask for fewer futures")]
    Rejected {
        /// Accepted.
        accepted: u64,
        /// Drawn.
        drawn: u64,
    },
}

/// The most futures that are drawn at once: more would not fit the memory of a common machine.
pub const MOST_FUTURES: u64 = 10_000_000;

/// The first constraint (by index) that a row of uncertainties violates; nothing where there are no constraints.
pub type Reject<'a> = Option<&'a (dyn Fn(&[f64]) -> Option<u32> + Sync)>;

/// Draws the futures of a case.
pub fn sample(case: &Case, settings: &Settings, reject: Reject<'_>) -> Result<Futures, SampleError> {
    sample_on(1, case, settings, reject)
}

/// Draws them on so many threads.
pub fn sample_on(
    threads: usize,
    case: &Case,
    settings: &Settings,
    reject: Reject<'_>,
) -> Result<Futures, SampleError> {
    if settings.futures > MOST_FUTURES {
        return Err(SampleError::Futures {
            asked: settings.futures,
            limit: MOST_FUTURES,
        });
    }
    let drawing = Drawing::new(case, settings, reject)?;
    Ok(drawing.drawer.rows(0, drawing.count, reject, threads))
}

/// A design made ready: it knows how many futures it has, and any stretch of them can be drawn by itself.
pub struct Drawing<'a> {
    drawer: Drawer<'a>,
    reject: Reject<'a>,
    count: u64,
}

impl<'a> Drawing<'a> {
    /// Finds how many futures have to be drawn for the number of accepted ones that is wanted. Where there are
    /// constraints, they are drawn once for that.
    pub fn new(case: &'a Case, settings: &Settings, reject: Reject<'a>) -> Result<Self, SampleError> {
        let wanted = settings.futures;
        let most = wanted.saturating_mul(MOST_PER_ACCEPTED);
        let mut drawing = Self {
            drawer: Drawer::new(case, settings)?,
            reject,
            count: wanted,
        };
        match settings.design {
            DesignKind::FullFactorial | DesignKind::OneAtATime => {
                drawing.count = drawing.drawer.grid.first().map_or(0, Vec::len) as u64;
            }
            _ if drawing.reject.is_none() => {}
            DesignKind::MonteCarlo | DesignKind::Sobol | DesignKind::SobolScrambled => {
                let (accepted, drawn) = drawing.until(wanted, most);
                if accepted < wanted {
                    return Err(SampleError::Rejected { accepted, drawn });
                }
                drawing.count = drawn;
            }
            DesignKind::LatinHypercube => loop {
                let strata = drawing.count;
                let (accepted, _) = drawing.until(u64::MAX, strata);
                if accepted >= wanted {
                    break;
                }
                if strata >= most {
                    return Err(SampleError::Rejected {
                        accepted,
                        drawn: strata,
                    });
                }
                let rate = accepted.max(1) as f64 / strata as f64;
                drawing.count = (strata + 1).max((wanted as f64 / rate).ceil() as u64);
                let settings = Settings {
                    futures: drawing.count,
                    ..*settings
                };
                drawing.drawer = Drawer::new(case, &settings)?;
            },
        }
        Ok(drawing)
    }

    /// How many futures there are, rejected ones with them.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Futures `first..first + count`.
    pub fn rows(&self, first: u64, count: u64) -> Futures {
        self.drawer.rows(first, count, self.reject, 1)
    }

    /// Draws until so many are accepted or drawn: how many were accepted, how many drawn.
    fn until(&self, wanted: u64, most: u64) -> (u64, u64) {
        let (mut accepted, mut drawn) = (0, 0);
        while drawn < most {
            let futures = self.rows(drawn, COUNTED.min(most - drawn));
            for rule in &futures.rejected {
                drawn += 1;
                accepted += u64::from(rule.is_none());
                if accepted == wanted {
                    return (accepted, drawn);
                }
            }
        }
        (accepted, drawn)
    }
}

/// Futures drawn at a time to count the accepted ones.
const COUNTED: u64 = 4096;

/// One future of a Latin hypercube of `strata` strata, or of a Monte Carlo design: the values of all uncertainties. Nothing else is
/// drawn, which is why a page can do it too.
pub fn draw(case: &Case, settings: &Settings, strata: u64, future: u64) -> Vec<f64> {
    let draw = |of: &crate::case::Uncertainty| {
        let hash = stable_hash(&of.id.value);
        let stream = Stream::new(settings.seed, hash);
        let share = match settings.design {
            DesignKind::LatinHypercube => latin_value(
                Permutation::new(settings.seed, hash, strata).at(future) as usize,
                strata as usize,
                stream.uniform(future, 1),
            ),
            _ => stream.uniform(future, 0),
        };
        of.distribution.quantile(share)
    };
    case.uncertainties.iter().map(draw).collect()
}

/// A share of the probability moved towards the middle: the quantile function of the triangle on 0 to 1.
fn towards_middle(u: f64) -> f64 {
    analysis::distribution::Distribution::Triangular {
        low: 0.0,
        mode: 0.5,
        high: 1.0,
    }
    .quantile(u)
}

/// Everything that does not depend on the row.
struct Drawer<'a> {
    case: &'a Case,
    settings: Settings,
    sobol: Option<Sobol>,
    grid: Vec<Vec<f64>>,
}

impl<'a> Drawer<'a> {
    fn new(case: &'a Case, settings: &Settings) -> Result<Self, SampleError> {
        let last = (0..case.uncertainties.len()).map(|u| dimension(case, u)).max();
        let free = case.uncertainties.iter().filter(|one| one.name.is_some()).count();
        let sobol = |scramble| {
            if free > SPLIT_DIMENSION && !case.splits.is_empty() {
                return Err(DesignError::TooManyDimensions {
                    asked: free,
                    available: SPLIT_DIMENSION,
                });
            }
            Ok(Some(Sobol::new(last.map_or(1, |d| d + 1), scramble)?))
        };
        let sobol = match settings.design {
            DesignKind::Sobol => sobol(Scramble::None)?,
            DesignKind::SobolScrambled => sobol(Scramble::Owen { seed: settings.seed })?,
            _ => None,
        };
        let grid = match settings.design {
            DesignKind::FullFactorial => {
                let levels = levels(case, settings.levels);
                let points = levels.iter().map(|l| l.len() as f64).product::<f64>();
                if points > MOST_FUTURES as f64 {
                    let uncertainties = levels.len();
                    return Err(SampleError::Grid {
                        uncertainties,
                        points,
                        limit: MOST_FUTURES,
                    });
                }
                full_factorial(&levels)?
            }
            DesignKind::OneAtATime => {
                let middle: Vec<f64> = case
                    .uncertainties
                    .iter()
                    .map(|u| u.distribution.quantile(0.5))
                    .collect();
                one_at_a_time(&levels(case, settings.levels), &middle)?
            }
            _ => Vec::new(),
        };
        Ok(Self {
            case,
            settings: *settings,
            sobol,
            grid,
        })
    }

    /// Futures `first..first + count`.
    fn rows(&self, first: u64, count: u64, reject: Reject<'_>, threads: usize) -> Futures {
        let columns = each(threads, self.case.uncertainties.len(), |u| {
            self.column(u, first, count)
        });
        let mut row = vec![0.0; columns.len()];
        let mut rejected = vec![None; count as usize];
        if let Some(reject) = reject {
            for (at, rule) in rejected.iter_mut().enumerate() {
                for (value, column) in row.iter_mut().zip(&columns) {
                    *value = column[at];
                }
                *rule = reject(&row);
            }
        }
        Futures {
            ids: (first..first + count).collect(),
            rejected,
            columns,
        }
    }

    fn column(&self, uncertainty: usize, first: u64, count: u64) -> Vec<f64> {
        if let Some(column) = self.grid.get(uncertainty) {
            return column[first as usize..(first + count) as usize].to_vec();
        }
        let of = &self.case.uncertainties[uncertainty];
        let centred = self.settings.centred
            && of.role == Role::Assumption
            && !matches!(of.distribution, Distribution::Categorical { .. });
        let value = |u: f64| {
            of.distribution
                .quantile(if centred { towards_middle(u) } else { u })
        };
        let stream = Stream::new(self.settings.seed, stable_hash(&of.id.value));
        let ids = first..first + count;
        match (&self.sobol, self.settings.design) {
            (Some(sobol), _) => {
                let column = sobol.column(first as u32, count as usize, dimension(self.case, uncertainty));
                column.into_iter().map(value).collect()
            }
            (None, DesignKind::LatinHypercube) => {
                let strata = self.settings.futures;
                // Step 0 is Monte Carlo's draw, step 1 the place within the stratum.
                let order = Permutation::new(self.settings.seed, stable_hash(&of.id.value), strata);
                let at = |id: u64| latin_value(order.at(id) as usize, strata as usize, stream.uniform(id, 1));
                ids.map(|id| value(at(id))).collect()
            }
            _ => ids.map(|id| value(stream.uniform(id, 0))).collect(),
        }
    }
}

/// The Sobol' dimension of an uncertainty: its place among the free ones, or behind [`SPLIT_DIMENSION`].
pub fn dimension(case: &Case, uncertainty: usize) -> usize {
    let of_split = |u: usize| case.uncertainties[u].name.is_none();
    let before = (0..uncertainty)
        .filter(|&u| of_split(u) == of_split(uncertainty))
        .count();
    if of_split(uncertainty) {
        SPLIT_DIMENSION + before
    } else {
        before
    }
}

/// The levels of each uncertainty in a grid.
pub(crate) fn levels(case: &Case, count: usize) -> Vec<Vec<f64>> {
    let of = |distribution: &Distribution| {
        if let Distribution::Categorical { values, .. } = distribution {
            return values.clone();
        }
        let share = |k: usize| {
            if count < 2 {
                0.5
            } else {
                k as f64 / (count - 1) as f64
            }
        };
        let mut levels: Vec<f64> = (0..count.max(1))
            .map(|k| distribution.quantile(share(k)))
            .collect();
        levels.dedup();
        levels
    };
    case.uncertainties.iter().map(|u| of(&u.distribution)).collect()
}

impl Futures {
    /// Number of futures that no constraint rejected.
    pub fn accepted(&self) -> u64 {
        self.rejected.iter().filter(|rule| rule.is_none()).count() as u64
    }
}

impl Distribution {
    /// The value at a share `u` of the probability, 0 to 1.
    pub fn quantile(&self, u: f64) -> f64 {
        use analysis::distribution::Distribution as Shape;
        // The ends of a range are exact: grids stand on them.
        match *self {
            Distribution::Categorical { .. } => {}
            _ if u <= 0.0 => return self.ends().0,
            _ if u >= 1.0 => return self.ends().1,
            _ => {}
        }
        match *self {
            Distribution::Uniform { low, high } => Shape::Uniform { low, high }.quantile(u),
            Distribution::LogUniform { low, high } => Shape::LogUniform { low, high }.quantile(u),
            Distribution::Triangular { low, mode, high } => Shape::Triangular { low, mode, high }.quantile(u),
            Distribution::Pert { low, mode, high } => Shape::Pert { low, mode, high }.quantile(u),
            Distribution::TruncatedNormal { mean, sd, low, high } => {
                Shape::TruncatedNormal { mean, sd, low, high }.quantile(u)
            }
            Distribution::Integer { low, high } => Shape::Integer { low, high }.quantile(u),
            Distribution::Categorical { ref values, .. } => {
                values[((u * values.len() as f64) as usize).min(values.len() - 1)]
            }
        }
    }
}

#[cfg(test)]
mod tests;
