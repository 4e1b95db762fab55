//! Tokens to the syntax tree.
//!
//! The parser never fails: an equation that cannot be read gets one message, keeps its name, and has a broken right-hand
//! side. Chains of operators of any length are loops; only brackets and prefixes nest, up to [`MAX_DEPTH`].

use super::blocks::{Block, BlockKind, Extent, blocks};
use super::lexer::{Keyword, Sign, Token, TokenKind, spelling, tokens};
use super::settings::settings;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{BinaryOp, Interpolation, Range, UnaryOp};
use crate::name::Name;
use crate::source::{Source, Span};
use crate::suggest::{chained, from_elsewhere};
use crate::syntax::{
    EquationSyntax, Heading, Item, MacroHead, MappingSyntax, Named, Node, NodeId, RangeItem, RangeSyntax,
    Right, SubscriptSyntax, Syntax, TableKind, TableSyntax,
};

/// How deep brackets, calls and prefixes may nest: far beyond any real equation, far within any stack.
pub(super) const MAX_DEPTH: u32 = 500;

/// The syntax of a text.
pub(super) fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Syntax {
    let (blocks, settings_start) = blocks(source, diagnostics);
    let mut syntax = Syntax {
        settings: settings(source, settings_start, diagnostics),
        ..Syntax::default()
    };
    let mut buffer = Vec::new();
    for block in &blocks {
        let item = match block.kind {
            BlockKind::Heading => Some(Item::Group(heading(source, block))),
            BlockKind::MacroStart => Some(Item::MacroStart(macro_head(source, block))),
            BlockKind::MacroEnd => Some(Item::MacroEnd),
            BlockKind::Equation => equation(source, block, &mut syntax, &mut buffer, diagnostics)
                .map(|equation| Item::Equation(Box::new(equation))),
        };
        syntax.items.extend(item);
    }
    syntax
}

fn text(source: &Source, extent: Extent) -> &str {
    &source.text[extent.start..extent.end]
}

/// The place of an extent without the white space around it.
fn trimmed(source: &Source, extent: Extent) -> Span {
    let text = text(source, extent);
    let start = extent.start + (text.len() - text.trim_start().len());
    Span {
        source: source.id,
        start: start as u32,
        end: (start + text.trim().len()) as u32,
    }
}

/// Prose without its line breaks.
fn prose(source: &Source, extent: Option<Extent>) -> String {
    let Some(extent) = extent else {
        return String::new();
    };
    let mut prose = String::new();
    for word in text(source, extent).split_whitespace() {
        // A `\` at the end of a line is Vensim's mark for a line it broke itself.
        if word == "\\" {
            continue;
        }
        if !prose.is_empty() {
            prose.push(' ');
        }
        prose.push_str(word);
    }
    prose
}

fn heading(source: &Source, block: &Block) -> Heading {
    let head = text(source, block.head);
    let inner = head.trim_matches(|c: char| c == '*' || c.is_whitespace());
    let start = block.head.start + head.find(inner).unwrap_or(0);
    Heading {
        name: Name::new(inner.trim_start_matches('.')),
        comment: prose(source, block.units),
        span: Span {
            source: source.id,
            start: start as u32,
            end: (start + inner.len()) as u32,
        },
    }
}

/// `NAME(a, b)`, or `NAME(a, b : c)` with further outputs behind the colon.
fn macro_head(source: &Source, block: &Block) -> MacroHead {
    let head = text(source, block.head);
    let (name, list) = head.split_once('(').unwrap_or((head, ""));
    let list = list.trim_end().trim_end_matches(')');
    let (parameters, outputs) = list.split_once(':').unwrap_or((list, ""));
    let names = |list: &str| -> Vec<Name> {
        let names = list.split(',').map(|name| spelling(name.trim()));
        names.filter(|name| !name.is_empty()).map(Name::new).collect()
    };
    MacroHead {
        name: Name::new(spelling(name.trim())),
        parameters: names(parameters),
        outputs: names(outputs),
        is_known: false,
        span: trimmed(source, block.head),
    }
}

fn equation(
    source: &Source,
    block: &Block,
    syntax: &mut Syntax,
    buffer: &mut Vec<Token>,
    diagnostics: &mut Diagnostics,
) -> Option<EquationSyntax> {
    let lexed = tokens(source, block.head, buffer, diagnostics);
    if lexed.is_none() {
        // What came before the mistake may still hold the name; without it, its uses would be called undefined.
        let end = buffer
            .last()
            .map_or(block.head.start as u32, |token| token.span.end);
        buffer.push(Token {
            kind: TokenKind::End,
            span: Span {
                source: source.id,
                start: end,
                end,
            },
        });
    }
    let mut parser = Parser {
        source,
        tokens: buffer,
        next: 0,
        depth: 0,
        chains: Vec::new(),
        syntax,
    };
    let (found, failure) = parser.equation();
    diagnostics.items.extend(parser.chains);
    if lexed.is_some() {
        diagnostics.items.extend(failure);
    }
    let mut found = found?;
    if lexed.is_none() {
        found.right = Right::Broken;
    }
    if let Some(extent) = block.units {
        let (units, span, range) = units_part(source, extent, diagnostics);
        found.units = units;
        found.units_span = span;
        found.range = range;
    }
    found.comment = prose(source, block.comment);
    let flags = block.flags.map_or("", |extent| text(source, extent)).trim();
    found.supplementary = flags
        .get(..4)
        .is_some_and(|flag| flag.eq_ignore_ascii_case(":SUP"));
    Some(found)
}

/// Units, their place, and the range in brackets behind them.
fn units_part(
    source: &Source,
    extent: Extent,
    diagnostics: &mut Diagnostics,
) -> (String, Option<Span>, Option<Range>) {
    let whole = text(source, extent);
    let (units, range) = match whole.find('[') {
        Some(open) => (&whole[..open], Some(&whole[open..])),
        None => (whole, None),
    };
    let place = trimmed(
        source,
        Extent {
            start: extent.start,
            end: extent.start + units.len(),
        },
    );
    let units = prose(
        source,
        Some(Extent {
            start: extent.start,
            end: extent.start + units.len(),
        }),
    );
    let range = range.and_then(|text| {
        let range = read_range(text);
        if range.is_none() {
            let start = (extent.start + whole.len() - text.len()) as u32;
            let span = Span {
                source: source.id,
                start,
                end: start + text.trim_end().len() as u32,
            };
            diagnostics.push(
                Diagnostic::warning("bad-range", "the range behind the units cannot be read")
                    .label(span, "passed over")
                    .help(
                        "a range is written `[low, high]` or `[low, high, step]`, with `?` for an open end",
                    ),
            );
        }
        range
    });
    let span = (!units.is_empty()).then_some(place);
    (units, span, range)
}

fn read_range(text: &str) -> Option<Range> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    let mut ends = [None; 3];
    let mut parts = inner.split(',');
    for (end, part) in ends.iter_mut().zip(parts.by_ref()) {
        let part = part.trim();
        *end = match part {
            "" | "?" => None,
            _ => {
                let value: f64 = part.parse().ok()?;
                value.is_finite().then_some(value)
            }
        };
    }
    let [low, high, step] = ends;
    parts.next().is_none().then_some(Range { low, high, step })
}

/// Boxed: the error path must not make the recursive functions' frames large.
type Parsed<T> = Result<T, Box<Diagnostic>>;

struct Parser<'a> {
    source: &'a Source,
    tokens: &'a [Token],
    next: usize,
    depth: u32,
    /// What is to be said of comparisons in a row.
    chains: Vec<Diagnostic>,
    syntax: &'a mut Syntax,
}

impl Parser<'_> {
    fn peek(&self) -> TokenKind {
        self.tokens[self.next].kind
    }
    fn place(&self) -> Span {
        self.tokens[self.next].span
    }
    /// Takes the next token; the last one, the end, stays.
    fn take(&mut self) -> Token {
        let token = self.tokens[self.next];
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }
    fn at(&self, sign: Sign) -> bool {
        self.peek() == TokenKind::Sign(sign)
    }
    fn accept(&mut self, sign: Sign) -> bool {
        let found = self.at(sign);
        if found {
            self.take();
        }
        found
    }
    fn written(&self, span: Span) -> &str {
        &self.source.text[span.start as usize..span.end as usize]
    }
    fn named(&self, span: Span) -> Named {
        Named {
            name: Name::new(spelling(self.written(span))),
            span,
        }
    }
    /// A text without its quotes.
    fn quoted(&self, span: Span) -> String {
        self.written(span).trim_matches('\'').to_owned()
    }
    fn push(&mut self, node: Node, span: Span) -> NodeId {
        let id = self.syntax.nodes.len() as NodeId;
        self.syntax.nodes.push(node);
        self.syntax.spans.push(span);
        id
    }
    fn span_of(&self, node: NodeId) -> Span {
        self.syntax.spans[node as usize]
    }
    fn behind(&self, start: Span) -> Span {
        let last = self.tokens[self.next.saturating_sub(1)].span;
        start.to(last)
    }

    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let token = self.tokens[self.next];
        let diagnostic = if token.kind == TokenKind::End {
            let last = self.tokens[self.next.saturating_sub(1)].span;
            // The last character: a place to point at.
            let width = self.written(last).chars().next_back().map_or(0, char::len_utf8);
            let end = Span {
                start: last.end - width as u32,
                ..last
            };
            Diagnostic::error(
                "unexpected-end",
                format!("the equation ends where {expected} should follow"),
            )
            .label(end, "ends here")
        } else {
            let mut written = self.written(token.span).to_owned();
            if let Some((cut, _)) = written.char_indices().nth(40) {
                written.truncate(cut);
                written.push('…');
            }
            Diagnostic::error(
                "unexpected-token",
                format!("found `{written}` where {expected} should stand"),
            )
            .label(token.span, "")
        };
        Box::new(match self.what_to_do(token, expected) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        })
    }
    /// What to do about a token that stands where something else should.
    fn what_to_do(&self, token: Token, expected: &str) -> Option<&'static str> {
        let before = self.next.checked_sub(1).map(|before| self.tokens[before].kind);
        let follows = |sign: Sign| before == Some(TokenKind::Sign(sign));
        Some(match token.kind {
            TokenKind::Name if from_elsewhere(self.written(token.span)).is_some() => {
                from_elsewhere(self.written(token.span))?
            }
            TokenKind::Name | TokenKind::Number(_) if expected == "an operator or the end" => {
                "an operator is missing, or a name is broken over two lines (end the first line with `\\`)"
            }
            TokenKind::Name | TokenKind::Number(_) if expected == "`)`" => {
                "an operator, a comma or a `)` is missing before it"
            }
            TokenKind::End if expected == "`)`" => "close what was opened: a `)` is missing",
            TokenKind::Sign(Sign::Close) if expected == "an operator or the end" => {
                "remove it: no `(` is open here"
            }
            TokenKind::Sign(Sign::DoubleEqual) => "to compare, write `=`",
            TokenKind::Sign(Sign::Bang) => "for unequal, write `<>`",
            TokenKind::Sign(Sign::Greater) if follows(Sign::Equal) => "write `>=`",
            TokenKind::Sign(Sign::Less) if follows(Sign::Equal) => "write `<=`",
            TokenKind::Sign(Sign::Times) if follows(Sign::Times) => "for a power, write `^`",
            TokenKind::Sign(Sign::Times | Sign::Slash | Sign::Caret)
                if expected == "a number, a name or `(`" =>
            {
                "something is missing before it, or the sign is one too many"
            }
            _ => return None,
        })
    }
    fn expect(&mut self, sign: Sign) -> Parsed<()> {
        if self.accept(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{}`", sign.text())))
    }
    /// Like `expect`, for a bracket that was opened at `open`.
    fn close(&mut self, sign: Sign, open: Span) -> Parsed<()> {
        if self.accept(sign) {
            return Ok(());
        }
        let mut diagnostic = self.unexpected(&format!("`{}`", sign.text()));
        diagnostic.labels.push(crate::diagnostic::Label {
            span: open,
            text: "opened here".to_owned(),
        });
        Err(diagnostic)
    }

    /// The equation, as far as it can be read, and why it cannot be read any further.
    fn equation(&mut self) -> (Option<EquationSyntax>, Option<Diagnostic>) {
        if self.peek() != TokenKind::Name {
            return (None, Some(*self.unexpected("the name of a variable")));
        }
        let name = self.take().span;
        let mut equation = EquationSyntax {
            name: self.named(name),
            subscripts: Vec::new(),
            except: Vec::new(),
            right: Right::Broken,
            first: self.syntax.nodes.len() as NodeId,
            span: name,
            units: String::new(),
            units_span: None,
            range: None,
            comment: String::new(),
            supplementary: false,
            hidden: false,
        };
        let failure = self.sides(&mut equation).err();
        (Some(equation), failure.map(|diagnostic| *diagnostic))
    }

    /// What follows the name: subscripts, exceptions, and the right-hand side.
    fn sides(&mut self, equation: &mut EquationSyntax) -> Parsed<()> {
        equation.subscripts = self.subscripts()?;
        let mut data = None;
        while let TokenKind::Keyword(keyword) = self.peek() {
            match keyword {
                Keyword::Except => {
                    self.take();
                    equation.except.push(self.subscripts()?);
                    while self.accept(Sign::Comma) {
                        equation.except.push(self.subscripts()?);
                    }
                }
                Keyword::Raw | Keyword::Interpolate | Keyword::LookForward | Keyword::HoldBackward => {
                    self.take();
                    data = Some(match keyword {
                        Keyword::Raw => Interpolation::Raw,
                        Keyword::LookForward => Interpolation::LookForward,
                        Keyword::HoldBackward => Interpolation::HoldBackward,
                        _ => Interpolation::Linear,
                    });
                }
                Keyword::Is => {
                    self.take();
                    let span = self.place();
                    if self.peek() != TokenKind::Text {
                        return Err(self.unexpected("a text in `'`"));
                    }
                    self.take();
                    if self.peek() != TokenKind::End {
                        return Err(self.unexpected("the end"));
                    }
                    equation.right = Right::Text(self.quoted(span));
                    equation.span = span;
                    return Ok(());
                }
                _ => {
                    // Reality checks have a grammar of their own, and compute nothing.
                    equation.right = Right::Check;
                    return Ok(());
                }
            }
        }
        let mut right = self.place();
        equation.right = match self.peek() {
            TokenKind::End => Right::Data {
                interpolation: data.unwrap_or_default(),
                root: None,
            },
            TokenKind::Sign(Sign::Equal | Sign::DoubleEqual) => {
                self.take();
                right = self.place();
                match (self.right_side()?, data) {
                    (Right::Expression { root }, Some(interpolation)) => Right::Data {
                        interpolation,
                        root: Some(root),
                    },
                    (side, _) => side,
                }
            }
            TokenKind::Sign(Sign::ColonEqual) => {
                self.take();
                right = self.place();
                match self.right_side()? {
                    Right::Expression { root } => Right::Data {
                        interpolation: data.unwrap_or_default(),
                        root: Some(root),
                    },
                    side => side,
                }
            }
            TokenKind::Sign(Sign::Open) => self.lookup_definition()?,
            TokenKind::Sign(Sign::Colon) => {
                self.take();
                Right::Range(self.range()?)
            }
            TokenKind::Sign(Sign::Alias) => {
                self.take();
                Right::Alias(self.dimension()?)
            }
            _ => return Err(self.unexpected("`=`")),
        };
        if self.peek() != TokenKind::End {
            equation.right = Right::Broken;
            return Err(self.unexpected("an operator or the end"));
        }
        equation.span = match &equation.right {
            Right::Expression { root } | Right::Data { root: Some(root), .. } => self.span_of(*root),
            _ if right.start < right.end => self.behind(right),
            _ => equation.name.span,
        };
        Ok(())
    }

    /// An expression, or numbers in rows.
    fn right_side(&mut self) -> Parsed<Right> {
        if self.peek() == TokenKind::Name
            && self.named(self.place()).name.key() == "tabbed array"
            && self.tokens.get(self.next + 1).map(|token| token.kind) == Some(TokenKind::Sign(Sign::Open))
        {
            return self.tabbed_array();
        }
        let root = self.expression(0)?;
        if !self.at(Sign::Comma) && !self.at(Sign::Semicolon) {
            return Ok(Right::Expression { root });
        }
        let mut rows = vec![vec![root]];
        loop {
            let row = rows.last_mut().expect("rows start with one row");
            if self.accept(Sign::Comma) {
                row.push(self.expression(0)?);
            } else if self.accept(Sign::Semicolon) {
                if self.peek() == TokenKind::End {
                    break;
                }
                rows.push(vec![self.expression(0)?]);
            } else {
                break;
            }
        }
        Ok(Right::List { rows })
    }

    /// `TABBED ARRAY(1 2 3` and so on, a line for each row: numbers without commas.
    fn tabbed_array(&mut self) -> Parsed<Right> {
        self.take();
        let open = self.take().span;
        let mut rows: Vec<Vec<NodeId>> = Vec::new();
        let mut before = open;
        while !self.at(Sign::Close) {
            let start = self.place();
            let value = self.signed_number()?;
            let span = self.behind(start);
            let node = self.push(Node::Number(value), span);
            let between = &self.source.text[before.end as usize..start.start as usize];
            match rows.last_mut() {
                Some(row) if !between.contains('\n') => row.push(node),
                _ => rows.push(vec![node]),
            }
            before = span;
            // Commas have been seen, too.
            self.accept(Sign::Comma);
        }
        self.close(Sign::Close, open)?;
        Ok(Right::List { rows })
    }

    /// `(table)`, or `(GET ... LOOKUPS(...))`.
    fn lookup_definition(&mut self) -> Parsed<Right> {
        if matches!(
            self.tokens.get(self.next + 1).map(|token| token.kind),
            Some(TokenKind::Name)
        ) {
            let open = self.take().span;
            let root = self.expression(0)?;
            self.close(Sign::Close, open)?;
            return Ok(Right::Expression { root });
        }
        Ok(Right::Lookup(self.table()?))
    }

    fn dimension(&mut self) -> Parsed<Named> {
        if self.peek() != TokenKind::Name {
            return Err(self.unexpected("the name of an element or a dimension"));
        }
        let span = self.take().span;
        Ok(self.named(span))
    }

    /// `a, (b1-b9), c -> d, (e: f, g)`
    fn range(&mut self) -> Parsed<RangeSyntax> {
        let mut range = RangeSyntax {
            items: self.range_items()?,
            mappings: Vec::new(),
        };
        if self.accept(Sign::Maps) {
            loop {
                range.mappings.push(self.mapping()?);
                if !self.accept(Sign::Comma) {
                    break;
                }
            }
        }
        Ok(range)
    }

    fn range_items(&mut self) -> Parsed<Vec<RangeItem>> {
        let mut items = Vec::new();
        loop {
            items.push(self.range_item()?);
            if !self.accept(Sign::Comma) {
                return Ok(items);
            }
        }
    }

    fn range_item(&mut self) -> Parsed<RangeItem> {
        let open = self.place();
        if self.accept(Sign::Open) {
            let first = self.dimension()?;
            self.expect(Sign::Minus)?;
            let last = self.dimension()?;
            self.close(Sign::Close, open)?;
            return Ok(RangeItem::Numbered { first, last });
        }
        let name = self.dimension()?;
        let open = self.place();
        if !self.accept(Sign::Open) {
            return Ok(RangeItem::Name(name));
        }
        // A function that reads the elements from a file.
        let mut args = Vec::new();
        loop {
            if self.peek() != TokenKind::Text {
                return Err(self.unexpected("a text in `'`"));
            }
            let span = self.take().span;
            args.push(Named {
                name: Name::new(self.quoted(span)),
                span,
            });
            if !self.accept(Sign::Comma) {
                break;
            }
        }
        self.close(Sign::Close, open)?;
        Ok(RangeItem::Call { name, args })
    }

    fn mapping(&mut self) -> Parsed<MappingSyntax> {
        let open = self.place();
        if !self.accept(Sign::Open) {
            return Ok(MappingSyntax {
                target: self.dimension()?,
                items: None,
            });
        }
        let target = self.dimension()?;
        self.expect(Sign::Colon)?;
        let items = Some(self.range_items()?);
        self.close(Sign::Close, open)?;
        Ok(MappingSyntax { target, items })
    }

    /// `[a, b!]`, or nothing.
    fn subscripts(&mut self) -> Parsed<Vec<SubscriptSyntax>> {
        let mut subscripts = Vec::new();
        let open = self.place();
        if !self.accept(Sign::OpenBracket) {
            return Ok(subscripts);
        }
        loop {
            if self.peek() != TokenKind::Name {
                return Err(self.unexpected("the name of an element or a dimension"));
            }
            let span = self.take().span;
            let reduced = self.accept(Sign::Bang);
            subscripts.push(SubscriptSyntax {
                name: self.named(span),
                reduced,
            });
            if !self.accept(Sign::Comma) {
                break;
            }
        }
        self.close(Sign::CloseBracket, open)?;
        Ok(subscripts)
    }

    /// An expression whose operators bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Parsed<NodeId> {
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
        let mut left = self.prefix()?;
        let mut compared = false;
        while let Some((op, power)) = binary(self.peek()) {
            if power < least {
                break;
            }
            if op.compares() && compared {
                self.chains.push(chained(self.place(), ":AND:"));
            }
            compared = op.compares();
            self.take();
            // `^` groups to the right, all others to the left.
            let right = self.expression(if op == BinaryOp::Power { power } else { power + 1 })?;
            let span = self.span_of(left).to(self.span_of(right));
            left = self.push(Node::Binary { op, left, right }, span);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self) -> Parsed<NodeId> {
        let start = self.place();
        match self.peek() {
            TokenKind::Sign(Sign::Minus) => {
                self.take();
                let operand = self.expression(NEGATE)?;
                let span = start.to(self.span_of(operand));
                Ok(self.push(
                    Node::Unary {
                        op: UnaryOp::Negate,
                        operand,
                    },
                    span,
                ))
            }
            TokenKind::Sign(Sign::Plus) => {
                self.take();
                let operand = self.expression(NEGATE)?;
                let span = start.to(self.span_of(operand));
                Ok(self.push(Node::Plus(operand), span))
            }
            TokenKind::Keyword(Keyword::Not) => {
                self.take();
                let operand = self.expression(NOT)?;
                let span = start.to(self.span_of(operand));
                Ok(self.push(
                    Node::Unary {
                        op: UnaryOp::Not,
                        operand,
                    },
                    span,
                ))
            }
            _ => self.primary(),
        }
    }

    fn primary(&mut self) -> Parsed<NodeId> {
        let start = self.place();
        match self.peek() {
            TokenKind::Number(value) => {
                self.take();
                Ok(self.push(Node::Number(value), start))
            }
            TokenKind::Keyword(Keyword::NotAvailable) => {
                self.take();
                Ok(self.push(Node::NotAvailable, start))
            }
            TokenKind::Text => {
                self.take();
                let text = self.quoted(start);
                Ok(self.push(Node::Text(text), start))
            }
            TokenKind::Sign(Sign::Open) => {
                self.take();
                let inner = self.expression(0)?;
                self.close(Sign::Close, start)?;
                Ok(inner)
            }
            TokenKind::Name => self.name_or_call(),
            _ => Err(self.unexpected("a number, a name or `(`")),
        }
    }

    fn name_or_call(&mut self) -> Parsed<NodeId> {
        let start = self.take().span;
        let name = self.named(start);
        let mut subscripts = self.subscripts()?;
        if subscripts.is_empty() && self.accept(Sign::Bang) {
            // A dimension that a function runs over, used as a number.
            subscripts.push(SubscriptSyntax {
                name: name.clone(),
                reduced: true,
            });
            let span = self.behind(start);
            let name = name.name;
            return Ok(self.push(Node::Name { name, subscripts }, span));
        }
        let open = self.place();
        if !self.accept(Sign::Open) {
            let span = self.behind(start);
            return Ok(self.push(
                Node::Name {
                    name: name.name,
                    subscripts,
                },
                span,
            ));
        }
        let takes_table = name.name.key() == "with lookup";
        let mut args = Vec::new();
        if !self.accept(Sign::Close) {
            loop {
                let arg = if takes_table && args.len() == 1 && self.at(Sign::Open) {
                    let table = self.table()?;
                    let span = table.span;
                    self.push(Node::Table(Box::new(table)), span)
                } else {
                    self.expression(0)?
                };
                args.push(arg);
                if !self.accept(Sign::Comma) {
                    break;
                }
            }
            if self.accept(Sign::Colon) {
                self.outputs(&mut args)?;
            }
            self.close(Sign::Close, open)?;
        }
        let span = self.behind(start);
        Ok(self.push(
            Node::Call {
                name,
                subscripts,
                args,
            },
            span,
        ))
    }

    /// `: work in progress, stock[region]`: what a call defines beside its value.
    fn outputs(&mut self, args: &mut Vec<NodeId>) -> Parsed<()> {
        loop {
            if self.peek() != TokenKind::Name {
                return Err(self.unexpected("the name of a variable"));
            }
            let start = self.take().span;
            let name = self.named(start);
            let subscripts = self.subscripts()?;
            let span = self.behind(start);
            args.push(self.push(Node::Output { name, subscripts }, span));
            if !self.accept(Sign::Comma) {
                return Ok(());
            }
        }
    }

    /// `([(0,0)-(1,1), hints],(x,y),(x,y))`, or the older `(x,x,y,y)`.
    fn table(&mut self) -> Parsed<TableSyntax> {
        let start = self.place();
        self.expect(Sign::Open)?;
        let bracket = self.place();
        if self.accept(Sign::OpenBracket) {
            // The frame of Vensim's graph editor and reference points in it: they do not matter to the numbers.
            self.point()?;
            self.expect(Sign::Minus)?;
            self.point()?;
            while self.accept(Sign::Comma) {
                self.point()?;
            }
            self.close(Sign::CloseBracket, bracket)?;
            self.accept(Sign::Comma);
        }
        let mut table = TableSyntax {
            points: Vec::new(),
            places: Vec::new(),
            span: start,
            kind: TableKind::Continuous,
        };
        if self.at(Sign::Open) {
            loop {
                let place = self.place();
                table.points.push(self.point()?);
                table.places.push(self.behind(place));
                if !self.accept(Sign::Comma) {
                    break;
                }
            }
        } else {
            self.halves(&mut table)?;
        }
        self.close(Sign::Close, start)?;
        table.span = self.behind(start);
        Ok(table)
    }

    /// The older form: all abscissae, then all ordinates.
    fn halves(&mut self, table: &mut TableSyntax) -> Parsed<()> {
        let mut values = Vec::new();
        loop {
            let place = self.place();
            values.push(self.signed_number()?);
            table.places.push(self.behind(place));
            if !self.accept(Sign::Comma) {
                break;
            }
        }
        if !values.len().is_multiple_of(2) {
            return Err(Box::new(
                Diagnostic::error("odd-table", "a table has an odd number of values")
                    .label(self.behind(table.span), format!("{} values", values.len()))
                    .help("write points, `(x1,y1),(x2,y2)`, or all x and then as many y"),
            ));
        }
        let (x, y) = values.split_at(values.len() / 2);
        table.places.truncate(x.len());
        table.points = x.iter().copied().zip(y.iter().copied()).collect();
        Ok(())
    }

    fn point(&mut self) -> Parsed<(f64, f64)> {
        let open = self.place();
        self.expect(Sign::Open)?;
        let x = self.signed_number()?;
        self.expect(Sign::Comma)?;
        let y = self.signed_number()?;
        self.close(Sign::Close, open)?;
        Ok((x, y))
    }

    fn signed_number(&mut self) -> Parsed<f64> {
        let negative = self.accept(Sign::Minus);
        if !negative {
            self.accept(Sign::Plus);
        }
        match self.peek() {
            TokenKind::Number(value) => {
                self.take();
                Ok(if negative { -value } else { value })
            }
            _ => Err(self.unexpected("a number")),
        }
    }
}

const NOT: u8 = 3;
const NEGATE: u8 = 7;

/// The operator of a token and how tightly it binds. Between `*` and `^` stand the signs, so that `-a^b` is `-(a^b)`;
/// below the comparisons stands `:NOT:`, so that `:NOT: a = b` is `:NOT: (a = b)`.
fn binary(kind: TokenKind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        TokenKind::Keyword(Keyword::Or) => (BinaryOp::Or, 1),
        TokenKind::Keyword(Keyword::And) => (BinaryOp::And, 2),
        TokenKind::Sign(sign) => match sign {
            Sign::Equal => (BinaryOp::Equal, 4),
            Sign::NotEqual => (BinaryOp::NotEqual, 4),
            Sign::Less => (BinaryOp::Less, 4),
            Sign::LessOrEqual => (BinaryOp::LessOrEqual, 4),
            Sign::Greater => (BinaryOp::Greater, 4),
            Sign::GreaterOrEqual => (BinaryOp::GreaterOrEqual, 4),
            Sign::Plus => (BinaryOp::Add, 5),
            Sign::Minus => (BinaryOp::Subtract, 5),
            Sign::Times => (BinaryOp::Multiply, 6),
            Sign::Slash => (BinaryOp::Divide, 6),
            Sign::Caret => (BinaryOp::Power, 8),
            _ => return None,
        },
        _ => return None,
    })
}
