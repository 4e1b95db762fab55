//! Extreme conditions, balances, and many futures: nothing becomes infinite, nothing that is counted falls below zero.

use engine::{Metric, Outputs, Reducer, Window};
use model::{Model, VariableKind};
use study::Study;
use study::results::Futures;
use study::run::all_options;

use crate::case::{Given, bound, case, draws, futures, levers, model_with, simulate, variable};

/// An account that may be negative: tariffs were once followed by more trade.
const ACCOUNT: &str = "cumulative trade lost";
/// Flows, levels and indices that count something.
const COUNTED: [&str; 28] = [
    "us deaths",
    "homicides",
    "homicides with missing",
    "net inflow",
    "border flow",
    "border seizures",
    "inflow index",
    "own supply",
    "recruitment",
    "member losses",
    "detentions",
    "jailing",
    "conflict deaths",
    "killed in strikes",
    "civilians killed",
    "members killed in strikes",
    "leaders killed",
    "leaders captured",
    "reprisal deaths",
    "public cost",
    "favourable view",
    "shared intelligence",
    "enforcement",
    "findings supply",
    "flight permission",
    "strikes",
    "resources",
    "organised violence",
];
/// Every lever of every policy and add-on.
const LEVERS: [&str; 13] = [
    "flights lever",
    "designation lever",
    "cooperation lever",
    "tariff lever",
    "threat lever",
    "consented strikes lever",
    "unconsented strikes lever",
    "fallback lever",
    "prevention lever",
    "treatment lever",
    "gun flow lever",
    "equal budget lever",
    "assumed consent lever",
];

/// The least value of every stock and of all that is counted.
fn least(model: &Model) -> Vec<Metric> {
    let stocks = model.variables.enumerate().filter(|(_, variable)| {
        matches!(variable.kind, VariableKind::Stock) && variable.name.key() != ACCOUNT
    });
    let counted = COUNTED.iter().map(|name| variable(model, name));
    let all = stocks.map(|(id, _)| id).chain(counted);
    all.map(|variable| Metric {
        variable,
        element: 0,
        reducer: Reducer::Min,
        window: Window { from: None, to: None },
    })
    .collect()
}

/// What is wrong with a run: the first future that broke, and each quantity that fell below zero by more than rounding.
fn wrong(model: &Model, metrics: &[Metric], outputs: &Outputs) -> Vec<String> {
    let name = |variable| model.variables[variable].name.written();
    let mut all: Vec<String> = outputs
        .status
        .iter()
        .filter_map(|status| {
            let (variable, time) = status.trouble()?;
            Some(format!("`{}` is not finite at {time}", name(variable)))
        })
        .take(1)
        .collect();
    for (metric, column) in metrics.iter().zip(&outputs.metrics) {
        let low = column.iter().copied().fold(f64::INFINITY, f64::min);
        if low < -1e-9 {
            all.push(format!("`{}` falls to {low}", name(metric.variable)));
        }
    }
    all
}

struct Bench {
    model: Model,
    study: Study,
    futures: Futures,
    metrics: Vec<Metric>,
}

impl Bench {
    fn new(count: u64) -> Self {
        Self::of(model_with(&[]), count)
    }

    /// Started with so many members, whatever the balance of 2022 was drawn for.
    fn with_members(members: &str) -> Self {
        let stock = "members = INTEG(recruitment - member losses, members at the start)";
        let other = format!("members = INTEG(recruitment - member losses, {members})");
        Self::of(model_with(&[(stock, &other)]), 64)
    }

    fn of(model: Model, count: u64) -> Self {
        let study = bound(case(), &model);
        let futures = futures(&study, count, 7);
        let metrics = least(&model);
        Self {
            model,
            study,
            futures,
            metrics,
        }
    }

    /// The draws, then some constants; every policy's levers come before them where `policies` says so.
    fn check(&self, what: &str, settings: &[(&str, f64)], policies: bool) {
        let set: Vec<Given> = settings
            .iter()
            .map(|(name, value)| (variable(&self.model, name), vec![*value]))
            .collect();
        let options = all_options(&self.study)
            .into_iter()
            .filter(|option| option.addon == 0);
        for option in options.take(if policies { usize::MAX } else { 1 }) {
            let mut given = draws(&self.study, &self.futures);
            given.extend(levers(&self.study, option));
            given.extend(set.iter().cloned());
            let outputs = simulate(&self.model, &given, self.metrics.clone(), &[]);
            let found = wrong(&self.model, &self.metrics, &outputs);
            assert!(found.is_empty(), "{what}, {option:?}: {found:?}");
        }
    }
}

#[test]
fn every_lever_at_nothing_at_one_and_at_ten_times() {
    let bench = Bench::new(64);
    for lever in LEVERS {
        for value in [1.0, 10.0] {
            bench.check(lever, &[(lever, value)], false);
        }
    }
    for value in [0.0, 1.0, 10.0] {
        bench.check("all levers", &LEVERS.map(|lever| (lever, value)), false);
    }
    for lever in LEVERS {
        bench.check(lever, &[(lever, 0.0)], true);
    }
}

#[test]
fn no_cartels_no_demand_full_and_no_cooperation() {
    for members in ["0", "0.001", "10", "1e+006"] {
        Bench::with_members(members).check(members, &[], true);
    }
    let bench = Bench::new(64);
    let check = |what: &str, settings: &[(&str, f64)]| bench.check(what, settings, true);
    check(
        "no demand",
        &[
            ("net flow at the start", 1e-9),
            ("gross seizures at the start", 0.0),
        ],
    );
    check("hardly a death", &[("deaths at the start", 1e-6)]);
    check("no homicides", &[("homicides at the start", 0.0)]);
    check(
        "no cooperation",
        &[
            ("growth of intelligence sharing", -1.0),
            ("growth of enforcement effort", -1.0),
        ],
    );
    check(
        "full cooperation",
        &[
            ("growth of intelligence sharing", 10.0),
            ("growth of enforcement effort", 10.0),
        ],
    );
    check(
        "all is withheld for good",
        &[
            ("intelligence withheld after strikes", 1.0),
            ("enforcement withheld after strikes", 1.0),
            ("habituation to strikes", 0.0),
            ("value of cooperation", 1.0),
        ],
    );
    check("no strikes in a campaign", &[("strike tempo", 0.0)]);
    check("ten times the tempo", &[("strike tempo", 25.0)]);
    check("no arrests", &[("detentions at the start", 0.0)]);
    check("no precursors", &[("precursor control", 1.0)]);
    check("all is replaced", &[("displacement", 1.0)]);
    check("nothing is replaced", &[("displacement", 0.0)]);
    check(
        "the supply is what was seized",
        &[("supply follows seizures", 1.0)],
    );
}

#[test]
fn twenty_thousand_futures_run_whole() {
    // Each future under one option, each option over as many futures: all futures under all options would take minutes here.
    let bench = Bench::new(20_160);
    let options = all_options(&bench.study);
    let of_each = bench.futures.ids.len() / options.len();
    assert!(of_each * options.len() >= 20_000);
    let everything = draws(&bench.study, &bench.futures);
    for (block, option) in options.into_iter().enumerate() {
        let rows = block * of_each..(block + 1) * of_each;
        let mut given: Vec<Given> = everything
            .iter()
            .map(|(variable, column)| (*variable, column[rows.clone()].to_vec()))
            .collect();
        given.extend(levers(&bench.study, option));
        let outputs = simulate(&bench.model, &given, bench.metrics.clone(), &[]);
        assert_eq!(outputs.status.len(), of_each);
        let found = wrong(&bench.model, &bench.metrics, &outputs);
        assert!(found.is_empty(), "{option:?}: {found:?}");
    }
}

#[test]
fn people_and_kilograms_balance() {
    // Saved at every step, so that what flows can be added up as the integration does.
    let model = model_with(&[("SAVEPER = 1\n", "SAVEPER = 0.5\n")]);
    let study = bound(case(), &model);
    let futures = futures(&study, 40, 3);
    let names = [
        "members",
        "recruitment",
        "member losses",
        "border flow",
        "border seizures",
        "net inflow",
        "cumulative inflow",
        "us deaths",
        "cumulative us deaths",
        "killed in strikes",
        "civilians killed",
        "members killed in strikes",
    ];
    for option in all_options(&study) {
        let mut given = draws(&study, &futures);
        given.extend(levers(&study, option));
        let outputs = simulate(&model, &given, Vec::new(), &names);
        let steps = outputs.times.len();
        assert_eq!(steps, 521);
        for row in 0..futures.ids.len() {
            let of = |name: &str| {
                let at = names.iter().position(|known| *known == name).expect("asked for");
                &outputs.series[at][row * steps..(row + 1) * steps]
            };
            let added = |name: &str| of(name)[..steps - 1].iter().sum::<f64>() * 0.5;
            let close = |what: &str, left: f64, right: f64, size: f64| {
                assert!(
                    (left - right).abs() <= 1e-9 * size.abs().max(1.0),
                    "{what}: {left}, {right} ({option:?})"
                );
            };
            let (first, last) = (of("members")[0], of("members")[steps - 1]);
            close(
                "people",
                last,
                first + added("recruitment") - added("member losses"),
                first,
            );
            close(
                "kilograms that entered",
                of("cumulative inflow")[steps - 1],
                added("net inflow"),
                last,
            );
            close(
                "deaths",
                of("cumulative us deaths")[steps - 1],
                added("us deaths"),
                last,
            );
            for step in 0..steps {
                let at = |name: &str| of(name)[step];
                close(
                    "kilograms at the border",
                    at("border flow"),
                    at("border seizures") + at("net inflow"),
                    1.0,
                );
                // Where members are fewer than at the start, fewer of those killed are members: the rest is not counted.
                assert!(
                    at("civilians killed") + at("members killed in strikes")
                        <= at("killed in strikes") + 1e-9
                );
            }
        }
    }
}

#[test]
fn the_start_is_what_was_measured() {
    let bench = Bench::new(200);
    let given = draws(&bench.study, &bench.futures);
    let names = [
        "us deaths",
        "homicides",
        "border seizures",
        "net inflow",
        "inflow index",
        "enforcement",
        "capacity",
    ];
    let outputs = simulate(&bench.model, &given, Vec::new(), &names);
    let steps = outputs.times.len();
    let drawn = |name: &str, row: usize| {
        let of = variable(&bench.model, name);
        given.iter().find(|(known, _)| *known == of).expect("drawn").1[row]
    };
    for row in 0..bench.futures.ids.len() {
        let start = |series: usize| outputs.series[series][row * steps];
        let same = |left: f64, right: f64| assert!((left / right - 1.0).abs() < 1e-9, "{left}, not {right}");
        same(start(0), drawn("deaths at the start", row));
        same(start(1), drawn("homicides at the start", row));
        same(
            start(2),
            drawn("gross seizures at the start", row) * drawn("purity of seizures", row),
        );
        same(start(3) * 52.0 / 1000.0, drawn("net flow at the start", row));
        for index in 4..7 {
            same(start(index), 1.0);
        }
    }
}
