//! Tables of points to segments with known slopes.

use crate::ir::Segments;
use model::Table;

/// The abscissae of a table over its ordinates; nothing if those neither rise nor fall all along.
pub(super) fn inverse(table: &Table) -> Option<Table> {
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
pub(super) fn segments(table: &Table) -> Result<Segments, String> {
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
