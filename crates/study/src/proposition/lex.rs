//! A proposition's text to tokens.

use std::ops::Range;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// An id or a word.
    Word(String),
    /// A number without a sign.
    Number(f64),
    /// An operator or a bracket, as written.
    Sign(&'static str),
}

impl Token {
    /// The token as a user would quote it.
    pub(super) fn quote(&self) -> String {
        match self {
            Token::Word(word) => format!("`{word}`"),
            Token::Number(number) => format!("`{number}`"),
            Token::Sign(sign) => format!("`{sign}`"),
        }
    }
}

/// Longer signs before those they begin with.
const SIGNS: [&str; 14] = [
    "<=", ">=", "..", "<", ">", "(", ")", ",", "+", "-", "*", "/", "=", "!",
];

/// Tokens and their places in the text; the place of a character that means nothing.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_alphabetic() || first == '_' {
            let length = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            (Token::Word(rest[..length].to_owned()), length)
        } else if first.is_ascii_digit() {
            let length = number_length(rest.as_bytes());
            // A number too large for a double is none.
            match rest[..length].parse::<f64>() {
                Ok(number) if number.is_finite() => (Token::Number(number), length),
                _ => return Err(at..at + length),
            }
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            return Err(at..at + first.len_utf8());
        };
        tokens.push((token, at..at + length));
        at += length;
    }
    Ok(tokens)
}

/// Bytes of a number: `1..52` are two, so a point counts only before a digit.
fn number_length(bytes: &[u8]) -> usize {
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    end
}
