//! "Did you mean": the known word nearest to an unknown one, and what the signs of other programs stand for.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// What is to be said of `a < b < c`, of which the second sign stands at `sign`.
pub(crate) fn chained(sign: Span, and: &str) -> Diagnostic {
    Diagnostic::warning("comparison-chain", "two comparisons stand in a row")
        .label(sign, "compares the truth of what is before it, which is 0 or 1")
        .help(format!(
            "write `a < b {and} b < c`; if this is meant, set brackets"
        ))
}

/// The candidate that differs least from `word`, if it differs by at most a third of its letters.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().collect();
    let most = (word.len() / 3).min(5);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        // The number of letters alone rules most candidates out.
        if candidate.chars().count().abs_diff(word.len()) > most {
            continue;
        }
        let letters: Vec<char> = candidate.chars().collect();
        let distance = distance(&word, &letters);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// What stands in an equation for a sign or a function of other programs; how Vensim writes it.
///
/// Word processors turn `-` into a dash, which Vensim takes for a letter: such a sign is looked for in all of a name.
pub(crate) fn from_elsewhere(written: &str) -> Option<&'static str> {
    let signs = [
        ('\u{2013}', "the dash is read as part of a name: write `-`"),
        ('\u{2014}', "the dash is read as part of a name: write `-`"),
        (
            '\u{2212}',
            "the sign `\u{2212}` is read as part of a name: write `-`",
        ),
        ('\u{d7}', "the sign `\u{d7}` is read as part of a name: write `*`"),
        ('\u{b7}', "the sign `\u{b7}` is read as part of a name: write `*`"),
        ('\u{f7}', "the sign `\u{f7}` is read as part of a name: write `/`"),
        (
            '\u{2264}',
            "the sign `\u{2264}` is read as part of a name: write `<=`",
        ),
        (
            '\u{2265}',
            "the sign `\u{2265}` is read as part of a name: write `>=`",
        ),
        (
            '\u{2260}',
            "the sign `\u{2260}` is read as part of a name: write `<>`",
        ),
    ];
    if let Some((_, help)) = signs.iter().find(|(sign, _)| written.contains(*sign)) {
        return Some(help);
    }
    let first = written.split_whitespace().next()?;
    Some(match first.to_ascii_lowercase().as_str() {
        "and" => "write `:AND:`, with the colons",
        "or" => "write `:OR:`, with the colons",
        "not" => "write `:NOT:`, with the colons",
        "if" | "then" | "else" => "write `IF THEN ELSE(condition, value if true, value if false)`",
        "mod" => "write `MODULO(number, divisor)`",
        "average" | "mean" => {
            "for an array write `SUM(x[dimension!]) / ELMCOUNT(dimension)`; for numbers add and divide"
        }
        "pow" => "write `base ^ exponent`",
        "log10" => "write `LOG(x, 10)`",
        "round" => "write `INTEGER(x + 0.5)`, which rounds what is not below zero",
        "floor" => "write `INTEGER(x)`, which cuts towards zero",
        _ => return None,
    })
}

/// Letters inserted, removed, replaced, or swapped with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (above[j] + usize::from(x != y))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(word, candidates.iter().copied()), expected, "{word}");
    }

    #[test]
    fn finds_the_nearest() {
        check("infectous", &["infectious", "recovered"], Some("infectious"));
        check("birth rtae", &["birth rate", "birth rates"], Some("birth rate"));
        check("ab", &["ac", "ccc"], None);
        check("abc", &["abd", "xyz"], Some("abd"));
        check("recovery", &["population"], None);
        check("x", &[], None);
        check("été", &["ete", "été 2"], None);
        check("l'été", &["l'ete", "l'étée"], Some("l'étée"));
        check("température", &["temperature"], Some("temperature"));
    }
}
