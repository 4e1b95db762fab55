//! From the text of a problem file to a [`Problem`].

use analysis::distribution::Distribution;
use model::{Diagnostic, Diagnostics, Sources, Span, nearest};

use super::{Correlation, Input, Method, Problem, json};
use crate::case::form::tree::{self, Entry, Node, Table, Value};

/// Keys at the top of a file: SALib's, then ours.
const KEYS: [&str; 9] = [
    "num_vars",
    "names",
    "bounds",
    "dists",
    "groups",
    "outputs",
    "sample_scaled",
    "inputs",
    "correlation",
];

/// Our distributions: name, SALib's name, and the numbers each needs, in our order.
const DISTRIBUTIONS: [(&str, &[&str]); 12] = [
    ("uniform", &["low", "high"]),
    ("log_uniform", &["low", "high"]),
    ("normal", &["mean", "sd"]),
    ("truncated_normal", &["mean", "sd", "low", "high"]),
    ("log_normal", &["mu", "sigma"]),
    ("triangular", &["low", "mode", "high"]),
    ("pert", &["low", "mode", "high"]),
    ("beta", &["a", "b"]),
    ("gamma", &["shape", "scale"]),
    ("weibull", &["shape", "scale"]),
    ("exponential", &["rate"]),
    ("integer", &["low", "high"]),
];

/// SALib's distributions and what its `bounds` mean for each.
const SALIB: [(&str, &str); 7] = [
    ("unif", "[low, high]"),
    ("logunif", "[low, high]"),
    (
        "triang",
        "[low, high, peak as a share of the way from low to high]",
    ),
    ("norm", "[mean, standard deviation]"),
    ("truncnorm", "[low, high, mean, standard deviation]"),
    (
        "lognorm",
        "[mean of the logarithm, standard deviation of the logarithm]",
    ),
    ("weibull", "[shape, scale] or [shape, scale, location]"),
];

/// Reads a problem file. All that is wrong is said at once; a problem comes back only if nothing is.
pub fn read(path: &str, text: &str, sources: &mut Sources) -> (Option<Problem>, Diagnostics) {
    let mut notes = Diagnostics::new();
    let source = sources.add(path, text);
    let table = if text.trim_start().starts_with('{') || path.ends_with(".json") {
        json::read(source, text, &mut notes)
    } else {
        let table = tree::read(source, text, &mut notes);
        for note in &mut notes.items {
            note.code = "problem-syntax";
        }
        (!notes.has_errors()).then_some(table)
    };
    let Some(table) = table else { return (None, notes) };
    let problem = Reader { notes: &mut notes }.problem(&table);
    (problem.filter(|_| !notes.has_errors()), notes)
}

struct Reader<'a> {
    notes: &'a mut Diagnostics,
}

/// What is known of an input before it is checked.
struct Draft {
    name: (String, Span),
    distribution: Option<(Distribution, Span)>,
    shift: f64,
    group: Option<String>,
}

impl Reader<'_> {
    fn wrong(&mut self, message: impl Into<String>, at: Span, label: impl Into<String>) {
        self.notes
            .push(Diagnostic::error("problem-value", message).label(at, label));
    }

    fn problem(&mut self, table: &Table) -> Option<Problem> {
        for entry in &table.entries {
            if !KEYS.contains(&entry.key.as_str()) {
                let near = nearest(&entry.key, KEYS);
                let mut diagnostic =
                    Diagnostic::error("problem-key", format!("there is no key `{}`", entry.key))
                        .label(entry.key_span, "not known here");
                diagnostic = match near {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("known are {}", KEYS.join(", "))),
                };
                self.notes.push(diagnostic);
            }
        }
        let drafts = match (table.get("inputs"), table.get("names")) {
            (Some(ours), None) => self.ours(ours)?,
            (None, Some(_)) => self.salib(table)?,
            (Some(_), Some(names)) => {
                self.wrong(
                    "a problem has either `inputs` or SALib's `names` and `bounds`",
                    names.key_span,
                    "this is SALib's",
                );
                return None;
            }
            (None, None) => {
                self.notes.push(
                    Diagnostic::error("problem-value", "the inputs are missing")
                        .label(table.span, "in this file")
                        .help("name them in a table: `[inputs]`, then `rate = [0.1, 0.4]`; or give SALib's `names` and `bounds`"),
                );
                return None;
            }
        };
        for (at, draft) in drafts.iter().enumerate() {
            if let Some(first) = drafts[..at].iter().find(|d| d.name.0 == draft.name.0) {
                self.notes.push(
                    Diagnostic::error(
                        "problem-value",
                        format!("two inputs are called `{}`", draft.name.0),
                    )
                    .label(draft.name.1, "here again")
                    .label(first.name.1, "first here"),
                );
            }
            if let Some((distribution, span)) = &draft.distribution
                && let Err(error) = distribution.check()
            {
                self.wrong(
                    format!("`{}` has no such distribution: {error}", draft.name.0),
                    *span,
                    "these numbers",
                );
            }
        }
        let grouped = drafts.iter().filter(|d| d.group.is_some()).count();
        if grouped > 0
            && grouped < drafts.len()
            && let Some(alone) = drafts.iter().find(|d| d.group.is_none())
        {
            self.wrong(
                format!("`{}` has no group, but others have", alone.name.0),
                alone.name.1,
                "all inputs are grouped, or none",
            );
        }
        let mut groups: Vec<String> = Vec::new();
        for group in drafts.iter().filter_map(|d| d.group.as_ref()) {
            if !groups.contains(group) {
                groups.push(group.clone());
            }
        }
        let names: Vec<String> = drafts.iter().map(|d| d.name.0.clone()).collect();
        let correlation = table
            .get("correlation")
            .and_then(|entry| self.correlation(entry, &names));
        let input = |draft: Draft| {
            Some(Input {
                name: draft.name.0,
                distribution: draft.distribution?.0,
                shift: draft.shift,
                group: draft
                    .group
                    .and_then(|g| groups.iter().position(|known| *known == g)),
            })
        };
        let inputs: Vec<Input> = drafts.into_iter().map(input).collect::<Option<_>>()?;
        Some(Problem {
            inputs,
            groups,
            correlation,
        })
    }

    /// `[inputs]`
    fn ours(&mut self, entry: &Entry) -> Option<Vec<Draft>> {
        let Value::Table(table) = &entry.node.value else {
            self.wrong(
                format!("`inputs` is {}", entry.node.value.kind()),
                entry.node.span,
                "a table from names to ranges is expected",
            );
            return None;
        };
        if table.entries.is_empty() {
            self.wrong(
                "there is no input",
                entry.key_span,
                "name one, such as `rate = [0.1, 0.4]`",
            );
        }
        Some(table.entries.iter().map(|input| self.our_input(input)).collect())
    }

    fn our_input(&mut self, entry: &Entry) -> Draft {
        let mut draft = Draft {
            name: (entry.key.clone(), entry.key_span),
            distribution: None,
            shift: 0.0,
            group: None,
        };
        match &entry.node.value {
            Value::List(_) => {
                draft.distribution = self.numbers(&entry.node).and_then(|values| match values[..] {
                    [low, high] => Some((Distribution::Uniform { low, high }, entry.node.span)),
                    _ => {
                        self.wrong(
                            format!("`{}` has {} numbers", entry.key, values.len()),
                            entry.node.span,
                            "a range has two: [low, high]",
                        );
                        None
                    }
                });
            }
            Value::Table(table) => {
                draft.group = table.get("group").and_then(|g| self.text(g));
                let kind = match table.get("distribution") {
                    Some(kind) => self.text(kind).map(|k| (k.replace('-', "_"), kind.node.span)),
                    None => Some(("uniform".to_owned(), entry.key_span)),
                };
                let Some((kind, place)) = kind else { return draft };
                let Some((_, needed)) = DISTRIBUTIONS.iter().find(|(name, _)| *name == kind) else {
                    let known: Vec<&str> = DISTRIBUTIONS.iter().map(|(name, _)| *name).collect();
                    let near =
                        nearest(&kind, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                    self.notes.push(
                        Diagnostic::error("problem-value", format!("there is no distribution `{kind}`"))
                            .label(place, "not known")
                            .help(near.unwrap_or_else(|| format!("known are {}", known.join(", ")))),
                    );
                    return draft;
                };
                for other in &table.entries {
                    if !needed.contains(&other.key.as_str())
                        && !["distribution", "group"].contains(&other.key.as_str())
                    {
                        self.notes.push(
                            Diagnostic::error("problem-key", format!("`{kind}` has no `{}`", other.key))
                                .label(other.key_span, "not known here")
                                .help(format!("it takes {}", needed.join(", "))),
                        );
                    }
                }
                let values: Vec<Option<f64>> = needed
                    .iter()
                    .map(|key| match table.get(key) {
                        Some(value) => self.number(&value.node),
                        None => {
                            self.wrong(
                                format!("`{}` needs `{key}`", entry.key),
                                entry.key_span,
                                format!("a {kind} distribution takes {}", needed.join(", ")),
                            );
                            None
                        }
                    })
                    .collect();
                let values: Option<Vec<f64>> = values.into_iter().collect();
                draft.distribution = values
                    .and_then(|v| self.ours_of(&kind, &v, entry.node.span))
                    .map(|d| (d, entry.node.span));
            }
            Value::Broken => {}
            other => self.wrong(
                format!("`{}` is {}", entry.key, other.kind()),
                entry.node.span,
                "a range [low, high] or a table with a distribution is expected",
            ),
        }
        draft
    }

    fn ours_of(&mut self, kind: &str, v: &[f64], place: Span) -> Option<Distribution> {
        Some(match kind {
            "uniform" => Distribution::Uniform {
                low: v[0],
                high: v[1],
            },
            "log_uniform" => Distribution::LogUniform {
                low: v[0],
                high: v[1],
            },
            "normal" => Distribution::Normal { mean: v[0], sd: v[1] },
            "truncated_normal" => Distribution::TruncatedNormal {
                mean: v[0],
                sd: v[1],
                low: v[2],
                high: v[3],
            },
            "log_normal" => Distribution::LogNormal {
                mu: v[0],
                sigma: v[1],
            },
            "triangular" => Distribution::Triangular {
                low: v[0],
                mode: v[1],
                high: v[2],
            },
            "pert" => Distribution::Pert {
                low: v[0],
                mode: v[1],
                high: v[2],
            },
            "beta" => Distribution::Beta { a: v[0], b: v[1] },
            "gamma" => Distribution::Gamma {
                shape: v[0],
                scale: v[1],
            },
            "weibull" => Distribution::Weibull {
                shape: v[0],
                scale: v[1],
            },
            "exponential" => Distribution::Exponential { rate: v[0] },
            _ => {
                if v.iter().any(|x| *x != x.trunc() || x.abs() > 9e15) {
                    self.wrong(
                        "the ends of a range of whole numbers are whole",
                        place,
                        "not whole",
                    );
                    return None;
                }
                Distribution::Integer {
                    low: v[0] as i64,
                    high: v[1] as i64,
                }
            }
        })
    }

    /// SALib's `names`, `bounds`, `dists`, `groups`.
    fn salib(&mut self, table: &Table) -> Option<Vec<Draft>> {
        let names = self.texts(table.get("names")?)?;
        if let Some(count) = table.get("num_vars")
            && let Value::Integer(n) = count.node.value
            && n != names.len() as i64
        {
            self.wrong(
                format!("`num_vars` is {n}, but there are {} names", names.len()),
                count.node.span,
                "count them again, or leave it out",
            );
        }
        let Some(bounds) = table.get("bounds") else {
            self.wrong(
                "`bounds` is missing",
                table.span,
                "one pair of numbers for each name",
            );
            return None;
        };
        let bounds_items = self.list(bounds)?;
        let dists = match table.get("dists") {
            Some(entry) if !matches!(entry.node.value, Value::Broken) => Some(self.texts(entry)?),
            _ => None,
        };
        let groups = match table.get("groups") {
            Some(entry) if !matches!(entry.node.value, Value::Broken) => Some(self.texts(entry)?),
            _ => None,
        };
        let lengths = [
            ("bounds", Some(bounds_items.len()), bounds.node.span),
            (
                "dists",
                dists.as_ref().map(Vec::len),
                table.get("dists").map_or(table.span, |e| e.node.span),
            ),
            (
                "groups",
                groups.as_ref().map(Vec::len),
                table.get("groups").map_or(table.span, |e| e.node.span),
            ),
        ];
        for (what, found, span) in lengths {
            if found.is_some_and(|found| found != names.len()) {
                let (found, expected) = (found.unwrap_or(0), names.len());
                self.wrong(
                    format!("`{what}` has {found} entries, but there are {expected} names"),
                    span,
                    "one for each name",
                );
            }
        }
        if self.notes.has_errors() {
            return None;
        }
        let mut drafts = Vec::new();
        for (at, name) in names.into_iter().enumerate() {
            let node = &bounds_items[at];
            let values = self.numbers(node);
            let kind = dists
                .as_ref()
                .map_or(("unif".to_owned(), node.span), |d| d[at].clone());
            let found = values.and_then(|values| self.salib_of(&name.0, &kind, &values, node.span));
            drafts.push(Draft {
                name,
                shift: found.map_or(0.0, |f| f.1),
                distribution: found.map(|f| (f.0, node.span)),
                group: groups.as_ref().map(|g| g[at].0.clone()),
            });
        }
        Some(drafts)
    }

    /// A distribution by SALib's meaning of its bounds, and by how much it is moved.
    fn salib_of(
        &mut self,
        name: &str,
        (kind, place): &(String, Span),
        v: &[f64],
        at: Span,
    ) -> Option<(Distribution, f64)> {
        let Some((_, meaning)) = SALIB.iter().find(|(known, _)| known == kind) else {
            let known: Vec<&str> = SALIB.iter().map(|(known, _)| *known).collect();
            let near = nearest(kind, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            self.notes.push(
                Diagnostic::error(
                    "problem-value",
                    format!("there is no distribution `{kind}` in SALib's `dists`"),
                )
                .label(*place, "not known")
                .help(near.unwrap_or_else(|| format!("known are {}", known.join(", ")))),
            );
            return None;
        };
        let found = match (kind.as_str(), v) {
            ("unif", [low, high]) => Distribution::Uniform {
                low: *low,
                high: *high,
            },
            ("logunif", [low, high]) => Distribution::LogUniform {
                low: *low,
                high: *high,
            },
            ("triang", [low, high, peak]) if (0.0..=1.0).contains(peak) => Distribution::Triangular {
                low: *low,
                mode: low + peak * (high - low),
                high: *high,
            },
            // SALib's older form, which begins at zero.
            ("triang", [high, peak]) if (0.0..=1.0).contains(peak) => Distribution::Triangular {
                low: 0.0,
                mode: peak * high,
                high: *high,
            },
            ("norm", [mean, sd]) => Distribution::Normal { mean: *mean, sd: *sd },
            ("truncnorm", [low, high, mean, sd]) => Distribution::TruncatedNormal {
                mean: *mean,
                sd: *sd,
                low: *low,
                high: *high,
            },
            ("lognorm", [mu, sigma]) => Distribution::LogNormal {
                mu: *mu,
                sigma: *sigma,
            },
            ("weibull", [shape, scale]) => Distribution::Weibull {
                shape: *shape,
                scale: *scale,
            },
            ("weibull", [shape, scale, location]) => {
                return Some((
                    Distribution::Weibull {
                        shape: *shape,
                        scale: *scale,
                    },
                    *location,
                ));
            }
            _ => {
                self.wrong(
                    format!("the bounds of `{name}` are no `{kind}`"),
                    at,
                    format!("for SALib these are {meaning}"),
                );
                return None;
            }
        };
        Some((found, 0.0))
    }

    fn correlation(&mut self, entry: &Entry, names: &[String]) -> Option<Correlation> {
        let Value::Table(table) = &entry.node.value else {
            self.wrong(
                format!("`correlation` is {}", entry.node.value.kind()),
                entry.node.span,
                "a table with `method` and `pairs` is expected",
            );
            return None;
        };
        for other in table
            .entries
            .iter()
            .filter(|e| !["method", "pairs", "matrix"].contains(&e.key.as_str()))
        {
            self.notes.push(
                Diagnostic::error("problem-key", format!("`correlation` has no `{}`", other.key))
                    .label(other.key_span, "not known here")
                    .help("it takes method, pairs, matrix"),
            );
        }
        let method = match table.get("method") {
            None => Method::ImanConover,
            Some(word) => match self.text(word)?.replace('-', "_").as_str() {
                "iman_conover" => Method::ImanConover,
                "copula" | "gaussian_copula" => Method::Copula,
                other => {
                    self.wrong(
                        format!("there is no method `{other}`"),
                        word.node.span,
                        "`iman_conover` or `copula`",
                    );
                    return None;
                }
            },
        };
        let count = names.len();
        let mut matrix: Vec<Vec<f64>> = (0..count)
            .map(|i| (0..count).map(|j| if i == j { 1.0 } else { 0.0 }).collect())
            .collect();
        if let Some(rows) = table.get("matrix") {
            let items = self.list(rows)?;
            if items.len() != count {
                self.wrong(
                    format!(
                        "the matrix has {} rows, but there are {count} inputs",
                        items.len()
                    ),
                    rows.node.span,
                    "one row and column for each input",
                );
                return None;
            }
            for (row, node) in items.iter().enumerate() {
                let values = self.numbers(node)?;
                if values.len() != count {
                    self.wrong(
                        format!("this row has {} numbers", values.len()),
                        node.span,
                        format!("one for each of the {count} inputs"),
                    );
                    return None;
                }
                matrix[row] = values;
            }
        }
        if let Some(pairs) = table.get("pairs") {
            for node in self.list(pairs)? {
                let Value::List(items) = &node.value else {
                    self.wrong(
                        format!("a pair is {}", node.value.kind()),
                        node.span,
                        "write it like [\"a\", \"b\", 0.5]",
                    );
                    return None;
                };
                let [a, b, value] = &items[..] else {
                    self.wrong(
                        format!("a pair has {} entries", items.len()),
                        node.span,
                        "write it like [\"a\", \"b\", 0.5]",
                    );
                    return None;
                };
                let (a, b) = (self.input(a, names)?, self.input(b, names)?);
                let value_at = value.span;
                let value = self.number(value)?;
                if a == b || !(-1.0..=1.0).contains(&value) {
                    self.wrong(
                        "this is no correlation of two inputs",
                        value_at,
                        "two different inputs, and a number from -1 to 1",
                    );
                    return None;
                }
                matrix[a][b] = value;
                matrix[b][a] = value;
            }
        }
        // Two points are enough to see whether the matrix can be one of correlations.
        let tried = analysis::designs::gaussian_copula(&vec![vec![0.5, 0.5]; count], &matrix);
        if let Err(error) = tried {
            self.notes.push(
                Diagnostic::error("problem-value", error.to_string())
                    .label(entry.key_span, "no inputs can go together like this")
                    .help("weaken the correlations, or check that a pair does not contradict two others"),
            );
            return None;
        }
        Some(Correlation { method, matrix })
    }

    fn input(&mut self, node: &Node, names: &[String]) -> Option<usize> {
        let Value::String(name, _) = &node.value else {
            self.wrong(
                format!("the name of an input is {}", node.value.kind()),
                node.span,
                "a text is expected",
            );
            return None;
        };
        let found = names.iter().position(|n| n == name);
        if found.is_none() {
            let mut diagnostic = Diagnostic::error("problem-value", format!("there is no input `{name}`"))
                .label(node.span, "not known");
            if let Some(near) = nearest(name, names.iter().map(String::as_str)) {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            self.notes.push(diagnostic);
        }
        found
    }

    fn number(&mut self, node: &Node) -> Option<f64> {
        match node.value {
            Value::Integer(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            Value::Broken => None,
            ref other => {
                self.wrong(
                    format!("this is {}", other.kind()),
                    node.span,
                    "a number is expected",
                );
                None
            }
        }
    }

    fn numbers(&mut self, node: &Node) -> Option<Vec<f64>> {
        let Value::List(items) = &node.value else {
            self.wrong(
                format!("this is {}", node.value.kind()),
                node.span,
                "a list of numbers is expected",
            );
            return None;
        };
        let found: Vec<Option<f64>> = items.iter().map(|item| self.number(item)).collect();
        found.into_iter().collect()
    }

    fn list<'n>(&mut self, entry: &'n Entry) -> Option<&'n [Node]> {
        if let Value::List(items) = &entry.node.value {
            return Some(items);
        }
        self.wrong(
            format!("`{}` is {}", entry.key, entry.node.value.kind()),
            entry.node.span,
            "a list is expected",
        );
        None
    }

    fn text(&mut self, entry: &Entry) -> Option<String> {
        if let Value::String(text, _) = &entry.node.value {
            return Some(text.clone());
        }
        self.wrong(
            format!("`{}` is {}", entry.key, entry.node.value.kind()),
            entry.node.span,
            "a text is expected",
        );
        None
    }

    fn texts(&mut self, entry: &Entry) -> Option<Vec<(String, Span)>> {
        let items = self.list(entry)?;
        let mut all = Vec::new();
        for item in items {
            match &item.value {
                Value::String(text, _) => all.push((text.clone(), item.span)),
                other => {
                    self.wrong(
                        format!("this is {}", other.kind()),
                        item.span,
                        "a text is expected",
                    );
                    return None;
                }
            }
        }
        Some(all)
    }
}
