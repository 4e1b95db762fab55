//! An equation to tokens.
//!
//! Names hold blanks: words that stand side by side in one line (or across a `\` at its end) are one name. Vensim allows
//! letters, digits, `_`, `$`, `'` and everything beyond ASCII in a name; anything else needs quotes.

use super::blocks::{Extent, quoted_end};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};

/// A piece of an equation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TokenKind {
    Number(f64),
    /// A name, with or without quotes.
    Name,
    /// `'text'`
    Text,
    /// `:AND:` and the like.
    Keyword(Keyword),
    /// A sign of one to three characters.
    Sign(Sign),
    /// The end of the equation.
    End,
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// Declares an enum of fixed spellings and the table of them.
macro_rules! spelled {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $name { $($variant,)* }

        impl $name {
            const ALL: &[($name, &'static str)] = &[$(($name::$variant, $text),)*];
        }
    };
}

spelled! {
    /// Words between colons.
    Keyword {
        And = ":AND:",
        AtLeastOnce = ":AT LEAST ONCE:",
        Crossing = ":CROSSING:",
        Except = ":EXCEPT:",
        HoldBackward = ":HOLD BACKWARD:",
        Ignore = ":IGNORE:",
        Implies = ":IMPLIES:",
        Interpolate = ":INTERPOLATE:",
        Is = ":IS:",
        LookForward = ":LOOK FORWARD:",
        NotAvailable = ":NA:",
        Not = ":NOT:",
        Or = ":OR:",
        Raw = ":RAW:",
        TestInput = ":TEST INPUT:",
        TheCondition = ":THE CONDITION:",
    }
}

spelled! {
    /// Signs; longer spellings stand before their beginnings.
    Sign {
        Alias = "<->",
        Maps = "->",
        DoubleEqual = "==",
        ColonEqual = ":=",
        LessOrEqual = "<=",
        GreaterOrEqual = ">=",
        NotEqual = "<>",
        Less = "<",
        Greater = ">",
        Equal = "=",
        Plus = "+",
        Minus = "-",
        Times = "*",
        Slash = "/",
        Caret = "^",
        Open = "(",
        Close = ")",
        OpenBracket = "[",
        CloseBracket = "]",
        Comma = ",",
        Semicolon = ";",
        Colon = ":",
        Bang = "!",
    }
}

impl Sign {
    /// As it is written.
    pub(super) fn text(self) -> &'static str {
        let found = Sign::ALL.iter().find(|(sign, _)| *sign == self);
        found.map_or("", |(_, text)| text)
    }
}

/// The tokens of an equation, ended by [`TokenKind::End`]; nothing if a message was given.
pub(super) fn tokens(
    source: &Source,
    extent: Extent,
    tokens: &mut Vec<Token>,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    tokens.clear();
    let mut lexer = Lexer {
        source,
        text: &source.text[..extent.end],
        at: extent.start,
    };
    loop {
        match lexer.token() {
            Ok(token) => {
                tokens.push(token);
                if token.kind == TokenKind::End {
                    return Some(());
                }
            }
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                return None;
            }
        }
    }
}

struct Lexer<'a> {
    source: &'a Source,
    /// Up to the end of the equation.
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }
    fn span(&self, start: usize) -> Span {
        Span {
            source: self.source.id,
            start: start as u32,
            end: self.at as u32,
        }
    }

    fn token(&mut self) -> Result<Token, Box<Diagnostic>> {
        self.blank();
        let start = self.at;
        let Some(first) = self.text[start..].chars().next() else {
            return Ok(Token {
                kind: TokenKind::End,
                span: self.span(start),
            });
        };
        let kind = match first {
            '0'..='9' => self.number()?,
            '.' if self.byte(1).is_some_and(|byte| byte.is_ascii_digit()) => self.number()?,
            '"' => self.quoted()?,
            '\'' => self.string()?,
            ':' => self.keyword(),
            _ if starts_name(first) => self.name(),
            _ => self.sign(first)?,
        };
        Ok(Token {
            kind,
            span: self.span(start),
        })
    }

    /// Passes over white space, continued lines and comments (whose braces the cutter has matched).
    fn blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at = self.text.len() - trimmed.len();
            match self.byte(0) {
                Some(b'\\') => match self.continuation(self.at) {
                    Some(end) => self.at = end,
                    None => return,
                },
                Some(b'{') => {
                    let mut depth = 0_usize;
                    let length = trimmed.bytes().position(|byte| {
                        match byte {
                            b'{' => depth += 1,
                            b'}' => depth -= 1,
                            _ => {}
                        }
                        depth == 0
                    });
                    self.at += length.map_or(trimmed.len(), |length| length + 1);
                }
                _ => return,
            }
        }
    }

    /// The byte behind a `\` and the line end that follows it, maybe after blanks.
    fn continuation(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?.strip_prefix('\\')?;
        let behind = rest.trim_start_matches([' ', '\t', '\r']);
        if behind.is_empty() {
            // The line goes on behind the equation, with the `~` of its units.
            return Some(self.text.len());
        }
        let next = behind.strip_prefix('\n')?;
        Some(self.text.len() - next.len())
    }

    fn digits(&mut self) {
        while self.byte(0).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<TokenKind, Box<Diagnostic>> {
        let start = self.at;
        self.digits();
        if self.byte(0) == Some(b'.') {
            self.at += 1;
            self.digits();
        }
        if matches!(self.byte(0), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.byte(1), Some(b'+' | b'-')));
            if self.byte(1 + sign).is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1 + sign;
                self.digits();
            }
        }
        if self.text[self.at..].chars().next().is_some_and(starts_name) {
            self.name();
            let written = &self.text[start..self.at];
            return Err(Box::new(
                Diagnostic::error(
                    "bad-number",
                    format!("`{written}` is neither a number nor a name"),
                )
                .label(self.span(start), "")
                .help(format!(
                    "a name that starts with a digit stands in quotes: `\"{written}\"`"
                )),
            ));
        }
        let value: f64 = self.text[start..self.at]
            .parse()
            .expect("digits, a point and an exponent are a number");
        if value.is_infinite() {
            return Err(Box::new(
                Diagnostic::error("bad-number", "this number is too large")
                    .label(self.span(start), "beyond 1.8e308"),
            ));
        }
        Ok(TokenKind::Number(value))
    }

    fn quoted(&mut self) -> Result<TokenKind, Box<Diagnostic>> {
        let start = self.at;
        if let Some(end) = quoted_end(self.text, start) {
            self.at = end;
            return Ok(TokenKind::Name);
        }
        self.at = start + 1;
        Err(Box::new(
            Diagnostic::error("unclosed-quote", "a quoted name is not closed in its line")
                .label(self.span(start), "opened here")
                .help("close it with `\"`; a quote within a name is written `\\\"`"),
        ))
    }

    fn string(&mut self) -> Result<TokenKind, Box<Diagnostic>> {
        let start = self.at;
        match self.text[start + 1..].find('\'') {
            Some(length) => {
                self.at = start + 1 + length + 1;
                Ok(TokenKind::Text)
            }
            None => {
                self.at = start + 1;
                Err(Box::new(
                    Diagnostic::error("unclosed-quote", "a text in single quotes is not closed")
                        .label(self.span(start), "opened here")
                        .help("close it with `'`"),
                ))
            }
        }
    }

    fn keyword(&mut self) -> TokenKind {
        let rest = &self.text[self.at..];
        for (keyword, text) in Keyword::ALL {
            if rest
                .get(..text.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(text))
            {
                self.at += text.len();
                return TokenKind::Keyword(*keyword);
            }
        }
        let sign = if rest.starts_with(":=") {
            Sign::ColonEqual
        } else {
            Sign::Colon
        };
        self.at += sign.text().len();
        TokenKind::Sign(sign)
    }

    /// Words with single blanks or continued lines between them.
    fn name(&mut self) -> TokenKind {
        loop {
            let rest = &self.text[self.at..];
            let word = rest.find(|c: char| !in_name(c)).unwrap_or(rest.len());
            self.at += word;
            match self.next_word() {
                Some(next) => self.at = next,
                None => return TokenKind::Name,
            }
        }
    }

    /// Where the name goes on behind blanks, if it does.
    fn next_word(&self) -> Option<usize> {
        let mut at = self.at;
        loop {
            let rest = &self.text[at..];
            let c = rest.chars().next()?;
            match c {
                '\n' => return None,
                '\\' => at = self.continuation(at)?,
                _ if c.is_whitespace() => at += c.len_utf8(),
                _ => return in_name(c).then_some(at).filter(|at| *at > self.at),
            }
        }
    }

    fn sign(&mut self, first: char) -> Result<TokenKind, Box<Diagnostic>> {
        let start = self.at;
        let rest = &self.text[start..];
        if let Some((sign, text)) = Sign::ALL.iter().find(|(_, text)| rest.starts_with(text)) {
            self.at += text.len();
            return Ok(TokenKind::Sign(*sign));
        }
        self.at += first.len_utf8();
        let help = match first {
            '\u{201c}' | '\u{201d}' | '`' => "names are quoted with the straight quote `\"`",
            '\\' => "a `\\` continues a line and must be the last character in it",
            '}' => "there is no `{` before it",
            '%' => "write a share as a number, such as `0.05`; a name with such a character stands in quotes",
            '#' => "a comment stands in braces, `{so}`; a name with such a character stands in quotes",
            '&' | '@' | '?' | '.' => "a name with such a character stands in quotes: `\"R&D\"`",
            _ => "remove it, or put the name it belongs to in quotes",
        };
        Err(Box::new(
            Diagnostic::error("unexpected-character", format!("`{first}` has no meaning here"))
                .label(self.span(start), "")
                .help(help),
        ))
    }
}

fn starts_name(c: char) -> bool {
    // Curly quotes come from word processors: a message is kinder than an undefined name.
    let curly = matches!(c, '\u{201c}' | '\u{201d}');
    c.is_ascii_alphabetic() || c == '_' || c == '$' || (!c.is_ascii() && !c.is_whitespace() && !curly)
}

fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '\'') || (!c.is_ascii() && !c.is_whitespace())
}

/// Whether a name can stand in an equation without quotes.
pub(crate) fn is_plain_name(written: &str) -> bool {
    written.starts_with(starts_name)
        && written.chars().all(|c| in_name(c) || c == ' ')
        && !written.ends_with(' ')
        && !written.contains("  ")
}

/// The spelling of the name token `written`: quotes and escapes undone, blanks between words made one.
pub(super) fn spelling(written: &str) -> String {
    let quoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let Some(quoted) = quoted else {
        let mut name = String::with_capacity(written.len());
        for word in written
            .split(|c: char| c.is_whitespace() || c == '\\')
            .filter(|word| !word.is_empty())
        {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(word);
        }
        return name;
    };
    let mut name = String::with_capacity(quoted.len());
    let mut chars = quoted.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('"' | '\\')) => name.extend(chars.next()),
            ('\\', Some('\n' | '\r')) => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            _ => name.push(c),
        }
    }
    name
}
