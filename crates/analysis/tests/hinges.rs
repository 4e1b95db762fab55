//! What the gap hinges on, against cases with known answers.

use analysis::{Column, Direction, Factor, Leader, Outcomes, Place, Status, along, flips, hinges};

/// Uniform numbers in [0, 1) by SplitMix64 (Steele et al., 2014): the test must not depend on the designs it may judge.
fn uniform(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed << 32;
    (0..count)
        .map(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let word = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((word ^ (word >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        })
        .collect()
}

fn outcomes<'a>(a: &'a [f64], b: &'a [f64]) -> Outcomes<'a> {
    Outcomes::new(vec![Column::ran(a), Column::ran(b)], Direction::Higher)
}

/// gap = 3x + y - z²: the shares of the variance are 9/12, 1/12 and 4/45 of their sum.
#[test]
fn shares_of_a_known_gap() {
    let n = 20_000;
    let (x, y, z, idle) = (uniform(1, n), uniform(2, n), uniform(3, n), uniform(4, n));
    let a: Vec<f64> = (0..n).map(|i| 3.0 * x[i] + y[i]).collect();
    let b: Vec<f64> = (0..n).map(|i| z[i] * z[i]).collect();
    let factors = [
        Factor::Numeric(&idle),
        Factor::Numeric(&z),
        Factor::Numeric(&x),
        Factor::Numeric(&y),
    ];
    let h = hinges(&outcomes(&a, &b), (0, 1), &factors, None).expect("well formed");
    let parts = [0.0, 4.0 / 45.0, 9.0 / 12.0, 1.0 / 12.0];
    let total: f64 = parts.iter().sum();
    for (factor, part) in h.factors.iter().zip(parts) {
        let (share, noise) = (factor.share.expect("varies"), factor.noise.expect("varies"));
        assert!(
            (share - part / total).abs() < 0.012,
            "{share} for {}",
            part / total
        );
        assert!(noise < 0.001);
    }
    assert!(h.factors[0].share.expect("varies").abs() < 3.0 * h.factors[0].noise.expect("varies"));
    assert_eq!((h.ranking[0], h.ranking[3]), (2, 0));
    assert!((h.mean_gap.expect("compared") - (1.5 + 0.5 - 1.0 / 3.0)).abs() < 0.02);
    assert!((h.variance.expect("compared") - total).abs() < 0.02);
}

/// The bias correction: without it a factor of 21 slices among 400 futures would show 5 of 100.
#[test]
fn no_share_from_chance() {
    let mut mean = 0.0;
    for seed in 0..50 {
        let (x, a, b) = (
            uniform(3 * seed, 400),
            uniform(3 * seed + 1, 400),
            uniform(3 * seed + 2, 400),
        );
        let h = hinges(&outcomes(&a, &b), (0, 1), &[Factor::Numeric(&x)], Some(21)).expect("well formed");
        mean += h.factors[0].share.expect("varies") / 50.0;
    }
    assert!(mean.abs() < 0.01, "{mean}");
}

/// gap = x - 0.3 changes its leader once, at 0.3; (x - 0.2)(x - 0.7) twice.
#[test]
fn crossings_are_found() {
    let n = 10_000;
    let x = uniform(7, n);
    let zero = vec![0.0; n];
    let once: Vec<f64> = x.iter().map(|x| x - 0.3).collect();
    let h = hinges(&outcomes(&once, &zero), (0, 1), &[Factor::Numeric(&x)], None).expect("well formed");
    let c = &h.factors[0].crossings;
    assert_eq!(c.len(), 1);
    assert!((c[0].at - 0.3).abs() < 0.005 && !c[0].a_leads_below, "{c:?}");

    let twice: Vec<f64> = x.iter().map(|x| (x - 0.2) * (x - 0.7)).collect();
    let h = hinges(&outcomes(&twice, &zero), (0, 1), &[Factor::Numeric(&x)], None).expect("well formed");
    let c = &h.factors[0].crossings;
    assert_eq!(c.len(), 2);
    assert!((c[0].at - 0.2).abs() < 0.02 && c[0].a_leads_below, "{c:?}");
    assert!((c[1].at - 0.7).abs() < 0.02 && !c[1].a_leads_below, "{c:?}");
}

#[test]
fn noise_hardly_ever_makes_a_crossing() {
    let n = 5_000;
    let mut crossings = 0;
    for seed in 0..40 {
        let (x, a, b) = (
            uniform(3 * seed, n),
            uniform(3 * seed + 1, n),
            uniform(3 * seed + 2, n),
        );
        let h = hinges(&outcomes(&a, &b), (0, 1), &[Factor::Numeric(&x)], None).expect("well formed");
        crossings += h.factors[0].crossings.len();
        let slices = &h.factors[0].slices;
        assert_eq!(slices.iter().map(|s| s.futures).sum::<usize>(), n);
        assert!(
            slices
                .iter()
                .all(|s| s.a_better + s.ties + s.b_better == s.futures)
        );
    }
    assert_eq!(crossings, 0);
}

#[test]
fn categories_and_gaps_in_the_data() {
    let codes = [0, 1, 2, 0, 1, 9, 2, 0];
    let a = [1.0, 5.0, 3.0, 1.0, 5.0, 7.0, 3.0, f64::NAN];
    let b = [0.0; 8];
    let mut status = [Status::Ok; 8];
    status[6] = Status::Rejected;
    let columns = vec![
        Column {
            values: &a,
            status: &status,
        },
        Column::ran(&b),
    ];
    let table = Outcomes::new(columns, Direction::Higher);
    let factor = Factor::Categorical {
        codes: &codes,
        categories: 3,
    };
    let h = hinges(&table, (0, 1), &[factor], None).expect("well formed");
    assert_eq!(
        (h.counts.compared, h.counts.missing, h.counts.rejected),
        (6, 1, 1)
    );
    let f = &h.factors[0];
    assert_eq!(
        (f.without_value, f.slices.len(), f.slices[1].place),
        (1, 3, Place::Category(1))
    );
    assert_eq!(
        (f.slices[1].mean_gap, f.gap_low, f.gap_high),
        (5.0, Some(1.0), Some(5.0))
    );
    // Within the categories the gap does not vary: they explain all of it.
    assert_eq!(f.share, Some(1.0));
    assert!(f.crossings.is_empty());
}

#[test]
fn a_constant_gap_or_factor_has_no_share() {
    let (x, one) = (uniform(1, 50), vec![1.0; 50]);
    let flat = hinges(&outcomes(&one, &one), (0, 1), &[Factor::Numeric(&x)], None).expect("well formed");
    assert_eq!((flat.factors[0].share, flat.variance), (None, Some(0.0)));
    let constant = hinges(&outcomes(&x, &one), (0, 1), &[Factor::Numeric(&one)], None).expect("well formed");
    assert_eq!(constant.factors[0].share, None);
    let single = hinges(
        &outcomes(&x[..1], &one[..1]),
        (0, 1),
        &[Factor::Numeric(&x[..1])],
        None,
    )
    .expect("well formed");
    assert_eq!((single.variance, single.factors[0].share), (None, None));
}

/// Three options: 1 leads below 0.4, 2 above it; along `y` the leader never changes.
#[test]
fn the_nearest_flip() {
    let n = 8_000;
    let (x, y) = (uniform(11, n), uniform(12, n));
    let a: Vec<f64> = vec![-5.0; n];
    let b: Vec<f64> = x.iter().zip(&y).map(|(x, y)| 0.4 - x + 0.1 * y).collect();
    let c: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - 0.4 + 0.1 * y).collect();
    let table = Outcomes::new(
        vec![Column::ran(&a), Column::ran(&b), Column::ran(&c)],
        Direction::Higher,
    );
    let factors = [Factor::Numeric(&y), Factor::Numeric(&x)];
    let f = flips(&table, &factors, &[0.5, 0.9], None).expect("well formed");
    assert_eq!(f.len(), 1);
    assert_eq!((f[0].factor, f[0].from, f[0].to, f[0].above), (1, 2, 1, false));
    assert!(
        (f[0].at - 0.4).abs() < 0.01 && (f[0].distance - 0.5).abs() < 0.01,
        "{:?}",
        f[0]
    );

    let bands = along(&table, &factors[1], Some(10)).expect("well formed").bands;
    assert_eq!(
        (bands[0].leader, bands[9].leader),
        (Leader::Option(1), Leader::Option(2))
    );
    assert_eq!(bands[0].leads, [0, bands[0].futures, 0]);

    // With a margin nobody reaches, nobody leads and nothing flips.
    let wide = Outcomes {
        margin: 50.0,
        ..table
    };
    assert!(
        flips(&wide, &factors, &[0.5, 0.9], None)
            .expect("well formed")
            .is_empty()
    );
}

#[test]
fn a_category_flips() {
    let codes: Vec<u32> = (0..90).map(|i| i % 3).collect();
    let a: Vec<f64> = codes.iter().map(|c| f64::from(*c)).collect();
    let b = vec![1.5; 90];
    let factor = Factor::Categorical {
        codes: &codes,
        categories: 3,
    };
    let f = flips(&outcomes(&a, &b), &[factor], &[0.0], None).expect("well formed");
    assert_eq!((f[0].from, f[0].to, f[0].at, f[0].distance), (1, 0, 2.0, 1.0));
}

#[test]
fn lower_is_better_turns_the_gap() {
    let n = 1_000;
    let x = uniform(13, n);
    let half = vec![0.5; n];
    let table = Outcomes {
        direction: Direction::Lower,
        ..outcomes(&x, &half)
    };
    let h = hinges(&table, (0, 1), &[Factor::Numeric(&x)], None).expect("well formed");
    assert!(h.factors[0].crossings[0].a_leads_below && h.factors[0].slices[0].mean_gap > 0.0);
}
