//! Syntax to a checked model: names become ids, and everything that is wrong is said at once.
//!
//! [`names`] gives each left-hand side its id, [`dimensions`] and [`shapes`] say which elements it has, [`translate`] and [`calls`] turn expressions into the model's, [`finish`] looks at the
//! whole: control variables, kinds, loops, what is used by nothing.

mod calls;
mod dimensions;
mod external;
mod finish;
mod names;
mod shapes;
mod subscripts;
mod tables;
mod translate;
mod vectors;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::index::IndexVec;
use crate::model::{Model, TimeControls, VarId, VariableKind};
use crate::source::{Files, Span};
use crate::syntax::{Right, Syntax};
use dimensions::Dimensions;

/// The model of a syntax tree; nothing if any part of it is in error.
pub(crate) fn resolve(syntax: &Syntax, files: &dyn Files, diagnostics: &mut Diagnostics) -> Option<Model> {
    let (names, mut variables, groups) = names::declare(syntax, diagnostics);
    let mut books = external::Books::new(files);
    let mut dimensions = Dimensions::read(&names.dimensions, &mut books, diagnostics);
    names.check_dimensions(&dimensions, &variables, diagnostics);
    let (definitions, unshaped) =
        shapes::shape(&names.definitions, &mut dimensions, &mut variables, diagnostics);
    let nowhere = VarId(u32::MAX);
    let mut model = Model {
        variables,
        exprs: IndexVec::new(),
        expr_spans: IndexVec::new(),
        dimensions: dimensions.list.clone(),
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
    let mut complete = unshaped.is_empty();
    let mut translator =
        translate::Translator::new(syntax, &names, &dimensions, &unshaped, &mut books, diagnostics);
    for definition in &definitions {
        match translator.definition(definition, &mut model) {
            Some(equations) => model.variables[definition.variable].equations.extend(equations),
            None => complete = false,
        }
        if matches!(definition.syntax.right, Right::Lookup(_)) {
            model.variables[definition.variable].kind = VariableKind::Lookup;
        }
    }
    translator.report();
    finish::finish(
        &mut model,
        &names,
        &syntax.settings.controls,
        complete,
        diagnostics,
    )
    .filter(|()| !diagnostics.has_errors())?;
    Some(model)
}

/// Adds up to three of `spans` to a message, and how many more there are.
pub(crate) fn places(mut diagnostic: Diagnostic, spans: &[Span], text: &str) -> Diagnostic {
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
