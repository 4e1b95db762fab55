//! What was typed, as plain structs. Each option is defined here once: help and completions come from it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::analyze::Analyze;
use super::sample::Sample;

/// Examples first: a newcomer copies the first line.
const EXAMPLES: &str = "\
Examples:
  weigh run cases/us-mexico-2025                 weigh a case, write its memo
  weigh run my-case --futures 500 --seed 7       fewer futures, another seed
  weigh check my-case                            everything that is wrong with a case, at once
  weigh simulate model.mdl -o out.csv            simulate a model once
  weigh simulate model.mdl -o - --set 'Rate=0.2' --save 'Population,Births'
  weigh show model.mdl                           what a model consists of
  weigh diff runs/a-1 runs/a-2                   which verdicts changed, and why
  weigh new my-case                              a commented case to start from
  weigh analyze prim data.csv --outcome 'y > 3'  a method on anybody's table";

const EXIT_CODES: &str = "\
Exit codes:
    0  done, perhaps with warnings            5  a check failed
    2  the command line makes no sense        6  input or output could not be read or written
    3  a case or a model is not valid        70  a mistake in weigh itself: please report it
    4  the simulation failed                130  interrupted; what was done is kept

Colours and progress bars appear on a terminal only; NO_COLOR switches colours off.";

/// Weighs a contested public policy: which option does well under which assumptions, and what the answer hinges on.
///
/// No forecast, no vote, no planning tool: it counts in how many tested futures an option leads.
#[derive(Debug, Parser)]
#[command(name = "weigh", version, before_help = EXAMPLES, after_help = EXIT_CODES, max_term_width = 110)]
#[command(
    propagate_version = false,
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub(crate) struct Low {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Weigh a case: simulate every option over thousands of futures and write the memo
    #[command(before_help = "\
Examples:
  weigh run cases/us-mexico-2025
  weigh run my-case --futures 500 --options status_quo,toll --threads 1
  weigh run my-case --design sobol --seed 0 --out results/first --csv
  weigh run my-case --tables --futures 1000000 --options toll")]
    Run(Run),
    /// Simulate a model once and write its variables over time, or many times and write where each future ends
    #[command(before_help = "\
Examples:
  weigh simulate model.mdl -o out.csv
  weigh simulate model.mdl -o out.parquet --set 'Contact Rate=0.4' --set 'Duration=6'
  weigh simulate model.mdl -o - --save 'Infectious,\"Rate, net\"' --stop 50
  weigh simulate model.mdl -o futures.parquet --futures 100000 --vary 'Contact Rate=0.2..0.6'")]
    Simulate(Simulate),
    /// Say everything that is wrong with a case or a model, at once, and how fair a case is
    #[command(before_help = "\
Examples:
  weigh check my-case
  weigh check model.mdl --units
  weigh check my-case --strict --json")]
    Check(Check),
    /// Show what a model consists of
    #[command(before_help = "\
Examples:
  weigh show model.mdl
  weigh show model.mdl --markdown > model.md
  weigh show model.mdl --program")]
    Show(Show),
    /// Write the memo of a run again
    #[command(before_help = "\
Examples:
  weigh memo runs/my_case-1 -o memo.html
  weigh memo runs/my_case-1 -o memo.pdf --lang es
  weigh memo runs/my_case-1 -o card.png")]
    Memo(Memo),
    /// Open the memo of a run in the browser
    #[command(before_help = "\
Examples:
  weigh open runs/my_case-1")]
    Open(Open),
    /// Show which verdicts changed between two runs, and why
    #[command(before_help = "\
Examples:
  weigh diff runs/my_case-1 runs/my_case-2
  weigh diff runs/my_case-1 runs/my_case-2 --json")]
    Diff(Diff),
    /// Apply a method to anybody's tables: sensitivity, scenario discovery, robustness, value of information
    #[command(before_help = "\
Examples:
  weigh analyze prim data.csv --inputs a,b,c --outcome 'y > 3' --peel 0.05
  weigh analyze sobol y.csv --problem p.toml
  weigh analyze robustness costs.csv --options dam,levee,nothing --better lower
  weigh analyze pawn runs/my_case-1 --outcome deaths --gap toll,status_quo --json")]
    Analyze(Box<Analyze>),
    /// Draw points to try: sequences, Latin hypercubes, and the designs of the sensitivity methods
    #[command(before_help = "\
Examples:
  weigh sample lhs --problem p.toml -n 1000 -o x.csv
  weigh sample saltelli --problem p.toml -n 1024 --seed 7 -o x.parquet
  weigh sample morris --problem salib.json -n 20 -o -")]
    Sample(Sample),
    /// Write a small commented case to start from
    #[command(before_help = "\
Examples:
  weigh new my-case && weigh run my-case --futures 1000")]
    New(New),
    /// Print the JSON Schema of the case file
    #[command(before_help = "\
Examples:
  weigh schema > case.schema.json")]
    Schema,
    /// Print completions for a shell
    #[command(before_help = "\
Examples:
  weigh completions bash > ~/.local/share/bash-completion/completions/weigh
  weigh completions zsh > ~/.zfunc/_weigh")]
    Completions(Completions),
}

/// `weigh run`
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// A case: its folder, or its case.toml
    pub(crate) case: PathBuf,
    /// Number of futures that are accepted and simulated under every option [default: the case's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(crate) futures: Option<u64>,
    /// Seed of the design and of noise; 0 is a seed [default: the case's]
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,
    /// How futures are chosen [default: the case's]
    #[arg(long, value_name = "D", value_enum)]
    pub(crate) design: Option<Design>,
    /// Only these options, by id: `policy` or `policy+addon`, with commas between
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) options: Vec<String>,
    /// Threads; the result does not depend on it [default: all cores]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// What runs the model; the result does not depend on it
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) engine: Engine,
    /// How numbers are computed; `fast` gives other last digits, and says how far it moved what comes out
    #[arg(long, value_enum, default_value = "exact")]
    pub(crate) numerics: Numerics,
    /// The run folder, which must not exist [default: the next free runs/CASE-N]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Keep every future's series, not only those that the memo draws
    #[arg(long)]
    pub(crate) series: bool,
    /// Only simulate, and write the tables as they come: for more futures than fit into memory
    #[arg(long, conflicts_with = "series")]
    pub(crate) tables: bool,
    /// Write the tables as CSV too
    #[arg(long)]
    pub(crate) csv: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What runs a model.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Engine {
    /// Machine code; where there is none, the block interpreter; for a single future the reference
    Auto,
    /// The reference: one future, one operation after the other
    Scalar,
    /// The interpreter of many futures an operation
    Block,
    /// Machine code; where there is none, the block interpreter
    Native,
}

/// How numbers are computed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Numerics {
    /// As the model says, each operation rounded by itself
    Exact,
    /// By fewer and cheaper operations
    Fast,
}

/// How futures are chosen.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Design {
    /// Independent draws
    #[value(name = "monte_carlo", alias = "monte-carlo")]
    MonteCarlo,
    /// Every range cut into as many slices as there are futures, each met once
    #[value(name = "latin_hypercube", alias = "latin-hypercube")]
    LatinHypercube,
    /// Sobol' sequence
    #[value(name = "sobol")]
    Sobol,
    /// Sobol' sequence, scrambled
    #[value(name = "sobol_scrambled", alias = "sobol-scrambled")]
    SobolScrambled,
    /// Every combination of levels
    #[value(name = "full_factorial", alias = "full-factorial")]
    FullFactorial,
    /// One assumption at a time, the others at their middle
    #[value(name = "one_at_a_time", alias = "one-at-a-time")]
    OneAtATime,
}

/// `weigh simulate`
#[derive(Args, Debug)]
pub(crate) struct Simulate {
    /// A model: Vensim (.mdl) or XMILE (.xmile, .stmx)
    pub(crate) model: PathBuf,
    /// Where to: .csv, .tab or .parquet; `-` is CSV on standard output
    #[arg(short, long, value_name = "OUT")]
    pub(crate) out: PathBuf,
    /// Give a constant another value; may be repeated
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub(crate) set: Vec<String>,
    /// Simulate this many futures; the table then has a row for each: what was drawn, and the last value of each variable
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(crate) futures: Option<u64>,
    /// Draw a constant evenly from a range in each future; may be repeated
    #[arg(
        long,
        value_name = "NAME=LOW..HIGH",
        allow_hyphen_values = true,
        requires = "futures"
    )]
    pub(crate) vary: Vec<String>,
    /// Threads for `--futures`; the result does not depend on it [default: all cores]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024), requires = "futures")]
    pub(crate) threads: Option<u16>,
    /// What runs the model; the result does not depend on it
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) engine: Engine,
    /// How numbers are computed; `fast` gives other last digits, and says how far it moved what comes out
    #[arg(long, value_enum, default_value = "exact")]
    pub(crate) numerics: Numerics,
    /// Only these variables, with commas between; quote a name that has a comma [default: all]
    #[arg(long, value_name = "NAME,NAME")]
    pub(crate) save: Vec<String>,
    /// Another INITIAL TIME
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) start: Option<f64>,
    /// Another FINAL TIME
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) stop: Option<f64>,
    /// Another TIME STEP
    #[arg(long, value_name = "STEP", allow_hyphen_values = true)]
    pub(crate) step: Option<f64>,
    /// How stocks are integrated [default: the model's, or euler]
    #[arg(long, value_enum)]
    pub(crate) method: Option<Method>,
    /// The error that a step of `rk2-auto` or `rk4-auto` may have, as a share of each stock [default: 1e-6]
    #[arg(long, value_name = "SHARE")]
    pub(crate) tolerance: Option<f64>,
    /// Seed of noise and of what is drawn
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Values for data variables that the model leaves open: .csv, .tab, .xls or .xlsx; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Vec<PathBuf>,
    /// Let the model read files outside its folder
    #[arg(long)]
    pub(crate) outside: bool,
    /// Print a summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How stocks are integrated.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Method {
    /// Euler's method
    Euler,
    /// Second-order Runge-Kutta with rates in the middle of a step, as Vensim has it
    Rk2,
    /// Second-order Runge-Kutta with rates at both ends of a step, as Stella has it
    Heun,
    /// Fourth-order Runge-Kutta
    Rk4,
    /// Steps of third order that keep to a tolerance (Bogacki-Shampine), at most a TIME STEP long; smooth models only
    Rk2Auto,
    /// Steps of fifth order that keep to a tolerance (Dormand-Prince), at most a TIME STEP long; smooth models only
    Rk4Auto,
}

/// `weigh check`
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// A case (folder or case.toml) or a model (.mdl, .xmile, .stmx)
    pub(crate) input: PathBuf,
    /// Let a unit problem fail the check
    #[arg(long)]
    pub(crate) units: bool,
    /// Values for data variables that a model leaves open, as `weigh simulate` takes them; a case names its own
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Vec<PathBuf>,
    /// Let a model read files outside its folder
    #[arg(long)]
    pub(crate) outside: bool,
    /// Let any warning fail the check, those about fairness too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print the messages as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `weigh show`
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// A model: Vensim (.mdl) or XMILE (.xmile, .stmx)
    pub(crate) model: PathBuf,
    /// Values for data variables that the model leaves open: .csv, .tab, .xls or .xlsx; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Vec<PathBuf>,
    /// Let the model read files outside its folder
    #[arg(long)]
    pub(crate) outside: bool,
    /// Print as JSON
    #[arg(long, group = "form")]
    pub(crate) json: bool,
    /// Print as Markdown
    #[arg(long, group = "form")]
    pub(crate) markdown: bool,
    /// Print the program that the model becomes
    #[arg(long, group = "form")]
    pub(crate) program: bool,
}

/// `weigh memo`
#[derive(Args, Debug)]
pub(crate) struct Memo {
    /// A run folder
    pub(crate) run: PathBuf,
    /// Where to: .html; .pdf or .png (a card of the verdict), where there is a Chromium; `-` is the page on standard output
    #[arg(short, long, value_name = "OUT", required_unless_present = "verify")]
    pub(crate) out: Option<PathBuf>,
    /// Check the memo that is there (OUT, or the run's own): run the model that it carries and compare with the tables, bit by bit
    #[arg(long, conflicts_with = "lang")]
    pub(crate) verify: bool,
    /// The language of the page without scripts; where scripts run, the other is one click away
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub(crate) lang: Language,
}

/// A language of the memo.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// English
    En,
    /// Spanish
    Es,
}

/// `weigh open`
#[derive(Args, Debug)]
pub(crate) struct Open {
    /// A run folder, or a memo
    pub(crate) run: PathBuf,
}

/// `weigh diff`
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// A run folder
    pub(crate) a: PathBuf,
    /// Another run folder
    pub(crate) b: PathBuf,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `weigh new`
#[derive(Args, Debug)]
pub(crate) struct New {
    /// The folder to make; it must not exist
    pub(crate) folder: PathBuf,
}

/// `weigh completions`
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// For which shell
    pub(crate) shell: clap_complete::Shell,
}
