//! Noise: known answers, and the crude statistics that a broken generator fails.

mod in_models;
#[path = "../support/mod.rs"]
mod support;

use engine::math;
use engine::noise::{Permutation, Stream, TruncatedNormal, philox, stable_hash};

#[test]
fn philox_gives_the_published_answers() {
    let zero = philox([0; 4], [0; 2]);
    assert_eq!(zero, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    let ones = philox([u32::MAX; 4], [u32::MAX; 2]);
    assert_eq!(ones, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
}

#[test]
fn draws_never_change() {
    // Worked out by a second, independent program: a change here changes every study with noise.
    assert_eq!(stable_hash(""), 0xc381_7c01_6ba4_ff30);
    assert_eq!(stable_hash("birth rate"), 0xdca6_b8fb_490c_80d9);
    assert_eq!(stable_hash("año"), 0x0159_a3ff_60b6_5592);
    let stream = Stream::new(0, stable_hash("birth rate"));
    assert_eq!(stream.bits(0, 0), 0x7270_e878_4c73_f3c2);
    assert_eq!(stream.bits(7, 100), 0x995e_7636_f80d_77a2);
    assert_eq!(stream.open_uniform(7, 100), 0.5990976223184158);
    // One unit below the correctly rounded value, within the bound of the inverse.
    assert_eq!(stream.normal(7, 100), 0.2510120984669334);
    let ten = Permutation::new(0, stable_hash("birth rate"), 10);
    assert_eq!(
        (0..10).map(|place| ten.at(place)).collect::<Vec<u64>>(),
        [1, 8, 4, 2, 7, 5, 6, 9, 0, 3]
    );
    assert_eq!(Permutation::new(0, 1, 1000).at(0), 904);
    assert_eq!(
        Permutation::new(1 << 40, 2, 1_000_000_000_000).at(5),
        807_155_530_723
    );
}

#[test]
fn every_part_of_the_address_matters() {
    let bits = |seed, name: &str, future, step| Stream::new(seed, stable_hash(name)).bits(future, step);
    let draws = [
        bits(0, "a", 0, 0),
        bits(1, "a", 0, 0),
        bits(1 << 40, "a", 0, 0),
        bits(0, "b", 0, 0),
        bits(0, "a", 1, 0),
        bits(0, "a", 1 << 40, 0),
        bits(0, "a", 0, 1),
        bits(0, "a", 0, 1 << 40),
    ];
    for (i, a) in draws.iter().enumerate() {
        for b in &draws[..i] {
            assert_ne!(a, b);
        }
    }
}

const COUNT: u64 = 100_000;

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut count) = (0.0, 0.0);
    for value in values {
        total += value;
        count += 1.0;
    }
    total / count
}

#[test]
fn uniform_draws_have_the_moments_of_a_uniform_distribution() {
    let stream = Stream::new(0, stable_hash("noise"));
    for draws in [
        (0..COUNT).map(|i| stream.uniform(i, 3)).collect::<Vec<f64>>(),
        (0..COUNT).map(|i| stream.uniform(3, i)).collect(),
        (0..COUNT).map(|i| stream.open_uniform(i, i)).collect(),
        (0..COUNT).map(|i| Stream::new(i, 1).uniform(0, 0)).collect(),
        (0..COUNT).map(|i| Stream::new(1, i).uniform(0, 0)).collect(),
    ] {
        assert!(draws.iter().all(|u| (0.0..1.0).contains(u)));
        // Five standard errors.
        let error = 5.0 / (COUNT as f64).sqrt();
        assert!((mean(draws.iter().copied()) - 1.0 / 2.0).abs() < error * 0.289);
        assert!((mean(draws.iter().map(|u| u * u)) - 1.0 / 3.0).abs() < error * 0.299);
        let neighbours = mean(draws.windows(2).map(|w| (w[0] - 0.5) * (w[1] - 0.5)));
        assert!(
            neighbours.abs() < error / 12.0,
            "neighbours go together: {neighbours}"
        );
        let cells = draws.iter().fold([0_u32; 64], |mut cells, u| {
            cells[(u * 64.0) as usize] += 1;
            cells
        });
        assert!(chi_square(&cells) < 63.0 + 5.0 * (2.0_f64 * 63.0).sqrt());
    }
}

fn chi_square(cells: &[u32]) -> f64 {
    let expected = cells.iter().map(|&n| f64::from(n)).sum::<f64>() / cells.len() as f64;
    cells
        .iter()
        .map(|&n| math::powi(f64::from(n) - expected, 2) / expected)
        .sum()
}

#[test]
fn variables_futures_and_steps_are_unrelated() {
    let (a, b) = (Stream::new(0, stable_hash("a")), Stream::new(0, stable_hash("b")));
    let other_seed = Stream::new(1, stable_hash("a"));
    let error = 5.0 / (COUNT as f64).sqrt();
    for products in [
        mean((0..COUNT).map(|i| a.normal(i, 0) * b.normal(i, 0))),
        mean((0..COUNT).map(|i| a.normal(i, 0) * other_seed.normal(i, 0))),
        mean((0..COUNT).map(|i| a.normal(i, 0) * a.normal(i, 1))),
        mean((0..COUNT).map(|i| a.normal(0, i) * a.normal(1, i))),
        mean((0..COUNT).map(|i| a.normal(i, i + 1) * a.normal(i + 1, i))),
    ] {
        assert!(products.abs() < error, "correlation {products}");
    }
}

#[test]
fn normal_draws_have_the_moments_of_a_normal_distribution() {
    let stream = Stream::new(42, stable_hash("noise"));
    let moment = |power| mean((0..COUNT).map(|i| math::powi(stream.normal(i, 9), power)));
    let error = 5.0 / (COUNT as f64).sqrt();
    assert!(moment(1).abs() < error);
    assert!((moment(2) - 1.0).abs() < error * 1.42);
    assert!(moment(3).abs() < error * 3.88);
    assert!((moment(4) - 3.0).abs() < error * 9.80);
}

#[test]
fn the_open_uniform_is_symmetric_and_never_at_an_end() {
    let (least, most) = (1.0 / 9007199254740992.0, 1.0 - 1.0 / 9007199254740992.0);
    let stream = Stream::new(0, 0);
    assert!(
        (0..COUNT)
            .map(|i| stream.open_uniform(i, 0))
            .all(|u| (least..=most).contains(&u))
    );
    assert_eq!(math::inverse_normal(least), -math::inverse_normal(most));
    assert!(math::inverse_normal(most) < 8.3);
}

#[test]
fn truncated_draws_stay_inside_and_follow_the_distribution() {
    let check = |low: f64, high: f64, mean_before: f64, deviation: f64| {
        let normal = TruncatedNormal {
            low,
            high,
            mean: mean_before,
            deviation,
        };
        let stream = Stream::new(0, 5);
        let draws: Vec<f64> = (0..20_000)
            .map(|i| stream.truncated_normal(&normal, i, 0))
            .collect();
        assert!(draws.iter().all(|x| (low..=high).contains(x)), "{normal:?}");
        // The mean after the cut, from the density by Simpson's rule.
        let nearest = mean_before.clamp(low, high);
        let (from, to) = (
            low.max(nearest - 12.0 * deviation),
            high.min(nearest + 12.0 * deviation),
        );
        let (mut mass, mut first) = (0.0, 0.0);
        for i in 0..=4000 {
            let x = from + (to - from) * f64::from(i) / 4000.0;
            let z = |x: f64| (x - mean_before) / deviation;
            let weight = if i == 0 || i == 4000 {
                1.0
            } else {
                2.0 + 2.0 * f64::from(i % 2)
            };
            let density = weight * math::exp((z(nearest) * z(nearest) - z(x) * z(x)) / 2.0);
            mass += density;
            first += density * x;
        }
        let expected = first / mass;
        let got = mean(draws.iter().copied());
        let spread = mean(draws.iter().map(|x| (x - got) * (x - got))).sqrt();
        assert!(
            (got - expected).abs() < 5.0 * spread / 141.0 + 1e-12,
            "{normal:?}: {got}, not {expected}"
        );
    };
    check(-1.0, 2.0, 0.0, 1.0);
    check(0.0, f64::INFINITY, 0.0, 1.0);
    check(f64::NEG_INFINITY, f64::INFINITY, 5.0, 2.0);
    check(6.0, 7.0, 0.0, 1.0);
    check(-7.0, -6.0, 0.0, 1.0);
    check(10.0, 11.0, 10.5, 100.0);
    check(20.0, 30.0, 0.0, 1.0);
}

#[test]
fn odd_truncations_have_a_meaning() {
    let at = |low, high, mean, deviation, p| {
        TruncatedNormal {
            low,
            high,
            mean,
            deviation,
        }
        .quantile(p)
    };
    assert_eq!(at(0.0, 1.0, 0.5, 0.0, 0.3), 0.5);
    assert_eq!(at(0.0, 1.0, 5.0, 0.0, 0.3), 1.0);
    assert_eq!(at(2.0, 2.0, 0.0, 1.0, 0.3), 2.0);
    assert_eq!(at(100.0, 101.0, 0.0, 1.0, 0.3), 100.0);
    assert_eq!(at(-101.0, -100.0, 0.0, 1.0, 0.3), -100.0);
    assert!(at(1.0, 0.0, 0.0, 1.0, 0.3).is_nan());
    assert!(at(0.0, 1.0, 0.0, -1.0, 0.3).is_nan());
    assert!(at(0.0, f64::NAN, 0.0, 1.0, 0.3).is_nan());
    assert!(at(0.0, 1.0, f64::NAN, 1.0, 0.3).is_nan());
}

#[test]
fn a_permutation_visits_every_number_once() {
    for count in (1..=3000).chain([4095, 4096, 4097, 65_536, 100_003]) {
        let permutation = Permutation::new(0, count ^ 0xabcd, count);
        let mut seen = vec![false; count as usize];
        for place in 0..count {
            let value = permutation.at(place) as usize;
            assert!(!seen[value], "{value} twice among {count}");
            seen[value] = true;
        }
    }
}

#[test]
fn a_large_permutation_stays_inside_and_does_not_repeat() {
    for count in [1_000_000_007, (1 << 40) + 1, 1 << 63, u64::MAX] {
        let permutation = Permutation::new(3, 0, count);
        let mut values: Vec<u64> = (0..10_000)
            .chain(count - 10_000..count)
            .map(|i| permutation.at(i))
            .collect();
        assert!(values.iter().all(|&value| value < count));
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 20_000);
    }
}

#[test]
fn every_order_of_a_few_is_equally_frequent() {
    for (count, orders) in [(2, 2), (3, 6), (4, 24), (5, 120)] {
        let mut cells = vec![0_u32; 5_usize.pow(count as u32)];
        for key in 0..orders * 1000 {
            let permutation = Permutation::new(key, 5, count);
            let code = (0..count).fold(0, |code, place| code * 5 + permutation.at(place) as usize);
            cells[code] += 1;
        }
        cells.retain(|&n| n > 0);
        assert_eq!(cells.len() as u64, orders);
        let freedom = (orders - 1) as f64;
        let statistic = chi_square(&cells);
        assert!(
            statistic < freedom + 5.0 * (2.0 * freedom).sqrt() + 10.0,
            "{count}: {statistic}"
        );
    }
}

#[test]
fn every_value_is_equally_frequent_at_every_place() {
    for count in [7_u64, 10, 16, 33, 100] {
        for place in [0, 1, count / 2, count - 1] {
            let mut cells = vec![0_u32; count as usize];
            for key in 0..count * 500 {
                cells[Permutation::new(key, 5, count).at(place) as usize] += 1;
            }
            let freedom = (count - 1) as f64;
            let statistic = chi_square(&cells);
            assert!(
                statistic < freedom + 5.0 * (2.0 * freedom).sqrt() + 10.0,
                "{count} at {place}: {statistic}"
            );
        }
    }
}

#[test]
fn two_permutations_are_unrelated() {
    let count = 100_000_u64;
    let (a, b) = (Permutation::new(0, 1, count), Permutation::new(0, 2, count));
    let centred = |value: u64| (value as f64 + 0.5) / count as f64 - 0.5;
    let correlation = 12.0 * mean((0..count).map(|i| centred(a.at(i)) * centred(b.at(i))));
    assert!(correlation.abs() < 5.0 / (count as f64).sqrt(), "{correlation}");
    let with_place = 12.0 * mean((0..count).map(|i| centred(a.at(i)) * centred(i)));
    assert!(with_place.abs() < 5.0 / (count as f64).sqrt(), "{with_place}");
}

#[test]
#[should_panic(expected = "has no place 10")]
fn a_place_outside_is_a_mistake() {
    Permutation::new(0, 0, 10).at(10);
}
