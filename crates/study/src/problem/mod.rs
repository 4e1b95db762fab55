//! Problem files: the inputs of somebody's function, their distributions, groups and correlations, in TOML or JSON.
//!
//! Two forms are read. SALib's, with its names and meanings: `num_vars`, `names`, `bounds`, `dists`, `groups`, `outputs`, `sample_scaled`.
//! And one to be read by people:
//!
//! ```toml
//! [inputs]
//! rate = [0.1, 0.4]                                                        # uniform
//! delay = { distribution = "triangular", low = 2, mode = 3, high = 8 }
//! share = { distribution = "normal", mean = 0.5, sd = 0.1, group = "people" }
//!
//! [correlation]
//! method = "iman_conover"                                                  # or "copula"
//! pairs = [["rate", "delay", 0.6]]
//! ```

mod json;
mod read;

#[cfg(test)]
mod tests;

use analysis::designs::{DesignError, gaussian_copula, iman_conover};
use analysis::distribution::Distribution;

pub use read::read;

/// The inputs of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The inputs, in order.
    pub inputs: Vec<Input>,
    /// Names of the groups, in order of appearance; empty where inputs are not grouped.
    pub groups: Vec<String>,
    /// How inputs go together.
    pub correlation: Option<Correlation>,
}

/// One input.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its distribution.
    pub distribution: Distribution,
    /// Added to what the distribution gives (SALib's `weibull` may be moved).
    pub shift: f64,
    /// The number of its group.
    pub group: Option<usize>,
}

/// A wanted correlation.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    /// How it is brought about.
    pub method: Method,
    /// The matrix, in the order of the inputs.
    pub matrix: Vec<Vec<f64>>,
}

/// How a correlation is brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Values are reordered, so that ranks correlate and every column keeps its values.
    ImanConover,
    /// Normal scores are mixed.
    Copula,
}

impl Input {
    /// The value below which the share `u` lies.
    pub fn quantile(&self, u: f64) -> f64 {
        self.shift + self.distribution.quantile(u)
    }

    /// The ends of its range; infinite where it has none.
    pub fn range(&self) -> (f64, f64) {
        (self.quantile(0.0), self.quantile(1.0))
    }
}

impl Problem {
    /// The group of each input; empty where inputs are not grouped.
    pub fn group_of(&self) -> Vec<usize> {
        self.inputs.iter().filter_map(|input| input.group).collect()
    }

    /// The names that an index is given for: those of the groups, or of the inputs.
    pub fn index_names(&self) -> Vec<String> {
        match self.groups.is_empty() {
            true => self.inputs.iter().map(|input| input.name.clone()).collect(),
            false => self.groups.clone(),
        }
    }

    /// Columns of the unit cube correlated as wanted.
    pub fn correlate(&self, unit: Vec<Vec<f64>>) -> Result<Vec<Vec<f64>>, DesignError> {
        match &self.correlation {
            None => Ok(unit),
            Some(wanted) => match wanted.method {
                Method::ImanConover => iman_conover(&unit, &wanted.matrix),
                Method::Copula => gaussian_copula(&unit, &wanted.matrix),
            },
        }
    }

    /// Columns of the unit cube as values of the inputs.
    pub fn scale(&self, mut unit: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        for (input, column) in self.inputs.iter().zip(&mut unit) {
            // Designs that move one input at a time repeat the values of the others, and a quantile may cost much.
            let mut known = [(f64::NAN, f64::NAN); 2];
            for cell in column {
                let u = *cell;
                *cell = match known.iter().find(|(of, _)| *of == u) {
                    Some((_, value)) => *value,
                    None => {
                        known = [(u, input.quantile(u)), known[0]];
                        known[0].1
                    }
                };
            }
        }
        unit
    }
}
