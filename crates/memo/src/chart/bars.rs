//! Bars that stand in the row of a table: regret, and what an assumption does to a gap.
//!
//! They are backgrounds of an empty element, placed by numbers in its style: there are many of them, and the numbers they
//! show stand in the same row.

use study::findings::Hinge;

use super::geometry::Scale;
use crate::markup::Markup;

const REGRET: f64 = 140.0;
const GAP: f64 = 180.0;

/// An option's regret on a scale from 0 to `worst`: a line to the worst future, a bar to nine in ten, a mark at the median.
pub(crate) fn regret_bar(policy: usize, regret: [f64; 3], worst: f64) -> Markup {
    let scale = Scale {
        low: 0.0,
        high: if worst > 0.0 { worst } else { 1.0 },
        from: 0.0,
        to: REGRET - 6.0,
    };
    let [median, ninety, most] = regret.map(|value| scale.at(value).round());
    Markup::raw(format!(
        "<u class=\"q{policy}\" style=\"--a:{median};--b:{ninety};--c:{most}\"></u>"
    ))
}

/// The mean gap with an assumption in its lowest tenth (open dot) and its highest tenth (full dot). Zero is in the middle,
/// right is better for the first policy.
pub(crate) fn gap_bar(hinge: &Hinge, reach: f64) -> Markup {
    let scale = Scale {
        low: -reach,
        high: reach,
        from: 8.0,
        to: GAP - 8.0,
    };
    let [low, high] = [hinge.gap_low, hinge.gap_high].map(|gap| scale.at(gap).round());
    Markup::raw(format!("<u class=\"gap\" style=\"--a:{low};--b:{high}\"></u>"))
}
