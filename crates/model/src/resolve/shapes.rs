//! Left-hand sides with subscripts: which elements each equation defines, and the dimensions of each variable.

use std::collections::{BTreeMap, BTreeSet};

use super::dimensions::{Dimensions, ElementId, SubscriptName};
use super::places;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::index::IndexVec;
use crate::model::{DimensionId, VarId, Variable};
use crate::syntax::{EquationSyntax, Right, SubscriptSyntax};

/// A subscript of a left-hand side.
#[derive(Clone, Debug)]
pub(super) struct LeftSubscript {
    /// The dimension, if it is one; otherwise it is an element.
    pub(super) dimension: Option<DimensionId>,
    /// The elements it stands for.
    pub(super) elements: Vec<ElementId>,
}

/// An equation with its left-hand side understood.
pub(super) struct Definition<'a> {
    pub(super) variable: VarId,
    pub(super) syntax: &'a EquationSyntax,
    pub(super) left: Vec<LeftSubscript>,
    /// The elements it defines, as products of positions; one product unless there are exceptions.
    pub(super) regions: Vec<Vec<Vec<u32>>>,
}

/// How many elements a variable may have: 80 MB of numbers.
const MOST_ELEMENTS: usize = 10_000_000;

/// Understands the left-hand sides, and gives the variables their dimensions. Equations whose left-hand side is wrong are
/// left out and their variables returned.
pub(super) fn shape<'a>(
    definitions: &[(VarId, &'a EquationSyntax)],
    dimensions: &mut Dimensions,
    variables: &mut IndexVec<VarId, Variable>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Definition<'a>>, BTreeSet<VarId>) {
    let mut broken = BTreeSet::new();
    let mut shaped: Vec<Definition<'a>> = Vec::with_capacity(definitions.len());
    // The equations of one variable need not stand together.
    let mut of_variable: BTreeMap<VarId, Vec<usize>> = BTreeMap::new();
    for (variable, syntax) in definitions {
        // What could not be read may define any element.
        if matches!(syntax.right, Right::Broken) {
            broken.insert(*variable);
        }
        let Some(left) = subscripts(&syntax.subscripts, dimensions, diagnostics) else {
            broken.insert(*variable);
            continue;
        };
        of_variable.entry(*variable).or_default().push(shaped.len());
        shaped.push(Definition {
            variable: *variable,
            syntax,
            left,
            regions: vec![Vec::new()],
        });
    }
    for (variable, members) in &of_variable {
        if broken.contains(variable) {
            continue;
        }
        let count = shaped[members[0]].left.len();
        if let Some(other) = members.iter().find(|at| shaped[**at].left.len() != count) {
            let (one, other) = (&shaped[members[0]].syntax.name, &shaped[*other].syntax.name);
            diagnostics.push(
                Diagnostic::error(
                    "subscript-count",
                    format!("`{}` is defined with different numbers of subscripts", one.name),
                )
                .label(other.span, "here")
                .label(one.span, "and here"),
            );
            broken.insert(*variable);
            continue;
        }
        if count > 0
            && !array(
                *variable,
                members,
                &mut shaped,
                dimensions,
                variables,
                diagnostics,
            )
        {
            broken.insert(*variable);
        }
    }
    shaped.retain(|definition| !broken.contains(&definition.variable));
    (shaped, broken)
}

/// What subscripts on the left stand for; nothing if a message was given.
fn subscripts(
    written: &[SubscriptSyntax],
    dimensions: &Dimensions,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<LeftSubscript>> {
    let mut left = Some(Vec::new());
    for subscript in written {
        let named = &subscript.name;
        if subscript.reduced {
            diagnostics.push(
                Diagnostic::error("misplaced-reduction", "`!` stands on a left-hand side")
                    .label(named.span, "")
                    .help("`!` belongs in the argument of `SUM` and its kin"),
            );
            left = None;
        }
        let found = match dimensions.find(&named.name) {
            Some(SubscriptName::Dimension(id)) => LeftSubscript {
                dimension: Some(id),
                elements: dimensions.elements(id).to_vec(),
            },
            Some(SubscriptName::Element(id)) => LeftSubscript {
                dimension: None,
                elements: vec![id],
            },
            None => {
                diagnostics.push(dimensions.undefined(named));
                left = None;
                continue;
            }
        };
        if let Some(left) = &mut left {
            left.push(found);
        }
    }
    left
}

/// Gives a variable its dimensions and its equations their regions; false if a message was given.
fn array(
    variable: VarId,
    members: &[usize],
    shaped: &mut [Definition<'_>],
    dimensions: &mut Dimensions,
    variables: &mut IndexVec<VarId, Variable>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let count = shaped[members[0]].left.len();
    let mut own = Vec::with_capacity(count);
    for at in 0..count {
        let mut elements = Vec::new();
        let mut seen = BTreeSet::new();
        let mut named = Vec::new();
        for member in members {
            let left = &shaped[*member].left[at];
            named.extend(left.dimension);
            elements.extend(
                left.elements
                    .iter()
                    .copied()
                    .filter(|element| seen.insert(*element)),
            );
        }
        own.push(dimensions.exactly(&elements, &named));
    }
    let sizes: Vec<usize> = own.iter().map(|id| dimensions.elements(*id).len()).collect();
    let name = variables[variable].name.clone();
    let all = sizes
        .iter()
        .try_fold(1_usize, |product, size| product.checked_mul(*size));
    let Some(all) = all.filter(|all| *all <= MOST_ELEMENTS) else {
        diagnostics.push(
            Diagnostic::error(
                "array-too-large",
                format!("`{name}` has more than {MOST_ELEMENTS} elements"),
            )
            .label(variables[variable].span, ""),
        );
        return false;
    };
    let mut defined = vec![false; all];
    let mut sound = true;
    for member in members {
        let definition = &mut shaped[*member];
        let region: Vec<Vec<u32>> = definition
            .left
            .iter()
            .zip(&own)
            .map(|(left, id)| {
                left.elements
                    .iter()
                    .map(|element| {
                        dimensions
                            .position(*id, *element)
                            .expect("the dimension holds all elements")
                    })
                    .collect()
            })
            .collect();
        let Some(regions) = except(definition, region, &own, &sizes, dimensions, diagnostics) else {
            sound = false;
            continue;
        };
        let mut twice = None;
        for cell in regions.iter().flat_map(|region| cells(region, &sizes)) {
            if defined[cell] {
                twice = twice.or(Some(cell));
            }
            defined[cell] = true;
        }
        definition.regions = regions;
        if let Some(cell) = twice {
            let element = element_name(cell, &own, &sizes, dimensions);
            diagnostics.push(
                Diagnostic::error("redefinition", format!("`{name}[{element}]` is defined twice"))
                    .label(definition.syntax.name.span, "defined again")
                    .label(variables[variable].span, "first defined here")
                    .help("leave it out of one equation with `:EXCEPT:`"),
            );
            sound = false;
        }
    }
    variables[variable].dimensions = own.clone();
    if !sound {
        return false;
    }
    let missing: Vec<usize> = (0..all).filter(|cell| !defined[*cell]).collect();
    if let Some(first) = missing.first() {
        let element = element_name(*first, &own, &sizes, dimensions);
        let spans: Vec<_> = members
            .iter()
            .map(|member| shaped[*member].syntax.name.span)
            .collect();
        // Models leave elements out that they never use; one that is used is told where the engine needs it.
        diagnostics.push(
            places(
                Diagnostic::note(
                    "incomplete-array",
                    format!("`{name}` has no equation for {} of its elements", missing.len()),
                ),
                &spans,
                "defined here",
            )
            .help(format!(
                "`{name}[{element}]`, for example, has no value and cannot be used"
            )),
        );
    }
    true
}

/// A region without the exceptions of its equation, as products of positions; nothing if a message was given.
fn except(
    definition: &Definition<'_>,
    region: Vec<Vec<u32>>,
    own: &[DimensionId],
    sizes: &[usize],
    dimensions: &Dimensions,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Vec<Vec<u32>>>> {
    let EquationSyntax { name, except, .. } = definition.syntax;
    if except.is_empty() {
        return Some(vec![region]);
    }
    let mut left_over: BTreeSet<usize> = cells(&region, sizes).collect();
    for exception in except {
        let left = subscripts(exception, dimensions, diagnostics)?;
        if left.len() != own.len() {
            let span = exception
                .first()
                .map_or(name.span, |subscript| subscript.name.span);
            let (wanted, given) = (subscript_count(own.len()), left.len());
            let message = format!("`{}` takes {wanted}, its exception {given}", name.name);
            diagnostics.push(Diagnostic::error("subscript-count", message).label(span, ""));
            return None;
        }
        // Elements that the equation does not define anyway need no exception.
        let region: Vec<Vec<u32>> = left
            .iter()
            .zip(own)
            .map(|(left, id)| {
                left.elements
                    .iter()
                    .filter_map(|element| dimensions.position(*id, *element))
                    .collect()
            })
            .collect();
        for cell in cells(&region, sizes) {
            left_over.remove(&cell);
        }
    }
    Some(products(&left_over, sizes))
}

/// The elements of a product of positions, as their places in row-major order.
fn cells<'a>(region: &'a [Vec<u32>], sizes: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    let count: usize = region.iter().map(Vec::len).product();
    (0..count).map(move |mut number| {
        let mut cell = 0;
        let mut stride = 1;
        for (positions, size) in region.iter().zip(sizes).rev() {
            cell += positions[number % positions.len()] as usize * stride;
            number /= positions.len();
            stride *= size;
        }
        cell
    })
}

/// Cuts a set of elements into products of positions.
fn products(cells: &BTreeSet<usize>, sizes: &[usize]) -> Vec<Vec<Vec<u32>>> {
    let Some((_, inner)) = sizes.split_first() else {
        return if cells.is_empty() {
            Vec::new()
        } else {
            vec![Vec::new()]
        };
    };
    let stride: usize = inner.iter().product();
    // Positions of the first dimension that have the same elements behind them belong together.
    let mut rows: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
    for cell in cells {
        rows.entry((cell / stride) as u32)
            .or_default()
            .insert(cell % stride);
    }
    let mut alike: BTreeMap<&BTreeSet<usize>, Vec<u32>> = BTreeMap::new();
    for (position, row) in &rows {
        alike.entry(row).or_default().push(*position);
    }
    let mut found = Vec::new();
    for (row, positions) in alike {
        for product in products(row, inner) {
            let mut whole = vec![positions.clone()];
            whole.extend(product);
            found.push(whole);
        }
    }
    found.sort();
    found
}

/// "1 subscript", "2 subscripts".
pub(super) fn subscript_count(count: usize) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} subscript{ending}")
}

fn element_name(mut cell: usize, own: &[DimensionId], sizes: &[usize], dimensions: &Dimensions) -> String {
    let mut names = Vec::new();
    for (id, size) in own.iter().zip(sizes).rev() {
        names.push(dimensions.name(dimensions.elements(*id)[cell % size]).to_string());
        cell /= size;
    }
    names.reverse();
    names.join(",")
}

/// The numbers of a list, in the order of the elements that an equation defines; or why they do not fit.
pub(super) fn list_places(definition: &Definition<'_>, sizes: &[usize]) -> Result<Vec<usize>, String> {
    let Right::List { rows } = &definition.syntax.right else {
        return Err("there is no list".to_owned());
    };
    let lengths: Vec<usize> = definition
        .left
        .iter()
        .filter(|left| left.dimension.is_some())
        .map(|left| left.elements.len())
        .collect();
    let count: usize = rows.iter().map(Vec::len).sum();
    match lengths.as_slice() {
        [length] if count == *length => {}
        [length] => return Err(format!("{length} numbers are needed, {count} are given")),
        [down, across] if rows.len() == *down && rows.iter().all(|row| row.len() == *across) => {}
        [down, across] => {
            return Err(format!(
                "{down} rows of {across} numbers are needed, ended by `;`; {count} numbers in {} {} given",
                rows.len(),
                if rows.len() == 1 { "row are" } else { "rows are" }
            ));
        }
        [] => {
            return Err(
                "a list needs a dimension on the left, and the decimals of a number follow a point"
                    .to_owned(),
            );
        }
        _ => {
            return Err(format!(
                "a list can fill two dimensions, not {}: name elements on the left for the others",
                lengths.len()
            ));
        }
    }
    defined_places(definition, sizes).map_err(|()| "a list cannot have exceptions".to_owned())
}

/// The elements that an equation defines, in the order of its left-hand side; nothing if it has exceptions.
pub(super) fn defined_places(definition: &Definition<'_>, sizes: &[usize]) -> Result<Vec<usize>, ()> {
    match definition.regions.as_slice() {
        [region] if definition.syntax.except.is_empty() => Ok(cells(region, sizes).collect()),
        _ => Err(()),
    }
}

/// The positions of one element.
pub(super) fn position_of(mut cell: usize, sizes: &[usize]) -> Vec<Vec<u32>> {
    let mut positions: Vec<Vec<u32>> = sizes
        .iter()
        .rev()
        .map(|size| {
            let position = (cell % size) as u32;
            cell /= size;
            vec![position]
        })
        .collect();
    positions.reverse();
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[usize], sizes: &[usize], expected: &[&[&[u32]]]) {
        let cells: BTreeSet<usize> = cells.iter().copied().collect();
        let found = products(&cells, sizes);
        let expected: Vec<Vec<Vec<u32>>> = expected
            .iter()
            .map(|product| product.iter().map(|positions| positions.to_vec()).collect())
            .collect();
        assert_eq!(found, expected);
        let back: BTreeSet<usize> = found
            .iter()
            .flat_map(|region| super::cells(region, sizes))
            .collect();
        assert_eq!(back, cells);
        assert_eq!(
            found
                .iter()
                .map(|region| super::cells(region, sizes).count())
                .sum::<usize>(),
            cells.len()
        );
    }

    #[test]
    fn sets_are_cut_into_products() {
        check(&[0, 1, 2, 3, 4, 5], &[2, 3], &[&[&[0, 1], &[0, 1, 2]]]);
        check(
            &[0, 1, 2, 3, 5],
            &[2, 3],
            &[&[&[0], &[0, 1, 2]], &[&[1], &[0, 2]]],
        );
        check(&[], &[2, 3], &[]);
        check(&[4], &[2, 3], &[&[&[1], &[1]]]);
        check(
            &[0, 3, 4, 7],
            &[2, 2, 2],
            &[&[&[0, 1], &[0], &[0]], &[&[0, 1], &[1], &[1]]],
        );
    }

    #[test]
    fn positions_are_found_again() {
        assert_eq!(position_of(7, &[2, 2, 3]), vec![vec![1], vec![0], vec![1]]);
    }
}
