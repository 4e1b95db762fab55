//! What the crate `analysis` makes of a small table. The page's scripts are tested against the same snapshot: they must count, cut and
//! judge as the run did.

use analysis::{Column, Direction, Factor, Leader, Outcomes};
use serde_json::{Value, json};

/// Futures of the table; ten of them broke, and the rest cut evenly into ten slices.
const FUTURES: usize = 210;
const SLICES: usize = 10;
const MARGIN: f64 = 3.0;

/// Numbers from 0 to 1 that look drawn: a linear congruential generator.
fn drawn(mut state: u64) -> Vec<f64> {
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / 9_007_199_254_740_992.0
    };
    (0..FUTURES).map(|_| next()).collect()
}

#[test]
fn statistics_as_the_page_has_to_make_them() {
    let factors = [drawn(1), drawn(2), drawn(3)];
    let noise = [drawn(4), drawn(5), drawn(6)];
    // The first factor helps the first option, the second harms the second; the third matters to nobody.
    let value = |option: usize, row: usize| {
        let pull = [10.0 * factors[0][row], -8.0 * factors[1][row], 0.0][option];
        50.0 + pull + 12.0 * noise[option][row]
    };
    let options: Vec<Vec<f64>> = (0..3)
        .map(|option| {
            let cell = |row: usize| {
                if row % 21 == 5 {
                    f64::NAN
                } else {
                    value(option, row)
                }
            };
            (0..FUTURES).map(cell).collect()
        })
        .collect();

    let outcomes = Outcomes {
        columns: options.iter().map(|values| Column::ran(values)).collect(),
        direction: Direction::Higher,
        margin: MARGIN,
        only: None,
    };
    let leaders = analysis::leaders(&outcomes).expect("the columns are of one length");
    let leads = analysis::leads(&outcomes).expect("the columns are of one length");
    let numeric: Vec<Factor> = factors.iter().map(|values| Factor::Numeric(values)).collect();
    let mut hinges = Vec::new();
    for pair in [(0, 1), (1, 2), (2, 0)] {
        let found = analysis::hinges(&outcomes, pair, &numeric, Some(SLICES)).expect("a sound table");
        for (factor, hinge) in found.factors.iter().enumerate() {
            assert_eq!(hinge.slices.len(), SLICES, "values are all different");
            let gaps = [&hinge.slices[0], &hinge.slices[SLICES - 1]].map(|slice| slice.mean_gap);
            hinges.push(json!({ "pair": [pair.0, pair.1], "factor": factor, "share": hinge.share, "low": gaps[0], "high": gaps[1] }));
        }
    }
    let mut sound: Vec<f64> = options[0].iter().copied().filter(|x| x.is_finite()).collect();
    sound.sort_by(f64::total_cmp);
    let quantiles = [0.0, 0.05, 0.25, 1.0 / 3.0, 0.5, 0.9, 0.95, 1.0];
    let quantiles = quantiles.map(|q| json!([q, analysis::quantile_sorted(&sound, q)]));
    let intervals = [
        (0, 10),
        (1, 10),
        (15, 50),
        (33, 64),
        (511, 512),
        (512, 512),
        (2_400, 10_000),
    ];
    let intervals = intervals.map(|(count, of)| {
        let share = analysis::share(count, of);
        json!([count, of, share.low, share.high])
    });
    let leader = |leader: &Leader| match leader {
        Leader::NotCompared => -2,
        Leader::Tie => -1,
        Leader::Option(option) => i64::try_from(*option).expect("there are three options"),
    };
    let lines: [(&str, Value); 8] = [
        ("margin", json!(MARGIN)),
        ("options", json!(options)),
        ("factors", json!(factors)),
        ("leaders", json!(leaders.iter().map(leader).collect::<Vec<_>>())),
        (
            "leads",
            json!(
                leads
                    .by_option
                    .iter()
                    .map(|one| one.leads.count)
                    .collect::<Vec<_>>()
            ),
        ),
        ("quantiles", json!(quantiles)),
        ("intervals", json!(intervals)),
        ("hinges", json!(hinges)),
    ];
    let text: Vec<String> = lines
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}
