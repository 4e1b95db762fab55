//! Models by hand: expressions as trees, written into the arena in post-order.

#![allow(dead_code, reason = "each test file uses a part")]

pub(crate) mod module;

use model::{
    BinaryOp, Definition, Dimension, DimensionId, Equation, Expr, ExprId, Function, IndexVec, Integration,
    Model, Name, ReducedIndex, Reduction, SourceId, Span, Subscript, Table, TimeControls, UnaryOp, VarId,
    Variable, VariableKind,
};

/// An expression as a tree.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Number(f64),
    Time,
    Name(String),
    Element(String, Vec<Subscript>),
    Position(Subscript),
    Reduce(Reduction, Vec<ReducedIndex>, Box<Tree>),
    Lookup(String, Box<Tree>),
    WithLookup(Box<Tree>, Table),
    Unary(UnaryOp, Box<Tree>),
    Binary(BinaryOp, Box<Tree>, Box<Tree>),
    Call(Function, Vec<Tree>),
}

pub(crate) fn n(value: f64) -> Tree {
    Tree::Number(value)
}
pub(crate) fn v(name: &str) -> Tree {
    Tree::Name(name.to_owned())
}
pub(crate) fn call<const N: usize>(function: Function, args: [Tree; N]) -> Tree {
    Tree::Call(function, args.into())
}
pub(crate) fn op(op: BinaryOp, a: Tree, b: Tree) -> Tree {
    Tree::Binary(op, Box::new(a), Box::new(b))
}

macro_rules! operator {
    ($trait:ident, $method:ident, $op:ident) => {
        impl std::ops::$trait for Tree {
            type Output = Tree;
            fn $method(self, other: Tree) -> Tree {
                op(BinaryOp::$op, self, other)
            }
        }
    };
}
operator!(Add, add, Add);
operator!(Sub, sub, Subtract);
operator!(Mul, mul, Multiply);
operator!(Div, div, Divide);

impl std::ops::Neg for Tree {
    type Output = Tree;
    fn neg(self) -> Tree {
        Tree::Unary(UnaryOp::Negate, Box::new(self))
    }
}

/// What stands on a right-hand side.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    Is(Tree),
    Stock {
        rate: Tree,
        initial: Tree,
    },
    Active {
        active: Tree,
        initial: Tree,
    },
    Table(Table),
    /// Over these dimensions, an equation for each region.
    Array(Vec<u32>, Vec<(Vec<Vec<u32>>, Rule)>),
}

/// A model in the making: names and rules.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) rules: Vec<(String, Rule)>,
    /// How many elements each dimension has.
    pub(crate) dimensions: Vec<u32>,
    pub(crate) integration: Integration,
}

impl Draft {
    /// A model that runs from `start` to `end`.
    pub(crate) fn new(start: f64, end: f64, step: f64) -> Self {
        let mut draft = Self {
            rules: Vec::new(),
            dimensions: Vec::new(),
            integration: Integration::Euler,
        };
        draft.is("INITIAL TIME", n(start));
        draft.is("FINAL TIME", n(end));
        draft.is("TIME STEP", n(step));
        draft.is("SAVEPER", v("TIME STEP"));
        draft
    }
    pub(crate) fn is(&mut self, name: &str, tree: Tree) -> &mut Self {
        self.rule(name, Rule::Is(tree))
    }
    pub(crate) fn stock(&mut self, name: &str, rate: Tree, initial: Tree) -> &mut Self {
        self.rule(name, Rule::Stock { rate, initial })
    }
    pub(crate) fn rule(&mut self, name: &str, rule: Rule) -> &mut Self {
        match self.rules.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = rule,
            None => self.rules.push((name.to_owned(), rule)),
        }
        self
    }
    pub(crate) fn id(&self, name: &str) -> VarId {
        let place = self.rules.iter().position(|(known, _)| known == name);
        VarId(place.unwrap_or_else(|| panic!("no variable `{name}`")) as u32)
    }
    pub(crate) fn model(&self) -> Model {
        let mut exprs = IndexVec::new();
        let mut variables = IndexVec::new();
        for (name, rule) in &self.rules {
            let (dimensions, rules) = match rule {
                Rule::Array(dimensions, rules) => (dimensions.as_slice(), rules.clone()),
                scalar => (&[][..], vec![(Vec::new(), scalar.clone())]),
            };
            let mut kind = VariableKind::Constant;
            let mut equations = Vec::new();
            for (region, rule) in rules {
                let (of_rule, definition) = self.definition(&mut exprs, &rule);
                kind = kind.max(of_rule);
                equations.push(Equation {
                    region,
                    definition,
                    span: nowhere(),
                });
            }
            variables.push(Variable {
                name: Name::new(name.clone()),
                kind,
                dimensions: dimensions
                    .iter()
                    .map(|dimension| DimensionId(*dimension))
                    .collect(),
                equations,
                units: String::new(),
                units_span: None,
                range: None,
                comment: String::new(),
                group: None,
                span: nowhere(),
                hidden: false,
                supplementary: false,
            });
        }
        let spans = exprs.iter().map(|_| nowhere()).collect();
        Model {
            variables,
            exprs,
            expr_spans: spans,
            dimensions: self
                .dimensions
                .iter()
                .enumerate()
                .map(|(number, count)| dimension(number, *count))
                .collect(),
            groups: IndexVec::new(),
            time: TimeControls {
                initial_time: self.id("INITIAL TIME"),
                final_time: self.id("FINAL TIME"),
                time_step: self.id("TIME STEP"),
                saveper: self.id("SAVEPER"),
            },
            integration: self.integration,
            unit_equivalents: Vec::new(),
        }
    }
    fn definition(&self, exprs: &mut IndexVec<ExprId, Expr>, rule: &Rule) -> (VariableKind, Definition) {
        let mut write = |tree: &Tree| self.write(exprs, tree);
        match rule {
            Rule::Is(tree @ Tree::Number(_)) => (VariableKind::Constant, Definition::Expression(write(tree))),
            Rule::Is(tree) => (VariableKind::Auxiliary, Definition::Expression(write(tree))),
            Rule::Stock { rate, initial } => {
                let (rate, initial) = (write(rate), write(initial));
                (
                    VariableKind::Stock,
                    Definition::Stock {
                        rate,
                        initial,
                        non_negative: false,
                    },
                )
            }
            Rule::Active { active, initial } => {
                let (active, initial) = (write(active), write(initial));
                (
                    VariableKind::Auxiliary,
                    Definition::ActiveInitial { active, initial },
                )
            }
            Rule::Table(table) => (VariableKind::Lookup, Definition::Lookup(table.clone())),
            Rule::Array(..) => panic!("an array of arrays"),
        }
    }
    fn write(&self, exprs: &mut IndexVec<ExprId, Expr>, tree: &Tree) -> ExprId {
        let expr = match tree {
            Tree::Number(value) => Expr::Number(*value),
            Tree::Time => Expr::Time,
            Tree::Name(name) => Expr::Variable {
                variable: self.id(name),
                subscripts: Vec::<Subscript>::new(),
            },
            Tree::Element(name, subscripts) => Expr::Variable {
                variable: self.id(name),
                subscripts: subscripts.clone(),
            },
            Tree::Position(subscript) => Expr::Position(subscript.clone()),
            Tree::Reduce(reduction, over, body) => Expr::Reduce {
                reduction: *reduction,
                over: over.clone(),
                body: self.write(exprs, body),
            },
            Tree::Lookup(name, x) => Expr::LookupCall {
                lookup: self.id(name),
                reading: model::Reading::Lines,
                subscripts: Vec::new(),
                x: self.write(exprs, x),
            },
            Tree::WithLookup(x, table) => Expr::WithLookup {
                x: self.write(exprs, x),
                table: Box::new(table.clone()),
            },
            Tree::Unary(op, operand) => Expr::Unary {
                op: *op,
                operand: self.write(exprs, operand),
            },
            Tree::Binary(op, left, right) => {
                let (left, right) = (self.write(exprs, left), self.write(exprs, right));
                Expr::Binary { op: *op, left, right }
            }
            Tree::Call(function, args) => {
                let args = args.iter().map(|arg| self.write(exprs, arg)).collect();
                Expr::Call {
                    function: *function,
                    args,
                }
            }
        };
        exprs.push(expr)
    }
}

fn dimension(number: usize, count: u32) -> Dimension {
    Dimension {
        name: Name::new(format!("dimension {number}")),
        elements: (0..count)
            .map(|element| Name::new(format!("e{element}")))
            .collect(),
        span: nowhere(),
    }
}

pub(crate) fn nowhere() -> Span {
    Span {
        source: SourceId(0),
        start: 0,
        end: 0,
    }
}
