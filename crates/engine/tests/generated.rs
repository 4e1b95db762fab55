//! A thousand random models over every operation and awkward numbers: the block interpreter gives the reference's bits
//! at widths 1, 7 and 64, and so do both forms of a WebAssembly module.

mod support;

#[cfg(all(feature = "native", target_arch = "x86_64"))]
use engine::native;
use engine::{
    Batch, Binding, Input, InputTarget, Metric, Numerics, Outputs, Reducer, Request, RunStatus, Schedule,
    Value, Window, block, lower, scalar,
};
use model::{BinaryOp, Function, Integration, Table, UnaryOp};
use support::{Draft, Rule, Tree, module, n, v};

const MODELS: u64 = 1000;

const AWKWARD: [f64; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    0.5,
    3.0,
    -2.5,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    5e-324,
    -1e-310,
    1e-6,
    9.999e-7,
    1e300,
    -1e-300,
    4503599627370496.5,
    1e9,
    0.1,
    709.8,
];

/// A stream of choices: splitmix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }
    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
    fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
    /// A number, mostly an ordinary one: among nothing but awkward ones all would soon be NaN.
    fn number(&mut self) -> f64 {
        if self.one_in(4) {
            self.choose(&AWKWARD)
        } else {
            (self.below(4001) as f64 - 2000.0) / 400.0
        }
    }
}

const PLAIN: [(Function, usize); 35] = [
    (Function::Abs, 1),
    (Function::Exp, 1),
    (Function::Ln, 1),
    (Function::Log, 2),
    (Function::Log10, 1),
    (Function::Sqrt, 1),
    (Function::Sin, 1),
    (Function::Cos, 1),
    (Function::Tan, 1),
    (Function::Arcsin, 1),
    (Function::Arccos, 1),
    (Function::Arctan, 1),
    (Function::Sinh, 1),
    (Function::Cosh, 1),
    (Function::Tanh, 1),
    (Function::Integer, 1),
    (Function::Floor, 1),
    (Function::Modulo, 2),
    (Function::FlooredModulo, 2),
    (Function::Quantum, 2),
    (Function::Power, 2),
    (Function::Min, 2),
    (Function::Max, 2),
    (Function::IfThenElse, 3),
    (Function::Xidz, 3),
    (Function::Zidz, 2),
    (Function::Step, 2),
    (Function::Ramp, 3),
    (Function::Pulse, 2),
    (Function::PulseTrain, 4),
    (Function::Initial, 1),
    (Function::RandomUniform, 3),
    (Function::RandomNormal, 5),
    (Function::Random01, 0),
    (Function::Game, 1),
];

const REMEMBERING: [(Function, usize); 11] = [
    (Function::Smooth, 2),
    (Function::SmoothI, 3),
    (Function::Smooth3, 2),
    (Function::Smooth3I, 3),
    (Function::Delay1, 2),
    (Function::Delay1I, 3),
    (Function::Delay3, 2),
    (Function::Delay3I, 3),
    (Function::DelayN, 4),
    (Function::DelayFixed, 3),
    (Function::SampleIfTrue, 3),
];

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

/// An expression over variables `x0` to `x(known - 1)`: such a model has no loop.
fn tree(dice: &mut Dice, known: usize, depth: usize) -> Tree {
    let leaf = depth == 0 || dice.one_in(4);
    if leaf {
        return match dice.below(6) {
            0 => Tree::Time,
            1 | 2 => n(dice.number()),
            _ if known > 0 => v(&format!("x{}", dice.below(known))),
            _ => n(1.5),
        };
    }
    let inner = |dice: &mut Dice| tree(dice, known, depth - 1);
    match dice.below(12) {
        0 => Tree::Unary(
            dice.choose(&[UnaryOp::Negate, UnaryOp::Not]),
            Box::new(inner(dice)),
        ),
        1..=4 => Tree::Binary(
            dice.choose(&OPERATORS),
            Box::new(inner(dice)),
            Box::new(inner(dice)),
        ),
        5 => Tree::WithLookup(Box::new(inner(dice)), table(dice)),
        6 => {
            let (function, count) = dice.choose(&REMEMBERING);
            let mut args: Vec<Tree> = (0..count).map(|_| inner(dice)).collect();
            if function == Function::DelayN {
                args[3] = n((1 + dice.below(4)) as f64);
            }
            Tree::Call(function, args)
        }
        7 => Tree::Binary(
            BinaryOp::Power,
            Box::new(inner(dice)),
            Box::new(n(dice.below(20) as f64 - 10.0)),
        ),
        _ => {
            let (function, count) = dice.choose(&PLAIN);
            Tree::Call(function, (0..count).map(|_| inner(dice)).collect())
        }
    }
}

fn table(dice: &mut Dice) -> Table {
    let count = 1 + dice.below(20);
    let mut x: Vec<f64> = (0..count).map(|_| (dice.below(40) as f64 - 20.0) / 4.0).collect();
    x.sort_by(f64::total_cmp);
    Table {
        y: x.iter().map(|_| (dice.below(100) as f64 - 50.0) / 8.0).collect(),
        x,
        extrapolate: dice.one_in(3),
    }
}

/// A model, and what is asked of it.
fn model(dice: &mut Dice) -> (Draft, Request) {
    let step = dice.choose(&[1.0, 0.5, 0.1, 0.3]);
    let start = dice.choose(&[0.0, -1.0, 2000.0]);
    let mut draft = Draft::new(start, 0.0, step);
    draft.is(
        "FINAL TIME",
        v("INITIAL TIME") + n(step * dice.choose(&[0.0, 1.0, 7.0, 12.0])),
    );
    if dice.one_in(5) {
        // From the middle of the run on steps are half as long.
        let later = Tree::Binary(
            BinaryOp::Greater,
            Box::new(Tree::Time - v("INITIAL TIME")),
            Box::new(n(2.5 * step)),
        );
        draft.is(
            "TIME STEP",
            Tree::Call(Function::IfThenElse, vec![later, n(step / 2.0), n(step)]),
        );
    }
    let count = 3 + dice.below(12);
    let from_anywhere = |dice: &mut Dice, place: usize| {
        let known = dice.choose(&[count, place]);
        tree(dice, known, 2)
    };
    for place in 0..count {
        let name = format!("x{place}");
        match dice.below(8) {
            0 => draft.is(&name, n(dice.number())),
            1 | 2 => {
                let (rate, initial) = (from_anywhere(dice, place), tree(dice, place, 1));
                draft.stock(&name, rate, initial)
            }
            3 => {
                // A ring may look at what comes after it, for it gives it out later only.
                let input = from_anywhere(dice, place);
                let args = vec![input, tree(dice, place, 1), tree(dice, place, 1)];
                draft.is(&name, Tree::Call(Function::DelayFixed, args))
            }
            4 if place > 0 => {
                let (active, initial) = (tree(dice, place, 2), tree(dice, place, 1));
                draft.rule(&name, Rule::Active { active, initial })
            }
            _ => draft.is(&name, tree(dice, place, 3)),
        };
    }
    use Integration::{Euler, Heun, Midpoint, Rk4};
    draft.integration = dice.choose(&[Euler, Euler, Midpoint, Heun, Rk4]);

    let mut request = Request::default();
    for place in 0..count {
        let id = draft.id(&format!("x{place}"));
        let is_stock = matches!(draft.rules[id.0 as usize].1, Rule::Stock { .. });
        let binding = match dice.below(8) {
            0 | 1 => Binding::PerFuture,
            2 => Binding::Uniform,
            3 if !is_stock => Binding::Schedule,
            _ => continue,
        };
        let target = if is_stock {
            InputTarget::InitialOf(id)
        } else {
            InputTarget::Variable(id)
        };
        request.inputs.push(Input { target, binding });
    }
    for place in 0..count {
        let variable = draft.id(&format!("x{place}"));
        if dice.one_in(2) {
            request.series.push(variable);
        }
        let level = dice.number();
        let level = if level.is_nan() { 0.0 } else { level };
        let reducer = match dice.below(11) {
            0 => Reducer::Final,
            1 => Reducer::Mean,
            2 => Reducer::Min,
            3 => Reducer::Max,
            4 => Reducer::Integral,
            5 => Reducer::TimeAbove(level),
            6 => Reducer::TimeBelow(level),
            7 => Reducer::LongestAbove(level),
            8 => Reducer::LongestBelow(level),
            9 => Reducer::FirstAbove(level),
            _ => Reducer::At(start + step),
        };
        let window = Window {
            from: dice.one_in(3).then_some(start + step * dice.below(4) as f64),
            to: dice
                .one_in(3)
                .then_some(start + step * (3 + dice.below(6)) as f64),
        };
        if dice.one_in(2) {
            request.metrics.push(Metric {
                variable,
                element: 0,
                reducer,
                window,
            });
        }
    }
    (draft, request)
}

fn bits(outputs: &Outputs) -> (Vec<Vec<u64>>, String) {
    let columns = outputs
        .metrics
        .iter()
        .chain(&outputs.series)
        .chain([&outputs.times]);
    let columns = columns
        .map(|column| column.iter().map(|value| value.to_bits()).collect())
        .collect();
    (columns, format!("{:?}", outputs.status))
}

/// What came of a model, for the test's own soundness.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    modules: usize,
    futures: usize,
    sound: usize,
    unresolved: usize,
    numbers: usize,
    finite: usize,
}

/// How generated models are run.
#[derive(Clone, Copy)]
enum How {
    Exactly,
    WithSteps(Integration),
    Fast,
}

fn check(number: u64, how: How, tally: &mut Tally) {
    let mut dice = Dice(number);
    let (draft, mut request) = model(&mut dice);
    match how {
        How::Exactly => {}
        How::WithSteps(integration) => request.integration = Some(integration),
        How::Fast => request.numerics = Numerics::Fast,
    }
    let program = match lower(&draft.model(), &request) {
        Ok(program) => program,
        Err(problems) if problems.items.iter().any(|item| item.code == "integration-rough") => {
            tally.refused += 1;
            return;
        }
        Err(problems) => {
            // A window may lie outside of the run; nothing else may be wrong.
            assert!(
                problems.items.iter().all(|item| item.code == "output-window"),
                "model {number}: {problems:#?}"
            );
            tally.refused += 1;
            request.metrics.clear();
            lower(&draft.model(), &request).expect("the same model without windows")
        }
    };
    let futures = dice.choose(&[1, 7, 9, 70]);
    let numbers: Vec<u64> = (0..futures as u64).map(|row| row * 3).collect();
    let columns: Vec<Vec<f64>> = request
        .inputs
        .iter()
        .map(|_| (0..futures).map(|_| dice.number()).collect())
        .collect();
    let schedules: Vec<Schedule> = request
        .inputs
        .iter()
        .map(|_| {
            let mut times: Vec<f64> = (0..dice.below(4)).map(|_| dice.below(8) as f64 - 1.0).collect();
            times.sort_by(f64::total_cmp);
            Schedule {
                values: times.iter().map(|_| dice.number()).collect(),
                times,
            }
        })
        .collect();
    let inputs: Vec<Value> = request
        .inputs
        .iter()
        .zip(columns.iter().zip(&schedules))
        .map(|(input, (column, schedule))| match input.binding {
            Binding::Uniform => Value::Uniform(column[0]),
            Binding::PerFuture => Value::PerFuture(column),
            Binding::Schedule => Value::Schedule(schedule),
        })
        .collect();
    let batch = Batch {
        seed: number,
        futures: &numbers,
        inputs: &inputs,
    };
    let expected = scalar::run(&program, &batch);
    for level in block::Level::available() {
        for width in [7, 64, 200] {
            let found = block::run(&program, &batch, &mut block::Scratch::at_level(width, level));
            assert!(
                bits(&found) == bits(&expected),
                "model {number} in blocks of {width} ({}): {draft:#?}",
                level.name()
            );
        }
    }
    if let How::WithSteps(_) = how {
        return tally.count(futures, &expected);
    }
    let name = || format!("model {number}: {draft:#?}");
    if let How::Exactly = how {
        tally.modules += usize::from(module::agrees(&program, &batch, &expected, name));
    }
    #[cfg(all(feature = "native", target_arch = "x86_64"))]
    for level in block::Level::available() {
        let turns = |together, resident| Some(native::Turns { together, resident });
        let turns = [
            None,
            turns(1, false),
            turns(2, false),
            turns(3, true),
            turns(4, false),
            turns(1, true),
            turns(2, true),
        ][(number % 7) as usize];
        let native = match native::compile_with(&program, level, turns) {
            Ok(native) => native,
            Err(native::Refusal::Instructions(_)) => continue,
            Err(refusal) => panic!("model {number}: {refusal}"),
        };
        for width in [5, 64] {
            let found = native::run(&program, &native, &batch, &mut native::Scratch::new(width));
            assert!(
                bits(&found) == bits(&expected),
                "model {number} in machine code, blocks of {width} ({}): {draft:#?}",
                level.name()
            );
        }
    }
    tally.count(futures, &expected);
}

impl Tally {
    fn count(&mut self, futures: usize, outputs: &Outputs) {
        let is = |status: &RunStatus, word| usize::from(status.word() == word);
        self.futures += futures;
        self.sound += outputs
            .status
            .iter()
            .map(|status| is(status, "ok"))
            .sum::<usize>();
        self.unresolved += outputs
            .status
            .iter()
            .map(|status| is(status, "unresolved"))
            .sum::<usize>();
        self.numbers += outputs.series.iter().map(Vec::len).sum::<usize>();
        let values = outputs.series.iter().flatten();
        self.finite += values.filter(|value| value.is_finite()).count();
    }
}

#[test]
fn generated_models_give_the_same_fast_bits_in_every_evaluator() {
    let mut tally = Tally::default();
    for number in 0..MODELS / 2 {
        check(number, How::Fast, &mut tally);
    }
    assert!(tally.sound * 4 > tally.futures, "{tally:?}");
}

#[test]
fn generated_models_take_the_same_automatic_steps_in_every_evaluator() {
    let mut tally = Tally::default();
    for number in 0..MODELS / 4 {
        let method = [Integration::Rk2Auto, Integration::Rk4Auto][(number % 2) as usize];
        check(number, How::WithSteps(method), &mut tally);
    }
    // The test is worth something only if many models are smooth, some futures end well and some get stuck.
    assert!(tally.sound > 100 && tally.unresolved > 0, "{tally:?}");
}

#[test]
fn generated_models_give_the_same_bits_in_every_evaluator() {
    let mut tally = Tally::default();
    for number in 0..MODELS {
        check(number, How::Exactly, &mut tally);
    }
    // Were most of it NaN, equal bits would say little.
    assert!(
        tally.finite * 3 > tally.numbers * 2,
        "{} of {} numbers are finite",
        tally.finite,
        tally.numbers
    );
    assert!(
        tally.sound * 4 > tally.futures,
        "{} of {} futures are sound",
        tally.sound,
        tally.futures
    );
    assert!(tally.modules > 500, "{} modules were run", tally.modules);
    assert!(tally.refused < 400, "{} requests were refused", tally.refused);
}
