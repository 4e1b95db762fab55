//! The user's browser: to look at a memo, and, where it is a Chromium, to make paper and pictures of one.

pub(crate) mod drive;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::exit::{Exit, Failure};
use crate::files::{self, reason};

/// Browsers that print and draw without a window, as they are called on the systems we know.
const CHROMIUMS: [&str; 7] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
/// The variable that names another.
const VARIABLE: &str = "CHROMIUM";
/// A page of ours is drawn in a second or two.
const PATIENCE: Duration = Duration::from_secs(120);

/// What to make of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Picture {
    /// PDF, as it is printed.
    Pdf,
    /// PNG of a window of this size in CSS pixels, with so many dots for each.
    Png { width: u32, height: u32, scale: f64 },
}

/// A Chromium that was found.
pub(crate) struct Chromium(String);

/// Finds a Chromium, so that its absence is known before the work.
pub(crate) fn chromium() -> Result<Chromium, Failure> {
    let named = std::env::var(VARIABLE).ok().filter(|name| !name.is_empty());
    let known = match &named {
        Some(name) => vec![name.as_str()],
        None => CHROMIUMS.to_vec(),
    };
    let answers = |name: &&&str| {
        Command::new(name)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if let Some(name) = known.iter().find(answers) {
        return Ok(Chromium((*name).to_owned()));
    }
    let what = match named {
        Some(name) => format!("`{VARIABLE}` names `{name}`, which does not run"),
        None => "no Chromium, Chrome or Edge was found".to_owned(),
    };
    Err(cannot("make the picture", &what).help(format!(
        "install one, name it in the environment variable `{VARIABLE}`, or write the memo as `.html` and print it from any browser"
    )))
}

/// Makes a picture of a page and writes it to a path, whole or not at all.
pub(crate) fn picture(chromium: &Chromium, html: &str, picture: Picture, out: &Path) -> Result<(), Failure> {
    let folder = Scratch::new().map_err(|error| cannot("make a folder for the page", &reason(&error)))?;
    let made = match picture {
        Picture::Pdf => "made.pdf",
        Picture::Png { .. } => "made.png",
    };
    let (page, made) = (folder.0.join("page.html"), folder.0.join(made));
    std::fs::write(&page, html).map_err(|error| cannot("write the page", &reason(&error)))?;
    let mut asked = headless(&folder);
    match picture {
        Picture::Pdf => {
            asked.push("--no-pdf-header-footer".to_owned());
            asked.push(format!("--print-to-pdf={}", made.display()));
        }
        Picture::Png { width, height, scale } => {
            asked.push(format!("--window-size={width},{height}"));
            asked.push(format!("--force-device-scale-factor={scale}"));
            asked.push(format!("--screenshot={}", made.display()));
        }
    }
    asked.push(format!("file://{}", page.display()));
    chromium.run(&asked)?;
    let bytes = std::fs::read(&made)
        .ok()
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| {
            cannot(
                "make the picture",
                &format!("`{}` left nothing behind", chromium.0),
            )
        })?;
    files::write(out, &bytes)
}

/// How a Chromium is asked to stay out of sight; what it remembers goes into a folder.
fn headless(folder: &Scratch) -> Vec<String> {
    vec![
        "--headless=new".to_owned(),
        // The page is our own, stands in a file and loads nothing; in containers, where the user is root, nothing starts without.
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--hide-scrollbars".to_owned(),
        format!("--user-data-dir={}", folder.0.join("profile").display()),
    ]
}

impl Chromium {
    /// Runs it to its end.
    fn run(&self, arguments: &[String]) -> Result<(), Failure> {
        let name = &self.0;
        let mut child = Command::new(name)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| cannot(&format!("start `{name}`"), &reason(&error)))?;
        let began = Instant::now();
        let why = loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => break format!("`{name}` ended with {status}"),
                Ok(None) if began.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(20)),
                Ok(None) => {
                    // It may have ended in between; then there is nothing to kill.
                    let _ = child.kill();
                    break format!("`{name}` did not end in two minutes");
                }
                Err(error) => break reason(&error),
            }
        };
        Err(cannot("make the picture", &why))
    }
}

fn cannot(what: &str, why: &str) -> Failure {
    Failure::new(Exit::Io, format!("cannot {what}: {why}"))
}

/// A folder that goes when it is done with.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("weigh-{}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: what is left behind lies among the temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Opens a file with whatever the user's system opens it with.
pub(crate) fn open(path: &Path) -> Result<(), Failure> {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let status = Command::new(program)
        .args(before)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let why = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => format!("`{program}` ended with {status}"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => format!("there is no `{program}`"),
        Err(error) => reason(&error),
    };
    Err(cannot(&format!("open `{}`", path.display()), &why)
        .help("open the file in any browser: it needs no network"))
}
