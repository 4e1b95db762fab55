//! The parts of an XMILE file, as plain data: each part still speaks for itself, and no name has a meaning.

use super::carried::{CarriedPart, FlowPart};
use super::equation::{Expression, Reference, TermId};
use crate::model::{Integration, Range};
use crate::source::Span;
use crate::syntax::{Named, TableSyntax};

/// A file.
#[derive(Debug)]
pub(super) struct Document {
    pub specs: Specs,
    /// The outermost model is the first.
    pub models: Vec<ModelPart>,
    pub macros: Vec<MacroPart>,
    /// Functions that are written in XMILE itself, as macros.
    pub library: &'static [MacroPart],
    pub dimensions: Vec<DimensionPart>,
    /// Sets of units that mean the same.
    pub equivalents: Vec<(Vec<String>, Span)>,
    /// Whether it was made of a Vensim model: `INT` and `MOD` then cut towards zero, as Vensim's functions do.
    pub is_vensims: bool,
    /// Whether an element that does not exist is no number instead of 0.
    pub no_number_beyond: bool,
}

/// `<sim_specs>`
#[derive(Debug)]
pub(super) struct Specs {
    pub start: Setting,
    pub stop: Setting,
    pub dt: Setting,
    /// The interval of saving, if it is not `dt`.
    pub save: Option<Setting>,
    pub integration: Integration,
    pub time_units: String,
    pub time_units_span: Option<Span>,
}

/// A number and its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub value: f64,
    pub span: Span,
}

/// `<model>`
#[derive(Debug)]
pub(super) struct ModelPart {
    pub name: Option<Named>,
    pub variables: Vec<VariablePart>,
    pub modules: Vec<ModulePart>,
    pub groups: Vec<GroupPart>,
}

/// `<dim>`
#[derive(Debug)]
pub(super) struct DimensionPart {
    pub name: Named,
    pub elements: Vec<Named>,
}

/// `<element>`: what holds for one element of an array.
#[derive(Debug)]
pub(super) struct ElementPart {
    pub subscripts: Vec<Named>,
    pub own: Contents,
}

/// What a variable or one of its elements holds.
#[derive(Debug)]
pub(super) struct Contents {
    pub equation: Equation,
    /// Place of the equation, or of the start tag if there is none.
    pub equation_span: Span,
    /// `<init_eqn>`
    pub initial: Equation,
    pub table: Option<TableSyntax>,
    /// A table that could not be read: a message was given.
    pub broken_table: bool,
}

/// `<stock>`, `<flow>`, `<aux>`, or `<gf>` with a name.
#[derive(Debug)]
pub(super) struct VariablePart {
    pub kind: PartKind,
    pub name: Named,
    pub own: Contents,
    /// The names of its dimensions; empty for a scalar.
    pub dimensions: Vec<Named>,
    /// What it holds element by element.
    pub elements: Vec<ElementPart>,
    pub inflows: Vec<(Reference, Span)>,
    pub outflows: Vec<(Reference, Span)>,
    pub non_negative: bool,
    /// Whether it is a conveyor or a queue.
    pub carried: Option<CarriedPart>,
    /// What it says as a flow of one.
    pub flow: FlowPart,
    pub units: String,
    pub units_span: Option<Span>,
    pub range: Option<Range>,
    pub comment: String,
}

/// What a variable is declared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    Stock,
    Flow,
    Aux,
    Table,
}

/// What an element for an equation holds.
#[derive(Debug)]
pub(super) enum Equation {
    /// There is no such element, or nothing but comments in it.
    Missing,
    /// It could not be read: a message was given.
    Broken,
    Given(Expression),
    /// `1, 2, 3` for the elements of an array: all terms, and the root of each.
    List(Expression, Vec<TermId>),
}

/// `<module>`
#[derive(Debug)]
pub(super) struct ModulePart {
    pub name: Named,
    pub connections: Vec<Connection>,
}

/// `<connect to= from= />`
#[derive(Debug)]
pub(super) struct Connection {
    pub to: Reference,
    pub to_span: Span,
    pub from: Reference,
    pub from_span: Span,
}

/// `<group>`
#[derive(Debug)]
pub(super) struct GroupPart {
    pub name: Named,
    pub comment: String,
    pub members: Vec<Reference>,
}

/// `<macro>`
#[derive(Debug)]
pub(super) struct MacroPart {
    pub name: Named,
    pub parameters: Vec<Parameter>,
    pub equation: Equation,
    pub variables: Vec<VariablePart>,
}

impl MacroPart {
    /// How many arguments it may be given.
    pub(super) fn takes(&self) -> std::ops::RangeInclusive<usize> {
        let needed = self
            .parameters
            .iter()
            .take_while(|parameter| parameter.default.is_none());
        needed.count()..=self.parameters.len()
    }
}

/// `<parm default="...">name</parm>`
#[derive(Debug)]
pub(super) struct Parameter {
    pub name: Named,
    pub default: Option<Expression>,
}
