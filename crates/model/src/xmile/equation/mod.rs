//! What stands in an `<eqn>`: [`lexer`] cuts it into names, numbers and signs, [`expression`] puts them together.

mod expression;
mod lexer;

pub(super) use expression::{Expression, Index, Term, TermId, parse, parse_list};
pub(super) use lexer::{Reference, reference, spelling};
