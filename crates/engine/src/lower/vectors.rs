//! What the functions of whole vectors are made of: comparisons, selects and sums, all of them written out.
//!
//! In: the elements of the vectors as values of a graph. Out: all elements of the result. There is no operation for them
//! in a program, and so nothing that an evaluator must know; the price is a number of operations that grows with the
//! square of the number of elements (of a matrix with the cube), and vectors that are too long are refused.

use super::graph::{Graph, NodeId};
use crate::ir::Code;
use model::{Reading, VectorFunction};

/// The longest vector that is sorted, looked into or shared out.
const MOST_ELEMENTS: usize = 256;

/// The largest matrix that is inverted.
const MOST_ROWS: usize = 24;

/// How often the range of a price is halved: beyond the last bit of any price.
const HALVINGS: usize = 72;

/// What `:NA:` is.
const NOT_AVAILABLE: f64 = -649_037_107_316_853_453_566_312_041_152_512.0;

/// All elements of the result, in order, or why there are none. `inputs` are the elements of the vectors, each as long as
/// the product of `lengths`, and the numbers behind them.
pub(super) fn results(
    graph: &mut Graph,
    function: VectorFunction,
    lengths: &[usize],
    inputs: &[NodeId],
) -> Result<Vec<NodeId>, String> {
    let length: usize = lengths.iter().product();
    let most = match function {
        VectorFunction::InvertMatrix => MOST_ROWS * MOST_ROWS,
        // One pass over all elements.
        VectorFunction::Select => usize::MAX,
        VectorFunction::ElementMap | VectorFunction::Lookup => 16 * MOST_ELEMENTS,
        _ => MOST_ELEMENTS,
    };
    if length > most {
        return Err(format!(
            "`{}` of {length} elements is too large: at most {most} are supported",
            function.name()
        ));
    }
    let (vectors, numbers) = inputs.split_at(length * function.vectors());
    let vector = |at: usize| &vectors[at * length..(at + 1) * length];
    match function {
        VectorFunction::Select => select(graph, vector(0), vector(1), numbers).map(|value| vec![value]),
        VectorFunction::SortOrder => {
            let ranks = ranks(graph, vector(0), numbers[0]);
            Ok((0..length).map(|place| holder(graph, &ranks, place)).collect())
        }
        VectorFunction::Rank => {
            let ranks = ranks(graph, vector(0), numbers[0]);
            let one = graph.number(1.0);
            Ok(ranks
                .into_iter()
                .map(|rank| graph.binary(Code::Add, rank, one))
                .collect())
        }
        VectorFunction::Reorder => Ok(vector(1)
            .iter()
            .map(|place| element_at(graph, vector(0), *place))
            .collect()),
        VectorFunction::ElementMap => {
            let place = graph.binary(Code::Add, numbers[0], numbers[1]);
            Ok(vec![element_at(graph, vector(0), place)])
        }
        VectorFunction::Lookup => read_vector(graph, vector(0), numbers).map(|value| vec![value]),
        VectorFunction::InvertMatrix => match lengths {
            [rows, columns] if rows == columns => Ok(inverse(graph, vector(0), *rows)),
            _ => Err("a matrix that is inverted must have as many rows as columns".to_owned()),
        },
        VectorFunction::AllocateByPriority => {
            let (width, supply) = (numbers[1], numbers[2]);
            let market = Market::new(graph, vector(0), vector(1), width, supply);
            Ok(market.shares(graph, supply))
        }
        VectorFunction::AllocateAvailable => {
            let curves = (0..length).map(|at| Curve {
                quantity: vector(0)[at],
                kind: vector(1)[at],
                centre: vector(2)[at],
                width: vector(3)[at],
            });
            available(graph, &curves.collect::<Vec<_>>(), numbers[0])
        }
        VectorFunction::Marketp => {
            let [_, vectors @ .., width, supply] = numbers else {
                unreachable!("MARKETP has its size, its vectors and two numbers")
            };
            let (requests, priorities) = vectors.split_at(vectors.len() / 2);
            let market = Market::new(graph, requests, priorities, *width, *supply);
            Ok(vec![market.price(graph)])
        }
        VectorFunction::DemandAtPrice | VectorFunction::SupplyAtPrice => {
            let (curve, price) = (Curve::of(&numbers[..5]), numbers[5]);
            check_kinds(graph, &[curve])?;
            let demanded = asked(graph, &curve, price);
            Ok(vec![if function == VectorFunction::DemandAtPrice {
                demanded
            } else {
                graph.binary(Code::Subtract, curve.quantity, demanded)
            }])
        }
        VectorFunction::FindMarketPrice => {
            let count = graph
                .constant(numbers[0])
                .expect("the reader writes how many there are") as usize;
            let curves: Vec<Curve> = numbers[2..].chunks_exact(5).map(Curve::of).collect();
            market_price(graph, &curves, count).map(|price| vec![price])
        }
    }
}

fn sum(graph: &mut Graph, values: &[NodeId]) -> NodeId {
    fold(graph, Code::Add, values)
}

fn fold(graph: &mut Graph, code: Code, values: &[NodeId]) -> NodeId {
    let first = values[0];
    values[1..]
        .iter()
        .fold(first, |total, value| graph.binary(code, total, *value))
}

/// The value of `vector` at a place counted from zero; `:NA:` beyond its ends.
fn element_at(graph: &mut Graph, vector: &[NodeId], place: NodeId) -> NodeId {
    // The nearest place: a place is a sum, and may miss it by its last bits.
    let half = graph.number(0.5);
    let mut value = graph.number(NOT_AVAILABLE);
    for (at, element) in vector.iter().enumerate().rev() {
        let at = graph.number(at as f64);
        let apart = graph.binary(Code::Subtract, place, at);
        let apart = graph.unary(Code::Abs, apart);
        let here = graph.binary(Code::Less, apart, half);
        value = graph.select(here, *element, value);
    }
    value
}

/// `VECTOR LOOKUP`: the vector as a table of equal steps from `xmin` to `xmax`.
fn read_vector(graph: &mut Graph, vector: &[NodeId], numbers: &[NodeId]) -> Result<NodeId, String> {
    let &[x, low, high, mode] = numbers else {
        unreachable!("VECTOR LOOKUP has four numbers")
    };
    let mode = match graph.constant(mode) {
        Some(0.0) => Reading::Lines,
        Some(1.0 | 7.0) => Reading::Area,
        Some(2.0) => Reading::Backward,
        Some(3.0) => Reading::Extrapolate,
        Some(4.0) => Reading::Forward,
        _ => {
            return Err(
                "of the modes of `VECTOR LOOKUP`, 0 to 4 and 7 are supported, written as numbers: lines, area, \
                 the last value, lines that go on, the next value, the area with lines that go on"
                    .to_owned(),
            );
        }
    };
    let goes_on = mode == Reading::Extrapolate || graph.constant(numbers[3]) == Some(7.0);
    if vector.len() < 2 {
        return Err("`VECTOR LOOKUP` needs a vector of at least two elements".to_owned());
    }
    let last = graph.number((vector.len() - 1) as f64);
    let (zero, half) = (graph.number(0.0), graph.number(0.5));
    let width = graph.binary(Code::Subtract, high, low);
    let width = graph.binary(Code::Divide, width, last);
    let place = graph.binary(Code::Subtract, x, low);
    let mut place = graph.binary(Code::Divide, place, width);
    if !goes_on {
        place = graph.binary(Code::Max, place, zero);
        place = graph.binary(Code::Min, place, last);
    }
    if matches!(mode, Reading::Backward | Reading::Forward) {
        // A place within a hair's breadth of an element is its own.
        let hair = graph.number(1e-9);
        let mut value = vector[0];
        for (number, element) in vector.iter().enumerate().skip(1) {
            let code = if mode == Reading::Backward {
                Code::Subtract
            } else {
                Code::Add
            };
            let at = graph.number(number as f64 - f64::from(u8::from(mode == Reading::Forward)));
            let edge = graph.binary(code, at, hair);
            let reached = graph.binary(Code::Less, edge, place);
            value = graph.select(reached, *element, value);
        }
        return Ok(value);
    }
    let mut value = zero;
    let mut area = zero;
    for (number, pair) in vector.windows(2).enumerate() {
        let from = graph.number(number as f64);
        let along = graph.binary(Code::Subtract, place, from);
        let rise = graph.binary(Code::Subtract, pair[1], pair[0]);
        let rise = graph.binary(Code::Multiply, rise, along);
        let mut here = graph.binary(Code::Add, pair[0], rise);
        if mode == Reading::Area {
            let mean = graph.binary(Code::Add, pair[0], here);
            let mean = graph.binary(Code::Multiply, half, mean);
            let more = graph.binary(Code::Multiply, mean, along);
            here = graph.binary(Code::Add, area, more);
            let mean = graph.binary(Code::Add, pair[0], pair[1]);
            let mean = graph.binary(Code::Multiply, half, mean);
            area = graph.binary(Code::Add, area, mean);
        }
        let begun = graph.binary(Code::LessOrEqual, from, place);
        value = if number == 0 {
            here
        } else {
            graph.select(begun, here, value)
        };
    }
    Ok(if mode == Reading::Area {
        graph.binary(Code::Multiply, value, width)
    } else {
        value
    })
}

/// For each element how many come before it; of equal ones the first comes first.
fn ranks(graph: &mut Graph, vector: &[NodeId], direction: NodeId) -> Vec<NodeId> {
    let zero = graph.number(0.0);
    let rising = graph.binary(Code::Less, zero, direction);
    let keys: Vec<NodeId> = vector
        .iter()
        .map(|element| {
            let negated = graph.unary(Code::Negate, *element);
            graph.select(rising, *element, negated)
        })
        .collect();
    (0..keys.len())
        .map(|own| {
            let mut rank = zero;
            for other in (0..keys.len()).filter(|other| *other != own) {
                let code = if other < own {
                    Code::LessOrEqual
                } else {
                    Code::Less
                };
                let before = graph.binary(code, keys[other], keys[own]);
                rank = graph.binary(Code::Add, rank, before);
            }
            rank
        })
        .collect()
}

/// Which element has the rank `place`.
fn holder(graph: &mut Graph, ranks: &[NodeId], place: usize) -> NodeId {
    let place = graph.number(place as f64);
    let mut found = graph.number(0.0);
    for (element, rank) in ranks.iter().enumerate() {
        let number = graph.number(element as f64);
        let here = graph.binary(Code::Equal, *rank, place);
        found = graph.select(here, number, found);
    }
    found
}

/// `VECTOR SELECT`: actions 0 to 4 and 5 weigh what is chosen, 6 to 10 do not.
fn select(
    graph: &mut Graph,
    selection: &[NodeId],
    expression: &[NodeId],
    numbers: &[NodeId],
) -> Result<NodeId, String> {
    let (missing, action, error_action) = (numbers[0], numbers[1], numbers[2]);
    // Where Vensim would stop with an error, there is no number.
    let (refuses_none, refuses_several) = match graph.constant(error_action) {
        Some(0.0) => (false, false),
        Some(1.0) => (true, false),
        Some(2.0) => (false, true),
        Some(3.0) => (true, true),
        _ => return Err("the error action of `VECTOR SELECT` is a number from 0 to 3".to_owned()),
    };
    let nothing = graph.number(f64::NAN);
    let missing = if refuses_none { nothing } else { missing };
    let (zero, one) = (graph.number(0.0), graph.number(1.0));
    let (above, below) = (graph.number(f64::INFINITY), graph.number(f64::NEG_INFINITY));
    let chosen: Vec<NodeId> = selection
        .iter()
        .map(|weight| graph.binary(Code::NotEqual, *weight, zero))
        .collect();
    let weighted: Vec<NodeId> = selection
        .iter()
        .zip(expression)
        .map(|(weight, value)| graph.binary(Code::Multiply, *weight, *value))
        .collect();
    let powers: Vec<NodeId> = selection
        .iter()
        .zip(expression)
        .map(|(weight, value)| graph.binary(Code::Power, *value, *weight))
        .collect();
    let count = sum(graph, &chosen);
    let mut of = |code: Code, values: &[NodeId], otherwise: NodeId| {
        let values: Vec<NodeId> = chosen
            .iter()
            .zip(values)
            .map(|(chosen, value)| graph.select(*chosen, *value, otherwise))
            .collect();
        fold(graph, code, &values)
    };
    let mut by_action = Vec::new();
    for values in [&weighted[..], expression] {
        let total = of(Code::Add, values, zero);
        by_action.push([
            total,
            of(Code::Multiply, values, one),
            of(Code::Min, values, above),
            of(Code::Max, values, below),
            total,
        ]);
    }
    let power = of(Code::Multiply, &powers, one);
    for actions in &mut by_action {
        actions[4] = graph.binary(Code::Divide, actions[4], count);
    }
    let in_order = by_action[0].iter().chain([&power]).chain(&by_action[1]);
    let mut value = graph.number(f64::NAN);
    for (number, candidate) in in_order.enumerate() {
        let number = graph.number(number as f64);
        let here = graph.binary(Code::Equal, action, number);
        value = graph.select(here, *candidate, value);
    }
    if refuses_several {
        let several = graph.binary(Code::Less, one, count);
        value = graph.select(several, nothing, value);
    }
    Ok(graph.select(count, value, missing))
}

/// Gauss and Jordan's elimination; the row with the largest element in the column comes up, by selects.
pub(super) fn inverse(graph: &mut Graph, matrix: &[NodeId], size: usize) -> Vec<NodeId> {
    let (zero, one) = (graph.number(0.0), graph.number(1.0));
    let width = 2 * size;
    // The matrix and, to the right of it, what becomes its inverse.
    let mut cells: Vec<NodeId> = (0..size * width)
        .map(|at| match (at / width, at % width) {
            (row, column) if column < size => matrix[row * size + column],
            (row, column) if column - size == row => one,
            _ => zero,
        })
        .collect();
    let cell = |row: usize, column: usize| row * width + column;
    for pivot in 0..size {
        for other in pivot + 1..size {
            let own = graph.unary(Code::Abs, cells[cell(pivot, pivot)]);
            let better = graph.unary(Code::Abs, cells[cell(other, pivot)]);
            let swap = graph.binary(Code::Less, own, better);
            for column in pivot..width {
                let (upper, lower) = (cells[cell(pivot, column)], cells[cell(other, column)]);
                cells[cell(pivot, column)] = graph.select(swap, lower, upper);
                cells[cell(other, column)] = graph.select(swap, upper, lower);
            }
        }
        let divisor = cells[cell(pivot, pivot)];
        for column in pivot..width {
            cells[cell(pivot, column)] = graph.binary(Code::Divide, cells[cell(pivot, column)], divisor);
        }
        for other in (0..size).filter(|other| *other != pivot) {
            let factor = cells[cell(other, pivot)];
            for column in pivot..width {
                let taken = graph.binary(Code::Multiply, factor, cells[cell(pivot, column)]);
                cells[cell(other, column)] = graph.binary(Code::Subtract, cells[cell(other, column)], taken);
            }
        }
    }
    (0..size)
        .flat_map(|row| (size..width).map(move |column| (row, column)))
        .map(|(row, column)| cells[cell(row, column)])
        .collect()
}

/// `x` moved between 0 and 1.
fn share(graph: &mut Graph, x: NodeId) -> NodeId {
    let (zero, one) = (graph.number(0.0), graph.number(1.0));
    let x = graph.binary(Code::Max, x, zero);
    graph.binary(Code::Min, x, one)
}

/// What a request gets at a price: `[request, priority, width, price]`, as its rectangle of priorities lies above the price.
pub(super) fn given(graph: &mut Graph, args: &[NodeId]) -> NodeId {
    let &[request, priority, width, price] = args else {
        unreachable!("ALLOC P has four arguments")
    };
    let half = graph.number(0.5);
    let width = some_width(graph, width);
    let half_width = graph.binary(Code::Multiply, half, width);
    let top = graph.binary(Code::Add, priority, half_width);
    at_price(graph, request, top, width, price)
}

/// Without a width, the higher priority takes all.
fn some_width(graph: &mut Graph, width: NodeId) -> NodeId {
    let least = graph.number(1e-9);
    graph.binary(Code::Max, width, least)
}

/// What a request gets at a price, the top of its rectangle being known.
fn at_price(graph: &mut Graph, request: NodeId, top: NodeId, width: NodeId, price: NodeId) -> NodeId {
    let above = graph.binary(Code::Subtract, top, price);
    let part = graph.binary(Code::Divide, above, width);
    let part = share(graph, part);
    graph.binary(Code::Multiply, request, part)
}

/// Requests that share a supply so that at one common price each gets what its rectangle of priorities has above it. What
/// is asked for falls in straight lines as the price rises, so that the price is found between two corners.
struct Market<'a> {
    requests: &'a [NodeId],
    tops: Vec<NodeId>,
    width: NodeId,
    /// The corners between which the price lies, and how far it lies from the lower one to the higher.
    low: NodeId,
    high: NodeId,
    part: NodeId,
}

impl<'a> Market<'a> {
    fn new(
        graph: &mut Graph,
        requests: &'a [NodeId],
        priorities: &[NodeId],
        width: NodeId,
        supply: NodeId,
    ) -> Self {
        let (zero, half) = (graph.number(0.0), graph.number(0.5));
        let width = some_width(graph, width);
        let half_width = graph.binary(Code::Multiply, half, width);
        let tops: Vec<NodeId> = priorities
            .iter()
            .map(|priority| graph.binary(Code::Add, *priority, half_width))
            .collect();
        let (above, below) = (graph.number(f64::INFINITY), graph.number(f64::NEG_INFINITY));
        let mut corners = tops.clone();
        for priority in priorities {
            corners.push(graph.binary(Code::Subtract, *priority, half_width));
        }
        let mut market = Self {
            requests,
            tops,
            width,
            low: below,
            high: above,
            part: zero,
        };
        let (mut asked_low, mut asked_high) = (above, below);
        for corner in corners {
            let asked = market.at(graph, corner);
            let asked = sum(graph, &asked);
            let enough = graph.binary(Code::LessOrEqual, supply, asked);
            let price = graph.select(enough, corner, below);
            market.low = graph.binary(Code::Max, market.low, price);
            let least = graph.select(enough, asked, above);
            asked_low = graph.binary(Code::Min, asked_low, least);
            let fits = graph.binary(Code::LessOrEqual, asked, supply);
            let price = graph.select(fits, corner, above);
            market.high = graph.binary(Code::Min, market.high, price);
            let most = graph.select(fits, asked, below);
            asked_high = graph.binary(Code::Max, asked_high, most);
        }
        let excess = graph.binary(Code::Subtract, asked_low, supply);
        let fall = graph.binary(Code::Subtract, asked_low, asked_high);
        let part = graph.binary(Code::Divide, excess, fall);
        let flat = graph.binary(Code::LessOrEqual, fall, zero);
        market.part = graph.select(flat, zero, part);
        market
    }

    /// What the requests get at a price.
    fn at(&self, graph: &mut Graph, price: NodeId) -> Vec<NodeId> {
        let both = self.requests.iter().zip(&self.tops);
        both.map(|(request, top)| at_price(graph, *request, *top, self.width, price))
            .collect()
    }

    /// What the requests get: between two corners all fall in straight lines.
    fn shares(&self, graph: &mut Graph, supply: NodeId) -> Vec<NodeId> {
        let (low, high) = (self.at(graph, self.low), self.at(graph, self.high));
        let given = low
            .into_iter()
            .zip(high)
            .map(|(from, to)| {
                let change = graph.binary(Code::Subtract, to, from);
                let change = graph.binary(Code::Multiply, self.part, change);
                graph.binary(Code::Add, from, change)
            })
            .collect();
        settle(graph, self.requests, given, supply)
    }

    /// The price: where there is enough for all the highest at which all get all, where there is nothing the lowest at which none
    /// gets anything.
    fn price(&self, graph: &mut Graph) -> NodeId {
        let (above, below) = (graph.number(f64::INFINITY), graph.number(f64::NEG_INFINITY));
        let change = graph.binary(Code::Subtract, self.high, self.low);
        let change = graph.binary(Code::Multiply, self.part, change);
        let price = graph.binary(Code::Add, self.low, change);
        let plenty = graph.binary(Code::Equal, self.low, below);
        let price = graph.select(plenty, self.high, price);
        let nothing = graph.binary(Code::Equal, self.high, above);
        graph.select(nothing, self.low, price)
    }
}

/// What is given unless there is enough for all, or nothing at all.
fn settle(graph: &mut Graph, requests: &[NodeId], given: Vec<NodeId>, supply: NodeId) -> Vec<NodeId> {
    let zero = graph.number(0.0);
    let total = sum(graph, requests);
    let enough = graph.binary(Code::LessOrEqual, total, supply);
    let something = graph.binary(Code::Less, zero, supply);
    requests
        .iter()
        .zip(given)
        .map(|(request, given)| {
            let given = graph.select(something, given, zero);
            graph.select(enough, *request, given)
        })
        .collect()
}

/// How a request falls as the price rises.
#[derive(Clone, Copy)]
struct Curve {
    quantity: NodeId,
    kind: NodeId,
    centre: NodeId,
    width: NodeId,
}

/// Shares out what is available so that each request gets what its curve says at one common price, found by halving.
fn available(graph: &mut Graph, curves: &[Curve], available: NodeId) -> Result<Vec<NodeId>, String> {
    check_kinds(graph, curves)?;
    let high = halve(graph, curves, &mut |graph, price| {
        let asked: Vec<NodeId> = curves.iter().map(|curve| asked(graph, curve, price)).collect();
        let asked = sum(graph, &asked);
        graph.binary(Code::Less, available, asked)
    });
    let given = curves.iter().map(|curve| asked(graph, curve, high)).collect();
    let requests: Vec<NodeId> = curves.iter().map(|curve| curve.quantity).collect();
    Ok(settle(graph, &requests, given, available))
}

/// The price at which the first `demands` of the curves ask for what the others give. These rise as much as such a demand falls.
fn market_price(graph: &mut Graph, curves: &[Curve], demands: usize) -> Result<NodeId, String> {
    check_kinds(graph, curves)?;
    let supplied: Vec<NodeId> = curves[demands..].iter().map(|curve| curve.quantity).collect();
    let supplied = sum(graph, &supplied);
    // What is demanded, and what the suppliers keep, is more than they have.
    Ok(halve(graph, curves, &mut |graph, price| {
        let asked: Vec<NodeId> = curves.iter().map(|curve| asked(graph, curve, price)).collect();
        let asked = sum(graph, &asked);
        graph.binary(Code::Less, supplied, asked)
    }))
}

impl Curve {
    /// A curve by its quantity and the four numbers of its profile.
    fn of(numbers: &[NodeId]) -> Self {
        Self {
            quantity: numbers[0],
            kind: numbers[1],
            centre: numbers[2],
            width: numbers[3],
        }
    }
}

/// Refuses curves of kinds that are not supported, as far as they are known now.
fn check_kinds(graph: &Graph, curves: &[Curve]) -> Result<(), String> {
    for curve in curves {
        if let Some(kind) = graph.constant(curve.kind)
            && ![0.0, 1.0, 2.0, 3.0, 4.0].contains(&kind)
        {
            return Err(format!(
                "a priority curve of kind {kind} is not supported: 0 to 4 are (fixed, rectangle, triangle, normal, exponential)"
            ));
        }
    }
    Ok(())
}

/// The lowest price that is not too low, found by halving.
fn halve(
    graph: &mut Graph,
    curves: &[Curve],
    too_low: &mut dyn FnMut(&mut Graph, NodeId) -> NodeId,
) -> NodeId {
    let half = graph.number(0.5);
    // Beyond forty widths an exponential curve is flat to the last bit.
    let forty = graph.number(40.0);
    let mut ends = [Vec::new(), Vec::new()];
    for curve in curves {
        let reach = graph.binary(Code::Multiply, forty, curve.width);
        ends[0].push(graph.binary(Code::Subtract, curve.centre, reach));
        ends[1].push(graph.binary(Code::Add, curve.centre, reach));
    }
    let mut low = fold(graph, Code::Min, &ends[0]);
    let mut high = fold(graph, Code::Max, &ends[1]);
    for _ in 0..HALVINGS {
        let both = graph.binary(Code::Add, low, high);
        let price = graph.binary(Code::Multiply, half, both);
        let too_low = too_low(graph, price);
        low = graph.select(too_low, price, low);
        high = graph.select(too_low, high, price);
    }
    high
}

/// What a curve asks for at a price.
fn asked(graph: &mut Graph, curve: &Curve, price: NodeId) -> NodeId {
    let (zero, half, one, two) = (
        graph.number(0.0),
        graph.number(0.5),
        graph.number(1.0),
        graph.number(2.0),
    );
    let above = graph.binary(Code::Subtract, curve.centre, price);
    let above = graph.binary(Code::Divide, above, curve.width);
    let rising = graph.binary(Code::LessOrEqual, zero, above);
    let centred = graph.binary(Code::Add, above, half);
    let rectangle = share(graph, centred);
    // Twice the square of the nearer side of the rectangle.
    let other = graph.binary(Code::Subtract, one, rectangle);
    let side = graph.binary(Code::Min, rectangle, other);
    let square = graph.binary(Code::Multiply, side, side);
    let tail = graph.binary(Code::Multiply, two, square);
    let rest = graph.binary(Code::Subtract, one, tail);
    let triangle = graph.select(rising, rest, tail);
    let size = graph.unary(Code::Abs, above);
    let normal_tail = normal_tail(graph, size);
    let rest = graph.binary(Code::Subtract, one, normal_tail);
    let normal = graph.select(rising, rest, normal_tail);
    let negated = graph.unary(Code::Negate, size);
    let fall = graph.unary(Code::Exp, negated);
    let tail = graph.binary(Code::Multiply, half, fall);
    let rest = graph.binary(Code::Subtract, one, tail);
    let exponential = graph.select(rising, rest, tail);
    let mut part = graph.number(f64::NAN);
    for (kind, candidate) in [one, rectangle, triangle, normal, exponential]
        .into_iter()
        .enumerate()
    {
        let kind = graph.number(kind as f64);
        let here = graph.binary(Code::Equal, curve.kind, kind);
        part = graph.select(here, candidate, part);
    }
    graph.binary(Code::Multiply, curve.quantity, part)
}

/// What a standard normal distribution has beyond `x >= 0`: a quotient of polynomials (Hart, "Computer Approximations",
/// 1968, algorithm 5666), good to fifteen digits up to 7; beyond, a continued fraction.
fn normal_tail(graph: &mut Graph, x: NodeId) -> NodeId {
    const ABOVE: [f64; 7] = [
        3.526_249_659_989_11e-2,
        0.700_383_064_443_688,
        6.373_962_203_531_65,
        33.912_866_078_383,
        112.079_291_497_871,
        221.213_596_169_931,
        220.206_867_912_376,
    ];
    const BELOW: [f64; 8] = [
        8.838_834_764_831_84e-2,
        1.755_667_163_182_64,
        16.064_177_579_207,
        86.780_732_202_946_1,
        296.564_248_779_674,
        637.333_633_378_831,
        793.826_512_519_948,
        440.413_735_824_752,
    ];
    let polynomial = |graph: &mut Graph, coefficients: &[f64]| {
        let mut value = graph.number(coefficients[0]);
        for coefficient in &coefficients[1..] {
            let coefficient = graph.number(*coefficient);
            value = graph.binary(Code::Multiply, value, x);
            value = graph.binary(Code::Add, value, coefficient);
        }
        value
    };
    let above = polynomial(graph, &ABOVE);
    let below = polynomial(graph, &BELOW);
    let minus_half = graph.number(-0.5);
    let square = graph.binary(Code::Multiply, x, x);
    let exponent = graph.binary(Code::Multiply, minus_half, square);
    let density = graph.unary(Code::Exp, exponent);
    let near = graph.binary(Code::Multiply, density, above);
    let near = graph.binary(Code::Divide, near, below);
    let mut fraction = graph.number(0.65);
    fraction = graph.binary(Code::Add, x, fraction);
    for numerator in [4.0, 3.0, 2.0, 1.0] {
        let numerator = graph.number(numerator);
        let term = graph.binary(Code::Divide, numerator, fraction);
        fraction = graph.binary(Code::Add, x, term);
    }
    // The root of 2 pi.
    let root = graph.number(2.506_628_274_631_000_5);
    let far = graph.binary(Code::Divide, density, fraction);
    let far = graph.binary(Code::Divide, far, root);
    let limit = graph.number(7.071_067_811_865_47);
    let is_near = graph.binary(Code::Less, x, limit);
    graph.select(is_near, near, far)
}
