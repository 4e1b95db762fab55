//! A fuzzer of the three readers: `.mdl`, XMILE, spreadsheets. It needs nothing but this file.
//!
//! Inputs grow out of the conformance collection, `tests/models` and `tests/fuzz-corpus` by changes of bytes, of words and of pieces of
//! other inputs. An input that gets a new kind of answer (a new set of messages, a new number of variables, equations
//! and cells, each in powers of two) joins the pool: that is the coverage it is led by and prints. Whatever comes in, nothing may
//! panic, a model must come exactly without an error, and every label must lie in its text.
//!
//! `cargo test -p model --test fuzz` runs each reader for two seconds. `WEIGH_FUZZ_SECONDS=600 cargo test -p model --test
//! fuzz mdl -- --nocapture` runs one for ten minutes. `WEIGH_FUZZ_CORPUS=FOLDER` keeps there the fewest and smallest inputs that
//! get all answers found; with `WEIGH_FUZZ_OWN=1` they grow out of our own models only, as those in `tests/fuzz-corpus` did.
//!
//! How much of the code the inputs reach, counted by the compiler's own instruments:
//!
//! ```text
//! export CARGO_TARGET_DIR=target/coverage
//! RUSTFLAGS="-C instrument-coverage" LLVM_PROFILE_FILE=$PWD/fuzz.profraw cargo test -p model --test fuzz mdl
//! WEIGH_FUZZ_PROFILE=$PWD/fuzz.profraw cargo test -p model --test fuzz reached -- --nocapture
//! ```

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it reads its seeds, measures time, and tells what it did"
)]

mod support;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use model::{FileError, Files, Sources, give_data, read};

/// The largest input.
const MOST_BYTES: usize = 60_000;

/// xorshift
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize
    }
    fn below(&mut self, count: usize) -> usize {
        self.next() % count.max(1)
    }
}

/// Pieces that mean something to a reader.
const WORDS: &[&str] = &[
    "INTEG(",
    "SMOOTH3I(",
    "DELAY N(",
    "VECTOR ELM MAP(",
    "SUM(",
    "WITH LOOKUP(",
    "TABBED ARRAY(",
    "GET XLS DATA('a.xls','S','1','B2')",
    ":EXCEPT:",
    ":RAW:",
    ":MACRO: M(a)",
    ":END OF MACRO:",
    "~~|",
    "[",
    "]",
    "(",
    ")",
    "!",
    "->",
    "<->",
    ":=",
    "==",
    "1e308",
    "-0",
    ":NA:",
    "(a1-a99)",
    "((0,0),(1,1))",
    "\"",
    "{",
    "}",
    "\\\n",
    "\u{feff}",
    "\u{0}",
    "é",
    "<eqn>",
    "</eqn>",
    "<gf>",
    "&amp;",
    "&#x41;",
    "<![CDATA[",
    "]]>",
    "<dim name=\"d\"/>",
    "<module name=\"m\">",
    "<connect to=\"a\" from=\"b\"/>",
    "<non_negative/>",
    "IF a THEN b ELSE c",
    "r=\"XFD1048576\"",
    "t=\"s\"",
    "<c r=\"A1\"><v>1</v></c>",
    "<conveyor discrete=\"true\"><len>3</len><capacity>9</capacity></conveyor>",
    "<queue/>",
    "<leak/>",
    "<leak_integers/>",
    "<overflow/>",
    " isee:spreadflow=\"even\"",
    " leak_start=\"0.5\"",
    "<stock name=\"s\"><eqn>1, 2</eqn><inflow>a</inflow><outflow>b</outflow></stock>",
    "<flow name=\"b\"><eqn>0.1</eqn></flow>",
    "<element subscript=\"a, 1\">",
    "<macro name=\"m\"><parm>x</parm><eqn>x</eqn></macro>",
    "NORMALCDF(",
    "LOOKUPINV(",
    "MEAN(",
    "SIZE(SELF)",
    "[*, 1]",
    "RANK(",
    "STDDEV(",
    "[1:2]",
    "[d.*]",
    "[@1]",
    "[i + 1]",
    "'",
    "<multiplier>2</multiplier>",
];

fn change(input: &mut Vec<u8>, pool: &[Vec<u8>], chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(input.len() + 1);
        match chance.below(9) {
            0 if !input.is_empty() => {
                let at = at.min(input.len() - 1);
                input[at] ^= 1 << chance.below(8);
            }
            1 => input.insert(at, chance.next() as u8),
            2 if !input.is_empty() => {
                let end = (at + 1 + chance.below(40)).min(input.len());
                input.drain(at.min(end)..end);
            }
            3 | 4 => {
                let word = WORDS[chance.below(WORDS.len())];
                input.splice(at..at, word.bytes());
            }
            5 => {
                let other = &pool[chance.below(pool.len())];
                let start = chance.below(other.len());
                let end = (start + 1 + chance.below(200)).min(other.len());
                let piece = other[start.min(end)..end].to_vec();
                input.splice(at..at, piece);
            }
            6 if !input.is_empty() => {
                let end = (at + 1 + chance.below(80)).min(input.len());
                let piece = input[at.min(end)..end].to_vec();
                let to = chance.below(input.len());
                input.splice(to..to, piece);
            }
            7 => input.truncate(at),
            _ if !input.is_empty() => {
                let at = at.min(input.len() - 1);
                input[at] = [0, 255, b'0', b'9', b'(', b'"', b'\n', b' '][chance.below(8)];
            }
            _ => {}
        }
    }
    input.truncate(MOST_BYTES);
}

/// A workbook that whatever name stands for.
struct Always(RefCell<Vec<u8>>);

impl Files for Always {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Ok(self.0.borrow().clone())
    }
}

/// What is new about an answer.
type Answer = BTreeSet<String>;

fn size(count: usize) -> u32 {
    usize::BITS - count.leading_zeros()
}

fn text_answer(path: &str, bytes: &[u8]) -> Answer {
    let files = Always(RefCell::new(b"time,0,1\na,1,2\n".to_vec()));
    answer(path, bytes, &files)
}

fn answer(path: &str, bytes: &[u8], files: &Always) -> Answer {
    let mut sources = Sources::new();
    let (model, diagnostics) = read(path, bytes, files, &mut sources);
    assert_eq!(model.is_none(), diagnostics.has_errors());
    let mut answer = Answer::new();
    for item in &diagnostics.items {
        answer.insert(format!("{} {}", item.code, item.labels.len()));
        for label in &item.labels {
            let text = &sources.get(label.span.source).text;
            let place = label.span.start as usize..label.span.end as usize;
            assert!(
                text.get(place).is_some(),
                "a label outside of the text: {label:?}"
            );
        }
    }
    if let Some(model) = model {
        let equations: usize = model
            .variables
            .iter()
            .map(|variable| variable.equations.len())
            .sum();
        answer.insert(format!(
            "model {} {} {} {}",
            size(model.variables.len()),
            size(model.exprs.len()),
            size(model.dimensions.len()),
            size(equations)
        ));
        for expr in model.exprs.iter() {
            let shown = format!("{expr:?}");
            let words: String = shown
                .chars()
                .take(40)
                .take_while(|c| !c.is_ascii_digit())
                .collect();
            answer.insert(words);
        }
        for variable in model.variables.iter() {
            answer.insert(format!("{:?}", variable.kind));
        }
        // What is printed and shown must not panic either.
        for id in model.variables.ids() {
            let _ = model::print_equations(&model, id);
        }
        let _ = model::outline(&model);
        let _ = model::check_units(&model);
    }
    answer
}

fn sheet_answer(path: &str, bytes: &[u8]) -> Answer {
    let files = Always(RefCell::new(bytes.to_vec()));
    let text = format!(
        "d: GET XLS SUBSCRIPT('f', 'Sheet1', 'B4', 'B6', 'p') ~~|\nr: a, b ~~|\n\
         c = GET XLS CONSTANTS('{path}', 'Sheet1', 'B2') ~~|\nm[r,r] = GET XLS CONSTANTS('{path}', 'Sheet1', 'B2*') ~~|\n\
         x[r] := GET XLS DATA('{path}', 'Sheet1', '4', 'C5') ~~|\ny := GET XLS DATA('{path}', 'Sheet1', 'time', 'data') ~~|\n\
         t(GET XLS LOOKUPS('{path}', 'Sheet1', 'A', 'B2')) ~~|\nz ~~|\n\
         INITIAL TIME = 0 ~~|\nFINAL TIME = 9 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"
    );
    let mut sources = Sources::new();
    let (_, diagnostics) = read("m.mdl", text.as_bytes(), &files, &mut sources);
    let mut answer: Answer = diagnostics
        .items
        .iter()
        .map(|item| {
            let why = item.labels.first().map_or("", |label| label.text.as_str());
            format!("{} {} {why}", item.code, kind_of(&item.message))
        })
        .collect();
    let (model, _) = read(
        "m.mdl",
        b"z ~~|\nINITIAL TIME=0~~|FINAL TIME=1~~|TIME STEP=1~~|SAVEPER=1~~|",
        &files,
        &mut sources,
    );
    let mut model = model.expect("a sound model");
    for item in give_data(&mut model, path, bytes).items {
        answer.insert(kind_of(&item.message));
    }
    answer
}

/// A message without what it cites: names and texts of an input would make each its own answer.
fn kind_of(message: &str) -> String {
    let (before, rest) = message.split_once('`').unwrap_or((message, ""));
    let (_, behind) = rest.rsplit_once('`').unwrap_or((rest, ""));
    let told = before.chars().chain(behind.chars());
    told.filter(|c| !c.is_ascii_digit() && !c.is_ascii_uppercase())
        .take(60)
        .collect()
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<Vec<u8>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, endings, found);
        } else if endings
            .iter()
            .any(|ending| path.to_string_lossy().ends_with(ending))
        {
            let bytes = fs::read(&path).expect("a file");
            if bytes.len() <= MOST_BYTES {
                found.push(bytes);
            }
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a fuzzer reads its seeds, measures time and keeps what it finds"
)]
fn fuzz(name: &str, endings: &[&str], try_one: fn(&[u8]) -> Answer) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pool = Vec::new();
    if std::env::var_os("WEIGH_FUZZ_OWN").is_none() {
        collect(&root.join("../../tests/conformance"), endings, &mut pool);
    }
    collect(&root.join("tests/models"), endings, &mut pool);
    collect(&root.join("tests/fuzz-corpus"), endings, &mut pool);
    assert!(!pool.is_empty(), "no seed for {name}");
    let seconds = std::env::var("WEIGH_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let seconds = seconds.unwrap_or(2);
    let keep = std::env::var_os("WEIGH_FUZZ_CORPUS").map(PathBuf::from);
    let mut chance = Chance(0x2545_F491_4F6C_DD1D);
    let mut seen = Answer::new();
    let mut answers: Vec<Answer> = pool.iter().map(|seed| try_one(seed)).collect();
    answers
        .iter()
        .for_each(|answer| seen.extend(answer.iter().cloned()));
    let (seeds, known) = (pool.len(), seen.len());
    let start = Instant::now();
    let mut executions = 0_u64;
    let mut slowest = Duration::ZERO;
    while start.elapsed() < Duration::from_secs(seconds) {
        let mut input = pool[chance.below(pool.len())].clone();
        change(&mut input, &pool, &mut chance);
        if let Some(folder) = &keep {
            // What breaks the reader is found here afterwards.
            fs::write(folder.join(format!("{name}.last")), &input).expect("the folder is there");
        }
        let before = Instant::now();
        let answer = try_one(&input);
        slowest = slowest.max(before.elapsed());
        assert!(
            before.elapsed() < Duration::from_secs(10),
            "{name}: {:?} for one input",
            before.elapsed()
        );
        executions += 1;
        if answer.iter().any(|part| !seen.contains(part)) {
            seen.extend(answer.iter().cloned());
            answers.push(answer);
            pool.push(input);
        }
    }
    if let Some(folder) = &keep {
        let fewest = fewest(&pool, &answers, try_one);
        println!("fuzz {name}: {} inputs get all answers", fewest.len());
        for (number, input) in fewest.into_iter().enumerate() {
            let path = folder.join(format!("{name}-{}{}", number + 1, endings[0]));
            fs::write(path, input).expect("the folder is there");
        }
    }
    println!(
        "fuzz {name}: {executions} executions in {seconds} s; {seeds} seeds and {} more inputs; {} answers, {} of them from the seeds; slowest {slowest:?}",
        pool.len() - seeds,
        seen.len(),
        known
    );
}

/// Few and small inputs that get all answers: again and again the one with the most new answers for its size, of which then
/// everything is cut that its new answers can do without.
fn fewest(pool: &[Vec<u8>], answers: &[Answer], try_one: fn(&[u8]) -> Answer) -> Vec<Vec<u8>> {
    let mut open: Answer = answers.iter().flatten().cloned().collect();
    let mut chosen = Vec::new();
    while !open.is_empty() {
        let worth = |place: &usize| {
            // In whole numbers, that there is one order.
            answers[*place].intersection(&open).count() * 1_000_000 / (pool[*place].len() + 200)
        };
        let best = (0..pool.len()).max_by_key(worth).expect("an answer has an input");
        let new: Answer = answers[best].intersection(&open).cloned().collect();
        let small = cut(pool[best].clone(), |input| new.is_subset(&try_one(input)));
        for part in try_one(&small) {
            open.remove(&part);
        }
        chosen.push(small);
    }
    chosen
}

/// What is left of an input when all pieces are gone without which it still does what it should.
fn cut(mut input: Vec<u8>, does: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut size = input.len() / 2;
    while size >= 8 {
        let mut at = 0;
        while at < input.len() {
            let end = (at + size).min(input.len());
            let without = [&input[..at], &input[end..]].concat();
            if does(&without) {
                input = without;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    input
}

/// Tells how many of the instruments' counters a run has moved, out of the profile that it left.
#[test]
fn reached() {
    let Some(path) = std::env::var_os("WEIGH_FUZZ_PROFILE") else {
        return;
    };
    let bytes = fs::read(&path).expect("a profile");
    let word = |at: usize| {
        let word: [u8; 8] = bytes[8 * at..8 * at + 8].try_into().expect("eight bytes");
        u64::from_le_bytes(word) as usize
    };
    // LLVM's raw profile: a head of sixteen words, identities of the binary, a record of 64 bytes for each function, the counters.
    let (identities, functions, padding, counters) = (word(2), word(3), word(4), word(5));
    let first = (16 * 8 + identities + 64 * functions + padding) / 8;
    let moved = (first..first + counters).filter(|at| word(*at) > 0).count();
    println!("reached: {moved} of {counters} counters in {functions} functions");
    assert!(moved > 0);
}

#[test]
fn mdl() {
    fuzz("mdl", &[".mdl"], |bytes| text_answer("m.mdl", bytes));
}

#[test]
fn xmile() {
    fuzz("xmile", &[".xmile", ".stmx"], |bytes| {
        text_answer("m.xmile", bytes)
    });
}

#[test]
fn xlsx() {
    fuzz("xlsx", &[".xlsx"], |bytes| sheet_answer("f.xlsx", bytes));
}

#[test]
fn xls() {
    fuzz("xls", &[".xls"], |bytes| sheet_answer("f.xls", bytes));
}

#[test]
fn columns() {
    fuzz("columns", &[".csv", ".tab"], |bytes| sheet_answer("f.csv", bytes));
}
