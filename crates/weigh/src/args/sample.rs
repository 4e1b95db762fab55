//! `weigh sample METHOD`: one subcommand for each design, each with its own options.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

const PROBLEMS: &str = r#"Problem files, in TOML or JSON:
  [inputs]
  rate = [0.1, 0.4]                                                    # uniform
  delay = { distribution = "triangular", low = 2, mode = 3, high = 8 }
  share = { distribution = "normal", mean = 0.5, sd = 0.1, group = "people" }
  [correlation]                                                        # if inputs go together
  pairs = [["rate", "delay", 0.6]]
SALib's names and meanings are read, too: names, bounds, dists, groups.
docs/analyses.md tells of all distributions.

Exit codes: 0 done, 2 the command line makes no sense, 3 the problem is not valid, 6 a file could not be read or written."#;

/// `weigh sample`
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true, after_help = PROBLEMS)]
pub(crate) struct Sample {
    /// The design.
    #[command(subcommand)]
    pub(crate) design: Design,
}

/// The designs.
#[derive(Debug, Subcommand)]
pub(crate) enum Design {
    /// Sobol' sequence (Joe and Kuo's directions): N points, best a power of two
    Sobol(Sobol),
    /// Halton sequence: N points
    Halton(Sequence),
    /// Latin hypercube: N points, each of N slices of every input met once
    Lhs(Lhs),
    /// Independent draws: N points
    Mc(Plain),
    /// For `analyze sobol`: N blocks of 2 x inputs + 2 rows
    Saltelli(Saltelli),
    /// For `analyze morris`: N trajectories of inputs + 1 rows (groups + 1)
    Morris(Morris),
    /// For `analyze efast`: N points on the search curve of each input
    Efast(Efast),
    /// For `analyze dgsm`: N base points, each with one step of every input
    Dgsm(Dgsm),
    /// Every combination of N levels of each input
    Factorial(Plain),
}

/// What every design needs.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// The problem file (.toml or .json)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) problem: PathBuf,
    /// How many: points, blocks, trajectories or levels, as the design says
    #[arg(short, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(crate) n: u64,
    /// Where to: .csv or .parquet; `-` is CSV on standard output
    #[arg(short, long, value_name = "OUT")]
    pub(crate) out: PathBuf,
    /// Say on standard error what reading and computing took
    #[arg(long)]
    pub(crate) timings: bool,
}

/// A design of independent numbers, or without any.
#[derive(Args, Debug)]
pub(crate) struct Plain {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Seed; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
}

/// A sequence without randomness.
#[derive(Args, Debug)]
pub(crate) struct Sequence {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Points left out at the beginning; the first point of a plain sequence is zero in every dimension
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip: u32,
}

/// Scrambling.
#[derive(Args, Debug)]
pub(crate) struct Scrambled {
    /// How points are randomised; without, the first point is the low end of every range
    #[arg(long, value_enum, default_value_t = Scramble::Owen)]
    pub(crate) scramble: Scramble,
    /// Seed of the scrambling; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Points left out at the beginning
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip: u32,
}

/// How points are randomised.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Scramble {
    /// Not at all
    None,
    /// Owen's nested scrambling
    Owen,
    /// A random digital shift
    Shift,
}

/// `sobol`
#[derive(Args, Debug)]
pub(crate) struct Sobol {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) scrambled: Scrambled,
}

/// `saltelli`
#[derive(Args, Debug)]
pub(crate) struct Saltelli {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) scrambled: Scrambled,
    /// Without the rows for second-order indices: blocks of inputs + 2 rows
    #[arg(long)]
    pub(crate) no_second_order: bool,
}

/// `lhs`
#[derive(Args, Debug)]
pub(crate) struct Lhs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Seed; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// What the hypercube is improved by
    #[arg(long, value_enum, default_value_t = Improve::No)]
    pub(crate) improve: Improve,
    /// Values in the middle of their slices
    #[arg(long)]
    pub(crate) centred: bool,
    /// Swaps tried by the improvement [default: 100 for each point, at most 100,000]
    #[arg(long, value_name = "N")]
    pub(crate) swaps: Option<usize>,
}

/// What a hypercube is improved by.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Improve {
    /// Nothing
    No,
    /// A larger smallest distance between points
    Maximin,
    /// A smaller centred discrepancy
    Discrepancy,
}

/// `morris`
#[derive(Args, Debug)]
pub(crate) struct Morris {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Seed; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Levels of the grid, even
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) levels: usize,
}

/// `efast`
#[derive(Args, Debug)]
pub(crate) struct Efast {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Seed of the phases; 0 is a seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Harmonics that count as an input's own
    #[arg(long, value_name = "M", default_value_t = 4)]
    pub(crate) interference: usize,
}

/// `dgsm`
#[derive(Args, Debug)]
pub(crate) struct Dgsm {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) scrambled: Scrambled,
    /// The step as a share of the way through a distribution
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub(crate) step: f64,
}

impl Design {
    /// What every design needs.
    pub(crate) fn target(&self) -> &Target {
        match self {
            Self::Sobol(d) => &d.target,
            Self::Halton(d) => &d.target,
            Self::Lhs(d) => &d.target,
            Self::Mc(d) | Self::Factorial(d) => &d.target,
            Self::Saltelli(d) => &d.target,
            Self::Morris(d) => &d.target,
            Self::Efast(d) => &d.target,
            Self::Dgsm(d) => &d.target,
        }
    }
}
