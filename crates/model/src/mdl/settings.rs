//! The settings behind the sketches: lines of the form `15:...`.

use super::syntax::Settings;
use crate::source::{Source, Span};

/// Reads the settings in `source` from byte `start` on.
pub(super) fn settings(source: &Source, start: usize) -> Settings {
    let mut settings = Settings::default();
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
                settings.integration = Some((method, span));
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
    settings
}
