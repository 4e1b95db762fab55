//! Colours of options: by their order in the case, never by what they mean.
//!
//! Okabe and Ito's palette without its green and its vermilion, which readers take for good and bad, and with two greys
//! in their place. From the eighth option on the colours come again with dots over them. Some of the colours have less
//! than 3:1 contrast on white, so every filled area is outlined in ink.

/// Ink: text and outlines.
pub(crate) const INK: &str = "#161616";

const COLOURS: [(&str, [u8; 3]); 7] = [
    ("#0072b2", [0x00, 0x72, 0xb2]),
    ("#e69f00", [0xe6, 0x9f, 0x00]),
    ("#cc79a7", [0xcc, 0x79, 0xa7]),
    ("#f0e442", [0xf0, 0xe4, 0x42]),
    ("#56b4e9", [0x56, 0xb4, 0xe9]),
    ("#999999", [0x99, 0x99, 0x99]),
    ("#4d4d4d", [0x4d, 0x4d, 0x4d]),
];

/// The letter of the option at this place in the case: A to Z, then AA, AB...
pub(crate) fn letter(option: usize) -> String {
    let last = char::from(b'A' + (option % 26) as u8);
    if option < 26 {
        last.to_string()
    } else {
        format!("{}{last}", letter(option / 26 - 1))
    }
}

/// The plain colour of an option.
pub(crate) fn colour(option: usize) -> &'static str {
    COLOURS[option % COLOURS.len()].0
}

/// What an SVG area of this option is filled with: a colour, or a dotted colour from the eighth on.
pub(crate) fn fill(option: usize) -> String {
    if option < COLOURS.len() {
        colour(option).to_string()
    } else {
        format!("url(#dots{option})")
    }
}

/// The colour of text on this option's colour: ink or white, whichever contrasts more.
pub(crate) fn text_on(option: usize) -> &'static str {
    let background = luminance(COLOURS[option % COLOURS.len()].1);
    let on_white = 1.05 / (background + 0.05);
    let on_ink = (background + 0.05) / (luminance([0x16, 0x16, 0x16]) + 0.05);
    if on_white > on_ink { "#ffffff" } else { INK }
}

/// Relative luminance, with the square as a stand-in for sRGB's exponent 2.4: near enough to choose between ink and
/// white, and without a library's power function.
fn luminance([r, g, b]: [u8; 3]) -> f64 {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        c * c
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// Patterns for SVG: hatching for close calls, dots from the eighth option on.
pub(crate) fn patterns(options: usize) -> String {
    let mut svg = String::from(
        "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"6\" height=\"6\" fill=\"#fff\"/><path d=\"M0 0V6\" stroke=\"#8a8a8a\" stroke-width=\"2.4\"/></pattern>",
    );
    for option in COLOURS.len()..options {
        svg.push_str(&format!(
            "<pattern id=\"dots{option}\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\"><rect width=\"7\" height=\"7\" \
             fill=\"{}\"/><circle cx=\"2\" cy=\"2\" r=\"1.3\" fill=\"#fff\"/></pattern>",
            colour(option)
        ));
    }
    svg
}

/// CSS for the letter badges.
pub(crate) fn badge_css(options: usize) -> String {
    let mut css = String::new();
    for option in 0..options {
        let (back, text) = (colour(option), text_on(option));
        css.push_str(&format!(
            ":root{{--o{option}:{back}}}.o{option}{{background:{back};color:{text}}}.q{option}{{--o:{back}}}"
        ));
        if option >= COLOURS.len() {
            // A dotted rim outside the letter, so that the letter keeps its contrast.
            css.push_str(&format!(
                ".o{option}{{outline:2px dotted {INK};outline-offset:1px}}"
            ));
        }
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!(letter(0), "A");
        assert_eq!(letter(25), "Z");
        assert_eq!(letter(26), "AA");
        assert_eq!(letter(53), "BB");
    }

    #[test]
    fn text_takes_the_colour_that_contrasts_more() {
        let text: Vec<&str> = (0..7).map(text_on).collect();
        assert_eq!(text, ["#ffffff", INK, INK, INK, INK, INK, "#ffffff"]);
    }

    #[test]
    fn no_colour_says_good_or_bad() {
        for (name, [r, g, b]) in COLOURS {
            let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
            assert!(g - r.max(b) < 40, "{name} reads as green");
            assert!(r - g.max(b) < 90, "{name} reads as red");
        }
    }

    #[test]
    fn the_eighth_option_differs_from_the_first_by_more_than_its_letter() {
        assert_eq!(fill(0), "#0072b2");
        assert_eq!(fill(7), "url(#dots7)");
        assert!(patterns(8).contains("id=\"dots7\""));
        assert!(badge_css(8).contains(".o7{outline"));
    }
}
