//! Units of a case against those of the model.

use model::{Diagnostic, Span, Unit, VarId};

use super::names::Binder;
use crate::case::{At, Outcome, Reduce};

impl Binder<'_> {
    /// Whether a unit in the case is that of the variable; a variable without a unit, or with one that cannot be read, is not
    /// compared: the model's own check says so.
    pub(super) fn same_unit(&mut self, written: &At<String>, variable: VarId) {
        let of_model = self.units.of_variable(self.model, variable);
        let text = self.model.variables[variable].units.clone();
        let name = self.model.variables[variable].name.written();
        self.compare(name, written, of_model, variable, &text);
    }

    /// Whether the unit of an outcome is that of the reduced variable.
    pub(super) fn reduced_unit(&mut self, outcome: &Outcome, variable: VarId) {
        let own = self.units.of_variable(self.model, variable);
        let time = self.time_unit();
        let words = self.model.variables[variable].units.clone();
        let control = self.model.time.time_step;
        let time_words = self.model.variables[control].units.clone();
        let (unit, words, place) = match outcome.reduce {
            Reduce::Final | Reduce::At(_) | Reduce::Mean | Reduce::Min | Reduce::Max => {
                (own, words, variable)
            }
            Reduce::Integral => {
                let product = own.zip(time).and_then(|(own, time)| own.times(&time));
                (product, format!("{words} integrated over {time_words}"), variable)
            }
            _ => (time, time_words, control),
        };
        self.compare(&outcome.id.value, &outcome.unit, unit, place, &words);
    }

    /// The unit of time of the model.
    pub(super) fn time_unit(&self) -> Option<Unit> {
        let time = &self.model.time;
        [time.time_step, time.initial_time, time.final_time]
            .into_iter()
            .find_map(|control| self.units.of_variable(self.model, control))
    }

    fn compare(
        &mut self,
        name: &str,
        written: &At<String>,
        of_model: Option<Unit>,
        variable: VarId,
        words: &str,
    ) {
        if written.value.is_empty() {
            return;
        }
        let unit = match self.units.parse(&written.value) {
            Ok(unit) => unit,
            Err(error) => {
                let message = format!("`{}` is no unit: {error}", written.value);
                self.notes
                    .push(Diagnostic::error("bind-bad-unit", message).label(written.span, "here"));
                return;
            }
        };
        let Some(of_model) = of_model.filter(|of_model| *of_model != unit) else {
            return;
        };
        let variable = &self.model.variables[variable];
        let place: Span = variable.units_span.unwrap_or(variable.span);
        let message =
            format!("the units of `{name}` do not agree: `{unit}` in the case, `{of_model}` by the model");
        self.notes.push(
            Diagnostic::error("bind-unit", message)
                .label(written.span, format!("`{}` in the case", written.value))
                .label(place, format!("`{words}` in the model")),
        );
    }
}
