//! What the user may have meant: the nearest of some words.

/// The candidate that is nearest to `word`, if any is near enough to be a likely slip of the pen.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let limit = (word.len() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other: Vec<char> = candidate.to_lowercase().chars().collect();
        if other.len().abs_diff(word.len()) > limit {
            continue;
        }
        let distance = distance(&word, &other);
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        let words = ["policy", "outcome", "uncertainty"];
        assert_eq!(nearest("polciy", words), Some("policy"));
        assert_eq!(nearest("outcomes", words), Some("outcome"));
        assert_eq!(nearest("uncertianty", words), Some("uncertainty"));
        assert_eq!(nearest("camp", words), None);
    }

    #[test]
    fn distances_by_hand() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let check = |a: &str, b: &str, expected: usize| {
            assert_eq!(distance(&chars(a), &chars(b)), expected, "{a} {b}")
        };
        check("", "abc", 3);
        check("kitten", "sitting", 3);
        check("ab", "ba", 1);
        check("same", "same", 0);
    }
}
