//! Indices read off Fourier spectra: eFAST on its own design, RBD-FAST on any table.

use serde::{Deserialize, Serialize};

use super::{SensitivityError, at_least, complete, order};
use crate::numbers::special::turn;
use crate::numbers::sum::{mean, squares};

/// First- and total-order indices by eFAST.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EfastIndices {
    /// Points on each search curve.
    pub points: usize,
    /// What each factor explains alone; none where its curve has a gap or its outcome does not vary.
    pub first_order: Vec<Option<f64>>,
    /// What each factor explains alone and together with others.
    pub total_order: Vec<Option<f64>>,
}

/// eFAST (Saltelli, Tarantola and Chan, 1999, "A quantitative model-independent method for global sensitivity analysis of model
/// output") from the results `y` of [`crate::designs::efast`], with the same number of harmonics, `interference`.
pub fn efast_indices(
    y: &[f64],
    dimensions: usize,
    interference: usize,
) -> Result<EfastIndices, SensitivityError> {
    if dimensions == 0 {
        return Err(SensitivityError::NoFactor);
    }
    at_least("the number of harmonics", interference, 1)?;
    if y.is_empty() || !y.len().is_multiple_of(dimensions) {
        return Err(SensitivityError::Shape {
            found: y.len(),
            factors: dimensions,
            multiple: dimensions,
        });
    }
    let n = y.len() / dimensions;
    let own = (n - 1) / (2 * interference);
    if own == 0 {
        return Err(SensitivityError::TooFew {
            found: n,
            least: 2 * interference + 1,
        });
    }
    let spectrum = Spectrum::new(n);
    let indices = |curve: &[f64]| {
        if curve.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let centred = centred(curve);
        // The power of all frequencies below Nyquist's, by Parseval's theorem.
        let nyquist = if n.is_multiple_of(2) {
            spectrum.power(&centred, n / 2)
        } else {
            0.0
        };
        let all = n as f64 * squares(&centred, 0.0) - nyquist;
        if all <= 0.0 {
            return None;
        }
        let power = |k: usize| 2.0 * spectrum.power(&centred, k);
        let first: f64 = (1..=interference).map(|p| power(p * own)).sum();
        // What varies slowly is due to the other factors.
        let others: f64 = (1..=own / 2).map(power).sum();
        Some((first / all, 1.0 - others / all))
    };
    let found: Vec<Option<(f64, f64)>> = y.chunks(n).map(indices).collect();
    Ok(EfastIndices {
        points: n,
        first_order: found.iter().map(|f| f.map(|f| f.0)).collect(),
        total_order: found.iter().map(|f| f.map(|f| f.1)).collect(),
    })
}

/// First-order indices by RBD-FAST.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RbdFast {
    /// Rows with a number in every column.
    pub used: usize,
    /// Rows left out.
    pub left_out: usize,
    /// What each factor explains alone, the bias taken out; none where the outcome does not vary.
    pub first_order: Vec<Option<f64>>,
}

/// First-order indices from any table: sorted up and down along a factor, the outcome shows what the factor does in its slow waves,
/// `harmonics` of them; 10 is usual (Tarantola, Gatelli and Mara, 2006; in the form of Plischke, 2010, "EASI"; bias correction of
/// Tissot and Prieur, 2012).
pub fn rbd_fast(columns: &[&[f64]], y: &[f64], harmonics: usize) -> Result<RbdFast, SensitivityError> {
    at_least("the number of harmonics", harmonics, 1)?;
    let rows = complete(columns, y, 2 * harmonics + 2)?;
    let n = rows.len();
    let spectrum = Spectrum::new(n);
    let index = |column: &&[f64]| {
        let sorted = order(column, &rows);
        let up = sorted.iter().step_by(2);
        let down = sorted.iter().skip(1).step_by(2).rev();
        let wave: Vec<f64> = up.chain(down).map(|&i| y[rows[i]]).collect();
        let centred = centred(&wave);
        let all = n as f64 * squares(&centred, 0.0);
        if all <= 0.0 {
            return None;
        }
        let slow: f64 = (1..=harmonics).map(|k| 2.0 * spectrum.power(&centred, k)).sum();
        let raw = slow / all;
        let bias = 2.0 * harmonics as f64 / n as f64;
        Some(raw - bias / (1.0 - bias) * (1.0 - raw))
    };
    Ok(RbdFast {
        used: n,
        left_out: y.len() - n,
        first_order: columns.iter().map(index).collect(),
    })
}

fn centred(values: &[f64]) -> Vec<f64> {
    let centre = mean(values);
    values.iter().map(|v| v - centre).collect()
}

/// The cosines and sines of all multiples of an n-th of a turn.
struct Spectrum(Vec<(f64, f64)>);

impl Spectrum {
    fn new(n: usize) -> Self {
        Spectrum((0..n).map(|k| turn(k, n)).collect())
    }

    /// The squared size of the Fourier coefficient at a frequency. Only few are asked for, so no fast transform is needed.
    fn power(&self, values: &[f64], frequency: usize) -> f64 {
        let n = self.0.len();
        let (mut real, mut imaginary, mut at) = (0.0, 0.0, 0);
        for value in values {
            let (cosine, sine) = self.0[at];
            real += value * cosine;
            imaginary += value * sine;
            at += frequency;
            if at >= n {
                at -= n;
            }
        }
        real * real + imaginary * imaginary
    }
}
