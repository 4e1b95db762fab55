//! `weigh analyze METHOD TABLE...`: one subcommand for each method, each with its own options.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::texts;

/// `weigh analyze`
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Analyze {
    /// The method.
    #[command(subcommand)]
    pub(crate) method: Method,
}

/// The methods, as they are listed in the help: what an outcome owes to its inputs, where it is of interest, how options compare.
#[derive(Debug, Subcommand)]
pub(crate) enum Method {
    /// Shares of the outcome's variance, from the results of `weigh sample saltelli`
    #[command(after_help = texts::SOBOL)]
    Sobol(Sobol),
    /// Screening by single steps, from the results of `weigh sample morris`
    #[command(after_help = texts::MORRIS)]
    Morris(Morris),
    /// First and total order from Fourier spectra, from the results of `weigh sample efast`
    #[command(after_help = texts::EFAST)]
    Efast(Efast),
    /// First order from Fourier spectra, from any table
    #[command(name = "rbd-fast", after_help = texts::RBD_FAST)]
    RbdFast(RbdFast),
    /// How far slices of an input shift the outcome's distribution, from any table
    #[command(after_help = texts::PAWN)]
    Pawn(Pawn),
    /// How far knowing an input shifts the outcome's density (Borgonovo), from any table
    #[command(after_help = texts::DELTA)]
    Delta(Delta),
    /// Mean squared derivatives, from the results of `weigh sample dgsm`
    #[command(after_help = texts::DGSM)]
    Dgsm(Dgsm),
    /// Kolmogorov-Smirnov distance of each input between rows of interest and the others
    #[command(visible_alias = "ks", after_help = texts::REGIONAL)]
    Regional(Plain),
    /// Boxes in which the rows of interest crowd (patient rule induction)
    #[command(after_help = texts::PRIM)]
    Prim(Prim),
    /// PRIM on inputs turned to their principal axes
    #[command(name = "pca-prim", after_help = texts::PCA_PRIM)]
    PcaPrim(Prim),
    /// A tree of yes-or-no questions (classification or regression)
    #[command(after_help = texts::CART)]
    Cart(Cart),
    /// Logistic regression of a yes or no, inputs entering by BIC
    #[command(after_help = texts::LOGIT)]
    Logit(Logit),
    /// Scores of the inputs from extra trees or a random forest, and an F test
    #[command(after_help = texts::FEATURES)]
    Features(Features),
    /// Series grouped by shape, with one to stand for each group
    #[command(after_help = texts::CLUSTERS)]
    Clusters(Clusters),
    /// The eleven robustness measures of each option, with intervals, and how their rankings differ
    #[command(after_help = texts::ROBUSTNESS)]
    Robustness(Robustness),
    /// Regret of each option from the best, or from a baseline
    #[command(after_help = texts::REGRET)]
    Regret(Regret),
    /// What it would be worth to know the inputs before choosing: all, each, pairs
    #[command(after_help = texts::VOI)]
    Voi(Voi),
    /// The smallest change of one input, and of several at once, that makes another option lead
    #[command(after_help = texts::FLIPS)]
    Flips(Flips),
    /// Which weights of the criteria make which option the best
    #[command(after_help = texts::SMAA)]
    Smaa(Smaa),
    /// Whether a quarrel of two sides is about facts or about values
    #[command(after_help = texts::DISAGREEMENT)]
    Disagreement(Disagreement),
    /// How evenly a sample fills its ranges
    #[command(after_help = texts::DISCREPANCY)]
    Discrepancy(Discrepancy),
}

/// Where the numbers come from, and where the result goes.
#[derive(Args, Debug, Clone)]
pub(crate) struct Data {
    /// A table (.csv, .tsv, .parquet), several to be joined, or a run folder
    #[arg(required = true, value_name = "TABLE")]
    pub(crate) tables: Vec<PathBuf>,
    /// The column that numbers the futures: tables are joined by it [default: future, or scenario]
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub(crate) key: Option<String>,
    /// The column that says what became of a row: ok, rejected, broken or missing [default: status, if it says that]
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub(crate) status: Option<String>,
    /// The columns that name the option, where each option has rows of its own [default: policy and addon, or option]
    #[arg(
        long,
        value_name = "COLUMN,...",
        value_delimiter = ',',
        help_heading = "Tables"
    )]
    pub(crate) option_column: Vec<String>,
    /// The column of times: the method is applied at each of them
    #[arg(long, value_name = "COLUMN", help_heading = "Tables")]
    pub(crate) time: Option<String>,
    /// Whether the first line of a CSV names the columns [default: unless all of it is numbers]
    #[arg(long, value_name = "yes|no", value_parser = clap::builder::BoolishValueParser::new(), help_heading = "Tables")]
    pub(crate) header: Option<bool>,
    /// Take a run folder's series.parquet instead of its outcomes.parquet
    #[arg(long, help_heading = "Tables")]
    pub(crate) series: bool,
    /// Print the result as JSON
    #[arg(long, help_heading = "Result")]
    pub(crate) json: bool,
    /// Write the first table of the result to a file, too (.csv or .parquet)
    #[arg(short, long, value_name = "OUT", help_heading = "Result")]
    pub(crate) out: Option<PathBuf>,
    /// Say on standard error what reading and computing took
    #[arg(long, help_heading = "Result")]
    pub(crate) timings: bool,
}

/// One outcome to explain.
#[derive(Args, Debug, Clone)]
pub(crate) struct Explained {
    /// The outcome: a column, a difference such as 'a - b', or a condition such as 'y > 3 and x < 2' [default: the only column that is no input]
    #[arg(long, value_name = "EXPRESSION", allow_hyphen_values = true)]
    pub(crate) outcome: Option<String>,
    /// The option whose rows count, where each option has rows of its own
    #[arg(long, value_name = "OPTION")]
    pub(crate) option: Option<String>,
    /// Explain the gap between two options: the first's outcome less the second's
    #[arg(
        long,
        value_name = "A,B",
        value_delimiter = ',',
        num_args = 1,
        conflicts_with = "option"
    )]
    pub(crate) gap: Vec<String>,
}

/// Which columns are inputs.
#[derive(Args, Debug, Clone)]
pub(crate) struct Inputs {
    /// The inputs, with commas between [default: those of the problem, else every other column]
    #[arg(long, value_name = "COLUMN,...")]
    pub(crate) inputs: Option<String>,
    /// Inputs whose numbers are names of categories
    #[arg(long, value_name = "COLUMN,...")]
    pub(crate) categorical: Option<String>,
    /// A problem file (.toml or .json): names, ranges and groups of the inputs
    #[arg(long, value_name = "FILE")]
    pub(crate) problem: Option<PathBuf>,
}

/// Options whose outcomes are compared.
#[derive(Args, Debug, Clone)]
pub(crate) struct Compared {
    /// The options: columns of a table with one row for each future, or names in the option column [default: all]
    #[arg(long, value_name = "A,B,...")]
    pub(crate) options: Option<String>,
    /// The outcome that is compared, where each option has rows of its own [default: the only one]
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub(crate) outcome: Option<String>,
    /// Which end of the outcome is better [default for a run folder: what its case says]
    #[arg(long, value_enum)]
    pub(crate) better: Option<Better>,
    /// A difference of at most this much is too close to call
    #[arg(long, value_name = "X", default_value_t = 0.0)]
    pub(crate) margin: f64,
}

/// Which end of an outcome is better.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(crate) enum Better {
    /// More is better
    Higher,
    /// Less is better
    Lower,
}

/// Random numbers.
#[derive(Args, Debug, Clone)]
pub(crate) struct Resampling {
    /// Bootstrap resamples for intervals; 0 for none
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) resamples: usize,
    /// Seed of the resamples; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
}

/// A method that needs nothing but inputs and an outcome.
#[derive(Args, Debug)]
pub(crate) struct Plain {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) explained: Explained,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
}

/// `sobol`
#[derive(Args, Debug)]
pub(crate) struct Sobol {
    #[command(flatten)]
    pub(crate) plain: Plain,
    #[command(flatten)]
    pub(crate) resampling: Resampling,
    /// The design has no rows for second-order indices: blocks of inputs + 2 rows instead of 2 x inputs + 2
    #[arg(long)]
    pub(crate) no_second_order: bool,
}

/// `morris`
#[derive(Args, Debug)]
pub(crate) struct Morris {
    #[command(flatten)]
    pub(crate) plain: Plain,
    #[command(flatten)]
    pub(crate) resampling: Resampling,
    /// Levels of the grid of the design
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) levels: usize,
}

/// `efast`
#[derive(Args, Debug)]
pub(crate) struct Efast {
    #[command(flatten)]
    pub(crate) plain: Plain,
    /// Harmonics that count as an input's own, as in the design
    #[arg(long, value_name = "M", default_value_t = 4)]
    pub(crate) interference: usize,
}

/// `rbd-fast`
#[derive(Args, Debug)]
pub(crate) struct RbdFast {
    #[command(flatten)]
    pub(crate) plain: Plain,
    /// Harmonics that count as an input's own
    #[arg(long, value_name = "M", default_value_t = 10)]
    pub(crate) harmonics: usize,
}

/// `pawn`
#[derive(Args, Debug)]
pub(crate) struct Pawn {
    #[command(flatten)]
    pub(crate) plain: Plain,
    /// Slices of each input
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) slides: usize,
}

/// `delta`
#[derive(Args, Debug)]
pub(crate) struct Delta {
    #[command(flatten)]
    pub(crate) plain: Plain,
    #[command(flatten)]
    pub(crate) resampling: Resampling,
}

/// `dgsm`
#[derive(Args, Debug)]
pub(crate) struct Dgsm {
    #[command(flatten)]
    pub(crate) plain: Plain,
    #[command(flatten)]
    pub(crate) resampling: Resampling,
}

/// `prim` and `pca-prim`
#[derive(Args, Debug)]
pub(crate) struct Prim {
    #[command(flatten)]
    pub(crate) plain: Plain,
    /// What makes one peel better than another
    #[arg(long, value_enum, default_value_t = Objective::Lenient1)]
    pub(crate) objective: Objective,
    /// The share of a box that one peel takes off
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub(crate) peel: f64,
    /// The share of the neighbouring rows that one paste takes in
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub(crate) paste: f64,
    /// No box holds a smaller share of the rows than this
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub(crate) mass_min: f64,
    /// How many boxes to seek, one after the other
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) boxes: usize,
    /// Take the first box of a trajectory that is at least this dense, not the last
    #[arg(long, value_name = "SHARE")]
    pub(crate) density: Option<f64>,
    /// Limits with a quasi-p value above this are marked as not significant
    #[arg(long, value_name = "P", default_value_t = 0.05)]
    pub(crate) quasi_p: f64,
    /// Seek the box again in so many random parts of the rows; 0 for none
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) resamples: usize,
    /// The share of the rows in each such part
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    pub(crate) share: f64,
    /// Seed of the parts; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
}

/// What makes one peel better than another.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Objective {
    /// Gain in density for each row lost
    Lenient1,
    /// Gain in density for each share of rows lost
    Lenient2,
    /// The new density
    Original,
}

/// `cart`
#[derive(Args, Debug)]
pub(crate) struct Cart {
    #[command(flatten)]
    pub(crate) plain: Plain,
    /// The least share of all rows on each side of a question
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub(crate) mass_min: f64,
    /// The most questions in a row [default: no limit]
    #[arg(long, value_name = "N")]
    pub(crate) depth: Option<usize>,
}

/// `logit`
#[derive(Args, Debug)]
pub(crate) struct Logit {
    #[command(flatten)]
    pub(crate) plain: Plain,
    /// The model says yes where its probability is above this
    #[arg(long, value_name = "P", default_value_t = 0.5)]
    pub(crate) threshold: f64,
}

/// `features`
#[derive(Args, Debug)]
pub(crate) struct Features {
    #[command(flatten)]
    pub(crate) plain: Plain,
    /// Which forest
    #[arg(long, value_enum, default_value_t = Forest::ExtraTrees)]
    pub(crate) forest: Forest,
    /// How many trees
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) trees: usize,
    /// Features tried at a question [default: a third for extra trees, the root for a random forest]
    #[arg(long, value_name = "N")]
    pub(crate) tried: Option<usize>,
    /// The least rows on each side of a question [default: root of the rows over root of 1,000 for extra trees, 1 for a random forest]
    #[arg(long, value_name = "N")]
    pub(crate) leaf: Option<usize>,
    /// Seed of the trees; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Threads; the result does not depend on it [default: all cores]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

/// Which forest.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Forest {
    /// One random threshold for each feature tried
    ExtraTrees,
    /// The best threshold of each feature tried
    RandomForest,
}

/// `clusters`
#[derive(Args, Debug)]
pub(crate) struct Clusters {
    #[command(flatten)]
    pub(crate) data: Data,
    /// The variable, where times are rows (with --time); without it each row is a series and its columns are the times
    #[arg(long, value_name = "COLUMN")]
    pub(crate) outcome: Option<String>,
    /// The option whose rows count, where each option has rows of its own
    #[arg(long, value_name = "OPTION")]
    pub(crate) option: Option<String>,
    /// How many groups
    #[arg(short = 'k', long, value_name = "N", default_value_t = 5)]
    pub(crate) groups: usize,
    /// Give the matrix of distances, too
    #[arg(long)]
    pub(crate) distances: bool,
}

/// `robustness`
#[derive(Args, Debug)]
pub(crate) struct Robustness {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) compared: Compared,
    #[command(flatten)]
    pub(crate) resampling: Resampling,
    /// Hurwicz' weight of the best future
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    pub(crate) optimism: f64,
    /// The value an acceptable future reaches, or does not exceed where less is better (Starr's domain criterion)
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub(crate) threshold: Option<f64>,
}

/// `regret`
#[derive(Args, Debug)]
pub(crate) struct Regret {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) compared: Compared,
    /// Measure from this option instead of from the best
    #[arg(long, value_name = "OPTION")]
    pub(crate) baseline: Option<String>,
}

/// `voi`
#[derive(Args, Debug)]
pub(crate) struct Voi {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) compared: Compared,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// Pairs among so many of the inputs worth most; 0 or 1 for none
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) pairs: usize,
}

/// `flips`
#[derive(Args, Debug)]
pub(crate) struct Flips {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) compared: Compared,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// Where the reader stands on an input; may be repeated [default: its median, or its commonest category]
    #[arg(long, value_name = "INPUT=VALUE", allow_hyphen_values = true)]
    pub(crate) at: Vec<String>,
    /// Bands along each input [default: the cube root of the rows, 2 to 32]
    #[arg(long, value_name = "N")]
    pub(crate) bands: Option<usize>,
    /// Inputs that stay where they are in a joint change
    #[arg(long, value_name = "INPUT,...")]
    pub(crate) fixed: Option<String>,
}

/// `smaa`
#[derive(Args, Debug)]
pub(crate) struct Smaa {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) valued: Valued,
    /// Draws of weights and a future
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) draws: usize,
    /// Seed of the draws; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
}

/// Options judged by several outcomes.
#[derive(Args, Debug, Clone)]
pub(crate) struct Valued {
    /// A criterion, for example 'deaths: 100..0': the outcome, what scores 0, what scores 1; may be repeated
    #[arg(
        long,
        value_name = "OUTCOME:ZERO..ONE",
        required = true,
        allow_hyphen_values = true
    )]
    pub(crate) criterion: Vec<String>,
    /// Outcomes beyond an anchor score as the anchor
    #[arg(long)]
    pub(crate) clipped: bool,
    /// The options, by name in the option column, or as A in columns named 'outcome|A' [default: all]
    #[arg(long, value_name = "A,B,...")]
    pub(crate) options: Option<String>,
}

/// `disagreement`
#[derive(Args, Debug)]
pub(crate) struct Disagreement {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) valued: Valued,
    /// The first side's weights of the criteria, in their order
    #[arg(long, value_name = "W,W,...", value_delimiter = ',', required = true)]
    pub(crate) weights_a: Vec<f64>,
    /// The second side's weights
    #[arg(long, value_name = "W,W,...", value_delimiter = ',', required = true)]
    pub(crate) weights_b: Vec<f64>,
    /// The futures that the first side believes possible, as a condition on the inputs [default: all]
    #[arg(long, value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) believes_a: Option<String>,
    /// The futures that the second side believes possible
    #[arg(long, value_name = "CONDITION", allow_hyphen_values = true)]
    pub(crate) believes_b: Option<String>,
}

/// `discrepancy`
#[derive(Args, Debug)]
pub(crate) struct Discrepancy {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
}

impl Method {
    /// Its name, as typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sobol(_) => "sobol",
            Self::Morris(_) => "morris",
            Self::Efast(_) => "efast",
            Self::RbdFast(_) => "rbd-fast",
            Self::Pawn(_) => "pawn",
            Self::Delta(_) => "delta",
            Self::Dgsm(_) => "dgsm",
            Self::Regional(_) => "regional",
            Self::Prim(_) => "prim",
            Self::PcaPrim(_) => "pca-prim",
            Self::Cart(_) => "cart",
            Self::Logit(_) => "logit",
            Self::Features(_) => "features",
            Self::Clusters(_) => "clusters",
            Self::Robustness(_) => "robustness",
            Self::Regret(_) => "regret",
            Self::Voi(_) => "voi",
            Self::Flips(_) => "flips",
            Self::Smaa(_) => "smaa",
            Self::Disagreement(_) => "disagreement",
            Self::Discrepancy(_) => "discrepancy",
        }
    }

    /// Where its numbers come from.
    pub(crate) fn data(&self) -> &Data {
        match self {
            Self::Sobol(m) => &m.plain.data,
            Self::Morris(m) => &m.plain.data,
            Self::Efast(m) => &m.plain.data,
            Self::RbdFast(m) => &m.plain.data,
            Self::Pawn(m) => &m.plain.data,
            Self::Delta(m) => &m.plain.data,
            Self::Dgsm(m) => &m.plain.data,
            Self::Regional(m) => &m.data,
            Self::Prim(m) | Self::PcaPrim(m) => &m.plain.data,
            Self::Cart(m) => &m.plain.data,
            Self::Logit(m) => &m.plain.data,
            Self::Features(m) => &m.plain.data,
            Self::Clusters(m) => &m.data,
            Self::Robustness(m) => &m.data,
            Self::Regret(m) => &m.data,
            Self::Voi(m) => &m.data,
            Self::Flips(m) => &m.data,
            Self::Smaa(m) => &m.data,
            Self::Disagreement(m) => &m.data,
            Self::Discrepancy(m) => &m.data,
        }
    }
}
