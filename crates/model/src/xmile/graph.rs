//! Graphical functions: points by two lists, or by one list over an even scale.

use super::equation::spelling;
use super::markup::Text;
use super::markup::{Element, Tree};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{TableKind, TableSyntax};

/// The table of a `<gf>`; nothing, and a message, if it cannot be read.
pub(super) fn graphical_function(
    tree: &Tree,
    element: &Element,
    name: &Name,
    diagnostics: &mut Diagnostics,
) -> Option<TableSyntax> {
    let mut wrong = |message: String, span: Span, help: &str| {
        diagnostics.push(
            Diagnostic::error("graphical-function", message)
                .label(span, "")
                .help(help),
        );
    };
    let discrete = element
        .attribute("discrete")
        .is_some_and(|text| text.value.trim().eq_ignore_ascii_case("true"));
    let kind = match element
        .attribute("type")
        .map(|text| text.value.trim().to_ascii_lowercase())
    {
        None if discrete => Some(TableKind::Discrete),
        None => Some(TableKind::Continuous),
        Some(kind) => match kind.as_str() {
            "continuous" | "" => Some(TableKind::Continuous),
            "extrapolate" => Some(TableKind::Extrapolate),
            "discrete" => Some(TableKind::Discrete),
            _ => {
                wrong(
                    format!("the graphical function of `{name}` has the type `{kind}`"),
                    element.span,
                    "the types are `continuous`, `extrapolate` and `discrete`",
                );
                None
            }
        },
    };
    let Some(y_element) = tree.child(element, "ypts") else {
        wrong(
            format!("the graphical function of `{name}` has no `<ypts>`"),
            element.span,
            "write, for example, `<ypts>0,1,2</ypts>`",
        );
        return None;
    };
    let mut list = |element: &Element| -> Option<Vec<(f64, Span)>> {
        match numbers(element) {
            Ok(numbers) => Some(numbers),
            Err((written, span)) => {
                wrong(
                    format!("`{written}` in the graphical function of `{name}` is not a number"),
                    span,
                    "numbers are separated by commas",
                );
                None
            }
        }
    };
    let y = list(y_element);
    let x = match tree.child(element, "xpts") {
        Some(x_element) => Some(list(x_element)?),
        None => None,
    };
    let y = y?;
    if y.is_empty() {
        wrong(
            format!("the graphical function of `{name}` has no points"),
            y_element.span,
            "write, for example, `<ypts>0,1,2</ypts>`",
        );
        return None;
    }
    let (x, places): (Vec<f64>, Vec<Span>) = match x {
        Some(x) if x.len() == y.len() => x.into_iter().unzip(),
        Some(x) => {
            wrong(
                format!(
                    "the graphical function of `{name}` has {} x values and {} y values",
                    x.len(),
                    y.len()
                ),
                y_element.text.trimmed(),
                "give each x one y",
            );
            return None;
        }
        None => {
            let Some((low, high)) = tree.child(element, "xscale").and_then(scale) else {
                wrong(
                    format!(
                        "the graphical function of `{name}` has neither `<xpts>` nor an `<xscale>` with `min` and `max`"
                    ),
                    element.span,
                    "write, for example, `<xscale min=\"0\" max=\"10\"/>`",
                );
                return None;
            };
            let last = (y.len() - 1).max(1) as f64;
            let x = (0..y.len()).map(|at| low + (high - low) * (at as f64 / last));
            (x.collect(), y.iter().map(|(_, span)| *span).collect())
        }
    };
    Some(TableSyntax {
        points: x.into_iter().zip(y.into_iter().map(|(y, _)| y)).collect(),
        places,
        span: element.span,
        kind: kind?,
    })
}

fn scale(element: &Element) -> Option<(f64, f64)> {
    let end = |name| -> Option<f64> { element.attribute(name)?.value.trim().parse().ok() };
    let (low, high) = (end("min")?, end("max")?);
    (low.is_finite() && high.is_finite() && low < high).then_some((low, high))
}

/// The numbers of a list with their places; or what is none.
fn numbers(element: &Element) -> Result<Vec<(f64, Span)>, (String, Span)> {
    let text: &Text = &element.text;
    let separator = element
        .attribute("sep")
        .map_or(",".to_owned(), |text| spelling(&text.value));
    let separator = match separator.trim() {
        "" => ",",
        other => other,
    };
    let mut found = Vec::new();
    let mut at = 0;
    // White space separates as well as the separator does.
    for piece in text.value.split(separator) {
        let mut inner = at;
        for word in piece.split(char::is_whitespace) {
            if !word.is_empty() {
                let span = text.place(inner, inner + word.len());
                match word.parse::<f64>().ok().filter(|value| value.is_finite()) {
                    Some(value) => found.push((value, span)),
                    None => return Err((word.to_owned(), span)),
                }
            }
            inner += word.len()
                + piece[inner - at + word.len()..]
                    .chars()
                    .next()
                    .map_or(0, char::len_utf8);
        }
        at += piece.len() + separator.len();
    }
    Ok(found)
}
