//! The table of keys of the case file: what may be said, and where.
//!
//! There is no key for a person, a place, a group, a unit or a method as a target, and none may be added: a test reads
//! this table.

use super::shape::{Field, Record, Shape};

const fn need(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field {
        key,
        required: true,
        shape,
        doc,
    }
}

const fn may(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field {
        key,
        required: false,
        shape,
        doc,
    }
}

const fn record(name: &'static str, doc: &'static str, fields: &'static [Field]) -> Record {
    Record {
        name,
        doc,
        fields,
        exactly_one_of: &[],
    }
}

const SOURCES: Field = may("sources", Shape::List(&Shape::String), "keys of the bibliography");
const LANGUAGES_DOC: &str = "name in both languages";

/// The designs by their names in a case.
pub(crate) const DESIGNS: [&str; 6] = [
    "monte_carlo",
    "latin_hypercube",
    "sobol",
    "sobol_scrambled",
    "full_factorial",
    "one_at_a_time",
];

/// The distributions and the keys that each needs.
pub(crate) const DISTRIBUTIONS: [(&str, &[&str]); 7] = [
    ("uniform", &["low", "high"]),
    ("log_uniform", &["low", "high"]),
    ("triangular", &["low", "mode", "high"]),
    ("pert", &["low", "mode", "high"]),
    ("truncated_normal", &["mean", "sd", "low", "high"]),
    ("integer", &["low", "high"]),
    ("categorical", &["values", "labels"]),
];

/// The keys that belong to some distribution.
pub(crate) const DISTRIBUTION_KEYS: [&str; 7] = ["low", "high", "mode", "mean", "sd", "values", "labels"];

const DISTRIBUTION_WORDS: &[&str] = &[
    "uniform",
    "log_uniform",
    "triangular",
    "pert",
    "truncated_normal",
    "integer",
    "categorical",
];

/// The grades of evidence.
pub(crate) const GRADES: &[&str] = &["A", "B", "C", "J"];

/// The legal labels.
pub(crate) const LEGAL: &[&str] = &["met", "contested", "not_met"];

/// The kinds of things that a statement may have its place in.
pub(crate) const PLACES: [&str; 7] = [
    "policy",
    "addon",
    "outcome",
    "uncertainty",
    "claim",
    "authority",
    "camp",
];

/// The whole case file.
pub(crate) static CASE: Record = record(
    "the case",
    "A contested policy question: options, uncertainties with sources, outcomes, claims and camps.",
    &[
        need("schema", Shape::Integer, "version of this schema: 1"),
        need("id", Shape::Id, "id of the case"),
        need("title", Shape::Text, "title"),
        need("question", Shape::Text, "the question that is weighed"),
        need("summary", Shape::Text, "what is at stake, in three sentences"),
        need("as_of", Shape::Date, "cut-off date: nothing learnt later is used"),
        need("model", Shape::String, "path of the model, relative to the case"),
        may(
            "data",
            Shape::List(&Shape::String),
            "tables with values for data variables that the model leaves open (.csv, .tab, .xls, .xlsx), relative to the case",
        ),
        may(
            "sources",
            Shape::String,
            "path of the bibliography (BibTeX), relative to the case",
        ),
        may(
            "include",
            Shape::List(&Shape::String),
            "files merged here: their tables and lists are appended",
        ),
        need("start", Shape::Number, "model time at which policies begin"),
        need(
            "baseline",
            Shape::String,
            "id of the policy that others are compared with",
        ),
        may(
            "headline",
            Shape::List(&Shape::String),
            "outcomes of the first sentences, in this order; default: all",
        ),
        may("run", Shape::Record(&RUN), "defaults of a run"),
        need("policy", Shape::List(&Shape::Record(&POLICY)), "the policies"),
        may(
            "addon",
            Shape::List(&Shape::Record(&ADDON)),
            "add-ons, crossed with the policies; the first is the reference",
        ),
        need("outcome", Shape::List(&Shape::Record(&OUTCOME)), "the outcomes"),
        may(
            "quantity",
            Shape::List(&Shape::Record(&QUANTITY)),
            "quantities that only claims use",
        ),
        need(
            "uncertainty",
            Shape::List(&Shape::Record(&UNCERTAINTY)),
            "the uncertainties",
        ),
        may(
            "sector",
            Shape::List(&Shape::Record(&SECTOR)),
            "names of the sectors that group uncertainties",
        ),
        may(
            "split",
            Shape::List(&Shape::Record(&SPLIT)),
            "measured totals, split by freely drawn shares",
        ),
        may(
            "constraint",
            Shape::List(&Shape::Record(&CONSTRAINT)),
            "rules that reject a future",
        ),
        may(
            "camp",
            Shape::List(&Shape::Record(&CAMP)),
            "the camps of the debate",
        ),
        may(
            "claim",
            Shape::List(&Shape::Record(&CLAIM)),
            "the claims of the debate",
        ),
        may(
            "authority",
            Shape::List(&Shape::Record(&AUTHORITY)),
            "what policies need in law",
        ),
        may(
            "history",
            Shape::List(&Shape::Record(&HISTORY)),
            "recent history of variables",
        ),
        may(
            "experiment",
            Shape::List(&Shape::Record(&EXPERIMENT)),
            "the same draws in another setting",
        ),
        may(
            "left_out",
            Shape::List(&Shape::Record(&LEFT_OUT)),
            "what the model leaves out",
        ),
        may(
            "dissent",
            Shape::List(&Shape::Record(&DISSENT)),
            "objections to the case itself",
        ),
        may(
            "statement",
            Shape::List(&Shape::Record(&STATEMENT)),
            "the debate, statement by statement",
        ),
    ],
);

static RUN: Record = record(
    "`run`",
    "Defaults of a run.",
    &[
        may("futures", Shape::Integer, "number of accepted futures"),
        may("seed", Shape::Integer, "seed"),
        may("design", Shape::Word(&DESIGNS), "how futures are chosen"),
    ],
);

static POLICY: Record = record(
    "a policy",
    "A policy: a set of levers.",
    &[
        need("id", Shape::Id, "id"),
        need("name", Shape::Text, LANGUAGES_DOC),
        need("includes", Shape::Text, "what it includes"),
        need("excludes", Shape::Text, "what it leaves out"),
        need("cost", Shape::Text, "what it costs, in words"),
        may(
            "levers",
            Shape::Map {
                key: "constants of the model",
                of: &LEVER,
            },
            "settings of levers",
        ),
        SOURCES,
        may(
            "near_clone_of",
            Shape::String,
            "id of the policy that this one nearly repeats",
        ),
    ],
);

static ADDON: Record = record(
    "an add-on",
    "An add-on: a set of levers that goes with any policy.",
    &[
        need("id", Shape::Id, "id"),
        need("name", Shape::Text, LANGUAGES_DOC),
        need("includes", Shape::Text, "what it includes"),
        need("excludes", Shape::Text, "what it leaves out"),
        need("cost", Shape::Text, "what it costs, in words"),
        may(
            "levers",
            Shape::Map {
                key: "constants of the model",
                of: &LEVER,
            },
            "settings of levers",
        ),
        SOURCES,
    ],
);

static LEVER: Shape = Shape::Either(&[Shape::Number, Shape::Record(&LEVER_TABLE)]);

static LEVER_TABLE: Record = Record {
    name: "a lever",
    doc: "A setting of a lever: constant or stepped in time, and perhaps the trigger it arms.",
    fields: &[
        may("value", Shape::Number, "constant value"),
        may(
            "steps",
            Shape::List(&Shape::Pair),
            "`[[time, value], ...]`: each value holds from its time on",
        ),
        may(
            "trigger",
            Shape::String,
            "the 0/1 variable that tells whether the trigger that the lever arms has fired",
        ),
    ],
    exactly_one_of: &["value", "steps"],
};

static OUTCOME: Record = record(
    "an outcome",
    "What is judged: a variable, reduced over a window.",
    &[
        need("id", Shape::Id, "id"),
        need("name", Shape::Text, LANGUAGES_DOC),
        need("text", Shape::Text, "explanation"),
        need("variable", Shape::String, "variable of the model"),
        need("reduce", REDUCE, "how the variable becomes one number"),
        may(
            "window",
            Shape::Record(&WINDOW),
            "model time over which it is reduced; default: the whole run",
        ),
        need("direction", Shape::Word(&["lower", "higher"]), "which is better"),
        need("unit", Shape::String, "unit of the reduced value"),
        need("anchors", Shape::Record(&ANCHORS), "fixed values for scoring"),
        need(
            "close_call",
            Shape::Record(&CLOSE_CALL),
            "differences up to this are ties",
        ),
        may(
            "series",
            Shape::String,
            "variable drawn as a fan; default: `variable`",
        ),
        may(
            "tail",
            Shape::Flag,
            "rare and bad: shown by its worst futures, never averaged away",
        ),
    ],
);

static QUANTITY: Record = record(
    "a quantity",
    "A reduced variable that only claims use.",
    &[
        need("id", Shape::Id, "id"),
        may("name", Shape::Text, LANGUAGES_DOC),
        may("text", Shape::Text, "explanation"),
        need("variable", Shape::String, "variable of the model"),
        need("reduce", REDUCE, "how the variable becomes one number"),
        may(
            "window",
            Shape::Record(&WINDOW),
            "model time over which it is reduced; default: the whole run",
        ),
        need("unit", Shape::String, "unit of the reduced value"),
    ],
);

const REDUCE: Shape = Shape::Either(&[
    Shape::Word(&["final", "mean", "min", "max", "integral"]),
    Shape::Record(&REDUCE_TABLE),
]);

/// The reducers that take a number.
pub(crate) const REDUCERS: [&str; 6] = [
    "at",
    "time_above",
    "time_below",
    "longest_above",
    "longest_below",
    "first_above",
];

static REDUCE_TABLE: Record = Record {
    name: "`reduce`",
    doc: "A reducer that takes a number.",
    fields: &[
        may("at", Shape::Number, "value at this time"),
        may("time_above", Shape::Number, "time above this value"),
        may("time_below", Shape::Number, "time below this value"),
        may("longest_above", Shape::Number, "longest stretch above this value"),
        may("longest_below", Shape::Number, "longest stretch below this value"),
        may("first_above", Shape::Number, "first time above this value"),
    ],
    exactly_one_of: &REDUCERS,
};

static WINDOW: Record = record(
    "`window`",
    "A stretch of model time, both ends included.",
    &[
        may("from", Shape::Number, "first time; default: the start of the run"),
        may("to", Shape::Number, "last time; default: the end of the run"),
    ],
);

static ANCHORS: Record = record(
    "`anchors`",
    "Fixed values between which an outcome is scored.",
    &[
        need("worst", Shape::Number, "scores 0"),
        need("best", Shape::Number, "scores 1"),
    ],
);

static CLOSE_CALL: Record = Record {
    name: "`close_call`",
    doc: "Differences up to this are ties.",
    fields: &[
        may("absolute", Shape::Number, "in the unit of the outcome"),
        may(
            "share_of_baseline",
            Shape::Number,
            "as a share of the baseline policy's value in the same future",
        ),
    ],
    exactly_one_of: &["absolute", "share_of_baseline"],
};

static UNCERTAINTY: Record = record(
    "an uncertainty",
    "A constant of the model that is not known.",
    &[
        need("name", Shape::String, "constant of the model"),
        may("id", Shape::Id, "id; default: the name in snake case"),
        need("label", Shape::Text, "short name for the reader"),
        need("text", Shape::Text, "reason for the range"),
        may(
            "sector",
            Shape::Id,
            "groups the ledger and the sliders; default: `general`",
        ),
        need("distribution", Shape::Word(DISTRIBUTION_WORDS), "distribution"),
        may("low", Shape::Number, "lower end"),
        may("high", Shape::Number, "upper end"),
        may("mode", Shape::Number, "most likely value"),
        may("mean", Shape::Number, "mean before truncation"),
        may("sd", Shape::Number, "standard deviation before truncation"),
        may(
            "values",
            Shape::List(&Shape::Number),
            "values of a categorical uncertainty",
        ),
        may("labels", Shape::List(&Shape::Text), "what the values mean"),
        need("unit", Shape::String, "unit, as in the model"),
        may(
            "neutral",
            Shape::Number,
            "value at which the contested effect is absent",
        ),
        may(
            "high_favours",
            Shape::List(&Shape::String),
            "camps whose argument gains with high values",
        ),
        may(
            "low_favours",
            Shape::List(&Shape::String),
            "camps whose argument gains with low values",
        ),
        SOURCES,
        need(
            "grade",
            Shape::Word(GRADES),
            "grade of the evidence for the range",
        ),
        may(
            "contested_by",
            Shape::List(&Shape::String),
            "camps that contest the range",
        ),
        may(
            "role",
            Shape::Word(&["assumption", "chance"]),
            "an assumption, or an event's luck; default: assumption",
        ),
    ],
);

static SPLIT: Record = record(
    "a split",
    "A measured total, split by freely drawn shares.",
    &[
        need("id", Shape::Id, "id, also of the total"),
        need("label", Shape::Text, "short name of the total for the reader"),
        may("text", Shape::Text, "reason for the range; default: the label"),
        may(
            "sector",
            Shape::Id,
            "groups the ledger and the sliders; default: `general`",
        ),
        need("total", Shape::Record(&TOTAL), "distribution of the total"),
        need("unit", Shape::String, "unit of the total and its parts"),
        need(
            "parts",
            Shape::List(&Shape::Record(&PART)),
            "constants of the model, with the ranges of their weights",
        ),
        SOURCES,
        need(
            "grade",
            Shape::Word(GRADES),
            "grade of the evidence for the total",
        ),
    ],
);

static TOTAL: Record = record(
    "`total`",
    "Distribution of a total.",
    &[
        need("distribution", Shape::Word(DISTRIBUTION_WORDS), "distribution"),
        may("low", Shape::Number, "lower end"),
        may("high", Shape::Number, "upper end"),
        may("mode", Shape::Number, "most likely value"),
        may("mean", Shape::Number, "mean before truncation"),
        may("sd", Shape::Number, "standard deviation before truncation"),
        may(
            "values",
            Shape::List(&Shape::Number),
            "values of a categorical total",
        ),
        may("labels", Shape::List(&Shape::Text), "what the values mean"),
    ],
);

static PART: Record = record(
    "a part",
    "A constant of the model that takes a share of a total.",
    &[
        need("name", Shape::String, "constant of the model"),
        may(
            "id",
            Shape::Id,
            "id of the part's value in propositions; default: the name in snake case",
        ),
        may(
            "label",
            Shape::Text,
            "short name for the reader; default: the split's, and the name",
        ),
        need("low", Shape::Number, "lower end of the weight"),
        need("high", Shape::Number, "upper end of the weight"),
    ],
);

static CONSTRAINT: Record = record(
    "a constraint",
    "A rule that rejects a future before it is simulated.",
    &[
        need("id", Shape::Id, "id"),
        need("text", Shape::Text, "reason"),
        need("rule", Shape::String, "a proposition over uncertainties"),
    ],
);

static CAMP: Record = record(
    "a camp",
    "A camp: what it believes and what it values, apart.",
    &[
        need("id", Shape::Id, "id"),
        need("name", Shape::Text, LANGUAGES_DOC),
        need("text", Shape::Text, "the view as this camp would sign it"),
        SOURCES,
        may(
            "beliefs",
            Shape::Map {
                key: "ids of uncertainties",
                of: &BELIEF,
            },
            "narrowed ranges",
        ),
        may(
            "values",
            Shape::Map {
                key: "ids of outcomes",
                of: &Shape::Number,
            },
            "weights over outcomes",
        ),
        may(
            "inadmissible",
            Shape::List(&Shape::Record(&INADMISSIBLE)),
            "legal labels that strike an option out",
        ),
    ],
);

static BELIEF: Shape = Shape::Record(&BELIEF_TABLE);

static BELIEF_TABLE: Record = Record {
    name: "a belief",
    doc: "A narrowed range.",
    fields: &[
        may(
            "low",
            Shape::Number,
            "lower end; default: that of the uncertainty",
        ),
        may(
            "high",
            Shape::Number,
            "upper end; default: that of the uncertainty",
        ),
        may(
            "values",
            Shape::List(&Shape::Number),
            "values of a categorical uncertainty",
        ),
    ],
    exactly_one_of: &[],
};

static INADMISSIBLE: Record = record(
    "an item of `inadmissible`",
    "A legal label that strikes an option out for a camp.",
    &[
        need("law", Shape::String, "id of a law of `[[authority]]`"),
        need("status", Shape::Word(LEGAL), "the label"),
    ],
);

static CLAIM: Record = record(
    "a claim",
    "A claim of the debate.",
    &[
        need("id", Shape::Id, "id"),
        may("camp", Shape::String, "id of the camp whose claim it is"),
        need(
            "kind",
            Shape::Word(&["outcome", "ensemble", "evidence"]),
            "how it is judged",
        ),
        need("text", Shape::Text, "the claim in words"),
        may(
            "proposition",
            Shape::String,
            "the claim as a proposition; none for evidence",
        ),
        need(
            "said_by",
            Shape::Either(&[Shape::Word(&["constructed"]), Shape::Record(&SAID_BY)]),
            "who says it",
        ),
        may("for", Shape::List(&Shape::Record(&EVIDENCE)), "evidence for"),
        may(
            "against",
            Shape::List(&Shape::Record(&EVIDENCE)),
            "evidence against",
        ),
    ],
);

static SAID_BY: Record = record(
    "`said_by`",
    "The office that says a claim.",
    &[
        need("office", Shape::Text, "an office or an institution"),
        need("date", Shape::String, "when, `2025-04` say"),
        need("source", Shape::String, "key of the bibliography"),
    ],
);

static EVIDENCE: Record = record(
    "a piece of evidence",
    "A piece of evidence for or against a claim.",
    &[
        need("source", Shape::String, "key of the bibliography"),
        need("text", Shape::Text, "what it says"),
    ],
);

static AUTHORITY: Record = record(
    "an authority",
    "What policies need in a law, and whether they have it: a label, never a number.",
    &[
        need("policies", Shape::List(&Shape::String), "ids of the policies"),
        need("law", Shape::Id, "id of the law"),
        need("name", Shape::Text, "name of the law in both languages"),
        need("needs", Shape::Text, "what they need"),
        need("status", Shape::Word(LEGAL), "the label"),
        SOURCES,
    ],
);

static HISTORY: Record = record(
    "a history",
    "Recent history of a variable.",
    &[
        need("variable", Shape::String, "variable of the model"),
        need("label", Shape::Text, "what it is"),
        need(
            "file",
            Shape::String,
            "file with the columns `series,time,value`, and perhaps `source`",
        ),
        need("series", Shape::String, "value of the column `series`"),
        SOURCES,
    ],
);

static EXPERIMENT: Record = record(
    "an experiment",
    "The same draws in another setting.",
    &[
        need("id", Shape::Id, "id"),
        need("title", Shape::Text, "title"),
        may(
            "set",
            Shape::Map {
                key: "constants of the model",
                of: &Shape::Number,
            },
            "constants of the model that are set",
        ),
        may(
            "initial",
            Shape::Map {
                key: "stocks of the model",
                of: &Shape::Number,
            },
            "initial values of stocks that are set",
        ),
        need("policy", Shape::String, "id of the policy it is run under"),
        may(
            "compare",
            Shape::List(&Shape::String),
            "series of the histories it is held against (default: all)",
        ),
        may(
            "compare_from",
            Shape::Number,
            "earlier points of history are drawn, not counted: those that the experiment was given",
        ),
    ],
);

static SECTOR: Record = record(
    "a sector",
    "The name of a sector of uncertainties.",
    &[
        need("id", Shape::String, "the sector, as uncertainties have it"),
        need("name", Shape::Text, LANGUAGES_DOC),
    ],
);

static LEFT_OUT: Record = record(
    "an item of `left_out`",
    "Something that the model leaves out.",
    &[need("text", Shape::Text, "what is left out")],
);

static DISSENT: Record = record(
    "a dissent",
    "An objection to the case itself.",
    &[
        need("by", Shape::Text, "an office or a school"),
        need("text", Shape::Text, "the objection"),
    ],
);

static STATEMENT: Record = record(
    "a statement",
    "A statement of the debate and its places in the case.",
    &[
        need("number", Shape::Integer, "number"),
        need("text", Shape::Text, "the statement, paraphrased"),
        need("said_by", Shape::Text, "who says it"),
        need(
            "places",
            Shape::List(&Shape::String),
            "`kind:id` of parts of the case, or `context`",
        ),
    ],
);
