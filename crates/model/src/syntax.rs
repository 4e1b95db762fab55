//! The syntax of a model text: what is written, before any name has a meaning. Vensim and XMILE meet here.
//!
//! It holds more than can be simulated yet, so that a construct that is not supported is refused by its name and place.
//! It speaks Vensim's language: where a reader of another format knows better (which function a name means, that a
//! variable is a stock), it says so by the nodes made for it, [`Node::Function`], [`Node::Time`] and [`Right::Stock`].

use crate::function::Function;
use crate::model::{BinaryOp, Integration, Interpolation, Range, UnaryOp};
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
    /// What holds for the whole model.
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
    pub parameters: Vec<Name>,
    /// Its outputs beside the one that is called like it.
    pub outputs: Vec<Name>,
    /// Whether it is one of Vensim's own, and stands in no text of the user.
    pub is_known: bool,
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
    /// Whether a reader made it up for its own needs.
    pub hidden: bool,
}

/// A subscript, on the left or on the right.
#[derive(Clone, Debug)]
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
    /// A stock that was declared as one.
    Stock { rate: NodeId, initial: NodeId },
    /// `= 1, 2, 3` or `= 1, 2; 3, 4;`
    List { rows: Vec<Vec<NodeId>> },
    /// `:= expression`, `:INTERPOLATE:` and the like, or nothing at all.
    Data {
        interpolation: Interpolation,
        root: Option<NodeId>,
    },
    /// `( table )`
    Lookup(TableSyntax),
    /// `: element, (a1-a9), ... -> mapping`
    Range(RangeSyntax),
    /// `<-> name`
    Alias(Named),
    /// `:IS: 'text'`
    Text(String),
    /// A statement of Vensim's reality checks.
    Check,
    /// Could not be read; a message was given.
    Broken,
}

/// The elements of a dimension, and what they map to.
#[derive(Clone, Debug, Default)]
pub(crate) struct RangeSyntax {
    pub items: Vec<RangeItem>,
    pub mappings: Vec<MappingSyntax>,
}

/// Elements of a dimension.
#[derive(Clone, Debug)]
pub(crate) enum RangeItem {
    /// An element, or all of another dimension.
    Name(Named),
    /// `(a1-a9)`
    Numbered { first: Named, last: Named },
    /// `GET XLS SUBSCRIPT('file', 'sheet', 'A1', 'A9', 'prefix')` and the like.
    Call { name: Named, args: Vec<Named> },
}

/// `-> dimension` or `-> (dimension: items)`
#[derive(Clone, Debug)]
pub(crate) struct MappingSyntax {
    pub target: Named,
    /// What each element maps to; without it, the elements of the target in order.
    pub items: Option<Vec<RangeItem>>,
}

/// A table as written.
#[derive(Clone, Debug)]
pub(crate) struct TableSyntax {
    /// The points, in order.
    pub points: Vec<(f64, f64)>,
    /// The place of each point, or of its abscissa in the older form.
    pub places: Vec<Span>,
    pub span: Span,
    pub kind: TableKind,
}

/// How a table goes on between and beyond its points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TableKind {
    /// Straight lines between the points; the end values beyond them.
    #[default]
    Continuous,
    /// Straight lines, which go on beyond the ends.
    Extrapolate,
    /// Each value holds until the next point.
    Discrete,
}

/// An expression as written.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Number(f64),
    /// `:NA:`
    NotAvailable,
    /// `'text'`
    Text(String),
    Name {
        name: Name,
        subscripts: Vec<SubscriptSyntax>,
    },
    Call {
        name: Named,
        subscripts: Vec<SubscriptSyntax>,
        args: Vec<NodeId>,
    },
    /// A function that the reader of the text has recognised, with as many arguments as it takes.
    Function {
        function: Function,
        args: Vec<NodeId>,
    },
    /// A variable that a call defines beside its value, behind the `:` among its arguments.
    Output {
        name: Named,
        subscripts: Vec<SubscriptSyntax>,
    },
    /// The time of the simulation, whatever it is called.
    Time,
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

/// What holds for the whole model.
#[derive(Debug)]
pub(crate) struct Settings {
    pub integration: Integration,
    /// What the variables are called that hold the start, the end, the time step and the interval of saving.
    pub controls: [Name; 4],
    /// Whether the names of Vensim's functions cannot be names of variables.
    pub functions_are_reserved: bool,
    /// Lines of equivalent units.
    pub equivalents: Vec<(Vec<String>, Span)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            integration: Integration::Euler,
            controls: ["INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER"].map(Name::new),
            functions_are_reserved: true,
            equivalents: Vec::new(),
        }
    }
}
