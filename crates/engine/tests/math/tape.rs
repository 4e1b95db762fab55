//! A back end implements `Lane` by writing down instructions: here a tape of them, which is then replayed.
//!
//! That the replay gives the scalar's bits shows that every kernel is a straight list of the trait's primitives.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use engine::math::{self, Lane, kernel};

#[derive(Clone, Copy)]
enum Step {
    Argument(usize),
    Constant(f64),
    One(fn(f64) -> f64, usize),
    Two(fn(f64, f64) -> f64, usize, usize),
    Select(usize, usize, usize),
    ShiftLeft(usize, u32),
    ShiftRight(usize, u32),
}

#[derive(Default)]
struct Tape(RefCell<Vec<Step>>);

impl Tape {
    fn write(&self, step: Step) -> Word<'_> {
        let mut steps = self.0.borrow_mut();
        steps.push(step);
        Word {
            tape: self,
            at: steps.len() - 1,
        }
    }

    fn operations(&self) -> usize {
        self.0
            .borrow()
            .iter()
            .filter(|step| !matches!(step, Step::Argument(_) | Step::Constant(_)))
            .count()
    }

    fn replay(&self, arguments: &[f64]) -> f64 {
        let mut values: Vec<f64> = Vec::new();
        for &step in self.0.borrow().iter() {
            values.push(match step {
                Step::Argument(place) => arguments[place],
                Step::Constant(value) => value,
                Step::One(operation, a) => operation(values[a]),
                Step::Two(operation, a, b) => operation(values[a], values[b]),
                Step::Select(mask, yes, no) => Lane::select(values[mask], values[yes], values[no]),
                Step::ShiftLeft(a, bits) => Lane::shift_left(values[a], bits),
                Step::ShiftRight(a, bits) => Lane::shift_right(values[a], bits),
            });
        }
        values[values.len() - 1]
    }
}

/// A word that is not known yet: the place on the tape where it will be computed.
#[derive(Clone, Copy)]
struct Word<'a> {
    tape: &'a Tape,
    at: usize,
}

impl Word<'_> {
    fn two(self, operation: fn(f64, f64) -> f64, other: Self) -> Self {
        self.tape.write(Step::Two(operation, self.at, other.at))
    }
}

macro_rules! written_down {
    ($($operator:ident $method:ident)*) => {$(
        impl $operator for Word<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.two(<f64 as $operator>::$method, other)
            }
        }
    )*};
}

written_down!(Add add Sub sub Mul mul Div div);

impl Neg for Word<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.tape.write(Step::One(<f64 as Neg>::neg, self.at))
    }
}

impl Lane for Word<'_> {
    fn constant(self, value: f64) -> Self {
        self.tape.write(Step::Constant(value))
    }
    fn root(self) -> Self {
        self.tape.write(Step::One(<f64 as Lane>::root, self.at))
    }
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        // Two words at most in a step: the lanes of this test know no fused operation.
        let _ = (factor, addend);
        unreachable!("exact functions have no fused operation")
    }
    fn less(self, other: Self) -> Self {
        self.two(<f64 as Lane>::less, other)
    }
    fn less_equal(self, other: Self) -> Self {
        self.two(<f64 as Lane>::less_equal, other)
    }
    fn equal(self, other: Self) -> Self {
        self.two(<f64 as Lane>::equal, other)
    }
    fn select(self, yes: Self, no: Self) -> Self {
        self.tape.write(Step::Select(self.at, yes.at, no.at))
    }
    fn and(self, other: Self) -> Self {
        self.two(<f64 as Lane>::and, other)
    }
    fn or(self, other: Self) -> Self {
        self.two(<f64 as Lane>::or, other)
    }
    fn xor(self, other: Self) -> Self {
        self.two(<f64 as Lane>::xor, other)
    }
    fn integer_add(self, other: Self) -> Self {
        self.two(<f64 as Lane>::integer_add, other)
    }
    fn integer_sub(self, other: Self) -> Self {
        self.two(<f64 as Lane>::integer_sub, other)
    }
    fn shift_left(self, bits: u32) -> Self {
        self.tape.write(Step::ShiftLeft(self.at, bits))
    }
    fn shift_right(self, bits: u32) -> Self {
        self.tape.write(Step::ShiftRight(self.at, bits))
    }
}

const ARGUMENTS: [f64; 20] = [
    f64::NAN,
    f64::NEG_INFINITY,
    f64::INFINITY,
    0.0,
    -0.0,
    5e-324,
    -3e-310,
    1.0,
    -1.0,
    0.3,
    -0.7,
    2.0,
    -3.0,
    7.5,
    41.25,
    -745.0,
    709.7,
    1e5,
    1e22,
    -1e300,
];

fn check(name: &str, tape: &Tape, scalar: impl Fn(&[f64]) -> f64, count: usize) {
    let bits = |x: f64| math::canonical_nan(x).to_bits();
    for x in ARGUMENTS {
        for y in &ARGUMENTS[..if count == 2 { ARGUMENTS.len() } else { 1 }] {
            let arguments = [x, *y];
            assert_eq!(
                bits(tape.replay(&arguments)),
                bits(scalar(&arguments)),
                "{name} of {arguments:?}"
            );
        }
    }
}

macro_rules! one {
    ($($name:ident)*) => {$({
        let tape = Tape::default();
        let result = kernel::$name(tape.write(Step::Argument(0)));
        assert_eq!(result.at, tape.0.borrow().len() - 1, "the result is written last");
        check(stringify!($name), &tape, |x| math::$name(x[0]), 1);
        println!("{:15} {:4} primitive operations", stringify!($name), tape.operations());
    })*};
}

macro_rules! two {
    ($($name:ident)*) => {$({
        let tape = Tape::default();
        let result = kernel::$name(tape.write(Step::Argument(0)), tape.write(Step::Argument(1)));
        assert_eq!(result.at, tape.0.borrow().len() - 1, "the result is written last");
        check(stringify!($name), &tape, |x| math::$name(x[0], x[1]), 2);
        println!("{:15} {:4} primitive operations", stringify!($name), tape.operations());
    })*};
}

#[test]
fn kernels_can_be_written_down_and_replayed() {
    one!(exp ln log10 sqrt sin cos tan asin acos atan sinh cosh tanh abs trunc floor round ln_gamma normal_cdf
        inverse_normal canonical_nan);
    two!(min max pow log quantum modulo);
}
