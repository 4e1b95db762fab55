//! Distributions by their quantile functions: a share of the way from 0 to 1 becomes a value.

use serde::{Deserialize, Serialize};

use crate::numbers::special::{Beta, exp, gamma_cdf, ln, ln_1p, normal_cdf, normal_quantile, pow, root};

/// A distribution of one uncertain number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the parameters are named as in every textbook")]
pub enum Distribution {
    /// All values from `low` to `high` alike.
    Uniform { low: f64, high: f64 },
    /// The logarithm is uniform.
    LogUniform { low: f64, high: f64 },
    /// Gauss' distribution.
    Normal { mean: f64, sd: f64 },
    /// Gauss' distribution cut at both ends.
    TruncatedNormal { mean: f64, sd: f64, low: f64, high: f64 },
    /// The logarithm is normal with mean `mu` and deviation `sigma`.
    LogNormal { mu: f64, sigma: f64 },
    /// Two straight slopes that meet at `mode`.
    Triangular { low: f64, mode: f64, high: f64 },
    /// A beta distribution over the range with mean `(low + 4 mode + high) / 6`.
    Pert { low: f64, mode: f64, high: f64 },
    /// The beta distribution on 0 to 1.
    Beta { a: f64, b: f64 },
    /// The gamma distribution.
    Gamma { shape: f64, scale: f64 },
    /// Weibull's distribution.
    Weibull { shape: f64, scale: f64 },
    /// The exponential distribution.
    Exponential { rate: f64 },
    /// Every whole number from `low` to `high` alike.
    Integer { low: i64, high: i64 },
}

/// A distribution whose parameters make no distribution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadDistribution(&'static str);

impl Distribution {
    /// Checks the parameters.
    pub fn check(&self) -> Result<(), BadDistribution> {
        let need = |holds: bool, what: &'static str| if holds { Ok(()) } else { Err(BadDistribution(what)) };
        // Comparisons are written so that NaN fails them.
        match *self {
            Distribution::Uniform { low, high } => need(
                low < high && (high - low).is_finite(),
                "the lower end must lie below the upper",
            ),
            Distribution::LogUniform { low, high } => need(
                0.0 < low && low < high && high.is_finite(),
                "the ends must be above zero, the lower below the upper",
            ),
            Distribution::Normal { mean, sd } => need(
                mean.is_finite() && sd > 0.0 && sd.is_finite(),
                "the standard deviation must be above zero",
            ),
            Distribution::LogNormal { mu, sigma } => need(
                mu.is_finite() && sigma > 0.0 && sigma.is_finite(),
                "sigma must be above zero",
            ),
            Distribution::TruncatedNormal { mean, sd, low, high } => need(
                mean.is_finite() && sd > 0.0 && sd.is_finite() && low < high,
                "the standard deviation must be above zero and the lower end below the upper",
            ),
            Distribution::Triangular { low, mode, high } | Distribution::Pert { low, mode, high } => need(
                low <= mode && mode <= high && low < high && (high - low).is_finite(),
                "the mode must lie between the ends, the lower end below the upper",
            ),
            Distribution::Beta { a, b } => need(
                a > 0.0 && b > 0.0 && (a + b).is_finite(),
                "a and b must be above zero",
            ),
            Distribution::Gamma { shape, scale } | Distribution::Weibull { shape, scale } => need(
                shape > 0.0 && scale > 0.0 && (shape + scale).is_finite(),
                "shape and scale must be above zero",
            ),
            Distribution::Exponential { rate } => {
                need(rate > 0.0 && rate.is_finite(), "the rate must be above zero")
            }
            Distribution::Integer { low, high } => need(
                low <= high && high.checked_sub(low).is_some(),
                "the lower end must not lie above the upper",
            ),
        }
    }

    /// The value below which the share `u` lies; `u` from 0 to 1, parameters as [`Distribution::check`] wants them. At 0 and 1 it is
    /// an end of the range, infinite where the range is.
    pub fn quantile(&self, u: f64) -> f64 {
        match *self {
            Distribution::Uniform { low, high } => low + u * (high - low),
            Distribution::LogUniform { low, .. } if u <= 0.0 => low,
            Distribution::LogUniform { high, .. } if u >= 1.0 => high,
            Distribution::LogUniform { low, high } => {
                exp(ln(low) + u * (ln(high) - ln(low))).clamp(low, high)
            }
            Distribution::Normal { mean, sd } => mean + sd * normal_quantile(u),
            Distribution::LogNormal { mu, sigma } => exp(mu + sigma * normal_quantile(u)),
            Distribution::TruncatedNormal { mean, sd, low, high } => {
                let (a, b) = ((low - mean) / sd, (high - mean) / sd);
                // In the upper tail 1 - p has no digits left: mirror it down.
                let z = if a > 0.0 {
                    -between(-b, -a, 1.0 - u)
                } else {
                    between(a, b, u)
                };
                (mean + sd * z).clamp(low, high)
            }
            Distribution::Triangular { low, mode, high } => {
                let turn = (mode - low) / (high - low);
                if u < turn {
                    low + (u * (high - low) * (mode - low)).sqrt()
                } else {
                    high - ((1.0 - u) * (high - low) * (high - mode)).sqrt()
                }
            }
            Distribution::Pert { low, mode, high } => {
                let a = 1.0 + 4.0 * (mode - low) / (high - low);
                let b = 1.0 + 4.0 * (high - mode) / (high - low);
                low + (high - low) * Beta::new(a, b).quantile(u)
            }
            Distribution::Beta { a, b } => Beta::new(a, b).quantile(u),
            Distribution::Gamma { shape, scale } => scale * gamma_quantile(u, shape),
            Distribution::Weibull { shape, scale } => scale * pow(-ln_1p(-u), 1.0 / shape),
            Distribution::Exponential { rate } => -ln_1p(-u) / rate,
            Distribution::Integer { low, high } => {
                let count = (high - low) as f64 + 1.0;
                low as f64 + (u * count).floor().min(count - 1.0)
            }
        }
    }
}

/// The standard normal between `a` and `b`, not both far above zero.
fn between(a: f64, b: f64, u: f64) -> f64 {
    let (p, q) = (normal_cdf(a), normal_cdf(b));
    normal_quantile(p + u * (q - p)).clamp(a, b)
}

fn gamma_quantile(u: f64, shape: f64) -> f64 {
    if u <= 0.0 {
        return 0.0;
    }
    if u >= 1.0 {
        return f64::INFINITY;
    }
    let mut high = shape.max(1.0);
    while gamma_cdf(high, shape) < u {
        high *= 2.0;
    }
    root(0.0, high, |x| gamma_cdf(x, shape) - u)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_parameters_are_said() {
        for bad in [
            Distribution::Uniform { low: 2.0, high: 2.0 },
            Distribution::LogUniform { low: 0.0, high: 2.0 },
            Distribution::Normal {
                mean: 0.0,
                sd: f64::NAN,
            },
            Distribution::TruncatedNormal {
                mean: 0.0,
                sd: 1.0,
                low: 1.0,
                high: 0.0,
            },
            Distribution::LogNormal { mu: 0.0, sigma: -1.0 },
            Distribution::Triangular {
                low: 0.0,
                mode: 2.0,
                high: 1.0,
            },
            Distribution::Pert {
                low: 1.0,
                mode: 1.0,
                high: 1.0,
            },
            Distribution::Beta { a: 0.0, b: 1.0 },
            Distribution::Gamma {
                shape: 1.0,
                scale: 0.0,
            },
            Distribution::Weibull {
                shape: f64::INFINITY,
                scale: 1.0,
            },
            Distribution::Exponential { rate: -1.0 },
            Distribution::Integer { low: 3, high: 2 },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ends_and_steps() {
        let dice = Distribution::Integer { low: 1, high: 6 };
        assert_eq!(
            [0.0, 0.166, 0.17, 0.999, 1.0].map(|u| dice.quantile(u)),
            [1.0, 1.0, 2.0, 6.0, 6.0]
        );
        let wide = Distribution::LogUniform {
            low: 0.1,
            high: 1000.0,
        };
        assert_eq!((wide.quantile(0.0), wide.quantile(1.0)), (0.1, 1000.0));
        assert!((wide.quantile(0.5) - 10.0).abs() < 1e-13);
        let far = Distribution::TruncatedNormal {
            mean: 0.0,
            sd: 1.0,
            low: 9.0,
            high: 10.0,
        };
        assert!(far.quantile(0.5) > 9.0 && far.quantile(0.5) < 9.1);
        assert_eq!((far.quantile(0.0), far.quantile(1.0)), (9.0, 10.0));
    }
}
