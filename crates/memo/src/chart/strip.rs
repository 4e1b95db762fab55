//! Strips: who leads along one assumption, and how 100 futures divide among the policies.

use study::findings::{Hinge, Verdict};

use super::Drawing;
use super::geometry::{place, px, rectangle};
use crate::colour::{INK, fill, letter, text_on};
use crate::leaders::{Front, front};
use crate::number::{hundred_parts, significant, tick};

const WIDTH: f64 = 288.0;
const EDGE: f64 = 4.0;
/// How a label that stands in the middle of its place is written.
const CENTRED: &str = " class=\"c\"";

/// Draws who leads along an assumption: its slices side by side, equally wide, equal neighbours as one area; both ends
/// and the places of change underneath.
pub(crate) fn verdict_strip(hinge: &Hinge) -> Drawing {
    let bins: Vec<(f64, f64)> = hinge.slices.iter().map(|slice| (slice.low, slice.high)).collect();
    let fronts: Vec<Front> = hinge
        .slices
        .iter()
        .map(|slice| front(slice.count, &slice.leads))
        .collect();
    let width = (WIDTH - 2.0 * EDGE) / bins.len().max(1) as f64;
    let mut body = hatched(WIDTH - 2.0 * EDGE);
    let mut start = 0;
    while start < fronts.len() {
        let here = fronts[start];
        let end = (start..fronts.len())
            .find(|&k| fronts[k] != here)
            .unwrap_or(fronts.len());
        let [x, to] = [start, end].map(|k| (EDGE + k as f64 * width).round());
        let wide = to - x;
        body.push_str(&area(here, x, wide, 26.0));
        start = end;
    }
    // Ends first; then changes of leader and values of a categorical assumption, where there is room.
    let mut labels: Vec<(f64, String, &str)> = vec![];
    if let Some((first, last)) = bins.first().zip(bins.last()) {
        if bins.iter().all(|(low, high)| low == high) {
            for (k, &(value, _)) in bins.iter().enumerate() {
                labels.push((EDGE + (k as f64 + 0.5) * width, tick(value), CENTRED));
            }
        } else {
            labels.push((EDGE, tick(first.0), ""));
            labels.push((WIDTH - EDGE, tick(last.1), " class=\"y\""));
            for flip in &hinge.flips {
                let x = EDGE + place(&bins, flip.at) * width;
                body.push_str(&format!("<path class=\"m\" d=\"M{} 0v33\"/>", px(x.round())));
                let text = significant(flip.at, 2);
                let free = labels.iter().all(|(other, there, anchor)| {
                    let reach = wide(there) * if *anchor == CENTRED { 0.5 } else { 1.0 };
                    (other - x).abs() > reach + wide(&text) / 2.0 + 6.0
                });
                if free {
                    labels.push((x, text, CENTRED));
                }
            }
        }
    }
    for (x, text, anchor) in labels {
        body.push_str(&format!(
            "<text{anchor} x=\"{}\" y=\"46\">{text}</text>",
            px(x.round())
        ));
    }
    Drawing {
        width: WIDTH as u32,
        height: 51,
        body,
    }
}

/// Draws how 100 futures divide: one area for each policy in the order of the case, close calls hatched at the end.
pub(crate) fn lead_bar(verdict: &Verdict) -> Drawing {
    let mut counts: Vec<u64> = verdict.leads.iter().map(|share| share.count).collect();
    counts.push(verdict.close_calls.count);
    let parts = hundred_parts(&counts);
    let mut body = hatched(WIDTH - 2.0 * EDGE);
    let mut done = 0;
    for (policy, &part) in parts.iter().enumerate() {
        let place = |parts: u64| (EDGE + parts as f64 * (WIDTH - 2.0 * EDGE) / 100.0).round();
        let (x, wide) = (place(done), place(done + part) - place(done));
        if part > 0 {
            let kind = if policy < verdict.leads.len() {
                Front::Clear(policy)
            } else {
                Front::Tie
            };
            body.push_str(&area(kind, x, wide, 26.0));
        }
        done += part;
    }
    Drawing {
        width: WIDTH as u32,
        height: 30,
        body,
    }
}

/// About how wide a label is, in pixels.
fn wide(text: &str) -> f64 {
    text.chars().count() as f64 * 7.0
}

/// The ground of a strip: hatched, as close calls are.
fn hatched(wide: f64) -> String {
    format!(
        "<path d=\"{}\" fill=\"url(#hatch)\"/>",
        rectangle(EDGE, 2.0, wide, 26.0)
    )
}

/// A part of a strip that is not just ground.
fn area(front: Front, x: f64, wide: f64, high: f64) -> String {
    let (paint, mark) = match front {
        Front::Clear(policy) => (
            Some(fill(policy)),
            Some((policy, if text_on(policy) == INK { "k" } else { "w" })),
        ),
        Front::Ahead(policy) => (None, Some((policy, "h"))),
        Front::Tie => (None, None),
        Front::Few => (Some("#fff".to_string()), None),
    };
    let mut svg = match paint {
        Some(paint) => format!("<path d=\"{}\" fill=\"{paint}\"/>", rectangle(x, 2.0, wide, high)),
        None => format!("<path d=\"M{} 2v26\"/>", px(x)),
    };
    if let Some((policy, style)) = mark.filter(|_| wide >= 16.0) {
        let middle = px((x + wide / 2.0).round());
        svg.push_str(&format!(
            "<text class=\"l {style}\" x=\"{middle}\" y=\"20\">{}</text>",
            letter(policy)
        ));
    }
    svg
}
