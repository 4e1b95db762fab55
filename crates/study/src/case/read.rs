//! From the text of a `case.toml` to a [`Case`].

use std::collections::BTreeMap;

use model::{Diagnostic, Diagnostics, FileError, Files, Name, SourceId, Sources, Span};

use super::form::keys::{CASE, DESIGNS, REDUCERS};
use super::form::row::{Item, Row};
use super::form::shape::Checker;
use super::form::tree;
use super::ids::Ids;
use super::types::*;
use super::{bibliography, check, csv, ranges};
use crate::design::MOST_FUTURES;

/// Reads a case and the files it names. `path` is that of the case file, for messages; `files` takes paths relative to it.
///
/// Every text that was read is added to `sources`. All that is wrong is said at once; a case comes back only if nothing is.
pub fn read(path: &str, text: &str, files: &dyn Files, sources: &mut Sources) -> (Option<Case>, Diagnostics) {
    let mut notes = Diagnostics::new();
    let root = sources.add(path, text);
    let mut outside = Outside {
        folder: folder(path),
        files,
        sources,
        read: BTreeMap::new(),
    };
    let mut table = tree::read(root, text, &mut notes);
    include(&mut table, &mut outside, &mut notes);
    Checker {
        missing: !notes.has_errors(),
        notes: &mut notes,
    }
    .record(&CASE, &table);
    let case = case(Row::new(&CASE, &table), &mut outside, &mut notes);
    // In the order of the places, as a reader goes through the files.
    notes
        .items
        .sort_by_key(|note| note.labels.first().map(|label| label.span));
    ((!notes.has_errors()).then_some(case), notes)
}

/// The files beside the case.
struct Outside<'a> {
    folder: String,
    files: &'a dyn Files,
    sources: &'a mut Sources,
    read: BTreeMap<String, SourceId>,
}

impl Outside<'_> {
    /// The text of a file that the case names, read once; says so if it cannot be had.
    fn text(&mut self, path: &At<String>, notes: &mut Diagnostics) -> Option<(SourceId, String)> {
        if let Some(&id) = self.read.get(&path.value) {
            return Some((id, self.sources.get(id).text.clone()));
        }
        let why = match self.files.read(&path.value) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => {
                    let id = self
                        .sources
                        .add(format!("{}{}", self.folder, path.value), text.clone());
                    self.read.insert(path.value.clone(), id);
                    return Some((id, text));
                }
                Err(error) => format!("is not UTF-8 (byte {})", error.utf8_error().valid_up_to()),
            },
            Err(FileError::NotFound) => "is not there".to_owned(),
            Err(FileError::Outside) => "lies outside the folder of the case".to_owned(),
            Err(FileError::Unreadable(why)) => format!("cannot be read: {why}"),
        };
        let diagnostic = Diagnostic::error("case-file", format!("the file `{}` {why}", path.value));
        notes.push(
            diagnostic
                .label(path.span, "named here")
                .help("paths are relative to the case file"),
        );
        None
    }
}

fn folder(path: &str) -> String {
    let end = path.rfind(['/', '\\']).map_or(0, |at| at + 1);
    path[..end].to_owned()
}

fn include(table: &mut tree::Table, outside: &mut Outside<'_>, notes: &mut Diagnostics) {
    for path in Row::new(&CASE, table).strings("include") {
        if outside.read.contains_key(&path.value) {
            let diagnostic = Diagnostic::error("case-file", format!("`{}` is included twice", path.value));
            notes.push(diagnostic.label(path.span, "again"));
            continue;
        }
        let Some((id, text)) = outside.text(&path, notes) else {
            continue;
        };
        let mut more = tree::read(id, &text, notes);
        if let Some(at) = more.entries.iter().position(|entry| entry.key == "include") {
            let diagnostic = Diagnostic::error("case-include", "an included file includes nothing itself");
            let diagnostic = diagnostic.label(more.entries[at].key_span, "not here");
            notes.push(diagnostic.help("name the file in `include` of the case file"));
            more.entries.remove(at);
        }
        tree::merge(table, more, notes);
    }
}

/// The ids that parts refer to.
struct Known {
    policies: Ids,
    outcomes: Ids,
    camps: Ids,
}

fn case(row: Row<'_>, outside: &mut Outside<'_>, notes: &mut Diagnostics) -> Case {
    if let Some(schema) = row.integer("schema").filter(|schema| schema.value != 1) {
        let message = format!(
            "this program reads schema 1 of the case file, not {}",
            schema.value
        );
        notes.push(Diagnostic::error("case-schema", message).label(schema.span, "not known"));
    }
    let known = Known {
        policies: Ids::of("policy", &row.rows("policy")),
        outcomes: Ids::of("outcome", &row.rows("outcome")),
        camps: Ids::of("camp", &row.rows("camp")),
    };
    check::lists(&row, notes);
    let (uncertainties, splits) =
        ranges::read(&row.rows("uncertainty"), &row.rows("split"), &known.camps, notes);
    ranges::check_names(&uncertainties, &splits, notes);
    let drawn = Ids::new(
        "uncertainty",
        uncertainties.iter().map(|one| one.id.clone()).collect(),
    );
    drawn.check_unique(notes);

    let sources = row.string("sources");
    let bibliography = sources.as_ref().and_then(|path| outside.text(path, notes));
    let (bibliography, keys) = match bibliography {
        Some((id, text)) => bibliography::read(id, &text, notes),
        None => (Bibliography::new(), None),
    };
    let baseline = row
        .string("baseline")
        .and_then(|id| known.policies.find(&id, notes));
    let headline = match row.has("headline") {
        true => known.outcomes.find_all(&row.strings("headline"), notes),
        false => (0..row.rows("outcome").len()).collect(),
    };
    let mut addons: Vec<Policy> = row
        .rows("addon")
        .iter()
        .map(|row| policy(row, None, notes))
        .collect();
    if addons.is_empty() {
        addons.push(no_addon(row.span()));
    }
    let case = Case {
        id: row.needed("id").value,
        title: row.text("title"),
        question: row.text("question"),
        summary: row.text("summary"),
        as_of: row.date("as_of"),
        model: row.needed("model"),
        data: row.strings("data"),
        start: row.number("start").map_or(0.0, |start| start.value),
        start_span: row.span_of("start"),
        baseline: baseline.unwrap_or(0),
        headline,
        run: run(row.row("run"), notes),
        policies: row
            .rows("policy")
            .iter()
            .map(|row| policy(row, Some(&known), notes))
            .collect(),
        addons,
        outcomes: row
            .rows("outcome")
            .iter()
            .map(|row| outcome(row, notes))
            .collect(),
        quantities: row
            .rows("quantity")
            .iter()
            .map(|row| quantity(row, notes))
            .collect(),
        sectors: row
            .rows("sector")
            .iter()
            .map(|row| (row.needed("id").value, row.text("name")))
            .collect(),
        constraints: row.rows("constraint").iter().map(constraint).collect(),
        camps: row
            .rows("camp")
            .iter()
            .map(|row| camp(row, &known, &drawn, &uncertainties, notes))
            .collect(),
        claims: row
            .rows("claim")
            .iter()
            .map(|row| claim(row, &known, notes))
            .collect(),
        authorities: row
            .rows("authority")
            .iter()
            .map(|row| authority(row, &known, notes))
            .collect(),
        history: row
            .rows("history")
            .iter()
            .map(|row| history(row, outside, &keys, notes))
            .collect(),
        experiments: row
            .rows("experiment")
            .iter()
            .map(|row| experiment(row, &known, notes))
            .collect(),
        left_out: row.rows("left_out").iter().map(|row| row.text("text")).collect(),
        dissents: row
            .rows("dissent")
            .iter()
            .map(|row| Dissent {
                by: row.text("by"),
                text: row.text("text"),
            })
            .collect(),
        statements: row.rows("statement").iter().map(statement).collect(),
        uncertainties,
        splits,
        sources,
        bibliography,
    };
    check::case(&case, &keys, notes);
    case
}

fn no_addon(span: Span) -> Policy {
    let text = |en: &str, es: &str| Text {
        en: en.to_owned(),
        es: es.to_owned(),
    };
    let nothing = text("Nothing", "Nada");
    Policy {
        id: At {
            value: "none".to_owned(),
            span,
        },
        name: text("No add-on", "Sin complemento"),
        includes: nothing.clone(),
        excludes: nothing.clone(),
        cost: nothing,
        levers: Vec::new(),
        sources: Vec::new(),
        near_clone_of: None,
    }
}

fn run(row: Option<Row<'_>>, notes: &mut Diagnostics) -> RunDefaults {
    let mut defaults = RunDefaults {
        futures: 10_000,
        seed: 1,
        design: DesignKind::LatinHypercube,
    };
    let Some(row) = row else { return defaults };
    for (key, least, most, field) in [
        ("futures", 1, MOST_FUTURES as i64, &mut defaults.futures),
        ("seed", 0, i64::MAX, &mut defaults.seed),
    ] {
        match row.integer(key) {
            Some(number) if number.value < least => {
                let diagnostic = Diagnostic::error("case-range", format!("`{key}` is at least {least}"));
                notes.push(diagnostic.label(number.span, "too small"));
            }
            Some(number) if number.value > most => {
                let diagnostic = Diagnostic::error("case-range", format!("`{key}` is at most {most}"));
                notes.push(diagnostic.label(number.span, "too large"));
            }
            Some(number) => *field = number.value.unsigned_abs(),
            None => {}
        }
    }
    if let Some(design) = row.string("design") {
        defaults.design = DesignKind::of_word(&design.value).unwrap_or(defaults.design);
    }
    defaults
}

impl DesignKind {
    /// All designs, in the order in which the case file's documentation lists them.
    pub const ALL: [DesignKind; 6] = [
        DesignKind::MonteCarlo,
        DesignKind::LatinHypercube,
        DesignKind::Sobol,
        DesignKind::SobolScrambled,
        DesignKind::FullFactorial,
        DesignKind::OneAtATime,
    ];

    /// The design with this name in a case or on the command line.
    pub fn of_word(word: &str) -> Option<DesignKind> {
        DESIGNS
            .iter()
            .position(|design| *design == word)
            .map(|at| Self::ALL[at])
    }

    /// Its name in a case and on the command line.
    pub fn word(self) -> &'static str {
        DESIGNS[self as usize]
    }
}

fn policy(row: &Row<'_>, known: Option<&Known>, notes: &mut Diagnostics) -> Policy {
    // Add-ons have no near clones.
    let clone = known.and_then(|known| {
        let id = row.string("near_clone_of")?;
        if id.value == row.needed("id").value {
            let diagnostic = Diagnostic::error("case-unknown-id", "a policy is no near clone of itself");
            notes.push(diagnostic.label(id.span, "itself"));
        }
        known.policies.find(&id, notes)
    });
    let mut levers: Vec<Lever> = Vec::new();
    for (variable, item) in row.map("levers") {
        let lever = lever(variable, &item, notes);
        let key = Name::key_of(&lever.variable.value);
        if let Some(first) = levers
            .iter()
            .find(|first| Name::key_of(&first.variable.value) == key)
        {
            let message = format!("the lever `{}` is set twice", lever.variable.value);
            let diagnostic = Diagnostic::error("case-duplicate-name", message);
            notes.push(
                diagnostic
                    .label(lever.variable.span, "here again")
                    .label(first.variable.span, "first here"),
            );
        }
        levers.push(lever);
    }
    Policy {
        id: row.needed("id"),
        name: row.text("name"),
        includes: row.text("includes"),
        excludes: row.text("excludes"),
        cost: row.text("cost"),
        levers,
        sources: row.strings("sources"),
        near_clone_of: clone,
    }
}

fn lever(variable: At<String>, item: &Item<'_>, notes: &mut Diagnostics) -> Lever {
    let row = match item {
        Item::Number(number) => {
            return Lever {
                variable,
                setting: Setting::Value(number.value),
                trigger: None,
            };
        }
        Item::Row(row) => row,
    };
    let steps = row.pairs("steps");
    if row.has("steps") && steps.is_empty() {
        let diagnostic = Diagnostic::error(
            "case-steps",
            format!("the lever `{}` has no step", variable.value),
        );
        notes.push(diagnostic.label(row.span_of("steps"), "give `[[time, value], ...]`"));
    }
    for pair in steps.windows(2) {
        if pair[0].value.0 >= pair[1].value.0 {
            let diagnostic = Diagnostic::error("case-steps", "the times of steps must rise");
            notes.push(
                diagnostic
                    .label(pair[1].span, "not later")
                    .label(pair[0].span, "than this"),
            );
        }
    }
    let setting = match row.number("value") {
        Some(value) => Setting::Value(value.value),
        None => Setting::Steps(steps.into_iter().map(|pair| pair.value).collect()),
    };
    Lever {
        variable,
        setting,
        trigger: row.string("trigger"),
    }
}

fn outcome(row: &Row<'_>, notes: &mut Diagnostics) -> Outcome {
    let mut outcome = quantity_of(row, notes);
    outcome.higher_is_better = row.needed("direction").value == "higher";
    if let Some(anchors) = row.row("anchors")
        && let (Some(worst), Some(best)) = (anchors.number("worst"), anchors.number("best"))
    {
        (outcome.worst, outcome.best) = (worst.value, best.value);
        let agrees = match outcome.higher_is_better {
            true => worst.value < best.value,
            false => worst.value > best.value,
        };
        if row.has("direction") && !agrees {
            let message = format!("the anchors of `{}` contradict its direction", outcome.id.value);
            notes.push(
                Diagnostic::error("case-anchors", message)
                    .label(anchors.span(), "`worst` scores 0, `best` scores 1")
                    .label(row.span_of("direction"), "this is better"),
            );
        }
    }
    if let Some(close) = row.row("close_call") {
        let (absolute, share) = (close.number("absolute"), close.number("share_of_baseline"));
        if let Some(margin) = absolute.iter().chain(&share).find(|margin| margin.value < 0.0) {
            let diagnostic = Diagnostic::error("case-range", "a margin cannot be below 0");
            notes.push(diagnostic.label(margin.span, "below 0"));
        }
        outcome.close_call = match (absolute, share) {
            (_, Some(share)) => CloseCall::ShareOfBaseline(share.value),
            (absolute, None) => CloseCall::Absolute(absolute.map_or(0.0, |margin| margin.value)),
        };
    }
    if let Some(series) = row.string("series") {
        outcome.series = series;
    }
    outcome.tail = row.flag("tail").unwrap_or(false);
    outcome
}

fn quantity(row: &Row<'_>, notes: &mut Diagnostics) -> Outcome {
    quantity_of(row, notes)
}

/// What an outcome and a quantity share.
fn quantity_of(row: &Row<'_>, notes: &mut Diagnostics) -> Outcome {
    let id = row.needed("id");
    let variable = row.needed("variable");
    let window = row.row("window");
    let (from, to) = match &window {
        Some(window) => (window.number("from"), window.number("to")),
        None => (None, None),
    };
    if let (Some(from), Some(to)) = (&from, &to)
        && from.value > to.value
    {
        let diagnostic = Diagnostic::error("case-range", "the window ends before it begins");
        notes.push(diagnostic.label(to.span, "`to`").label(from.span, "`from`"));
    }
    let named = |text: Option<Text>| {
        text.unwrap_or_else(|| Text {
            en: variable.value.clone(),
            es: variable.value.clone(),
        })
    };
    Outcome {
        name: named(row.optional_text("name")),
        text: row.optional_text("text").unwrap_or_default(),
        reduce: reduce(row),
        from: from.map(|from| from.value),
        to: to.map(|to| to.value),
        higher_is_better: false,
        unit: row.needed("unit"),
        worst: f64::NAN,
        best: f64::NAN,
        close_call: CloseCall::Absolute(0.0),
        series: variable.clone(),
        tail: false,
        variable,
        id,
    }
}

fn reduce(row: &Row<'_>) -> Reduce {
    if let Some(table) = row.row("reduce") {
        let made = [
            Reduce::At,
            Reduce::TimeAbove,
            Reduce::TimeBelow,
            Reduce::LongestAbove,
            Reduce::LongestBelow,
            Reduce::FirstAbove,
        ];
        let numbers = REDUCERS.map(|key| table.number(key));
        let found = numbers
            .into_iter()
            .zip(made)
            .find_map(|(number, make)| Some(make(number?.value)));
        return found.unwrap_or(Reduce::Final);
    }
    match row.needed("reduce").value.as_str() {
        "mean" => Reduce::Mean,
        "min" => Reduce::Min,
        "max" => Reduce::Max,
        "integral" => Reduce::Integral,
        _ => Reduce::Final,
    }
}

fn constraint(row: &Row<'_>) -> Constraint {
    Constraint {
        id: row.needed("id"),
        text: row.text("text"),
        rule: row.needed("rule"),
    }
}

fn camp(row: &Row<'_>, known: &Known, drawn: &Ids, all: &[Uncertainty], notes: &mut Diagnostics) -> Camp {
    let mut beliefs = Vec::new();
    for (id, item) in row.map("beliefs") {
        let (Some(index), Item::Row(belief)) = (drawn.find(&id, notes), item) else {
            continue;
        };
        beliefs.extend(check::belief(&all[index], &id, &belief, notes).map(|belief| (index, belief)));
    }
    let mut values = Vec::new();
    for (id, item) in row.map("values") {
        let (Some(index), Item::Number(weight)) = (known.outcomes.find(&id, notes), item) else {
            continue;
        };
        if weight.value < 0.0 {
            let diagnostic = Diagnostic::error("case-range", "a weight cannot be below 0");
            notes.push(diagnostic.label(weight.span, "below 0"));
        }
        values.push((index, weight.value));
    }
    if row.has("values") && !values.is_empty() && values.iter().all(|(_, weight)| *weight == 0.0) {
        let diagnostic = Diagnostic::error("case-range", "a camp values something: all its weights are 0");
        notes.push(diagnostic.label(row.line_of("values"), "here"));
    }
    Camp {
        id: row.needed("id"),
        name: row.text("name"),
        text: row.text("text"),
        sources: row.strings("sources"),
        beliefs,
        values,
        inadmissible: row
            .rows("inadmissible")
            .iter()
            .map(|item| (item.needed("law"), legal(&item.needed("status").value)))
            .collect(),
    }
}

fn legal(word: &str) -> LegalStatus {
    match word {
        "met" => LegalStatus::Met,
        "contested" => LegalStatus::Contested,
        _ => LegalStatus::NotMet,
    }
}

fn claim(row: &Row<'_>, known: &Known, notes: &mut Diagnostics) -> Claim {
    let id = row.needed("id");
    let kind = match row.needed("kind").value.as_str() {
        "outcome" => ClaimKind::Outcome,
        "ensemble" => ClaimKind::Ensemble,
        _ => ClaimKind::Evidence,
    };
    let proposition = row.string("proposition");
    match (kind, &proposition) {
        (ClaimKind::Evidence, Some(written)) => {
            let message = format!(
                "the claim `{}` is evidence, which is shown and never simulated",
                id.value
            );
            let diagnostic = Diagnostic::error("case-claim", message)
                .label(written.span, "a proposition would be simulated");
            notes.push(
                diagnostic
                    .help("leave `proposition` out, or make it a claim of kind `outcome` or `ensemble`"),
            );
        }
        (ClaimKind::Outcome | ClaimKind::Ensemble, None) if row.has("kind") && !row.has("proposition") => {
            let message = format!("the claim `{}` has no proposition", id.value);
            let diagnostic = Diagnostic::error("case-claim", message)
                .label(row.span_of("kind"), "this kind is judged by one");
            notes.push(diagnostic.help("add `proposition = \"...\"`, or make it a claim of kind `evidence`"));
        }
        _ => {}
    }
    let evidence = |key: &str| -> Vec<EvidenceItem> {
        let item = |row: &Row<'_>| EvidenceItem {
            source: row.needed("source"),
            text: row.text("text"),
        };
        row.rows(key).iter().map(item).collect()
    };
    Claim {
        camp: row.string("camp").and_then(|camp| known.camps.find(&camp, notes)),
        kind,
        text: row.text("text"),
        proposition,
        said_by: match row.row("said_by") {
            Some(said) => SaidBy::Office {
                office: said.text("office"),
                date: said.needed("date").value,
                source: said.needed("source"),
            },
            None => SaidBy::Constructed,
        },
        evidence_for: evidence("for"),
        evidence_against: evidence("against"),
        id,
    }
}

fn authority(row: &Row<'_>, known: &Known, notes: &mut Diagnostics) -> Authority {
    Authority {
        policies: known.policies.find_all(&row.strings("policies"), notes),
        law: row.needed("law").value,
        name: row.text("name"),
        needs: row.text("needs"),
        status: legal(&row.needed("status").value),
        sources: row.strings("sources"),
    }
}

fn history(row: &Row<'_>, outside: &mut Outside<'_>, keys: &check::Keys, notes: &mut Diagnostics) -> History {
    let (file, series) = (row.needed("file"), row.needed("series"));
    let mut points = Vec::new();
    let read_before = outside.read.contains_key(&file.value);
    if row.has("file")
        && let Some((id, text)) = outside.text(&file, notes)
    {
        // A file that serves several series is read for each and its mistakes said for the first.
        let mut said = Diagnostics::new();
        let all = csv::points(id, &text, &mut said);
        if !read_before {
            for (key, place) in all.iter().flat_map(|point| &point.sources) {
                if let Some(keys) = keys {
                    check::check_source(key, *place, keys, &mut said);
                }
            }
            notes.append(said);
        }
        points.extend(
            all.iter()
                .filter(|point| point.series == series.value)
                .map(|point| (point.time, point.value)),
        );
        if points.is_empty() && !all.is_empty() {
            let names: std::collections::BTreeSet<&str> =
                all.iter().map(|point| point.series.as_str()).collect();
            let message = format!("`{}` has no series `{}`", file.value, series.value);
            let diagnostic = Diagnostic::error("case-history", message).label(series.span, "not in the file");
            let near = model::nearest(&series.value, names.iter().copied());
            notes.push(match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic,
            });
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    History {
        variable: row.needed("variable"),
        label: row.text("label"),
        file,
        series,
        sources: row.strings("sources"),
        points,
    }
}

fn experiment(row: &Row<'_>, known: &Known, notes: &mut Diagnostics) -> Experiment {
    let settings = |key: &str| -> Vec<(At<String>, f64)> {
        let number = |(name, item)| match item {
            Item::Number(number) => Some((name, number.value)),
            Item::Row(_) => None,
        };
        row.map(key).into_iter().filter_map(number).collect()
    };
    Experiment {
        id: row.needed("id"),
        title: row.text("title"),
        set: settings("set"),
        initial: settings("initial"),
        policy: row
            .string("policy")
            .and_then(|id| known.policies.find(&id, notes))
            .unwrap_or(0),
        compare: row.strings("compare"),
        compare_from: row.number("compare_from").map(|time| time.value),
    }
}

fn statement(row: &Row<'_>) -> Statement {
    Statement {
        number: row
            .integer("number")
            .and_then(|number| u32::try_from(number.value).ok())
            .unwrap_or(0),
        text: row.text("text"),
        said_by: row.text("said_by"),
        places: row.strings("places"),
    }
}
