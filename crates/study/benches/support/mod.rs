//! What the benchmarks of a case share: the case of the command line, and the processor's time.

use std::path::{Path, PathBuf};

use model::{FileError, Files, Model, Sources};
use study::run::Progress;
use study::{Study, bind, case};

/// The words of the command line that are no flags.
pub(crate) fn words() -> Vec<String> {
    let words = std::env::args().skip(1);
    words.filter(|word| !word.starts_with("--")).collect()
}

/// The number at a place of the command line, or another one.
pub(crate) fn number(words: &[String], at: usize, default: usize) -> usize {
    words
        .get(at)
        .map_or(default, |word| word.parse().expect("a whole number"))
}

/// The case of a folder that the first word names, or the flagship, bound to its model.
pub(crate) fn case(words: &[String]) -> (PathBuf, Model, Study) {
    let flagship = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/us-mexico-2025");
    let folder = words.first().map_or(flagship, PathBuf::from);
    let files = Folder(&folder);
    let mut sources = Sources::new();
    let text = std::fs::read_to_string(folder.join("case.toml")).expect("a case");
    let (case, _) = case::read("case.toml", &text, &files, &mut sources);
    let case = case.expect("a valid case");
    let bytes = std::fs::read(folder.join(&case.model.value)).expect("a model");
    let (model, _) = model::read(&case.model.value, &bytes, &files, &mut sources);
    let model = model.expect("a valid model");
    let study = bind::bind(case, &model).0.expect("a case that fits its model");
    (folder, model, study)
}

struct Folder<'a>(&'a Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        std::fs::read(self.0.join(path)).map_err(|error| FileError::Unreadable(error.to_string()))
    }
}

/// Progress that nobody looks at.
pub(crate) struct Quiet;

impl Progress for Quiet {
    fn done(&self, _: u64, _: u64) {}
}

/// The processor time of all threads so far, in seconds, where the system tells (Linux, in its ticks of 10 ms): on a busy machine it says
/// more than the clock.
pub(crate) fn processor_time() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything but ends with the last parenthesis.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / 100.0)
}
