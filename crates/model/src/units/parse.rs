//! Units as written to units.

use super::{Exponent, Unit, Units};

/// Why a text is no unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// There is nothing.
    #[error("no unit is given")]
    Empty,
    /// Something is missing.
    #[error("{expected} is expected at the end")]
    Ends {
        /// What should follow.
        expected: &'static str,
    },
    /// Something else should stand here.
    #[error("{expected} is expected where `{found}` stands")]
    Unexpected {
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        found: char,
    },
    /// A number other than 1 is no unit.
    #[error("`{0}` is no unit: a unit is a word")]
    Number(String),
    /// An exponent far from any that a unit could have.
    #[error("the exponents are too large")]
    Exponent,
    /// Too many brackets.
    #[error("brackets are nested too deep")]
    Depth,
}

const MAX_DEPTH: u32 = 50;

pub(super) fn parse(units: &Units, text: &str) -> Result<Unit, UnitError> {
    let mut parser = Parser {
        units,
        rest: text.trim(),
        depth: 0,
    };
    if parser.rest.is_empty() {
        return Err(UnitError::Empty);
    }
    let unit = parser.product()?;
    match parser.peek() {
        None => Ok(unit),
        Some(found) => Err(UnitError::Unexpected {
            expected: "`*`, `/` or the end",
            found,
        }),
    }
}

struct Parser<'a> {
    units: &'a Units,
    rest: &'a str,
    depth: u32,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }
    fn accept(&mut self, sign: char) -> bool {
        self.peek();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
    fn wrong<T>(&mut self, expected: &'static str) -> Result<T, UnitError> {
        Err(match self.peek() {
            Some(found) => UnitError::Unexpected { expected, found },
            None => UnitError::Ends { expected },
        })
    }

    /// Factors from left to right: `a/b*c` is `(a/b)*c`.
    fn product(&mut self) -> Result<Unit, UnitError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(UnitError::Depth);
        }
        let mut unit = self.factor()?;
        loop {
            let next = if self.accept('*') {
                unit.times(&self.factor()?)
            } else if self.accept('/') {
                unit.per(&self.factor()?)
            } else {
                self.depth -= 1;
                return Ok(unit);
            };
            unit = next.ok_or(UnitError::Exponent)?;
        }
    }

    fn factor(&mut self) -> Result<Unit, UnitError> {
        let unit = if self.accept('(') {
            let unit = self.product()?;
            if !self.accept(')') {
                return self.wrong("`)`");
            }
            unit
        } else {
            self.word()?
        };
        if !self.accept('^') {
            return Ok(unit);
        }
        let exponent = self.exponent()?;
        unit.power(exponent).ok_or(UnitError::Exponent)
    }

    fn word(&mut self) -> Result<Unit, UnitError> {
        self.peek();
        let end = self
            .rest
            .find(|c: char| "*/^()[],".contains(c))
            .unwrap_or(self.rest.len());
        let word = self.rest[..end].trim_end();
        if word.is_empty() {
            return self.wrong("a unit");
        }
        if word != "1" && word.parse::<f64>().is_ok_and(f64::is_finite) {
            return Err(UnitError::Number(word.to_owned()));
        }
        self.rest = &self.rest[end..];
        Ok(self.units.word(word))
    }

    /// `2`, `-1`, `0.5`, `(1/2)`.
    fn exponent(&mut self) -> Result<Exponent, UnitError> {
        if !self.accept('(') {
            let value = self.number()?;
            return Exponent::from_number(value).ok_or(UnitError::Exponent);
        }
        let mut value = self.number()?;
        if self.accept('/') {
            value /= self.number()?;
        }
        if !self.accept(')') {
            return self.wrong("`)`");
        }
        Exponent::from_number(value).ok_or(UnitError::Exponent)
    }

    fn number(&mut self) -> Result<f64, UnitError> {
        let negative = self.accept('-');
        self.peek();
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(self.rest.len());
        let Ok(value) = self.rest[..end].parse::<f64>() else {
            return self.wrong("a number");
        };
        self.rest = &self.rest[end..];
        Ok(if negative { -value } else { value })
    }
}
