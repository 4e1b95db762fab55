//! Times of a case against the run of the model.

use model::{Diagnostic, Span, VarId};

use super::names::Binder;
use crate::case::{Case, Outcome, Reduce};
use crate::proposition::Windowed;

impl Binder<'_> {
    /// Whether policies begin within the run.
    pub(super) fn start(&mut self, case: &Case) {
        self.within(case.start, case.start, case.start_span, "`start`");
    }

    /// Whether the window of an outcome lies within the run.
    pub(super) fn outcome_window(&mut self, outcome: &Outcome) {
        let what = format!("the window of `{}`", outcome.id.value);
        if let Reduce::At(time) = outcome.reduce {
            self.within(time, time, outcome.id.span, &what);
        }
        let (from, to) = (outcome.from.or(outcome.to), outcome.to.or(outcome.from));
        if let (Some(from), Some(to)) = (from, to) {
            self.within(from, to, outcome.id.span, &what);
        }
    }

    /// Whether the window of a claim lies within the run and is given in the model's unit of time.
    pub(super) fn window(&mut self, window: &Windowed) {
        let time = self.time_unit();
        for (word, place) in &window.units {
            // `weeks` in a sentence, `week` or `Weeks` in a model.
            let singular = word.strip_suffix('s').unwrap_or(word);
            let forms = [word.clone(), singular.to_owned(), format!("{singular}s")];
            let agrees = |form: &String| self.units.parse(form).ok() == time;
            if time.is_some() && !forms.iter().any(agrees) {
                let control = &self.model.variables[self.model.time.time_step];
                let message = format!("`{word}` is not the unit of time of the model");
                let diagnostic = Diagnostic::error("bind-time-word", message).label(*place, "here");
                let diagnostic = diagnostic.label(
                    control.units_span.unwrap_or(control.span),
                    format!("`{}`", control.units),
                );
                self.notes
                    .push(diagnostic.help("times are in the unit of the model: convert them"));
            }
        }
        if let Some((_, place)) = window.units.first() {
            self.within(window.from, window.to, *place, "this window");
        }
    }

    /// Says that a time lies outside the run, if its ends are plain numbers.
    fn within(&mut self, from: f64, to: f64, place: Span, what: &str) {
        let controls = &self.model.time;
        let mut outside = |control: VarId, is: fn(f64, f64, f64) -> bool| {
            let Some(end) = self.model.number(control).filter(|end| is(from, to, *end)) else {
                return;
            };
            let variable = &self.model.variables[control];
            let times = if from == to {
                format!("{from}")
            } else {
                format!("{from} to {to}")
            };
            let message = format!("{what} lies outside the run of the model");
            self.notes.push(
                Diagnostic::error("bind-window", message)
                    .label(place, format!("model time {times}"))
                    .label(variable.span, format!("{end}")),
            );
        };
        outside(controls.initial_time, |from, _, initial| from < initial);
        outside(controls.final_time, |_, to, end| to > end);
    }
}
