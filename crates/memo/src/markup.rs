//! HTML text: everything that comes from a case or a model is escaped by its type.

use std::fmt;

/// A piece of HTML. Plain strings become markup by being escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

impl Markup {
    /// Text that already is HTML.
    pub(crate) fn raw(html: impl Into<String>) -> Self {
        Self(html.into())
    }
    /// The HTML.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<&str> for Markup {
    fn from(text: &str) -> Self {
        Self(escape(text))
    }
}
impl From<&String> for Markup {
    fn from(text: &String) -> Self {
        Self(escape(text))
    }
}
impl From<String> for Markup {
    fn from(text: String) -> Self {
        Self(escape(&text))
    }
}
impl From<&Markup> for Markup {
    fn from(markup: &Markup) -> Self {
        markup.clone()
    }
}

/// A text with the characters that mean something replaced; good in elements and in attributes, which are always in double quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Pieces with something between them.
pub(crate) fn join(pieces: impl IntoIterator<Item = Markup>, between: &str) -> Markup {
    let pieces: Vec<String> = pieces.into_iter().map(|piece| piece.0).collect();
    Markup(pieces.join(between))
}

/// `<tag class="class">inner</tag>`
pub(crate) fn tag(name: &str, class: &str, inner: impl fmt::Display) -> Markup {
    if class.is_empty() {
        Markup(format!("<{name}>{inner}</{name}>"))
    } else {
        Markup(format!("<{name} class=\"{class}\">{inner}</{name}>"))
    }
}

/// A table; the first cell of a row is its header.
pub(crate) struct Table {
    /// Class of the table.
    pub(crate) class: &'static str,
    /// What it shows.
    pub(crate) caption: Markup,
    /// Names of the columns.
    pub(crate) head: Vec<Markup>,
    /// Rows; a row with a single cell is the heading of a group of rows.
    pub(crate) rows: Vec<Vec<Markup>>,
}

impl Table {
    /// The table as HTML. An empty corner is a cell without a name: the caption says what rows and columns are.
    pub(crate) fn html(&self) -> Markup {
        let mut html = format!("<table class=\"{}\">", self.class);
        if !self.caption.is_empty() {
            html.push_str(&format!("<caption>{}</caption>", self.caption));
        }
        html.push_str("<thead><tr>");
        for name in &self.head {
            if name.is_empty() {
                html.push_str("<td></td>");
            } else {
                html.push_str(&format!("<th>{name}</th>"));
            }
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            if let ([group], true) = (row.as_slice(), self.head.len() > 1) {
                html.push_str(&format!(
                    "<th class=\"part\" colspan=\"{}\">{group}</th></tr>",
                    self.head.len()
                ));
                continue;
            }
            for (column, cell) in row.iter().enumerate() {
                if column == 0 {
                    html.push_str(&format!("<th>{cell}</th>"));
                } else {
                    html.push_str(&format!("<td>{cell}</td>"));
                }
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        Markup(html)
    }

    /// What names the cells of this table where it is laid out as cards (on a phone), as CSS rules.
    pub(crate) fn card_css(&self, scope: &str) -> String {
        let names = self.head.iter().enumerate().skip(1);
        names
            .map(|(at, name)| format!("{scope} td:nth-child({}):before{{content:\"{name}: \"}}", at + 1))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_become_markup() {
        let text = Markup::from("<script>alert(\"a & 'b'\")</script>");
        assert_eq!(
            text.as_str(),
            "&lt;script&gt;alert(&quot;a &amp; 'b'&quot;)&lt;/script&gt;"
        );
        assert_eq!(Markup::from(&text), text, "markup is not escaped twice");
    }
}
