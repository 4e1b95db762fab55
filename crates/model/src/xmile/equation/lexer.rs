//! Equations of XMILE to tokens.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::xmile::markup::Text;

/// A piece of an equation.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::xmile) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::xmile) enum TokenKind {
    Number(f64),
    Name(Reference),
    Word(Word),
    Sign(&'static str),
    End,
}

/// A name as an equation writes it: `x`, `module.x`, `.x`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::xmile) struct Reference {
    /// Whether it begins with a dot: the name belongs to the outermost model.
    pub absolute: bool,
    /// The parts between dots, without quotes and escapes.
    pub parts: Vec<String>,
}

impl Reference {
    /// The name, if it has no dots.
    pub(in crate::xmile) fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [name] if !self.absolute => Some(name),
            _ => None,
        }
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.absolute {
            f.write_str(".")?;
        }
        f.write_str(&self.parts.join("."))
    }
}

/// A word with a meaning of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::xmile) enum Word {
    If,
    Then,
    Else,
    And,
    Or,
    Not,
    Mod,
}

/// Signs, longer ones first.
const SIGNS: [&str; 21] = [
    "<=", ">=", "<>", "//", ".*", "<", ">", "=", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", ":", "@",
    "'",
];

/// The tokens of an equation; the last one is the end.
pub(in crate::xmile) fn tokens(text: &Text) -> Result<Vec<Token>, Box<Diagnostic>> {
    let value = text.value.as_str();
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at = skip(text, at)?;
        let rest = &value[at..];
        let Some(c) = rest.chars().next() else { break };
        let (kind, length) = if c.is_ascii_digit()
            || (c == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            number(text, at)?
        } else if starts_name(c) || c == '"' || (c == '.' && !rest.starts_with(".*")) {
            name(text, at)?
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (TokenKind::Sign(sign), sign.len())
        } else {
            return Err(Box::new(
                    Diagnostic::error(
                        "unexpected-character",
                        format!("`{c}` has no meaning in an equation"),
                    )
                    .label(text.place(at, at + c.len_utf8()), "")
                    .help(match c {
                        '!' => "for unequal write `<>`",
                        '&' if rest.starts_with("&&") => "write `AND`",
                        '|' => "write `OR`",
                        '%' => "write a share as a number, such as `0.05`; a name with such a character is written in quotes",
                        _ => "a name with such a character is written in quotes: `\"R&D\"`",
                    }),
                ));
        };
        tokens.push(Token {
            kind,
            span: text.place(at, at + length),
        });
        at += length;
    }
    let end = value.trim_end().len();
    tokens.push(Token {
        kind: TokenKind::End,
        span: text.place(end, end),
    });
    Ok(tokens)
}

/// The position behind white space and comments.
fn skip(text: &Text, mut at: usize) -> Result<usize, Box<Diagnostic>> {
    loop {
        let rest = &text.value[at..];
        at += rest.len() - rest.trim_start().len();
        let rest = &text.value[at..];
        if !rest.starts_with('{') {
            return Ok(at);
        }
        let Some(length) = rest.find('}') else {
            return Err(Box::new(
                Diagnostic::error("unclosed-comment", "a comment is not closed by `}`")
                    .label(text.place(at, at + 1), "opened here"),
            ));
        };
        at += length + 1;
    }
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$' || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
}

fn continues_name(c: char) -> bool {
    starts_name(c) || c.is_ascii_digit() || c == '\u{a0}'
}

fn number(text: &Text, at: usize) -> Result<(TokenKind, usize), Box<Diagnostic>> {
    let rest = &text.value[at..];
    let bytes = rest.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') {
        length = digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let end = digits(length + 1 + sign);
        if end > length + 1 + sign {
            length = end;
        }
    }
    let tail: usize = rest[length..]
        .chars()
        .take_while(|c| continues_name(*c))
        .map(char::len_utf8)
        .sum();
    let value = rest[..length]
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite());
    match value {
        Some(value) if tail == 0 => Ok((TokenKind::Number(value), length)),
        _ => Err(Box::new(
            Diagnostic::error(
                "bad-number",
                format!("`{}` is not a number", &rest[..length + tail]),
            )
            .label(text.place(at, at + length + tail), "")
            .help("a name that starts with a digit is written in quotes"),
        )),
    }
}

/// A name, with its qualifiers, or a word.
fn name(text: &Text, start: usize) -> Result<(TokenKind, usize), Box<Diagnostic>> {
    let value = text.value.as_str();
    let mut at = start;
    let mut reference = Reference {
        absolute: value[at..].starts_with('.'),
        parts: Vec::new(),
    };
    let mut quoted = false;
    if reference.absolute {
        at += 1;
    }
    loop {
        let rest = &value[at..];
        if rest.starts_with('"') {
            quoted = true;
            let length = quoted_length(rest).ok_or_else(|| {
                Box::new(
                    Diagnostic::error("unclosed-quote", "a quoted name is not closed")
                        .label(text.place(at, at + 1), "opened here")
                        .help("a quote within a name is written `\\\"`"),
                )
            })?;
            reference.parts.push(spelling(&rest[..length]));
            at += length;
        } else {
            let length: usize = rest
                .chars()
                .take_while(|c| continues_name(*c))
                .map(char::len_utf8)
                .sum();
            if length == 0 {
                return Err(Box::new(
                    Diagnostic::error("unexpected-character", "`.` has no meaning here")
                        .label(text.place(at.max(1) - 1, at.max(1)), "")
                        .help("a dot stands between the name of a module and the name of a variable in it"),
                ));
            }
            reference.parts.push(rest[..length].to_owned());
            at += length;
        }
        let rest = &value[at..];
        let goes_on = rest.starts_with('.') && rest[1..].starts_with(|c: char| starts_name(c) || c == '"');
        if !goes_on {
            break;
        }
        at += 1;
    }
    let word = reference.plain().filter(|_| !quoted).and_then(word);
    Ok((
        word.map_or(TokenKind::Name(reference), TokenKind::Word),
        at - start,
    ))
}

fn word(name: &str) -> Option<Word> {
    const WORDS: [(&str, Word); 7] = [
        ("if", Word::If),
        ("then", Word::Then),
        ("else", Word::Else),
        ("and", Word::And),
        ("or", Word::Or),
        ("not", Word::Not),
        ("mod", Word::Mod),
    ];
    WORDS
        .iter()
        .find(|(word, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, word)| *word)
}

/// The length of a quoted name with its quotes.
fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A name without the quotes around it and the escapes in it; line breaks become blanks.
pub(in crate::xmile) fn spelling(written: &str) -> String {
    let written = written.trim();
    let inner = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(written);
    let mut name = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 't' | 'r') => name.push(' '),
                Some(other) => name.push(other),
                None => name.push('\\'),
            },
            c if c.is_whitespace() => name.push(' '),
            c => name.push(c),
        }
    }
    name
}

/// A reference that stands in an attribute or an element of its own: `module.x`, `.x`, `x y`.
pub(in crate::xmile) fn reference(written: &str) -> Reference {
    let written = written.trim();
    let (absolute, mut rest) = match written.strip_prefix('.') {
        Some(rest) => (true, rest),
        None => (false, written),
    };
    let mut parts = Vec::new();
    loop {
        let length = match rest.starts_with('"').then(|| quoted_length(rest)).flatten() {
            Some(length) => length,
            None => rest.find('.').unwrap_or(rest.len()),
        };
        parts.push(spelling(&rest[..length]));
        match rest[length..].strip_prefix('.') {
            Some(after) => rest = after,
            None => break,
        }
    }
    Reference { absolute, parts }
}
