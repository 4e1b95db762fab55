//! Results as the columns that `analysis` takes.

use analysis::{Column, Direction, Factor, Outcomes, Sliced, Sorted, Status as RowStatus};

use crate::case::{Case, CloseCall, Distribution, Outcome, Reduce};
use crate::parallel::each;
use crate::results::{OptionId, Results, Status};

/// The smallest baseline a share is taken of. Below it any difference counts as more than the margin.
const NO_BASELINE: f64 = 1e-200;

/// The policies that were run at one add-on, and their rows' statuses.
pub(super) struct Compared<'a> {
    case: &'a Case,
    results: &'a Results,
    /// Add-on at which the policies are compared.
    pub(super) addon: usize,
    /// Policies that were run, in the order of the case.
    pub(super) policies: Vec<usize>,
    /// Positions in `Results::options`, parallel to `policies`.
    positions: Vec<usize>,
    /// Position of the baseline policy there, if it was run.
    baseline: Option<usize>,
    status: Vec<Vec<RowStatus>>,
}

/// The values of one outcome, one column per compared policy.
pub(super) struct Values {
    /// In the unit of the outcome.
    pub(super) raw: Vec<Vec<f64>>,
    /// Scaled so that one margin holds in every future: as they are, or as shares of the baseline.
    scaled: Option<Vec<Vec<f64>>>,
    margin: f64,
    direction: Direction,
}

impl<'a> Compared<'a> {
    pub(super) fn new(case: &'a Case, results: &'a Results, addon: usize) -> Self {
        let options = (0..case.policies.len()).map(|policy| OptionId { policy, addon });
        let run: Vec<OptionId> = options
            .filter(|option| results.options.contains(option))
            .collect();
        Self::of(case, results, addon, &run).expect("options that were not run are left out")
    }

    /// Options of any add-on; none if one of them was not run. A margin relative to the baseline takes it at `addon`.
    pub(super) fn of(
        case: &'a Case,
        results: &'a Results,
        addon: usize,
        options: &[OptionId],
    ) -> Option<Self> {
        let place = |option: &OptionId| results.options.iter().position(|known| known == option);
        let positions: Vec<usize> = options.iter().map(place).collect::<Option<_>>()?;
        let status = positions
            .iter()
            .map(|&p| results.status[p].iter().map(row_status).collect())
            .collect();
        let baseline = OptionId {
            policy: case.baseline,
            addon,
        };
        Some(Self {
            case,
            results,
            addon,
            policies: options.iter().map(|option| option.policy).collect(),
            positions,
            baseline: place(&baseline),
            status,
        })
    }

    /// The values of a measure under every compared policy.
    pub(super) fn values(&self, outcome: usize) -> Values {
        let of = &self.case.outcomes[outcome];
        let column = |option: usize| finite(of, &self.results.values[option][outcome]);
        let raw: Vec<Vec<f64>> = self.positions.iter().map(|&p| column(p)).collect();
        let (scaled, margin) = match (of.close_call, self.baseline) {
            (CloseCall::Absolute(margin), _) => (None, margin),
            (CloseCall::ShareOfBaseline(share), Some(baseline)) => {
                (Some(relative(&raw, &column(baseline))), share)
            }
            // Without a baseline to take a share of, only exact ties are close calls.
            (CloseCall::ShareOfBaseline(_), None) => (None, 0.0),
        };
        let direction = if of.higher_is_better {
            Direction::Higher
        } else {
            Direction::Lower
        };
        Values {
            raw,
            scaled,
            margin,
            direction,
        }
    }

    /// The outcome to be ranked: every policy, one margin.
    pub(super) fn ranked<'v>(&'v self, values: &'v Values) -> Outcomes<'v> {
        let columns = values.scaled.as_ref().unwrap_or(&values.raw);
        Outcomes {
            margin: values.margin,
            ..Outcomes::new(self.columns(columns), values.direction)
        }
    }

    /// The outcome in its own unit, with one margin for all futures: a share of the baseline is taken of its median size. Unlike
    /// [`ranked`](Self::ranked) it can be averaged, also where the baseline comes near zero.
    pub(super) fn averaged<'v>(&'v self, values: &'v Values) -> Outcomes<'v> {
        let margin = match (values.scaled.is_some(), self.position(self.case.baseline)) {
            (true, Some(baseline)) => {
                let column = &self.columns(&values.raw)[baseline];
                let mut sizes: Vec<f64> = (0..column.values.len())
                    .filter(|&row| column.status(row) == RowStatus::Ok)
                    .map(|row| column.values[row].abs())
                    .collect();
                values.margin * analysis::quantile(&mut sizes, 0.5).unwrap_or(0.0)
            }
            (true, None) => 0.0,
            (false, _) => values.margin,
        };
        Outcomes {
            margin,
            ..self.plain(values)
        }
    }

    /// The outcome in its own unit.
    pub(super) fn plain<'v>(&'v self, values: &'v Values) -> Outcomes<'v> {
        Outcomes::new(self.columns(&values.raw), values.direction)
    }

    /// Columns with their statuses.
    pub(super) fn columns<'v>(&'v self, columns: &'v [Vec<f64>]) -> Vec<Column<'v>> {
        columns
            .iter()
            .zip(&self.status)
            .map(|(values, status)| Column { values, status })
            .collect()
    }

    /// Position of a policy among those compared.
    pub(super) fn position(&self, policy: usize) -> Option<usize> {
        self.policies.iter().position(|&p| p == policy)
    }

    /// Spreads one entry per compared policy over all policies of the case; those not run get the default.
    pub(super) fn spread<T: Clone + Default>(&self, items: impl IntoIterator<Item = T>) -> Vec<T> {
        self.spread_or(T::default(), items)
    }

    /// As [`spread`](Self::spread), with another entry for policies not run.
    pub(super) fn spread_or<T: Clone>(&self, absent: T, items: impl IntoIterator<Item = T>) -> Vec<T> {
        let mut all = vec![absent; self.case.policies.len()];
        for (&policy, item) in self.policies.iter().zip(items) {
            all[policy] = item;
        }
        all
    }
}

impl Values {
    /// Whether gaps are shares of the baseline rather than in the unit of the outcome.
    pub(super) fn relative(&self) -> bool {
        self.scaled.is_some()
    }
}

/// Columns divided by the absolute value of another.
fn relative(columns: &[Vec<f64>], baseline: &[f64]) -> Vec<Vec<f64>> {
    let scale = |(value, base): (&f64, &f64)| value / base.abs().max(NO_BASELINE);
    columns
        .iter()
        .map(|column| column.iter().zip(baseline).map(scale).collect())
        .collect()
}

/// What became of a row, in the words of `analysis`.
fn row_status(status: &Status) -> RowStatus {
    match status {
        Status::Ok => RowStatus::Ok,
        Status::Rejected(_) => RowStatus::Rejected,
        Status::NonFinite { .. } | Status::Unresolved { .. } => RowStatus::Broken,
    }
}

/// A time that never came counts as the end of the window: it is censored there, not missing.
fn finite(outcome: &Outcome, column: &[f64]) -> Vec<f64> {
    let Reduce::FirstAbove(_) = outcome.reduce else {
        return column.to_vec();
    };
    let latest = column
        .iter()
        .copied()
        .filter(|v| v.is_finite())
        .fold(f64::NEG_INFINITY, f64::max);
    let end = outcome.to.unwrap_or(latest);
    column
        .iter()
        .map(|&v| if v == f64::INFINITY { end } else { v })
        .collect()
}

/// The categories by number of the uncertainties that have categories.
pub(super) struct Codes(Vec<Option<Vec<u32>>>);

impl Codes {
    pub(super) fn new(case: &Case, columns: &[Vec<f64>]) -> Self {
        let codes = case.uncertainties.iter().zip(columns);
        let codes = codes.map(|(uncertainty, column)| match &uncertainty.distribution {
            Distribution::Categorical { values, .. } => {
                Some(column.iter().map(|v| code(values, *v)).collect())
            }
            _ => None,
        });
        Self(codes.collect())
    }
}

/// The uncertainties as factors: categories by number, the rest as numbers. Sorted and cut into slices once, over the futures that
/// were not rejected, for all that is asked of them.
pub(super) struct Factors<'a> {
    case: &'a Case,
    columns: &'a [Vec<f64>],
    /// In rising order.
    pub(super) sorted: Vec<Sorted<'a>>,
    /// In slices of about equally many futures.
    pub(super) sliced: Vec<Sliced>,
}

impl<'a> Factors<'a> {
    pub(super) fn new(
        case: &'a Case,
        columns: &'a [Vec<f64>],
        codes: &'a Codes,
        accepted: &[bool],
        threads: usize,
    ) -> Self {
        let count = case.uncertainties.len();
        let sorted = each(threads, count, |u| Sorted::new(factor(case, columns, codes, u)));
        let sliced = each(threads, count, |u| Sliced::new(&sorted[u], Some(accepted), None));
        Self {
            case,
            columns,
            sorted,
            sliced,
        }
    }

    /// The drawn values of one uncertainty.
    pub(super) fn column(&self, uncertainty: usize) -> &'a [f64] {
        &self.columns[uncertainty]
    }

    /// The value that a place on an uncertainty stands for.
    pub(super) fn ends(&self, uncertainty: usize, place: analysis::Place) -> (f64, f64) {
        match (place, &self.case.uncertainties[uncertainty].distribution) {
            (analysis::Place::Range { low, high }, _) => (low, high),
            (analysis::Place::Category(c), Distribution::Categorical { values, .. }) => {
                (values[c as usize], values[c as usize])
            }
            (analysis::Place::Category(c), _) => (f64::from(c), f64::from(c)),
        }
    }
}

/// One uncertainty.
pub(super) fn factor<'a>(
    case: &Case,
    columns: &'a [Vec<f64>],
    codes: &'a Codes,
    uncertainty: usize,
) -> Factor<'a> {
    match (
        &codes.0[uncertainty],
        &case.uncertainties[uncertainty].distribution,
    ) {
        (Some(codes), Distribution::Categorical { values, .. }) => Factor::Categorical {
            codes,
            categories: values.len() as u32,
        },
        _ => Factor::Numeric(&columns[uncertainty]),
    }
}

/// The number of a category; a value that is none of them is missing.
fn code(values: &[f64], value: f64) -> u32 {
    values
        .iter()
        .position(|v| *v == value)
        .map_or(u32::MAX, |at| at as u32)
}
