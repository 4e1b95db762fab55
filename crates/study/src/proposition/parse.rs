//! Tokens to a proposition: recursive descent over one grammar for truths and numbers, told apart as they are combined.

use std::ops::Range;

use model::{Diagnostic, Diagnostics, Span};

use super::lex::{Token, tokens};
use super::{Comparison, Operator, Proposition, Quantity, Windowed};
use crate::case::ids::Ids;
use crate::case::{At, Case};
use crate::results::OptionId;

/// What a proposition may speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Draws only: it is judged before anything is simulated.
    Draws,
    /// The outcomes of one future.
    Future,
    /// The whole ensemble.
    Ensemble,
}

/// The names of a case that propositions use.
pub struct Names {
    policies: Ids,
    addons: Ids,
    /// Outcomes, then quantities.
    measures: Ids,
    outcomes: usize,
    /// Uncertainties, then the parts of splits.
    draws: Ids,
    uncertainties: usize,
    parts: Vec<(usize, usize)>,
    start: f64,
}

impl Names {
    /// The names of a case.
    pub fn of(case: &Case) -> Self {
        let parts = case.splits.iter().enumerate();
        let parts = parts.flat_map(|(split, parts)| (0..parts.parts.len()).map(move |part| (split, part)));
        let drawn = case.uncertainties.iter().map(|one| one.id.clone());
        let part_ids = case
            .splits
            .iter()
            .flat_map(|split| &split.parts)
            .map(|part| part.id.clone());
        let measures = case
            .outcomes
            .iter()
            .chain(&case.quantities)
            .map(|one| one.id.clone());
        Self {
            policies: Ids::new("policy", case.policies.iter().map(|one| one.id.clone()).collect()),
            addons: Ids::new("add-on", case.addons.iter().map(|one| one.id.clone()).collect()),
            measures: Ids::new("outcome or quantity", measures.collect()),
            outcomes: case.outcomes.len(),
            draws: Ids::new("uncertainty", drawn.chain(part_ids).collect()),
            uncertainties: case.uncertainties.len(),
            parts: parts.collect(),
            start: case.start,
        }
    }

    /// Number of outcomes and quantities: the first measure of a window comes behind them.
    fn unwindowed(&self) -> usize {
        self.measures.len()
    }
}

/// How deep brackets may be nested.
const MAX_DEPTH: u32 = 100;

/// How many words, numbers and signs a proposition may have.
const MAX_TOKENS: usize = 2_000;

/// Reads a proposition; measures over windows that are not yet in `windows` are added to them.
pub fn parse(
    written: &At<String>,
    level: Level,
    names: &Names,
    windows: &mut Vec<Windowed>,
    notes: &mut Diagnostics,
) -> Option<Proposition> {
    let before = notes.items.len();
    let tokens = match tokens(&written.value) {
        Ok(tokens) => tokens,
        Err(place) => {
            let what = &written.value[place.clone()];
            let diagnostic = Diagnostic::error(
                "case-proposition",
                format!("`{what}` means nothing in a proposition"),
            );
            notes.push(diagnostic.label(place_in(written, place), "here"));
            return None;
        }
    };
    if let Some((_, place)) = tokens.get(MAX_TOKENS) {
        let diagnostic = Diagnostic::error("case-proposition", "the proposition is too long");
        notes.push(diagnostic.label(
            place_in(written, place.clone()),
            "here it has 2,000 words and signs",
        ));
        return None;
    }
    let mut parser = Parser {
        written,
        tokens,
        at: 0,
        level,
        depth: 0,
        names,
        windows,
        notes,
    };
    let proposition = parser.whole().ok();
    proposition.filter(|_| notes.items.len() == before)
}

/// A place inside the string, or the whole string if its text is written with escapes.
fn place_in(written: &At<String>, range: Range<usize>) -> Span {
    let whole = written.span;
    if (whole.end - whole.start) as usize != written.value.len() {
        return whole;
    }
    Span {
        start: whole.start + range.start as u32,
        end: whole.start + range.end as u32,
        ..whole
    }
}

/// A truth or a number, and its place.
struct Value {
    kind: Kind,
    place: Range<usize>,
}

enum Kind {
    Truth(Proposition),
    Number(Quantity),
}

/// Said already.
struct Said;

struct Parser<'a> {
    written: &'a At<String>,
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    level: Level,
    depth: u32,
    names: &'a Names,
    windows: &'a mut Vec<Windowed>,
    notes: &'a mut Diagnostics,
}

impl Parser<'_> {
    fn whole(&mut self) -> Result<Proposition, Said> {
        let value = self.any()?;
        if let Some((token, place)) = self.tokens.get(self.at).cloned() {
            let help = match token {
                Token::Sign("=") => "equality is not asked of simulated numbers: use `<=` or `>=`",
                _ => "",
            };
            return Err(self.fail(
                format!("{} is not expected here", token.quote()),
                place,
                "the proposition ended before",
                help,
            ));
        }
        self.truth(value)
    }

    fn any(&mut self) -> Result<Value, Said> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let place = self.next_place();
            return Err(self.fail("the brackets are nested too deep".to_owned(), place, "here", ""));
        }
        let value = self.chain("or", Proposition::Or, |parser| {
            parser.chain("and", Proposition::And, Self::term)
        });
        self.depth -= 1;
        value
    }

    /// Truths joined by a word.
    fn chain(
        &mut self,
        word: &str,
        join: fn(Vec<Proposition>) -> Proposition,
        operand: impl Fn(&mut Self) -> Result<Value, Said>,
    ) -> Result<Value, Said> {
        let first = operand(self)?;
        let start = first.place.start;
        let mut end = first.place.end;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut all = vec![self.truth(first)?];
        while self.is_word(word) {
            self.at += 1;
            let next = operand(self)?;
            end = next.place.end;
            all.push(self.truth(next)?);
        }
        Ok(Value {
            kind: Kind::Truth(join(all)),
            place: start..end,
        })
    }

    fn term(&mut self) -> Result<Value, Said> {
        let mut turned = false;
        let start = self.next_place().start;
        while self.is_word("not") {
            self.at += 1;
            turned = !turned;
        }
        let value = self.comparison()?;
        if !turned {
            return Ok(value);
        }
        let place = start..value.place.end;
        let inner = self.truth(value)?;
        Ok(Value {
            kind: Kind::Truth(Proposition::Not(Box::new(inner))),
            place,
        })
    }

    fn comparison(&mut self) -> Result<Value, Said> {
        let left = self.sum()?;
        let comparison = match self.sign() {
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::LessOrEqual,
            Some(">") => Comparison::Greater,
            Some(">=") => Comparison::GreaterOrEqual,
            _ => return Ok(left),
        };
        self.at += 1;
        let right = self.sum()?;
        let place = left.place.start..right.place.end;
        let sides = Box::new([self.number(left)?, self.number(right)?]);
        Ok(Value {
            kind: Kind::Truth(Proposition::Compare(comparison, sides)),
            place,
        })
    }

    fn sum(&mut self) -> Result<Value, Said> {
        self.series(&[("+", Operator::Add), ("-", Operator::Subtract)], |parser| {
            parser.series(
                &[("*", Operator::Multiply), ("/", Operator::Divide)],
                Self::factor,
            )
        })
    }

    /// Numbers joined by operators of one precedence, from left to right.
    fn series(
        &mut self,
        operators: &[(&str, Operator)],
        operand: impl Fn(&mut Self) -> Result<Value, Said>,
    ) -> Result<Value, Said> {
        let mut left = operand(self)?;
        while let Some((_, operator)) = self
            .sign()
            .and_then(|sign| operators.iter().find(|(known, _)| *known == sign))
        {
            self.at += 1;
            let right = operand(self)?;
            let place = left.place.start..right.place.end;
            let sides = Box::new([self.number(left)?, self.number(right)?]);
            left = Value {
                kind: Kind::Number(Quantity::Binary(*operator, sides)),
                place,
            };
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Value, Said> {
        let Some((token, place)) = self.tokens.get(self.at).cloned() else {
            let end = self.written.value.len();
            return Err(self.fail(
                "the proposition ends too early".to_owned(),
                end..end,
                "something is missing",
                "",
            ));
        };
        self.at += 1;
        match token {
            Token::Number(value) => {
                let span = place_in(self.written, place.clone());
                Ok(Value {
                    kind: Kind::Number(Quantity::Number(value, span)),
                    place,
                })
            }
            Token::Sign("-") => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(self.fail("the signs are nested too deep".to_owned(), place, "here", ""));
                }
                let inner = self.factor()?;
                self.depth -= 1;
                let place = place.start..inner.place.end;
                let inner = self.number(inner)?;
                Ok(Value {
                    kind: Kind::Number(Quantity::Negate(Box::new(inner))),
                    place,
                })
            }
            Token::Sign("(") => {
                let mut inner = self.any()?;
                inner.place = place.start..self.expect(")")?.end;
                Ok(inner)
            }
            Token::Word(word) if ["and", "or", "not"].contains(&word.as_str()) => Err(self.fail(
                format!("`{word}` is not expected here"),
                place,
                "a number, an id or `(` belongs here",
                "",
            )),
            Token::Word(word) if self.sign() == Some("(") => self.call(&word, place),
            Token::Word(word) => {
                let quantity = self.draw(&word, &place)?;
                Ok(Value {
                    kind: Kind::Number(quantity),
                    place,
                })
            }
            Token::Sign(_) => Err(self.fail(
                format!("{} is not expected here", token.quote()),
                place,
                "a number, an id or `(` belongs here",
                "",
            )),
        }
    }

    /// `word(...)`: a function, or the use of an outcome.
    fn call(&mut self, word: &str, place: Range<usize>) -> Result<Value, Said> {
        self.at += 1;
        let quantity = match word {
            "abs" => {
                let inner = self.any()?;
                Quantity::Abs(Box::new(self.number(inner)?))
            }
            "max" | "min" => {
                let operator = if word == "max" {
                    Operator::Max
                } else {
                    Operator::Min
                };
                let first = self.any()?;
                self.expect(",")?;
                let second = self.any()?;
                Quantity::Binary(operator, Box::new([self.number(first)?, self.number(second)?]))
            }
            "share" | "leads" | "beats" | "hinge" => {
                if self.level != Level::Ensemble {
                    let message = format!("`{word}` is about the whole ensemble, not about one future");
                    let help = match self.level {
                        Level::Draws => "a constraint speaks of uncertainties only",
                        _ => "a claim of kind `ensemble` may say it, outside of `share(...)`",
                    };
                    return Err(self.fail(message, place, "not here", help));
                }
                self.ensemble(word)?
            }
            _ => self.measure(word, &place)?,
        };
        let end = self.expect(")")?.end;
        Ok(Value {
            kind: Kind::Number(quantity),
            place: place.start..end,
        })
    }

    fn ensemble(&mut self, word: &str) -> Result<Quantity, Said> {
        Ok(match word {
            "share" => {
                self.level = Level::Future;
                let inner = self.any();
                self.level = Level::Ensemble;
                let inner = inner?;
                Quantity::Share(Box::new(self.truth(inner)?))
            }
            "leads" => {
                let option = self.option()?;
                self.expect(",")?;
                Quantity::Leads(option, self.outcome()?)
            }
            "beats" => {
                let options = self.two_options()?;
                self.expect(",")?;
                Quantity::Beats(options[0], options[1], self.outcome()?)
            }
            _ => {
                let (word, place) = self.word("an uncertainty")?;
                let found = self.names.draws.find(&self.at_place(&word, &place), self.notes);
                let uncertainty = match found {
                    Some(index) if index >= self.names.uncertainties => {
                        let message =
                            format!("`{word}` is a part of a split: a hinge is its total or a weight");
                        return Err(self.fail(message, place, "not drawn by itself", ""));
                    }
                    found => found.unwrap_or(0),
                };
                self.expect(",")?;
                let outcome = self.outcome()?;
                self.expect(",")?;
                Quantity::Hinge {
                    uncertainty,
                    outcome,
                    options: self.two_options()?,
                }
            }
        })
    }

    /// An uncertainty or a part of a split.
    fn draw(&mut self, word: &str, place: &Range<usize>) -> Result<Quantity, Said> {
        if self.level == Level::Ensemble {
            let message = format!("`{word}` differs from future to future");
            return Err(self.fail(
                message,
                place.clone(),
                "one number is needed here",
                "write `share(...)` around what holds or does not in a future",
            ));
        }
        if let Some(measure) = self
            .names
            .measures
            .position(word)
            .filter(|_| self.names.draws.position(word).is_none())
        {
            let what = if measure < self.names.outcomes {
                "an outcome"
            } else {
                "a quantity"
            };
            let message = format!("`{word}` is {what}: under which option?");
            return Err(self.fail(
                message,
                place.clone(),
                "an option is needed",
                &format!("write `{word}(OPTION)`"),
            ));
        }
        Ok(
            match self.names.draws.find(&self.at_place(word, place), self.notes) {
                Some(index) if index < self.names.uncertainties => Quantity::Uncertainty(index),
                Some(index) => {
                    let (split, part) = self.names.parts[index - self.names.uncertainties];
                    Quantity::Part { split, part }
                }
                // Said; the rest is read for its own mistakes.
                None => Quantity::Uncertainty(0),
            },
        )
    }

    /// `(option [, unit from .. to]` of an outcome or a quantity, up to the closing bracket.
    fn measure(&mut self, word: &str, place: &Range<usize>) -> Result<Quantity, Said> {
        match self.level {
            Level::Future => {}
            Level::Draws => {
                let message = format!("`{word}(...)` is simulated, but a constraint is judged before");
                return Err(self.fail(
                    message,
                    place.clone(),
                    "not known yet",
                    "a constraint speaks of uncertainties only",
                ));
            }
            Level::Ensemble => {
                let message = format!("`{word}(...)` differs from future to future");
                return Err(self.fail(
                    message,
                    place.clone(),
                    "one number is needed here",
                    "write `share(...)` around what holds or does not in a future",
                ));
            }
        }
        let outcome = self
            .names
            .measures
            .find(&self.at_place(word, place), self.notes)
            .unwrap_or(0);
        let option = self.option()?;
        if self.sign() != Some(",") {
            return Ok(Quantity::Measure {
                measure: outcome,
                option,
            });
        }
        self.at += 1;
        let (unit, unit_place) = self.word("the unit of time")?;
        let (from, from_place) = self.time()?;
        self.expect("..")?;
        let (to, to_place) = self.time()?;
        if from > to {
            let place = from_place.start..to_place.end;
            return Err(self.fail("the window ends before it begins".to_owned(), place, "here", ""));
        }
        let (from, to) = (self.names.start + from, self.names.start + to);
        let known = self
            .windows
            .iter()
            .position(|one| one.outcome == outcome && one.from == from && one.to == to);
        let window = known.unwrap_or(self.windows.len());
        if known.is_none() {
            self.windows.push(Windowed {
                outcome,
                from,
                to,
                units: Vec::new(),
            });
        }
        self.windows[window]
            .units
            .push((unit, place_in(self.written, unit_place)));
        Ok(Quantity::Measure {
            measure: self.names.unwindowed() + window,
            option,
        })
    }

    fn time(&mut self) -> Result<(f64, Range<usize>), Said> {
        let sign = if self.sign() == Some("-") { -1.0 } else { 1.0 };
        let start = self.next_place().start;
        if sign < 0.0 {
            self.at += 1;
        }
        match self.tokens.get(self.at).cloned() {
            Some((Token::Number(time), place)) => {
                self.at += 1;
                Ok((sign * time, start..place.end))
            }
            _ => {
                let place = self.next_place();
                Err(self.fail(
                    "a time is missing".to_owned(),
                    place,
                    "a number belongs here",
                    "a window is written `weeks 1..52`, in the time unit of the model",
                ))
            }
        }
    }

    fn option(&mut self) -> Result<OptionId, Said> {
        let (word, place) = self.word("a policy")?;
        let policy = self
            .names
            .policies
            .find(&self.at_place(&word, &place), self.notes)
            .unwrap_or(0);
        let mut addon = 0;
        if self.sign() == Some("+") {
            self.at += 1;
            let (word, place) = self.word("an add-on")?;
            addon = self
                .names
                .addons
                .find(&self.at_place(&word, &place), self.notes)
                .unwrap_or(0);
        }
        Ok(OptionId { policy, addon })
    }

    fn two_options(&mut self) -> Result<[OptionId; 2], Said> {
        let start = self.next_place().start;
        let a = self.option()?;
        self.expect(",")?;
        let b = self.option()?;
        let place = start..self.tokens[self.at - 1].1.end;
        if a == b {
            return Err(self.fail(
                "an option is compared with itself".to_owned(),
                place,
                "the same twice",
                "",
            ));
        }
        Ok([a, b])
    }

    fn outcome(&mut self) -> Result<usize, Said> {
        let (word, place) = self.word("an outcome")?;
        match self
            .names
            .measures
            .find(&self.at_place(&word, &place), self.notes)
        {
            Some(index) if index >= self.names.outcomes => {
                let message = format!("`{word}` is a quantity, on which no option leads");
                Err(self.fail(
                    message,
                    place,
                    "not an outcome",
                    "make it an `[[outcome]]`, with a direction and a margin",
                ))
            }
            found => Ok(found.unwrap_or(0)),
        }
    }

    fn word(&mut self, what: &str) -> Result<(String, Range<usize>), Said> {
        match self.tokens.get(self.at).cloned() {
            Some((Token::Word(word), place)) => {
                self.at += 1;
                Ok((word, place))
            }
            _ => {
                let place = self.next_place();
                Err(self.fail(format!("{what} is missing"), place, "belongs here", ""))
            }
        }
    }

    fn truth(&mut self, value: Value) -> Result<Proposition, Said> {
        match value.kind {
            Kind::Truth(proposition) => Ok(proposition),
            Kind::Number(_) => Err(self.fail(
                "a number is neither true nor false".to_owned(),
                value.place,
                "a number",
                "compare it: `<`, `<=`, `>` or `>=`",
            )),
        }
    }

    fn number(&mut self, value: Value) -> Result<Quantity, Said> {
        match value.kind {
            Kind::Number(quantity) => Ok(quantity),
            Kind::Truth(_) => Err(self.fail(
                "a comparison is no number".to_owned(),
                value.place,
                "true or false",
                "",
            )),
        }
    }

    fn sign(&self) -> Option<&'static str> {
        match self.tokens.get(self.at) {
            Some((Token::Sign(sign), _)) => Some(sign),
            _ => None,
        }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((Token::Word(found), _)) if found == word)
    }

    fn next_place(&self) -> Range<usize> {
        let end = self.written.value.len();
        self.tokens
            .get(self.at)
            .map_or(end..end, |(_, place)| place.clone())
    }

    fn expect(&mut self, sign: &str) -> Result<Range<usize>, Said> {
        let place = self.next_place();
        if self.sign() == Some(sign) {
            self.at += 1;
            return Ok(place);
        }
        let found = match self.tokens.get(self.at) {
            Some((token, _)) => format!("`{sign}` is expected, not {}", token.quote()),
            None => format!("`{sign}` is missing at the end"),
        };
        Err(self.fail(found, place, "here", ""))
    }

    fn at_place(&self, word: &str, place: &Range<usize>) -> At<String> {
        At {
            value: word.to_owned(),
            span: place_in(self.written, place.clone()),
        }
    }

    fn fail(&mut self, message: String, place: Range<usize>, label: &str, help: &str) -> Said {
        let diagnostic =
            Diagnostic::error("case-proposition", message).label(place_in(self.written, place), label);
        self.notes.push(if help.is_empty() {
            diagnostic
        } else {
            diagnostic.help(help)
        });
        Said
    }
}
