//! Logistic regression against a published implementation.

mod reference;

use analysis::Factor;
use analysis::logit::{LogitError, logit};
use reference::{Csv, Goldens, array, close, json, number};

#[test]
fn forward_selection() {
    let _count = Goldens::of("set c: logistic regression");
    let csv = Csv::read(include_str!("data/discovery/flu_no_policy.data.csv"));
    let golden = json(include_str!("data/discovery/flu_no_policy.logit.json"));
    let names: Vec<&String> = csv.names[..19].iter().collect();
    let factors: Vec<Factor> = csv.columns[..19].iter().map(|c| Factor::Numeric(c)).collect();
    let verdicts: Vec<Option<bool>> = csv.column("y").iter().map(|y| Some(*y == 1.0)).collect();
    let found = logit(&factors, &verdicts, number(&golden["threshold"])).expect("well formed");
    let models = array(&golden["models"]);
    assert_eq!(found.models.len(), models.len());
    for ((model, expected), at) in found.models.iter().zip(models).zip(array(&golden["trajectory"])) {
        let expected_terms: Vec<&String> = expected["params"]
            .as_object()
            .expect("an object")
            .keys()
            .filter(|k| *k != "Intercept")
            .collect();
        let terms: Vec<&String> = model.terms.iter().map(|t| names[t.factor]).collect();
        assert_eq!(terms, expected_terms);
        for term in &model.terms {
            close(
                "coefficient",
                term.coefficient,
                number(&expected["params"][names[term.factor]]),
                0.0,
                1e-4,
            );
        }
        close(
            "intercept",
            model.intercept,
            number(&expected["params"]["Intercept"]),
            0.0,
            1e-4,
        );
        close(
            "likelihood",
            model.log_likelihood,
            number(&expected["llf"]),
            1e-6,
            0.0,
        );
        close("bic", model.bic, number(&expected["bic"]), 1e-5, 0.0);
        close("coverage", model.coverage, number(&at["coverage"]), 1e-12, 0.0);
        close(
            "density",
            model.density.unwrap_or(0.0),
            number(&at["density"]),
            1e-12,
            0.0,
        );
    }
}

#[test]
fn categories_and_separation() {
    let n = 300;
    let code: Vec<u32> = (0..n).map(|i| i % 3).collect();
    let x: Vec<f64> = (0..n).map(|i| f64::from(i * 7 % 100)).collect();
    // Category 2 decides without error: the likelihood has no top, and the fit must still end.
    let verdicts: Vec<Option<bool>> = code.iter().map(|c| Some(*c == 2)).collect();
    let factors = [
        Factor::Numeric(&x),
        Factor::Categorical {
            codes: &code,
            categories: 3,
        },
    ];
    let found = logit(&factors, &verdicts, 0.95).expect("well formed");
    let first = &found.models[0];
    assert_eq!((first.terms[0].factor, first.terms[0].category), (1, Some(2)));
    assert_eq!((first.coverage, first.density), (1.0, Some(1.0)));
    assert!(first.log_likelihood.abs() < 1e-6 && found.models.len() == 1);
}

#[test]
fn gaps_and_what_is_refused() {
    let x = [1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0];
    let verdicts = [Some(true), Some(false), Some(true), None, Some(true), Some(false)];
    let found = logit(&[Factor::Numeric(&x)], &verdicts, 0.5).expect("well formed");
    assert_eq!(
        (
            found.counts.used,
            found.counts.without_value,
            found.counts.without_target
        ),
        (4, 1, 1)
    );
    let error = logit(&[Factor::Numeric(&x)], &[Some(true); 6], 0.5).expect_err("one verdict");
    assert_eq!(
        error.to_string(),
        "all 5 futures have the same verdict: there is nothing to explain"
    );
    assert_eq!(logit(&[], &verdicts, 0.5), Err(LogitError::NoFactor));
    // A factor that does not vary never enters.
    let one = [1.0; 6];
    assert!(
        logit(&[Factor::Numeric(&one)], &verdicts, 0.5)
            .expect("well formed")
            .models
            .is_empty()
    );
}
