//! The dot grid: 100 futures as 100 dots.

use study::findings::Verdict;

use super::Drawing;
use crate::colour::fill;
use crate::number::hundred_parts;

const PITCH: u64 = 15;
const EDGE: u64 = 8;
const SIDE: u32 = 152;

/// Draws 100 dots in ink, a rim for the coloured ones.
pub(crate) fn dot_frame() -> Drawing {
    drawing(format!("<path class=\"d\" d=\"{}\"/>", runs(0, 100)))
}

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
        if part > 0 {
            let d = runs(next, next + part);
            body.push_str(&format!("<path class=\"e\" d=\"{d}\" stroke=\"{paint}\"/>"));
        }
        next += part;
    }
    drawing(body)
}

fn drawing(body: String) -> Drawing {
    Drawing {
        width: SIDE,
        height: SIDE,
        body,
    }
}

/// Dots `from..to` of the grid as one line for each row: dashes of no length with round ends are dots.
fn runs(from: u64, to: u64) -> String {
    let mut d = String::new();
    let mut at = from;
    while at < to {
        let end = to.min(at - at % 10 + 10);
        let place = |k: u64| k % 10 * PITCH + EDGE;
        // The last dash needs a little length behind it to begin on.
        d.push_str(&format!(
            "M{} {}h{}.1",
            place(at),
            at / 10 * PITCH + EDGE,
            place(end - 1) - place(at)
        ));
        at = end;
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_break_at_the_end_of_a_row() {
        assert_eq!(runs(8, 11), "M128 8h15.1M8 23h0.1");
        assert_eq!(runs(3, 3), "");
    }
}
