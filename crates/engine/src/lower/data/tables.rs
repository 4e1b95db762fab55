//! Tables of points to segments with known slopes, and what is read of tables beside their values.

use super::super::graph::{Graph, NodeId};
use crate::ir::{Code, Segments};
use model::{Beyond, NOT_AVAILABLE, Table};

/// The abscissae of a table over its ordinates; nothing if those neither rise nor fall all along.
pub(in crate::lower) fn inverse(table: &Table) -> Option<Table> {
    let rises = table.y.windows(2).all(|pair| pair[0] < pair[1]);
    let falls = table.y.windows(2).all(|pair| pair[0] > pair[1]);
    let (mut x, mut y) = (table.y.clone(), table.x.clone());
    if falls && !rises {
        x.reverse();
        y.reverse();
    }
    (rises || falls).then_some(Table {
        x,
        y,
        extrapolate: false,
    })
}

/// The segments of a table, or what is wrong with it.
pub(in crate::lower) fn segments(table: &Table) -> Result<Segments, String> {
    let count = table.x.len();
    if count == 0 || count != table.y.len() {
        return Err("a lookup needs at least one point".to_owned());
    }
    if table.x.iter().chain(&table.y).any(|number| !number.is_finite()) {
        return Err("the points of a lookup must be finite numbers".to_owned());
    }
    if let Some(place) = table.x.windows(2).position(|pair| pair[0] > pair[1]) {
        return Err(format!(
            "the points of a lookup must rise: {} stands before {}",
            table.x[place],
            table.x[place + 1]
        ));
    }
    // Between points at the same place lies no segment, and 0 is as good as any slope.
    let slope_after = |place: usize| {
        let (run, rise) = (
            table.x[place + 1] - table.x[place],
            table.y[place + 1] - table.y[place],
        );
        if run > 0.0 { rise / run } else { 0.0 }
    };
    let mut slope: Vec<f64> = (0..count - 1).map(slope_after).collect();
    slope.push(slope.last().copied().filter(|_| table.extrapolate).unwrap_or(0.0));
    Ok(Segments {
        x: table.x.clone(),
        y: table.y.clone(),
        slope,
        extrapolate: table.extrapolate,
    })
}

/// A table that takes a value at each of the given places and keeps it until the next.
fn steps(x: &[f64], y: Vec<f64>) -> Segments {
    Segments {
        x: x.to_vec(),
        slope: vec![0.0; y.len()],
        y,
        extrapolate: false,
    }
}

/// The area under a table from its first point up to each point.
fn areas(table: &Segments) -> Vec<f64> {
    let mut area = 0.0;
    let mut areas = vec![0.0];
    for (x, y) in table.x.windows(2).zip(table.y.windows(2)) {
        area += (x[1] - x[0]) * (y[0] + y[1]) * 0.5;
        areas.push(area);
    }
    areas
}

/// The area under a table from its first point to `x`, which is first moved between the ends.
pub(in crate::lower) fn area(graph: &mut Graph, table: &Segments, x: NodeId) -> Result<NodeId, String> {
    let areas = areas(table);
    let [low, high] = [table.x[0], table.x[table.x.len() - 1]].map(|end| graph.number(end));
    let x = graph.binary(Code::Max, x, low);
    let x = graph.binary(Code::Min, x, high);
    let mut begun = |y: Vec<f64>| graph.lookup(steps(&table.x, y), x);
    let (from, height, slope) = (
        begun(table.x.clone()),
        begun(table.y.clone()),
        begun(table.slope.clone()),
    );
    let area = begun(areas);
    let width = graph.binary(Code::Subtract, x, from);
    let half = graph.number(0.5);
    let rise = graph.binary(Code::Multiply, slope, width);
    let rise = graph.binary(Code::Multiply, half, rise);
    let height = graph.binary(Code::Add, height, rise);
    let more = graph.binary(Code::Multiply, width, height);
    Ok(graph.binary(Code::Add, area, more))
}

/// How steep a table is at `x`; at a point between the ends the mean of both sides.
pub(in crate::lower) fn slope(
    graph: &mut Graph,
    table: &Segments,
    x: NodeId,
    beyond: Beyond,
) -> Result<NodeId, String> {
    let count = table.x.len();
    if count < 2 {
        return Err("a lookup of one point has no slope".to_owned());
    }
    // Of each point the slope of the line behind it; the last has only the one before.
    let mut behind = table.slope[..count - 1].to_vec();
    behind.push(behind[count - 2]);
    let mut at_point = behind.clone();
    for place in 1..count - 1 {
        at_point[place] = 0.5 * (behind[place - 1] + behind[place]);
    }
    // Where the table jumps it has no slope.
    for (pair, slope) in table.x.windows(2).zip(&mut at_point[1..]) {
        if pair[0] == pair[1] {
            *slope = NOT_AVAILABLE;
        }
    }
    let mut begun = |y: Vec<f64>| graph.lookup(steps(&table.x, y), x);
    let (point, at_point, behind) = (begun(table.x.clone()), begun(at_point), begun(behind));
    let here = graph.binary(Code::Equal, x, point);
    let slope = graph.select(here, at_point, behind);
    let outside = match beyond {
        Beyond::Line => return Ok(slope),
        Beyond::Level => graph.number(0.0),
        Beyond::Nothing => graph.number(NOT_AVAILABLE),
    };
    let [low, high] = [table.x[0], table.x[count - 1]].map(|end| graph.number(end));
    let before = graph.binary(Code::Less, x, low);
    let after = graph.binary(Code::Less, high, x);
    let out = graph.binary(Code::Or, before, after);
    Ok(graph.select(out, outside, slope))
}

/// Where the area under a table, which must be nowhere below zero, reaches a share of the whole.
pub(in crate::lower) fn quantile(
    graph: &mut Graph,
    table: &Segments,
    share: NodeId,
) -> Result<NodeId, String> {
    let areas = areas(table);
    let whole = areas[areas.len() - 1];
    if table.y.iter().any(|y| *y < 0.0) || whole <= 0.0 {
        return Err("a density must be nowhere below zero, and somewhere above".to_owned());
    }
    // Where nothing lies between two points, the area does not rise: the later one begins what follows.
    let mut begun = |y: Vec<f64>| {
        let shares: Vec<f64> = areas.iter().map(|area| area / whole).collect();
        graph.lookup(steps(&shares, y), share)
    };
    let (from, height) = (begun(table.x.clone()), begun(table.y.clone()));
    let (slope, below) = (begun(table.slope.clone()), begun(areas.clone()));
    let whole = graph.number(whole);
    let area = graph.binary(Code::Multiply, share, whole);
    let more = graph.binary(Code::Subtract, area, below);
    let zero = graph.number(0.0);
    let more = graph.binary(Code::Max, more, zero);
    // The width of `more` under a line: a quadratic equation, in the form that loses no digits.
    let two = graph.number(2.0);
    let twice = graph.binary(Code::Multiply, two, more);
    let square = graph.binary(Code::Multiply, height, height);
    let change = graph.binary(Code::Multiply, slope, twice);
    let square = graph.binary(Code::Add, square, change);
    let square = graph.binary(Code::Max, square, zero);
    let root = graph.unary(Code::Sqrt, square);
    let below = graph.binary(Code::Add, height, root);
    let width = graph.binary(Code::Divide, twice, below);
    let something = graph.binary(Code::Less, zero, more);
    let width = graph.select(something, width, zero);
    Ok(graph.binary(Code::Add, from, width))
}
