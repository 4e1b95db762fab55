//! Units of measure: their algebra, and whether a model's equations agree with them.
//!
//! A [`Unit`] is a product of powers of base units. Base units are plain words: nothing is known of metres or feet, and
//! `Person` and `People` are the same only if the model says so ([`Units`]).

mod check;
mod parse;
mod unit;

pub use check::check_units;
pub use parse::UnitError;
pub use unit::{Exponent, Unit};

use std::collections::BTreeMap;

use crate::model::{Model, VarId};
use crate::name::Name;

/// Words that stand for the unit 1.
const DIMENSIONLESS: [&str; 6] = ["dmnl", "dimensionless", "fraction", "unitless", "no units", "1"];

/// Which words mean the same unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Units {
    /// From the key of each word in a set of equivalents to the first word of its set.
    first: BTreeMap<String, String>,
    /// What words stand for that are products of others, by the first words of their sets.
    derived: BTreeMap<String, Unit>,
}

/// How many times definitions of units by other units are followed.
const MOST_STEPS: usize = 20;

impl Units {
    /// The units of a model, with the equivalents that it declares.
    pub fn of(model: &Model) -> Self {
        let mut units = Self::default();
        let is_product = |word: &&String| word.contains(['*', '/', '^']);
        let mut definitions = Vec::new();
        for set in &model.unit_equivalents {
            units.equate(set.iter().filter(|word| !is_product(word)).map(String::as_str));
            let word = set.iter().find(|word| !is_product(word));
            definitions.extend(word.zip(set.iter().find(is_product)));
        }
        // Each time round, what is defined by units that were defined the time before is known.
        for _ in 0..definitions.len().min(MOST_STEPS) {
            let known = units.derived.clone();
            for (word, product) in &definitions {
                let key = Name::key_of(word);
                let first = units.first.get(&key).cloned().unwrap_or(key);
                if let Ok(unit) = units.parse(product) {
                    units.derived.insert(first, unit);
                }
            }
            if units.derived == known {
                break;
            }
        }
        units
    }
    /// Declares words to mean the same; a word that is in a set already brings its whole set along.
    pub fn equate<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        let words: Vec<String> = words.into_iter().map(Name::key_of).collect();
        // A set with a word for the unit 1 is a set of such words.
        let one = words
            .iter()
            .find(|word| is_one(self.first.get(*word).unwrap_or(word)));
        let known = one
            .or_else(|| words.iter().find_map(|word| self.first.get(word)))
            .or(words.first());
        let Some(known) = known.cloned() else {
            return;
        };
        let joined: Vec<String> = words
            .iter()
            .filter_map(|word| self.first.get(word).cloned())
            .collect();
        for first in self.first.values_mut().filter(|first| joined.contains(first)) {
            first.clone_from(&known);
        }
        self.first
            .extend(words.into_iter().map(|word| (word, known.clone())));
    }
    /// The unit that `text` stands for, `Persons/(Day*Region)`, say; empty text is an error, too.
    pub fn parse(&self, text: &str) -> Result<Unit, UnitError> {
        parse::parse(self, text)
    }
    /// The unit of a variable; none if it has none, or one that cannot be read.
    pub fn of_variable(&self, model: &Model, variable: VarId) -> Option<Unit> {
        self.parse(&model.variables[variable].units).ok()
    }

    /// The unit of one word.
    fn word(&self, word: &str) -> Unit {
        let key = Name::key_of(word);
        let first = self.first.get(&key).unwrap_or(&key);
        if is_one(first) {
            return Unit::one();
        }
        match self.derived.get(first) {
            Some(unit) => unit.clone(),
            None => Unit::base(first),
        }
    }
}

fn is_one(key: &str) -> bool {
    DIMENSIONLESS.contains(&key)
}

#[cfg(test)]
mod tests;
