//! Units read, compared and checked.

use proptest::prelude::*;

use super::*;

fn unit(text: &str) -> Unit {
    Units::default()
        .parse(text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn check(text: &str, expected: &str) {
    assert_eq!(unit(text).to_string(), expected, "{text}");
}

fn check_wrong(text: &str, expected: &str) {
    let error = Units::default().parse(text).expect_err(text);
    assert_eq!(error.to_string(), expected, "{text}");
}

#[test]
fn units_are_read() {
    check("Person", "person");
    check("Degrees Fahrenheit/Minute", "degrees fahrenheit/minute");
    check("Persons/Persons/Day", "1/day");
    check("Rs/(Day*Person)", "rs/(day*person)");
    check("kg * m / s / s", "kg*m/s^2");
    check("m^2", "m^2");
    check("m^-1", "1/m");
    check("m^0.5", "m^(1/2)");
    check("(a/b)^(1/3)", "a^(1/3)/b^(1/3)");
    check("1/Month", "1/month");
    check("$/ton CO2", "$/ton co2");
    check("a_b", "a b");
    check("m^0", "dmnl");
    for one in ["1", "Dmnl", "dimensionless", "Fraction", "a/a", "1/1", "No Units"] {
        assert!(unit(one).is_one(), "{one}");
    }
}

#[test]
fn wrong_units_are_explained() {
    check_wrong("", "no unit is given");
    check_wrong("  ", "no unit is given");
    check_wrong("a/", "a unit is expected at the end");
    check_wrong("(a", "`)` is expected at the end");
    check_wrong("a)", "`*`, `/` or the end is expected where `)` stands");
    check_wrong("a^b", "a number is expected where `b` stands");
    check_wrong("a//b", "a unit is expected where `/` stands");
    check_wrong("1000/a", "`1000` is no unit: a unit is a word");
    check_wrong("a^99999999", "the exponents are too large");
    check_wrong(&"(".repeat(10_000), "brackets are nested too deep");
}

#[test]
fn equivalents_are_one_unit() {
    let mut units = Units::default();
    units.equate(["Person", "People", "Persons"]);
    units.equate(["share", "Dmnl"]);
    units.equate(["head", "people"]);
    let parse = |text: &str| units.parse(text).expect("a unit");
    assert_eq!(parse("People/Day"), parse("persons/day"));
    assert_eq!(parse("heads"), Unit::base("heads"));
    assert_eq!(parse("head"), parse("person"));
    assert!(parse("Share").is_one());
    assert_ne!(parse("Day"), parse("Days"));
}

#[test]
fn exponents_are_in_lowest_terms() {
    assert_eq!(Exponent::new(2, -4), Exponent::new(-1, 2));
    assert_eq!(Exponent::new(1, 0), None);
    assert_eq!(Exponent::from_number(1.0 / 3.0), Exponent::new(1, 3));
    assert_eq!(Exponent::from_number(0.123_456), None);
    assert_eq!(Exponent::from_number(f64::NAN), None);
    assert_eq!(Exponent::from_number(f64::INFINITY), None);
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop::collection::vec(("[a-d]", -6_i64..7, 1_i64..5), 0..4).prop_map(|factors| {
        factors
            .into_iter()
            .fold(Unit::one(), |unit, (word, over, under)| {
                let exponent = Exponent::new(over, under).expect("small");
                let factor = Unit::base(&word).power(exponent).expect("small");
                unit.times(&factor).expect("small")
            })
    })
}

proptest! {
    #[test]
    fn units_are_a_commutative_group(a in any_unit(), b in any_unit(), c in any_unit()) {
        prop_assert_eq!(a.times(&b), b.times(&a));
        prop_assert_eq!(a.times(&Unit::one()), Some(a.clone()));
        prop_assert_eq!(a.per(&a), Some(Unit::one()));
        let left = a.times(&b).and_then(|ab| ab.times(&c));
        let right = b.times(&c).and_then(|bc| a.times(&bc));
        prop_assert_eq!(left, right);
        prop_assert_eq!(a.per(&b).and_then(|quotient| quotient.times(&b)), Some(a));
    }

    #[test]
    fn powers_distribute(a in any_unit(), b in any_unit(), over in -4_i64..5, under in 1_i64..4) {
        let exponent = Exponent::new(over, under).expect("small");
        let together = a.times(&b).and_then(|ab| ab.power(exponent));
        let apart = a.power(exponent).and_then(|a| a.times(&b.power(exponent)?));
        prop_assert_eq!(together, apart);
    }

    #[test]
    fn what_is_shown_reads_back(a in any_unit()) {
        prop_assert_eq!(Units::default().parse(&a.to_string()), Ok(a));
    }

    #[test]
    fn no_text_panics(text in "[a-c1-3/*^(). -]{0,30}") {
        let _ = Units::default().parse(&text);
    }
}
