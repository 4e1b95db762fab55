//! Every model of `tests/conformance` matches its own tool's output, or is refused by name.
//!
//! `WEIGH_CONFORMANCE=FOLDER` judges another collection of the same form instead.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use model::{Expr, FileError, Files, Function, Name, Sources};

/// What became of a model.
enum Outcome {
    /// Every column of the reference is met: how many.
    Matches(usize),
    /// It draws random numbers, so it can only be run.
    Runs,
    /// It was refused for these codes.
    Refused(Vec<String>),
    /// Nobody can use it with this reference, as its folder says: why.
    Unusable(String),
    /// It was not the model that the reference is of.
    NotReferred,
    /// Anything else.
    Fails(String),
}

#[test]
fn every_model_matches_or_is_refused_by_name() {
    let root = match std::env::var_os("WEIGH_CONFORMANCE") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance"),
    };
    let mut folders = Vec::new();
    folders_with_models(&root, &mut folders);
    assert!(!folders.is_empty(), "no model under {}", root.display());

    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for folder in &folders {
        for model in models_in(folder) {
            let outcome = listed(folder, &model, judge(folder, &model));
            let (verdict, detail) = match outcome {
                Outcome::Matches(columns) => ("matches", format!("{columns} columns")),
                Outcome::Runs => ("runs", "draws random numbers".to_owned()),
                Outcome::Refused(codes) => ("refused", codes.join(", ")),
                Outcome::Unusable(why) => ("unusable", why),
                Outcome::NotReferred => ("no reference", "the reference is of another model".to_owned()),
                Outcome::Fails(why) => {
                    failures.push(format!("{}: {why}", shown(&root, &model)));
                    ("FAILS", why)
                }
            };
            *counts.entry(verdict).or_default() += 1;
            println!("{verdict:<13} {} ({detail})", shown(&root, &model));
        }
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    println!(
        "conformance: {} folders; models: {}",
        folders.len(),
        counts.join(", ")
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn shown(root: &Path, model: &Path) -> String {
    model.strip_prefix(root).unwrap_or(model).display().to_string()
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

fn folders_with_models(folder: &Path, found: &mut Vec<PathBuf>) {
    if !models_in(folder).is_empty() {
        found.push(folder.to_owned());
    }
    for path in sorted_entries(folder) {
        if path.is_dir() {
            folders_with_models(&path, found);
        }
    }
}

fn extension(path: &Path) -> String {
    path.extension()
        .map(|extension| extension.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

fn models_in(folder: &Path) -> Vec<PathBuf> {
    let is_model = |path: &PathBuf| matches!(extension(path).as_str(), "mdl" | "xmile" | "stmx");
    sorted_entries(folder).into_iter().filter(is_model).collect()
}

/// The outcome in the light of the folder's `unusable.txt`, whose lines are `file: reason`. What it lists must not match:
/// the list is to shrink as soon as it can.
fn listed(folder: &Path, model: &Path, outcome: Outcome) -> Outcome {
    let name = folder.file_name().expect("a folder has a name");
    let own = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/conformance")
        .join(name);
    let list = fs::read_to_string(own.join("unusable.txt")).unwrap_or_default();
    let file = model.file_name().expect("a file has a name").to_string_lossy();
    let reason = list
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(listed, _)| *listed == file)
        .map(|(_, reason)| reason.to_owned());
    match (reason, outcome) {
        (Some(reason), Outcome::Fails(_)) => Outcome::Unusable(reason),
        (Some(_), Outcome::Matches(_)) => Outcome::Fails("listed as unusable, but it matches".to_owned()),
        (_, outcome) => outcome,
    }
}

/// The output of the tool that the model's format belongs to.
fn reference_of(folder: &Path, model: &Path) -> Option<PathBuf> {
    let stella = (extension(model) != "mdl").then_some("output_stella.csv");
    stella
        .into_iter()
        .chain(["output.tab", "output.csv"])
        .map(|name| folder.join(name))
        .find(|path| path.exists())
}

fn judge(folder: &Path, model: &Path) -> Outcome {
    let Some(reference) = reference_of(folder, model) else {
        return Outcome::Fails("the folder has no reference output".to_owned());
    };
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("conformance-{}.csv", std::process::id()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_weigh"));
    command
        .arg("simulate")
        .arg(model)
        .arg("-o")
        .arg(&out)
        .arg("--json");
    // What a model leaves to its caller.
    let data = folder.join("data.tab");
    if data.exists() {
        command.arg("--data").arg(data);
    }
    let run = command.output().expect("the command starts");
    match run.status.code() {
        Some(0) => {}
        Some(3) => return refusal(&String::from_utf8_lossy(&run.stdout)),
        code => {
            return Outcome::Fails(format!(
                "exit code {code:?}: {}",
                String::from_utf8_lossy(&run.stderr).trim()
            ));
        }
    }
    let ours = Table::read(&out);
    fs::remove_file(&out).expect("the output is there");
    if draws_random_numbers(folder, model) {
        return Outcome::Runs;
    }
    let reference = Table::read(&reference);
    // Where one model makes the data for another, the reference is of the other: it has rows that this one does not save.
    let of_another = || {
        reference
            .times
            .iter()
            .any(|time| row_at(&ours.times, *time).is_err())
    };
    if models_in(folder)
        .iter()
        .filter(|other| extension(other) == extension(model))
        .count()
        > 1
        && of_another()
    {
        return Outcome::NotReferred;
    }
    match compare(&ours, &reference, tolerance(folder)) {
        Ok(0) => Outcome::NotReferred,
        Ok(columns) => Outcome::Matches(columns),
        Err(why) => Outcome::Fails(why),
    }
}

fn refusal(stdout: &str) -> Outcome {
    let value: serde_json::Value = serde_json::from_str(stdout).expect("JSON under --json");
    let errors = value["diagnostics"].as_array().expect("diagnostics");
    let mut codes: Vec<String> = errors
        .iter()
        .filter(|item| item["severity"] == "error")
        .map(|item| item["code"].as_str().expect("a code").to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    if !codes.is_empty() && codes.iter().all(|code| code.starts_with("unsupported-")) {
        return Outcome::Refused(codes);
    }
    let messages: Vec<&str> = errors
        .iter()
        .filter(|item| item["severity"] == "error")
        .filter_map(|item| item["message"].as_str())
        .take(5)
        .collect();
    Outcome::Fails(format!(
        "refused with {}: {}",
        codes.join(", "),
        messages.join("; ")
    ))
}

/// The files beside a model.
struct Beside<'a>(&'a Path);
impl Files for Beside<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        fs::read(self.0.join(path)).map_err(|_| FileError::NotFound)
    }
}

fn draws_random_numbers(folder: &Path, path: &Path) -> bool {
    let bytes = fs::read(path).expect("the model is there");
    let (model, _) = model::read(
        &path.to_string_lossy(),
        &bytes,
        &Beside(folder),
        &mut Sources::new(),
    );
    let model = model.expect("it was simulated");
    let random = [
        Function::RandomUniform,
        Function::RandomNormal,
        Function::Random01,
    ];
    model
        .exprs
        .iter()
        .any(|expr| matches!(expr, Expr::Call { function, .. } if random.contains(function)))
}

/// A table by name of column.
struct Table {
    times: Vec<f64>,
    columns: Vec<(String, Vec<Option<Printed>>)>,
}

/// A number as it was printed.
#[derive(Clone, Copy)]
struct Printed {
    value: f64,
    /// Half of its last digit: what it was may lie this far away.
    rounding: f64,
}

impl Printed {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let value = text.parse().ok()?;
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len());
        let exponent: i32 = exponent.parse().ok()?;
        let digit: f64 = format!("1e{}", exponent - decimals as i32).parse().ok()?;
        // A whole number says nothing of its rounding: a million may be exact.
        let rounding = if decimals == 0 { 0.0 } else { digit / 2.0 };
        Some(Self { value, rounding })
    }
}

const CONTROLS: [&str; 4] = ["saveper", "initial time", "final time", "time step"];

impl Table {
    fn read(path: &Path) -> Self {
        let bytes = fs::read(path).expect("a table");
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            // An old export in Latin-1.
            Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
        };
        let delimiter = if extension(path) == "tab" { '\t' } else { ',' };
        let text = text
            .trim_start_matches('\u{feff}')
            .replace("\r\n", "\n")
            .replace('\r', "\n");
        let mut rows = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| fields(line, delimiter));
        let header = rows.next().expect("a header");
        let rows: Vec<Vec<String>> = rows.collect();
        let number = |row: &Vec<String>, at: usize| row.get(at).and_then(|field| Printed::read(field));
        let times = rows
            .iter()
            .map(|row| number(row, 0).expect("a time").value)
            .collect();
        let columns = header.iter().enumerate().skip(1).map(|(at, name)| {
            let values = rows.iter().map(|row| number(row, at)).collect();
            (Name::key_of(&unquoted(name)), values)
        });
        Self {
            times,
            columns: columns
                .filter(|(name, _)| !CONTROLS.contains(&name.as_str()))
                .collect(),
        }
    }
}

/// The fields of a line; a quote inside a quoted field is doubled.
fn fields(line: &str, delimiter: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let field = fields.last_mut().expect("there is a field");
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            c if c == delimiter && !quoted => fields.push(String::new()),
            c => field.push(c),
        }
    }
    fields
}

/// A name without the quotes of Vensim, in which a quote is written `\"`.
fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\""),
        None => name.to_owned(),
    }
}

fn near(ours: f64, theirs: Printed) -> bool {
    let scale = ours.abs().max(theirs.value.abs());
    let far = (ours - theirs.value).abs();
    far <= 1e-4 * scale || far <= theirs.rounding * 1.0001 || scale <= 1e-6 || ours == theirs.value
}

/// The share of a column's largest size within which a value matches, too: the first line of the folder's
/// `tolerance.txt`, whose other lines give the reason. Another collection may have the same folder without it.
fn tolerance(folder: &Path) -> f64 {
    let name = folder.file_name().expect("a folder has a name");
    let own = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/conformance")
        .join(name);
    fs::read_to_string(own.join("tolerance.txt")).map_or(0.0, |text| {
        let (share, reason) = text.split_once('\n').expect("a share and its reason");
        assert!(
            !reason.trim().is_empty(),
            "{}: a tolerance has a reason",
            own.display()
        );
        share.trim().parse().expect("a share")
    })
}

/// The number of columns that match, or the first difference.
fn compare(ours: &Table, theirs: &Table, tolerance: f64) -> Result<usize, String> {
    let column = |name: &str| ours.columns.iter().find(|(other, _)| other == name);
    let common = theirs
        .columns
        .iter()
        .filter(|(name, _)| column(name).is_some())
        .count();
    if common == 0 {
        return Ok(0);
    }
    let rows: Vec<usize> = theirs
        .times
        .iter()
        .map(|&time| row_at(&ours.times, time))
        .collect::<Result<_, _>>()?;
    for (name, values) in &theirs.columns {
        if values.iter().all(Option::is_none) {
            continue;
        }
        let (_, mine) = column(name).ok_or_else(|| format!("column `{name}` of the reference is missing"))?;
        let largest = values
            .iter()
            .flatten()
            .map(|said| said.value.abs())
            .fold(0.0, f64::max);
        for (at, value) in values.iter().enumerate() {
            let Some(said) = value else { continue };
            let mine = mine[rows[at]].expect("we write numbers").value;
            if !near(mine, *said) && (mine - said.value).abs() > tolerance * largest {
                let (time, said) = (theirs.times[at], said.value);
                return Err(format!(
                    "`{name}` at time {time} is {mine}, the reference says {said}"
                ));
            }
        }
    }
    Ok(common)
}

/// Our row at a time of the reference, which may be rounded.
fn row_at(times: &[f64], time: f64) -> Result<usize, String> {
    let far = |at: &usize| (times[*at] - time).abs();
    let nearest = (0..times.len())
        .min_by(|a, b| far(a).total_cmp(&far(b)))
        .ok_or("no row was written")?;
    if far(&nearest) <= 1e-4 * time.abs().max(1.0) {
        Ok(nearest)
    } else {
        Err(format!("there is no row at time {time}"))
    }
}
