//! Tables from files, joined by a key, with what became of each row.

use std::collections::HashMap;
use std::path::Path;

use analysis::Status;
use model::{Diagnostic, Diagnostics, Sources, Span};
use study::store::{self, Cells, CsvOptions, CsvTable, Table};

use crate::args::analyze::Data;
use crate::args::high::all_cores;
use crate::exit::{Exit, Failure};
use crate::files::{self, LARGEST_TABLE};

/// A column of the joined table.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) cells: Cells,
    /// Whether its numbers are whole by their form, not only by their value.
    pub(crate) whole: bool,
    /// `draw`, `part` and the like, for a column of a run folder.
    pub(crate) kind: String,
    file: usize,
    place: usize,
}

/// A file that was read.
struct File {
    path: String,
    text: Option<(String, CsvTable)>,
    table: Table,
}

/// All columns of all tables over common rows, and how rows belong to futures, options and times.
pub(crate) struct Frame {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: usize,
    pub(crate) status: Vec<Status>,
    /// How many futures there are; without key, option and time every row is one.
    pub(crate) futures: usize,
    /// The options, in the order of the rows; empty where rows are not told apart by option.
    pub(crate) options: Vec<String>,
    /// The times, ascending; empty where rows are not told apart by time.
    pub(crate) times: Vec<f64>,
    /// Columns that are key, option, time or status.
    pub(crate) taken: Vec<String>,
    /// What a reader should know.
    pub(crate) notes: Vec<String>,
    future_of: Vec<u32>,
    option_of: Vec<u32>,
    time_of: Vec<u32>,
    sources: Vec<(String, Option<(String, CsvTable)>)>,
    /// The row of each file for each row, where they differ.
    rows_of: Joined,
    /// The run folder it came from.
    pub(crate) run: Option<std::path::PathBuf>,
}

const NONE: u32 = u32::MAX;

/// For each file the row of it that stands in each joined row; none where they are the same.
type Joined = Vec<Option<Vec<u32>>>;

/// Reads and joins the tables.
pub(crate) fn load(data: &Data) -> Result<Frame, Failure> {
    let mut paths = Vec::new();
    let mut run = None;
    for path in &data.tables {
        if path.is_dir() {
            let folder_needs = |name: &str| {
                let file = path.join(name);
                if file.exists() {
                    return Ok(file);
                }
                let failure = Failure::new(
                    Exit::Invalid,
                    format!("`{}` is not a run folder: it has no `{name}`", path.display()),
                );
                Err(if name == "series.parquet" {
                    failure.help("`weigh run --series` keeps the series of every future")
                } else {
                    failure.help("give a table, or a folder that `weigh run` made")
                })
            };
            paths.push(folder_needs("futures.parquet")?);
            paths.push(folder_needs(if data.series {
                "series.parquet"
            } else {
                "outcomes.parquet"
            })?);
            run = Some(path.clone());
        } else {
            paths.push(path.clone());
        }
    }
    let files = paths
        .iter()
        .map(|path| file(path, data.header))
        .collect::<Result<Vec<_>, _>>()?;
    let mut notes = Vec::new();
    for file in &files {
        if file.text.as_ref().is_some_and(|(_, csv)| !csv.header) {
            notes.push(format!(
                "the first line of `{}` is numbers, so its columns are called c1 to c{}; `--header yes` takes it as names",
                file.path,
                file.table.columns.len()
            ));
        }
    }
    let mut frame = join(files, data, notes)?;
    frame.run = run;
    frame.tell_apart(data)?;
    Ok(frame)
}

fn file(path: &Path, header: Option<bool>) -> Result<File, Failure> {
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or("")
        .to_lowercase();
    let shown = path.display().to_string();
    let bytes = files::read(path, LARGEST_TABLE)?;
    if extension == "parquet" || bytes.starts_with(b"PAR1") {
        let table = store::read_parquet(bytes).map_err(|error| {
            let failure = Failure::new(Exit::Invalid, format!("`{shown}` cannot be read: {error}"));
            match error {
                store::ParquetError::Type { .. } => {
                    failure.help("store the column as numbers, words or true and false, or leave it out")
                }
                store::ParquetError::Damaged(_) => failure,
            }
        })?;
        return Ok(File {
            path: shown,
            text: None,
            table,
        });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(
            Exit::Invalid,
            format!("`{shown}` is no text (byte {at} is not UTF-8)"),
        )
        .help("tables are CSV in UTF-8 (.csv, .tsv) or Parquet (.parquet)")
    })?;
    let delimiter = matches!(extension.as_str(), "tsv" | "tab").then_some(b'\t');
    let options = CsvOptions {
        delimiter,
        header,
        threads: all_cores(),
    };
    match store::read_csv(&text, &options) {
        Ok(mut csv) => {
            let table = std::mem::take(&mut csv.table);
            let kept = csv;
            Ok(File {
                path: shown,
                text: Some((text, kept)),
                table,
            })
        }
        Err(error) => Err(underlined(
            &shown,
            text,
            error.place,
            "table-syntax",
            &error.why,
            "here",
            error.help,
        )),
    }
}

/// A mistake in a table's text, with the place underlined.
fn underlined(
    path: &str,
    text: String,
    place: std::ops::Range<usize>,
    code: &'static str,
    why: &str,
    label: &str,
    help: &str,
) -> Failure {
    // Only the lines around the place: a table may be larger than what places can count.
    let start = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[place.end..]
        .find('\n')
        .map_or(text.len(), |at| place.end + at);
    let line = text[..start].matches('\n').count();
    let mut sources = Sources::new();
    let blank = "\n".repeat(line);
    let source = sources.add(path, format!("{blank}{}", &text[start..end]));
    let at = |byte: usize| (byte - start + blank.len()) as u32;
    let span = Span {
        source,
        start: at(place.start),
        end: at(place.end.max(place.start)),
    };
    let mut diagnostics = Diagnostics::new();
    let diagnostic = match code {
        "table-text" => Diagnostic::error("table-text", why),
        _ => Diagnostic::error("table-syntax", why),
    };
    diagnostics.push(diagnostic.label(span, label).help(help));
    Failure::Input { diagnostics, sources }
}

/// The cells of some rows; `NONE` is a row that is not there.
pub(crate) fn gather(cells: &Cells, rows: &[u32]) -> Cells {
    let at = |row: &u32| (*row != NONE).then_some(*row as usize);
    match cells {
        Cells::Counts(cells) => Cells::Numbers(
            rows.iter()
                .map(|r| at(r).map_or(f64::NAN, |r| cells[r] as f64))
                .collect(),
        ),
        Cells::Numbers(cells) => Cells::Numbers(
            rows.iter()
                .map(|r| at(r).map_or(f64::NAN, |r| cells[r]))
                .collect(),
        ),
        Cells::Words(cells) => Cells::Words(
            rows.iter()
                .map(|r| at(r).and_then(|r| cells[r].clone()))
                .collect(),
        ),
        Cells::Flags(cells) => Cells::Flags(rows.iter().map(|r| at(r).and_then(|r| cells[r])).collect()),
    }
}

/// A key of a row: numbers by value, words by letters.
#[derive(PartialEq, Eq, Hash, Clone)]
enum Key {
    Number(u64),
    Word(String),
}

fn keys(cells: &Cells) -> Vec<Option<Key>> {
    match cells {
        Cells::Counts(cells) => cells
            .iter()
            .map(|c| Some(Key::Number((*c as f64).to_bits())))
            .collect(),
        // Adding zero turns -0 into 0.
        Cells::Numbers(cells) => cells
            .iter()
            .map(|c| (!c.is_nan()).then(|| Key::Number((*c + 0.0).to_bits())))
            .collect(),
        Cells::Words(cells) => cells.iter().map(|c| c.clone().map(Key::Word)).collect(),
        Cells::Flags(cells) => cells
            .iter()
            .map(|c| c.map(|c| Key::Word(c.to_string())))
            .collect(),
    }
}

/// Whether no key stands in two rows.
fn all_differ(cells: &Cells) -> bool {
    let keys = keys(cells);
    let mut seen = std::collections::HashSet::with_capacity(keys.len());
    keys.iter().flatten().all(|key| seen.insert(key))
}

/// The column of this name in every table, or nothing.
fn common<'a>(files: &'a [File], name: &str) -> Option<Vec<&'a Cells>> {
    files
        .iter()
        .map(|file| file.table.column(name).map(|c| &c.cells))
        .collect()
}

fn join(files: Vec<File>, data: &Data, notes: Vec<String>) -> Result<Frame, Failure> {
    let counts: Vec<usize> = files.iter().map(|f| f.table.rows()).collect();
    let names = |file: &File| {
        file.table
            .columns
            .iter()
            .map(|c| c.name.clone())
            .collect::<Vec<_>>()
    };
    let several = files.len() > 1;
    let shared: Vec<String> = names(&files[0])
        .into_iter()
        .filter(|n| several && common(&files, n).is_some())
        .collect();
    let key = match &data.key {
        Some(key) if several && !shared.contains(key) => {
            return Err(
                Failure::usage(format!("`--key {key}`: not every table has such a column")).help(
                    match shared.is_empty() {
                        true => "the tables have no column in common".to_owned(),
                        false => format!("columns in every table: {}", shared.join(", ")),
                    },
                ),
            );
        }
        Some(key) => several.then(|| key.clone()),
        None => ["future", "scenario"]
            .iter()
            .map(|k| (*k).to_owned())
            .find(|k| shared.contains(k)),
    };
    let (rows, rows_of): (usize, Joined) = match &key {
        None if !several => (counts[0], vec![None]),
        None if shared.is_empty() && counts.iter().all(|c| *c == counts[0]) => {
            (counts[0], vec![None; files.len()])
        }
        None if shared.is_empty() => {
            let told: Vec<String> = files
                .iter()
                .zip(&counts)
                .map(|(f, c)| format!("`{}` has {c} rows", f.path))
                .collect();
            return Err(Failure::new(Exit::Invalid, format!("the tables cannot be joined: {}", told.join(", ")))
                .help("tables without a common column need the same rows in the same order; else number the rows in a column and name it with `--key`"));
        }
        None => {
            return Err(Failure::usage(format!(
                "the tables share {}: say by which they are joined",
                listed(&shared)
            ))
            .help(format!("for example `--key {}`", shared[0])));
        }
        Some(key) => by_key(&files, key)?,
    };
    let mut frame = Frame {
        columns: Vec::new(),
        rows,
        status: vec![Status::Ok; rows],
        futures: rows,
        options: Vec::new(),
        times: Vec::new(),
        taken: Vec::new(),
        notes,
        future_of: Vec::new(),
        option_of: Vec::new(),
        time_of: Vec::new(),
        sources: Vec::new(),
        rows_of,
        run: None,
    };
    if rows == 0 {
        return Err(
            Failure::new(Exit::Invalid, format!("`{}` has no row", files[0].path))
                .help("a table has a row for each future below its names"),
        );
    }
    if u32::try_from(rows).is_err() {
        return Err(Failure::new(
            Exit::Invalid,
            format!("{rows} rows are more than can be numbered"),
        )
        .help("take a subsample"));
    }
    for (at, file) in files.into_iter().enumerate() {
        for (place, column) in file.table.columns.into_iter().enumerate() {
            let cells = match &frame.rows_of[at] {
                Some(rows) => gather(&column.cells, rows),
                None => column.cells,
            };
            if frame.is_status(&column.name, &cells, data)? {
                if !frame.taken.contains(&column.name) {
                    frame.taken.push(column.name);
                }
                continue;
            }
            if let Some(known) = frame.columns.iter().find(|c| c.name == column.name) {
                if Some(&column.name) != key.as_ref() {
                    let other = &frame.sources.get(known.file).map_or("", |s| s.0.as_str());
                    return Err(Failure::new(
                        Exit::Invalid,
                        format!(
                            "both `{other}` and `{}` have a column `{}`",
                            file.path, column.name
                        ),
                    )
                    .help("rename or remove one of them"));
                }
                continue;
            }
            frame.columns.push(Column {
                whole: column.about.contains_key("whole") || matches!(cells, Cells::Counts(_)),
                kind: column.about.get("kind").cloned().unwrap_or_default(),
                name: column.name,
                cells,
                file: at,
                place,
            });
        }
        frame.sources.push((file.path, file.text));
    }
    Ok(frame)
}

/// The rows of each file that belong together: all rows of the file with most, beside the row of the same key in the others.
fn by_key(files: &[File], key: &str) -> Result<(usize, Joined), Failure> {
    let of: Vec<Vec<Option<Key>>> = files
        .iter()
        .map(|f| f.table.column(key).map_or(Vec::new(), |c| keys(&c.cells)))
        .collect();
    let long = (0..files.len())
        .max_by_key(|&f| (of[f].len(), usize::MAX - f))
        .unwrap_or(0);
    let mut rows_of = Vec::new();
    for (f, keys) in of.iter().enumerate() {
        if f == long {
            rows_of.push(None);
            continue;
        }
        let mut row_of: HashMap<&Key, u32> = HashMap::with_capacity(keys.len());
        for (row, value) in keys.iter().enumerate() {
            let Some(value) = value else { continue };
            if row_of.insert(value, row as u32).is_some() {
                return Err(Failure::new(
                    Exit::Invalid,
                    format!(
                        "`{key}` numbers the rows of neither `{}` nor `{}`: both have a key in several rows",
                        files[long].path, files[f].path
                    ),
                )
                .help("at most one of the tables may have several rows for a key: filter the other first"));
            }
        }
        let row = |value: &Option<Key>| {
            value
                .as_ref()
                .and_then(|v| row_of.get(v))
                .copied()
                .unwrap_or(NONE)
        };
        rows_of.push(Some(of[long].iter().map(row).collect::<Vec<u32>>()));
        if rows_of
            .last()
            .is_some_and(|r| r.as_ref().is_some_and(|r| r.iter().all(|r| *r == NONE)))
        {
            return Err(Failure::new(
                Exit::Invalid,
                format!(
                    "no `{key}` of `{}` is one of `{}`",
                    files[long].path, files[f].path
                ),
            )
            .help("look at how the rows are numbered in both tables"));
        }
    }
    Ok((of[long].len(), rows_of))
}

fn listed(names: &[String]) -> String {
    names
        .iter()
        .map(|n| format!("`{n}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn status_of(word: &str) -> Option<Status> {
    Some(match word.to_ascii_lowercase().as_str() {
        "ok" | "accepted" | "done" | "completed" => Status::Ok,
        "missing" => Status::Missing,
        "broken" | "non_finite" | "unresolved" | "failed" | "error" => Status::Broken,
        "rejected" => Status::Rejected,
        _ => return None,
    })
}

impl Frame {
    /// Whether a column says what became of the rows; if so, that is noted.
    fn is_status(&mut self, name: &str, cells: &Cells, data: &Data) -> Result<bool, Failure> {
        let asked = data.status.as_deref() == Some(name);
        if !asked && (data.status.is_some() || name != "status") {
            return Ok(false);
        }
        let Cells::Words(words) = cells else {
            return if asked {
                Err(Self::no_status(name, "it holds no words"))
            } else {
                Ok(false)
            };
        };
        let mut found = Vec::with_capacity(words.len());
        for word in words {
            // A row that the table does not have is no verdict on it.
            match word.as_deref().map_or(Some(Status::Ok), status_of) {
                Some(status) => found.push(status),
                None if asked => {
                    let word = word.as_deref().unwrap_or("");
                    return Err(Self::no_status(name, &format!("it says `{word}`")));
                }
                None => return Ok(false),
            }
        }
        self.status
            .iter_mut()
            .zip(found)
            .for_each(|(all, one)| *all = (*all).max(one));
        Ok(true)
    }

    fn no_status(name: &str, why: &str) -> Failure {
        Failure::new(Exit::Invalid, format!("`--status {name}`: {why}"))
            .help("a status is one of ok, accepted, rejected, broken, non_finite, failed, missing, or empty")
    }

    /// The place of a column.
    pub(crate) fn find(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// A column that must be there; `from` is the option it was asked with.
    pub(crate) fn column(&self, name: &str, from: &str) -> Result<&Column, Failure> {
        self.find(name).ok_or_else(|| self.unknown(name, from))
    }

    /// Says that there is no such column.
    pub(crate) fn unknown(&self, name: &str, from: &str) -> Failure {
        let near = model::nearest(name, self.columns.iter().map(|c| c.name.as_str()));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Failure::usage(format!("`{from}`: there is no column `{name}`{hint}"))
            .help(format!("columns: {}", self.names()))
    }

    /// The names of all columns, or of the first of many.
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        match names.len() {
            0..=40 => names.join(", "),
            many => format!("{} and {} more", names[..40].join(", "), many - 40),
        }
    }

    /// Finds key, option and time.
    fn tell_apart(&mut self, data: &Data) -> Result<(), Failure> {
        let mut option_columns = data.option_column.clone();
        let mut guessed = false;
        for name in &option_columns {
            self.column(name, "--option-column")?;
        }
        let key = match &data.key {
            Some(key) => Some(self.column(key, "--key")?.name.clone()),
            None => ["future", "scenario"]
                .into_iter()
                .find(|k| self.find(k).is_some())
                .map(str::to_owned),
        };
        if let Some(time) = &data.time {
            self.column(time, "--time")?;
        }
        let time = data
            .time
            .clone()
            .or_else(|| (data.series && self.run.is_some()).then(|| "time".to_owned()));
        if option_columns.is_empty() && key.is_some() {
            let there = |name: &&str| self.find(name).is_some();
            option_columns = match ["policy", "addon", "option"]
                .iter()
                .filter(|n| there(n))
                .copied()
                .collect::<Vec<_>>()[..]
            {
                ["policy", "addon", ..] => vec!["policy".into(), "addon".into()],
                [one, ..] => vec![one.to_owned()],
                [] => Vec::new(),
            };
            guessed = true;
        }
        if guessed
            && time.is_none()
            && key
                .as_ref()
                .and_then(|k| self.find(k))
                .is_some_and(|c| all_differ(&c.cells))
        {
            // A row for each future: what looks like an option is a column like any other.
            option_columns.clear();
        }
        self.taken.extend(key.iter().cloned());
        self.taken.extend(option_columns.iter().cloned());
        self.taken.extend(time.iter().cloned());
        // Columns of a run folder that are no outcomes.
        if self.run.is_some() {
            for name in ["rejected_by", "broken_variable", "broken_time", "experiment"] {
                self.taken.extend(self.find(name).map(|c| c.name.clone()));
            }
        }
        if let Some(time) = &time {
            let Some(column) = self.find(time) else {
                return Ok(());
            };
            let values = match &column.cells {
                Cells::Numbers(values) => values.clone(),
                Cells::Counts(values) => values.iter().map(|v| *v as f64).collect(),
                _ => return Err(self.text(time, "a time")),
            };
            let mut times = values.clone();
            times.retain(|t| !t.is_nan());
            times.sort_by(f64::total_cmp);
            times.dedup();
            self.time_of = values
                .iter()
                .map(|v| times.partition_point(|t| t < v) as u32)
                .collect();
            self.times = times;
        }
        if !option_columns.is_empty() {
            let parts: Vec<Vec<String>> = option_columns
                .iter()
                .map(|name| words(self.find(name).map(|c| &c.cells)))
                .collect();
            let mut number_of: HashMap<String, u32> = HashMap::new();
            for row in 0..self.rows {
                let named: Vec<&str> = parts
                    .iter()
                    .map(|p| p[row].as_str())
                    .filter(|w| !w.is_empty())
                    .collect();
                let name = named.join("+");
                let next = self.options.len() as u32;
                let number = *number_of.entry(name.clone()).or_insert_with(|| {
                    self.options.push(name);
                    next
                });
                self.option_of.push(number);
            }
        }
        if self.options.is_empty() && self.times.is_empty() {
            return Ok(());
        }
        // Without a key, the rows of an option at a time are the futures in their order.
        let mut seen: HashMap<(u32, u32), u32> = HashMap::new();
        let group = |frame: &Frame, row: usize| {
            (
                frame.option_of.get(row).copied().unwrap_or(0),
                frame.time_of.get(row).copied().unwrap_or(0),
            )
        };
        match key.as_ref().and_then(|k| self.find(k)) {
            Some(column) => {
                let keys = keys(&column.cells);
                let mut number_of: HashMap<Key, u32> = HashMap::new();
                let mut of = Vec::with_capacity(self.rows);
                for key in keys {
                    let next = number_of.len() as u32;
                    of.push(key.map_or(NONE, |key| *number_of.entry(key).or_insert(next)));
                }
                self.futures = number_of.len();
                self.future_of = of;
            }
            None => {
                for row in 0..self.rows {
                    let count = seen.entry(group(self, row)).or_insert(0);
                    self.future_of.push(*count);
                    *count += 1;
                }
                self.futures = self.future_of.iter().max().map_or(0, |most| *most as usize + 1);
            }
        }
        Ok(())
    }

    /// The row of each future under an option at a time, `NONE` where there is none.
    pub(crate) fn rows_at(&self, option: Option<usize>, time: Option<usize>) -> Result<Vec<u32>, Failure> {
        if self.future_of.is_empty() {
            return Ok((0..self.rows as u32).collect());
        }
        let mut found = vec![NONE; self.futures];
        for row in 0..self.rows {
            let fits = option
                .is_none_or(|o| self.option_of.get(row).is_none_or(|found| *found as usize == o))
                && time.is_none_or(|t| self.time_of.get(row).is_none_or(|found| *found as usize == t));
            let future = self.future_of[row];
            if !fits || future == NONE {
                continue;
            }
            if found[future as usize] != NONE {
                return Err(Failure::new(
                    Exit::Invalid,
                    format!(
                        "rows {} and {} speak of the same future and option",
                        found[future as usize] + 1,
                        row + 1
                    ),
                )
                .help("name the columns that tell them apart: `--key`, `--option-column`, `--time`"));
            }
            found[future as usize] = row as u32;
        }
        Ok(found)
    }

    /// The status of some rows; a row that is not there is missing.
    pub(crate) fn status_at(&self, rows: &[u32]) -> Vec<Status> {
        rows.iter()
            .map(|r| {
                if *r == NONE {
                    Status::Missing
                } else {
                    self.status[*r as usize]
                }
            })
            .collect()
    }

    /// Says that a column of words was used as numbers, and shows the first word.
    pub(crate) fn text(&self, name: &str, as_what: &str) -> Failure {
        let Some(column) = self.find(name) else {
            return self.unknown(name, name);
        };
        let Cells::Words(words) = &column.cells else {
            return Failure::new(
                Exit::Invalid,
                format!("column `{name}` holds yes and no where {as_what} is needed"),
            );
        };
        let wrong = |w: &Option<String>| w.as_ref().is_some_and(|w| w.parse::<f64>().is_err());
        let bad = words.iter().filter(|w| wrong(w)).count();
        let full = words.iter().flatten().count();
        let Some(row) = words.iter().position(wrong) else {
            return Failure::new(
                Exit::Invalid,
                format!("column `{name}` holds words where {as_what} is needed"),
            );
        };
        let word = words[row].clone().unwrap_or_default();
        let why = match bad == full {
            true => format!("column `{name}` holds words where {as_what} is needed"),
            false => {
                format!("column `{name}` has text in {bad} of its {full} cells where {as_what} is needed")
            }
        };
        // A comma that would be a point: common where a semicolon parts the cells.
        let comma = word.matches(',').count() == 1 && word.replace(',', ".").parse::<f64>().is_ok();
        let help = match bad == full {
            _ if comma => "numbers have a decimal point here, not a comma: write 0.5 for 0,5".to_owned(),
            true => {
                "leave the column out with `--inputs`, or choose a method that takes categories".to_owned()
            }
            false => format!(
                "correct the cell, or leave it empty (also read as empty: {})",
                store::EMPTY[1..].join(", ")
            ),
        };
        let file_row = match &self.rows_of[column.file] {
            Some(rows) => rows[row] as usize,
            None => row,
        };
        let (path, text) = &self.sources[column.file];
        if let Some((text, csv)) = text
            && let Some(place) = store::csv_place(text, csv, file_row, column.place)
        {
            return underlined(
                path,
                text.clone(),
                place,
                "table-text",
                &why,
                "not a number",
                &help,
            );
        }
        Failure::new(
            Exit::Invalid,
            format!("`{path}`: {why}: `{word}` in row {}", file_row + 1),
        )
        .help(help)
    }
}

/// Cells as words; an empty one is an empty word.
pub(crate) fn words(cells: Option<&Cells>) -> Vec<String> {
    match cells {
        None => Vec::new(),
        Some(Cells::Counts(cells)) => cells.iter().map(u64::to_string).collect(),
        Some(Cells::Numbers(cells)) => cells
            .iter()
            .map(|c| {
                if c.is_nan() {
                    String::new()
                } else {
                    crate::render::number::shortest(*c)
                }
            })
            .collect(),
        Some(Cells::Words(cells)) => cells.iter().map(|c| c.clone().unwrap_or_default()).collect(),
        Some(Cells::Flags(cells)) => cells
            .iter()
            .map(|c| c.map_or(String::new(), |c| c.to_string()))
            .collect(),
    }
}
