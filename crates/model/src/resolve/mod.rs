//! Syntax to a checked model: names become ids, and everything that is wrong is said at once.
//!
//! [`names`] gives each left-hand side its id, [`translate`] turns expressions into the model's, [`finish`] looks at the
//! whole: control variables, kinds, loops, what is used by nothing.

mod finish;
mod names;
mod tables;
mod translate;

pub(crate) use translate::NOT_AVAILABLE;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::index::IndexVec;
use crate::model::{Equation, Model, TimeControls, VarId};
use crate::source::Span;
use crate::syntax::{Right, Syntax};

/// The model of a syntax tree; nothing if any part of it is in error.
pub(crate) fn resolve(syntax: &Syntax, diagnostics: &mut Diagnostics) -> Option<Model> {
    let (names, variables, groups) = names::declare(syntax, diagnostics);
    let nowhere = VarId(u32::MAX);
    let mut model = Model {
        variables,
        exprs: IndexVec::new(),
        expr_spans: IndexVec::new(),
        dimensions: IndexVec::new(),
        groups,
        time: TimeControls {
            initial_time: nowhere,
            final_time: nowhere,
            time_step: nowhere,
            saveper: nowhere,
        },
        integration: syntax.settings.integration,
        unit_equivalents: syntax
            .settings
            .equivalents
            .iter()
            .map(|(units, _)| units.clone())
            .collect(),
    };
    let mut translator = translate::Translator::new(syntax, &names, diagnostics);
    let mut broken = Vec::new();
    for (variable, equation) in &names.definitions {
        match translator.equation(equation, &mut model) {
            Some(definition) => model.variables[*variable].equations.push(Equation {
                region: Vec::new(),
                definition,
                span: equation.span,
            }),
            None => broken.push(*variable),
        }
        if matches!(equation.right, Right::Lookup(_)) {
            model.variables[*variable].kind = crate::model::VariableKind::Lookup;
        }
    }
    translator.report();
    finish::finish(
        &mut model,
        &names,
        &syntax.settings.controls,
        &broken,
        diagnostics,
    )
    .filter(|()| !diagnostics.has_errors())?;
    Some(model)
}

/// Adds up to three of `spans` to a message, and how many more there are.
fn places(mut diagnostic: Diagnostic, spans: &[Span], text: &str) -> Diagnostic {
    const SHOWN: usize = 3;
    for span in spans.iter().take(SHOWN) {
        diagnostic = diagnostic.label(*span, text);
    }
    match spans.len().saturating_sub(SHOWN) {
        0 => diagnostic,
        1 => diagnostic.help("and one more place"),
        more => diagnostic.help(format!("and {more} more places")),
    }
}
