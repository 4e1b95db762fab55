//! Makes HTML shorter without changing what a browser reads from it: end tags that HTML lets one leave out, and quotes that
//! a value does not need.

/// End tags that may always be left out where this crate writes them: what follows is a sibling of the same kind, or the end
/// of the parent.
const OPTIONAL: [&str; 9] = [
    "</li>",
    "</td>",
    "</th>",
    "</tr>",
    "</thead>",
    "</tbody>",
    "</dt>",
    "</dd>",
    "</caption>",
];

/// What ends a paragraph by itself.
const BEFORE: [&str; 20] = [
    "<p>",
    "<p ",
    "<div",
    "<ul",
    "<ol",
    "<dl",
    "<h3",
    "<h4",
    "<table",
    "<details",
    "<pre",
    "</div>",
    "</section>",
    "</blockquote>",
    "</li>",
    "</th>",
    "</td>",
    "</dd>",
    "</figure>",
    "</figcaption>",
];

/// Shortens the tags of a piece of HTML in which every `<` begins a tag.
pub(crate) fn shorten(html: &str) -> String {
    let mut short = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(begin) = rest.find('<') {
        let (text, tail) = rest.split_at(begin);
        short.push_str(text);
        let end = tail.find('>').expect("every tag ends") + 1;
        let (tag, after) = tail.split_at(end);
        let implied = tag == "</p>" && BEFORE.iter().any(|next| after.starts_with(next));
        if !OPTIONAL.contains(&tag) && !implied {
            push_tag(&mut short, tag);
        }
        rest = after;
    }
    short.push_str(rest);
    short
}

/// A tag, its values without quotes where they are names or whole numbers. A value before `/>` keeps them: the slash would
/// become its last letter.
fn push_tag(short: &mut String, tag: &str) {
    let mut rest = tag;
    while let Some(at) = rest.find("=\"") {
        let (before, value) = rest.split_at(at + 2);
        let Some((value, after)) = value.split_once('"') else {
            break;
        };
        let plain = !value.is_empty()
            && value
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_#.:".contains(&b));
        short.push_str(&before[..before.len() - 1]);
        if plain && !after.starts_with('/') {
            short.push_str(value);
        } else {
            short.push('"');
            short.push_str(value);
            short.push('"');
        }
        rest = after;
    }
    short.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_html_does_not_need_is_left_out() {
        let check = |html: &str, expected: &str| assert_eq!(shorten(html), expected);
        check(
            "<ul class=\"plain\"><li>a</li><li>b</li></ul>",
            "<ul class=plain><li>a<li>b</ul>",
        );
        check("<td class=\"r1 best\">1</td>", "<td class=\"r1 best\">1");
        check("<use href=\"#a\"/>", "<use href=\"#a\"/>");
        check(
            "<a href=\"#s1\">1</a><a href=\"https://a.b/c\">2</a>",
            "<a href=#s1>1</a><a href=\"https://a.b/c\">2</a>",
        );
        check("<p>a</p><p>b</p> c", "<p>a<p>b</p> c");
        check(
            "<path d=\"M0 0\" fill=\"none\"/>",
            "<path d=\"M0 0\" fill=\"none\"/>",
        );
        check("<circle r=\"17\" cx=\"3\"/>", "<circle r=17 cx=\"3\"/>");
        check(
            "<p title=\"\">a &lt; b = \"c\"</p>",
            "<p title=\"\">a &lt; b = \"c\"</p>",
        );
    }
}
