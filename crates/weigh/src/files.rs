//! Files in and out: sizes are limited, a file that is written is either whole or not there.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use model::{FileError, Files};

use crate::exit::{Exit, Failure};

/// The largest model, case or bibliography that is read: far more than anyone writes by hand.
pub(crate) const LARGEST_TEXT: u64 = 64 << 20;
/// The largest file of a run folder that is read.
pub(crate) const LARGEST_TABLE: u64 = 4 << 30;

/// Why an operation on a file failed, in plain words.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::StorageFull => "no space is left on the device".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        io::ErrorKind::NotADirectory => "a part of the path is a file, not a folder".into(),
        io::ErrorKind::AlreadyExists => "it exists already".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

/// Why a file could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The operating system said no.
    Os(io::Error),
    /// The file is larger than the limit, in bytes.
    TooLarge(u64),
}

/// The bytes of a file of at most `limit` bytes; reading stops there, so that `/dev/zero` ends in a message too.
pub(crate) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let file = File::open(path).map_err(ReadError::Os)?;
    // A large file is read in one go; what the system says of its size is a hint only.
    let size = file.metadata().map_or(0, |data| data.len());
    let mut bytes = Vec::with_capacity(size.min(limit) as usize + 1);
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(ReadError::Os)?;
    if bytes.len() as u64 > limit {
        Err(ReadError::TooLarge(limit))
    } else {
        Ok(bytes)
    }
}

/// As [`read_limited`], with the failure told.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    read_limited(path, limit).map_err(|error| match error {
        ReadError::Os(error) => Failure::new(
            Exit::Io,
            format!("cannot read `{}`: {}", path.display(), reason(&error)),
        ),
        ReadError::TooLarge(limit) => Failure::new(
            Exit::Invalid,
            format!(
                "`{}` is larger than the {} MB that are read",
                path.display(),
                limit >> 20
            ),
        ),
    })
}

/// The files beside a model or a case: nothing outside their folder is read, whatever a path says. What was read is
/// remembered.
pub(crate) struct Folder {
    root: PathBuf,
    /// Whether files outside may be read, too.
    outside: bool,
    read: RefCell<Vec<(String, Vec<u8>)>>,
}

impl Folder {
    /// The folder in which `file` lies.
    pub(crate) fn of(file: &Path) -> Self {
        let root = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Self {
            root,
            outside: false,
            read: RefCell::default(),
        }
    }
    /// The folder, from which paths may or may not lead away.
    pub(crate) fn and_outside(self, outside: bool) -> Self {
        Self { outside, ..self }
    }
    /// Remembers what was read from a folder within this one, by its path here.
    pub(crate) fn adopt(&self, within: &str, files: Vec<(String, Vec<u8>)>) {
        let prefix = within.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = |name: String| match prefix {
            "" => name,
            prefix => format!("{prefix}/{name}"),
        };
        let files = files.into_iter().map(|(name, bytes)| (path(name), bytes));
        self.read.borrow_mut().extend(files);
    }
    /// Every file that was read, by its path in the folder, once each.
    pub(crate) fn into_read(self) -> Vec<(String, Vec<u8>)> {
        let mut files = self.read.into_inner();
        files.sort();
        files.dedup();
        files
    }
    /// The path, as the user would write it, of a file in this folder.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        in_folder(&self.root, relative)
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        // Vensim writes paths with backslashes.
        let relative = path.replace('\\', "/");
        let wanted = self.root.join(&relative);
        let tell = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => FileError::NotFound,
            _ => FileError::Unreadable(reason(&error)),
        };
        let root = self.root.canonicalize().map_err(tell)?;
        let real = wanted.canonicalize().map_err(tell)?;
        if !self.outside && !real.starts_with(&root) {
            return Err(FileError::Outside);
        }
        let bytes = read_limited(&real, LARGEST_TEXT).map_err(|error| match error {
            ReadError::Os(error) => tell(error),
            ReadError::TooLarge(limit) => {
                FileError::Unreadable(format!("it is larger than the {} MB that are read", limit >> 20))
            }
        })?;
        self.read.borrow_mut().push((relative, bytes.clone()));
        Ok(bytes)
    }
}

/// Writes a file whole or not at all: as one that grows, at once.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = GrowingFile::new(path)?;
    file.write_all(bytes)
        .map_err(|error| cannot_write(path, &reason(&error)))?;
    file.finish()
}

/// A file that is written bit by bit and takes its name when it is whole; it is not there if it is dropped before.
pub(crate) struct GrowingFile {
    out: BufWriter<File>,
    shown: PathBuf,
    /// What it is called until then, and its name; none for a device, which is written to as it is.
    names: Option<(PathBuf, PathBuf)>,
}

impl GrowingFile {
    /// A file that will be at this path.
    pub(crate) fn new(path: &Path) -> Result<Self, Failure> {
        // A link keeps pointing where it points, and a device (say, /dev/full) is written to as it is.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let special = fs::metadata(&target).is_ok_and(|data| !data.is_file() && !data.is_dir());
        let (file, names) = if special {
            (File::create(&target), None)
        } else if target.is_dir() {
            (Err(io::ErrorKind::IsADirectory.into()), None)
        } else {
            let temporary = temporary_beside(&target);
            (File::create_new(&temporary), Some((temporary, target)))
        };
        let file = file.map_err(|error| cannot_write(path, &reason(&error)))?;
        Ok(Self {
            out: BufWriter::new(file),
            shown: path.to_owned(),
            names,
        })
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let named = match self.names.take() {
            None => self.out.flush(),
            Some((temporary, target)) => self
                .out
                .flush()
                .and_then(|()| self.out.get_ref().sync_all())
                .and_then(|()| fs::rename(&temporary, target))
                .inspect_err(|_| {
                    // The error is the one to tell, whether the temporary file can be removed or not.
                    let _ = fs::remove_file(&temporary);
                }),
        };
        named.map_err(|error| cannot_write(&self.shown, &reason(&error)))
    }
}

impl Write for GrowingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for GrowingFile {
    fn drop(&mut self) {
        if let Some((temporary, _)) = &self.names {
            // Best effort: the failure that led here is the one that is told.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// What to say if a file cannot be written.
pub(crate) fn cannot_write(path: &Path, why: &str) -> Failure {
    Failure::new(Exit::Io, format!("cannot write `{}`: {why}", path.display()))
}

fn temporary_beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    target.with_file_name(name)
}

/// A folder that appears under its name when it is complete, and not at all if it is dropped before.
pub(crate) struct NewFolder {
    temporary: PathBuf,
    parent: PathBuf,
    name: FolderName,
    finished: bool,
}

/// What a new folder will be called.
enum FolderName {
    /// This; an error if it exists.
    Exactly(OsString),
    /// This with the next free number behind it.
    Numbered(String),
}

impl NewFolder {
    /// A folder at exactly this path, which must not exist.
    pub(crate) fn exactly(path: &Path) -> Result<Self, Failure> {
        let Some(name) = path.file_name() else {
            return Err(cannot_make(path, "the path has no name at its end"));
        };
        if fs::symlink_metadata(path).is_ok() {
            return Err(
                cannot_make(path, "it exists already, and nothing is overwritten").help("give another path")
            );
        }
        let parent = Folder::of(path).root;
        Self::start(parent, FolderName::Exactly(name.to_owned()))
    }
    /// `PARENT/NAME-N` with the next free number.
    pub(crate) fn numbered(parent: &Path, name: &str) -> Result<Self, Failure> {
        Self::start(parent.to_owned(), FolderName::Numbered(name.to_owned()))
    }

    fn start(parent: PathBuf, name: FolderName) -> Result<Self, Failure> {
        fs::create_dir_all(&parent).map_err(|error| cannot_make(&parent, &reason(&error)))?;
        let stem = match &name {
            FolderName::Exactly(name) => name.clone(),
            FolderName::Numbered(name) => name.into(),
        };
        let temporary = temporary_beside(&parent.join(stem));
        fs::create_dir(&temporary).map_err(|error| cannot_make(&temporary, &reason(&error)))?;
        Ok(Self {
            temporary,
            parent,
            name,
            finished: false,
        })
    }

    /// Writes a file into the folder, or into a folder in it.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let target = self.temporary.join(name);
        let folder = target.parent().map_or(Ok(()), fs::create_dir_all);
        folder
            .and_then(|()| File::create_new(&target))
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|error| self.cannot_write(name, &reason(&error)))
    }

    /// A new file in the folder, to be written bit by bit.
    pub(crate) fn create(&self, name: &str) -> Result<BufWriter<File>, Failure> {
        File::create_new(self.temporary.join(name))
            .map(BufWriter::new)
            .map_err(|error| self.cannot_write(name, &reason(&error)))
    }

    /// What to say if a file of the folder cannot be written.
    pub(crate) fn cannot_write(&self, name: &str, why: &str) -> Failure {
        cannot_write(&self.parent.join(name), why)
    }

    /// Gives the folder its name.
    pub(crate) fn finish(mut self) -> Result<PathBuf, Failure> {
        let path = match &self.name {
            FolderName::Exactly(name) => {
                let path = in_folder(&self.parent, name);
                // A rename replaces an empty folder but nothing else: what appeared meanwhile is not lost.
                fs::rename(&self.temporary, &path).map_err(|error| cannot_make(&path, &reason(&error)))?;
                path
            }
            FolderName::Numbered(name) => self.claim_number(name)?,
        };
        self.finished = true;
        Ok(path)
    }

    fn claim_number(&self, name: &str) -> Result<PathBuf, Failure> {
        let mut number = next_number(&self.parent, name);
        loop {
            let path = self.parent.join(format!("{name}-{number}"));
            if fs::symlink_metadata(&path).is_err() {
                match fs::rename(&self.temporary, &path) {
                    Ok(()) => return Ok(path),
                    // Another run took the number in between.
                    Err(_) if fs::symlink_metadata(&path).is_ok() => {}
                    Err(error) => return Err(cannot_make(&path, &reason(&error))),
                }
            }
            number += 1;
        }
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        if !self.finished {
            // Best effort: the failure that led here is the one that is told.
            let _ = fs::remove_dir_all(&self.temporary);
        }
    }
}

/// A path as the user would write it: nothing in front of what lies here.
fn in_folder(folder: &Path, name: impl AsRef<Path>) -> PathBuf {
    if folder == Path::new(".") {
        name.as_ref().to_owned()
    } else {
        folder.join(name)
    }
}

/// One more than the highest number in use, so that numbers rise with time even if runs were removed.
fn next_number(parent: &Path, name: &str) -> u64 {
    let Ok(entries) = fs::read_dir(parent) else {
        return 1;
    };
    entries
        .filter_map(|entry| {
            let file_name = entry.ok()?.file_name();
            file_name
                .to_str()?
                .strip_prefix(name)?
                .strip_prefix('-')?
                .parse::<u64>()
                .ok()
        })
        .max()
        .map_or(1, |highest| highest.saturating_add(1))
}

fn cannot_make(path: &Path, why: &str) -> Failure {
    Failure::new(
        Exit::Io,
        format!("cannot make the folder `{}`: {why}", path.display()),
    )
}
