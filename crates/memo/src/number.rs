//! Numbers as text: decimal point and thousands comma, the same in English and in Mexican Spanish.

/// `x` with `digits` significant digits, thousands set off by commas, trailing zeros behind the point dropped.
pub(crate) fn significant(x: f64, digits: usize) -> String {
    if !x.is_finite() {
        return "–".to_string();
    }
    // `{:e}` rounds correctly and tells the exponent, so that no logarithm is needed.
    let scientific = format!("{:.*e}", digits.saturating_sub(1), x);
    let (mantissa, exponent) = scientific.split_once('e').expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes a whole exponent");
    let rounded: f64 = format!("{mantissa}e{exponent}")
        .parse()
        .expect("a number as just written");
    let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0).min(9);
    fixed(rounded, decimals)
}

/// Three significant digits: the memo's usual precision.
pub(crate) fn number(x: f64) -> String {
    significant(x, 3)
}

/// A given number: as its author wrote it, up to six digits.
pub(crate) fn given(x: f64) -> String {
    significant(x, 6)
}

/// A signed number with three significant digits.
pub(crate) fn signed(x: f64) -> String {
    let text = number(x);
    if x > 0.0 && text != "0" {
        format!("+{text}")
    } else {
        text
    }
}

/// A tick of an axis: short, and readable in both languages.
pub(crate) fn tick(x: f64) -> String {
    if x.abs() >= 1e5 {
        format!("{}M", significant(x / 1e6, 4))
    } else {
        significant(x, 4)
    }
}

fn fixed(x: f64, decimals: usize) -> String {
    let text = format!("{:.*}", decimals, x.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    if x < 0.0 && grouped != "0" {
        format!("−{grouped}")
    } else {
        grouped
    }
}

/// A whole number with thousands commas.
pub(crate) fn count(n: u64) -> String {
    fixed(n as f64, 0)
}

/// `count` of `of` in parts of 100, rounded half up in whole numbers.
pub(crate) fn per_hundred(count: u64, of: u64) -> u64 {
    if of == 0 {
        0
    } else {
        ((u128::from(count) * 200 + u128::from(of)) / (2 * u128::from(of))) as u64
    }
}

/// 100 dots split in proportion to the counts (largest remainders first, then order), so that they always add up.
pub(crate) fn hundred_parts(counts: &[u64]) -> Vec<u64> {
    let total: u128 = counts.iter().map(|&count| u128::from(count)).sum();
    if total == 0 {
        return vec![0; counts.len()];
    }
    let mut parts: Vec<u64> = counts
        .iter()
        .map(|&count| (u128::from(count) * 100 / total) as u64)
        .collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(u128::from(counts[at]) * 100 % total));
    let missing = 100 - parts.iter().sum::<u64>() as usize;
    for &at in order.iter().take(missing) {
        parts[at] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_commas() {
        let check = |x: f64, expected: &str| assert_eq!(number(x), expected);
        check(0.0, "0");
        check(-0.0, "0");
        check(1.0, "1");
        check(0.1, "0.1");
        check(0.070_96, "0.071");
        check(999.6, "1,000");
        check(73_690.0, "73,700");
        check(-1_234_567.0, "−1,230,000");
        check(0.000_123_4, "0.000123");
        check(-0.5, "−0.5");
        check(f64::NAN, "–");
        check(f64::INFINITY, "–");
    }

    #[test]
    fn given_numbers_keep_their_digits() {
        assert_eq!(given(160_000.0), "160,000");
        assert_eq!(given(0.012_5), "0.0125");
        assert_eq!(given(173_250.0), "173,250");
    }

    #[test]
    fn signs_and_ticks() {
        assert_eq!(signed(12.0), "+12");
        assert_eq!(signed(-12.0), "−12");
        assert_eq!(signed(0.0), "0");
        assert_eq!(tick(2.5e6), "2.5M");
        assert_eq!(tick(1.2e9), "1,200M");
        assert_eq!(tick(180_000.0), "0.18M");
        assert_eq!(tick(25_000.0), "25,000");
    }

    #[test]
    fn shares_are_rounded_and_dots_add_up() {
        assert_eq!(per_hundred(1, 3), 33);
        assert_eq!(per_hundred(2, 3), 67);
        assert_eq!(per_hundred(5, 1000), 1);
        assert_eq!(per_hundred(0, 0), 0);
        assert_eq!(hundred_parts(&[1, 1, 1]), [34, 33, 33]);
        assert_eq!(hundred_parts(&[0, 0]), [0, 0]);
        assert_eq!(hundred_parts(&[997, 2, 1]).iter().sum::<u64>(), 100);
    }
}
