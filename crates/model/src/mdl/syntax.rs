//! The syntax tree of a Vensim text: what is written, before any name has a meaning.
//!
//! It holds more than can be simulated yet, so that a construct that is not supported is refused by its name and place.

use crate::model::{BinaryOp, Range, UnaryOp};
use crate::name::Name;
use crate::source::Span;

/// A text in parts.
#[derive(Debug, Default)]
pub(crate) struct Syntax {
    /// Headings, equations and macros in order.
    pub items: Vec<Item>,
    /// Expressions in post-order.
    pub nodes: Vec<Node>,
    /// The place of each expression.
    pub spans: Vec<Span>,
    /// What stands behind the sketches.
    pub settings: Settings,
}

/// The position of an expression in [`Syntax::nodes`].
pub(crate) type NodeId = u32;

/// One part of a text.
#[derive(Debug)]
pub(crate) enum Item {
    /// `**** .Name ****~ comment |`
    Group(Heading),
    /// Anything with a left-hand side.
    Equation(Box<EquationSyntax>),
    /// `:MACRO: NAME(...)`
    MacroStart(MacroHead),
    /// `:END OF MACRO:`
    MacroEnd,
}

/// The heading of a group.
#[derive(Debug)]
pub(crate) struct Heading {
    pub name: Name,
    pub comment: String,
    pub span: Span,
}

/// The first line of a macro.
#[derive(Debug)]
pub(crate) struct MacroHead {
    pub name: Name,
    pub span: Span,
}

/// A name and its place.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub name: Name,
    pub span: Span,
}

/// An equation with what its author says of it.
#[derive(Debug)]
pub(crate) struct EquationSyntax {
    pub name: Named,
    pub subscripts: Vec<SubscriptSyntax>,
    /// The lists behind `:EXCEPT:`.
    pub except: Vec<Vec<SubscriptSyntax>>,
    pub right: Right,
    /// The first of the equation's expressions; all up to its root are its own.
    pub first: NodeId,
    /// Place of the right-hand side; of the name if there is none.
    pub span: Span,
    pub units: String,
    pub units_span: Option<Span>,
    pub range: Option<Range>,
    pub comment: String,
    pub supplementary: bool,
}

/// A subscript, on the left or on the right.
#[derive(Clone, Debug)]
#[allow(
    dead_code,
    reason = "subscripts are parsed and refused by name until they are resolved"
)]
pub(crate) struct SubscriptSyntax {
    pub name: Named,
    /// Whether it is followed by `!`.
    pub reduced: bool,
}

/// What stands to the right of the name.
#[derive(Debug)]
pub(crate) enum Right {
    /// `= expression` or `== expression`
    Expression { root: NodeId },
    /// `= 1, 2, 3` or `= 1, 2; 3, 4;`
    #[allow(
        dead_code,
        reason = "lists are parsed and refused by name until subscripts are resolved"
    )]
    List { rows: Vec<Vec<NodeId>> },
    /// `:= expression`, `:INTERPOLATE:` and the like, or nothing at all.
    Data,
    /// `( table )`
    Lookup(TableSyntax),
    /// `: element, (a1-a9), ... -> mapping` or `<-> name`
    Range,
    /// A statement of Vensim's reality checks, or a string constant: its keyword.
    Other(&'static str),
    /// Could not be read; a message was given.
    Broken,
}

/// A table as written.
#[derive(Clone, Debug)]
pub(crate) struct TableSyntax {
    /// The points, in order.
    pub points: Vec<(f64, f64)>,
    /// The place of each point, or of its abscissa in the older form.
    pub places: Vec<Span>,
    pub span: Span,
}

/// An expression as written.
#[derive(Debug)]
pub(crate) enum Node {
    Number(f64),
    /// `:NA:`
    NotAvailable,
    /// `'text'`
    Text,
    Name {
        name: Name,
        subscripts: Vec<SubscriptSyntax>,
    },
    Call {
        name: Named,
        #[allow(
            dead_code,
            reason = "subscripts are parsed and refused by name until they are resolved"
        )]
        subscripts: Vec<SubscriptSyntax>,
        args: Vec<NodeId>,
    },
    Table(Box<TableSyntax>),
    /// `+x`
    Plus(NodeId),
    Unary {
        op: UnaryOp,
        operand: NodeId,
    },
    Binary {
        op: BinaryOp,
        left: NodeId,
        right: NodeId,
    },
}

/// Settings behind the sketches.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// The number of Vensim's integration method, and its place.
    pub integration: Option<(u32, Span)>,
    /// Lines of equivalent units.
    pub equivalents: Vec<(Vec<String>, Span)>,
}
