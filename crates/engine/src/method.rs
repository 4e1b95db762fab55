//! Methods that look within a step, as tables: how far each look goes ahead, and what its rates count.
//!
//! Every evaluator walks the same table, in the same order and with the same roundings. Euler's method has none.

use model::Integration;

/// A share of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// All of it.
    Whole,
    /// Half of it.
    Half,
    /// A sixth of it.
    Sixth,
}

impl Share {
    /// The share of a step of this length.
    pub(crate) fn of(self, length: f64) -> f64 {
        match self {
            Share::Whole => length,
            Share::Half => 0.5 * length,
            Share::Sixth => length / 6.0,
        }
    }
}

/// What the rates of a look count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Weight {
    /// They are added to the sum so far, so many times.
    Times(f64),
    /// They take the place of the sum so far.
    Alone,
}

/// A further computation of rates within a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    /// Stocks go so far from the start of the step, along the rates of the look before.
    pub(crate) ahead: Share,
    /// What its rates count.
    pub(crate) weight: Weight,
}

/// A method that looks within a step. The rates at its start count once.
#[derive(Debug, PartialEq)]
pub(crate) struct Within {
    /// The looks after the one at the start.
    pub(crate) looks: &'static [Look],
    /// In the end stocks go so far from the start of the step, along the sum of the rates.
    pub(crate) whole: Share,
}

/// Vensim's second-order method: half a step along the rates at the start, then the whole step along the rates found there.
static MIDPOINT: Within = Within {
    looks: &[Look {
        ahead: Share::Half,
        weight: Weight::Alone,
    }],
    whole: Share::Whole,
};

/// Stella's second-order method, which XMILE means: a step along the mean of the rates at both its ends.
static HEUN: Within = Within {
    looks: &[Look {
        ahead: Share::Whole,
        weight: Weight::Times(1.0),
    }],
    whole: Share::Half,
};

/// The classical fourth-order method: rates at the start, twice in the middle, at the end, weighted 1, 2, 2, 1.
static RK4: Within = Within {
    looks: &[
        Look {
            ahead: Share::Half,
            weight: Weight::Times(2.0),
        },
        Look {
            ahead: Share::Half,
            weight: Weight::Times(2.0),
        },
        Look {
            ahead: Share::Whole,
            weight: Weight::Times(1.0),
        },
    ],
    whole: Share::Sixth,
};

/// The table of a method with fixed steps; `None` if it does not look within a step.
pub(crate) fn within(integration: Integration) -> Option<&'static Within> {
    match integration {
        Integration::Euler => None,
        Integration::Rk2Auto | Integration::Rk4Auto => {
            unreachable!("methods with automatic steps are served elsewhere")
        }
        Integration::Midpoint => Some(&MIDPOINT),
        Integration::Heun => Some(&HEUN),
        Integration::Rk4 => Some(&RK4),
    }
}
