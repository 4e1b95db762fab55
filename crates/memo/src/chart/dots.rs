//! The dot grid: 100 futures as 100 dots.

use study::findings::Verdict;

use super::Drawing;
use super::geometry::px;
use crate::colour::{INK, fill};
use crate::number::hundred_parts;

const PITCH: f64 = 15.0;
const SIDE: u32 = 152;

/// Draws 100 dots in the proportions of a verdict, filled row by row in the order of the case, close calls hatched last.
pub(crate) fn dot_grid(verdict: &Verdict) -> Drawing {
    let mut counts: Vec<u64> = verdict.leads.iter().map(|share| share.count).collect();
    counts.push(verdict.close_calls.count);
    let mut body = String::new();
    let mut next = 0;
    for (kind, &part) in hundred_parts(&counts).iter().enumerate() {
        let paint = if kind < verdict.leads.len() {
            fill(kind)
        } else {
            "url(#hatch)".to_string()
        };
        let dots: String = (next..next + part)
            .map(|k| {
                let (x, y) = ((k % 10) as f64 * PITCH + 8.5, (k / 10) as f64 * PITCH + 8.5);
                // A line of no length with round ends is a dot in a quarter of a circle's bytes.
                format!("M{} {}h0", px(x), px(y))
            })
            .collect();
        if part > 0 {
            body.push_str(&format!(
                "<path d=\"{dots}\" stroke=\"{INK}\" stroke-width=\"13\" stroke-linecap=\"round\"/>\
                 <path d=\"{dots}\" stroke=\"{paint}\" stroke-width=\"11\" stroke-linecap=\"round\"/>"
            ));
        }
        next += part;
    }
    Drawing {
        width: SIDE,
        height: SIDE,
        body,
    }
}
