//! The plain types of a case. The fields are those of `docs/case-file.md`.

use std::collections::BTreeMap;

use model::Span;
use serde::Serialize;

/// A text in both languages of the memo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// Spanish (es-MX).
    pub es: String,
}

/// A value and where it stands in a file. For a string without escapes the place is the text between the quotes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its place.
    #[serde(skip)]
    pub span: Span,
}

/// Everything a case says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// The question that is weighed.
    pub question: Text,
    /// What is at stake.
    pub summary: Text,
    /// Cut-off date, `YYYY-MM-DD`.
    pub as_of: String,
    /// Path of the model, relative to the case.
    pub model: At<String>,
    /// Paths of tables with values for data variables that the model leaves open, relative to the case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<At<String>>,
    /// Path of the bibliography, relative to the case.
    pub sources: Option<At<String>>,
    /// Model time at which policies begin; windows of claims count from it.
    pub start: f64,
    /// Place of `start` in the case.
    #[serde(skip)]
    pub start_span: Span,
    /// Index of the policy that others are compared with.
    pub baseline: usize,
    /// Indices of the outcomes of the first sentences.
    pub headline: Vec<usize>,
    /// Defaults of a run.
    pub run: RunDefaults,
    /// Policies in the order of the file.
    pub policies: Vec<Policy>,
    /// Add-ons in the order of the file; never empty, the first is the reference.
    pub addons: Vec<Policy>,
    /// Outcomes.
    pub outcomes: Vec<Outcome>,
    /// Quantities that only claims use.
    pub quantities: Vec<Outcome>,
    /// Uncertainties in the order of the file, those made by `[[split]]` among them.
    pub uncertainties: Vec<Uncertainty>,
    /// Sectors and their names, where the case gives them one.
    pub sectors: Vec<(String, Text)>,
    /// Known totals that are split by freely drawn shares.
    pub splits: Vec<Split>,
    /// Rules that reject a future.
    pub constraints: Vec<Constraint>,
    /// Camps.
    pub camps: Vec<Camp>,
    /// Claims.
    pub claims: Vec<Claim>,
    /// Legal labels.
    pub authorities: Vec<Authority>,
    /// Recent history of variables.
    pub history: Vec<History>,
    /// Experiments beside the main one.
    pub experiments: Vec<Experiment>,
    /// What the model leaves out.
    pub left_out: Vec<Text>,
    /// Dissents.
    pub dissents: Vec<Dissent>,
    /// The debate, statement by statement.
    pub statements: Vec<Statement>,
    /// The bibliography, whole: uncited entries too.
    pub bibliography: Bibliography,
}

/// Defaults of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunDefaults {
    /// Number of accepted futures.
    pub futures: u64,
    /// Seed.
    pub seed: u64,
    /// Design.
    pub design: DesignKind,
}

/// How futures are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DesignKind {
    /// Independent draws: a function of seed, name and future.
    MonteCarlo,
    /// Latin hypercube: a keyed permutation of seed, name and N.
    LatinHypercube,
    /// Sobol' sequence, not scrambled; the dimension is the place in the case.
    Sobol,
    /// Sobol' sequence, Owen-scrambled.
    SobolScrambled,
    /// Every combination of levels.
    FullFactorial,
    /// One assumption at a time, the others at their middle.
    OneAtATime,
}

/// A policy or an add-on: a set of levers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Policy {
    /// Id.
    pub id: At<String>,
    /// Name.
    pub name: Text,
    /// What it includes.
    pub includes: Text,
    /// What it leaves out.
    pub excludes: Text,
    /// What it costs, in words.
    pub cost: Text,
    /// Settings of levers.
    pub levers: Vec<Lever>,
    /// Sources.
    pub sources: Vec<At<String>>,
    /// Index of the policy that this one nearly repeats.
    pub near_clone_of: Option<usize>,
}

/// One lever's setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lever {
    /// The constant of the model.
    pub variable: At<String>,
    /// Its value, or its steps in time.
    pub setting: Setting,
    /// The 0/1 variable that tells whether a trigger that this lever arms has fired.
    pub trigger: Option<At<String>>,
}

/// A value, or steps in time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Constant.
    Value(f64),
    /// `(time, value)`: the value holds from that time on; before the first, the model's own value does.
    Steps(Vec<(f64, f64)>),
}

/// An outcome or a quantity: a variable, reduced over a window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Id.
    pub id: At<String>,
    /// Name.
    pub name: Text,
    /// Explanation.
    pub text: Text,
    /// Variable of the model.
    pub variable: At<String>,
    /// Reducer.
    pub reduce: Reduce,
    /// First time of the window.
    pub from: Option<f64>,
    /// Last time of the window.
    pub to: Option<f64>,
    /// Whether higher values are better (quantities: false).
    pub higher_is_better: bool,
    /// Unit of the reduced value.
    pub unit: At<String>,
    /// The value that scores 0.
    pub worst: f64,
    /// The value that scores 1.
    pub best: f64,
    /// Differences up to this are ties.
    pub close_call: CloseCall,
    /// Variable drawn over time.
    pub series: At<String>,
    /// Rare and bad: shown by its worst futures.
    pub tail: bool,
}

/// A reducer as written in a case; times and thresholds in the units of the model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduce {
    /// Value at the end of the window.
    Final,
    /// Value at a time.
    At(f64),
    /// Mean over the window.
    Mean,
    /// Least value.
    Min,
    /// Greatest value.
    Max,
    /// Integral over time.
    Integral,
    /// Time above a threshold.
    TimeAbove(f64),
    /// Time below a threshold.
    TimeBelow(f64),
    /// Longest stretch above a threshold.
    LongestAbove(f64),
    /// Longest stretch below a threshold.
    LongestBelow(f64),
    /// First time above a threshold.
    FirstAbove(f64),
}

/// What counts as a tie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseCall {
    /// In the unit of the outcome.
    Absolute(f64),
    /// As a share of the absolute value of the baseline policy (same add-on) in the same future.
    ShareOfBaseline(f64),
}

/// An uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Uncertainty {
    /// Id; default: the name in snake case.
    pub id: At<String>,
    /// Constant of the model; `None` for the total and the weights of a split.
    pub name: Option<At<String>>,
    /// Short name for the reader.
    pub label: Text,
    /// Reason for the range.
    pub text: Text,
    /// Group in ledger and sliders.
    pub sector: String,
    /// Distribution.
    pub distribution: Distribution,
    /// Place of the distribution's range in the case.
    #[serde(skip)]
    pub range_span: Span,
    /// Unit.
    pub unit: At<String>,
    /// Value at which the contested effect is absent.
    pub neutral: Option<f64>,
    /// Camps (indices) whose argument gains with high values.
    pub high_favours: Vec<usize>,
    /// Camps (indices) whose argument gains with low values.
    pub low_favours: Vec<usize>,
    /// Sources.
    pub sources: Vec<At<String>>,
    /// Grade of the evidence for the range.
    pub grade: Grade,
    /// Camps (indices) that contest the range.
    pub contested_by: Vec<usize>,
    /// An assumption, or an event's luck.
    pub role: Role,
}

/// Distribution of an uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Uniform on `[low, high]`.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Uniform in the logarithm.
    LogUniform {
        /// Lower end, above 0.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Triangular.
    Triangular {
        /// Lower end.
        low: f64,
        /// Mode.
        mode: f64,
        /// Upper end.
        high: f64,
    },
    /// PERT: a beta distribution with mean `(low + 4 mode + high) / 6`.
    Pert {
        /// Lower end.
        low: f64,
        /// Mode.
        mode: f64,
        /// Upper end.
        high: f64,
    },
    /// Normal, truncated to `[low, high]`.
    TruncatedNormal {
        /// Mean before truncation.
        mean: f64,
        /// Standard deviation before truncation.
        sd: f64,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Whole numbers from `low` to `high`, equally weighted.
    Integer {
        /// Lower end.
        low: i64,
        /// Upper end.
        high: i64,
    },
    /// One of some values, equally weighted.
    Categorical {
        /// The values, as the model takes them.
        values: Vec<f64>,
        /// What they mean.
        labels: Vec<Text>,
    },
}

/// Grade of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// Peer-reviewed, official, or the authors' own page.
    A,
    /// News or a research organisation reporting an official or published figure.
    B,
    /// Aggregator, mirror or partisan site.
    C,
    /// Judgement.
    J,
}

/// What an uncertainty is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Something one can believe or doubt.
    Assumption,
    /// An event's luck: tested, but nobody's view.
    Chance,
}

/// A total that is split into constants of the model by weights.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Split {
    /// Id.
    pub id: At<String>,
    /// Index of the uncertainty that is the total.
    pub total: usize,
    /// The parts: each gets total x weight / sum of weights.
    pub parts: Vec<Part>,
}

impl Split {
    /// The value of a part, given the draws by index of uncertainty.
    pub fn value(&self, part: usize, draw: impl Fn(usize) -> f64) -> f64 {
        let weights: f64 = self.parts.iter().map(|part| draw(part.weight)).sum();
        draw(self.total) * draw(self.parts[part].weight) / weights
    }
}

/// A part of a split total.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Id, by which propositions and constraints name the part's value; default: the name in snake case.
    pub id: At<String>,
    /// Constant of the model that takes the value.
    pub variable: At<String>,
    /// Index of the uncertainty that is its weight.
    pub weight: usize,
}

/// A rule that rejects a future before it is simulated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Constraint {
    /// Id.
    pub id: At<String>,
    /// Reason.
    pub text: Text,
    /// A proposition over uncertainties.
    pub rule: At<String>,
}

/// A camp: what it believes and what it values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Camp {
    /// Id.
    pub id: At<String>,
    /// Name.
    pub name: Text,
    /// The view as the camp would sign it.
    pub text: Text,
    /// Sources.
    pub sources: Vec<At<String>>,
    /// Narrowed ranges, by index of uncertainty.
    pub beliefs: Vec<(usize, Belief)>,
    /// Weights over outcomes (indices), as written.
    pub values: Vec<(usize, f64)>,
    /// Legal statuses it declares inadmissible: `(law, status)`.
    pub inadmissible: Vec<(At<String>, LegalStatus)>,
}

/// A narrowed range.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Belief {
    /// Between two values, ends included.
    Between(f64, f64),
    /// One of these.
    OneOf(Vec<f64>),
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// Id.
    pub id: At<String>,
    /// Index of the camp whose claim it is.
    pub camp: Option<usize>,
    /// Kind.
    pub kind: ClaimKind,
    /// The claim in words.
    pub text: Text,
    /// The claim as a proposition; none for evidence.
    pub proposition: Option<At<String>>,
    /// Who says it.
    pub said_by: SaidBy,
    /// Evidence for.
    pub evidence_for: Vec<EvidenceItem>,
    /// Evidence against.
    pub evidence_against: Vec<EvidenceItem>,
}

/// How a claim is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// True or false in each future.
    Outcome,
    /// About shares of the ensemble.
    Ensemble,
    /// Shown, never simulated.
    Evidence,
}

/// Who says a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SaidBy {
    /// An office.
    Office {
        /// Which.
        office: Text,
        /// When.
        date: String,
        /// Source.
        source: At<String>,
    },
    /// Nobody in the sources: put into words by the case's authors.
    Constructed,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvidenceItem {
    /// Source.
    pub source: At<String>,
    /// What it says.
    pub text: Text,
}

/// What a policy needs in a law, and whether it has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Authority {
    /// Policies (indices).
    pub policies: Vec<usize>,
    /// Id of the law.
    pub law: String,
    /// Its name.
    pub name: Text,
    /// What it needs.
    pub needs: Text,
    /// Whether that is there: a label, never a number.
    pub status: LegalStatus,
    /// Sources.
    pub sources: Vec<At<String>>,
}

/// A legal label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalStatus {
    /// Met.
    Met,
    /// Contested.
    Contested,
    /// Not met.
    NotMet,
}

/// Recent history of a variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct History {
    /// Variable of the model.
    pub variable: At<String>,
    /// What it is.
    pub label: Text,
    /// File, relative to the case.
    pub file: At<String>,
    /// Value of the column `series`.
    pub series: At<String>,
    /// Sources.
    pub sources: Vec<At<String>>,
    /// `(time, value)`, filled from the file.
    pub points: Vec<(f64, f64)>,
}

/// The same draws in another setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Experiment {
    /// Id.
    pub id: At<String>,
    /// Title.
    pub title: Text,
    /// Constants of the model that are set.
    pub set: Vec<(At<String>, f64)>,
    /// Stocks whose initial values are set.
    pub initial: Vec<(At<String>, f64)>,
    /// Index of the policy it is run under.
    pub policy: usize,
    /// Series of the histories it is held against; all if empty.
    pub compare: Vec<At<String>>,
    /// Points of history before this time were given to the experiment: drawn, not counted.
    pub compare_from: Option<f64>,
}

impl Experiment {
    /// Whether it is held against a history.
    pub fn compares(&self, history: &History) -> bool {
        self.compare.is_empty()
            || self
                .compare
                .iter()
                .any(|series| series.value == history.series.value)
    }
}

/// A dissent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dissent {
    /// An office or a school.
    pub by: Text,
    /// What it objects to.
    pub text: Text,
}

/// A statement of the debate and its places in the case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// Number.
    pub number: u32,
    /// The statement, paraphrased.
    pub text: Text,
    /// Who says it.
    pub said_by: Text,
    /// `kind:id`, or `context`.
    pub places: Vec<At<String>>,
}

/// An entry of the bibliography, as far as the memo shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reference {
    /// Key.
    pub key: String,
    /// Authors, title, year, publisher, formatted in one line.
    pub citation: String,
    /// Address, if any.
    pub url: Option<String>,
    /// Note (grade, seen or recalled, how contested).
    pub note: Option<String>,
}

/// References by key.
pub type Bibliography = BTreeMap<String, Reference>;
