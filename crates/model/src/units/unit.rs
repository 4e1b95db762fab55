//! Units as products of powers.

use std::collections::BTreeMap;
use std::fmt;

/// A fraction in lowest terms, its lower part positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Exponent {
    over: i64,
    under: i64,
}

impl Exponent {
    /// One.
    pub const ONE: Exponent = Exponent { over: 1, under: 1 };

    /// `over / under`; none if `under` is zero, or the fraction is far from any that a unit could have.
    pub fn new(over: i64, under: i64) -> Option<Self> {
        const MOST: i64 = 1_000_000;
        if under == 0 || over == i64::MIN || under == i64::MIN {
            return None;
        }
        let divisor = common_divisor(over.abs(), under.abs()) * under.signum();
        let exponent = Self {
            over: over / divisor,
            under: under / divisor,
        };
        (exponent.over.abs() <= MOST && exponent.under <= MOST).then_some(exponent)
    }
    /// The fraction that equals a number, if it has a small lower part.
    pub fn from_number(value: f64) -> Option<Self> {
        (1..=12_i32).find_map(|under| {
            let over = value * f64::from(under);
            let whole = over.round();
            let close = (over - whole).abs() <= 1e-9 * over.abs().max(1.0);
            // The cast is exact: the bound is far below 2^53.
            (close && whole.abs() < 1e6).then(|| Self::new(whole as i64, i64::from(under)))?
        })
    }
    fn plus(self, other: Self) -> Option<Self> {
        // Both parts are at most a million: no product leaves the range.
        Self::new(
            self.over * other.under + other.over * self.under,
            self.under * other.under,
        )
    }
    fn times(self, other: Self) -> Option<Self> {
        Self::new(self.over * other.over, self.under * other.under)
    }
    fn negated(self) -> Self {
        Self {
            over: -self.over,
            ..self
        }
    }
}

fn common_divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A product of powers of base units; the empty product is the unit 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Unit {
    /// No exponent is zero.
    powers: BTreeMap<String, Exponent>,
}

impl Unit {
    /// The unit of plain numbers.
    pub fn one() -> Self {
        Self::default()
    }
    /// A base unit.
    pub fn base(word: &str) -> Self {
        Self {
            powers: BTreeMap::from([(word.to_owned(), Exponent::ONE)]),
        }
    }
    /// Whether it is the unit of plain numbers.
    pub fn is_one(&self) -> bool {
        self.powers.is_empty()
    }
    /// The product; none if an exponent leaves all bounds.
    pub fn times(&self, other: &Unit) -> Option<Unit> {
        let mut powers = self.powers.clone();
        for (word, exponent) in &other.powers {
            let sum = match powers.get(word) {
                Some(before) => before.plus(*exponent)?,
                None => *exponent,
            };
            if sum.over == 0 {
                powers.remove(word);
            } else {
                powers.insert(word.clone(), sum);
            }
        }
        Some(Unit { powers })
    }
    /// The quotient; none if an exponent leaves all bounds.
    pub fn per(&self, other: &Unit) -> Option<Unit> {
        let inverse = Unit {
            powers: other
                .powers
                .iter()
                .map(|(word, exponent)| (word.clone(), exponent.negated()))
                .collect(),
        };
        self.times(&inverse)
    }
    /// The power; none if an exponent leaves all bounds.
    pub fn power(&self, exponent: Exponent) -> Option<Unit> {
        if exponent.over == 0 {
            return Some(Unit::one());
        }
        let mut powers = BTreeMap::new();
        for (word, before) in &self.powers {
            powers.insert(word.clone(), before.times(exponent)?);
        }
        Some(Unit { powers })
    }
}

/// As a model would write it: `person/(day*region)`, `1/day`, `m^2`, `dmnl`.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |above: bool| -> Vec<String> {
            self.powers
                .iter()
                .filter(|(_, exponent)| (exponent.over > 0) == above)
                .map(|(word, exponent)| match (exponent.over.abs(), exponent.under) {
                    (1, 1) => word.clone(),
                    (over, 1) => format!("{word}^{over}"),
                    (over, under) => format!("{word}^({over}/{under})"),
                })
                .collect()
        };
        let (above, below) = (side(true), side(false));
        match (above.as_slice(), below.as_slice()) {
            ([], []) => f.write_str("dmnl"),
            (_, []) => f.write_str(&above.join("*")),
            (above, below) => {
                let above = if above.is_empty() {
                    "1".to_owned()
                } else {
                    above.join("*")
                };
                match below {
                    [one] => write!(f, "{above}/{one}"),
                    _ => write!(f, "{above}/({})", below.join("*")),
                }
            }
        }
    }
}
