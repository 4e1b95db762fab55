//! What determines a run, and only that: the content of `run.json`.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::case::Case;
use crate::design::Settings;
use crate::results::{Futures, OptionId, Results, Status};
use crate::run::numerics::Deviation;

/// The version of the shape of [`RunRecord`] and of the tables.
const SCHEMA: u32 = 1;

/// Everything that determines the result of a run, and the counts that came of it: the same for the same run, whatever the clock,
/// the machine and the number of threads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of this shape.
    pub schema: u32,
    /// Version of the program.
    pub version: String,
    /// Id of the case.
    pub case: String,
    /// The files that were read, by path relative to the case; the model among them.
    pub files: Vec<FileHash>,
    /// Path of the model.
    pub model: String,
    /// The design, by its name in a case.
    pub design: String,
    /// Seed of the draws and the noise.
    pub seed: u64,
    /// Accepted futures that were asked for.
    pub futures: u64,
    /// Levels of each uncertainty in a grid; none for other designs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<u64>,
    /// How far fast numerics moved some futures, if the run used them; none for exact numerics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fast: Option<Deviation>,
    /// The options that were run, `policy+addon`, in order.
    pub options: Vec<String>,
    /// Futures drawn.
    pub drawn: u64,
    /// Of these, rejected by a constraint.
    pub rejected: u64,
    /// Of these, broken under at least one option.
    pub broken: u64,
    /// Whether the run was interrupted: it then holds the first whole blocks of futures.
    pub interrupted: bool,
}

/// A file by its content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileHash {
    /// Path relative to the case, with `/`.
    pub path: String,
    /// SHA-256 of its text.
    pub sha256: String,
}

impl RunRecord {
    /// The record of a run under some options; `files` as [`files`] gives them.
    pub fn new(
        case: &Case,
        files: Vec<FileHash>,
        settings: &Settings,
        options: &[OptionId],
        counts: Counts,
    ) -> Self {
        use crate::case::DesignKind;
        let grid = matches!(
            settings.design,
            DesignKind::FullFactorial | DesignKind::OneAtATime
        );
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            case: case.id.clone(),
            files,
            model: case.model.value.clone(),
            design: settings.design.word().to_owned(),
            seed: settings.seed,
            futures: settings.futures,
            levels: grid.then_some(settings.levels as u64),
            fast: None,
            options: options.iter().map(|option| option_name(case, *option)).collect(),
            drawn: counts.drawn,
            rejected: counts.rejected,
            broken: counts.broken,
            interrupted: counts.interrupted,
        }
    }
}

/// What became of the futures of a run, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Drawn.
    pub drawn: u64,
    /// Of these, rejected by a constraint.
    pub rejected: u64,
    /// Of these, broken under at least one option.
    pub broken: u64,
    /// Whether the run ended early.
    pub interrupted: bool,
}

impl Counts {
    /// Those of some futures with their results.
    pub fn of(futures: &Futures, results: &Results) -> Self {
        let breaks = |row: &usize| {
            let broken = |status: &Vec<Status>| status[*row].trouble().is_some();
            results.status.iter().any(broken)
        };
        Self {
            drawn: futures.ids.len() as u64,
            rejected: futures.rejected.iter().flatten().count() as u64,
            broken: (0..futures.ids.len()).filter(breaks).count() as u64,
            interrupted: false,
        }
    }

    /// Adds those of further futures.
    pub fn add(&mut self, more: Self) {
        self.drawn += more.drawn;
        self.rejected += more.rejected;
        self.broken += more.broken;
        self.interrupted |= more.interrupted;
    }
}

/// An option as the tables and the command line name it: `policy+addon`.
pub fn option_name(case: &Case, option: OptionId) -> String {
    format!(
        "{}+{}",
        case.policies[option.policy].id.value, case.addons[option.addon].id.value
    )
}

/// Paths and hashes of the files that a case was read from, texts and tables alike, in the order of the paths.
pub fn files<'a>(read: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<FileHash> {
    let hash = |(path, bytes): (&str, &[u8])| FileHash {
        path: path.to_owned(),
        sha256: sha256(bytes),
    };
    let mut files: Vec<FileHash> = read.into_iter().map(hash).collect();
    files.sort();
    files
}

/// A path relative to the folder of the case, if it lies in it.
pub(super) fn relative(path: &str, case_path: &str) -> String {
    let folder = &case_path[..case_path.rfind(['/', '\\']).map_or(0, |at| at + 1)];
    path.strip_prefix(folder).unwrap_or(path).replace('\\', "/")
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
