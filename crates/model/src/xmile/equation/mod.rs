//! What stands in an `<eqn>`: [`lexer`] cuts it into names, numbers and signs, [`expression`] puts them together.

mod expression;
mod lexer;

pub(super) use expression::{Expression, Term, TermId, parse};
pub(super) use lexer::{Reference, reference, spelling};
