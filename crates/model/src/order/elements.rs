//! Loops among the elements of arrays.
//!
//! `x[b] = x[a] + 1` makes the variable `x` need itself, and yet no element needs itself. Where variables that need each
//! other are arrays, their elements are looked at one by one.

use std::collections::BTreeMap;

use super::graph::{knots, loop_in};
use super::{Moments, mentions};
use crate::index::{Id, IndexVec, id};
use crate::model::{Model, Subscript, VarId};
use crate::source::Span;

id! {
    /// An element of one of the variables that are looked at.
    pub(super) CellId
}

/// How many needs of elements are looked at; beyond, no loop is searched, and the engine will find it.
const MOST_NEEDS: usize = 20_000_000;

/// Loops among the elements of variables that need each other (sorted): for each knot of elements one, with the place of
/// each element in its variable. `counts` says whether a mention at these moments is a need.
pub(crate) fn element_loops(
    model: &Model,
    knot: &[VarId],
    counts: fn(Moments) -> bool,
) -> Vec<Vec<(VarId, usize)>> {
    let mut first = Vec::with_capacity(knot.len());
    let mut total = 0;
    for variable in knot {
        first.push(total);
        total += sizes(model, *variable).iter().product::<usize>();
    }
    let mut needs: IndexVec<CellId, Vec<CellId>> = (0..total).map(|_| Vec::new()).collect();
    let mut count = 0;
    for (at, variable) in knot.iter().enumerate() {
        let own = sizes(model, *variable);
        for equation in &model.variables[*variable].equations {
            mentions(model, equation, &mut |used, subscripts, moments| {
                let (Some(moments), Ok(used_at)) = (moments, knot.binary_search(&used)) else {
                    return;
                };
                if !counts(moments) {
                    return;
                }
                let used_sizes = sizes(model, used);
                for positions in products(&equation.region) {
                    let cell = CellId::from_index(first[at] + place(&positions, &own));
                    for used_cell in used_cells(subscripts, &used_sizes, &positions) {
                        count += 1;
                        if count <= MOST_NEEDS {
                            needs[cell].push(CellId::from_index(first[used_at] + used_cell));
                        }
                    }
                }
            });
        }
    }
    if count > MOST_NEEDS {
        return Vec::new();
    }
    knots(&needs, |needs| needs)
        .iter()
        .filter_map(|knot| loop_in(&needs, |needs| needs, knot))
        .map(|members| {
            members
                .into_iter()
                .map(|cell| {
                    let at = first.partition_point(|first| *first <= cell.index()) - 1;
                    (knot[at], cell.index() - first[at])
                })
                .collect()
        })
        .collect()
}

/// Elements that no equation defines and some equation uses: of each variable the first that each equation uses, with the
/// place of that equation.
pub(crate) fn undefined_uses(model: &Model) -> Vec<(VarId, usize, Span)> {
    let incomplete: BTreeMap<VarId, Vec<bool>> = model
        .variables
        .enumerate()
        .filter(|(_, variable)| !variable.dimensions.is_empty() && !variable.equations.is_empty())
        .map(|(id, _)| (id, model.defined(id)))
        .filter(|(_, defined)| defined.iter().any(|defined| !defined))
        .collect();
    let mut found = Vec::new();
    if incomplete.is_empty() {
        return found;
    }
    for variable in model.variables.iter() {
        for equation in &variable.equations {
            mentions(model, equation, &mut |used, subscripts, _| {
                let Some(defined) = incomplete.get(&used) else {
                    return;
                };
                let used_sizes = sizes(model, used);
                let first = products(&equation.region).find_map(|positions| {
                    used_cells(subscripts, &used_sizes, &positions)
                        .into_iter()
                        .find(|cell| !defined[*cell])
                });
                found.extend(first.map(|cell| (used, cell, equation.span)));
            });
        }
    }
    found
}

fn sizes(model: &Model, variable: VarId) -> Vec<usize> {
    let dimensions = &model.variables[variable].dimensions;
    dimensions
        .iter()
        .map(|id| model.dimensions[*id].elements.len())
        .collect()
}

fn place(positions: &[u32], sizes: &[usize]) -> usize {
    positions
        .iter()
        .zip(sizes)
        .fold(0, |place, (position, size)| place * size + *position as usize)
}

/// All combinations of one position from each list.
fn products(lists: &[Vec<u32>]) -> impl Iterator<Item = Vec<u32>> + '_ {
    let count: usize = lists.iter().map(Vec::len).product();
    (0..count).map(move |mut number| {
        let mut positions: Vec<u32> = lists
            .iter()
            .rev()
            .map(|list| {
                let position = list[number % list.len()];
                number /= list.len();
                position
            })
            .collect();
        positions.reverse();
        positions
    })
}

/// The places of a used variable that one element of an equation takes: one, or several under a reduction.
fn used_cells(subscripts: &[Subscript], sizes: &[usize], own: &[u32]) -> Vec<usize> {
    // Subscripts with one index run together.
    let mut indices: BTreeMap<u32, usize> = BTreeMap::new();
    for subscript in subscripts {
        if let Subscript::Reduced { index, positions } = subscript {
            indices.insert(*index, positions.len());
        }
    }
    let lists: Vec<Vec<u32>> = indices
        .values()
        .map(|length| (0..*length as u32).collect())
        .collect();
    products(&lists)
        .map(|values| {
            let positions: Vec<u32> = subscripts
                .iter()
                .map(|subscript| match subscript {
                    Subscript::Element(position) => *position,
                    Subscript::Follows { left, positions } => positions[own[*left as usize] as usize],
                    Subscript::Reduced { index, positions } => {
                        let at = indices.range(..index).count();
                        positions[values[at] as usize]
                    }
                })
                .collect();
            place(&positions, sizes)
        })
        .collect()
}
