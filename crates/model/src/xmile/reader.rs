//! The tree of elements to the parts of a file; what is missing or cannot be meant is told here.

use super::document::{
    Connection, Contents, DimensionPart, Document, ElementPart, Equation, GroupPart, MacroPart, ModelPart,
    ModulePart, Parameter, PartKind, Setting, Specs, VariablePart,
};
use super::equation::{parse, parse_list, reference, spelling};
use super::graph::graphical_function;
use super::markup::Text;
use super::markup::{Element, Tree};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Integration, Range};
use crate::name::Name;
use crate::source::Span;
use crate::suggest::nearest;
use crate::syntax::Named;

/// The document in a tree; nothing if it is no XMILE or has no model.
pub(super) fn document(tree: &Tree, diagnostics: &mut Diagnostics) -> Option<Document> {
    Reader { tree, diagnostics }.document()
}

/// The macros in a tree.
pub(super) fn macros(tree: &Tree, diagnostics: &mut Diagnostics) -> Vec<MacroPart> {
    let mut reader = Reader { tree, diagnostics };
    let root = tree.elements.first();
    let elements = root.into_iter().flat_map(|root| tree.named(root, "macro"));
    elements
        .filter_map(|element| reader.macro_part(element, Behavior::default()))
        .collect()
}

/// Whether stocks and flows stay above zero unless they say otherwise.
#[derive(Clone, Copy, Default)]
struct Behavior {
    stocks: bool,
    flows: bool,
}

pub(super) struct Reader<'a> {
    pub(super) tree: &'a Tree,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn document(&mut self) -> Option<Document> {
        let tree = self.tree;
        let root = tree.elements.first()?;
        if !root.name.eq_ignore_ascii_case("xmile") {
            self.diagnostics.push(
                Diagnostic::error(
                    "xmile-root",
                    format!("the file begins with `<{}>`, not with `<xmile>`", root.name),
                )
                .label(root.span, "")
                .help("this is XML, but no XMILE model"),
            );
            return None;
        }
        for element in tree.named(root, "include") {
            self.diagnostics.push(
                Diagnostic::error("unsupported-include", "`<include>` is not read yet")
                    .label(element.span, "")
                    .help("copy what the other file holds into this one"),
            );
        }
        let behavior = self.behavior(root, Behavior::default());
        let macros: Vec<MacroPart> = tree
            .named(root, "macro")
            .filter_map(|element| self.macro_part(element, behavior))
            .collect();
        let elements: Vec<&Element> = tree.named(root, "model").collect();
        let mut models: Vec<ModelPart> = Vec::new();
        for element in &elements {
            let model = self.model(element, behavior);
            // The outermost model is the one without a name, or the first.
            if model.name.is_none() && models.first().is_some_and(|first| first.name.is_some()) {
                models.insert(0, model);
            } else {
                models.push(model);
            }
        }
        let specs = tree
            .child(root, "sim_specs")
            .or_else(|| elements.iter().find_map(|model| tree.child(model, "sim_specs")));
        for element in elements
            .iter()
            .chain(&tree.named(root, "macro").collect::<Vec<_>>())
        {
            self.not_read(element, specs);
        }
        self.passed_over(root);
        let specs = self.specs(root, specs);
        if models.is_empty() {
            self.missing(root, "model", "it holds the `<variables>`");
            return None;
        }
        Some(Document {
            specs: specs?,
            models,
            macros,
            library: &[],
            dimensions: self.dimensions(root),
            equivalents: self.equivalents(root),
            is_vensims: self.header_says(root, "vensim"),
            no_number_beyond: self.no_number_beyond(root),
        })
    }

    /// Whether the product or the vendor that made the file has a word in its name.
    fn header_says(&self, root: &Element, word: &str) -> bool {
        let tree = self.tree;
        let header = tree.child(root, "header").into_iter();
        let mut makers = header.flat_map(|header| ["product", "vendor"].map(|name| tree.child(header, name)));
        makers.any(|maker| maker.is_some_and(|maker| maker.text.value.to_ascii_lowercase().contains(word)))
    }

    /// `<uses_arrays invalid_index_value="NaN"/>`
    fn no_number_beyond(&self, root: &Element) -> bool {
        let tree = self.tree;
        let options = tree
            .child(root, "header")
            .and_then(|header| tree.child(header, "options"));
        let arrays = options.and_then(|options| tree.child(options, "uses_arrays"));
        let value = arrays.and_then(|arrays| arrays.attribute("invalid_index_value"));
        value.is_some_and(|value| value.value.trim().eq_ignore_ascii_case("nan"))
    }

    /// Refuses what a model or a macro asks for that would change its numbers, if it were passed over.
    fn not_read(&mut self, element: &Element, specs: Option<&Element>) {
        let tree = self.tree;
        let name = element.attribute("name").map_or("", |name| name.value.trim());
        let mut refuse = |code: &'static str, message: String, span: Span, help: &str| {
            self.diagnostics
                .push(Diagnostic::error(code, message).label(span, "").help(help));
        };
        let encrypted = element
            .attribute("encryption-scheme")
            .or_else(|| element.attribute("encryption_scheme"));
        if let Some(scheme) = encrypted {
            refuse(
                "unsupported-encryption",
                format!("the model `{name}` is encrypted"),
                scheme.trimmed(),
                "save it without a password",
            );
        }
        let resource = element.attribute("resource").filter(|_| element.name == "model");
        if let Some(resource) = resource.filter(|text| !text.value.trim().is_empty()) {
            refuse(
                "unsupported-include",
                format!("the model `{name}` is in another file"),
                resource.trimmed(),
                "copy it into this file",
            );
        }
        if let Some(filter) = element.attribute("filter").filter(|_| element.name == "macro") {
            refuse(
                "unsupported-filter",
                format!("the macro `{name}` is a filter of stocks, flows or auxiliaries"),
                filter.trimmed(),
                "call it in the equations of those that it should change",
            );
        }
        let own = tree.child(element, "sim_specs");
        let differs = |own: &Element| {
            let number = |specs: &Element, name: &str| {
                let element = tree.child(specs, name)?;
                let value: f64 = element.text.value.trim().parse().ok()?;
                let reciprocal = element
                    .attribute("reciprocal")
                    .map(|text| text.value.trim().to_ascii_lowercase());
                let is_reciprocal = matches!(reciprocal.as_deref(), Some("true" | "1"));
                Some(if is_reciprocal { 1.0 / value } else { value })
            };
            specs.is_none_or(|specs| {
                element.name == "macro"
                    || (!std::ptr::eq(own, specs)
                        && ["start", "stop", "dt"]
                            .iter()
                            .any(|name| number(own, name) != number(specs, name)))
            })
        };
        if let Some(own) = own.filter(|own| differs(own)) {
            refuse(
                "unsupported-sim-specs",
                format!("the {} `{name}` has a time of its own", element.name),
                own.span,
                "one start, one end and one time step hold for a whole file",
            );
        }
    }

    /// Tells what is passed over that a reader of the file could count on.
    fn passed_over(&mut self, root: &Element) {
        let tree = self.tree;
        let header = tree.child(root, "header").into_iter();
        let lists = header.flat_map(|header| tree.named(header, "includes"));
        for include in lists
            .flat_map(|list| tree.named(list, "include"))
            .collect::<Vec<_>>()
        {
            self.diagnostics.push(
                Diagnostic::warning("unsupported-include", "`<include>` is not read yet")
                    .label(include.span, "")
                    .help("copy what the model needs of the other file into this one"),
            );
        }
        let data = tree
            .named(root, "data")
            .flat_map(|data| tree.named(data, "import"));
        let is_off = |text: &Text| matches!(text.value.trim().to_ascii_lowercase().as_str(), "false" | "0");
        for import in data
            .filter(|import| !import.attribute("enabled").is_some_and(is_off))
            .collect::<Vec<_>>()
        {
            self.diagnostics.push(
                Diagnostic::warning(
                    "xmile-import",
                    "what `<import>` would read from another file is not read",
                )
                .label(import.span, "")
                .help("the values in this file count"),
            );
        }
        let stops = tree.elements.iter().find(|element| {
            let action = element
                .attribute("sim_action")
                .filter(|_| element.name == "event");
            action.is_some_and(|action| action.value.trim().eq_ignore_ascii_case("stop"))
        });
        if let Some(event) = stops {
            self.diagnostics.push(
                Diagnostic::note(
                    "xmile-event",
                    "events are passed over: a run goes on to the stop time",
                )
                .label(event.span, "would stop it"),
            );
        }
    }

    pub(super) fn missing(&mut self, parent: &Element, name: &str, help: &str) {
        self.diagnostics.push(
            Diagnostic::error(
                "xmile-missing-element",
                format!("`<{}>` has no `<{name}>`", parent.name),
            )
            .label(parent.span, "")
            .help(help),
        );
    }

    /// The one child of this name; a message for each further one.
    pub(super) fn only<'t>(
        &mut self,
        tree: &'t Tree,
        parent: &'t Element,
        name: &str,
    ) -> Option<&'t Element> {
        let mut found = tree.children(parent).filter(|child| child.name == name);
        let first = found.next()?;
        for other in found {
            self.diagnostics.push(
                Diagnostic::error(
                    "xmile-element-twice",
                    format!("`<{}>` has more than one `<{name}>`", parent.name),
                )
                .label(other.span, "given again")
                .label(first.span, "first given here")
                .help("remove one of them"),
            );
        }
        Some(first)
    }

    fn behavior(&mut self, parent: &Element, outer: Behavior) -> Behavior {
        let mut found = outer;
        let tree = self.tree;
        for behavior in tree.named(parent, "behavior") {
            if let Some(both) = self.non_negative(behavior) {
                found = Behavior {
                    stocks: both,
                    flows: both,
                };
            }
            if let Some(stocks) = tree
                .child(behavior, "stock")
                .and_then(|stock| self.non_negative(stock))
            {
                found.stocks = stocks;
            }
            if let Some(flows) = tree
                .child(behavior, "flow")
                .and_then(|flow| self.non_negative(flow))
            {
                found.flows = flows;
            }
        }
        found
    }

    /// `<non_negative/>`, or with `true` or `false` in it.
    fn non_negative(&mut self, parent: &Element) -> Option<bool> {
        let element = self.only(self.tree, parent, "non_negative")?;
        self.yes_no(&element.text, true, "non_negative")
    }

    pub(super) fn yes_no(&mut self, text: &Text, empty: bool, name: &str) -> Option<bool> {
        match text.value.trim().to_ascii_lowercase().as_str() {
            "" => Some(empty),
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                self.diagnostics.push(
                    Diagnostic::error("xmile-value", format!("`{name}` is neither `true` nor `false`"))
                        .label(text.trimmed(), ""),
                );
                None
            }
        }
    }

    fn specs(&mut self, root: &Element, specs: Option<&Element>) -> Option<Specs> {
        let tree = self.tree;
        let Some(specs) = specs else {
            self.missing(
                root,
                "sim_specs",
                "write, for example, `<sim_specs><start>0</start><stop>100</stop><dt>1</dt></sim_specs>`",
            );
            return None;
        };
        let mut setting = |name: &str, help: &str| -> Option<Setting> {
            match self.only(tree, specs, name) {
                Some(element) => self.number(&element.text, name),
                None => {
                    self.missing(specs, name, help);
                    None
                }
            }
        };
        let start = setting("start", "write, for example, `<start>0</start>`");
        let stop = setting("stop", "write, for example, `<stop>100</stop>`");
        let dt = match tree.child(specs, "dt") {
            Some(element) => setting("dt", "").and_then(|dt| self.time_step(element, dt)),
            // The specification's default.
            None => Some(Setting {
                value: 1.0,
                span: specs.span,
            }),
        };
        let save = ["save_interval", "save_step", "savestep"]
            .iter()
            .find_map(|name| specs.attribute(name))
            .and_then(|text| self.number(text, "save_interval"))
            .filter(|save| save.value > 0.0);
        let integration = self.integration(specs);
        let units = specs.attribute("time_units");
        Some(Specs {
            start: start?,
            stop: stop?,
            dt: dt?,
            save,
            integration,
            time_units: units.map_or(String::new(), |text| text.value.trim().to_owned()),
            time_units_span: units.map(Text::trimmed),
        })
    }

    fn time_step(&mut self, element: &Element, dt: Setting) -> Option<Setting> {
        let reciprocal = match element.attribute("reciprocal") {
            Some(text) => self.yes_no(text, false, "reciprocal")?,
            None => false,
        };
        let value = if reciprocal { 1.0 / dt.value } else { dt.value };
        if value > 0.0 && value.is_finite() {
            return Some(Setting { value, ..dt });
        }
        self.diagnostics.push(
            Diagnostic::error("xmile-time-step", "the time step must be above zero")
                .label(
                    dt.span,
                    if reciprocal {
                        "the number of steps in a unit of time"
                    } else {
                        ""
                    },
                )
                .help("write, for example, `<dt>0.25</dt>`, or `<dt reciprocal=\"true\">4</dt>`"),
        );
        None
    }

    fn integration(&mut self, specs: &Element) -> Integration {
        let Some(text) = specs.attribute("method") else {
            return Integration::Euler;
        };
        let known = |method: &str| match method
            .trim()
            .to_ascii_lowercase()
            .replace([' ', '-', '_'], "")
            .as_str()
        {
            "" | "euler" => Some(Integration::Euler),
            "rk2" | "rungekutta2" | "heun" => Some(Integration::Heun),
            "rk4" | "rungekutta4" => Some(Integration::Rk4),
            "rk45" | "rk4auto" => Some(Integration::Rk4Auto),
            _ => None,
        };
        // A list names the methods in the order of preference.
        let mut methods = text.value.split(',');
        let first = methods.next().unwrap_or("");
        if let Some(method) = known(first) {
            return method;
        }
        let diagnostic = |severity: fn(&'static str, String) -> Diagnostic| {
            severity(
                "integration-method",
                format!("the model asks for the integration method `{}`", first.trim()),
            )
        };
        match methods.find_map(known) {
            Some(method) => {
                let name = method.name();
                self.diagnostics.push(
                    diagnostic(Diagnostic::note)
                        .label(text.trimmed(), format!("{name} is used, which it names, too")),
                );
                method
            }
            None => {
                self.diagnostics.push(
                    diagnostic(Diagnostic::error)
                        .label(text.trimmed(), "not supported")
                        .help("choose `Euler`, `RK2` or `RK4`"),
                );
                Integration::Euler
            }
        }
    }

    pub(super) fn number(&mut self, text: &Text, name: &str) -> Option<Setting> {
        let span = if text.value.trim().is_empty() {
            text.span
        } else {
            text.trimmed()
        };
        let value: Option<f64> = text.value.trim().parse().ok();
        if let Some(value) = value.filter(|value| value.is_finite()) {
            return Some(Setting { value, span });
        }
        self.diagnostics
            .push(Diagnostic::error("xmile-value", format!("`{name}` is not a number")).label(span, ""));
        None
    }

    /// `<model_units><unit name="..."><alias>...</alias></unit></model_units>`
    fn equivalents(&mut self, root: &Element) -> Vec<(Vec<String>, Span)> {
        let tree = self.tree;
        let mut found = Vec::new();
        for units in tree.named(root, "model_units") {
            let is_off = |unit: &&Element| {
                let off = unit
                    .attribute("disabled")
                    .map(|text| text.value.trim().to_ascii_lowercase());
                !matches!(off.as_deref(), Some("true" | "1"))
            };
            for unit in tree.named(units, "unit").filter(is_off) {
                let mut names: Vec<String> = unit
                    .attribute("name")
                    .into_iter()
                    .chain(tree.named(unit, "eqn").map(|eqn| &eqn.text))
                    .chain(tree.named(unit, "alias").map(|alias| &alias.text))
                    .map(|text| spelling(&text.value).trim().to_owned())
                    .filter(|name| !name.is_empty())
                    .collect();
                names.dedup();
                if names.len() > 1 {
                    found.push((names, unit.span));
                }
            }
        }
        found
    }

    fn name(&mut self, element: &Element) -> Option<Named> {
        match element.attribute("name") {
            Some(text) if !Name::key_of(&spelling(&text.value)).is_empty() => Some(Named {
                name: Name::new(spelling(&text.value).trim()),
                span: text.trimmed(),
            }),
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-missing-name",
                        format!("this `<{}>` has no name", element.name),
                    )
                    .label(element.span, "")
                    .help(format!("write `<{} name=\"...\">`", element.name)),
                );
                None
            }
        }
    }

    fn model(&mut self, element: &Element, outer: Behavior) -> ModelPart {
        let tree = self.tree;
        let behavior = self.behavior(element, outer);
        let name = element
            .attribute("name")
            .filter(|text| !text.value.trim().is_empty());
        let mut model = ModelPart {
            name: name.map(|text| Named {
                name: Name::new(spelling(&text.value).trim()),
                span: text.trimmed(),
            }),
            variables: Vec::new(),
            modules: Vec::new(),
            groups: Vec::new(),
        };
        // Older files have the variables in the model itself.
        let within = tree
            .named(element, "variables")
            .flat_map(|variables| tree.children(variables));
        let parts: Vec<&Element> = tree.children(element).chain(within).collect();
        for part in parts {
            match part.name.as_str() {
                "module" => model.modules.extend(self.module(part)),
                "group" => model.groups.extend(self.group(part)),
                _ => model.variables.extend(self.variable(part, behavior)),
            }
        }
        self.named_tables(element, &mut model);
        model
    }

    /// Graphical functions within variables that have a name of their own can be called by it.
    fn named_tables(&mut self, element: &Element, model: &mut ModelPart) {
        let tree = self.tree;
        let variables = tree
            .named(element, "variables")
            .flat_map(|variables| tree.children(variables));
        let tables =
            variables.filter_map(|variable| tree.child(variable, "gf").filter(|_| variable.name != "gf"));
        let tables: Vec<&Element> = tables
            .filter(|table| table.attribute("name").is_some() && tree.child(table, "ypts").is_some())
            .collect();
        for table in tables {
            let key = table
                .attribute("name")
                .map(|name| Name::key_of(&spelling(&name.value)));
            let is_new = |key: &String| model.variables.iter().all(|part| part.name.name.key() != key);
            if key.is_some_and(|key| !key.is_empty() && is_new(&key)) {
                model.variables.extend(self.variable(table, Behavior::default()));
            }
        }
    }

    fn module(&mut self, element: &Element) -> Option<ModulePart> {
        let tree = self.tree;
        let name = self.name(element)?;
        if let Some(resource) = element
            .attribute("resource")
            .filter(|text| !text.value.trim().is_empty())
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "unsupported-include",
                    format!("the module `{}` is in another file", name.name),
                )
                .label(resource.trimmed(), "not read yet")
                .help("copy its `<model>` into this file"),
            );
            return None;
        }
        let mut connections = Vec::new();
        for connect in tree
            .children(element)
            .filter(|child| matches!(child.name.as_str(), "connect" | "connect2"))
        {
            let (Some(to), Some(from)) = (connect.attribute("to"), connect.attribute("from")) else {
                self.diagnostics.push(
                    Diagnostic::error("xmile-connection", "a connection needs both ends")
                        .label(connect.span, "")
                        .help("write `<connect to=\"input\" from=\"variable\"/>`"),
                );
                continue;
            };
            connections.push(Connection {
                to: reference(&to.value),
                to_span: to.trimmed(),
                from: reference(&from.value),
                from_span: from.trimmed(),
            });
        }
        Some(ModulePart { name, connections })
    }

    fn group(&mut self, element: &Element) -> Option<GroupPart> {
        let tree = self.tree;
        // A group in a picture has no members.
        let members: Vec<_> = tree
            .children(element)
            .filter(|child| matches!(child.name.as_str(), "entity" | "var"))
            .filter_map(|child| child.attribute("name"))
            .map(|text| reference(&text.value))
            .collect();
        if members.is_empty() {
            return None;
        }
        Some(GroupPart {
            name: self.name(element)?,
            comment: self.comment(element),
            members,
        })
    }

    fn comment(&self, element: &Element) -> String {
        fn prose(tree: &Tree, element: &Element, out: &mut String) {
            let text = element.text.value.replace("\\n", " ");
            for word in text.split_whitespace() {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(word);
            }
            for child in &element.children {
                prose(tree, &tree.elements[*child], out);
            }
        }
        let mut comment = String::new();
        if let Some(doc) = self.tree.child(element, "doc") {
            prose(self.tree, doc, &mut comment);
        }
        comment
    }

    fn variable(&mut self, element: &Element, behavior: Behavior) -> Option<VariablePart> {
        let kind = match element.name.as_str() {
            "stock" => PartKind::Stock,
            "flow" => PartKind::Flow,
            "aux" => PartKind::Aux,
            "gf" => PartKind::Table,
            _ => return None,
        };
        let tree = self.tree;
        let name = self.name(element)?;
        self.misspelt(element);
        let carried = self.carried(element, kind, &name);
        let flow = self.flow_part(element, kind, &name);
        let dimensions = self.dimensions_of(element);
        let may_be_list = !dimensions.is_empty() || carried.is_some();
        let own = self.contents(element, kind, &name.name, may_be_list);
        let elements: Vec<&Element> = tree.named(element, "element").collect();
        let elements: Vec<ElementPart> = elements
            .into_iter()
            .filter_map(|element| {
                let subscripts = self.subscripts_of(element)?;
                Some(ElementPart {
                    subscripts,
                    own: self.contents(element, kind, &name.name, false),
                })
            })
            .collect();
        let flows = |direction: &str| {
            tree.children(element)
                .filter(|child| child.name == direction)
                .map(|child| (reference(&child.text.value), child.text.trimmed()))
                .collect::<Vec<_>>()
        };
        let default = match kind {
            PartKind::Stock => behavior.stocks,
            PartKind::Flow => behavior.flows,
            PartKind::Aux | PartKind::Table => false,
        };
        let units = self.only(tree, element, "units").map(|units| &units.text);
        let units = units.filter(|text| !text.value.trim().is_empty());
        Some(VariablePart {
            kind,
            own,
            dimensions,
            elements,
            inflows: flows("inflow"),
            outflows: flows("outflow"),
            non_negative: match kind {
                // What is in them is never less than nothing.
                PartKind::Stock if carried.is_some() => false,
                PartKind::Stock | PartKind::Flow => self.non_negative(element).unwrap_or(default),
                PartKind::Aux | PartKind::Table => false,
            },
            carried,
            flow,
            units: units.map_or(String::new(), |text| text.value.trim().to_owned()),
            units_span: units.map(Text::trimmed),
            range: self.range(element),
            comment: self.comment(element),
            name,
        })
    }

    /// Warns of parts of a variable that mean nothing, and are nearly called like one that does: passed over, they would change its
    /// numbers. Other unknown parts are left to the programs that wrote them.
    fn misspelt(&mut self, element: &Element) {
        const KNOWN: [&str; 24] = [
            "eqn",
            "init_eqn",
            "inflow",
            "outflow",
            "non_negative",
            "multiplier",
            "dimensions",
            "element",
            "gf",
            "xscale",
            "yscale",
            "xpts",
            "ypts",
            "conveyor",
            "queue",
            "leak",
            "leak_integers",
            "overflow",
            "units",
            "range",
            "scale",
            "format",
            // Of the picture.
            "pts",
            "display",
        ];
        let tree = self.tree;
        for child in tree.children(element) {
            let near = nearest(&child.name.to_ascii_lowercase(), KNOWN);
            if let Some(near) = near.filter(|_| !KNOWN.contains(&child.name.as_str())) {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "xmile-unknown-element",
                        format!("`<{}>` means nothing here", child.name),
                    )
                    .label(child.span, "passed over")
                    .help(format!("did you mean `<{near}>`?")),
                );
            }
        }
    }

    /// What a variable or one of its elements holds.
    fn contents(&mut self, element: &Element, kind: PartKind, name: &Name, may_be_list: bool) -> Contents {
        let tree = self.tree;
        let table_element = match kind {
            PartKind::Table if element.name == "gf" => Some(element),
            _ => self.only(tree, element, "gf"),
        };
        let table_element = table_element.map(|table| named_elsewhere(tree, table).unwrap_or(table));
        let table = table_element.map(|table| graphical_function(tree, table, name, self.diagnostics));
        let (equation, equation_span) = self.equation(element, "eqn", name, may_be_list);
        let (initial, _) = self.equation(element, "init_eqn", name, false);
        Contents {
            equation,
            equation_span,
            initial,
            broken_table: matches!(table, Some(None)),
            table: table.flatten(),
        }
    }

    /// The dimensions of the file.
    fn dimensions(&mut self, root: &Element) -> Vec<DimensionPart> {
        /// As many as fit into what is refused for its size later.
        const MOST: f64 = 1e6;
        let tree = self.tree;
        let mut found = Vec::new();
        for dimension in tree
            .named(root, "dimensions")
            .flat_map(|list| tree.named(list, "dim"))
        {
            let Some(name) = self.name(dimension) else {
                continue;
            };
            let elements: Vec<&Element> = tree.named(dimension, "elem").collect();
            let mut elements: Vec<Named> = elements
                .into_iter()
                .filter_map(|element| self.name(element))
                .collect();
            if let Some(text) = dimension.attribute("size").filter(|_| elements.is_empty()) {
                let size = self.number(text, "size");
                match size.map(|size| size.value) {
                    Some(size) if (1.0..=MOST).contains(&size) && size.fract() == 0.0 => {
                        elements.extend((1..=size as u32).map(|number| Named {
                            name: Name::new(number.to_string()),
                            span: text.trimmed(),
                        }));
                    }
                    Some(_) => self.diagnostics.push(
                        Diagnostic::error(
                            "xmile-value",
                            format!(
                                "`size` of the dimension `{}` is no whole number from 1 to a million",
                                name.name
                            ),
                        )
                        .label(text.trimmed(), ""),
                    ),
                    None => {}
                }
            } else if elements.is_empty() {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-missing-element",
                        format!("the dimension `{}` has no elements", name.name),
                    )
                    .label(dimension.span, "")
                    .help("write `size=\"3\"`, or an `<elem name=\"...\"/>` for each"),
                );
            }
            found.push(DimensionPart { name, elements });
        }
        found
    }

    /// The dimensions that a variable names.
    fn dimensions_of(&mut self, element: &Element) -> Vec<Named> {
        let tree = self.tree;
        let named = tree
            .named(element, "dimensions")
            .flat_map(|list| tree.named(list, "dim"));
        named
            .collect::<Vec<_>>()
            .into_iter()
            .filter_map(|dimension| self.name(dimension))
            .collect()
    }

    /// The elements that `subscript="a, b"` names.
    fn subscripts_of(&mut self, element: &Element) -> Option<Vec<Named>> {
        let Some(text) = element.attribute("subscript") else {
            self.diagnostics.push(
                Diagnostic::error("xmile-missing-name", "an `<element>` does not say which it is")
                    .label(element.span, "")
                    .help("write `<element subscript=\"...\">`"),
            );
            return None;
        };
        let mut found = Vec::new();
        let mut at = 0;
        for piece in text.value.split(',') {
            let start = at + (piece.len() - piece.trim_start().len());
            found.push(Named {
                name: Name::new(spelling(piece)),
                span: text.place(start, start + piece.trim().len()),
            });
            at += piece.len() + 1;
        }
        Some(found)
    }

    fn range(&mut self, element: &Element) -> Option<Range> {
        let range = self.tree.child(element, "range")?;
        let end = |name: &str| {
            range
                .attribute(name)
                .and_then(|text| text.value.trim().parse::<f64>().ok())
                .filter(|value| value.is_finite())
        };
        let (low, high) = (end("min"), end("max"));
        (low.is_some() || high.is_some()).then_some(Range {
            low,
            high,
            step: None,
        })
    }

    /// The equation in a child of this name, and its place.
    pub(super) fn equation(
        &mut self,
        parent: &Element,
        name: &str,
        of: &Name,
        may_be_list: bool,
    ) -> (Equation, Span) {
        let Some(element) = self.only(self.tree, parent, name) else {
            return (Equation::Missing, parent.span);
        };
        let place = if element.text.value.trim().is_empty() {
            element.span
        } else {
            element.text.trimmed()
        };
        let found = if may_be_list {
            parse_list(&element.text)
        } else {
            parse(&element.text).map(|found| found.map(|expression| (expression, Vec::new())))
        };
        if let Ok(Some((expression, _))) = &found {
            self.diagnostics.items.extend(expression.chains.iter().cloned());
        }
        match found {
            Ok(Some((expression, roots))) if roots.len() > 1 => (Equation::List(expression, roots), place),
            Ok(Some((expression, _))) => (Equation::Given(expression), place),
            Ok(None) => (Equation::Missing, place),
            Err(mut diagnostic) => {
                if let Some(label) = diagnostic
                    .labels
                    .first_mut()
                    .filter(|label| label.text.is_empty())
                {
                    label.text = format!("in `<{name}>` of `{of}`");
                }
                self.diagnostics.push(*diagnostic);
                (Equation::Broken, place)
            }
        }
    }

    fn macro_part(&mut self, element: &Element, behavior: Behavior) -> Option<MacroPart> {
        let tree = self.tree;
        let name = self.name(element)?;
        let mut parameters = Vec::new();
        for parameter in tree.named(element, "parm") {
            let default = match parameter.attribute("default").map(parse) {
                Some(Ok(default)) => default,
                Some(Err(diagnostic)) => {
                    self.diagnostics.push(*diagnostic);
                    None
                }
                None => None,
            };
            parameters.push(Parameter {
                name: Named {
                    name: Name::new(spelling(&parameter.text.value).trim()),
                    span: parameter.text.trimmed(),
                },
                default,
            });
        }
        let (equation, _) = self.equation(element, "eqn", &name.name, false);
        if matches!(equation, Equation::Missing) {
            self.missing(element, "eqn", "it says what the macro gives");
        }
        let variables = tree
            .named(element, "variables")
            .flat_map(|variables| tree.children(variables))
            .collect::<Vec<_>>();
        let variables: Vec<VariablePart> = variables
            .into_iter()
            .filter_map(|variable| self.variable(variable, behavior))
            .collect();
        for part in &variables {
            if part.carried.is_some() || part.flow.leak.is_some() || part.flow.overflow {
                self.diagnostics.push(
                    Diagnostic::error(
                        "unsupported-conveyor",
                        format!(
                            "`{}` belongs to a conveyor or a queue in a macro, which is not read yet",
                            part.name.name
                        ),
                    )
                    .label(part.name.span, "")
                    .help("put it into the model, or into a module"),
                );
            }
        }
        Some(MacroPart {
            name,
            parameters,
            equation,
            variables,
        })
    }
}

/// The graphical function that `<gf name="..."/>` without points refers to.
fn named_elsewhere<'t>(tree: &'t Tree, table: &Element) -> Option<&'t Element> {
    let key = Name::key_of(&spelling(&table.attribute("name")?.value));
    if tree.child(table, "ypts").is_some() {
        return None;
    }
    tree.elements.iter().find(|other| {
        let name = other.attribute("name").filter(|_| other.name == "gf");
        name.is_some_and(|name| Name::key_of(&spelling(&name.value)) == key)
            && tree.child(other, "ypts").is_some()
    })
}
