//! Delays whose time must not change: Stella lets the time of `DELAY` vary, the model's fixed delay takes it at the start.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Function;
use crate::index::IndexVec;
use crate::model::{Definition, Expr, ExprId, Model, VarId};

/// Refuses fixed delays whose time may change during a run.
pub(super) fn delays(model: &Model, diagnostics: &mut Diagnostics) {
    let mut known = IndexVec::new();
    for _ in model.variables.ids() {
        known.push(None);
    }
    for (id, expr) in model.exprs.enumerate() {
        if let Expr::Call {
            function: Function::DelayFixed,
            args,
        } = expr
            && !is_steady(model, args[1], &mut known)
        {
            diagnostics.push(
                Diagnostic::error(
                    "varying-delay",
                    "the delay time of `DELAY` changes during the run",
                )
                .label(model.expr_spans[id], "")
                .label(model.expr_spans[args[1]], "not constant")
                .help("use `DELAY1` or `DELAY3`, whose times may change"),
            );
        }
    }
}

/// Whether an expression has one value in a whole run. A variable in a loop, which only stocks can close, is not steady.
fn is_steady(model: &Model, root: ExprId, known: &mut IndexVec<VarId, Option<bool>>) -> bool {
    // Variables that are being looked at, and the expressions still to be looked at in each.
    let mut path: Vec<(Option<VarId>, Vec<ExprId>)> = vec![(None, vec![root])];
    loop {
        let Some((variable, pending)) = path.last_mut() else {
            return true;
        };
        let Some(at) = pending.pop() else {
            if let Some(variable) = *variable {
                known[variable] = Some(true);
            }
            path.pop();
            continue;
        };
        let steady = match &model.exprs[at] {
            Expr::Number(_) => true,
            Expr::Call {
                function: Function::Initial,
                ..
            } => true,
            Expr::Time => false,
            Expr::Call { function, .. } if !function.is_pure() => false,
            Expr::Variable { variable, .. } => match known[*variable] {
                Some(steady) => steady,
                None => {
                    let definitions = model.variables[*variable].equations.iter();
                    let roots: Option<Vec<ExprId>> = definitions
                        .map(|equation| match equation.definition {
                            Definition::Expression(root) => Some(root),
                            _ => None,
                        })
                        .collect();
                    match roots {
                        Some(roots) => {
                            // Until it is known better; this also ends loops.
                            known[*variable] = Some(false);
                            path.push((Some(*variable), roots));
                            true
                        }
                        None => false,
                    }
                }
            },
            other => {
                pending.extend(other.children());
                true
            }
        };
        if !steady {
            return false;
        }
    }
}
