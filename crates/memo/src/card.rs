//! The card: the verdict on one small page, to be made a picture of.

use crate::chart::Sheet;
use crate::markup::{Markup, tag};
use crate::section::{self, Page};
use crate::{Memo, colour, words};

/// Width of the card in CSS pixels.
pub(crate) const WIDTH: u32 = 840;
/// Height of the card in CSS pixels.
pub(crate) const HEIGHT: u32 = 441;

const STYLE: &str = "html,body{width:840px;height:441px;overflow:hidden}\
    body{padding:16px 26px 12px;display:flex;flex-direction:column;font-size:14px;line-height:1.3}\
    h1{font-size:21px;margin:0 0 5px;text-wrap:wrap}.question{font-size:15px;line-height:1.35;margin:0 0 7px;max-width:none}\
    .key{display:flex;flex-wrap:wrap;gap:3px 16px;font-size:14px;margin:0 0 9px}.key li{margin:0;white-space:nowrap}\
    .lead{font-size:14px;font-weight:600;margin:0 0 7px;padding-top:7px;border-top:1px solid var(--rule);max-width:none}\
    .two{display:grid;grid-template-columns:1fr 1fr;gap:9px 30px;align-content:start;flex:1;min-height:0}\
    .two h2{font-size:14px;margin:0 0 2px}.two .bar{display:block}.two .legend{margin:2px 0 0;font-size:13px;gap:0 9px}.two .legend li{margin:0}\
    footer{border-top:1px solid var(--rule);padding-top:6px;font-size:12px;color:var(--soft)}footer p{margin:0;max-width:none}";

/// The whole page.
pub(crate) fn render(memo: &Memo) -> String {
    let mut sheet = Sheet::default();
    let language = memo.language;
    let mut page = Page {
        memo,
        language,
        sheet: &mut sheet,
    };
    let title = page.text(&memo.case.title);
    let body = section::card(&mut page);
    let foot = [
        tag("strong", "", words::not_a_forecast(language)),
        words::card_more(language, crate::number::count(memo.findings.tally.compared)),
        words::as_of(language, &memo.case.as_of),
    ];
    let close = tag("p", "", words::card_close(language));
    let foot = tag("p", "", crate::markup::join(foot, " · "));
    let foot = tag("footer", "", section::all_of([close, foot]));
    let heading: Markup = tag("h1", "", title.clone());
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>\n{css}{badges}{sizes}{STYLE}</style>\n</head>\n<body>\n\
         <svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"sheet\"><defs>{patterns}{drawings}</defs></svg>\n\
         {heading}{body}{foot}\n</body>\n</html>\n",
        lang = language.tag(),
        css = include_str!("memo.css"),
        badges = colour::badge_css(memo.case.policies.len()),
        sizes = sheet.size_css(),
        patterns = colour::patterns(memo.case.policies.len()),
        drawings = sheet.definitions(),
    )
}
