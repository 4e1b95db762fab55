//! Equations of XMILE to expressions, before any name has a meaning.
//!
//! Chains of operators of any length are loops; only brackets, signs and `IF` nest, up to [`MAX_DEPTH`].

use super::lexer::{Reference, Token, TokenKind, Word, tokens};
use crate::diagnostic::{Diagnostic, Label};
use crate::model::{BinaryOp, UnaryOp};
use crate::source::Span;
use crate::suggest::chained;
use crate::xmile::markup::Text;

/// How deep brackets, calls, signs and `IF` may nest: far beyond any real equation, far within any stack.
const MAX_DEPTH: u32 = 500;

/// The position of a term in [`Expression::terms`].
pub(in crate::xmile) type TermId = usize;

/// An expression: terms in post-order; the last one is the whole.
#[derive(Clone, Debug, Default)]
pub(in crate::xmile) struct Expression {
    pub terms: Vec<Term>,
    /// The place of each term.
    pub spans: Vec<Span>,
    /// The first term below each term.
    pub first: Vec<TermId>,
    /// What is to be said of comparisons in a row.
    pub chains: Vec<Diagnostic>,
}

/// A part of an expression.
#[derive(Clone, Debug)]
pub(in crate::xmile) enum Term {
    Number(f64),
    Name(Reference),
    /// `x[a, b]`
    Element {
        name: Reference,
        subscripts: Vec<Index>,
    },
    Call {
        name: Reference,
        args: Vec<TermId>,
    },
    Plus(TermId),
    Unary {
        op: UnaryOp,
        operand: TermId,
    },
    Binary {
        op: BinaryOp,
        left: TermId,
        right: TermId,
    },
    Modulo {
        left: TermId,
        right: TermId,
    },
    If {
        condition: TermId,
        yes: TermId,
        no: TermId,
    },
}

/// A subscript.
#[derive(Clone, Debug)]
pub(in crate::xmile) enum Index {
    /// `*`
    All,
    /// `dimension.*` or `*:dimension`
    AllOf(Reference),
    /// An element, a dimension, or a variable.
    Name(Reference),
    /// An element by its number.
    Number(f64),
    /// An expression, whose value is the number of an element.
    Expression(TermId),
    /// `a:b`, both ends included; each is a name or a number.
    Range(Box<Index>, Box<Index>),
    /// `@1`: the subscript at this place on the left.
    Place(usize),
    /// The only one of `x'`: the subscripts on the left in reverse.
    Reversed,
    /// Something else.
    Other,
}

/// Boxed: the error path must not make the recursive functions' frames large.
type Parsed<T> = Result<T, Box<Diagnostic>>;

/// The expression in a text; nothing if there is none, apart from comments.
pub(in crate::xmile) fn parse(text: &Text) -> Result<Option<Expression>, Box<Diagnostic>> {
    let tokens = tokens(text)?;
    if tokens.len() == 1 {
        return Ok(None);
    }
    let mut parser = Parser {
        text,
        tokens: &tokens,
        next: 0,
        depth: 0,
        out: Expression::default(),
    };
    parser.expression(0)?;
    if parser.tokens[parser.next].kind != TokenKind::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    Ok(Some(parser.out))
}

/// The expressions of a list, `1, 2, 3`: all terms, and the root of each.
pub(in crate::xmile) fn parse_list(
    text: &Text,
) -> Result<Option<(Expression, Vec<TermId>)>, Box<Diagnostic>> {
    let tokens = tokens(text)?;
    if tokens.len() == 1 {
        return Ok(None);
    }
    let mut parser = Parser {
        text,
        tokens: &tokens,
        next: 0,
        depth: 0,
        out: Expression::default(),
    };
    let mut roots = vec![parser.expression(0)?];
    while parser.accept(",") {
        roots.push(parser.expression(0)?);
    }
    if parser.tokens[parser.next].kind != TokenKind::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    Ok(Some((parser.out, roots)))
}

struct Parser<'a> {
    text: &'a Text,
    tokens: &'a [Token],
    next: usize,
    depth: u32,
    out: Expression,
}

impl Parser<'_> {
    fn place(&self) -> Span {
        self.tokens[self.next].span
    }
    fn take(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len() - 1);
    }
    fn at(&self, sign: &str) -> bool {
        matches!(self.tokens[self.next].kind, TokenKind::Sign(found) if found == sign)
    }
    fn at_word(&self, word: Word) -> bool {
        matches!(self.tokens[self.next].kind, TokenKind::Word(found) if found == word)
    }
    fn accept(&mut self, sign: &str) -> bool {
        let found = self.at(sign);
        if found {
            self.take();
        }
        found
    }
    fn close(&mut self, sign: &str, open: Span) -> Parsed<()> {
        if self.accept(sign) {
            return Ok(());
        }
        let mut diagnostic = self.unexpected(&format!("`{sign}`"));
        diagnostic.labels.push(Label {
            span: open,
            text: "opened here".to_owned(),
        });
        Err(diagnostic)
    }
    fn push(&mut self, term: Term, first: TermId, span: Span) -> TermId {
        self.out.terms.push(term);
        self.out.spans.push(span);
        self.out.first.push(first);
        self.out.terms.len() - 1
    }
    fn leaf(&mut self, term: Term, span: Span) -> TermId {
        let id = self.out.terms.len();
        self.push(term, id, span)
    }
    /// From `start` to the token before the next one.
    fn since(&self, start: Span) -> Span {
        start.to(self.tokens[self.next.saturating_sub(1)].span)
    }

    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let token = &self.tokens[self.next];
        if token.kind == TokenKind::End {
            let last = self.tokens[self.next.saturating_sub(1)].span;
            let span = if self.next == 0 { self.text.trimmed() } else { last };
            return Box::new(
                Diagnostic::error(
                    "unexpected-end",
                    format!("the equation ends where {expected} should follow"),
                )
                .label(span, "ends here"),
            );
        }
        let written = match &token.kind {
            TokenKind::Number(value) => crate::print::print_number(*value),
            TokenKind::Name(name) => {
                let mut name = name.to_string();
                if let Some((cut, _)) = name.char_indices().nth(40) {
                    name.truncate(cut);
                    name.push('…');
                }
                name
            }
            TokenKind::Word(word) => format!("{word:?}").to_ascii_uppercase(),
            TokenKind::Sign(sign) => (*sign).to_owned(),
            TokenKind::End => String::new(),
        };
        let diagnostic = Diagnostic::error(
            "unexpected-token",
            format!("found `{written}` where {expected} should stand"),
        )
        .label(token.span, "");
        let follows_a_name = self
            .next
            .checked_sub(1)
            .is_some_and(|before| matches!(self.tokens[before].kind, TokenKind::Name(_)));
        let follows = |sign: &str| {
            let before = self.next.checked_sub(1).map(|before| &self.tokens[before].kind);
            matches!(before, Some(TokenKind::Sign(found)) if *found == sign)
        };
        let help = match &token.kind {
            TokenKind::Word(Word::Then) => {
                Some("write `IF condition THEN a ELSE b`, without a bracket behind `IF THEN ELSE`")
            }
            TokenKind::Sign("=") if follows("=") => Some("to compare, write `=`"),
            TokenKind::Sign(">") if follows("=") => Some("write `>=`"),
            TokenKind::Sign("<") if follows("=") => Some("write `<=`"),
            TokenKind::Sign("*") if follows("*") => Some("for a power, write `^`"),
            TokenKind::Sign(",") if expected == "an operator or the end" => Some(
                "the decimals of a number follow a point; several values are for the elements of an array",
            ),
            TokenKind::Sign(")") if expected == "an operator or the end" => {
                Some("remove it: no `(` is open here")
            }
            _ => None,
        };
        if let Some(help) = help {
            return Box::new(diagnostic.help(help));
        }
        Box::new(match token.kind {
            TokenKind::Name(_) if follows_a_name => diagnostic.help(
                "an operator is missing, or a name has blanks: write `_` for a blank, or put the name in quotes",
            ),
            TokenKind::Name(_) | TokenKind::Number(_) if expected == "an operator or the end" => {
                diagnostic.help("an operator is missing")
            }
            _ => diagnostic,
        })
    }

    /// An expression whose operators bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Parsed<TermId> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Box::new(
                Diagnostic::error(
                    "nesting-too-deep",
                    format!("an expression is nested more than {MAX_DEPTH} levels deep"),
                )
                .label(self.place(), "this level is too much")
                .help("give inner parts a variable of their own"),
            ));
        }
        let start = self.place();
        let mut left = self.prefix()?;
        let mut compared = false;
        while let Some((operator, power)) = operator(&self.tokens[self.next].kind) {
            if power < least {
                break;
            }
            let compares = matches!(operator, Operator::Binary(op) if op.compares());
            if compares && compared {
                self.out.chains.push(chained(self.place(), "AND"));
            }
            compared = compares;
            self.take();
            // `^` groups to the right, all others to the left.
            let to_the_right = power == POWER;
            let right = self.expression(if to_the_right { power } else { power + 1 })?;
            let first = self.out.first[left];
            let term = match operator {
                Operator::Binary(op) => Term::Binary { op, left, right },
                Operator::Modulo => Term::Modulo { left, right },
                Operator::SafeDivide => Term::Call {
                    name: Reference {
                        absolute: false,
                        parts: vec!["SAFEDIV".to_owned()],
                    },
                    args: vec![left, right],
                },
            };
            let span = self.since(start);
            left = self.push(term, first, span);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self) -> Parsed<TermId> {
        let start = self.place();
        let sign = if self.at("-") {
            Some((Some(UnaryOp::Negate), SIGN))
        } else if self.at("+") {
            Some((None, SIGN))
        } else if self.at_word(Word::Not) {
            Some((Some(UnaryOp::Not), SIGN))
        } else {
            None
        };
        let Some((op, power)) = sign else {
            return self.primary();
        };
        self.take();
        let operand = self.expression(power)?;
        let (first, span) = (self.out.first[operand], self.since(start));
        let term = match op {
            Some(op) => Term::Unary { op, operand },
            None => Term::Plus(operand),
        };
        Ok(self.push(term, first, span))
    }

    fn primary(&mut self) -> Parsed<TermId> {
        let start = self.place();
        match self.tokens[self.next].kind.clone() {
            TokenKind::Number(value) => {
                self.take();
                Ok(self.leaf(Term::Number(value), start))
            }
            TokenKind::Sign("(") => {
                self.take();
                let inner = self.expression(0)?;
                self.close(")", start)?;
                Ok(inner)
            }
            TokenKind::Word(Word::If) => {
                self.take();
                self.choice(start)
            }
            TokenKind::Name(name) => {
                self.take();
                self.name(name, start)
            }
            _ => Err(self.unexpected("a number, a name or `(`")),
        }
    }

    /// `condition THEN a ELSE b`; its last part goes as far as it can.
    fn choice(&mut self, start: Span) -> Parsed<TermId> {
        let condition = self.expression(0)?;
        if !self.at_word(Word::Then) {
            return Err(self.unexpected("`THEN`"));
        }
        self.take();
        let yes = self.expression(0)?;
        if !self.at_word(Word::Else) {
            return Err(self.unexpected("`ELSE`"));
        }
        self.take();
        let no = self.expression(0)?;
        let (first, span) = (self.out.first[condition], self.since(start));
        Ok(self.push(Term::If { condition, yes, no }, first, span))
    }

    fn name(&mut self, name: Reference, start: Span) -> Parsed<TermId> {
        let open = self.place();
        let name = if self.at("(") {
            without_namespace(name)
        } else {
            name
        };
        if self.accept("[") {
            let first = self.out.terms.len();
            let mut subscripts = self.subscripts(open)?;
            if self.accept("'") {
                subscripts = vec![Index::Other];
            }
            let span = self.since(start);
            return Ok(self.push(Term::Element { name, subscripts }, first, span));
        }
        if self.accept("'") {
            let subscripts = vec![Index::Reversed];
            let span = self.since(start);
            return Ok(self.leaf(Term::Element { name, subscripts }, span));
        }
        if !self.accept("(") {
            return Ok(self.leaf(Term::Name(name), start));
        }
        let first = self.out.terms.len();
        let mut args = Vec::new();
        if !self.accept(")") {
            loop {
                args.push(self.expression(0)?);
                if !self.accept(",") {
                    break;
                }
                // `MAX(a, b, c)` is `MAX(MAX(a, b), c)`.
                if args.len() == 2 && folds(&name) {
                    let span = self.since(start);
                    let inner = Term::Call {
                        name: name.clone(),
                        args: std::mem::take(&mut args),
                    };
                    args.push(self.push(inner, first, span));
                }
            }
            self.close(")", open)?;
        }
        let span = self.since(start);
        Ok(self.push(Term::Call { name, args }, first, span))
    }

    /// What stands in square brackets.
    fn subscripts(&mut self, open: Span) -> Parsed<Vec<Index>> {
        let mut subscripts = Vec::new();
        loop {
            let mut index = self.index()?;
            if self.accept(":") {
                let is_end = |index: &Index| matches!(index, Index::Name(_) | Index::Number(_));
                index = match (index, self.index()?) {
                    (Index::All, Index::Name(of)) => Index::AllOf(of),
                    (low, high) if is_end(&low) && is_end(&high) => {
                        Index::Range(Box::new(low), Box::new(high))
                    }
                    _ => Index::Other,
                };
            }
            subscripts.push(index);
            if !self.accept(",") {
                self.close("]", open)?;
                return Ok(subscripts);
            }
        }
    }

    /// One subscript, or one end of a range.
    fn index(&mut self) -> Parsed<Index> {
        if self.accept("*") {
            return Ok(Index::All);
        }
        if self.accept("@") {
            let TokenKind::Number(place) = self.tokens[self.next].kind else {
                return Err(self.unexpected("the number of a dimension"));
            };
            self.take();
            let is_place = (1.0..=1e3).contains(&place) && place.fract() == 0.0;
            return Ok(if is_place {
                Index::Place(place as usize)
            } else {
                Index::Other
            });
        }
        let root = self.expression(0)?;
        if self.out.first[root] != root || !matches!(self.out.terms[root], Term::Name(_) | Term::Number(_)) {
            return Ok(Index::Expression(root));
        }
        // One word stands for itself, and is no part of the expression.
        self.out.spans.pop();
        self.out.first.pop();
        Ok(match self.out.terms.pop() {
            Some(Term::Name(name)) if self.accept(".*") => Index::AllOf(name),
            Some(Term::Name(name)) => Index::Name(name),
            Some(Term::Number(number)) => Index::Number(number),
            _ => Index::Other,
        })
    }
}

/// A function without the namespace before its name.
fn without_namespace(mut name: Reference) -> Reference {
    const NAMESPACES: [&str; 13] = [
        "std",
        "user",
        "anylogic",
        "forio",
        "insightmaker",
        "isee",
        "powersim",
        "simanticssd",
        "simile",
        "simlin",
        "sysdea",
        "vensim",
        "ventana",
    ];
    let is_known = |part: &String| NAMESPACES.iter().any(|known| part.eq_ignore_ascii_case(known));
    if name.parts.len() == 2 && !name.absolute && is_known(&name.parts[0]) {
        name.parts.remove(0);
    }
    name
}

/// Whether a function of two arguments may be given more.
fn folds(name: &Reference) -> bool {
    name.plain().is_some_and(|name| {
        ["max", "min"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    })
}

enum Operator {
    Binary(BinaryOp),
    Modulo,
    SafeDivide,
}

/// Signs and `NOT` bind more tightly than `*` and less than `^`: `-a^b` is `-(a^b)`.
const SIGN: u8 = 7;
const POWER: u8 = 8;

/// The operator of a token and how tightly it binds.
fn operator(kind: &TokenKind) -> Option<(Operator, u8)> {
    use BinaryOp as Op;
    let (op, power) = match kind {
        TokenKind::Word(Word::Or) => (Op::Or, 1),
        TokenKind::Word(Word::And) => (Op::And, 2),
        TokenKind::Word(Word::Mod) => return Some((Operator::Modulo, 6)),
        TokenKind::Sign(sign) => match *sign {
            "=" => (Op::Equal, 3),
            "<>" => (Op::NotEqual, 3),
            "<" => (Op::Less, 4),
            "<=" => (Op::LessOrEqual, 4),
            ">" => (Op::Greater, 4),
            ">=" => (Op::GreaterOrEqual, 4),
            "+" => (Op::Add, 5),
            "-" => (Op::Subtract, 5),
            "*" => (Op::Multiply, 6),
            "/" => (Op::Divide, 6),
            "//" => return Some((Operator::SafeDivide, 6)),
            "^" => (Op::Power, POWER),
            _ => return None,
        },
        _ => return None,
    };
    Some((Operator::Binary(op), power))
}
