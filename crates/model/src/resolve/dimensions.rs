//! Dimensions: which elements they have, and how those of one map to those of another.
//!
//! An element is known by its name alone: the same name in two dimensions is the same element.

use std::collections::HashMap;

use super::external::Books;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::index::{Id, IndexVec, id};
use crate::model::{Dimension, DimensionId};
use crate::name::Name;
use crate::suggest::nearest;
use crate::syntax::{MappingSyntax, Named, RangeItem, RangeSyntax, Right};

id! {
    /// An element of any dimension.
    pub(super) ElementId
}

/// What a subscript's name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SubscriptName {
    Dimension(DimensionId),
    Element(ElementId),
}

/// For each element of one dimension, those of another that belong to it.
type Mapping = Vec<Vec<ElementId>>;

/// The dimensions of a text, and those made for variables that are defined for a part of one.
pub(super) struct Dimensions {
    pub(super) list: IndexVec<DimensionId, Dimension>,
    /// How many of the dimensions stand in the text; the others come behind them.
    written: usize,
    /// Parallel to `list`.
    elements: IndexVec<DimensionId, Vec<ElementId>>,
    /// The position of each element, parallel to `list`.
    positions: IndexVec<DimensionId, HashMap<ElementId, u32>>,
    names: IndexVec<ElementId, Name>,
    by_key: HashMap<String, SubscriptName>,
    mappings: HashMap<(DimensionId, DimensionId), Mapping>,
    /// For each element its number where a subscript is used as a number.
    numbers: Vec<u32>,
}

/// How many elements a dimension may have: an array of two such dimensions is out of reach already.
const MOST_ELEMENTS: usize = 100_000;

impl Dimensions {
    /// The dimensions that a text defines.
    pub(super) fn read(
        definitions: &[(&Named, &Right)],
        books: &mut Books<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut dimensions = Self {
            list: IndexVec::new(),
            written: 0,
            elements: IndexVec::new(),
            positions: IndexVec::new(),
            names: IndexVec::new(),
            by_key: HashMap::new(),
            mappings: HashMap::new(),
            numbers: Vec::new(),
        };
        let mut sources = Vec::new();
        for (named, right) in definitions {
            if let Some(SubscriptName::Dimension(first)) = dimensions.by_key.get(named.name.key()) {
                diagnostics.push(
                    Diagnostic::error(
                        "redefinition",
                        format!("the dimension `{}` is defined twice", named.name),
                    )
                    .label(named.span, "defined again")
                    .label(dimensions.list[*first].span, "first defined here")
                    .help("rename or remove one of them"),
                );
                continue;
            }
            let id = dimensions.list.push(Dimension {
                name: named.name.clone(),
                elements: Vec::new(),
                span: named.span,
            });
            dimensions.elements.push(Vec::new());
            dimensions
                .by_key
                .insert(named.name.key().to_owned(), SubscriptName::Dimension(id));
            sources.push(*right);
        }
        dimensions.written = dimensions.list.len();
        dimensions.fill(&sources, books, diagnostics);
        for id in dimensions.list.ids() {
            dimensions.complete(id);
        }
        for (id, right) in dimensions.list.ids().zip(&sources) {
            match right {
                Right::Range(RangeSyntax { mappings, .. }) => {
                    for mapping in mappings {
                        dimensions.map(id, mapping, books, diagnostics);
                    }
                }
                Right::Alias(other) => {
                    if let Some(SubscriptName::Dimension(other)) = dimensions.find(&other.name) {
                        let same: Mapping = dimensions.elements[id]
                            .iter()
                            .map(|element| vec![*element])
                            .collect();
                        dimensions.mappings.insert((id, other), same);
                    }
                }
                _ => {}
            }
        }
        dimensions.number();
        dimensions
    }

    /// What a name stands for as a subscript.
    pub(super) fn find(&self, name: &Name) -> Option<SubscriptName> {
        self.by_key.get(name.key()).copied()
    }
    /// The known name nearest to an unknown one.
    pub(super) fn suggest(&self, name: &Name) -> Option<&Name> {
        let dimensions = self
            .list
            .iter()
            .take(self.written)
            .map(|dimension| &dimension.name);
        let all: Vec<&Name> = dimensions.chain(self.names.iter()).collect();
        let key = nearest(name.key(), all.iter().map(|name| name.key()))?;
        all.into_iter().find(|name| name.key() == key)
    }
    /// The elements of a dimension, in order.
    pub(super) fn elements(&self, dimension: DimensionId) -> &[ElementId] {
        &self.elements[dimension]
    }
    /// The position of an element in a dimension.
    pub(super) fn position(&self, dimension: DimensionId, element: ElementId) -> Option<u32> {
        self.positions[dimension].get(&element).copied()
    }
    /// The name of an element.
    pub(super) fn name(&self, element: ElementId) -> &Name {
        &self.names[element]
    }
    /// The number of an element, counted from one in the largest dimension that holds it.
    pub(super) fn number_of(&self, element: ElementId) -> u32 {
        self.numbers[element.index()]
    }

    /// The element of `used` that belongs to an element of `left`, if a mapping gives exactly one.
    pub(super) fn mapped(
        &self,
        left: DimensionId,
        used: DimensionId,
        element: ElementId,
    ) -> Option<ElementId> {
        // Written at the dimension on the left: its elements say what belongs to them.
        if let Some(mapping) = self.mappings.get(&(left, used)) {
            let position = self.position(left, element)?;
            return match mapping.get(position as usize)?.as_slice() {
                [one] => Some(*one),
                _ => None,
            };
        }
        // Written at the dimension that is used: one of its elements claims the one on the left.
        let mapping = self.mappings.get(&(used, left))?;
        let mut claims = mapping
            .iter()
            .zip(&self.elements[used])
            .filter(|(claimed, _)| claimed.contains(&element))
            .map(|(_, claiming)| *claiming);
        let one = claims.next()?;
        claims.next().is_none().then_some(one)
    }
    /// Whether a mapping leads from one dimension to another, either way.
    pub(super) fn are_mapped(&self, left: DimensionId, used: DimensionId) -> bool {
        self.mappings.contains_key(&(left, used)) || self.mappings.contains_key(&(used, left))
    }

    /// The dimension that has exactly these elements: one of `preferred`, one of the text, or a new one.
    pub(super) fn exactly(&mut self, elements: &[ElementId], preferred: &[DimensionId]) -> DimensionId {
        let fits = |id: &DimensionId| {
            self.elements[*id].len() == elements.len()
                && elements
                    .iter()
                    .all(|element| self.position(*id, *element).is_some())
        };
        let known = preferred
            .iter()
            .copied()
            .find(fits)
            .or_else(|| self.list.ids().find(fits));
        if let Some(id) = known {
            return id;
        }
        // In the order of the smallest dimension that holds them all; else as they come.
        let around = self
            .list
            .ids()
            .take(self.written)
            .filter(|id| {
                elements
                    .iter()
                    .all(|element| self.position(*id, *element).is_some())
            })
            .min_by_key(|id| self.elements[*id].len());
        let mut ordered = elements.to_vec();
        if let Some(around) = around {
            ordered.sort_by_key(|element| self.position(around, *element));
        }
        let name = match around {
            Some(around) => format!("part of {}", self.list[around].name),
            None => "elements".to_owned(),
        };
        let span = self.list[around.unwrap_or(DimensionId(0))].span;
        let id = self.list.push(Dimension {
            name: Name::new(name),
            elements: Vec::new(),
            span,
        });
        self.elements.push(ordered);
        self.complete(id);
        id
    }

    fn element(&mut self, name: &Name) -> ElementId {
        if let Some(SubscriptName::Element(id)) = self.by_key.get(name.key()) {
            return *id;
        }
        let id = self.names.push(name.clone());
        self.by_key
            .insert(name.key().to_owned(), SubscriptName::Element(id));
        id
    }

    /// Names and positions of a dimension whose elements are known.
    fn complete(&mut self, id: DimensionId) {
        let elements = &self.elements[id];
        self.list[id].elements = elements
            .iter()
            .map(|element| self.names[*element].clone())
            .collect();
        let positions = elements
            .iter()
            .zip(0..)
            .map(|(element, position)| (*element, position))
            .collect();
        debug_assert_eq!(self.positions.len(), id.index());
        self.positions.push(positions);
    }

    /// The elements of all dimensions, whatever the order in which they build on each other.
    fn fill(&mut self, sources: &[&Right], books: &mut Books<'_>, diagnostics: &mut Diagnostics) {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; sources.len()];
        for start in 0..sources.len() {
            let mut path = vec![start];
            while let Some(at) = path.last().copied() {
                if marks[at] == Mark::Done {
                    path.pop();
                    continue;
                }
                let needs: Vec<usize> = self.builds_on(sources[at]).collect();
                let open: Vec<usize> = needs
                    .iter()
                    .copied()
                    .filter(|need| marks[*need] != Mark::Done)
                    .collect();
                if marks[at] == Mark::New && !open.is_empty() {
                    marks[at] = Mark::Open;
                    path.extend(open);
                    continue;
                }
                if let Some(circle) = open.first() {
                    let (one, other) = (
                        &self.list[DimensionId::from_index(at)],
                        &self.list[DimensionId::from_index(*circle)],
                    );
                    diagnostics.push(
                        Diagnostic::error(
                            "dimension-loop",
                            format!("the dimension `{}` is made of itself", one.name),
                        )
                        .label(one.span, format!("needs `{}`", other.name)),
                    );
                }
                let id = DimensionId::from_index(at);
                let elements = self.items(id, sources[at], books, diagnostics);
                self.elements[id] = elements;
                marks[at] = Mark::Done;
                path.pop();
            }
        }
    }

    /// The dimensions that a definition mentions.
    fn builds_on<'a>(&'a self, right: &'a Right) -> impl Iterator<Item = usize> + 'a {
        let (items, alias): (&[RangeItem], Option<&Named>) = match right {
            Right::Range(range) => (&range.items, None),
            Right::Alias(other) => (&[], Some(other)),
            _ => (&[], None),
        };
        let items = items.iter().filter_map(|item| match item {
            RangeItem::Name(named) => Some(named),
            _ => None,
        });
        items
            .chain(alias)
            .filter_map(|named| match self.find(&named.name) {
                Some(SubscriptName::Dimension(id)) => Some(id.index()),
                _ => None,
            })
    }

    fn items(
        &mut self,
        id: DimensionId,
        right: &Right,
        books: &mut Books<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<ElementId> {
        let mut found = Vec::new();
        match right {
            Right::Range(range) => {
                for item in &range.items {
                    self.item(item, &mut found, books, diagnostics);
                }
            }
            Right::Alias(other) => match self.find(&other.name) {
                Some(SubscriptName::Dimension(other)) => found.clone_from(&self.elements[other]),
                _ => diagnostics.push(self.undefined(other)),
            },
            _ => {}
        }
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = found.iter().find(|element| !seen.insert(**element)) {
            let dimension = &self.list[id];
            diagnostics.push(
                Diagnostic::error(
                    "element-twice",
                    format!(
                        "`{}` is twice in the dimension `{}`",
                        self.names[*twice], dimension.name
                    ),
                )
                .label(dimension.span, "")
                .help("name each element once"),
            );
            let mut seen = std::collections::HashSet::new();
            found.retain(|element| seen.insert(*element));
        }
        if found.len() > MOST_ELEMENTS {
            let dimension = &self.list[id];
            diagnostics.push(
                Diagnostic::error(
                    "dimension-too-large",
                    format!(
                        "the dimension `{}` has more than {MOST_ELEMENTS} elements",
                        dimension.name
                    ),
                )
                .label(dimension.span, ""),
            );
            found.truncate(MOST_ELEMENTS);
        }
        found
    }

    fn item(
        &mut self,
        item: &RangeItem,
        found: &mut Vec<ElementId>,
        books: &mut Books<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        match item {
            RangeItem::Name(named) => match self.find(&named.name) {
                Some(SubscriptName::Dimension(other)) => found.extend_from_slice(&self.elements[other]),
                _ => found.push(self.element(&named.name)),
            },
            RangeItem::Numbered { first, last } => match numbered(first, last) {
                Ok(names) => {
                    for name in names {
                        found.push(self.element(&Name::new(name)));
                    }
                }
                Err(why) => diagnostics.push(
                    Diagnostic::error(
                        "bad-element-range",
                        format!("`({}-{})` {why}", first.name, last.name),
                    )
                    .label(first.span.to(last.span), "")
                    .help("write the same name with a rising number: `(a1-a9)`"),
                ),
            },
            RangeItem::Call { name, args }
                if matches!(name.name.key(), "get xls subscript" | "get direct subscript") =>
            {
                match books.elements(name, args) {
                    Ok(names) => {
                        for name in names {
                            found.push(self.element(&Name::new(name)));
                        }
                    }
                    Err(problem) => diagnostics.push(*problem),
                }
            }
            RangeItem::Call { name, .. } => diagnostics.push(
                Diagnostic::error(
                    "unsupported-function",
                    format!("the function `{}` is not read yet", name.name),
                )
                .label(name.span, "used here")
                .help("name the elements"),
            ),
        }
    }

    fn map(
        &mut self,
        id: DimensionId,
        mapping: &MappingSyntax,
        books: &mut Books<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        let Some(SubscriptName::Dimension(target)) = self.find(&mapping.target.name) else {
            diagnostics.push(self.undefined(&mapping.target));
            return;
        };
        let found: Mapping = match &mapping.items {
            None => self.elements[target]
                .iter()
                .map(|element| vec![*element])
                .collect(),
            Some(items) => items
                .iter()
                .flat_map(|item| {
                    let mut found = Vec::new();
                    self.item(item, &mut found, books, diagnostics);
                    match item {
                        // A part of the target belongs to one element as a whole.
                        RangeItem::Name(_) => vec![found],
                        _ => found.into_iter().map(|element| vec![element]).collect(),
                    }
                })
                .collect(),
        };
        let dimension = &self.list[id];
        let stranger = found
            .iter()
            .flatten()
            .find(|element| self.position(target, **element).is_none());
        let problem = if let Some(stranger) = stranger {
            Some(format!(
                "`{}` is no element of `{}`",
                self.names[*stranger], mapping.target.name
            ))
        } else if found.len() != dimension.elements.len() {
            Some(format!(
                "`{}` has {} elements, but {} are mapped to",
                dimension.name,
                dimension.elements.len(),
                found.len()
            ))
        } else {
            None
        };
        match problem {
            Some(problem) => diagnostics.push(
                Diagnostic::error("bad-mapping", problem)
                    .label(mapping.target.span, "in this mapping")
                    .help("name one element or part of the target for each element, in order"),
            ),
            None => {
                self.mappings.insert((id, target), found);
            }
        }
    }

    /// Numbers the elements as they are counted where a subscript is used as a number.
    fn number(&mut self) {
        let mut best: Vec<(usize, u32)> = vec![(0, 0); self.names.len()];
        for elements in self.elements.iter() {
            for (element, number) in elements.iter().zip(1..) {
                let known = &mut best[element.index()];
                if elements.len() > known.0 {
                    *known = (elements.len(), number);
                }
            }
        }
        self.numbers = best.into_iter().map(|(_, number)| number).collect();
    }

    /// A message about a subscript that nothing defines.
    pub(super) fn undefined(&self, named: &Named) -> Diagnostic {
        let diagnostic = Diagnostic::error(
            "undefined-subscript",
            format!("`{}` is neither a dimension nor an element of one", named.name),
        )
        .label(named.span, "");
        match self.suggest(&named.name) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help("define it: `dimension: element, element ~~|`"),
        }
    }
}

/// The names from `a1` to `a9`.
fn numbered(first: &Named, last: &Named) -> Result<Vec<String>, &'static str> {
    let split = |name: &Name| {
        let written = name.written().to_owned();
        let stem = written.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let digits = written[stem..].to_owned();
        (written[..stem].to_owned(), digits)
    };
    let (stem, from) = split(&first.name);
    let (other, to) = split(&last.name);
    if Name::new(stem.as_str()) != Name::new(other.as_str()) {
        return Err("does not repeat one name");
    }
    let (Ok(start), Ok(end)) = (from.parse::<u32>(), to.parse::<u32>()) else {
        return Err("has no number at its ends");
    };
    if end < start {
        return Err("does not rise");
    }
    if (end - start) as usize >= MOST_ELEMENTS {
        return Err("has too many elements");
    }
    // `(a01-a10)` keeps its zeros.
    let width = if from.starts_with('0') { from.len() } else { 1 };
    Ok((start..=end)
        .map(|number| format!("{stem}{number:0width$}"))
        .collect())
}
