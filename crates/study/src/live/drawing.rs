//! How the page draws the futures of a run again: what it has to know of each uncertainty, and whether that rule gives the run's rows.

use analysis::designs::{Scramble, Sobol};
use serde_json::{Value, json};

use crate::case::{Case, DesignKind};
use crate::design::{self, Drawing};
use crate::results::Futures;
use crate::study::Study;

/// Directions of a Sobol' sequence that the page gets: enough for every future that can be drawn.
const DIRECTIONS: u32 = 24;

/// For each uncertainty the hash of its id, and what its design needs: the initial numbers of its Sobol' directions (the first is below
/// 2, the next below 4, ...) with its dimension, or its levels in a grid.
pub(super) fn factors(case: &Case, settings: &design::Settings) -> Value {
    let levels = design::levels(case, settings.levels);
    let dimension = |factor| design::dimension(case, factor);
    let last = (0..case.uncertainties.len()).map(dimension).max();
    let sobol = match settings.design {
        DesignKind::Sobol | DesignKind::SobolScrambled => {
            last.and_then(|last| Sobol::new(last + 1, Scramble::None).ok())
        }
        _ => None,
    };
    let one = |(factor, uncertainty): (usize, &crate::case::Uncertainty)| {
        let mut known = json!({
            "stream": format!("{:016x}", engine::noise::stable_hash(&uncertainty.id.value)),
        });
        if let Some(sobol) = &sobol {
            known["dimension"] = json!(dimension(factor));
            known["directions"] = json!(directions(sobol, dimension(factor)));
        } else if matches!(
            settings.design,
            DesignKind::FullFactorial | DesignKind::OneAtATime
        ) {
            known["levels"] = json!(levels[factor]);
        }
        known
    };
    case.uncertainties.iter().enumerate().map(one).collect()
}

/// The numbers m of a dimension, of which direction k is m shifted to the top of 32 bits.
fn directions(sobol: &Sobol, dimension: usize) -> Vec<u32> {
    let direction = |k: u32| {
        // The point whose place in Gray code has the one bit k is the direction itself.
        let bits = sobol.point((2 << k) - 1, dimension) * (1_u64 << 32) as f64;
        bits as u32 >> (31 - k)
    };
    (0..DIRECTIONS).map(direction).collect()
}

/// Whether the rule by which the page draws gives the rows that were run.
pub(super) fn drawn_again(
    study: &Study,
    futures: &Futures,
    rows: &[usize],
    settings: &design::Settings,
    strata: u64,
) -> bool {
    let alone = |row: usize| match settings.design {
        DesignKind::LatinHypercube | DesignKind::MonteCarlo => {
            Some(design::draw(&study.case, settings, strata, futures.ids[row]))
        }
        _ => None,
    };
    let made = match settings.design {
        DesignKind::LatinHypercube | DesignKind::MonteCarlo => None,
        _ => Drawing::new(&study.case, settings, None).ok(),
    };
    rows.iter().all(|&row| {
        let id = futures.ids[row];
        let drawn = alone(row).or_else(|| {
            let made = made.as_ref().filter(|made| grid_has(made, settings, id))?;
            Some(made.rows(id, 1).columns.iter().map(|column| column[0]).collect())
        });
        drawn.is_some_and(|drawn| {
            let mut pairs = drawn.iter().zip(&futures.columns);
            pairs.all(|(drawn, column)| drawn.to_bits() == column[row].to_bits())
        })
    })
}

/// A grid ends; a sequence goes on.
fn grid_has(made: &Drawing<'_>, settings: &design::Settings, id: u64) -> bool {
    match settings.design {
        DesignKind::FullFactorial | DesignKind::OneAtATime => id < made.count(),
        _ => id < 1 << DIRECTIONS,
    }
}
