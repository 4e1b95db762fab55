//! The memo as a whole: complete in both languages, self-contained, byte-stable, even-handed.

mod made_up;

use made_up::MadeUp;
use memo::Language;

/// Writes the memo where a browser can look at it, when asked to.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test may leave a file to look at")]
fn a_memo_can_be_looked_at() {
    let Ok(folder) = std::env::var("WEIGH_MEMO_OUT") else {
        return;
    };
    let made_up = MadeUp::new();
    std::fs::write(format!("{folder}/en.html"), made_up.render(Language::En)).expect("a writable folder");
    std::fs::write(format!("{folder}/es.html"), made_up.render(Language::Es)).expect("a writable folder");
}

/// The article in a language.
fn article(html: &str, language: Language) -> &str {
    let begin = format!("<article lang={}>", language.tag());
    let (_, rest) = html.split_once(&begin).expect("an article for each language");
    rest.split_once("</article>").expect("an article ends").0
}

/// The text that is packed in the page's element with this id.
fn unpacked(html: &str, id: &str) -> String {
    let begin = format!("<script type=\"text/plain\" id=\"{id}\">");
    let (_, rest) = html.split_once(&begin).expect("it is packed");
    let (letters, _) = rest.split_once("</script>").expect("a script ends");
    let (mut word, mut bits, mut bytes) = (0u32, 0, vec![]);
    for letter in letters.bytes().filter(|&letter| letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        word = word << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits & 255) as u8);
        }
    }
    let text = miniz_oxide::inflate::decompress_to_vec_zlib(&bytes).expect("zlib");
    String::from_utf8(text).expect("UTF-8")
}

/// What a reader reads, without tags, a line for each block.
fn text(html: &str) -> String {
    let blocks = [
        "<p",
        "<h",
        "<li",
        "<td",
        "<th",
        "<tr",
        "<caption",
        "<figcaption",
        "<dt",
        "<dd",
        "<section",
        "<title",
        "<desc",
        "</section",
    ];
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tail)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tail.split_once('>').expect("a tag ends");
        if blocks.iter().any(|block| format!("<{tag}").starts_with(block)) {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines
        .join("\n")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[test]
fn the_english_memo_reads() {
    insta::assert_snapshot!(text(article(&MadeUp::new().render(Language::En), Language::En)));
}

#[test]
fn the_spanish_memo_reads() {
    insta::assert_snapshot!(text(article(&MadeUp::new().render(Language::Es), Language::Es)));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(
        MadeUp::new().render(Language::Es),
        MadeUp::new().render(Language::Es)
    );
}

#[test]
fn the_language_shown_first_changes_nothing_else() {
    let (en, es) = (
        MadeUp::new().render(Language::En),
        MadeUp::new().render(Language::Es),
    );
    let (packed_en, packed_es) = (unpacked(&es, "memo-en"), unpacked(&en, "memo-es"));
    assert_eq!(article(&en, Language::En), article(&packed_en, Language::En));
    assert_eq!(article(&packed_es, Language::Es), article(&es, Language::Es));
    assert!(en.contains("<html lang=\"en\">") && es.contains("<html lang=\"es\">"));
    assert!(en.contains("id=\"show-en\" checked>") && es.contains("id=\"show-es\" checked>"));
}

#[test]
fn nothing_is_loaded() {
    let html = MadeUp::new().render(Language::En);
    for tag in [
        "<script src",
        "<link",
        "<img",
        "<iframe",
        "<object",
        "@import",
        "url(h",
        "url(//",
        "src=",
    ] {
        assert!(!html.contains(tag), "{tag}");
    }
    assert!(html.contains(
        "content=\"default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; \
         worker-src blob:; base-uri 'none'; form-action 'none'\""
    ));
}

#[test]
fn without_scripts_the_page_says_how_to_get_each_language() {
    let html = MadeUp::new().render(Language::Es);
    for language in Language::ALL {
        let command = format!("weigh memo RUN --lang {} -o memo.html", language.tag());
        assert!(html.contains(&command), "{command}");
    }
    assert!(html.contains("<fieldset id=\"languages\" hidden>"));
}

#[test]
fn the_scripts_are_in_the_page() {
    let html = MadeUp::new().render(Language::En);
    assert!(html.contains(&format!("<script>{}</script>", include_str!("../src/boot.js"))));
    assert_eq!(unpacked(&html, "live"), include_str!("../src/live.js"));
}

#[test]
fn every_future_is_accounted_for() {
    for language in Language::ALL {
        let html = MadeUp::new().render(language);
        let article = article(&html, language);
        for count in ["2,412", "2,000", "409", "3 futur"] {
            assert!(article.contains(count), "{count} in {language:?}");
        }
    }
}

#[test]
fn texts_of_a_case_cannot_become_markup() {
    let mut made_up = MadeUp::new();
    let hostile = "</title><script>alert(1)</script><a href=\"javascript:x\" onclick='y'>";
    made_up.case.title.en = hostile.into();
    made_up.case.policies[1].name.es = hostile.into();
    made_up.case.outcomes[0].name.en = hostile.into();
    made_up.case.uncertainties[2].label.en = hostile.into();
    made_up.case.camps[0].name.en = hostile.into();
    made_up.case.claims[0].text.es = hostile.into();
    made_up.provenance.command = hostile.into();
    let entry = made_up.case.bibliography.values_mut().next().expect("a source");
    entry.url = Some("javascript:alert(1)".into());
    entry.citation = hostile.into();
    let html = made_up.render(Language::En) + &made_up.render(Language::Es);
    assert!(!html.contains("<script>alert"), "a script of the case's");
    assert!(
        !html.contains("href=javascript") && !html.contains("href=\"javascript"),
        "a link that runs"
    );
    assert!(html.contains("&lt;script&gt;"), "the text is shown");
}

/// The page without what is packed in it: packed bytes of different texts differ everywhere.
fn plain(html: &str) -> &str {
    html.split_once("<script type=\"text/plain\" id=\"memo-")
        .expect("a packed memo")
        .0
}

/// Replaces two words by each other.
fn exchange(text: &str, a: &str, b: &str) -> String {
    text.replace(a, "\u{1}").replace(b, a).replace('\u{1}', b)
}

/// The memo looks at no name: with the names of two camps (or two options) exchanged, it is the same memo with the names
/// exchanged.
#[test]
fn names_decide_nothing() {
    for language in Language::ALL {
        let original = MadeUp::new().render(language);
        let mut swapped = MadeUp::new();
        let (first, rest) = swapped.case.camps.split_at_mut(1);
        std::mem::swap(&mut first[0].name, &mut rest[0].name);
        std::mem::swap(&mut first[0].id, &mut rest[0].id);
        let html = exchange(plain(&swapped.render(language)), "Farm union", "Bathers’ league");
        let html = exchange(&html, "Unión de productores", "Liga de bañistas");
        assert_eq!(html, plain(&original));

        let mut swapped = MadeUp::new();
        let (first, rest) = swapped.case.policies.split_at_mut(2);
        std::mem::swap(&mut first[1].name, &mut rest[0].name);
        let html = exchange(
            plain(&swapped.render(language)),
            "Ban on winter spreading",
            "Payments for buffer strips",
        );
        let html = exchange(
            &html,
            "Prohibición de abonar en invierno",
            "Pagos por franjas de vegetación",
        );
        assert_eq!(html, plain(&original));
    }
}

/// Two camps that differ in nothing but their names are shown alike: exchanging their places in the case exchanges them on
/// the page and does nothing else.
#[test]
fn equal_camps_are_shown_alike() {
    let build = |names: [&str; 2]| {
        let mut made_up = MadeUp::new();
        let twin = made_up.case.camps[0].clone();
        made_up.case.camps[1] = twin;
        for (camp, name) in made_up.case.camps.iter_mut().zip(names) {
            camp.name.en = name.into();
            camp.name.es = name.into();
            camp.text.en = format!("{name} holds this view.");
            camp.text.es = format!("{name} sostiene esta postura.");
        }
        let view = made_up.findings.camps[0].clone();
        made_up.findings.camps[1] = study::findings::CampView { camp: 1, ..view };
        for claim in &mut made_up.findings.claims {
            if let [first, second, ..] = claim.by_camp.as_mut_slice() {
                *second = *first;
            }
        }
        made_up.render(Language::En)
    };
    let (there, back) = (build(["Alders", "Beeches"]), build(["Beeches", "Alders"]));
    let (there, back) = (plain(&there), plain(&back));
    assert_ne!(there, back, "the order of the case is kept");
    assert_eq!(exchange(back, "Alders", "Beeches"), there);
}

#[test]
fn a_run_of_some_options_says_which_were_not_run() {
    let mut made_up = MadeUp::new();
    let gone = 3;
    let findings = &mut made_up.findings;
    findings.options.retain(|option| option.policy != gone);
    findings.robustness.retain(|row| row.option.policy != gone);
    findings.extremes.retain(|extreme| extreme.policy != gone);
    for verdict in &mut findings.verdicts {
        verdict.ranking.retain(|&policy| policy != gone);
        verdict.leads[gone] = study::findings::Share::default();
        verdict.near_best[gone] = study::findings::Share::default();
        verdict.leader = None;
    }
    for fan in &mut findings.fans {
        fan.policies[gone] = Default::default();
    }
    for view in &mut findings.camps {
        view.regret[gone] = f64::NAN;
        view.regret_unrestricted[gone] = f64::NAN;
        view.leads[gone] = study::findings::Share::default();
        view.leads_unrestricted[gone] = study::findings::Share::default();
    }
    let html = made_up.render(Language::En);
    assert!(article(&html, Language::En).contains("A new treatment plant <small>(not run)</small>"));
    assert!(!plain(&html).contains("NaN"), "a missing number is a dash");
}

#[test]
fn an_empty_debate_leaves_no_empty_sections() {
    let mut made_up = MadeUp::new();
    let case = &mut made_up.case;
    case.claims.clear();
    case.camps.clear();
    case.statements.clear();
    case.authorities.clear();
    case.dissents.clear();
    case.left_out.clear();
    case.experiments.clear();
    for uncertainty in &mut case.uncertainties {
        uncertainty.high_favours.clear();
        uncertainty.low_favours.clear();
        uncertainty.contested_by.clear();
    }
    let findings = &mut made_up.findings;
    findings.claims.clear();
    findings.camps.clear();
    findings.hinges.clear();
    findings.maps.clear();
    findings.experiments.clear();
    findings.repeat = None;
    let html = made_up.render(Language::En);
    let article = article(&html, Language::En);
    for gone in [
        "id=camps-en",
        "id=claims-en",
        "id=tests-en",
        "id=statements-en",
        "id=hinges-en",
    ] {
        assert!(!article.contains(gone), "{gone}");
    }
    assert!(article.contains("No dissent has been entered in this case."));
    assert!(article.contains("This case has no test against the past."));
}
