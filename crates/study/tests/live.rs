//! Every case of the repository can be carried by a page: nothing that its model needs is missing from the modules.

use std::path::{Path, PathBuf};

use engine::wasm::{self, Form, Settings};
use model::{FileError, Files, Sources};

struct Folder(PathBuf);

impl Files for Folder {
    #[allow(clippy::disallowed_methods, reason = "a test reads its cases")]
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        std::fs::read(self.0.join(path)).map_err(|_| FileError::NotFound)
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads its cases")]
fn the_model_of_every_case_can_be_written_as_modules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the cases")
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.join("case.toml").exists())
        .collect();
    cases.sort();
    assert!(cases.len() >= 3, "{cases:?}");
    for path in cases {
        let name = path.display().to_string();
        let files = Folder(path);
        let mut sources = Sources::new();
        let text = |path: &str| {
            files
                .read(path)
                .unwrap_or_else(|error| panic!("{name}: {path}: {error:?}"))
        };
        let case = String::from_utf8(text("case.toml")).expect("text");
        let (case, problems) = study::case::read("case.toml", &case, &files, &mut sources);
        let case = case.unwrap_or_else(|| panic!("{name}: {problems:#?}"));
        let (model, problems) =
            model::read(&case.model.value, &text(&case.model.value), &files, &mut sources);
        let model = model.unwrap_or_else(|| panic!("{name}: {problems:#?}"));
        let (study, problems) = study::bind::bind(case, &model);
        let study = study.unwrap_or_else(|| panic!("{name}: {problems:#?}"));
        let options = study::run::all_options(&study);
        let shared = study::live::share(&study, &model, &options).expect("one program for all options");
        for form in [Form::Simd, Form::Scalar] {
            let settings = Settings {
                form,
                capacity: 64,
                schedule_steps: shared.schedule_steps(),
            };
            match wasm::write(&shared.program, &settings) {
                // A page carries both forms, packed to about half.
                Ok(module) => assert!(module.bytes.len() < 40_000, "{name}: {}", module.bytes.len()),
                Err(missing) => panic!("{name}: {missing}"),
            }
        }
    }
}
