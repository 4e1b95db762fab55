//! Names of a case looked up in the model, and what each must be there.

use model::{Diagnostic, Diagnostics, Model, Name, Units, VarId, Variable, VariableKind, nearest};

use super::kind;

use crate::case::{At, Lever, Part, Setting, Uncertainty};

/// A model, and what is wrong with the names that were looked up in it so far.
pub(super) struct Binder<'a> {
    pub(super) model: &'a Model,
    pub(super) units: Units,
    pub(super) notes: Diagnostics,
}

impl<'a> Binder<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        Self {
            model,
            units: Units::of(model),
            notes: Diagnostics::new(),
        }
    }

    /// The scalar variable of this name.
    fn find(&mut self, name: &At<String>) -> Option<(VarId, &'a Variable)> {
        let model = self.model;
        let Some(id) = model.find(&name.value) else {
            let message = format!("the model has no variable `{}`", name.value);
            let diagnostic =
                Diagnostic::error("bind-unknown-name", message).label(name.span, "not in the model");
            let shown = model.variables.iter().filter(|variable| !variable.hidden);
            let near = nearest(
                &Name::key_of(&name.value),
                shown.map(|variable| variable.name.key()),
            );
            let near = near
                .and_then(|near| model.find(near))
                .map(|id| &model.variables[id]);
            self.notes.push(match near {
                Some(near) => diagnostic
                    .label(near.span, "this one?")
                    .help(format!("did you mean `{}`?", near.name)),
                None => diagnostic,
            });
            return None;
        };
        let variable = &model.variables[id];
        if !variable.dimensions.is_empty() {
            let message = format!("`{}` has subscripts: a case takes single numbers", variable.name);
            let diagnostic = Diagnostic::error("bind-array", message).label(name.span, "named here");
            let diagnostic = diagnostic.label(variable.span, "many numbers");
            self.notes
                .push(diagnostic.help("add a variable to the model that holds the number you need"));
            return None;
        }
        Some((id, variable))
    }

    /// A variable that has a value at every time.
    pub(super) fn number(&mut self, name: &At<String>) -> Option<VarId> {
        let (id, variable) = self.find(name)?;
        if variable.kind == VariableKind::Lookup {
            let message = format!("`{}` is a table, which has no value of its own", variable.name);
            let diagnostic = Diagnostic::error("bind-lookup", message).label(name.span, "a number is needed");
            self.notes.push(diagnostic.label(variable.span, "a table"));
            return None;
        }
        Some(id)
    }

    /// A constant, `what` in a message; not one of those that control time.
    fn constant(&mut self, name: &At<String>, what: &str) -> Option<(VarId, &'a Variable)> {
        let (id, variable) = self.find(name)?;
        if self.is_control(id) {
            let message = format!("`{}` controls the run: it cannot be {what}", variable.name);
            let diagnostic = Diagnostic::error("bind-not-constant", message).label(name.span, "set here");
            self.notes.push(
                diagnostic
                    .label(variable.span, "of the run")
                    .help("an `[[experiment]]` may set it"),
            );
            return None;
        }
        if variable.kind != VariableKind::Constant {
            let message = format!(
                "`{}` is {}: {what} is a constant of the model",
                variable.name,
                kind(variable.kind)
            );
            let diagnostic = Diagnostic::error("bind-not-constant", message).label(name.span, "set here");
            self.notes
                .push(diagnostic.label(variable.span, "defined by an equation here"));
            return None;
        }
        Some((id, variable))
    }

    fn is_control(&self, id: VarId) -> bool {
        let time = &self.model.time;
        [time.initial_time, time.final_time, time.time_step, time.saveper].contains(&id)
    }

    /// The constant that an uncertainty sets: unit and range agree.
    pub(super) fn uncertainty(&mut self, uncertainty: &Uncertainty) -> Option<VarId> {
        let name = uncertainty.name.as_ref()?;
        let (id, variable) = self.constant(name, "an uncertainty")?;
        self.same_unit(&uncertainty.unit, id);
        let (low, high) = uncertainty.distribution.ends();
        self.inside(variable, low, high, uncertainty.range_span);
        Some(id)
    }

    /// The constant that a part of a split sets.
    pub(super) fn part(&mut self, part: &Part, total: &Uncertainty) -> Option<VarId> {
        let (id, _) = self.constant(&part.variable, "a part of a split")?;
        self.same_unit(&total.unit, id);
        Some(id)
    }

    /// The constant that a lever sets.
    pub(super) fn lever(&mut self, lever: &Lever) -> Option<VarId> {
        let (id, variable) = self.constant(&lever.variable, "a lever")?;
        let values: Vec<f64> = match &lever.setting {
            Setting::Value(value) => vec![*value],
            Setting::Steps(steps) => steps.iter().map(|(_, value)| *value).collect(),
        };
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.inside(variable, low, high, lever.variable.span);
        Some(id)
    }

    /// A constant that an experiment sets, one that controls time among them.
    pub(super) fn setting(&mut self, name: &At<String>) -> Option<VarId> {
        let (id, _) = self.find(name)?;
        if self.is_control(id) {
            return Some(id);
        }
        self.constant(name, "a setting of an experiment")
            .map(|(id, _)| id)
    }

    /// A stock whose initial value an experiment sets.
    pub(super) fn stock(&mut self, name: &At<String>) -> Option<VarId> {
        let (id, variable) = self.find(name)?;
        if variable.kind != VariableKind::Stock {
            let message = format!("`{}` is no stock: it has no initial value to set", variable.name);
            let diagnostic = Diagnostic::error("bind-not-stock", message).label(name.span, "named here");
            self.notes
                .push(diagnostic.label(variable.span, format!("{} here", kind(variable.kind))));
            return None;
        }
        Some(id)
    }

    /// Warns when values leave the range that the model states for a variable.
    fn inside(&mut self, variable: &Variable, low: f64, high: f64, place: model::Span) {
        let Some(range) = &variable.range else { return };
        let below = range.low.is_some_and(|least| low < least);
        let above = range.high.is_some_and(|greatest| high > greatest);
        if !below && !above {
            return;
        }
        let end = |end: Option<f64>| end.map_or("?".to_owned(), |end| end.to_string());
        let stated = format!("[{},{}]", end(range.low), end(range.high));
        let message = format!(
            "`{}` leaves the range that the model states for it",
            variable.name
        );
        let drawn = if low == high {
            format!("{low}")
        } else {
            format!("{low} to {high}")
        };
        let diagnostic = Diagnostic::warning("bind-range", message).label(place, drawn);
        self.notes
            .push(diagnostic.label(variable.span, format!("{stated} here")));
    }
}
