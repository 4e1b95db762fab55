//! Expressions and equations as text: Vensim's syntax, one canonical form.
//!
//! What is printed reads back as the same expression. Brackets stand only where they are needed. Subscripts are printed
//! by the names of dimensions with the same elements, which need not be the names that were written.

use std::fmt::Write;

use crate::function::VectorFunction;
use crate::mdl::is_plain_name;
use crate::model::{
    Beyond, BinaryOp, Definition, DimensionId, Equation, Expr, ExprId, Interpolation, Model, NOT_AVAILABLE,
    Reading, Reduction, Subscript, Table, UnaryOp, VarId, Variable,
};
use crate::name::Name;

/// An expression as text.
pub fn print(model: &Model, root: ExprId) -> String {
    let mut out = String::new();
    expression(model, home(model, root), root, &mut out);
    out
}

/// The equations of a variable as text, one a line: `name = expression`, or `name(points)` for a lookup.
pub fn print_equations(model: &Model, variable: VarId) -> String {
    let variable = &model.variables[variable];
    let name = print_name(&variable.name);
    let mut out = String::new();
    for equation in &variable.equations {
        let home = Some(Home { variable, equation });
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&name);
        out.push_str(&region(model, variable, &equation.region));
        let mut call = |function: &str, first: ExprId, second: ExprId| {
            let _ = write!(out, " = {function}(");
            expression(model, home, first, &mut out);
            out.push_str(", ");
            expression(model, home, second, &mut out);
            out.push(')');
        };
        match &equation.definition {
            Definition::Expression(root) => {
                out.push_str(" = ");
                expression(model, home, *root, &mut out);
            }
            Definition::Stock { rate, initial, .. } => call("INTEG", *rate, *initial),
            Definition::ActiveInitial { active, initial } => call("ACTIVE INITIAL", *active, *initial),
            Definition::Lookup(table) => points(table, &mut out),
            Definition::Data(series) => {
                out.push_str(match series.interpolation {
                    Interpolation::Linear => " :INTERPOLATE:",
                    Interpolation::LookForward => " :LOOK FORWARD:",
                    Interpolation::HoldBackward => " :HOLD BACKWARD:",
                    Interpolation::Raw => " :RAW:",
                });
            }
            Definition::Derived { root, interpolation } => {
                out.push_str(match interpolation {
                    Interpolation::Linear => " := ",
                    Interpolation::LookForward => " :LOOK FORWARD: := ",
                    Interpolation::HoldBackward => " :HOLD BACKWARD: := ",
                    Interpolation::Raw => " :RAW: := ",
                });
                expression(model, home, *root, &mut out);
            }
        }
    }
    out
}

/// A name as it stands in an equation: in quotes where it needs them.
pub fn print_name(name: &Name) -> String {
    let written = name.written();
    if is_plain_name(written) {
        return written.to_owned();
    }
    let mut out = String::with_capacity(written.len() + 2);
    out.push('"');
    for c in written.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A number in its shortest form that reads back as the same.
pub fn print_number(value: f64) -> String {
    if value == NOT_AVAILABLE {
        return ":NA:".to_owned();
    }
    let text = format!("{value:?}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// What is still to be written; a list instead of recursion, for a sum may have a hundred thousand terms.
enum Rest<'a> {
    Text(&'a str),
    Owned(String),
    /// An expression, in brackets if it binds less tightly than this.
    Expr(ExprId, u8),
    Points(&'a Table),
}

const NOT: u8 = 3;
const NEGATE: u8 = 7;
const POWER: u8 = 8;
const ATOM: u8 = 9;

fn expression(model: &Model, home: Option<Home<'_>>, root: ExprId, out: &mut String) {
    let mut rest = vec![Rest::Expr(root, 0)];
    while let Some(next) = rest.pop() {
        let (id, least) = match next {
            Rest::Text(text) => {
                out.push_str(text);
                continue;
            }
            Rest::Owned(text) => {
                out.push_str(&text);
                continue;
            }
            Rest::Points(table) => {
                points(table, out);
                continue;
            }
            Rest::Expr(id, least) => (id, least),
        };
        let expr = &model.exprs[id];
        // In reverse: the list is taken from its end.
        let mut parts = parts(model, home, expr);
        if level(expr) < least {
            out.push('(');
            rest.push(Rest::Text(")"));
        }
        match parts.first {
            First::Nothing => {}
            First::Text(text) => out.push_str(&text),
        }
        parts.rest.reverse();
        rest.append(&mut parts.rest);
    }
}

/// How an expression starts, and what follows.
struct Parts<'a> {
    first: First,
    rest: Vec<Rest<'a>>,
}

enum First {
    Nothing,
    Text(String),
}

fn parts<'a>(model: &'a Model, home: Option<Home<'_>>, expr: &'a Expr) -> Parts<'a> {
    let text = |text: String, rest: Vec<Rest<'a>>| Parts {
        first: First::Text(text),
        rest,
    };
    match expr {
        Expr::Number(value) => text(print_number(*value), Vec::new()),
        Expr::Time => text("Time".to_owned(), Vec::new()),
        Expr::Variable { variable, subscripts } => text(
            print_name(&model.variables[*variable].name),
            vec![Rest::Owned(subscripted(model, home, *variable, subscripts))],
        ),
        Expr::Position(subscript) => text(position(model, home, subscript), Vec::new()),
        Expr::Reduce { reduction, body, .. } => {
            let name = match reduction {
                Reduction::Sum => "SUM(",
                Reduction::Product => "PROD(",
                Reduction::Minimum => "VMIN(",
                Reduction::Maximum => "VMAX(",
            };
            text(name.to_owned(), vec![Rest::Expr(*body, 0), Rest::Text(")")])
        }
        Expr::LookupCall {
            lookup,
            reading,
            subscripts,
            x,
        } => {
            let name = print_name(&model.variables[*lookup].name);
            let (before, between, behind) = match reading {
                Reading::Lines => ("", "(", ")"),
                Reading::Extrapolate => ("LOOKUP EXTRAPOLATE(", ", ", ")"),
                Reading::Forward => ("LOOKUP FORWARD(", ", ", ")"),
                Reading::Backward => ("LOOKUP BACKWARD(", ", ", ")"),
                Reading::Inverse => ("LOOKUP INVERT(", ", ", ")"),
                Reading::Between(Interpolation::LookForward) => ("GET DATA BETWEEN TIMES(", ", ", ", 1)"),
                Reading::Between(Interpolation::HoldBackward) => ("GET DATA BETWEEN TIMES(", ", ", ", -1)"),
                Reading::Between(Interpolation::Linear) => ("GET DATA BETWEEN TIMES(", ", ", ", 0)"),
                Reading::Between(Interpolation::Raw) => ("GET DATA AT TIME(", ", ", ")"),
                Reading::Shifted => ("TIME SHIFT(", ", ", ")"),
                // They read nothing at a place.
                Reading::Sums | Reading::Sum => {
                    let before = match reading {
                        Reading::Sum => "CUMULATEF(",
                        _ => "CUMULATE(",
                    };
                    let rest = vec![
                        Rest::Owned(subscripted(model, home, *lookup, subscripts)),
                        Rest::Text(")"),
                    ];
                    return text(format!("{before}{name}"), rest);
                }
                // From the first point on.
                Reading::Area => ("LOOKUP AREA(", ", -1e+300, ", ")"),
                Reading::Quantile => ("RANDOM LOOKUP(", ", share ", ")"),
                Reading::Slope(Beyond::Nothing) => ("LOOKUP SLOPE(", ", ", ", -1)"),
                Reading::Slope(Beyond::Level) => ("LOOKUP SLOPE(", ", ", ", 0)"),
                Reading::Slope(Beyond::Line) => ("LOOKUP SLOPE(", ", ", ", 1)"),
            };
            text(
                format!("{before}{name}"),
                vec![
                    Rest::Owned(subscripted(model, home, *lookup, subscripts)),
                    Rest::Text(between),
                    Rest::Expr(*x, 0),
                    Rest::Text(behind),
                ],
            )
        }
        Expr::Statistic {
            statistic,
            data,
            subscripts,
            between,
        } => {
            let name = print_name(&model.variables[*data].name);
            let mut rest = vec![Rest::Owned(subscripted(model, home, *data, subscripts))];
            for time in between.iter().flatten() {
                rest.extend([Rest::Text(", "), Rest::Expr(*time, 0)]);
            }
            rest.push(Rest::Text(")"));
            text(format!("{}({name}", statistic.name()), rest)
        }
        Expr::Vector { function, args, .. } => {
            // Of a priority profile, the first of its four vectors stands for all.
            let shown: Vec<ExprId> = match (function, args.as_slice()) {
                (VectorFunction::AllocateAvailable, [request, profile, .., available]) => {
                    vec![*request, *profile, *available]
                }
                (VectorFunction::ElementMap, [vector, offset, ..]) => vec![*vector, *offset],
                (
                    VectorFunction::DemandAtPrice | VectorFunction::SupplyAtPrice,
                    [quantity, profile, .., price],
                ) => vec![*quantity, *profile, *price],
                (VectorFunction::Marketp, [size, vectors @ .., width, supply]) => {
                    vec![vectors[0], vectors[vectors.len() / 2], *size, *width, *supply]
                }
                (VectorFunction::FindMarketPrice, [demands, _, curves @ ..]) => {
                    let demands = match model.exprs[*demands] {
                        Expr::Number(count) => count as usize,
                        _ => 0,
                    };
                    vec![curves[0], curves[1], curves[5 * demands], curves[5 * demands + 1]]
                }
                _ => args.clone(),
            };
            let mut rest = vec![Rest::Text("(")];
            for (position, arg) in shown.into_iter().enumerate() {
                if position > 0 {
                    rest.push(Rest::Text(", "));
                }
                rest.push(Rest::Expr(arg, 0));
            }
            rest.push(Rest::Text(")"));
            text(function.name().to_owned(), rest)
        }
        Expr::WithLookup { x, table } => text(
            "WITH LOOKUP(".to_owned(),
            vec![
                Rest::Expr(*x, 0),
                Rest::Text(", "),
                Rest::Points(table),
                Rest::Text(")"),
            ],
        ),
        Expr::Unary { op, operand } => {
            let (sign, least) = match op {
                UnaryOp::Negate => ("-", NEGATE),
                UnaryOp::Not => (":NOT: ", NOT),
            };
            text(sign.to_owned(), vec![Rest::Expr(*operand, least)])
        }
        Expr::Binary { op, left, right } => {
            let (sign, level) = operator(*op);
            // What stands to the left of `^` is never a power or a sign: both group to the right.
            let (least_left, least_right) = match op {
                BinaryOp::Power => (ATOM, POWER),
                _ => (level, level + 1),
            };
            Parts {
                first: First::Nothing,
                rest: vec![
                    Rest::Expr(*left, least_left),
                    Rest::Text(sign),
                    Rest::Expr(*right, least_right),
                ],
            }
        }
        Expr::Call { function, args } => {
            let mut rest = vec![Rest::Text("(")];
            for (position, arg) in args.iter().enumerate() {
                if position > 0 {
                    rest.push(Rest::Text(", "));
                }
                // A lookup that is looked at whole.
                if function.lookups().contains(&position)
                    && let Expr::LookupCall {
                        lookup, subscripts, ..
                    } = &model.exprs[*arg]
                {
                    rest.push(Rest::Owned(print_name(&model.variables[*lookup].name)));
                    rest.push(Rest::Owned(subscripted(model, home, *lookup, subscripts)));
                    continue;
                }
                rest.push(Rest::Expr(*arg, 0));
            }
            rest.push(Rest::Text(")"));
            text(function.name().to_owned(), rest)
        }
    }
}

/// How tightly an expression holds together.
fn level(expr: &Expr) -> u8 {
    match expr {
        Expr::Number(value) if value.is_sign_negative() && *value != NOT_AVAILABLE => NEGATE,
        Expr::Unary {
            op: UnaryOp::Negate, ..
        } => NEGATE,
        Expr::Unary { op: UnaryOp::Not, .. } => NOT,
        Expr::Binary { op, .. } => operator(*op).1,
        _ => ATOM,
    }
}

fn operator(op: BinaryOp) -> (&'static str, u8) {
    match op {
        BinaryOp::Or => (" :OR: ", 1),
        BinaryOp::And => (" :AND: ", 2),
        BinaryOp::Equal => (" = ", 4),
        BinaryOp::NotEqual => (" <> ", 4),
        BinaryOp::Less => (" < ", 4),
        BinaryOp::LessOrEqual => (" <= ", 4),
        BinaryOp::Greater => (" > ", 4),
        BinaryOp::GreaterOrEqual => (" >= ", 4),
        BinaryOp::Add => (" + ", 5),
        BinaryOp::Subtract => (" - ", 5),
        BinaryOp::Multiply => (" * ", 6),
        BinaryOp::Divide => (" / ", 6),
        BinaryOp::Power => ("^", POWER),
    }
}

/// The equation in which an expression stands.
#[derive(Clone, Copy)]
struct Home<'a> {
    variable: &'a Variable,
    equation: &'a Equation,
}

/// The equation in which an expression stands: expressions of one equation end with its root.
fn home(model: &Model, id: ExprId) -> Option<Home<'_>> {
    let mut best: Option<(ExprId, Home<'_>)> = None;
    for variable in model.variables.iter() {
        for equation in &variable.equations {
            let root = match &equation.definition {
                Definition::Expression(root) => *root,
                Definition::Stock { rate, initial, .. } => *rate.max(initial),
                Definition::ActiveInitial { active, initial } => *active.max(initial),
                Definition::Derived { root, .. } => *root,
                Definition::Lookup(_) | Definition::Data(_) => continue,
            };
            if root >= id && best.is_none_or(|(least, _)| root < least) {
                best = Some((root, Home { variable, equation }));
            }
        }
    }
    best.map(|(_, home)| home)
}

impl<'a> Home<'a> {
    /// The elements that the equation defines along a dimension of its variable.
    fn region(self, left: u32) -> Option<(DimensionId, &'a [u32])> {
        let id = self.variable.dimensions.get(left as usize)?;
        Some((*id, self.equation.region.get(left as usize)?))
    }
}

/// The subscripts of a left-hand side.
fn region(model: &Model, variable: &Variable, region: &[Vec<u32>]) -> String {
    let names = variable
        .dimensions
        .iter()
        .zip(region)
        .map(|(id, positions)| chosen(model, *id, positions));
    brackets(names.collect())
}

/// The subscripts of a used variable.
fn subscripted(model: &Model, home: Option<Home<'_>>, variable: VarId, subscripts: &[Subscript]) -> String {
    let dimensions = &model.variables[variable].dimensions;
    let names = dimensions.iter().zip(subscripts).map(|(id, subscript)| {
        let elements = &model.dimensions[*id].elements;
        match subscript {
            Subscript::Element(position) => print_name(&elements[*position as usize]),
            Subscript::Follows { left, positions } => {
                // The dimension on the left, unless a mapping leads to another element.
                let same = home.and_then(|home| home.region(*left)).filter(|(own, region)| {
                    let own = &model.dimensions[*own].elements;
                    region
                        .iter()
                        .all(|at| own[*at as usize] == elements[positions[*at as usize] as usize])
                });
                match same {
                    Some((own, region)) => chosen(model, own, region),
                    None => print_name(&model.dimensions[*id].name),
                }
            }
            Subscript::Reduced { positions, .. } => format!("{}!", chosen(model, *id, positions)),
        }
    });
    brackets(names.collect())
}

fn position(model: &Model, home: Option<Home<'_>>, subscript: &Subscript) -> String {
    match subscript {
        Subscript::Follows { left, .. } => match home.and_then(|home| home.region(*left)) {
            Some((own, region)) => chosen(model, own, region),
            None => "index".to_owned(),
        },
        Subscript::Element(position) => print_number(f64::from(*position) + 1.0),
        Subscript::Reduced { .. } => "index".to_owned(),
    }
}

/// Some elements of a dimension: by the name of a dimension that has just these, or one by one.
fn chosen(model: &Model, id: DimensionId, positions: &[u32]) -> String {
    let elements = &model.dimensions[id].elements;
    let names = || positions.iter().map(|position| &elements[*position as usize]);
    if let [one] = positions {
        return print_name(&elements[*one as usize]);
    }
    let exactly = |id: &DimensionId| model.dimensions[*id].elements.iter().eq(names());
    match std::iter::once(id).chain(model.dimensions.ids()).find(exactly) {
        Some(id) => print_name(&model.dimensions[id].name),
        None => {
            let names: Vec<String> = names().map(print_name).collect();
            format!("{{{}}}", names.join(", "))
        }
    }
}

fn brackets(names: Vec<String>) -> String {
    if names.is_empty() {
        String::new()
    } else {
        format!("[{}]", names.join(","))
    }
}

fn points(table: &Table, out: &mut String) {
    out.push('(');
    for (position, (x, y)) in table.x.iter().zip(&table.y).enumerate() {
        if position > 0 {
            out.push(',');
        }
        let _ = write!(out, "({},{})", print_number(*x), print_number(*y));
    }
    out.push(')');
}
