//! The settings behind the sketches: lines of the form `15:...`.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Integration;
use crate::source::{Source, Span};
use crate::syntax::Settings;

/// Reads the settings in `source` from byte `start` on.
pub(super) fn settings(source: &Source, start: usize, diagnostics: &mut Diagnostics) -> Settings {
    let mut settings = Settings::default();
    let mut method_line = None;
    let mut at = start;
    for line in source.text[start..].split_inclusive('\n') {
        let content = line.trim_end();
        let span = Span {
            source: source.id,
            start: at as u32,
            end: (at + content.len()) as u32,
        };
        at += line.len();
        if let Some(fields) = content.strip_prefix("15:") {
            // The fourth field is the method of integration.
            if let Some(method) = fields
                .split(',')
                .nth(3)
                .and_then(|field| field.trim().parse().ok())
            {
                method_line = Some((method, span));
            }
        } else if let Some(units) = content.strip_prefix("22:") {
            let units: Vec<String> = units
                .split(',')
                .map(|unit| unit.trim().to_owned())
                .filter(|unit| !unit.is_empty())
                .collect();
            if !units.is_empty() {
                settings.equivalents.push((units, span));
            }
        }
    }
    if let Some((method, span)) = method_line {
        settings.integration = integration(method, span, diagnostics);
    }
    settings
}

/// The method behind the number in the settings: Euler, automatic RK4, difference, automatic RK2, RK2, RK4.
fn integration(method: u32, span: Span, diagnostics: &mut Diagnostics) -> Integration {
    match method {
        0 => Integration::Euler,
        4 => Integration::Midpoint,
        5 => Integration::Rk4,
        1 => Integration::Rk4Auto,
        3 => Integration::Rk2Auto,
        2 => {
            diagnostics.push(
                Diagnostic::warning(
                    "integration-method",
                    "the model asks for Vensim's difference method",
                )
                .label(span, "Euler is used")
                .help("stocks are the same; Vensim would print auxiliaries one step late"),
            );
            Integration::Euler
        }
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    "integration-method",
                    format!("the model asks for the integration method {method}, which is unknown"),
                )
                .label(span, "not one of Vensim's")
                .help("choose Euler, RK2 or RK4 in Vensim's model settings"),
            );
            Integration::Euler
        }
    }
}
