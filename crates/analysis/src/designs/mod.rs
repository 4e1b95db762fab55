//! Designs: which points of the unit cube to try.
//!
//! Every design comes back as columns, one per dimension and one row per point, with values from 0 to 1; [`crate::distribution`]
//! turns a column into values of an uncertainty. Designs are pure functions: the same seed gives the same bytes, and seed 0 is a
//! seed.

mod correlate;
mod discrepancy;
mod factorial;
mod halton;
mod latin;
mod random;
mod screening;
mod sobol;
mod variance;

pub use correlate::{gaussian_copula, iman_conover};
pub use discrepancy::{Discrepancy, discrepancy};
pub use factorial::{full_factorial, one_at_a_time};
pub use halton::{halton, radical_inverse};
pub use latin::{Improve, LatinOptions, Within, latin_hypercube, latin_value};
pub use random::monte_carlo;
pub use screening::{Groups, MorrisOptions, dgsm, morris};
pub use sobol::{SOBOL_DIMENSIONS, Scramble, Sobol, sobol};
pub use variance::{efast, efast_frequencies, saltelli, saltelli_groups};

/// Why a design cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// No dimension was asked for.
    #[error("a design needs at least one dimension")]
    NoDimension,
    /// No point was asked for.
    #[error("a design needs at least one point")]
    NoPoint,
    /// More dimensions than the table of directions has.
    #[error("the Sobol' table has {available} dimensions, not {asked}: use a Latin hypercube or Monte Carlo")]
    TooManyDimensions {
        /// Dimensions asked for.
        asked: usize,
        /// Dimensions there are.
        available: usize,
    },
    /// More points than the sequence has, or than can be addressed.
    #[error("{asked} points are too many for this design: it has at most {available}")]
    TooManyPoints {
        /// Points asked for.
        asked: u128,
        /// Points there are.
        available: u128,
    },
    /// A grid of levels that cannot be stepped on.
    #[error("{levels} levels cannot carry this design: give an even number of levels, at least 2")]
    Levels {
        /// Levels asked for.
        levels: usize,
    },
    /// A factor without a level, or a list of wrong length.
    #[error("{what} has {found} entries where {expected} are expected")]
    Length {
        /// What is too long or too short.
        what: &'static str,
        /// Entries expected.
        expected: usize,
        /// Entries found.
        found: usize,
    },
    /// Too few points for the frequencies of eFAST.
    #[error(
        "eFAST with {interference} interference terms needs at least {least} points for each factor, not {points}"
    )]
    TooFewPoints {
        /// Points asked for.
        points: usize,
        /// The number of harmonics looked at.
        interference: usize,
        /// The least number of points.
        least: usize,
    },
    /// A matrix that no set of variables can have as its correlations.
    #[error(
        "the matrix is no correlation matrix: it must be symmetric, with ones on the diagonal, and positive definite"
    )]
    Correlation,
}

pub(crate) fn not_empty(points: usize, dimensions: usize) -> Result<(), DesignError> {
    match (points, dimensions) {
        (_, 0) => Err(DesignError::NoDimension),
        (0, _) => Err(DesignError::NoPoint),
        _ => Ok(()),
    }
}
