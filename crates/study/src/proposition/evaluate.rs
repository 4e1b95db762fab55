//! The verdict of a proposition in each future, and about the ensemble. Truth has three values: a number that is missing
//! leaves a comparison undecided, and `and`, `or`, `not` decide what can be decided all the same (Kleene's logic).

use super::{Comparison, Operator, Proposition, Quantity};
use crate::case::Case;
use crate::results::{Futures, OptionId, Results, Status};

/// What a proposition about the ensemble asks of those who count.
pub trait Ensemble {
    /// The share of futures in which an option leads on an outcome, among the options at its add-on.
    fn leads(&self, option: OptionId, outcome: usize) -> Option<f64>;
    /// The share of futures in which option `a` beats option `b` on an outcome by more than the margin.
    fn beats(&self, a: OptionId, b: OptionId, outcome: usize) -> Option<f64>;
    /// The share of the variance of the gap between two options on an outcome that an uncertainty explains.
    fn hinge(&self, uncertainty: usize, outcome: usize, options: [OptionId; 2]) -> Option<f64>;
}

/// The verdict of a proposition about the ensemble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Whether it holds.
    pub holds: bool,
    /// Left side of its first comparison.
    pub left: f64,
    /// Right side of its first comparison.
    pub right: f64,
}

/// The verdict in each future: none where a value is missing or the future was rejected.
pub fn evaluate(
    proposition: &Proposition,
    case: &Case,
    futures: &Futures,
    results: &Results,
) -> Vec<Option<bool>> {
    (0..futures.ids.len())
        .map(|row| {
            if futures.rejected[row].is_some() {
                return None;
            }
            let value = |quantity: &Quantity| match quantity {
                Quantity::Measure { measure, option } => {
                    let option = results.options.iter().position(|known| known == option)?;
                    let ok = results.status[option][row] == Status::Ok;
                    ok.then(|| results.values[option][*measure][row])
                }
                other => drawn(other, case, &|uncertainty| futures.columns[uncertainty][row]),
            };
            truth(proposition, &value)
        })
        .collect()
}

/// Whether a constraint rejects a future, given its draws. A rule that cannot be judged rejects.
pub fn rejects(rule: &Proposition, case: &Case, draw: &dyn Fn(usize) -> f64) -> bool {
    truth(rule, &|quantity| drawn(quantity, case, draw)) != Some(true)
}

/// The verdict about the ensemble: none where a number is missing.
pub fn judge(
    proposition: &Proposition,
    case: &Case,
    futures: &Futures,
    results: &Results,
    ensemble: &dyn Ensemble,
) -> Option<Verdict> {
    let value = |quantity: &Quantity| match quantity {
        Quantity::Share(inner) => {
            let verdicts = evaluate(inner, case, futures, results);
            let judged = verdicts.iter().flatten().count();
            let holds = verdicts.iter().flatten().filter(|holds| **holds).count();
            (judged > 0).then(|| holds as f64 / judged as f64)
        }
        Quantity::Leads(option, outcome) => ensemble.leads(*option, *outcome),
        Quantity::Beats(a, b, outcome) => ensemble.beats(*a, *b, *outcome),
        Quantity::Hinge {
            uncertainty,
            outcome,
            options,
        } => ensemble.hinge(*uncertainty, *outcome, *options),
        _ => None,
    };
    let holds = truth(proposition, &value)?;
    let [left, right] = first_comparison(proposition);
    Some(Verdict {
        holds,
        left: number(left, &value)?,
        right: number(right, &value)?,
    })
}

fn first_comparison(proposition: &Proposition) -> &[Quantity; 2] {
    match proposition {
        Proposition::Or(all) | Proposition::And(all) => first_comparison(&all[0]),
        Proposition::Not(inner) => first_comparison(inner),
        Proposition::Compare(_, sides) => sides,
    }
}

/// The value of a draw.
fn drawn(quantity: &Quantity, case: &Case, draw: &dyn Fn(usize) -> f64) -> Option<f64> {
    match quantity {
        Quantity::Uncertainty(index) => Some(draw(*index)),
        Quantity::Part { split, part } => Some(case.splits[*split].value(*part, draw)),
        _ => None,
    }
}

/// The truth of a proposition; `value` knows the numbers that are no arithmetic.
fn truth(proposition: &Proposition, value: &dyn Fn(&Quantity) -> Option<f64>) -> Option<bool> {
    match proposition {
        Proposition::Or(all) => any(all, true, value),
        Proposition::And(all) => any(all, false, value),
        Proposition::Not(inner) => truth(inner, value).map(|holds| !holds),
        Proposition::Compare(comparison, sides) => {
            let (left, right) = (number(&sides[0], value)?, number(&sides[1], value)?);
            Some(match comparison {
                Comparison::Less => left < right,
                Comparison::LessOrEqual => left <= right,
                Comparison::Greater => left > right,
                Comparison::GreaterOrEqual => left >= right,
            })
        }
    }
}

/// `deciding` if one of them is that, else undecided if one of them is, else the opposite.
fn any(all: &[Proposition], deciding: bool, value: &dyn Fn(&Quantity) -> Option<f64>) -> Option<bool> {
    let mut undecided = false;
    for one in all {
        match truth(one, value) {
            Some(holds) if holds == deciding => return Some(deciding),
            Some(_) => {}
            None => undecided = true,
        }
    }
    (!undecided).then_some(!deciding)
}

/// A number; none if it is missing or not a number.
fn number(quantity: &Quantity, value: &dyn Fn(&Quantity) -> Option<f64>) -> Option<f64> {
    let found = match quantity {
        Quantity::Number(number, _) => *number,
        Quantity::Negate(inner) => -number(inner, value)?,
        Quantity::Abs(inner) => number(inner, value)?.abs(),
        Quantity::Binary(operator, sides) => {
            let (left, right) = (number(&sides[0], value)?, number(&sides[1], value)?);
            match operator {
                Operator::Add => left + right,
                Operator::Subtract => left - right,
                Operator::Multiply => left * right,
                Operator::Divide => left / right,
                Operator::Max => left.max(right),
                Operator::Min => left.min(right),
            }
        }
        other => value(other)?,
    };
    (!found.is_nan()).then_some(found)
}
