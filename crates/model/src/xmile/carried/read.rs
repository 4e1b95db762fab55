//! What the elements of a stock or a flow say of conveyors and queues.

use super::{CarriedPart, ConveyorPart, FlowPart, LeakPart, Spread};
use crate::diagnostic::Diagnostic;
use crate::name::Name;
use crate::syntax::Named;
use crate::xmile::document::{Equation, PartKind};
use crate::xmile::markup::Element;
use crate::xmile::reader::Reader;

impl Reader<'_> {
    /// Whether a stock is a conveyor or a queue.
    pub(in crate::xmile) fn carried(
        &mut self,
        element: &Element,
        kind: PartKind,
        name: &Named,
    ) -> Option<CarriedPart> {
        let tree = self.tree;
        self.refuse_ovens(element, name);
        if kind != PartKind::Stock {
            return None;
        }
        let conveyor = self.only(tree, element, "conveyor");
        let queue = self.only(tree, element, "queue");
        if let (Some(conveyor), Some(queue)) = (conveyor, queue) {
            self.diagnostics.push(
                Diagnostic::error(
                    "xmile-conveyor",
                    format!("`{}` is a conveyor and a queue", name.name),
                )
                .label(conveyor.span, "")
                .label(queue.span, "")
                .help("remove one of them"),
            );
        }
        match (conveyor, queue) {
            (Some(conveyor), _) => self.conveyor(conveyor, &name.name),
            (None, Some(queue)) => {
                for (attribute, text) in queue.attributes.iter().map(|found| (&found.name, &found.value)) {
                    let is_off = matches!(
                        text.value.trim().to_ascii_lowercase().as_str(),
                        "" | "false" | "0"
                    );
                    if !is_off && !attribute.starts_with("xmlns") {
                        self.diagnostics.push(
                            Diagnostic::error(
                                "unsupported-queue",
                                format!("`{attribute}` of the queue `{}` is not read yet", name.name),
                            )
                            .label(text.trimmed(), "")
                            .help("a queue serves its batches in the order in which they came"),
                        );
                    }
                }
                Some(CarriedPart::Queue)
            }
            (None, None) => None,
        }
    }

    fn conveyor(&mut self, element: &Element, name: &Name) -> Option<CarriedPart> {
        if self.tree.child(element, "len").is_none() {
            self.missing(
                element,
                "len",
                "write the time of the way, for example `<len>4</len>`",
            );
            return None;
        }
        let mut yes = |name: &str, default: bool| match element.attribute(name) {
            Some(text) => self.yes_no(text, true, name).unwrap_or(default),
            None => default,
        };
        let discrete = yes("discrete", false);
        let exponential = yes("exponential_leak", false);
        let batch_integrity = yes("batch_integrity", false);
        let one_at_a_time = yes("one_at_a_time", true);
        let fifo = yes("fifo", false);
        let mut part = |child: &str| self.equation(element, child, name, false).0;
        let conveyor = ConveyorPart {
            length: part("len"),
            capacity: part("capacity"),
            in_limit: part("in_limit"),
            sample: part("sample"),
            arrest: part("arrest"),
            discrete,
            exponential,
            batch_integrity,
            one_at_a_time,
            span: element.span,
        };
        if fifo && !is_number(&conveyor.length) {
            self.diagnostics.push(
                Diagnostic::error(
                    "unsupported-conveyor",
                    format!(
                        "the conveyor `{name}` keeps its order while the time of its way changes (`fifo`)"
                    ),
                )
                .label(element.span, "not read yet")
                .help("write the time of the way as a number, or leave `fifo` out"),
            );
        }
        if matches!(conveyor.length, Equation::Missing) {
            self.diagnostics.push(
                Diagnostic::error(
                    "xmile-missing-equation",
                    format!("the conveyor `{name}` does not say how long its way takes"),
                )
                .label(element.span, "")
                .help("write, for example, `<len>4</len>`"),
            );
            return None;
        }
        Some(CarriedPart::Conveyor(Box::new(conveyor)))
    }

    /// What a flow says of conveyors and queues.
    pub(in crate::xmile) fn flow_part(
        &mut self,
        element: &Element,
        kind: PartKind,
        name: &Named,
    ) -> FlowPart {
        let mut found = FlowPart {
            multiplier: Equation::Missing,
            leak: None,
            overflow: false,
            spread: Spread::default(),
        };
        if kind != PartKind::Flow {
            return found;
        }
        let tree = self.tree;
        if tree.child(element, "multiplier").is_some() {
            found.multiplier = self.equation(element, "multiplier", &name.name, false).0;
        }
        let leak = self.only(tree, element, "leak");
        let integers = tree.child(element, "leak_integers");
        if leak.is_some() || integers.is_some() {
            let zone = (
                self.part_of_the_way(element, leak, "leak_start", 0.0),
                self.part_of_the_way(element, leak, "leak_end", 1.0),
            );
            found.leak = Some(LeakPart {
                fraction: match leak {
                    Some(_) => self.equation(element, "leak", &name.name, false).0,
                    None => Equation::Missing,
                },
                integers: match integers {
                    Some(integers) => self.yes_no(&integers.text, true, "leak_integers").unwrap_or(true),
                    None => false,
                },
                zone,
            });
            if zone.0 > zone.1 {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-value",
                        format!("the leakage `{}` ends before it starts", name.name),
                    )
                    .label(element.span, "")
                    .help("`leak_start` and `leak_end` are parts of the way: 0 is the beginning, 1 the exit"),
                );
            }
        }
        if let Some(overflow) = tree.child(element, "overflow") {
            found.overflow = self.yes_no(&overflow.text, true, "overflow").unwrap_or(true);
        }
        if let Some(text) = element.attribute("spreadflow") {
            match text.value.trim().to_ascii_lowercase().as_str() {
                "" | "beginning" => {}
                "even" | "evenly" => found.spread = Spread::Evenly,
                "dest" => found.spread = Spread::Alike,
                other => self.diagnostics.push(
                    Diagnostic::error(
                        "unsupported-conveyor",
                        format!(
                            "`{}` is spread over its conveyor by `{other}`, which is not read yet",
                            name.name
                        ),
                    )
                    .label(text.trimmed(), "")
                    .help("`beginning`, `even` and `dest` are"),
                ),
            }
        }
        found
    }

    fn part_of_the_way(
        &mut self,
        flow: &Element,
        leak: Option<&Element>,
        attribute: &str,
        otherwise: f64,
    ) -> f64 {
        let text = flow
            .attribute(attribute)
            .or_else(|| leak.and_then(|leak| leak.attribute(attribute)));
        let Some(text) = text.filter(|text| !text.value.trim().is_empty()) else {
            return otherwise;
        };
        match self.number(text, attribute).map(|number| number.value) {
            Some(value) if (0.0..=1.0).contains(&value) => value,
            Some(_) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "xmile-value",
                        format!("`{attribute}` does not lie between 0 and 1"),
                    )
                    .label(text.trimmed(), "")
                    .help("it is a part of the way: 0 is the beginning, 1 the exit"),
                );
                otherwise
            }
            None => otherwise,
        }
    }

    /// Ovens are a vendor's, and are refused under any prefix.
    fn refuse_ovens(&mut self, element: &Element, name: &Named) {
        let tree = self.tree;
        for child in element.children.iter().map(|child| &tree.elements[*child]) {
            if child.name == "oven" {
                self.diagnostics.push(
                    Diagnostic::error(
                        "unsupported-oven",
                        format!("`{}` has an oven (`<oven>`), which is not read yet", name.name),
                    )
                    .label(child.span, "")
                    .help("write it with stocks and flows"),
                );
            }
        }
    }
}

/// Whether an equation is one number.
fn is_number(equation: &Equation) -> bool {
    matches!(equation, Equation::Given(expression) if expression.terms.len() == 1 && matches!(expression.terms[0], crate::xmile::equation::Term::Number(_)))
}
