//! Fans: quantiles over time, with what was observed before.

use super::Drawing;
use super::geometry::{Scale, curve, px, ticks};
use crate::colour::{INK, fill, letter, text_on};
use crate::number::tick;

/// At most this many times are drawn; more cannot be told apart at this size.
const TIMES: usize = 8;

/// What all panels of an outcome share: scales and size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FanScale {
    /// First and last time.
    pub(crate) span: (f64, f64),
    /// Least and greatest value.
    pub(crate) extent: (f64, f64),
    /// Time that is written as 0.
    pub(crate) start: f64,
    /// Width in pixels.
    pub(crate) width: u32,
}

const LEFT: f64 = 50.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 20.0;
const RIGHT: f64 = 8.0;

impl FanScale {
    fn height(&self) -> f64 {
        f64::from(self.width) * 0.5 + 38.0
    }
    fn x(&self) -> Scale {
        Scale {
            low: self.span.0,
            high: self.span.1,
            from: LEFT,
            to: f64::from(self.width) - RIGHT,
        }
    }
    fn y(&self) -> Scale {
        Scale {
            low: self.extent.0,
            high: self.extent.1,
            from: self.height() - BOTTOM,
            to: TOP,
        }
    }
    fn drawing(&self, body: String) -> Drawing {
        Drawing {
            width: self.width,
            height: self.height() as u32,
            body,
        }
    }
}

/// Draws the axes.
pub(crate) fn fan_frame(scale: &FanScale) -> Drawing {
    let (x, y, right, floor) = (
        scale.x(),
        scale.y(),
        f64::from(scale.width) - RIGHT,
        scale.height() - BOTTOM,
    );
    let mut body = String::new();
    for value in ticks(scale.extent.0, scale.extent.1, 3) {
        let level = y.at(value);
        body.push_str(&format!(
            "<path class=\"v\" d=\"M{} {}H{}\"/><text class=\"y\" x=\"{}\" y=\"{}\">{}</text>",
            px(LEFT),
            px(level.round()),
            px(right),
            px(LEFT - 4.0),
            px(level.round() + 4.0),
            tick(value)
        ));
    }
    let zero = x.at(scale.start).round();
    if scale.start > scale.span.0 && scale.start < scale.span.1 {
        body.push_str(&format!(
            "<path d=\"M{} {}V{}\" stroke-dasharray=\"2 2\"/>",
            px(zero),
            px(TOP),
            px(floor)
        ));
    }
    body.push_str(&format!(
        "<path d=\"M{} {}H{}\"/>",
        px(LEFT),
        px(floor),
        px(right)
    ));
    let mut places: Vec<(f64, f64, &str)> = vec![(right, scale.span.1, " class=\"y\"")];
    for (place, time, anchor) in [(zero, scale.start, " class=\"c\""), (LEFT, scale.span.0, "")] {
        if time >= scale.span.0 && places.iter().all(|(other, _, _)| (other - place).abs() > 40.0) {
            places.push((place, time, if place < LEFT + 6.0 { "" } else { anchor }));
        }
    }
    for (place, time, anchor) in places {
        body.push_str(&format!(
            "<text{anchor} x=\"{}\" y=\"{}\">{}</text>",
            px(place),
            px(floor + 15.0),
            tick(time - scale.start)
        ));
    }
    scale.drawing(body)
}

/// Draws two bands and the median: quantiles 0.05, 0.25, 0.5, 0.75, 0.95 at each time, in a policy's colour or in grey.
pub(crate) fn fan_bands(
    scale: &FanScale,
    times: &[f64],
    quantiles: &[Vec<f64>; 5],
    policy: Option<usize>,
) -> Drawing {
    let kept = thinned(times.len());
    let paint = policy.map_or("#b0b0b0".to_string(), fill);
    let band = |low: usize, high: usize| {
        let there = points(scale, times, &quantiles[high], &kept);
        let back = points(scale, times, &quantiles[low], &kept).rev();
        curve(there.chain(back)) + "z"
    };
    let median = curve(points(scale, times, &quantiles[2], &kept));
    scale.drawing(format!(
        "<g fill=\"{paint}\"><path class=\"f\" d=\"{}\"/><path d=\"{}\"/><path class=\"m\" d=\"{median}\"/></g>",
        band(0, 4),
        band(1, 3)
    ))
}

/// Draws the letter of a policy on its colour, above the axis of a panel.
pub(crate) fn fan_letter(policy: usize, scale: &FanScale) -> Drawing {
    let (paint, style) = (fill(policy), if text_on(policy) == INK { "k" } else { "w" });
    scale.drawing(format!(
        "<path d=\"M{LEFT} 1h19v17h-19z\" fill=\"{paint}\"/><text class=\"l {style}\" x=\"{}\" y=\"14\">{}</text>",
        px(LEFT + 9.0),
        letter(policy)
    ))
}

/// Draws the dashed line to compare with.
pub(crate) fn fan_line(scale: &FanScale, times: &[f64], values: &[f64]) -> Drawing {
    let d = curve(points(scale, times, values, &thinned(times.len())));
    scale.drawing(format!(
        "<path d=\"{d}\" stroke=\"#fff\" stroke-width=\"3.5\"/>\
         <path d=\"{d}\" stroke-width=\"1.6\" stroke-dasharray=\"4 3\"/>"
    ))
}

/// Draws what was observed, as dots.
pub(crate) fn fan_dots(scale: &FanScale, history: &[(f64, f64)]) -> Drawing {
    let (x, y) = (scale.x(), scale.y());
    let seen = history
        .iter()
        .filter(|(time, _)| *time >= scale.span.0 && *time <= scale.span.1);
    let dots: String = seen
        .map(|&(time, value)| format!("M{} {}h0", px(x.at(time)), px(y.at(value))))
        .collect();
    scale.drawing(format!(
        "<path d=\"{dots}\" stroke-width=\"4.5\" stroke-linecap=\"round\"/>"
    ))
}

/// The kept points of a series on the panel.
fn points<'a>(
    scale: &FanScale,
    times: &'a [f64],
    values: &'a [f64],
    kept: &'a [usize],
) -> impl DoubleEndedIterator<Item = (f64, f64)> + use<'a> {
    let (x, y) = (scale.x(), scale.y());
    kept.iter().map(move |&k| (x.at(times[k]), y.at(values[k])))
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
        assert_eq!((kept.len(), kept[0], kept[7]), (8, 0, 520));
    }
}
