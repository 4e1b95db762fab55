//! Strips that stand in the row of a table: regret, and what an assumption does to a gap.

use study::findings::Hinge;

use super::Drawing;
use super::geometry::{Scale, px, rectangle};
use crate::colour::{INK, fill};

const REGRET: f64 = 140.0;
const GAP: f64 = 180.0;

/// Draws an option's regret on a scale from 0 to `worst`: a line to the worst future, a bar to nine in ten, a mark at the
/// median.
pub(crate) fn regret_strip(policy: usize, [median, ninety, most]: [f64; 3], worst: f64) -> Drawing {
    let scale = Scale {
        low: 0.0,
        high: if worst > 0.0 { worst } else { 1.0 },
        from: 2.0,
        to: REGRET - 4.0,
    };
    let [median, ninety, most] = [median, ninety, most].map(|value| scale.at(value));
    let zero = scale.at(0.0);
    let body = format!(
        "<path d=\"M{z} 2v14M{z} 9H{m}M{m} 5v8\"/>\
         <path d=\"{bar}\" fill=\"{fill}\"/><path d=\"M{d} 1v16\" stroke-width=\"3\"/>",
        z = px(zero),
        m = px(most),
        d = px(median),
        bar = rectangle(zero, 4.0, (ninety - zero).max(0.0), 10.0),
        fill = fill(policy),
    );
    Drawing {
        width: REGRET as u32,
        height: 18,
        body,
    }
}

/// Draws the mean gap with an assumption in its lowest tenth (open dot) and its highest tenth (full dot). Zero is in
/// the middle, right is better for the first policy.
pub(crate) fn gap_bar(hinge: &Hinge, reach: f64) -> Drawing {
    let scale = Scale {
        low: -reach,
        high: reach,
        from: 8.0,
        to: GAP - 8.0,
    };
    let (low, high) = (scale.at(hinge.gap_low), scale.at(hinge.gap_high));
    let (left, right) = if low < high { (low, high) } else { (high, low) };
    let body = format!(
        "<path d=\"M{mid} 0v20\" stroke-dasharray=\"2 2\"/>\
         <path d=\"{bar}\" fill=\"#d8d8d8\"/>\
         <circle cx=\"{low}\" cy=\"10\" r=\"5\" fill=\"#fff\" stroke-width=\"1.5\"/>\
         <circle cx=\"{high}\" cy=\"10\" r=\"5\" fill=\"{INK}\"/>",
        mid = px(GAP / 2.0),
        bar = rectangle(left, 6.0, right - left, 8.0),
        low = px(low),
        high = px(high),
    );
    Drawing {
        width: GAP as u32,
        height: 20,
        body,
    }
}
