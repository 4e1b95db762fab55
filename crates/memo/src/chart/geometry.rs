//! From values to pixels: scales, ticks, paths.

/// A linear scale from values to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// Value at `from`.
    pub(crate) low: f64,
    /// Value at `to`.
    pub(crate) high: f64,
    /// Pixel of `low`.
    pub(crate) from: f64,
    /// Pixel of `high`.
    pub(crate) to: f64,
}

impl Scale {
    /// The pixel of a value; the middle if the scale has no extent.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let extent = self.high - self.low;
        if extent == 0.0 || !extent.is_finite() || !value.is_finite() {
            return (self.from + self.to) / 2.0;
        }
        self.from + (value - self.low) / extent * (self.to - self.from)
    }
}

/// Round values (1, 2 or 5 times a power of ten apart) inside `[low, high]`, about `about` of them.
pub(crate) fn ticks(low: f64, high: f64, about: usize) -> Vec<f64> {
    if !(low < high && low.is_finite() && high.is_finite()) {
        return vec![];
    }
    let raw = (high - low) / about.max(1) as f64;
    let text = format!("{raw:e}");
    let (mantissa, exponent) = text.split_once('e').expect("`{:e}` writes an exponent");
    let mantissa: f64 = mantissa.parse().expect("`{:e}` writes a number");
    let round = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|&step| mantissa <= step * 1.000_001)
        .unwrap_or(10.0);
    let step: f64 = format!("{round}e{exponent}")
        .parse()
        .expect("a number as just written");
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last).map(|k| k as f64 * step).collect()
}

/// A coordinate with at most one digit behind the point.
pub(crate) fn px(x: f64) -> String {
    let text = format!("{x:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" {
        "0".to_string()
    } else {
        text.to_string()
    }
}

/// The `d` of a line through points, in whole pixels and in steps from point to point: whole small numbers are short to
/// write. Steps are taken between rounded places, so that roundings do not add up.
pub(crate) fn curve(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut d = String::new();
    let mut last = (0, 0);
    for (k, (x, y)) in points.into_iter().enumerate() {
        let here = (x.round() as i64, y.round() as i64);
        // After the first step its letter goes without saying.
        match k {
            0 => d.push('M'),
            1 => d.push('l'),
            _ => {}
        }
        for step in [here.0 - last.0, here.1 - last.1] {
            // A minus sign parts two numbers as well as a blank does.
            if d.ends_with(|c: char| c.is_ascii_digit()) && step >= 0 {
                d.push(' ');
            }
            d.push_str(&step.to_string());
        }
        last = here;
    }
    d
}

/// The `d` of a rectangle.
pub(crate) fn rectangle(x: f64, y: f64, width: f64, height: f64) -> String {
    format!(
        "M{} {}h{}v{}h{}z",
        px(x),
        px(y),
        px(width),
        px(height),
        px(-width)
    )
}

/// Where a value lies along bins drawn equally wide: 0 at the first bin's lower end, the number of bins at the last
/// one's upper end. Bins of single values are points; a value between two of them lies on their border.
pub(crate) fn place(bins: &[(f64, f64)], value: f64) -> f64 {
    for (k, &(low, high)) in bins.iter().enumerate() {
        if value <= low && !(value == low && low == high) {
            return k as f64;
        }
        if value <= high {
            return if high > low {
                k as f64 + (value - low) / (high - low)
            } else {
                k as f64 + 0.5
            };
        }
    }
    bins.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_map_ends_to_ends() {
        let scale = Scale {
            low: 10.0,
            high: 20.0,
            from: 100.0,
            to: 0.0,
        };
        assert_eq!(scale.at(10.0), 100.0);
        assert_eq!(scale.at(15.0), 50.0);
        assert_eq!(
            Scale {
                low: 3.0,
                high: 3.0,
                from: 0.0,
                to: 10.0
            }
            .at(3.0),
            5.0
        );
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let check = |low, high, about, expected: &[f64]| {
            let ticks = ticks(low, high, about);
            assert_eq!(ticks.len(), expected.len(), "{ticks:?}");
            assert!(
                ticks
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-9 * (high - low)),
                "{ticks:?}"
            );
        };
        check(0.0, 100.0, 4, &[0.0, 50.0, 100.0]);
        check(0.0, 1.0, 2, &[0.0, 0.5, 1.0]);
        check(-7.0, 13.0, 4, &[-5.0, 0.0, 5.0, 10.0]);
        check(61_000.0, 92_000.0, 3, &[80_000.0]);
        check(1.0, 1.0, 3, &[]);
        check(f64::NAN, 1.0, 3, &[]);
    }

    #[test]
    fn values_find_their_place_among_bins() {
        let bins = [(0.0, 1.0), (1.0, 10.0)];
        assert_eq!(place(&bins, -1.0), 0.0);
        assert_eq!(place(&bins, 0.5), 0.5);
        assert_eq!(place(&bins, 5.5), 1.5);
        assert_eq!(place(&bins, 99.0), 2.0);
        let categories = [(0.0, 0.0), (1.0, 1.0)];
        assert_eq!(place(&categories, 0.0), 0.5);
        assert_eq!(place(&categories, 0.5), 1.0);
        assert_eq!(place(&categories, 1.0), 1.5);
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!(px(12.0), "12");
        assert_eq!(px(-0.01), "0");
        assert_eq!(px(3.24159), "3.2");
        assert_eq!(curve([(0.0, 1.0), (2.5, 3.0), (2.2, 2.96)]), "M0 1l3 2-1 0");
        assert_eq!(rectangle(1.0, 2.0, 3.0, 4.0), "M1 2h3v4h-3z");
    }
}
