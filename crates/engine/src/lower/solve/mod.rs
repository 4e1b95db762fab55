//! What stands behind `SIMULTANEOUS` and `FIND ZERO`: unknowns, and the equations that they solve.
//!
//! While equations are read, an unknown is a leaf; when all are read, what is known of each is an expression of unknowns. Those
//! that need each other are solved together, after those that they need: their expressions are written out again and again, each
//! time with better values for the leaves ([`search`]). There is no operation for this in a program, no branch and nothing that an
//! evaluator must know. What is not solved to the tolerance is not a number, so that its future ends as broken.

mod search;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fast::rebased;
use super::graph::{Graph, Kind, NodeId, Phase};
use super::walk::{Context, Elements, Stop, Task, Unit, Values, Walk, element};
use model::{Diagnostic, Diagnostics, ExprId, Function, Model, VarId};

/// The most values that the unknowns of a model may be written out into.
const MOST_VALUES: usize = 2_000_000;

/// The most unknowns that are solved together.
const MOST_UNKNOWNS: usize = 12;

/// Something that an equation asks for.
#[derive(Clone, Debug)]
pub(super) struct Unknown {
    variable: VarId,
    call: ExprId,
    /// Unknowns of one number are solved together.
    group: (ExprId, Context, u32),
    /// What is known of it; nothing until its equation has been read.
    sought: Option<Sought>,
}

#[derive(Clone, Copy, Debug)]
struct Sought {
    /// What it is to equal, or what is to be zero.
    value: NodeId,
    guess: NodeId,
    zero: Option<Zero>,
}

/// More of what is to be zero.
#[derive(Clone, Copy, Debug)]
struct Zero {
    scale: NodeId,
    zero_scale: NodeId,
    tolerance: NodeId,
    /// How many unknowns belong together.
    number: f64,
}

/// A call whose unknowns are still to be told apart from nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) unit: Unit,
    pub(super) call: ExprId,
    first: u32,
}

impl Walk<'_> {
    /// The unknowns of a call, one for each element of an equation.
    pub(super) fn unknown(&mut self, unit: Unit, call: ExprId, function: Function) -> Elements {
        let key = (call, unit.equation, unit.context);
        let places = self.places(unit.variable, unit.equation).to_vec();
        let known = self.call_unknowns.get(&key).copied();
        let first = known.unwrap_or_else(|| {
            let first = self.unknowns.len() as u32;
            let dimension = self.model.variables[unit.variable].dimensions.last();
            let row = match (function, dimension) {
                (Function::FindZero, Some(last)) => self.model.dimensions[*last].elements.len(),
                _ => 1,
            };
            for place in &places {
                self.unknowns.push(Unknown {
                    variable: unit.variable,
                    call,
                    group: (call, unit.context, (place / row) as u32),
                    sought: None,
                });
            }
            self.call_unknowns.insert(key, first);
            self.pending.push(Task::Asked(Asked { unit, call, first }));
            first
        });
        let phase = if unit.context == Context::Init {
            Phase::Init
        } else {
            Phase::Step
        };
        (first..first + places.len() as u32)
            .map(|number| self.graph.leaf(Kind::Unknown(number), phase))
            .collect()
    }

    /// Reads what is known of the unknowns of a call.
    pub(super) fn complete_unknowns(
        &mut self,
        asked: Asked,
        function: Function,
        args: &[ExprId],
    ) -> Result<(), Stop> {
        let Asked { unit, call, first } = asked;
        let mut values = Vec::with_capacity(args.len());
        let mut missing = Vec::new();
        for arg in args {
            match self.expression(unit, *arg) {
                Ok(elements) => values.push(elements),
                Err(Stop::Missing(more)) => missing.extend(more),
                Err(problem) => return Err(problem),
            }
        }
        if !missing.is_empty() {
            return Err(Stop::Missing(missing));
        }
        let count = self.places(unit.variable, unit.equation).len();
        for number in 0..count {
            let of = |at: usize| element(&values[at], number);
            let sought = match function {
                Function::FindZero => {
                    let [members, skip] = [4, 5].map(|at| self.graph.constant(of(at)));
                    let (Some(members), Some(0.0)) = (members, skip) else {
                        let problem = "`FIND ZERO` is read with a number of elements that is known before the run, and with none to skip";
                        let problem = Diagnostic::error("vector-function", problem);
                        return Err(Stop::Problem(problem.label(self.model.expr_spans[call], "")));
                    };
                    Sought {
                        value: of(1),
                        guess: of(3),
                        zero: Some(Zero {
                            scale: of(0),
                            zero_scale: of(2),
                            tolerance: of(6),
                            number: members,
                        }),
                    }
                }
                _ => Sought {
                    value: of(0),
                    guess: of(1),
                    zero: None,
                },
            };
            self.unknowns[first as usize + number].sought = Some(sought);
        }
        Ok(())
    }
}

/// The values without unknowns, or which of these cannot be solved.
pub(super) fn solved(model: &Model, values: Values, unknowns: &[Unknown]) -> Result<Values, Diagnostics> {
    if unknowns.is_empty() {
        return Ok(values);
    }
    let mut values = values;
    let mut graph = std::mem::take(&mut values.graph);
    let before = graph.len();
    let mut solver = Solver {
        graph: &mut graph,
        found: HashMap::new(),
        depends: Vec::new(),
    };
    // In order of their first members, so that nothing depends on how a map is walked.
    let mut groups: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    let mut first_of: HashMap<(ExprId, Context, u32), usize> = HashMap::new();
    for (number, unknown) in unknowns.iter().enumerate() {
        let first = *first_of.entry(unknown.group).or_insert(number);
        groups.entry(first).or_default().push(number as u32);
    }
    let groups: Vec<Vec<u32>> = groups.into_values().collect();
    let mut problems = Diagnostics::new();
    for knot in knots(&solver.needs(unknowns, &groups)) {
        let members: Vec<u32> = knot
            .iter()
            .flat_map(|group| groups[*group].iter().copied())
            .collect();
        let of_zero = |member: &u32| sought(unknowns, *member).zero;
        let fits = knot.iter().all(|group| {
            let zero = of_zero(&groups[*group][0]);
            zero.is_none_or(|zero| zero.number == groups[*group].len() as f64)
        });
        let done = if fits {
            solver.solve(unknowns, &members)
        } else {
            Err("its number of elements is not that of its last subscript".to_owned())
        };
        if let Err(problem) = done {
            let unknown = &unknowns[members[0] as usize];
            let name = &model.variables[unknown.variable].name;
            let problem = Diagnostic::error("unsolvable", format!("`{name}` cannot be solved: {problem}"));
            problems.push(problem.label(model.expr_spans[unknown.call], ""));
            for member in members {
                let nothing = solver.graph.number(f64::NAN);
                solver.found.insert(member, nothing);
            }
        }
    }
    if problems.has_errors() {
        return Err(problems);
    }
    let found = solver.found;
    let mut moved: Vec<NodeId> = Vec::with_capacity(before);
    for index in 0..before {
        moved.push(written_out(&mut graph, NodeId(index as u32), &found, |id| {
            moved[id.index()]
        }));
    }
    Ok(rebased(values, graph, &moved))
}

fn sought(unknowns: &[Unknown], number: u32) -> Sought {
    let sought = unknowns[number as usize].sought;
    sought.expect("the equation of every unknown has been read")
}

/// A value with other operands, or what an unknown was found to be.
fn written_out(
    graph: &mut Graph,
    id: NodeId,
    found: &HashMap<u32, NodeId>,
    operand: impl Fn(NodeId) -> NodeId,
) -> NodeId {
    let node = *graph.node(id);
    if let Kind::Unknown(number) = node.kind {
        return found.get(&number).copied().unwrap_or(id);
    }
    let operands: Vec<NodeId> = node.operands().iter().map(|id| operand(*id)).collect();
    if operands == node.operands() {
        return id;
    }
    graph.origin = Some(graph.origin(id));
    graph.again(&node, &operands)
}

struct Solver<'g> {
    graph: &'g mut Graph,
    /// What the unknowns are, as far as they are solved.
    found: HashMap<u32, NodeId>,
    /// For each value, as far as they have been looked at, whether it depends on an unknown.
    depends: Vec<bool>,
}

impl Solver<'_> {
    /// All values that these are made of and that depend on unknowns, in order.
    fn body(&mut self, roots: &[NodeId]) -> Vec<NodeId> {
        for index in self.depends.len()..self.graph.len() {
            let node = self.graph.node(NodeId(index as u32));
            let depends = matches!(node.kind, Kind::Unknown(_))
                || node
                    .operands()
                    .iter()
                    .any(|operand| self.depends[operand.index()]);
            self.depends.push(depends);
        }
        let mut body = BTreeSet::new();
        let mut waiting = roots.to_vec();
        while let Some(id) = waiting.pop() {
            if self.depends[id.index()] && body.insert(id) {
                waiting.extend(self.graph.node(id).operands());
            }
        }
        body.into_iter().collect()
    }

    /// For each group the groups whose unknowns it needs.
    fn needs(&mut self, unknowns: &[Unknown], groups: &[Vec<u32>]) -> Vec<Vec<usize>> {
        let mut group_of = vec![0; unknowns.len()];
        for (number, group) in groups.iter().enumerate() {
            for member in group {
                group_of[*member as usize] = number;
            }
        }
        let roots = |member: &u32| {
            let sought = sought(unknowns, *member);
            let more = sought
                .zero
                .map(|zero| [zero.scale, zero.zero_scale, zero.tolerance]);
            [sought.value, sought.guess]
                .into_iter()
                .chain(more.into_iter().flatten())
        };
        let mut of = |group: &Vec<u32>| {
            let roots: Vec<NodeId> = group.iter().flat_map(roots).collect();
            let mut needs: Vec<usize> = self
                .body(&roots)
                .into_iter()
                .filter_map(|id| match self.graph.node(id).kind {
                    Kind::Unknown(number) => Some(group_of[number as usize]),
                    _ => None,
                })
                .collect();
            needs.sort_unstable();
            needs.dedup();
            needs
        };
        groups.iter().map(&mut of).collect()
    }

    /// Values in which all unknowns that are solved stand for what they are.
    fn put_in(&mut self, roots: &[NodeId]) -> Vec<NodeId> {
        let body = self.body(roots);
        let mut moved: HashMap<NodeId, NodeId> = HashMap::new();
        for id in body {
            let new = written_out(self.graph, id, &self.found, |id| {
                moved.get(&id).copied().unwrap_or(id)
            });
            moved.insert(id, new);
        }
        roots
            .iter()
            .map(|id| moved.get(id).copied().unwrap_or(*id))
            .collect()
    }

    /// Solves unknowns that need each other.
    fn solve(&mut self, unknowns: &[Unknown], members: &[u32]) -> Result<(), String> {
        let all: Vec<Sought> = members.iter().map(|member| sought(unknowns, *member)).collect();
        let mut put_in = |of: &dyn Fn(&Sought) -> NodeId| {
            let roots: Vec<NodeId> = all.iter().map(of).collect();
            self.put_in(&roots)
        };
        let values = put_in(&|sought| sought.value);
        let guesses = put_in(&|sought| sought.guess);
        let with =
            |of: fn(&Zero) -> NodeId| move |sought: &Sought| sought.zero.as_ref().map_or(sought.guess, of);
        let scales = put_in(&with(|zero| zero.scale));
        let zero_scales = put_in(&with(|zero| zero.zero_scale));
        let tolerances = put_in(&with(|zero| zero.tolerance));
        let settled: Vec<NodeId> = [&guesses, &scales, &zero_scales, &tolerances]
            .into_iter()
            .flatten()
            .copied()
            .collect();
        if !self.body(&settled).is_empty() {
            return Err("its initial guess, or a scale, depends on itself".to_owned());
        }
        let body = self.body(&values);
        let is_loop = !body.is_empty();
        if !is_loop && all.iter().all(|sought| sought.zero.is_none()) {
            for (member, value) in members.iter().zip(values) {
                // A state must not be read straight from a state.
                let value = self.graph.copy(value);
                self.found.insert(*member, value);
            }
            return Ok(());
        }
        if members.len() > MOST_UNKNOWNS {
            let count = members.len();
            return Err(format!(
                "{count} unknowns need each other, and at most {MOST_UNKNOWNS} are solved together"
            ));
        }
        let more = search::values(body.len(), members.len());
        if self.graph.len() + more > MOST_VALUES {
            return Err(format!(
                "its tries would be {more} values, and a model may have {MOST_VALUES} in all"
            ));
        }
        let kinds: Vec<search::Kind> = all
            .iter()
            .enumerate()
            .map(|(at, sought)| match sought.zero {
                None => search::Kind::Fixed,
                Some(_) => search::Kind::Zero {
                    scale: scales[at],
                    zero_scale: zero_scales[at],
                    tolerance: tolerances[at],
                },
            })
            .collect();
        let mut at = |graph: &mut Graph, x: &[NodeId]| -> Vec<NodeId> {
            let tried: HashMap<u32, NodeId> = members.iter().copied().zip(x.iter().copied()).collect();
            let mut moved: HashMap<NodeId, NodeId> = HashMap::with_capacity(body.len());
            for id in &body {
                let new = written_out(graph, *id, &tried, |id| moved.get(&id).copied().unwrap_or(id));
                moved.insert(*id, new);
            }
            values
                .iter()
                .map(|id| moved.get(id).copied().unwrap_or(*id))
                .collect()
        };
        self.graph.origin = Some(unknowns[members[0] as usize].variable);
        let found = search::search(self.graph, &kinds, &guesses, &mut at);
        self.found.extend(members.iter().copied().zip(found));
        Ok(())
    }
}

/// The sets of vertices that need each other, each after those that it needs (Tarjan's algorithm, without recursion).
fn knots(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let count = needs.len();
    let mut order = vec![usize::MAX; count];
    let mut low = vec![0; count];
    let mut is_open = vec![false; count];
    let (mut open, mut knots, mut next) = (Vec::new(), Vec::new(), 0);
    for start in 0..count {
        let mut path = if order[start] == usize::MAX {
            vec![(start, 0)]
        } else {
            Vec::new()
        };
        while let Some((at, place)) = path.last_mut() {
            let at = *at;
            if *place == 0 {
                (order[at], low[at]) = (next, next);
                next += 1;
                open.push(at);
                is_open[at] = true;
            }
            if let Some(need) = needs[at].get(*place).copied() {
                *place += 1;
                if order[need] == usize::MAX {
                    path.push((need, 0));
                } else if is_open[need] {
                    low[at] = low[at].min(order[need]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[*parent] = low[*parent].min(low[at]);
            }
            if low[at] == order[at] {
                let from = open.iter().position(|member| *member == at).unwrap_or(0);
                let mut knot = open.split_off(from);
                knot.iter().for_each(|member| is_open[*member] = false);
                knot.sort_unstable();
                knots.push(knot);
            }
        }
    }
    knots
}

#[cfg(test)]
mod tests {
    use super::knots;

    #[test]
    fn knots_come_after_what_they_need() {
        assert_eq!(
            knots(&[vec![1], vec![2, 3], vec![0], vec![], vec![4, 0]]),
            [vec![3], vec![0, 1, 2], vec![4]]
        );
        assert_eq!(knots(&[vec![1], vec![]]), [vec![1], vec![0]]);
    }
}
