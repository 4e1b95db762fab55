//! "Did you mean": the known word nearest to an unknown one.

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
