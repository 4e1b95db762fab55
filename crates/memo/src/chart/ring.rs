//! The ring of sectors: which part of a model feeds which.

use super::Drawing;
use super::geometry::px;
use crate::colour::INK;

const SIDE: f64 = 300.0;
const NODE: f64 = 17.0;

/// An arrow from one sector to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where the arrow begins.
    pub(crate) from: usize,
    /// Where it points.
    pub(crate) to: usize,
    /// How many variables of `from` are used in `to`.
    pub(crate) uses: usize,
}

/// Draws numbered sectors on a ring with an arrow for each link, thicker for more uses.
pub(crate) fn ring(sectors: usize, links: &[Link]) -> Drawing {
    let centre = SIDE / 2.0;
    let radius = centre - NODE - 6.0;
    let node = |k: usize| {
        let (cosine, sine) = turn(k as f64 / sectors.max(1) as f64);
        (centre + radius * sine, centre - radius * cosine)
    };
    let mut body = format!(
        "<marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"{INK}\"/></marker>"
    );
    for (thick, fewest, most) in [("0.9", 1, 1), ("1.6", 2, 4), ("2.6", 5, usize::MAX)] {
        let arrows: String = links
            .iter()
            .filter(|link| link.from != link.to && (fewest..=most).contains(&link.uses))
            .map(|link| format!("<path d=\"{}\"/>", arrow(node(link.from), node(link.to))))
            .collect();
        if !arrows.is_empty() {
            body.push_str(&format!(
                "<g stroke-opacity=\".75\" stroke-width=\"{thick}\" marker-end=\"url(#head)\">{arrows}</g>"
            ));
        }
    }
    for k in 0..sectors {
        let (x, y) = node(k);
        body.push_str(&format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{NODE}\" fill=\"#fff\" stroke-width=\"2\"/>\
             <text class=\"l k\" x=\"{x}\" y=\"{}\">{}</text>",
            px(y + 4.5),
            k + 1,
            x = px(x),
            y = px(y)
        ));
    }
    Drawing {
        width: SIDE as u32,
        height: SIDE as u32,
        body,
    }
}

/// An arrow between two nodes, bent to the right of its way, so that two arrows between the same nodes do not cover each
/// other.
fn arrow((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> String {
    let (dx, dy) = (x2 - x1, y2 - y1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let bend = length * 0.12;
    let (cx, cy) = (
        (x1 + x2) / 2.0 - dy / length * bend,
        (y1 + y2) / 2.0 + dx / length * bend,
    );
    let (sx, sy) = towards((x1, y1), (cx, cy), NODE);
    let (ex, ey) = towards((x2, y2), (cx, cy), NODE + 1.0);
    format!(
        "M{} {}Q{} {} {} {}",
        px(sx.round()),
        px(sy.round()),
        px(cx.round()),
        px(cy.round()),
        px(ex.round()),
        px(ey.round())
    )
}

/// The point at `distance` from `from` on the way to `to`.
fn towards(from: (f64, f64), to: (f64, f64), distance: f64) -> (f64, f64) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    (from.0 + dx / length * distance, from.1 + dy / length * distance)
}

/// Cosine and sine of a fraction of a full turn, from the sixth root of a small rotation: near enough for a drawing to a
/// tenth of a pixel, and the same on every machine.
fn turn(fraction: f64) -> (f64, f64) {
    const STEPS: u32 = 12;
    let angle = fraction * std::f64::consts::TAU / f64::from(1u32 << STEPS);
    let (mut cosine, mut sine) = (1.0 - angle * angle / 2.0, angle - angle * angle * angle / 6.0);
    for _ in 0..STEPS {
        (cosine, sine) = (cosine * cosine - sine * sine, 2.0 * sine * cosine);
    }
    (cosine, sine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_exact_enough_to_draw() {
        for (fraction, cosine, sine) in [
            (0.0, 1.0, 0.0),
            (0.25, 0.0, 1.0),
            (0.5, -1.0, 0.0),
            (0.75, 0.0, -1.0),
        ] {
            let (c, s) = turn(fraction);
            assert!(
                (c - cosine).abs() < 1e-4 && (s - sine).abs() < 1e-4,
                "{fraction}: {c} {s}"
            );
        }
    }
}
