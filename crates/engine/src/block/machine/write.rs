//! From a graph to instructions: which register or row each value lives in.
//!
//! In: a [`Graph`]. Out: [`Code`](super::Code). Two registers are little, but a value that only the next instruction reads needs no
//! row, and such are most.

use super::form::{Form, Then};
use super::graph::{Arg, Graph, Item, Node};
use super::long::{Long, LongKind, Operand};
use super::{Code, Line, NOWHERE, Tag};
use crate::ir::{self, Program};
use crate::observe::{self, Seen};
use crate::request::Reducer;

/// Where a value waits for those who read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    /// In register `a`, until the last item that reads it, which may write over it.
    First,
    /// In register `b`, until the last item that reads it.
    Second,
    /// In a row.
    Row,
}

/// Where an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    A,
    B,
    Row(u32),
    Uniform(u32),
}

/// The rows of a step: those of the program, then those that only the machine has.
#[derive(Default)]
struct Rows {
    free: Vec<u32>,
    end: u32,
}

impl Rows {
    fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.end += 1;
            self.end - 1
        })
    }
}

struct Writer<'a> {
    graph: &'a Graph,
    homes: Vec<Home>,
    /// For each node how many readers are still to come, and the row that it lies in.
    left: Vec<u32>,
    row_of: Vec<Option<u32>>,
    rows: Rows,
    /// What the registers hold: a node.
    a: Option<usize>,
    b: Option<usize>,
    lines: Vec<Line>,
    longs: Vec<Long>,
}

/// Writes the code of a program's step.
pub(super) fn write(program: &Program, graph: &Graph) -> Code {
    let mut left = vec![0; graph.nodes.len()];
    for item in &graph.items {
        for arg in item.reads(&graph.nodes) {
            if let Arg::Node(node) = arg {
                left[node] += 1;
            }
        }
    }
    let pinned: Vec<u32> = graph.nodes.iter().filter_map(|node| node.pinned).collect();
    let mut is_pinned = vec![false; (program.lane_len - graph.base) as usize];
    for row in pinned {
        is_pinned[(row - graph.base) as usize] = true;
    }
    // The lowest are taken first.
    let free = (graph.base..program.lane_len).rev();
    let free = free.filter(|row| !is_pinned[(row - graph.base) as usize]);
    let mut writer = Writer {
        homes: homes(program, graph, &left),
        graph,
        left,
        row_of: vec![None; graph.nodes.len()],
        rows: Rows {
            free: free.collect(),
            end: program.lane_len,
        },
        a: None,
        b: None,
        lines: Vec::new(),
        longs: Vec::new(),
    };
    // What outlives the step gets rows of its own before anything else does.
    let (memories, saved): (Vec<[u32; 2]>, Vec<u32>) = {
        let mut own = || {
            writer.rows.end += 1;
            writer.rows.end - 1
        };
        let memories = program.metrics.iter().map(|metric| {
            let result = own();
            let two = matches!(
                metric.reducer,
                Reducer::LongestAbove(_) | Reducer::LongestBelow(_)
            );
            [result, if two { own() } else { result }]
        });
        let memories = memories.collect();
        (memories, program.series.iter().map(|_| own()).collect())
    };
    for item in &graph.items {
        writer.item(program, *item, &memories, &saved);
    }
    Code {
        lines: writer.lines,
        longs: writer.longs,
        rows: writer.rows.end,
        memories,
        saved,
        advances: graph.advances,
    }
}

/// The instructions of a metric that takes in a row or register `a`, if it has any.
fn seen_shortly(reducer: Reducer, of: Seen) -> Option<[Form; 2]> {
    match reducer {
        Reducer::Min if of == Seen::Stock => Some([Form::SeeMinOfStock, Form::SeeMinOfA]),
        Reducer::Max if of == Seen::Stock => Some([Form::SeeMaxOfStock, Form::SeeMaxOfA]),
        Reducer::Final | Reducer::At(_) => Some([Form::SeeLast, Form::SeeLastOfA]),
        Reducer::Min => Some([Form::SeeMin, Form::SeeMinOfA]),
        Reducer::Max => Some([Form::SeeMax, Form::SeeMaxOfA]),
        Reducer::Mean => Some([Form::SeeSum, Form::SeeSumOfA]),
        Reducer::Integral => Some([Form::SeeIntegral, Form::SeeIntegralOfA]),
        _ => None,
    }
}

fn is_long(node: &Node) -> bool {
    Form::binary(node.code).is_none()
        && Form::unary(node.code).is_none()
        && Form::three(node.code).is_none()
        && node.code != ir::Code::Copy
}

/// Whether the registers are lost.
fn loses(program: &Program, graph: &Graph, item: Item) -> bool {
    match item {
        Item::Compute(node) => is_long(&graph.nodes[node]),
        Item::See { metric, .. } => seen_shortly(program.metrics[metric].reducer, Seen::Value).is_none(),
        _ => false,
    }
}

/// Whether an item can take a node out of register `a`.
fn takes_first(program: &Program, graph: &Graph, item: Item, node: usize) -> bool {
    if loses(program, graph, item) {
        return false;
    }
    match item {
        Item::Compute(reader) => {
            let reader = &graph.nodes[reader];
            Form::three(reader.code).is_none() || reader.args().next() == Some(Arg::Node(node))
        }
        _ => true,
    }
}

/// Whether an item writes over register `a` where that holds a node.
fn writes_over(program: &Program, graph: &Graph, item: Item, node: usize) -> bool {
    if loses(program, graph, item) {
        return true;
    }
    match item {
        Item::Compute(_) => true,
        // Looks at a row where it lies.
        Item::See {
            value: Arg::Row(_), ..
        } => false,
        Item::See { value, .. } | Item::Save { value, .. } | Item::Hold { value, .. } => {
            value != Arg::Node(node)
        }
        Item::Integrate { rate, .. } => rate != Arg::Node(node),
    }
}

/// The most items that a node waits in register `b` for its last reader, so that short waits are not kept from it by a long one.
const LONGEST_WAIT: usize = 64;
/// The most times that a node is brought from `b` to `a`: each time costs about half of what keeping it in a row does.
const MOST_PULLS: usize = 2;

/// Where each node lives.
fn homes(program: &Program, graph: &Graph, readers: &[u32]) -> Vec<Home> {
    let (nodes, items) = (&graph.nodes, &graph.items);
    let mut homes = vec![Home::Row; nodes.len()];
    // By node: the item that computes it, the items that read it, and the first item that writes over it in `a`.
    let mut reads: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut until = vec![0; nodes.len()];
    // For each item, the number of items before it that lose the registers.
    let mut losses = vec![0_usize];
    for (at, item) in items.iter().enumerate() {
        for arg in item.reads(nodes) {
            if let Arg::Node(node) = arg {
                reads[node].push(at);
            }
        }
        losses.push(losses[at] + usize::from(loses(program, graph, *item)));
        if let Item::Compute(node) = *item {
            let after = (at + 1..items.len()).find(|next| writes_over(program, graph, items[*next], node));
            until[node] = after.unwrap_or(items.len());
        }
    }
    let from_first = |node: usize, reader: usize| {
        reader <= until[node] && !is_long(&nodes[node]) && takes_first(program, graph, items[reader], node)
    };
    let mut second: Vec<(usize, usize, usize)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Item::Compute(node) = *item else { continue };
        if readers[node] == 0 || nodes[node].pinned.is_some() || is_long(&nodes[node]) {
            continue;
        }
        // What reads it twice takes one of them elsewhere.
        let twice = |place: usize| place > 0 && reads[node][place] == reads[node][place - 1];
        let mut elsewhere = (0..reads[node].len())
            .filter(|place| twice(*place) || !from_first(node, reads[node][*place]))
            .map(|place| reads[node][place])
            .peekable();
        if elsewhere.peek().is_none() {
            homes[node] = Home::First;
            continue;
        }
        let (mut pulls, mut can) = (0, true);
        for reader in elsewhere {
            match items[reader] {
                item if loses(program, graph, item) => can = false,
                Item::Compute(by) => {
                    let mut others = nodes[by].args().filter(|arg| *arg != Arg::Node(node));
                    let other = others.next();
                    let meets = match other {
                        Some(Arg::Node(other)) => from_first(other, reader),
                        Some(_) => false,
                        // Twice the same: one of them in `a`.
                        None => nodes[by].args().count() == 2 && reader <= until[node],
                    };
                    let of_three = Form::three(nodes[by].code).is_some();
                    can &= !of_three
                        || nodes[by].args().filter(|arg| *arg == Arg::Node(node)).count() == 1
                            && nodes[by].args().next() == Some(Arg::Node(node));
                    pulls += usize::from(of_three || !meets);
                }
                _ => pulls += 1,
            }
        }
        let last = *reads[node].last().expect("it has readers");
        let most = if reads[node].len() == 1 { 0 } else { MOST_PULLS };
        if can && pulls <= most && losses[last] == losses[at + 1] && last - at <= LONGEST_WAIT {
            second.push((last - at, at, node));
        }
    }
    // The shortest waits first.
    second.sort_unstable();
    let mut taken = vec![false; items.len()];
    for (wait, at, node) in second {
        let wait = &mut taken[at..at + wait];
        if !wait.contains(&true) {
            wait.fill(true);
            homes[node] = Home::Second;
        }
    }
    homes
}

impl Writer<'_> {
    fn place(&self, arg: Arg) -> Place {
        match arg {
            Arg::Uniform(slot) => Place::Uniform(slot),
            Arg::Row(row) => Place::Row(row),
            Arg::Node(node) if self.a == Some(node) => Place::A,
            Arg::Node(node) if self.b == Some(node) => Place::B,
            Arg::Node(node) => Place::Row(self.row_of[node].expect("it was kept for its readers")),
        }
    }

    /// The same where a register does not serve.
    fn memory(&self, arg: Arg) -> Place {
        match arg {
            Arg::Uniform(slot) => Place::Uniform(slot),
            Arg::Row(row) => Place::Row(row),
            Arg::Node(node) => Place::Row(self.row_of[node].expect("it was kept for its readers")),
        }
    }

    fn line(&mut self, tag: Tag, form: Form, x: Place, y: Place) {
        let number = |place: Place| match place {
            Place::Row(row) => (row, true),
            Place::Uniform(slot) => (slot, false),
            Place::A | Place::B => (NOWHERE, false),
        };
        let ((x, x_is_row), (y, y_is_row)) = (number(x), number(y));
        self.lines.push(Line {
            tag,
            form,
            x,
            y,
            then: Then::Stay,
            row: 0,
            x_is_row,
            y_is_row,
        });
    }

    /// Nothing: the place of an operand that a form has not.
    const NONE: Place = Place::A;

    /// Brings something to register `a`.
    fn load(&mut self, tag: Tag, place: Place) {
        match place {
            Place::A => {}
            Place::B => self.line(tag, Form::Pull, Self::NONE, Self::NONE),
            Place::Row(_) => self.line(tag, Form::LoadX, place, Self::NONE),
            Place::Uniform(_) => self.line(tag, Form::LoadU, Self::NONE, place),
        }
        if place != Place::A {
            self.a = None;
        }
    }

    /// What becomes of the result of the last line.
    fn then_last(&mut self, then: Then, row: u32) {
        let last = self.lines.last_mut().expect("a line has just been written");
        (last.then, last.row) = (then, row);
    }

    /// An operand has been read.
    fn has_read(&mut self, arg: Arg) {
        let Arg::Node(node) = arg else { return };
        self.left[node] -= 1;
        if self.left[node] > 0 {
            return;
        }
        if self.b == Some(node) {
            self.b = None;
        }
        if self.graph.nodes[node].pinned.is_none()
            && let Some(row) = self.row_of[node]
        {
            self.rows.free.push(row);
        }
    }

    fn item(&mut self, program: &Program, item: Item, memories: &[[u32; 2]], saved: &[u32]) {
        match item {
            Item::Compute(node) => self.compute(node),
            Item::See { metric, value } => {
                let (tag, memory) = (Tag::Metric(metric as u32), memories[metric]);
                let reducer = program.metrics[metric].reducer;
                match seen_shortly(reducer, observe::seen(program, metric)) {
                    Some([of_row, of_a]) => {
                        let place = self.place(value);
                        if let Place::Row(_) = place {
                            self.line(tag, of_row, Place::Row(memory[0]), place);
                        } else {
                            self.load(tag, place);
                            self.line(tag, of_a, Place::Row(memory[0]), Self::NONE);
                        }
                    }
                    None => {
                        let operands = [Some(self.operand(value)), None, None, None];
                        self.long(tag, LongKind::See { reducer, memory }, operands, memory[0]);
                    }
                }
                self.has_read(value);
            }
            Item::Save { series, value } => {
                let place = self.place(value);
                self.copy(Tag::Save, place, saved[series]);
                self.has_read(value);
            }
            Item::Hold { row, value } => {
                self.go_on(value, Then::Next, row);
                self.has_read(value);
            }
            Item::Integrate { row, rate, against } => {
                let then = if against { Then::Withdraw } else { Then::Advance };
                self.go_on(rate, then, row);
                self.has_read(rate);
            }
        }
    }

    /// Takes a state to the next step by a value.
    fn go_on(&mut self, value: Arg, then: Then, row: u32) {
        let place = self.place(value);
        // What has just been computed, and is kept in no row, goes on at once.
        let last = self.lines.last().filter(|last| last.tag == Tag::Always);
        let at_once = match (last.map(|last| last.then), then) {
            (Some(Then::Stay), _) => Some(then),
            (Some(Then::Push), Then::Advance) => Some(Then::PushAdvance),
            (Some(Then::Push), Then::Withdraw) => Some(Then::PushWithdraw),
            _ => None,
        };
        match (place, at_once) {
            (Place::A, Some(then)) => return self.then_last(then, row),
            (Place::A, None) => self.line(Tag::Advance, Form::Nothing, Self::NONE, Self::NONE),
            _ => self.load(Tag::Advance, place),
        }
        self.then_last(then, row);
    }

    fn copy(&mut self, tag: Tag, place: Place, row: u32) {
        match place {
            Place::A => self.line(tag, Form::Nothing, Self::NONE, Self::NONE),
            _ => self.load(tag, place),
        }
        self.then_last(Then::Keep, row);
    }

    fn operand(&self, arg: Arg) -> Operand {
        match self.memory(arg) {
            Place::Row(row) => Operand::Row(row),
            Place::Uniform(slot) => Operand::Uniform(slot),
            Place::A | Place::B => unreachable!("not a register"),
        }
    }

    fn long(&mut self, tag: Tag, kind: LongKind, operands: [Option<Operand>; 4], out: u32) {
        let number = self.longs.len() as u32;
        self.longs.push(Long { kind, operands, out });
        self.line(tag, Form::Long, Place::Uniform(number), Self::NONE);
        (self.a, self.b) = (None, None);
    }

    fn compute(&mut self, number: usize) {
        let node = self.graph.nodes[number];
        let args: Vec<Arg> = node.args().collect();
        if is_long(&node) {
            let mut operands = [None; 4];
            for (to, arg) in operands.iter_mut().zip(&args) {
                *to = Some(self.operand(*arg));
            }
            args.iter().for_each(|arg| self.has_read(*arg));
            let row = self.take_row(&node);
            self.long(
                Tag::Always,
                LongKind::Of {
                    code: node.code,
                    number: node.number,
                },
                operands,
                row,
            );
            self.row_of[number] = Some(row);
            return;
        }
        match args.as_slice() {
            [only] => self.one(&node, *only),
            [left, right] => self.two(&node, *left, *right),
            [first, second, third] => self.three(&node, *first, *second, *third),
            _ => unreachable!("a short operation has one to three operands"),
        }
        args.iter().for_each(|arg| self.has_read(*arg));
        self.a = Some(number);
        match self.homes[number] {
            Home::First => {}
            Home::Second => {
                self.then_last(Then::Push, 0);
                self.b = Some(number);
            }
            Home::Row if self.left[number] == 0 && node.pinned.is_none() => {}
            Home::Row => {
                let row = self.take_row(&node);
                self.then_last(Then::Keep, row);
                self.row_of[number] = Some(row);
            }
        }
    }

    fn take_row(&mut self, node: &Node) -> u32 {
        node.pinned.unwrap_or_else(|| self.rows.take())
    }

    fn one(&mut self, node: &Node, arg: Arg) {
        let place = self.place(arg);
        match Form::unary(node.code) {
            None => match place {
                // A copy.
                Place::A => self.line(Tag::Always, Form::Nothing, Self::NONE, Self::NONE),
                _ => self.load(Tag::Always, place),
            },
            Some([a, x]) => match place {
                Place::Row(_) => self.line(Tag::Always, x, place, Self::NONE),
                _ => {
                    self.load(Tag::Always, place);
                    self.line(Tag::Always, a, Self::NONE, Self::NONE);
                }
            },
        }
    }

    fn two(&mut self, node: &Node, left: Arg, right: Arg) {
        let [xy, xu, ux, ax, xa, au, ua, ab, ba] =
            Form::binary(node.code).expect("a short operation with two operands");
        let (mut l, mut r) = (self.place(left), self.place(right));
        let always = Tag::Always;
        if l == r {
            // Twice the same: once from elsewhere.
            match l {
                Place::A if self.b == self.a => r = Place::B,
                Place::A => r = self.memory(right),
                Place::B => {
                    self.load(always, l);
                    l = Place::A;
                }
                _ => {}
            }
        } else if l == Place::B && r != Place::A {
            self.load(always, l);
            l = Place::A;
        } else if r == Place::B && l != Place::A {
            self.load(always, r);
            r = Place::A;
        }
        match (l, r) {
            (Place::Row(_), Place::Row(_)) => self.line(always, xy, l, r),
            (Place::Row(_), Place::Uniform(_)) => self.line(always, xu, l, r),
            (Place::Uniform(_), Place::Row(_)) => self.line(always, ux, r, l),
            (Place::A, Place::Row(_)) => self.line(always, ax, r, Self::NONE),
            (Place::Row(_), Place::A) => self.line(always, xa, l, Self::NONE),
            (Place::A, Place::Uniform(_)) => self.line(always, au, Self::NONE, r),
            (Place::Uniform(_), Place::A) => self.line(always, ua, Self::NONE, l),
            (Place::A, Place::B) => self.line(always, ab, Self::NONE, Self::NONE),
            (Place::B, Place::A) => self.line(always, ba, Self::NONE, Self::NONE),
            (Place::Uniform(_), Place::Uniform(_)) => {
                self.load(always, l);
                self.line(always, au, Self::NONE, r);
            }
            (Place::B, _) | (_, Place::B) | (Place::A, Place::A) => {
                unreachable!("one of two operands in registers is in `a`, the other in `b`")
            }
        }
    }

    fn three(&mut self, node: &Node, first: Arg, second: Arg, third: Arg) {
        let [xy, xu, ux, uv] = Form::three(node.code).expect("a short operation with three operands");
        let (y, z) = (self.memory(second), self.memory(third));
        let first = self.place(first);
        self.load(Tag::Always, first);
        let form = match (y, z) {
            (Place::Row(_), Place::Row(_)) => xy,
            (Place::Row(_), _) => xu,
            (_, Place::Row(_)) => ux,
            _ => uv,
        };
        self.line(Tag::Always, form, y, z);
    }
}
