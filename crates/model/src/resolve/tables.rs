//! Tables of points: checked for rising abscissae.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Table;
use crate::syntax::TableSyntax;

/// The table as written, if its abscissae rise. A point written twice counts once.
pub(super) fn table(syntax: &TableSyntax, diagnostics: &mut Diagnostics) -> Option<Table> {
    let mut table = Table {
        x: Vec::with_capacity(syntax.points.len()),
        y: Vec::with_capacity(syntax.points.len()),
        extrapolate: false,
    };
    let mut before: Option<(f64, f64, usize)> = None;
    for (at, (x, y)) in syntax.points.iter().copied().enumerate() {
        if let Some((last_x, last_y, last)) = before {
            if x == last_x && y == last_y {
                continue;
            }
            if x <= last_x {
                diagnostics.push(
                    Diagnostic::error("table-not-rising", "the x values of a table do not rise")
                        .label(syntax.places[at], format!("{x} comes after {last_x}"))
                        .label(syntax.places[last], "the point before")
                        .help("order the points by x, and give each x one y"),
                );
                return None;
            }
        }
        table.x.push(x);
        table.y.push(y);
        before = Some((x, y, at));
    }
    Some(table)
}
