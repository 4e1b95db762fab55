//! Models and cases read from a path: all that is wrong with one is said at once.

use std::path::{Path, PathBuf};

use model::{Diagnostic, Diagnostics, FileError, Files, Model, Severity, Sources, Span, VarId, VariableKind};
use study::Study;
use study::case::Case;
use study::run::RunError;
use study::store::{self, FileHash};

use crate::exit::{Exit, Failure};
use crate::files::{self, Folder, LARGEST_TEXT};
use crate::render::diagnostics;
use crate::terminal::Terminal;

/// What came of reading: a value if nothing is wrong, all messages, and the texts they point into.
pub(crate) struct Checked<T> {
    /// The value; none if any message is an error.
    pub(crate) value: Option<T>,
    /// All messages.
    pub(crate) diagnostics: Diagnostics,
    /// All texts.
    pub(crate) sources: Sources,
}

/// Something that can be worked with, the texts it was read from, and what else is to be said of it.
pub(crate) struct Read<T> {
    /// The model or the case.
    pub(crate) value: T,
    /// Its texts.
    pub(crate) sources: Sources,
    /// Warnings and notes.
    pub(crate) notes: Diagnostics,
}

/// Endings of models.
const MODELS: [&str; 6] = ["mdl", "xmile", "stmx", "vpm", "vpmx", "vmfx"];

/// A case with the model it is bound to.
pub(crate) struct BoundCase {
    /// The case.
    pub(crate) study: Study,
    /// Its model.
    pub(crate) model: Model,
    /// Path of the case file, as in messages.
    pub(crate) case_path: String,
    /// Every file that was read, by its path in the case's folder; the case file is `case.toml`.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl BoundCase {
    /// Paths and hashes of what was read.
    pub(crate) fn hashes(&self) -> Vec<FileHash> {
        let files = self.files.iter();
        store::files(files.map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
    }
}

impl<T> Checked<T> {
    /// The value, or all that is wrong as one failure.
    fn demand(self) -> Result<Read<T>, Failure> {
        match self.value {
            Some(value) if !self.diagnostics.has_errors() => Ok(Read {
                value,
                sources: self.sources,
                notes: self.diagnostics,
            }),
            _ => Err(Failure::Input {
                diagnostics: self.diagnostics,
                sources: self.sources,
            }),
        }
    }
}

/// Reads a model file and whatever it asks for; what is wrong with it is a failure.
pub(crate) fn model(path: &Path, outside: bool) -> Result<Read<Model>, Failure> {
    try_model(path, outside)?.demand()
}

/// As [`give_data`], of a model that may have errors.
pub(crate) fn try_give_data(checked: &mut Checked<Model>, files: &[PathBuf]) -> Result<(), Failure> {
    for path in files {
        let bytes = files::read(path, LARGEST_TEXT)?;
        if let Some(model) = &mut checked.value {
            checked
                .diagnostics
                .append(model::give_data(model, &path.to_string_lossy(), &bytes));
        }
    }
    Ok(())
}

/// Gives a model the values that it leaves to its caller.
pub(crate) fn give_data(read: &mut Read<Model>, files: &[PathBuf]) -> Result<(), Failure> {
    for path in files {
        let bytes = files::read(path, LARGEST_TEXT)?;
        read.notes
            .append(model::give_data(&mut read.value, &path.to_string_lossy(), &bytes));
    }
    if read.notes.has_errors() {
        return Err(Failure::Input {
            diagnostics: read.notes.clone(),
            sources: read.sources.clone(),
        });
    }
    Ok(())
}

/// Reads a model file and whatever it asks for.
pub(crate) fn try_model(path: &Path, outside: bool) -> Result<Checked<Model>, Failure> {
    let bytes = files::read(path, LARGEST_TEXT)?;
    let mut sources = Sources::new();
    let folder = Folder::of(path).and_outside(outside);
    let (value, diagnostics) = model::read(&path.to_string_lossy(), &bytes, &folder, &mut sources);
    Ok(Checked {
        value,
        diagnostics,
        sources,
    })
}

/// Whether a path is meant as a case: a folder, or a TOML file.
pub(crate) fn is_case(path: &Path) -> bool {
    path.is_dir()
        || path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// The case file of a path: `case.toml` in a folder, or the file itself.
pub(crate) fn case_file(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join("case.toml")
    } else {
        path.to_owned()
    }
}

/// Reads a case, the files it names, and its model, and binds them; what is wrong is a failure.
pub(crate) fn case(path: &Path) -> Result<Read<BoundCase>, Failure> {
    try_case(path)?.demand()
}

/// Reads a case, the files it names, and its model, and binds them.
pub(crate) fn try_case(path: &Path) -> Result<Checked<BoundCase>, Failure> {
    let model = path
        .extension()
        .is_some_and(|ending| MODELS.iter().any(|model| ending.eq_ignore_ascii_case(model)));
    if model && !path.is_dir() {
        return Err(Failure::new(
            Exit::Invalid,
            format!("`{}` is a model, and this command takes a case", path.display()),
        )
        .help("`weigh simulate` runs a model by itself; `weigh new FOLDER` starts a case, whose `model` may name it"));
    }
    let file = case_file(path);
    let folder = Folder::of(&file);
    let bytes = files::read(&file, LARGEST_TEXT).map_err(|failure| match path.is_dir() {
        true => failure.help("a case is a folder with a `case.toml`; `weigh new FOLDER` makes one"),
        false => failure,
    })?;
    let case_path = file.to_string_lossy().into_owned();
    let mut sources = Sources::new();
    let text = match String::from_utf8(bytes.clone()) {
        Ok(text) => text,
        Err(error) => return Ok(not_utf8(&case_path, &error, sources)),
    };
    let (case, mut diagnostics) = study::case::read(&case_path, &text, &folder, &mut sources);
    let Some(case) = case else {
        return Ok(Checked {
            value: None,
            diagnostics,
            sources,
        });
    };
    let Some(mut model) = model_of(&case, &folder, &mut diagnostics, &mut sources) else {
        return Ok(Checked {
            value: None,
            diagnostics,
            sources,
        });
    };
    give_data_of(&case, &mut model, &folder, &mut diagnostics);
    let (study, found) = study::bind::bind(case, &model);
    diagnostics.append(found);
    // What a run would stumble over is told while the texts are at hand.
    let study = study.filter(|study| match study::run::can_run(study, &model) {
        Ok(()) => true,
        Err(RunError::Lower(found)) => {
            diagnostics.append(found);
            false
        }
    });
    let mut files = folder.into_read();
    files.push(("case.toml".to_owned(), bytes));
    let value = study.map(|study| BoundCase {
        study,
        model,
        case_path,
        files,
    });
    Ok(Checked {
        value,
        diagnostics,
        sources,
    })
}

/// Gives the model the values of the tables that a case names.
fn give_data_of(case: &Case, model: &mut Model, folder: &Folder, diagnostics: &mut Diagnostics) {
    for named in &case.data {
        match folder.read(&named.value) {
            Ok(bytes) => {
                let path = folder.path(&named.value);
                let mut found = model::give_data(model, &path.to_string_lossy(), &bytes);
                // The place in the case is where the table can be mended, or left out.
                for item in found.items.iter_mut().filter(|item| item.labels.is_empty()) {
                    *item = item.clone().label(named.span, "named here");
                }
                diagnostics.append(found);
            }
            Err(error) => diagnostics.push(
                Diagnostic::error(
                    "case-data-unreadable",
                    format!("the table `{}` cannot be read", named.value),
                )
                .label(named.span, unreadable(error)),
            ),
        }
    }
}

/// Why a file that a case names cannot be read.
fn unreadable(error: FileError) -> String {
    match error {
        FileError::NotFound => "there is no such file beside the case".to_owned(),
        FileError::Outside => "it lies outside the case's folder".to_owned(),
        FileError::Unreadable(why) => why,
    }
}

/// The model that a case names.
fn model_of(
    case: &Case,
    folder: &Folder,
    diagnostics: &mut Diagnostics,
    sources: &mut Sources,
) -> Option<Model> {
    let named = &case.model;
    let bytes = match folder.read(&named.value) {
        Ok(bytes) => bytes,
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(
                    "case-model-unreadable",
                    format!("the model `{}` cannot be read", named.value),
                )
                .label(named.span, unreadable(error)),
            );
            return None;
        }
    };
    let path = folder.path(&named.value);
    let beside = Folder::of(&path);
    let (model, found) = model::read(&path.to_string_lossy(), &bytes, &beside, sources);
    folder.adopt(&named.value, beside.into_read());
    diagnostics.append(found);
    model
}

/// A text that is not UTF-8, with the place where it stops being.
fn not_utf8<T>(path: &str, error: &std::string::FromUtf8Error, mut sources: Sources) -> Checked<T> {
    let start = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let source = sources.add(path, text);
    // The replacement character that stands for the bad byte is three bytes long.
    let span = Span {
        source,
        start: start as u32,
        end: start as u32 + 3,
    };
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(
        Diagnostic::error("not-text", format!("`{path}` is not UTF-8"))
            .label(span, "this byte belongs to another encoding")
            .help("save the file as UTF-8"),
    );
    Checked {
        value: None,
        diagnostics,
        sources,
    }
}

/// Tells the warnings; notes are for `weigh check`.
pub(crate) fn tell_warnings(terminal: &Terminal, notes: &Diagnostics, sources: &Sources) {
    let warns = |item: &&Diagnostic| item.severity >= Severity::Warning;
    let items = notes.items.iter().filter(warns).cloned().collect();
    tell(terminal, &Diagnostics { items }, sources);
}

/// Tells messages, whatever their severity.
pub(crate) fn tell(terminal: &Terminal, messages: &Diagnostics, sources: &Sources) {
    if !messages.is_empty() {
        terminal.tell(&diagnostics::text(messages, sources, terminal.colour));
    }
}

/// The variables that have a value at each time and are the author's own, in the order of the text.
pub(crate) fn with_series(model: &Model) -> Vec<VarId> {
    let has_series = |id: &VarId| {
        let variable = &model.variables[*id];
        !variable.hidden && variable.kind != VariableKind::Lookup
    };
    model.variables.ids().filter(has_series).collect()
}
