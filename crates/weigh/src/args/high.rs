//! What the command line means: names split, numbers read, defaults of the machine filled in.

use std::path::{Path, PathBuf};

use study::case::DesignKind;

use crate::args::low;
use crate::exit::Failure;

/// What `weigh simulate` is to do.
#[derive(Debug, PartialEq)]
pub(crate) struct Simulate {
    /// The model.
    pub(crate) model: PathBuf,
    /// Where the table goes.
    pub(crate) out: Out,
    /// New values of constants, in the order of the command line; a later one wins.
    pub(crate) set: Vec<Assignment>,
    /// How many futures, and what varies among them; none: one, over time.
    pub(crate) many: Option<Many>,
    /// Variables to save; empty: all.
    pub(crate) save: Vec<String>,
    /// New values of control variables.
    pub(crate) controls: Vec<Assignment>,
    /// How stocks are integrated.
    pub(crate) integration: Option<model::Integration>,
    /// The error that a step may have, where the method chooses its steps.
    pub(crate) tolerance: Option<f64>,
    /// What runs the model.
    pub(crate) engine: engine::Choice,
    /// How numbers are computed.
    pub(crate) numerics: engine::Numerics,
    /// Seed of noise.
    pub(crate) seed: u64,
    /// Files with values for data variables, in the order of the command line; an earlier one wins.
    pub(crate) data: Vec<PathBuf>,
    /// Whether the model may read files outside its folder.
    pub(crate) outside: bool,
    /// Whether to print a summary as JSON.
    pub(crate) json: bool,
}

/// Many futures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Many {
    /// Their number.
    pub(crate) futures: u64,
    /// What is drawn: the assignment's value is the low end, then the high end.
    pub(crate) vary: Vec<(Assignment, f64)>,
    /// Threads.
    pub(crate) threads: usize,
}

/// `NAME=VALUE`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Assignment {
    /// The option it was given with, for messages.
    pub(crate) option: &'static str,
    /// The name as typed.
    pub(crate) name: String,
    /// The value.
    pub(crate) value: f64,
}

/// Where a table goes, and in which form.
#[derive(Debug, PartialEq)]
pub(crate) enum Out {
    /// CSV to standard output.
    Stdout,
    /// To a file.
    File(PathBuf, Form),
}

/// The form of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    /// Commas between columns.
    Csv,
    /// Tabulators between columns.
    Tab,
    /// Parquet.
    Parquet,
}

impl Simulate {
    /// Reads what was typed.
    pub(crate) fn new(low: low::Simulate) -> Result<Self, Failure> {
        let out = out(&low.out)?;
        if low.json && out == Out::Stdout {
            return Err(Failure::usage("`-o -` and `--json` both want standard output")
                .help("write the table to a file, or leave `--json` out"));
        }
        let set = low
            .set
            .iter()
            .map(|text| assignment(text))
            .collect::<Result<_, _>>()?;
        let vary = low
            .vary
            .iter()
            .map(|text| range(text))
            .collect::<Result<Vec<_>, _>>()?;
        let many = low.futures.map(|futures| Many {
            futures,
            vary,
            threads: low.threads.map_or_else(all_cores, usize::from),
        });
        let save = low
            .save
            .iter()
            .map(|text| names(text))
            .collect::<Result<Vec<_>, _>>()?
            .concat();
        let controls = [
            ("--start", "INITIAL TIME", low.start),
            ("--stop", "FINAL TIME", low.stop),
            ("--step", "TIME STEP", low.step),
        ];
        let controls = controls
            .into_iter()
            .filter_map(|(option, name, value)| value.map(|value| (option, name, value)))
            .map(|(option, name, value)| Assignment {
                option,
                name: name.to_owned(),
                value,
            });
        Ok(Self {
            model: low.model,
            out,
            set,
            many,
            save,
            controls: controls.collect(),
            engine: choice(low.engine),
            numerics: numerics(low.numerics),
            integration: low.method.map(|method| match method {
                low::Method::Euler => model::Integration::Euler,
                low::Method::Rk2 => model::Integration::Midpoint,
                low::Method::Heun => model::Integration::Heun,
                low::Method::Rk4 => model::Integration::Rk4,
                low::Method::Rk2Auto => model::Integration::Rk2Auto,
                low::Method::Rk4Auto => model::Integration::Rk4Auto,
            }),
            tolerance: tolerance(low.tolerance, low.method)?,
            seed: low.seed,
            data: low.data,
            outside: low.outside,
            json: low.json,
        })
    }
}

/// A tolerance, and a method that has one.
fn tolerance(wanted: Option<f64>, method: Option<low::Method>) -> Result<Option<f64>, Failure> {
    let Some(share) = wanted else { return Ok(None) };
    if !(1e-13..=0.1).contains(&share) {
        return Err(
            Failure::usage(format!("`--tolerance {share}` is not between 1e-13 and 0.1"))
                .help("it is a share of each stock: 1e-6, the default, is a millionth"),
        );
    }
    match method {
        Some(low::Method::Rk2Auto | low::Method::Rk4Auto) => Ok(Some(share)),
        _ => Err(
            Failure::usage("`--tolerance` is for methods that choose their steps")
                .help("add `--method rk4-auto`, or choose a smaller `--step`"),
        ),
    }
}

/// Where a table goes, by the end of its name.
pub(crate) fn out(path: &Path) -> Result<Out, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Out::Stdout);
    }
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .map(str::to_lowercase);
    let form = match extension.as_deref() {
        Some("csv") => Form::Csv,
        Some("tab" | "tsv") => Form::Tab,
        Some("parquet") => Form::Parquet,
        // A device such as /dev/stdout or /dev/full has no extension: it gets what most programs read.
        None if path.starts_with("/dev") => Form::Csv,
        _ => {
            return Err(Failure::usage(format!(
                "cannot tell the form of `{}` from its name",
                path.display()
            ))
            .help("end it in `.csv`, `.tab` or `.parquet`, or give `-` for standard output"));
        }
    };
    Ok(Out::File(path.to_owned(), form))
}

/// Reads `NAME=VALUE`; the last `=` parts them, for a quoted name may have one.
fn assignment(text: &str) -> Result<Assignment, Failure> {
    let wrong = |what: &str| {
        Failure::usage(format!("`--set {text}`: {what}")).help("write it like `--set 'Contact Rate=0.4'`")
    };
    let (name, value) = text.rsplit_once('=').ok_or_else(|| wrong("there is no `=`"))?;
    let name = unquoted(name);
    if name.is_empty() {
        return Err(wrong("there is no name before the `=`"));
    }
    let value: f64 = value
        .trim()
        .parse()
        .map_err(|_| wrong("what follows the `=` is not a number"))?;
    if !value.is_finite() {
        return Err(wrong("the value is not finite"));
    }
    Ok(Assignment {
        option: "--set",
        name: name.to_owned(),
        value,
    })
}

/// Reads `NAME=LOW..HIGH`.
fn range(text: &str) -> Result<(Assignment, f64), Failure> {
    let wrong = |what: &str| {
        Failure::usage(format!("`--vary {text}`: {what}"))
            .help("write it like `--vary 'Contact Rate=0.2..0.6'`")
    };
    let (name, ends) = text.rsplit_once('=').ok_or_else(|| wrong("there is no `=`"))?;
    let name = unquoted(name);
    if name.is_empty() {
        return Err(wrong("there is no name before the `=`"));
    }
    let (low, high) = ends
        .split_once("..")
        .ok_or_else(|| wrong("there is no `..` between two numbers"))?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    match (number(low), number(high)) {
        (Some(low), Some(high)) if low <= high => Ok((
            Assignment {
                option: "--vary",
                name: name.to_owned(),
                value: low,
            },
            high,
        )),
        (Some(_), Some(_)) => Err(wrong("the low end is above the high end")),
        _ => Err(wrong("an end of the range is not a finite number")),
    }
}

/// Splits names at commas, except inside double quotes.
fn names(text: &str) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                names.push(unquoted(&text[start..at]).to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    names.push(unquoted(&text[start..]).to_owned());
    if quoted || names.iter().any(String::is_empty) {
        let what = if quoted {
            "a quote is not closed"
        } else {
            "a name is empty"
        };
        return Err(Failure::usage(format!("`--save {text}`: {what}"))
            .help("write it like `--save 'Births,\"Rate, net\"'`"));
    }
    Ok(names)
}

fn unquoted(name: &str) -> &str {
    let name = name.trim();
    name.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(name)
}

/// What `weigh run` is to do.
#[derive(Debug)]
pub(crate) struct Run {
    /// The case: its folder or file.
    pub(crate) case: PathBuf,
    /// Accepted futures; none: as many as the case says.
    pub(crate) futures: Option<u64>,
    /// Seed; none: the case's.
    pub(crate) seed: Option<u64>,
    /// Design; none: the case's.
    pub(crate) design: Option<DesignKind>,
    /// Options by id; empty: all.
    pub(crate) options: Vec<String>,
    /// Threads.
    pub(crate) threads: usize,
    /// What runs the model.
    pub(crate) engine: engine::Choice,
    /// How numbers are computed.
    pub(crate) numerics: engine::Numerics,
    /// The run folder; none: the next free number.
    pub(crate) out: Option<PathBuf>,
    /// Whether to keep every future's series.
    pub(crate) series: bool,
    /// Whether to write the tables only, as they come.
    pub(crate) tables: bool,
    /// Whether to write CSV, too.
    pub(crate) csv: bool,
    /// Whether to print JSON.
    pub(crate) json: bool,
}

impl Run {
    /// Reads what was typed.
    pub(crate) fn new(low: low::Run) -> Self {
        Self {
            case: low.case,
            futures: low.futures,
            seed: low.seed,
            design: low.design.map(|design| match design {
                low::Design::MonteCarlo => DesignKind::MonteCarlo,
                low::Design::LatinHypercube => DesignKind::LatinHypercube,
                low::Design::Sobol => DesignKind::Sobol,
                low::Design::SobolScrambled => DesignKind::SobolScrambled,
                low::Design::FullFactorial => DesignKind::FullFactorial,
                low::Design::OneAtATime => DesignKind::OneAtATime,
            }),
            options: low.options,
            threads: low.threads.map_or_else(all_cores, usize::from),
            engine: choice(low.engine),
            numerics: numerics(low.numerics),
            out: low.out,
            series: low.series,
            tables: low.tables,
            csv: low.csv,
            json: low.json,
        }
    }
}

fn numerics(numerics: low::Numerics) -> engine::Numerics {
    match numerics {
        low::Numerics::Exact => engine::Numerics::Exact,
        low::Numerics::Fast => engine::Numerics::Fast,
    }
}

fn choice(engine: low::Engine) -> engine::Choice {
    match engine {
        low::Engine::Auto => engine::Choice::Auto,
        low::Engine::Scalar => engine::Choice::Scalar,
        low::Engine::Block => engine::Choice::Block,
        low::Engine::Native => engine::Choice::Native,
    }
}

/// As many threads as there are cores.
pub(crate) fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T>(result: Result<T, Failure>) -> String {
        match result {
            Err(Failure::Message { message, .. }) => message,
            _ => panic!("expected a message"),
        }
    }

    #[test]
    fn assignments() {
        let check = |text: &str, name: &str, value: f64| {
            let read = assignment(text).ok().expect("an assignment");
            assert_eq!((read.name.as_str(), read.value), (name, value));
        };
        check("Rate=0.5", "Rate", 0.5);
        check(" Contact Rate = -1e-3", "Contact Rate", -1e-3);
        check("\"a=b\"=2", "a=b", 2.0);
        assert_eq!(told(assignment("Rate")), "`--set Rate`: there is no `=`");
        assert_eq!(
            told(assignment("=1")),
            "`--set =1`: there is no name before the `=`"
        );
        assert_eq!(
            told(assignment("a=1,5")),
            "`--set a=1,5`: what follows the `=` is not a number"
        );
        assert_eq!(
            told(assignment("a=nan")),
            "`--set a=nan`: the value is not finite"
        );
    }

    #[test]
    fn ranges() {
        let check = |text: &str, name: &str, low: f64, high: f64| {
            let (one, end) = range(text).ok().expect("a range");
            assert_eq!((one.name.as_str(), one.value, end), (name, low, high));
        };
        check("Rate=0.5..1", "Rate", 0.5, 1.0);
        check(" \"a=b\" = -1e-3 .. .5", "a=b", -1e-3, 0.5);
        check("x=2..2", "x", 2.0, 2.0);
        assert_eq!(told(range("x")), "`--vary x`: there is no `=`");
        assert_eq!(
            told(range("x=1")),
            "`--vary x=1`: there is no `..` between two numbers"
        );
        assert_eq!(
            told(range("x=2..1")),
            "`--vary x=2..1`: the low end is above the high end"
        );
        assert_eq!(
            told(range("x=1..inf")),
            "`--vary x=1..inf`: an end of the range is not a finite number"
        );
    }

    #[test]
    fn lists_of_names() {
        let check = |text: &str, expected: &[&str]| assert_eq!(names(text).ok().expect("names"), expected);
        check("a", &["a"]);
        check("a, b c ,\"d, e\"", &["a", "b c", "d, e"]);
        assert_eq!(told(names("a,,b")), "`--save a,,b`: a name is empty");
        assert_eq!(told(names("a,\"b")), "`--save a,\"b`: a quote is not closed");
    }

    #[test]
    fn forms() {
        assert_eq!(out(Path::new("-")).ok(), Some(Out::Stdout));
        assert_eq!(
            out(Path::new("a.TSV")).ok(),
            Some(Out::File("a.TSV".into(), Form::Tab))
        );
        assert_eq!(
            out(Path::new("/dev/full")).ok(),
            Some(Out::File("/dev/full".into(), Form::Csv))
        );
        assert_eq!(
            told(out(Path::new("a.xls"))),
            "cannot tell the form of `a.xls` from its name"
        );
    }
}
