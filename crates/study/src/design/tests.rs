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

fn accept(_: &[f64]) -> Option<u32> {
    None
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
        let before = sample(&case(two()), &settings(design, 64), &accept).expect("drawn");
        let mut more = two();
        more.insert(
            2,
            uncertainty("c", Distribution::Uniform { low: 0.0, high: 1.0 }, false),
        );
        let after = sample(&case(more), &settings(design, 64), &accept).expect("drawn");
        let kept: Vec<&Vec<f64>> = [0, 1, 3].map(|u| &after.columns[u]).to_vec();
        assert_eq!(before.columns.iter().collect::<Vec<_>>(), kept, "{design:?}");
    }
}

#[test]
fn a_latin_hypercube_has_one_draw_in_each_stratum() {
    let futures = sample(&case(two()), &settings(DesignKind::LatinHypercube, 1000), &accept).expect("drawn");
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
        let futures = sample(&case(two()), &settings(design, 200), &reject).expect("drawn");
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
    let few = sample(&case(two()), &settings(DesignKind::MonteCarlo, 10), &accept).expect("drawn");
    let many = sample(&case(two()), &settings(DesignKind::MonteCarlo, 100), &accept).expect("drawn");
    assert_eq!(few.columns[1], many.columns[1][..10]);
}

#[test]
fn rules_that_nothing_meets_are_an_error() {
    let error = sample(&case(two()), &settings(DesignKind::MonteCarlo, 3), &|_| Some(0)).expect_err("never");
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
    let grid = sample(&case, &settings(DesignKind::FullFactorial, 1), &accept).expect("a grid");
    assert_eq!(grid.ids.len(), 3 * 2 * 3);
    let one = sample(&case, &settings(DesignKind::OneAtATime, 1), &accept).expect("a grid");
    assert_eq!(one.ids.len(), 1 + 2 + 1 + 2);
    assert_eq!(one.columns[0][..3], [3.0, 2.0, 4.0]);
    let many: Vec<Uncertainty> = (0..40).flat_map(|_| two()).collect();
    let error = sample(
        &self::case(many),
        &settings(DesignKind::FullFactorial, 1),
        &accept,
    )
    .expect_err("too large");
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
        &accept,
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
