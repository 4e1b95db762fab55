//! The model in the page: what a live memo carries, packed, and how to get it out of a page again.
//!
//! Each part is a script element of type `text/plain` whose id begins with `machine-`; `docs/live-memo.md` describes them.

use miniz_oxide::inflate::decompress_to_vec_zlib;
use serde_json::json;

use crate::packed::{packed, unbase64};
use crate::{Language, Memo, units};

/// The elements: the machine's parts, or why there are none.
pub(crate) fn elements(memo: &Memo) -> String {
    let element = |(id, bytes): (&str, &[u8])| {
        format!(
            "<script type=\"text/plain\" id=\"machine-{id}\">{}</script>\n",
            packed(bytes)
        )
    };
    match memo.live {
        Err(why) => element(("missing", why.to_string().as_bytes())),
        Ok(live) => [
            ("catalogue", live.catalogue.as_bytes()),
            ("calls", live.machine.as_bytes()),
            ("simd", &live.simd),
            ("scalar", &live.scalar),
            ("outcomes", &live.outcomes),
            ("record", &live.record),
            ("units", units(memo).as_bytes()),
        ]
        .map(element)
        .concat(),
    }
}

/// The units that the page shows, in words of both languages; that of time stands under `@time`.
fn units(memo: &Memo) -> String {
    let (case, model) = (memo.case, memo.model);
    let in_words = |written: &str| {
        let [en, es] = Language::ALL.map(|language| units::unit(language, written));
        json!({ "en": en, "es": es })
    };
    let factors = case.uncertainties.iter().map(|one| one.unit.value.as_str());
    let variables = model.variables.iter().map(|variable| variable.units.as_str());
    let mut all: serde_json::Map<String, serde_json::Value> = factors
        .chain(variables)
        .map(|written| (written.to_owned(), in_words(written)))
        .collect();
    let time = &model.variables[model.time.time_step].units;
    all.insert("@time".to_owned(), in_words(time));
    serde_json::Value::Object(all).to_string()
}

/// A part of the machine that a page carries: `catalogue`, `calls`, `simd`, `scalar`, `outcomes`, `record`, `units`, or `missing`, the reason why
/// there is none. None if the page does not carry it whole.
pub fn carried(html: &str, part: &str) -> Option<Vec<u8>> {
    let start = format!("<script type=\"text/plain\" id=\"machine-{part}\">");
    let (_, rest) = html.split_once(&start)?;
    let (letters, _) = rest.split_once("</script>")?;
    decompress_to_vec_zlib(&unbase64(letters)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_carried() {
        let html = format!(
            "<p>x</p><script type=\"text/plain\" id=\"machine-record\">{}</script>",
            packed(&[0, 1, 2, 255])
        );
        assert_eq!(carried(&html, "record"), Some(vec![0, 1, 2, 255]));
        assert_eq!(carried(&html, "simd"), None);
        assert_eq!(carried(&html.replace("</script>", ""), "record"), None);
        let damaged = html.replacen("record\">eN", "record\">eA", 1);
        assert_eq!(carried(&damaged, "record"), None);
    }
}
