//! The checked model: plain data, every name resolved to an id, every place kept.
//!
//! Vensim and XMILE meet here. Expressions lie in one arena in post-order: the children of an expression always have
//! smaller ids, and those of one equation are contiguous, so that a reader can walk them without recursion.

use crate::function::{Function, VectorFunction};
use crate::index::{IndexVec, id};
use crate::name::Name;
use crate::source::Span;
use crate::suggest::nearest;

id! {
    /// A variable of a model.
    pub VarId
}
id! {
    /// An expression in the arena of a model.
    pub ExprId
}
id! {
    /// A dimension (Vensim: subscript range) of a model.
    pub DimensionId
}
id! {
    /// A group (Vensim: view or sector heading; XMILE: group) of a model.
    pub GroupId
}

/// A model that can be lowered: no undefined name, no loop of auxiliaries, every function known.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What simulates: variables in the order of the text. Control variables are among them.
    pub variables: IndexVec<VarId, Variable>,
    /// Expressions in post-order, and their places.
    pub exprs: IndexVec<ExprId, Expr>,
    /// The place of each expression, parallel to `exprs`.
    pub expr_spans: IndexVec<ExprId, Span>,
    /// Dimensions; empty for a model without subscripts.
    pub dimensions: IndexVec<DimensionId, Dimension>,
    /// Groups in the order of the text.
    pub groups: IndexVec<GroupId, Group>,
    /// The four control variables.
    pub time: TimeControls,
    /// How stocks are integrated, unless the caller says otherwise.
    pub integration: Integration,
    /// Sets of units that mean the same, as the model declares them.
    pub unit_equivalents: Vec<Vec<String>>,
}

impl Model {
    /// The variable of this name, whatever its case and blanks.
    pub fn find(&self, name: &str) -> Option<VarId> {
        let key = Name::key_of(name);
        self.variables
            .enumerate()
            .find(|(_, variable)| variable.name.key() == key)
            .map(|(id, _)| id)
    }
    /// The name of a variable that `name` was probably meant to be.
    pub fn suggest(&self, name: &str) -> Option<&Name> {
        let shown = self.variables.iter().filter(|variable| !variable.hidden);
        let key = nearest(&Name::key_of(name), shown.map(|variable| variable.name.key()))?;
        self.find(key).map(|id| &self.variables[id].name)
    }
    /// How many elements a variable has; 1 for a scalar.
    pub fn element_count(&self, variable: VarId) -> usize {
        let dimensions = &self.variables[variable].dimensions;
        dimensions
            .iter()
            .map(|id| self.dimensions[*id].elements.len())
            .product()
    }
    /// The name of an element of a variable, `stock[north,young]`; the variable's own name for a scalar. Elements are
    /// counted in row-major order: the last subscript runs fastest.
    pub fn element_name(&self, variable: VarId, element: usize) -> String {
        let variable = &self.variables[variable];
        let mut rest = element;
        let mut subscripts = Vec::new();
        for dimension in variable.dimensions.iter().rev() {
            let names = &self.dimensions[*dimension].elements;
            subscripts.push(names[rest % names.len()].written());
            rest /= names.len();
        }
        if subscripts.is_empty() {
            return variable.name.written().to_owned();
        }
        subscripts.reverse();
        format!("{}[{}]", variable.name, subscripts.join(","))
    }
    /// The elements of a variable that a region holds, each by its place in row-major order.
    pub fn elements_of(&self, variable: VarId, region: &[Vec<u32>]) -> Vec<usize> {
        let dimensions = &self.variables[variable].dimensions;
        let mut places = vec![0_usize];
        for (dimension, positions) in dimensions.iter().zip(region) {
            let size = self.dimensions[*dimension].elements.len();
            let with = |place: usize| {
                positions
                    .iter()
                    .map(move |position| place * size + *position as usize)
            };
            places = places.into_iter().flat_map(with).collect();
        }
        places
    }
    /// The region that holds one element of a variable.
    pub fn region_of(&self, variable: VarId, element: usize) -> Vec<Vec<u32>> {
        let mut rest = element;
        let mut region: Vec<Vec<u32>> = Vec::new();
        for dimension in self.variables[variable].dimensions.iter().rev() {
            let size = self.dimensions[*dimension].elements.len();
            region.push(vec![(rest % size) as u32]);
            rest /= size;
        }
        region.reverse();
        region
    }
    /// For each element of a variable whether an equation defines it.
    pub fn defined(&self, variable: VarId) -> Vec<bool> {
        let mut defined = vec![false; self.element_count(variable)];
        for equation in &self.variables[variable].equations {
            for place in self.elements_of(variable, &equation.region) {
                defined[place] = true;
            }
        }
        defined
    }
    /// The number a variable is defined by, if a plain number is all its definition.
    pub fn number(&self, variable: VarId) -> Option<f64> {
        match self.variables[variable].equations.as_slice() {
            [
                Equation {
                    definition: Definition::Expression(root),
                    ..
                },
            ] => match self.exprs[*root] {
                Expr::Number(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The control variables. Each may be an expression, of `Time` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeControls {
    /// `INITIAL TIME`
    pub initial_time: VarId,
    /// `FINAL TIME`
    pub final_time: VarId,
    /// `TIME STEP`
    pub time_step: VarId,
    /// `SAVEPER`
    pub saveper: VarId,
}

/// Method of integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Integration {
    /// Euler's method with the model's time step.
    #[default]
    Euler,
    /// The second-order Runge-Kutta method that Vensim calls RK2: rates at the start of a step, and again in its middle.
    Midpoint,
    /// The second-order Runge-Kutta method that Stella and XMILE call RK2: rates at the start of a step, and again at its end.
    Heun,
    /// The classical fourth-order Runge-Kutta method with the model's time step.
    Rk4,
    /// A Runge-Kutta method of third order whose steps keep to a tolerance, none longer than the model's time step.
    Rk2Auto,
    /// A Runge-Kutta method of fifth order whose steps keep to a tolerance, none longer than the model's time step.
    Rk4Auto,
}

impl Integration {
    /// Its name, for messages and listings.
    pub fn name(self) -> &'static str {
        match self {
            Integration::Euler => "Euler",
            Integration::Midpoint => "RK2 (midpoint)",
            Integration::Heun => "RK2 (Heun)",
            Integration::Rk4 => "RK4",
            Integration::Rk2Auto => "RK2 with automatic steps",
            Integration::Rk4Auto => "RK4 with automatic steps",
        }
    }

    /// The method of the same kind with fixed steps; itself if its steps are fixed.
    pub fn with_fixed_steps(self) -> Self {
        match self {
            Integration::Rk2Auto => Integration::Midpoint,
            Integration::Rk4Auto => Integration::Rk4,
            fixed => fixed,
        }
    }
}

/// A heading under which variables stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: Name,
    /// The comment of the heading.
    pub comment: String,
    /// Its place.
    pub span: Span,
}

/// A named, ordered set of elements.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// Its name.
    pub name: Name,
    /// Names of its elements in order.
    pub elements: Vec<Name>,
    /// Its place.
    pub span: Span,
}

/// What a variable is to the simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VariableKind {
    /// A number, or an expression of numbers only.
    Constant,
    /// Set at the start and integrated.
    Stock,
    /// An expression that stands in the rate of a stock.
    Flow,
    /// Any other expression.
    Auxiliary,
    /// A table that is called like a function.
    Lookup,
    /// A series given from outside.
    Data,
}

/// A variable: its names, what defines it, and what its author says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// What it is.
    pub kind: VariableKind,
    /// Its dimensions; empty for a scalar.
    pub dimensions: Vec<DimensionId>,
    /// Its equations: one for a scalar, one for each region of elements otherwise.
    pub equations: Vec<Equation>,
    /// Units as written; empty if none are given.
    pub units: String,
    /// Place of the units, if given.
    pub units_span: Option<Span>,
    /// Range as written behind the units: `[low, high, step]`.
    pub range: Option<Range>,
    /// The comment.
    pub comment: String,
    /// The heading it stands under.
    pub group: Option<GroupId>,
    /// Place of the name on the left-hand side.
    pub span: Span,
    /// Whether its author marked it as an output that no equation needs to use.
    pub supplementary: bool,
    /// Whether the variable was made by the reader (inside a macro or module) and is not shown by default.
    pub hidden: bool,
}

/// A suggested range; `None` is an open end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Step.
    pub step: Option<f64>,
}

/// One equation of a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    /// For each dimension of the variable, the elements (positions in the dimension) this equation defines.
    /// Empty for a scalar.
    pub region: Vec<Vec<u32>>,
    /// The right-hand side.
    pub definition: Definition,
    /// Place of the right-hand side.
    pub span: Span,
}

/// A right-hand side.
#[derive(Clone, Debug, PartialEq)]
pub enum Definition {
    /// An expression of any kind.
    Expression(ExprId),
    /// `INTEG(rate, initial)`; a stock that may not fall below zero has a flag for it (XMILE).
    Stock {
        /// Net rate of change.
        rate: ExprId,
        /// Value at the start.
        initial: ExprId,
        /// Whether the stock is kept from falling below zero.
        non_negative: bool,
    },
    /// `ACTIVE INITIAL(active, initial)`
    ActiveInitial {
        /// The expression from the start on.
        active: ExprId,
        /// What breaks the loop of initial values.
        initial: ExprId,
    },
    /// A table.
    Lookup(Table),
    /// A series given from outside.
    Data(Series),
    /// A series that is computed from others at the times at which these have values: `:=`.
    Derived {
        /// What is computed there, of data variables, constants and `Time`.
        root: ExprId,
        /// What holds where it has no value.
        interpolation: Interpolation,
    },
}

/// Values at points in time; without any, the caller has still to give them (see [`crate::give_data()`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What holds where there is no value.
    pub interpolation: Interpolation,
    /// The points, rising.
    pub times: Vec<f64>,
    /// The value at each of them.
    pub values: Vec<f64>,
}

/// What a series says at times at which it has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Interpolation {
    /// On a straight line between the values before and behind.
    #[default]
    Linear,
    /// The next value.
    LookForward,
    /// The last value.
    HoldBackward,
    /// Nothing: `:NA:`.
    Raw,
}

/// A piecewise-linear function through points whose `x` never fall; two points at one place are a step, from which on
/// the latter holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Abscissae, in order.
    pub x: Vec<f64>,
    /// Ordinates.
    pub y: Vec<f64>,
    /// Whether the last slope goes on beyond the ends; otherwise the end values do.
    pub extrapolate: bool,
}

impl Series {
    /// The series as a table over time. A value also holds a hair's breadth (1e-9 of its time) to either side of it, for
    /// times are sums that may miss it by their last bits.
    pub fn table(&self, interpolation: Interpolation) -> Table {
        let mut table = Table {
            x: Vec::new(),
            y: Vec::new(),
            extrapolate: false,
        };
        if interpolation == Interpolation::Linear {
            table.x.clone_from(&self.times);
            table.y.clone_from(&self.values);
            return table;
        }
        let mut before: Option<f64> = (interpolation == Interpolation::Raw).then_some(NOT_AVAILABLE);
        let mut step = |x: f64, y: f64| {
            if let Some(before) = before {
                table.x.push(x);
                table.y.push(before);
            }
            table.x.push(x);
            table.y.push(y);
            before = Some(y);
        };
        for (place, (time, value)) in self.times.iter().zip(&self.values).enumerate() {
            let breadth = 1e-9 * time.abs().max(1.0);
            match interpolation {
                Interpolation::Raw => {
                    if place == 0 {
                        // What lies before the first point takes its value: it must come before the step.
                        step(time - 2.0 * breadth, NOT_AVAILABLE);
                    }
                    step(time - breadth, *value);
                    step(time + breadth, NOT_AVAILABLE);
                }
                Interpolation::LookForward => match place.checked_sub(1) {
                    Some(last) => step(self.times[last] + breadth, *value),
                    None => step(*time, *value),
                },
                Interpolation::HoldBackward | Interpolation::Linear => step(time - breadth, *value),
            }
        }
        table
    }
}

impl Series {
    /// As [`Series::table`], and `:NA:` before the first value and behind the last.
    pub fn table_within(&self, interpolation: Interpolation) -> Table {
        let mut table = self.table(interpolation);
        let (Some(first), Some(last)) = (self.times.first(), self.times.last()) else {
            return table;
        };
        if interpolation == Interpolation::Raw {
            return table;
        }
        let breadth = |time: f64| 1e-9 * time.abs().max(1.0);
        let (low, high) = (first - breadth(*first), last + breadth(*last));
        let ends = (table.y[0], table.y[table.y.len() - 1]);
        // A step of the table lies where the range begins already.
        if table.x[0] > low {
            table.x.insert(0, low);
            table.y.insert(0, ends.0);
        }
        // What lies before the first point takes its value: it must come before the step.
        table.x.splice(0..0, [low - breadth(*first), low]);
        table.y.splice(0..0, [NOT_AVAILABLE, NOT_AVAILABLE]);
        table.x.extend([high, high]);
        table.y.extend([ends.1, NOT_AVAILABLE]);
        table
    }
}

/// Vensim's "not available", -2^109.
pub const NOT_AVAILABLE: f64 = -649_037_107_316_853_453_566_312_041_152_512.0;

/// What a subscript of a used variable means.
#[derive(Clone, Debug, PartialEq)]
pub enum Subscript {
    /// One element, by its position in the variable's dimension.
    Element(u32),
    /// The element that the equation is being evaluated for; `positions[k]` is the element of the variable's dimension that
    /// belongs to element `k` of the equation's dimension (the identity, a subrange, or a mapping).
    Follows {
        /// Which dimension of the equation's variable is followed.
        left: u32,
        /// For each element of that dimension, the position in the used variable's dimension; zero, and of no meaning,
        /// where the equation does not define the element.
        positions: Vec<u32>,
    },
    /// Reduced over by an enclosing `SUM`, `VMIN` and the like (`!`): the positions it runs over.
    Reduced {
        /// Ties together the subscripts that run together: the `index` of a [`ReducedIndex`].
        index: u32,
        /// For each value of the index, the position in the used variable's dimension.
        positions: Vec<u32>,
    },
}

impl Expr {
    /// The expressions it is made of, in order.
    pub fn children(&self) -> Vec<ExprId> {
        match self {
            Expr::Number(_) | Expr::Time | Expr::Variable { .. } | Expr::Position(_) => Vec::new(),
            Expr::Reduce { body, .. } => vec![*body],
            Expr::LookupCall { x, .. } | Expr::WithLookup { x, .. } => vec![*x],
            Expr::Unary { operand, .. } => vec![*operand],
            Expr::Binary { left, right, .. } => vec![*left, *right],
            Expr::Call { args, .. } | Expr::Vector { args, .. } => args.clone(),
            Expr::Statistic { between, .. } => between.iter().flatten().copied().collect(),
        }
    }
}

/// An expression; children come before parents in the arena.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A literal.
    Number(f64),
    /// `Time`
    Time,
    /// A variable.
    Variable {
        /// Which.
        variable: VarId,
        /// One for each of its dimensions.
        subscripts: Vec<Subscript>,
    },
    /// A lookup variable called at `x`; for some readings a data variable.
    LookupCall {
        /// Which.
        lookup: VarId,
        /// How its points are read.
        reading: Reading,
        /// One for each of its dimensions.
        subscripts: Vec<Subscript>,
        /// Where.
        x: ExprId,
    },
    /// `GET DATA MEAN(data, start, end)` and its kin.
    Statistic {
        /// What is said of the points of a data variable.
        statistic: Statistic,
        /// Which data variable.
        data: VarId,
        /// One for each of its dimensions.
        subscripts: Vec<Subscript>,
        /// The times between which the points lie, ends included; without them, all count.
        between: Option<[ExprId; 2]>,
    },
    /// `WITH LOOKUP(x, table)`
    WithLookup {
        /// Where.
        x: ExprId,
        /// The table.
        table: Box<Table>,
    },
    /// One operand.
    Unary {
        /// Which operator.
        op: UnaryOp,
        /// Operand.
        operand: ExprId,
    },
    /// Two operands.
    Binary {
        /// Which operator.
        op: BinaryOp,
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// The number of an element, counted from one: a subscript used as a number.
    Position(Subscript),
    /// `SUM(body)` and its kin: the body for all values of some indices, in one number.
    Reduce {
        /// How the values are brought together.
        reduction: Reduction,
        /// What runs; the last one fastest. Values are taken in this order, starting with the first itself.
        over: Vec<ReducedIndex>,
        /// What is computed for each; its subscripts name the indices.
        body: ExprId,
    },
    /// A function of whole vectors.
    Vector {
        /// Which.
        function: VectorFunction,
        /// What runs over the vectors; the last one fastest.
        over: Vec<ReducedIndex>,
        /// Its arguments; the first [`VectorFunction::vectors`] of them are computed for all values of the indices.
        args: Vec<ExprId>,
        /// Which element of the result is taken: one for each index, or none if the result is one number.
        at: Vec<Subscript>,
    },
    /// A function.
    Call {
        /// Which.
        function: Function,
        /// Its arguments, as many as the function takes.
        args: Vec<ExprId>,
    },
}

/// How the points of a lookup are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Reading {
    /// On straight lines, the end values beyond the ends.
    #[default]
    Lines,
    /// On straight lines that go on beyond the ends: `LOOKUP EXTRAPOLATE`.
    Extrapolate,
    /// The value of the next point: `LOOKUP FORWARD`.
    Forward,
    /// The value of the last point: `LOOKUP BACKWARD`.
    Backward,
    /// The abscissa of a value, of a table that only rises or only falls: `LOOKUP INVERT`.
    Inverse,
    /// Of a data variable, and `:NA:` beyond its ends: `GET DATA BETWEEN TIMES`.
    Between(Interpolation),
    /// Of a data variable, all of it moved by `x` towards the past: `TIME SHIFT`.
    Shifted,
    /// Of a data variable, the sum of all values up to each point: `CUMULATE`.
    Sums,
    /// Of a data variable, the sum of all values, at the last point: `CUMULATEF`.
    Sum,
    /// The area under the lines from the first point on: `LOOKUP AREA`.
    Area,
    /// The abscissa up to which this share of the area lies: `RANDOM LOOKUP`.
    Quantile,
    /// How steep the lines are, at a point the mean of both sides: `LOOKUP SLOPE`.
    Slope(Beyond),
}

/// What the slope of a lookup is beyond its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Beyond {
    /// `:NA:`
    Nothing,
    /// 0, as the end values go on.
    Level,
    /// That of the line next to it.
    Line,
}

/// What is said of the points of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// `GET DATA FIRST TIME`
    FirstTime,
    /// `GET DATA LAST TIME`
    LastTime,
    /// `GET DATA MAX`
    Maximum,
    /// `GET DATA MEAN`
    Mean,
    /// `GET DATA MEDIAN`
    Median,
    /// `GET DATA MIN`
    Minimum,
    /// `GET DATA STDV`: of a sample, with one less than the number of points below the line
    Deviation,
    /// `GET DATA TOTAL POINTS`
    Points,
}

impl Statistic {
    /// All of them.
    pub const ALL: &[Statistic] = &[
        Statistic::FirstTime,
        Statistic::LastTime,
        Statistic::Maximum,
        Statistic::Mean,
        Statistic::Median,
        Statistic::Minimum,
        Statistic::Deviation,
        Statistic::Points,
    ];

    /// Vensim's spelling of its function.
    pub fn name(self) -> &'static str {
        match self {
            Statistic::FirstTime => "GET DATA FIRST TIME",
            Statistic::LastTime => "GET DATA LAST TIME",
            Statistic::Maximum => "GET DATA MAX",
            Statistic::Mean => "GET DATA MEAN",
            Statistic::Median => "GET DATA MEDIAN",
            Statistic::Minimum => "GET DATA MIN",
            Statistic::Deviation => "GET DATA STDV",
            Statistic::Points => "GET DATA TOTAL POINTS",
        }
    }
}

/// How the values of a body become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// `SUM`
    Sum,
    /// `PROD`
    Product,
    /// `VMIN`
    Minimum,
    /// `VMAX`
    Maximum,
}

/// An index that runs over elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReducedIndex {
    /// Which: [`Subscript::Reduced`] refers to it. No two of one equation are the same.
    pub index: u32,
    /// How many values it takes.
    pub length: u32,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Negate,
    /// `:NOT:`
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `^`
    Power,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `:AND:`
    And,
    /// `:OR:`
    Or,
}

impl BinaryOp {
    /// Whether it compares two numbers.
    pub(crate) fn compares(self) -> bool {
        matches!(
            self,
            BinaryOp::Less
                | BinaryOp::LessOrEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterOrEqual
                | BinaryOp::Equal
                | BinaryOp::NotEqual
        )
    }
}
