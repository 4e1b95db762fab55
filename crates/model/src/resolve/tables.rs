//! Tables of points, put in the order of their abscissae.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Table;
use crate::syntax::{TableKind, TableSyntax};

/// The table as written, in the order of its abscissae. A point written twice counts once; two values at one x are a jump, and there the
/// later counts.
pub(super) fn table(syntax: &TableSyntax, diagnostics: &mut Diagnostics) -> Table {
    let mut order: Vec<usize> = (0..syntax.points.len()).collect();
    if !syntax.points.is_sorted_by(|one, two| one.0 <= two.0) {
        diagnostics.push(
            Diagnostic::note(
                "table-not-rising",
                "the points of a table are not in the order of x",
            )
            .label(syntax.span, "they are put in order"),
        );
        order.sort_by(|one, two| syntax.points[*one].0.total_cmp(&syntax.points[*two].0));
    }
    let mut table = Table {
        x: Vec::with_capacity(order.len()),
        y: Vec::with_capacity(order.len()),
        extrapolate: syntax.kind == TableKind::Extrapolate,
    };
    let mut before: Option<usize> = None;
    for at in order {
        let (x, y) = syntax.points[at];
        if let Some(last) = before.filter(|last| syntax.points[*last].0 == x) {
            if syntax.points[last].1 == y {
                continue;
            }
            diagnostics.push(
                Diagnostic::note("table-x-twice", format!("a table has two values at x = {x}"))
                    .label(syntax.places[at], format!("{y} from here on"))
                    .label(syntax.places[last], format!("{} before", syntax.points[last].1))
                    .help("it jumps there; give each x one y, if it should not"),
            );
        }
        if let (TableKind::Discrete, Some(last)) = (syntax.kind, before) {
            // Two points at one place are a step.
            table.x.push(x);
            table.y.push(syntax.points[last].1);
        }
        table.x.push(x);
        table.y.push(y);
        before = Some(at);
    }
    table
}
