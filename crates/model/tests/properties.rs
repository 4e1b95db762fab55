//! What holds for every text: no panic, places inside the text, and printing is the inverse of reading.

mod support;

use model::{BinaryOp, Definition, Expr, ExprId, Function, Model, Table, UnaryOp, check_units, print};
use proptest::prelude::*;
use support::read_sound;

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 9 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

/// A text that uses most of the language.
const RICH: &str = include_str!("models/rich.mdl");

/// What must hold for any bytes.
fn survives(bytes: &[u8]) {
    support::survives("model.mdl", bytes);
}

/// A change to a text: remove, repeat or insert something somewhere.
#[derive(Clone, Debug)]
enum Change {
    Remove(usize, usize),
    Repeat(usize, usize),
    Insert(usize, &'static str),
}

const PIECES: [&str; 51] = [
    "[region]",
    "[north]",
    "age",
    "SUM(",
    "[age!]",
    ":EXCEPT:[north]",
    "ELMCOUNT(age)",
    "(a1-a9)",
    "MEMORY(",
    "x",
    "x$",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "~",
    "|",
    "\"",
    "'",
    "\\",
    "\\\n",
    "\n",
    ":",
    ":=",
    "=",
    "==",
    ",",
    ";",
    "!",
    "-",
    "+",
    "^",
    "<->",
    "->",
    ":AND:",
    ":NOT:",
    ":NA:",
    ":EXCEPT:",
    ":MACRO:",
    ":END OF MACRO:",
    "INTEG(",
    "WITH LOOKUP(",
    "1e9",
    ".",
    "é",
    "\u{feff}",
    "****",
    "\\\\\\---///",
    "///---\\\\\\",
];

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<usize>(), 1_usize..40).prop_map(|(at, length)| Change::Remove(at, length)),
        (any::<usize>(), 1_usize..200).prop_map(|(at, length)| Change::Repeat(at, length)),
        (any::<usize>(), 0..PIECES.len()).prop_map(|(at, piece)| Change::Insert(at, PIECES[piece])),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for change in changes {
        let count = chars.len().max(1);
        match change {
            Change::Remove(at, length) => {
                let at = at % count;
                let end = (at + length).min(chars.len());
                chars.drain(at.min(end)..end);
            }
            Change::Repeat(at, length) => {
                let at = (at % count).min(chars.len());
                let end = (at + length).min(chars.len());
                let piece: Vec<char> = chars[at..end].to_vec();
                chars.splice(at..at, piece);
            }
            Change::Insert(at, piece) => {
                let at = (at % count).min(chars.len());
                chars.splice(at..at, piece.chars());
            }
        }
    }
    chars.into_iter().collect()
}

/// An expression apart from its arena.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Number(f64),
    Time,
    Variable(u32),
    Lookup(Box<Tree>),
    With(Box<Tree>),
    Unary(UnaryOp, Box<Tree>),
    Binary(BinaryOp, Box<Tree>, Box<Tree>),
    Call(Function, Vec<Tree>),
}

const OPERATORS: [BinaryOp; 13] = [
    BinaryOp::Add,
    BinaryOp::Subtract,
    BinaryOp::Multiply,
    BinaryOp::Divide,
    BinaryOp::Power,
    BinaryOp::Less,
    BinaryOp::LessOrEqual,
    BinaryOp::Greater,
    BinaryOp::GreaterOrEqual,
    BinaryOp::Equal,
    BinaryOp::NotEqual,
    BinaryOp::And,
    BinaryOp::Or,
];

/// The variables of [`BASE`]: three constants with awkward names, then a lookup.
const BASE: &str = "a = 1 ~~|\n\"b (1) \\\"x\\\" \\\\ y\" = 2 ~~|\nl'été $ 3 = 3 ~~|\nt((0,0),(1,2)) ~~|\n";

fn tree() -> impl Strategy<Value = Tree> {
    let number = any::<f64>().prop_filter("numbers are finite", |value| value.is_finite());
    let leaf = prop_oneof![
        number.prop_map(Tree::Number),
        (-9_i32..10).prop_map(|value| Tree::Number(f64::from(value))),
        Just(Tree::Time),
        (0_u32..3).prop_map(Tree::Variable),
    ];
    leaf.prop_recursive(6, 60, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|x| Tree::Lookup(Box::new(x))),
            inner.clone().prop_map(|x| Tree::With(Box::new(x))),
            inner.clone().prop_map(|x| match x {
                // What is read never negates a number: the sign is part of it.
                Tree::Number(value) => Tree::Number(-value),
                x => Tree::Unary(UnaryOp::Negate, Box::new(x)),
            }),
            inner.clone().prop_map(|x| Tree::Unary(UnaryOp::Not, Box::new(x))),
            (0..OPERATORS.len(), inner.clone(), inner.clone()).prop_map(|(op, left, right)| Tree::Binary(
                OPERATORS[op],
                Box::new(left),
                Box::new(right)
            )),
            (0..Function::ALL.len(), prop::collection::vec(inner, 9)).prop_map(|(function, mut args)| {
                // XMILE's alone: Vensim cannot spell it.
                let function = match Function::ALL[function] {
                    Function::Log10 | Function::Floor => Function::Ln,
                    Function::FlooredModulo => Function::Modulo,
                    // A stock, or a lookup, stands among their arguments.
                    Function::ShiftIfTrue => Function::Max,
                    function if !function.lookups().is_empty() => Function::Min,
                    function => function,
                };
                args.truncate(function.parameters().len());
                Tree::Call(function, args)
            }),
        ]
    })
}

fn table() -> Table {
    Table {
        x: vec![-1.5, 0.0, 1e-7],
        y: vec![1e30, -0.25, 3.0],
        extrapolate: false,
    }
}

/// Adds the tree to the model's arena.
fn plant(tree: &Tree, model: &mut Model) -> ExprId {
    let expr = match tree {
        Tree::Number(value) => Expr::Number(*value),
        Tree::Time => Expr::Time,
        Tree::Variable(id) => Expr::Variable {
            variable: model::VarId(*id),
            subscripts: Vec::new(),
        },
        Tree::Lookup(x) => Expr::LookupCall {
            lookup: model::VarId(3),
            reading: model::Reading::Lines,
            subscripts: Vec::new(),
            x: plant(x, model),
        },
        Tree::With(x) => Expr::WithLookup {
            x: plant(x, model),
            table: Box::new(table()),
        },
        Tree::Unary(op, operand) => Expr::Unary {
            op: *op,
            operand: plant(operand, model),
        },
        Tree::Binary(op, left, right) => Expr::Binary {
            op: *op,
            left: plant(left, model),
            right: plant(right, model),
        },
        Tree::Call(function, args) => Expr::Call {
            function: *function,
            args: args.iter().map(|arg| plant(arg, model)).collect(),
        },
    };
    model.exprs.push(expr)
}

/// The tree in a model's arena.
fn dig(model: &Model, id: ExprId) -> Tree {
    let below = |id: ExprId| Box::new(dig(model, id));
    match &model.exprs[id] {
        Expr::Number(value) => Tree::Number(*value),
        Expr::Time => Tree::Time,
        Expr::Variable { variable, .. } => Tree::Variable(variable.0),
        Expr::LookupCall { x, .. } => Tree::Lookup(below(*x)),
        Expr::WithLookup { x, table: found } => {
            assert_eq!(**found, table());
            Tree::With(below(*x))
        }
        Expr::Unary { op, operand } => Tree::Unary(*op, below(*operand)),
        Expr::Binary { op, left, right } => Tree::Binary(*op, below(*left), below(*right)),
        other @ (Expr::Position(_) | Expr::Reduce { .. } | Expr::Vector { .. } | Expr::Statistic { .. }) => {
            panic!("none is planted: {other:?}")
        }
        Expr::Call { function, args } => {
            Tree::Call(*function, args.iter().map(|arg| dig(model, *arg)).collect())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_printed_reads_back(tree in tree()) {
        let mut model = read_sound(&format!("{BASE}{CONTROL}"));
        let root = plant(&tree, &mut model);
        let text = print(&model, root);
        // The tree may hold a definition of itself through nothing: `x` is used by no one.
        let again = read_sound(&format!("{BASE}x = {text} ~~|\n{CONTROL}"));
        let x = again.find("x").expect("in the model");
        let Definition::Expression(found) = again.variables[x].equations[0].definition else {
            panic!("an expression");
        };
        prop_assert_eq!(dig(&again, found), tree, "{}", text);
        prop_assert_eq!(print(&again, found), text);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn no_pieces_panic(pieces in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        survives(text.as_bytes());
        survives(format!("a = {text} ~~|\n{CONTROL}").as_bytes());
    }

    #[test]
    fn no_change_of_a_model_panics(changes in prop::collection::vec(change(), 1..6)) {
        survives(changed(RICH, &changes).as_bytes());
    }
}

#[test]
fn the_rich_model_is_sound() {
    read_sound(RICH);
}

#[test]
fn long_chains_and_deep_models_end_in_a_result() {
    // 2 MB of terms, a chain of 50,000 variables, 50,000 lines: none may overflow a stack or take a square of its size.
    let sum = format!("a = {}1 ~~|\n{CONTROL}", "1 + ".repeat(500_000));
    let model = read_sound(&sum);
    let Definition::Expression(root) = model.variables[model::VarId(0)].equations[0].definition else {
        panic!("an expression");
    };
    assert_eq!(
        print(&model, root).len(),
        sum.find(" ~").expect("the end") - "a = ".len()
    );
    assert!(check_units(&model).is_empty());

    let mut chain = String::from("v0 = 1 ~~|\n");
    for at in 1..50_000 {
        chain.push_str(&format!("v{at} = v{} * 2 ~Person/Day~|\n", at - 1));
    }
    chain.push_str(CONTROL);
    survives(chain.as_bytes());

    let ring = chain.replace("v0 = 1 ", "v0 = v49999 ");
    let (model, diagnostics) = support::read_bytes("ring.mdl", ring.as_bytes());
    assert!(model.is_none());
    assert_eq!(diagnostics.items[0].code, "loop");

    for text in [
        "(",
        "-",
        "MAX(",
        ":NOT: ",
        "{",
        "\"",
        "[",
        "((1,2),",
        "2^",
        "~",
        "|",
        "\\\\\\---///\n",
        ":MACRO:",
        "'",
    ] {
        survives(text.repeat(20_000).as_bytes());
        survives(format!("a = {}", text.repeat(20_000)).as_bytes());
    }
}
