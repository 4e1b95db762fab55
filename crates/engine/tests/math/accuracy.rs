//! The elementary functions against high-precision values, each with the bound that `docs/numerics.md` promises.
//!
//! `math_reference.txt` says which points, `math_reference.py` computed `math_reference.bin` with mpmath.

use std::collections::BTreeMap;

use engine::math::{self, Lanes, kernel};

const PLAN: &str = include_str!("math_reference.txt");
const DOCUMENT: &str = include_str!("../../../../docs/numerics.md");
const RESULTS: &[u8] = include_bytes!("math_reference.bin");

enum Function {
    One(fn(f64) -> f64, fn(Lanes<4>) -> Lanes<4>, fn(&mut [f64], &[f64])),
    Two(
        fn(f64, f64) -> f64,
        fn(Lanes<4>, Lanes<4>) -> Lanes<4>,
        fn(&mut [f64], &[f64], &[f64]),
    ),
}

macro_rules! functions {
    ($($form:ident: $($name:ident)*;)*) => {
        /// The name and the three forms of each function.
        fn functions() -> Vec<(&'static str, Function)> {
            vec![$($((stringify!($name), Function::$form(math::$name, kernel::$name, math::map::$name)),)*)*]
        }
    };
}

functions! {
    One: exp ln log10 sqrt sin cos tan asin acos atan sinh cosh tanh ln_gamma normal_cdf inverse_normal;
    Two: log pow;
}

/// The largest error allowed, in units in the last place: what `docs/numerics.md` promises.
fn bound(name: &str) -> f64 {
    let start = format!("| {name} | ");
    let row = DOCUMENT
        .lines()
        .find_map(|line| line.strip_prefix(&start))
        .expect("every function has its row");
    let cell = row.split(' ').next().expect("and the row a bound");
    cell.parse().expect("and the bound is a number")
}

/// The finaliser of splitmix64.
fn mix(z: u64) -> u64 {
    let z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One input: a pure function of where it stands in the plan; the twin of `draw` in the script.
fn draw(spec: &str, line: usize, argument: usize, index: usize) -> f64 {
    let number = |text: &str| text.parse::<f64>().expect("ranges in the plan are numbers");
    let parts: Vec<&str> = spec.split(':').collect();
    let word = mix((line as u64) << 40 | (argument as u64) << 32 | index as u64);
    if parts[0] == "list" {
        let values: Vec<&str> = parts[1].split(',').collect();
        return number(values[index % values.len()]);
    }
    let (low, high) = (number(parts[1]), number(parts[2]));
    match parts[0] {
        "uniform" => low + (high - low) * ((word >> 11) as f64 / 9007199254740992.0),
        "spread" => f64::from_bits(low.to_bits() + word % (high.to_bits() - low.to_bits() + 1)),
        "multiple" => low * (1 + word % high as u64) as f64,
        other => panic!("the plan has no kind `{other}`"),
    }
}

/// The distance to the next double away from zero.
fn unit(x: f64) -> f64 {
    let size = x.abs();
    f64::from_bits(size.to_bits() + 1) - size
}

/// The error of `got` in units in the last place of the true value, `rounded` plus `rest` 256ths of a unit.
///
/// ln Γ has zeros at 1 and 2, near which only the absolute error is small: below 1, its unit is that of 1.
fn error(name: &str, got: f64, rounded: f64, rest: i8) -> f64 {
    if got == rounded && !got.is_finite() {
        return 0.0;
    }
    if !got.is_finite() || !rounded.is_finite() {
        return f64::INFINITY;
    }
    let error = ((got - rounded) / unit(rounded) - f64::from(rest) / 256.0).abs();
    if name == "ln_gamma" {
        error * (unit(rounded) / unit(rounded.abs().max(1.0)))
    } else {
        error
    }
}

struct Case {
    name: &'static str,
    arguments: Vec<f64>,
    rounded: f64,
    rest: i8,
}

fn cases() -> Vec<Case> {
    let mut results = RESULTS.chunks_exact(9);
    let mut cases = Vec::new();
    for (line, text) in PLAN
        .lines()
        .enumerate()
        .filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
    {
        let mut words = text.split_whitespace();
        let (name, count) = (
            words.next().expect("a line of the plan starts with a name"),
            words
                .next()
                .and_then(|count| count.parse::<usize>().ok())
                .expect("and a number of points"),
        );
        let specs: Vec<&str> = words.collect();
        for index in 0..count {
            let arguments = specs
                .iter()
                .enumerate()
                .map(|(place, spec)| draw(spec, line, place, index))
                .collect();
            let result = results
                .next()
                .expect("the script was run after the plan was changed");
            let rounded = f64::from_le_bytes(result[..8].try_into().expect("eight bytes"));
            cases.push(Case {
                name,
                arguments,
                rounded,
                rest: result[8] as i8,
            });
        }
    }
    assert_eq!(results.len(), 0, "the script was run after the plan was changed");
    cases
}

#[test]
fn every_function_is_within_its_bound() {
    let cases = cases();
    let mut by_name: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in &cases {
        by_name.entry(case.name).or_default().push(case);
    }
    let mut failures = Vec::new();
    for (name, function) in functions() {
        let bound = bound(name);
        let cases = by_name
            .remove(name)
            .unwrap_or_else(|| panic!("no points for {name}"));
        assert!(cases.len() >= 2000, "{name} has only {} points", cases.len());
        let mut worst = (0.0, &[][..], 0.0);
        for case in &cases {
            let got = match (&function, &case.arguments[..]) {
                (Function::One(f, ..), &[x]) => f(x),
                (Function::Two(f, ..), &[x, y]) => f(x, y),
                _ => panic!("{name} has another number of arguments in the plan"),
            };
            let error = error(name, got, case.rounded, case.rest);
            if error > worst.0 {
                worst = (error, &case.arguments, got);
            }
        }
        println!(
            "{name:15} {:5} points, bound {bound:.2}, worst {:.3} at {:?} = {:e}",
            cases.len(),
            worst.0,
            worst.1,
            worst.2
        );
        if worst.0 > bound {
            failures.push(format!("{name}: {:.3} > {bound} at {:?}", worst.0, worst.1));
        }
    }
    assert!(
        by_name.is_empty(),
        "points for functions that are not tested: {:?}",
        by_name.keys()
    );
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn lanes_and_slices_equal_the_scalar_bit_for_bit() {
    let cases = cases();
    let bits = |x: f64| math::canonical_nan(x).to_bits();
    for (name, function) in functions() {
        let cases: Vec<&Case> = cases.iter().filter(|case| case.name == name).collect();
        let column = |place: usize| {
            cases
                .iter()
                .map(|case| case.arguments[place])
                .collect::<Vec<f64>>()
        };
        let mut mapped = vec![0.0; cases.len()];
        match function {
            Function::One(scalar, lanes, map) => {
                let x = column(0);
                map(&mut mapped, &x);
                for (i, group) in x.chunks_exact(4).enumerate() {
                    let together = lanes(Lanes(group.try_into().unwrap())).0;
                    for lane in 0..4 {
                        let alone = bits(scalar(group[lane]));
                        assert_eq!(alone, bits(together[lane]), "{name}({:e})", group[lane]);
                        assert_eq!(
                            alone,
                            bits(mapped[4 * i + lane]),
                            "{name}({:e}) in a slice",
                            group[lane]
                        );
                    }
                }
            }
            Function::Two(scalar, lanes, map) => {
                let (x, y) = (column(0), column(1));
                map(&mut mapped, &x, &y);
                for (i, (a, b)) in x.chunks_exact(4).zip(y.chunks_exact(4)).enumerate() {
                    let together = lanes(Lanes(a.try_into().unwrap()), Lanes(b.try_into().unwrap())).0;
                    for lane in 0..4 {
                        let alone = bits(scalar(a[lane], b[lane]));
                        assert_eq!(
                            alone,
                            bits(together[lane]),
                            "{name}({:e}, {:e})",
                            a[lane],
                            b[lane]
                        );
                        assert_eq!(
                            alone,
                            bits(mapped[4 * i + lane]),
                            "{name}({:e}, {:e}) in a slice",
                            a[lane],
                            b[lane]
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn fast_functions_are_within_their_bounds() {
    use engine::math;
    // The relative bounds of `docs/numerics.md`, against the exact functions, which are good to a unit in the last place.
    let near = |what: &str, x: f64, fast: f64, exact: f64, bound: f64| {
        let same = fast == exact || fast.is_nan() && exact.is_nan();
        assert!(
            same || (fast - exact).abs() <= bound * exact.abs(),
            "{what} of {x:e}: {fast:e}, not {exact:e}"
        );
    };
    for step in 0..400_000 {
        let share = f64::from(step) / 400_000.0;
        let x = -707.0 + 1416.7 * share;
        near("exp", x, math::exp_fast(x), math::exp(x), 4e-15);
        // Positive numbers of every size, and those around 1.
        let y = math::exp(x);
        near("ln", y, math::ln_fast(y), math::ln(y), 2e-15);
        let y = 0.5 + share;
        near("ln", y, math::ln_fast(y), math::ln(y), 2e-15);
        let exponent = -3.0 + 8.0 * (share * 977.0 - math::floor(share * 977.0));
        let exact = math::pow(y, exponent);
        near("pow", y, math::pow_fast(y, exponent), exact, 2e-14);
        let large = math::exp(30.0 * (share - 0.5));
        let exact = math::pow(large, exponent);
        near("pow", large, math::pow_fast(large, exponent), exact, 2e-13);
    }
    let awkward = [
        f64::NAN,
        f64::NEG_INFINITY,
        f64::INFINITY,
        -0.0,
        0.0,
        1.0,
        -1.0,
        2.0,
        -2.0,
        0.5,
        -3.0,
        709.9,
    ];
    for x in awkward {
        near("exp", x, math::exp_fast(x), math::exp(x), 4e-15);
        near("ln", x, math::ln_fast(x), math::ln(x), 2e-15);
        for y in awkward {
            let exact = math::pow(x, y);
            let exact = if exact.abs() < 1e-307 { 0.0 } else { exact };
            near(&format!("pow {y}"), x, math::pow_fast(x, y), exact, 1e-12);
        }
    }
    assert_eq!(math::exp_fast(-707.1), 0.0);
    assert_eq!(math::exp_fast(0.0), 1.0);
    assert_eq!(math::ln_fast(1.0), 0.0);
}
