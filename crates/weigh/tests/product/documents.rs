//! What the documents say is so: links lead somewhere, and the message that the README shows is the one a user gets.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scratch::Scratch;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn documents() -> Vec<PathBuf> {
    let of = |folder: PathBuf| {
        fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect::<Vec<_>>()
    };
    let mut found: Vec<PathBuf> = of(root()).into_iter().chain(of(root().join("docs"))).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found.sort();
    found
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).expect("UTF-8");
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap_or("");
            let outside = target.is_empty() || target.contains("://");
            if !outside && !document.parent().expect("a folder").join(target).exists() {
                wrong.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_names_the_two_commands() {
    let readme = fs::read_to_string(root().join("README.md")).expect("a README");
    for command in ["cargo run --release -- run cases/us-mexico-2025", "./test"] {
        assert!(readme.lines().any(|line| line == command), "{command}");
    }
}

#[test]
fn the_readme_shows_a_message_as_it_is() {
    let scratch = Scratch::new("readme");
    assert_eq!(scratch.weigh(&["new", "my-case"]).code, Some(0));
    scratch.change("my-case/case.toml", "variable = \"Fish\"", "variable = \"Fihs\"");
    let said = scratch.weigh(&["check", "my-case"]).err;
    let message = said.split("\n\n").next().expect("a message").trim_end();
    let readme = fs::read_to_string(root().join("README.md")).expect("a README");
    assert!(readme.contains(message), "the README does not show:\n{message}");
}

#[test]
fn the_commands_of_the_first_five_minutes_work() {
    let readme = fs::read_to_string(root().join("README.md")).expect("a README");
    let start = readme.find("## The first five minutes").expect("a heading");
    let scratch = Scratch::new("minutes");
    scratch.write("model.mdl", include_str!("../../template/model.mdl"));
    let mut done = 0;
    for line in readme[start..]
        .lines()
        .take_while(|line| !line.starts_with("A mistake"))
    {
        let Some(command) = line.strip_prefix("weigh ") else {
            continue;
        };
        let words = words(command.split(" #").next().unwrap_or(""));
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = scratch.weigh(&arguments);
        assert_eq!(said.code, Some(0), "{line}\n{}", said.all());
        // The second run that `diff` compares.
        if arguments[0] == "run" {
            assert_eq!(scratch.weigh(&arguments).code, Some(0));
        }
        done += 1;
    }
    assert!(done >= 4, "only {done} commands were found");
}

/// Words of a command line, with single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.trim().chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("a word").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
