//! Fans: quantiles over time, with what was observed before.

use super::Drawing;
use super::geometry::{Scale, line, px, ticks};
use crate::colour::{INK, fill};
use crate::number::tick;

/// At most this many times are drawn; more cannot be told apart at this size.
const TIMES: usize = 27;

/// One panel. All panels of an outcome share the scales.
#[derive(Clone, Debug)]
pub(crate) struct FanPanel<'a> {
    /// Colour: the place of the policy, or none for a neutral band.
    pub(crate) policy: Option<usize>,
    /// Times.
    pub(crate) times: &'a [f64],
    /// Quantiles 0.05, 0.25, 0.5, 0.75, 0.95 at each time.
    pub(crate) quantiles: &'a [Vec<f64>; 5],
    /// A line to compare with: the median of the baseline.
    pub(crate) baseline: Option<&'a [f64]>,
    /// Observed points.
    pub(crate) history: &'a [(f64, f64)],
    /// First and last time of the scale.
    pub(crate) span: (f64, f64),
    /// Least and greatest value of the scale.
    pub(crate) extent: (f64, f64),
    /// Time that is written as 0.
    pub(crate) start: f64,
    /// Width of the panel in pixels.
    pub(crate) width: u32,
}

/// Draws a panel: two bands, the median, the baseline's median dashed, history as dots.
pub(crate) fn fan_panel(panel: &FanPanel) -> Drawing {
    let (left, top, bottom, right) = (50.0, 8.0, 22.0, 8.0);
    let (width, height) = (f64::from(panel.width), f64::from(panel.width) * 0.5 + 50.0);
    let x = Scale {
        low: panel.span.0,
        high: panel.span.1,
        from: left,
        to: width - right,
    };
    let y = Scale {
        low: panel.extent.0,
        high: panel.extent.1,
        from: height - bottom,
        to: top,
    };
    let kept = thinned(panel.times.len());
    let at = |values: &[f64], k: usize| (x.at(panel.times[k]), y.at(values[k]));
    let band = |low: usize, high: usize| {
        let there = kept.iter().map(|&k| at(&panel.quantiles[high], k));
        let back = kept.iter().rev().map(|&k| at(&panel.quantiles[low], k));
        line(there.chain(back)) + "z"
    };
    let paint = panel.policy.map_or("#b0b0b0".to_string(), fill);
    let mut body = String::new();
    for value in ticks(panel.extent.0, panel.extent.1, 3) {
        let level = y.at(value);
        body.push_str(&format!(
            "<path d=\"M{} {}H{}\" stroke=\"#c9c9c9\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            px(left),
            px(level),
            px(width - right),
            px(left - 4.0),
            px(level + 4.0),
            tick(value)
        ));
    }
    if !panel.times.is_empty() {
        body.push_str(&format!(
            "<path d=\"{}\" fill=\"{paint}\" fill-opacity=\".35\" stroke=\"{INK}\" stroke-width=\".7\"/>\
             <path d=\"{}\" fill=\"{paint}\" stroke=\"{INK}\" stroke-width=\".5\"/>",
            band(0, 4),
            band(1, 3)
        ));
        let median = line(kept.iter().map(|&k| at(&panel.quantiles[2], k)));
        body.push_str(&format!(
            "<path d=\"{median}\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"2\"/>"
        ));
        if let Some(baseline) = panel.baseline {
            let d = line(kept.iter().map(|&k| at(baseline, k)));
            body.push_str(&format!(
                "<path d=\"{d}\" fill=\"none\" stroke=\"#fff\" stroke-width=\"3.4\"/>\
                 <path d=\"{d}\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"1.6\" stroke-dasharray=\"4 3\"/>"
            ));
        }
    }
    let seen = panel
        .history
        .iter()
        .filter(|(time, _)| *time >= panel.span.0 && *time <= panel.span.1);
    let dots: String = seen
        .map(|&(time, value)| format!("M{} {}h0", px(x.at(time)), px(y.at(value))))
        .collect();
    if !dots.is_empty() {
        body.push_str(&format!(
            "<path d=\"{dots}\" stroke=\"{INK}\" stroke-width=\"4.5\" stroke-linecap=\"round\"/>"
        ));
    }
    let zero = x.at(panel.start);
    if panel.start > panel.span.0 && panel.start < panel.span.1 {
        body.push_str(&format!(
            "<path d=\"M{} {}V{}\" stroke=\"{INK}\" stroke-dasharray=\"2 2\"/>",
            px(zero),
            px(top),
            px(height - bottom)
        ));
    }
    body.push_str(&format!(
        "<path d=\"M{} {}H{}\" stroke=\"{INK}\"/>",
        px(left),
        px(height - bottom),
        px(width - right)
    ));
    let mut places: Vec<(f64, f64, &str)> = vec![(width - right, panel.span.1, "end")];
    for (place, time, anchor) in [(left, panel.span.0, "start"), (zero, panel.start, "middle")] {
        if time >= panel.span.0 && places.iter().all(|(other, _, _)| (other - place).abs() > 44.0) {
            places.push((place, time, if place < left + 6.0 { "start" } else { anchor }));
        }
    }
    for (place, time, anchor) in places {
        let text = tick(time - panel.start);
        body.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{text}</text>",
            px(place),
            px(height - 6.0)
        ));
    }
    Drawing {
        width: panel.width,
        height: height as u32,
        body,
    }
}

/// Positions of the times that are drawn: evenly spread, first and last among them.
fn thinned(count: usize) -> Vec<usize> {
    if count <= TIMES {
        return (0..count).collect();
    }
    (0..TIMES).map(|k| k * (count - 1) / (TIMES - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_both_ends() {
        assert_eq!(thinned(3), [0, 1, 2]);
        let kept = thinned(521);
        assert_eq!((kept.len(), kept[0], kept[26]), (27, 0, 520));
    }
}
