//! Left-hand sides: which names there are, and what each is called for.

use std::collections::{HashMap, HashSet};

use super::dimensions::Dimensions;
use super::places;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Function;
use crate::index::IndexVec;
use crate::model::{Group, GroupId, VarId, Variable, VariableKind};
use crate::name::Name;
use crate::source::Span;
use crate::syntax::{EquationSyntax, Item, Named, Right, Syntax};

/// The names of a text.
pub(super) struct Names<'a> {
    variables: HashMap<String, VarId>,
    /// The equations that define variables, in order.
    pub(super) definitions: Vec<(VarId, &'a EquationSyntax)>,
    /// The dimensions and their definitions, in order.
    pub(super) dimensions: Vec<(&'a Named, &'a Right)>,
    /// The variables without subscripts.
    scalars: HashSet<VarId>,
    /// The constants that are texts.
    texts: HashMap<String, (&'a str, Span)>,
}

impl Names<'_> {
    /// The variable called `name`.
    pub(super) fn get(&self, name: &Name) -> Option<VarId> {
        self.variables.get(name.key()).copied()
    }
    /// The text that a name stands for.
    pub(super) fn text(&self, name: &Name) -> Option<&str> {
        self.texts.get(name.key()).map(|(text, _)| *text)
    }
    /// Says so if a dimension is called like a variable.
    pub(super) fn check_dimensions(
        &self,
        dimensions: &Dimensions,
        variables: &IndexVec<VarId, Variable>,
        diagnostics: &mut Diagnostics,
    ) {
        for dimension in dimensions.list.iter() {
            if let Some(id) = self.get(&dimension.name) {
                diagnostics.push(
                    Diagnostic::error(
                        "redefinition",
                        format!("`{}` is both a dimension and a variable", dimension.name),
                    )
                    .label(dimension.span, "the dimension")
                    .label(variables[id].span, "the variable")
                    .help("rename one of them"),
                );
            }
        }
    }
}

/// All names of a text, a variable for each that can hold a value, and the groups.
pub(super) fn declare<'a>(
    syntax: &'a Syntax,
    diagnostics: &mut Diagnostics,
) -> (Names<'a>, IndexVec<VarId, Variable>, IndexVec<GroupId, Group>) {
    let mut names = Names {
        variables: HashMap::new(),
        definitions: Vec::new(),
        dimensions: Vec::new(),
        scalars: HashSet::new(),
        texts: HashMap::new(),
    };
    let mut variables: IndexVec<VarId, Variable> = IndexVec::new();
    let mut groups = IndexVec::new();
    let mut checks = Vec::new();
    let mut group = None;
    for item in &syntax.items {
        match item {
            Item::Group(heading) => {
                group = Some(groups.push(Group {
                    name: heading.name.clone(),
                    comment: heading.comment.clone(),
                    span: heading.span,
                }));
            }
            // Their calls have been written out.
            Item::MacroStart(_) | Item::MacroEnd => {}
            Item::Equation(equation) => match &equation.right {
                Right::Range(_) | Right::Alias(_) => names.dimensions.push((&equation.name, &equation.right)),
                Right::Check => checks.push(equation.name.span),
                Right::Text(text) => {
                    let key = equation.name.name.key().to_owned();
                    let other = variables_of_name(&names, &variables, &equation.name.name);
                    let before = names.texts.insert(key, (text, equation.name.span));
                    if let Some(first) = before.map(|(_, span)| span).or(other) {
                        diagnostics.push(redefinition(&equation.name, first));
                    }
                }
                _ => define(
                    equation,
                    group,
                    syntax.settings.functions_are_reserved,
                    &mut names,
                    &mut variables,
                    diagnostics,
                ),
            },
        }
    }
    if !checks.is_empty() {
        // They test a model and do not change what it computes.
        diagnostics.push(places(
            Diagnostic::note("reality-check", "Vensim's reality checks are passed over"),
            &checks,
            "not simulated",
        ));
    }
    (names, variables, groups)
}

/// Where a variable of this name is defined.
fn variables_of_name(names: &Names<'_>, variables: &IndexVec<VarId, Variable>, name: &Name) -> Option<Span> {
    names.get(name).map(|id| variables[id].span)
}

fn redefinition(named: &Named, first: Span) -> Diagnostic {
    Diagnostic::error("redefinition", format!("`{}` is defined twice", named.name))
        .label(named.span, "defined again")
        .label(first, "first defined here")
        .help("rename or remove one of them; case, blanks and underscores make no difference")
}

fn define<'a>(
    equation: &'a EquationSyntax,
    group: Option<GroupId>,
    reserved: bool,
    names: &mut Names<'a>,
    variables: &mut IndexVec<VarId, Variable>,
    diagnostics: &mut Diagnostics,
) {
    let name = &equation.name.name;
    let span = equation.name.span;
    if name.key().is_empty() {
        diagnostics.push(Diagnostic::error("empty-name", "a name is empty").label(span, ""));
        return;
    }
    if reserved && (name.key() == "time" || Function::from_vensim(name).is_some() || is_definition_form(name))
    {
        diagnostics.push(
            Diagnostic::error(
                "name-is-taken",
                format!("`{name}` is the name of a function, not of a variable"),
            )
            .label(span, "defined here")
            .help("give the variable another name"),
        );
        return;
    }
    if let Some((_, first)) = names.texts.get(name.key()) {
        diagnostics.push(redefinition(&equation.name, *first));
        return;
    }
    if let Some(id) = names.get(name) {
        let first = &mut variables[id];
        if equation.subscripts.is_empty() || names.scalars.contains(&id) {
            diagnostics.push(redefinition(&equation.name, first.span));
            return;
        }
        // The equations of an array share what is said behind any of them.
        if first.units.is_empty() {
            first.units.clone_from(&equation.units);
            first.units_span = equation.units_span;
        }
        if first.comment.is_empty() {
            first.comment.clone_from(&equation.comment);
        }
        first.range = first.range.or(equation.range);
        first.supplementary |= equation.supplementary;
        names.definitions.push((id, equation));
        return;
    }
    let variable = variables.push(Variable {
        name: name.clone(),
        kind: VariableKind::Auxiliary,
        dimensions: Vec::new(),
        equations: Vec::new(),
        units: equation.units.clone(),
        units_span: equation.units_span,
        range: equation.range,
        comment: equation.comment.clone(),
        group,
        span,
        supplementary: equation.supplementary,
        hidden: equation.hidden,
    });
    names.variables.insert(name.key().to_owned(), variable);
    names.definitions.push((variable, equation));
    if equation.subscripts.is_empty() {
        names.scalars.insert(variable);
    }
}

/// Calls that define what a variable is rather than compute a value.
pub(super) fn is_definition_form(name: &Name) -> bool {
    matches!(
        name.key(),
        "integ" | "active initial" | "with lookup" | "a function of"
    )
}
