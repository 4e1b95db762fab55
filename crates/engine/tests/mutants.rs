//! Mutants of the conformance models: a changed operator, bracket, name, number or line gives a message or a result, never a
//! panic; and what is accepted gives the same bits on both evaluators.
//!
//! `WEIGH_MUTANTS=FOLDER` writes the accepted mutants there, for `tests/pysd/mutants.py` to compare with PySD.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it reads its seeds, measures time, and tells what it did"
)]

use std::fs;
use std::path::{Path, PathBuf};

use engine::{Batch, Request, block, lower, scalar};
use model::{FileError, Files, Model, Sources, VarId, VariableKind};

/// Mutants of each model.
const MUTANTS: usize = 14;

/// The longest run of a mutant, in steps, and the largest model, in elements.
const MOST_STEPS: f64 = 400.0;
const MOST_ELEMENTS: usize = 2_000;

struct Beside<'a>(&'a Path);

impl Files for Beside<'_> {
    #[allow(clippy::disallowed_methods, reason = "a test reads its models")]
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        fs::read(self.0.join(path)).map_err(|_| FileError::NotFound)
    }
}

/// A generator that needs no crate: xorshift.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize
    }
    fn below(&mut self, count: usize) -> usize {
        self.next() % count
    }
    fn of<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        if list.is_empty() {
            return None;
        }
        let at = self.below(list.len());
        list.get(at)
    }
}

/// Where something is to be changed: the place and the length in bytes.
type Spot = (usize, usize);

fn spots(text: &str, wanted: impl Fn(char) -> bool) -> Vec<Spot> {
    text.char_indices()
        .filter(|(_, c)| wanted(*c))
        .map(|(at, c)| (at, c.len_utf8()))
        .collect()
}

fn words(text: &str) -> Vec<Spot> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric() || c == '_', start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, at - from));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// A text with one change in it, and what was changed; none if there is nothing to change in this way.
fn mutant(text: &str, chance: &mut Chance) -> Option<(String, String)> {
    // What lies behind the equations changes nothing.
    let end = text.find("\\\\\\---///").unwrap_or(text.len());
    let body = &text[..end];
    let replace = |(at, length): Spot, by: &str| {
        let changed = format!("{}{by}{}", &text[..at], &text[at + length..]);
        let line = body[..at].matches('\n').count() + 1;
        let what = format!("line {line}: `{}` became `{by}`", &text[at..at + length]);
        (changed, what)
    };
    Some(match chance.below(7) {
        0 => {
            let spot = *chance.of(&spots(body, |c| "+-*/^<>=".contains(c)))?;
            replace(spot, chance.of(&["+", "-", "*", "/", "^", "<", ">", "=", ""])?)
        }
        1 => {
            let spot = *chance.of(&spots(body, |c| "()[]!,;".contains(c)))?;
            replace(spot, chance.of(&["", "(", ")", "[", "]", ",", "!", "))"])?)
        }
        2 => {
            let list = words(body);
            let (one, other) = (*chance.of(&list)?, *chance.of(&list)?);
            replace(one, &text[other.0..other.0 + other.1])
        }
        3 => {
            let spot = *chance.of(&spots(body, |c| c.is_ascii_digit()))?;
            replace(spot, chance.of(&["0", "7", "-1", "1e9", ".", "x"])?)
        }
        4 => {
            let spot = *chance.of(&spots(body, |c| "~|:{}\"".contains(c)))?;
            replace(spot, chance.of(&["", "~", "|", ":", "\""])?)
        }
        5 => {
            let lines: Vec<Spot> = body
                .split_inclusive('\n')
                .scan(0, |at, line| {
                    let start = *at;
                    *at += line.len();
                    Some((start, line.len()))
                })
                .collect();
            let (one, other) = (*chance.of(&lines)?, *chance.of(&lines)?);
            replace(one, &text[other.0..other.0 + other.1])
        }
        _ => {
            let list = words(body);
            let (at, length) = *chance.of(&list)?;
            replace((at, length), "")
        }
    })
}

#[allow(clippy::disallowed_methods, reason = "a test reads its models")]
fn models() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut folders = vec![root];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "mdl" || end == "xmile") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Runs a mutant on both evaluators; what it is then called.
fn run(model: &Model) -> &'static str {
    let elements: usize = model.variables.ids().map(|id| model.element_count(id)).sum();
    let number = |id: VarId| model.number(id);
    let time = &model.time;
    let steps = match (
        number(time.initial_time),
        number(time.final_time),
        number(time.time_step),
    ) {
        (Some(from), Some(to), Some(step)) => (to - from) / step,
        _ => f64::NAN,
    };
    let request = Request {
        series: model
            .variables
            .ids()
            .filter(|id| model.variables[*id].kind != VariableKind::Lookup)
            .collect(),
        ..Request::default()
    };
    let Ok(program) = lower(model, &request) else {
        return "refused by the engine";
    };
    // A mutant may run for ever.
    if elements > MOST_ELEMENTS || !(0.0..=MOST_STEPS).contains(&steps) {
        return "not run";
    }
    let batch = Batch {
        seed: 1,
        futures: &[0, 1],
        inputs: &[],
    };
    let one = scalar::run(&program, &batch);
    let other = block::run(&program, &batch, &mut block::Scratch::default());
    let bits = |series: &[Vec<f64>]| -> Vec<Vec<u64>> {
        let of = |values: &Vec<f64>| values.iter().map(|value| value.to_bits()).collect();
        series.iter().map(of).collect()
    };
    assert_eq!(bits(&one.series), bits(&other.series), "scalar and block differ");
    "run"
}

#[allow(
    clippy::disallowed_methods,
    reason = "a test writes its mutants where it is asked to"
)]
#[test]
fn mutants_are_read_or_refused() {
    let out = std::env::var_os("WEIGH_MUTANTS").map(PathBuf::from);
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for path in models() {
        let folder = path.parent().expect("a file lies in a folder");
        let bytes = fs::read(&path).expect("a file");
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        if text.len() > 100_000 {
            continue;
        }
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        for number in 0..MUTANTS {
            let Some((changed, what)) = mutant(&text, &mut chance) else {
                continue;
            };
            let mut sources = Sources::new();
            let (model, diagnostics) = model::read(&name, changed.as_bytes(), &Beside(folder), &mut sources);
            assert_eq!(model.is_none(), diagnostics.has_errors(), "{name}: {what}");
            for label in diagnostics.items.iter().flat_map(|item| &item.labels) {
                let text = &sources.get(label.span.source).text;
                let place = label.span.start as usize..label.span.end as usize;
                assert!(
                    text.get(place).is_some(),
                    "{name}: {what}: a label outside of the text"
                );
            }
            let Some(model) = model else {
                *counts.entry("refused").or_default() += 1;
                continue;
            };
            let outcome = run(&model);
            *counts.entry(outcome).or_default() += 1;
            if let Some(out) = &out
                && outcome == "run"
                && let Some((stem, ending)) = name.rsplit_once('.')
            {
                let feature = folder.file_name().expect("a name").to_string_lossy();
                let file = out.join(format!("{feature}__{stem}__{number}.{ending}"));
                fs::write(&file, &changed).expect("the folder is there");
                fs::write(file.with_extension(format!("{ending}.txt")), &what).expect("the folder is there");
            }
        }
    }
    let total: usize = counts.values().sum();
    println!("mutants: {total}; {counts:?}");
    assert!(total >= 1_000, "{total} mutants");
    // A test that accepts nothing tests little.
    assert!(counts["run"] >= 200, "{counts:?}");
}
