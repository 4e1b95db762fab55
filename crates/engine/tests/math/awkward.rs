//! What every operation means on NaN, both zeros, infinities and subnormals: `docs/numerics.md` is the
//! specification, and its tables are run here, cell by cell and bit for bit.

use engine::math::{self, Lane, Lanes, kernel};

const DOCUMENT: &str = include_str!("../../../../docs/numerics.md");

type One = (&'static str, fn(f64) -> f64, fn(Lanes<3>) -> Lanes<3>);
type Two = (
    &'static str,
    fn(f64, f64) -> f64,
    fn(Lanes<3>, Lanes<3>) -> Lanes<3>,
);

macro_rules! pairs {
    ($($name:ident)*) => { vec![$((stringify!($name), math::$name, kernel::$name)),*] };
}

fn of_one() -> Vec<One> {
    pairs!(exp ln log10 sqrt sin cos tan asin acos atan sinh cosh tanh abs trunc floor round ln_gamma normal_cdf
        inverse_normal)
}

fn of_two() -> Vec<Two> {
    pairs!(min max pow log modulo quantum)
}

/// NaN of either sign, quiet and signalling, with payloads; zeros, infinities, subnormals, and numbers at the ends
/// of ranges and around the places where kernels change their mind.
fn awkward() -> Vec<f64> {
    let mut values = vec![
        f64::NAN,
        f64::from_bits(0x7ff0_0000_0000_0001),
        f64::from_bits(0x7fff_ffff_ffff_ffff),
    ];
    let places = [
        0.0,
        f64::from_bits(1),
        f64::from_bits(0x000f_ffff_ffff_ffff),
        f64::MIN_POSITIVE,
        1e-300,
        f64::EPSILON,
        0.25,
        0.4375,
        0.5,
        0.66,
        0.866,
        1.0,
        1.2247,
        1.5,
        2.0,
        2.5,
        3.0,
        5.5,
        7.0,
        8.0,
        40.0,
        709.78,
        745.13,
        1000.0,
        1023.0,
        1074.0,
        4503599627370495.5,
        4503599627370496.0,
        9007199254740991.0,
        9007199254740992.0,
        math::LARGEST_ANGLE,
        1e300,
        f64::MAX,
        f64::INFINITY,
    ];
    for place in places {
        let bits = f64::to_bits(place);
        for near in [bits.wrapping_sub(1), bits, bits + 1] {
            if f64::from_bits(near) >= 0.0 {
                values.push(f64::from_bits(near));
            }
        }
    }
    let negative: Vec<f64> = values.iter().map(|x| -x).collect();
    values.extend(negative);
    values
}

fn same(a: f64, b: f64) -> bool {
    math::canonical_nan(a).to_bits() == math::canonical_nan(b).to_bits()
}

/// The cells of each table: a header row, then rows.
fn tables() -> Vec<Vec<Vec<String>>> {
    let mut tables = vec![Vec::new()];
    for line in DOCUMENT.lines() {
        let cells = line.strip_prefix('|').and_then(|rest| rest.strip_suffix('|'));
        match (cells, tables.last_mut()) {
            (Some(cells), Some(table)) if !cells.contains("---") => {
                table.push(
                    cells
                        .split('|')
                        .map(|cell| cell.trim().trim_matches('`').to_owned())
                        .collect(),
                );
            }
            (None, _) => tables.push(Vec::new()),
            _ => {}
        }
    }
    tables.retain(|table: &Vec<Vec<String>>| !table.is_empty());
    tables
}

fn number(cell: &str) -> f64 {
    cell.parse()
        .unwrap_or_else(|_| panic!("`{cell}` in the tables is no number"))
}

#[test]
fn the_tables_of_the_document_hold() {
    let mut seen = Vec::new();
    let mut wrong = Vec::new();
    for table in tables() {
        let (header, rows) = (&table[0], &table[1..]);
        for row in rows {
            for (column, cell) in header.iter().zip(row).skip(1) {
                let (name, call, got) = if header[0] == "x" {
                    let Some((name, function, _)) = of_one().into_iter().find(|(name, ..)| *name == row[0])
                    else {
                        panic!("the document speaks of an unknown function {}", row[0]);
                    };
                    (name, format!("{name}({column})"), function(number(column)))
                } else if let Some((name, function, _)) = of_two().into_iter().find(|(n, ..)| *n == header[0])
                {
                    let got = function(number(&row[0]), number(column));
                    (name, format!("{name}({}, {column})", row[0]), got)
                } else {
                    continue;
                };
                seen.push(name);
                if !same(got, number(cell)) {
                    wrong.push(format!("{call} is {got:?}, not {cell}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for name in of_one().iter().map(|f| f.0).chain(of_two().iter().map(|f| f.0)) {
        assert!(seen.contains(&name), "the document has no table for {name}");
    }
}

#[test]
fn lanes_equal_the_scalar_on_awkward_values() {
    for (name, scalar, lanes) in of_one() {
        for x in awkward() {
            let together = lanes(Lanes([1.0, x, -2.5])).0;
            for (at, got) in [1.0, x, -2.5].into_iter().zip(together) {
                assert!(same(scalar(at), got), "{name}({at:e})");
            }
        }
    }
    for (name, scalar, lanes) in of_two() {
        for x in awkward() {
            for y in awkward() {
                let together = lanes(Lanes([y, x, 2.0]), Lanes([x, y, y])).0;
                for ((a, b), got) in [(y, x), (x, y), (2.0, y)].into_iter().zip(together) {
                    assert!(same(scalar(a, b), got), "{name}({a:e}, {b:e})");
                }
            }
        }
    }
}

#[test]
fn nan_comes_out_of_nan_alone_and_as_one_pattern() {
    for x in awkward().into_iter().filter(|x| x.is_nan()) {
        for (name, function, _) in of_one() {
            assert!(function(x).is_nan(), "{name} hides NaN");
        }
        for (name, function, _) in of_two() {
            for y in awkward() {
                let hides = name == "pow";
                assert!(hides || function(x, y).is_nan(), "{name}(NaN, {y:e}) hides NaN");
                assert!(
                    name == "pow" || function(y, x).is_nan(),
                    "{name}({y:e}, NaN) hides NaN"
                );
            }
        }
        assert_eq!(math::canonical_nan(x).to_bits(), 0x7ff8_0000_0000_0000);
    }
    for x in awkward().into_iter().filter(|x| !x.is_nan()) {
        assert_eq!(math::canonical_nan(x).to_bits(), x.to_bits());
    }
}

#[test]
fn min_and_max_are_symmetric_and_choose_an_argument() {
    for a in awkward() {
        for b in awkward() {
            let (low, high) = (math::min(a, b), math::max(a, b));
            assert!(
                same(low, math::min(b, a)) && same(high, math::max(b, a)),
                "{a:e}, {b:e}"
            );
            assert!(same(low, a) || same(low, b), "min({a:e}, {b:e})");
            assert!(same(low, -math::max(-a, -b)), "{a:e}, {b:e}");
            assert!(low <= high || a.is_nan() || b.is_nan());
        }
    }
}

/// Bit patterns spread over all doubles, none of them special on purpose.
fn anywhere() -> impl Iterator<Item = f64> {
    (1..200_000_u64).map(|i| f64::from_bits(i.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

#[test]
fn rounding_is_exact() {
    let near_integers = (-4000..4000).flat_map(|i| [f64::from(i) / 8.0, f64::from(i) * 1e12 + 0.5]);
    for x in anywhere().chain(awkward()).chain(near_integers) {
        assert!(same(math::trunc(x), x.trunc()), "trunc({x:e})");
        assert!(
            same(math::floor(x), x.floor()),
            "floor({x:e}) is {:e}",
            math::floor(x)
        );
        assert!(
            same(math::round(x), x.round()),
            "round({x:e}) is {:e}",
            math::round(x)
        );
        assert!(same(math::sqrt(x), x.sqrt()), "sqrt({x:e})");
    }
}

#[test]
fn the_remainder_is_that_of_the_division_up_to_the_last_place() {
    let check = |x: f64, y: f64| {
        let got = math::modulo(x, y);
        let unit = f64::from_bits(x.abs().to_bits() + 1) - x.abs();
        if y > 0.0 && (x / y).abs() < 9007199254740992.0 {
            // The remainder operator of Rust is exact; a multiple of y has two neighbouring remainders, 0 and y.
            let off = (got - x % y).abs();
            assert!(
                off.min((off - y).abs()) <= unit,
                "modulo({x:e}, {y:e}) is {got:e}"
            );
        } else {
            let nothing_left = y <= 0.0 && x.is_finite();
            assert!(
                if nothing_left { got == 0.0 } else { got.is_nan() },
                "modulo({x:e}, {y:e}) is {got:e}"
            );
        }
    };
    for (i, x) in anywhere().filter(|x| x.is_finite()).enumerate() {
        // The divisor some places below, so that quotients of all sizes occur.
        let exponent = ((x.to_bits() >> 52 & 0x7ff).saturating_sub(i as u64 % 60)) << 52;
        let y = f64::from_bits(x.to_bits().wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 12 | exponent);
        check(x, y);
        check(x, -y);
        let multiple = y * (i as f64);
        if multiple.is_finite() {
            check(multiple, y);
            check(-multiple, y);
        }
    }
    for (x, y, expected) in [
        (9.0, 5.0, 4.0),
        (76.5, 70.0, 6.5),
        (-9.0, 5.0, -4.0),
        (9.0, -5.0, 0.0),
        (9.0, 0.0, 0.0),
        (1.0, 0.1, 0.0),
    ] {
        assert_eq!(math::modulo(x, y), expected, "modulo({x}, {y})");
    }
}

#[test]
fn quantum_cuts_towards_zero() {
    for (x, q, expected) in [
        (3.456, 1.0, 3.0),
        (0.9, 1.0, 0.0),
        (-0.9, 1.0, 0.0),
        (-1.9, 1.0, -1.0),
        (112.3, 10.0, 110.0),
        (423.0, 63.0, 378.0),
        (5.5, 0.0, 5.5),
        (5.5, -2.0, 5.5),
    ] {
        assert_eq!(math::quantum(x, q), expected, "quantum({x}, {q})");
    }
}

#[test]
fn small_powers_multiply_in_the_documented_order() {
    for x in anywhere().chain(awkward()).chain([1.1, -0.7, 3.3]) {
        let inverse = 1.0 / x;
        let square = x * x;
        for (n, expected) in [
            (-8, {
                let s = inverse * inverse;
                let f = s * s;
                f * f
            }),
            (-3, inverse * inverse * inverse),
            (-2, inverse * inverse),
            (-1, inverse),
            (0, 1.0),
            (1, x),
            (2, square),
            (3, square * x),
            (4, square * square),
            (5, square * square * x),
            (6, {
                let cube = square * x;
                cube * cube
            }),
            (7, {
                let cube = square * x;
                cube * cube * x
            }),
            (8, {
                let fourth = square * square;
                fourth * fourth
            }),
        ] {
            assert!(same(math::powi(x, n), expected), "{x:e} to the {n}");
            assert!(
                same(kernel::powi(Lanes([x, 1.0]), n).0[0], expected),
                "{x:e} to the {n} in lanes"
            );
        }
    }
    assert_eq!(math::POWI_LIMIT, 8);
}

#[test]
fn powers_agree_with_repeated_multiplication_where_that_is_exact() {
    for base in 2..=20_i32 {
        let mut exact = 1.0;
        for n in 0..60 {
            if exact > 9e15 {
                break;
            }
            assert_eq!(math::pow(f64::from(base), f64::from(n)), exact, "{base}^{n}");
            exact *= f64::from(base);
        }
    }
}

#[test]
fn logarithms_of_powers_are_exact() {
    for n in -300..=300_i32 {
        let x: f64 = format!("1e{n}").parse().expect("a power of ten");
        assert_eq!(math::log10(x), f64::from(n), "log10(1e{n})");
    }
    for n in -1074..=1023 {
        let x = math::pow(2.0, f64::from(n));
        assert_eq!(math::log(x, 2.0), f64::from(n), "log(2^{n}, 2)");
    }
    for base in 2..100_i32 {
        let base = f64::from(base);
        assert_eq!(math::log(base * base * base, base), 3.0, "log({base}^3, {base})");
    }
}

#[test]
fn subnormal_results_are_kept() {
    assert_eq!(math::pow(2.0, -1074.0), f64::from_bits(1));
    assert_eq!(math::exp(-745.0), f64::from_bits(1));
    assert_eq!(math::sin(f64::from_bits(5)), f64::from_bits(5));
    assert_eq!(
        math::modulo(f64::from_bits(7), f64::from_bits(5)),
        f64::from_bits(2)
    );
    assert_eq!(math::normal_cdf(-38.4), f64::from_bits(13));
}

#[test]
fn masks_select_whole_words() {
    let values = awkward();
    for &a in &values {
        for &b in &values {
            assert_eq!(
                Lane::select(Lane::less(a, b), 1.0, 2.0),
                if a < b { 1.0 } else { 2.0 }
            );
            assert_eq!(
                Lane::select(Lane::less_equal(a, b), 1.0, 2.0),
                if a <= b { 1.0 } else { 2.0 }
            );
            assert_eq!(
                Lane::select(Lane::equal(a, b), 1.0, 2.0),
                if a == b { 1.0 } else { 2.0 }
            );
        }
    }
}
