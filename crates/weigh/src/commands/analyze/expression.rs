//! What `--outcome` and `--believes-a` may say: columns, arithmetic, comparisons, `and`, `or`, `not`.
//!
//! A name with blanks or signs stands in double quotes or backticks (a text that is a column's name as it stands needs none), a word in
//! single quotes. A row in which a needed cell is empty has no value; `and` and `or` know what can be known without it.

use study::store::Cells;

/// An expression, parsed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Column(String),
    Number(f64),
    Word(String),
    Negative(Box<Expression>),
    Arithmetic(char, Box<Expression>, Box<Expression>),
    Comparison(&'static str, Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Both(bool, Box<Expression>, Box<Expression>),
}

/// Values of an expression, one per row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    Numbers(Vec<f64>),
    Flags(Vec<Option<bool>>),
    Words(Vec<Option<String>>),
}

/// Reads an expression; `known` tells whether a text is the name of a column.
pub(crate) fn parse(text: &str, known: &dyn Fn(&str) -> bool) -> Result<Expression, String> {
    if known(text.trim()) {
        return Ok(Expression::Column(text.trim().to_owned()));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0 };
    let expression = parser.either()?;
    match parser.peek() {
        None => Ok(expression),
        Some(token) => Err(format!(
            "nothing is expected behind what stands before {}",
            token.told()
        )),
    }
}

impl Expression {
    /// The names of all columns it uses.
    pub(crate) fn columns(&self) -> Vec<&str> {
        match self {
            Self::Column(name) => vec![name],
            Self::Number(_) | Self::Word(_) => Vec::new(),
            Self::Negative(one) | Self::Not(one) => one.columns(),
            Self::Arithmetic(_, a, b) | Self::Comparison(_, a, b) | Self::Both(_, a, b) => {
                [a.columns(), b.columns()].concat()
            }
        }
    }

    /// Its values over `rows` rows; `column` gives the cells of a column in these rows.
    pub(crate) fn evaluate<E: From<String>>(
        &self,
        rows: usize,
        column: &dyn Fn(&str) -> Result<Cells, E>,
    ) -> Result<Values, E> {
        let numbers = |of: &Expression, sign: &str| match of.evaluate(rows, column)? {
            Values::Numbers(values) => Ok(values),
            Values::Flags(_) => Err(E::from(format!(
                "`{sign}` needs numbers on both sides, not a yes or no"
            ))),
            Values::Words(_) => Err(E::from(format!(
                "`{sign}` needs numbers on both sides, not words"
            ))),
        };
        let flags = |of: &Expression, sign: &str| match of.evaluate(rows, column)? {
            Values::Flags(values) => Ok(values),
            _ => Err(E::from(format!("`{sign}` joins conditions, such as `y > 3`"))),
        };
        Ok(match self {
            Self::Column(name) => match column(name)? {
                Cells::Counts(cells) => Values::Numbers(cells.into_iter().map(|c| c as f64).collect()),
                Cells::Numbers(cells) => Values::Numbers(cells),
                Cells::Flags(cells) => Values::Flags(cells),
                Cells::Words(cells) => Values::Words(cells),
            },
            Self::Number(value) => Values::Numbers(vec![*value; rows]),
            Self::Word(word) => Values::Words(vec![Some(word.clone()); rows]),
            Self::Negative(one) => Values::Numbers(numbers(one, "-")?.into_iter().map(|v| -v).collect()),
            Self::Arithmetic(sign, a, b) => {
                let (a, b) = (numbers(a, &sign.to_string())?, numbers(b, &sign.to_string())?);
                let value = |(a, b): (f64, f64)| match sign {
                    '+' => a + b,
                    '-' => a - b,
                    '*' => a * b,
                    _ => a / b,
                };
                Values::Numbers(a.into_iter().zip(b).map(value).collect())
            }
            Self::Comparison(sign, a, b) => match (a.evaluate(rows, column)?, b.evaluate(rows, column)?) {
                (Values::Numbers(a), Values::Numbers(b)) => {
                    let compare = |(a, b): (f64, f64)| {
                        (!a.is_nan() && !b.is_nan()).then_some(match *sign {
                            "<" => a < b,
                            "<=" => a <= b,
                            ">" => a > b,
                            ">=" => a >= b,
                            "=" => a == b,
                            _ => a != b,
                        })
                    };
                    Values::Flags(a.into_iter().zip(b).map(compare).collect())
                }
                (Values::Words(a), Values::Words(b)) if matches!(*sign, "=" | "!=") => {
                    let same = |(a, b): (Option<String>, Option<String>)| Some((a? == b?) == (*sign == "="));
                    Values::Flags(a.into_iter().zip(b).map(same).collect())
                }
                (Values::Words(_), Values::Words(_)) => {
                    return Err(E::from(format!(
                        "`{sign}` compares numbers; words are equal (`=`) or not (`!=`)"
                    )));
                }
                _ => return Err(E::from(format!("`{sign}` compares two numbers or two words"))),
            },
            Self::Not(one) => Values::Flags(flags(one, "not")?.into_iter().map(|f| f.map(|f| !f)).collect()),
            Self::Both(and, a, b) => {
                let sign = if *and { "and" } else { "or" };
                let join = |(a, b): (Option<bool>, Option<bool>)| match (a, b) {
                    (Some(a), Some(b)) => Some(if *and { a && b } else { a || b }),
                    // One side may settle it alone.
                    (Some(one), None) | (None, Some(one)) if one != *and => Some(one),
                    _ => None,
                };
                Values::Flags(
                    flags(a, sign)?
                        .into_iter()
                        .zip(flags(b, sign)?)
                        .map(join)
                        .collect(),
                )
            }
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Number(f64),
    Word(String),
    Sign(&'static str),
}

impl Token {
    fn told(&self) -> String {
        match self {
            Token::Name(name) => format!("`{name}`"),
            Token::Number(number) => format!("`{number}`"),
            Token::Word(word) => format!("`'{word}'`"),
            Token::Sign(sign) => format!("`{sign}`"),
        }
    }
}

const SIGNS: [&str; 14] = [
    "<=", ">=", "!=", "==", "<", ">", "=", "+", "-", "*", "/", "(", ")", "≠",
];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            all.push(Token::Sign(match *sign {
                "==" => "=",
                "≠" => "!=",
                sign => sign,
            }));
            sign.len()
        } else if matches!(first, '"' | '`' | '\'') {
            let end = rest[1..]
                .find(first)
                .ok_or_else(|| format!("the {first} is not closed"))?;
            let inner = rest[1..=end].to_owned();
            all.push(if first == '\'' {
                Token::Word(inner)
            } else {
                Token::Name(inner)
            });
            end + 2
        } else if first.is_ascii_digit() || first == '.' {
            let inside = |(at, c): (usize, char)| {
                let exponent = at > 0 && matches!(c, '+' | '-') && rest[..at].ends_with(['e', 'E']);
                c.is_ascii_alphanumeric() || matches!(c, '.' | '_') || exponent
            };
            let length = rest
                .char_indices()
                .find(|&at| !inside(at))
                .map_or(rest.len(), |(at, _)| at);
            let number = rest[..length]
                .parse()
                .map_err(|_| format!("`{}` is not a number", &rest[..length]))?;
            all.push(Token::Number(number));
            length
        } else if first.is_alphabetic() || first == '_' {
            let inside =
                |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '@' | '|' | '[' | ']');
            let length = rest.find(|c| !inside(c)).unwrap_or(rest.len());
            all.push(Token::Name(rest[..length].to_owned()));
            length
        } else {
            return Err(format!(
                "`{first}` has no meaning here; a name with signs stands in double quotes"
            ));
        };
        rest = rest[length..].trim_start();
    }
    Ok(all)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn sign(&mut self, of: &[&'static str]) -> Option<&'static str> {
        match self.peek() {
            Some(Token::Sign(sign)) if of.contains(sign) => {
                let sign = *sign;
                self.at += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(name)) if name.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Result<Expression, String> {
        let mut left = self.both()?;
        while self.word("or") {
            left = Expression::Both(false, left.into(), self.both()?.into());
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expression, String> {
        let mut left = self.negated()?;
        while self.word("and") {
            left = Expression::Both(true, left.into(), self.negated()?.into());
        }
        Ok(left)
    }

    fn negated(&mut self) -> Result<Expression, String> {
        let mut nots = 0;
        while self.word("not") {
            nots += 1;
        }
        let inner = self.comparison()?;
        Ok((0..nots).fold(inner, |inner, _| Expression::Not(inner.into())))
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        let left = self.sum()?;
        match self.sign(&["<=", ">=", "!=", "<", ">", "="]) {
            Some(sign) => Ok(Expression::Comparison(sign, left.into(), self.sum()?.into())),
            None => Ok(left),
        }
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.product()?;
        while let Some(sign) = self.sign(&["+", "-"]) {
            let sign = if sign == "+" { '+' } else { '-' };
            left = Expression::Arithmetic(sign, left.into(), self.product()?.into());
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, String> {
        let mut left = self.part()?;
        while let Some(sign) = self.sign(&["*", "/"]) {
            let sign = if sign == "*" { '*' } else { '/' };
            left = Expression::Arithmetic(sign, left.into(), self.part()?.into());
        }
        Ok(left)
    }

    fn part(&mut self) -> Result<Expression, String> {
        let mut minus = 0;
        while self.sign(&["-"]).is_some() {
            minus += 1;
        }
        let token = self.peek().cloned().ok_or("something is missing at the end")?;
        self.at += 1;
        let inner = match token {
            Token::Name(name) => Expression::Column(name),
            Token::Number(number) => Expression::Number(number),
            Token::Word(word) => Expression::Word(word),
            Token::Sign("(") => {
                let inner = self.either()?;
                self.sign(&[")"]).ok_or("a bracket is not closed")?;
                inner
            }
            other => {
                return Err(format!(
                    "a column or a number is expected in place of {}",
                    other.told()
                ));
            }
        };
        Ok((0..minus).fold(inner, |inner, _| Expression::Negative(inner.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Result<Values, String> {
        let column = |name: &str| match name {
            "y" => Ok(Cells::Numbers(vec![1.0, 2.0, f64::NAN])),
            "oil supply" | "z" => Ok(Cells::Counts(vec![5, 0, 7])),
            "who" => Ok(Cells::Words(vec![Some("a".into()), None, Some("b".into())])),
            _ => Err(format!("no column {name}")),
        };
        parse(text, &|name| name == "oil supply")?.evaluate(3, &column)
    }

    fn numbers(text: &str, expected: [f64; 3]) {
        let Ok(Values::Numbers(found)) = values(text) else {
            panic!("{text}: {:?}", values(text))
        };
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())),
            "{text}: {found:?}"
        );
    }

    fn flags(text: &str, expected: [Option<bool>; 3]) {
        assert_eq!(values(text), Ok(Values::Flags(expected.to_vec())), "{text}");
    }

    fn wrong(text: &str, expected: &str) {
        assert_eq!(values(text).err().as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn arithmetic() {
        numbers("y", [1.0, 2.0, f64::NAN]);
        numbers("oil supply", [5.0, 0.0, 7.0]);
        numbers("z - y*2", [3.0, -4.0, f64::NAN]);
        numbers("-(`oil supply` + 1e1)/5", [-3.0, -2.0, -3.4]);
    }

    #[test]
    fn conditions() {
        const T: Option<bool> = Some(true);
        const F: Option<bool> = Some(false);
        flags("y > 1", [F, T, None]);
        flags("y>1 and z=0", [F, T, F]);
        flags("y > 1 and z > 0", [F, F, None]);
        flags("y > 1 or z >= 7", [F, T, T]);
        flags("not (y <= 1) AND z != 7", [F, T, F]);
        flags("who = 'a'", [T, None, F]);
        flags("who != 'a' and -y < 0", [F, None, None]);
    }

    #[test]
    fn mistakes() {
        wrong("y >", "something is missing at the end");
        wrong("(y > 1", "a bracket is not closed");
        wrong("y > 1 z", "nothing is expected behind what stands before `z`");
        wrong(
            "y & 1",
            "`&` has no meaning here; a name with signs stands in double quotes",
        );
        wrong("3x > 1", "`3x` is not a number");
        wrong(
            "who > 'a'",
            "`>` compares numbers; words are equal (`=`) or not (`!=`)",
        );
        wrong("y and z", "`and` joins conditions, such as `y > 3`");
        wrong("\"y", "the \" is not closed");
        wrong("* 2", "a column or a number is expected in place of `*`");
    }
}
