//! XML to a tree of elements that know their places.
//!
//! The reader goes on behind every mistake, so that all are told at once. Entities that a file declares itself are never
//! expanded, so that none can expand without end; prefixes that nothing declares, which are common in the field, are
//! taken for those of a foreign vendor.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::Event;

use super::text::Text;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, SourceId, Span};

/// How deep elements may nest: XMILE needs ten levels.
const MAX_DEPTH: usize = 200;

/// The position of an element in [`Tree::elements`].
pub(in crate::xmile) type ElementId = usize;

/// The elements of a file in the order of their start tags; the root is the first.
#[derive(Debug)]
pub(in crate::xmile) struct Tree {
    pub elements: Vec<Element>,
}

/// An element of XMILE's own or of a foreign namespace.
#[derive(Debug)]
pub(in crate::xmile) struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// Whether it belongs to another namespace than the root.
    pub foreign: bool,
    /// The start tag.
    pub span: Span,
    pub attributes: Vec<Attribute>,
    pub children: Vec<ElementId>,
    /// The text directly within it.
    pub text: Text,
}

/// An attribute; its name has no prefix, for XMILE and its vendors use the same names in the same sense.
#[derive(Debug)]
pub(in crate::xmile) struct Attribute {
    pub name: String,
    pub value: Text,
}

impl Element {
    /// The value of an attribute.
    pub(in crate::xmile) fn attribute(&self, name: &str) -> Option<&Text> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .map(|attribute| &attribute.value)
    }
}

impl Tree {
    /// The children of XMILE's own namespace.
    pub(in crate::xmile) fn children(&self, element: &Element) -> impl Iterator<Item = &Element> {
        element
            .children
            .iter()
            .map(|id| &self.elements[*id])
            .filter(|child| !child.foreign)
    }
    /// The children of this name.
    pub(in crate::xmile) fn named<'a>(
        &'a self,
        element: &'a Element,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Element> {
        self.children(element).filter(move |child| child.name == name)
    }
    /// The first child of this name.
    pub(in crate::xmile) fn child<'a>(&'a self, element: &'a Element, name: &'a str) -> Option<&'a Element> {
        self.named(element, name).next()
    }
}

/// The tree of a text, if it has any element and can be read to its end.
pub(in crate::xmile) fn tree(source: &Source, diagnostics: &mut Diagnostics) -> Option<Tree> {
    let mut builder = Builder {
        source: source.id,
        text: &source.text,
        tree: Tree { elements: Vec::new() },
        open: Vec::new(),
        unknown_prefixes: BTreeSet::new(),
        too_deep: false,
        diagnostics,
    };
    let is_complete = builder.run();
    let tree = builder.tree;
    if tree.elements.is_empty() && is_complete {
        diagnostics.push(Diagnostic::error("xml-syntax", "there is no element in the file"));
    }
    (is_complete && !tree.elements.is_empty()).then_some(tree)
}

/// An element whose end tag is still to come.
struct Open {
    id: ElementId,
    /// Its name with the prefix.
    written: String,
    /// The prefixes it declares, with their namespaces; the empty prefix is the default.
    namespaces: Vec<(String, String)>,
}

struct Builder<'a> {
    source: SourceId,
    text: &'a str,
    tree: Tree,
    open: Vec<Open>,
    unknown_prefixes: BTreeSet<String>,
    too_deep: bool,
    diagnostics: &'a mut Diagnostics,
}

impl Builder<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            source: self.source,
            start: start as u32,
            end: end as u32,
        }
    }

    /// Reads to the end; false if that is not possible.
    fn run(&mut self) -> bool {
        let mut reader = Reader::from_str(self.text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        loop {
            let start = reader.buffer_position() as usize;
            let event = reader.read_event();
            let end = reader.buffer_position() as usize;
            match event {
                Ok(Event::Start(_)) => self.start_tag(start, end, false),
                Ok(Event::Empty(_)) => self.start_tag(start, end, true),
                Ok(Event::End(_)) => self.end_tag(start, end),
                Ok(Event::Text(_) | Event::GeneralRef(_)) => self.characters(start, end),
                Ok(Event::CData(content)) => {
                    // `<![CDATA[`, the content, `]]>`
                    let length = content.len();
                    if let Some(open) = self.open.last() {
                        let at = start + "<![CDATA[".len();
                        let text = self.text.get(at..at + length).unwrap_or("");
                        self.tree.elements[open.id].text.literal(text, at);
                    }
                }
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
                Ok(Event::Eof) => break,
                Err(error) => {
                    let at = (reader.error_position() as usize).min(self.text.len());
                    self.broken(&error, at);
                    return false;
                }
            }
            if self.too_deep {
                return false;
            }
        }
        for open in self.open.split_off(0).into_iter().rev() {
            let span = self.tree.elements[open.id].span;
            self.unclosed(&open.written, span, None);
        }
        true
    }

    fn broken(&mut self, error: &Error, at: usize) {
        let what = match error {
            Error::Syntax(SyntaxError::UnclosedComment) => "a comment is not closed by `-->`",
            Error::Syntax(SyntaxError::UnclosedCData) => "a `<![CDATA[` is not closed by `]]>`",
            Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
                "a declaration is not closed by `?>`"
            }
            Error::Syntax(SyntaxError::UnclosedDoctype) => "a `<!DOCTYPE` is not closed by `>`",
            Error::Syntax(SyntaxError::InvalidBangMarkup) => "`<!` begins nothing that XML knows",
            Error::Syntax(_) => "a tag is not closed by `>`",
            Error::IllFormed(IllFormedError::UnclosedReference) => "a `&` begins no reference",
            _ => "this is not XML",
        };
        let end = self.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        self.diagnostics.push(
            Diagnostic::error("xml-syntax", what)
                .label(self.span(at, end), "what follows cannot be read")
                .help("the file is not well formed: save it again with the program it comes from"),
        );
    }

    fn unclosed(&mut self, name: &str, span: Span, closed_by: Option<(Span, &str)>) {
        let mut diagnostic =
            Diagnostic::error("xml-unclosed", format!("the element `<{name}>` is not closed"))
                .label(span, "opened here");
        if let Some((place, other)) = closed_by {
            diagnostic = diagnostic.label(
                place,
                format!("`</{name}>` should stand before this `</{other}>`"),
            );
        }
        self.diagnostics
            .push(diagnostic.help(format!("add `</{name}>` behind what belongs to it")));
    }

    /// Variables never stand within each other: one that begins ends another whose end tag was forgotten.
    fn close_forgotten(&mut self, begins: &str, span: Span) {
        const VARIABLES: [&str; 4] = ["stock", "flow", "aux", "module"];
        let Some(open) = self.open.last() else { return };
        if !VARIABLES.contains(&begins) || !VARIABLES.contains(&open.written.as_str()) {
            return;
        }
        self.diagnostics.push(
            Diagnostic::warning(
                "xml-unclosed",
                format!("the element `<{}>` is not closed", open.written),
            )
            .label(self.tree.elements[open.id].span, "opened here")
            .label(span, format!("taken to end before this `<{begins}>`"))
            .help(format!("add `</{}>` behind what belongs to it", open.written)),
        );
        self.open.pop();
    }

    fn start_tag(&mut self, start: usize, end: usize, empty: bool) {
        if self.open.len() == MAX_DEPTH {
            self.too_deep = true;
            self.diagnostics.push(
                Diagnostic::error(
                    "xml-nesting",
                    format!("elements are nested more than {MAX_DEPTH} levels deep"),
                )
                .label(self.span(start, end), "this level is too much"),
            );
            return;
        }
        let span = self.span(start, end);
        let last = if empty { end - "/>".len() } else { end - 1 };
        let inner = start + 1..last.max(start + 1);
        let content = self.text.get(inner.clone()).unwrap_or("");
        let name_length = content.find(char::is_whitespace).unwrap_or(content.len());
        let written = content[..name_length].to_owned();
        let mut attributes = Vec::new();
        let mut namespaces = Vec::new();
        self.attributes(
            inner.start + name_length,
            inner.end,
            &mut attributes,
            &mut namespaces,
        );
        self.close_forgotten(&written, span);
        let parent = self.open.last().map(|open| open.id);
        let id = self.tree.elements.len();
        self.open.push(Open {
            id,
            written: written.clone(),
            namespaces,
        });
        let (prefix, name) = written.split_once(':').unwrap_or(("", &written));
        let foreign = self.is_foreign(prefix, span);
        self.tree.elements.push(Element {
            name: name.to_owned(),
            foreign,
            span,
            attributes,
            children: Vec::new(),
            text: Text::empty(self.source, end),
        });
        match parent {
            Some(parent) => self.tree.elements[parent].children.push(id),
            None if id > 0 => self.diagnostics.push(
                Diagnostic::error(
                    "xml-syntax",
                    format!("`<{written}>` stands behind the end of the file's one element"),
                )
                .label(span, "")
                .label(self.tree.elements[0].span, "the first one"),
            ),
            None => {}
        }
        if empty {
            self.open.pop();
        }
    }

    /// Whether a prefix means another namespace than the root's.
    fn is_foreign(&mut self, prefix: &str, span: Span) -> bool {
        let find = |prefix: &str, open: &[Open]| -> Option<String> {
            open.iter()
                .rev()
                .flat_map(|open| &open.namespaces)
                .find(|(name, _)| name == prefix)
                .map(|(_, namespace)| namespace.clone())
        };
        let own = find(prefix, &self.open);
        let Some(root) = self.open.first() else {
            return false;
        };
        let root_prefix = root
            .written
            .split_once(':')
            .map_or("", |(prefix, _)| prefix)
            .to_owned();
        let of_root = find(&root_prefix, &self.open[..1]);
        if own.is_none() && !prefix.is_empty() && prefix != root_prefix {
            if self.unknown_prefixes.insert(prefix.to_owned()) {
                self.diagnostics.push(
                    Diagnostic::note("xml-prefix", format!("nothing declares the prefix `{prefix}:`"))
                        .label(span, "passed over, with all of this prefix")
                        .help(format!(
                            "a vendor's elements need an `xmlns:{prefix}=\"...\"` in the first element"
                        )),
                );
            }
            return true;
        }
        own != of_root
    }

    fn end_tag(&mut self, start: usize, end: usize) {
        let name = self.text.get(start + 2..end - 1).unwrap_or("").trim();
        let Some(at) = self.open.iter().rposition(|open| open.written == name) else {
            let mut diagnostic = Diagnostic::error(
                "xml-unopened",
                format!("`</{name}>` closes an element that is not open"),
            )
            .label(self.span(start, end), "");
            if let Some(open) = self.open.last() {
                diagnostic = diagnostic.label(self.tree.elements[open.id].span, "the element that is open");
            }
            self.diagnostics
                .push(diagnostic.help("remove it, or correct its name"));
            return;
        };
        for open in self.open.split_off(at).into_iter().skip(1).rev() {
            let span = self.tree.elements[open.id].span;
            let place = self.span(start, end);
            self.unclosed(&open.written, span, Some((place, name)));
        }
    }

    /// Adds the text between two bytes to the innermost element.
    fn characters(&mut self, start: usize, end: usize) {
        let Some(id) = self.open.last().map(|open| open.id) else {
            let text = &self.text[start..end];
            let content = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            if let Some(at) = (!content.is_empty()).then(|| text.find(content)).flatten() {
                let place = self.span(start + at, start + at + content.len());
                self.diagnostics.push(
                    Diagnostic::error("xml-syntax", "there is text outside of all elements").label(place, ""),
                );
            }
            return;
        };
        let mut text = std::mem::replace(&mut self.tree.elements[id].text, Text::empty(self.source, start));
        self.unescape(start, end, &mut text);
        self.tree.elements[id].text = text;
    }

    /// Adds what stands between two bytes of the file, with references replaced.
    fn unescape(&mut self, start: usize, end: usize, text: &mut Text) {
        let mut at = start;
        while at < end {
            let rest = &self.text[at..end];
            let Some(amp) = rest.find('&') else {
                text.literal(rest, at);
                return;
            };
            if amp > 0 {
                text.literal(&rest[..amp], at);
            }
            at += amp;
            let rest = &self.text[at..end];
            let name = rest
                .find(';')
                .map(|end| &rest[1..end])
                .filter(|name| name.chars().all(|c| c.is_alphanumeric() || "#_-.:".contains(c)));
            let Some(name) = name else {
                self.diagnostics.push(
                    Diagnostic::error("xml-reference", "a `&` stands alone")
                        .label(self.span(at, at + 1), "")
                        .help("write `&amp;`"),
                );
                text.literal("&", at);
                at += 1;
                continue;
            };
            let length = name.len() + 2;
            match reference(name) {
                Some(c) => text.escape(c.encode_utf8(&mut [0; 4]), at, length),
                None => self.diagnostics.push(
                    Diagnostic::error("xml-reference", format!("the reference `&{name};` is not known"))
                        .label(self.span(at, at + length), "")
                        .help("only `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;` and numbers such as `&#10;` are read; entities that a file declares itself are not"),
                ),
            }
            at += length;
        }
    }

    /// Reads `name="value"` between two bytes.
    fn attributes(
        &mut self,
        start: usize,
        end: usize,
        attributes: &mut Vec<Attribute>,
        namespaces: &mut Vec<(String, String)>,
    ) {
        let mut at = start;
        loop {
            let rest = self.text.get(at..end).unwrap_or("");
            at += rest.len() - rest.trim_start().len();
            let rest = self.text.get(at..end).unwrap_or("");
            if rest.is_empty() {
                return;
            }
            let length = rest
                .find(|c: char| c.is_whitespace() || c == '=')
                .unwrap_or(rest.len());
            let name = &rest[..length];
            let after = rest[length..].trim_start();
            let value = after.strip_prefix('=').map(str::trim_start);
            let quoted = value.and_then(|value| {
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                let inner = &value[1..];
                Some(&inner[..inner.find(quote)?])
            });
            let (Some(quoted), false) = (quoted, name.is_empty()) else {
                // What is left cannot be told apart.
                self.diagnostics.push(
                    Diagnostic::error("xml-attribute", "an attribute cannot be read")
                        .label(self.span(at, at + rest.trim_end().len()), "")
                        .help("write `name=\"value\"`"),
                );
                return;
            };
            let value_at = at + (rest.len() - value.map_or(0, str::len)) + 1;
            let mut text = Text::empty(self.source, value_at);
            self.unescape(value_at, value_at + quoted.len(), &mut text);
            let (prefix, local) = name.split_once(':').unwrap_or(("", name));
            let place = self.span(at, value_at + quoted.len() + 1);
            at = value_at + quoted.len() + 1;
            if name == "xmlns" {
                namespaces.push((String::new(), text.value));
            } else if prefix == "xmlns" {
                namespaces.push((local.to_owned(), text.value));
            } else if prefix.is_empty() && attributes.iter().any(|attribute| attribute.name == local) {
                self.diagnostics.push(
                    Diagnostic::error("xml-attribute", format!("the attribute `{name}` is given twice"))
                        .label(place, "given again")
                        .help("remove one of them"),
                );
            } else {
                attributes.push(Attribute {
                    name: local.to_owned(),
                    value: text,
                });
            }
        }
    }
}

/// What a reference stands for.
fn reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')
        }
    }
}
