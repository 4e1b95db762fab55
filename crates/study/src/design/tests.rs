//! Every design against what it promises.

use model::{Sources, Span};

use super::*;
use crate::case::{At, Grade, RunDefaults, Text, Uncertainty};

fn span() -> Span {
    let mut sources = Sources::new();
    Span {
        source: sources.add("case.toml", ""),
        start: 0,
        end: 0,
    }
}

fn at<T>(value: T) -> At<T> {
    At { value, span: span() }
}

/// An uncertainty; a part of a split has no constant of its own.
fn uncertainty(id: &str, distribution: Distribution, of_split: bool) -> Uncertainty {
    Uncertainty {
        id: at(id.to_owned()),
        name: (!of_split).then(|| at(id.to_owned())),
        label: Text::default(),
        text: Text::default(),
        sector: String::new(),
        distribution,
        range_span: span(),
        unit: at(String::new()),
        neutral: None,
        high_favours: Vec::new(),
        low_favours: Vec::new(),
        sources: Vec::new(),
        grade: Grade::J,
        contested_by: Vec::new(),
        role: Role::Assumption,
    }
}

fn case(uncertainties: Vec<Uncertainty>) -> Case {
    Case {
        start_span: span(),
        id: String::new(),
        title: Text::default(),
        question: Text::default(),
        summary: Text::default(),
        as_of: String::new(),
        model: at(String::new()),
        sources: None,
        bibliography: Default::default(),
        start: 0.0,
        baseline: 0,
        data: Vec::new(),
        headline: Vec::new(),
        run: RunDefaults {
            futures: 100,
            seed: 0,
            design: DesignKind::MonteCarlo,
        },
        policies: Vec::new(),
        addons: Vec::new(),
        outcomes: Vec::new(),
        quantities: Vec::new(),
        uncertainties,
        sectors: Vec::new(),
        splits: Vec::new(),
        constraints: Vec::new(),
        camps: Vec::new(),
        claims: Vec::new(),
        authorities: Vec::new(),
        history: Vec::new(),
        experiments: Vec::new(),
        left_out: Vec::new(),
        dissents: Vec::new(),
        statements: Vec::new(),
    }
}

fn two() -> Vec<Uncertainty> {
    vec![
        uncertainty("a", Distribution::Uniform { low: 2.0, high: 4.0 }, false),
        uncertainty(
            "b",
            Distribution::LogUniform {
                low: 1.0,
                high: 100.0,
            },
            false,
        ),
        uncertainty("weight", Distribution::Uniform { low: 0.0, high: 1.0 }, true),
    ]
}

fn settings(design: DesignKind, futures: u64) -> Settings {
    Settings {
        futures,
        seed: 7,
        design,
        centred: false,
        levels: 3,
    }
}

const RANDOM: [DesignKind; 4] = [
    DesignKind::MonteCarlo,
    DesignKind::LatinHypercube,
    DesignKind::Sobol,
    DesignKind::SobolScrambled,
];

#[test]
fn appending_an_uncertainty_moves_no_other() {
    for design in RANDOM {
        let before = sample(&case(two()), &settings(design, 64), None).expect("drawn");
        let mut more = two();
        more.insert(
            2,
            uncertainty("c", Distribution::Uniform { low: 0.0, high: 1.0 }, false),
        );
        let after = sample(&case(more), &settings(design, 64), None).expect("drawn");
        let kept: Vec<&Vec<f64>> = [0, 1, 3].map(|u| &after.columns[u]).to_vec();
        assert_eq!(before.columns.iter().collect::<Vec<_>>(), kept, "{design:?}");
    }
}

#[test]
fn a_latin_hypercube_has_one_draw_in_each_stratum() {
    let futures = sample(&case(two()), &settings(DesignKind::LatinHypercube, 1000), None).expect("drawn");
    let mut strata: Vec<usize> = futures.columns[0]
        .iter()
        .map(|v| ((v - 2.0) / 2.0 * 1000.0) as usize)
        .collect();
    strata.sort_unstable();
    assert_eq!(strata, (0..1000).collect::<Vec<_>>());
}

#[test]
fn rejected_futures_keep_their_number_and_accepted_ones_count() {
    let reject = |row: &[f64]| (row[0] > 3.0).then_some(5);
    for design in RANDOM {
        let futures = sample(&case(two()), &settings(design, 200), Some(&reject)).expect("drawn");
        assert!(futures.accepted() >= 200, "{design:?}");
        assert_eq!(futures.ids, (0..futures.ids.len() as u64).collect::<Vec<_>>());
        for (row, rule) in futures.rejected.iter().enumerate() {
            assert_eq!(*rule, (futures.columns[0][row] > 3.0).then_some(5));
        }
        if design != DesignKind::LatinHypercube {
            assert_eq!(
                (futures.accepted(), futures.rejected.last()),
                (200, Some(&None)),
                "{design:?}"
            );
        }
    }
}

#[test]
fn monte_carlo_futures_do_not_depend_on_how_many_there_are() {
    let few = sample(&case(two()), &settings(DesignKind::MonteCarlo, 10), None).expect("drawn");
    let many = sample(&case(two()), &settings(DesignKind::MonteCarlo, 100), None).expect("drawn");
    assert_eq!(few.columns[1], many.columns[1][..10]);
}

#[test]
fn rules_that_nothing_meets_are_an_error() {
    let error = sample(
        &case(two()),
        &settings(DesignKind::MonteCarlo, 3),
        Some(&|_: &[f64]| Some(0)),
    )
    .expect_err("never");
    assert!(
        error.to_string().starts_with("the constraints accepted 0 of "),
        "{error}"
    );
}

#[test]
fn grids() {
    let mut uncertainties = two();
    let labels = Vec::new();
    uncertainties[1].distribution = Distribution::Categorical {
        values: vec![1.0, 5.0],
        labels,
    };
    let case = case(uncertainties);
    let grid = sample(&case, &settings(DesignKind::FullFactorial, 1), None).expect("a grid");
    assert_eq!(grid.ids.len(), 3 * 2 * 3);
    let one = sample(&case, &settings(DesignKind::OneAtATime, 1), None).expect("a grid");
    assert_eq!(one.ids.len(), 1 + 2 + 1 + 2);
    assert_eq!(one.columns[0][..3], [3.0, 2.0, 4.0]);
    let many: Vec<Uncertainty> = (0..40).flat_map(|_| two()).collect();
    let error =
        sample(&self::case(many), &settings(DesignKind::FullFactorial, 1), None).expect_err("too large");
    assert!(error.to_string().contains("120 uncertainties"), "{error}");
}

#[test]
fn centred_draws_crowd_in_the_middle_of_the_same_range() {
    let plain = settings(DesignKind::MonteCarlo, 20_000);
    let centred = sample(
        &case(two()),
        &Settings {
            centred: true,
            ..plain
        },
        None,
    )
    .expect("drawn");
    let inner = centred.columns[0]
        .iter()
        .filter(|v| (2.5..3.5).contains(*v))
        .count() as f64
        / 20_000.0;
    // A triangle has three quarters of its mass in the middle half.
    assert!((inner - 0.75).abs() < 0.02, "{inner}");
    assert!(centred.columns[1].iter().all(|v| (1.0..=100.0).contains(v)));
}

#[test]
fn quantiles_are_those_of_scipy() {
    let shares = [1e-4, 0.05, 0.5, 0.9, 0.9999];
    let check = |distribution: Distribution, expected: [f64; 5]| {
        for (share, expected) in shares.into_iter().zip(expected) {
            let value = distribution.quantile(share);
            let near = (value - expected).abs() <= 1e-9 * expected.abs().max(1.0);
            assert!(near, "{distribution:?} at {share}: {value}, not {expected}");
        }
        let (low, high) = distribution.ends();
        assert_eq!(
            (distribution.quantile(0.0), distribution.quantile(1.0)),
            (low, high)
        );
    };
    // scipy.stats.beta(1 + 4 (mode - low) / width, 1 + 4 (high - mode) / width), stretched to the range.
    let pert = |low, mode, high| Distribution::Pert { low, mode, high };
    check(
        pert(-0.1, 0.4, 1.0),
        [
            -0.08164550558547355,
            0.08233555606763718,
            0.41273186864975375,
            0.6977113872554916,
            0.9694453592923261,
        ],
    );
    check(
        pert(0.0, 0.0, 1.0),
        [
            2.000080004800336e-05,
            0.010206218313011496,
            0.12944943670387585,
            0.36904265551980675,
            0.8415106807538921,
        ],
    );
    check(
        pert(2.0, 9.0, 10.0),
        [
            2.8449621936864946,
            5.497243115720175,
            8.231040840618181,
            9.521530745158021,
            9.995599615872564,
        ],
    );
    check(
        pert(0.05, 0.2, 2.0),
        [
            0.05039741775058265,
            0.0978771613411164,
            0.41205487315714867,
            0.9116278681760553,
            1.7585997475989892,
        ],
    );
    // scipy.stats.truncnorm
    let normal = |mean, sd, low, high| Distribution::TruncatedNormal { mean, sd, low, high };
    check(
        normal(0.1, 0.1, -0.1, 0.3),
        [
            -0.09982352293163044,
            -0.04722616410327657,
            0.1,
            0.2184032466693905,
            0.2998235229316305,
        ],
    );
    check(
        normal(0.0, 1.0, 2.0, 5.0),
        [
            2.0000421381675912,
            2.0215266218662777,
            2.2776000319692673,
            2.8372397787477768,
            4.559675514888336,
        ],
    );
    check(
        normal(10.0, 3.0, -5.0, 9.0),
        [
            -1.884681451762951,
            3.740875361757613,
            7.307440678801243,
            8.700916170635864,
            8.999706308822246,
        ],
    );
    // scipy.stats.triang and loguniform
    check(
        Distribution::Triangular {
            low: 2.0,
            mode: 4.0,
            high: 10.0,
        },
        [
            2.04,
            2.8944271909999157,
            5.101020514433644,
            7.809109769979336,
            9.930717967697248,
        ],
    );
    check(
        Distribution::LogUniform {
            low: 0.01,
            high: 100.0,
        },
        [
            0.010009214583192967,
            0.01584893192461114,
            1.0000000000000009,
            39.81071705534979,
            99.90793899844628,
        ],
    );
}
