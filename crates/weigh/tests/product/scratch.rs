//! A folder for a test, and the command run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder that is empty at the start of a test.
pub(crate) struct Scratch {
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// What the command said.
pub(crate) struct Said {
    /// Exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Scratch {
    /// An empty folder of this name.
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("product").join(name);
        if path.exists() {
            fs::remove_dir_all(&path).expect("an old folder can be removed");
        }
        fs::create_dir_all(&path).expect("a folder can be made");
        Self { path }
    }

    /// With the template case in the folder `case`.
    pub(crate) fn with_case(name: &str) -> Self {
        let scratch = Self::new(name);
        let said = scratch.weigh(&["new", "case"]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        scratch
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Replaces a text that stands in a file exactly once.
    pub(crate) fn change(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {name}");
        self.write(name, text.replace(old, new));
    }

    /// Names of all files and folders, with `/` behind a folder, sorted.
    pub(crate) fn listing(&self) -> Vec<String> {
        let mut found = Vec::new();
        list(&self.path, "", &mut found);
        found.sort();
        found
    }

    /// Runs the command in this folder.
    pub(crate) fn weigh(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().expect("the command starts");
        Said::of(&output)
    }

    /// The command, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weigh"));
        command
            .current_dir(&self.path)
            .args(arguments)
            .stdin(Stdio::null())
            .env_remove("NO_COLOR");
        command
    }
}

fn list(folder: &Path, before: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{name}/"), found);
            found.push(format!("{name}/"));
        } else {
            found.push(name);
        }
    }
}

impl Said {
    /// What a finished command said.
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Everything in one text, for a snapshot.
    pub(crate) fn all(&self) -> String {
        let part = |name: &str, text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                format!("--- {name}\n{text}")
            }
        };
        let code = self.code.map_or("a signal".to_owned(), |code| code.to_string());
        format!(
            "{}{}--- exit {code}\n",
            part("stdout", &self.out),
            part("stderr", &self.err)
        )
    }
}
