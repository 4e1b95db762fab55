//! The page: head, language switch, the memo in one language as plain HTML, the other packed, sources.

use crate::chart::Sheet;
use crate::markup::Markup;
use crate::packed::packed;
use crate::section::{self, Page};
use crate::shorten::shorten;
use crate::{Language, Memo, colour, machine, words};

/// Nothing is loaded from anywhere: styles, scripts and the model stand in the page, workers are made from it.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; \
                      worker-src blob:; base-uri 'none'; form-action 'none'";

/// What makes the page live, as TypeScript is built into it: a few lines that unpack the rest, and the rest.
const BOOT: &str = include_str!("boot.js");
const LIVE: &str = include_str!("live.js");

/// The whole file.
pub(crate) fn render(memo: &Memo) -> String {
    let options = memo.case.policies.len();
    let mut sheet = Sheet::default();
    let first = memo.language;
    // Both languages are drawn in one order, so that the drawings do not depend on which comes first.
    let [en, es] = Language::ALL.map(|language| shorten(&article(memo, language, &mut sheet)));
    let (plain, other) = if first == Language::En { (en, es) } else { (es, en) };
    let second = first.other();
    let title = Markup::from(first.of(&memo.case.title));
    let switch: String = Language::ALL
        .map(|language| {
            let checked = if language == first { " checked" } else { "" };
            let (tag, name) = (
                language.tag(),
                ["English", "Español"][usize::from(language == Language::Es)],
            );
            format!(
                "<span lang=\"{tag}\"><input type=\"radio\" name=\"language\" id=\"show-{tag}\"{checked}>\
                 <label for=\"show-{tag}\">{name}</label></span>"
            )
        })
        .concat();
    let skip: String = Language::ALL
        .map(|language| {
            format!(
                "<a class=\"skip\" lang=\"{}\" href=\"#memo\">{}</a>",
                language.tag(),
                words::skip(language)
            )
        })
        .concat();
    let without_scripts: String = Language::ALL
        .map(|language| {
            let command = format!("weigh memo RUN --lang {} -o memo.html", language.tag());
            format!(
                "<p lang=\"{}\">{}</p>",
                language.tag(),
                words::in_this_language(language, command)
            )
        })
        .concat();
    let both = |words: fn(Language) -> Markup| -> String {
        Language::ALL
            .map(|language| format!("<h2 lang=\"{}\">{}</h2>", language.tag(), words(language)))
            .concat()
    };
    let mut shared = String::new();
    for (id, heading, body) in [
        (
            "propositions",
            words::heading_propositions as fn(Language) -> Markup,
            section::propositions(memo),
        ),
        ("sources", words::heading_sources, section::references(memo)),
    ] {
        shared.push_str(&format!(
            "<section class=\"appendix shared\" id=\"{id}\">{}{body}</section>\n",
            both(heading)
        ));
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>\n{css}{badges}{sizes}@media (max-width:44rem){{{cards}}}\n</style>\n</head>\n<body>\n{skip}\
         <header><div id=\"still\">{without_scripts}</div><fieldset id=\"languages\" hidden><legend><span lang=\"en\">Language</span> · <span lang=\"es\">Idioma</span></legend>{switch}</fieldset></header>\n\
         <svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"sheet\"><defs>{patterns}{drawings}</defs></svg>\n\
         <main id=\"memo\">\n{plain}{shared}</main>\n\
         <script type=\"text/plain\" id=\"memo-{second}\">{other}</script>\n<script type=\"text/plain\" id=\"live\">{live}</script>\n{machine}\
         <script>{BOOT}</script>\n</body>\n</html>\n",
        lang = first.tag(),
        css = include_str!("memo.css"),
        badges = colour::badge_css(options),
        cards = sheet.card_css(),
        sizes = sheet.size_css(),
        patterns = shorten(&colour::patterns(options)),
        drawings = shorten(sheet.definitions()),
        shared = shorten(&shared),
        second = second.tag(),
        other = packed(other.as_bytes()),
        live = packed(LIVE.as_bytes()),
        machine = machine::elements(memo),
    )
}

/// The memo in one language.
fn article(memo: &Memo, language: Language, sheet: &mut Sheet) -> String {
    let tag = language.tag();
    let mut page = Page {
        memo,
        language,
        sheet,
    };
    let title = page.text(&memo.case.title);
    let (status, sections) = section::all(&mut page);
    let mut html = format!("<article lang=\"{tag}\">\n<h1>{title}</h1>\n{status}\n");
    // The verdict comes before the contents: it is what most readers came for.
    let mut contents = String::new();
    contents.push_str(&format!("<nav aria-label=\"{}\"><ol>", words::contents(language)));
    for section in &sections {
        contents.push_str(&format!(
            "<li><a href=\"#{}-{tag}\">{}</a></li>",
            section.id, section.heading
        ));
    }
    contents.push_str(&format!(
        "<li><a href=\"#propositions\">{}</a></li><li><a href=\"#sources\">{}</a></li></ol></nav>\n",
        words::heading_propositions(language),
        words::heading_sources(language)
    ));
    for (at, section) in sections.iter().enumerate() {
        let (class, number) = if section.appendix {
            ("appendix", String::new())
        } else {
            ("", format!("<span class=\"number\">{}</span> ", at + 1))
        };
        html.push_str(&format!(
            "<section id=\"{id}-{tag}\" class=\"{class} s-{id}\"><h2>{number}{heading}</h2>\n{body}</section>\n",
            id = section.id,
            heading = section.heading,
            body = section.body
        ));
        if section.id == "verdict" {
            html.push_str(&contents);
        }
    }
    html.push_str("</article>\n");
    html
}
