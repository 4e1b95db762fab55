//! The win map: who leads where along two assumptions.

use std::collections::BTreeMap;

use study::findings::WinMap;

use super::Drawing;
use super::geometry::{px, rectangle};
use crate::colour::{fill, letter};
use crate::leaders::{Front, front};
use crate::number::tick;

const LEFT: f64 = 54.0;
const TOP: f64 = 6.0;
const PLOT: f64 = 240.0;
const BOTTOM: f64 = 24.0;
/// The usual width of a cell, for which the style sheet spaces letters.
const CELL: f64 = 20.0;

/// Draws a win map: a colour and a letter where a policy leads clearly, hatching where it is a close call (with the
/// letter of the policy ahead, if one is), nothing where there are too few futures.
pub(crate) fn win_map(map: &WinMap) -> Drawing {
    let (columns, rows) = (map.x_bins.len(), map.y_bins.len());
    let (width, height) = (PLOT / columns.max(1) as f64, PLOT / rows.max(1) as f64);
    // Hatched ground, and one path for each kind of area on it: the runs of equal cells along each row.
    let frame = rectangle(LEFT, TOP, PLOT, PLOT);
    let mut body = format!("<path d=\"{frame}\" fill=\"url(#hatch)\"/>");
    let mut areas: BTreeMap<String, String> = BTreeMap::new();
    let mut letters = String::new();
    for row in 0..rows {
        let y = TOP + PLOT - (row + 1) as f64 * height;
        let fronts: Vec<Front> = map.cells[row * columns..(row + 1) * columns]
            .iter()
            .map(|cell| front(cell.count, &cell.leads))
            .collect();
        let mut start = 0;
        while start < columns {
            let paint = paint(fronts[start]);
            let end = (start..columns)
                .find(|&k| self::paint(fronts[k]) != paint)
                .unwrap_or(columns);
            if let Some(paint) = paint {
                let run = rectangle(
                    LEFT + start as f64 * width,
                    y,
                    (end - start) as f64 * width,
                    height,
                );
                areas.entry(paint).or_default().push_str(&run);
            }
            start = end;
        }
        letters.push_str(&row_of_letters(&fronts, width, y + height / 2.0 + 4.0));
    }
    for (paint, d) in areas {
        body.push_str(&format!("<path d=\"{d}\" fill=\"{paint}\"/>"));
    }
    body.push_str(&letters);
    body.push_str(&format!("<path d=\"{frame}\"/>"));
    for (k, value) in marks(&map.x_bins) {
        let x = LEFT + k * width;
        let anchor = if k == 0.0 {
            "start"
        } else if k == columns as f64 {
            "end"
        } else {
            "middle"
        };
        let shift = if k == 0.0 { -6.0 } else { 0.0 };
        body.push_str(&format!("<path d=\"M{} {}v5\"/>", px(x), px(TOP + PLOT)));
        body.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            px(x + shift),
            px(TOP + PLOT + 19.0),
            tick(value)
        ));
    }
    for (k, value) in marks(&map.y_bins) {
        let y = TOP + PLOT - k * height;
        body.push_str(&format!("<path d=\"M{} {}h-5\"/>", px(LEFT), px(y)));
        body.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            px(LEFT - 7.0),
            px((y + 4.5).max(12.0)),
            tick(value)
        ));
    }
    Drawing {
        width: (LEFT + PLOT + 6.0) as u32,
        height: (TOP + PLOT + BOTTOM) as u32,
        body,
    }
}

/// In how many cells each policy leads clearly, in how many it is merely ahead; then ties, then cells with too few.
pub(crate) fn census(map: &WinMap, policies: usize) -> (Vec<(usize, usize)>, usize, usize) {
    let mut counts = vec![(0, 0); policies];
    let (mut ties, mut few) = (0, 0);
    for cell in &map.cells {
        match front(cell.count, &cell.leads) {
            Front::Clear(policy) => counts[policy].0 += 1,
            Front::Ahead(policy) => counts[policy].1 += 1,
            Front::Tie => ties += 1,
            Front::Few => few += 1,
        }
    }
    (counts, ties, few)
}

/// What a cell is painted with; nothing on hatched ground.
fn paint(front: Front) -> Option<String> {
    match front {
        Front::Clear(policy) => Some(fill(policy)),
        Front::Ahead(_) | Front::Tie => None,
        Front::Few => Some("#fff".to_string()),
    }
}

/// The letters of a row. Where a letter and its cell are as wide as usual, one text with the letters spaced like the
/// cells; else a text for each letter.
fn row_of_letters(fronts: &[Front], width: f64, y: f64) -> String {
    let letters: Vec<String> = fronts
        .iter()
        .map(|front| match *front {
            Front::Clear(policy) | Front::Ahead(policy) => letter(policy),
            Front::Tie | Front::Few => String::new(),
        })
        .collect();
    if letters.iter().all(String::is_empty) {
        return String::new();
    }
    let place = |column: usize| LEFT + (column as f64 + 0.5) * width;
    if width == CELL && letters.iter().all(|letter| letter.chars().count() <= 1) {
        let first = letters.iter().position(|letter| !letter.is_empty()).unwrap_or(0);
        let line: String = letters[first..]
            .iter()
            .map(|letter| if letter.is_empty() { " " } else { letter })
            .collect();
        return format!(
            "<text class=\"j\" x=\"{}\" y=\"{}\">{}</text>",
            px(place(first) - 4.0),
            px(y),
            line.trim_end()
        );
    }
    let texts = letters
        .iter()
        .enumerate()
        .filter(|(_, letter)| !letter.is_empty());
    texts
        .map(|(column, letter)| {
            format!(
                "<text class=\"l h\" x=\"{}\" y=\"{}\">{letter}</text>",
                px(place(column)),
                px(y)
            )
        })
        .collect()
}

/// Where an axis is labelled: every value of a categorical one (up to six), else both ends and the middle.
fn marks(bins: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if bins.iter().all(|(low, high)| low == high) && bins.len() <= 6 {
        return bins
            .iter()
            .enumerate()
            .map(|(k, &(value, _))| (k as f64 + 0.5, value))
            .collect();
    }
    let Some((first, last)) = bins.first().zip(bins.last()) else {
        return vec![];
    };
    let middle = bins.len() / 2;
    vec![
        (0.0, first.0),
        (middle as f64, two_digits(bins[middle].0, last.1 - first.0)),
        (bins.len() as f64, last.1),
    ]
}

/// A place between bins comes from draws: two digits are all it is worth, and nothing within a hundredth of the range.
fn two_digits(x: f64, range: f64) -> f64 {
    if x.abs() < 0.01 * range.abs() {
        return 0.0;
    }
    format!("{x:.1e}").parse().expect("a number as just written")
}
