//! A step as a graph of single numbers, and an order in which few of them wait at a time.
//!
//! In: a [`Program`]. Out: [`Item`]s, of which each reads only what has been computed, and writes the home of a state only when nothing
//! will read there any more. It knows no registers.

use crate::adaptive;
use crate::ir::{Code, Program, Slot, Update};
use crate::method;

/// An operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arg {
    /// A number that is the same for all futures, by its slot.
    Uniform(u32),
    /// What lies in a row when the step begins.
    Row(u32),
    /// The result of a node.
    Node(usize),
}

/// One element of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) code: Code,
    /// Of the code: a table, a stream or an exponent.
    pub(super) number: u32,
    args: [Option<Arg>; 4],
    /// The row where it has to lie when the step has been computed, if that matters.
    pub(super) pinned: Option<u32>,
}

impl Node {
    pub(super) fn args(&self) -> impl DoubleEndedIterator<Item = Arg> + use<> {
        self.args.into_iter().flatten()
    }
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// Computes a node.
    Compute(usize),
    /// A metric takes in a value.
    See {
        /// Which metric.
        metric: usize,
        /// The value.
        value: Arg,
    },
    /// A value to be stored in a series goes to a row of its own.
    Save {
        /// Which series.
        series: usize,
        /// The value.
        value: Arg,
    },
    /// A stock goes one step along its rate.
    Integrate {
        /// Its row.
        row: u32,
        /// Its rate.
        rate: Arg,
        /// Whether it goes against it: taking something off is adding the opposite, to the bit.
        against: bool,
    },
    /// A state takes a value.
    Hold {
        /// Its row.
        row: u32,
        /// The value.
        value: Arg,
    },
}

impl Item {
    /// What it reads beside the operands of a node.
    fn value(self) -> Option<Arg> {
        match self {
            Item::Compute(_) => None,
            Item::See { value, .. } | Item::Save { value, .. } | Item::Hold { value, .. } => Some(value),
            Item::Integrate { rate, .. } => Some(rate),
        }
    }

    /// The state that it writes.
    fn written(self) -> Option<u32> {
        match self {
            Item::Integrate { row, .. } | Item::Hold { row, .. } => Some(row),
            _ => None,
        }
    }

    /// All that it reads.
    pub(super) fn reads(self, nodes: &[Node]) -> impl Iterator<Item = Arg> + use<> {
        let args = match self {
            Item::Compute(node) => nodes[node].args,
            _ => [self.value(), None, None, None],
        };
        args.into_iter().flatten()
    }
}

/// What a step computes.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// All that happens, in order.
    pub(super) items: Vec<Item>,
    /// The first row that only values within a step lie in.
    pub(super) base: u32,
    /// Whether stocks and what holds go on within the items.
    pub(super) advances: bool,
}

/// Whether stocks may go on as soon as nobody looks at them any more: with Euler's method, where no carrier looks at them afterwards.
fn advances(program: &Program) -> bool {
    // A method that chooses its steps has no table of looks to ask for.
    adaptive::pair(program.integration).is_none()
        && method::within(program.integration).is_none()
        && program.carriers.is_empty()
}

impl Graph {
    pub(super) fn new(program: &Program) -> Self {
        let uniform_len = program.uniform_len;
        let ops = &program.step.lanes;
        let base = ops.iter().map(|op| op.dst.0 - uniform_len).min();
        let base = base.unwrap_or(program.lane_len);
        let mut nodes: Vec<Node> = Vec::new();
        // What each row holds at this point of the walk, if it has been written.
        let mut rows: Vec<Option<usize>> = vec![None; program.lane_len as usize];
        let arg = |rows: &[Option<usize>], slot: u32| match slot.checked_sub(uniform_len) {
            None => Arg::Uniform(slot),
            Some(row) => rows[row as usize].map_or(Arg::Row(row), Arg::Node),
        };
        for op in ops {
            let reads = op.reads(&program.operands);
            let number = match op.code {
                Code::Normal => program.operands[op.b as usize + 3].0,
                _ => op.b,
            };
            for element in 0..u32::from(op.len) {
                let mut args = [None; 4];
                for (place, (to, slot)) in args.iter_mut().zip(reads).enumerate() {
                    let fixed = op.fixed >> place & 1 == 1;
                    *to = slot.map(|slot| arg(&rows, slot.0 + if fixed { 0 } else { element }));
                }
                nodes.push(Node {
                    code: op.code,
                    number,
                    args,
                    pinned: None,
                });
                rows[(op.dst.0 - uniform_len + element) as usize] = Some(nodes.len() - 1);
            }
        }

        let advances = advances(program);
        let mut roots = Vec::new();
        let mut pinned: Vec<Slot> = Vec::new();
        for (metric, observation) in program.metrics.iter().enumerate() {
            let value = arg(&rows, observation.source.0);
            roots.push(Item::See { metric, value });
        }
        for (series, stored) in program.series.iter().enumerate() {
            let value = arg(&rows, stored.source.0);
            roots.push(Item::Save { series, value });
        }
        for state in &program.states {
            let Some(home) = state.slot.0.checked_sub(uniform_len) else {
                continue;
            };
            for element in 0..state.len {
                let row = home + element;
                let (from, goes_on) = match state.update {
                    Update::Integrate { rate } => (rate, advances),
                    Update::Hold { value } | Update::Next { value } => (value, advances),
                    Update::Delay { input, .. } => (input, false),
                };
                let from = Slot(from.0 + element);
                if !goes_on {
                    pinned.push(from);
                    continue;
                }
                let value = arg(&rows, from.0);
                roots.push(match state.update {
                    Update::Integrate { .. } => match value {
                        Arg::Node(node) if nodes[node].code == Code::Negate => Item::Integrate {
                            row,
                            rate: nodes[node].args[0].expect("a negation has an operand"),
                            against: true,
                        },
                        rate => Item::Integrate {
                            row,
                            rate,
                            against: false,
                        },
                    },
                    _ => Item::Hold { row, value },
                });
            }
        }
        pinned.extend(program.carriers.iter().flat_map(|carrier| carrier.step.iter()));
        let mut computed = Vec::new();
        for slot in pinned {
            if let Arg::Node(node) = arg(&rows, slot.0) {
                nodes[node].pinned = Some(slot.0 - uniform_len);
                computed.push(Item::Compute(node));
            }
        }
        // What has to lie somewhere comes first: it is computed for others too.
        computed.append(&mut roots);
        let items = Order::of(&nodes, &computed, program.lane_len as usize);
        Self {
            nodes,
            items,
            base,
            advances,
        }
    }
}

/// Who reads something: a node, or one of the things to be done in the end.
#[derive(Clone, Copy)]
enum Reader {
    Node(usize),
    Root(usize),
}

/// A walk through the graph, depth first.
struct Order<'a> {
    nodes: &'a [Node],
    roots: &'a [Item],
    /// Roughly how many registers each node needs.
    needs: Vec<u32>,
    /// Who reads each node.
    readers: Vec<Vec<Reader>>,
    /// How many things that read a row when the step begins are still to be done.
    left: Vec<u32>,
    /// Which metrics and series look at the state in a row.
    lookers: Vec<Vec<usize>>,
    done: Vec<bool>,
    visited: Vec<bool>,
    items: Vec<Item>,
    /// By its row, what waits for the state there to be read for the last time.
    waiting: Vec<Option<Item>>,
    /// Nodes that several read, the latest last.
    recent: Vec<usize>,
}

impl<'a> Order<'a> {
    fn of(nodes: &'a [Node], roots: &'a [Item], rows: usize) -> Vec<Item> {
        let mut order = Self {
            nodes,
            roots,
            needs: needs(nodes),
            readers: vec![Vec::new(); nodes.len()],
            left: vec![0; rows],
            lookers: vec![Vec::new(); rows],
            done: vec![false; nodes.len()],
            visited: vec![false; roots.len()],
            items: Vec::new(),
            waiting: vec![None; rows],
            recent: Vec::new(),
        };
        order.count();
        let mut next = 0;
        while let Some(root) = order.near().or_else(|| {
            while order.visited.get(next) == Some(&true) {
                next += 1;
            }
            (next < roots.len()).then_some(next)
        }) {
            order.visit(root);
        }
        assert!(
            order.waiting.iter().all(Option::is_none),
            "every reader of a state has been computed"
        );
        order.items
    }

    /// Counts readers among what is needed.
    fn count(&mut self) {
        let mut alive = vec![false; self.nodes.len()];
        for (number, root) in self.roots.iter().enumerate() {
            let read = match root {
                Item::Compute(node) => Some(Arg::Node(*node)),
                _ => root.value(),
            };
            match read {
                Some(Arg::Node(node)) => {
                    alive[node] = true;
                    self.readers[node].push(Reader::Root(number));
                }
                Some(Arg::Row(row)) => {
                    self.left[row as usize] += 1;
                    if matches!(root, Item::See { .. } | Item::Save { .. }) {
                        self.lookers[row as usize].push(number);
                    }
                }
                _ => {}
            }
        }
        for node in (0..self.nodes.len()).rev() {
            if !alive[node] {
                continue;
            }
            for arg in self.nodes[node].args() {
                match arg {
                    Arg::Node(of) => {
                        alive[of] = true;
                        self.readers[of].push(Reader::Node(node));
                    }
                    Arg::Row(row) => self.left[row as usize] += 1,
                    Arg::Uniform(_) => {}
                }
            }
        }
        for readers in &mut self.readers {
            readers.reverse();
        }
    }

    /// A root that needs something computed lately.
    fn near(&mut self) -> Option<usize> {
        while let Some(recent) = self.recent.last() {
            let mut node = *recent;
            loop {
                // The readers that are done need not be looked at again.
                while let Some(reader) = self.readers[node].last() {
                    let done = match *reader {
                        Reader::Node(reader) => self.done[reader],
                        Reader::Root(root) => self.visited[root],
                    };
                    if !done {
                        break;
                    }
                    self.readers[node].pop();
                }
                match self.readers[node].last() {
                    Some(Reader::Root(root)) => return Some(*root),
                    Some(Reader::Node(reader)) => node = *reader,
                    None => break,
                }
            }
            self.recent.pop();
        }
        None
    }

    fn visit(&mut self, root: usize) {
        if std::mem::replace(&mut self.visited[root], true) {
            return;
        }
        let item = self.roots[root];
        match item {
            Item::Compute(node) => return self.compute(node),
            _ => {
                if let Some(Arg::Node(node)) = item.value() {
                    self.compute(node);
                }
            }
        }
        match item.written() {
            None => self.push(item),
            Some(row) => {
                for looker in std::mem::take(&mut self.lookers[row as usize]) {
                    self.visit(looker);
                }
                self.waiting[row as usize] = Some(item);
                self.release(row);
            }
        }
    }

    fn compute(&mut self, root: usize) {
        // Twice on the stack: first to be opened, then, its operands done, to be computed.
        let mut stack = vec![(root, false)];
        while let Some((node, open)) = stack.pop() {
            if self.done[node] {
                continue;
            }
            if open {
                self.done[node] = true;
                self.push(Item::Compute(node));
                if self.readers[node].len() > 1 {
                    self.recent.push(node);
                    self.go_along(node);
                }
                continue;
            }
            stack.push((node, true));
            let mut operands: Vec<usize> = self.nodes[node]
                .args()
                .filter_map(|arg| match arg {
                    Arg::Node(node) => Some(node),
                    _ => None,
                })
                .collect();
            // What others read too goes to a row anyway and comes first; of the rest what needs more registers; a condition, or the
            // first factor, comes last, where it is still in its register.
            let first_is_last = matches!(
                self.nodes[node].code,
                Code::Select | Code::MultiplyAdd | Code::MultiplySubtract | Code::SubtractProduct
            );
            if first_is_last {
                operands.reverse();
            } else {
                operands.sort_by_key(|operand| {
                    (
                        std::cmp::Reverse(self.readers[*operand].len().min(2)),
                        std::cmp::Reverse(self.needs[*operand]),
                    )
                });
            }
            stack.extend(operands.into_iter().rev().map(|operand| (operand, false)));
        }
    }

    /// Takes the stocks with this rate along it while it is in its register, but for those at which something looks that is still to be
    /// computed.
    fn go_along(&mut self, node: usize) {
        let roots: Vec<usize> = self.readers[node]
            .iter()
            .filter_map(|reader| match reader {
                Reader::Root(root) => Some(*root),
                Reader::Node(_) => None,
            })
            .collect();
        for root in roots {
            if let Item::Integrate { row, .. } = self.roots[root]
                && self.left[row as usize] as usize
                    == self.lookers[row as usize]
                        .iter()
                        .filter(|looker| !self.visited[**looker])
                        .count()
            {
                self.visit(root);
            }
        }
    }

    /// Notes something to be done, and what may be done after it.
    fn push(&mut self, item: Item) {
        self.items.push(item);
        for arg in item.reads(self.nodes) {
            if let Arg::Row(row) = arg {
                self.left[row as usize] -= 1;
                self.release(row);
            }
        }
    }

    fn release(&mut self, row: u32) {
        if self.left[row as usize] == 0
            && let Some(item) = self.waiting[row as usize].take()
        {
            self.push(item);
        }
    }
}

/// Roughly how many registers each node needs (Sethi and Ullman 1970, as if the graph were a tree).
fn needs(nodes: &[Node]) -> Vec<u32> {
    let mut needs: Vec<u32> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let mut of_operands: Vec<u32> = node
            .args()
            .map(|arg| match arg {
                Arg::Node(node) => needs[node],
                _ => 0,
            })
            .collect();
        of_operands.sort_unstable_by(|a, b| b.cmp(a));
        let need = of_operands.iter().zip(0..).map(|(need, held)| need + held).max();
        needs.push(need.map_or(1, |need: u32| need.max(1)));
    }
    needs
}
