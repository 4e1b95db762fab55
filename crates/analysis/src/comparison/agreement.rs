//! How far the robustness measures rank the options alike.

use serde::{Deserialize, Serialize};

use super::robustness::{Measure, Robustness};

/// How far two measures rank options alike.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// The first measure.
    pub a: Measure,
    /// The second measure.
    pub b: Measure,
    /// Kendall's tau-b between the ranks: 1 for the same order, -1 for the reverse; none where a measure ranks all options alike.
    pub tau: Option<f64>,
    /// Whether some option ranks first by both.
    pub same_first: bool,
    /// Pairs of options that the measures put in opposite orders.
    pub reversed: usize,
}

/// Every measure against every other, in order; measures that are not defined for some option are left out.
pub fn ranking_agreement(of: &Robustness) -> Vec<Agreement> {
    let ranked: Vec<(Measure, Vec<usize>)> = of
        .measures
        .iter()
        .filter_map(|row| {
            Some((
                row.measure,
                row.rank.iter().copied().collect::<Option<Vec<usize>>>()?,
            ))
        })
        .collect();
    let mut found = Vec::new();
    for (at, (a, x)) in ranked.iter().enumerate() {
        for (b, y) in &ranked[at + 1..] {
            let (mut alike, mut reversed, mut tied_x, mut tied_y) = (0_usize, 0_usize, 0_usize, 0_usize);
            for i in 0..x.len() {
                for j in 0..i {
                    tied_x += usize::from(x[i] == x[j]);
                    tied_y += usize::from(y[i] == y[j]);
                    if x[i] != x[j] && y[i] != y[j] {
                        *(if (x[i] < x[j]) == (y[i] < y[j]) {
                            &mut alike
                        } else {
                            &mut reversed
                        }) += 1;
                    }
                }
            }
            let pairs = x.len() * x.len().saturating_sub(1) / 2;
            let scale = ((pairs - tied_x) as f64 * (pairs - tied_y) as f64).sqrt();
            found.push(Agreement {
                a: *a,
                b: *b,
                tau: (scale > 0.0).then(|| (alike as f64 - reversed as f64) / scale),
                same_first: (0..x.len()).any(|o| x[o] == 1 && y[o] == 1),
                reversed,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::robustness::{RobustnessOptions, robustness};
    use crate::table::{Column, Direction, Outcomes};

    /// By hand: a is steady, b swings, so the careful and the bold measures disagree.
    #[test]
    fn agreement_by_hand() {
        let (a, b) = ([4.0, 5.0, 6.0], [0.0, 6.0, 12.0]);
        let two = Outcomes::new(vec![Column::ran(&a), Column::ran(&b)], Direction::Higher);
        let found = ranking_agreement(&robustness(&two, &RobustnessOptions::default()).expect("well formed"));
        let of = |x, y| {
            *found
                .iter()
                .find(|f| (f.a, f.b) == (x, y))
                .expect("both are defined")
        };
        let opposite = of(Measure::Maximin, Measure::Maximax);
        assert_eq!(
            (opposite.tau, opposite.same_first, opposite.reversed),
            (Some(-1.0), false, 1)
        );
        let alike = of(Measure::Maximax, Measure::Laplace);
        assert_eq!(
            (alike.tau, alike.same_first, alike.reversed),
            (Some(1.0), true, 0)
        );
        assert!(
            !found.iter().any(|f| f.b == Measure::StarrDomain),
            "no threshold, no domain"
        );
    }
}
