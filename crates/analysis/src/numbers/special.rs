//! The few elementary and special functions this crate needs, in plain arithmetic: the same bits on every machine.
//!
//! Bounds, held by the tests: `exp` and `ln` 1e-15 relative (`ln` 1e-16 absolute about one), `turn` 1.5e-15 absolute, `ln_gamma`
//! 1e-14, `normal_cdf` and `normal_quantile` 1e-14, incomplete beta and gamma 1e-12
//! for parameters up to some hundreds, all relative unless said.

pub(crate) use super::beta::Beta;

const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const SQRT_2PI: f64 = 2.506_628_274_631_000_7;

/// The natural exponential.
pub(crate) fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x > 709.79 {
        return f64::INFINITY;
    }
    if x < -745.2 {
        return 0.0;
    }
    // x = k ln 2 + r with |r| below 0.35; the series then needs 14 terms.
    let k = (x / std::f64::consts::LN_2).round();
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let mut series = 1.0;
    for term in (1..=14).rev() {
        series = 1.0 + series * r / f64::from(term);
    }
    // In two halves, so that neither power of two leaves the range of doubles.
    let k = k as i32;
    series * power_of_two(k / 2) * power_of_two(k - k / 2)
}

fn power_of_two(k: i32) -> f64 {
    f64::from_bits(((k + 1023) as u64) << 52)
}

/// The natural logarithm; negative infinity at zero, NaN below.
pub(crate) fn ln(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.is_infinite() {
        return x;
    }
    let (x, shift) = if x < f64::MIN_POSITIVE {
        (x * power_of_two(54), -54)
    } else {
        (x, 0)
    };
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i32 - 1023 + shift;
    let mut m = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if m > std::f64::consts::SQRT_2 {
        m *= 0.5;
        exponent += 1;
    }
    // ln m = 2 artanh(s) with s below 0.172.
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let mut series = 0.0;
    for term in (1..=12).rev() {
        series = (series + 1.0 / f64::from(2 * term + 1)) * square;
    }
    let e = f64::from(exponent);
    e * LN2_HIGH + (2.0 * s + (2.0 * s * series + e * LN2_LOW))
}

/// `ln(1 + x)` without loss for small x (Kahan's correction).
pub(crate) fn ln_1p(x: f64) -> f64 {
    let y = 1.0 + x;
    if y == 1.0 {
        x
    } else if y.is_infinite() {
        y
    } else {
        ln(y) * (x / (y - 1.0))
    }
}

/// `x` to the power `y`, for positive x.
pub(crate) fn pow(x: f64, y: f64) -> f64 {
    exp(y * ln(x))
}

/// Cosine and sine of `k / n` of a full turn.
pub(crate) fn turn(k: usize, n: usize) -> (f64, f64) {
    // Eighths of a turn are found in whole numbers, so the argument never loses digits.
    let k = k % n;
    let octant = 8 * k / n;
    let rest = 8 * k - octant * n;
    // Odd octants count backwards from their end.
    let part = if octant.is_multiple_of(2) { rest } else { n - rest };
    let angle = std::f64::consts::FRAC_PI_4 * (part as f64 / n as f64);
    let square = angle * angle;
    let (mut cosine, mut sine) = (1.0, 1.0);
    for term in (1..=9).rev() {
        let t = f64::from(2 * term);
        cosine = 1.0 - cosine * square / (t * (t - 1.0));
        sine = 1.0 - sine * square / (t * (t + 1.0));
    }
    let sine = sine * angle;
    match octant {
        0 => (cosine, sine),
        1 => (sine, cosine),
        2 => (-sine, cosine),
        3 => (-cosine, sine),
        4 => (-cosine, -sine),
        5 => (-sine, -cosine),
        6 => (sine, -cosine),
        _ => (cosine, -sine),
    }
}

/// The logarithm of the gamma function for positive x (Lanczos, 1964, with g = 7 and nine terms).
pub(crate) fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        // gamma(x) = gamma(x + 1) / x
        return ln_gamma(x + 1.0) - ln(x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let series = C[1..]
        .iter()
        .zip(1..)
        .fold(C[0], |s, (c, i)| s + c / (x + f64::from(i)));
    ln(SQRT_2PI) + (x + 0.5) * ln(t) - t + ln(series)
}

/// The standard normal density.
pub(crate) fn normal_density(x: f64) -> f64 {
    exp(-0.5 * x * x) / SQRT_2PI
}

/// The standard normal distribution function.
pub(crate) fn normal_cdf(x: f64) -> f64 {
    let a = x.abs();
    let tail = if a > 2.5 {
        // Laplace's continued fraction, from far out inwards.
        let fraction = (1..=120).rev().fold(a, |f, k| a + f64::from(k) / f);
        normal_density(a) / fraction
    } else {
        // Marsaglia (2004): all terms have one sign.
        let (mut term, mut total, mut k) = (a, a, 1.0);
        while term > total * 1e-17 {
            k += 2.0;
            term *= a * a / k;
            total += term;
        }
        0.5 - normal_density(a) * total
    };
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// The standard normal quantile for p in (0, 1): Wichura's AS 241 (1988).
pub(crate) fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 8] = [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ];
    const B: [f64; 8] = [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ];
    const C: [f64; 8] = [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ];
    const D: [f64; 8] = [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ];
    const E: [f64; 8] = [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ];
    const F: [f64; 8] = [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ];
    fn ratio(top: &[f64; 8], bottom: &[f64; 8], x: f64) -> f64 {
        let value = |c: &[f64; 8]| c.iter().rev().fold(0.0, |s, c| s * x + c);
        value(top) / value(bottom)
    }
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&A, &B, 0.180_625 - q * q);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-ln(tail)).sqrt();
    let value = if r <= 5.0 {
        ratio(&C, &D, r - 1.6)
    } else {
        ratio(&E, &F, r - 5.0)
    };
    if q < 0.0 { -value } else { value }
}

/// The regularised incomplete beta function I_x(a, b).
pub(crate) fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    Beta::new(a, b).cdf(x)
}

/// The regularised lower incomplete gamma function P(a, x).
pub(crate) fn gamma_cdf(x: f64, a: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = exp(a * ln(x) - x - ln_gamma(a));
    if x < a + 1.0 {
        let (mut term, mut total, mut k) = (1.0 / a, 1.0 / a, a);
        while term > total * 1e-17 {
            k += 1.0;
            term *= x / k;
            total += term;
        }
        return front * total;
    }
    let (mut b, mut c) = (x + 1.0 - a, 1e300);
    let mut d = 1.0 / b;
    let mut fraction = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let step = -i * (i - a);
        b += 2.0;
        d = 1.0 / (step * d + b);
        c = b + step / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    1.0 - front * fraction
}

/// The point between `low` and `high` where a rising function reaches zero, by bisection to the last bit.
pub(crate) fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..2_000 {
        let middle = low + (high - low) * 0.5;
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) < 0.0 {
            low = middle
        } else {
            high = middle
        }
    }
    high
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "the tests compare with the machine's own functions"
)]
mod tests {
    use super::*;

    fn check(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found:e} is not {expected:e}"
        );
    }

    #[test]
    fn exp_and_ln() {
        for i in -70_000..70_000 {
            let x = f64::from(i) / 100.0;
            check(exp(x), x.exp(), 1e-15);
        }
        for i in -300..300 {
            for m in [1.0, 1.1, 1.414, 1.4143, 1.9999] {
                let x = m * 2.0_f64.powi(i);
                check(ln(x), x.ln(), 1e-15);
            }
        }
        for i in 1..2_000 {
            let x = 1.0 + f64::from(i) * 1e-9;
            assert!((ln(x) - x.ln()).abs() < 1e-16);
            check(ln_1p(1e-9 * f64::from(i)), (1e-9 * f64::from(i)).ln_1p(), 1e-15);
        }
        assert_eq!(
            (exp(0.0), ln(1.0), exp(1e4), exp(-1e4)),
            (1.0, 0.0, f64::INFINITY, 0.0)
        );
        assert!(ln(-1.0).is_nan() && exp(f64::NAN).is_nan() && ln(0.0) == f64::NEG_INFINITY);
        check(ln(5e-324), 5e-324_f64.ln(), 1e-15);
    }

    #[test]
    fn turns() {
        for n in [1, 2, 3, 7, 8, 1024, 1000] {
            for k in 0..2 * n {
                let (c, s) = turn(k, n);
                let angle = std::f64::consts::TAU * (k % n) as f64 / n as f64;
                assert!(
                    (c - angle.cos()).abs() < 1.5e-15 && (s - angle.sin()).abs() < 1.5e-15,
                    "{k}/{n}"
                );
                assert!((c * c + s * s - 1.0).abs() < 5e-16);
            }
        }
        assert_eq!((turn(1, 4), turn(1, 2)), ((0.0, 1.0), (-1.0, 0.0)));
    }

    /// Values of mpmath 1.4 with 40 digits.
    #[test]
    fn special_values() {
        for (x, expected) in MPMATH_LN_GAMMA {
            check(ln_gamma(x), expected, 1e-14);
        }
        for (x, expected) in MPMATH_NORMAL {
            check(normal_cdf(x), expected, 1e-14);
            if x < 5.0 {
                check(
                    normal_quantile(normal_cdf(x)),
                    x,
                    1e-14 / (1.0 - normal_cdf(x.abs())).min(1.0),
                );
            }
        }
        for (x, a, b, expected) in MPMATH_BETA {
            check(beta_cdf(x, a, b), expected, 1e-12);
        }
        for (x, a, expected) in MPMATH_GAMMA {
            check(gamma_cdf(x, a), expected, 1e-12);
        }
    }

    const MPMATH_LN_GAMMA: [(f64, f64); 7] = [
        (0.1, 2.252712651734206),
        (0.5, 0.5723649429247001),
        (1.5, -0.12078223763524522),
        (3.7, 1.428072326665388),
        (10.0, 12.801827480081469),
        (123.25, 468.6144829505166),
        (100000.0, 1051287.7089736569),
    ];

    const MPMATH_NORMAL: [(f64, f64); 15] = [
        (-37.0, 5.725571222524577e-300),
        (-20.0, 2.7536241186062337e-89),
        (-8.0, 6.220960574271784e-16),
        (-5.0, 2.866515718791939e-07),
        (-3.0, 0.0013498980316300946),
        (-2.5, 0.006209665325776135),
        (-2.0, 0.02275013194817921),
        (-1.0, 0.15865525393145705),
        (-0.1, 0.460172162722971),
        (0.3, 0.6179114221889527),
        (1.0, 0.8413447460685429),
        (2.4, 0.9918024640754038),
        (2.6, 0.9953388119762813),
        (4.0, 0.9999683287581669),
        (7.0, 0.9999999999987201),
    ];

    const MPMATH_BETA: [(f64, f64, f64, f64); 7] = [
        (0.1, 2.0, 5.0, 0.114265),
        (0.9, 2.0, 5.0, 0.999945),
        (0.5, 0.5, 0.5, 0.5),
        (0.01, 10.0, 300.0, 0.001275001517362256),
        (0.3, 100.0, 200.0, 0.10884306564490975),
        (0.7, 1.0, 1.0, 0.7),
        (0.999, 0.5, 30.0, 1.0),
    ];

    const MPMATH_GAMMA: [(f64, f64, f64); 7] = [
        (0.01, 2.5, 2.987601531906594e-06),
        (1.0, 2.5, 0.15085496391539036),
        (3.4, 2.5, 0.7640554623054786),
        (3.6, 2.5, 0.7938140802904441),
        (20.0, 2.5, 0.99999985066321),
        (90.0, 100.0, 0.15822098918643016),
        (0.5, 0.3, 0.8138118046743926),
    ];
}
