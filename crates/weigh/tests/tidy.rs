//! The house's rules that a compiler does not know: arrows between crates, sizes, documented codes and words.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a source file, tests too.
const MOST_LINES: usize = 1000;
/// Source files in a folder: "about twelve", then it wants a sub-folder with a purpose.
const MOST_FILES: usize = 14;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the project's folder")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file of the project below `folder`, without what is built or fetched.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", ".git", "node_modules", "runs", "shared"].contains(&name.as_str()) {
                found.extend(files_below(&path));
            }
        } else if name != ".git" {
            found.push(path);
        }
    }
    found
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Source files with their text.
fn sources(extensions: &[&str]) -> Vec<(String, String)> {
    files_below(&root())
        .into_iter()
        .filter(|path| has_extension(path, extensions))
        .map(|path| (shown(&path), fs::read_to_string(&path).expect("UTF-8")))
        .collect()
}

fn none_of(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n  {}", wrong.join("\n  "));
}

#[test]
fn arrows_between_crates_are_those_of_the_architecture() {
    // | `model` | purpose | may depend on |
    let mut allowed: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in read("docs/architecture.md").lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, _, depends, _] = cells[..] else {
            continue;
        };
        let name = name.trim_matches('`');
        if !root().join("crates").join(name).is_dir() || name.is_empty() {
            continue;
        }
        let before = || allowed.iter().map(|(name, _)| name.clone()).collect();
        let depends = match depends {
            "all above" => before(),
            list => list.split(',').map(|word| word.trim().to_owned()).collect(),
        };
        allowed.push((name.to_owned(), depends));
    }
    let names: BTreeSet<String> = allowed.iter().map(|(name, _)| name.clone()).collect();
    let crates: BTreeSet<String> = fs::read_dir(root().join("crates"))
        .expect("crates")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(
        names, crates,
        "the table of docs/architecture.md names every crate"
    );

    let mut wrong = Vec::new();
    for (name, may) in &allowed {
        let manifest = read(&format!("crates/{name}/Cargo.toml"));
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or("");
        let dependencies = dependencies.split("\n[").next().unwrap_or("");
        for line in dependencies.lines() {
            let other = line.split(['=', '.', ' ']).next().unwrap_or("").trim();
            if names.contains(other) && !may.contains(other) {
                wrong.push(format!("`{name}` depends on `{other}`"));
            }
        }
    }
    none_of("arrows that docs/architecture.md does not have", &wrong);
}

#[test]
fn files_and_folders_are_small() {
    let mut wrong = Vec::new();
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for path in files_below(&root()) {
        if !has_extension(&path, &["rs", "js", "mjs", "ts", "css", "py", "sh"]) {
            continue;
        }
        let lines = fs::read_to_string(&path).expect("UTF-8").lines().count();
        if lines > MOST_LINES {
            wrong.push(format!("{}: {lines} lines", shown(&path)));
        }
        *folders
            .entry(path.parent().expect("a folder").to_owned())
            .or_default() += 1;
    }
    for (folder, files) in folders {
        if files > MOST_FILES {
            wrong.push(format!("{}: {files} source files", shown(&folder)));
        }
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        if ["util", "utils", "common", "helpers", "misc"].contains(&name.as_str()) {
            wrong.push(format!(
                "{}: a folder has a purpose, and its name says which",
                shown(&folder)
            ));
        }
    }
    none_of("too large, or without a purpose", &wrong);
}

#[test]
fn every_module_says_what_it_is() {
    let wrong: Vec<String> = sources(&["rs"])
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path)
        .collect();
    none_of("modules without `//!` at the top", &wrong);
}

/// The literal after each of `openings` in a Rust text.
fn literals_after<'a>(text: &'a str, openings: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for opening in openings {
        for rest in text.split(opening).skip(1) {
            if let Some(literal) = rest.trim_start().strip_prefix('"') {
                found.extend(literal.split('"').next());
            }
        }
    }
    found
}

fn is_code(word: &str) -> bool {
    !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[test]
fn every_code_is_documented_and_every_documented_code_is_used() {
    let documented: BTreeSet<String> = read("docs/errors.md")
        .lines()
        .filter_map(|line| {
            line.strip_prefix("## `")
                .or_else(|| line.strip_prefix("### `"))
                .or_else(|| line.strip_prefix("| `"))
        })
        .filter_map(|rest| rest.split('`').next())
        .filter(|word| is_code(word))
        .map(str::to_owned)
        .collect();
    let rust: Vec<(String, String)> = sources(&["rs"])
        .into_iter()
        .filter(|(path, _)| path.contains("/src/"))
        .collect();
    let openings = ["Diagnostic::error(", "Diagnostic::warning(", "Diagnostic::note("];
    let mut wrong = Vec::new();
    for (path, text) in &rust {
        for code in literals_after(text, &openings) {
            if !documented.contains(code) {
                wrong.push(format!("{path}: `{code}` is not in docs/errors.md"));
            }
        }
    }
    for code in &documented {
        let literal = format!("\"{code}\"");
        if !rust.iter().any(|(_, text)| text.contains(&literal)) {
            wrong.push(format!("docs/errors.md: nobody raises `{code}`"));
        }
    }
    none_of("codes and their pages differ", &wrong);
}

#[test]
fn the_words_of_a_case_stand_in_the_glossary() {
    let glossary = read("docs/glossary.md");
    let mut wrong = Vec::new();
    for (path, text) in sources(&["rs"]) {
        let of_the_field = path.starts_with("crates/study/src/case")
            || ["crates/study/src/findings", "crates/study/src/results"]
                .iter()
                .any(|start| path.starts_with(start));
        if !of_the_field {
            continue;
        }
        for line in text.lines() {
            let name = line
                .strip_prefix("pub struct ")
                .or_else(|| line.strip_prefix("pub enum "));
            let Some(name) = name else { continue };
            let name: String = name.chars().take_while(char::is_ascii_alphanumeric).collect();
            if !name.ends_with("Error") && !glossary.contains(&format!("`{name}`")) {
                wrong.push(format!("{path}: `{name}`"));
            }
        }
    }
    none_of("words that docs/glossary.md does not explain", &wrong);
}

#[test]
fn the_memo_loads_nothing_from_outside() {
    let loads = [
        "src=\"http",
        "src=\"//",
        "url(http",
        "url(//",
        "@import",
        "<link rel=\"stylesheet\"",
        "XMLHttpRequest",
        "sendBeacon",
    ];
    let mut wrong = Vec::new();
    for path in files_below(&root().join("crates/memo/src")) {
        let text = fs::read_to_string(&path).expect("UTF-8");
        for load in loads {
            // A rule against a load may name it in a comment or a test of the same file, but not build it.
            if text
                .lines()
                .any(|line| line.contains(load) && !line.trim_start().starts_with("//"))
            {
                wrong.push(format!("{}: {load}", shown(&path)));
            }
        }
    }
    none_of("a memo makes no request", &wrong);
}

#[test]
fn licences_lie_where_they_belong() {
    for path in [
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "tests/conformance/LICENSE",
        "tests/conformance/AUTHORS",
    ] {
        assert!(!read(path).trim().is_empty(), "{path} is empty");
    }
}

#[test]
fn nothing_leans_on_one_machine() {
    // Put together here, so that this file does not name what it forbids.
    let beside = ["..", "/shared"].concat();
    let homes = [
        ["/wo", "rk/"].concat(),
        ["/ho", "me/"].concat(),
        ["/ro", "ot/"].concat(),
    ];
    let mut wrong = Vec::new();
    for path in files_below(&root()) {
        let name = shown(&path);
        if name.starts_with("tests/conformance/") || name.starts_with("benches/models/") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        if text.contains(&beside) && !name.starts_with(".ci/") {
            wrong.push(format!("{name}: {beside}"));
        }
        wrong.extend(
            homes
                .iter()
                .filter(|home| text.contains(*home))
                .map(|home| format!("{name}: {home}")),
        );
    }
    none_of("paths that only one machine has", &wrong);
}
