//! The model of the lake: small, with sectors, stocks, levers and loops.

use model::{FileError, Files, Model, Sources};

struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }
}

pub(crate) fn model() -> Model {
    let mut sources = Sources::default();
    let (model, notes) = model::read("model.mdl", include_bytes!("model.mdl"), &Nothing, &mut sources);
    model.unwrap_or_else(|| panic!("the model of the lake is sound: {notes:?}"))
}
