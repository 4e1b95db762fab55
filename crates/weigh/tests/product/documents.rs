//! What the documents say is so: links lead somewhere, and the message that the README shows is the one a user gets.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scratch::{Said, Scratch};

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

/// Blocks of a document that a shell runs.
#[cfg(unix)]
fn shell_blocks(document: &str) -> Vec<&str> {
    let blocks = document.split("```sh\n").skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap_or(""))
        .collect()
}

#[cfg(unix)]
#[test]
fn the_commands_of_the_challenge_work_as_they_stand() {
    use std::process::Command;

    let page = fs::read_to_string(root().join("CHALLENGE.md")).expect("the page");
    let scratch = Scratch::new("challenge");
    for entry in fs::read_dir(root().join("cases/us-mexico-2025")).expect("the flagship") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        scratch.write(
            &format!("cases/us-mexico-2025/{name}"),
            fs::read(path).expect("a file"),
        );
    }
    let binary = Path::new(env!("CARGO_BIN_EXE_weigh")).parent().expect("a folder");
    let path = format!(
        "{}:{}",
        binary.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut said = String::new();
    let blocks = shell_blocks(&page);
    assert!(blocks.len() >= 5, "{} blocks", blocks.len());
    for block in blocks {
        // Fewer futures than a reader needs, so that the test is quick.
        let script = block.replace("--futures 2000", "--futures 60");
        assert!(
            !script.contains("weigh run") || script.contains("--futures 60"),
            "{script}"
        );
        let mut shell = Command::new("sh");
        let output = shell
            .args(["-eu", "-c", &script])
            .current_dir(&scratch.path)
            .env("PATH", &path)
            .output();
        let found = Said::of(&output.expect("a shell"));
        assert_eq!(found.code, Some(0), "{block}\n{}", found.all());
        // A command of `sed` that finds nothing does nothing, and no shell complains.
        said.push_str(&found.out);
    }
    for run in ["as-it-is", "range", "mechanism", "claim", "camp"] {
        assert!(
            scratch.path.join(format!("runs/{run}/memo.html")).exists(),
            "{run}"
        );
    }
    // What the page says of each change is what `diff` says.
    let quoted = page
        .split("```text\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a quotation");
    for told in [
        quoted,
        "  model: `strikes felt`\n    was  not there\n",
        "  range of `arming_under_strikes`\n    was  not there\n",
        "  x1: Cooperation lowers homicides by a twentieth within two years.\n    was  not there\n    is   holds in ",
        "  border_towns: Towns on the border\n    was  not there\n    is   of 100 of the ",
    ] {
        assert!(said.contains(told), "nothing says\n{told}\nin\n{said}");
    }
    assert!(
        scratch
            .read("mechanism.csv")
            .starts_with("time,homicides,strikes felt\n")
    );
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
