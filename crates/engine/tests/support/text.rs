//! Models from texts, and what one future of them gives.

#![allow(dead_code, reason = "each test file uses a part")]

use engine::{Batch, Outputs, Program, Request, block, lower, scalar};
use model::{FileError, Files, Model, Sources};

/// No file is there beside the model.
pub(crate) struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _path: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }
}

/// One future without inputs.
pub(crate) const ONE: Batch = Batch {
    seed: 0,
    futures: &[0],
    inputs: &[],
};

/// The model of a text, whose format the end of the name tells.
pub(crate) fn model(name: &str, text: &str) -> Model {
    let (model, diagnostics) = model::read(name, text.as_bytes(), &NoFiles, &mut Sources::new());
    model.unwrap_or_else(|| panic!("{text}\n{diagnostics:#?}"))
}

/// Asks for the series of some variables.
pub(crate) fn request(model: &Model, names: &[&str]) -> Request {
    let find = |name: &&str| model.find(name).unwrap_or_else(|| panic!("no `{name}`"));
    Request {
        series: names.iter().map(find).collect(),
        ..Request::default()
    }
}

/// The series of one future, every bit of which the blocks must give too.
pub(crate) fn run(model: &Model, request: &Request) -> Vec<Vec<f64>> {
    let program = lower(model, request).unwrap_or_else(|problems| panic!("{problems:#?}"));
    in_both(&program, &ONE).series
}

/// What the reference gives for a batch, and the blocks must give too, every bit of its series.
pub(crate) fn in_both(program: &Program, batch: &Batch) -> Outputs {
    let expected = scalar::run(program, batch);
    let found = block::run(program, batch, &mut block::Scratch::default());
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    for (expected, found) in expected.series.iter().zip(&found.series) {
        assert_eq!(bits(expected), bits(found), "{expected:?} {found:?}");
    }
    expected
}

/// Asserts that numbers are those expected.
pub(crate) fn close(what: &str, found: &[f64], expected: &[f64]) {
    let near = |(found, expected): (&f64, &f64)| (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(near),
        "{what}: {found:?}, not {expected:?}"
    );
}
