//! Numbers as text.

/// The shortest text that reads back as the same number: `.` as the point, an exponent only where it is shorter to read.
/// What is not a number is `NaN`, `inf` or `-inf`.
pub(crate) fn shortest(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        // A sign on zero tells a reader nothing and makes equal files differ.
        "0".to_owned()
    } else if value.is_finite() && !(1e-5..1e16).contains(&size) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// A whole number with a comma after each thousand.
pub(crate) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 option", "35 options".
pub(crate) fn counted(count: u64, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(count))
}

/// A number for a reader, with three significant digits.
pub(crate) fn rounded(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return shortest(value);
    }
    let size = value.abs();
    if (999.5..1e15).contains(&size) {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", grouped(size.round() as u64));
    }
    // Three significant digits through the exponent form, then back to the plain one.
    let short: f64 = format!("{value:.2e}")
        .parse()
        .expect("a formatted number reads back");
    shortest(short)
}

/// A count of some as futures of 100: never a percentage, never "0" or "100" for what is neither none nor all.
pub(crate) fn of_hundred(count: u64, of: u64) -> String {
    if of == 0 {
        return "–".to_owned();
    }
    let share = count as f64 * 100.0 / of as f64;
    if count > 0 && share < 0.5 {
        "<1".to_owned()
    } else if count < of && share >= 99.5 {
        ">99".to_owned()
    } else {
        format!("{share:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_reads_back() {
        let check = |value: f64, expected: &str| {
            let text = shortest(value);
            assert_eq!(text, expected);
            assert_eq!(text.parse::<f64>().expect("a number"), value);
        };
        check(0.1, "0.1");
        check(-0.0, "0");
        check(1000.0, "1000");
        check(1e16, "1e16");
        check(123456789012345.6, "123456789012345.6");
        check(1.5e-7, "1.5e-7");
        check(0.00012, "0.00012");
        check(f64::MAX, "1.7976931348623157e308");
        check(5e-324, "5e-324");
        check(f64::NEG_INFINITY, "-inf");
        assert_eq!(shortest(f64::NAN), "NaN");
    }

    #[test]
    fn for_a_reader() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(12345678), "12,345,678");
        assert_eq!(rounded(0.123456), "0.123");
        assert_eq!(rounded(-1234.5), "-1,235");
        assert_eq!(rounded(999.6), "1,000");
        assert_eq!(rounded(99.96), "100");
        assert_eq!(rounded(0.0), "0");
        assert_eq!(of_hundred(0, 0), "–");
        assert_eq!(of_hundred(0, 1000), "0");
        assert_eq!(of_hundred(1, 1000), "<1");
        assert_eq!(of_hundred(999, 1000), ">99");
        assert_eq!(of_hundred(1000, 1000), "100");
        assert_eq!(of_hundred(625, 1000), "62");
    }
}
