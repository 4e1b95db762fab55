//! In which order to do things, so that few wait.
//!
//! A routine comes depth first: few values are alive at a time, but each operation follows what it waits for, and an elementary function is a
//! chain of a hundred. A processor looks only some hundred instructions ahead. Here a list scheduler looks through the whole step (Gibbons and
//! Muchnick 1986); of what is ready, the first of the depth-first order comes first, which ends what was begun.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use rustc_hash::FxHashMap;

use super::cost::{self, Cost};
use crate::primitive::{Action, Id, Node, Routine, Target};

/// Operations that a processor looks ahead: among so few it finds by itself what need not wait. (SIR, scheduled, was slower by a fiftieth.)
pub(super) const AHEAD: usize = 200;
/// Values that may be alive: more than there are registers, but few enough that those put into memory stay in the first cache. At 64 the
/// flagship was a third slower, and without a limit a large array model by a twentieth.
const MOST_ALIVE: isize = 128;
/// How many of those ready are asked whether they end a life.
const CANDIDATES: usize = 16;
/// How many of them may wait for the divider before something else is done.
const LOOKED_AT: usize = 64;

/// The same routine in another order: while one waits, others that need not are done.
pub(super) fn scheduled(routine: &Routine) -> Routine {
    Schedule::new(routine).run()
}

/// An action, and what is known of it.
struct Step {
    cost: Cost,
    /// When its operands are there.
    from: u32,
    /// Actions that have to come before, still to be done.
    missing: u32,
    /// Those that have to come after.
    followers: Vec<u32>,
    /// What it reads that is computed, each once, with the number of times.
    reads: Vec<(Id, u32)>,
}

struct Schedule<'a> {
    routine: &'a Routine,
    steps: Vec<Step>,
    /// Of each node, how often it is still to be read.
    unread: Vec<u32>,
}

impl<'a> Schedule<'a> {
    fn new(routine: &'a Routine) -> Self {
        let (graph, actions) = (&routine.graph, &routine.actions);
        let mut maker: Vec<Option<u32>> = vec![None; graph.nodes().len()];
        for (number, action) in (0..).zip(actions) {
            if let Action::Compute(id) = action {
                maker[id.index()] = Some(number);
            }
        }
        let mut unread = vec![0; graph.nodes().len()];
        let mut steps: Vec<Step> = Vec::with_capacity(actions.len());
        let mut readers: FxHashMap<Target, Vec<u32>> = FxHashMap::default();
        for (number, action) in (0..).zip(actions) {
            let mut step = Step {
                cost: cost::cost(routine, action),
                from: 0,
                missing: 0,
                followers: Vec::new(),
                reads: Vec::new(),
            };
            let mut read = |operand: Id| {
                let Some(from) = maker[operand.index()] else {
                    match graph.node(operand) {
                        Node::Lane(place) => readers.entry(Target::Lane(place)).or_default().push(number),
                        Node::Uniform(place) => {
                            readers.entry(Target::Uniform(place)).or_default().push(number);
                        }
                        _ => {}
                    }
                    return;
                };
                unread[operand.index()] += 1;
                match step.reads.iter_mut().find(|(known, _)| *known == operand) {
                    Some((_, times)) => *times += 1,
                    None => {
                        step.reads.push((operand, 1));
                        step.missing += 1;
                        let maker: &mut Step = &mut steps[from as usize];
                        maker.followers.push(number);
                    }
                }
            };
            match action {
                Action::Compute(id) => graph.node(*id).operands().for_each(&mut read),
                Action::Store(store) => read(store.value),
            }
            steps.push(step);
        }
        // A place is overwritten when everybody has read it.
        for (number, action) in (0..).zip(actions) {
            let Action::Store(store) = action else { continue };
            for &reader in readers.get(&store.target).into_iter().flatten() {
                if reader != number {
                    steps[reader as usize].followers.push(number);
                    steps[number as usize].missing += 1;
                }
            }
        }
        Self {
            routine,
            steps,
            unread,
        }
    }

    /// How many more values are alive when an action has been done.
    fn more(&self, number: u32) -> isize {
        let step = &self.steps[number as usize];
        let ends = step
            .reads
            .iter()
            .filter(|(id, times)| self.unread[id.index()] == *times);
        let begins = matches!(self.routine.actions[number as usize], Action::Compute(_));
        isize::from(begins) - ends.count() as isize
    }

    fn run(mut self) -> Routine {
        let count = self.steps.len() as u32;
        let mut ready: BTreeSet<u32> = (0..count)
            .filter(|number| self.steps[*number as usize].missing == 0)
            .collect();
        // What is computed, but not there yet: when, and who waits for it.
        let mut waiting: BinaryHeap<Reverse<(u32, u32)>> = BinaryHeap::new();
        let mut done = vec![false; self.steps.len()];
        let mut actions = Vec::with_capacity(self.steps.len());
        let (mut now, mut divider_free, mut alive, mut first) = (0, 0, 0_isize, 0_u32);
        while actions.len() < self.steps.len() {
            while done[first as usize] {
                first += 1;
            }
            while let Some(&Reverse((from, number))) = waiting.peek()
                && from <= now
            {
                waiting.pop();
                ready.insert(number);
            }
            let next = if alive >= MOST_ALIVE {
                // Depth first until some have ended: what the first one needs has been done.
                let mut candidates = ready.iter().take(CANDIDATES).copied();
                candidates.find(|number| self.more(*number) <= 0).unwrap_or(first)
            } else {
                let can_start =
                    |number: &&u32| divider_free <= now || !self.steps[**number as usize].cost.divides;
                match (ready.iter().take(LOOKED_AT).find(can_start), waiting.peek()) {
                    (Some(number), _) => *number,
                    (None, Some(Reverse((_, number)))) => *number,
                    (None, None) => *ready.first().expect("what is left waits for what is ready"),
                }
            };
            if !ready.remove(&next) {
                waiting.retain(|Reverse((_, number))| *number != next);
            }
            done[next as usize] = true;
            actions.push(self.routine.actions[next as usize]);
            alive += self.more(next);
            let step = &mut self.steps[next as usize];
            now = now.max(step.from);
            let there = now + step.cost.latency;
            for (id, times) in &step.reads {
                self.unread[id.index()] -= times;
            }
            if step.cost.divides {
                divider_free = now + cost::DIVISION;
            }
            now += step.cost.issue;
            for follower in std::mem::take(&mut step.followers) {
                let after = &mut self.steps[follower as usize];
                after.from = after.from.max(there);
                after.missing -= 1;
                if after.missing == 0 {
                    waiting.push(Reverse((after.from, follower)));
                }
            }
        }
        Routine {
            graph: self.routine.graph.clone(),
            actions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitive::{Binary, Graph, Store};

    /// Sums of lanes and of one another, and what is kept of them.
    struct Sums {
        graph: Graph,
        actions: Vec<Action>,
    }

    impl Sums {
        fn new() -> Self {
            Self {
                graph: Graph::default(),
                actions: Vec::new(),
            }
        }

        fn lane(&mut self, place: u32) -> Id {
            self.graph.push(Node::Lane(place))
        }

        fn sum(&mut self, a: Id, b: Id) -> Id {
            let id = self.graph.push(Node::Binary(Binary::Add, a, b));
            self.actions.push(Action::Compute(id));
            id
        }

        /// A chain of so many sums.
        fn chain(&mut self, from: Id, sums: usize) -> Id {
            (0..sums).fold(from, |sum, _| self.sum(sum, from))
        }

        fn keep(&mut self, place: u32, value: Id) {
            let target = Target::Lane(place);
            self.actions.push(Action::Store(Store { target, value }));
        }

        fn scheduled(self) -> Routine {
            let Sums { graph, actions } = self;
            let before = Routine { graph, actions };
            let after = scheduled(&before);
            holds(&before, &after);
            after
        }
    }

    /// Every action once, behind what it reads; a store behind all who read what lay there.
    fn holds(before: &Routine, after: &Routine) {
        let place = |wanted: &Action| after.actions.iter().position(|action| action == wanted);
        assert_eq!(before.actions.len(), after.actions.len());
        for (number, action) in before.actions.iter().enumerate() {
            let at = place(action).expect("nothing is lost");
            let operands: Vec<Id> = match action {
                Action::Compute(id) => after.graph.node(*id).operands().collect(),
                Action::Store(store) => vec![store.value],
            };
            for operand in operands {
                if !after.graph.node(operand).is_stored() {
                    assert!(place(&Action::Compute(operand)).is_some_and(|made| made < at));
                }
                for store in before.actions[number + 1..].iter().filter(
                    |store| matches!((store, after.graph.node(operand)), (Action::Store(store), Node::Lane(read)) if store.target == Target::Lane(read)),
                ) {
                    assert!(place(store).is_some_and(|stored| at < stored));
                }
            }
        }
    }

    #[test]
    fn chains_take_turns() {
        let mut sums = Sums::new();
        for place in 0..4 {
            let start = sums.lane(place);
            let end = sums.chain(start, 30);
            sums.keep(place, end);
        }
        let after = sums.scheduled();
        let reads = |number: u32| move |action: &Action| matches!(action, Action::Compute(id) if id.index() / 31 == number as usize);
        for chain in 0..4 {
            let begins = after.actions.iter().position(reads(chain));
            assert!(
                begins.is_some_and(|at| at < 8),
                "chain {chain} begins at {begins:?}"
            );
        }
    }

    #[test]
    fn what_is_overwritten_has_been_read() {
        let mut sums = Sums::new();
        let lanes: Vec<Id> = (0..8).map(|place| sums.lane(place)).collect();
        let mut known = lanes.clone();
        for number in 0..300_usize {
            // Neighbours and old ones, without a pattern.
            let (a, b) = (
                known.len() - 1 - number * 7 % known.len().min(9),
                number * 31 % known.len(),
            );
            let sum = sums.sum(known[a], known[b]);
            known.push(sum);
        }
        for (place, value) in (0..8).zip(known.iter().rev()) {
            sums.keep(place, *value);
        }
        sums.scheduled();
    }

    #[test]
    fn not_many_more_are_alive_than_there_is_room_for() {
        let mut sums = Sums::new();
        let mut total = sums.lane(0);
        for place in 1..600 {
            let start = sums.lane(place);
            let end = sums.chain(start, 3);
            total = sums.sum(total, end);
        }
        sums.keep(0, total);
        let after = sums.scheduled();
        let last_read = |id: Id| {
            let reads = |action: &Action| match action {
                Action::Compute(by) => after.graph.node(*by).operands().any(|operand| operand == id),
                Action::Store(store) => store.value == id,
            };
            after.actions.iter().rposition(reads).expect("somebody reads it")
        };
        let lives: Vec<(usize, usize)> = (after.actions.iter().enumerate())
            .filter_map(|(at, action)| match action {
                Action::Compute(id) => Some((at, last_read(*id))),
                Action::Store(_) => None,
            })
            .collect();
        let alive = |at| {
            lives
                .iter()
                .filter(|(from, to)| (*from..*to).contains(&at))
                .count()
        };
        let most = (0..after.actions.len()).map(alive).max().unwrap_or(0);
        assert!(most <= MOST_ALIVE as usize + 4, "{most}");
        assert!(most > 8, "{most}");
    }
}
